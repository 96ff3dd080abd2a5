"""Lists as programs write them into a cell: ``["a", "b"]``, ``['a', 'b']``, ``{a,b}``."""

from __future__ import annotations

import ast
import csv
import json
import re

__all__ = ["read_list"]

LONGEST = 100_000
# A cell in braces is a list only if it is written as PostgreSQL writes one.
ENTRY = r"""(?:"(?:[^"\\]|\\.)*"|[^{}",:'\\]*)"""
BRACES = re.compile(rf"\{{{ENTRY}(?:,{ENTRY})*\}}")


def read_list(cell: str) -> tuple[str, ...] | None:
    """Read a cell that a program wrote from a list; None when it is something else.

    Only literals are read, and nothing is evaluated: JSON, the literals of Python (also sets and
    tuples in brackets), and the arrays of PostgreSQL. A list in a list is no list of values.

    Examples
    --------
    >>> read_list("['Python', 'Go']"), read_list('["C, or C++"]'), read_list('{a,"b,c"}')
    (('Python', 'Go'), ('C, or C++',), ('a', 'b,c'))
    >>> read_list("[optional]"), read_list("Lua; Go")
    (None, None)
    """
    text = cell.strip()
    if len(text) < 2 or len(text) > LONGEST or (text[0], text[-1]) not in (("[", "]"), ("{", "}")):
        return None
    for read in (_json, _python, _braces):
        values = read(text)
        if values is not None:
            return values
    return None


def _json(text: str) -> tuple[str, ...] | None:
    try:
        return _texts(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _python(text: str) -> tuple[str, ...] | None:
    try:
        return _texts(ast.literal_eval(text))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return None


def _braces(text: str) -> tuple[str, ...] | None:
    if not BRACES.fullmatch(text):
        return None
    inside = text[1:-1]
    values = next(csv.reader([inside], escapechar="\\", doublequote=False), [])
    return tuple(value.strip() for value in values if value.strip() and value.strip() != "NULL")


def _texts(values: object) -> tuple[str, ...] | None:
    """Return the values of a flat list as texts; None for anything else."""
    if not isinstance(values, list | tuple | set):
        return None
    given = [value for value in values if value is not None]
    if not all(isinstance(value, str | int | float) for value in given):
        return None
    texts = [value if isinstance(value, str) else str(value) for value in given]
    # The order of a set changes from run to run.
    return tuple(sorted(texts) if isinstance(values, set) else texts)
