"""The highest score that nobody has to fall below, by bisection over levels with maximum flow."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates import cut_multipliers
from mentormatch.errors import InfeasibleError
from mentormatch.solvers.arcs import check_minimums
from mentormatch.solvers.stages import reach_stages
from mentormatch.stages import Within
from mentormatch.strategies.chain import solve_stage
from mentormatch.strategies.optimal import transport_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates import Face, Multipliers
    from mentormatch.solvers import Transport

# Pairs of each mentee that a first try at a level looks at.
FEW_PAIRS = 24

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

    def reached(kept: NDArray[np.intp]) -> NDArray[np.int64] | None:
        mentees = np.concatenate([fixed_i, moving_i[kept]])
        mentors = np.concatenate([fixed_j, moving_j[kept]])
        try:
            check_minimums(transport, mentees, mentors)
        except InfeasibleError:
            return None
        return np.cumsum(reach_stages(transport, mentees, mentors).coverage)

    draws = np.random.default_rng(0).random(len(values), dtype=np.float32)

    def some_of(kept: NDArray[np.intp]) -> NDArray[np.intp]:
        # About as many pairs for everybody as a flow needs to get through, drawn at random.
        rows = moving_i[kept]
        return kept[draws[kept] * np.bincount(rows, minlength=len(levels))[rows] < FEW_PAIRS]

    limit = _most(transport)
    # Few of the highest pairs are usually enough; twice as many each time they are not.
    count = min(len(values), 8 * int(transport.demand.sum()) + 16)
    sample = np.sort(values[:: max(1, len(values) // 1_000_000)])
    target: NDArray[np.int64] | None
    while True:
        everything = count == len(values)
        floor = float(sample[0 if everything else -max(1, count * len(sample) // len(values))])
        floor = float(values.min()) if everything else floor
        kept = np.flatnonzero(values >= floor)
        found = reached(kept if everything else some_of(kept))
        if everything or (found is not None and np.array_equal(found, limit)):
            target = found
            break
        count = min(len(values), 2 * count)
    if target is None:
        raise InfeasibleError("the minimums cannot be met")
    moving_i, moving_j = moving_i[kept], moving_j[kept]
    values, draws = values[kept], draws[kept]
    steps = np.unique(values)
    low, high = 0, len(steps)
    if target[-1] == np.count_nonzero((transport.demand > 0) & ~transport.covered):
        # Nobody can have more than its best; when all are to be covered, that bounds the level.
        best = np.where(open_pairs, levels, -np.inf).max(axis=1, initial=-np.inf)
        limited = float(best[transport.demand > 0].min(initial=np.inf))
        high = min(high, max(1, int(np.searchsorted(steps, limited, side="right"))))

    def keeps(place: int, *, all_pairs: bool) -> bool:
        kept = np.flatnonzero(values >= steps[place])
        found = reached(kept if all_pairs else some_of(kept))
        return found is not None and np.array_equal(found, target)

    # What some of the pairs reach, all of them reach: so only the end needs all of them.
    top = high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if keeps(middle, all_pairs=False) else (low, middle)
    step, high = 1, top
    while low + step < high and keeps(low + step, all_pairs=True):
        low, step = low + step, 2 * step
    high = min(high, low + step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if keeps(middle, all_pairs=True) else (low, middle)
    if low == len(steps) - 1:
        # Even the highest may be unnecessary: then nobody is matched above.
        found = reached(np.empty(0, dtype=np.intp))
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
        higher = solve_stage(face.without(face.scores <= found.level)).matching
        return cut_multipliers(higher, found.coverage)
    # Minimums can be what forces somebody down: then the prices of the count itself tell.
    return solve_stage(face.stage(Within(-np.inf, found.level))).whole_multipliers()
