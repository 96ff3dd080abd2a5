"""Say how cells with several values are divided, and ask where that is not plain."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["ask_how_to_divide"]

# How the cells of these are divided decides what is compared.
DIVIDED: frozenset[ColumnKind] = frozenset({"skills", "topics", "same", "wishes", "conflicts"})


def ask_how_to_divide(
    cohort: Cohort, columns: Sequence[Recognised]
) -> tuple[dict[str, str], dict[str, object]]:
    """Say how cells are divided where that is not plain: answers that hold commas themselves.

    The answer is notes by key of ``[tables]``, and keys of it that a person decides on, with what
    they would be.
    """
    compared = {(one.side, one.name) for one in columns if one.kind in DIVIDED}
    said: dict[str, None] = {}
    options: dict[str, object] = {}
    for reading in cohort.readings:
        if (reading.side, reading.column) not in compared:
            continue
        if reading.subject == "options" or (reading.subject == "separator" and reading.question):
            text = f'"{reading.column}" holds {reading.taken_for}: {reading.why}.'
            if reading.question and reading.change.startswith("options"):
                options |= tomllib.loads(reading.change)["options"]
            elif reading.question:
                text += f" Please look: {reading.change}."
            said[text] = None
    if options:
        keep = " Keep only the columns where that is so." if len(options) > 1 else ""
        said[f"If so, take the # away before options in the file.{keep}"] = None
    return ({"options": " ".join(said)} if said else {}), ({"options": options} if options else {})
