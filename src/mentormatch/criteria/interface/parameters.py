"""Whether parameters are of the kind that the annotations of a criterion say.

Only flags, numbers and pairs of numbers are looked at, and only where an annotation allows nothing
else: the rest is for each kind of criterion to check.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from numbers import Integral, Real
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import CriterionError, is_flag

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import UnionType

__all__ = ["check_parameters"]


def check_parameters(criterion: object, kind_of: type, call: str) -> None:
    """Refuse parameters of a wrong kind; numbers of exact types become floats.

    ``criterion`` is a frozen dataclass that is being constructed, ``kind_of`` its class, ``call``
    what messages call it. Raises a CriterionError that says the parameter, what it must be and what
    was given.
    """
    for name, kind, may_be_none in _kinds(kind_of):
        value = getattr(criterion, name)
        if isinstance(value, Decimal | Fraction):
            object.__setattr__(criterion, name, float(value))
        elif kind and not (FITS[kind](value) or (value is None and may_be_none)):
            raise CriterionError(f"{call}: {name} must be {WORDS[kind]}, got {value!r}.")


@lru_cache(maxsize=128)
def _kinds(of: type) -> tuple[tuple[str, str, bool], ...]:
    """Each parameter, the one kind that it may have, else "", and whether it may be None."""
    found = []
    for one in fields(of):
        written = one.type if isinstance(one.type, str) else getattr(one.type, "__name__", "")
        kind = written.removesuffix("| None").strip()
        found.append((one.name, kind if kind in FITS else "", written.endswith("| None")))
    return tuple(found)


def _is_real(value: object) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)


def _is_empty(value: object) -> bool:
    return isinstance(value, list | tuple) and not value


def _is_pair(value: object, of: type | UnionType = Real | Decimal) -> bool:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, str | Mapping) or not isinstance(value, Collection):
        return False
    return len(value) == 2 and all(_is_real(one) and isinstance(one, of) for one in value)


FITS: dict[str, Callable[[object], bool]] = {
    "bool": is_flag,
    "float": _is_real,
    "tuple[float, float]": _is_pair,
    # A file has no None, and says it with an empty list.
    "tuple[int, int]": lambda value: _is_empty(value) or _is_pair(value, Integral),
}
WORDS = {
    "bool": "True or False",
    "float": "a number",
    "tuple[float, float]": "two numbers, such as (1, 3)",
    "tuple[int, int]": "two whole numbers, such as (3, 5)",
}
