"""What a strategy promises of its matching, checked again by code that asks no solver."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from mentormatch.audits import Notion, blocking_pairs, feasibility_of, pareto
from mentormatch.certificates import coverage_bound, verify
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import round_to_steps
from mentormatch.problem import Problem
from mentormatch.problem.checks import are_pinned
from mentormatch.strategies import (
    AlmostStable,
    Greedy,
    Popular,
    Random,
    SerialDictatorship,
    Stable,
    StableOptimal,
    Strategy,
    TopTrading,
    match,
    strategy_named,
)
from mentormatch.strategies.canonical import in_canonical_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["Checked", "check_promise"]

COUNTED = re.compile(r"pairs who would both rather have each other: (\d+) \((.*)\)$")


class Checked(NamedTuple):
    """Whether what a strategy promises holds of a matching, and what shows that."""

    ok: bool
    by: str


def check_promise(matching: Matching, strategy: str | Strategy) -> Checked:
    """Check a matching against what its strategy promises.

    A certificate is verified from its prices. Where there is none: stability by the audit of
    blocking pairs, popularity by the prices of a vote, and what is drawn or taken in turn by doing
    it again, step by step. Nothing here believes a solver; what can only be believed is named.

    Parameters
    ----------
    matching
        Made by `mentormatch.match`.
    strategy
        The one it was made by.

    Returns
    -------
    Checked
    """
    if not feasibility_of(matching).ok:
        return Checked(False, "the audit of feasibility")
    if matching.certificate is not None:
        found = verify(matching)
        by = "its certificate"
        if found.believed:
            by += ", in part the word of a solver"
        return Checked(found.ok, by)
    chosen = strategy_named(strategy)
    for kind, check in CHECKS.items():
        if isinstance(chosen, kind):
            return check(matching, chosen)
    return Checked(True, "the audit of feasibility: it promises no more")


def _stable(matching: Matching, strategy: Stable) -> Checked:
    notion: Notion = "weak" if strategy.ties == "largest" else strategy.ties
    return _unblocked(matching, notion, strategy.tie_tolerance)


def _stable_optimal(matching: Matching, strategy: StableOptimal) -> Checked:
    found = _unblocked(matching, "weak", strategy.tie_tolerance)
    return Checked(found.ok, found.by + "; that none has a larger total is its own word")


def _unblocked(matching: Matching, notion: Notion, tolerance: float) -> Checked:
    blocking = blocking_pairs(matching, notion=notion, limit=1, tie_tolerance=tolerance)
    return Checked(not len(blocking), "the audit of blocking pairs")


def _almost_stable(matching: Matching, strategy: AlmostStable) -> Checked:
    """Recount the blocking pairs, and bound coverage by a cut where it was to be full."""
    blocking = blocking_pairs(matching, limit=None, tie_tolerance=strategy.tie_tolerance)
    if strategy.max_blocking is not None:
        ok = len(blocking) <= strategy.max_blocking
        return Checked(ok, "a count of its blocking pairs; that the total is best is its own word")
    said = next((found for note in matching.notes if (found := COUNTED.match(note))), None)
    covered = int(np.count_nonzero(matching.places))
    ok = said is not None and int(said[1]) == len(blocking)
    ok &= covered == coverage_bound(matching)
    proven = said is not None and said[2].startswith("proven")
    fewest = "none has fewer is its own word" if proven else "it says that there may be fewer"
    return Checked(ok, f"a count of its blocking pairs, and a cut for coverage; {fewest}")


def _popular(matching: Matching, strategy: Popular) -> Checked:
    """Let all other matchings vote against it at once: prices show that none wins.

    A pair is worth +1 where the mentee prefers it to what it has, −1 where it is worse; to have
    nobody is one more mentor who takes everybody, so that everybody votes.
    """
    problem = matching.problem
    n, m = problem.shape
    block = problem.block(slice(None))
    places = np.full((n, m + 1), np.nan)
    places[:, :m] = np.where(
        block.eligible, round_to_steps(block.mentee_scores, strategy.tie_tolerance), np.nan
    )
    places[:, m] = -np.inf
    now = np.full(n, -np.inf)
    now[matching.mentees] = places[matching.mentees, matching.mentors]
    with np.errstate(invalid="ignore"):
        votes = np.sign(places - now[:, None])
    votes[:, m] = np.where(np.isneginf(now), 0.0, -1.0)
    pinned = problem.pinned
    votes[pinned[:, 0]] = np.nan
    votes[pinned[:, 0], pinned[:, 1]] = 0.0
    votes[problem.demands == 0, m] = 0.0
    against = Problem.from_scores(
        votes,
        capacity=np.append(problem.capacities, n),
        demand=np.minimum(problem.demands, 1),
        pins=pinned.tolist(),
    )
    vote = match(against)
    ok = bool(verify(vote).ok and vote.certificate and vote.certificate.bound < 0.5)
    return Checked(ok, "the prices of a vote of all other matchings against it")


def _greedy(matching: Matching, strategy: Greedy) -> Checked:
    """Look for a pair that is better than what both of its people have, pins apart."""
    problem = matching.problem
    n, m = problem.shape
    left = problem.after_pins
    own = ~are_pinned(problem, matching.mentees, matching.mentors)
    mentees, mentors, scores = matching.mentees[own], matching.mentors[own], matching.scores[own]
    # What a further pair must exceed: nothing where there is room, 0 where only the total counts;
    # ∞ where nothing is to be had.
    room = -np.inf if problem.coverage_first else 0.0
    least_i, least_j = np.full(n, np.inf), np.full(m, np.inf)
    np.minimum.at(least_i, mentees, scores)
    np.minimum.at(least_j, mentors, scores)
    least_i[np.bincount(mentees, minlength=n) < left.demand] = room
    least_j[np.bincount(mentors, minlength=m) < left.capacity] = room
    at = mentees * m + mentors
    for rows in row_slices(n, m):
        values = problem.precise().open_scores(rows).astype(np.float64)
        here = at[(at >= rows.start * m) & (at < rows.stop * m)] - rows.start * m
        values.reshape(-1)[here] = -np.inf
        if ((values > least_i[rows, None]) & (values > least_j)).any():
            return Checked(False, "a search for a better pair that was passed over")
    return Checked(True, "a search for a better pair that was passed over")


def _serial(matching: Matching, strategy: SerialDictatorship) -> Checked:
    def positions(problem: Problem, drawn: NDArray[np.intp]) -> NDArray[np.intp]:
        if strategy.order == "seeded":
            return drawn
        if strategy.order == "priority":
            return drawn[np.argsort(problem.priority_classes[drawn], kind="stable")]
        places = [problem.compatibility.mentee_position(one) for one in strategy.order]
        return np.array(places, dtype=np.intp)

    def likes(problem: Problem, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(problem.precise().block(rows).mentee_scores, dtype=np.float64)

    return Checked(_take_turns(matching, positions, likes), "every choice, made again in turn")


def _random(matching: Matching, strategy: Random) -> Checked:
    generator = np.random.default_rng(matching.seed)
    n = matching.problem.shape[0]
    order = generator.permutation(n)

    def likes(problem: Problem, rows: NDArray[np.intp]) -> NDArray[np.float64]:
        return generator.random((len(rows), problem.shape[1]))

    return Checked(
        _take_turns(matching, lambda *_: order, likes), "the draw, made again with its seed"
    )


def _take_turns(
    matching: Matching,
    positions: Callable[[Problem, NDArray[np.intp]], NDArray[np.intp]],
    likes: Callable[[Problem, NDArray[np.intp]], NDArray[np.float64]],
) -> bool:
    """Let each take what it likes best of what is free; say whether the pairs are the same."""
    seed = matching.seed or 0
    back_i, back_j, problem = in_canonical_order(matching.problem, seed)
    left = problem.after_pins
    free = left.capacity.copy()
    order = positions(problem, np.random.default_rng(seed).permutation(problem.shape[0]))
    order = order[left.demand[order] > 0]
    made = {(int(i), int(j)) for i, j in problem.pinned}
    for part in row_slices(len(order), problem.shape[1]):
        rows = order[part]
        values = np.where(problem.open_scores(rows) > -np.inf, likes(problem, rows), -np.inf)
        for i, wanted in zip(rows.tolist(), values, strict=True):
            wanted[free == 0] = -np.inf
            best = np.argsort(-wanted, kind="stable")[: left.demand[i]]
            best = best[wanted[best] > -np.inf]
            free[best] -= 1
            made |= {(i, int(j)) for j in best}
    return _same_pairs(matching, back_i, back_j, made)


def _top_trading(matching: Matching, strategy: TopTrading) -> Checked:
    """Trade again, one cycle at a time: with strict lists the order of cycles does not matter."""
    if pareto(matching).is_optimal is True:
        by = "the audit of Pareto-optimality, and its cycles, traded one by one"
    else:
        by = "its cycles, traded one by one"
    back_i, back_j, problem = in_canonical_order(matching.problem, matching.seed or 0)
    left = problem.after_pins
    block = problem.precise().block(slice(None))
    open_ = problem.open_scores(slice(None)) > -np.inf
    # Ties are broken by the canonical order, in which people stand here.
    wishes = [
        iter(np.flatnonzero(line)[np.argsort(-own[line], kind="stable")].tolist())
        for line, own in zip(open_, np.asarray(block.mentee_scores), strict=True)
    ]
    ranks = [
        iter(np.flatnonzero(line)[np.argsort(-own[line], kind="stable")].tolist())
        for line, own in zip(open_.T, np.asarray(block.mentor_scores).T, strict=True)
    ]
    seats, waiting = left.capacity.tolist(), (left.demand > 0).tolist()
    at_i = [next(one, -1) for one in wishes]
    at_j = [next(one, -1) for one in ranks]
    made = {(int(i), int(j)) for i, j in problem.pinned}
    for start in range(len(waiting)):
        while waiting[start]:
            path: dict[int, int] = {}
            i = start
            while i not in path:
                path[i] = len(path)
                while at_i[i] >= 0 and not seats[at_i[i]]:
                    at_i[i] = next(wishes[i], -1)
                if at_i[i] < 0:
                    break
                j = at_i[i]
                while not waiting[at_j[j]]:
                    at_j[j] = next(ranks[j], -1)
                i = at_j[j]
            if at_i[i] < 0:
                waiting[i] = False
                continue
            for k in list(path)[path[i] :]:
                made.add((k, at_i[k]))
                seats[at_i[k]] -= 1
                waiting[k] = False
    return Checked(_same_pairs(matching, back_i, back_j, made), by)


def _same_pairs(
    matching: Matching,
    back_i: NDArray[np.intp],
    back_j: NDArray[np.intp],
    made: set[tuple[int, int]],
) -> bool:
    pairs = zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)
    return set(pairs) == {(int(back_i[i]), int(back_j[j])) for i, j in made}


CHECKS: dict[type, Callable[[Matching, Any], Checked]] = {
    Stable: _stable,
    StableOptimal: _stable_optimal,
    AlmostStable: _almost_stable,
    Popular: _popular,
    Greedy: _greedy,
    SerialDictatorship: _serial,
    Random: _random,
    TopTrading: _top_trading,
}
