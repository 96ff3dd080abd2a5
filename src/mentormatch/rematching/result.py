"""A matching made from an earlier one: what changed and why, and what is proven of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.certificates.bounds.bound import RELATIVE_TOLERANCE
from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.answered.answer import frame_of
from mentormatch.handed_out import cached_table
from mentormatch.matching.matching import Matching
from mentormatch.matching.status import Status
from mentormatch.rematching.changes import Chain, chains_of, table_of_changes
from mentormatch.rematching.people import Incumbents, kept_pairs

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.proofs.certificate import Certificate
    from mentormatch.rematching.previous import Previous

__all__ = ["FEWEST", "Count", "Rematch"]

Count: TypeAlias = Literal["mentees", "pairs", "people"]
FEWEST = "fewest changes"


@dataclass(frozen=True, eq=False, repr=False)
class Rematch(Matching):
    """A matching made from an earlier one, which says what changed and why.

    Parameters
    ----------
    previous
        The pairs of before.
    mode
        "fewest changes", "price of a change", "at most so many changes", or "nearest stable".
    change_value
        What a change cost, in units of score, where that was given.
    max_changes
        How many were allowed, where that was given.
    count
        What a change is: "mentees", "pairs" or "people".
    n_changes
        What was counted of the pairs that could have gone on and did not; those that had to end are
        not counted.
    fewest
        No matching of this coverage has fewer changes; None where that was not asked.
    bound
        No matching within the rules of the mode has a larger total.
    proof
        The certificate of the problem that was solved, in which kept pairs are worth more; None
        where an integer program decided: then the bounds are those of its solver.
    blocking_if_kept
        For the nearest stable matching: how many pairs would rather have each other if everybody
        kept what can go on.
    """

    previous: Previous | None = None
    mode: str = ""
    change_value: float | None = None
    max_changes: int | None = None
    count: Count = "mentees"
    n_changes: int = 0
    fewest: int | None = None
    bound: float | None = None
    proof: Certificate | None = None
    blocking_if_kept: int | None = None

    @property
    def gap(self) -> float | None:
        """``bound`` minus the total: 0 where it is exact."""
        return None if self.bound is None else max(self.bound - self.total, 0.0)

    @property
    def status(self) -> Status:
        """Whether the search in its mode was ended: the bounds, on changes and total, are met."""
        close = RELATIVE_TOLERANCE * max(1.0, abs(self.total))
        if self.proof is not None and self.proof.proven:
            close = max(close, self.proof.tolerance)
        few = self.mode != FEWEST or self.fewest == self.n_changes
        if few and self.gap is not None and self.gap <= close:
            return Status.OPTIMAL
        return Status.TIME_LIMIT if self.stopped == "time limit" else Status.FEASIBLE

    @cached_table
    def people(self) -> pd.DataFrame:
        """Who lost somebody they could have kept: person, side, lost (how many); mentees first."""
        assert self.previous is not None
        incumbents = Incumbents.of(self.previous, self.problem)
        i, j = incumbents.mentees, incumbents.mentors
        lost = incumbents.losses(kept_pairs(self, i, j))
        sides = (
            ("mentee", self.problem.mentee_ids, i[lost.pairs]),
            ("mentor", self.problem.mentor_ids, j[lost.pairs]),
        )
        return frame_of(
            [
                (ids[who], side, int(times))
                for side, ids, ended in sides
                for who, times in zip(*np.unique(ended, return_counts=True), strict=True)
            ],
            ["person", "side", "lost"],
        )

    @cached_table
    def diff(self) -> pd.DataFrame:
        """What changed: mentee, was, is, because, harm, gain; one row for each change.

        ``because``: "mentor left", "seat lost", "now ineligible", "wants fewer mentors now", "makes
        room for …", "better for the whole", "new", "a seat became free", "mentee left". ``harm`` is
        "direct" where the pair could not go on, "indirect" where it could, "" where nobody lost a
        mentor. ``gain`` is the score now less the score before; the gains and `rescored` add up to
        the difference of the totals.
        """
        assert self.previous is not None
        return table_of_changes(self, self.previous)

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The moves, each chain as it follows from its cause; replayed, they lead here."""
        assert self.previous is not None
        return chains_of(self, self.previous)

    @property
    def rescored(self) -> float:
        """What the scores of pairs that can go on changed since then, in all."""
        assert self.previous is not None
        was = self.previous
        now = self.problem.pairs(was.mentees[was.valid], was.mentors[was.valid]).scores
        before = was.pairs["score"].to_numpy()[was.valid]
        return float(np.nansum(np.asarray(now, np.float64) - before))

    def _lines(self) -> list[tuple[str, str]]:
        lines = super()._lines()
        said = f"{self.n_changes} of the pairs that could go on ended ({self.mode}"
        if self.count == "people":
            who = format_count(self.n_changes, "person", "people")
            said = f"{who} lost somebody they could have kept ({self.mode}"
        if self.change_value is not None:
            said += f", each change priced at {self.change_value:g}"
        if self.max_changes is not None:
            said += f" {self.max_changes}"
        lines.insert(1, ("Changes", said + ")"))
        if self.certificate is None and self.bound is not None:
            lines = [
                (title, self._proof_line() if title == "Proof" else line) for title, line in lines
            ]
        return lines

    def _proof_line(self) -> str:
        """What is proven of the matching within its mode."""
        assert self.bound is not None
        changes = "fewest such people" if self.count == "people" else "fewest changes"
        fewest = "" if self.fewest is None else f"as many mentees as can be, then {changes}; "
        if self.status is Status.OPTIMAL:
            word = "proven" if self.proof is not None else "proven by the solver's bound (HiGHS)"
            return f"{word}: {fewest}no such matching has a total above {self.bound:,.6g}"
        if self.fewest is not None and self.fewest < self.n_changes:
            return f"not proven: fewer may do, down to {self.fewest}"
        return f"not proven: no matching of this mode exceeds {self.bound:,.6g}"
