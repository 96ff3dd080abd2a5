"""What an `InfeasibleError` is asked: a smallest conflict, and the cheapest repair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from scipy import sparse

from mentormatch.conflicts import Conflict, Repair, Repairs
from mentormatch.errors import InfeasibleError, NotExplainableError
from mentormatch.problem.conditions import NO_LIMIT
from mentormatch.problem.quota_rows import quota_rows
from mentormatch.solvers import Deadline
from mentormatch.solvers.arrays import sparse_cells
from mentormatch.solvers.programs.milp import MixedProgram
from mentormatch.strategies.infeasible.by_flow import FlowConditions
from mentormatch.strategies.infeasible.conditions import HARD, condition_rows, name_conditions
from mentormatch.strategies.infeasible.smallest import search_smallest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem, Quota

__all__ = ["find_repairs", "find_smallest_conflict"]

T = TypeVar("T")
# Conditions that hold or are dropped; their sums are off by 1 at most.
WHOLE = {"apart", "together", "pin"}


def find_smallest_conflict(error: InfeasibleError, time_limit: float) -> Conflict:
    """Find a conflict of the fewest conditions; see `InfeasibleError.smallest`."""
    problem, pins = _known(error)
    deadline = Deadline.after(time_limit)
    twice = _find_repeated(pins)
    if problem.sides:
        rows = condition_rows(problem, pins)
        conditions, finder = list(rows.conditions), rows.model(deadline)
        found = search_smallest(finder, len(conditions), deadline)
    else:
        conditions, flow = name_conditions(problem, pins), FlowConditions(problem, pins)
        found = search_smallest(flow, flow.count, deadline)
    if twice and (found is None or len(found[0]) > 2):
        first = [name_conditions(problem, pins)[-len(pins) :][k] for k in twice[0]]
        return Conflict(tuple(first), proven_smallest=found is None or found[1])
    if found is None:
        raise _only_the_strategy(error)
    return Conflict(tuple(conditions[k] for k in found[0]), proven_smallest=found[1])


def find_repairs(error: InfeasibleError, time_limit: float) -> Repairs:
    """Find the cheapest changes that make a matching possible; see `InfeasibleError.repairs`."""
    problem, pins = _known(error)
    if not problem.sides and not error.pins:
        # Each unit of any other change frees one place at most, so none costs less than the places
        # that are missing, and lowering minimums costs just that.
        short = FlowConditions(problem, pins).shortages()
        changes = [
            _lower_minimum(problem, j, int(short[j])) for j in np.flatnonzero(short).tolist()
        ]
        cost = bound = int(short.sum())
    else:
        # Of a pair that is pinned twice, one pin goes whatever else is changed.
        twice = [later for _, later in _find_repeated(pins)]
        once = [k for k in range(len(pins)) if k not in twice]
        bent = bend_conditions(problem, [pins[k] for k in once], Deadline.after(time_limit))
        changes = _changes_of(problem, pins, once, bent)
        changes += [_drop_pin(pins, k) for k in twice]
        cost, bound = bent.cost + len(twice), bent.bound + len(twice)
    if not changes:
        raise _only_the_strategy(error)
    made = tuple(changes)
    return Repairs(made, cost, bound, bound >= cost, partial(_apply_changes, problem, pins, made))


def _apply_changes(
    problem: Problem, pins: tuple[PairRule, ...], changes: tuple[Repair, ...]
) -> Problem:
    """Return the problem with all changes."""
    capacity, minimum = problem.capacities.copy(), problem.minimums.copy()
    used = np.array(problem.minimum_if_used, dtype=np.int64)
    quotas: list[Quota] = list(problem.quotas)
    dropped: dict[str, set[int]] = defaultdict(set)
    for one in changes:
        if one.kind == "seat":
            capacity[one.condition] += one.by
        elif one.kind == "minimum":
            minimum[one.condition] -= one.by
        elif one.kind == "minimum if used":
            used[one.condition] -= one.by
        elif one.kind == "quota":
            if _asks_for_nothing(quotas[one.condition], one):
                dropped["quota"].add(one.condition)
            else:
                quotas[one.condition] = _bend_quota(problem, quotas[one.condition], one)
        else:
            dropped[one.kind].add(one.condition)
    return replace(
        problem,
        capacity=capacity if problem.usage is None else problem.capacity,
        minimum=minimum,
        minimum_if_used=used,
        quotas=_without(quotas, dropped["quota"]),
        pins=_without(pins, dropped["pin"]),
        apart=_without(problem.apart, dropped["apart"]),
        together=_without(problem.together, dropped["together"]),
    )


def _without(given: Iterable[T], places: set[int]) -> tuple[T, ...]:
    return tuple(one for k, one in enumerate(given) if k not in places)


def _known(error: InfeasibleError) -> tuple[Problem, tuple[PairRule, ...]]:
    """The problem of an error, and all pins in question."""
    if error.problem is None:
        raise NotExplainableError(
            "This error does not know its problem, so nothing can be tried. Errors of mm.match and "
            "of Problem(...) do."
        )
    return error.problem, (*error.problem.pin_rules, *error.pins)


def _only_the_strategy(error: InfeasibleError) -> NotExplainableError:
    return NotExplainableError(
        "The problem itself can be matched; it is the strategy that asks for too much: "
        f"{error} Change what it is asked for, or use another strategy."
    )


def _find_repeated(pins: tuple[PairRule, ...]) -> list[tuple[int, int]]:
    """(first, later) places of pins that name the same pair."""
    first: dict[tuple[object, object], int] = {}
    found = []
    for k, pin in enumerate(pins):
        before = first.setdefault((pin.mentee, pin.mentor), k)
        if before != k:
            found.append((before, k))
    return found


def _changes_of(
    problem: Problem, pins: tuple[PairRule, ...], once: list[int], bent: Bent
) -> list[Repair]:
    """Bent conditions as changes, in the order in which conditions are listed."""
    changes: list[Repair] = []
    needed = np.flatnonzero(problem.minimums > 0).tolist()
    used = np.flatnonzero(np.asarray(problem.minimum_if_used) > 1).tolist()
    quotas, apart = len(tuple(problem.quotas)), len(tuple(problem.apart))
    conditions = [
        *(("minimum", j) for j in needed),
        *(("pin", k) for k in once),
        *(("quota", k) for k in range(quotas)),
        *(("apart", k) for k in range(apart)),
        *(("together", k) for k in range(len(tuple(problem.together)))),
        *(("minimum if used", j) for j in used),
    ]
    for (kind, place), less, more in zip(
        conditions, bent.lowered.tolist(), bent.raised.tolist(), strict=True
    ):
        if kind == "minimum" and less:
            changes.append(_lower_minimum(problem, place, less))
        elif kind == "pin" and less:
            changes.append(_drop_pin(pins, place))
        elif kind == "quota":
            changes += _quota_changes(problem, place, less, more)
        elif kind in ("apart", "together") and (less or more):
            changes.append(_drop_pair(problem, kind, place))
        elif kind == "minimum if used" and less:
            before, who = np.asarray(problem.minimum_if_used)[place], problem.mentor_ids[place]
            text = f"minimum if used of {who!r}: {before - less} instead of {before}"
            changes.append(Repair("minimum if used", text, (who,), less, place))
    for j in np.flatnonzero(bent.seats).tolist():
        before, who = problem.capacities[j], problem.mentor_ids[j]
        text = f"capacity of {who!r}: {before + bent.seats[j]} instead of {before}"
        changes.append(Repair("seat", text, (who,), int(bent.seats[j]), j, is_raised=True))
    return changes


def _lower_minimum(problem: Problem, j: int, by: int) -> Repair:
    before, who = problem.minimums[j], problem.mentor_ids[j]
    return Repair(
        "minimum", f"minimum of {who!r}: {before - by} instead of {before}", (who,), by, j
    )


def _drop_pin(pins: tuple[PairRule, ...], k: int) -> Repair:
    pin = pins[k]
    text = f"without the pin of {pin.mentee!r} with {pin.mentor!r}"
    return Repair("pin", text, (pin.mentee, pin.mentor), 1, k)


def _drop_pair(problem: Problem, kind: str, k: int) -> Repair:
    pair = tuple(problem.apart if kind == "apart" else problem.together)[k]
    text = f"{pair[0]!r} and {pair[1]!r} need not be {kind}"
    people = (pair[0], pair[1])
    return Repair("apart" if kind == "apart" else "together", text, people, 1, k)


def _quota_changes(problem: Problem, k: int, less: int, more: int) -> list[Repair]:
    name = tuple(problem.quotas)[k].label
    made = []
    if less:
        text = f"quota {name!r}: at least {less} fewer than it asks for"
        made.append(Repair("quota", text, (), less, k))
    if more:
        text = f"quota {name!r}: at most {more} more than it allows"
        made.append(Repair("quota", text, (), more, k, is_raised=True))
    return made


def _bend_quota(problem: Problem, quota: Quota, change: Repair) -> Quota:
    """The quota with its least number lowered, or its largest raised, for every group alike."""
    which = "at_most" if change.is_raised else "at_least"
    given = getattr(quota, which)
    if isinstance(given, str):
        # A column of numbers: one for each group, by its value.
        rows = quota_rows(problem.compatibility, quota)
        limits = rows.high if change.is_raised else rows.low
        given = dict(zip(rows.names or (), limits.tolist(), strict=False))
    by = change.by if change.is_raised else -change.by
    bent = (
        {value: max(0, int(number) + by) for value, number in given.items()}
        if isinstance(given, Mapping)
        else max(0, int(given) + by)
    )
    if change.is_raised:
        return replace(quota, at_most=bent, name=quota.label)
    return replace(quota, at_least=bent, name=quota.label)


def _asks_for_nothing(quota: Quota, change: Repair) -> bool:
    """Whether a quota is left without a number once its least one is lowered."""
    one_number = isinstance(quota.at_least, int)
    return (
        not change.is_raised
        and quota.at_most is None
        and one_number
        and quota.at_least == change.by
    )


@dataclass(frozen=True, eq=False)
class Bent:
    """By how much each condition is bent.

    ``lowered`` and ``raised`` (conditions,) are by how much the least number of each is lowered and
    the largest raised; 1 = dropped, where a condition has no number.
    """

    lowered: NDArray[np.int64]
    raised: NDArray[np.int64]
    seats: NDArray[np.int64]  # (mentors,): seats more
    cost: int  # units in all
    bound: int  # what no way costs less than


def bend_conditions(problem: Problem, pins: Sequence[PairRule], deadline: Deadline) -> Bent:
    """Find the fewest units by which conditions must bend; SolverError if time ended before any."""
    found = condition_rows(problem, pins)
    n, m = problem.shape
    pairs, count = len(found.mentees), len(found.conditions)
    # Columns: pairs, lowered, raised, seats, and whether a mentor with a minimum if used is used.
    used_rows = np.flatnonzero(found.thresholds > 1)
    width = pairs + 2 * count + m + len(used_rows)
    upper = np.ones(width)
    low_at, high_at, seat_at, used_at = np.cumsum([pairs, count, count, m]).tolist()
    for k, condition in enumerate(found.conditions):
        if condition.kind == "quota":
            upper[low_at + k] = upper[high_at + k] = np.inf
        elif condition.kind not in WHOLE:
            upper[low_at + k] = float(condition.amount or 0)
    # Seats that count hours have no size of their own.
    upper[seat_at:used_at] = 0.0 if problem.usage is not None else np.inf
    program = replace(MixedProgram.of_columns(width), upper=upper)
    rows = len(found.low)
    which = found.condition_of
    soft = np.flatnonzero(which != HARD)
    kinds = [one.kind for one in found.conditions]
    together = np.array([kinds[which[r]] == "together" for r in soft.tolist()], dtype=bool)
    # What is dropped of a pair of mentees is one thing, whatever side of its rows it frees.
    raise_column = np.where(together, low_at + which[soft], high_at + which[soft])
    shape, thresholds = (rows, width), found.thresholds[used_rows].astype(float)
    lower = sparse_cells(soft, low_at + which[soft], shape)
    lift = sparse_cells(soft, raise_column, shape)
    seats = sparse_cells(n + np.arange(m), seat_at + np.arange(m), shape)
    use = sparse_cells(used_rows, used_at + np.arange(len(used_rows)), shape, thresholds)
    made = sparse.hstack([found.rows, sparse.csr_array((rows, width - pairs))], format="csr")
    least = np.where(found.thresholds > 1, 0, found.low).astype(float)
    most = np.where(found.high >= NO_LIMIT, np.inf, found.high.astype(float))
    program = program.with_rows(made + lower - use, least, np.inf)
    program = program.with_rows(made - lift - seats, -np.inf, most)
    pairs_used = found.rows[used_rows]
    reach = sparse.diags_array(np.asarray(pairs_used.sum(axis=1), dtype=float))
    program = program.with_rows(pairs_used, -np.inf, 0.0, last=-reach)
    costs = np.zeros(width)
    costs[low_at:used_at] = 1.0
    answer = program.maximise(-costs, time_limit=deadline.left())
    values = np.rint(answer.values).astype(np.int64)
    return Bent(
        values[low_at:high_at],
        values[high_at:seat_at],
        values[seat_at:used_at],
        round(-answer.objective),
        int(np.ceil(-answer.bound - 1e-6)),
    )
