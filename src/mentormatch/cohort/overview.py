"""What a cohort shows of itself: sizes, sources, columns; nothing about anybody in particular."""

from __future__ import annotations

import html
import textwrap
from typing import TYPE_CHECKING

from mentormatch.cohort.names import SIDES

if TYPE_CHECKING:
    from mentormatch.cohort.names import Side
    from mentormatch.cohort.protocol import CohortLike

__all__ = ["format_cohort", "format_cohort_as_html"]


def format_cohort(cohort: CohortLike) -> str:
    """Write a cohort in a few lines."""
    sizes = (
        _format_count(len(cohort.mentees), "mentee", "mentees"),
        _format_count(len(cohort.mentors), "mentor", "mentors"),
    )
    lines = [f"Cohort({', '.join(sizes)})"]
    for side, source, people, name, columns in _overview(cohort):
        origin = "" if source == side else f" from {source}"
        count = _format_count(people, "person", "people")
        text = f"{side}: {count}{origin}, {name}, columns {columns}"
        lines.append("  " + textwrap.shorten(text, 200, placeholder=" …"))
    if cohort.notes:
        lines.append(f"  {_format_count(len(cohort.notes), 'note', 'notes')}, see .notes")
    return "\n".join(lines)


def format_cohort_as_html(cohort: CohortLike) -> str:
    """Write a cohort as a small table."""
    head = "".join(f"<th>{name}</th>" for name in ("", "source", "people", "id", "columns"))
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"
        for cells in (
            (side, source, f"{people:,}", name, columns)
            for side, source, people, name, columns in _overview(cohort)
        )
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _overview(cohort: CohortLike) -> list[tuple[Side, str, int, str, str]]:
    """Return side, source, number of people, id and columns of each table."""
    overview = []
    for side, source in zip(SIDES, cohort.sources, strict=True):
        table = cohort.table(side)
        name = table.index.name
        who = f"id {name!r}" if name is not None else "id the index"
        if not cohort.labelled and name is None:
            who = "no ids"
        columns = ", ".join(map(repr, table.columns)) or "none"
        overview.append((side, source, len(table), who, columns))
    return overview


def _format_count(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
