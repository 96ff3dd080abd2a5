"""Learning from feedback: ratings, weights, decisions, and what another policy would have given."""

from mentormatch.feedback.answers.people import names_as_ids
from mentormatch.feedback.answers.ratings import Ratings, read_ratings
from mentormatch.feedback.favour import group_residuals, group_shares, proxies
from mentormatch.feedback.overrides import (
    Override,
    OverrideEvidence,
    learn_from_overrides,
    overrides_between,
)
from mentormatch.feedback.policies.policy import NotIdentifiedError, PolicyValue, evaluate_policy
from mentormatch.feedback.scored import scored_by
from mentormatch.feedback.simulation import Truth, decision_regret
from mentormatch.feedback.weights.learning import Learned, learn_weights

__all__ = [
    "Learned",
    "NotIdentifiedError",
    "Override",
    "OverrideEvidence",
    "PolicyValue",
    "Ratings",
    "Truth",
    "decision_regret",
    "evaluate_policy",
    "group_residuals",
    "group_shares",
    "learn_from_overrides",
    "learn_weights",
    "names_as_ids",
    "overrides_between",
    "proxies",
    "read_ratings",
    "scored_by",
]
