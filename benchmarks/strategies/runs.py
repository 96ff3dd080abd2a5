"""All runs: a process for each, every row kept at once, and what is there is not run again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from strategies.one_run import describe_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from strategies.protocols import Entries

SCRIPT = Path(__file__).resolve().parents[1] / "bench_strategies.py"
KEY = ["dataset_name", "solver_name", "idx_rep", "version-mentormatch"]
# Beyond its own limit a run may need to load, to audit and to verify.
GRACE = 60.0


def run_all(
    entries: Entries,
    wanted: tuple[Sequence[str], Sequence[str], Sequence[int]],
    output: Path,
    *,
    limit: float,
    workers: int,
    resume: bool,
    files: Sequence[Path],
) -> pd.DataFrame:
    """Run every scenario, solver and seed that is wanted, and write each row when it is there.

    Parameters
    ----------
    entries
        Where the names stand.
    wanted
        Names of scenarios, names of solvers, seeds.
    output
        Parquet file.
    limit
        Seconds for each run.
    workers
        Runs at the same time; more than one disturbs the times.
    resume
        Keep the rows that the file has of this version, and run what is missing or failed.
    files
        Where entries of one's own stand, for the processes.

    Returns
    -------
    DataFrame, one row a run.
    """
    if output.exists() and not resume:
        raise SystemExit(f"{output} is there already: --resume it, or give another --output.")
    rows = pd.read_parquet(output).to_dict("records") if output.exists() else []
    rows = [row for row in rows if row["status"] != "failed"]
    done = {tuple(row.get(name) for name in KEY) for row in rows}
    todo = [
        (scenario, solver, seed)
        for scenario, seed, solver in product(wanted[0], wanted[2], wanted[1])
        if _key(entries, scenario, solver, seed) not in done
    ]
    print(f"{len(todo)} runs, {len(rows)} rows are there", flush=True)
    for number, row in enumerate(_rows(entries, todo, limit, workers, files), start=1):
        rows.append(row)
        _write(rows, output)
        said = row["message"] or f"{row['status']}, {row['time']:.3f} s"
        where = f"{row['dataset_name']}, seed {row['idx_rep']}"
        print(f"{number:>5} {row['solver_name']:<20} {where:<34} {said}", flush=True)
    return pd.DataFrame(rows)


def _key(entries: Entries, scenario: str, solver: str, seed: int) -> tuple[object, ...]:
    described = describe_run(entries, scenario, solver, seed)
    return tuple(described[name] for name in KEY)


def _rows(
    entries: Entries,
    todo: Sequence[tuple[str, str, int]],
    limit: float,
    workers: int,
    files: Sequence[Path],
) -> Iterator[dict[str, Any]]:
    """Give rows as the runs end; a process that dies or hangs is a row as well."""

    def run(scenario: str, solver: str, seed: int) -> dict[str, Any]:
        command = [sys.executable, str(SCRIPT), "--limit", str(limit)]
        command += [part for path in files for part in ("--with", str(path))]
        command += ["--run", scenario, solver, str(seed)]
        before = os.times()
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, timeout=limit + GRACE
            )
            if done.returncode == 0:
                found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
                return found
            lines = done.stderr.strip().splitlines()
            message = lines[-1] if lines else f"the process ended with {done.returncode}"
        except subprocess.TimeoutExpired:
            after = os.times()
            used = after.children_user - before.children_user
            used += after.children_system - before.children_system
            # One that had little was starved by others, one that had all of it searched or hung.
            # Runs at the same time are counted with it.
            message = (
                f"the process did not end within {limit + GRACE:g} s, of which it had {used:.0f} s "
                "of the processor"
            )
        failed = {"status": "failed", "verified": False, "verified_by": "", "message": message}
        return {**describe_run(entries, scenario, solver, seed), **failed}

    with ThreadPoolExecutor(workers) as executor:
        for future in as_completed([executor.submit(run, *one) for one in todo]):
            yield future.result()


def _write(rows: list[dict[str, Any]], output: Path) -> None:
    """Write the whole file beside the old one and put it in its place."""
    output.parent.mkdir(parents=True, exist_ok=True)
    part = output.with_suffix(".part")
    pd.DataFrame(rows).to_parquet(part, index=False)
    part.replace(output)
