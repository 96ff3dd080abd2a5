"""Objectives, plans, figures and training needs, told on a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pandas as pd

    from mentormatch.planning import MeetingPlan, ObjectivesCheck, ProgrammeStatus, TrainingNeeds

__all__ = [
    "WrittenPlan",
    "describe_needs",
    "describe_objectives",
    "describe_plan",
    "describe_status",
    "describe_written",
    "describe_written_plan",
]

SHOWN = 8


def describe_objectives(
    check: ObjectivesCheck, standing: pd.DataFrame | None = None
) -> list[Paragraph]:
    """Tell which objectives are served and measured, and where each stands."""
    lines = [
        f"  {row['objective']}: {row['measure']} {row['direction']} {row['target']:g}"
        + (f", served by {row['criteria']}" if row["served"] else "")
        for row in check.table.to_dict("records")
    ]
    paragraphs = [Paragraph("Objectives", tuple(lines or ["  none: write [[objectives]]"]))]
    if standing is not None:
        paragraphs.append(Paragraph("Where they stand", tuple(_standing_lines(standing))))
    points = tuple(f"  {one}" for one in check.findings) or ("  none",)
    return [*paragraphs, Paragraph("Open points", points)]


def _standing_lines(standing: pd.DataFrame) -> list[str]:
    lines = []
    for row in standing.to_dict("records"):
        if np.isnan(row["now"]):
            lines.append(f"  {row['objective']}: not known yet (n = {row['n']})")
            continue
        before = "" if np.isnan(row["baseline"]) else f", from {row['baseline']:g}"
        lines.append(
            f"  {row['objective']}: {row['now']:.3g} ({row['low']:.3g} to {row['high']:.3g}, "
            f"n = {row['n']}{before}; target {row['target']:g}): {row['standing']}"
        )
    return lines


def describe_plan(plan: MeetingPlan) -> list[Paragraph]:
    """Tell how many meetings are planned, and what stands in the way of the others."""
    paragraphs = [Paragraph("Meetings", tuple(f"  {line}" for line in repr(plan).splitlines()))]
    if plan.rules is not None:
        told = plan.rules["reason"].tolist()
        lines = [f"  {reason}" for reason in told[:SHOWN]] or ["  nothing had to change"]
        lines += [f"  … and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        paragraphs.append(Paragraph("Rules that the new match keeps", tuple(lines)))
    if len(plan.unplanned):
        first = plan.unplanned.drop_duplicates(["mentee", "mentor"])
        lines = [f"  {row['reason']}. Fix: {row['fix']}." for row in first.to_dict("records")]
        more = [f"  … and {len(lines) - SHOWN} more pairs"] if len(lines) > SHOWN else []
        paragraphs.append(Paragraph("Not planned, and why", (*lines[:SHOWN], *more)))
    return paragraphs


def describe_status(status: ProgrammeStatus) -> list[Paragraph]:
    """Tell the states of pairs and the figures, by group where groups were asked for."""
    counts = status.states
    states = tuple(f"  {count} {state}" for state, count in counts[counts > 0].items())
    lines = []
    for row in status.figures.to_dict("records"):
        name = row["figure"] if row["group"] == "all" else f"{row['figure']} ({row['group']})"
        if np.isnan(row["value"]):
            told = row["note"] or "not known"
        else:
            interval = (
                "" if np.isnan(row["low"]) else f", {row['low']:.3g} to {row['high']:.3g} at 95 %"
            )
            note = f"; {row['note']}" if row["note"] else ""
            told = f"{row['value']:.3g}{interval}, n = {row['n']}{note}"
        lines.append(f"  {name}: {told}")
    return [
        Paragraph(f"Pairs on {status.as_of.date()}", states or ("  none",)),
        Paragraph("Figures", tuple(lines)),
        *(Paragraph("Note", (f"  {note}",)) for note in status.notes),
    ]


def describe_needs(needs: TrainingNeeds, workshops: int) -> list[Paragraph]:
    """Tell which skills are short, which workshops help most, and who is one skill short."""
    table = needs.skills
    short = table[table["unmet"] > 0].head(SHOWN)
    lines = [
        f"  {row['skill']}: {row['unmet']} of {format_count(row['wanted_by'], 'wish', 'wishes')} "
        "unmet; "
        + (
            f"{format_count(row['offered_by'], 'mentor')} with {format_count(row['seats'], 'seat')}"
            if row["offered_by"]
            else "offered by nobody"
        )
        for row in short.to_dict("records")
    ]
    chosen = needs.workshops(workshops)
    gains = needs.one_short(3)
    one_short = [
        f"  {row['mentor']} with {row['skill']}: total {row['gain']:+.3g}"
        + (f", {row['coverage_gain']:+d} mentees" if row["coverage_gain"] else "")
        for row in gains.to_dict("records")
    ]
    paragraphs = [
        Paragraph("Skills that are short", tuple(lines or ["  none"])),
        Paragraph("Workshops that would help most", (f"  {chosen!r}",)),
        Paragraph("One more skill would help most", tuple(one_short or ["  nowhere"])),
    ]
    if len(needs.lookalikes):
        same = [
            f"  {row['wanted']} and {row['offered']}" for row in needs.lookalikes.to_dict("records")
        ]
        paragraphs.insert(0, Paragraph("Check first whether these are one skill", tuple(same)))
    if needs.first_time:
        people = ", ".join(map(str, needs.first_time))
        paragraphs.append(Paragraph("Mentors for the first time, to be briefed", (f"  {people}",)))
    return paragraphs


def describe_written(files: Sequence[Path]) -> Paragraph:
    """Tell which files and folders were written."""
    return Paragraph("Written", tuple(f"  {path}" for path in files))


@dataclass(frozen=True)
class WrittenPlan:
    """What was written for a plan.

    Parameters
    ----------
    files
        The tables, and the folders of agendas, surveys and calendars.
    answered
        How many answered rows of surveys.csv were carried over.
    older
        Files of an earlier plan that this one has not replaced.
    cancelled
        Calendars in which nothing but cancelled meetings is left.
    """

    files: list[Path]
    answered: int
    older: list[Path]
    cancelled: list[Path]


def describe_written_plan(written: WrittenPlan) -> Paragraph:
    """Tell what was written for a plan, and what was kept of before."""
    lines = [f"  {path}" for path in written.files]
    if written.answered:
        rows = format_count(written.answered, "answered row")
        verb = "was" if written.answered == 1 else "were"
        lines.append(f"  {rows} of surveys.csv {verb} carried over into the new one")
    if written.older:
        count, first = format_count(len(written.older), "file"), written.older[0]
        lines.append(
            f"  {count} of an earlier plan {'is' if len(written.older) == 1 else 'are'} still "
            f"there, such as {first.parent.name}/{first.name}: take out what is not of this plan"
        )
    if written.cancelled:
        count = format_count(len(written.cancelled), "calendar")
        verb = "cancels" if len(written.cancelled) == 1 else "cancel"
        lines.append(
            f"  {count} of people who have no meeting any more {verb} what was planned, such as "
            f"{written.cancelled[0].name}: let them import it once more, then take it out"
        )
    return Paragraph("Written", tuple(lines))
