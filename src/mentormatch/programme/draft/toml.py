"""Write values and comments as TOML."""

from __future__ import annotations

import datetime
import json
import re
import textwrap
from typing import TYPE_CHECKING

from mentormatch.errors import readable
from mentormatch.programme.file.document import BARE_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["write_comment", "write_entry", "write_value"]

WIDTH = 78
LATE_CONTROLS = re.compile(r"[\x7f-\x9f]")


def write_value(value: object) -> str:
    """Write a value as TOML.

    Examples
    --------
    >>> write_value({"column": "Seats", "default": 1, "read": {"up to 2": 2}})
    '{ column = "Seats", default = 1, read = { "up to 2" = 2 } }'
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's strings are TOML's, but for control characters that it lets through.
        text = json.dumps(value, ensure_ascii=False)
        return LATE_CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(write_value, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(
            f"{_write_key(str(key))} = {write_value(one)}" for key, one in value.items()
        )
        return f"{{ {inner} }}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, datetime.date) else repr(value)


def _write_key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else write_value(key)


def write_entry(title: str, entry: Mapping[str, object], *, commented: bool = False) -> list[str]:
    """Write one table of TOML, perhaps as comments."""
    lines = [title, *(f"{_write_key(key)} = {write_value(one)}" for key, one in entry.items())]
    return [f"# {line}" for line in lines] if commented else lines


def write_comment(text: str, *, indent: str = "") -> list[str]:
    """Write a comment, wrapped; lines after the first begin with ``indent``."""
    return textwrap.wrap(
        readable(" ".join(text.split())),
        WIDTH,
        initial_indent="# ",
        subsequent_indent=f"# {indent}",
        break_long_words=False,
        break_on_hyphens=False,
    )
