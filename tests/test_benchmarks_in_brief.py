"""`benchmarks/smoke.py`, which runs the benchmarks in brief, and what it is asked for."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

SMOKE = Path(__file__).parents[1] / "benchmarks" / "smoke.py"


def test_a_benchmark_that_there_is_not_is_said_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ended in a traceback of the first, after the packages were loaded; of none it said yes."""
    main = runpy.run_path(str(SMOKE))["main"]
    monkeypatch.setattr(sys, "argv", [str(SMOKE), "smoke.py", "bench_nothing.py"])
    with pytest.raises(SystemExit, match=r"^No benchmark in .*benchmarks: bench_nothing.py\.$"):
        main()
    monkeypatch.setattr(sys, "argv", [str(SMOKE)])
    monkeypatch.setitem(main.__globals__, "HERE", SMOKE.parent / "peers")
    with pytest.raises(SystemExit, match=r"benchmarks.peers: none has --smoke\.$"):
        main()
