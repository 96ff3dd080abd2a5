"""How the columns of a cohort are divided into values, found once from both tables together."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.find_separation import Found, find_separations
from mentormatch.cohort.cells.separation import Separation
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.names import SIDES, words_of_name
from mentormatch.cohort.person_columns.find import find_person_columns
from mentormatch.cohort.places import find_towns
from mentormatch.cohort.readings import Reading, commonest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from mentormatch.cohort.names import Side

__all__ = ["Divisions"]

# A column of longer texts is prose, which nobody divides.
PROSE = 400
# Cells from which the commonest values are shown.
SHOWN_FROM = 500
# More answers than this are no list that a form offers.
MOST_OPTIONS = 40
NAMES = {";": "semicolons", ",": "commas", ", ": "commas", "\n": "line breaks", "|": "bars"}


@dataclass(frozen=True, eq=False)
class Divisions:
    """How the columns of both tables are divided; found out when it is first asked for.

    Separators and options are what was given, by column; ``sources`` is what readings call the
    tables.
    """

    mentees: pd.DataFrame
    mentors: pd.DataFrame
    separators: Mapping[str, tuple[str, ...]]
    options: Mapping[str, tuple[str, ...]]
    sources: tuple[str, str]
    named: frozenset[tuple[str, ...]]  # the words of names that need not be in the tables

    def of(self, side: Side, column: str) -> Separation:
        """Return how one column is divided."""
        table = self.mentees if side == "mentees" else self.mentors
        # An id is one, whatever signs stand in it.
        nothing = WHOLE if column == table.index.name else NOTHING
        return self._declared(column, self._found.get((side, column), nothing).separation)

    def _declared(self, column: str, separation: Separation) -> Separation:
        """Replace what was found by what was given."""
        if column in self.separators:
            separation = Separation(self.separators[column])
        if self.options.get(column):
            options = self.options[column]
            separation = replace(separation, options=options, is_closed=True, keeps_brackets=False)
        return separation

    @cached_property
    def _found(self) -> dict[tuple[Side, str], Found]:
        columns: dict[tuple[Side, str], list[str]] = {}
        for side, table in zip(SIDES, (self.mentees, self.mentors), strict=True):
            for name in table.columns:
                texts = _distinct_texts(table[name])
                if texts:
                    columns[side, str(name)] = texts
        # One heading on both sides is one question, which one form asked.
        joined: dict[object, list[str]] = {}
        for (side, name), texts in columns.items():
            both = all((other, name) in columns for other in SIDES)
            joined.setdefault(name if both else (side, name), []).extend(texts)
        found = find_separations({key: list(dict.fromkeys(one)) for key, one in joined.items()})
        for key, texts in joined.items():
            heading = str(key[1] if isinstance(key, tuple) else key)
            found[key] = _keep_whole(found[key], find_towns(heading, texts), "places")
        divided = {key: found[key] if key in found else found[key[1]] for key in columns}
        named: set[tuple[Side, str]] = set()
        # What people are known by, where it is a text, is often their names.
        names: list[object] = [*self.mentees.index, *self.mentors.index]
        for side, table in zip(SIDES, (self.mentees, self.mentors), strict=True):
            own = find_person_columns(table, side).names
            named |= {(side, name) for name in own}
            names += join_columns(table, own).tolist() if own else []
        called = self.named | {words_of_name(one) for one in names if isinstance(one, str)}
        return _keep_names_whole(divided, columns, named, called)

    def explain(self) -> list[Reading]:
        """Say how each column with several values is divided, and why."""
        readings = []
        for (side, name), found in self._found.items():
            if name in self.separators or name in self.options or not found.why:
                continue
            table = self.mentees if side == "mentees" else self.mentors
            marks = " or ".join(map(_name_of, found.separation.separators))
            split = found.separation.split()
            lists = found.why.startswith("cells are lists")
            instead = _other_marks(found)
            key = json.dumps(name, ensure_ascii=False)
            change = f'separators = {{ {key} = {instead} }}, or options = {{ {key} = ["…"] }}'
            if found.question and "," in found.separation.separators and not found.maybe:
                change = f"that is right unless commas belong to answers. Then write {change}"
            elif found.question and not found.maybe:
                change = f"that is right unless commas divide answers as well. Then write {change}"
            elif found.joins:
                change = _say_joined(name, found)
            why = found.why
            if found.maybe:
                whole = ", ".join(map(_in_quotes, found.maybe))
                each = " each" if len(found.maybe) > 1 else ""
                why += f"; but {whole} may be one answer{each}, for the parts never stand apart"
                options = ", ".join(map(_in_quotes, self._options_of(side, name, found)))
                change = f"options = {{ {_in_quotes(name)} = [{options}] }}"
            readings.append(
                Reading(
                    "lists" if lists else "options" if found.separation.options else "separator",
                    side,
                    self.sources[SIDES.index(side)],
                    name,
                    "lists that a program wrote"
                    if lists
                    else f"several values, divided by {marks}",
                    why,
                    commonest(
                        value.strip()
                        for text in _some(table[name])
                        for value in split(text)
                        if value.strip()
                    ),
                    change,
                    question=found.question or bool(found.maybe or found.joins),
                )
            )
        return readings

    def _options_of(self, side: Side, name: str, found: Found) -> list[str]:
        """Return the answers of a column if what may be one answer is one, the commonest first."""
        separation = replace(found.separation, options=(*found.separation.options, *found.maybe))
        split = separation.split()
        table = self.mentees if side == "mentees" else self.mentors
        texts = (text for text in table[name].tolist() if isinstance(text, str))
        said = Counter(value.strip() for text in texts for value in split(text) if value.strip())
        return [value for value, _ in said.most_common(MOST_OPTIONS)]


def _keep_names_whole(
    found: dict[tuple[Side, str], Found],
    columns: Mapping[tuple[Side, str], list[str]],
    named: set[tuple[Side, str]],
    names: frozenset[tuple[str, ...]],
) -> dict[tuple[Side, str], Found]:
    """Divide no name of a person, "Jones, Max", where it is its own and where others write it.

    Others may write it the other way round, or without its accents.
    """
    if not any("," in text for texts in columns.values() for text in texts):
        return {key: WHOLE if key in named else one for key, one in found.items()}
    first_names = {words[:1] for words in names}
    by_word: dict[str, list[tuple[str, ...]]] = {}
    for words in names:
        for word in words:
            by_word.setdefault(word, []).append(words)

    def is_one(*parts: str) -> bool:
        first, second = map(words_of_name, parts)
        if names & {first, second}:
            return False
        # "Ann, Lee" may be two people where somebody is called Lee Brown, and "Lee, Ann" is one.
        if second + first in names or (first + second in names and second not in first_names):
            return True
        # The other table has a title or a middle name: "Dr. Carsten M. Vogt".
        said = (*second, *first)
        return (
            len(first) == 1
            and len(second) > 0
            and any(
                [word for word in own if word in said] == list(said) and own[-1:] != second
                for own in by_word.get(first[0], ())
            )
        )

    kept = dict(found)
    for key, one in found.items():
        if key in named:
            kept[key] = WHOLE
            continue
        split = one.separation.split()
        said = {
            name
            for text in columns[key]
            if "," in text
            for first, second in pairwise(part.strip(' "') for part in split(text))
            if is_one(first, second)
            # As it stands there, with its space or without.
            for name in re.findall(rf"{re.escape(first)}\s*,\s*{re.escape(second)}", text)
        }
        kept[key] = _keep_whole(one, said, "people")
    return kept


def _keep_whole(found: Found, said: Collection[str], what: str) -> Found:
    """Add names of people or places, in which a comma stands, to the options of a column."""
    if not said:
        return found
    options = (*found.separation.options, *sorted(said))
    return replace(
        found,
        separation=replace(found.separation, options=options),
        why=f"{found.why or 'commas stand in names'}; names of {what} are kept whole",
        maybe=tuple(name for name in found.maybe if name not in said),
    )


NOTHING = Found(Separation())
WHOLE = Found(Separation(()))


def _in_quotes(text: str) -> str:
    """Write a text as in a programme file."""
    return json.dumps(text, ensure_ascii=False)


def _other_marks(found: Found) -> str:
    """What else could divide the values, as TOML: without commas where these may belong to them."""
    marks = found.separation.separators
    if found.question and "," not in marks:
        marks = (*marks, ",")
    elif set(marks) > {","}:
        marks = tuple(mark for mark in marks if mark != ",")
    else:
        marks = (";",)
    return json.dumps(marks[0] if len(marks) == 1 else marks)


def _say_joined(name: str, found: Found) -> str:
    """Ask whether a word or sign divides answers, or belongs to some, and how that is written."""
    word, marks = found.joins[0], found.separation.separators
    if word in marks:
        does, marks = "belongs to answers", tuple(mark for mark in marks if mark != word)
    else:
        does, marks = "divides answers as well", (*marks, word)
    cure = f"separators = {{ {_in_quotes(name)} = {json.dumps(marks, ensure_ascii=False)} }}"
    return f"that is right unless {_in_quotes(word.strip())} {does}. Then write {cure}"


def _name_of(mark: str) -> str:
    return NAMES.get(mark, repr(mark))


def _some(column: pd.Series) -> list[str]:
    return [cell for cell in column.iloc[:SHOWN_FROM] if isinstance(cell, str)]


def _distinct_texts(column: pd.Series) -> list[str]:
    """Return the distinct texts of a column; none for numbers and for prose."""
    if column.dtype.kind in "iufbmM":
        return []
    cells = list(dict.fromkeys(cell for cell in column.tolist() if isinstance(cell, str)))
    some = cells[:200]
    return [] if sum(map(len, some)) > PROSE * len(some) else cells
