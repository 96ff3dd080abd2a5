"""Columns named like a protected attribute: never a default criterion, always worth a warning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["PERSONAL_WORDS", "attribute_of_answers", "protected_attribute"]

# Attributes that equal-treatment law protects (EU directives 2000/43, 2000/78, 2006/54; UK Equality
# Act 2010), by the words that column names use in English, German, French, Spanish,
# Portuguese, Italian, Dutch and Polish. A star stands for any ending.
WORDS = {
    "age": "age aged birth* dob geboren* geburt* alter altersgruppe edad âge naissance nacimiento "
    "idade etária nascimento età nascita leeftijd* geboorte* wiek* urodzenia",
    "disability": "disab* handicap* behinder* discapacidad deficiência disabilità "
    "niepełnospr* neurodiver*",
    "ethnic origin": "race racial ethnic* nationality citizenship caste herkunft migra* etnia",
    "gender": "gender* sex sexe sexo geschlecht* pronoun* pronomen pronom transgender género "
    "gênero genre genere sesso geslacht płeć",
    "marital or family status": "marital married pregnan* maternity familienstand civil",
    "religion or belief": "religi* faith belief* konfession religión",
    "sexual orientation": "orientation lgbt* lgbtq*",
    "identity": "identity identities characteristics",
}
# What people answer who are asked for one of them, without accents.
ANSWERS: dict[str, frozenset[str]] = {
    "gender": frozenset((
        "woman", "women", "man", "men", "female", "male", "non-binary", "non binary", "nonbinary",
        "weiblich", "mannlich", "divers", "femme", "homme", "mujer", "hombre", "mulher", "homem",
        "donna", "uomo", "vrouw", "kobieta", "mezczyzna", "she her", "he him", "they them",
    )),
    "religion or belief": frozenset((
        "christian", "christianity", "muslim", "islam", "hindu", "hinduism", "jewish", "judaism",
        "sikh", "buddhist", "buddhism", "catholic", "protestant", "atheist", "agnostic",
        "christlich", "muslimisch", "judisch", "hinduistisch", "buddhistisch", "katholisch",
        "evangelisch", "atheistisch", "konfessionslos", "chretien", "chretienne", "musulman",
        "musulmane", "juif", "juive", "catholique", "bouddhiste", "hindou", "athee", "cristiano",
        "cristiana", "musulmana", "judio", "judia", "catolico", "catolica", "budista", "ateo",
        "cristao", "muculmano", "judeu", "ateu", "musulmano", "ebreo", "ebraica", "cattolico",
        "cattolica", "buddista", "christelijk", "moslim", "joods", "katholiek", "hindoe",
        "boeddhist", "chrzescijanin", "muzulmanin", "katolik",
    )),
    "ethnic origin": frozenset((
        "black", "white", "mixed", "asian", "hispanic", "latino", "latina", "latinx", "caucasian",
        "arab", "roma", "african american", "black british", "white british", "asian british",
        "black african", "black caribbean", "mixed race", "middle eastern", "native american",
        "pacific islander",
    )),
    "sexual orientation": frozenset((
        "heterosexual", "homosexual", "bisexual", "lesbian", "gay", "straight", "queer", "asexual",
        "pansexual", "heterosexuell", "homosexuell", "bisexuell", "lesbisch", "schwul",
    )),
}  # fmt: skip
# Alone these are other things, too: a colour, a city, or "others" in French.
AMBIGUOUS = frozenset({"black", "white", "mixed", "roma", "divers", "straight"})
PERSONAL_WORDS = frozenset[str]().union(*ANSWERS.values())
BREAKS = re.compile(r"[\W_\d]+|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")


def protected_attribute(column: str, beside: Iterable[str] = ()) -> str | None:
    """Name the protected attribute that a column is named like, or None.

    Only whole words count: "age_group" does, "language" and "manager" do not. A heading that is
    one of the answers, such as "Female", is of a box to tick; "White" is, too, where other such
    boxes stand ``beside`` it.

    Examples
    --------
    >>> [protected_attribute(name) for name in ("age_group", "language", "What is your gender?")]
    ['age', None, 'gender']
    """
    plain = plain_text(column)
    for attribute, answers in ANSWERS.items():
        if plain in answers and (
            plain not in AMBIGUOUS or attribute_of_answers(map(plain_text, beside)) == attribute
        ):
            return attribute
    words = [word.casefold() for word in BREAKS.split(column) if word]
    for attribute, known in WORDS.items():
        for pattern in known.split():
            stem = pattern.removesuffix("*")
            if any(
                word == pattern or (stem != pattern and word.startswith(stem)) for word in words
            ):
                return attribute
    return None


def attribute_of_answers(answers: Iterable[str]) -> str | None:
    """Name the protected attribute that people answer with, or None.

    Answers are in lower case without accents. Two must be known, and not only "black" and "white".

    Examples
    --------
    >>> attribute_of_answers(["muslim", "hindu", "other"]), attribute_of_answers(["black", "white"])
    ('religion or belief', None)
    """
    given = frozenset(answers)
    for attribute, words in ANSWERS.items():
        said = words & given
        if len(said) > 2 or (len(said) > 1 and not said <= AMBIGUOUS):
            return attribute
    return None
