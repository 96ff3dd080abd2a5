"""Charts of matchings, of scores and of fairness; drawn without internet."""

from mentormatch.reports.charts.breakdown import waterfall
from mentormatch.reports.charts.fairness import gap_chart, group_chart, lorenz_chart
from mentormatch.reports.charts.frontier import frontier_chart
from mentormatch.reports.charts.instances import instance_chart
from mentormatch.reports.charts.matching import load_chart, score_chart, score_matrix
from mentormatch.reports.charts.rounds import round_chart
from mentormatch.reports.charts.strategies import comparison_chart
from mentormatch.reports.charts.style import as_svg, styled, use_offline
from mentormatch.reports.charts.weights import weight_chart

__all__ = [
    "as_svg",
    "comparison_chart",
    "frontier_chart",
    "gap_chart",
    "group_chart",
    "instance_chart",
    "load_chart",
    "lorenz_chart",
    "round_chart",
    "score_chart",
    "score_matrix",
    "styled",
    "use_offline",
    "waterfall",
    "weight_chart",
]
