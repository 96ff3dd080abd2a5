"""What comparing costs: one problem, many scenarios, many small problems, drawing a market.

    python benchmarks/bench_comparison.py            # minutes
    python benchmarks/bench_comparison.py --smoke    # seconds, small sizes

Asserted: ten strategies at 600 × 210 within 30 s, all strategies on 20 scenarios of 500 × 200
within 5 minutes on two cores, a market of 1,000 × 300 drawn within 0.1 s, `match_many` no more than
1 ms a problem of 50 × 50 above SciPy's assignment, each with a proven certificate; every row of
every comparison is verified. Times of one thread are of the processor. A comparison is measured by
the clock and by the processor and passes by the smaller: on a busy machine the clock measures
others too, while searches that end by a limit of time use less of the processor there. The batch
solvers of lapcpp and lapx, where ``bench_strategies.py`` has installed them, solve the same.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment

import mentormatch as mm
from strategies.peers import PEERS
from strategies.protocols import STRATEGIES

TEN = (
    "optimal",
    "stable",
    "stable_optimal",
    "almost_stable",
    "rank_maximal",
    "maximin",
    "leximin",
    "nash",
    "lottery",
    "greedy",
)
BATCHES = (("lapcpp", "lapcpp", "lapjv_batch"), ("lapx", "lap", "lapjvx_batch"))
BATCH = """
import json, sys, time
import numpy as np
solve = getattr(__import__(sys.argv[2]), sys.argv[3])
costs = 1 - np.load(sys.argv[1])
started = time.process_time()
totals = solve(costs, n_threads=1)[0]
print(json.dumps({"seconds": time.process_time() - started, "total": float(np.sum(totals))}))
"""


def scenario(seed: int, n: int, m: int) -> mm.Problem:
    """One of three families in turn."""
    kind = ("euclidean", "mallows", "plackett_luce")[seed % 3]
    return mm.datasets.market(kind, n, m, seats=3, correlation=0.5, seed=seed)


def compare_one(seed: int, n: int, m: int, names: tuple[str, ...]) -> dict[str, object]:
    """Compare on one scenario; say what was not verified, and what was not run and why."""
    started, processor = time.perf_counter(), time.process_time()
    found = mm.compare(scenario(seed, n, m), names)
    wrong = found.table.index[~found.table["verified"]].tolist()
    return {
        "clock": time.perf_counter() - started,
        "processor": time.process_time() - processor,
        "wrong": wrong,
        "failures": dict(found.failures),
        "status": found.table["status"].value_counts().to_dict(),
    }


def compare_ten(n: int, m: int, goal: float) -> None:
    """Ten strategies on one problem."""
    compare_one(0, 20, 8, ("optimal", "maximin"))
    row = compare_one(0, n, m, TEN)
    print(
        f"compare, {len(TEN)} strategies, {n} x {m}: {row['clock']:.1f} s by the clock, "
        f"{row['processor']:.1f} s of the processor; {row['status']}",
        flush=True,
    )
    assert not row["wrong"], row
    assert not row["failures"], row
    assert min(row["clock"], row["processor"]) <= goal, row


def compare_all(n: int, m: int, draws: int, goal: float) -> None:
    """All strategies on all scenarios, by two processes."""
    started = time.perf_counter()
    with ProcessPoolExecutor(2) as executor:
        rows = list(
            executor.map(
                compare_one, range(draws), *zip(*[(n, m, STRATEGIES)] * draws, strict=True)
            )
        )
    clock = time.perf_counter() - started
    share = sum(float(row["processor"]) for row in rows) / 2
    none = sorted({name for row in rows for name in row["failures"]})
    print(
        f"compare, {len(STRATEGIES)} strategies, {draws} scenarios of {n} x {m}: {clock:.0f} s by "
        f"the clock, {share:.0f} s of each of two processors; in some scenario there is none: "
        f"{', '.join(none) or 'nothing'}",
        flush=True,
    )
    assert not any(row["wrong"] for row in rows), rows
    # Popular matchings need not exist; everything else does.
    assert set(none) <= {"popular"}, rows
    assert min(clock, share) <= goal, (clock, share)


def draw_market(n: int, m: int, goal: float) -> None:
    """Draw both sides of a Mallows market, a few times."""
    times = []
    for seed in range(7):
        started = time.process_time()
        mm.datasets.market("mallows", n, m, seed=seed)
        times.append(time.process_time() - started)
    print(f"market, {n} x {m}: {min(times):.3f} s of the processor", flush=True)
    assert min(times) <= goal, times


def match_many(count: int, goal: float) -> None:
    """Small problems one after the other, beside the same by SciPy and by lapx's batch."""
    scores = np.random.default_rng(0).random((count, 50, 50))
    mm.match_many([mm.Problem.from_scores(one) for one in scores[:20]])
    ours, plain = [], []
    for part in np.array_split(np.arange(count), 20):
        problems = [mm.Problem.from_scores(one) for one in scores[part]]
        started = time.process_time()
        matchings = mm.match_many(problems)
        ours.append((time.process_time() - started) / len(part))
        assert all(one.certificate.proven for one in matchings)
        started = time.process_time()
        best = [linear_sum_assignment(one, maximize=True) for one in scores[part]]
        plain.append((time.process_time() - started) / len(part))
        totals = [one[pairs].sum() for one, pairs in zip(scores[part], best, strict=True)]
        assert np.allclose([one.total for one in matchings], totals)
    above = 1e3 * (min(ours) - min(plain))
    print(
        f"match_many, 50 x 50: {1e3 * min(ours):.2f} ms a problem with its proof, SciPy without "
        f"{1e3 * min(plain):.2f} ms, {above:.2f} ms above it",
        flush=True,
    )
    for name, module, function in BATCHES:
        batch = by_batch(scores, name, module, function)
        if batch is not None:
            print(f"{name}, one batch: {1e3 * batch / count:.2f} ms a problem", flush=True)
    assert above <= goal, (ours, plain)


def by_batch(scores: np.ndarray, name: str, module: str, function: str) -> float | None:
    """The seconds of another package's batch, in its own environment; None where it is not."""
    python = PEERS[name].home / "bin" / "python"
    if not (PEERS[name].home / "installed").exists():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.npy"
        np.save(path, scores)
        done = subprocess.run(
            [str(python), "-c", BATCH, str(path), module, function],
            capture_output=True,
            text=True,
            check=True,
        )
    said = json.loads(done.stdout.splitlines()[-1])
    best = sum(one[linear_sum_assignment(one, maximize=True)].sum() for one in scores)
    assert abs(said["total"] - (50 * len(scores) - best)) < 1e-6 * len(scores), said
    return float(said["seconds"])


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--smoke", action="store_true", help="small sizes")
    if parser.parse_args().smoke:
        # Sizes at which the goals are far away, so that only answers are asserted.
        draw_market(100, 30, 0.1)
        match_many(50, 10.0)
        compare_ten(24, 8, 60.0)
        compare_all(20, 8, 2, 120.0)
        return
    draw_market(1000, 300, 0.1)
    match_many(500, 1.0)
    compare_ten(600, 210, 30.0)
    compare_all(500, 200, 20, 300.0)


if __name__ == "__main__":
    main()
