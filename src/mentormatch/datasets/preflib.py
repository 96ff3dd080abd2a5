"""PrefLib files as problems: orders with and without ties, categories, supervisors' capacities."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.errors import Finding, ProblemError
from mentormatch.problem import Problem, Quota

if TYPE_CHECKING:
    import os

    from mentormatch.problem.numbers import PerPerson

__all__ = ["read_preflib"]

ORDERS = (".soc", ".soi", ".toc", ".toi")
# One item of a list: a tie in braces, or an alternative.
ITEM = re.compile(r"\{([^{}]*)\}|([^,{}]+)")
MOST_BYTES = 200 * 2**20


def read_preflib(
    path: str | os.PathLike[str],
    *,
    supervisors: str | os.PathLike[str] | None = None,
    capacity: PerPerson = 1,
) -> Problem:
    """Read a PrefLib file: voters become mentees, alternatives become mentors.

    Parameters
    ----------
    path
        .soc, .soi, .toc, .toi (orders, complete or not, with or without ties) or .cat (categories,
        best first; alternatives of the last category that has any are acceptable too).
    supervisors
        A .dat table with the columns Supervisor, Capacity, Projects (numbers with blanks between):
        each supervisor is a quota over projects. Alternatives of PrefLib are numbered from 1; where
        the table has a project 0 and the orders have none, it counts from 0, and its numbers are
        raised by 1, which a note of the result says.
    capacity
        Of the alternatives, as in `Problem`.

    Returns
    -------
    Problem
        One-sided: alternatives accept who lists them and are indifferent. Mentees are numbered from
        0 in the order of the file, a line "3: …" being three of them.

    Raises
    ------
    ProblemError
        A file of another kind, or lines that cannot be read: each with its number.
    """
    source = Path(path)
    if source.suffix not in (*ORDERS, ".cat"):
        raise ProblemError(
            f"{source.name}: read_preflib reads {', '.join((*ORDERS, '.cat'))}, not "
            f"{source.suffix or 'a file without ending'}."
        )
    preferences: dict[int, list[list[int]]] = {}
    wrong: list[Finding] = []
    for number, line in enumerate(_lines_of(source), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        head, colon, rest = text.partition(":")
        classes = _classes_of(rest)
        if not colon or not head.strip().isdigit() or classes is None:
            expected = 'expected "count: 1,2,{3,4}", numbers of alternatives, best first.'
            wrong.append(Finding(source.name, number, None, text, expected))
            continue
        for _ in range(int(head)):
            preferences[len(preferences)] = classes
    if wrong:
        raise ProblemError("\n".join(map(str, wrong[:50])))
    if not preferences:
        raise ProblemError(
            f"{source.name}: there is not one list of preferences. Expected lines such as "
            '"3: 1,2": how many people have the list, and its alternatives, best first.'
        )
    quotas: tuple[Quota, ...] = ()
    known: set[int] = set()
    notes: tuple[str, ...] = ()
    if supervisors is not None:
        listed = {one for classes in preferences.values() for tie in classes for one in tie}
        quotas, known = _read_supervisors(Path(supervisors))
        if 0 in known and 0 not in listed:
            quotas, known = _read_supervisors(Path(supervisors), first=1)
            name = Path(supervisors).name
            notes = (f"{name} counts projects from 0, the orders from 1: its numbers were raised",)
    problem = _problem_of(preferences, quotas, known, capacity)
    return replace(problem, compatibility=replace(problem.compatibility, notes=notes))


def _lines_of(path: Path) -> list[str]:
    if not path.is_file():
        raise ProblemError(
            f"{path.name}: there is no such file in the folder {str(path.parent.resolve())!r}. "
            "Give its path."
        )
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise ProblemError(
            f"{path.name}: {size / 2**20:.1f} MiB; expected at most {MOST_BYTES // 2**20} MiB. "
            "Read a part of it."
        )
    return path.read_text("utf-8", errors="replace").splitlines()


def _classes_of(text: str) -> list[list[int]] | None:
    """Return the classes of one list, best first; None where something is no number."""
    classes = []
    if ITEM.sub("", text).replace(",", "").strip():
        return None
    for tie, single in ITEM.findall(text):
        members = [one.strip() for one in (tie or single).split(",") if one.strip()]
        if not all(one.isdigit() for one in members):
            return None
        if members:
            classes.append([int(one) for one in members])
    return classes


def _read_supervisors(path: Path, first: int = 0) -> tuple[tuple[Quota, ...], set[int]]:
    """Read quotas over projects, and all projects that a supervisor has; 0 becomes ``first``."""
    quotas, projects, wrong = [], set[int](), []
    rows = csv.DictReader(_lines_of(path))
    for number, row in enumerate(rows, start=2):
        name = row.get("Supervisor")
        own = (row.get("Projects") or "").split()
        most = (row.get("Capacity") or "").strip()
        if name is None or not most.isdigit() or not all(one.isdigit() for one in own):
            expected = "expected the columns Supervisor, Capacity and Projects, with whole numbers."
            wrong.append(Finding(path.name, number, None, None, expected))
            continue
        members = [int(one) + first for one in own]
        projects.update(members)
        quotas.append(Quota(mentors=members, at_most=int(most), name=name))
    if wrong:
        raise ProblemError("\n".join(map(str, wrong[:50])))
    return tuple(quotas), projects


def _problem_of(
    preferences: dict[int, list[list[int]]],
    quotas: tuple[Quota, ...],
    known: set[int],
    capacity: PerPerson,
) -> Problem:
    """Make a problem with the utilities (L − r)/L of L classes."""
    listed = {one for classes in preferences.values() for tie in classes for one in tie}
    alternatives = sorted(listed | known)
    place = {one: k for k, one in enumerate(alternatives)}
    scores = np.full((len(preferences), len(alternatives)), np.nan)
    for mentee, classes in preferences.items():
        for rank, tie in enumerate(classes):
            scores[mentee, [place[one] for one in tie]] = (len(classes) - rank) / len(classes)
    mentors = np.where(np.isnan(scores), np.nan, 1.0)
    index, columns = pd.RangeIndex(len(preferences)), pd.Index(alternatives)
    return Problem.from_scores(
        pd.DataFrame(scores, index, columns),
        mentor_scores=pd.DataFrame(mentors, index, columns),
        capacity=capacity,
        quotas=quotas,
    )
