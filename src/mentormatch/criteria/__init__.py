"""What makes a pair good: one small class per kind of criterion, and the weighted set of them."""

from mentormatch.criteria.base import Criterion
from mentormatch.criteria.criteria import Criteria
from mentormatch.criteria.custom import Custom
from mentormatch.criteria.levels import LevelGap
from mentormatch.criteria.same import Different, Same
from mentormatch.criteria.scorer import CriteriaScorer
from mentormatch.criteria.skills import SkillCoverage
from mentormatch.criteria.tags import TagOverlap

__all__ = [
    "Criteria",
    "CriteriaScorer",
    "Criterion",
    "Custom",
    "Different",
    "LevelGap",
    "Same",
    "SkillCoverage",
    "TagOverlap",
]
