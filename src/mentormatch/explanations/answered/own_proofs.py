"""Why a mentee does not have a mentor, where no total was maximised: the strategy's own proof.

Each is read from the pairs themselves: who holds the mentor's seats, and who ranks above whom.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import NotExplainableError
from mentormatch.explanations.answered.answer import amount, listed
from mentormatch.explanations.answered.why_not import WhyNot, contrast
from mentormatch.problem.checks import are_pinned
from mentormatch.problem.mentor_groups import MentorGroups, find_mentor_groups

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["OWN_PROOFS"]


def _held(
    matching: Matching, i: int, j: int, side: str
) -> tuple[float, NDArray[np.intp], NDArray[np.float64]]:
    """What i would give up first by one score, who holds j's seats, and their worth by another.

    −inf where a place of i is empty.
    """
    fixed = are_pinned(matching.problem, matching.mentees, matching.mentors)
    mine = (matching.mentees == i) & ~fixed
    own = {"mentee": matching.mentee_scores, "joined": matching.scores}[side][mine]
    full = len(own) >= matching.problem.after_pins.demand[i]
    worst = float(own.min(initial=np.inf)) if full else -np.inf
    at = matching.mentors == j
    theirs = matching.mentor_scores if side == "mentee" else matching.scores
    # A pin holds its seat against everybody.
    return worst, matching.mentees[at], np.where(fixed[at], np.inf, theirs[at])


def _scores(matching: Matching, i: int, j: int) -> tuple[float, float, float]:
    block = matching.problem.pairs(np.array([i]), np.array([j]))
    return block.mentee_scores.item(), block.mentor_scores.item(), block.scores.item()


def _answer(
    matching: Matching, i: int, j: int, kind: str, why: str, rivals: NDArray[np.intp]
) -> WhyNot:
    problem = matching.problem
    mine = matching.mentors[matching.mentees == i]
    return WhyNot(
        problem.mentee_ids[i],
        problem.mentor_ids[j],
        kind,
        np.nan,
        contrast=contrast(matching, i, j, int(mine[0]) if len(mine) else None),
        why=(why,),
        rivals=tuple(problem.mentee_ids[rivals].tolist()),
    )


def _own_place(matching: Matching, i: int, j: int, value: float, worst: float) -> WhyNot:
    problem = matching.problem
    mine = matching.mentors[matching.mentees == i]
    has = listed(problem.mentor_ids[mine]) if len(mine) else "what there is"
    rank = "ranks" if worst > value else "ranks as high as"
    above = f"{rank} {has} above" if worst > value else f"has {has}, which it {rank}"
    asked = repr(problem.mentor_ids[j])
    return _answer(
        matching,
        i,
        j,
        "prefers_own",
        f"{problem.mentee_ids[i]!r} {above} {asked} ({amount(worst)} against {amount(value)})",
        np.empty(0, np.intp),
    )


def proof_by_ranks(matching: Matching, i: int, j: int) -> WhyNot:
    """The proof of a stable matching: i has better, or j's seats are held by those j ranks above.

    Raises NotExplainableError if the two would rather have each other: the matching is not stable
    for this pair.
    """
    problem = matching.problem
    u, v, _ = _scores(matching, i, j)
    worst, holders, worth = _held(matching, i, j, "mentee")
    if worst >= u:
        return _own_place(matching, i, j, u, worst)
    full = len(holders) >= problem.capacities[j]
    if full and bool((worth >= v).all()):
        order = np.argsort(-worth, kind="stable")
        ranks = _ranks_for(matching, j, holders[order])
        said = (f"rank {rank}" for rank in ranks.tolist())
        held = _held_by(problem, holders[order], worth[order], said)
        asked = int(_ranks_for(matching, j, np.array([i]))[0])
        above = "above" if bool((worth > v).all()) else "at least as high as"
        has = format_count(len(holders), "mentee")
        all_of = "whom" if len(holders) == 1 else "all of whom"
        why = (
            f"{problem.mentor_ids[j]!r} has {has}, {all_of} it ranks {above} "
            f"{problem.mentee_ids[i]!r} (rank {asked}): {held}"
            if len(holders)
            else f"{problem.mentor_ids[j]!r} has no seats"
        )
        return _answer(matching, i, j, "seats_held", why, holders[order])
    return _places_held(matching, i, j, v)


def _places_held(matching: Matching, i: int, j: int, v: float) -> WhyNot:
    """The proof where j shares places with others: those who have them are ranked above i."""
    problem = matching.problem
    groups = find_mentor_groups(problem)
    free = ~are_pinned(problem, matching.mentees, matching.mentors)
    if isinstance(groups, str):
        groups = MentorGroups(np.empty((0, problem.shape[1]), bool), np.empty(0, np.int64), ())
    for member, most, name in zip(groups.member, groups.most.tolist(), groups.names, strict=True):
        at = free & member[matching.mentors]
        # Within a group a mentee gives up the place that it takes.
        inside = bool((matching.mentees[at] == i).any())
        full = member[j] and np.count_nonzero(at) >= most
        if not full or inside or bool((matching.mentor_scores[at] < v).any()):
            continue
        holders, worth = matching.mentees[at], matching.mentor_scores[at]
        held = _held_by(problem, holders, worth, map(amount, worth.tolist()))
        asked, who = repr(problem.mentee_ids[i]), repr(problem.mentor_ids[j])
        above = "above" if bool((worth > v).all()) else "at least as high as"
        why = (
            f"{who} has no place left for {asked}: the quota {name!r} is full with "
            f"{format_count(len(holders), 'mentee')} ranked {above} {asked} ({amount(v)}): {held}"
            if len(holders)
            else f"{who} has no place left for {asked}: the quota {name!r} is full with pins"
        )
        return _answer(matching, i, j, "places_held", why, holders)
    raise NotExplainableError(
        f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} would both rather have each "
        "other: this matching is not stable for them, so stability does not explain it. "
        "mm.audits.blocking_pairs(matching) lists such pairs."
    )


def _held_by(
    problem: Problem, holders: NDArray[np.intp], worth: NDArray[np.float64], said: Iterable[str]
) -> str:
    """Name who holds seats, with what is said of each; of a pin, that it is one."""
    ids = problem.mentee_ids[holders]
    return ", ".join(
        f"{one!r} ({'pinned' if value == np.inf else words})"
        for one, value, words in zip(ids, worth.tolist(), said, strict=True)
    )


def _ranks_for(matching: Matching, j: int, mentees: NDArray[np.intp]) -> NDArray[np.int64]:
    """Where mentor ``j`` ranks some mentees among those eligible; 1 is first, equal is equal."""
    n = matching.problem.shape[0]
    block = matching.problem.pairs(np.arange(n), np.full(n, j))
    scores = np.asarray(block.mentor_scores, np.float64)
    known = scores[~np.isnan(scores)]
    return np.asarray([1 + np.count_nonzero(known > scores[i]) for i in mentees], np.int64)


def proof_by_scores(matching: Matching, i: int, j: int) -> WhyNot:
    """The proof of a greedy matching: one of the two was taken by a pair that scores more.

    Raises NotExplainableError if the pair scores more than what either has: the matching is not
    greedy.
    """
    problem = matching.problem
    _, _, score = _scores(matching, i, j)
    worst, holders, worth = _held(matching, i, j, "joined")
    if worst >= score:
        return replace(_own_place(matching, i, j, score, worst), kind="outscored")
    if score < 0 and not problem.coverage_first:
        who = f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r}"
        why = f"{who} score below 0 ({amount(score)}), and where only the total counts such a pair"
        return _answer(matching, i, j, "outscored", f"{why} is not made", np.empty(0, np.intp))
    if len(holders) >= problem.capacities[j] and bool((worth >= score).all()):
        order = np.argsort(-worth, kind="stable")
        said = map(amount, worth[order].tolist())
        held = _held_by(problem, holders[order], worth[order], said)
        why = (
            f"when the turn came to {problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} "
            f"({amount(score)}), {problem.mentor_ids[j]!r} was full with pairs that score at least "
            f"as much: {held}"
            if len(holders)
            else f"{problem.mentor_ids[j]!r} has no seats"
        )
        return _answer(matching, i, j, "outscored" if len(holders) else "seats_held", why, holders)
    raise NotExplainableError(
        f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} score more than what they have: "
        "taking the best pair first does not explain this matching."
    )


def proof_by_turns(matching: Matching, i: int, j: int) -> WhyNot:
    """The proof of a matching made in turns: i took better, or j was full when its turn came.

    Raises NotExplainableError if the mentor has a free seat that the mentee prefers: nobody took
    turns.
    """
    problem = matching.problem
    u, _, _ = _scores(matching, i, j)
    worst, holders, _ = _held(matching, i, j, "mentee")
    if worst >= u:
        return _own_place(matching, i, j, u, worst)
    if len(holders) >= problem.capacities[j]:
        who = problem.mentor_ids[j]
        why = (
            f"when the turn of {problem.mentee_ids[i]!r} came, {who!r} was full with "
            f"{listed(problem.mentee_ids[holders])}"
            if len(holders)
            else f"{who!r} has no seats"
        )
        return _answer(matching, i, j, "turn", why, holders)
    raise NotExplainableError(
        f"{problem.mentor_ids[j]!r} has a free seat that {problem.mentee_ids[i]!r} prefers to what "
        "it has: turns do not explain this matching."
    )


OWN_PROOFS: dict[str, Callable[[Matching, int, int], WhyNot]] = {
    "stable": proof_by_ranks,
    "stable_optimal": proof_by_ranks,
    "greedy": proof_by_scores,
    "serial_dictatorship": proof_by_turns,
    "top_trading": proof_by_turns,
}
