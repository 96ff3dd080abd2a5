"""Deferred acceptance and the audit of blocking pairs, by size, and against the package `matching`.

    python benchmarks/bench_stability.py            all sizes; the largest takes minutes
    python benchmarks/bench_stability.py --smoke    small sizes only, under half a minute
    python benchmarks/bench_stability.py --pareto   Pareto-optimality at 50,000×17,000, also where
                                                    all want the same mentors; takes minutes
    python benchmarks/bench_stability.py --peer     against `matching` 1.4.3, in an environment of
                                                    its own (.venv-matching, made when absent)

Scores of both sides come from profiles: two products of float32 factors, read by block, so that
nothing holds a whole matrix. Each size runs in a process of its own, whose peak memory is shown.
Every matching that is timed is checked: no blocking pair, and the same pairs as the peer.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import mentormatch as mm
from mentormatch.compatibility.blocks import BREAKDOWN_COLUMNS, Block, row_slices
from peak_memory import measured_alone, peak_gib

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv-matching"
PEER_VERSION = "1.4.3"
SIZES = [(400, 20, 20), (2_000, 1_000, 2), (10_000, 4_000, 3), (50_000, 17_000, 3)]
SMOKE = [(400, 20, 20), (800, 400, 2)]
# Matchings whose Pareto-optimality is examined, and how much all mentees want the same.
PARETO = [("serial_dictatorship", 0.0), ("serial_dictatorship", 0.9), ("stable", 0.0)]
PARETO += [("optimal", 0.0)]
WIDTH = 24
Run: TypeAlias = Callable[..., dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Profiles:
    """Two score matrices as products of factors: what each side gets of each other."""

    wants: np.ndarray
    offers: np.ndarray
    seeks: np.ndarray
    brings: np.ndarray

    rules = ()
    two_sided = True
    # WIDTH products of numbers whose squares sum to 1, in float32.
    error = float(WIDTH * np.finfo(np.float32).eps)

    @classmethod
    def drawn(cls, n: int, m: int, seed: int = 0, alike: float = 0.0) -> Profiles:
        """Random factors of length 1 each; ``alike`` of what a mentee wants, all mentees want."""
        rng = np.random.default_rng(seed)
        factors = [rng.standard_normal((k, WIDTH)) for k in (n, m, n, m)]
        factors[0] = (1 - alike) * factors[0] + alike * rng.standard_normal(WIDTH)
        return cls(
            *((f / np.linalg.norm(f, axis=1, keepdims=True)).astype(np.float32) for f in factors)
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(mentees, mentors)."""
        return len(self.wants), len(self.offers)

    def block(self, rows: Any, columns: slice | None = None) -> Block:
        """Both sides of some mentees, in float32."""
        some = slice(None) if columns is None else columns
        u, v = self.wants[rows] @ self.offers[some].T, self.brings_of(rows, some)
        return Block((u + v) * np.float32(0.5), np.ones(u.shape, dtype=bool), u, v)

    def brings_of(self, rows: Any, some: slice = slice(None)) -> np.ndarray:
        """What the mentors get from some mentees."""
        return self.seeks[rows] @ self.brings[some].T

    def joined(self, rows: Any, ineligible: float, columns: slice | None = None) -> np.ndarray:
        """The mean of both sides."""
        return self.block(rows, columns).scores

    def pairs(self, mentees: np.ndarray, mentors: np.ndarray) -> Block:
        """Single pairs, in float64."""
        u = np.einsum("kd,kd->k", self.wants[mentees], self.offers[mentors], dtype=np.float64)
        v = np.einsum("kd,kd->k", self.seeks[mentees], self.brings[mentors], dtype=np.float64)
        return Block((u + v) / 2, np.ones(len(u), dtype=bool), u, v)

    def take(self, mentees: np.ndarray, mentors: np.ndarray) -> Profiles:
        """The same people in another order."""
        return Profiles(
            self.wants[mentees], self.offers[mentors], self.seeks[mentees], self.brings[mentors]
        )

    def breakdown(self, mentee: int, mentor: int) -> Any:
        """There is nothing to break down."""
        import pandas as pd

        return pd.DataFrame(columns=BREAKDOWN_COLUMNS)

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Every pair is eligible."""
        return ()

    def removed(self, mentees: np.ndarray) -> np.ndarray:
        """No rule removes anybody."""
        return np.zeros((len(mentees), 0), dtype=np.int64)


def measure(n: int, m: int, seats: int) -> dict[str, Any]:
    """One size: times in seconds, peak memory in MiB."""
    scorer = Profiles.drawn(n, m)
    compatibility = mm.Compatibility(scorer, np_range(n), np_range(m), labelled=False)
    problem = mm.Problem(compatibility, capacity=seats)
    warm = mm.Problem.from_scores(np.random.default_rng(0).random((50, 20)), capacity=3)
    mm.audits.blocking_pairs(mm.match(warm, "stable"))

    started = time.perf_counter()
    matching = mm.match(problem, "stable")
    stable = time.perf_counter() - started

    # In turn, and where it takes no time often, so that both see the same machine.
    bare = audit = float("inf")
    for _ in range(1 if n * m > 10**6 else 200):
        bare = min(bare, bare_pass(scorer))
        started = time.perf_counter()
        blocking = mm.audits.blocking_pairs(matching)
        audit = min(audit, time.perf_counter() - started)
    assert len(blocking) == 0, "deferred acceptance left a blocking pair"
    drawn = mm.match(problem, "random") if n * m <= 10**8 else None
    started = time.perf_counter()
    found = 0 if drawn is None else len(mm.audits.blocking_pairs(drawn))
    audit_random = time.perf_counter() - started if found else float("nan")
    return {
        "size": f"{n:,}×{m:,}×{seats}",
        "bare": bare,
        "stable": stable,
        "how": matching.engine,
        "audit": audit,
        "audit_random": audit_random,
        "peak": peak_gib() * 1024,
    }


def bare_pass(scorer: Profiles) -> float:
    """Seconds for both products and a maximum of each."""
    started = time.perf_counter()
    for rows in row_slices(*scorer.shape):
        u, v = scorer.wants[rows] @ scorer.offers.T, scorer.brings_of(rows)
        u.max(axis=1)
        v.max(axis=0)
    return time.perf_counter() - started


def measure_pareto(n: int, m: int, seats: int, strategy: str, alike: float) -> dict[str, Any]:
    """Whether a matching can be improved at nobody's cost: seconds, and peak memory in MiB."""
    scorer = Profiles.drawn(n, m, alike=alike)
    compatibility = mm.Compatibility(scorer, np_range(n), np_range(m), labelled=False)
    problem = mm.Problem(compatibility, capacity=seats)
    bare = bare_pass(scorer)
    matching = mm.match(problem, strategy)
    before = peak_gib()
    started = time.perf_counter()
    found = mm.audits.pareto(matching)
    seconds = time.perf_counter() - started
    assert found.is_optimal is not None, found.note
    # Whoever chooses in turn leaves nothing to improve; other ways here do.
    assert found.is_optimal == (strategy == "serial_dictatorship"), found.note
    return {
        "size": f"{n:,}×{m:,}×{seats}",
        "strategy": strategy,
        "alike": alike,
        "bare": bare,
        "pareto": seconds,
        "optimal": found.is_optimal,
        "moves": len(found.improvement),
        "before": before * 1024,
        "peak": peak_gib() * 1024,
    }


def by_matching(size: tuple[int, int, int], run: Run) -> None:
    print(
        f"{'size':>18} {'matching':>20} {'alike':>6} {'bare pass':>10} {'Pareto':>9} "
        f"{'Pareto/bare':>12} {'to match':>9} {'peak MiB':>9}  found"
    )
    for strategy, alike in PARETO:
        row = run(*size, strategy, alike)
        found = "optimal" if row["optimal"] else f"{row['moves']} moves that hurt nobody"
        print(
            f"{row['size']:>18} {strategy:>20} {alike:>6} {row['bare']:>9.3f}s "
            f"{row['pareto']:>8.3f}s {row['pareto'] / row['bare']:>11.1f}× {row['before']:>9.0f} "
            f"{row['peak']:>9.0f}  {found}",
            flush=True,
        )


def np_range(count: int) -> Any:
    import pandas as pd

    return pd.RangeIndex(count)


def by_size(sizes: list[tuple[int, int, int]], run: Run) -> None:
    print(
        f"{'size':>18} {'bare pass':>10} {'stable':>9} {'audit':>9} {'audit/bare':>11} "
        f"{'audit of random':>16} {'peak MiB':>9}  how"
    )
    for size in sizes:
        row = run(*size)
        print(
            f"{row['size']:>18} {row['bare']:>9.3f}s {row['stable']:>8.3f}s {row['audit']:>8.3f}s "
            f"{row['audit'] / row['bare']:>10.1f}× {row['audit_random']:>15.3f}s "
            f"{row['peak']:>9.0f}  {row['how']}",
            flush=True,
        )


# ------------------------------------------------------------------ the second opinion

PEER_SCRIPT = """
import json, sys, threading, time
from matching.games import HospitalResident

def run():
    given = json.load(open(sys.argv[1]))
    started = time.perf_counter()
    game = HospitalResident.create_from_dictionaries(
        given["mentees"], given["mentors"], given["capacity"]
    )
    built = time.perf_counter()
    solution = game.solve(optimal="resident")
    done = time.perf_counter()
    pairs = [[str(i), str(j)] for j, people in solution.items() for i in people]
    json.dump({"built": built - started, "solved": done - built, "pairs": pairs}, sys.stdout)

sys.setrecursionlimit(10**7)
threading.stack_size(512 * 2**20)
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


def against_the_peer() -> None:
    python = PEER / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(PEER)], check=True)
        subprocess.run(
            [str(python), "-m", "pip", "install", "-q", f"matching=={PEER_VERSION}"], check=True
        )
    print(
        f"{'complete lists':>16} {'matching built':>15} {'solved':>9} {'ours, dicts':>12} "
        f"{'ratio':>7} {'ours, arrays':>13} {'ratio':>7}"
    )
    for n, m, seats in [(400, 20, 20), (1_000, 500, 2)]:
        u, v, lists = preferences(n, m, seats)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "lists.json"
            path.write_text(json.dumps(lists), encoding="utf-8")
            run = subprocess.run(
                [str(python), "-c", PEER_SCRIPT, str(path)],
                capture_output=True,
                text=True,
                check=False,
            )
        if run.returncode or not run.stdout:
            print(f"{f'{n:,}×{m:,}×{seats}':>16} the peer stopped: {run.stderr.splitlines()[-1]}")
            continue
        peer = json.loads(run.stdout)
        dicts, ours = best_of(partial(from_lists, lists))
        arrays, same = best_of(partial(from_arrays, u, v, seats))
        theirs = {tuple(pair) for pair in peer["pairs"]}
        assert ours == theirs, "the two packages disagree"
        assert same == theirs, "arrays and lists disagree"
        both = peer["built"] + peer["solved"]
        print(
            f"{f'{n:,}×{m:,}×{seats}':>16} {peer['built']:>14.2f}s {peer['solved']:>8.2f}s "
            f"{dicts:>11.4f}s {both / dicts:>6.0f}× {arrays:>12.4f}s {both / arrays:>6.0f}×",
            flush=True,
        )


def preferences(n: int, m: int, seats: int) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """The same random complete lists as two score arrays and as dicts of ranked lists."""
    rng = np.random.default_rng(0)
    u, v = rng.random((n, m)), rng.random((n, m))
    by_mentee, by_mentor = np.argsort(-u, axis=1), np.argsort(-v, axis=0).T
    lists = {
        "mentees": {f"e{i}": [f"o{j}" for j in row] for i, row in enumerate(by_mentee.tolist())},
        "mentors": {f"o{j}": [f"e{i}" for i in row] for j, row in enumerate(by_mentor.tolist())},
        "capacity": {f"o{j}": seats for j in range(m)},
    }
    return u, v, lists


def from_lists(lists: dict[str, Any]) -> set[tuple[str, str]]:
    problem = mm.Problem.from_preferences(
        lists["mentees"], lists["mentors"], capacity=lists["capacity"]
    )
    pairs = mm.match(problem, "stable").pairs
    return set(zip(pairs["mentee"], pairs["mentor"], strict=True))


def from_arrays(u: np.ndarray, v: np.ndarray, seats: int) -> set[tuple[str, str]]:
    problem = mm.Problem.from_scores(u, mentor_scores=v, capacity=seats)
    matching = mm.match(problem, "stable")
    return {
        (f"e{i}", f"o{j}")
        for i, j in zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)
    }


def best_of(run: Any, times: int = 3) -> tuple[float, Any]:
    seconds, answer = float("inf"), None
    for _ in range(times):
        started = time.perf_counter()
        answer = run()
        seconds = min(seconds, time.perf_counter() - started)
    return seconds, answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--smoke", action="store_true", help="small sizes only")
    parser.add_argument("--peer", action="store_true", help=f"against matching {PEER_VERSION}")
    parser.add_argument("--pareto", action="store_true", help="Pareto-optimality at full size")
    parser.add_argument("--pareto-case", nargs=5, metavar=("N", "M", "SEATS", "STRATEGY", "ALIKE"))
    parser.add_argument("--case", nargs=3, type=int, metavar=("N", "M", "SEATS"))
    given = parser.parse_args()
    if given.case:
        print(json.dumps(measure(*given.case)))
    elif given.pareto_case:
        n, m, seats, strategy, alike = given.pareto_case
        print(json.dumps(measure_pareto(int(n), int(m), int(seats), strategy, float(alike))))
    elif given.pareto:
        by_matching(SIZES[-1], partial(measured_alone, __file__, "--pareto-case"))
    elif given.peer:
        against_the_peer()
    elif given.smoke:
        # In this process: its peak memory says nothing, and each start takes seconds.
        by_size(SMOKE, measure)
        by_matching(SMOKE[-1], measure_pareto)
    else:
        by_size(SIZES, partial(measured_alone, __file__, "--case"))


if __name__ == "__main__":
    main()
