"""Stages settled as flows: each on the face that those before it left, with its proof by prices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    OptimalFace,
    certify_multipliers,
    prove_stage,
    prove_total,
    recover_multipliers,
)
from mentormatch.compatibility import row_slices
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import Within
from mentormatch.solvers import ENGINES, solve
from mentormatch.solvers.assignment.choice import solve_listed
from mentormatch.solvers.assignment.thresholds import highest_threshold
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.proofs.flow_stages import Weights
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers.assignment.thresholds import Threshold
    from mentormatch.strategies.base import Options

__all__ = ["FlowChain", "Solved", "bottleneck", "largest_weight", "refutation", "solve_stage"]

# Pairs up to which one flow with all of them is quicker than rounds of columns.
LISTED_PAIRS = 100_000
STOPPED = "the time limit ended the search before all its stages; what was settled stands"


@dataclass(frozen=True, eq=False)
class Solved:
    """The best pairs of a stage."""

    matching: Matching  # in the stage's own problem
    engine: str  # which solver and why
    error: float  # how far rounding moved a score at most, in units of score
    multipliers: Multipliers | None  # the engine's own, when it has them

    def whole_multipliers(self) -> Multipliers:
        """Whole multipliers that prove a stage of whole weights.

        The engine's own where they do; else those of the residual graph.
        """
        found = self.multipliers
        if found is not None:
            numbers = np.concatenate([found.prices, found.coverage])
            if np.isfinite(numbers).all() and (numbers == np.rint(numbers)).all():
                certificate = certify_multipliers(self.matching, found)
                if certificate.bound < certificate.objective + 1:
                    return found
        return recover_multipliers(self.matching)

    def total_multipliers(self) -> Multipliers:
        """Multipliers of the total: the engine's own, else those of the residual graph."""
        if self.multipliers is not None:
            return self.multipliers
        return recover_multipliers(self.matching, resolution=2 * self.error)


def solve_stage(stage: Problem, engine: str | None = None) -> Solved:
    """Solve the problem of a stage; SciPy only where it can express what the stage asks for.

    Raises SolverError where the engine that was asked for cannot.
    """
    transport = transport_of(stage)
    plain = ENGINES["scipy"].can_solve(transport)
    listed = None if engine is not None or plain else _open_pairs(stage)
    if listed is None:
        answer, name = solve(transport, engine)
    elif len(listed[0]) <= LISTED_PAIRS:
        # Most faces have few pairs left: one flow takes them all.
        answer, name = solve_listed(transport, *listed), "flow"
    else:
        answer, name = solve(transport, "priced")
    mentees, mentors = with_pins(stage, answer.mentees, answer.mentors)
    multipliers = None
    if answer.prices is not None and answer.coverage is not None:
        # At one mentor each, pairs and mentees with a mentor are one count.
        multipliers = Multipliers(answer.prices, answer.coverage + answer.seats)
    return Solved(
        Matching(stage, mentees, mentors), name.split(" ")[0], answer.resolution, multipliers
    )


def _open_pairs(stage: Problem) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """The pairs that are left to choose, and their scores."""
    wanting = np.flatnonzero(stage.after_pins.demand > 0)
    mentees, mentors = [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    scores = [np.empty(0)]
    for part in row_slices(len(wanting), stage.shape[1]):
        found = stage.open_scores(wanting[part])
        row, column = np.nonzero(found > -np.inf)
        mentees.append(wanting[part][row])
        mentors.append(column)
        scores.append(np.asarray(found[row, column], dtype=np.float64))
    return np.concatenate(mentees), np.concatenate(mentors), np.concatenate(scores)


def largest_weight(face: OptimalFace) -> int:
    """Return the largest whole number that a weight on this face may be."""
    n, m = face.scores.shape
    classes = 2 * face.problem.n_classes
    return IntegerScale.largest_whole(n, n + m + classes + 2)


@dataclass(eq=False)
class FlowChain:
    """What the stages so far left, at one mentor each and without side rules."""

    face: OptimalFace  # the matchings that are left
    options: Options
    promise: Promise  # what the stages are the proof of
    # What makes the proof of each stage for a finished matching.
    links: list[Callable[[Matching], AnyStage]] = field(default_factory=list)
    share: float | None = None  # of the best total, to be kept by the next stage
    finished: bool = True  # False: the time limit ended it before all stages were settled
    # The pairs of a stage that the time limit ended before it had prices.
    cut: tuple[NDArray[np.intp], NDArray[np.intp]] | None = None
    how: str = ""  # what else to say of the engine

    def keep(self, weights: Weights, *, at_hand: bool = True) -> None:
        """Solve a stage, find its prices, and keep the matchings that reach its optimum.

        ``at_hand`` says whether its face is held for the proof, or made again then.
        """
        stage = self.face.stage(weights)
        multipliers = solve_stage(stage, self.options.engine).whole_multipliers()
        self._tighten(weights, stage, multipliers, at_hand)

    def leave_out(self, weights: Weights, *, at_hand: bool = True) -> None:
        """Take away pairs that nobody needs: of a count of 0, which prices of 0 prove."""
        nothing = Multipliers(np.zeros(self.face.scores.shape[1]), np.zeros(self.face.n_classes))
        self._tighten(weights, self.face.stage(weights), nothing, at_hand)

    def _tighten(
        self, weights: Weights, stage: Problem, multipliers: Multipliers, at_hand: bool
    ) -> None:
        held = stage if at_hand else None
        self.links.append(partial(prove_stage, self.face, weights, multipliers, stage=held))
        self.face = self.face.tighten(stage, multipliers)

    def finish(self) -> Choice:
        """Find the best total within the face, with the proofs of all stages."""
        if self.cut is not None:
            return self._finish_cut(*self.cut)
        solved = solve_stage(self.face.stage(None), self.options.engine)
        mentees, mentors = self.face.real(solved.matching.mentees, solved.matching.mentors)

        def proof(matching: Matching) -> Certificate:
            return prove_total(
                self.face,
                solved.total_multipliers(),
                matching,
                tuple(prove(matching) for prove in self.links),
                promise=self.promise,
                finished=self.finished,
            )

        how = f", {self.how}" if self.how else ""
        engine = f"{solved.engine}, {len(self.links) + 1} stages{how}"
        notes = () if self.finished else (STOPPED,)
        return Choice(mentees, mentors, engine=engine, certify=proof, notes=notes)

    def _finish_cut(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Choice:
        """Return the pairs of a stage that was cut, with what is known of their total."""
        face = self.face
        made = face.real(mentees, mentors)

        def proof(matching: Matching) -> Certificate:
            inner = Matching(face.stage(None), *face.complete(matching.mentees, matching.mentors))
            multipliers = recover_multipliers(inner)
            return prove_total(
                face, multipliers, matching, (), promise=self.promise, finished=False
            )

        return Choice(*made, engine="flow", certify=proof, notes=(STOPPED,))


def bottleneck(
    face: OptimalFace, levels: NDArray[np.float64], above: float = -np.inf
) -> Threshold | None:
    """The highest level t such that no pair with a level in (above, t) is needed.

    None when no pair above ``above`` is left to choose; pairs up to it stay as they are. Pinned
    mentees are covered as well. ``levels`` are those of the pairs, (mentees, mentors of the face),
    NaN outside.
    """
    transport = transport_of(face.stage(None))
    found = highest_threshold(transport, levels, above)
    if found is None:
        return None
    pinned = np.bincount(transport.classes[transport.covered], minlength=len(found.coverage))
    return replace(found, coverage=found.coverage + pinned)


def refutation(face: OptimalFace, found: Threshold) -> Multipliers:
    """Multipliers which show that somebody has to be at the level that was found, or below.

    Each seat inside of the cut is worth one mentee, every other seat nothing (König 1931).
    """
    if found.cut is None:
        # Minimums can be what forces somebody down: then the prices of the count itself tell.
        return solve_stage(face.stage(Within(-np.inf, found.level))).whole_multipliers()
    taking_part = np.arange(len(found.coverage)) <= found.cut.last
    return Multipliers(found.cut.mentors.astype(np.float64), taking_part.astype(np.float64))
