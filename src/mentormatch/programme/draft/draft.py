"""A first programme file, written from two tables: commented, and ready to run."""

from __future__ import annotations

import datetime
import json
import os
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mentormatch.cohort import SIDES, Cohort, read_cohort
from mentormatch.criteria.suggest.protected import protected_attribute
from mentormatch.errors import CohortError, ConfigurationError, Finding
from mentormatch.programme.draft.proposals import Proposal, propose_criteria
from mentormatch.programme.draft.recognition import Column, columns_of, shared_columns, words_of
from mentormatch.programme.file.document import format_key
from mentormatch.safe_files import replace_files

__all__ = ["Draft", "draft_programme", "write_draft"]

CAPACITY = words_of("capacity seats slots places mentees many")
NAME = words_of("name names")
WIDTH = 78


@dataclass(frozen=True, slots=True)
class Draft:
    """A programme file that was written from two tables.

    Parameters
    ----------
    text
        The file.
    cohort
        The people it was made for.
    proposals
        The criteria in it; those with an obstacle are comments.
    protected, unused
        Columns that were left out, because of what they are or because nothing was recognised.
    """

    text: str
    cohort: Cohort
    proposals: tuple[Proposal, ...]
    protected: tuple[str, ...]
    unused: tuple[str, ...]


def draft_programme(
    mentees: str | Path,
    mentors: str | Path,
    folder: str | Path,
    *,
    id: str | None = None,
    sheets: tuple[str, str] | None = None,
    today: datetime.date | None = None,
) -> Draft:
    """Write a programme file for two tables from what their columns seem to hold.

    Parameters
    ----------
    mentees, mentors
        The tables, as `mentormatch.read_cohort` takes them.
    folder
        Where the file is going to stand; its paths start from there.
    id
        The column that identifies people. By default a column ``id``, ``mentee_id`` or
        ``mentor_id``, else one with a different e-mail address for everybody.
    sheets
        The sheets of mentees and mentors in workbooks.
    today
        Where the file needs the dates of a programme, it begins soon after this day.

    Returns
    -------
    Draft

    Raises
    ------
    CohortError
        The tables cannot be read.
    """
    options: dict[str, Any] = {} if sheets is None else {"sheets": sheets}
    if id is not None:
        options["id"] = id
    cohort, options = _read(mentees, mentors, options)
    proposals = tuple(propose_criteria(cohort, today or datetime.date.today()))
    protected = tuple(_everywhere(cohort, protected_attribute))
    used = {value for one in proposals for value in one.entry.values() if isinstance(value, str)}
    capacity = _capacity(columns_of(cohort, "mentors"))
    name = _name(cohort)
    known = {*used, *protected, capacity, name}
    unused = tuple(_everywhere(cohort, lambda column: column not in known))
    paths = {"mentees": _relative(mentees, folder), "mentors": _relative(mentors, folder)}
    text = "\n".join(
        [
            *_introduction(cohort),
            "",
            *_tables(paths, options, cohort),
            "",
            *_criteria(proposals, protected, unused),
            "",
            *_rest(capacity, name),
        ]
    )
    return Draft(text + "\n", cohort, proposals, protected, unused)


def write_draft(
    mentees: str | Path,
    mentors: str | Path,
    path: str | Path,
    *,
    overwrite: bool = False,
    **options: Any,
) -> Draft:
    """Write a programme file for two tables.

    Parameters
    ----------
    mentees, mentors
        The tables.
    path
        Where the file goes.
    overwrite
        Whether a file that exists may be replaced.
    **options
        As of `draft_programme`.

    Raises
    ------
    CohortError
        The tables cannot be read.
    ConfigurationError
        The file exists and ``overwrite`` is False, or is none that can be written.
    """
    path = Path(path)
    expected = None
    if path.is_dir():
        expected = "this is a folder. Name a file in it."
    elif not path.parent.is_dir():
        expected = f"there is no folder {str(path.parent)!r}. Make it, or name another."
    elif path.exists() and not overwrite:
        expected = "this file exists already. Name another, or let it be replaced with --overwrite."
    elif any(_is_same(path, table) for table in (mentees, mentors)):
        expected = "this is one of the tables. Name another file."
    if expected is not None:
        raise ConfigurationError([Finding(str(path), None, None, None, expected)])
    draft = draft_programme(mentees, mentors, path.parent, **options)
    replace_files({path: draft.text.encode()}, overwrite=overwrite)
    return draft


def _is_same(path: Path, other: str | Path) -> bool:
    return path.resolve() == Path(other).expanduser().resolve()


def _read(
    mentees: str | Path, mentors: str | Path, options: dict[str, Any]
) -> tuple[Cohort, dict[str, Any]]:
    """Read the tables; people known by e-mail only, and forms sent twice, are seen to."""

    def read(given: dict[str, Any]) -> tuple[Cohort, dict[str, Any]]:
        try:
            return read_cohort(mentees, mentors, **given), given
        except CohortError as error:
            again = {**given, "duplicates": "last"}
            try:
                return read_cohort(mentees, mentors, **again), again
            except CohortError:
                raise error from None

    cohort, options = read(options)
    if "id" in options or cohort.labelled:
        return cohort, options
    emails = []
    for side in SIDES:
        found = [c.name for c in columns_of(cohort, side) if c.is_email and c.is_complete]
        emails.append(found[0] if len(found) == 1 else None)
    mentee, mentor = emails
    if mentee is None or mentor is None:
        return cohort, options
    id = mentee if mentee == mentor else {"mentees": mentee, "mentors": mentor}
    return read({**options, "id": id})


def _everywhere(cohort: Cohort, wanted: Any) -> list[str]:
    """The names of both tables for which something holds, each once."""
    names = [str(name) for side in SIDES for name in cohort.table(side).columns]
    return [name for name in dict.fromkeys(names) if wanted(name)]


def _capacity(columns: list[Column]) -> str | None:
    for column in columns:
        if column.words & CAPACITY and column.is_number and column.is_complete:
            numbers = column.cells.to_numpy(dtype=float)
            if (numbers >= 0).all() and (numbers == numbers.round()).all() and numbers.max() <= 100:
                return column.name
    return None


def _name(cohort: Cohort) -> str | None:
    """The column of both tables that holds people's names."""
    found = [mentee.name for mentee, _ in shared_columns(cohort) if mentee.words & NAME]
    return found[0] if found else None


def _relative(path: str | Path, folder: str | Path) -> str:
    """A path as seen from the programme file, with slashes everywhere."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return Path(path).absolute().as_posix()


# ------------------------------------------------------------------ the text


def _introduction(cohort: Cohort) -> list[str]:
    n, m = len(cohort.mentees), len(cohort.mentors)
    return [
        *_comment(
            f"A mentoring programme of {n:,} mentees and {m:,} mentors. This is a first draft, "
            "made from what the columns of the two tables seem to hold: look through it, change "
            "what does not fit, then run"
        ),
        "#",
        "#   mentormatch validate <this file>",
        "#   mentormatch match <this file>",
        "#",
        "# Paths start from the folder of this file. Lines with # are comments.",
    ]


def _tables(paths: dict[str, str], options: dict[str, Any], cohort: Cohort) -> list[str]:
    lines = ["[tables]", *(f"{side} = {_toml(path)}" for side, path in paths.items())]
    for key, value in options.items():
        if key == "duplicates":
            lines += _comment(
                f"{len(cohort.notes):,} earlier rows of people who sent the form twice are left "
                "out; the last one counts."
            )
        shown = dict(zip(SIDES, value, strict=True)) if key == "sheets" else value
        lines.append(f"{key} = {_toml(shown)}")
    names = [cohort.table(side).index.name for side in SIDES]
    if None in names:
        lines += _comment(
            "No column tells people apart, so they are known by their place in the table. "
            'Name one with id = "…".'
        )
    elif "id" not in options and names[0] == names[1]:
        lines.append(f"# People are known by the column {_toml(names[0])}.")
    return lines


def _criteria(
    proposals: tuple[Proposal, ...], protected: tuple[str, ...], unused: tuple[str, ...]
) -> list[str]:
    lines = _comment(
        "What makes a good pair. Only the ratios of the weights matter. A criterion without a "
        "weight is a rule that no pair may break."
    )
    for proposal in proposals:
        entry = ["[[criteria]]"]
        entry += [f"{_key(key)} = {_toml(value)}" for key, value in proposal.entry.items()]
        lines += ["", *_comment(proposal.why)]
        if proposal.obstacle:
            lines += _comment(f"Left out for now. {proposal.obstacle}")
            entry = [f"# {line}" for line in entry]
        lines += entry
    if not proposals:
        lines += [
            "",
            *_comment(
                "No column was recognised, so every pair scores 1. The kinds of criteria are "
                "SkillCoverage, TagOverlap, TextSimilarity, LevelGap, Availability, Same, "
                "Different, Prefers and Near; for example:"
            ),
            "# [[criteria]]",
            '# kind = "Same"',
            '# column = "field"',
            "# weight = 1",
        ]
    if protected:
        lines += [
            "",
            *_comment(
                "Left out on purpose, because people are not to be chosen by them: "
                f"{', '.join(map(_toml, protected))}."
            ),
        ]
    if unused:
        lines += ["", *_comment(f"Not used: {', '.join(map(_toml, unused))}.")]
    return lines


def _rest(capacity: str | None, name: str | None) -> list[str]:
    seats = (
        [f"capacity = {_toml(capacity)}"]
        if capacity is not None
        else ["capacity = 1              # mentees a mentor takes: a number, or a column in quotes"]
    )
    return [
        "[problem]",
        *seats,
        "# min_score = 0.2          # pairs that score lower are not made",
        '# pins = [["mentee id", "mentor id", "why they belong together"]]',
        '# bans = "bans.csv"        # a table with the columns mentee, mentor, reason',
        "",
        "[match]",
        'strategy = "optimal"',
        "",
        "[output]",
        'matches = "matches.csv"',
        'unmatched = "unmatched.csv"',
        *_comment("Nothing else about people is written than their ids, unless you ask for it:"),
        f"# columns = [{_toml(name or 'name')}]",
    ]


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _key(key: str) -> str:
    return format_key((key,))


def _toml(value: Any) -> str:
    """Write a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # JSON's strings are TOML's, but for one control character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(str(key))} = {_toml(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    return value.isoformat() if isinstance(value, datetime.date) else repr(value)
