"""Proven-optimal, explained matching of mentors and mentees.

>>> import mentormatch as mm
>>> matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
>>> matching.certificate.proven
True
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mentormatch import (
        audits,
        certificates,
        comparison,
        criteria,
        datasets,
        feedback,
        planning,
        programme,
        reports,
        strategies,
        testing,
    )
    from mentormatch.audits import (
        Audit,
        audit,
    )
    from mentormatch.cohort import (
        Cohort,
        columns,
        read_cohort,
    )
    from mentormatch.comparison import (
        Comparison,
        compare,
        frontier,
        match_many,
    )
    from mentormatch.compatibility import (
        Compatibility,
    )
    from mentormatch.criteria import (
        Criteria,
    )
    from mentormatch.errors import (
        CohortError,
        ConfigurationError,
        CriterionError,
        DecisionError,
        Finding,
        InfeasibleError,
        MatchingError,
        MentorMatchError,
        MissingPackageError,
        NotExplainableError,
        ProblemError,
        RecordError,
        SolverError,
    )
    from mentormatch.explanations import Explanation, explain
    from mentormatch.feedback import (
        Learned,
        Ratings,
        evaluate_policy,
        learn_weights,
        read_ratings,
    )
    from mentormatch.matching import (
        Certificate,
        Matching,
        Status,
    )
    from mentormatch.planning import (
        MeetingPlan,
        plan_meetings,
        programme_status,
        read_availability,
        survey,
        training_needs,
    )
    from mentormatch.problem import (
        Problem,
        Quota,
    )
    from mentormatch.progress import (
        ProgressEvent,
    )
    from mentormatch.records import Record, load_matching
    from mentormatch.rematching import Rematch, rematch, rematch_frontier, robustness
    from mentormatch.reports import (
        Decisions,
        read_decisions,
    )
    from mentormatch.strategies import (
        match,
    )
    from mentormatch.versions import (
        show_versions,
    )
    from mentormatch.whatif import (
        Scenario,
        break_points,
        change,
        sensitivity,
        what_if,
        what_if_grid,
    )

__version__ = "0.1.0"

# Everything is loaded on first use, so that the command line can say at once what it can do: name,
# and the room that has it; a room has itself.
__lazy__ = {
    "Audit": "audits",
    "Certificate": "matching",
    "Cohort": "cohort",
    "CohortError": "errors",
    "Comparison": "comparison",
    "Compatibility": "compatibility",
    "ConfigurationError": "errors",
    "Criteria": "criteria",
    "CriterionError": "errors",
    "DecisionError": "errors",
    "Decisions": "reports",
    "Explanation": "explanations",
    "Finding": "errors",
    "InfeasibleError": "errors",
    "Learned": "feedback",
    "Matching": "matching",
    "MatchingError": "errors",
    "MeetingPlan": "planning",
    "MentorMatchError": "errors",
    "MissingPackageError": "errors",
    "NotExplainableError": "errors",
    "Problem": "problem",
    "ProblemError": "errors",
    "ProgressEvent": "progress",
    "Quota": "problem",
    "Ratings": "feedback",
    "Record": "records",
    "RecordError": "errors",
    "Rematch": "rematching",
    "Scenario": "whatif",
    "SolverError": "errors",
    "Status": "matching",
    "audit": "audits",
    "audits": "",
    "break_points": "whatif",
    "certificates": "",
    "certify": "certificates",
    "change": "whatif",
    "columns": "cohort",
    "compare": "comparison",
    "comparison": "",
    "criteria": "",
    "datasets": "",
    "evaluate_policy": "feedback",
    "explain": "explanations",
    "feedback": "",
    "frontier": "comparison",
    "learn_weights": "feedback",
    "load_matching": "records",
    "match": "strategies",
    "match_many": "comparison",
    "plan_meetings": "planning",
    "planning": "",
    "programme": "",
    "programme_status": "planning",
    "read_availability": "planning",
    "read_cohort": "cohort",
    "read_decisions": "reports",
    "read_ratings": "feedback",
    "rematch": "rematching",
    "rematch_frontier": "rematching",
    "reports": "",
    "robustness": "rematching",
    "sensitivity": "whatif",
    "show_versions": "versions",
    "strategies": "",
    "survey": "planning",
    "testing": "",
    "training_needs": "planning",
    "what_if": "whatif",
    "what_if_grid": "whatif",
}

__all__ = [
    "Audit",
    "Certificate",
    "Cohort",
    "CohortError",
    "Comparison",
    "Compatibility",
    "ConfigurationError",
    "Criteria",
    "CriterionError",
    "DecisionError",
    "Decisions",
    "Explanation",
    "Finding",
    "InfeasibleError",
    "Learned",
    "Matching",
    "MatchingError",
    "MeetingPlan",
    "MentorMatchError",
    "MissingPackageError",
    "NotExplainableError",
    "Problem",
    "ProblemError",
    "ProgressEvent",
    "Quota",
    "Ratings",
    "Record",
    "RecordError",
    "Rematch",
    "Scenario",
    "SolverError",
    "Status",
    "audit",
    "audits",
    "break_points",
    "certificates",
    "certify",
    "change",
    "columns",
    "compare",
    "comparison",
    "criteria",
    "datasets",
    "evaluate_policy",
    "explain",
    "feedback",
    "frontier",
    "learn_weights",
    "load_matching",
    "match",
    "match_many",
    "plan_meetings",
    "planning",
    "programme",
    "programme_status",
    "read_availability",
    "read_cohort",
    "read_decisions",
    "read_ratings",
    "rematch",
    "rematch_frontier",
    "reports",
    "robustness",
    "sensitivity",
    "show_versions",
    "strategies",
    "survey",
    "testing",
    "training_needs",
    "what_if",
    "what_if_grid",
]


def __getattr__(name: str) -> Any:
    """Load a name of ``__lazy__`` on first use, so that the import stays quick."""
    from importlib import import_module

    if name not in __lazy__:
        raise AttributeError(f"module 'mentormatch' has no attribute {name!r}")
    module = import_module(f"mentormatch.{__lazy__[name] or name}")
    value = globals()[name] = getattr(module, name) if __lazy__[name] else module
    return value


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return [*__all__, "__version__"]
