"""Criteria: one class per kind, and the weighted set of them."""

from mentormatch.criteria.availability.availability import Availability
from mentormatch.criteria.criteria import Criteria
from mentormatch.criteria.interface.criterion import Criterion
from mentormatch.criteria.kinds.avoids import Avoids
from mentormatch.criteria.kinds.custom import Custom
from mentormatch.criteria.kinds.embeddings import SentenceTransformer
from mentormatch.criteria.kinds.levels import LevelGap
from mentormatch.criteria.kinds.near import Near
from mentormatch.criteria.kinds.prefers import Prefers
from mentormatch.criteria.kinds.same import Different, Same
from mentormatch.criteria.kinds.skill_vocabulary import SkillVocabulary, skill_vocabulary
from mentormatch.criteria.kinds.skills import SkillCoverage
from mentormatch.criteria.kinds.tags import TagOverlap
from mentormatch.criteria.kinds.text import TextSimilarity
from mentormatch.criteria.registry import KINDS
from mentormatch.criteria.scoring.profile import CriteriaProfile
from mentormatch.criteria.scoring.scorer import CriteriaScorer
from mentormatch.criteria.words.protected import protected_attribute

__all__ = [
    "KINDS",
    "Availability",
    "Avoids",
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
    "SkillVocabulary",
    "TagOverlap",
    "TextSimilarity",
    "protected_attribute",
    "skill_vocabulary",
]
