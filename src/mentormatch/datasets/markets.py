"""Families of markets with known laws, to compare strategies on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.names import hint_nearest
from mentormatch.datasets.rankings import mallows_places, plackett_luce_places, urn_places
from mentormatch.datasets.synthetic import it_program
from mentormatch.errors import MentorMatchError
from mentormatch.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

__all__ = ["MARKETS", "market"]

DIMENSIONS = 2


@dataclass(frozen=True, slots=True)
class _Draw:
    """What a family of markets is drawn from."""

    mentees: int
    mentors: int
    correlation: float
    groups: int
    rng: np.random.Generator


_Sides = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def _utilities(places: NDArray[np.int32]) -> NDArray[np.float64]:
    """Turn places into utilities from 1 (best) down to above 0."""
    length = places.shape[1]
    return np.asarray((length - places) / max(length, 1), dtype=np.float64)


def _by_ranking(draw_places: Callable[[int, int], NDArray[np.int32]], draw: _Draw) -> _Sides:
    mentees = _utilities(draw_places(draw.mentees, draw.mentors))
    return mentees, _utilities(draw_places(draw.mentors, draw.mentees)).T


def _by_agreement(
    law: Callable[[int, int, float, np.random.Generator], NDArray[np.int32]], draw: _Draw
) -> _Sides:
    return _by_ranking(lambda n, m: law(n, m, draw.correlation, draw.rng), draw)


def _plackett_luce(draw: _Draw) -> _Sides:
    """Popularity: log-weights are normal, and their spread grows without bound with agreement."""
    strength = draw.correlation / max(1 - draw.correlation, 1e-12)

    def places(voters: int, candidates: int) -> NDArray[np.int32]:
        weights = 3 * strength * draw.rng.normal(size=candidates)
        return plackett_luce_places(voters, weights, draw.rng)

    return _by_ranking(places, draw)


def _euclidean(draw: _Draw) -> _Sides:
    """People are points; near is good, and quality that all see alike is mixed in."""
    rng, share = draw.rng, draw.correlation
    here, there = rng.random((draw.mentees, DIMENSIONS)), rng.random((draw.mentors, DIMENSIONS))
    squares = (here**2).sum(1)[:, None] + (there**2).sum(1)[None, :] - 2 * here @ there.T
    near = 1 - np.sqrt(np.maximum(squares, 0)) / np.sqrt(DIMENSIONS)
    mentees = (1 - share) * near + share * rng.random(draw.mentors)[None, :]
    mentors = (1 - share) * near + share * rng.random(draw.mentees)[:, None]
    return mentees, mentors


def _group_biased(draw: _Draw) -> _Sides:
    """Euclidean, but people of another group are seen with a chance of only 1 − correlation."""
    mentees, mentors = _euclidean(replace(draw, correlation=0.0))
    own = draw.rng.integers(0, draw.groups, draw.mentees)[:, None]
    same = own == draw.rng.integers(0, draw.groups, draw.mentors)[None, :]
    hidden = ~same & (draw.rng.random(same.shape) < draw.correlation)
    mentees[hidden] = np.nan
    return mentees, mentors


def _arrivals(draw: _Draw) -> _Sides:
    """Euclidean, but two people can meet only while both wait; patience falls with correlation."""
    mentees, mentors = _euclidean(replace(draw, correlation=0.0))
    arrive = draw.rng.random(draw.mentees)[:, None], draw.rng.random(draw.mentors)[None, :]
    mentees[np.abs(arrive[0] - arrive[1]) > 1 - 0.9 * draw.correlation] = np.nan
    return mentees, mentors


MARKETS: dict[str, Callable[[_Draw], _Sides]] = {
    "euclidean": _euclidean,
    "mallows": partial(_by_agreement, mallows_places),
    "plackett_luce": _plackett_luce,
    "urn": partial(_by_agreement, urn_places),
    "group_biased": _group_biased,
    "arrivals": _arrivals,
}


def market(
    kind: str,
    n_mentees: int,
    n_mentors: int,
    *,
    seats: int | ArrayLike = 1,
    correlation: float = 0.5,
    ties: int | None = None,
    groups: int = 2,
    seed: int = 0,
) -> Problem:
    """Draw a two-sided market whose law is known.

    Parameters
    ----------
    kind
        "euclidean" (near is good), "mallows" (lists around one order), "plackett_luce"
        (popularity), "urn" (lists are copied), "group_biased" (other groups are seen less),
        "arrivals" (only who waits at the same time can meet), or "it_program" (a synthetic
        programme scored by skills and interests).
    n_mentees, n_mentors
        How many people.
    seats
        Of each mentor, a number or one for each.
    correlation
        From 0 to 1. How much people of one side agree; for "group_biased" how often people of other
        groups are hidden; for "arrivals" how short people wait.
    ties
        Utilities are rounded up to so many levels; None: not rounded.
    groups
        How many groups there are, for "group_biased".
    seed
        Of the draw.

    Returns
    -------
    Problem
        With the utilities of both sides; bare positions are the ids.

    Raises
    ------
    MentorMatchError
        A kind that does not exist, numbers out of range.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.datasets.market("mallows", 20, 8, seats=3, correlation=0.7)
    >>> problem.shape
    (20, 8)
    """
    kinds = (*MARKETS, "it_program")
    if kind not in kinds:
        raise MentorMatchError(
            f"There is no market {kind!r}; there are {', '.join(kinds)}.{hint_nearest(kind, kinds)}"
        )
    wrong = [
        f"{name} must be a whole number of 1 or more, got {value!r}"
        for name, value in (
            ("n_mentees", n_mentees),
            ("n_mentors", n_mentors),
            ("groups", groups),
            ("ties", 1 if ties is None else ties),
        )
        if not isinstance(value, int | np.integer) or value < 1
    ]
    if not 0 <= correlation <= 1:
        wrong.append(f"correlation must lie between 0 and 1, got {correlation!r}")
    if wrong:
        raise MentorMatchError("; ".join(wrong) + ".")
    if kind == "it_program":
        return _programme(n_mentees, n_mentors, seed, seats)
    draw = _Draw(n_mentees, n_mentors, correlation, groups, np.random.default_rng(seed))
    mentees, mentors = MARKETS[kind](draw)
    if ties is not None:
        mentees, mentors = np.ceil(mentees * ties) / ties, np.ceil(mentors * ties) / ties
    mentors = np.where(np.isnan(mentees), np.nan, mentors)
    return Problem.from_scores(mentees, mentor_scores=mentors, capacity=seats)


def _programme(n_mentees: int, n_mentors: int, seed: int, seats: int | ArrayLike) -> Problem:
    from mentormatch.criteria import Criteria, SkillCoverage, TagOverlap

    cohort = it_program(n_mentees, n_mentors, seed)
    criteria = Criteria(
        SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=3),
        TagOverlap("interests", weight=1),
    )
    return Problem(criteria.score(cohort), seats)
