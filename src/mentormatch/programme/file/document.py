"""A programme file as text: reading it, saying where it is broken, finding the line of a key."""

from __future__ import annotations

import bisect
import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from mentormatch.cohort import nearest_name
from mentormatch.errors import ConfigurationError, KeyFinding
from mentormatch.safe_files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Document", "KeyPath", "format_key", "read_document"]

KeyPath: TypeAlias = "tuple[str | int, ...]"

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
# Texts and comments, inside which nothing counts, brackets, and ends of lines.
TOKEN = re.compile(
    r'''(?s:"""(?>(?:[^"\\]|\\.|"(?!""))*)"{0,5}'''
    r"""|'''(?>(?:[^']|'(?!''))*)'{0,5})"""
    r"""|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|\#[^\n]*|[][{}\n]"""
)
MOST_BYTES = 8 * 2**20
CURLY_QUOTES = "“”„‟«»‘’"


def format_key(path: KeyPath) -> str:
    """Write a key as people read it; entries of a list count from 1.

    Examples
    --------
    >>> format_key(("criteria", 1, "wieght")), format_key(("tables", "separators", "What next?"))
    ('criteria[2].wieght', 'tables.separators."What next?"')
    """
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part + 1}]"
        else:
            name = part if BARE_KEY.fullmatch(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text


@dataclass(frozen=True, eq=False)
class Document:
    """A programme file that is TOML, whatever it says."""

    source: str  # what findings call the file
    text: str  # with line ends as they are
    content: dict[str, object]  # what tomllib made of it

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of every key."""
        return dict(_find_key_lines(self.text))

    def line_of(self, path: KeyPath) -> int | None:
        """The line on which a key is set; that of what surrounds it when the key is not there."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def tables(self, title: str) -> list[dict[str, object]] | None:
        """Return the tables of a list such as ``[[criteria]]``; None where it is no such list."""
        given = self.content.get(title, [])
        if isinstance(given, list) and all(isinstance(one, dict) for one in given):
            return given
        return None

    def finding(
        self, path: KeyPath, value: object, expected: str, nearest: str | None = None
    ) -> KeyFinding:
        """Say what is wrong with one key."""
        name = format_key(path) or None
        return KeyFinding(self.source, self.line_of(path), name, value, expected, nearest)


def read_document(path: Path) -> Document:
    """Read a programme file.

    Raises ConfigurationError if the file cannot be read, is not text in UTF-8, or is not TOML; in
    the last case with the line and what is usually meant.
    """
    source = str(path)

    def broken(
        line: int | None, value: object, expected: str, near: str | None = None
    ) -> Exception:
        return ConfigurationError([KeyFinding(source, line, None, value, expected, near)])

    try:
        raw = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        if path.is_symlink():
            expected = f"this is a link to {str(path.readlink())!r}, which is not there."
            raise broken(None, None, expected) from None
        near = None
        if path.parent.is_dir():
            files = sorted(p.name for p in path.parent.glob("*.toml") if p.is_file())
            near = nearest_name(path.name, files)
        expected = "there is no such file. Check the path; `mentormatch init` writes a first one."
        raise broken(None, None, expected, near) from None
    except IsADirectoryError:
        expected = "this is a folder. Name the programme file in it, such as programme.toml."
        raise broken(None, None, expected) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise broken(None, None, f"the file cannot be read: {reason}.") from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        expected = "the file is not in UTF-8. Save it again with the encoding UTF-8."
        raise broken(line, None, expected) from None
    try:
        return Document(source, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line, said = _find_place(str(error), text)
        shown = _split_lines(text)[line - 1].strip()
        raise broken(line, shown or None, _explain(said, shown)) from None
    except RecursionError:
        raise broken(None, None, "the lists are nested too deeply to be read.") from None


def _find_place(message: str, text: str) -> tuple[int, str]:
    """The line a message of the TOML reader is about, and what it says."""
    found = PLACE.fullmatch(message)
    said = message if found is None else found[1]
    repeated = said.startswith("Cannot overwrite")
    if found is not None and found[2] is not None and not said.startswith("Unclosed"):
        # The reader stands behind the line break when a line has ended too early.
        return min(int(found[2]), max(1, len(_split_lines(text.rstrip())))), said
    # What is never closed, or repeats, shows only later: it began in the last statement, or in the
    # first one that cannot be read together with what stands before it.
    starts, ends = [1], [0]
    for line, statement in _split_statements(text):
        starts.append(line)
        ends.append(ends[-1] + len(statement))
    # More statements never make TOML of what is none.
    is_broken = bisect.bisect_left(
        range(len(starts) - 1), True, key=lambda k: not _is_toml(text[: ends[k]])
    )
    return starts[is_broken if repeated else -1], said


def _explain(said: str, line: str) -> str:
    """What the TOML reader complains about, for somebody who does not know TOML."""
    if any(quote in line for quote in CURLY_QUOTES):
        return 'the quotation marks must be straight: "…". A word processor bends them.'
    if "\\" in line and ("hex" in said or "Unescaped" in said or "Illegal" in said):
        return (
            'in "…" a backslash begins a special character. Write paths with / or between '
            "single quotes: 'C:\\people.csv'."
        )
    if said.startswith(("Cannot overwrite", "Cannot declare", "Cannot mutate")):
        return (
            "the same key or table stands here for the second time. Keep one of them; each "
            "criterion begins with [[criteria]] in double brackets."
        )
    if said.startswith(("Unclosed array", "Expected ']'")):
        return "a bracket [ is not closed with ]."
    if said.startswith("Unclosed inline table"):
        return "a brace { is not closed with }."
    if said.startswith("Unterminated") or "Illegal character '\\n'" in said:
        return 'a text begins with " and does not end with ".'
    if said.startswith(("Expected '='", "Invalid initial character", "Invalid statement")):
        return (
            'a line is: key = value. A key of more than one word stands in quotes: "job title" = …'
        )
    if said.startswith("Invalid value"):
        return (
            'the value cannot be read. Text stands in quotes ("…"), yes and no are true and false, '
            "numbers have a decimal point."
        )
    if said.startswith("Expected newline"):
        return (
            "something follows the value. One key on each line; numbers have a decimal point, "
            "not a comma, and no leading zeros."
        )
    return f"this is not TOML: {said[:1].lower()}{said[1:]}."


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def _split_lines(text: str) -> list[str]:
    """The lines as an editor numbers them, with their ends."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _split_statements(text: str) -> Iterator[tuple[int, str]]:
    """Cut a file into its statements, each with its first line; one look at every character.

    The last one may not be TOML, when the file is not.
    """
    start, line, depth = 0, 1, 0
    for token in TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if token[0] == "\n" and depth <= 0:
            statement = text[start : token.end()]
            yield line, statement
            start, line, depth = token.end(), line + statement.count("\n"), 0
    if start < len(text):
        yield line, text[start:]


def _find_key_lines(text: str) -> Iterator[tuple[KeyPath, int]]:
    """Every key of a file that is TOML, with the line on which its statement begins."""
    table: KeyPath = ()
    newest: dict[KeyPath, int] = {}
    for line, statement in _split_statements(text):
        content = tomllib.loads(statement)
        if content and statement.lstrip().startswith("["):
            table = ()
            inner: object = content
            while isinstance(inner, dict) and inner:
                # A table inside a list of tables belongs to the newest entry of the list.
                if table in newest:
                    table += (newest[table],)
                ((key, inner),) = inner.items()
                table += (key,)
            if isinstance(inner, list):
                newest[table] = newest.get(table, -1) + 1
                table += (newest[table],)
            yield table, line
        else:
            yield from ((table + path, line) for path in _list_paths(content))


def _list_paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The keys of a value and of what it holds."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _list_paths(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _list_paths(inner, (*path, place))
