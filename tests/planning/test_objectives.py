"""Objectives are served by criteria, measured by something planned, and tracked with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.planning import Objective, check_objectives, track_objectives

CRITERIA = mm.Criteria(
    mm.criteria.SkillCoverage("wants", "offers", weight=4),
    mm.criteria.TagOverlap("interests", weight=1),
    mm.criteria.Different("team"),
)


def test_what_serves_nothing_and_what_nothing_serves_or_measures_is_said():
    check = check_objectives(
        [
            Objective("More Lua", "confidence in Lua", 4, criteria=["SkillCoverage"]),
            Objective("Fewer early ends", "early closures", 0.1, direction="at most"),
        ],
        CRITERIA,
        measures=["confidence in Lua", "early closure"],
    )
    assert check.idle_criteria == ("TagOverlap('interests')",)
    assert check.table["served"].tolist() == [True, False]
    assert check.table["measured"].tolist() == [True, False]
    said = "\n".join(check.findings)
    assert "No criterion serves the objective 'Fewer early ends'" in said
    assert "'early closures' is no figure of the programme" in said
    assert "Did you mean 'early closure'?" in said
    assert "The criterion \"TagOverlap('interests')\" serves no objective" in said
    assert not check.ok


def test_a_rule_need_not_serve_an_objective_and_all_in_order_is_ok():
    both = Objective("Learn", "satisfaction", 4, criteria=["SkillCoverage", "TagOverlap"])
    assert check_objectives([both], CRITERIA, ["satisfaction"]).ok


def test_a_criterion_that_does_not_exist_is_named_with_the_nearest():
    check = check_objectives(
        [Objective("Learn", "m", 4, criteria=["SkilCoverage"])], CRITERIA, ["m"]
    )
    assert any("Did you mean 'SkillCoverage'?" in one for one in check.findings)


def test_an_objective_is_reached_only_when_its_whole_interval_is_on_the_good_side():
    observed = pd.DataFrame(
        {"measure": ["done"] * 40 + ["rating"] * 3, "value": [1] * 36 + [0] * 4 + [5, 5, 4]}
    )
    table = track_objectives(
        [
            Objective("A", "done", 0.7),
            Objective("B", "done", 0.95),
            Objective("C", "done", 0.99),
            Objective("D", "done", 0.2, direction="at most"),
            Objective("E", "rating", 4, baseline=3.5),
        ],
        observed,
    )
    standing = ["reached", "not clear yet", "missed", "missed", "not known"]
    assert table["standing"].tolist() == standing
    assert table["now"][0] == 0.9
    assert table["low"][0] < 0.9 < table["high"][0]
    assert table["n"].tolist() == [40, 40, 40, 40, 3]
    # Three answers are too few to be shown.
    assert np.isnan(table["now"][4])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": " "}, "needs a name, got ' '. Write a text"),
        ({"target": "many"}, "needs a number as target, got 'many'"),
        ({"target": None}, "needs a target, a number such as target=0.8"),
        ({"direction": "up"}, "must be 'at least' or 'at most', got 'up'"),
        ({"criteria": "SkillCoverage"}, r"Write \['SkillCoverage'\]"),
        ({"horizon": "soon"}, "must be a date such as 2027-06-30"),
    ],
)
def test_an_objective_that_cannot_be_used_says_what_is_wrong(given, said):
    with pytest.raises(mm.ProblemError, match=said):
        Objective(**({"name": "Learn", "measure": "m", "target": 1} | given))


def test_two_objectives_of_one_name_and_a_value_that_is_no_number_are_refused():
    twice = [Objective("Learn", "m", 1), Objective("Learn", "n", 1)]
    with pytest.raises(mm.ProblemError, match="Two objectives are called 'Learn'"):
        check_objectives(twice, CRITERIA, [])
    with pytest.raises(mm.ProblemError, match="column 'value': found 'yes'"):
        track_objectives(twice[:1], pd.DataFrame({"measure": ["m"], "value": ["yes"]}))
    with pytest.raises(mm.ProblemError, match="has no column 'value'"):
        track_objectives(twice[:1], pd.DataFrame({"measure": ["m"]}))
