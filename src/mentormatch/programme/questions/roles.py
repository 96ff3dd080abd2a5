"""Find who is a mentee and who a mentor in one table of everybody, or ask with the key to paste."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mentormatch.cohort.columns.roles import (
    find_role_column,
    find_unclear_roles,
    list_few_values,
    offer_role,
)
from mentormatch.cohort.files.opening import FileOptions, read_file
from mentormatch.cohort.names import quote_names
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["find_roles"]

IN_A_FILE = 'Or begin a programme file with [tables], people = "{name}" and {role}'


def find_roles(path: Path) -> dict[str, object]:
    """Find the column that says who is a mentee and who a mentor, as the option ``role``.

    Raises
    ------
    CohortError
        There is none, or some of its values name no role.
    """
    table = read_file(path, None, FileOptions(), alone=True)
    if table.findings:
        raise CohortError(table.findings)
    frame = table.frame.rename(columns=lambda name: str(name).strip())
    role = find_role_column(frame)
    if role is not None:
        return role.as_option()
    unclear = find_unclear_roles(frame)
    if unclear is not None:
        column, values = unclear
        offered = offer_role(column.as_option(), values)
        expected = (
            "other cells of this column say who is a mentee and who a mentor, but this names no "
            "role that is known. Write Mentee, Mentor or Both in its place; who takes no part is "
            f"left out of the table. {IN_A_FILE.format(name=path.name, role=offered)}, in which "
            "what it stands for is a guess."
        )
        raise CohortError(
            [Finding(table.source, None, column.column, one, expected) for one in values]
        )
    expected = (
        "no column of this one table says who is a mentee and who a mentor. If the mentors stand "
        "in another file, name it after this one. Else write Mentee, Mentor or Both into a column."
    )
    few = list_few_values(frame)
    speaks = next((name for name in few if "role" in topics_of(name)), None)
    if speaks is not None:
        named = json.dumps(speaks, ensure_ascii=False)
        role_key = f'role = {{ column = {named}, mentee = ["…"], mentor = ["…"] }}'
        expected += (
            f" {IN_A_FILE.format(name=path.name, role=role_key)}, with the values of {speaks!r} "
            f"that mean each: {quote_names(few[speaks])}."
        )
    raise CohortError([Finding(table.source, None, None, None, expected)])
