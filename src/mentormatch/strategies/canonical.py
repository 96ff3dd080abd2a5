"""An order of people that does not depend on the order of the rows, and the problem in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from mentormatch.compatibility.ids import order_by_hash

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem

__all__ = ["Canonical", "in_canonical_order"]

# Up to so many pairs (2 MiB of scores) what was put in order is kept for the next match.
KEPT_PAIRS = 2**18


class Canonical(NamedTuple):
    """A problem whose people stand in canonical order, and where they stood before."""

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    problem: Problem


# The last seed of each problem that is still in use, with what came of it.
_kept: WeakKeyDictionary[Problem, tuple[int, Canonical]] = WeakKeyDictionary()


def in_canonical_order(problem: Problem, seed: int) -> Canonical:
    """Put labelled people in the order of a keyed hash of their ids; bare positions stay."""
    n, m = problem.shape
    if not problem.compatibility.labelled:
        return Canonical(np.arange(n), np.arange(m), problem)
    last, found = _kept.get(problem, (None, None))
    if found is None or last != seed:
        orders = order_by_hash(problem.mentee_ids, seed), order_by_hash(problem.mentor_ids, seed)
        found = Canonical(*orders, problem.take(*orders))
        if n * m <= KEPT_PAIRS:
            _kept[problem] = seed, found
    return found
