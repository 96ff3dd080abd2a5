"""CP-SAT has one setting, in one place, and gives the same pairs each time."""

from __future__ import annotations

import re
import time
from pathlib import Path

import numpy as np
import pandas as pd

import mentormatch as mm
from mentormatch.solvers.programs import side_program
from mentormatch.solvers.programs.cp_sat import one_search

SOLVERS = Path(mm.__file__).parent


def test_every_search_is_made_by_the_one_setting():
    made = [
        path.name
        for path in sorted(SOLVERS.rglob("*.py"))
        if re.search(r"CpSolver\(|num_workers|num_search_workers", path.read_text("utf-8"))
    ]
    assert made == ["cp_sat.py"]


def test_one_worker_with_a_fixed_seed_and_never_no_time_at_all():
    parameters = one_search(-1.0).parameters
    assert (parameters.num_workers, parameters.random_seed) == (1, 0)
    assert parameters.max_time_in_seconds == 0.1


def test_almost_stable_pairs_are_the_same_each_time():
    rng = np.random.default_rng(0)
    mine, theirs = (np.round(rng.random((14, 6)) * 3) / 3 for _ in range(2))
    problem = mm.Problem.from_scores(mine, mentor_scores=theirs, capacity=2)
    strategy = mm.strategies.AlmostStable(max_blocking=1)
    first, second = (mm.match(problem, strategy).pairs for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_the_time_limit_counts_what_making_the_model_took(monkeypatch):
    given = []

    def slow(*arguments):
        time.sleep(0.3)
        return add_rows(*arguments)

    def search(time_limit):
        given.append(time_limit)
        return one_search(5.0)

    add_rows = side_program.add_rows
    monkeypatch.setattr(side_program, "add_rows", slow)
    monkeypatch.setattr(side_program, "one_search", search)
    problem = mm.Problem.from_scores(np.eye(3), quotas=[mm.Quota(mentees=[0, 1], at_most=1)])
    mm.match(problem, engine="cp-sat", time_limit=60)
    assert given
    assert max(given) <= 59.7


def test_no_variable_of_blocking_pairs_is_made_once_time_is_over(monkeypatch):
    """1.5 million of them took 5 s, whatever the limit."""
    from ortools.sat.python import cp_model

    def refuse(*_):
        raise AssertionError("a variable was made")

    monkeypatch.setattr(cp_model.CpModel, "new_bool_var", refuse)
    rng = np.random.default_rng(0)
    problem = mm.Problem.from_scores(rng.random((14, 6)), 3)
    matching = mm.match(problem, "almost_stable", time_limit=1e-9)
    assert matching.n_matched == 14
    assert "not proven" in " ".join(matching.notes)
