"""How the documents are built: `python -m sphinx -W docs docs/_build`."""

from __future__ import annotations

import importlib
import inspect
import re
import shutil
from pathlib import Path
from typing import Any

import mentormatch

HERE = Path(__file__).parent
NOTEBOOKS = HERE / "notebooks"

project = "mentormatch"
author = "The mentormatch developers"
project_copyright = author
release = version = mentormatch.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_design",
    "sphinx_copybutton",
]
exclude_patterns = ["_build"]
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# What the pages show is run and compared by tests/test_docs.py. The notebooks of examples/ are run
# here, from clean, and shown with their pictures.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_timeout = 120

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 80
# Attributes and methods are listed by autodoc; a second list would repeat them.
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["pages.css"]
# These have no pages below them to list.
html_sidebars = {
    name: [] for name in ("tutorial", "install", "faq", "gallery", "glossary", "performance")
}
html_title = "mentormatch"
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
}


def copy_notebooks(_app: object) -> None:
    """Bring the notebooks of examples/ to where Sphinx reads pages, one with its folder."""
    examples = HERE.parent / "examples"
    for path in sorted(examples.glob("*.ipynb")):
        shutil.copy2(path, NOTEBOOKS / path.name)
    # What the last build has made there goes.
    shutil.rmtree(NOTEBOOKS / "lua-community", ignore_errors=True)
    shutil.copytree(examples / "lua-community", NOTEBOOKS / "lua-community")


DIRECTIVE = re.compile(r"^\.\. (currentmodule|auto\w+):: ([\w.]+)((?:\n   :[^\n]*)*)", re.MULTILINE)


def documented_names(page: str) -> list[str]:
    """List the objects that a page of the reference documents, by their full names."""
    names: list[str] = []
    room = ""
    for kind, name, options in DIRECTIVE.findall(page):
        if kind == "currentmodule":
            room = f"{name}."
        elif kind != "automodule":
            names.append(room + name)
        else:
            members = dict(re.findall(r":(members|exclude-members): *(.*)", options))
            chosen = members.get("members") or ", ".join(importlib.import_module(name).__all__)
            left_out = members.get("exclude-members", "").split(", ")
            names += [f"{name}.{one}" for one in chosen.split(", ") if one not in left_out]
    return names


def first_line(name: str) -> str:
    """The first sentence that is written about a class or a function; none of other objects."""
    found: Any = mentormatch
    seen = "mentormatch"
    for part in name.split(".")[1:]:
        seen += f".{part}"
        found = getattr(found, part, None) or importlib.import_module(seen)
    if not (inspect.isclass(found) or inspect.isroutine(found)):
        return ""
    said = (found.__doc__ or "").strip().split("\n\n")[0]
    return re.sub(r"\s*\[\d+\]_", "", said.replace("\n", " "))


def add_summary(_app: object, docname: str, source: list[str]) -> None:
    """Put a table of what a page documents before the first of it."""
    names = documented_names(source[0]) if docname.startswith("reference/") else []
    if len(names) > 1:
        said = {one: first_line(one) for one in names}
        rows = [f"| {{py:obj}}`~{one}` | {line} |" for one, line in said.items() if line]
        table = "\n".join(["| name | what it is |", "|---|---|", *rows])
        source[0] = source[0].replace("```{eval-rst}", table + "\n\n```{eval-rst}", 1)


def setup(app: Any) -> None:
    """Copy notebooks before the pages are read, and add summaries to those of the reference."""
    app.connect("builder-inited", copy_notebooks)
    app.connect("source-read", add_summary)
