"""Proof that nobody can be better off at the worst without giving up more of the best total.

Two bounds and a witness: a matching with the best total and prices which show that none has more,
and prices which show that above the level that was reached no matching keeps the share asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import Multipliers, certify_bound, upper_bound
from mentormatch.errors import MatchingError
from mentormatch.matching import Matching
from mentormatch.proofs.flow_stages import KEPT_WITHIN, BudgetProof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.certificates.kinds.faces import OptimalFace

__all__ = ["check_budget", "lowest_chosen", "prove_budget"]


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
