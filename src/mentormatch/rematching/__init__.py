"""Matching again after something changed: few changes, each with its reason."""

from mentormatch.rematching.changes import Chain
from mentormatch.rematching.rematch import Rematch, rematch

__all__ = ["Chain", "Rematch", "rematch"]
