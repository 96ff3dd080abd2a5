"""What a time limit asks of every strategy, and what it takes.

    python benchmarks/bench_limits.py            # 1,500 x 500, minutes
    python benchmarks/bench_limits.py --smoke    # 150 x 50, seconds

A limit may be overrun by 20 % and half a second; where it is by more, the line says so and the
script ends with 1 (not with --smoke, whose times say little). Every certificate is verified, and
none of a search that was cut may claim a proof of what it did not settle.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import mentormatch as mm

if TYPE_CHECKING:
    from mentormatch.strategies import Strategy

SHARE, FIXED = 1.2, 0.5
LIMITS = (1.0, 2.0, 5.0)


def strategies(n: int) -> dict[str, str | Strategy]:
    """Every strategy by name, and those that take an argument."""
    named: dict[str, str | Strategy] = {name: name for name in mm.strategies.strategy_names()}
    groups = np.arange(n) % 3
    return {
        **named,
        "group_parity": mm.strategies.GroupParity(groups, measure="mean_score", max_gap=0.02),
        "group_parity soft": mm.strategies.GroupParity(
            groups, measure="mean_score", max_gap=0.0, soft=True
        ),
        "maximin 95 % kept": mm.strategies.Maximin(keep_total=0.95),
        "leximin 95 % kept": mm.strategies.Leximin(keep_total=0.95),
        "nash 95 % kept": mm.strategies.Nash(keep_total=0.95),
    }


def problems(n: int, m: int) -> dict[str, mm.Problem]:
    """One mentor each, several, and a quota that is no flow."""
    rng = np.random.default_rng(0)
    plain = mm.Problem.from_scores(rng.random((n, m)), 3, mentor_scores=rng.random((n, m)))
    crossing = [
        mm.Quota(list(range(0, n, 2)), list(range(0, m, 3)), at_most=n // 12),
        mm.Quota(list(range(0, n, 3)), list(range(0, m, 2)), at_most=n // 12),
    ]
    return {
        "one mentor each": plain,
        "two mentors each": replace(plain, capacity=8, demand=2),
        "quotas that overlap": replace(plain, quotas=crossing),
    }


def main() -> None:
    """Print asked, taken and status of every strategy on every problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", help="names of strategies, parted by commas")
    parser.add_argument("--limits", help="seconds, parted by commas")
    arguments = parser.parse_args()
    n, m = (90, 30) if arguments.smoke else (1500, 500)
    limits = (0.1,) if arguments.smoke else LIMITS
    if arguments.limits:
        limits = tuple(map(float, arguments.limits.split(",")))
    wanted = strategies(n)
    if arguments.only:
        wanted = {name: one for name, one in wanted.items() if name in arguments.only.split(",")}
    late = 0
    for what, problem in problems(n, m).items():
        print(f"{what}, {n:,} x {m:,}", flush=True)
        for name, strategy in wanted.items():
            for limit in limits:
                late += line(problem, name, strategy, limit)
    print(f"{late} times more than asked by over 20 % + 0.5 s")
    if late and not arguments.smoke:
        sys.exit(1)


def line(problem: mm.Problem, name: str, strategy: str | Strategy, limit: float) -> bool:
    """Print one run; tell whether it overran its limit."""
    started = time.perf_counter()
    try:
        matching = mm.match(problem, strategy, time_limit=limit)
    except mm.SolverError as error:
        taken, status = time.perf_counter() - started, f"nothing found: {str(error)[:40]}"
    except mm.MentorMatchError as error:
        print(f"  {name:<22} refused: {str(error)[:70]}", flush=True)
        return False
    else:
        taken, status = time.perf_counter() - started, matching.status.value
        certificate = matching.certificate
        if certificate is not None:
            checked = mm.certificates.verify(matching)
            assert checked.ok, checked.findings
            opened = certificate.open_stage
            status += f"; open: {opened}" if opened is not None else ""
    over = taken > SHARE * limit + FIXED
    print(
        f"  {name:<22} asked {limit:4.1f} s  taken {taken:6.2f} s  {status[:80]}"
        + ("  LATE" if over else ""),
        flush=True,
    )
    return over


if __name__ == "__main__":
    main()
