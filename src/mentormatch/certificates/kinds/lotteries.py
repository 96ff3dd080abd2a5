"""Proofs for lotteries: no other probabilities within the same limits have a better expectation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates.bounds.bound import RELATIVE_TOLERANCE, name_problem
from mentormatch.certificates.claims import SAME, compare_claims
from mentormatch.certificates.kinds.faces import exact_scores
from mentormatch.matching import Certificate
from mentormatch.proofs.program_stages import ExpectedStage
from mentormatch.sums import lost_in, sum_exactly

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.program_stages import ChanceStage, MixedStage

__all__ = ["certify_expectation", "check_lottery", "prove_expectation", "prove_lottery"]

# A chance within this of 0 or of the cap is set to that, so that a sum of k of them may be off by k
# times this; of an expectation it is a thousandth of what counts as zero.
DUST = 1e-9


def prove_expectation(
    problem: Problem,
    probabilities: sparse.csr_array,
    what: str,
    cap: float,
    prices: NDArray[np.float64],
    coverage_multiplier: float,
    pairs_multiplier: float,
    *,
    fair: bool = False,
    scores: NDArray[np.float64] | None = None,
) -> ExpectedStage:
    """Recompute an expectation and its bound from prices, over all eligible pairs.

    Lagrangian relaxation of capacities, minimums and earlier stages; what is left separates by
    mentee, who takes its best mentors by at most ``cap`` each until its demand is used up.
    ``scores`` are all exact ones, where they have been read.
    """
    scores = exact_scores(problem) if scores is None else scores
    # Samples give each mentee the sum of its chances, rounded down or up.
    held = _sums(probabilities, 1)
    covered, pairs = float(np.minimum(held, 1.0).sum()), float(held.sum())
    some = probabilities.tocoo()
    expected = sum_exactly(scores[some.row, some.col] * some.data)
    per_score, per_cover, per_pair = {
        "coverage": (0.0, 1.0, 0.0),
        "pairs": (0.0, 0.0, 1.0),
        "total": (1.0, 0.0, 0.0),
    }[what]
    objective = per_score * expected + per_cover * covered + per_pair * pairs
    left, pinned = problem.after_pins, problem.pinned
    pinned_scores = scores[pinned[:, 0], pinned[:, 1]]
    expected_size = float((np.abs(scores[some.row, some.col]) * some.data).sum())
    size = per_score * expected_size + per_cover * covered + per_pair * pairs
    values = per_score * scores + (per_pair + pairs_multiplier) - prices
    values[pinned[:, 0], pinned[:, 1]] = np.nan
    values[:, left.capacity == 0] = np.nan
    best = np.where(np.isnan(values), -np.inf, values)
    bonus = per_cover + coverage_multiplier
    if fair:
        top = best.max(axis=1, initial=-np.inf)
        top = np.where(held - left.covered > 0, top, 0.0)
        mentee, most = (held - left.covered) * top, held * np.abs(top)
        parts = int(np.bincount(some.row, minlength=1).max())
    else:
        mentee, parts = _best_probabilities(best, left.demand, left.covered, bonus, cap)
        most, held = mentee, np.asarray(left.demand, dtype=np.float64)
    seats = np.asarray(
        left.capacity * np.maximum(prices, 0.0) + left.minimum * np.minimum(prices, 0.0),
        dtype=np.float64,
    )
    fixed = (
        -coverage_multiplier * (covered - float(np.count_nonzero(left.covered))),
        -pairs_multiplier * (pairs - len(pinned)),
        per_cover * np.count_nonzero(left.covered),
        per_pair * len(pinned),
    )
    terms = (mentee, seats, np.array(fixed), per_score * pinned_scores)
    # A value takes a rounding for its price and one for what a pair counts, and is off by that much
    # of both. The best of k values by their shares takes k products and sums, and its shares, which
    # are differences of multiples of the cap, are off by 2·k·u; what is covered, by the sum of a
    # row. The last three are for the sum of all, for adding this to it, and for this itself.
    spread = float(np.abs(prices).max(initial=0.0)) + abs(per_pair + pairs_multiplier) + abs(bonus)
    size = sum_exactly(most, *(np.abs(term) for term in terms[1:]), held * spread)
    rounding = lost_in(3 + 4 * parts + 3) * size
    bound = sum_exactly(*terms) + rounding
    return ExpectedStage(
        what,
        cap,
        fair,
        objective,
        bound,
        problem.compatibility.price_series(prices),
        coverage_multiplier,
        pairs_multiplier,
        max(RELATIVE_TOLERANCE * size, 2 * rounding),
    )


def _best_probabilities(
    values: NDArray[np.float64],
    demand: NDArray[np.int64],
    covered: NDArray[np.bool_],
    bonus: float,
    cap: float,
) -> tuple[NDArray[np.float64], int]:
    """The most each mentee can expect, and of how many values that is made at most.

    Best mentors come first, ``cap`` each, while it is worth it.
    """
    n, m = values.shape
    most = int(demand.max(initial=0))
    if not n or not m or not most:
        return np.zeros(n), 0
    width = min(m, int(np.ceil(most / cap)) + 1)
    top = -np.sort(-values, axis=1)[:, :width]
    ends = np.minimum((np.arange(width) + 1) * cap, demand[:, None])
    starts = np.minimum(np.arange(width) * cap, demand[:, None])
    # The first unit of a mentee who has nobody yet brings the bonus of being covered.
    inside = np.minimum(ends, 1.0) - np.minimum(starts, 1.0)
    inside = np.where(covered[:, None], 0.0, inside)
    usable = np.isfinite(top)
    safe = np.where(usable, top, 0.0)
    gain = inside * np.maximum(safe + bonus, 0.0) + (ends - starts - inside) * np.maximum(safe, 0.0)
    return np.asarray(np.where(usable, gain, 0.0).sum(axis=1)), width


def prove_lottery(matching: Matching, stages: tuple[ExpectedStage, ...]) -> Certificate:
    """The certificate of a lottery: its expected total, and the stages before it.

    Parameters
    ----------
    matching
        The sample that was drawn.
    stages
        All stages, the total last.
    """
    last = stages[-1]
    return certify_expectation(matching, stages, last.prices, "expectation", fair=last.fair)


def certify_expectation(
    matching: Matching,
    stages: tuple[ExpectedStage, ...] | tuple[ChanceStage | MixedStage, ...],
    prices: pd.Series[float],
    method: str,
    *,
    fair: bool,
) -> Certificate:
    """The certificate of the expected total, the last stage, and of the stages before it."""
    last = stages[-1]
    certificate = Certificate(
        objective=last.objective,
        bound=last.bound,
        gap=last.bound - last.objective,
        proven=all(stage.proven for stage in stages),
        tolerance=last.tolerance,
        prices=prices,
        coverage=matching.n_matched,
        coverage_bound=None,
        seats=len(matching.mentees),
        seats_bound=None,
        method=method,
        stages=stages,
    )
    return name_problem(certificate, matching, "equal chances" if fair else "expectation")


def check_lottery(matching: Matching, claimed: Certificate) -> tuple[list[str], Certificate]:
    """List what does not hold of a lottery: limits, sample, expectations and bounds."""
    problem, findings = matching.problem, []
    chances = matching.probabilities
    if problem.sides:
        said = "where side rules hold, probabilities of pairs are no lottery without its matchings"
        return [said], replace(claimed, proven=False)
    if chances is None:
        return ["the matching carries no probabilities"], claimed
    stages = [stage for stage in claimed.stages if isinstance(stage, ExpectedStage)]
    if not stages or len(stages) < len(claimed.stages):
        return ["the certificate of a lottery has a stage that is no expectation"], claimed
    cap = min(stage.cap for stage in stages)
    if any(stage.cap != cap for stage in stages):
        findings.append("the stages of a lottery have different largest probabilities")
    findings += _misplaced_chances(matching, chances, cap)
    scores = exact_scores(problem)
    if any(stage.fair for stage in stages):
        findings += _unfair_shares(problem, _sums(chances, 1), scores)
    again = tuple(_prove_again(problem, chances, stage, scores) for stage in stages)
    for stage, found in zip(stages, again, strict=True):
        findings += _overstated(stage, found)
    certificate, wrong = compare_claims(claimed, prove_lottery(matching, again))
    findings += wrong
    if claimed.prices.to_dict() != stages[-1].prices.to_dict() or claimed.seats_multiplier:
        findings.append("the prices of the certificate are not those of its last stage")
    return findings, replace(certificate, proven=certificate.proven and not findings)


def _sums(chances: sparse.csr_array, axis: int) -> NDArray[np.float64]:
    """What the chances of each mentee (axis 1) or mentor (axis 0) add up to."""
    return np.asarray(chances.sum(axis=axis), dtype=np.float64).ravel()


def _misplaced_chances(matching: Matching, chances: sparse.csr_array, cap: float) -> list[str]:
    """Chances outside of their limits, of pairs that must not be made, or of drawn pairs none."""
    problem, findings = matching.problem, []
    slack = DUST * (1 + max(problem.shape))
    free = sparse.csr_array(chances).copy().tolil()
    for i, j in problem.pinned.tolist():
        free[i, j] = 0.0
    rest = free.tocoo()
    eligible = problem.pairs(rest.row.astype(np.intp), rest.col.astype(np.intp)).eligible
    if len(rest.data) and (rest.data.max() > cap + slack or rest.data.min() < -slack):
        findings.append(f"a pair has a probability outside 0 … {cap:g}")
    if not eligible.all():
        findings.append("a pair that is not eligible has a probability")
    rows, columns = _sums(chances, 1), _sums(chances, 0)
    if (rows > problem.demands + slack).any():
        findings.append("the probabilities of a mentee add up to more than it wants")
    if (columns > problem.capacities + slack).any() or (columns < problem.minimums - slack).any():
        findings.append("the probabilities of a mentor do not fit its capacity or minimum")
    dealt = sparse.csr_array(chances).toarray()[matching.mentees, matching.mentors]
    if (dealt <= 0).any():
        findings.append("a pair was drawn that has no probability")
    return findings


def _prove_again(
    problem: Problem, chances: sparse.csr_array, stage: ExpectedStage, scores: NDArray[np.float64]
) -> ExpectedStage:
    """What the prices of a stage prove."""
    prices = np.asarray(stage.prices.reindex(problem.mentor_ids).to_numpy(), dtype=np.float64)
    return prove_expectation(
        problem,
        chances,
        stage.what,
        stage.cap,
        prices,
        stage.coverage_multiplier,
        stage.pairs_multiplier,
        fair=stage.fair,
        scores=scores,
    )


def _overstated(stage: ExpectedStage, found: ExpectedStage) -> list[str]:
    """What a stage says of itself and does not hold."""
    findings = []
    for name in ("objective", "bound"):
        said, is_ = getattr(stage, name), getattr(found, name)
        if not abs(said - is_) <= 1e-3 * found.tolerance:
            findings.append(f"{stage.what}: it says {name} {said:.9g}, it is {is_:.9g}")
    if stage.proven and not found.proven:
        findings.append(f"{stage.what}: it is not proven by its prices")
    if not 0 <= stage.tolerance <= found.tolerance * (1 + SAME):
        findings.append(f"{stage.what}: its tolerance is more than justified")
    return findings


def _unfair_shares(
    problem: Problem, shares: NDArray[np.float64], scores: NDArray[np.float64]
) -> list[str]:
    """Levels at which seats are left that could lift somebody who has less than certainty.

    For each level below 1: the mentees at or below it have all the seats of all mentors they may
    have. Then nobody of them can gain but at the cost of somebody as badly off (Bogomolnaia and
    Moulin 2004).
    """
    left = problem.after_pins
    open_pairs = ~np.isnan(scores) & (left.capacity > 0)
    wanting = (left.demand > 0) & open_pairs.any(axis=1)
    findings = []
    # Fractions of whole seats among n people differ by 1/n² at least, which at the sizes of a dense
    # matrix of chances is more than their dust.
    rounded = np.round(shares, 9)
    for level in np.unique(rounded[wanting & (rounded < 1)]):
        members = wanting & (rounded <= level)
        seats = int(left.capacity[open_pairs[members].any(axis=0)].sum())
        if abs(seats - float(shares[members].sum())) > RELATIVE_TOLERANCE * max(1, seats):
            findings.append(f"mentees with a chance of {level:.4g} could have more")
    return findings
