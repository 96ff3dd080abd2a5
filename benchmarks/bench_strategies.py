"""Strategies and other packages side by side, over scenarios: one Parquet file, one page.

    python benchmarks/bench_strategies.py                     # everything, peers too: about an hour
    python benchmarks/bench_strategies.py --resume            # what is missing of it
    python benchmarks/bench_strategies.py --scenario programme --solver optimal --solver SciPy
    python benchmarks/bench_strategies.py --with mine.py      # also scenarios, strategies, measures
                                                              # of one's own
    python benchmarks/bench_strategies.py --only-page         # draw the page from what is there
    python benchmarks/bench_strategies.py --smoke             # seconds: no peer that is installed

Each run is a process of its own. A row has the column names of benchopt (objective_…, p_dataset_…,
p_solver_…, idx_rep the seed, time), whether what the solver promises was verified and by what, and,
where there is no result, why. Peers live in ``.venv-peers/``, made when absent. The page (PDF, PNG)
and the table (CSV, Markdown) are written beside the Parquet file. It ends with 1 where a promise of
one of our strategies does not hold.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

import pandas as pd

from strategies.one_run import run_one
from strategies.page import write_page
from strategies.protocols import Entries, read_entries
from strategies.runs import run_all
from strategies.scenarios import SMOKE

OUTPUT = Path("benchmark-of-strategies") / "runs.parquet"


def main() -> None:
    """Run what was asked for, and draw the page."""
    given = arguments()
    entries = read_entries(given.files)
    if given.smoke:
        smoke(entries)
        return
    if given.run:
        scenario, solver, seed = given.run
        print(json.dumps(run_one(entries, scenario, solver, int(seed), given.limit)))
        return
    scenarios = chosen(given.scenario, list(entries.scenarios), "scenario")
    solvers = chosen(given.solver, list(entries.solvers), "solver")
    if not given.only_page:
        run_all(
            entries,
            (scenarios, solvers, range(given.seeds)),
            given.output,
            limit=given.limit,
            workers=given.workers,
            resume=given.resume,
            files=given.files,
        )
    finish(given.output)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", action="append", help="only these; may be repeated")
    parser.add_argument("--solver", action="append", help="only these; may be repeated")
    parser.add_argument("--seeds", type=int, default=3, help="draws of each scenario")
    parser.add_argument("--limit", type=float, default=30.0, help="seconds of a run")
    parser.add_argument("--workers", type=int, default=1, help="runs at a time; 1 for fair times")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    parser.add_argument("--resume", action="store_true", help="keep what the file has")
    parser.add_argument("--only-page", action="store_true", help="draw, run nothing")
    parser.add_argument("--with", dest="files", action="append", type=Path, default=[])
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--run", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen(asked: list[str] | None, known: list[str], kind: str) -> list[str]:
    """Return the names that were asked for, all of them by default."""
    unknown = [name for name in asked or [] if name not in known]
    if unknown:
        raise SystemExit(f"There is no {kind} {unknown[0]!r}; there are {', '.join(known)}.")
    return asked or known


def finish(output: Path) -> None:
    """Write page and table, say what was verified; end with 1 where a proof of ours is wrong."""
    rows = pd.read_parquet(output)
    ran = rows["status"] != "failed"
    wrong = rows[ran & ~rows["verified"]]
    paths = write_page(rows, output.parent)
    print(f"{ran.sum()} rows with a result, {rows[ran]['verified'].sum()} verified")
    print(f"{(~ran).sum()} rows without one; table.md says why")
    print("written: " + ", ".join(str(path) for path in (output, *paths)))
    for row in wrong.to_dict("records"):
        print(f"not verified: {row['solver_name']} on {row['dataset_name']}, {row['verified_by']}")
    if (wrong["solver_kind"] == "strategy").any():
        sys.exit(1)


def smoke(entries: Entries) -> None:
    """Run two strategies and plain SciPy once, resume, and draw; nothing is installed."""
    solvers = ["optimal", "stable", "SciPy"]
    entries.scenarios.update(SMOKE)
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "runs.parquet"
        source = Path(folder) / "smoke.py"
        source.write_text("from strategies.scenarios import SMOKE as SCENARIOS\n", "utf-8")
        for some in (solvers[:2], solvers):
            rows = run_all(
                entries,
                (list(SMOKE), some, range(1)),
                output,
                limit=30,
                workers=2,
                resume=True,
                files=[source],
            )
        assert len(rows) == len(solvers), rows
        assert rows["verified"].all(), rows
        totals = rows.set_index("solver_name")["objective_total"]
        assert abs(totals["SciPy"] - totals["optimal"]) < 1e-9, totals
        finish(output)


if __name__ == "__main__":
    main()
