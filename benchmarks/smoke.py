"""All benchmarks in brief, each in a process of its own that has the packages loaded already.

Run: python benchmarks/smoke.py [NAME ...]

Loading them takes longer than most of the short forms. Without names all run that have a short
form; those that install peers into environments of their own have none.
"""

from __future__ import annotations

import importlib
import os
import runpy
import sys
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = ("bench_*.py", "fuzz_*.py", "sweep.py")
PACKAGES = ("pandas", "scipy.optimize", "scipy.stats", "ortools.sat.python.cp_model")
OURS = ("programme", "reports", "strategies", "solvers", "comparison", "feedback", "planning")


def run_briefly(path: Path) -> int:
    """Run the short form of a benchmark in a copy of this process; return its exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status: object = 1
    try:
        sys.argv = [str(path), "--smoke"]
        runpy.run_path(str(path), run_name="__main__")
        status = 0
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(int(status == 0) ^ 1)


def main() -> int:
    """Run one after the other; say which failed."""
    paths = [HERE / name for name in sys.argv[1:]] or [
        path
        for path in sorted(one for name in NAMES for one in HERE.glob(name))
        if '"--smoke"' in path.read_text("utf-8")
    ]
    missing = [path.name for path in paths if not path.is_file()]
    if missing or not paths:
        raise SystemExit(f"No benchmark in {HERE}: {', '.join(missing) or 'none has --smoke'}.")
    for name in (*PACKAGES, "mentormatch", *(f"mentormatch.{one}" for one in OURS)):
        importlib.import_module(name)
    sys.path.insert(0, str(HERE))
    failed = []
    for path in paths:
        print(f"-- {path.name} --smoke", flush=True)
        started = time.perf_counter()
        if run_briefly(path):
            failed.append(path.name)
        print(f"   ({path.name}: {time.perf_counter() - started:.0f} s)", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
