"""Matchings that no pair would rather leave together: deferred acceptance, and greedy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.compatibility.preferences import check_tie_tolerance
from mentormatch.errors import InfeasibleError, MentorMatchError, ProblemError
from mentormatch.solvers.markets.deferred_acceptance import deferred_acceptance
from mentormatch.solvers.markets.grouped_acceptance import accept_in_groups
from mentormatch.solvers.markets.tied_lists import TiedLists
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.almost_stable import AlmostStable
from mentormatch.strategies.by_preference.markets import (
    check_choice,
    choice_of,
    market_of,
    refuse_unlike_ranks,
    shared_seats,
)
from mentormatch.strategies.staged.listed_pairs import arcs_of, refuse_demand

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.solvers.markets.tied_lists import FirmNotion
    from mentormatch.strategies.base import Options

__all__ = ["Greedy", "Stable"]

Proposing: TypeAlias = Literal["mentees", "mentors"]
Ties: TypeAlias = Literal["weak", "largest", "strong", "super"]


@dataclass(frozen=True, slots=True)
class Stable:
    """Stable matching: no mentee and mentor would both rather have each other.

    Each side ranks by its own score. Any demand and capacity; with several places a person ranks
    sets by their members (responsive preferences). Minimums hold when every stable matching meets
    them, else the refusal says so. Quotas of a largest number over groups of mentors, nested or
    disjoint, are seats that a group shares, as in the student-project allocation problem [8]_;
    such a group must rank mentees alike.

    Parameters
    ----------
    proposing
        Who proposes, and gets the best partners that any stable matching gives them [1]_. With
        "mentees" it is a dominant strategy for a mentee who wants one mentor to tell the truth
        [2]_; no stable mechanism does that for mentors with several seats [3]_, nor against
        misreported capacity [4]_.
    ties
        "weak": no pair blocks where both gain; equal scores are ordered by the order of people,
        which is exogenous (a keyed hash of their ids). "largest": of all weakly stable matchings
        the one that serves most mentees, then has the best total, by integer program; this problem
        is NP-hard with ties [5]_. "strong": nor does a pair where one gains and the other does not
        lose [6]_. "super": nor one where neither loses [7]_. The last two may not exist, which is
        then proven, take one mentor per mentee, and give every mentee the best that any such
        matching gives it.
    tie_tolerance
        Scores rank in whole steps of this size; 0 = only equal scores are tied.

    References
    ----------
    .. [1] D. Gale and L. S. Shapley (1962), College admissions and the stability of marriage.
    .. [2] A. E. Roth (1982), The economics of matching: stability and incentives.
    .. [3] A. E. Roth (1985), The college admissions problem is not equivalent to the marriage
       problem.
    .. [4] T. Sönmez (1997), Manipulation via capacities in two-sided matching markets.
    .. [5] D. F. Manlove, R. W. Irving, K. Iwama, S. Miyazaki and Y. Morita (2002), Hard variants of
       stable marriage.
    .. [6] R. W. Irving, D. F. Manlove and S. Scott (2003), Strong stability in the
       hospitals/residents problem.
    .. [7] R. W. Irving, D. F. Manlove and S. Scott (2000), The hospitals/residents problem with
       ties.
    .. [8] D. J. Abraham, R. W. Irving and D. F. Manlove (2007), Two algorithms for the
       student-project allocation problem.

    Raises
    ------
    InfeasibleError
        No strongly or super-stable matching exists, or none that was found meets the minimums.
    MentorMatchError
        "strong" or "super" where mentors propose, or where a mentee wants several mentors.
    ProblemError
        Quotas under which no stable matching need exist, or none is searched for here.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_preferences(
    ...     {"ada": ["linus", "grace"], "bob": ["grace", "linus"]},
    ...     {"linus": ["bob", "ada"], "grace": ["ada", "bob"]},
    ... )
    >>> mm.match(problem, "stable").pairs["mentor"].tolist()
    ['linus', 'grace']
    >>> mm.match(problem, mm.strategies.Stable(proposing="mentors")).pairs["mentor"].tolist()
    ['grace', 'linus']
    """

    proposing: Proposing = "mentees"
    ties: Ties = "weak"
    tie_tolerance: float = 0.0

    name = "stable"
    promises = ()
    engines = ()
    keeps_nested_quotas = True

    def __post_init__(self) -> None:
        check_choice("Stable", "proposing", self.proposing, ("mentees", "mentors"))
        check_choice("Stable", "ties", self.ties, ("weak", "largest", "strong", "super"))
        check_tie_tolerance(self.tie_tolerance)
        if self.ties in ("strong", "super") and self.proposing == "mentors":
            raise MentorMatchError(
                f"Stable: with ties={self.ties!r} mentees propose. Leave proposing out."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Run deferred acceptance, or search all weakly stable matchings for the largest."""
        if problem.sides:
            return self._in_groups(problem, options)
        if self.ties == "largest":
            return AlmostStable(max_blocking=0, tie_tolerance=self.tie_tolerance).largest(
                problem, options
            )
        if self.ties in ("strong", "super"):
            return self._firm(problem, "strong" if self.ties == "strong" else "super")
        found = deferred_acceptance(market_of(problem, self.tie_tolerance), self.proposing)
        why = (
            "Ties were broken, and another way to break them may meet them: "
            'Stable(ties="largest") looks through all of them.'
            if found.ties_met
            else "In every stable matching these mentors have as many mentees (Roth 1986, the "
            "rural hospitals theorem), so none meets the minimums."
        )
        return choice_of(
            problem,
            found.mentees,
            found.mentors,
            self.name,
            why,
            engine=f"deferred acceptance ({self.proposing} propose, {found.rounds} rounds)",
            notes=(_said_about_ties(found.ties_met, self.proposing, options.seed),),
        )

    def _in_groups(self, problem: Problem, options: Options) -> Choice:
        """Find the stable matching under quotas of groups of mentors."""
        if self.ties != "weak" or self.proposing != "mentees":
            raise ProblemError(
                'With quotas, "stable" is Stable(proposing="mentees", ties="weak"). Leave the '
                "others out, or the quotas."
            )
        groups = shared_seats(problem)
        arcs = arcs_of(problem, self.name, self.tie_tolerance)
        refuse_unlike_ranks(problem, groups, arcs)
        chosen = accept_in_groups(
            arcs.mentees,
            arcs.mentors,
            arcs.mentee_values,
            arcs.mentor_values,
            np.concatenate([problem.after_pins.capacity, groups.most]),
            groups.member,
        )
        said = (
            "weakly stable under the quotas, as students and projects are (Abraham, Irving and "
            "Manlove 2007), and the best such matching for every one of the mentees; equal scores "
            f"are ordered by a keyed hash of the ids (seed {options.seed})"
        )
        return choice_of(
            problem,
            arcs.mentees[chosen],
            arcs.mentors[chosen],
            self.name,
            "Another stable matching may meet them: within a group loads may differ.",
            engine="deferred acceptance (in groups)",
            notes=(said,),
        )

    def _firm(self, problem: Problem, notion: FirmNotion) -> Choice:
        """Find the strongly or super-stable matching that is best for every mentee."""
        refuse_demand(
            problem,
            f"stable with ties={notion!r}",
            f"with several each, no method is known here that finds {FIRM[notion]} matchings or "
            "shows that there is none",
        )
        arcs = arcs_of(problem, self.name, self.tie_tolerance)
        lists = TiedLists(
            arcs.mentees,
            arcs.mentors,
            arcs.mentee_values,
            arcs.mentor_values,
            problem.after_pins.capacity,
            problem.shape[0],
        )
        chosen = lists.best_candidate(notion)
        blocks = lists.first_blocking(chosen, notion)
        if blocks is not None:
            mentee = problem.mentee_ids[arcs.mentees[blocks]]
            mentor = problem.mentor_ids[arcs.mentors[blocks]]
            raise InfeasibleError(
                f"No {FIRM[notion]} matching exists: ties leave {mentee!r} and {mentor!r} as a "
                "pair that blocks the best that is left to every mentee, and then every other "
                f"matching is blocked as well ({THEOREM[notion]}). Use "
                'Stable(ties="weak"), which always exists, or tell equal ones apart by a criterion.'
            )
        said = f"{FIRM[notion]}, and the best {FIRM[notion]} matching for every one of the mentees"
        return choice_of(
            problem,
            arcs.mentees[chosen],
            arcs.mentors[chosen],
            self.name,
            f"In every {FIRM[notion]} matching these mentors have as many mentees, so none meets "
            "the minimums.",
            engine="rounds of tied proposals",
            notes=(said,),
        )


FIRM: dict[FirmNotion, str] = {"strong": "strongly stable", "super": "super-stable"}
THEOREM: dict[FirmNotion, str] = {
    "strong": "Irving, Manlove and Scott 2003",
    "super": "Irving, Manlove and Scott 2000",
}


def _said_about_ties(ties_met: bool, proposing: str, seed: int) -> str:
    if not ties_met:
        return (
            f"stable, and the best stable matching for every one of the {proposing}; no two equal "
            "scores were compared, so no tie-break plays a part"
        )
    return (
        "weakly stable; equal scores were met and ordered by a keyed hash of the ids (seed "
        f"{seed}; bare positions keep their order), and it is the best for the {proposing} in "
        "that order"
    )


@dataclass(frozen=True, slots=True)
class Greedy:
    """The best pair first, then the best of what is left, and so on, by the joined score.

    For scores ≥ 0 the total is at least half of the largest [1]_. It equals deferred acceptance
    where both sides rank by the joined score, which is how it is found.

    References
    ----------
    .. [1] D. Avis (1983), A survey of heuristics for the weighted matching problem.
    """

    name = "greedy"
    promises = ()
    engines = ()

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Take pairs by falling joined score; equal ones by the order of people."""
        found = deferred_acceptance(market_of(problem, values="joined"))
        why = "Taking the best pair looks no further."
        tied = f"equal scores were ordered by a keyed hash of the ids (seed {options.seed})"
        notes = (tied,) if found.ties_met else ()
        return choice_of(problem, found.mentees, found.mentors, self.name, why, notes=notes)


register("stable", Stable)
register("greedy", Greedy)
