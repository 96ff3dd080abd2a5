"""Aims of a matching as values of pairs, and the same problem with other scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.compatibility import Compatibility
from mentormatch.errors import MentorMatchError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from mentormatch.problem import Problem

__all__ = ["Aim", "aim_values", "largest_value", "problem_with"]

Aim: TypeAlias = Literal["total", "mentee_total", "mentor_total", "first_choices", "minimum"]
AIMS: tuple[Aim, ...] = ("total", "mentee_total", "mentor_total", "first_choices", "minimum")


def aim_values(
    problem: Problem, aim: Aim | ArrayLike, joined: NDArray[np.float64], which: str
) -> NDArray[np.float64]:
    """Return what each pair adds to an aim, NaN where it is ineligible.

    The aim is a name, or an array (mentees, mentors); ``joined`` are the joined scores, NaN where a
    pair is ineligible; ``which`` is what an error calls the aim: "x" or "y". Raises
    MentorMatchError for an aim that does not exist, or that does not fit.
    """
    masked = np.isnan(joined)
    if isinstance(aim, str):
        if aim == "total":
            return joined
        if aim in ("mentee_total", "mentor_total"):
            block = problem.block(slice(None))
            side = block.mentee_scores if aim == "mentee_total" else block.mentor_scores
            return np.where(masked, np.nan, np.asarray(side, dtype=np.float64))
        if aim == "first_choices":
            wish = np.asarray(problem.block(slice(None)).mentee_scores, dtype=np.float64)
            best = np.nanmax(
                np.where(masked, -np.inf, wish), axis=1, keepdims=True, initial=-np.inf
            )
            return np.where(masked, np.nan, (wish >= best).astype(np.float64))
        if aim == "minimum":
            raise MentorMatchError('The aim "minimum" is no sum: give it as y.')
        raise MentorMatchError(
            f"{which} must be one of {', '.join(map(repr, AIMS))} or an array, got {aim!r}."
        )
    values = np.asarray(aim, dtype=np.float64)
    if values.shape != problem.shape or not np.isfinite(values[~masked]).all():
        raise MentorMatchError(
            f"{which} must be a finite array of shape {problem.shape}, got shape {values.shape}."
        )
    return np.where(masked, np.nan, values)


def problem_with(problem: Problem, scores: NDArray[np.float64]) -> Problem:
    """Return the same people and rules with other scores; what is NaN is ineligible."""
    scorer = Compatibility.from_scores(
        pd.DataFrame(scores, problem.mentee_ids, problem.mentor_ids)
    ).scorer
    compatibility = replace(problem.compatibility, scorer=scorer)
    return replace(problem, compatibility=compatibility, min_score=None, bans=())


def largest_value(values: NDArray[np.float64]) -> float:
    """Return the largest absolute value of a pair, 1 where there is none."""
    return float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
