"""What is shown to people: charts."""

from mentormatch.reports.charts import waterfall
from mentormatch.reports.fairness_charts import gap_chart, group_chart, lorenz_chart

__all__ = ["gap_chart", "group_chart", "lorenz_chart", "waterfall"]
