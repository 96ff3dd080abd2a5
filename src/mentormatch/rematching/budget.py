"""Fewest pairs that end, or at most so many: bounds by pricing them, then branch and bound.

A limit on changes is one row that is no face of the flow: its linear relaxation may be fractional.
Pricing the row gives, at every price, a bound [1]_; between the two matchings on either side of the
limit a mixed integer program decides among the few pairs whose reduced cost the gap leaves open.

References
----------
.. [1] M. J. Eisner and D. G. Severance (1976), Mathematical techniques for efficient record
   segmentation in large shared databases.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates import Multipliers, upper_bound
from mentormatch.certificates.bounds.bound import largest_score, newly_reached
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.rematching.kept import with_bonus
from mentormatch.rematching.people import kept_pairs
from mentormatch.rematching.program import PairProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.rematching.program import SearchOptions

__all__ = [
    "FIRST_BONUS",
    "Bracket",
    "Corner",
    "WithinBudget",
    "bracket",
    "corner_at",
    "count_kept",
    "fewest_changes",
    "within_budget",
]


UNDECIDED = (
    "The time was over before it was known whether so few changes are enough. Give a larger "
    "time_limit, allow more changes, or leave max_changes out."
)
# The bonus of a kept pair starts at so many times the range of scores, and grows by as much.
FIRST_BONUS = 2.0
GROWTH = 16.0


@dataclass(frozen=True, eq=False)
class Corner:
    """The best matching at one price of a change."""

    matching: Matching  # of the problem in which kept pairs are worth more
    price: float  # per change, in units of score
    kept: float  # how many pairs go on, or how often these count in all
    total: float  # sum of the scores proper
    value: float  # no matching exceeds this in total plus price times kept


class WithinBudget(NamedTuple):
    """The best matching found, and what none within the budget exceeds."""

    matching: Matching
    bound: float


def count_kept(matching: Matching, i: NDArray[np.intp], j: NDArray[np.intp]) -> int:
    """How many of some pairs a matching has."""
    return int(kept_pairs(matching, i, j).sum())


def corner_at(
    problem: Problem,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    price: float,
    options: SearchOptions,
    times: NDArray[np.float64] | None = None,
) -> Corner:
    """Solve at one price of a change; ``times``: how often each pair counts, None = once."""
    matching = options.match(with_bonus(problem, i, j, price, times=times))
    kept = kept_pairs(matching, i, j)
    own = problem.pairs(matching.mentees, matching.mentors).scores
    total = float(np.sum(own, dtype=np.float64))
    certificate = matching.certificate
    value = np.inf if certificate is None else certificate.bound
    count = int(kept.sum()) if times is None else float(times[kept].sum())
    return Corner(matching, price, count, total, value)


class Bracket(NamedTuple):
    """Prices on both sides of a budget."""

    bound: float  # on the total of the matchings that keep so much
    priced: Corner  # the corner whose price gives it
    tight: Corner  # the best corner that keeps so much


def bracket(
    problem: Problem,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    least: float,
    options: SearchOptions,
    times: NDArray[np.float64] | None = None,
) -> Bracket | None:
    """Find the price that bounds the total best, where at least so much is kept.

    None when coverage leaves no such matching.
    """
    free = corner_at(problem, i, j, 0.0, options, times)
    if free.kept >= least:
        return Bracket(free.value, free, free)
    size = max(1.0, float(np.abs(free.matching.scores).max(initial=0.0)))
    price = 4.0 * size
    tight = corner_at(problem, i, j, price, options, times)
    while tight.kept < least:
        price *= 16.0
        if price > 1e3 * size * (len(i) + 1):
            certificate = tight.matching.certificate
            if options.over and not (certificate is not None and certificate.proven):
                raise SolverError(UNDECIDED)
            return None
        tight = corner_at(problem, i, j, price, options, times)
    bound = min(free.value, tight.value - tight.price * least)
    best = tight
    while tight.kept > least and not options.over:
        price = (free.total - tight.total) / (tight.kept - free.kept)
        middle = corner_at(problem, i, j, price, options, times)
        if middle.value - middle.price * least < bound:
            bound, best = middle.value - middle.price * least, middle
        on_line = free.total + price * free.kept
        if middle.total + price * middle.kept <= on_line + 1e-9 * max(1.0, abs(on_line)):
            break
        if middle.kept >= least:
            tight = middle
        else:
            free = middle
    return Bracket(bound, best, tight)


def within_budget(
    problem: Problem, i: NDArray[np.intp], j: NDArray[np.intp], least: int, options: SearchOptions
) -> WithinBudget | None:
    """The best total among the matchings that keep at least ``least`` of the pairs (i, j).

    None when coverage leaves no such matching.
    """
    between = bracket(problem, i, j, least, options)
    if between is None:
        return None
    bound, best, tight = between
    found = WithinBudget(tight.matching, max(bound, tight.total))
    if best is tight and not best.price:
        return found
    if options.over:
        return found
    if bound - tight.total <= 1e-9 * max(1.0, abs(bound)):
        return WithinBudget(tight.matching, tight.total)
    return _branch(problem, i, j, least, best, tight, found, options) or found


def _branch(
    problem: Problem,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    least: int,
    priced: Corner,
    feasible: Corner,
    found: WithinBudget,
    options: SearchOptions,
) -> WithinBudget | None:
    """Decide between the bound and the best so far among the pairs that can matter."""
    gap = found.bound - feasible.total
    program = PairProgram.left_open(priced.matching, problem, feasible.matching, gap, options)
    program = program or PairProgram.every(problem, options)
    if program is None:
        return None
    try:
        answer = program.keeping(i, j, least).maximise(start=feasible.matching)
    except (InfeasibleError, SolverError):
        # What is known meets all rows, so this is the solver's rounding, or its clock.
        return None
    total = answer.matching.total
    if total < feasible.total:
        return WithinBudget(feasible.matching, max(feasible.total, min(found.bound, answer.bound)))
    bound = max(total, min(found.bound, answer.bound))
    if bound - total <= 1e-7 * max(1.0, abs(bound)):
        bound = total
    return WithinBudget(answer.matching, bound)


def fewest_changes(
    problem: Problem, i: NDArray[np.intp], j: NDArray[np.intp], most: int, options: SearchOptions
) -> tuple[Matching, int, int]:
    """Coverage, then the most pairs kept, then the total.

    With a bonus for kept pairs that is large enough, the largest sum keeps as many as can be kept.
    Whether it was large enough is proven: by what seats leave room for, by the prices divided by
    the bonus and rounded, or by counting alone. Returns the matching, how many pairs it keeps, and
    the most that any matching of its coverage is known to keep: more where the time was over before
    it was proven.
    """
    size = largest_score(problem) or 1.0
    bonus = FIRST_BONUS * size
    most_kept: int | None = None
    while True:
        inner = options.match(with_bonus(problem, i, j, bonus))
        kept = count_kept(inner, i, j)
        if (
            kept >= most
            or kept == most_kept
            or _most_by_prices(problem, inner, i, j, bonus) == kept
        ):
            return inner, kept, kept
        if options.over:
            return inner, kept, most if most_kept is None else most_kept
        if most_kept is None:
            # The best matching for their number alone.
            counted = options.match(with_bonus(problem, i, j, 1.0, 0.0)).certificate
            assert counted is not None
            most_kept = min(most, int(np.floor(counted.bound + counted.tolerance)))
            if kept >= most_kept:
                return inner, kept, kept
        if bonus > GROWTH * (len(i) + 1) * size:
            # Beyond any sum of scores; a time limit ended the search.
            return inner, kept, most_kept
        bonus *= GROWTH


def _most_by_prices(
    problem: Problem, inner: Matching, i: NDArray[np.intp], j: NDArray[np.intp], bonus: float
) -> int | None:
    """How many pairs can be kept at most, by the prices of the solved problem; None: not known."""
    claimed = inner.certificate
    if claimed is None or claimed.method != "prices" or problem.sides or not claimed.proven:
        return None
    counting = with_bonus(problem, i, j, 1.0, factor=0.0)
    prices = np.rint(claimed.prices.reindex(problem.mentor_ids).to_numpy(np.float64) / bonus)
    coverage = np.rint(np.asarray(claimed.coverage_multipliers) / bonus)
    multipliers = Multipliers(prices, coverage, float(np.rint(claimed.seats_multiplier / bonus)))
    return int(np.floor(upper_bound(counting, multipliers, *newly_reached(inner)) + 1e-6))
