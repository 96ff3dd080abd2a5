"""Lists of pairs of people, by id, name or address: in the programme file, or in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from mentormatch.cohort import clean_id, nearest_name, nearest_person, read_table
from mentormatch.cohort.identity.called import find_called, role_heading
from mentormatch.cohort.names import NearestNames, quote_names
from mentormatch.cohort.person_columns.answers import fold_person
from mentormatch.errors import Finding
from mentormatch.safe_files import forms_in_files, unescape_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility

__all__ = ["PAIR_KEYS", "find_pairs", "read_pair_table"]

# The two columns of a table of pairs, and whose people stand in them.
Roles: TypeAlias = "tuple[tuple[str, Side], tuple[str, Side]]"
BOTH: Roles = (("mentee", "mentees"), ("mentor", "mentors"))
TWO_MENTEES: Roles = (("mentee", "mentees"), ("other", "mentees"))
PAIR_KEYS: dict[str, Roles] = {
    "pins": BOTH,
    "bans": BOTH,
    "apart": TWO_MENTEES,
    "together": TWO_MENTEES,
}
REASON = "reason"


def find_pairs(
    rows: Iterable[Sequence[object]],
    compatibility: Compatibility,
    finding: Callable[[int, int, object, str, str | None], Finding],
    roles: Roles = BOTH,
    *,
    unknown: str | None = None,
    read: dict[str, object] | None = None,
) -> tuple[list[tuple[object, ...]], list[Finding]]:
    """Find the people of pairs in the tables.

    Ids are compared as they are written, because a file may hold 7 where the table of people holds
    "7", or an address in other case. Rows are (mentee, mentor) or (mentee, mentor, reason), or two
    mentees; ``roles`` says whose people they are. ``finding`` says what is wrong, given the row
    (from 0), the place in it (0 or 1), the value, what was expected, and the nearest id. With
    ``unknown`` "ignore", people who do not exist stay as they are written, for `Problem` to leave
    out; None where the programme says nothing of these pairs. A name or an address is read as an
    id where one person only has it; ``read`` takes these.
    The answer is the pairs whose people exist, in the ids of the tables, and a finding for each id
    that does not.
    """
    ids = {"mentees": compatibility.mentee_ids, "mentors": compatibility.mentor_ids}
    known = [{str(person): person for person in ids[side].tolist()} for _, side in roles]
    forms = [forms_in_files(people) for people in known]
    nearest = [NearestNames(people, nearest_person) for people in known]
    cohort = compatibility.cohort
    called = [{} if cohort is None else find_called(cohort.table(side), side) for _, side in roles]
    pairs: list[tuple[object, ...]] = []
    findings: list[Finding] = []
    for k, row in enumerate(rows):
        people = []
        for place, (_, side) in enumerate(roles):
            written = str(clean_id(row[place]))
            meant = {written, forms[place].get(written, written)} & known[place].keys()
            if row[place] is not None and len(meant) == 1:
                people.append(known[place][meant.pop()])
                continue
            if row[place] is not None and meant:
                expected = (
                    f"this is an id, and also how the files of matches write the id "
                    f"{forms[place][written]!r}. Give one of the two another id in the tables."
                )
                findings.append(finding(k, place, row[place], expected, None))
                continue
            # A name, too, may stand as our own files write it.
            written = str(unescape_cell(written))
            same = called[place].get(fold_person(written), []) if row[place] is not None else []
            if len(same) == 1:
                people.append(ids[side][same[0]])
                if read is not None:
                    read[written] = people[-1]
                continue
            if unknown == "ignore" and row[place] is not None and not same:
                people.append(row[place])
                continue
            role = side.removesuffix("s")
            cure = "Correct it, or take the pair out."
            if unknown is not None and row[place] is not None:
                cure += ' With unknown = "ignore" in [problem], who has left is left out.'
            expected = f"there is no {role} with this id, name or e-mail address. {cure}"
            if same:
                which = ", ".join(repr(ids[side][one]) for one in same)
                expected = f"{len(same)} {side} have this name or address. Write the id: {which}."
            near = nearest[place].find(written)
            findings.append(finding(k, place, row[place], expected, near))
        if len(people) == len(roles):
            pairs.append((*people, *row[len(roles) :]))
    return pairs, findings


def read_pair_table(
    path: Path,
    compatibility: Compatibility,
    roles: Roles = BOTH,
    *,
    unknown: str | None = None,
    read: dict[str, object] | None = None,
) -> tuple[list[tuple[object, ...]], list[Finding]]:
    """Read a table with the two columns of ``roles``, and perhaps reason.

    The answer is that of `find_pairs`; a column that is missing is a finding as well. Raises
    CohortError if the table cannot be read.
    """
    table = read_table(path)
    names = {str(name).strip().casefold(): name for name in table.frame.columns}
    people = [name for name, _ in roles]
    for name in set(people) - names.keys():
        alike = [column for column in table.frame.columns if role_heading(column) == name]
        names |= {name: alike[0]} if len(alike) == 1 else {}
    missing = [name for name in people if name not in names]
    if missing:
        expected = (
            f"a table of pairs has the columns {' and '.join(people)}, and may have reason. "
            f"It has {quote_names(map(str, table.frame.columns))}."
        )
        # The column of the other role is no other spelling of this one.
        taken = {names[name] for name in people if name in names}
        others = [column for column in table.frame.columns if column not in taken]
        return [], [
            Finding(table.source, None, name, None, expected, nearest_name(name, others))
            for name in missing
        ]
    columns = [names[name] for name in (*people, REASON) if name in names]
    rows = [
        [None if pd.isna(cell) else cell for cell in row]
        for row in table.frame[columns].astype(object).itertuples(index=False)
    ]

    def finding(k: int, place: int, value: object, expected: str, near: str | None) -> Finding:
        name = str(columns[place])
        return Finding(table.source, int(table.rows[k]), name, value, expected, near)

    return find_pairs(rows, compatibility, finding, roles, unknown=unknown, read=read)
