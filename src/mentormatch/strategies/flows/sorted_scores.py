"""The sorted scores, the lowest first: level after level, many levels in one flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.proofs.flow_stages import Levels, Within, to_levels
from mentormatch.strategies.flows.bottleneck import bottleneck
from mentormatch.strategies.flows.chain import largest_weight

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates import OptimalFace
    from mentormatch.strategies.flows.chain import FlowChain
    from mentormatch.strategies.staged.stages import SortedScores

__all__ = ["raise_sorted_scores"]

# The lowest levels of a block are looked for among this many pairs.
NEXT_PAIRS = 4096


def raise_sorted_scores(chain: FlowChain, stage: SortedScores) -> None:
    """Settle level after level, the lowest first.

    Each round jumps to the highest level that can be kept, then counts the next levels together in
    one flow whose costs are whole numbers.
    """
    settled, resolution = -np.inf, stage.resolution
    while not _decided(chain.face):
        if chain.options.deadline.has_passed:
            chain.finished = False
            return
        levels = to_levels(chain.face.scores, resolution)
        found = bottleneck(chain.face, levels, settled)
        if found is None:
            return
        # Of many stages only what is needed to prove them again is held.
        if bool(((levels > settled) & (levels < found.level)).any()):
            below = float(np.nextafter(found.level, -np.inf))
            chain.leave_out(Within(settled, below, resolution), at_hand=False)
            levels = to_levels(chain.face.scores, resolution)
        block = _block(levels, found.level, largest_weight(chain.face), resolution)
        chain.keep(block, at_hand=False)
        settled = float(block.levels[-1])
        chain.options.tell("leximin", stages=len(chain.links), settled_up_to=settled)


def _decided(face: OptimalFace) -> bool:
    """Every mentee has a mentor for certain, and all its pairs have one score."""
    open_pairs = ~np.isnan(face.scores)
    some = np.asarray(open_pairs.any(axis=1))
    low = np.where(open_pairs, face.scores, np.inf).min(axis=1, initial=np.inf)
    high = np.where(open_pairs, face.scores, -np.inf).max(axis=1, initial=-np.inf)
    pinned = np.zeros(len(some), dtype=bool)
    pinned[face.problem.pinned[:, 0]] = True
    settled = face.must & (low == high)
    return bool((pinned | settled | ~some).all())


def _block(
    levels: NDArray[np.float64], first: float, largest: int, resolution: float | None
) -> Levels:
    """As many levels from ``first`` upwards as whole numbers have room for, and their costs."""
    # NaN compares False, so pairs outside the face stay out.
    values = levels[levels >= first]
    if len(values) > NEXT_PAIRS:
        last = np.partition(values, NEXT_PAIRS)[NEXT_PAIRS]
        nearby = values[values < last] if last > first else np.array([first])
        steps = np.unique(nearby)
    else:
        steps = np.unique(values)
    rows, columns = np.nonzero((levels >= first) & (levels <= steps[-1]))
    place = np.searchsorted(steps, levels[rows, columns])
    people = np.unique(place * len(levels) + rows) // len(levels)
    members = np.bincount(people, minlength=len(steps))
    # A level must cost more than everybody at all later levels together.
    kept, room = 1, 1
    while kept < len(steps) and room * (int(members[kept]) + 1) <= largest:
        room *= int(members[kept]) + 1
        kept += 1
    costs = np.ones(kept)
    for k in range(kept - 2, -1, -1):
        costs[k] = costs[k + 1] * (members[k + 1] + 1)
    return Levels(steps[:kept], costs, resolution)
