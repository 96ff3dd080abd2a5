"""A folder of evidence about how a programme was made, by the standards for such programmes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.audits import audit
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import readable
from mentormatch.explanations.cautions import public_notes
from mentormatch.matching.plain import plain_lines, say_plainly
from mentormatch.planning.surveys import survey
from mentormatch.safe_files import as_csv

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mentormatch.criteria import Criteria
    from mentormatch.matching import Matching
    from mentormatch.planning.objectives import Objective, ObjectivesCheck
    from mentormatch.planning.plan import MeetingPlan

__all__ = ["COPY", "evidence_files"]

# The tables stay where they are: they hold people's data.
COPY = "3-selection-and-matching/programme-file.txt"
COPIED = (
    "# This is a copy of the programme file, to be read. Commands take the programme file itself,\n"
    "# which lies with its tables: also `mentormatch verify record.json PROGRAMME`.\n\n"
)
LEFT_OUT = "It names people, and is left out here: `--record` adds it."
NO_PLAN = (
    "No meetings are planned, with their agendas and surveys: no criterion of the programme says "
    "when people are free. A [[criteria]] table of kind Availability does."
)
# The six standards of the International Standards for Mentoring and Coaching Programmes (EMCC): the
# title of each, and what only people can supply.
STANDARDS = {
    "1-clarity-of-purpose": (
        "Clarity of purpose",
        "Who asked for the programme, and who answers for it",
        "Why these objectives, and who agreed to them",
    ),
    "2-training-and-briefing": (
        "Stakeholder training and briefing",
        "How mentors, mentees and their managers were briefed, and by whom",
        "What mentors were trained in, and how you know that it helped",
    ),
    "3-selection-and-matching": (
        "Processes for selection and matching",
        "Who decided on the criteria and their weights",
        "Whether both people agreed to the pair, and how either can say no",
    ),
    "4-measurement-and-review": (
        "Processes for measurement and review",
        "What was changed because of what was measured",
        "Conversations: numbers do not say why",
    ),
    "5-ethics-and-care": (
        "High standards of ethics and pastoral care",
        "The code of conduct, and whom to turn to in confidence",
        "The legal ground on which personal data is kept, for how long, and who sees it",
    ),
    "6-administration-and-support": (
        "Administration and support",
        "Who runs the programme day by day, and who stands in",
        "What happens when a pair does not work",
    ),
}


def evidence_files(
    *,
    matching: Matching,
    criteria: Criteria,
    objectives: Sequence[Objective],
    check: ObjectivesCheck,
    plan: MeetingPlan | None,
    programme_file: str | None,
) -> dict[str, bytes]:
    """Write down how a programme was made; nothing is scored against the standards.

    Parameters
    ----------
    matching
        The pairs; only numbers about them are written, and no personal data.
    criteria
        What the match weighed.
    objectives, check
        What the programme is for, and whether criteria and measures serve it.
    plan
        When pairs meet; None where no criterion says when people are free.
    programme_file
        The text of the programme file; None leaves it out, where it names people.

    Returns
    -------
    dict
        Contents by path in the folder.
    """
    pages: dict[str, list[str]] = {
        "1-clarity-of-purpose": _purpose(objectives, check),
        "2-training-and-briefing": _briefing(plan),
        "3-selection-and-matching": _matching(matching, criteria, programme_file is not None),
        "4-measurement-and-review": _review(objectives, plan),
        "5-ethics-and-care": _care(matching),
        "6-administration-and-support": _administration(plan),
    }
    files: dict[str, bytes] = {}
    index = [
        "# Evidence",
        "",
        "Arranged by the six standards of the International Standards for Mentoring and Coaching "
        "Programmes (EMCC). Nothing here is a score against them, and nothing here is certified.",
        "",
    ]
    for name, (title, *only_people) in STANDARDS.items():
        lines = [f"# {title}", "", *pages[name], "", "## What only people can supply", ""]
        lines += [f"- [ ] {one}" for one in only_people]
        files[f"{name}.md"] = ("\n".join(lines) + "\n").encode()
        index.append(f"- [{title}]({name}.md)")
    files["README.md"] = ("\n".join(index) + "\n").encode()
    if programme_file is not None:
        files[COPY] = (COPIED + programme_file).encode()
    if plan is not None:
        for name, text in survey(plan).pages().items():
            files[f"4-measurement-and-review/surveys/{name}"] = text.encode()
        files["4-measurement-and-review/survey-dates.csv"] = as_csv(_survey_dates(plan))
    return files


def _purpose(objectives: Sequence[Objective], check: ObjectivesCheck) -> list[str]:
    if not objectives:
        return ["No objective stands in the programme file. Write [[objectives]] first."]
    lines = []
    for one in objectives:
        baseline = "not known" if one.baseline is None else f"{one.baseline:g}"
        until = "" if one.horizon is None else f" by {one.horizon}"
        served = ", ".join(one.criteria) or "no criterion"
        lines.append(
            f"- **{_text(one.name)}**: {_text(one.measure)} {one.direction} {one.target:g}{until} "
            f"(before: {baseline}); served by {_text(served)}"
        )
    if check.findings:
        lines += ["", "Open points:", "", *(f"- {_text(one)}" for one in check.findings)]
    return lines


def _briefing(plan: MeetingPlan | None) -> list[str]:
    if plan is None:
        return [NO_PLAN]
    lines = ["A pair has an agenda for each milestone whose meeting has a date:", ""]
    for one in plan.milestones:
        lines.append(f"- {_text(one.name)}: {_text('; '.join(one.agenda) or 'no agenda')}")
    if missed := len(plan.not_asked):
        pairs = format_count(missed, "pair misses", "pairs miss")
        lines += ["", f"{pairs} a milestone, for its meeting has no date: no agenda, no survey."]
    return lines


def _matching(matching: Matching, criteria: Criteria, with_file: bool) -> list[str]:
    weights = [f"- {_text(label)}: weight {weight:g}" for label, weight in criteria.weights.items()]
    rules = [f"- {_text(one)}" for one in matching.problem.compatibility.scorer.rules]
    shown = replace(matching, notes=public_notes(matching), check=False)
    told = [line.strip() for line in plain_lines(shown)]
    return [
        "Criteria and weights:",
        "",
        *(weights or ["- none"]),
        "",
        "Rules that no pair may break:",
        "",
        *(rules or ["- none"]),
        "",
        "The result:",
        "",
        *(f"- {_text(line)}" for line in told),
        "",
        "The programme file and the two tables give the same pairs again. "
        + (f"A copy stands in `{COPY}`." if with_file else LEFT_OUT),
    ]


def _review(objectives: Sequence[Objective], plan: MeetingPlan | None) -> list[str]:
    if plan is None:
        lines = [NO_PLAN]
    else:
        lines = ["Surveys and their questions, word for word in the folder beside this page:", ""]
        lines += [f"- {_text(line)}" for line in repr(survey(plan)).splitlines()]
    lines += ["", "Dates on which objectives are reviewed:", ""]
    dates = sorted({str(one.horizon) for one in objectives if one.horizon is not None})
    return [*lines, *(f"- {one}" for one in dates or ["none is set"])]


def _care(matching: Matching) -> list[str]:
    found = audit(matching)
    lines = ["What was checked of the pairs, apart from the solver that made them:", ""]
    for part in (found.feasibility, found.optimality):
        if part is not None:
            told = say_plainly(repr(part)).splitlines()[:3]
            lines += [f"- {_text(line)}" for line in told if line.strip()]
    if found.stability is not None:
        weak = format_count(found.stability.weak, "pair")
        lines.append(
            f"- Stability: {weak} of a mentee and a mentor who are not matched would both rather "
            "have each other"
        )
    lines += [
        "",
        "Groups were not compared here: name the columns in `mentormatch audit --group`, where "
        "people agreed to it.",
    ]
    return lines


def _administration(plan: MeetingPlan | None) -> list[str]:
    if plan is None:
        return [NO_PLAN]
    lines = [f"- {_text(line)}" for line in repr(plan).splitlines()]
    reasons = plan.unplanned["reason"].nunique() if len(plan.unplanned) else 0
    if reasons:
        lines.append(f"- {reasons} reasons stand in the table of unplanned meetings, with a fix")
    return lines


def _survey_dates(plan: MeetingPlan) -> pd.DataFrame:
    """Count how many pairs are asked on each date; no person is named."""
    asked = plan.milestone_dates.dropna(subset=["survey"])
    counts = asked.groupby(["survey", "milestone"]).size().rename("pairs").reset_index()
    counts["survey"] = counts["survey"].astype(str).str[:10]
    return counts


def _text(text: str) -> str:
    """Keep a line of Markdown one line, and text text."""
    return readable(" ".join(text.split())).replace("<", "&lt;").replace("|", "\\|")
