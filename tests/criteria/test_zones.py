"""Time zones as people write them; never a zone of another offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria import Availability
from mentormatch.criteria.availability.zones import is_city, is_zone, is_zone_like, read_zone
from mentormatch.criteria.cells.tokens import UnreadableError

WINDOWS = {name: zone for name, zone in get_global("windows_zone_mapping").items() if is_zone(zone)}


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("(GMT-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT -5:00) Eastern Time (US & Canada), Bogota, Lima", "America/New_York"),
        ("(GMT-04:00) Eastern Time - New York", "America/New_York"),
        ("(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", "Europe/Amsterdam"),
        ("(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi", "Asia/Kolkata"),
        ("(UTC-06:00) Central America", "America/Guatemala"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("Eastern Time", "America/New_York"),
        ("Mitteleuropäische Zeit", "Europe/Berlin"),
        ("ET", "America/New_York"),
        ("PST", "America/Los_Angeles"),
        ("JST", "Asia/Tokyo"),
        ("UTC+2", "Etc/GMT-2"),
        ("-5", "Etc/GMT+5"),
        ("−5", "Etc/GMT+5"),
        ("+05:30", "Asia/Kolkata"),
        ("utc", "UTC"),
        ("Istanbul (UTC+3)", "Europe/Istanbul"),
        ("Berlin, GMT+2", "Europe/Berlin"),
        ("New York (−5)", "America/New_York"),
    ],
)
def test_zones_are_read_as_people_write_them(text: str, zone: str) -> None:
    assert read_zone(text).zone == zone


@pytest.mark.parametrize(
    "text",
    [
        "Berlin (UTC+9:00:00)",
        "Berlin (UTC+9)",
        "Berlin (-.)",
        "Berlin, +491511234567",
        "Xyz (UTC+3)",
    ],
)
def test_a_place_that_is_not_at_the_offset_behind_it_is_no_zone(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_zone(text)
    assert not is_zone_like(text)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("EST", "America/New_York"), ("est", "America/New_York"), ("EDT", "America/New_York"),
        ("HST", "Pacific/Honolulu"), ("PDT", "America/Los_Angeles"), ("MDT", "America/Denver"),
    ],
)  # fmt: skip
def test_who_writes_an_abbreviation_means_the_clock_of_the_place_and_that_is_said(
    text: str, zone: str
) -> None:
    """The database has an EST that never moves: somebody of New York was an hour off in summer."""
    reading = read_zone(text)
    assert (reading.zone, reading.note) == (zone, f"{text!r} is read as {zone}")


def test_a_zone_for_everybody_is_read_as_one_in_a_cell_is() -> None:
    dates = ("2027-02-01", "2027-06-30")
    people = pd.DataFrame({"free": ["Tue 12-14"], "tz": ["New York"]})
    free = Availability("free", timezone=("EST", "tz"), dates=dates, wanted_hours=2)
    compatibility = mm.Criteria(free).score(mm.Cohort(people, people))
    assert compatibility.dense().tolist() == [[1.0]]
    assert "'EST' is read as America/New_York (1 mentee)." in compatibility.notes[0]
    with pytest.raises(mm.CriterionError, match="'MST' may mean America/Denver or America/Phoenix"):
        Availability("free", timezone="MST", dates=dates)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("CST", ("America/Chicago", "Asia/Shanghai")),
        ("IST", ("Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem")),
        ("BST", ("Europe/London", "Asia/Dhaka")),
        ("MST", ("America/Denver", "America/Phoenix")),
        ("AEST", ("Australia/Sydney", "Australia/Brisbane")),
    ],
)
def test_an_abbreviation_of_several_zones_is_asked(text: str, candidates: tuple[str, ...]) -> None:
    with pytest.raises(UnreadableError, match=f"'{text}' may mean ") as caught:
        read_zone(text)
    assert all(candidate in str(caught.value) for candidate in candidates)
    assert caught.value.nearest is None


@given(hours=st.integers(-12, 14), form=st.sampled_from(["UTC{:+d}", "{:+d}", "GMT{:+03d}:00"]))
def test_an_offset_stays_that_offset_all_year(hours: int, form: str) -> None:
    """The database counts its fixed zones towards the west; an offset must not be turned round."""
    info = ZoneInfo(read_zone(form.format(hours)).zone)
    for month in (1, 4, 7, 10):
        ahead = datetime(2027, month, 1, tzinfo=UTC).astimezone(info).utcoffset()
        assert ahead is not None
        assert ahead.total_seconds() == hours * 3600


@given(name=st.sampled_from(sorted(WINDOWS)))
def test_a_name_of_windows_is_the_zone_that_cldr_has_for_it(name: str) -> None:
    assert read_zone(name).zone == (name if is_zone(name) else WINDOWS[name])


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"]),
    hours=st.integers(-11, 13),
)
def test_a_label_is_never_read_as_a_zone_of_another_offset(zone: str, hours: int) -> None:
    info = ZoneInfo(zone)
    held = {
        datetime(2026, month, 1, tzinfo=UTC).astimezone(info).utcoffset().total_seconds() / 3600  # type: ignore[union-attr]
        for month in (1, 7)
    }
    label = f"(UTC{hours:+03d}:00) {zone.rpartition('/')[2].replace('_', ' ')}"
    if hours in held:
        assert read_zone(label).zone == zone
    else:
        with pytest.raises(UnreadableError, match=r"is not at UTC.* at any time of the year"):
            read_zone(label)


def test_in_summer_somebody_of_an_offset_shares_no_hour_with_new_york_and_is_told() -> None:
    mentees = pd.DataFrame({"free": ["Mon 09:00-10:00"] * 2, "tz": ["EST", "-5"]}, ["ada", "bob"])
    mentors = pd.DataFrame({"free": ["Mon 09:00-10:00"], "tz": ["America/New_York"]}, ["lin"])
    free = Availability("free", timezone="tz", dates=("2027-05-03", "2027-08-29"))
    compatibility = mm.Criteria(free).score(mm.Cohort(mentees, mentors))
    assert compatibility.dense().ravel().tolist() == [1.0, 0.0]
    assert compatibility.notes == (
        "Availability('free'): '-5' is read as UTC−05:00 all year; of a place where clocks are "
        "changed in summer write the place, such as Europe/Berlin (1 mentee).",
        "Availability('free'): 'EST' is read as America/New_York (1 mentee).",
    )


@pytest.mark.parametrize(
    ("text", "like"),
    [
        *((zone, True) for zone in ("EST", "CST", "Europe/Berlin", "UTC+2", "Eastern Time")),
        *((other, False) for other in ("-5", "12", "PT", "Lua", "")),
    ],
)
def test_what_may_be_a_zone_is_told_from_numbers_and_countries(text: str, like: bool) -> None:
    assert is_zone_like(text) is like


def test_gmt_is_a_clock_that_does_not_move_and_that_is_said() -> None:
    """London moves, and somebody there who writes GMT was an hour off in summer, unsaid."""
    assert read_zone("gmt").zone == "GMT"
    assert "the zone that moves is Europe/London" in str(read_zone("gmt").note)
    assert "write the place, such as Europe/Berlin" in str(read_zone("GMT+1").note)
    assert read_zone("UTC").note is None


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("London", "Europe/London"),
        ("Londra", "Europe/London"),
        ("roma", "Europe/Rome"),
        ("New York", "America/New_York"),
        ("Moskau", "Europe/Moscow"),
        ("São  Paulo", "America/Sao_Paulo"),
        ("Calcutta", "Asia/Kolkata"),
    ],
)
def test_a_city_for_which_a_zone_is_named_is_read_and_the_reading_is_said(
    text: str, zone: str
) -> None:
    reading = read_zone(text)
    assert reading.zone == zone
    assert reading.note == f"{' '.join(text.split())!r} is read as {zone}"


@pytest.mark.parametrize("text", ["Victoria", "Köln", "Rio", "Central City", "Ada"])
def test_no_zone_is_made_of_a_state_or_another_place(text: str) -> None:
    with pytest.raises(ValueError, match="expected a time zone of the IANA database"):
        read_zone(text)


def test_a_city_alone_does_not_make_a_column_of_cities_one_of_zones() -> None:
    assert not is_zone_like("London")
    assert is_city("London")


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("EST (UTC-5)", "America/New_York"), ("UTC-5 (EST)", "America/New_York"),
        ("EST / UTC-4", "America/New_York"), ("MST (UTC-6)", "America/Denver"),
        ("CET (GMT+1)", "CET"), ("PST (UTC-8)", "America/Los_Angeles"), ("GMT (UTC+0)", "GMT"),
        ("PST (UTC+8)", "Asia/Manila"),
        ("IST (UTC+5:30)", "Asia/Kolkata"), ("IST, GMT+2", "Asia/Jerusalem"),
        ("IST - UTC+1", "Europe/Dublin"), ("MESZ [UTC+2]", "Europe/Berlin"),
    ],
)  # fmt: skip
def test_an_abbreviation_and_its_offset_are_the_zone_that_is_there_at_some_time_of_the_year(
    text: str, zone: str
) -> None:
    """Both were known, and together they were refused."""
    assert read_zone(text).zone == zone


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("EST (UTC-3)", "'EST' is not at UTC−03:00 at any time of the year, but at UTC−05:00 or"),
        ("CET (UTC+3)", "at any time of the year, but at UTC+01:00 or UTC+02:00. Write"),
        ("CST (UTC-6)", "may mean America/Chicago or America/Mexico_City. Write the one"),
        ("IST", "'IST' may mean Europe/Dublin, Asia/Jerusalem or Asia/Kolkata."),
    ],
)  # fmt: skip
def test_an_abbreviation_that_its_offset_contradicts_is_refused_with_both(
    text: str, said: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        read_zone(text)


def test_what_a_text_means_is_said_once_for_the_column() -> None:
    """Eighteen cells of CST and BST had to be edited one by one."""
    mentees = pd.DataFrame({"free": ["Mon 09:00-10:00"] * 2, "tz": ["CST", "cst "]})
    mentors = pd.DataFrame({"free": ["Mon 09:00-10:00"], "tz": ["America/Chicago"]})
    cohort, dates = mm.Cohort(mentees, mentors), ("2027-05-03", "2027-08-29")
    with pytest.raises(mm.CohortError, match='Or say once, with zones, which zone "CST" is'):
        mm.Criteria(Availability("free", timezone="tz", dates=dates)).score(cohort)
    free = Availability("free", timezone="tz", dates=dates, zones={"CST": "America/Chicago"})
    compatibility = mm.Criteria(free).score(cohort)
    assert compatibility.dense().ravel().tolist() == [1.0, 1.0]
    assert "'CST' is read as America/Chicago, as zones says" in " ".join(compatibility.notes)


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ({"CST": "BST"}, "zones says 'BST' of 'CST'; 'BST' may mean Europe/London"),
        ("CST", "zones must say which zones are meant"),
        (
            {"CST": "America/Chicago", "cst ": "Asia/Shanghai"},
            "zones has 'CST' and 'cst ', which are one text, as case and blanks do not count",
        ),
    ],
)
def test_a_meaning_that_is_no_zone_is_refused(zones: dict[str, str], said: str) -> None:
    with pytest.raises(mm.CriterionError, match=re.escape(said)):
        Availability("free", timezone="tz", dates=("2027-05-03", "2027-08-29"), zones=zones)


def test_zones_without_a_column_of_zones_are_refused() -> None:
    with pytest.raises(mm.CriterionError, match="name the column with timezone, or leave zones"):
        Availability("free", zones={"CST": "America/Chicago"})


def test_a_zone_written_for_everybody_means_what_zones_says() -> None:
    """It was said to be read as America/New_York."""
    table = pd.DataFrame({"free": ["Mon 09:00-10:00"]})
    free = Availability(
        "free", timezone="EST", dates=("2027-05-03", "2027-08-29"), zones={"est": "America/Panama"}
    )
    notes = " ".join(mm.Criteria(free).score(mm.Cohort(table, table.copy())).notes)
    assert "'EST' is read as America/Panama, as zones says" in notes
    assert "New_York" not in notes


@pytest.mark.parametrize("timezone", ["EST", "tz"])
def test_a_meaning_of_a_text_that_nobody_has_is_said(timezone: str) -> None:
    """It was passed over: everybody stayed at New York's clock."""
    table = pd.DataFrame({"free": ["Mon 09:00-10:00"], "tz": ["Est"]})
    dates, zones = ("2027-05-03", "2027-08-29"), {"CST": "America/Chicago", "EST": "America/Panama"}
    free = Availability("free", timezone=timezone, dates=dates, zones=zones)
    (note,) = [
        note
        for note in mm.Criteria(free).score(mm.Cohort(table, table.copy())).notes
        if "nobody has" in note
    ]
    assert note.endswith(
        f"zones says which zone 'CST' is, and nobody has that: timezone is '{timezone}'. Write the "
        "text as it stands there, or take it out of zones."
    )
