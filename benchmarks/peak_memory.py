"""Peak memory of this process alone, and measurements that have a process of their own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any


def peak_gib() -> float:
    """GiB of resident memory at the highest.

    Linux keeps the figure of `resource.getrusage` over a fork and exec, so that a child seems to
    have used what its parent did; the kernel's own high-water mark starts anew.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measured_alone(benchmark: str, *arguments: object) -> dict[str, Any]:
    """What a benchmark prints last, as JSON, when it is run with these arguments.

    In a process of its own, so that its peak memory is its own.
    """
    command = [sys.executable, benchmark, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
