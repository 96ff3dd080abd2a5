"""The names that the package offers, and what it does when it is imported."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
import re
from dataclasses import fields, is_dataclass, replace
from typing import get_args

import pandas as pd
import pytest

import mentormatch as mm


def test_dir_lists_public_names_only_and_each_can_be_had() -> None:
    names = dir(mm)
    assert set(names) == {*mm.__all__, "__version__"}
    assert all(getattr(mm, name) is not None for name in names)


def test_the_names_of_strategies_are_known_to_a_type_checker() -> None:
    names = get_args(mm.strategies.StrategyName)
    assert set(names) == set(mm.strategies.strategy_names())
    assert {mm.match(mm.Problem.from_scores(SCORES), name).n_matched for name in names} == {2}


def test_stages_offer_stages_only() -> None:
    stages = mm.strategies.stages
    assert {one.__name__ for one in get_args(stages.Stage)} == {*stages.__all__} - {"Stage"}


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'mentormatch' has no attribute 'matsch'"):
        _ = mm.matsch


def test_the_package_is_silent_unless_somebody_listens() -> None:
    mm.match(mm.Problem.from_scores(SCORES))
    logger = logging.getLogger("mentormatch")
    assert any(isinstance(one, logging.NullHandler) for one in logger.handlers)
    assert logger.level == logging.NOTSET


def test_who_listens_hears_what_was_matched(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="mentormatch"):
        mm.match(mm.Problem.from_scores(SCORES))
    (record,) = caplog.records
    assert record.getMessage().startswith("optimal: 2 pairs in ")


def test_versions_name_what_a_report_of_a_fault_needs(capsys: pytest.CaptureFixture[str]) -> None:
    mm.show_versions()
    shown = capsys.readouterr().out
    for name in ("python", "numpy", "scipy", "pandas", "ortools"):
        assert any(line.split()[0] == name for line in shown.splitlines())


SCORES = [[0.9, 0.8], [0.7, 0.1]]


def test_status_says_how_the_search_ended() -> None:
    matching = mm.match(mm.Problem.from_scores(SCORES))
    assert matching.status is mm.Status.OPTIMAL
    assert str(matching.status) == "optimal"
    given = mm.Matching.from_pairs(matching.problem, [(0, 0), (1, 1)])
    assert given.status is mm.Status.FEASIBLE
    open_proof = replace(matching.certificate, proven=False, gap=0.1)
    for stopped, status in (("gap", mm.Status.WITHIN_GAP), ("time limit", mm.Status.TIME_LIMIT)):
        assert replace(matching, certificate=open_proof, stopped=stopped).status is status


def test_reasons_say_why_each_pair_was_made() -> None:
    cohort = mm.datasets.sample()
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=2),
        mm.criteria.TagOverlap("interests", weight=1),
    )
    matching = mm.match(mm.Problem(criteria.score(cohort), capacity="capacity"))
    reasons = matching.reasons(2)
    assert list(reasons.columns) == ["mentee", "mentor", "score", "reasons"]
    assert len(reasons) == len(matching.pairs)
    assert reasons["reasons"].map(len).max() == 2
    assert mm.match(mm.Problem.from_scores(SCORES)).reasons()["reasons"].tolist() == [(), ()]


def test_a_pair_for_which_nothing_speaks_says_so() -> None:
    """It had no sentence at all, as if it had not been looked at."""
    wanted = {"wants": ["Lua", None, "Go"], "x": [None, "a", "b"]}
    offered = {"offers": ["Lua", "Git", "Git"], "x": ["a", None, "c"]}
    cohort = mm.Cohort(pd.DataFrame(wanted), pd.DataFrame(offered))
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=2),
        mm.criteria.Same("x", weight=1),
    )
    pins = [(0, 0), (1, 1), (2, 2)]
    matching = mm.match(mm.Problem(criteria.score(cohort), pins=pins))
    assert matching.reasons()["reasons"].tolist() == [
        ("offers the skill wanted: Lua",),
        ("nothing is known that speaks for this pair, as answers are missing",),
        ("no criterion speaks for this pair",),
    ]
    letters = matching.letters().texts(kind=".txt")
    assert not any("for this pair" in text for text in letters.values())


def test_progress_that_cannot_be_called_is_refused_before_any_work() -> None:
    with pytest.raises(mm.MentorMatchError, match=r"progress must be a function .* got True"):
        mm.match(mm.Problem.from_scores(SCORES), progress=True)


def test_progress_speaks_in_words_and_gives_numbers() -> None:
    events: list[mm.ProgressEvent] = []
    mm.match(mm.Problem.from_scores(SCORES), engine="priced", progress=events.append)
    assert str(events[0]) == "Reading scores"
    assert str(events[-1]) == f"Solving, round {events[-1].round}: at most 0.0001 % may be missing"
    assert events[-1].numbers["total"] == pytest.approx(1.5)


def test_a_reason_says_nothing_of_missing_values_where_none_is_missing() -> None:
    """Programmes of rules alone, and of very many criteria, said that answers were missing."""
    people = pd.DataFrame({f"c{k}": ["x", "x"] for k in range(25)})
    cohort = mm.Cohort(people, people)
    rules = mm.Criteria(mm.criteria.Same("c0")).score(cohort)
    assert mm.match(mm.Problem(rules)).reasons()["reasons"].tolist() == [(), ()]
    many = mm.Criteria(*(mm.criteria.Same(f"c{k}", weight=1) for k in range(25))).score(cohort)
    assert mm.match(mm.Problem(many)).reasons()["reasons"].tolist() == [("both have 'x'",)] * 2


HELD = re.compile(r"NDArray|DataFrame|Series|pd\.Index|cs[rc]_array")


def test_no_class_compares_arrays_and_tables_as_if_they_were_numbers() -> None:
    # An array compared with another is an array, which is neither true nor false: == raised.
    wrong = []
    for module in pkgutil.walk_packages(mm.__path__, "mentormatch."):
        if module.name.endswith("__main__"):
            continue
        for name, one in vars(importlib.import_module(module.name)).items():
            own = inspect.isclass(one) and is_dataclass(one) and one.__module__ == module.name
            if own and "__eq__" in vars(one):
                wrong += [
                    f"{module.name}.{name}.{field.name}"
                    for field in fields(one)
                    if field.compare and HELD.search(re.sub(r"^Callable.*", "", str(field.type)))
                ]
    assert not wrong


def test_what_holds_arrays_is_equal_to_itself_and_can_be_a_key() -> None:
    problem = mm.Problem.from_scores(SCORES)
    matching = mm.match(problem)
    for make in (
        lambda: problem.block(slice(None)),
        lambda: problem.after_pins,
        lambda: mm.match(problem),
        lambda: mm.match(problem).certificate,
        lambda: mm.certificates.recover_multipliers(matching),
    ):
        one = make()
        assert one == one
        assert {one: True}[one]
        assert (one == make()) is (one is make())
