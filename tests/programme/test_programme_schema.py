"""The JSON Schema of the programme file has every section, key and kind that there is."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np  # noqa: TC002
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch import cli
from mentormatch.criteria.registry import KINDS
from mentormatch.programme.file.parameters import _describe_misfit
from mentormatch.programme.file.schema import make_schema
from mentormatch.programme.file.sections import LISTS, SECTIONS


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


def test_every_list_that_a_file_may_hold_is_in_the_schema_and_the_example_of_lua_fits(tmp_path):
    """Once editors marked [[objectives]], [[milestones]] and [[columns]] as unknown."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = make_schema()
    assert set(LISTS) <= set(schema["properties"])
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    example = Path(__file__).parents[2] / "examples" / "lua-community" / "programme.toml"
    content = tomllib.loads(example.read_text(encoding="utf-8"))
    assert {"objectives", "milestones"} & set(content)

    def plain(value):
        # JSON has no dates: editors see TOML's own.
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        return (
            [plain(one) for one in value]
            if isinstance(value, list)
            else (value.isoformat() if hasattr(value, "isoformat") else value)
        )

    assert [one.message for one in check.iter_errors(plain(content))] == []
    scenario = {"name": "more", "changes": [{"kind": "seat", "mentor": "lin", "by": 1}]}
    assert not list(check.iter_errors({**plain(content), "scenarios": [scenario]}))
    assert list(check.iter_errors({**plain(content), "scenarios": [{"changes": []}]}))
    assert list(check.iter_errors({**plain(content), "objectivs": []}))


@dataclass(frozen=True)
class OfChance:
    """A class of another package with a parameter that no file can hold."""

    generator: np.random.Generator
    draws: int


@pytest.mark.parametrize(
    ("kind", "name", "value", "said"),
    [
        (mm.criteria.LevelGap, "between", "x", "expected a list, such as [1, 2]."),
        (mm.criteria.LevelGap, "between", [1, "a"], "expected a number."),
        (mm.criteria.SkillCoverage, "taxonomy", ["a"], 'expected a table, such as { "a" = 1 }.'),
        (OfChance, "draws", "x", "expected a whole number."),
        # What the class itself says better, and what cannot be told from the type alone.
        (mm.criteria.LevelGap, "between", [1, 2, 3], ""),
        (mm.criteria.LevelGap, "weight", -1, ""),
        (OfChance, "generator", 3, ""),
    ],
)
def test_a_value_of_another_type_is_told_in_words_or_left_to_the_class(kind, name, value, said):
    assert _describe_misfit(kind, name, value) == said
