"""The JSON Schema of the programme file has every section, key and kind that there is."""

from __future__ import annotations

import json
from dataclasses import fields

from typer.testing import CliRunner

from mentormatch import cli
from mentormatch.criteria.registry import KINDS
from mentormatch.programme.file.schema import make_schema
from mentormatch.programme.file.sections import SECTIONS


def test_the_schema_has_every_section_key_and_kind() -> None:
    schema = make_schema()
    for section in SECTIONS:
        properties = schema["properties"][section.title]["properties"]
        assert set(properties) == set(section.model_fields)
    kinds = {
        one["properties"]["kind"]["const"]: one
        for one in schema["properties"]["criteria"]["items"]["oneOf"]
    }
    assert set(kinds) == set(KINDS)
    for name, kind in KINDS.items():
        parameters = {one.name for one in fields(kind) if one.init}
        assert set(kinds[name]["properties"]) == {"kind", *parameters}
    assert kinds["SkillCoverage"]["required"] == ["kind", "wants", "offers"]
    assert schema["properties"]["tables"]["additionalProperties"] is False
    # A parameter of one of some words says which.
    assert kinds["Same"]["properties"]["side"]["enum"] == ["both", "mentee", "mentor"]


def test_the_command_prints_the_schema_as_json() -> None:
    result = CliRunner().invoke(cli.app, ["schema"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(make_schema()))
