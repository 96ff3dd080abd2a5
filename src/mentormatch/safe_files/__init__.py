"""Files: read within bounds, written whole or not at all, tables that are safe to open."""

from mentormatch.safe_files.obstacles import (
    find_file_obstacle,
    find_folder_obstacle,
    find_write_error,
    say_denied,
)
from mentormatch.safe_files.reading import expand_home, read_bounded
from mentormatch.safe_files.replacing import (
    make_folders,
    name_of_old,
    replace_file,
    replace_files,
)
from mentormatch.safe_files.tables import (
    as_csv,
    as_excel,
    escape_cell,
    escape_formulas,
    forms_in_files,
    unescape_cell,
    write_csv,
)

__all__ = [
    "as_csv",
    "as_excel",
    "escape_cell",
    "escape_formulas",
    "expand_home",
    "find_file_obstacle",
    "find_folder_obstacle",
    "find_write_error",
    "forms_in_files",
    "make_folders",
    "name_of_old",
    "read_bounded",
    "replace_file",
    "replace_files",
    "say_denied",
    "unescape_cell",
    "write_csv",
]
