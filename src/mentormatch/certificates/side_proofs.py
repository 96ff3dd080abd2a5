"""Certificates of problems with quotas, people apart or together, and hours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.bounded_stages import PricedStage
from mentormatch.certificates.bound import (
    Multipliers,
    Verification,
    certify,
    upper_bound,
)
from mentormatch.matching import violations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem

__all__ = ["prove_with_rules", "solver_bounded_with_rules", "verify_with_rules"]


def prove_with_rules(
    matching: Matching,
    stages: Sequence[Multipliers],
    total: Multipliers,
    *,
    tolerance: float | None = None,
) -> Certificate:
    """The certificate of a matching from prices for every constraint; no solver is believed.

    Parameters
    ----------
    matching
        The pairs; its problem has side rules.
    stages
        Multipliers for the coverage of each priority class, highest first, then for the number of
        pairs where somebody wants several mentors; none with ``coverage_first=False``. The
        multiplier of what a stage counts includes the 1 that it counts.
    total
        Multipliers for the total, in units of score.
    tolerance
        As in `certify`.
    """
    problem = matching.problem
    covered, filled = _reached(matching)
    found = certify(matching, total, tolerance=tolerance)
    proofs = []
    for k, one in enumerate(stages):
        counts_pairs = k == len(covered)
        fixed = covered.copy()
        fixed[k:] = 0
        # Coverage of every class is settled when pairs are counted, and only that of the classes
        # before it when coverage is.
        bound = upper_bound(problem, one, fixed if not counts_pairs else covered, 0, scored=False)
        proofs.append(
            PricedStage(
                "pairs" if counts_pairs else "coverage",
                None if counts_pairs else k,
                filled if counts_pairs else int(covered[k]),
                bound,
                _by_mentor(problem, one),
                tuple(float(value) for value in one.coverage),
                float(one.seats),
                _by_rule(problem, one),
            )
        )
    limits = _limits(matching, proofs)
    # Without the side rules more could be reached; what the prices say replaces that.
    gap = found.bound - found.objective
    return replace(
        found,
        proven=all(stage.proven for stage in proofs)
        and len(proofs) == _n_stages(problem)
        and -found.tolerance <= gap <= found.tolerance
        and not _broken(matching),
        coverage_bound=limits[0],
        seats_bound=limits[1],
        stages=tuple(proofs),
        rule_prices=_by_rule(problem, total),
    )


def solver_bounded_with_rules(
    matching: Matching,
    solver: str,
    bound: float,
    coverage_bound: int | None,
    seats_bound: int | None,
    *,
    tolerance: float | None = None,
) -> Certificate:
    """The certificate of a matching whose bounds are a solver's; all else is measured again.

    Parameters
    ----------
    matching
        The finished pairs.
    solver
        Whose bounds they are.
    bound
        On the total, among the matchings of the same coverage and the same number of pairs.
    coverage_bound, seats_bound
        On the mentees with a mentor, and on the pairs; None where they come after nothing.
    tolerance
        As in `certify`.
    """
    problem = matching.problem
    classes = int(problem.priority_classes.max(initial=0)) + 1
    nothing = Multipliers(np.zeros(problem.shape[1]), np.zeros(classes))
    found = certify(matching, nothing, tolerance=tolerance)
    gap = bound - found.objective
    complete = not problem.coverage_first or (
        coverage_bound == found.coverage and seats_bound == found.seats
    )
    return replace(
        found,
        bound=bound,
        gap=gap,
        proven=complete and -found.tolerance <= gap <= found.tolerance and not _broken(matching),
        coverage_bound=coverage_bound if problem.coverage_first else None,
        seats_bound=seats_bound if problem.coverage_first else None,
        method=solver,
        rule_prices=_by_rule(problem, nothing),
    )


def verify_with_rules(matching: Matching, claimed: Certificate) -> Verification:
    """Check a certificate of a problem with side rules again; no solver is asked.

    By prices everything is recomputed. Of a solver's bounds only what contradicts the matching can
    be seen; feasibility, objective, coverage and seats are recomputed all the same.
    """
    problem = matching.problem
    findings = [f"the pairs are no matching: {wrong}" for wrong in _broken(matching)]
    if not 0 <= claimed.tolerance < np.inf:
        findings.append(f"the tolerance must be a number of 0 or more, not {claimed.tolerance}")
    if claimed.method == "prices":
        stages = [one for one in claimed.stages if isinstance(one, PricedStage)]
        if len(stages) != len(claimed.stages) or len(stages) != _n_stages(problem):
            findings.append(
                f"it needs {_n_stages(problem)} stages with prices, not {len(claimed.stages)}"
            )
        found = prove_with_rules(
            matching,
            [_multipliers(problem, one, f"stage {k}", findings) for k, one in enumerate(stages, 1)],
            _multipliers(problem, claimed, "the total", findings),
            tolerance=claimed.tolerance,
        )
        for k, (said, is_) in enumerate(zip(stages, found.stages, strict=True), 1):
            if said.objective != is_.objective or not abs(said.bound - is_.bound) < 1e-6:
                findings.append(f"stage {k}: it says {said}, recomputed it is {is_}")
    else:
        found = solver_bounded_with_rules(
            matching,
            claimed.method,
            claimed.bound,
            claimed.coverage_bound,
            claimed.seats_bound,
            tolerance=claimed.tolerance,
        )
        for name, reached, limit in (
            ("coverage", found.coverage, claimed.coverage_bound),
            ("seats", found.seats, claimed.seats_bound),
        ):
            if problem.coverage_first and (limit is None or limit < reached):
                findings.append(f"{name} is {reached}, which its bound {limit} does not allow")
    slack = 1e-9 * max(1.0, abs(found.objective), abs(found.bound))
    for name in ("objective", "bound", "gap"):
        said_, is__ = getattr(claimed, name), getattr(found, name)
        if not abs(said_ - is__) <= slack:
            findings.append(f"the certificate says {name} {said_:.9g}, recomputed it is {is__:.9g}")
    for name in ("coverage", "coverage_bound", "seats", "seats_bound"):
        said_, is__ = getattr(claimed, name), getattr(found, name)
        if said_ != is__:
            findings.append(f"the certificate says {name} {said_}, recomputed it is {is__}")
    if claimed.proven and not found.proven:
        findings.append(f"it claims to be proven, but recomputed it is not: {found}")
    return Verification(not findings, tuple(findings), found)


def _n_stages(problem: Problem) -> int:
    if not problem.coverage_first:
        return 0
    several = int(problem.demands.max(initial=0)) > 1
    return int(problem.priority_classes.max(initial=0)) + 1 + several


def _reached(matching: Matching) -> tuple[NDArray[np.int64], int]:
    """Coverage by class and pairs, pinned ones not counted."""
    problem = matching.problem
    newly = (matching.places > 0) & ~problem.after_pins.covered
    classes = int(problem.priority_classes.max(initial=0)) + 1
    covered = np.bincount(problem.priority_classes[newly], minlength=classes).astype(np.int64)
    return covered, len(matching.mentees) - len(problem.pinned)


def _limits(matching: Matching, proofs: list[PricedStage]) -> tuple[int | None, int | None]:
    """How many mentees can have a mentor, and how many pairs there can be, as the prices say."""
    problem = matching.problem
    if not problem.coverage_first:
        return None, None
    pinned = int(np.count_nonzero(problem.after_pins.covered))
    coverage = [one for one in proofs if one.what == "coverage"]
    pairs = [one for one in proofs if one.what == "pairs"]
    # A bound beyond all mentees says no more than that.
    n, all_places = problem.shape[0], int(problem.demands.sum())
    covered = min(n, pinned + sum(_whole(one.bound, n) for one in coverage))
    if pairs:
        return covered, min(all_places, len(problem.pinned) + _whole(pairs[0].bound, all_places))
    return covered, covered


def _whole(bound: float, most: int) -> int:
    return int(np.floor(min(bound, most))) if not np.isnan(bound) else most


def _broken(matching: Matching) -> list[str]:
    if matching.check:
        return []
    eligible = matching.problem.pairs(matching.mentees, matching.mentors).eligible
    return violations(matching.problem, matching.mentees, matching.mentors, eligible)


def _by_mentor(problem: Problem, multipliers: Multipliers) -> pd.Series[float]:
    index = problem.mentor_ids.rename("mentor")
    return pd.Series(multipliers.prices, index=index, name="price", dtype=float)


def _by_rule(problem: Problem, multipliers: Multipliers) -> pd.Series[float]:
    index = problem.sides.index(problem.mentor_ids)
    values = np.concatenate(multipliers.rules or (np.zeros(len(index)),))
    return pd.Series(values, index=index, name="price", dtype=float)


def _multipliers(
    problem: Problem, claimed: Certificate | PricedStage, where: str, findings: list[str]
) -> Multipliers:
    """Multipliers as claimed, 0 where they cannot be used; each of those is a finding."""
    prices = claimed.prices[~claimed.prices.index.duplicated()].reindex(problem.mentor_ids)
    if len(claimed.prices) != len(prices) or bool(prices.isna().any()):
        findings.append(f"{where}: the prices do not name exactly the mentors of the problem")
    coverage = np.zeros(int(problem.priority_classes.max(initial=0)) + 1)
    said = np.asarray(claimed.coverage_multipliers, dtype=np.float64)
    if len(said) != len(coverage):
        findings.append(f"{where}: it needs {len(coverage)} coverage multipliers, not {len(said)}")
    coverage[: len(said)] = said[: len(coverage)]
    index = problem.sides.index(problem.mentor_ids)
    given = claimed.rule_prices
    if given is None or len(given) != len(index) or set(given.index) != set(index):
        findings.append(f"{where}: the prices of the rules do not name exactly the rules")
        given = pd.Series(np.zeros(len(index)), index=index)
    # By label, and not by pandas' own look-up, which is slow on an index that is not sorted.
    by_label = dict(zip(given.index, given.to_numpy(np.float64).tolist(), strict=True))
    rules = np.array([by_label[label] for label in index], dtype=np.float64)
    values = prices.to_numpy(np.float64)
    seats = float(claimed.seats_multiplier)
    for part in (values, coverage, rules, np.array([seats])):
        if not np.isfinite(part[~np.isnan(part)] if part is values else part).all():
            findings.append(f"{where}: a price or a multiplier is not a finite number")
    clean = [
        np.asarray(np.nan_to_num(part, posinf=0.0, neginf=0.0), dtype=np.float64)
        for part in (values, coverage, rules)
    ]
    seats = float(np.nan_to_num(seats, posinf=0.0, neginf=0.0))
    return Multipliers(clean[0], clean[1], seats, problem.sides.split(clean[2]))
