"""Matching again after something changed: few changes, each with its reason."""

from mentormatch.rematching.changes import Chain
from mentormatch.rematching.rematch import Rematch, rematch
from mentormatch.rematching.robustness import changes_between, rematch_frontier, robustness

__all__ = ["Chain", "Rematch", "changes_between", "rematch", "rematch_frontier", "robustness"]
