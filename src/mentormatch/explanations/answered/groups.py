"""Answers about several people at once: near ties, and shortages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.answered.answer import Answer, amount, frame_of, listed
from mentormatch.explanations.answered.own_changes import criteria_scorer
from mentormatch.explanations.chains.bottlenecks import bottlenecks
from mentormatch.explanations.chains.ties import near_pairs

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.explanations.chains.bottlenecks import Bottleneck
    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["NearTies", "Shortages", "describe_near_ties", "describe_shortages"]

TIE_COLUMNS = ["mentee", "from", "to", "cost", "group"]
SHORTAGE_COLUMNS = [
    "mentees", "seats", "mentors", "left_out", "want", "wanting", "people", "with_mentors",
]  # fmt: skip
# A wish is named where so many of the people have it, and so few of the others.
MOST_SHARE, LEAST_OTHERS = 0.8, 0.5


@dataclass(frozen=True, eq=False)
class NearTies(Answer):
    """Pairs that could have been made at next to no cost.

    Parameters
    ----------
    within
        What counts as near, in units of score.
    pairs
        Frame mentee, from, to, cost, group: who could go where, what the total would lose with the
        whole chain, and the number of the set of people who can change places.
    """

    within: float
    pairs: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The pairs."""
        return self.pairs

    def sentences(self, audience: Audience) -> list[str]:
        """Say how many; only a committee reads names."""
        count, groups = len(self.pairs), self.pairs["group"].nunique()
        if not count:
            return [f"No other pair could be made at a cost of {amount(self.within)} or less."]
        # Without a mentor to go to, a move is to give the pair up.
        other = int(self.pairs["to"].notna().sum())
        ways = [f"{format_count(other, 'other pair')} could be made"] * bool(other)
        ways += [f"{format_count(count - other, 'pair')} could be given up"] * (other < count)
        said = [
            f"{' or '.join(ways)} at a cost of {amount(self.within)} or less, in "
            f"{format_count(groups, 'group')} of moves that may need each other."
        ]
        if audience == "committee":
            for number, rows in self.pairs.groupby("group", sort=True):
                people = list(dict.fromkeys(rows["mentee"]))
                alone = ", for whom nobody else need move" if len(people) == 1 else ""
                said.append(f"Group {number}: {listed(people)}{alone}.")
        return said


def describe_near_ties(graph: ExchangeGraph, within: float) -> NearTies:
    """Find pairs near the optimum and the groups of people who can change places."""
    problem, m = graph.matching.problem, graph.n_mentors
    near = near_pairs(graph, within)
    label = near.groups(graph) if len(near.costs) else np.empty(0, np.intp)
    _, numbers = np.unique(label, return_inverse=True)
    mentors = [*problem.mentor_ids.tolist(), *[None] * (len(graph.prices) - m)]
    rows = zip(
        problem.mentee_ids[near.mentees].tolist(),
        [mentors[k] for k in near.places],
        [mentors[k] for k in near.mentors],
        near.costs.tolist(),
        (numbers + 1).tolist(),
        strict=True,
    )
    return NearTies(float(within), frame_of(rows, TIE_COLUMNS))


@dataclass(frozen=True, eq=False)
class Shortages(Answer):
    """Sets of mentees with fewer seats than members, whatever is chosen.

    Parameters
    ----------
    table
        Frame mentees, seats, mentors, left_out, want, wanting, people, with_mentors: the counts,
        what most of these people want, how many of them do, and who they are.
    """

    table: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """One row for each set."""
        return self.table

    def sentences(self, audience: Audience) -> list[str]:
        """Say each set; only a committee reads names."""
        said = []
        rows = self.table.itertuples(index=False, name=None)
        for mentees, seats, mentors, left_out, wish, wanting, _, names in rows:
            several = mentees != 1
            want = f" {'want' if several else 'wants'} {wish}, and" if wish else ""
            if wish and wanting < mentees:
                want = f", {wanting:,} of whom want {wish},"
            who = f" ({listed(names)})" if audience == "committee" else ""
            said.append(
                f"{format_count(mentees, 'mentee')}{want} {'have' if several else 'has'} "
                f"{format_count(seats, 'seat')} among {format_count(mentors, 'mentor')}{who}: "
                f"{left_out} must go without."
            )
        return said or ["No group of mentees has fewer seats than it has people."]


def describe_shortages(matching: Matching) -> Shortages:
    """Find the bottlenecks and what the people in each have in common."""
    problem = matching.problem
    rows = [
        (
            len(one.mentees),
            one.seats,
            len(one.mentors),
            one.left_out,
            *_common_wish(problem, one),
            tuple(problem.mentee_ids[one.mentees].tolist()),
            tuple(problem.mentor_ids[one.mentors].tolist()),
        )
        for one in bottlenecks(matching)
    ]
    return Shortages(frame_of(rows, SHORTAGE_COLUMNS))


def _common_wish(problem: Problem, one: Bottleneck) -> tuple[str, int]:
    """A skill that most of the people want and few others do, and how many want it; or none."""
    base, cohort = criteria_scorer(problem), problem.compatibility.cohort
    if base is None or cohort is None:
        return "", 0
    best, name, wanting = 0.0, "", 0
    inside = set(one.mentees.tolist())
    for fitted in base.fitted:
        column = getattr(fitted.criterion, "wants", None)
        if not isinstance(column, str):
            continue
        counts: dict[str, list[int]] = {}
        for k, tags in enumerate(cohort.tags("mentees", column)):
            for tag in set(tags):
                counts.setdefault(str(tag), [0, 0])[k not in inside] += 1
        others = max(problem.shape[0] - len(inside), 1)
        for tag, (members, rest) in sorted(counts.items()):
            share, elsewhere = members / len(inside), rest / others
            if share >= MOST_SHARE and elsewhere <= LEAST_OTHERS and share - elsewhere > best:
                best, name, wanting = share - elsewhere, tag, members
    return name, wanting
