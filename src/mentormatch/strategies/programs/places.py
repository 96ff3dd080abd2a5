"""Places in the mentees' lists as stages of a program, where rules are no nested groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import count_pairs, list_places
from mentormatch.proofs.measures import AtPlace, Covered
from mentormatch.strategies.flows.places import list_ranked_pairs
from mentormatch.strategies.programs.models import ROOM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.programs.models import Model
    from mentormatch.strategies.staged.stages import PlacesInLists

__all__ = ["raise_places"]

# A count that a solver says to be whole is so up to this.
WHOLE = 1e-6


def raise_places(
    model: Model, stage: PlacesInLists, promise: Promise
) -> tuple[Model, NDArray[np.intp], bool]:
    """Settle the counts of a stage one after another.

    Returns the model with the counts as rows; the places of its pairs, 0 = first; and whether time
    was left for all counts.
    """
    problem = model.problem
    # Bounds are of all pairs, also where only some are looked at.
    arcs, ranks = list_ranked_pairs(problem, promise, stage.tie_tolerance)
    width = max(problem.shape[1], 1)
    keys = arcs.mentees * width + arcs.mentors
    places = ranks[np.searchsorted(keys, model.mentees * width + model.mentors)]
    classes = problem.priority_classes[model.mentees]
    counts = list_places(stage.what, int(ranks.max(initial=-1)) + 1)
    seats = int(np.minimum(problem.after_pins.capacity, problem.shape[0]).sum())
    left = min(len(np.unique(arcs.mentees)), seats)
    covered = [bound for measure, bound in model.stages if isinstance(measure, Covered)]
    if covered:
        held = int(np.count_nonzero(problem.after_pins.covered))
        left = min(left, int(np.floor(sum(covered) + WHOLE)) - held)
    for done, (what, number) in enumerate(counts):
        if done and model.over:
            return model, places, False
        objective = model.on_pairs(count_pairs(what, number, classes, places).astype(np.float64))
        there = np.unique(arcs.mentees[ranks == number])
        most = float(min(len(there), left)) if what == "most" else 0.0
        measure = AtPlace(what, number, stage.tie_tolerance)
        known = model.known()
        answer = None if known is None else model.program.completed(known, objective)
        if answer is not None and answer.objective >= most - ROOM:
            # What is known reaches a bound without a search.
            answer = replace(answer, bound=most)
            model = model.with_floor(objective, answer, measure, most, counted=True)
        else:
            model = model.settle(objective, measure, most=most, counted=True)
        _, bound = model.stages[-1]
        reached = round(float(objective @ model.values))
        if what == "most" and bound < reached + 1 - WHOLE:
            left -= reached
        model.options.tell("places", done=done + 1, of=len(counts))
    return model, places, True
