"""The benchmark of strategies runs what the documents show, keeps its rows, and shows failures."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "benchmarks" / "bench_strategies.py"
PAGE = ROOT / "docs" / "how-to" / "benchmark-strategies.md"

pytest.importorskip("pyarrow")


@pytest.fixture
def run(monkeypatch, capsys):
    """Run the command here; what it starts are processes of their own."""
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))

    def call(*arguments: object) -> str:
        from bench_strategies import main

        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *map(str, arguments)])
        main()
        return capsys.readouterr().out

    return call


def blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_what_the_page_shows_is_run_beside_ours_and_resumed(run, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert")
    mine, output = tmp_path / "mine.py", tmp_path / "out" / "runs.parquet"
    broken = "class Broken:\n    name = 'broken'\n    def choose(self, problem, options):\n"
    broken += "        raise SystemExit('it fell over')\nSTRATEGIES['broken'] = Broken()\n"
    own = "".join(one for one in blocks() if ">>>" not in one)
    mine.write_text(own + broken, "utf-8")
    asked = ["--with", mine, "--scenario", "crowded", "--seeds", 1, "--output", output]
    said = run(*asked, "--workers", 2, "--solver", "first come", "--solver", "broken")
    assert "1 rows with a result, 1 verified" in said
    with pytest.raises(SystemExit, match="is there already: --resume it"):
        run(*asked, "--solver", "optimal")
    everything = ["first come", "optimal", "broken"]
    asked += [part for name in everything for part in ("--solver", name)]
    # What failed is tried again; what has a result is kept.
    assert "2 runs, 1 rows are there" in run(*asked, "--workers", 2, "--resume")
    rows = pd.read_parquet(output).set_index("solver_name")
    assert list(rows["dataset_name"].unique()) == ["crowded"]
    assert rows.loc["optimal", "objective_total"] > rows.loc["first come", "objective_total"]
    assert rows.loc["optimal", "objective_second_choices"] <= 30
    # Its process died; that is a row, with what it said.
    assert rows.loc["broken", "status"] == "failed"
    assert rows.loc["broken", "message"] == "it fell over"
    assert not rows.loc["broken", "verified"]
    assert {path.name for path in output.parent.iterdir()} == {
        "page.pdf",
        "page.png",
        "runs.parquet",
        "table.csv",
        "table.md",
    }
    assert "it fell over" in (output.parent / "table.md").read_text("utf-8")


def test_names_that_do_not_exist_are_one_sentence(run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="There is no scenario 'crowdy'; there are euclidean"):
        run("--scenario", "crowdy")
    empty = tmp_path / "empty.py"
    empty.write_text("x = 1\n", "utf-8")
    with pytest.raises(SystemExit, match="defines none of SCENARIOS, STRATEGIES, MEASURES"):
        run("--with", empty)


def test_a_scenario_and_a_strategy_of_ones_own_are_ten_lines_each() -> None:
    for block in blocks()[:2]:
        lines = [one.strip() for one in block[block.index("class ") :].splitlines()]
        code = [one for one in lines if one and not one.startswith(('"""', "S"))]
        assert len(code) <= 10, code


def test_a_page_of_peers_alone_can_be_drawn(monkeypatch, tmp_path: Path) -> None:
    """The trade-off of strategies was a chart of nothing, which has no size."""
    pytest.importorskip("vl_convert")
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    from strategies.page import write_page

    row = {"dataset_name": "small", "solver_name": "SciPy", "idx_rep": 0, "solver_kind": "peer"}
    row |= {"status": "as promised", "verified": True, "time": 0.1, "message": "", "mentees": 30}
    row |= {f"objective_{name}": 1.0 for name in ("total", "blocking_pairs", "coverage", "gini")}
    assert all(path.exists() for path in write_page(pd.DataFrame([row]), tmp_path))
