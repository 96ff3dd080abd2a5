"""Proofs of optimality that import no solver: prices, cuts and the bound they give."""

from mentormatch.certificates.bound import Multipliers, Verification, certify, upper_bound, verify
from mentormatch.certificates.cuts import coverage_bound, seats_bound
from mentormatch.certificates.prices import recover_multipliers
from mentormatch.matching import Certificate

__all__ = [
    "Certificate",
    "Multipliers",
    "Verification",
    "certify",
    "coverage_bound",
    "recover_multipliers",
    "seats_bound",
    "upper_bound",
    "verify",
]
