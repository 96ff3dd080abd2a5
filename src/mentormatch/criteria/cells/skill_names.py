"""Names of skills: comparable keys, aliases, makers, taxonomies, and proficiency."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from mentormatch.cohort import Side
    from mentormatch.criteria.cells.tokens import Read

__all__ = [
    "NO_SKILLS",
    "SkillTable",
    "ancestors",
    "checked_aliases",
    "checked_levels",
    "checked_taxonomy",
    "find_whole_names",
    "reader",
    "say_replaced",
    "shipped_table",
    "skill_key",
]

# Marks on Latin letters; those of other scripts tell letters apart.
ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
QUOTES = re.compile("['\"“”„«»]")
BETWEEN_DIGITS = re.compile(r"(?<=\d)[\s\-/_.]+(?=\d)")
BLANKS = re.compile(r"[\s\-/_]+")
# A dot that begins a name (.NET) or stands in a number (3.11) is part of it.
INNER_DOTS = re.compile(r"(?<=.)\.(?!\d)|(?<=\D)\.")
JOINED = re.compile(r"\s*[/&]\s*|\s+(?:and|und|et|y|e|en|i)\s+", re.IGNORECASE)
SHOWN = 3
IN_BRACKETS = re.compile(r"(?P<name>[^()]*[^()\s])\s*\((?P<other>[^()]+)\)")


def skill_key(name: str) -> str:
    """Bring the name of a skill into the form in which skills are compared.

    Beside what `normalise` makes alike, accents of Latin letters, quotes, and how words are joined
    (hyphen, blank, slash, nothing) make no difference. C, C++, C# and .NET stay four names.

    Examples
    --------
    >>> [skill_key(name) for name in ("Front-end", "front end", "CI/CD", "ASP .NET", ".NET", "C++")]
    ['frontend', 'frontend', 'cicd', 'aspnet', '.net', 'c++']
    """
    text = normalise(name)
    while True:
        # A blank that goes may bring an accent to its letter.
        folded = text
        if not text.isascii():
            folded = ACCENTS.sub("", unicodedata.normalize("NFD", normalise(text)))
        folded = BLANKS.sub("", BETWEEN_DIGITS.sub(".", QUOTES.sub("", folded)))
        folded = unicodedata.normalize("NFC", INNER_DOTS.sub("", folded))
        if folded == text:
            return folded
        text = folded


@dataclass(frozen=True, slots=True)
class SkillTable:
    """The names that the package knows."""

    aliases: Mapping[str, str]  # other keys of a name → its key
    known: frozenset[str]  # keys of all names and aliases
    names: Mapping[str, str]  # how the table writes the name of each key


NO_SKILLS = SkillTable({}, frozenset(), {})


@cache
def shipped_table() -> SkillTable:
    """Return the alias table of the package, with the names of makers."""
    data = files("mentormatch") / "data"
    names = tomllib.loads((data / "skill_aliases.toml").read_text("utf-8"))
    found = {skill_key(alias): skill_key(name) for name, known in names.items() for alias in known}
    written = {skill_key(name): name for name in names}
    for maker in tomllib.loads((data / "skill_makers.toml").read_text("utf-8")).values():
        for product in maker["products"]:
            key = skill_key(product)
            name = found.get(key, key)
            written.setdefault(name, product)
            found.update(
                {skill_key(f"{maker_name} {product}"): name for maker_name in maker["called"]}
            )
            found.setdefault(key, name)
    known = frozenset({*found, *written})
    # A name may have been found as an alias of itself.
    aliases = {alias: name for alias, name in found.items() if alias != name}
    return SkillTable(aliases, known, written)


def checked_aliases(label: str, aliases: object) -> dict[str, str]:
    """Check that aliases map text to text, and copy them; raises CriterionError otherwise."""
    if not isinstance(aliases, Mapping) or not all(
        isinstance(text, str) and normalise(text) for pair in aliases.items() for text in pair
    ):
        raise CriterionError(
            f"{label}: aliases must map a way of writing to the name it stands for, such as "
            f"{{'js': 'JavaScript'}}; got {aliases!r}."
        )
    return dict(aliases)


def reader(
    label: str,
    aliases: Mapping[str, str],
    levels: float | Sequence[str] | None,
    unstated: float,
    table: SkillTable = NO_SKILLS,
    replaced: dict[str, tuple[str, str]] | None = None,
) -> Read:
    """Make the function that turns one value of a cell into names with their amounts.

    ``label`` is the criterion's, for messages. ``aliases`` (alias → name, in any writing) overrule
    those of ``table``; the whole chain is followed, and one that goes round in a circle raises
    CriterionError. ``levels`` is the highest proficiency, or the words for it, lowest first; with
    None a value is a name and nothing else. ``unstated`` is the amount where no proficiency is
    stated. A value that joins several known names (``C/C++``) is each of them. ``replaced`` gets
    what the table put in the place of a name (key → as written, as the table writes it).
    """
    own = {skill_key(alias): skill_key(name) for alias, name in aliases.items()}
    targets = {**table.aliases, **own}
    for alias in [alias for alias, name in own.items() if alias == name]:
        del targets[alias]
    # The table has no circle, so that each goes through an alias of one's own.
    for alias in own:
        seen = [alias]
        while seen[-1] in targets:
            seen.append(targets[seen[-1]])
            if seen[-1] in seen[:-1]:
                raise CriterionError(
                    f"{label}: the aliases {' → '.join(map(repr, seen))} go round in a circle."
                )
    known = table.known.union(targets, own.values())
    # What several ways of writing stand for is shown as the alias gives it.
    shown = {skill_key(name): name for name in aliases.values()}

    def resolve(name: str) -> str:
        key = skill_key(name)
        while key in targets:
            key = targets[key]
        return key

    def read(token: str) -> list[tuple[str, float, str]]:
        name, amount = (
            (token, unstated) if levels is None else _split_level(token, levels, unstated)
        )
        parts = _parts(name, known)
        names = parts if len(parts) > 1 else [_without_brackets(name, resolve)]
        keys = [resolve(one) for one in names]
        if replaced is not None:
            for one, key in zip(names, keys, strict=True):
                # An alias of one's own is no surprise.
                if (start := skill_key(one)) in table.aliases and start not in own:
                    replaced.setdefault(start, (one.strip(), table.names.get(key, key)))
        level = token[len(name) :]
        return [
            (key, amount, f"{shown[key]}{level}" if key in shown else written)
            for key, written in zip(keys, parts if len(parts) > 1 else [token], strict=True)
        ]

    return read


def say_replaced(column: str, side: Side, replaced: Mapping[str, tuple[str, str]]) -> str:
    """Say what the shipped table put in the place of names in a column; see `reader`."""
    pairs = [*replaced.values()]
    shown = ", ".join(
        f'"{name}"{"" if k else " counts"} as "{other}"'
        for k, (name, other) in enumerate(pairs[:SHOWN])
    )
    more = f" and {len(pairs) - SHOWN:,} more" if len(pairs) > SHOWN else ""
    return (
        f'In "{column}" ({side}) {shown}{more}, by the names that come with the package; '
        f'"{pairs[0][0]}" = "{pairs[0][0]}" in aliases keeps one apart.'
    )


def _parts(name: str, known: Collection[str]) -> list[str]:
    """Cut "C/C++" where all parts are names by themselves and the whole is none."""
    parts = JOINED.split(name)
    if len(parts) > 1 and skill_key(name) not in known:
        keys = [skill_key(part) for part in parts]
        if all(key in known for key in keys):
            return parts
    return [name]


def find_whole_names(answers: Sequence[str]) -> dict[str, str]:
    """Find joined names that several people give and whose parts nobody gives in another answer.

    ``answers`` are all of both sides; "Vue.js" gives a part of "React/Vue", as the shipped aliases
    say. Each name found stands for itself, as aliases write it.

    Examples
    --------
    >>> find_whole_names(["OpenResty / nginx", "OpenResty/nginx", "C", "C/C++", "C/C++"])
    {'OpenResty / nginx': 'OpenResty / nginx'}
    """
    read = reader("", {}, None, 1.0, shipped_table())
    parts = {answer: {key for key, _, _ in read(answer)} for answer in dict.fromkeys(answers)}
    wholes: dict[str, set[str]] = {}
    for answer, keys in parts.items():
        for part in keys:
            wholes.setdefault(part, set()).add(skill_key(answer))
    times = Counter(map(skill_key, answers))
    written = {skill_key(answer): answer for answer in reversed(answers)}
    return {
        name: name
        for key, name in written.items()
        if times[key] > 1
        and len(parts[name]) > 1
        and all(wholes[part] == {key} for part in parts[name])
    }


def _without_brackets(name: str, resolve: Callable[[str], str]) -> str:
    """Drop a second name in brackets: "Natural Language Processing (NLP)"."""
    found = IN_BRACKETS.fullmatch(name.strip())
    if found is None:
        return name
    first, other = resolve(found["name"]), resolve(found["other"])
    initials = "".join(word[0] for word in re.split(r"[\s\-/]+", found["name"]) if word)
    if first == other or skill_key(found["other"]) == skill_key(initials):
        return found["name"]
    return name


def _split_level(token: str, levels: float | Sequence[str], unstated: float) -> tuple[str, float]:
    name, colon, stated = token.rpartition(":")
    if not colon or not name.strip():
        return token, unstated
    if not isinstance(levels, int | float):
        words = [normalise(word) for word in levels]
        if normalise(stated) in words:
            return name, 1.0 + words.index(normalise(stated))
        hint = hint_nearest(stated, levels)
        raise ValueError(f"{token!r} must end in one of the levels {', '.join(levels)}.{hint}")
    try:
        level = float(stated)
    except ValueError:
        level = math.nan
    if not 0 < level <= levels:
        raise ValueError(
            f"{token!r} must end in a level above 0 and at most {levels:g}, such as "
            f"'{name}:{min(3, levels):g}'."
        )
    return name, level


def checked_levels(label: str, levels: object) -> float | tuple[str, ...] | None:
    """Check the highest proficiency, or the words for it.

    Raises CriterionError for anything but a positive number or at least two different words.
    """
    if levels is None:
        return None
    if isinstance(levels, int | float) and not isinstance(levels, bool) and levels > 0:
        return levels
    if (
        isinstance(levels, list | tuple)
        and len({normalise(str(word)) for word in levels}) == len(levels) > 1
    ):
        return tuple(str(word) for word in levels)
    raise CriterionError(
        f"{label}: levels must be the highest proficiency, such as 5 for 'python:3', or its words, "
        "lowest first; "
        f"got {levels!r}."
    )


def checked_taxonomy(label: str, taxonomy: object) -> dict[str, tuple[str, ...]]:
    """Read a taxonomy as child → parents.

    A mapping child → parent (or list of parents), or a table with the columns child and parent;
    raises CriterionError for another form. ``label`` is the criterion's, for messages.
    """
    pairs: Iterable[tuple[object, object]]
    if isinstance(taxonomy, pd.DataFrame):
        missing = [name for name in ("child", "parent") if name not in taxonomy.columns]
        if missing:
            raise CriterionError(
                f"{label}: the table of the taxonomy has no column {missing[0]!r}; it needs child "
                "and parent. "
                f"It has: {', '.join(map(str, taxonomy.columns))}."
            )
        pairs = zip(taxonomy["child"], taxonomy["parent"], strict=True)
    elif isinstance(taxonomy, Mapping):
        pairs = (
            (child, parent)
            for child, parents in taxonomy.items()
            for parent in (parents if isinstance(parents, list | tuple) else [parents])
        )
    else:
        raise CriterionError(
            f"{label}: taxonomy must map each skill to what it is part of, such as "
            f"{{'OpenResty': 'Lua'}}, or be a "
            f"table with the columns child and parent; got {type(taxonomy).__name__}."
        )
    above: dict[str, tuple[str, ...]] = {}
    for child, parent in pairs:
        if not (
            isinstance(child, str) and isinstance(parent, str) and child.strip() and parent.strip()
        ):
            raise CriterionError(
                f"{label}: the taxonomy must pair two names, got {child!r} → {parent!r}."
            )
        above[child] = tuple(dict.fromkeys((*above.get(child, ()), parent)))
    return above


def ancestors(
    label: str, above: Mapping[str, Sequence[str]], read: Read
) -> dict[str, dict[str, int]]:
    """For each skill of a taxonomy, how many steps it lies below each skill above it.

    Raises CriterionError for a skill that lies above itself.
    """
    parents: dict[str, set[str]] = {}
    for child, names in above.items():
        name_of = read(child)[0][0]
        parents.setdefault(name_of, set()).update(read(name)[0][0] for name in names)
    steps: dict[str, dict[str, int]] = {}
    for child in parents:
        found: dict[str, int] = {}
        level, distance = parents[child], 1
        while level:
            if child in level:
                raise CriterionError(f"{label}: the taxonomy puts {child!r} above itself.")
            found.update({name: distance for name in level if name not in found})
            level = {up for name in level for up in parents.get(name, ()) if up not in found}
            distance += 1
        steps[child] = found
    return steps
