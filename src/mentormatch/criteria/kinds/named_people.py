"""People that cells name, by id or by a column, and names that nobody has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from mentormatch.cohort import nearest_person
from mentormatch.cohort.names import NearestNames
from mentormatch.criteria.cells.tokens import Sets, find_near_misses, normalise, read_sets
from mentormatch.errors import CohortError

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort, Side

__all__ = ["Unknown", "check_named", "is_sentence", "named_people", "unknown_note"]

# Words in small letters that stand in names.
PARTICLES = frozenset((
    "de", "la", "las", "los", "da", "das", "do", "dos", "del", "di", "du", "le", "van", "von",
    "der", "den", "zu", "al", "el", "bin",
))  # fmt: skip
Unknown: TypeAlias = Literal["error", "ignore"]


def named_people(cohort: Cohort, side: Side, of: str | None) -> Sets:
    """Read the names by which people can be spoken of: a column, or their ids."""
    if of is not None:
        return read_sets(cohort, side, of)
    ids = [str(one) for one in cohort.table(side).index]
    names = [normalise(one) for one in ids]
    terms = sorted({(name, 1.0) for name in names})
    place = {name: k for k, (name, _) in enumerate(terms)}
    return Sets(
        codes=np.arange(len(ids)),
        pointers=np.arange(len(ids) + 1),
        places=np.array([place[name] for name in names], dtype=np.intp),
        terms=tuple(terms),
        shown=dict(zip(names, ids, strict=True)),
    )


def check_named(
    cohort: Cohort, side: Side, column: str, of: str | None, said: Sets, spoken_of: Sets
) -> None:
    """Refuse names that nobody has.

    Raises
    ------
    CohortError
        One finding for each cell and name, with the nearest name.
    """
    known = spoken_of.names
    unknown = [[name for name in cell if name not in known] for cell in said.distinct]
    if not any(unknown):
        return
    heard = "mentors" if side == "mentees" else "mentees"
    what = f"the ids of the {heard}" if of is None else f"the {heard}' {of!r}"
    shown = [spoken_of.shown[name] for name in sorted(known)]
    alike = find_near_misses((name for names in unknown for name in names), known)
    nearest = NearestNames(shown, nearest_person)
    near = {
        name: spoken_of.shown[alike[name]] if name in alike else nearest.find(name)
        for names in unknown
        for name in names
    }
    raise CohortError(
        [
            cohort.finding(
                side,
                int(k),
                column,
                f"{said.shown[name]!r} is not among {what}. Correct it, or use unknown='ignore'.",
                near[name],
            )
            for k in range(len(said.codes))
            for name in unknown[said.codes[k]]
        ]
    )


def is_sentence(text: str) -> bool:
    """Tell whether words stand where a name was asked for.

    Examples
    --------
    >>> [is_sentence(text) for text in ("not with my boss", "Ana de la Cruz", "ada@org.example")]
    [True, False, False]
    """
    small = [word for word in text.split() if word[:1].islower() and word not in PARTICLES]
    return len(small) >= 2


def unknown_note(said: Sets, spoken_of: Sets) -> str | None:
    """Say how many names are left out because nobody has them; None when there are none."""
    unknown = sorted(said.names - spoken_of.names)
    if not unknown:
        return None
    near = find_near_misses(unknown, spoken_of.names)
    # First those that may be meant for somebody.
    unknown.sort(key=lambda name: name not in near)
    shown = ", ".join(
        repr(said.shown[name])
        + (
            f" (is it {spoken_of.shown[near[name]]!r}? Then write both alike)"
            if name in near
            else ""
        )
        for name in unknown[:3]
    )
    more = ", …" if len(unknown) > 3 else ""
    names = "name is" if len(unknown) == 1 else "names are"
    return f"{len(unknown):,} {names} left out, as nobody in the programme has them: {shown}{more}."
