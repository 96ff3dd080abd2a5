"""Figures of a programme: Kaplan–Meier as statsmodels has it, states by their rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

import mentormatch as mm
from mentormatch.planning import StatusRules, kaplan_meier

TIMES = st.lists(st.tuples(st.integers(1, 12), st.booleans()), min_size=2, max_size=40)


@given(TIMES)
def test_shares_and_errors_are_those_of_another_implementation(seen):
    times = np.array([float(time) for time, _ in seen])
    happened = np.array([event for _, event in seen])
    mine = kaplan_meier(times, happened)
    if not happened.any():
        assert len(mine) == 0
        return
    theirs = SurvfuncRight(times, happened.astype(int))
    assert mine["time"].tolist() == theirs.surv_times.tolist()
    assert mine["share"].to_numpy() == pytest.approx(theirs.surv_prob, abs=1e-12)
    left = mine["share"].to_numpy() > 0
    assert mine["std_error"].to_numpy()[left] == pytest.approx(theirs.surv_prob_se[left], abs=1e-12)
    inside = mine[left]
    assert ((inside["low"] <= inside["share"]) & (inside["share"] <= inside["high"])).all()


@given(TIMES)
def test_without_censoring_the_share_is_the_plain_one(seen):
    times = np.array([float(time) for time, _ in seen])
    table = kaplan_meier(times, np.ones(len(times), bool))
    for row in table.itertuples():
        assert row.share == pytest.approx((times > row.time).mean(), abs=1e-12)


def matching_of(n=8):
    people = [f"e{k}" for k in range(n)]
    groups = ["a"] * (n - 3) + ["b"] * 3
    mentees = pd.DataFrame({"group": groups}, index=people)
    mentors = pd.DataFrame({"seats": n}, index=["o"])
    ones = mm.criteria.Custom(lambda a, b: np.ones((len(a), len(b))), name="x", weight=1)
    criteria = mm.Criteria(ones)
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)), capacity=n)
    return mm.Matching.from_pairs(problem, [(one, "o") for one in people])


def events(*rows):
    columns = ["mentee", "date", "event", "side", "value", "reason"]
    table = pd.DataFrame([(*row, *[None] * (6 - len(row))) for row in rows], columns=columns)
    return table.assign(mentor="o")


LIVES = events(
    ("e1", "2027-01-12", "accepted"),
    ("e2", "2027-01-12", "accepted"),
    ("e2", "2027-01-20", "met"),
    ("e2", "2027-03-01", "met"),
    ("e3", "2027-01-20", "met"),
    ("e3", "2027-02-27", "missed"),
    ("e3", "2027-03-01", "missed"),
    ("e4", "2027-01-20", "met"),
    ("e4", "2027-02-01", "paused"),
    ("e5", "2027-01-20", "met"),
    ("e5", "2027-02-01", "met"),
    ("e5", "2027-02-10", "met"),
    ("e5", "2027-02-11", "survey", "mentee", 5),
    ("e6", "2027-01-25", "met"),
    ("e6", "2027-02-05", "ended", None, None, "moved away"),
    ("e7", "2027-01-15", "declined"),
    ("e1", "2027-02-25", "met"),
)


def test_every_state_follows_from_the_rules():
    status = mm.programme_status(
        matching_of(), LIVES, start="2027-01-11", as_of="2027-03-02", rules=StatusRules(3, 35, 2)
    )
    states = dict(zip(status.pairs["mentee"], status.pairs["state"], strict=True))
    assert states == {
        "e0": "proposed",
        "e1": "active",
        "e2": "active",
        "e3": "at risk",
        "e4": "paused",
        "e5": "completed",
        "e6": "ended early",
        "e7": "declined",
    }
    later = mm.programme_status(
        matching_of(), LIVES, start="2027-01-11", as_of="2027-05-01", rules=StatusRules(3, 35, 2)
    )
    # Nobody of the active ones has met for too long.
    assert later.states["at risk"] == 3
    earlier = mm.programme_status(matching_of(), LIVES, start="2027-01-11", as_of="2027-01-13")
    assert earlier.states["accepted"] == 2
    assert status.pairs.set_index("mentee").loc["e6", "reason"] == "moved away"
    assert "1 pair is at risk" in repr(status)


def test_running_pairs_are_censored_not_counted_as_successes():
    status = mm.programme_status(matching_of(), LIVES, start="2027-01-11", as_of="2027-03-02")
    figures = status.figures.set_index("figure")
    # Six pairs began, one ended on day 25; nobody had left before.
    assert figures.loc["early closure", "value"] == pytest.approx(1 / 6)
    assert figures.loc["early closure", "n"] == 6
    assert figures.loc["acceptance", "value"] == pytest.approx(6 / 7)
    # e0 never met and is censored, e7 declined on day 4: the fourth of the seven left met on day 9.
    assert figures.loc["days to first meeting", "value"] == 9
    assert "censored" in figures.loc["early closure", "note"]


def test_small_groups_are_not_shown_and_small_ones_carry_a_note():
    status = mm.programme_status(
        matching_of(), LIVES, start="2027-01-11", as_of="2027-03-02", groups=["group"]
    )
    # All eight less the five of a are the three of b, so neither stands there alone.
    assert set(status.figures["group"]) == {"all", "group: a and 1 small group"}
    merged = status.figures[status.figures["group"] != "all"].set_index("figure")
    assert "fewer than 30: weak evidence" in merged.loc["active share", "note"]
    # One answer is nobody's business.
    one = status.figures.set_index(["figure", "group"]).loc["satisfaction of mentees", "all"]
    assert np.isnan(one["value"])


def grouped_status(labels, rows):
    """Where pairs of twelve stand, compared by such labels."""
    people = matching_of(12)
    cohort = people.problem.compatibility.cohort
    columns = labels if isinstance(labels, dict) else {"group": labels}
    mentees = cohort.mentees.assign(**columns)
    ones = mm.criteria.Custom(lambda a, b: np.ones((len(a), len(b))), name="x", weight=1)
    score = mm.Criteria(ones).score(mm.Cohort(mentees, cohort.mentors))
    matching = mm.Matching.from_pairs(mm.Problem(score, capacity=12), people.pairs)
    return mm.programme_status(
        matching, events(*rows), start="2027-01-11", as_of="2027-03-02", groups=list(columns)
    )


def test_figures_of_two_columns_tell_no_few_people_together():
    """Of both columns each had two large groups; north less x told the figures of one person."""
    columns = {"site": ["north"] * 6 + ["south"] * 6, "team": ["x"] * 5 + ["y"] * 7}
    accepted = [("e5", "2027-01-12", "accepted")]
    for order, hidden in ((["site", "team"], ["team: x", "team: y"]),
                          (["team", "site"], ["site: north", "site: south"])):  # fmt: skip
        status = grouped_status({name: columns[name] for name in order}, accepted)
        rows = status.figures[status.figures["figure"] == "active share"].set_index("group")
        assert rows.index[rows["value"].isna()].tolist() == hidden
        assert "could be computed from it" in rows.loc[hidden[0], "note"]
    # One column alone tells nobody apart.
    alone = grouped_status({"team": columns["team"]}, accepted).figures
    assert alone.loc[alone["figure"] == "active share", "value"].notna().all()


def test_one_who_answers_five_times_is_one_person():
    rows = [("e1", f"2027-02-{day:02}", "survey", "mentee", 2) for day in range(1, 8)]
    status = grouped_status(["a"] * 6 + ["b"] * 6, rows)
    answers = status.figures[status.figures["figure"] == "satisfaction of mentees"]
    assert answers["value"].isna().all()
    assert set(answers["note"]) == {"fewer than 5: not shown"}


def test_figures_that_few_of_a_group_gave_are_not_told_by_the_other_group():
    # Two of b answered: what all and a gave said what the two did.
    rows = [(f"e{k}", "2027-03-01", "survey", "mentee", 1 + k % 5) for k in range(8)]
    status = grouped_status(["a"] * 6 + ["b"] * 6, rows)
    answers = status.figures[status.figures["figure"] == "satisfaction of mentees"]
    answers = answers.set_index("group")
    assert not np.isnan(answers.loc["all", "value"])
    assert answers.loc[["group: a", "group: b"], "value"].isna().all()
    assert "fewer people could be computed" in answers.loc["group: a", "note"]


@pytest.mark.parametrize(("of_a", "shown"), [(2, False), (5, True)])
def test_what_mentors_say_is_hidden_by_how_many_mentors_said_it(of_a, shown):
    """Ten mentees stand on each site; two mentors of site a were told by all less site b."""
    people = [f"e{k}" for k in range(20)]
    mentees = pd.DataFrame({"site": ["a"] * 10 + ["b"] * 10}, index=people)
    mentors = pd.DataFrame({"seats": 10}, index=[f"o{k}" for k in range(20)])
    ones = mm.criteria.Custom(lambda a, b: np.ones((len(a), len(b))), name="x", weight=1)
    problem = mm.Problem(mm.Criteria(ones).score(mm.Cohort(mentees, mentors)), capacity=10)
    with_whom = [f"o{k % of_a if k < 10 else k}" for k in range(20)]
    pairs = list(zip(people, with_whom, strict=True))
    rows = [(*pair, "2027-02-11", "survey", "mentor", 1 + k // 10 * 4) for k, pair in
            enumerate(pairs)]  # fmt: skip
    columns = ["mentee", "mentor", "date", "event", "side", "value"]
    matching = mm.Matching.from_pairs(problem, pairs)
    told = mm.programme_status(matching, pd.DataFrame(rows, columns=columns), groups=["site"])
    figures = told.figures.set_index(["figure", "group"])["value"]
    assert figures["satisfaction of mentors", "all"] == 3
    of_groups = figures["satisfaction of mentors"].drop("all")
    assert of_groups.notna().tolist() == [shown, shown]
    # What mentees are counted for is shown as ever.
    assert figures["active share"].notna().all()


def test_an_aim_shows_no_number_that_few_people_gave():
    rows = [("e1", f"2027-02-{day:02}", "survey", "mentee", 2) for day in range(1, 8)]
    status = grouped_status({}, rows)
    aim = mm.planning.Objective("Be liked", "satisfaction", 4)
    [row] = mm.planning.track_objectives([aim], status.observed, status.figures).to_dict("records")
    assert row["n"] == 7
    assert np.isnan(row["now"])
    assert row["standing"] == "not known"


def test_groups_that_are_all_large_enough_are_shown_with_a_note():
    status = grouped_status(["a"] * 6 + ["b"] * 6, [("e1", "2027-01-12", "accepted")])
    rows = status.figures[status.figures["figure"] == "active share"].set_index("group")
    assert rows.loc[["group: a", "group: b"], "value"].notna().all()
    assert "fewer than 30: weak evidence" in rows.loc["group: a", "note"]


def test_objectives_are_tracked_by_figures_that_censor_running_pairs():
    status = mm.programme_status(matching_of(), LIVES, start="2027-01-11", as_of="2027-03-02")
    goals = [
        mm.planning.Objective("Take part", "acceptance", 0.3),
        mm.planning.Objective("Stay", "early closure", 0.9, direction="at most"),
        mm.planning.Objective("Finish", "completion", 0.5),
    ]
    assert status.running
    table = mm.planning.track_objectives(
        goals, status.observed, status.figures, running=status.running
    )
    assert table["standing"].tolist() == ["reached so far", "reached so far", "not known"]
    middling = [mm.planning.Objective("Take part", "acceptance", 0.8)]
    again = mm.planning.track_objectives(
        middling, status.observed, status.figures, running=status.running
    )
    assert again["standing"].tolist() == ["not clear yet"]
    # The one pair that is over ended early: of all that began that is one in six, not all.
    assert table["now"][1] == pytest.approx(1 / 6)
    note = status.figures.set_index("figure").loc["completion", "note"]
    assert note == "5 of 6 pairs still run: at least 0 and at most 0.833"


def goals(*values: float, measures: tuple[str, ...] = ()) -> pd.DataFrame:
    """One goal of each pair, or as many as are named."""
    names = measures or ("",)
    rows = [(f"e{k}", "2027-03-01", "goals", None, v) for k, v in enumerate(values) for _ in names]
    return events(*rows).assign(measure=list(names) * len(values))


def goal_standing(
    table: pd.DataFrame, target: float
) -> tuple[pd.Series, mm.planning.ProgrammeStatus]:
    status = mm.programme_status(matching_of(), table, start="2027-01-11", as_of="2027-03-02")
    aims = [mm.planning.Objective("Goals", "goal score", target)]
    found = mm.planning.track_objectives(aims, status.observed, status.figures, running=False)
    return found.iloc[0], status


def test_goals_at_levels_are_compared_with_a_target_of_50_as_scores():
    # All goals better than expected were "missed": 1.5 is below 50.
    row, status = goal_standing(goals(1, 2, 1, 2, 1, 2, 2, 1), 50)
    assert row["standing"] == "reached"
    assert row["now"] == pytest.approx(65)
    assert "8 of 8 values" in status.notes[-1]
    assert "50 means as expected" in status.notes[-1]
    # Two goals of a pair on one date are one score of the pair.
    two, _ = goal_standing(goals(1, 1, 1, 1, 1, measures=("speak", "write")), 50)
    assert two["n"] == 5
    assert two["now"] == pytest.approx(float(mm.planning.goal_scores([1, 1])))
    # Scores stay, and stand beside levels.
    row, _ = goal_standing(goals(60, 70, 55, 1, 2), 50)
    assert row["now"] == pytest.approx(np.mean([60, 70, 55, 60, 70]))


def test_goals_on_another_scale_are_compared_with_nothing_and_it_is_said():
    row, status = goal_standing(goals(1, 2, 3, 4, 5, 5), 50)
    assert (row["standing"], row["n"]) == ("not known", 0)
    assert "3, 4, 5 is neither a level from -2 to 2" in status.notes[-1]


def test_completion_is_known_when_no_pair_runs_any_more():
    rows = [(f"e{k}", "2027-02-01", "completed") for k in range(6)]
    rows += [("e6", "2027-02-01", "ended"), ("e7", "2027-02-01", "declined")]
    status = mm.programme_status(matching_of(), events(*rows), start="2027-01-11")
    assert not status.running
    figures = status.figures.set_index("figure")
    assert figures.loc["completion", "value"] == pytest.approx(6 / 7)
    assert figures.loc["early closure", "value"] == pytest.approx(1 / 7)


def test_a_meeting_that_is_entered_twice_counts_once_and_it_is_said():
    """Two rows of one meeting made two, and a pair was completed after half of its meetings."""
    rows = [("e1", "2027-01-12", "accepted"), ("e1", "2027-01-13", "met")]
    again = [*rows, rows[1], ("e1", "2027-01-13 15:00", "met")]
    whole = mm.programme_status(matching_of(), events(*again), as_of="2027-02-01")
    assert whole.pairs.set_index("mentee").loc["e1", "met"] == 2
    assert (
        whole.notes[-1]
        == "1 row repeats another and does not count: the same pair, date and event."
    )
    once = mm.programme_status(matching_of(), events(*rows), as_of="2027-02-01")
    assert once.pairs.set_index("mentee").loc["e1", "met"] == 1
    assert not any("repeat" in note for note in once.notes)


@pytest.mark.parametrize("last", ["ended", "completed"])
def test_two_ends_of_a_pair_on_one_date_are_asked_about(last):
    """The upper row decided whether the pair counted as a success."""
    first = "completed" if last == "ended" else "ended"
    both = events(("e1", "2027-01-12", first), ("e1", "2027-01-12", last))
    with pytest.raises(mm.CohortError) as error:
        mm.programme_status(matching_of(), both)
    (finding,) = error.value.findings
    assert (finding.row, finding.column, finding.value) == (3, "event", last)
    assert f'another row says "{first}" of the same pair and date' in finding.expected
    later = events(("e1", "2027-01-12", first), ("e1", "2027-01-13", last))
    pairs = mm.programme_status(matching_of(), later).pairs.set_index("mentee")
    assert pairs.loc["e1", "state"] == {"ended": "ended early"}.get(first, first)


def test_everything_wrong_with_events_is_said_at_once_with_row_and_cure():
    wrong = events(
        ("e1", "soon", "met"),
        ("nobody", "2027-01-12", "met"),
        ("e1", "2027-01-12", "mett"),
        ("e1", "2027-01-12", "survey", "boss", "good"),
    )
    with pytest.raises(mm.CohortError) as error:
        mm.programme_status(matching_of(), wrong)
    said = str(error.value)
    for sentence in (
        "5 problems in the tables",
        "events, row 2, column 'date': found 'soon'; expected a date",
        "events, row 3, column 'mentee': found 'nobody - o'; expected a pair of the matching",
        "Did you mean 'met'?",
        "row 5, column 'value': found 'good'; expected a number",
        "row 5, column 'side': found 'boss'; expected who answered",
    ):
        assert sentence in said
    with pytest.raises(mm.CohortError, match="the column is missing"):
        mm.programme_status(matching_of(), LIVES.drop(columns="date"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"start": "2027-02-01"}, "2027-01-12 lies before the start, 2027-02-01"),
        ({"start": "soon"}, "start must be a date such as '2027-01-11', got 'soon'"),
        ({"groups": ["team"]}, "groups: the table of the mentees has no column 'team'"),
    ],
)
def test_dates_and_columns_that_do_not_fit_are_refused(options, said):
    with pytest.raises(mm.ProblemError, match=said):
        mm.programme_status(matching_of(), LIVES, **options)
    with pytest.raises(mm.ProblemError, match="at_risk_days must be a whole number of 1 or more"):
        StatusRules(at_risk_days=0)
    with pytest.raises(mm.ProblemError, match="There are no events"):
        mm.programme_status(matching_of(), events())


def _two_meetings(*dates):
    matching = mm.match(mm.Problem.from_scores([[0.9, 0.1], [0.1, 0.9]]))
    rows = [(k, k, date, "met") for k, date in enumerate(dates)]
    events = pd.DataFrame(rows, columns=["mentee", "mentor", "date", "event"])
    return mm.programme_status(matching, events)


@pytest.mark.parametrize(
    ("dates", "last"),
    [
        (["2026-03-28T10:00+01:00", "2026-03-30T10:00+02:00"], "2026-03-30"),
        ([pd.Timestamp("2026-02-05", tz="UTC"), "2026-02-06"], "2026-02-06"),
        (["13/02/2026", "03/02/2026"], "2026-02-13"),
        (["02/13/2026", "03/02/2026"], "2026-03-02"),
        (["1.3.2026", "13.2.26"], "2026-03-01"),
        (["5/5/2026", "5 Feb 2026"], "2026-05-05"),
    ],
)
def test_dates_of_events_are_read_across_zones_and_by_what_their_column_shows(dates, last):
    assert str(_two_meetings(*dates).as_of.date()) == last


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        (["05/02/2026", "2026-02-01"], "which number is the day is not evident"),
        (["13/02/2026", "02/13/2026"], "which number is the day is not evident"),
        (["31.02.2026", "2026-02-01"], "expected a date"),
        ([45000, "2026-02-01"], "expected a date"),
    ],
)
def test_a_date_with_two_meanings_or_none_is_asked_about(dates, said):
    with pytest.raises(mm.CohortError, match=said):
        _two_meetings(*dates)


@pytest.mark.parametrize(
    ("durations", "happened", "said"),
    [
        ([1, 2], [True], r"equally long; got the shapes \(2,\) and \(1,\)"),
        ([[1]], [[True]], r"equally long; got the shapes \(1, 1\)"),
        ([np.inf], [True], "durations must be finite, got inf. Leave out who"),
        ([3, -2], [True, True], "A duration is negative: -2. Check the dates."),
    ],
)
def test_durations_that_are_none_are_refused(durations, happened, said):
    with pytest.raises(mm.ProblemError, match=said):
        kaplan_meier(durations, happened)


def test_pairs_at_risk_are_named_and_the_first_meeting_has_its_number():
    """It said "5 pairs are at risk: talk to both", and named nobody."""
    status = mm.programme_status(
        matching_of(), LIVES, start="2027-01-11", as_of="2027-03-02", rules=StatusRules(3, 35, 2)
    )
    assert "1 pair is at risk: 'e3' with 'o'. Talk to both" in status.notes[0]
    note = status.figures.set_index("figure").loc["days to first meeting", "note"]
    assert note == "by then half of the pairs have met (Kaplan–Meier); so far 6 of 8 pairs have"
    one = LIVES[(LIVES["event"] == "met") & (LIVES["mentee"] == "e1")]
    ended = [(f"e{k}", "2027-01-12", "ended") for k in range(8) if k != 1]
    some = pd.concat([one, events(*ended)])
    found = mm.programme_status(matching_of(), some, start="2027-01-11", as_of="2027-03-02")
    note = found.figures.set_index("figure").loc["days to first meeting", "note"]
    assert note.endswith("so far 1 of 8 pairs has")
    early = mm.programme_status(matching_of(), LIVES, start="2027-01-11", as_of="2027-01-13")
    note = early.figures.set_index("figure").loc["days to first meeting", "note"]
    assert note == "not known yet, as fewer than half of the pairs have met: 0 of 8 pairs"


def test_dates_that_are_all_written_in_one_way_are_one_problem_with_its_cure():
    rows = [(f"e{k}", f"0{k + 1}/02/2027", "met") for k in range(3)]
    with pytest.raises(mm.CohortError) as caught:
        mm.programme_status(matching_of(), events(*rows), as_of="2027-03-02")
    (finding,) = caught.value.findings
    assert "which number is the day is not evident" in finding.expected
    assert "It is so in 1 more row: give the whole column the format yyyy-mm-dd" in str(finding)
