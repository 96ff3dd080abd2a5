"""Files of the commands around the match say nothing about a person that was not asked for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from mentormatch.cli import app

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "lua-community"
MOST = 10


@pytest.fixture
def folder(tmp_path):
    """The example, whose every private cell carries a mark, and which asks for no column."""
    shutil.copytree(EXAMPLE, tmp_path / "lua")
    file = tmp_path / "lua" / "programme.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    text = "\n".join(one for one in lines if not one.startswith(("names =", "goals =")))
    for name in ("mentees", "mentors"):
        path = tmp_path / "lua" / f"{name}.csv"
        # Some of the people: what is written of one is written of all.
        table = pd.read_csv(path, dtype=str).head(MOST)
        table["Your name"] = [f"NAME-{k}" for k in range(len(table))]
        # What nobody's criteria read.
        table["Illness"] = [f"ILLNESS-{k}" for k in range(len(table))]
        for column in ("What is your goal?", "About you"):
            if column in table:
                table[column] = "PRIVATE " + table[column].fillna("")
        table.to_csv(path, index=False)
    file.write_text(text, encoding="utf-8")
    return tmp_path / "lua"


def run(*arguments):
    result = CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "100"})
    assert result.exit_code == 0, result.output
    return result.output


def written(folder, before):
    """Names and texts of all files that were not there before."""
    made = [path for path in folder.rglob("*") if path.is_file() and path not in before]
    return {path: path.read_bytes().decode("utf-8", "replace") for path in made}


def test_no_file_and_no_screen_of_the_five_commands_holds_what_was_not_asked_for(folder):
    file = folder / "programme.toml"
    ids = pd.concat([pd.read_csv(folder / f"{one}.csv") for one in ("mentees", "mentors")])
    pairs = [*ids["E-mail"]]
    (folder / "events.csv").write_text("mentee,mentor,date,event\n", encoding="utf-8")
    before = set(folder.rglob("*"))
    screens = [
        run("objectives", file),
        run("plan", file),
        run("status", file, folder / "events.csv", "--as-of", "2027-03-28"),
        run("needs", file),
        run("evidence", file, "-o", folder / "evidence"),
    ]
    files = written(folder, before)
    assert len(files) > 50
    for text in [*files.values(), *screens, *map(str, files)]:
        assert not any(mark in text for mark in ("NAME-", "ILLNESS-", "PRIVATE"))
    # Evidence may be given to others, and names nobody at all.
    shown = [text for path, text in files.items() if "evidence" in path.parts]
    assert not any(one in text for text in shown for one in pairs)


def test_evidence_of_a_file_that_names_people_leaves_the_file_out_unless_records_go_with_it(folder):
    file = folder / "programme.toml"
    ids = [pd.read_csv(folder / f"{one}.csv")["E-mail"].iloc[3] for one in ("mentees", "mentors")]
    text = file.read_text(encoding="utf-8")
    ban = f'[problem]\nbans = [["{ids[0]}", "{ids[1]}", "they fell out in 2025"]]'
    file.write_text(text.replace("[problem]", ban), encoding="utf-8")
    before = set(folder.rglob("*"))
    run("evidence", file, "-o", folder / "evidence")
    files = written(folder, before)
    for said in (*ids, "fell out"):
        assert not any(said in one for one in files.values())
    page = files[folder / "evidence" / "3-selection-and-matching.md"]
    assert "It names people, and is left out here" in page
    run("evidence", file, "-o", folder / "with", "--record")
    copy = folder / "with" / "3-selection-and-matching" / "programme-file.txt"
    assert "fell out" in copy.read_text(encoding="utf-8")
