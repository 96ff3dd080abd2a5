"""What a record holds, as JSON has it."""

from __future__ import annotations

from types import UnionType
from typing import (
    Literal,
    NotRequired,
    TypeAlias,
    TypedDict,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

__all__ = ["ADDED", "SCHEMA", "Content", "Inputs", "Numbers", "NumbersName"]

NumbersName: TypeAlias = Literal[
    "capacities", "minimums", "demands", "priorities", "minimums_if_used"
]
Decided: TypeAlias = "list[tuple[object, object, str | None]]"


class SideInputs(TypedDict):
    """Digests of one side's table, by column and by person."""

    columns: dict[str, str]
    people: dict[str, str]


class Inputs(TypedDict, total=False):
    """Digests of the tables of people; none where scores were given or ids are hidden."""

    mentees: SideInputs
    mentors: SideInputs


class Numbers(TypedDict):
    """The numbers of a problem, as lists in the order of people, and digests of conditions."""

    capacities: list[float]
    minimums: list[float]
    demands: list[float]
    priorities: list[float]
    min_score: float | None
    coverage_first: bool
    minimums_if_used: list[float]
    conditions: dict[str, str]


class Content(TypedDict):
    """A whole record; `load_matching` checks the type of every key."""

    format: str
    version: int
    checksum: str
    versions: dict[str, str]
    strategy: str
    engine: str | None
    seed: int | None
    status: str
    notes: list[str]
    total: float
    pseudonymous: bool
    labelled: bool
    mentees: list[object]
    mentors: list[object]
    pairs: list[tuple[int, int, float]]
    pins: Decided
    bans: NotRequired[Decided]
    numbers: Numbers
    inputs: Inputs
    criteria: dict[str, object] | None
    certificate: dict[str, object] | None
    rematch: dict[str, object] | None


def _json_types(hint: object) -> tuple[type, ...]:
    if isinstance(hint, UnionType):
        return tuple(kind for one in get_args(hint) for kind in _json_types(one))
    if hint is float:
        return (int, float)
    if is_typeddict(hint):
        return (dict,)
    kind = get_origin(hint) or hint
    assert isinstance(kind, type)
    return (kind,)


# Every key of a record and the types of its value: the published schema, and what is checked.
SCHEMA = {key: _json_types(hint) for key, hint in get_type_hints(Content).items()}
# What records of this version have held only since a later change; one without says nothing of it.
ADDED = frozenset({"bans"})
