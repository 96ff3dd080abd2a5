"""Proofs of optimality that import no solver: prices, cuts and the bound they give."""

from mentormatch.certificates.bounds.bound import Multipliers, certify_multipliers, upper_bound
from mentormatch.certificates.bounds.cuts import coverage_bound, coverage_bounds, reach, seats_bound
from mentormatch.certificates.bounds.left_open import pairs_left_open
from mentormatch.certificates.bounds.prices import recover_multipliers, residual_gains
from mentormatch.certificates.bounds.seen import SeenValues, see_along
from mentormatch.certificates.claims import Verification
from mentormatch.certificates.given_prices import certify
from mentormatch.certificates.infeasible import (
    InfeasibleVerification,
    shows_infeasible,
    verify_infeasible,
)
from mentormatch.certificates.kinds.budgets import prove_budget
from mentormatch.certificates.kinds.faces import (
    NotReadInTimeError,
    OptimalFace,
    exact_scores,
    prove_stage,
    prove_total,
)
from mentormatch.certificates.kinds.lists import count_pairs, list_places
from mentormatch.certificates.kinds.loads import AnyPair, keep_even_loads, prove_loads
from mentormatch.certificates.kinds.lotteries import prove_expectation, prove_lottery
from mentormatch.certificates.kinds.mixtures import prove_levels, prove_mixture
from mentormatch.certificates.kinds.ordered_counts import prove_in_order, why_places_unproven
from mentormatch.certificates.kinds.side_proofs import prove_with_rules, solver_bounded_with_rules
from mentormatch.certificates.kinds.solver_bounds import (
    CANCELLED,
    bounded_by_solver,
    compared_utilities,
    measure_stage,
    stage_tolerance,
    sum_by_mentee,
)
from mentormatch.certificates.verification import verify
from mentormatch.matching import Certificate

__all__ = [
    "CANCELLED",
    "AnyPair",
    "Certificate",
    "InfeasibleVerification",
    "Multipliers",
    "NotReadInTimeError",
    "OptimalFace",
    "SeenValues",
    "Verification",
    "bounded_by_solver",
    "certify",
    "certify_multipliers",
    "compared_utilities",
    "count_pairs",
    "coverage_bound",
    "coverage_bounds",
    "exact_scores",
    "keep_even_loads",
    "list_places",
    "measure_stage",
    "pairs_left_open",
    "prove_budget",
    "prove_expectation",
    "prove_in_order",
    "prove_levels",
    "prove_loads",
    "prove_lottery",
    "prove_mixture",
    "prove_stage",
    "prove_total",
    "prove_with_rules",
    "reach",
    "recover_multipliers",
    "residual_gains",
    "seats_bound",
    "see_along",
    "shows_infeasible",
    "solver_bounded_with_rules",
    "stage_tolerance",
    "sum_by_mentee",
    "upper_bound",
    "verify",
    "verify_infeasible",
    "why_places_unproven",
]

# What callers use; the other names serve the strategies and audits, which make proofs of their own.
FOR_CALLERS = (
    "Certificate",
    "InfeasibleVerification",
    "Multipliers",
    "Verification",
    "certify",
    "coverage_bound",
    "recover_multipliers",
    "seats_bound",
    "upper_bound",
    "verify",
    "verify_infeasible",
)


def __dir__() -> list[str]:
    """List the names for callers."""
    return list(FOR_CALLERS)
