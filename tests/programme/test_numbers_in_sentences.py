"""Sentences with a number in them, where there is one of something, or none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from mentormatch.cli import app

if TYPE_CHECKING:
    from pathlib import Path

PROGRAMME = """
[tables]
mentees = "mentees.csv"
mentors = "mentors.csv"

[problem]
capacity = "seats"

[[criteria]]
kind = "SkillCoverage"
wants = "wants"
offers = "offers"
weight = 1

[[criteria]]
kind = "Availability"
mentee = "free"
mentor = "free"
weight = 1
minimum_hours = 1
timezone = "Europe/Berlin"
dates = [2027-01-11, 2027-03-30]

[plan]
between = [2027-01-11, 2027-03-30]
meetings = 1
"""
NOUNS = (
    "mentees|mentors|pairs|people|seats|places|answers|groups|rows|files|letters|meetings|weeks|"
    "days|hours|skills|wishes|changes|values|columns|comparisons|violations|rules|pins|bans|"
    "problems|events|figures|calendars|workshops|others"
)
SEVERAL = re.compile(rf"(?<![\d.,/–-])\b1 (?:more |of the )?(?:{NOUNS})\b")
VERBS = re.compile(
    r"\b(?:1|of 1) (?:mentee|mentor|pair|seat|answer)s? (?:have|are|want|run)\b"
    rf"|\b1 of (?:the )?[\d,]+ (?:different |rated )?(?:{NOUNS}|cells) (?:have|are|end|lie)\b"
)
ZERO = re.compile(r"(?<![\d.,])\b0 (?:mentee|mentor|pair|seat|place|answer)\b")
COMMANDS = [
    ["validate"],
    ["match", "--overwrite", "--report", "report.html"],
    ["audit"],
    ["audit", "--group", "team"],
    ["report", "--overwrite"],
    ["explain"],
    ["compare", "--strategy", "optimal", "--strategy", "stable"],
    ["plan", "--overwrite"],
    ["needs"],
    ["letters", "--overwrite"],
    ["workbook", "--overwrite"],
    ["status", "events.csv"],
    ["feedback", "ratings.csv", "--by", "mentee"],
]


@pytest.mark.parametrize(("n", "m", "seats"), [(1, 1, 1), (3, 2, 1), (1, 1, 0)])
def test_one_is_never_said_as_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n: int, m: int, seats: int
) -> None:
    """ "Mentors with seats have 1 to 1 mentees", "(1 mentees)", "offers 1 of the 1 skill"."""
    monkeypatch.chdir(tmp_path)
    people = [f"e{k}" for k in range(n)]
    mentees = pd.DataFrame({"id": people, "wants": "Lua", "free": "Mon 9-12", "team": "x"})
    mentors = pd.DataFrame({"id": [f"o{k}" for k in range(m)], "offers": "Lua; C"})
    mentors["free"], mentors["seats"] = "Mon 9-12", seats
    # One of several has no name, and one e-mail address is there.
    mentees["Name"] = ["Ada", "Bob", ""][:n]
    mentees.to_csv("mentees.csv", index=False)
    mentors.to_csv("mentors.csv", index=False)
    (tmp_path / "programme.toml").write_text(PROGRAMME, "utf-8")
    run = CliRunner()
    told = run.invoke(app, ["init", "mentees.csv", "mentors.csv", "-o", "draft.toml"]).stdout
    for name, *options in COMMANDS:
        result = run.invoke(app, [name, "programme.toml", *options], env={"COLUMNS": "100"})
        assert result.exit_code == 0 or (seats == 0 and name in ("status", "feedback")), (
            name,
            result.output,
        )
        told += f"\n[{name}]\n{result.output}"
        if name == "match":
            pairs = pd.read_csv("matches.csv").head(1)[["mentee", "mentor"]]
            pairs.assign(date="2027-01-12", event="accepted").to_csv("events.csv", index=False)
            pairs.assign(rating=4).to_csv("ratings.csv", index=False)
    for path in sorted(tmp_path.rglob("*")):
        if path.suffix in (".csv", ".md", ".txt", ".toml"):
            told += f"\n[{path.name}]\n{path.read_text('utf-8')}"
    told = re.sub(r"[ \n]+", " ", told)
    for wrong in (SEVERAL, VERBS, ZERO):
        found = [told[max(0, one.start() - 60) : one.end() + 40] for one in wrong.finditer(told)]
        assert found == []
    assert "have 1 to 1" not in told
    assert "of the 1 skill" not in told
