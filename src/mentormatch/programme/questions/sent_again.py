"""Whom somebody refused in an earlier form, and not in the later one that counts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.identity.duplicates import SentAgain
from mentormatch.cohort.names import loose_name
from mentormatch.criteria.cells.answers import means_nobody
from mentormatch.criteria.cells.people_in_text import JOINING, JOINTS
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.words.heading_words import says_not, topics_of
from mentormatch.programme.questions.remarks import (
    OTHER,
    SENTENCES,
    find_named,
    index_names,
    says_more,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised
    from mentormatch.programme.questions.remarks import People, Says

__all__ = ["KEPT_APART", "LostRefusal", "ask_about_lost_refusals", "find_lost_refusals"]

KEPT_APART: frozenset[ColumnKind] = frozenset({"conflicts", "last time"})
SHOWN = 5
# A word in small letters, which is no name.
SMALL = re.compile(r"\b[^\W\d_A-Z][\w'’]*")


class _Named(NamedTuple):
    """Somebody who is named in a cell, and what it says of them."""

    name: str
    says: Says


class LostRefusal(NamedTuple):
    """What an earlier form says of whom not to meet, and the one that counts does not."""

    side: Side
    column: str
    row: int  # the row number of the earlier form
    later: int  # the row number of the one that counts
    position: int  # of the person in the table
    said: str  # what the earlier form says; "" for nothing
    now: str  # what the later form says; "" for nothing
    # The positions of the people of the other table whom the earlier one names in full, and the
    # later one no longer.
    named: tuple[int, ...]
    refuses: bool  # False: the earlier one is a remark that names somebody, who may be refused


def find_lost_refusals(
    cohort: Cohort, kept_apart: Mapping[Side, Collection[str]]
) -> Iterator[LostRefusal]:
    """Yield what people said in an earlier form of whom not to meet, and no longer say.

    ``kept_apart`` has by side the columns of people whom somebody must not meet. Others count where
    their heading or the answer itself says so.
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
        names = [name for _, name in people.values()]
        ids = {normalise(str(one)): j for j, one in enumerate(cohort.table(OTHER[side]).index)}
        for note in again:
            position = places[note.later]
            for column, said in note.lost:
                if means_nobody(said, names):
                    continue
                now = _say_now(cohort, side, column, position, note.later)
                split = (
                    cohort.separation(side, column).split()
                    if column in cohort.table(side)
                    else JOINTS.split
                )
                before, after = (
                    _find_people(text, split(text), people, parts, ids) for text in (said, now)
                )
                words = set(loose_name(said))
                named = {
                    who: one.name
                    for who, one in before.items()
                    if one.says != "perhaps not" or words.issuperset(loose_name(one.name))
                }
                lost = [who for who in named if who not in after or not _is_meant(after, who, now)]
                if not lost and _says_still(said, now, named.values()):
                    continue
                topics = topics_of(column)
                refuses = (
                    column in kept_apart.get(side, ())
                    or "conflicts" in topics
                    or ("superior" in topics and not now)
                    or (bool(named) and says_not(column))
                    or any(one.says != "named" for one in before.values())
                )
                remarks = "wishes" not in topics and any(says_more(said, named[j]) for j in lost)
                if refuses or remarks:
                    yield LostRefusal(
                        side, column, note.row or 0, note.later, position, said, now,
                        tuple(lost), refuses,
                    )  # fmt: skip


def _find_people(
    text: str,
    values: Iterable[str],
    people: People,
    parts: Mapping[str, tuple[int, str]],
    ids: Mapping[str, int],
) -> dict[int, _Named]:
    """Find who is named in a cell or is one of its values by id, and what it says of them."""
    found = {ids[one]: _Named(one, "named") for one in map(normalise, values) if one in ids}
    for sentence in SENTENCES.split(text):
        for (who, name), says in find_named(sentence, people, parts):
            if says != "perhaps named" and (who not in found or says == "not"):
                found[who] = _Named(name, says)
    return found


def _is_meant(named: Mapping[int, _Named], who: int, text: str) -> bool:
    """Tell whether a cell refuses somebody whom it names: "Nobody, Bob Bell is fine" does not."""
    if any(map(means_nobody, JOINTS.split(text))):
        return False
    if named[who].says != "named":
        return True
    names = {word for one in named.values() for word in loose_name(one.name)}
    small = {word for one in SMALL.findall(text) for word in loose_name(one)}
    return small <= names | JOINING


def _says_still(said: str, now: str, names: Iterable[str]) -> bool:
    """Tell whether each part of a cell stands in a part of another, or is a name that it has."""
    held = {word for name in names for word in loose_name(name)}
    later = [set(loose_name(part)) for part in JOINTS.split(now)]
    return all(
        words <= held or any(words <= other for other in later)
        for words in (set(loose_name(part)) for part in JOINTS.split(said))
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

    The answer is notes by key, none of which is one of ``[tables]``, and no open keys.
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
        "Of people who sent the form twice, an earlier row says whom not to meet, or names "
        "somebody in a remark, and the one that counts does not: "
        f"{'; '.join(list(rows)[:SHOWN])}{more}. `validate --all` says whom. Ask them; if it still "
        "holds, write it into the row that counts, or add the pair to bans in [problem]."
    )
    return {"refused before": said}, {}
