"""The audit of a programme, of its own matching or of a list of pairs made elsewhere, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.audits import audit
from mentormatch.errors import CohortError
from mentormatch.matching import Matching
from mentormatch.programme.file.pair_tables import read_pair_table
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.audits import Audit
    from mentormatch.problem import Problem

__all__ = ["audit_pairs", "describe_audit", "read_pairs"]


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
    pairs, findings = read_pair_table(path, problem.compatibility)
    if findings:
        raise CohortError(findings)
    return Matching.from_pairs(problem, [pair[:2] for pair in pairs], check=False)


def audit_pairs(matching: Matching, groups: Sequence[str], reference: Matching | None) -> Audit:
    """Audit a matching; groups are columns of either table."""
    return audit(matching, groups=list(groups) or None, reference=reference)


def describe_audit(found: Audit) -> list[Paragraph]:
    """Tell what an audit found, part by part."""
    sections = []
    for part in (found.feasibility, found.optimality, found.stability, found.fairness):
        if part is not None:
            title, *lines = repr(part).split("\n")
            sections.append(Paragraph(title, tuple(lines)))
    if found.optimality is None:
        sections.append(
            Paragraph(
                "Not examined", ("  Optimality, stability and fairness: this is no matching.",)
            )
        )
    elif found.fairness is None:
        sections.append(
            Paragraph(
                "Fairness",
                ("  Not examined by group. Name the columns to compare, as in --group gender.",),
            )
        )
    return sections
