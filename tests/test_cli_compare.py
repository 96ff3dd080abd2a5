"""`mentormatch compare`: strategies side by side, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from typer.testing import CliRunner, Result

from mentormatch.cli import app
from programmes import programme_in

if TYPE_CHECKING:
    from pathlib import Path


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["compare", str(path), *arguments], env={"COLUMNS": "100"})


def test_strategies_are_told_side_by_side_and_written(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    table = tmp_path / "strategies.csv"
    result = run(path, "-s", "optimal", "-s", "greedy", "-o", str(table))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "2 strategies on the same people" in said
    assert "What each gives up, compared with optimal" in said
    assert "Every proof was checked again and holds" in said
    assert pd.read_csv(table)["strategy"].tolist() == ["optimal", "greedy"]


def test_a_strategy_that_does_not_exist_is_one_sentence(tmp_path: Path) -> None:
    result = run(programme_in(tmp_path), "-s", "optimal", "-s", "stabel")
    said = " ".join(result.output.split())
    assert result.exit_code == 1
    assert "Did you mean 'stable'" in said


def test_yours_is_set_beside_problems_like_it_where_asked_for(tmp_path: Path) -> None:
    result = run(programme_in(tmp_path), "-s", "optimal", "-s", "stable", "--like")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Problems like yours" in said
    assert "is most like" in said
    assert "There, beside 'optimal': stable has" in said
    assert "Being alike is no promise" in said
