"""Write certificates as plain data for JSON, and read them back; nothing read is ever run.

What is read must be one of the kinds listed here, with exactly its fields and numbers where numbers
belong, so that a file that was changed is refused in words.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pandas as pd

from mentormatch.errors import MentorMatchError
from mentormatch.proofs import flow_stages, measures, program_stages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "VERSION",
    "from_data",
    "id_from_data",
    "id_to_data",
    "lengthen_stages",
    "read_fields",
    "rename_people",
    "shorten_stages",
    "to_data",
]

VERSION = 1
STAGES: tuple[type, ...] = get_args(program_stages.AnyStage)
WEIGHTS = (flow_stages.Levels, flow_stages.Shortfall, flow_stages.Welfare, flow_stages.Within)
MEASURES = (
    measures.AtPlace,
    measures.Covered,
    measures.EvenLoads,
    measures.Filled,
    measures.GroupExcess,
    measures.Positive,
    measures.WelfareSum,
    measures.WorstSum,
)
KINDS: dict[str, type] = {kind.__name__: kind for kind in (*STAGES, *WEIGHTS, *MEASURES)}
# Left out of everything that is written: what group somebody belongs to.
PRIVATE = {("GroupExcess", "groups")}
ENDLESS = {"inf": math.inf, "-inf": -math.inf, "nan": math.nan}
# What a field of each annotation may hold, where that is not one of the kinds.
HOLDS: dict[str, tuple[type, ...]] = {
    "float": (float, int),
    "float | None": (float, int, type(None)),
    "int": (int,),
    "int | None": (int, type(None)),
    "bool": (bool,),
    "str": (str,),
    "pd.Series[float]": (pd.Series,),
    "pd.Series[float] | None": (pd.Series, type(None)),
    "pd.DataFrame": (pd.DataFrame,),
    "NDArray[np.float64]": (np.ndarray,),
    "Weights": WEIGHTS,
    "Measure": MEASURES,
    "Promise": (str,),
    "Counted": (str,),
}


def _is_pair_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(v, kind) for v in value)


# What the parts of a tuple must be, by its annotation.
PARTS: dict[str, Callable[[object], bool]] = {
    "tuple[float, ...]": lambda one: isinstance(one, float | int) and not isinstance(one, bool),
    "tuple[tuple[int, int], ...]": lambda one: _is_pair_of(int, one),
    "tuple[tuple[str, str], ...]": lambda one: _is_pair_of(str, one),
    "tuple[AnyStage, ...]": lambda one: isinstance(one, STAGES),
}


def to_data(value: object) -> object:
    """Return a value as lists, dicts, texts, numbers and None.

    Raises MentorMatchError for an id of a type that cannot be written.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, tuple):
        return {"tuple": [to_data(one) for one in value]}
    if isinstance(value, np.ndarray):
        return {"array": [to_data(one) for one in value.tolist()]}
    if isinstance(value, pd.Series):
        names, ids = list(value.index.names), [id_to_data(one) for one in value.index.tolist()]
        return {"series": [to_data(one) for one in value.tolist()], "ids": ids, "names": names}
    if isinstance(value, pd.DataFrame):
        columns = {str(name): [id_to_data(one) for one in value[name]] for name in value.columns}
        return {"frame": columns}
    name = type(value).__name__
    if is_dataclass(value) and name in KINDS:
        held = {
            one.name: to_data(getattr(value, one.name))
            for one in fields(value)
            if (name, one.name) not in PRIVATE
        }
        return {"kind": name, **held}
    raise MentorMatchError(f"A {name} cannot be written into a certificate: {value!r}.")


def from_data(data: object, where: str = "certificate") -> object:
    """Return what `to_data` made its data of.

    Raises MentorMatchError, which says where, for what is no data of a certificate.
    """
    if isinstance(data, str):
        # A text that stands for a number; other texts are read by the field that holds them.
        return ENDLESS.get(data, data)
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, dict):
        if "kind" in data:
            return _kind_from_data(data, where)
        if set(data) == {"tuple"} and isinstance(data["tuple"], list):
            return tuple(from_data(one, where) for one in data["tuple"])
        if set(data) == {"array"}:
            return np.array(_numbers(data["array"], where), dtype=np.float64)
        if set(data) == {"series", "ids", "names"}:
            return _series_from_data(data, where)
        if set(data) == {"frame"} and isinstance(data["frame"], dict):
            columns = {
                name: [id_from_data(one, where) for one in _listed(values, where)]
                for name, values in data["frame"].items()
            }
            if len({len(column) for column in columns.values()}) > 1:
                raise MentorMatchError(f"{where}: the columns of a table are not of one length.")
            return pd.DataFrame(columns, dtype=object)
    raise MentorMatchError(f"{where}: this is no part of a certificate: {_short(data)}")


def read_fields(kind: type, data: Mapping[str, object], where: str) -> dict[str, Any]:
    """Return the values of a dataclass's fields, each of the type that belongs there.

    Raises MentorMatchError for a field that does not exist, is missing, or holds something else.
    """
    known = {one.name: str(one.type) for one in fields(kind)}
    unknown = sorted(set(data) - set(known))
    if unknown:
        raise MentorMatchError(f"{where}: there is no field {unknown[0]!r} in a {kind.__name__}.")
    values: dict[str, object] = {}
    for name, annotation in known.items():
        if name not in data:
            if (kind.__name__, name) in PRIVATE:
                values[name] = pd.Series([], dtype=float)
                continue
            raise MentorMatchError(f"{where}: the field {name!r} is missing.")
        is_text = annotation == "str"
        value = data[name] if is_text else from_data(data[name], f"{where}.{name}")
        allowed = HOLDS.get(annotation)
        is_bool = isinstance(value, bool) and annotation != "bool"
        if allowed is not None and (not isinstance(value, allowed) or is_bool):
            raise MentorMatchError(
                f"{where}.{name}: found {_short(data[name])}, expected {annotation}."
            )
        if annotation in PARTS and not (
            isinstance(value, tuple) and all(map(PARTS[annotation], value))
        ):
            raise MentorMatchError(f"{where}.{name}: expected {annotation}.")
        values[name] = value
    return values


def _kind_from_data(data: dict[str, object], where: str) -> object:
    name = data["kind"]
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise MentorMatchError(f"{where}: there is no kind of proof {_short(name)}.")
    held = {key: value for key, value in data.items() if key != "kind"}
    return kind(**read_fields(kind, held, f"{where}.{name}"))


def _series_from_data(data: dict[str, object], where: str) -> pd.Series[float]:
    values = _numbers(data["series"], where)
    ids = [id_from_data(one, where) for one in _listed(data["ids"], where)]
    names = [None if one is None else str(one) for one in _listed(data["names"], where)]
    if len(ids) != len(values):
        raise MentorMatchError(f"{where}: {len(values)} numbers for {len(ids)} ids.")
    index: pd.Index
    if len(names) == 2:
        pairs = [one for one in ids if isinstance(one, tuple) and len(one) == 2]
        if len(pairs) < len(ids):
            raise MentorMatchError(f"{where}: each id must be a pair of a rule and a mentor.")
        levels = [
            pd.Index([one[k] for one in pairs], dtype=object, tupleize_cols=False) for k in (0, 1)
        ]
        index = pd.MultiIndex.from_arrays(levels, names=names)
    else:
        index = pd.Index(ids, name=names[0] if names else None, tupleize_cols=False)
    if not index.is_unique:
        twice = index[index.duplicated()][0]
        raise MentorMatchError(f"{where}: {twice!r} has two prices.")
    return pd.Series(values, index=index, name="price", dtype=float)


def _numbers(data: object, where: str) -> list[float]:
    found: list[float] = []
    for one in _listed(data, where):
        number = from_data(one, where)
        if isinstance(number, bool) or not isinstance(number, float | int):
            raise MentorMatchError(f"{where}: found {_short(number)}, expected a number.")
        found.append(number)
    return found


def _listed(data: object, where: str) -> list[object]:
    if not isinstance(data, list):
        raise MentorMatchError(f"{where}: found {_short(data)}, expected a list.")
    return data


def shorten_stages(held: dict[str, object]) -> dict[str, object]:
    """Return the data of a certificate; of later stages only the prices that are not 0.

    They are of the same people as those of the first stage, and most counts have next to none.
    """
    return _in_later_stages(held, _shorten)


def lengthen_stages(held: dict[str, object]) -> dict[str, object]:
    """Return the data that `shorten_stages` was given.

    Raises MentorMatchError, which says where, for prices at places that those of the first stage do
    not have.
    """
    return _in_later_stages(held, _lengthen)


def _in_later_stages(
    held: dict[str, object],
    change: Callable[[Mapping[str, object], Mapping[str, object], str], object],
) -> dict[str, object]:
    """Change the prices of all stages but the first, each beside those of the first."""
    stages = held.get("stages")
    listed = stages.get("tuple") if isinstance(stages, dict) else None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        return held
    changed = listed[:1]
    for number, stage in enumerate(listed[1:], start=2):
        own = {
            name: change(stage[name], listed[0][name], f"stage {number}, {name}")
            for name in ("prices", "rule_prices")
            if isinstance(stage.get(name), dict) and isinstance(listed[0].get(name), dict)
        }
        changed.append({**stage, **own})
    return {**held, "stages": {"tuple": changed}}


def _shorten(one: Mapping[str, object], whole: Mapping[str, object], where: str) -> object:
    if (one.get("ids"), one.get("names")) != (whole.get("ids"), whole.get("names")):
        return one
    series = _listed(one["series"], where)
    at = [k for k, value in enumerate(series) if value != 0]
    return {"series": [series[k] for k in at], "at": at}


def _lengthen(one: Mapping[str, object], whole: Mapping[str, object], where: str) -> object:
    if set(one) != {"series", "at"}:
        return one
    ids, values, at = whole.get("ids"), _listed(one["series"], where), _listed(one["at"], where)
    length = len(_listed(ids, where))
    places = [k for k in at if isinstance(k, int) and not isinstance(k, bool) and 0 <= k < length]
    if not len(values) == len(at) == len(places):
        raise MentorMatchError(f"{where}: its prices are at places that its ids do not have.")
    found: list[object] = [0.0] * length
    for k, value in zip(places, values, strict=True):
        found[k] = value
    return {"series": found, "ids": ids, "names": whole.get("names")}


def rename_people(
    data: Mapping[str, object], rename: Callable[[object], object]
) -> dict[str, object]:
    """Return the data of a certificate, as `to_data` made it, with every person's id replaced.

    Of (rule, mentor) only the mentor is renamed.
    """
    return {name: _with_renamed(one, rename) for name, one in data.items()}


def _with_renamed(data: object, rename: Callable[[object], object]) -> object:
    """A part of a certificate, with every id replaced."""

    def renamed(one: object) -> object:
        held = id_from_data(one, "certificate")
        other = (*held[:-1], rename(held[-1])) if isinstance(held, tuple) else rename(held)
        return id_to_data(other)

    if isinstance(data, list):
        return [_with_renamed(one, rename) for one in data]
    if not isinstance(data, dict):
        return data
    if "ids" in data:
        return {**data, "ids": [renamed(one) for one in data["ids"]]}
    if "frame" in data:
        return {
            "frame": {
                name: [renamed(one) for one in held] if name in ("mentee", "mentor") else held
                for name, held in data["frame"].items()
            }
        }
    return rename_people(data, rename)


def id_to_data(one: object) -> object:
    """Return an id as JSON holds it; a text stays what it is, also where it reads like a number.

    Raises MentorMatchError for an id of another kind than texts, numbers, dates and tuples of
    these.
    """
    if isinstance(one, np.generic):
        one = one.item()
    if one is None or isinstance(one, bool | int | str):
        return one
    if isinstance(one, float) and math.isfinite(one):
        return one
    if isinstance(one, tuple):
        return {"tuple": [id_to_data(part) for part in one]}
    if isinstance(one, dt.datetime | dt.date):
        return {type(one).__name__: one.isoformat()}
    raise MentorMatchError(
        f"The id {one!r} ({type(one).__name__}) cannot be written. Use texts or numbers as ids."
    )


def id_from_data(data: object, where: str) -> object:
    """Return the id that `id_to_data` wrote; raise MentorMatchError, saying where, for no id."""
    if data is None or isinstance(data, bool | int | str | float):
        return data
    if isinstance(data, dict) and len(data) == 1:
        (kind, value) = next(iter(data.items()))
        if kind == "tuple" and isinstance(value, list):
            return tuple(id_from_data(one, where) for one in value)
        readers = {
            "Timestamp": pd.Timestamp,
            "datetime": dt.datetime.fromisoformat,
            "date": dt.date.fromisoformat,
        }
        if kind in readers and isinstance(value, str):
            try:
                return readers[kind](value)
            except ValueError:
                pass
    raise MentorMatchError(f"{where}: {_short(data)} is no id.")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:79] + "…"
