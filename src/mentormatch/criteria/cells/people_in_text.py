"""Whole names of people inside what cells say: cut at a comma, with a title, several in one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.names import heading_words, word_set

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from mentormatch.criteria.cells.tokens import Sets

__all__ = [
    "HARMLESS",
    "ONLY",
    "WISHING",
    "find_handles",
    "find_handles_in_cells",
    "find_people_in_cells",
    "words_in_order",
]

ADDRESS = re.compile(r"\S@\S")
HANDLE = re.compile(r"[^\s()\[\],;:]*@[^\s()\[\],;:]*[^\s()\[\],;:.!?]")
# "No problem with …", "not bothered": these say the opposite, or nothing.
HARMLESS = word_set(
    "problem problems worries worry issue issues objection objections preference preferences "
    "bothered fussed sure matter problema problemas problemi problemen probleme probleem obiezioni "
    "objeciones einwand einwande preferencia preferenze"
)
# Beside these, one name of somebody is told; what they say of them is to be read. Without accents.
WISHING = word_set(
    "love loved like liked prefer preferred wish hope happy great enjoyed favourite favorite again "
    "please gern gerne wieder wunsch wunsche wunschen mochte toll bitte encore nouveau aimerais "
    "aimerai volontiers souhaite otra nuevo gustaria encantaria favor novo gostaria adoraria "
    "vorrei piacerebbe volentieri nuovo graag weer opnieuw chetnie znowu ponownie prosze igen"
)
ONLY = word_set(
    "only nur ausschliesslich seulement uniquement solo somente apenas soltanto alleen tylko bara "
    "endast kun"
)
# "Anyone but @ada", "@ada is fine": a cell with one of these names no one to keep apart.
APPROVING = (
    HARMLESS
    | ONLY
    | (WISHING - word_set("please bitte favor prosze"))
    | folded_words("yes", "except", "anything", "no_preference")
    | word_set(
        "but excluding excepting apart besides other than unless fine ok okay okey oke alright "
        "good glad gladly welcome mind yes yeah yep anyone anybody everyone everybody jeder jeden "
        "ausser bis aber okej mais sauf hormis pero menos sino mas ma tranne eccetto maar men "
        "poza bien bene bem gut goed bra godt dobrze"
    )
)
# Words of names in the order in which they may stand, and the one person who has them.
Sequences = Mapping[tuple[str, ...], str]


def words_in_order(name: str) -> tuple[str, ...]:
    """Return the words of a name; accents make no difference to Latin letters alone.

    In other scripts marks are vowels, or tell consonants apart.
    """
    if all("LATIN" in unicodedata.name(sign, "") for sign in name if sign.isalpha()):
        return heading_words(name.casefold())
    return tuple(re.split(r"[\s,.;]+", name.strip(" ,.;")))


def find_people_in_cells(
    said: Sets, spoken_of: Sets, ids: Mapping[str, str]
) -> tuple[Sets, tuple[tuple[str, str], ...]]:
    """Take people whose whole name stands in a cell, among other words or in two parts of it.

    Somebody who must not be met is named as people write: "García, Elena", which a comma cuts in
    two, "Dr. Otto Berg", "Tim Ernst or Eva Kaiser". A name of one word is nobody's whole name, and
    namesakes are left to the reader. ``ids`` has names of people by their ids, in the form in which
    names are compared. The answer is ``said`` with people's names in place of what was written, and
    what was written with whose name stands for it.
    """
    known = spoken_of.names
    if said.names <= known:
        return said, ()
    sequences = _sequences_of(spoken_of)
    taken: dict[str, str] = {}

    def take(written: str, people: Iterable[str]) -> list[str]:
        found = list(people)
        taken[written] = " and ".join(spoken_of.shown[one] for one in found)
        return found

    cells: list[list[str]] = []
    for cell in said.distinct:
        names, read = list(cell), list[str]()
        while names:
            name = names.pop(0)
            joined = (*words_in_order(name), *words_in_order(names[0])) if names else ()
            if name in known:
                read.append(name)
            elif name in ids:
                read += take(said.shown[name], [ids[name]])
            elif joined in sequences and names[0] not in known:
                both = f"{said.shown[name]}, {said.shown[names.pop(0)]}"
                read += take(both, [sequences[joined]])
            elif found := _find_within(name, sequences):
                read += take(said.shown[name], found)
            else:
                read.append(name)
        cells.append(read)
    if not taken:
        return said, ()
    return said.with_cells(cells, {**said.shown, **spoken_of.shown}), tuple(sorted(taken.items()))


def find_handles(text: str, known: Container[str]) -> list[str]:
    """Known handles and addresses within a text: of "not @ada please" the first word with an @."""
    return [one for one in HANDLE.findall(text) if one in known]


def find_handles_in_cells(
    said: Sets, spoken_of: Sets, called: Sets | None
) -> tuple[Sets, tuple[tuple[str, str], ...]]:
    """Take people whose handle or address stands in a cell among other words.

    A cell is left as it is where a word with an @ is nobody's, where it also has a word of somebody
    else's name, or where it may approve of somebody. ``called`` has the full names of those who are
    spoken of. The answer is as that of `find_people_in_cells`.
    """
    known = spoken_of.names
    if not any(find_handles(name, known) for name in said.names - known):
        return said, ()
    words: dict[str, set[str]] = {}
    for k in range(len(spoken_of.codes)):
        names = (*spoken_of.of(k), *(called.of(k) if called else ()))
        own = {word for name in names for word in _words_of_handle(name)}
        for name in names:
            words.setdefault(name, set()).update(own)
    of_people = set().union(*words.values())
    taken: dict[str, list[str]] = {}
    cells: list[list[str]] = []
    for cell in said.distinct:
        rest = [name for name in cell if name not in known]
        found = {name: handles for name in rest if (handles := find_handles(name, known))}
        beside = {word for name in rest for word in heading_words(HANDLE.sub(" ", name))}
        named = {*cell}.union(*found.values())
        own = set().union(*(words.get(name, ()) for name in named))
        if (
            any(_has_other_handle(name, known) for name in rest)
            or not beside.isdisjoint(APPROVING)
            or not beside.isdisjoint(of_people - own)
        ):
            found = {}
        taken |= found
        cells.append([one for name in cell for one in found.get(name, [name])])
    if not taken:
        return said, ()
    pairs = [
        (said.shown[name], " and ".join(spoken_of.shown[one] for one in found))
        for name, found in sorted(taken.items())
    ]
    return said.with_cells(cells, {**said.shown, **spoken_of.shown}), tuple(pairs)


def _has_other_handle(text: str, known: Container[str]) -> bool:
    """Whether a text has an @ that is in no known handle."""
    return "@" in HANDLE.sub(lambda found: "" if found[0] in known else "@", text)


def _words_of_handle(name: str) -> tuple[str, ...]:
    """The words of a name, handle or address, without where an address is."""
    return heading_words(name.removeprefix("@").partition("@")[0])


def _sequences_of(spoken_of: Sets) -> Sequences:
    """The words of whole names, whichever of them stands first, by the only person who has them."""
    people: dict[tuple[str, ...], set[str]] = {}
    # Namesakes have one name, and are two.
    for name, count in spoken_of.people_with.items():
        words = words_in_order(name)
        for k in range(len(words)) if len(words) > 1 else ():
            people.setdefault((*words[k:], *words[:k]), set()).add(name if count == 1 else "")
    return {
        words: min(names) for words, names in people.items() if len(names) == 1 and "" not in names
    }


def _find_within(name: str, sequences: Sequences) -> Sequence[str]:
    """People whose whole names stand one after the other in a text, the longest names first."""
    if ADDRESS.search(name):
        return ()
    words, found, k = words_in_order(name), list[str](), 0
    longest = max(map(len, sequences), default=0)
    while k < len(words):
        ends = range(min(len(words), k + longest), k + 1, -1)
        end = next((end for end in ends if words[k:end] in sequences), None)
        if end is None:
            k += 1
            continue
        found.append(sequences[words[k:end]])
        k = end
    return list(dict.fromkeys(found))
