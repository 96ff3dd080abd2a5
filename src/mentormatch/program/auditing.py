"""The audit of a programme, of its own matching or of a list of pairs made elsewhere, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentormatch.audits import audit
from mentormatch.cohort import clean_id, nearest_name, read_table
from mentormatch.errors import CohortError, Finding
from mentormatch.matching import Matching
from mentormatch.program.summary import Section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.audits import Audit
    from mentormatch.problem import Problem

__all__ = ["audit_sections", "audited", "read_pairs"]

PEOPLE = ("mentee", "mentor")


def read_pairs(path: Path, problem: Problem) -> Matching:
    """Read a list of pairs that was made elsewhere; it need not be a matching.

    Parameters
    ----------
    path
        A table with the columns mentee and mentor, which hold ids of the programme's tables.
    problem
        What the pairs are measured by.

    Raises
    ------
    CohortError
        A column is missing, or an id is unknown: every cell of them.
    """
    table = read_table(path)
    names = {str(name).strip().casefold(): name for name in table.frame.columns}
    missing = [
        Finding(
            str(table.source),
            None,
            None,
            None,
            f"a list of pairs needs the column {who!r}. There are: "
            f"{', '.join(map(str, table.frame.columns))}.",
        )
        for who in PEOPLE
        if who not in names
    ]
    if missing:
        raise CohortError(missing)
    findings: list[Finding] = []
    columns: dict[str, list[Any]] = {}
    for who, ids in zip(PEOPLE, (problem.mentee_ids, problem.mentor_ids), strict=True):
        known = {clean_id(one): one for one in ids}
        cells = table.frame[names[who]].tolist()
        columns[who] = [known.get(clean_id(cell)) for cell in cells]
        findings += [
            Finding(
                str(table.source),
                int(row),
                str(names[who]),
                cell,
                f"no {who} has this id. Correct the cell, or take the row out.",
                nearest_name(str(cell), [str(one) for one in ids]),
            )
            for row, cell, one in zip(table.rows, cells, columns[who], strict=True)
            if one is None
        ]
    if findings:
        raise CohortError(findings)
    pairs = list(zip(columns["mentee"], columns["mentor"], strict=True))
    return Matching.from_pairs(problem, pairs, check=False)


def audited(matching: Matching, groups: Sequence[str], reference: Matching | None) -> Audit:
    """Audit a matching; groups are columns of either table."""
    return audit(matching, groups=list(groups) or None, reference=reference)


def audit_sections(found: Audit) -> list[Section]:
    """Tell what an audit found, part by part."""
    sections = []
    for part in (found.feasibility, found.optimality, found.stability, found.fairness):
        if part is not None:
            title, *lines = repr(part).split("\n")
            sections.append(Section(title, tuple(lines)))
    if found.optimality is None:
        sections.append(
            Section("Not examined", ("  Optimality, stability and fairness: this is no matching.",))
        )
    elif found.fairness is None:
        sections.append(
            Section(
                "Fairness",
                ("  Not examined by group. Name the columns to compare, as in --group gender.",),
            )
        )
    return sections
