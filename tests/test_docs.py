"""What the documents show is what happens: every Python block in them is run and compared."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pandas as pd
import pytest

import mentormatch as mm

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


def test_files_that_pages_name_exist():
    """A command once named a test that had moved."""
    named = re.compile(r"(?<![\w/.])(?:tests|src|benchmarks|examples)/[\w./-]*\w\.\w+")
    pages = [*PAGES, ROOT / "CONTRIBUTING.md"]
    found = {(page.name, path) for page in pages for path in named.findall(page.read_text("utf-8"))}
    assert found
    assert [one for one in sorted(found) if not (ROOT / one[1]).exists()] == []


def test_no_page_holds_what_a_merge_left_behind():
    for page in PAGES:
        assert not re.search(r"^(<{7}|>{7}) ", page.read_text("utf-8"), re.MULTILINE), page.name


DIRECTIVE = re.compile(r"^\.\. (currentmodule|auto\w+):: ([\w.]+)((?:\n   :[^\n]*)*)", re.MULTILINE)


def _found(name):
    """The object of a dotted name; a function comes before the file of the same name."""
    found, seen = mm, "mentormatch"
    for part in name.split(".")[1:]:
        seen += f".{part}"
        found = getattr(found, part, None) or importlib.import_module(seen)
    return found


def _documented():
    """Modules and other objects that the pages of the reference show."""
    shown = []
    for page in sorted((ROOT / "docs" / "reference").glob("*.md")):
        current = ""
        for kind, name, options in DIRECTIVE.findall(page.read_text("utf-8")):
            if kind == "currentmodule":
                current = f"{name}."
                continue
            found = _found(current + name)
            shown.append(found)
            members = re.search(r":members:(.*)", options)
            if kind == "automodule" and members:
                names = members[1].replace(" ", "").split(",") if members[1] else found.__all__
                shown += [getattr(found, one) for one in names]
    return shown


def test_the_reference_has_every_public_name():
    documented = list(map(id, _documented()))
    missing = {
        name
        for name in dir(mm)
        if not name.startswith("_") and id(getattr(mm, name)) not in documented
    }
    # The page of reports goes function by function, under the name of the room.
    assert missing <= {"reports"}
    offered = {name: getattr(mm.reports, name) for name in mm.reports.__all__}
    assert not [name for name, one in offered.items() if id(one) not in documented]
