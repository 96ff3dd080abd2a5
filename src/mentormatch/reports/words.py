"""Words for what people read: labels of criteria, names of people, text without control signs."""

from __future__ import annotations

import re
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

from mentormatch.cohort.identity.choose import join_columns
from mentormatch.cohort.person_columns.find import hold_whole_names
from mentormatch.criteria.registry import kind_names
from mentormatch.errors import readable
from mentormatch.explanations.cautions import find_refused_pairs
from mentormatch.sums import share_out_percents

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.matching import Matching

__all__ = [
    "package_version",
    "pairs_to_look_at",
    "people_names",
    "plain_label",
    "plain_reason",
    "say_shares",
]

# What `Criterion.label` makes of a kind and its columns, and a rule with what makes it one.
CALL = re.compile(r"^([A-Z][A-Za-z]+)(?:\((.*)\))?((?: \w+=.*)?)$", re.DOTALL)
# Columns as Python writes them, which quotes with the sign that a column does not hold.
QUOTED = re.compile(r"""(['"])((?:(?!\1)[^\\]|\\.)*)\1""")
UNESCAPED = re.compile(r"""\\(['"\\])""")
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
NAME_COLUMNS = ("name", "full name", "full_name", "display name", "display_name")


def plain_label(label: str) -> str:
    """Turn ``SkillCoverage`` into ``Skill coverage`` and ``Same('team')`` into ``Same: team``.

    A name that somebody gave to a criterion stays as it is.

    Examples
    --------
    >>> plain_label("LevelGap('level') require=True"), plain_label("how near they live")
    ('Level gap: level', 'how near they live')
    >>> print(plain_label('''LevelGap("Niveau d'expérience")'''))
    Level gap: Niveau d'expérience
    """
    found = CALL.match(label)
    if found is None or found[1] not in _kinds():
        return label
    kind = HUMP.sub(" ", found[1])
    text = kind[0] + kind[1:].lower()
    if found[2]:
        text += ": " + QUOTED.sub(lambda one: UNESCAPED.sub(r"\1", one[2]), found[2])
    # What follows makes it a rule; a parameter that is only switched on says nothing more.
    setting = found[3].strip().replace("_", " ").replace("=", " ")
    return text + (f" ({setting})" if setting and not setting.endswith(" True") else "")


@cache
def _kinds() -> frozenset[str]:
    """The kinds of criteria that there are, whoever wrote them."""
    return frozenset(kind_names())


def plain_reason(reason: str, rules: Iterable[str]) -> str:
    """Put plain labels into a reason that names rules.

    Examples
    --------
    >>> plain_reason("no mentor is eligible (Same('team') rules out 3 of 3)", ["Same('team')"])
    'no mentor is eligible (Same: team rules out 3 of 3)'
    """
    for label in sorted(rules, key=len, reverse=True):
        reason = reason.replace(label, plain_label(label))
    return readable(reason)


def pairs_to_look_at(
    matching: Matching, given: Mapping[tuple[Hashable, Hashable], str] | None
) -> dict[tuple[Hashable, Hashable], str]:
    """Join what was given with the pairs that a name in the column of a rule may forbid.

    The name is not quoted: whom people do not want to meet is for who keeps the tables.
    """
    found = dict(given or {})
    problem = matching.problem
    for k, label, _, _ in find_refused_pairs(matching):
        pair = problem.mentee_ids[matching.mentees[k]], problem.mentor_ids[matching.mentors[k]]
        rule = f"the rule {plain_label(label)}"
        said = f"{rule} may mean these two: a name there is nearly that of one of them"
        if said not in found.get(pair, ""):
            found[pair] = f"{found[pair]}; {said}" if pair in found else said
    return {pair: readable(said) for pair, said in found.items()}


def package_version() -> str:
    """Version of the installed package; "development" where it runs from its sources."""
    try:
        return metadata.version("mentormatch-engine")
    except metadata.PackageNotFoundError:
        return "development"


def people_names(cohort: Cohort | None, side: Side, ids: pd.Index) -> list[str] | None:
    """Give what people are called, in the order of ``ids``; an empty cell gives the id.

    None where the table has no column of names, nor two of first and last names.
    """
    if cohort is None:
        return None
    table = cohort.table(side)
    headings = {str(one).strip().casefold(): str(one) for one in table.columns}
    named = next((headings[one] for one in NAME_COLUMNS if one in headings), None)
    columns = cohort.person_columns(side).names if named is None else (named,)
    if named is None and not hold_whole_names(table, columns):
        return None
    cells = join_columns(table, columns)
    return [
        readable(own) if empty or not str(cell).strip() else readable(str(cell).strip())
        for own, cell, empty in zip(ids, cells, cells.isna(), strict=True)
    ]


def say_shares(parts: Iterable[float]) -> list[str]:
    """Show the parts of one whole as per cent that sum to 100, a small one not as nothing.

    Examples
    --------
    >>> say_shares([1, 1, 1]), say_shares([1, 0.004, 0])
    (['34 %', '33 %', '33 %'], ['100 %', 'under 1 %', '0 %'])
    """
    sizes = list(parts)
    return [
        "under 1 %" if size > 0 and not whole else f"{whole} %"
        for size, whole in zip(sizes, share_out_percents(sizes), strict=True)
    ]
