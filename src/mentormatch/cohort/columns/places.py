"""Places in an order as forms write them: "1st choice", "First", "2. Wahl", "1er choix"."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["are_places", "find_ordinal", "read_place"]

# Words for places, by number, in the languages of forms.
ORDINALS_BY_PLACE = {
    1: "first erste erster erstes premier première primer primera primero primeira primeiro "
       "prima primo eerste pierwszy pierwsza pierwsze",
    2: "second zweite zweiter zweites deuxième seconde segunda segundo seconda secondo tweede "
       "drugi druga drugie",
    3: "third dritte dritter drittes troisième tercer tercera tercero terceira terceiro terza "
       "terzo derde trzeci trzecia trzecie",
    4: "fourth vierte vierter viertes quatrième cuarta cuarto quarta quarto vierde czwarty czwarta",
    5: "fifth fünfte fünfter fünftes cinquième quinta quinto vijfde piąty piąta",
}  # fmt: skip
# What stands beside a place, without accents.
NOUNS = (
    r"choice|choices|wish|preference|priority|pick|rank|place|option|favou?rite|wunsch|wahl|"
    r"praferenz|prioritat|rang|platz|choix|v(?:oe|œ)u|souhait|priorite|opcion|eleccion|deseo|"
    r"preferencia|prioridad|opcao|escolha|desejo|prioridade|scelta|opzione|preferenza|priorita|"
    r"keuze|voorkeur|prioriteit|wybor|preferencja|priorytet|miejsce"
)
OWN = (
    r"(?:(?:the|my|meine?|der|die|das|le|la|mon|ma|el|mi|o|a|minha|meu|il|mia|de|mijn|moj|moja)\s+)"
)


def _fold(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.strip().casefold().replace("ł", "l"))
    return "".join(one for one in letters if not unicodedata.combining(one))


PLACES = {
    _fold(word): place for place, words in ORDINALS_BY_PLACE.items() for word in words.split()
}
ORDINAL = re.compile(
    rf"(?P<before>.*?)(?<!\w)(?P<option>{'|'.join(' '.join(ORDINALS_BY_PLACE.values()).split())})"
    r"(?!\w)(?P<after>\D*)",
    re.IGNORECASE,
)
# NFKD turns "º" and "ª" into letters.
PLACE = re.compile(
    rf"{OWN}?(?:(?P<noun>{NOUNS})\s*[:=]?\s*)?(?:no\.?\s*|nr\.?\s*)?(?P<sign>#\s*)?"
    rf"(?:(?P<k>\d{{1,2}})\s*(?P<suffix>st|nd|rd|th|ere?|er?|re|nde?|eme|o|a|°|\.)*|"
    rf"(?P<word>{'|'.join(PLACES)}))"
    rf"\s*[-.:]?\s*(?P<behind>{NOUNS})?[.:!]?"
)


def read_place(text: object) -> int | None:
    """Return which place in an order a text names; None for any other, a bare number included.

    Examples
    --------
    >>> read_place("1st choice"), read_place("2. Wahl"), read_place("Terza scelta"), read_place("4")
    (1, 2, 3, None)
    """
    found = PLACE.fullmatch(_fold(str(text)))
    if found is None:
        return None
    if found["word"] is not None:
        return PLACES[found["word"]]
    said = found["noun"] or found["sign"] or found["suffix"] or found["behind"]
    return int(found["k"]) if said else None


def are_places(texts: Collection[str]) -> bool:
    """Tell whether texts are all places of one order.

    "Segunda" and "quarta" are days as well: in words one must be the first.
    """
    places = {read_place(text) for text in texts}
    numbered = any(letter.isdecimal() for text in texts for letter in text)
    return None not in places and (1 in places or numbered)


def find_ordinal(heading: str) -> re.Match[str] | None:
    """Find the word for a place in a heading, with what stands before and after it."""
    return ORDINAL.fullmatch(heading)
