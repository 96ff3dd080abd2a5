"""Which engine takes which problem; the figures come from benchmarks/bench_engines.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from mentormatch.errors import SolverError
from mentormatch.solvers.assignment.flow import solve_flow
from mentormatch.solvers.assignment.priced import solve_priced
from mentormatch.solvers.assignment.replicated import solve_scipy
from mentormatch.solvers.flows.transport import Limits, Need

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.solvers.flows.transport import Answer, Transport

__all__ = ["ENGINES", "choose_engine", "solve"]


@dataclass(frozen=True, slots=True)
class Engine:
    """A solver, and what it keeps of all that a problem may need; see `Transport.needs`."""

    solve: Callable[[Transport, Limits], Answer]
    keeps: frozenset[Need]

    def can_solve(self, transport: Transport) -> bool:
        """Whether it keeps all that a problem needs."""
        return transport.needs <= self.keeps


EVERYTHING: frozenset[Need] = frozenset(get_args(Need))
# The one table of what engines can do.
ENGINES: dict[str, Engine] = {
    "scipy": Engine(solve_scipy, frozenset()),
    "flow": Engine(solve_flow, EVERYTHING),
    "priced": Engine(solve_priced, EVERYTHING),
}
# Mentees × seats up to which replicated seats are quicker than rounds of columns.
SCIPY_CELLS = 250_000
# Mentees × mentors up to which one flow with all arcs is quicker than rounds of columns.
FLOW_CELLS = 50_000


def choose_engine(transport: Transport) -> tuple[str, str]:
    """The engine for a problem, a key of `ENGINES`, and why."""
    n, m = transport.shape
    few = n * int(np.minimum(transport.capacity, n).sum()) <= SCIPY_CELLS
    if few and ENGINES["scipy"].can_solve(transport):
        return "scipy", "few people, each wants one mentor"
    if n * m <= FLOW_CELLS:
        return "flow", "few pairs, all of them at once"
    return "priced", "many pairs, few of which matter"


def solve(
    transport: Transport, engine: str | None = None, limits: Limits | None = None
) -> tuple[Answer, str]:
    """Solve with the engine asked for, or with the one that fits; also say which and why."""
    if engine is None:
        name, why = choose_engine(transport)
    else:
        name, why = engine, "asked for"
    if name not in ENGINES:
        raise SolverError(f"There is no engine {name!r}. Known: {', '.join(sorted(ENGINES))}.")
    lacking = transport.needs - ENGINES[name].keeps
    if lacking:
        raise SolverError(
            f"engine={name!r} cannot keep {', '.join(sorted(lacking))}. Use "
            f"{_listed(transport)}, or leave engine out."
        )
    return ENGINES[name].solve(transport, limits or Limits()), f"{name} ({why})"


def _listed(transport: Transport) -> str:
    able = [repr(name) for name, engine in ENGINES.items() if engine.can_solve(transport)]
    return " or ".join(f"engine={name}" for name in able)
