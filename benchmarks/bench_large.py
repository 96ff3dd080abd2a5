"""From profiles to a proven optimum at any size: time in passes over all scores, and peak memory.

    python benchmarks/bench_large.py                    # 3,000 × 1,020 up to 30,000 × 10,200
    python benchmarks/bench_large.py 100000x34000       # the large one: minutes
    python benchmarks/bench_large.py --smoke            # seconds

Every size runs in a process of its own, so that peak memory is its own. The unit of time is a bare
pass: a float32 product of the given width and a maximum per row over all pairs, in the same process
just before and just after, so that a noisy machine disturbs both alike. Each matching is verified
from its prices before its time is printed.
"""

from __future__ import annotations

import argparse
import json
import time
from typing import TYPE_CHECKING

import numpy as np

import mentormatch as mm
from peak_memory import measured_alone, peak_gib

if TYPE_CHECKING:
    from mentormatch.progress import ProgressEvent

WIDTH = 64
LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]


def bare_pass(n: int, m: int, rows: int = 512) -> float:
    """Seconds of one float32 product of width 64 with a maximum per row, over all pairs."""
    rng = np.random.default_rng(0)
    left = rng.random((n, WIDTH), dtype=np.float32)
    right = np.ascontiguousarray(rng.random((m, WIDTH), dtype=np.float32).T)
    out = np.empty((rows, m), dtype=np.float32)
    started = time.perf_counter()
    for start in range(0, n, rows):
        part = left[start : start + rows]
        np.matmul(part, right, out=out[: len(part)])
        out[: len(part)].max(axis=1)
    return time.perf_counter() - started


def problem_of(n: int, m: int) -> mm.Problem:
    """A synthetic programme, with about as many seats as mentees."""
    cohort = mm.datasets.it_program(n, m, seed=1)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
        mm.criteria.LevelGap(mentee="level", mentor="level", ladder=LADDER, weight=2),
        mm.criteria.TagOverlap("interests", weight=1),
        mm.criteria.Same("country", weight=1),
        mm.criteria.Different("team"),
    )
    return mm.Problem(criteria.score(cohort), capacity="capacity")


def measure(n: int, m: int, gap: float) -> dict[str, object]:
    """Match one size and say what it took."""
    before = bare_pass(n, m)
    started = time.perf_counter()
    problem = problem_of(n, m)
    prepared = time.perf_counter() - started
    rounds: list[dict[str, object]] = []

    def note(event: ProgressEvent) -> None:
        rounds.append(
            {"stage": event.step, "round": event.round, "gap": event.gap, **event.numbers}
        )

    # What is imported on first use is no part of matching.
    mm.match(mm.Problem.from_scores(np.eye(4)), engine="priced")
    started = time.perf_counter()
    matching = mm.match(problem, engine="priced", gap=gap, progress=note)
    seconds = time.perf_counter() - started
    after = bare_pass(n, m)
    peak = peak_gib()
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    assert matching.certificate is not None
    assert gap > 0 or matching.certificate.proven, matching.certificate
    return {
        "pairs": len(matching.pairs),
        "prepared": prepared,
        "seconds": seconds,
        "bare": (before + after) / 2,
        "peak": peak,
        "gap": matching.certificate.gap / max(1.0, abs(matching.certificate.objective)),
        "rounds": rounds,
    }


def phases(found: dict[str, object]) -> str:
    """Where the time of a matching went, in bare passes."""
    bare = float(found["bare"])  # type: ignore[arg-type]
    first, *rounds = found["rounds"]  # type: ignore[misc]
    solving = sum(one["solving"] for one in rounds) / bare
    reading = sum(one["reading"] for one in rounds) / bare
    rest = float(found["seconds"]) / bare - first["seconds"] / bare - solving - reading  # type: ignore[arg-type]
    return f"{first['seconds'] / bare:.1f} / {solving:.1f} + {reading:.1f} / {rest:.1f}"


def report(n: int, m: int, gap: float) -> dict[str, object]:
    """Measure one size in a process of its own."""
    return measured_alone(__file__, f"{n}x{m}", "--gap", gap, "--inner")


def main() -> None:
    """Print one line per size and gap, and the growth from size to size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="MENTEESxMENTORS")
    parser.add_argument("--gap", type=float, default=None, help="only this relative gap")
    parser.add_argument("--smoke", action="store_true", help="one small size")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = given.sizes or ["3000x1020", "10000x3400", "30000x10200"]
    if given.smoke:
        sizes = ["1200x400"]
    pairs = [tuple(int(part) for part in size.split("x")) for size in sizes]
    if given.inner:
        n, m = pairs[0]
        print(json.dumps(measure(n, m, given.gap or 0.0)))
        return
    gaps = [0.0, 1e-6] if given.gap is None else [given.gap]
    print("bare pass = float32 product of width 64 and a maximum per row, over all pairs")
    print(
        "phases = first pass and its candidates / rounds: solving + reading / proof, in bare passes"
    )
    print(
        f"{'mentees × mentors':>20} {'gap asked':>9} {'passes':>7} {'seconds':>8} "
        f"{'bare s':>7} {'rounds':>6} {'peak GiB':>8} {'gap left':>9}  phases"
    )
    last: tuple[int, float] | None = None
    for n, m in pairs:
        for gap in gaps:
            found = report(n, m, gap)
            seconds, bare = float(found["seconds"]), float(found["bare"])  # type: ignore[arg-type]
            rounds = sum(1 for one in found["rounds"] if one["stage"] == "round")  # type: ignore[attr-defined]
            print(
                f"{n:>11,} × {m:<6,} {gap:>9.0e} {seconds / bare:>7.1f} {seconds:>8.1f} "
                f"{bare:>7.2f} {rounds:>6} {found['peak']:>8.2f} {found['gap']:>9.1e}  "
                f"{phases(found)}",
                flush=True,
            )
            if gap == gaps[0]:
                if last is not None:
                    grown = np.log(seconds / last[1]) / np.log(n * m / last[0])
                    print(f"{'':>20} growth with mentees × mentors: exponent {grown:.2f}")
                last = (n * m, seconds)


if __name__ == "__main__":
    main()
