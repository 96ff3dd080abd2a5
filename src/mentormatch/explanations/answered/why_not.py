"""Why a mentee does not have a mentor: the exact cost of forcing the pair, and who would move."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.answered.answer import Answer, amount, frame_of, listed

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.explanations.chains.graph import ExchangeGraph, Move
    from mentormatch.matching import Matching

__all__ = ["WhyNot", "contrast", "forced", "forced_pair", "why_blocked"]

# What a way to make room is compared by (whom it leaves out, what it costs), the place given up,
# and its paths.
Way: TypeAlias = "tuple[tuple[int, ...], float, int, tuple[tuple[int, ...], ...]]"

MOVE_COLUMNS = ["mentee", "from", "to", "gain"]
CONTRAST_COLUMNS = ["criterion", "side", "asked", "has", "difference", "in_words"]
NO_MOVES = frame_of([], MOVE_COLUMNS)


@dataclass(frozen=True, eq=False)
class WhyNot(Answer):
    """Why a pair was not made.

    Parameters
    ----------
    mentee, mentor
        Ids of the pair asked about.
    kind
        "ineligible", "equally_good", "costs", "loses_coverage" or "impossible"; for a stable
        matching "prefers_own", "seats_held" or, under a quota of mentors who share places,
        "places_held"; for one made in turns "prefers_own" or "turn", for a greedy one "outscored"
        or "seats_held".
    cost
        What the best matching with the pair loses of the total; inf when there is none, NaN where
        the strategy has no total to lose. Under lost coverage it is the loss among the matchings
        with that coverage, and may be negative.
    loses_coverage
        How many mentees fewer have a mentor when the pair is made.
    loses_places
        How many pairs fewer there are then, where people want several mentors.
    moves
        Frame mentee, from, to, gain: who would move; None stands for nobody.
    blame
        The mentee who would lose most, or None.
    contrast
        Frame criterion, side, asked, has, difference, in_words: the pair asked about against the
        one that would be given up.
    why
        The sentences of the answer beyond its numbers: rules, ranks, pins.
    rivals
        Mentees who hold the mentor's seats, where the proof is about them.
    swaps
        True: as many have a mentor, but one of higher priority loses it to one of lower.
    """

    mentee: object
    mentor: object
    kind: str
    cost: float
    loses_coverage: int = 0
    loses_places: int = 0
    moves: pd.DataFrame = field(default_factory=lambda: NO_MOVES)
    blame: object = None
    contrast: pd.DataFrame = field(default_factory=lambda: frame_of([], CONTRAST_COLUMNS))
    why: tuple[str, ...] = ()
    rivals: tuple[object, ...] = ()
    swaps: bool = False

    def to_frame(self) -> pd.DataFrame:
        """Who would move: mentee, from, to, gain."""
        return self.moves

    def sentences(self, audience: Audience) -> list[str]:
        """Say it to the mentee, to the mentor, or to the committee."""
        if audience == "committee":
            return self._to_committee()
        other = "mentor" if audience == "mentee" else "mentee"
        return [self._to_person(f"the {other} you asked about", is_mentee=audience == "mentee")]

    def _to_committee(self) -> list[str]:
        i, j = repr(self.mentee), repr(self.mentor)
        said: list[str] = []
        match self.kind:
            case "ineligible":
                return [f"{i} and {j} may not be matched: {'; '.join(self.why)}."]
            case "impossible":
                return [f"{i} and {j} cannot be matched: {'; '.join(self.why)}."]
            case "prefers_own" | "seats_held" | "places_held" | "turn" | "outscored":
                return [f"{one[0].upper()}{one[1:]}." if one else one for one in self.why]
            case "equally_good":
                said = [
                    f"A matching with {i} and {j} is as good; the order of people decided between "
                    "the two."
                ]
            case "costs":
                said = [
                    f"{i} could have {j} only at a cost: the total would lose {amount(self.cost)}."
                ]
            case "loses_coverage":
                change = "lose" if self.cost >= 0 else "gain"
                loss = f"{format_count(self.loses_coverage, 'mentee')} fewer had a mentor"
                if not self.loses_coverage:
                    loss = "a mentee had one mentor fewer and nobody took the place"
                elif self.swaps:
                    loss = "a mentee of higher priority made room for one of lower priority"
                said = [
                    f"{i} could have {j} only if {loss}; the total would then {change} "
                    f"{amount(abs(self.cost))}."
                ]
        said.extend(f"{one[0].upper()}{one[1:]}." for one in self.why)
        steps = [
            f"{mentee!r} goes from {_place(tail)} to {_place(head)} ({gain:+.3g})"
            for mentee, tail, head, gain in self.moves.itertuples(index=False)
        ]
        if steps:
            said.append("; ".join(steps[:12]) + (" …" if len(steps) > 12 else "") + ".")
        if self.blame is not None:
            worst = float(self.moves["gain"].astype(float).min())
            said.append(f"{self.blame!r} would lose most, {amount(-worst)}.")
        compared = zip(self.contrast["criterion"], self.contrast["in_words"], strict=True)
        # Where both sides score, a criterion that counts for both says the same twice.
        lines = (f"{label}: {words}." for label, words in compared if words)
        return [*said, *dict.fromkeys(lines)]

    def _to_person(self, other: str, *, is_mentee: bool) -> str:
        """What one of the two reads; ``other`` stands for the other one."""
        more = "other person", "other people"
        others = format_count(self.n_others, *more) if self.n_others else "nobody else"
        count = len(self.rivals)
        held = f"{format_count(count, *more)} with at least as high scores"
        holds = "holds" if count == 1 else "hold"
        match self.kind:
            case "ineligible":
                return f"A rule of the programme does not allow you and {other} to be matched."
            case "impossible":
                return (
                    f"You and {other} cannot be matched: fixed pairs, numbers of seats or minimums "
                    "of the programme stand against it."
                )
            case "equally_good":
                return (
                    f"A matching with you and {other} would have been as good for the programme as "
                    f"a whole; {others} would have moved. An order that favours nobody decided."
                )
            case "costs":
                better = "" if self.n_others else ", but your own match fits better"
                return (
                    f"You and {other} could be matched only at a cost to the programme as a whole: "
                    f"{others} would have to move{better}, and the scores of all pairs together "
                    "would be lower."
                )
            case "loses_coverage" if not self.loses_coverage:
                return (
                    f"If you and {other} were matched, fewer places could be filled; the programme "
                    "fills as many as possible first."
                )
            case "loses_coverage":
                people = "person" if self.loses_coverage == 1 else "people"
                return (
                    f"If you and {other} were matched, {self.loses_coverage} other {people} would "
                    "be left without a mentor; the programme serves as many people as possible "
                    "first."
                )
            case "prefers_own" if is_mentee:
                return f"Your own match suits you at least as well as {other}, by your own answers."
            case "prefers_own":
                return (
                    f"The match of {other} suits that person at least as well, by their own "
                    "answers."
                )
            case "outscored":
                # The score is of both sides together: it says nothing about one's own answers.
                return (
                    "Pairs were made in the order of their scores, which count the answers of both "
                    f"sides; you and {other} did not score more than what was made before, or "
                    "scored too little."
                )
            case "seats_held" if not count:
                return f"The seats of this match are given to others; {other} has none left."
            case "seats_held" if is_mentee:
                return f"{held} {holds} the seats of {other}."
            case "seats_held":
                return f"Your seats are held by {count} whose scores for you are at least as high."
            case "places_held" if is_mentee:
                return (
                    f"{held if count else 'Fixed pairs'} {holds} all places that the programme "
                    f"gives to {other} or to a group of mentors with it."
                )
            case "places_held":
                who = f"{count} whose scores are at least as high" if count else "fixed pairs"
                return (
                    "All places that the programme gives to you, or to a group of mentors with "
                    f"you, are held by {who}."
                )
            case "turn" if is_mentee:
                return (
                    "People chose one after another; when your turn came, others had taken the "
                    f"{format_count(count, 'seat')} of {other}."
                )
        return f"Your seats had been taken when it was the turn of {other}."

    @property
    def n_others(self) -> int:
        """How many people besides the mentee would move."""
        return max(len(self.moves) - 1, 0)


def _place(mentor: object) -> str:
    return "nobody" if mentor is None else repr(mentor)


@dataclass(frozen=True)
class Forced:
    """The cheapest way to make a pair: what it costs, whom it leaves out, who moves."""

    cost: float
    loses: int
    place: int
    moves: tuple[Move, ...]
    swaps: bool = False
    loses_places: int = 0


def forced(
    graph: ExchangeGraph, i: int, j: int, score: float, places: list[tuple[int, float]]
) -> Forced | None:
    """Find the cheapest chain that makes room for mentee ``i`` at mentor ``j``.

    With d(a, b) the length of a shortest path, it costs s_i,a(i) − s_ij + d(j, a(i)). Where no path
    keeps coverage, somebody is left out: j ends at "nobody" of the least important class that it
    reaches, and a(i)'s seat is filled from somebody unmatched of another class, or from anywhere.
    None when the pair cannot be made at all.
    """
    ways: list[Way] = []
    for place, given_up in places:
        kept = graph.path(j, place)
        if kept.nodes:
            ways.append(((), given_up - score + kept.cost, place, (kept.nodes,)))
    if not ways:
        ways = [
            (loss, given_up - score + cost, place, paths)
            for place, given_up in places
            for loss, cost, paths in _with_loss(graph, j, place)
        ]
    if not ways:
        return None
    least = min(way[:2] for way in ways)
    # Of ways as short, one may move the mentee itself, which gives up another place then.
    found = [
        _made(graph, i, score, places, way)
        for way in ways
        if way[0] == least[0] and way[1] <= least[1] + graph.tolerance
    ]
    return min(found, key=lambda one: one.cost)


def _made(
    graph: ExchangeGraph, i: int, score: float, places: list[tuple[int, float]], way: Way
) -> Forced:
    """Who moves on a way, and what it costs."""
    loss, _, place, paths = way
    moves: list[Move] = []
    for nodes in paths:
        moves += graph.moves(nodes, (i, *(one.mentee for one in moves)))
    # Added up again from the moves, the cost has no rounding of prices.
    cost = next(given for node, given in places if node == place) - score
    cost -= sum(one.gain for one in moves)
    if not loss:
        return Forced(cost, 0, place, tuple(moves))
    lost, filled = paths[0][-1], paths[1][0]
    loses = int(lost in graph.nobody)
    swaps = lost in graph.nobody and filled in graph.nobody
    return Forced(cost, loses, place, tuple(moves), swaps, int(filled == graph.slack))


def _with_loss(
    graph: ExchangeGraph, j: int, place: int
) -> list[tuple[tuple[int, ...], float, tuple[tuple[int, ...], ...]]]:
    """Ways to make room that leave somebody out: who (as a key), cost, paths; the best key only."""
    levels = graph.levels
    found: list[tuple[tuple[int, ...], float, tuple[tuple[int, ...], ...]]] = []
    for c in reversed(range(len(levels))):
        first = graph.path(j, levels[c])
        if not first.nodes:
            continue
        for b, node in enumerate([*levels[c + 1 :], graph.slack], start=c + 1):
            second = graph.path(node, place)
            if second.nodes:
                found.append(((-c, b), first.cost + second.cost, (first.nodes, second.nodes)))
                break
        if found:
            break
    return found


def forced_pair(matching: Matching, graph: ExchangeGraph, i: int, j: int) -> WhyNot:
    """What it costs to make an eligible pair in an optimal matching."""
    problem = matching.problem
    ids, mentors = problem.mentee_ids, problem.mentor_ids
    score = float(problem.pairs(np.array([i]), np.array([j])).scores[0])
    places = graph.places_of(i)
    found = forced(graph, i, j, score, places)
    if found is None:
        why = "the pins and minimums of others leave no way to make room"
        return WhyNot(ids[i], mentors[j], "impossible", np.inf, why=(why,))
    several = int(problem.demands.max(initial=0)) > 1
    loses = bool(found.loses or found.loses_places)
    cost = 0.0 if not loses and abs(found.cost) <= graph.tolerance else found.cost
    kind = "loses_coverage" if loses else "equally_good" if cost == 0 else "costs"
    given_up = found.place if found.place < graph.n_mentors else None
    first = (ids[i], None if given_up is None else mentors[given_up], mentors[j])
    own = score - next(value for node, value in places if node == found.place)
    steps = [(*first, own), *((*_named(graph, one), one.gain) for one in found.moves)]
    moves = frame_of(steps, MOVE_COLUMNS)
    worst = int(np.argmin([step[3] for step in steps]))
    return WhyNot(
        ids[i],
        mentors[j],
        kind,
        cost,
        loses_coverage=found.loses,
        loses_places=found.loses_places if several else 0,
        moves=moves,
        blame=steps[worst][0] if steps[worst][3] < -graph.tolerance else None,
        contrast=contrast(matching, i, j, given_up),
        why=("this is for one of the mentors that people want",) if several else (),
        swaps=found.swaps,
    )


def _named(graph: ExchangeGraph, move: Move) -> tuple[object, object, object]:
    problem, m = graph.matching.problem, graph.n_mentors
    ends = [None if node >= m else problem.mentor_ids[node] for node in (move.tail, move.head)]
    return problem.mentee_ids[move.mentee], *ends


def why_blocked(matching: Matching, i: int, j: int) -> WhyNot | None:
    """Say that a pair cannot be made whoever moves; None when it may be."""
    problem = matching.problem
    mentee, mentor = problem.mentee_ids[i], problem.mentor_ids[j]
    left = problem.after_pins
    why = ""
    if problem.demands[i] == 0:
        why = f"{mentee!r} asks for no mentor"
    elif left.demand[i] == 0:
        fixed = problem.pinned[problem.pinned[:, 0] == i, 1]
        why = f"the pins fix {listed(problem.mentor_ids[fixed])} for {mentee!r}"
    elif problem.capacities[j] == 0:
        why = f"{mentor!r} has no seats"
    elif left.capacity[j] == 0:
        why = f"the pins fill every seat of {mentor!r}"
    return WhyNot(mentee, mentor, "impossible", np.inf, why=(why,)) if why else None


def contrast(matching: Matching, i: int, j: int, has: int | None) -> pd.DataFrame:
    """The criteria of a pair against those of the pair that is made, largest difference first."""
    problem = matching.problem
    breakdown = problem.compatibility.scorer.breakdown
    asked = _by_criterion(breakdown(i, j))
    held = {} if has is None else _by_criterion(breakdown(i, has))
    rows = []
    for key, (value, given, said) in asked.items():
        other, other_given, other_said = held.get(key, (np.nan, 0.0, ""))
        words = said if not other_said or other_said == said else f"{said}, against {other_said}"
        rows.append((*key, value, other, given - other_given, words))
    rows.sort(key=lambda row: -abs(row[4]))
    return frame_of(rows, CONTRAST_COLUMNS)


def _by_criterion(breakdown: pd.DataFrame) -> dict[tuple[str, str], tuple[float, float, str]]:
    columns = ("criterion", "side", "value", "contribution", "sentence")
    return {
        (criterion, side): (float(value), float(given), str(said))
        for criterion, side, value, given, said in zip(
            *(breakdown[name].tolist() for name in columns), strict=True
        )
        if criterion != "joined"
    }
