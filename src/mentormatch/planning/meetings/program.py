"""The best schedule of pairs that compete for hours, by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mentormatch.planning.meetings.placing import Schedule
from mentormatch.solvers.programs.cp_sat import one_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.planning.meetings.placing import Group

__all__ = ["PeriodClass", "period_classes", "solve_group"]


@dataclass(frozen=True, eq=False)
class PeriodClass:
    """Periods in which every pair of a group has the same choice.

    Parameters
    ----------
    periods
        Which ones.
    starts
        For each pair: starts from the beginning of the period in UTC, labels and weeks, as the rows
        of an intp array (3, starts).
    """

    periods: tuple[int, ...]
    starts: tuple[NDArray[np.intp], ...]


@dataclass(eq=False)
class _Meeting:
    """The variables of one pair's meeting in the periods of one class."""

    pieces: list[tuple[Any, Any, Any, int, int]]
    same: Any


def period_classes(group: Group, periods: Sequence[int] | None = None) -> list[PeriodClass]:
    """Collect the periods of a group that are alike; most differ only around clock changes."""
    found: dict[bytes, tuple[list[int], tuple[NDArray[np.intp], ...]]] = {}
    for k in range(group.periods.count) if periods is None else periods:
        begin = group.periods.base + k * group.periods.quarters
        rows = []
        for starts in group.starts:
            here = starts.of(k)
            rows.append(np.stack([starts.at[here] - begin, starts.label[here], starts.week[here]]))
        key = b"|".join(one.tobytes() for one in rows)
        found.setdefault(key, ([], tuple(rows)))[0].append(k)
    return [PeriodClass(tuple(periods_), rows) for periods_, rows in found.values()]


def solve_group(group: Group, first: Schedule, time_limit: float | None) -> Schedule:
    """Find the schedule with the most meetings, and of those most at the pairs' usual hours.

    Parameters
    ----------
    group
        Pairs that share people.
    first
        A schedule to begin with.
    time_limit
        Seconds, or None.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    classes = period_classes(group)
    usual, on_the_hour = [], []
    for starts in group.starts:
        labels = np.unique(starts.label)
        if not len(labels):
            labels = np.zeros(1, dtype=np.intp)
        domain = cp_model.Domain.from_values(labels.tolist())
        variable = model.new_int_var_from_domain(domain, "")
        usual.append(variable)
        full = labels[labels % 4 == 0].tolist()
        if full and len(full) < len(labels):
            literal = model.new_bool_var("")
            hours = cp_model.Domain.from_values(full)
            model.add_linear_expression_in_domain(variable, hours).only_enforce_if(literal)
            on_the_hour.append(literal)
    meetings = [
        [_meeting(model, rows, usual[p], group.periods.length) for p, rows in enumerate(one.starts)]
        for one in classes
    ]
    for of_class in meetings:
        _keep_apart(model, group, of_class)
    most_same = sum(len(one.periods) for one in classes) * group.size
    sizes = [len(one.periods) for one in classes]
    planned = sum(
        size * piece[0]
        for size, of_class in zip(sizes, meetings, strict=True)
        for meeting in of_class
        for piece in meeting.pieces
    )
    same = sum(
        size * meeting.same
        for size, of_class in zip(sizes, meetings, strict=True)
        for meeting in of_class
        if meeting.pieces
    )
    per_same = len(on_the_hour) + 1
    per_planned = per_same * (most_same + 1)
    model.maximize(planned * per_planned + same * per_same + sum(on_the_hour))
    _hint(model, group, classes, meetings, usual, first)
    solver = one_search(time_limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    at = np.full_like(first.at, -1)
    kept_same = 0
    for one, of_class in zip(classes, meetings, strict=True):
        for p, meeting in enumerate(of_class):
            for present, start, *_ in meeting.pieces:
                if solver.boolean_value(present):
                    for k in one.periods:
                        begin = group.periods.base + k * group.periods.quarters
                        at[p, k] = begin + solver.value(start)
            if meeting.pieces:
                kept_same += len(one.periods) * int(solver.boolean_value(meeting.same))
    proven = status == cp_model.OPTIMAL
    planned_now = int((at >= 0).sum())
    most = planned_now if proven else int(solver.best_objective_bound // per_planned)
    labels_chosen = np.array([solver.value(one) for one in usual], dtype=np.intp)
    return Schedule(at, labels_chosen, kept_same, min(most, first.most), proven)


def _meeting(model: Any, rows: NDArray[np.intp], usual: Any, length: int) -> _Meeting:
    """Make the variables of one meeting: one piece for each week and each shift of the clock."""
    from ortools.sat.python import cp_model

    pieces = []
    alike = []
    shifts = rows[1] - rows[0]
    for week, shift in np.unique(np.stack([rows[2], shifts], axis=1), axis=0).tolist():
        inside = rows[0][(rows[2] == week) & (shifts == shift)]
        domain = cp_model.Domain.from_values(inside.tolist())
        present = model.new_bool_var("")
        start = model.new_int_var_from_domain(domain, "")
        interval = model.new_optional_fixed_size_interval_var(start, length, present, "")
        at_usual = model.new_bool_var("")
        model.add(start + shift == usual).only_enforce_if(at_usual)
        model.add_implication(at_usual, present)
        alike.append(at_usual)
        pieces.append((present, start, interval, week, shift))
    if pieces:
        model.add_at_most_one(piece[0] for piece in pieces)
    same = model.new_bool_var("")
    model.add_bool_or([*alike, same.negated()])
    return _Meeting(pieces, same)


def _keep_apart(model: Any, group: Group, meetings: list[_Meeting]) -> None:
    """No person has two meetings at once, no mentor too many in a week."""
    for person in sorted({one for pair in group.people for one in pair}):
        theirs = [p for p, pair in enumerate(group.people) if person in pair]
        if len(theirs) < 2:
            continue
        model.add_no_overlap(piece[2] for p in theirs for piece in meetings[p].pieces)
        if group.mentor_week is None:
            continue
        as_mentor = [p for p in theirs if group.people[p][1] == person]
        if len(as_mentor) <= group.mentor_week:
            continue
        for week in range(group.periods.weeks):
            within = [
                piece[0] for p in as_mentor for piece in meetings[p].pieces if piece[3] == week
            ]
            if len(within) > group.mentor_week:
                model.add(sum(within) <= group.mentor_week)


def _hint(
    model: Any,
    group: Group,
    classes: list[PeriodClass],
    meetings: list[list[_Meeting]],
    usual: list[Any],
    first: Schedule,
) -> None:
    for p, variable in enumerate(usual):
        model.add_hint(variable, int(first.usual[p]))
    for one, of_class in zip(classes, meetings, strict=True):
        k = one.periods[0]
        begin = group.periods.base + k * group.periods.quarters
        for p, meeting in enumerate(of_class):
            inside = int(first.at[p, k]) - begin
            label = one.starts[p][1][one.starts[p][0] == inside]
            for present, start, _, week, shift in meeting.pieces:
                here = one.starts[p][2][one.starts[p][0] == inside]
                chosen = (
                    first.at[p, k] >= 0
                    and len(label) > 0
                    and int(label[0]) - inside == shift
                    and int(here[0]) == week
                )
                model.add_hint(present, int(chosen))
                if chosen:
                    model.add_hint(start, inside)
