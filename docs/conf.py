"""How the documents are built: `python -m sphinx -W docs docs/_build`."""

from __future__ import annotations

import mentormatch

project = "mentormatch"
author = "The mentormatch developers"
project_copyright = author
release = version = mentormatch.__version__

extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
# What the pages show is run and compared by tests/test_docs.py; a build needs no run of its own.
nb_execution_mode = "off"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
# Attributes and methods are listed by autodoc; a second list would repeat them.
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_title = "mentormatch"
html_show_sourcelink = False
html_theme_options = {"show_prev_next": False, "secondary_sidebar_items": ["page-toc"]}
