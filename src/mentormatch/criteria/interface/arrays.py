"""Types of the arrays that scoring passes around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import sparse

__all__ = ["Csr", "Floats", "Positions"]

Csr: TypeAlias = "sparse.csr_array[Any]"
Floats: TypeAlias = "NDArray[np.floating[Any]]"
Positions: TypeAlias = "NDArray[np.intp]"
