"""The page about the command line lists every command that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from mentormatch.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "command-line.md"


def test_the_page_lists_every_command() -> None:
    listed = re.findall(r"^\| `mentormatch (\w+)", PAGE.read_text("utf-8"), re.MULTILINE)
    known = [one.name or one.callback.__name__ for one in app.registered_commands]
    assert listed == known


def test_the_page_and_the_help_list_the_same_exit_codes() -> None:
    page = re.findall(r"^\| ([\d, ]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    codes = re.findall(r"\d+", " ".join(page))
    assert codes == ["0", "1", "2", "3", "4", "70", "130", "143"]
    help_text = CliRunner().invoke(app, ["--help"]).output
    listed = " ".join(help_text.partition("Exit codes: ")[2].split())
    assert re.findall(r"(?:^|, )(\d+) ", listed) == [one for one in codes if one != "143"]
