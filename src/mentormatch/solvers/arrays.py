"""Types of the arrays that solvers pass around."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Floats", "Positions"]

Floats: TypeAlias = "NDArray[np.floating[Any]]"
Positions: TypeAlias = "NDArray[np.intp]"
