"""Repair an optimal choice after a few columns came in: shortest paths instead of a new flow.

A column that would improve asks for its mentor's seat. The loss of making room is a shortest path
over the mentors, with lengths that are never negative at prices that were optimal before, and no
longer than what the column gains. If there is room, people move along the path; in both cases
prices rise along it until every column has what it asks for (successive shortest paths with
potentials: Edmonds and Karp 1972; Ahuja, Magnanti and Orlin 1993, Network Flows, chapter 9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.shortlists import run_positions
from mentormatch.solvers.flows.potentials import Potentials

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.columns import PairColumns
    from mentormatch.solvers.flows.transport import Transport

__all__ = ["is_repairable", "repair_choice"]

# For more columns than these a new flow is quicker: one takes about a hundredth of its time.
FEW = 100


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

    The transport is one that `is_repairable`, and whose coverage is known to be complete.
    ``chosen`` (columns,) is an optimal choice among the columns that do not improve; improvements
    up to ``noise``, in units of score, are rounding. None where so many columns improve that a new
    flow is quicker.
    """
    mine = columns.mentees[chosen]
    without = transport.demand > 0
    without[mine] = False
    threshold = np.full(columns.n, np.inf)
    threshold[mine] = columns.scores[chosen] - potentials.prices[columns.mentors[chosen]]
    threshold[without] = -potentials.nobody[0]
    gain = columns.scores - potentials.prices[columns.mentors] - threshold[columns.mentees]
    gain[chosen] = 0.0
    improving = np.flatnonzero(gain > noise)
    if len(improving) > FEW:
        return None
    improving = improving[np.argsort(-gain[improving], kind="stable")]
    search = _PathRepair(transport, columns, chosen, potentials, noise, improving)
    for column in search.of_columns[improving].tolist():
        search.admit(column)
    return search.result(potentials)


class _PathRepair:
    """Augmenting-path search: mentors are nodes, as are "nobody" and "a free seat".

    Each arc is a column of somebody who is at a node, and leads to the column's mentor. So are
    those to and from the two other nodes: who may come to have nobody has one more column, of score
    0; each mentor has a seat that may come to be free, and the free seats are one who may take the
    seat of any mentor above its minimum.
    """

    def __init__(
        self,
        transport: Transport,
        columns: PairColumns,
        chosen: NDArray[np.bool_],
        potentials: Potentials,
        noise: float,
        improving: NDArray[np.intp],
    ) -> None:
        n, m = transport.shape
        self.noise, self.transport, self.columns = noise, transport, columns
        nobody, free = m, m + 1
        mine = columns.mentees[chosen]
        without = transport.demand > 0
        without[mine] = False
        # Nobody may come to be without a mentor who is not, unless another takes the place.
        self.lacking = bool(without.any())
        hopeful = np.flatnonzero(transport.demand > 0) if self.lacking else np.empty(0, np.intp)
        mentors = np.arange(m)
        people = np.concatenate([columns.mentees, hopeful, n + mentors, np.full(m, n + m)])
        # Two sorted runs and a third: a stable sort merges them in one go.
        order = np.argsort(people, kind="stable")
        self.people = people[order].astype(np.int32)
        self.heads = np.concatenate(
            [columns.mentors, np.full(len(hopeful), nobody), np.full(m, free), mentors]
        )[order].astype(np.int32)
        self.scores = np.concatenate([columns.scores, np.zeros(len(people) - len(columns))])[order]
        self.first = np.searchsorted(self.people, np.arange(n + m + 2))
        place = np.empty(len(order), dtype=np.intp)
        place[order] = np.arange(len(order))
        self.of_columns = place[: len(columns)]
        self.of_seats = place[len(people) - 2 * m : len(people) - m]
        self.of_free = place[len(people) - m :]
        self.hold = np.full(n + m + 1, -1, dtype=np.intp)
        self.hold[mine] = self.of_columns[chosen]
        self.hold[hopeful[without[hopeful]]] = place[len(columns) :][: len(hopeful)][
            without[hopeful]
        ]
        self.at = np.concatenate([np.full(n, nobody), mentors, [free]])
        self.at[mine] = columns.mentors[chosen]
        alone = float(potentials.nobody[0]) if self.lacking else 0.0
        self.prices = np.concatenate([potentials.prices, [alone, 0.0]])
        self.closed = np.zeros(len(order), dtype=bool)
        self.closed[self.of_columns[improving]] = True
        self.closed[self.of_columns[transport.demand[columns.mentees] == 0]] = True
        self._arrange()

    def admit(self, column: int) -> None:
        """Admit one column; people move where it gains more than they lose."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        mentee, mentor = int(self.people[column]), int(self.heads[column])
        prices, origin = self.prices, int(self.at[mentee])
        gain = float(self.scores[column] - prices[mentor])
        gain -= float(self.scores[self.hold[mentee]] - prices[origin])
        self.closed[column] = False
        row = self._row(origin)
        self.loss[row][self.arcs[row] == column] = (
            self.scores[self.hold[mentee]] - self.scores[column]
        )
        if gain <= self.noise:
            return
        lengths = self.loss + prices[self.ends] - np.repeat(prices, np.diff(self.starts))
        # Rounding is no way to gain.
        np.maximum(lengths, 0.0, out=lengths)
        # The column itself is no way to make room for it.
        lengths[row][self.arcs[row] == column] = np.inf
        nodes = len(prices)
        graph = csr_array((lengths, self.ends, self.starts), shape=(nodes, nodes))
        (far,), (before,) = dijkstra(graph, indices=[mentor], limit=gain, return_predecessors=True)
        most = min(gain, float(far[origin]))
        if most < gain:
            node = origin
            while node != mentor:
                row = self._row(int(before[node]))
                ways = np.flatnonzero(self.ends[row] == node)
                way = self.arcs[row][ways[lengths[row][ways].argmin()]]
                if self.people[way] < self.columns.n:
                    self.hold[self.people[way]] = way
                node = int(before[node])
            self.hold[mentee] = column
            self._arrange()
        near = far < most
        prices[near] += most - far[near]

    def _row(self, node: int) -> slice:
        """Where the arcs from a node are."""
        return slice(int(self.starts[node]), int(self.starts[node + 1]))

    def _arrange(self) -> None:
        """Sort the arcs by the node they start from, with what each loses before prices."""
        n, m = self.columns.n, self.columns.m
        held = np.flatnonzero(self.hold[:n] >= 0)
        self.at[held] = self.heads[self.hold[held]]
        loads = np.bincount(self.at[held], minlength=m)[:m]
        self.closed[self.of_seats] = loads >= self.transport.capacity
        self.closed[self.of_free] = loads <= self.transport.minimum
        sitting = np.argsort(self.at, kind="stable")
        counts = np.diff(self.first)[sitting]
        self.arcs = run_positions(self.first[sitting], counts)
        ends = np.concatenate([[0], np.cumsum(counts)])
        self.starts = ends[np.searchsorted(self.at[sitting], np.arange(m + 3))].astype(np.int32)
        self.ends = self.heads[self.arcs]
        own = np.where(self.hold >= 0, self.scores[self.hold], 0.0)
        loss = np.where(self.closed, np.inf, own[self.people] - self.scores)
        self.loss = loss[self.arcs]

    def result(self, potentials: Potentials) -> tuple[NDArray[np.bool_], Potentials]:
        """The choice and its potentials, with the price of a free seat at 0 again."""
        m = self.columns.m
        prices = self.prices - self.prices[m + 1]
        taken = np.zeros(len(self.people), dtype=bool)
        taken[self.hold[self.hold >= 0]] = True
        chosen = taken[self.of_columns]
        nobody = float(prices[m])
        if not self.lacking:
            held = np.flatnonzero(chosen)
            asked = prices[self.columns.mentors[held]] - self.columns.scores[held]
            nobody = float(asked.max(initial=-np.inf))
        return chosen, Potentials(prices[:m], np.array([nobody]), potentials.place)
