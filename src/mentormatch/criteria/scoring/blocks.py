"""Reading blocks of scores off a plan, tile by tile."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.criteria.interface.buffers import borrow_buffers
from mentormatch.criteria.interface.fitted import forbid
from mentormatch.criteria.interface.products import lines_of
from mentormatch.errors import CriterionError
from mentormatch.threads import run_parallel, run_serial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Floats, Positions
    from mentormatch.criteria.interface.buffers import Buffers
    from mentormatch.criteria.interface.fitted import Fitted
    from mentormatch.criteria.interface.products import Lines
    from mentormatch.criteria.scoring.plan import BlockCriterion, Combination, Plan

__all__ = ["read_block", "read_tiles"]

# A tile of this many values, 1 MiB in float32: fewer, and calls cost more than what they compute.
# With many tiles for each mentee a larger one, as fetching another tile of B takes long.
TILE_VALUES = 2**18
MANY_TILES, LARGE_TILE = 8, 2**19
# Nor more rows, as some are dense on the way.
MOST_ROWS = 2048
WORTH_THREADS = 2**17


class Opened(NamedTuple):
    """Some mentees, with their rows of everything that is multiplied."""

    rows: Positions
    codes: Positions | None
    products: tuple[Lines, ...]
    dense: Floats
    known: Floats | None
    own: tuple[object, ...]
    listed: Lines | None

    def cut(self, combination: Combination, some: slice) -> Opened:
        """Some of them; the slice needs a start and a stop."""
        return Opened(
            rows=self.rows[some],
            codes=None if self.codes is None else self.codes[some],
            products=tuple(left.cut(some) for left in self.products),
            dense=self.dense[some],
            known=None if self.known is None else self.known[some],
            own=tuple(
                own.reader.cut(state, some)
                for (own, _, _), state in zip(combination.own, self.own, strict=True)
            ),
            listed=None if self.listed is None else self.listed.cut(some),
        )


def read_block(
    plan: Plan, combination: Combination, span: slice | Positions, columns: slice | None = None
) -> Floats:
    """Scores (rows, mentors) in a new array; −∞ where a rule forbids, if masked.

    The mentees are positions, or a slice with a start and a stop. ``columns``: only mentors that
    follow one another; the tiles they lie in are computed whole.
    """
    tiles, edges = _tiles_of(plan, columns)
    n = _height(span)
    block = np.empty((n, edges.stop - edges.start), dtype=plan.dtype)
    parts = _parts_of(plan, n)
    # Tile by tile, so that what a tile needs of B is fetched once.
    tasks = [(some, k) for k in tiles for some in parts]
    # Positions are gathered once; rows of a slice are taken by the thread that needs them.
    gathered = None if isinstance(span, slice) else _open_rows(plan, combination, span)
    first = span.start if isinstance(span, slice) else 0

    def fill(task: tuple[slice, int]) -> None:
        some, k = task
        if gathered is None:
            rows = slice(first + some.start, first + some.stop)
            opened = _open_rows(plan, combination, rows)
        else:
            opened = gathered.cut(combination, some)
        here = slice(plan.tiles[k].start - edges.start, plan.tiles[k].stop - edges.start)
        with borrow_buffers() as buffers:
            _fill(plan, combination, opened, k, block[some, here], buffers)
        if opened.listed is not None:
            _forbid_listed(block[some, here], *_by_column(opened.listed), plan.tiles[k])

    if block.size < WORTH_THREADS:
        run_serial(fill, tasks)
    else:
        run_parallel(fill, tasks)
    if columns is None:
        return block
    return block[:, columns.start - edges.start : columns.stop - edges.start]


def read_tiles(
    plan: Plan, combination: Combination, span: slice | Positions, tiles: Sequence[int]
) -> Iterator[Floats]:
    """Scores of some mentees with the mentors of one tile after the other, on this thread.

    Each is a new array (rows, mentors of the tile), to be looked at while it is in the cache.
    """
    opened = _open_rows(plan, combination, span)
    n = _height(span)
    parts = [(some, opened.cut(combination, some)) for some in _parts_of(plan, n)]
    listed = None if opened.listed is None else _by_column(opened.listed)
    for k in tiles:
        block = np.empty((n, plan.tiles[k].stop - plan.tiles[k].start), dtype=plan.dtype)
        with borrow_buffers() as buffers:
            for some, lines in parts:
                _fill(plan, combination, lines, k, block[some], buffers)
        if listed is not None:
            _forbid_listed(block, *listed, plan.tiles[k])
        yield block


def _height(span: slice | Positions) -> int:
    return span.stop - span.start if isinstance(span, slice) else len(span)


def _parts_of(plan: Plan, n: int) -> list[slice]:
    """Cut rows into parts of one height, so that none is waited for."""
    widest = max(t.stop - t.start for t in plan.tiles)
    most = TILE_VALUES if len(plan.tiles) < MANY_TILES else LARGE_TILE
    step = max(1, min(most // max(1, widest), MOST_ROWS))
    count = -(-n // step)
    return [slice(n * part // count, n * (part + 1) // count) for part in range(count)]


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


def _open_rows(plan: Plan, combination: Combination, some: slice | Positions) -> Opened:
    """Take the rows of a block; of a slice, nothing is copied."""
    return Opened(
        rows=np.arange(some.start, some.stop) if isinstance(some, slice) else some,
        codes=None if combination.start is None else combination.start.codes[some],
        products=tuple([lines_of(left, some) for left, _ in combination.products]),
        dense=combination.dense[some],
        known=None if combination.known is None else combination.known[some],
        own=tuple([own.reader.open(some) for own, _, _ in combination.own]),
        listed=lines_of(plan.listed, some) if combination.masked and plan.listed.nnz else None,
    )


def _fill(
    plan: Plan, combination: Combination, opened: Opened, k: int, out: Floats, buffers: Buffers
) -> None:
    """Compute the scores of some mentees with the mentors of one tile."""
    # Sparse products need a tile without gaps between its rows.
    tile = out if out.flags.c_contiguous else buffers.array("tile", out.shape, out.dtype)
    if combination.start is None or opened.codes is None:
        np.matmul(opened.dense, plan.dense_right[k], out=tile)
    else:
        # Positions are inside; with another mode it would go through a copy.
        np.take(combination.start.tiles[k], opened.codes, axis=0, out=tile, mode="clip")
    for left, (_, tiles) in zip(opened.products, combination.products, strict=True):
        left.add_product(tiles[k], tile)
    weight = None if opened.known is None else opened.known @ plan.presence[k]
    for state, (own, share, limit) in zip(opened.own, combination.own, strict=True):
        raw, where = own.reader.tile(state, k, buffers), (opened.rows, plan.tiles[k])
        if own.fitted.zero_when_missing:
            own.fitted.add(tile, raw, where, limit, share, buffers)
        else:
            _add_own(plan, tile, weight, own, raw, where, limit, share, buffers)
    if tile is not out:
        out[:] = tile
    if weight is not None:
        # Far below the smallest weight is 0: float sums of all weights, less all weights.
        nothing = weight < combination.weights[combination.weights > 0].min() / 2
        np.divide(out, weight, out=out, where=~nothing)
        # Where nothing is known, everything is as good as missing under "neutral".
        out[nothing & (out > -np.inf)] = 0.5


def _by_column(listed: Lines) -> tuple[Positions, NDArray[np.signedinteger]]:
    """Rows and columns of the pairs of a list, in the order of the columns."""
    row, column = listed.cells()
    order = np.argsort(column, kind="stable")
    return row[order], column[order]


def _forbid_listed(
    out: Floats, row: Positions, column: NDArray[np.signedinteger], columns: slice
) -> None:
    """Mask pairs, in the order of their columns, in a tile, which has these columns."""
    some = slice(*np.searchsorted(column, (columns.start, columns.stop)))
    out[row[some], column[some] - columns.start] = -np.inf


def _add_own(
    plan: Plan,
    tile: Floats,
    weight: Floats | None,
    own: BlockCriterion,
    raw: object,
    where: tuple[Positions, slice],
    limit: float | None,
    share: float,
    buffers: Buffers,
) -> None:
    """Add the block of one criterion to a tile, and mask what is below its limit."""
    rows, columns = where
    one = own.fitted
    values, below = one.finish(raw, where, limit, tile.dtype, buffers)
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
