"""Whether parameters in a programme file exist and fit the class that they are for."""

from __future__ import annotations

import json
import re
import sys
import typing
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from mentormatch.cohort import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mentormatch.errors import Finding
    from mentormatch.programme.file.document import Document, KeyPath

__all__ = ["check_parameters", "find_key_meant", "list_parameters", "make", "parameter_types"]

Kind = TypeVar("Kind")
# What pydantic found missing, in words for somebody who writes TOML.
WORDS = {
    "string": "a text in quotes",
    "bool": "true or false, no quotes",
    "float": "a number",
    "int": "a whole number",
    "list": 'a list, such as ["a", "b"]',
    "tuple": "a list, such as [1, 2]",
    "sequence": 'a list, such as ["a", "b"]',
    "set": 'a list, such as ["a", "b"]',
    "dict": 'a table, such as { "a" = 1 }',
    "mapping": 'a table, such as { "a" = 1 }',
    "date": "a date without quotes, such as 2027-01-11",
}
# Names that classes import for type checking only.
NAMES = {
    "Any": Any, "Callable": Callable, "Collection": Collection, "Iterable": Iterable,
    "Mapping": Mapping, "Sequence": Sequence,
}  # fmt: skip


@lru_cache(maxsize=128)
def parameter_types(kind: type) -> dict[str, Any]:
    """Return the types of a dataclass's parameters; ``object`` where Python alone can make one."""
    types = {}
    for base in reversed(kind.__mro__):
        namespace = {**NAMES, **vars(sys.modules.get(base.__module__, typing))}
        for name, annotation in vars(base).get("__annotations__", {}).items():
            holder = type("Holder", (), {"__annotations__": {name: annotation}})
            try:
                types[name] = typing.get_type_hints(holder, namespace)[name]
            except (NameError, TypeError):
                types[name] = object
    return types


@lru_cache(maxsize=512)
def _adapter(kind: type, name: str) -> TypeAdapter[object] | None:
    """What checks a parameter; None when its type is none that a file could hold."""
    try:
        return TypeAdapter(parameter_types(kind)[name])
    except Exception:  # pydantic has many ways to refuse a type, and then the class itself checks
        return None


def list_parameters(kind: type) -> list[str]:
    """The parameters of a class: its own first, then those that it shares with its relatives."""
    shared = {one.name for base in kind.__mro__[1:] if is_dataclass(base) for one in fields(base)}
    names = [one.name for one in fields(kind) if one.init] if is_dataclass(kind) else []
    return sorted(names, key=lambda name: name in shared)


def check_parameters(
    document: Document, path: KeyPath, kind: type, title: str, given: Mapping[str, object]
) -> Iterator[Finding]:
    """Find parameters that a class does not have, needs and does not get, or cannot take.

    ``kind`` is a dataclass, ``title`` what messages call it; the parameters are given by name, and
    stand at ``path`` of the document.
    """
    names = list_parameters(kind)
    for key in given:
        if key not in names:
            has = f"It has {', '.join(names)}." if names else "It has none."
            expected = f"{title} has no such parameter. {has}"
            near = nearest_name(key, names)
            yield document.finding((*path, key), given[key], expected, near)
    for one in fields(kind) if is_dataclass(kind) else ():
        if one.name in given:
            expected = _describe_misfit(kind, one.name, given[one.name])
            if expected:
                yield document.finding((*path, one.name), given[one.name], expected)
        elif one.init and one.default is MISSING and one.default_factory is MISSING:
            expected = f"{title} needs this parameter, and it is missing."
            yield document.finding((*path, one.name), None, expected)


def make(kind: type[Kind], given: Mapping[str, object]) -> Kind:
    """Make an object of parameters that `check_parameters` has found to fit."""
    return kind(**given)


def _describe_misfit(kind: type, name: str, value: object) -> str:
    """Say what was expected where a value is not of a parameter's type; else nothing."""
    adapter = _adapter(kind, name)
    if adapter is None:
        return ""
    try:
        # As JSON, lists may stand for tuples, and nothing else is turned into something else.
        adapter.validate_json(json.dumps(value, default=str), strict=True)
    except ValidationError as error:
        return _say_expected(error)
    return ""


def _say_expected(error: ValidationError) -> str:
    """Put what pydantic expected into one sentence."""
    said: dict[str, None] = {}
    for details in error.errors(include_url=False):
        form = details["type"].removesuffix("_from_float").rsplit("_", 1)[0]
        if details["type"] == "literal_error":
            said[f"one of {str(details['ctx']['expected']).replace(' or ', ', ')}"] = None
        elif form in WORDS:
            said[WORDS[form]] = None
        elif details["type"] == "callable_type":
            continue  # a function, which only Python can give
        elif details["type"] != "none_required":
            return ""  # the class itself says it better
    return f"expected {' or '.join(said)}." if said else ""


def find_key_meant(message: str, keys: Sequence[str]) -> str | None:
    """The one key that the message of a class speaks of, outside of quotes; None when unsure."""
    unquoted = re.sub(r"'[^']*'|\"[^\"]*\"", "", message)
    spoken = [key for key in keys if re.search(rf"\b{re.escape(key)}\b", unquoted)]
    return spoken[0] if len(spoken) == 1 else None
