"""By what pairs are no matching of a problem, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import MatchingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["check_positions", "violations"]


def violations(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    eligible: NDArray[np.bool_],
) -> list[str]:
    """Everything by which pairs are not a matching of ``problem``, in ids.

    The loops run over the people of the problem, not over the pairs, so that what is left out is
    seen.
    """
    n, m = problem.shape
    wrong: list[str] = []
    for k in [] if eligible.all() else np.flatnonzero(~eligible).tolist():
        i, j = int(mentees[k]), int(mentors[k])
        why = "; ".join(problem.reasons(i, j))
        wrong.append(
            f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} are not eligible: {why}"
        )
    keys = mentees.astype(np.int64) * max(m, 1) + mentors
    keys.sort()
    again = keys[1:] == keys[:-1]
    for key in np.unique(keys[1:][again]) if np.count_nonzero(again) else ():
        i, j = divmod(int(key), max(m, 1))
        wrong.append(
            f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} are paired more than once"
        )
    places = np.bincount(mentees, minlength=n)
    loads = np.bincount(mentors, minlength=m)
    for i in (places > problem.demands).nonzero()[0].tolist():
        wrong.append(
            f"mentee {problem.mentee_ids[i]!r} has "
            f"{format_count(int(places[i]), 'mentor')} but wants "
            f"{problem.demands[i]}"
        )
    # Where mentees take hours, these say so better than a number of mentees.
    limits = problem.capacities if problem.usage is None else np.inf
    for j in (loads > limits).nonzero()[0].tolist():
        wrong.append(
            f"mentor {problem.mentor_ids[j]!r} has "
            f"{format_count(int(loads[j]), 'mentee')} but capacity {problem.capacities[j]}"
        )
    for j in (loads < problem.minimums).nonzero()[0].tolist():
        wrong.append(
            f"mentor {problem.mentor_ids[j]!r} has "
            f"{format_count(int(loads[j]), 'mentee')} but must have {problem.minimums[j]}"
        )
    if len(problem.pinned):
        pinned = problem.pinned[:, 0].astype(np.int64) * max(m, 1) + problem.pinned[:, 1]
        for i, j in problem.pinned[~np.isin(pinned, keys)].tolist():
            wrong.append(
                f"the pin ({problem.mentee_ids[i]!r}, {problem.mentor_ids[j]!r}) is missing"
            )
    if problem.sides:
        wrong.extend(problem.sides.broken(mentees, mentors, problem.mentee_ids, problem.mentor_ids))
    return wrong


def check_positions(given: object, count: int, name: str) -> NDArray[np.intp]:
    """A copy of positions 0 … count − 1; anything else is refused before it can wrap around."""
    array = np.asarray(given)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise MatchingError(
            f"{name} must be a list of positions (whole numbers), got {array.dtype} of shape "
            f"{array.shape}. For ids use Matching.from_pairs."
        )
    if array.size and (array.min() < 0 or array.max() >= count):
        outside = array[(array < 0) | (array >= count)]
        raise MatchingError(
            f"{name} must be positions from 0 to {count - 1}, got {int(outside[0])}. For ids use "
            "Matching.from_pairs."
        )
    return array.astype(np.intp)
