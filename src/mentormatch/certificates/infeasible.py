"""Checking that conditions cannot all hold, from prices; no solver is asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import Multipliers, upper_bound
from mentormatch.certificates.claims import claimed_prices
from mentormatch.errors import InfeasibleError, MentorMatchError
from mentormatch.proofs.infeasibility import InfeasibilityProof

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mentormatch.problem import PairRule, Problem

__all__ = ["InfeasibleVerification", "shows_infeasible", "verify_infeasible"]

# Rules of these kinds hold in any case, so that no conflict names them.
ALWAYS = ("hours",)


@dataclass(frozen=True, slots=True)
class InfeasibleVerification:
    """What came out of checking an `InfeasibleError`.

    Parameters
    ----------
    ok
        What it claims is shown, or nothing against it was found and ``believed`` says what it
        rests on.
    findings
        What does not hold, in words.
    believed
        What could not be checked and rests on a solver's word; empty where it is shown.
    """

    ok: bool
    findings: tuple[str, ...] = ()
    believed: tuple[str, ...] = ()


def verify_infeasible(error: InfeasibleError) -> InfeasibleVerification:
    """Check that what an error names cannot hold, from its prices; no solver is asked.

    Shown are pins that a rule or a number forbids, minimums beyond a capacity, minimums that want
    more than all who are eligible can give, and side rules that not even fractions of pairs keep.
    Where only whole pairs are too few, and where a strategy asks for more than the problem does, a
    solver is believed, and ``believed`` says so.

    Parameters
    ----------
    error
        From `mm.match`, `mm.rematch` or `mm.Problem`.

    Raises
    ------
    MentorMatchError
        Not an `InfeasibleError`.
    """
    if not isinstance(error, InfeasibleError):
        raise MentorMatchError(
            f"verify_infeasible checks an InfeasibleError, got {type(error).__name__}. Matchings "
            "are checked by verify."
        )
    problem, proof = error.problem, error.proof
    if problem is not None and _numbers_clash(problem, error.pins):
        return InfeasibleVerification(ok=True)
    if problem is None or proof is None:
        named = "; ".join(one.name for one in error.conflict[:3])
        return InfeasibleVerification(
            ok=True, believed=(f"that this cannot hold is the word of a solver: {named}",)
        )
    findings = _check_form(proof)
    if not findings:
        prices, rules = claimed_prices(problem, proof.prices, proof.rule_prices, findings, "")
        findings += _charged_without_name(problem, prices, rules, error)
        excess = _bound(problem, prices, rules)
        if not excess < 0:
            findings.append(
                "the prices do not show that the conditions cannot hold: at them a matching may "
                f"be worth {excess:.6g}, which is not below 0"
            )
    return InfeasibleVerification(not findings, tuple(findings))


def shows_infeasible(problem: Problem, proof: InfeasibilityProof) -> bool:
    """Tell whether prices show that no matching keeps all conditions of a problem."""
    findings: list[str] = []
    prices, rules = claimed_prices(problem, proof.prices, proof.rule_prices, findings)
    return not findings and _bound(problem, prices, rules) < 0


def _bound(
    problem: Problem, prices: NDArray[np.float64], rules: tuple[NDArray[np.float64], ...]
) -> float:
    """What a matching can be worth at most when scores count 0, rounded up."""
    none = np.zeros(problem.n_classes)
    multipliers = Multipliers(prices, none, 0.0, rules)
    return upper_bound(problem, multipliers, none.astype(np.int64), 0, scored=False)


def _check_form(proof: object) -> list[str]:
    """What is wrong with a proof before anything is computed from it."""
    if not isinstance(proof, InfeasibilityProof):
        return [f"the proof must be an InfeasibilityProof, not {type(proof).__name__}"]
    for name, given in (("prices", proof.prices), ("rule_prices", proof.rule_prices)):
        if given is None and name == "rule_prices":
            continue
        if not isinstance(given, pd.Series) or not pd.api.types.is_numeric_dtype(given):
            return [f"{name} must be a Series of numbers"]
        if not np.isfinite(given.to_numpy(np.float64)).all():
            return [f"{name} must be finite"]
    return []


def _numbers_clash(problem: Problem, more_pins: Iterable[PairRule]) -> bool:
    """Tell whether a pin or a minimum clashes with a rule or number that is not about anyone else.

    True where a pinned pair is ineligible or pinned twice, where a mentor or mentee has more pins
    than places, and where a minimum is above the capacity.
    """
    if (problem.after_pins.minimum > problem.after_pins.capacity).any():
        return True
    compatibility = problem.compatibility
    pins = [
        (compatibility.mentee_position(one.mentee), compatibility.mentor_position(one.mentor))
        for one in (*problem.pin_rules, *more_pins)
    ]
    if len(set(pins)) < len(pins):
        return True
    over = [
        count > limits[place]
        for side, limits in ((0, problem.demands), (1, problem.capacities))
        for place, count in Counter(one[side] for one in pins).items()
    ]
    return any(over) or any(problem.reasons(i, j) for i, j in pins)


def _charged_without_name(
    problem: Problem,
    prices: NDArray[np.float64],
    rules: tuple[NDArray[np.float64], ...],
    error: InfeasibleError,
) -> list[str]:
    """List conditions that prices charge for and the conflict does not name."""
    named = {one.people[0] for one in error.conflict if one.kind == "minimum"}
    # A price below 0 where there is no minimum asks for nothing.
    asking = (prices < 0) & (problem.minimums > 0)
    charged = [one for one in problem.mentor_ids[asking].tolist() if one not in named]
    wrong = [f"the prices charge the minimum of {one!r}, which is not named" for one in charged]
    texts = {one.name for one in error.conflict}
    return wrong + [
        f"the prices charge the rule {constraint.name!r}, which is not named"
        for constraint, moved in zip(problem.sides.constraints, rules, strict=False)
        if moved.any() and constraint.kind not in ALWAYS and constraint.name not in texts
    ]
