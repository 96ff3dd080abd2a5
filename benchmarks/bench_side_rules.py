"""Side rules by size: what each kind costs beside the same problem without any.

    python benchmarks/bench_side_rules.py               # 500 × 150 up to 2,000 × 600
    python benchmarks/bench_side_rules.py 20000x6000 --kinds quotas     # a large one: minutes
    python benchmarks/bench_side_rules.py --smoke       # seconds

Every case runs in a process of its own, so that peak memory is its own. People come from profiles,
read by blocks. The ratio is to the time of the engine "priced" on the same people without rules, in
the same process. Each matching is verified, and has no larger total than the one without rules,
before its time is printed.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace

import numpy as np

import mentormatch as mm
from bench_large import problem_of
from peak_memory import measured_alone, peak_gib

# One in so many mentees is in a pair apart, or together.
ONE_IN = 50


def with_rules(problem: mm.Problem, kind: str) -> mm.Problem:
    """The same people with one kind of rule."""
    n, m = problem.shape
    people = problem.mentee_ids.tolist()
    couples = [(people[k], people[k + 1]) for k in range(0, n - 1, 2 * ONE_IN)]
    if kind == "quotas":
        some = problem.mentor_ids[: m // 5].tolist()
        return replace(
            problem,
            quotas=[
                mm.Quota({"level": "mid"}, at_most=1, per_mentor=True, name="of one level"),
                mm.Quota(None, some, at_most=n // 8, name="with some mentors"),
            ],
        )
    if kind == "overlapping":
        return replace(
            problem,
            quotas=[
                mm.Quota({"level": "mid"}, at_most=1, per_mentor=True, name="of one level"),
                mm.Quota({"country": "India"}, at_most=1, per_mentor=True, name="of one country"),
            ],
        )
    if kind == "apart":
        return replace(problem, apart=couples)
    if kind == "together":
        return replace(problem, together=couples)
    raise ValueError(f"there is no kind {kind!r}; known: {', '.join(KINDS)}")


KINDS = ("quotas", "apart", "overlapping", "together")


def measure(n: int, m: int, kind: str) -> dict[str, object]:
    """Match one size with one kind of rule, and say what it took."""
    plain = problem_of(n, m)
    ruled = with_rules(plain, kind)
    # What is imported on first use is no part of matching.
    mm.match(mm.Problem.from_scores(np.eye(4), quotas=[mm.Quota([0], at_most=1)]))
    started = time.perf_counter()
    without = mm.match(plain, engine="priced")
    bare = time.perf_counter() - started
    started = time.perf_counter()
    matching = mm.match(ruled)
    seconds = time.perf_counter() - started
    peak = peak_gib()
    checked = mm.certificates.verify(matching)
    assert checked.ok, checked.findings
    certificate = matching.certificate
    assert certificate is not None
    assert certificate.proven, certificate
    reached = (matching.n_matched, matching.total)
    assert reached <= (without.n_matched, without.total + certificate.tolerance), reached
    assert matching.engine is not None
    return {
        "engine": matching.engine.split(" (")[0],
        "seconds": seconds,
        "ratio": seconds / bare,
        "peak": peak,
        "cost": max(0.0, 1 - matching.total / without.total),
    }


def report(n: int, m: int, kind: str) -> dict[str, object]:
    """Measure one case in a process of its own, so that its peak memory is its own."""
    return measured_alone(__file__, f"{n}x{m}", "--kinds", kind, "--inner")


def main() -> None:
    """Print one line per kind and size, and the growth from size to size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", help="MENTEESxMENTORS")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--smoke", action="store_true", help="one small size")
    parser.add_argument("--inner", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    sizes = given.sizes or ["500x150", "1000x300", "2000x600"]
    if given.smoke:
        sizes = ["300x100"]
    shapes = [tuple(int(part) for part in size.split("x")) for size in sizes]
    if given.inner:
        print(json.dumps(measure(*shapes[0], given.kinds[0])))
        return
    print("ratio = to the same problem without rules; growth = exponent in mentees × mentors")
    print(
        f"{'rules':>12} {'mentees × mentors':>18} {'engine':>18} {'seconds':>8} {'ratio':>6} "
        f"{'growth':>6} {'peak GiB':>8} {'total lost':>10}"
    )
    for kind in given.kinds:
        last: tuple[int, float] | None = None
        for n, m in shapes:
            found = measure(n, m, kind) if given.smoke else report(n, m, kind)
            seconds = float(found["seconds"])  # type: ignore[arg-type]
            growth = ""
            if last is not None:
                growth = f"{np.log(seconds / last[1]) / np.log(n * m / last[0]):.2f}"
            last = (n * m, seconds)
            print(
                f"{kind:>12} {f'{n:,} × {m:,}':>18} {found['engine']:>18} {seconds:8.2f} "
                f"{found['ratio']:6.1f} {growth:>6} {found['peak']:8.2f} {found['cost']:10.2%}",
                flush=True,
            )


if __name__ == "__main__":
    main()
