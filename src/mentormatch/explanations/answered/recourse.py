"""What a mentee can change in its own answers to have a better mentor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.errors import MatchingError
from mentormatch.explanations.answered.answer import Answer, amount, frame_of, listed
from mentormatch.explanations.answered.own_changes import own_changes, scores_after
from mentormatch.explanations.chains.one_row import OwnRow

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import pandas as pd

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.explanations.answered.own_changes import OwnChange
    from mentormatch.explanations.chains.graph import ExchangeGraph
    from mentormatch.matching import Matching

__all__ = ["Recourse", "describe_recourse"]

COLUMNS = ["column", "change", "value", "mentors", "certain", "score", "gain", "total", "coverage"]
SAID = 3


@dataclass(frozen=True, eq=False)
class Recourse(Answer):
    """Single changes of a mentee's own answers, the one that helps most first.

    Parameters
    ----------
    mentee
        Id.
    want
        The mentor it would like; None: any.
    score
        Of the pair it has now; 0 without a mentor.
    changes
        Frame: column, change ("add" or "change"), value, mentors (ids of those whom it has in some
        best matching of the changed cohort), certain (in every best matching it has one of them,
        or ``want`` itself), score (the least with these), gain (in that score), total (the best
        total then), coverage (mentees matched more than now; None where only the total counts).
    tried
        How many changes were weighed.
    """

    mentee: object
    want: object
    score: float
    changes: pd.DataFrame
    tried: int

    def to_frame(self) -> pd.DataFrame:
        """The changes that help."""
        return self.changes

    def sentences(self, audience: Audience) -> list[str]:
        """Say it to the mentee, to the mentor, or to the committee."""
        if audience == "mentor":
            return ["What a mentee could change in its own answers is for that mentee to read."]
        committee = audience == "committee"
        aim = "a mentor with a higher score"
        if self.want is not None:
            aim = repr(self.want) if committee else "the mentor you asked about"
        who = repr(self.mentee) if committee else "you"
        if not len(self.changes):
            return [
                f"None of the {self.tried} single changes that were weighed would give {who} {aim}."
            ]
        said = [
            f"{len(self.changes)} of the {self.tried} single changes that were weighed would give "
            f"{who} {aim}."
        ]
        for _, row in self.changes.head(SAID).astype(object).iterrows():
            said.append(self._sentence(row, committee))
        said.append("This holds while everybody else's answers stay as they are.")
        return said

    def _sentence(self, row: pd.Series, committee: bool) -> str:
        if row["change"] == "add":
            step = f"With {row['value']!r} added to {row['column']!r}"
        elif committee:
            step = f"With {row['value']!r} as {row['column']!r}"
        else:
            # The value is another mentee's answer.
            step = f"With another answer to {row['column']!r}"
        if not committee:
            may = "would" if row["certain"] else "could"
            return f"{step} you {may} have a mentor with a score of {row['score']:.3g}."
        may = "would" if row["certain"] and len(row["mentors"]) == 1 else "could"
        tie = "" if row["certain"] else ", but another best matching does not do so"
        return (
            f"{step} {self.mentee!r} {may} have {listed(row['mentors'])}, with a score of "
            f"{row['score']:.3g} ({amount(row['gain'])} more than now){tie}."
        )


def describe_recourse(
    matching: Matching,
    graph: Callable[[], ExchangeGraph],
    i: int,
    want: int | None,
    actionable: Collection[str] | None,
) -> Recourse:
    """Weigh the changes of mentee ``i``; see `Explanation.what_would_help`."""
    problem = matching.problem
    mentee = problem.mentee_ids[i]
    if problem.demands[i] == 0:
        raise MatchingError(f"{mentee!r} asks for no mentor, so no answer of its own helps.")
    if (problem.pinned[:, 0] == i).any():
        raise MatchingError(f"The mentor of {mentee!r} is pinned, so no answer of its own helps.")
    held = matching.mentors[matching.mentees == i]
    if want is not None and want in held:
        mentor = problem.mentor_ids[want]
        raise MatchingError(
            f"{mentee!r} and {mentor!r} are matched. pair({mentee!r}, {mentor!r}) says why."
        )
    score = float(matching.scores[matching.mentees == i].sum())
    changes = own_changes(problem, i, actionable)
    rows = _rows(graph(), i, want, changes, score, bool(len(held))) if changes else []
    wanted = None if want is None else problem.mentor_ids[want]
    return Recourse(mentee, wanted, score, frame_of(rows, COLUMNS), len(changes))


def _rows(
    graph: ExchangeGraph,
    i: int,
    want: int | None,
    changes: list[OwnChange],
    score: float,
    matched: bool,
) -> list[tuple[object, ...]]:
    """The changes that help, with what they lead to, best first."""
    problem, m = graph.matching.problem, graph.n_mentors
    scores = scores_after(problem, i, changes)
    places, total, coverage = OwnRow.of(graph, i).under(scores)
    with_one, alone = places[:, :m], places[:, m]
    least = np.where(with_one, scores, np.inf).min(axis=1, initial=np.inf)
    reached = with_one.any(axis=1)
    if want is None:
        certain = ~alone
        helps = reached & (certain & (least > score + graph.tolerance) if matched else True)
    else:
        helps = with_one[:, want]
        certain = places.sum(axis=1) == 1
        least = scores[:, want]
    gain = least - score
    chosen = np.flatnonzero(helps)
    order = chosen[np.lexsort((chosen, -gain[chosen], ~certain[chosen]))]
    return [
        (
            changes[k].column,
            changes[k].change,
            changes[k].value,
            tuple(problem.mentor_ids[np.flatnonzero(with_one[k])].tolist()),
            bool(certain[k]),
            float(least[k]),
            float(gain[k]),
            float(total[k]),
            int(coverage[k]) if problem.coverage_first else None,
        )
        for k in order.tolist()
    ]
