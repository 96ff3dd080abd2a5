"""Which groups are shown, so that nobody in a small one is recognised, also not by subtraction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.problem.groups import Grouping

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = [
    "SUPPRESSED",
    "groups_to_show",
    "groups_to_show_together",
    "labels_to_show",
    "merge_small_groups",
    "merge_small_labels",
]

# Of fewer people than this, a mean is nearly the value of somebody in particular.
SUPPRESSED = 5
# Sets of so many cells are tried for whether a sum of groups tells about them.
MOST_SETS = 200_000
ZERO = 1e-9


def groups_to_show(counts: Sequence[int] | NDArray[np.integer]) -> NDArray[np.bool_]:
    """Say which groups may be shown beside the whole.

    Small groups are hidden. Where they are one group, or few people together, the whole less the
    groups that are shown would tell about them: the smallest other group is hidden as well. Counts
    are people of each group; the groups make up the whole. The answer (groups,) is False also for
    groups of nobody.

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


def groups_to_show_together(
    groupings: Sequence[Grouping],
    included: NDArray[np.bool_],
    whose: NDArray[np.intp] | None = None,
) -> list[NDArray[np.bool_]]:
    """Say which groups of several groupings of one side may be shown beside each other.

    The numbers of few people may follow from groups that are large: those of a department, less
    those of a country of which all but two belong to it. Groupings that come first keep their
    groups; of a later one the smallest group that such a sum needs is hidden. Groupings are as
    `merge_small_groups` returns them; ``included`` (people of the side,) says who counts. ``whose``
    (those who count,) is whom each of them stands for, from 0, where somebody stands there more
    than once and may be in several groups; None: each for itself. The answer is a bool array
    (groups,) for each grouping.

    Sums over any number of groups are found whose people are in one cell of all groupings crossed,
    or in several cells, as long as there are not too many such sets to try. What follows from more
    than sums (a rate of 0 or 1, what a reader knows about somebody) is not.
    """
    codes = np.stack([one.codes[included] for one in groupings])
    cells, cell = np.unique(codes, axis=1, return_inverse=True)
    at_cell = np.ravel(cell)
    people = _people_of(at_cell, np.arange(len(at_cell)) if whose is None else whose)
    told = [sparse.csr_array(np.ones((1, people.shape[0])))]
    every = []
    for own, grouping in zip(cells, groupings, strict=True):
        names = np.arange(len(grouping.names))
        counts = np.diff((_members(own, names) @ people).tocsr().indptr)
        shown = counts >= SUPPRESSED
        while shown.any():
            at = np.flatnonzero(shown)
            sums = _sums_that_tell(sparse.vstack([*told, _members(own, at)], format="csr"), people)
            needed = np.abs(sums[:, -len(at) :]) > ZERO
            needed = needed[needed.any(axis=1)]
            if not len(needed):
                break
            shown[at[np.where(needed, counts[at], np.inf).argmin(axis=1)]] = False
        told.append(_members(own, np.flatnonzero(shown)))
        every.append(shown)
    return every


def _people_of(cells: NDArray[np.intp], whose: NDArray[np.intp]) -> sparse.csr_array:
    """Which people are in which cells (cells, people)."""
    at = np.unique(np.stack([cells, whose]), axis=1)
    return sparse.csr_array((np.ones(at.shape[1]), (at[0], at[1])))


def _members(own: NDArray[np.intp], groups: NDArray[np.intp]) -> sparse.csr_array:
    """Which cells are in which groups (groups, cells), from the group of each cell."""
    row = np.searchsorted(groups, own)
    (cell,) = np.isin(own, groups).nonzero()
    return sparse.csr_array((np.ones(len(cell)), (row[cell], cell)), shape=(len(groups), len(own)))


def _sums_that_tell(groups: sparse.csr_array, people: sparse.csr_array) -> NDArray[np.float64]:
    """Find weighted sums of groups (groups, cells) that hold few people, and nobody else."""
    # Sparse: of each grouping a cell is in one group. What is large is cells, not groups.
    overlap = np.asarray((groups @ groups.T).todense())
    strength, basis = np.linalg.eigh(overlap)
    kept = strength > ZERO * strength[-1]
    inverse = (basis[:, kept] / strength[kept]) @ basis[:, kept].T
    sizes = np.diff(people.indptr)
    few = np.flatnonzero(sizes < SUPPRESSED)
    # What no sum of groups can reach, of a vector at random: it is 0 in sum over a set of cells
    # that a sum of groups makes up, and practically never over another.
    at_random = np.random.default_rng(0).standard_normal(len(sizes))
    apart = (at_random - groups.T @ (inverse @ (groups @ at_random)))[few]
    # Who is in each of these cells, filled up with −1.
    who = np.full((len(few), SUPPRESSED - 1), -1)
    for k, one in enumerate(few):
        who[k, : sizes[one]] = people.indices[people.indptr[one] : people.indptr[one + 1]]
    sets = np.arange(len(few))[:, None]
    while len(sets):
        held = np.sort(who[sets].reshape(len(sets), -1), axis=1)
        distinct = (held[:, :1] >= 0).sum(axis=1) + (np.diff(held, axis=1) > 0).sum(axis=1)
        # A larger set holds whoever is in a smaller one.
        sets = sets[distinct < SUPPRESSED]
        telling = sets[np.abs(apart[sets].sum(axis=1)) < ZERO]
        if len(telling):
            of_few = groups[:, few]
            found = [inverse @ of_few[:, one].sum(axis=1) for one in telling]
            return np.asarray(found, dtype=np.float64)
        if (len(few) - 1 - sets[:, -1]).sum() > MOST_SETS:
            break
        first, then = np.nonzero(sets[:, -1:] < np.arange(len(few)))
        sets = np.column_stack([sets[first], then])
    return np.empty((0, groups.shape[0]))


def merge_small_groups(grouping: Grouping, included: NDArray[np.bool_]) -> Grouping:
    """Count small groups with the smallest other one, where the whole would tell about them.

    A comparison of the large groups goes on, which hiding one of them would end. ``included``
    (people of the side,) says who counts. The answer is the same grouping where nothing can be
    told, or no group is large enough.
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


def labels_to_show(
    labels: Mapping[str, pd.Series], whose: pd.Series | None = None
) -> dict[str, set[object]]:
    """Say which labels of several columns may be shown beside each other and the whole.

    ``labels`` has by column the label of each person, in one order; an empty one is in no group.
    ``whose`` is whom each label counts, in that order, where somebody stands there more than once.

    Examples
    --------
    >>> import pandas as pd
    >>> site, team = pd.Series(["n"] * 20 + ["s"] * 10), pd.Series(["x"] * 18 + ["y"] * 12)
    >>> {name: sorted(shown) for name, shown in labels_to_show({"site": site, "t": team}).items()}
    {'site': ['n', 's'], 't': []}
    """
    if not labels or not len(next(iter(labels.values()))):
        return {name: set() for name in labels}
    groupings = []
    for name, own in labels.items():
        codes, names = own.factorize(use_na_sentinel=False)
        groupings.append(Grouping(name, "mentees", codes.astype(np.intp), tuple(names)))
    everybody = np.ones(len(groupings[0].codes), dtype=bool)
    people = None if whose is None else whose.factorize()[0].astype(np.intp)
    shown = groups_to_show_together(groupings, everybody, people)
    return {
        one.name: {name for name, seen in zip(one.names, own, strict=True) if seen}
        for one, own in zip(groupings, shown, strict=True)
    }


def merge_small_labels(labels: pd.Series) -> pd.Series:
    """Do the same with a column of labels; empty cells are a group, and stay empty where they can.

    Labels that differ in upper and lower case or blanks only become one.

    Examples
    --------
    >>> import pandas as pd
    >>> merge_small_labels(pd.Series(["a"] * 9 + ["b"] * 3)).unique().tolist()
    ['a and 1 small group']
    """
    grouping = Grouping.of("", "mentees", labels)
    if grouping.joined:
        spelled = [grouping.names[code] for code in grouping.codes]
        labels = labels.astype(object).mask(np.isin(grouping.codes, grouping.joined), spelled)
    merged = merge_small_groups(grouping, np.ones(len(labels), dtype=bool))
    if merged is grouping:
        return labels
    [into] = [k for k, name in enumerate(merged.names) if name != grouping.names[k]]
    return labels.astype(object).mask(merged.codes == into, merged.names[into])


def _can_be_told(sizes: NDArray[np.int64], shown: NDArray[np.bool_]) -> bool:
    """Whether what is not shown is one group, or too few people."""
    hidden = sizes[(sizes > 0) & ~shown]
    return bool(len(hidden)) and (len(hidden) == 1 or int(hidden.sum()) < SUPPRESSED)
