"""Types of the arrays that scoring passes around."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import sparse

__all__ = ["Csr", "Floats", "Numbers", "Positions"]

Csr: TypeAlias = "sparse.csr_array"
Floats: TypeAlias = "NDArray[np.floating]"
# Raw values: integers where they are counts, which are narrower.
Numbers: TypeAlias = "NDArray[np.floating | np.signedinteger]"
Positions: TypeAlias = "NDArray[np.intp]"
