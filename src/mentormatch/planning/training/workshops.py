"""The workshops that meet the most wishes, exact with a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import ProblemError
from mentormatch.solvers.programs.cp_sat import one_search

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Workshops", "choose_workshops"]


@dataclass(frozen=True, eq=False)
class Workshops:
    """Workshops, and how many wishes they meet."""

    # One row per workshop, the largest first: skill, participants (a list of ids), count.
    table: pd.DataFrame
    met: int  # wishes met by all of them
    bound: int  # no choice of so many workshops meets more

    @property
    def proven(self) -> bool:
        """True when no other choice meets more wishes."""
        return self.met >= self.bound

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{skill} ({count})"
            for skill, count in zip(self.table["skill"], self.table["count"], strict=True)
        )
        word = "proven" if self.proven else f"at most {self.bound}"
        meets = "meets" if len(self.table) == 1 else "meet"
        workshops = format_count(len(self.table), "workshop")
        wishes = format_count(self.met, "wish", "wishes")
        return f"{workshops} {meets} {wishes} ({word}): {shown or 'none'}"


def choose_workshops(
    unmet: NDArray[np.bool_],
    names: tuple[str, ...],
    people: pd.Index,
    k: int,
    *,
    seats: int | None,
    per_person: int | None,
    time_limit: float | None,
) -> Workshops:
    """Choose at most k skills, and who takes part in each; see `TrainingNeeds.workshops`.

    ``unmet`` is a bool array (mentees, skills): wishes that are open; names and people are those of
    the skills and of the mentees. Raises ProblemError for a number below 1.
    """
    from ortools.sat.python import cp_model

    for name, value in (("k", k), ("seats", seats), ("per_person", per_person)):
        if value is not None and (isinstance(value, bool) or value != int(value) or value < 1):
            raise ProblemError(f"{name} must be a whole number of 1 or more, got {value!r}.")
    who, what = np.nonzero(unmet)
    model = cp_model.CpModel()
    held = {s: model.new_bool_var("") for s in np.unique(what).tolist()}
    takes = [model.new_bool_var("") for _ in who]
    for place, skill in enumerate(what.tolist()):
        model.add_implication(takes[place], held[skill])
    model.add(sum(held.values()) <= k)
    for skill in held:
        wishes = [takes[place] for place in np.flatnonzero(what == skill).tolist()]
        if seats is not None and len(wishes) > seats:
            model.add(sum(wishes) <= seats)
    for person in np.unique(who).tolist() if per_person is not None else ():
        wishes = [takes[place] for place in np.flatnonzero(who == person).tolist()]
        if len(wishes) > (per_person or 0):
            model.add(sum(wishes) <= (per_person or 0))
    model.maximize(sum(takes))
    solver = one_search(time_limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Workshops(_table([], names, people, who, what), 0, len(who))
    chosen = [place for place, take in enumerate(takes) if solver.boolean_value(take)]
    table = _table(chosen, names, people, who, what)
    return Workshops(table, len(chosen), int(solver.best_objective_bound + 1e-6))


def _table(
    chosen: list[int],
    names: tuple[str, ...],
    people: pd.Index,
    who: NDArray[np.intp],
    what: NDArray[np.intp],
) -> pd.DataFrame:
    rows = []
    for skill in dict.fromkeys(what[chosen].tolist()):
        taking = [people[who[place]] for place in chosen if what[place] == skill]
        rows.append((names[skill], taking, len(taking)))
    rows.sort(key=lambda row: (-row[2], row[0]))
    return pd.DataFrame(rows, columns=["skill", "participants", "count"])
