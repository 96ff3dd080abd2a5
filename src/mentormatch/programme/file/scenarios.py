"""Scenarios of a programme file: lists of changes that can be tried again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError
from mentormatch.whatif import change

if TYPE_CHECKING:
    from mentormatch.problem import Problem
    from mentormatch.whatif.change import Change

__all__ = ["ScenarioEntry"]

# Fields of changes that hold somebody's id.
ONE_PERSON = ("mentee", "mentor", "person")


@dataclass(frozen=True)
class ScenarioEntry:
    """Something that could be otherwise, as a table of a programme file.

    ``changes`` stand in order, each with the keys of its kind: ``{ kind = "seat", mentor = "lin",
    by = 1 }``, ``{ kind = "leave", person = "ada" }``, ``{ kind = "lift", rule =
    "Different('team')" }``, ``minimum``, ``pin``, ``ban``, ``weight``; see `mm.change`. Raises
    MentorMatchError for no name, no changes, or a change that cannot be read.
    """

    name: str
    changes: Sequence[Mapping[str, object]]

    def __post_init__(self) -> None:
        if not self.name.strip():
            raise MentorMatchError("name: a scenario needs a name.")
        if not self.changes or not all(isinstance(one, Mapping) for one in self.changes):
            raise MentorMatchError(
                'changes: expected a list of changes such as { kind = "seat", mentor = "lin", '
                "by = 1 }."
            )
        for one in self.changes:
            change.from_dict(one)

    def made_for(self, problem: Problem) -> list[Change]:
        """Return the changes with the ids as the problem has them: 7 where the file says "7"."""
        known = {str(one): one for one in (*problem.mentor_ids, *problem.mentee_ids)}
        made = []
        for given in self.changes:
            named = dict(given)
            for key in ONE_PERSON:
                if key in given:
                    named[key] = known.get(str(given[key]), given[key])
            if isinstance(people := given.get("for_"), list | tuple | set):
                named["for_"] = [known.get(str(who), who) for who in people]
            made.append(change.from_dict(named))
        return made
