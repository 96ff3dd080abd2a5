"""Say how cells with several values are divided, and ask where that is not plain."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.cohort.readings import Reading
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["ask_how_to_divide", "ask_to_look", "say_cure"]

THEN = ". Then write "
LISTED = ", or options = "

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
    asked: list[Reading] = []
    for reading in cohort.readings:
        if (reading.side, reading.column) not in compared:
            continue
        if reading.subject == "options" or (reading.subject == "separator" and reading.question):
            text = f'"{reading.column}" holds {reading.taken_for}: {reading.why}.'
            if reading.question and reading.change.startswith("options"):
                options |= tomllib.loads(reading.change)["options"]
            elif reading.question:
                text += f" {ask_to_look(reading)}"
                asked.append(reading)
            said[text] = None
    if asked:
        said[say_cure(asked, cohort)] = None
    if options:
        keep = " Keep only the columns where that is so." if len(options) > 1 else ""
        said[f"If so, take the # away before options in the file.{keep}"] = None
    return ({"options": " ".join(said)} if said else {}), ({"options": options} if options else {})


def ask_to_look(reading: Reading) -> str:
    """Ask to look at how a column is divided; `say_cure` says for all of them what to write."""
    unless, then, _ = reading.change.partition(THEN)
    return f"Please look: {unless}." if then else "Please look."


def say_cure(
    readings: Iterable[Reading], cohort: Cohort, options: Mapping[str, object] | None = None
) -> str:
    """Say once for all columns what to write under [tables] where they are not divided so.

    ``options`` are answers of further columns; what the file says of others is kept.
    """
    separators: dict[str, object] = {}
    answers = dict(options or {})
    for one in readings:
        cure = one.change.rpartition(THEN)[2] or one.change
        first, listed, _ = cure.partition(LISTED)
        found = tomllib.loads(first)
        separators |= found.get("separators", {})
        answers |= found.get("options", {}) | ({one.column: ["…"]} if listed else {})
    keys = (("separators", separators, cohort.separators), ("options", answers, cohort.options))
    cures = [f"{key} = {_as_toml({**(kept or {}), **new})}" for key, new, kept in keys if new]
    listed = " (… are the answers of the form)" if ["…"] in answers.values() else ""
    only = " Keep only the columns where that is so." if len(separators | answers) > 1 else ""
    return f"To change it, write under [tables] {', or '.join(cures)}{listed}.{only}"


def _as_toml(values: Mapping[str, object]) -> str:
    written = (
        f"{_in_quotes(key)} = {_in_quotes(list(one) if isinstance(one, tuple) else one)}"
        for key, one in values.items()
    )
    return f"{{ {', '.join(written)} }}"


def _in_quotes(value: object) -> str:
    """Write a text, or a list of texts, as TOML does."""
    return json.dumps(value, ensure_ascii=False)
