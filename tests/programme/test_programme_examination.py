"""One look at a programme finds all that is wrong with its file, its tables and its outputs."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from mentormatch.errors import CohortError, ConfigurationError
from mentormatch.programme import examine_file, load
from programmes import MENTEES, MENTORS, PROGRAMME, TABLES, programme_in


def said_about(path: Path, *, overwrite: bool = True) -> list[str]:
    """What an examination finds, without the folder of the test."""
    findings = examine_file(path, overwrite=overwrite).findings
    return [str(finding).replace(f"{path.parent}/", "") for finding in findings]


def test_a_programme_without_problems_gives_its_problem_and_matches_nobody(tmp_path: Path) -> None:
    examination = examine_file(programme_in(tmp_path))
    configuration, problem = examination.finished()
    assert examination.findings == ()
    assert configuration.path == tmp_path / "programme.toml"
    assert problem.shape == (3, 2)
    assert list(problem.capacities) == [1, 1]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "mentees.csv", "mentors.csv", "programme.toml",
    ]  # fmt: skip


def test_problems_of_the_file_of_both_tables_and_of_outputs_come_together(tmp_path: Path) -> None:
    text = (
        PROGRAMME.replace('wants = "wants"', 'wants = "want"').replace('"seats"', '"seat"')
        + "min_scor = 0.2\n[output]\nmatches = 'nowhere/matches.csv'\n"
    )
    path = programme_in(tmp_path, text)
    said = said_about(path)
    assert said == [
        "programme.toml, line 17, problem.min_scor: found 0.2; there is no such key in [problem]. "
        "It may have capacity, minimum, demand, priority, pins, bans, decisions, min_score, "
        "coverage_first, "
        "quotas, apart, together, usage, minimum_if_used, unknown. "
        "Did you mean 'min_score'?",
        "programme.toml, line 7, criteria[1].wants: found 'want'; there is no such column in "
        "mentees.csv. It has 'id', 'name', 'email', 'wants', 'level', 'team', 'gender'. "
        "Did you mean 'wants'?",
        "programme.toml, line 16, problem.capacity: found 'seat'; there is no such column in "
        "mentors.csv. It has 'id', 'name', 'email', 'offers', 'level', 'team', 'seats'. "
        "Did you mean 'seats'?",
        "programme.toml, line 19, output.matches: found 'nowhere/matches.csv'; there is no folder "
        "'nowhere'. Make it, or name another.",
    ]


def test_a_broken_key_does_not_hide_what_is_wrong_in_the_tables(tmp_path: Path) -> None:
    mentors = MENTORS.replace("senior,Kernel,1", "senior,Kernel,many").replace("grace,", "linus,")
    path = programme_in(tmp_path, PROGRAMME + "[match]\nseed = 'x'\n", mentors=mentors)
    said = said_about(path)
    assert [one.split(":")[0] for one in said] == [
        "programme.toml, line 18, match.seed",
        "mentors.csv, row 3, column 'id'",
    ]
    path = programme_in(
        tmp_path, PROGRAMME + "[match]\nseed = 'x'\n", mentors=mentors.replace("linus,G", "grace,G")
    )
    assert said_about(path)[1] == (
        "mentors.csv, row 2, column 'seats': found 'many'; capacity must be a whole number of 0 or "
        "more. Correct the cell, or say what the answer counts, 0 for nobody: capacity = { "
        'column = "seats", read = { "many" = "?" } }, with a number for each "?".'
    )


def test_cells_that_a_criterion_cannot_read_are_all_said_with_their_rows(tmp_path: Path) -> None:
    text = (
        TABLES + "[[criteria]]\nkind = 'LevelGap'\ncolumn = 'level'\n"
        "ladder = ['junior', 'middle', 'senior']\n"
    )
    mentees = MENTEES.replace("C++,junior", "C++,junor")
    path = programme_in(tmp_path, text, mentees=mentees)
    first, second = said_about(path)
    assert first.startswith("mentees.csv, row 2, column 'level': found 'junor'; must be a level of")
    assert first.endswith("Did you mean 'junior'?")
    assert second.startswith("mentees.csv, row 4, column 'level': found 'mid")


def test_tables_that_are_wrong_alone_are_an_error_of_the_tables(tmp_path: Path) -> None:
    path = programme_in(tmp_path, mentors=MENTORS.replace("grace,", "linus,"))
    with pytest.raises(CohortError):
        load(path).problem()
    path = programme_in(tmp_path, PROGRAMME.replace('"seats"', '"seat"'))
    with pytest.raises(ConfigurationError):
        load(path).problem()


def test_a_table_that_is_not_there_is_said_with_the_nearest_name(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME.replace("mentees.csv", "mentee.csv"))
    (said,) = said_about(path)
    folder = str(tmp_path.resolve())
    assert said == (
        f"mentee.csv: there is no such file in the folder {folder!r}. Did you mean 'mentees.csv'?"
    )


def test_columns_asked_for_must_stand_in_one_of_the_tables_or_in_the_one_named(
    tmp_path: Path,
) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['nmae', 'gender']\n")
    (said,) = said_about(path)
    assert said.startswith("programme.toml, line 18, output.columns[1]: found 'nmae'; there is no")
    assert said.endswith("Did you mean 'name'?")
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = { mentors = ['gender'] }\n")
    (said,) = said_about(path)
    assert "output.columns.mentors[1]: found 'gender'; there is no such column in mentors" in said


# ---------------------------------------------------------------- pins and bans


def test_pins_and_bans_name_people_and_keep_their_reasons(tmp_path: Path) -> None:
    lines = "pins = [['ada', 'grace', 'agreed in May']]\nbans = [['cleo', 'linus']]\n"
    problem = load(programme_in(tmp_path, PROGRAMME + lines)).problem()
    assert [tuple(rule) for rule in problem.pin_rules] == [("ada", "grace", "agreed in May")]
    assert problem.why_ineligible("cleo", "linus") == "banned"


LEFT = 'With unknown = "ignore" in [problem], who has left is left out.'
CORRECT = f"Correct it, or take the pair out. {LEFT}"


def test_people_in_pins_who_do_not_exist_are_said_with_the_nearest_id(tmp_path: Path) -> None:
    lines = "pins = [['ada', 'linus'],\n  ['adda', 'lins']]\nbans = [['grace', 'ada']]\n"
    said = said_about(programme_in(tmp_path, PROGRAMME + lines))
    assert said == [
        "programme.toml, line 17, problem.pins[2][1]: found 'adda'; there is no mentee with this "
        f"id, name or e-mail address. {CORRECT} Did you mean 'ada'?",
        "programme.toml, line 17, problem.pins[2][2]: found 'lins'; there is no mentor with this "
        f"id, name or e-mail address. {CORRECT} Did you mean 'linus'?",
        "programme.toml, line 19, problem.bans[1][1]: found 'grace'; there is no mentee with this "
        f"id, name or e-mail address. {CORRECT}",
        "programme.toml, line 19, problem.bans[1][2]: found 'ada'; there is no mentor with this "
        f"id, name or e-mail address. {CORRECT}",
    ]


def test_who_has_left_is_not_taken_for_somebody_of_the_same_organisation(tmp_path: Path) -> None:
    """For zed@x.example it said: did you mean ann@x.example?"""
    (tmp_path / "mentees.csv").write_text("id,t\nann@x.example,Lua\nbob@x.example,Go\n")
    (tmp_path / "mentors.csv").write_text("id,t\nlinus@x.example,Lua\nkim@x.example,Go\n")
    (tmp_path / "programme.toml").write_text(
        '[tables]\nmentees = "mentees.csv"\nmentors = "mentors.csv"\n[problem]\n'
        "pins = [['zed@x.example', 'linsu@x.example']]\n"
    )
    first, second = said_about(tmp_path / "programme.toml")
    assert first.endswith(f"Correct it, or take the pair out. {LEFT}")
    assert second.endswith("Did you mean 'linus@x.example'?")


def test_pins_may_stand_in_a_table_of_their_own(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "bans = 'our bans.csv'\n")
    (tmp_path / "our bans.csv").write_text("reason;mentor;mentee\nfamily;linus;ada\n;grace;cleo\n")
    problem = load(path).problem()
    assert [tuple(rule) for rule in problem.ban_rules] == [
        ("ada", "linus", "family"),
        ("cleo", "grace", None),
    ]


def test_a_table_of_pins_is_examined_like_the_tables_of_people(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "bans = 'bans.csv'\n")
    assert said_about(path)[0].startswith("bans.csv: there is no such file in the folder ")
    (tmp_path / "bans.csv").write_text("mentee,mentr\nada,linus\n")
    assert said_about(path) == [
        "bans.csv, column 'mentor': a table of pairs has the columns mentee and mentor, and may "
        "have reason. It has 'mentee', 'mentr'. Did you mean 'mentr'?"
    ]
    (tmp_path / "bans.csv").write_text("mentee,mentor\nada,linus\n,grace\nbobb,grace\n")
    assert said_about(path) == [
        "bans.csv, row 3, column 'mentee': there is no mentee with this id, name or e-mail "
        "address. Correct it, or take the pair out.",
        "bans.csv, row 4, column 'mentee': found 'bobb'; there is no mentee with this id, name or "
        f"e-mail address. Correct it, or take the pair out. {LEFT} Did you mean 'bob'?",
    ]


def test_pairs_name_people_by_id_by_address_or_by_name(tmp_path: Path) -> None:
    """Bans took ids only, while everywhere else a person may be named in three ways."""
    (tmp_path / "a.csv").write_text(
        "id,Name,Email,t\n1,Ada Holm,ada@x.example,Go\n2,Bo Berg,bo@x.example,Lua\n"
    )
    (tmp_path / "b.csv").write_text(
        "id,Name,Email,t\n7,Jörg Weiss,jw@x.example,Go\n8,Kim Lo,kim@x.example,Lua\n"
        "9,Kim Lo,lo@x.example,Lua\n"
    )
    text = (
        '[tables]\nmentees = "a.csv"\nmentors = "b.csv"\nid = "id"\n[problem]\n'
        'unknown = "ignore"\nbans = "bans.csv"\napart = [["bo berg", "ADA@x.example"]]\n'
    )
    (tmp_path / "programme.toml").write_text(text)
    bans = 'mentee,mentor\n1,JORG WEISS\nbo@x.example,"Weiss, Jörg"\n2,lo@x.example\n'
    (tmp_path / "bans.csv").write_text(bans)
    problem = load(tmp_path / "programme.toml").problem()
    assert [rule[:2] for rule in problem.ban_rules] == [(1, 7), (2, 7), (2, 9)]
    assert len(problem.apart) == 1
    (said,) = [note for note in problem.compatibility.notes if "address" in note]
    assert said.startswith("6 people in pins, bans, apart or together of [problem]")
    (tmp_path / "bans.csv").write_text("mentee,mentor\nAda Holm,Kim Lo\n")
    assert said_about(tmp_path / "programme.toml") == [
        "bans.csv, row 2, column 'mentor': found 'Kim Lo'; 2 mentors have this name or address. "
        "Write the id: 8, 9."
    ]


def test_ids_that_are_numbers_are_found_however_they_are_written(tmp_path: Path) -> None:
    mentees, mentors = MENTEES.replace("ada,", "1,"), MENTORS.replace("linus,", "7,")
    lines = "pins = [[1, '7']]\n"
    problem = load(
        programme_in(tmp_path, PROGRAMME + lines, mentees=mentees, mentors=mentors)
    ).problem()
    assert problem.pinned.tolist() == [[0, 0]]


def test_pins_that_cannot_hold_are_said_with_the_rule(tmp_path: Path) -> None:
    lines = "pins = [['bob', 'grace']]\n"
    (said,) = said_about(programme_in(tmp_path, PROGRAMME + lines))
    assert said == (
        "programme.toml, line 15, problem: The pins cannot all hold: the pin ('bob', 'grace') is "
        "forbidden: Different('team'): both have 'Data'. Take the pin away, or change the rule or "
        "number that it meets."
    )


def test_a_negative_number_for_everybody_is_said_at_its_key(tmp_path: Path) -> None:
    (said,) = said_about(programme_in(tmp_path, PROGRAMME + "demand = -1\n"))
    assert said.startswith("programme.toml, line 17, problem.demand: demand must be a whole number")


# ---------------------------------------------------------------- outputs


def test_outputs_are_looked_at_before_anything_is_matched(tmp_path: Path) -> None:
    (tmp_path / "folder.csv").mkdir()
    for lines, said in {
        "matches = 'x.csv'\nunmatched = './x.csv'": "output.unmatched: found './x.csv'; matches "
        "goes to this file. Give each output a name of its own.",
        "matches = 'matches.pdf'": "output.matches: found 'matches.pdf'; the name must end in .csv "
        "or .xlsx.",
        "matches = 'mentees.csv'": "output.matches: found 'mentees.csv'; the programme reads this "
        "file, so it is not replaced. Name another.",
        "unmatched = 'folder.csv'": "output.unmatched: found 'folder.csv'; this is a folder. Name "
        "a file in it.",
    }.items():
        path = programme_in(tmp_path, f"{PROGRAMME}[output]\n{lines}\n")
        (found,) = said_about(path)
        assert found.split(", ", 2)[2].replace("found 'x.csv'", "found './x.csv'") == said


def test_an_output_that_exists_is_refused_unless_it_may_be_replaced(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    (tmp_path / "matches.csv").write_text("last year's")
    (said,) = said_about(path, overwrite=False)
    assert said == (
        "programme.toml, output.matches: found 'matches.csv'; this file exists already. Move it "
        "away, name another, or let it be replaced with overwrite=True."
    )
    assert said_about(path, overwrite=True) == []


# ---------------------------------------------------------------- sizes


@pytest.mark.parametrize("empty", ["mentees", "mentors", "both"])
def test_empty_tables_are_a_normal_programme(tmp_path: Path, empty: str) -> None:
    header = {"mentees": MENTEES.split("\n")[0] + "\n", "mentors": MENTORS.split("\n")[0] + "\n"}
    tables = {side: text for side, text in header.items() if empty in (side, "both")}
    programme = load(programme_in(tmp_path, **tables))
    matching = programme.match()
    programme.write(matching)
    assert pd.read_csv(tmp_path / "matches.csv").empty
    unmatched = pd.read_csv(tmp_path / "unmatched.csv")
    assert len(unmatched) == (3 if empty == "mentors" else 0)


# ---------------------------------------------------------------- quotas, apart, together, hours


def test_quotas_by_column_and_by_id_reach_the_problem(tmp_path: Path) -> None:
    lines = """
[[problem.quotas]]
name = "juniors"
mentees = { level = "junior" }
at_most = 1
per_mentor = true

[[problem.quotas]]
mentees = ["ada", "cleo"]
mentors = ["grace"]
at_least = 1
"""
    problem = load(programme_in(tmp_path, PROGRAMME + lines)).problem()
    assert [quota.label for quota in problem.quotas] == [
        "juniors",
        "at least 1 of the mentees 'ada', 'cleo' with the mentors 'grace'",
    ]
    matching = load(tmp_path / "programme.toml").match(problem)
    assert "grace" in set(matching.pairs["mentor"])


def test_a_quota_for_each_department_and_mentor_as_the_how_to_has_it(tmp_path: Path) -> None:
    how_to = Path(__file__).parents[2] / "docs/how-to/pins-bans-minimums.md"
    (lines,) = re.findall(r"```toml\n(.*?)```", how_to.read_text("utf-8"), re.DOTALL)
    path = programme_in(tmp_path, PROGRAMME + lines.replace("Department", "level"))
    problem = load(path).problem()
    assert problem.quotas[0].label == "at most 2 of all mentees with each mentor, for each 'level'"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("atmost = 1", "problem.quotas[1].atmost: found 1; a quota has no such parameter. It has"),
        ("at_most = 'x'", "problem.quotas[1]: a number for each group needs per"),
        (
            "at_least = '50%'",
            "problem.quotas[1].at_least: at_least is a count of pairs and no share, "
            "got '50%'; count it out: half of 20 seats is at_least",
        ),
        ("at_most = 0.5", "at_most is a count of pairs and no share, got 0.5; count it out"),
        ("name = 'n'", "problem.quotas[1]: it asks for nothing; give at_least=, at_most= or"),
        (
            "at_most = 1\nmentees = { levl = 'junior' }",
            "problem.quotas[1].mentees.levl: found 'levl'; there is no such column in mentees.csv.",
        ),
        (
            "at_most = 1\nmentees = { level = 'junor' }",
            "problem.quotas[1].mentees: no mentee has 'junor' in column 'level'; there are",
        ),
        ("at_most = 1\nmentors = ['lins']", "Did you mean 'linus'?"),
    ],
)
def test_a_quota_that_cannot_be_used_is_said_at_its_place(
    tmp_path: Path, lines: str, said: str
) -> None:
    path = programme_in(tmp_path, f"{PROGRAMME}[[problem.quotas]]\n{lines}\n")
    (found,) = said_about(path)
    assert said in " ".join(found.split())


def test_mentees_apart_and_together_and_hours_reach_the_problem(tmp_path: Path) -> None:
    lines = "apart = [['ada', 'cleo', 'rivals']]\ntogether = 'pairs.csv'\nusage = 0.5\n"
    text = (PROGRAMME + lines).replace('capacity = "seats"', "capacity = 1.5")
    path = programme_in(tmp_path, text)
    (tmp_path / "pairs.csv").write_text("Mentee,Other,Reason\nada,bob,team\n")
    problem = load(path).problem()
    assert [tuple(pair) for pair in problem.apart] == [("ada", "cleo", "rivals")]
    assert [tuple(pair) for pair in problem.together] == [("ada", "bob", "team")]
    assert list(problem.capacities) == [3, 3]
    (tmp_path / "pairs.csv").write_text("Mentee,Other\nada,bobb\n")
    (said,) = said_about(path)
    assert said.startswith("pairs.csv, row 2, column 'Other': found 'bobb'; there is no mentee")


def test_half_a_seat_needs_hours(tmp_path: Path) -> None:
    (said,) = said_about(programme_in(tmp_path, PROGRAMME.replace('"seats"', "1.5")))
    assert said.startswith("programme.toml, line 16, problem.capacity: capacity must be a whole")
