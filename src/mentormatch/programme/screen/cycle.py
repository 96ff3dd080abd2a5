"""What a round teaches and proposes, as paragraphs for the terminal and as a page."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import MissingPackageError, readable
from mentormatch.programme.screen.feedback import describe_favour, describe_learned
from mentormatch.programme.screen.paragraph import Paragraph
from mentormatch.reports import weight_chart
from mentormatch.reports.charts import as_svg
from mentormatch.reports.html.figures import clean_svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from mentormatch.feedback import OverrideEvidence
    from mentormatch.programme.cycle import Cycle
    from mentormatch.rematching import Rematch

__all__ = ["as_html", "as_page", "describe_cycle"]

MOST_MOVES = 12
TITLE = "From this round to the next"
STYLE = """:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1.5rem;
  overflow-wrap: break-word; }
h1, h2 { line-height: 1.25; } h2 { font-size: 1.15rem; margin: 1.8rem 0 .4rem; }
li { margin: .25rem 0; } figure { margin: 1rem 0; padding: .5rem; background: #ffffff; }
svg { max-width: 100%; height: auto; }
"""


def describe_cycle(found: Cycle, groups: Sequence[str] = ()) -> list[Paragraph]:
    """Tell what was learned or refused, and what is proposed; nothing has been changed.

    ``groups`` are columns of the mentees' table by which it is told whom the weights favour.
    """
    sections = []
    if found.learned is not None:
        sections += describe_learned(found.learned)
        sections += describe_favour(found.learned, found.rated, groups)
    if found.changes is not None:
        sections.append(_describe_changes(found.changes))
    if found.overrides is not None:
        sections.append(_describe_overrides(found.overrides))
    for title, pairs in (
        ("Pairs of the last round that are over without a decision of their own", found.displaced),
        ("Pairs that the committee took apart, and that are not proposed again", found.apart),
    ):
        if pairs is not None and len(pairs):
            sections.append(_describe_pairs(title, pairs))
    if found.proposal is not None:
        sections.append(_describe_proposal(found.proposal))
    last = "  Nothing was changed. What you agree with, write into the programme file."
    return [*sections, Paragraph("What happens now", (last,))]


def _describe_changes(changes: pd.DataFrame) -> Paragraph:
    """Which pairs of the next round other weights would change."""
    begun = changes[changes["change"] == "begins"]
    ended = int((changes["change"] == "ends").sum())
    lines = [
        f"  {format_count(len(begun), 'pair')} would be made that the old weights do not make, and "
        f"{ended:,} of "
        "theirs would not.",
    ]
    lines += [f"  {row.mentee} with {row.mentor}" for row in begun.head(MOST_MOVES).itertuples()]
    if len(begun) > MOST_MOVES:
        lines.append(f"  … and {len(begun) - MOST_MOVES:,} more.")
    return Paragraph(
        "What the weights would change among the people of the next round", tuple(lines)
    )


def _describe_overrides(found: OverrideEvidence) -> Paragraph:
    lines = tuple(f"  {line}" for line in repr(found).split("\n"))
    return Paragraph("What the committee's changes say", lines)


def _describe_pairs(title: str, pairs: pd.DataFrame) -> Paragraph:
    """Name pairs, each with why where that is known; all, for each is somebody's."""
    lines = [
        f"  {row['mentee']} with {row['mentor']}" + (f": {row['why']}" if "why" in row else "")
        for row in pairs.to_dict("records")
    ]
    return Paragraph(title, tuple(lines))


def _describe_proposal(found: Rematch) -> Paragraph:
    changes = found.diff
    going_on = len(found.pairs) - int(changes["is"].notna().sum())
    lines = [
        f"  {format_count(len(found.pairs), 'pair')}, {going_on:,} of them as before; "
        f"{found.n_changes} that "
        f"could have gone on {'ends' if found.n_changes == 1 else 'end'}.",
        f"  Total {found.total:.5g}.",
    ]
    chains = found.chains
    lines += [f"  {chain}" for chain in chains[:MOST_MOVES]]
    if len(chains) > MOST_MOVES:
        lines.append(f"  … and {format_count(len(chains) - MOST_MOVES, 'more chain')} of moves.")
    return Paragraph("The next round, if nobody objects", tuple(lines))


def as_page(sections: Sequence[Paragraph]) -> str:
    """Return paragraphs as Markdown, every mark of people's own text made harmless."""
    parts = [f"# {TITLE}"]
    for section in sections:
        parts.append(f"## {_escape(readable(section.title))}")
        parts.append(
            "\n".join(
                f"- {_escape(readable(line).strip().replace(' -> ', ' → '))}"
                for line in section.lines
            )
        )
    return "\n\n".join(parts) + "\n"


def as_html(sections: Sequence[Paragraph], found: Cycle) -> str:
    """Return paragraphs as a page that opens anywhere, with the chart of the weights."""
    parts = [f"<h1>{TITLE}</h1>"]
    drawing = _weight_drawing(found)
    for place, section in enumerate(sections):
        lines = "".join(f"<li>{escape(readable(line).strip())}</li>" for line in section.lines)
        parts.append(f"<h2>{escape(readable(section.title))}</h2>\n<ul>{lines}</ul>")
        if place == 0 and drawing:
            parts.append(f"<figure>{drawing}</figure>")
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{TITLE}</title>\n<style>{STYLE}</style></head>\n<body><main>\n"
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )


def _weight_drawing(found: Cycle) -> str:
    """The chart of old and new weights; nothing where there is none, or charts are missing."""
    if found.learned is None or found.learned.validation is None:
        return ""
    said = "Old and new weight of each criterion; the numbers stand above."
    try:
        return clean_svg(as_svg(weight_chart(found.learned)), "weights", "Weights", said)
    except MissingPackageError:
        return ""


def _escape(text: str) -> str:
    """Escape what Markdown and HTML would read as marks."""
    marks: dict[str, str | int | None] = {mark: f"\\{mark}" for mark in "\\`*_[]|"}
    marks |= {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
    return " ".join(text.translate(str.maketrans(marks)).split())
