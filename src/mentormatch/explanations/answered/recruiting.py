"""Whom to recruit: what each new mentor would add, alone and one after another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import Cohort, say_lacks_column
from mentormatch.criteria import Criteria
from mentormatch.errors import NotExplainableError, ProblemError
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.seats import NewSeat, scores_with
from mentormatch.matching.matching import Matching
from mentormatch.problem import Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["describe_recruits"]

MOST_CELLS = 50_000_000
COLUMNS = ["candidate", "seats", "gain", "coverage", "order", "gain_in_order", "coverage_in_order"]


def describe_recruits(
    matching: Matching, candidates: pd.DataFrame, capacity: object
) -> pd.DataFrame:
    """What each candidate adds alone, and in the order in which the best is taken first.

    Every seat is filled by the cheapest chain of moves, one after another, which keeps the matching
    optimal.
    """
    problem = matching.problem
    scores = _scores_of(problem, candidates)
    seats = _seats_of(candidates, scores, capacity)
    n, m = problem.shape
    if n * (m + scores.shape[1]) > MOST_CELLS:
        raise NotExplainableError(
            f"recruit holds all {n:,} × {m + scores.shape[1]:,} scores at once, more than "
            f"{MOST_CELLS:,}. Ask about part of the programme."
        )
    extended = _extended(problem, scores)
    start = Matching(extended, matching.mentees, matching.mentors)
    names = list(scores.columns)
    alone = [_fill(start, m + k, int(seats[k]))[1:] for k in range(len(names))]
    left, now, order = set(range(len(names))), start, []
    while left:
        tried = {k: _fill(now, m + k, int(seats[k])) for k in sorted(left)}
        best = max(sorted(left), key=lambda k: (tried[k][2], tried[k][1]))
        now, gain, coverage = tried[best]
        order.append((best, gain, coverage))
        left.remove(best)
    place = {k: (number, *rest) for number, (k, *rest) in enumerate(order, start=1)}
    rows = [(name, int(seats[k]), *alone[k], *place[k]) for k, name in enumerate(names)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("order", ignore_index=True)


def _fill(matching: Matching, j: int, seats: int) -> tuple[Matching, float, int]:
    """Give a mentor so many seats, each filled in the best way; gain in total and in coverage."""
    total, covered = matching.total, matching.n_matched
    for _ in range(seats):
        graph = exchange_graph(matching)
        new = NewSeat.of(graph)
        scores = scores_with(matching.problem, j)
        scores[matching.mentees[matching.mentors == j]] = np.nan
        pairs = new.filled(scores, j)
        if pairs is None:
            break
        capacity = matching.problem.capacities.copy()
        capacity[j] += 1
        matching = Matching(replace(matching.problem, capacity=capacity), *pairs.T)
        if matching.problem.wants_several:
            _check_still_best(matching)
    return matching, matching.total - total, matching.n_matched - covered


def _check_still_best(matching: Matching) -> None:
    """Refuse seats whose chain moved somebody with several mentors twice."""
    try:
        exchange_graph(matching)
    except NotExplainableError:
        raise NotExplainableError(
            "Filling the new seats needs more than one move of somebody who wants several mentors, "
            "which chains of moves do not tell. Put the candidate into the mentors' table and use "
            "mm.match."
        ) from None


def _extended(problem: Problem, scores: pd.DataFrame) -> Problem:
    """The problem with the candidates as mentors without a seat."""
    n, m = problem.shape
    dense = np.empty((n, m + scores.shape[1]))
    dense[:, :m] = problem.precise().scores(slice(0, n), np.nan)
    dense[:, m:] = scores.to_numpy(np.float64)
    names = [*problem.mentor_ids.tolist(), *scores.columns.tolist()]
    frame = pd.DataFrame(dense, index=problem.mentee_ids, columns=pd.Index(names))
    none = np.zeros(scores.shape[1], dtype=np.int64)
    return Problem.from_scores(
        frame,
        capacity=np.concatenate([problem.capacities, none]),
        minimum=np.concatenate([problem.minimums, none]),
        demand=problem.demands,
        priority=problem.priorities,
        pins=problem.pin_rules,
        coverage_first=problem.coverage_first,
    )


def _scores_of(problem: Problem, candidates: pd.DataFrame) -> pd.DataFrame:
    """Scores of the candidates: (mentees, candidates), NaN where not eligible."""
    if not isinstance(candidates, pd.DataFrame):
        raise ProblemError(
            "recruit needs a table of candidates like that of the mentors, or a table of scores "
            f"with a row for each mentee; got {type(candidates).__name__}."
        )
    cohort = problem.compatibility.cohort
    if cohort is not None and cohort.mentors.index.name in candidates.columns:
        candidates = candidates.set_index(cohort.mentors.index.name)
    scored = len(candidates) == problem.shape[0] and set(candidates.index) == set(
        problem.mentee_ids
    )
    names = candidates.columns if scored else candidates.index
    known = [one for one in names if one in problem.mentor_ids]
    if known:
        raise ProblemError(
            f"{known[0]!r} is a mentor already. seat_values() says what one more seat is worth."
        )
    if scored:
        scores = candidates.reindex(problem.mentee_ids).astype(np.float64)
        return scores if problem.min_score is None else scores.mask(scores < problem.min_score)
    return _scored(problem, candidates)


def _scored(problem: Problem, candidates: pd.DataFrame) -> pd.DataFrame:
    """The candidates scored by the problem's criteria, together with everybody else."""
    criteria = Criteria.of_scorer(problem.compatibility.scorer)
    cohort = problem.compatibility.cohort
    if criteria is None or cohort is None:
        raise ProblemError(
            "The scores of this problem were given, so candidates need scores as well: a table "
            "with a row for each mentee and a column for each candidate."
        )
    read = {column for one in criteria.criteria for column in one.columns["mentors"]}
    lacking = sorted(read & set(cohort.mentors.columns) - set(candidates.columns))
    if lacking:
        raise ProblemError(
            f"The table of candidates has no column {', '.join(map(repr, lacking))}, which the "
            f"criteria read; it has {', '.join(map(repr, candidates.columns)) or 'none'}. Name its "
            "columns as those of the mentors; a cell may be empty."
        )
    mentors = pd.concat([cohort.mentors, candidates.reindex(columns=cohort.mentors.columns)])
    mentors.index.name = cohort.mentors.index.name
    people = Cohort(
        cohort.mentees,
        mentors,
        separators=cohort.separators,
        options=cohort.options,
        missing=cohort.missing,
        named=cohort.named,
    )
    compatibility = criteria.score(people, precision="float64")
    n, m = problem.shape
    block = compatibility.scorer.joined(slice(0, n), np.nan)[:, m:]
    if problem.min_score is not None:
        block[block < problem.min_score] = np.nan
    return pd.DataFrame(block, index=problem.mentee_ids, columns=candidates.index)


def _seats_of(
    candidates: pd.DataFrame, scores: pd.DataFrame, capacity: object
) -> NDArray[np.int64]:
    """How many seats each candidate has."""
    if isinstance(capacity, str):
        if capacity not in candidates.columns:
            raise ProblemError(
                say_lacks_column("The table of candidates", capacity, candidates.columns)
            )
        return candidates[capacity].to_numpy(np.int64)
    return np.broadcast_to(np.asarray(capacity, np.int64), scores.shape[1]).copy()
