"""A model that a file names runs no code of its own, and its folder is found beside the file."""

from __future__ import annotations

import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.kinds import embeddings
from mentormatch.programme import load

PROGRAMME = """
[tables]
mentees = "mentees.csv"
mentors = "mentors.csv"
[[criteria]]
kind = "TextSimilarity"
column = "text"
embed = "sentence-transformers:models/own"
weight = 1
"""


@pytest.fixture
def package(monkeypatch):
    """A package of this name whose models note how they were made."""
    made = []

    class Model:
        def __init__(self, name, **options):
            made.append((name, options))

        def encode(self, texts, **_):
            return np.ones((len(texts), 2))

    module = ModuleType("sentence_transformers")
    module.__version__ = "6.0.1"
    module.SentenceTransformer = Model
    monkeypatch.setitem(sys.modules, "sentence_transformers", module)
    embeddings._load.cache_clear()
    yield module, made
    embeddings._load.cache_clear()


def score(name):
    people = pd.DataFrame({"x": ["lua"]})
    return mm.Criteria(mm.criteria.TextSimilarity("x", embed=name)).score(mm.Cohort(people, people))


def test_a_model_is_loaded_without_code_of_its_own(package):
    _, made = package
    score("sentence-transformers:any")
    assert made == [("any", {"trust_remote_code": False})]


@pytest.mark.parametrize("version", ["3.0.0", "5.7.0"])
def test_a_version_that_may_run_code_of_a_folder_is_refused(package, version):
    """Then `validate` of somebody's folder ran what lay in it."""
    module, made = package
    module.__version__ = version
    with pytest.raises(mm.MissingPackageError, match=rf"{version} may run code.*6\.0 and later"):
        score("sentence-transformers:any")
    assert made == []


def test_a_folder_in_a_programme_file_starts_from_that_file(package, tmp_path, monkeypatch):
    _, made = package
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        (folder / "models" / "own").mkdir(parents=True)
    for side in ("mentees", "mentors"):
        (home / f"{side}.csv").write_text("id,text\na,lua\n")
    (home / "programme.toml").write_text(PROGRAMME)
    monkeypatch.chdir(elsewhere)
    load(home / "programme.toml").problem()
    assert [name for name, _ in made] == [str((home / "models" / "own").resolve())]


def test_what_names_no_folder_is_left_as_it_is(tmp_path):
    for name in (
        None,
        7,
        "sentence-transformers:all-MiniLM-L6-v2",
        "other",
        "sentence-transformers:\0",
    ):
        assert embeddings.resolve_model(name, tmp_path) == name
