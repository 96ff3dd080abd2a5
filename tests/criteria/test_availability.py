"""Availability against a brute force over every quarter-hour, on both sides of clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria.availability import stretches
from mentormatch.criteria.availability.week_reader import read_given, words_without_hours
from mentormatch.criteria.availability.windows import (
    DAYS,
    packed_windows,
    read_windows,
    reader_of_column,
    unpacked,
    windows_as_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

Availability = mm.criteria.Availability


def two_people(mentee: tuple[Any, Any], mentor: tuple[Any, Any]) -> mm.Cohort:
    frames = [pd.DataFrame({"free": [free], "tz": [tz]}) for free, tz in (mentee, mentor)]
    return mm.Cohort(*frames)


def hours(
    mentee: tuple[Any, Any], mentor: tuple[Any, Any], dates: tuple[str, str], **given: Any
) -> float:
    """Common hours a week, read off the value with more hours wanted than anybody has."""
    free = Availability("free", timezone="tz", dates=dates, wanted_hours=168, **given)
    scores = mm.Criteria(free).score(two_people(mentee, mentor), precision="float64").dense()
    return float(scores[0, 0]) * 168


def brute_force(
    mentee: tuple[str, str], mentor: tuple[str, str], dates: tuple[str, str], slot: float | None
) -> float:
    """Walk through the programme, quarter-hour by quarter-hour, asking each wall clock."""
    first, last = map(date.fromisoformat, dates)
    weeks = -(-((last - first).days + 1) // 7)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC)
    people = [(read_windows(cell), ZoneInfo(zone)) for cell, zone in (mentee, mentor)]
    free = []
    for k in range(weeks * 7 * 96):
        moment = start + timedelta(minutes=15 * k)
        both = True
        for week, clock in people:
            wall = moment.astimezone(clock)
            slot_of_week = wall.weekday() * 96 + wall.hour * 4 + wall.minute // 15
            both = both and bool(week[slot_of_week])
        free.append(both)
    length = 1 if slot is None else round(slot * 4)
    circle = np.array(free)
    starts = np.all([np.roll(circle, -k) for k in range(length)], axis=0)
    covered = np.any([np.roll(starts, k) for k in range(length)], axis=0)
    return float(covered.sum()) * 0.25 / weeks


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
# Clocks change on 2027-03-14 (US), 2027-03-28 (EU), 2027-10-31 (EU), 2027-11-07 (US).
CASES = [
    # Six hours apart as a rule: Berlin 15–16 is New York 9–10.
    (("Mon 15:00-16:00", BERLIN), ("Mon 09:00-10:00", NEW_YORK), ("2027-01-04", "2027-01-31"), 1.0),
    # Five hours apart in the two weeks between the changes: never in common then.
    (("Mon 15:00-16:00", BERLIN), ("Mon 09:00-10:00", NEW_YORK), ("2027-03-15", "2027-03-28"), 0.0),
    (("Mon 14:00-15:00", BERLIN), ("Mon 09:00-10:00", NEW_YORK), ("2027-03-15", "2027-03-28"), 1.0),
    # One of the four weeks from the 8th of March lies before the first change, one after the
    # second.
    (("Mon 15:00-16:00", BERLIN), ("Mon 09:00-10:00", NEW_YORK), ("2027-03-08", "2027-04-04"), 0.5),
    # The hour from 2 to 3 does not exist in Berlin on the 28th of March, and exists twice on the
    # 31st of October.
    (("Sun 01:00-04:00", BERLIN), ("Sun 01:00-04:00", BERLIN), ("2027-03-22", "2027-03-28"), 2.0),
    (("Sun 02:00-03:00", BERLIN), ("Sun 02:00-03:00", BERLIN), ("2027-03-22", "2027-03-28"), 0.0),
    (("Sun 01:00-04:00", BERLIN), ("Sun 01:00-04:00", BERLIN), ("2027-10-25", "2027-10-31"), 4.0),
    (
        ("Sun 01:00-03:00", NEW_YORK),
        ("Sun 01:00-03:00", NEW_YORK),
        ("2027-11-01", "2027-11-07"),
        3.0,
    ),
    # Twelve hours apart, over midnight and over the end of the week.
    (
        ("Mon 20:00-24:00", "UTC"),
        ("Tue 08:00-12:00", "Etc/GMT-12"),
        ("2027-01-04", "2027-01-10"),
        4.0,
    ),
    (
        ("Sun 23:00-24:00", "UTC"),
        ("Mon 11:00-12:00", "Etc/GMT-12"),
        ("2027-01-04", "2027-01-10"),
        1.0,
    ),
    # A quarter-hour zone.
    (
        ("Mon 10:00-11:00", "UTC"),
        ("Mon 15:45-16:15", "Asia/Kathmandu"),
        ("2027-01-04", "2027-01-10"),
        0.5,
    ),
]


@pytest.mark.parametrize(("mentee", "mentor", "dates", "expected"), CASES)
def test_hours_on_both_sides_of_clock_changes(
    mentee: tuple[str, str], mentor: tuple[str, str], dates: tuple[str, str], expected: float
) -> None:
    assert hours(mentee, mentor, dates) == pytest.approx(expected, abs=1e-12)
    assert brute_force(mentee, mentor, dates, None) == expected


zones = st.sampled_from([BERLIN, NEW_YORK, "Pacific/Auckland", "Australia/Lord_Howe", "UTC"])
times = st.integers(0, 95).map(lambda k: f"{k // 4:02d}:{k % 4 * 15:02d}")
windows = (
    st.tuples(st.sampled_from([*DAYS, "Sun", "Sat-Mon"]), times, times)
    .filter(lambda w: w[1] != w[2])
    .map(lambda w: f"{w[0]} {w[1]}-{w[2]}")
)
people = st.tuples(st.lists(windows, min_size=1, max_size=3).map("; ".join), zones)
periods = st.sampled_from(
    [("2027-03-10", "2027-03-29"), ("2027-10-28", "2027-11-08"), ("2027-04-01", "2027-04-05")]
)


# "class" ends with the function, which hypothesis runs many times.
@pytest.fixture(params=[0.0, 1.0], scope="class")
def stretches_per_place(request: pytest.FixtureRequest) -> Iterator[float]:
    """None is a column of its own, or those that repeat each other are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stretches, "PER_PLACE", request.param)
        yield request.param


@pytest.mark.usefixtures("stretches_per_place")
@given(people, people, periods, st.sampled_from([None, 0.5, 1.0, 2.75]))
def test_hours_equal_a_walk_through_every_quarter_hour(
    mentee: tuple[str, str], mentor: tuple[str, str], dates: tuple[str, str], slot: float | None
) -> None:
    found = hours(mentee, mentor, dates, slot=slot)
    expected = brute_force(mentee, mentor, dates, slot)
    if slot is not None and expected == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(expected, abs=1e-9)
    assert hours(mentor, mentee, dates, slot=slot) == pytest.approx(found, nan_ok=True)


@settings(max_examples=max(7, settings().max_examples // 4))
@given(st.lists(people, min_size=2, max_size=6), st.lists(people, max_size=3), periods, st.data())
def test_hours_of_two_do_not_depend_on_who_else_there_is(
    stretches_per_place: float,
    mentees: list[tuple[str, str]],
    mentors: list[tuple[str, str]],
    dates: tuple[str, str],
    data: st.DataObject,
) -> None:
    # Parts of a week that others have as well, in the same zone.
    cells, zone = [cell for cell, _ in mentees], mentees[0][1]
    mentees = [(data.draw(st.sampled_from(cells)), zone) for _ in range(5)] + mentees
    mentors = [*mentors, (mentees[0][0], BERLIN)]
    slot = data.draw(st.sampled_from([None, 1.0]))
    frames = [pd.DataFrame(side, columns=["free", "tz"]) for side in (mentees, mentors)]
    free = Availability("free", timezone="tz", dates=dates, wanted_hours=168, slot=slot)
    together = mm.Criteria(free).score(mm.Cohort(*frames), precision="float64").dense() * 168
    # Those who were drawn again are asked once.
    known = {pair: hours(*pair, dates, slot=slot) for pair in set(product(mentees, mentors))}
    alone = [[known[one, other] for other in mentors] for one in mentees]
    np.testing.assert_allclose(together, alone, atol=1e-9)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("minimum_hours", [None, 0.5, 1.5])
@pytest.mark.parametrize("wanted", [1e-300, 0.25, 0.3333333333, 0.8, 1.0000000005, 1.25, 168])
def test_a_value_is_hours_by_hours_wanted_whatever_the_rule(
    wanted: float, minimum_hours: float | None, precision: str
) -> None:
    cells = [f"Mon 08:00-{8 + k // 4:02d}:{k % 4 * 15:02d}" for k in range(1, 11)] + ["Tue 8-9"]
    frames = [pd.DataFrame({"free": side, "tz": "UTC"}) for side in (cells, ["Mon 0-24", None])]
    free = Availability(
        "free",
        timezone="tz",
        dates=("2027-01-04", "2027-01-24"),
        wanted_hours=wanted,
        minimum_hours=minimum_hours,
    )
    compatibility = mm.Criteria(free, missing="neutral").score(
        mm.Cohort(*frames), precision=precision
    )
    block = compatibility.block(slice(None))
    common = np.array([*range(1, 11), 0]) / 4
    eligible = common >= (minimum_hours or 0)
    assert block.eligible.tolist() == [[one, True] for one in eligible.tolist()]
    expected = np.minimum(common[eligible] / wanted, 1)
    error = compatibility.scorer.error
    assert np.abs(block.scores[eligible, 0] - expected).max() <= error + 1e-9
    pairs = compatibility.scorer.pairs(
        np.flatnonzero(eligible), np.zeros(eligible.sum(), dtype=int)
    )
    assert np.abs(block.scores[eligible, 0] - pairs.scores).max() <= error
    assert (block.scores[:, 1] == 0.5).all()


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("weight", [1.0, 1e-36, 1e-300])
def test_a_rule_holds_however_small_the_weight(weight: float, precision: str) -> None:
    cells = [f"Mon 08:00-{8 + k // 4:02d}:{k % 4 * 15:02d}" for k in range(1, 13)]
    frames = [
        pd.DataFrame({"free": side, "tz": "UTC"}) for side in (cells, ["Mon 00:00-24:00"] * 3)
    ]
    free = Availability(
        "free",
        timezone="tz",
        dates=("2027-01-04", "2027-01-10"),
        minimum_hours=1,
        wanted_hours=2,
        weight=weight,
    )
    always = mm.criteria.Custom(lambda mentees, mentors: np.ones((len(mentees), len(mentors))))
    compatibility = mm.Criteria(free, always).score(mm.Cohort(*frames), precision=precision)
    block = compatibility.block(slice(None))
    enough = np.arange(1, 13) >= 4
    np.testing.assert_array_equal(block.eligible, np.repeat(enough[:, None], 3, axis=1))
    hours_by_wanted = np.minimum(np.arange(1, 13) / 8, 1)
    expected = (weight * hours_by_wanted + 1) / (weight + 1)
    np.testing.assert_allclose(block.scores[enough], np.repeat(expected[enough, None], 3, axis=1))


def test_only_stretches_as_long_as_a_slot_count() -> None:
    dates = ("2027-01-04", "2027-01-10")
    one = ("Mon 09:00-10:00, 11:00-11:30; Tue 09:00-09:45", "UTC")
    whole = ("Mon-Fri 08:00-18:00", "UTC")
    assert hours(one, whole, dates) == pytest.approx(2.25)
    assert hours(one, whole, dates, slot=0.75) == pytest.approx(1.75)
    assert hours(one, whole, dates, slot=1) == pytest.approx(1.0)
    free = Availability("free", timezone="tz", dates=dates, slot=1.25)
    compatibility = mm.Criteria(free).score(two_people(one, whole))
    assert compatibility.why_ineligible(0, 0) == (
        "Availability('free') slot=1.25: no common hours in stretches of 1.25 h of the 1 wanted"
    )


def test_value_and_minimum_are_in_hours_a_week() -> None:
    dates = ("2027-01-04", "2027-01-31")
    cohort = two_people(("Mon 09:00-10:30", "UTC"), ("Mon 09:30-12:00", "UTC"))
    for minimum, eligible in ((1.0, True), (1.01, False)):
        free = Availability(
            "free", timezone="tz", dates=dates, wanted_hours=4, minimum_hours=minimum
        )
        compatibility = mm.Criteria(free).score(cohort)
        assert np.isnan(compatibility.dense()[0, 0]) != eligible
        if eligible:
            assert compatibility.dense()[0, 0] == 0.25
            sentence = compatibility.breakdown(0, 0)["sentence"][0]
            assert sentence == (
                "1 common hour a week of the 4 wanted, such as Mon 09:30-10:30 on the mentee's "
                "clock"
            )
        else:
            assert "minimum_hours=1.01: 1 common hour" in str(compatibility.why_ineligible(0, 0))


def test_somebody_without_windows_or_zone_is_missing_and_no_rule_applies() -> None:
    free = Availability("free", timezone="tz", dates=("2027-01-04", "2027-01-31"), minimum_hours=1)
    compatibility = mm.Criteria(free).score(two_people(("Mon 9-10", None), ("Tue 9-10", "UTC")))
    assert compatibility.dense().tolist() == [[0.5]]
    assert compatibility.notes == (
        "Availability('free') minimum_hours=1 does not apply to 1 mentee whose cell is empty.",
    )


def test_one_zone_for_everybody_and_no_zone_at_all() -> None:
    cohort = two_people(("Mon 9-11", None), ("Mon 10-12", None))
    for zone in ({}, {"timezone": BERLIN, "dates": ("2027-01-04", "2027-01-31")}):
        assert (
            mm.Criteria(Availability("free", wanted_hours=2, **zone)).score(cohort).dense() == 0.5
        )


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mon 09:00-12:00; Wed 18:00-20:00", "Mon 09:00-12:00, Wed 18:00-20:00"),
        ("monday 9-10, 14:15 – 15", "Mon 09:00-10:00, Mon 14:15-15:00"),
        (
            "Fri-Mon 8am-9:30 a.m.",
            "Mon 08:00-09:30, Fri 08:00-09:30, Sat 08:00-09:30, Sun 08:00-09:30",
        ),
        ("Thurs: 12pm to 1pm", "Thu 12:00-13:00"),
        ("Sat 22:00-02:00", "Sat 22:00-24:00, Sun 00:00-02:00"),
        ("Tue 09:05-10:10", "Tue 09:15-10:00"),
        ("Wed 00:00-24:00", "Wed 00:00-24:00"),
    ],
)
def test_windows_are_read_as_people_write_them(cell: str, text: str) -> None:
    assert windows_as_text(read_windows(cell)) == text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Mo 9-10; Funday 10-11", "'Funday' is neither a day of the week nor a time"),
        ("9-10", "'9-10' names no day"),
        ("Mon 25:00-26:00", "'25:00' is no time of day"),
        ("Mon 0pm-14", "0 pm is no time of day"),
        ("Mon 9:05-9:10", "is shorter than a quarter of an hour"),
        ("Mondaz 9-10", "'Mondaz' is neither a day of the week nor a time"),
        ("evenings", "'evenings' has no times. Write from when to when, such as 18:00-20:00"),
        ("whenever", "'whenever' is neither a day of the week nor a time"),
    ],
)
def test_an_unreadable_window_says_row_and_cure(cell: str, said: str) -> None:
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(Availability("free")).score(two_people(("Mon 9-10", None), (cell, None)))
    (finding,) = caught.value.findings
    assert (finding.file, finding.row, finding.column) == ("mentors", 2, "free")
    assert 'expected weekly windows such as "Mon 09:00-12:00; Wed 18:00-20:00"' in finding.expected
    assert said in finding.expected


@pytest.mark.parametrize(
    ("zone", "near"),
    [("Europe/Berln", BERLIN), ("New Yrok", NEW_YORK), ("europe/berlin", BERLIN)],
)
def test_an_unknown_zone_says_row_and_the_nearest(zone: str, near: str) -> None:
    free = Availability("free", timezone="tz", dates=("2027-01-04", "2027-01-31"))
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(free).score(two_people(("soon", zone), ("Mon 9-10", "UTC")))
    window, unknown = caught.value.findings
    assert window.column == "free"
    assert (unknown.row, unknown.column, unknown.value, unknown.nearest) == (2, "tz", zone, near)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"timezone": "tz"}, "time zones need dates=\\(first, last\\)"),
        ({"dates": ("2027-02-01", "2027-01-01")}, "the last date must follow the first"),
        ({"dates": ("1 May", "2 May")}, "such as \\('2027-01-11', '2027-06-30'\\)"),
        ({"slot": 0.3}, "slot must be hours in quarters"),
        ({"wanted_hours": 0}, "wanted_hours must be above 0"),
        ({"minimum_hours": 200}, "minimum_hours must be above 0 and at most 168"),
        (
            {"timezone": ("a", 3), "dates": ("2027-01-01", "2027-02-01")},
            "timezone must be one column",
        ),
    ],
)
def test_settings_without_meaning_are_refused(given: Any, message: str) -> None:
    with pytest.raises(mm.CriterionError, match=message):
        Availability("free", **given)


@pytest.mark.parametrize(
    ("mentor", "said"),
    [
        # From 14 to 28 March 2027 New York is an hour nearer.
        ("Mon 12:00-13:00", "none in 2 of the 25 weeks, because clocks are changed (the first is "),
        ("Mon 13:00-14:00", "none in 23 of the 25 weeks, because clocks are changed (the first is"),
        ("Mon 11:00-14:00", "wanted, such as Mon 18:00-19:00 on the mentee's clock"),
    ],
)
def test_weeks_without_a_common_hour_are_not_hidden_in_the_mean(mentor: str, said: str) -> None:
    free = Availability("free", timezone="tz", dates=("2027-01-11", "2027-06-30"), wanted_hours=2)
    cohort = two_people(("Mon 18:00-19:00", "Europe/Berlin"), (mentor, "America/New_York"))
    sentence = mm.Criteria(free).score(cohort).breakdown(0, 0)["sentence"][0]
    assert said in sentence
    assert ("none in" in sentence) == ("none in" in said)
    # An example is given even where the first week has none.
    assert "such as Mon 18:00-19:00" in sentence


@pytest.mark.parametrize("first", ["2026-10-05", "2026-10-06", "2026-10-07"])
def test_the_first_week_without_an_hour_lies_within_the_programme(first: str) -> None:
    """Of a programme from Tuesday on, a Monday without an hour was said to lie before it."""
    last = date.fromisoformat(first) + timedelta(days=20 if first > "2026-10-05" else 34)
    free = Availability("free", timezone="tz", dates=(first, last.isoformat()))
    cohort = two_people(("Mon 18:00-19:00", "Europe/Berlin"), ("Mon 12-13", "America/New_York"))
    sentence = mm.Criteria(free).score(cohort).breakdown(0, 0)["sentence"][0]
    assert "(the first is that of 26 October 2026)" in sentence


ALL_BUT_WEDNESDAY = "Mon 09:00-12:00, Tue 09:00-12:00, Thu 09:00-12:00, Fri 09:00-12:00"


@pytest.mark.parametrize(
    "cell",
    [
        "Mon-Fri 9-12, not on Wed", "weekdays but Wed 9-12",
        "Mo-Fr 9-12 Uhr außer Mi", "lun-ven 9h-12h sauf le mercredi", "ma-vr 9-12 behalve woensdag",
        "lunes a viernes 9-12 excepto miércoles", "segunda a sexta 9-12 exceto quarta",
        "lun-ven 9-12 tranne mercoledì", "pon-pt 9-12 oprócz środy", "mån-fre 9-12 utom onsdag",
        "mornings, but not Wed", "mornings except for Wed",
    ],
)  # fmt: skip
def test_days_behind_except_are_taken_out(cell: str) -> None:
    """`init` asked for a meaning of "but not Wed", offered "never", and then refused it."""
    given = read_given({"mornings": "Mon-Fri 09:00-12:00"})
    week = unpacked([packed_windows(cell, reader_of_column([cell], given))])[0]
    assert windows_as_text(week) == ALL_BUT_WEDNESDAY


@pytest.mark.parametrize(
    "cell",
    ["Wed 18-20, Mon-Fri 9-12 but not Wed", "mornings but not Wed 9-12", "Mon 9-12 but only Tue"],
)
def test_hours_of_days_that_are_left_out_are_asked_about(cell: str) -> None:
    given = read_given({"mornings": "Mon-Fri 09:00-12:00"})
    with pytest.raises(ValueError, match="leaves days out, and which hours are left is not clear"):
        packed_windows(cell, reader_of_column([cell], given))


def test_of_a_cell_with_except_only_the_word_before_it_is_asked_for() -> None:
    assert words_without_hours(["flexible, but not Mon", "weekdays except Fri"]) == [
        "flexible",
        "weekdays",
    ]


def test_hours_of_a_word_that_stands_alone_say_that_days_serve_both_ways() -> None:
    cells = ["after 18:00", "Mon after 18:00"]
    given = read_given({"after 18:00": "18:00-22:00"})
    with pytest.raises(ValueError, match=r'names no day\. Write "Mon-Sun 18:00-22:00" in read'):
        packed_windows(cells[0], reader_of_column(cells, given))
    given = read_given({"after 18:00": "Mon-Sun 18:00-22:00"})
    texts = [
        windows_as_text(unpacked([packed_windows(cell, reader_of_column(cells, given))])[0])
        for cell in cells
    ]
    assert texts[1] == "Mon 18:00-22:00"
    assert texts[0].startswith("Mon 18:00-22:00, Tue 18:00-22:00")
