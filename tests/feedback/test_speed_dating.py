"""The benchmark of public full-feedback data reads its format; the data here are made up."""

from __future__ import annotations

import re
import runpy
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "bench_speed_dating.py"
SIX = ["attr", "sinc", "intel", "fun", "amb", "shar"]


def made_up(waves: int, each: int) -> pd.DataFrame:
    """Everybody rates everybody of the other side; decisions follow looks above all."""
    rng = np.random.default_rng(0)
    rows = []
    for wave in range(1, waves + 1):
        people = np.arange(2 * each) + 2 * each * wave
        sides = people[:each], people[each:]
        for gender in (0, 1):
            for one in sides[gender]:
                for other in sides[1 - gender]:
                    six = rng.integers(2, 11, 6)
                    like = np.round(six.mean())
                    dec = int(six[0] + rng.normal(0, 1.5) > 6)
                    rows.append((one, float(other), wave, gender, dec, like, *six))
    table = pd.DataFrame(rows, columns=["iid", "pid", "wave", "gender", "dec", "like", *SIX])
    return table.astype(dict.fromkeys(SIX, float))


def run(monkeypatch: pytest.MonkeyPatch, path: Path, *more: str) -> None:
    """Run the script as from the command line, in this process."""
    monkeypatch.setattr(sys, "argv", [str(SCRIPT), str(path), *more])
    runpy.run_path(str(SCRIPT), run_name="__main__")


def test_the_public_table_is_read_and_every_figure_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table = made_up(4, 7)
    table.loc[0, "attr"] = np.nan  # left out
    table.loc[1, "fun"] = 10.5  # above the scale, as a few are
    table.loc[2, "pid"] = np.nan  # nobody was met
    table["undergra"] = "École"
    path = tmp_path / "dates.csv"
    table.to_csv(path, index=False, encoding="latin-1")
    run(monkeypatch, path, "--folds", "2", "--draws", "20")
    said = capsys.readouterr().out
    assert f"{len(table) - 2} of {len(table)} rows have all six ratings and a decision" in said
    by = {
        word: float(re.search(rf"{word}:\s+([\d.]+) ±", said)[1])
        for word in ("equal weights", "weights learned from decisions")
    }
    # The file says that looks decide: learned weights must see it, and equal ones cannot.
    assert by["weights learned from decisions"] > by["equal weights"] + 0.1
    attr = re.search(r"attr\s+([\d.]+)\s+([\d.]+)\s+([\d.]+)", said)
    assert float(attr[3]) > 3
    biases = re.findall(r"bias of .{14} at cap 0.25 +(-?[\d.]+) ± ([\d.]+)", said)
    assert len(biases) == 3
    # Decisions are 0 or 1, and 20 draws of few pairs: no bias beyond chance.
    assert all(abs(float(bias)) < 5 * float(error) + 0.01 for bias, error in biases)


def test_another_file_and_none_are_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.csv"
    made_up(1, 2).drop(columns=["shar"]).to_csv(path, index=False)
    # An exit with a text prints the text alone, and ends with 1.
    with pytest.raises(
        SystemExit, match=r"no column shar\. Expected the table of 195 columns"
    ) as it:
        run(monkeypatch, path)
    assert isinstance(it.value.code, str)
    with pytest.raises(SystemExit, match=r"there is no such file\. It is not shipped"):
        run(monkeypatch, tmp_path / "missing.csv")
