"""One table for everybody: a column says who is a mentee, who a mentor, who both."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal, TypeAlias

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.columns.tables import find_column, prepare_table
from mentormatch.cohort.names import heading_words, quote_names, word_set
from mentormatch.cohort.readings import Reading, commonest
from mentormatch.errors import CohortError, Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pandas as pd

__all__ = [
    "ROLES",
    "UNPLACED",
    "Role",
    "RoleColumn",
    "check_roles",
    "divide_people",
    "find_role_column",
    "find_unclear_roles",
    "list_few_values",
    "list_values",
    "place_roles",
    "role_of",
    "split_roles",
]

Role: TypeAlias = Literal["mentee", "mentor", "both"]
ROLES: tuple[Role, ...] = ("mentee", "mentor", "both")
MOST_ROLES = 12
LOOKED_AT, NEARLY_ALL = 400, 0.8
# What stands for the role of a value that a person must place; no key and no option is called so.
UNPLACED = "…"
SHOWN_ROWS = 10

MENTEE = word_set(
    "mentee mentees mentoree mentorees protege menti mentorado mentorada mentorizado mentorizada "
    "mentoreado mentoreada podopieczny podopieczna mentorados mentoradas mentorizados mentorizadas "
    "mentoreados mentoreadas podopieczni podopieczne mentorando mentoranda mentorandos mentorandas "
    "mentorandi mentorand mentorandin mentoranden mentorandinnen mentorizando mentorizanda "
    "mentorowany mentorowana mentorowani"
)
MENTOR = word_set(
    "mentor mentors mentorin mentorinnen mentora mentoras mentore mentores mentoren mentori "
    "mentrice mentrici mentorka mentorki mentorzy"
)
# "Mentee (m/w/d)": for whom a word is meant, whatever their gender.
GENDERS = re.compile(r"\(?\b[mwfdxhn](?:\s*[/|]\s*[mwfdxhn])+\b\)?")
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
# French: the accent alone tells who is mentored from the Italian word for a mentor.
MENTORED = re.compile(r"\bmentoré(?:e|\(e\)|[·.]e)?(?:s|\(s\)|[·.]s)?(?!\w)")
BOTH = word_set("both beides beide beiden ambos ambas entrambi entrambe oba obie allebei")
# "Both … and …", in the languages of forms: "zowel mentor als mentee".
AND = word_set(
    "and und et y e i en a as the in well also zowel als sowohl auch zarowno jak tanto como quanto "
    "sia che la fois tant que"
)
# "to be a mentor" offers, "to find a mentor" looks for one.
TO_BE = word_set(
    "be become becoming being as am serve act werden als devenir etre ser como essere come "
    "zijn worden byc zostac jako offer offering volunteer"
)
TO_FIND = word_set(
    "find finding have having need looking seek seeking search searching get getting "
    "receive suche brauche finden cherche trouver busco buscar cerco trovare zoek vinden "
    "szukam by"
)
WISHING = word_set("i want would like to")
# Neither, or one of two: which is not said.
NOT = folded_words("not", "no") | word_set("ni neither or oder ou of lub eller")


@dataclass(frozen=True, slots=True)
class RoleColumn:
    """The column that says what people take part as, and what its values mean.

    Parameters
    ----------
    column
        Its heading.
    mentee, mentor, both
        The values that mean each.
    """

    column: str
    mentee: tuple[str, ...] = ()
    mentor: tuple[str, ...] = ()
    both: tuple[str, ...] = ()
    ignore: tuple[str, ...] = field(default=())

    def as_option(self) -> dict[str, object]:
        """Return the option ``role`` of `read_cohort` that says the same."""
        given = {"mentee": self.mentee, "mentor": self.mentor, "both": self.both}
        return {"column": self.column, **{key: list(one) for key, one in given.items() if one}}


def role_of(value: str) -> Role | None:
    """Return the role that a text names beyond doubt; None otherwise.

    Examples
    --------
    >>> [role_of(text) for text in ("Mentee", "to be a mentor", "to find a mentor", "Organiser")]
    ['mentee', 'mentor', 'mentee', None]
    """
    text = GENDERS.sub(" ", unicodedata.normalize("NFC", value.casefold()))
    # "Mentee (first time)": what stands in brackets explains, unless it names a role itself.
    aside = {word for some in BRACKETS.findall(text) for word in heading_words(some)}
    if aside and not aside & (MENTEE | MENTOR | BOTH | NOT):
        text = BRACKETS.sub(" ", text)
    words = heading_words(MENTORED.sub("mentee", text))
    said = set(words)
    mentee, mentor = bool(said & MENTEE), bool(said & MENTOR)
    if said & NOT:
        return None
    if said & BOTH and (len(words) <= 3 or (mentee and mentor)):
        return "both"
    if words == ("les", "deux"):
        return "both"
    if mentee and mentor:
        plain = MENTEE | MENTOR | AND | TO_BE | WISHING
        return "both" if said <= plain else None
    if not (mentee or mentor):
        return None
    be, find = said & TO_BE, said & TO_FIND
    if be and find:
        return None
    named: Role = "mentee" if mentee else "mentor"
    other: Role = "mentor" if mentee else "mentee"
    if be:
        return named
    if find:
        return other
    return named if len(words) <= 2 else None


def find_role_column(table: pd.DataFrame) -> RoleColumn | None:
    """Find the column with few values that all name a role, of both kinds; None without one."""
    for name, roles in _few_values(table):
        if None in roles.values():
            continue
        lists = {role: tuple(v for v, one in roles.items() if one == role) for role in ROLES}
        if lists["both"] or (lists["mentee"] and lists["mentor"]):
            return RoleColumn(name, **lists)
    return None


def find_unclear_roles(table: pd.DataFrame) -> str | None:
    """Find a column of which some values name a role, and others none; None without one.

    One of many values, as a field of text has, is known by both roles in nearly all of its cells.
    """
    few = (name for name, roles in _few_values(table) if {None} < set(roles.values()))
    nearly = (str(name) for name in table.columns if _are_mostly_roles(table[name]))
    return next(few, None) or next(nearly, None)


def _are_mostly_roles(column: pd.Series) -> bool:
    cells = [cell for cell in column.dropna().head(LOOKED_AT).tolist() if isinstance(cell, str)]
    roles = [role for role in map(role_of, cells) if role is not None]
    return len(roles) >= NEARLY_ALL * len(cells) and {"mentee", "mentor"} <= set(roles)


def list_few_values(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return the different texts of the columns with few of them, two at least."""
    found = {name: list(roles) for name, roles in _few_values(table)}
    return {name: values for name, values in found.items() if len(values) > 1}


def place_roles(given: Mapping[str, object], unclear: Iterable[str]) -> dict[str, object]:
    """Return the option ``role`` with values that a person must place.

    Where the values that are known name one role only, the others may name the other one; else
    they stand under "…", which is refused until a role, or ``ignore``, stands there.

    Examples
    --------
    >>> place_roles({"column": "Role", "mentor": ["Mentor"]}, ["Padawan"])
    {'column': 'Role', 'mentor': ['Mentor'], 'mentee': ['Padawan']}
    """
    listed = dict(given)
    known = [role for role in ROLES if listed.get(role)]
    others = {"mentor": "mentee", "mentee": "mentor"}
    place = others.get(known[0], UNPLACED) if len(known) == 1 else UNPLACED
    before = listed.get(place, ())
    before = [before] if isinstance(before, str) else before
    listed[place] = [*(before if isinstance(before, Sequence) else ()), *unclear]
    return listed


def _write_role(role: Mapping[str, object]) -> str:
    """Write the option ``role`` as it stands in a programme file."""
    entries = (
        f"{json.dumps(key, ensure_ascii=False) if key == UNPLACED else key} = "
        f"{json.dumps(one, ensure_ascii=False)}"
        for key, one in role.items()
    )
    return f"role = {{ {', '.join(entries)} }}"


def _few_values(table: pd.DataFrame) -> Iterator[tuple[str, dict[str, Role | None]]]:
    """Yield the columns with few different texts, and the role that each text names."""
    for name in table.columns:
        column = table[name]
        if column.dtype.kind in "iufbmM" or column.isna().all():
            continue
        try:
            values = [cell for cell in column.dropna().unique() if str(cell).strip()]
        except TypeError:
            continue
        if len(values) <= MOST_ROLES and all(isinstance(value, str) for value in values):
            yield str(name), {value.strip(): role_of(value) for value in values}


def split_roles(
    table: object, role: str | Mapping[str, object]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Divide one table of everybody into mentees and mentors; who is both is in both.

    Parameters
    ----------
    table
        Any table that a `Cohort` takes.
    role
        The column, or ``{"column": …, "mentee": […], "mentor": […], "both": […]}`` with the values
        that mean each, and ``"ignore"`` for rows to leave out. Values that are not listed are read
        where they name a role beyond doubt.

    Raises
    ------
    CohortError
        There is no such column, or a cell is empty or names no role.
    """
    mentees, mentors, _ = divide_people(prepare_table(table), role, "the table")
    return mentees, mentors


def divide_people(
    table: pd.DataFrame, role: object, source: str
) -> tuple[pd.DataFrame, pd.DataFrame, list[Reading]]:
    """Divide a table as `split_roles` does; say which values were taken for which role."""
    given = _check_role(role, source)
    column, missing = find_column(table, given["column"], source)
    if missing is not None:
        raise CohortError([missing])
    meaning, findings = check_roles(given, table[column], source)
    if findings:
        raise CohortError(findings)
    found = []
    unclear = _list_unclear(table[column], meaning)
    write = f', with mentee, mentor, both or ignore for "{UNPLACED}"'
    write = write if f'"{UNPLACED}" =' in unclear else ""
    guessed: dict[str, str] = {}
    for row, cell in zip(table.index, table[column], strict=True):
        text = fold_cell(cell)
        said = meaning.get(text)
        if said is None and text:
            said = guessed.setdefault(text, role_of(str(cell)) or "") or None
        if said is None:
            expected = (
                "the cell says no role. Fill it in, or delete the row if it is nobody; "
                'ignore = [""] in role leaves such rows out.'
                if not text
                else "this names no role that is known. Say in [tables] which it names, or ignore: "
                f"{unclear}{write}."
            )
            value = None if is_missing(cell) else cell
            findings.append(Finding(source, int(row), column, value, expected))
        found.append(said)
    if findings:
        raise CohortError(findings)
    masks = [[one in (side, "both") for one in found] for side in ("mentee", "mentor")]
    mentees, mentors = (table.loc[mask] for mask in masks)
    readings = [
        Reading(
            "roles",
            None,
            source,
            column,
            f"{found.count(role):,} {one if found.count(role) == 1 else several}",
            "the values name it"
            if role != "ignore"
            else f"role leaves these values out, in {_list_rows(table, found)}",
            commonest(
                cell for cell, said in zip(table[column], found, strict=True) if said == role
            ),
            f"role = {{ column = {json.dumps(column, ensure_ascii=False)}, "
            'mentee = ["…"], mentor = ["…"], both = ["…"] }',
        )
        for role, one, several in (
            ("mentee", "mentee", "mentees"),
            ("mentor", "mentor", "mentors"),
            ("both", "person who is both", "people who are both"),
            ("ignore", "row left out", "rows left out"),
        )
        if role in found
    ]
    return mentees, mentors, readings


def check_roles(
    given: Mapping[str, Sequence[object]], column: pd.Series, source: str
) -> tuple[dict[str, str], list[Finding]]:
    """Return the role that each given value means; a value can mean one only.

    The answer is the meaning by value as `fold_cell` compares it, and findings on values that are
    given for two roles.
    """
    meaning: dict[str, str] = {}
    findings = []
    for key in (*ROLES, "ignore"):
        values = given.get(key, ())
        for value in [values] if isinstance(values, str) else values:
            before = meaning.setdefault(fold_cell(value), key)
            if before != key:
                expected = (
                    f"this value is given for {before} and for {key}. Leave it where it belongs; "
                    'both is for values that mean "mentee and mentor". The column holds '
                    f"{quote_names(list_values(column, value))}."
                )
                findings.append(Finding(source, None, str(column.name), value, expected))
    return meaning, findings


def list_values(column: pd.Series, near: object) -> list[str]:
    """Return the different texts of a column, those most like a text first."""
    texts = dict.fromkeys(" ".join(str(cell).split()) for cell in column.dropna().tolist())
    alike = SequenceMatcher(b=fold_cell(near), autojunk=False)

    def likeness(text: str) -> float:
        alike.set_seq1(fold_cell(text))
        return -alike.ratio()

    return sorted(filter(None, texts), key=likeness)[:SHOWN_ROWS]


def _list_rows(table: pd.DataFrame, found: Sequence[str | None]) -> str:
    """Name the rows that are left out, so that nobody vanishes unsaid."""
    rows = [str(row) for row, said in zip(table.index, found, strict=True) if said == "ignore"]
    more = f" and {len(rows) - SHOWN_ROWS:,} more" if len(rows) > SHOWN_ROWS else ""
    return f"row{'' if len(rows) == 1 else 's'} {', '.join(rows[:SHOWN_ROWS])}{more}"


def _list_unclear(column: pd.Series, given: Mapping[str, str]) -> str:
    """Write the option ``role`` with all values of a column that name no role."""
    said: dict[str, list[str]] = {}
    unclear: dict[str, str] = {}
    for cell in column.tolist():
        text = fold_cell(cell)
        role = given.get(text) or (role_of(str(cell)) if text else None)
        value = "" if is_missing(cell) else " ".join(str(cell).split())
        if role is not None:
            said.setdefault(role, [])
            said[role] += [value] if value not in said[role] else []
        elif text:
            unclear.setdefault(text, value)
    return _write_role(place_roles({"column": str(column.name), **said}, unclear.values()))


def _check_role(role: object, source: str) -> dict[str, Sequence[object]]:
    if isinstance(role, str):
        return {"column": role}
    allowed = {"column", *ROLES, "ignore"}
    if isinstance(role, Mapping) and "column" in role and set(role) <= allowed:
        lists = [value for key, value in role.items() if key != "column"]
        if all(isinstance(one, str | Sequence) for one in lists):
            return dict(role)
    expected = (
        'role is a column, or { column = "…", mentee = ["Mentee"], mentor = ["Mentor"], '
        f'both = ["Both"] }}; it may have {quote_names(sorted(allowed))}.'
    )
    raise CohortError([Finding(source, None, "role", role, expected)])
