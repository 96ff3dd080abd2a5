"""A matching drawn by lot, in which scarce seats are shared as equally as they can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import prove_expectation, prove_lottery
from mentormatch.errors import ProblemError
from mentormatch.solvers.arrays import incidence
from mentormatch.solvers.programs.lotteries import equal_chances, joining_order, solve_by_columns
from mentormatch.strategies.base import register
from mentormatch.strategies.by_lot.lottery import (
    check_share,
    clip_dust,
    draw_pairs,
    matrix_of,
    open_pairs,
)
from mentormatch.strategies.by_lot.mixing import share_under_rules
from mentormatch.strategies.staged.shares import check_budget

# Pairs of each mentee that the linear program begins with.
FIRST = 6

if TYPE_CHECKING:
    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["FairLottery"]


@dataclass(frozen=True, slots=True)
class FairLottery:
    """Chances of getting a mentor that are leximin over mentees, then the best expected total.

    Where seats are scarce, the most over-subscribed set of mentees shares its seats equally, then
    the next: three mentees for two seats get 2/3 each. The draw covers as many mentees as can be
    covered.

    Parameters
    ----------
    keep_total
        Share of the best total that the expectation must reach, above 0 and at most 1.

    Notes
    -----
    The chances are those of the egalitarian solution for random matching [1]_, found by maximum
    flows in whole numbers; pairs are drawn by dependent rounding. The certificate shows that at
    each level of chance nobody could have more but at the cost of somebody as badly off, and proves
    the expected total at these chances by prices.

    Under quotas and other side rules matchings are drawn that all keep them, and the chances are
    leximin over all lotteries over such matchings: linear programs, whose columns are the best
    matchings at their multipliers. Where a rule makes one mentee's seat cost several others theirs,
    equal chances come before coverage. The certificate holds the matchings, how likely each is, and
    for each level of chance weights of mentees: no matching serves more by them, so nobody of them
    can have more. Where seats alone do not show that, it is the bound of the solver.

    Raises
    ------
    MentorMatchError
        ``keep_total`` outside (0, 1].
    ProblemError
        Demands above 1, minimums, priorities or ``coverage_first=False``, for which equal chances
        are not defined.
    InfeasibleError
        Equal chances leave less than ``keep_total``.

    References
    ----------
    .. [1] A. Bogomolnaia and H. Moulin (2004), Random matching under dichotomous preferences.
    """

    keep_total: float | None = None

    name = "fair_lottery"
    promises = ("equal chances",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Find the chances, then the best pairs at these chances, then draw."""
        _refuse(problem)
        if problem.sides:
            return share_under_rules(problem, options, self.keep_total)
        n, m = problem.shape
        capacity = problem.after_pins.capacity
        mentees, mentors, scores, every = open_pairs(problem, options.deadline)
        shares = equal_chances(mentees, mentors, n, capacity)
        some = np.flatnonzero(shares > 0)
        prices, chances = np.zeros(m), np.zeros(len(mentees))
        if len(some):
            order = joining_order(mentees, mentors, scores)
            answer = solve_by_columns(
                scores,
                incidence(mentors, m),
                capacity.astype(np.float64),
                np.tile([0.0, 1.0], (len(mentees), 1)),
                incidence(mentees, n)[some],
                shares[some],
                people=mentees,
                active=order < FIRST,
                order=order,
                deadline=options.deadline,
            )
            prices, chances = answer.upper, clip_dust(answer.values, 1.0)
        check_share(self.name, self.keep_total, problem, float(scores @ chances))

        def proof(matching: Matching) -> Certificate:
            matrix = matrix_of(problem, mentees, mentors, chances)
            stage = prove_expectation(
                problem, matrix, "total", 1.0, prices, 0.0, 0.0, fair=True, scores=every
            )
            return prove_lottery(matching, (stage,))

        return draw_pairs(problem, mentees, mentors, chances, options, proof, "equal chances")


def _refuse(problem: Problem) -> None:
    """Say all at once for what equal chances are not defined."""
    asked = {
        "demands above 1": problem.wants_several,
        "minimums": problem.minimums.any(),
        "priorities": problem.priority_classes.any(),
        "coverage_first=False": not problem.coverage_first,
    }
    wrong = [words for words, is_asked in asked.items() if is_asked]
    if wrong:
        raise ProblemError(
            f"fair_lottery shares seats equally among mentees who want one mentor each; it cannot "
            f'take {", ".join(wrong)}. Leave them out, or use strategy="lottery".'
        )


register("fair_lottery", FairLottery)
