"""Variants of checked objects, made without checking them again."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TypeVar

__all__ = ["view_of"]

Frozen = TypeVar("Frozen")


def view_of(checked: Frozen, **changes: object) -> Frozen:
    """Return a frozen dataclass with some fields changed, which the caller knows to be right.

    Nothing is validated and nothing that was cached is taken over.
    """
    made = object.__new__(type(checked))
    for name in _names_of(type(checked)):  # type: ignore[arg-type]
        value = changes[name] if name in changes else getattr(checked, name)
        object.__setattr__(made, name, value)
    return made


@cache
def _names_of(kind: type) -> tuple[str, ...]:
    """The names of the fields of a dataclass."""
    return tuple(one.name for one in fields(kind))
