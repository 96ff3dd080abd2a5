"""What a scenario and a measure are, and how those of one's own are read from a file.

A strategy is what `mentormatch.match` takes: a name, or an object with ``name`` and ``choose``.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from strategies.peers import PEERS, Peer
from strategies.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import mentormatch as mm
    from mentormatch.strategies import Strategy

NAMES = ("SCENARIOS", "STRATEGIES", "MEASURES")
# All strategies that need no settings beside "generous", which is rank-maximal from the other end.
STRATEGIES = (
    "optimal",
    "stable",
    "stable_optimal",
    "almost_stable",
    "popular",
    "rank_maximal",
    "maximin",
    "leximin",
    "nash",
    "worst_k",
    "balanced",
    "lottery",
    "fair_lottery",
    "top_trading",
    "serial_dictatorship",
    "greedy",
    "random",
)


class Scenario(Protocol):
    """A law of problems."""

    def make(self, seed: int) -> mm.Problem:
        """Draw one; the same seed gives the same problem."""
        ...


class Measure(Protocol):
    """One more number about a finished matching, beside those of `mentormatch.compare`."""

    def __call__(self, matching: mm.Matching) -> float:
        """Return the number."""
        ...


@dataclass(frozen=True, slots=True)
class Entries:
    """Everything that can be run, by name."""

    scenarios: dict[str, Scenario]
    solvers: dict[str, str | Strategy | Peer]
    measures: dict[str, Measure] = field(default_factory=dict)


def read_entries(files: Sequence[Path]) -> Entries:
    """Collect what is here and what files of one's own add.

    Parameters
    ----------
    files
        Python files with any of ``SCENARIOS``, ``STRATEGIES`` and ``MEASURES``, each a dict by
        name.
    """
    found = Entries(dict(SCENARIOS), {**{name: name for name in STRATEGIES}, **PEERS})
    for path in files:
        if not path.is_file():
            raise SystemExit(f"There is no file {path}.")
        names: dict[str, Any] = runpy.run_path(str(path))
        if not any(name in names for name in NAMES):
            raise SystemExit(f"{path} defines none of {', '.join(NAMES)}, each a dict by name.")
        for name, into in zip(NAMES, (found.scenarios, found.solvers, found.measures), strict=True):
            into.update(names.get(name, {}))
    return found
