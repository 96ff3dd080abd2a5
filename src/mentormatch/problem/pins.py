"""Pins and bans among the people of a problem: where they stand, and whether pins can all hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias, get_args

import numpy as np
from scipy import sparse

from mentormatch.compatibility.ids import format_count
from mentormatch.conflicts import Condition
from mentormatch.errors import InfeasibleError, ProblemError
from mentormatch.problem.pairs import as_lines, pair_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from mentormatch.compatibility import Compatibility
    from mentormatch.problem.pairs import PairRule

__all__ = [
    "Decided",
    "Unknown",
    "cells_of",
    "check_pins",
    "known_rules",
    "merge_decisions",
    "name_pin",
    "pair_array",
    "pair_positions",
    "rules_by_position",
]

Unknown: TypeAlias = Literal["error", "ignore"]


def known_rules(
    compatibility: Compatibility, rules: tuple[PairRule, ...], name: str, unknown: Unknown
) -> tuple[tuple[PairRule, ...], str | None]:
    """Leave out pins or bans that name unknown people, where that is asked for.

    Returns the rules that are kept, and a note on who is left out; None when nobody is. Raises
    ProblemError for a word for ``unknown`` that has no meaning.
    """
    if unknown not in get_args(Unknown):
        raise ProblemError(f"unknown must be 'error' or 'ignore', got {unknown!r}.")
    if unknown == "error":
        return rules, None
    kept, lost = [], []
    for rule in rules:
        try:
            compatibility.mentee_position(rule.mentee)
            compatibility.mentor_position(rule.mentor)
        except ProblemError:
            lost.append(rule)
        else:
            kept.append(rule)
    if not lost:
        return rules, None
    shown = ", ".join(f"({rule.mentee!r}, {rule.mentor!r})" for rule in lost[:3])
    more = ", …" if len(lost) > 3 else ""
    count = format_count(len(lost), name.removesuffix("s"))
    verb = "names" if len(lost) == 1 else "name"
    return tuple(kept), f"{count} {verb} people who are not there, left out: {shown}{more}."


class Decided(Protocol):
    """Pins and bans that somebody decided on."""

    @property
    def pins(self) -> Sequence[PairRule]:
        """Pairs that are to be made."""

    @property
    def bans(self) -> Sequence[PairRule]:
        """Pairs that are not to be made."""


def merge_decisions(
    decisions: Decided,
    pins: Sequence[PairRule],
    bans: Sequence[PairRule],
    want_one: Collection[object],
) -> tuple[tuple[PairRule, ...], tuple[PairRule, ...]]:
    """Add decisions to pins and bans.

    A decision replaces an earlier pin or ban of the same pair, and earlier pins of a mentee who
    wants one mentor. ``want_one`` are the ids of those mentees.
    """
    more_pins, more_bans = pair_rules(decisions.pins, "pins"), pair_rules(decisions.bans, "bans")
    fixed = {pin.mentee for pin in more_pins if pin.mentee in want_one}
    decided = {(rule.mentee, rule.mentor) for rule in (*more_pins, *more_bans)}
    earlier = [
        pin for pin in pins if pin.mentee not in fixed and (pin.mentee, pin.mentor) not in decided
    ]
    kept = [ban for ban in bans if (ban.mentee, ban.mentor) not in decided]
    return (*earlier, *more_pins), (*kept, *more_bans)


def pair_positions(
    compatibility: Compatibility, rules: tuple[PairRule, ...], name: str
) -> NDArray[np.intp]:
    """Positions (pairs, 2) of pins or bans; ProblemError with all unknown people at once."""
    where: list[tuple[int, int]] = []
    wrong: list[str] = []
    for rule in rules:
        try:
            i = compatibility.mentee_position(rule.mentee)
            j = compatibility.mentor_position(rule.mentor)
        except ProblemError as error:
            wrong.append(str(error))
            continue
        where.append((i, j))
    if wrong:
        title = f"The {name} name people the problem does not have"
        raise ProblemError(as_lines(title, [*dict.fromkeys(wrong)]))
    return np.array(where, dtype=np.intp).reshape(-1, 2)


def check_pins(
    pinned: NDArray[np.intp],
    rules: Sequence[PairRule],
    limits: tuple[NDArray[np.int64], NDArray[np.int64]],
    reasons: Callable[[int, int], tuple[str, ...]],
    without_pins: Callable[[], object],
) -> None:
    """Refuse pins that are ineligible, made twice, or beyond a capacity or a demand.

    The pins are positions (pins, 2) and, in this order, rules as they were given; ``limits`` are
    capacities (mentors,) and demands (mentees,). ``reasons`` says why the pair at two positions is
    ineligible, empty when it is eligible; ``without_pins`` returns the problem without its pins.
    Raises InfeasibleError with all that is wrong at once.
    """
    if not len(pinned):
        return
    capacities, demands = limits
    distinct, first, counts = np.unique(pinned, axis=0, return_index=True, return_counts=True)
    held = np.bincount(distinct[:, 1], minlength=len(capacities))
    placed = np.bincount(distinct[:, 0], minlength=len(demands))
    why = [reasons(i, j) for i, j in pinned.tolist()]
    over_mentor = (held > capacities)[pinned[:, 1]]
    over_mentee = (placed > demands)[pinned[:, 0]]
    twice = [rules[k] for k in first[counts > 1].tolist()]
    mentor_of = {int(j): rule.mentor for (_, j), rule in zip(pinned, rules, strict=True)}
    mentee_of = {int(i): rule.mentee for (i, _), rule in zip(pinned, rules, strict=True)}
    wrong = [
        *(
            f"the pin ({rule.mentee!r}, {rule.mentor!r}) is forbidden: {'; '.join(said)}"
            for rule, said in zip(rules, why, strict=True)
            if said
        ),
        *(
            f"the pair ({rule.mentee!r}, {rule.mentor!r}) is pinned twice; pin it once"
            for rule in twice
        ),
        *(
            f"mentor {mentor_of[j]!r} has {format_count(int(held[j]), 'pin')} but capacity "
            f"{capacities[j]}"
            for j in np.flatnonzero(held > capacities).tolist()
        ),
        *(
            f"mentee {mentee_of[i]!r} has {format_count(int(placed[i]), 'pin')} but demand "
            f"{demands[i]}"
            for i in np.flatnonzero(placed > demands).tolist()
        ),
    ]
    if not wrong:
        return
    pairs = {(rule.mentee, rule.mentor) for rule in twice}
    at_fault = [
        name_pin(rule)
        for k, rule in enumerate(rules)
        if why[k] or over_mentor[k] or over_mentee[k] or (rule.mentee, rule.mentor) in pairs
    ]
    raise InfeasibleError(
        f"The pins cannot all hold: {'; '.join(wrong)}. Take the pin away, or change the rule or "
        "number that it meets.",
        at_fault,
        without_pins(),
        rules,
    )


def name_pin(pin: PairRule) -> Condition:
    """Return a pin as a condition, with its reason."""
    why = f" ({pin.reason})" if pin.reason else ""
    people = (pin.mentee, pin.mentor)
    return Condition("pin", f"{pin.mentee!r} with {pin.mentor!r}{why}", people)


def rules_by_position(
    rules: Sequence[PairRule], where: NDArray[np.intp]
) -> dict[tuple[int, int], list[PairRule]]:
    """The rules of each position of ``where``, one line for each rule."""
    found: dict[tuple[int, int], list[PairRule]] = {}
    for rule, (i, j) in zip(rules, where, strict=True):
        found.setdefault((int(i), int(j)), []).append(rule)
    return found


def pair_array(where: NDArray[np.intp], shape: tuple[int, int]) -> sparse.csr_array:
    """Return pairs (pairs, 2) as a sparse (mentees, mentors) array of ones."""
    ones = np.ones(len(where), dtype=np.int8)
    array = sparse.coo_array((ones, (where[:, 0], where[:, 1])), shape=shape).tocsr()
    # A pair that is given twice is one pair.
    array.data[:] = 1
    return array


def cells_of(
    listed: sparse.csr_array, columns: slice | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the listed pairs of some mentees lie in their block."""
    pairs = listed.tocoo()
    line, place = pairs.row.astype(np.intp), pairs.col.astype(np.intp)
    if columns is None:
        return line, place
    inside = (place >= columns.start) & (place < columns.stop)
    return line[inside], place[inside] - columns.start
