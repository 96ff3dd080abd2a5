"""Which criteria the ratings can tell anything about, before anything is fitted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.compatibility.ids import format_count

if TYPE_CHECKING:
    from mentormatch.feedback.answers.evidence import Evidence

__all__ = ["Identification", "Identified", "identify_criteria"]

Identified: TypeAlias = Literal["yes", "weak", "no"]

# A column whose spread is below this is constant; values are from 0 to 1.
CONSTANT = 1e-9
# A column that the others explain to more than this share cannot be told apart from them.
EXPLAINED = 0.999
# Distinct mentors that a criterion must differ over.
FEW_MENTORS = 5


@dataclass(frozen=True, slots=True)
class Identification:
    """Whether ratings can tell the weight of one criterion."""

    label: str  # of the criterion
    identified: Identified  # "no": nothing can be told; "weak": too little to rely on; "yes"
    why: str  # the reason, a sentence
    spread: float  # standard deviation of the criterion among rated pairs
    support: int  # rated pairs whose value differs from the commonest one


def identify_criteria(evidence: Evidence) -> tuple[Identification, ...]:
    """Say of each criterion whether the rated pairs differ in it, and in it alone.

    Pairs that were matched were chosen for their scores, so that a criterion may be nearly the same
    in all of them: a rule always is.
    """
    values = evidence.features.copy()
    for group in np.unique(evidence.groups):
        own = evidence.groups == group
        values[own] -= values[own].mean(axis=0)
    spreads = np.sqrt((values**2).mean(axis=0)) if len(values) else np.zeros(values.shape[1])
    varying = np.flatnonzero(spreads > CONSTANT)
    found = []
    for k, label in enumerate(evidence.labels):
        column = evidence.features[:, k]
        levels, counts = np.unique(column, return_counts=True)
        support = int(len(column) - counts.max(initial=0))
        if spreads[k] <= CONSTANT:
            same = f"{levels[0]:.3g}" if len(levels) == 1 else "the same for everybody who rated"
            why = f"all rated pairs have the same value ({same}), so nothing can be told"
            found.append(Identification(label, "no", why, 0.0, 0))
            continue
        others = varying[varying != k]
        explained = _explained_by(values, k, others)
        if explained > EXPLAINED:
            nearest = others[np.argmax(np.abs(_correlations(values, k, others)))]
            why = (
                f"rated pairs do not tell it apart from the others, above all from "
                f"{evidence.labels[nearest]!r}"
            )
            found.append(Identification(label, "no", why, float(spreads[k]), support))
            continue
        mentors = len(np.unique(evidence.mentors[column != levels[np.argmax(counts)]]))
        if mentors < FEW_MENTORS:
            why = f"it differs in the pairs of {format_count(mentors, 'mentor')} only"
            found.append(Identification(label, "weak", why, float(spreads[k]), support))
        else:
            why = f"it differs in {support:,} of {format_count(len(column), 'rated pair')}"
            found.append(Identification(label, "yes", why, float(spreads[k]), support))
    return tuple(found)


def _explained_by(values: np.ndarray, k: int, others: np.ndarray) -> float:
    """Share of the variance of one column that a linear mixture of others explains."""
    if not len(others):
        return 0.0
    rest = values[:, k] - values[:, others] @ np.linalg.lstsq(values[:, others], values[:, k])[0]
    return float(1 - (rest @ rest) / (values[:, k] @ values[:, k]))


def _correlations(values: np.ndarray, k: int, others: np.ndarray) -> np.ndarray:
    sizes = np.linalg.norm(values[:, others], axis=0) * np.linalg.norm(values[:, k])
    return np.asarray(values[:, others].T @ values[:, k] / sizes)
