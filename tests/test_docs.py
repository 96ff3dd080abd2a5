"""What the documents show is what happens: every Python block in them is run and compared."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


@pytest.mark.parametrize(
    "page", [page for page in PAGES if BLOCK.search(page.read_text("utf-8"))], ids=lambda p: p.name
)
def test_every_python_block_of_a_page_does_what_the_page_shows(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = page.read_text("utf-8")
    names: dict[str, object] = {"__name__": "__main__"}
    with pd.option_context("display.width", 200, "display.max_colwidth", 80):
        for block in BLOCK.finditer(text):
            line = text.count("\n", 0, block.start(1))
            code = block.group(1)
            if ">>>" not in code:
                exec(compile("\n" * line + code, str(page), "exec"), names)
                continue
            examples = doctest.DocTestParser().get_doctest(code, names, page.name, str(page), line)
            report: list[str] = []
            runner = doctest.DocTestRunner(verbose=False, optionflags=FLAGS)
            runner.run(examples, out=report.append, clear_globs=False)
            assert not report, "".join(report)
            names = examples.globs


def test_links_between_pages_lead_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:)([^)#\s]+)\)", page.read_text("utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_page_holds_what_a_merge_left_behind():
    for page in PAGES:
        assert not re.search(r"^(<{7}|>{7}) ", page.read_text("utf-8"), re.MULTILINE), page.name
