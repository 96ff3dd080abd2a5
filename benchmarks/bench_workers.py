"""One search on several workers: the same bits, what a block costs on top, and how many pay.

    python benchmarks/bench_workers.py                  # 20,000 × 6,800: minutes
    python benchmarks/bench_workers.py 50000x17000
    python benchmarks/bench_workers.py --workers 8 --turns 1
    python benchmarks/bench_workers.py --smoke          # seconds

The same problem is matched on the threads of this process and on executors of one and of several
workers: threads, processes, and Dask's LocalCluster where `distributed` is installed. Pairs and
certificate must be the same to the last bit. The ratio is to the first line of the same turn; "on
top" is the time beyond that line, for each block; one to four go in a parcel. On a machine whose
cores are taken already, two workers cannot be faster than two threads: what they show is the price
of the seam, with the scores that are sent once to each of them.
"""

from __future__ import annotations

import argparse
import pickle
import time
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import mentormatch as mm
from bench_large import bare_pass, problem_of
from mentormatch import passes

if TYPE_CHECKING:
    from concurrent.futures import Future


class Counted(Executor):
    """An executor that counts the blocks given out, and the bytes of each parcel of them."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner
        self.sizes: list[int] = []
        self.blocks = 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Weigh what goes out, and hand it on."""
        self.sizes.append(len(pickle.dumps(args)))
        self.blocks += len(args[0].tasks)
        return self.inner.submit(fn, *args, **kwargs)


def executors(stack: ExitStack, count: int) -> dict[str, Executor]:
    """Every kind there is on this machine."""
    found: dict[str, Executor] = {
        "1 thread": stack.enter_context(ThreadPoolExecutor(1)),
        f"{count} threads": stack.enter_context(ThreadPoolExecutor(count)),
        f"{count} processes": stack.enter_context(ProcessPoolExecutor(count)),
    }
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        return found
    local = LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=None)
    cluster = stack.enter_context(local)
    found[f"Dask LocalCluster({count})"] = stack.enter_context(Client(cluster)).get_executor()
    return found


def matched(problem: mm.Problem, executor: Executor | None) -> tuple[float, mm.Matching]:
    started = time.perf_counter()
    matching = mm.match(problem, engine="priced", executor=executor)
    return time.perf_counter() - started, matching


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", nargs="?", default="20000x6800", help="MENTEESxMENTORS")
    parser.add_argument("--workers", type=int, default=2, help="of each executor but the first")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--smoke", action="store_true", help="a small size, one turn")
    given = parser.parse_args()
    n, m = (2000, 680) if given.smoke else map(int, given.size.split("x"))
    turns = 1 if given.smoke else given.turns
    if given.smoke:
        passes.SMALL_PASS = 0
    problem = problem_of(n, m)
    state = len(pickle.dumps(problem.for_reading()))
    print(f"{n:,} × {m:,}; the scores are {state / 2**20:.1f} MiB when they are sent")
    with ExitStack() as stack:
        kinds = executors(stack, given.workers)
        _, expected = matched(problem, None)
        # What is imported or started on first use is no part of matching. A short run says little
        # about times.
        for executor in () if given.smoke else kinds.values():
            matched(problem, executor)
        for turn in range(turns):
            bare = bare_pass(n, m)
            plain, _ = matched(problem, None)
            print(f"turn {turn + 1}: threads of this process {plain / bare:.1f} bare passes")
            for name, inner in kinds.items():
                executor = Counted(inner)
                seconds, found = matched(problem, executor)
                assert found.pairs.equals(expected.pairs), name
                assert found.certificate is not None
                assert expected.certificate is not None
                assert found.certificate.to_dict() == expected.certificate.to_dict(), name
                parcels, blocks = len(executor.sizes), executor.blocks
                # Each worker is sent the scores once, or asks for them.
                small = sorted(executor.sizes)[: max(1, parcels - 4 * given.workers)]
                print(
                    f"  {name:<22} {seconds / plain:>5.2f}x, {blocks} blocks in {parcels} parcels, "
                    f"on top of a block {1000 * (seconds - plain) / blocks:>5.1f} ms, "
                    f"{small[-1] / 2**10:,.0f} KiB of the largest that carries no scores",
                    flush=True,
                )


if __name__ == "__main__":
    main()
