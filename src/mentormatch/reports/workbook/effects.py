"""What the decisions of a committee cost, one by one and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.compatibility.ids import format_count
from mentormatch.reports.workbook.decisions import Decisions
from mentormatch.strategies import match

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.strategies import Strategy

__all__ = ["cost_of_decisions", "say_cost_of_decisions"]


def cost_of_decisions(
    matching: Matching, decisions: Decisions, strategy: str | Strategy = "optimal"
) -> pd.DataFrame:
    """Match again with each decision alone, and with all of them.

    Parameters
    ----------
    matching
        The proposal.
    decisions
        What was decided about it; see `read_decisions`.
    strategy
        How each is matched again.

    Returns
    -------
    DataFrame
        One row a decision, and a last one for all together: decision, mentee, mentor, reason,
        total, matched, cost (of the total), left_out (mentees who lose their mentor), moved
        (mentees with another mentor than proposed).
    """
    each = [(("pin", *one), Decisions((one,), (), (), ())) for one in decisions.pins]
    each += [(("ban", *one), Decisions((), (one,), (), ())) for one in decisions.bans]
    each.append((("together", None, None, None), decisions))
    rows = [(*said, *_effect(matching, alone, strategy)) for said, alone in each]
    columns = ["decision", "mentee", "mentor", "reason", "total", "matched", "cost", "left_out"]
    return pd.DataFrame(rows, columns=[*columns, "moved"])


def _effect(
    matching: Matching, decisions: Decisions, strategy: str | Strategy
) -> tuple[object, ...]:
    seed = matching.seed or 0
    found = match(matching.problem.with_decisions(decisions), strategy, seed=seed)
    return (
        found.total,
        found.n_matched,
        matching.total - found.total,
        matching.n_matched - found.n_matched,
        _count_moved(matching, found),
    )


def _count_moved(before: Matching, after: Matching) -> int:
    """How many mentees have a mentor whom they did not have before."""
    was, are = (
        set(one.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
        for one in (before, after)
    )
    return len({mentee for mentee, _ in are - was})


def say_cost_of_decisions(free: Matching, decided: Matching) -> str:
    """Say in a sentence what decisions change.

    ``free`` has the pairs without the decisions, ``decided`` those that keep them.
    """
    moved = _count_moved(free, decided)
    if not moved and len(free.mentees) == len(decided.mentees):
        return "They cost nothing: without them the same pairs are made."
    return (
        f"Without them {format_count(free.n_matched, 'mentee')} would have a mentor "
        f"({_beside(f'{free.n_matched:,}', f'{decided.n_matched:,}')}), and the total would be "
        f"{free.total:,.6g} ({_beside(f'{free.total:,.6g}', f'{decided.total:,.6g}')}); "
        f"{format_count(moved, 'mentee has', 'mentees have')} another mentor than without them."
    )


def _beside(without: str, decided: str) -> str:
    return "as with them" if without == decided else f"with them {decided}"
