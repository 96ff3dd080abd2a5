"""What a display is made of, and its HTML."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.errors import readable

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Glance"]

MOST_ROWS = 10
BOX = "max-width:60em;line-height:1.45"
TITLE = "font-weight:650;font-size:1.05em;margin:.2em 0 .4em"
LABEL = "text-align:left;padding:.1em 1.2em .1em 0;opacity:.72;font-weight:normal;border:0"
CELL = "text-align:left;padding:.1em 0;border:0"
HEAD = "text-align:left;padding:.25em .9em .25em 0;border-bottom:1px solid rgba(128,128,128,.5)"
BODY = "text-align:left;padding:.25em .9em .25em 0;border-bottom:1px solid rgba(128,128,128,.22)"
WARNING = "margin:.6em 0;padding:.35em .8em;border-left:4px solid #c77700"


@dataclass(frozen=True, eq=False)
class Glance:
    """What a display shows."""

    title: str  # what the object is
    facts: Sequence[tuple[str, str]] = ()  # labels and short texts
    table: pd.DataFrame = field(default_factory=pd.DataFrame)  # rows; the first ten are shown
    warning: str | None = None  # the one thing that its reader must know, or None

    def html(self) -> str:
        """Return the display; every text in it is escaped."""
        parts = [f'<div style="{TITLE}">{_text(self.title)}</div>']
        if self.facts:
            rows = "".join(
                f'<tr><th style="{LABEL}">{_text(label)}</th>'
                f'<td style="{CELL}">{_text(text)}</td></tr>'
                for label, text in self.facts
            )
            parts.append(f"<table>{rows}</table>")
        if self.warning:
            parts.append(f'<div style="{WARNING}">{_text(self.warning)}</div>')
        if len(self.table):
            parts.append(_table(self.table))
        return f'<div style="{BOX}">{"".join(parts)}</div>'


def _table(table: pd.DataFrame) -> str:
    shown = table.head(MOST_ROWS)
    head = "".join(f'<th style="{HEAD}">{_text(name)}</th>' for name in shown.columns)
    body = "".join(
        "<tr>" + "".join(f'<td style="{BODY}">{_text(cell)}</td>' for cell in row) + "</tr>"
        for row in shown.itertuples(index=False)
    )
    more = len(table) - len(shown)
    tail = f'<div style="opacity:.72">and {more:,} more</div>' if more else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{tail}"


def _text(value: object) -> str:
    """Show one value: numbers short, lists as lists, nothing as a dash."""
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(_text(one) for one in value)
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "–"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        return f"{value:,.4g}"
    return escape(readable(value))
