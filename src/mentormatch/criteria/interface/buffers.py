"""Scratch arrays that are reused from tile to tile."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.arrays import Floats

__all__ = ["Buffers", "borrow_buffers"]


class Buffers:
    """Named scratch arrays; asking for a name again reuses its memory.

    An array that is made anew lies in memory that is far from the processor, or that the system
    has to provide page by page. Either takes as long as what is computed in it.
    """

    def __init__(self) -> None:
        self._kept: dict[str, NDArray[np.uint8]] = {}

    def array(self, use: str, shape: tuple[int, ...], dtype: np.dtype) -> Floats:
        """A contiguous array, not initialised."""
        size = dtype.itemsize
        for length in shape:
            size *= length
        kept = self._kept.get(use)
        if kept is None or kept.size < size:
            kept = self._kept[use] = np.empty(size, dtype=np.uint8)
        return kept[:size].view(dtype).reshape(shape)


# As many as there ever were threads at work at a time, each of a few tiles.
_idle: list[Buffers] = []


@contextmanager
def borrow_buffers() -> Iterator[Buffers]:
    """Lend buffers to one caller at a time, even if it calls for another while it holds these."""
    try:
        buffers = _idle.pop()
    except IndexError:
        buffers = Buffers()
    try:
        yield buffers
    finally:
        _idle.append(buffers)
