"""Columns named like a protected attribute: never a default criterion, always worth a warning."""

from __future__ import annotations

import re

__all__ = ["PERSONAL_WORDS", "protected_attribute"]

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
# What people answer who are asked for their gender, without accents.
PERSONAL_WORDS = frozenset((
    "woman", "women", "man", "men", "female", "male", "non-binary", "nonbinary", "weiblich",
    "mannlich", "divers", "femme", "homme", "mujer", "hombre", "mulher", "homem", "donna",
    "uomo", "vrouw", "kobieta", "mezczyzna", "she/her", "he/him", "they/them",
))  # fmt: skip
BREAKS = re.compile(r"[\W_\d]+|(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")


def protected_attribute(column: str) -> str | None:
    """Name the protected attribute that a column is named like, or None.

    Only whole words count: "age_group" does, "language" and "manager" do not.

    Examples
    --------
    >>> [protected_attribute(name) for name in ("age_group", "language", "What is your gender?")]
    ['age', None, 'gender']
    """
    words = [word.casefold() for word in BREAKS.split(column) if word]
    for attribute, known in WORDS.items():
        for pattern in known.split():
            stem = pattern.removesuffix("*")
            if any(
                word == pattern or (stem != pattern and word.startswith(stem)) for word in words
            ):
                return attribute
    return None
