"""Ask whether who did not agree, or takes no part any more, is left out: one ``where`` for all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.sent import find_unfinished
from mentormatch.cohort.names import heading_words, list_rows, quote_names
from mentormatch.criteria.cells.answers import read_yes
from mentormatch.programme.questions.remarks import NOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["ask_whom_to_leave_out", "find_begun", "join_conditions"]

# Of these a column is a question only where its answers may say who takes no part.
MAY_LEAVE_OUT: frozenset[ColumnKind] = frozenset({"status", "yes or no"})


def ask_whom_to_leave_out(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, str], dict[str, object]]:
    """Join what could leave people out in one ``where``: a second one is a mistake in the file.

    The answer is notes by key of ``[tables]``, and the key ``where``, that a person decides on.
    """
    where: dict[str, object] = {}
    named: dict[str, None] = {}
    begun: list[str] = []
    for side in SIDES:
        marks, told = find_begun(cohort, side)
        begun += told
        marking = {mark["column"] for mark in marks}
        asked = [
            one
            for one in columns
            if one.side == side and one.kind in MAY_LEAVE_OUT and one.question
            if one.name not in marking
        ]
        conditions: list[dict[str, object]] = [
            {"column": one.name, "is": _guess_whom_to_keep(cohort, one)} for one in asked
        ]
        named |= dict.fromkeys(one.name for one in asked)
        conditions += marks
        if conditions:
            where[side] = join_conditions(conditions)
    if not where:
        return {}, {}
    note = " ".join(begun)
    if begun:
        note += " To leave them out, take the # away before where in the file."
    if named:
        note += (
            f" All people are matched, whatever they say in {quote_names(named)}. If that is not "
            "meant, take the # away before where in the file: who gives other answers than those "
            "that it lists, which are a guess, is left out."
        )
    if "…" in str(where):
        note += " In the place of … write the answers of who takes part."
    if len(named) > 1 or len(where) > 1 or (named and begun):
        note += " Keep of it what is meant."
    return {"where": note.strip()}, {"where": where}


def find_begun(cohort: Cohort, side: Side) -> tuple[list[dict[str, object]], list[str]]:
    """Find what a survey tool marks as a preview or not finished, and say in which rows it stands.

    The answer is the conditions of ``where`` that leave these rows out, and a sentence for each.
    """
    conditions: list[dict[str, object]] = []
    told = []
    for mark in find_unfinished(cohort.table(side)):
        conditions.append({"column": mark.column, **mark.condition})
        rows = [cohort.finding(side, k, mark.column, "").row for k in mark.positions]
        one = len(rows) == 1
        why = "the form marks previews and answers that were not finished"
        if "" in mark.condition.get("is_not", ()):
            why = "answers that were never sent or rows that somebody added"
        told.append(
            f"{len(rows):,} of the {side} {'has' if one else 'have'} {mark.says} in "
            f"{mark.column!r}, as {why} ({list_rows(rows)}), and {'is' if one else 'are'} "
            "matched like all others."
        )
    return conditions, told


def join_conditions(conditions: list[dict[str, object]]) -> object:
    """Write one condition of ``where`` as it is, several as a list."""
    return conditions[0] if len(conditions) == 1 else conditions


def _guess_whom_to_keep(cohort: Cohort, column: Recognised) -> list[str]:
    """The answers that say yes, else the commonest one of a status; where nothing tells, a gap."""
    cells = cohort.table(column.side)[column.name].tolist()
    counts = Counter(" ".join(str(cell).split()) for cell in cells if not is_missing(cell))
    if column.kind == "status" or len(counts) == 1:
        return [counts.most_common(1)[0][0]]
    agreed = [answer for answer in counts if _says_yes(answer)]
    refused = [answer for answer in counts if not NOT.isdisjoint(heading_words(answer))]
    if not agreed and refused:
        # "I agree" beside "I do not agree".
        agreed = [answer for answer in counts if answer not in refused]
    return agreed if 0 < len(agreed) < len(counts) else ["…"]


def _says_yes(answer: str) -> bool:
    try:
        return read_yes(answer)
    except ValueError:
        return False
