"""Say what bare numbers below several skills are taken for, and ask where they say interest."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.criteria.words.heading_words import plain_text, topics_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.suggest.proposal import Proposal

__all__ = ["ask_about_levels"]

# Headings that ask how much somebody wants a thing, without accents.
INTEREST = re.compile(
    r"\b(?:interes\w*|zainteres\w*|geinteres\w*|want|wants|wish|would like|keen|eager|curious|"
    r"important|importance|priorit\w*|mocht\w*|wunsch\w*|wichtig\w*|envie|souhait\w*|importan\w*|"
    r"gustaria|quier\w*|deseas?|gostaria|quer|querem|deseja|vorresti|desider\w*|vuoi|wil|"
    r"willen|graag|belangrijk|chce\w*|chcial\w*|wazn\w*)\b"
)
# Words for a level: then the number is one.
LEVEL = re.compile(r"\b(?:levels?|niveaus?|nivel|niveles|niveis|livello|poziom\w*|stufe|up to)\b")


def ask_about_levels(
    proposal: Proposal, cohort: Cohort, grids: Sequence[Mapping[str, object]]
) -> Proposal:
    """Say what numbers of skills are taken for; where they say interest, ask.

    Criteria that compare no numbers of grids are returned as they are; ``grids`` are the questions
    in several columns.
    """
    entry = proposal.entry
    if entry.get("kind") != "SkillCoverage" or "levels" not in entry:
        return proposal
    wants, offers = str(entry["wants"]), str(entry["offers"])
    bare = {str(one["name"]) for one in grids if one["kind"] == "levels" and not one.get("read")}
    by_option = {
        reading.column
        for reading in cohort.readings
        if reading.subject == "grid" and "in the heading" in reading.taken_for
    }
    numbers = [one for one in dict.fromkeys((wants, offers)) if one in bare - by_option]
    if not numbers:
        return proposal
    guess = (
        "The numbers are taken as levels. A mentee's number is the level that the mentor should "
        "have, and not how important it is. Whoever answers 1 wants or offers it, too: where 1 "
        'says "none", write read = { "1" = 0 } (the cell as it stands in the table) into the '
        f"[[columns]] of {' and '.join(map(_quote, numbers))}; 0 is none as it is."
    )
    heading = plain_text(wants)
    asks_level = LEVEL.search(heading) or "level" in topics_of(wants)
    if wants not in numbers or asks_level or not INTEREST.search(heading):
        return replace(proposal, guess=f"{proposal.guess} {guess}".strip())
    asked = (
        f"{_quote(wants)} seems to ask how much somebody wants a thing, and not which level they "
        "need. Which of both is it? If it is a level, take the # away. If it is how much they want "
        "it, say first from which number on it counts as wanted, for 4 and more with read = "
        '{ "1" = 0, "2" = 0, "3" = 0, "4" = 1, "5" = 1 } in its [[columns]]: whoever offers it at '
        "any level then fits."
    )
    return replace(
        proposal,
        guess=f"{proposal.guess} {guess}".strip(),
        asks=f"{proposal.asks} {asked}".strip(),
    )


def _quote(name: str) -> str:
    return f'"{name}"'
