"""Top trading cycles: mentees trade the priority that mentors give them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.solvers.markets.trading_cycles import top_trading_cycles
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import choice_of, market_of
from mentormatch.strategies.staged.listed_pairs import refuse_demand

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options

__all__ = ["TopTrading"]


@dataclass(frozen=True, slots=True)
class TopTrading:
    """Top trading cycles for places with seats [1]_.

    Mentees point to the best mentor with a free seat, mentors to the mentee they rank first; who is
    on a cycle gets what it points to. Pareto-optimal for the mentees, and telling the truth is a
    dominant strategy for them, when scores are strict; not stable.

    References
    ----------
    .. [1] A. Abdulkadiroğlu and T. Sönmez (2003), School choice: a mechanism design approach.
    """

    name = "top_trading"
    promises = ()
    engines = ()

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Trade in rounds until nobody can point to anybody."""
        refuse_demand(problem, self.name, "whoever has traded leaves")
        i, j, ties_met = top_trading_cycles(market_of(problem))
        said = (
            "equal scores were ordered by a keyed hash of the ids (seed "
            f"{options.seed}): with ties another order may help somebody without hurting anybody"
            if ties_met
            else "no equal scores were met: Pareto-optimal for the mentees"
        )
        why = "Trading does not look at what others must have."
        return choice_of(problem, i, j, self.name, why, notes=(said,))


register("top_trading", TopTrading)
