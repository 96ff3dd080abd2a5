"""What goes into a page for scripts to read: JSON that cannot end its element, and the record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mentormatch.errors import RecordError
from mentormatch.records import record_bytes

if TYPE_CHECKING:
    from mentormatch.matching import Matching

__all__ = ["as_json", "record_of"]

ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def as_json(value: object) -> str:
    """Write JSON that may stand inside a script element: nothing in it can end the element."""
    text = json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), allow_nan=False, sort_keys=False
    )
    for sign, escape in ESCAPES.items():
        text = text.replace(sign, escape)
    # A lone half of a surrogate pair is no character and cannot be written as UTF-8.
    return text.encode("utf-8", errors="replace").decode("utf-8")


def record_of(matching: Matching) -> str | None:
    """Return the record of a matching as `Matching.save` writes it.

    None where there can be no record, as with ids that are neither texts nor numbers.
    """
    try:
        return record_bytes(matching).decode()
    except RecordError:
        return None
