"""Answers of `mentormatch.explain` that the report shows, where they are exact and quick enough."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import NotExplainableError
from mentormatch.explanations import explain
from mentormatch.explanations.capabilities import has_total
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.reports.next_best import NextBest, next_best
from mentormatch.reports.words import people_names, plain_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["find_fixes", "rank_next_best", "value_seats"]

# The graph of exchanges has mentors² arcs, and costs of pairs need a search from each mentor.
MOST_MENTORS = 2_000
MOST_SEARCHED = 400
MOST_FIXES = 200
# Of more pairs than this, not all are costed: only those of the best mentors of each mentee.
MOST_COSTED = 2_000_000
BEST_COSTED = 24


def find_fixes(matching: Matching, mentees: NDArray[np.intp]) -> list[str] | None:
    """Say for each of these mentees the smallest change that would make room, and for whom.

    None where there are too many to ask about. A mentee whom no single change helps has "–".
    """
    if len(mentees) > MOST_FIXES or matching.problem.shape[1] > MOST_MENTORS:
        return None
    asked = explain(matching)
    problem = matching.problem
    ids = problem.mentee_ids
    names = people_names(problem.compatibility.cohort, "mentors", problem.mentor_ids)
    shared = Counter(names or ())
    called = {
        own: name if shared[name] == 1 else f"{name} ({own})"
        for own, name in zip(problem.mentor_ids, names or (), strict=bool(names))
    }
    said = []
    for i in mentees.tolist():
        answer = asked.unmatched(ids[i])
        fix = answer.fix
        if fix is None:
            said.append("–")
        elif fix[0] == "seat":
            whom = "" if answer.sure else ", for one of those who wait"
            said.append(f"one more seat with {called.get(fix[1], fix[1])}{whom}")
        else:
            label = plain_label(str(fix[1]))
            sure = f"an exemption from the rule {label}"
            said.append(sure if answer.sure else f"perhaps without the rule {label}")
    return said


def value_seats(matching: Matching) -> NDArray[np.float64] | None:
    """Compute what one more seat with each mentor would add to the total.

    A float64 array (mentors,). None where the strategy did not aim at the total, or there are too
    many mentors.
    """
    if matching.problem.shape[1] > MOST_MENTORS:
        return None
    try:
        table = explain(matching).seat_values()
    except NotExplainableError:
        return None
    worth = table["gain_of_one_more"].reindex(matching.problem.mentor_ids)
    return np.asarray(worth, dtype=np.float64)


def _exact_costs(
    matching: Matching, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> NDArray[np.float64] | None:
    """Compute what forcing each pair would cost the total; ``mentors`` has a row for each mentee.

    A float64 array of the shape of ``mentors``, in units of score. NaN where there is no pair,
    where it cannot be forced, or where somebody would lose their mentor. None where the strategy
    has no such answer, or there are too many mentors.
    """
    problem = matching.problem
    if not has_total(matching) or problem.wants_several or problem.shape[1] > MOST_SEARCHED:
        return None
    try:
        graph = exchange_graph(matching)
    except NotExplainableError:
        return None
    own = np.full(problem.shape[0], -1, dtype=np.intp)
    given = np.full(problem.shape[0], np.nan)
    own[matching.mentees[graph.movable]] = matching.mentors[graph.movable]
    given[matching.mentees[graph.movable]] = matching.scores[graph.movable]
    costs = np.full(mentors.shape, np.nan)
    who, place = np.nonzero((mentors >= 0) & (own[mentees] >= 0)[:, None])
    people, others = mentees[who], mentors[who, place]
    scores = np.asarray(problem.pairs(people, others).scores, dtype=np.float64)
    for mentor in np.unique(others).tolist():
        those = np.flatnonzero(others == mentor)
        room = graph.costs_from(mentor)[own[people[those]]]
        found = given[people[those]] - scores[those] + room
        costs[who[those], place[those]] = np.where(
            np.isfinite(found), np.maximum(found, 0.0), np.nan
        )
    return costs


def rank_next_best(
    matching: Matching, mentees: NDArray[np.intp], kept: int
) -> tuple[NextBest, NDArray[np.float64] | None]:
    """Find the next best mentors of each mentee: those whom to force costs the whole least.

    At most ``kept`` of them. The second answer (mentees, kept) is what each costs (`_exact_costs`),
    the cheapest first, of equal ones the higher score; where nobody can say, None, and the highest
    score first. Whom to force is impossible or leaves somebody out stands last. Of very many pairs,
    those of each mentee's 24 best scores are looked at.
    """
    m = matching.problem.shape[1]
    wide = m if len(mentees) * m <= MOST_COSTED else min(m, BEST_COSTED)
    if m > MOST_SEARCHED or not has_total(matching):
        return next_best(matching, mentees, kept), None
    found = next_best(matching, mentees, max(kept, wide))
    costs = _exact_costs(matching, mentees, found.mentors)
    if costs is None:
        return _chosen(found, np.tile(np.arange(kept), (len(mentees), 1))), None
    # Costs that differ in the last digits are equal: the order of scores, which is there, decides.
    order = np.argsort(np.round(costs, 9), axis=1, kind="stable")[:, :kept]
    return _chosen(found, order), np.take_along_axis(costs, order, axis=1)


def _chosen(found: NextBest, order: NDArray[np.intp]) -> NextBest:
    """Take some columns of each row, in an order."""
    return NextBest(
        np.take_along_axis(found.mentors, order, axis=1),
        np.take_along_axis(found.scores, order, axis=1),
        np.take_along_axis(found.costs, order, axis=1),
    )
