"""Two words for one level or one language count as one, and it is said; unread rules are named."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.criteria.cells.languages import find_same_languages, find_unclear_languages
from mentormatch.criteria.cells.near_values import find_near_values
from mentormatch.criteria.words.ladders import number_levels, order_levels
from mentormatch.errors import CohortError
from mentormatch.programme import examine_file, write_draft
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import describe_programme

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft

MENTEES = """Name,Email,Level,Languages,Learns,Not with
Ana Test,ana@example.org,Jr.,FR; English,Lua,Gus Model
Ben Test,ben@example.org,Junior,German,Go,
Cai Test,cai@example.org,Mid,French,Go,
Dee Test,dee@example.org,Senior,Deutsch,Python,
"""
MENTORS = """Name,Email,Level,Languages,Teaches,Seats
Gus Model,gus@example.org,Principal,French; English,Lua; Go,2
Hal Model,hal@example.org,sr,German,Go; Python,1
Ida Model,ida@example.org,Staff,English,Python,2
"""


def draft_of(folder: Path, mentees: str = MENTEES, mentors: str = MENTORS) -> Draft:
    for name, text in (("a.csv", mentees), ("b.csv", mentors)):
        (folder / name).write_text(text, encoding="utf-8")
    return write_draft(
        folder / "a.csv", folder / "b.csv", folder / "programme.toml", overwrite=True
    )


def validated(folder: Path, *changes: tuple[str, str]) -> str:
    """What `validate` says of the draft, after changes to it."""
    path = folder / "programme.toml"
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    examination = examine_file(path, overwrite=True)
    assert examination.findings == ()
    return "\n".join(
        line
        for one in describe_programme(*examination.finished())
        for line in (one.title, *one.lines)
    )


def test_short_words_for_a_level_share_its_place_in_the_drafted_ladder(tmp_path: Path) -> None:
    """ "Jr." stood above "Principal", for it was no word that is known."""
    draft = draft_of(tmp_path)
    (level,) = [one for one in draft.proposals if one.entry["kind"] == "LevelGap"]
    assert level.entry["ladder"] == [
        ["Jr.", "Junior"], "Mid", ["Senior", "sr"], "Staff", "Principal",
    ]  # fmt: skip
    assert level.is_used
    problem = examine_file(tmp_path / "programme.toml").finished()[1]
    assert problem.compatibility.breakdown("ana@example.org", "hal@example.org")["sentence"][1] == (
        "the mentor is 2 levels above the mentee (Jr. → sr)"
    )


def test_words_of_one_rank_that_may_differ_are_asked() -> None:
    assert order_levels(["middle", "senior", "intermediate"]) == (
        [("intermediate", "middle"), ("senior",)], False,
    )  # fmt: skip
    assert order_levels(["wizard", "Wizard", "senior", "elf"]) == (
        [("senior",), ("elf",), ("Wizard", "wizard")], False,
    )  # fmt: skip
    assert number_levels(["Snr", "Jnr.", "Junior", "Senior"]) == (
        {"Jnr.": 1, "Junior": 1, "Senior": 2, "Snr": 2}, True,
    )  # fmt: skip


def test_names_of_one_language_count_as_one_and_it_is_said(tmp_path: Path) -> None:
    """Who wrote "Deutsch" had nothing in common with who wrote "German"."""
    draft = draft_of(tmp_path)
    (tags,) = [one for one in draft.proposals if one.entry["kind"] == "TagOverlap"]
    assert tags.entry["aliases"] == {"Deutsch": "German", "FR": "French"}
    said = " ".join(line for one in describe_draft(tmp_path / "p", draft) for line in one.lines)
    told = 'Names of one language count as one: "Deutsch" is "German", "FR" is "French".'
    assert told in said
    assert " ".join(told.split()) in " ".join(draft.text.replace("\n#", "").split())
    assert "may be one language" not in validated(tmp_path)
    problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1]
    # As the alias gives it, whichever of the names somebody wrote.
    own = problem.compatibility.breakdown("dee@example.org", "hal@example.org")
    assert "have 1 of 1 in common: German" in own["sentence"].tolist()


def test_languages_in_capitals_are_nobodys_name_and_no_skill(tmp_path: Path) -> None:
    """A mentor was called "Spanish, English", and languages were skills that somebody lacks."""
    draft = draft_of(
        tmp_path,
        "Email,I want to learn,Languages I can speak\n"
        "a@x.example,Lua,Italian\nb@x.example,Go,English\nc@x.example,Lua,German\n",
        "Email,I can teach,Languages\n"
        'd@x.example,Lua,"Italian, English"\ne@x.example,Go,"English, German"\n'
        'f@x.example,Go,"Spanish, English"\n',
    )
    kinds = {one.name: one.kind for one in draft.columns}
    assert kinds["Languages"] == kinds["Languages I can speak"] == "topics"
    entries = {one.entry["kind"]: one.entry for one in draft.proposals if not one.rule}
    assert entries["TagOverlap"]["mentor"] == "Languages"


def test_answers_that_are_no_known_languages_are_named(tmp_path: Path) -> None:
    """ "D" and "German and French" fitted nobody, and nothing was said of them."""
    assert find_unclear_languages(["German", "French", "D", "de", "D", "Fr."]) == ["D"]
    clear = ["German", "French", "Polish", "Dutch", "Norsk", "Mandarin", "Swiss German"]
    assert find_unclear_languages([*clear, "German u. French"]) == ["German u. French"]
    assert find_unclear_languages(["Go", "Lua", "Python"]) == find_unclear_languages([]) == []
    draft = draft_of(tmp_path, MENTEES.replace("Deutsch", "Franz."))
    said = " ".join(line for one in describe_draft(tmp_path / "p", draft) for line in one.lines)
    told = 'several languages in one, fit only who writes the same: "Franz.". Correct'
    assert told in said
    assert told in " ".join(draft.text.replace("\n#", "").split())
    said = validated(tmp_path)
    assert "several languages in one, and fit only who writes the same: 'Franz.'." in said
    alias = ("aliases = {", 'aliases = { "Franz." = "French",')
    assert "several languages in one" not in validated(tmp_path, alias)


@pytest.mark.parametrize("kind", ["TagOverlap", "Same"])
def test_validate_names_languages_that_count_as_several(tmp_path: Path, kind: str) -> None:
    draft_of(tmp_path)
    said = validated(
        tmp_path,
        ('aliases = { Deutsch = "German", FR = "French" }\n', ""),
        ('kind = "TagOverlap"', f'kind = "{kind}"'),
    )
    assert "these may be one language, and count as two: 'Deutsch' and 'German'" in said
    assert 'aliases = { Deutsch = "German", FR = "French" }' in said
    assert ('changed its kind to "TagOverlap"' in said) == (kind == "Same")


def test_a_question_with_one_language_as_its_answer_is_joined_as_well(tmp_path: Path) -> None:
    """Same knows no aliases, and TagOverlap of one answer each is what Same is."""
    draft = draft_of(
        tmp_path, MENTEES.replace("FR; English", "FR"), MENTORS.replace("French; English", "French")
    )
    one = next(one for one in draft.proposals if "aliases" in one.entry)
    assert one.entry["kind"] == "TagOverlap"
    assert one.entry["aliases"] == {"Deutsch": "German", "FR": "French"}


@pytest.mark.parametrize(
    ("answers", "same"),
    [
        (["Go", "Lua", "Python", "IT"], {}),
        (["Italian cooking", "French films", "Polish"], {}),
        (["Italian", "IT", "French", "IT", "FR"], {"FR": "French"}),
        (["español", "Spanish", "Spanish", "English"], {"español": "Spanish"}),
        (
            ["Русский", "Russian", "Chinese", "中文", "Englisch"],
            {"Русский": "Russian", "中文": "Chinese"},
        ),
        (["English", "english", "French"], {}),
        (["Russian", "Русский", "Chinese"], {}),
        ([], {}),
    ],
)
def test_only_columns_of_languages_have_languages(answers: list[str], same: dict[str, str]) -> None:
    assert find_same_languages(answers) == same


def test_a_ladder_takes_several_words_for_one_level() -> None:
    import pandas as pd

    people = pd.DataFrame({"x": ["jr.", "junior", None]}), pd.DataFrame({"x": ["SR", "senior"]})
    cohort = mm.Cohort(*people)
    gap = mm.criteria.LevelGap("x", ladder=[["junior", "jr."], "mid", ["senior", "sr"]], weight=1)
    assert gap.value(gap.fit(cohort).mentors - gap.fit(cohort).mentees[0]).tolist() == [1.0, 1.0]
    assert mm.Criteria(gap).score(cohort).dense()[:2].tolist() == [[1.0, 1.0], [1.0, 1.0]]
    again = mm.criteria.LevelGap(**{k: v for k, v in gap.to_dict().items() if k != "kind"})
    assert again == gap
    for ladder, message in (
        (["a", ["b", "A"]], "names 'a' twice"),
        (["a", []], "a level of the ladder has no word"),
        ([["a", "b"]], "words of at least two levels"),
    ):
        with pytest.raises(mm.errors.CriterionError, match=message):
            mm.criteria.LevelGap("x", ladder=ladder)


@pytest.mark.parametrize(
    ("heading", "one", "other"),
    [
        ("City", "Frankfurt", "Frankfurt am Main"),
        ("Standort", "Frankfurt a.M.", "Frankfurt am Main"),
        ("Office", "NYC", "New York"),
        ("Field", "Marketing", "Marketng"),
    ],
)
@pytest.mark.parametrize("weight", ["weight = 1", ""])
def test_answers_that_may_be_one_are_asked_about_and_the_cure_holds(
    tmp_path: Path, heading: str, one: str, other: str, weight: str
) -> None:
    """Those of "Frankfurt" and "Frankfurt am Main" were not of one place, without a word."""
    mentees = f"Email,{heading}\na@x.org,{one}\nb@x.org,Bonn\nc@x.org,York\n"
    mentors = f"Email,{heading}\nd@x.org,{other}\ne@x.org,Bonn\nf@x.org,York\n"
    draft = draft_of(tmp_path, mentees, mentors)
    (guess,) = (proposal.guess for proposal in draft.proposals if proposal.guess)
    assert "These may be one answer, and count as two:" in guess
    assert "York, New York" not in guess
    said = validated(tmp_path, ("weight = 1", weight))
    (near,) = (line for line in said.splitlines() if "these may be one answer" in line)
    assert f"{one!r} and {other!r}" in near or f"{other!r} and {one!r}" in near
    assert "write them alike in the tables" in near
    assert ("aliases" in near) == bool(weight)
    if weight:
        aliases = near[near.index("aliases") :].partition(" after")[0]
        changes = ('kind = "Same"', f'kind = "TagOverlap"\n{aliases}')
        assert "may be one answer" not in validated(tmp_path, changes)


def test_a_rule_that_a_slip_of_a_team_gets_round_is_asked_about(tmp_path: Path) -> None:
    mentees = MENTEES.replace("Languages", "Team").replace(",German,", ",Marketing,")
    mentors = MENTORS.replace("Languages", "Team").replace(",German,", ",Marketng,")
    draft_of(tmp_path, mentees, mentors)
    rule = '[[criteria]]\nkind = "Different"\ncolumn = "Team"\n\n[problem]'
    said = validated(tmp_path, ("[problem]", rule))
    assert "count as two: 'Marketing' and 'Marketng'. If so, write them alike" in said


@pytest.mark.parametrize("answers", [("Team 1", "Team 2"), ("York", "New York"), ("A", "B"),
                                     ("Sales North", "Sales")])  # fmt: skip
def test_answers_that_differ_in_more_than_their_writing_are_not_asked_about(
    answers: tuple[str, str],
) -> None:
    assert find_near_values(answers, "Team" if "Sales" in answers else "City") == ({}, {})


@pytest.mark.parametrize("more", [(), ("Frankfurt",) * 3, ("Frankfurt am Main",) * 3])
def test_a_short_name_of_two_places_is_asked_about_and_no_cure_joins_them(
    tmp_path: Path, more: tuple[str, ...]
) -> None:
    """The cure took Frankfurt (Oder) and Frankfurt am Main for one city."""
    places = ["Frankfurt", "Frankfurt (Oder)", "Bonn", "Frankfurt am Main", "Frankfurt a.M.", *more]
    near, unclear = find_near_values(places, "City")
    assert {*near, *near.values()} == {"Frankfurt am Main", "Frankfurt a.M."}
    assert unclear == {"Frankfurt": ("Frankfurt (Oder)", "Frankfurt a.M.", "Frankfurt am Main")}
    rows = "".join(f"m{k}@x.org,{place}\n" for k, place in enumerate(places))
    table = f"Email,City\n{rows}"
    draft = draft_of(tmp_path, table, table.replace("\nm", "\nn"))
    asked = (
        "'Frankfurt' may be 'Frankfurt (Oder)' or 'Frankfurt a.M.' or 'Frankfurt am Main', and "
        "counts as none of them: ask whoever wrote it, and write it in full in the tables."
    )
    assert asked in " ".join(proposal.guess for proposal in draft.proposals)
    said = validated(tmp_path)
    assert asked in said
    assert "Oder" not in said.partition("these may be one answer")[2]


@pytest.mark.parametrize(
    ("places", "near"),
    [
        (["London", "London (UK)", "London, England"],
         {"London (UK)": "London", "London, England": "London"}),
        (["Wien (Austria)", "Wien, Österreich"], {"Wien, Österreich": "Wien (Austria)"}),
        (["London (UK)", "London (Canada)"], {}), (["London (UK)", "London, Ontario"], {}),
        (["London", "London (UK)", "London (Canada)"], {}), (["Bogotá", "Bogota"], {}),
        # Wales, Scotland and England were one country.
        (["Newport, Wales", "Newport, England"], {}),
        (["Newport, Wales", "Newport, GB"], {"Newport, Wales": "Newport, GB"}),
        (["Bangor, Northern Ireland", "Bangor, Wales"], {}),
        (["Bangor, Northern Ireland", "Bangor, Great Britain"], {}),
        (["Bangor, Northern Ireland", "Bangor, United Kingdom"],
         {"Bangor, Northern Ireland": "Bangor, United Kingdom"}),
    ],
)  # fmt: skip
def test_a_city_with_its_country_in_two_writings_is_offered_as_an_alias(
    places: list[str], near: dict[str, str]
) -> None:
    """Of London, London (UK) and London, England it was asked which, and no alias was offered."""
    assert find_near_values(places, "City")[0] == near


def test_a_commoner_answer_with_two_slips_is_no_question() -> None:
    answers = ["Marketing"] * 3 + ["Marketng", "Marketin", "Born", "Bonn", "Bonn", "Bern", "Bern"]
    near, unclear = find_near_values(answers, "Field")
    assert near == {"Marketng": "Marketing", "Marketin": "Marketing"}
    assert unclear == {"Born": ("Bern", "Bonn")}


def test_a_column_that_keeps_people_apart_and_is_read_by_no_rule_is_named(tmp_path: Path) -> None:
    """A draft leaves rules to a person; without one, people were paired with those they named."""
    draft_of(tmp_path)
    path = tmp_path / "programme.toml"
    text = path.read_text("utf-8")
    said = validated(tmp_path)
    assert (
        'No rule reads "Not with" of the mentees, so people may be matched with those they name '
        'there. To keep them apart, add [[criteria]] with kind = "Avoids", column = "Not with", '
        'by = "mentee", of = "Name", unknown = "ignore".'
    ) in said
    assert '- mentees: "Not with"' in said
    assert "- mentors:" not in said
    # Who does not validate must read it as well, before the pairs.
    matched = CliRunner().invoke(app, ["match", str(path), "--overwrite"]).output
    told = matched.index('No rule reads "Not with"')
    assert told < matched.index("Result")
    rule = '[[criteria]]\nkind = "Avoids"\ncolumn = "Not with"\nby = "mentee"\nunknown = "ignore"\n'
    path.write_text(text.replace("[problem]", f"{rule}\n[problem]", 1), encoding="utf-8")
    assert "Columns that nothing reads" not in validated(tmp_path)


def test_the_cure_of_doubtful_commas_keeps_the_other_marks(tmp_path: Path) -> None:
    """It named a semicolon where line breaks stood beside commas, which divided nothing."""
    mentees = MENTEES.replace(",Lua,", ',"Lua\nTeX",').replace(",Go,", ',"Go, SQL",')
    draft = draft_of(tmp_path, mentees)
    assert r'separators = { "Learns" = "\n" }' in draft.notes["options"]
    both = mentees.replace(",Python,", ",Python; C,")
    assert r'separators = { "Learns" = [";", "\n"] }' in draft_of(tmp_path, both).notes["options"]


def test_who_stands_twice_is_no_fault_where_the_draft_keeps_the_last_row(tmp_path: Path) -> None:
    """The cure named a key of the file that was not written for another reason."""
    twice = MENTORS + "Gus Model,gus@example.org,Staff,English,Lua,1\n,,,English,Lua,1\n"
    with pytest.raises(CohortError) as error:
        draft_of(tmp_path, mentors=twice)
    assert "duplicates" not in str(error.value)
    assert "row 6" in str(error.value)


def test_an_answer_that_anything_will_do_among_others_is_named(tmp_path: Path) -> None:
    """Whole cells of it count as no answer; among others it was a skill that nobody offers."""
    draft = draft_of(tmp_path, MENTEES.replace(",Go,", ',"Tudo; Go",', 1))
    assert 'missing = ["the usual", "tudo"]' in draft.text
    assert "anything will do" not in validated(tmp_path)
    said = validated(tmp_path, ('missing = ["the usual", "tudo"]', ""))
    assert (
        "Compared as answers of their own, though each says that anything will do or that somebody "
        "does not know: 'Tudo' (1) in \"Learns\" (mentees). If so, write under [tables] "
        'missing = ["the usual", "Tudo"]: then they count as no answer, which fits everybody alike.'
    ) in said


def test_answers_that_say_nothing_in_several_columns_are_one_list_of_missing(
    tmp_path: Path,
) -> None:
    """Each column had a list of its own, and who followed the second lost the first."""
    mentees = MENTEES.replace(",Go,", ',"Go; not sure; any",', 1)
    draft_of(tmp_path, mentees, MENTORS.replace(",Lua; Go,", ",Lua; Go; All; Any,"))
    path = tmp_path / "programme.toml"
    path.write_text(re.sub("(?m)^(# )?missing = .*", "", path.read_text("utf-8")), encoding="utf-8")
    said = validated(tmp_path)
    (cure,) = re.findall(r"missing = \[.*?\]", said)
    assert cure == 'missing = ["the usual", "not sure", "Any", "All"]'
    assert "'any' (1) in \"Learns\" (mentees); 'All' (1), 'Any' (1) in \"Teaches\"" in said
    assert "anything will do" not in validated(tmp_path, ("[tables]", f"[tables]\n{cure}"))


def test_a_weight_for_different_answers_is_told_no_aliases_which_it_does_not_have(
    tmp_path: Path,
) -> None:
    mentees = MENTEES.replace("Languages", "Team").replace(",German,", ",Marketing,")
    mentors = MENTORS.replace("Languages", "Team").replace(",German,", ",Marketng,")
    draft_of(tmp_path, mentees, mentors)
    wish = '[[criteria]]\nkind = "Different"\ncolumn = "Team"\nweight = 1\n\n[problem]'
    said = validated(tmp_path, ("[problem]", wish))
    (near,) = (line for line in said.splitlines() if line.startswith("  In Different"))
    assert near.endswith("If so, write them alike in the tables.")


@pytest.mark.parametrize(
    "word", ["I don't know yet", "not sure", "weiß noch nicht", "je ne sais pas encore",
             "nog geen idee", "Todavía no sé", "ancora non lo so", "vet inte än", "TBD"],
)  # fmt: skip
@pytest.mark.parametrize("cell", ["{}", "Go; {}"])
def test_who_does_not_know_yet_names_no_skill(tmp_path: Path, word: str, cell: str) -> None:
    """It was a skill that is wanted by one and offered by nobody, alone in a cell or in a list."""
    draft = draft_of(tmp_path, MENTEES.replace(",Go,", f",{cell.format(word)},", 1))
    assert f'"{word}" (1) in "Learns" of the mentees.' in draft.notes["missing"]
    said = validated(tmp_path)
    assert word not in said
    assert "offered by nobody" not in said


@pytest.mark.parametrize("word", ["nie wiem", "ich weiß nicht", "не знаю", "わからない", "Nevím"])
@pytest.mark.parametrize(("heading", "known"), [("Free times", "Mon 9-12"), ("Level", "Junior")])
def test_who_does_not_know_gives_neither_hours_nor_a_level(
    tmp_path: Path, word: str, heading: str, known: str
) -> None:
    """Somebody was asked when "wiem" is, and which level "nie wiem" is."""
    mentees = f"Email,{heading},Learns\na@x.example,{word},Go\nb@x.example,{known},SQL\n"
    mentors = f"Email,{heading},Teaches\nc@x.example,{known},Go\nd@x.example,{known},SQL\n"
    draft = draft_of(tmp_path, mentees, mentors)
    assert f'"{word}" (1) in "{heading}" of the mentees.' in draft.notes["missing"]
    assert f'missing = ["the usual", "{word.lower()}"]' in draft.text
    assert word not in " ".join(map(str, (one.entry for one in draft.proposals)))
    assert "wiem" not in validated(tmp_path)


def test_who_does_not_know_is_nobody_s_hours_beside_others_either(tmp_path: Path) -> None:
    """ "Nie" is never in German, so that the column was a scale; and "wiem" was asked about."""
    mentees = (
        "Email,Free times,Learns\na@x.example,nie wiem,Go\nb@x.example,rano; nie wiem,SQL\n"
        'c@x.example,"wieczory, nie wiem",SQL\n'
    )
    mentors = "Email,Free times,Teaches\nd@x.example,rano,Go\ne@x.example,wieczory,SQL\n"
    draft = draft_of(tmp_path, mentees, mentors)
    assert '"nie wiem" (3) in "Free times" of the mentees.' in draft.notes["missing"]
    [times] = [one.entry for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert times["read"] == {"rano": "", "wieczory": ""}
    rule = mm.criteria.Availability("Free times", read=dict.fromkeys(times["read"], "Mon 9-12"))
    assert mm.Criteria(rule).score(draft.cohort).dense()[1:].min() == 1


def test_a_value_that_says_no_answer_is_none_but_for_ids_and_names() -> None:
    tables = (pd.DataFrame({"id": ["nil", "b"], "knows": ["Lua; n/a", "n/a"]}) for _ in range(2))
    cohort = mm.Cohort(*tables, missing=["the usual", "lua"])
    assert cohort.tags("mentees", "knows") == [(), ()]
    assert cohort.tags("mentees", "id") == [("nil",), ("b",)]


def test_a_column_is_read_whatever_the_case_of_its_heading_in_the_file(tmp_path: Path) -> None:
    """ "Not With" read by `column = "not with"` was said to be read by no rule."""
    draft_of(tmp_path)
    rule = '[[criteria]]\nkind = "Avoids"\ncolumn = "not WITH"\nby = "mentee"\nunknown = "ignore"\n'
    said = validated(tmp_path, ("[problem]", f"{rule}\n[problem]"), ("[output]", "[output]\n"))
    assert "Columns that nothing reads" not in said


@pytest.mark.parametrize("answer", ["yes", "no", "Mon"])
def test_a_heading_of_conflicts_whose_answers_name_nobody_asks_for_no_rule(
    tmp_path: Path, answer: str
) -> None:
    mentees = MENTEES.replace("Not with", "Scheduling conflicts").replace("Gus Model", answer)
    draft_of(tmp_path, mentees)
    assert "No rule reads" not in validated(tmp_path)


def test_what_the_advice_says_can_be_pasted_also_with_quotes_in_the_heading(tmp_path: Path) -> None:
    mentees = MENTEES.replace("Not with", '"Not with ""X"" \\ them"')
    mentees = mentees.replace("Gus Model", "Model Gus")
    draft_of(tmp_path, mentees)
    (said,) = [
        line for line in validated(tmp_path).splitlines() if line.startswith("- No rule reads")
    ]
    entry = said.partition("add [[criteria]] with ")[2].rstrip(".").replace(", ", "\n")
    assert 'of = "Name"' in entry
    path = tmp_path / "programme.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("[problem]", f"[[criteria]]\n{entry}\n[problem]", 1), "utf-8")
    assert "taken for a person's: 'Model Gus' for 'Gus Model'" in validated(tmp_path)


def test_an_answer_with_a_backslash_makes_a_file_that_can_be_read(tmp_path: Path) -> None:
    """It became a key of the aliases, and `validate` refused what `init` had written."""
    draft_of(tmp_path, MENTEES.replace("FR;", "FR\\;"))
    validated(tmp_path)
    named = write_value({'a"b\\': 1, "plain": 2, "zwei Wörter": {"x\\": "y"}})
    assert tomllib.loads(f"v = {named}")["v"] == {
        'a"b\\': 1, "plain": 2, "zwei Wörter": {"x\\": "y"},
    }  # fmt: skip


def test_an_alias_that_is_there_is_known_in_either_direction(tmp_path: Path) -> None:
    draft_of(tmp_path)
    written = 'aliases = { Deutsch = "German", FR = "French" }'
    said = validated(tmp_path, (written, 'aliases = { German = "Deutsch" }'))
    assert "'Deutsch' and 'German'" not in said
    assert 'write in the criterion: aliases = { German = "Deutsch", FR = "French" }' in said


def test_codes_that_are_words_are_no_languages() -> None:
    assert find_same_languages(["English", "French", "IT", "German", "Italian", "No"]) == {}
    assert find_same_languages(["English", "Norwegian", "No", "nb"]) == {}


def test_a_ladder_of_one_level_is_left_to_a_person(tmp_path: Path) -> None:
    mentees = MENTEES.replace("Mid", "jr").replace("Senior", "Jr.")
    mentors = MENTORS.replace("Principal", "Junior").replace("Staff", "jr").replace("sr,", "Jr.,")
    draft = draft_of(tmp_path, mentees, mentors)
    for one in draft.proposals:
        if one.entry["kind"] == "LevelGap":
            assert one.obstacle == "All answers are one level. Add the others, lowest first."
    validated(tmp_path)
    with pytest.raises(mm.errors.CriterionError, match="a level of the ladder has no word"):
        mm.criteria.LevelGap("x", ladder=[["a", None], "b"])


def test_answers_that_join_skills_are_said_to_and_can_be_kept_whole(tmp_path: Path) -> None:
    """ "Kotlin / Android" counted as two of three skills, and nothing told of it or stopped it.

    As nobody gives a part of it alone, `init` keeps it whole.
    """
    mentees = "id,wants\na,Kotlin / Android; Career growth\nb,Kotlin / Android\n"
    mentors = "id,offers\nx,Kotlin / Android\ny,Career growth\n"
    draft_of(tmp_path, mentees, mentors)
    kept = 'aliases = { "Kotlin / Android" = "Kotlin / Android" }'
    assert "Read as several" not in validated(tmp_path)
    path = tmp_path / "programme.toml"
    whole = examine_file(path, overwrite=True).finished()[1].compatibility.dense().tolist()
    assert whole == [[0.5, 0.5], [1.0, 0.0]]
    said = validated(tmp_path, (f"{kept}\n", ""))
    assert "Read as several skills: 'Kotlin / Android' as Kotlin and Android. To keep one" in said
    assert kept in said
    parts = examine_file(path, overwrite=True).finished()[1].compatibility.dense().tolist()
    assert parts == [[pytest.approx(2 / 3), pytest.approx(1 / 3)], [1.0, 0.0]]


def test_words_whose_level_is_not_known_are_named(tmp_path: Path) -> None:
    draft = draft_of(tmp_path, mentors=MENTORS.replace("Staff", "Wegweiserin"))
    (level,) = [one for one in draft.proposals if one.entry["kind"] == "LevelGap"]
    assert 'Where these belong is not known: "Wegweiserin".' in level.obstacle
    assert "Wegweiserin" not in level.entry["ladder"]


def test_a_question_for_wishes_is_not_taken_for_the_own_name(tmp_path: Path) -> None:
    """Of "dream mentor (up to 3 names)" the heading "says name", and all wishes were lost."""
    heading = '"Who would be your dream mentor? (optional, up to 3 names)"'
    mentees = MENTEES.replace("Not with", heading).replace("Gus Model", "Gus Model; Ida Model")
    draft = draft_of(tmp_path, mentees)
    (wish,) = [one for one in draft.proposals if one.entry["kind"] == "Prefers"]
    assert wish.entry["of"] == "Name"


def test_where_a_cover_sheet_is_read_the_other_sheets_are_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        book = openpyxl.Workbook()
        book.active.title = "Deckblatt"
        for row in ([f"Info {name}", f"Version {name}"], [f"{name}1", ord(name)]):
            book.active.append(row)
        book.create_sheet("Anmeldungen").append(["id", "Topics"])
        book.save(tmp_path / f"{name}.xlsx")
    with pytest.raises(CohortError) as error:
        write_draft(tmp_path / "a.xlsx", tmp_path / "b.xlsx", tmp_path / "p.toml")
    assert (
        "Perhaps the people stand on another sheet: a.xlsx has 'Deckblatt', 'Anmeldungen'"
        in str(error.value)
    )


def test_aliases_of_a_criterion_are_written_in_one_line(tmp_path: Path) -> None:
    """Languages and slips had a line each; TOML refuses a file with both."""
    draft_of(
        tmp_path,
        MENTEES.replace("FR; English", "French; Elvish; Elvishh"),
        MENTORS.replace("French; English", "French; Elvish"),
    )
    said = validated(tmp_path, ('aliases = { Deutsch = "German" }\n', ""))
    assert "and count as two: 'Deutsch' and 'German'.\n" in said
    assert said.count("aliases = ") == 1
    assert (
        "If so, write them alike in the tables, or in the criterion aliases = { Deutsch = "
        '"German", Elvishh = "Elvish" }, for the lines above as well.'
    ) in said
