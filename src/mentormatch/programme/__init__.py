"""What surrounds the match: a programme file, what it writes, and what is told about it."""

from mentormatch.programme.demo import write_demo
from mentormatch.programme.draft.draft import Draft, draft_programme, write_draft
from mentormatch.programme.examination import Examination, examine, examine_file
from mentormatch.programme.file.configuration import Configuration, read_configuration
from mentormatch.programme.run import Programme, load

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
