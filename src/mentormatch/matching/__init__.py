"""A matching: the pairs of a strategy, checked against their problem."""

from mentormatch.matching.checks import check_matching
from mentormatch.matching.matching import Matching
from mentormatch.matching.rules import violations
from mentormatch.matching.status import Status
from mentormatch.proofs.certificate import Certificate

__all__ = ["Certificate", "Matching", "Status", "check_matching", "violations"]
