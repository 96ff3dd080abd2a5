"""What a matching would be after one change, from its graph: nothing is solved, and it is proven.

The chain of moves proposes pairs and prices; the certificate recomputed from them over all pairs
decides. Where it does not prove them, there is no answer here, and the problem is matched again.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import certify_multipliers
from mentormatch.errors import MatchingError, NotExplainableError
from mentormatch.explanations.answered.why_not import forced, why_blocked
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.one_change import (
    AfterChange,
    multipliers_of,
    pair_made,
    seat_less,
    seat_more,
    without_mentee,
    without_mentor,
)
from mentormatch.matching.matching import Matching
from mentormatch.whatif.change import leave, pin, seat

if TYPE_CHECKING:
    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.problem import Problem
    from mentormatch.whatif.change import Change

__all__ = ["ENGINE", "OneChange"]

ENGINE = "chains of moves (no solver)"


class OneChange:
    """Answers about single changes of one matching; its graph is built when it is first needed."""

    def __init__(self, matching: Matching) -> None:
        self.matching = matching
        self._graph: ExchangeGraph | None = None

    def answer(self, change: Change, changed: Problem) -> Matching | None:
        """The best matching of the changed problem; None where chains of moves do not tell.

        Told are ``seat`` by 1 or −1, ``leave`` and ``pin``; ``changed`` is the problem with the
        change.
        """
        started = time.perf_counter()
        one_seat = isinstance(change, seat) and abs(change.by) == 1
        if self.matching.problem.sides or not (one_seat or isinstance(change, leave | pin)):
            return None
        try:
            self._graph = self._graph or exchange_graph(self.matching)
            after = _after(self._graph, change)
            if after is None:
                return None
            made = _as_matching(self._graph, after, change, changed)
            return _proven(self._graph, after, made, started)
        except (MatchingError, NotExplainableError):
            # A matching that is not the best, or moves that no matching can have made.
            return None


def _after(graph: ExchangeGraph, change: Change) -> AfterChange | None:
    """The pairs after a change, in the positions of before."""
    compatibility = graph.matching.problem.compatibility
    if isinstance(change, seat):
        j = compatibility.mentor_position(change.mentor)
        return seat_more(graph, j) if change.by > 0 else seat_less(graph, j)
    if isinstance(change, leave):
        if change.side != "mentor" and change.person in graph.matching.problem.mentee_ids:
            return without_mentee(graph, compatibility.mentee_position(change.person))
        return without_mentor(graph, compatibility.mentor_position(change.person))
    assert isinstance(change, pin)
    i = compatibility.mentee_position(change.mentee)
    j = compatibility.mentor_position(change.mentor)
    matching = graph.matching
    if ((matching.mentees == i) & (matching.mentors == j)).any():
        return AfterChange(matching.mentees, matching.mentors, graph.prices)
    if matching.problem.reasons(i, j) or why_blocked(matching, i, j) is not None:
        return None
    score = float(matching.problem.pairs(np.array([i]), np.array([j])).scores[0])
    found = forced(graph, i, j, score, graph.places_of(i))
    if found is None:
        return None
    after = pair_made(graph, i, j, found.place, found.moves)
    return after._replace(prices=None) if found.loses or found.loses_places else after


def _as_matching(
    graph: ExchangeGraph, after: AfterChange, change: Change, changed: Problem
) -> Matching:
    """The pairs as a matching of the changed problem, in which somebody may be gone."""
    mentees, mentors = after.mentees, after.mentors
    if isinstance(change, leave):
        before = graph.matching.problem
        mentees = changed.mentee_ids.get_indexer(before.mentee_ids[mentees])
        mentors = changed.mentor_ids.get_indexer(before.mentor_ids[mentors])
    matching = graph.matching
    return Matching(
        changed,
        mentees.astype(np.intp),
        mentors.astype(np.intp),
        strategy="optimal",
        engine=ENGINE,
        seed=matching.seed or 0,
        notes=(*changed.compatibility.notes, *changed.notes),
    )


def _proven(
    graph: ExchangeGraph, after: AfterChange, made: Matching, started: float
) -> Matching | None:
    """The matching with its certificate; None where no prices prove it."""
    problem, before = made.problem, graph.matching.problem
    alike = (problem.shape[1], problem.n_classes) == (before.shape[1], before.n_classes)
    if after.prices is not None and alike:
        certificate = certify_multipliers(made, multipliers_of(graph, after.prices))
        if certificate.proven:
            return replace(made, certificate=certificate, runtime=time.perf_counter() - started)
    # Prices of the new matching's own graph, from those of before.
    own = exchange_graph(replace(made, certificate=graph.matching.certificate))
    certificate = certify_multipliers(made, multipliers_of(own, own.prices))
    if not certificate.proven:
        return None
    return replace(made, certificate=certificate, runtime=time.perf_counter() - started)
