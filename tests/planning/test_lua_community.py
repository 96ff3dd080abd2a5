"""The programme of a Lua community, from the form to the evidence: all parts together."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import icalendar
import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lua-community"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "lua")
    return tmp_path / "lua"


@pytest.fixture(scope="module")
def planned_once(tmp_path_factory):
    """The example, planned as it stands: its folder, and what the command said."""
    folder = tmp_path_factory.mktemp("planned") / "lua"
    shutil.copytree(EXAMPLE, folder)
    return folder, run("plan", folder / "programme.toml")


@pytest.fixture
def planned(planned_once, tmp_path):
    """A copy of the example after `plan`."""
    folder, result = planned_once
    assert result.exit_code == 0, result.output
    shutil.copytree(folder, tmp_path / "lua")
    return tmp_path / "lua"


def run(*arguments):
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "100"})


def test_the_notebook_runs_from_the_form_to_the_evidence(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    notebook = json.loads((folder / "lua-community.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    for cell in notebook["cells"]:
        assert not cell.get("outputs"), "notebooks are committed without outputs"
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), "notebook", "exec"), names)
    made = folder / "lua-programme"
    cancelled = confirmed = 0
    for path in (made / "calendars").iterdir():
        for event in icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
            cancelled += str(event["status"]) == "CANCELLED"
            confirmed += str(event["status"]) == "CONFIRMED"
            # What took place before the second half stays as it was.
            assert str(event["status"]) == "CONFIRMED" or event.start.month >= 3
    plan, second = names["plan"], names["second"]
    first_half = (plan.meetings["number"] <= 4).sum()
    assert confirmed == 2 * (first_half + len(second.meetings))
    assert cancelled > 0
    capsys.readouterr()


def test_every_command_of_the_programme_tells_what_it_did(planned_once, planned):
    folder, result = planned, planned_once[1]
    file = folder / "programme.toml"
    assert "served by" in run("objectives", file).output
    assert "208 of 208 planned" in result.output
    meetings = pd.read_csv(folder / "plan" / "meetings.csv")
    assert len(meetings) == 208
    assert len(list((folder / "plan" / "agendas").iterdir())) == 26 * 5
    again = run("plan", file)
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert run("plan", file, "--overwrite").exit_code == 0
    events = meetings[meetings["number"] <= 2][["mentee", "mentor"]].assign(
        date="2027-02-20", event="met"
    )
    events.to_csv(folder / "events.csv", index=False)
    pairs = folder / "plan" / "matches.csv"
    result = run("status", file, folder / "events.csv", "--pairs", pairs, "-g", "Country")
    assert result.exit_code == 0, result.output
    assert "26 active" in result.output
    # Once, and not a line for each figure of each group.
    assert result.output.count("fewer than 5: not shown") == 1
    assert re.search(r"and \d+ figures of \d+ groups", " ".join(result.output.split()))
    (folder / "wrong.csv").write_text("mentee,mentor,date,event\n\na,b,soon,met\n", "utf-8")
    wrong = run("status", file, folder / "wrong.csv", "--pairs", pairs)
    assert "wrong.csv" in wrong.output
    assert "row 3, column 'date': found 'soon'" in " ".join(wrong.output.split())
    result = run("objectives", file, "--events", folder / "events.csv", "--pairs", pairs)
    assert "Nobody is lost on the way: 0" in result.output
    result = run("needs", file, "--workshops", 2)
    assert "Workshops that would help most" in result.output
    assert "2 workshops meet" in result.output
    assert "LPeg" in result.output
    result = run("evidence", file, "-o", folder / "evidence", "--record")
    assert result.exit_code == 0, result.output
    assert (folder / "evidence" / "3-selection-and-matching" / "record.json").exists()


def pairs_of(path):
    table = pd.read_csv(path)
    return set(zip(table["mentee"], table["mentor"], strict=True))


def test_match_and_plan_make_the_same_pairs_and_their_records_are_verified(planned):
    # They were two matchings: letters went out for pairs that the plan did not have, and the
    # record of the evidence was "not proven optimal" to anybody who checked it.
    folder, file = planned, planned / "programme.toml"
    result = run("match", file, "--report", folder / "report.html")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "matched again so that all meetings of [plan] can take place: 1 rule more" in said
    assert re.search(r"the total falls by \S+ to 15.4797", said)
    assert pairs_of(folder / "matches.csv") == pairs_of(folder / "plan" / "matches.csv")
    assert run("evidence", file, "-o", folder / "evidence", "--record").exit_code == 0
    record = folder / "evidence" / "3-selection-and-matching" / "record.json"
    for written in (folder / "report.html", record):
        result = run("verify", written, file)
        assert result.exit_code == 0, result.output
        assert result.output.startswith("Yes: proven optimal"), result.output


def test_an_hour_for_the_whole_group_is_an_option_of_the_match(folder):
    file = folder / "programme.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("rematch = true", "rematch = true\ntogether_hour = true"), "utf-8")
    assert run("match", file).exit_code == 0
    programme = mm.programme.load(file)
    best = programme.match(to_meet=False)
    met = mm.Matching.from_pairs(best.problem, list(pairs_of(folder / "matches.csv")))
    plans = [
        mm.plan_meetings(
            one, 8, "2 weeks", "1 h", ("2027-02-01", "2027-05-23"), holidays="Country",
            kickoff_within="2 weeks", together_hour=True,
        )
        for one in (best, met)
    ]  # fmt: skip
    assert not plans[0].complete
    assert plans[1].complete
    by_meeting = plans[1].meetings.groupby(["mentor", "number"])["start_utc"].nunique()
    assert (by_meeting == 1).all()


def test_evidence_names_nobody_and_says_what_only_people_can_supply(folder):
    assert run("evidence", folder / "programme.toml", "-o", folder / "out").exit_code == 0
    pages = [path for path in (folder / "out").rglob("*") if path.is_file()]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    assert "example.org" not in text
    assert "Sample" not in text
    for page in (folder / "out").glob("[1-6]*.md"):
        assert "## What only people can supply" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("meetings = 8", "meeting = 8", "Did you mean 'meetings'?"),
        ("between = [2027-02-01, 2027-05-23]", "between = [2027-02-01]", "first and the last date"),
        ('calendars = "person"', 'calendars = "team"', 'expected one of "person", "pair"'),
        ('direction = "at most"', 'direction = "up"', "one of 'at least', 'at most'"),
        ('measure = "goal score"\n', "", "needs this parameter, and it is missing"),
        ("rematch = true", 'rematch = "yes"', "expected true or false"),
        ('names = "Your name"', 'names = ["Your name"]', 'mentors\' table: ["Nombre", "Name"]'),
        ("horizon = 2027-05-31", 'horizon = "May"', "horizon must be a date"),
    ],
)
def test_a_key_that_cannot_be_used_is_named_with_its_line_and_the_cure(folder, old, new, said):
    file = folder / "programme.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = run("validate", file)
    assert result.exit_code == 1
    assert said in " ".join(result.output.split())
    assert "line " in result.output


def test_milestones_can_be_written_in_the_file(folder):
    file = folder / "programme.toml"
    text = file.read_text(encoding="utf-8") + (
        '\n[[milestones]]\nname = "start"\nmeeting = 1\nagenda = ["Say hello"]\n'
        '\n[[milestones]]\nname = "end"\nmeeting = -1\n'
        'survey = [{ name = "joy", text = "How was it?", scale = "1-5" }]\n'
    )
    file.write_text(text, encoding="utf-8")
    text = text.replace('names = "Your name"', 'names = ["Your name", "Your name"]')
    file.write_text(text, encoding="utf-8")
    assert run("plan", file).exit_code == 0
    surveys = pd.read_csv(folder / "plan" / "surveys.csv")
    assert set(surveys["milestone"]) == {"end"}
    assert "joy (1-5)" in surveys.columns
    assert "# End" in (folder / "plan" / "surveys" / "end.md").read_text("utf-8")
    bad = text.replace('name = "joy"', 'nam = "joy"')
    file.write_text(bad, encoding="utf-8")
    assert run("validate", file).exit_code == 1


def test_a_plan_without_the_package_for_calendars_leaves_nothing_behind(folder, monkeypatch):
    """Tables and agendas were written before the calendars were found to be impossible."""
    monkeypatch.setitem(sys.modules, "icalendar", None)
    before = sorted(folder.rglob("*"))
    result = run("plan", folder / "programme.toml")
    assert result.exit_code == 1
    assert "Calendars need icalendar: pip install" in result.output
    assert sorted(folder.rglob("*")) == before


def test_planning_again_keeps_the_answers_that_were_written_into_the_surveys(planned):
    path = planned / "plan" / "surveys.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[:9, "satisfaction (1-5)"] = "4"
    table.to_csv(path, index=False)
    result = run("plan", planned / "programme.toml", "--overwrite")
    assert result.exit_code == 0, result.output
    assert "10 answered rows of surveys.csv were carried over" in " ".join(result.output.split())
    again = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert (again["satisfaction (1-5)"] == "4").sum() == 10
    table.loc[0, "mentee"] = "somebody who left"
    table.to_csv(path, index=False)
    before = {one: one.read_bytes() for one in planned.rglob("*") if one.is_file()}
    result = run("plan", planned / "programme.toml", "--overwrite")
    assert result.exit_code == 1
    assert "1 answered row of this file is about pairs" in " ".join(result.output.split())
    assert {one: one.read_bytes() for one in planned.rglob("*") if one.is_file()} == before


def test_what_is_left_of_an_earlier_plan_is_said(planned):
    """Agendas, calendars and rules of pairs that ended stayed in the folder without a word."""
    file, plan = planned / "programme.toml", planned / "plan"
    pairs = pd.read_csv(plan / "matches.csv")
    gone = pairs["mentee"].iloc[0]
    pairs[pairs["mentee"] != gone].to_csv(planned / "fewer.csv", index=False)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("rematch = true", "rematch = false"), encoding="utf-8")
    result = run("plan", file, "--pairs", planned / "fewer.csv", "--overwrite")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    # Five agendas, and what only a plan with rematch = true has.
    assert "7 files of an earlier plan are still there: agendas/" in said
    assert re.search(r"calendars? of people who have no meeting any more cancels? what was", said)
    for path in (plan / "matches.csv", plan / "rules.csv"):
        path.unlink()
    for path in (plan / "agendas").iterdir():
        path.unlink()
    again = run("plan", file, "--pairs", planned / "fewer.csv", "--overwrite")
    assert "still there" not in again.output
