"""The audit of a programme, of its own matching or of a list of pairs made elsewhere, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.audits import audit
from mentormatch.cohort.identity.called import list_read_names
from mentormatch.errors import CohortError
from mentormatch.matching import Matching
from mentormatch.programme.file.pair_tables import read_pair_table
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.audits import Audit
    from mentormatch.problem import Problem

CERTAIN = 0.05
WARNING = re.compile(r"  warning: ([^:]+): (.+)")

__all__ = ["audit_pairs", "describe_audit", "describe_list", "read_pairs"]


def read_pairs(path: Path, problem: Problem) -> Matching:
    """Read a list of pairs that was made elsewhere; it need not be a matching.

    Parameters
    ----------
    path
        A table with the columns mentee and mentor, which hold ids of the programme's tables, or
        names that one person only has; a note says which were read so.
    problem
        What the pairs are measured by.

    Raises
    ------
    CohortError
        A column is missing, or an id is unknown: every cell of them.
    """
    read: dict[str, object] = {}
    pairs, findings = read_pair_table(path, problem.compatibility, read=read)
    if findings:
        raise CohortError(findings)
    made = Matching.from_pairs(problem, [pair[:2] for pair in pairs], check=False)
    return replace(made, notes=(*made.notes, list_read_names(read))) if read else made


def audit_pairs(matching: Matching, groups: Sequence[str], reference: Matching | None) -> Audit:
    """Audit a matching; groups are columns of either table."""
    return audit(matching, groups=list(groups) or None, reference=reference)


def describe_list(matching: Matching) -> list[Paragraph]:
    """Tell how a list of pairs was read, such as names that were read as ids."""
    told = matching.notes if matching.strategy == "given" else ()
    return [Paragraph("How the list was read", tuple(f"  {one}" for one in told))] if told else []


def describe_audit(found: Audit) -> list[Paragraph]:
    """Tell what an audit found: the answer first, then part by part."""
    sections = [Paragraph("In short", (_answer(found),))]
    for part in (found.feasibility, found.optimality, found.stability, found.fairness):
        if part is not None:
            title, *lines = repr(part).split("\n")
            sections.append(Paragraph(title, tuple(_fold_warnings(lines))))
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


def _answer(found: Audit) -> str:
    """Answer in one line whether the matching holds, can be better, is stable and treats alike."""
    if found.optimality is None or not found.feasibility.ok:
        return "This is no matching of the programme: a rule is broken, as said below."
    said = ["Every rule holds"]
    best = {
        True: "no matching is better by its own aim",
        None: "whether a better one exists is open",
    }
    said.append(best.get(found.optimality.ok, "its claim to be the best does not hold"))
    if found.stability is not None:
        said.append(
            "nobody would rather swap"
            if found.stability.ok
            else "some mentee and mentor would rather have each other"
        )
    if found.fairness is not None and len(found.fairness.gaps):
        certain = int((found.fairness.gaps["p_holm"] < CERTAIN).sum())
        said.append(
            "1 difference between groups is beyond chance"
            if certain == 1
            else f"{certain} differences between groups are beyond chance"
            if certain
            else "no difference between groups is beyond chance"
        )
    return f"{'; '.join(said)}."


def _fold_warnings(lines: Sequence[str]) -> list[str]:
    """Say once what several groupings have nothing to say for."""
    folded: dict[str, list[str]] = {}
    order: list[str] = []
    for line in lines:
        found = WARNING.fullmatch(line)
        if found is None:
            order.append(line)
            continue
        where, what = found.groups()
        if what not in folded:
            order.append(what)
        folded.setdefault(what, []).append(where)
    return [
        f"  warning: {', '.join(folded[line])}: {line}" if line in folded else line
        for line in order
    ]
