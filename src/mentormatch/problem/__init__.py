"""A matching problem: who may be matched with whom, and how many each may have."""

from mentormatch.problem.checks import check_problem
from mentormatch.problem.pairs import PairRule
from mentormatch.problem.pins import name_pin
from mentormatch.problem.problem import Problem
from mentormatch.problem.quotas import Quota

__all__ = ["PairRule", "Problem", "Quota", "check_problem", "name_pin"]
