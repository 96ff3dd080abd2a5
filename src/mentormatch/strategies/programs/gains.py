"""What mentees can get, as columns of a program: their sums above 0, and who has one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.proofs.measures import Positive

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.strategies.programs.models import Model

__all__ = ["Gains", "count_positive"]

# Where less than this can be had beside negative scores, the solver cannot tell it from nothing.
LEAST_TOLD = 1e-6


@dataclass(frozen=True, eq=False)
class Gains:
    """What mentees can get, as columns of a program.

    ``least`` is the smallest sum above 0 of those in ``who``, ``best`` what they cannot have more
    than, in units of the model.
    """

    model: Model  # with the columns
    who: NDArray[np.intp]  # mentees who can have more than 0
    least: NDArray[np.float64]
    best: NDArray[np.float64]
    # positions of the columns of their sums where those are above 0, else 0
    gained: NDArray[np.intp]
    # positions of the columns that are 1 for whom it is; None: none needed
    above: NDArray[np.intp] | None

    def of(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The sums of these mentees, of the pairs that some values make."""
        return self.model.sums_of(values)[self.who]


def count_positive(model: Model, *, first: bool) -> Gains:
    """Give each mentee who can have more than 0 a column for its sum.

    With ``first`` as many as possible are to have more than 0 before anything else, which is then
    settled as a stage.
    """
    best, least = model.best, model.least_sums(LEAST_TOLD / 2)
    who = model.compared()
    who = who[(best[who] > 0) & np.isfinite(least[who])]
    count, start = len(who), model.program.width
    gained = start + np.arange(count)
    pinned = model.pinned_by_mentee()[who]
    sums = model.places(model.scores)[who]
    program = model.program.with_columns(count, -np.inf, np.inf)
    eye = sparse.eye_array(count)
    model = replace(model, program=program.with_rows(sums, -pinned, -pinned, last=-eye))
    program = model.program
    if not first:
        return Gains(model, who, least[who], best[who], gained, None)
    above = program.width + np.arange(count)
    program = program.with_columns(count, 0.0, 1.0, integral=True)
    # Who has one pair above 0 has more than 0, unless others take it away.
    positive = model.places((model.scores > 0).astype(float))[who]
    least_pairs = np.where(pinned > 0, -np.inf, 0.0)
    program = program.with_rows(positive, least_pairs, np.inf, last=-eye)
    lowest = model.lowest_sums()[who]
    some = np.flatnonzero(lowest < np.maximum(pinned, 0.0))
    if len(some):
        # Beside negative scores a column of its own is the sum above 0, or 0.
        own = program.width + np.arange(len(some))
        program = program.with_columns(len(some), 0.0, np.inf)
        loss = np.maximum(-lowest[some], 0.0)
        program = program.with_entries(
            [(gained[some], 1.0), (above[some], -loss), (own, -1.0)], low=-loss
        )
        program = program.with_entries([(above[some], best[who[some]]), (own, -1.0)])
        program = program.with_entries([(own, 1.0), (above[some], -least[who[some]])])
        gained = gained.copy()
        gained[some] = own
        told = bool((least[who[some]] >= LEAST_TOLD).all())
        model = replace(model, exact=model.exact and told)
    model = replace(model, program=program)
    objective = np.zeros(program.width)
    objective[above] = 1.0
    most = float(min(model.n_compared(), count))
    model = model.settle(objective, Positive(), most=most, counted=True)
    return Gains(model, who, least[who], best[who], gained, above)
