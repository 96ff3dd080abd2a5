"""What a frontier reaches over scenarios: attainment surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.comparison.frontiers.frontier import Frontier
from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["attainment_surfaces"]


def attainment_surfaces(
    frontiers: Sequence[Frontier | ArrayLike], levels: Sequence[float] = (0.1, 0.5, 0.9)
) -> pd.DataFrame:
    """Find what at least a share of the scenarios attain in both aims at once.

    A scenario attains (x, y) when its frontier has a point with as much of both. The surface of a
    level is made of the best points that at least this share of the scenarios attain [1]_: 0.5 is
    the median, 0.1 what one in ten attains, 0.9 what nine in ten do.

    Parameters
    ----------
    frontiers
        One for each scenario, made by `mentormatch.frontier` for the same two aims; or arrays
        (points, 2).
    levels
        Shares, above 0 and at most 1.

    Returns
    -------
    DataFrame
        level, x, y; the corners of each surface, best in x first.

    Raises
    ------
    MentorMatchError
        No frontier, frontiers of other aims, or a level that is no share.

    References
    ----------
    .. [1] V. Grunert da Fonseca, C. M. Fonseca and A. O. Hall (2001), Inferential performance
       assessment of stochastic optimisers and the attainment function.
    """
    aims = list(dict.fromkeys(f"{f.x} and {f.y}" for f in frontiers if isinstance(f, Frontier)))
    if not len(frontiers):
        raise MentorMatchError("attainment_surfaces needs at least one frontier.")
    if len(aims) > 1:
        raise MentorMatchError(
            f"attainment_surfaces needs frontiers of the same two aims, got {'; '.join(aims)}."
        )
    for level in levels:
        if not 0 < level <= 1:
            raise MentorMatchError(f"levels must be above 0 and at most 1, got {level!r}.")
    sets = [_points(one) for one in frontiers]
    xs = np.unique(np.concatenate([points[:, 0] for points in sets]))[::-1]
    # The most y that each scenario has with at least each x.
    most = np.stack([_most_from(points, xs) for points in sets])
    ranked = -np.sort(-most, axis=0)
    parts = []
    for level in levels:
        needed = int(np.ceil(level * len(sets) - 1e-9))
        y = ranked[needed - 1]
        rises = y > np.concatenate([[-np.inf], y[:-1]])
        parts.append(pd.DataFrame({"level": level, "x": xs[rises], "y": y[rises]}))
    return pd.concat(parts, ignore_index=True)


def _points(one: Frontier | ArrayLike) -> NDArray[np.float64]:
    held = one.table[["x", "y"]] if isinstance(one, Frontier) else one
    points = np.asarray(held, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not np.isfinite(points).all():
        raise MentorMatchError(
            f"A frontier is an array (points, 2) of finite numbers, got shape {points.shape}."
        )
    return points


def _most_from(points: NDArray[np.float64], xs: NDArray[np.float64]) -> NDArray[np.float64]:
    points = points[np.argsort(-points[:, 0], kind="stable")]
    best = np.concatenate([[-np.inf], np.maximum.accumulate(points[:, 1])])
    return best[np.searchsorted(-points[:, 0], -xs, side="right")]
