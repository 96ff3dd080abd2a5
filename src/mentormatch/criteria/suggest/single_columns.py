"""Recognise the columns that say by themselves what they are; the others need a partner."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from mentormatch.cohort import ask_nearest, loose_form
from mentormatch.cohort.cells.counts import read_count
from mentormatch.cohort.columns.roles import role_of
from mentormatch.criteria.cells.languages import are_languages
from mentormatch.criteria.suggest.asking import find_times
from mentormatch.criteria.suggest.contents import NOTHING_TO_SAY
from mentormatch.criteria.suggest.heading_words import plain_text, says_not, speaks_of_status
from mentormatch.criteria.suggest.kinds_of_columns import JOINED, Verdict
from mentormatch.criteria.suggest.ladders import are_ranges
from mentormatch.criteria.suggest.pairing import has_rungs, is_constant
from mentormatch.criteria.suggest.protected import protected_attribute
from mentormatch.criteria.suggest.scales import begins_with_yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mentormatch.criteria.suggest.contents import Column
    from mentormatch.criteria.suggest.kinds_of_columns import ColumnKind

__all__ = ["People", "is_seats", "recognise_alone"]

ALL_ARE = 0.8
SOME_ARE = 0.2
LOOKED_AT = 100
OPTION = re.compile(r"\[.+\]\s*$")
MOST_SEATS = 50
# Words of an answer that is no name of a thing, and the share of people who answer what counts.
SENTENCE, MOSTLY_FILLED = 3.0, 0.8
MOST_OF_A_NAME = 4
# Of longer texts nobody knows whether they name people.
MOST_WORDS = 12
SHOWN = 3
# What stands in a cell for a box that is ticked, without accents.
TICKS = frozenset({"checked", "ticked", "x", "✓", "✔", "☑", "active", "confirmed", "ok"})
MOST_STATUSES = 8
LISTED = re.compile(r"\s*[,;/]\s*")
WORDS_OF = {"hours": "hours", "before": "the past", "years": "years"}
# Numbers are people only where they are, and the heading speaks of them.
OF_PERSONS = frozenset({"superior", "wishes", "conflicts", "last time"})
NOT_SEATS = frozenset({"years", "hours", "before", "record", "contact", "heard"})


@dataclass(frozen=True, eq=False)
class People:
    """Who is in the other table, as other people may write them.

    Parameters
    ----------
    others
        By column of the other table (ids, names, addresses): what stands in it, in lower case.
    own
        The same of the own table.
    """

    others: Mapping[str, frozenset[str]]
    own: Mapping[str, frozenset[str]]

    def find(self, column: Column) -> tuple[float, str | None]:
        """Return the largest share of a column's values that one column of people has, and which.

        Returns
        -------
        share
            From 0 to 1.
        where
            The column of the other table; None when no value is found.
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
        for text, values in zip(column.texts, column.answers, strict=False):
            unknown = sum(value.strip() in nobody for value in values)
            # A comma cuts "Huber, Georg" in two.
            whole = unknown == len(values) and _has_whole_name(text, known)
            count += 1 if whole else len(values) - unknown
            n += 1 if whole else len(values)
        return count, n

    def name_nobody(self, column: Column) -> str:
        """Return the first values of a column that are nobody of the other table, in quotes.

        Each with the nearest name that there is.
        """
        known = frozenset().union(*self.others.values())
        nobody = [one for one in column.name_nobody(known) if not _has_whole_name(one, known)]
        shown = "; ".join(f'"{value}"{ask_nearest(value, known)}' for value in nobody[:SHOWN])
        return f"{shown} and {len(nobody) - SHOWN:,} more" if len(nobody) > SHOWN else shown

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
    words = loose_form(text)
    if len(words) > MOST_WORDS or "@" in text:
        return False
    return any(" ".join(pair) in known for pair in combinations(words, 2))


def recognise_alone(column: Column, people: People) -> Verdict:
    """Tell what a column is from its own cells and heading.

    Returns
    -------
    kind, why, question
        None when it depends on the columns of the other table.
    """
    for test in TESTS:
        verdict = test(column, people)
        if verdict is not None:
            return verdict
    return None


def _empty(column: Column, _: People) -> Verdict:
    return None if column.texts else ("empty", "no cell has anything in it", False)


def _protected(column: Column, _: People) -> Verdict:
    attribute = protected_attribute(column.name)
    if "only same" in column.topics and column.is_yes_no:
        return "only same", "yes or no to somebody of the same kind", False
    if "only same" in column.topics and column.are(begins_with_yes_or_no):
        return "only same", "answers that begin with yes or no to somebody of the same kind", True
    if attribute is not None:
        return "protected", f"the heading speaks of {attribute}", False
    if column.is_personal:
        return "protected", "the answers are genders", False
    if column.is_age:
        return "protected", "ranges of numbers that follow each other, as groups of age do", True
    if column.is_birth:
        of_birth = "dates" if column.is_date else "years"
        return "protected", f"{of_birth} long ago, as those of birth are", not column.is_date
    return None


def _people(column: Column, people: People) -> Verdict:
    """People of the other table: to avoid, superiors, wished for, of last year."""
    if column.is_date:
        return None
    share, _ = people.find(column)
    are_people = share >= ALL_ARE or people.are_own(column)
    if column.is_number and not (are_people and column.topics & OF_PERSONS):
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
    return f"{known:,} of {n:,} answers{looked_at} are people of the other table"


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
    topics, found = column.topics, _count_people(column, people)
    if "conflicts" in topics and (share > 0 or not column.is_yes_no):
        sentences, also = _has_sentences(column, share), ""
        if sentences:
            nobody = people.name_nobody(column)
            also = f"; other answers are no names, and only names can be kept to: {nobody}"
        why = f"the heading speaks of conflicts; {found}{also}"
        return "conflicts", why, share < SOME_ARE or sentences
    if "last time" in topics and share > 0:
        return "last time", found, False
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
        return "conflicts", f"{found}, and the heading seems to say with whom not{also}", True
    if "wishes" in column.topics or column.is_joined:
        sentences, nobody = _has_sentences(column, share), people.name_nobody(column)
        also = "; some answers are more than names, or say whom not" if sentences else ""
        also += f"; nobody's names are: {nobody}" if nobody else ""
        return "wishes", f"{found}{also}", sentences
    kind: ColumnKind = "wishes" if column.is_several else "reference"
    return kind, f"{found}; the heading does not say why", True


def _stamped(column: Column, _: People) -> Verdict:
    if column.is_date:
        return "time stamp", "dates", False
    if column.is_file:
        return "file", "files that people sent: nobody is compared by them", False
    if column.is_link:
        return "contact", "addresses of pages", False
    if column.is_email:
        if "other person" in column.topics or "superior" in column.topics:
            return "contact", "e-mail addresses of somebody else", False
        return "e-mail", "e-mail addresses", False
    if column.is_phone or ("contact" in column.topics and column.is_unlike):
        return "contact", "different for nearly everybody, and the heading speaks of contact", False
    return None


def _records(column: Column, _: People) -> Verdict:
    topics = column.topics
    if column.is_date:
        return None
    if column.is_code:
        return "record", "codes that a program made", False
    if "record" in topics and (column.is_number or len(column.distinct) <= 1 or column.is_unlike):
        if column.is_running:
            return "running number", "1, 2, 3, …", False
        return "record", "the heading is one of a form's own", False
    says_number = topics == {"number"} or plain_text(column.name) == "id"
    if says_number and column.is_number and column.is_unlike:
        twice = [text for text, count in Counter(column.texts).items() if count > 1]
        if twice:
            shown = ", ".join(f'"{one}"' for one in twice[:SHOWN])
            why = f"{shown} stands in several rows, perhaps of one person who is there twice"
            return "running number", why, True
        return (
            "running number",
            "a different number in each row, and the heading says no more",
            False,
        )
    if column.is_running and not (topics & {"seats", "years", "hours", "before", "level"}):
        return "running number", "whole numbers that rise from row to row", False
    return None


def _answers(column: Column, _: People) -> Verdict:
    if column.topics == {"comment"}:
        return None
    if "consent" in column.topics and len(column.distinct) == 2 and not column.is_several:
        why = (
            "the heading asks to agree, and not everybody answers the same: who did not agree is "
            "matched as well, unless where in [tables] leaves them out"
        )
        return "yes or no", why, True
    if _is_ticked_by_some(column):
        without = len(column.cells) - len(column.texts)
        blank = "1 cell is blank" if without == 1 else f"{without:,} cells are blank"
        why = (
            f"a box that some have ticked; {blank}, and those people are matched like all others. "
            "If they are not to be, leave them out with where in [tables]"
        )
        return "yes or no", why, True
    if _is_status(column):
        why = (
            "the heading speaks of a status, and people of every one are matched. If some are not "
            "to be, keep the others with where in [tables]"
        )
        return "status", why, True
    if column.is_yes_no:
        if len(column.distinct) == 1:
            return "yes or no", "everybody answers the same", False
        return "yes or no", "the answers are yes and no", False
    if "consent" in column.topics and len(column.distinct) <= 2 and not column.is_several:
        return "yes or no", "the heading asks to agree", False
    if column.is_scale and not has_rungs(column):
        return "rating", "the answers are steps of a scale", False
    if column.topics & {"rating"} and column.is_number:
        return "rating", "numbers, and the heading asks to rate", False
    roles = any(role_of(text) is not None for text in column.texts[:LOOKED_AT])
    if "role" in column.topics and len(column.distinct) <= 4 and roles:
        return "role", "the heading speaks of a role", False
    if OPTION.search(column.name) and column.is_number and not is_seats(column):
        return "rating", "numbers in a column for each option of a question", False
    return None


def _is_status(column: Column) -> bool:
    """Tell whether a column says who is in the programme still: "Application status"."""
    return (
        speaks_of_status(column.name, flags=column.is_yes_no)
        and 1 < len(column.distinct) <= MOST_STATUSES
        and not column.is_number
    )


def _is_ticked_by_some(column: Column) -> bool:
    """Tell whether a column is a box that some have ticked, such as consent: one answer or none."""
    if len(column.distinct) != 1 or not 0 < column.filled < 1 or OPTION.search(column.name):
        return False
    return "consent" in column.topics or column.is_yes_no or column.plain[0] in TICKS


def is_seats(column: Column) -> bool:
    """Tell whether a column may hold numbers of seats: small whole numbers, or words for them."""
    topics = column.topics
    if "seats" not in topics or topics & NOT_SEATS or (column.is_running and len(column.texts) > 5):
        return False
    readable = [text for text in column.texts if _is_count(text)]
    return len(readable) >= 0.5 * len(column.texts) and len(readable) > 0


def _is_count(text: str) -> bool:
    count = read_count(text)
    return count is not None and 0 <= count.low <= MOST_SEATS


def _numbers(column: Column, _: People) -> Verdict:
    topics = column.topics
    if is_seats(column):
        speaks = "the heading asks for a number of people"
        if column.side == "mentors":
            return "seats", f"small whole numbers, and {speaks}", False
        if "mentor" in plain_text(column.name):
            return "demand", f"small whole numbers, and {speaks}", False
        return "number", "small whole numbers, but in the table of the mentees", False
    if "level" in topics:
        return None
    if column.side == "mentors" and not topics & NOT_SEATS and column.are(_is_count, 0.6):
        return "number", "small whole numbers, and the heading does not say of what", True
    if topics & {"hours", "before"} and are_ranges(column.distinct):
        of = WORDS_OF["hours" if "hours" in topics else "before"]
        return "number", f"ranges of numbers, and the heading speaks of {of}", False
    if not column.is_number:
        return None
    for topic in ("hours", "before", "years"):
        if topic in topics:
            return "number", f"numbers, and the heading speaks of {WORDS_OF[topic]}", False
    return "number", "numbers, and the heading does not say of what", False


def _names(column: Column, _: People) -> Verdict:
    topics = column.topics
    if "name" in topics and not topics & {"group", "superior", "wishes"}:
        # Namesakes make no answers of names.
        if column.is_unlike:
            return "name", "different for nearly everybody, and the heading says name", False
        if len(column.distinct) > 0.5 * len(column.texts) and not column.is_several:
            return "name", "the heading says name, though some have the same", False
        if not column.is_several and not column.is_number:
            return "name", "the heading says name, but many have the same: whose is it?", True
    if column.is_full_name and plain_text(column.name) in (column.side, column.side[:-1]):
        return "name", "different for nearly everybody, and the heading says who they are", False
    is_name = column.is_full_name and not are_languages(
        part for text in column.texts for part in LISTED.split(text)
    )
    if is_name and not topics & {"superior", "wishes", "wants", "offers"}:
        return "name", "two or more words with capitals, different for nearly everybody", True
    return None


def _comments(column: Column, _: People) -> Verdict:
    topics = column.topics
    if "heard" in topics:
        return "one-sided", "how people heard of the programme says nothing about pairs", False
    nothing = sum(text in NOTHING_TO_SAY for text in column.plain)
    if "comment" in topics and (topics == {"comment"} or not column.is_several):
        return "comment", "the heading asks for remarks", False
    if nothing >= SOME_ARE * len(column.texts) and not column.is_several:
        return "comment", "many answer that there is nothing to say", False
    if column.n_words >= SENTENCE and column.filled < MOSTLY_FILLED and not column.is_several:
        left_out = f"sentences, which {1 - column.filled:.0%} of the people leave out"
        return "comment", f"{left_out}; if pairs depend on it, add a criterion", True
    if is_constant(column) and not topics & {"group", "level"}:
        return "constant", "one answer only", False
    return None


# In this order: what is certain from its heading or form comes before what only looks like it.
TESTS: tuple[Callable[[Column, People], Verdict], ...] = (
    _empty, _protected, _people, _records, _stamped, _answers, find_times, _numbers, _names,
    _comments,
)  # fmt: skip
