"""What the heading of a column speaks of, in the languages in which forms are common."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

from mentormatch.cohort.cells.small_words import folded_words

__all__ = [
    "Topic",
    "plain_text",
    "says_not",
    "speaks_of_status",
    "topics_of",
    "without_number_word",
    "without_place",
]

Topic = str

BREAKS = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
PLACE = re.compile(r"\d{1,2}(?:st|nd|rd|th|er?|eme|o|a)?")
PLACES = frozenset((
    "first", "second", "third", "fourth", "fifth", "erste", "erster", "erstes", "zweite",
    "zweiter", "zweites", "dritte", "dritter", "drittes", "vierte", "funfte", "premier",
    "premiere", "deuxieme", "second", "seconde", "troisieme", "quatrieme", "primer", "primera",
    "primero", "segunda", "segundo", "tercer", "tercera", "tercero", "cuarta", "primeira",
    "primeiro", "terceira", "terceiro", "quarta", "prima", "primo", "seconda", "secondo", "terza",
    "terzo", "eerste", "tweede", "derde", "vierde", "pierwszy", "pierwsza", "drugi", "druga",
    "trzeci", "trzecia",
))  # fmt: skip
# "Choice no. 3", "Wahl Nr. 3". A bare "no" is a number only behind what is counted: "no" says
# with whom not in "Con quién no 1".
NUMBER_WORD = re.compile(
    r"(?:^|[\s_]+)(?:no\.|n\.?\s?[°º]|n\.|(?:nr|num|núm)\.?|number|nummer|num[eé]ro|número)[\s_]*"
    r"(?=\d)|"
    r"\b(?P<counted>(?:choice|option|pick|preference|priority|rank|wish|skill|topic|goal|interest|"
    r"language|wahl|wunsch|choix|v(?:œ|oe)u|souhait|opci[oó]n|elecci[oó]n|deseo|prioridad|"
    r"preferencia|op[cç][aã]o|escolha|scelta|opzione|keuze|wens|voorkeur))[\s_]+no[\s_]*(?=\d)",
    re.IGNORECASE,
)
# A wish with such a word is one for not being together.
NEGATION = re.compile(
    rf"\b(?:{'|'.join(sorted(folded_words('not', 'never', 'without')))}|cannot|nobody|kein\w*|"
    r"niemand\w*)\b|n't\b"
)
NO_WORD = re.compile(r"[\s_/]+")
# Before words of offering are looked for: "Mentor on site?" asks for a place, "Who can mentor you?"
# asks who is wanted, and "Mentor/in" is either gender.
NO_OFFER = re.compile(
    r"\b(?:on[ -]?(?:site|campus|location|premises)|on (?:zoom|teams|skype|\w+days?)(?=\W*$)|"
    r"in[ -]?(?:person|persona|prasenz|presenza|persoon)|in the office)\b|"
    r"^(?!.*\b(?:your|others?|someone|people|offer\w*|oferec\w*|ofrec\w*)\b)"
    r"[\W\d]*(?:who (?:can|could|may|might|should|shall|will|would)(?! (?:you|i|we)\b)|"
    r"wer (?:kann|konnte|soll|sollte)|qui (?:peut|pourrait|doit)|quien (?:puede|podria|debe)|"
    r"quem (?:pode|poderia|deve)|chi (?:puo|potrebbe|deve)|kto (?:moze|moglby|powinien)|"
    r"wie (?:kan|zou) (?:jou|u)|(?:vem|hvem) kan \w+ (?:dig|deg))\b.*"
)
EITHER_GENDER = re.compile(r"(?<=mentor)[_/]-?in(?:nen)?\b", re.IGNORECASE)
# Headings that say no more than that people have a status.
STATUS = frozenset({"status", "statut", "stato", "situacao", "situacion"})
FLAGS = frozenset((
    "confirmed", "active", "accepted", "approved", "enrolled", "participating", "withdrawn",
    "bestatigt", "aktiv", "angenommen", "confirme", "actif", "accepte", "confirmado", "activo",
    "aceptado", "ativo", "aceito", "confermato", "attivo", "accettato", "bevestigd", "actief",
    "potwierdzony", "aktywny",
))  # fmt: skip
OF_STATUS = frozenset((
    "application", "current", "approval", "review", "mentee", "mentor", "member", "membership",
    "participant", "program", "programme", "bewerbung", "aktueller", "candidature", "de", "della",
    "candidatura", "aanmelding", "zgloszenia", "the", "of", "is", "still",
))  # fmt: skip


def plain_text(text: str) -> str:
    """Return a text in lower case without accents, its words apart: "canTeach" is "can teach".

    Examples
    --------
    >>> plain_text("Disponibilité_Générale"), plain_text("canTeach"), plain_text("Łódź")
    ('disponibilite generale', 'can teach', 'lodz')
    """
    apart = NO_WORD.sub(" ", BREAKS.sub(" ", text)).strip().casefold()
    if apart.isascii():
        return apart
    letters = unicodedata.normalize("NFKD", apart.replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _patterns() -> dict[Topic, re.Pattern[str]]:
    """One pattern for each topic, from the words that come with the package."""
    text = (files("mentormatch") / "data" / "heading_words.toml").read_text("utf-8")
    patterns = {}
    for topic, words in tomllib.loads(text).items():
        stems = [
            # "*" is any end of a word, "_" a space.
            re.escape(word.replace("_", " ")).replace(r"\(sz\)", "[sz]").replace(r"\*", r"\w*")
            for word in words.split()
        ]
        patterns[topic] = re.compile(rf"(?<![^\W_])(?:{'|'.join(stems)})(?![^\W_])")
    return patterns


@lru_cache(maxsize=8192)
def topics_of(heading: str) -> frozenset[Topic]:
    """Return what a heading speaks of; more than one topic when it has words of several.

    Examples
    --------
    >>> sorted(topics_of("How many mentees have you had before?"))
    ['before', 'seats']
    >>> sorted(topics_of("Berufserfahrung in Jahren"))
    ['years']
    >>> sorted(topics_of("What can you mentor on?")), sorted(topics_of("Mentor in person?"))
    (['offers'], [])
    """
    text = plain_text(heading)
    found = {topic for topic, pattern in _patterns().items() if pattern.search(text)}
    if "offers" in found:
        offered = NO_OFFER.sub("", plain_text(EITHER_GENDER.sub("", heading)))
        offered = " ".join(offered.split())
        found -= set() if _patterns()["offers"].search(offered) else {"offers"}
    return frozenset(found)


def without_number_word(heading: str) -> str:
    """Return a heading without the word for a number that stands before a numeral.

    Examples
    --------
    >>> without_number_word("Choice no. 1"), without_number_word("Con quién no 1")
    ('Choice 1', 'Con quién no 1')
    """
    return NUMBER_WORD.sub(lambda found: f"{found['counted'] or ''} ", heading).strip()


def says_not(heading: str) -> bool:
    """Tell whether a text has a word such as "not" or "without", and not only "no. 1".

    Examples
    --------
    >>> says_not("Con quién no 1"), says_not("Choice no. 1"), says_not("With whom")
    (True, False, False)
    """
    return NEGATION.search(plain_text(without_number_word(heading))) is not None


def without_place(heading: str) -> str | None:
    """Return a heading without the place in an order that it names; None where it names none.

    Examples
    --------
    >>> without_place("3. Wahl"), without_place("Third choice (mentor)"), without_place("Wahl")
    ('wahl', 'choice mentor', None)
    """
    words = re.findall(r"[^\W_]+", plain_text(without_number_word(heading)))
    rest = [word for word in words if not (PLACE.fullmatch(word) or word in PLACES)]
    return " ".join(rest) if len(rest) == len(words) - 1 else None


def speaks_of_status(heading: str, *, flags: bool) -> bool:
    """Tell whether a heading says no more than that people have a status.

    ``flags``: its answers are yes and no; then also a status by its name, such as "Active".

    Examples
    --------
    >>> speaks_of_status("Application status", flags=False), speaks_of_status("Active", flags=True)
    (True, True)
    """
    words = set(plain_text(heading).strip(" ?:").split())
    named = STATUS | FLAGS if flags else STATUS
    return bool(words & named) and words <= named | OF_STATUS
