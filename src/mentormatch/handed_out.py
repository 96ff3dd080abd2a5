"""What an object hands out to anybody, so that nobody can change the object through it.

An array is locked. A table cannot be, so each reader gets one of its own; where pandas copies on
write, that costs nothing until somebody changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["cached_table", "lock", "own_copy", "own_tables"]

Locked = TypeVar("Locked", bound="NDArray[Any]")
Class = TypeVar("Class")
Table = TypeVar("Table", pd.DataFrame, pd.Series)
COPIES_ON_WRITE = int(pd.__version__.split(".")[0]) >= 3


def lock(*arrays: Locked) -> tuple[Locked, ...]:
    """Make arrays read-only, and return them."""
    for one in arrays:
        one.setflags(write=False)
    return arrays


def own_copy(table: Table) -> Table:
    """Return a table or column that can be changed without changing this one.

    What stands in the cells is not copied: a list in a cell is one list for all readers.
    """
    return table.copy(deep=not COPIES_ON_WRITE)


class _OwnTable:
    """A field that holds a table, of which each reader gets its own."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> object:
        if instance is None:
            return self
        try:
            table = vars(instance)[self.name]
        except KeyError:
            raise AttributeError(self.name) from None
        return own_copy(table) if isinstance(table, pd.DataFrame) else table

    def __set__(self, instance: object, table: object) -> None:
        vars(instance)[self.name] = table


def own_tables(*names: str) -> Callable[[type[Class]], type[Class]]:
    """Let each reader of these fields of a finished dataclass get a table of its own."""

    def with_fields(made: type[Class]) -> type[Class]:
        for name in names:
            setattr(made, name, _OwnTable(name))
        return made

    return with_fields


class cached_table:  # noqa: N801 - used like `property` and `functools.cached_property`
    """A property that is a table, made once, of which each reader gets its own."""

    def __init__(self, make: Callable[[Any], pd.DataFrame]) -> None:
        self.make, self.__doc__ = make, make.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance: object | None, owner: type) -> pd.DataFrame:
        if instance is None:
            return self  # type: ignore[return-value]
        held: dict[str, pd.DataFrame] = vars(instance)
        if self.name not in held:
            held[self.name] = self.make(instance)
        return own_copy(held[self.name])

    def __set__(self, instance: object, table: pd.DataFrame) -> None:
        raise AttributeError(f"{self.name!r} is made from other attributes and cannot be set.")
