"""Columns that nothing in the programme file names, first those that ask for a rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.criteria.suggest.heading_words import topics_of
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mentormatch.cohort import Cohort, Side
    from mentormatch.programme.file.configuration import Configuration

__all__ = ["describe_unread"]

SHOWN = 8
LONGEST = 40
# What a form adds by itself, and what tells who somebody is.
ABOUT_THE_ROW = frozenset({"record", "number", "time stamp", "name", "e-mail", "contact"})
KEPT_APART = frozenset({"conflicts", "last time"})


def describe_unread(configuration: Configuration, cohort: Cohort | None) -> list[Paragraph]:
    """List the columns that nothing reads; nothing where there are none.

    Parameters
    ----------
    configuration
        Says which columns are used.
    cohort
        The people; None where scores came without them.
    """
    if cohort is None:
        return []
    named = set(_find_texts(configuration.document.content))
    lines = []
    rules: list[str] = []
    for side in SIDES:
        unread = [str(name) for name in cohort.table(side).columns if str(name) not in named]
        unread = [name for name in unread if not topics_of(name) & ABOUT_THE_ROW]
        rules += _tell_rules(side, unread)
        if unread:
            shown = ", ".join(f'"{_cut(name)}"' for name in unread[:SHOWN])
            more = f" and {len(unread) - SHOWN:,} more" if len(unread) > SHOWN else ""
            lines.append(f"- {side}: {shown}{more}")
    return [Paragraph("Columns that nothing reads", (*rules, *lines))] if lines else []


def _tell_rules(side: Side, unread: list[str]) -> Iterator[str]:
    """Say which headings ask for people to be kept apart, and how that is done."""
    for name in unread:
        if topics_of(name) & KEPT_APART:
            yield (
                f'- No rule reads "{_cut(name)}" of the {side}, so people may be matched with '
                "those they name there. To keep them apart, add [[criteria]] with kind = "
                f'"Avoids", column = "{name}", by = "{side.removesuffix("s")}".'
            )


def _find_texts(content: object) -> Iterator[str]:
    """Every text that stands anywhere in the programme file, keys included."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        for key, value in content.items():
            yield str(key)
            yield from _find_texts(value)
    elif isinstance(content, list):
        for value in content:
            yield from _find_texts(value)


def _cut(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
