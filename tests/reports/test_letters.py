"""What goes to people: the right partner, no more than asked, and nothing that is obeyed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from reports_people import INJECTIONS, cohort_of, matching_of

import mentormatch as mm
from mentormatch.errors import MentorMatchError
from mentormatch.reports.letters.letters import _escape_markdown
from mentormatch.reports.letters.voice import speak_to
from mentormatch.reports.words import people_names

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def matching() -> mm.Matching:
    return matching_of()


def with_addresses() -> mm.Matching:
    cohort = cohort_of()
    mentors = cohort.mentors.assign(email=[f"linus{k}@example.org" for k in range(6)])
    return matching_of(mm.Cohort(cohort.mentees.reset_index(), mentors.reset_index()))


@pytest.mark.parametrize("reasons", [-1, 1.5, True, "3"])
def test_a_number_of_reasons_that_is_none_is_refused(
    matching: mm.Matching, reasons: object
) -> None:
    with pytest.raises(MentorMatchError, match="reasons must be a whole number from 0 up"):
        matching.letters(reasons=reasons)


def test_each_person_has_one_row_with_the_partners_of_the_matching(matching: mm.Matching) -> None:
    letters = matching.letters()
    n, m = matching.problem.shape
    assert (len(letters.mentees), len(letters.mentors)) == (n, m)
    has = letters.mentees[letters.mentees["mentor"] != ""]
    made = set(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    assert set(zip(has["mentee"], has["mentor"], strict=True)) == made
    split = letters.mentors.set_index("mentor")["mentee"].str.split("; ").explode()
    assert {(i, j) for j, i in split[split != ""].items()} == made
    without = letters.mentees[letters.mentees["mentor"] == ""]
    assert len(without)
    for mentee, why in zip(without["mentee"], without["why"], strict=True):
        # What the committee reads tells of bans, and of what other people wrote.
        assert why == mm.explain(matching).texts("mentee")[mentee]
        assert why.startswith("You have no mentor because")


def test_people_with_first_and_last_name_in_two_columns_are_called_by_both() -> None:
    """Letters and the report called them by their ids: "Hello ada@firm.example,"."""
    cohort = mm.Cohort(
        pd.DataFrame(
            {"Vorname": ["Ada", "Bo", None], "Nachname": ["Holm", "Kurz", None], "x": [1, 2, 3]},
            index=["m0", "m1", "m2"],
        ),
        pd.DataFrame({"Name": ["Lin Ode", "Mia Rho"], "x": [1, 2]}, index=["r0", "r1"]),
    )
    problem = mm.Problem(mm.Criteria(mm.criteria.Near("x", scale=2)).score(cohort), capacity=2)
    matching = mm.match(problem)
    texts = matching.letters().texts(kind=".txt")
    assert "Ada Holm" in texts["mentee", "m0"]
    assert "m2" in texts["mentee", "m2"]
    assert "Bo Kurz" in "".join(texts["mentor", one] for one in ("r0", "r1"))
    page = mm.reports.html_report(matching)
    assert all(name in page for name in ("Ada Holm", "Bo Kurz", "Lin Ode"))


@pytest.mark.parametrize(
    "columns",
    [
        {"Name one thing you struggle with": ["Panic", "Alcohol"]},
        {"Child's first name": ["Bo", "Cy"], "Child's last name": ["Holm", "Kurz"]},
        {"Birth name": ["Holm", "Kurz"]},
        {"First name": ["Ada", "Bo"]},
    ],
)
def test_nobody_is_called_by_an_answer(columns: dict[str, list[str]]) -> None:
    people = pd.DataFrame({**columns, "x": [1, 2]}, index=["m0", "m1"])
    near = mm.criteria.Near("x", scale=2)
    matching = mm.match(
        mm.Problem(mm.Criteria(near).score(mm.Cohort(people, people.add_prefix(""))))
    )
    text = mm.reports.html_report(matching) + "".join(
        matching.letters().texts(kind=".txt").values()
    )
    assert not [cell for cells in columns.values() for cell in cells if f">{cell}" in text]
    assert people_names(matching.problem.compatibility.cohort, "mentees", people.index) is None


def test_no_address_is_written_unless_asked(tmp_path: Path) -> None:
    matching = with_addresses()
    (tmp_path / "plain").mkdir()
    matching.letters().write(tmp_path / "plain")
    everything = "".join(path.read_text("utf-8") for path in (tmp_path / "plain").iterdir())
    assert "@example.org" not in everything
    (tmp_path / "full").mkdir()
    matching.letters(contact="email").write(tmp_path / "full")
    pairs = pd.read_csv(tmp_path / "full" / "pairs.csv")
    assert list(pairs.columns) == [
        "mentee", "mentee_name", "mentee_email", "mentor", "mentor_name", "mentor_email",
    ]  # fmt: skip
    assert pairs["mentor_email"].str.endswith("@example.org").all()


def test_a_letter_says_whom_and_why_and_names_nobody_else(matching: mm.Matching) -> None:
    texts = matching.letters().texts(kind=".txt")
    names = [f"Sample Linus-{k}" for k in range(6)]
    assert any("canary-skill" in text for text in texts.values())
    for mentee, mentor in matching.pairs[["mentee", "mentor"]].itertuples(index=False):
        text = texts["mentee", mentee]
        own = f"Sample Linus-{int(mentor[-4:])}"
        assert own in text
        assert not any(re.search(rf"{one}\b", text) for one in names if one != own)
        assert f"Sample Ada-{int(mentee[-4:])}" in texts["mentor", mentor]


def test_sentences_of_a_mail_merge_begin_in_capitals_and_a_letter_has_no_two_blank_lines(
    matching: mm.Matching,
) -> None:
    letters = matching.letters()
    assert not [one for one in letters.texts().values() if "\n\n\n" in one]
    for why in letters.mentees["why"]:
        assert all(one[:1] == one[:1].upper() for one in why.split(". ")), why


def test_a_template_of_ones_own_is_used(matching: mm.Matching, tmp_path: Path) -> None:
    path = tmp_path / "mentee.md"
    path.write_text("{{ name }} -> {{ mentors | map(attribute='name') | join(', ') }}", "utf-8")
    texts = matching.letters().texts(mentee_template=path, kind=".txt")
    mentee, mentor = matching.pairs.loc[0, ["mentee", "mentor"]]
    expected = f"Sample Ada-{int(mentee[-4:])} -> Sample Linus-{int(mentor[-4:])}"
    assert texts["mentee", mentee] == expected


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ salary }}", "'salary' is undefined"),
        ("{% for x in %}", "the template of a mentee, line 1"),
        ("{{ ''.__class__.__mro__ }}", "unsafe"),
        ("{{ mentors.append(1) }}", "unsafe"),
    ],
)
def test_a_template_that_asks_for_more_is_refused(
    matching: mm.Matching, template: str, message: str
) -> None:
    with pytest.raises(MentorMatchError, match=message):
        matching.letters().texts(mentee_template=template)


@pytest.mark.parametrize("hostile", [*INJECTIONS, "# title", "![x](http://a)", "a\n\n# b"])
def test_hostile_names_are_text_in_every_file(hostile: str, tmp_path: Path) -> None:
    matching = matching_of(cohort_of(6, 3, [hostile]))
    for path in matching.letters().write(tmp_path):
        text = path.read_text("utf-8-sig")
        assert not set("\x1b\x07\u202e\u2028") & set(text)
        if path.suffix == ".csv":
            cells = pd.read_csv(path, dtype=str, keep_default_na=False)
            starts = [cell.lstrip()[:1] for cell in cells.to_numpy().ravel()]
            assert not set(starts) & set("=+-@")
        else:
            assert not re.search(r"^#|(?<!\\)[<\[]|(?<!\\)!\[", text, re.MULTILINE)


def test_file_names_stay_in_the_folder(tmp_path: Path) -> None:
    ids = ["../up", "a/b", "con", "..", "A/B"]
    problem = mm.Problem.from_scores(pd.DataFrame([[0.5]] * 5, ids, ["x"]), capacity=5)
    paths = mm.match(problem).letters().write(tmp_path)
    assert {path.parent for path in paths} == {tmp_path}
    assert len({path.name.casefold() for path in paths}) == 3 + 6
    with pytest.raises(FileExistsError):
        mm.match(problem).letters().write(tmp_path)


def test_wrong_columns_and_folders_are_said(matching: mm.Matching, tmp_path: Path) -> None:
    with pytest.raises(MentorMatchError, match="mentors has no column 'email' for addresses"):
        matching.letters(contact="email")
    with pytest.raises(MentorMatchError, match="There is no folder"):
        matching.letters().write(tmp_path / "absent")


PEOPLE = {"id": ["a@x.example", "b@x.example"], "level": ["Mid", "Senior"]}


def matching_with(**more: dict[str, list[str]]) -> mm.Matching:
    """Two mentees and two mentors, known by addresses, with more columns of either side."""
    mentees = pd.DataFrame({**PEOPLE, **more.get("mentees", {})})
    mentors = pd.DataFrame({**PEOPLE, "id": ["m@x.example", "n@x.example"], **more["mentors"]})
    criteria = [mm.criteria.LevelGap("level", ladder=["Mid", "Senior", "Staff"], weight=1)]
    if "Género" in mentees:
        criteria.append(mm.criteria.Same("Género", weight=9))
    scores = mm.Criteria(*criteria).score(mm.Cohort(mentees, mentors, id="id"))
    return mm.match(mm.Problem(scores))


@pytest.mark.parametrize(
    "heading", ["Nombre", "Vor- und Nachname", "Nombre y apellidos", "Full name", "Imię i nazwisko"]
)
def test_people_are_called_by_names_whose_heading_is_in_another_language(heading: str) -> None:
    """Letters said "Dear ana@x.org" where the heading was none of five English ones."""
    matching = matching_with(
        mentees={heading: ["Ana Gil", "Bo Holm"]}, mentors={heading: ["Kim Ray", "Lou Sol"]}
    )
    text = "".join(matching.letters().texts().values())
    assert all(name in text for name in ("Dear Ana Gil", "Dear Kim Ray", "Bo Holm", "Lou Sol"))
    assert "@" not in text


def test_a_letter_speaks_to_its_reader(tmp_path: Path) -> None:
    matching = matching_with(mentors={"level": ["Senior", "Staff"]})
    template = "{% for one in mentees %}{{ one.reasons | join('; ') }}{% endfor %}"
    texts = matching.letters().texts(mentor_template=template, kind=".txt")
    mentees = [text for (side, _), text in texts.items() if side == "mentee"]
    mentors = [text for (side, _), text in texts.items() if side == "mentor"]
    assert all("your mentor is 1 level above you (you: " in text for text in mentees)
    assert all(text.startswith("you are 1 level above your mentee (") for text in mentors)
    assert "above you" in "".join(matching.letters().mentees["why"])


@pytest.mark.parametrize(
    ("side", "reason", "said"),
    [
        ("mentees", "the mentee lists 'the mentor is' as number 1 of 2",
         "you list 'the mentor is' as number 1 of 2"),
        ("mentors", "the mentee lists 'x' as number 1", "your mentee lists 'x' as number 1"),
        ("mentees", "2 common hours, such as Mon 9-11 on the mentee's clock",
         "2 common hours, such as Mon 9-11 on your clock"),
        ("mentors", "2 common hours, such as Mon 9-11 on the mentee's clock",
         "2 common hours, such as Mon 9-11 on your mentee's clock"),
        ("mentees", "offers 2 of the 2 skills wanted: Lua; partly C (about half of what is wanted)",
         "your mentor offers 2 of the 2 skills you want: Lua; partly C (about half of what is "
         "wanted)"),
        ("mentees", "the mentor is 2 levels above the mentee (Jr. → sr)",
         "your mentor is 2 levels above you (you: Jr., your mentor: sr)"),
        ("mentors", "the mentor is 1 level below the mentee (M2 → IC5)",
         "you are 1 level below your mentee (your mentee: M2, you: IC5)"),
        ("mentees", "share the words kotlin, lua (x) (0.29)",
         "you share the words kotlin, lua (x)"),
        ("mentors", "have 1 of 5 in common: cooking (0.5)",
         "you have 1 of 5 in common: cooking (0.5)"),
        ("mentees", "1.92 common hours a week of the 1 wanted, such as Wed 16:00-18:00 on the "
         "mentee's clock",
         "you have 1.92 hours a week in common, such as Wed 16:00-18:00 on your clock"),
        ("mentors", "offers 1 of the 2 skills wanted: the mentor's art; lacks SQL",
         "you offer 1 of the 2 skills wanted: the mentor's art; you lack SQL"),
        ("mentees", "the mentor is on the mentee's level (Int'l)",
         "your mentor is on your level (Int'l)"),
        ("mentors", "the mentor says nothing of 'Bo'", "you say nothing of 'Bo'"),
        ("mentees", "partly offers C (most of what is wanted)",
         "your mentor partly offers C (most of what is wanted)"),
        ("mentors", "partly offers C (a little of what is wanted); lacks SQL",
         "you partly offer C (a little of what is wanted); you lack SQL"),
        ("mentees", "offers 1 of the 2 skills wanted: lacks the skill wanted: x",
         "your mentor offers 1 of the 2 skills you want: lacks the skill wanted: x"),
        ("mentees", "offers the skill wanted: Lua", "your mentor offers the skill you want: Lua"),
        ("mentors", "lacks the skill wanted: Lua", "you lack the skill wanted: Lua"),
    ],
)  # fmt: skip
def test_what_people_wrote_stays_as_it_is(side: str, reason: str, said: str) -> None:
    assert speak_to(side, reason) == said  # type: ignore[arg-type]


def test_one_mentee_is_no_list_of_mentees() -> None:
    """ "these are your mentees:" stood above one name."""
    mentees = pd.DataFrame({"id": ["e1", "e2", "e3"], "name": ["Ada", "Bo", "Cy"], "site": "x"})
    mentors = pd.DataFrame({"id": ["o1", "o2"], "name": ["Lin", "Max"], "site": "x"})
    scores = mm.Criteria(mm.criteria.Same("site", weight=1)).score(mm.Cohort(mentees, mentors))
    letters = mm.match(mm.Problem(scores, capacity={"o1": 1, "o2": 2})).letters()
    texts = letters.texts()
    [one] = [text for text in texts.values() if text.startswith("Dear Lin")]
    [two] = [text for text in texts.values() if text.startswith("Dear Max")]
    assert "your mentee is **" in one
    assert "these are your mentees:" in two


def test_a_protected_attribute_is_no_reason_that_is_sent() -> None:
    """ "both have 'Mann'" stood in letters."""
    gender = {"Género": ["Mann", "Frau"]}
    matching = matching_with(mentees=gender, mentors=gender)
    letters = matching.letters()
    assert "Mann" not in "".join(letters.texts().values()) + letters.mentees.to_csv()
    # Whoever made it a criterion sees it in the table of matches.
    assert "Mann" in str(matching.reasons())


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("1.75 common hours", "1.75 common hours"),
        ("1. first", "1\\. first"),
        ("2) second", "2\\) second"),
        ("- a point", "\\- a point"),
    ],
)
def test_a_number_at_the_start_of_a_reason_is_not_written_as_the_number_of_a_list(
    text: str, written: str
) -> None:
    """Letters said "1\\.75 common hours a week"."""
    assert _escape_markdown(text) == written


def letters_of(folder: Path, ids: list[str]) -> dict[str, str]:
    """Write letters to mentees; give the id that stands in each, by the name of its file."""
    problem = mm.Problem.from_scores(pd.DataFrame([[0.5]] * len(ids), ids, ["x"]), capacity=9)
    paths = (
        mm.match(problem)
        .letters()
        .write(folder, overwrite=True, mentee_template="{{ name }}", kind=".txt")
    )
    return {path.name: path.read_text("utf-8") for path in paths if "mentee-" in path.name}


def test_the_name_of_a_letter_is_that_of_one_person_whoever_else_takes_part(
    tmp_path: Path,
) -> None:
    """When Ann left, the file that had been hers was Bea's, and Bea's stayed as it was."""
    nights = [["a/b", "a b", "c"], ["a b"], ["c", "a b", "a-b"], ["Ada", "ada"], ["ada"], ["Ada"]]
    readers: dict[str, set[str]] = {}
    for ids in nights:
        written = letters_of(tmp_path, ids)
        assert sorted(written.values()) == sorted(ids)
        for name, person in written.items():
            readers.setdefault(name, set()).add(person)
    assert all(len(people) == 1 for people in readers.values())
    # And each file that is left over is still that of the one person.
    for path in tmp_path.glob("mentee-*.txt"):
        assert readers[path.name] == {path.read_text("utf-8")}


def test_the_tables_for_a_mail_merge_name_the_file_of_each_letter(tmp_path: Path) -> None:
    letters_of(tmp_path, ["a/b", "a b", "c"])
    table = pd.read_csv(tmp_path / "mentees.csv")
    for row in table.to_dict("records"):
        assert (tmp_path / str(row["letter"])).read_text("utf-8") == row["mentee"]
    assert (tmp_path / str(pd.read_csv(tmp_path / "mentors.csv")["letter"][0])).is_file()


def test_who_offered_no_seat_or_wants_no_mentor_is_not_told_as_if_refused() -> None:
    scores = pd.DataFrame([[0.9, 0.8, 0.7], [0.5, 0.4, 0.3]], ["a", "b"], ["x", "y", "z"])
    problem = mm.Problem.from_scores(scores, capacity=[1, 0, 1], demand=[1, 0])
    texts = mm.match(problem).letters().texts()
    assert "no place for a mentee is noted for you" in texts["mentor", "y"]
    assert (
        "no mentee was matched with you this time. Thank you for offering" in texts["mentor", "z"]
    )
    assert "it is noted that you want no mentor" in texts["mentee", "b"]
    assert "could not find" not in texts["mentee", "b"]


def test_blanks_around_a_name_are_no_part_of_it() -> None:
    """No bold text ends with a blank: "**Beata **"."""
    names = {"Name": ["Ana Gil ", "Bo Holm"]}
    letters = matching_with(mentees=names, mentors={"Name": ["K", " L"]}).letters()
    assert set(letters.mentees["name"]) == {"Ana Gil", "Bo Holm"}
    assert set(letters.mentors["name"]) == {"K", "L"}
