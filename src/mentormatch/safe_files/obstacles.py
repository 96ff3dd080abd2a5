"""What keeps files from being written, found before any work and without leaving anything."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_folder_obstacle", "find_write_error"]


def find_write_error(folder: Path) -> str | None:
    """Try a folder with a file that has no name, so that nothing is left whatever happens."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return f"nothing can be written to this folder: {error.strerror or error}."


def find_folder_obstacle(folder: Path) -> str | None:
    """Say what keeps a folder from being made or written to; None where nothing does."""
    if folder.exists() and not folder.is_dir():
        return "this is a file. Name a folder."
    there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
    if not there.is_dir():
        return "there can be no such folder: a part of it is a file. Name another."
    return find_write_error(there)
