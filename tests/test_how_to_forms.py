"""The how-to pages about forms and sheets: their files, commands and excerpts are what happens."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from mentormatch import cli

PAGES = Path(__file__).resolve().parents[1] / "docs" / "how-to"
BLOCK = re.compile(r"^```(bash|text|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`(\w+\.(?:csv|xlsx))`(?:, sheet `\w+`)?:\s*$")
SHEET = re.compile(r"sheet `(\w+)`(?: of `(\w+\.xlsx)`)?:\s*$")


def write_table(text: str, before: str, folder: Path, book: str | None) -> str | None:
    """Write a table of a page where the words before it say; return the workbook it is in."""
    sheet = SHEET.search(before)
    rows = list(csv.reader(text.splitlines()))
    if sheet is not None:
        name, title = sheet[2] or book, sheet[1]
        path = folder / str(name)
        workbook = openpyxl.load_workbook(path) if path.exists() else openpyxl.Workbook()
        page = workbook.create_sheet(title) if path.exists() else workbook.active
        page.title = title
    else:
        found = FILE.search(before)
        assert found is not None, before[-80:]
        path = folder / found[1]
        if path.suffix == ".csv":
            path.write_text(text, encoding="utf-8")
            return book
        workbook = openpyxl.Workbook()
        page = workbook.active
    for row in rows:
        page.append([int(cell) if cell.isdigit() else cell or None for cell in row])
    workbook.save(path)
    return path.name


@pytest.mark.parametrize("name", ["google-forms", "microsoft-forms", "one-sheet", "excel"])
def test_what_a_page_shows_is_what_happens(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    page = (PAGES / f"{name}.md").read_text("utf-8")
    shown, book, commands = "", None, 0
    for block in BLOCK.finditer(page):
        kind, text = block[1], block[2]
        before = page[: block.start()].rstrip()
        if kind == "text" and (FILE.search(before) or SHEET.search(before)):
            book = write_table(text, before, tmp_path, book)
        elif kind == "bash":
            shown = ""
            for line in text.splitlines():
                result = CliRunner().invoke(cli.app, line.split()[1:])
                assert result.exit_code == 0, result.stderr
                shown += result.stdout
                commands += 1
        elif kind == "text":
            for line in text.splitlines():
                assert line in " ".join(shown.split()), f"{line!r} is not in {shown!r}"
        elif "=" in text and "#" not in text and "matches" not in text:
            draft = (tmp_path / "programme.toml").read_text("utf-8")
            for line in text.splitlines():
                assert line in draft
        elif "#" in text:
            assert text in (tmp_path / "programme.toml").read_text("utf-8")
    assert commands == 3
