"""The exchange graph of an optimal matching: who could move where, and what that costs the total.

The residual graph, contracted to mentors. An arc a → k says that somebody at a may move to k; its
length is what the total loses when the one who loses least does. Being without a mentor is a node
for each priority class, and *slack* is the node of free seats: a mentor with a free seat leads to
it, and it leads to every mentor who may give a mentee away. A path is a chain of moves.

A matching is optimal exactly where no cycle is negative [1]_; prices then make every arc
non-negative, and distances are found by Dijkstra's algorithm from both ends [2]_.

References
----------
.. [1] M. Klein (1967), A primal method for minimal cost flows.
.. [2] T. A. J. Nicholson (1966), Finding the shortest route between two points in a network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.certificates import coverage_bounds, residual_gains, seats_bound
from mentormatch.compatibility import row_slices
from mentormatch.errors import NotExplainableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["ExchangeGraph", "Move", "Path", "exchange_graph"]

# What the graph may take, in bytes: 16,000 mentors.
MOST_BYTES = 2**31
# Sweeps after which prices that still rise are taken for a sign of a cycle.
MOST_SWEEPS = 2_000
RELATIVE = 1e-9
# Scores below this are all the same.
SMALLEST = 1e-280
NOT_OPTIMAL = (
    "This matching is not the best one for its problem: some people could move so that the total "
    "rises or somebody more is matched, so there is no cost of a change from the best. Use "
    'mm.match(problem, "optimal"), or mm.audit(matching) for what is missing.'
)


class Move(NamedTuple):
    """One mentee leaves one place for another; nodes of the graph, and the gain in score."""

    mentee: int
    tail: int
    head: int
    gain: float


class Path(NamedTuple):
    """A shortest path: what it costs the total, and its nodes (empty where there is none)."""

    cost: float
    nodes: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ExchangeGraph:
    """Reduced costs between mentors, and the prices that go with them.

    Nodes: the mentors 0 … m−1; ``place`` = m (no further place, or nothing where only the total
    counts); one node "nobody" for each priority class; ``slack`` last.

    Parameters
    ----------
    matching
        An optimal matching.
    reduced
        float64 array (nodes, nodes): cost of an arc at these prices, ≥ 0; inf where there is none.
    prices
        float64 array (nodes,).
    tolerance
        Costs up to this size, in units of score, count as 0.
    """

    matching: Matching
    reduced: NDArray[np.float64]
    prices: NDArray[np.float64]
    tolerance: float

    @property
    def n_mentors(self) -> int:
        """How many mentors there are."""
        return self.matching.problem.shape[1]

    @property
    def place(self) -> int:
        """The node of those who lack a further place, or have nothing where that costs nothing."""
        return self.n_mentors

    @property
    def slack(self) -> int:
        """The node of free seats."""
        return len(self.prices) - 1

    @property
    def nobody(self) -> tuple[int, ...]:
        """The nodes of those without a mentor, by priority class, first served first."""
        return tuple(range(self.n_mentors + 1, self.slack))

    @property
    def levels(self) -> tuple[int, ...]:
        """Nodes of what coverage counts, the most important first: classes, then places."""
        problem = self.matching.problem
        if not problem.coverage_first:
            return ()
        several = int(problem.demands.max(initial=0)) > 1
        return (*self.nobody, self.place) if several else self.nobody

    @cached_property
    def movable(self) -> NDArray[np.bool_]:
        """Which pairs of the matching may be given up: all but the pinned ones."""
        problem = self.matching.problem
        m = max(self.n_mentors, 1)
        pinned = problem.pinned[:, 0] * m + problem.pinned[:, 1]
        return ~np.isin(self.matching.mentees * m + self.matching.mentors, pinned)

    @cached_property
    def _by_mentor(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs that may be given up, sorted by mentor, and where each mentor's begin."""
        pairs = np.flatnonzero(self.movable)
        pairs = pairs[np.argsort(self.matching.mentors[pairs], kind="stable")]
        starts = np.searchsorted(self.matching.mentors[pairs], np.arange(self.n_mentors + 1))
        return pairs, starts

    def pairs_at(self, mentor: int) -> NDArray[np.intp]:
        """The pairs of a mentor that may be given up, as places in the matching."""
        pairs, starts = self._by_mentor
        return pairs[starts[mentor] : starts[mentor + 1]]

    def lacking_node(self, mentee: int) -> int:
        """The node where somebody stands who has a place left to fill."""
        problem = self.matching.problem
        if not problem.coverage_first or self.matching.places[mentee] > 0:
            return self.place
        return self.n_mentors + 1 + int(problem.priority_classes[mentee])

    def node_without(self, mentee: int) -> int:
        """The node where somebody would stand who gave a place up for nothing."""
        problem = self.matching.problem
        if not problem.coverage_first or self.matching.places[mentee] > 1:
            return self.place
        return self.n_mentors + 1 + int(problem.priority_classes[mentee])

    def places_of(self, mentee: int) -> list[tuple[int, float]]:
        """The nodes a mentee can be taken from, with the score that is given up there."""
        mine = np.flatnonzero((self.matching.mentees == mentee) & self.movable)
        held = [(int(self.matching.mentors[k]), float(self.matching.scores[k])) for k in mine]
        if self.matching.places[mentee] < self.matching.problem.demands[mentee]:
            held.append((self.lacking_node(mentee), 0.0))
        return held

    # ------------------------------------------------------------------ distances

    def path(self, source: int, target: int) -> Path:
        """A shortest path, by Dijkstra's algorithm from both ends."""
        if source == target:
            return Path(0.0, (source,))
        count = len(self.prices)
        ahead, behind = np.full(count, np.inf), np.full(count, np.inf)
        ahead[source] = behind[target] = 0.0
        open_ahead, open_behind = ahead.copy(), behind.copy()
        least_out, least_in = self._least_lengths
        before, after = np.full(count, -1), np.full(count, -1)
        best, meeting = np.inf, -1
        while True:
            u, v = int(open_ahead.argmin()), int(open_behind.argmin())
            near, far = open_ahead[u], open_behind[v]
            if near + far >= best or not np.isfinite(near + far):
                break
            if near + least_out[u] <= far + least_in[v]:
                reach = self.reduced[u] + near
                open_ahead[u] = np.inf
                closer = np.flatnonzero(reach < ahead)
                ahead[closer] = open_ahead[closer] = reach[closer]
                before[closer] = u
            else:
                reach = self.reduced[:, v] + far
                open_behind[v] = np.inf
                closer = np.flatnonzero(reach < behind)
                behind[closer] = open_behind[closer] = reach[closer]
                after[closer] = v
            through = ahead[closer] + behind[closer]
            if len(through) and through.min() < best:
                best, meeting = float(through.min()), int(closer[through.argmin()])
        if meeting < 0:
            return Path(np.inf, ())
        nodes = [meeting]
        while nodes[0] != source:
            nodes.insert(0, int(before[nodes[0]]))
        while nodes[-1] != target:
            nodes.append(int(after[nodes[-1]]))
        return Path(float(best + self.prices[source] - self.prices[target]), tuple(nodes))

    @cached_property
    def _least_lengths(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The shortest arc out of, and into, each node."""
        return self.reduced.min(axis=1), self.reduced.min(axis=0)

    def costs_from(self, source: int) -> NDArray[np.float64]:
        """What it costs the total to get from a node to each other."""
        return np.asarray(self._spread(self.reduced, source) + self.prices[source] - self.prices)

    def costs_to(self, target: int) -> NDArray[np.float64]:
        """What it costs the total to get from each node to one."""
        found = self._spread(self.reduced.T, target)
        return np.asarray(found + self.prices - self.prices[target])

    @staticmethod
    def _spread(reduced: NDArray[np.float64], start: int) -> NDArray[np.float64]:
        """Distances from a node, by Dijkstra's algorithm."""
        found = np.full(len(reduced), np.inf)
        found[start] = 0.0
        opened = found.copy()
        for _ in range(len(reduced)):
            here = int(opened.argmin())
            near = opened[here]
            if not np.isfinite(near):
                break
            opened[here] = np.inf
            reach = reduced[here] + near
            closer = np.flatnonzero(reach < found)
            found[closer] = opened[closer] = reach[closer]
        return found

    # ------------------------------------------------------------------ who moves

    def moves(self, nodes: tuple[int, ...], taken: tuple[int, ...] = ()) -> list[Move]:
        """Who moves along a path; steps from and to slack move nobody.

        ``taken``: mentees who move already, and so cannot be moved here.
        """
        made: list[Move] = []
        for tail, head in pairwise(nodes):
            if self.slack in (tail, head):
                continue
            made.append(self._mover(tail, head, (*taken, *(one.mentee for one in made))))
        return made

    def _mover(self, tail: int, head: int, taken: tuple[int, ...]) -> Move:
        """Who of those at ``tail`` loses least by going to ``head``."""
        matching, problem = self.matching, self.matching.problem
        m = self.n_mentors
        places = matching.places
        if tail < m:
            pairs = self.pairs_at(tail)
            who, own = matching.mentees[pairs], matching.scores[pairs]
        else:
            short = np.flatnonzero(places < problem.demands)
            who = short[[self.lacking_node(int(i)) == tail for i in short]]
            own = np.zeros(len(who))
        if head < m:
            gained = np.asarray(problem.pairs(who, np.full(len(who), head)).scores, np.float64)
            gained = np.where(np.isnan(gained), -np.inf, gained)
            has = matching.mentees[matching.mentors == head]
            gained[np.isin(who, has)] = -np.inf
        elif not problem.coverage_first:
            gained = np.zeros(len(who))
        else:
            nobody = m + 1 + problem.priority_classes[who]
            gained = np.where(np.where(places[who] > 1, m, nobody) == head, 0.0, -np.inf)
        gain = gained - own
        gain[np.isin(who, taken)] = -np.inf
        best = int(gain.argmax())
        return Move(int(who[best]), tail, head, float(gain[best]))


def exchange_graph(matching: Matching) -> ExchangeGraph:
    """Build the graph of an optimal matching: one pass over all pairs, memory O(mentors²).

    Raises
    ------
    NotExplainableError
        Side rules, too many mentors, or a matching that is not optimal.
    """
    problem = matching.problem
    if matching.problem.compatibility.scorer.error:
        # Costs are differences of scores: only exact ones tell a tie from a small loss.
        matching = replace(matching, problem=problem.precise())
        problem = matching.problem
    if problem.sides:
        raise NotExplainableError(
            "With quotas, mentees apart or together, or hours, what one move costs does not follow "
            "from chains of moves. mm.what_if(matching, [mm.change.pin(mentee, mentor)]) solves "
            "again and says it."
        )
    _check_coverage(matching)
    n_classes = problem.n_classes
    m = problem.shape[1]
    count = m + 2 + n_classes
    if 8 * count * count > MOST_BYTES:
        raise NotExplainableError(
            f"The graph of {m:,} mentors takes more than {MOST_BYTES / 2**30:g} GiB. Ask about "
            "parts of the programme that share no mentors."
        )
    gains = residual_gains(matching, slack=True)
    size = float(np.abs(gains).max(initial=0.0, where=gains > -np.inf))
    prices = _prices_of(matching, n_classes)
    least = 16 * np.finfo(np.float64).eps * max(size, float(np.abs(prices).max(initial=0.0)))
    prices = _settled(gains, prices, least)
    reduced = np.negative(gains, out=gains)
    reduced += prices
    reduced -= prices[:, None]
    np.maximum(reduced, 0.0, out=reduced)
    return ExchangeGraph(matching, reduced, prices, RELATIVE * max(size, SMALLEST))


def _prices_of(matching: Matching, n_classes: int) -> NDArray[np.float64]:
    """What a certificate says the nodes are worth; 0 where there is none."""
    m = matching.problem.shape[1]
    prices = np.zeros(m + 2 + n_classes)
    claimed = matching.certificate
    if claimed is None or claimed.method != "prices" or claimed.stages:
        return prices
    prices[:m] = claimed.prices.reindex(matching.problem.mentor_ids).to_numpy(np.float64)
    prices[m] = claimed.seats_multiplier
    coverage = np.asarray(claimed.coverage_multipliers, dtype=np.float64)
    if len(coverage) == n_classes:
        prices[m + 1 : -1] = coverage + claimed.seats_multiplier
    return np.nan_to_num(prices, posinf=0.0, neginf=0.0)


def _settled(
    gains: NDArray[np.float64], prices: NDArray[np.float64], least: float
) -> NDArray[np.float64]:
    """Raise prices until no arc gains more than ``least`` on them, by Bellman–Ford.

    Raises
    ------
    NotExplainableError
        They would rise for ever: some chain of moves improves the matching.
    """
    prices = prices.copy()
    changed = np.arange(len(prices))
    for _ in range(min(len(prices) + 1, MOST_SWEEPS)):
        found = np.full_like(prices, -np.inf)
        for part in row_slices(len(changed), len(prices)):
            tails = changed[part]
            reach = gains[tails]
            reach += prices[tails, None]
            np.maximum(found, reach.max(axis=0), out=found)
        better = found > prices + least
        if not better.any():
            return prices
        prices[better] = found[better]
        changed = np.flatnonzero(better)
    raise NotExplainableError(NOT_OPTIMAL)


def _check_coverage(matching: Matching) -> None:
    """Refuse a matching in which somebody more could have a mentor, or a mentor more.

    Raises
    ------
    NotExplainableError
        There is a chain of moves that ends at a free seat.
    """
    problem = matching.problem
    if not problem.coverage_first or (matching.certificate and matching.certificate.proven):
        return
    n_classes = problem.n_classes
    covered = np.bincount(problem.priority_classes[matching.places > 0], minlength=n_classes)
    complete = bool((np.cumsum(covered) == coverage_bounds(matching)).all())
    if not complete or len(matching.mentees) != seats_bound(matching):
        raise NotExplainableError(NOT_OPTIMAL)
