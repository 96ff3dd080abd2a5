"""Tell what `init` took every column for, what comes next, and what the demonstration is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.compatibility.ids import format_count
from mentormatch.programme.draft.columns import group_columns, shows_values, tell_column
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.criteria.recognition.kinds_of_columns import Recognised
    from mentormatch.criteria.suggest.proposal import Proposal
    from mentormatch.programme.draft.draft import Draft

__all__ = ["describe_demo", "describe_draft"]

# Where the same heading is taken for the same thing in both tables, it is told once.
MOST_LEFT_OUT = 30


def describe_demo(path: Path) -> list[Paragraph]:
    """Introduce the demonstration, whose programme file is ``path``."""
    lines = (
        "120 mentees and 60 mentors of an IT organisation, none of whom exists.",
        f"What makes a good pair is said in {path}. To change it, copy the folder, edit the file, "
        "and run",
        "  mentormatch match <folder>/programme.toml --overwrite",
    )
    return [Paragraph("A synthetic mentoring programme", lines)]


def describe_draft(path: Path, draft: Draft) -> list[Paragraph]:
    """Tell what a programme file was made of: identity and seats first, then column by column."""
    cohort = draft.cohort
    sources = ", ".join(
        f"{source} ({format_count(len(cohort.table(side)), side.removesuffix('s'))})"
        for side, source in zip(SIDES, cohort.sources, strict=True)
    )
    kept = () if draft.kept is None else (f"What stood there before is kept as {draft.kept}.",)
    first = (
        *kept,
        f"It reads {sources}. Look through it, then run",
        f"  mentormatch validate {_quote(path)}",
        f"  mentormatch match {_quote(path)}",
    )
    paragraphs = [Paragraph(f"{path} is written", first)]
    notes = dict(draft.notes)
    for title, lines in _list_columns(draft):
        own = []
        if title == "Who is who":
            own = [notes.pop(key) for key in ("id", "duplicates", "role", "people") if key in notes]
        elif title == "Seats":
            own = [notes.pop("capacity")] if "capacity" in notes else []
        paragraphs.append(Paragraph(title, (*(f"- {note}" for note in own), *lines)))
    guesses = [f"{_columns_in(one)}: {one.guess}" for one in draft.proposals if one.guess]
    if notes or guesses:
        read = (*notes.values(), *guesses)
        paragraphs.insert(1, Paragraph("Read", tuple(f"- {note}" for note in read)))
    rules = [_tell_rule(one) for one in draft.proposals if one.rule or one.limit]
    if rules:
        paragraphs.append(
            Paragraph("Rules, each a comment until you take the # away", tuple(rules))
        )
    later = [
        f"- {one.entry['kind']} {_columns_in(one)}: {one.open_points}"
        for one in draft.proposals
        if one.is_open and not one.rule
    ]
    if later:
        paragraphs.append(Paragraph("To be completed by you, in comments", tuple(later)))
    if not any(one.is_used for one in draft.proposals):
        said = "As the file stands nothing is scored: complete a criterion in it first."
        paragraphs.insert(1, Paragraph("Nothing counts yet", (said,)))
    return paragraphs


def _list_columns(draft: Draft) -> list[tuple[str, list[str]]]:
    """One line a column, under titles."""
    groups = []
    told: set[str] = set()
    for title, columns in group_columns(draft.columns):
        if title == "Left out":
            # Of one table for everybody, what the other side alone is asked is told there.
            columns = [one for one in columns if one.kind != "one-sided" or one.name not in told]
        told |= {one.name for one in columns}
        lines: dict[tuple[str, str, str | None, str], str] = {}
        whose = _whose_differ(columns)
        partners = {one.partner for one in columns if one.side == "mentees"}
        for column in columns:
            # A column of the mentors that goes with one of the mentees is named there.
            if column.side == "mentors" and column.partner and column.name in partners:
                continue
            key = (column.name, column.kind, column.partner, column.why)
            side = f"{column.side}, " if (column.name, column.kind) in whose else ""
            text = f"- {side}{tell_column(column, with_values=shows_values(column))}"
            lines.setdefault(key, text)
        shown = list(lines.values())
        if title == "Left out" and len(shown) > MOST_LEFT_OUT:
            rest = len(shown) - MOST_LEFT_OUT
            shown = [*shown[:MOST_LEFT_OUT], f"… and {rest:,} more; the file lists them all."]
        groups.append((title, shown))
    if all(title != "Seats" for title, _ in groups):
        groups.insert(min(1, len(groups)), ("Seats", []))
    return groups


def _whose_differ(columns: Sequence[Recognised]) -> set[tuple[str, str]]:
    """Headings of which a person is asked something else in each table."""
    asked: dict[tuple[str, str], set[str]] = {}
    for one in columns:
        if one.question and one.partner is None:
            asked.setdefault((one.name, one.kind), set()).add(one.why)
    return {key for key, whys in asked.items() if len(whys) > 1}


def _tell_rule(rule: Proposal) -> str:
    text = f"- {rule.entry['kind']} {_columns_in(rule)}"
    if rule.limit:
        text += " " + ", ".join(f"{key} = {write_value(one)}" for key, one in rule.limit.items())
    text += ": A rule: no pair below it." if rule.limit else f": {rule.why}"
    if rule.entry.get("by") in ("mentee", "mentor"):
        text = text.replace(":", f" (of the {rule.entry['by']}s):", 1)
    if rule.effect:
        text += f" {rule.effect}"
    return text if rule.limit else f"{text} {rule.obstacle}".rstrip()


def _columns_in(proposal: Proposal) -> str:
    keys = ("column", "mentee", "mentor", "wants", "offers")
    return " and ".join(f'"{proposal.entry[key]}"' for key in keys if key in proposal.entry)


def _quote(path: Path) -> str:
    return f'"{path}"' if " " in str(path) else str(path)
