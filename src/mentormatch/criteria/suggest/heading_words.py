"""What the heading of a column speaks of, in the languages in which forms are common."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["Topic", "plain_text", "speaks_of_status", "topics_of"]

Topic = str

BREAKS = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
NO_WORD = re.compile(r"[\s_/]+")
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
            re.escape(word.removesuffix("*").replace("_", " ")).replace(r"\(sz\)", "[sz]")
            + (r"\w*" if word.endswith("*") else "")
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
    """
    text = plain_text(heading)
    return frozenset(topic for topic, pattern in _patterns().items() if pattern.search(text))


def speaks_of_status(heading: str, *, flags: bool) -> bool:
    """Tell whether a heading says no more than that people have a status.

    Parameters
    ----------
    heading
        Of a column.
    flags
        Whether its answers are yes and no: then also a status by its name, such as "Active".

    Examples
    --------
    >>> speaks_of_status("Application status", flags=False), speaks_of_status("Active", flags=True)
    (True, True)
    """
    words = set(plain_text(heading).strip(" ?:").split())
    named = STATUS | FLAGS if flags else STATUS
    return bool(words & named) and words <= named | OF_STATUS
