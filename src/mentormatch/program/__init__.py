"""What surrounds the match: a programme file, what it writes, and what is told about it."""

from mentormatch.program.configuration import Configuration, read_configuration
from mentormatch.program.demo import write_demo
from mentormatch.program.examination import Examination, examine, examine_file
from mentormatch.program.run import Programme, load
from mentormatch.program.suggest import Draft, draft_programme, write_draft

__all__ = [
    "Configuration",
    "Draft",
    "Examination",
    "Programme",
    "draft_programme",
    "examine",
    "examine_file",
    "load",
    "read_configuration",
    "write_demo",
    "write_draft",
]
