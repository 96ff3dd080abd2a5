"""Repair an optimal choice after a few columns came in: shortest paths instead of a new flow.

A column that would improve asks for its mentor's seat. The loss of making room is a shortest path
over the mentors, with lengths that are never negative at prices that were optimal before, and no
longer than what the column gains: in late rounds the search stays small. If there is room, people
move along the path; in both cases prices rise along it until every column has what it asks for
(successive shortest paths with potentials: Edmonds and Karp 1972; Ahuja, Magnanti and Orlin 1993,
Network Flows, chapter 9).
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.solvers.flows.potentials import Potentials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["is_repairable", "repair_choice"]

# Give up when the searches have looked at so many columns for each one there is: a flow is cheaper.
LOOKS_PER_COLUMN = 0.5


def is_repairable(transport: Transport) -> bool:
    """Tell whether people have one place each, in one class, and coverage comes first."""
    return bool(
        transport.coverage_first
        and not transport.wants_several
        and not transport.covered.any()
        and not transport.classes.any()
    )


def repair_choice(
    transport: Transport,
    columns: PairColumns,
    chosen: NDArray[np.bool_],
    potentials: Potentials,
    noise: float,
) -> tuple[NDArray[np.bool_], Potentials] | None:
    """Turn a choice that is optimal among some of the columns into one that is among all.

    Parameters
    ----------
    transport
        One that `is_repairable`, and whose coverage is known to be complete.
    columns
        Old and new ones.
    chosen
        bool array (columns,): an optimal choice among the columns that do not improve.
    potentials
        Its potentials.
    noise
        Improvements up to this size, in units of score, are rounding.

    Returns
    -------
    chosen, potentials
        None when it would take longer than a new flow.
    """
    search = _PathRepair(transport, columns, chosen, potentials, noise)
    looks = LOOKS_PER_COLUMN * len(columns)
    for column in search.pending:
        looks -= search.admit(column)
        if looks < 0:
            return None
    return search.result(potentials)


class _PathRepair:
    """Augmenting-path search: mentors are nodes, as are "nobody" and "a free seat"."""

    def __init__(
        self,
        transport: Transport,
        columns: PairColumns,
        chosen: NDArray[np.bool_],
        potentials: Potentials,
        noise: float,
    ) -> None:
        n, m = transport.shape
        self.noise = noise
        self.nobody, self.free = m, m + 1
        held = np.flatnonzero(chosen)
        hold = np.full(n, -1, dtype=np.intp)
        hold[columns.mentees[held]] = held
        without = np.flatnonzero((hold < 0) & (transport.demand > 0))
        # Nobody may come to be without a mentor who is not, unless another takes the place.
        self.lacking = len(without) > 0
        alone = float(potentials.nobody[0])
        threshold = np.full(n, -alone if self.lacking else np.inf)
        mine = columns.mentees[held]
        threshold[mine] = columns.scores[held] - potentials.prices[columns.mentors[held]]
        gain = columns.scores - potentials.prices[columns.mentors] - threshold[columns.mentees]
        gain[held] = 0.0
        improving = np.flatnonzero(gain > noise)
        admitted = np.ones(len(columns), dtype=np.uint8)
        admitted[improving] = 0
        self.pending: list[int] = improving[np.argsort(-gain[improving], kind="stable")].tolist()
        self.admitted = bytearray(admitted.tobytes())
        self.first: list[int] = columns.first.tolist()
        self.mentees: list[int] = columns.mentees.tolist()
        self.mentors: list[int] = columns.mentors.tolist()
        self.scores: list[float] = columns.scores.tolist()
        self.hold: list[int] = hold.tolist()
        self.prices: list[float] = [*potentials.prices.tolist(), alone, 0.0]
        self.capacity: list[int] = transport.capacity.tolist()
        self.minimum: list[int] = transport.minimum.tolist()
        self.members: list[set[int]] = [set() for _ in range(m + 1)]
        for mentee, mentor in zip(mine.tolist(), columns.mentors[held].tolist(), strict=True):
            self.members[mentor].add(mentee)
        self.members[m].update(without.tolist())

    def admit(self, column: int) -> int:
        """Admit one column; return how many columns were looked at."""
        mentee, mentor = self.mentees[column], self.mentors[column]
        self.admitted[column] = 1
        origin, own = self._place_of(mentee)
        gain = self.scores[column] - self.prices[mentor] - own
        if gain <= self.noise:
            return 1
        distance, parent, looks = self._paths(mentor, origin, gain)
        loss = distance.get(origin, gain)
        if loss < gain:
            self._shift(origin, mentor, parent)
            self.members[origin].discard(mentee)
            self.members[mentor].add(mentee)
            self.hold[mentee] = column
        prices, most = self.prices, min(loss, gain)
        for node, far in distance.items():
            if far < most:
                prices[node] += most - far
        return looks

    def _place_of(self, mentee: int) -> tuple[int, float]:
        """Return the node a mentee is at, and what that is worth to it at the current prices."""
        column = self.hold[mentee]
        if column < 0:
            return self.nobody, -self.prices[self.nobody]
        mentor = self.mentors[column]
        return mentor, self.scores[column] - self.prices[mentor]

    def _paths(
        self, start: int, goal: int, limit: float
    ) -> tuple[dict[int, float], dict[int, tuple[int, int]], int]:
        """Shortest paths from a mentor who gets one too many, shorter than ``limit`` (Dijkstra).

        Returns
        -------
        distance
            By node, of those nearer than the goal and the limit; of others only bounds from above.
        parent
            By node, the node before it and the column by which a mentee would move here, or −1.
        looks
            How many columns were looked at.
        """
        distance, parent = {start: 0.0}, {start: (-1, -1)}
        heap = [(0.0, start)]
        settled: set[int] = set()
        looks = 0
        while heap:
            far, node = heappop(heap)
            if node in settled:
                continue
            if node == goal:
                break
            settled.add(node)
            for other, length, column in self._arcs(node):
                looks += 1
                reach = far + length if length > 0.0 else far
                if reach < limit and reach < distance.get(other, limit):
                    distance[other] = reach
                    parent[other] = (node, column)
                    heappush(heap, (reach, other))
        return distance, parent, looks

    def _arcs(self, node: int) -> list[tuple[int, float, int]]:
        """(node, length, column) of every way to pass one on from a node."""
        prices, price = self.prices, self.prices[node]
        if node == self.free:
            return [
                (mentor, prices[mentor] - price, -1)
                for mentor, least in enumerate(self.minimum)
                if len(self.members[mentor]) > least
            ]
        arcs = []
        if node != self.nobody and len(self.members[node]) < self.capacity[node]:
            arcs.append((self.free, prices[self.free] - price, -1))
        first, mentors, scores, admitted = self.first, self.mentors, self.scores, self.admitted
        for mentee in self.members[node]:
            held = self.hold[mentee]
            value = (scores[held] if held >= 0 else 0.0) - price
            arcs += [
                (mentors[c], value - scores[c] + prices[mentors[c]], c)
                for c in range(first[mentee], first[mentee + 1])
                if admitted[c] and c != held
            ]
            if self.lacking and node != self.nobody:
                # One who comes to have nobody: −2 − mentee instead of a column.
                arcs.append((self.nobody, value + prices[self.nobody], -2 - mentee))
        return arcs

    def _shift(self, node: int, start: int, parent: dict[int, tuple[int, int]]) -> None:
        """Move everybody along the path that ends at a node."""
        while node != start:
            before, column = parent[node]
            if column != -1:
                mentee = self.mentees[column] if column >= 0 else -2 - column
                self.members[before].discard(mentee)
                self.members[node].add(mentee)
                self.hold[mentee] = max(column, -1)
            node = before

    def result(self, potentials: Potentials) -> tuple[NDArray[np.bool_], Potentials]:
        """The choice and its potentials, with the price of a free seat at 0 again."""
        prices = np.array(self.prices) - self.prices[self.free]
        hold = np.array(self.hold, dtype=np.intp)
        chosen = np.zeros(len(self.scores), dtype=bool)
        chosen[hold[hold >= 0]] = True
        nobody = prices[self.nobody]
        if not self.lacking:
            held = np.flatnonzero(chosen)
            scores, mentors = np.array(self.scores)[held], np.array(self.mentors)[held]
            nobody = (prices[mentors] - scores).max(initial=-np.inf)
        return chosen, Potentials(prices[: self.nobody], np.array([nobody]), potentials.place)
