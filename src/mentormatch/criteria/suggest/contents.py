"""What the cells of a column hold, told from the cells alone."""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import SIDES, loose_form
from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.criteria.availability.windows import (
    is_window_like,
    packed_windows,
    reader_of_column,
)
from mentormatch.criteria.availability.zones import is_city, is_zone_like
from mentormatch.criteria.suggest.heading_words import Topic, plain_text, topics_of
from mentormatch.criteria.suggest.protected import PERSONAL_WORDS
from mentormatch.criteria.suggest.scales import are_scale, are_yes_no
from mentormatch.criteria.suggest.shapes import (
    ADDRESS_OF_A_COMPUTER,
    AMOUNT,
    CODE,
    DATE,
    EMAIL,
    FILES,
    HOURS,
    LINK,
    MARK,
    PHONE,
    RANGE,
    YEAR,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side

__all__ = ["Column", "list_columns", "most_common"]

# Rows that are looked at; more would not change what a column is.
LOOKED_AT = 400
MOST_CELLS = 0.8
SOME_WINDOWS = 0.2  # of the cells have a digit: "noon-midnight" has none
PROSE_WORDS, SENTENCE_WORDS = 5.0, 7.0
LONGEST_VALUE = 60
LONGEST_SHOWN = 40
# Nobody in a programme is younger, in years.
YOUNGEST = 12

NOTHING_TO_SAY = frozenset(plain_text(word) for word in NOTHING) | frozenset((
    "no", "nope", "nothing", "nein", "nichts", "non", "rien", "ras", "nada", "n/d", "nao",
    "nee", "niets", "niente", "nie", "nic",
))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Column:
    """One column of one table, and what can be seen of it.

    Parameters
    ----------
    side
        Whose table.
    name
        Its heading.
    cells
        One per person.
    cohort
        Says how cells with several values are split.
    spacing
        How many rows of the table there are for one that is looked at.
    """

    side: Side
    name: str
    cells: pd.Series
    cohort: Cohort
    spacing: float = 1.0

    @property
    def topics(self) -> frozenset[Topic]:
        """What the heading speaks of."""
        return topics_of(self.name)

    @cached_property
    def texts(self) -> list[str]:
        """The cells that are not empty, as texts."""
        texts = (_as_text(cell).strip() for cell in self.cells.dropna().tolist())
        return [text for text in texts if text]

    @cached_property
    def n_words(self) -> float:
        """Mean number of words in a cell that is not empty."""
        return sum(len(text.split()) for text in self.texts) / max(1, len(self.texts))

    @cached_property
    def filled(self) -> float:
        """The share of cells that are not empty."""
        return len(self.texts) / max(1, len(self.cells))

    @cached_property
    def plain(self) -> list[str]:
        """The same in lower case and without accents."""
        return [plain_text(text) for text in self.texts]

    @cached_property
    def distinct(self) -> frozenset[str]:
        """The different cells, in lower case without accents."""
        return frozenset(self.plain)

    @cached_property
    def answers(self) -> list[tuple[str, ...]]:
        """The values of each cell that is not empty."""
        return [values for values in self.cohort.tags(self.side, self.name) if values]

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """How often each value occurs, in lower case without accents."""
        return dict(
            Counter(plain_text(MARK.sub("", value)) for cell in self.answers for value in cell)
        )

    @cached_property
    def marks(self) -> tuple[float, float] | None:
        """Lowest and highest number behind the values, as in "Lua: 3"; None where few have one."""
        found = [MARK.search(value) for cell in self.answers for value in cell]
        numbers = [float(match[1].replace(",", ".")) for match in found if match is not None]
        if not numbers or len(numbers) < 0.5 * len(found) or self.is_times:
            return None
        return min(numbers), max(numbers)

    @cached_property
    def is_joined(self) -> bool:
        """Lists, as a grid of a form or rows of answers become."""
        given = self.cells.dropna()
        return len(given) > 0 and all(isinstance(cell, list | tuple) for cell in given)

    @property
    def n_values(self) -> float:
        """Mean number of values in a cell."""
        return sum(map(len, self.answers)) / max(1, len(self.answers))

    def share(self, test: Callable[[str], object]) -> float:
        """Return the share of cells that pass a test."""
        return sum(1 for text in self.texts if test(text)) / max(1, len(self.texts))

    def are(self, test: Callable[[str], object], share: float = MOST_CELLS) -> bool:
        """Tell whether most cells pass a test, looking at a few before at all."""
        texts = self.texts
        few = texts[:: max(1, len(texts) // 20)]
        passed = sum(1 for text in few if test(text))
        if not texts or passed < 0.5 * len(few):
            return False
        return self.share(test) >= share

    @cached_property
    def is_date(self) -> bool:
        """Dates, with or without the time of the day."""
        return self.cells.dtype.kind == "M" or self.are(DATE.fullmatch, 0.9)

    @cached_property
    def is_email(self) -> bool:
        """E-mail addresses, but for a few slips."""
        return self.are(EMAIL.fullmatch, 0.8)

    @cached_property
    def is_link(self) -> bool:
        """Addresses of pages."""
        return self.are(LINK.fullmatch)

    @cached_property
    def is_file(self) -> bool:
        """Names of files that people sent, or links to them."""
        return self.are(FILES.fullmatch)

    @cached_property
    def is_phone(self) -> bool:
        """Numbers that one could call."""
        return not self.is_date and self.are(
            lambda text: PHONE.fullmatch(text) and sum(c.isdigit() for c in text) >= 7
            and not text.isdigit()
        )  # fmt: skip

    @cached_property
    def is_code(self) -> bool:
        """Codes that a program made: different for everybody, and no words."""
        return self.are(ADDRESS_OF_A_COMPUTER.fullmatch) or (
            self.are(CODE.fullmatch, 0.95) and len(self.distinct) == len(self.texts)
        )

    @cached_property
    def is_number(self) -> bool:
        """Numbers, typed as numbers or as text."""
        return bool(self.texts) and (self.cells.dtype.kind in "iuf" or self.are(AMOUNT.fullmatch))

    @cached_property
    def amounts(self) -> list[float]:
        """The cells that are numbers."""
        found = (AMOUNT.fullmatch(text) for text in self.texts)
        return [float(match[1].replace(",", ".")) for match in found if match is not None]

    @cached_property
    def is_running(self) -> bool:
        """The whole numbers 1, 2, 3, …, with few gaps, a different one in each row."""
        if not self.is_number or len(self.amounts) < len(self.texts) or len(self.texts) < 3:
            return False
        numbers = np.array(self.amounts)
        steps = np.diff(numbers)
        each = max(1.0, self.spacing)
        return bool(
            (numbers == numbers.round()).all()
            and (steps > 0).all()
            and numbers[-1] - numbers[0] <= 2.0 * each * len(numbers)
        )

    @cached_property
    def is_yes_no(self) -> bool:
        """Yes and no, in one of several languages."""
        return are_yes_no(self.distinct)

    @cached_property
    def is_scale(self) -> bool:
        """Answers on a scale of agreement, frequency, confidence or satisfaction."""
        return are_scale(self.distinct)

    @cached_property
    def is_personal(self) -> bool:
        """Words that say a person's gender."""
        return 1 < len(self.distinct) <= 12 and len(self.distinct & PERSONAL_WORDS) >= 2

    @cached_property
    def is_times(self) -> bool:
        """Weekly windows of time."""
        # Most windows have a day and a number; looking for days in all languages takes seconds.
        some = self.share(_is_window_at_a_glance) >= SOME_WINDOWS
        return some and self.are(self._reads_times(), 0.6)

    @property
    def unread_times(self) -> list[str]:
        """The cells that cannot be read as weekly windows."""
        reads = self._reads_times()
        return [text for text in self.texts if not reads(text)]

    @property
    def unread_zones(self) -> list[str]:
        """The cells that are neither a time zone nor a city for which one is named."""
        return [text for text in self.texts if not (is_zone_like(text) or is_city(text))]

    def _reads_times(self) -> Callable[[str], bool]:
        reader = reader_of_column(self.texts)

        def is_windows(cell: str) -> bool:
            try:
                packed_windows(cell, reader)
            except ValueError:
                return False
            return True

        return is_windows

    @cached_property
    def is_like_times(self) -> bool:
        """Ranges of hours, whether or not they can be read."""
        return self.are(HOURS.search, 0.6)

    @cached_property
    def is_zone(self) -> bool:
        """Time zones."""
        return self.are(is_zone_like)

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
            and len(said) <= 0.7 * sum(said.values())
            and not self.is_date
            and _mean_length(self.vocabulary) <= LONGEST_VALUE
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
        """First and family names: two to four words, each with a capital, in nearly all cells."""
        return self.is_name and self.are_full_names

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
        known = [_is_one_of(value, people) for cell in self.answers for value in cell]
        return sum(known) / max(1, len(known))

    def name_nobody(self, people: Collection[str]) -> list[str]:
        """Return the different values that are none of some people, as they are written."""
        values = (value.strip() for cell in self.answers for value in cell)
        return list(dict.fromkeys(one for one in values if not _is_one_of(one, people)))


def _is_window_at_a_glance(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and is_window_like(text)


def _is_one_of(value: str, people: Collection[str]) -> bool:
    """Tell whether a value is one of some people.

    Names may be written with the words in another order, as in capitals before the first name.
    """
    text = value.strip().casefold()
    turned = " ".join(loose_form(text)) if " " in text else text
    return text in people or MARK.sub("", text) in people or turned in people


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
    counts = Counter(value for values in column.answers for value in values)
    return tuple(
        text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"
        for text, _ in counts.most_common(most)
    )


def _as_text(cell: object) -> str:
    """Write a cell as people see it: 2 and not 2.0, the members of a list apart."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        return "; ".join(map(str, cell))
    return str(cell)


def _mean_length(texts: Collection[str]) -> float:
    return sum(map(len, texts)) / max(1, len(texts))
