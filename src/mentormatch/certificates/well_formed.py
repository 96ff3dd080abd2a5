"""Check that every part of a certificate can be used, before anything is recomputed from it."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd

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
    from collections.abc import Iterator

    from mentormatch.matching import Certificate
    from mentormatch.proofs.program_stages import AnyStage

__all__ = ["find_unusable_values"]

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
