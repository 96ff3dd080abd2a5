"""What surrounds the match: a programme file, what it writes, and what is told about it."""

from mentormatch.program.configuration import Configuration, read_configuration
from mentormatch.program.demo import write_demo
from mentormatch.program.examination import Examination, examine, examine_file
from mentormatch.program.run import Programme, load

__all__ = [
    "Configuration",
    "Examination",
    "Programme",
    "examine",
    "examine_file",
    "load",
    "read_configuration",
    "write_demo",
]
