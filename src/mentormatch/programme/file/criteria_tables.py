"""The ``[[criteria]]`` of a programme file: kinds and parameters as in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort import nearest_name, read_table
from mentormatch.criteria.kinds.embeddings import resolve_model
from mentormatch.criteria.registry import KINDS, kind_named, kind_names
from mentormatch.errors import CohortError, CriterionError, Finding, MentorMatchError
from mentormatch.programme.file.parameters import check_parameters, find_key_meant, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mentormatch.criteria import Criterion
    from mentormatch.programme.file.document import Document, KeyPath

__all__ = ["CriterionEntry", "list_criteria_files", "read_criteria"]

# TOML has no word for "no weight", and a criterion of these kinds counts unless one says so.
NO_WEIGHT = "none"
# Parameters that may also be the name of a table, and its columns.
TABLES = {"taxonomy": ("child", "parent"), "aliases": ("alias", "name")}


@dataclass(frozen=True, slots=True)
class CriterionEntry:
    """One criterion, and which of the ``[[criteria]]`` it is, from 0."""

    place: int
    criterion: Criterion


def read_criteria(document: Document, folder: Path) -> tuple[list[CriterionEntry], list[Finding]]:
    """Make the criteria of a programme file.

    Paths in it start from ``folder``. The answer is the entries that can be used, and a finding for
    each key that is wrong.
    """
    given = document.tables("criteria")
    if given is None:
        expected = "expected one section for each criterion, beginning with a line [[criteria]]."
        return [], [document.finding(("criteria",), None, expected)]
    entries: list[CriterionEntry] = []
    findings: list[Finding] = []
    labels: dict[str, int] = {}
    for place, entry in enumerate(given):
        made = _make(document, ("criteria", place), entry, folder)
        if isinstance(made, list):
            findings += made
        elif made.label in labels:
            expected = (
                f"criteria[{labels[made.label] + 1}] is called {made.label!r} too. "
                'Give one of them a name of its own: name = "…".'
            )
            findings.append(document.finding(("criteria", place), None, expected))
        else:
            labels[made.label] = place
            entries.append(CriterionEntry(place, made))
    return entries, findings


def list_criteria_files(document: Document) -> Iterator[str]:
    """The files that criteria name."""
    for entry in document.tables("criteria") or []:
        yield from (name for key in TABLES if isinstance(name := entry.get(key), str))


def _make(
    document: Document, path: KeyPath, entry: dict[str, object], folder: Path
) -> Criterion | list[Finding]:
    """Make one criterion, or say why it cannot be made."""
    kind = _find_kind(document, path, entry)
    if not isinstance(kind, type):
        return [kind]
    parameters = {key: value for key, value in entry.items() if key != "kind"}
    if str(parameters.get("weight", "")).casefold() == NO_WEIGHT:
        parameters["weight"] = None
    if "embed" in parameters:
        parameters["embed"] = resolve_model(parameters["embed"], folder)
    for key, columns in TABLES.items():
        if isinstance(name := parameters.get(key), str):
            try:
                parameters[key] = _read_mapping(folder / name, columns)
            except CohortError as error:
                return list(error.findings)
    fitting = {key: value for key, value in parameters.items() if value is not None}
    wrong = list(check_parameters(document, path, kind, kind.__name__, fitting))
    if wrong:
        return wrong
    try:
        return make(kind, parameters)
    # What a kind does with a value of a form that it never expected is its own affair.
    except (MentorMatchError, TypeError, ValueError, AttributeError) as error:
        said = _word_as_in_toml(str(error))
        if not isinstance(error, MentorMatchError):
            said = f"{kind.__name__} cannot use one of these values: {said}."
        meant = find_key_meant(said, list(entry))
        if meant is None:
            return [document.finding(path, None, said)]
        return [document.finding((*path, meant), entry[meant], said)]


def _read_mapping(path: Path, columns: tuple[str, str]) -> dict[str, object]:
    """Read a table of two columns; what stands several times in the first has a list.

    Raises CohortError if the table cannot be read, or has other columns.
    """
    table = read_table(path)
    missing = [name for name in columns if name not in table.frame.columns]
    if missing:
        expected = f"this table needs the columns {' and '.join(columns)}."
        known = list(table.frame.columns)
        raise CohortError(
            [
                Finding(table.source, 1, name, None, expected, nearest_name(name, known))
                for name in missing
            ]
        )
    found: dict[str, list[str]] = {}
    for left, right in table.frame[list(columns)].dropna().astype(str).itertuples(index=False):
        found.setdefault(left, []).append(right)
    return {left: rights[0] if len(rights) == 1 else rights for left, rights in found.items()}


def _find_kind(
    document: Document, path: KeyPath, entry: dict[str, object]
) -> type[Criterion] | Finding:
    """Find the kind of a criterion, or say why there is none."""
    name = entry.get("kind")
    # Installed packages are asked for theirs only where a name is none of ours: it takes a while.
    names = tuple(KINDS) if isinstance(name, str) and name in KINDS else kind_names()
    known = ", ".join(names)
    if "kind" not in entry:
        mistyped = nearest_name("kind", entry)
        if mistyped is not None:
            expected = f"a criterion needs the key kind, one of {known}."
            return document.finding((*path, mistyped), entry[mistyped], expected, "kind")
        expected = f"the key kind is missing. It is one of {known}."
        return document.finding((*path, "kind"), None, expected)
    if name == "Custom":
        expected = "a Custom criterion is a function, which only Python can give. Use another kind."
        return document.finding((*path, "kind"), name, expected)
    if not isinstance(name, str) or name not in names:
        expected = f"there is no such kind of criterion. There are {known}."
        nearest = nearest_name(name, names) if isinstance(name, str) else None
        return document.finding((*path, "kind"), name, expected, nearest)
    try:
        return kind_named(name)
    except CriterionError as error:
        return document.finding((*path, "kind"), name, str(error))


def _word_as_in_toml(message: str) -> str:
    """Speak of keys as they are written in the file."""
    return message.replace("weight=None", f'weight = "{NO_WEIGHT}"').replace(
        "require=True", "require = true"
    )
