"""What every strategy returns: pairs that check themselves and can be asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mentormatch.compatibility.ids import as_column, format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import MatchingError, ProblemError
from mentormatch.matching.rules import check_positions, violations
from mentormatch.matching.status import Status, Stopped
from mentormatch.matching.unmatched import reasons_for_unmatched
from mentormatch.problem import check_problem
from mentormatch.problem.pairs import as_lines, named_pairs
from mentormatch.safe_files import write_csv
from mentormatch.sums import sum_exactly

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from scipy import sparse

    from mentormatch.problem import Problem
    from mentormatch.proofs.certificate import Certificate

__all__ = ["Matching"]


@dataclass(frozen=True, eq=False)
class Matching(Displayed):
    """Pairs of mentees and mentors that respect their problem.

    Made by `match` or by `Matching.from_pairs`; it checks itself when made.

    Parameters
    ----------
    problem
        What was asked for.
    mentees, mentors
        Positions of the pairs, intp arrays of one length.
    strategy
        Name of the strategy, or "given".
    engine
        Which solver found it and why that one; None when no solver was used.
    seed
        Seed of the canonical order and of any draw.
    runtime
        Seconds.
    certificate
        Proof of optimality, when the strategy has one.
    probabilities
        Lotteries only: sparse (mentees, mentors) array of the probability of each pair.
    notes
        What the reader should know: how ties were broken, what was left out, …
    stopped
        What ended the search before its proof: "gap", "time limit", or None.
    check
        False: hold the pairs even when they are no matching, for an audit to say what is wrong.

    Attributes
    ----------
    scores, mentee_scores, mentor_scores : float64 arrays (pairs,)
        The joined score of each pair and what each side gets, read from the problem.

    Raises
    ------
    MatchingError
        A pair that is ineligible or made twice, a capacity, minimum or demand that does not hold, a
        pin that is missing; all at once, in ids.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]], capacity=1)
    >>> matching = mm.match(problem)
    >>> [(i, j) for i, j in zip(matching.pairs["mentee"], matching.pairs["mentor"])]
    [(0, 1), (1, 0)]
    >>> matching.certificate.proven
    True
    """

    problem: Problem
    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    strategy: str = "given"
    engine: str | None = None
    seed: int | None = None
    runtime: float | None = None
    certificate: Certificate | None = None
    probabilities: sparse.csr_array | None = None
    notes: tuple[str, ...] = ()
    stopped: Stopped | None = None
    check: bool = True

    scores: NDArray[np.float64] = field(init=False, repr=False)
    mentee_scores: NDArray[np.float64] = field(init=False, repr=False)
    mentor_scores: NDArray[np.float64] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        n, m = self.problem.shape
        mentees = check_positions(self.mentees, n, "mentees")
        mentors = check_positions(self.mentors, m, "mentors")
        if len(mentees) != len(mentors):
            raise MatchingError(
                f"A matching needs as many mentees as mentors, one of each per pair; got "
                f"{len(mentees)} and {len(mentors)}."
            )
        if self.probabilities is not None and self.probabilities.shape != (n, m):
            raise MatchingError(
                f"probabilities must have one row per mentee and one column per mentor, {(n, m)}; "
                f"got {self.probabilities.shape}."
            )
        mentee_ranks, mentor_ranks = self.problem.compatibility.ranks
        order = np.lexsort((mentor_ranks[mentors], mentee_ranks[mentees]))
        mentees, mentors = mentees[order], mentors[order]
        block = self.problem.pairs(mentees, mentors)
        sides = ("scores", "mentee_scores", "mentor_scores")
        read = [(name, np.asarray(getattr(block, name), dtype=np.float64)) for name in sides]
        for name, value in (("mentees", mentees), ("mentors", mentors), *read):
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        wrong = violations(self.problem, mentees, mentors, block.eligible) if self.check else []
        if wrong:
            raise MatchingError(as_lines("This is not a matching of its problem", wrong))

    @classmethod
    def from_pairs(
        cls,
        problem: Problem,
        pairs: pd.DataFrame | Iterable[Sequence[object]],
        *,
        strategy: str = "given",
        check: bool = True,
    ) -> Matching:
        """A matching that was made elsewhere, checked against the problem.

        Parameters
        ----------
        problem
            What the pairs are to be measured by.
        pairs
            A table with the columns mentee and mentor, or (mentee, mentor) tuples, as ids.
        strategy
            A name to show.
        check
            False: hold the pairs even when they are no matching, so that `mm.audit` can say what is
            wrong with them; people must be known all the same.

        Raises
        ------
        MatchingError
            Unknown people, ineligible or repeated pairs, capacities or pins that do not hold: all
            at once.
        """
        check_problem(problem, "from_pairs")
        where: list[tuple[int, int]] = []
        wrong: list[str] = []
        for mentee, mentor, _ in named_pairs(pairs, "pairs", MatchingError):
            try:
                i = problem.compatibility.mentee_position(mentee)
                j = problem.compatibility.mentor_position(mentor)
            except ProblemError as error:
                wrong.append(str(error).removesuffix("."))
                continue
            where.append((i, j))
        if wrong:
            raise MatchingError(
                as_lines("These pairs name people the problem does not have", wrong)
            )
        positions = np.array(where, dtype=np.intp).reshape(-1, 2)
        return cls(problem, positions[:, 0], positions[:, 1], strategy=strategy, check=check)

    # ------------------------------------------------------------------ what people ask

    @property
    def pairs(self) -> pd.DataFrame:
        """The pairs: columns mentee, mentor, score; sorted by mentee, then mentor. A copy."""
        return self._pairs.copy()

    @cached_property
    def _pairs(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "mentee": as_column(self.problem.mentee_ids[self.mentees]),
                "mentor": as_column(self.problem.mentor_ids[self.mentors]),
                "score": self.scores,
            }
        )

    @property
    def unmatched(self) -> pd.DataFrame:
        """Mentees with fewer mentors than they want: columns mentee, missing, reason. A copy."""
        return self._unmatched.copy()

    @cached_property
    def _unmatched(self) -> pd.DataFrame:
        short = np.flatnonzero(self.places < self.problem.demands)
        short = short[np.argsort(self.problem.compatibility.ranks[0][short], kind="stable")]
        return pd.DataFrame(
            {
                "mentee": as_column(self.problem.mentee_ids[short]),
                "missing": (self.problem.demands - self.places)[short],
                "reason": pd.Series(
                    reasons_for_unmatched(self.problem, self.mentees, self.mentors, short),
                    dtype=object,
                ),
            }
        )

    @cached_property
    def places(self) -> NDArray[np.int64]:
        """How many mentors each mentee has, in the problem's order."""
        counts = np.bincount(self.mentees, minlength=self.problem.shape[0]).astype(np.int64)
        counts.setflags(write=False)
        return counts

    @property
    def loads(self) -> pd.Series[int]:
        """How many mentees each mentor has; every mentor is there, also those with none. A copy."""
        return self._loads.copy()

    @cached_property
    def _loads(self) -> pd.Series[int]:
        counts = np.bincount(self.mentors, minlength=self.problem.shape[1]).astype(np.int64)
        mentors = as_column(self.problem.mentor_ids).rename("mentor")
        return pd.Series(counts, index=mentors, name="load")

    def by_mentor(self) -> pd.DataFrame:
        """One row per mentor: capacity, load, free, total score, and the list of its mentees."""
        names = self._pairs.groupby("mentor", sort=False)
        index = self._loads.index
        held = names["mentee"].agg(list).reindex(index)
        return pd.DataFrame(
            {
                "capacity": self.problem.capacities,
                "load": self._loads.to_numpy(),
                "free": self.problem.capacities - self._loads.to_numpy(),
                "score": names["score"].sum().reindex(index, fill_value=0.0).to_numpy(),
                "mentees": [value if isinstance(value, list) else [] for value in held],
            },
            index=index,
        )

    @cached_property
    def total(self) -> float:
        """Sum of the scores of the pairs, rounded once: the order of people changes no bit of it.

        Ineligible ones, when held unchecked, add nothing.
        """
        total = sum_exactly(self.scores)
        return total if not np.isnan(total) else sum_exactly(self.scores[~np.isnan(self.scores)])

    @property
    def status(self) -> Status:
        """How the search for it ended."""
        if self.certificate is not None and self.certificate.proven:
            return Status.OPTIMAL
        if self.stopped == "gap":
            return Status.WITHIN_GAP
        return Status.TIME_LIMIT if self.stopped == "time limit" else Status.FEASIBLE

    @property
    def n_matched(self) -> int:
        """How many mentees have at least one mentor."""
        return int(np.count_nonzero(self.places))

    def reasons(self, n_reasons: int = 3) -> pd.DataFrame:
        """Why each pair was made: the criteria that give most to its score, in words.

        Parameters
        ----------
        n_reasons
            The most sentences of a pair, strongest first.

        Returns
        -------
        DataFrame, one row a pair: mentee, mentor, score, reasons (a tuple of sentences; empty where
        the scores were given as an array).
        """
        from mentormatch.explanations.reasons import strongest_reasons

        sentences = [tuple(one) for one in strongest_reasons(self, n_reasons)]
        return self._pairs.assign(reasons=pd.Series(sentences, dtype=object))

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the pairs as CSV, cells that a spreadsheet would run as a formula made harmless.

        Raises
        ------
        FileExistsError
            The file exists and ``overwrite`` is False.
        """
        write_csv(self._pairs, path, overwrite=overwrite)

    def to_html(self, path: str | Path, *, overwrite: bool = False, **options: object) -> None:
        """Write a report: one HTML file that opens anywhere, without internet.

        Parameters
        ----------
        path
            Where it goes.
        overwrite
            Whether a file that exists may be replaced.
        **options
            ``title``, ``groups``, ``include``, ``audience``, ``audit``, ``words``, ``look_at``: see
            `mentormatch.reports.html_report`.

        Raises
        ------
        FileExistsError
            The file exists and ``overwrite`` is False.
        """
        from mentormatch.reports import write_html

        write_html(self, path, overwrite=overwrite, **options)

    def to_excel(self, path: str | Path, *, overwrite: bool = False, **options: Any) -> None:
        """Write a workbook to look through, override and sign; see `mentormatch.read_decisions`.

        Parameters
        ----------
        path
            Where it goes; ends in .xlsx.
        overwrite
            Whether a file that exists may be replaced.
        **options
            ``groups``, ``reasons``, ``look_at``: see `mentormatch.reports.write_workbook`.

        Raises
        ------
        FileExistsError
            The file exists and ``overwrite`` is False.
        """
        from mentormatch.reports import write_workbook

        write_workbook(self, path, overwrite=overwrite, **options)

    def save(
        self, path: str | Path, *, overwrite: bool = False, pseudonymous: str | None = None
    ) -> None:
        """Write a record that another person can check; `mm.load_matching` reads it.

        Pairs, certificate, criteria, numbers, pins with their reasons, seed and versions, and
        digests of the inputs that tell later what changed since.

        Parameters
        ----------
        path
            A JSON file.
        overwrite
            Whether a file that exists may be replaced.
        pseudonymous
            A secret text: ids are replaced by digests that only it can match to people, and
            reasons, notes, criteria and digests of answers are left out.

        Raises
        ------
        FileExistsError
            The file exists and ``overwrite`` is False.
        RecordError
            Ids that are neither texts nor numbers; a key that could be guessed.
        """
        from mentormatch.records import save_matching

        save_matching(self, path, overwrite=overwrite, pseudonymous=pseudonymous)

    def letters(
        self, *, contact: str | tuple[str | None, str | None] | None = None, reasons: int = 3
    ) -> Any:
        """Prepare what goes to people: rows for a mail merge, letters, pairs with addresses.

        See `mentormatch.reports.make_letters` for the parameters.
        """
        from mentormatch.reports import make_letters

        return make_letters(self, contact=contact, reasons=reasons)

    # ------------------------------------------------------------------ how it tells itself

    def __repr__(self) -> str:
        return "\n".join(f"{label + ':':<11}{text}" for label, text in self._lines())

    def _lines(self) -> list[tuple[str, str]]:
        n, m = self.problem.shape
        mentors = int(np.count_nonzero(self._loads))
        made = len(self.mentees)
        how = self.strategy + (f" by {self.engine}" if self.engine else "")
        lines = [
            (
                "Pairs",
                f"{made:,} ({self.n_matched:,} of {format_count(n, 'mentee')}, {mentors:,} of "
                f"{format_count(m, 'mentor')}) · {how}",
            ),
            ("Unmatched", self._unmatched_line()),
            (
                "Total",
                f"{self.total:,.6g}" + (f" (mean {self.total / made:.4g} a pair)" if made else ""),
            ),
            ("Proof", "none asked for" if self.certificate is None else str(self.certificate)),
        ]
        lines.extend(("Note", note) for note in self.notes)
        return lines

    def _unmatched_line(self) -> str:
        nobody = int(np.count_nonzero((self.places == 0) & (self.problem.demands > 0)))
        partly = int(np.count_nonzero((self.places > 0) & (self.places < self.problem.demands)))
        if not nobody and not partly:
            return "nobody"
        text = f"{format_count(nobody, 'mentee')} without a mentor" if nobody else ""
        if partly:
            text += (", " if text else "") + f"{partly:,} with fewer mentors than they want"
        return text + " (see .unmatched)"
