"""The highest level that no chosen pair has to fall below: bisection between a flow and a cut.

A maximum flow on the pairs at or above a level says whether they are enough. Few of them usually
are, so the flow sees a few pairs of everybody; where it falls short, alternating paths over all
pairs either find the ones that help or end in a cut: mentees who at this level reach only mentors
that are full of each other (Hall 1935). The best pair that leads out of a cut is the next level
worth trying, so that most levels are never looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError
from mentormatch.solvers.assignment.minimums import add_columns_for_minimums
from mentormatch.solvers.assignment.pricing import best_open_of_groups
from mentormatch.solvers.flows.arcs import flow_on_arcs
from mentormatch.solvers.flows.columns import PairColumns

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.solvers.flows.transport import Transport

__all__ = ["LevelCut", "Threshold", "highest_threshold"]

# Pairs up to which a flow sees all of them.
ALL_PAIRS = 500_000
# Pairs of each mentee that it sees otherwise, at first: the best of as many groups of mentors.
GROUPS = 24


@dataclass(frozen=True, eq=False)
class LevelCut:
    """Why no more mentees can be covered: whoever is left has only mentors inside."""

    mentors: NDArray[np.bool_]  # (mentors,): full of mentees who have no one outside
    mentees: NDArray[np.bool_]  # (mentees,): those who have no one outside
    last: int  # the last priority class that takes part


@dataclass(frozen=True, eq=False)
class Threshold:
    """The highest level that can be kept."""

    level: float  # in the unit of the levels
    coverage: NDArray[np.int64]  # (classes,): mentees who get a mentor, as many as with all pairs
    # shows that no higher level is possible; None where a minimum is the reason
    cut: LevelCut | None


def highest_threshold(
    transport: Transport, levels: NDArray[np.float64], above: float = -np.inf
) -> Threshold | None:
    """The highest level t such that no pair with a level in (above, t) is needed.

    Needed for the largest coverage, class by class, and for the minimums. None when no pair above
    ``above`` is; pairs up to it may be made whatever the level. The transport has at most one place
    each; ``levels`` are (mentees, mentors), NaN where a pair must not be made. Raises
    InfeasibleError where the minimums cannot be met.
    """
    search = _LevelSearch(transport, levels, above)
    target = search.cover(-np.inf, None)
    if not isinstance(target, _Covered):
        raise InfeasibleError("the minimums cannot be met")
    reach = search.start(target)
    if reach is None:
        return None
    high, cut = reach
    low, trying, at_end = target.lowest, high, True
    while low < high:
        found = search.cover(trying, target.prefix)
        if isinstance(found, _Covered):
            low = max(low, trying, search.lowest_from(trying) if search.complete else found.lowest)
        else:
            high, cut = search.beyond(found, trying), found
        # Where all levels are known the middle one of those between is next; where only some are,
        # what leads out of the last cut is tried in turn with it.
        middle = None if not at_end and not search.complete else search.between(low, high)
        at_end = middle is None
        trying = high if middle is None else middle
    return Threshold(high, np.diff(target.prefix, prepend=0), cut)


@dataclass(frozen=True, eq=False)
class _Covered:
    """Mentees covered up to each class, and a level known to be enough; −inf where it is open."""

    prefix: NDArray[np.int64]
    lowest: float


class _LevelSearch:
    """All pairs, and those among them that the flows see."""

    def __init__(self, transport: Transport, levels: NDArray[np.float64], above: float) -> None:
        self.transport, self.levels, self.above = transport, levels, above
        self.once = np.where(transport.covered, 0, np.minimum(transport.demand, 1))
        self.wanting = np.flatnonzero(self.once)
        self.closed = transport.capacity == 0
        self.capacity = np.minimum(transport.capacity, len(transport.demand))
        self.n_classes = transport.n_classes
        self.best = np.full(len(transport.demand), -np.inf)
        self.seen = self._first_pairs()

    def read(self, mentees: NDArray[np.intp]) -> NDArray[np.float64]:
        """Read the levels of some mentees, −inf where nothing is open."""
        found = self.levels[mentees]
        found[np.isnan(found)] = -np.inf
        found[:, self.closed] = -np.inf
        return found

    def allowed(self, found: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
        """Which pairs may be made at a level."""
        return ((found >= level) | (found <= self.above)) & (found > -np.inf)

    @property
    def complete(self) -> bool:
        """Whether the flows see all pairs."""
        return self.levels.size <= ALL_PAIRS

    def lowest_from(self, level: float) -> float:
        """The lowest level of a pair that is seen, from ``level`` on; −∞ where there is none."""
        found = self.seen.scores[(self.seen.scores >= level) & (self.seen.scores > self.above)]
        return float(found.min()) if len(found) else -np.inf

    def between(self, low: float, high: float) -> float | None:
        """A level between two others, half of those that are seen on either side; None if none."""
        found = self.seen.scores
        found = found[(found > max(low, self.above)) & (found < high)]
        if len(found):
            return float(np.partition(found, len(found) // 2)[len(found) // 2])
        middle = low + (high - low) / 2
        return None if self.complete or not low < middle < high else middle

    def _first_pairs(self) -> PairColumns:
        n, m = self.levels.shape
        mentees: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
        mentors: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
        scores: list[NDArray[np.float64]] = [np.empty(0)]
        width = 1 if self.complete else max(1, -(-m // GROUPS))
        for part in self.transport.row_blocks(len(self.wanting)):
            rows = self.wanting[part]
            found = self.read(rows)
            if m:
                self.best[rows] = found.max(axis=1)
            row, column = best_open_of_groups(found, width)
            mentees.append(rows[row])
            mentors.append(column)
            scores.append(found[row, column])
        return PairColumns.empty(n, m).with_pairs(
            np.concatenate(mentees), np.concatenate(mentors), np.concatenate(scores)
        )

    def start(self, target: _Covered) -> tuple[float, LevelCut | None] | None:
        """The first bound on the level and why; None when no pair above ``above`` is needed."""
        if np.isfinite(self.above):
            found = self.cover(np.inf, target.prefix)
            return None if isinstance(found, _Covered) else (self.beyond(found, np.inf), found)
        if not target.prefix[-1]:
            return None
        # As many as are covered have to have a pair at the level: it is the best of the last one.
        high, last = np.inf, 0
        for c, count in enumerate(target.prefix.tolist()):
            members = np.flatnonzero((self.once > 0) & (self.transport.classes <= c))
            if count:
                limit = float(np.partition(self.best[members], -count)[-count])
                high, last = (limit, c) if limit < high else (high, last)
        nobody = np.zeros(len(self.once), dtype=bool)
        return high, LevelCut(np.zeros(len(self.closed), dtype=bool), nobody, last)

    def beyond(self, cut: LevelCut | None, level: float) -> float:
        """The highest level below ``level`` at which a pair leads out of a cut."""
        rows = self.wanting if cut is None else np.flatnonzero(cut.mentees)
        best = -np.inf
        for part in self.transport.row_blocks(len(rows)):
            found = self.read(rows[part])
            if cut is not None:
                found[:, cut.mentors] = -np.inf
            found[(found >= level) | (found <= self.above)] = -np.inf
            best = max(best, float(found.max(initial=-np.inf)))
        return best

    def cover(self, level: float, target: NDArray[np.int64] | None) -> _Covered | LevelCut | None:
        """Reach the target at a level (None: as much as possible), or say why not.

        None where a minimum cannot be met.
        """
        known = self.seen.keep(self.allowed(self.seen.scores, level))
        prefix = np.zeros(self.n_classes, dtype=np.int64)
        # Every class needs its own flow: that of all classes may serve a lower one instead.
        lowest = np.inf
        for c in range(self.n_classes):
            within = np.where(self.transport.classes <= c, self.once, 0)
            most = min(int(within.sum()), int(self.capacity.sum()))
            goal = most if target is None else int(target[c])
            while True:
                flow = flow_on_arcs(known.mentees, known.mentors, within, self.capacity)
                prefix[c] = int(np.count_nonzero(flow))
                if prefix[c] >= goal:
                    break
                grown = self._paths(known, flow, within, level, c)
                if isinstance(grown, LevelCut):
                    if target is None:
                        break
                    return grown
                known = grown
            used = known.scores[flow]
            lowest = min(lowest, float(used[used > self.above].min(initial=np.inf)))
        if self.transport.minimum.any():
            return _Covered(prefix, -np.inf) if self._minimums(known, level) else None
        return _Covered(prefix, lowest)

    def _paths(
        self,
        known: PairColumns,
        flow: NDArray[np.bool_],
        within: NDArray[np.int64],
        level: float,
        last: int,
    ) -> PairColumns | LevelCut:
        """The known pairs with those of alternating paths to free seats, or the cut without any."""
        holder, held = known.mentees[flow], known.mentors[flow]
        free = np.bincount(held, minlength=known.m) < self.capacity
        seen, reached = np.zeros(known.n, dtype=bool), np.zeros(known.m, dtype=bool)
        frontier = np.flatnonzero(within > np.bincount(holder, minlength=known.n))
        found_i: list[NDArray[np.intp]] = []
        found_j: list[NDArray[np.intp]] = []
        while len(frontier):
            seen[frontier] = True
            before, arrived = reached.copy(), False
            for part in self.transport.row_blocks(len(frontier)):
                rows = frontier[part]
                found = self.read(rows)
                open_pairs = self.allowed(found, level)
                open_pairs[:, before] = False
                new = np.flatnonzero(open_pairs.any(axis=0) & ~reached)
                reached[new] = True
                first = open_pairs[:, new].argmax(axis=0)
                found[~open_pairs | ~free] = -np.inf
                best = found.argmax(axis=1)
                ends = np.flatnonzero(found[np.arange(len(rows)), best] > -np.inf)
                arrived = arrived or bool(len(ends))
                found_i += [rows[first], rows[ends]]
                found_j += [new, best[ends]]
            if arrived:
                mentees, mentors = np.concatenate(found_i), np.concatenate(found_j)
                pairs = mentees, mentors, self.levels[mentees, mentors]
                self.seen = self.seen.with_pairs(*pairs)
                return known.with_pairs(*pairs)
            fresh_mentors = reached & ~before
            frontier = np.unique(holder[fresh_mentors[held]])
            frontier = frontier[~seen[frontier]]
        return LevelCut(reached, seen, last)

    def _minimums(self, known: PairColumns, level: float) -> bool:
        """Whether the pairs at a level can meet every minimum."""

        def read(
            rows: slice | NDArray[np.intp], columns: slice | None = None
        ) -> NDArray[np.float64]:
            found = self.read(np.arange(known.n)[rows])
            found = np.where(self.allowed(found, level), found, -np.inf)
            return found if columns is None else found[:, columns]

        asked = replace(
            self.transport,
            read=read,
            read_tiles=None,
            exact=lambda i, j: np.asarray(self.levels[i, j]),
            error=0.0,
        )
        try:
            add_columns_for_minimums(asked, known)
        except InfeasibleError:
            return False
        return True
