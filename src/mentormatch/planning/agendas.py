"""What a pair talks about at a milestone, in Markdown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import say_lacks_column
from mentormatch.criteria import SkillCoverage
from mentormatch.errors import ProblemError, readable

if TYPE_CHECKING:
    from mentormatch.planning.milestones import Milestone
    from mentormatch.problem import Problem

__all__ = ["PairNotes", "escape_markdown", "markdown_agenda", "pair_notes", "plain_agenda"]

SPECIAL = re.compile(r"([\\`*_\[\]<>#!|~])")
LONGEST = 2000


@dataclass(frozen=True)
class PairNotes:
    """What is known of a pair that belongs into an agenda."""

    # Which of the skills wanted the mentor offers, and which are lacking; one sentence for each
    # criterion of skills.
    skills: tuple[str, ...]
    goals: str | None  # the mentee's, in their own words; None unless the column was named


def pair_notes(problem: Problem, i: int, j: int, goals: str | None) -> PairNotes:
    """Read the notes of the pair at two positions.

    ``goals`` is the column of the mentees with their goals, if it was asked for.
    """
    fitted = getattr(problem.compatibility.scorer, "fitted", ())
    skills = tuple(
        one.words(i, j)
        for one in fitted
        if isinstance(one.criterion, SkillCoverage)
        and not (one.mentee_missing[i] or one.mentor_missing[j])
    )
    return PairNotes(skills, _goals(problem, i, goals))


def _goals(problem: Problem, i: int, column: str | None) -> str | None:
    cohort = problem.compatibility.cohort
    if column is None or cohort is None:
        return None
    if column not in cohort.mentees.columns:
        raise ProblemError(
            say_lacks_column("goals: the table of the mentees", column, cohort.mentees.columns)
        )
    cell = cohort.mentees[column].iloc[i]
    if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)) or not str(cell).strip():
        return None
    return str(cell).strip()[:LONGEST]


def markdown_agenda(milestone: Milestone, who: str, when: str, notes: PairNotes) -> str:
    """Write the agenda of a milestone; what people wrote cannot become markup."""
    name = escape_markdown(milestone.name)
    lines = [f"# {name[:1].upper()}{name[1:]}: {escape_markdown(who)}", "", when, ""]
    lines += [f"- {escape_markdown(point)}" for point in milestone.agenda]
    if notes.skills:
        lines += ["", "## Skills", ""]
        lines += [f"- The mentor {escape_markdown(one)}" for one in notes.skills]
    if notes.goals:
        lines += ["", "## Goals, in the mentee's own words", ""]
        lines += [f"> {escape_markdown(line)}" for line in notes.goals.splitlines()]
    return "\n".join(lines) + "\n"


def plain_agenda(milestones: list[Milestone], notes: PairNotes) -> str:
    """Write the agenda of a meeting as plain text, for a calendar."""
    lines = [f"- {point}" for milestone in milestones for point in milestone.agenda]
    lines += [f"Skills: the mentor {one}" for one in notes.skills if milestones]
    if notes.goals and milestones:
        lines.append(f"Goals: {notes.goals}")
    return "\n".join(lines)


def escape_markdown(text: str) -> str:
    """Keep text text: one line in which nothing is markup, and nothing commands a terminal."""
    return SPECIAL.sub(r"\\\1", readable(" ".join(text.split())))
