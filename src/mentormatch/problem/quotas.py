"""Quotas: at least, or at most, so many mentees of a group with some mentors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES, Side, clean_name, hint_nearest
from mentormatch.compatibility.ids import find_position, format_people
from mentormatch.compatibility.views import view_of
from mentormatch.errors import CohortError, ProblemError, is_whole
from mentormatch.problem.pairs import as_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility

__all__ = ["PeopleLike", "Quota", "is_share", "resolved_quotas"]

# A sum over a million people must stay within int64.
LARGEST = 10**12

# A number for all, one by value of a group, or a column of numbers.
NumberLike: TypeAlias = "int | Mapping[object, int] | str"
PeopleLike: TypeAlias = "Mapping[str, object] | Iterable[object] | pd.Series[bool] | None"


@dataclass(frozen=True, eq=False)
class Quota:
    """At least, or at most, so many pairs between a group of mentees and a set of mentors.

    What is counted are pairs; at a demand of 1 that is mentees. Pinned pairs count.

    Parameters
    ----------
    mentees, mentors
        Who is meant: ``{"column": value}`` (or a list of values; several columns must all hold), a
        list of ids, a boolean array in the problem's order or a boolean Series by id. None =
        everybody.
    at_least, at_most
        The smallest and the largest number of pairs; whole numbers. With ``per``, ``per_mentor`` or
        ``per_mentee`` also one for each: a mapping by value or id, or a column of numbers.
    per_mentor, per_mentee
        True: the numbers hold for each mentor, or each mentee, of the set by itself. False: for all
        of them together.
    name
        What messages and certificates call it; made from the other parameters when left out.
    per
        A column whose values are groups for each of which the numbers hold, such as the lecturer
        of a project: of the table that has it, or ``{"mentees": column}`` where both do. Whoever
        has no value is in no group. ``per="kind", per_mentee=True``: for each mentee and each kind.

    Raises
    ------
    ProblemError
        Numbers that are no counts or ask for nothing, people in a form that is not known; all at
        once.

    Notes
    -----
    Quotas hold before coverage: where one cannot hold, `mm.match` raises `mm.InfeasibleError` and
    names those in conflict. Laminar quotas (groups of mentees nested or disjoint with each mentor)
    leave the problem a flow [1]_, which is then proven by a price for each.

    Examples
    --------
    >>> import mentormatch as mm
    >>> quota = mm.Quota(["ada", "bo"], at_most=1, per_mentor=True)
    >>> print(quota)
    at most 1 of the mentees 'ada', 'bo' with each mentor
    >>> scores = pd.DataFrame([[0.9, 0.1], [0.8, 0.2]], ["ada", "bo"], ["lin", "max"])
    >>> matching = mm.match(mm.Problem.from_scores(scores, capacity=2, quotas=[quota]))
    >>> matching.pairs["mentor"].tolist()
    ['lin', 'max']

    References
    ----------
    .. [1] J. Edmonds and R. Giles (1977), A min-max relation for submodular functions on graphs.
    """

    mentees: PeopleLike = None
    mentors: PeopleLike = None
    at_least: NumberLike = 0
    at_most: NumberLike | None = None
    per_mentor: bool = False
    name: str | None = None
    per: str | Mapping[Side, str] | None = None
    per_mentee: bool = False

    def __post_init__(self) -> None:
        wrong = [*_faults_of_numbers(self), *_faults_of_groups(self)]
        name: object = self.name
        if name is not None and not (isinstance(name, str) and name.strip()):
            wrong.append(f"name must be some text, or None, got {name!r}")
        for side in SIDES:
            given = getattr(self, side)
            if (fault := _fault_of_people(side, given)) is not None:
                wrong.append(fault)
            elif given is not None and not isinstance(
                given, Mapping | pd.Series | np.ndarray | tuple
            ):
                object.__setattr__(self, side, tuple(given))
        if wrong:
            said = f" {self.name!r}" if isinstance(self.name, str) else ""
            raise ProblemError(as_lines(f"The quota{said} cannot be used", wrong))

    @property
    def label(self) -> str:
        """The name, or what it says."""
        return str(self) if self.name is None else self.name

    def resolved(self, compatibility: Compatibility) -> Quota:
        """The same quota with people by id where they were given by position."""
        found: dict[str, object] = {}
        for side in SIDES:
            given = getattr(self, side)
            if given is not None and not isinstance(given, pd.Series) and _is_mask(given):
                people = compatibility.ids(side)
                found[side] = tuple(people[self.members(compatibility, side)].tolist())
        return view_of(self, **found, name=self.label) if found else self

    def members(self, compatibility: Compatibility, side: Side) -> NDArray[np.intp]:
        """Positions of the people meant on one side, ascending.

        Raises
        ------
        ProblemError
            Columns, values or ids that the people do not have.
        """
        given = self.mentees if side == "mentees" else self.mentors
        ids = compatibility.ids(side)
        if given is None:
            return np.arange(len(ids))
        if isinstance(given, Mapping):
            return self._by_column(compatibility, side, given)
        if _is_mask(given):
            return np.flatnonzero(self._mask(given, ids, side))
        where, wrong = [], []
        for person in given.tolist() if isinstance(given, np.ndarray | pd.Series) else given:
            try:
                where.append(find_position(ids, person, side.removesuffix("s")))
            except ProblemError as error:
                wrong.append(str(error))
        if wrong:
            raise ProblemError(
                as_lines(f"The quota {self.label!r} names people the problem does not have", wrong)
            )
        return np.unique(np.array(where, dtype=np.intp))

    def _mask(self, given: object, ids: pd.Index, side: Side) -> NDArray[np.bool_]:
        if isinstance(given, pd.Series):
            lost = ids[~ids.isin(given.index)].tolist()
            extra = given.index[~given.index.isin(ids)].tolist()
            if lost or extra or not given.index.is_unique:
                who = f"; missing: {format_people(lost)}" if lost else ""
                who += f"; not among them: {format_people(extra)}" if extra else ""
                raise ProblemError(
                    f"The quota {self.label!r} must say True or False once for each of the "
                    f"{side}{who}. A list of ids needs no more than those meant."
                )
            return np.asarray(given.reindex(ids), dtype=bool)
        mask = np.asarray(given, dtype=bool)
        if mask.shape != (len(ids),):
            raise ProblemError(
                f"The quota {self.label!r} has a boolean array of shape {mask.shape}, but there "
                f"are {len(ids)} {side}. Give one True or False per person."
            )
        return mask

    def _by_column(
        self, compatibility: Compatibility, side: Side, given: Mapping[str, object]
    ) -> NDArray[np.intp]:
        cohort = compatibility.cohort
        if cohort is None:
            raise ProblemError(
                f"The quota {self.label!r} names the column {next(iter(given))!r}, but this "
                "problem has no tables. Give a list of ids, or a boolean array."
            )
        kept = np.ones(len(cohort.table(side)), dtype=bool)
        wrong = []
        for column, wanted in given.items():
            try:
                cells = cohort.column(side, column).astype(object)
            except CohortError as error:
                wrong.append(str(error.findings[0]))
                continue
            texts = cells.map(lambda cell: None if pd.isna(cell) else str(cell).strip())
            hit = np.zeros(len(texts), dtype=bool)
            for value in _values(wanted):
                same = (texts == str(value).strip()).to_numpy(dtype=bool)
                if not same.any():
                    known = [str(text) for text in texts.dropna().unique()]
                    hint = hint_nearest(str(value), known)
                    wrong.append(
                        f"no {side.removesuffix('s')} has {value!r} in column {column!r}; there "
                        f"are: {', '.join(sorted(known)[:10])}.{hint}"
                    )
                hit |= same
            kept &= hit
        if wrong:
            raise ProblemError(as_lines(f"The quota {self.label!r} cannot be used", wrong))
        return np.flatnonzero(kept)

    def columns_of_groups(self, compatibility: Compatibility) -> dict[Side, str]:
        """The columns whose values are groups, by table.

        Raises
        ------
        ProblemError
            A column that neither or either table has.
        """
        if self.per is None:
            return {}
        if isinstance(self.per, Mapping):
            return {side: self.per[side] for side in SIDES if side in self.per}
        cohort = compatibility.cohort
        if cohort is None:
            return {"mentors": self.per}
        name = clean_name(self.per)
        having = [side for side in SIDES if name in cohort.table(side).columns]
        if len(having) > 1:
            raise ProblemError(
                f"Both tables have the column {name!r} that the quota {self.label!r} goes by. Say "
                f'which with per={{"mentors": {name!r}}} or per={{"mentees": {name!r}}}.'
            )
        return {having[0] if having else "mentors": name}

    def __str__(self) -> str:
        """Say the quota in words."""
        count, mentees = _count_in_words(self), _words(self.mentees, "mentees")
        with_ = "" if self.mentors is None else f" with {_words(self.mentors, 'mentors')}"
        if self.per_mentor:
            each = "" if self.mentors is None else f" of {_words(self.mentors, 'mentors')}"
            with_ = f" with each mentor{each}"
        groups = [self.per] if isinstance(self.per, str) else list((self.per or {}).values())
        per = [*(f"each {column!r}" for column in groups), *(["each mentee"] * self.per_mentee)]
        return f"{count} of {mentees}{with_}" + (f", for {' and '.join(per)}" if per else "")


def _count_in_words(quota: Quota) -> str:
    """How many a quota allows, in words."""
    least, most = (
        f"the number in {number!r}"
        if isinstance(number, str)
        else "a number of its own"
        if isinstance(number, Mapping)
        else number
        for number in (quota.at_least, quota.at_most)
    )
    if most is None:
        return f"at least {least}"
    if not least:
        return f"at most {most}"
    return f"exactly {most}" if least == most else f"{least} to {most}"


def _faults_of_numbers(quota: Quota) -> list[str]:
    """What is wrong with the numbers of a quota."""
    wrong = []
    for which, value in (("at_least", quota.at_least), ("at_most", quota.at_most)):
        if value is None and which == "at_most":
            continue
        if isinstance(value, Mapping):
            wrong += [
                f"{which} must be a whole number of 0 or more for {key!r}, got {number!r}"
                for key, number in value.items()
                if not _is_count(number)
            ]
        elif is_share(value):
            wrong.append(
                f"{which} is a count of pairs and no share, got {value!r}; count it out: half of "
                f"20 seats is {which}=10"
            )
        elif not _is_count(value) and not (isinstance(value, str) and value.strip()):
            wrong.append(f"{which} must be a whole number of 0 or more, got {value!r}")
    least, most = quota.at_least, quota.at_most
    if not wrong and most is None and not least:
        wrong.append("it asks for nothing; give at_least=, at_most= or both")
    elif not wrong and isinstance(least, int) and isinstance(most, int) and most < least:
        wrong.append(f"at_least={least} is more than at_most={most}")
    return wrong


def _faults_of_groups(quota: Quota) -> list[str]:
    """What is wrong with how people are put into groups."""
    wrong = []
    for which in ("per_mentor", "per_mentee"):
        flag: object = getattr(quota, which)
        if not isinstance(flag, bool | np.bool_):
            wrong.append(f"{which} must be True or False, got {flag!r}")
    per: object = quota.per
    if per is None:
        alone = not (quota.per_mentor or quota.per_mentee)
        numbers = [one for one in (quota.at_least, quota.at_most) if not is_share(one)]
        if alone and any(isinstance(one, str | Mapping) for one in numbers):
            wrong.append("a number for each group needs per=, per_mentor= or per_mentee=")
        return wrong
    named = {"mentors": per} if isinstance(per, str) else per
    if (
        not isinstance(named, Mapping)
        or not named
        or not all(side in SIDES and isinstance(c, str) and c.strip() for side, c in named.items())
    ):
        wrong.append(
            f"per must be a column, or one by table such as {{'mentors': 'lecturer'}}, got {per!r}"
        )
    return wrong


def _fault_of_people(side: str, given: object) -> str | None:
    """What is wrong with who is meant on one side."""
    if isinstance(given, str):
        return (
            f"{side}={given!r} is neither a column with a value nor a list; write "
            f"{side}={{{given!r}: value}} or {side}=[{given!r}]"
        )
    if given is not None and not isinstance(given, Iterable):
        return (
            f"{side} must be {{column: value}}, a list of ids or a boolean array, got "
            f"{type(given).__name__}"
        )
    if isinstance(given, Mapping) and not given:
        return f"{side}={{}} names no column; leave it out to mean everybody"
    return None


def resolved_quotas(given: object, compatibility: Compatibility) -> tuple[Quota, ...]:
    """Quotas whose people do not depend on the order of rows.

    Raises ProblemError if anything given is not a quota.
    """
    quotas = (given,) if isinstance(given, Quota) else given
    if not isinstance(quotas, Iterable) or isinstance(quotas, str | Mapping):
        raise ProblemError(
            f"quotas must be a list of mm.Quota, got {type(given).__name__}. Write "
            "[mm.Quota({column: value}, at_most=1, per_mentor=True), ...]."
        )
    listed = tuple(quotas)
    wrong = [f"entry {k}: {one!r}" for k, one in enumerate(listed) if not isinstance(one, Quota)]
    if wrong:
        raise ProblemError(as_lines("quotas must hold mm.Quota objects only; these are not", wrong))
    return tuple(quota.resolved(compatibility) for quota in listed)


def _is_count(value: object) -> bool:
    return isinstance(value, int | np.integer) and is_whole(value) and bool(value <= LARGEST)


def is_share(value: object) -> bool:
    """Tell whether a number of a quota is meant as a share: 0.5, "50%"."""
    if isinstance(value, str):
        return re.fullmatch(r"[\d.,]+\s*%", value.strip()) is not None
    return isinstance(value, float) and 0 < value < 1


def _is_mask(given: Iterable[object]) -> bool:
    """True and False for everybody, rather than ids."""
    if isinstance(given, pd.Series | np.ndarray):
        return bool(given.dtype == bool)
    people = list(given)
    return bool(people) and all(isinstance(one, bool | np.bool_) for one in people)


def _values(wanted: object) -> list[object]:
    if isinstance(wanted, Iterable) and not isinstance(wanted, str):
        return list(wanted)
    return [wanted]


def _words(given: PeopleLike, side: str) -> str:
    """Who is meant, in words."""
    if given is None:
        return f"all {side}"
    if isinstance(given, Mapping):
        parts = [
            f"{column} {' or '.join(map(repr, _values(value)))}" for column, value in given.items()
        ]
        return f"the {side} with {' and '.join(parts)}"
    people = list(given)
    if _is_mask(given):
        return f"{sum(map(bool, people))} chosen {side}"
    return f"the {side} {format_people(people)}" if people else f"no {side}"
