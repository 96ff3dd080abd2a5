"""Explain why conditions cannot all hold: those in conflict, in people's names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import exact_scores
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.ids import format_count, format_people, rank_ids
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.problem.conditions import ALL_MENTORS
from mentormatch.problem.pairs import as_lines
from mentormatch.strategies.base import explain_infeasible_with
from mentormatch.strategies.infeasible.by_flow import FlowConditions
from mentormatch.strategies.infeasible.conditions import condition_rows, name_conditions
from mentormatch.strategies.infeasible.proving import cut_at, price_conflict
from mentormatch.strategies.infeasible.smallest import shrink_conflict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.conflicts import Condition
    from mentormatch.problem import Problem
    from mentormatch.solvers import Deadline

__all__ = [
    "explain_conflict",
]

UNMET = "the minimums cannot be met"
ORDER = ("minimum", "pin", "quota", "apart", "together", "minimum if used")
# Where not even fractions of pairs keep all conditions, prices show it; else a search of all does.
BELIEVED = "That is the word of CP-SAT; no prices that show it were found."
POSSIBLE = (
    "{} meets all conditions of the problem, so it is the strategy that asks for too much, or its "
    "solver that is wrong"
)


def explain_conflict(
    problem: Problem, error: InfeasibleError, deadline: Deadline
) -> InfeasibleError | SolverError:
    """Return an error that names who is in conflict, with the conditions as data.

    When ``deadline`` passes, a conflict is told as it is, though something might be left out of it.

    Minimums are said to be too many only where a maximum flow over all pairs leaves them unmet; an
    engine that says so otherwise is wrong, and the error says that.
    """
    try:
        return _explain(problem, error, deadline)
    except SolverError as too_large:
        return InfeasibleError(f"The conditions cannot all hold: {error}. {too_large}")


def _explain(
    problem: Problem, error: InfeasibleError, deadline: Deadline
) -> InfeasibleError | SolverError:
    # Side rules take nothing away from a conflict that is there without them.
    flow = FlowConditions(problem, problem.pin_rules)
    found = flow.find_conflict(range(flow.count))
    if found is not None:
        found, _ = shrink_conflict(flow, found, deadline)
        conditions = name_conditions(problem, problem.pin_rules)
        short = flow.needed[[k for k in found if k < len(flow.needed)]]
        conflict = _in_order([conditions[k] for k in found])
        proof = cut_at(problem, short)
        return InfeasibleError(_minimums_in_words(problem, short), conflict, proof=proof)
    if not problem.sides:
        if str(error) == UNMET:
            return SolverError(
                "An engine stopped at minimums that can be met: a maximum flow over all pairs "
                'meets them. Use engine="flow", and please report this problem.'
            )
        return InfeasibleError(f"{POSSIBLE.format('A maximum flow')}: {error}.")
    return _explain_rules(problem, error, deadline)


def _explain_rules(problem: Problem, error: InfeasibleError, deadline: Deadline) -> InfeasibleError:
    """Name the conditions in conflict of a problem with side rules, and what shows it."""
    rows = condition_rows(problem, problem.pin_rules)
    model = rows.model(deadline)
    try:
        found = model.find_conflict(range(len(rows.conditions)))
    except SolverError:
        return InfeasibleError(
            f"The conditions cannot all hold: {error}. That is the word of an engine; when "
            "the time was over it was not known which of them are in conflict."
        )
    if found is None:
        return InfeasibleError(f"{POSSIBLE.format('CP-SAT')}: {error}.")
    numbers, is_least = shrink_conflict(model, found, deadline)
    proof = price_conflict(problem, rows, numbers, deadline)
    conflict = _in_order([rows.conditions[k] for k in numbers])
    said = _conflict_in_words(problem, conflict, is_least)
    if proof is None:
        said += (" " if len(conflict) == 1 else "\n") + BELIEVED
    return InfeasibleError(said, conflict, proof=proof)


def _in_order(conditions: list[Condition]) -> list[Condition]:
    """Put conditions in an order that does not depend on that of the rows."""
    return sorted(conditions, key=lambda one: (ORDER.index(one.kind), str(one.people), one.name))


def _eligible_to(problem: Problem, mentors: NDArray[np.intp]) -> NDArray[np.intp]:
    """The mentee of each pair that may still be made with some of the mentors."""
    found = [np.empty(0, dtype=np.intp)]
    for rows in row_slices(*problem.shape):
        open_pairs = np.isfinite(problem.open_scores(rows)[:, mentors])
        open_pairs &= (problem.after_pins.demand[rows] > 0)[:, None]
        found.append(np.nonzero(open_pairs)[0] + rows.start)
    return np.concatenate(found)


def _minimums_in_words(problem: Problem, short: NDArray[np.intp]) -> str:
    """Say who must have how many, and which mentees are eligible to them."""
    left = problem.after_pins
    ids = problem.mentor_ids
    short = short[np.argsort(rank_ids(ids)[short])]
    j = short[0]
    if left.minimum[j] > left.capacity[j]:
        return (
            f"The minimums cannot be met: {ids[j]!r} must have {problem.minimums[j]}, but takes at "
            f"most {problem.capacities[j]}. Lower the minimum, or raise the capacity."
        )
    mentees = _eligible_to(problem, short)
    people = np.unique(mentees)
    people = people[np.argsort(rank_ids(problem.mentee_ids)[people])]
    needs = left.minimum[short]
    names = [repr(one) for one in ids[short].tolist()]
    more = " more besides their pins" if len(problem.pinned) else ""
    if len(names) == 1:
        who = f"{names[0]} must have {needs[0]}{more}"
    elif len(set(needs.tolist())) == 1 and len(names) <= 5:
        who = f"{', '.join(names[:-1])} and {names[-1]} must have {needs[0]} each{more}"
    else:
        shown = [
            f"{name} {need}" for name, need in zip(names[1:5], needs[1:].tolist(), strict=False)
        ]
        rest = (
            f" and {format_count(len(names) - 5, 'other')} {needs[5:].sum()}"
            if len(names) > 5
            else ""
        )
        first = f"{names[0]} must have {needs[0]}"
        who = f"{', '.join([first, *shown])}{rest}, {needs.sum()} in all{more}"
    to_whom = names[0] if len(names) == 1 else "any of them"
    listed = f": {format_people(problem.mentee_ids[people].tolist(), 10)}" if len(people) else ""
    number = "nobody is eligible"
    if len(people):
        number = f"only {format_count(len(people), 'mentee is', 'mentees are')} eligible"
    places = ""
    if len(people) and int(left.demand[people].max()) > 1:
        # At several mentors each it is places, not people, that are too few.
        wanted = np.bincount(mentees, minlength=problem.shape[0])
        places = (
            f", for {format_count(int(np.minimum(wanted, left.demand).sum()), 'place')} at most"
        )
    return (
        f"The minimums cannot be met: {who}, but {number} to {to_whom}{places}{listed}. Lower a "
        "minimum, or let more mentees be eligible."
    )


def _conflict_in_words(problem: Problem, conflict: list[Condition], is_least: bool) -> str:
    """Say which conditions cannot all hold; of a single one, what it needs and what there is."""
    if len(conflict) == 1:
        counted = ""
        if conflict[0].kind == "quota":
            counted = _quota_in_numbers(problem, conflict[0].name)
        return counted or (
            f"This cannot hold with the mentees who are eligible and the capacities: "
            f"{_say(conflict[0])}. Take it away, or change its number."
        )
    least = ", but could if any one of them were taken away" if is_least else ""
    return as_lines(
        f"These conditions cannot all hold{least}", [_say(one) for one in conflict], limit=50
    )


def _say(condition: Condition) -> str:
    """Return a condition as a line; a pair of mentees says what it is by itself."""
    return condition.name if condition.kind in ("apart", "together") else str(condition)


def _quota_in_numbers(problem: Problem, name: str) -> str:
    """Say what a quota needs and how many can be had, where that is too few by itself.

    The rows of a quota share no pair, so each row can be counted alone: the places of its mentees,
    and the seats of its mentors. Together they take no more than all mentees who are eligible to
    any of them.
    """
    chosen = [one for one in problem.sides.constraints if one.kind == "quota" and one.name == name]
    if len(chosen) != 1:
        return ""
    quota = chosen[0]
    needed = np.flatnonzero(quota.low > 0)
    mentees, mentors = np.nonzero(~np.isnan(exact_scores(problem)))
    which, rows, _ = quota.counted(mentees, mentors)
    useful = np.isin(rows, needed)
    which, rows = which[useful], rows[useful]
    labels = [label for _, label in quota.labels(problem.mentor_ids)]
    for r in needed.tolist():
        here = which[rows == r]
        people, seats = np.unique(mentees[here]), np.unique(mentors[here])
        places = int(np.minimum(problem.demands[people], len(seats)).sum())
        free = int(problem.capacities[seats].sum())
        where = "" if labels[r] == ALL_MENTORS else f" with {labels[r]!r}"
        if places < quota.low[r]:
            return _too_few(problem, name, f"{quota.low[r]}{where}", people, places)
        if free < quota.low[r]:
            return (
                f"The quota {name!r} cannot hold: it needs {quota.low[r]}{where}, but there "
                f"{'is' if free == 1 else 'are'} only {format_count(free, 'seat')}. Lower its "
                "number, or raise a capacity."
            )
    people = np.unique(mentees[which])
    places = int(problem.demands[people].sum())
    total = int(quota.low[needed].sum())
    if len(needed) > 1 and places < total:
        lows = set(quota.low[needed].tolist())
        each = f"{lows.pop()} each" if len(lows) == 1 else f"{total} in all"
        listed = format_people(sorted((labels[r] for r in needed.tolist()), key=str), 5)
        return _too_few(problem, name, f"{each} with {listed}", people, places)
    return ""


def _too_few(
    problem: Problem, name: str, needed: str, people: NDArray[np.intp], places: int
) -> str:
    """The sentence of a quota that needs more than there is."""
    people = people[np.argsort(rank_ids(problem.mentee_ids)[people])]
    listed = f": {format_people(problem.mentee_ids[people].tolist(), 10)}" if len(people) else ""
    eligible = format_count(len(people), "mentee is", "mentees are")
    who = f"only {eligible} eligible" if len(people) else "nobody is eligible"
    at_most = f", for {format_count(places, 'place')} at most" if places != len(people) else ""
    return (
        f"The quota {name!r} cannot hold: it needs {needed}, but {who}{at_most}{listed}. Lower its "
        "number, or let more mentees be eligible."
    )


explain_infeasible_with(explain_conflict)
