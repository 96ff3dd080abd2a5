"""Paragraphs for the terminal: a title and lines, wrapped, without what a terminal would obey."""

from __future__ import annotations

import textwrap
import unicodedata
from dataclasses import dataclass

__all__ = ["Paragraph", "make_printable", "wrap_line"]

# What turns the direction of a line.
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A title and the lines below it; a line may begin with spaces, and is wrap_line to fit."""

    title: str
    lines: tuple[str, ...]


def make_printable(text: str) -> str:
    """Replace what a terminal would obey rather than show."""
    return "".join("\ufffd" if _is_obeyed(c) else c for c in text)


def _is_obeyed(c: str) -> bool:
    return (unicodedata.category(c) in ("Cc", "Cs") and c != "\n") or c in TURNING


def wrap_line(line: str, width: int) -> str:
    """Wrap one line; what follows stands below where its text begins."""
    text = line.lstrip(" -")
    indent = len(line) - len(text)
    return textwrap.fill(
        text,
        width,
        initial_indent=line[:indent],
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )
