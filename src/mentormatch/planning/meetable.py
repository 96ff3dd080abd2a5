"""The best matching whose meetings can all be planned, by rules that are added until it can."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from itertools import combinations, count
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.certificates import solver_bounded_with_rules
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import InfeasibleError, ProblemError, SolverError
from mentormatch.matching import Matching
from mentormatch.planning.meet_rules import MeetRule, with_rules
from mentormatch.planning.meetings.candidates import Unit
from mentormatch.planning.meetings.grouping import People, make_group, make_groups, make_units
from mentormatch.planning.meetings.obstacles import smallest_conflict
from mentormatch.planning.meetings.placing import place_one_by_one
from mentormatch.planning.meetings.program import fits, period_classes, subgroup
from mentormatch.strategies import is_strategy_name, match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.planning.meetings.free_time import FreeTime
    from mentormatch.planning.meetings.placing import Group
    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.problem import Problem

__all__ = ["meetable_matching"]

# Up to here every pair is looked at before the first match.
MANY_PAIRS = 20_000
MOST_ROUNDS = 500
# A rule about hours in common is widened to so many mentees at most.
WIDEST = 40
# How good a matching is, the smaller the better; and the pairs that a branch goes without.
Rank: TypeAlias = "tuple[float, ...]"
Branch: TypeAlias = "frozenset[tuple[int, int]]"


@dataclass(frozen=True, eq=False)
class _Planner:
    """What stays the same while matchings are tried."""

    problem: Problem
    free: FreeTime
    settings: PlanSettings
    people: People
    eligible: dict[int, list[int]] = field(default_factory=dict)

    def pair_group(self, mentees: Iterable[int], mentor: int) -> Group:
        """List the starts of some mentees with one mentor, each pair by itself."""
        units = [Unit((i,), mentor) for i in mentees]
        return make_group(self.people, units, self.free, self.settings)

    def eligible_mentees(self, mentor: int) -> list[int]:
        """List the mentees who may be matched with a mentor."""
        if mentor not in self.eligible:
            n = self.problem.shape[0]
            block = self.problem.pairs(np.arange(n), np.full(n, mentor))
            self.eligible[mentor] = np.flatnonzero(block.eligible).tolist()
        return self.eligible[mentor]


def meetable_matching(
    matching: Matching, settings: PlanSettings, free: FreeTime
) -> tuple[Matching, tuple[MeetRule, ...]]:
    """Match again until every meeting of the matching can be planned.

    Each round adds rules that every matching keeps whose meetings can all be planned, and that the
    matching so far breaks. The first matching that can be planned is therefore a best one of all
    that can, and its certificate, over the problem with these rules, proves it.

    Where pairs that share people in a chain cannot all be planned, one of them must go: the search
    branches over which, the most promising branch first. The first matching that can be planned is
    then again a best one; that no branch is better rests on the search, and the certificate says
    so. The answer is the matching, as it was when it can be met, and the rules that were added to
    its problem. Raises InfeasibleError if no matching can be met: the rules contradict pins,
    minimums or quotas.
    """
    problem = matching.problem
    strategy = matching.strategy if is_strategy_name(matching.strategy) else "optimal"
    planner = _Planner(problem, free, settings, People.of(problem))
    found = _broken(planner, matching)
    if not found:
        return matching, ()
    rules = dict.fromkeys(found)
    if any(rule.pairs for rule in found) and strategy != "optimal":
        raise _no_branches(planner, found, strategy)
    if problem.shape[0] * problem.shape[1] <= MANY_PAIRS:
        for mentor in range(problem.shape[1]):
            rules |= dict.fromkeys(_hopeless(planner, mentor))
    # Each branch is the pairs that it goes without, with the best matching it can have.
    open_branches: list[tuple[Rank, int, Branch, Matching | None, int]] = [
        ((), 0, frozenset(), None, 0)
    ]
    ticket = count(1)
    made = {frozenset[tuple[int, int]]()}
    infeasible: InfeasibleError | None = None
    proven = True
    for _ in range(MOST_ROUNDS):
        if not open_branches:
            raise InfeasibleError(
                f"No matching of this problem can be met: "
                f"{format_count(settings.meetings, 'meeting')} of "
                f"{settings.length_text} allow {format_count(len(rules), 'combination')} of "
                "mentees and mentors "
                f"only in part, and then {infeasible}",
                () if infeasible is None else infeasible.conflict,
                None if infeasible is None else infeasible.problem,
            ) from infeasible
        _, _, without, last, known = heapq.heappop(open_branches)
        found = [] if last is None else _broken(planner, last)
        if last is not None and not found:
            if not without:
                return last, tuple(rules)
            return _of_branches(problem, last, rules, settings, proven=proven), tuple(rules)
        if chains := [rule for rule in found if rule.pairs]:
            if strategy != "optimal":
                raise _no_branches(planner, chains, strategy)
            branches = [without | {pair} for pair in chains[0].pairs]
        else:
            branches = [without]
            kept = list(rules)[:known]
            if last is not None and all(rule in kept for rule in found):
                raise SolverError("A rule that was added does not hold; a fault of the engine.")
        rules |= dict.fromkeys(found)
        for branch in branches:
            if branch in made and branch != without:
                continue
            made.add(branch)
            try:
                changed = with_rules(problem, rules, settings, branch)
                here = match(changed, strategy, seed=matching.seed or 0)
            except InfeasibleError as error:
                infeasible = error
                continue
            proven &= here.certificate is not None and here.certificate.proven
            heapq.heappush(open_branches, (_rank(here), next(ticket), branch, here, len(rules)))
    raise SolverError(
        f"After {MOST_ROUNDS} rounds the matching still cannot be met. Plan fewer or shorter "
        "meetings, or match by common hours with Availability(minimum_hours=…)."
    )


def _rank(matching: Matching) -> Rank:
    """Order matchings, the better first: mentees with a mentor by priority, pairs, total."""
    problem = matching.problem
    if not problem.coverage_first:
        return (-matching.total,)
    covered = np.bincount(
        problem.priority_classes[matching.places > 0], minlength=problem.n_classes
    )
    return (*(-covered).tolist(), -len(matching.mentees), -matching.total)


def _of_branches(
    problem: Problem,
    best: Matching,
    rules: Iterable[MeetRule],
    settings: PlanSettings,
    *,
    proven: bool,
) -> Matching:
    """Return the best matching of all branches, for the problem without what one branch gave up."""
    matching = Matching.from_pairs(
        with_rules(problem, rules, settings), best.pairs, strategy=best.strategy
    )
    certificate = solver_bounded_with_rules(
        matching, "branches of rematch", matching.total, matching.n_matched, len(matching.mentees)
    )
    return replace(
        matching,
        engine=best.engine,
        seed=best.seed,
        certificate=replace(certificate, proven=certificate.proven and proven),
        notes=best.notes,
    )


def _no_branches(planner: _Planner, chains: Sequence[MeetRule], strategy: str) -> ProblemError:
    chain = next(rule for rule in chains if rule.pairs)
    mentees, mentors = planner.problem.mentee_ids, planner.problem.mentor_ids
    pairs = ", ".join(f"({mentees[i]!r}, {mentors[j]!r})" for i, j in chain.pairs)
    return ProblemError(
        f"rematch=True cannot keep these pairs apart by a rule: {pairs}. "
        f'They share people in a chain, for which only strategy="optimal" can be searched, not '
        f"{strategy!r}. Ban one of them, or give somebody a smaller demand."
    )


def _broken(planner: _Planner, matching: Matching) -> list[MeetRule]:
    """Find rules that a matching breaks because its meetings cannot all be planned."""
    together = planner.settings.together_hour
    units = make_units(matching.mentees, matching.mentors, together=together)
    rules: list[MeetRule] = []
    for group in make_groups(planner.problem, units, planner.free, planner.settings):
        schedule = place_one_by_one(group)
        if schedule.planned == group.size * group.periods.count:
            continue
        if together:
            rules += _groups_apart(planner, group)
            continue
        for one in period_classes(group):
            k = one.periods[0]
            rules += [_rule_of(planner, group, conflict, k) for conflict in _conflicts(group, k)]
    return rules


def _conflicts(group: Group, k: int) -> Iterator[list[int]]:
    """Yield units that cannot all meet in a period, until the others can."""
    left = list(range(group.size))
    # Most conflicts are about the hours of one person.
    for person in sorted({one for people in group.people for one in people}):
        star = [u for u in left if person in group.people[u]]
        while len(star) > 1 and not fits(group, star, k):
            conflict = smallest_conflict(group, star, k)
            yield conflict
            star.remove(conflict[0])
            left.remove(conflict[0])
    while left and not fits(group, left, k):
        conflict = smallest_conflict(group, left, k)
        yield conflict
        left.remove(conflict[0])


def _rule_of(planner: _Planner, group: Group, conflict: list[int], k: int) -> MeetRule:
    """Turn units that cannot all meet into a rule, as wide as it stays valid."""
    units = [group.units[u] for u in conflict]
    mentors = {unit.mentor for unit in units}
    mentees = {unit.mentees[0] for unit in units}
    if len(mentors) > 1:
        if len(mentees) > 1:
            return _chain_of(units, k)
        return MeetRule(tuple(mentees), tuple(sorted(mentors)), len(conflict) - 1, k)
    (mentor,) = mentors
    some = subgroup(group, conflict)
    usable, most = _room(some, k)
    if most >= len(conflict):
        return MeetRule(tuple(sorted(mentees)), (mentor,), len(conflict) - 1, k)
    # Whoever can only meet at the same hours competes for the same room.
    everybody = planner.eligible_mentees(mentor)
    wider = planner.pair_group(everybody, mentor)
    rivals = [
        i
        for i, starts in zip(everybody, wider.starts, strict=True)
        if i in mentees or np.isin(starts.within(k), usable).all()
    ]
    return MeetRule(tuple(rivals), (mentor,), most, k)


def _chain_of(units: Sequence[Unit], k: int) -> MeetRule:
    """Return the rule that not all pairs of some units meet."""
    pairs = tuple(sorted((i, unit.mentor) for unit in units for i in unit.mentees))
    mentees, mentors = (tuple(sorted(set(side))) for side in zip(*pairs, strict=True))
    return MeetRule(mentees, mentors, len(mentees) * len(mentors) - 1, k, pairs)


def _room(group: Group, k: int) -> tuple[NDArray[np.intp], int]:
    """Return the starts of any unit in a period, and the most meetings that fit into them."""
    at = np.concatenate([one.within(k) for one in group.starts])
    week = np.concatenate([one.week[one.of(k)] for one in group.starts])
    usable, first = np.unique(at, return_index=True)
    week = week[first]
    length = group.periods.length
    limit = group.mentor_week
    by_week = [_disjoint(usable[week == w], length) for w in range(group.periods.weeks)]
    if limit is not None:
        by_week = [min(limit, one) for one in by_week]
    return usable, min(_disjoint(usable, length), sum(by_week))


def _disjoint(at: NDArray[np.intp], length: int) -> int:
    """Count the most meetings at some starts that do not overlap: the earliest first."""
    count, until = 0, -1
    for start in at.tolist():
        if start >= until:
            count, until = count + 1, start + length
    return count


def _hopeless(planner: _Planner, mentor: int) -> list[MeetRule]:
    """Find the mentees who have no common hour with a mentor in some period."""
    mentees = planner.eligible_mentees(mentor)
    if not mentees:
        return []
    group = planner.pair_group(mentees, mentor)
    rules: dict[int, list[int]] = {}
    for i, starts in zip(mentees, group.starts, strict=True):
        held = np.bincount(starts.period, minlength=group.periods.count)
        if (held == 0).any():
            rules.setdefault(int(np.argmin(held)), []).append(i)
    return [MeetRule(tuple(who), (mentor,), 0, k) for k, who in rules.items()]


def _groups_apart(planner: _Planner, group: Group) -> list[MeetRule]:
    """Find mentees of one mentor who have no hour in common for all of them."""
    rules: list[MeetRule] = []
    for unit, starts in zip(group.units, group.starts, strict=True):
        held = np.bincount(starts.period, minlength=group.periods.count)
        for k in np.flatnonzero(held == 0).tolist()[:1]:
            rules.append(_hour_apart(planner, unit, k))
    if rules:
        return rules
    # Each group has its hours, and people in two groups have too few: more mentees in any of the
    # groups leave fewer hours still.
    for one in period_classes(group):
        k = one.periods[0]
        rules += [
            _chain_of([group.units[u] for u in conflict], k) for conflict in _conflicts(group, k)
        ]
    return rules


def _hour_apart(planner: _Planner, unit: Unit, k: int) -> MeetRule:
    """Reduce a group without a common hour to a smallest one, and widen it by who fits no better.

    Of a set in which no ``r`` mentees have an hour in common with the mentor, r − 1 may be matched.
    """
    everybody = planner.eligible_mentees(unit.mentor)
    wider = planner.pair_group(everybody, unit.mentor)
    at = [starts.within(k) for starts in wider.starts]
    hours = np.unique(np.concatenate(at))
    free = {i: np.isin(hours, own) for i, own in zip(everybody, at, strict=True)}

    def have_hour(mentees: Iterable[int]) -> bool:
        return bool(np.logical_and.reduce([free[i] for i in mentees]).any())

    kept = list(unit.mentees)
    for i in unit.mentees:
        without = [one for one in kept if one != i]
        if without and not have_hour(without):
            kept = without
    size = len(kept)
    for i in everybody:
        if i in kept or len(kept) >= WIDEST:
            continue
        if not any(have_hour((i, *others)) for others in combinations(kept, size - 1)):
            kept.append(i)
    return MeetRule(tuple(sorted(kept)), (unit.mentor,), size - 1, k)
