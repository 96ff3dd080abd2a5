"""Scenarios that every strategy meets: families of markets, and a synthetic programme."""

from __future__ import annotations

from dataclasses import dataclass

import mentormatch as mm


@dataclass(frozen=True, slots=True)
class Market:
    """A family of `mentormatch.datasets.market`, of one size."""

    kind: str
    mentees: int = 120
    mentors: int = 50
    seats: int = 3
    correlation: float = 0.5
    ties: int | None = None

    def make(self, seed: int) -> mm.Problem:
        """Draw one."""
        return mm.datasets.market(
            self.kind,
            self.mentees,
            self.mentors,
            seats=self.seats,
            correlation=self.correlation,
            ties=self.ties,
            seed=seed,
        )


SCENARIOS = {
    "euclidean": Market("euclidean"),
    "mallows, little agreement": Market("mallows", correlation=0.1),
    "mallows, much agreement": Market("mallows", correlation=0.8),
    "popularity": Market("plackett_luce"),
    "popularity, five levels": Market("plackett_luce", ties=5),
    "too few seats": Market("euclidean", seats=2),
    "hidden groups": Market("group_biased"),
    "arrivals": Market("arrivals"),
    "programme": Market("it_program"),
    "one seat each": Market("euclidean", mentees=100, mentors=100, seats=1),
}
SMOKE = {"small": Market("euclidean", 30, 12, 3)}
