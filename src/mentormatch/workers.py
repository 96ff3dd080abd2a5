"""Threads for work that numpy, scipy and the linear algebra library do outside of the interpreter.

What is cut into tasks never depends on how many workers there are, so neither does any number.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["in_parallel"]

# More of them starve the memory.
WORKERS = min(4, os.cpu_count() or 1)
# What each thread may keep of memory that is free. Half of it is the most that can be asked for.
KEPT_BYTES = 32 * 2**20
NAME = "mentormatch-worker"

Task = TypeVar("Task")


def in_parallel(work: Callable[[Task], None], tasks: Sequence[Task]) -> None:
    """Do all tasks, on some threads where that can help; a task within a task is done at once.

    Parameters
    ----------
    work
        Called once for each task; writes to a place of its own.
    tasks
        In any order.
    """
    _keep_freed_memory()
    within = threading.current_thread().name.startswith(NAME)
    if within or WORKERS == 1 or len(tasks) <= 1:
        with nullcontext() if within else _one_thread_per_product():
            for task in tasks:
                work(task)
        return
    with _one_thread_per_product():
        for _ in _pool(WORKERS).map(work, tasks):
            pass


@cache
def _pool(count: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(count, thread_name_prefix=NAME)


# A forked process has none of its parent's threads.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


@cache
def _keep_freed_memory() -> None:
    """Let the memory of one temporary array serve the next one.

    The C library of Linux returns to the system what is freed beyond a limit, which is twice the
    largest array that was freed so far. Fetching it again, page by page, would take as long as
    computing a small block; so a large array is freed first. Elsewhere nothing comes of it.
    """
    np.empty(KEPT_BYTES // 2, dtype=np.uint8)


@cache
def _products() -> Any:
    """Control over the threads of matrix products; None without threadpoolctl."""
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    return ThreadpoolController()


def _one_thread_per_product() -> AbstractContextManager[Any]:
    """Keep products on the thread that asks: for a tile, waiting for others is not worth it."""
    products = _products()
    return nullcontext() if products is None else products.limit(limits=1, user_api="blas")
