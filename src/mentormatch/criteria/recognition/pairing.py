"""Find the columns of two tables that speak of the same thing, by the values that both hold."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.cells.languages import are_languages
from mentormatch.criteria.words.heading_words import plain_text, topics_of
from mentormatch.criteria.words.ladders import are_ranges, share_of_levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mentormatch.criteria.recognition.contents import Column
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind

__all__ = ["Pair", "has_rungs", "is_constant", "is_level", "pair_columns", "pair_texts"]

Pair = tuple["Column", "Column", "ColumnKind", str]

ALIKE, ALIKE_BY_HEADING = 0.5, 0.1
MORE = 1.3
SEVERAL = 1.15
LEVELS, HALF = 0.8, 0.5
LONGEST_VALUE = 60
# A value that stands in more columns than this tells no column from another.
MOST_COLUMNS = 12


def pair_columns(mentees: Sequence[Column], mentors: Sequence[Column]) -> Iterator[Pair]:
    """Pair the columns of both tables that share a vocabulary, the most alike first.

    Columns that are recognised by themselves are not passed. Each pair is the two columns, what
    they are, and the evidence.
    """
    mentees = [column for column in mentees if _has_values(column)]
    mentors = [column for column in mentors if _has_values(column)]
    taken: set[int] = set()
    candidates = [
        *_levels(mentees, mentors),
        *_groups(mentees, mentors),
        *_likenesses(mentees, mentors),
    ]
    # The order of the columns decides between equals.
    for _, _, one, other in sorted(
        ((-score, k, one, other) for k, (score, one, other) in enumerate(candidates)),
        key=lambda entry: entry[:2],
    ):
        if id(one) in taken or id(other) in taken:
            continue
        if len({*one.vocabulary, *other.vocabulary}) < 2 and "group" not in one.topics:
            continue
        taken |= {id(one), id(other)}
        kind, why = _kind_of(one, other)
        yield one, other, kind, why


def pair_texts(mentees: Sequence[Column], mentors: Sequence[Column]) -> Iterator[Pair]:
    """Pair columns of sentences: those of one heading first, then the longest texts."""
    by_heading = {plain_text(column.name): column for column in mentors}
    pairs = [(one, by_heading[plain_text(one.name)]) for one in mentees
             if plain_text(one.name) in by_heading]  # fmt: skip
    if not pairs and mentees and mentors:
        pairs = [(max(mentees, key=_length), max(mentors, key=_length))]
    for one, other in pairs:
        yield one, other, "text", "sentences on both sides"


def _length(column: Column) -> float:
    return sum(map(len, column.texts))


def _has_values(column: Column) -> bool:
    """Short values, one or several in a cell."""
    lengths = [len(value) for cell in column.answers for value in cell]
    return bool(lengths) and not column.is_prose and sum(lengths) <= LONGEST_VALUE * len(lengths)


def _levels(
    mentees: Iterable[Column], mentors: Iterable[Column]
) -> Iterator[tuple[float, Column, Column]]:
    """Levels need not be shared: mentees may all be junior, and mentors senior."""
    theirs = [column for column in mentors if is_level(column)]
    for one in mentees:
        # Numbers on one side and words on the other stand in no order together.
        alike = [other for other in theirs if other.is_number == one.is_number]
        for other in alike if is_level(one) else ():
            same = plain_text(one.name) == plain_text(other.name)
            yield (3.0 + same, one, other)


def _groups(
    mentees: Iterable[Column], mentors: Iterable[Column]
) -> Iterator[tuple[float, Column, Column]]:
    """Teams of one heading go together even where no mentee is in the team of a mentor."""
    theirs = {plain_text(column.name): column for column in mentors if "group" in column.topics}
    for one in mentees:
        other = theirs.get(plain_text(one.name))
        if other is not None and max(one.n_values, other.n_values) <= SEVERAL:
            yield (2.0, one, other)


def is_constant(column: Column) -> bool:
    """Tell whether several people give one answer, and nobody another one."""
    return len(column.distinct) == 1 and len(column.texts) > 1


def is_level(column: Column) -> bool:
    """Tell whether a column holds levels, by its heading or by its answers."""
    if column.n_values > SEVERAL:
        return False
    if "level" in column.topics:
        known = share_of_levels(column.vocabulary) >= LEVELS
        return len(column.vocabulary) > 1 or column.is_number or known
    if are_ranges(column.distinct) and _is_of_years(column):
        return True
    return has_rungs(column)


def has_rungs(column: Column) -> bool:
    """Tell whether the answers of a column are usual levels; half of them below such a heading."""
    least = HALF if "level" in column.topics else LEVELS
    return len(column.vocabulary) > 1 and share_of_levels(column.vocabulary) >= least


def _is_of_years(column: Column) -> bool:
    """Tell whether heading or answers speak of years: "How long? 3-5 years"."""
    if "years" in column.topics:
        return True
    of_years = sum("years" in topics_of(text) for text in column.distinct)
    return 2 * of_years > len(column.distinct) and not column.topics & {"hours", "before"}


def _likenesses(
    mentees: Sequence[Column], mentors: Sequence[Column]
) -> Iterator[tuple[float, Column, Column]]:
    """Columns that share values; only such pairs are looked at."""
    holders: dict[str, list[int]] = defaultdict(list)
    for k, column in enumerate(mentors):
        for value in column.vocabulary:
            holders[value].append(k)
    by_heading = {plain_text(column.name): k for k, column in enumerate(mentors)}
    for one in mentees:
        same = by_heading.get(plain_text(one.name))
        near = {k for value in one.vocabulary if len(holders[value]) <= MOST_COLUMNS
                for k in holders[value]}  # fmt: skip
        for k in sorted(near | ({same} if same is not None else set())):
            other = mentors[k]
            alike = _likeness(one, other)
            bonus = (0.5 if k == same else 0.0) + 0.3 * _is_wish_and_offer(one, other)
            if alike >= (ALIKE_BY_HEADING if bonus else ALIKE):
                yield alike + bonus, one, other


def _likeness(one: Column, other: Column) -> float:
    """How much of what is said on each side is also said on the other (geometric mean)."""
    shares = []
    for here, there in ((one.vocabulary, other.vocabulary), (other.vocabulary, one.vocabulary)):
        known = sum(count for value, count in here.items() if value in there)
        shares.append(known / max(1, sum(here.values())))
    return float((shares[0] * shares[1]) ** 0.5)


def _is_wish_and_offer(one: Column, other: Column) -> bool:
    return (
        plain_text(one.name) != plain_text(other.name)
        and "wants" in one.topics
        and "offers" in other.topics
    )


def _kind_of(one: Column, other: Column) -> tuple[ColumnKind, str]:
    """Tell what a pair of columns is, by how many values each person gives and by the headings."""
    known = [value for value in one.vocabulary if value in other.vocabulary]
    every = format_count(len(one.vocabulary | other.vocabulary), "answer")
    shared = f"{len(known)} of {every} {'is' if len(known) == 1 else 'are'} given on both sides"
    if is_level(one) and is_level(other):
        if "level" in one.topics | other.topics:
            return "level", "the heading speaks of a level"
        if _is_of_years(one) or _is_of_years(other):
            return "level", "ranges of years, which follow each other as levels do"
        return "level", "the answers are usual levels"
    single = one.n_values <= SEVERAL and other.n_values <= SEVERAL
    if single and "group" in one.topics | other.topics:
        return "group", f"the heading speaks of a team or organisation; {shared}"
    if _is_wish_and_offer(one, other):
        return "skills", f"{shared}; one heading speaks of wanting, the other of offering"
    if single:
        return "same", f"one answer each; {shared}"
    if are_languages((*one.vocabulary, *other.vocabulary)):
        # People talk in a language that both know, however many each gives.
        return "topics", f"{shared}; they are languages"
    if plain_text(one.name) != plain_text(other.name) and other.n_values >= MORE * one.n_values:
        return "skills", f"{shared}; mentors give more answers"
    return "topics", f"several answers each; {shared}"
