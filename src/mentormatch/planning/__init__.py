"""The programme around the match: objectives, meetings, milestones, figures, training."""

from mentormatch.planning.goals import goal_scores
from mentormatch.planning.meetings.plan import MeetingPlan
from mentormatch.planning.meetings.planner import plan_meetings
from mentormatch.planning.milestones import Milestone, Question, default_milestones
from mentormatch.planning.objectives import (
    Objective,
    ObjectivesCheck,
    check_objectives,
    track_objectives,
)

__all__ = [
    "MeetingPlan",
    "Milestone",
    "Objective",
    "ObjectivesCheck",
    "Question",
    "check_objectives",
    "default_milestones",
    "goal_scores",
    "plan_meetings",
    "track_objectives",
]
