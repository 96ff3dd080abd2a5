"""Whom somebody refused in an earlier form, and not in the later one that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.identity.duplicates import SentAgain
from mentormatch.cohort.names import loose_form
from mentormatch.criteria.cells.answers import means_nobody
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.words.heading_words import says_not, topics_of
from mentormatch.programme.questions.remarks import OTHER, SENTENCES, find_named, index_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["LostRefusal", "ask_about_lost_refusals", "find_lost_refusals"]

KEPT_APART: frozenset[ColumnKind] = frozenset({"conflicts", "last time"})
SHOWN = 5


class LostRefusal(NamedTuple):
    """What an earlier form says of whom not to meet, and the one that counts does not.

    Parameters
    ----------
    side, column
        Of which table, and in answer to what.
    row, later
        The row numbers of the earlier form and of the one that counts.
    position
        Of the person in the table.
    said, now
        What the earlier form says, and the later one; "" for nothing.
    named
        The positions of the people of the other table whom the earlier one names in full.
    """

    side: Side
    column: str
    row: int
    later: int
    position: int
    said: str
    now: str
    named: tuple[int, ...]


def find_lost_refusals(
    cohort: Cohort, kept_apart: Mapping[Side, Collection[str]]
) -> Iterator[LostRefusal]:
    """Yield what people said in an earlier form of whom not to meet, and no longer say.

    Parameters
    ----------
    cohort
        The people.
    kept_apart
        By side: the columns of people whom somebody must not meet. Others count where their
        heading or the answer itself says so.
    """
    for k, side in enumerate(SIDES):
        places = {row: position for position, row in enumerate(cohort.rows[k].tolist())}
        again = [
            note
            for note in cohort.notes
            if isinstance(note, SentAgain)
            and note.file == cohort.sources[k]
            and note.later in places
        ]
        people, parts = index_names(cohort, OTHER[side]) if again else ({}, {})
        ids = {normalise(str(one)): j for j, one in enumerate(cohort.table(OTHER[side]).index)}
        for note in again:
            position = places[note.later]
            for column, said in note.lost:
                now = _say_now(cohort, side, column, position, note.later)
                if means_nobody(said) or set(loose_form(said)) <= set(loose_form(now)):
                    continue
                found = [
                    one
                    for sentence in SENTENCES.split(said)
                    for one in find_named(sentence, people, parts)
                ]
                named = {who: None for (who, _), says in found if says != "perhaps not"}
                if column in cohort.table(side):
                    split = cohort.separation(side, column).split()
                    named |= {ids[one]: None for one in map(normalise, split(said)) if one in ids}
                topics = topics_of(column)
                if (
                    column in kept_apart.get(side, ())
                    or "conflicts" in topics
                    or ("superior" in topics and not now)
                    or (named and says_not(column))
                    or any(says != "named" for _, says in found)
                ):
                    yield LostRefusal(
                        side, column, note.row or 0, note.later, position, said, now, tuple(named)
                    )


def _say_now(cohort: Cohort, side: Side, column: str, position: int, row: int) -> str:
    """What the form that counts says; a word for no answer, where it says so."""
    if column not in cohort.table(side):
        return ""
    cell = cohort.column(side, column).iloc[position]
    held = (cohort.emptied or {}).get(side, {}).get(column, {}).get(row, "")
    return held if is_missing(cell) else str(cell)


def ask_about_lost_refusals(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, str], dict[str, object]]:
    """Say in which rows an earlier form refused somebody, without whom: the file goes round.

    Returns
    -------
    notes
        By key; none of them is one of ``[tables]``.
    open_keys
        None.
    """
    kept_apart = {
        side: [one.name for one in columns if one.side == side and one.kind in KEPT_APART]
        for side in SIDES
    }
    lost = list(find_lost_refusals(cohort, kept_apart))
    if not lost:
        return {}, {}
    rows = dict.fromkeys(
        f'"{one.column}" of the {one.side}, row {one.row} (row {one.later} counts)' for one in lost
    )
    more = f"; and {len(rows) - SHOWN:,} more" if len(rows) > SHOWN else ""
    said = (
        "Of people who sent the form twice, an earlier row says whom not to meet, and the one that "
        f"counts does not: {'; '.join(list(rows)[:SHOWN])}{more}. `validate` says whom. Ask them; "
        "if it still holds, write it into the row that counts, or add the pair to bans in "
        "[problem]."
    )
    return {"refused before": said}, {}
