"""Strategies side by side: measures, paired differences, frontiers, maps, many problems at once."""

from mentormatch.comparison.compare import Comparison, compare
from mentormatch.comparison.frontiers.attainment import attainment_surfaces
from mentormatch.comparison.frontiers.frontier import Frontier, frontier
from mentormatch.comparison.instances import OWN, InstanceMap, map_instances
from mentormatch.comparison.many import match_many
from mentormatch.comparison.measures import MEASURES, Measure, measure_matching
from mentormatch.comparison.places import Place, place_of
from mentormatch.comparison.promises import Checked, check_promise

__all__ = [
    "MEASURES",
    "OWN",
    "Checked",
    "Comparison",
    "Frontier",
    "InstanceMap",
    "Measure",
    "Place",
    "attainment_surfaces",
    "check_promise",
    "compare",
    "frontier",
    "map_instances",
    "match_many",
    "measure_matching",
    "place_of",
]
