"""Certificates from anybody's prices, and whether all parts of one can be used at all."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import Multipliers, certify_multipliers
from mentormatch.compatibility import row_slices
from mentormatch.errors import ProblemError
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import BudgetProof, Levels, StageProof
from mentormatch.proofs.measures import AtPlace, WorstSum
from mentormatch.proofs.program_stages import (
    BoundedStage,
    ExpectedStage,
    MixedStage,
    OrderedCount,
    PricedStage,
)
from mentormatch.proofs.promises import Promise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.proofs.program_stages import AnyStage


__all__ = ["certify", "find_unusable_values"]


def certify(
    problem: Problem,
    pairs: Matching | pd.DataFrame | Iterable[Sequence[object]],
    prices: Mapping[object, float] | pd.Series[float] | ArrayLike,
    *,
    coverage: Sequence[float] | None = None,
    seats: float | None = None,
) -> Certificate:
    """Certify pairs that were made anywhere, by prices that were found anywhere.

    The bound is recomputed over all eligible pairs, so that no prices can prove too much; whether
    they prove the pairs to be the best is what ``proven`` says.

    Parameters
    ----------
    problem
        What was asked for; without quotas and other side rules.
    pairs
        A `Matching`, a table with the columns mentee and mentor, or (mentee, mentor) tuples.
    prices
        What a seat with each mentor is worth, in units of score: a dict or Series by id, or an
        array in the order of ``problem.mentor_ids``. ≥ 0 towards capacity, ≤ 0 towards a minimum;
        mentors that are not named have a price of 0.
    coverage
        What one more mentee with a mentor is worth, by priority class, highest first; by default
        the numbers that make the bound smallest at these prices.
    seats
        The same of one more pair; 0 by default, where everybody wants one mentor.

    Returns
    -------
    Certificate

    Raises
    ------
    MatchingError
        The pairs are no matching of the problem.
    ProblemError
        Prices of people the problem does not have, or that are not finite numbers; a problem with
        side rules, whose prices belong to the rules as well.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> mm.certificates.certify(problem, [(0, 1), (1, 0)], [0.1, 0.0]).proven
    True
    """
    if problem.sides:
        raise ProblemError(
            "certify takes problems without quotas, mentees apart or together, and weighted seats: "
            "each of these needs a price of its own. Use mm.match, whose certificate has them."
        )
    matching = pairs if isinstance(pairs, Matching) else Matching.from_pairs(problem, pairs)
    if matching.problem is not problem:
        matching = Matching(problem, matching.mentees, matching.mentors)
    found = _in_order(problem, prices)
    if coverage is not None and len(coverage) != problem.n_classes:
        raise ProblemError(
            f"coverage needs {problem.n_classes} numbers, one for each priority class, got "
            f"{len(coverage)}."
        )
    worth = float(seats or 0.0)
    given = np.zeros(problem.n_classes)
    if coverage is not None:
        given = np.asarray(coverage, dtype=np.float64)
    elif problem.coverage_first:
        given = _best_coverage(matching, found, worth)
    if not (np.isfinite(given).all() and np.isfinite(worth)):
        raise ProblemError("coverage and seats must be finite numbers.")
    return certify_multipliers(matching, Multipliers(found, given, worth))


def _in_order(
    problem: Problem, prices: Mapping[object, float] | pd.Series[float] | ArrayLike
) -> NDArray[np.float64]:
    """Prices in the order of the mentors, 0 for those that are not named."""
    ids = problem.mentor_ids
    named: object = prices
    if isinstance(named, dict):
        named = pd.Series(list(named.values()), index=pd.Index(list(named), tupleize_cols=False))
    if isinstance(named, pd.Series):
        strangers = named.index[~named.index.isin(ids)]
        if len(strangers):
            raise ProblemError(
                f"There is a price of {strangers[0]!r}, who is no mentor of this problem. Give "
                "prices by the ids of problem.mentor_ids."
            )
        if not named.index.is_unique:
            twice = named.index[named.index.duplicated()][0]
            raise ProblemError(f"There are two prices of {twice!r}. Give each mentor one.")
        named = named.reindex(ids, fill_value=0.0)
    try:
        found = np.asarray(named, dtype=np.float64)
    except (TypeError, ValueError):
        raise ProblemError("prices must be numbers, by id or in the order of mentors.") from None
    if found.shape != (len(ids),):
        raise ProblemError(
            f"prices need a number for each mentor, so the shape {(len(ids),)}; got {found.shape}."
        )
    if not np.isfinite(found).all():
        raise ProblemError(
            f"The price of {ids[int(np.argmin(np.isfinite(found)))]!r} is no finite number."
        )
    return found


def _best_coverage(
    matching: Matching, prices: NDArray[np.float64], seats: float
) -> NDArray[np.float64]:
    """The multipliers of coverage that make the bound smallest at these prices.

    The bound is piecewise linear in each: it turns where as many mentees of the class would take
    their best pair as are covered.
    """
    problem, left = matching.problem, matching.problem.after_pins
    best = np.full(problem.shape[0], -np.inf)
    for rows in row_slices(*problem.shape):
        value = problem.precise().open_scores(rows).astype(np.float64, copy=False) - prices
        best[rows] = value.max(axis=1, initial=-np.inf)
    open_to = ~left.covered & (left.demand > 0) & np.isfinite(best)
    found = np.zeros(problem.n_classes)
    for c in range(problem.n_classes):
        own = open_to & (problem.priority_classes == c)
        count = int(np.count_nonzero(own & (matching.places > 0)))
        values = np.sort(best[own])[::-1] + seats
        if len(values):
            found[c] = -values[max(0, min(count, len(values)) - 1)]
    return found


# What each kind of stage may count, where it is a word.
COUNTED: dict[type, tuple[str, ...]] = {
    ExpectedStage: ("coverage", "pairs", "total"),
    MixedStage: ("coverage", "pairs", "total"),
    OrderedCount: ("coverage", "most", "fewest", "sum"),
    PricedStage: ("coverage", "pairs"),
}
# Fields that must be finite: from an infinite price anything follows, and also nothing.
FINITE = {
    "best_coverage_multipliers",
    "best_prices",
    "coverage_multiplier",
    "coverage_multipliers",
    "pairs_multiplier",
    "prices",
    "rule_prices",
    "seats_multiplier",
}


def find_unusable_values(claimed: Certificate) -> list[str]:
    """List the parts of a certificate from which nothing can be recomputed, in words.

    A price or a multiplier that is not finite, any number that is NaN, a word that stands for
    nothing, a unit or a largest probability outside of its range.
    """
    found = [f"{part}: {wrong}" for part, wrong in _find_in_numbers(claimed, "the certificate")]
    if claimed.promise not in get_args(Promise):
        found.append(f"the certificate: no strategy promises {claimed.promise!r}")
    for number, stage in enumerate(claimed.stages, start=1):
        where = f"stage {number}"
        found += [f"{part}: {wrong}" for part, wrong in _find_in_numbers(stage, where)]
        found += [f"{where}: {wrong}" for wrong in _find_in_stage(stage)]
    return found


def _find_in_numbers(part: object, where: str) -> Iterator[tuple[str, str]]:
    """Say which field of a proof, or of what a proof counts, holds a number of no use."""
    if not is_dataclass(part):
        return
    for field in fields(part):
        held = getattr(part, field.name)
        if field.name == "stages":
            continue
        if is_dataclass(held):
            yield from _find_in_numbers(held, where)
            continue
        numbers = _numbers_of(held)
        # A frame and the groups of a parity hold ids and missing values, and are checked as such.
        if numbers is None or field.name == "groups":
            continue
        name = field.name.replace("_", " ")
        if field.name in FINITE and not np.isfinite(numbers).all():
            yield f"{where}, {name}", "a price or a multiplier is not a finite number"
        elif np.isnan(numbers).any():
            yield where, f"its {name} is not a number"


def _numbers_of(held: object) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None:
    """The numbers that a field holds; None where it holds something else."""
    if isinstance(held, pd.Series):
        return held.to_numpy(dtype=np.float64)
    if isinstance(held, bool):
        return None
    numbers = isinstance(held, tuple) and all(isinstance(one, int | float) for one in held)
    if numbers or isinstance(held, int | float | np.ndarray):
        return np.asarray(held, dtype=np.float64)
    return None


def _find_in_stage(stage: AnyStage) -> Iterator[str]:
    """What is out of range in one stage, by its kind."""
    what = getattr(stage, "what", None)
    known = COUNTED.get(type(stage))
    if known is not None and what not in known:
        yield f"it counts {what!r}, not {' or '.join(known)}"
    if isinstance(stage, ExpectedStage | MixedStage) and not 0 < stage.cap <= 1:
        yield f"the largest probability of a pair is {stage.cap:g}, not above 0 and up to 1"
    if isinstance(stage, BudgetProof) and not np.isfinite(stage.share):
        yield f"the share of the total to be kept is {stage.share:g}"
    if isinstance(stage, StageProof | BoundedStage):
        yield from _find_in_measure(
            stage.weights if isinstance(stage, StageProof) else stage.measure
        )
    if isinstance(stage, StageProof):
        step = getattr(stage.weights, "step", 1.0)
        if not 0 < step < np.inf:
            yield f"its unit is {step:g}, not a number above 0"
        elif stage.step != step:
            yield f"it says a unit of {stage.step:g}, its weights have one of {step:g}"
        if not np.isfinite(stage.objective):
            yield f"its objective is {stage.objective:g}"
        elif stage.kept and not float(stage.objective).is_integer():
            yield f"it reaches {stage.objective:.9g}, which is not a whole number"


def _find_in_measure(measure: object) -> Iterator[str]:
    """What is out of range in what a stage counts."""
    unit, alpha = getattr(measure, "unit", 1.0), getattr(measure, "alpha", 1.0)
    if not 0 < unit < np.inf:
        yield f"its scores are measured in {unit:g}, not in a number above 0"
    if not 0 < alpha < np.inf:
        yield f"its aversion to inequality is {alpha:g}, not a number above 0"
    if isinstance(measure, AtPlace) and measure.what not in ("most", "fewest", "sum"):
        yield f"it counts {measure.what!r}, not most or fewest or sum"
    if isinstance(measure, AtPlace) and not 0 <= measure.tie_tolerance < np.inf:
        yield f"scores rank in steps of {measure.tie_tolerance:g}, not of 0 or more"
    if isinstance(measure, Levels) and len(measure.levels) != len(measure.costs):
        yield f"it counts at {len(measure.levels)} levels, and has {len(measure.costs)} costs"
    if isinstance(measure, WorstSum) and measure.k < 1:
        yield f"it counts the {measure.k} worst, not 1 or more"
