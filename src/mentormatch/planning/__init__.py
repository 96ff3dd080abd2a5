"""The programme around the match: objectives, meetings, milestones, figures, training."""

from mentormatch.planning.goals import goal_scores
from mentormatch.planning.objectives import (
    Objective,
    ObjectivesCheck,
    check_objectives,
    track_objectives,
)

__all__ = [
    "Objective",
    "ObjectivesCheck",
    "check_objectives",
    "goal_scores",
    "track_objectives",
]
