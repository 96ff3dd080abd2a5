"""Files are written whole or not at all, and those that belong together all or none."""

from __future__ import annotations

import itertools
import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from mentormatch.safe_files.leftovers import find_leftovers, name_beside
from mentormatch.safe_files.locks import ANOTHER_WRITES, lock_folders
from mentormatch.safe_files.signals import signals_raise, signals_wait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["make_folders", "name_of_old", "replace_file", "replace_files"]


@contextmanager
def replace_file(path: str | Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a temporary file beside ``path`` and rename it onto ``path`` when the block succeeds.

    Raises FileExistsError, with nothing written, if ``path`` exists and ``overwrite`` is False, and
    OSError, which names it and not the temporary file, if it cannot be written or replaced.
    """
    with _replace_all([Path(path)], overwrite=overwrite) as (part,):
        yield part


def replace_files(contents: Mapping[Path, bytes], *, overwrite: bool = False) -> None:
    """Write files that belong together: all of them are replaced, or none.

    Old files are moved aside before the first new one comes into their place, and moved back when a
    new one cannot. Whatever ends the process, no old file stands beside a new one. Raises
    FileExistsError if a file exists and ``overwrite`` is False, and OSError, which names the file,
    if one cannot be written or replaced; nothing was replaced then.
    """
    with _replace_all(list(contents), overwrite=overwrite) as parts:
        for target, part, content in zip(contents, parts, contents.values(), strict=True):
            with _errors_name(target):
                part.write_bytes(content)


@contextmanager
def make_folders(folders: Iterable[Path]) -> Iterator[None]:
    """Make folders, and take away those that were made when the block fails.

    Raises OSError if a folder cannot be made, as where a part of its path is a file.
    """
    wanted = {one for folder in folders for one in (folder, *folder.parents)}
    # The shortest paths first: a folder is made before those in it, and taken away after them.
    missing = sorted((one for one in wanted if not one.exists()), key=lambda one: len(one.parts))
    made: list[Path] = []
    with signals_raise():
        try:
            for one in missing:
                # Another run may have made it meanwhile, and then it is not ours to take away.
                with suppress(FileExistsError):
                    one.mkdir()
                    made.append(one)
            yield
        except BaseException:
            with signals_wait():
                for one in reversed(made):
                    with suppress(OSError):  # somebody has put something in
                        one.rmdir()
            raise


@contextmanager
def _replace_all(paths: Sequence[Path], *, overwrite: bool) -> Iterator[list[Path]]:
    """Yield a temporary file for each path; put all into their places when the block succeeds."""
    # A link stays a link: what it leads to is replaced.
    targets = [Path(os.path.realpath(path)) for path in paths]
    _refuse_twice(paths, targets)
    for target in targets:
        if target.exists() and not overwrite:
            raise FileExistsError(f"{target} exists already. Give another name, or overwrite=True.")
    parts = [name_beside(target, "part") for target in targets]
    folders = {target.parent for target in targets}
    leftovers = find_leftovers(targets)
    with signals_raise():
        try:
            _unlink(leftovers["part"])
            for target, part in zip(targets, parts, strict=True):
                with _errors_name(target):
                    part.touch(exist_ok=False)
            yield parts
            with lock_folders(folders):
                for target in targets:
                    if target.exists() and not overwrite:
                        raise FileExistsError(
                            f"{target} appeared while it was being written; it was left alone."
                        )
                with signals_wait():
                    _move_into_place(targets, parts)
                    # What a killed run moved aside is the last copy until there are new files.
                    _unlink(leftovers["old"])
        finally:
            with signals_wait():
                _unlink(parts)


def _refuse_twice(paths: Sequence[Path], targets: Sequence[Path]) -> None:
    """Refuse two files for one place, of which one would silently replace the other."""
    seen: dict[Path, Path] = {}
    for path, target in zip(paths, targets, strict=True):
        if target in seen:
            raise FileExistsError(
                f"{path} and {seen[target]} are one file, and both are to be written. Give each a "
                "name of its own."
            )
        seen[target] = path


def _move_into_place(targets: Sequence[Path], parts: Sequence[Path]) -> None:
    """Rename all parts onto their targets, or leave everything as it was."""
    aside: dict[Path, Path] = {}
    moved: list[Path] = []
    try:
        # One file is replaced in one step; of several, all old ones go before a new one comes.
        for target in targets if len(targets) > 1 else ():
            if target.exists():
                old = name_beside(target, "old")
                with _errors_name(target):
                    target.rename(old)
                aside[target] = old
        for target, part in zip(targets, parts, strict=True):
            with _errors_name(target):
                part.replace(target)
            moved.append(target)
    except OSError:
        for target in moved:
            target.unlink(missing_ok=True)
        for target, old in aside.items():
            old.replace(target)
        raise
    _unlink(aside.values())


def _unlink(files: Iterable[Path]) -> None:
    """Take away files as far as that can be done."""
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


@contextmanager
def _errors_name(target: Path) -> Iterator[None]:
    """Let errors of the operating system name ``target`` rather than a temporary file."""
    try:
        yield
    except OSError as error:
        said = error.strerror or str(error)
        if isinstance(error, PermissionError):
            said = (
                "it cannot be replaced. If it is open in Excel or another program, close it there"
            )
        elif isinstance(error, FileNotFoundError):
            # In a folder that is there, somebody else has just moved what was to be moved.
            there = target.parent.is_dir()
            said = ANOTHER_WRITES if there else f"there is no folder {str(target.parent)!r}"
        raise type(error)(error.errno, said, str(target)) from None


def name_of_old(path: Path) -> Path:
    """Return a name beside a file that no other has: ``p.before.toml``, then ``p.before-2.toml``.

    For what stood in a file that people write in, when it is replaced.
    """
    numbers = (f".before-{number}" if number > 1 else ".before" for number in itertools.count(1))
    names = (path.with_name(f"{path.stem}{told}{path.suffix}") for told in numbers)
    return next(name for name in names if not name.exists())
