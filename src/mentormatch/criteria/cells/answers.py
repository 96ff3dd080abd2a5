"""Answers to yes-or-no questions, and the organisation of an e-mail address."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.small_words import folded_words, small_words
from mentormatch.cohort.names import heading_words
from mentormatch.cohort.places import asks_for_place

if TYPE_CHECKING:
    from collections.abc import Iterable

    from publicsuffixlist import PublicSuffixList

__all__ = [
    "NO_PREFERENCE",
    "means_anything",
    "means_nobody",
    "means_unknown",
    "names_no_place",
    "read_organisation",
    "read_yes",
]

# "O" and "s" begin sentences: only where nothing else can stand they are yes.
YES = frozenset(small_words("yes", "letter_for_yes", "true", "tick")) - {"o", "s", "t"}
# Of somebody of one's own kind, "required" is yes, and "optional" no.
YES |= {"1", "required", "only"}
NO = frozenset(small_words("no", "letter_for_no", "false", "cross"))
NO |= {"0", "none", "optional", "egal", "whatever"}
NO_PREFERENCE = folded_words("no_preference")
# Where topics or skills are asked for.
ANYTHING = folded_words("no_preference", "anything")
UNKNOWN = folded_words("unknown")
# Where people are asked for.
NOBODY = folded_words("no", "none", "no_answer", "nothing", "nobody")
# Where a place is asked for.
ANYWHERE = folded_words("anywhere")
WORD = re.compile(r"[^\W_]+|[✓✔☑✗✘☐]")
ADDRESS = re.compile(r"(?:mailto:)?[^@\s<>]+@(?P<domain>[^@\s<>]+)", re.IGNORECASE)
# Providers of private mail: whoever has an address there is of no organisation by it.
PRIVATE_MAIL = frozenset((
    "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail",
    "icloud", "me", "mac", "aol", "gmx", "web", "t-online", "freenet", "posteo", "mailbox",
    "proton", "protonmail", "pm", "tutanota", "tuta", "fastmail", "zoho", "yandex", "mail",
    "orange", "wanadoo", "free", "laposte", "sfr", "libero", "virgilio", "tiscali", "wp", "o2",
    "onet", "interia", "qq", "163", "126", "sina", "naver", "hanmail", "daum", "rediffmail", "hey",
    "duck", "seznam", "bluewin", "ziggo", "kpnmail", "telenet", "skynet", "btinternet", "uol",
    "bol",
))  # fmt: skip
PRIVATE_SUFFIXES = frozenset((
    "com", "de", "net", "at", "ch", "fr", "it", "es", "pl", "nl", "be", "ru", "co.uk", "com.br",
    "org", "me", "ca", "com.au", "co.in", "in", "co.jp", "co.kr", "com.mx", "com.ar", "cz", "eu",
    "pt", "com.tr", "ie", "dk", "se", "no", "fi", "gr", "hu", "ro", "io", "app", "cn", "br",
))  # fmt: skip


def means_anything(value: str) -> bool:
    """Tell whether an answer says that anything will do, where topics or skills are asked for.

    Examples
    --------
    >>> [means_anything(value) for value in ("Whatever!", "Todo", "All about Lua")]
    [True, True, False]
    """
    return " ".join(heading_words(value)) in ANYTHING


def means_unknown(value: str) -> bool:
    """Tell whether an answer says that somebody does not know, or not yet.

    Examples
    --------
    >>> [means_unknown(value) for value in ("I don't know yet!", "Weiß noch nicht", "Knowledge")]
    [True, True, False]
    """
    return " ".join(heading_words(value)) in UNKNOWN


def means_nobody(value: str, names: Iterable[str] = ()) -> bool:
    """Tell whether an answer names nobody, where it is asked whom not to meet.

    What is a part of somebody's name among ``names`` may mean that person.

    Examples
    --------
    >>> [means_nobody(value) for value in ("Nobody.", "niemand", "No", "not Rita")]
    [True, True, True, False]
    >>> means_nobody("Nada", ["Nada Petrovic"])
    False
    """
    words = heading_words(value)
    return " ".join(words) in NOBODY and not any(
        set(words) <= set(heading_words(name)) for name in names
    )


def names_no_place(value: str, heading: str) -> bool:
    """Tell whether an answer to a question for a place is none, as "remote" is.

    Examples
    --------
    >>> names_no_place("Remote", "Location"), names_no_place("Remote", "How do you work?")
    (True, False)
    """
    return asks_for_place(heading) and " ".join(heading_words(value)) in ANYWHERE


def read_yes(cell: object) -> bool:
    """Read an answer to a question; an empty cell is no.

    Raises ValueError for a cell that is neither yes nor no.

    Examples
    --------
    >>> [read_yes(cell) for cell in ("Yes, please", "nein", None, True, "No preference")]
    [True, False, False, True, False]
    """
    if isinstance(cell, list | tuple):
        return any(map(read_yes, cell))
    if is_missing(cell):
        return False
    words = [word.casefold() for word in WORD.findall(str(cell))]
    if not words:
        return False
    # "Da igual" begins with a yes of other languages; "1.0" is a 1 typed beside an empty cell.
    first = words[0]
    if first in NO or " ".join(heading_words(cell)) in NO_PREFERENCE:
        return False
    if first in YES:
        return True
    raise ValueError("expected yes or no.")


def read_organisation(token: str) -> list[tuple[str, float, str]]:
    """Read an e-mail address as the organisation that holds its domain.

    Domains below one that anybody can register belong to one organisation, by the Public Suffix
    List: dept.example.ac.uk and example.ac.uk. Addresses of providers of private mail are each an
    organisation of its own. Raises ValueError for a value that is no address.

    Examples
    --------
    >>> [read_organisation(f"ada@{domain}")[0][0] for domain in ("lab.a.ac.uk", "b.org")]
    ['a.ac.uk', 'b.org']
    """
    found = ADDRESS.fullmatch(token.strip().strip("<>"))
    if found is None:
        raise ValueError(f"{token!r} is no e-mail address; expected one such as ada@example.org.")
    domain = found["domain"].rstrip(".").casefold()
    held = _suffixes().privatesuffix(domain) or domain
    name, _, suffix = held.partition(".")
    if name in PRIVATE_MAIL and suffix in PRIVATE_SUFFIXES:
        return [(token.strip().casefold(), 1.0, held)]
    return [(held, 1.0, held)]


@cache
def _suffixes() -> PublicSuffixList:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
