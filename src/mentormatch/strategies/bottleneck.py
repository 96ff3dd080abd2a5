"""The highest score that nobody has to fall below, by bisection over levels with maximum flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates import Multipliers, cut_multipliers, recover_multipliers
from mentormatch.errors import InfeasibleError
from mentormatch.solvers.arcs import check_minimums
from mentormatch.solvers.stages import reach_stages
from mentormatch.stages import Within
from mentormatch.strategies.chain import solve_stage
from mentormatch.strategies.optimal import transport_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates import Face
    from mentormatch.solvers import Transport

__all__ = ["Bottleneck", "bottleneck", "refutation"]


class Bottleneck(NamedTuple):
    """The highest level that can be kept.

    Parameters
    ----------
    level
        In units of score.
    coverage
        int64 array (classes of the face,): mentees with a mentor, pinned ones included.
    """

    level: float
    coverage: NDArray[np.int64]


def bottleneck(
    face: Face, levels: NDArray[np.float64], above: float = -np.inf
) -> Bottleneck | None:
    """The highest level t such that no pair with a level in (above, t) is needed.

    Parameters
    ----------
    face
        What the earlier stages left.
    levels
        float64 array (mentees, mentors of the face): the levels of the pairs, NaN outside.
    above
        Pairs up to this level stay as they are.

    Returns
    -------
    Bottleneck or None
        None when no pair above ``above`` is left to choose.
    """
    transport = transport_of(face.stage(None))
    free = (transport.demand > 0)[:, None] & (transport.capacity > 0)
    pinned = face.problem.pinned
    open_pairs = ~np.isnan(levels) & free
    open_pairs[pinned[:, 0], pinned[:, 1]] = False
    settled = open_pairs & (levels <= above)
    moving = open_pairs & ~settled
    values = levels[moving]
    if not len(values):
        return None
    fixed_i, fixed_j = np.nonzero(settled)
    moving_i, moving_j = np.nonzero(moving)

    def reached(kept: NDArray[np.bool_]) -> NDArray[np.int64] | None:
        mentees = np.concatenate([fixed_i, moving_i[kept]])
        mentors = np.concatenate([fixed_j, moving_j[kept]])
        try:
            check_minimums(transport, mentees, mentors)
        except InfeasibleError:
            return None
        return np.cumsum(reach_stages(transport, mentees, mentors).coverage)

    limit = _most(transport)
    # Few of the highest pairs are usually enough; four times as many each time they are not.
    count = min(len(values), 4 * int(transport.demand.sum()) + 16)
    target: NDArray[np.int64] | None
    while True:
        floor = float(np.partition(values, len(values) - count)[len(values) - count])
        found = reached(values >= floor)
        if count == len(values) or (found is not None and np.array_equal(found, limit)):
            target = found
            break
        count = min(len(values), 4 * count)
    if target is None:
        raise InfeasibleError("the minimums cannot be met")
    steps = np.unique(values[values >= floor])
    low, high = 0, len(steps)
    while high - low > 1:
        middle = (low + high) // 2
        found = reached(values >= steps[middle])
        if found is not None and np.array_equal(found, target):
            low = middle
        else:
            high = middle
    if low == len(steps) - 1:
        # Even the highest may be unnecessary: then nobody is matched above.
        found = reached(np.zeros(len(values), dtype=bool))
        if found is not None and np.array_equal(found, target):
            return None
    pinned_too = np.bincount(transport.classes[transport.covered], minlength=len(limit))
    return Bottleneck(float(steps[low]), np.diff(target, prepend=0) + pinned_too)


def _most(transport: Transport) -> NDArray[np.int64]:
    """More mentees than this cannot be covered, by prefix of classes."""
    once = (transport.demand > 0) & ~transport.covered
    counts = np.bincount(
        transport.classes[once], minlength=int(transport.classes.max(initial=0)) + 1
    )
    return np.minimum(np.cumsum(counts), int(transport.capacity.sum())).astype(np.int64)


def refutation(face: Face, found: Bottleneck) -> Multipliers:
    """Multipliers which show that somebody has to be at the level that was found, or below.

    Parameters
    ----------
    face
        What the earlier stages left.
    found
        Its bottleneck.
    """
    if not face.minimum.any():
        higher = solve_stage(face.without(face.scores <= found.level), "flow").matching
        return cut_multipliers(higher, found.coverage)
    # Minimums can be what forces somebody down: then the prices of the count itself tell.
    return recover_multipliers(solve_stage(face.stage(Within(-np.inf, found.level))).matching)
