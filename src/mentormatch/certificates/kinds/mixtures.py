"""Proofs for lotteries over matchings that keep side rules: which they are, and how likely."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.certificates.bounds.bound import RELATIVE_TOLERANCE, list_violations
from mentormatch.certificates.claims import SAME, compare_claims
from mentormatch.certificates.kinds.levels import check_levels
from mentormatch.certificates.kinds.lotteries import certify_expectation
from mentormatch.matching import Matching
from mentormatch.proofs.program_stages import ChanceStage, MixedStage
from mentormatch.sums import sum_exactly

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem

__all__ = ["check_mixture", "prove_mixture"]

# How far sums of chances may be off by the rounding of a linear program.
DUST = 1e-7


def prove_mixture(
    matching: Matching,
    solver: str,
    cap: float,
    chances: NDArray[np.float64],
    matchings: Sequence[Matching],
    bounds: dict[str, float],
    levels: Sequence[ChanceStage] = (),
) -> Certificate:
    """Certify a lottery over matchings whose bounds are a solver's.

    Parameters
    ----------
    matching
        The one that was drawn.
    cap
        No pair has a larger probability, pins apart.
    chances, matchings
        How likely each matching is.
    bounds
        On the expectation of each stage, in the order of the stages; the total last.
    levels
        Where chances are as equal as can be: what comes first.
    """
    problem, stages = matching.problem, list[ChanceStage | MixedStage](levels)
    for what, limit in bounds.items():
        values, size = _expectation(what, chances, matchings)
        # A solver overlooks as much of its bound; no expectation is beyond one that holds.
        room = 0.5 * RELATIVE_TOLERANCE * size
        bound = max(limit, values) + room
        frame = _frame_of(problem, matchings if what == "total" else ())
        likely = tuple(chances.tolist()) if what == "total" else ()
        tolerance = RELATIVE_TOLERANCE * size
        stages.append(MixedStage(what, cap, values, bound, tolerance, likely, frame))
    return _certificate(matching, solver, tuple(stages))


def _certificate(
    matching: Matching, solver: str, stages: tuple[ChanceStage | MixedStage, ...]
) -> Certificate:
    """The certificate of the expected total, and of the stages before it."""
    problem = matching.problem
    prices = problem.compatibility.price_series(np.zeros(problem.shape[1]))
    equal = any(isinstance(one, ChanceStage) for one in stages)
    return certify_expectation(matching, stages, prices, solver, fair=equal)


def _expectation(
    what: str, chances: NDArray[np.float64], matchings: Sequence[Matching]
) -> tuple[float, float]:
    """An expectation, and the size that its tolerance is a share of."""
    values = np.zeros(len(matchings))
    for k, one in enumerate(matchings):
        own = {"coverage": one.n_matched, "pairs": len(one.mentees), "total": one.total}
        values[k] = own[what]
    size = float(chances @ [float(np.abs(one.scores).sum()) for one in matchings])
    expected = sum_exactly(chances * values)
    return expected, size if what == "total" else max(1.0, expected)


def _frame_of(problem: Problem, matchings: Sequence[Matching]) -> pd.DataFrame:
    """The pairs of some matchings, by id."""
    number = np.repeat(np.arange(len(matchings)), [len(one.mentees) for one in matchings])
    nobody = np.empty(0, np.intp)
    mentees = np.concatenate([nobody, *(one.mentees for one in matchings)])
    mentors = np.concatenate([nobody, *(one.mentors for one in matchings)])
    return pd.DataFrame(
        {
            "matching": number,
            "mentee": problem.mentee_ids.take(mentees),
            "mentor": problem.mentor_ids.take(mentors),
        }
    )


def check_mixture(
    matching: Matching, claimed: Certificate
) -> tuple[list[str], Certificate, tuple[str, ...]]:
    """List what does not hold of a lottery over matchings; and what is believed of its bounds."""
    problem = matching.problem
    levels = [one for one in claimed.stages if isinstance(one, ChanceStage)]
    stages = [one for one in claimed.stages[len(levels) :] if isinstance(one, MixedStage)]
    equal = claimed.promise == "equal chances"
    wanted = ["coverage"] if problem.coverage_first and not equal else []
    wanted += ["pairs"] if wanted and problem.wants_several else []
    same = [one.what for one in stages] == [*wanted, "total"]
    if len(levels) + len(stages) != len(claimed.stages) or not same or bool(levels) != equal:
        first = ["levels of chance"] if equal else wanted
        said = "its stages are not those of a lottery: " + ", ".join([*first, "total"])
        return [said], replace(claimed, proven=False), ()
    last, findings = stages[-1], []
    numbers = [
        last.chances,
        *((one.objective, one.bound) for one in stages),
        *((one.objective, one.bound, one.most) for one in levels),
    ]
    if not np.isfinite(np.concatenate(numbers)).all():
        said = "a chance, an expectation or its bound is not a finite number"
        return [said], replace(claimed, proven=False), ()
    if any(one.cap != last.cap for one in stages):
        findings.append("the stages of a lottery have different largest probabilities")
    chances = np.array(last.chances, dtype=np.float64)
    made = _matchings_of(problem, last, findings)
    if made is None:
        return findings, replace(claimed, proven=False), ()
    if (chances < 0).any() or abs(float(chances.sum()) - 1) > DUST:
        findings.append("the chances of its matchings do not add up to 1")
    for number, other in enumerate(made):
        broken = list_violations(other)
        findings += [f"matching {number} is none: {wrong}" for wrong in broken]
    findings += _check_probabilities(matching, last.cap, chances, made)
    found_levels, sure = check_levels(levels, chances, made, findings)
    again = prove_mixture(
        matching,
        claimed.method,
        last.cap,
        chances,
        made,
        {one.what: one.bound for one in stages},
        found_levels,
    )
    for one, is_ in zip(stages, again.stages[len(found_levels) :], strict=True):
        assert isinstance(is_, MixedStage)
        if not abs(one.objective - is_.objective) <= is_.tolerance:
            findings.append(
                f"{one.what}: it says objective {one.objective:.9g}, it is {is_.objective:.9g}"
            )
        if not one.bound >= is_.objective - is_.tolerance:
            findings.append(
                f"{one.what}: {is_.objective:.9g} is expected, which its bound {one.bound:.9g} "
                "does not allow"
            )
        if not 0 <= one.tolerance <= is_.tolerance * (1 + SAME):
            findings.append(f"{one.what}: its tolerance is more than justified")
    found = _certificate(matching, claimed.method, (*found_levels, *stages))
    found, wrong = compare_claims(claimed, replace(found, objective=again.objective))
    findings += wrong
    if claimed.prices.any() or claimed.seats_multiplier or any(claimed.coverage_multipliers):
        findings.append(f"a bound of {claimed.method}'s has no prices, but the certificate has")
    believed = sure + tuple(
        f"the bound {one.bound:.6g} on the expected {one.what} is {claimed.method}'s"
        for one in stages
    )
    return findings, replace(found, proven=found.proven and not findings), believed


def _matchings_of(
    problem: Problem, stage: MixedStage, findings: list[str]
) -> list[Matching] | None:
    """The matchings of a lottery, held unchecked; None where they cannot be read."""
    frame = stage.matchings
    if not {"matching", "mentee", "mentor"} <= set(frame.columns):
        findings.append("the matchings of the lottery are not there")
        return None
    mentees = problem.mentee_ids.get_indexer(pd.Index(frame["mentee"], tupleize_cols=False))
    mentors = problem.mentor_ids.get_indexer(pd.Index(frame["mentor"], tupleize_cols=False))
    number = pd.to_numeric(frame["matching"], errors="coerce").to_numpy(dtype=np.float64)
    known = np.isin(number, np.arange(len(stage.chances)))
    if (mentees < 0).any() or (mentors < 0).any() or not known.all():
        findings.append("a matching of the lottery has people who are not in the problem")
        return None
    return [
        Matching(problem, mentees[number == k], mentors[number == k], check=False)
        for k in range(len(stage.chances))
    ]


def _check_probabilities(
    matching: Matching, cap: float, chances: NDArray[np.float64], made: Sequence[Matching]
) -> list[str]:
    """Compare the probabilities with those of the matchings, and with the largest allowed."""
    problem, findings = matching.problem, []
    if matching.probabilities is None:
        return ["the matching carries no probabilities"]
    own = np.zeros(problem.shape)
    for chance, one in zip(chances.tolist(), made, strict=True):
        own[one.mentees, one.mentors] += chance
    if np.abs(own - sparse.csr_array(matching.probabilities).toarray()).max(initial=0.0) > DUST:
        findings.append("the probabilities are not those of the matchings of the lottery")
    own[problem.pinned[:, 0], problem.pinned[:, 1]] = 0.0
    if own.max(initial=0.0) > cap + DUST:
        findings.append(f"a pair has a probability above {cap:g}")
    drawn = {*zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)}
    likely = [
        {*zip(one.mentees.tolist(), one.mentors.tolist(), strict=True)}
        for chance, one in zip(chances.tolist(), made, strict=True)
        if chance > 0
    ]
    if drawn not in likely:
        findings.append("the matching that was drawn is none of the lottery")
    return findings
