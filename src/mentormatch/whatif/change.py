"""Changes to a problem, each a small value that can be written down and made again."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast

import numpy as np

from mentormatch.cohort import hint_nearest, hint_person
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import Criteria
from mentormatch.errors import MentorMatchError, ProblemError, is_number, is_whole
from mentormatch.whatif.exempt import ExemptScorer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mentormatch.criteria.interface.criterion import Criterion
    from mentormatch.problem import PairRule, Problem

__all__ = [
    "Change",
    "ban",
    "criteria_of",
    "from_dict",
    "leave",
    "lift",
    "minimum",
    "pin",
    "seat",
    "weight",
]

# The parameters of criteria that make a rule of them, beside their weight.
LIMITS = ("minimum", "require", "minimum_hours", "slot")


class Change(Protocol):
    """Something about a problem that could be otherwise."""

    kind: ClassVar[str]

    def apply(self, problem: Problem) -> Problem:
        """Return the problem with this change."""

    def to_dict(self) -> dict[str, object]:
        """Return the change as plain values; `from_dict` reads it back."""


@dataclass(frozen=True)
class _Plain:
    """What all changes share: plain values."""

    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        for name in ("person", "mentee", "mentor"):
            one = getattr(self, name, None)
            if not isinstance(one, Hashable):
                raise MentorMatchError(f"{self.kind}: {name} must be one id, got {one!r}.")

    def to_dict(self) -> dict[str, object]:
        """Return the change as plain values; `from_dict` reads it back."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True)
class seat(_Plain):  # noqa: N801
    """More or fewer seats with a mentor.

    Parameters
    ----------
    mentor
        Id.
    by
        How many more; negative = fewer.
    """

    mentor: Hashable
    by: int = 1
    kind: ClassVar[str] = "seat"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem with other capacities."""
        if problem.usage is not None:
            raise ProblemError(
                "Capacities count hours here, so it is not known how many a seat is. Leave "
                f"seat({self.mentor!r}) out, and compare with a problem of other hours: "
                "dataclasses.replace(problem, capacity=...)."
            )
        if not is_whole(abs(self.by) if is_number(self.by) else None):
            raise MentorMatchError(f"by must be a whole number of seats, got {self.by!r}.")
        capacity = problem.capacities.copy()
        place = problem.compatibility.mentor_position(self.mentor)
        capacity[place] += self.by
        if capacity[place] < 0:
            raise ProblemError(
                f"{self.mentor!r} has {format_count(int(problem.capacities[place]), 'seat')}, so "
                f"{-self.by} cannot be "
                "taken away."
            )
        return replace(problem, capacity=capacity)


@dataclass(frozen=True)
class minimum(_Plain):  # noqa: N801
    """Another least number of mentees for a mentor.

    Parameters
    ----------
    mentor
        Id.
    number
        The new minimum.
    """

    mentor: Hashable
    number: int
    kind: ClassVar[str] = "minimum"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem with other minimums."""
        numbers = problem.minimums.copy()
        numbers[problem.compatibility.mentor_position(self.mentor)] = self.number
        return replace(problem, minimum=numbers)


@dataclass(frozen=True)
class leave(_Plain):  # noqa: N801
    """Somebody drops out.

    Parameters
    ----------
    person
        Id.
    side
        "mentee" or "mentor"; None where only one side knows the id.
    """

    person: Hashable
    side: str | None = None
    kind: ClassVar[str] = "leave"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem without this person."""
        if self.side not in (None, "mentee", "mentor"):
            raise MentorMatchError(f"side must be 'mentee' or 'mentor', got {self.side!r}.")
        known = {
            "mentee": self.person in problem.mentee_ids,
            "mentor": self.person in problem.mentor_ids,
        }
        side = self.side
        if side is None:
            if all(known.values()):
                raise MentorMatchError(
                    f"{self.person!r} is a mentee and a mentor. Say which leaves: "
                    f"mm.change.leave({self.person!r}, side='mentee')."
                )
            if not any(known.values()):
                hint = hint_person(self.person, [*problem.mentee_ids, *problem.mentor_ids])
                raise ProblemError(f"There is nobody with the id {self.person!r}.{hint}")
            side = "mentee" if known["mentee"] else "mentor"
        compatibility, (n, m) = problem.compatibility, problem.shape
        mentees, mentors = np.arange(n), np.arange(m)
        if side == "mentee":
            mentees = np.delete(mentees, compatibility.mentee_position(self.person))
        else:
            mentors = np.delete(mentors, compatibility.mentor_position(self.person))
        if problem.sides:
            raise ProblemError(
                "With quotas, mentees apart or together, or hours, people are named in the "
                "conditions; make the problem again from cohort.without(...)."
            )

        def stays(rule: PairRule) -> bool:
            return bool((rule.mentee if side == "mentee" else rule.mentor) != self.person)

        kept = replace(
            problem,
            pins=[one for one in problem.pin_rules if stays(one)],
            bans=[one for one in problem.ban_rules if stays(one)],
        )
        # The rules name nobody who is gone; positions are taken of everybody else.
        return kept.take(mentees, mentors)


@dataclass(frozen=True)
class pin(_Plain):  # noqa: N801
    """A pair that must be made."""

    mentee: Hashable
    mentor: Hashable
    reason: str | None = None
    kind: ClassVar[str] = "pin"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem with one more pin."""
        return replace(problem, pins=[*problem.pin_rules, (self.mentee, self.mentor, self.reason)])


@dataclass(frozen=True)
class ban(_Plain):  # noqa: N801
    """A pair that must not be made."""

    mentee: Hashable
    mentor: Hashable
    reason: str | None = None
    kind: ClassVar[str] = "ban"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem with one more ban."""
        return replace(problem, bans=[*problem.ban_rules, (self.mentee, self.mentor, self.reason)])


@dataclass(frozen=True)
class weight(_Plain):  # noqa: N801
    """Another weight of a criterion.

    Parameters
    ----------
    criterion
        Its label, or its kind where there is one of it.
    value
        The new weight.
    """

    criterion: str
    value: float
    kind: ClassVar[str] = "weight"

    def apply(self, problem: Problem) -> Problem:
        """Return the problem scored with the other weight."""
        return _scored_anew(
            problem, criteria_of(problem).with_weights({self.criterion: self.value})
        )


@dataclass(frozen=True)
class lift(_Plain):  # noqa: N801
    """A rule that no longer holds: the name of a hard rule, "min_score", or "bans".

    Of a criterion with a weight only its limit is lifted; what it adds to scores stays.

    Parameters
    ----------
    rule
        As `mm.explain(matching).unmatched(...)` and messages name it.
    for_
        Ids of mentees and mentors for whom it does not hold, with anybody; None = for nobody at
        all.
    """

    rule: str
    for_: Sequence[Hashable] | None = None
    kind: ClassVar[str] = "lift"

    def __post_init__(self) -> None:
        if isinstance(self.for_, str) or not (
            self.for_ is None or isinstance(self.for_, list | tuple | set)
        ):
            raise MentorMatchError(
                f"for_ must be a list of ids, such as for_=['ada'], got {self.for_!r}."
            )
        if self.for_ is not None:
            object.__setattr__(self, "for_", tuple(self.for_))

    def apply(self, problem: Problem) -> Problem:
        """Return the problem without the rule."""
        mentees, mentors = self._people(problem)
        if self.rule == "bans":
            named = {*problem.mentee_ids[mentees], *problem.mentor_ids[mentors]}
            kept = [
                one
                for one in problem.ban_rules
                if self.for_ is not None and not {one.mentee, one.mentor} & named
            ]
            return replace(problem, bans=kept)
        if self.rule == "min_score":
            if self.for_ is not None:
                raise MentorMatchError(
                    "min_score holds for everybody or for nobody. Leave for_ out, or pin the pair."
                )
            return replace(problem, min_score=None)
        if self.for_ is not None and " slot=" in self.rule:
            raise MentorMatchError(
                "A slot also says how common hours are counted, so it holds for everybody or for "
                "nobody. Leave for_ out, or pin the pair."
            )
        criteria = criteria_of(problem)
        rest = [kept for one in criteria.criteria for kept in _without_rule(one, self.rule)]
        strict = problem.compatibility.scorer
        if rest == list(criteria.criteria):
            known = dict.fromkeys((*strict.rules, "min_score", "bans"))
            raise MentorMatchError(
                f"There is no rule {self.rule!r} that can be lifted; there are "
                f"{', '.join(map(repr, known))}."
            )
        settings = {
            name: getattr(criteria, name)
            for name in ("reciprocity", "missing", "allow_self", "normalise", "actionable")
        }
        lifted = _scored_anew(problem, Criteria(*rest, **settings))
        if self.for_ is None:
            return lifted
        free = lifted.compatibility.scorer
        gone = [k for k, name in enumerate(strict.rules) if name not in free.rules]
        if len(gone) != 1:
            choices = ", ".join(repr(strict.rules[k]) for k in gone)
            raise MentorMatchError(
                f"{self.rule!r} is {len(gone)} rules, and one can be lifted for some people at a "
                f"time. Name one of them: {choices}."
            )
        scorer = ExemptScorer(free, strict, gone[0], mentees, mentors)
        return replace(problem, compatibility=replace(problem.compatibility, scorer=scorer))

    def _people(self, problem: Problem) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Whom it is about, as masks over mentees and mentors."""
        wanted = list(self.for_ or ())
        masks = problem.mentee_ids.isin(wanted), problem.mentor_ids.isin(wanted)
        known = {*problem.mentee_ids[masks[0]], *problem.mentor_ids[masks[1]]}
        unknown = [one for one in wanted if one not in known]
        if unknown:
            people = [*problem.mentee_ids, *problem.mentor_ids]
            raise ProblemError(
                f"There is nobody with the id {unknown[0]!r}.{hint_person(unknown[0], people)}"
            )
        return masks


def _without_rule(criterion: Criterion, rule: str) -> tuple[Criterion, ...]:
    """Return a criterion without one of its rules; nothing of it where nothing else is left."""
    limits = {
        name: value
        for parameter in fields(criterion)
        if (name := parameter.name) in LIMITS and (value := getattr(criterion, name))
    }
    named = [name for name, value in limits.items() if rule == _name_limit(criterion, name, value)]
    if not named:
        is_it = criterion.weight is None and criterion.label == rule
        return () if is_it else (criterion,)
    if criterion.weight is None and len(limits) == 1:
        return ()
    gone: dict[str, Any] = {named[0]: False if named[0] == "require" else None}
    return (replace(criterion, **gone),)


def _name_limit(criterion: Criterion, name: str, value: float) -> str:
    """Name a rule as the criterion does."""
    said = str(value) if value is True else f"{value:g}"
    return f"{criterion.label} {name}={said}"


def criteria_of(problem: Problem) -> Criteria:
    """Return the criteria that a problem was scored with.

    Raises
    ------
    ProblemError
        Its scores were given as an array.
    """
    scorer = problem.compatibility.scorer
    if isinstance(scorer, ExemptScorer):
        raise ProblemError(
            f"The rule {scorer.rules[scorer.rule]!r} is lifted for some people here, which "
            "scoring anew would forget. Put that change last."
        )
    made = Criteria.of_scorer(scorer)
    if made is None or problem.compatibility.cohort is None:
        raise ProblemError(
            "The scores of this problem were given, so there are no criteria to weigh otherwise. "
            "Use mm.Criteria(...).score(cohort)."
        )
    return made


def _scored_anew(problem: Problem, criteria: Criteria) -> Problem:
    cohort = problem.compatibility.cohort
    assert cohort is not None  # criteria_of has looked
    return replace(problem, compatibility=criteria.score(cohort))


KINDS: dict[str, type[_Plain]] = {
    one.kind: one for one in (seat, minimum, leave, pin, ban, weight, lift)
}


def from_dict(given: Mapping[str, object]) -> Change:
    """Make a change from what `to_dict` wrote.

    Raises
    ------
    MentorMatchError
        No such kind, or values that it does not take.
    """
    values = dict(given)
    kind = values.pop("kind", None)
    if kind not in KINDS:
        raise MentorMatchError(f"There is no change {kind!r}; there are {', '.join(KINDS)}.")
    known = {one.name: one for one in fields(KINDS[kind]) if one.init}
    for name in values:
        if name not in known:
            raise MentorMatchError(
                f"The change {kind!r} has no {name!r}; it has {', '.join(known)}."
                f"{hint_nearest(name, known)}"
            )
    for name, one in known.items():
        if name not in values and one.default is MISSING and one.default_factory is MISSING:
            raise MentorMatchError(f"The change {kind!r} needs {name!r}, and it is missing.")
    return cast("Change", KINDS[kind](**values))
