"""A matching that keeps side rules, made quickly from one that does not: no proof, no search."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import InfeasibleError
from mentormatch.problem.checks import are_among
from mentormatch.solvers import solve
from mentormatch.strategies.staged.open_pairs import (
    AT_ONCE,
    GROUPS,
    OpenPairs,
    ReducedCosts,
    seats_of,
)
from mentormatch.strategies.staged.transports import transport_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers import Answer
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.programs.side_program import SideProgram

__all__ = ["repair", "repair_optimum", "worth_of"]

# Mentees times mentors up to which a table of all pairs is made.
MOST_PAIRS = 20_000_000


def repair(
    pairs: OpenPairs, chosen: NDArray[np.intp], deadline: Deadline
) -> tuple[OpenPairs, NDArray[np.intp]] | None:
    """Drop pairs where a rule has too many, add some where it has too few, then fill what is left.

    Pairs of low score are dropped first and those of high score are added first. That is quick and
    nothing more: where groups overlap it need not find a matching that exists. It begins with the
    pairs at the positions ``chosen``; once the deadline has passed, a second way is tried only
    where the first serves fewer than these do. Returns the pairs, with more of those for whom
    something was left, and the positions of those that keep all rules; None where none were found.
    """
    *wanted, _ = _worth((pairs, chosen))
    kept = _Kept(pairs.program(), chosen)
    kept.drop()
    kept.reach()
    chosen = np.flatnonzero(kept.made)
    found = [_filled(*_with_what_is_left(pairs, chosen, deadline))]
    # As many served as without the rules: what could be better is the total alone.
    *served, _ = _worth(found[0])
    late = deadline.has_passed and bool(wanted) and served >= wanted
    late &= found[0][0].keeps_rules(found[0][1])
    if np.prod(pairs.problem.shape) <= MOST_PAIRS and not late:
        more = _with_free_pairs(pairs, chosen)
        found.append(_filled(*_with_what_is_left(*more, deadline)))
    kept_rules = [one for one in found if one[0].keeps_rules(one[1])]
    return max(kept_rules, key=_worth, default=None)


def repair_optimum(
    problem: Problem, deadline: Deadline, pairs: OpenPairs | None = None
) -> tuple[tuple[OpenPairs, NDArray[np.intp]] | None, Answer]:
    """Repair the optimum without side rules; return what `repair` does, and that optimum.

    ``pairs`` are those of `OpenPairs.to_start`, where they are at hand.
    """
    pairs = OpenPairs.to_start(problem) if pairs is None else pairs
    plain = pairs.plain if pairs.plain is not None else solve(seats_of(problem))[0]
    made = are_among(pairs.mentees, pairs.mentors, plain.mentees, plain.mentors)
    return repair(pairs, np.flatnonzero(made), deadline), plain


def _worth(found: tuple[OpenPairs, NDArray[np.intp]]) -> tuple[float, ...]:
    """What is compared first to last: coverage of each class, pairs, the total."""
    pairs, chosen = found
    return worth_of(pairs.problem, pairs.mentees[chosen], pairs.mentors[chosen])


def worth_of(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> tuple[float, ...]:
    """Return what is compared first to last: coverage of each class, pairs, the total."""
    total = float(problem.pairs(mentees, mentors).scores.sum())
    if not problem.coverage_first:
        return (total,)
    served = np.bincount(mentees, minlength=problem.shape[0]) > 0
    covered = np.bincount(problem.priority_classes[served], minlength=problem.n_classes)
    return (*covered.tolist(), len(mentees), total)


def _filled(pairs: OpenPairs, chosen: NDArray[np.intp]) -> tuple[OpenPairs, NDArray[np.intp]]:
    """Make what still fits: a first mentor for each mentee, then all else that counts."""
    kept = _Kept(pairs.program(), chosen)
    if pairs.problem.coverage_first:
        kept.fill(np.flatnonzero(~pairs.problem.after_pins.covered[pairs.mentees]), once=True)
        kept.fill(np.arange(len(pairs)))
    else:
        kept.fill(np.flatnonzero(pairs.scores > 0))
    return pairs, np.flatnonzero(kept.made)


def _with_free_pairs(
    pairs: OpenPairs, chosen: NDArray[np.intp]
) -> tuple[OpenPairs, NDArray[np.intp]]:
    """Match again by the pairs that no rule counts and those that are made: without rules, a flow.

    Fewer of a rule are never too many of it.
    """
    problem = pairs.problem
    counted = np.zeros(problem.shape)
    rng = np.random.default_rng(0)
    for constraint in problem.sides.constraints:
        # Of no two rules what they count adds up to nothing.
        constraint.charge(counted, slice(0, len(counted)), rng.uniform(1, 2, len(constraint.low)))
    closed = counted != 0
    closed[pairs.mentees[chosen], pairs.mentors[chosen]] = False

    def read(rows: slice | NDArray[np.intp], columns: slice | None = None) -> NDArray[np.floating]:
        scores = problem.open_scores(rows, columns)
        scores[closed[rows][:, columns or slice(None)]] = -np.inf
        return scores

    try:
        answer, _ = solve(replace(transport_of(problem), read=read, read_tiles=None, lists=None))
    except InfeasibleError:
        return pairs, chosen
    more = pairs.with_pairs((answer.mentees, answer.mentors))
    keys = answer.mentees * problem.shape[1] + answer.mentors
    return more, np.searchsorted(more.columns.keys, np.sort(keys))


def _with_what_is_left(
    pairs: OpenPairs, chosen: NDArray[np.intp], deadline: Deadline
) -> tuple[OpenPairs, NDArray[np.intp]]:
    """Add the pairs of those mentees and mentors who both have a place left.

    When the time is over and they are many, only the best of each mentee with each group of
    mentors.
    """
    left, (n, m) = pairs.problem.after_pins, pairs.problem.shape
    places = left.demand - np.bincount(pairs.mentees[chosen], minlength=n)
    seats = left.capacity - np.bincount(pairs.mentors[chosen], minlength=m)
    charges = ReducedCosts(np.where(places > 0, 0.0, np.inf), np.where(seats > 0, 0.0, np.inf))
    many = np.count_nonzero(places > 0) * np.count_nonzero(seats > 0) > AT_ONCE
    if many and deadline.has_passed:
        more = pairs.add_best_pairs(charges, -np.inf, GROUPS)
    else:
        every = pairs.find_pairs(charges, lambda worth: np.nonzero(worth > -np.inf))
        more = pairs.with_pairs(every)
    return more, np.searchsorted(more.columns.keys, pairs.columns.keys[chosen])


class _Kept:
    """Some of the pairs of a program, and what each row counts of them."""

    def __init__(self, program: SideProgram, chosen: NDArray[np.intp]) -> None:
        self.program = program
        self.rows, self.columns = program.rows.tocsr(), program.rows.tocsc()
        self.made = np.zeros(len(program.mentees), dtype=bool)
        self.made[chosen] = True
        self.counts = np.asarray(self.rows @ self.made.astype(np.int64))

    def change(self, pair: int, *, made: bool) -> None:
        """Make a pair, or no longer."""
        part = slice(self.columns.indptr[pair], self.columns.indptr[pair + 1])
        weights = self.columns.data[part]
        self.counts[self.columns.indices[part]] += weights if made else -weights
        self.made[pair] = made

    def fits(self, pair: int) -> bool:
        """Whether one more pair breaks no limit that is kept, and leaves no row half used."""
        part = slice(self.columns.indptr[pair], self.columns.indptr[pair + 1])
        rows, weights = self.columns.indices[part], self.columns.data[part]
        after = self.counts[rows] + weights
        program = self.program
        low = np.minimum(program.low[rows], self.counts[rows])
        high = np.maximum(program.high[rows], self.counts[rows])
        either = program.thresholds[rows]
        half = (after != 0) & (after < either) & (self.counts[rows] == 0)
        return bool(((low <= after) & (after <= high) & ~half).all())

    def drop(self) -> None:
        """Drop pairs until no row has too much, or is used and does not reach what it must."""
        program = self.program
        while True:
            over = self.counts > program.high
            under = (self.counts < program.low) & (self.counts < 0)
            half = (self.counts > 0) & (self.counts < program.thresholds)
            wrong = np.flatnonzero(over | under | half)
            before = int(self.made.sum())
            for row in wrong.tolist():
                part = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
                pairs, weights = self.rows.indices[part], self.rows.data[part]
                some = self.made[pairs] & ((weights < 0) if under[row] else (weights > 0))
                for pair in pairs[some][np.argsort(program.scores[pairs[some]])].tolist():
                    count = int(self.counts[row])
                    unused = 0 < count < program.thresholds[row]
                    if program.low[row] <= count <= program.high[row] and not unused:
                        break
                    self.change(pair, made=False)
            if int(self.made.sum()) == before:
                return

    def reach(self) -> None:
        """Make pairs in rows that have too little, in place of what their mentees have.

        A row of two together, one of them pinned, has too much until the other's pair is made.
        """
        program = self.program
        for row in np.flatnonzero(self._off()).tolist():
            part = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
            sign = 1 if self.counts[row] < program.low[row] else -1
            pairs = self.rows.indices[part][sign * self.rows.data[part] > 0]
            pairs = pairs[~self.made[pairs]]
            for pair in pairs[np.argsort(-program.scores[pairs])].tolist():
                if program.low[row] <= self.counts[row] <= program.high[row]:
                    break
                if self.fits(pair):
                    self.change(pair, made=True)
                    continue
                self._make_room(pair)

    def _off(self) -> NDArray[np.bool_]:
        """The rows that have too little or too much."""
        program = self.program
        return np.asarray((self.counts < program.low) | (self.counts > program.high))

    def _make_room(self, pair: int) -> None:
        """Make a pair in place of another of its mentee or its mentor, where that keeps limits."""
        program = self.program
        rivals = self.made & (
            (program.mentees == program.mentees[pair]) | (program.mentors == program.mentors[pair])
        )
        for other in np.flatnonzero(rivals).tolist():
            off = np.count_nonzero(self._off())
            self.change(other, made=False)
            if self.fits(pair):
                self.change(pair, made=True)
                if np.count_nonzero(self._off()) <= off:
                    return
                self.change(pair, made=False)
            self.change(other, made=True)

    def fill(self, open_pairs: NDArray[np.intp], *, once: bool = False) -> None:
        """Make what still fits of some pairs, best first; with ``once`` a first one of each mentee.

        Each is asked for once.
        """
        program = self.program
        served = np.bincount(program.mentees[self.made], minlength=len(program.demand)) > 0
        order = open_pairs[np.argsort(-program.scores[open_pairs], kind="stable")]
        order = order[self._may_fit(order)]
        for pair in order.tolist():
            mentee = program.mentees[pair]
            if not (once and served[mentee]) and not self.made[pair] and self.fits(pair):
                self.change(pair, made=True)
                served[mentee] = True

    def _may_fit(self, some: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Which pairs break no limit on their own; quicker than to ask one by one."""
        columns = self.columns[:, some]
        after = self.counts[columns.indices] + columns.data
        broken = after > self.program.high[columns.indices]
        pair = np.repeat(np.arange(len(some)), np.diff(columns.indptr))
        return np.asarray(np.bincount(pair[broken], minlength=len(some)) == 0, dtype=np.bool_)
