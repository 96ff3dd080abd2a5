"""Tables as people have them, through `init`, `validate` and `match` of the command line.

The cases are in ``tests/data/forms.toml``: what is asked for is changed in the draft, nothing else.
"""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch import cli

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "data" / "forms.toml").read_text("utf-8")
)
FILE = "programme.toml"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")


def run(*words: str) -> tuple[int, str]:
    """Run a command, and return its exit code and all that it said, in one line."""
    result = CliRunner().invoke(cli.app, list(words))
    said = " ".join(f"{result.stdout} {result.stderr}".split())
    assert "Traceback" not in said
    return result.exit_code, said


def complete(*, take: list[str], change: list[list[str]]) -> None:
    """Take the # from commented criteria, and change what the draft asks for."""
    text = Path(FILE).read_text("utf-8")
    for kind in take:
        blocks = re.findall(rf'# \[\[criteria\]\]\n# kind = "{kind}"\n(?:# [\w"].*\n)*', text)
        assert blocks, text
        for block in blocks:
            text = text.replace(block, re.sub(r"^# ", "", block, flags=re.MULTILINE))
    for old, new in change:
        assert text.count(old) == 1, text
        text = text.replace(old, new)
    Path(FILE).write_text(text, encoding="utf-8")


def pairs() -> dict[str, str]:
    with Path("matches.csv").open(encoding="utf-8-sig", newline="") as lines:
        return {row["mentee"]: row["mentor"] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("name", CASES)
def test_tables_as_people_have_them_give_the_right_pairs_or_a_question(name: str) -> None:
    case = CASES[name]
    tables = [side for side in ("mentees", "mentors") if side in case]
    for side in tables:
        Path(f"{side}.csv").write_text(case[side].lstrip(), encoding="utf-8")
    code, said = run("init", *(f"{side}.csv" for side in tables))
    assert code == 0, said
    complete(take=case.get("take", []), change=case.get("change", []))
    code, more = run("validate", FILE)
    if "refused" in case:
        assert code == 1
        assert case["refused"] in more
    else:
        assert code == 0, more
        assert run("match", FILE)[0] == 0
        assert pairs() in (case["pairs"], case.get("or_pairs"))
        waiting = Path("unmatched.csv").read_text("utf-8-sig").splitlines()[1:]
        assert bool(waiting) == case.get("unmatched", False)
    for sentence in case.get("says", []):
        assert sentence.casefold() in f"{said} {more}".casefold()


def test_one_file_for_both_sides_is_asked_about_unless_it_is_meant() -> None:
    text = "Email,Topics\numa@y.example,Rust\nvic@y.example,Rust; Git\nwes@y.example,Git\n"
    for name in ("everybody.csv", "copy.csv"):
        Path(name).write_text(text, encoding="utf-8")
    for first, second in (("everybody.csv", "everybody.csv"), ("everybody.csv", "copy.csv")):
        code, said = run("init", first, second)
        assert code == 1
        assert "everybody would be a mentee and a mentor" in said
        assert 'add --accept "one file"' in said
        assert not Path(FILE).exists()
    assert run("init", "everybody.csv", "everybody.csv", "--accept", "one file")[0] == 0
    assert run("match", FILE)[0] == 0
    assert all(mentee != mentor for mentee, mentor in pairs().items())


def test_swapped_tables_are_asked_about_and_can_be_accepted() -> None:
    Path("mentors.csv").write_text("id,field\numa,Law\nvic,Art\n", encoding="utf-8")
    Path("mentees.csv").write_text("id,field\nwes,Law\nxia,Art\n", encoding="utf-8")
    code, said = run("init", "mentors.csv", "mentees.csv")
    assert code == 1
    assert "the tables look swapped" in said
    assert 'add --accept "sides"' in said
    assert run("init", "mentors.csv", "mentees.csv", "--accept", "sides")[0] == 0
    assert run("match", FILE)[0] == 0
    assert pairs() == {"uma": "wes", "vic": "xia"}


def test_sheets_are_named_by_two_words_after_the_option() -> None:
    book = openpyxl.Workbook()
    first, second = book.active, book.create_sheet("Teil 2, Angebot")
    first.title = "Teil 1"
    for sheet, rows in ((first, "uma Law, vic Art"), (second, "wes Law, xia Art")):
        sheet.append(["id", "field"])
        for row in rows.split(", "):
            sheet.append(row.split())
    book.save("all.xlsx")
    code, said = run("init", "all.xlsx")
    assert code == 1
    assert '--sheets "Teil 1" "Teil 2, Angebot"' in said
    assert run("init", "all.xlsx", "--sheets", "Teil 1", "Teil 2, Angebot")[0] == 0
    assert run("match", FILE)[0] == 0
    assert pairs() == {"uma": "wes", "vic": "xia"}
    code, said = run("init", "--help")
    assert '--sheets "Form 1" "Form 2"' in said


def test_groups_without_any_spread_get_an_interval_and_few_people_are_not_shown() -> None:
    """Thirty people of one score on either side are not known to have a gap of exactly nothing."""
    groups = ["x"] * 30 + ["y"] * 30 + ["z"]
    rows = "".join(
        f"m{k:02d},{'Git' if group == 'z' else 'Rust'},{group}\n" for k, group in enumerate(groups)
    )
    Path("mentees.csv").write_text(f"id,wants,part\n{rows}", encoding="utf-8")
    Path("mentors.csv").write_text("id,offers\nwes,Rust; Git\n", encoding="utf-8")
    assert run("init", "mentees.csv", "mentors.csv")[0] == 0
    code, said = run("audit", FILE, "--group", "part")
    assert code == 0
    gaps = mm.audit(mm.match(mm.programme.load(FILE).problem()), groups=["part"]).fairness.gaps
    without = gaps[gaps["difference"] == 0]
    assert len(without)
    assert (without["low"] < 0).all()
    assert (without["high"] > 0).all()
    assert "part (mentees), all may be chance or follow from whom each may have" in said
    assert (
        "with the smallest other one, 'x and 1 small group', so that nobody is recognised" in said
    )


def test_a_group_that_meets_at_one_hour_needs_an_hour_of_everybody() -> None:
    Path("mentees.csv").write_text(
        "id,free\numa,Mon 17:00-18:00\nvic,Tue 17:00-18:00\nwes,Wed 17:00-18:00\n", encoding="utf-8"
    )
    Path("mentors.csv").write_text(
        "id,free,seats\nxia,Mon 17:00-18:00; Tue 17:00-18:00; Wed 17:00-18:00,3\n", encoding="utf-8"
    )
    assert run("init", "mentees.csv", "mentors.csv")[0] == 0
    plan = "[plan]\nmeetings = 2\nbetween = [2027-03-01, 2027-03-28]\n"
    plan += "together_hour = true\nrematch = true\n"
    zone = 'timezone = "UTC"\ndates = [2027-03-01, 2027-03-28]\nwanted_hours'
    complete(take=[], change=[["[match]", f"{plan}\n[match]"], ["wanted_hours", zone]])
    code, said = run("plan", FILE)
    assert code == 0, said
    assert "'xia' can meet at most 1 of the mentees 'uma', 'vic', 'wes' for 1 h from" in said
    rows = Path("plan/matches.csv").read_text("utf-8-sig").split()
    assert len(rows) == 2, "a group of one, since no hour suits two of them"
