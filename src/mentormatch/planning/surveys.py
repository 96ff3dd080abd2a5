"""The surveys of a plan: what is asked of whom and when, and the table that answers go into."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.planning.agendas import escape_markdown
from mentormatch.planning.calendars.events import file_stem
from mentormatch.safe_files import as_csv, replace_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentormatch.planning.milestones import Milestone, Question
    from mentormatch.planning.plan import MeetingPlan

__all__ = ["NOT_ASKED", "Survey", "survey", "survey_measures"]

QUESTION_COLUMNS = ("milestone", "question", "text", "scale", "asked", "first", "last", "people")
# Stands where somebody is not asked; readers take it for no answer, and it begins no formula.
NOT_ASKED = "–"


@dataclass(frozen=True, eq=False)
class Survey:
    """What is asked in a programme, made by `mm.survey`.

    Parameters
    ----------
    plan
        Whose milestones and meetings.

    Attributes
    ----------
    questions : DataFrame
        One row for each question at a milestone: milestone, question, text, scale, asked ("both",
        "mentee" or "mentor"), first and last date, people (how many are asked).
    answers : DataFrame
        The empty table of answers: one row for each person asked about a pair at a milestone, one
        column for each question, headed with its scale; "–" where a question is not asked. Filled
        in, `mm.read_ratings` reads it without any setting.
    """

    plan: MeetingPlan

    @property
    def questions(self) -> pd.DataFrame:
        """Every question with its scale, who is asked, and when."""
        answers = self.answers
        rows = []
        for milestone, question in _questions(self.plan.milestones):
            asked = answers[
                (answers["milestone"] == milestone.name) & answers["by"].isin(question.sides)
            ]
            dates = asked["date"]
            first, last = (dates.min(), dates.max()) if len(dates) else (None, None)
            rows.append(
                (
                    milestone.name,
                    question.name,
                    question.text,
                    question.scale,
                    question.who,
                    first,
                    last,
                    len(asked),
                )
            )
        return pd.DataFrame(rows, columns=list(QUESTION_COLUMNS))

    @property
    def answers(self) -> pd.DataFrame:
        """The empty table of answers, a row for each person asked."""
        asked = {one.name: one.survey for one in self.plan.milestones if one.survey}
        headings = list(dict.fromkeys(q.heading for _, q in _questions(self.plan.milestones)))
        table = self.plan.milestone_dates
        chosen = table[table["milestone"].isin(asked)]
        rows = []
        for row in chosen.to_dict("records"):
            for side in ("mentee", "mentor"):
                here = {one.heading for one in asked[row["milestone"]] if side in one.sides}
                if here:
                    cells = ["" if heading in here else NOT_ASKED for heading in headings]
                    who = (row[side], side, row["mentee"], row["mentor"])
                    rows.append((row["milestone"], row["survey"].date(), *who, *cells))
        columns = ["milestone", "date", "rater", "by", "mentee", "mentor", *headings]
        return pd.DataFrame(rows, columns=columns)

    def pages(self) -> dict[str, str]:
        """Return each survey as Markdown, to be copied into a form; by file name."""
        questions = self.questions
        pages = {}
        for milestone in self.plan.milestones:
            here = questions[questions["milestone"] == milestone.name]
            if milestone.survey:
                pages[f"{file_stem(milestone.name)}.md"] = _page(milestone, here)
        return pages

    def to_csv(self, path: str | Path, *, overwrite: bool = False) -> None:
        """Write the empty table of answers.

        Raises
        ------
        FileExistsError
            The file exists and ``overwrite`` is False.
        """
        replace_files({Path(path): as_csv(self.answers)}, overwrite=overwrite)

    def __repr__(self) -> str:
        questions = self.questions
        lines = []
        for milestone, here in questions.groupby("milestone", sort=False):
            names = ", ".join(f"{one.question} ({one.scale})" for one in here.itertuples())
            dates = _when(here)
            lines.append(f"{milestone}, {dates}: {names}")
        return "\n".join(lines) or "No milestone of this plan asks anything."

    def _repr_html_(self) -> str:
        return self.questions.to_html(index=False)


def survey(plan: MeetingPlan) -> Survey:
    """Return the surveys of a plan: per milestone the questions, scales, who is asked, and when.

    Parameters
    ----------
    plan
        Made by `plan_meetings`; its milestones hold the questions.

    Returns
    -------
    Survey
        ``.questions``, the empty table ``.answers`` that `read_ratings` reads back, ``.pages()``
        in Markdown and ``.to_csv()``. The questions are this package's own words.
    """
    return Survey(plan)


def survey_measures(milestones: Iterable[Milestone]) -> list[str]:
    """Return what the surveys of some milestones measure, as objectives name it.

    Each question by its name, and by name and side, as in "satisfaction of mentees".
    """
    names = list(dict.fromkeys(question.name for _, question in _questions(milestones)))
    by_side = {
        f"{question.name} of {side}s": None
        for _, question in _questions(milestones)
        for side in question.sides
    }
    return [*names, *by_side]


def _questions(milestones: Iterable[Milestone]) -> list[tuple[Milestone, Question]]:
    return [(milestone, question) for milestone in milestones for question in milestone.survey]


def _when(questions: pd.DataFrame) -> str:
    dates = questions.dropna(subset=["first"])
    if dates.empty:
        return "no date, as no pair has this meeting planned"
    first, last = dates["first"].min(), dates["last"].max()
    return f"{first}" if first == last else f"{first} to {last}"


def _page(milestone: Milestone, questions: pd.DataFrame) -> str:
    name = escape_markdown(milestone.name)
    days = "day" if milestone.survey_days == 1 else "days"
    lines = [
        f"# {name[:1].upper()}{name[1:]}",
        "",
        f"Asked {milestone.survey_days} {days} after the meeting of each pair: {_when(questions)}.",
        "Ask for the pair as well, the mentee and the mentor, and who answers.",
    ]
    for question in milestone.survey:
        sides = " and ".join(f"{side}s" for side in question.sides)
        lines += ["", f"## {escape_markdown(question.text)}", "", f"For {sides}.", ""]
        options = question.options
        if options and options[0].isdecimal():
            lines += [f"{options[0]} is the worst answer, {options[-1]} the best.", ""]
        lines += [f"- [ ] {escape_markdown(one)}" for one in options] or ["(in their own words)"]
    return "\n".join(lines) + "\n"
