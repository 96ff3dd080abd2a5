"""What keeps files from being written, found before any work and without leaving anything."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_file_obstacle", "find_folder_obstacle", "find_write_error", "say_denied"]


def say_denied(error: OSError) -> str:
    """Say in the system's words why a folder cannot be written to, or not even be looked into."""
    return f"nothing can be written to this folder: {error.strerror or error}."


def find_write_error(folder: Path) -> str | None:
    """Try a folder with a file that has no name, so that nothing is left whatever happens."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return None
    except OSError as error:
        return say_denied(error)


def find_folder_obstacle(folder: Path) -> str | None:
    """Say what keeps a folder from being made or written to; None where nothing does."""
    try:
        if folder.exists() and not folder.is_dir():
            return "this is a file. Name a folder."
        there = next(one for one in (folder, *folder.absolute().parents) if one.exists())
        if not there.is_dir():
            return "there can be no such folder: a part of it is a file. Name another."
    except OSError as error:
        return say_denied(error)
    return find_write_error(there)


def find_file_obstacle(path: Path, taken: str | None = None) -> str | None:
    """Say what keeps a file from being written; ``taken`` where it exists and is not replaced."""
    try:
        if path.is_dir():
            return "this is a folder. Name a file in it."
        if not path.parent.is_dir():
            return f"there is no folder {str(path.parent)!r}. Make it, or name another."
        if taken is not None and path.exists():
            return taken
    except OSError as error:
        return say_denied(error)
    return find_write_error(path.parent)
