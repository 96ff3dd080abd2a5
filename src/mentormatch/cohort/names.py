"""Names: of the two sides, of columns, and the nearest one to a name that does not exist."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, TypeAlias, get_args

from mentormatch.errors import CohortError, Finding

__all__ = [
    "SIDES",
    "NearestNames",
    "PerSide",
    "Side",
    "ask_nearest",
    "check_side",
    "clean_name",
    "column_letter",
    "column_number",
    "find_missing_column",
    "fold_heading",
    "fold_letters",
    "heading_words",
    "hint_nearest",
    "list_rows",
    "loose_form",
    "loose_name",
    "nearest_name",
    "quote_names",
    "say_lacks_column",
    "split_by_side",
    "word_set",
    "words_of_name",
]

Side: TypeAlias = Literal["mentees", "mentors"]
SIDES: tuple[Side, ...] = get_args(Side)

# One text for both tables, a (mentees, mentors) pair, a mapping by side, or None: found out.
PerSide: TypeAlias = "str | tuple[str | None, str | None] | Mapping[Side, str | None] | None"

LINE_BREAK = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]+\s*")
CLOSE_ENOUGH = 0.6
MOST_COMPARISONS = 200_000
# So many rows are named in a sentence.
MOST_ROWS = 5
CAMEL = re.compile(r"([a-z])([A-Z])")
WORD = re.compile(r"[^\W_]+(?:\+\+|#)?|#")
# Letters that Unicode does not take apart, as keyboards without them write names.
WHOLE_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
)


def clean_name(name: object) -> str:
    r"""Bring the name of a column into the form in which it is used everywhere.

    Space around it goes, a line break inside becomes one space; all else stays, so a whole question
    is a name.

    Examples
    --------
    >>> clean_name(" What do you want to learn?\n(several answers)")
    'What do you want to learn? (several answers)'
    """
    return LINE_BREAK.sub(" ", str(name).replace("\ufeff", "")).strip()


def heading_words(name: object) -> tuple[str, ...]:
    """Split a heading into its words, without case and accents.

    Examples
    --------
    >>> heading_words("Prénom / E-mail (privé)"), heading_words("lineManager_id")
    (('prenom', 'e', 'mail', 'prive'), ('line', 'manager', 'id'))
    """
    return _words(str(name))


# Each heading and each of a column's few answers is looked at by many rules.
@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    text = CAMEL.sub(r"\1 \2", name.replace("ł", "l").replace("ß", "ss"))
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(WORD.findall(plain.replace("'s ", " ").replace("’s ", " ")))


def fold_heading(name: object) -> str:
    """Return a heading without what differs between two tables that mean the same column.

    Case, accents, punctuation and a leading "your" or "my" make no difference.

    Examples
    --------
    >>> fold_heading("Your E-Mail:") == fold_heading("e-mail")
    True
    """
    words = heading_words(name)
    return " ".join(words[1:] if len(words) > 1 and words[0] in ("your", "my") else words)


def fold_letters(name: str) -> str:
    """Return the name of a person in lower case, without letters that some keyboards lack.

    Only people are compared so; of towns, skills and headings these letters tell some apart.

    Examples
    --------
    >>> fold_letters("Łukasz Bjørn"), fold_letters("Işıl Weiß"), fold_letters("Þóra Kjær")
    ('lukasz bjorn', 'işil weiss', 'thóra kjaer')
    """
    return name.casefold().translate(WHOLE_LETTERS)


def loose_form(name: str) -> tuple[str, ...]:
    """Return the words of a name or value, without case, accents, signs and their order.

    Examples
    --------
    >>> loose_form("O'Brien, Siobhán") == loose_form("siobhan o’brien")
    True
    >>> loose_form("C++") == loose_form("C#")
    False
    """
    return tuple(sorted(heading_words(name.casefold())))


def loose_name(name: str) -> tuple[str, ...]:
    """Return the words of a person's name as `loose_form`, with letters as `fold_letters`.

    Examples
    --------
    >>> loose_name("Nowak, Łukasz") == loose_name("Lukasz Nowak")
    True
    """
    return loose_form(fold_letters(name))


def column_letter(position: int) -> str:
    """Name a column as a spreadsheet does: 0 is A, 26 is AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Count the columns before the one of this name, in capitals: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def find_missing_column(name: str, known: Sequence[str], source: str) -> Finding:
    """Say that a table has no column of a name, with the nearest one that it has."""
    twice = [one for one in known if one.startswith(f"{clean_name(name)} (column ")]
    expected = f"there is no such column. The columns are {quote_names(known)}."
    if twice:
        expected = (
            f"this heading stands over several columns. Use one of {quote_names(twice)}, or rename "
            "them."
        )
    return Finding(source, None, name, None, expected, nearest_name(clean_name(name), known))


def nearest_name(name: object, candidates: Iterable[object]) -> str | None:
    """Find the existing name that a mistyped one most likely means.

    The same name in other case wins; then the most similar one by the Ratcliff–Obershelp ratio, if
    that is at least 0.6; then the shortest one that contains the name, because a question contains
    its key word. The first wins among equals; None when nothing resembles the name. Source: J. W.
    Ratcliff and D. Metzener (1988), Pattern matching: the Gestalt approach.

    Examples
    --------
    >>> nearest_name("emial", ["name", "email", "level"])
    'email'
    >>> nearest_name("goals", ["Name", "What are your goals for this year?"])
    'What are your goals for this year?'
    """
    wanted = str(name).strip().casefold()
    if not wanted:
        return None
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    best, best_ratio = None, CLOSE_ENOUGH
    containing: list[str] = []
    for candidate in map(str, candidates):
        folded = candidate.strip().casefold()
        if folded == wanted:
            return candidate
        if wanted in folded:
            containing.append(candidate)
        # No ratio exceeds 2·shorter/(sum of lengths): the cheap bound spares most of the
        # comparisons.
        total = len(folded) + len(wanted)
        if 2 * min(len(folded), len(wanted)) < best_ratio * total:
            continue
        matcher.set_seq1(folded)
        if matcher.quick_ratio() >= best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio or (best is None and ratio == best_ratio):
                best, best_ratio = candidate, ratio
    return best if best is not None else min(containing, key=len, default=None)


class NearestNames:
    """Nearest names to many that do not exist, among the same candidates.

    Only the first names get one, so that a table of thousands of mistakes is read in seconds.
    ``candidates`` are the names that exist; ``find_nearest`` says how one is found:
    `nearest_person` where they are people.
    """

    def __init__(
        self,
        candidates: Iterable[object],
        find_nearest: Callable[[object, list[str]], str | None] | None = None,
    ) -> None:
        self.candidates = list(map(str, candidates))
        self.find_nearest = find_nearest or nearest_name
        self.left = MOST_COMPARISONS

    def find(self, name: object) -> str | None:
        """See `nearest_name`; None after `MOST_COMPARISONS` comparisons."""
        if self.left <= 0:
            return None
        self.left -= len(self.candidates) + 1
        return self.find_nearest(name, self.candidates)


def quote_names(names: Iterable[str]) -> str:
    """List names in quotes, so that a message stays readable when there are many."""
    return textwrap.shorten(", ".join(map(repr, names)), 300, placeholder=" …") or "none"


def list_rows(rows: Iterable[int | None], *, whole: bool = False, where: str = "") -> str:
    """Name the first rows, and how many more there are, and ``where``; or the ``whole`` list.

    Examples
    --------
    >>> list_rows([7]), list_rows(range(2, 9))
    ('row 7', 'rows 2, 3, 4, 5, 6 and 2 more')
    """
    numbers = list(map(str, rows))
    rest = 0 if whole else max(0, len(numbers) - MOST_ROWS)
    more = f" and {rest:,} more{where}" if rest else ""
    shown = ", ".join(numbers[: len(numbers) - rest])
    return f"row{'' if len(numbers) == 1 else 's'} {shown}{more}"


def words_of_name(name: str) -> tuple[str, ...]:
    """Return the words of a name, those before a comma last.

    Examples
    --------
    >>> words_of_name("Vogt, Carsten")
    ('carsten', 'vogt')
    """
    last, _, first = name.rpartition(",")
    return heading_words(fold_letters(f"{first} {last}"))


def hint_nearest(name: object, candidates: Iterable[object]) -> str:
    """Ask whether the nearest existing name was meant; empty when nothing resembles the name.

    Examples
    --------
    >>> hint_nearest("emial", ["name", "email", "level"])
    " Did you mean 'email'?"
    """
    nearest = nearest_name(name, candidates)
    return "" if nearest is None else f" Did you mean {nearest!r}?"


def say_lacks_column(whose: str, column: str, columns: Iterable[object]) -> str:
    """Say that a table has no such column, which ones it has, and the nearest name.

    Examples
    --------
    >>> say_lacks_column("the table of the mentors", "year", ["years", "team"])
    "the table of the mentors has no column 'year'; it has 'years', 'team'. Did you mean 'years'?"
    """
    has = list(columns)
    listed = ", ".join(map(repr, has)) or "none"
    return f"{whose} has no column {column!r}; it has {listed}.{hint_nearest(column, has)}"


def ask_nearest(name: str, people: Iterable[str]) -> str:
    """Ask in brackets whether the nearest of some people was meant; empty when none is near.

    People are names in lower case, some also with their words in the order of the alphabet;
    addresses are left out.

    Examples
    --------
    >>> ask_nearest("Zoe B.", ["beck zoe", "zoe beck", "z@x.example"])
    ' (is it "Zoe Beck"?)'
    """
    known = [one for one in people if "@" not in one]
    # Of two orders of words the one that is not the alphabet's is as the table has it.
    turned = sorted(known, key=lambda one: (one != " ".join(sorted(one.split())), one))
    as_written = {" ".join(sorted(one.split())): one for one in turned}
    nearest = nearest_name(name, [one.title() for one in as_written.values()])
    return "" if nearest is None else f' (is it "{nearest}"?)'


def check_side(side: object) -> None:
    """Refuse a word that is not one of the two sides."""
    if side not in SIDES:
        expected = 'a side is "mentees" or "mentors".'
        raise CohortError(
            [Finding("cohort", None, None, side, expected, nearest_name(side, SIDES))]
        )


def split_by_side(value: object, what: str) -> tuple[str | None, str | None]:
    """Read an option that is one text for both tables, a pair, or a mapping by side.

    Raises CohortError if the option, which ``what`` names, has another form.
    """
    if value is None or isinstance(value, str):
        return value, value
    if isinstance(value, Mapping) and set(value) <= set(SIDES):
        entries = [value.get(side) for side in SIDES]
    else:
        entries = list(value) if isinstance(value, list | tuple) else []
    match entries:
        case [None | str() as mentees, None | str() as mentors]:
            return mentees, mentors
    expected = (
        f"{what} is one text for both tables, a pair (mentees, mentors), "
        'or a mapping with the keys "mentees" and "mentors".'
    )
    raise CohortError([Finding("cohort", None, what, value, expected)])


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text as a set, for vocabularies."""
    return frozenset(words.split())
