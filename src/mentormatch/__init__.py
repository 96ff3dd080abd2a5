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
    Finding,
    InfeasibleError,
    MatchingError,
    MentorMatchError,
    MissingPackageError,
    ProblemError,
    SolverError,
)
from mentormatch.matching import Certificate, Matching, Status
from mentormatch.problem import Problem, Quota
from mentormatch.progress import ProgressEvent

if TYPE_CHECKING:
    from mentormatch import audits, datasets, planning, programme, reports, strategies
    from mentormatch.audits import Audit, audit
    from mentormatch.strategies import match
    from mentormatch.versions import show_versions

__version__ = "0.1.0"

# Loaded on first use, since they stand at the end of the flow: name, and the room that has it; a
# room has itself.
__lazy__ = {
    "Audit": "audits",
    "audit": "audits",
    "audits": "",
    "datasets": "",
    "match": "strategies",
    "planning": "",
    "programme": "",
    "reports": "",
    "show_versions": "versions",
    "strategies": "",
}

__all__ = [
    "Audit",
    "Certificate",
    "Cohort",
    "CohortError",
    "Compatibility",
    "ConfigurationError",
    "Criteria",
    "CriterionError",
    "Finding",
    "InfeasibleError",
    "Matching",
    "MatchingError",
    "MentorMatchError",
    "MissingPackageError",
    "Problem",
    "ProblemError",
    "ProgressEvent",
    "Quota",
    "SolverError",
    "Status",
    "audit",
    "audits",
    "certificates",
    "criteria",
    "datasets",
    "match",
    "planning",
    "programme",
    "read_cohort",
    "reports",
    "show_versions",
    "strategies",
]


def __getattr__(name: str) -> Any:
    """Load a name of ``__lazy__`` on first use, so that the import stays quick."""
    from importlib import import_module

    if name not in __lazy__:
        raise AttributeError(f"module 'mentormatch' has no attribute {name!r}")
    module = import_module(f"mentormatch.{__lazy__[name] or name}")
    return getattr(module, name) if __lazy__[name] else module


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return [*__all__, "__version__"]
