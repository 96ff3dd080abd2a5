"""Which engine takes which problem; the figures come from benchmarks/bench_engines.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mentormatch.errors import SolverError
from mentormatch.solvers.assignment.flow import solve_flow
from mentormatch.solvers.assignment.priced import solve_priced
from mentormatch.solvers.assignment.replicated import solve_scipy
from mentormatch.solvers.flows.transport import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.solvers.flows.transport import Answer, Transport

__all__ = ["ENGINES", "choose_engine", "solve"]

Engine: TypeAlias = "Callable[[Transport, Limits], Answer]"
ENGINES: dict[str, Engine] = {"scipy": solve_scipy, "flow": solve_flow, "priced": solve_priced}
# Mentees × seats up to which replicated seats are quicker than rounds of columns.
SCIPY_CELLS = 250_000
# Mentees × mentors up to which one flow with all arcs is quicker than rounds of columns.
FLOW_CELLS = 50_000


def choose_engine(transport: Transport) -> tuple[str, str]:
    """The engine for a problem, and why.

    Returns
    -------
    name, reason
        ``name`` is a key of `ENGINES`.
    """
    n, m = transport.shape
    if transport.is_plain and n * int(transport.capacity.clip(max=n).sum()) <= SCIPY_CELLS:
        return "scipy", "few people, one place each"
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
    return ENGINES[name](transport, limits or Limits()), f"{name} ({why})"
