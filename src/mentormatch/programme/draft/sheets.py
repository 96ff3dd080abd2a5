"""The sheets of a workbook, and whose people they hold by their names."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mentormatch.cohort.columns import roles
from mentormatch.cohort.files.limits import check_workbook
from mentormatch.cohort.files.plain_workbooks import open_plain
from mentormatch.cohort.files.streamed_workbooks import open_streamed
from mentormatch.cohort.files.table import read_bytes
from mentormatch.cohort.names import heading_words, word_set
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["choose_sheets", "list_sheets", "name_sheets", "role_of_sheet", "say_hidden"]

MENTEE = roles.MENTEE | word_set(
    "proteges learner learners lernende aprendices aspirantes adepter adepterna"
)
MENTOR = roles.MENTOR | word_set("coaches mentorer mentorerna")


def list_sheets(path: Path) -> list[str]:
    """Return the names of a workbook's sheets, without hidden ones.

    There are none when it cannot be opened; what is wrong with it is said when it is read.
    """
    sheets, hidden = _sheets_of(path)
    return [name for name in sheets if name not in hidden]


def _sheets_of(path: Path) -> tuple[list[str], frozenset[str]]:
    """The names of all sheets, and of the hidden ones."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Opening alone unpacks all texts of a workbook, so it is counted before.
            raw = read_bytes(path, str(path))
            check_workbook(raw, str(path))
            book = open_plain(raw) or open_streamed(raw)
            return book.sheets, book.hidden
    # A damaged workbook fails anywhere inside a reader of XML in a ZIP.
    except Exception:
        return [], frozenset()


def name_sheets(paths: Iterable[str | Path]) -> str:
    """Name the other sheets of workbooks, of which only the first was read."""
    found = {path: list_sheets(Path(path)) for path in dict.fromkeys(paths)}
    several = [
        f"{Path(path).name} has {', '.join(map(repr, sheets))}"
        for path, sheets in found.items()
        if len(sheets) > 1
    ]
    if not several:
        return ""
    return (
        f"Perhaps the people stand on another sheet: {'; '.join(several)}. Name the two sheets: "
        '--sheets "…" "…".'
    )


def role_of_sheet(name: str) -> Literal["mentee", "mentor"] | None:
    """Tell whose sheet it is by the words of its name.

    Examples
    --------
    >>> [role_of_sheet(name) for name in ("Mentors (confirmed)", "mentees 2027", "Sheet1")]
    ['mentor', 'mentee', None]
    """
    words = set(heading_words(name))
    if bool(words & MENTEE) == bool(words & MENTOR):
        return None
    return "mentee" if words & MENTEE else "mentor"


def choose_sheets(path: Path) -> tuple[str, str] | None:
    """Choose the sheets of mentees and mentors by their names; None where one has everybody.

    Raises CohortError if there are several sheets, and their names do not tell.
    """
    names = list_sheets(path)
    if len(names) < 2:
        return None
    by_role = {name: role_of_sheet(name) for name in names}
    mentees = [name for name, role in by_role.items() if role == "mentee"]
    mentors = [name for name, role in by_role.items() if role == "mentor"]
    if len(names) == 2 and len(mentees) + len(mentors) == 1:
        # Of two sheets one says whose it is; the other is the other's.
        (known,) = mentees or mentors
        (other,) = (name for name in names if name != known)
        return (known, other) if mentees else (other, known)
    if len(mentees) == len(mentors) == 1:
        return mentees[0], mentors[0]
    one = next((name for name in (*mentees, *names) if name not in mentors), names[0])
    other = next(name for name in (*mentors, *names) if name != one)
    expected = (
        f"the workbook has the sheets {', '.join(map(repr, names))}{say_hidden(path)}. Say which "
        f'one has the mentees and which the mentors: --sheets "{one}" "{other}".'
    )
    raise CohortError([Finding(str(path), None, None, None, expected)])


def say_hidden(path: Path) -> str:
    """Name the hidden sheets of a workbook, which are passed over."""
    hidden = sorted(_sheets_of(path)[1])
    return f"; hidden, and passed over: {', '.join(map(repr, hidden))}" if hidden else ""
