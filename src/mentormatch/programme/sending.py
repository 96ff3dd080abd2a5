"""What a programme sends to people, and what its committee decides in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.errors import ConfigurationError, Finding
from mentormatch.programme.output_tables import find_contact

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.cohort import Cohort
    from mentormatch.matching import Matching
    from mentormatch.programme.run import Programme

__all__ = ["find_addresses", "write_committee_workbook", "write_letters"]

EXISTS = "this exists already. Move it away, name another, or let it be replaced with --overwrite."


def find_addresses(cohort: Cohort) -> tuple[str | None, str | None]:
    """Find the columns with the addresses of mentees and of mentors, be they the ids."""
    found: list[str | None] = []
    for side, columns in find_contact(cohort).items():
        known = columns.get(f"{side.removesuffix('s')}_email")
        ids = cohort.table(side).index
        if known is None and ids.name is not None and all("@" in str(one) for one in ids):
            known = str(ids.name)
        found.append(known if isinstance(known, str) else None)
    return found[0], found[1]


def write_letters(
    programme: Programme,
    matching: Matching,
    folder: Path,
    *,
    overwrite: bool = False,
    templates: tuple[Path | None, Path | None] = (None, None),
) -> tuple[list[Path], tuple[str | None, str | None]]:
    """Write a letter for each person, rows for a mail merge, and pairs for platforms.

    Parameters
    ----------
    programme
        Whose file says whether addresses are written: ``contact`` under [output].
    matching
        Made by `Programme.match`.
    folder
        Where they go; it is made where there is none.
    overwrite
        Whether files that exist may be replaced.
    templates
        Jinja2 files for the letters of mentees and of mentors; see `Letters.texts`.

    Returns
    -------
    files
        All that were written.
    addresses
        The columns of the addresses that are in them, for mentees and mentors; None: none are.

    Raises
    ------
    ConfigurationError
        A file exists and ``overwrite`` is False; nothing is written.
    MentorMatchError
        A template cannot be used.
    """
    output, cohort = programme.configuration.output, matching.problem.compatibility.cohort
    asked = output.contact and cohort is not None
    addresses = find_addresses(cohort) if asked and cohort is not None else (None, None)
    letters = matching.letters(contact=addresses, reasons=output.reasons)
    named = dict(zip(("mentee_template", "mentor_template"), templates, strict=True))
    made = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return letters.write(folder, overwrite=overwrite, **named), addresses
    except FileExistsError:
        raise ConfigurationError([Finding(str(folder), None, None, None, EXISTS)]) from None
    finally:
        if made and not any(folder.iterdir()):
            folder.rmdir()


def write_committee_workbook(
    programme: Programme,
    matching: Matching,
    path: Path,
    *,
    overwrite: bool = False,
    groups: Sequence[str] = (),
) -> Path:
    """Write the workbook in which a committee keeps, changes and forbids pairs.

    Parameters
    ----------
    programme
        Whose file names groups, under [report], and how many reasons are given.
    matching
        Made by `Programme.match`.
    path
        Where it goes.
    overwrite
        Whether a file that exists may be replaced.
    groups
        More columns by which fairness is looked at.

    Raises
    ------
    ConfigurationError
        The file exists and ``overwrite`` is False.
    """
    configuration = programme.configuration
    looked_at = list(dict.fromkeys((*configuration.report.groups, *groups))) or None
    reasons = configuration.output.reasons
    try:
        matching.to_excel(path, overwrite=overwrite, groups=looked_at, reasons=reasons)
    except FileExistsError:
        raise ConfigurationError([Finding(str(path), None, None, None, EXISTS)]) from None
    return path
