"""A known answer of a program, improved by some mentees at a time.

HiGHS looks at no clock while it works on conflicts of rows with thousands of columns: with six of
them it took 9.4 s of a limit of 4.6 s, and found nothing. Where all but some mentees keep what they
have, a program is small, and solved at once (large neighbourhood search: Shaw 1998).
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError, SolverError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.programs.milp import MixedProgram, ProgramAnswer

__all__ = ["improve_by_some"]

# Mentees of the first part. A part is larger than the one before where that was quick, or all had
# their turn without a gain, and smaller where it took long; but of no more columns than so many,
# over which HiGHS forgets the time again.
AT_FIRST, FEWEST, FACTOR, MOST_COLUMNS = 60, 10, 1.5, 2_000
# Seconds for a part, and those that count as quick.
A_PART, QUICK = 0.5, 0.15
# Turns of all mentees without a gain, in parts as large as can be, that end the search.
IDLE = 3


def improve_by_some(
    program: MixedProgram,
    objective: NDArray[np.float64],
    mentees: NDArray[np.intp],
    known: ProgramAnswer,
    deadline: Deadline,
    enough: float = np.inf,
) -> ProgramAnswer:
    """Improve an answer until it is ``enough``, time is over, or nothing improves it any more.

    ``mentees`` (pairs,) are those of the first columns; the others are free in each part. How much
    better others may be is known only where all were in one part: else the bound is +inf.
    """
    rng = np.random.default_rng(0)
    people = np.unique(mentees)
    order = rng.permutation(people)
    share = min(1.0, MOST_COLUMNS / max(program.width, 1))
    most = max(share * len(people), min(FEWEST, len(people)))
    answer, count = known, min(AT_FIRST, most)
    some, first, idle, bound = people[:0], 0, 0, np.inf
    while len(people) and answer.objective < enough and not deadline.has_passed:
        whole = len(some) == len(people)
        if idle >= len(people) and (whole or (count >= most and idle >= IDLE * len(people))):
            break
        if idle >= len(people):
            count = min(count * FACTOR, most)
        if first + count > len(order):
            order, first = rng.permutation(people), 0
        some = order[first : first + int(count)]
        first += len(some)
        fixed = np.flatnonzero(~np.isin(mentees, some))
        lower, upper = program.lower.copy(), program.upper.copy()
        lower[fixed] = upper[fixed] = np.rint(answer.values[fixed])
        left = deadline.left()
        seconds = left if left is not None and not len(fixed) else A_PART
        began = time.perf_counter()
        try:
            part = replace(program, lower=lower, upper=upper).maximise(
                objective,
                time_limit=seconds if left is None else min(seconds, left),
                start=answer.values[: len(mentees)],
            )
        except (InfeasibleError, SolverError):
            # What is known meets all rows: a solver that sees nothing has lost it to its rounding.
            part = answer
        taken = time.perf_counter() - began
        if taken < QUICK:
            count = min(count * FACTOR, most)
        elif taken > A_PART:
            count = max(count / FACTOR, min(FEWEST, len(people)))
        better = part.objective > answer.objective
        idle = 0 if better else idle + len(some)
        if not len(fixed):
            bound = min(bound, part.bound)
        answer = part if better else answer
    return replace(answer, bound=max(bound, answer.objective))
