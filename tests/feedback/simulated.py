"""Programmes of people described by a few numbers, whose true weights are known."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mentormatch as mm
from mentormatch.feedback import Ratings

TRUTH = (0.5, 0.3, 0.2)


def people(n: int, m: int, rng: np.random.Generator, columns: int = 3) -> mm.Cohort:
    """Mentees e0, e1, … and mentors o0, o1, …, each with a few numbers from 0 to 1."""

    def table(count: int, letter: str) -> pd.DataFrame:
        ids = pd.Index([f"{letter}{k}" for k in range(count)], name="id")
        names = [f"a{k}" for k in range(columns)]
        return pd.DataFrame(rng.random((count, columns)), index=ids, columns=names)

    return mm.Cohort(table(n, "e"), table(m, "o"))


def near_criteria(weights: tuple[float, ...] = (1, 1, 1)) -> mm.Criteria:
    """One criterion a column: the nearer, the better."""
    return mm.Criteria(
        *(
            mm.criteria.Near(f"a{k}", scale=1.0, weight=weight, name=f"c{k}")
            for k, weight in enumerate(weights)
        )
    )


def rated(
    cohort: mm.Cohort,
    mentors: np.ndarray,
    rng: np.random.Generator,
    truth: tuple[float, ...] = TRUTH,
    mentor_sd: float = 0.1,
    noise: float = 0.15,
) -> Ratings:
    """Ratings of mentee k with mentor ``mentors[k]``, by true weights, mentor and chance."""
    columns = [f"a{k}" for k in range(len(truth))]
    mine = cohort.mentees[columns].to_numpy(float)
    theirs = cohort.mentors[columns].to_numpy(float)
    values = 1 - np.abs(mine - theirs[mentors])
    quality = rng.normal(0, mentor_sd, len(theirs))[mentors]
    rating = values @ np.array(truth) + quality + rng.normal(0, noise, len(mentors))
    table = pd.DataFrame(
        {
            "mentee": cohort.mentees.index,
            "mentor": cohort.mentors.index[mentors],
            "by": "mentee",
            "rating": np.clip((rating + 0.6) / 2.2, 0, 1),
        }
    )
    return Ratings(table)


def simulated(
    n: int, m: int, seed: int, truth: tuple[float, ...] = TRUTH
) -> tuple[mm.Criteria, mm.Cohort, Ratings]:
    """Equal prior weights, people, and ratings of pairs made at random."""
    rng = np.random.default_rng(seed)
    cohort = people(n, m, rng)
    return near_criteria(), cohort, rated(cohort, rng.integers(0, m, n), rng, truth)
