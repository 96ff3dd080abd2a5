"""Exceptions of the package and the findings they carry; messages name the place and the cure."""

from __future__ import annotations

import json
import math
import re
import tomllib
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from mentormatch.conflicts import Condition, Conflict, Repairs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

__all__ = [
    "CohortError",
    "Condition",
    "ConfigurationError",
    "CriterionError",
    "DecisionError",
    "Finding",
    "InfeasibleError",
    "KeyFinding",
    "MatchingError",
    "MentorMatchError",
    "MissingPackageError",
    "NotExplainableError",
    "ProblemError",
    "RecordError",
    "SolverError",
    "check_flag",
    "check_seed",
    "is_flag",
    "is_number",
    "is_whole",
    "list_findings",
    "readable",
]

# Marks that turn the direction of the text after them or hide where lines end, control characters
# but tabs and line feeds, and halves of characters.
UNREADABLE = re.compile(
    r"[\u202a-\u202e\u2066-\u2069\u200e\u200f\u2028\u2029"
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]"
)
# Keys of a programme file that cures name: no other word before " = " is taken for one.
OPTIONS = frozenset((
    "accept", "allow_self", "best", "both", "capacity", "collect", "column", "columns", "curve",
    "dates", "decimal", "decisions", "default", "delimiter", "demand", "duplicates", "encoding",
    "header_row", "id", "ignore", "kind", "ladder", "levels", "mentee", "mentees", "mentor",
    "mentors", "minimum", "minimum_hours", "missing", "name", "offers", "options", "order",
    "people", "person", "range", "read", "require", "role", "rows", "separators", "sheets",
    "timezone", "unknown", "wants", "weight", "where",
))  # fmt: skip
# What is quoted stays as it is; a key with its value, or a table alone, may be written anew.
IN_FILE = re.compile(r"""\"[^"]*"|(?<!\w)'[^']*'(?!\w)|(?<![\w.-])([a-z_]+) = |\{""")
SIMPLE = re.compile(r"(?:true|false|\d+(?:\.\d+)?)(?![\w:]|\.\w)")
LEFT_OUT = re.compile(r"…|\{ … \}")
CLOSING = {"{": "}", "[": "]", '"': '"', "'": "'"}


class MentorMatchError(Exception):
    """Base of everything this package raises on purpose."""


class CriterionError(MentorMatchError, ValueError):
    """A criterion, or the set of criteria, is not usable as written."""


class ProblemError(MentorMatchError, ValueError):
    """Capacities, pins, bans or other numbers of a problem do not fit the people."""


class InfeasibleError(MentorMatchError):
    """No matching satisfies the pins, minimums and quotas; the message names who and why.

    Parameters
    ----------
    message
        Who is in conflict, and what to do.
    conflict
        The conditions that cannot all hold; the message itself where they are not known.
    problem
        The `Problem` that has no matching; None where it is not known.
    pins
        Pins that the problem could not take; `repairs` says which of them to drop.
    proof
        Prices that show it, for `mentormatch.certificates.verify_infeasible`; None where pins and
        numbers show it by themselves, and where it rests on a solver's word.

    Attributes
    ----------
    conflict : tuple of Condition
    proof : InfeasibilityProof or None
    """

    def __init__(
        self,
        message: str,
        conflict: Iterable[Condition] = (),
        problem: Any = None,
        pins: Sequence[Any] = (),
        proof: Any = None,
    ) -> None:
        super().__init__(message)
        self.proof = proof
        self.conflict = tuple(conflict) or (Condition("other", message),)
        self.problem = problem
        self.pins = tuple(pins)

    def smallest(self, time_limit: float = 30.0) -> Conflict:
        """Find a conflict of as few conditions as there is.

        Parameters
        ----------
        time_limit
            Seconds. When they are over, the smallest found so far is returned, and
            ``proven_smallest`` is False.

        Raises
        ------
        NotExplainableError
            The problem is not known, or it can be matched and only the strategy asks for too much.
        SolverError
            There are too many eligible pairs, or the time was over before anything was found.
        """
        from mentormatch.strategies import find_smallest_conflict

        return find_smallest_conflict(self, time_limit)

    def repairs(self, time_limit: float = 30.0) -> Repairs:
        """Find the cheapest changes that make a matching possible.

        A unit is a minimum, a minimum if used or a quota whose number moves by 1, a seat more, or
        one pin, one pair apart or one pair together that is dropped.

        Parameters
        ----------
        time_limit
            Seconds. When they are over, the cheapest found so far is returned with its bound.

        Raises
        ------
        NotExplainableError
            The problem is not known, or it can be matched and only the strategy asks for too much.
        SolverError
            There are too many eligible pairs, or the time was over before anything was found.
        """
        from mentormatch.strategies import find_repairs

        return find_repairs(self, time_limit)


class MatchingError(MentorMatchError, ValueError):
    """A list of pairs is not a matching of the problem it is said to belong to."""


class SolverError(MentorMatchError, RuntimeError):
    """An engine stopped without an answer, or cannot take this problem."""


class RecordError(MentorMatchError, ValueError):
    """A record of a matching cannot be written, read, or used with this problem."""


class NotExplainableError(MentorMatchError):
    """A question that has no true answer for this matching; the message says why, and what has."""


class MissingPackageError(MentorMatchError, ImportError):
    """An optional package is needed; the message is the command that installs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem in a table or in a configuration file.

    Parameters
    ----------
    file
        The file, or the name of the table when it came as a DataFrame.
    row
        The row number as the spreadsheet shows it (the header is row 1), or None for the whole
        table.
    column
        The column or configuration key, or None.
    value
        What was seen, or None.
    expected
        What was expected, and what to do about it.
    nearest
        The nearest name that exists, or None.
    person
        The id of the person in the row, where there is no file in which to look the row up.
    """

    file: str
    row: int | None
    column: str | None
    value: object
    expected: str
    nearest: str | None = None
    person: object = None

    def __str__(self) -> str:
        """Return the finding as one line."""
        text = f"{self.place}: "
        if self.value is not None:
            text += f"found {shorten(self.value)}; "
        text += self.expected
        if self.nearest is not None:
            text += f" Did you mean {self.nearest!r}?"
        return text

    @property
    def place(self) -> str:
        """File, row and column, as a spreadsheet shows them; of a DataFrame the person as well."""
        row = "" if self.row is None else f", row {self.row}"
        row += "" if self.person is None else f" ({shorten(self.person)})"
        return f"{self.file}{row}" + ("" if self.column is None else f", column {self.column!r}")


@dataclass(frozen=True, slots=True)
class KeyFinding(Finding):
    """One problem in a programme file: ``row`` is the line, ``column`` the key with its path."""

    @property
    def place(self) -> str:
        """File, line and key, as a text editor shows them."""
        line = "" if self.row is None else f", line {self.row}"
        return f"{self.file}{line}" + ("" if self.column is None else f", {self.column}")


def readable(text: object) -> str:
    """Replace control characters and marks that turn text around with a visible sign."""
    return UNREADABLE.sub("\ufffd", str(text))


def shorten(value: object, length: int = 80) -> str:
    """Return a value as it is written, cut to a length."""
    text = _write(value)
    return text if len(text) <= length else text[: length - 1] + "…"


def _write(value: Any) -> str:
    """Write a value as Python does, but dates as dates and numbers of numpy as numbers."""
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, date):
        # A sheet has no days without a time: at midnight, a day is what stands in the cell.
        return value.isoformat().removesuffix("T00:00:00")
    if isinstance(value, list):
        return f"[{', '.join(map(_write, value[:100]))}]"
    return repr(value)


def is_number(value: object) -> bool:
    """Tell whether a value is a finite real number; True and False are answers, not numbers."""
    if isinstance(value, bool):
        return False
    # Abstract classes are asked last, as they take longest.
    return isinstance(value, (float, int, Real)) and math.isfinite(value)


def is_whole(value: object, least: int = 0) -> bool:
    """Tell whether a value is a whole number of at least ``least``."""
    if isinstance(value, bool):
        return False
    return isinstance(value, (int, Integral)) and int(value) >= least


def check_flag(name: str, value: object, error: type[MentorMatchError] = MentorMatchError) -> None:
    """Refuse anything but True and False: the text "false" would count as True."""
    if not is_flag(value):
        raise error(f"{name} must be True or False, got {value!r}.")


def is_flag(value: object) -> bool:
    """Tell whether a value is True or False, or a number that stands for one of them."""
    return (
        not isinstance(value, str)
        and type(value).__name__ in ("bool", "bool_", "int")
        and (value in (0, 1))
    )


def check_seed(seed: object) -> None:
    """Refuse a seed that is not a whole number of 0 or more."""
    if not is_whole(seed):
        raise MentorMatchError(f"seed must be a whole number of 0 or more, got {seed!r}.")


def list_findings(findings: Sequence[Finding], limit: int = 50) -> str:
    """Format findings one per line, with a count of those left out."""
    lines = [f"  {finding}" for finding in findings[:limit]]
    if len(findings) > limit:
        lines.append(f"  … and {len(findings) - limit} more")
    return "\n".join(lines)


def word_as_in_python(text: str) -> str:
    """Write keys and their values as Python takes them, not as a programme file has them.

    What is no value of a programme file, and the value of a key that cures do not name, stays.

    Examples
    --------
    >>> word_as_in_python('say read = { "none" = 0, late = [1] }, or default = 1.')
    'say read={"none": 0, "late": [1]}, or default=1.'
    """
    said, at = "", 0
    while found := IN_FILE.search(text, at):
        key, begin = found[1], found.start() if found[0] == "{" else found.end()
        value, end = _read_value(text, begin) if key or found[0] == "{" else (None, begin)
        if value is None or (key and key not in OPTIONS):
            said += text[at : max(end, found.end())]
        else:
            said += text[at : found.start()] + (f"{key}={value}" if key else value)
        at = max(end, found.end())
    return said + text[at:]


def _read_value(text: str, begin: int) -> tuple[str | None, int]:
    """The value that begins there, as Python writes it, and where it ends; None for no value."""
    if left_out := LEFT_OUT.match(text, begin):
        return left_out[0].replace(" ", ""), left_out.end()
    simple = SIMPLE.match(text, begin)
    closing = CLOSING.get(text[begin : begin + 1])
    ends = [simple.end()] if simple else []
    if closing:
        ends = [k for k in range(begin + 1, len(text) + 1) if text[k - 1] == closing]
    for end in ends:
        with suppress(tomllib.TOMLDecodeError):
            return _write_in_python(tomllib.loads(f"x = {text[begin:end]}")["x"]), end
    return None, begin


def _write_in_python(value: object) -> str:
    if isinstance(value, dict):
        entries = (
            f"{_write_in_python(key)}: {_write_in_python(one)}" for key, one in value.items()
        )
        return f"{{{', '.join(entries)}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_write_in_python, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)


class _FindingsError(MentorMatchError, ValueError):
    """Base of errors that carry a list of findings."""

    subject = "problems"
    # Whether whoever reads it has written a programme file; else the cures are those in Python.
    in_file = False

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        count = len(self.findings)
        noun = "problem" if count == 1 else "problems"
        super().__init__(f"{count} {noun} in {self.subject}:\n{list_findings(self.findings)}")

    def __str__(self) -> str:
        if self.in_file:
            return super().__str__()
        told = [replace(one, expected=word_as_in_python(one.expected)) for one in self.findings]
        return f"{self.args[0].partition(chr(10))[0]}\n{list_findings(told)}"

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle and copy the findings; the message is made from them again."""
        return type(self), (self.findings,), self.__dict__

    @property
    def table(self) -> pd.DataFrame:
        """The findings as a DataFrame: file, row, column, value, expected, nearest."""
        import pandas as pd

        columns = ["file", "row", "column", "value", "expected", "nearest"]
        rows = [[getattr(f, name) for name in columns] for f in self.findings]
        return pd.DataFrame(rows, columns=columns).astype({"row": "Int64"})


class CohortError(_FindingsError):
    """The tables of people cannot be used as they are; ``.table`` lists every problem."""

    subject = "the tables"


class DecisionError(_FindingsError):
    """The decisions of a workbook cannot be used as they are; ``.table`` lists every problem."""

    subject = "the decisions"


class ConfigurationError(_FindingsError):
    """The programme file cannot be used as it is; ``.table`` lists every problem."""

    subject = "the programme file"
    in_file = True
