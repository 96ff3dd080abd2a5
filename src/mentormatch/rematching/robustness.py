"""What is lost if a mentor leaves, and whom each mentee would have, before anybody does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import InfeasibleError
from mentormatch.explanations.answered.answer import Answer, amount, frame_of, listed
from mentormatch.explanations.capabilities import check
from mentormatch.explanations.chains.building import exchange_graph
from mentormatch.explanations.chains.dropouts import DropOut, drop_outs
from mentormatch.matching import check_matching
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = ["Robustness", "robustness"]

MENTOR_COLUMNS = ["mentor", "mentees", "loss", "coverage_lost", "moves", "movers"]
RESERVE_COLUMNS = ["mentee", "mentor", "reserve", "loss"]
NAMED = 5


@dataclass(frozen=True, eq=False)
class Robustness(Answer):
    """What a matching loses when one mentor leaves, for each mentor.

    Parameters
    ----------
    mentors
        Frame mentor, mentees (how many it has), loss (of the total), coverage_lost, moves (mentees
        of others who would have another mentor), movers; the heaviest loss of coverage first. NaN
        where no matching exists without the mentor.
    reserves
        Frame mentee, mentor, reserve (whom it would have if that mentor left; None is nobody), loss
        (of its own score).
    """

    mentors: pd.DataFrame
    reserves: pd.DataFrame

    def to_frame(self) -> pd.DataFrame:
        """The losses by mentor."""
        return self.mentors

    def sentences(self, audience: Audience) -> list[str]:
        """Say on which mentors most depends; only a committee reads names."""
        alone = int(self.reserves["reserve"].isna().sum())
        said = [
            f"If their mentor left, {format_count(len(self.reserves) - alone, 'mentee')} would "
            f"have another one, and {alone} would have nobody."
        ]
        if audience != "committee":
            return said
        for row in self.mentors.head(NAMED).to_dict("records"):
            if np.isnan(row["loss"]):
                said.append(f"Without {row['mentor']!r} the rules cannot all hold.")
            elif row["mentees"]:
                who = f" ({listed(row['movers'])})" if row["moves"] else ""
                said.append(
                    f"Without {row['mentor']!r} the total would lose {amount(row['loss'])}, "
                    f"{format_count(int(row['coverage_lost']), 'mentee')} fewer would have a "
                    f"mentor, and {format_count(int(row['moves']), 'mentee')} of others "
                    f"would move{who}."
                )
        return said


def robustness(matching: Matching, mentors: Iterable[object] | None = None) -> Robustness:
    """Say for each mentor what is lost, and who would move, if they left.

    At one mentor each the exchange graph of the matching answers, with one shortest chain of moves
    for each mentee. With several mentors each, or side rules, each mentor takes one match.

    Parameters
    ----------
    matching
        A matching with the best total.
    mentors
        Ids; None: all.

    Raises
    ------
    NotExplainableError
        A strategy that does not look for the largest total, or pairs that do not have it.

    Examples
    --------
    >>> import mentormatch as mm
    >>> left = mm.robustness(mm.match(mm.Problem.from_scores([[0.9, 0.5]])))
    >>> left.reserves["reserve"].tolist(), left.reserves["loss"].round(3).tolist()
    ([1], [0.4])
    """
    check_matching(matching, "robustness")
    check(matching, "robustness")
    problem = matching.problem
    position = problem.compatibility.mentor_position
    asked = (
        np.arange(problem.shape[1])
        if mentors is None
        else np.array([position(one) for one in mentors], dtype=np.intp)
    )
    if problem.wants_several and not problem.sides:
        # Refuses pairs that do not have the best total.
        exchange_graph(matching)
    if problem.sides or problem.wants_several:
        return _described(matching, list(_matched_again(matching, asked)))
    return _described(matching, list(drop_outs(exchange_graph(matching), asked)))


def _matched_again(matching: Matching, mentors: NDArray[np.intp]) -> Iterator[DropOut]:
    """The same by a fresh match without each mentor."""
    problem, m = matching.problem, max(matching.problem.shape[1], 1)
    before = matching.mentees * m + matching.mentors
    for j in mentors.tolist():
        held = matching.mentees[matching.mentors == j]
        if not len(held):
            yield DropOut(j, (), 0)
            continue
        try:
            again = match(_closed(problem, j), seed=matching.seed or 0)
        except InfeasibleError:
            yield DropOut(j, None, 0)
            continue
        after = again.mentees * m + again.mentors
        begun: dict[int, list[int]] = {}
        for i, k in zip(*np.divmod(np.setdiff1d(after, before), m), strict=True):
            begun.setdefault(int(i), []).append(int(k))
        # What j gave is replaced first: that is a mentee's reserve.
        ended = np.divmod(np.setdiff1d(before, after), m)
        pairs = sorted(zip(*(one.tolist() for one in ended), strict=True), key=lambda p: p[1] != j)
        moves = [(i, k, begun[i].pop(0) if begun.get(i) else -1) for i, k in pairs]
        moves += [(i, -1, k) for i, rest in begun.items() for k in rest]
        yield DropOut(j, tuple(moves), matching.n_matched - again.n_matched)


def _closed(problem: Problem, j: int) -> Problem:
    """The problem without pairs, minimum and pins of one mentor."""
    minimum = problem.minimums.copy()
    minimum[j] = 0
    name = problem.mentor_ids[j]
    pins = [one for one in problem.pin_rules if one.mentor != name]
    if problem.usage is None:
        capacity = problem.capacities.copy()
        capacity[j] = 0
        return replace(problem, capacity=capacity, minimum=minimum, pins=pins)
    # Capacities count hours here, and some people may use none.
    bans = [*problem.ban_rules, *((i, name) for i in problem.mentee_ids)]
    return replace(problem, bans=bans, minimum=minimum, pins=pins)


def _described(matching: Matching, found: list[DropOut]) -> Robustness:
    """The moves as tables; scores are read once for all of them."""
    problem = matching.problem
    loads = np.bincount(matching.mentors, minlength=problem.shape[1])
    made = [(k, *move) for k, one in enumerate(found) for move in one.moves or ()]
    which, mentees, was, now = np.array(made, dtype=np.intp).reshape(-1, 4).T
    lost = _scores(problem, mentees, was) - _scores(problem, mentees, now)
    loss = np.bincount(which, lost, minlength=len(found))
    leaving = np.array([one.mentor for one in found], dtype=np.intp)
    own = was == leaving[which]
    people, names = problem.mentee_ids.tolist(), problem.mentor_ids.tolist()
    movers: list[dict[object, None]] = [{} for _ in found]
    for k, i in zip(which[~own].tolist(), mentees[~own].tolist(), strict=True):
        movers[k][people[i]] = None
    of_leaver = set(zip(which[own].tolist(), problem.mentee_ids[mentees[own]], strict=True))
    rows = []
    for k, one in enumerate(found):
        others = tuple(who for who in movers[k] if (k, who) not in of_leaver)
        numbers: tuple[float, ...] = (float(loss[k]), one.coverage, len(others))
        if one.moves is None:
            numbers = (np.nan, np.nan, np.nan)
        rows.append((names[one.mentor], int(loads[one.mentor]), *numbers, others))
    table = frame_of(rows, MENTOR_COLUMNS)
    table = table.sort_values(
        ["coverage_lost", "loss"], ascending=False, kind="stable", ignore_index=True
    )
    reserves = [
        (people[i], names[j], None if to < 0 else names[to], less)
        for i, j, to, less in zip(
            *(one[own].tolist() for one in (mentees, was, now, lost)), strict=True
        )
    ]
    return Robustness(table, frame_of(reserves, RESERVE_COLUMNS))


def _scores(
    problem: Problem, mentees: NDArray[np.intp], mentors: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Scores of pairs, 0 with nobody."""
    found = np.zeros(len(mentees))
    some = mentors >= 0
    found[some] = problem.pairs(mentees[some], mentors[some]).scores
    return found
