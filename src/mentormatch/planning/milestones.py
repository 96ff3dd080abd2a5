"""Milestones of a programme: on which meeting they fall, what is talked about, what is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from mentormatch.errors import ProblemError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Milestone", "Question", "default_milestones", "meeting_kinds", "resolve_milestones"]

Asked: TypeAlias = Literal["both", "mentee", "mentor"]
# No scale of a form has more steps than this.
NUMBERS = re.compile(r"(\d{1,2})-(\d{1,3})")


@dataclass(frozen=True)
class Question:
    """One question of a survey.

    Parameters
    ----------
    name
        A short name, the measure that objectives refer to.
    text
        What people read.
    scale
        The answers: numbers from worst to best such as ``"1-5"``, ``"yes/no"``, ``"text"``, or
        words from worst to best with ``;`` between them.
    who
        Who is asked: "both", "mentee" or "mentor".

    Raises
    ------
    ProblemError
        No name, a scale or a side that is none of these.
    """

    name: str
    text: str
    scale: str = "1-5"
    who: Asked = "both"

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ProblemError(
                f"A question needs a name, such as name='useful', got {self.name!r}."
            )
        if self.who not in get_args(Asked):
            raise ProblemError(
                f"The question {self.name!r}: who must be 'both', 'mentee' or 'mentor', got "
                f"{self.who!r}."
            )
        if self.scale != "text" and len(self.options) < 2:
            raise ProblemError(
                f"The question {self.name!r}: scale must be numbers such as '1-5', 'yes/no', "
                f"'text', or words from worst to best such as 'poor; fair; good'; got "
                f"{self.scale!r}."
            )

    @property
    def options(self) -> list[str]:
        """The answers to choose from, worst first; none where people write their own words."""
        if self.scale == "text":
            return []
        if self.scale == "yes/no":
            return ["no", "yes"]
        if numbers := NUMBERS.fullmatch(self.scale):
            return [str(one) for one in range(int(numbers[1]), int(numbers[2]) + 1)]
        return [one.strip() for one in self.scale.split(";") if one.strip()]

    @property
    def sides(self) -> tuple[Literal["mentee", "mentor"], ...]:
        """Who is asked."""
        return ("mentee", "mentor") if self.who == "both" else (self.who,)

    @property
    def heading(self) -> str:
        """What stands above its answers: the name, and the scale where it is one of numbers."""
        return f"{self.name} ({self.scale})" if NUMBERS.fullmatch(self.scale) else self.name


@dataclass(frozen=True)
class Milestone:
    """A point in the programme that every pair reaches.

    Parameters
    ----------
    name
        What it is called.
    meeting
        The number of the meeting it falls on; −1 is the last one, −2 the one before.
    agenda
        What the pair talks about.
    survey
        What both are asked afterwards; may be empty.
    survey_days
        How many days after the meeting they are asked.

    Raises
    ------
    ProblemError
        A name that is empty, meeting 0, a negative number of days.
    """

    name: str
    meeting: int
    agenda: Sequence[str] = ()
    survey: Sequence[Question] = ()
    survey_days: int = 1

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise ProblemError(
                f"A milestone needs a name, such as name='kick-off', got {self.name!r}."
            )
        if not isinstance(self.meeting, int) or self.meeting == 0:
            raise ProblemError(
                f"The milestone {self.name!r} needs the number of a meeting, 1 for the first or -1 "
                f"for the last; got {self.meeting!r}."
            )
        if self.survey_days < 0:
            raise ProblemError(
                f"The milestone {self.name!r}: survey_days must be 0 or more, got "
                f"{self.survey_days!r}."
            )
        object.__setattr__(self, "agenda", tuple(self.agenda))
        object.__setattr__(self, "survey", tuple(self.survey))

    def number(self, meetings: int) -> int:
        """Return the number of its meeting when every pair has so many."""
        return self.meeting if self.meeting > 0 else meetings + 1 + self.meeting


SATISFACTION = Question("satisfaction", "How satisfied are you with the mentoring so far?")
KICK_OFF = Milestone(
    "kick-off",
    1,
    agenda=(
        "Get to know each other: work, background, what you hope for",
        "Agree on how you meet, cancel and reach each other",
        "Agree on what stays between you",
    ),
)
GOAL_SETTING = Milestone(
    "goal setting",
    2,
    agenda=(
        "Write down two or three goals, each so that both can tell whether it was attained",
        "For each goal say what would be less, and what more, than expected",
        "Choose the first step for the next meeting",
    ),
)
EARLY_CHECK = Milestone(
    "early check",
    2,
    agenda=("Ask each other whether this is working, and say what to change",),
    survey=(
        Question("fit", "Do you want to continue with this pair?", "yes/no"),
        SATISFACTION,
        Question("obstacles", "What stands in the way, if anything?", "text"),
    ),
)
MID_POINT = Milestone(
    "mid-point evaluation",
    1,
    agenda=(
        "Go through each goal: where are we, what helped, what is missing",
        "Change, drop or add goals, and say why",
        "Plan the second half",
    ),
    survey=(
        Question("goal progress", "How far have you come with your goals?"),
        SATISFACTION,
        Question("support", "What should the programme do differently?", "text"),
    ),
)
CLOSURE = Milestone(
    "closure",
    -1,
    agenda=(
        "Rate each goal from -2 (much less than expected) to 2 (much more)",
        "Say what you take with you, and thank each other",
        "Decide whether and how you stay in touch",
    ),
    survey=(
        SATISFACTION,
        Question("recommend", "Would you recommend the programme to a colleague?", "yes/no"),
        Question("learned", "What will you do differently from now on?", "text"),
    ),
)


def default_milestones(meetings: int) -> tuple[Milestone, ...]:
    """Return kick-off, goal setting, early check, mid-point evaluation and closure.

    With few meetings several fall on one: goal setting and early check on the second, the mid-point
    evaluation on the middle one.
    """
    second = min(2, meetings)
    return (
        KICK_OFF,
        replace(GOAL_SETTING, meeting=second),
        replace(EARLY_CHECK, meeting=second),
        replace(MID_POINT, meeting=max(1, (meetings + 1) // 2)),
        CLOSURE,
    )


def resolve_milestones(
    given: Sequence[Milestone] | None, meetings: int
) -> tuple[tuple[Milestone, ...], tuple[str, ...]]:
    """Check milestones against the number of meetings.

    The answer is the milestones, and warnings: one sentence where none falls on the last meeting.
    Raises ProblemError for two of one name, or one on a meeting that does not take place.
    """
    milestones = default_milestones(meetings) if given is None else tuple(given)
    names = [one.name for one in milestones]
    for name in names:
        if names.count(name) > 1:
            raise ProblemError(f"Two milestones are called {name!r}. Give each its own name.")
    for one in milestones:
        if not 1 <= one.number(meetings) <= meetings:
            raise ProblemError(
                f"The milestone {one.name!r} falls on meeting {one.meeting}, but there are "
                f"{meetings}. Move it, or plan more meetings."
            )
    if any(one.number(meetings) == meetings and meetings > 1 for one in milestones):
        return milestones, ()
    return milestones, (
        "No milestone falls on the last meeting: plan a closure, so that pairs end on purpose and "
        "goals are rated.",
    )


def meeting_kinds(milestones: Sequence[Milestone], meetings: int) -> list[str]:
    """Return what each meeting is: the milestones on it, or just a meeting."""
    kinds = []
    for number in range(1, meetings + 1):
        here = [one.name for one in milestones if one.number(meetings) == number]
        kinds.append(", ".join(here) or "meeting")
    return kinds
