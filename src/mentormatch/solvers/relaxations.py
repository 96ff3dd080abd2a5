"""Linear relaxations with their multipliers, by HiGHS: exact where the constraints are a flow."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from mentormatch.errors import InfeasibleError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.programs import MixedProgram

__all__ = ["Relaxed", "relax"]

# Columns up to which all of them at once are quicker than rounds of some.
AT_ONCE = 20_000
# Columns of one owner that join in a round.
JOINING = 4
# A column whose price is off by less, in units of the objective, cannot matter.
NOTHING = 1e-9
# The finest tolerance HiGHS knows: scores that differ by less than its usual 1e-7 do differ.
FINEST = 1e-10


@dataclass(frozen=True, eq=False)
class Relaxed:
    """A vertex of the relaxation that is best, and why.

    Parameters
    ----------
    values
        float64 array (columns,).
    objective
        Of these values.
    prices
        float64 array (rows,): ≥ 0 towards the upper limit of a row, ≤ 0 towards the lower one.
    columns
        bool array (columns,): those that were looked at closely; no other can matter at the prices.
    """

    values: NDArray[np.float64]
    objective: float
    prices: NDArray[np.float64]
    columns: NDArray[np.bool_]

    @property
    def is_integral(self) -> bool:
        """All values are whole, up to what the solver's tolerance leaves."""
        return bool((np.abs(self.values - np.rint(self.values)) < 1e-6).all())


def relax(
    program: MixedProgram,
    objective: NDArray[np.float64],
    *,
    some: NDArray[np.bool_],
    owner: NDArray[np.intp],
    time_limit: float | None = None,
) -> Relaxed | None:
    """Solve a program without its integrality by dual simplex, a large one by rounds of columns.

    The simplex method ends in a vertex; the vertices of a flow are integral, so that for laminar
    constraints this is the optimum itself. Rounds start with ``some`` columns; those that are worth
    more than what the prices ask of them join, until there is none [1]_.

    Parameters
    ----------
    program, objective
        What to maximise; the objective is of size 1.
    some
        bool array (columns,): where to start.
    owner
        intp array (columns,): the best few columns of each owner join in a round.
    time_limit
        Seconds, or None.

    Returns
    -------
    Relaxed, or None when the time was over

    Raises
    ------
    InfeasibleError
        Not even fractions of pairs satisfy all rows.

    References
    ----------
    .. [1] P. C. Gilmore and R. E. Gomory (1961), A linear programming approach to the cutting-stock
       problem.
    """
    started = time.perf_counter()
    columns = some.copy() if program.width > AT_ONCE else np.ones(program.width, dtype=bool)
    by_column = program.rows.tocsc()
    while True:
        left = None if time_limit is None else time_limit - (time.perf_counter() - started)
        try:
            found = _solve(program, by_column, objective, np.flatnonzero(columns), left)
        except InfeasibleError:
            if columns.all():
                raise
            # No price says which columns are missing: many more.
            columns |= _best_of_owners(objective, owner, ~columns, 4 * JOINING * JOINING)
            continue
        if found is None or columns.all():
            return found
        worth = objective - by_column.T @ found.prices
        worth[columns] = 0.0
        joining = worth > NOTHING
        if not joining.any():
            return found
        columns = columns | _best_of_owners(worth, owner, joining, JOINING)


def _best_of_owners(
    worth: NDArray[np.float64], owner: NDArray[np.intp], among: NDArray[np.bool_], count: int
) -> NDArray[np.bool_]:
    """The ``count`` columns of each owner that are worth most."""
    which = np.flatnonzero(among)
    which = which[np.lexsort((-worth[which], owner[which]))]
    first = np.searchsorted(owner[which], owner[which])
    best = np.zeros(len(worth), dtype=bool)
    best[which[np.arange(len(which)) - first < count]] = True
    return best


def _solve(
    program: MixedProgram,
    by_column: sparse.csc_array[Any],
    objective: NDArray[np.float64],
    columns: NDArray[np.intp],
    time_limit: float | None,
) -> Relaxed | None:
    """The best vertex with these columns, all others 0."""
    looked_at = np.zeros(program.width, dtype=bool)
    looked_at[columns] = True
    if not len(columns):
        if ((program.low > 0) | (program.high < 0)).any():
            raise InfeasibleError("no pair is eligible, and something must be fulfilled")
        return Relaxed(np.zeros(program.width), 0.0, np.zeros(len(program.low)), looked_at)
    rows = by_column[:, columns].tocsr()
    equal = program.low == program.high
    above = ~equal & np.isfinite(program.high)
    # Pairs are never negative: a lower limit of 0 on a sum of them says nothing.
    negative = np.zeros(len(program.low), dtype=bool)
    negative[np.unique(by_column.indices[by_column.data < 0])] = True
    below = ~equal & np.isfinite(program.low) & (negative | (program.low > 0))
    limits: dict[str, Any] = {}
    if above.any() or below.any():
        limits["A_ub"] = sparse.vstack([rows[above], -rows[below]], format="csr")
        limits["b_ub"] = np.concatenate([program.high[above], -program.low[below]])
    if equal.any():
        limits["A_eq"], limits["b_eq"] = rows[equal], program.low[equal]
    limits["options"] = {"dual_feasibility_tolerance": FINEST}
    if time_limit is not None:
        limits["options"]["time_limit"] = max(time_limit, 0.01)
    bounds: Any = np.column_stack([program.lower[columns], program.upper[columns]])
    found = linprog(-objective[columns], bounds=bounds, method="highs-ds", **limits)
    if found.status == 2:
        raise InfeasibleError("no matching satisfies all conditions")
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
    values = np.zeros(program.width)
    values[columns] = found.x
    return Relaxed(values, float(objective @ values), prices, looked_at)
