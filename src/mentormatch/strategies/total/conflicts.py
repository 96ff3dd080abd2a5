"""Explain why conditions cannot all hold: a smallest conflicting set, in people's names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from mentormatch.certificates import exact_scores
from mentormatch.compatibility.ids import format_count, format_people, rank_ids
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.problem.conditions import ALL_MENTORS, NO_LIMIT
from mentormatch.problem.pairs import as_lines
from mentormatch.solvers.flows.coverage import largest_flow
from mentormatch.solvers.programs.side_program import minimal_conflict
from mentormatch.strategies.base import explain_infeasible_with

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["explain_conflict"]

UNMET = "the minimums cannot be met"


def explain_conflict(problem: Problem, error: InfeasibleError) -> InfeasibleError | SolverError:
    """Return an error that names who is in conflict.

    Minimums are said to be too many only where a maximum flow over all pairs leaves them unmet; an
    engine that says so otherwise is wrong, and the error says that.
    """
    short = _short_mentors(problem)
    if len(short):
        return InfeasibleError(_minimums_in_words(problem, short))
    if not problem.sides:
        if str(error) != UNMET:
            return error
        return SolverError(
            "An engine stopped at minimums that can be met: a maximum flow over all pairs meets "
            'them. Use engine="flow", and please report this problem.'
        )
    return InfeasibleError(_conflict_in_words(problem) or str(error))


def _short_mentors(problem: Problem) -> NDArray[np.intp]:
    """A smallest set of mentors whose minimums cannot be met together, or nobody.

    By Hall's theorem there is a set of mentors that need more places than all mentees eligible to
    any of them have; those that can be left out of it are.
    """
    left = problem.after_pins
    needed = np.flatnonzero(left.minimum > 0)
    beyond = needed[left.minimum[needed] > left.capacity[needed]]
    if len(beyond):
        return beyond[:1]
    if not len(needed):
        return needed
    mentees, mentors = _arcs(problem, needed)

    def lacks(some: NDArray[np.intp]) -> bool:
        minimum = np.zeros_like(left.minimum)
        minimum[some] = left.minimum[some]
        useful = minimum[mentors] > 0
        filled = largest_flow(mentees[useful], mentors[useful], left.demand, minimum)
        return filled < int(minimum.sum())

    if not lacks(needed):
        return needed[:0]
    # Halving first: most mentors of a large programme have nothing to do with the conflict.
    kept, step = needed, max(1, len(needed) // 2)
    while True:
        start = 0
        while start < len(kept):
            fewer = np.delete(kept, np.s_[start : start + step])
            if len(fewer) and lacks(fewer):
                kept = fewer
            else:
                start += step
        if step == 1:
            return kept
        step = max(1, step // 2)


def _arcs(problem: Problem, mentors: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs that may still be made with some of the mentors."""
    n = problem.shape[0]
    rows, columns = [], []
    step = max(1, 2**22 // max(problem.shape[1], 1))
    for start in range(0, n, step):
        open_pairs = np.isfinite(problem.open_scores(slice(start, min(start + step, n))))
        i, j = np.nonzero(open_pairs[:, mentors])
        rows.append(i + start)
        columns.append(mentors[j])
    none = [np.empty(0, dtype=np.intp)]
    mentees, found = np.concatenate(rows or none), np.concatenate(columns or none)
    wanting = problem.after_pins.demand[mentees] > 0
    return mentees[wanting], found[wanting]


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
    mentees, _ = _arcs(problem, short)
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
        rest = f" and {len(names) - 5} others {needs[5:].sum()}" if len(names) > 5 else ""
        first = f"{names[0]} must have {needs[0]}"
        who = f"{', '.join([first, *shown])}{rest}, {needs.sum()} in all{more}"
    to_whom = names[0] if len(names) == 1 else "any of them"
    listed = f": {format_people(problem.mentee_ids[people].tolist(), 10)}" if len(people) else ""
    number = (
        "nobody is eligible"
        if not len(people)
        else f"only {len(people)} {'mentee is' if len(people) == 1 else 'mentees are'} eligible"
    )
    places = ""
    if len(people) and int(left.demand[people].max()) > 1:
        # At several mentors each it is places, not people, that are too few.
        wanted = np.bincount(mentees, minlength=problem.shape[0])
        places = f", for {int(np.minimum(wanted, left.demand).sum())} places at most"
    return (
        f"The minimums cannot be met: {who}, but {number} to {to_whom}{places}{listed}. Lower a "
        "minimum, or let more mentees be eligible."
    )


def _conflict_in_words(problem: Problem) -> str:
    """Name a smallest set of pins, minimums, quotas and pairs that cannot all hold."""
    scores = exact_scores(problem)
    scores[problem.demands == 0] = np.nan
    scores[:, problem.capacities == 0] = np.nan
    mentees, mentors = np.nonzero(~np.isnan(scores))
    n, m = problem.shape
    pairs = len(mentees)
    ones, columns = np.ones(pairs, dtype=np.int64), np.arange(pairs)
    place = np.full((n, m), -1)
    place[mentees, mentors] = columns
    pins = problem.pinned
    low, high = problem.sides.limits(pins[:0])
    made = np.ones(len(pins), dtype=np.int64)
    at = (np.arange(len(pins)), place[pins[:, 0], pins[:, 1]])
    blocks: list[Any] = [
        sparse.coo_array((ones, (mentees, columns)), shape=(n, pairs)),
        sparse.coo_array((ones, (mentors, columns)), shape=(m, pairs)),
        sparse.coo_array((ones, (mentors, columns)), shape=(m, pairs)),
        sparse.coo_array((made, at), shape=(len(pins), pairs)),
        problem.sides.matrix(mentees, mentors),
    ]
    words: list[str] = []
    minimum_rules = np.full(m, -1)
    for j in np.flatnonzero(problem.minimums > 0).tolist():
        minimum_rules[j] = len(words)
        words.append(f"minimum: {problem.mentor_ids[j]!r} must have {problem.minimums[j]} or more")
    pin_rules = np.arange(len(words), len(words) + len(pins))
    for pin in problem.pin_rules:
        why = f" ({pin.reason})" if pin.reason else ""
        words.append(f"pin: {pin.mentee!r} with {pin.mentor!r}{why}")
    side_rules = []
    for constraint in problem.sides.constraints:
        if constraint.kind == "hours":
            side_rules.append(np.full(len(constraint.low), -1))
            continue
        side_rules.append(np.full(len(constraint.low), len(words)))
        name = constraint.name
        if constraint.kind == "if used":
            name = "minimum if used: a mentor has at least so many, or nobody"
        words.append(f"quota: {name}" if constraint.kind == "quota" else name)
    rule_of = np.concatenate(
        [np.full(n + m, -1), minimum_rules, pin_rules, *side_rules, np.empty(0, dtype=np.intp)]
    ).astype(np.intp)
    found = minimal_conflict(
        sparse.vstack(blocks, format="csr"),
        np.concatenate([np.zeros(n + m, np.int64), problem.minimums, made, low]),
        np.concatenate(
            [
                problem.demands,
                problem.capacities,
                np.full(m, NO_LIMIT),
                made,
                high,
            ]
        ),
        rule_of,
        np.concatenate(
            [np.zeros(n + 2 * m + len(pins), np.int64), problem.sides.thresholds(pins[:0])]
        ),
    )
    if not found:
        return ""
    if len(found) == 1:
        counted = _quota_in_numbers(problem, words[found[0]].removeprefix("quota: "))
        return counted or (
            f"This cannot hold with the mentees who are eligible and the capacities: "
            f"{words[found[0]]}. Take it away, or change its number."
        )
    return as_lines(
        "These conditions cannot all hold, but could if any one of them were taken away",
        [words[rule] for rule in found],
        limit=50,
    )


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
    eligible = "mentee is eligible" if len(people) == 1 else "mentees are eligible"
    who = f"only {len(people)} {eligible}" if len(people) else "nobody is eligible"
    at_most = f", for {format_count(places, 'place')} at most" if places != len(people) else ""
    return (
        f"The quota {name!r} cannot hold: it needs {needed}, but {who}{at_most}{listed}. Lower its "
        "number, or let more mentees be eligible."
    )


explain_infeasible_with(explain_conflict)
