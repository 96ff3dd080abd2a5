"""The first programme file: made from what the columns hold, never from protected attributes."""

from __future__ import annotations

import datetime
import json
import tomllib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from mentormatch import datasets
from mentormatch.cli import app
from mentormatch.errors import CohortError, ConfigurationError
from mentormatch.programme import examine_file, load, write_draft
from mentormatch.programme.screen.drafting import describe_draft

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft

MONDAY = datetime.date(2027, 1, 4)


def drafted(folder: Path, mentees: pd.DataFrame, mentors: pd.DataFrame) -> Draft:
    """Write two tables and a programme file for them, which must be usable as it is."""
    folder.mkdir(exist_ok=True)
    mentees.to_csv(folder / "mentees.csv", index=False)
    mentors.to_csv(folder / "mentors.csv", index=False)
    path = folder / "programme.toml"
    draft = write_draft(
        folder / "mentees.csv", folder / "mentors.csv", path, overwrite=True, today=MONDAY
    )
    assert examine_file(path).findings == ()
    programme = load(path)
    programme.write(programme.match(), overwrite=True)
    return draft


def kinds(draft: Draft) -> dict[str, str]:
    """The columns of each criterion that is used, by kind."""
    keys = ("column", "wants", "offers", "mentee", "mentor")
    return {
        one.entry["kind"]: " ".join(str(one.entry[key]) for key in keys if key in one.entry)
        for one in draft.proposals
        if one.is_used
    }


def test_the_sample_is_recognised_and_its_file_runs_at_once(tmp_path: Path) -> None:
    cohort = datasets.sample()
    draft = drafted(tmp_path, cohort.mentees.reset_index(), cohort.mentors.reset_index())
    used = kinds(draft)
    assert used["SkillCoverage"] == "wants_to_learn can_teach"
    assert used["LevelGap"] == "level"
    assert used["TextSimilarity"] == "goals bio"
    assert "Availability" not in used  # the dates of the programme are nobody's guess
    assert used["TagOverlap"] in ("interests", "languages")
    assert used["Prefers"] == "preferred_mentors"
    rules = {json.dumps(one.entry): one for one in draft.proposals if one.rule}
    team = rules['{"kind": "Different", "column": "team"}']
    assert '{"kind": "Different", "mentee": "manager", "mentor": "id"}' in rules
    teams = [cohort.table(side)["team"].value_counts() for side in ("mentees", "mentors")]
    assert team.removes == (int(teams[0].mul(teams[1], fill_value=0).sum()), 120 * 60)
    content = tomllib.loads(draft.text)
    assert all(one["kind"] != "Different" for one in content["criteria"])
    assert content["problem"] == {"capacity": "capacity"}
    (level,) = [one for one in content["criteria"] if one["kind"] == "LevelGap"]
    assert level["ladder"][:6] == ["intern", "junior", "mid", "senior", "staff", "principal"]
    (free,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    assert free.entry["timezone"] == "tz"
    assert free.entry["dates"] == [datetime.date(2027, 1, 18), datetime.date(2027, 7, 4)]
    assert "# dates = [2027-01-18, 2027-07-04]" in draft.text
    assert free.asks.startswith("Write the first and last date of your programme")


def test_protected_attributes_are_named_as_left_out_and_used_for_nothing(tmp_path: Path) -> None:
    cohort = datasets.sample()
    draft = drafted(tmp_path, cohort.mentees.reset_index(), cohort.mentors.reset_index())
    assert {one.name for one in draft.columns if one.kind == "protected"} == {"gender", "age_group"}
    spoken = [line for line in draft.text.splitlines() if "gender" in line or "age_group" in line]
    assert spoken
    assert all(line.startswith("#") for line in spoken)
    assert '"gender": protected attribute. The heading speaks of gender.' in draft.text
    assert "man" not in draft.text.split("gender", 1)[1].split("\n")[0]


def test_forms_with_whole_questions_and_e_mail_as_identity(tmp_path: Path) -> None:
    skills = ["Lua; C", "SQL", "Lua, SQL", "C; Rust", "Rust", "Lua"]
    mentees = pd.DataFrame(
        {
            "Your e-mail": [f"m{k}@example.org" for k in range(6)],
            "What do you want to learn?": skills,
            "Your team": ["Web", "Data", "Web", "Data", "Web", "Data"],
            "Which gender are you?": list("abcabc"),
        }
    )
    mentors = pd.DataFrame(
        {
            "Your e-mail": [f"t{k}@example.org" for k in range(4)],
            "What can you teach?": ["Lua; SQL", "C; Rust; Lua", "SQL", "Rust"],
            "Your team": ["Web", "Data", "Ops", "Ops"],
            "How many mentees can you take?": [1, 2, 0, 3],
        }
    )
    draft = drafted(tmp_path, mentees, mentors)
    content = tomllib.loads(draft.text)
    assert content["tables"]["id"] == "Your e-mail"
    assert content["problem"]["capacity"] == "How many mentees can you take?"
    assert kinds(draft) == {
        "SkillCoverage": "What do you want to learn? What can you teach?",
    }
    assert '# kind = "Different"\n# column = "Your team"' in draft.text
    assert "It would remove 6 of 24 pairs." in draft.text


def test_a_form_that_was_sent_twice_is_said_and_the_last_one_counts(tmp_path: Path) -> None:
    mentees = pd.DataFrame({"id": ["ada", "bob", "ada"], "field": ["A", "B", "A"]})
    draft = drafted(tmp_path, mentees, pd.DataFrame({"id": ["x", "y"], "field": ["A", "B"]}))
    assert 'duplicates = "last"' in draft.text
    assert "1 earlier row of people who sent the form twice" in " ".join(draft.text.split())


def test_the_roles_of_a_form_are_counted_with_what_was_sent_twice_and_it_says_so(
    tmp_path: Path,
) -> None:
    # "3 mentees, 2 mentors" stood beside "2 mentees and 2 mentors".
    people = pd.DataFrame(
        {
            "id": ["ada", "bob", "ada", "x", "y"],
            "role": ["Mentee", "Mentee", "Mentee", "Mentor", "Mentor"],
            "field": ["A", "B", "A", "A", "B"],
        }
    )
    for table, said in (
        (people, "3 mentees, 2 mentors, earlier rows of the same person counted, too."),
        (people.iloc[1:], "2 mentees, 2 mentors."),
    ):
        path = tmp_path / "people.csv"
        table.to_csv(path, index=False)
        draft = write_draft(path, None, tmp_path / "programme.toml", overwrite=True, today=MONDAY)
        text = " ".join(draft.text.replace("\n#", "").split())
        assert f"says who is what: {said}" in text


def test_people_without_ids_are_told_to_get_some(tmp_path: Path) -> None:
    draft = drafted(
        tmp_path, pd.DataFrame({"field": ["A", "B"]}), pd.DataFrame({"field": ["A", "B"]})
    )
    assert "known by their place in the table" in " ".join(draft.text.replace("#", "").split())


def test_nothing_recognised_writes_no_file_and_says_what_to_do(tmp_path: Path) -> None:
    pd.DataFrame({"id": [1, 2], "x": ["q", "r"]}).to_csv(tmp_path / "a.csv", index=False)
    pd.DataFrame({"id": [3], "y": ["s"]}).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(CohortError, match=r"pair people by their rows\. Both tables need a column"):
        write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert not (tmp_path / "programme.toml").exists()


@pytest.mark.parametrize(
    ("levels", "ladder"),
    [
        (["L5", "L3", "L10"], ["L3", "L5", "L10"]),
        (["Senior", "Junior", "Mid-level"], ["Junior", "Mid-level", "Senior"]),
        (["Direktorin", "Juniorin", "Expertin"], ["Juniorin", "Expertin", "Direktorin"]),
    ],
)
def test_the_order_of_usual_levels_is_guessed(
    tmp_path: Path, levels: list[str], ladder: list[str]
) -> None:
    table = pd.DataFrame({"id": range(len(levels)), "level": levels})
    draft = drafted(tmp_path, table, table.assign(id=table["id"] + 10))
    assert tomllib.loads(draft.text)["criteria"][0]["ladder"] == ladder
    assert "Check the order" in draft.text


def test_levels_that_nobody_knows_are_left_to_the_reader(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [1, 2], "grade": ["wizard", "muggle"]})
    draft = drafted(tmp_path, table, table.assign(id=[3, 4]))
    (proposal,) = draft.proposals
    assert proposal.obstacle == (
        'Put the levels in order, lowest first. Where these belong is not known: "muggle", '
        '"wizard". Write each into its place in ladder. Words for one level share a place: '
        '["Junior", "Jr."].'
    )
    assert "# Left out for now. Put the levels in order" in draft.text
    assert "# ladder = []" in draft.text


def test_mentors_of_one_level_are_compared_with_mentees_of_several(tmp_path: Path) -> None:
    """ "Level" of the mentors was "the same for everybody", that of the mentees theirs alone."""
    table = pd.DataFrame({"id": [1, 2, 3], "level": ["Junior", "Mid", "Junior"]})
    mentors = pd.DataFrame({"id": [4, 5], "level": ["Senior", "Senior"]})
    draft = drafted(tmp_path, table, mentors)
    (proposal,) = draft.proposals
    assert proposal.is_used
    assert proposal.entry["ladder"] == ["Junior", "Mid", "Senior"]


def test_one_level_on_both_sides_is_compared_with_nothing(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [1, 2], "level": ["Senior", "Senior"], "topic": ["Lua", "Go"]})
    draft = drafted(tmp_path, table, table.assign(id=[3, 4]))
    assert [one.entry["kind"] for one in draft.proposals if one.is_used] != []
    assert "LevelGap" not in [one.entry["kind"] for one in draft.proposals]
    assert {one.kind for one in draft.columns if one.name == "level"} == {"constant"}


def test_levels_of_no_known_place_are_listed_by_their_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": range(4), "level": ["IC10", "M1", "Director", "IC2"]})
    draft = drafted(tmp_path, table, table.assign(id=table["id"] + 10))
    assert 'is not known: "IC2", "IC10", "M1".' in draft.proposals[0].obstacle
    assert '# ladder = ["Director"]' in draft.text


def test_a_rule_is_a_comment_with_the_number_of_pairs_that_it_would_remove(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [1, 2], "organisation": ["Us", "Us"], "field": ["A", "B"]})
    draft = drafted(tmp_path, table, table.assign(id=[3, 4]))
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.removes == (4, 4)
    assert "It would remove 4 of 4 pairs." in draft.text


def test_cells_that_cannot_be_read_are_told_and_the_criterion_left_out(tmp_path: Path) -> None:
    free = [f"Mon {hour:02d}:00-{hour + 1:02d}:00" for hour in range(8, 20)]
    mentees = pd.DataFrame({"id": range(12), "free": [*free[:-1], "Mon 25:00 or so"]})
    mentors = pd.DataFrame({"id": range(20, 32), "free": free})
    draft = drafted(tmp_path, mentees, mentors)
    (proposal,) = draft.proposals
    assert proposal.entry["kind"] == "Availability"
    assert "row 13" in proposal.obstacle
    assert "Mon 25:00 or so" in draft.text


def test_names_and_words_that_toml_would_misread_are_written_safely(tmp_path: Path) -> None:
    name = 'say "hi"\\ = [x] # field'
    table = pd.DataFrame({"id": [1, 2], name: ["A", "B"]})
    draft = drafted(tmp_path, table, table.assign(id=[3, 4]))
    (criterion,) = tomllib.loads(draft.text)["criteria"]
    assert criterion == {"kind": "Same", "column": name, "weight": 1}


def test_two_sheets_of_one_workbook_are_enough(tmp_path: Path) -> None:
    book = tmp_path / "our people.xlsx"
    with pd.ExcelWriter(book) as writer:
        people = pd.DataFrame({"id": ["u", "v"], "field": ["A", "B"]})
        people.to_excel(writer, sheet_name="Ins", index=False)
        people.assign(id=["x", "y"]).to_excel(writer, sheet_name="Outs", index=False)
    path = tmp_path / "sub" / "programme.toml"
    path.parent.mkdir()
    write_draft(book, book, path, sheets=("Ins", "Outs"))
    content = tomllib.loads(path.read_text())
    assert content["tables"]["mentees"] == "../our people.xlsx"
    assert content["tables"]["sheets"] == {"mentees": "Ins", "mentors": "Outs"}
    assert len(load(path).match().pairs) == 2


def test_a_draft_replaces_no_file_and_no_table(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [1], "team": ["A"]})
    drafted(tmp_path, table, table)
    mentees, mentors = tmp_path / "mentees.csv", tmp_path / "mentors.csv"
    for path, overwrite, said in (
        (tmp_path / "programme.toml", False, "exists already"),
        (mentees, True, "this is one of the tables"),
        (tmp_path, True, "this is a folder"),
        (tmp_path / "no" / "p.toml", True, "there is no folder"),
    ):
        with pytest.raises(ConfigurationError, match=said):
            write_draft(mentees, mentors, path, overwrite=overwrite)
    with pytest.raises(CohortError, match="there is no such file"):
        write_draft(mentees, tmp_path / "x.csv", tmp_path / "new.toml")
    assert not (tmp_path / "new.toml").exists()


def test_what_somebody_wrote_in_a_programme_is_kept_when_it_is_replaced(tmp_path: Path) -> None:
    table = pd.DataFrame({"id": [1], "team": ["A"]})
    drafted(tmp_path, table, table)
    mentees, mentors = tmp_path / "mentees.csv", tmp_path / "mentors.csv"
    path = tmp_path / "programme.toml"
    assert write_draft(mentees, mentors, path, overwrite=True, today=MONDAY).kept is None
    for name in ("programme.before.toml", "programme.before-2.toml"):
        edited = f"# {name}\n{path.read_text('utf-8')}"
        path.write_text(edited, "utf-8")
        again = write_draft(mentees, mentors, path, overwrite=True, today=MONDAY)
        assert again.kept == tmp_path / name
        assert (tmp_path / name).read_text("utf-8") == edited
        assert path.read_text("utf-8") == again.text
        assert f"kept as {tmp_path / name}" in describe_draft(path, again)[0].lines[0]


def test_addresses_are_not_shown_where_a_slip_hides_that_the_column_holds_them(
    tmp_path, monkeypatch
):
    (tmp_path / "mentees.csv").write_text(
        "name,e-mail,wants to learn\n"
        "Ana Example,ana@example.test,Lua\nBea Example,bea@example.test,C\n"
        "Cai Example,cai@example.test,Lua\nDov Example,dov(at)example.test,Lua\n"
    )
    (tmp_path / "mentors.csv").write_text(
        "name,can teach\nEva Sample,Lua\nFen Sample,C\nGil Sample,Lua\n"
    )
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["init", "mentees.csv", "mentors.csv"])
    assert done.exit_code == 0, done.output
    written = (tmp_path / "programme.toml").read_text("utf-8")
    assert "Lua" in written
    for text in (done.output, written):
        assert "@" not in text
        assert "(at)" not in text


def test_who_is_known_by_a_name_because_numbers_only_run_is_said_with_the_cure(tmp_path: Path):
    """A database's column id was passed over, and nothing on the screen of `match` said so."""
    pd.DataFrame({"id": [1, 2], "name": ["Ada Lee", "Bo Xi"], "team": ["a", "b"]}).to_csv(
        tmp_path / "e.csv", index=False
    )
    pd.DataFrame({"id": [1, 2], "name": ["Cy Ko", "Di Mo"], "team": ["a", "b"]}).to_csv(
        tmp_path / "o.csv", index=False
    )
    (tmp_path / "p.toml").write_text(
        '[tables]\nmentees = "e.csv"\nmentors = "o.csv"\n'
        '[[criteria]]\nkind = "Same"\ncolumn = "team"\nweight = 1\n',
        "utf-8",
    )
    for command in ("validate", "match"):
        said = " ".join(CliRunner().invoke(app, [command, str(tmp_path / "p.toml")]).output.split())
        assert "The mentees are known by 'name'" in said
        assert """'id' only numbers the rows. To change it: [tables] id = "id".""" in said
