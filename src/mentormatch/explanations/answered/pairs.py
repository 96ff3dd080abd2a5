"""Why a pair was made, or what it would be: criteria in words, ranks, and worth to the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.explanations.answered.answer import Answer, amount
from mentormatch.explanations.answered.why_not import forced

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.matching import Matching

__all__ = ["PairAnswer", "describe_pair", "say_rank"]


@dataclass(frozen=True, eq=False)
class PairAnswer(Answer):
    """One pair: its criteria, how each ranks the other, and what it is worth to the whole.

    Parameters
    ----------
    mentee, mentor
        Ids.
    matched
        Whether the matching has the pair.
    score
        Joined score; NaN when ineligible.
    breakdown
        Frame of `Compatibility.breakdown`.
    mentor_rank, n_mentors
        Where the mentee ranks the mentor among those eligible for it who have a seat (1 is best,
        equal scores rank alike), and how many these are; None when ineligible or without a seat.
    mentee_rank, n_mentees
        The same for the mentor, among mentees who want a mentor.
    total_with, total_without
        The best total with the pair and without it, at the same coverage where that is possible;
        None where no total was maximised, NaN where it cannot be.
    rules
        Why the pair may not be made.
    fixed
        The reason for which somebody fixed the pair, "" without one; None where nobody did.
    """

    mentee: object
    mentor: object
    matched: bool
    score: float
    breakdown: pd.DataFrame
    mentor_rank: int | None
    n_mentors: int
    mentee_rank: int | None
    n_mentees: int
    total_with: float | None
    total_without: float | None
    coverage_with: int | None
    coverage_without: int | None
    rules: tuple[str, ...] = ()
    fixed: str | None = None

    @property
    def worth(self) -> float | None:
        """What the best total is higher with the pair than without it; None as the totals."""
        if self.total_with is None or self.total_without is None:
            return None
        return self.total_with - self.total_without

    def to_frame(self) -> pd.DataFrame:
        """The breakdown by criterion."""
        return self.breakdown

    def to_dict(self) -> dict[str, object]:
        """As `Answer.to_dict`, with the worth."""
        return {**super().to_dict(), "worth": self.worth}

    def sentences(self, audience: Audience) -> list[str]:
        """Say it to the mentee, to the mentor, or to the committee."""
        if audience == "mentee":
            return self._to_person("mentor", self.mentor_rank, self.n_mentors)
        if audience == "mentor":
            return self._to_person("mentee", self.mentee_rank, self.n_mentees)
        i, j = repr(self.mentee), repr(self.mentor)
        if self.rules:
            return [f"{i} and {j} may not be matched: {'; '.join(self.rules)}."]
        said = [
            f"{i} and {j} are {'' if self.matched else 'not '}matched; the pair scores "
            f"{self.score:.3g}.",
            *self._ranks(i, j),
        ]
        shown = self.breakdown[self.breakdown["criterion"] != "joined"]
        shown = shown[shown["sentence"] != ""].drop_duplicates("sentence")
        shown = shown.sort_values("contribution", ascending=False)
        # Each begins with its criterion: they have semicolons themselves.
        said += [
            f"{label}: {sentence}."
            for label, sentence in zip(shown["criterion"], shown["sentence"], strict=True)
        ]
        return said + (self._worth_sentence() if self.fixed is None else [self._fixed_sentence()])

    def _ranks(self, mentee: str, mentor: str) -> list[str]:
        """Say which choice each is of the other, or why there is no choice."""
        said = []
        if self.mentor_rank is None:
            said.append(f"{mentor} has no seat.")
        if self.mentee_rank is None:
            said.append(f"{mentee} wants no mentor.")
        return said or [
            f"{mentor} is choice {self.mentor_rank} of {self.n_mentors} with a seat for {mentee}, "
            f"and {mentee} is choice {self.mentee_rank} of {self.n_mentees} for {mentor}."
        ]

    def _fixed_sentence(self) -> str:
        """Say that a decision made the pair, and why it was made."""
        said = f"A decision fixes the pair: {self.fixed}" if self.fixed else "A pin fixes the pair"
        return f"{said.rstrip('.')}. Without it the pair might not be made."

    def _worth_sentence(self) -> list[str]:
        if self.worth is None or self.total_with is None or self.total_without is None:
            return []
        if np.isnan(self.worth):
            without = np.isnan(self.total_without)
            return [f"No matching of the problem is {'without' if without else 'with'} this pair."]
        with_, without_ = self.coverage_with, self.coverage_without
        changed = with_ != without_
        served = f" with {with_} and {without_} mentees served" if changed else ""
        return [
            f"With the pair the best total is {self.total_with:.6g}, without it "
            f"{self.total_without:.6g}{served}: it is worth {amount(self.worth)} to the whole."
        ]

    def _to_person(self, other: str, rank: int | None, count: int) -> list[str]:
        if self.rules:
            return [f"A rule of the programme does not allow you and this {other} to be matched."]
        if rank is None:
            without = {
                "mentor": "The mentor you asked about takes no mentee this time.",
                "mentee": "The mentee you asked about wants no mentor this time.",
            }
            return [without[other]]
        decided = [] if self.fixed is None else ["The programme itself decided on this pair."]
        return [
            *decided,
            say_rank(
                f"Your {other}" if self.matched else f"The {other} you asked about", rank, count
            ),
        ]


def say_rank(who: str, rank: int | None, count: int) -> str:
    """Say to somebody which choice of theirs another is."""
    if count == 1:
        return f"{who} is the only one you could have."
    return (
        f"{who} is number {rank} of the {count} you could have, by the scores that your answers "
        "give."
    )


def _rank_among(scores: NDArray[np.float64], place: int) -> tuple[int | None, int]:
    """Rank of one of some scores, 1 the highest, equal ones alike; and how many are not NaN."""
    known, own = scores[~np.isnan(scores)], scores[place]
    return None if np.isnan(own) else 1 + int(np.count_nonzero(known > own)), len(known)


def describe_pair(matching: Matching, graph: ExchangeGraph | None, i: int, j: int) -> PairAnswer:
    """All about one pair; without a graph nothing is said about its worth to the whole."""
    problem = matching.problem
    n, m = problem.shape
    rules = problem.reasons(i, j)
    row = problem.pairs(np.full(m, i), np.arange(m))
    column = problem.pairs(np.arange(n), np.full(n, j))
    # Nobody can have a mentor without seats, or a mentee who wants none.
    mentee_scores = np.where(problem.capacities > 0, row.mentee_scores, np.nan)
    mentor_scores = np.where(problem.demands > 0, column.mentor_scores, np.nan)
    mentor_rank, n_mentors = _rank_among(mentee_scores, j)
    mentee_rank, n_mentees = _rank_among(mentor_scores, i)
    matched = bool(((matching.mentees == i) & (matching.mentors == j)).any())
    with_pair: tuple[float | None, int | None] = (None, None)
    without = with_pair
    if graph is not None and not rules:
        score = float(row.scores[j])
        here = (matching.total, matching.n_matched)
        other = _without(graph, i, j, score) if matched else _with(graph, i, j, score)
        with_pair, without = (here, other) if matched else (other, here)
    ids = (problem.mentee_ids[i], problem.mentor_ids[j])
    fixed = (pin.reason or "" for pin in problem.pin_rules if (pin.mentee, pin.mentor) == ids)
    return PairAnswer(
        *ids,
        matched,
        float(row.scores[j]),
        problem.compatibility.scorer.breakdown(i, j),
        mentor_rank,
        n_mentors,
        mentee_rank,
        n_mentees,
        with_pair[0],
        without[0],
        with_pair[1],
        without[1],
        rules,
        next(fixed, None),
    )


def _with(graph: ExchangeGraph, i: int, j: int, score: float) -> tuple[float, int]:
    """Best total and coverage with a pair that is not made; NaN where it cannot be."""
    matching = graph.matching
    left = matching.problem.after_pins
    found = None
    if left.capacity[j] > 0 and left.demand[i] > 0:
        found = forced(graph, i, j, score, graph.places_of(i))
    if found is None:
        return float("nan"), matching.n_matched
    lost = found.loses if not found.swaps else 0
    return matching.total - found.cost, matching.n_matched - lost


def _without(graph: ExchangeGraph, i: int, j: int, score: float) -> tuple[float, int]:
    """Best total and coverage without a pair that is made; NaN where there is none.

    The mentee goes elsewhere, and the seat is filled or left free: a cycle through the pair.
    """
    matching, problem, m = graph.matching, graph.matching.problem, graph.n_mentors
    pinned = (problem.pinned == (i, j)).all(axis=1).any()
    if pinned:
        return float("nan"), matching.n_matched
    row = np.asarray(problem.precise().open_scores(np.array([i])), np.float64)[0]
    row[matching.mentors[matching.mentees == i]] = -np.inf
    leaving = np.full(len(graph.prices), np.inf)
    leaving[:m] = score - row
    leaving[graph.node_without(i)] = score
    kept = float((leaving + graph.costs_to(j)).min())
    if np.isfinite(kept):
        return matching.total - kept, matching.n_matched
    levels = graph.levels
    for c in reversed(range(len(levels))):
        first = float((leaving + graph.costs_to(levels[c])).min())
        for node in (*levels[c + 1 :], graph.slack):
            cost = first + graph.path(node, j).cost
            if np.isfinite(cost):
                fewer = levels[c] in graph.nobody and node not in graph.nobody
                return matching.total - cost, matching.n_matched - fewer
    return float("nan"), matching.n_matched
