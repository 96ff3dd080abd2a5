"""Paragraphs for the terminal: a title and lines, wrapped, without what a terminal would obey."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "FIRST",
    "LONG_LIST",
    "WHOLE",
    "Paragraph",
    "cut_list",
    "shorten",
    "shorten_lists",
    "word_as_in_file",
    "wrap_line",
]

# Answers and headings are shown up to so many characters.
LONGEST = 40
# Of a list of more answers than this the first few are shown.
LONG_LIST, FIRST = 8, 5
# How long lists are seen whole.
WHOLE = "validate --all"
ANSWER = r"""(?:"[^"]*"|(?<!\w)'[^']*')"""
LISTED = re.compile(rf"{ANSWER}(?:, {ANSWER}){{{LONG_LIST},}}")

# A criterion as Python writes it, Same('team'), and a parameter, require=True.
TEXT = r"""'([^']*)'|"([^"]*)\""""
CALL = re.compile(rf"\b([A-Z][A-Za-z]+)\(((?:{TEXT}|, )+)\)")
PARAMETER = re.compile(r"\b([a-z_]+)=(True|False|None|\[…\]|-?\d[\d.]*)(?!\w)")
QUOTED = re.compile(r"""(?<![('"\w/?&])([a-z_]+)=(['"])([^'"]*)\2""")
BARE = re.compile(r"""(?<![('"\w/?&])([a-z_]+)=(?=[\s,.;]|$)""")
TUPLE = re.compile(r"(?<![('\"\w/?&])([a-z_]+)=\(([^()]*)\)")
SIDED = re.compile(r"(?<![('\"\w/?&])([a-z_]+)=\{\"(\w+)\": '([^'\"]*)'\}")
# What Python is asked with, and what does so beside a programme file.
WHAT_IF = re.compile(r"mm\.what_if\(matching, \[mm\.change\.(\w+)\([^)]*\)\]\)")
OPTION = re.compile(r"\b(?:max_changes|change_value)\b")
STRATEGY = re.compile(r"\b(?:Almost)?Stable\([^)]*\)")
CALLS = {
    'mm.what_if(matching, changes, strategy="optimal")': "a table [[scenarios]] of the file",
    'ask about mm.match(problem, "optimal")': 'ask with strategy = "optimal" in [match]',
    'Use mm.match(problem, "optimal")': 'Write strategy = "optimal" into [match]',
    "read them with mm.read_decisions(…)": 'write decisions = "…" under [problem]',
    "mm.audit(matching) for": "ask `mentormatch audit` for",
    "mm.audits.blocking_pairs(matching) lists": "The report lists",
    "mm.Criteria(...).score(cohort)": "a table [[criteria]]",
    "matching.probabilities holds": "In Python matching.probabilities holds",
    "Make it again with mm.match": "Make it again with `mentormatch match`",
    "overwrite=True": "--overwrite",
    'say by="': 'say --by "',
    'count="': '--count "',
    "key=…": "--key",
    ", or name it with columns={…}": "",
    ", or give them with scale=": "",
    ", or give read_availability people={file: id}": "",
    "which .pairs has": "which --json has",
    "Name one: criterion='…'": "Take a copy of the programme file that has one",
    "Availability(minimum_hours=…)": "minimum_hours of Availability",
    "Say in which columns weekly windows and zones stand: availability=mm.criteria.Availability("
    '"free", timezone="tz", dates=(first, last))': "One table [[criteria]] with kind = "
    '"Availability" is needed, with the columns of weekly windows and time zones',
}
WORDS = {"True": "true", "False": "false", "None": '"none"'}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A title and the lines below it; a line may begin with spaces, and is wrap_line to fit."""

    title: str
    lines: tuple[str, ...]


def shorten(text: str) -> str:
    """Shorten a long answer or heading."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def cut_list(lines: Sequence[str], *, whole: bool, most: int = LONG_LIST) -> list[str]:
    """Return the first lines of a list, and one that says how many more there are and where.

    Examples
    --------
    >>> cut_list(["- a", "- b", "- c"], whole=False, most=1)
    ['- a', '- and 2 more: validate --all']
    """
    rest = len(lines) - most
    if whole or rest <= 0:
        return [*lines]
    return [*lines[:most], f"- and {rest:,} more: {WHOLE}"]


def shorten_lists(section: Paragraph) -> Paragraph:
    """Cut long lists of answers in the lines of a section, and say how they are seen whole.

    Examples
    --------
    >>> lines = ("options = [" + ", ".join(f'"{k}"' for k in range(40)) + "]",)
    >>> shorten_lists(Paragraph("Title", lines)).lines[0]
    'options = ["0", "1", "2", "3", "4", … and 35 more: validate --all]'
    """

    def cut(found: re.Match[str]) -> str:
        answers = re.findall(ANSWER, found[0])
        return f"{', '.join(answers[:FIRST])}, … and {len(answers) - FIRST:,} more: {WHOLE}"

    return Paragraph(section.title, tuple(LISTED.sub(cut, line) for line in section.lines))


def word_as_in_file(text: str) -> str:
    """Name criteria and parameters as the programme file writes them, not as Python does.

    Examples
    --------
    >>> word_as_in_file("LevelGap('level') require=True rules out 60 of 60")
    'LevelGap "level" require = true rules out 60 of 60'
    >>> print(word_as_in_file("use unknown='ignore', or between=('2027-01-11', '2027-06-30')."))
    use unknown = "ignore", or between = ["2027-01-11", "2027-06-30"].
    >>> print(word_as_in_file("mm.what_if(matching, [mm.change.ban(mentee, mentor)]) solves again"))
    a scenario of the kind "ban" (`explain --scenarios`) solves again
    """
    text = WHAT_IF.sub(r'a scenario of the kind "\1" (`explain --scenarios`)', text)
    for python, said in CALLS.items():
        text = text.replace(python, said)
    text = CALL.sub(lambda found: f"{found[1]} {_quote_as_in_file(found[2])}", text)
    text = SIDED.sub(r'\1 = { \2 = "\3" }', text)
    text = QUOTED.sub(r'\1 = "\3"', text)
    text = BARE.sub(r"\1", STRATEGY.sub(r"\g<0> (in Python)", text))
    text = OPTION.sub(lambda found: f"--{found[0].replace('_', '-')}", text)
    text = TUPLE.sub(lambda found: f"{found[1]} = [{found[2].replace(chr(39), chr(34))}]", text)
    return PARAMETER.sub(lambda found: f"{found[1]} = {WORDS.get(found[2], found[2])}", text)


def _quote_as_in_file(texts: str) -> str:
    """Return texts between the quotes of the programme file; an apostrophe in one stays."""
    return re.sub(TEXT, lambda found: f'"{found[1] if found[2] is None else found[2]}"', texts)


def wrap_line(line: str, width: int) -> str:
    """Wrap one line; what follows stands below where its text begins."""
    text = line.lstrip(" -")
    indent = len(line) - len(text)
    return textwrap.fill(
        text,
        width,
        initial_indent=line[:indent],
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )
