"""Whole names of people inside what cells say: cut at a comma, with a title, several in one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.names import fold_letters, heading_words, word_set
from mentormatch.criteria.cells.meant_people import TITLES
from mentormatch.criteria.cells.tokens import normalise

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Sequence

    from mentormatch.criteria.cells.tokens import Sets

__all__ = [
    "HARMLESS",
    "JOINING",
    "JOINTS",
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
        "poza bien bene bem gut goed bra godt dobrze nothing nichts rien nada niente niets nic "
        "inget ingenting intet why warum pourquoi perche waarom dlaczego varfor hvorfor"
    )
)
REFUSING = folded_words("not", "never")
WITHOUT = folded_words("without")
# "Please never put me with @ada again": beside a word that refuses these approve of nobody.
BESIDE_REFUSING = REFUSING | word_set(
    "with again ever any more once please do don t dont match pair put me us i to be want mit "
    "wieder mehr noch einmal nochmal jemals mich uns bitte avec encore plus nouveau de ne me s il "
    "vous te plait con mas otra vez nuevo por favor com mais novo con piu di nuovo per met weer "
    "meer opnieuw z ze znowu wiecej prosze med igen mer mere"
)
# Between two people, without accents.
JOINING = word_set("or nor and oder und noch ou et ni o y e of en lub i eller och og")
JOINTS = re.compile(
    rf"[/&+;|,\n]|(?<![^\s(\[])(?:{'|'.join(sorted(JOINING))})(?!\S)", re.IGNORECASE
)
# "(My boss)" adds something about somebody, "(and Ned)" somebody else.
ADDITION = re.compile(rf"[(\[](?!{JOINTS.pattern})[^][()]*[])]", re.IGNORECASE)
# What stands round a name, and what is none beside others.
SIGNS = r"[\s()\[\]\-–—:.!?]"
EDGES = re.compile(rf"^(?:{SIGNS}|(?:{'|'.join(sorted(JOINING))})(?=\s))+|{SIGNS}+$", re.IGNORECASE)
NO_NAMES = BESIDE_REFUSING | WITHOUT | word_set("al etc usw neither weder nein nobody")
MOST_WORDS, FEW_WORDS = 4, 2
# Words of names in the order in which they may stand, and the one person who has them.
Sequences = Mapping[tuple[str, ...], str]


def words_in_order(name: str) -> tuple[str, ...]:
    """Return the words of a name; accents make no difference to Latin letters alone.

    In other scripts marks are vowels, or tell consonants apart.
    """
    if all("LATIN" in unicodedata.name(sign, "") for sign in name if sign.isalpha()):
        return heading_words(fold_letters(name))
    return tuple(re.split(r"[\s,.;]+", name.strip(" ,.;")))


def find_people_in_cells(
    said: Sets, spoken_of: Sets, ids: Mapping[str, str]
) -> tuple[Sets, tuple[tuple[str, str], ...]]:
    """Take people whose whole name stands in a cell, among other words or in two parts of it.

    Somebody who must not be met is named as people write: "García, Elena", which a comma cuts in
    two, "Dr. Otto Berg", "Tim Ernst or Eva Kaiser". A name of one word is nobody's whole name, and
    namesakes are left to the reader. Who stands beside them behind "or" and the like stays a name.
    ``ids`` has names of people by their ids, in the form in which names are compared. The answer is
    ``said`` with people's names in place of what was written, and what was written with whose name
    stands for it.
    """
    known = spoken_of.names
    if said.names <= known:
        return said, ()
    sequences = _sequences_of(spoken_of)
    taken: dict[str, str] = {}
    shown = {**said.shown, **spoken_of.shown}

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
                beside = _find_beside(said.shown[name], [{*words_in_order(one)} for one in found])
                shown |= beside
                read += beside
            else:
                read.append(name)
        cells.append(read)
    if not taken:
        return said, ()
    return said.with_cells(cells, shown), tuple(sorted(taken.items()))


def find_handles(text: str, known: Container[str]) -> list[str]:
    """Known handles and addresses within a text: of "not @ada please" the first word with an @."""
    return [one for one in HANDLE.findall(text) if one in known]


def find_handles_in_cells(
    said: Sets, spoken_of: Sets, called: Sets | None
) -> tuple[Sets, tuple[tuple[str, str], ...]]:
    """Take people whose handle or address stands in a cell among other words.

    A cell is left as it is where a word with an @ is nobody's, where it also has a word of somebody
    else's name, or where it may approve of somebody. What else stands there, but in brackets or to
    refuse, stays a name. ``called`` has the full names of those who are spoken of. The answer is as
    that of `find_people_in_cells`.
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
    shown = {**said.shown, **spoken_of.shown}
    cells: list[list[str]] = []
    for cell in said.distinct:
        rest = [name for name in cell if name not in known]
        found = {name: handles for name in rest if (handles := find_handles(name, known))}
        beside = {word for name in rest for word in heading_words(HANDLE.sub(" ", name))}
        named = {*cell}.union(*found.values())
        own = set().union(*(words.get(name, ()) for name in named))
        if (
            any(_has_other_handle(name, known) for name in rest)
            or any(_may_approve(name, len(found.get(name, ()))) for name in rest)
            or not beside.isdisjoint(of_people - own)
        ):
            found = {}
        taken |= found
        read: list[str] = []
        for name in cell:
            read += found.get(name, [name])
            if name in found:
                others = _find_beside(said.shown[name], [own])
                shown |= others
                read += others
        cells.append(read)
    if not taken:
        return said, ()
    pairs = [
        (said.shown[name], " and ".join(spoken_of.shown[one] for one in found))
        for name, found in sorted(taken.items())
    ]
    return said.with_cells(cells, shown), tuple(pairs)


def _may_approve(text: str, handles: int) -> bool:
    """Whether a text with some handles may approve of somebody: "@ada again", "not without @ada".

    "Not @ada again" refuses one person; "no, @ada again" and "no @ada again" may not.
    """
    words = set(heading_words(HANDLE.sub(" ", text)))
    if not words.isdisjoint(REFUSING):
        if not words.isdisjoint(WITHOUT):
            return True
        before = HANDLE.split(text)[0].strip()
        clear = before != "no" and not re.search(r"[,.!?:;()\[\]–—]|-(?:\s|$)", before)
        if handles == 1 and words <= BESIDE_REFUSING and clear:
            return False
    return not words.isdisjoint(APPROVING)


def _find_beside(text: str, people: Collection[set[str]]) -> dict[str, str]:
    """Find the names in a text, between "or", "/" and the like, that are of none of some people.

    ``people`` are the words of the names of those who are found in it. What is added in brackets,
    what stands before a handle and what does not look like a name is a remark. The answer is the
    names by the form in which names are compared.
    """

    def is_found(words: set[str]) -> bool:
        # "Dr. José Ortega" of José Ortega y Gasset.
        own = words - TITLES
        return any(2 * len(own & one) > len(own) for one in people)

    def without_addition(found: re.Match[str]) -> str:
        return found[0] if is_found({*words_in_order(found[0][1:-1])}) else " "

    names: dict[str, str] = {}
    for piece in re.split("[,;|\n]", ADDITION.sub(without_addition, text)):
        parts = JOINTS.split(piece)
        for part in parts:
            *before, name = HANDLE.split(part)
            name = EDGES.sub("", name)
            written = name.split()
            words = set(words_in_order(name)) - NO_NAMES
            # "Mo and my boss" are two, and "Mo, same team" is one.
            joined = len(parts) > 1 and not before and len(written) <= FEW_WORDS
            looks = len(written) <= MOST_WORDS and all(not one[0].islower() for one in written)
            if words and (looks or joined) and not is_found(words):
                names[normalise(name)] = name
    return names


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
