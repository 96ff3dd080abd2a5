"""A little instability for what it buys: more mentees with a mentor, or a better total."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.errors import InfeasibleError, MentorMatchError, is_whole
from mentormatch.solvers import solve
from mentormatch.solvers.markets.blocking_program import BlockingProgram
from mentormatch.solvers.markets.deferred_acceptance import deferred_acceptance
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import choice_of, market_of
from mentormatch.strategies.staged.listed_pairs import arcs_of, refuse_demand
from mentormatch.strategies.staged.transports import transport_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers.markets.blocking_program import BlockingAnswer, Stage
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.staged.listed_pairs import Arcs

__all__ = ["AlmostStable"]

# A search without a time limit of its own ends after so long: closing the last gap may take hours.
MOST_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class AlmostStable:
    """The best total with at most k blocking pairs, or the fewest blocking pairs at full coverage.

    An integer program, exact when it is given the time; the notes of the result say what was
    proven, and the bound where the time ran out. ``time_limit`` (20 seconds where none is given) is
    for all of it: of what a start leaves, the program is made, each stage may take half of the
    rest, and the last one all of it.
    Both versions are NP-hard [1]_. Minimums hold.
    Blocking is meant weakly: both sides strictly prefer each other.

    Parameters
    ----------
    max_blocking
        k ≥ 0: at most so many blocking pairs; then coverage (with ``coverage_first``), then the
        total. k = 0 is the best weakly stable matching, ties or not. None: as many mentees as
        possible get a mentor, then the fewest blocking pairs, then the total.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] P. Biró, D. F. Manlove and S. Mittal (2010), Size versus stability in the marriage
       problem.
    """

    max_blocking: int | None = None
    tie_tolerance: float = 0.0

    name = "almost_stable"
    promises = ()
    engines = ()

    def __post_init__(self) -> None:
        k = self.max_blocking
        if k is not None and not is_whole(k):
            raise MentorMatchError(
                "AlmostStable: max_blocking must be a whole number of 0 or more, or None, got "
                f"{k!r}."
            )
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Solve the integer program stage by stage, from a stable or an optimal start."""
        return self._solve(problem, options, self.name)

    def largest(self, problem: Problem, options: Options) -> Choice:
        """The same with coverage first whatever the problem says: ``Stable(ties="largest")``."""
        return self._solve(replace(problem, coverage_first=True), options, "stable")

    def _solve(self, problem: Problem, options: Options, name: str) -> Choice:
        refuse_demand(problem, name, "the program of weak stability has one place each")
        by_default = options.time_limit is None
        if by_default:
            options = replace(options, time_limit=MOST_SECONDS)
        left = problem.after_pins
        arcs = arcs_of(problem, name, self.tie_tolerance)
        program = BlockingProgram(
            arcs.mentees,
            arcs.mentors,
            arcs.mentee_values,
            arcs.mentor_values,
            arcs.scores,
            left.capacity,
            left.minimum,
            problem.priority_classes,
        )
        coverage = None
        if self.max_blocking is None:
            answer, _ = solve(transport_of(replace(problem, coverage_first=True)), None)
            start = _positions(arcs, answer.mentees, answer.mentors, problem.shape[1])
            classes = problem.priority_classes
            coverage = np.bincount(classes[answer.mentees], minlength=problem.n_classes)
        else:
            stable = deferred_acceptance(market_of(problem, self.tie_tolerance))
            start = _positions(arcs, stable.mentees, stable.mentors, problem.shape[1])
        try:
            answer_ = program.solve(
                max_blocking=self.max_blocking,
                coverage_first=problem.coverage_first,
                hint=start,
                coverage=coverage,
                limits=options.limits(),
            )
        except InfeasibleError:
            most = self.max_blocking
            few = "" if most is None else f" with at most {format_count(most, 'blocking pair')}"
            raise InfeasibleError(
                f"No matching{few} meets the minimums (proven by CP-SAT). Allow more with "
                "AlmostStable(max_blocking=...), or leave it out for the fewest at full coverage."
            ) from None
        mentees, mentors = arcs.mentees[answer_.chosen], arcs.mentors[answer_.chosen]
        notes = _said(answer_)
        if by_default and not all(stage.proven for stage in answer_.stages):
            notes += (
                f"it ended after {MOST_SECONDS:g} s, its own limit; time_limit= sets another",
            )
        engine = "cp-sat (who would swap)"
        return choice_of(problem, mentees, mentors, name, engine=engine, notes=notes)


def _positions(
    arcs: Arcs, mentees: NDArray[np.intp], mentors: NDArray[np.intp], n_mentors: int
) -> NDArray[np.intp]:
    """Where pairs stand in the list of arcs, which is sorted by mentee and mentor."""
    return np.asarray(
        np.searchsorted(arcs.mentees * n_mentors + arcs.mentors, mentees * n_mentors + mentors),
        dtype=np.intp,
    )


# Notes are read by committees.
WORDS = {"blocking pairs": "pairs who would both rather have each other"}


def _said(answer: BlockingAnswer) -> tuple[str, ...]:
    """One sentence a stage: what was reached, and how far it is proven."""
    return tuple(
        f"{WORDS.get(stage.what, stage.what)}: {stage.value:.6g} ({_proof(stage)})"
        for stage in answer.stages
    )


def _proof(stage: Stage) -> str:
    if stage.proven:
        return "proven best"
    if not np.isfinite(stage.bound):
        return "not proven: the time ran out before there was a bound"
    return f"not proven: bound {stage.bound:.6g}"


register("almost_stable", AlmostStable)
