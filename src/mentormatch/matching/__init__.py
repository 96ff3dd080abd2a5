"""A matching: the pairs of a strategy, checked against their problem."""

from mentormatch.matching.checks import check_matching, violations
from mentormatch.matching.matching import Matching
from mentormatch.matching.status import Status
from mentormatch.proofs.certificate import Certificate

__all__ = [
    "Certificate",
    "Matching",
    "Status",
    "check_matching",
    "violations",
]
