"""Reading blocks of scores off a plan, tile by tile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.criteria.fitted import forbid
from mentormatch.criteria.products import rows_of, span_of
from mentormatch.errors import CriterionError
from mentormatch.workers import in_parallel

if TYPE_CHECKING:
    from mentormatch.criteria.fitted import Fitted, Floats, Positions
    from mentormatch.criteria.plan import Combination, Own, Plan

__all__ = ["read_block"]

# A tile of this many values, 1 MiB in float32: fewer, and calls cost more than what they compute.
TILE_VALUES = 2**18
WORTH_THREADS = 2**17


@dataclass(frozen=True, eq=False)
class Opened:
    """Some mentees of a block, with their rows of everything that is multiplied or looked up."""

    block: slice
    rows: Positions
    profiles: tuple[tuple[Positions, tuple[Floats, ...]], ...]
    left: Any
    dense: Floats
    known: Floats | None
    own: tuple[tuple[Own, Any, float], ...]


def read_block(
    plan: Plan, combination: Combination, rows: Positions, columns: slice | None = None
) -> Floats:
    """Scores (rows, mentors) in a new array; −∞ where a rule forbids, if masked.

    ``columns``: only mentors that follow one another; the tiles they lie in are computed whole.
    """
    tiles, edges = _tiles_of(plan, columns)
    block = np.empty((len(rows), edges.stop - edges.start), dtype=plan.dtype)
    widest = max(t.stop - t.start for t in plan.tiles)
    step = max(1, TILE_VALUES // max(1, widest))
    span = span_of(rows)
    chunks = [
        _opened(plan, combination, rows, span, slice(start, min(start + step, len(rows))))
        for start in range(0, len(rows), step)
    ]
    # Tile by tile, so that what a tile needs of B is fetched once.
    tasks = [(opened, k) for k in tiles for opened in chunks]

    def fill(task: tuple[Opened, int]) -> None:
        opened, k = task
        here = slice(plan.tiles[k].start - edges.start, plan.tiles[k].stop - edges.start)
        _fill(plan, combination, opened, k, block[opened.block, here])

    if block.size < WORTH_THREADS:
        for task in tasks:
            fill(task)
    else:
        in_parallel(fill, tasks)
    if combination.masked and plan.listed.nnz:
        listed = rows_of(plan.listed, span)
        line, place = np.repeat(np.arange(len(rows)), np.diff(listed.indptr)), listed.indices
        if columns is not None:
            inside = (place >= edges.start) & (place < edges.stop)
            line, place = line[inside], place[inside] - edges.start
        block[line, place] = -np.inf
    if columns is None:
        return block
    return block[:, columns.start - edges.start : columns.stop - edges.start]


def _tiles_of(plan: Plan, columns: slice | None) -> tuple[range, slice]:
    """The tiles that some mentors lie in, and where the first of them begins and the last ends."""
    if columns is None:
        return range(len(plan.tiles)), slice(0, plan.shape[1])
    inside = [
        k for k, t in enumerate(plan.tiles) if t.start < columns.stop and columns.start < t.stop
    ]
    if not inside:
        return range(0), slice(columns.start, columns.start)
    tiles = range(inside[0], inside[-1] + 1)
    return tiles, slice(plan.tiles[tiles[0]].start, plan.tiles[tiles[-1]].stop)


def _opened(
    plan: Plan,
    combination: Combination,
    rows: Positions,
    span: slice | Positions,
    block: slice,
) -> Opened:
    """Take the rows of some mentees of a block, given as positions and, if possible, a slice."""
    weights = combination.weights
    if isinstance(span, slice):
        some: slice | Positions = slice(span.start + block.start, span.start + block.stop)
    else:
        some = span[block]
    return Opened(
        block=block,
        rows=rows[block],
        profiles=tuple((codes[some], tiles) for codes, tiles in combination.lookups),
        left=None if combination.left is None else rows_of(combination.left, some),
        dense=combination.dense[some],
        known=None if combination.known is None else combination.known[some],
        own=tuple(
            (
                own,
                own.reader.open(some),
                0.0 if own.owner is None else float(weights[own.owner]),
            )
            for own in plan.own
            if (combination.masked and own.limit is not None)
            or (own.owner is not None and weights[own.owner])
        ),
    )


def _fill(plan: Plan, combination: Combination, opened: Opened, k: int, out: Floats) -> None:
    """Compute the scores of some mentees with the mentors of one tile."""
    tile = np.matmul(opened.dense, plan.dense_right[k])
    if opened.left is not None:
        tile += opened.left @ plan.right[k]
    weight = None if opened.known is None else opened.known @ plan.presence[k]
    for own, state, share in opened.own:
        limit = own.limit if combination.masked else None
        raw, where = own.reader.tile(state, k), (opened.rows, plan.tiles[k])
        if own.fitted.zero_when_missing:
            own.fitted.add(tile, raw, where, limit, share)
        else:
            _add_own(plan, tile, weight, own, raw, where, limit, share)
    for codes, tiles in opened.profiles[1:]:
        tile += _looked_up(codes, tiles[k])
    if opened.profiles:
        # The last of the sums goes where it belongs, which saves a copy.
        codes, tiles = opened.profiles[0]
        np.add(tile, _looked_up(codes, tiles[k]), out=out)
    else:
        out[:] = tile
    if weight is not None:
        # Far below the smallest weight is 0: float sums of all weights, less all weights.
        nothing = weight < combination.weights[combination.weights > 0].min() / 2
        np.divide(out, weight, out=out, where=~nothing)
        # Where nothing is known, everything is as good as missing under "neutral".
        out[nothing & (out > -np.inf)] = 0.5


def _looked_up(codes: Positions, table: Floats) -> Floats:
    # "clip", as "raise" would copy through a buffer; every code is a row.
    return np.take(table, codes, axis=0, mode="clip")


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
        forbid(tile, below)


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
