"""The evenest loads: a flow in which the k-th mentee of a mentor costs 2k − 1."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mentormatch.certificates import Multipliers, keep_even_loads, prove_loads
from mentormatch.solvers import solve
from mentormatch.solvers.assignment.balance import balance
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from mentormatch.strategies.flows.chain import FlowChain

__all__ = ["even_out_loads"]


def even_out_loads(chain: FlowChain) -> None:
    """Settle the smallest sum of squared loads."""
    face = chain.face
    stage = face.stage(None)
    transport = transport_of(stage)
    first, _ = solve(transport, None if not transport.needs else "flow")
    held = stage.capacities - transport.capacity
    answer = balance(transport, held, first, chain.options.limits())
    assert answer.prices is not None
    assert answer.coverage is not None
    if not answer.complete:
        # These prices are of the pairs looked at, and describe no face of all pairs.
        chain.cut = with_pins(stage, answer.mentees, answer.mentors)
        chain.finished = False
        return
    multipliers = Multipliers(answer.prices, answer.coverage)
    chain.links.append(partial(prove_loads, face, multipliers))
    chain.face = keep_even_loads(face, multipliers)
