"""Proofs of counts that come one after another under side rules: coverage, then places in lists.

A price has a number for each count and one for the total, and such vectors are compared by their
first difference. Linear programming duality holds for them as for numbers: with any prices, what
all mentees can have at best, with what seats and rules cost, bounds what every matching has.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.certificates.bounds.bound import (
    Multipliers,
    certify_bound,
    list_violations,
    name_problem,
)
from mentormatch.certificates.claims import claimed_multipliers, claimed_prices, price_by_rule
from mentormatch.certificates.kinds.lists import (
    COUNTED,
    ListedPairs,
    Lists,
    count_pairs,
    list_counts,
)
from mentormatch.proofs.program_stages import OrderedCount
from mentormatch.sums import lost_in, sum_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.measures import Counted
    from mentormatch.proofs.promises import Promise

__all__ = ["prove_in_order", "recompute_in_order", "why_places_unproven"]

# Whole numbers of 64 bits, or of Python where these are too narrow.
Whole: TypeAlias = "NDArray[np.int64 | np.object_]"
# All pairs are read, and each place in a list has a price for each mentor.
MOST_PROVEN = 10_000_000


def why_places_unproven(problem: Problem) -> str | None:
    """Why there is no chain of proofs, with what helps; None where there is one."""
    n, m = problem.shape
    if n * m <= MOST_PROVEN:
        return None
    return (
        f"without a certificate: its proof reads all pairs, and {n:,} × {m:,} are more than "
        f"{MOST_PROVEN:,}; match parts of the programme that share no mentors one by one to have it"
    )


def prove_in_order(
    matching: Matching,
    promise: Promise,
    prices: Sequence[Multipliers],
    total: Multipliers,
    *,
    coverage_first: bool,
    tie_tolerance: float = 0.0,
) -> Certificate:
    """Prove that no matching is better in the counts of a promise, nor as good with a larger total.

    Parameters
    ----------
    matching
        The pairs, of a problem with one mentor per mentee.
    promise
        One of a profile, or of the smallest sum of places.
    prices
        Of each count (see `list_counts`): whole numbers, by mentor and by row of the rules.
    total
        The same of the total, in units of score.
    coverage_first
        Whether coverage is counted first.
    tie_tolerance
        Scores rank in whole steps of this size.
    """
    problem = matching.problem
    lists = Lists(problem, tie_tolerance)
    depth, mentees, places = lists.read(matching)
    classes = problem.priority_classes[mentees]
    counts = list_counts(promise, problem.n_classes, depth, coverage_first=coverage_first)
    reached = [int(count_pairs(what, number, classes, places).sum()) for what, number in counts]
    missed, bound, lost = _bound(lists, depth, counts, reached, prices, total)
    # Where a count is open, only what bounds the total of every matching is sure.
    known = None if any(missed) else bound + lost
    found = certify_bound(matching, total, bound=known, lost=lost)
    index = problem.sides.index(problem.mentor_ids)
    stages = tuple(
        OrderedCount(
            what,
            number,
            reached[k],
            reached[k] + missed[k],
            tie_tolerance,
            problem.compatibility.price_series(one.prices),
            price_by_rule(one, index),
        )
        for k, ((what, number), one) in enumerate(zip(counts, prices, strict=True))
    )
    settled = not any(missed)
    certificate = replace(
        found,
        proven=settled
        and -found.tolerance <= found.gap <= found.tolerance
        and not list_violations(matching),
        coverage_bound=found.coverage if coverage_first and settled else None,
        seats_bound=found.seats if coverage_first and settled else None,
        stages=stages,
        rule_prices=price_by_rule(total, index),
        checked_bound=None,
    )
    return name_problem(certificate, matching, promise)


def recompute_in_order(
    matching: Matching, claimed: Certificate, findings: list[str]
) -> Certificate | None:
    """Recompute a certificate of counts in order; None where its counts are not those promised."""
    stages = [one for one in claimed.stages if isinstance(one, OrderedCount)]
    tolerance = stages[0].tie_tolerance
    if claimed.promise not in COUNTED or len(stages) < len(claimed.stages):
        findings.append(f"counts in order do not prove {claimed.promise}")
        return None
    if not 0 <= tolerance < np.inf or any(one.tie_tolerance != tolerance for one in stages):
        findings.append("the counts do not rank scores in the same steps of 0 or more")
        return None
    problem = matching.problem
    coverage_first = stages[0].what == "coverage"
    wanted = list_counts(
        claimed.promise,
        problem.n_classes,
        Lists(problem, tolerance).read(matching)[0],
        coverage_first=coverage_first,
    )
    must = claimed.promise != "rank-maximal profile"
    if [(one.what, one.number) for one in stages] != wanted or (must and not coverage_first):
        findings.append(f"the counts are not, in order, those of {claimed.promise}")
        return None
    prices = []
    for number, stage in enumerate(stages, start=1):
        where = f"stage {number}: "
        values, rules = claimed_prices(problem, stage.prices, stage.rule_prices, findings, where)
        if not (np.concatenate([values, *rules]) % 1 == 0).all():
            findings.append(f"{where}its prices are not whole numbers")
            return None
        prices.append(Multipliers(values, np.zeros(problem.n_classes), 0.0, rules))
    found = prove_in_order(
        matching,
        claimed.promise,
        prices,
        claimed_multipliers(problem, claimed, findings, "the total"),
        coverage_first=coverage_first,
        tie_tolerance=tolerance,
    )
    for number, (said, is_) in enumerate(zip(stages, found.stages, strict=True), start=1):
        assert isinstance(is_, OrderedCount)
        if (said.objective, said.bound) != (is_.objective, is_.bound):
            findings.append(f"stage {number}: it says {said}, recomputed it is {is_}")
    return found


def _bound(
    lists: Lists,
    depth: int,
    counts: list[tuple[Counted, int]],
    reached: list[int],
    prices: Sequence[Multipliers],
    total: Multipliers,
) -> tuple[list[int], float, float]:
    """By how much each count is missed at least; the bound on the total if none is; its rounding.

    Vectors are compared digit by digit; sums of them are carried in a base beyond all their digits.
    """
    problem = lists.problem
    n, left = problem.shape[0], problem.after_pins
    rows = [np.concatenate([one.prices, *one.rules]) for one in (*prices, total)]
    largest = max((float(np.abs(row).max(initial=0.0)) for row in rows[:-1]), default=0.0)
    charged = 2 + len(problem.sides.constraints)
    most = int(n * (depth + 2) + charged * largest)
    base = 2 ** (most.bit_length() + 3)
    # Only a forged price is so large that int64 does not hold the sums.
    kind = np.dtype(np.int64 if most * max(n, 1) < 2**60 else object)
    whole, part_of = _whole_numbers(rows[:-1], len(rows[-1]), kind), rows[-1].copy()
    low, high = problem.sides.limits(problem.pinned)
    low, high = np.concatenate([left.minimum, low]), np.concatenate([left.capacity, high])
    # Nobody is kept from having less than nothing: such a price says nothing.
    first = _first_signs(whole)
    sign = np.where(first == 0, np.sign(part_of), first).astype(int)
    whole[:, (sign < 0) & (low <= 0)], part_of[(sign < 0) & (low <= 0)] = 0, 0.0
    limit = np.where(sign > 0, high, low)
    used = (sign != 0) & ((sign > 0) | (low > 0))
    sums = [
        sum(int(a) * int(b) for a, b in zip(row[some], limit[some], strict=True)) - count
        for row, count in zip(whole, reached, strict=True)
        for some in [used & (row != 0)]
    ]
    terms = [part_of[used] * limit[used]]
    for part in lists.parts():
        if not len(part.mentees):
            continue
        best, gain = _best_of_each(part, problem, counts, whole, part_of)
        lead = _first_signs(best)
        something = (lead > 0) | ((lead == 0) & (gain >= 0))
        sums = [one + int(row[something].sum()) for one, row in zip(sums, best, strict=True)]
        terms.append(gain[something])
    pairs = np.asarray(problem.pairs(*problem.pinned.T).scores, dtype=np.float64)
    numbers = np.concatenate([*terms, pairs])
    heaviest = [float(np.abs(one.weights).max(initial=1)) for one in problem.sides.constraints]
    spread = (1 + sum(heaviest)) * float(np.abs(part_of).max(initial=0.0))
    # A score less a price, two roundings for each rule that charges the pair, and what `_bound` of
    # bound.py adds for the sum and this.
    steps = 1 + 2 * len(heaviest) + 3
    lost = lost_in(steps) * (sum_exactly(np.abs(numbers)) + spread * n)
    missed = 0
    for one in sums:
        missed = missed * base + one
    return _digits(missed, base, len(counts)), sum_exactly(numbers), lost


def _best_of_each(
    part: ListedPairs,
    problem: Problem,
    counts: list[tuple[Counted, int]],
    whole: Whole,
    part_of: NDArray[np.float64],
) -> tuple[Whole, NDArray[np.float64]]:
    """What each mentee of a part counts at best at some prices, and the best score of those."""
    scores = part.scores - part_of[part.mentors]
    pairs, rules, weights = [], [], []
    start = problem.shape[1]
    for constraint in problem.sides.constraints:
        which, row, weight = constraint.counted(part.mentees, part.mentors)
        scores[which] -= part_of[start + row] * weight
        pairs.append(np.arange(len(scores))[which])
        rules.append(start + row)
        weights.append(weight)
        start += len(constraint.low)
    classes = problem.priority_classes[part.mentees]
    open_, mentee = np.arange(len(scores)), np.unique(part.mentees, return_inverse=True)[1]
    best = np.empty((len(counts), int(mentee[-1]) + 1), dtype=whole.dtype)
    for run in _runs(counts, whole):
        what, first_number = counts[run.start]
        own = part.places[open_]
        if len(run) == 1:
            value = count_pairs(what, first_number, classes[open_], own).astype(whole.dtype)
            np.subtract(value, whole[run.start, part.mentors[open_]], out=value)
            for which, row, weight in zip(pairs, rules, weights, strict=True):
                charge = np.zeros(len(scores), dtype=whole.dtype)
                np.add.at(charge, which, whole[run.start, row] * weight.astype(whole.dtype))
                np.subtract(value, charge[open_], out=value)
        else:
            # At prices of 0, the fewest at the worst places or the most at the best: by the place.
            last_number = counts[run.stop - 1][1]
            inside = (own >= min(first_number, last_number)) & (
                own <= max(first_number, last_number)
            )
            other = 1 if what == "fewest" else -int(own.max()) - 1
            value = np.where(inside, -own, other).astype(whole.dtype)
        first = np.flatnonzero(np.diff(mentee[open_], prepend=-1))
        most = np.maximum.reduceat(value, first)
        if len(run) == 1:
            best[run.start] = most
        else:
            best[run.start : run.stop] = 0
            someone = np.flatnonzero(most != other)
            place = -most[someone].astype(np.intp)
            best[run.start + np.abs(place - first_number), someone] = -1 if what == "fewest" else 1
        open_ = open_[value == most[mentee[open_]]]
    first = np.flatnonzero(np.diff(mentee[open_], prepend=-1))
    return best, np.maximum.reduceat(scores[open_], first)


def _runs(counts: list[tuple[Counted, int]], whole: Whole) -> Iterator[range]:
    """Counts of neighbouring places whose prices are all 0 together; every other one alone."""
    free = [
        what in ("most", "fewest") and not row.any()
        for (what, _), row in zip(counts, whole, strict=True)
    ]
    start = 0
    for k in range(1, len(counts) + 1):
        alike = k < len(counts) and free[start] and free[k] and counts[k][0] == counts[start][0]
        if not alike:
            yield range(start, k)
            start = k


def _whole_numbers(rows: Sequence[NDArray[np.float64]], width: int, kind: np.dtype) -> Whole:
    """Rows of whole numbers, as integers."""
    if kind.kind == "i":
        return np.array(rows, dtype=kind).reshape(len(rows), width)
    found = np.zeros((len(rows), width), dtype=object)
    for k, row in enumerate(rows):
        found[k] = [int(value) for value in row.tolist()]
    return found


def _first_signs(vectors: Whole) -> NDArray[np.int_]:
    """The sign of the first number that is not 0 of each column; 0 where all are."""
    if not len(vectors):
        return np.zeros(vectors.shape[1], dtype=int)
    first = np.argmax(vectors != 0, axis=0)
    signs: NDArray[np.int_] = np.sign(vectors[first, np.arange(vectors.shape[1])]).astype(int)
    return signs


def _digits(number: int, base: int, count: int) -> list[int]:
    """The digits of a number, the first of any size and sign."""
    found: list[int] = []
    for _ in range(count - 1):
        number, digit = divmod(number, base)
        found.append(digit)
    return ([*found, number] if count else [])[::-1]
