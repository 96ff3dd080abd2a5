"""Pairs that were made though a cell that no rule reads speaks against them."""

from __future__ import annotations

from itertools import product, starmap
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from mentormatch.criteria.cells.meant_people import may_mean
from mentormatch.criteria.cells.named_values import values_of_people
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.kinds.named_people import named_people
from mentormatch.errors import readable
from mentormatch.programme.questions.read_columns import (
    asks_for_a_rule,
    columns_of_avoids,
    list_unread_columns,
    read_by_criteria,
)
from mentormatch.programme.questions.remarks import OTHER, find_remarks
from mentormatch.programme.questions.sent_again import find_lost_refusals

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mentormatch.cohort import Cohort, Side
    from mentormatch.matching import Matching
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.programme.questions.remarks import Remark
    from mentormatch.programme.questions.sent_again import LostRefusal

__all__ = ["find_unkept_pairs", "order_pair", "pair_of"]

NAMES = {"not": "names", "perhaps not": "may name"}


def find_unkept_pairs(
    configuration: Configuration, matching: Matching, *, earlier: bool = True
) -> dict[tuple[Hashable, Hashable], str]:
    """Find the pairs that were made though a cell that no rule reads speaks against them.

    A remark may, a column of people to be kept apart, and what an earlier form said. ``earlier``:
    earlier forms count. The answer says where it stands, by the ids of mentee and mentor; the words
    of the cell are not quoted.
    """
    cohort = matching.problem.compatibility.cohort
    if cohort is None:
        return {}
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    found: dict[tuple[Hashable, Hashable], str] = {}
    for (i, j), said in (
        *_remarks_against(configuration, cohort, made),
        *_columns_against(configuration, cohort, matching),
        *(_earlier_against(configuration, cohort, made) if earlier else ()),
    ):
        ids = cohort.mentee_ids[i], cohort.mentor_ids[j]
        found[ids] = f"{found[ids]}; {said}" if ids in found else said
    return found


def _remarks_against(
    configuration: Configuration, cohort: Cohort, made: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one says in a remark that the other is not to be met."""
    for one in find_remarks(cohort, *read_by_criteria(configuration, cohort)):
        if pair_of(one) in made and one.says in NAMES:
            place = _place_for_readers(cohort, one)
            yield (
                pair_of(one),
                f"{place} {NAMES[one.says]} somebody beside a word such as not or manager",
            )


def _columns_against(
    configuration: Configuration, cohort: Cohort, matching: Matching
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one is named in a column of people to be kept apart that no rule reads."""
    for side, unread in list_unread_columns(configuration, cohort):
        columns = list(filter(asks_for_a_rule, unread))
        if not columns:
            continue
        people, partners = matching.mentees, matching.mentors
        if side == "mentors":
            people, partners = partners, people
        order = np.lexsort((partners, people))
        people, partners = people[order], partners[order]
        other = OTHER[side]
        names = list(cohort.person_columns(other).names)
        known = [named_people(cohort, other, of) for of in (None, *([names] if names else []))]
        for column in columns:
            cells = values_of_people(cohort, side, column).tuples()
            for own in (k for k, cell in enumerate(cells) if cell):
                said = set(map(normalise, cells[own]))
                for who in partners[slice(*np.searchsorted(people, [own, own + 1]))].tolist():
                    called = {name for one in known for name in one.of(who)}
                    if said & called or any(starmap(may_mean, product(said, called))):
                        place = _place_for_readers(cohort, _Cell(side, own, column))
                        says = f"{place}, which no rule reads, may name the other"
                        yield order_pair(side, own, who), says


def _earlier_against(
    configuration: Configuration, cohort: Cohort, made: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one named the other in an earlier form, and not in the later one."""
    for one in find_lost_refusals(cohort, columns_of_avoids(configuration, cohort)):
        place = _place_for_readers(cohort, one, one.row)
        for pair in (order_pair(one.side, one.position, who) for who in one.named):
            if pair in made:
                yield pair, f"{place} names somebody in an earlier form, and not in the later one"


class _Cell(NamedTuple):
    """Where something stands."""

    side: Side
    position: int
    column: str


def _place_for_readers(
    cohort: Cohort, one: _Cell | Remark | LostRefusal, row: int | None = None
) -> str:
    """A place that does not say in which folder somebody keeps the tables."""
    cell = cohort.finding(one.side, one.position, one.column, "")
    return f'{PurePath(cell.file).name}, row {row or cell.row}, "{readable(one.column)}"'


def order_pair(side: Side, own: int, other: int) -> tuple[int, int]:
    """A person and one of the other table as mentee and mentor."""
    return (own, other) if side == "mentees" else (other, own)


def pair_of(remark: Remark) -> tuple[int, int]:
    """The mentee and the mentor that a remark is about."""
    return order_pair(remark.side, remark.position, remark.named)
