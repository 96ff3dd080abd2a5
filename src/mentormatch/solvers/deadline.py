"""A deadline shared by the parts of a search."""

from __future__ import annotations

import time
from dataclasses import dataclass

__all__ = ["LEAST_SECONDS", "Deadline"]

# A search is given as much, however late it is.
LEAST_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment by which a whole search must have ended."""

    at: float | None = None  # seconds of `time.monotonic`; None = never

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """Return the deadline that is so many seconds from now; None = never."""
        return cls(None if seconds is None else time.monotonic() + seconds)

    def left(self) -> float | None:
        """Seconds that are left, below 0 when it has passed; None without a limit."""
        return None if self.at is None else self.at - time.monotonic()

    def part(self, share: float, least: float = 0.0) -> float | None:
        """Return a share of the seconds that are left, ``least`` or more; None without a limit."""
        left = self.left()
        return None if left is None else max(left * share, least)

    def share(self, parts: int) -> float | None:
        """Return the seconds for the next of so many parts: half of the rest, all for the last."""
        left = self.left()
        return left if left is None or parts <= 1 else left / 2

    @property
    def has_passed(self) -> bool:
        """Whether nothing more may be begun."""
        left = self.left()
        return left is not None and left <= 0
