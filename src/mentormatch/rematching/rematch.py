"""A new matching after people left, came, or changed: as little of the old one as need be goes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.audits import blocking_pairs
from mentormatch.certificates.bounds.bound import largest_score
from mentormatch.compatibility.ids import format_count
from mentormatch.compatibility.views import view_of
from mentormatch.errors import InfeasibleError, MentorMatchError, is_whole
from mentormatch.matching.matching import Matching
from mentormatch.problem import PairRule, Problem, name_pin
from mentormatch.rematching.budget import FIRST_BONUS, count_kept, fewest_changes, within_budget
from mentormatch.rematching.fewest_people import LOSERS, FewestPeople
from mentormatch.rematching.kept import with_bonus
from mentormatch.rematching.people import Incumbents
from mentormatch.rematching.previous import Previous, previous_pairs
from mentormatch.rematching.program import SearchOptions
from mentormatch.rematching.result import FEWEST, Count, Rematch
from mentormatch.solvers.deadline import Deadline
from mentormatch.strategies.base import OVERRUN, say_overrun
from mentormatch.strategies.by_preference.stable_optimal import StableOptimal
from mentormatch.strategies.canonical import in_canonical_order

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

__all__ = ["rematch"]


def rematch(
    previous: Matching | pd.DataFrame | Iterable[Sequence[object]] | object,
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
        What a change is: "mentees" who lose a mentor they could have kept, "pairs" that end, or
        "people" of either side who lose at least one partner whom they could have kept: a mentor
        who loses two counts once. Mentees and pairs are the same number where everybody wants one
        mentor; else mentees are not counted. Pairs that had to end, for somebody has fewer places
        than pairs, never count. People are no flow: an integer program decides where bounds by
        prices do not, and in large problems the bounds may stay open (``.fewest``, ``.gap``).
    strategy
        "optimal", or "stable": the stable matching that keeps most, then has the best total.
    seed, time_limit
        As in `mm.match`; the limit is one for all searches together. Where it ends them before the
        fewest changes are proven, ``fewest`` is below ``n_changes``.

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
    started = time.perf_counter()
    _check_request(problem, max_changes, change_value, count, strategy)
    was = previous_pairs(previous, problem)
    problem_kept = _with_pins(problem, was, keep)
    options = SearchOptions(seed, Deadline.after(time_limit))
    if strategy == "stable":
        return _timed(_nearest_stable(problem, problem_kept, was, options), time_limit, started)
    # What an integer program decides among equals hangs on no order of the rows.
    order_i, order_j, ordered = in_canonical_order(problem_kept, seed)
    asked = _Asked(
        ordered,
        previous_pairs(previous, ordered),
        options,
        None if change_value is None else float(change_value),
        None if max_changes is None else int(max_changes),
    )
    found = asked.by_people() if count == "people" else asked.by_pairs()
    inner = view_of(
        found.matching,
        problem=problem,
        mentees=order_i[found.matching.mentees],
        mentors=order_j[found.matching.mentors],
    )
    made = view_of(
        _result(problem, was, inner),
        mode=asked.mode,
        change_value=asked.change_value,
        max_changes=asked.max_changes,
        count=count,
        n_changes=found.changes,
        fewest=found.fewest,
        bound=found.bound,
        stopped=None if time_limit is None else "time limit",
    )
    return _timed(made, time_limit, started)


class _Found(NamedTuple):
    """A matching, what it changes, the fewest that are known of, and a bound on the total."""

    matching: Matching
    changes: int
    fewest: int | None
    bound: float | None


@dataclass(frozen=True, eq=False)
class _Asked:
    """What was asked of a problem, in one of the three modes."""

    problem: Problem
    was: Previous
    options: SearchOptions
    change_value: float | None
    max_changes: int | None

    @property
    def mode(self) -> str:
        """The name of the mode."""
        if self.change_value is not None:
            return "price of a change"
        return FEWEST if self.max_changes is None else "at most so many changes"

    @cached_property
    def incumbents(self) -> Incumbents:
        """The pairs that are still possible."""
        return Incumbents.of(self.was, self.problem)

    def by_pairs(self) -> _Found:
        """Count pairs that end."""
        problem, options = self.problem, self.options
        i, j, most = self.incumbents.mentees, self.incumbents.mentors, self.incumbents.most
        if self.change_value is not None:
            inner = options.match(with_bonus(problem, i, j, self.change_value))
            kept = count_kept(inner, i, j)
            bound = _bound_without(inner, self.change_value * kept)
            return _Found(inner, most - kept, None, bound)
        if self.max_changes is not None:
            found = within_budget(problem, i, j, most - self.max_changes, options)
            if found is None:
                _, kept, least, _ = self.fewest_pairs()
                raise self._too_few(("change", "changes"), least, most - kept)
            kept = count_kept(found.matching, i, j)
            return _Found(found.matching, most - kept, None, found.bound)
        inner, kept, least, bound = self.fewest_pairs()
        return _Found(inner, most - kept, least, bound)

    def fewest_pairs(self) -> tuple[Matching, int, int, float | None]:
        """The fewest pairs that end: how many are kept, the fewest changes, the bound on the total.

        No matching of this coverage has fewer changes; this one has more where time was over.
        """
        i, j, most = self.incumbents.mentees, self.incumbents.mentors, self.incumbents.most
        inner, kept, most_kept = fewest_changes(self.problem, i, j, most, self.options)
        bonus = getattr(inner.problem.compatibility.scorer, "bonus", 0.0)
        return inner, kept, most - most_kept, _bound_without(inner, bonus * kept)

    def by_people(self) -> _Found:
        """Count people who lose somebody."""
        people = FewestPeople(self.problem, self.incumbents, self.options, self.fewest_pairs)
        if self.change_value is not None:
            found = people.priced(self.change_value)
        elif self.max_changes is not None:
            within = people.within(self.max_changes)
            if within is None:
                least = people.fewest()
                raise self._too_few(LOSERS, least.least or 0, least.people)
            found = within
        else:
            found = people.fewest()
        return _Found(found.matching, found.people, found.least, found.bound)

    def _too_few(self, what: tuple[str, str], least: int, enough: int) -> InfeasibleError:
        """Say how many are needed, or between which numbers that lies."""
        most = self.max_changes or 0
        allowed = f"{format_count(most, *what)} {'is' if most == 1 else 'are'} allowed"
        # As many as are allowed were refuted.
        least = max(least, most + 1)
        needed = str(enough) if least >= enough else f"{least} to {enough}"
        return InfeasibleError(
            f"At most {allowed}, but {needed} {'is' if needed == '1' else 'are'} needed to serve "
            "as many mentees as possible. Allow as many, or leave max_changes out, which finds "
            "the fewest.",
            problem=self.problem,
        )


def _bound_without(inner: Matching, bonus: float) -> float | None:
    """The bound of a priced problem, less what kept pairs are worth more in it."""
    return None if inner.certificate is None else inner.certificate.bound - bonus


def _check_request(
    problem: Problem, max_changes: int | None, change_value: float | None, count: str, strategy: str
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
    if max_changes is not None and not is_whole(max_changes):
        raise MentorMatchError(f"max_changes must be a whole number from 0, got {max_changes!r}.")
    if change_value is not None and not (
        isinstance(change_value, float | int) and 0 <= change_value < np.inf
    ):
        raise MentorMatchError(f"change_value must be 0 or more, in score; got {change_value!r}.")
    if count not in ("mentees", "pairs", "people"):
        raise MentorMatchError(f"count must be 'mentees', 'pairs' or 'people', got {count!r}.")
    if count == "people" and strategy == "stable":
        raise MentorMatchError(
            "The nearest stable matching keeps the most pairs; people who lose somebody cannot be "
            'counted there. Use count="pairs".'
        )
    if count == "mentees" and problem.wants_several:
        raise MentorMatchError(
            "Some mentees want several mentors, so mentees and pairs that change are not the same "
            'number. Count pairs, or people of either side: count="pairs" or count="people".'
        )


def _with_pins(problem: Problem, was: Previous, keep: Iterable[object]) -> Problem:
    """The problem with the pairs to keep pinned."""
    wanted: list[tuple[Hashable, Hashable]] = []
    of_mentee: dict[object, list[int]] = {}
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


def _nearest_stable(
    problem: Problem, kept_problem: Problem, was: Previous, options: SearchOptions
) -> Rematch:
    """The stable matching that keeps most pairs, then has the best total."""
    i, j = was.mentees[was.valid], was.mentors[was.valid]
    size = largest_score(problem) or 1.0
    bonus = FIRST_BONUS * size * (min(problem.shape) + 1)
    inner = options.match(with_bonus(kept_problem, i, j, bonus), StableOptimal())
    kept = count_kept(inner, i, j)
    as_before = Matching(problem, i, j, check=False)
    blocking = len(blocking_pairs(as_before, limit=None))
    return view_of(
        _result(problem, was, inner),
        mode="nearest stable",
        n_changes=was.most_kept(problem) - kept,
        blocking_if_kept=blocking,
    )


def _timed(made: Rematch, time_limit: float | None, started: float) -> Rematch:
    """The same with the seconds that all searches took, said where they are beyond the limit."""
    runtime = time.perf_counter() - started
    notes = (*made.notes, *say_overrun(time_limit, runtime))
    return view_of(made, runtime=runtime, notes=notes)


def _result(problem: Problem, was: Previous, inner: Matching) -> Rematch:
    """The pairs of a solved problem as a matching of the problem that was asked about."""
    # What was said of the time of one search is said of all of them.
    notes = tuple(
        note
        for note in inner.notes
        if note not in problem.compatibility.notes and OVERRUN not in note
    )
    return Rematch(
        problem,
        inner.mentees,
        inner.mentors,
        strategy="rematch",
        engine=inner.engine,
        seed=inner.seed,
        notes=(*problem.compatibility.notes, *notes),
        previous=was,
        proof=inner.certificate,
    )
