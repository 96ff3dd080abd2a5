"""Find who is a mentee and who a mentor in one table of everybody, or ask with what to add."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.columns.roles import (
    ROLES,
    UNPLACED,
    check_roles,
    find_role_column,
    find_unclear_roles,
    list_few_values,
    list_values,
    place_roles,
    role_of,
)
from mentormatch.cohort.columns.tables import find_column
from mentormatch.cohort.files.opening import FileOptions, read_file
from mentormatch.cohort.names import nearest_name, quote_names
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

__all__ = ["find_roles"]

# More values than these that name no role are those of another column.
MOST_UNCLEAR = 12


def find_roles(path: Path, given: Mapping[str, str | Sequence[str]]) -> dict[str, object]:
    """Find the column that says who is a mentee and who a mentor, as the option ``role``.

    ``given`` is what a person said of it: the column, and values by role or to ``ignore``; any of
    them. Raises CohortError if there is none, or some of its values name no role.
    """
    table = read_file(path, None, FileOptions(), alone=True)
    if table.findings:
        raise CohortError(table.findings)
    frame = table.frame.rename(columns=lambda name: str(name).strip())
    known = find_role_column(frame)
    found = find_unclear_roles(frame) if known is None else known.column
    name = given.get("column", found)
    if name is None:
        raise CohortError([_ask_for_column(frame, table.source)])
    column, missing = find_column(frame, name, table.source)
    if missing is not None:
        raise CohortError([missing])
    lists: dict[str, list[str]] = {}
    for key in (*ROLES, "ignore"):
        values = given.get(key, ())
        lists[key] = [values] if isinstance(values, str) else list(values)
    wrong = [*check_roles(lists, frame[column], table.source)[1]]
    wrong += _find_wrong_values(frame, column, lists, table.source)
    if wrong:
        raise CohortError(wrong)
    return _place_values(frame[column], lists, table.source)


def _find_wrong_values(
    frame: pd.DataFrame, column: str, lists: Mapping[str, Sequence[str]], source: str
) -> Iterator[Finding]:
    """Find the values that a person gave and no cell has, or gave twice for one role."""
    cells = frame[column]
    known = {fold_cell(cell) for cell in cells.tolist()} | {""}
    for role, values in lists.items():
        folded = [fold_cell(value) for value in values]
        for k, value in enumerate(values):
            held = quote_names(list_values(cells, value))
            if folded[k] not in known:
                expected = f"no cell of this column holds what --{role} says. It holds {held}."
                nearest = nearest_name(value, list_values(cells, value))
                others = [
                    name
                    for name in frame.columns
                    if folded[k] in {fold_cell(cell) for cell in frame[name].tolist()}
                ]
                if nearest is not None:
                    expected += f" Write --{role} {_quote(nearest)} if that is meant."
                elif others:
                    expected += f" It stands in {others[0]!r}: --role {_quote(others[0])} reads it."
                else:
                    expected += f" Give --{role} one of these, or leave it out."
                yield Finding(source, None, column, value, expected, nearest)
            elif folded[k] in folded[:k]:
                expected = (
                    f"--{role} says this twice. Leave one out, or write another value there; the "
                    f"column holds {held}."
                )
                yield Finding(source, None, column, value, expected)


def _place_values(
    column: pd.Series, given: Mapping[str, Sequence[str]], source: str
) -> dict[str, object]:
    """Say which role each value of a column means; ask where neither it nor a person does."""
    lists = {key: list(values) for key, values in given.items()}
    placed = {fold_cell(value) for values in lists.values() for value in values}
    unclear: list[str] = []
    for text in dict.fromkeys(" ".join(str(cell).split()) for cell in column.dropna().tolist()):
        role = role_of(text)
        if not text or fold_cell(text) in placed:
            continue
        (unclear if role is None else lists[role]).append(text)
    name = str(column.name)
    option: dict[str, object] = {"column": name, **{key: one for key, one in lists.items() if one}}
    missing = [role for role in ("mentee", "mentor") if not lists[role] and not lists["both"]]
    if not unclear and not missing:
        return option
    if len(unclear) > MOST_UNCLEAR:
        expected = (
            f"{len(unclear):,} different values of this column name no role, such as "
            f"{quote_names(unclear[:3])}. Is it the column that says who is what?"
        )
        raise CohortError([Finding(source, None, name, None, expected)])
    if len(missing) == 2 or not unclear:
        values = [*unclear, *(value for listed in lists.values() for value in listed)]
        asked = {**option, **{role: ["…"] for role in missing}}
        expected = (
            f"no value of this column is known to mean a {' or a '.join(missing)}. Add to the "
            f"command which do: {_write_options(asked)}. The values are {quote_names(values)}."
        )
        raise CohortError([Finding(source, None, name, None, expected)])
    placed_so = place_roles(option, unclear)
    one = unclear[0] if len(unclear) == 1 else None
    what, its = ("this names", "its") if one else (f"{quote_names(unclear)} name", "their")
    open_or_guess = f", in which what {'it' if one else 'each'} stands for is a guess"
    if UNPLACED in placed_so:
        open_or_guess = f", with --mentee, --mentor, --both or --ignore for each --{UNPLACED}"
    expected = (
        f"{what} no role that is known. Write Mentee, Mentor or Both in {its} place; or add to the "
        f"command: {_write_options(placed_so)}{open_or_guess} (--both is for who is both, --ignore "
        "for who takes no part)."
    )
    raise CohortError([Finding(source, None, name, one, expected)])


def _ask_for_column(frame: pd.DataFrame, source: str) -> Finding:
    """Ask which column says who is what, and name it where a heading speaks of roles."""
    expected = (
        "no column of this one table says who is a mentee and who a mentor. If the mentors stand "
        "in another file, name it after this one. Else write Mentee, Mentor or Both into a column; "
        "or name the column and its values for each: "
    )
    few = list_few_values(frame)
    speaks = next((name for name in few if "role" in topics_of(name)), None)
    expected += _write_options({"column": speaks or "…", "mentee": ["…"], "mentor": ["…"]})
    if speaks is not None:
        expected += f". The values of {speaks!r} are {quote_names(few[speaks])}"
    return Finding(source, None, None, None, f"{expected}.")


def _write_options(role: Mapping[str, object]) -> str:
    """Write the option ``role`` as options of the command line."""
    keys = (*ROLES, "ignore", UNPLACED)
    values = {"role": [role["column"]], **{key: role.get(key, ()) for key in keys}}
    return " ".join(
        f"--{key} {_quote(str(value))}"
        for key, listed in values.items()
        if isinstance(listed, list)
        for value in listed
    )


def _quote(value: str) -> str:
    # All shells know double quotes; what stands in them is changed by some.
    return shlex.quote(value) if set(value) & set('"\\$`!%') else f'"{value}"'
