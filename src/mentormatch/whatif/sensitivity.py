"""How much a matching depends on the weights of the criteria: by draws, and one weight exactly."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.intervals import wilson
from mentormatch.errors import MentorMatchError, NotExplainableError
from mentormatch.explanations.answered.own_changes import criteria_scorer
from mentormatch.explanations.capabilities import GIVEN_SCORES
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.ties import near_pairs
from mentormatch.matching.matching import Matching
from mentormatch.rematching import changes_between
from mentormatch.rematching.envelope import Line, crossing, find_envelope
from mentormatch.strategies import match
from mentormatch.whatif.change import criteria_of
from mentormatch.whatif.weights import Reweighed, values_by_criterion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.strategies import Strategy

__all__ = ["break_points", "sensitivity"]


def sensitivity(
    problem: Problem,
    around: float = 0.1,
    draws: int = 200,
    seed: int = 0,
    *,
    strategy: str | Strategy = "optimal",
) -> pd.DataFrame:
    """Draw the weights of the criteria around the chosen ones, and see which pairs survive.

    Parameters
    ----------
    problem
        Scored by criteria.
    around
        Each weight is multiplied by a number between 1/(1 + around) and 1 + around, drawn evenly
        in its logarithm.
    draws
        How many times to match again.
    seed
        Of the draws.
    strategy
        As in `mm.match`.

    Returns
    -------
    DataFrame
        mentee, mentor, share of the draws in which the pair was made, the ends low, high of
        Wilson's 95 % interval, and depends_on: "ties" where at the chosen weights another matching
        is as good without the pair, within rounding; else "weights" where some draw ended it, else
        "". Pairs of the chosen weights, the least certain first. Ties are known where the largest
        total is sought, at one mentor each and without side rules; elsewhere "weights" holds both.

    Raises
    ------
    NotExplainableError
        Scores that were given.
    """
    if not (isinstance(around, float | int) and around > 0):
        raise MentorMatchError(f"around must be above 0, such as 0.1 for ±10 %; got {around!r}.")
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 1:
        raise MentorMatchError(f"draws must be a whole number from 1, got {draws!r}.")
    if criteria_scorer(problem) is None:
        raise NotExplainableError(f"sensitivity has no answer for this problem: {GIVEN_SCORES}.")
    criteria = criteria_of(problem)
    cohort = problem.compatibility.cohort
    assert cohort is not None  # criteria_of has looked
    base = match(problem, strategy)
    keys = base.mentees * problem.shape[1] + base.mentors
    survived = np.zeros(len(keys), dtype=np.int64)
    generator = np.random.default_rng(seed)
    weights = criteria.weights
    for _ in range(draws):
        factors = np.exp(generator.uniform(-1, 1, len(weights)) * np.log1p(around))
        drawn = {
            name: float(value * factor)
            for (name, value), factor in zip(weights.items(), factors, strict=True)
        }
        scored = criteria.with_weights(drawn).score(cohort)
        again = match(replace(problem, compatibility=scored), strategy)
        survived += np.isin(keys, again.mentees * problem.shape[1] + again.mentors)
    table = base.pairs[["mentee", "mentor"]].copy()
    table["share"] = survived / draws
    ends = [wilson(float(one), draws) for one in survived]
    table["low"], table["high"] = [low for low, _ in ends], [high for _, high in ends]
    tied = _in_ties(base)
    table["depends_on"] = np.where(tied, "ties", np.where(survived < draws, "weights", ""))
    return table.sort_values("share", kind="stable", ignore_index=True)


def _in_ties(matching: Matching) -> NDArray[np.bool_]:
    """Which pairs some other matching of the largest total does without."""
    problem = matching.problem
    tied = np.zeros(len(matching.mentees), dtype=bool)
    if matching.strategy != "optimal" or problem.sides or problem.wants_several:
        return tied
    near = near_pairs(exchange_graph(matching), 0.0)
    m = problem.shape[1]
    held = near.places < m
    given_up = near.mentees[held] * m + near.places[held]
    return np.isin(matching.mentees * m + matching.mentors, given_up)


def break_points(
    problem: Problem, criterion: str, between: tuple[float, float] | None = None, *, most: int = 100
) -> pd.DataFrame:
    """Find all weights of one criterion at which the best matching changes; every one is exact.

    With the other weights as they are, what a matching is worth is a line in this weight, and the
    best matchings are the upper envelope of lines. Each line and each end takes one match.

    Parameters
    ----------
    problem
        Scored by criteria that both sides weigh alike.
    criterion
        Label, as in `Criteria.weights`, or kind.
    between
        The least and the largest weight; by default 0 and twice the chosen one.
    most
        Lines after which the search ends.

    Returns
    -------
    DataFrame
        from, to (weights between which one matching stays best), own, others (its pairs' sum of
        this criterion's values, and of the others' times their weights), chosen (whether the weight
        of the problem lies there), moves (how many mentees have another mentor than in the row
        before). At weight w its total is (others + w · own) / (w + sum of the other weights).

    Raises
    ------
    NotExplainableError
        The score of a pair is no sum of weights times values, as in `Explanation.weights_for`.
    MentorMatchError
        A criterion without a weight, or weights that are no interval.

    Examples
    --------
    >>> import mentormatch as mm
    >>> cohort = mm.Cohort(
    ...     [{"id": "ada", "wants": "lua", "level": 1}, {"id": "bob", "wants": "lua", "level": 3}],
    ...     [{"id": "mia", "knows": "lua", "level": 4}, {"id": "ned", "knows": "go", "level": 2}],
    ... )
    >>> criteria = mm.Criteria(
    ...     mm.criteria.SkillCoverage(wants="wants", offers="knows", weight=2),
    ...     mm.criteria.LevelGap(mentee="level", mentor="level", weight=1),
    ... )
    >>> problem = mm.Problem(criteria.score(cohort))
    >>> mm.break_points(problem, "LevelGap")[["from", "to", "chosen", "moves"]]
       from   to  chosen  moves
    0   0.0  2.0    True      0
    """
    if criteria_scorer(problem) is None:
        raise NotExplainableError(f"break_points has no answer for this problem: {GIVEN_SCORES}.")
    labels, weights, values = values_by_criterion(problem, "break_points")
    label = criteria_of(problem).label_of(criterion)
    if label not in labels:
        raise MentorMatchError(f"{label} is a rule and has no weight that could change.")
    k = labels.index(label)
    low, high = (0.0, 2.0 * float(weights[k])) if between is None else map(float, between)
    others = np.delete(weights, k).sum()
    if not 0 <= low < high < np.inf or low + others <= 0:
        raise MentorMatchError(
            f"between must be two weights, the smaller first and not below 0, and some weight must "
            f"be above 0; got {between!r}."
        )
    search = Reweighed(problem, values, (), left=4 * most + 2)

    def best(_: Line | None, weight: float) -> Line:
        tried = weights.copy()
        tried[k] = weight
        sums, matching = search.best(tried, with_pair=False)
        return Line(float(sums[k]), float(np.delete(weights * sums, k).sum()), weight, matching)

    lines = find_envelope(best, best(None, low), best(None, high), most)
    edges = [low, *map(crossing, lines, lines[1:]), high]
    rows = []
    for place, (line, (start, end)) in enumerate(zip(lines, pairwise(edges), strict=True)):
        before, after = lines[max(place - 1, 0)].found, line.found
        assert isinstance(before, Matching)
        assert isinstance(after, Matching)
        moves = changes_between(before, after)["mentee"].nunique()
        chosen = bool(start <= weights[k] <= end)
        rows.append((start, end, line.slope, line.height, chosen, moves))
    return pd.DataFrame(rows, columns=["from", "to", "own", "others", "chosen", "moves"])
