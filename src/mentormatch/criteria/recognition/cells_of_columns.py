"""What the single cells of a column look like: dates, addresses, numbers, times, yes and no."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria.availability.windows import (
    is_window_like,
    packed_windows,
    reader_of_column,
)
from mentormatch.criteria.availability.zones import is_city, is_zone_like
from mentormatch.criteria.cells.named_values import cells_of_people, values_of_people
from mentormatch.criteria.words.heading_words import Topic, plain_text, topics_of
from mentormatch.criteria.words.protected import attribute_of_answers
from mentormatch.criteria.words.scales import are_scale, are_yes_no
from mentormatch.criteria.words.shapes import (
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
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from mentormatch.cohort import Cohort, Side

__all__ = ["ColumnCells"]

MOST_CELLS = 0.8
MOST_PERSONAL = 12  # answers to one such question
OF_PEOPLE: frozenset[Topic] = frozenset({"conflicts", "last time", "superior", "wishes"})
SOME_WINDOWS = 0.2  # of the cells have a digit: "noon-midnight" has none


@dataclass(frozen=True, eq=False)
class ColumnCells:
    """The cells of one column of one table, and what most of them look like."""

    side: Side
    name: str
    cells: pd.Series  # one per person
    cohort: Cohort  # says how cells with several values are split
    spacing: float = 1.0  # rows of the table for one that is looked at

    @property
    def topics(self) -> frozenset[Topic]:
        """What the heading speaks of."""
        return topics_of(self.name)

    @property
    def asks_for_people(self) -> bool:
        """Whether the heading asks for people of the other table."""
        return not self.topics.isdisjoint(OF_PEOPLE)

    @cached_property
    def texts(self) -> list[str]:
        """The cells that are not empty, as texts."""
        cells = self.cells
        if self.asks_for_people:
            cells = cells_of_people(self.cohort, self.side, self.name)
        texts = (_as_text(cell).strip() for cell in cells.dropna().tolist())
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
        values = values_of_people(
            self.cohort, self.side, self.name, are_people=self.asks_for_people
        )
        return [one for one in values.tuples() if one]

    @cached_property
    def values(self) -> Mapping[str, int]:
        """How often each value occurs, as it is written."""
        return Counter(value for cell in self.answers for value in cell)

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """How often each value occurs, in lower case without accents."""
        found: Counter[str] = Counter()
        for value, count in self.values.items():
            found[plain_text(MARK.sub("", value))] += count
        return dict(found)

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
    def personal(self) -> str | None:
        """The protected attribute that the answers say, such as a gender or a religion."""
        return attribute_of_answers(self.distinct) if len(self.distinct) <= MOST_PERSONAL else None

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


def _is_window_at_a_glance(text: str) -> bool:
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and is_window_like(text)


def _as_text(cell: object) -> str:
    """Write a cell as people see it: 2 and not 2.0, the members of a list apart."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        return "; ".join(map(str, cell))
    return str(cell)
