"""Answers such as "anything" and "not sure" among topics and skills, which are none of these."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES, Side
from mentormatch.cohort.cells.nothing import USUAL, fold_words
from mentormatch.cohort.names import quote_names
from mentormatch.criteria.availability.given_hours import PIECES
from mentormatch.criteria.cells.answers import means_anything, means_unknown, names_no_place

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["AnyAnswers", "find_any_answers"]

LISTS: frozenset[ColumnKind] = frozenset({"skills", "topics"})
OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
# "Whatever you like" among the answers of a question with one answer.
SINGLE: frozenset[ColumnKind] = frozenset({"same"})
# "Any" may be a time or a level; that somebody does not know is none.
KNOWN: frozenset[ColumnKind] = frozenset({"times", "level"})


@dataclass(frozen=True, slots=True)
class AnyAnswers:
    """Answers that anything will do, or that somebody does not know, among topics or skills.

    Compared as they stand, they would be shared by nobody, and whoever is open to everything would
    fit least of all.
    """

    # By side and column, how often each of these texts is one of the values of a cell.
    counts: dict[tuple[Side, str], Counter[str]]
    # Columns in which they may be answers like others; empty: nobody need be asked.
    doubts: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """What ``missing`` of ``[tables]`` is where they count as no answer."""
        # As they stand in the cells, but for case: "weiß" and not "weiss".
        texts = {text.lower() for counts in self.counts.values() for text in counts}
        return [USUAL, *sorted(texts)]

    @property
    def words(self) -> frozenset[str]:
        """The texts, without case."""
        return fold_words([text for counts in self.counts.values() for text in counts])

    def doubts_of(
        self, again: Cohort, columns: Sequence[Recognised], before: Sequence[Recognised]
    ) -> tuple[str, ...]:
        """Name the columns that are another thing, or lose other answers, where they do.

        ``again`` are the people, read with ``missing``; ``columns`` and ``before`` what their
        columns are taken for, with it and without it.
        """
        was = {(one.side, one.name): one.kind for one in before}
        now = {(one.side, one.name): one.kind for one in columns}
        # Without the words of who does not know, a column may be seen for what it is.
        plain = {where for where, texts in self.counts.items() if all(map(means_unknown, texts))}
        changed = [
            where[1] for where, kind in was.items() if now.get(where) != kind and where not in plain
        ]
        emptied = [
            name
            for side in SIDES
            for name, cells in (again.emptied or {}).get(side, {}).items()
            if (side, name) not in self.counts and self.words & fold_words(cells.values())
        ]
        return tuple(dict.fromkeys([*self.doubts, *changed, *emptied]))

    def divide(self, doubts: Collection[str], cohort: Cohort) -> tuple[AnyAnswers, AnyAnswers]:
        """Divide into the texts that are in no doubt, and those that stand in columns of doubt.

        That somebody does not know is in doubt only where other answers would be lost with it.
        """
        asked = fold_words(
            value
            for side in SIDES
            for name in set(doubts) & {*map(str, cohort.table(side).columns)}
            for listed in cohort.tags(side, name)
            for value in listed
            if name not in self.doubts or not means_unknown(value)
        )
        sure: dict[tuple[Side, str], Counter[str]] = {}
        rest: dict[tuple[Side, str], Counter[str]] = {}
        for where, some in self.counts.items():
            for text, count in some.items():
                part = rest if asked & fold_words([text]) else sure
                part.setdefault(where, Counter())[text] = count
        return AnyAnswers(sure), AnyAnswers(rest, tuple(doubts))

    def tell(self, doubts: Sequence[str], *, beside: bool = False) -> str:
        """Say what was found, and what becomes of it; ``beside`` other texts that are missing."""
        found = "; ".join(
            ", ".join(f'"{text}" ({count:,})' for text, count in counts.most_common())
            + f' in "{name}" of the {side}'
            for (side, name), counts in self.counts.items()
        )
        if doubts:
            cure = "add it to missing" if beside else "take the # away before missing in the file"
            return (
                "Some answers say that anything will do or that somebody does not know, or name no "
                f"place: {found}. As they stand each is an answer of its own. In "
                f"{quote_names(doubts)} such a word may be a real answer. If it is none, {cure}: "
                "then it counts as no answer in every column."
            )
        return (
            f"Some answers say that anything will do, or that somebody does not know: {found}. "
            "They count as no answer, so that who gives no other fits everybody alike. If one is a "
            "topic or a skill, take it out of missing in the file."
        )


def find_any_answers(cohort: Cohort, columns: Sequence[Recognised]) -> AnyAnswers | None:
    """Find answers that anything will do, or that somebody does not know; None without any.

    Of free times and levels only who does not know is found, of levels in whole cells.

    In doubt are, but for who does not know, questions with one answer, columns that a person is
    asked about, and texts that both sides give as an answer to the same question.
    """
    counts: dict[tuple[Side, str], Counter[str]] = {}
    doubts: dict[str, None] = {}
    partners: dict[tuple[Side, str], str | None] = {}
    for one in columns:
        table = cohort.table(one.side)
        if one.kind not in LISTS | SINGLE | KNOWN or one.name not in table:
            continue
        found: Counter[str] = Counter()
        values = cohort.tags(one.side, one.name)
        for cell, listed in zip(table[one.name].tolist(), values, strict=True):
            if not isinstance(cell, str):
                continue
            if one.kind in KNOWN:
                pieces = PIECES.split(cell) if one.kind == "times" else [cell]
                found.update(" ".join(piece.split()) for piece in pieces if means_unknown(piece))
                continue
            for value in listed:
                # Who works remotely may look for somebody who does: only a person knows.
                no_place = len(listed) == 1 and names_no_place(value, one.name)
                if no_place or means_anything(value) or means_unknown(value):
                    found[" ".join(value.split())] += 1
                if no_place:
                    doubts[one.name] = None
        if found:
            counts[one.side, one.name] = found
            partners[one.side, one.name] = one.partner
            if (one.kind in SINGLE or one.question) and not all(map(means_unknown, found)):
                doubts[one.name] = None
    for (side, name), found in counts.items():
        other = counts.get((OTHER[side], partners[side, name] or ""), ())
        both = fold_words(found) & fold_words(other)
        if not all(map(means_unknown, both)):
            doubts[name] = None
    return AnyAnswers(counts, tuple(doubts)) if counts else None
