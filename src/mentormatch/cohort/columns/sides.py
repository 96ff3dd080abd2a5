"""Notice tables that are given in the wrong order: mentors who want to learn, mentees who offer."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["find_swap"]

WANTS = (
    "want to learn", "wants to learn", "like to learn", "hope to learn", "wish to learn",
    "looking for", "learning goals", "need help", "help with my", "find a mentor",
    "mochtest du lernen", "mochte lernen", "lernziele", "apprendre",
    "aprender", "imparare", "leren",
    "preferred mentor", "mentor preference",
)  # fmt: skip
OFFERS = (
    "can teach", "teach", "can offer", "offer", "can help", "can you help", "can share",
    "can mentor", "mentor in", "how many mentees", "number of mentees", "max mentees", "capacity",
    "kannst du anbieten",
    "enseigner", "ensenar", "ensinar", "insegnare", "anbieten", "mentees", "mentees i could take",
)  # fmt: skip


def find_swap(
    mentee_headings: Iterable[str], mentor_headings: Iterable[str], sources: tuple[str, str]
) -> str:
    """Return the evidence that the two tables are swapped; empty when there is none.

    Both tables must speak against their side: by their headings, or by the names of the files.
    """
    mentees, mentors = (
        [" ".join(heading_words(one)) for one in h] for h in (mentee_headings, mentor_headings)
    )
    offering = _first(mentees, OFFERS)
    wanting = _first(mentors, WANTS)
    if offering and wanting and not _first(mentees, WANTS) and not _first(mentors, OFFERS):
        return f"mentees are asked {offering!r}, and mentors {wanting!r}"
    names = [set(heading_words(PurePath(source).stem.replace("_", " "))) for source in sources]
    if _says(names[0], "mentor") and _says(names[1], "mentee"):
        return f"the mentees are in {sources[0]!r}, the mentors in {sources[1]!r}"
    return ""


def _first(headings: list[str], phrases: tuple[str, ...]) -> str:
    """Return the first heading that holds one of some phrases as whole words."""
    return next(
        (one for one in headings if any(f" {phrase} " in f" {one} " for phrase in phrases)), ""
    )


def _says(words: set[str], side: str) -> bool:
    other = "mentor" if side == "mentee" else "mentee"
    return bool(words & {side, f"{side}s"}) and not words & {other, f"{other}s"}
