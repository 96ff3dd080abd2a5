"""Objectives, plans, figures, training needs and what is sent, told on a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count, format_people
from mentormatch.compatibility.views import view_of
from mentormatch.explanations.called import call_pairs, in_names
from mentormatch.planning.figures.status import FEW_NOTE, note_at_risk
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from mentormatch.cohort import Side
    from mentormatch.matching import Matching
    from mentormatch.planning import MeetingPlan, ObjectivesCheck, ProgrammeStatus, TrainingNeeds

__all__ = [
    "ASK_WHY",
    "WrittenLetters",
    "WrittenPlan",
    "describe_letters",
    "describe_needs",
    "describe_objectives",
    "describe_plan",
    "describe_status",
    "describe_workbook",
    "describe_written",
    "describe_written_plan",
]

SHOWN = 8
# So many people are named.
NAMED = 10
# States in which pairs are named; those at risk are named in a note.
ASK_WHY = {
    "proposed": "no answer so far",
    "paused": "",
    "declined": "they need another proposal",
    "ended early": "",
}
NOT_ASKED = (
    "Without a meeting at these milestones, so without an agenda and a survey: ask them apart"
)


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


def describe_plan(
    plan: MeetingPlan, before: Matching, columns: Mapping[Side, Sequence[str]]
) -> list[Paragraph]:
    """Tell how many meetings are planned, and what stands in the way of the others.

    ``before`` has the pairs that it was made for; with ``rematch`` it may have others.
    ``columns`` of the tables say by which names people are called, as in `describe_matching`.
    """
    matching = in_names(plan.matching, columns)
    plan = plan if matching is plan.matching else view_of(plan, matching=matching)
    paragraphs = [Paragraph("Meetings", tuple(f"  {line}" for line in repr(plan).splitlines()))]
    if plan.rules is not None and len(plan.rules):
        changed = tuple(_rematch_lines(plan.matching, before))
        paragraphs.append(Paragraph("Matched again so that all meetings can take place", changed))
    if plan.rules is not None:
        told = plan.rules["reason"].tolist()
        lines = [f"  {reason}" for reason in told[:SHOWN]] or ["  nothing had to change"]
        lines += [f"  … and {len(told) - SHOWN} more"] if len(told) > SHOWN else []
        paragraphs.append(Paragraph("Rules that the new match keeps", tuple(lines)))
    if len(plan.unplanned):
        first = plan.unplanned.drop_duplicates(["mentee", "mentor"])
        lines = [f"  {row['reason']}. Fix: {row['fix']}." for row in first.to_dict("records")]
        more = (
            [f"  … and {format_count(len(lines) - SHOWN, 'more pair')}"]
            if len(lines) > SHOWN
            else []
        )
        paragraphs.append(Paragraph("Not planned, and why", (*lines[:SHOWN], *more)))
    missed = plan.not_asked
    if len(missed):
        lines = [
            f"  {row['mentee']} with {row['mentor']}: {row['milestones']}"
            for row in missed.head(NAMED).to_dict("records")
        ]
        if len(missed) > NAMED:
            pairs = format_count(len(missed) - NAMED, "more pair")
            lines.append(f"  … and {pairs}; their meetings stand in unplanned.csv")
        paragraphs.append(Paragraph(NOT_ASKED, tuple(lines)))
    return paragraphs


def _rematch_lines(new: Matching, before: Matching) -> list[str]:
    """Tell what the meetings cost: who loses a mentor, who has another one, and how much."""
    ids = new.problem.mentee_ids
    own: list[set[int]] = [set() for _ in ids]
    others: list[set[int]] = [set() for _ in ids]
    for one, mentors in ((before, own), (new, others)):
        for i, j in zip(one.mentees.tolist(), one.mentors.tolist(), strict=True):
            mentors[i].add(j)
    both = list(zip(ids, own, others, strict=True))
    lost = [one for one, had, has in both if had and not has]
    gained = [one for one, had, has in both if has and not had]
    moved = sum(bool(had and has and had != has) for _, had, has in both)
    lines = [
        f"  mentees with a mentor: {new.n_matched:,} of {len(ids):,} now, {before.n_matched:,} "
        "before"
    ]
    if lost:
        verb = "loses" if len(lost) == 1 else "lose"
        lines.append(f"  {len(lost):,} {verb} their mentor: {format_people(lost, NAMED)}")
    if gained:
        verb = "has one" if len(gained) == 1 else "have one"
        lines.append(f"  {len(gained):,} {verb} only now: {format_people(gained, NAMED)}")
    falls = before.total - new.total
    lines += [
        f"  {format_count(moved, 'mentee')} {'has' if moved == 1 else 'have'} another mentor",
        f"  the total {'falls' if falls >= 0 else 'rises'} by {abs(falls):.2g} to {new.total:.6g}",
        "  without rematch = true in [plan] the pairs stay, and some meetings find no hour",
    ]
    return lines


def describe_status(
    status: ProgrammeStatus, names: Mapping[Side, Mapping[object, str]]
) -> list[Paragraph]:
    """Tell the states of pairs and the figures, by group where groups were asked for.

    ``names`` is what people are called, by id; see `call_by_id`.
    """
    counts, pairs = status.states, call_pairs(status.pairs, names)
    states = tuple(_state_line(pairs, str(state)) for state in counts.index[counts > 0])
    at_risk = note_at_risk(status.pairs)
    notes = [note_at_risk(pairs) if note == at_risk else note for note in status.notes]
    lines = []
    few = status.figures["note"] == FEW_NOTE
    for row in status.figures[~few].to_dict("records"):
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
    if few.any():
        lines.append(f"  {FEW_NOTE}: {_say_few(status.figures[few])}")
    return [
        Paragraph(f"Pairs on {status.as_of.date()}", states or ("  none",)),
        Paragraph("Figures", tuple(lines)),
        *(Paragraph("Note", (f"  {note}",)) for note in notes),
    ]


def _state_line(pairs: pd.DataFrame, state: str) -> str:
    """Say how many pairs are in a state, and which, where somebody should ask them why."""
    pairs = pairs[pairs["state"] == state]
    if state not in ASK_WHY:
        return f"  {len(pairs)} {state}"
    named = [f"{row['mentee']} with {row['mentor']}" for row in pairs.to_dict("records")]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    what = f" ({ASK_WHY[state]})" if ASK_WHY[state] else ""
    return f"  {len(pairs)} {state}{what}: {', '.join(named[:NAMED])}{more}"


def _say_few(figures: pd.DataFrame) -> str:
    """Say which figures have too few people behind them: of all by name, of groups their number."""
    of_groups = figures[figures["group"] != "all"]
    told = figures.loc[figures["group"] == "all", "figure"].tolist()
    if len(of_groups):
        groups = format_count(of_groups["group"].nunique(), "group")
        told.append(f"and {format_count(len(of_groups), 'figure')} of {groups}")
    return ", ".join(told)


def describe_needs(
    needs: TrainingNeeds, workshops: int, names: Mapping[Side, Mapping[object, str]]
) -> list[Paragraph]:
    """Tell which skills are short, which workshops help most, and who is one skill short.

    ``names`` as in `describe_status`.
    """
    called = names["mentors"]
    table = needs.skills
    unmet = table[table["unmet"] > 0]
    short, rest = unmet.head(SHOWN), unmet.iloc[SHOWN:]
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
    if len(rest):
        skills = format_count(len(rest), "more skill")
        named = ", ".join(f"{row['skill']} ({row['unmet']})" for row in rest.to_dict("records"))
        lines.append(f"  and {skills}, with how many wishes are unmet: {named}")
    chosen = needs.workshops(workshops)
    gains = needs.one_short(3)
    one_short = [
        f"  {called[row['mentor']]} with {row['skill']}: total {row['gain']:+.3g}"
        + (f", {row['coverage_gain']:+d} matched" if row["coverage_gain"] else "")
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
        people = ", ".join(called[one] for one in needs.first_time)
        paragraphs.append(Paragraph("Mentors for the first time, to be briefed", (f"  {people}",)))
    return paragraphs


def describe_written(files: Sequence[Path], older: Sequence[Path] = ()) -> Paragraph:
    """Tell which files were written, and which an earlier run has left there."""
    lines = [f"  {path}" for path in files]
    if older:
        lines.append(f"  {_say_older(older, 'run')}: take out what is not of this evidence")
    return Paragraph("Written", tuple(lines))


def _say_older(older: Sequence[Path], what: str) -> str:
    """Name what an earlier run wrote into a folder and this one did not replace."""
    named = [f"{one.parent.name}/{one.name}" for one in older[:SHOWN]]
    more = f" and {len(older) - SHOWN:,} more" if len(older) > SHOWN else ""
    are = "is" if len(older) == 1 else "are"
    return (
        f"{format_count(len(older), 'file')} of an earlier {what} {are} still there: "
        f"{', '.join(named)}{more}"
    )


@dataclass(frozen=True)
class WrittenPlan:
    """What was written for a plan."""

    files: list[Path]  # the tables, and the folders of agendas, surveys and calendars
    answered: int  # how many answered rows of surveys.csv were carried over
    older: list[Path]  # files of an earlier plan that this one has not replaced
    cancelled: list[Path]  # calendars in which nothing but cancelled meetings is left


def describe_written_plan(written: WrittenPlan) -> Paragraph:
    """Tell what was written for a plan, and what was kept of before."""
    lines = [f"  {path}" for path in written.files]
    if written.answered:
        rows = format_count(written.answered, "answered row")
        verb = "was" if written.answered == 1 else "were"
        lines.append(f"  {rows} of surveys.csv {verb} carried over into the new one")
    if written.older:
        lines.append(f"  {_say_older(written.older, 'plan')}: take out what is not of this plan")
    if written.cancelled:
        count = format_count(len(written.cancelled), "calendar")
        verb = "cancels" if len(written.cancelled) == 1 else "cancel"
        lines.append(
            f"  {count} of people who have no meeting any more {verb} what was planned, such as "
            f"{written.cancelled[0].name}: let them import it once more, then take it out"
        )
    return Paragraph("Written", tuple(lines))


def describe_workbook(path: Path, matching: Matching, before: Sequence[str]) -> Paragraph:
    """Name the workbook, and say how what is decided in it comes to count.

    ``before``: the workbooks whose decisions count already, which go first.
    """
    pairs = format_count(len(matching.mentees), "pair")
    named = ", ".join(f'"{one}"' for one in (*before, path.name))
    lines = (
        f"- {path}",
        f"It proposes {pairs}. In each row choose keep, change to, unpair or cannot decide, and "
        "save it. Then write under [problem] in the programme file",
        f"  decisions = {f'[{named}]' if before else named}",
        "with the folder before it where it lies elsewhere: all commands keep what was decided.",
    )
    return Paragraph("Workbook", lines)


@dataclass(frozen=True)
class WrittenLetters:
    """Letters and lists that were written."""

    folder: Path
    files: list[Path]
    asked: bool  # the programme asks for addresses in them
    # The columns of mentees and of mentors; None: none are in them.
    addresses: tuple[str | None, str | None]
    # People are known by their addresses, which then stand in lists and names of files.
    ids_are_addresses: bool
    older: list[Path]  # letters of an earlier run in the folder, which this one did not replace
    both: int  # how many people are mentee and mentor, and get two letters
    unnamed: list[Side]  # whose letters begin with an e-mail address, as no names were found


def describe_letters(written: WrittenLetters) -> Paragraph:
    """Name the letters and lists, and say whether addresses are in them."""
    folder = written.folder
    letters = sum(one.suffix != ".csv" for one in written.files)
    to_whom = ", one a person"
    if written.both:
        has = "has" if written.both == 1 else "have"
        people = format_count(letters - written.both, "person", "people")
        to_whom = f" to {people}: {written.both:,} {has} both roles"
    lines = [
        f"- {folder}: {format_count(letters, 'letter')}{to_whom}",
        f"- {folder / 'mentees.csv'}, {folder / 'mentors.csv'}: rows for a mail merge, with "
        "the file of each letter",
        f"- {folder / 'pairs.csv'}: the pairs, as platforms import them",
    ]
    if written.asked:
        for role, address in zip(("mentees", "mentors"), written.addresses, strict=True):
            said = f'are those of "{address}"' if address else "were not found in their table"
            lines.append(f"The addresses of the {role} {said}.")
    elif written.ids_are_addresses:
        lines.append(
            "People are known by their addresses here, which stand in the lists and in the names "
            "of the files."
        )
    else:
        lines.append("No addresses are in them; contact = true under [output] puts them in.")
    if written.unnamed:
        lines.append(
            f"No names of {' and '.join(written.unnamed)} were found, so letters begin "
            '"Dear ann@…": head the column of their whole names "Name".'
        )
    if written.older:
        count = format_count(len(written.older), "letter")
        named = [one.name for one in written.older[:NAMED]]
        more = f" and {len(written.older) - NAMED:,} more" if len(written.older) > NAMED else ""
        lines.append(
            f"{count} of an earlier run {'is' if len(written.older) == 1 else 'are'} still there: "
            f"{', '.join(named)}{more}. Take out what is not to be sent."
        )
    lines.append("Read some of them before you send them: they quote what people wrote.")
    return Paragraph("Letters", tuple(lines))
