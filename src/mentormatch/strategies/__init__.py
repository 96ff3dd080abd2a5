"""Ways to choose a matching."""

from mentormatch.strategies.base import (
    Choice,
    Options,
    Strategy,
    StrategyName,
    engine_names,
    is_strategy_name,
    match,
    register,
    strategy_named,
    strategy_names,
)
from mentormatch.strategies.by_lot.fair_lottery import FairLottery
from mentormatch.strategies.by_lot.lottery import Lottery
from mentormatch.strategies.by_preference.almost_stable import AlmostStable
from mentormatch.strategies.by_preference.dictatorship import Random, SerialDictatorship, TopTrading
from mentormatch.strategies.by_preference.popular import Popular
from mentormatch.strategies.by_preference.ranked import Generous, MinimumCost, RankMaximal
from mentormatch.strategies.by_preference.stable import Greedy, Stable
from mentormatch.strategies.by_preference.stable_optimal import StableOptimal
from mentormatch.strategies.fair.by_stages import (
    AlphaFair,
    Balanced,
    Leximin,
    Maximin,
    Nash,
    WorstK,
)
from mentormatch.strategies.fair.climbing import climb
from mentormatch.strategies.fair.parity import GroupParity
from mentormatch.strategies.infeasible.answers import find_repairs, find_smallest_conflict
from mentormatch.strategies.staged import stages
from mentormatch.strategies.total.optimal import Optimal

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
    "MinimumCost",
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
    "StrategyName",
    "TopTrading",
    "WorstK",
    "climb",
    "engine_names",
    "find_repairs",
    "find_smallest_conflict",
    "is_strategy_name",
    "match",
    "register",
    "stages",
    "strategy_named",
    "strategy_names",
]
