"""A matching problem: who may be matched with whom, and how many each may have."""

from mentormatch.problem.problem import Problem

__all__ = [
    "Problem",
]
