"""Keep messages that HiGHS prints by itself off the standard output."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["without_messages"]

STDOUT = 1
PREFIX = b"Highs"
_LOCK = threading.Lock()
_state: dict[str, int] = {"inside": 0}
_filters: list[tuple[int, threading.Thread]] = []


@contextlib.contextmanager
def without_messages() -> Iterator[None]:
    """Drop lines that begin with the solver's name while it runs; all else is passed on at once.

    HiGHS writes some lines to the process's standard output whatever its options say. Other threads
    may print meanwhile, so that the stream is filtered and not closed.
    """
    with _LOCK:
        _state["inside"] += 1
        if _state["inside"] == 1:
            _start()
    try:
        yield
    finally:
        with _LOCK:
            _state["inside"] -= 1
            if _state["inside"] == 0:
                _stop()


def _start() -> None:
    try:
        _flush()
        saved = os.dup(STDOUT)
        source, target = os.pipe()
        os.dup2(target, STDOUT)
        os.close(target)
    except OSError:
        # Without a standard output there is nothing to keep clean.
        return
    thread = threading.Thread(target=_pass_on, args=(source, saved), daemon=True)
    thread.start()
    _filters.append((saved, thread))


def _stop() -> None:
    while _filters:
        saved, thread = _filters.pop()
        _flush()
        # The last writer of the pipe goes, so that its reader comes to the end.
        os.dup2(saved, STDOUT)
        thread.join()
        os.close(saved)


def _flush() -> None:
    """Empty the buffers of Python and of C."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).fflush(None)


def _pass_on(source: int, target: int) -> None:
    """Copy what comes, line by line where it may be one of the solver's."""
    held = b""
    while True:
        data = os.read(source, 65536)
        held += data
        while held:
            line, end, rest = held.partition(b"\n")
            may_be = PREFIX.startswith(line[: len(PREFIX)]) or line.startswith(PREFIX)
            if may_be and not end and data:
                break
            if not line.startswith(PREFIX):
                os.write(target, line + end)
            held = rest
        if not data:
            os.close(source)
            return
