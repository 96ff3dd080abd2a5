"""Which groups are shown, so that nobody in a small one is recognised, also not by subtraction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.problem.groups import Grouping

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["SUPPRESSED", "groups_to_show", "merge_small_groups", "merge_small_labels"]

# Of fewer people than this, a mean is nearly the value of somebody in particular.
SUPPRESSED = 5


def groups_to_show(counts: Sequence[int] | NDArray[np.integer]) -> NDArray[np.bool_]:
    """Say which groups may be shown beside the whole.

    Small groups are hidden. Where they are one group, or few people together, the whole less the
    groups that are shown would tell about them: the smallest other group is hidden as well.

    Parameters
    ----------
    counts
        People of each group; the groups make up the whole.

    Returns
    -------
    bool array (groups,)
        False also for groups of nobody.

    Examples
    --------
    >>> groups_to_show([40, 9, 3]).tolist(), groups_to_show([40, 9, 3, 4]).tolist()
    ([True, False, False], [True, True, False, False])
    """
    sizes = np.asarray(counts, dtype=np.int64)
    shown = sizes >= SUPPRESSED
    while _can_be_told(sizes, shown) and shown.any():
        shown[np.flatnonzero(shown)[np.argmin(sizes[shown])]] = False
    return shown


def merge_small_groups(grouping: Grouping, included: NDArray[np.bool_]) -> Grouping:
    """Count small groups with the smallest other one, where the whole would tell about them.

    A comparison of the large groups goes on, which hiding one of them would end.

    Parameters
    ----------
    grouping
        The groups of all people of a side.
    included
        bool array (people of the side,): who counts.

    Returns
    -------
    Grouping
        The same one where nothing can be told, or no group is large enough.
    """
    counts = np.bincount(grouping.codes[included], minlength=len(grouping.names))
    large = counts >= SUPPRESSED
    if not (_can_be_told(counts, large) and large.any()):
        return grouping
    small = np.flatnonzero((counts > 0) & ~large)
    into = int(np.flatnonzero(large)[np.argmin(counts[large])])
    codes = np.where(np.isin(grouping.codes, small), into, grouping.codes)
    how_many = "1 small group" if len(small) == 1 else f"{len(small)} small groups"
    names = list(grouping.names)
    names[into] = f"{names[into]} and {how_many}"
    return replace(grouping, codes=codes.astype(np.intp), names=tuple(names))


def merge_small_labels(labels: pd.Series) -> pd.Series:
    """Do the same with a column of labels; empty cells are a group, and stay empty where they can.

    Examples
    --------
    >>> import pandas as pd
    >>> merge_small_labels(pd.Series(["a"] * 9 + ["b"] * 3)).unique().tolist()
    ['a and 1 small group']
    """
    grouping = Grouping.of("", "mentees", labels)
    merged = merge_small_groups(grouping, np.ones(len(labels), dtype=bool))
    if merged is grouping:
        return labels
    [into] = [k for k, name in enumerate(merged.names) if name != grouping.names[k]]
    return labels.astype(object).mask(merged.codes == into, merged.names[into])


def _can_be_told(sizes: NDArray[np.int64], shown: NDArray[np.bool_]) -> bool:
    """Whether what is not shown is one group, or too few people."""
    hidden = sizes[(sizes > 0) & ~shown]
    return bool(len(hidden)) and (len(hidden) == 1 or int(hidden.sum()) < SUPPRESSED)
