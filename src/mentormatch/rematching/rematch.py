"""A new matching after people left, came, or changed: as little of the old one as need be goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np

from mentormatch.audits import blocking_pairs
from mentormatch.certificates import Multipliers, upper_bound
from mentormatch.compatibility import row_slices
from mentormatch.errors import InfeasibleError, MentorMatchError
from mentormatch.matching.matching import Matching
from mentormatch.problem import PairRule, Problem, name_pin
from mentormatch.rematching.budget import count_kept, within_budget
from mentormatch.rematching.changes import Chain, chains_of, table_of_changes
from mentormatch.rematching.kept import with_bonus
from mentormatch.rematching.previous import Previous, previous_pairs
from mentormatch.strategies import match
from mentormatch.strategies.by_preference.stable_optimal import StableOptimal

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

    from mentormatch.proofs.certificate import Certificate

__all__ = ["Count", "Rematch", "rematch"]

Count: TypeAlias = Literal["mentees", "pairs"]
# The bonus of a kept pair starts at so many times the range of scores, and grows by as much.
FIRST_BONUS = 2.0
GROWTH = 16.0


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
    n_changes
        Pairs that could have gone on and did not; those that had to end are not counted.
    fewest
        No matching of this coverage has fewer changes; None where that was not asked.
    bound
        No matching within the rules of the mode has a larger total.
    proof
        The certificate of the problem that was solved, in which kept pairs are worth more.
    blocking_if_kept
        For the nearest stable matching: how many pairs would rather have each other if everybody
        kept what can go on.
    """

    previous: Previous | None = None
    mode: str = ""
    change_value: float | None = None
    max_changes: int | None = None
    n_changes: int = 0
    fewest: int | None = None
    bound: float | None = None
    proof: Certificate | None = None
    blocking_if_kept: int | None = None

    @property
    def gap(self) -> float | None:
        """``bound`` minus the total: 0 where it is exact."""
        return None if self.bound is None else max(self.bound - self.total, 0.0)

    @cached_property
    def diff(self) -> pd.DataFrame:
        """What changed: mentee, was, is, because, harm, gain; one row for each change.

        ``because``: "mentor left", "seat lost", "now ineligible", "makes room for …", "better for
        the whole", "new", "a seat became free", "mentee left". ``harm`` is "direct" where the pair
        could not go on, "indirect" where it could, "" where nobody lost a mentor. ``gain`` is the
        score now less the score before; the gains and `rescored` add up to the difference of the
        totals.
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
        assert self.gap is not None
        # A budget may lie between two prices of a change: each is proven, and the budget is not.
        room = 0.0 if self.proof is None else self.proof.tolerance
        is_open = self.gap > room + 1e-9 * max(1.0, abs(self.bound))
        if is_open or (self.proof is not None and not self.proof.proven):
            return f"not proven: no matching of this mode exceeds {self.bound:,.6g}"
        shown = "proven" if self.proof is not None else "proven by the solver's bound (HiGHS)"
        fewest = "" if self.fewest is None else "as many mentees as can be, then fewest changes; "
        return f"{shown}: {fewest}no such matching has a total above {self.bound:,.6g}"


def rematch(
    previous: Matching | pd.DataFrame | Iterable[Sequence[object]] | Any,
    problem: Problem,
    *,
    max_changes: int | None = None,
    change_value: float | None = None,
    keep: Iterable[object] = (),
    count: Count = "mentees",
    strategy: str = "optimal",
    seed: int = 0,
    time_limit: float | None = None,
) -> Rematch:
    """Match again after people left, came, or changed their seats or answers.

    Three modes, of which one is chosen and recorded. By default: as many mentees as possible, then
    as few changes as possible, then the largest total; exact. With ``change_value`` a change costs
    so much score; exact. With ``max_changes`` at most so many pairs that could go on may end; this
    is no flow, so the result carries a bound and a gap.

    Parameters
    ----------
    previous
        The matching of before, a record of it, or its pairs.
    problem
        The problem of today.
    max_changes, change_value
        See above; at most one of them.
    keep
        Mentees, or (mentee, mentor) pairs, whose pair of before must go on.
    count
        What a change is: "mentees" who lose a mentor they could have kept, or "pairs" that end.
        They are the same where everybody wants one mentor; else only "pairs" is offered.
    strategy
        "optimal", or "stable": the stable matching that keeps most, then has the best total.
    seed, time_limit
        As in `mm.match`.

    Raises
    ------
    MentorMatchError
        Two modes at once, or a count that is not offered.
    InfeasibleError
        More than ``max_changes`` changes are needed, or a pair to keep cannot go on.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> again = mm.rematch(mm.match(problem), problem)
    >>> again.n_changes, len(again.diff)
    (0, 0)
    """
    _check_request(problem, max_changes, change_value, count, strategy)
    was = previous_pairs(previous, problem)
    problem_kept = _with_pins(problem, was, keep)
    options: dict[str, Any] = {"seed": seed, "time_limit": time_limit}
    i, j = was.mentees[was.valid], was.mentors[was.valid]
    most = was.most_kept(problem)
    if strategy == "stable":
        return _nearest_stable(problem, problem_kept, was, options)
    if change_value is not None:
        inner = match(with_bonus(problem_kept, i, j, float(change_value)), **options)
        kept = count_kept(inner, i, j)
        bound = None
        if inner.certificate is not None:
            bound = inner.certificate.bound - change_value * kept
        return _result(
            problem,
            was,
            inner,
            mode="price of a change",
            change_value=float(change_value),
            n_changes=most - kept,
            bound=bound,
        )
    if max_changes is not None:
        found = within_budget(problem_kept, i, j, most - int(max_changes), options)
        if found is None:
            _, fewest = _fewest_changes(problem_kept, i, j, most, options)
            raise InfeasibleError(
                f"At most {max_changes} changes are allowed, but {most - fewest} are needed to "
                "serve as many mentees as possible. Allow as many, or leave max_changes out, which "
                "finds the fewest.",
                problem=problem,
            )
        return _result(
            problem,
            was,
            found.matching,
            mode="at most so many changes",
            max_changes=int(max_changes),
            n_changes=most - count_kept(found.matching, i, j),
            bound=found.bound,
        )
    inner, kept = _fewest_changes(problem_kept, i, j, most, options)
    certificate = inner.certificate
    bonus = getattr(inner.problem.compatibility.scorer, "bonus", 0.0)
    return _result(
        problem,
        was,
        inner,
        mode="fewest changes",
        n_changes=most - kept,
        fewest=most - kept,
        bound=None if certificate is None else certificate.bound - bonus * kept,
    )


def _check_request(
    problem: Problem,
    max_changes: int | None,
    change_value: float | None,
    count: str,
    strategy: str,
) -> None:
    if not isinstance(problem, Problem):
        raise MentorMatchError(
            f"rematch needs the problem of today, got {type(problem).__name__}. Use "
            "mm.rematch(previous, problem)."
        )
    if max_changes is not None and change_value is not None:
        raise MentorMatchError(
            "max_changes and change_value are two ways to weigh changes. Give one of them; with "
            "neither, changes are as few as possible."
        )
    if strategy not in ("optimal", "stable"):
        raise MentorMatchError(f"strategy must be 'optimal' or 'stable', got {strategy!r}.")
    if strategy == "stable" and (max_changes is not None or change_value is not None):
        raise MentorMatchError(
            "The nearest stable matching keeps as many pairs as stability allows; max_changes and "
            "change_value have no place there. Leave them out."
        )
    if max_changes is not None and (
        isinstance(max_changes, bool)
        or not isinstance(max_changes, int | np.integer)
        or max_changes < 0
    ):
        raise MentorMatchError(f"max_changes must be a whole number from 0, got {max_changes!r}.")
    if change_value is not None and not (
        isinstance(change_value, float | int) and 0 <= change_value < np.inf
    ):
        raise MentorMatchError(f"change_value must be 0 or more, in score; got {change_value!r}.")
    if count not in ("mentees", "pairs"):
        raise MentorMatchError(f"count must be 'mentees' or 'pairs', got {count!r}.")
    if count == "mentees" and problem.wants_several:
        raise MentorMatchError(
            "Some mentees want several mentors, so mentees and pairs that change are not the same "
            'number. Only pairs can be counted then: count="pairs".'
        )


def _with_pins(problem: Problem, was: Previous, keep: Iterable[object]) -> Problem:
    """The problem with the pairs to keep pinned.

    Raises
    ------
    InfeasibleError
        A pair that was not there, or that cannot go on.
    """
    wanted: list[tuple[Hashable, Hashable]] = []
    of_mentee: dict[Any, list[int]] = {}
    for k, one in enumerate(was.pairs["mentee"]):
        of_mentee.setdefault(one, []).append(k)
    pairs = list(zip(was.pairs["mentee"], was.pairs["mentor"], strict=True))
    known = {pair: k for k, pair in enumerate(pairs)}
    wrong, lost = [], []
    if not isinstance(keep, Iterable):
        raise MentorMatchError(
            f"keep must be a list of mentees or of (mentee, mentor) pairs, got {keep!r}."
        )
    for one in [keep] if isinstance(keep, str) else keep:
        places = of_mentee.get(one) if not isinstance(one, list) else None
        if places is None and isinstance(one, tuple | list) and tuple(one) in known:
            places = [known[tuple(one)]]
        if not places:
            wrong.append(f"{one!r} had no such pair before")
            continue
        for k in places:
            if was.ended[k]:
                wrong.append(f"{pairs[k][0]!r} with {pairs[k][1]!r} cannot go on: {was.ended[k]}")
                lost.append(PairRule(*pairs[k], "kept from before"))
            else:
                wanted.append(pairs[k])
    if wrong:
        known_pairs = [
            pin
            for pin in lost
            if pin.mentee in problem.mentee_ids and pin.mentor in problem.mentor_ids
        ]
        raise InfeasibleError(
            f"Not every pair to keep can go on: {'; '.join(wrong)}.",
            [name_pin(pin) for pin in lost],
            problem,
            known_pairs,
        )
    have = {(rule.mentee, rule.mentor) for rule in problem.pin_rules}
    more = [(*pair, "kept from before") for pair in wanted if pair not in have]
    return replace(problem, pins=[*problem.pin_rules, *more]) if more else problem


def _fewest_changes(
    problem: Problem, i: Any, j: Any, most: int, options: dict[str, Any]
) -> tuple[Matching, int]:
    """Coverage, then the most pairs kept, then the total.

    With a bonus for kept pairs that is large enough, the largest sum keeps as many as can be kept.
    Whether it was large enough is proven: by what seats leave room for, by the prices divided by
    the bonus and rounded, or by counting alone.
    """
    size = 0.0
    for score in _extremes(problem):
        size = max(size, abs(score))
    bonus = FIRST_BONUS * (size or 1.0)
    most_kept: int | None = None
    while True:
        inner = match(with_bonus(problem, i, j, bonus), **options)
        kept = count_kept(inner, i, j)
        if (
            kept >= most
            or kept == most_kept
            or _most_by_prices(problem, inner, i, j, bonus) == kept
        ):
            return inner, kept
        if most_kept is None:
            alone = match(with_bonus(problem, i, j, 1.0, factor=0.0), **options)
            most_kept = count_kept(alone, i, j)
            if kept == most_kept:
                return inner, kept
        if bonus > GROWTH * (len(i) + 1) * (size or 1.0):
            # Beyond any sum of scores; a time limit ended the search.
            return inner, kept
        bonus *= GROWTH


def _extremes(problem: Problem) -> tuple[float, float]:
    """The largest score and the smallest."""
    high, low = 0.0, 0.0
    for rows in row_slices(*problem.shape):
        high = max(high, float(problem.scores(rows, 0.0).max(initial=0.0)))
        low = min(low, float(problem.scores(rows, 0.0).min(initial=0.0)))
    return high, low


def _most_by_prices(problem: Problem, inner: Matching, i: Any, j: Any, bonus: float) -> int | None:
    """How many pairs can be kept at most, by the prices of the solved problem; None: not known."""
    claimed = inner.certificate
    if claimed is None or claimed.method != "prices" or problem.sides or not claimed.proven:
        return None
    counting = with_bonus(problem, i, j, 1.0, factor=0.0)
    prices = np.rint(claimed.prices.reindex(problem.mentor_ids).to_numpy(np.float64) / bonus)
    coverage = np.rint(np.asarray(claimed.coverage_multipliers) / bonus)
    multipliers = Multipliers(prices, coverage, float(np.rint(claimed.seats_multiplier / bonus)))
    left = problem.after_pins
    newly = (inner.places > 0) & ~left.covered
    covered = np.bincount(problem.priority_classes[newly], minlength=problem.n_classes)
    filled = len(inner.mentees) - len(problem.pinned)
    return int(np.floor(upper_bound(counting, multipliers, covered, filled) + 1e-6))


def _nearest_stable(
    problem: Problem, kept_problem: Problem, was: Previous, options: dict[str, Any]
) -> Rematch:
    """The stable matching that keeps most pairs, then has the best total."""
    i, j = was.mentees[was.valid], was.mentors[was.valid]
    size = max(abs(one) for one in _extremes(problem)) or 1.0
    bonus = FIRST_BONUS * size * (min(problem.shape) + 1)
    inner = match(with_bonus(kept_problem, i, j, bonus), StableOptimal(), **options)
    kept = count_kept(inner, i, j)
    as_before = Matching(problem, i, j, check=False)
    blocking = len(blocking_pairs(as_before, limit=None))
    return _result(
        problem,
        was,
        inner,
        mode="nearest stable",
        n_changes=was.most_kept(problem) - kept,
        blocking_if_kept=blocking,
    )


def _result(problem: Problem, was: Previous, inner: Matching, **said: Any) -> Rematch:
    """The pairs of a solved problem as a matching of the problem that was asked about."""
    notes = tuple(note for note in inner.notes if note not in problem.compatibility.notes)
    return Rematch(
        problem,
        inner.mentees,
        inner.mentors,
        strategy="rematch",
        engine=inner.engine,
        seed=inner.seed,
        runtime=inner.runtime,
        notes=(*problem.compatibility.notes, *notes),
        previous=was,
        proof=inner.certificate,
        **said,
    )
