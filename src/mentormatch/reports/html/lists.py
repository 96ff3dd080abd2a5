"""The lists of the report as compact columns: pairs, people without a mentor, mentors, swaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.criteria import CriteriaScorer
from mentormatch.errors import readable
from mentormatch.reports.answers import find_fixes, rank_next_best, value_seats
from mentormatch.reports.words import people_names, plain_label, plain_reason, say_shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.audits import Stability
    from mentormatch.matching import Matching

__all__ = ["lists_of"]

# Scores are written as whole numbers of this unit: four digits are more than anybody compares.
UNIT = 10_000
# How many pairs are kept with what is behind them, those with the lowest scores first, and how
# many of these with sentences: so that a report of 100,000 pairs can still be sent by mail.
MOST_DETAILED = 8_000
MOST_SENTENCES = 2_000
MOST_BLOCKING = 1_000
ALTERNATIVES = 3


class Texts:
    """Sentences that are written once and meant by their number."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Number of a sentence, the same for the same sentence."""
        return self.numbers.setdefault(readable(text), len(self.numbers))


def lists_of(
    matching: Matching, stability: Stability | None, include: Iterable[str] = ()
) -> dict[str, object]:
    """Collect everything the lists of a report show.

    Plain lists and numbers, ready for JSON. ``stability`` is its audit, for the pairs that would
    rather have each other; None: not examined. ``include`` are columns of people's tables that may
    be shown. A sentence of a criterion quotes cells, so it is there only when all its columns are
    named here.
    """
    problem = matching.problem
    cohort = problem.compatibility.cohort
    texts = Texts()
    detailed = np.sort(np.argsort(matching.scores, kind="stable")[:MOST_DETAILED])
    scorer = problem.compatibility.scorer
    largest = float(matching.scores.max(initial=0.0))
    return {
        "people": {
            side: {
                "ids": [readable(one) for one in problem.ids(side)],
                "names": people_names(cohort, side, problem.ids(side)),
            }
            for side in SIDES
        },
        "largest": round(largest, 4),
        "criteria": _criteria(scorer),
        "pairs": _pairs(matching, detailed, set(include), texts),
        "unmatched": _unmatched(matching, texts),
        "mentors": _mentors(matching),
        "blocking": _blocking(matching, stability),
        "texts": list(texts.numbers),
    }


def _weighted(scorer: CriteriaScorer) -> NDArray[np.intp]:
    return np.flatnonzero(scorer.mean_shares > 0)


def _criteria(scorer: object) -> list[dict[str, object]]:
    if not isinstance(scorer, CriteriaScorer) or not scorer.mean_shares.any():
        return [{"label": "Score", "weight": 1.0, "share": say_shares([1.0])[0]}]
    shares = say_shares(scorer.mean_shares)
    return [
        {
            "label": plain_label(scorer.fitted[c].criterion.label),
            "weight": round(float(scorer.mean_shares[c]), 4),
            "share": shares[c],
        }
        for c in _weighted(scorer)
    ]


def _pairs(
    matching: Matching, detailed: NDArray[np.intp], include: set[str], texts: Texts
) -> dict[str, object]:
    scorer = matching.problem.compatibility.scorer
    every = len(detailed) == len(matching.mentees)
    mentees, mentors = matching.mentees[detailed], matching.mentors[detailed]
    pinned = {(int(i), int(j)) for i, j in matching.problem.pinned}
    missing: list[int] = []
    sentences: list[int] | None = None
    hidden = False
    if isinstance(scorer, CriteriaScorer) and scorer.mean_shares.any():
        which = _weighted(scorer)
        parts = scorer.contributions(mentees, mentors)[which].T
        known, _ = scorer.values(mentees, mentors)
        missing = np.flatnonzero(np.isnan(np.array(known)[which].T)).tolist()
        shown = _shown(scorer, which, include)
        named = [bool(scorer.fitted[c].criterion.columns) for c in which]
        hidden = shown != named
        sentences = _sentences(scorer, which, mentees, mentors, shown, texts)
    else:
        parts = matching.scores[detailed][:, None]
    follow, costs = rank_next_best(matching, mentees, ALTERNATIVES)
    there = follow.mentors >= 0
    exact = costs is not None
    if costs is None:
        # Rounded down, so that it stays a lower bound.
        costs = np.floor(follow.costs * UNIT) / UNIT
    numbers = np.stack(
        [
            follow.mentors,
            np.where(there, np.rint(follow.scores * UNIT), 0),
            np.where(there & ~np.isnan(costs), np.rint(costs * UNIT), -1),
        ],
        axis=2,
    )
    return {
        "mentee": matching.mentees.tolist(),
        "mentor": matching.mentors.tolist(),
        "score": _whole(matching.scores),
        "pinned": [
            k
            for k, pair in enumerate(
                zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)
            )
            if pair in pinned
        ]
        if pinned
        else [],
        "detailed": None if every else {int(k): at for at, k in enumerate(detailed.tolist())},
        "parts": _whole(parts.ravel()),
        "missing": missing,
        "sentences": sentences,
        "hidden": hidden,
        "next": numbers.astype(np.int64).ravel().tolist(),
        "kept": ALTERNATIVES,
        "exact": exact,
    }


def _shown(scorer: CriteriaScorer, which: NDArray[np.intp], include: set[str]) -> list[bool]:
    """Tell of which criteria the sentences may be shown, as they quote cells."""
    return [
        bool(read := scorer.fitted[c].criterion.columns)
        and all(set(names) <= include for names in read.values())
        for c in which
    ]


def _sentences(
    scorer: CriteriaScorer,
    which: NDArray[np.intp],
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    shown: Sequence[bool],
    texts: Texts,
) -> list[int] | None:
    """Number of the sentence of each pair and criterion, −1 where none may be shown."""
    if not any(shown):
        return None
    numbers = np.full((len(mentees), len(which)), -1, dtype=np.int64)
    for k in range(min(len(mentees), MOST_SENTENCES)):
        for place, c in enumerate(which):
            if shown[place]:
                said = scorer.fitted[c].sentence(int(mentees[k]), int(mentors[k]))
                numbers[k, place] = texts.number(said)
    return numbers.ravel().tolist()


def _unmatched(matching: Matching, texts: Texts) -> dict[str, object]:
    table = matching.unmatched
    positions = matching.problem.mentee_ids.get_indexer(pd.Index(table["mentee"]))
    fixes = find_fixes(matching, positions)
    return {
        "mentee": positions.tolist(),
        "missing": table["missing"].tolist(),
        "reason": [
            texts.number(plain_reason(str(one), matching.problem.compatibility.scorer.rules))
            for one in table["reason"]
        ],
        "fix": None if fixes is None else [texts.number(one) for one in fixes],
    }


def _mentors(matching: Matching) -> dict[str, object]:
    problem = matching.problem
    worth = value_seats(matching)
    return {
        "load": matching.loads.tolist(),
        "capacity": problem.capacities.tolist(),
        "value": None
        if worth is None
        else [round(float(one), 4) if np.isfinite(one) else None for one in worth],
    }


def _blocking(matching: Matching, stability: Stability | None) -> dict[str, object]:
    if stability is None:
        return {"mentee": [], "mentor": [], "mentee_gain": [], "mentor_gain": []}
    table = stability.blocking_pairs.head(MOST_BLOCKING)
    problem = matching.problem
    return {
        "mentee": problem.mentee_ids.get_indexer(pd.Index(table["mentee"])).tolist(),
        "mentor": problem.mentor_ids.get_indexer(pd.Index(table["mentor"])).tolist(),
        "mentee_gain": _whole(_finite(table["mentee_gain"])),
        "mentor_gain": _whole(_finite(table["mentor_gain"])),
    }


def _finite(column: pd.Series) -> NDArray[np.float64]:
    values = np.asarray(column, dtype=np.float64)
    return np.asarray(np.nan_to_num(values, posinf=0.0, neginf=0.0))


def _whole(values: Sequence[float] | NDArray[np.float64]) -> list[int]:
    numbers = np.rint(np.nan_to_num(np.asarray(values, dtype=np.float64)) * UNIT)
    return [int(one) for one in numbers.tolist()]
