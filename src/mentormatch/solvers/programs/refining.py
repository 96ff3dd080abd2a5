"""Solve again the columns that prices leave open, at a finer resolution than that of the scores.

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

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy import sparse

__all__ = ["can_shrink", "keep_undecided"]

# Below this the steps of what is left could no longer be told from 0.
SMALLEST = 2.0**-900


def keep_undecided(
    values: NDArray[np.float64], rows: sparse.csr_array, prices: NDArray[np.float64], gap: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Clip reduced costs and prices to what a gap leaves undecided; return the values and the rest.

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
