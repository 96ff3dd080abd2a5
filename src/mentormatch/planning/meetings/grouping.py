"""Who must be planned together: units that share a person, directly or through others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.planning.meetings.candidates import Periods, Unit, unit_starts
from mentormatch.planning.meetings.placing import Group

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.planning.meetings.free_time import FreeTime
    from mentormatch.planning.meetings.settings import PlanSettings
    from mentormatch.problem import Problem

__all__ = ["People", "make_group", "make_groups", "make_units"]


def make_units(
    mentees: NDArray[np.intp], mentors: NDArray[np.intp], *, together: bool
) -> list[Unit]:
    """Return one unit for each pair, or one for each mentor with its whole group."""
    if not together:
        return [Unit((i,), j) for i, j in zip(mentees.tolist(), mentors.tolist(), strict=True)]
    order = np.lexsort((mentees, mentors))
    found: dict[int, list[int]] = {}
    for i, j in zip(mentees[order].tolist(), mentors[order].tolist(), strict=True):
        found.setdefault(j, []).append(i)
    return [Unit(tuple(group), j) for j, group in found.items()]


def make_groups(
    problem: Problem, units: Sequence[Unit], free: FreeTime, settings: PlanSettings
) -> Iterator[Group]:
    """Yield the groups of units that share people, the largest first."""
    if not units:
        return
    people = People.of(problem)
    rows = [u for u, unit in enumerate(units) for _ in (*unit.mentees, unit.mentor)]
    columns = [one for unit in units for one in people.in_unit(unit)]
    size = len(units) + people.count
    where = (np.array(rows), np.array(columns) + len(units))
    graph = sparse.coo_array((np.ones(len(rows)), where), shape=(size, size))
    _, parts = sparse.csgraph.connected_components(graph, directed=False)
    parts = parts[: len(units)]
    order = np.argsort(parts, kind="stable")
    cuts = np.flatnonzero(np.diff(parts[order])) + 1
    together = sorted(np.split(order, cuts), key=lambda one: (-len(one), int(one[0])))
    for members in together:
        yield make_group(people, [units[u] for u in members.tolist()], free, settings)


def make_group(
    people: People, units: Sequence[Unit], free: FreeTime, settings: PlanSettings
) -> Group:
    """List the starts of units that are planned together."""
    periods = Periods(
        count=settings.meetings,
        weeks=settings.weeks,
        length=settings.quarters,
        kickoff_days=settings.kickoff_days,
        first_day=free.timeline.day_of(settings.first),
    )
    reference = free.zone("mentors", units[0].mentor)
    return Group(
        units=units,
        starts=[
            unit_starts(free, periods, unit, _common_time(free, unit), reference) for unit in units
        ],
        people=[people.in_unit(unit) for unit in units],
        periods=periods,
        reference=reference,
        mentor_week=settings.per_mentor_week,
    )


def _common_time(free: FreeTime, unit: Unit) -> NDArray[np.bool_]:
    """Mark the quarter-hours at which everybody of a unit can meet."""
    common = free.free("mentors", unit.mentor)
    for mentee in unit.mentees:
        common = common & free.free("mentees", mentee)
    return common


@dataclass(frozen=True, eq=False)
class People:
    """Numbers of people; somebody in both tables has one number."""

    mentors: NDArray[np.intp]  # (mentors,): the number of each; a mentee's number is its position
    count: int  # no number is as large

    @classmethod
    def of(cls, problem: Problem) -> People:
        """Number the people of a problem."""
        n, m = problem.shape
        mentors = np.arange(n, n + m)
        cohort = problem.compatibility.cohort
        if cohort is not None and cohort.shares_ids:
            same = problem.mentee_ids.get_indexer(problem.mentor_ids)
            mentors = np.where(same >= 0, same, mentors)
        return cls(mentors, n + m)

    def in_unit(self, unit: Unit) -> tuple[int, ...]:
        """Return the numbers of a unit's people, its mentor last."""
        return (*unit.mentees, int(self.mentors[unit.mentor]))
