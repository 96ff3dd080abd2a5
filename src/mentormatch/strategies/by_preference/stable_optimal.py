"""The best of all stable matchings: by total, by places in the lists, or by the worst place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.errors import SolverError
from mentormatch.solvers.markets.deferred_acceptance import deferred_acceptance
from mentormatch.solvers.markets.stable_lattice import find_lattice, stable_pairs, strict_ranks
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import check_choice, choice_of, market_of
from mentormatch.strategies.staged.listed_pairs import arcs_of, refuse_demand

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers.markets.stable_lattice import StableLattice
    from mentormatch.strategies.base import Options

__all__ = ["StableOptimal"]

SCOPE = "no matching that is stable for this order of equal scores"
PART = "none of those that the search came to in time"
Objective: TypeAlias = Literal["score", "egalitarian", "min_regret"]


@dataclass(frozen=True, slots=True)
class StableOptimal:
    """The best stable matching for strict preferences, exact by a smallest cut [1]_ [2]_.

    All stable matchings serve the same mentees and fill the same seats (the rural hospitals
    theorem), so coverage is no question here. Equal scores are ordered by the order of people and
    the notes say so; the best over all weakly stable matchings is ``AlmostStable(max_blocking=0)``.

    Parameters
    ----------
    objective
        "score": the largest total. "egalitarian": the smallest sum of places, over both sides of
        all pairs (1 = first choice). "min_regret": the worst place that anybody holds in a
        partner's list, or takes, is as good as possible; then the total.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] R. W. Irving, P. Leather and D. Gusfield (1987), An efficient algorithm for the optimal
       stable marriage.
    .. [2] D. Gusfield and R. W. Irving (1989), The stable marriage problem.
    """

    objective: Objective = "score"
    tie_tolerance: float = 0.0

    name = "stable_optimal"
    promises = ()
    engines = ()

    def __post_init__(self) -> None:
        check_choice(
            "StableOptimal", "objective", self.objective, ("score", "egalitarian", "min_regret")
        )
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Find both extreme stable matchings, then the best corner between them."""
        refuse_demand(
            problem, self.name, "stable matchings are a lattice where each wants one mentor"
        )
        arcs = arcs_of(problem, self.name, self.tie_tolerance)
        rank_i = strict_ranks(arcs.mentees, arcs.mentee_values, arcs.mentors)
        rank_j = strict_ranks(arcs.mentors, arcs.mentor_values, arcs.mentees)
        market = market_of(problem, self.tie_tolerance)
        m = problem.shape[1]
        key = arcs.mentees * m + arcs.mentors
        ends = []
        for proposing in ("mentees", "mentors"):
            found = deferred_acceptance(market, proposing)
            ends.append(np.searchsorted(key, found.mentees * m + found.mentors))
        pairs = stable_pairs(arcs.mentees, arcs.mentors, rank_i, rank_j, *ends)
        places = (rank_i[pairs.arc] + rank_j[pairs.arc] + 2).astype(np.float64)
        scores = arcs.scores[pairs.arc]
        lattice = find_lattice(pairs, options.deadline)
        if self.objective == "min_regret":
            worst = np.maximum(rank_i, rank_j)[pairs.arc] + 1
            chosen, said = _least_regret(lattice, worst, scores)
        else:
            value = scores if self.objective == "score" else -places
            chosen, bound = _best(lattice, value)
            sign, what = (1, "total") if self.objective == "score" else (-1, "sum of places")
            said = (
                f"{what} of the stable pairs {sign * value[chosen].sum():.6g}, {_scope(lattice)} "
                f"is better than {sign * bound:.6g} (smallest cut of {lattice.count} rotations)"
            )
        arc = pairs.arc[chosen]
        notes = [said]
        if _has_ties(arcs.mentees, arcs.mentee_values) or _has_ties(
            arcs.mentors, arcs.mentor_values
        ):
            notes.append(
                "equal scores were ordered by a keyed hash of the ids (seed "
                f"{options.seed}), and it is the best for that order: "
                "AlmostStable(max_blocking=0) searches all weakly stable matchings"
            )
        return choice_of(
            problem,
            arcs.mentees[arc],
            arcs.mentors[arc],
            self.name,
            "In every stable matching these mentors have as many mentees (Roth 1986, the rural "
            "hospitals theorem).",
            engine="flow (cut between rotations, seats cloned)",
            notes=tuple(notes),
        )


def _least_regret(
    lattice: StableLattice, worst: NDArray[np.intp], scores: NDArray[np.float64]
) -> tuple[NDArray[np.intp], str]:
    """Bisection over the worst place."""
    levels = np.unique(worst)
    if not len(levels):
        return np.empty(0, np.intp), "nobody is matched"
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        if lattice.best(np.zeros(len(worst)), worst <= levels[middle]) is None:
            low = middle + 1
        else:
            high = middle
    chosen, bound = _best(lattice, scores, worst <= levels[low])
    return chosen, (
        f"worst place {levels[low]}, {_scope(lattice)} has a better one; total of the stable "
        f"pairs {scores[chosen].sum():.6g}, at that worst place none is better than {bound:.6g} "
        f"(smallest cuts of {lattice.count} rotations)"
    )


def _best(
    lattice: StableLattice, value: NDArray[np.float64], allowed: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.intp], float]:
    """The best matching where there is one of allowed pairs."""
    answer = lattice.best(value, allowed)
    if answer is None:
        raise SolverError("a market with strict lists always has a stable matching")
    return answer


def _scope(lattice: StableLattice) -> str:
    """Among which matchings the best was taken."""
    return SCOPE if lattice.finished else PART


def _has_ties(group: NDArray[np.intp], values: NDArray[np.float64]) -> bool:
    order = np.lexsort((values, group))
    group, values = group[order], values[order]
    return bool(((group[1:] == group[:-1]) & (values[1:] == values[:-1])).any())


register("stable_optimal", StableOptimal)
