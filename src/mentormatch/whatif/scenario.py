"""What a matching would be if something were otherwise: by chains of moves, or matched again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import MentorMatchError
from mentormatch.explanations.answered.answer import Answer, amount
from mentormatch.explanations.capabilities import check, has_total
from mentormatch.handed_out import cached_table
from mentormatch.matching import check_matching
from mentormatch.rematching import changes_between
from mentormatch.strategies import is_strategy_name, match
from mentormatch.whatif.one_change import OneChange

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Side
    from mentormatch.explanations.answered.answer import Audience
    from mentormatch.matching import Matching
    from mentormatch.strategies import Strategy
    from mentormatch.whatif.change import Change

__all__ = ["Scenario", "Scenarios", "say_moves", "what_if", "what_if_grid"]

# So many of those who would move are named.
SHOWN = 12
CHAINS, MATCHED = "chains of moves", "matched again"


@dataclass(frozen=True, eq=False)
class Scenario(Answer):
    """A matching before and after some changes.

    Parameters
    ----------
    changes
        What was made otherwise, in order.
    before, after
        The matchings; the second is a best one of the changed problem, with its own proof.
    how
        "chains of moves" where the graph of the matching told the second one; "matched again".
    """

    changes: tuple[Change, ...]
    before: Matching
    after: Matching
    how: str = MATCHED

    @cached_table
    def diff(self) -> pd.DataFrame:
        """Who has another mentor: mentee, was, is, because, harm, gain; see `mm.rematch`."""
        return changes_between(self.before, self.after)

    @property
    def gain(self) -> float:
        """The total after less the total before."""
        return self.after.total - self.before.total

    @property
    def coverage(self) -> int:
        """How many more mentees have a mentor."""
        return self.after.n_matched - self.before.n_matched

    def to_frame(self) -> pd.DataFrame:
        """The differences by person."""
        return self.diff

    def to_dict(self) -> dict[str, object]:
        """The changes and what they do, as plain values."""
        return {
            "changes": [one.to_dict() for one in self.changes],
            "gain": self.gain,
            "coverage": self.coverage,
            "moves": len(self.diff),
            "how": self.how,
        }

    def _moves(self) -> str:
        """How many would change: another mentor, one who had none, or none any more."""
        gained = int(self.diff["was"].isna().sum())
        lost = int(self.diff["is"].isna().sum())
        counts = (
            (len(self.diff) - gained - lost, "would have another one"),
            (gained, "would gain one"),
            (lost, "would lose theirs"),
        )
        return "".join(f"; {count:,} {what}" for count, what in counts if count)

    def sentences(self, audience: Audience) -> list[str]:
        """Say what the changes do; only a committee reads who moves."""
        said = [
            f"The total would be {self.after.total:.6g}, {amount(abs(self.gain))} "
            f"{'more' if self.gain >= 0 else 'less'}; "
            f"{format_count(self.after.n_matched, 'mentee')} would have a mentor "
            f"({self.coverage:+d}){self._moves()}."
        ]
        return [*said, *say_moves(self)] if audience == "committee" else said


def say_moves(
    found: Scenario, names: Mapping[Side, Mapping[object, str]] | None = None
) -> list[str]:
    """Say who would move, by name where ``names`` has the id, and how that was found."""
    mentees, mentors = (({} if names is None else names[side]) for side in SIDES)
    rows: list[tuple[object, ...]] = list(found.diff.itertuples(index=False, name=None))
    said = [
        f"{mentees.get(mentee, mentee)!r}: from "
        f"{'nobody' if was is None else repr(mentors.get(was, was))} to "
        f"{'nobody' if now is None else repr(mentors.get(now, now))}."
        for mentee, was, now, *_ in rows[:SHOWN]
    ]
    if len(rows) > SHOWN:
        said.append(f"And {len(rows) - SHOWN:,} more.")
    if found.how == CHAINS:
        said.append("Chains of moves in the matching told this; prices prove it.")
    return said


def what_if(
    matching: Matching, changes: Sequence[Change], *, strategy: str | Strategy | None = None
) -> Scenario:
    """Say what the best matching would be with some changes, and compare.

    One seat more or less, one person who leaves, or one pin, of a matching with the best total and
    no side rules, follows from chains of moves in it: no solver runs, and prices recomputed over
    all pairs prove the answer. Of matchings that are as good it is the one with few moves; a fresh
    match may give another. All else is matched again, and ``how`` says which it was.

    Parameters
    ----------
    matching
        The matching of today.
    changes
        From `mm.change`: ``seat("linus", +1)``, ``leave("ada")``, ``lift("Different('team')")``,
        ``weight("SkillCoverage", 5)``, ``pin(...)``, ``ban(...)``, ``minimum(...)``; made in order.
    strategy
        By default the one that made the matching, with its default parameters.

    Raises
    ------
    InfeasibleError
        With the changes no matching exists.
    MentorMatchError
        A change that does not fit, or a strategy that must be named.

    Examples
    --------
    >>> import mentormatch as mm
    >>> matching = mm.match(mm.Problem.from_scores([[0.9], [0.7]]))
    >>> scenario = mm.what_if(matching, [mm.change.seat(0, +1)])
    >>> round(scenario.gain, 3), scenario.coverage
    (0.7, 1)
    """
    check_matching(matching, "what_if")
    return Scenarios(matching, strategy).ask(changes)


class Scenarios:
    """Scenarios of one matching, which share its graph."""

    def __init__(self, matching: Matching, strategy: str | Strategy | None = None) -> None:
        self.matching, self.strategy = matching, strategy
        self.graph = OneChange(matching)

    def ask(self, changes: Sequence[Change]) -> Scenario:
        """One of them."""
        if not isinstance(changes, Iterable) or isinstance(changes, str | Mapping):
            raise MentorMatchError(
                "what_if needs a list of changes, such as [mm.change.seat('linus', +1)], got "
                f"{changes!r}."
            )
        made, matching = tuple(changes), self.matching
        problem = matching.problem
        for one in made:
            if not hasattr(one, "apply"):
                raise MentorMatchError(
                    f"{one!r} is no change. Use mm.change.seat, leave, pin, ban, minimum, weight "
                    "or lift."
                )
            problem = one.apply(problem)
        if self.strategy is None:
            check(matching, "what_if")
        chosen = self.strategy if self.strategy is not None else _strategy_of(matching)
        if len(made) == 1 and chosen == "optimal" and has_total(matching):
            told = self.graph.answer(made[0], problem)
            if told is not None:
                return Scenario(made, matching, told, CHAINS)
        after = match(problem, chosen, seed=matching.seed or 0)
        return Scenario(made, matching, after)


def _strategy_of(matching: Matching) -> str:
    if matching.strategy == "given":
        return "optimal"
    if not is_strategy_name(matching.strategy):
        raise MentorMatchError(
            f'A matching by "{matching.strategy}" cannot be made again by its name. Say how to '
            'match: strategy="optimal".'
        )
    return matching.strategy


def what_if_grid(
    matching: Matching,
    scenarios: Mapping[str, Sequence[Change]],
    *,
    strategy: str | Strategy | None = None,
) -> pd.DataFrame:
    """Compare several sets of changes, each made alone.

    Parameters
    ----------
    matching
        The matching of today.
    scenarios
        Changes by the name of the scenario.
    strategy
        As in `what_if`.

    Returns
    -------
    DataFrame by scenario
        total, gain, matched, coverage, moves, how (as `Scenario.how`).
    """
    if not isinstance(scenarios, Mapping):
        raise MentorMatchError(
            "what_if_grid needs lists of changes by name, such as "
            f"{{'one more': [mm.change.seat('linus', +1)]}}, got {scenarios!r}."
        )
    check_matching(matching, "what_if")
    rows, asker = {}, Scenarios(matching, strategy)
    for name, changes in scenarios.items():
        one = asker.ask(changes)
        numbers = (one.after.total, one.gain, one.after.n_matched, one.coverage, len(one.diff))
        rows[name] = (*numbers, one.how)
    columns = ["total", "gain", "matched", "coverage", "moves", "how"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("scenario")
