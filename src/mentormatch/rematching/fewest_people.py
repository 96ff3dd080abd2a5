"""Match again so that few people lose somebody they could have kept: no flow, so a program.

A mentor counts once however many of its mentees it loses, which no price of a pair can say. Shares
of a person are priced instead, which is a flow that counts no more people than lose somebody: a
bound. Between it and the best that was found a program decides, among the pairs that the bound
leaves open, or among all where these are few. Elsewhere the bound stays open, and is said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import InfeasibleError, MentorMatchError
from mentormatch.matching.matching import Matching
from mentormatch.rematching.budget import bracket, corner_at
from mentormatch.rematching.kept import with_bonus
from mentormatch.rematching.people import kept_pairs
from mentormatch.rematching.program import PairProgram

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.rematching.people import Incumbents
    from mentormatch.rematching.program import SearchOptions

__all__ = ["LOSERS", "ByPeople", "FewestPeople"]

# One of them, and several.
LOSERS = ("person who loses somebody", "people who lose somebody")
# Bounds nearer than this, relative, have met; and what sums of shares may be off by.
CLOSED = 1e-9
ROOM = 1e-9


class ByPeople(NamedTuple):
    """A matching found, and what is known of it."""

    matching: Matching
    people: int  # who loses somebody they could have kept, counted
    least: int | None  # no matching of this coverage has fewer; None where that was not asked
    bound: float  # on the total, in the mode that was asked for


@dataclass(frozen=True, eq=False)
class FewestPeople:
    """A problem, its pairs of before, and how to match by pairs.

    ``by_pairs`` gives the matching in which fewest pairs end and then the total is largest; how
    many go on, the fewest that end, and the bound on that total.
    """

    problem: Problem  # of today, pairs to keep pinned
    incumbents: Incumbents  # the pairs of before that are still possible
    options: SearchOptions
    by_pairs: Callable[[], tuple[Matching, int, int, float | None]]

    def count(self, matching: Matching) -> int:
        """How many people lose somebody in a matching."""
        i, j = self.incumbents.mentees, self.incumbents.mentors
        return len(self.incumbents.losses(kept_pairs(matching, i, j)))

    def fewest(self) -> ByPeople:
        """Coverage, then the fewest people, then the total."""
        inner, _, _, bound = self.by_pairs()
        start = self._plain(inner)
        most = self.count(start)
        if not most:
            # Where nobody need lose anybody, nobody does in the fewest pairs.
            return self._found(start, 0, np.inf if bound is None else bound)
        if self.options.over:
            return self._found(start, 0, self._best_total())
        counted, shares = self._shared(1.0, 0.0)
        least = _rounded_up(-shares)
        start = min(start, self._plain(counted), key=self.count)
        if self.count(start) > least and (every := self._every()) is not None:
            program, people = every
            found = program.maximise(people, factor=0.0, start=start)
            start, least = found.matching, max(least, _rounded_up(-found.bound))
        most = self.count(start)
        best = None if self.options.over else self._best_within(most, start)
        if most > least or best is None:
            # Fewer people may do, and then the total may be anything up to the best.
            kept = start if best is None else best.matching
            return self._found(kept, least, self._best_total())
        return self._found(best.matching, least, best.bound)

    def priced(self, price: float) -> ByPeople:
        """The largest total less a price for each of the people."""
        priced, bound = self._shared(price)
        start = self._plain(priced)
        most = self.count(start)
        gap = bound - (start.total - price * most)
        if gap > CLOSED * max(1.0, abs(bound)) and not self.options.over:
            opened = PairProgram.left_open(priced, self.problem, start, gap, self.options)
            program = self._every() if opened is None else opened.with_people(self.incumbents)
            if program is not None:
                found = program[0].maximise(price * program[1], start=start)
                start, bound = found.matching, min(bound, found.bound)
                most = self.count(start)
        return self._found(start, None, bound + price * most)

    def within(self, most: int) -> ByPeople | None:
        """The best total in which at most so many people lose somebody; None: there is none.

        Raises MentorMatchError for a problem too large to decide whether there is one.
        """
        inner, _, _, _ = self.by_pairs()
        return self._best_within(most, self._plain(inner))

    def _best_within(self, most: int, known: Matching) -> ByPeople | None:
        """As `within`; ``known`` is a matching that may have so few people."""
        shares, people = self.incumbents.shares()
        between = bracket(*self._pairs, people - most - ROOM, self.options, shares)
        if between is None:
            return None
        bound, priced, tight = between
        start = self._best_of(most, [known, priced.matching, tight.matching])
        close = CLOSED * max(1.0, abs(bound))
        if start is None or bound - start.total > close:
            # A pair that ends has two people.
            room = max(self.incumbents.most - most // 2, 0)
            half = bracket(*self._pairs, room, self.options)
            start = self._best_of(most, [*filter(None, [start, half and half.tight.matching])])
        if start is not None and (bound - start.total <= close or self.options.over):
            return self._found(start, None, bound)
        program = None
        if start is not None:
            gap = bound - start.total
            program = PairProgram.left_open(priced.matching, self.problem, start, gap, self.options)
        asked = self._every() if program is None else program.with_people(self.incumbents)
        if asked is None and start is None:
            raise MentorMatchError(
                f"Whether {format_count(most, *LOSERS)} {'is' if most == 1 else 'are'} enough was "
                "not decided in a problem of this size. "
                'Count pairs with count="pairs", or use change_value=.'
            )
        if asked is None:
            assert start is not None
            return self._found(start, None, bound)
        try:
            best = asked[0].at_most(asked[1], most).maximise(start=start)
        except InfeasibleError:
            if start is None:
                return None
            return self._found(start, None, bound)
        return self._found(best.matching, None, min(bound, best.bound))

    def _best_of(self, most: int, tried: list[Matching]) -> Matching | None:
        """The best of some matchings in which at most so many people lose somebody."""
        few = [one for one in map(self._plain, tried) if self.count(one) <= most]
        return max(few, key=lambda one: one.total, default=None)

    def _best_total(self) -> float:
        """What no matching of this coverage exceeds, whoever loses somebody."""
        return corner_at(*self._pairs, 0.0, self.options).value

    @property
    def _pairs(self) -> tuple[Problem, NDArray[np.intp], NDArray[np.intp]]:
        return self.problem, self.incumbents.mentees, self.incumbents.mentors

    def _every(self) -> tuple[PairProgram, NDArray[np.float64]] | None:
        every = PairProgram.every(self.problem, self.options)
        return None if every is None else every.with_people(self.incumbents)

    def _found(self, matching: Matching, least: int | None, bound: float) -> ByPeople:
        return ByPeople(matching, self.count(matching), least, max(bound, matching.total))

    def _plain(self, inner: Matching) -> Matching:
        """The pairs of a priced problem as a matching of the problem, with that one's proof."""
        return Matching(
            self.problem,
            inner.mentees,
            inner.mentors,
            engine=inner.engine,
            seed=inner.seed,
            certificate=inner.certificate,
        )

    def _shared(self, price: float, factor: float = 1.0) -> tuple[Matching, float]:
        """The best at a price of shares of people, and what no matching exceeds at that price."""
        shares, people = self.incumbents.shares()
        inner = self.options.match(with_bonus(*self._pairs, price, factor, shares))
        bound = np.inf if inner.certificate is None else inner.certificate.bound
        return inner, bound - price * people


def _rounded_up(least: float) -> int:
    """The least number of people, from a bound: never 1, for a pair has two."""
    if not np.isfinite(least):
        return 0
    people = max(int(np.ceil(least - 1e-6)), 0)
    return 2 if people == 1 else people
