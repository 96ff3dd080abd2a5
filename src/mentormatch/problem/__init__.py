"""A matching problem: who may be matched with whom, and how many each may have."""

from mentormatch.problem.problem import Problem
from mentormatch.problem.quotas import Quota

__all__ = [
    "Problem",
    "Quota",
]
