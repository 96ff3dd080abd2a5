"""Why this mentor, why not that one, who got nobody, what would help: answers without a solver."""

from mentormatch.explanations.answered.answer import Answer
from mentormatch.explanations.answered.groups import NearTies, Shortages
from mentormatch.explanations.answered.pairs import PairAnswer
from mentormatch.explanations.answered.recourse import Recourse
from mentormatch.explanations.answered.unmatched import Unmatched
from mentormatch.explanations.answered.weights_for import WeightsFor
from mentormatch.explanations.answered.why_not import WhyNot
from mentormatch.explanations.explanation import Explanation, explain

__all__ = [
    "Answer",
    "Explanation",
    "NearTies",
    "PairAnswer",
    "Recourse",
    "Shortages",
    "Unmatched",
    "WeightsFor",
    "WhyNot",
    "explain",
]
