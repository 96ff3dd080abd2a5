"""The tables that a programme writes: pairs with reasons, mentees by mentor, who got nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.criteria.recognition.recognise import recognise_columns
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.programme.screen.paragraph import word_as_in_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.progress import Progress

__all__ = [
    "People",
    "find_contact",
    "make_by_mentor_table",
    "make_matches_table",
    "make_unmatched_table",
]

DIGITS = 3
NEXT_BEST = 3
ROWS = 256
# What `contact` puts beside an id, by what a column is taken for.
CONTACT = {"name": "name", "e-mail": "email"}


@dataclass(frozen=True)
class People:
    """What is written about people beside their ids.

    ``columns`` has by side the headings of the output, and the columns of the tables that they
    show; of several the texts are joined, as of first and last name.
    """

    columns: Mapping[Side, Mapping[str, str | tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def of_columns(cls, columns: Mapping[Side, Sequence[str]]) -> People:
        """Show columns under their own names, with the role before it."""
        return cls(
            {
                side: {f"{side.removesuffix('s')}_{name}": name for name in names}
                for side, names in columns.items()
            }
        )

    def show(
        self, cohort: Cohort | None, side: Side, positions: NDArray[np.intp], ids: Sequence[object]
    ) -> dict[str, object]:
        """Return ids, and beside them the columns, of people at some positions."""
        table: dict[str, object] = {side.removesuffix("s"): np.asarray(ids, dtype=object)}
        if cohort is not None:
            for heading, names in self.columns.get(side, {}).items():
                cells = (
                    cohort.column(side, names)
                    if isinstance(names, str)
                    else join_columns(cohort.table(side), names)
                )
                table[heading] = cells.to_numpy()[positions]
        return table


def find_contact(cohort: Cohort) -> dict[Side, dict[str, str | tuple[str, ...]]]:
    """Find the columns with people's names and addresses, but for those that are the ids.

    By side, the answer has one short heading for each column, or for those of first and last name.
    """
    found: dict[Side, dict[str, str | tuple[str, ...]]] = {"mentees": {}, "mentors": {}}
    for side in SIDES:
        names = cohort.person_columns(side).names
        if len(names) > 1:
            found[side][f"{side.removesuffix('s')}_name"] = names
    for column in recognise_columns(cohort):
        word = CONTACT.get(column.kind)
        heading = f"{column.side.removesuffix('s')}_{word}"
        if word is not None and heading not in found[column.side]:
            found[column.side][heading] = column.name
    return found


def make_matches_table(
    matching: Matching,
    people: People,
    n_reasons: int = 3,
    progress: Progress | None = None,
    *,
    full_scores: bool = False,
) -> pd.DataFrame:
    """One row per pair: who, the columns asked for, the score, the strongest reasons.

    The matching is made from a cohort when ``people`` shows any column. Nothing else of what the
    tables say about people is written, except what a reason must name. ``n_reasons`` is the most
    reasons of a pair, strongest first; ``progress`` is called for each pair; ``full_scores`` gives
    scores all their digits, and not three. Columns are ``mentee``, ``mentee_…``, ``mentor``,
    ``mentor_…``, ``score``, ``reason_1``, …
    """
    pairs = matching.pairs
    cohort = matching.problem.compatibility.cohort
    scores = pairs["score"].to_numpy()
    table = {
        **people.show(cohort, "mentees", matching.mentees, pairs["mentee"].tolist()),
        **people.show(cohort, "mentors", matching.mentors, pairs["mentor"].tolist()),
        "score": scores if full_scores else np.round(scores, DIGITS),
    }
    reasons = strongest_reasons(matching, n_reasons, progress)
    for k in range(n_reasons):
        table[f"reason_{k + 1}"] = [own[k] if k < len(own) else None for own in reasons]
    return pd.DataFrame(table)


def make_by_mentor_table(matching: Matching, people: People) -> pd.DataFrame:
    """One row per mentor: seats, how many are taken and free, and the mentees.

    Columns are ``mentor``, ``mentor_…``, ``seats``, ``taken``, ``free``, ``mentees``.
    """
    own = matching.by_mentor()
    cohort = matching.problem.compatibility.cohort
    positions = np.arange(len(own))
    table = people.show(cohort, "mentors", positions, matching.problem.mentor_ids.tolist())
    table |= {
        "seats": own["capacity"].to_numpy(),
        "taken": own["load"].to_numpy(),
        "free": own["free"].to_numpy(),
        "mentees": ["; ".join(map(str, mentees)) for mentees in own["mentees"]],
    }
    return pd.DataFrame(table)


def make_unmatched_table(matching: Matching, people: People) -> pd.DataFrame:
    """One row per mentee with fewer mentors than wanted, in the order in which they wait.

    Whoever has the higher priority waits in front, then whose best eligible mentor suits best.
    Columns are ``waiting`` (1 first), ``mentee``, ``mentee_…``, ``missing``, ``reason``, and
    ``next_best_1``, …: mentors who may take the mentee, with the score and whether they are full.
    """
    unmatched = matching.unmatched
    problem = matching.problem
    positions = problem.mentee_ids.get_indexer(pd.Index(unmatched["mentee"]))
    best, texts = _next_best(problem, matching, positions)
    order = np.lexsort((np.arange(len(positions)), -best, -problem.priorities[positions]))
    table: dict[str, object] = {"waiting": np.arange(1, len(positions) + 1)}
    ids = unmatched["mentee"].to_numpy()[order].tolist()
    table |= people.show(problem.compatibility.cohort, "mentees", positions[order], ids)
    table["missing"] = unmatched["missing"].to_numpy()[order]
    table["reason"] = [word_as_in_file(text) for text in unmatched["reason"].to_numpy()[order]]
    for k in range(NEXT_BEST):
        table[f"next_best_{k + 1}"] = [texts[i][k] if k < len(texts[i]) else None for i in order]
    return pd.DataFrame(table)


def _next_best(
    problem: Problem, matching: Matching, positions: NDArray[np.intp]
) -> tuple[NDArray[np.float64], list[list[str]]]:
    """The best score of some mentees with anybody they do not have, and the best mentors."""
    best = np.full(len(positions), -np.inf)
    texts: list[list[str]] = []
    full = matching.loads.to_numpy() >= problem.capacities
    ids = problem.mentor_ids
    pairs = zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)
    has: dict[int, list[int]] = {}
    for i, j in pairs:
        has.setdefault(i, []).append(j)
    for start in range(0, len(positions), ROWS):
        rows = positions[start : start + ROWS]
        scores = np.array(problem.block(rows).scores, dtype=np.float64)
        scores[:, problem.capacities == 0] = np.nan
        for k, i in enumerate(rows.tolist()):
            scores[k, has.get(i, [])] = np.nan
            chosen = [int(j) for j in np.argsort(-scores[k], kind="stable")[:NEXT_BEST]]
            chosen = [j for j in chosen if not np.isnan(scores[k, j])]
            best[start + k] = scores[k, chosen[0]] if chosen else -np.inf
            texts.append(
                [f"{ids[j]} ({scores[k, j]:.2f}{', full' if full[j] else ''})" for j in chosen]
            )
    return best, texts
