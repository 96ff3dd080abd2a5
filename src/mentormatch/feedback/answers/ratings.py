"""Ratings of pairs as surveys bring them in: who rated whom, how well, when."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import pandas as pd

from mentormatch.cohort import clean_id, read_table
from mentormatch.cohort.cells.dates import read_moments
from mentormatch.cohort.columns.roles import role_of
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.cells.answers import read_yes
from mentormatch.displayed import Displayed
from mentormatch.errors import CohortError, Finding
from mentormatch.feedback.answers.columns import OUTCOMES, SCALE_IN_HEADING, Outcome, name_columns
from mentormatch.feedback.answers.response import find_asked, response_rates
from mentormatch.feedback.answers.scales import (
    Scale,
    ScaleLike,
    fold_answer,
    has_answer,
    recognise_scale,
)
from mentormatch.safe_files import unescape_cell

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Mapping

__all__ = ["OUTCOMES", "Outcome", "Ratings", "read_ratings"]

SIDE_WORDS = {
    **dict.fromkeys(("mentee", "mentees", "learner", "student"), "mentee"),
    **dict.fromkeys(("mentor", "mentors", "coach"), "mentor"),
}
YES_NO = {"yes": 1.0, "no": 0.0}
COLUMNS = ("mentee", "mentor", "by", *OUTCOMES, "milestone", "date", "cohort")


class HasPairs(Protocol):
    """A matching, or a record of one."""

    @property
    def pairs(self) -> pd.DataFrame:
        """The pairs: columns mentee, mentor, score."""


@dataclass(frozen=True, eq=False)
class Ratings(Displayed):
    """Outcomes of pairs, one row for each answer.

    Parameters
    ----------
    table
        Columns mentee, mentor, by ("mentee" or "mentor"), rating (0 worst to 1 best), continued (0
        or 1), goal, milestone, date, cohort; what was not asked is missing.
    scales
        The scale that was read for each outcome.
    notes
        What was guessed or left out on the way, a sentence each.
    asked
        Who was asked about which pair, where the table says it: columns mentee, mentor, by and
        perhaps milestone. None: it does not.

    Raises
    ------
    CohortError
        A column that is missing, a side that is neither of the two, a rating outside 0 to 1.
    """

    table: pd.DataFrame
    scales: Mapping[str, Scale] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    asked: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        lacking = [name for name in ("mentee", "mentor", "by") if name not in self.table]
        if not any(name in self.table for name in OUTCOMES):
            lacking.append("rating")
        if lacking:
            raise CohortError(
                [Finding("ratings", None, name, None, "this column is needed") for name in lacking]
            )
        table = self.table.reindex(columns=list(COLUMNS)).reset_index(drop=True)
        wrong = [
            Finding("ratings", k + 2, "by", table["by"][k], 'expected "mentee" or "mentor"')
            for k in np.flatnonzero(~table["by"].isin(["mentee", "mentor"])).tolist()
        ]
        for name in ("rating", "continued"):
            values = table[name].astype(np.float64)
            outside = np.flatnonzero(values.notna() & ~values.between(0, 1))
            wrong += [
                Finding("ratings", k + 2, name, values[k], "expected a number from 0 to 1")
                for k in outside.tolist()
            ]
        if wrong:
            raise CohortError(wrong)
        for name in OUTCOMES:
            table[name] = table[name].astype(np.float64)
        object.__setattr__(self, "table", table)

    def __len__(self) -> int:
        return len(self.table)

    def __repr__(self) -> str:
        sides = self.table["by"].value_counts()
        said = ", ".join(f"{sides.get(side, 0):,} by {side}s" for side in ("mentee", "mentor"))
        asked = [name for name in OUTCOMES if self.table[name].notna().any()]
        lines = [
            f"Ratings: {format_count(len(self), 'answer')} ({said}); outcomes: "
            f"{', '.join(asked) or 'none'}"
        ]
        lines += [f"Scale:   {name}: {scale}" for name, scale in self.scales.items()]
        lines += [f"Note:    {note}" for note in self.notes]
        return "\n".join(lines)

    def response(
        self, matching: HasPairs, groups: Mapping[str, Mapping[object, object]] | None = None
    ) -> pd.DataFrame:
        """Count who answered, by side and milestone, and by group of the one who was asked.

        Silence is not random: a rate that differs between groups is a reason to distrust averages.

        Parameters
        ----------
        matching
            A matching or its record: everybody in a pair was asked once for each milestone, unless
            the table of answers lists whom was asked.
        groups
            By name of the grouping, a mapping from id to group.

        Returns
        -------
        DataFrame: side, milestone, grouping, group, asked, answered, shown, rate, low, high
        (Wilson, 95 %). ``shown`` is False for groups of fewer than 5 people, and for those from
        which, with the groupings before, the numbers of fewer than 5 could be computed.
        """
        return response_rates(matching.pairs, self.table, self.asked, groups or {})


def read_ratings(
    ratings: str | os.PathLike[str] | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    by: Literal["mentee", "mentor"] | None = None,
    scale: ScaleLike = None,
) -> Ratings:
    """Read ratings of pairs from a survey's table, one row for each answer.

    Parameters
    ----------
    ratings
        A .csv, .xlsx or .parquet file, or a DataFrame.
    columns
        Names of the columns by what they are: mentee, mentor, by, rating, continued, goal,
        milestone, date, cohort. What is not named is found by its heading.
    by
        Which side answered, where no column says so.
    scale
        Of ratings: (worst, best), or a number for each word; None: as the heading says, as in
        "satisfaction (1-5)", else recognised, and said.

    Returns
    -------
    Ratings
        ``.scales`` and ``.notes`` say what was recognised. Where somebody answered twice about the
        same pair and milestone, the last answer counts, by its date where there is one.

    Raises
    ------
    CohortError
        All at once: columns that are missing, answers that lie on no scale, sides that are neither.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame(
    ...     {"mentee": ["a", "b"], "mentor": ["x", "x"], "rating": ["4 - good", "2"]}
    ... )
    >>> read_ratings(table, by="mentee")
    Ratings: 2 answers (2 by mentees, 0 by mentors); outcomes: rating
    Scale:   rating: 1 (worst) to 5 (best) (recognised by answers from 2 to 4)
    """
    if isinstance(ratings, pd.DataFrame):
        frame, file = ratings.reset_index(drop=True), "ratings"
    else:
        table_read = read_table(ratings)
        frame, file = table_read.frame.reset_index(drop=True), table_read.source
    notes: list[str] = []
    names = name_columns(frame, file, columns or {}, by, notes)
    wrong: list[Finding] = []
    table = pd.DataFrame(index=frame.index)
    for name in ("mentee", "mentor"):
        ids = [clean_id(unescape_cell(value)) for value in frame[names[name]]]
        table[name] = pd.Series(ids, index=frame.index)
    table["by"] = frame[names["by"]].map(_side_of) if "by" in names else by
    wrong += [
        _unreadable(file, frame, k, names["by"], 'expected "mentee" or "mentor"')
        for k in np.flatnonzero(table["by"].isna()).tolist()
    ]
    scales: dict[str, Scale] = {}
    for name in filter(names.__contains__, OUTCOMES):
        given = scale
        if name == "continued":
            given = {**_yes_or_no(frame[names[name]]), **YES_NO}
        table[name], found = _outcome(frame, file, names[name], name, given, wrong)
        if found is not None:
            scales[name] = found
    for name in filter(names.__contains__, ("milestone", "date", "cohort")):
        table[name] = frame[names[name]]
    if wrong:
        raise CohortError(wrong)
    asked = find_asked(frame, table, names)
    return Ratings(_keep_answers(table, notes), scales, tuple(notes), asked)


def _keep_answers(table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """Keep rows that answer something, and of several about one pair and milestone the last."""
    kept = table[table[[name for name in OUTCOMES if name in table]].notna().any(axis=1)]
    if left_out := len(table) - len(kept):
        words = "row without any answer is", "rows without any answer are"
        notes.append(f"{format_count(left_out, *words)} left out.")
    keys = ["mentee", "mentor", "by", *(["milestone"] if "milestone" in table else [])]
    once, last = _once(kept, keys)
    if again := len(kept) - len(once):
        words = "earlier answer about the same pair is", "earlier answers about the same pair are"
        notes.append(f"{format_count(again, *words)} left out: {last}.")
    return once


def _once(table: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, str]:
    """Of several answers with the same keys the latest, and how it was told."""
    again = table.duplicated(keys, keep=False)
    if not again.any() or "date" not in table:
        return table.drop_duplicates(keys, keep="last"), "the last one counts"
    moments = pd.Series(read_moments(table["date"].tolist()), index=table.index, dtype=object)
    moments = moments[again]
    if any(isinstance(one, str) for one in moments):
        why = "their dates cannot all be read, so the last row counts"
        return table.drop_duplicates(keys, keep="last"), why
    order = moments.sort_values(kind="stable").index
    late = table.loc[order].drop_duplicates(keys, keep="last").index
    return table.drop(order.difference(late)), "the last one counts, by its date"


def _side_of(cell: object) -> str | None:
    """Return the side that a cell names, in the words of many languages; None for neither."""
    role = SIDE_WORDS.get(fold_answer(cell)) or role_of(str(cell))
    return None if role == "both" else role


def _yes_or_no(cells: pd.Series) -> dict[str, float]:
    """Return a number for each different answer that means yes or no."""
    found = {}
    for cell in cells.dropna().unique().tolist():
        if has_answer(cell):
            with suppress(ValueError):
                found[fold_answer(cell)] = float(read_yes(cell))
    return found


def _outcome(
    frame: pd.DataFrame,
    file: str,
    column: str,
    name: Outcome,
    given: ScaleLike,
    wrong: list[Finding],
) -> tuple[pd.Series[float], Scale | None]:
    """Return the numbers of one outcome and their scale; what cannot be read goes to ``wrong``."""
    cells = frame[column]
    if name == "goal":
        cells = cells.where(np.array([has_answer(cell) for cell in cells], dtype=np.bool_))
        goals = pd.to_numeric(cells, errors="coerce").astype(np.float64)
        for k in np.flatnonzero(cells.notna() & goals.isna()).tolist():
            wrong.append(_unreadable(file, frame, k, column, "expected a number, a goal score."))
        return goals, None
    answers: Iterable[object] = cells.dropna().unique().tolist()
    scaled = SCALE_IN_HEADING.fullmatch(str(column)) if name == "rating" else None
    scale: Scale | None
    if given is None and scaled is not None and int(scaled[2]) < int(scaled[3]):
        scale = Scale(float(scaled[2]), float(scaled[3]), {}, "as its heading says")
    else:
        scale = recognise_scale([one for one in answers if has_answer(one)], given)
    if scale is not None and name == "continued":
        scale = replace(scale, why="recognised by its words")
    if scale is None:
        seen = ", ".join(map(repr, list(answers)[:6]))
        wrong.append(
            Finding(
                file,
                None,
                column,
                None,
                f"these answers lie on no scale that is evident: {seen}. Use numbers such as 1 to "
                f"5 in the file, or write worst and best into the heading, {f'{column} (0-5)'!r}, "
                "or give them with scale=.",
            )
        )
        return pd.Series(np.nan, index=frame.index), None
    values = [scale.read(cell) for cell in cells]
    for k, value in enumerate(values):
        if value is None:
            wrong.append(
                _unreadable(file, frame, k, column, f"expected an answer on the scale {scale}")
            )
    numbers = np.array([np.nan if one is None else one for one in values], dtype=np.float64)
    return pd.Series(numbers, index=frame.index), scale


def _unreadable(file: str, frame: pd.DataFrame, k: int, column: str, expected: str) -> Finding:
    return Finding(file, int(k) + 2, column, frame[column].iloc[k], expected)
