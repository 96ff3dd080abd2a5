"""What a programme sends to people, and what its committee decides in."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import ConfigurationError, Finding, MentorMatchError
from mentormatch.matching import Matching
from mentormatch.programme.file.pair_tables import read_pair_table
from mentormatch.programme.output_tables import find_contact
from mentormatch.programme.outputs import EXISTS, check_folder, find_text_form, refuse_taken
from mentormatch.programme.questions.unkept_pairs import find_unkept_pairs
from mentormatch.programme.screen.auditing import read_pairs
from mentormatch.programme.screen.paragraph import Paragraph
from mentormatch.programme.screen.planning import WrittenLetters
from mentormatch.records import load_matching
from mentormatch.reports.words import people_names
from mentormatch.safe_files import make_folders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mentormatch.cohort import Cohort
    from mentormatch.problem import Problem
    from mentormatch.programme.run import Programme

__all__ = [
    "find_addresses",
    "say_other_pairs",
    "take_pairs",
    "write_committee_workbook",
    "write_letters",
]

LISTS = ("mentees", "mentors", "pairs")
SHOWN = 3


def take_pairs(path: Path, problem: Problem) -> Matching:
    """Read pairs that were made before, from a table or from a record.

    Raises MentorMatchError, which says what is wrong with each, if they are no matching of the
    people of today.
    """
    if path.suffix.casefold() == ".json":
        record = load_matching(path)
        return Matching.from_pairs(problem, record.pairs, strategy=record.strategy)
    # What a table may hold is for an audit; what is sent or planned must be a matching.
    return replace(read_pairs(path, problem), check=True)


def say_other_pairs(programme: Programme, matching: Matching) -> list[Paragraph]:
    """Warn where the written list of pairs is not that of a matching made just now.

    After a rematch, or once somebody has corrected it by hand, letters of the best matching would
    go to other people.
    """
    configuration = programme.configuration
    path = configuration.beside(configuration.output.matches)
    if not path.is_file():
        return []
    try:
        written, findings = read_pair_table(path, matching.problem.compatibility)
    except MentorMatchError:
        return []
    made = set(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    listed = {tuple(pair[:2]) for pair in written}
    which = [
        f"{format_count(len(some), 'pair')} {of}: {_name_pairs(some)}."
        for some, of in (
            (sorted(listed - made, key=str), "of it not among these"),
            (sorted(made - listed, key=str), "of these not in it"),
        )
        if some
    ]
    if findings:
        which.append(f"{format_count(len(findings), 'cell')} in it name nobody of today.")
    if not which:
        return []
    line = (
        f"- {path.name} holds other pairs than these, of a rematch or changed by hand. "
        f"{' '.join(which)} For the pairs of that list add --pairs {shlex.quote(str(path))}."
    )
    return [Paragraph("Which pairs these are", (line,))]


def _name_pairs(pairs: Sequence[Sequence[object]]) -> str:
    more = f" and {len(pairs) - SHOWN} more" if len(pairs) > SHOWN else ""
    return ", ".join(f"{mentee} with {mentor}" for mentee, mentor in pairs[:SHOWN]) + more


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
) -> WrittenLetters:
    """Write a letter for each person, rows for a mail merge, and pairs for platforms.

    The programme's file says whether addresses are written: ``contact`` under [output].
    ``templates`` are Jinja2 files for the letters of mentees and of mentors, see `Letters.texts`;
    where one of them ends in .txt, letters are plain text. The folder is made where there is none.
    Raises ConfigurationError, with nothing written, if a file exists and ``overwrite`` is False, or
    is one that the programme reads, or there can be no such folder; and MentorMatchError if a
    template cannot be used.
    """
    configuration, cohort = programme.configuration, matching.problem.compatibility.cohort
    refuse_taken(configuration, [folder / f"{name}.csv" for name in LISTS], read=templates)
    check_folder(folder)
    asked = configuration.output.contact and cohort is not None
    addresses = find_addresses(cohort) if asked and cohort is not None else (None, None)
    letters = matching.letters(contact=addresses, reasons=configuration.output.reasons)
    named = dict(zip(("mentee_template", "mentor_template"), templates, strict=True))
    plain = any(one is not None and one.suffix == ".txt" for one in templates)
    form = find_text_form(configuration)
    try:
        with make_folders([folder]):
            files = letters.write(
                folder,
                overwrite=overwrite,
                kind=".txt" if plain else ".md",
                delimiter=form.delimiter,
                **named,
            )
    except FileExistsError as error:
        there = str(error).partition(" exists already")[0]
        raise ConfigurationError([Finding(there, None, None, None, EXISTS)]) from None
    known = {one.resolve() for one in files}
    older = [
        one
        for one in sorted(folder.iterdir())
        if one.name.startswith(("mentee-", "mentor-"))
        and one.suffix in (".md", ".txt")
        and one.resolve() not in known
    ]
    ids = matching.problem.ids
    addressed = [side for side in SIDES if "@" in "".join(map(str, ids(side)))]
    unnamed = [side for side in addressed if people_names(cohort, side, ids(side)) is None]
    both = 0 if cohort is None else int((cohort.oneself >= 0).sum())
    return WrittenLetters(folder, files, asked, addresses, bool(addressed), older, both, unnamed)


def write_committee_workbook(
    programme: Programme,
    matching: Matching,
    path: Path,
    *,
    overwrite: bool = False,
    groups: Sequence[str] = (),
) -> Path:
    """Write the workbook in which a committee keeps, changes and forbids pairs.

    The programme's file names groups by which fairness is looked at, under [report], to which
    ``groups`` adds columns, and says how many reasons are given. Raises ConfigurationError if the
    file exists and ``overwrite`` is False, or the programme reads it.
    """
    configuration = programme.configuration
    refuse_taken(configuration, [path])
    if not path.parent.is_dir():
        expected = f"there is no folder {str(path.parent)!r}. Make it, or name another."
        raise ConfigurationError([Finding(str(path), None, None, None, expected)])
    looked_at = list(dict.fromkeys((*configuration.report.groups, *groups))) or None
    reasons = configuration.output.reasons
    try:
        matching.to_excel(
            path,
            overwrite=overwrite,
            groups=looked_at,
            reasons=reasons,
            look_at=find_unkept_pairs(configuration, matching),
        )
    except FileExistsError:
        raise ConfigurationError([Finding(str(path), None, None, None, EXISTS)]) from None
    return path
