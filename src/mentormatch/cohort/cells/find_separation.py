"""Find how the cells of columns are divided, from all columns of both tables together."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from mentormatch.cohort.cells.literals import read_list
from mentormatch.cohort.cells.separation import DEFAULT, Separation, Split, has_balanced_brackets

__all__ = ["Found", "find_separations"]

Key = TypeVar("Key", bound=Hashable)

# Cells of a column that are looked at for candidates; these are checked against every cell.
LOOKED_AT = 5_000
WORDS_PER_LINE = 8
# Words that go on with what stands before a comma.
GOES_ON = re.compile(
    r"(?:(?:incl|including|inkl|einschl|e\.\s?g|i\.\s?e|z\.\s?b|p\.\s?ex|np|such as|for example|"
    r"especially|y compris|par exemple|incluido)\b.*\w|(?:etc|usw)\b\.?|"
    r"(?:and|or|und|oder|et|ou|y|o|e|oraz|i|lub|en|of) \S.*|"
    r"\S.*(?:&|\band|\bund|\bet|\by|\be) (?:co|more|others)\b.*)"
)
# What joins the last two values of a list, as CLDR has it for languages in Latin letters; signs.
JOINING = re.compile(
    r"(?<=[\w)])( (?:and|und|et|y|e|i|oraz|en|og|och|ja|ve|a|és|și) "
    r"| [&+/] |/)(?=[\w(.])"
)
# Without blanks it also stands inside names: "TCP/IP".
SLASH = "/"
# An option that is found by counting alone must be this unlikely to be chance.
UNLIKELY = math.log(1e4)
ENOUGH_CELLS = 4
# Neighbours that never stand apart are asked about where chance would make fewer such pairs.
BY_CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """How the cells of a column are divided, and why."""

    separation: Separation
    why: str = ""  # the evidence; empty when no cell has more than one value
    question: bool = False  # the evidence does not settle it
    # What is divided at its commas, though its parts never stand apart: a question as well.
    maybe: tuple[str, ...] = ()
    # Words and signs that may join two values, or belong to one: a question as well.
    joins: tuple[str, ...] = ()


def find_separations(columns: Mapping[Key, Sequence[str]]) -> dict[Key, Found]:
    """Find how the cells of columns are divided.

    Options that hold a comma are found by what stands together wherever it stands: joining such
    neighbours to one value never changes who has a value in common with whom. ``columns`` has the
    distinct texts of each column of both tables, so that a word that stands alone anywhere is a
    value of its own.
    """
    found = {key: _find_one(cells) for key, cells in columns.items()}
    found = _with_joining_words(found, columns)
    splits = {key: one.separation.split() for key, one in found.items()}
    divided = [key for key, one in found.items() if "," in "".join(one.separation.separators)]
    options, maybe = _find_options(
        [(columns[key], splits[key]) for key in divided if found[key].why],
        [(columns[key], splits[key]) for key in columns],
    )
    return {
        key: _with_maybe(_with_options(one, columns[key], options), columns[key], maybe)
        for key, one in found.items()
    }


def _with_joining_words(
    found: Mapping[Key, Found], columns: Mapping[Key, Sequence[str]]
) -> dict[Key, Found]:
    """Divide answers at words such as "and" where all that they join stands alone elsewhere.

    "polski i angielski" is two values where both are answers of their own, and others hold commas;
    "Research and development" is one, for nobody answers "development".
    """
    alone: set[str] = set()
    joined: dict[Key, list[str]] = {}
    for key, cells in columns.items():
        split = found[key].separation.split()
        parts = {part.strip() for cell in _sample(cells) for part in split(cell)}
        joined[key] = [part for part in parts if JOINING.search(part)]
        alone |= {part.casefold() for part in parts}
    return {
        key: _divide_joined(one, joined[key], alone) if joined[key] else one
        for key, one in found.items()
    }


def _divide_joined(found: Found, joined: Sequence[str], alone: set[str]) -> Found:
    """Add the words between values that stand alone elsewhere to the separators of a column."""
    words: dict[str, list[float]] = {}
    for part in joined:
        for word in set(JOINING.findall(part)):
            found_alone = [one.strip().casefold() in alone for one in part.split(word)]
            words.setdefault(word, []).append(sum(found_alone) / len(found_alone))
    # Where no other answer holds several values, "Design and Research" may be one team.
    adopted = tuple(sorted(word for word, known in words.items() if found.why and min(known) == 1))
    doubtful = sorted(word for word, known in words.items() if max(known) and word not in adopted)
    if not adopted and not doubtful:
        return found
    said = [found.why] if found.why else []
    if adopted:
        said.append(f"{_quoted(adopted)} joins values that stand alone elsewhere")
    if doubtful:
        said.append(f"{_quoted(doubtful)} may join two values")
    separation = found.separation
    return Found(
        replace(separation, separators=(*separation.separators, *adopted)),
        "; ".join(said),
        found.question,
        joins=(*doubtful, *(word for word in adopted if word == SLASH)),
    )


def _quoted(words: Sequence[str]) -> str:
    return ", ".join(f'"{word.strip()}"' for word in words)


def _sample(cells: Sequence[str]) -> Sequence[str]:
    """Return a part of very many cells, the same whatever order they come in."""
    if len(cells) <= LOOKED_AT:
        return cells
    return sorted(cells)[:: -(-len(cells) // LOOKED_AT)]


def _find_one(cells: Sequence[str]) -> Found:
    """Find the separators of one column from its own cells, line breaks beside others as well."""
    found = _find_marks(cells)
    breaks = [cell for cell in map(str.strip, _sample(cells)) if "\n" in cell]
    separation = found.separation
    if not breaks or "\n" in separation.separators or not _are_short(breaks, "\n"):
        return found
    if not found.why or all(read_list(cell) is not None for cell in breaks):
        return found
    return replace(
        found,
        separation=replace(separation, separators=(*separation.separators, "\n")),
        why=f"{found.why}; {_count(breaks)} line breaks",
    )


def _find_marks(cells: Sequence[str]) -> Found:
    some = [cell.strip() for cell in _sample(cells) if cell.strip()]
    if some and all(read_list(cell) is not None for cell in some):
        return Found(replace(DEFAULT, reads_lists=True), "cells are lists as programs write them")
    lists = any(cell[0] in "[{" and read_list(cell) is not None for cell in some)
    semicolons = [cell for cell in some if ";" in cell]
    commas = [cell for cell in some if "," in cell]
    brackets = all(has_balanced_brackets(cell) for cell in (*semicolons, *commas))
    separation = replace(DEFAULT, keeps_brackets=brackets, reads_lists=lists)
    unbalanced = "" if brackets else "; some brackets are not closed"
    if semicolons:
        ending = sum(cell.endswith(";") for cell in some)
        if 2 * ending >= len(some):
            return Found(
                replace(separation, separators=(";",)),
                f"{ending:,} of {len(some):,} different answers "
                f"{'ends' if ending == 1 else 'end'} in a semicolon",
            )
        mixed = [cell for cell in semicolons if "," in cell]
        if not commas:
            return Found(replace(separation, separators=(";",)), "semicolons stand between values")
        if _commas_belong(some):
            return Found(
                replace(separation, separators=(";",)),
                "semicolons stand between values, and values with a comma come again and again",
            )
        if brackets and not any(_has_comma_outside(cell) for cell in commas):
            return Found(
                replace(separation, separators=(";",)),
                "semicolons stand between values, and commas only inside brackets",
            )
        return Found(
            separation,
            f"{_count(semicolons)} a semicolon, {len(commas):,} a comma, "
            f"{len(mixed):,} both{unbalanced}",
            question=True,
        )
    for mark, name in (("\n", "line breaks"), ("|", "vertical bars")):
        holding = [cell for cell in some if mark in cell]
        if holding and _are_short(holding, mark):
            only = replace(separation, separators=(mark,))
            if not commas:
                return Found(only, f"{name} stand between values")
            return Found(
                replace(only, separators=(mark, ",")) if _mixes(commas, mark) else only,
                f"{_count(holding)} {name}, {len(commas):,} a comma",
                question=True,
            )
    if not commas:
        return Found(separation if not lists else replace(DEFAULT, reads_lists=True))
    # A comma without a blank inside a number, where the others have one, divides nothing.
    inside = [cell for cell in commas if re.search(r",(?!\s|$)", cell)]
    spaced = any(re.search(r",\s", cell) for cell in commas)
    numbers = all(re.search(r"(?<!\d),(?!\s|$)|,(?![\s\d]|$)", cell) is None for cell in inside)
    mark = ", " if spaced and inside and numbers else ","
    return Found(
        replace(separation, separators=(mark,)),
        f"commas stand between values{', and others in numbers' if mark == ', ' else ''}"
        f"{unbalanced}",
        question=not brackets,
    )


def _count(cells: Sequence[str]) -> str:
    """Say how many answers hold something, without what they hold."""
    return f"{len(cells):,} different answer{' holds' if len(cells) == 1 else 's hold'}"


def _mixes(commas: Sequence[str], mark: str) -> bool:
    """Return whether some answers are divided by commas alone."""
    return any(mark not in cell for cell in commas)


def _commas_belong(cells: Sequence[str]) -> bool:
    """Return whether commas are parts of values that semicolons divide.

    They are when such values are repeated, what stands between their commas never stands alone,
    and no answer is divided by commas only.
    """
    answers = [[part.strip() for part in cell.split(";") if part.strip()] for cell in cells]
    times = Counter(part for parts in answers for part in parts)
    among_others = {part for parts in answers if len(parts) > 1 for part in parts}
    holding = [part for part in times if "," in part]
    alone = {part.casefold() for part in times if "," not in part}
    return (
        all(part in among_others for part in holding)
        and any(times[part] > 1 for part in holding)
        and not any(one.strip().casefold() in alone for part in holding for one in part.split(","))
    )


def _has_comma_outside(cell: str) -> bool:
    return len(Separation((",",), keeps_brackets=True).split()(cell)) > 1


def _are_short(cells: Sequence[str], mark: str) -> bool:
    parts = [part for cell in cells for part in cell.split(mark) if part.strip()]
    return sum(len(part.split()) for part in parts) <= WORDS_PER_LINE * len(parts)


def _find_options(
    divided: Sequence[tuple[Sequence[str], Split]],
    everything: Sequence[tuple[Sequence[str], Split]],
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Find neighbours that always stand together, with a sign that they are one answer.

    The answer is options, as tuples of folded parts, and those without such a sign that are too
    many for chance.
    """
    answers = [parts for cells, split in divided for parts in _fragments(_sample(cells), split)]
    times = Counter(part for parts in answers for part in parts)
    together = Counter(pair for parts in answers for pair in pairwise(parts))
    several = sum(len(parts) > 1 for parts in answers)
    chance = 2 * math.log(max(2, len(times)))
    capital = sum(part[0].isupper() for parts in answers for part in parts) * 2 >= sum(
        map(len, answers)
    )
    joined: set[tuple[str, str]] = set()
    maybe: set[tuple[str, str]] = set()
    folded_times: Counter[str] = Counter()
    for part, count in times.items():
        folded_times[part.casefold()] += count
    folded_together: Counter[tuple[str, str]] = Counter()
    for (a, b), count in together.items():
        folded_together[a.casefold(), b.casefold()] += count
    as_often = Counter(folded_times.values())
    for (a, b), count in together.items():
        one, other = a.casefold(), b.casefold()
        if one == other or not (
            folded_times[one] == folded_times[other] == folded_together[one, other]
        ):
            continue
        total = folded_together[one, other]
        goes_on = GOES_ON.fullmatch(b) is not None
        lower = capital and b[0].islower() and total >= 2
        # "Interviews, CVs and LinkedIn": the last of three things that are one answer.
        listed = JOINING.search(b) is not None and total >= 2
        chosen = math.log(math.comb(several, min(total, several)))
        counted = total >= ENOUGH_CELLS and chosen > UNLIKELY + chance and total < several
        if count and (goes_on or lower or listed or counted):
            joined.add((one, other))
        elif total >= 2:
            by_chance = math.comb(as_often[total], 2) / math.comb(several, min(total, several))
            if by_chance < BY_CHANCE:
                maybe.add((one, other))
    options = _never_apart(_chains(joined), everything)
    taken = {part for option in options for part in option}
    asked = _never_apart(_chains(maybe), everything)
    return options, [chain for chain in asked if taken.isdisjoint(chain)]


def _fragments(cells: Sequence[str], split: Split) -> list[list[str]]:
    return [[part.strip() for part in split(cell) if part.strip()] for cell in cells]


def _chains(pairs: set[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Join pairs that follow one another to longer sequences."""
    follows = dict(pairs)
    starts = [one for one, _ in pairs if one not in set(follows.values())]
    chains = []
    for start in dict.fromkeys(sorted(starts)):
        chain = [start]
        while (following := follows.get(chain[-1])) is not None and following not in chain:
            chain.append(following)
        chains.append(tuple(chain))
    return chains


def _never_apart(
    chains: Sequence[tuple[str, ...]], everything: Sequence[tuple[Sequence[str], Split]]
) -> list[tuple[str, ...]]:
    """Keep the sequences whose parts stand together in every cell that has one of them."""
    chain_of = {part: chain for chain in chains for part in chain}
    broken: set[tuple[str, ...]] = set()
    for cells, split in everything:
        for cell in cells:
            parts = [part.strip().casefold() for part in split(cell)]
            for chain in {chain_of[part] for part in parts if part in chain_of}:
                k = parts.index(chain[0]) if chain[0] in parts else -1
                whole = k >= 0 and tuple(parts[k : k + len(chain)]) == chain
                if not whole or sum(parts.count(part) for part in chain) != len(chain):
                    broken.add(chain)
    return [chain for chain in chains if chain not in broken]


def _with_options(found: Found, cells: Sequence[str], options: list[tuple[str, ...]]) -> Found:
    """Add the options that stand in a column, as they are written there."""
    names = _as_written(found, cells, options)
    if not names:
        return found
    return replace(
        found,
        separation=replace(found.separation, options=names),
        why=f"{found.why}; {', '.join(map(repr, names))} "
        f"{'is one answer' if len(names) == 1 else 'are one answer each'}, for the parts never "
        "stand apart",
    )


def _with_maybe(found: Found, cells: Sequence[str], maybe: list[tuple[str, ...]]) -> Found:
    """Keep for a question the neighbours that never stand apart and may be one answer."""
    names = _as_written(found, cells, maybe)
    return replace(found, maybe=names) if names else found


def _as_written(
    found: Found, cells: Sequence[str], options: Sequence[tuple[str, ...]]
) -> tuple[str, ...]:
    """Return those of some sequences of folded parts that stand in a column, as written there."""
    # A cell with one value may be one of the options.
    if not options or not (found.why or any("," in cell for cell in cells)):
        return ()
    split = found.separation.split()
    wanted = dict.fromkeys(options, "")
    for cell in cells:
        parts = [part.strip() for part in split(cell)]
        folded = [part.casefold() for part in parts]
        for option, shown in wanted.items():
            if option[0] in folded:
                k = folded.index(option[0])
                if tuple(folded[k : k + len(option)]) == option:
                    # The alphabet decides between two spellings, not the order of the rows.
                    written = ", ".join(parts[k : k + len(option)])
                    wanted[option] = min(shown or written, written)
    return tuple(shown for shown in wanted.values() if shown)
