"""Files are read within bounds."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

__all__ = ["expand_home", "read_bounded"]


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Read a regular file of at most ``most_bytes``; its size is counted, not believed.

    Raises OSError, and nothing larger was read: no such file, a folder, a pipe or a device, more
    bytes.
    """
    # A pipe without a writer would keep us waiting when it is opened.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(number, "rb") as file:
        mode = os.fstat(number).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is a pipe or a device, not a file", str(path))
        content = file.read(most_bytes + 1)
    if len(content) > most_bytes:
        said = f"it has more than {most_bytes / 2**20:,.0f} MiB, which no table of people needs"
        raise OSError(errno.EFBIG, said, str(path))
    return content


def expand_home(path: str | os.PathLike[str]) -> Path:
    """Expand a leading ~; a user whom this system does not know is left as it is written."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)
