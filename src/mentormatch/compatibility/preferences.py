"""Ranked lists of people as utilities."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from mentormatch.cohort import nearest_person
from mentormatch.cohort.names import NearestNames
from mentormatch.compatibility.compatibility import Compatibility, DenseScorer
from mentormatch.errors import ProblemError, is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

F = TypeVar("F", bound="np.floating")

__all__ = [
    "check_tie_tolerance",
    "compatibility_from_preferences",
    "rank_choices",
    "round_to_steps",
]


def compatibility_from_preferences(
    mentee_prefs: Mapping[object, Sequence[object]],
    mentor_prefs: Mapping[object, Sequence[object]] | None,
) -> Compatibility:
    """Turn ranked lists into utilities of both sides.

    Rank r (0 = best) among L classes has the utility (L − r)/L. A pair is eligible when each lists
    the other. Without lists of the mentors, each mentor accepts whoever lists it, all in one class
    (utility 1). People are the keys of the two mappings, in their order. Raises ProblemError, for
    all at once, where somebody is no key of the other mapping, or is listed twice.
    """
    _check_mapping(mentee_prefs, "mentee")
    if mentor_prefs is not None:
        _check_mapping(mentor_prefs, "mentor")
    mentee_ids = list(mentee_prefs)
    mentor_ids = _collect_listed(mentee_prefs) if mentor_prefs is None else list(mentor_prefs)
    mentees, closer = _read_strict_lists(mentee_prefs, mentor_ids)
    _check_lists(closer, "mentee")
    mentors = np.ones(mentees.shape)
    wrong = _read_lists_with_ties(mentees, closer, mentee_ids, mentor_ids, ("mentee", "mentor"))
    if mentor_prefs is not None:
        by_mentor, closer = _read_strict_lists(mentor_prefs, mentee_ids)
        _check_lists(closer, "mentor")
        wrong += _read_lists_with_ties(
            by_mentor, closer, mentor_ids, mentee_ids, ("mentor", "mentee")
        )
        mentors = by_mentor.T.copy()
    if wrong:
        raise ProblemError("The preference lists cannot be used: " + "; ".join(wrong) + ".")
    one_sided = np.isnan(mentees) | np.isnan(mentors)
    if one_sided.any():
        mentees[one_sided] = np.nan
        mentors[one_sided] = np.nan
    for side in (mentees, mentors):
        side.setflags(write=False)
    return Compatibility(
        DenseScorer(mentees, mentors), _make_index(mentee_ids), _make_index(mentor_ids)
    )


def check_tie_tolerance(tie_tolerance: float) -> None:
    """Refuse a tolerance that is negative or no number."""
    if not (is_number(tie_tolerance) and tie_tolerance >= 0):
        raise ProblemError(
            "tie_tolerance must be 0 (only equal scores are tied) or a positive number in units of "
            f"score, got {tie_tolerance!r}."
        )


def round_to_steps(scores: NDArray[F], tie_tolerance: float) -> NDArray[F]:
    """Round scores to whole steps of ``tie_tolerance``, so that being tied is transitive.

    At 0 only equal scores are tied, and the scores are returned as they are.
    """
    if tie_tolerance == 0:
        return scores
    # In steps far below the scores all are apart, the largest without end.
    with np.errstate(over="ignore"):
        steps: NDArray[F] = np.rint(scores / scores.dtype.type(tie_tolerance))
    return steps


def rank_choices(mentees: NDArray[np.intp], values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the rank of each pair in its mentee's list: 0 is best, equal values share a rank."""
    starts = np.flatnonzero(np.diff(mentees, prepend=-1))
    lengths = np.diff(np.append(starts, len(mentees)))
    longest = int(lengths.max(initial=0))
    # Many short lists are sorted several times as fast as one long one.
    if (np.diff(mentees) >= 0).all() and len(starts) * longest <= 4 * len(mentees):
        return _rank_rows(lengths, longest, values)
    order = np.argsort(-values)
    # Integers of 16 bits are sorted by counting: twice as quick as both keys by comparing.
    people = mentees.astype(np.uint16) if int(mentees.max(initial=0)) < 2**16 else mentees
    order = order[np.argsort(people[order], kind="stable")]
    who, value = mentees[order], values[order]
    new_mentee = np.ones(len(who), dtype=bool)
    new_mentee[1:] = who[1:] != who[:-1]
    step = new_mentee.copy()
    step[1:] |= value[1:] != value[:-1]
    classes = np.cumsum(step) - 1
    starts = np.flatnonzero(new_mentee)
    ranks = np.empty(len(who), dtype=np.intp)
    ranks[order] = classes - np.repeat(classes[starts], np.diff(np.append(starts, len(who))))
    return ranks


def _rank_rows(
    lengths: NDArray[np.intp], longest: int, values: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Return ranks within lists that follow one another, as rows of a table."""
    inside = np.arange(longest) < lengths[:, None]
    table = np.full(inside.shape, np.inf)
    table[inside] = -values
    order = np.argsort(table, axis=1)
    best_first = np.take_along_axis(table, order, axis=1)
    steps = np.zeros(table.shape, dtype=np.intp)
    np.cumsum(best_first[:, 1:] != best_first[:, :-1], axis=1, out=steps[:, 1:])
    ranks = np.empty_like(steps)
    np.put_along_axis(ranks, order, steps, axis=1)
    return ranks[inside]


def _check_mapping(prefs: object, who: str) -> None:
    """Check that preferences are a mapping."""
    if not isinstance(prefs, Mapping):
        raise ProblemError(
            f"The preferences of the {who}s must be a dict of ranked lists, got "
            f"{type(prefs).__name__}. Write {{person: [best, second, ...]}}."
        )


def _is_list(ranks: object) -> bool:
    """Return whether an object is an ordered collection other than a text."""
    return isinstance(ranks, Iterable) and not isinstance(ranks, str | Mapping | set | frozenset)


def _check_lists(prefs: Mapping[object, Any], who: str) -> None:
    """Check that each entry is a ranked list of ids and ties."""
    wrong = [
        f"{who} {person!r} has {ranks!r}"
        for person, ranks in prefs.items()
        if not _is_list(ranks)
        or any(isinstance(one, dict | list | set) for entry in ranks for one in _as_tie(entry))
    ]
    if wrong:
        raise ProblemError(
            "Each person needs a list of ids, best first, with ties as nested lists: "
            + "; ".join(wrong)
            + ". An empty list stands for nobody."
        )


def _as_tie(entry: object) -> Sequence[object]:
    """Return an entry of a list as a tie of one or more people."""
    return list(entry) if isinstance(entry, list | set | frozenset) else [entry]


def _make_index(ids: list[object]) -> pd.Index:
    """Make an index in which tuples stay ids and do not become levels."""
    index: pd.Index = pd.Index(ids, tupleize_cols=False)
    return index


def _collect_listed(prefs: Mapping[object, Sequence[object]]) -> list[object]:
    """Collect everybody who is listed, in the order of the lists."""
    if all(map(_is_list, prefs.values())):
        try:
            names = dict.fromkeys(chain.from_iterable(prefs.values()))
        except TypeError:
            # A tie, which unlike an id cannot be hashed.
            pass
        else:
            if not any(isinstance(name, frozenset) for name in names):
                return list(names)
    _check_lists(prefs, "mentee")
    return list(
        dict.fromkeys(name for ranks in prefs.values() for tie in ranks for name in _as_tie(tie))
    )


def _read_strict_lists(
    prefs: Mapping[object, Any], others: list[Any]
) -> tuple[NDArray[np.float64], dict[object, object]]:
    """Write the utilities of lists without ties and mistakes, with one look-up per list.

    Positions are looked up as bytes, which are joined without a Python number for each. Returns the
    utilities, and the lists that have to be looked at closer, whose rows are NaN.
    """
    place = {name: k.to_bytes(8, sys.byteorder) for k, name in enumerate(others)}
    utilities = np.full((len(prefs), len(others)), np.nan)
    counts = np.zeros(len(prefs), dtype=np.int64)
    worth: dict[int, NDArray[np.float64]] = {}
    closer: dict[object, object] = {}
    for row, (person, ranks) in enumerate(prefs.items()):
        try:
            several = len(ranks) > 1
            look_up = itemgetter(*ranks)(place) if several else map(place.__getitem__, ranks)
            found = b"".join(look_up)
        except (KeyError, TypeError):
            closer[person] = ranks
            continue
        if type(ranks) is not list and not _is_list(ranks):
            closer[person] = ranks
            continue
        at = np.frombuffer(found, dtype=np.int64)
        counts[row] = count = len(at)
        if count not in worth:
            worth[count] = (count - np.arange(count)) / max(count, 1)
        utilities[row][at] = worth[count]
    repeated = np.count_nonzero(~np.isnan(utilities), axis=1) < counts
    if repeated.any():
        names = list(prefs)
        closer |= {names[k]: prefs[names[k]] for k in np.flatnonzero(repeated).tolist()}
        utilities[repeated] = np.nan
    return utilities, closer


def _read_lists_with_ties(
    utilities: NDArray[np.float64],
    closer: Mapping[object, Any],
    people: list[object],
    others: list[object],
    called: tuple[str, str],
) -> list[str]:
    """Write the utilities of lists with ties, and describe what is wrong with a list."""
    if not closer:
        return []
    who, whom = called
    rows = {person: k for k, person in enumerate(people)}
    place = {name: k for k, name in enumerate(others)}
    texts = {str(other): other for other in others}
    nearest = NearestNames(texts, nearest_person)
    wrong: list[str] = []
    for person in sorted(closer, key=rows.__getitem__):
        row = utilities[rows[person]]
        classes = [_as_tie(entry) for entry in closer[person]]
        names = list(chain.from_iterable(classes))
        if len(set(names)) == len(names) and place.keys() >= set(names):
            worth = (len(classes) - np.arange(len(classes))) / max(len(classes), 1)
            row[[place[name] for name in names]] = np.repeat(worth, list(map(len, classes)))
            continue
        seen = set()
        for name in names:
            if name not in place:
                near = nearest.find(name)
                hint = f" (did you mean {texts[near]!r}?)" if near is not None else ""
                wrong.append(f"{who} {person!r} lists {name!r}, who is no {whom}{hint}")
            elif name in seen:
                wrong.append(f"{who} {person!r} lists {name!r} twice")
            seen.add(name)
    return wrong
