"""Ways to choose a matching."""

from mentormatch.strategies.almost_stable import AlmostStable
from mentormatch.strategies.balanced import Balanced
from mentormatch.strategies.base import (
    Choice,
    Options,
    Strategy,
    match,
    register,
    strategy_named,
    strategy_names,
)
from mentormatch.strategies.dictatorship import Random, SerialDictatorship
from mentormatch.strategies.fair_lottery import FairLottery
from mentormatch.strategies.leximin import Leximin
from mentormatch.strategies.lottery import Lottery
from mentormatch.strategies.maximin import Maximin
from mentormatch.strategies.optimal import Optimal
from mentormatch.strategies.parity import GroupParity
from mentormatch.strategies.popular import Popular
from mentormatch.strategies.ranked import Generous, RankMaximal
from mentormatch.strategies.stable import Greedy, Stable
from mentormatch.strategies.stable_optimal import StableOptimal
from mentormatch.strategies.trading import TopTrading
from mentormatch.strategies.welfare import AlphaFair, Nash
from mentormatch.strategies.worst_k import WorstK

__all__ = [
    "AlmostStable",
    "AlphaFair",
    "Balanced",
    "Choice",
    "FairLottery",
    "Generous",
    "Greedy",
    "GroupParity",
    "Leximin",
    "Lottery",
    "Maximin",
    "Nash",
    "Optimal",
    "Options",
    "Popular",
    "Random",
    "RankMaximal",
    "SerialDictatorship",
    "Stable",
    "StableOptimal",
    "Strategy",
    "TopTrading",
    "WorstK",
    "match",
    "register",
    "strategy_named",
    "strategy_names",
]
