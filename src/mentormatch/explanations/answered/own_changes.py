"""The single changes that a mentee can make in its own cells, and what each makes it score."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import pandas as pd

from mentormatch.cohort import Cohort, hint_nearest
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.criteria.availability.availability import Availability
from mentormatch.criteria.kinds.levels import LevelGap
from mentormatch.criteria.kinds.near import Near
from mentormatch.criteria.kinds.same import Different, Same
from mentormatch.criteria.kinds.skills import SkillCoverage
from mentormatch.criteria.kinds.tags import TagOverlap
from mentormatch.criteria.scoring.normalised import NormalisedScorer, scorer_of_criteria
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.errors import MentorMatchError, NotExplainableError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.criteria.interface.criterion import Criterion
    from mentormatch.criteria.scoring.scorer import CriteriaScorer
    from mentormatch.problem import Problem

__all__ = ["OwnChange", "criteria_scorer", "own_changes", "scores_after"]

Said = TypeVar("Said")
# Of each column, the most frequent first.
MOST_VALUES = 200
# Scores of one row that agree to this are the same.
ALIKE = 1e-9


@dataclass(frozen=True)
class OwnChange:
    """Another cell of one mentee: a value added to it, or put in its place."""

    column: str
    change: str
    value: object
    cell: object


def own_changes(problem: Problem, i: int, actionable: Collection[str] | None) -> list[OwnChange]:
    """List the changes that mentee ``i`` can make, where criteria gave the scores.

    Columns may be ``actionable``; None: those with several values in a cell, to which one can be
    added: skills, tags, weekly windows. Raises MentorMatchError for a column that is protected,
    that no criterion reads, or whose criterion counts how many people have a value.
    """
    base, cohort = criteria_scorer(problem), problem.compatibility.cohort
    assert base is not None
    assert cohort is not None
    criteria = [cast("Criterion", one.criterion) for one in base.fitted]
    readers = {
        column: [one for one in criteria if column in one.columns["mentees"]]
        for one in criteria
        for column in one.columns["mentees"]
    }
    actionable = base.actionable if actionable is None else actionable
    if actionable is None:
        chosen = [
            column
            for column, reading in readers.items()
            if protected_attribute(column) is None
            and all(_is_own(one) for one in reading)
            and any(_adds_to(one, column) for one in reading)
        ]
    else:
        chosen = _checked(actionable, readers)
    return [change for column in chosen for change in _changes(cohort, i, column, readers[column])]


def _checked(actionable: Collection[str], readers: dict[str, list[Criterion]]) -> list[str]:
    """The columns asked for, without repetition."""
    if isinstance(actionable, str):
        actionable = [actionable]
    for column in actionable:
        if column not in readers:
            hint = hint_nearest(column, readers)
            raise MentorMatchError(
                f"actionable: no criterion reads a column {column!r} of the mentees; they read "
                f"{', '.join(map(repr, readers))}.{hint}"
            )
        attribute = protected_attribute(column)
        if attribute is not None:
            raise MentorMatchError(
                f"actionable: {column!r} is named like a protected attribute ({attribute}); nobody "
                "is told to change it. Leave it out."
            )
        for one in readers[column]:
            if not _is_own(one) or not _reads_value(one, column):
                raise MentorMatchError(
                    f"actionable: {one.label} reads {column!r} in a way in which one person's "
                    "change cannot be weighed alone. Leave the column out."
                )
    return list(dict.fromkeys(actionable))


def _is_own(one: Criterion) -> bool:
    """Whether a mentee's cells change nobody else's values."""
    if isinstance(one, TagOverlap):
        # Rare tags weigh more, and how rare they are depends on all mentees.
        return not one.rarity
    return isinstance(one, SkillCoverage | Availability | Same | Different | LevelGap | Near)


def _reads_value(one: Criterion, column: str) -> bool:
    """Whether the column holds what is compared, and not a zone or who asks."""
    return one.columns["mentees"][0] == column


def _adds_to(one: Criterion, column: str) -> bool:
    """Whether a cell of the column can take one value more."""
    adds = isinstance(one, SkillCoverage | TagOverlap | Availability)
    return adds and _reads_value(one, column)


def _changes(cohort: Cohort, i: int, column: str, reading: list[Criterion]) -> list[OwnChange]:
    adding = [one for one in reading if _adds_to(one, column)]
    if not adding:
        return _other_values(cohort, i, column)
    return _additions(cohort, i, column, adding)


def _other_values(cohort: Cohort, i: int, column: str) -> list[OwnChange]:
    """What other mentees have in the column, the most frequent first."""
    cells = cohort.column("mentees", column)
    own = cells.iloc[i]
    counts = cells.dropna().astype(object).value_counts()
    return [
        OwnChange(column, "change", value, value)
        for value in counts.index[: MOST_VALUES + 1]
        if value != own
    ][:MOST_VALUES]


def _additions(cohort: Cohort, i: int, column: str, adding: list[Criterion]) -> list[OwnChange]:
    """One value more of those that mentors have, the most frequent first."""
    hours = all(isinstance(one, Availability) for one in adding)
    counts: dict[str, int] = {}
    for one in adding:
        [source, *_] = one.columns["mentors"]
        for values in _values(cohort, "mentors", source, hours):
            for value in values:
                counts[value] = counts.get(value, 0) + 1
    [own] = _values(cohort, "mentees", column, hours, i)
    known = {value.casefold() for value in own}
    ordered = sorted(counts, key=lambda value: (-counts[value], value))
    new = [value for value in ordered if value.casefold() not in known][:MOST_VALUES]
    return [
        OwnChange(column, "add", value, "; ".join([*own, value]) if hours else [*own, value])
        for value in new
    ]


def _values(
    cohort: Cohort, side: Side, column: str, hours: bool, person: int | None = None
) -> list[tuple[str, ...]]:
    """The values in each cell, or in one person's; weekly windows are divided by semicolons."""
    if hours:
        cells = cohort.column(side, column)
        if person is not None:
            cells = cells.iloc[[person]]
        return [_windows(cell) for cell in cells.tolist()]
    values = cohort.values(side, column).tuples()
    return values if person is None else [values[person]]


def _windows(cell: object) -> tuple[str, ...]:
    if isinstance(cell, list | tuple):
        return tuple(str(one).strip() for one in cell)
    if is_missing(cell):
        return ()
    return tuple(filter(None, (part.strip() for part in str(cell).split(";"))))


def criteria_scorer(problem: Problem) -> CriteriaScorer | None:
    """The criteria behind the scores of a problem; None where the scores were given."""
    if problem.compatibility.cohort is None:
        return None
    return scorer_of_criteria(problem.compatibility.scorer)


def scores_after(problem: Problem, i: int, changes: list[OwnChange]) -> NDArray[np.float64]:
    """Score mentee ``i`` after each change with all mentors; −inf where a pair may not be made.

    Only the criteria that read a changed column are fitted again, on everybody together with the
    changed rows; of the others the values are taken. Raises NotExplainableError if the row as it is
    does not come out as the problem has it.
    """
    base, cohort = criteria_scorer(problem), problem.compatibility.cohort
    assert base is not None
    assert cohort is not None
    (n, m), count = problem.shape, len(changes)
    columns = {one.column for one in changes}
    rows, everybody = np.full(count + 1, i), np.arange(m)
    fitted = []
    for one in base.fitted:
        criterion = cast("Criterion", one.criterion)
        if columns & set(criterion.columns["mentees"]):
            anew = criterion.fit(_with_changes(cohort, i, criterion, changes))
            fitted.append(anew.take(n + np.arange(count + 1), everybody))
        else:
            fitted.append(one.take(rows, everybody))
    again = replace(
        base.precise(),
        fitted=tuple(fitted),
        oneself=None if base.oneself is None else base.oneself.take(rows, everybody),
        shape=(count + 1, m),
    )
    normalise = isinstance(problem.compatibility.scorer, NormalisedScorer)
    scorer = NormalisedScorer.of(again) if normalise else again
    at = np.repeat(np.arange(count + 1), m), np.tile(everybody, count + 1)
    scores = np.asarray(scorer.pairs(*at).scores, np.float64).reshape(count + 1, m)
    scores[np.isnan(scores)] = -np.inf
    if problem.min_score is not None:
        scores[scores < problem.min_score] = -np.inf
    for ban in problem.ban_rules:
        if problem.compatibility.mentee_position(ban.mentee) == i:
            scores[:, problem.compatibility.mentor_position(ban.mentor)] = -np.inf
    now = np.asarray(problem.pairs(rows[:1].repeat(m), everybody).scores, np.float64)
    now[np.isnan(now)] = -np.inf
    if not np.allclose(scores[0], now, rtol=ALIKE, atol=ALIKE):
        raise NotExplainableError(
            f"The answers of {problem.mentee_ids[i]!r} no longer give the scores of the problem, "
            "so what a change of them would give is not known. Score the cohort again."
        )
    return scores[1:]


def _with_changes(cohort: Cohort, i: int, criterion: Criterion, changes: list[OwnChange]) -> Cohort:
    """Everybody, then mentee ``i`` as it is and after each change; what the criterion reads."""
    n, m = len(cohort.mentees), len(cohort.mentors)
    more = [i] * (len(changes) + 1)
    mentees = {}
    for column in dict.fromkeys(criterion.columns["mentees"]):
        cells = cohort.column("mentees", column).astype(object).tolist()
        cells += [cells[k] for k in more]
        for k, change in enumerate(changes, start=n + 1):
            if change.column == column:
                cells[k] = change.cell
        mentees[column] = pd.Series(cells, dtype=object)
    mentors = {
        column: pd.Series(cohort.column("mentors", column).tolist(), dtype=object)
        for column in dict.fromkeys(criterion.columns["mentors"])
    }
    return Cohort(
        pd.DataFrame(mentees, index=pd.RangeIndex(n + len(more))),
        pd.DataFrame(mentors, index=pd.RangeIndex(m)),
        separators=_of_columns(cohort.separators, {*mentees, *mentors}),
        options=_of_columns(cohort.options, {*mentees, *mentors}),
        missing=cohort.missing,
        named=cohort.named,
    )


def _of_columns(given: Mapping[str, Said] | None, columns: set[str]) -> dict[str, Said] | None:
    """What was said about these columns."""
    return {name: value for name, value in (given or {}).items() if name in columns} or None
