"""What people look at and send out: the report, charts."""

from mentormatch.reports.charts import (
    gap_chart,
    group_chart,
    load_chart,
    lorenz_chart,
    score_chart,
    score_matrix,
    use_offline,
    waterfall,
)

__all__ = [
    "gap_chart",
    "group_chart",
    "load_chart",
    "lorenz_chart",
    "score_chart",
    "score_matrix",
    "use_offline",
    "waterfall",
]
