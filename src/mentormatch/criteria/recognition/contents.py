"""What the cells of a column hold together: texts, lists, choices, names, ages."""

from __future__ import annotations

import datetime
import re
from collections import Counter
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import SIDES, loose_name
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.criteria.cells.answers import means_nobody
from mentormatch.criteria.recognition.cells_of_columns import ColumnCells
from mentormatch.criteria.words.heading_words import plain_text
from mentormatch.criteria.words.shapes import MARK, RANGE, YEAR

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side

__all__ = ["NOTHING_TO_SAY", "Column", "list_columns", "most_common"]

# Rows that are looked at; more would not change what a column is.
LOOKED_AT = 400
PROSE_WORDS, SENTENCE_WORDS, SHORT_WORDS = 5.0, 7.0, 3.0
LONGEST_VALUE = 60
LONGEST_SHOWN = 40
# Nobody in a programme is younger, in years.
YOUNGEST = 12

# One comma, between digits.
DECIMAL = re.compile(r"[^\d,]*\d+,\d+(?:E\+\d+)?[^\d,]*", re.IGNORECASE)
# "0,5" is no list.
LIST_OF_TWO = re.compile(r"[1-9],[1-9]")
NOTHING_TO_SAY = frozenset(map(plain_text, small_words("none", "no_answer", "nothing", "no")))


class Column(ColumnCells):
    """One column of one table, and what can be seen of it."""

    @cached_property
    def is_flowing(self) -> bool:
        """Clauses of long sentences, which commas divide: only the first begins with a capital."""
        parts = [text.split(", ") for text in self.texts if ", " in text]
        if self.n_words < SENTENCE_WORDS or len(self.distinct) < 0.8 * len(self.texts):
            return False
        flowing = [one for one in parts if one[0][:1].isupper() and all(
            part[:1].islower() for part in one[1:])]  # fmt: skip
        said = sum(self.vocabulary.values())
        return len(flowing) >= 0.8 * len(parts) > 0 and len(self.vocabulary) > 0.4 * said

    @cached_property
    def is_prose(self) -> bool:
        """Sentences rather than values."""
        if self.is_flowing:
            return True
        words = sorted(len(text.split()) for text in self.texts)
        if not words or words[len(words) // 2] < PROSE_WORDS:
            return False
        if len(self.distinct) < 0.5 * len(self.texts):
            return False
        # Options may be long as well, but each is chosen by several people.
        if self.is_several and 5 * len(self.vocabulary) < 2 * sum(self.vocabulary.values()):
            return False
        longer = [v for cell in self.answers for v in cell if len(v.split()) > PROSE_WORDS]
        return len(longer) >= 0.3 * len(self.answers)

    @cached_property
    def is_several(self) -> bool:
        """Several short values in the cells of some people, from a list that many share."""
        said = {value: n for value, n in self.vocabulary.items() if value not in NOTHING_TO_SAY}
        return (
            self.n_values > 1.15
            and not self.is_flowing
            and (len(said) <= 0.7 * sum(said.values()) or self._is_list_of_few(said))
            and not self.is_date
            and _mean_length(self.vocabulary) <= LONGEST_VALUE
        )

    def _is_list_of_few(self, said: Collection[str]) -> bool:
        """Whether values are a list although few people share them, as in a table of few people.

        What was ticked in columns of their own is one, and so are short answers to the question
        what somebody wants to learn or can teach.
        """
        if self.cells.map(lambda cell: isinstance(cell, list)).any():
            return True
        words = sum(len(value.split()) for value in said)
        return not self.topics.isdisjoint({"wants", "offers"}) and words <= SHORT_WORDS * len(said)

    @cached_property
    def are_decimals(self) -> bool:
        """Numbers of which some have a decimal comma, maybe with other answers among them."""
        with_comma = [text for text in self.texts if "," in text]
        return (
            bool(with_comma)
            and all(map(DECIMAL.fullmatch, with_comma))
            and self.are(lambda text: any(map(str.isdecimal, text)), 0.5)
        )

    @cached_property
    def may_be_lists(self) -> bool:
        """Numbers with a comma of which some part stands elsewhere, too: "1,2" beside "2,3"."""
        parts = [text.split(",") for text in self.texts if LIST_OF_TWO.fullmatch(text)]
        alone = {text for text in self.texts if text.isdecimal()} | {first for first, _ in parts}
        return (
            self.are_decimals
            and len(parts) == sum("," in text for text in self.texts)
            and not alone.isdisjoint(last for _, last in parts)
        )

    @cached_property
    def is_category(self) -> bool:
        """One short value in a cell, that several people share."""
        return (
            not self.is_several
            and len(self.distinct) > 1
            and (len(self.distinct) <= 0.6 * len(self.texts) or len(self.distinct) <= 6)
            and _mean_length(self.distinct) <= LONGEST_VALUE
        )

    @cached_property
    def is_name(self) -> bool:
        """Names of people: a few words without digits, different for nearly everybody."""
        return self.is_unlike and self.are(
            lambda text: (
                len(text.split()) <= 5
                and not any(c.isdigit() or c in "@;:/" for c in text)
                and text[:1].isupper()
            ),
            0.9,
        )

    @cached_property
    def is_full_name(self) -> bool:
        """First and family names: two to four words, each with a capital, and no lists of a few."""
        return self.is_name and self.are_full_names and not self.is_several

    @cached_property
    def are_full_names(self) -> bool:
        """Two to four words, each with a capital, in nearly all cells."""
        return self.are(
            lambda text: (
                2 <= len(text.split()) <= 4
                and all(word[:1].isupper() and not word.isupper() for word in text.split())
            ),
            0.9,
        )

    @cached_property
    def is_unlike(self) -> bool:
        """Nearly everybody's cell is another."""
        return len(self.distinct) >= 0.8 * len(self.texts) and len(self.texts) > 1

    @cached_property
    def is_birth(self) -> bool:
        """Dates or years of which the last lies many years back, as those of birth do."""
        if not self.is_date and not self.are(YEAR.fullmatch, 0.9):
            return False
        years = [int(found) for text in self.texts for found in YEAR.findall(text)[:1]]
        latest = datetime.datetime.now(datetime.UTC).year - YOUNGEST
        return len(years) >= 0.9 * len(self.texts) and max(years, default=9999) <= latest

    @cached_property
    def is_age(self) -> bool:
        """Ranges of two-digit numbers of which one begins where another ends, as groups of age."""
        ranges = [
            (int(found[1]), int(found[2]))
            for text in self.distinct
            if (found := RANGE.fullmatch(text))
        ]
        starts = {low for low, _ in ranges}
        return (
            len(ranges) >= max(2, 0.5 * len(self.distinct))
            and min(starts) >= YOUNGEST
            and any(high + 1 in starts or high in starts for _, high in ranges)
        )

    def refers_to(self, people: Collection[str]) -> float:
        """Return the share of values that are people, by id or by name."""
        known = sum(n for value, n in self.values.items() if _is_one_of(value, people))
        return known / max(1, sum(self.values.values()))

    def name_nobody(self, people: Collection[str]) -> list[str]:
        """Return the different values that are none of some people, as they are written."""
        values = (value.strip() for value in self.values)
        return list(
            dict.fromkeys(
                one
                for one in values
                if not _is_one_of(one, people) and not means_nobody(one, people)
            )
        )


def _is_one_of(value: str, people: Collection[str]) -> bool:
    """Tell whether a value is one of some people."""
    text, unmarked, turned = _forms_of(value)
    return text in people or unmarked in people or turned in people


# A column is held against each column that may name the people of the other side.
@lru_cache(maxsize=16_384)
def _forms_of(value: str) -> tuple[str, str, str]:
    """Return what a value would be among people, also without a mark and in another order.

    Names may be written with the words in another order, as in capitals before the first name.
    """
    text = value.strip().casefold()
    turned = " ".join(loose_name(text)) if " " in text else text
    return text, MARK.sub("", text), turned


def list_columns(cohort: Cohort) -> dict[Side, list[Column]]:
    """Return the columns of both tables, each with a sample of the people; the ids are none."""
    rows = {side: _spread(len(cohort.table(side))) for side in SIDES}
    sample = cohort.take(rows["mentees"], rows["mentors"])
    return {
        side: [
            Column(side, str(name), sample.table(side)[name], sample, spacing=spacing)
            for name in sample.table(side).columns
        ]
        for side, spacing in (
            (side, len(cohort.table(side)) / max(1, len(rows[side]))) for side in SIDES
        )
    }


def _spread(n_people: int) -> NDArray[np.intp]:
    """Positions spread evenly over a table."""
    return np.linspace(0, n_people - 1, min(n_people, LOOKED_AT)).astype(np.intp)


def most_common(column: Column, most: int = 5) -> tuple[str, ...]:
    """Return the commonest values of a column as they are written; long ones are cut."""
    # "1,5" is one number, whatever divides lists.
    cells = [(text,) for text in column.texts] if column.are_decimals else column.answers
    counts = Counter(value for values in cells for value in values)
    return tuple(
        text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
        for text, _ in counts.most_common(most)
    )


def _mean_length(texts: Collection[str]) -> float:
    return sum(map(len, texts)) / max(1, len(texts))
