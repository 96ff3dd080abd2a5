"""What everybody reads about their own match, for all people at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.compatibility import row_slices
from mentormatch.explanations.answered.pairs import say_rank
from mentormatch.explanations.answered.unmatched import (
    broken_by_one_more,
    describe_unmatched,
    sums_of_conditions,
)
from mentormatch.explanations.chains.bottlenecks import linked_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["texts_to_mentees", "texts_to_mentors"]


def texts_to_mentees(matching: Matching) -> pd.Series[str]:
    """By mentee what it reads: a sentence for each mentor it has, and why it lacks one."""
    problem = matching.problem
    ranks, counts = _ranks_of_mentors(matching)
    said: dict[int, list[str]] = {}
    for i, rank, count in zip(matching.mentees.tolist(), ranks, counts, strict=True):
        said.setdefault(i, []).append(say_rank("Your mentor", rank, count))
    without = np.flatnonzero(matching.places == 0)
    known: dict[tuple[bool, bool, bytes], list[str]] = {}
    sums = sums_of_conditions(matching)
    free = np.bincount(matching.mentors, minlength=problem.shape[1]) < problem.capacities
    sets = linked_sets(matching) if len(without) else np.empty(0, dtype=np.int32)
    for rows in row_slices(len(without), problem.shape[1]):
        people = without[rows]
        eligible = ~np.isneginf(problem.scores(people, -np.inf))
        open_ = ~np.isneginf(problem.open_scores(people))
        for i, allowed, may in zip(people.tolist(), eligible, open_, strict=True):
            fits = bool(sums) and bool((may & free & ~broken_by_one_more(problem, sums, i)).any())
            # What chains of moves reach depends on which linked sets they begin in alone.
            key = bool(allowed.any()), fits, np.unique(sets[may]).tobytes()
            asks = key[0] and bool(problem.demands[i])
            answer = known.get(key) if asks else None
            if answer is None:
                answer = describe_unmatched(matching, None, i, "").sentences("mentee")
            if asks:
                known[key] = answer
            said[i] = answer
    lines = [" ".join(said[i]) for i in range(problem.shape[0])]
    return pd.Series(lines, index=problem.mentee_ids.rename("mentee"), name="text", dtype=object)


def texts_to_mentors(matching: Matching) -> pd.Series[str]:
    """By mentor what it reads: a sentence for each mentee it has; empty without one."""
    problem = matching.problem
    said: list[list[str]] = [[] for _ in range(problem.shape[1])]
    ranks, counts = _ranks_of_mentees(matching)
    for j, rank, count in zip(matching.mentors.tolist(), ranks, counts, strict=True):
        said[j].append(say_rank("Your mentee", rank, count))
    lines = [" ".join(one) for one in said]
    return pd.Series(lines, index=problem.mentor_ids.rename("mentor"), name="text", dtype=object)


def _ranks_of_mentors(matching: Matching) -> tuple[list[int], list[int]]:
    """By pair: which choice of the mentee the mentor is, and of how many; one pass over all pairs.

    Equal scores rank alike; NaN, and a mentor without seats, is no choice.
    """
    problem = matching.problem.precise()
    order = np.argsort(matching.mentees, kind="stable")
    mentees, mentors = matching.mentees[order], matching.mentors[order]
    own = matching.mentee_scores[order]
    ranks = np.ones(len(order), dtype=np.int64)
    counts = np.zeros(len(order), dtype=np.int64)
    for rows in row_slices(*problem.shape):
        some = slice(*np.searchsorted(mentees, (rows.start, rows.stop)))
        if some.start == some.stop:
            continue
        lines = mentees[some] - rows.start
        scores = np.asarray(problem.block(rows).mentee_scores)[lines]
        scores = np.where(problem.capacities > 0, scores, np.nan)
        # What pairs say to the last digit is what the rank is of.
        mine = np.asarray(own[some], dtype=np.float64)[:, None]
        better = scores > mine
        better[np.arange(len(lines)), mentors[some]] = False
        ranks[some] += better.sum(axis=1)
        counts[some] = (~np.isnan(scores)).sum(axis=1)
    back = np.argsort(order, kind="stable")
    return ranks[back].tolist(), counts[back].tolist()


def _ranks_of_mentees(matching: Matching) -> tuple[list[int], list[int]]:
    """The same for the mentee, of the choices of the mentor: who wants no mentor is none."""
    problem = matching.problem.precise()
    mentees, mentors = matching.mentees, matching.mentors
    own: NDArray[np.float64] = np.asarray(matching.mentor_scores, dtype=np.float64)
    ranks = np.ones(len(mentees), dtype=np.int64)
    counts = np.zeros(problem.shape[1], dtype=np.int64)
    for rows in row_slices(problem.shape[0], max(problem.shape[1], len(mentees))):
        scores = np.asarray(problem.block(rows).mentor_scores)
        scores = np.where(problem.demands[rows, None] > 0, scores, np.nan)
        counts += (~np.isnan(scores)).sum(axis=0)
        better = scores[:, mentors] > own
        here = np.flatnonzero((mentees >= rows.start) & (mentees < rows.stop))
        better[mentees[here] - rows.start, here] = False
        ranks += better.sum(axis=0)
    return ranks.tolist(), counts[mentors].tolist()
