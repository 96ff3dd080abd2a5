"""Matching again after something changed: few changes, each with its reason."""

from mentormatch.rematching.changes import Chain, changes_between
from mentormatch.rematching.frontier import rematch_frontier
from mentormatch.rematching.rematch import rematch
from mentormatch.rematching.result import Count, Rematch
from mentormatch.rematching.robustness import Robustness, robustness

__all__ = [
    "Chain",
    "Count",
    "Rematch",
    "Robustness",
    "changes_between",
    "rematch",
    "rematch_frontier",
    "robustness",
]
