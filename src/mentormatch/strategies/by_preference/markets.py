"""A problem as two sides that rank each other, and refusals that strategies share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.errors import InfeasibleError, MentorMatchError, ProblemError
from mentormatch.problem.mentor_groups import MentorGroups, find_mentor_groups
from mentormatch.solvers.markets.market import Market
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.listed_pairs import without_pins
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.compatibility.blocks import Rows
    from mentormatch.problem import Problem
    from mentormatch.solvers.arrays import Floats
    from mentormatch.strategies.staged.listed_pairs import Arcs

__all__ = ["check_choice", "choice_of", "market_of", "refuse_unlike_ranks", "shared_seats"]

Values: TypeAlias = Literal["sides", "joined"]


def market_of(problem: Problem, tie_tolerance: float = 0.0, *, values: Values = "sides") -> Market:
    """What is left to decide once the pins are made, as two sides that rank each other.

    Scores are compared in whole steps of ``tie_tolerance``; 0 = as they are. By "sides" each side
    ranks by its own score; "joined", both rank by the joined score, and with
    ``coverage_first=False`` a pair of negative score is not made.
    """
    left = problem.after_pins
    error = problem.compatibility.scorer.error
    only_gains = values == "joined" and not problem.coverage_first

    def read(rows: Rows) -> tuple[Floats, Floats]:
        if values == "joined":
            scores = problem.open_scores(rows)
            if only_gains:
                scores[scores < 0] = -np.inf
            scores[:, left.capacity == 0] = -np.inf
            scores = round_to_steps(scores, tie_tolerance)
            return scores, scores
        block = problem.block(rows)
        open_ = without_pins(problem, rows, block.eligible) & (left.capacity > 0)
        every_pair = bool(open_.all())

        def closed(scores: Floats) -> Floats:
            values = round_to_steps(scores, tie_tolerance)
            return values if every_pair else np.where(open_, values, -np.inf)

        u = closed(block.mentee_scores)
        if block.mentee_scores is block.mentor_scores:
            return u, u
        return u, closed(block.mentor_scores)

    def exact(
        mentees: NDArray[np.intp], mentors: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        block = problem.pairs(mentees, mentors)
        sides = (
            (block.scores, block.scores)
            if values == "joined"
            else (block.mentee_scores, block.mentor_scores)
        )
        u, v = (round_to_steps(np.asarray(side, dtype=np.float64), tie_tolerance) for side in sides)
        return u, v

    # A step more or less than the exact one is all that rounding to steps can add.
    inexact = error if error == 0 or tie_tolerance == 0 else error / tie_tolerance + 1
    return Market(read, exact, left.demand, left.capacity, inexact)


def shared_seats(problem: Problem) -> MentorGroups:
    """The groups of mentors that share seats by the quotas of a problem; other rules are refused.

    Raises InfeasibleError where pins alone exceed a quota; ProblemError for a rule that is no such
    quota, with why.
    """
    groups = find_mentor_groups(problem)
    if isinstance(groups, MentorGroups):
        if (groups.most < 0).any():
            raise InfeasibleError("no matching satisfies all conditions")
        return groups
    raise ProblemError(
        'The strategy "stable" keeps quotas of a largest number over groups of mentors that are '
        "nested or disjoint, at one mentor per mentee: there a stable matching always exists "
        f"(Abraham, Irving and Manlove 2007). Here {groups}. Leave that out, or use "
        '"optimal", which keeps every rule.'
    )


def refuse_unlike_ranks(problem: Problem, groups: MentorGroups, arcs: Arcs) -> None:
    """Refuse groups whose limit can bind while their mentors score some mentee differently."""
    n, seats = problem.shape[0], problem.after_pins.capacity
    for member, most, name in zip(groups.member, groups.most.tolist(), groups.names, strict=True):
        if most >= np.minimum(seats, n)[member].sum():
            continue
        inside = member[arcs.mentors]
        who, values = arcs.mentees[inside], arcs.mentor_values[inside]
        low, high = np.full(n, np.inf), np.full(n, -np.inf)
        np.minimum.at(low, who, values)
        np.maximum.at(high, who, values)
        unlike = np.flatnonzero(low < high)
        if len(unlike):
            mentee = problem.mentee_ids[unlike[0]]
            raise ProblemError(
                f"The mentors of the quota {name!r} score {mentee!r} differently, and then no "
                'stable matching need exist. The strategy "stable" needs groups that rank mentees '
                "alike (one supervisor with several projects): give the mentors of a group the "
                'same scores for a mentee on their side, or use "optimal".'
            )


def choice_of(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    strategy: str,
    why: str = "",
    *,
    engine: str | None = None,
    notes: tuple[str, ...] = (),
) -> Choice:
    """Some pairs and the pins, or which minimums they do not meet and what would.

    ``why`` says why a strategy leaves minimums unmet.
    """
    mentees, mentors = with_pins(problem, mentees, mentors)
    loads = np.bincount(mentors, minlength=problem.shape[1])
    short = np.flatnonzero(loads < problem.minimums)
    if len(short):
        named = ", ".join(
            f"{problem.mentor_ids[j]!r} has {loads[j]} of {problem.minimums[j]}"
            for j in short[:5].tolist()
        )
        more = f" and {len(short) - 5} more" if len(short) > 5 else ""
        raise InfeasibleError(
            f'strategy "{strategy}" leaves minimums unmet: {named}{more}. {why} Minimums hold with '
            '"optimal", "almost_stable", "rank_maximal" and "generous".'
        )
    return Choice(mentees, mentors, engine=engine, notes=notes)


def check_choice(strategy: str, parameter: str, given: object, choices: tuple[str, ...]) -> None:
    """Refuse a word that a parameter does not know."""
    if given not in choices:
        expected = ", ".join(repr(choice) for choice in choices)
        raise MentorMatchError(f"{strategy}: {parameter} must be one of {expected}, got {given!r}.")
