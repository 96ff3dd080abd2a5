"""Who leaves and which rules are lifted: as a fresh match without them, or a sentence why not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm


def test_who_leaves_is_one_person_of_one_side_whom_no_condition_names():
    matching = mm.match(mm.Problem.from_scores(np.eye(2)))
    with pytest.raises(mm.MentorMatchError, match=r"seat: mentor must be one id, got \['ada'\]"):
        mm.change.seat(["ada"])
    with pytest.raises(mm.MentorMatchError, match="side must be 'mentee' or 'mentor', got 'both'"):
        mm.what_if(matching, [mm.change.leave(0, "both")])
    with pytest.raises(mm.MentorMatchError, match=r"0 is a mentee and a mentor\. Say which leaves"):
        mm.what_if(matching, [mm.change.leave(0)])
    apart = mm.match(mm.Problem.from_scores(np.eye(2), apart=[(0, 1)]))
    with pytest.raises(mm.ProblemError, match=r"named in the conditions; .* cohort\.without"):
        mm.what_if(apart, [mm.change.leave(0, "mentee")])


def test_bans_are_lifted_for_all_or_for_some_as_if_they_had_not_been_made():
    scores, bans = [[0.9, 0.1], [0.8, 0.6]], [(0, 0), (1, 0)]
    problem = mm.Problem.from_scores(scores, bans=bans)
    for for_, left in [(None, []), ([1], [(0, 0)])]:
        scenario = mm.what_if(mm.match(problem), [mm.change.lift("bans", for_=for_)])
        fresh = mm.match(mm.Problem.from_scores(scores, bans=left))
        assert scenario.after.pairs["mentor"].tolist() == fresh.pairs["mentor"].tolist()
        assert scenario.after.total == pytest.approx(fresh.total)


def test_a_least_score_that_is_lifted_is_as_one_never_set():
    problem = mm.Problem.from_scores([[0.9, 0.1], [0.8, 0.6]], min_score=0.7)
    assert mm.match(problem).total == pytest.approx(0.9)
    after = mm.what_if(mm.match(problem), [mm.change.lift("min_score")]).after
    assert after.total == pytest.approx(1.5)


@pytest.mark.parametrize(("given", "kind"), [(101, "int"), (101.0, "float")])
def test_who_leaves_by_an_id_of_another_type_is_told_which_there_is(given, kind):
    scores = pd.DataFrame([[0.5, 0.4]], index=["101"], columns=["x", "y"])
    matching = mm.match(mm.Problem.from_scores(scores))
    with pytest.raises(
        mm.ProblemError,
        match=rf"nobody with the id {given}\. There is '101' \(str\), and {given} .* type {kind}",
    ):
        mm.what_if(matching, [mm.change.leave(given)])
