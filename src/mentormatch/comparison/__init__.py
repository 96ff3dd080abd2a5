"""Strategies side by side: measures, paired differences, frontiers, maps, many problems at once."""

from mentormatch.comparison.attainment import attainment_surfaces
from mentormatch.comparison.compare import Comparison, compare
from mentormatch.comparison.frontier import Frontier, frontier
from mentormatch.comparison.instances import OWN, InstanceMap, map_instances
from mentormatch.comparison.many import match_many
from mentormatch.comparison.measures import MEASURES, Measure, measure_matching
from mentormatch.comparison.places import Place, place_of

__all__ = [
    "MEASURES",
    "OWN",
    "Comparison",
    "Frontier",
    "InstanceMap",
    "Measure",
    "Place",
    "attainment_surfaces",
    "compare",
    "frontier",
    "map_instances",
    "match_many",
    "measure_matching",
    "place_of",
]
