"""Whether parameters in a programme file exist and fit the class that they are for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from mentormatch.cohort import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mentormatch.errors import Finding
    from mentormatch.programme.file.document import Document, KeyPath

__all__ = ["check_parameters", "find_key_meant", "list_parameters"]

# What the first word of an annotation stands for in TOML: how to say it, and how to tell it.
FORMS: dict[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("a text in quotes", lambda value: isinstance(value, str)),
    "bool": ("true or false, no quotes", lambda value: isinstance(value, bool)),
    "float": ("a number", lambda value: isinstance(value, int | float) and not _is_flag(value)),
    "int": ("a whole number", lambda value: isinstance(value, int) and not _is_flag(value)),
    "Sequence": ('a list, such as ["a", "b"]', lambda value: isinstance(value, list)),
    "tuple": ("a list, such as [1, 2]", lambda value: isinstance(value, list)),
    "Mapping": ('a table, such as { "a" = 1 }', lambda value: isinstance(value, Mapping)),
    "None": ("", lambda _: False),
}


def _is_flag(value: object) -> bool:
    return isinstance(value, bool)


def list_parameters(kind: Any) -> list[str]:
    """The parameters of a class: its own first, then those that it shares with its relatives."""
    shared = {one.name for base in kind.__mro__[1:] if is_dataclass(base) for one in fields(base)}
    names = [one.name for one in fields(kind) if one.init] if is_dataclass(kind) else []
    return sorted(names, key=lambda name: name in shared)


def check_parameters(
    document: Document, path: KeyPath, kind: Any, title: str, given: Mapping[str, Any]
) -> Iterator[Finding]:
    """Find parameters that a class does not have, needs and does not get, or cannot take.

    Parameters
    ----------
    document, path
        Where the parameters stand.
    kind
        A dataclass.
    title
        What messages call it.
    given
        Parameters by name.
    """
    names = list_parameters(kind)
    for key in given:
        if key not in names:
            has = f"It has {', '.join(names)}." if names else "It has none."
            expected = f"{title} has no such parameter. {has}"
            near = nearest_name(key, names)
            yield document.finding((*path, key), given[key], expected, near)
    for one in fields(kind) if names else ():
        if one.name in given:
            expected = _describe_misfit(str(one.type), given[one.name])
            if expected:
                yield document.finding((*path, one.name), given[one.name], expected)
        elif one.init and one.default is MISSING and one.default_factory is MISSING:
            expected = f"{title} needs this parameter, and it is missing."
            yield document.finding((*path, one.name), None, expected)


def _describe_misfit(annotation: str, value: Any) -> str:
    """What was expected, when a value has none of the forms of an annotation; else nothing."""
    # Of "Mapping[str, float | None] | None" the outer words are Mapping and None.
    outer = annotation
    while "[" in outer:
        outer = re.sub(r"\[[^\[\]]*\]", "", outer)
    words = [word.strip() for word in outer.split("|")]
    forms = [FORMS[word] for word in words if word in FORMS]
    # A word that is not known may stand for anything; the class itself will say.
    if len(forms) < len(words) or any(fits(value) for _, fits in forms):
        return ""
    return f"expected {' or '.join(said for said, _ in forms if said)}."


def find_key_meant(message: str, keys: Sequence[str]) -> str | None:
    """The one key that the message of a class speaks of, outside of quotes; None when unsure."""
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", message)
    spoken = [key for key in keys if re.search(rf"\b{re.escape(key)}\b", unquoted)]
    return spoken[0] if len(spoken) == 1 else None
