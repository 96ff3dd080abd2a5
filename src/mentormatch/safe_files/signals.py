"""A request to end the process, while files are written."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import NoReturn

__all__ = ["signals_raise", "signals_wait"]

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


@contextmanager
def _handle_signals(handler: Callable[[int, object], object]) -> Iterator[None]:
    """Give the signals that end a process another handler; those that are ignored stay so."""
    kept: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
    try:
        if threading.current_thread() is threading.main_thread():
            for name in SIGNALS:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) not in (signal.SIG_IGN, None):
                    kept[number] = signal.signal(number, handler)
        yield
    finally:
        for number, before in kept.items():
            signal.signal(number, before)


@contextmanager
def signals_raise() -> Iterator[None]:
    """Let a request to end come up as an exception, so that what is not finished is removed."""

    def end(number: int, _frame: object) -> NoReturn:
        if number == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + number)

    with _handle_signals(end):
        yield


@contextmanager
def signals_wait() -> Iterator[None]:
    """Put off a request to end until the block is done."""
    came: list[int] = []
    try:
        with _handle_signals(lambda number, _frame: came.append(number)):
            yield
    finally:
        for number in came:
            signal.raise_signal(number)
