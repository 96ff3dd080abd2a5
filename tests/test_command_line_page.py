"""The page about the command line lists every command that there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from mentormatch.cli import app

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "command-line.md"


def test_the_page_lists_every_command() -> None:
    listed = re.findall(r"^\| `mentormatch (\w+)", PAGE.read_text("utf-8"), re.MULTILINE)
    known = [one.name or one.callback.__name__ for one in app.registered_commands]
    assert listed == known
