"""The linear program of a problem with side rules: every constraint with its price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import prove_with_rules, upper_bound
from mentormatch.solvers.flows.integers import FINEST_STEPS
from mentormatch.solvers.programs.refining import can_shrink
from mentormatch.strategies.total.side_chain import Chain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.certificates import Multipliers
    from mentormatch.matching import Certificate
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.strategies.staged.open_pairs import OpenPairs, ReducedCosts

__all__ = ["Linear", "solve_linear_chain"]

# What a flow may round a score by, in units of the largest: as much is left to a linear program.
STEP = 1 / FINEST_STEPS


@dataclass(frozen=True, eq=False)
class Linear:
    """The result of the chain of linear programs of a problem.

    What a matching loses at least by making a pair is what ``charges`` ask beyond the pair's score.
    """

    chain: Chain  # the last of them
    chosen: NDArray[np.intp]  # positions of the pairs of the last vertex, rounded
    certificate: Certificate | None  # where the vertex is integral and its prices prove it
    stages: tuple[Multipliers, ...]  # multipliers of every constraint, as in ``total``
    total: Multipliers
    bound: float  # on the total with all stages reached, recomputed from the prices
    charges: ReducedCosts

    @property
    def pairs(self) -> OpenPairs:
        """Those that were looked at; no other can matter at the prices."""
        return self.chain.pairs

    @property
    def reached(self) -> tuple[int, ...]:
        """What each earlier stage can reach at most."""
        return self.chain.reached


def solve_linear_chain(pairs: OpenPairs, deadline: Deadline) -> Linear | None:
    """Solve a chain of linear programs and prove its last vertex; None where there is none.

    Stage by stage: the coverage of each class, the pairs, the total, each keeping what the earlier
    ones reached. There is none when time was over, or where fractions reach a count that, rounded
    down, they cannot meet exactly. Raises InfeasibleError where not even fractions of pairs satisfy
    all rules.
    """
    chain = Chain(pairs, (), deadline)
    problem = pairs.problem
    stages: list[Multipliers] = []
    for k in range(len(chain.counts)):
        settled = chain.settle(k)
        if settled is None:
            return None
        chain, found = settled
        stages.append(chain.multipliers(found.prices, counted=k))
        reached = int(np.floor(found.objective + 1e-6))
        chain = Chain(chain.pairs, (*chain.reached, reached), deadline)
    total = _settle_total(chain, stages)
    if total is None:
        return None
    classes = problem.n_classes
    covered = np.array(chain.reached[:classes] or [0] * classes)
    filled = chain.reached[-1] if len(chain.reached) > classes else int(covered.sum())
    chain, certificate = total.chain, total.certificate
    multipliers = chain.multipliers(total.prices)
    return Linear(
        chain,
        total.chosen,
        certificate if certificate is not None and certificate.proven else None,
        tuple(stages),
        multipliers,
        upper_bound(problem, multipliers, covered, filled) - pairs.pinned_total,
        chain.charges(total.prices),
    )


@dataclass(frozen=True, eq=False)
class Total:
    """The last vertex of a chain: pairs, prices of the rows in units of score, what they prove."""

    chain: Chain
    chosen: NDArray[np.intp]
    prices: NDArray[np.float64]
    certificate: Certificate | None


def _settle_total(chain: Chain, stages: Sequence[Multipliers]) -> Total | None:
    """The best total, as fine as its proof needs; None where `Chain.settled` has none.

    HiGHS keeps a tolerance in units of the largest value. Where that is more than all that is made,
    what is left undecided is solved again.
    """
    known, last = np.zeros(len(chain.program.low)), np.inf
    best: Total | None = None
    while True:
        settled = chain.settle(None, known, last)
        if settled is None:
            return best
        chain, found = settled
        count = len(chain.pairs)
        chosen = np.flatnonzero(found.values[:count] > 0.5)
        certificate = None
        if found.is_integral and chain.pairs.keeps_rules(chosen):
            total = chain.multipliers(found.prices)
            certificate = prove_with_rules(chain.pairs.matching(chosen), stages, total)
        best = Total(chain, chosen, found.prices, certificate)
        if certificate is None or not can_shrink(certificate.gap, last):
            return best
        size = float(np.abs(chain.pairs.scores).max(initial=0.0))
        if certificate.proven and certificate.gap <= STEP * size * len(chosen):
            return best
        known, last = found.prices, certificate.gap
