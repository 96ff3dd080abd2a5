"""Columns that nothing in the programme file names, first those that ask for a rule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from mentormatch.cohort import SIDES
from mentormatch.cohort.cells.sent import is_sent_column
from mentormatch.criteria.cells.meant_people import find_meant, may_mean
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.criteria.kinds.named_people import named_people
from mentormatch.criteria.words.heading_words import plain_text, topics_of
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.questions.gender_wishes import find_gender_wishes
from mentormatch.programme.questions.remarks import find_remarks
from mentormatch.programme.questions.sent_again import KEPT_APART, find_lost_refusals
from mentormatch.programme.screen.paragraph import WHOLE, Paragraph, cut_list, shorten

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.programme.questions.remarks import Remark
    from mentormatch.programme.questions.sent_again import LostRefusal

__all__ = [
    "describe_gender_wishes",
    "describe_lost_refusals",
    "describe_remarks",
    "describe_unkept",
    "describe_unread",
    "find_unkept_pairs",
]

UNUSED = "- Remark that no rule uses"
SHOWN = 8
# Headings of what a form adds by itself, without accents; any other may be an answer.
OF_THE_FORM = frozenset((
    "id", "#", "respondent id", "response id", "submission id", "record id", "collector id",
    "network id", "ip", "ip address", "session id", "seed", "token", "user agent", "browser",
    "referrer", "lastpage", "last page", "startlanguage", "start language", "form id",
))  # fmt: skip
# Criteria that read names of people.
OF_PEOPLE = frozenset({"Avoids", "Different"})
# Criteria whose column is of the table of whoever says it, ``by``.
SAID_BY_ONE = frozenset({"Avoids", "Prefers"})
NAMES = {"not": "names", "perhaps not": "may name"}


def describe_gender_wishes(
    configuration: Configuration, cohort: Cohort | None, *, whole: bool = False
) -> list[Paragraph]:
    """Say who seems to ask for somebody of one gender, which no column that is read says."""
    if cohort is None:
        return []
    content = configuration.document.content
    read = {side: _named_columns(content, cohort, side) for side in SIDES}
    lines = tuple(f"- {one.tell(cohort, whole=whole)}" for one in find_gender_wishes(cohort, read))
    return [Paragraph("Wishes for a gender, which nothing reads", lines)] if lines else []


def describe_unread(
    configuration: Configuration, cohort: Cohort | None, *, whole: bool = False
) -> list[Paragraph]:
    """List the columns that nothing reads; nothing where there are none.

    Parameters
    ----------
    configuration
        Says which columns are used.
    cohort
        The people; None where scores came without them.
    whole
        Whether all of them are shown.
    """
    if cohort is None:
        return []
    lines = []
    rules: list[str] = []
    for side, unread in _unread(configuration, cohort):
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
        for side, unread in _unread(configuration, cohort)
        for said in _tell_rules(cohort, side, unread)
    ]
    against = [
        f"- {said}, and the two are a pair. Read that row before you send anything."
        for said in find_unkept_pairs(configuration, matching, earlier=earlier).values()
    ]
    lines = (*rules, *against)
    return [Paragraph("Named to be kept apart, and read by no rule", lines)] if lines else []


def find_unkept_pairs(
    configuration: Configuration, matching: Matching, *, earlier: bool = True
) -> dict[tuple[Hashable, Hashable], str]:
    """Find the pairs that were made though a cell that no rule reads speaks against them.

    A remark may, a column of people to be kept apart, and what an earlier form said.

    Parameters
    ----------
    configuration
        Says which columns rules and wishes read.
    matching
        The pairs.
    earlier
        Whether earlier forms count.

    Returns
    -------
    dict
        Where it stands, by the ids of mentee and mentor; the words of the cell are not quoted.
    """
    cohort = matching.problem.compatibility.cohort
    if cohort is None:
        return {}
    made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    found: dict[tuple[Hashable, Hashable], str] = {}
    for (i, j), said in (
        *_remarks_against(configuration, cohort, made),
        *_columns_against(configuration, cohort, made),
        *(_earlier_against(configuration, cohort, made) if earlier else ()),
    ):
        ids = cohort.mentee_ids[i], cohort.mentor_ids[j]
        found[ids] = f"{found[ids]}; {said}" if ids in found else said
    return found


def _remarks_against(
    configuration: Configuration, cohort: Cohort, made: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one says in a remark that the other is not to be met."""
    for one in find_remarks(cohort, *_read_by_criteria(configuration, cohort)):
        if _pair_of(one) in made and one.says in NAMES:
            place = _place_for_readers(cohort, one)
            yield (
                _pair_of(one),
                f"{place} {NAMES[one.says]} somebody beside a word such as not or manager",
            )


def _columns_against(
    configuration: Configuration, cohort: Cohort, made: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one is named in a column of people to be kept apart that no rule reads."""
    for side, unread in _unread(configuration, cohort):
        columns = list(filter(_asks_for_a_rule, unread))
        if not columns:
            continue
        other: Side = "mentors" if side == "mentees" else "mentees"
        called = [{normalise(str(one))} for one in cohort.table(other).index]
        if names := list(cohort.person_columns(other).names):
            full = named_people(cohort, other, names)
            called = [own.union(full.of(k)) for k, own in enumerate(called)]
        for column in columns:
            said = [set(map(normalise, cell)) for cell in cohort.tags(side, column)]
            for pair in sorted(made):
                own, who = pair if side == "mentees" else pair[::-1]
                if any(
                    one == name or may_mean(one, name) for one in said[own] for name in called[who]
                ):
                    place = _place_for_readers(cohort, _Cell(side, own, column))
                    yield pair, f"{place}, which no rule reads, may name the other"


def _earlier_against(
    configuration: Configuration, cohort: Cohort, made: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], str]]:
    """Pairs of whom one named the other in an earlier form, and not in the later one."""
    for one in find_lost_refusals(cohort, _columns_of_avoids(configuration, cohort)):
        place = _place_for_readers(cohort, one, one.row)
        for pair in (_order(one.side, one.position, who) for who in one.named):
            if pair in made:
                yield pair, f"{place} names somebody in an earlier form, and not in the later one"


class _Cell(NamedTuple):
    """Where something stands."""

    side: Side
    position: int
    column: str


def _place_for_readers(
    cohort: Cohort, one: _Cell | Remark | LostRefusal, row: int | None = None
) -> str:
    """A place that does not say in which folder somebody keeps the tables."""
    cell = cohort.finding(one.side, one.position, one.column, "")
    return f'{PurePath(cell.file).name}, row {row or cell.row}, "{shorten(one.column)}"'


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
    for one in find_lost_refusals(cohort, _columns_of_avoids(configuration, cohort)):
        named = [_order(one.side, one.position, who) for who in one.named]
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


def _order(side: Side, own: int, other: int) -> tuple[int, int]:
    """A person and one of the other table as mentee and mentor."""
    return (own, other) if side == "mentees" else (other, own)


def _pair_of(remark: Remark) -> tuple[int, int]:
    """The mentee and the mentor that a remark is about."""
    return _order(remark.side, remark.position, remark.named)


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
    for one in find_remarks(cohort, *_read_by_criteria(configuration, cohort)):
        pair = _pair_of(one)
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
            unused.append(f"{UNUSED}: {place} {names} {one.name!r}, perhaps as a wish")
    if not lines and not unused:
        return []
    shown = [line for listed in (lines, unused) for line in cut_list(listed, whole=whole)]
    cure = "Read each of them in the table."
    if bans:
        cure += (
            " Of those who must not meet, write the pairs in [problem], or add them to the bans "
            f"that are there: {_write_bans(bans, whole=whole)}"
        )
    title = "Remarks that name somebody, and that no rule reads"
    return [Paragraph(title, (*shown, cure))]


def _read_by_criteria(
    configuration: Configuration, cohort: Cohort
) -> tuple[dict[Side, set[str]], dict[Side, set[str]]]:
    """The columns of people by whom a rule goes, and those by whom a wish goes."""
    entries = _criteria_of(configuration)
    rules, wishes = (
        {
            side: _named_columns([one for one in entries if one.get("kind") in kinds], cohort, side)
            for side in SIDES
        }
        for kinds in (OF_PEOPLE, {"Prefers"})
    )
    return rules, wishes


def _columns_of_avoids(configuration: Configuration, cohort: Cohort) -> dict[Side, set[str]]:
    """The columns of people to be kept apart that rules read."""
    avoids = [one for one in _criteria_of(configuration) if one.get("kind") == "Avoids"]
    return {side: _named_columns(avoids, cohort, side) for side in SIDES}


def _criteria_of(configuration: Configuration) -> list[Mapping[str, object]]:
    criteria = configuration.document.content.get("criteria", [])
    return [
        one for one in (criteria if isinstance(criteria, list) else []) if isinstance(one, Mapping)
    ]


def _named_columns(content: object, cohort: Cohort, side: Side) -> set[str]:
    """The columns of one table that are named in some content of the programme file."""
    # Headings are found whatever their case and punctuation.
    texts = filter(str.strip, set(_find_texts(content, side)))
    return {name for one in texts if (name := cohort.heading_of(side, one)) is not None}


def _unread(configuration: Configuration, cohort: Cohort) -> Iterator[tuple[Side, list[str]]]:
    """By side the columns that nothing in the programme file reads."""
    for side in SIDES:
        table = cohort.table(side)
        read = _named_columns(configuration.document.content, cohort, side)
        unread = [str(name) for name in table.columns if str(name) not in read]
        people = cohort.person_columns(side)
        # What tells who somebody is stands beside the pairs.
        own = {*people.names, *people.answers, people.email}
        yield (
            side,
            [
                name
                for name in unread
                if name not in own and not _is_administrative(name, table[name])
            ],
        )


def _is_administrative(heading: str, cells: pd.Series) -> bool:
    """Tell whether a column is surely one of a form's own, or an agreement of everybody.

    A date may be one that people are asked for, and who did not agree is somebody to look at.
    """
    if is_sent_column(heading, cells.tolist()) or plain_text(heading).strip(" :.?") in OF_THE_FORM:
        return True
    agreed = "consent" in topics_of(heading) and not cells.isna().any()
    return agreed and len(set(map(str, cells.tolist()))) == 1


def _asks_for_a_rule(heading: str) -> bool:
    """Tell whether a heading is one of people who are to be kept apart."""
    return bool(topics_of(heading) & {*KEPT_APART, "superior"})


def _tell_rules(cohort: Cohort, side: Side, unread: list[str]) -> Iterator[str]:
    """Say which columns ask for people to be kept apart and name some, and how that is done."""
    for name in filter(_asks_for_a_rule, unread):
        said = {normalise(one) for cell in cohort.tags(side, name) for one in cell}
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


def _find_texts(content: object, side: Side) -> Iterator[str]:
    """Every text of the programme file that may name a column of a table, keys included.

    A wish of the mentors reads their column, and not that of the mentees with the same heading.
    """
    if isinstance(content, str):
        yield content
    elif isinstance(content, Mapping):
        if content.get("kind") in SAID_BY_ONE:
            own = content.get("by", "mentee") == side.removesuffix("s")
            content = {key: content[key] for key in ("column" if own else "of",) if key in content}
        # A question that is joined from several columns is read where something else names it.
        joins = {"pattern", "kind", "name"} <= set(content)
        for key, value in content.items():
            yield str(key)
            yield from () if joins and key == "name" else _find_texts(value, side)
    elif isinstance(content, list):
        for value in content:
            yield from _find_texts(value, side)
