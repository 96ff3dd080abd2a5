"""Conditions besides capacities: quotas, mentees apart or together, hours; all as rows of numbers.

Each is low ≤ Σ w_ij·x_ij ≤ high in whole numbers, where x_ij says whether a pair is made. A
side constraint is one named condition with its rows, at most one row for each mentor.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.errors import ProblemError
from mentormatch.problem.quota_rows import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from numpy.typing import NDArray

__all__ = ["ALL_MENTORS", "NO_LIMIT", "Kind", "MenteePair", "SideConstraint", "SideRules"]

ALL_MENTORS = "(all)"
Kind: TypeAlias = Literal["quota", "apart", "together", "if used", "hours"]


class MenteePair(NamedTuple):
    """Two mentees who must, or must not, share a mentor, with the reason if one was given."""

    first: Hashable
    second: Hashable
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class SideConstraint:
    """One condition, as rows of whole numbers.

    A mentee of no member weighs 0. Where mentees are told apart as well, by ``member_group``, pairs
    count in row ``row_of[j] * groups + member_group[i]``.
    """

    kind: Kind
    name: str  # what messages and certificates call it
    mentees: NDArray[np.intp]  # (members,), ascending: whose pairs count
    weights: NDArray[np.int64]  # (members,), or (members, mentors) where each pair has its own
    row_of: NDArray[np.intp]  # (mentors,): the row in which a mentor's pairs count, −1 = in none
    low: NDArray[np.int64]  # (rows,)
    high: NDArray[np.int64]  # (rows,); `NO_LIMIT` where there is none
    member_group: NDArray[np.intp] | None = None  # (members,): the group of each; None: all are one
    row_names: tuple[Hashable, ...] | None = None  # of rows that are not those of single mentors
    or_none: bool = False  # True: a sum of 0 is allowed as well, below ``low``

    def __post_init__(self) -> None:
        if (np.diff(self.mentees) <= 0).any() or len(self.weights) != len(self.mentees):
            raise ProblemError(
                f"{self.name}: needs one weight for each member, in their order; got "
                f"{len(self.weights)} for {len(self.mentees)}."
            )
        last = (int(self.row_of.max(initial=-1)) + 1) * self.groups - 1
        if not len(self.low) == len(self.high) > last:
            raise ProblemError(
                f"{self.name}: needs a lower and an upper limit for each of {last + 1} rows; got "
                f"{len(self.low)} and {len(self.high)}."
            )

    @property
    def groups(self) -> int:
        """How many groups of mentees there are."""
        return 1 if self.member_group is None else int(self.member_group.max(initial=-1)) + 1

    def counted(
        self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.int64]]:
        """Which of some pairs count here: their places in the arrays, their rows and weights."""
        place = np.searchsorted(self.mentees, mentees)
        inside = place < len(self.mentees)
        inside[inside] = self.mentees[place[inside]] == mentees[inside]
        which = np.flatnonzero(inside & (self.row_of[mentors] >= 0))
        at, j = place[which], mentors[which]
        weights = self.weights[at] if self.weights.ndim == 1 else self.weights[at, j]
        if self.member_group is None:
            return which, self.row_of[j], weights
        return which, self.row_of[j] * self.groups + self.member_group[at], weights

    def sums(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.int64]:
        """Σ w_ij of some pairs in each row."""
        held = np.zeros(len(self.low), dtype=np.int64)
        _, rows, weights = self.counted(mentees, mentors)
        np.add.at(held, rows, weights)
        return held

    def charge(self, value: NDArray[np.float64], rows: slice, prices: NDArray[np.float64]) -> float:
        """Take what pairs cost at a price per row from the values of a block of mentees; in place.

        Returns by how much a value was moved at most.
        """
        start, stop = np.searchsorted(self.mentees, [rows.start, rows.stop])
        if start == stop or not prices.any():
            return 0.0
        if self.member_group is None:
            of_pair = prices[self.row_of]
        else:
            by_group = prices[: len(prices) // self.groups * self.groups].reshape(-1, self.groups)
            of_pair = by_group[self.row_of][:, self.member_group[start:stop]].T
        of_pair = np.where(self.row_of >= 0, of_pair, 0.0)
        here = self.mentees[start:stop] - rows.start
        weights = self.weights[start:stop].astype(np.float64)
        cost = (weights[:, None] if weights.ndim == 1 else weights) * of_pair
        value[here] -= cost
        return float(np.abs(cost).max(initial=0.0))

    def labels(self, mentor_ids: pd.Index) -> list[tuple[str, object]]:
        """(name, mentor or group) of each row; "(all)" where a row is about all together."""
        if self.row_names is not None:
            return [(self.name, name) for name in self.row_names]
        if self.kind == "quota" and len(self.low) == 1 and (self.row_of >= 0).sum() != 1:
            return [(self.name, ALL_MENTORS)]
        first = np.full(len(self.low), -1)
        first[self.row_of[self.row_of >= 0]] = np.flatnonzero(self.row_of >= 0)
        return [(self.name, mentor_ids[j] if j >= 0 else ALL_MENTORS) for j in first.tolist()]


@dataclass(frozen=True, eq=False)
class SideRules:
    """All such conditions of a problem."""

    constraints: tuple[SideConstraint, ...] = ()
    unit: int = 1  # how many of the whole numbers of the hours make one hour

    def __bool__(self) -> bool:
        return bool(self.constraints)

    def matrix(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> sparse.csr_array:
        """Weights of some pairs, as a sparse int64 (rows of all constraints, pairs) array."""
        rows, columns, weights, start = [], [], [], 0
        for constraint in self.constraints:
            which, row, weight = constraint.counted(mentees, mentors)
            rows.append(row + start)
            columns.append(which)
            weights.append(weight)
            start += len(constraint.low)
        if not self.constraints:
            return sparse.csr_array((0, len(mentees)), dtype=np.int64)
        where = (np.concatenate(rows), np.concatenate(columns))
        shape = (start, len(mentees))
        return sparse.coo_array((np.concatenate(weights), where), shape=shape).tocsr()

    def limits(self, pinned: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Low and high of all rows, once the pinned pairs (pins, 2) are made.

        Rows that may be empty have the low 0; see `thresholds`.
        """
        low, high = [], []
        for constraint in self.constraints:
            held = constraint.sums(pinned[:, 0], pinned[:, 1])
            none = constraint.or_none & (held == 0)
            low.append(np.where(none, 0, constraint.low - held))
            high.append(np.where(constraint.high == NO_LIMIT, NO_LIMIT, constraint.high - held))
        empty = [np.empty(0, dtype=np.int64)]
        return np.concatenate(low or empty), np.concatenate(high or empty)

    def thresholds(self, pinned: NDArray[np.intp]) -> NDArray[np.int64]:
        """What a row must reach unless it is empty, once the pins are made; 0 = nothing."""
        found = [
            np.where(
                constraint.or_none & (constraint.sums(pinned[:, 0], pinned[:, 1]) == 0),
                constraint.low,
                0,
            )
            for constraint in self.constraints
        ]
        return np.concatenate([*found, np.empty(0, dtype=np.int64)]).astype(np.int64)

    @property
    def may_be_empty(self) -> bool:
        """True when some row must be empty or reach a number: no linear condition."""
        return any(constraint.or_none for constraint in self.constraints)

    def worth(
        self, prices: tuple[NDArray[np.float64], ...], pinned: NDArray[np.intp]
    ) -> NDArray[np.float64]:
        """What the limits are worth at a price per row, by row: most·ρ⁺ − least·ρ⁻."""
        if not prices:
            return np.zeros(0)
        values = np.concatenate(prices)
        low, high = self.limits(pinned)
        return np.asarray(high * np.maximum(values, 0.0) + low * np.minimum(values, 0.0))

    def split(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Values of all rows, by constraint; what follows them is left out."""
        ends = np.cumsum([len(constraint.low) for constraint in self.constraints], dtype=np.intp)
        return tuple(np.split(values, ends)[:-1])

    def labels(self, mentor_ids: pd.Index) -> list[tuple[str, object]]:
        """(rule, mentor) of every row, in the order of the constraints."""
        return [label for constraint in self.constraints for label in constraint.labels(mentor_ids)]

    def index(self, mentor_ids: pd.Index) -> pd.MultiIndex:
        """(rule, mentor) of every row, as pandas names them."""
        labels = self.labels(mentor_ids)
        rules = pd.Index([rule for rule, _ in labels], dtype=object)
        mentors = pd.Index([mentor for _, mentor in labels], dtype=object, tupleize_cols=False)
        return pd.MultiIndex.from_arrays([rules, mentors], names=["rule", "mentor"])

    @property
    def hours_held(self) -> NDArray[np.float64]:
        """The hours of each mentor, of a problem with weighted seats."""
        return np.asarray(self.constraints[-1].high / self.unit, dtype=np.float64)

    def usage_of(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.float64]:
        """What these people use, in their order, of a problem with weighted seats."""
        units = self.constraints[-1].weights
        some = units[mentees] if units.ndim == 1 else units[np.ix_(mentees, mentors)]
        return np.asarray(some / self.unit, dtype=np.float64)

    def __str__(self) -> str:
        kinds = [constraint.kind for constraint in self.constraints]
        words = {
            "quota": ("quota", "quotas"),
            "apart": ("pair apart", "pairs apart"),
            "together": ("pair together", "pairs together"),
            "if used": ("minimum if used", "minimums if used"),
        }
        parts = [
            f"{kinds.count(kind)} {one if kinds.count(kind) == 1 else many}"
            for kind, (one, many) in words.items()
            if kind in kinds
        ]
        return ", ".join([*parts, *(["weighted seats"] if "hours" in kinds else [])])

    def broken_by(self, sums: list[NDArray[np.int64]], i: int, j: int) -> list[str]:
        """What one more pair (i, j) would break, given the sums of each constraint without it."""
        wrong = []
        for constraint, held in zip(self.constraints, sums, strict=True):
            _, rows, weights = constraint.counted(np.array([i]), np.array([j]))
            after = held[rows] + weights
            if constraint.or_none and (after < constraint.low[rows]).any():
                wrong.append(f"at least {constraint.low[rows][0]} or nobody")
            elif (
                (after > constraint.high[rows]) | (after < np.minimum(constraint.low[rows], 0))
            ).any():
                wrong.append("the hours left" if constraint.kind == "hours" else constraint.name)
        return wrong

    def broken(
        self,
        mentees: NDArray[np.intp],
        mentors: NDArray[np.intp],
        mentee_ids: pd.Index,
        mentor_ids: pd.Index,
    ) -> list[str]:
        """Every row that some pairs do not keep, in ids."""
        wrong = []
        for constraint in self.constraints:
            sums = constraint.sums(mentees, mentors)
            labels = constraint.labels(mentor_ids)
            short = (sums < constraint.low) & ~(constraint.or_none & (sums == 0))
            for r in np.flatnonzero(short | (sums > constraint.high)).tolist():
                mentor = labels[r][1]
                if constraint.kind == "hours":
                    used, limit = sums[r] / self.unit, constraint.high[r] / self.unit
                    wrong.append(
                        f"mentor {mentor!r} has mentees who use {used:g} but capacity {limit:g}"
                    )
                elif constraint.kind == "if used":
                    wrong.append(
                        f"mentor {mentor!r} has {sums[r]}, but takes at least {constraint.low[r]} "
                        "or nobody"
                    )
                elif constraint.kind == "apart":
                    wrong.append(f"{constraint.name}, but both have {mentor!r}")
                elif constraint.kind == "together":
                    held = constraint.mentees[constraint.weights == np.sign(sums[r])]
                    who = mentee_ids[held].tolist()[0]
                    wrong.append(f"{constraint.name}, but only {who!r} has {mentor!r}")
                else:
                    where = "" if mentor == ALL_MENTORS else f" with {mentor!r}"
                    wrong.append(f"the quota {constraint.name!r} does not hold: {sums[r]}{where}")
        return wrong
