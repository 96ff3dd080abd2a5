"""What prices leave open, at a finer resolution than that of the scores.

A solver rounds: an integer flow by its step, a linear program by its tolerance, both in proportion
to the largest score. Where next to nothing is made beside such scores, that is more than all of it.
What the prices of a first answer have decided is then taken away, and the rest solved again in
units of its own, as iterative refinement does [1]_.

References
----------
.. [1] A. M. Gleixner, D. E. Steffy and K. Wolter (2016), Iterative refinement for linear
   programming.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

__all__ = ["can_shrink", "undecided"]

# Below this the steps of what is left could no longer be told from 0.
SMALLEST = 2.0**-900


def undecided(
    values: NDArray[np.float64],
    rows: sparse.csr_array[Any],
    prices: NDArray[np.float64],
    gap: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values of which only as much is left as a gap leaves undecided, and the rest of the prices.

    No answer is better than the one known by more than the gap. What loses more than that at the
    prices, by a column or by leaving a limit, is in no better answer, however much more it loses:
    beyond twice the gap, reduced costs and prices are cut.

    Parameters
    ----------
    values
        float64 array (columns,): of what is to be maximised.
    rows
        Sparse (rows, columns) array.
    prices
        float64 array (rows,).
    gap
        Between the bound of these prices and an answer.

    Returns
    -------
    values, far
        Columns are solved again for these values; ``far`` added to the prices found are prices for
        the values given.
    """
    reach = 2 * gap
    near = np.clip(prices, -reach, reach)
    worth = np.clip(values - rows.T @ prices, -reach, reach)
    return worth + rows.T @ near, prices - near


def can_shrink(gap: float, last: float) -> bool:
    """Whether a gap is worth another look: it has become much smaller, and is not yet nothing."""
    return bool(np.isfinite(gap)) and SMALLEST < gap <= last / 2
