"""Points of a frontier, and what weighings of two aims show about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import verify
from mentormatch.comparison.frontiers.aims import largest_value
from mentormatch.handed_out import lock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["Point", "TwoAims", "Weighed", "undominated"]

# Two points nearer than this share of an aim are one.
SAME = 1e-9
# What gap between a point and its bound counts as zero, of the sum of absolute values of its pairs.
PROOF = 1e-6


@dataclass(frozen=True, eq=False)
class TwoAims:
    """What each pair adds to the two aims, as arrays (mentees, mentors), NaN = ineligible.

    Of "minimum" the second holds the scores, and a matching has the lowest of its pairs.
    """

    first: NDArray[np.float64]
    second: NDArray[np.float64]
    lowest: bool = False

    def __post_init__(self) -> None:
        lock(self.first, self.second)

    @property
    def sizes(self) -> tuple[float, float]:
        """The largest absolute value of a pair in each aim."""
        return largest_value(self.first), largest_value(self.second)

    def of(self, matching: Matching) -> tuple[float, float]:
        """What a matching reaches."""
        pairs = (matching.mentees, matching.mentors)
        second = self.second[pairs]
        return float(self.first[pairs].sum()), float(
            second.min(initial=np.inf) if self.lowest else second.sum()
        )

    def tolerance(self, matching: Matching) -> float:
        """What gap in the first aim counts as zero."""
        values = self.first[matching.mentees, matching.mentors]
        return PROOF * max(float(np.abs(values).sum()), largest_value(self.first))

    def scores(self, weights: tuple[float, float], above: float) -> NDArray[np.float64]:
        """The scores of a weighing: of pairs whose second value is above a level."""
        weighed = weights[0] * self.first
        if weights[1]:
            weighed = weighed + weights[1] * self.second
        return weighed if above == -np.inf else np.where(self.second > above, weighed, np.nan)


@dataclass(frozen=True, eq=False)
class Point:
    """A matching of a frontier."""

    aims: tuple[float, float]  # what it reaches in both
    kind: str  # "corner", "between" or "step"
    matching: Matching  # of the original problem
    # No matching with at least its second aim has more of the first, as a solver says; ∞ where it
    # says nothing.
    bound: float = np.inf
    solver: str = ""  # whose bound it is


@dataclass(frozen=True, eq=False)
class Weighed:
    """The best matching for one weighing of the aims, with its certificate."""

    weights: tuple[float, float]  # of the two aims
    matching: Matching  # of the problem whose scores are the weighed sums
    above: float = -np.inf  # only pairs whose second value is above this level were open

    @property
    def solver(self) -> str:
        """Whose bound the certificate is; "prices" where it can be recomputed without a solver."""
        certificate = self.matching.certificate
        return "" if certificate is None else certificate.method

    @property
    def proven(self) -> bool:
        """Whether its certificate says that no matching is better."""
        certificate = self.matching.certificate
        return certificate is not None and certificate.proven

    def most(self, y: float, *, by_prices: bool) -> float:
        """No matching with y or more of the second aim has more of the first than this.

        Whoever has y or more has at most ``(bound − w₂·y) / w₁``: the Lagrangian bound of the row.
        ``by_prices``: only what prices show counts, not what a solver says. Infinite where nothing
        is known.
        """
        certificate = self.matching.certificate
        if certificate is None or not self.weights[0] or not y > self.above:
            return np.inf
        bound: float | None = certificate.bound
        if by_prices and certificate.method != "prices":
            bound = certificate.checked_bound
        if bound is None:
            return np.inf
        second = self.weights[1] * y if self.weights[1] else 0.0
        return (bound - second) / self.weights[0]

    def findings(self, aims: TwoAims) -> list[str]:
        """What does not hold of it, recomputed without a solver."""
        held = self.matching.problem.scores(slice(None), np.nan)
        expected = aims.scores(self.weights, self.above)
        where = f"the weighing {self.weights[0]:.6g} : {self.weights[1]:.6g}"
        if not np.array_equal(held, expected, equal_nan=True):
            return [f"{where} was not made of the scores of this problem"]
        checked = verify(self.matching)
        return [] if checked.ok else [f"{where}: {'; '.join(checked.findings)}"]


def undominated(points: Sequence[Point]) -> list[Point]:
    """Return the points that no other one beats or equals, best in the first aim first."""
    kept: list[Point] = []
    for one in sorted(points, key=lambda point: (-point.aims[0], -point.aims[1])):
        x, y = one.aims
        if kept and y <= kept[-1].aims[1] + SAME * max(abs(y), 1.0):
            continue
        if kept and kept[-1].aims[0] <= x + SAME * max(abs(x), 1.0):
            # As good in the first aim up to rounding, and better in the second.
            kept.pop()
        kept.append(one)
    return kept
