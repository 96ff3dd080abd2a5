"""Who belongs to which group: columns of either table, or labels that are passed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES, hint_nearest
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.problem.problem import Problem

__all__ = ["Grouping", "groupings_of"]

NOT_GIVEN = "(not given)"


@dataclass(frozen=True, eq=False)
class Grouping:
    """A way of cutting one side into groups."""

    # The column, or the name that was passed; the parts of an intersection joined by " × ".
    name: str
    side: Side
    codes: NDArray[np.intp]  # (people of the side,): group of each
    names: tuple[str, ...]  # what the groups are called, in the order of the codes
    joined: tuple[int, ...] = ()  # codes of those written in several ways, as "Ja" and "ja" are

    @classmethod
    def of(cls, name: str, side: Side, labels: pd.Series) -> Grouping:
        """Group people by their labels; an empty label is a group of its own.

        Upper and lower case and blanks make no difference: the commonest spelling is the name.
        """
        texts = labels.astype(object).map(_text).to_numpy(dtype=object).astype(str)
        spelled, codes, counts = np.unique(texts, return_inverse=True, return_counts=True)
        folded = [fold_cell(one) for one in spelled]
        commonest: dict[str, str] = {}
        for k in np.argsort(-counts, kind="stable"):
            commonest.setdefault(folded[k], str(spelled[k]))
        names = sorted(commonest.values())
        place = {name: k for k, name in enumerate(names)}
        own = np.array([place[commonest[one]] for one in folded], dtype=np.intp)
        joined = np.flatnonzero(np.bincount(own) > 1)
        return cls(name, side, own[codes], tuple(names), tuple(joined.tolist()))

    def crossed(self, other: Grouping) -> Grouping:
        """The intersections of two groupings of one side; only those with somebody in them."""
        texts = [
            f"{self.names[a]} × {other.names[b]}"
            for a, b in zip(self.codes, other.codes, strict=True)
        ]
        both = Grouping.of(f"{self.name} × {other.name}", self.side, pd.Series(texts, dtype=object))
        spelled = np.isin(self.codes, self.joined) | np.isin(other.codes, other.joined)
        return replace(both, joined=tuple(np.unique(both.codes[spelled]).tolist()))


def _text(label: object) -> str:
    return NOT_GIVEN if is_missing(label) else str(label).strip() or NOT_GIVEN


def groupings_of(
    problem: Problem, groups: object, *, intersections: bool = False, side: Side | None = None
) -> list[Grouping]:
    """Groupings from what a caller may pass.

    ``groups`` is a column, or a list of columns, of either table; a tuple of columns is their
    intersection. Or a mapping from a name to labels: a Series or dict by id, or an array in the
    order of the problem. With ``intersections`` also every pair of groupings of one side. ``side``:
    only this one; also says which side an array belongs to when both have as many people. Raises
    ProblemError, for all at once, where neither table has a column or labels fit nobody.
    """
    if groups is None:
        return []
    wrong: list[str] = []
    if isinstance(groups, Mapping):
        found = [
            grouping
            for name, labels in groups.items()
            for grouping in _from_labels(problem, str(name), labels, side, wrong)
        ]
    else:
        found = [
            grouping
            for columns in _column_tuples(groups)
            for grouping in _from_columns(problem, columns, side, wrong)
        ]
    if wrong:
        raise ProblemError(" ".join(wrong))
    pairs = combinations(found, 2) if intersections else ()
    return found + [a.crossed(b) for a, b in pairs if a.side == b.side and a.name != b.name]


def _column_tuples(groups: object) -> list[tuple[str, ...]]:
    """Columns to group by; several in a tuple are to be crossed."""
    wanted = [groups] if isinstance(groups, str) else groups
    if not isinstance(wanted, Sequence):
        raise ProblemError(
            "groups must be a column, a list of columns, or a mapping such as "
            f"{{'gender': labels}}; got {type(groups).__name__}."
        )
    return [(entry,) if isinstance(entry, str) else tuple(map(str, entry)) for entry in wanted]


def _from_columns(
    problem: Problem, columns: tuple[str, ...], side: Side | None, wrong: list[str]
) -> list[Grouping]:
    """The intersection of some columns, on each side that has all of them."""
    parts = [_from_column(problem, column, side, wrong) for column in columns]
    found = []
    for one in SIDES:
        of_side = [grouping for part in parts for grouping in part if grouping.side == one]
        if len(of_side) == len(parts):
            found.append(reduce(Grouping.crossed, of_side))
    return found


def _from_column(
    problem: Problem, column: str, side: Side | None, wrong: list[str]
) -> list[Grouping]:
    """The groupings of a column: of each table that has it."""
    cohort = problem.compatibility.cohort
    if cohort is None:
        wrong.append(
            f"groups names the column {column!r}, but this problem has no tables. Pass the labels "
            f"themselves: groups={{{column!r}: labels}}, by id or in the order of the people."
        )
        return []
    sides = SIDES if side is None else (side,)
    having = [one for one in sides if column in cohort.table(one).columns]
    if not having:
        known = sorted({str(name) for one in sides for name in cohort.table(one).columns})
        hint = hint_nearest(column, known)
        wrong.append(
            f"Neither table has a column {column!r} to group by.{hint} There are: "
            f"{', '.join(known)}."
            if side is None
            else f"The {side} have no column {column!r} to group by.{hint}"
        )
    return [Grouping.of(column, one, cohort.column(one, column)) for one in having]


def _from_labels(
    problem: Problem, name: str, labels: Iterable[object], side: Side | None, wrong: list[str]
) -> list[Grouping]:
    """The grouping of labels that were passed."""
    sides = SIDES if side is None else (side,)
    if isinstance(labels, Mapping | pd.Series):
        given = pd.Series(labels)
        for one in sides:
            if problem.ids(one).isin(given.index).all() and len(given) and given.index.is_unique:
                return [Grouping.of(name, one, given.reindex(problem.ids(one)))]
        missing = [repr(i) for i in problem.ids(sides[0]).difference(given.index, sort=False)[:5]]
        wrong.append(
            f"The labels of {name!r} do not name everybody of one side once; missing among the "
            f"{sides[0]}: {', '.join(missing) or 'nobody'}. Give one label to each id, None where "
            "it is not known."
        )
        return []
    values = list(labels)
    for one in sides:
        if len(values) == len(problem.ids(one)):
            return [Grouping.of(name, one, pd.Series(values, dtype=object))]
    sizes = " or ".join(f"{len(problem.ids(one))} {one}" for one in sides)
    wrong.append(
        f"There are {len(values)} labels for {name!r}, but {sizes}. Give one label per person."
    )
    return []
