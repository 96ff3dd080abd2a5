"""Chains of stages: solve one, keep its optimum, go on to the next; each with its proof."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

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
from mentormatch.solvers import ENGINES, solve
from mentormatch.solvers.assignment.flow import solve_listed
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.proofs.flow_stages import StageProof, Weights
    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Options

__all__ = [
    "Solved",
    "StageResult",
    "finish",
    "keep",
    "largest_weight",
    "no_prices",
    "solve_stage",
    "stop",
]


# Pairs up to which one flow with all of them is quicker than rounds of columns.
LISTED_PAIRS = 100_000
STOPPED = "the time limit ended the search before all its stages; what was settled stands"


@dataclass(frozen=True, eq=False)
class StageResult:
    """The result of one stage solved on a face.

    Parameters
    ----------
    face
        What the stage started from.
    weights
        What it counted.
    multipliers
        Its prices, in units of weight.
    stage
        The face with these weights, where it is at hand.
    kept, target, step
        See `StageProof`.
    """

    face: OptimalFace
    weights: Weights
    multipliers: Multipliers
    stage: Problem | None = None
    kept: bool = True
    target: float = 0.0
    step: float = 1.0

    def prove(self, matching: Matching) -> StageProof:
        """The proof of the stage for a finished matching."""
        return prove_stage(
            self.face,
            self.weights,
            self.multipliers,
            matching,
            stage=self.stage,
            kept=self.kept,
            target=self.target,
            step=self.step,
        )


class Provable(Protocol):
    """The result of a stage that can make its proof."""

    def prove(self, matching: Matching) -> AnyStage:
        """The proof of the stage for a finished matching."""
        ...


@dataclass(frozen=True, eq=False)
class Solved:
    """The best pairs of a stage.

    Parameters
    ----------
    matching
        In the stage's own problem.
    engine
        Which solver and why.
    error
        How far rounding moved a score at most, in units of score.
    multipliers
        The engine's own, when it has them.
    """

    matching: Matching
    engine: str
    error: float
    multipliers: Multipliers | None

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

    Raises
    ------
    SolverError
        The engine that was asked for cannot.
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


def _open_pairs(
    stage: Problem,
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
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


def no_prices(face: OptimalFace) -> Multipliers:
    """Return prices of 0, which prove that a count of 0 cannot be smaller."""
    classes = face.n_classes
    return Multipliers(np.zeros(face.scores.shape[1]), np.zeros(classes))


def keep(
    face: OptimalFace, weights: Weights, engine: str | None = None, *, step: float = 1.0
) -> tuple[OptimalFace, StageResult, Solved]:
    """Solve a stage, find its prices, and keep the matchings that reach its optimum."""
    stage = face.stage(weights)
    solved = solve_stage(stage, engine)
    multipliers = solved.whole_multipliers()
    link = StageResult(face, weights, multipliers, stage, step=step)
    return face.tighten(stage, multipliers), link, solved


def finish(
    face: OptimalFace,
    links: Sequence[Provable],
    options: Options,
    *,
    promise: Promise,
    how: str = "",
    finished: bool = True,
) -> Choice:
    """Find the best total within the face, with the proofs of all stages.

    Parameters
    ----------
    face
        What the stages left.
    links
        Their results.
    options
        The engine, and the deadline.
    promise
        What the stages are the proof of.
    how
        What else to say of the engine.
    finished
        False: the time limit ended the chain before all stages were settled.
    """
    solved = solve_stage(face.stage(None), options.engine)
    mentees, mentors = face.real(solved.matching.mentees, solved.matching.mentors)

    def proof(matching: Matching) -> Certificate:
        stages = tuple(link.prove(matching) for link in links)
        return prove_total(
            face,
            solved.total_multipliers(),
            matching,
            stages,
            promise=promise,
            finished=finished,
        )

    return Choice(
        _positions(mentees),
        _positions(mentors),
        engine=f"{solved.engine}, {len(links) + 1} stages" + (f", {how}" if how else ""),
        certify=proof,
        notes=() if finished else (STOPPED,),
    )


def stop(
    face: OptimalFace, mentees: NDArray[np.intp], mentors: NDArray[np.intp], *, promise: Promise
) -> Choice:
    """Return the pairs of a stage that the time limit cut, with what is known of their total."""
    made_i, made_j = face.real(mentees, mentors)

    def proof(matching: Matching) -> Certificate:
        inner = Matching(face.stage(None), *face.complete(matching.mentees, matching.mentors))
        multipliers = recover_multipliers(inner)
        return prove_total(face, multipliers, matching, (), promise=promise, finished=False)

    return Choice(
        _positions(made_i), _positions(made_j), engine="flow", certify=proof, notes=(STOPPED,)
    )


def _positions(people: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.asarray(people, dtype=np.intp)
