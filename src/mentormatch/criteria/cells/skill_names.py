"""Names of skills: aliases, families, and proficiency."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.cells.tokens import normalise
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from mentormatch.criteria.cells.tokens import Read

__all__ = [
    "ancestors",
    "checked_aliases",
    "checked_levels",
    "checked_taxonomy",
    "reader",
    "shipped_aliases",
]


@cache
def shipped_aliases() -> Mapping[str, str]:
    """The alias table of the package: normalised alias → normalised name."""
    text = (files("mentormatch") / "data" / "skill_aliases.toml").read_text("utf-8")
    return {
        normalise(alias): normalise(name)
        for name, known in tomllib.loads(text).items()
        for alias in known
    }


def checked_aliases(label: str, aliases: object) -> dict[str, str]:
    """Check that aliases are a mapping of texts; copy it.

    Raises
    ------
    CriterionError
        Not a mapping from text to text.
    """
    if not isinstance(aliases, Mapping) or not all(
        isinstance(text, str) and normalise(text) for pair in aliases.items() for text in pair
    ):
        raise CriterionError(
            f"{label}: aliases must map a way of writing to the name it stands for, such as "
            f"{{'js': 'JavaScript'}}; got {aliases!r}."
        )
    return dict(aliases)


def reader(
    label: str, aliases: Mapping[str, str], levels: float | Sequence[str] | None, unstated: float
) -> Read:
    """Make the function that turns one value of a cell into (name, amount).

    Parameters
    ----------
    label
        Of the criterion, for messages.
    aliases
        Alias → name, in any writing; the whole chain is followed.
    levels
        Highest proficiency, or the words for it, lowest first; None: a value is a name and nothing
        else.
    unstated
        The amount where no proficiency is stated.
    """
    known = {normalise(alias): normalise(name) for alias, name in aliases.items()}
    known = {alias: name for alias, name in known.items() if alias != name}
    for alias in known:
        seen = [alias]
        while seen[-1] in known:
            seen.append(known[seen[-1]])
            if seen[-1] in seen[:-1]:
                raise CriterionError(
                    f"{label}: the aliases {' → '.join(map(repr, seen))} go round in a circle."
                )

    def read(token: str) -> tuple[str, float]:
        name, amount = (
            (token, unstated) if levels is None else _split_level(token, levels, unstated)
        )
        name = normalise(name)
        while name in known:
            name = known[name]
        return name, amount

    return read


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


def checked_levels(label: str, levels: Any) -> float | tuple[str, ...] | None:
    """Check the highest proficiency, or the words for it.

    Raises
    ------
    CriterionError
        Neither a positive number nor at least two different words.
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


def checked_taxonomy(label: str, taxonomy: Any) -> dict[str, tuple[str, ...]]:
    """Read a taxonomy as child → parents.

    Parameters
    ----------
    label
        Of the criterion, for messages.
    taxonomy
        A mapping child → parent (or list of parents), or a table with the columns child and parent.

    Raises
    ------
    CriterionError
        Another form, or a skill above itself.
    """
    pairs: Iterable[tuple[Any, Any]]
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

    Raises
    ------
    CriterionError
        A skill that lies above itself.
    """
    parents: dict[str, set[str]] = {}
    for child, names in above.items():
        parents.setdefault(read(child)[0], set()).update(read(name)[0] for name in names)
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
