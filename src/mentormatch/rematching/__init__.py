"""Matching again after something changed: few changes, each with its reason."""

from mentormatch.rematching.changes import Chain, changes_between
from mentormatch.rematching.frontier import rematch_frontier
from mentormatch.rematching.rematch import Rematch, rematch
from mentormatch.rematching.robustness import Robustness, robustness

__all__ = [
    "Chain",
    "Rematch",
    "Robustness",
    "changes_between",
    "rematch",
    "rematch_frontier",
    "robustness",
]
