"""What strategies promise: a table that strategies fill and that checks of certificates read."""

from __future__ import annotations

from typing import Literal, TypeAlias

__all__ = ["Promise", "declare_promises", "promises_of"]

Promise: TypeAlias = Literal[
    "total",
    "largest minimum",
    "sorted scores",
    "sum of the worst",
    "welfare",
    "Nash welfare",
    "even loads",
    "group parity",
    "rank-maximal profile",
    "generous profile",
    "smallest sum of places",
    "expectation",
    "equal chances",
]

_DECLARED: dict[str, tuple[Promise, ...]] = {}


def declare_promises(strategy: str, promises: tuple[Promise, ...]) -> None:
    """Say which of the promises a certificate of this strategy makes one of."""
    _DECLARED[strategy] = promises


def promises_of(strategy: str) -> tuple[Promise, ...] | None:
    """Return what a strategy of this name promises; None where it never said."""
    return _DECLARED.get(strategy)
