"""One run: one strategy or peer on one draw of one scenario, as one row."""

from __future__ import annotations

import dataclasses
import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mentormatch as mm
from mentormatch.comparison import check_promise, measure_matching
from peak_memory import peak_gib
from strategies.peers import Peer, PeerError

if TYPE_CHECKING:
    from strategies.protocols import Entries

# What is not said by a number is a parameter that a row can name.
PLAIN = (str, int, float, bool, type(None))

LONGEST = 240


def run_one(
    entries: Entries, scenario: str, solver: str, seed: int, limit: float
) -> dict[str, Any]:
    """Run it, check what it promises, and measure it.

    Parameters
    ----------
    entries
        Where the names stand.
    scenario, solver
        Names.
    seed
        Of the draw; also of the strategy.
    limit
        Seconds; our strategies return their best so far, peers are stopped.

    Returns
    -------
    dict with the column names of benchopt, and besides: mentees, mentors, status, verified,
    verified_by, engine, memory (GiB), message (why there is nothing, where there is nothing).
    """
    row: dict[str, Any] = {
        **describe_run(entries, scenario, solver, seed),
        "status": "failed",
        "verified": False,
        "verified_by": "",
        "message": "",
    }
    problem = entries.scenarios[scenario].make(seed)
    row["mentees"], row["mentors"] = problem.shape
    best = mm.match(problem)
    entry = entries.solvers[solver]
    try:
        if isinstance(entry, Peer):
            matching, row["time"] = entry.solve(problem, limit)
            row["verified"], row["verified_by"] = entry.check(matching, best)
            row["status"] = "as promised" if row["verified"] else "not as promised"
        else:
            # Solvers are loaded when they are first used; that is no part of a run.
            mm.match(mm.Problem.from_scores([[0.5, 0.4], [0.3, 0.1]]), entry)
            matching = mm.match(problem, entry, seed=seed, time_limit=limit)
            row["time"], row["engine"] = matching.runtime, matching.engine
            row["status"] = str(matching.status)
            row["verified"], row["verified_by"] = check_promise(matching, entry)
    except (mm.MentorMatchError, PeerError) as error:
        row["message"] = str(error).split("\n")[0][:LONGEST]
        return row
    numbers = measure_matching(matching, best)
    numbers |= {name: float(measure(matching)) for name, measure in entries.measures.items()}
    row |= {f"objective_{name}": value for name, value in numbers.items()}
    row["memory"] = peak_gib()
    return row


def describe_run(entries: Entries, scenario: str, solver: str, seed: int) -> dict[str, Any]:
    """Return the columns that say which run a row is."""
    entry = entries.solvers[solver]
    return {
        "objective_name": "mentor matching",
        "solver_name": solver,
        "dataset_name": scenario,
        "idx_rep": seed,
        "sampling_strategy": "run_once",
        "stop_val": 1,
        "solver_kind": "peer" if isinstance(entry, Peer) else "strategy",
        **_parameters("p_dataset_", entries.scenarios[scenario]),
        **({} if isinstance(entry, Peer) else _parameters("p_solver_", entry)),
        **_machine(),
    }


def _parameters(prefix: str, entry: object) -> dict[str, Any]:
    if not dataclasses.is_dataclass(entry):
        return {}
    found = {one.name: getattr(entry, one.name) for one in dataclasses.fields(entry)}
    return {prefix + name: value for name, value in found.items() if isinstance(value, PLAIN)}


def _machine() -> dict[str, Any]:
    return {
        "platform": platform.system(),
        "platform-architecture": platform.machine(),
        "platform-release": platform.release(),
        "system-cpus": os.cpu_count(),
        "env-OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS"),
        "benchmark-git-tag": _commit(),
        "version-mentormatch": mm.__version__,
        **{f"version-{name}": _version(name) for name in ("numpy", "scipy", "ortools")},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str | None:
    """Return the commit that this tree stands on, where it is a checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.strip() or None
