"""The audit of stability: blocking pairs, waste, justified envy, Pareto-optimality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.stability.blocking import as_frame, scan
from mentormatch.audits.stability.pareto import pareto
from mentormatch.audits.stability.shared_places import describe_quotas
from mentormatch.compatibility.ids import format_count
from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.displayed import Displayed
from mentormatch.errors import MatchingError
from mentormatch.matching import check_matching

if TYPE_CHECKING:
    from mentormatch.audits.stability.pareto import Pareto
    from mentormatch.matching import Matching

__all__ = ["PriceOfStability", "Stability", "stability_of"]

ONE_SCORE = (
    "both sides rank by one shared score: then stable means greedy, and is worth little beyond it"
)


@dataclass(frozen=True, slots=True)
class PriceOfStability:
    """Loss of total against a reference matching that need not be stable.

    Parameters
    ----------
    total, reference_total
        Sums of the pairs' scores.
    coverage, reference_coverage
        Mentees with at least one mentor.
    """

    total: float
    reference_total: float
    coverage: int
    reference_coverage: int

    @property
    def share(self) -> float | None:
        """(U* − U) / U* at equal coverage; None where it has no meaning."""
        if self.coverage != self.reference_coverage or self.reference_total <= 0:
            return None
        return (self.reference_total - self.total) / self.reference_total

    def __str__(self) -> str:
        both = f"total {self.total:.6g} against {self.reference_total:.6g}"
        if self.coverage != self.reference_coverage:
            return (
                f"{format_count(self.coverage, 'mentee')} matched against "
                f"{self.reference_coverage}, {both}: the "
                "coverage differs, so no single ratio is given"
            )
        if self.share is None:
            return f"{both}: undefined, for the reference total is not above 0"
        return f"{self.share:.2%} of the total ({both})"


@dataclass(frozen=True, eq=False)
class Stability(Displayed):
    """Stability of a matching by three notions, with its blocking pairs.

    Stable means individually rational, non-wasteful and without justified envy [1]_: the three add
    up to no blocking pair.

    Parameters
    ----------
    weak, strong, super_
        Number of blocking pairs by each notion; see `blocking_pairs`.
    eligible
        Eligible pairs that are not made: what the share is of.
    blocking_pairs
        DataFrame of weakly blocking pairs: mentee, mentor, mentee_gain, mentor_gain; the largest
        joint gain first, up to the limit of the audit.
    people
        DataFrame: side, person, pairs; everybody who is in a weakly blocking pair, most pairs
        first.
    largest_epsilon
        The largest gain, in units of score, that both of some weakly blocking pair have at least; 0
        without one. Nobody who asks for more than this from a change finds a partner for it.
    wasteful, envious
        Weakly blocking pairs with a mentor who has a free seat (waste), and with one who has none
        (justified envy).
    irrational
        Pairs that one of the two does not accept (they are ineligible), as sentences.
    one_shared_score
        Both sides rank by the same score.
    pareto
        Whether some mentees could be better off at nobody's cost.
    price
        Against the reference, when one was given.
    tie_tolerance
        Scores were compared in whole steps of this size.
    quotas
        What was made of quotas and other rules besides capacity; None without any.

    References
    ----------
    .. [1] M. Balinski and T. Sönmez (1999), A tale of two mechanisms: student placement.
    """

    weak: int
    strong: int
    super_: int
    eligible: int
    blocking_pairs: pd.DataFrame
    people: pd.DataFrame
    largest_epsilon: float
    wasteful: int
    envious: int
    irrational: tuple[str, ...]
    one_shared_score: bool
    pareto: Pareto
    price: PriceOfStability | None
    tie_tolerance: float
    quotas: str | None = None

    @property
    def ok(self) -> bool:
        """No weakly blocking pair, and everybody accepts whom they have."""
        return self.is_stable

    @property
    def is_stable(self) -> bool:
        """Weakly stable and individually rational."""
        return self.weak == 0 and self.is_individually_rational

    @property
    def is_strongly_stable(self) -> bool:
        """No pair where one gains and the other does not lose."""
        return self.strong == 0 and self.is_individually_rational

    @property
    def is_super_stable(self) -> bool:
        """No pair where neither loses."""
        return self.super_ == 0 and self.is_individually_rational

    @property
    def is_individually_rational(self) -> bool:
        """Everybody accepts whom they have."""
        return not self.irrational

    @property
    def is_non_wasteful(self) -> bool:
        """Nobody prefers a mentor who has a free seat."""
        return self.wasteful == 0

    @property
    def has_no_justified_envy(self) -> bool:
        """Nobody prefers a mentor who prefers it to somebody it has."""
        return self.envious == 0

    @property
    def is_pareto_optimal(self) -> bool | None:
        """No matching is better for one mentee and as good for all; None: not examined."""
        return self.pareto.is_optimal

    @property
    def share(self) -> float:
        """Weakly blocking pairs among the eligible pairs that are not made."""
        return self.weak / self.eligible if self.eligible else 0.0

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure: measure, value, meaning."""
        mentees = int((self.people["side"] == "mentee").sum())
        rows: list[tuple[str, object, str]] = [
            ("stable", self.is_stable, "whether no two would both rather have each other"),
            ("weakly blocking pairs", self.weak, "both gain"),
            ("strongly blocking pairs", self.strong, "one gains, the other does not lose"),
            ("super-blocking pairs", self.super_, "neither loses"),
            ("share blocking", self.share, f"of {self.eligible} eligible pairs that are not made"),
            ("mentees in blocking pairs", mentees, "counted once each"),
            ("mentors in blocking pairs", len(self.people) - mentees, "counted once each"),
            ("largest gain of both", self.largest_epsilon, "what both of some pair gain at least"),
            ("wasteful pairs", self.wasteful, "blocking pairs with a free seat"),
            ("justified envy", self.envious, "blocking pairs with a full mentor"),
            (
                "individually rational",
                self.is_individually_rational,
                "; ".join(self.irrational) or "everybody accepts whom they have",
            ),
            ("Pareto-optimal for mentees", self.is_pareto_optimal, self.pareto.note),
            (
                "one shared score",
                self.one_shared_score,
                ONE_SCORE if self.one_shared_score else "each side ranks by its own score",
            ),
        ]
        if self.quotas is not None:
            rows.append(("quotas", None, self.quotas))
        if self.price is not None:
            rows.append(("price of stability", self.price.share, str(self.price)))
        return pd.DataFrame(rows, columns=["measure", "value", "meaning"]).astype({"value": object})

    def __repr__(self) -> str:
        word = "stable" if self.is_stable else "not stable"
        lines = [f"Stability: {word}"]
        if self.weak:
            mentees = int((self.people["side"] == "mentee").sum())
            lines.append(
                f"  {format_count(self.weak, 'blocking pair')} ({self.share:.2%} of the eligible "
                f"pairs not made): {self.wasteful:,} with a free seat, {self.envious:,} of "
                f"justified envy, among {format_count(mentees, 'mentee')} and "
                f"{format_count(len(self.people) - mentees, 'mentor')}"
            )
            lines.append(f"  nobody can gain more than {self.largest_epsilon:.4g} on both sides")
        else:
            lines.append(
                f"  with ties: {self.strong:,} strongly and {self.super_:,} super-blocking pairs"
            )
        if self.quotas is not None:
            lines.append(f"  {self.quotas}")
        lines.extend(f"  {line}" for line in self.irrational[:10])
        lines.append(f"  Pareto: {self.pareto.note}")
        if self.one_shared_score:
            lines.append(f"  {ONE_SCORE}")
        if self.price is not None:
            lines.append(f"  price: {self.price}")
        return "\n".join(lines)


def stability_of(
    matching: Matching,
    *,
    reference: Matching | None = None,
    limit: int | None = 1000,
    tie_tolerance: float = 0.0,
) -> Stability:
    """Audit the stability of a matching; reads all eligible pairs twice, by block.

    Parameters
    ----------
    matching
        The matching in question.
    reference
        A matching of the same people, usually the optimal one, for the price of stability.
    limit
        The most blocking pairs to list.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    Raises
    ------
    MatchingError
        The reference is of other people.
    """
    check_matching(matching, "stability_of")
    check_tie_tolerance(tie_tolerance)
    found = scan(matching, tie_tolerance=tie_tolerance, limit=limit)
    return Stability(
        weak=found.counts["weak"],
        strong=found.counts["strong"],
        super_=found.counts["super"],
        eligible=found.eligible,
        blocking_pairs=as_frame(matching, found),
        people=_people(matching, found.mentees, found.mentors),
        largest_epsilon=found.largest_epsilon,
        wasteful=found.wasteful,
        envious=found.envious,
        irrational=_irrational(matching),
        one_shared_score=found.one_shared_score,
        pareto=pareto(matching, tie_tolerance),
        price=None if reference is None else _price(matching, reference),
        tie_tolerance=tie_tolerance,
        quotas=describe_quotas(matching),
    )


def _people(matching: Matching, mentees: object, mentors: object) -> pd.DataFrame:
    """Count blocking pairs by person."""
    parts = []
    for side, ids, counts in (
        ("mentee", matching.problem.mentee_ids, np.asarray(mentees)),
        ("mentor", matching.problem.mentor_ids, np.asarray(mentors)),
    ):
        some = np.flatnonzero(counts)
        some = some[np.argsort(-counts[some], kind="stable")]
        part = {"side": side, "person": ids[some].astype(object), "pairs": counts[some]}
        parts.append(pd.DataFrame(part).astype(object))
    return pd.concat(parts, ignore_index=True).astype({"pairs": np.int64})


def _irrational(matching: Matching) -> tuple[str, ...]:
    """List pairs that the problem does not allow."""
    problem = matching.problem
    eligible = problem.pairs(matching.mentees, matching.mentors).eligible
    return tuple(
        f"{problem.mentee_ids[i]!r} and {problem.mentor_ids[j]!r} do not accept each other: "
        + "; ".join(problem.reasons(int(i), int(j)))
        for i, j in zip(matching.mentees[~eligible], matching.mentors[~eligible], strict=True)
    )


def _price(matching: Matching, reference: Matching) -> PriceOfStability:
    ours, theirs = matching.problem, reference.problem
    if set(ours.mentee_ids) != set(theirs.mentee_ids) or set(ours.mentor_ids) != set(
        theirs.mentor_ids
    ):
        raise MatchingError(
            "The reference matching is of other people. Give a matching of the same mentees and "
            'mentors, such as match(problem, "optimal").'
        )
    return PriceOfStability(
        matching.total, reference.total, matching.n_matched, reference.n_matched
    )
