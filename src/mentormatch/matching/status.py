"""How a search for a matching ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

__all__ = ["Status", "Stopped"]

# What ends a search before its proof.
Stopped: TypeAlias = Literal["gap", "time limit"]


class Status(StrEnum):
    """How the search for a matching ended.

    Whether no matching exists at all is an exception, `InfeasibleError`.
    """

    OPTIMAL = "optimal"
    """Every stage of the strategy was finished, and each is proven."""
    WITHIN_GAP = "within gap"
    """Not proven optimal, but within the gap that was asked for."""
    TIME_LIMIT = "time limit"
    """The time limit ended the search; the certificate says how far it came."""
    FEASIBLE = "feasible"
    """A matching that keeps every rule; nothing more is known about it."""
