"""The best other mentors of each mentee, and what forcing them would cost at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["NextBest", "next_best"]


class NextBest(NamedTuple):
    """Other mentors of some mentees, best first."""

    mentors: NDArray[np.intp]  # (mentees, kept) of positions, −1 where there is nobody else
    scores: NDArray[np.float64]  # (mentees, kept), 0 where there is nobody
    # (mentees, kept): What forcing the pair loses of the total at least, as long as as many people
    # are matched; NaN where it is not known.
    costs: NDArray[np.float64]


def next_best(matching: Matching, mentees: NDArray[np.intp], kept: int = 3) -> NextBest:
    """Find for each of these mentees the best mentors it may have and does not have.

    At most ``kept`` of them. The cost is the reduced cost under the prices of the certificate.
    """
    problem = matching.problem
    m = problem.shape[1]
    shape = (len(mentees), kept)
    found = NextBest(np.full(shape, -1, dtype=np.intp), np.zeros(shape), np.full(shape, np.nan))
    prices = _exact_prices(matching)
    made = np.unique(matching.mentees.astype(np.int64) * max(m, 1) + matching.mentors)
    offering = problem.capacities > 0
    columns = min(kept, m)
    for rows in row_slices(len(mentees), max(m, 1)):
        people = mentees[rows]
        block = problem.block(people)
        scores = np.where(block.eligible & offering, block.scores, -np.inf).astype(np.float64)
        lines = np.arange(len(people))
        first = np.searchsorted(made, people.astype(np.int64) * m)
        end = np.searchsorted(made, (people.astype(np.int64) + 1) * m)
        value = np.full(len(people), np.nan)
        for k in range(int((end - first).max(initial=0))):
            has = first + k < end
            own = (made[first[has] + k] % m).astype(np.intp)
            if prices is not None:
                value[lines[has]] = scores[lines[has], own] - prices[own]
            scores[lines[has], own] = -np.inf
        best = np.argsort(-scores, axis=1, kind="stable")[:, :columns]
        worth = np.take_along_axis(scores, best, axis=1)
        there = worth > -np.inf
        worth = np.where(there, worth, 0.0)
        found.mentors[rows, :columns] = np.where(there, best, -1)
        found.scores[rows, :columns] = worth
        if prices is not None:
            costs = np.maximum(value[:, None] - (worth - prices[best]), 0.0)
            found.costs[rows, :columns] = np.where(there, costs, np.nan)
    return found


def _exact_prices(matching: Matching) -> NDArray[np.float64] | None:
    """Return prices under which reduced costs are costs, where the certificate has such prices.

    A float64 array (mentors,). None where the total is not what was proven best, or where rules
    beyond capacities hold.
    """
    proof = matching.certificate
    plain = (
        proof is not None
        and proof.proven
        and proof.method == "prices"
        and not proof.stages
        and proof.rule_prices is None
        and not matching.problem.sides
        and int(matching.problem.demands.max(initial=0)) <= 1
    )
    if proof is None or not plain:
        return None
    prices = proof.prices.reindex(matching.problem.mentor_ids)
    return np.asarray(prices, dtype=np.float64)
