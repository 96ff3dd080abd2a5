"""From one round of a programme to the next: what was learned, and what is proposed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.errors import MentorMatchError
from mentormatch.feedback import (
    Learned,
    Override,
    OverrideEvidence,
    learn_from_overrides,
    learn_weights,
    scored_by,
)
from mentormatch.rematching import Rematch, rematch

if TYPE_CHECKING:
    from mentormatch.criteria import Criteria
    from mentormatch.feedback import Ratings
    from mentormatch.feedback.answers.ratings import Outcome
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.records import Record
    from mentormatch.reports import Decisions

__all__ = ["Cycle", "plan_cycle"]


@dataclass(frozen=True, eq=False)
class Cycle:
    """What one round teaches, and what it proposes for the next; nothing of it is done."""

    rated: Problem  # the problem whose people were rated
    learned: Learned | None  # weights from ratings; None without ratings
    overrides: OverrideEvidence | None  # what the committee's changes say; None without decisions
    # The next matching: with learned weights where they are beyond doubt, and as many pairs of the
    # last round going on as the coverage allows; None without a record of the last round.
    proposal: Rematch | None
    # Pairs of the next round that learned weights would make or end; None where weights stay.
    changes: pd.DataFrame | None = None
    # Mentee, mentor, why: pairs of the record that are over because the committee gave their place
    # to somebody else; None without a record and decisions.
    displaced: pd.DataFrame | None = None
    # Mentee, mentor: pairs that the committee took apart, which the proposal leaves apart.
    apart: pd.DataFrame | None = None


def plan_cycle(
    problem: Problem,
    criteria: Criteria,
    *,
    last: Problem | None = None,
    ratings: Ratings | None = None,
    target: Outcome = "rating",
    record: Record | Matching | None = None,
    decisions: Decisions | None = None,
) -> Cycle:
    """Learn from a round what can be learned, and propose the next one.

    ``problem`` is the next round, and ``criteria`` those of both rounds; ``last`` is the problem
    whose people were rated (None: the same people as the next round), ``target`` which of the
    ratings to foretell. ``record`` holds the last round's pairs, ``decisions`` what the committee
    changed in its proposal: the pairs that go on are those that it decided on, without those whose
    place it gave to somebody else, and a pair that it took apart is not proposed again. Raises
    MentorMatchError if nothing to learn from was given, or the problem has no people, only scores.
    """
    if ratings is None and record is None and decisions is None:
        raise MentorMatchError(
            "There is nothing to learn from: give ratings, a record of the last round, or a "
            "workbook of decisions."
        )
    cohort = (last or problem).compatibility.cohort
    if cohort is None or problem.compatibility.cohort is None:
        raise MentorMatchError("A cycle needs the people of both rounds, not only scores.")
    learned = None
    if ratings is not None:
        learned = learn_weights(criteria, cohort, ratings, target=target)
    evidence = None
    if decisions is not None:
        changes = _overrides_of(decisions, record)
        evidence = learn_from_overrides(criteria, cohort, changes)
    proposal = displaced = apart = None
    if record is not None:
        adopted = learned is not None and learned.adopted
        next_problem = scored_by(problem, learned.criteria) if learned and adopted else problem
        was = record.pairs
        if decisions is not None:
            was, displaced = _decided_pairs(was, decisions, last or problem)
            next_problem, apart = _kept_apart(next_problem, decisions)
        proposal = rematch(was, next_problem)
    others = None if learned is None or not learned.adopted else learned.changes(problem)
    return Cycle(last or problem, learned, evidence, proposal, others, displaced, apart)


def _decided_pairs(
    pairs: pd.DataFrame, decisions: Decisions, problem: Problem
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the pairs of a round once a committee has changed its proposal, and those that ended.

    A pair that the committee made takes a seat and a place. Where it took the last one, the pair of
    the proposal that had it is over, although no decision names it. The answer is mentee, mentor,
    score of the pairs, and mentee, mentor, why of those that are over without a decision of their
    own.
    """
    columns = ["mentee", "mentor", "score"]
    made = list(dict.fromkeys((pin.mentee, pin.mentor) for pin in decisions.pins))
    over = {(ban.mentee, ban.mentor) for ban in decisions.bans} | set(made)
    here = [pair not in over for pair in zip(pairs["mentee"], pairs["mentor"], strict=True)]
    rest = pairs.loc[here, columns].astype(object)
    displaced: dict[object, str] = {}
    for side, ids, most in (
        ("mentee", problem.mentee_ids, problem.demands),
        ("mentor", problem.mentor_ids, problem.capacities),
    ):
        # The problem may be another round's: who had two pairs in the proposal had room for two.
        room = pairs[side].value_counts().to_dict()
        for one, places in zip(ids, most.tolist(), strict=True):
            room[one] = max(places, room.get(one, 0))
        taken = Counter(pair[side == "mentor"] for pair in made)
        for one, some in rest.drop(index=list(displaced)).groupby(side, sort=False):
            left = max(room[one] - taken[one], 0) if taken[one] else len(some)
            if len(some) > left:
                gone = some.sort_values("score", kind="stable").index[: len(some) - left]
                whose = f"{side} {one!s}"
                certain = f"the committee gave the last place of {whose} to somebody else"
                guessed = (
                    f"the committee gave a place of {whose} to somebody else; which pair made "
                    "way is not written, so the one with the lowest score is taken"
                )
                displaced |= dict.fromkeys(gone, guessed if left else certain)
    ended = rest.loc[list(displaced), ["mentee", "mentor"]].assign(why=list(displaced.values()))
    scores = pairs.set_index(["mentee", "mentor"])["score"].to_dict()
    found = pd.DataFrame([(*pair, scores.get(pair, np.nan)) for pair in made], columns=columns)
    both = pd.concat([rest.drop(index=list(displaced)), found.astype(object)], ignore_index=True)
    return both, ended.reset_index(drop=True)


def _kept_apart(problem: Problem, decisions: Decisions) -> tuple[Problem, pd.DataFrame]:
    """Return the next round without the pairs that the committee took apart, and these pairs."""
    mentees, mentors = set(problem.mentee_ids), set(problem.mentor_ids)
    fixed = {(rule.mentee, rule.mentor) for rule in (*problem.pin_rules, *problem.ban_rules)}
    bans = [
        ban
        for ban in decisions.bans
        if ban.mentee in mentees and ban.mentor in mentors and (ban.mentee, ban.mentor) not in fixed
    ]
    apart = pd.DataFrame([(ban.mentee, ban.mentor) for ban in bans], columns=["mentee", "mentor"])
    return (replace(problem, bans=[*problem.ban_rules, *bans]) if bans else problem), apart


def _overrides_of(decisions: Decisions, record: Record | Matching | None) -> list[Override]:
    """Return the pins that replaced a pair of the record."""
    if record is None:
        return []
    pairs = record.pairs.drop_duplicates("mentee", keep=False)
    was: dict[object, object] = dict(zip(pairs["mentee"], pairs["mentor"], strict=True))
    return [
        Override(pin.mentee, was[pin.mentee], pin.mentor, pin.reason)
        for pin in decisions.pins
        if pin.mentee in was and was[pin.mentee] != pin.mentor
    ]
