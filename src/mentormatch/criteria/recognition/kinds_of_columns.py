"""What a column can be taken for, and the record of such a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from mentormatch.cohort import Side

__all__ = ["ColumnKind", "Recognised", "Verdict"]

ColumnKind: TypeAlias = Literal[
    "identity", "seats", "demand", "skills", "topics", "same", "group", "level", "text",
    "times", "time zone", "start", "wishes", "superior", "conflicts", "last time", "reference",
    "only same", "name", "e-mail", "contact", "protected", "role", "time stamp", "running number",
    "record", "status", "file", "yes or no", "rating", "number", "comment", "one-sided",
    "constant", "empty", "unknown",
]  # fmt: skip
# What a column is, the evidence, and whether somebody has to look; None: something else.
Verdict: TypeAlias = tuple[ColumnKind, str, bool] | None
# Between the headings of first and last names that are read as one.
JOINED = " + "
TAKEN_FOR: dict[ColumnKind, str] = {
    "identity": "identity: it tells people apart",
    "seats": "seats: how many mentees a mentor takes",
    "demand": "how many mentors somebody wants",
    "skills": "skills wanted and offered",
    "topics": "what both have in common",
    "same": "one answer that both may share",
    "group": "team or organisation",
    "level": "level",
    "text": "text to compare",
    "times": "free times in the week",
    "time zone": "time zone",
    "start": "from when somebody can begin",
    "wishes": "people wished for",
    "superior": "somebody's superior",
    "conflicts": "people to be kept apart",
    "last time": "partner of an earlier year",
    "reference": "people of the other table",
    "only same": "wish for somebody of the same kind",
    "name": "name",
    "e-mail": "e-mail",
    "contact": "contact detail",
    "protected": "protected attribute",
    "role": "role",
    "time stamp": "date or time stamp",
    "running number": "running number",
    "record": "bookkeeping of the form",
    "status": "who takes part still",
    "file": "files",
    "yes or no": "yes or no",
    "rating": "answer on a scale",
    "number": "number, not of seats",
    "comment": "free comment",
    "one-sided": "asked of one side only",
    "constant": "the same for everybody",
    "empty": "empty",
    "unknown": "not recognised",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What one column is taken for, and why."""

    side: Side
    name: str
    kind: ColumnKind
    why: str  # the evidence, in a few words
    values: tuple[str, ...] = ()  # the commonest
    partner: str | None = None  # the column of the other table that it goes with
    question: bool = False  # a person has to decide
    # Lowest and highest number behind its values, as in "Lua: 3".
    marks: tuple[float, float] | None = None

    @property
    def taken_for(self) -> str:
        """What it is taken for, in words."""
        return TAKEN_FOR[self.kind]
