"""One writer at a time puts files into a folder; the lock goes with the process that holds it."""

from __future__ import annotations

import errno
import os
import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["ANOTHER_WRITES", "lock_folders"]

ANOTHER_WRITES = (
    "another run is writing these files now. Run the command again when that one has ended"
)
# Files are in their places within moments; who waits longer has met a writer that hangs.
PATIENCE, NAP = 30.0, 0.02


@contextmanager
def lock_folders(folders: Iterable[Path]) -> Iterator[None]:
    """Keep others from putting files into some folders while the block runs.

    The folder itself is locked, so no file is left behind, and the system takes the lock away when
    the process ends, however it ends. Where folders cannot be locked, as on Windows and on some
    shared disks, the block runs without. Raises BlockingIOError if somebody holds the lock of a
    folder and does not give it back.
    """
    until = time.monotonic() + PATIENCE
    with ExitStack() as held:
        # All in one order: two that wait for each other would wait for ever.
        for folder in sorted(set(folders)):
            _lock(folder, held, until)
        yield


def _lock(folder: Path, held: ExitStack, until: float) -> None:
    try:
        import fcntl
    except ImportError:  # Windows
        return
    try:
        number = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    held.callback(_close, number)
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise BlockingIOError(errno.EAGAIN, ANOTHER_WRITES, str(folder)) from None
            time.sleep(NAP)
        except OSError:  # not on this disk
            return
        else:
            return


def _close(number: int) -> None:
    with suppress(OSError):
        os.close(number)
