"""Build a cohort: identify people, empty cells without an answer, find who is on both sides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.separation import list_separators
from mentormatch.cohort.divisions import Divisions
from mentormatch.cohort.identity.alike import is_one_kind, write_ids_alike
from mentormatch.cohort.identity.blanks import empty_nothing, explain_emptied
from mentormatch.cohort.identity.duplicates import check_duplicates
from mentormatch.cohort.identity.identify import IdentifiedTable, identify
from mentormatch.cohort.identity.rounded import find_rounded
from mentormatch.cohort.identity.same_person import find_oneself
from mentormatch.cohort.names import SIDES, clean_name, nearest_name, split_by_side
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from mentormatch.cohort.names import Side
    from mentormatch.cohort.person_columns.find import PersonColumns
    from mentormatch.cohort.protocol import CohortLike

__all__ = ["build_state"]


def build_state(cohort: CohortLike) -> dict[str, object]:
    """Return the attributes of a cohort from those it was made with.

    Raises CohortError with every problem of both tables.
    """
    findings = check_duplicates(cohort.duplicates)
    identified, decisions = identify(
        {"mentees": cohort.mentees, "mentors": cohort.mentors},
        rows=dict(zip(SIDES, cohort.rows or (None, None), strict=True)),
        sources=cohort.sources,
        ids=split_by_side(cohort.id, "id"),
        duplicates=cohort.duplicates,
        labelled=cohort.labelled,
    )
    tables = [identified[side] for side in SIDES]
    for table in tables:
        findings += table.findings
    wrong = _check_texts(cohort)
    if wrong:
        raise CohortError([*findings, *wrong])
    separators: dict[str, tuple[str, ...]] = {}
    for name, given in (cohort.separators or {}).items():
        separators[clean_name(name)] = list_separators(given)
    options = {
        clean_name(name): (given,) if isinstance(given, str) else tuple(given)
        for name, given in (cohort.options or {}).items()
    }
    known = [
        str(name)
        for table in tables
        for name in (*table.frame.columns, table.id)
        if name is not None
    ]
    for word, columns in (("separators", separators), ("options", options)):
        for column in columns:
            findings += _check_column(column, word, known, cohort.sources)
    if findings:
        raise CohortError(findings)
    frames = [table.frame for table in tables]
    kinds = tuple(
        one.kind if known is None else known
        for one, known in zip(tables, cohort.id_kinds, strict=True)
    )
    ids = (tables[0].id, tables[1].id)
    labelled = tables[0].labelled and tables[1].labelled
    if is_one_kind(ids, kinds):
        decisions += write_ids_alike(frames[0], frames[1], cohort.sources)
    emptied: dict[Side, dict[str, dict[int, str]]] = {}
    people: list[PersonColumns | None] = []
    words = fold_words(cohort.missing)
    for k, side in enumerate(SIDES):
        frames[k], found = empty_nothing(frames[k], tables[k].rows, side, words)
        # With cells emptied, other columns may say who somebody is.
        people.append(None if found else tables[k].people)
        before = (cohort.emptied or {}).get(side, {})
        emptied[side] = {
            name: {**before.get(name, {}), **found.get(name, {})} for name in {**before, **found}
        }
        decisions += explain_emptied(emptied[side], side, cohort.sources[k])
    oneself = find_oneself(
        *frames,
        people=(people[0], people[1]),
        shares_ids=labelled and is_one_kind(ids, kinds),
        sources=cohort.sources,
        rows=(tables[0].rows, tables[1].rows),
    )
    rounded = (
        note
        for frame, table, source in zip(frames, tables, cohort.sources, strict=True)
        for note in find_rounded(frame, _known_by(table), table.rows, source)
    )
    found_notes = (*(note for table in tables for note in table.notes), *rounded)
    return {
        "mentees": frames[0],
        "mentors": frames[1],
        "id": ids,
        "id_kinds": kinds,
        "separators": MappingProxyType(separators),
        "options": MappingProxyType(options),
        "labelled": labelled,
        "rows": (tables[0].rows, tables[1].rows),
        "notes": tuple(dict.fromkeys((*cohort.notes, *found_notes))),
        "decisions": tuple(dict.fromkeys((*cohort.decisions, *decisions, *oneself.readings))),
        "emptied": emptied,
        "_oneself": oneself,
        "_divisions": Divisions(
            frames[0], frames[1], separators, options, cohort.sources, cohort.named
        ),
    }


def _known_by(table: IdentifiedTable) -> list[str]:
    """The columns that say who somebody is, beside the ids."""
    people = table.people
    if people is None:
        return []
    return [*people.names, *people.numbers, *([] if people.email is None else [people.email])]


def _check_texts(cohort: CohortLike) -> list[Finding]:
    """Check that separators and options are texts by column, and words for no answer texts."""
    findings = []
    for option in ("separators", "options"):
        given = getattr(cohort, option)
        if given is not None and not (
            isinstance(given, Mapping) and all(map(_are_texts, given.values()))
        ):
            expected = f'{option} are texts by column: {{ "Skills" = [";"] }}.'
            findings.append(Finding("cohort", None, option, given, expected))
    if cohort.missing is not None and not _are_texts(cohort.missing):
        expected = 'missing is a list of texts: ["n/a", "-"].'
        findings.append(Finding("cohort", None, "missing", cohort.missing, expected))
    return findings


def _are_texts(given: object) -> bool:
    if isinstance(given, str):
        return True
    return isinstance(given, Collection) and all(isinstance(one, str) for one in given)


def _check_column(
    column: str, word: str, known: list[str], sources: tuple[str, str]
) -> list[Finding]:
    """Check that one of the tables has a column for which something is given."""
    if column in known:
        return []
    expected = f"{word} are given for a column that neither table has."
    return [
        Finding(" and ".join(sources), None, column, None, expected, nearest_name(column, known))
    ]
