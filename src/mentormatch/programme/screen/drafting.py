"""Tell what `init` took every column for, what comes next, and what the demonstration is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.compatibility.ids import format_count
from mentormatch.programme.draft.columns import ASKED, group_columns, shows_values, tell_column
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.screen.paragraph import Paragraph, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised
    from mentormatch.criteria.suggest.proposal import Proposal
    from mentormatch.programme.draft.draft import Draft

__all__ = ["describe_demo", "describe_draft"]

# So many columns are named of those that are left out for one reason.
NAMED = 5
TEXTS: frozenset[ColumnKind] = frozenset({"comment", "text", "unknown"})
SENTENCE = 5


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
    """Tell what a programme file was made of: what was read and asked first, the rest last."""
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
    asked: list[Paragraph] = []
    left_out: list[Paragraph] = []
    for title, lines in _list_columns(draft):
        own = []
        if title == "Who is who":
            own = [notes.pop(key) for key in ("id", "duplicates", "role", "people") if key in notes]
        elif title == "Seats":
            own = [notes.pop("capacity")] if "capacity" in notes else []
        elif title == ASKED:
            own = [notes.pop("grids")] if "grids" in notes else []
        paragraph = Paragraph(title, (*(f"- {note}" for note in own), *lines))
        place = {ASKED: asked, "Left out": left_out}.get(title, paragraphs)
        place.append(paragraph)
    guesses = [f"{_columns_in(one)}: {one.guess}" for one in draft.proposals if one.guess]
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
        asked.append(Paragraph("To be completed by you, in comments", tuple(later)))
    paragraphs[1:1] = asked
    if notes or guesses:
        read = (*notes.values(), *guesses)
        paragraphs.insert(1, Paragraph("Read", tuple(f"- {note}" for note in read)))
    if not any(one.is_used for one in draft.proposals):
        said = "As the file stands nothing is scored: complete a criterion in it first."
        paragraphs.insert(1, Paragraph("Nothing counts yet", (said,)))
    return [*paragraphs, *left_out]


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
        # Where the same heading is taken for the same thing in both tables, it is told once.
        shown = list(lines.values())
        groups.append((title, _list_left_out(columns, shown) if title == "Left out" else shown))
    if all(title != "Seats" for title, _ in groups):
        groups.insert(min(1, len(groups)), ("Seats", []))
    if "grids" in draft.notes and all(title != ASKED for title, _ in groups):
        groups.append((ASKED, []))
    return groups


def _list_left_out(columns: Sequence[Recognised], lines: list[str]) -> list[str]:
    """Tell columns that are left out for one reason in one line; the file lists each of them."""
    if len(lines) <= NAMED:
        return lines
    by_reason: dict[tuple[str, str], dict[str, Recognised]] = {}
    for one in columns:
        by_reason.setdefault((one.taken_for, one.why), {}).setdefault(one.name, one)
    told = []
    for (taken_for, why), alike in by_reason.items():
        # What people wrote may be what a person must know: no such column is hidden.
        ordered = sorted(alike, key=lambda name: not _may_be_texts(alike[name]))
        names = [write_value(shorten(name)) for name in ordered]
        if len(names) == 1:
            [column] = alike.values()
            told.append(f"- {tell_column(column, with_values=shows_values(column))}")
            continue
        n_texts = sum(map(_may_be_texts, alike.values()))
        rest = len(names) - max(NAMED, n_texts)
        more = f" and {rest:,} more, all in the file" if rest > 0 else ""
        named = ", ".join(names[: max(NAMED, n_texts)])
        told.append(f"- {named}{more}: {taken_for}. {why[:1].upper()}{why[1:]}.")
    return told


def _may_be_texts(column: Recognised) -> bool:
    """Tell whether people may have written sentences in a column that is left out."""
    return column.kind in TEXTS or any(len(text.split()) >= SENTENCE for text in column.values)


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
