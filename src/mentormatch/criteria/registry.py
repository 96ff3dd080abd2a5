"""The kinds of criteria by name, for programme files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from mentormatch.cohort import hint_nearest
from mentormatch.criteria.availability.availability import Availability
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
    from mentormatch.criteria.interface.criterion import Criterion

__all__ = ["KINDS", "criterion_from_dict"]

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


def criterion_from_dict(given: Any) -> Criterion:
    """Make a criterion from ``{"kind": …, parameter: value, …}``.

    Raises
    ------
    CriterionError
        No kind, an unknown kind or parameter, with the nearest name that exists; or what the kind
        itself refuses.
    """
    if not isinstance(given, Mapping) or not isinstance(given.get("kind"), str):
        raise CriterionError(f"a criterion needs kind = one of {', '.join(KINDS)}; got {given!r}.")
    name = given["kind"]
    if name == "Custom":
        raise CriterionError("a Custom criterion has a function and can only be made in Python.")
    if name not in KINDS:
        hint = hint_nearest(name, KINDS)
        raise CriterionError(f"there is no kind {name!r}; there are {', '.join(KINDS)}.{hint}")
    kind = KINDS[name]
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
