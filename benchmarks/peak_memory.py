"""Peak memory of this process alone."""

from __future__ import annotations

import resource
from pathlib import Path


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
