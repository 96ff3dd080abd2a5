"""The best total with at most so many changes: a bound by pricing changes, then branch and bound.

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
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy import optimize, sparse

from mentormatch.certificates import pairs_left_open
from mentormatch.matching.matching import Matching
from mentormatch.rematching.kept import with_bonus
from mentormatch.strategies import match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["Corner", "WithinBudget", "corner_at", "count_kept", "within_budget"]

SECONDS = 60.0


@dataclass(frozen=True, eq=False)
class Corner:
    """The best matching at one price of a change.

    Parameters
    ----------
    matching
        Of the problem in which kept pairs are worth more.
    price
        Per change, in units of score.
    kept
        How many pairs go on.
    total
        Sum of the scores proper.
    value
        No matching exceeds this in total plus price times kept.
    """

    matching: Matching
    price: float
    kept: int
    total: float
    value: float


class WithinBudget(NamedTuple):
    """The best matching found, and what none within the budget exceeds."""

    matching: Matching
    bound: float


def count_kept(matching: Matching, i: NDArray[np.intp], j: NDArray[np.intp]) -> int:
    """How many of some pairs a matching has."""
    m = max(matching.problem.shape[1], 1)
    return int(np.isin(i * m + j, matching.mentees * m + matching.mentors).sum())


def corner_at(
    problem: Problem, i: NDArray[np.intp], j: NDArray[np.intp], price: float, options: Any
) -> Corner:
    """Solve at one price of a change."""
    matching = match(with_bonus(problem, i, j, price), **options)
    kept = count_kept(matching, i, j)
    own = problem.pairs(matching.mentees, matching.mentors).scores
    total = float(np.sum(own, dtype=np.float64))
    certificate = matching.certificate
    value = np.inf if certificate is None else certificate.bound
    return Corner(matching, price, kept, total, value)


def within_budget(
    problem: Problem,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    least: int,
    options: dict[str, Any],
) -> WithinBudget | None:
    """The best total among the matchings that keep at least ``least`` of the pairs (i, j).

    Returns
    -------
    WithinBudget, or None when coverage leaves no such matching
    """
    free = corner_at(problem, i, j, 0.0, options)
    if free.kept >= least:
        return WithinBudget(free.matching, free.value)
    size = max(1.0, float(np.abs(free.matching.scores).max(initial=0.0)))
    price = 4.0 * size
    tight = corner_at(problem, i, j, price, options)
    while tight.kept < least:
        price *= 16.0
        if price > 1e3 * size * (len(i) + 1):
            return None
        tight = corner_at(problem, i, j, price, options)
    bound = min(free.value, tight.value - tight.price * least)
    best = tight
    while tight.kept > least:
        price = (free.total - tight.total) / (tight.kept - free.kept)
        middle = corner_at(problem, i, j, price, options)
        if middle.value - middle.price * least < bound:
            bound, best = middle.value - middle.price * least, middle
        on_line = free.total + price * free.kept
        if middle.total + price * middle.kept <= on_line + 1e-9 * max(1.0, abs(on_line)):
            break
        if middle.kept >= least:
            tight = middle
        else:
            free = middle
    found = WithinBudget(tight.matching, max(bound, tight.total))
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
    options: dict[str, Any],
) -> WithinBudget | None:
    """Decide between the bound and the best so far among the pairs that can matter."""
    certificate = priced.matching.certificate
    if problem.wants_several or problem.sides or certificate is None or not certificate.proven:
        return None
    columns = pairs_left_open(priced.matching, found.bound - feasible.total)
    if columns is None:
        return None
    mentees, mentors = columns
    left, (n, m) = problem.after_pins, problem.shape
    scores = np.asarray(problem.pairs(mentees, mentors).scores, dtype=np.float64)
    places = np.arange(len(mentees))
    ones = np.ones(len(mentees))
    kept = np.isin(mentees * m + mentors, i * m + j).astype(np.float64)
    rows = [
        sparse.coo_array((ones, (mentees, places)), shape=(n, len(mentees))),
        sparse.coo_array((ones, (mentors, places)), shape=(m, len(mentees))),
        sparse.csr_array(kept[None, :]),
    ]
    pins = problem.pinned
    pinned = int(np.isin(pins[:, 0] * m + pins[:, 1], i * m + j).sum())
    low = [np.zeros(n), left.minimum.astype(float), np.array([float(least - pinned)])]
    high = [left.demand.astype(float), left.capacity.astype(float), np.array([np.inf])]
    if problem.coverage_first:
        classes = problem.priority_classes
        newly = (feasible.matching.places > 0) & ~left.covered
        covered = np.bincount(classes[newly], minlength=problem.n_classes).astype(float)
        rows.append(
            sparse.coo_array(
                (ones, (classes[mentees], places)), shape=(problem.n_classes, len(mentees))
            )
        )
        low.append(covered)
        high.append(covered)
    answer = optimize.milp(
        -scores,
        integrality=np.ones(len(mentees), dtype=np.int64),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(
            sparse.vstack(rows, format="csr"), np.concatenate(low), np.concatenate(high)
        ),
        options={"time_limit": options.get("time_limit") or SECONDS, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return None
    chosen = np.flatnonzero(answer.x > 0.5)
    matching = Matching(
        problem,
        np.concatenate([pins[:, 0], mentees[chosen]]),
        np.concatenate([pins[:, 1], mentors[chosen]]),
        engine="branch and bound (highs)",
        seed=options.get("seed"),
    )
    fixed = matching.total - float(scores[chosen].sum())
    bound = fixed - float(answer.mip_dual_bound)
    if matching.total < feasible.total:
        return WithinBudget(feasible.matching, min(found.bound, max(bound, feasible.total)))
    bound = min(found.bound, max(bound, matching.total))
    if bound - matching.total <= 1e-7 * max(1.0, abs(bound)):
        bound = matching.total
    return WithinBudget(matching, bound)
