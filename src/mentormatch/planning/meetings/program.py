"""The best schedule of units that compete for hours, by CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.planning.meetings.placing import Schedule
from mentormatch.solvers.programs.cp_sat import one_search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from ortools.sat.python.cp_model import CpModel, IntervalVar, IntVar

    from mentormatch.planning.meetings.placing import Group

__all__ = [
    "add_pieces",
    "fits",
    "keep_apart",
    "period_classes",
    "plan_everything",
    "solve_group",
    "subgroup",
]


@dataclass(frozen=True, eq=False)
class PeriodClass:
    """Periods in which every unit of a group has the same choice.

    ``starts`` has for each unit the starts from the beginning of the period in UTC, labels and
    weeks, as the rows of an intp array (3, starts).
    """

    periods: tuple[int, ...]
    starts: tuple[NDArray[np.intp], ...]


class Piece(NamedTuple):
    """Some of the starts of one meeting, as variables: those that have a number in common."""

    present: IntVar  # literal: the meeting is at one of these starts
    start: IntVar  # which one, from the beginning of the period
    interval: IntervalVar  # the time it takes, when present
    week: int  # of the period, in which all of them lie
    common: int  # what else they have in common: the shift of the clock, or a price


def subgroup(group: Group, which: Sequence[int]) -> Group:
    """Keep some units of a group."""
    return replace(
        group,
        units=[group.units[u] for u in which],
        starts=[group.starts[u] for u in which],
        people=[group.people[u] for u in which],
    )


def period_classes(group: Group, periods: Sequence[int] | None = None) -> list[PeriodClass]:
    """Collect the periods of a group that are alike; most differ only around clock changes."""
    found: dict[bytes, tuple[list[int], tuple[NDArray[np.intp], ...]]] = {}
    for k in range(group.periods.count) if periods is None else periods:
        begin = group.periods.begin(k)
        rows = []
        for starts in group.starts:
            here = starts.of(k)
            rows.append(np.stack([starts.at[here] - begin, starts.label[here], starts.week[here]]))
        key = b"|".join(one.tobytes() for one in rows)
        found.setdefault(key, ([], tuple(rows)))[0].append(k)
    return [PeriodClass(tuple(alike), rows) for alike, rows in found.values()]


def add_pieces(
    model: CpModel,
    starts: NDArray[np.intp],
    weeks: NDArray[np.intp],
    common: NDArray[np.intp],
    length: int,
) -> list[Piece]:
    """Make the variables of one meeting: a piece for each week and each number in common."""
    from ortools.sat.python import cp_model

    pieces = []
    for week, number in np.unique(np.stack([weeks, common], axis=1), axis=0).tolist():
        inside = starts[(weeks == week) & (common == number)]
        start = model.new_int_var_from_domain(cp_model.Domain.from_values(inside.tolist()), "")
        present = model.new_bool_var("")
        interval = model.new_optional_fixed_size_interval_var(start, length, present, "")
        pieces.append(Piece(present, start, interval, week, number))
    return pieces


def keep_apart(model: CpModel, group: Group, meetings: Sequence[Sequence[Piece]]) -> None:
    """Let no person be in two meetings at once, and no mentor in too many in a week."""
    for person in sorted({one for people in group.people for one in people}):
        theirs = [u for u, people in enumerate(group.people) if person in people]
        if len(theirs) < 2:
            continue
        model.add_no_overlap(piece.interval for u in theirs for piece in meetings[u])
        as_mentor = [u for u in theirs if group.people[u][-1] == person]
        if group.mentor_week is None or len(as_mentor) <= group.mentor_week:
            continue
        for week in range(group.periods.weeks):
            within = [p.present for u in as_mentor for p in meetings[u] if p.week == week]
            if len(within) > group.mentor_week:
                model.add(sum(within) <= group.mentor_week)


def fits(group: Group, which: Sequence[int], period: int) -> bool:
    """Tell whether some units of a group can all meet in a period; proven either way."""
    return find_starts(group, which, period) is not None


def find_starts(
    group: Group, which: Sequence[int], period: int, time_limit: float | None = None
) -> NDArray[np.intp] | None:
    """Find starts at which some units of a group can all meet in a period.

    The answer (units,) counts from the beginning of the period; None where they cannot, or the time
    was too short.
    """
    from ortools.sat.python import cp_model

    some = subgroup(group, which)
    (only,) = period_classes(some, [period])
    if any(not rows.shape[1] for rows in only.starts):
        return None
    if len(which) == 1:
        return np.asarray(only.starts[0][0, :1])
    model = cp_model.CpModel()
    meetings = [
        add_pieces(model, rows[0], rows[2], np.zeros_like(rows[0]), group.periods.length)
        for rows in only.starts
    ]
    for pieces in meetings:
        model.add_exactly_one(piece.present for piece in pieces)
    keep_apart(model, some, meetings)
    solver = one_search(time_limit)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = [
        solver.value(piece.start)
        for pieces in meetings
        for piece in pieces
        if solver.boolean_value(piece.present)
    ]
    return np.array(chosen, dtype=np.intp)


def plan_everything(group: Group, time_limit: float | None) -> Schedule | None:
    """Find a schedule with every meeting, at whatever hour; None where none was found."""
    at = np.full((group.size, group.periods.count), -1, dtype=np.intp)
    labels = np.zeros_like(at)
    for one in period_classes(group):
        starts = find_starts(group, range(group.size), one.periods[0], time_limit)
        if starts is None:
            return None
        shown = [
            rows[1, np.flatnonzero(rows[0] == start)[0]]
            for rows, start in zip(one.starts, starts.tolist(), strict=True)
        ]
        for k in one.periods:
            at[:, k] = group.periods.begin(k) + starts
            labels[:, k] = shown
    values = [np.unique(row, return_counts=True) for row in labels]
    usual = np.array([found[np.argmax(counts)] for found, counts in values], dtype=np.intp)
    same = sum(int(counts.max()) for _, counts in values)
    return Schedule(at, usual, same, at.size, proven=False)


def solve_group(group: Group, first: Schedule, time_limit: float | None) -> Schedule:
    """Find the schedule with the most meetings, and of those most at the units' usual hours."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    classes = period_classes(group)
    usual, on_the_hour = _usual_hours(model, group)
    meetings = []
    planned, same = [], []
    at_usual: list[list[IntVar]] = []
    for one in classes:
        size = len(one.periods)
        of_class, regular = [], []
        for u, rows in enumerate(one.starts):
            shift = rows[1] - rows[0]
            pieces = add_pieces(model, rows[0], rows[2], shift, group.periods.length)
            if pieces:
                model.add_at_most_one(piece.present for piece in pieces)
            literal = model.new_bool_var("")
            alike = []
            for piece in pieces:
                here = model.new_bool_var("")
                model.add(piece.start + piece.common == usual[u]).only_enforce_if(here)
                model.add_implication(here, piece.present)
                alike.append(here)
            model.add_bool_or([*alike, literal.negated()])
            planned += [size * piece.present for piece in pieces]
            same.append(size * literal)
            of_class.append(pieces)
            regular.append(literal)
        keep_apart(model, group, of_class)
        meetings.append(of_class)
        at_usual.append(regular)
    # Whole numbers that put one more meeting before all usual hours, and those before full hours.
    per_same = len(on_the_hour) + 1
    per_planned = per_same * (group.size * group.periods.count + 1)
    model.maximize(sum(planned) * per_planned + sum(same) * per_same + sum(on_the_hour))
    _add_hints(model, group, classes, meetings, usual, first)
    solver = one_search(time_limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return plan_everything(group, time_limit) or first
    at = np.full_like(first.at, -1)
    regular_meetings = 0
    for one, of_class, regular in zip(classes, meetings, at_usual, strict=True):
        for u, pieces in enumerate(of_class):
            chosen = [p.start for p in pieces if solver.boolean_value(p.present)]
            for k in one.periods if chosen else ():
                at[u, k] = group.periods.begin(k) + solver.value(chosen[0])
            regular_meetings += len(one.periods) * int(solver.boolean_value(regular[u]))
    proven = status == cp_model.OPTIMAL
    most = int((at >= 0).sum()) if proven else int(solver.best_objective_bound // per_planned)
    labels = np.array([solver.value(one) for one in usual], dtype=np.intp)
    found = Schedule(at, labels, regular_meetings, min(most, first.most), proven)
    if proven or found.planned == at.size:
        return found
    # Whether everybody can meet at all is quicker to decide than the best hours for it.
    everything = plan_everything(group, time_limit)
    return found if everything is None else everything


def _usual_hours(model: CpModel, group: Group) -> tuple[list[IntVar], list[IntVar]]:
    """Make the usual hour of each unit, and the literals that say it is a full hour."""
    from ortools.sat.python import cp_model

    usual, on_the_hour = [], []
    for starts in group.starts:
        labels = np.unique(starts.label)
        if not len(labels):
            labels = np.zeros(1, dtype=np.intp)
        variable = model.new_int_var_from_domain(cp_model.Domain.from_values(labels.tolist()), "")
        usual.append(variable)
        full = labels[labels % 4 == 0].tolist()
        if full and len(full) < len(labels):
            literal = model.new_bool_var("")
            hours = cp_model.Domain.from_values(full)
            model.add_linear_expression_in_domain(variable, hours).only_enforce_if(literal)
            on_the_hour.append(literal)
    return usual, on_the_hour


def _add_hints(
    model: CpModel,
    group: Group,
    classes: list[PeriodClass],
    meetings: list[list[list[Piece]]],
    usual: list[IntVar],
    first: Schedule,
) -> None:
    """Let the search begin with a schedule that is known."""
    for u, variable in enumerate(usual):
        if len(group.starts[u].label):
            model.add_hint(variable, int(first.usual[u]))
    for one, of_class in zip(classes, meetings, strict=True):
        k = one.periods[0]
        begin = group.periods.begin(k)
        for u, pieces in enumerate(of_class):
            inside = int(first.at[u, k]) - begin
            rows = one.starts[u][:, one.starts[u][0] == inside]
            for piece in pieces:
                chosen = (
                    first.at[u, k] >= 0
                    and piece.week == rows[2, 0]
                    and piece.common == rows[1, 0] - inside
                )
                model.add_hint(piece.present, int(chosen))
                if chosen:
                    model.add_hint(piece.start, inside)
