"""Everything that can be asked about a matching, behind one object."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from mentormatch.compatibility.views import view_of
from mentormatch.displayed import Displayed
from mentormatch.errors import MatchingError, MentorMatchError, NotExplainableError, is_whole
from mentormatch.explanations.answered.groups import (
    NearTies,
    Shortages,
    describe_near_ties,
    describe_shortages,
)
from mentormatch.explanations.answered.own_proofs import OWN_PROOFS
from mentormatch.explanations.answered.pairs import PairAnswer, describe_pair
from mentormatch.explanations.answered.recourse import Recourse, describe_recourse
from mentormatch.explanations.answered.recruiting import describe_recruits
from mentormatch.explanations.answered.texts import texts_to_mentees, texts_to_mentors
from mentormatch.explanations.answered.unmatched import Unmatched, describe_unmatched
from mentormatch.explanations.answered.why_not import WhyNot, forced_pair, why_blocked
from mentormatch.explanations.capabilities import (
    SOLVED_AGAIN,
    check,
    has_total,
    table_of_capabilities,
)
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.seats import table_of_seats
from mentormatch.explanations.chains.ties import best_matchings, near_pairs
from mentormatch.matching.matching import Matching

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable

    import pandas as pd

    from mentormatch.explanations.answered.weights_for import WeightsFor
    from mentormatch.explanations.chains.graph import ExchangeGraph

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True, eq=False)
class Explanation(Displayed):
    """Answers about one matching; no solver is asked.

    Made by `mm.explain`. The first question about costs reads all pairs once and keeps a graph
    of the mentors, O(mentors²) numbers; the others take milliseconds.

    Parameters
    ----------
    matching
        The matching asked about.
    """

    matching: Matching

    @cached_property
    def _graph_or_refusal(self) -> ExchangeGraph | NotExplainableError:
        try:
            return exchange_graph(self.matching)
        except NotExplainableError as error:
            return error

    @property
    def _graph(self) -> ExchangeGraph:
        found = self._graph_or_refusal
        if isinstance(found, NotExplainableError):
            raise NotExplainableError(*found.args)
        return found

    @property
    def _graph_or_none(self) -> ExchangeGraph | None:
        if not has_total(self.matching) or self.matching.problem.sides:
            return None
        found = self._graph_or_refusal
        return None if isinstance(found, NotExplainableError) else found

    def _people(self, mentee: Hashable, mentor: Hashable) -> tuple[int, int]:
        compatibility = self.matching.problem.compatibility
        return compatibility.mentee_position(mentee), compatibility.mentor_position(mentor)

    # ------------------------------------------------------------------ questions

    def capabilities(self) -> pd.DataFrame:
        """Which questions have a true answer for this matching.

        Returns
        -------
        DataFrame
            question, answered ("exact", "bound" or "not for this strategy"), why.
        """
        table = table_of_capabilities(self.matching)
        refusal = self._graph_or_refusal if has_total(self.matching) else None
        if isinstance(refusal, NotExplainableError) and not self.matching.problem.sides:
            asks = ~table["question"].isin(
                ["pair", "unmatched", *set(SOLVED_AGAIN) - {"robustness"}]
            )
            # What is refused whatever the pairs are keeps its own sentence.
            asks &= table["answered"] != "not for this strategy"
            table.loc[asks, "answered"] = "not for this strategy"
            table.loc[asks, "why"] = str(refusal)
        return table

    def pair(self, mentee: Hashable, mentor: Hashable) -> PairAnswer:
        """Describe a pair: criteria in words, ranks both ways, and what it is worth to the whole.

        Its worth is said where the total was maximised; ranks and criteria always.
        """
        i, j = self._people(mentee, mentor)
        return describe_pair(self.matching, self._graph_or_none, i, j)

    def why_not(self, mentee: Hashable, mentor: Hashable) -> WhyNot:
        """Say why a mentee does not have a mentor, and what it would cost.

        Raises
        ------
        MatchingError
            They are matched.
        NotExplainableError
            The strategy has no true answer; see `capabilities`.
        """
        i, j = self._people(mentee, mentor)
        matching = self.matching
        problem = matching.problem
        if bool(((matching.mentees == i) & (matching.mentors == j)).any()):
            raise MatchingError(
                f"{mentee!r} and {mentor!r} are matched. pair({mentee!r}, {mentor!r}) says why."
            )
        rules = problem.reasons(i, j)
        if rules:
            return WhyNot(
                problem.mentee_ids[i], problem.mentor_ids[j], "ineligible", np.inf, why=rules
            )
        blocked = why_blocked(matching, i, j)
        if blocked is not None:
            return blocked
        if matching.strategy in OWN_PROOFS:
            return OWN_PROOFS[matching.strategy](matching, i, j)
        check(matching, "why_not")
        return forced_pair(matching, self._graph, i, j)

    def texts(self, audience: Literal["mentee", "mentor"] = "mentee") -> pd.Series[str]:
        """What everybody reads about their own match, in one pass over all pairs.

        Parameters
        ----------
        audience
            "mentee": as ``pair(...).text("mentee")`` of each of its pairs, or
            ``unmatched(...).text("mentee")`` where it has none. "mentor": as
            ``pair(...).text("mentor")`` of each of its mentees.

        Returns
        -------
        Series of str by id
            No text holds anything of another person.
        """
        if audience not in ("mentee", "mentor"):
            raise MentorMatchError(
                f"texts are for 'mentee' or 'mentor', got {audience!r}. A committee asks about one "
                "pair at a time: pair(mentee, mentor)."
            )
        write = texts_to_mentees if audience == "mentee" else texts_to_mentors
        return write(self.matching)

    def unmatched(self, mentee: Hashable) -> Unmatched:
        """Say why a mentee has no mentor, or fewer than wanted, and the smallest change that helps.

        Raises
        ------
        MatchingError
            It has all the mentors it wants.
        """
        i = self.matching.problem.compatibility.mentee_position(mentee)
        asked = int(self.matching.problem.demands[i])
        if self.matching.places[i] >= asked > 0:
            raise MatchingError(f"{mentee!r} has the mentors it wants. pair(...) says why these.")
        listed = self.matching.unmatched
        reasons = listed.loc[listed["mentee"] == self.matching.problem.mentee_ids[i], "reason"]
        reason = str(reasons.iloc[0]) if len(reasons) else "asked for no mentor"
        return describe_unmatched(self.matching, self._graph_or_none, i, reason)

    def what_would_help(
        self,
        mentee: Hashable,
        want: Hashable | None = None,
        *,
        actionable: Collection[str] | None = None,
    ) -> Recourse:
        """Find the single changes of a mentee's own answers that would give it a better mentor.

        Each change is scored again for this mentee alone, and the graph says whom it would have
        in a best matching of the changed cohort: exact, no solver.

        Parameters
        ----------
        mentee
            Id.
        want
            The mentor it would like; None: any with a higher score, or any at all.
        actionable
            Columns of the mentees that may change. None: those that the criteria name
            (``actionable=``), else those to which a value can be added (skills, tags, weekly
            windows). In others a value that another mentee has takes the
            place of its own. Never one named like a protected attribute.

        Raises
        ------
        MatchingError
            It wants no mentor, is pinned, or has ``want`` already.
        NotExplainableError
            The strategy has no true answer (see `capabilities`), or the scores were given.
        MentorMatchError
            A column in ``actionable`` that cannot be weighed alone.
        """
        check(self.matching, "what_would_help")
        compatibility = self.matching.problem.compatibility
        i = compatibility.mentee_position(mentee)
        j = None if want is None else compatibility.mentor_position(want)
        return describe_recourse(self.matching, lambda: self._graph, i, j, actionable)

    def weights_for(self, mentee: Hashable, mentor: Hashable) -> WeightsFor:
        """Find the smallest move of the criteria's weights that gives a pair; solves many times.

        The nearest weights are exact for the matching that goes with the pair (its companion):
        another companion may be nearer. That there are none is proven for all, within rounding.

        Raises
        ------
        MatchingError
            They may not be matched.
        NotExplainableError
            The strategy has no true answer (see `capabilities`), or the score of a pair is no sum
            of weights times values: given scores, two sides that weigh differently, ``normalise``,
            ``missing="skip"``, ``min_score``.
        """
        from mentormatch.whatif.weights import find_weights

        check(self.matching, "weights_for")
        _ = self._graph
        return find_weights(self.matching, *self._people(mentee, mentor))

    def seat_values(self) -> pd.DataFrame:
        """What one seat more or less with each mentor would change.

        Returns
        -------
        DataFrame by mentor
            gain_of_one_more, coverage_of_one_more, loss_of_one_less, coverage_of_one_less: total
            score, and mentees with a mentor. Where coverage changes the gain is among matchings of
            the new coverage and may be negative. NaN: a pin or a minimum needs the seat, or there
            is none.
        """
        check(self.matching, "seat_values")
        return table_of_seats(self._graph)

    def recruit(self, candidates: pd.DataFrame, capacity: object = 1) -> pd.DataFrame:
        """Say what new mentors would add: each alone, and the best one first, then the next.

        Parameters
        ----------
        candidates
            A table like that of the mentors, which the criteria score; or scores, with a row for
            each mentee and a column for each candidate, NaN = not eligible.
        capacity
            Seats of each: a number, a list, or a column of the table.

        Returns
        -------
        DataFrame
            candidate, seats, gain, coverage (alone), order, gain_in_order, coverage_in_order.
        """
        check(self.matching, "recruit")
        _ = self._graph
        return describe_recruits(self.matching, candidates, capacity)

    def shortages(self) -> Shortages:
        """Find the sets of mentees who share fewer seats than they are."""
        check(self.matching, "shortages")
        _ = self._graph
        return describe_shortages(self.matching)

    def near_ties(self, within: float = 0.0) -> NearTies:
        """Find the pairs that could be made at a cost of at most ``within``, and who could swap.

        Parameters
        ----------
        within
            In units of score; 0 = pairs of other matchings that are as good.
        """
        check(self.matching, "near_ties")
        if not (isinstance(within, float | int) and within >= 0):
            raise MentorMatchError(f"within must be 0 or more, in units of score; got {within!r}.")
        return describe_near_ties(self._graph, float(within))

    @property
    def is_unique(self) -> bool:
        """Whether no other matching is as good; ties within rounding count as ties."""
        check(self.matching, "is_unique")
        return not len(near_pairs(self._graph, 0.0).costs)

    def alternatives(self, k: int = 3) -> tuple[Matching, ...]:
        """The k next best matchings of the same coverage, best first; fewer where there are fewer.

        Parameters
        ----------
        k
            How many; each takes as long as two graphs.
        """
        check(self.matching, "alternatives")
        if not is_whole(k, 1):
            raise MentorMatchError(f"k must be a whole number from 1, got {k!r}.")
        _ = self._graph
        return tuple(best_matchings(self.matching, int(k) + 1)[1:])

    def in_ids_of(self, matching: Matching) -> Explanation:
        """Answer in the ids of a copy of the matching, whose people are called otherwise.

        Parameters
        ----------
        matching
            The same pairs of the same problem with other ids.
        """
        again = Explanation(matching)
        graph = self._graph_or_none
        if graph is not None:
            vars(again)["_graph_or_refusal"] = view_of(graph, matching=matching)
        return again

    def __repr__(self) -> str:
        table = self.capabilities()
        answered = table.loc[table["answered"] != "not for this strategy", "question"]
        return f"Explanation of a matching by {self.matching.strategy}: {', '.join(answered)}"


def explain(matching: Matching) -> Explanation:
    """Ask about a matching: why this mentor, why not that one, who got nobody, what would help.

    Parameters
    ----------
    matching
        From any strategy. `Explanation.capabilities` lists what has a true answer for it.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> answer = mm.explain(mm.match(problem)).why_not(0, 0)
    >>> answer.kind, round(answer.cost, 3)
    ('costs', 0.5)
    """
    if not isinstance(matching, Matching):
        raise MatchingError(
            f"explain needs a Matching, got {type(matching).__name__}. Use mm.match(problem), or "
            "mm.Matching.from_pairs(problem, pairs)."
        )
    return Explanation(matching)
