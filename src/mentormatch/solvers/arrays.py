"""Types of the arrays that solvers pass around."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Floats", "Positions"]

Floats: TypeAlias = "NDArray[np.floating]"
Positions: TypeAlias = "NDArray[np.intp]"
