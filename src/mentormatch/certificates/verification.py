"""Checking a certificate again, with the faces of its earlier stages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np

from mentormatch.certificates.bounds.bound import certify_multipliers, list_violations
from mentormatch.certificates.bounds.fingerprint import wrong_parts
from mentormatch.certificates.claims import Verification, claimed_multipliers, compare_claims
from mentormatch.certificates.completeness import (
    ProvenStage,
    find_missing_bounded_stages,
    find_missing_stages,
)
from mentormatch.certificates.kinds.budgets import check_budget
from mentormatch.certificates.kinds.faces import OptimalFace, prove_stage, prove_total
from mentormatch.certificates.kinds.loads import keep_even_loads, prove_loads
from mentormatch.certificates.kinds.lotteries import check_lottery
from mentormatch.certificates.kinds.mixtures import check_mixture
from mentormatch.certificates.kinds.ordered_counts import recompute_in_order
from mentormatch.certificates.kinds.side_proofs import recompute_with_rules
from mentormatch.certificates.kinds.solver_bounds import compare_welfare, recompute_by_solver
from mentormatch.certificates.well_formed import find_unusable_values
from mentormatch.errors import MatchingError
from mentormatch.matching import check_matching
from mentormatch.passes import check_executor, passes_on
from mentormatch.proofs.flow_stages import BudgetProof, LoadsProof, Shortfall, StageProof, Within
from mentormatch.proofs.program_stages import OrderedCount
from mentormatch.proofs.promises import promises_of

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mentormatch.certificates.bounds.bound import Multipliers
    from mentormatch.matching import Certificate, Matching
    from mentormatch.proofs.program_stages import AnyStage

__all__ = ["verify"]


def verify(
    matching: Matching, certificate: Certificate | None = None, *, executor: Executor | None = None
) -> Verification:
    """Check a certificate again, from its prices; no solver is asked.

    Objective, bound, coverage, seats, every earlier stage and the tolerance are recomputed and
    compared with what it claims. The bound of a solver cannot be: ``believed`` says so, while the
    pairs, their objective, and the bound of the prices that come with it are checked all the same.

    Parameters
    ----------
    matching
        The matching in question.
    certificate
        What is claimed of it; ``matching.certificate`` by default.
    executor
        Any `concurrent.futures.Executor` for the pass over all pairs, as in `mm.match`; every
        number is the same to the last bit. None, or few pairs: the threads of this process.

    Raises
    ------
    ValueError
        There is no certificate to check.
    """
    check_matching(matching, "verify")
    check_executor(executor)
    with passes_on(executor):
        return _verify(matching, certificate)


def _verify(matching: Matching, certificate: Certificate | None) -> Verification:
    """See `verify`."""
    claimed = certificate if certificate is not None else matching.certificate
    if claimed is None:
        raise ValueError(
            "This matching carries no certificate. Use certify_multipliers(matching, "
            "recover_multipliers(matching))."
        )
    findings = [f"the pairs are no matching: {wrong}" for wrong in list_violations(matching)]
    findings += _find_foreign_claims(matching, claimed)
    unproven = replace(claimed, proven=False)
    if unusable := find_unusable_values(claimed):
        return Verification(False, (*findings, *unusable), unproven)
    if claimed.method == "expectation":
        wrong, again = check_lottery(matching, claimed)
        findings += wrong
        return Verification(not findings, tuple(findings), again)
    believed: tuple[str, ...] = ()
    if claimed.promise in ("expectation", "equal chances"):
        wrong, again, believed = check_mixture(matching, claimed)
        findings += wrong
        return Verification(not findings, tuple(findings), again, believed)
    by_rules = matching.problem.sides and claimed.promise == "total"
    if any(isinstance(one, OrderedCount) for one in claimed.stages):
        ordered = recompute_in_order(matching, claimed, findings)
        if ordered is None:
            return Verification(False, tuple(findings), unproven)
        found = ordered
    elif by_rules or claimed.rule_prices is not None:
        found, believed = recompute_with_rules(matching, claimed, findings)
        found = _without_stages(found, claimed)
    elif claimed.method != "prices":
        missing = find_missing_bounded_stages(claimed.promise, matching, claimed.stages)
        findings += missing if claimed.proven else []
        found, believed = recompute_by_solver(matching, claimed, findings)
    elif claimed.stages or (claimed.promise != "total" and claimed.proven):
        if matching.problem.wants_several or matching.problem.sides:
            where = (
                "side rules hold" if matching.problem.sides else "somebody wants several mentors"
            )
            findings.append(f"where {where}, prices do not prove {claimed.promise}")
            return Verification(False, tuple(findings), unproven)
        made = _recompute_on_faces(matching, claimed, findings)
        if made is None:
            return Verification(False, tuple(findings), unproven)
        found = made
    else:
        found = certify_multipliers(
            matching, claimed_multipliers(matching.problem, claimed, findings)
        )
        found = _without_stages(found, claimed)
    found, wrong = compare_claims(claimed, found)
    findings += wrong
    return Verification(not findings, tuple(findings), found, believed)


def _without_stages(total: Certificate, claimed: Certificate) -> Certificate:
    """Return the certificate of a total alone; of another promise it settles no stage."""
    if claimed.promise == "total":
        return total
    return replace(total, promise=claimed.promise, proven=False)


def _find_foreign_claims(matching: Matching, claimed: Certificate) -> list[str]:
    """List why a certificate is not one of this problem, these pairs and this strategy."""
    findings = [
        f"the certificate is of other {part}" for part in wrong_parts(claimed.fingerprint, matching)
    ]
    label = matching.strategy
    if label != "given" and claimed.strategy != label:
        findings.append(
            f"the certificate is of strategy {claimed.strategy!r}, the matching says {label!r}"
        )
    promises = promises_of(label)
    if promises is not None and claimed.promise not in promises:
        findings.append(
            f"strategy {label!r} promises {' or '.join(promises) or 'nothing'}, but its "
            f"certificate is of {claimed.promise}"
        )
    return findings


def _recompute_on_faces(
    matching: Matching, claimed: Certificate, findings: list[str]
) -> Certificate | None:
    """The certificate recomputed stage by stage; None where the matching is outside of a face."""
    face = OptimalFace.of(matching.problem)
    findings += compare_welfare(claimed.stages, matching)
    if claimed.proven:
        findings.extend(_find_open_intervals(face, claimed.stages))
    chain: list[ProvenStage] = []
    for number, proof in enumerate(claimed.stages, start=1):
        chain.append(ProvenStage(face, proof))
        if isinstance(proof, BudgetProof):
            wrong = check_budget(face, proof, matching)
            findings.extend(f"stage {number} (keep_total): {one}" for one in wrong)
            continue
        where = f"stage {number} ({proof.weights if isinstance(proof, StageProof) else 'loads'})"
        if isinstance(proof, LoadsProof):
            multipliers = _multipliers(face, proof, where, findings, whole=True)
            findings += _compare_stage(proof, prove_loads(face, multipliers, matching), where)
            face = keep_even_loads(face, multipliers)
            continue
        if not isinstance(proof, StageProof):
            findings.append(f"stage {number} ({proof}): it has no face to check")
            continue
        try:
            face = _check_stage(face, proof, matching, where, findings)
        except MatchingError:
            findings.append(f"{where}: the matching does not meet the stages before this one")
            break
    if not findings and claimed.proven:
        findings += find_missing_stages(claimed.promise, matching, chain, face)
    multipliers = _multipliers(face, claimed, "the total", findings)
    if claimed.seats_multiplier:
        findings.append("the total: at one mentor each there is no multiplier of seats")
    try:
        return prove_total(
            face,
            multipliers,
            matching,
            claimed.stages,
            promise=claimed.promise,
            # What is missing of a chain that claims no proof is no finding, and no proof either.
            finished=claimed.proven,
        )
    except MatchingError:
        findings.append("the matching does not meet all stages")
        return None


def _check_stage(
    face: OptimalFace, proof: StageProof, matching: Matching, where: str, findings: list[str]
) -> OptimalFace:
    """Check one stage; the face it leaves to the next."""
    multipliers = _multipliers(face, proof, where, findings, whole=True)
    if not proof.kept and isinstance(proof.weights, Within):
        pinned = face.problem.pinned
        least = float(proof.weights.of(face.scores[pinned[:, 0], pinned[:, 1]]).sum())
        if proof.objective > least:
            findings.append(f"{where}: a count of {-least:.6g} is the objective to refute")
    stage = face.stage(proof.weights)
    found = prove_stage(
        face,
        proof.weights,
        multipliers,
        matching,
        stage=stage,
        kept=proof.kept,
        target=proof.objective,
    )
    findings += _compare_stage(proof, found, where)
    return face.tighten(stage, multipliers) if proof.kept else face


def _compare_stage(
    proof: StageProof | LoadsProof, found: StageProof | LoadsProof, where: str
) -> list[str]:
    """What a stage says that does not come out when it is recomputed; its numbers are whole."""
    wrong = []
    for name in ("objective", "bound"):
        said, is_ = getattr(proof, name), getattr(found, name)
        if not abs(said - is_) < 0.25:
            wrong.append(f"{where}: it says {name} {said:.9g}, recomputed it is {is_:.9g}")
    if proof.proven and not found.proven:
        wrong.append(f"{where}: it is not proven by its prices")
    return wrong


def _find_open_intervals(face: OptimalFace, claimed: tuple[AnyStage, ...]) -> list[str]:
    """Where the sum of the k worst could still be better: levels in no excluded interval."""
    stages = [one for one in claimed if isinstance(one, StageProof)]
    kept = [one for one in stages if one.kept and isinstance(one.weights, Shortfall)]
    if not kept:
        return []
    weights = cast("Shortfall", kept[0].weights)
    best = weights.sum_of_worst(kept[0].objective)
    low, high = float(np.nanmin(face.scores)), float(np.nanmax(face.scores))
    findings = []
    for proof in stages:
        closed = proof.weights
        if proof.kept or not isinstance(closed, Shortfall):
            continue
        if (closed.k, closed.step) != (weights.k, weights.step) or closed.upto > low:
            findings.append(f"levels between {low:.6g} and {closed.upto:.6g} are not excluded")
        # Rounding moves each of the scores by half a step, and the target is a whole step further.
        room = (2 * len(face.scores) + 4) * closed.step
        if closed.sum_of_worst(proof.objective) > best + room:
            findings.append(f"{closed}: {best:.6g} is not what it shows to be the most")
        low = max(low, closed.level)
    if low < high:
        findings.append(f"levels between {low:.6g} and {high:.6g} are not excluded")
    return findings


def _multipliers(
    face: OptimalFace,
    claimed: Certificate | StageProof | LoadsProof,
    where: str,
    findings: list[str],
    *,
    whole: bool = False,
) -> Multipliers:
    """Multipliers as claimed, made usable; what is wrong with them is a finding."""
    index, coverage = claimed.prices.index, claimed.coverage_multipliers
    if len(index) != face.n_real or not index.isin(face.problem.mentor_ids).all():
        findings.append(f"{where}: the prices do not name exactly the mentors of the problem")
    classes = face.n_classes
    if len(coverage) != classes:
        findings.append(f"{where}: it needs {classes} coverage multipliers, not {len(coverage)}")
        coverage = (*coverage, *[0.0] * classes)[:classes]
    found = face.multipliers(claimed.prices, coverage)
    if whole and not all(float(one).is_integer() for one in (*found.prices, *found.coverage)):
        findings.append(f"{where}: its prices are not whole numbers")
    return found
