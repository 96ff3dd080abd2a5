"""Columns in which people stand: those of the other table, superiors, whom somebody avoids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mentormatch.cohort import ask_nearest, loose_name
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.cells.answers import means_nobody
from mentormatch.criteria.cells.meant_people import find_all_meant
from mentormatch.criteria.cells.people_in_text import find_handles
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.recognition.kinds_of_columns import JOINED, Verdict
from mentormatch.criteria.words.heading_words import says_not

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mentormatch.criteria.recognition.contents import Column
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind

__all__ = ["MOSTLY_FILLED", "SOME_ARE", "People", "recognise_people"]

ALL_ARE = 0.8
SOME_ARE = 0.2
# The share of people who answer what counts.
MOSTLY_FILLED = 0.8
MOST_OF_A_NAME = 4
# Of longer texts nobody knows whether they name people.
MOST_WORDS = 12
SHOWN = 3
# So many answers that may mean somebody are shown.
LISTED = 12
COMMA = re.compile(r"\s*,\s*")
# Numbers are people only where they are, and the heading speaks of them.
OF_PERSONS = frozenset({"superior", "wishes", "conflicts", "last time"})
# A heading alone says who people are where it speaks of these.
SAID_BY_HEADING = frozenset({"conflicts", "last time", "superior", "reports"})


@dataclass(frozen=True, eq=False)
class People:
    """Who is in the other table, as other people may write them.

    By column (ids, names, addresses): what stands in it, in lower case, in the other table and in
    the own one.
    """

    others: Mapping[str, frozenset[str]]
    own: Mapping[str, frozenset[str]]

    def find(self, column: Column) -> tuple[float, str | None]:
        """Return the largest share of a column's values that one column of people has, and which.

        The share is from 0 to 1; the column is one of the other table, None when no value is found.
        """
        shares = {where: column.refers_to(known) for where, known in self.others.items()}
        # Who is named by full names here and by first names there is looked for by the full ones.
        best = max(shares, key=lambda where: (shares[where], JOINED in where), default=None)
        speaks = says_not(column.name)
        for where, known in self.others.items():
            # A comma cuts "Huber, Georg" in two, a title hides "Dr. Lena Fischer", and whom
            # somebody would not meet is named among remarks.
            within = _share_within(column, known) if JOINED in where or speaks else 0.0
            if best is not None and within > shares[best]:
                return within, where
        if best is None or shares[best] == 0:
            return 0.0, None
        return shares[best], best

    def count_known(self, column: Column) -> tuple[int, int]:
        """Count the answers that are people of the other table, and all of them."""
        known = frozenset[str]().union(*self.others.values())
        nobody = set(column.name_nobody(known))
        count = n = 0
        for text, given in zip(column.texts, column.answers, strict=False):
            # "No" is neither somebody nor a name that nobody has.
            values = [value for value in given if not means_nobody(value, known)]
            unknown = sum(value.strip() in nobody for value in values)
            # A comma cuts "Huber, Georg" in two.
            whole = bool(values) and unknown == len(values) and _has_whole_name(text, known)
            count += 1 if whole else len(values) - unknown
            n += 1 if whole else len(values)
        return count, n

    def name_nobody(self, column: Column) -> str:
        """Return the first values of a column that are nobody of the other table, in quotes.

        Each with the nearest name that there is.
        """
        known = frozenset().union(*self.others.values())
        nobody = [one for one in column.name_nobody(known) if not _has_whole_name(one, known)]
        shown = "; ".join(
            # "Ice, Ritta" is near to Rita Ice.
            f'"{value}"{ask_nearest(" ".join(reversed(COMMA.split(value))), known)}'
            for value in nobody[:SHOWN]
        )
        return f"{shown} and {len(nobody) - SHOWN:,} more" if len(nobody) > SHOWN else shown

    def find_meant(self, column: Column, told: str = "") -> tuple[str, str | None]:
        """Say whom answers may mean that are nobody's name as it is written, and of which column.

        "Herrn Krause" and "Eva Langg" are looked for as a rule does that is to keep people apart.
        Answers that are ``told`` in quotes already are not said again.
        """
        # A rule finds whole names within a cell, once it is known whose.
        found = self.find(column)[0] > 0
        everybody = frozenset[str]().union(*self.others.values())
        for where, known in sorted(self.others.items(), key=lambda one: JOINED not in one[0]):
            people = {
                " ".join(loose_name(one)): one
                # Of two orders of words the one that is not the alphabet's is as the table has it.
                for one in sorted(known, key=lambda one: one != " ".join(loose_name(one)))
                if "@" not in one
            }
            written = {
                normalise(one): one
                for one in column.name_nobody(known)
                if not (found and _has_whole_name(one, everybody))
            }
            meant = find_all_meant(written, people.values())
            if meant:
                said = [
                    f'"{written[name]}" (is it '
                    f"{' or '.join(f'{chr(34)}{one.title()}{chr(34)}' for one in who[:SHOWN])}?)"
                    for name, who in meant.items()
                    if f'"{written[name]}"' not in told
                ]
                more = f" and {len(said) - LISTED:,} more" if len(said) > LISTED else ""
                return "; ".join(said[:LISTED]) + more, where
        return "", None

    def are_own(self, column: Column) -> bool:
        """Tell whether a column names people of its own table, other than each row's own."""
        if column.is_unlike and column.filled >= MOSTLY_FILLED:
            return False
        return any(
            column.refers_to(known) >= ALL_ARE
            for where, known in self.own.items()
            if where != column.name
        )


def _share_within(column: Column, known: frozenset[str]) -> float:
    """Share of cells in which two of the words are somebody's whole name."""
    hits = sum(_has_whole_name(text, known) for text in column.texts)
    return hits / max(1, len(column.texts))


def _has_whole_name(text: str, known: frozenset[str]) -> bool:
    words = loose_name(text)
    if "@" in text:
        return bool(find_handles(text.casefold(), known))
    if len(words) > MOST_WORDS:
        return False
    return any(" ".join(pair) in known for pair in combinations(words, 2))


def recognise_people(column: Column, people: People) -> Verdict:
    """People of the other table: to avoid, superiors, wished for, of last year."""
    if column.is_date:
        return None
    share, _ = people.find(column)
    are_people = share >= ALL_ARE or people.are_own(column)
    if column.is_number and not (are_people and column.topics & OF_PERSONS):
        # Numbers of staff may have lost the zeros that they begin with.
        asked = not column.topics.isdisjoint(SAID_BY_HEADING)
        if not asked or people.find_meant(column)[1] is None:
            return None
    said = _people_by_heading(column, people, share, are_people=are_people)
    if said is not None:
        return said
    # Reading a name of the other table in a column of own names is no reference.
    topics = column.topics
    # Several names in a cell, which people of the other table have, are nobody's own.
    of_others = "wishes" in topics or (column.is_several and share >= SOME_ARE)
    if ("name" in topics and not of_others) or (
        "e-mail" in topics and topics <= {"e-mail", "contact"}
    ):
        return None
    if share < ALL_ARE and are_people:
        return "reference", "most values are people of the own table, each in other rows", True
    if share > 0 and says_not(column.name):
        # Whom somebody would not meet is too much to miss, be it one name among remarks.
        return _people_by_values(column, people, share)
    # Own names are filled in by nearly everybody; so are wishes, in which some write nicknames.
    unlike = column.is_unlike and column.filled >= MOSTLY_FILLED
    own = (unlike or column.is_several) and not ("wishes" in topics or column.is_joined)
    if share < ALL_ARE and (share < SOME_ARE or own):
        return None
    return _people_by_values(column, people, share)


def _count_people(column: Column, people: People) -> str:
    """Say how many answers are people of the other table: a share of 99.6% is no "100%"."""
    known, n = people.count_known(column)
    looked_at = " that were looked at" if column.spacing > 1 else ""
    are = "is somebody" if known == 1 else "are people"
    return f"{known:,} of {format_count(n, 'answer')}{looked_at} {are} of the other table"


def _has_sentences(column: Column, share: float) -> bool:
    """Tell whether some answers are more than names, or say whom not."""
    texts = column.vocabulary if column.is_joined else column.plain
    return share < ALL_ARE and any(
        len(text.split()) > MOST_OF_A_NAME or says_not(text) for text in texts
    )


def _people_by_heading(
    column: Column, people: People, share: float, *, are_people: bool
) -> Verdict:
    """What a heading says of the people in its column: to avoid, last year's, above or below."""
    topics = column.topics
    if topics.isdisjoint(SAID_BY_HEADING):
        return None
    found = _count_people(column, people)
    if "conflicts" in topics and (share > 0 or not column.is_yes_no):
        sentences, also = _has_sentences(column, share), ""
        if sentences:
            nobody = people.name_nobody(column)
            also = f"; other answers are no names, and only names can be kept to: {nobody}"
        why = f"the heading speaks of conflicts; {found}{also}"
        return "conflicts", why, share < SOME_ARE or sentences
    if "last time" in topics and (share > 0 or people.find_meant(column)[1] is not None):
        return "last time", found, share == 0
    if "superior" in topics:
        are_names = share > 0 or are_people or column.is_email or column.is_name
        if are_names or not (column.is_yes_no or column.is_prose):
            return "superior", f"the heading speaks of a superior; {found}", False
    if "reports" in topics and (share > 0 or column.are_full_names):
        why = f"the heading speaks of those somebody is the superior of; {found}"
        return "conflicts", why, True
    return None


def _people_by_values(column: Column, people: People, share: float) -> Verdict:
    """What a column of people of the other table is, whose heading is none of the above."""
    found = _count_people(column, people)
    if says_not(column.name):
        nobody = people.name_nobody(column)
        also = f". No names are: {nobody}" if nobody else ""
        said = "the heading seems to say with whom not"
        if "wishes" in column.topics:
            said = (
                "the heading asks with whom and with whom not, in one column: divide it into two, "
                "or whom somebody wishes for is kept from them"
            )
        return "conflicts", f"{found}, and {said}{also}", True
    if "wishes" in column.topics or column.is_joined:
        sentences, nobody = _has_sentences(column, share), people.name_nobody(column)
        also = "; some answers are more than names, or say whom not" if sentences else ""
        also += f"; nobody's names are: {nobody}" if nobody else ""
        return "wishes", f"{found}{also}", sentences
    kind: ColumnKind = "wishes" if column.is_several else "reference"
    return kind, f"{found}; the heading does not say why", True
