"""Tell in one sentence what a column was taken for, why, and which values were seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.criteria.words.shapes import EMAIL
from mentormatch.programme.draft.toml import write_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["ASKED", "group_columns", "shows_values", "tell_column"]

# What says who somebody is, or what nobody is to be chosen by, is not repeated elsewhere.
OF_PEOPLE: frozenset[ColumnKind] = frozenset(
    {"identity", "name", "e-mail", "contact", "protected", "comment", "text", "record", "file",
     "superior", "wishes", "conflicts", "last time", "reference", "running number"}
)  # fmt: skip
ASKED = "Questions for you"
GROUPS: tuple[tuple[str, frozenset[ColumnKind]], ...] = (
    ("Who is who", frozenset({"identity", "name", "e-mail", "role"})),
    ("Seats", frozenset({"seats", "demand"})),
    (
        "What makes a good pair",
        frozenset({"skills", "topics", "same", "level", "text", "times", "time zone", "wishes"}),
    ),
    (
        "Rules to decide on (comments in the file)",
        frozenset({"group", "superior", "conflicts", "last time", "only same"}),
    ),
)


# What people wrote, at the end of a sentence about their column.
QUOTES = re.compile(r":(?=\s*\").*$")


def shows_values(column: Recognised) -> bool:
    """Tell whether values of a column may be shown: not those of people themselves.

    Nor those of a column with some e-mail addresses, whatever it was taken for: in a short table
    one slip, such as "(at)", is enough to take it for something else.
    """
    return column.kind not in OF_PEOPLE and not any(EMAIL.search(text) for text in column.values)


def tell_column(column: Recognised, *, with_values: bool = True, quoted: bool = True) -> str:
    """Say what one column is taken for, why, and which values were seen.

    ``quoted``: whether cells may be quoted as evidence, as on the screen and in no file.
    """
    text = f"{write_value(column.name)}: {column.taken_for}"
    if column.partner is not None and column.partner != column.name:
        text += f", with {write_value(column.partner)}"
    why = column.why if quoted else QUOTES.sub(" (init shows them on the screen)", column.why)
    text += f". {why[:1].upper()}{why[1:]}."
    if with_values and column.values:
        text += f" Seen: {'; '.join(column.values)}."
    return text


def _is_unused(column: Recognised) -> bool:
    """Tell whether nothing comes of a column: superiors who are nobody of the other table, times.

    Without a partner there is nothing to compare them with.
    """
    return column.kind in ("superior", "times", "time zone") and column.partner is None


def group_columns(columns: Sequence[Recognised]) -> list[tuple[str, list[Recognised]]]:
    """Put columns under titles: who is who and seats first, questions, then what is left out."""
    groups = []
    told: set[tuple[str, str]] = set()
    for title, kinds in GROUPS:
        own = [
            one for one in columns if one.kind in kinds and not one.question and not _is_unused(one)
        ]
        groups.append((title, own))
        told |= {(one.side, one.name) for one in own}
    groups.append((ASKED, [one for one in columns if one.question]))
    told |= {(one.side, one.name) for one in groups[-1][1]}
    rest = [one for one in columns if (one.side, one.name) not in told]
    groups.append(("Left out", rest))
    return [(title, own) for title, own in groups if own]
