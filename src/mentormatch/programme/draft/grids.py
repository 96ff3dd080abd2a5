"""Find the questions of a form that stand in a column per option, and what their cells hold."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.columns.answers import is_other, read_answer
from mentormatch.cohort.columns.filters import fold_cell
from mentormatch.cohort.columns.grid import Grid, GridKind, find_grids, find_unread_cells
from mentormatch.cohort.columns.places import are_places, find_ordinal, read_place
from mentormatch.cohort.columns.tables import prepare_table
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.criteria.availability.day_names import (
    ENGLISH,
    LANGUAGES,
    find_days,
)
from mentormatch.criteria.words.heading_words import plain_text, topics_of, without_number_word
from mentormatch.criteria.words.ladders import number_levels
from mentormatch.criteria.words.scales import number_scale
from mentormatch.errors import CohortError
from mentormatch.programme.draft.boxes import are_skills, ask_about_boxes, find_boxes
from mentormatch.programme.draft.grid_tables import (
    HOURS,
    GridTable,
    Unread,
    read_labels,
    say_unread_cells,
    say_unread_labels,
    say_unread_times,
)
from mentormatch.programme.questions.ranks import say_unread_ranks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.errors import Finding

__all__ = ["GridTable", "Unread", "propose_grids"]

OTHER: dict[Side, Side] = {"mentees": "mentors", "mentors": "mentees"}
NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
MOST = 0.9
LONG_NAME, COMMON = 4, 8
LOOKED_AT = 300
# "Skill 2", "2nd skill", "2. Wunsch", and "Skill (column D)" of headings that stand there twice.
NUMBERED = re.compile(
    r"(?P<before>.*?)(?P<option>(?P<k>\d{1,2})(?:st|nd|rd|th|\.|º|ª)?)(?P<after>\D*)"
)
REPEATED = re.compile(r"(?P<before>.*\S )(?P<option>\(column [A-Z]{1,3}\))(?P<after>)")
WORD = re.compile(r"[^\W\d_]{3}")
# "1st", "2.", "Rank 3": places in an order, below which the answers themselves stand.
PLACED = re.compile(r"(?:[^\W\d]+\s*)?#?\d{1,2}\s*(?:st|nd|rd|th|er|ème|e|\.|º|ª|°)", re.I)
# Headings that ask for an order: numbers below them are ranks, not ratings.
RANKED = re.compile(
    r"\b(?:rank\w*|in order|order of|reihenfolge|rangfolge|class(?:ez|er|ement)|ordre|orden\w*|"
    r"ordem|ordine|classifica\w*|rangschik\w*|volgorde|kolejno\w*|uszereguj)\b"
)
FIRST_IS_BEST = re.compile(
    r"1\b.*\b(?:best\w*|first|top|favou?rite|highest|most|erste\w*|liebste\w*|hochste\w*|"
    r"meilleure?|premiere?|prefere\w*|mejor|primer[ao]?|melhor|primeir[ao]|migliore|prim[ao]|"
    r"beste|eerste|najleps\w*|pierwsz\w*)\b"
)
# Headings of which a number tells questions apart, and not the answers to one.
OF_NUMBERS = frozenset({"level", "rating", "years", "hours", "seats", "times", "zone", "contact"})
SHARED = 0.5


def propose_grids(cohort: Cohort) -> tuple[list[GridTable], list[Unread]]:
    """Return a ``[[columns]]`` table for every grid whose cells can be read.

    The people are read without grids. The answer is one table per question, and the questions whose
    cells cannot be read as they are.
    """
    proposed: list[GridTable] = []
    unread: list[Unread] = []
    for side, other in OTHER.items():
        table = cohort.table(side).head(LOOKED_AT)
        people = _people_of(cohort, other)
        for name, pattern, options in _find_questions(table, people):
            kind, read = _guess_kind(name, table, pattern, options, people)
            if kind is None:
                rows = _rows_of(table, pattern, options)
                cells = [str(cell).strip() for row in rows for cell in row.values()]
                if _are_ranks(cells) or all(NUMBER.fullmatch(cell) for cell in cells):
                    said = say_unread_ranks(name, rows, options, people)
                    unread.append(Unread(said, "", None))
                else:
                    unread.append(say_unread_cells(name, cells, pattern, options, side))
                continue
            entry: GridTable = {"name": name, "pattern": pattern, "kind": kind}
            if read:
                entry["read"] = read
            if pattern == "{option}":
                entry["options"] = options
            in_order = sorted(options, key=_place_of)
            if kind == "answers" and in_order != options and all(map(_names_place, options)):
                entry["options"] = in_order
            entry["side"] = side
            # What a short name of a day means would else depend on the answers around it.
            names = {day: ENGLISH[k].capitalize() for day, k in find_days(options).items()}
            if kind == "windows" and any(day != name for day, name in names.items()):
                entry["read"] = names
            labels = read_labels(table, pattern, options) if kind == "windows" else {}
            if labels:
                entry["read"] = {**entry.get("read", {}), **labels}
            if "" in labels.values():
                asked = [label for label, hours in labels.items() if not hours]
                unread.append(say_unread_labels(entry, asked))
                continue
            findings = _find_unreadable(table, entry)
            if not findings:
                proposed.append(entry)
            elif kind == "windows":
                unread.append(say_unread_times(entry, findings))
        for name, pattern, options in _find_series(table, cohort.table(other).head(LOOKED_AT)):
            proposed.append(
                {
                    "name": name,
                    "pattern": pattern,
                    "kind": "answers",
                    "options": options,
                    "side": side,
                }
            )
    told = _tell_sides(_number_levels(proposed, unread))
    # Days are told by their headings, and people by theirs.
    known = {option for one in told for option in one.get("options", ())}
    for one in find_boxes(cohort):
        if not known.isdisjoint(one["options"]):
            continue
        if are_skills(cohort, one["options"]):
            told.append(one)
        else:
            unread.append(ask_about_boxes(one))
    return told, unread


def _people_of(cohort: Cohort, side: Side) -> set[str]:
    """Ids and names of the people of a table, in lower case."""
    table = cohort.table(side)
    names = cohort.person_columns(side).names
    called = join_columns(table, names).dropna().tolist() if names else []
    return {str(one).strip().casefold() for one in (*table.index, *called)}


def _tell_sides(proposed: Sequence[GridTable]) -> list[GridTable]:
    """Name what both tables have once; where it is read in two ways, say whose each is."""
    told: list[GridTable] = []
    for entry in proposed:
        known = _without_side(entry)
        alike = [one for one in proposed if one["pattern"] == entry["pattern"]]
        both = all(_without_side(one) == known for one in alike)
        if both and "options" not in entry:
            entry = known
        if entry not in told:
            told.append(entry)
    return told


def _without_side(entry: GridTable) -> GridTable:
    rest = entry.copy()
    rest.pop("side", None)
    return rest


def _number_levels(proposed: list[GridTable], unread: list[Unread]) -> list[GridTable]:
    """Give a word for a level the same number in every question and both tables."""
    of_levels = [entry for entry in proposed if entry["kind"] == "levels" and "read" in entry]
    words = dict.fromkeys(word for entry in of_levels for word in entry["read"])
    numbers, known = number_levels(words)
    if not words or known:
        return [{**one, "read": numbers} if one in of_levels else one for one in proposed]
    for entry in of_levels:
        what = (
            f'"{entry["name"]}" holds levels in words ({"; ".join(entry["read"])}), whose '
            f"order beside those of other questions ({'; '.join(numbers)}) is not known."
        )
        cure = "Number the words behind the = signs of read, the lowest 1."
        own = [word for word in numbers if word in entry["read"]]
        unread.append(Unread(what, cure, {**entry, "read": dict.fromkeys(own, "")}))
    return [entry for entry in proposed if entry not in of_levels]


def _find_series(table: pd.DataFrame, other: pd.DataFrame) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, pattern and options of questions with one answer in each of several columns.

    Their headings differ in a number, or not at all, and the same answers come up in several of
    them, or in the other table: "Address line 2" is no second answer to "Address line 1".
    """
    series: dict[tuple[str, str], list[re.Match[str]]] = {}
    questions = tuple(f"{question} [" for question in find_grids(map(str, table.columns)))
    for heading in map(str, table.columns):
        if heading.startswith(questions):
            continue
        found = REPEATED.fullmatch(heading) or NUMBERED.fullmatch(heading)
        if found is None and "wishes" in topics_of(heading):
            # "First choice": other words for places stand in names of other things, too.
            found = find_ordinal(heading)
        if found is not None:
            series.setdefault((found["before"], found["after"]), []).append(found)
    elsewhere = {text for name in other.columns for text in _texts(other[name])}
    elsewhere |= {str(person).strip().casefold() for person in other.index}
    for (before, after), columns in series.items():
        # "Choice no. 1": the heading of them all says no to nobody.
        counted = without_number_word(f"{before}1").removesuffix("1")
        name = " ".join(f"{counted} {after}".split()).strip(" #:-–.")
        if all(one.re is not REPEATED for one in columns):
            columns = sorted(columns, key=lambda one: _place_of(one["option"]))
        numbers = [_place_of(one["option"]) for one in columns if one.re is not REPEATED]
        if len(columns) < 2 or (numbers and numbers != list(range(1, len(columns) + 1))):
            continue
        if not WORD.search(name) or topics_of(name) & OF_NUMBERS or name in table.columns:
            continue
        texts = [_texts(table[one.string]) for one in columns]
        later = set().union(*texts[1:])
        known = {one for k, here in enumerate(texts) for one in here if _is_in(one, texts, k)}
        if texts[0] and later and len(later & (known | elsewhere)) >= SHARED * len(later):
            yield name, f"{before}{{option}}{after}", [one["option"] for one in columns]


def _texts(column: pd.Series) -> set[str]:
    """The answers in words of a column; none where most are numbers, or yes and no."""
    cells = [one for one in column.tolist() if not is_missing(one)]
    counts = Counter(one.strip().casefold() for one in cells if isinstance(one, str))
    words = {
        one
        for one in counts
        if one and "@" not in one and not NUMBER.fullmatch(one) and read_answer(one) is None
    }
    return words if 2 * sum(counts[one] for one in words) > len(cells) else set()


def _is_in(one: str, texts: Sequence[set[str]], k: int) -> bool:
    return any(one in there for j, there in enumerate(texts) if j != k)


def _find_questions(
    table: pd.DataFrame, people: Collection[str]
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield name, pattern and options: "Question [option]", or a column per person or day."""
    headings = [str(name) for name in table.columns]
    for question, options in find_grids(headings).items():
        heading = next(h for h in headings if h.startswith(question) and f"[{options[0]}]" in h)
        yield question.rstrip(" :"), heading.replace(f"[{options[0]}]", "[{option}]"), options
    named = [heading for heading in headings if heading.strip().casefold() in people]
    if len(named) > 1:
        yield "answers", "{option}", named
    # The words of all languages take a while to load, and few tables have two columns of times.
    timed = sum(_holds_times(table[name]) for name in table.columns)
    days = list(find_days(headings, LANGUAGES if timed > 1 else LANGUAGES[:COMMON]))
    if days and _are_of_days(table, days):
        yield f"{days[0]} / {days[1]} …", "{option}", days
    for ticked in _find_ticked(table):
        yield f"{ticked[0]} / {ticked[1]} …", "{option}", ticked


def _holds_times(column: pd.Series) -> bool:
    """Tell whether a cell of a column says from when to when."""
    return any(isinstance(one, str) and HOURS.search(one) for one in column.tolist())


def _are_of_days(table: pd.DataFrame, days: Sequence[str]) -> bool:
    """Tell whether columns headed by days hold free times, or words for them below a whole week.

    Short names of days are other words too: "Mi" and "So", "SAT" and "Mar".
    """
    cells = [str(one).strip() for row in _rows_of(table, "{option}", days) for one in row.values()]
    if _share(HOURS, [one for one in cells if read_answer(one) != 0]) >= MOST:
        return True
    whole = len(days) > 2 and all(len(day) >= LONG_NAME for day in days)
    return whole and not any(NUMBER.fullmatch(one) for one in cells)


def _find_ticked(table: pd.DataFrame) -> Iterator[list[str]]:
    """Yield the headings of columns side by side whose cells repeat their heading or are blank.

    So some tools write the options that somebody has ticked, without the question.
    """
    run: list[str] = []
    for name in (*map(str, table.columns), None):
        cells = [] if name is None else [one for one in table[name].tolist() if not is_missing(one)]
        if name is not None and cells and all(_is_option(cell, name) for cell in cells):
            run.append(name)
            continue
        if len(run) > 1 and cells and name is not None and is_other(name):
            run.append(name)
        if len(run) > 1:
            yield run
        run = []


def _guess_kind(
    name: str, table: pd.DataFrame, pattern: str, options: Sequence[str], people: Collection[str]
) -> tuple[GridKind | None, dict[str, int]]:
    """Tell from options and cells what stands in a grid, and the numbers of levels in words.

    None where a person must say what the cells mean: a mark says that an option is chosen, any
    other text says more.
    """
    rows = _rows_of(table, pattern, [option for option in options if not is_other(option)])
    cells = [str(cell).strip() for row in rows for cell in row.values()]
    others = [option for option in options if is_other(option)]
    options = [option for option in options if not is_other(option)]
    if others and [fold_cell(one) for one in options] == ["response"]:
        # A question with one answer, and a cell for those whom no answer fits.
        return "answers", {}
    known_people = [option.strip().casefold() in people for option in options]
    of_people = all(known_people)
    if _are_ordered(name, options, cells, people):
        return "answers", {}
    if _are_ranks(cells):
        apart = all(len(set(map(_place_of, row.values()))) == len(row) for row in rows)
        return ("rank" if of_people and apart else None), {}
    if cells and all(NUMBER.fullmatch(cell) for cell in cells):
        numbers_of = [list(row.values()) for row in rows]
        kind = _guess_numbers(numbers_of, options, of_people)
        ranks = RANKED.search(plain_text(name)) is not None and kind != "rank"
        return (None if ranks and any(known_people) else kind), {}
    if cells and all(read_answer(cell) is not None for cell in cells):
        return "poll" if of_people else "values", {}
    # "No" in the column of a day says that somebody is not free then.
    free = [cell for cell in cells if read_answer(cell) != 0]
    if _share(HOURS, options) >= MOST or _share(HOURS, free) >= MOST:
        return "windows", {}
    if all(NUMBER.fullmatch(option) for option in options):
        return "levels", {}
    repeated = sum(_is_option(cell, option) for row in rows for option, cell in row.items())
    if cells and 2 * repeated >= len(cells):
        return "answers", {}
    numbers, known = number_levels(options)
    if known and len(set(numbers.values())) > 1:
        return "levels", numbers
    said = sorted({cell for cell in cells if read_answer(cell) is None})
    scale = number_scale(set(cells))
    if scale is not None:
        # "Strongly disagree" is no wish: only a person knows what each step means here.
        # Of "1 - very good" the number is none that counts upwards.
        is_plain = all(
            number > 0 and re.match(rf"0*{number}(?!\d)", cell) for cell, number in scale.items()
        )
        # "1 (best)" … "3": a higher number is less.
        is_plain &= not any(FIRST_IS_BEST.match(plain_text(cell)) for cell in cells)
        return ("levels" if is_plain else None), {}
    numbers, known = number_levels(said)
    if known and len(set(numbers.values())) > 1:
        return "levels", numbers
    # One mark below several options says that they are chosen; below one alone it may say anything.
    marked = {option for row in rows for option, cell in row.items() if str(cell).strip() in said}
    return ("values" if not said or (len(said) == 1 and len(marked) > 1) else None), {}


def _are_ordered(
    name: str, options: Sequence[str], cells: Sequence[str], people: Collection[str]
) -> bool:
    """Tell whether options are places in an order, below which the answers themselves stand.

    Bare numbers are levels as well: places where people stand below them, or the heading asks for
    wishes in an order.
    """
    known = sum(cell.casefold() in people for cell in cells)
    of_people = 2 * known >= len(cells) > 0
    if all(NUMBER.fullmatch(option) for option in options):
        asked = "wishes" in topics_of(name) and not all(NUMBER.fullmatch(one) for one in cells)
        return of_people or (asked and not any(HOURS.search(one) for one in cells))
    if not (are_places(options) or all(PLACED.fullmatch(option) for option in options)):
        return False
    return of_people or not all(
        NUMBER.fullmatch(cell) or read_answer(cell) is not None for cell in cells
    )


def _are_ranks(cells: Sequence[str]) -> bool:
    """Tell whether cells are places in an order, at least one of them in more than a number."""
    words = [cell for cell in cells if not NUMBER.fullmatch(cell)]
    return bool(words) and are_places(words)


def _names_place(option: str) -> bool:
    return any(one.fullmatch(option) for one in (NUMBER, PLACED)) or read_place(option) is not None


def _place_of(text: object) -> float:
    """Which place in an order a heading or a cell names."""
    place = read_place(text)
    found = NUMBER.search(str(text))
    return float(place if place is not None else found[0].replace(",", ".") if found else 0)


def _guess_numbers(
    rows: Sequence[Sequence[object]], options: Sequence[str], of_people: bool
) -> GridKind | None:
    """Tell ranks from ratings and levels; None where something other than people is ranked."""
    ranked = all(len(set(row)) == len(row) for row in rows)
    in_order = all(
        0 < float(str(cell).replace(",", ".")) <= len(options) for row in rows for cell in row
    )
    if of_people:
        return "rank" if ranked and in_order else "rating"
    first = sum("1" in map(str, row) or 1 in row for row in rows)
    if len(options) > 2 and len(rows) > 1 and ranked and in_order and first >= MOST * len(rows):
        return None
    return "levels"


def _rows_of(table: pd.DataFrame, pattern: str, options: Sequence[str]) -> list[dict[str, object]]:
    """What each row of a grid holds, by option."""
    columns = [pattern.replace("{option}", option) for option in options]
    return [
        {option: cell for option, cell in zip(options, row, strict=True) if not is_missing(cell)}
        for row in table[columns].itertuples(index=False)
    ]


def _is_option(cell: object, option: str) -> bool:
    return fold_cell(cell) == fold_cell(option)


def _share(pattern: re.Pattern[str], texts: Sequence[str]) -> float:
    return sum(1 for text in texts if pattern.search(text)) / max(1, len(texts))


def _find_unreadable(table: pd.DataFrame, entry: GridTable) -> Sequence[Finding]:
    """The cells that cannot be read as a table ``[[columns]]`` says, with the rows of the file."""
    try:
        numbered = prepare_table(table.set_axis(range(2, len(table) + 2)))
        return find_unread_cells(numbered, Grid.from_mapping(entry))
    except CohortError as error:
        return error.findings
