"""Lists of tables in a programme file, each of which makes one object: objectives, milestones."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mentormatch.errors import MentorMatchError
from mentormatch.planning import Question
from mentormatch.programme.file.parameters import check_parameters, find_key_meant, make

if TYPE_CHECKING:
    from mentormatch.errors import Finding
    from mentormatch.programme.file.document import Document, KeyPath

__all__ = ["read_entries"]

Kind = TypeVar("Kind")


def read_entries(
    kind: type[Kind], document: Document, title: str
) -> tuple[tuple[Kind, ...], list[Finding]]:
    """Read a list of tables such as ``[[objectives]]``.

    ``kind`` is the dataclass that each table makes; its parameters are the keys. ``title`` is the
    name of the list. The answer is the entries that can be used, and a finding for each key that
    cannot.
    """
    given = document.tables(title)
    if given is None:
        expected = f"expected a list of tables: each begins with a line [[{title}]]."
        return (), [document.finding((title,), None, expected)]
    entries, findings = [], []
    for place, entry in enumerate(given):
        path: KeyPath = (title, place)
        wrong = list(check_parameters(document, path, kind, f"[[{title}]]", entry))
        if not wrong:
            try:
                entries.append(make(kind, _prepared(entry)))
                continue
            except (MentorMatchError, TypeError, ValueError) as error:
                key = find_key_meant(str(error), list(entry))
                at = path if key is None else (*path, key)
                wrong = [document.finding(at, None, str(error))]
        findings += wrong
    return tuple(entries), findings


def _prepared(entry: dict[str, object]) -> dict[str, object]:
    """Make the questions of a survey."""
    asked = entry.get("survey")
    if not isinstance(asked, list):
        return entry
    if not all(isinstance(one, dict) for one in asked):
        raise MentorMatchError("survey: each question is a table of its own, in braces.")
    return {**entry, "survey": [make(Question, one) for one in asked]}
