"""Pairs as people give them: pins, bans, and lists of matches made elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.errors import MentorMatchError, ProblemError
from mentormatch.handed_out import lock

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "UNPLACED",
    "AfterPins",
    "PairRule",
    "PairsLike",
    "as_lines",
    "below_limit",
    "named_pairs",
    "pair_rules",
]

PairsLike: TypeAlias = "Iterable[Sequence[object]] | pd.DataFrame"
ExactScores: TypeAlias = "Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.floating]]"

# Begins the reason of a ban that nobody wrote: the meetings of the pair find no hour.
UNPLACED = "no meetings can be placed"


class PairRule(NamedTuple):
    """A pair that was pinned or banned by hand, with the reason if one was given."""

    mentee: Hashable
    mentor: Hashable
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class AfterPins:
    """The numbers that remain when the pinned pairs are made."""

    # By mentor: free seats, and mentees still missing to the minimum.
    capacity: NDArray[np.int64]
    minimum: NDArray[np.int64]
    # By mentee: places still wanted, and whether a pin has given one.
    demand: NDArray[np.int64]
    covered: NDArray[np.bool_]

    def __post_init__(self) -> None:
        lock(self.capacity, self.minimum, self.demand, self.covered)

    @cached_property
    def most(self) -> int:
        """The most places that one mentee still wants, 0 where there are no mentees."""
        return int(self.demand.max(initial=0))

    @cached_property
    def places(self) -> int:
        """Places that all mentees together still want."""
        return int(self.demand.sum())

    @cached_property
    def seats(self) -> int:
        """Free seats of all mentors."""
        return int(self.capacity.sum())


def below_limit(
    scores: NDArray[np.floating], limit: float, error: float, exact: ExactScores
) -> NDArray[np.bool_]:
    """Which scores are below a limit, as their float64 values ``exact(lines, columns)`` are.

    A fast block cannot decide what is closer to the limit than its own error.
    """
    below = np.asarray(scores < limit)
    if error:
        i, j = np.nonzero(np.abs(scores - limit) <= error)
        if len(i):
            below[i, j] = exact(i, j) < limit
    return below


def pair_rules(given: PairsLike, name: str) -> tuple[PairRule, ...]:
    """Pins or bans in one form.

    Raises ProblemError, with all wrong rows at once, for what are no pairs, triples or a table of
    them.
    """
    return tuple(
        PairRule(mentee, mentor, None if is_missing(reason) or str(reason) == "" else str(reason))
        for mentee, mentor, reason in named_pairs(given, name, ProblemError, optional="reason")
    )


def named_pairs(
    given: object, name: str, error: type[MentorMatchError], *, optional: str | None = None
) -> list[tuple[object, object, object]]:
    """Read (mentee, mentor, what else was said) rows from a table or from tuples.

    ``given`` is a DataFrame with the columns mentee and mentor, or rows of two or more entries;
    errors call it ``name``. ``optional`` is the only further column that has a meaning: a row then
    has two or three entries; None: anything may follow, and nothing is read of it. Raises
    ``error``, with all wrong rows at once, for another form or a cell without a person.
    """
    rows: Iterable[object]
    if isinstance(given, pd.DataFrame):
        rows = _rows_of_table(given, name, error, optional)
    else:
        rows = _rows_of_list(given, name, error)
    read, wrong = [], []
    for number, row in enumerate(rows):
        one = _read_row(row, optional)
        if isinstance(one, str):
            wrong.append(f"entry {number}: {one}")
        else:
            read.append(one)
    if wrong:
        raise error(as_lines(f"The {name} cannot be read", wrong))
    return read


def _rows_of_table(
    given: pd.DataFrame, name: str, error: type[MentorMatchError], optional: str | None
) -> list[tuple[object, ...]]:
    """Rows (mentee, mentor, optional) of a table that has each of these columns once."""
    named = list(map(str, given.columns))
    wanted = ["mentee", "mentor", *([optional] if optional in named else [])]
    wrong = [
        f"it has no column {c!r}" if c not in named else f"it has the column {c!r} twice"
        for c in wanted
        if named.count(str(c)) != 1
    ]
    if wrong:
        may = f", and may have {optional}" if optional else ""
        raise error(
            f"The table of {name} cannot be used: {'; '.join(wrong)}. It needs mentee and "
            f"mentor once{may}. It has: {', '.join(named)}."
        )
    return list(zip(*(given.iloc[:, named.index(str(c))].tolist() for c in wanted), strict=True))


def _rows_of_list(given: object, name: str, error: type[MentorMatchError]) -> list[object]:
    """Rows of a list of pairs, arrays as lists."""
    if isinstance(given, str | pd.Series | dict) or not isinstance(given, Iterable):
        raise error(
            f"{name} must be a list of pairs or a table, got {type(given).__name__}. Write "
            f"[(mentee, mentor), ...]."
        )
    return [row.tolist() if isinstance(row, np.ndarray) else row for row in given]


def _read_row(row: object, optional: str | None) -> tuple[object, object, object] | str:
    """Mentee, mentor and what else a row says; or what is wrong with it."""
    if (
        not isinstance(row, Sequence)
        or isinstance(row, str)
        or len(row) < 2
        or (optional and len(row) > 3)
    ):
        triple = f" or triples (mentee, mentor, {optional})" if optional else ""
        return f"expected pairs (mentee, mentor){triple}, got {row!r}"
    for who, person in zip(("mentee", "mentor"), row[:2], strict=True):
        if is_missing(person):
            return f"the {who} is empty; fill it in or remove the row"
    return row[0], row[1], row[2] if len(row) > 2 else None


def as_lines(title: str, wrong: Sequence[str], limit: int = 20) -> str:
    """Put each finding on a line of its own under a title; say how many are not shown."""
    more = f"\n  … and {len(wrong) - limit} more" if len(wrong) > limit else ""
    return f"{title}:\n" + "\n".join(f"  {line}" for line in wrong[:limit]) + more
