"""The proof that conditions cannot all hold, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["InfeasibilityProof"]


@dataclass(frozen=True, eq=False)
class InfeasibilityProof:
    """Prices at which pairs that count nothing would be worth less than nothing.

    Any matching that keeps all conditions has the value 0 where scores count 0. Prices of
    conditions bound that value from above, whatever they are (see `upper_bound`); a bound below 0
    shows that there is no such matching. At prices of −1 and 0 it is a cut: mentors who must have
    more than all who are eligible to them can give (Hall 1935).

    Parameters
    ----------
    prices
        Series by mentor: ≥ 0 towards the capacity, ≤ 0 towards the minimum.
    rule_prices
        Series by (rule, mentor), of a problem with quotas or other side rules; else None.
    """

    prices: pd.Series[float]
    rule_prices: pd.Series[float] | None = None
