"""Types of the arrays that solvers pass around."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Floats", "Number", "Positions"]

Floats: TypeAlias = "NDArray[np.floating]"
Positions: TypeAlias = "NDArray[np.intp]"
# What costs and levels of a flow are made of: whole steps of a scale, or the scores themselves.
Number = TypeVar("Number", "np.int64", "np.float64")
