"""Places in the mentees' lists as stages of a program, where rules are no nested groups."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import count_pairs, list_places
from mentormatch.compatibility.preferences import rank_choices
from mentormatch.proofs.measures import AtPlace, Covered
from mentormatch.strategies.programs.models import ROOM
from mentormatch.strategies.staged.listed_pairs import arcs_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.strategies.programs.models import Model
    from mentormatch.strategies.staged.stages import PlacesInLists

__all__ = ["places_of", "raise_places"]


def places_of(
    problem: Problem,
    tie_tolerance: float,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
) -> tuple[NDArray[np.intp], int]:
    """Places of pairs in their mentees' lists, 0 = first, −1 = in none; the length of the longest.

    Parameters
    ----------
    problem
        Of one mentor each.
    tie_tolerance
        Scores rank in whole steps of this size.
    mentees, mentors
        intp arrays (pairs,).
    """
    arcs = arcs_of(problem, "places in lists", tie_tolerance)
    places = rank_choices(arcs.mentees, arcs.mentee_values)
    width = max(problem.shape[1], 1)
    keys, asked = arcs.mentees * width + arcs.mentors, mentees * width + mentors
    at = np.minimum(np.searchsorted(keys, asked), max(len(keys) - 1, 0))
    found = np.full(len(asked), -1, dtype=np.intp)
    if len(keys):
        listed = keys[at] == asked
        found[listed] = places[at[listed]]
    return found, int(places.max(initial=-1)) + 1


def raise_places(model: Model, stage: PlacesInLists) -> tuple[Model, bool]:
    """Settle the counts of a stage one after another; whether time was left for all of them."""
    problem = model.problem
    places, depth = places_of(problem, stage.tie_tolerance, model.mentees, model.mentors)
    classes = problem.priority_classes[model.mentees]
    counts = list_places(stage.what, depth)
    seats = int(np.minimum(problem.after_pins.capacity, problem.shape[0]).sum())
    left = min(len(np.unique(model.mentees)), seats)
    served = any(isinstance(measure, Covered) for measure, _ in model.stages)
    made = model.known()
    if served and made is not None:
        left = min(left, round(float(made.sum())))
    for done, (what, number) in enumerate(counts):
        if done and model.over:
            return model, False
        objective = model.on_pairs(count_pairs(what, number, classes, places).astype(np.float64))
        there = np.unique(model.mentees[places == number])
        most = float(min(len(there), left)) if what == "most" else 0.0
        if what == "sum" and served:
            best = np.full(problem.shape[0], np.inf)
            np.minimum.at(best, model.mentees, places + 1.0)
            most = -float(np.sort(best)[:left].sum())
        measure = AtPlace(what, number, stage.tie_tolerance)
        known = model.known()
        answer = None if known is None else model.program.completed(known, objective)
        if answer is not None and answer.objective >= most - ROOM:
            # What is known reaches a bound without a search.
            answer = replace(answer, bound=most)
            model = model.with_floor(objective, answer, measure, most, counted=True)
        else:
            model = model.settle(objective, measure, most=most, counted=True)
        if what == "most":
            left -= round(float(objective @ model.values))
        model.options.tell("places", done=done + 1, of=len(counts))
    return model, True
