"""Weights of the criteria under which a best matching has a certain pair, by cutting planes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from mentormatch.errors import InfeasibleError, MatchingError, NotExplainableError
from mentormatch.explanations.answered.answer import frame_of
from mentormatch.explanations.answered.own_changes import criteria_scorer
from mentormatch.explanations.answered.weights_for import WeightsFor
from mentormatch.explanations.answered.why_not import why_blocked
from mentormatch.problem import Problem
from mentormatch.strategies import match

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching

__all__ = ["Reweighed", "find_weights", "values_by_criterion"]

Floats: TypeAlias = "NDArray[np.float64]"

MOST_NUMBERS = 20_000_000
MOST_MATCHES = 200
COLUMNS = ["cell", "matching", "sums", "multiplier", "margin"]
# Of the total: differences of sums that linear programs and rounding leave.
TOLERANCE = 1e-7


class _LimitError(Exception):
    """More matches than allowed."""


@dataclass(eq=False)
class Reweighed:
    """Best matchings under weights, as sums by criterion."""

    problem: Problem
    values: Floats
    pair: tuple[tuple[object, object], ...]
    left: int = MOST_MATCHES
    cuts: list[Floats] = field(default_factory=list)

    def best(self, weights: Floats, *, with_pair: bool) -> tuple[Floats, Matching]:
        """Find a best matching: its sums by criterion, and itself."""
        if self.left == 0:
            raise _LimitError
        self.left -= 1
        old = self.problem
        scores = np.tensordot(weights, self.values, axes=1)
        problem = Problem.from_scores(
            pd.DataFrame(scores, index=old.mentee_ids, columns=old.mentor_ids),
            capacity=old.capacities,
            minimum=old.minimums,
            demand=old.demands,
            priority=old.priorities,
            pins=[*old.pin_rules, *self.pair] if with_pair else old.pin_rules,
            coverage_first=old.coverage_first,
        )
        found = match(problem)
        sums = self.values[:, found.mentees, found.mentors].sum(axis=1)
        if not with_pair:
            self.cuts.append(sums)
        return sums, found

    def slack(self, sums: Floats) -> float:
        """Differences that count as none."""
        return TOLERANCE * max(1.0, float(np.abs(sums).max(initial=0.0)))

    def nearest(self, companion: Floats, present: Floats) -> Floats | None:
        """The nearest weights under which a companion is best; None where there are none."""
        k = len(present)
        while True:
            ahead = np.array([companion - cut for cut in self.cuts])
            rows = np.block(
                [
                    [-ahead, np.zeros((len(ahead), k))],
                    [np.eye(k), -np.eye(k)],
                    [-np.eye(k), -np.eye(k)],
                ]
            )
            limits = np.concatenate([np.zeros(len(ahead)), present, -present])
            solved = linprog(
                np.repeat([0.0, 1.0], k),
                A_ub=rows,
                b_ub=limits,
                A_eq=np.repeat([[1.0, 0.0]], k, axis=1),
                b_eq=[1.0],
                method="highs",
            )
            if solved.status != 0 or solved.x is None:
                return None
            weights = np.maximum(solved.x[:k], 0.0)
            weights /= weights.sum()
            sums, _ = self.best(weights, with_pair=False)
            if weights @ (sums - companion) <= self.slack(sums):
                return np.asarray(weights)

    def anywhere(self) -> tuple[Floats | None, list[tuple[Floats, Floats, Floats]]]:
        """Find weights that give the pair, or a proof for each cell that there are none.

        Over a cell the best total with the pair is convex, so at most what its corners say; the
        best of all is at least each matching found.
        """
        k = len(self.values)
        corners = np.eye(k)
        tops = np.array([one @ self.best(one, with_pair=True)[0] for one in corners])
        cells, proofs = [(corners, tops)], []
        while cells:
            corners, tops = cells.pop()
            while True:
                kept = np.array(self.cuts)
                over = tops[:, None] - corners @ kept.T
                solved = linprog(
                    np.append(np.zeros(k), -1.0),
                    A_ub=np.column_stack([-over.T, np.ones(len(kept))]),
                    b_ub=np.zeros(len(kept)),
                    A_eq=[[*np.ones(k), 0.0]],
                    b_eq=[1.0],
                    bounds=[(0, None)] * k + [(None, None)],
                    method="highs",
                )
                assert solved.x is not None  # weights exist, and the best of them is bounded
                multipliers = np.maximum(-solved.ineqlin.marginals, 0.0)
                multipliers /= multipliers.sum()
                if (over @ multipliers).max() < -self.slack(kept):
                    proofs.append((corners, tops, multipliers))
                    break
                inside = np.maximum(solved.x[:k], 0.0) @ corners
                inside /= inside.sum()
                with_pair, _ = self.best(inside, with_pair=True)
                sums, _ = self.best(inside, with_pair=False)
                if inside @ (sums - with_pair) <= self.slack(sums):
                    return inside, []
                bound = float(solved.x[:k] @ (tops - corners @ sums))
                if bound > solved.x[k] - self.slack(sums):
                    cells += self._halves(corners, tops)
                    break
        return None, proofs

    def _halves(self, corners: Floats, tops: Floats) -> list[tuple[Floats, Floats]]:
        """Divide a cell at the middle of its longest edge."""
        lengths = np.abs(corners[:, None] - corners[None]).sum(axis=2)
        a, b = np.unravel_index(int(lengths.argmax()), lengths.shape)
        middle = (corners[a] + corners[b]) / 2
        top = float(middle @ self.best(middle, with_pair=True)[0])
        halves = []
        for end in (a, b):
            half, half_tops = corners.copy(), tops.copy()
            half[end], half_tops[end] = middle, top
            halves.append((half, half_tops))
        return halves


def find_weights(matching: Matching, i: int, j: int) -> WeightsFor:
    """Find weights under which a best matching has a pair; see `Explanation.weights_for`."""
    problem = matching.problem
    mentee, mentor = problem.mentee_ids[i], problem.mentor_ids[j]
    rules = problem.reasons(i, j)
    if rules:
        raise MatchingError(f"{mentee!r} and {mentor!r} may not be matched: {'; '.join(rules)}.")
    fixed = bool((problem.pinned == (i, j)).all(axis=1).any())
    blocked = None if fixed else why_blocked(matching, i, j)
    if blocked is not None:
        raise MatchingError(f"No weights help: {'; '.join(blocked.why)}.")
    labels, given, values = values_by_criterion(problem, "weights_for")
    search = Reweighed(problem, values, () if fixed else ((mentee, mentor),))
    present = given / given.sum()
    none = frame_of([], COLUMNS)

    def answer(
        exists: bool | None, weights: Floats | None = None, certificate: pd.DataFrame = none
    ) -> WeightsFor:
        if weights is None:
            return WeightsFor(mentee, mentor, exists, {}, float("nan"), certificate)
        pairs = tuple(zip(other.pairs["mentee"], other.pairs["mentor"], strict=True))
        scaled = weights * given.sum()
        named = dict(zip(labels, scaled.tolist(), strict=True))
        far = float(np.abs(scaled - given).sum())
        far = 0.0 if far <= TOLERANCE * given.sum() else far
        return WeightsFor(mentee, mentor, exists, named, far, certificate, pairs)

    try:
        _, best = search.best(present, with_pair=False)
        try:
            companion, other = search.best(present, with_pair=True)
        except InfeasibleError as error:
            raise MatchingError(
                f"{mentee!r} and {mentor!r} cannot be matched beside the pins and minimums: {error}"
            ) from None
        if problem.coverage_first and _coverage(best) > _coverage(other):
            alone = frame_of([(-1, 0, (), 1.0, 1.0)], COLUMNS)
            return answer(False, None, alone)
        weights = search.nearest(companion, present)
        if weights is None:
            inside, proofs = search.anywhere()
            if inside is None:
                return answer(False, None, _certificate(proofs, search.cuts))
            companion, other = search.best(inside, with_pair=True)
            weights = search.nearest(companion, present)
            weights = inside if weights is None else weights
        return answer(True, weights)
    except _LimitError:
        return answer(None)


def _certificate(proofs: list[tuple[Floats, Floats, Floats]], cuts: list[Floats]) -> pd.DataFrame:
    """The multipliers of each cell that are not 0."""
    rows = []
    for cell, (corners, tops, multipliers) in enumerate(proofs):
        mixed = corners @ np.array(cuts[: len(multipliers)]).T @ multipliers
        least = float((mixed - tops).min())
        for number in np.flatnonzero(multipliers).tolist():
            sums = tuple(cuts[number].tolist())
            rows.append((cell, number, sums, float(multipliers[number]), least))
    return frame_of(rows, COLUMNS)


def _coverage(matching: Matching) -> tuple[object, ...]:
    """Mentees matched by class, and pairs."""
    classes = matching.problem.priority_classes
    covered = np.bincount(classes[matching.places > 0], minlength=matching.problem.n_classes)
    return (*covered.tolist(), len(matching.mentees))


def values_by_criterion(problem: Problem, question: str) -> tuple[list[str], Floats, Floats]:
    """Labels and weights of the criteria, and their values: (criteria, mentees, mentors).

    Raises NotExplainableError where the score of a pair is no sum of weights times values.
    """
    scorer, (n, m) = criteria_scorer(problem), problem.shape
    assert scorer is not None
    weighed = [k for k, one in enumerate(scorer.fitted) if one.criterion.weight is not None]
    why = ""
    if problem.compatibility.scorer is not scorer:
        why = "scores are moved to each mentee's own range"
    elif scorer.missing == "skip":
        why = "missing values are skipped, so that weights differ by pair"
    elif scorer.two_sided:
        why = "the two sides weigh the criteria differently"
    elif problem.min_score is not None:
        why = "with a minimum score weights decide who may be matched"
    elif not weighed:
        why = "no criterion has a weight"
    elif n * m * len(weighed) > MOST_NUMBERS:
        why = f"it would take {n * m * len(weighed):,} numbers, more than {MOST_NUMBERS:,}"
    if why:
        raise NotExplainableError(
            f"{question} has no answer for this matching: {why}. mm.sensitivity(problem) tries "
            "other weights."
        )
    pairs = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    used = scorer.values(*pairs)[1]
    values = np.array([used[k].reshape(n, m) for k in weighed], dtype=np.float64)
    values[:, np.isneginf(problem.precise().scores(slice(0, n), -np.inf))] = np.nan
    criteria = [scorer.fitted[k].criterion for k in weighed]
    weights = np.array([float(one.weight or 0.0) for one in criteria])
    return [one.label for one in criteria], weights, values
