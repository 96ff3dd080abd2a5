"""What a coordinator sees first is short, the most important first, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from typer.testing import CliRunner

from mentormatch.cli import app
from mentormatch.programme.screen.paragraph import Paragraph, shorten_lists

if TYPE_CHECKING:
    from pathlib import Path

WIDE = 40
SKILLS = [f"Skill {k}" for k in range(30)]


def wide_tables(folder: Path) -> None:
    """Forty questions that nobody compares, thirty skills that nobody offers, and one question."""
    mentees = pd.DataFrame({"id": [f"e{k}" for k in range(30)], "wants to learn": SKILLS})
    mentors = pd.DataFrame({"id": ["o1", "o2"], "can teach": ["Skill 0", "Lua"], "seats": [2, 3]})
    mentees["Level"] = ["junior", "zweite Stufe", "senior"] * 10
    mentors["Level"] = ["senior", "dritte Stufe"]
    for k in range(WIDE):
        mentees[f"Q{k}: how is it?"] = [f"answer {one % 7}" for one in range(30)]
    mentees.to_csv(folder / "mentees.csv", index=False)
    mentors.to_csv(folder / "mentors.csv", index=False)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert result.exit_code == 0, result.output
    return result.stdout


def test_init_of_a_wide_form_fits_two_screens_and_the_file_lists_every_column(
    tmp_path: Path, monkeypatch
) -> None:
    """It was 180 lines, of which 90 said the same of forty columns; questions stood below them."""
    wide_tables(tmp_path)
    monkeypatch.chdir(tmp_path)
    told = run("init", "mentees.csv", "mentors.csv")
    assert told.count("\n") < 60
    assert "and 35 more, all in the file: asked of one side only" in " ".join(told.split())
    titles = ["programme.toml is written", "To be completed by you, in comments", "Who is who"]
    titles += ["Seats", "Left out"]
    places = [told.index(f"{title}\n") for title in titles]
    assert places == sorted(places)
    # Nothing that counts stands below what is left out.
    assert "\n\n" not in told[places[-1] :].strip()
    # Nothing is lost: what is not named here is counted, and stands in the file with its reason.
    told = " ".join(told.split())
    named = [k for k in range(WIDE) if f'"Q{k}: how is it?"' in told]
    assert len(named) + 35 == WIDE
    written = (tmp_path / "programme.toml").read_text("utf-8")
    for k in range(WIDE):
        (line,) = [one for one in written.splitlines() if f"Q{k}: how is it?" in one]
        assert "asked of one side only" in line
    for column in ("id", "wants to learn", "can teach", "seats", "Level"):
        assert f'"{column}"' in told


def test_no_column_of_free_texts_is_hidden_among_those_that_are_left_out(
    tmp_path: Path, monkeypatch
) -> None:
    """ "Anything we must know?" was one of "and 5 more"."""
    wide_tables(tmp_path)
    monkeypatch.chdir(tmp_path)
    mentees = pd.read_csv("mentees.csv")
    remarks = ["Comments", "Further remarks", "Notes", "Other comments", "Anything else?"]
    remarks += ["Comments on the form", "Any other remarks", "Is there anything else to know?"]
    for heading in remarks:
        mentees[heading] = ["I broke my leg last May"] + [""] * 29
    mentees.to_csv("mentees.csv", index=False)
    told = " ".join(run("init", "mentees.csv", "mentors.csv").split())
    for heading in remarks:
        assert f'"{heading}"' in told
    # A short answer of one side only is not named so.
    assert 'Q39: how is it?"' not in told


def test_validate_shows_the_start_of_long_lists_and_all_of_them_when_asked(
    tmp_path: Path, monkeypatch
) -> None:
    wide_tables(tmp_path)
    monkeypatch.chdir(tmp_path)
    run("init", "mentees.csv", "mentors.csv")
    short = run("validate", "programme.toml")
    assert "… and 24 more: validate --all." in short
    assert "'Skill 29' is wanted" not in short
    whole = run("validate", "programme.toml", "--all")
    for skill in SKILLS[1:]:
        assert f"'{skill}' is wanted" in whole
    assert "--all" not in whole
    # What must be known first is the same.
    assert short.partition("No problems")[0] == whole.partition("No problems")[0]


def test_only_lists_that_are_long_are_cut() -> None:
    eight = ", ".join(f"'{k}'" for k in range(8))
    nine = ", ".join(f"'{k}'" for k in range(9))
    section = Paragraph("Title", (f"of {eight}.", f"of {nine}.", "it's Ada's, Bo's, Cy's turn"))
    assert shorten_lists(section).lines == (
        f"of {eight}.",
        "of '0', '1', '2', '3', '4', … and 4 more: validate --all.",
        "it's Ada's, Bo's, Cy's turn",
    )
