"""Thread pool for array work that releases the interpreter lock.

Tasks never depend on the number of workers, so neither does any result.
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

__all__ = ["run_parallel", "run_serial"]

# More of them starve the memory.
WORKERS = min(4, os.cpu_count() or 1)
# What each thread may keep of memory that is free. Half of it is the most that can be asked for.
KEPT_BYTES = 32 * 2**20
NAME = "mentormatch-worker"

Task = TypeVar("Task")


class _ThreadState(threading.local):
    """Thread-local flag: this thread is running a task."""

    at_work = False


_state = _ThreadState()


def run_parallel(work: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Run all tasks on a thread pool; calls from inside a task run serially.

    The caller's thread does its part of them, so that nothing waits until the others are awake.
    ``work`` is called once for each task, in any order, and writes to a place of its own.
    """
    _keep_freed_memory()
    if _state.at_work or len(tasks) <= 1:
        run_serial(work, tasks)
        return
    left = deque(tasks)
    with _one_thread_per_product():
        others = range(min(WORKERS, len(tasks)) - 1)
        helping = [_pool(WORKERS - 1).submit(_run_tasks, work, left) for _ in others]
        try:
            _run_tasks(work, left)
        finally:
            # Those that have not begun by now have nothing to do; the others still write.
            begun = [one for one in helping if not one.cancel()]
            for one in begun:
                one.exception()
    for one in begun:
        one.result()


def run_serial(work: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Run all tasks on this thread, with single-threaded products, as `run_parallel` runs them."""
    if _state.at_work:
        for task in tasks:
            work(task)
        return
    with _one_thread_per_product():
        _run_tasks(work, deque(tasks))


def _run_tasks(work: Callable[[Task], None], left: deque[Task]) -> None:
    """Pop and run tasks until none is left; after an error, drop the rest."""
    _state.at_work = True
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
        _state.at_work = False


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix=NAME)


@cache
def _keep_freed_memory() -> None:
    """Raise the threshold above which the C library returns freed memory to the system.

    The C library of Linux returns to the system what is freed beyond a limit, which is twice the
    largest array that was freed so far. Fetching it again, page by page, would take as long as
    computing a small block; so a large array is freed first. Elsewhere nothing comes of it.
    """
    np.empty(KEPT_BYTES // 2, dtype=np.uint8)


@cache
def _blas_libraries() -> tuple[Any, ...]:
    """Return the controllers of the BLAS libraries; none without threadpoolctl."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return ()
    libraries = ThreadpoolController().lib_controllers
    return tuple(library for library in libraries if library.user_api == "blas")


class _SingleThreaded:
    """Count of callers inside `_one_thread_per_product`; the first sets, the last restores."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.present = 0
        self.before: list[tuple[Any, int]] = []


_single_threaded = _SingleThreaded()


@contextmanager
def _one_thread_per_product() -> Iterator[None]:
    """Limit matrix products to the calling thread inside the block.

    Asking each library for its number takes a third of what a limiter of threadpoolctl takes, which
    asks for all there is to know.
    """
    sharing = _single_threaded
    with sharing.lock:
        sharing.present += 1
        if sharing.present == 1:
            sharing.before = [(library, library.num_threads) for library in _blas_libraries()]
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
    """Reset the pool in a forked process, which has none of its parent's threads."""
    global _single_threaded
    _single_threaded = _SingleThreaded()
    _pool.cache_clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
