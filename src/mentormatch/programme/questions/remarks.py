"""Find remarks that name somebody of the other table beside a word such as "not" or "avoid"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.identity.kinds import find_person_columns
from mentormatch.cohort.names import word_set
from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["NOT", "Remark", "ask_about_remarks", "find_remarks"]

OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
# In these the names are read, or offered as a rule or a wish.
NAMES_PEOPLE: frozenset[ColumnKind] = frozenset(
    {"identity", "name", "e-mail", "conflicts", "superior", "last time", "reference"}
)
# Words that say with whom not, without accents.
NOT = folded_words("not", "never", "without", "except") | word_set(
    "cannot nobody don doesn won wouldn shouldn couldn avoid avoids avoiding conflict conflicts "
    "exclude vermeiden konflikt eviter evitez conflit evitar evite conflicto conflito evitare "
    "conflitto vermijden unikac konfliktu"
)
# "No problem with …", "not bothered": these say the opposite, or nothing.
HARMLESS = word_set(
    "problem problems worries worry issue issues objection objections preference preferences "
    "bothered fussed sure matter problema problemas problemi problemen probleme probleem obiezioni "
    "objeciones einwand einwande preferencia preferenze"
)
# Beside a name these say that two should not meet at work as mentor and mentee, without a "not".
CLOSE = word_set(
    "manager boss supervisor husband wife spouse partner brother sister married chef chefin "
    "vorgesetzter vorgesetzte ehemann ehefrau mari femme conjoint chefe marido esposa esposo jefe "
    "jefa capo marito moglie"
)
# "Anyone but …".
BUT, ANY = frozenset({"but"}), ("any", "every")
# So many words may stand between such a word and the name.
NEAR = 6
MOST_SHOWN = 5
WORD = re.compile(r"[^\W_]+")
# A refusal goes with the names of its own sentence; "Dr." ends none.
SENTENCES = re.compile(r"[;!?\n]+|(?<=\w{4})\.\s")


class Remark(NamedTuple):
    """A cell in which somebody names a person of the other table beside a word such as "not".

    Parameters
    ----------
    side, column, position
        The cell.
    named
        The position of the person in the other table.
    name
        What they are called there.
    """

    side: Side
    column: str
    position: int
    named: int
    name: str


def find_remarks(cohort: Cohort, passed_over: Mapping[Side, Collection[str]]) -> Iterator[Remark]:
    """Yield the remarks of both tables that name somebody beside a word such as "not".

    Whole names of two words or more, which one person alone has, are looked for.

    Parameters
    ----------
    cohort
        The people.
    passed_over
        By side: columns that a rule reads.
    """
    for side in SIDES:
        people = _index_names(cohort, OTHER[side])
        own = find_person_columns(cohort.table(side), side)
        known = {*passed_over.get(side, ()), *own.names, own.email}
        longest = max(map(len, people), default=0)
        begins = frozenset(words[0] for words in people)
        for column in map(str, cohort.table(side).columns) if people else ():
            if column in known:
                continue
            for k, cell in enumerate(cohort.table(side)[column].tolist()):
                if not isinstance(cell, str) or " " not in cell:
                    continue
                words = _words_of(cell)
                if begins.isdisjoint(words) or (NOT | CLOSE | BUT).isdisjoint(words):
                    continue
                sentences = [_words_of(one) for one in SENTENCES.split(cell)]
                named_in = [_find_named(one, people, begins, longest) for one in sentences]
                for named, name in dict.fromkeys(who for some in named_in for who in some):
                    oneself = cohort.oneself[k if side == "mentees" else named]
                    if oneself != (named if side == "mentees" else k):
                        yield Remark(side, column, k, named, name)


def _index_names(cohort: Cohort, side: Side) -> dict[tuple[str, ...], tuple[int, str]]:
    """The position and name of each person whose whole name nobody else has, by its words."""
    table = cohort.table(side)
    columns = list(find_person_columns(table, side).names)
    if columns and all(column in table for column in columns):
        names = join_columns(table, columns).tolist()
    elif table.index.name is not None:
        names = table.index.tolist()
    else:
        names = []
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for k, name in enumerate(names):
        words = _words_of(name) if isinstance(name, str) else ()
        if len(words) > 1:
            for ordered in {words, (*words[1:], words[0]), (words[-1], *words[:-1])}:
                found.setdefault(ordered, []).append((k, name))
    return {words: who[0] for words, who in found.items() if len(who) == 1}


def _words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case and accents."""
    return tuple(WORD.findall(text.casefold() if text.isascii() else plain_text(text)))


def _find_named(
    words: Sequence[str],
    people: Mapping[tuple[str, ...], tuple[int, str]],
    begins: frozenset[str],
    longest: int,
) -> Iterator[tuple[int, str]]:
    """Yield the people whose names stand near a word that says not."""
    refusals = [k for k in range(len(words)) if _refuses(words, k)]
    told: set[int] = set()
    for start in range(len(words)):
        if words[start] not in begins:
            continue
        for end in range(start + 2, min(len(words), start + longest) + 1):
            who = people.get(tuple(words[start:end]))
            # A surname such as "No" refuses nobody.
            near = any(start - NEAR <= k < start or end <= k < end + NEAR for k in refusals)
            if who is not None and near and who[0] not in told:
                told.add(who[0])
                yield who


def _refuses(words: Sequence[str], k: int) -> bool:
    """Tell whether a word says that somebody should not be met, with those about it."""
    word, next_words = words[k], words[k + 1 : k + 3]
    if word in BUT:
        return k > 0 and words[k - 1].startswith(ANY)
    return word in CLOSE or (word in NOT and HARMLESS.isdisjoint(next_words))


def ask_about_remarks(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, str], dict[str, object]]:
    """Say in which rows a remark names somebody, without what it says: the file goes round.

    Returns
    -------
    notes
        By key; none of them is one of ``[tables]``.
    open_keys
        None.
    """
    passed_over = {
        side: [one.name for one in columns if one.side == side and one.kind in NAMES_PEOPLE]
        for side in SIDES
    }
    rows: dict[tuple[Side, str], dict[int, None]] = {}
    for one in find_remarks(cohort, passed_over):
        row = cohort.finding(one.side, one.position, one.column, "").row
        rows.setdefault((one.side, one.column), {})[row or 0] = None
    if not rows:
        return {}, {}
    some = "; ".join(
        f'"{column}" of the {side}, row{"" if len(where) == 1 else "s"} '
        + ", ".join(str(row) for row in list(where)[:MOST_SHOWN])
        + (", …" if len(where) > MOST_SHOWN else "")
        for (side, column), where in rows.items()
    )
    note = (
        'Remarks name somebody of the other table beside a word such as "not" or "manager": '
        f"{some}. No rule reads them. If two must not meet, add the pair to bans in [problem]."
    )
    return {"remarks": note}, {}
