"""Criteria: the weighted set of criteria and hard rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast, get_args

import numpy as np

from mentormatch.cohort import Cohort, hint_nearest
from mentormatch.compatibility import Compatibility
from mentormatch.compatibility.blocks import Reciprocity, check_reciprocity
from mentormatch.criteria.cells.tokens import collect_errors
from mentormatch.criteria.interface.criterion import Criterion, Missing, check_word
from mentormatch.criteria.interface.fitted import empty_findings
from mentormatch.criteria.registry import criterion_from_dict
from mentormatch.criteria.reweigh import reweigh
from mentormatch.criteria.scoring.normalised import NormalisedScorer, scorer_of_criteria
from mentormatch.criteria.scoring.profile import CriteriaProfile, profile_of
from mentormatch.criteria.scoring.scorer import CriteriaScorer, SelfRule
from mentormatch.criteria.suggest.suggest import propose_criteria
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.displayed import Displayed
from mentormatch.errors import CohortError, CriterionError, check_flag, check_seed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.criteria.interface.fitted import Fitted, HardRule

__all__ = ["Criteria"]

Precision: TypeAlias = Literal["auto", "float32", "float64"]

SETTINGS = {
    "reciprocity": "mean",
    "missing": "neutral",
    "allow_self": False,
    "normalise": False,
    "actionable": None,
}
NOTHING_WEIGHS = "No criterion weighs, so any allowed pair is as good as any other."
# From this many pairs on blocks are float32: the time of the products matters more than the ninth
# digit.
MANY_PAIRS = 20_000_000


@dataclass(frozen=True, init=False)
class Criteria(Displayed):
    """A weighted set of criteria and hard rules.

    Parameters
    ----------
    *one_by_one, criteria
        One after the other, or as a sequence. Criteria with a weight count; those without are hard
        rules.
    reciprocity
        How the two sides' scores are joined: "mean", "harmonic", "geometric" or "min".
    missing
        What a missing value counts: "neutral" 0.5, so that an empty profile gains nothing; "skip"
        leaves it out and lets the others weigh more (0.5 where nothing is known); "zero"; or
        "error".
    allow_self
        True: a person who is in both tables may be matched with itself.
    normalise
        True: each mentee's own scores are moved to the range from 0 (its worst eligible mentor) to
        1 (its best) before the sides are joined, so that a mentee who is well served by everybody
        does not count for more than one who is not. Notes and breakdowns say so.
    actionable
        Columns of the mentees whose answers a person can change, for
        `Explanation.what_would_help`; None: those to which a value can be added. Never one named
        like a protected attribute.

    Raises
    ------
    CriterionError
        Something that is no criterion, two criteria of one name, a word without a meaning.

    Examples
    --------
    >>> import mentormatch as mm
    >>> criteria = mm.Criteria(
    ...     mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=3),
    ...     mm.criteria.Same("field", weight=1),
    ...     mm.criteria.Different("team"),
    ... )
    >>> criteria.weights
    {'SkillCoverage': 3, "Same('field')": 1}
    >>> compatibility = criteria.score(mm.datasets.sample())
    >>> compatibility.shape
    (120, 60)
    """

    criteria: tuple[Criterion, ...]
    reciprocity: Reciprocity
    missing: Missing
    allow_self: bool
    normalise: bool
    actionable: tuple[str, ...] | None

    def __init__(
        self,
        *one_by_one: Criterion,
        criteria: Sequence[Criterion] = (),
        reciprocity: Reciprocity = "mean",
        missing: Missing = "neutral",
        allow_self: bool = False,
        normalise: bool = False,
        actionable: Collection[str] | None = None,
    ) -> None:
        values = {
            "criteria": (
                *one_by_one,
                *(criteria if isinstance(criteria, Iterable) else [criteria]),
            ),
            "reciprocity": reciprocity,
            "missing": missing,
            "allow_self": allow_self,
            "normalise": normalise,
            "actionable": _listed(actionable),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self.__post_init__()

    def __post_init__(self) -> None:
        for one in self.criteria:
            if not isinstance(one, Criterion):
                raise CriterionError(
                    f"Criteria takes criteria such as mm.criteria.Different('team'), got {one!r}."
                )
        check_reciprocity(self.reciprocity)
        check_word("missing", self.missing, get_args(Missing))
        for name in ("allow_self", "normalise"):
            check_flag(name, getattr(self, name), CriterionError)
            object.__setattr__(self, name, bool(getattr(self, name)))
        labels = [one.label for one in self.criteria]
        for label in dict.fromkeys(labels):
            if labels.count(label) > 1:
                raise CriterionError(
                    f"Two criteria are called {label!r}. Tell them apart with name=, such as "
                    f"name='{label} 2'."
                )

    # ------------------------------------------------------------------ weights

    @property
    def weights(self) -> dict[str, float]:
        """The weights by label, as they were given; hard rules have none."""
        return {one.label: one.weight for one in self.criteria if one.weight is not None}

    def with_weights(self, weights: Mapping[str, float]) -> Criteria:
        """The same criteria with other weights.

        Parameters
        ----------
        weights
            New weights by label, or by kind where only one criterion is of that kind. A weight of 0
            takes a criterion out of the score; its hard rules stay.

        Raises
        ------
        CriterionError
            A label that does not exist, a negative weight, or a weight for a hard rule.
        """
        settings = {name: getattr(self, name) for name in SETTINGS}
        return Criteria(*reweigh(self.criteria, weights, self.label_of), **settings)

    @classmethod
    def of_scorer(cls, scorer: object) -> Criteria | None:
        """Return the criteria that made a scorer; None where scores were given or changed since."""
        base = scorer_of_criteria(scorer)
        if base is None:
            return None
        return cls(
            *(cast("Criterion", one.criterion) for one in base.fitted),
            reciprocity=base.reciprocity,
            missing=base.missing,
            normalise=isinstance(scorer, NormalisedScorer),
            allow_self=base.allow_self,
            actionable=base.actionable,
        )

    def label_of(self, name: str) -> str:
        """Return the label of a criterion that is named by it, or by its kind if it is alone.

        Raises
        ------
        CriterionError
            There is none, or several.
        """
        labels = [one.label for one in self.criteria]
        if name in labels:
            return name
        of_kind = [one.label for one in self.criteria if one.kind == name]
        if len(of_kind) == 1:
            return of_kind[0]
        hint = hint_nearest(name, labels)
        raise CriterionError(
            f"There is no criterion {name!r}; there are {', '.join(map(repr, labels))}.{hint}"
        )

    # ------------------------------------------------------------------ files

    def to_dict(self) -> dict[str, object]:
        """Everything as plain values that TOML and JSON can hold; `from_dict` reads it back.

        Raises
        ------
        CriterionError
            A `Custom` criterion, whose function cannot be written down.
        """
        settings = {
            name: list(value) if isinstance(value, tuple) else value
            for name, default in SETTINGS.items()
            if (value := getattr(self, name)) != default
        }
        return {**settings, "criteria": [one.to_dict() for one in self.criteria]}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Criteria:
        """Make criteria from what `to_dict` wrote, or from a programme file.

        Raises
        ------
        CriterionError
            All unknown kinds and parameters at once, each with the nearest name that exists.
        """
        listed = given.get("criteria", ()) if isinstance(given, Mapping) else None
        if not isinstance(listed, list | tuple):
            raise CriterionError(
                'from_dict needs what to_dict gives, {"criteria": [{"kind": …}, …]}, got '
                f"{given!r}."
            )
        known = ("criteria", *SETTINGS)
        wrong = []
        for key in given:
            if key not in known:
                hint = hint_nearest(key, known)
                wrong.append(f"there is no setting {key!r}; there are {', '.join(known)}.{hint}")
        criteria = []
        for number, entry in enumerate(listed, start=1):
            try:
                criteria.append(criterion_from_dict(entry))
            except CriterionError as error:
                wrong.append(f"criterion {number}: {error}")
        if wrong:
            raise CriterionError("\n".join(wrong))
        settings = {key: value for key, value in given.items() if key != "criteria"}
        return cls(*criteria, **settings)

    @classmethod
    def suggest(cls, cohort: Cohort, *, dates: Sequence[object] | None = None) -> Criteria:
        """Propose criteria from the columns of a cohort, as a starting point to edit.

        Looks at what stands in the cells first and at the headings second: answers that both tables
        have in common, skills wanted and offered, levels whose order is known, weekly windows,
        texts, people of the other table. Protected attributes, contact details, dates, yes and no,
        scales and remarks are left out. A hard rule is never proposed: who must not meet is for a
        person to say.

        Parameters
        ----------
        cohort
            The people.
        dates
            First and last date of the programme; without them windows in several time zones are
            left out.

        Returns
        -------
        Criteria
            Perhaps without any criterion. ``print`` shows them as Python.
        """
        return cls(
            *(
                criterion_from_dict(proposal.entry)
                for proposal in propose_criteria(cohort, dates)
                if proposal.is_used
            )
        )

    def profile(self, compatibility: Compatibility, *, seed: int = 0) -> CriteriaProfile:
        """Say how each criterion is spread, how much it decides, and what each hard rule takes out.

        Parameters
        ----------
        compatibility
            What `score` made of these criteria.
        seed
            Of the sample of pairs that is looked at when there are more than 400,000.

        Raises
        ------
        CriterionError
            The compatibility was not made by these criteria.
        """
        if not isinstance(compatibility, Compatibility):
            raise CriterionError(
                f"profile needs a Compatibility, got {type(compatibility).__name__}. Use "
                "criteria.profile(criteria.score(cohort))."
            )
        check_seed(seed)
        found = profile_of(compatibility, seed)
        labels = [one.label for one in self.criteria]
        if list(found.labels) != labels:
            raise CriterionError(
                f"These criteria ({', '.join(labels)}) did not make this compatibility "
                f"({', '.join(found.labels)}). Use criteria.profile(criteria.score(cohort))."
            )
        return found

    # ------------------------------------------------------------------ scoring

    def score(self, cohort: Cohort, *, precision: Precision = "auto") -> Compatibility:
        """Score every (mentee, mentor) pair of a cohort.

        Parameters
        ----------
        cohort
            The people; it is not changed.
        precision
            Type of blocks: "float32", "float64", or "auto" for float32 from 20 million pairs on.
            Single pairs and breakdowns are float64 always; ``scorer.error`` bounds the difference.

        Returns
        -------
        Compatibility
            Its notes say to whom a hard rule does not apply because a cell is empty.

        Raises
        ------
        CohortError
            Every column that does not exist and every cell that cannot be read, of all criteria.
        """
        if not isinstance(cohort, Cohort):
            raise CriterionError(
                f"score needs a Cohort, got {type(cohort).__name__}. Use mm.Cohort(mentees, "
                "mentors)."
            )
        check_word("precision", precision, get_args(Precision))
        fitted: list[Fitted] = collect_errors(
            *((lambda one=one: one.fit(cohort)) for one in self.criteria)
        )
        if self.missing == "error":
            empty = [
                finding
                for one in fitted
                if one.criterion.weight is not None
                for finding in empty_findings(cohort, one)
            ]
            if empty:
                raise CohortError(empty)
        shape = (len(cohort.mentees), len(cohort.mentors))
        oneself = None
        partner = cohort.oneself
        if not self.allow_self and (partner >= 0).any():
            oneself = SelfRule(partner, shape[1], cohort.oneself_column)
        large = shape[0] * shape[1] > MANY_PAIRS
        # The root of the geometric mean magnifies rounding near 0 too much for float32.
        # So do the ranges of mentees to whom all mentors are nearly alike.
        exact = self.reciprocity == "geometric" or self.normalise
        single = precision == "float32" or (precision == "auto" and large and not exact)
        scorer = CriteriaScorer(
            fitted=tuple(fitted),
            oneself=oneself,
            shape=shape,
            reciprocity=self.reciprocity,
            missing=self.missing,
            dtype=np.dtype(np.float32 if single else np.float64),
            actionable=self.actionable,
            allow_self=self.allow_self,
        )
        notes = [f"{one.criterion.label}: {note}" for one in fitted for note in one.notes]
        notes += [note for rule in scorer.standing if (note := _not_applied(rule))]
        if not self.weights:
            notes.append(NOTHING_WEIGHS)
        if self.normalise:
            notes.append(
                "Each mentee's own scores are moved to the range from 0 (worst eligible mentor) to "
                "1 (best)."
            )
        return Compatibility(
            scorer=NormalisedScorer.of(scorer) if self.normalise else scorer,
            mentee_ids=cohort.mentee_ids,
            mentor_ids=cohort.mentor_ids,
            labelled=cohort.labelled,
            cohort=cohort,
            notes=tuple(notes),
        )

    def __repr__(self) -> str:
        given = [repr(one) for one in self.criteria]
        given += [
            f"{name}={getattr(self, name)!r}"
            for name, default in SETTINGS.items()
            if getattr(self, name) != default
        ]
        return "Criteria(" + "".join(f"\n    {one}," for one in given) + "\n)"


def _listed(actionable: Collection[str] | None) -> tuple[str, ...] | None:
    """Columns in a fixed order; sets have none.

    Raises CriterionError for anything but names of columns, and for one that is named like a
    protected attribute.
    """
    if actionable is None:
        return None
    named = actionable if isinstance(actionable, Collection) else [actionable]
    if isinstance(actionable, str) or not all(isinstance(one, str) for one in named):
        raise CriterionError(
            f"actionable must be names of columns, such as ['wants_to_learn'], got {actionable!r}."
        )
    for column in actionable:
        attribute = protected_attribute(column)
        if attribute is not None:
            raise CriterionError(
                f"actionable: {column!r} is named like a protected attribute ({attribute}); nobody "
                "is told to change it. Leave it out."
            )
    return tuple(sorted(set(actionable)))


def _not_applied(rule: HardRule) -> str | None:
    """Say to how many people a rule does not apply."""
    counts = [
        f"{count:,} {who if count == 1 else who + 's'}"
        for count, who in zip(rule.not_applied, ("mentee", "mentor"), strict=True)
        if count
    ]
    if not counts:
        return None
    return f"{rule.label} does not apply to {' and '.join(counts)} whose cell is empty."
