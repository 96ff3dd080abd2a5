"""Ways to choose a matching."""

from mentormatch.strategies.base import (
    Choice,
    Options,
    Strategy,
    match,
    register,
    strategy_named,
    strategy_names,
)
from mentormatch.strategies.optimal import Optimal

__all__ = [
    "Choice",
    "Optimal",
    "Options",
    "Strategy",
    "match",
    "register",
    "strategy_named",
    "strategy_names",
]
