"""Strategies from outside that are lists of stages: right, proven, and within their limits."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from fair_oracles import best_by, compared, every_matching, utilities_of
from mentormatch.strategies import climb, stages
from problems import problems

LEAST_TWO = stages.LargestWorstSum(lambda count: min(2, count))


@dataclass(frozen=True)
class Outside:
    """A strategy of another package."""

    stage: stages.Stage
    promise: str
    keep_total: float | None = None

    name = "from_outside"
    engines = ()
    keeps_side_rules = True

    @property
    def promises(self):
        return (self.promise,)

    def choose(self, problem, options):
        return climb(
            [self.stage], problem, options, promise=self.promise, keep_total=self.keep_total
        )


@dataclass(frozen=True)
class Several(Outside):
    """More than one stage."""

    stage: tuple[stages.Stage, ...]

    def choose(self, problem, options):
        return climb(self.stage, problem, options, promise=self.promise, keep_total=self.keep_total)


@pytest.mark.parametrize("share", [0.5, 1.0])
def test_of_a_total_to_be_kept_the_best_one_serves_as_many_as_the_stages_ask_for(share):
    """A pair below 0 lowers the total: the best one of all served one, and it was kept for two."""
    problem = mm.Problem.from_scores([[1.0], [-0.5]], capacity=2, coverage_first=False)
    asked = (stages.MostServed(), stages.LargestMinimum())
    matching = mm.match(problem, Several(asked, "largest minimum", share))
    assert len(matching.pairs) == 2
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def test_even_loads_where_nobody_need_be_served_are_refused_with_the_cure():
    problem = mm.Problem.from_scores([[1.0], [-0.5]], capacity=2, coverage_first=False)
    asked = (stages.EvenestLoads(),)
    with pytest.raises(mm.MentorMatchError, match="comes after MostServed"):
        mm.match(problem, Several(asked, "even loads"))
    assert len(mm.match(problem, Several(asked, "even loads", 0.5)).pairs) == 1


@settings(max_examples=max(10, settings().max_examples // 3))
@given(problem=problems(4))
def test_a_list_of_stages_is_what_trying_everything_finds_and_is_proven(problem):
    assume(every_matching(problem))
    matching = mm.match(problem, Outside(LEAST_TWO, "sum of the worst"))
    best = best_by(problem, lambda utilities: [sum(utilities[:2])])
    own = sum(compared(problem, utilities_of(matching))[:2])
    assert (own, matching.total) == (
        pytest.approx(best[0][0], abs=1e-6),
        pytest.approx(best[1], abs=1e-6),
    )
    assert matching.certificate.proven
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings


SCORES = np.random.default_rng(3).random((9, 4))
PLAIN = mm.Problem.from_scores(SCORES, capacity=3)
TWICE = mm.Problem.from_scores(SCORES, capacity=6, demand=2)
RULES = mm.Problem.from_scores(SCORES, capacity=3, apart=[[0, 1]])


@pytest.mark.parametrize(
    ("problem", "kept", "engine"),
    [
        (PLAIN, None, "stages"),
        (TWICE, None, "(several mentors each)"),
        (RULES, None, "(side rules)"),
        (PLAIN, 0.9, "(a share of the total to keep)"),
    ],
)
@pytest.mark.parametrize(
    ("stage", "promise"),
    [
        (stages.LargestMinimum(), "largest minimum"),
        (LEAST_TWO, "sum of the worst"),
        (stages.SortedScores(), "sorted scores"),
        (stages.LargestWelfare(1.0), "Nash welfare"),
        (stages.EvenestLoads(), "even loads"),
    ],
)
def test_every_stage_goes_the_way_that_fits_and_says_why(problem, kept, engine, stage, promise):
    matching = mm.match(problem, Outside(stage, promise, kept))
    if kept is not None and promise == "largest minimum":
        # The one stage that keeps a share of the total as a flow.
        engine = "1 level tried"
    assert engine in matching.engine
    assert ("HiGHS" in matching.engine) == (engine.startswith("("))
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok
    best = mm.match(problem).total
    if kept is not None:
        assert matching.total >= kept * best - 1e-9
    # A stage that is left out of the proof is missed.
    without = replace(matching.certificate, stages=())
    assert not mm.certificates.verify(matching, without).ok


def test_no_stage_follows_one_that_was_cut():
    problem = mm.Problem.from_scores(np.random.default_rng(0).random((60, 20)), capacity=3)
    cut = Outside(stages.SortedScores(), "sorted scores")
    matching = mm.match(problem, cut, time_limit=1e-4)
    assert len(matching.pairs) == 60
    assert not matching.certificate.proven
    assert "time limit" in " ".join(matching.notes)


def test_a_resolution_is_refused_before_any_work_is_done():
    # A share of a total of 0 was met first, and said something else.
    problem = mm.Problem.from_scores(np.zeros((3, 3)))
    with pytest.raises(mm.MentorMatchError, match="leximin takes a resolution at one mentor"):
        mm.match(problem, mm.strategies.Leximin(resolution=0.3, keep_total=0.9))
