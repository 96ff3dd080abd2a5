"""Check where outputs go, and write them: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mentormatch.errors import ConfigurationError, Finding
from mentormatch.safe_files import (
    as_csv,
    as_excel,
    find_file_obstacle,
    find_folder_obstacle,
    replace_files,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from mentormatch.programme.file.configuration import Configuration

__all__ = [
    "TextForm",
    "check_folder",
    "check_outputs",
    "check_targets",
    "find_text_form",
    "refuse_taken",
    "write_tables",
]

IS_READ = "the programme reads this file, so it is not replaced. Name another."
GIVEN = "this command reads this file, so it is not replaced. Name another."
TWICE = "two files that are to be written have this name. Give each a name of its own."
EXISTS = (
    "this file exists already. Move it away, name another, or let it be replaced with "
    "overwrite=True."
)
# What stands in the folder of a plan; answers are written into surveys.csv by hand.
PLAN_TABLES = ("meetings.csv", "unplanned.csv", "surveys.csv", "matches.csv", "rules.csv")
FORMATS = (".csv", ".xlsx")
DELIMITERS = (",", ";", "\t", "|")
LOOKED_AT = 65_536


@dataclass(frozen=True, slots=True)
class TextForm:
    """How text files are written: what stands between two cells, and the decimal mark."""

    delimiter: str = ","
    decimal: str = "."


def find_text_form(configuration: Configuration) -> TextForm:
    """Find the form of the first text table that is read, so that outputs open as it does."""
    tables = configuration.tables
    if tables is None:
        return TextForm()
    names = [name for name in (tables.mentees, tables.people) if name is not None]
    if not names or Path(names[0]).suffix.lower() != ".csv":
        return TextForm()
    delimiter = tables.delimiter
    if isinstance(delimiter, Mapping):
        delimiter = delimiter.get("mentees")
    if delimiter is None:
        with configuration.beside(names[0]).open("rb") as file:
            start = file.read(LOOKED_AT).decode("utf-8", errors="replace")
        heading = next((line for line in start.splitlines() if line.strip()), "")
        delimiter = max(DELIMITERS, key=heading.count)
    decimal = tables.decimal or ("," if delimiter == ";" else ".")
    return TextForm(delimiter, decimal)


def _write(table: pd.DataFrame, suffix: str, form: TextForm) -> bytes:
    if suffix == ".xlsx":
        return as_excel(table)
    return as_csv(table, delimiter=form.delimiter, decimal=form.decimal)


def write_tables(
    tables: Mapping[Path, pd.DataFrame],
    *,
    overwrite: bool = False,
    form: TextForm | None = None,
    beside: Mapping[Path, bytes] | None = None,
) -> None:
    """Write tables, all of them or none, each whole or not at all.

    Files of tables end in .csv or .xlsx; ``form`` is how text files are written. Files ``beside``
    them, such as a report, are written with them or not at all. With nothing written, raises
    FileExistsError if a file exists and ``overwrite`` is False, and OSError if the disk is full,
    the folder may not be written to, …
    """
    # First everything in memory: between the first and the last file there is as little as can be.
    contents = {
        path: _write(table, path.suffix.lower(), form or TextForm())
        for path, table in tables.items()
    }
    replace_files({**contents, **(beside or {})}, overwrite=overwrite)


def check_outputs(configuration: Configuration, *, overwrite: bool = False) -> list[Finding]:
    """Find everything that would keep the outputs from being written, before any work.

    Inputs are never replaced; ``overwrite`` says whether other files that exist may be.
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
            expected = IS_READ
        else:
            expected = find_file_obstacle(path, None if overwrite else EXISTS)
        if expected is not None:
            name = getattr(configuration.output, key)
            findings.append(configuration.document.finding(("output", key), name, expected))
        seen.setdefault(target, key)
    return findings


def check_targets(
    configuration: Configuration,
    paths: Iterable[Path],
    *,
    overwrite: bool = False,
    read: Iterable[Path | None] = (),
) -> None:
    """Refuse files that cannot be written where a command is told to write them, before any work.

    ``paths`` are written beside the outputs of the programme, and ``read`` is read beside its
    inputs. Raises ConfigurationError with each that the programme reads or writes something else
    to, that exists while ``overwrite`` is False, or whose folder does not exist or may not be
    written to.
    """
    targets = list(paths)
    refuse_taken(configuration, targets, read=read)
    found = ((path, find_file_obstacle(path, None if overwrite else EXISTS)) for path in targets)
    findings = [Finding(str(path), None, None, None, said) for path, said in found if said]
    if findings:
        raise ConfigurationError(findings)


def check_folder(folder: Path) -> None:
    """Refuse a folder that there cannot be, or that may not be written to, before any work.

    Raises ConfigurationError with what is wrong.
    """
    expected = find_folder_obstacle(folder)
    if expected is not None:
        raise ConfigurationError([Finding(str(folder), None, None, None, expected)])


def refuse_taken(
    configuration: Configuration,
    paths: Iterable[Path],
    *,
    read: Iterable[Path | None] = (),
    of_plan: bool = False,
) -> None:
    """Refuse to write to files that the programme reads, or writes something else to.

    ``read`` is read beside the inputs of the programme. With ``of_plan`` the paths are the files of
    the plan, which replace those of an earlier one. Raises ConfigurationError with each of them.
    """
    taken: dict[Path, str] = {}
    if not of_plan:
        folder = configuration.beside(configuration.plan.folder)
        for name in PLAN_TABLES:
            taken[_resolve(folder / name)] = _is_written("table of the plan")
    for key, path in configuration.outputs().items():
        taken[_resolve(path)] = _is_written(f"output {key!r}")
    taken |= {_resolve(path): GIVEN for path in read if path is not None}
    taken |= {_resolve(path): IS_READ for path in configuration.inputs()}
    findings = []
    for path in paths:
        target = _resolve(path)
        if target in taken:
            findings.append(Finding(str(path), None, None, None, taken[target]))
        taken.setdefault(target, TWICE)
    if findings:
        raise ConfigurationError(findings)


def _is_written(what: str) -> str:
    return f"the programme writes its {what} to this file, so it is not replaced. Name another."


def _resolve(path: Path) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        return path.absolute()
