"""What a round teaches and proposes, as paragraphs for the terminal and as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.programme.screen.feedback import describe_learned
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.feedback import OverrideEvidence
    from mentormatch.programme.cycle import Cycle
    from mentormatch.rematching import Rematch

__all__ = ["as_page", "describe_cycle"]

MOST_MOVES = 12


def describe_cycle(found: Cycle) -> list[Paragraph]:
    """Tell what was learned or refused, and what is proposed; nothing has been changed."""
    sections = []
    if found.learned is not None:
        sections += describe_learned(found.learned)
    if found.overrides is not None:
        sections.append(_describe_overrides(found.overrides))
    if found.proposal is not None:
        sections.append(_describe_proposal(found.proposal))
    last = "  Nothing was changed. What you agree with, write into the programme file."
    return [*sections, Paragraph("What happens now", (last,))]


def _describe_overrides(found: OverrideEvidence) -> Paragraph:
    lines = tuple(f"  {line}" for line in repr(found).split("\n"))
    return Paragraph("What the committee's changes say", lines)


def _describe_proposal(found: Rematch) -> Paragraph:
    changes = found.diff
    going_on = len(found.pairs) - int(changes["is"].notna().sum())
    lines = [
        f"  {len(found.pairs):,} pairs, {going_on:,} of them as before; {found.n_changes} that "
        "could have gone on end.",
        f"  Total {found.total:.5g}.",
    ]
    chains = found.chains
    lines += [f"  {chain}" for chain in chains[:MOST_MOVES]]
    if len(chains) > MOST_MOVES:
        lines.append(f"  … and {len(chains) - MOST_MOVES} more chains of moves.")
    return Paragraph("The next round, if nobody objects", tuple(lines))


def as_page(sections: Sequence[Paragraph]) -> str:
    """Return paragraphs as Markdown, every mark of people's own text made harmless."""
    parts = ["# From this round to the next"]
    for section in sections:
        parts.append(f"## {_escape(section.title)}")
        parts.append("\n".join(f"- {_escape(line.strip())}" for line in section.lines))
    return "\n\n".join(parts) + "\n"


def _escape(text: str) -> str:
    """Escape what Markdown and HTML would read as marks."""
    marks: dict[str, str | int | None] = {mark: f"\\{mark}" for mark in "\\`*_[]|"}
    marks |= {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return " ".join(text.translate(str.maketrans(marks)).split())
