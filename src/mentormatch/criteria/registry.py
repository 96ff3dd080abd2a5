"""The kinds of criteria by name, for programme files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.availability.availability import Availability
from mentormatch.criteria.interface.criterion import Criterion
from mentormatch.criteria.kinds.avoids import Avoids
from mentormatch.criteria.kinds.levels import LevelGap
from mentormatch.criteria.kinds.near import Near
from mentormatch.criteria.kinds.prefers import Prefers
from mentormatch.criteria.kinds.same import Different, Same
from mentormatch.criteria.kinds.skills import SkillCoverage
from mentormatch.criteria.kinds.tags import TagOverlap
from mentormatch.criteria.kinds.text import TextSimilarity
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["KINDS", "criterion_from_dict", "kind_named", "kind_names"]

KINDS: dict[str, type[Criterion]] = {
    kind.__name__: kind
    for kind in (
        SkillCoverage,
        TagOverlap,
        TextSimilarity,
        LevelGap,
        Availability,
        Same,
        Different,
        Avoids,
        Prefers,
        Near,
    )
}


ENTRY_POINTS = "mentormatch.criteria"


def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds: those of the package, then those of installed packages."""
    others = (one.name for one in entry_points(group=ENTRY_POINTS))
    return tuple(dict.fromkeys((*KINDS, *others)))


def kind_named(name: str) -> type[Criterion]:
    """Return a kind by name, from the package or from the entry points of another.

    Raises CriterionError if there is none, or if the entry point names something else or fails to
    load.
    """
    if name in KINDS:
        return KINDS[name]
    found = [one for one in entry_points(group=ENTRY_POINTS) if one.name == name]
    if not found:
        names = kind_names()
        hint = hint_nearest(name, names)
        raise CriterionError(f"there is no kind {name!r}; there are {', '.join(names)}.{hint}")
    try:
        kind = found[0].load()
    except (ImportError, AttributeError) as error:
        raise CriterionError(
            f"the kind {name!r} of {_package_of(found[0])} cannot be loaded: {error}. Update or "
            "remove that package."
        ) from error
    if not (isinstance(kind, type) and issubclass(kind, Criterion)):
        raise CriterionError(
            f"the kind {name!r} of {_package_of(found[0])} is no criterion, but {kind!r}. It must "
            "be a class that inherits from mentormatch.criteria.Criterion."
        )
    return kind


def _package_of(entry_point: EntryPoint) -> str:
    return "another package" if entry_point.dist is None else entry_point.dist.name


def criterion_from_dict(given: object) -> Criterion:
    """Make a criterion from ``{"kind": …, parameter: value, …}``.

    Raises CriterionError for no kind, an unknown kind or parameter (with the nearest name that
    exists), or what the kind itself refuses.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("kind"), str):
        raise CriterionError(f"a criterion needs kind = one of {', '.join(KINDS)}; got {given!r}.")
    name = given["kind"]
    if name == "Custom":
        raise CriterionError("a Custom criterion has a function and can only be made in Python.")
    kind = kind_named(name)
    parameters = {key: value for key, value in given.items() if key != "kind"}
    known = [field.name for field in fields(kind) if field.init]
    unknown = [key for key in parameters if key not in known]
    if unknown:
        hint = hint_nearest(unknown[0], known)
        raise CriterionError(
            f"{name} has no parameter {', '.join(map(repr, unknown))}; it has "
            f"{', '.join(known)}.{hint}"
        )
    try:
        return kind(**parameters)
    except TypeError as error:
        # Only a required parameter can still be absent.
        text = str(error).split("argument", 1)[-1].lstrip("s: ")
        raise CriterionError(f"{name} also needs {text}.") from None
