"""Find remarks that name somebody of the other table, first those beside a word such as "not"."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.names import fold_letters, list_rows, word_set
from mentormatch.criteria.cells.answers import means_unknown
from mentormatch.criteria.cells.people_in_text import HARMLESS, JOINING, ONLY, WISHING
from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = [
    "NOT",
    "OTHER",
    "SENTENCES",
    "People",
    "Remark",
    "Says",
    "ask_about_remarks",
    "find_named",
    "find_remarks",
    "index_names",
    "list_limits",
    "says_more",
]

OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
# In these the names are read, or offered as a rule or a wish.
NAMES_PEOPLE: frozenset[ColumnKind] = frozenset(
    {"identity", "name", "e-mail", "conflicts", "superior", "last time", "reference"}
)
WISHES: frozenset[ColumnKind] = frozenset({"wishes"})
Says: TypeAlias = Literal["not", "perhaps not", "named", "perhaps named"]
SAYS: tuple[Says, ...] = ("not", "perhaps not", "named", "perhaps named")
# The position and name of a person by the words of the name.
People: TypeAlias = "Mapping[tuple[str, ...], tuple[int, str]]"
# Words that say with whom not, without accents.
NOT = folded_words("not", "never", "without", "except") | word_set(
    "cannot nobody don doesn won wouldn shouldn couldn avoid avoids avoiding conflict conflicts "
    "exclude vermeiden konflikt eviter evitez conflit evitar evite conflicto conflito evitare "
    "conflitto vermijden unikac konfliktu"
)
# Beside a name these say that two should not meet at work as mentor and mentee, without a "not".
CLOSE = word_set(
    "manager boss supervisor husband wife spouse partner brother sister married chef chefin "
    "vorgesetzter vorgesetzte ehemann ehefrau mari femme conjoint chefe marido esposa esposo jefe "
    "jefa capo marito moglie"
)
# "Anyone but …".
BUT, ANY = frozenset({"but"}), ("any", "every")
# So many words may stand between such a word and the name, or one name of it in lower case.
NEAR, BEHIND = 6, 2
# "Jo" is a name; initials are none.
SHORTEST_PART = 2
# In lower case these are no names: "not al dente", "do not do".
SMALL_WORDS = word_set(
    "al am an as at be by da de di do du ed ei el em en es et eu go ha he ho if il im in io is it "
    "je la le li lo ma me mi my na ne ni no of og ok on or os ou se si so su te to tu um un up us "
    "va we ze zu"
)
# In the sentence of a name these may say that somebody should not be met (again), without accents.
DOUBTING = word_set(
    "hate hated dislike disliked else instead enough hasse hassen anders anderen anderer genug "
    "reicht autre assez suffit otra otro basta suficiente outra outro altra altro genoeg inny inna "
    "wystarczy annan annen"
)
KEEP_AWAY = ("away", "from")
# "In May" is no name.
MONTHS = word_set("april may june august mai juni avril juin abril junio agosto aprile giugno")
TIMES = word_set("in by before after until till from since early late mid im vor nach bis ab en em")
# "No beginners", "only German", without accents.
LIMITING = word_set(
    "no only unless until kein keine keinen keiner nur ausschliesslich aucun aucune seulement "
    "uniquement ningun ninguna solo solamente nenhum nenhuma somente apenas nessun nessuna "
    "soltanto geen alleen uitsluitend bez tylko inga ingen bara endast kun"
)
SHORTEST_LIMIT = 3
WORD = re.compile(r"[^\W_]+")
# A refusal goes with the names of its own sentence; "Dr." ends none.
# "Rita again? Never" is one.
SENTENCES = re.compile(r"[;!\n]+|\?(?!\W*\w+(?:\W+[^\W\dA-Z_]\w*)*\W*$)|(?<=\w{4})\.\s")


class Remark(NamedTuple):
    """A cell in which somebody names a person of the other table.

    ``says`` is "not": the whole name stands beside a word such as "not"; "perhaps not": one name of
    it does, which nobody else has, or a word such as "enough" stands in the sentence; "named": the
    whole name stands there; "perhaps named": one name of it does, which nobody else has, and a word
    such as "again".
    """

    side: Side
    column: str
    position: int  # with side and column, the cell
    named: int  # the position of the person in the other table
    name: str  # what they are called there
    says: Says


def find_remarks(
    cohort: Cohort,
    passed_over: Mapping[Side, Collection[str]],
    wished: Mapping[Side, Collection[str]],
) -> Iterator[Remark]:
    """Yield the remarks of both tables that name one person of the other table.

    ``passed_over`` and ``wished`` have by side the columns that a rule and that a wish reads; in
    the latter only what refuses somebody is told.
    """
    for side in SIDES:
        people, parts = index_names(cohort, OTHER[side])
        own = cohort.person_columns(side)
        known = {*passed_over.get(side, ()), *own.names, own.email}
        begins = frozenset(words[0] for words in people) | parts.keys()
        for column in map(str, cohort.table(side).columns) if people else ():
            if column in known:
                continue
            names: list[Remark] = []
            remarks = False
            for k, cell in enumerate(cohort.table(side)[column].tolist()):
                if not isinstance(cell, str) or begins.isdisjoint(_words_of(cell)):
                    continue
                told: dict[tuple[int, str], Says] = {}
                for sentence in SENTENCES.split(cell):
                    for who, says in find_named(sentence, people, parts):
                        told[who] = min(says, told.get(who, says), key=SAYS.index)
                        remarks |= says != "named" or says_more(cell, who[1])
                for (named, name), says in told.items():
                    oneself = cohort.oneself[k if side == "mentees" else named]
                    is_own = oneself == (named if side == "mentees" else k)
                    if not is_own and (says == "not" or column not in wished.get(side, ())):
                        names.append(Remark(side, column, k, named, name, says))
            # Names alone are answers, unless others beside them say more.
            yield from names if remarks else ()


def says_more(cell: str, name: str) -> bool:
    """Tell whether a cell says more than a name, which with or without a title is no remark."""
    more = len(_words_of(cell)) - len(_words_of(name))
    return more > 1 or (more == 1 and any(word.islower() for word in WORD.findall(cell)))


def index_names(cohort: Cohort, side: Side) -> tuple[People, dict[str, tuple[int, str]]]:
    """The position and name of each person, by a whole name or one word of it that only they have.

    The answer is the people by the words of whole names, and by one word that only they have.
    """
    table = cohort.table(side)
    columns = list(cohort.person_columns(side).names)
    if columns and all(column in table for column in columns):
        names = join_columns(table, columns).tolist()
    elif table.index.name is not None:
        names = table.index.tolist()
    else:
        names = []
    found: dict[tuple[str, ...], list[tuple[int, str]]] = {}
    for k, name in enumerate(names):
        words = _words_of(name) if isinstance(name, str) and "@" not in name else ()
        if len(words) > 1:
            turned = {words, (*words[1:], words[0]), (words[-1], *words[:-1])}
            for ordered in turned | {(word,) for word in words if len(word) >= SHORTEST_PART}:
                found.setdefault(ordered, []).append((k, name))
    alone = {words: who[0] for words, who in found.items() if len(who) == 1}
    parts = {words[0]: who for words, who in alone.items() if len(words) == 1}
    return {words: who for words, who in alone.items() if len(words) > 1}, parts


def _words_of(text: str) -> tuple[str, ...]:
    """The words of a text, without case and accents."""
    return tuple(
        WORD.findall(text.casefold() if text.isascii() else plain_text(fold_letters(text)))
    )


def find_named(
    sentence: str, people: People, parts: Mapping[str, tuple[int, str]]
) -> Iterator[tuple[tuple[int, str], Says]]:
    """Yield the people whose names stand in a sentence, and what it says of them."""
    words = _words_of(sentence)
    refusals = [k for k in range(len(words)) if _refuses(words, k)]
    capital = {_words_of(word)[0] for word in WORD.findall(sentence) if word[0].isupper()}
    longest = max(map(len, people), default=0)
    wishes = not WISHING.isdisjoint(words)
    doubtful = DOUBTING - (capital & parts.keys())
    doubts = not doubtful.isdisjoint(words) or KEEP_AWAY in pairwise(words)
    read: set[int] = set()
    # Where names that are refused end: "not with Rita, Tom or Will".
    refused: set[int] = set()
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + longest) + 1):
            who = people.get(tuple(words[start:end]))
            if who is not None:
                read |= set(range(start, end))
                says: Says = "perhaps not" if doubts else "named"
                says = "not" if _is_near(refusals, start, end, NEAR) else says
                if says == "not" or _goes_on(words, refused, start, listed=True):
                    says = "not"
                    refused.add(end)
                yield who, says
    for k, word in enumerate(words):
        is_name = word in capital or word not in SMALL_WORDS
        is_name &= not (word in MONTHS and k > 0 and words[k - 1] in TIMES)
        if k in read or word not in parts or k in refusals or not is_name:
            continue
        # "I will not" names nobody who is called Will, and "not with rita" somebody.
        if (
            (word in capital and (doubts or _is_near(refusals, k, k + 1, NEAR)))
            or any(k - BEHIND <= one < k for one in refusals)
            or _goes_on(words, refused, k, listed=word in capital)
        ):
            refused.add(k + 1)
            yield parts[word], "perhaps not"
        elif wishes and word in capital and word not in WISHING:
            yield parts[word], "perhaps named"


def _goes_on(words: Sequence[str], refused: Collection[int], start: int, *, listed: bool) -> bool:
    """Tell whether a name comes after one that is refused and "or", or is ``listed`` after it."""
    return (listed and start in refused) or (
        start - 1 in refused and start > 0 and words[start - 1] in JOINING
    )


def _is_near(refusals: Sequence[int], start: int, end: int, near: int) -> bool:
    """Tell whether one of some words stands near others; a surname such as "No" refuses nobody."""
    return any(start - near <= k < start or end <= k < end + near for k in refusals)


def _refuses(words: Sequence[str], k: int) -> bool:
    """Tell whether a word says that somebody should not be met, with those about it."""
    word, next_words = words[k], words[k + 1 : k + 3]
    if word in BUT:
        return k > 0 and words[k - 1].startswith(ANY)
    return word in CLOSE or (word in NOT and HARMLESS.isdisjoint(next_words))


def _find_limits(cohort: Cohort, side: Side, column: str) -> list[int]:
    """Find the people whose remark sets a limit, such as "no beginners" and "I only speak German".

    Answers of a word or two, such as "No", say that there is no remark, and "I don't know" sets no
    limit. The answer is their positions.
    """
    found = []
    for k, cell in enumerate(cohort.table(side)[column].tolist()):
        words = _words_of(cell) if isinstance(cell, str) and not means_unknown(cell) else ()
        # "Only mornings" is one, "No comment" is none.
        if len(words) < SHORTEST_LIMIT and ONLY.isdisjoint(words[:1] if len(words) > 1 else ()):
            continue
        limits = any(
            (word in LIMITING and HARMLESS.isdisjoint(words[at + 1 : at + 3]))
            or (word in NOT and _refuses(words, at))
            for at, word in enumerate(words)
        )
        if limits:
            found.append(k)
    return found


def ask_about_remarks(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, str], dict[str, object]]:
    """Say in which rows a remark names somebody, without what it says: the file goes round.

    The answer is notes by key, none of which is one of ``[tables]``, and no open keys.
    """
    passed_over, wished = (
        {
            side: [one.name for one in columns if one.side == side and one.kind in kinds]
            for side in SIDES
        }
        for kinds in (NAMES_PEOPLE, WISHES)
    )
    rows: dict[bool, dict[tuple[Side, str], dict[int, None]]] = {True: {}, False: {}}
    told: set[tuple[Side, str, int]] = set()
    for one in find_remarks(cohort, passed_over, wished):
        told.add((one.side, one.column, one.position))
        row = cohort.finding(one.side, one.position, one.column, "").row
        rows[one.says == "not"].setdefault((one.side, one.column), {})[row or 0] = None
    notes = {}
    comments = [(one.side, one.name) for one in columns if one.kind == "comment"]
    if limits := list_limits(cohort, comments, told):
        notes["limits"] = f"{limits} Read them before you match."
    if rows[True]:
        notes["remarks"] = (
            'Remarks name somebody of the other table beside a word such as "not" or "manager": '
            f"{_list_rows(rows[True])}. No rule reads them. If two must not meet, add the pair to "
            "bans in [problem]."
        )
    if rows[False]:
        notes["mentions"] = (
            f"Not used: {_list_rows(rows[False])}. Remarks there name somebody of the other table, "
            "or may do so. Read them: a wish counts in a column of names; if two must not meet, "
            "add the pair to bans in [problem]."
        )
    return notes, {}


def list_limits(
    cohort: Cohort,
    columns: Iterable[tuple[Side, str]],
    told: Collection[tuple[Side, str, int]] = (),
) -> str:
    """Say in which rows remarks set a limit, but for those ``told``; nothing where none does."""
    rows: dict[tuple[Side, str], list[int]] = {}
    for side, name in columns:
        found = [k for k in _find_limits(cohort, side, name) if (side, name, k) not in told]
        if found:
            rows[side, name] = [cohort.finding(side, k, name, "").row or 0 for k in found]
    if not rows:
        return ""
    return (
        f'Remarks say words such as "no", "not" or "only": {_list_rows(rows)}. No rule reads them.'
    )


def _list_rows(rows: Mapping[tuple[Side, str], Collection[int]]) -> str:
    return "; ".join(
        f'"{column}" of the {side}, ' + list_rows(where, where=": validate --all")
        for (side, column), where in rows.items()
    )
