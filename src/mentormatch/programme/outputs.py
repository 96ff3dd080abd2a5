"""What a programme writes: the pairs with their reasons, and the people without a mentor."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.safe_files import as_csv, as_excel, replace_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from mentormatch.cohort import Cohort, Side
    from mentormatch.errors import Finding
    from mentormatch.matching import Matching
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.progress import Progress

__all__ = [
    "check_outputs",
    "make_matches_table",
    "make_unmatched_table",
    "write_tables",
]

FORMATS: dict[str, Callable[[pd.DataFrame], bytes]] = {".csv": as_csv, ".xlsx": as_excel}


def make_matches_table(
    matching: Matching,
    columns: Mapping[Side, Sequence[str]],
    n_reasons: int = 3,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """One row per pair: who, the columns asked for, the score, the strongest reasons.

    Parameters
    ----------
    matching
        Made from a cohort, when ``columns`` names any.
    columns
        Columns of the people's tables that are to stand beside their ids. Nothing else of what the
        tables say about people is written, except what a reason must name.
    n_reasons
        The most reasons of a pair, strongest first.
    progress
        Called with a `ProgressEvent` for each pair.

    Returns
    -------
    DataFrame
        Columns ``mentee``, ``mentee_…``, ``mentor``, ``mentor_…``, ``score``, ``reason_1``, …
    """
    pairs = matching.pairs
    cohort = matching.problem.compatibility.cohort
    table = {
        **_people(cohort, "mentees", matching.mentees, pairs["mentee"], columns),
        **_people(cohort, "mentors", matching.mentors, pairs["mentor"], columns),
        "score": pairs["score"].to_numpy(),
    }
    reasons = strongest_reasons(matching, n_reasons, progress)
    for k in range(n_reasons):
        table[f"reason_{k + 1}"] = [own[k] if k < len(own) else None for own in reasons]
    return pd.DataFrame(table)


def make_unmatched_table(matching: Matching, columns: Mapping[Side, Sequence[str]]) -> pd.DataFrame:
    """One row per mentee with fewer mentors than wanted: who, how many are missing, and why.

    Returns
    -------
    DataFrame
        Columns ``mentee``, ``mentee_…``, ``missing``, ``reason``.
    """
    unmatched = matching.unmatched
    problem = matching.problem
    positions = problem.mentee_ids.get_indexer(pd.Index(unmatched["mentee"]))
    table = _people(
        problem.compatibility.cohort, "mentees", positions, unmatched["mentee"], columns
    )
    table["missing"] = unmatched["missing"].to_numpy()
    table["reason"] = unmatched["reason"].to_numpy()
    return pd.DataFrame(table)


def _people(
    cohort: Cohort | None,
    side: Side,
    positions: Any,
    ids: pd.Series[Any],
    columns: Mapping[Side, Sequence[str]],
) -> dict[str, Any]:
    """The ids of one side of a table, and beside them the columns asked for."""
    role = side.removesuffix("s")
    table: dict[str, Any] = {role: ids.to_numpy()}
    if cohort is not None:
        for name in columns.get(side, ()):
            table[f"{role}_{name}"] = cohort.column(side, name).to_numpy()[positions]
    return table


def write_tables(tables: Mapping[Path, pd.DataFrame], *, overwrite: bool = False) -> None:
    """Write tables, all of them or none, each whole or not at all.

    Parameters
    ----------
    tables
        By the file they go to, which ends in .csv or .xlsx.
    overwrite
        Whether files that exist may be replaced.

    Raises
    ------
    FileExistsError
        A file exists and ``overwrite`` is False; nothing was written.
    OSError
        The disk is full, the folder may not be written to, …; nothing was written.
    """
    # First everything in memory: between the first and the last file there is as little as can be.
    contents = {path: FORMATS[path.suffix.lower()](table) for path, table in tables.items()}
    replace_files(contents, overwrite=overwrite)


def check_outputs(configuration: Configuration, *, overwrite: bool = False) -> list[Finding]:
    """Find everything that would keep the outputs from being written, before any work.

    Parameters
    ----------
    configuration
        Names the outputs, and the inputs, which are never replaced.
    overwrite
        Whether files that exist may be replaced.
    """
    findings: list[Finding] = []
    seen: dict[Path, str] = {}
    read = {_resolve(path) for path in configuration.inputs()}
    for key, path in configuration.outputs().items():
        target = _resolve(path)
        expected = None
        if target in seen:
            expected = f"{seen[target]} goes to this file. Give each output a name of its own."
        elif path.suffix.lower() not in FORMATS:
            expected = f"the name must end in {' or '.join(FORMATS)}."
        elif target in read:
            expected = "the programme reads this file, so it is not replaced. Name another."
        elif path.is_dir():
            expected = "this is a folder. Name a file in it."
        elif not path.parent.is_dir():
            expected = f"there is no folder {str(path.parent)!r}. Make it, or name another."
        elif path.exists() and not overwrite:
            expected = (
                "this file exists already. Move it away, name another, or let it be replaced with "
                "--overwrite (in Python overwrite=True)."
            )
        else:
            expected = _find_write_error(path)
        if expected is not None:
            name = getattr(configuration.output, key)
            findings.append(configuration.document.finding(("output", key), name, expected))
        seen.setdefault(target, key)
    return findings


def _resolve(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        return path.absolute()


def _find_write_error(path: Path) -> str | None:
    """Try the folder with a file that has no name, so that nothing is left whatever happens."""
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            return None
    except OSError as error:
        return f"nothing can be written to this folder: {error.strerror or error}."
