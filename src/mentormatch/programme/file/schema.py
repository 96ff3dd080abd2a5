"""A JSON Schema of the programme file, with which editors complete and check its keys."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypedDict

from pydantic import TypeAdapter

from mentormatch.criteria.registry import kind_named, kind_names
from mentormatch.errors import CriterionError
from mentormatch.planning import Milestone, Objective
from mentormatch.problem.quotas import Quota
from mentormatch.programme.file.parameters import list_parameters, parameter_types
from mentormatch.programme.file.scenarios import ScenarioEntry
from mentormatch.programme.file.sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_schema"]


class ObjectSchema(TypedDict):
    """The schema of a table with known keys."""

    type: str
    description: str
    properties: dict[str, object]
    required: list[str]
    additionalProperties: bool


def make_schema() -> dict[str, object]:
    """Return the JSON Schema of a programme file, from the sections and kinds that there are."""
    sections = {
        kind.title: {**kind.model_json_schema(), "description": kind.purpose} for kind in SECTIONS
    }
    sections["problem"]["properties"]["quotas"] = {
        "type": "array",
        "items": _parameters_schema(Quota),
    }
    criteria = {
        "type": "array",
        "description": "What makes a good pair; one without a weight is a rule.",
        "items": {"oneOf": [_criterion_schema(name) for name in kind_names()]},
    }
    lists: dict[str, object] = {
        name: {"type": "array", "items": _parameters_schema(kind)}
        for name, kind in (
            ("objectives", Objective),
            ("milestones", Milestone),
            ("scenarios", ScenarioEntry),
        )
    }
    # What a table of [[columns]] may hold depends on its kind.
    lists["columns"] = {"type": "array", "items": {"type": "object"}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A mentoring programme",
        "type": "object",
        "properties": {**sections, "criteria": criteria, **lists},
        "required": ["tables"],
        "additionalProperties": False,
    }


def _criterion_schema(name: str) -> Mapping[str, object]:
    try:
        schema = _parameters_schema(kind_named(name))
    except CriterionError as error:
        # Of an installed package that cannot be used: an editor shows why.
        unusable = {"kind": {"const": name}}
        return {"type": "object", "description": str(error), "properties": unusable, "not": {}}
    schema["properties"] = {"kind": {"const": name}, **schema["properties"]}
    # TOML has no word for "no weight".
    schema["properties"]["weight"] = {"anyOf": [{"type": "number"}, {"const": "none"}]}
    schema["required"] = ["kind", *schema["required"]]
    return schema


def _parameters_schema(kind: type) -> ObjectSchema:
    """The parameters of a dataclass; one that a file cannot check may be anything."""
    types = parameter_types(kind)
    names = list_parameters(kind)
    required = [
        one.name
        for one in (fields(kind) if is_dataclass(kind) else ())
        if one.init and one.default is MISSING and one.default_factory is MISSING
    ]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "properties": {name: _type_schema(types.get(name, object)) for name in names},
        "required": required,
        "additionalProperties": False,
    }


def _type_schema(annotation: Any) -> dict[str, object]:
    try:
        return TypeAdapter(annotation).json_schema()
    except Exception:  # functions and other types of Python have no schema
        return {}
