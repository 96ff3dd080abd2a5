"""What changed between two matchings, why, and in which order it follows from its cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.answered.answer import Answer, frame_of
from mentormatch.problem.checks import are_among
from mentormatch.rematching.people import Incumbents, kept_pairs
from mentormatch.rematching.previous import Previous, previous_pairs

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.matching import Matching

__all__ = ["Chain", "Step", "chains_of", "changes_between", "table_of_changes"]

DIFF_COLUMNS = ["mentee", "was", "is", "because", "harm", "gain"]
FEWER_WANTED = "wants fewer mentors now"
DIRECT = {"mentor left", "now ineligible", "seat lost", "wants no mentor now", FEWER_WANTED}


@dataclass(frozen=True)
class Step:
    """One mentee goes from one mentor to another; None is nobody."""

    mentee: object
    was: object
    now: object
    because: str
    gain: float

    @property
    def harm(self) -> str:
        """Say "direct" where the pair could not go on, "indirect" where it could, else nothing."""
        if self.because in DIRECT:
            return "direct"
        return "" if self.was is None or self.because == "mentee left" else "indirect"


@dataclass(frozen=True, eq=False)
class Chain(Answer):
    """Moves of which each makes room for the one before it; the first has the cause.

    Parameters
    ----------
    steps
        In order: the cause first.
    end
        Where the last one went: "a free seat", "nobody", or "back to the start".
    """

    steps: tuple[Step, ...]
    end: str

    @property
    def cause(self) -> str:
        """What set the chain off."""
        return self.steps[0].because

    def to_frame(self) -> pd.DataFrame:
        """The steps as a table."""
        return _frame(self.steps)

    def sentences(self, audience: Audience) -> list[str]:
        """Say each move, back to its cause; only a committee reads about others."""
        if audience != "committee":
            moved = max(len(self.steps) - 1, 0)
            others = format_count(moved, "other") if moved else "nobody else"
            return [f"Your pair changed because of a change in the programme; {others} moved too."]
        said = []
        for step in self.steps:
            where = "nobody" if step.now is None else repr(step.now)
            start = "nobody" if step.was is None else repr(step.was)
            said.append(f"{step.mentee!r} goes from {start} to {where}: {step.because}.")
        return said

    def to_dict(self) -> dict[str, object]:
        """The steps as plain values."""
        rows = self.to_frame()
        return {
            "steps": [
                dict(zip(rows.columns, row, strict=True)) for row in rows.to_numpy().tolist()
            ],
            "end": self.end,
        }


def _frame(steps: tuple[Step, ...] | list[Step]) -> pd.DataFrame:
    rows = [(one.mentee, one.was, one.now, one.because, one.harm, one.gain) for one in steps]
    return frame_of(rows, DIFF_COLUMNS)


def table_of_changes(matching: Matching, was: Previous) -> pd.DataFrame:
    """One row for each change, sorted by mentee as the pairs are."""
    steps = [step for chain in chains_of(matching, was) for step in chain.steps]
    order = {one: k for k, one in enumerate(matching.problem.mentee_ids)}
    steps.sort(key=lambda step: (order.get(step.mentee, len(order)), str(step.mentee)))
    return _frame(steps)


def changes_between(before: Matching, after: Matching) -> pd.DataFrame:
    """Who has another mentor in a second matching, as `Rematch.diff` says it."""
    return table_of_changes(after, previous_pairs(before, after.problem))


@dataclass
class _Move:
    """A change as it is put together: positions, −1 for nobody, and the first word on its cause.

    ``pair`` is the place of what ended among all pairs of before, −1 where nothing did.
    """

    mentee: object
    was: int
    now: int
    cause: str
    gain: float
    was_id: object
    pair: int = -1


def _moves(matching: Matching, was: Previous) -> list[_Move]:
    """Pairs that ended with pairs that began, mentee by mentee."""
    problem = matching.problem
    kept = was.valid.copy()
    kept[was.valid] = kept_pairs(matching, was.mentees[was.valid], was.mentors[was.valid])
    before = was.mentees[was.valid], was.mentors[was.valid]
    begun = np.flatnonzero(~are_among(matching.mentees, matching.mentors, *before))
    by_mentee: dict[int, list[int]] = {}
    for k in begun.tolist():
        by_mentee.setdefault(int(matching.mentees[k]), []).append(k)
    worth = was.pairs["score"].to_numpy(np.float64, copy=True)
    worth[was.valid] = problem.pairs(*before).scores
    moves = []
    for k in np.flatnonzero(~kept).tolist():
        i = int(was.mentees[k])
        taken = by_mentee.get(i, [])
        pair = taken.pop(0) if taken else None
        gain = (0.0 if pair is None else float(matching.scores[pair])) - float(worth[k])
        moves.append(
            _Move(
                was.pairs["mentee"].iloc[k],
                int(was.mentors[k]) if was.valid[k] else -1,
                -1 if pair is None else int(matching.mentors[pair]),
                str(was.ended[k]),
                gain,
                was.pairs["mentor"].iloc[k],
                k,
            )
        )
    had = set(was.mentees.tolist())
    for i, taken in by_mentee.items():
        for pair in taken:
            now, gain = int(matching.mentors[pair]), float(matching.scores[pair])
            cause = "" if i in had else "new"
            moves.append(_Move(problem.mentee_ids[i], -1, now, cause, gain, None))
    return moves


def _mark_lost_seats(moves: list[_Move], matching: Matching, was: Previous) -> None:
    """Of those with fewer places than pairs, so many pairs had to end."""
    incumbents = Incumbents.of(was, matching.problem)
    i, j = incumbents.mentees, incumbents.mentors
    kept = kept_pairs(matching, i, j)
    places = np.full(len(was.pairs), -1)
    places[was.valid] = np.arange(len(incumbents))
    had_to = ~kept & ~incumbents.losses(kept).pairs
    load = np.bincount(j, minlength=len(incumbents.seats))
    for one in moves:
        place = int(places[one.pair]) if one.pair >= 0 else -1
        if place >= 0 and had_to[place]:
            seats = int(incumbents.seats[j[place]])
            one.cause = "seat lost" if load[j[place]] > seats else FEWER_WANTED


def chains_of(matching: Matching, was: Previous) -> tuple[Chain, ...]:
    """Put the changes in chains: who takes a seat is followed by who makes room for it."""
    moves = _moves(matching, was)
    _mark_lost_seats(moves, matching, was)
    leaving: dict[int, list[int]] = {}
    for k, one in enumerate(moves):
        if one.was >= 0 and not one.cause:
            leaving.setdefault(one.was, []).append(k)
    follows: dict[int, int] = {}
    # Those with a cause of their own take a follower first, so that chains begin with a cause.
    arriving = sorted(range(len(moves)), key=lambda k: (not moves[k].cause, moves[k].was >= 0, k))
    for k in arriving:
        waiting = leaving.get(moves[k].now, [])
        others = [one for one in waiting if one != k]
        if moves[k].now >= 0 and others:
            follows[k] = others[0]
            waiting.remove(others[0])
    freed = _freed_seats(matching, was)
    led = set(follows.values())
    chains = []
    seen: set[int] = set()
    for k in [*(k for k in range(len(moves)) if k not in led), *range(len(moves))]:
        if k in seen:
            continue
        line = []
        here: int | None = k
        while here is not None and here not in seen:
            seen.add(here)
            line.append(here)
            here = follows.get(here)
        chains.append(_chain(matching, moves, line, freed, closed=here == k))
    return tuple(chains)


def _freed_seats(matching: Matching, was: Previous) -> dict[int, str]:
    """Why a seat became free, by mentor: who of its mentees left, or that it takes more."""
    freed: dict[int, str] = {}
    load = np.bincount(was.mentors[was.valid], minlength=matching.problem.shape[1])
    gone = (was.ended != "") & (was.mentors >= 0)
    for k in np.flatnonzero(gone).tolist():
        j = int(was.mentors[k])
        freed.setdefault(j, f"a seat became free, for {was.pairs['mentee'].iloc[k]!r} left it")
    for j in np.flatnonzero(load < matching.problem.capacities).tolist():
        freed.setdefault(j, "a seat is free")
    return freed


def _chain(
    matching: Matching, moves: list[_Move], line: list[int], freed: dict[int, str], *, closed: bool
) -> Chain:
    """A chain with the cause of each step in words."""
    problem = matching.problem
    last = moves[line[-1]]
    steps = []
    for place, k in enumerate(line):
        one = moves[k]
        if one.cause:
            because = one.cause
        elif place:
            because = f"makes room for {moves[line[place - 1]].mentee!r}"
        else:
            because = "better for the whole"
            if not closed and (one.was < 0 or len(line) > 1):
                because = freed.get(last.now, because)
        now = None if one.now < 0 else problem.mentor_ids[one.now]
        steps.append(Step(one.mentee, one.was_id, now, because, one.gain))
    end = "back to the start" if closed else "nobody" if last.now < 0 else "a free seat"
    return Chain(tuple(steps), end)
