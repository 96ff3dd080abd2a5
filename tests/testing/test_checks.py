"""The checks for other packages pass on our own kinds and strategies, and catch what is wrong."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.kinds.near import FittedNear, Near
from mentormatch.strategies import base
from mentormatch.strategies.base import Choice

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.criteria import Criterion

KINDS = [
    mm.criteria.SkillCoverage("wants", "offers"),
    mm.criteria.TagOverlap("tags", minimum=0.2),
    mm.criteria.TextSimilarity(mentee="goals", mentor="bio"),
    mm.criteria.LevelGap("level", require=True),
    mm.criteria.Same("field"),
    mm.criteria.Same("field", when="level", weight=2),
    mm.criteria.Different("team", weight=1),
    mm.criteria.Near("hours", scale=2),
    mm.criteria.Prefers("wish", of="name", unknown="ignore", unlisted="missing"),
    mm.criteria.Avoids("avoid", of="name", unknown="ignore"),
    mm.criteria.Availability("free", minimum_hours=1),
]


def people(size: int) -> pd.DataFrame:
    def cycle(*cells: Any) -> list[Any]:
        return [cells[k % len(cells)] for k in range(size)]

    return pd.DataFrame(
        {
            "wants": cycle("Lua; C", "Go", None, "C/C++"),
            "offers": cycle("Lua", "Go; C", None),
            "tags": cycle("a; b", "b", None, "c; a; d"),
            "goals": cycle("learn to lead a team", "write better code", None),
            "bio": cycle("leads a team of ten", None, "code reviews every day"),
            "level": cycle(1, 0, 2, None, 1),
            "field": cycle("x", "y", "x; y", None),
            "team": cycle("s", "t", None),
            "hours": cycle(1.5, 3, None, 2),
            "wish": cycle("P1; P0", None, "P2"),
            "avoid": cycle("P0", None, "P3; nobody"),
            "name": [f"P{k}" for k in range(size)],
            "free": cycle("Mon 09:00-12:00", None, "Mon 11:00-13:00; Tue 18:00-20:00"),
        },
        index=pd.Index([f"person {k}" for k in range(size)], name="who"),
    )


@pytest.mark.parametrize("criterion", KINDS, ids=repr)
def test_our_kinds_pass(criterion: Criterion) -> None:
    mentees, mentors = people(9), people(7)
    if criterion.label.startswith("Same") and criterion.weight:
        mentees["level"] = mentees["level"].map({0: "no", 1: "yes"})
        mentors["level"] = None
    mentors.index = mentors.index.map("mentor {}".format).rename("who")
    made = mm.testing.check_criterion(criterion, mm.Cohort(mentees, mentors))
    assert {"bounds", "blocks", "permutation", "rules"} <= set(made)


@pytest.mark.parametrize("strategy", ["optimal", "stable", "maximin"])
def test_our_strategies_pass(strategy: str) -> None:
    told = mm.testing.check_strategy(strategy)
    assert "square: solved" in told


@dataclass(frozen=True, repr=False)
class Twice(Near):
    """Like Near, with whatever a test breaks."""

    broken: str = field(default="", kw_only=True)

    def fit(self, cohort: mm.Cohort) -> FittedTwice:
        near = super().fit(cohort)
        rng = np.random.default_rng(len(BROKEN_FITS)) if self.broken == "chance" else None
        BROKEN_FITS.append(1)
        shift = 0.0 if rng is None else float(rng.random()) / 10
        given = {name: getattr(near, name) for name in FittedNear.__dataclass_fields__}
        if self.broken == "tables":
            vars(cohort)["mentees"].loc[cohort.mentees.index[0], "hours"] = "9"
        return FittedTwice(**given, shift=shift)


BROKEN_FITS: list[int] = []


@dataclass(frozen=True, eq=False)
class FittedTwice(FittedNear):
    criterion: Twice
    shift: float = 0.0

    def present(self, mentees: Any, mentors: Any) -> Any:
        values = super().present(mentees, mentors) * (1 - self.shift)
        if self.criterion.broken == "bounds":
            return values * 3
        if self.criterion.broken == "others":
            return values / (1 + len(values) / 1000)
        return values

    def raw(self, rows: Any, columns: slice) -> Any:
        values = super().raw(rows, columns)
        return values**2 if self.criterion.broken == "block" else values

    def words(self, mentee: int, mentor: int) -> str:
        return "" if self.criterion.broken == "words" else super().words(mentee, mentor)

    def take(self, mentees: Any, mentors: Any) -> Any:
        return self if self.criterion.broken == "take" else super().take(mentees, mentors)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("bounds", "values must lie between 0 and 1"),
        ("others", "depends on which other pairs are asked for"),
        ("chance", "fitting twice must give the same values"),
        ("block", "block differs from its pairs by more than the stated error"),
        ("words", "has no sentence"),
        ("take", "take must reorder the values with the people"),
    ],
)
def test_a_kind_that_breaks_a_rule_is_caught(broken: str, said: str) -> None:
    # Every person has hours of their own: no table by profile hides the block.
    hours = pd.DataFrame({"hours": np.arange(9) / 3}, [f"a{k}" for k in range(9)])
    cohort = mm.Cohort(hours, hours.iloc[:7].rename(index="b{}".format))
    with pytest.raises(AssertionError, match=said):
        mm.testing.check_criterion(Twice("hours", scale=2, broken=broken), cohort)
    assert mm.testing.check_criterion(Twice("hours", scale=2), cohort)


def test_what_is_no_criterion_or_cannot_read_the_cells_is_said() -> None:
    with pytest.raises(
        mm.CriterionError, match="needs a criterion with its parameters, got <class"
    ):
        mm.testing.check_criterion(Near)  # type: ignore[arg-type]
    with pytest.raises(mm.CriterionError, match="Give check_criterion a cohort that it can read"):
        mm.testing.check_criterion(mm.criteria.Availability("free"))


class Stubborn:
    """A strategy with a fault of its own."""

    name = "stubborn"

    def __init__(self, fault: str) -> None:
        self.fault = fault
        self.calls = 0

    def choose(self, problem: mm.Problem, options: Any) -> Choice:
        if self.fault == "refuses":
            raise mm.ProblemError("no")
        scores = problem.open_scores(slice(0, problem.shape[0]))
        left = problem.after_pins
        seats, places = left.capacity.copy(), left.demand.copy()
        pairs = problem.pinned.tolist()
        order = range(len(scores))
        for i in order:
            for j in np.argsort(-scores[i], kind="stable"):
                if np.isfinite(scores[i, j]) and seats[j] > 0 and places[i] > 0:
                    pairs.append([i, int(j)])
                    seats[j] -= 1
                    places[i] -= 1
        self.calls += 1
        if self.fault == "chance" and self.calls % 2 == 0:
            pairs = pairs[: len(problem.pinned)]
        made = np.array(pairs, dtype=np.intp).reshape(-1, 2)
        return Choice(made[:, 0], made[:, 1])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("refuses", "refused without a sentence"),
        ("chance", "the same input gave other pairs"),
    ],
)
def test_a_strategy_that_breaks_a_rule_is_caught(fault: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        mm.testing.check_strategy(Stubborn(fault))


@pytest.fixture
def other_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed package with a kind and a strategy, and two entries that are none."""
    info = tmp_path / "other_kinds-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-kinds\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[mentormatch.criteria]\nCloser = other_kinds:Closer\nBroken = other_kinds:nothing\n"
        "NoKind = other_kinds:VALUE\n"
        "[mentormatch.strategies]\nfirst_come = other_kinds:FirstCome\n"
        "no_strategy = other_kinds:VALUE\n"
    )
    (tmp_path / "other_kinds.py").write_text(
        "from dataclasses import dataclass\n"
        "from mentormatch.criteria.kinds.near import Near\n"
        "from mentormatch.strategies.total.optimal import Optimal\n"
        "VALUE = 3\n"
        "@dataclass(frozen=True, repr=False)\n"
        "class Closer(Near):\n"
        "    '''Near by another name.'''\n"
        "class FirstCome(Optimal):\n"
        "    name = 'first_come'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    # Later tests in this process do not know what the package registers.
    monkeypatch.setattr(base, "_REGISTRY", dict(base._REGISTRY))
    yield tmp_path
    sys.modules.pop("other_kinds", None)


def test_kinds_and_strategies_of_installed_packages_are_found_by_name(other_package: Path) -> None:
    given = {"criteria": [{"kind": "Closer", "column": "hours", "scale": 2}]}
    criteria = mm.Criteria.from_dict(given)
    assert repr(criteria.criteria[0]) == "Closer(column='hours', scale=2, weight=1)"
    assert "first_come" in mm.strategies.strategy_names()
    assert mm.match(mm.Problem.from_scores([[1.0]]), "first_come").strategy == "first_come"
    with pytest.raises(mm.CriterionError, match=r"there is no kind 'Closr'.*Did you mean 'Closer'"):
        mm.Criteria.from_dict({"criteria": [{"kind": "Closr"}]})
    with pytest.raises(mm.CriterionError, match="'Broken' of other-kinds cannot be loaded"):
        mm.Criteria.from_dict({"criteria": [{"kind": "Broken"}]})
    with pytest.raises(mm.CriterionError, match="'NoKind' of other-kinds is no criterion"):
        mm.Criteria.from_dict({"criteria": [{"kind": "NoKind"}]})
    with pytest.raises(mm.MentorMatchError, match="'no_strategy' of other-kinds is no strategy"):
        mm.match(mm.Problem.from_scores([[1.0]]), "no_strategy")


def test_the_schema_of_programme_files_has_the_kinds_of_installed_packages(
    other_package: Path,
) -> None:
    """Editors marked a kind of another package as unknown, though the file ran."""
    from mentormatch.programme.file.schema import make_schema

    jsonschema = pytest.importorskip("jsonschema")
    check = jsonschema.Draft202012Validator(make_schema())
    check.check_schema(check.schema)

    def fits(**criterion: object) -> bool:
        return check.is_valid({"tables": {}, "criteria": [criterion]})

    assert fits(kind="Closer", column="hours", scale=2)
    assert not fits(kind="Closer", columm="hours", scale=2)
    assert not fits(kind="Broken", column="hours")
    kinds = check.schema["properties"]["criteria"]["items"]["oneOf"]
    (broken,) = [one for one in kinds if one["properties"]["kind"]["const"] == "Broken"]
    assert "'Broken' of other-kinds cannot be loaded" in broken["description"]


def test_criteria_always_show_their_weight() -> None:
    """A weight of 1 was hidden, so that a weighted criterion read like a hard rule."""
    assert repr(mm.criteria.Same("team", weight=1)) == "Same(column='team', weight=1)"
    assert repr(mm.criteria.Same("team")) == "Same(column='team')"
    assert repr(mm.criteria.TagOverlap("tags")) == "TagOverlap(column='tags', weight=1)"
    assert repr(mm.criteria.TagOverlap("t", weight=2.5, name="n")) == (
        "TagOverlap(column='t', weight=2.5, name='n')"
    )


def test_profile_of_a_cohort_says_what_it_needs() -> None:
    cohort = mm.Cohort(pd.DataFrame({"t": ["a"]}), pd.DataFrame({"t": ["a"]}))
    criteria = mm.Criteria(mm.criteria.Same("t"))
    with pytest.raises(
        mm.CriterionError,
        match=r"profile needs a Compatibility, got Cohort. Use criteria.profile\(criteria.score",
    ):
        criteria.profile(cohort)  # type: ignore[arg-type]
