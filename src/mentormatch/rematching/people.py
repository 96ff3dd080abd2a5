"""Who loses somebody they could have kept: counted, and as columns of an integer program."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.problem.checks import are_among
from mentormatch.solvers.arrays import sparse_cells
from mentormatch.solvers.programs.milp import MixedProgram

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.rematching.previous import Previous

__all__ = ["Incumbents", "Losses", "kept_pairs"]


@dataclass(frozen=True, eq=False)
class Losses:
    """Which pairs ended that could have gone on, and who lost somebody by it."""

    pairs: NDArray[np.bool_]  # over those that are still possible
    mentees: NDArray[np.intp]  # positions of those who lost at least one, each once
    mentors: NDArray[np.intp]  # likewise

    def __len__(self) -> int:
        return len(self.mentees) + len(self.mentors)


@dataclass(frozen=True, eq=False)
class Incumbents:
    """The pairs of before that are still possible, and how many of them there is room for.

    Where somebody has fewer places than such pairs, some had to end. What could have gone on is a
    largest set of pairs that all have a place; of those, the one by which fewest people lose. The
    pairs are positions in the problem of today.
    """

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    seats: NDArray[np.int64]  # by mentor, how many they may have
    places: NDArray[np.int64]  # by mentee, how many they may have
    most: int  # how many of the pairs can all go on at once

    @classmethod
    def of(cls, was: Previous, problem: Problem) -> Incumbents:
        """Read them from what was matched."""
        i, j = was.mentees[was.valid], was.mentors[was.valid]
        return cls(i, j, problem.capacities, problem.demands, was.most_kept(problem))

    def __len__(self) -> int:
        return len(self.mentees)

    @cached_property
    def crowded(self) -> NDArray[np.bool_]:
        """The pairs of somebody who has fewer places than pairs; the others can all go on."""
        by_mentor = np.bincount(self.mentors, minlength=len(self.seats)) > self.seats
        by_mentee = np.bincount(self.mentees, minlength=len(self.places)) > self.places
        return np.asarray(by_mentor[self.mentors] | by_mentee[self.mentees])

    def losses(self, kept: NDArray[np.bool_]) -> Losses:
        """Who lost somebody, where these pairs went on."""
        could = ~self.crowded
        if self.crowded.any():
            could = self._could_go_on(kept)
        lost = could & ~kept
        return Losses(lost, np.unique(self.mentees[lost]), np.unique(self.mentors[lost]))

    def _could_go_on(self, kept: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The set of pairs that could have gone on by which fewest people lose."""
        could = ~self.crowded | kept
        several = np.bincount(self.mentees, minlength=1).max(initial=0) > 1
        if not several:
            # Each mentee has one pair at most, so any that ended are as good as others.
            ended = np.flatnonzero(~could)
            ended = ended[np.argsort(self.mentors[ended], kind="stable")]
            place = np.arange(len(ended)) - np.searchsorted(
                self.mentors[ended], self.mentors[ended]
            )
            room = self.seats - np.bincount(self.mentors[could], minlength=len(self.seats))
            # Of those that ended the first are told that they had to.
            count = np.bincount(self.mentors[ended], minlength=len(self.seats))
            could[ended[place >= (count - room)[self.mentors[ended]]]] = True
            return could
        program = MixedProgram.of_columns(0)
        program, people = self.with_people(program, np.full(len(self), -1), kept)
        answer = program.maximise(-people)
        first = int(np.flatnonzero(people)[-1]) + 1
        could = ~self.crowded
        could[self.crowded] = answer.values[first:] > 0.5
        return could

    def with_people(
        self, program: MixedProgram, columns: NDArray[np.intp], made: NDArray[np.bool_]
    ) -> tuple[MixedProgram, NDArray[np.float64]]:
        """Add columns for people who lose somebody, and those that say which pairs could go on.

        Columns of the program are pairs, and others; ``columns`` has by incumbent pair its column,
        −1: whether it is made is no choice; ``made`` is of the pairs without a column. Also returns
        the objective that counts the people.
        """
        pairs, some = len(self), np.flatnonzero(self.crowded)
        mentees, of_mentee = np.unique(self.mentees, return_inverse=True)
        mentors, of_mentor = np.unique(self.mentors, return_inverse=True)
        first = program.width
        crowd = first + len(mentees) + len(mentors)
        program = program.with_columns(crowd - first, 0.0, 1.0)
        program = program.with_columns(len(some), 0.0, 1.0, integral=True)
        could = np.full(pairs, -1)
        could[some] = crowd + np.arange(len(some))
        least = np.where(could < 0, 1.0, 0.0) - ((columns < 0) & made)
        every, open_ = np.arange(pairs), np.flatnonzero(columns >= 0)
        for person in (first + of_mentee, first + len(mentees) + of_mentor):
            # Who has a pair that could go on and does not is counted.
            row = np.concatenate([every, open_, some])
            column = np.concatenate([person, columns[open_], could[some]])
            value = np.concatenate([np.ones(pairs + len(open_)), -np.ones(len(some))])
            needed = sparse_cells(row, column, (pairs, program.width), value)
            program = program.with_rows(needed, least, np.inf)
        for who, room in ((self.mentees, self.places), (self.mentors, self.seats)):
            rows = sparse_cells(who[some], could[some], (len(room), program.width))
            full = np.unique(who[some])
            program = program.with_rows(rows[full], -np.inf, self._room(who, room)[full])
        if len(some):
            together = np.zeros((1, program.width))
            together[0, could[some]] = 1.0
            most = float(self.most - (pairs - len(some)))
            program = program.with_rows(together, most, most)
        objective = np.zeros(program.width)
        objective[first:crowd] = 1.0
        return program, objective

    def _room(self, who: NDArray[np.intp], room: NDArray[np.int64]) -> NDArray[np.float64]:
        """What is left of the places beside the pairs that go on in any case."""
        sure = np.bincount(who[~self.crowded], minlength=len(room))
        return (room - sure).astype(np.float64)

    def shares(self) -> tuple[NDArray[np.float64], float]:
        """What each kept pair takes off a least number of people who lose somebody.

        Who could keep k pairs and keeps some loses somebody as surely as the share that ended: a
        relaxation that is linear, so that pairs can be priced. Returns what each pair takes off,
        and the number that they are taken off.
        """
        sure = ~self.crowded
        shares = np.zeros(len(self))
        people = 0.0
        for who in (self.mentees, self.mentors):
            count = np.bincount(who[sure])
            shares[sure] += 1.0 / count[who[sure]]
            people += float(np.count_nonzero(count))
        if np.bincount(self.mentees, minlength=1).max(initial=0) > 1 or sure.all():
            return shares, people
        # At one mentor each, of a mentor with fewer seats than pairs so many could go on as seats.
        for j in np.unique(self.mentors[~sure]).tolist():
            if self.seats[j]:
                shares[self.mentors == j] = 1.0 + 1.0 / self.seats[j]
                people += float(self.seats[j]) + 1.0
        return shares, people


def kept_pairs(matching: Matching, i: NDArray[np.intp], j: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Which of some pairs a matching has."""
    return are_among(i, j, matching.mentees, matching.mentors)
