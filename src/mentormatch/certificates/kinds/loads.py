"""Proofs that loads cannot be more even, and nobody better off while a share is kept.

The sum of squared loads is convex, so its bound is a Lagrangian one like that of a total, with a
term for each mentor that is the best its seats can do at a price:

    −Σ_j load_j² ≤ Σ_i best_i + Σ_j max over k of (k·p_j − k²) − Σ_c λ_c·covered_c

where best_i is the largest λ − p_j among the pairs of i, or 0, and k runs from the minimum to the
capacity of j. Who reaches it is a face again: the tight pairs, and loads between the smallest and
the largest k that are best.

A share that is kept takes two bounds and a witness: a matching with the best total and prices which
show that none has more, and prices which show that above the level that was reached no matching
keeps the share asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import (
    Multipliers,
    certify_bound,
    newly_reached,
    upper_bound,
)
from mentormatch.certificates.bounds.cuts import coverage_bounds, covered_by_class
from mentormatch.errors import MatchingError
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import KEPT_WITHIN, BudgetProof, LoadsProof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates.kinds.faces import OptimalFace
    from mentormatch.problem import Problem


__all__ = [
    "AnyPair",
    "check_budget",
    "keep_even_loads",
    "lowest_chosen",
    "prove_budget",
    "prove_loads",
]


@dataclass(frozen=True, slots=True)
class AnyPair:
    """0 for each pair: only who is matched matters."""

    def of(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """0, NaN where masked."""
        return np.where(np.isnan(scores), np.nan, 0.0)

    def __str__(self) -> str:
        return "any pair"


def _best_loads(
    stage: Problem, prices: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """The smallest and the largest load that is best at these prices, and its value."""
    left = stage.after_pins
    held = stage.capacities - left.capacity
    low, high = held + left.minimum, held + np.minimum(left.capacity, stage.shape[0])
    # k·p − k² is largest between (p − 1)/2 and (p + 1)/2.
    least = np.clip(np.ceil((prices - 1) / 2), low, high)
    most = np.clip(np.floor((prices + 1) / 2), low, high)
    value = np.maximum((least - held) * prices - least**2, (most - held) * prices - most**2)
    return least.astype(np.int64), most.astype(np.int64), value


def prove_loads(face: OptimalFace, multipliers: Multipliers, matching: Matching) -> LoadsProof:
    """Prove the stage, recomputed over all pairs from its prices.

    Parameters
    ----------
    multipliers
        Prices and coverage multipliers: whole numbers.
    """
    stage = face.stage(AnyPair())
    inner = Matching(stage, matching.mentees, matching.mentors)
    left, prices = stage.after_pins, multipliers.prices
    bound = upper_bound(stage, multipliers, *newly_reached(inner))
    seats = left.capacity * np.maximum(prices, 0.0) + left.minimum * np.minimum(prices, 0.0)
    _, _, value = _best_loads(stage, prices)
    complete = bool((covered_by_class(inner) == coverage_bounds(inner)).all())
    loads = np.bincount(matching.mentors, minlength=stage.shape[1]).astype(np.float64)
    return LoadsProof(
        objective=-float(loads @ loads),
        bound=bound - float(seats.sum()) + float(value.sum()) if complete else np.inf,
        prices=face.series(prices),
        coverage_multipliers=tuple(float(one) for one in multipliers.coverage),
    )


def keep_even_loads(face: OptimalFace, multipliers: Multipliers) -> OptimalFace:
    """Return the part of the face where the bound on the loads is reached."""
    stage = face.stage(AnyPair())
    least, most, _ = _best_loads(stage, multipliers.prices)
    return replace(face.tighten(stage, multipliers), minimum=least, capacity=most)


def lowest_chosen(face: OptimalFace, matching: Matching) -> float:
    """The smallest score that somebody gets, pins apart; having nobody counts where it is a choice.

    In units of score; ∞ where nothing was chosen.
    """
    mentees, mentors = face.complete(matching.mentees, matching.mentors)
    chosen = ~np.isin(mentees, face.problem.pinned[:, 0])
    return float(face.scores[mentees[chosen], mentors[chosen]].min(initial=np.inf))


def prove_budget(
    face: OptimalFace,
    matching: Matching,
    share: float,
    witness: Matching,
    best: Multipliers,
    beyond: float,
    above: Multipliers,
) -> BudgetProof:
    """Prove the stage, recomputed over all pairs.

    Parameters
    ----------
    share
        Of the best total, to be kept.
    witness
        A matching of the face, as a problem of scores, with the best total.
    best
        Multipliers which show that none has more.
    beyond
        Pairs above this level do not keep the share.
    above
        Multipliers which show that.
    """
    certificate = certify_bound(witness, best)
    pairs = face.real(witness.mentees, witness.mentors)
    return BudgetProof(
        share=share,
        best=certificate.objective,
        witness=pd.DataFrame(
            {
                "mentee": face.problem.mentee_ids[pairs[0]],
                "mentor": face.problem.mentor_ids[pairs[1]],
            }
        ),
        best_prices=face.series(best.prices),
        best_coverage_multipliers=tuple(float(value) for value in best.coverage),
        objective=lowest_chosen(face, matching),
        bound=beyond,
        most_above=_most_above(face, matching, beyond, above),
        prices=face.series(above.prices),
        coverage_multipliers=tuple(float(value) for value in above.coverage),
    )


def _most_above(
    face: OptimalFace, matching: Matching, level: float, multipliers: Multipliers
) -> float:
    """No matching of this coverage with only scores above a level has a larger total."""
    stage = face.restrict(face.scores > level)
    mentees, _ = face.complete(matching.mentees, matching.mentors)
    newly = (np.bincount(mentees, minlength=stage.shape[0]) > 0) & ~stage.after_pins.covered
    classes = stage.n_classes
    covered = np.bincount(stage.priority_classes[newly], minlength=classes)
    return upper_bound(stage, multipliers, covered, int(newly.sum()))


def check_budget(face: OptimalFace, proof: BudgetProof, matching: Matching) -> list[str]:
    """List, in words, what does not hold of a claimed budget proof."""
    findings: list[str] = []
    try:
        pairs = Matching.from_pairs(face.problem, proof.witness)
        witness = Matching(face.stage(None), *face.complete(pairs.mentees, pairs.mentors))
    except MatchingError as error:
        return [f"the pairs said to have the best total are no matching: {error}"]
    best = _made(face, proof.best_prices, proof.best_coverage_multipliers)
    above = _made(face, proof.prices, proof.coverage_multipliers)
    if best is None or above is None:
        return ["the multipliers of keep_total do not fit the people"]
    found = prove_budget(face, matching, proof.share, witness, best, proof.bound, above)
    if not certify_bound(witness, best).proven:
        findings.append("the pairs said to have the best total are not proven to have it")
    slack = KEPT_WITHIN * abs(found.best)
    for name in ("best", "objective", "most_above"):
        said, is_ = getattr(proof, name), getattr(found, name)
        if not (said == is_ or abs(said - is_) <= slack):
            findings.append(f"it says {name} {said:.9g}, recomputed it is {is_:.9g}")
    if matching.total < found.least - slack:
        findings.append(f"the total {matching.total:.9g} is less than {found.least:.9g}")
    if proof.proven and not found.proven:
        findings.append("it is not proven by its prices")
    return findings


def _made(
    face: OptimalFace, prices: pd.Series[float], coverage: tuple[float, ...]
) -> Multipliers | None:
    classes = face.n_classes
    known = len(prices) == face.n_real and bool(prices.index.isin(face.problem.mentor_ids).all())
    values: NDArray[np.float64] = np.concatenate([prices.to_numpy(float), np.array(coverage)])
    if not known or len(coverage) != classes or not np.isfinite(values).all():
        return None
    return face.multipliers(prices, coverage)
