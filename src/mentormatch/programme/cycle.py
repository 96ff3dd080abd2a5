"""From one round of a programme to the next: what was learned, and what is proposed."""

from __future__ import annotations

from dataclasses import dataclass
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
    """What one round teaches, and what it proposes for the next; nothing of it is done.

    Parameters
    ----------
    rated
        The problem whose people were rated.
    learned
        Weights from ratings; None without ratings.
    overrides
        What the committee's changes say; None without decisions.
    proposal
        The next matching: with learned weights where they are beyond doubt, and as many pairs of
        the last round going on as the coverage allows; None without a record of the last round.
    changes
        Pairs of the next round that learned weights would make or end; None where weights stay.
    """

    rated: Problem
    learned: Learned | None
    overrides: OverrideEvidence | None
    proposal: Rematch | None
    changes: pd.DataFrame | None = None


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

    Parameters
    ----------
    problem
        The next round: new tables, scored by ``criteria``.
    criteria
        The criteria of both rounds.
    last
        The last round's problem, whose people were rated; None: the same people as the next round.
    ratings, target
        What they said, and which of it to foretell.
    record
        The last round's pairs: a record that was saved, or a matching.
    decisions
        What the committee changed in the last round's proposal, which the record holds: the pairs
        that go on are those that it decided on.

    Raises
    ------
    MentorMatchError
        Nothing to learn from was given; the problem has no people, only scores.
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
    proposal = None
    if record is not None:
        adopted = learned is not None and learned.adopted
        next_problem = scored_by(problem, learned.criteria) if learned and adopted else problem
        was = record.pairs if decisions is None else _decided_pairs(record.pairs, decisions)
        proposal = rematch(was, next_problem)
    others = None if learned is None or not learned.adopted else learned.changes(problem)
    return Cycle(last or problem, learned, evidence, proposal, others)


def _decided_pairs(pairs: pd.DataFrame, decisions: Decisions) -> pd.DataFrame:
    """The pairs of a round once a committee has changed its proposal: those that really were."""
    ended = {(ban.mentee, ban.mentor) for ban in decisions.bans}
    fixed: dict[object, list[object]] = {}
    for pin in decisions.pins:
        fixed.setdefault(pin.mentee, []).append(pin.mentor)
    several = set(pairs.loc[pairs.duplicated("mentee"), "mentee"])
    kept = [
        (mentee, mentor) not in ended and (mentee not in fixed or mentee in several)
        for mentee, mentor in zip(pairs["mentee"], pairs["mentor"], strict=True)
    ]
    made = [(mentee, mentor, np.nan) for mentee, some in fixed.items() for mentor in some]
    found = pd.DataFrame(made, columns=["mentee", "mentor", "score"])
    both = pd.concat([pairs.loc[kept, ["mentee", "mentor", "score"]].astype(object), found])
    return both.drop_duplicates(["mentee", "mentor"], ignore_index=True)


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
