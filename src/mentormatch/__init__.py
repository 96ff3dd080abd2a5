"""Proven-optimal, explained matching of mentors and mentees.

>>> import mentormatch as mm
>>> matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
>>> matching.certificate.proven
True
"""

from typing import TYPE_CHECKING, Any

from mentormatch import certificates, criteria
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
from mentormatch.problem.quotas import Quota

if TYPE_CHECKING:
    from mentormatch import audits, datasets, strategies
    from mentormatch.audits import Audit, audit
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
    "Quota",
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


def __getattr__(name: str) -> Any:
    """Load on first use what stands at the end of the flow, so that the import stays quick."""
    from importlib import import_module

    if name in ("audits", "datasets", "strategies"):
        return import_module(f"mentormatch.{name}")
    if name in ("Audit", "audit"):
        return getattr(import_module("mentormatch.audits"), name)
    if name == "match":
        return import_module("mentormatch.strategies").match
    raise AttributeError(f"module 'mentormatch' has no attribute {name!r}")


def __dir__() -> list[str]:
    """List what there is, loaded or not."""
    return sorted({*globals(), *__all__})
