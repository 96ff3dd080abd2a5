"""Rules of one column that would explain why a committee changed pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
import scipy

from mentormatch.criteria import protected_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence, Set

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.matching import Matching

    # Of pairs: 1 where they keep a rule, 0 where they break it, NaN where it is silent.
    Holds: TypeAlias = Callable[[NDArray[np.intp], NDArray[np.intp]], NDArray[np.float64]]

__all__ = ["suspected_rules"]

# A column with more distinct values than this share of its people tells people apart, not kinds.
MANY_VALUES = 0.5
# A threshold is the best of many, so the chance that changes either way are as one-sided, times the
# number of thresholds that were tried, must be below this.
CHANCE = 0.05


def suspected_rules(
    cohort: Cohort,
    touched: Set[object],
    mentees: NDArray[np.intp],
    was: NDArray[np.intp],
    now: NDArray[np.intp],
    kept: Matching | None,
    columns: Sequence[str] | None,
) -> pd.DataFrame:
    """Count for each rule of one column how many changes lead from breaking to keeping it, or back.

    ``touched`` are ids of the mentees whose pair was changed; mentees, was and now (changes,) are
    positions of the mentee and the two mentors. ``kept`` is the proposal, whose pairs of other
    mentees are evidence against a rule that they break. ``columns`` are where to look; None: all
    that are not named like a protected attribute. The answer has rule, explained, against, kept,
    of; the rule that explains most first.
    """
    rest = (np.empty(0, np.intp), np.empty(0, np.intp))
    if kept is not None:
        other = ~kept.pairs["mentee"].isin(touched).to_numpy()
        rest = kept.mentees[other], kept.mentors[other]
    rows = []
    for rule, holds, tried in _rules(cohort, now, columns):
        before, after, unchanged = (
            holds(mentees, was), holds(mentees, now), holds(*rest)
        )  # fmt: skip
        explained = int(((before == 0) & (after == 1)).sum())
        against = int(((before == 1) & (after == 0)).sum())
        # Better than a coin: more changes for it than against it, and most of them.
        telling = explained > 2 * against and 2 * explained > len(mentees)
        if tried > 1:
            chance = scipy.stats.binom.sf(explained - 1, max(explained + against, 1), 0.5)
            telling &= bool(chance * tried <= CHANCE)
        if telling:
            rows.append((rule, explained, against, int((unchanged == 0).sum()), len(mentees)))
    table = pd.DataFrame(rows, columns=["rule", "explained", "against", "kept", "of"])
    return table.sort_values(
        ["explained", "kept"], ascending=[False, True], kind="stable"
    ).reset_index(drop=True)


def _rules(
    cohort: Cohort, now: NDArray[np.intp], columns: Sequence[str] | None
) -> Iterator[tuple[str, Holds, int]]:
    """Yield rules: what they are called, whether pairs keep them (1, 0, NaN), how many like it."""
    near, far = cohort.mentees, cohort.mentors

    def looked_at(name: str) -> bool:
        return protected_attribute(name) is None if columns is None else name in columns

    for name in filter(looked_at, near.columns.intersection(far.columns)):
        mine, theirs = near[name], far[name]
        if mine.nunique() > MANY_VALUES * len(mine) and theirs.nunique() > MANY_VALUES * len(
            theirs
        ):
            continue
        yield f"Same({name!r})", _alike(mine, theirs, 1.0), 1
        yield f"Different({name!r})", _alike(mine, theirs, 0.0), 1
    for name in filter(looked_at, far.select_dtypes("number").columns):
        values = far[name].to_numpy(np.float64)
        chosen = np.unique(values[now])
        chosen = chosen[np.isfinite(chosen)]
        for sign, word in ((1, "at least"), (-1, "at most")):
            for threshold in chosen.tolist():
                rule = f"the mentor's {name!r} {word} {threshold:g}"
                yield rule, _not_beyond(values, threshold, sign), 2 * len(chosen)


def _alike(mine: pd.Series, theirs: pd.Series, like: float) -> Holds:
    """Whether cells are equal, or different; NaN where one is empty."""
    near, far = mine.to_numpy(object), theirs.to_numpy(object)

    def holds(mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.float64]:
        one, other = near[mentees], far[mentors]
        alike = (one == other).astype(np.float64)
        return np.where(pd.isna(one) | pd.isna(other), np.nan, alike == like)

    return holds


def _not_beyond(values: NDArray[np.float64], threshold: float, sign: int) -> Holds:
    """Whether the mentor's number is not beyond a threshold; NaN where there is none."""

    def holds(_mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> NDArray[np.float64]:
        held = values[mentors]
        return np.where(np.isnan(held), np.nan, sign * (held - threshold) >= 0)

    return holds
