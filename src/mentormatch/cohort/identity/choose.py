"""Choose the column that tells people apart, for both tables together, and say why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeAlias

import pandas as pd

from mentormatch.cohort.names import SIDES, Side
from mentormatch.cohort.person_columns.answers import (
    are_running_numbers,
    compatible_names,
    fold_person,
    is_email_column,
)
from mentormatch.cohort.readings import Reading, commonest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.cohort.person_columns.find import PersonColumns

__all__ = ["Choice", "Kind", "choose_identities", "default_id", "join_columns", "kind_of"]

Kind: TypeAlias = Literal["id", "email", "name", "key", "answers"]
ORDER: tuple[Kind, ...] = ("id", "email", "name", "key", "answers")
DEFAULT_IDS: dict[Side, tuple[str, ...]] = {
    "mentees": ("id", "mentee_id", "user_id", "person_id"),
    "mentors": ("id", "mentor_id", "user_id", "person_id"),
}
OF_ACCOUNTS = ("user_id", "person_id")
MOSTLY = 0.8
SAID = {
    "id": "ids",
    "email": "e-mail addresses",
    "name": "names",
    "key": "numbers or codes of people",
    "answers": "numbers of answers, which do not tell who somebody is in the other table",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """The columns that identify the people of one table."""

    kind: Kind  # what they hold
    columns: tuple[str, ...]  # one, or those of first and last name
    obstacle: str = ""  # why they do not identify everybody; empty when they do

    @property
    def label(self) -> str:
        """Return what the ids are called."""
        return " + ".join(self.columns)


def choose_identities(
    tables: Mapping[Side, pd.DataFrame],
    people: Mapping[Side, PersonColumns],
    sources: Sequence[str],
    fixed: Mapping[Side, Kind | None],
) -> tuple[dict[Side, Choice], list[Reading]]:
    """Choose the identity of each table that nobody has named one for.

    Ids come first, unless they are called ``id`` alone and only number the rows; then e-mail
    addresses that nobody shares with a person of another name; then names; then numbers of people;
    then numbers of answers. Of these a kind that both tables have goes before one that only one
    has. Tables, with clean column names, are those of the sides that need an identity; ``fixed`` is
    what kind of identity the other side has already. The answer is the choices by side, without a
    side that has no such column, and one reading per side on what was chosen and why.
    """
    found = {
        side: {choice.kind: choice for choice in _candidates(table, side, people[side])}
        for side, table in tables.items()
    }
    valid = {
        side: [kind for kind in ORDER if kind in by_kind and not by_kind[kind].obstacle]
        for side, by_kind in found.items()
    }
    choices: dict[Side, Choice] = {}
    for side, by_kind in found.items():
        others = [kinds for other, kinds in valid.items() if other != side and len(tables[other])]
        others += [[kind] for other, kind in fixed.items() if other != side and kind is not None]
        shared = [kind for kind in valid[side] if all(kind in kinds for kinds in others)]
        usable = [kind for kind in ORDER if kind in by_kind and kind not in ("key", "answers")]
        # An id of its own is what pins and last year's pairs name.
        own: list[Kind] = ["id"] if "id" in valid[side] else shared
        kinds = own or valid[side] or usable
        if kinds:
            choices[side] = by_kind[kinds[0]]
    if len(choices) > 1:
        _join_default_ids(choices, tables)
    readings = [
        _explain(side, sources[SIDES.index(side)], choices.get(side), found[side], tables[side])
        for side in tables
        if len(tables[side])
    ]
    return choices, readings


def _join_default_ids(choices: dict[Side, Choice], tables: Mapping[Side, pd.DataFrame]) -> None:
    """Take running numbers for ids where the other table has ids of that name that do not run."""
    kinds = {choice.kind for choice in choices.values()}
    labels = {choice.label.casefold() for choice in choices.values()}
    if kinds == {"id", "answers"} and len(labels) == 1:
        for side, choice in choices.items():
            if choice.label == default_id(tables[side], side):
                choices[side] = replace(choice, kind="id")


def default_id(table: pd.DataFrame, side: Side) -> str | None:
    """Find a column called as one of `DEFAULT_IDS`, in any spelling."""
    folded: dict[str, str] = {}
    for column in table.columns:
        folded.setdefault(column.casefold().replace(" ", "_"), column)
    for default in DEFAULT_IDS[side]:
        found = default if default in table.columns else folded.get(default)
        # Of an account there may be none, or one for several people.
        if found is not None and (default not in OF_ACCOUNTS or _tells_apart(table[found])):
            return found
    return None


def _tells_apart(column: pd.Series) -> bool:
    return bool(column.notna().all() and column.is_unique)


def kind_of(table: pd.DataFrame, people: PersonColumns | None, name: str) -> Kind | None:
    """Return what kind of identity a column holds that somebody has named; None: unknown."""
    if name not in table.columns:
        return None
    if is_email_column(table[name]):
        return "email"
    return "name" if people is not None and people.names == (name,) else None


def join_columns(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Join first and last names to one text each; missing where nothing is given."""
    if len(columns) == 1:
        return table[columns[0]]
    parts = [table[name].map(_as_text) for name in columns]
    joined = [" ".join(filter(None, texts)) for texts in zip(*parts, strict=True)]
    return pd.Series([text or None for text in joined], index=table.index, dtype=object)


def _as_text(cell: object) -> str:
    return cell.strip() if isinstance(cell, str) else ""


def _candidates(table: pd.DataFrame, side: Side, people: PersonColumns) -> list[Choice]:
    """List the columns that may identify people, one per kind."""
    named = default_id(table, side)
    found: list[Choice] = []
    running = None
    if named is not None:
        # A column "id" may number the answers of a form; "mentee_id" and "user_id" are people's.
        ambiguous = named.casefold().strip() == DEFAULT_IDS[side][0]
        if len(table) and ambiguous and are_running_numbers(table[named]):
            running = Choice("answers", (named,))
        else:
            found.append(Choice("id", (named,)))
    names = None if not people.names else join_columns(table, people.names).map(fold_person)
    if people.email is not None:
        addresses = table[people.email].map(fold_person)
        found.append(Choice("email", (people.email,), _email_obstacle(addresses, names)))
    if names is not None:
        found.append(Choice("name", people.names, _name_obstacle(names, table, people)))
    keys = [name for name in people.keys if name != named and _is_unique(table[name])]
    if keys:
        found.append(Choice("key", (keys[0],)))
    numbers = [name for name in people.answers if _is_unique(table[name])]
    if running is None and numbers:
        running = Choice("answers", (numbers[0],))
    return [*found, running] if running is not None else found


def _is_unique(column: pd.Series) -> bool:
    try:
        return bool(column.notna().all() and column.is_unique)
    except TypeError:
        return False


def _email_obstacle(addresses: pd.Series, names: pd.Series | None) -> str:
    """Say why addresses do not identify everybody."""
    blank = int((addresses == "").sum())
    if blank:
        return f"{blank:,} of {len(addresses):,} people {'has' if blank == 1 else 'have'} none"
    if names is None:
        return ""
    repeated = addresses.duplicated(keep=False).to_numpy()
    if not repeated.any():
        return ""
    several = names[repeated].groupby(addresses[repeated], sort=False)
    for address, group in several:
        given = list(dict.fromkeys(group))
        if any(not compatible_names(given[0], other) for other in given[1:]):
            return f"{address!r} stands beside several names"
    return ""


def _name_obstacle(names: pd.Series, table: pd.DataFrame, people: PersonColumns) -> str:
    """Say why names do not identify everybody; one e-mail address makes two rows one person."""
    blank = int((names == "").sum())
    if blank:
        return f"{blank:,} of {len(names):,} people {'has' if blank == 1 else 'have'} none"
    repeated = names.duplicated(keep=False).to_numpy()
    if not repeated.any():
        return ""
    if people.email is not None:
        addresses = table[people.email].map(fold_person)
        per_name = addresses[repeated].groupby(names[repeated]).nunique()
        if bool(per_name.eq(1).all()):
            return ""
    return f"{names[repeated].iloc[0]!r} stands in several rows"


def _explain(
    side: Side,
    source: str,
    choice: Choice | None,
    found: Mapping[Kind, Choice],
    table: pd.DataFrame,
) -> Reading:
    """Say what people are known by, and why not by what might come first."""
    if choice is None:
        return Reading(
            "identity",
            side,
            source,
            None,
            "people known by their place in the table",
            "no column holds ids, e-mail addresses or names for everybody",
            change='id = "the heading of a column that tells people apart"',
            question=True,
        )
    passed = [
        f"{other.label!r} does not, for {other.obstacle}"
        for kind, other in found.items()
        if other.obstacle and kind != choice.kind and ORDER.index(kind) < ORDER.index(choice.kind)
    ]
    change = 'id = "another column"'
    if "answers" in found and choice.kind != "answers":
        numbers = found["answers"].label
        passed.append(f"{numbers!r} only numbers the rows")
        change = f'id = "{numbers}"'
    why = f"it holds {SAID[choice.kind]} and tells people apart"
    if choice.obstacle:
        why = f"it holds {SAID[choice.kind]}, but {choice.obstacle}"
    return Reading(
        "identity",
        side,
        source,
        choice.label,
        "who is who",
        "; ".join([why, *passed]),
        commonest(join_columns(table, choice.columns).iloc[:3]),
        change,
        question=bool(choice.obstacle),
    )
