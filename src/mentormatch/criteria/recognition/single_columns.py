"""Recognise the columns that say by themselves what they are; the others need a partner."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.counts import read_count
from mentormatch.cohort.cells.sent import is_marked_by_the_form
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.cohort.columns.roles import role_of
from mentormatch.criteria.cells.languages import are_languages
from mentormatch.criteria.recognition.contents import NOTHING_TO_SAY
from mentormatch.criteria.recognition.pairing import has_rungs, is_constant
from mentormatch.criteria.recognition.people import MOSTLY_FILLED, SOME_ARE, recognise_people
from mentormatch.criteria.recognition.times import find_start, find_times
from mentormatch.criteria.words.heading_words import plain_text, speaks_of_status
from mentormatch.criteria.words.ladders import are_ranges
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.criteria.words.scales import begins_with_yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.criteria.recognition.contents import Column
    from mentormatch.criteria.recognition.kinds_of_columns import Verdict
    from mentormatch.criteria.recognition.people import People

__all__ = ["recognise_alone"]

LOOKED_AT = 100
OPTION = re.compile(r"\[.+\]\s*$")
MOST_SEATS = 50
# Words of an answer that is no name of a thing.
SENTENCE = 3.0
SHOWN = 3
# What stands in a cell for a box that is ticked, without accents.
TICKS = frozenset({*small_words("tick"), "checked", "ticked", "active", "confirmed", "ok"})
MOST_STATUSES = 8
NUMBER = re.compile(r"\d+(?:,\d+)?")
LISTED = re.compile(r"\s*[,;/]\s*")
WORDS_OF = {"hours": "hours", "before": "the past", "years": "years"}
NOT_SEATS = frozenset({"years", "hours", "before", "record", "contact", "heard", "other counts"})


def recognise_alone(column: Column, people: People) -> Verdict:
    """Tell what a column is from its own cells and heading.

    The verdict is (kind, why, question); None when it depends on the columns of the other table.
    """
    for test in TESTS:
        verdict = test(column, people)
        if verdict is not None:
            return verdict
    return None


def _empty(column: Column, _: People) -> Verdict:
    return None if column.texts else ("empty", "no cell has anything in it", False)


def _protected(column: Column, _: People) -> Verdict:
    headings = map(str, column.cohort.table(column.side).columns)
    attribute = protected_attribute(column.name, headings)
    if "only same" in column.topics and column.is_yes_no:
        return "only same", "yes or no to somebody of the same kind", False
    if "only same" in column.topics and column.are(begins_with_yes_or_no):
        return "only same", "answers that begin with yes or no to somebody of the same kind", True
    if attribute is not None:
        return "protected", f"the heading speaks of {attribute}", False
    if column.personal is not None:
        return "protected", f"the answers speak of {column.personal}", False
    if column.is_age:
        return "protected", "ranges of numbers that follow each other, as groups of age do", True
    if column.is_birth:
        of_birth = "dates" if column.is_date else "years"
        return "protected", f"{of_birth} long ago, as those of birth are", not column.is_date
    return None


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
    if is_marked_by_the_form(column.name, column.texts):
        return "record", "a form writes it beside the answers", False
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
    if OPTION.search(column.name) and column.is_number and not _is_seats(column):
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


def _is_seats(column: Column) -> bool:
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
    if _is_seats(column):
        speaks = "the heading asks for a number of people"
        if column.side == "mentors":
            return "seats", f"small whole numbers, and {speaks}", False
        if "mentor" in plain_text(column.name):
            return "demand", f"small whole numbers, and {speaks}", False
        return "number", "small whole numbers, but in the table of the mentees", False
    if "level" in topics or (column.may_be_lists and topics.isdisjoint(WORDS_OF)):
        return _decimals_among_words(column)
    # Words alone may be something else: "en" is a number, and a language.
    counted = column.are(_is_count, 0.6) and any(text[:1].isdecimal() for text in column.texts)
    if column.side == "mentors" and not topics & NOT_SEATS and counted:
        return "number", "small whole numbers, and the heading does not say of what", True
    if topics & {"hours", "before"} and are_ranges(column.distinct):
        of = WORDS_OF["hours" if "hours" in topics else "before"]
        return "number", f"ranges of numbers, and the heading speaks of {of}", False
    if not column.is_number:
        return _decimals_among_words(column)
    for topic in ("hours", "before", "years"):
        if topic in topics:
            return "number", f"numbers, and the heading speaks of {WORDS_OF[topic]}", False
    return "number", "numbers, and the heading does not say of what", False


def _decimals_among_words(column: Column) -> Verdict:
    """Take "1,5" beside "2 h" and "not sure" for a number, which a list of 1 and 5 is not."""
    if not column.are_decimals:
        return None
    example = next(text for text in column.texts if "," in text)
    if column.may_be_lists:
        return "number", f'"{example}" may be one number, or a list of two', True
    among = "" if column.are(NUMBER.fullmatch, 1.0) else ", and other answers among them"
    return "number", f'numbers such as "{example}"{among}', True


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
    _empty, _protected, recognise_people, find_start, _records, _stamped, _answers, find_times,
    _numbers, _names, _comments,
)  # fmt: skip
