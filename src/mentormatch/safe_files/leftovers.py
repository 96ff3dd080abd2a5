"""Temporary files beside those that are written: their names, and what killed runs left."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["find_leftovers", "name_beside"]

NAME_SHOWN = 40
LEFTOVER = re.compile(r"\.(.+)\.([0-9a-f]{8})-(\d+)-[0-9a-f]{8}\.(part|old)", re.DOTALL)
# Seconds for which a temporary file may still be in use, whatever seems to be known of its writer.
YOUNG = 3600.0


def name_beside(target: Path, ending: str) -> Path:
    """Name a temporary file after its target, and the machine and the process that make it."""
    made = f"{_machine()}-{os.getpid()}-{secrets.token_hex(4)}"
    return target.with_name(f".{target.name[:NAME_SHOWN]}.{made}.{ending}")


def find_leftovers(targets: Sequence[Path]) -> dict[str, list[Path]]:
    """Find temporary files of killed processes that wrote some of the targets, by their ending.

    Each folder is listed once. A file that changed within the last hour may be one that is being
    written, and of a process on another machine, or in another container, nobody here can tell
    whether it still runs: such files are left alone.
    """
    found: dict[str, list[Path]] = {"part": [], "old": []}
    if os.name != "posix":  # elsewhere asking for a process may end it
        return found
    shown: dict[Path, set[str]] = {}
    for target in targets:
        shown.setdefault(target.parent, set()).add(target.name[:NAME_SHOWN])
    for folder, names in shown.items():
        with suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                name = LEFTOVER.fullmatch(entry.name)
                if name is None or name[1] not in names or name[2] != _machine():
                    continue
                if _is_old(entry) and not _is_running(int(name[3])):
                    found[name[4]].append(folder / entry.name)
    return found


def _is_old(entry: os.DirEntry[str]) -> bool:
    """Tell whether a file was neither written nor renamed for a while."""
    try:
        seen = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    return time.time() - max(seen.st_mtime, seen.st_ctime) > YOUNG


@cache
def _machine() -> str:
    """Return a word for this machine and its processes; those of a container are others."""
    processes = ""
    with suppress(OSError):
        processes = str(Path("/proc/self/ns/pid").readlink())
    known = f"{socket.gethostname()} {processes}"
    return hashlib.blake2b(known.encode(errors="replace"), digest_size=4).hexdigest()


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
