"""Ranked lists of people as utilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from mentormatch.cohort import nearest_name
from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

F = TypeVar("F", bound="np.floating[Any]")

__all__ = ["check_tie_tolerance", "in_steps", "utilities_from_preferences"]


def utilities_from_preferences(
    mentee_prefs: Mapping[Any, Sequence[Any]],
    mentor_prefs: Mapping[Any, Sequence[Any]] | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], pd.Index[Any], pd.Index[Any]]:
    """Turn ranked lists into two utility arrays of shape (mentees, mentors), NaN = ineligible.

    Rank r (0 = best) among L classes has the utility (L − r)/L. A pair is eligible when each lists
    the other. Without lists of the mentors, each mentor accepts whoever lists it, all in one class
    (utility 1).

    Returns
    -------
    mentees, mentors
        What each side gets, in units of score.
    mentee_ids, mentor_ids
        The keys of the two mappings, in their order.

    Raises
    ------
    ProblemError
        Somebody who is not a key of the other mapping, or who is listed twice; all at once.
    """
    _check_lists(mentee_prefs, "mentee")
    if mentor_prefs is not None:
        _check_lists(mentor_prefs, "mentor")
    mentee_ids = list(mentee_prefs)
    if mentor_prefs is None:
        listed = (name for ranks in mentee_prefs.values() for tie in ranks for name in _tied(tie))
        mentor_ids = list(dict.fromkeys(listed))
    else:
        mentor_ids = list(mentor_prefs)
    wrong: list[str] = []
    mentees = _utilities(mentee_prefs, mentor_ids, "mentee", "mentor", wrong)
    if mentor_prefs is None:
        mentors = np.where(np.isnan(mentees), np.nan, 1.0)
    else:
        mentors = _utilities(mentor_prefs, mentee_ids, "mentor", "mentee", wrong).T.copy()
    if wrong:
        raise ProblemError("The preference lists cannot be used: " + "; ".join(wrong) + ".")
    one_sided = np.isnan(mentees) | np.isnan(mentors)
    mentees[one_sided] = np.nan
    mentors[one_sided] = np.nan
    return mentees, mentors, _index(mentee_ids), _index(mentor_ids)


def check_tie_tolerance(tie_tolerance: float) -> None:
    """Refuse a tolerance that is negative or no number."""
    if not (np.isfinite(tie_tolerance) and tie_tolerance >= 0):
        raise ProblemError(
            "tie_tolerance must be 0 (only equal scores are tied) or a positive number in units of "
            f"score, got {tie_tolerance!r}."
        )


def in_steps(scores: NDArray[F], tie_tolerance: float) -> NDArray[F]:
    """Scores as they rank: in whole steps of ``tie_tolerance``, so that being tied is transitive.

    At 0 only equal scores are tied, and the scores are returned as they are.
    """
    if tie_tolerance == 0:
        return scores
    steps: NDArray[F] = np.rint(scores / scores.dtype.type(tie_tolerance))
    return steps


def _has_ties(ranks: Iterable[Any]) -> bool:
    """Whether an entry of a list is itself a list, which unlike an id cannot be hashed."""
    try:
        hash(tuple(ranks))
    except TypeError:
        return True
    return False


def _check_lists(prefs: Any, who: str) -> None:
    """Refuse what is no mapping of ranked lists; a text would be read letter by letter."""
    if not isinstance(prefs, Mapping):
        raise ProblemError(
            f"The preferences of the {who}s must be a dict of ranked lists, got "
            f"{type(prefs).__name__}. Write {{person: [best, second, ...]}}."
        )
    wrong = [
        f"{who} {person!r} has {ranks!r}"
        for person, ranks in prefs.items()
        if isinstance(ranks, str | Mapping | set | frozenset)
        or not isinstance(ranks, Iterable)
        or (
            _has_ties(ranks)
            and any(isinstance(one, dict | list | set) for entry in ranks for one in _tied(entry))
        )
    ]
    if wrong:
        raise ProblemError(
            "Each person needs a list of ids, best first, with ties as nested lists: "
            + "; ".join(wrong)
            + ". An empty list stands for nobody."
        )


def _tied(entry: Any) -> Sequence[Any]:
    """The people of one place in a list: several when they are tied."""
    return list(entry) if isinstance(entry, list | set | frozenset) else [entry]


def _index(ids: list[Any]) -> pd.Index[Any]:
    """An index that keeps tuples as ids instead of making levels of them."""
    index: pd.Index[Any] = pd.Index(ids, tupleize_cols=False)
    return index


def _fill_strict(row: NDArray[np.float64], place: Mapping[Any, int], ranks: Sequence[Any]) -> bool:
    """Write the utilities of a list without ties and mistakes; False: it has one, look closer."""
    try:
        at = np.fromiter(map(place.__getitem__, ranks), dtype=np.intp, count=len(ranks))
    except (KeyError, TypeError):
        return False
    row[at] = (len(at) - np.arange(len(at))) / max(len(at), 1)
    if np.count_nonzero(~np.isnan(row)) < len(at):
        row[:] = np.nan
        return False
    return True


def _utilities(
    prefs: Mapping[Any, Sequence[Any]],
    others: list[Any],
    who: str,
    whom: str,
    wrong: list[str],
) -> NDArray[np.float64]:
    """Utilities (people, others); what cannot be read is added to ``wrong``."""
    place = {name: k for k, name in enumerate(others)}
    utilities = np.full((len(prefs), len(others)), np.nan)
    for row, (person, ranks) in enumerate(prefs.items()):
        if _fill_strict(utilities[row], place, ranks):
            continue
        classes = [_tied(entry) for entry in ranks]
        for rank, tie in enumerate(classes):
            for name in tie:
                if name not in place:
                    texts = {str(other): other for other in others}
                    near = nearest_name(str(name), texts)
                    hint = f" (did you mean {texts[near]!r}?)" if near is not None else ""
                    wrong.append(f"{who} {person!r} lists {name!r}, who is no {whom}{hint}")
                elif not np.isnan(utilities[row, place[name]]):
                    wrong.append(f"{who} {person!r} lists {name!r} twice")
                else:
                    utilities[row, place[name]] = (len(classes) - rank) / len(classes)
    return utilities
