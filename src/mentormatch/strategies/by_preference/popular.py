"""Matchings that no majority of mentees would vote away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count, format_people
from mentormatch.compatibility.preferences import check_tie_tolerance, rank_choices
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.flows.integers import IntegerScale
from mentormatch.solvers.markets.popular_flow import ArcFace, Violator, popular_arcs, vote_margin
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import choice_of
from mentormatch.strategies.staged.listed_pairs import arcs_of, refuse_demand

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options

__all__ = ["Popular"]


@dataclass(frozen=True, slots=True)
class Popular:
    """No other matching is preferred by more mentees than prefer this one [1]_ [2]_.

    Only the mentees' scores decide; of several popular matchings the one that serves most mentees,
    then with the best total. Pins are kept, and those whose only place is pinned do not vote. There
    may be none, which is an error with its proof. What is found is checked by an assignment: no
    matching of all eligible pairs wins the vote.

    Parameters
    ----------
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    Raises
    ------
    InfeasibleError
        There is no popular matching: the message names mentees and the seats they would have to
        share.

    References
    ----------
    .. [1] D. J. Abraham, R. W. Irving, T. Kavitha and K. Mehlhorn (2007), Popular matchings.
    .. [2] D. F. Manlove and C. T. S. Sng (2006), Popular matchings in the capacitated house
       allocation problem.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_preferences({"ada": ["grace"], "bob": ["grace", "linus"]})
    >>> mm.match(problem, "popular").pairs["mentor"].tolist()
    ['grace', 'linus']
    """

    tie_tolerance: float = 0.0

    name = "popular"
    promises = ()
    engines = ()

    def __post_init__(self) -> None:
        check_tie_tolerance(self.tie_tolerance)

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Find a popular matching and let every other run against it, or prove there is none."""
        refuse_demand(problem, self.name, "everybody has one vote about one mentor")
        arcs = arcs_of(problem, self.name, self.tie_tolerance)
        ranks = rank_choices(arcs.mentees, arcs.mentee_values)
        left = problem.after_pins
        n, m = problem.shape
        face = ArcFace(
            arcs.mentees,
            arcs.mentors,
            left.demand > 0,
            np.zeros(n, dtype=bool),
            np.zeros(m, dtype=np.int64),
            np.minimum(left.capacity, n),
        )
        scale = IntegerScale.for_scores(
            float(arcs.scores.min()) if len(arcs.scores) else 0.0,
            float(arcs.scores.max()) if len(arcs.scores) else 0.0,
            nodes=n + m + 2,
            keep_zero=False,
        )
        found = popular_arcs(face, ranks, scale.integers(arcs.scores))
        if isinstance(found, Violator):
            raise InfeasibleError(_why_none(problem, found))
        if vote_margin(replace(face, must=np.zeros(n, dtype=bool)), ranks, found.chosen) != 0:
            raise SolverError("another matching wins the vote against the one that was found")
        said = (
            f"popular: no matching of the {len(arcs.mentees):,} eligible pairs wins a vote against "
            f"it (checked by an assignment); "
            f"{format_count(found.first_choices, 'mentee has', 'mentees have')} a first choice"
        )
        return choice_of(
            problem,
            arcs.mentees[found.chosen],
            arcs.mentors[found.chosen],
            self.name,
            "A vote does not count minimums.",
            engine="flow (popular)",
            notes=(said,),
        )


def _why_none(problem: Problem, found: Violator) -> str:
    """The Hall violator in ids."""
    mentees = format_people(problem.mentee_ids[found.mentees].tolist(), 10)
    mentors = format_people(problem.mentor_ids[found.mentors].tolist(), 10)
    return (
        f"There is no popular matching: in one, each of the {len(found.mentees)} mentees {mentees} "
        f"would have to get one of {mentors}, who have {format_count(found.seats, 'seat')}. "
        "Whatever is chosen, a majority prefers something else. "
        '"rank_maximal" and "generous" always exist.'
    )


register("popular", Popular)
