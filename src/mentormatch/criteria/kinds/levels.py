"""LevelGap: how far the mentor stands above the mentee."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.cohort import nearest_name
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.criteria.cells.tokens import UnreadableError, collect_errors, normalise, read_cells
from mentormatch.criteria.interface.criterion import TwoColumnCriterion, set_fields
from mentormatch.criteria.interface.fitted import BY_MENTEE, BY_MENTOR, SMALLEST, Fitted, Rule
from mentormatch.errors import CohortError, CriterionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.interface.arrays import Floats, Positions

__all__ = ["LevelGap"]

# Levels are read from decimal text; gaps that differ by less are one gap.
SAME_GAP = 1e-9


@dataclass(frozen=True, repr=False)
class LevelGap(TwoColumnCriterion):
    """How far the mentor's level lies above the mentee's, g = mentor − mentee.

    By default a trapezoid: 0 at g ≤ 0, rising to 1 at g = 1, 1 on [1, 2], falling to 0 at
    ``g_max``.

    Parameters
    ----------
    column, mentee, mentor
        One column of both tables, or one of each.
    ladder
        The words of the levels, lowest first; one rung is a gap of 1. Several words for one level
        stand in a list of their own: ``[["junior", "jr."], "senior"]``. None: the cells are
        numbers.
    curve
        Instead of the trapezoid, the value of each gap; other gaps have value 0.
    between
        Instead of the trapezoid, value 1 for gaps from the first to the second number, both
        included, else 0.
    g_max
        Where the trapezoid comes down to 0, in levels, above 2.
    require
        True: pairs whose gap has the value 0 are ineligible.
    weight, side, minimum, name
        See `Criterion`.

    Raises
    ------
    CriterionError
        Two shapes at once, values outside [0, 1], a ladder that names a rung twice.

    Examples
    --------
    >>> import pandas as pd, mentormatch as mm
    >>> mentees = pd.DataFrame({"level": ["junior", "senior"]})
    >>> cohort = mm.Cohort(mentees, pd.DataFrame({"level": ["senior"]}))
    >>> gap = mm.criteria.LevelGap("level", ladder=["junior", "mid", "senior"], require=True)
    >>> compatibility = mm.Criteria(gap).score(cohort)
    >>> compatibility.dense().tolist()
    [[1.0], [nan]]
    >>> compatibility.why_ineligible(1, 0)
    "LevelGap('level') require=True: the mentor is on the mentee's level (senior)"
    """

    ladder: Sequence[str | Sequence[str]] | None = field(default=None, kw_only=True)
    curve: Mapping[Any, float] | None = field(default=None, kw_only=True)
    between: tuple[float, float] | None = field(default=None, kw_only=True)
    g_max: float = field(default=5.0, kw_only=True)
    require: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.ladder is not None:
            set_fields(self, ladder=self._checked_ladder(self.ladder))
        if self.curve is not None and self.between is not None:
            raise CriterionError(f"{self.label}: give curve= or between=, not both.")
        if self.curve is not None:
            set_fields(self, curve=self._checked_curve(self.curve))
        if self.between is not None:
            low, high = map(float, self.between)
            if not low <= high:
                raise CriterionError(
                    f"{self.label}: between must be (low, high) with low ≤ high, got ({low:g}, "
                    f"{high:g})."
                )
            set_fields(self, between=(low, high))
        if not self.g_max > 2:
            raise CriterionError(
                f"{self.label}: g_max must be above 2, where the trapezoid begins to fall; got "
                f"{self.g_max}."
            )

    @staticmethod
    def _words_of(rung: str | Sequence[str]) -> tuple[str, ...]:
        return (rung,) if isinstance(rung, str) else tuple(rung)

    def _checked_ladder(
        self, ladder: Sequence[str | Sequence[str]]
    ) -> tuple[str | tuple[str, ...], ...]:
        if isinstance(ladder, str) or not isinstance(ladder, Collection) or len(ladder) < 2:
            raise CriterionError(
                f"{self.label}: ladder must be a list of the words of at least two levels, lowest "
                f"first; got {ladder!r}."
            )
        rungs = tuple(
            tuple(map(str, rung)) if isinstance(rung, list | tuple) else str(rung)
            for rung in ladder
        )
        if () in rungs or any(
            not isinstance(word, str | int | float)
            for rung in ladder
            if isinstance(rung, list | tuple)
            for word in rung
        ):
            raise CriterionError(
                f"{self.label}: a level of the ladder has no word. Give each one, or several in a "
                "list."
            )
        words = [word for rung in rungs for word in self._words_of(rung)]
        known = [normalise(word) for word in words]
        if len(set(known)) < len(known):
            twice = next(word for word in words if known.count(normalise(word)) > 1)
            raise CriterionError(
                f"{self.label}: the ladder names {twice!r} twice. Give each level one rung."
            )
        return rungs

    def _checked_curve(self, curve: Mapping[float | str, float]) -> dict[float, float]:
        checked = {}
        # What is no mapping has no gaps, and is told as one that is wrong.
        pairs = curve.items() if isinstance(curve, Mapping) else [(math.nan, 0.0)]
        for gap, value in pairs:
            try:
                # The keys of a TOML table are texts.
                gap, value = float(gap), float(value)
            except (TypeError, ValueError):
                gap = math.nan
            if not math.isfinite(gap) or not 0 <= value <= 1:
                raise CriterionError(
                    f"{self.label}: curve must map gaps (numbers) to values from 0 to 1, such as "
                    f"{{1: 0.75, 2: 1}}; "
                    f"got {curve!r}."
                )
            checked[gap] = value
        return checked

    @property
    def has_limit(self) -> bool:
        """True with ``require`` or ``minimum``."""
        return self.require or super().has_limit

    def _rule_hint(self) -> str:
        return " and require=True"

    def value(self, gap: Floats) -> NDArray[np.float64]:
        """The value of each gap."""
        if self.curve is not None:
            value = np.zeros(gap.shape)
            for known, worth in self.curve.items():
                value[np.abs(gap - known) <= SAME_GAP] = worth
            return value
        if self.between is not None:
            low, high = self.between
            return ((gap >= low - SAME_GAP) & (gap <= high + SAME_GAP)).astype(np.float64)
        rise, fall = gap, (self.g_max - gap) / (self.g_max - 2.0)
        return np.asarray(np.clip(np.minimum(rise, fall), 0.0, 1.0))

    def fit(self, cohort: Cohort) -> FittedLevels:
        """Read both columns; see `Criterion.fit`."""
        mentees, mentors = collect_errors(
            lambda: self._levels(cohort, "mentees", self.mentee_column),
            lambda: self._levels(cohort, "mentors", self.mentor_column),
        )
        return FittedLevels(
            criterion=self,
            mentee_codes=np.unique(mentees[0], return_inverse=True)[1].astype(np.intp),
            mentee_missing=np.isnan(mentees[0]),
            mentor_missing=np.isnan(mentors[0]),
            mentees=mentees[0],
            mentors=mentors[0],
            mentee_words=mentees[1],
            mentor_words=mentors[1],
        )

    @property
    def _all_words(self) -> list[tuple[str, float]]:
        """The words of the ladder and their levels, lowest first."""
        rungs = enumerate(self.ladder or ())
        return [(word, float(k)) for k, rung in rungs for word in self._words_of(rung)]

    def _levels(
        self, cohort: Cohort, side: Side, column: str
    ) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Levels as numbers, NaN where the cell is empty, and which word of the ladder it is."""
        if self.ladder is None:
            try:
                levels = cohort.numbers(side, column)
                return levels, np.full(len(levels), -1)
            except CohortError as error:
                if any(finding.row is None for finding in error.findings):
                    raise
                cure = "a level must be a number. Give words in their order: ladder=[…]."
                rows = _unreadable(cohort, side, column, error)
                raise CohortError([cohort.finding(side, k, column, cure) for k in rows]) from None
        words = [word for word, _ in self._all_words]
        place_of = {normalise(word): k for k, word in enumerate(words)}

        def place(cell: object) -> int:
            text = "" if is_missing(cell) else normalise(_as_text(cell))
            if text and text not in place_of:
                raise UnreadableError(
                    f"must be a level of the ladder: {', '.join(words)}.",
                    nearest_name(cell, words),
                )
            return place_of.get(text, -1)

        codes, places = read_cells(cohort, side, column, place)
        here = np.array(places, dtype=np.intp)[codes]
        # The last one stands for an empty cell, whose place is -1.
        return np.array([*(level for _, level in self._all_words), math.nan])[here], here

    def word(self, level: float, place: int) -> str:
        """What a level is called: by the person's own word, where it has several."""
        return f"{level:g}" if place < 0 else self._all_words[place][0]


@dataclass(frozen=True, eq=False)
class FittedLevels(Fitted):
    """The levels of all people as numbers; NaN where a cell is empty."""

    criterion: LevelGap
    mentees: NDArray[np.float64] = field(metadata=BY_MENTEE)
    mentors: NDArray[np.float64] = field(metadata=BY_MENTOR)
    mentee_words: NDArray[np.intp] = field(metadata=BY_MENTEE)
    mentor_words: NDArray[np.intp] = field(metadata=BY_MENTOR)

    def present(self, mentees: Positions, mentors: Positions) -> NDArray[np.float64]:
        """The value of each pair's gap."""
        return self.criterion.value(self.mentors[mentors] - self.mentees[mentees])

    def words(self, mentee: int, mentor: int) -> str:
        """Say how many levels lie between the two."""
        low, high = float(self.mentees[mentee]), float(self.mentors[mentor])
        gap = high - low
        one = self.criterion.word(low, int(self.mentee_words[mentee]))
        other = self.criterion.word(high, int(self.mentor_words[mentor]))
        if abs(gap) <= SAME_GAP:
            both = one if one == other else f"{one} and {other}"
            return f"the mentor is on the mentee's level ({both})"
        where, size = ("above" if gap > 0 else "below"), abs(gap)
        levels = f"{size:g} level{'' if size == 1 else 's'}"
        return f"the mentor is {levels} {where} the mentee ({one} → {other})"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rule of ``require`` and that of ``minimum``."""
        if not self.criterion.require:
            return super().rules
        return (Rule(f"{self.criterion.label} require=True", self, SMALLEST), *super().rules)


def _as_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _unreadable(cohort: Cohort, side: Side, column: str, error: CohortError) -> list[int]:
    rows = [finding.row for finding in error.findings if finding.row is not None]
    k = 0 if side == "mentees" else 1
    return [int(p) for p in np.flatnonzero(np.isin(cohort.rows[k], rows))]
