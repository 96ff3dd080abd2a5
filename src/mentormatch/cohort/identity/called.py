"""People by their names and addresses, in tables that should hold ids."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.cohort.person_columns.find import find_person_columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from mentormatch.cohort.names import Side

__all__ = ["find_called", "list_read_names", "role_heading"]

# "Mentor/in", "Mentor:in", "Mentora", "Mentor (id)": the same column as "mentor".
ROLE = re.compile(r"\W*(mentee|mentor)\W*(?:in|innen|a|as|o|os|e|es|s|id)?\W*", re.IGNORECASE)
SHOWN = 3


def role_heading(heading: object) -> str | None:
    """Return the role that a heading names in one of its forms, "mentee" or "mentor".

    Examples
    --------
    >>> role_heading("Mentor/in"), role_heading("Mentee*"), role_heading("Mentor's team")
    ('mentor', 'mentee', None)
    """
    found = ROLE.fullmatch(str(heading))
    return None if found is None else found[1].casefold()


def find_called(table: pd.DataFrame, side: Side) -> dict[str, list[int]]:
    """Return the positions of people by their name and their address, as `fold_person` gives them.

    A name also stands with its last words first, "Weiss, Jörg", unless somebody is called so.
    """
    own = find_person_columns(table, side)
    found: dict[str, list[int]] = {}
    for columns in (own.names, () if own.email is None else (own.email,)):
        if columns:
            for k, name in enumerate(join_columns(table, columns).map(fold_person).tolist()):
                if name:
                    found.setdefault(name, []).append(k)
    turned: dict[str, list[int]] = {}
    for name, people in found.items():
        words = name.split()
        for k in range(1, len(words)):
            turned.setdefault(" ".join((*words[k:], *words[:k])), []).extend(people)
    return {**turned, **found}


def list_read_names(read: Mapping[str, object]) -> str:
    """Say which names were read as which ids, and that it was so."""
    pairs = list(read.items())
    told = ", ".join(f"{name!r} as {person!r}" for name, person in pairs[:SHOWN])
    more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
    names = (
        "1 name was read as an id" if len(pairs) == 1 else f"{len(pairs)} names were read as ids"
    )
    return f"{names}: {told}{more}."
