"""Words for levels in the order in which organisations usually have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.criteria.suggest.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["order_levels", "share_of_levels"]

# Words with equal numbers are in no order. Without accents; in the languages of `heading_words`.
RUNGS_BY_WORD = {
    0: "student schuler studierende etudiant estudiante estudante studente",
    1: "intern praktikant stagiaire becario estagiario tirocinante stazysta",
    2: "trainee apprentice auszubildende apprenti aprendiz",
    3: "graduate entry beginner novice einsteiger anfanger debutant principiante iniciante "
       "beginnend poczatkujacy basic grundkenntnisse",
    4: "junior",
    5: "associate",
    6: "mid middle medior intermediate regular fortgeschritten intermediaire intermedio "
       "intermediario gevorderd sredni mid-level",
    7: "experienced advanced erfahren confirme avance avanzado avancado avanzato ervaren "
       "zaawansowany",
    8: "senior",
    9: "lead leitung teamleitung chef-d-equipe lider responsabile teamleider starszy",
    10: "staff expert experte experto especialista esperto ekspert",
    11: "principal architect",
    12: "distinguished fellow",
    13: "manager",
    14: "head",
    15: "director direktor directeur direttore dyrektor",
    16: "vp",
    17: "executive cto ceo chief",
}  # fmt: skip
RUNGS = {word: rung for rung, words in RUNGS_BY_WORD.items() for word in words.split()}
GRADES = ("aa", "ao", "eo", "heo", "seo", "grade 7", "grade 6", "scs1", "scs2", "scs3", "scs4")
NUMBERED = re.compile(r"([a-z ]*?)\s*(\d+)")
UNKNOWN = float("inf")


def order_levels(levels: Iterable[str]) -> tuple[list[str], bool]:
    """Put levels in order, lowest first.

    Returns
    -------
    ladder
        The levels, each once.
    known
        Whether the place of every level is known, and no two have the same.
    """
    names = dict.fromkeys(levels)
    plain = {name: plain_text(name) for name in names}
    if set(plain.values()) <= set(GRADES):
        return sorted(names, key=lambda name: GRADES.index(plain[name])), True
    numbers = {name: NUMBERED.fullmatch(text) for name, text in plain.items()}
    matches = [match for match in numbers.values() if match is not None]
    if len(matches) == len(names) and len({match[1] for match in matches}) == 1:
        rungs = {name: float(match[2]) for name, match in numbers.items() if match is not None}
    else:
        rungs = {name: _find_rung(text) for name, text in plain.items()}
    ladder = sorted(names, key=lambda name: (rungs[name], name))
    distinct = set(rungs.values())
    return ladder, UNKNOWN not in distinct and len(distinct) == len(names)


def share_of_levels(levels: Iterable[str]) -> float:
    """Return which share of some texts, in lower case without accents, are usual levels."""
    names = list(levels)
    known = [name for name in names if name in GRADES or _find_rung(name) < UNKNOWN]
    return len(known) / max(1, len(names))


def _find_rung(text: str) -> float:
    """Where a level stands among the usual ones, by its lowest word."""
    if len(text.split()) > 3:
        return UNKNOWN
    words = [text, *text.replace("-", " ").split()]
    return min((RUNGS[word] for word in words if word in RUNGS), default=UNKNOWN)
