"""Towards a million: one search that stops and resumes, and the law that sizes follow.

    python benchmarks/bench_million.py 1000000x340000 --folder million --stop-after 3600
    python benchmarks/bench_million.py 1000000x340000 --folder million      # goes on, to the end
    python benchmarks/bench_million.py --law 30000x10200 60000x20400 100000x34000
    python benchmarks/bench_million.py --smoke                              # seconds

After each round candidates and prices are written to Parquet in the folder; a run that finds
them there goes on from them, at the price of reading all pairs once more. It ends with the proof
over all pairs. ``--workers`` reads on so many processes; ``--law`` runs each size to its end in a
process of its own and fits how processor time and memory grow, then says what a million would take,
by number of workers. The unit is a bare pass: see bench_large.py; processor time, as other work on
the machine disturbs it less.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bench_large import bare_pass, problem_of
from mentormatch.certificates import Multipliers, certify_multipliers, see_along
from mentormatch.matching import Matching
from mentormatch.passes import passes_on
from mentormatch.solvers import Limits
from mentormatch.solvers.assignment.priced import SearchState, solve_priced
from mentormatch.solvers.flows.columns import PairColumns
from mentormatch.strategies.canonical import in_canonical_order
from mentormatch.strategies.staged.transports import transport_of
from peak_memory import measured_alone, peak_gib

if TYPE_CHECKING:
    from mentormatch.progress import ProgressEvent

LADDER = [(10_000, 3_400), (30_000, 10_200), (100_000, 34_000)]
MILLION = (1_000_000, 340_000)
# A bare pass over more pairs is extrapolated from so many.
BARE_PAIRS = 4e8


class StoppedError(Exception):
    """The time that was given is over; everything is in the folder."""


class Folder:
    """Where a search is written down."""

    def __init__(self, path: Path, n: int, m: int, stop_after: float | None) -> None:
        self.path, self.n, self.m = path, n, m
        self.stop_at = None if stop_after is None else time.perf_counter() + stop_after
        self.started = time.perf_counter()
        path.mkdir(parents=True, exist_ok=True)
        self.log: dict[str, Any] = {"size": [n, m], "seconds": 0.0, "round": None, "rounds": []}
        if (path / "log.json").exists():
            self.log = json.loads((path / "log.json").read_text())
            if self.log["size"] != [n, m]:
                raise SystemExit(f"{path} holds a search of {self.log['size']}; name another.")
        self.before = float(self.log["seconds"])

    def write(self, name: str, **columns: Any) -> None:
        """Write a table whole or not at all."""
        pd.DataFrame(columns).to_parquet(self.path / "unfinished")
        (self.path / "unfinished").replace(self.path / name)

    def keep(self, state: SearchState) -> None:
        """Write a state down; stop when it is time."""
        columns = state.columns
        self.write(
            f"candidates-{state.round}.parquet",
            mentee=columns.mentees,
            mentor=columns.mentors,
            score=columns.scores,
        )
        self.write(f"prices-{state.round}.parquet", price=state.prices)
        self.write("mentees.parquet", served=state.served)
        earlier, self.log["round"] = self.log["round"], state.round
        self.save_log()
        if earlier is not None and earlier != state.round:
            for name in ("candidates", "prices"):
                (self.path / f"{name}-{earlier}.parquet").unlink(missing_ok=True)
        if self.stop_at is not None and time.perf_counter() > self.stop_at:
            raise StoppedError

    def save_log(self) -> None:
        """Write the log, with the seconds of all runs."""
        self.log["seconds"] = self.before + time.perf_counter() - self.started
        (self.path / "log.json").write_text(json.dumps(self.log, indent=1))

    def state(self) -> SearchState | None:
        """Where the last run stopped; None at the very beginning."""
        number = self.log["round"]
        if number is None:
            return None
        found = pd.read_parquet(self.path / f"candidates-{number}.parquet")
        columns = PairColumns(
            found["mentee"].to_numpy(), found["mentor"].to_numpy(), found["score"].to_numpy(),
            self.n, self.m,
        )  # fmt: skip
        prices = pd.read_parquet(self.path / f"prices-{number}.parquet")["price"].to_numpy()
        served = pd.read_parquet(self.path / "mentees.parquet")["served"].to_numpy()
        return SearchState(columns, served, prices, number)

    def note(self, event: ProgressEvent) -> None:
        """Say and keep how far the search is."""
        if event.step == "pass":
            return
        line = {"step": event.step, "round": event.round, "gap": event.gap, **event.numbers}
        self.log["rounds"].append(line)
        shown = ", ".join(f"{k} {v:.4g}" for k, v in line.items() if isinstance(v, int | float))
        print(f"  {event.step}: {shown}; peak {peak_gib():.2f} GiB", flush=True)


def search(
    n: int, m: int, folder: Path, gap: float, stop_after: float | None, workers: int
) -> dict[str, Any]:
    """Begin or go on; what it took, once it has ended with its proof."""
    at = Folder(folder, n, m, stop_after)
    problem = problem_of(n, m)
    _, _, ordered = in_canonical_order(problem, 0)
    seen = see_along(ordered)
    pool = ProcessPoolExecutor(workers) if workers else nullcontext()
    started, cpu = time.perf_counter(), time.process_time()
    with pool as executor, passes_on(executor):
        try:
            answer = solve_priced(
                transport_of(ordered, seen), Limits(gap, progress=at.note), at.state(), at.keep
            )
        finally:
            at.save_log()
        proving = time.perf_counter()
        searched = time.process_time() - cpu
        matching = Matching(ordered, answer.mentees, answer.mentors, strategy="optimal")
        assert answer.prices is not None
        assert answer.coverage is not None
        certificate = certify_multipliers(
            matching, Multipliers(answer.prices, answer.coverage, answer.seats), seen=seen
        )
    at.save_log()
    assert gap > 0 or certificate.proven, certificate
    return {
        "size": [n, m],
        "pairs": len(matching.mentees),
        "total": matching.total,
        "proven": certificate.proven,
        "gap": certificate.gap / max(1.0, abs(certificate.objective)),
        "seconds": time.perf_counter() - started,
        "proof": time.perf_counter() - proving,
        "cpu": time.process_time() - cpu,
        "cpu_search": searched,
        "rounds": at.log["rounds"],
        "peak": peak_gib(),
    }


def bare_seconds(n: int, m: int) -> float:
    """Seconds of processor time of a bare pass, from a part of the mentees where they are many."""
    part = min(n, max(512, int(BARE_PAIRS / m)))
    bare_pass(min(n, 512), m)
    started = time.process_time()
    bare_pass(part, m)
    return (time.process_time() - started) * n / part


def measure(n: int, m: int, gap: float) -> dict[str, Any]:
    """One size from beginning to end, between two bare passes."""
    before = bare_seconds(n, m)
    with tempfile.TemporaryDirectory() as folder:
        found = search(n, m, Path(folder), gap, None, 0)
    return {**found, "bare": (before + bare_seconds(n, m)) / 2}


def reads(found: dict[str, Any]) -> float:
    """How often each pair was read by the search; the proof looks at the same lists."""
    return float(sum(one["pairs_read"] for one in found["rounds"]))


def share_of_reading(found: dict[str, Any]) -> float:
    """The share of the time that workers take over: passes; the rest are flows."""
    first, *rounds = found["rounds"]
    reading = first["seconds"] + sum(one["reading"] for one in rounds) + found["proof"]
    return float(reading / found["seconds"])


def exponent(sizes: list[float], values: list[float]) -> tuple[float, float]:
    """Exponent and factor of the power law nearest to some measurements."""
    slope, level = np.polyfit(np.log(sizes), np.log(values), 1)
    return float(slope), float(np.exp(level))


def law(sizes: list[tuple[int, int]], gap: float) -> None:
    """Run each size, fit, and extrapolate to a million."""
    print("    mentees × mentors  bare passes  reads rounds reading peak GiB      gap  bare CPU s")
    found = []
    for n, m in sizes:
        one = measured_alone(__file__, f"{n}x{m}", "--gap", gap, "--inner")
        found.append(one)
        rounds = sum(line["step"] == "round" for line in one["rounds"])
        print(
            f"{n:>11,} × {m:<9,} {one['cpu'] / one['bare']:>10.1f} {reads(one):>6.2f} {rounds:>6} "
            f"{share_of_reading(one):>7.0%} {one['peak']:>8.2f} {one['gap']:>8.1e} "
            f"{one['bare']:>11.2f}",
            flush=True,
        )
    if len(found) < 2:
        return
    pairs = [float(n) * m for n, m in sizes]
    people = [float(n) for n, _ in sizes]
    total = exponent(pairs, [one["cpu"] for one in found])
    memory = exponent(people, [one["peak"] for one in found])
    print(
        f"processor time grows as pairs^{total[0]:.2f}, a bare pass as "
        f"pairs^{exponent(pairs, [one['bare'] for one in found])[0]:.2f}, memory as "
        f"people^{memory[0]:.2f}"
    )
    n, m = MILLION
    # Small sizes have costs of their own, which make the law look flatter than it can be.
    whole = found[-1]["cpu"] * (n * m / pairs[-1]) ** max(1.0, total[0])
    reading = whole * share_of_reading(found[-1])
    rest = whole - reading
    # Flows keep one core busy; passes as many as there are.
    hours = (rest + reading / 2) / 3600
    gib = found[-1]["peak"] * (n / people[-1]) ** max(1.0, memory[0])
    print(
        f"a million is {n * m / max(pairs):.0f} times the last size; at least linear from there it "
        f"takes {hours:.1f} h on two cores and at most {gib:.0f} GiB"
    )
    for cores in (8, 32, 128):
        print(f"  passes on {cores:>3} cores: {(rest + reading / cores) / 3600:.1f} h")


def smoke() -> None:
    """Stop after every round, and get what a search without a stop gets."""
    n, m = 1500, 500
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        whole = search(n, m, Path(one), 0.0, None, 0)
        stops = 0
        while True:
            try:
                resumed = search(n, m, Path(other), 0.0, 0.0 if stops < 3 else None, 0)
                break
            except StoppedError:
                stops += 1
                print(f"stopped ({stops}), going on")
        # Once before the first round and once after it, at least.
        assert stops >= 2
        assert resumed["proven"]
        assert abs(whole["total"] - resumed["total"]) < 1e-9
    print(f"{n:,} × {m}: the same total {whole['total']:.6f}, stopped {stops} times and not at all")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="MENTEESxMENTORS; several with --law")
    parser.add_argument("--folder", type=Path, help="where the search is written down")
    parser.add_argument("--gap", type=float, default=0.0, help="relative gap that is enough")
    parser.add_argument("--stop-after", type=float, help="seconds after which a round is the last")
    parser.add_argument("--workers", type=int, default=0, help="processes that read; 0: threads")
    parser.add_argument("--law", action="store_true", help="run all sizes and fit how they grow")
    parser.add_argument("--smoke", action="store_true", help="a small size, stopped and resumed")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = [(int(n), int(m)) for n, m in (size.split("x") for size in given.sizes)]
    if given.smoke:
        smoke()
    elif given.law:
        law(sizes or LADDER, given.gap)
    elif given.inner:
        print(json.dumps(measure(*sizes[0], given.gap)))
    else:
        n, m = sizes[0] if sizes else MILLION
        folder = given.folder or Path(f"search-{n}x{m}")
        try:
            found = search(n, m, folder, given.gap, given.stop_after, given.workers)
        except StoppedError:
            print(f"stopped; the same command goes on from {folder}")
            return
        print(json.dumps({key: value for key, value in found.items() if key != "rounds"}))


if __name__ == "__main__":
    main()
