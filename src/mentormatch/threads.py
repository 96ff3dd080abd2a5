"""Threads for work that numpy, scipy and the linear algebra library do outside of the interpreter.

What is cut into tasks never depends on how many workers there are, so neither does any number.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

__all__ = ["in_parallel", "in_turn"]

# More of them starve the memory.
WORKERS = min(4, os.cpu_count() or 1)
# What each thread may keep of memory that is free. Half of it is the most that can be asked for.
KEPT_BYTES = 32 * 2**20
NAME = "mentormatch-worker"

Task = TypeVar("Task")


class _Here(threading.local):
    """Whether this thread is at work on a task."""

    at_work = False


_here = _Here()


def in_parallel(work: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Do all tasks, on some threads where that can help; a task within a task is done at once.

    The caller's thread does its part of them, so that nothing waits until the others are awake.

    Parameters
    ----------
    work
        Called once for each task; writes to a place of its own.
    tasks
        In any order.
    """
    if _here.at_work:
        in_turn(work, tasks)
        return
    _keep_freed_memory()
    left = deque(tasks)
    with _one_thread_per_product():
        others = range(min(WORKERS, len(tasks)) - 1)
        helping = [_pool(WORKERS - 1).submit(_do_all, work, left) for _ in others]
        try:
            _do_all(work, left)
        finally:
            # Those that have not begun by now have nothing to do; the others still write.
            begun = [one for one in helping if not one.cancel()]
            for one in begun:
                one.exception()
    for one in begun:
        one.result()


def in_turn(work: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Do all tasks on this thread, each product included, as `in_parallel` would do them."""
    if _here.at_work:
        for task in tasks:
            work(task)
        return
    with _one_thread_per_product():
        _do_all(work, deque(tasks))


def _do_all(work: Callable[[Task], None], left: deque[Task]) -> None:
    """Take one task after the other; after an error, leave none to anybody."""
    _here.at_work = True
    try:
        while True:
            try:
                task = left.popleft()
            except IndexError:
                return
            work(task)
    except BaseException:
        left.clear()
        raise
    finally:
        _here.at_work = False


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix=NAME)


@cache
def _keep_freed_memory() -> None:
    """Let the memory of one temporary array serve the next one.

    The C library of Linux returns to the system what is freed beyond a limit, which is twice the
    largest array that was freed so far. Fetching it again, page by page, would take as long as
    computing a small block; so a large array is freed first. Elsewhere nothing comes of it.
    """
    np.empty(KEPT_BYTES // 2, dtype=np.uint8)


@cache
def _products() -> tuple[Any, ...]:
    """What controls the threads of matrix products; nothing without threadpoolctl."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    libraries = ThreadpoolController().lib_controllers
    return tuple(library for library in libraries if library.user_api == "blas")


class _Sharing:
    """Who is at work now: the first to come sees to the products, the last to go puts it back."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.present = 0
        self.before: list[tuple[Any, int]] = []


_sharing = _Sharing()


@contextmanager
def _one_thread_per_product() -> Iterator[None]:
    """Keep products on the thread that asks: for a tile, waiting for others is not worth it.

    Asking each library for its number takes a third of what a limiter of threadpoolctl takes, which
    asks for all there is to know.
    """
    sharing = _sharing
    with sharing.lock:
        sharing.present += 1
        if sharing.present == 1:
            sharing.before = [(library, library.num_threads) for library in _products()]
            for library, _ in sharing.before:
                library.set_num_threads(1)
    try:
        yield
    finally:
        with sharing.lock:
            sharing.present -= 1
            if sharing.present == 0:
                for library, count in sharing.before:
                    library.set_num_threads(count)


def _after_fork() -> None:
    """Begin anew: a forked process has none of its parent's threads."""
    global _sharing
    _sharing = _Sharing()
    _pool.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
