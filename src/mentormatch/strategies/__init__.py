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
from mentormatch.strategies.leximin import Leximin
from mentormatch.strategies.maximin import Maximin
from mentormatch.strategies.optimal import Optimal
from mentormatch.strategies.welfare import AlphaFair, Nash
from mentormatch.strategies.worst_k import WorstK

__all__ = [
    "AlphaFair",
    "Choice",
    "Leximin",
    "Maximin",
    "Nash",
    "Optimal",
    "Options",
    "Strategy",
    "WorstK",
    "match",
    "register",
    "strategy_named",
    "strategy_names",
]
