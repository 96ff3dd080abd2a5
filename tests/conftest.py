"""What all tests share: the three hypothesis profiles, and where the data with known answers is."""

from __future__ import annotations

import gc
import os
from functools import cache
from pathlib import Path

# Several test processes that each keep all processors busy with small products hinder each other;
# this must be said before numpy is loaded.
if "PYTEST_XDIST_WORKER" in os.environ:
    for library in ("OPENBLAS", "OMP", "MKL"):
        os.environ.setdefault(f"{library}_NUM_THREADS", "1")

import pytest
import typer.testing
from hypothesis import HealthCheck, settings

DATA = Path(__file__).parent / "data"

# A third of the time that reading all tests takes was looking for garbage, of which there is none.
gc.disable()

# Each command that a test runs would build all of the command line again.
typer.testing._get_command = cache(typer.testing._get_command)

# No deadline and no complaint about slow generation in either profile: how long an example takes
# says something about the machine, not about a theorem. `ci` draws the same examples on every run,
# so a red build is red for everybody; `thorough` draws new ones each time and keeps the failures.
settings.register_profile(
    "ci",
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# For old versions of packages, which are asked whether they work, and not for theorems.
settings.register_profile("brief", settings.get_profile("ci"), max_examples=5)
settings.register_profile(
    "thorough",
    max_examples=20_000,
    deadline=None,
    derandomize=False,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
PROFILES = ("ci", "brief", "thorough")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Load the profile that the environment asks for; `--hypothesis-profile` wins over it."""
    named = config.getoption("--hypothesis-profile", default=None)
    wanted = named or os.environ.get("HYPOTHESIS_PROFILE") or "ci"
    if wanted == "thorough" and config.getoption("timeout", default=None) is None:
        # One test of 20,000 examples takes longer than any test of few may.
        config.option.timeout = 0
    if named:
        return
    if wanted not in PROFILES:
        raise pytest.UsageError(
            f"HYPOTHESIS_PROFILE={wanted!r} is not a profile; use one of {', '.join(PROFILES)}."
        )
    settings.load_profile(wanted)


def pytest_collection_finish() -> None:
    """Look for garbage again from here on, but not among what was read."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def known_data() -> Path:
    """Return the folder of published data with known answers; see its README."""
    return DATA
