"""A plan can be met: inside everybody's own hours on the date, nobody in two places, proven."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting_oracles import (
    CHANGING,
    QUARTER,
    ZONES,
    instants,
    is_free,
    matching_of,
    most_meetings,
    windows,
)

import mentormatch as mm
from mentormatch.planning.meetings import reasons
from mentormatch.planning.meetings.timeline import Timeline

FEW = settings(max_examples=max(10, settings().max_examples // 3))
QUICK = settings(FEW, max_examples=max(6, settings().max_examples // 6))
ZONE = st.sampled_from(CHANGING) | st.sampled_from(ZONES)
# First dates: any, and those whose programme holds a change of European or American clocks.
FIRST = st.dates(date(2027, 1, 1), date(2027, 12, 1)) | st.sampled_from(
    [date(2027, 3, 8), date(2027, 3, 22), date(2027, 9, 27), date(2027, 10, 25), date(2027, 11, 1)]
)


def check_plan(plan, mentees, mentors, first, last):
    """Every meeting in both people's windows on its date, and nobody in two at once."""
    held = {}
    for row in plan.meetings.itertuples():
        start, end = row.start_utc.to_pydatetime(), row.end_utc.to_pydatetime()
        for role, person, table in (("e", row.mentee, mentees), ("o", row.mentor, mentors)):
            moment = start
            while moment < end:
                assert is_free(*table[person], moment, first, last), (person, moment)
                moment += QUARTER
            held.setdefault((role, person), []).append((start, end))
        for shown, zone in (
            (row.mentee_local, row.mentee_zone),
            (row.mentor_local, row.mentor_zone),
        ):
            wall = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert shown == pd.Timestamp(wall)
    for times in held.values():
        times.sort()
        assert all(one[1] <= other[0] for one, other in pairwise(times))


def test_the_timeline_shows_what_zoneinfo_shows_in_every_zone_around_every_change_of_2027():
    first, last = date(2027, 1, 1), date(2027, 12, 31)
    timeline = Timeline(first, last)
    origin = timeline.origin.replace(tzinfo=None)
    seen = set()
    changes = 0
    for name in ZONES:
        zone = ZoneInfo(name)
        midnights = [
            (timeline.origin + timedelta(days=d)).astimezone(zone).utcoffset()
            for d in range(timeline.weeks * 7)
        ]
        key = tuple(midnights)
        if key in seen:
            continue
        seen.add(key)
        local = timeline.zone(name).local
        for d in range(len(midnights) - 1):
            changed = midnights[d] != midnights[d + 1]
            changes += changed
            for k in range(d * 96, d * 96 + (96 if changed else 1)):
                wall = (timeline.origin + k * QUARTER).astimezone(zone).replace(tzinfo=None)
                assert origin + int(local[k]) * QUARTER == wall, (name, wall)
    assert changes > 40


@FEW
@given(st.data())
def test_no_meeting_lies_outside_anybodys_window_on_its_date_and_none_overlap(data):
    first = data.draw(FIRST)
    weeks = data.draw(st.integers(1, 2))
    count = data.draw(st.integers(1, 3))
    last = first + timedelta(weeks=weeks * count) - timedelta(days=1)
    length = data.draw(st.integers(1, 6))
    n = data.draw(st.integers(1, 4))
    person = st.tuples(windows(), ZONE)
    mentors = {"o1": data.draw(person), "o2": data.draw(person)}
    wanted = data.draw(st.lists(person, min_size=n, max_size=n))
    mentees = {f"e{k}": one for k, one in enumerate(wanted)}
    pairs = [(one, data.draw(st.sampled_from(["o1", "o2"]))) for one in mentees]
    if data.draw(st.booleans()):
        pairs = sorted({*pairs, ("e0", "o1"), ("e0", "o2")})
    dates = (first.isoformat(), last.isoformat())
    matching = matching_of(mentees, mentors, dates, pairs, capacity=4, demand=2)
    per_week = data.draw(st.sampled_from([None, 1, 2]))
    plan = mm.plan_meetings(
        matching,
        meetings=count,
        every=f"{weeks} weeks",
        length=f"{length * 15} min",
        per_mentor_week=per_week,
    )
    assert plan.status is mm.Status.OPTIMAL
    check_plan(plan, mentees, mentors, first, last)
    table = plan.meetings
    assert not table.duplicated(["mentee", "mentor", "number"]).any()
    assert len(plan.unplanned) == len(pairs) * count - len(table)
    assert plan.most == len(table)
    if per_week is not None:
        # Weeks are counted by the calendar of a mentor in the group: no more than two meet in it.
        spread = table.groupby(["mentor", table["number"]])["start_utc"].count()
        assert (spread <= per_week * weeks).all()


@QUICK
@given(st.data())
def test_no_plan_of_one_mentor_and_up_to_four_mentees_has_more_meetings(data):
    first = data.draw(st.sampled_from([date(2027, 3, 8), date(2027, 10, 25), date(2027, 5, 3)]))
    last = first + timedelta(days=13)
    length = data.draw(st.integers(2, 4))
    mentor = (data.draw(windows(4, 6)), data.draw(st.sampled_from(CHANGING)))
    shifted = st.sampled_from([mentor[1], "Europe/Berlin", "America/New_York"])
    n = data.draw(st.integers(2, 4))
    mentees = {
        f"e{k}": (
            data.draw(st.one_of(st.just(mentor[0]), windows(3, 6))),
            mentor[1] if data.draw(st.booleans()) else data.draw(shifted),
        )
        for k in range(n)
    }
    dates = (first.isoformat(), last.isoformat())
    pairs = [(one, "o") for one in mentees]
    matching = matching_of(mentees, {"o": mentor}, dates, pairs, capacity=4)
    plan = mm.plan_meetings(matching, 2, "1 week", timedelta(minutes=15 * length))
    for k in range(2):
        begin = first + timedelta(weeks=k)
        period = (begin, begin + timedelta(days=6))
        choices = [
            instants([one, mentor], mentor[1], first, last, length, period)
            for one in mentees.values()
        ]
        planned = (plan.meetings["number"] == k + 1).sum()
        assert planned == most_meetings([one for one in choices if one], length)


def test_the_weekday_and_hour_stay_by_the_mentors_clock_across_both_clock_changes():
    matching = matching_of(
        {"ada": ("Tue 13:00-20:00", "Europe/Berlin")},
        {"linus": ("Tue 10:00-12:00", "America/New_York")},
        ("2027-03-01", "2027-04-25"),
        [("ada", "linus")],
    )
    plan = mm.plan_meetings(matching, meetings=8, every="1 week")
    assert plan.complete
    assert plan.at_usual_hour == 8
    hours = plan.meetings["mentor_local"].dt.strftime("%a %H:%M").unique().tolist()
    assert hours == ["Tue 10:00"]
    # New York changes on 14 March, Berlin on 28 March: an hour earlier there in between.
    assert plan.meetings["mentee_local"].dt.hour.tolist() == [16, 16, 15, 15, 16, 16, 16, 16]
    assert plan.meetings["start_utc"].dt.hour.tolist() == [15, 15, 14, 14, 14, 14, 14, 14]


def test_an_hour_that_a_clock_change_takes_away_is_unplanned_only_in_those_weeks():
    matching = matching_of(
        {"ada": ("Tue 16:00-17:00", "Europe/Berlin")},
        {"linus": ("Tue 10:00-11:00", "America/New_York")},
        ("2027-03-01", "2027-04-25"),
        [("ada", "linus")],
    )
    plan = mm.plan_meetings(matching, meetings=8, every="1 week")
    assert plan.unplanned["number"].tolist() == [3, 4]
    reason = plan.unplanned["reason"][0]
    assert reason == (
        "the weekly windows of 'ada' and 'linus' share no 1 h from 2027-03-15 to 2027-03-21"
    )
    assert "one more hour of" in plan.unplanned["fix"][0]
    assert not plan.complete
    assert plan.status is mm.Status.OPTIMAL


def three_for_two_hours(free="Tue 18:00-20:00", mentees="Tue 18:00-20:00"):
    mentees = dict.fromkeys(("ada", "bob", "cy"), (mentees, "Europe/Berlin"))
    linus = {"linus": (free, "Europe/Berlin")}
    pairs = [(one, "linus") for one in mentees]
    return matching_of(mentees, linus, ("2027-01-11", "2027-02-07"), pairs, capacity=3)


def test_three_mentees_and_two_common_hours_are_explained_with_the_smallest_fix():
    plan = mm.plan_meetings(three_for_two_hours(), meetings=4, every="1 week")
    assert plan.planned == 8
    (reason,) = (
        plan.unplanned["reason"].str.replace(r"from .* to [\d-]+", "then", regex=True).unique()
    )
    assert reason.startswith("'linus' cannot meet all of ")
    assert reason.endswith("in common with 'linus' are Tue 18:00-20:00 (Europe/Berlin)")
    # All rows of a pair named the dates of its first period.
    for row in plan.unplanned.itertuples(index=False):
        assert f"from {row.first_date:%Y-%m-%d} to {row.last_date:%Y-%m-%d}" in row.reason
    fix = plan.unplanned["fix"][0]
    assert fix.endswith("or one mentee fewer for 'linus'")
    # Both must be asked: nobody is free before 18:00 or after 20:00.
    assert fix.count("one more hour of 'linus' on Tue 17:00-18:00 (Europe/Berlin)") == 1
    assert fix.count("one more hour of") == 2
    wider = three_for_two_hours(free="Tue 18:00-20:00; Tue 08:00-09:00", mentees="Tue 17:00-20:00")
    fix = mm.plan_meetings(wider, meetings=4, every="1 week").unplanned["fix"][0]
    assert fix == (
        "one more hour of 'linus' on Tue 17:00-18:00 (Europe/Berlin), or one mentee fewer for "
        "'linus'"
    )


@QUICK
@given(st.data())
def test_adding_the_time_that_a_fix_names_makes_the_meeting_possible(data):
    zone = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata"])
    mentees = {f"e{k}": (data.draw(windows()), data.draw(zone)) for k in range(3)}
    mentors = {"o": (data.draw(windows()), data.draw(zone))}
    pairs = [(one, "o") for one in mentees]
    dates = ("2027-05-03", "2027-05-16")
    plan = mm.plan_meetings(
        matching_of(mentees, mentors, dates, pairs, capacity=3), meetings=2, every="1 week"
    )
    for fix in plan.unplanned["fix"].unique():
        more = {"mentees": dict(mentees), "mentors": dict(mentors)}
        asks = [one for one in fix.split(" and ") if " more " in one]
        if not asks:
            continue
        for ask in asks:
            person = ask.split("'")[1]
            text = ask.split(" on ")[1].split(" (")[0].replace(",", ";")
            side = "mentors" if person == "o" else "mentees"
            old, its_zone = more[side][person]
            more[side][person] = (f"{old}; {text}", its_zone)
        after = mm.plan_meetings(
            matching_of(more["mentees"], more["mentors"], dates, pairs, capacity=3),
            meetings=2,
            every="1 week",
        )
        assert after.planned > plan.planned


@pytest.mark.parametrize("many", [0, reasons.MANY_UNITS])
@pytest.mark.parametrize("per_week", [None, 4])
def test_in_a_large_group_a_fix_leaves_all_other_meetings_where_they_are(
    monkeypatch, many, per_week
):
    """Groups that were called large never reached the number from which one is."""
    monkeypatch.setattr(reasons, "MANY_UNITS", many)

    def plan_of(mentees, mentors):
        pairs = [(mentee, mentor) for mentee in mentees for mentor in mentors]
        dates = ("2027-05-03", "2027-05-09")
        matching = matching_of(mentees, mentors, dates, pairs, capacity=7, demand=2)
        return mm.plan_meetings(matching, 1, "1 week", per_mentor_week=per_week)

    hours = ("Mon 09:00-12:00", "Europe/Berlin")
    mentees = {f"e{k}": hours for k in range(7)}
    mentors = {"lin": hours, "mia": hours}
    plan = plan_of(mentees, mentors)
    # Three hours of two mentors: six meetings of fourteen.
    assert plan.planned == 6
    assert plan.status is mm.Status.OPTIMAL
    for ask in (
        plan.unplanned["fix"][0].removesuffix(", or one mentee fewer for 'lin'").split(" and ")
    ):
        person, text = ask.split("'")[1], ask.split(" on ")[1].split(" (")[0]
        side = mentors if person in mentors else mentees
        side[person] = (f"{side[person][0]}; {text}", side[person][1])
    assert plan_of(mentees, mentors).planned > 6


def test_in_a_large_group_whose_mentor_has_met_enough_no_time_helps(monkeypatch):
    matching = three_for_two_hours(free="Tue 18:00-20:00; Wed 18:00-20:00; Tue 08:00-12:00")
    small = mm.plan_meetings(matching, 4, "1 week", per_mentor_week=1).unplanned
    monkeypatch.setattr(reasons, "MANY_UNITS", 0)
    large = mm.plan_meetings(matching, 4, "1 week", per_mentor_week=1).unplanned
    pd.testing.assert_frame_equal(small, large)


def test_a_fix_that_is_not_found_in_time_says_whose_time_it_is_about(monkeypatch):
    def late(*_):
        raise mm.SolverError("The smallest addition was not found in time.")

    monkeypatch.setattr(reasons, "smallest_addition", late)
    plan = mm.plan_meetings(three_for_two_hours(), meetings=4, every="1 week")
    assert plan.unplanned["fix"].unique().tolist() == [
        "more time of somebody (how little is enough was not found within ten seconds), or one "
        "mentee fewer for 'linus'"
    ]


def test_where_every_weekday_is_off_no_added_time_helps():
    hour = ("Mon 10:00-11:00", "UTC")
    matching = matching_of(
        {"ada": hour}, {"linus": hour}, ("2027-05-03", "2027-05-09"), [("ada", "linus")]
    )
    off = [f"2027-05-0{day}" for day in range(3, 8)]
    (row,) = mm.plan_meetings(matching, 1, "1 week", holidays=off).unplanned.itertuples()
    assert row.reason.startswith("every hour that 'ada' and 'linus' share ")
    assert row.fix == (
        "no added time between 8:00 and 20:00 on weekdays helps; choose another mentor"
    )


@pytest.mark.parametrize(
    ("holidays", "said"),
    [
        ("lands", "neither table has a column 'lands'; .* Did you mean 'land'"),
        ("land", "column 'land' names countries whose holidays are not known: 'Elbonia'"),
    ],
)
def test_countries_that_are_not_known_are_named(holidays, said):
    table = pd.DataFrame({"free": ["Mon 10:00-11:00"] * 2, "tz": ["UTC"] * 2}, index=["ada", "mia"])
    mentees = table.assign(land=["Elbonia", None])
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-09"))
    cohort = mm.Cohort(mentees, table.set_axis(["lin", "max"], axis="index"))
    matching = mm.match(mm.Problem(mm.Criteria(free).score(cohort)))
    with pytest.raises(mm.ProblemError, match=said):
        mm.plan_meetings(matching, 1, "1 week", holidays=holidays)


def test_holidays_by_date_and_by_country_are_days_without_meetings():
    hour = ("Mon 10:00-11:00", "Europe/Berlin")
    people = ({"ada": hour}, {"linus": hour})
    matching = matching_of(*people, ("2027-03-15", "2027-04-11"), [("ada", "linus")])
    plan = mm.plan_meetings(matching, 4, "1 week", holidays=["2027-03-29"])
    assert plan.unplanned["number"].tolist() == [3]
    assert "is on a day off or while somebody is busy" in plan.unplanned["reason"][0]
    cohort = matching.problem.compatibility.cohort
    tables = [table.assign(country=["Germany"]) for table in (cohort.mentees, cohort.mentors)]
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-03-15", "2027-04-11"))
    problem = mm.Problem(mm.Criteria(free).score(mm.Cohort(*tables)))
    plan = mm.plan_meetings(mm.match(problem), 4, "1 week", holidays="country")
    # Easter Monday.
    assert plan.unplanned["number"].tolist() == [3]


def test_countries_may_stand_in_columns_of_two_names():
    hour = {"free": ["Mon 10:00-11:00"], "tz": ["Europe/Berlin"]}
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-03-15", "2027-04-11"))
    mentees = pd.DataFrame({**hour, "País": ["Germany"]}, index=["ada"])
    mentors = pd.DataFrame({**hour, "Land": ["Germany"]}, index=["linus"])
    matching = mm.match(mm.Problem(mm.Criteria(free).score(mm.Cohort(mentees, mentors))))
    both = [("País", "Land"), {"mentees": "País", "mentors": "Land"}, ["País", None], "Land"]
    for holidays in both:
        plan = mm.plan_meetings(matching, 4, "1 week", holidays=holidays)
        assert plan.unplanned["number"].tolist() == [3]
    # Two texts may be two dates.
    plan = mm.plan_meetings(matching, 4, "1 week", holidays=["2027-03-29", "2027-04-05"])
    assert plan.unplanned["number"].tolist() == [3, 4]
    with pytest.raises(mm.ProblemError, match="holidays: the table of mentors has no column 'Pa"):
        mm.plan_meetings(matching, 4, "1 week", holidays=["País", "País2"])


def test_the_kick_off_lies_within_the_time_asked_for():
    matching = matching_of(
        {"ada": ("Mon 10:00-11:00; Wed 10:00-11:00", "UTC")},
        {"linus": ("Mon 10:00-11:00; Wed 10:00-11:00", "UTC")},
        ("2027-05-04", "2027-06-28"),
        [("ada", "linus")],
    )
    plan = mm.plan_meetings(matching, 2, "4 weeks", kickoff_within="3 days")
    assert plan.meetings["start_utc"][0] == pd.Timestamp("2027-05-05 10:00", tz="UTC")
    late = mm.plan_meetings(matching, 2, "4 weeks", kickoff_within="1 day")
    assert late.unplanned["number"].tolist() == [1]
    assert "within 1 days of 2027-05-04" in late.unplanned["reason"][0]


def test_somebody_who_is_mentee_and_mentor_is_never_in_two_meetings_at_once():
    both = pd.DataFrame({"free": ["Mon 10:00-11:00"] * 2, "tz": ["UTC"] * 2}, index=["ada", "mia"])
    mentors = pd.DataFrame(
        {"free": ["Mon 10:00-11:00"] * 2, "tz": ["UTC"] * 2}, index=["mia", "lin"]
    )
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-09"))
    both.index.name = mentors.index.name = "email"
    cohort = mm.Cohort(both, mentors)
    problem = mm.Problem(mm.Criteria(free).score(cohort))
    pairs = [("ada", "mia"), ("mia", "lin")]
    plan = mm.plan_meetings(mm.Matching.from_pairs(problem, pairs), 1, "1 week")
    assert cohort.shares_ids
    assert plan.planned == 1
    assert "without being in two places" in plan.unplanned["reason"][0]


def test_a_limit_of_meetings_in_a_week_is_kept_and_named():
    matching = three_for_two_hours(free="Tue 18:00-20:00; Wed 18:00-20:00; Tue 08:00-12:00")
    plan = mm.plan_meetings(matching, 4, "1 week", per_mentor_week=1)
    assert plan.planned == 4
    said = plan.unplanned["reason"]
    assert said.str.contains("per_mentor_week allows 1 meeting then").all()
    assert plan.unplanned["fix"].str.contains("allow more meetings a week").all()


def test_the_order_of_rows_does_not_change_the_plan():
    plan = mm.plan_meetings(three_for_two_hours(), 4, "1 week")
    again = mm.plan_meetings(three_for_two_hours(), 4, "1 week")
    pd.testing.assert_frame_equal(plan.meetings, again.meetings)


def test_a_group_meets_at_one_hour_that_suits_everybody_or_not_at_all():
    mentees = {
        "ada": ("Mon 18:00-19:00; Tue 18:00-19:00", "Europe/Berlin"),
        "bob": ("Tue 18:00-19:00", "Europe/Berlin"),
    }
    mentors = {"lin": ("Mon 18:00-19:00; Tue 18:00-19:00", "Europe/Berlin")}
    pairs = [("ada", "lin"), ("bob", "lin")]
    matching = matching_of(mentees, mentors, ("2027-05-03", "2027-05-16"), pairs, capacity=2)
    plan = mm.plan_meetings(matching, 2, "1 week", together_hour=True)
    assert plan.complete
    assert plan.meetings["start_utc"].nunique() == 2
    mentees["bob"] = ("Wed 18:00-19:00", "Europe/Berlin")
    matching = matching_of(mentees, mentors, ("2027-05-03", "2027-05-16"), pairs, capacity=2)
    apart = mm.plan_meetings(matching, 2, "1 week", together_hour=True)
    assert apart.planned == 0
    assert "'ada', 'bob' and 'lin' share no 1 h" in apart.unplanned["reason"][0]


def test_a_plan_tells_itself_and_its_kinds_are_the_milestones():
    plan = mm.plan_meetings(three_for_two_hours(), 4, "1 week")
    told = repr(plan)
    assert "8 of 12 planned, 1 h every week, 2027-01-11 to 2027-02-07" in told
    assert "4 meetings of" in told
    assert "no plan for this matching has more meetings" in told
    assert "<table>" in plan._repr_html_()
    kinds = plan.meetings.drop_duplicates("number").set_index("number")["kind"]
    assert kinds[1] == "kick-off"
    assert kinds[2] == "goal setting, early check, mid-point evaluation"
    assert kinds[4] == "closure"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"meetings": 0}, "meetings must be a whole number of 1 or more, got 0"),
        ({"every": "10 days"}, "every must be whole weeks, such as '2 weeks'"),
        ({"every": "often"}, "every must be a number of minutes, hours, days or weeks"),
        ({"length": "20 min"}, "length must be quarters of an hour"),
        ({"meetings": 5, "every": "1 week"}, "end on 2027-02-14, but the programme ends on"),
        ({"between": "2027"}, r"between must be \(first, last\)"),
        ({"between": ("2027-02-01", "2027-01-01")}, "the last date, 2027-01-01, is before"),
        ({"between": ("soon", "later")}, "must be a date such as '2027-01-11', got 'soon'"),
        ({"per_mentor_week": 0}, "per_mentor_week must be a whole number"),
        ({"kickoff_within": "1 h"}, "kickoff_within must be a day or more"),
        ({"holidays": "land"}, "neither table has a column 'land'"),
        ({"holidays": ["Easter"]}, "holidays must be a date"),
        ({"holidays": 3}, "holidays must be dates, or the name of a column"),
    ],
)
def test_a_plan_that_cannot_be_meant_is_refused_with_the_cure(options, said):
    given = {"meetings": 4, "every": "1 week"} | options
    with pytest.raises(mm.ProblemError, match=said):
        mm.plan_meetings(three_for_two_hours(), **given)


def test_a_match_without_windows_or_zones_says_what_a_plan_needs():
    with pytest.raises(mm.ProblemError, match="needs the people's tables"):
        mm.plan_meetings(mm.match(mm.Problem.from_scores([[1.0]])))
    table = pd.DataFrame({"free": ["Mon 10:00-11:00"]}, index=["a"])
    cohort = mm.Cohort(table, table.rename(index={"a": "b"}))
    plain = mm.match(mm.Problem(mm.Criteria(mm.criteria.Availability("free")).score(cohort)))
    with pytest.raises(mm.ProblemError, match="by which clock people's windows are meant"):
        mm.plan_meetings(plain)
    none = mm.match(mm.Problem(mm.Criteria(mm.criteria.Same("free")).score(cohort)))
    with pytest.raises(mm.ProblemError, match="has no Availability criteria to plan by"):
        mm.plan_meetings(none)


def test_the_empty_matching_has_an_empty_plan():
    matching = matching_of(
        {"ada": ("Mon 10:00-11:00", "UTC")},
        {"lin": ("Tue 10:00-11:00", "UTC")},
        ("2027-05-03", "2027-05-16"),
        [],
    )
    plan = mm.plan_meetings(matching, 2, "1 week")
    assert plan.complete
    assert len(plan.meetings) == len(plan.unplanned) == 0
    assert np.array_equal(plan.meetings.columns[:2], ["mentee", "mentor"])


def test_a_meeting_keeps_its_length_when_the_clock_is_changed_during_it():
    # Night shift: the clock in Berlin is set back from 03:00 to 02:00 on 31 October 2027.
    matching = matching_of(
        {"ada": ("Sun 01:00-05:00", "Europe/Berlin")},
        {"lin": ("Sun 01:00-05:00", "Europe/Berlin")},
        ("2027-10-25", "2027-10-31"),
        [("ada", "lin")],
    )
    plan = mm.plan_meetings(matching, 1, "1 week", "5 h")
    assert plan.complete
    row = plan.meetings.iloc[0]
    assert row["end_utc"] - row["start_utc"] == timedelta(hours=5)
    assert row["start_utc"].to_pydatetime() == datetime(2027, 10, 30, 23, tzinfo=UTC)
