"""The welfare of what mentees get: linear in the pairs, in whole steps, as flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.proofs.flow_stages import STEEP, Welfare, Within, smallest_positive
from mentormatch.strategies.flows.bottleneck import bottleneck
from mentormatch.strategies.flows.chain import largest_weight

if TYPE_CHECKING:
    from mentormatch.certificates import OptimalFace
    from mentormatch.strategies.flows.chain import FlowChain
    from mentormatch.strategies.staged.stages import LargestWelfare

__all__ = ["raise_welfare"]


def raise_welfare(chain: FlowChain, stage: LargestWelfare) -> None:
    """Settle who gets more than 0, where that counts first, then the welfare.

    At α ≥ 2 scores whose costs are less than a step beside those of the worst-off are told apart by
    stages of their own.
    """
    alpha, above = stage.alpha, 0.0
    if alpha >= 1 and bool((chain.face.scores <= 0).any()):
        chain.keep(Within(-np.inf, 0.0))
    if alpha > 1:
        _leave_out_useless(chain, alpha)
    while (weights := _whole_steps(chain.face, alpha, above)) is not None:
        if chain.options.deadline.has_passed:
            chain.finished = False
            return
        chain.keep(weights)
        rest = _not_told_apart(chain.face, weights)
        if rest is None:
            return
        above = rest


def _leave_out_useless(chain: FlowChain, alpha: float) -> None:
    """Take away pairs of a score so low that one of them costs more than all of a fair matching.

    Where everybody can have t, all n of them cost at most n·t^(1−α): no pair at or below
    t·n^(−1/(α−1)) is in a best matching, and none of these must take digits from the others.
    """
    face = chain.face
    found = bottleneck(face, face.scores, 0.0)
    if found is None or found.level <= 0:
        return
    scores = face.free_scores()
    reach = found.level * (len(face.scores) + 1.0) ** (-1 / (alpha - 1))
    low = scores[(scores > 0) & (scores < reach * (1 - 1e-9))]
    if len(low):
        chain.leave_out(Within(0.0, float(low.max())), at_hand=False)


def _whole_steps(face: OptimalFace, alpha: float, above: float) -> Welfare | None:
    """The welfare in the finest steps that whole numbers have room for; None when all are equal."""
    # Welfare rises with the score wherever it is not 0: its extremes are those of the scores.
    scores = face.free_scores()
    some = scores[(scores >= 0) if alpha < 1 else (scores > above)]
    if not len(some):
        return None
    unit = smallest_positive(some)
    ends = Welfare(alpha, 1.0, unit, above).exact(np.array([some.min(), some.max()]))
    size = float(np.abs(ends).max())
    if size == 0:
        return None
    # The most digits that whole numbers have room for.
    return Welfare(alpha, size / largest_weight(face), unit, above)


def _not_told_apart(face: OptimalFace, weights: Welfare) -> float | None:
    """The score above which all round to no step at all, where that leaves a choice; else None."""
    if weights.alpha < STEEP:
        return None
    scores = np.unique(face.free_scores())
    scores = scores[scores > weights.above]
    lost = scores[weights.of(scores) == 0]
    if len(lost) < 2:
        return None
    counted = scores[scores < lost[0]]
    return float(counted[-1]) if len(counted) else None
