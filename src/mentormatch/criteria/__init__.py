"""What makes a pair good: one small class per kind of criterion, and the weighted set of them."""

from mentormatch.criteria.availability import Availability
from mentormatch.criteria.base import Criterion
from mentormatch.criteria.criteria import Criteria
from mentormatch.criteria.custom import Custom
from mentormatch.criteria.embeddings import SentenceTransformer
from mentormatch.criteria.levels import LevelGap
from mentormatch.criteria.near import Near
from mentormatch.criteria.prefers import Prefers
from mentormatch.criteria.profile import CriteriaProfile
from mentormatch.criteria.protected import protected_attribute
from mentormatch.criteria.registry import KINDS
from mentormatch.criteria.same import Different, Same
from mentormatch.criteria.scorer import CriteriaScorer
from mentormatch.criteria.skills import SkillCoverage
from mentormatch.criteria.tags import TagOverlap
from mentormatch.criteria.text import TextSimilarity

__all__ = [
    "KINDS",
    "Availability",
    "Criteria",
    "CriteriaProfile",
    "CriteriaScorer",
    "Criterion",
    "Custom",
    "Different",
    "LevelGap",
    "Near",
    "Prefers",
    "Same",
    "SentenceTransformer",
    "SkillCoverage",
    "TagOverlap",
    "TextSimilarity",
    "protected_attribute",
]
