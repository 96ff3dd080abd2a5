"""The demonstration: the bundled synthetic programme, matched in a folder of its own."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from mentormatch.errors import ConfigurationError, Finding
from mentormatch.safe_files import as_csv, find_write_error, replace_files, say_denied

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort

__all__ = ["write_demo"]

DEMO_FOLDER = "mentormatch-demo"
# A folder is ours when this file is in it; nothing else is ever replaced.
MARKER = ".made-by-mentormatch-demo"
MARKER_TEXT = (
    "`mentormatch demo` made this folder and replaces its files when it is run again.\n"
    "Copy programme.toml elsewhere before you change it.\n"
)


def write_demo(cohort: Cohort, folder: str | Path = DEMO_FOLDER) -> Path:
    """Write the tables and the programme file of the demonstration.

    Parameters
    ----------
    cohort
        The people, such as `mentormatch.datasets.sample` gives them.
    folder
        Made when it is not there; when it is, it must have been made here.

    Returns
    -------
    Path
        The programme file; `load` and `mentormatch match` take it.

    Raises
    ------
    ConfigurationError
        Something else has the name of the folder; it is left alone.
    """
    folder = Path(folder)
    try:
        ours, taken = _is_ours(folder), folder.exists() or folder.is_symlink()
    except OSError as error:
        finding = Finding(str(folder.absolute()), None, None, None, say_denied(error))
        raise ConfigurationError([finding]) from None
    if not ours:
        if taken:
            expected = (
                "this exists already and was not made by the demonstration, so it is left alone. "
                "Move it away, or run the demonstration in another folder."
            )
            raise ConfigurationError([Finding(str(folder), None, None, None, expected)])
        obstacle = find_write_error(folder.parent)
        if obstacle is not None:
            raise ConfigurationError([Finding(str(folder.absolute()), None, None, None, obstacle)])
        # With its marker from the first moment, so that a folder is never half ours.
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as scratch:
            made = Path(scratch, folder.name)
            made.mkdir()
            (made / MARKER).write_text(MARKER_TEXT, encoding="utf-8")
            made.rename(folder)
    programme = (files("mentormatch") / "data" / "demo_programme.toml").read_bytes()
    contents = {
        folder / "mentees.csv": as_csv(cohort.mentees.reset_index()),
        folder / "mentors.csv": as_csv(cohort.mentors.reset_index()),
        folder / "programme.toml": programme,
    }
    replace_files(contents, overwrite=True)
    return folder / "programme.toml"


def _is_ours(folder: Path) -> bool:
    return not folder.is_symlink() and (folder / MARKER).is_file()
