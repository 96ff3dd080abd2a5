"""With rematch=True the matching can be met, and no better one can: checked by brute force."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting_oracles import instants, most_meetings, windows

import mentormatch as mm
from mentormatch.planning.meetings import program

FEW = settings(max_examples=max(8, settings().max_examples // 8))
DATES = ("2027-03-22", "2027-04-04")
PERIODS = [(date(2027, 3, 22), date(2027, 3, 28)), (date(2027, 3, 29), date(2027, 4, 4))]


def problem_of(mentees, mentors, scores, **numbers):
    """A problem with given scores whose people have windows and zones."""
    tables = [
        pd.DataFrame.from_dict(people, orient="index", columns=["free", "tz"])
        for people in (mentees, mentors)
    ]

    def given_scores(left, right):
        rows = [list(mentees).index(one) for one in left.index]
        columns = [list(mentors).index(one) for one in right.index]
        return np.asarray(scores)[np.ix_(rows, columns)]

    criteria = mm.Criteria(mm.criteria.Custom(given_scores, name="given", weight=1))
    return mm.Problem(criteria.score(mm.Cohort(*tables)), **numbers)


def free():
    return mm.criteria.Availability("free", timezone="tz", dates=DATES)


def best_by_brute_force(mentees, mentors, scores, capacity, together):
    """Coverage and total of the best matching that can be met."""
    names, others = list(mentees), list(mentors)
    known = {
        (i, j, k): instants(
            [mentees[i], mentors[j]],
            mentors[j][1],
            date.fromisoformat(DATES[0]),
            date.fromisoformat(DATES[1]),
            4,
            period,
        )
        for i, j in product(names, others)
        for k, period in enumerate(PERIODS)
    }
    best = (-1, -1.0)
    for choice in product([None, *others], repeat=len(names)):
        groups = {j: [i for i, c in zip(names, choice, strict=True) if c == j] for j in others}
        if any(len(group) > capacity for group in groups.values()):
            continue
        fits = True
        for j, group in groups.items():
            for k in range(len(PERIODS)):
                choices = [known[i, j, k] for i in group]
                if together:
                    fits &= not group or bool(set.intersection(*map(set, choices)))
                else:
                    fits &= most_meetings(choices, 4) == len(group)
        if fits:
            total = sum(scores[a][others.index(c)] for a, c in enumerate(choice) if c is not None)
            best = max(best, (sum(c is not None for c in choice), total))
    return best


@FEW
@given(st.data())
@pytest.mark.parametrize("together", [False, True])
def test_a_rematch_is_the_best_matching_that_can_be_met(together, data):
    n, m = data.draw(st.integers(2, 4)), 2
    hour = data.draw(windows(4, 5))
    zone = st.sampled_from(["Europe/Berlin", "America/New_York"])
    near = st.just(hour) | windows(4, 8)
    mentors = {f"o{k}": (data.draw(near), data.draw(zone)) for k in range(m)}
    mentees = {f"e{k}": (data.draw(near), data.draw(zone)) for k in range(n)}
    scores = [[data.draw(st.integers(1, 9)) / 10 for _ in range(m)] for _ in range(n)]
    problem = problem_of(mentees, mentors, scores, capacity=3)
    plan = mm.plan_meetings(
        mm.match(problem),
        2,
        "1 week",
        availability=free(),
        together_hour=together,
        rematch=True,
    )
    assert plan.complete
    coverage, total = best_by_brute_force(mentees, mentors, scores, 3, together)
    assert plan.matching.n_matched == coverage
    assert plan.matching.total == pytest.approx(total)
    assert plan.matching.certificate.proven


SCORES = [[0.9, 0.1], [0.8, 0.2], [0.7, 0.3]]
BERLIN = "Europe/Berlin"


def test_three_mentees_with_two_hours_are_spread_at_the_smallest_loss():
    mentees = dict.fromkeys(("ada", "bob", "cy"), ("Mon 18:00-20:00", BERLIN))
    mentors = dict.fromkeys(("lin", "mia"), ("Mon 18:00-20:00", BERLIN))
    problem = problem_of(mentees, mentors, SCORES, capacity=3)
    matching = mm.match(problem)
    assert not mm.plan_meetings(matching, 2, "1 week", availability=free()).complete
    plan = mm.plan_meetings(matching, 2, "1 week", availability=free(), rematch=True)
    assert plan.complete
    assert plan.matching.pairs["mentor"].tolist() == ["lin", "lin", "mia"]
    assert plan.rules["at_most"].tolist() == [2]
    assert plan.rules["mentees"][0] == ["ada", "bob", "cy"]
    said = plan.rules["reason"][0]
    assert said.startswith(
        "'lin' can meet at most 2 of the mentees 'ada', 'bob', 'cy' for 1 h from 2027-03-22"
    )
    assert plan.matching.certificate.proven


def test_a_matching_that_can_be_met_is_left_as_it_is():
    mentees = {"ada": ("Mon 18:00-20:00", BERLIN)}
    mentors = {"lin": ("Mon 18:00-20:00", BERLIN)}
    matching = mm.match(problem_of(mentees, mentors, [[0.5]]))
    plan = mm.plan_meetings(matching, 2, "1 week", availability=free(), rematch=True)
    assert plan.matching is matching
    assert len(plan.rules) == 0


def test_pins_that_can_never_be_met_are_the_proof_that_no_matching_can():
    mentees = {"ada": ("Mon 18:00-20:00", BERLIN), "bob": ("Mon 18:00-20:00", BERLIN)}
    mentors = {"lin": ("Tue 18:00-20:00", BERLIN), "mia": ("Mon 18:00-20:00", BERLIN)}
    problem = problem_of(mentees, mentors, SCORES[:2], pins=[("ada", "lin")])
    with pytest.raises(mm.InfeasibleError, match="No matching of this problem can be met") as error:
        mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free(), rematch=True)
    assert (
        "the pin ('ada', 'lin') is forbidden: banned: no meetings can be placed: no common 1 h"
        in str(error.value)
    )


def test_who_shares_no_hour_is_told_so_and_that_no_meetings_can_be_placed():
    """It was "no meetings of 1 h of 1 mentees … fit", and bans that nobody wrote."""
    mentees = {f"p{k}": ("Mon 18:00-20:00", BERLIN) for k in range(4)}
    mentors = {"lin": ("Tue 18:00-20:00", BERLIN), "mia": ("Mon 18:00-22:00", BERLIN)}
    scores = [[0.9, 0.1]] * 4
    for count, said in (
        (4, "4 mentees have no 1 h in common with 'lin' from 2027-03-22 to 2027-03-28, so no"),
        (1, "'p0' has no 1 h in common with 'lin' from 2027-03-22 to 2027-03-28, so no such pair"),
    ):
        some = dict(list(mentees.items())[:count])
        problem = problem_of(some, mentors, scores[:count], bans=[("p0", "mia", "cousins")])
        made = mm.match(problem)
        plan = mm.plan_meetings(made, 2, "1 week", availability=free(), rematch=True)
        assert plan.rules["reason"].tolist()[-1].startswith(said)
        reasons = dict(
            zip(*(plan.matching.unmatched[k] for k in ("mentee", "reason")), strict=True)
        )
        assert reasons["p0"] == (
            "no mentor is eligible: of the 2 that the rules allow, bans remove 1 and no meetings "
            "can be placed with 1; decided by hand: not with 'mia' (cousins)"
        )


def test_minimums_that_no_plan_can_fill_are_the_proof_as_well():
    mentees = dict.fromkeys(("ada", "bob"), ("Mon 18:00-19:00", BERLIN))
    mentors = {"lin": ("Mon 18:00-19:00", BERLIN)}
    problem = problem_of(mentees, mentors, [[0.5], [0.4]], capacity=2, minimum=2)
    with pytest.raises(mm.InfeasibleError, match="No matching of this problem can be met"):
        mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free(), rematch=True)


def test_a_group_of_people_without_a_common_hour_becomes_a_group_of_one():
    mentees = {
        "ada": ("Mon 18:00-19:00", BERLIN),
        "bob": ("Tue 18:00-19:00", BERLIN),
        "cy": ("Wed 18:00-19:00", BERLIN),
    }
    mentors = {"lin": ("Mon 18:00-19:00; Tue 18:00-19:00; Wed 18:00-19:00", BERLIN)}
    matching = mm.match(problem_of(mentees, mentors, [[0.5], [0.4], [0.3]], capacity=3))
    plan = mm.plan_meetings(
        matching, 2, "1 week", availability=free(), rematch=True, together_hour=True
    )
    assert plan.matching.pairs["mentee"].tolist() == ["ada"]
    assert plan.complete


def test_a_mentee_of_two_mentors_who_are_free_at_one_hour_only_keeps_one():
    mentees = {"ada": ("Mon 18:00-19:00", BERLIN)}
    mentors = dict.fromkeys(("lin", "mia"), ("Mon 18:00-19:00", BERLIN))
    problem = problem_of(mentees, mentors, [[0.5, 0.4]], demand=2)
    plan = mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free(), rematch=True)
    assert plan.complete
    assert plan.matching.pairs["mentor"].tolist() == ["lin"]


def test_a_limit_of_meetings_a_week_is_a_rule_of_the_rematch():
    mentees = dict.fromkeys(("ada", "bob", "cy"), ("Mon 18:00-20:00", BERLIN))
    mentors = dict.fromkeys(("lin", "mia"), ("Mon 08:00-20:00", BERLIN))
    problem = problem_of(mentees, mentors, SCORES, capacity=3)
    plan = mm.plan_meetings(
        mm.match(problem), 2, "1 week", availability=free(), rematch=True, per_mentor_week=1
    )
    assert plan.complete
    assert plan.matching.n_matched == 2
    assert plan.matching.loads.max() == 1


def test_a_rematch_is_complete_even_when_there_is_no_time_for_the_best_hours():
    mentees = {f"e{k}": ("Mon 18:00-20:00; Tue 18:00-19:00", BERLIN) for k in range(3)}
    mentors = {"lin": ("Mon 18:00-20:00; Tue 18:00-19:15", BERLIN)}
    problem = problem_of(mentees, mentors, [[0.5]] * 3, capacity=3)
    units = mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free())
    (planned,) = units.groups
    found = program.plan_everything(planned.group, None).at
    assert (found >= 0).all()
    for k in range(2):
        times = np.sort(found[:, k])
        assert (np.diff(times) >= 4).all()
        for u in range(3):
            assert found[u, k] in planned.group.starts[u].within(k)


def best_of_chains(mentees, mentors, scores, capacity, demand):
    """Coverage, pairs and total of the best set of pairs that can all be met, by brute force."""
    names, others = list(mentees), list(mentors)
    first, last = map(date.fromisoformat, DATES)
    cells = list(product(range(len(names)), range(len(others))))
    known = {
        (i, j, k): instants(
            [mentees[names[i]], mentors[others[j]]], mentors[others[j]][1], first, last, 4, period
        )
        for i, j in cells
        for k, period in enumerate(PERIODS)
    }

    def can_be_met(pairs, k):
        # Nobody is in two meetings at once, whichever side they are on.
        def place(left, taken):
            if not left:
                return True
            (i, j), *rest = left
            return any(
                place(rest, [*taken, (i, j, at)])
                for at in known[i, j, k]
                if not any(
                    (i == a or j == b) and abs(at - t) < timedelta(hours=1) for a, b, t in taken
                )
            )

        return place(pairs, [])

    best = (-1, -1, -1.0)
    for chosen in product([0, 1], repeat=len(cells)):
        pairs = [cell for cell, one in zip(cells, chosen, strict=True) if one]
        fits = all(sum(i == a for a, _ in pairs) <= demand for i in range(len(names)))
        fits = fits and all(sum(j == b for _, b in pairs) <= capacity for j in range(len(others)))
        if fits and all(can_be_met(pairs, k) for k in range(len(PERIODS))):
            total = sum(scores[i][j] for i, j in pairs)
            best = max(best, (len({i for i, _ in pairs}), len(pairs), total))
    return best


@FEW
@given(st.data())
def test_with_several_mentors_each_a_rematch_is_the_best_that_can_be_met(data):
    n, m = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 2))
    hours = st.sampled_from(["Mon 18:00-19:00", "Mon 18:00-20:00", "Mon 19:00-20:00"])
    mentees = {f"e{k}": (data.draw(hours), BERLIN) for k in range(n)}
    mentors = {f"o{k}": (data.draw(hours), BERLIN) for k in range(m)}
    scores = [[data.draw(st.integers(1, 9)) / 10 for _ in range(m)] for _ in range(n)]
    problem = problem_of(mentees, mentors, scores, capacity=2, demand=2)
    plan = mm.plan_meetings(mm.match(problem), 2, "1 week", availability=free(), rematch=True)
    assert plan.complete
    coverage, pairs, total = best_of_chains(mentees, mentors, scores, 2, 2)
    matching = plan.matching
    assert (matching.n_matched, len(matching.mentees)) == (coverage, pairs)
    assert matching.total == pytest.approx(total)
    assert matching.certificate.proven
    assert mm.certificates.verify(matching).ok


def chain():
    # Two hours, and a square of pairs in which every hour is wanted by a neighbour.
    mentees = {"ada": ("Mon 18:00-20:00", BERLIN), "bob": ("Mon 18:00-19:00", BERLIN)}
    mentors = {"lin": ("Mon 18:00-20:00", BERLIN), "mia": ("Mon 19:00-20:00", BERLIN)}
    return problem_of(mentees, mentors, [[0.9, 0.3], [0.8, 0.2]], capacity=2, demand=2)


def test_of_a_chain_of_pairs_the_one_that_costs_least_goes_and_the_certificate_says_how():
    matching = mm.match(chain())
    plan = mm.plan_meetings(matching, 2, "1 week", availability=free(), rematch=True)
    assert plan.complete
    reasons = " ".join(plan.rules["reason"])
    assert "'ada' with 'lin', 'ada' with 'mia', 'bob' with 'lin' do not all fit" in reasons
    assert plan.matching.pairs["score"].tolist() == [0.9, 0.8]
    assert plan.matching.certificate.method == "branches of rematch"
    checked = mm.certificates.verify(plan.matching)
    assert checked.ok
    assert checked.believed


def test_of_a_chain_another_strategy_says_that_it_cannot_be_searched():
    matching = mm.match(chain(), "maximin")
    with pytest.raises(mm.ProblemError, match="share people in a chain, for which only strategy="):
        mm.plan_meetings(matching, 2, "1 week", availability=free(), rematch=True)
