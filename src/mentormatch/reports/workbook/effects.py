"""What the decisions of a committee cost, one by one and together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.reports.workbook.decisions import Decisions
from mentormatch.strategies import match

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.strategies import Strategy

__all__ = ["cost_of_decisions"]


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
    frame = decisions.to_frame()
    frame = frame[frame["decision"] != "open"].reset_index(drop=True)
    rows = []
    for word, mentee, mentor, reason in frame.itertuples(index=False):
        pair = next(
            one
            for one in (decisions.pins if word == "pin" else decisions.bans)
            if (one[0], one[1]) == (mentee, mentor)
        )
        alone = Decisions(
            (pair,) if word == "pin" else (), (pair,) if word == "ban" else (), (), ()
        )
        rows.append((word, mentee, mentor, reason, *_effect(matching, alone, strategy)))
    rows.append(("together", None, None, None, *_effect(matching, decisions, strategy)))
    columns = ["decision", "mentee", "mentor", "reason", "total", "matched", "cost", "left_out"]
    return pd.DataFrame(rows, columns=[*columns, "moved"])


def _effect(
    matching: Matching, decisions: Decisions, strategy: str | Strategy
) -> tuple[object, ...]:
    seed = matching.seed or 0
    found = match(matching.problem.with_decisions(decisions), strategy, seed=seed)
    before = set(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    after = set(found.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    moved = {mentee for mentee, _ in after - before}
    return (
        found.total,
        found.n_matched,
        matching.total - found.total,
        matching.n_matched - found.n_matched,
        len(moved),
    )
