"""Linear relaxations with their multipliers, and what their prices leave open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from mentormatch.errors import InfeasibleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.programs.milp import MixedProgram

__all__ = ["Relaxed", "can_shrink", "keep_undecided", "relax"]

# The finest tolerance HiGHS knows: scores that differ by less than its usual 1e-7 do differ.
FINEST = 1e-10
# Below this the steps of what is left could no longer be told from 0.
SMALLEST = 2.0**-900


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A vertex of the relaxation that is best, and why."""

    values: NDArray[np.float64]  # (columns,)
    objective: float  # of these values
    # (rows,): ≥ 0 towards the upper limit of a row, ≤ 0 towards the lower one
    prices: NDArray[np.float64]

    @property
    def is_integral(self) -> bool:
        """All values are whole, up to what the solver's tolerance leaves."""
        return bool((np.abs(self.values - np.rint(self.values)) < 1e-6).all())


def relax(
    program: MixedProgram, objective: NDArray[np.float64], *, time_limit: float | None = None
) -> Relaxed | None:
    """Solve a program without its integrality by dual simplex.

    The simplex method ends in a vertex; the vertices of a flow are integral, so that for laminar
    constraints this is the optimum itself. The objective is of size 1. None when the time was over;
    InfeasibleError where not even fractions of pairs satisfy all rows.
    """
    if not program.width:
        if ((program.low > 0) | (program.high < 0)).any():
            raise InfeasibleError("no pair is eligible, and something must be fulfilled")
        return Relaxed(np.zeros(0), 0.0, np.zeros(len(program.low)))
    rows = program.rows
    equal = program.low == program.high
    above = ~equal & np.isfinite(program.high)
    # Pairs are never negative: a lower limit of 0 on a sum of them says nothing.
    negative = np.zeros(len(program.low), dtype=bool)
    negative[np.repeat(np.arange(len(negative)), np.diff(rows.indptr))[rows.data < 0]] = True
    below = ~equal & np.isfinite(program.low) & (negative | (program.low > 0))
    # The stubs of SciPy know neither sparse rows nor an array of bounds.
    limits: dict[str, Any] = {"bounds": np.column_stack([program.lower, program.upper])}
    if above.any() or below.any():
        limits["A_ub"] = sparse.vstack([rows[above], -rows[below]], format="csr")
        limits["b_ub"] = np.concatenate([program.high[above], -program.low[below]])
    if equal.any():
        limits["A_eq"], limits["b_eq"] = rows[equal], program.low[equal]
    limits["options"] = {"dual_feasibility_tolerance": FINEST}
    if time_limit is not None:
        limits["options"]["time_limit"] = max(time_limit, 0.01)
    found = linprog(-objective, method="highs-ds", **limits)
    if found.status == 2:
        raise InfeasibleError("no matching satisfies all conditions, as HiGHS says")
    if found.status != 0 or found.x is None:
        return None
    prices = np.zeros(len(program.low))
    # HiGHS minimises; what one more unit of a limit adds to the largest objective is the price.
    if above.any() or below.any():
        steps = -np.minimum(found.ineqlin.marginals, 0.0)
        prices[above] += steps[: above.sum()]
        prices[below] -= steps[above.sum() :]
    if equal.any():
        prices[equal] = -found.eqlin.marginals
    values = np.asarray(found.x, dtype=np.float64)
    return Relaxed(values, float(objective @ values), prices)


def keep_undecided(
    values: NDArray[np.float64], rows: sparse.csr_array, prices: NDArray[np.float64], gap: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Clip reduced costs and prices to what a gap leaves undecided; return the values and the rest.

    A solver rounds: an integer flow by its step, a linear program by its tolerance, both in
    proportion to the largest score. Where next to nothing is made beside such scores, that is more
    than all of it. What the prices of a first answer have decided is then taken away, and the rest
    solved again in units of its own. Source: A. M. Gleixner, D. E. Steffy and K. Wolter (2016),
    Iterative refinement for linear programming.

    No answer is better than the one known by more than the gap. What loses more than that at the
    prices, by a column or by leaving a limit, is in no better answer, however much more it loses:
    beyond twice the gap, reduced costs and prices are cut. ``values`` (columns,) are what is to be
    maximised, ``prices`` those of the (rows, columns) array; ``gap`` lies between their bound and
    an answer. Columns are solved again for the values returned; the second array, added to the
    prices found, gives prices for the values given.
    """
    reach = 2 * gap
    near = np.clip(prices, -reach, reach)
    worth = np.clip(values - rows.T @ prices, -reach, reach)
    return worth + rows.T @ near, prices - near


def can_shrink(gap: float, last: float) -> bool:
    """Tell whether a gap has at least halved and is not yet 0: worth another round."""
    return bool(np.isfinite(gap)) and SMALLEST < gap <= last / 2
