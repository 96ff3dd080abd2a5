"""The mixture of answers in which the least of some counts is largest, then the next, and so on.

Level by level: the least of the counts that are not settled is made as large as possible, by a
linear program over the answers made so far. Its multipliers are weights of the counts; the best
answer at these weights joins, or shows that nothing raises the least (column generation). What has
a weight then is settled at that level, unless its weight is so small that it may be above it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.errors import SolverError
from mentormatch.solvers.programs.mixtures import solve_mixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.programs.mixtures import Mixture

__all__ = ["SharedLevel", "share_equally"]

# By how much a weighted count may be missed by a solver, and a weight or a share that is none.
NOTHING, NONE = 2e-8, 1e-9
# How far a count may be above its level, for all that its weight shows.
ABOVE = 5e-6
# What those count who were counted most often, so that no seat stays empty.
FILLING = 1e-2


@dataclass(frozen=True, eq=False)
class SharedLevel:
    """A level of the counts, and the weights that bound it."""

    weights: NDArray[np.float64]  # (counts,), 0 or more
    most: float  # no answer has more of the counts at these weights, as the solver says


def share_equally(mixture: Mixture, counts: sparse.csr_array) -> tuple[list[SharedLevel], bool]:
    """Raise the least count of a mixture, then the next, and keep all of them.

    The mixture has one answer or more, and no largest share; each of the sparse (counts, columns)
    is 0 or 1 of an answer. Returns the levels, and False where the last one is not shown to be the
    largest: time was over. What a count reached is kept by the mixture either way.
    """
    n = counts.shape[0]
    settled = np.zeros(n, dtype=bool)
    least: NDArray[np.float64] = np.zeros(n)
    levels: list[SharedLevel] = []
    finished = True
    while finished and not settled.all():
        level, finished, shares = _raise_least(mixture, counts, settled, least)
        worst = float(shares[~settled].min())
        new = _shown(level, settled, least, worst)
        least[new] = worst
        settled |= new
        levels.append(level)
    if not finished:
        made = np.array(mixture.answers[: len(mixture.shares)])
        least = counts @ (mixture.shares @ made)
    mixture.keep(sparse.csr_array(counts), least, room=NONE)
    return levels, finished


def _shown(
    level: SharedLevel, settled: NDArray[np.bool_], least: NDArray[np.float64], worst: float
) -> NDArray[np.bool_]:
    """Which counts have the level and no more; those of the largest weight always."""
    own = np.where(settled, 0.0, level.weights)
    left = level.most - float(level.weights[settled] @ least[settled]) - float(own.sum()) * worst
    enough = own * ABOVE >= left if worst < 1.0 - ABOVE else own > 0
    return np.asarray((own > 0) & (enough | (own == own.max())), dtype=np.bool_)


def _raise_least(
    mixture: Mixture,
    counts: sparse.csr_array,
    settled: NDArray[np.bool_],
    least: NDArray[np.float64],
) -> tuple[SharedLevel, bool, NDArray[np.float64]]:
    """Settle one level; also whether it is shown, and what each count has.

    The multipliers of few answers weigh few counts, and the answers that they ask for help nobody
    else. So three weights are tried: all who share alike, each set of them once; how seldom each
    was counted in the answers so far (fictitious play); the multipliers where that raises nothing.
    """
    tried = np.zeros(len(settled))
    shown, reach = SharedLevel((~settled).astype(np.float64), float(np.sum(~settled))), 1.0
    while True:
        made = counts @ np.array(mixture.answers).T
        weights, mixture.shares = _weigh(made, settled, least)
        shares = made @ mixture.shares
        worst = float(shares[~settled].min())
        if worst >= 1.0 - NOTHING:
            rest = (~settled).astype(np.float64)
            return SharedLevel(rest, float(rest.sum())), True, shares
        alike = (shares <= worst + NOTHING).astype(np.float64)
        alike[settled] = least[settled] <= worst
        often = made.mean(axis=1)
        seldom = np.maximum(np.where(settled, least, often.max()) - often, 0.0) + FILLING
        grown = False
        for one in (alike, seldom, weights):
            if (grown and one is weights) or (one is alike and (alike == tried).all()):
                continue
            try:
                answer = mixture.best(counts.T @ one)
            except SolverError:
                return shown, False, shares
            size = float(one[~settled].sum())
            limit = (answer.bound - float(one[settled] @ least[settled])) / size
            if limit < reach:
                shown, reach = SharedLevel(one, answer.bound), limit
            if limit <= worst + NOTHING:
                return shown, True, shares
            reached = counts @ answer.values
            gain = float(weights @ (reached - shares)) > NOTHING * float(weights[~settled].sum())
            if gain or one is seldom:
                mixture.answers.append(answer.values)
            grown |= gain
            tried = alike
        if not grown or mixture.is_over():
            return shown, False, shares


def _weigh(
    made: NDArray[np.float64], settled: NDArray[np.bool_], least: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights of the counts, the largest 1, and shares of the answers: largest least count."""
    free = (~settled).astype(np.float64)
    rows = np.hstack([-made, free[:, None]])
    costs = np.zeros(rows.shape[1])
    costs[-1] = -1.0
    ones = np.ones((1, len(costs)))
    ones[0, -1] = 0.0
    found = solve_mixture(
        costs, A_ub=rows, b_ub=np.where(settled, -least + NONE, 0.0), A_eq=ones, b_eq=np.ones(1)
    )
    weights = np.maximum(-found.ineqlin.marginals, 0.0)
    weights /= weights.max()
    weights[weights < NONE] = 0.0
    shares = np.maximum(found.x[:-1], 0.0)
    return weights, shares / shares.sum()
