"""Read what a certificate claims, and compare it with what is recomputed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.certificates.bounds.bound import Multipliers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.proofs.program_stages import PricedStage

__all__ = [
    "SAME",
    "Verification",
    "claimed_multipliers",
    "claimed_prices",
    "compare_claims",
    "price_by_rule",
]

# Products of vectors differ in their last digits from one processor to another, and with them what
# is claimed from what is found. Nothing is decided by a claim that differs by so little: proven is
# what is proven by the numbers that were found.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Verification:
    """What came out of checking a certificate again.

    Parameters
    ----------
    ok
        The matching is what its certificate claims.
    findings
        What does not hold, in words.
    certificate
        The certificate as recomputed from the claimed prices.
    believed
        What could not be recomputed and rests on a solver's word; empty where prices prove all.
    """

    ok: bool
    findings: tuple[str, ...]
    certificate: Certificate
    believed: tuple[str, ...] = ()


def claimed_multipliers(
    problem: Problem, claimed: Certificate | PricedStage, findings: list[str], where: str = ""
) -> Multipliers:
    """Read the multipliers of a certificate or stage, 0 for those that cannot be used.

    Each of those is a finding, which begins with ``where``.
    """
    start = f"{where}: " if where else ""
    values, rules = claimed_prices(problem, claimed.prices, claimed.rule_prices, findings, start)
    coverage = np.zeros(problem.n_classes)
    said = np.asarray(claimed.coverage_multipliers, dtype=np.float64)
    if len(said) != len(coverage):
        findings.append(f"{start}it needs {len(coverage)} coverage multipliers, not {len(said)}")
    coverage[: len(said)] = said[: len(coverage)]
    return Multipliers(values, coverage, float(claimed.seats_multiplier), rules)


def claimed_prices(
    problem: Problem,
    by_mentor: pd.Series[float],
    by_rule: pd.Series[float] | None,
    findings: list[str],
    start: str = "",
) -> tuple[NDArray[np.float64], tuple[NDArray[np.float64], ...]]:
    """Read prices by mentor and by rule in the order of the problem, 0 for those of no use.

    Each of those is a finding, which begins with ``start``.
    """
    prices = by_mentor[~by_mentor.index.duplicated()].reindex(problem.mentor_ids)
    if len(by_mentor) != len(prices) or bool(prices.isna().any()):
        findings.append(f"{start}the prices do not name exactly the mentors of the problem")
    values = np.asarray(prices.fillna(0.0), dtype=np.float64)
    if not problem.sides:
        return values, ()
    labels = problem.sides.labels(problem.mentor_ids)
    by_label: dict[object, float] = {}
    if by_rule is not None:
        claimed = by_rule.to_numpy(np.float64).tolist()
        by_label = dict(zip(by_rule.index, claimed, strict=True))
    if by_rule is None or len(by_rule) != len(labels) or set(by_label) != set(labels):
        findings.append(f"{start}the prices of the rules do not name exactly the rules")
        by_label = dict.fromkeys(labels, 0.0)
    rules = np.array([by_label[label] for label in labels], dtype=np.float64)
    return values, problem.sides.split(rules)


def price_by_rule(multipliers: Multipliers, index: pd.MultiIndex) -> pd.Series[float]:
    """The prices of the rules, by their labels."""
    values = np.concatenate(multipliers.rules or (np.zeros(len(index)),))
    return pd.Series(values, index=index, name="price", dtype=float)


def compare_claims(claimed: Certificate, found: Certificate) -> tuple[Certificate, list[str]]:
    """List what a certificate claims and the recomputation does not confirm.

    ``found`` is the same certificate recomputed, with the tolerance that its rounding justifies. It
    is returned at the tolerance claimed, when that is justified; and with it what differs.
    """
    findings = []
    if not 0 <= claimed.tolerance < np.inf:
        findings.append(f"the tolerance must be a number of 0 or more, not {claimed.tolerance}")
    elif claimed.tolerance > found.tolerance * (1 + SAME):
        findings.append(
            f"the tolerance {claimed.tolerance:.3g} is more than these scores justify, "
            f"{found.tolerance:.3g}"
        )
    else:
        strict = abs(found.gap) <= claimed.tolerance
        found = replace(found, tolerance=claimed.tolerance, proven=found.proven and strict)
    # Of a tolerance of 1e-6 that is a thousandth; where there is none, of the numbers themselves.
    slack = max(1e-3 * found.tolerance, SAME * 1e-3 * max(abs(found.objective), abs(found.bound)))
    for name in ("objective", "bound", "checked_bound"):
        said, is_ = getattr(claimed, name), getattr(found, name)
        both = said is not None and is_ is not None
        if said != is_ and not (both and abs(said - is_) <= slack):
            findings.append(
                f"the certificate says {name} {_number(said)}, recomputed it is {_number(is_)}"
            )
    for name in ("coverage", "coverage_bound", "seats", "seats_bound"):
        said, is_ = getattr(claimed, name), getattr(found, name)
        if said != is_:
            findings.append(f"the certificate says {name} {said}, recomputed it is {is_}")
    if claimed.promise != found.promise:
        findings.append(
            f"it says to be of {claimed.promise}, but what it proves is of {found.promise}"
        )
    if claimed.proven and not found.proven:
        findings.append(f"it claims to be proven, but recomputed it is not: {found}")
    if not abs((claimed.bound - claimed.objective) - claimed.gap) <= slack:
        findings.append("the gap is not bound − objective")
    return found, findings


def _number(value: float | None) -> str:
    return "None" if value is None else f"{value:.9g}"
