"""Reading blocks of scores off a plan, tile by tile."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.criteria.fitted import Fitted, Floats, Positions
    from mentormatch.criteria.plan import Combination, Own, Plan

__all__ = ["read_block"]

# A tile of this many values, 1 MiB in float32, stays in the second-level cache.
TILE_VALUES = 2**18
# numpy and scipy let go of the interpreter while they compute; more workers starve the memory.
WORKERS = min(4, os.cpu_count() or 1)
WORTH_THREADS = 2**19


def read_block(plan: Plan, combination: Combination, rows: Positions) -> Floats:
    """Scores (rows, mentors) in a new array; −∞ where a rule forbids, if masked."""
    block = np.empty((len(rows), plan.shape[1]), dtype=plan.dtype)
    widest = max(t.stop - t.start for t in plan.tiles)
    step = max(1, TILE_VALUES // max(1, widest))
    chunks = [slice(start, start + step) for start in range(0, len(rows), step)]

    def fill(some: slice) -> None:
        _read(plan, combination, rows[some], block[some])

    # What is cut does not depend on how many workers there are, so neither does any value.
    with _one_thread_per_product() if plan.dense else nullcontext():
        if block.size < WORTH_THREADS or WORKERS == 1 or len(chunks) == 1:
            for some in chunks:
                fill(some)
        else:
            with ThreadPoolExecutor(WORKERS) as pool:
                list(pool.map(fill, chunks))
    if combination.masked and plan.listed.nnz:
        listed = plan.listed[rows].tocoo()
        block[listed.row, listed.col] = -np.inf
    return block


@cache
def _products() -> Any:
    """Control over the threads of matrix products; None without threadpoolctl."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def _one_thread_per_product() -> AbstractContextManager[Any]:
    """Keep products on the thread that asks: for a tile, waiting for others is not worth it."""
    products = _products()
    return nullcontext() if products is None else products.limit(limits=1, user_api="blas")


def _read(plan: Plan, combination: Combination, rows: Positions, block: Floats) -> None:
    """Fill a block that is narrow enough for its tiles to stay in the cache."""
    left, dense = combination.left[rows], combination.dense[rows]
    known = None if combination.known is None else combination.known[rows]
    opened = [
        (
            own,
            own.reader.open(rows),
            combination.weights[own.owner] if own.owner is not None else 0.0,
        )
        for own in plan.own
        if (combination.masked and own.limit is not None)
        or (own.owner is not None and combination.weights[own.owner])
    ]
    for k, columns in enumerate(plan.tiles):
        tile = left @ plan.right[k]
        if dense.shape[1]:
            tile += dense @ plan.dense_right[k]
        weight = None if known is None else known @ plan.right[k]
        for own, state, share in opened:
            limit = own.limit if combination.masked else None
            _add_own(
                plan, tile, weight, own, own.reader.tile(state, k), (rows, columns), limit, share
            )
        if weight is not None:
            # Far below the smallest weight is 0: float sums of all weights, less all weights.
            nothing = weight < combination.weights[combination.weights > 0].min() / 2
            np.divide(tile, weight, out=tile, where=~nothing)
            # Where nothing is known, everything is as good as missing under "neutral".
            tile[nothing & (tile > -np.inf)] = 0.5
        block[:, columns] = tile


def _add_own(
    plan: Plan,
    tile: Floats,
    weight: Floats | None,
    own: Own,
    raw: Any,
    where: tuple[Positions, slice],
    limit: float | None,
    share: float,
) -> None:
    """Add a block of its own to a tile, and mask what is below its limit."""
    rows, columns = where
    one = own.fitted
    values, below = one.finish(raw, rows, columns, limit, tile.dtype)
    near = np.flatnonzero(one.mentee_missing[rows])
    far = np.flatnonzero(one.mentor_missing[columns])
    if below is not None:
        below[near] = False
        below[:, far] = False
    if share:
        values[near] = plan.fill
        values[:, far] = plan.fill
        if one.missing_by_pair:
            _fill_unknown(plan, values, weight, one, (near, far), share)
        values *= share
        tile += values
    if below is not None:
        _forbid(tile, below)


def _fill_unknown(
    plan: Plan,
    values: Floats,
    weight: Floats | None,
    one: Fitted,
    missing: tuple[Positions, Positions],
    share: float,
) -> None:
    """Fill in values that are missing although both cells are not."""
    unknown = np.isnan(values)
    if unknown.any():
        if plan.missing == "error":
            raise CriterionError(
                f"{one.criterion.label} gave a missing value (NaN), and missing='error' allows "
                "none."
            )
        values[unknown] = plan.fill
    if weight is not None:
        # The product has counted all of it as known.
        unknown[missing[0]] = True
        unknown[:, missing[1]] = True
        weight -= unknown * weight.dtype.type(share)


def _forbid(tile: Floats, below: NDArray[np.bool_]) -> None:
    """Set a tile to −∞ where ``below``; a masked copy of scattered pairs is ten times slower."""
    forbidden = (~below).astype(tile.dtype)
    with np.errstate(divide="ignore"):
        np.divide(-1, forbidden, out=forbidden)
    forbidden += 1
    tile += forbidden
