"""The workbook of a committee: written with proposals, read back with decisions."""

from mentormatch.reports.workbook.decisions import Decisions
from mentormatch.reports.workbook.effects import cost_of_decisions, say_cost_of_decisions
from mentormatch.reports.workbook.reading import read_decisions
from mentormatch.reports.workbook.writing import write_workbook

__all__ = [
    "Decisions",
    "cost_of_decisions",
    "read_decisions",
    "say_cost_of_decisions",
    "write_workbook",
]
