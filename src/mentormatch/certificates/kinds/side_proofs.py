"""Certificates of problems with quotas, people apart or together, and hours."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates.bounds.bound import (
    Multipliers,
    certify_bound,
    list_violations,
    name_problem,
    newly_reached,
    upper_bound,
)
from mentormatch.certificates.claims import claimed_multipliers, price_by_rule
from mentormatch.proofs.program_stages import PricedStage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem

__all__ = ["prove_with_rules", "recompute_with_rules", "solver_bounded_with_rules"]


def prove_with_rules(
    matching: Matching, stages: Sequence[Multipliers], total: Multipliers
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
    """
    problem = matching.problem
    found = certify_bound(matching, total)
    proofs = _proofs(matching, stages)
    limits = _limits(matching, proofs)
    # Without the side rules more could be reached; what the prices say replaces that.
    gap = found.bound - found.objective
    certificate = replace(
        found,
        proven=all(stage.proven for stage in proofs)
        and len(proofs) == _n_stages(problem)
        and -found.tolerance <= gap <= found.tolerance
        and not list_violations(matching),
        coverage_bound=limits[0],
        seats_bound=limits[1],
        stages=tuple(proofs),
        rule_prices=price_by_rule(total, problem.sides.index(problem.mentor_ids)),
    )
    return name_problem(certificate, matching)


def _proofs(matching: Matching, stages: Sequence[Multipliers]) -> list[PricedStage]:
    """What the stages reached, and what their prices say that nothing exceeds."""
    problem = matching.problem
    covered, filled = newly_reached(matching)
    index = problem.sides.index(problem.mentor_ids)
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
                problem.compatibility.price_series(one.prices),
                tuple(float(value) for value in one.coverage),
                float(one.seats),
                price_by_rule(one, index),
            )
        )
    return proofs


def solver_bounded_with_rules(
    matching: Matching,
    solver: str,
    bound: float,
    coverage_bound: int | None,
    seats_bound: int | None,
    stages: Sequence[Multipliers] = (),
    total: Multipliers | None = None,
) -> Certificate:
    """The certificate of a matching whose bounds are a solver's; all else is measured again.

    Parameters
    ----------
    bound
        On the total, among the matchings of the same coverage and the same number of pairs.
    coverage_bound, seats_bound
        On the mentees with a mentor, and on the pairs; None where they come after nothing.
    stages, total
        Multipliers as in `prove_with_rules`, when there are any: what they show needs no solver.
    """
    problem = matching.problem
    nothing = Multipliers(np.zeros(problem.shape[1]), np.zeros(problem.n_classes))
    found = certify_bound(matching, total or nothing, bound=bound)
    complete = not problem.coverage_first or (
        coverage_bound == found.coverage and seats_bound == found.seats
    )
    certificate = replace(
        found,
        proven=complete and abs(found.gap) <= found.tolerance and not list_violations(matching),
        coverage_bound=coverage_bound if problem.coverage_first else None,
        seats_bound=seats_bound if problem.coverage_first else None,
        method=solver,
        stages=tuple(_proofs(matching, stages)),
        rule_prices=price_by_rule(total or nothing, problem.sides.index(problem.mentor_ids)),
        checked_bound=None if total is None else found.checked_bound,
    )
    return name_problem(certificate, matching)


def recompute_with_rules(
    matching: Matching, claimed: Certificate, findings: list[str]
) -> tuple[Certificate, tuple[str, ...]]:
    """Recompute the certificate of a problem with side rules; say what is believed of it.

    By prices everything is. Of a solver's bounds only what contradicts the matching can be seen,
    and what the prices that come with them show.
    """
    problem = matching.problem
    wanted = _n_stages(problem)
    if claimed.promise != "total" and claimed.proven:
        findings.append(f"prices of rules prove the total, not {claimed.promise}")
    stages = [one for one in claimed.stages if isinstance(one, PricedStage)]
    by_prices = claimed.method == "prices"
    if len(stages) != len(claimed.stages) or len(stages) not in (wanted, wanted * by_prices):
        findings.append(f"it needs {wanted} stages with prices, not {len(claimed.stages)}")
    priced = [
        claimed_multipliers(problem, one, findings, f"stage {k}") for k, one in enumerate(stages, 1)
    ]
    total = claimed_multipliers(problem, claimed, findings, "the total")
    believed: tuple[str, ...] = ()
    if by_prices:
        found = prove_with_rules(matching, priced, total)
    else:
        found = solver_bounded_with_rules(
            matching,
            claimed.method,
            claimed.bound,
            claimed.coverage_bound,
            claimed.seats_bound,
            priced,
            None if claimed.checked_bound is None else total,
        )
        believed = _believed(claimed, found)
        if not claimed.bound >= found.objective - found.tolerance:
            findings.append(
                f"the total is {found.objective:.9g}, which its bound {claimed.bound:.9g} does not "
                "allow"
            )
        for name, reached, limit in (
            ("coverage", found.coverage, claimed.coverage_bound),
            ("seats", found.seats, claimed.seats_bound),
        ):
            if problem.coverage_first and (limit is None or limit < reached):
                findings.append(f"{name} is {reached}, which its bound {limit} does not allow")
    for k, (said, is_) in enumerate(zip(stages, found.stages, strict=True), 1):
        assert isinstance(is_, PricedStage)
        same = (said.what, said.priority_class) == (is_.what, is_.priority_class)
        # Whole numbers are bounded: a millionth of a pair decides nothing.
        near = said.objective == is_.objective and abs(said.bound - is_.bound) < 1e-6
        if not (same and near):
            findings.append(f"stage {k}: it says {said}, recomputed it is {is_}")
    return found, believed


def _believed(claimed: Certificate, found: Certificate) -> tuple[str, ...]:
    """Say what of a solver's certificate no price shows."""
    said = []
    if claimed.coverage_bound is not None and not (
        found.stages and all(stage.proven for stage in found.stages)
    ):
        said.append(
            f"the bounds on coverage ({claimed.coverage_bound}) and seats ({claimed.seats_bound}) "
            f"are {claimed.method}'s"
        )
    checked = found.checked_bound
    if checked is None or not checked <= claimed.bound:
        shown = "" if checked is None else f"; prices alone show {checked:.6g}"
        said.append(f"the bound {claimed.bound:.6g} is {claimed.method}'s{shown}")
    return tuple(said)


def _n_stages(problem: Problem) -> int:
    if not problem.coverage_first:
        return 0
    return problem.n_classes + problem.wants_several


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
