"""From quotas, pairs of mentees and hours to the rows of a problem's side conditions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.compatibility.ids import find_position
from mentormatch.errors import ProblemError
from mentormatch.problem.conditions import NO_LIMIT, Kind, MenteePair, SideConstraint, SideRules
from mentormatch.problem.pairs import as_lines
from mentormatch.problem.quota_rows import quota_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.compatibility import Compatibility
    from mentormatch.problem.quotas import Quota
    from mentormatch.problem.seats import Hours

__all__ = ["mentee_pairs", "side_rules"]


def mentee_pairs(given: object, name: str) -> tuple[MenteePair, ...]:
    """Pairs of mentees in one form; ProblemError with all that are no pairs or triples at once."""
    if isinstance(given, str | dict | pd.DataFrame | pd.Series) or not isinstance(given, Iterable):
        raise ProblemError(
            f"{name} must be a list of pairs of mentees, got {type(given).__name__}. Write "
            "[(mentee, mentee), ...] or [(mentee, mentee, reason), ...]; of a table, "
            "list(table.itertuples(index=False))."
        )
    found, wrong = [], []
    for number, entry in enumerate(given):
        row: object = entry.tolist() if isinstance(entry, np.ndarray) else entry
        if isinstance(row, str) or not isinstance(row, Sequence) or not 2 <= len(row) <= 3:
            wrong.append(f"entry {number}: expected (mentee, mentee[, reason]), got {row!r}")
        elif row[0] == row[1]:
            wrong.append(f"entry {number}: {row[0]!r} is named twice; name two mentees")
        else:
            reason = row[2] if len(row) == 3 else None
            empty = reason == "" or is_missing(reason)
            found.append(MenteePair(row[0], row[1], None if empty else str(reason)))
    if wrong:
        raise ProblemError(as_lines(f"{name} cannot be read", wrong))
    return tuple(found)


def side_rules(
    compatibility: Compatibility,
    quotas: tuple[Quota, ...],
    apart: tuple[MenteePair, ...],
    together: tuple[MenteePair, ...],
    hours: Hours | None,
    if_used: NDArray[np.int64],
) -> SideRules:
    """The conditions of a problem, as rows.

    Raises one ProblemError that lists everything wrong: unknown people or columns, two quotas of
    one name, a pair that must be both apart and together.
    """
    wrong: list[str] = []
    constraints: list[SideConstraint] = []
    for quota in quotas:
        try:
            constraints.append(_quota_constraint(compatibility, quota))
        except ProblemError as error:
            wrong.append(str(error))
    names = [quota.label for quota in quotas]
    wrong.extend(
        f"Two quotas are called {name!r}. Tell them apart with name=."
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    )
    seen: dict[frozenset[int], str] = {}
    kinds: tuple[tuple[Kind, tuple[MenteePair, ...]], ...] = (
        ("apart", apart),
        ("together", together),
    )
    for kind, pairs in kinds:
        for pair in pairs:
            try:
                who = [
                    find_position(compatibility.mentee_ids, one, "mentee")
                    for one in (pair.first, pair.second)
                ]
            except ProblemError as error:
                wrong.append(f"{kind}: {error}")
                continue
            key = frozenset(who)
            if key in seen:
                how = "twice" if seen[key] == kind else "as apart and as together"
                wrong.append(f"{pair.first!r} and {pair.second!r} are given {how}. Give one.")
                continue
            seen[key] = kind
            constraints.append(_pair_constraint(compatibility, kind, pair, who))
    if wrong:
        raise ProblemError(as_lines("The conditions cannot be used", wrong))
    if (if_used > 1).any():
        constraints.append(_used_constraint(compatibility, if_used))
    if hours is None:
        return SideRules(tuple(constraints))
    constraint = SideConstraint(
        "hours",
        "hours",
        np.arange(compatibility.shape[0]),
        hours.usage,
        np.arange(compatibility.shape[1]),
        np.zeros(compatibility.shape[1], dtype=np.int64),
        hours.capacity,
    )
    return SideRules((*constraints, constraint), hours.unit)


def _quota_constraint(compatibility: Compatibility, quota: Quota) -> SideConstraint:
    rows = quota_rows(compatibility, quota)
    return SideConstraint(
        "quota",
        quota.label,
        rows.mentees,
        np.ones(len(rows.mentees), dtype=np.int64),
        rows.mentor_group,
        rows.low,
        rows.high,
        rows.member_group if rows.member_group.any() else None,
        rows.names,
    )


def _used_constraint(compatibility: Compatibility, if_used: NDArray[np.int64]) -> SideConstraint:
    """At least so many with each mentor, or nobody."""
    n, m = compatibility.shape
    return SideConstraint(
        "if used",
        "minimum if used",
        np.arange(n),
        np.ones(n, dtype=np.int64),
        np.arange(m),
        if_used,
        np.full(m, NO_LIMIT, dtype=np.int64),
        or_none=True,
    )


def _pair_constraint(
    compatibility: Compatibility, kind: Kind, pair: MenteePair, who: list[int]
) -> SideConstraint:
    m = compatibility.shape[1]
    must = "must not share a mentor" if kind == "apart" else "must have the same mentors"
    why = f" ({pair.reason})" if pair.reason else ""
    # The one named first counts as 1 in any order of people: a price keeps its sign.
    weights = np.array([1, 1 if kind == "apart" else -1], dtype=np.int64)[np.argsort(who)]
    return SideConstraint(
        kind,
        f"{pair.first!r} and {pair.second!r} {must}{why}",
        np.sort(np.array(who, dtype=np.intp)),
        weights,
        np.arange(m),
        # Nothing is below "both have nobody": sums of 1 + 1 are never negative.
        np.zeros(m, dtype=np.int64),
        np.full(m, 1 if kind == "apart" else 0, dtype=np.int64),
    )
