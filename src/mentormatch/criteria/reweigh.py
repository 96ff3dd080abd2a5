"""Other weights for criteria: what weighs weighs otherwise, and what is a hard rule stays one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mentormatch.criteria.interface.criterion import Criterion

__all__ = ["reweigh"]


def reweigh(
    criteria: Sequence[Criterion],
    weights: Mapping[str, float] | pd.Series[float],
    label_of: Callable[[str], str],
) -> list[Criterion]:
    """Return the criteria with other weights.

    A weight of 0 takes a criterion out of the score; its hard rules stay. Raises CriterionError for
    no mapping, a weight for a hard rule, or None for a criterion that weighs.
    """
    if isinstance(weights, pd.Series):
        weights = {str(name): float(weight) for name, weight in weights.items()}
    if not isinstance(weights, Mapping):
        raise CriterionError(
            f"with_weights needs weights by label, such as {{'SkillCoverage': 2}}, got {weights!r}."
        )
    wanted = {label_of(name): weight for name, weight in weights.items()}
    changed = []
    for one in criteria:
        weight = wanted.get(one.label, one.weight)
        if one.label in wanted:
            _check_role(one, weight)
        if weight != 0:
            changed.append(replace(one, weight=weight))
        elif one.weight is None or one.has_limit:
            changed.append(replace(one, weight=None))
    return changed


def _check_role(criterion: Criterion, weight: float | None) -> None:
    """Refuse a weight that would make a wish of a hard rule, or a hard rule of a wish."""
    if weight is None and criterion.weight is not None:
        raise CriterionError(
            f"{criterion.label} has a weight, and None would turn it into a hard rule. Give 0 to "
            "take it out of the score; for a rule make the criterion anew with weight=None."
        )
    if criterion.weight is None and weight is not None and weight != 0:
        raise CriterionError(
            f"{criterion.label} is only a hard rule, which has no weight to change. To let it "
            f"count as well, make the criterion anew with weight={weight!r}."
            if criterion.has_limit
            else f"{criterion.label} is a hard rule, which a weight would turn into a wish. If "
            f"that is meant, make the criterion anew with weight={weight!r}."
        )
