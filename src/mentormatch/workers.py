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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["in_parallel"]

# More of them starve the memory.
WORKERS = min(4, os.cpu_count() or 1)
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
