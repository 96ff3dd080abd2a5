"""The programme around the match: objectives, meetings, milestones, figures, training."""

from mentormatch.planning.calendars.reading import BusyTimes, read_availability
from mentormatch.planning.evidence import evidence_files
from mentormatch.planning.figures.goals import goal_scores
from mentormatch.planning.figures.states import StatusRules
from mentormatch.planning.figures.status import FIGURES, ProgrammeStatus, programme_status
from mentormatch.planning.figures.survival import kaplan_meier
from mentormatch.planning.milestones import Milestone, Question, default_milestones
from mentormatch.planning.objectives import (
    Objective,
    ObjectivesCheck,
    check_objectives,
    track_objectives,
)
from mentormatch.planning.plan import MeetingPlan
from mentormatch.planning.planner import plan_meetings
from mentormatch.planning.surveys import Survey, survey, survey_measures
from mentormatch.planning.training.needs import TrainingNeeds, training_needs

__all__ = [
    "FIGURES",
    "BusyTimes",
    "MeetingPlan",
    "Milestone",
    "Objective",
    "ObjectivesCheck",
    "ProgrammeStatus",
    "Question",
    "StatusRules",
    "Survey",
    "TrainingNeeds",
    "check_objectives",
    "default_milestones",
    "evidence_files",
    "goal_scores",
    "kaplan_meier",
    "plan_meetings",
    "programme_status",
    "read_availability",
    "survey",
    "survey_measures",
    "track_objectives",
    "training_needs",
]
