"""Which minimums and pins cannot all hold, where there are no side rules: asked of a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mentormatch.problem.checks import are_among
from mentormatch.solvers.flows.arcs import flow_on_arcs
from mentormatch.strategies.infeasible.conditions import count_eligible, eligible_pairs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem

__all__ = ["FlowConditions"]

# Above so many arcs a part of them is tried first: about so many for each place of a minimum.
MANY_ARCS = 200_000
ENOUGH = 8


class FlowConditions:
    """The minimums and pins of a problem; numbered minimums first, by mentor, then pins.

    The problem is without side rules. ``pins`` are all in question, also such as cannot hold.
    """

    def __init__(self, problem: Problem, pins: Sequence[PairRule]) -> None:
        self.minimum, self.capacity = problem.minimums, problem.capacities
        self.demand = problem.demands
        self.needed = np.flatnonzero(self.minimum > 0)
        compatibility = problem.compatibility
        self.pins = np.array(
            [
                (
                    compatibility.mentee_position(one.mentee),
                    compatibility.mentor_position(one.mentor),
                )
                for one in pins
            ],
            dtype=np.intp,
        ).reshape(-1, 2)
        self.open_pins = np.array([not problem.reasons(i, j) for i, j in self.pins.tolist()], bool)
        # A mentor whom enough people are eligible to can be filled last, whatever the others have.
        total = int(self.minimum.sum()) + len(self.pins)
        fits = (self.minimum > 0) & (self.minimum <= self.capacity)
        self._eligible = count_eligible(problem)
        enough = self._eligible >= total
        pinned = np.bincount(self.pins[:, 1], minlength=len(self.minimum))
        self.free = fits & enough & (pinned == 0)
        hard = self.needed[~self.free[self.needed]]
        self.mentees, self.mentors = eligible_pairs(problem, hard)
        # Where all that is short is a single seat, what is found cannot be made smaller.
        self.is_smallest = False

    @property
    def count(self) -> int:
        """How many conditions there are."""
        return len(self.needed) + len(self.pins)

    @property
    def fewest(self) -> int:
        """No conflict has fewer conditions, by counting alone.

        Minimums in conflict ask together for more than the people who are eligible to any one of
        them, less one for each pin, so at least for so many that the largest exceed the fewest.
        """
        everything = np.ones(self.count, dtype=bool)
        if (self.minimum > self.capacity).any() or self._find_clash_of_pins(everything):
            return 1
        hard = self.needed[~self.free[self.needed]]
        weights = np.concatenate([self.minimum[self.needed], np.ones(len(self.pins), np.int64)])
        asked = np.cumsum(np.sort(weights)[::-1])
        least = int(self._eligible[hard].min(initial=int(weights.sum())))
        return int(np.searchsorted(asked, least, side="right")) + 1

    def find_conflict(self, kept: Sequence[int]) -> list[int] | None:
        """Return conditions among ``kept`` that cannot all hold; None where all of them can."""
        asked = np.zeros(self.count, dtype=bool)
        asked[list(kept)] = True
        self.is_smallest = False
        clash = self._find_clash_of_pins(asked)
        if clash is not None:
            return clash
        minimum = np.zeros_like(self.minimum)
        minimum[self.needed] = np.where(asked[: len(self.needed)], self.minimum[self.needed], 0)
        too_many = np.flatnonzero(minimum > self.capacity)
        if len(too_many):
            self.is_smallest = True
            return [int(np.searchsorted(self.needed, too_many[0]))]
        minimum[self.free] = 0
        return self._find_shortage(asked, minimum)

    def shortages(self) -> NDArray[np.int64]:
        """How much each minimum is lowered at least, together as little as possible, pins kept."""
        beyond = np.maximum(self.minimum - self.capacity, 0)
        minimum = np.where(self.free, 0, self.minimum - beyond)
        kept = np.unique(self.pins, axis=0)
        filled, _ = self._fill(kept, minimum)
        return np.asarray(np.maximum(minimum - filled, 0) + beyond, dtype=np.int64)

    def _find_clash_of_pins(self, asked: NDArray[np.bool_]) -> list[int] | None:
        """Pins that a rule, a demand or a capacity forbids; None where there are none."""
        first = len(self.needed)
        numbers = np.flatnonzero(asked[first:])
        closed = numbers[~self.open_pins[numbers]]
        if len(closed):
            self.is_smallest = True
            return [first + int(closed[0])]
        # A pair that is pinned twice is one pair.
        _, once = np.unique(self.pins[numbers], axis=0, return_index=True)
        numbers = numbers[np.sort(once)]
        for side, limit in ((0, self.demand), (1, self.capacity)):
            held = np.bincount(self.pins[numbers, side], minlength=len(limit))
            over = np.flatnonzero(held > limit)
            if len(over):
                clash = numbers[self.pins[numbers, side] == over[0]][: int(limit[over[0]]) + 1]
                return [first + int(one) for one in clash]
        return None

    def _fill(
        self, pins: NDArray[np.intp], minimum: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Fill minimums beside pins: how many each mentor has, pins included, and the arcs used."""
        m = len(minimum)
        placed = np.bincount(pins[:, 0], minlength=len(self.demand))
        held = np.bincount(pins[:, 1], minlength=m)
        needed = np.maximum(minimum - held, 0)
        useful = needed[self.mentors] > 0
        if len(pins):
            useful &= ~are_among(self.mentees, self.mentors, *pins.T)
        free = self.demand - placed
        used = np.zeros(len(self.mentees), dtype=bool)
        if np.count_nonzero(useful) > MANY_ARCS:
            # Of many arcs some are mostly enough: nothing fills more than all places, or all needs.
            counts = np.bincount(self.mentors, minlength=m)
            share = ENOUGH * (needed + 1) / np.maximum(counts, 1)
            some = np.flatnonzero(useful)
            some = some[np.random.default_rng(0).random(len(some)) < share[self.mentors[some]]]
            used[some] = flow_on_arcs(self.mentees[some], self.mentors[some], free, needed)
            people = np.zeros(len(free), dtype=bool)
            people[self.mentees[useful]] = True
            if np.count_nonzero(used) < min(int(needed.sum()), int(free[people].sum())):
                used[:] = False
                used[useful] = flow_on_arcs(
                    self.mentees[useful], self.mentors[useful], free, needed
                )
        else:
            used[useful] = flow_on_arcs(self.mentees[useful], self.mentors[useful], free, needed)
        filled = np.bincount(self.mentors[used], minlength=m) + held
        return filled.astype(np.int64), used

    def _find_shortage(
        self, asked: NDArray[np.bool_], minimum: NDArray[np.int64]
    ) -> list[int] | None:
        """Minimums that want more places than there are, and the pins that took such places.

        By Hall's theorem: the mentors whom a seat that is short can be passed on to along the flow
        have all the places of all who are eligible to them. Where d places are short, minimums of
        less than d together can be left out, and still one is short.
        """
        first = len(self.needed)
        numbers = np.flatnonzero(asked[first:])
        pins = np.unique(self.pins[numbers], axis=0)
        filled, used = self._fill(pins, minimum)
        short = np.maximum(minimum - filled, 0)
        if not short.any():
            return None
        taken = are_among(self.mentees, self.mentors, *pins.T)
        reached = short > 0
        while True:
            people = np.zeros(len(self.demand), dtype=bool)
            people[self.mentees[reached[self.mentors] & ~used & ~taken]] = True
            more = reached.copy()
            more[self.mentors[used & people[self.mentees]]] = True
            if (more == reached).all():
                break
            reached = more
        self.is_smallest = int(short.sum()) == 1 and not len(numbers)
        by_size = np.flatnonzero(reached)[np.argsort(minimum[reached], kind="stable")]
        surplus = by_size[np.cumsum(minimum[by_size]) < short.sum()]
        if len(surplus):
            fewer = asked.copy()
            fewer[np.flatnonzero(~reached[self.needed] | np.isin(self.needed, surplus))] = False
            least = minimum.copy()
            least[surplus] = 0
            again = self._find_shortage(fewer, least)
            self.is_smallest = False
            return again
        people[self.mentees[reached[self.mentors]]] = True
        at = self.pins[numbers]
        matter = numbers[people[at[:, 0]] & ~reached[at[:, 1]]]
        minimums = np.flatnonzero(reached[self.needed] & asked[:first])
        return [*minimums.tolist(), *(first + matter).tolist()]
