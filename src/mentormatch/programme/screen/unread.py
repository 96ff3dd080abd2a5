"""Columns that nothing in the programme file names, first those that ask for a rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.criteria.cells.meant_people import find_meant
from mentormatch.criteria.cells.named_values import values_of_people
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.kinds.named_people import named_people
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.questions.gender_wishes import find_gender_wishes
from mentormatch.programme.questions.read_columns import (
    asks_for_a_rule,
    columns_of_avoids,
    list_unread_columns,
    named_columns,
    read_by_criteria,
)
from mentormatch.programme.questions.remarks import find_remarks, list_limits
from mentormatch.programme.questions.sent_again import find_lost_refusals
from mentormatch.programme.questions.unkept_pairs import find_unkept_pairs, order_pair, pair_of
from mentormatch.programme.screen.paragraph import WHOLE, Paragraph, cut_list, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.programme.questions.remarks import Remark

__all__ = [
    "describe_gender_wishes",
    "describe_lost_refusals",
    "describe_remarks",
    "describe_unkept",
    "describe_unread",
]

UNUSED = "- Remark that no rule uses"
SHOWN = 8


def describe_gender_wishes(
    configuration: Configuration, cohort: Cohort | None, *, whole: bool = False
) -> list[Paragraph]:
    """Say who seems to ask for somebody of one gender, which no column that is read says."""
    if cohort is None:
        return []
    content = configuration.document.content
    read = {side: named_columns(content, cohort, side) for side in SIDES}
    lines = tuple(f"- {one.tell(cohort, whole=whole)}" for one in find_gender_wishes(cohort, read))
    return [Paragraph("Wishes for a gender, which nothing reads", lines)] if lines else []


def describe_unread(
    configuration: Configuration, cohort: Cohort | None, *, whole: bool = False
) -> list[Paragraph]:
    """List the columns that nothing reads; nothing where there are none.

    A cohort of None: scores came without people, and nothing is shown. With ``whole`` all of them
    are shown.
    """
    if cohort is None:
        return []
    lines = []
    rules: list[str] = []
    for side, unread in list_unread_columns(configuration, cohort):
        rules += _tell_rules(cohort, side, unread)
        if unread:
            named = unread if whole else unread[:SHOWN]
            shown = ", ".join(f'"{shorten(name)}"' for name in named)
            rest = len(unread) - len(named)
            more = f" and {rest:,} more: {WHOLE}" if rest else ""
            lines.append(f"- {side}: {shown}{more}")
    return [Paragraph("Columns that nothing reads", (*rules, *lines))] if lines else []


def describe_unkept(
    configuration: Configuration, matching: Matching, *, earlier: bool = True
) -> list[Paragraph]:
    """Say before the pairs are believed whom no rule keeps apart, though they asked for it.

    ``earlier``: also in an earlier form; see `describe_lost_refusals`, which says more of these.
    """
    cohort = matching.problem.compatibility.cohort
    if cohort is None:
        return []
    rules = [
        said
        for side, unread in list_unread_columns(configuration, cohort)
        for said in _tell_rules(cohort, side, unread)
    ]
    against = [
        f"- {said}, and the two are a pair. Read that row before you send anything."
        for said in find_unkept_pairs(configuration, matching, earlier=earlier).values()
    ]
    lines = (*rules, *against)
    return [Paragraph("Named to be kept apart, and read by no rule", lines)] if lines else []


def describe_lost_refusals(
    configuration: Configuration,
    problem: Problem,
    matching: Matching | None = None,
    *,
    whole: bool = False,
) -> list[Paragraph]:
    """Say whom an earlier form refused, and the later one of the same person does not.

    What names nobody but people who are kept apart as it is is left out. Those who are a pair of
    the matching come first, and all of them are told.
    """
    cohort = problem.compatibility.cohort
    if cohort is None:
        return []
    pairs = (
        set()
        if matching is None
        else set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    )
    made: list[str] = []
    lines: list[str] = []
    bans_of_pairs: list[list[str]] = []
    bans: list[list[str]] = []
    for one in find_lost_refusals(cohort, columns_of_avoids(configuration, cohort)):
        named = [order_pair(one.side, one.position, who) for who in one.named]
        open_pairs = [pair for pair in named if not problem.reasons(*pair)]
        if named and not open_pairs:
            continue
        is_made = bool(pairs.intersection(open_pairs))
        for i, j in open_pairs if one.refuses else ():
            ban = [str(cohort.mentee_ids[i]), str(cohort.mentor_ids[j]), "an earlier form"]
            (bans_of_pairs if (i, j) in pairs else bans).append(ban)
        cell = cohort.finding(one.side, one.position, one.column, "")
        now = f"says {shorten(one.now)!r}" if one.now else "says nothing there"
        (made if is_made else lines).append(
            f"{'-' if one.refuses else f'{UNUSED}:'} {cell.file}, row {one.row}, "
            f'"{shorten(one.column)}": {cohort.table(one.side).index[one.position]} said '
            f"{shorten(one.said)!r}; row {one.later}, which counts, {now}"
            f"{'. They are a pair' if is_made else ''}."
        )
    if not made and not lines:
        return []
    cure = "Ask them. What still holds is to be written into the row that counts"
    if bans or bans_of_pairs:
        written = _write_bans(bans, bans_of_pairs, whole=whole)
        cure += f", or, where a person is meant, into [problem]: {written}"
    title = "Refused in an earlier form, and not in the later one"
    made, lines = list(dict.fromkeys(made)), list(dict.fromkeys(lines))
    return [Paragraph(title, (*made, *cut_list(lines, whole=whole), f"{cure}."))]


def _write_bans(bans: Sequence[list[str]], made: Sequence[list[str]] = (), *, whole: bool) -> str:
    """Write pairs as the programme file has them: those that are ``made``, of others the first."""
    shown = [*made, *(bans if whole else bans[:SHOWN])]
    rest = len(made) + len(bans) - len(shown)
    more = f" and {rest:,} more: {WHOLE}" if rest else ""
    return f"bans = {write_value(list(map(list, dict.fromkeys(map(tuple, shown)))))}{more}"


def _place_remark(cohort: Cohort, remark: Remark) -> str:
    cell = cohort.finding(remark.side, remark.position, remark.column, "")
    return f'{cell.file}, row {cell.row}, "{shorten(remark.column)}"'


def describe_remarks(
    configuration: Configuration, problem: Problem, *, whole: bool = False
) -> list[Paragraph]:
    """Say which remarks name somebody whom their writer may not want to meet, and still may."""
    cohort = problem.compatibility.cohort
    if cohort is None:
        return []
    lines: list[str] = []
    unused: list[str] = []
    bans: list[list[str]] = []
    told: set[tuple[Side, str, int]] = set()
    for one in find_remarks(cohort, *read_by_criteria(configuration, cohort)):
        pair = pair_of(one)
        told.add((one.side, one.column, one.position))
        if problem.reasons(*pair):
            continue
        place = _place_remark(cohort, one)
        if one.says == "not":
            ids = (cohort.mentee_ids[pair[0]], cohort.mentor_ids[pair[1]])
            bans.append([*map(str, ids), "a remark"])
            beside = "a word such as not or manager stands beside it"
            lines.append(f"- {place} names {one.name!r}, and {beside}")
        elif one.says == "perhaps not":
            unused.append(f"{UNUSED}: {place} may say not to meet {one.name!r}")
        else:
            names = "names" if one.says == "named" else "may name"
            unused.append(f"{UNUSED}: {place} {names} {one.name!r}")
    comments = [
        (side, name)
        for side, unread in list_unread_columns(configuration, cohort)
        for name in unread
        if topics_of(name) == {"comment"}
    ]
    if limits := list_limits(cohort, comments, told):
        unused.append(f"- {limits}")
    if not lines and not unused:
        return []
    shown = [line for listed in (lines, unused) for line in cut_list(listed, whole=whole)]
    cure = "Read each of them in the table."
    if bans:
        cure += (
            " Of those who must not meet, write the pairs in [problem], or add them to the bans "
            f"that are there: {_write_bans(bans, whole=whole)}"
        )
    title = "Remarks that no rule reads"
    return [Paragraph(title, (*shown, cure))]


def _tell_rules(cohort: Cohort, side: Side, unread: list[str]) -> Iterator[str]:
    """Say which columns ask for people to be kept apart and name some, and how that is done."""
    for name in filter(asks_for_a_rule, unread):
        said = {normalise(one) for one in values_of_people(cohort, side, name).texts}
        for of, people in _ways_to_name(cohort, "mentors" if side == "mentees" else "mentees"):
            if not said & people and not find_meant(said, people):
                continue
            entry: dict[str, object] = {"kind": "Avoids", "column": name}
            entry |= {"by": side.removesuffix("s")} | ({} if of is None else {"of": of})
            written = ", ".join(f"{key} = {write_value(one)}" for key, one in entry.items())
            yield (
                f'- No rule reads "{shorten(name)}" of the {side}, so people may be matched with '
                f"those they name there. To keep them apart, add [[criteria]] with {written}, "
                'unknown = "ignore".'
            )
            break


def _ways_to_name(cohort: Cohort, side: Side) -> Iterator[tuple[str | list[str] | None, set[str]]]:
    """By what people of one side can be named: their ids, their names."""
    table = cohort.table(side)
    yield None, {normalise(str(one)) for one in table.index}
    names = list(cohort.person_columns(side).names)
    if names:
        people = named_people(cohort, side, names).names
        yield (names[0] if len(names) == 1 else names), set(people)
