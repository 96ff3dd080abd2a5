"""What ratings say about criteria: one row for each rated pair, one column for each criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import CriteriaScorer
from mentormatch.errors import CriterionError
from mentormatch.feedback.answers.ratings import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria import Criteria
    from mentormatch.feedback.answers.ratings import Outcome, Ratings

__all__ = ["Evidence", "RaterSide", "gather_evidence"]

RaterSide: TypeAlias = Literal["both", "mentee", "mentor"]


@dataclass(frozen=True, eq=False)
class Evidence:
    """Rated pairs as numbers."""

    labels: tuple[str, ...]  # of the weighted criteria, in their order
    # (ratings, criteria): value for the pair, 0 where it does not speak for the side that rated.
    features: NDArray[np.float64]
    outcomes: NDArray[np.float64]  # (ratings,): what was rated, larger is better
    raters: NDArray[np.intp]  # (ratings,): 0 where the mentee rated, 1 where the mentor did
    mentees: NDArray[np.intp]  # (ratings,): who, as codes from 0
    mentors: NDArray[np.intp]  # likewise
    mentee_positions: NDArray[np.intp]  # (ratings,): the same people in the order of the cohort
    mentor_positions: NDArray[np.intp]  # likewise
    rounds: NDArray[np.intp]  # (ratings,): the programme round, where ratings of several were given
    notes: tuple[str, ...] = ()  # what was left out, a sentence each

    def __len__(self) -> int:
        return len(self.outcomes)

    @property
    def groups(self) -> NDArray[np.intp]:
        """The side and round of each rating, as codes from 0: what has a level of its own."""
        codes = np.unique(2 * self.rounds + self.raters, return_inverse=True)[1]
        return np.asarray(codes.ravel(), dtype=np.intp)


def gather_evidence(
    criteria: Criteria,
    cohorts: Sequence[Cohort],
    ratings: Ratings,
    target: Outcome,
    side: RaterSide,
) -> Evidence:
    """Compute the value of each weighted criterion for each rated pair.

    ``cohorts`` are the people of each round; where there are several, the ratings' column
    ``cohort`` counts them from 1 or names each (a year), in this order. Without that column the
    rounds are told apart by who is in them. Raises CriterionError if no criterion has a weight, no
    rated pair is in a cohort, or rounds are not those of the cohorts.
    """
    labels = tuple(one.label for one in criteria.criteria if one.weight is not None)
    if not labels:
        raise CriterionError("Weights can be learned only where criteria have weights; none has.")
    table = ratings.table[ratings.table[target].notna()]
    if not len(table):
        asked = [name for name in OUTCOMES if ratings.table[name].notna().any()]
        raise CriterionError(
            f"The answers hold no {target}"
            + (f"; they hold {', '.join(asked)}: choose it as the target" if asked else "")
            + (", or name the column of ratings." if target == "rating" else ".")
        )
    if side != "both":
        table = table[table["by"] == side]
    parts, foreign = [], 0
    numbers = _round_numbers(table["cohort"], len(cohorts))
    for number, cohort in enumerate(cohorts):
        here = table if numbers is None else table[numbers == number]
        mentees = cohort.mentee_ids.get_indexer(pd.Index(here["mentee"]))
        mentors = cohort.mentor_ids.get_indexer(pd.Index(here["mentor"]))
        known = (mentees >= 0) & (mentors >= 0)
        foreign += int((~known).sum())
        parts.append((number, here[known], mentees[known], mentors[known], cohort))
    if not sum(len(part[1]) for part in parts):
        raise CriterionError(
            f"No rated pair of {len(table):,} is among the people of the cohort: the ids of the "
            "ratings are others. Compare ratings.table['mentee'] with cohort.mentees.index."
        )
    notes = []
    if foreign:
        notes.append(_left_out(foreign, "people who are not in the cohort"))
    if numbers is not None and (numbers < 0).any():
        notes.append(_left_out(int((numbers < 0).sum()), "no round"))
    blocks = [
        _values_of(criteria, cohort, mentees, mentors, (rows["by"] == "mentor").to_numpy())
        for _, rows, mentees, mentors, cohort in parts
    ]
    joined = pd.concat([part[1] for part in parts])
    rounds_of = np.concatenate([np.full(len(part[1]), part[0], dtype=np.intp) for part in parts])
    return Evidence(
        labels=labels,
        features=np.concatenate(blocks),
        outcomes=joined[target].to_numpy(np.float64),
        raters=(joined["by"] == "mentor").to_numpy().astype(np.intp),
        mentees=pd.factorize(joined["mentee"])[0].astype(np.intp),
        mentors=pd.factorize(joined["mentor"])[0].astype(np.intp),
        mentee_positions=np.concatenate([part[2] for part in parts]).astype(np.intp),
        mentor_positions=np.concatenate([part[3] for part in parts]).astype(np.intp),
        rounds=rounds_of,
        notes=tuple(notes),
    )


def _left_out(count: int, what: str) -> str:
    words = f"answer names {what}, and is", f"answers name {what}, and are"
    return f"{format_count(count, *words)} left out."


def _round_numbers(labels: pd.Series, count: int) -> NDArray[np.intp] | None:
    """Return from 0 the round of each rating, -1 where none is named; None where none is anywhere.

    Numbers from 1 to the count of rounds are these rounds; other labels are as many as the rounds,
    and sorted, numbers by size.
    """
    known = labels.notna().to_numpy()
    if count < 2 or not known.any():
        return None
    sizes = pd.to_numeric(labels[known], errors="coerce")
    named = labels[known].astype(str) if sizes.isna().any() else sizes
    distinct = sorted(named.unique().tolist())
    if sizes.isin(range(1, count + 1)).all():
        distinct = list(range(1, count + 1))
    if len(distinct) != count:
        seen = labels[known].drop_duplicates().tolist()
        raise CriterionError(
            f"The ratings name {len(seen)} rounds ({', '.join(map(str, seen[:6]))}), and {count} "
            f"cohorts were given. Give one for each round, or number the rounds 1 to {count} in "
            "the column 'cohort'."
        )
    numbers = np.full(len(labels), -1, dtype=np.intp)
    numbers[known] = pd.Index(distinct).get_indexer(pd.Index(named))
    return numbers


def _values_of(
    criteria: Criteria,
    cohort: Cohort,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    by_mentor: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Return the value of each weighted criterion, filled in as scoring does."""
    scorer = criteria.score(cohort).scorer
    if not isinstance(scorer, CriteriaScorer):
        raise CriterionError(
            "Weights cannot be learned with normalise=True: the scores are then no weighted mean."
        )
    _, used = scorer.values(mentees.astype(np.intp), mentors.astype(np.intp))
    weighted = [
        (one.criterion, value)
        for one, value in zip(scorer.fitted, used, strict=True)
        if one.criterion.weight is not None
    ]
    columns = []
    for criterion, value in weighted:
        speaks = np.ones(len(value), dtype=bool)
        if criterion.side != "both":
            speaks = by_mentor if criterion.side == "mentor" else ~by_mentor
        columns.append(np.where(speaks, value, 0.0))
    return np.column_stack(columns) if len(mentees) else np.empty((0, len(weighted)))
