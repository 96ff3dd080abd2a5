"""Why a mentee has no mentor, or fewer than wanted, in words."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.blocks import BLOCK_BYTES
from mentormatch.compatibility.ids import format_count
from mentormatch.problem.pairs import UNPLACED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem

__all__ = ["reasons_for_unmatched"]

# So many of the mentors are named with whom somebody may not be by a decision.
NAMED = 2


def reasons_for_unmatched(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp], short: NDArray[np.intp]
) -> list[str]:
    """One sentence for each mentee in ``short`` (positions) given the pairs (mentees, mentors).

    Memory O(block): the mentees in question are read in blocks.
    """
    _n, m = problem.shape
    if m == 0:
        return ["there are no mentors"] * len(short)
    loads = np.bincount(mentors, minlength=m)
    free = loads < problem.capacities
    held: dict[int, list[int]] = {int(i): [] for i in short}
    for i, j in zip(
        mentees[np.isin(mentees, short)], mentors[np.isin(mentees, short)], strict=True
    ):
        held[int(i)].append(int(j))
    sums = [constraint.sums(mentees, mentors) for constraint in problem.sides.constraints]
    unplaced, by_hand = _find_unplaced(problem), _find_decided(problem, short)
    step = max(1, BLOCK_BYTES // (64 * m))
    sentences: list[str] = []
    for start in range(0, len(short), step):
        rows = short[start : start + step]
        scores = problem.scores(rows, np.nan)
        removed = problem.compatibility.scorer.removed(rows)
        ruled = problem.compatibility.scorer.joined(rows, np.nan)
        unruled = (~np.isnan(ruled)).sum(axis=1)
        low = np.zeros(ruled.shape, dtype=np.bool_)
        if problem.min_score is not None:
            exact = problem.compatibility.precise().scorer.joined(rows, np.nan)
            low = exact < problem.min_score
        for k, i in enumerate(rows):
            own = held[int(i)]
            scores[k, own] = np.nan
            no_hour = unplaced.get(int(i), [])
            placeless = int((~np.isnan(ruled[k, no_hour]) & ~low[k, no_hour]).sum())
            counts = (int(unruled[k]), int(low[k].sum()), placeless)
            broken = partial(problem.sides.broken_by, sums, int(i))
            said = _sentence(problem, scores[k], removed[k], counts, own, free, broken)
            apart = [rule for j, rule in by_hand.get(int(i), ()) if not np.isnan(ruled[k, j])]
            sentences.append(said + _decided(apart))
    return sentences


def _sentence(
    problem: Problem,
    scores: NDArray[np.floating],
    removed: NDArray[np.int64],
    counts: tuple[int, int, int],
    own: list[int],
    free: NDArray[np.bool_],
    broken: Callable[[int], list[str]],
) -> str:
    """The reason for one mentee; ``scores`` (mentors,) is NaN where no further pair may be made.

    ``counts``: mentors whom the rules allow; those among them who score below ``min_score``, and
    those of the others with whom no meetings can be placed.
    """
    m = len(scores)
    unruled, low, placeless = counts
    eligible = np.flatnonzero(~np.isnan(scores))
    so_far = f"has {len(own)}; " if own else ""
    other = "other " if own else ""
    if not len(eligible):
        if unruled > len(own):
            return (
                f"{so_far}no {other}mentor is eligible: of the {unruled - len(own)} that the rules "
                f"allow, {_taken_away(problem, low, unruled - len(own) - low, placeless)}"
                f"{_rules(problem, removed, m)}"
            )
        return f"{so_far}no {other}mentor is eligible{_rules(problem, removed, m)}"
    if not free[eligible].any():
        mentor = "mentor is" if len(eligible) == 1 else "mentors are"
        taken = _taken(problem.capacities[eligible])
        return f"{so_far}{len(eligible)} {other}{mentor} eligible, {taken}"
    open_mentors = eligible[free[eligible]]
    best = open_mentors[np.argmax(scores[open_mentors])]
    if scores[best] < 0 and not problem.coverage_first:
        return (
            f"{so_far}every {other}free eligible mentor scores below 0 "
            f"(the best, {problem.mentor_ids[best]!r}, {scores[best]:.3g})"
        )
    several = format_count(len(open_mentors), f"{other}eligible mentor")
    return (
        f"{so_far}left out by this matching: {several} "
        f"{'has' if len(open_mentors) == 1 else 'have'} a free seat, the best of them "
        f"{problem.mentor_ids[best]!r} (score {scores[best]:.3g}){_against(broken(int(best)))}"
    )


def _against(rules: list[str]) -> str:
    """Which conditions keep somebody from a free seat."""
    return f", which does not go with: {'; '.join(rules)}" if rules else ""


def _find_unplaced(problem: Problem) -> dict[int, list[int]]:
    """Positions of mentors by mentee where nobody wrote a ban, but no meetings can be placed."""
    rules = {one for one in problem.ban_rules if (one.reason or "").startswith(UNPLACED)}
    by_hand = {one[:2] for one in problem.ban_rules if one not in rules}
    found: dict[int, set[int]] = {}
    for rule in rules:
        if rule[:2] not in by_hand:
            i = problem.compatibility.mentee_position(rule.mentee)
            found.setdefault(i, set()).add(problem.compatibility.mentor_position(rule.mentor))
    return {i: sorted(mentors) for i, mentors in found.items()}


def _find_decided(
    problem: Problem, short: NDArray[np.intp]
) -> dict[int, list[tuple[int, PairRule]]]:
    """Bans that somebody wrote, such as a committee, by mentee: position of the mentor, and it."""
    found: dict[int, list[tuple[int, PairRule]]] = {}
    wanted = set(short.tolist())
    for rule in problem.ban_rules:
        i = problem.compatibility.mentee_position(rule.mentee)
        if i in wanted and not (rule.reason or "").startswith(UNPLACED):
            j = problem.compatibility.mentor_position(rule.mentor)
            found.setdefault(i, []).append((j, rule))
    return found


def _decided(bans: Sequence[PairRule]) -> str:
    """Say which pairs were kept apart by hand; without it, seats alone would seem to be why."""
    if not bans:
        return ""
    named = [f"{ban.mentor!r}" + (f" ({ban.reason})" if ban.reason else "") for ban in bans]
    more = f" and {len(bans) - NAMED} more" if len(bans) > NAMED else ""
    return f"; decided by hand: not with {', '.join(named[:NAMED])}{more}"


def _taken_away(problem: Problem, low: int, banned: int, placeless: int) -> str:
    """What the smallest score, the bans and the calendars of people removed."""
    parts = [f"min_score {problem.min_score:g} removes {low}"] if low else []
    if banned > placeless:
        parts.append(f"bans remove {banned - placeless}")
    if placeless:
        parts.append(f"{UNPLACED} with {placeless}")
    return " and ".join(parts)


def _taken(capacities: NDArray[np.int64]) -> str:
    """Why none of the eligible mentors, who have these seats, has one left."""
    seats = int(capacities.sum())
    closed = int((capacities == 0).sum())
    if seats == 0:
        return "who has no seats" if closed == 1 else "none of whom has a seat"
    if not closed:
        return "whose only seat is taken" if seats == 1 else f"whose {seats} seats are all taken"
    others = "the other" if len(capacities) - closed == 1 else "the others"
    taken = (
        f"only seat of {others} is taken" if seats == 1 else f"{seats} seats of {others} are taken"
    )
    return f"{closed} of them without a seat; the {taken}"


def _rules(problem: Problem, removed: NDArray[np.int64], n_mentors: int) -> str:
    """Which rule removed how many mentors, most first."""
    names = problem.compatibility.scorer.rules
    counts = [(int(count), name) for count, name in zip(removed, names, strict=True) if count]
    if not counts:
        return ""
    counts.sort(key=lambda pair: -pair[0])
    parts = [f"{name} rules out {count} of {n_mentors}" for count, name in counts]
    return " (" + ", ".join(parts) + ")"
