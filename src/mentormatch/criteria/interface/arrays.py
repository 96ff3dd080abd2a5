"""Types of the arrays that scoring passes around."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy import sparse

__all__ = ["Csr", "Floats", "Positions"]

Csr: TypeAlias = "sparse.csr_array"
Floats: TypeAlias = "NDArray[np.floating]"
Positions: TypeAlias = "NDArray[np.intp]"
