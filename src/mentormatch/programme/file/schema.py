"""A JSON Schema of the programme file, with which editors complete and check its keys."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

from pydantic import TypeAdapter

from mentormatch.criteria.registry import kind_named, kind_names
from mentormatch.errors import CriterionError
from mentormatch.planning import Milestone, Objective
from mentormatch.problem.quotas import Quota
from mentormatch.programme.file.parameters import list_parameters, parameter_types
from mentormatch.programme.file.scenarios import ScenarioEntry
from mentormatch.programme.file.sections import SECTIONS

__all__ = ["make_schema"]


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema of a programme file, from the sections and kinds that there are."""
    sections = {kind.title: _section_schema(kind) for kind in SECTIONS}
    sections["problem"]["properties"]["quotas"] = {
        "type": "array",
        "items": _parameters_schema(Quota),
    }
    criteria = {
        "type": "array",
        "description": "What makes a good pair; one without a weight is a rule.",
        "items": {"oneOf": [_criterion_schema(name) for name in kind_names()]},
    }
    lists: dict[str, Any] = {
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


def _section_schema(kind: Any) -> dict[str, Any]:
    schema: dict[str, Any] = kind.model_json_schema()
    schema["description"] = kind.purpose
    return schema


def _criterion_schema(name: str) -> dict[str, Any]:
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


def _parameters_schema(kind: type) -> dict[str, Any]:
    """The parameters of a dataclass; one that a file cannot check may be anything."""
    types = parameter_types(kind)
    names = list_parameters(kind)
    required = [
        one.name
        for one in fields(kind)
        if one.init and one.default is MISSING and one.default_factory is MISSING
    ]
    return {
        "type": "object",
        "description": (kind.__doc__ or "").strip().split("\n")[0],
        "properties": {name: _type_schema(types.get(name, Any)) for name in names},
        "required": required,
        "additionalProperties": False,
    }


def _type_schema(annotation: Any) -> dict[str, Any]:
    try:
        return TypeAdapter(annotation).json_schema()
    except Exception:  # functions and other types of Python have no schema
        return {}
