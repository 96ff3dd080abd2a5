"""What is handed out can be changed by its reader, or not at all; never what it came out of."""

from __future__ import annotations

import inspect
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import mentormatch as mm


@pytest.fixture
def cohort() -> mm.Cohort:
    return mm.Cohort(
        pd.DataFrame({"id": ["ada", "bob", "cy"], "wants": ["Lua", "SQL", "C"], "seats": 1}),
        pd.DataFrame({"id": ["ada", "linus"], "offers": ["Lua; C", "C"], "seats": [2, 1]}),
    )


def problem_of(cohort: mm.Cohort, **asked: object) -> mm.Problem:
    criteria = mm.Criteria(mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=1))
    return mm.Problem(criteria.score(cohort), capacity="seats", **asked)


def change(table: pd.DataFrame) -> None:
    """Do to a table what people do to tables."""
    table["more"] = 1
    table.iloc[0, 0] = "changed"
    table.loc[table.index[1], "seats"] = 99
    del table["seats"]
    table.index = pd.RangeIndex(len(table))


@pytest.mark.parametrize("side", ["mentees", "mentors"])
def test_whoever_changes_the_table_of_a_cohort_changes_their_own(
    cohort: mm.Cohort, side: str
) -> None:
    before = getattr(cohort, side).copy(deep=True)
    for table in (getattr(cohort, side), cohort.table(side)):
        change(table)
        pd.testing.assert_frame_equal(getattr(cohort, side), before)
    column = cohort.column(side, "seats")
    column.iloc[0] = 99
    for ids in (getattr(cohort, side).index, cohort.mentee_ids, cohort.mentor_ids):
        ids.name = "somebody"
    pd.testing.assert_frame_equal(getattr(cohort, side), before)
    pd.testing.assert_frame_equal(getattr(cohort.take([0, 1], [0, 1]), side), before.iloc[:2])
    assert mm.match(problem_of(cohort)).problem.capacities.sum() == 3


def test_the_tables_of_a_cohort_stay_as_frozen_as_its_other_fields(cohort: mm.Cohort) -> None:
    with pytest.raises(AttributeError, match="cannot assign to field 'mentees'"):
        cohort.mentees = cohort.mentors
    with pytest.raises(TypeError, match="missing 1 required positional argument: 'mentors'"):
        mm.Cohort(cohort.mentees)
    # What people and documents see are tables, and no default.
    fields = inspect.signature(mm.Cohort).parameters
    for side in ("mentees", "mentors"):
        assert fields[side].annotation == "pd.DataFrame"
        assert fields[side].default is inspect.Parameter.empty
        assert hasattr(mm.Cohort, side)
    again = replace(cohort, notes=())
    pd.testing.assert_frame_equal(again.mentees, cohort.mentees)


def test_arrays_of_what_others_compute_from_are_read_only(cohort: mm.Cohort) -> None:
    problem = problem_of(cohort, pins=[("ada", "linus")], priority=[1, 0, 0])
    matching = mm.match(problem)
    lottery = mm.match(problem_of(cohort), "lottery")
    left, again = problem.after_pins, mm.rematch(matching, problem)
    chances, frontier = lottery.probabilities, mm.frontier(problem)
    assert isinstance(chances, sparse.csr_array)
    for array in (
        *(left.capacity, left.minimum, left.demand, left.covered),
        *(problem.pinned, problem.priority_classes, problem.capacities, problem.demands),
        *(*problem.compatibility.ranks, *cohort.rows, cohort.oneself),
        *(matching.mentees, matching.mentors, matching.scores, matching.places),
        *(chances.data, chances.indices, chances.indptr, matching.certificate.prices.to_numpy()),
        *(again.previous.mentees, again.previous.mentors, again.previous.ended),
        *(frontier.aims.first, frontier.aims.second),
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[:1] = array[:1]
    assert mm.certificates.verify(lottery).ok


def test_tables_that_a_result_makes_once_are_each_readers_own() -> None:
    problem = mm.Problem.from_scores(np.array([[0.9, 0.8], [0.7, 0.1], [0.2, 0.3]]))
    matching = mm.match(problem)
    again = mm.rematch(matching, replace(problem, bans=[(0, 1)]))
    scenario = mm.what_if(matching, [mm.change.ban(0, 1)])
    letters = matching.letters()
    for held, name in (
        (again, "diff"),
        (again, "people"),
        (scenario, "diff"),
        (letters, "mentees"),
        (letters, "mentors"),
        (letters, "pairs"),
    ):
        before = getattr(held, name).copy(deep=True)
        table = getattr(held, name)
        table["more"] = 1
        del table[table.columns[0]]
        pd.testing.assert_frame_equal(getattr(held, name), before)
        with pytest.raises(AttributeError, match=name):
            setattr(held, name, before)
