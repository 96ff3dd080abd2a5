"""Strategies side by side: measures, paired differences, frontiers, many problems at once."""

from mentormatch.comparison.compare import Comparison, compare
from mentormatch.comparison.frontier import Frontier, frontier
from mentormatch.comparison.many import match_many
from mentormatch.comparison.measures import MEASURES, Measure, measure_matching

__all__ = [
    "MEASURES",
    "Comparison",
    "Frontier",
    "Measure",
    "compare",
    "frontier",
    "match_many",
    "measure_matching",
]
