"""`mentormatch explain`, `rematch` and `verify`, in the words of the terminal."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.programme import load
from mentormatch.programme.screen.explaining import describe_costs
from programmes import MENTORS, programme_in


@pytest.fixture
def programme(tmp_path):
    pd.DataFrame({"id": [1, 2, 3], "level": [1, 2, 2]}).to_csv(
        tmp_path / "mentees.csv", index=False
    )
    mentors = pd.DataFrame({"id": ["b0", "b1"], "level": [3, 4], "seats": [1, 1]})
    mentors.to_csv(tmp_path / "mentors.csv", index=False)
    path = tmp_path / "programme.toml"
    path.write_text(
        '[tables]\nmentees = "mentees.csv"\nmentors = "mentors.csv"\n\n'
        '[problem]\ncapacity = "seats"\n\n'
        '[[criteria]]\nkind = "LevelGap"\nmentee = "level"\nmentor = "level"\n',
        encoding="utf-8",
    )
    return path


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "100"})


def test_explain_answers_about_a_pair_a_person_and_everybody(programme):
    everybody = run("explain", programme)
    assert everybody.exit_code == 0, everybody.output
    assert "3 mentees have 2 seats among 2 mentors" in " ".join(everybody.output.split())
    assert "What one more seat would add" in everybody.output
    said = [run("explain", programme, "--mentee", one, "--mentor", "b0") for one in (1, 2, 3)]
    assert all(one.exit_code == 0 for one in said)
    assert sum("does not have b0" in one.output for one in said) == 2
    nobody = [run("explain", programme, "--mentee", one).output for one in (1, 2, 3)]
    assert sum("has no mentor" in one for one in nobody) == 1
    wrong = run("explain", programme, "--mentee", "9")
    assert wrong.exit_code == 1
    assert "There is no mentee with the id or the name '9'" in wrong.output
    assert run("explain", programme, "--mentor", "b0").output.startswith("b0 has 1 mentee and 1")
    assert run("explain", programme, "--mentee", "1", "--audience", "press").exit_code == 2


@pytest.mark.parametrize("shown", [[], ["--json"]])
@pytest.mark.parametrize("audience", ["mentee", "mentor"])
def test_whoever_is_one_of_a_pair_reads_about_nobody_else(programme, audience, shown):
    """Others' ids, shortages and rivals were said to be for a mentee."""
    other = {"mentee": "--mentor=b0", "mentor": "--mentee=1"}[audience]
    for asked in ([], ["--scenarios"], [other], [f"--{audience}=1", "--scenarios"]):
        refused = run("explain", programme, "--audience", audience, *asked, *shown)
        assert refused.exit_code == 2, refused.output
        assert refused.stdout == ""
        words = " ".join(refused.output.replace("│", " ").split())
        assert (
            f"--audience {audience} needs --{audience} and no --scenarios: a {audience} reads "
            "nothing about others."
        ) in words


def test_a_mentor_with_a_free_seat_does_not_read_who_else_could_have_it(tmp_path):
    """Mentees whom the mentor does not have were named, each with why."""
    path = programme_in(tmp_path, mentors=MENTORS.replace("Kernel,1", "Kernel,3"))
    asked = ("explain", path, "--mentor", "linus")
    whole, own = run(*asked).output, run(*asked, "--audience", "mentor").output
    assert "Why linus has none of the best others" in whole
    assert own.startswith("linus has ")
    assert "others" not in own
    assert sum(one in own for one in ("ada", "bob", "cleo")) < 3


def test_people_may_be_asked_about_by_their_names(tmp_path):
    mentees = (
        "id,First name,Last name,wants,team\n7,José,Ruiz,Lua,A\n8,Ann,Lee,SQL,A\n9,Ann,Lee,C,A\n"
    )
    path = programme_in(tmp_path, mentees=mentees)
    said = run("explain", path, "--mentee", "jose ruiz", "--mentor", "Linus L")
    assert said.exit_code == 0, said.output
    assert said.output.startswith("Why 7 has linus")
    assert run("explain", path, "--mentor", "linus l").output.startswith("linus has 1 mentee")
    to_them = run("explain", path, "--mentee", "7", "--audience", "mentee").output
    assert "Offers the skill wanted: Lua." in to_them
    assert "7" not in to_them.partition("\n")[2]
    twice = run("explain", path, "--mentee", "Ann Lee")
    assert twice.exit_code == 1
    assert "2 mentees are called 'Ann Lee'. Give an id: 8, 9." in twice.output


def test_evidence_is_written_also_where_nobody_says_when_they_are_free(programme, tmp_path):
    """It asked for a criterion of weekly hours, which many programmes have not."""
    wrote = run("evidence", programme, "-o", tmp_path / "out", "--record")
    assert wrote.exit_code == 0, wrote.output
    pages = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").glob("*.md")}
    assert len(pages) == 7
    assert sum("No meetings are planned" in text for text in pages.values()) == 3
    assert "Dates on which objectives are reviewed" in pages["4-measurement-and-review.md"]
    told = " ".join(pages.values())
    assert "who are not matched would both rather have each other" in told
    assert not [word for word in ("blocking", "(gap", "envy") if word in told]
    # It was a programme.toml, in a folder without its tables.
    assert not [*(tmp_path / "out").rglob("*.toml")]
    copy = tmp_path / "out" / "3-selection-and-matching" / "programme-file.txt"
    assert copy.read_text("utf-8").endswith(programme.read_text("utf-8"))
    assert "A copy stands in `3-selection-and-matching/programme-file.txt`" in told
    assert 'LevelGap "level"' in told
    record = copy.with_name("record.json")
    assert run("verify", record, programme).output.startswith("Yes: proven optimal")


def test_a_record_is_verified_and_a_programme_matched_again_from_it(programme, tmp_path):
    record = tmp_path / "record.json"
    assert run("explain", programme, "--record", record).exit_code == 0
    yes = run("verify", record, programme)
    assert yes.exit_code == 0, yes.output
    assert yes.output.startswith("Yes: proven optimal")
    again = run("rematch", programme, "--previous", record)
    assert again.exit_code == 0, again.output
    assert "Nothing." in again.output
    mentors = pd.DataFrame({"id": ["b1"], "level": [4], "seats": [2]})
    mentors.to_csv(tmp_path / "mentors.csv", index=False)
    no = run("verify", record, programme)
    assert no.exit_code == 1
    assert no.output.startswith("No: ")
    assert "'b0'" in no.output
    left = run("rematch", programme, "--previous", record, "--record", tmp_path / "new.json")
    assert left.exit_code == 0, left.output
    assert "mentor left" in left.output
    # It said that "rematch" proves nothing, though rematch had just proven the fewest changes.
    checked = " ".join(run("verify", tmp_path / "new.json", programme).output.split())
    assert checked.startswith("Yes: the pairs keep every rule of the problem, and their total is")
    assert (
        "That no rematch serves as many with fewer changes cannot be checked from this" in checked
    )
    people = run(
        "rematch", programme, "--previous", record, "--count", "people", "--change-value", "0.1",
        "--record", tmp_path / "people.json",
    )  # fmt: skip
    assert people.exit_code == 0, people.output
    assert "0 people lost somebody they could have kept" in " ".join(people.output.split())
    assert '"count": "people"' in (tmp_path / "people.json").read_text(encoding="utf-8")
    wrong = run("rematch", programme, "--previous", record, "--count", "persons")
    assert wrong.exit_code == 2
    assert "--count is mentees, pairs or people" in wrong.output
    record.write_text("{}", encoding="utf-8")
    broken = run("verify", record, programme)
    assert broken.exit_code == 1
    assert "no record of a matching" in " ".join(broken.output.split())


def test_a_rematch_writes_the_lists_anew_when_asked_and_says_when_not(programme, tmp_path):
    """The old list stayed, with the mentor who had left, and nothing said so."""
    record = tmp_path / "record.json"
    assert run("match", programme).exit_code == 0
    assert run("explain", programme, "--record", record).exit_code == 0
    mentors = pd.DataFrame({"id": ["b1"], "level": [4], "seats": [2]})
    mentors.to_csv(tmp_path / "mentors.csv", index=False)
    arguments = ("rematch", programme, "--previous", record)
    asked = run(*arguments)
    assert "Nothing was written." in asked.output
    assert "proven: as many mentees as can be, then fewest changes" in " ".join(
        asked.output.split()
    )
    refused = run(*arguments, "--write")
    assert refused.exit_code == 1
    assert "already" in refused.output
    assert "b0" in (tmp_path / "matches.csv").read_text("utf-8")
    done = run(*arguments, "--write", "--overwrite")
    assert done.exit_code == 0, done.output
    matches = pd.read_csv(tmp_path / "matches.csv")
    assert matches["mentor"].tolist() == ["b1", "b1"]


def test_a_report_is_verified_like_a_record_and_not_that_of_another_programme(programme, tmp_path):
    report = tmp_path / "report.html"
    assert run("report", programme, "--output", report).exit_code == 0
    # The programme file is looked for beside the report.
    for arguments in ((report,), (report, programme)):
        yes = run("verify", *arguments)
        assert yes.exit_code == 0, yes.output
        assert yes.output.startswith("Yes: proven optimal")
    again = run("rematch", programme, "--previous", report)
    assert "Nothing." in again.output, again.output
    mentees = pd.DataFrame({"id": [7, 8, 9], "level": [1, 2, 2]})
    mentees.to_csv(tmp_path / "mentees.csv", index=False)
    other = run("verify", report)
    assert other.exit_code == 1
    said = " ".join(other.output.split())
    assert said.startswith("No: the record is of another programme")
    assert "None of the 3 mentees in the record is among those of the programme." in said
    moved = tmp_path / "elsewhere" / "report.html"
    moved.parent.mkdir()
    moved.write_bytes(report.read_bytes())
    alone = run("verify", moved)
    assert alone.exit_code == 1
    assert "programme.toml" in alone.output


def test_what_cannot_be_done_is_said_with_the_cheapest_repair(programme):
    text = programme.read_text("utf-8")
    programme.write_text(
        text.replace('capacity = "seats"', 'capacity = "seats"\nminimum = 2'), encoding="utf-8"
    )
    said = run("match", programme)
    assert said.exit_code == 3
    assert "must have 2, but takes at most 1" in said.output
    assert "It becomes possible by 2 units of change:\n  minimum of 'b0': 1 instead of 2" in (
        said.output
    )
    assert said.output.rstrip().endswith("No repair costs less.")
    assert not list(programme.parent.glob("*matches*"))


def test_what_each_decision_costs_is_told_for_each(programme):
    """Only what all of them cost together was told, by `match`."""
    none = run("explain", programme, "--costs")
    assert none.exit_code == 1
    assert "there are no pins, bans, quotas or minimums" in " ".join(none.output.split())
    text = programme.read_text("utf-8")
    decided = """[problem]
pins = [[3, "b0", "promised"]]
bans = [[1, "b1"]]
minimum = 1
quotas = [{ name = "beginners", mentees = [1], at_most = 1, per_mentor = true }]
"""
    programme.write_text(text.replace("[problem]\n", decided), encoding="utf-8")
    said = run("explain", programme, "--costs", "--json")
    assert said.exit_code == 0, said.output
    answers = json.loads(said.stdout)["answers"]
    assert [one["details"]["decision"] for one in answers] == [
        "pin '3' with 'b0' (promised)",
        "ban '1' with 'b1'",
        "quota beginners",
        "minimums",
    ]
    problem = load(programme).problem()
    for one, left_out in zip(answers, ("pins", "bans", "quotas"), strict=False):
        free = mm.match(replace(problem, **{left_out: ()})).total
        assert one["details"]["gain"] == pytest.approx(free - mm.match(problem).total)
    words = " ".join(run("explain", programme, "--costs").output.split())
    assert "4 decisions were left out, one at a time, and all matched again." in words
    assert "Without pin '3' with 'b0' (promised) It costs nothing:" in words


@pytest.fixture
def equals(tmp_path):
    """20 mentees and 20 mentors, all of whom are as good for each other, with names."""
    for side in ("mentee", "mentor"):
        named = [f"{side.title()} {k}" for k in range(20)]
        table = pd.DataFrame({"id": [f"{side[-1]}{k}" for k in range(20)], "name": named})
        table.assign(level=1).to_csv(tmp_path / f"{side}s.csv", index=False)
    path = tmp_path / "programme.toml"
    path.write_text(
        '[tables]\nmentees = "mentees.csv"\nmentors = "mentors.csv"\n\n[problem]\n'
        'pins = [["e0", "r1"]]\napart = [["e2", "e3"]]\n\n[[criteria]]\nkind = "Same"\n'
        'column = "level"\n\n[output]\ncolumns = ["name"]\n',
        encoding="utf-8",
    )
    return path


def test_a_decision_without_which_nothing_is_better_costs_nothing_and_moves_nobody(equals):
    """Moves between matchings that are as good were told as what the decision costs."""
    words = " ".join(run("explain", equals, "--costs").output.split())
    nothing = "It costs nothing: without it no matching is better."
    assert f"Without pin 'Mentee 0' with 'Mentor 1' {nothing}" in words
    assert f"Without apart 'Mentee 2' with 'Mentee 3' {nothing}" in words
    assert "would have another" not in words


def test_who_would_move_is_called_by_name_and_the_rest_is_counted(equals):
    text = equals.read_text("utf-8")
    bans = ", ".join(f'["e19", "r{k}"]' for k in range(20))
    text = text.replace("pins = ", f"bans = [{bans}]\npins = ")
    equals.write_text(text, encoding="utf-8")
    words = " ".join(run("explain", equals, "--costs").output.split())
    assert "Without ban 'Mentee 19' with 'Mentor 0' The total would be 20, 1 more" in words
    assert "'Mentee 19': from nobody to 'Mentor 2'" in words
    assert "'Mentee 16': from 'Mentor 3' to 'Mentor 9'. And 3 more." in words
    assert "Some of them may move only because other matchings are as good." in words


@pytest.mark.parametrize("strategy", ["optimal", "stable", "greedy", "serial_dictatorship"])
def test_people_are_called_by_name_in_every_answer_where_names_are_asked_for(equals, strategy):
    """Answers had ids, where the screen of `match` and the report had names."""
    text = equals.read_text("utf-8")
    bans = ", ".join(f'["e19", "r{k}"]' for k in range(20))
    text = text.replace("pins = ", f"bans = [{bans}]\npins = ")
    text = text.replace('apart = [["e2", "e3"]]\n', "")
    equals.write_text(text + f'\n[match]\nstrategy = "{strategy}"\n', encoding="utf-8")
    for asked in (
        (),
        ("--mentee", "e0"),
        ("--mentee", "e19"),
        ("--mentor", "Mentor 4"),
        ("--mentee", "Mentee 3", "--mentor", "Mentor 4"),
        ("--mentee", "e19", "--mentor", "r7"),
        ("--mentor", "r1", "--audience", "mentor"),
    ):
        found = run("explain", equals, *asked)
        assert found.exit_code == 0, found.output
        assert "Mentor" in found.output
        assert not re.search(r"\b[er]\d+\b", found.output), found.output
    # A program gets ids beside them.
    told = json.loads(run("explain", equals, "--mentee", "e0", "--json").output)
    answer = told["answers"][0]
    assert (answer["mentee"], answer["details"]["mentor"]) == ("e0", "r1")
    assert "'Mentee 0'" in answer["sentences"][0]
    # Where nobody asked for names, ids are what people are called.
    equals.write_text(text.replace('columns = ["name"]', ""), encoding="utf-8")
    assert "Mentee" not in run("explain", equals, "--mentee", "e0").output


@pytest.mark.parametrize("strategy", ["random", "fair_lottery"])
def test_what_is_drawn_by_lot_has_no_costs(equals, strategy):
    """Of two draws it said "1 less"."""
    text = equals.read_text("utf-8").replace('apart = [["e2", "e3"]]\n', "")
    equals.write_text(text + f'\n[match]\nstrategy = "{strategy}"\n', encoding="utf-8")
    refused = run("explain", equals, "--costs")
    assert refused.exit_code == 1
    words = " ".join(refused.output.split())
    assert f'strategy = "{strategy}" draws pairs by lot' in words
    assert 'Write strategy = "optimal" under [match] to compare.' in words


def test_a_strategy_that_looks_for_more_than_the_total_is_told_with_what_it_costs_of_it():
    """`--costs` refused all strategies but one, the fair ones too, of which the question is asked.

    Maximin gives 0.5 + 0.5, the largest total is 0.9 + 0.4.
    """
    scores = pd.DataFrame([[0.9, 0.5], [0.5, 0.4]], index=["a", "b"], columns=["x", "y"])
    fair = mm.match(mm.Problem.from_scores(scores), "maximin")
    rules = []
    title, costs, decisions = describe_costs(fair, rules.append, {})[0:3]
    assert title.title == "What the strategy costs"
    assert costs.title == 'Without strategy = "maximin"'
    assert "The total would be 1.3, 0.3 more" in costs.lines[0]
    assert "'a': from 'y' to 'x'." in " ".join(costs.lines)
    assert costs.answers[0]["details"]["gain"] == pytest.approx(0.3)
    assert decisions.title == "What each decision costs"
    assert 'Write strategy = "optimal" under [match] to compare.' in decisions.lines[0]
    assert not rules
    # What a search that was cut has lost is not the price of fairness.
    assert "it may cost less" not in " ".join(costs.lines)
    stages = tuple(replace(one, bound=one.objective + 0.1) for one in fair.certificate.stages)
    open_ = replace(fair, certificate=replace(fair.certificate, stages=stages, proven=False))
    assert "not proven the best of their strategy: it may cost less" in " ".join(
        describe_costs(open_, rules.append, {})[1].lines
    )
    # Where the fair pairs have the largest total, fairness costs nothing.
    same = mm.match(mm.Problem.from_scores(scores.iloc[:1]), "maximin")
    assert describe_costs(same, rules.append, {})[1].lines == (
        "  It costs nothing: without it no matching is better.",
    )


@pytest.mark.parametrize("asked", [["--scenarios"], ["--costs"]])
def test_a_question_about_everybody_takes_no_person(programme, asked):
    """`--mentee` was ignored without a word."""
    refused = run("explain", programme, "--mentee", "1", *asked)
    assert refused.exit_code == 2
    words = " ".join(refused.output.replace("│", " ").split())
    assert f"--mentee or --mentor and {asked[0]} are different questions" in words


SCENARIOS = """
[[scenarios]]
name = "one seat more with b0"
changes = [{ kind = "seat", mentor = "b0", by = 1 }]

[[scenarios]]
name = "2 leaves, and 1 is promised b1"
changes = [
    { kind = "leave", person = "2", side = "mentee" },
    { kind = "pin", mentee = 1, mentor = "b1", reason = "promised" },
]
"""


def test_a_scenario_that_cannot_be_is_told_beside_the_others(programme):
    minimum = '{ kind = "minimum", mentor = "b0", number = 3 }'
    seat = '{ kind = "seat", mentor = "b0" }'
    both = "".join(
        f'[[scenarios]]\nname = "{name}"\nchanges = [{change}]\n'
        for name, change in (("too many", minimum), ("one seat more", seat))
    )
    programme.write_text(programme.read_text("utf-8") + both, encoding="utf-8")
    said = run("explain", programme, "--scenarios")
    assert said.exit_code == 0, said.output
    words = " ".join(said.output.split())
    assert "too many It cannot be tried: " in words
    assert "one seat more The total would be" in words


def test_the_scenarios_of_a_programme_are_tried_again_by_one_command(programme):
    none = run("explain", programme, "--scenarios")
    assert none.exit_code == 1
    assert "has no scenarios. Write one" in " ".join(none.output.split())
    text = programme.read_text("utf-8")
    programme.write_text(text + SCENARIOS, encoding="utf-8")
    said = run("explain", programme, "--scenarios")
    assert said.exit_code == 0, said.output
    words = " ".join(said.output.split())
    assert "one seat more with b0 The total would be" in words
    assert "3 mentees would have a mentor (+1)" in words
    assert "2 leaves, and 1 is promised b1 The total would be" in words
    assert "from nobody to 'b1'" in words or "to 'b1'" in words
    programme.write_text(
        text
        + '[[scenarios]]\nname = "x"\nchanges = [{ kind = "rob", who = "b0" }]\n'
        + '[[scenarios]]\nname = " "\nchanges = [{ kind = "seat", mentor = "b0" }]\n'
        + '[[scenarios]]\nname = "nobody"\nchange = []\n',
        encoding="utf-8",
    )
    wrong = run("explain", programme, "--scenarios")
    assert wrong.exit_code == 1
    assert "There is no change 'rob'; there are seat, minimum" in " ".join(wrong.output.split())
    assert "a scenario needs a name" in wrong.output
    assert "Did you mean 'changes'?" in " ".join(wrong.output.split())
