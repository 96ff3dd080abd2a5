"""The pairs of before, as the new problem knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.errors import MatchingError
from mentormatch.handed_out import lock
from mentormatch.problem.pairs import named_pairs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["Previous", "previous_pairs"]

SHOWN = 3


@dataclass(frozen=True, eq=False)
class Previous:
    """What was matched, and what of it can go on.

    Positions are in the new problem, −1 for somebody who left. ``ended`` is "mentee left", "mentor
    left", "now ineligible", or "" for a pair that is still possible.
    """

    pairs: pd.DataFrame  # (mentee, mentor, score), NaN where it is not known: all matched
    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    ended: NDArray[np.object_]

    def __post_init__(self) -> None:
        lock(self.mentees, self.mentors, self.ended)

    @property
    def valid(self) -> NDArray[np.bool_]:
        """Which pairs are still possible."""
        return np.asarray(self.ended == "", dtype=bool)

    def most_kept(self, problem: Problem) -> int:
        """How many of the pairs seats and places leave room for, all at once."""
        n, m = problem.shape
        i, j = self.mentees[self.valid], self.mentors[self.valid]
        over = np.maximum(np.bincount(j, minlength=m) - problem.capacities, 0).sum()
        over_i = np.maximum(np.bincount(i, minlength=n) - problem.demands, 0).sum()
        if not (over and over_i):
            return len(i) - int(max(over, over_i))
        # A pair that ends may be one too many for both; how often is a flow.
        ends = np.concatenate([np.full(n, n + m), i, n + np.arange(m)])
        heads = np.concatenate([np.arange(n), n + j, np.full(m, n + m + 1)])
        room = np.concatenate([problem.demands, np.ones_like(i), problem.capacities])
        arcs = sparse.csr_array(
            (room.astype(np.int32), (ends.astype(np.int32), heads.astype(np.int32))),
            shape=(n + m + 2, n + m + 2),
        )
        return int(sparse.csgraph.maximum_flow(arcs, n + m, n + m + 1).flow_value)


def previous_pairs(previous: object, problem: Problem) -> Previous:
    """Read the pairs of a matching, of a record, or of a table.

    Raises MatchingError where there are no pairs, or no columns mentee and mentor.
    """
    given = previous if isinstance(previous, pd.DataFrame) else getattr(previous, "pairs", previous)
    if not isinstance(given, pd.DataFrame):
        given = pd.DataFrame(
            [(one, other) for one, other, _ in named_pairs(given, "previous", MatchingError)],
            columns=["mentee", "mentor"],
        )
    lacking = [name for name in ("mentee", "mentor") if name not in given.columns]
    if lacking:
        raise MatchingError(
            f"The previous pairs need the columns mentee and mentor; {', '.join(lacking)} "
            f"{'is' if len(lacking) == 1 else 'are'} missing."
        )
    pairs = given.reindex(columns=["mentee", "mentor", "score"]).reset_index(drop=True)
    pairs = pairs.astype({"mentee": object, "mentor": object, "score": np.float64})
    if pairs.duplicated(["mentee", "mentor"]).any():
        twice = pairs.loc[pairs.duplicated(["mentee", "mentor"])].iloc[0]
        raise MatchingError(
            f"The previous pairs hold {twice['mentee']!r} and {twice['mentor']!r} twice."
        )
    mentees = problem.mentee_ids.get_indexer(pd.Index(pairs["mentee"])).astype(np.intp)
    mentors = problem.mentor_ids.get_indexer(pd.Index(pairs["mentor"])).astype(np.intp)
    _check_known(pairs, (mentees, mentors), problem)
    ended = np.full(len(pairs), "", dtype=object)
    here = np.flatnonzero((mentees >= 0) & (mentors >= 0))
    eligible = problem.pairs(mentees[here], mentors[here]).eligible
    ended[here[~eligible]] = "now ineligible"
    ended[here[(problem.demands[mentees[here]] == 0) & eligible]] = "wants no mentor now"
    ended[mentors < 0] = "mentor left"
    ended[mentees < 0] = "mentee left"
    return Previous(pairs, mentees, mentors, ended)


def _check_known(
    pairs: pd.DataFrame, found: tuple[NDArray[np.intp], NDArray[np.intp]], problem: Problem
) -> None:
    """Refuse ids that only seem to be of people who left."""
    sides = (("mentee", problem.mentee_ids), ("mentor", problem.mentor_ids))
    wrong = []
    for (side, ids), places in zip(sides, found, strict=True):
        # One who left and one who stays may be called alike, where both are in the list.
        present = set(pairs[side][places >= 0])
        lost = pairs[side][places < 0]
        written = {str(one): one for one in ids} if len(lost) else {}
        for one in lost.drop_duplicates():
            known = written.get(str(one))
            if known is not None and known not in present:
                wrong.append(
                    f"there is no {side} {one!r} ({type(one).__name__}), but {known!r} "
                    f"({type(known).__name__})"
                )
    if wrong:
        shown = "; ".join(wrong[:SHOWN]) + (" …" if len(wrong) > SHOWN else "")
        raise MatchingError(
            f"The previous pairs write ids otherwise than the problem: {shown}. Give them as the "
            "problem has them, numbers or texts, or these people would count as gone."
        )
    if len(pairs) and all((places < 0).all() for places in found):
        turned = pairs["mentee"].isin(problem.mentor_ids) & pairs["mentor"].isin(problem.mentee_ids)
        # One person may have changed sides.
        if turned.sum() > 1 and 2 * turned.sum() >= len(pairs):
            first = pairs.loc[turned].iloc[0]
            raise MatchingError(
                f"In the previous pairs mentees and mentors change places: {first['mentee']!r} is "
                f"a mentor of the problem, and {first['mentor']!r} a mentee. Give (mentee, mentor)."
            )
