"""What people look at and send out: the report, charts."""

from mentormatch.reports.charts import (
    comparison_chart,
    frontier_chart,
    gap_chart,
    group_chart,
    instance_chart,
    load_chart,
    lorenz_chart,
    round_chart,
    score_chart,
    score_matrix,
    use_offline,
    waterfall,
    weight_chart,
)
from mentormatch.reports.displays import display_html
from mentormatch.reports.html import html_report, write_html
from mentormatch.reports.letters import Letters, make_letters
from mentormatch.reports.progress_bar import progress_bar
from mentormatch.reports.workbook import (
    Decisions,
    cost_of_decisions,
    read_decisions,
    write_workbook,
)

__all__ = [
    "Decisions",
    "Letters",
    "comparison_chart",
    "cost_of_decisions",
    "display_html",
    "frontier_chart",
    "gap_chart",
    "group_chart",
    "html_report",
    "instance_chart",
    "load_chart",
    "lorenz_chart",
    "make_letters",
    "progress_bar",
    "read_decisions",
    "round_chart",
    "score_chart",
    "score_matrix",
    "use_offline",
    "waterfall",
    "weight_chart",
    "write_html",
    "write_workbook",
]
