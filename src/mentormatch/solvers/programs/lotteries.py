"""Probabilities by linear programming, equal chances by maximum flow, and samples of both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.integers import power_of_two_above
from mentormatch.solvers.flows.networks import find_largest_flow

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.solvers.deadline import Deadline

__all__ = [
    "LinearAnswer",
    "equal_chances",
    "joining_order",
    "round_dependently",
    "solve_by_columns",
    "solve_linear",
]

# Columns up to which a linear program takes all of them at once.
AT_ONCE = 20_000
# How many of each mentee join in a round.
A_ROUND = 4
# From which mentor on the next mentee goes round all of them.
STRIDE = 7
# What a column may gain and still be left out, in parts of the objective.
NOTHING = 1e-9

INTEGRAL = 1e-9
# The finest tolerance HiGHS knows.
FINEST = 1e-10


@dataclass(frozen=True, eq=False)
class LinearAnswer:
    """Values of the columns, and the multiplier of each row (≥ 0 towards its upper limit)."""

    values: NDArray[np.float64]
    objective: float
    upper: NDArray[np.float64]
    equal: NDArray[np.float64]


def solve_linear(
    objective: NDArray[np.float64],
    rows: sparse.csc_array,
    limits: NDArray[np.float64],
    bounds: NDArray[np.float64],
    equal_rows: sparse.csc_array | None = None,
    equal: NDArray[np.float64] | None = None,
) -> LinearAnswer:
    """Maximise ``objective`` under rows ≤ limits, equal_rows = equal, and bounds (columns, 2).

    Raises InfeasibleError where nothing satisfies all rows; SolverError where HiGHS stopped without
    an answer.
    """
    if not len(objective):
        if (limits < 0).any():
            raise InfeasibleError("no probabilities satisfy all limits")
        return LinearAnswer(np.empty(0), 0.0, np.zeros(len(limits)), np.empty(0))
    # Within −1 … 1 the solver's tolerances mean the same whatever the unit.
    size = power_of_two_above(objective)
    # The stubs of SciPy know neither sparse rows nor an array of bounds.
    limited: dict[str, Any] = {"A_ub": rows, "A_eq": equal_rows, "bounds": bounds}
    found = linprog(
        -objective / size,
        b_ub=limits,
        b_eq=equal,
        method="highs",
        options={"dual_feasibility_tolerance": FINEST},
        **limited,
    )
    if found.status == 2:
        raise InfeasibleError("no probabilities satisfy all limits")
    if found.status != 0 or found.x is None:
        raise SolverError(f"HiGHS found no probabilities: {found.message.strip()}")
    return LinearAnswer(
        np.asarray(found.x, dtype=np.float64),
        float(objective @ found.x),
        -np.asarray(found.ineqlin.marginals, dtype=np.float64) * size,
        -np.asarray(found.eqlin.marginals, dtype=np.float64) * size,
    )


def joining_order(
    mentees: NDArray[np.intp], mentors: NDArray[np.intp], scores: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return when each pair joins a program: its place among those of its mentee or its mentor.

    By score, and going round all mentors, so that those whom nobody puts first are there as well.
    """
    around = (mentors + STRIDE * mentees) % max(int(mentors.max(initial=0)) + 1, 1)
    places = [
        _place_in_row(mentees, mentors, scores),
        _place_in_row(mentors, mentees, scores),
        around,
    ]
    return np.asarray(np.minimum.reduce(places), dtype=np.intp)


def _place_in_row(
    rows: NDArray[np.intp], columns: NDArray[np.intp], values: NDArray[np.float64]
) -> NDArray[np.intp]:
    """As `_place`, of at most one value for each row and column: quicker where most are there."""
    shape = (int(rows.max(initial=-1)) + 1, int(columns.max(initial=-1)) + 1)
    dense = np.full(shape, np.inf)
    dense[rows, columns] = -values
    place = np.empty(shape, dtype=np.intp)
    np.put_along_axis(place, dense.argsort(axis=1), np.arange(shape[1])[None, :], axis=1)
    return place[rows, columns]


def _place(people: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """The place of each value among those of the same person, 0 = largest."""
    order = np.lexsort((-values, people))
    ordered = people[order]
    place = np.empty(len(people), dtype=np.intp)
    place[order] = np.arange(len(people)) - np.searchsorted(ordered, ordered)
    return place


def solve_by_columns(
    objective: NDArray[np.float64],
    rows: sparse.csr_array | sparse.csc_array,
    limits: NDArray[np.float64],
    bounds: NDArray[np.float64],
    equal_rows: sparse.csr_array | None = None,
    equal: NDArray[np.float64] | None = None,
    *,
    people: NDArray[np.intp],
    active: NDArray[np.bool_],
    order: NDArray[np.intp],
    deadline: Deadline,
) -> LinearAnswer:
    """Maximise as `solve_linear` does, over columns that join when they are worth more than 0.

    Where the time is over it is the best over the columns so far; its multipliers still bound what
    any other could reach. ``people`` (pairs,) says whose the first columns are; ``active``
    (columns,), which is written to, which are there; ``order`` (pairs,) in which order they join
    where nothing satisfies all rows. No round begins after the deadline. Raises what `solve_linear`
    raises.
    """
    pairs, widest = len(people), 2 * A_ROUND
    if pairs <= AT_ONCE:
        active[:] = True
    columns = rows.tocsc()
    equal_columns = None if equal_rows is None else equal_rows.tocsc()
    size = power_of_two_above(objective)
    while True:
        some = np.flatnonzero(active)
        try:
            answer = solve_linear(
                objective[some],
                columns[:, some],
                limits,
                bounds[some],
                None if equal_columns is None else equal_columns[:, some],
                equal,
            )
        except InfeasibleError:
            if active.all():
                raise
            active[:pairs] |= order < widest
            widest *= 4
            continue
        values = np.zeros(len(objective))
        values[some] = answer.values
        found = LinearAnswer(values, answer.objective, answer.upper, answer.equal)
        if active.all() or deadline.has_passed:
            return found
        gain = objective - columns.T @ answer.upper
        if equal_columns is not None:
            gain = gain - equal_columns.T @ answer.equal
        more = np.flatnonzero(~active[:pairs] & (gain[:pairs] > NOTHING * size))
        if not len(more):
            return found
        # Alike for many pairs: in an order of their own, so that not all want the same mentor.
        blurred = gain[more] * (1 + 1e-6 * np.random.default_rng(len(some)).random(len(more)))
        active[more[_place(people[more], blurred) < A_ROUND]] = True


def equal_chances(
    mentees: NDArray[np.intp], mentors: NDArray[np.intp], n: int, capacity: NDArray[np.int64]
) -> NDArray[np.float64]:
    """The leximin chances of getting a mentor when seats are scarce.

    Finds the set of mentees with the fewest seats a head among all their eligible mentors, gives
    each of them that share, takes them and their seats away, and goes on. Each set is found by
    maximum flows whose cuts show a worse set until there is none (Dinkelbach 1967); shares are
    fractions of whole numbers throughout. Source: A. Bogomolnaia and H. Moulin (2004), Random
    matching under dichotomous preferences.
    """
    chances = np.zeros(n)
    seats = capacity.astype(np.int64).copy()
    keep = seats[mentors] > 0
    mentees, mentors = mentees[keep], mentors[keep]
    left = np.unique(mentees)
    while len(left):
        scarce = left
        share = (int(seats[np.unique(mentors)].sum()), len(scarce))
        while True:
            share = share if share[0] < share[1] else (1, 1)
            cut = _too_many(mentees, mentors, left, seats, *share)
            if cut is None:
                break
            scarce = cut
            beside = np.unique(mentors[np.isin(mentees, cut)])
            share = (int(seats[beside].sum()), len(cut))
        if share[0] >= share[1]:
            chances[left] = 1.0
            break
        chances[scarce] = share[0] / share[1]
        inside = np.isin(mentees, scarce)
        seats[np.unique(mentors[inside])] = 0
        keep = ~inside & (seats[mentors] > 0)
        mentees, mentors = mentees[keep], mentors[keep]
        left = np.unique(mentees)
    return chances


def _too_many(
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    people: NDArray[np.intp],
    seats: NDArray[np.int64],
    part: int,
    whole: int,
) -> NDArray[np.intp] | None:
    """Mentees whose seats are fewer than part/whole a head; None when there are no such."""
    n, m = int(people.max()) + 1, len(seats)
    open_mentors = np.flatnonzero(seats > 0)
    source, sink = n + m, n + m + 1
    found = find_largest_flow(
        np.concatenate([np.full(len(people), source), mentees, n + open_mentors]),
        np.concatenate([people, n + mentors, np.full(len(open_mentors), sink)]),
        np.concatenate(
            [
                np.full(len(people), part, np.int64),
                np.full(len(mentees), part, np.int64),
                seats[open_mentors] * whole,
            ]
        ),
        source,
        sink,
    )
    if found.value == part * len(people):
        return None
    return np.intersect1d(people, found.cut[found.cut < n])


def round_dependently(
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    chances: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.intp]:
    """Draw pairs so that each has its chance and every sum is rounded down or up.

    Fractional pairs form cycles once each fractional sum is completed by a pair with nobody; along
    a cycle chances are shifted up and down in turn, by either of the two largest steps, with
    probabilities that keep every chance what it is. Returns the positions of the drawn pairs.
    Sources: R. Gandhi, S. Khuller, S. Parthasarathy and A. Srinivasan (2006), Dependent rounding
    and its applications to approximation algorithms; E. Budish, Y.-K. Che, F. Kojima and P. Milgrom
    (2013), Designing random allocation mechanisms.
    """
    n, m = int(mentees.max(initial=-1)) + 1, int(mentors.max(initial=-1)) + 1
    rows = np.bincount(mentees, weights=chances, minlength=n)
    columns = np.bincount(mentors, weights=chances, minlength=m)
    short_rows, short_columns = (
        np.ceil(rows - INTEGRAL) - rows,
        np.ceil(columns - INTEGRAL) - columns,
    )
    i, j = np.flatnonzero(short_rows > INTEGRAL), np.flatnonzero(short_columns > INTEGRAL)
    corner = -short_rows[i].sum() % 1.0
    tails = np.concatenate([mentees, i, np.full(len(j) + 1, n)])
    heads = np.concatenate([mentors, np.full(len(i), m), j, [m]]) + n + 1
    value = np.concatenate([chances, short_rows[i], short_columns[j], [corner]])
    ends = list(zip(tails.tolist(), heads.tolist(), strict=True))
    values = value.tolist()
    around: dict[int, set[int]] = {}
    for edge, (a, b) in enumerate(ends):
        if INTEGRAL < values[edge] < 1 - INTEGRAL:
            around.setdefault(a, set()).add(edge)
            around.setdefault(b, set()).add(edge)
    for start in list(around):
        while around[start]:
            cycle = _cycle(start, around, ends)
            if cycle is not None:
                _shift(cycle, values, around, ends, rng)
    return np.flatnonzero(np.array(values[: len(chances)]) > 0.5)


def _shift(
    cycle: list[int],
    values: list[float],
    around: dict[int, set[int]],
    ends: list[tuple[int, int]],
    rng: np.random.Generator,
) -> None:
    """Shift chances up and down in turn along a cycle, until one of them is 0 or 1."""
    up, down = cycle[::2], cycle[1::2]
    first = min(min(1 - values[e] for e in up), min(values[e] for e in down))
    second = min(min(values[e] for e in up), min(1 - values[e] for e in down))
    step = first if rng.random() * (first + second) < second else -second
    for sign, edges in ((1, up), (-1, down)):
        for edge in edges:
            values[edge] += sign * step
            if not INTEGRAL < values[edge] < 1 - INTEGRAL:
                for node in ends[edge]:
                    around[node].discard(edge)


def _cycle(
    start: int, around: dict[int, set[int]], ends: list[tuple[int, int]]
) -> list[int] | None:
    """Edges of a cycle of fractional pairs; None when rounding left a loose end."""
    path: list[int] = []
    seen = {start: 0}
    node, last = start, -1
    while True:
        edge = next((e for e in around[node] if e != last), None)
        if edge is None:
            # A loose end: a sum that is whole but for rounding, so this pair is whole, too.
            for end in ends[last]:
                around[end].discard(last)
            return None
        path.append(edge)
        a, b = ends[edge]
        node, last = (b if node == a else a), edge
        if node in seen:
            return path[seen[node] :]
        seen[node] = len(path)
