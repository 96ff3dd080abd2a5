"""From prices to a bound on the total of every matching, over all eligible pairs by block."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mentormatch.certificates.bounds.cuts import coverage_bounds, covered_by_class, seats_bound
from mentormatch.certificates.bounds.fingerprint import fingerprint_of
from mentormatch.certificates.bounds.seen import (
    ROWS_OF_A_BLOCK,
    best_values,
    enough_values,
    is_fast,
    own_values,
)
from mentormatch.compatibility import row_slices
from mentormatch.matching import Certificate, violations
from mentormatch.passes import run_pass
from mentormatch.sums import lost_in, sum_exactly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates.bounds.seen import SeenValues
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise

__all__ = [
    "RELATIVE_TOLERANCE",
    "Multipliers",
    "certify_bound",
    "certify_multipliers",
    "largest_score",
    "list_violations",
    "name_problem",
    "newly_reached",
    "upper_bound",
]

RELATIVE_TOLERANCE = 1e-6
# Prices are themselves lengths that float64 has summed, and come as close to the pairs made as a
# bound to what it bounds: what is lost on the way to both is in a gap, and once more in its bound.
LOST_AGAIN = 4


@dataclass(frozen=True, eq=False, slots=True)
class Multipliers:
    """LP multipliers of a problem, in units of score.

    Parameters
    ----------
    prices
        (mentors,): ≥ 0 towards capacity, ≤ 0 towards a minimum.
    coverage
        (priority classes,): of the number of mentees of each class with at least one mentor.
    seats
        Of the number of pairs.
    rules
        One float64 array (rows,) for each side constraint of the problem: ≥ 0 towards the most
        of a row, ≤ 0 towards the least. Empty: all 0.
    """

    prices: NDArray[np.float64]
    coverage: NDArray[np.float64]
    seats: float = 0.0
    rules: tuple[NDArray[np.float64], ...] = ()


def upper_bound(
    problem: Problem,
    multipliers: Multipliers,
    covered: NDArray[np.int64],
    filled: int,
    *,
    scored: bool = True,
) -> float:
    """No matching with this coverage and this number of pairs has a larger total score.

    Lagrangian relaxation of the capacities, the minimums and the earlier stages; what is left
    separates by mentee:

        Σ_i best_i + Σ_j (q_j·p_j⁺ − l_j·p_j⁻) + Σ_r (most_r·ρ_r⁺ − least_r·ρ_r⁻)
        − Σ_c λ_c·covered_c − μ·filled + pinned scores

    where best_i is the largest sum of at most d_i values s_ij − p_j − Σ_r w_rij·ρ_r + μ, with λ_c
    once if there is any, and r runs over the rows of quotas and other side rules. It holds for
    *every* choice of multipliers; good ones make it tight.

    Parameters
    ----------
    problem
        Read by blocks: memory O(block).
    multipliers
        Prices p, coverage multipliers λ and seats multiplier μ.
    covered
        Mentees of each priority class who have a mentor, pinned ones not counted.
    filled
        Pairs, pinned ones not counted.
    scored
        False: scores count 0, so that what is bounded is what the multipliers alone stand for.

    Returns
    -------
    float
        In units of score, rounded up by what float64 and inexact blocks can lose.
    """
    return _bound(problem, multipliers, covered, filled, scored=scored).value


class _Bound(NamedTuple):
    """A bound rounded up, by how much, and how many roundings one of its terms has seen."""

    value: float
    rounding: float
    steps: int


def _bound(
    problem: Problem,
    multipliers: Multipliers,
    covered: NDArray[np.int64],
    filled: int,
    *,
    scored: bool = True,
    seen: SeenValues | None = None,
    own: NDArray[np.float64] | None = None,
) -> _Bound:
    """`upper_bound`, and what float64 and inexact blocks can have lost on the way to it.

    A value s − p + μ − Σ w·ρ takes a rounding for p, one for μ and two for each rule that moves it,
    each of at most u times what is there at that moment: the value as it ends and what is still to
    be added, which is ``spread`` at most. The best of d values and λ are d more additions. All
    other terms are one product each, with a whole number. The sum of all terms is rounded once.

    ``seen`` are values at other prices, ``own`` the value of each mentee's own pair: what these
    rule out is not read again, and the bound is the same.
    """
    left = problem.after_pins
    # The error of a float32 block, on every mentee, adds up to more than a tolerance. Where one
    # number per mentee is asked for, such a block still tells which few pairs to score exactly.
    fast = is_fast(problem) and scored and not multipliers.rules
    n, m = problem.shape
    prices = np.asarray(multipliers.prices, dtype=np.float64)
    best = np.zeros(n)
    charges: list[list[float]] = [[0.0] for _ in multipliers.rules]

    def take(rows: slice, found: tuple[NDArray[np.float64], list[float]]) -> None:
        best[rows] = found[0]
        for moved, one in zip(charges, found[1], strict=False):
            moved.append(one)

    asked = _Asked(multipliers, prices, fast, scored, left.most)
    if fast and seen is not None and own is not None and seen.problem is problem:
        value = seen.best_values(
            prices, own, enough_values(problem, multipliers.coverage, multipliers.seats)
        )
        take(slice(0, n), _add_stages(problem, asked, slice(0, n), value[:, None]))
    else:
        blocks = list(row_slices(n, m))
        if fast and m:
            blocks = [slice(s, min(s + ROWS_OF_A_BLOCK, n)) for s in range(0, n, ROWS_OF_A_BLOCK)]
        run_pass(bound_block, problem, asked, blocks, take, pairs=n * m)
    charged = [max(moved) for moved in charges]
    seats = left.capacity * np.maximum(prices, 0.0) + left.minimum * np.minimum(prices, 0.0)
    stages = multipliers.coverage * covered
    pinned = np.zeros(0)
    if scored and len(problem.pinned):
        pinned = np.asarray(problem.pairs(*problem.pinned.T).scores, np.float64)
    rules = problem.sides.worth(multipliers.rules, problem.pinned)
    terms = np.concatenate([best, seats, -stages, pinned, rules, [-multipliers.seats * filled]])
    spread = float(np.abs(prices).max(initial=0.0)) + float(abs(multipliers.seats))
    spread += max(map(abs, multipliers.coverage.tolist()), default=0.0) + sum(charged)
    size = sum_exactly(np.abs(terms)) + left.places * spread
    if not np.isfinite(size):
        return _Bound(np.inf, np.inf, 0)
    # One more for the sum, one for adding this to it, and one for rounding this itself.
    steps = 1 + bool(multipliers.seats) + 2 * sum(map(bool, charged)) + left.most + 3
    rounding = lost_in(steps) * size
    if scored and not fast:
        rounding += problem.precise().compatibility.scorer.error * left.places
    return _Bound(sum_exactly(terms) + rounding, rounding, steps)


class _Asked(NamedTuple):
    """What all blocks of a bound share; ``fast``: read in float32, decided in float64."""

    multipliers: Multipliers
    prices: NDArray[np.float64]
    fast: bool
    scored: bool
    most: int


def bound_block(
    problem: Problem, asked: _Asked, rows: slice
) -> tuple[NDArray[np.float64], list[float]]:
    """The best each mentee of a block can do, and the most that each constraint moved a value."""
    if asked.fast:
        value = best_values(problem, rows, asked.prices)[:, None]
    else:
        value = problem.precise().open_scores(rows).astype(np.float64, copy=False)
        if not asked.scored:
            value[np.isfinite(value)] = 0.0
        value -= asked.prices
    return _add_stages(problem, asked, rows, value)


def _add_stages(
    problem: Problem, asked: _Asked, rows: slice, value: NDArray[np.float64]
) -> tuple[NDArray[np.float64], list[float]]:
    """As `bound_block`, from the values s − p of a block; overwrites them."""
    multipliers, left = asked.multipliers, problem.after_pins
    if multipliers.seats:
        value += multipliers.seats
    charged = [
        constraint.charge(value, rows, charge)
        for constraint, charge in zip(problem.sides.constraints, multipliers.rules, strict=False)
    ]
    classes = problem.priority_classes
    bonus = np.where(left.covered[rows], 0.0, multipliers.coverage[classes[rows]])
    best = _best_choice(value, left.demand[rows], bonus, left.covered[rows], asked.most)
    return best, charged


def _best_choice(
    value: NDArray[np.float64],
    demand: NDArray[np.int64],
    bonus: NDArray[np.float64],
    covered: NDArray[np.bool_],
    most: int,
) -> NDArray[np.float64]:
    """The best each mentee of a block can do at these prices."""
    if value.shape[1] == 0 or most == 0:
        return np.zeros(len(value))
    if most == 1:
        first, further = value.max(axis=1), 0.0
    else:
        width = min(most, value.shape[1])
        top = -np.sort(np.partition(-value, width - 1, axis=1)[:, :width], axis=1)
        wanted = np.arange(width) < demand[:, None]
        first = top[:, 0]
        further = np.where(wanted[:, 1:], np.maximum(top[:, 1:], 0.0), 0.0).sum(axis=1)
    # A mentee without any mentor pays the first pair into coverage; one with a pin only takes what
    # is worth it.
    total: NDArray[np.float64] = first + bonus
    if np.count_nonzero(covered):
        total = np.where(covered, np.maximum(first, 0.0), total)
    np.maximum(total + further, 0.0, out=total)
    total[demand == 0] = 0.0
    return total


def newly_reached(matching: Matching) -> tuple[NDArray[np.int64], int]:
    """Coverage by class and pairs, pinned ones not counted."""
    problem = matching.problem
    newly = (matching.places > 0) & ~problem.after_pins.covered
    covered = np.bincount(problem.priority_classes[newly], minlength=problem.n_classes)
    return covered, len(matching.mentees) - len(problem.pinned)


def certify_bound(
    matching: Matching,
    multipliers: Multipliers,
    *,
    tolerance: float | None = None,
    bound: float | None = None,
    lost: float = 0.0,
    seen: SeenValues | None = None,
    promise: Promise | None = None,
) -> Certificate:
    """Turn multipliers into a certificate for a matching; nothing a solver said is believed.

    ``multipliers`` come from the strategy, or from `recover_multipliers`. ``tolerance`` is what gap
    counts as zero, in units of score; by default 1e-6 of the sum of the pairs' absolute scores, or
    what float64 itself can have lost of the bound where that is more. A solver's ``bound`` is
    believed in place of what the multipliers show, which is then the certificate's
    ``checked_bound``; ``lost``, which is in it, is what float64 can have lost on the way to it.
    ``seen`` bounds values of the same problem that were read before: only what they leave open is
    read again, with the same result. ``promise`` is what the certificate proves,
    for one that names its problem and its pairs; see `name_problem`.
    """
    problem = matching.problem
    covered, filled = newly_reached(matching)
    objective = matching.total
    own = None if seen is None else own_values(matching, multipliers.prices)
    shown = _bound(problem, multipliers, covered, filled, seen=seen, own=own)
    checked = None if bound is None else shown.value
    bound = shown.value if bound is None else bound
    gap = bound - objective
    if tolerance is None:
        tolerance = _justified_tolerance(matching, gap, max(shown.rounding, lost), shown.steps)
    coverage_limit: int | None = None
    seats_limit: int | None = None
    complete = True
    if problem.coverage_first:
        bounds = coverage_bounds(matching)
        reached = covered_by_class(matching)
        coverage_limit = int(bounds[-1])
        seats_limit = coverage_limit if not problem.wants_several else seats_bound(matching)
        complete = bool((reached == bounds).all()) and len(matching.mentees) == seats_limit
    return Certificate(
        objective=objective,
        bound=bound,
        gap=gap,
        # A bound below the total it bounds is a contradiction, and pairs that are no matching are
        # not optimal; neither is a proof.
        proven=complete and -tolerance <= gap <= tolerance and not list_violations(matching),
        tolerance=tolerance,
        prices=problem.compatibility.price_series(multipliers.prices),
        coverage=matching.n_matched,
        coverage_bound=coverage_limit,
        seats=len(matching.mentees),
        seats_bound=seats_limit,
        coverage_multipliers=tuple(float(value) for value in multipliers.coverage),
        seats_multiplier=float(multipliers.seats),
        checked_bound=checked,
        **({} if promise is None else _name(matching, promise)),
    )


def certify_multipliers(
    matching: Matching,
    multipliers: Multipliers,
    *,
    tolerance: float | None = None,
    seen: SeenValues | None = None,
) -> Certificate:
    """Turn multipliers into a certificate of the total that names its problem and its pairs."""
    return certify_bound(matching, multipliers, tolerance=tolerance, seen=seen, promise="total")


def name_problem(
    certificate: Certificate, matching: Matching, promise: Promise = "total"
) -> Certificate:
    """Let a certificate say what it proves, and of which problem and pairs."""
    return replace(certificate, **_name(matching, promise))


def _name(matching: Matching, promise: Promise) -> dict[str, Any]:
    return {
        "promise": promise,
        "strategy": matching.strategy,
        "fingerprint": fingerprint_of(matching),
    }


def _justified_tolerance(matching: Matching, gap: float, rounding: float, steps: int) -> float:
    """Return the gap that counts as zero; the one place where that is decided.

    It is relative to the scores of the pairs made, so that it means the same in any unit, and no
    score that nobody got makes it larger. Where these are next to nothing it is what float64 can
    have lost on the way to the bound, but never more than scores of this problem's size explain:
    multipliers beyond all scores cannot buy a proof with their own rounding.
    """
    sizes = np.abs(matching.scores)
    relative = RELATIVE_TOLERANCE * float(sizes.sum() if matching.check else np.nansum(sizes))
    if not relative < abs(gap) <= LOST_AGAIN * rounding:
        return relative
    return max(relative, LOST_AGAIN * min(rounding, _rounding_limit(matching.problem, steps)))


def largest_score(problem: Problem) -> float:
    """The largest absolute score of an eligible pair, 0 when there is none."""
    largest = 0.0
    for rows in row_slices(*problem.shape):
        largest = max(largest, float(np.abs(problem.scores(rows, 0.0)).max(initial=0.0)))
    return largest


def _rounding_limit(problem: Problem, steps: int) -> float:
    """Return the most that a bound can lose at multipliers that any problem of this size needs.

    Those of an optimal matching are lengths of paths in its residual graph, which visit each
    mentor, each class and each rule at most once (Ahuja, Magnanti and Orlin 1993, chapter 9), and
    each step gains or loses two scores at most; nodes that no path reaches start at one such length
    more. Of prices of rules that is a guess: where they are larger, a proof is lost, never made.
    """
    seats = int(problem.capacities.clip(max=problem.shape[0]).sum())
    count = min(int(problem.demands.sum()), seats)
    # Where every score is 0, so is every total, whatever the prices have lost.
    largest = largest_score(problem) or 1.0
    nodes = problem.shape[1] + 1 + problem.n_classes
    nodes += sum(len(constraint.low) for constraint in problem.sides.constraints)
    price = (2 * nodes + 1) * 2 * largest
    # A value holds a score, a price, and multipliers of seats and coverage, the last one being a
    # difference of two; what mentees have at best and what seats cost are as large again.
    size = 2 * count * (largest + 4 * price)
    return lost_in(steps) * size + problem.compatibility.scorer.error * count


def list_violations(matching: Matching) -> list[str]:
    """List what the pairs break of the problem; only a matching held unchecked can."""
    if matching.check:
        return []
    eligible = matching.problem.pairs(matching.mentees, matching.mentors).eligible
    return violations(matching.problem, matching.mentees, matching.mentors, eligible)
