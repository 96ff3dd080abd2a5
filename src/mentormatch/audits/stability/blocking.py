"""Blocking pairs, found in blocks of mentees: who would both rather have each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from mentormatch.audits.stability.holdings import holdings_of
from mentormatch.audits.stability.shared_places import share_places
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.preferences import check_tie_tolerance, round_to_steps
from mentormatch.errors import ProblemError
from mentormatch.matching import check_matching

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionDtype

    from mentormatch.audits.stability.holdings import Holdings
    from mentormatch.audits.stability.shared_places import SharedPlaces
    from mentormatch.matching import Matching

__all__ = ["Notion", "Scan", "at_least", "blocking_pairs", "scan"]

Notion: TypeAlias = Literal["weak", "strong", "super"]
NOTIONS: tuple[Notion, ...] = get_args(Notion)
# Made once: naming columns takes longer than looking at ten thousand pairs.
COLUMNS = pd.Index(["mentee", "mentor", "mentee_gain", "mentor_gain"])
# Pairs of an inexact block that are looked up again at a time.
LOOKED_UP = 2**18


@dataclass(eq=False)
class Scan:
    """What one pass over all eligible pairs has found so far.

    ``one_shared_score`` says that both sides had the same score everywhere; ``best`` are rows
    (mentee, mentor, gains) that were kept, and ``least`` is the joint gain below which none is.
    """

    mentees: NDArray[np.int64]  # in how many weakly blocking pairs each person is
    mentors: NDArray[np.int64]  # likewise
    limit: int | None
    listed: Notion
    eligible: int = 0  # eligible pairs that are not made
    # Blocking pairs by notion.
    counts: dict[Notion, int] = field(default_factory=lambda: dict.fromkeys(NOTIONS, 0))
    wasteful: int = 0  # weakly blocking pairs whose mentor has a free seat
    envious: int = 0  # weakly blocking pairs whose mentor has none
    # The most that both sides of some weakly blocking pair would gain at least, in units of score.
    largest_epsilon: float = 0.0
    one_shared_score: bool = True
    best: list[NDArray[np.float64]] = field(default_factory=list)
    least: float = -np.inf

    def keep(
        self,
        i: NDArray[np.intp],
        j: NDArray[np.intp],
        mentee_gain: NDArray[np.float64],
        mentor_gain: NDArray[np.float64],
    ) -> None:
        """Keep the pairs with the largest joint gain."""
        joint = np.minimum(mentee_gain, mentor_gain)
        enough = self.least
        if self.limit is not None and len(joint) > self.limit:
            cut = len(joint) - max(self.limit, 1)
            enough = max(enough, float(np.partition(joint, cut)[cut]))
        rows = joint >= enough
        self.best.append(np.column_stack([i[rows], j[rows], mentee_gain[rows], mentor_gain[rows]]))
        if self.limit is not None and sum(map(len, self.best)) > max(4 * self.limit, 4096):
            best = self.sorted()
            self.best = [best]
            if self.limit:
                self.least = float(best[-1, 2:].min())

    def sorted(self) -> NDArray[np.float64]:
        """The pairs kept, largest joint gain (the smaller of both gains) first."""
        if not self.best:
            return np.empty((0, 4))
        rows = np.concatenate(self.best)
        joint = np.minimum(rows[:, 2], rows[:, 3])
        order = np.lexsort((rows[:, 1], rows[:, 0], -rows[:, 2] - rows[:, 3], -joint))
        return rows[order[: self.limit]]


def scan(
    matching: Matching,
    *,
    tie_tolerance: float = 0.0,
    listed: Notion = "weak",
    limit: int | None = 1000,
) -> Scan:
    """Scan all eligible pairs for blocking ones, in blocks: memory O(block + limit).

    A block may be inexact; pairs that could block within its error are looked at again in float64.
    """
    problem = matching.problem
    n, m = problem.shape
    now, shared = share_places(matching, holdings_of(matching, tie_tolerance), tie_tolerance)
    found = Scan(np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64), limit, listed)
    scorer = problem.compatibility.scorer
    error, one_score = scorer.error, not scorer.two_sided
    made_i, made_j = matching.mentees, matching.mentors
    by_mentee = made_i.argsort(kind="stable")
    sorted_i = made_i[by_mentee]
    for rows in row_slices(n, m):
        block = problem.block(rows)
        u, v = block.mentee_scores, block.mentor_scores
        if not one_score and found.one_shared_score:
            found.one_shared_score = _same_scores(u, v)
        # NaN, which masks a pair, is not at least as good as anything.
        steps = round_to_steps(u, tie_tolerance)
        perhaps = steps >= at_least(now.mentee[rows], steps.dtype, error, tie_tolerance)[:, None]
        steps = round_to_steps(v, tie_tolerance)
        wanted = steps >= at_least(now.mentor, steps.dtype, error, tie_tolerance)
        if shared is not None:
            wanted |= shared.moves(np.arange(rows.start, rows.stop)[:, None], np.arange(m))
        perhaps &= wanted
        made = by_mentee[sorted_i.searchsorted(rows.start) : sorted_i.searchsorted(rows.stop)]
        flat = perhaps.ravel()
        flat[(made_i[made] - rows.start) * m + made_j[made]] = False
        found.eligible += int(np.count_nonzero(block.eligible)) - len(made)
        at = np.flatnonzero(flat)
        most = LOOKED_UP if error else max(len(at), 1)
        for start in range(0, len(at), most):
            r, j = np.divmod(at[start : start + most], m)
            i = r + rows.start
            if error:
                exact = problem.pairs(i, j)
                pair_u, pair_v = exact.mentee_scores, exact.mentor_scores
            else:
                pair_u, pair_v = u[r, j], v[r, j]
            _judge(
                found,
                now,
                shared,
                i,
                j,
                np.asarray(pair_u, dtype=np.float64),
                np.asarray(pair_v, dtype=np.float64),
                tie_tolerance,
            )
    return found


def at_least(
    held: NDArray[np.float64], kind: np.dtype, error: float, tie_tolerance: float
) -> NDArray[np.floating]:
    """Return the score below which, in a block, nothing is as good as what is held.

    ``held`` is in steps of the tie tolerance, which is the size of a step, or 0. ``kind`` is the
    block's type: limits of the same type are compared far faster. ``error`` is by how much a score
    of the block may be off; 0: its values are exact, and so is the limit.
    """
    if error == 0:
        return held
    # A step more or less than the exact one is all that rounding to steps can add.
    slack = error if tie_tolerance == 0 else error / tie_tolerance + 1
    lower: NDArray[np.floating] = np.nextafter((held - slack).astype(kind), kind.type(-np.inf))
    return lower


def _same_scores(u: NDArray[np.floating], v: NDArray[np.floating]) -> bool:
    """Tell whether both sides have the same scores and gaps."""
    if u.size and u[0, 0] != v[0, 0] and not np.isnan(u[0, 0]):
        return False
    return np.array_equal(u[:1], v[:1], equal_nan=True) and np.array_equal(u, v, equal_nan=True)


def _judge(
    found: Scan,
    now: Holdings,
    shared: SharedPlaces | None,
    i: NDArray[np.intp],
    j: NDArray[np.intp],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    tie_tolerance: float,
) -> None:
    """Count blocking pairs by the three notions and keep those of largest gain."""
    mine = now.mentee[i]
    theirs, their_score, free = now.mentor[j], now.mentor_score[j], now.free[j]
    if shared is not None:
        moves = shared.moves(i, j)
        theirs[moves], their_score[moves], free[moves] = -np.inf, 0.0, True
    step_u, step_v = round_to_steps(u, tie_tolerance), round_to_steps(v, tie_tolerance)
    at_least = (step_u >= mine) & (step_v >= theirs)
    if not at_least.any():
        return
    i_prefers, j_prefers = step_u > mine, step_v > theirs
    blocks: dict[Notion, NDArray[np.bool_]] = {
        "weak": i_prefers & j_prefers,
        "strong": at_least & (i_prefers | j_prefers),
        "super": at_least,
    }
    for notion, mask in blocks.items():
        found.counts[notion] += int(np.count_nonzero(mask))
    gain_u, gain_v = u - now.mentee_score[i], v - their_score
    weak = blocks["weak"]
    if weak.any():
        wasteful = int(np.count_nonzero(free[weak]))
        found.wasteful += wasteful
        found.envious += int(np.count_nonzero(weak)) - wasteful
        found.mentees += np.bincount(i[weak], minlength=len(found.mentees))
        found.mentors += np.bincount(j[weak], minlength=len(found.mentors))
        epsilon = float(np.minimum(gain_u[weak], gain_v[weak]).max())
        found.largest_epsilon = max(found.largest_epsilon, epsilon)
    mask = blocks[found.listed]
    if mask.any():
        found.keep(i[mask], j[mask], gain_u[mask], gain_v[mask])


def blocking_pairs(
    matching: Matching,
    *,
    notion: Notion = "weak",
    limit: int | None = 1000,
    tie_tolerance: float = 0.0,
) -> pd.DataFrame:
    """Pairs that would both rather have each other than what they have.

    (i, j) blocks when i prefers j to its mentor or has a free place, and j has a free seat or
    prefers i to its least preferred mentee [1]_. "weak": both prefer strictly. "super": both find
    the other at least as good. "strong": at least as good, and one of them strictly [2]_. Who has
    several mentors compares with the worst of them. A pinned pair cannot be broken: the place and
    the seat that it takes are not there to be traded.

    Where groups of mentors, nested or disjoint, have quotas of a largest number, these are seats as
    well [3]_: j takes i when no full group has j and not the mentor that i gives up, or when j
    prefers i to the worst of the smallest such group, each of whom counts by the score of its own
    mentor. Other rules besides capacity do not keep a pair from blocking. Read in blocks of
    mentees: memory O(block + limit).

    Parameters
    ----------
    matching
        The matching in question.
    notion
        "weak", "strong" or "super".
    limit
        The most pairs to list, those with the largest joint gain; None = all.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    Returns
    -------
    DataFrame
        One row a pair: mentee, mentor, mentee_gain, mentor_gain, in units of score, a free place or
        seat counting 0; the largest joint gain, which is the smaller of the two, first.

    References
    ----------
    .. [1] D. Gale and L. S. Shapley (1962), College admissions and the stability of marriage.
    .. [2] R. W. Irving (1994), Stable marriage and indifference.
    .. [3] D. J. Abraham, R. W. Irving and D. F. Manlove (2007), Two algorithms for the
       student-project allocation problem.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> matching = mm.Matching.from_pairs(problem, [(0, 1), (1, 0)])
    >>> mm.audits.blocking_pairs(matching).round(3).to_numpy().tolist()
    [[0.0, 0.0, 0.1, 0.2]]
    """
    check_matching(matching, "blocking_pairs")
    if notion not in NOTIONS:
        expected = ", ".join(map(repr, NOTIONS))
        raise ProblemError(f"notion must be one of {expected}, got {notion!r}.")
    if limit is not None and limit < 0:
        raise ProblemError(f"limit must be 0 or more, or None for all pairs, got {limit}.")
    check_tie_tolerance(tie_tolerance)
    return as_frame(
        matching, scan(matching, tie_tolerance=tie_tolerance, listed=notion, limit=limit)
    )


def as_frame(matching: Matching, found: Scan) -> pd.DataFrame:
    """Return the pairs that a scan kept as a table of ids."""
    rows = found.sorted()
    problem = matching.problem
    if not len(rows):
        # Copying a frame takes a fifth of making one, and stable matchings have no pairs to show.
        return _no_pairs(problem.mentee_ids.dtype, problem.mentor_ids.dtype).copy(deep=False)
    mentees, mentors = rows[:, 0].astype(np.intp), rows[:, 1].astype(np.intp)
    columns = (problem.mentee_ids[mentees], problem.mentor_ids[mentors], rows[:, 2], rows[:, 3])
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(len(rows)), copy=False)
    frame.columns = COLUMNS.view()
    return frame


@lru_cache(maxsize=16)
def _no_pairs(
    mentee_ids: np.dtype | ExtensionDtype, mentor_ids: np.dtype | ExtensionDtype
) -> pd.DataFrame:
    """Return an empty table with ids of these types."""
    ids = {0: pd.Index([], dtype=mentee_ids), 1: pd.Index([], dtype=mentor_ids)}
    frame = pd.DataFrame({**ids, 2: np.empty(0), 3: np.empty(0)}, index=pd.RangeIndex(0))
    frame.columns = COLUMNS
    return frame
