"""Proofs as plain values and back: only classes listed here are ever made from a file."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mentormatch.errors import RecordError
from mentormatch.proofs import certificate, flow_stages, program_stages

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["decode", "encode", "plain_id"]

# What a record may hold, by name. Nothing else is made, whatever a file says.
KINDS: dict[str, type[Any]] = {
    name: one
    for module in (certificate, flow_stages, program_stages)
    for name, one in vars(module).items()
    if isinstance(one, type) and is_dataclass(one) and one.__module__ == module.__name__
}
DTYPES = ("float64", "int64", "bool")


def plain_id(one: Any) -> Any:
    """An id as JSON holds it.

    Raises
    ------
    RecordError
        An id that is neither text, number, nor a tuple of these.
    """
    if isinstance(one, np.generic):
        one = one.item()
    if isinstance(one, tuple):
        return {"tuple": [plain_id(part) for part in one]}
    if isinstance(one, str | int | float) and not isinstance(one, bool):
        return one
    raise RecordError(
        f"A record holds ids that are texts or numbers, and {one!r} is a {type(one).__name__}. "
        "Turn the ids into texts before matching."
    )


def encode(value: Any) -> Any:
    """A proof, or a part of one, as plain values."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if np.isfinite(value) else {"float": repr(value)}
    if isinstance(value, tuple | list):
        return {"tuple": [encode(one) for one in value]}
    if isinstance(value, np.ndarray):
        return {
            "array": [encode(one) for one in value.ravel().tolist()],
            "dtype": str(value.dtype),
            "shape": list(value.shape),
        }
    if isinstance(value, pd.Series):
        return {
            "series": [encode(one) for one in value.to_numpy().tolist()],
            "index": [plain_id(one) for one in value.index.tolist()],
            "names": list(value.index.names),
            "name": value.name,
        }
    if isinstance(value, pd.DataFrame):
        return {
            "frame": {
                str(name): [encode(one) for one in value[name].tolist()] for name in value.columns
            }
        }
    if type(value).__name__ in KINDS:
        held = {one.name: encode(getattr(value, one.name)) for one in fields(value) if one.init}
        return {"kind": type(value).__name__, "values": held}
    raise RecordError(f"A record cannot hold a {type(value).__name__}.")


def decode(value: Any, rename: Callable[[Any], Any] = lambda one: one) -> Any:
    """What `encode` wrote; ``rename`` is called on every id.

    Raises
    ------
    RecordError
        A kind that no proof is made of, or values that do not belong together.
    """
    if not isinstance(value, dict):
        return value
    match value:
        case {"float": str(text)}:
            return float(text)
        case {"tuple": list(parts)}:
            return tuple(decode(one, rename) for one in parts)
        case {"array": list(parts), "dtype": str(dtype), "shape": list(shape)}:
            if dtype not in DTYPES:
                raise RecordError(f"A record holds no arrays of type {dtype!r}.")
            return np.array([decode(one) for one in parts], dtype=dtype).reshape(shape)
        case {"series": list(parts), "index": list(index), "names": list(names), "name": name}:
            labels = [_id(one, rename) for one in index]
            made: pd.Index[Any] = (
                pd.MultiIndex.from_tuples(labels, names=names)
                if len(names) > 1
                else pd.Index(labels, name=names[0], tupleize_cols=False)
            )
            return pd.Series([decode(one) for one in parts], index=made, name=name, dtype=float)
        case {"frame": dict(columns)}:
            return pd.DataFrame(
                {
                    name: [
                        rename(decode(one)) if name in ("mentee", "mentor") else decode(one)
                        for one in held
                    ]
                    for name, held in columns.items()
                }
            )
        case {"kind": str(kind), "values": dict(held)}:
            if kind not in KINDS:
                raise RecordError(f"A record holds no {kind!r}; this file is of another version.")
            known = {one.name for one in fields(KINDS[kind]) if one.init}
            unknown = sorted(set(held) - known)
            if unknown:
                raise RecordError(
                    f"{kind} in the record has unknown parts: {', '.join(unknown)}. The file is of "
                    "another version."
                )
            return KINDS[kind](**{name: decode(one, rename) for name, one in held.items()})
    raise RecordError(f"The record holds something no proof is made of: {sorted(value)[:5]}.")


def _id(one: Any, rename: Callable[[Any], Any]) -> Any:
    if isinstance(one, dict):
        parts = one.get("tuple", [])
        # (rule, mentor): only the person is renamed.
        return (*(_id(part, lambda same: same) for part in parts[:-1]), _id(parts[-1], rename))
    return rename(one)
