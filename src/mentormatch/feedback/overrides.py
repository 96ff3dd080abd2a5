"""What a committee's changes of pairs say: weights, contradictions, and rules that are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from mentormatch.criteria import CriteriaScorer
from mentormatch.errors import CriterionError, SolverError
from mentormatch.feedback.missing_rules import suspected_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort
    from mentormatch.criteria import Criteria
    from mentormatch.matching import Matching

__all__ = ["Override", "OverrideEvidence", "learn_from_overrides", "overrides_between"]

# A margin of the scaled differences below this is none.
NO_MARGIN = 1e-7
# What weights fall short of this margin by, for a change of length 1, is slack.
WANTED_MARGIN = 0.1


@dataclass(frozen=True, slots=True)
class Override:
    """One change by the committee: a mentee was to have one mentor and was given another."""

    mentee: object
    was: object
    now: object
    reason: str | None = None


@dataclass(frozen=True, eq=False)
class OverrideEvidence:
    """What the committee's changes say.

    Parameters
    ----------
    weights
        Weights under which every change is an improvement by the largest margin. Where none are,
        those that fall short of a margin by the least slack, if they make most changes
        improvements; None otherwise.
    margin
        The largest margin of all changes, in units of score for a change of length 1; 0 or less
        where no weights make all of them improvements.
    explained
        How many changes such weights make improvements.
    agree
        How many of the changes the present weights already call improvements.
    contradictions
        A smallest set of changes that no weights can explain together; empty where there is none.
    suspected_rules
        Rules of one column that explain at least as many changes as any weights found do. One row a
        rule: rule, explained (changes from a pair that breaks it to one that keeps it), against
        (changes the other way), kept (unchanged pairs that break it), of. Never adopted.
    """

    weights: dict[str, float] | None
    margin: float
    explained: int
    agree: int
    contradictions: tuple[Override, ...]
    suspected_rules: pd.DataFrame
    overrides: tuple[Override, ...]

    def __repr__(self) -> str:
        count = len(self.overrides)
        lines = [f"Changes by the committee: {count}; {self.agree} agree with the present weights"]
        if len(self.suspected_rules):
            first = self.suspected_rules.iloc[0]
            lines.append(
                f"A rule may be missing: {first['rule']} explains {first['explained']} of {count}; "
                f"{first['kept']} pairs that were left as they are break it. Ask before adding it."
            )
        if self.contradictions:
            said = "; ".join(
                f"{one.mentee!r}: {one.was!r} -> {one.now!r}" for one in self.contradictions
            )
            lines.append(f"No weights explain these together: {said}")
        if count:
            lines.append(f"Other weights could explain {self.explained} of {count}.")
        return "\n".join(lines)


def overrides_between(proposed: Matching, final: Matching) -> tuple[Override, ...]:
    """List the mentees whose one mentor was changed between a proposal and what was decided."""
    was = proposed.pairs.drop_duplicates("mentee", keep=False).set_index("mentee")["mentor"]
    now = final.pairs.drop_duplicates("mentee", keep=False).set_index("mentee")["mentor"]
    both = pd.DataFrame({"was": was, "now": now}).dropna()
    changed = both[both["was"] != both["now"]]
    return tuple(Override(mentee, row.was, row.now) for mentee, row in changed.iterrows())


def learn_from_overrides(
    criteria: Criteria,
    cohort: Cohort,
    overrides: Iterable[Override],
    kept: Matching | None = None,
    columns: Sequence[str] | None = None,
) -> OverrideEvidence:
    """Say what a committee's changes of pairs may mean; nothing is adopted.

    First it is asked whether a rule is missing that explains the changes better than weights do:
    one column that must be the same, or different, or a number that must not be below or above a
    threshold. Then whether weights explain them: w·(Φ(now) − Φ(was)) ≥ margin − slack, with the
    largest margin (the incentre of the cone of such weights) where no slack is needed.

    Parameters
    ----------
    criteria
        The criteria of the proposal.
    cohort
        The people.
    overrides
        The changes.
    kept
        The proposal, of which all other pairs were left as they are; evidence against a rule.
    columns
        Columns to look for rules in. None: all that are not named like a protected attribute.

    Raises
    ------
    CriterionError
        People who are not in the cohort; no weighted criterion.
    """
    changes = tuple(overrides)
    mentees, was, now = _positions(cohort, changes)
    labels, differences = _differences(criteria, cohort, mentees, was, now)
    present = np.array([criteria.weights[label] for label in labels], dtype=np.float64)
    agree = int((differences @ present > 0).sum())
    weights, margin = _incentre(differences)
    explained = len(changes)
    conflict: tuple[Override, ...] = ()
    if margin <= NO_MARGIN and changes:
        weights, explained = _least_slack(differences)
        if 2 * explained <= len(changes):
            weights = None
        conflict = tuple(changes[k] for k in _smallest_conflict(differences))
    scaled = None
    if weights is not None:
        scaled = dict(zip(labels, (weights * present.sum()).tolist(), strict=True))
    rules = suspected_rules(
        cohort, {one.mentee for one in changes}, mentees, was, now, kept, columns
    )
    rules = rules[rules["explained"] >= explained].reset_index(drop=True)
    return OverrideEvidence(scaled, margin, explained, agree, conflict, rules, changes)


def _positions(cohort: Cohort, changes: Sequence[Override]) -> tuple[NDArray[np.intp], ...]:
    found = []
    for name, index in (
        ("mentee", cohort.mentee_ids),
        ("was", cohort.mentor_ids),
        ("now", cohort.mentor_ids),
    ):
        ids = [getattr(one, name) for one in changes]
        places = index.get_indexer(pd.Index(ids, dtype=object) if ids else pd.Index([]))
        if (places < 0).any():
            missing = [ids[k] for k in np.flatnonzero(places < 0)]
            raise CriterionError(
                "Changes name people who are not in the cohort: "
                f"{', '.join(map(repr, missing[:5]))}."
            )
        found.append(places.astype(np.intp))
    return tuple(found)


def _differences(
    criteria: Criteria,
    cohort: Cohort,
    mentees: NDArray[np.intp],
    was: NDArray[np.intp],
    now: NDArray[np.intp],
) -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Return how much each weighted criterion gained by each change."""
    scorer = criteria.score(cohort).scorer
    if not isinstance(scorer, CriteriaScorer) or not criteria.weights:
        raise CriterionError("Changes can be read only by criteria with weights, not normalised.")
    weighted = [k for k, one in enumerate(scorer.fitted) if one.criterion.weight is not None]
    before, after = scorer.values(mentees, was)[1], scorer.values(mentees, now)[1]
    columns = [after[k] - before[k] for k in weighted]
    labels = tuple(scorer.fitted[k].criterion.label for k in weighted)
    return labels, np.column_stack(columns) if len(mentees) else np.empty((0, len(weighted)))


def _cheapest_weights(
    costs: NDArray[np.float64],
    rows: NDArray[np.float64],
    most: NDArray[np.float64],
    least: float | None = 0.0,
) -> NDArray[np.float64]:
    """Weights of sum 1, the columns without a cost, then the others, which are at least ``least``.

    Rows are at most ``most``.
    """
    weights = (costs == 0).astype(np.float64)[None, :]
    bounds = [(0.0 if cost == 0 else least, None) for cost in costs.tolist()]
    found = linprog(
        costs, A_ub=rows, b_ub=most, A_eq=weights, b_eq=[1.0], bounds=bounds, method="highs"
    )
    if found.x is None:
        raise SolverError(f"HiGHS found no weights for the changes: {found.message.strip()}")
    return np.asarray(found.x, dtype=np.float64)


def _incentre(differences: NDArray[np.float64]) -> tuple[NDArray[np.float64] | None, float]:
    """Weights of sum 1 that make every change an improvement by the largest margin."""
    count, size = differences.shape
    if not count:
        return None, 0.0
    lengths = np.linalg.norm(differences, axis=1)
    rows = np.column_stack([-differences, np.where(lengths > 0, lengths, 1.0)])
    margin = np.append(np.zeros(size), -1.0)
    found = _cheapest_weights(margin, rows, np.zeros(count), None)
    return found[:-1], float(found[-1])


def _least_slack(differences: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Weights of sum 1 that fall short of a margin by the least slack, and what they explain."""
    count, size = differences.shape
    lengths = np.linalg.norm(differences, axis=1)
    scaled = differences / np.where(lengths > 0, lengths, 1.0)[:, None]
    slack = np.append(np.zeros(size), np.ones(count))
    rows = np.column_stack([-scaled, -np.eye(count)])
    weights = _cheapest_weights(slack, rows, np.full(count, -WANTED_MARGIN))[:size]
    return weights, int((scaled @ weights > NO_MARGIN).sum())


def _smallest_conflict(differences: NDArray[np.float64]) -> list[int]:
    """Drop changes one by one as long as the others still contradict each other."""
    held = list(range(len(differences)))
    for one in list(held):
        rest = [k for k in held if k != one]
        if rest and _incentre(differences[rest])[1] <= NO_MARGIN:
            held = rest
    return held
