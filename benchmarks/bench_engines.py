"""Engines against each other and against their peers, on the same scores, totals asserted equal.

    python benchmarks/bench_engines.py                  # the sizes that the goals name: minutes
    python benchmarks/bench_engines.py --sweep          # also what the choice of engine rests on
    python benchmarks/bench_engines.py --mentor-match   # also the package mentor-match, see below
    python benchmarks/bench_engines.py --smoke          # seconds

Peers: SciPy's assignment called plainly on replicated seats; OR-Tools' min-cost flow with all arcs,
written plainly; and, where they are installed (``pip install POT lapx``), POT's network simplex and
lapx. Ours is the whole of ``mm.match``: canonical order, engine, checks and the certificate; each
certificate must be proven. Times are the best of three after a warm-up, in turn, in one process;
peak memory is that of a process of its own for each peer.

``mentor-match`` installs a top-level package ``matching``, so it lives in an environment of its
own, ``.venv-mentor-match``, which the flag makes. Its solver is given the same integer scores.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import time
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import mentormatch as mm
from peak_memory import peak_gib

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
HERE = Path(__file__).resolve()
SIZES = [(500, 500, 1), (2000, 1000, 3), (4000, 1000, 4), (4000, 2000, 3)]
# Replicated seats or all arcs take minutes and tens of GiB beyond this many cells.
PEER_CELLS = 40_000_000
Scores = np.ndarray[tuple[int, int], np.dtype[np.float64]]


def scores_of(n: int, m: int, seed: int = 0) -> Scores:
    """Scores from profiles: 24 skills, a table of 8 levels and one of 24 time zones."""
    rng = np.random.default_rng(seed)
    wants = (rng.random((n, 24)) < 0.25) * rng.random((n, 24))
    offers = (rng.random((m, 24)) < 0.4) * rng.random((m, 24))
    wants /= wants.sum(axis=1, keepdims=True) + 1e-9
    levels, zones = rng.random((8, 8)), rng.random((24, 24))
    level = levels[rng.integers(0, 8, n)][:, rng.integers(0, 8, m)]
    zone = zones[rng.integers(0, 24, n)][:, rng.integers(0, 24, m)]
    return np.asarray(0.7 * (wants @ offers.T) + 0.2 * level + 0.1 * zone)


# ---------------------------------------------------------------------------- ours and the peers


def ours(engine: str | None) -> Callable[[Scores, int], float]:
    """The whole of ``mm.match`` with one engine."""

    def run(scores: Scores, seats: int) -> float:
        matching = mm.match(mm.Problem.from_scores(scores, capacity=seats), engine=engine)
        assert matching.certificate is not None
        assert matching.certificate.proven, matching.certificate
        return matching.total

    return run


def plain_scipy(scores: Scores, seats: int) -> float:
    """linear_sum_assignment on replicated seats."""
    from scipy.optimize import linear_sum_assignment

    wide = np.repeat(scores, seats, axis=1)
    return float(wide[linear_sum_assignment(wide, maximize=True)].sum())


def plain_flow(scores: Scores, seats: int) -> float:
    """SimpleMinCostFlow with an arc for every pair."""
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    n, m = scores.shape
    flow = SimpleMinCostFlow()
    cost = -np.rint(scores * 1e9).astype(np.int64).ravel()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([np.repeat(np.arange(n), m), np.arange(n, n + m)]),
        np.concatenate([np.tile(np.arange(n, n + m), n), np.full(m, n + m)]),
        np.concatenate([np.ones(n * m, np.int64), np.full(m, seats, np.int64)]),
        np.concatenate([cost, np.zeros(m, np.int64)]),
    )
    supply = np.zeros(n + m + 1, dtype=np.int64)
    made = min(n, m * seats)
    supply[:n] = 1
    supply[n + m] = -made
    assert made == n, "the plain network needs a seat for everybody"
    flow.set_nodes_supplies(np.arange(n + m + 1), supply)
    assert flow.solve() == flow.OPTIMAL
    return float(scores.ravel()[np.asarray(flow.flows(arcs[: n * m])) > 0].sum())


def pot_simplex(scores: Scores, seats: int) -> float:
    """POT's network simplex, with a dummy mentee for free seats."""
    import ot

    n, m = scores.shape
    free = m * seats - n
    supply = np.append(np.ones(n), free) if free else np.ones(n)
    cost = np.vstack([1 - scores, np.zeros((1, m))]) if free else 1 - scores
    plan = ot.lp.emd(supply, np.full(m, float(seats)), cost, numItermax=100_000_000)
    return float((plan[:n] * scores).sum())


def lapx(scores: Scores, seats: int) -> float:
    """The lapx solver of Jonker and Volgenant on replicated seats."""
    import lap

    wide = np.repeat(1 - scores, seats, axis=1)
    _, columns, _ = lap.lapjv(wide, extend_cost=True)
    rows = np.flatnonzero(columns >= 0)
    return float(scores[rows, columns[rows] // seats].sum())


def runners() -> dict[str, Callable[[Scores, int], float]]:
    """Everything that can run here."""
    found = {f"mm.match {name}": ours(name) for name in ("scipy", "flow", "priced")}
    found["mm.match"] = ours(None)
    found["scipy, seats replicated"] = plain_scipy
    found["OR-Tools, all arcs"] = plain_flow
    if importlib.util.find_spec("ot"):
        found["POT network simplex"] = pot_simplex
    if importlib.util.find_spec("lap"):
        found["lapx, seats replicated"] = lapx
    return found


# ---------------------------------------------------------------------------- measuring


def best_of(
    run: Callable[[Scores, int], float], scores: Scores, seats: int, times: int
) -> tuple[float, float]:
    """The best time, and the total; one warm-up that is not counted where it is cheap."""
    seconds: list[float] = []
    total = float("nan")
    for _ in range(times + 1):
        started = time.perf_counter()
        total = run(scores, seats)
        seconds.append(time.perf_counter() - started)
        if sum(seconds) > 60:
            break
    return min(seconds[1:] or seconds), total


def peak_of(name: str, n: int, m: int, seats: int) -> float:
    """Peak memory of one run in a process of its own."""
    command = [sys.executable, str(HERE), "--inner", name, f"{n}x{m}x{seats}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1]))


def compare(n: int, m: int, seats: int, times: int, *, memory: bool) -> dict[str, float]:
    """One instance, everybody in turn; the totals must be equal."""
    scores = scores_of(n, m)
    print(f"\n{n:,} × {m:,} × {seats} ({n * 1.0 / (m * seats):.0%} of the seats)")
    seconds: dict[str, list[float]] = {}
    totals: dict[str, float] = {}
    # In turn, so that a slow minute of the machine is everybody's.
    for _ in range(times + 1):
        for name, run in runners().items():
            if n * m * seats > PEER_CELLS and name not in ("mm.match", "mm.match priced"):
                continue
            taken = seconds.setdefault(name, [])
            if sum(taken) <= 60:
                started = time.perf_counter()
                totals[name] = run(scores, seats)
                taken.append(time.perf_counter() - started)
    times_of = {name: min(taken[1:] or taken) for name, taken in seconds.items()}
    expected = totals["mm.match"]
    for name, total in totals.items():
        assert abs(total - expected) <= 1e-6 * max(1.0, abs(expected)), (name, total, expected)
    for name, best in sorted(times_of.items(), key=lambda item: item[1]):
        line = f"  {name:<26}{best * 1000:>10.1f} ms {best / times_of['mm.match']:>8.2f} ×"
        if memory:
            line += f" {peak_of(name, n, m, seats):>7.2f} GiB"
        print(line, flush=True)
    return times_of


def sweep(*, small: bool) -> None:
    """Our engines over size, shape and tightness: the table behind `choose_engine`."""
    heads = f"{'scipy':>9} {'flow':>9} {'priced':>9}  chosen"
    print(f"\n{'mentees':>8} {'mentors':>8} {'seats':>6}  {heads}")
    sizes = (30, 100, 300) if small else (30, 100, 300, 1000, 2000)
    for n in sizes:
        for share, seats in ((1, 1), (2, 2), (2, 4), (3, 3), (3, 9)):
            m = max(2, -(-n // share))
            scores = scores_of(n, m)
            row = []
            for engine in ("scipy", "flow", "priced"):
                if engine == "flow" and n * m > 2_000_000:
                    row.append(float("nan"))
                    continue
                row.append(best_of(ours(engine), scores, seats, 3)[0] * 1000)
            chosen = mm.match(mm.Problem.from_scores(scores, capacity=seats)).engine
            shown = " ".join(f"{value:>9.1f}" for value in row)
            print(f"{n:>8,} {m:>8,} {m * seats:>6,}  {shown}  {chosen}", flush=True)


def growth(*, small: bool) -> None:
    """How the time of priced columns grows with the number of pairs."""
    sizes = (
        ((500, 170), (1000, 340))
        if small
        else ((2000, 680), (4000, 1360), (8000, 2720), (16000, 5440))
    )
    seconds = [best_of(ours("priced"), scores_of(n, m), 3, 2)[0] for n, m in sizes]
    pairs = np.log([n * m for n, m in sizes])
    slope = np.polyfit(pairs, np.log(seconds), 1)[0]
    shown = ", ".join(f"{n:,} × {m:,}: {s:.2f} s" for (n, m), s in zip(sizes, seconds, strict=True))
    print(
        f"\ngrowth of priced columns at 3 seats (98 % full): {shown}; exponent in n·m {slope:.2f}"
    )


# ---------------------------------------------------------------------------- mentor-match

FOREIGN = """
import json, sys, time, types
from matching.process import calculate_matches, prepare_matrix
rows = json.load(sys.stdin)
cells = [[types.SimpleNamespace(score=s, disallowed=False) for s in row] for row in rows]
started = time.perf_counter()
pairs = calculate_matches(prepare_matrix(cells))
print(json.dumps([time.perf_counter() - started, sum(rows[i][j] for i, j in pairs)]))
"""


def mentor_match(sizes: tuple[int, ...]) -> None:
    """Compare with the package mentor-match on integer scores, one seat each."""
    home = ROOT / ".venv-mentor-match"
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", "mentor-match"], check=True)
    for n in sizes:
        scores = np.rint(scores_of(n, n) * 1000)
        given = json.dumps(scores.astype(int).tolist())
        done = subprocess.run(
            [str(python), "-c", FOREIGN], input=given, capture_output=True, text=True, check=True
        )
        seconds, total = json.loads(done.stdout)
        own, found = best_of(ours(None), scores, 1, 3)
        assert round(found) == total, (found, total)
        shown = f"mentor-match {seconds:.2f} s, mm.match {own * 1000:.1f} ms"
        print(f"\n{n} × {n}: {shown}, {seconds / own:,.0f} ×")


def main() -> None:
    """Print what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="small sizes, seconds")
    parser.add_argument(
        "--sweep", action="store_true", help="also the table of the choice, and growth"
    )
    parser.add_argument("--mentor-match", action="store_true", help="also the package mentor-match")
    parser.add_argument("--inner", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inner:
        name, size = given.inner
        n, m, seats = (int(part) for part in size.split("x"))
        runners()[name](scores_of(n, m), seats)
        print(json.dumps(peak_gib()))
        return
    if given.smoke:
        compare(120, 40, 3, 2, memory=False)
        compare(100, 100, 1, 2, memory=False)
        sweep(small=True)
        growth(small=True)
        return
    for n, m, seats in SIZES:
        times = compare(n, m, seats, 3, memory=True)
        ratio = times["scipy, seats replicated"] / times["mm.match"]
        print(f"  SciPy with replicated seats takes {ratio:.1f} × the time of mm.match")
    if given.sweep:
        sweep(small=False)
        growth(small=False)
    if given.mentor_match:
        mentor_match((100, 200))


if __name__ == "__main__":
    main()
