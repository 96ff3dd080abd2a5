"""How the documents are built: `python -m sphinx -W docs docs/_build`."""

from __future__ import annotations

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
autodoc_typehints = "none"
# Attributes and methods are listed by autodoc; a second list would repeat them.
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_title = "mentormatch"
html_show_sourcelink = False
html_theme_options = {
    "show_prev_next": False,
    "secondary_sidebar_items": ["page-toc"],
    "navbar_align": "left",
    "header_links_before_dropdown": 5,
}


def copy_notebooks(_app: object) -> None:
    """Bring the notebooks of examples/ to where Sphinx reads pages."""
    for path in sorted((HERE.parent / "examples").glob("*.ipynb")):
        shutil.copy2(path, NOTEBOOKS / path.name)


def setup(app: Any) -> None:
    """Copy before the pages are read."""
    app.connect("builder-inited", copy_notebooks)
