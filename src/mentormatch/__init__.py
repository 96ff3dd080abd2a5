"""Proven-optimal, explained matching of mentors and mentees.

>>> import mentormatch as mm
>>> matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
>>> matching.certificate.proven
True
"""

from mentormatch import audits, certificates, criteria, datasets, strategies
from mentormatch.audits import Audit, audit
from mentormatch.cohort import Cohort, read_cohort
from mentormatch.compatibility import Compatibility
from mentormatch.criteria import Criteria
from mentormatch.errors import (
    CohortError,
    ConfigurationError,
    CriterionError,
    InfeasibleError,
    MatchingError,
    MentorMatchError,
    MissingPackageError,
    ProblemError,
    SolverError,
)
from mentormatch.matching import Certificate, Matching
from mentormatch.problem import Problem
from mentormatch.strategies import match

__version__ = "0.1.0"

__all__ = [
    "Audit",
    "Certificate",
    "Cohort",
    "CohortError",
    "Compatibility",
    "ConfigurationError",
    "Criteria",
    "CriterionError",
    "InfeasibleError",
    "Matching",
    "MatchingError",
    "MentorMatchError",
    "MissingPackageError",
    "Problem",
    "ProblemError",
    "SolverError",
    "audit",
    "audits",
    "certificates",
    "criteria",
    "datasets",
    "match",
    "read_cohort",
    "strategies",
]
