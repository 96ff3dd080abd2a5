"""The best mixture of answers of a program in which no column has more than a largest share.

A linear program over all answers, of which only those are made that its prices ask for: each is the
best answer of the program at these prices (column generation). What the best answer is worth there
bounds every mixture (Lagrange).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from mentormatch.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.optimize import OptimizeResult

    from mentormatch.solvers.programs.milp import MixedProgram, ProgramAnswer

__all__ = ["Mixture", "solve_mixture"]

# Rounds of one objective at most, and what counts as nothing beside the size of an objective.
ROUNDS, NOTHING = 2_000, 1e-8
# How far the sum of shares may be above the largest one before that cannot be kept.
KEPT = 1e-7
FINEST = 1e-10
# How near to the prices of the best bound so far an answer is asked for.
SMOOTH = 0.8
STEP = 1.0 - SMOOTH


@dataclass(eq=False)
class Mixture:
    """Answers of a program, each with its share.

    ``kept`` are counts of an answer, rows over the columns; the mixture must have ``least`` of
    each, and a linear program is asked for ``lowest``.
    """

    program: MixedProgram  # what every answer satisfies
    capped: int  # how many columns have a largest share; the first ones
    cap: float  # the largest share of each
    # the best answer of the program for an objective
    best: Callable[[NDArray[np.float64]], ProgramAnswer]
    is_over: Callable[[], bool]  # whether time is
    answers: list[NDArray[np.float64]] = field(default_factory=list)
    shares: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    kept: sparse.csr_array = field(init=False)
    least: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    lowest: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        self.kept = sparse.csr_array((0, self.program.width))

    def begin(self) -> bool | None:
        """Find a mixture that keeps the largest share; False where there is none.

        None when time was over before that was known.
        """
        few = np.zeros(self.program.width)
        few[: self.capped] = -1.0
        self.answers.append(self.best(few).values)
        reached, bound = self._raise(np.zeros(self.program.width), slack=True)
        if reached >= -KEPT:
            return True
        return False if bound < -KEPT else None

    def maximise(self, objective: NDArray[np.float64]) -> tuple[float, float]:
        """Find the best mixture and keep its value from now on; return it and a bound."""
        reached, bound = self._raise(objective, slack=False)
        self.keep(sparse.csr_array(objective[None, :]), np.array([reached]))
        return reached, max(bound, reached)

    def keep(
        self, counts: sparse.csr_array, least: NDArray[np.float64], room: float = NOTHING
    ) -> None:
        """Keep what the mixture has of each count, rows over the columns, at its value or more.

        ``room`` is what the linear program may miss of it, in parts of its size.
        """
        self.kept = sparse.vstack([self.kept, counts], format="csr")
        self.least = np.concatenate([self.least, least])
        self.lowest = np.concatenate([self.lowest, least - room * np.maximum(1.0, np.abs(least))])

    def _raise(self, objective: NDArray[np.float64], *, slack: bool) -> tuple[float, float]:
        """Add answers while one is worth more than the mixture at its prices.

        Prices of few answers are far from the last ones: those between them and the ones of the
        best bound so far are asked first (smoothing, Wentges 1997).
        """
        reached, bound, centre = -np.inf, np.inf, None
        size = max(1.0, float(np.abs(objective).max(initial=0.0)))
        for _ in range(ROUNDS):
            found = self._master(objective, slack=slack)
            reached, prices, multipliers, worth, self.shares = found
            if slack and reached >= -KEPT:
                return reached, 0.0
            if bound <= reached + NOTHING * size:
                break
            last = np.concatenate([prices, multipliers])
            at_last = self._values(objective, last)
            grown = False
            for point in [last] if centre is None else [SMOOTH * centre + STEP * last, last]:
                try:
                    answer = self.best(self._values(objective, point))
                except SolverError:
                    # Time was over before any answer was found at these prices.
                    return reached, bound
                asked = self.cap * float(point[: self.capped].sum())
                limit = answer.bound + asked - float(point[self.capped :] @ self.least)
                if limit < bound:
                    bound, centre = limit, point
                if float(at_last @ answer.values) - worth > NOTHING * size:
                    self.answers.append(answer.values)
                    grown = True
                    break
            if not grown or self.is_over():
                break
        return reached, bound

    def _values(
        self, objective: NDArray[np.float64], point: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """An objective at prices of columns and multipliers of what is kept."""
        values = objective + self.kept.T @ point[self.capped :]
        values[: self.capped] -= point[: self.capped]
        return np.asarray(values, dtype=np.float64)

    def _master(
        self, objective: NDArray[np.float64], *, slack: bool
    ) -> tuple[float, NDArray[np.float64], NDArray[np.float64], float, NDArray[np.float64]]:
        """Value, prices of columns, multipliers of what was kept, worth of an answer, and shares.

        With ``slack`` the value is minus the least by which the largest share is exceeded.
        """
        made = np.array(self.answers)
        used = np.flatnonzero(made[:, : self.capped].any(axis=0))
        rows = [sparse.csr_array(made[:, used].T)]
        limits = [np.full(len(used), self.cap)]
        if len(self.least):
            rows.append(sparse.csr_array(-(self.kept @ made.T)))
            limits.append(-self.lowest)
        matrix = sparse.vstack(rows, format="csr")
        costs = -(made @ objective)
        ones = np.ones((1, len(made)))
        if slack:
            over = np.concatenate([np.full(len(used), -1.0), np.zeros(len(self.least))])
            matrix = sparse.hstack([matrix, sparse.csr_array(over[:, None])], format="csr")
            costs, ones = np.append(costs, 1.0), np.append(ones, 0.0)[None, :]
        capped = {"A_ub": matrix, "b_ub": np.concatenate(limits)} if matrix.shape[0] else {}
        found = solve_mixture(costs, A_eq=ones, b_eq=np.ones(1), **capped)
        steps = np.maximum(-found.ineqlin.marginals, 0.0) if matrix.shape[0] else np.empty(0)
        prices = np.zeros(self.capped)
        prices[used] = steps[: len(used)]
        shares = np.maximum(found.x[: len(made)], 0.0)
        worth = -float(found.eqlin.marginals[0])
        return -float(found.fun), prices, steps[len(used) :], worth, shares / shares.sum()


def solve_mixture(costs: NDArray[np.float64], **rows: Any) -> OptimizeResult:
    """Solve the linear program over the answers made so far, as finely as HiGHS can.

    Raises SolverError where HiGHS stopped without an answer.
    """
    found = linprog(
        costs,
        **rows,
        method="highs-ds",
        options={"dual_feasibility_tolerance": FINEST, "primal_feasibility_tolerance": FINEST},
    )
    if found.status != 0:
        raise SolverError(f"HiGHS found no mixture ({found.message.strip()}).")
    return found
