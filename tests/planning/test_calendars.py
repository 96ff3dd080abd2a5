"""Calendars read back by independent readers give the same instants, and tell nothing unasked."""

from __future__ import annotations

import json
import pathlib
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import icalendar
import pandas as pd
import pytest
import recurring_ical_events
from meeting_oracles import matching_of

import mentormatch as mm
from mentormatch.planning.calendars import reading
from mentormatch.planning.calendars.events import CalendarEvent, file_stem
from mentormatch.planning.calendars.writing import calendar_bytes

if TYPE_CHECKING:
    from pathlib import Path

STAMP = datetime(2027, 1, 2, tzinfo=UTC)
PERSON = ("Tue 09:00-20:00; Thu 09:00-20:00", "Europe/Berlin")
MENTOR = ("Tue 08:00-18:00; Thu 08:00-18:00", "America/New_York")


def plan_between(first, last, mentees=("ada", "bob"), meetings=3):
    matching = matching_of(
        dict.fromkeys(mentees, PERSON),
        {"linus": MENTOR},
        (first, last),
        [(one, "linus") for one in mentees],
        capacity=3,
    )
    return mm.plan_meetings(matching, meetings=meetings, every="1 week")


def events_of(path: Path) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(path.read_bytes()).walk("VEVENT"))


@pytest.mark.parametrize(
    ("first", "last"), [("2027-03-08", "2027-03-28"), ("2027-10-25", "2027-11-14")]
)
def test_two_readers_find_the_instants_of_the_plan_around_both_clock_changes(first, last, tmp_path):
    plan = plan_between(first, last)
    plan.to_ics(tmp_path, "person", stamp=STAMP)
    for side in ("mentee", "mentor"):
        for person, mine in plan.meetings.groupby(side):
            path = tmp_path / f"{side}-{person}.ics"
            wanted = sorted(zip(mine["start_utc"], mine["end_utc"], strict=True))
            found = sorted((one.start, one.end) for one in events_of(path))
            assert found == wanted
            calendar = icalendar.Calendar.from_ical(path.read_bytes())
            start, end = date.fromisoformat(first), date.fromisoformat(last)
            again = recurring_ical_events.of(calendar).between(start, end + timedelta(days=2))
            assert sorted((one.start, one.end) for one in again) == wanted


def test_a_third_reader_in_another_language_finds_the_same_instants(tmp_path):
    node = shutil.which("node")
    ask = [node or "", "-e", "require('ical.js')"]
    if node is None or subprocess.run(ask, capture_output=True, check=False).returncode:
        pytest.skip("needs node, and NODE_PATH to where `npm install ical.js` has put it")
    plan = plan_between("2027-03-08", "2027-03-28")
    (path,) = plan.to_ics(tmp_path, "mentor", stamp=STAMP)
    script = (
        "const ICAL = require('ical.js'); const fs = require('fs');"
        f"const text = fs.readFileSync({json.dumps(str(path))}, 'utf8');"
        "const events = new ICAL.Component(ICAL.parse(text)).getAllSubcomponents('vevent');"
        "console.log(JSON.stringify(events.map(e => new ICAL.Event(e)).map(e =>"
        " [e.uid, e.startDate.toJSDate().getTime() / 1000, e.endDate.toJSDate().getTime() / 1000,"
        "  e.summary])))"
    )
    run = subprocess.run(
        [node, "-e", script],
        capture_output=True,
        text=True,
        check=True,
    )
    found = {uid: tuple(rest) for uid, *rest in json.loads(run.stdout)}
    mine = {
        str(one["uid"]): (one.start.timestamp(), one.end.timestamp(), str(one["summary"]))
        for one in events_of(path)
    }
    assert found == mine
    assert len(mine) == len(plan.meetings)


def test_lines_are_folded_end_in_crlf_and_hold_no_zone_and_no_repetition(tmp_path):
    plan = plan_between("2027-03-08", "2027-03-28")
    for path in plan.to_ics(tmp_path, stamp=STAMP):
        raw = path.read_bytes()
        assert raw.count(b"\n") == raw.count(b"\r\n")
        assert max(len(line) for line in raw.split(b"\r\n")) <= 75
        for never in (b"RRULE", b"VTIMEZONE", b"TZID", b"ATTENDEE", b"ORGANIZER", b"mailto"):
            assert never not in raw
        assert b"DTSTART:20270" in raw


def test_identifiers_are_unique_over_the_programme_and_the_same_in_both_calendars(tmp_path):
    plan = plan_between("2027-03-08", "2027-03-28")
    plan.to_ics(tmp_path / "people", "person", stamp=STAMP)
    plan.to_ics(tmp_path / "pairs", "pair", stamp=STAMP)
    by_person = [one for p in (tmp_path / "people").iterdir() for one in events_of(p)]
    by_pair = [one for p in (tmp_path / "pairs").iterdir() for one in events_of(p)]
    uids = [str(one["uid"]) for one in by_pair]
    assert len(set(uids)) == len(uids) == len(plan.meetings)
    assert sorted(str(one["uid"]) for one in by_person) == sorted(uids * 2)
    assert not any("ada" in uid or "linus" in uid for uid in uids)


def test_a_revision_cancels_what_is_gone_and_raises_the_sequence_of_what_moved(tmp_path):
    plan = plan_between("2027-03-08", "2027-03-28")
    plan.to_ics(tmp_path, "mentor", stamp=STAMP)
    with pytest.raises(FileExistsError, match="Give another folder"):
        plan.to_ics(tmp_path, "mentor", stamp=STAMP)
    before = {str(one["uid"]): one for one in events_of(tmp_path / "linus.ics")}
    # Nothing has changed: nothing is raised.
    plan.to_ics(tmp_path, "mentor", stamp=STAMP, overwrite=True)
    assert {one["sequence"] for one in events_of(tmp_path / "linus.ics")} == {0}
    # Bob has dropped out, Cy has come.
    revised = plan_between("2027-03-08", "2027-03-28", mentees=("ada", "cy"))
    revised.to_ics(tmp_path, "mentor", stamp=STAMP, overwrite=True)
    after = {str(one["uid"]): one for one in events_of(tmp_path / "linus.ics")}
    assert set(before) < set(after)
    assert len(after) == 9
    for uid, event in after.items():
        gone = uid in before and "bob" in str(before[uid]["summary"])
        assert str(event["status"]) == ("CANCELLED" if gone else "CONFIRMED")
        if gone:
            assert event["sequence"] == 1
            assert event.start == before[uid].start
    # Bob comes back: the same identifiers, one revision further.
    plan.to_ics(tmp_path, "mentor", stamp=STAMP, overwrite=True)
    last = {str(one["uid"]): one for one in events_of(tmp_path / "linus.ics")}
    back = [one for uid, one in last.items() if "bob" in str(one["summary"])]
    assert {(str(one["status"]), one["sequence"]) for one in back} == {("CONFIRMED", 2)}


def test_a_person_who_has_no_meeting_any_more_still_gets_the_cancellations(tmp_path):
    plan_between("2027-03-08", "2027-03-28").to_ics(tmp_path, stamp=STAMP)
    plan_between("2027-03-08", "2027-03-28", mentees=("ada",)).to_ics(
        tmp_path, stamp=STAMP, overwrite=True
    )
    assert {str(one["status"]) for one in events_of(tmp_path / "mentee-bob.ics")} == {"CANCELLED"}


def test_a_calendar_of_somebody_else_in_the_folder_is_never_touched(tmp_path):
    (tmp_path / "mine.ics").write_text("BEGIN:VCALENDAR\r\nPRODID:x\r\nEND:VCALENDAR\r\n")
    with pytest.raises(mm.CohortError, match="expected a calendar that a meeting plan wrote"):
        plan_between("2027-03-08", "2027-03-28").to_ics(tmp_path, stamp=STAMP, overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.ics"]


def test_names_goals_and_addresses_are_there_only_when_they_were_asked_for(tmp_path):
    mentees = pd.DataFrame(
        {
            "free": [PERSON[0]],
            "tz": [PERSON[1]],
            "name": ["Ada <b>"],
            "email": ["ada@example.org"],
            "goals": ["Write\nLua; [x](http://example.org), then ship"],
            "wants": ["Lua; C"],
        },
        index=["a1"],
    )
    mentors = pd.DataFrame(
        {
            "free": [PERSON[0]],
            "tz": [PERSON[1]],
            "name": ["Linus"],
            "email": ["linus@example.org"],
            "offers": ["lua"],
        },
        index=["o1"],
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants", "offers", weight=1),
        mm.criteria.Availability(
            "free", timezone="tz", dates=("2027-05-03", "2027-06-13"), weight=1
        ),
    )
    matching = mm.match(mm.Problem(criteria.score(mm.Cohort(mentees, mentors))))
    plan = mm.plan_meetings(matching, meetings=3)
    plan.to_ics(tmp_path / "plain", stamp=STAMP)
    raw = b"".join(path.read_bytes() for path in (tmp_path / "plain").iterdir())
    for never in (b"Ada", b"example.org", b"ship"):
        assert never not in raw.replace(b"\r\n ", b"")
    plan.to_ics(tmp_path / "asked", names="name", attendees="email", goals="goals", stamp=STAMP)
    event = events_of(tmp_path / "asked" / "mentor-o1.ics")[0]
    assert str(event["summary"]) == "Mentoring 1 of 3 (kick-off): Ada <b>"
    assert "Write\nLua; [x](http://example.org), then ship" in str(event["description"])
    assert "offers 1 of the 2 skills wanted: Lua; lacks C" in str(event["description"])
    assert [str(one) for one in event["attendee"]] == [
        "mailto:ada@example.org",
        "mailto:linus@example.org",
    ]
    pages = plan.agendas(goals="goals")
    page = next(text for name, text in pages.items() if name.startswith("01"))
    # What people wrote is text, never a link or a tag.
    assert "\\[x\\](http://example.org)" in page
    assert not any("ship" in text for text in plan.agendas().values())
    (first, *_) = plan.agendas(names="name").values()
    assert first.startswith("# Kick-off: Ada \\<b\\> and Linus\n")
    with pytest.raises(mm.ProblemError, match="goals: the table of the mentees has no column 'x'"):
        plan.agendas(goals="x")
    with pytest.raises(mm.ProblemError, match="attendees: the table of mentees has no column"):
        plan.to_ics(tmp_path / "wrong", attendees="mail", stamp=STAMP)
    with pytest.raises(mm.ProblemError, match="one_per must be 'person', 'pair' or 'mentor'"):
        plan.to_ics(tmp_path / "wrong", "team", stamp=STAMP)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Asia/Tokyo", "Monday, 03 May 2027, 08:00 (Asia/Tokyo)"),
        ("Asia/Seoul", "Monday, 03 May 2027, 08:00 (Asia/Tokyo) · 08:00 (Asia/Seoul)"),
        ("America/New_York", "Monday, 10 May 2027, 08:00 (Asia/Tokyo) · Sunday, 09 May 2027, "
         "19:00 (America/New_York)"),
    ],
)  # fmt: skip
def test_an_agenda_says_one_time_once_and_another_day_as_a_day(zone: str, said: str) -> None:
    """ "14:00 (Asia/Kolkata) · 14:00 (Asia/Kolkata)", and an evening before as if on the day."""
    mentees = pd.DataFrame({"free": ["Mon 08:00-09:00"], "tz": ["Asia/Tokyo"]}, index=["e1"])
    mentors = pd.DataFrame({"free": ["Sun 00:00-24:00; Mon 00:00-24:00"], "tz": [zone]}, ["o1"])
    free = mm.criteria.Availability(
        "free", timezone="tz", dates=("2027-05-03", "2027-06-13"), weight=1
    )
    matching = mm.match(mm.Problem(mm.Criteria(free).score(mm.Cohort(mentees, mentors))))
    (first, *_) = mm.plan_meetings(matching, meetings=2).agendas().values()
    assert first.splitlines()[2] == said


@pytest.mark.parametrize(
    "mail", ["ada@example.org\r\nATTENDEE:evil", "ask me", "ada@example.org; a@home.example"]
)
def test_an_address_that_is_none_is_named_with_its_row_and_nothing_is_written(tmp_path, mail):
    """A line break in one cell ended the whole plan as a fault of the package."""
    free = {"free": [PERSON[0]], "tz": [PERSON[1]]}
    mentees = pd.DataFrame({**free, "email": [mail]}, index=["a1"])
    mentors = pd.DataFrame({**free, "email": [" linus@example.org "]}, index=["o1"])
    free_times = mm.criteria.Availability(
        "free", timezone="tz", dates=("2027-05-03", "2027-06-13"), weight=1
    )
    problem = mm.Problem(mm.Criteria(free_times).score(mm.Cohort(mentees, mentors)))
    plan = mm.plan_meetings(mm.match(problem), meetings=3)
    with pytest.raises(mm.CohortError, match=r"row 2 \('a1'\), column 'email'.*'ada@example\.org'"):
        plan.to_ics(tmp_path / "out", attendees="email", stamp=STAMP)
    assert not (tmp_path / "out").exists()


def plan_of_addresses():
    """Two mentees of one mentor, whose ids are their e-mail addresses."""
    return plan_between("2027-03-08", "2027-03-28", ("ada@example.org", "bob@example.org"))


def test_ids_that_are_addresses_are_told_to_nobody(tmp_path):
    """Events and agendas held "ana@lua.example" although no column of addresses was named."""
    plan = plan_of_addresses()
    summaries = {}
    for kind in ("person", "pair", "mentor"):
        for path in plan.to_ics(tmp_path / kind, kind, stamp=STAMP):
            assert b"@example.org" not in path.read_bytes().replace(b"\r\n ", b"")
            summaries.setdefault(kind, set()).add(
                str(events_of(path)[0]["summary"]).partition(": ")[2]
            )
    assert summaries["pair"] == {"mentee and linus"}
    assert summaries["mentor"] == {"your mentee"}
    assert summaries["person"] == {"linus", "your mentee"}
    # Two pairs are two files all the same.
    assert len(list((tmp_path / "pair").iterdir())) == 2
    pages = plan.agendas()
    assert len(pages) == len(plan.milestone_dates)
    assert not any("@" in page for page in pages.values())
    assert "# Kick-off: mentee and linus" in next(iter(pages.values()))


def test_names_and_addresses_may_stand_in_columns_of_two_names(tmp_path):
    """With "Nombre" in one table and "Name" in the other neither could be named."""
    plan = plan_between("2027-03-08", "2027-03-28", ("ada",))
    cohort = plan.matching.problem.compatibility.cohort
    held = vars(cohort)
    held["mentees"] = cohort.mentees.assign(Nombre="Ada L.", Correo="ada@example.org")
    held["mentors"] = cohort.mentors.assign(Name="Linus", Mail="linus@example.org")
    both = {"names": ["Nombre", "Name"], "attendees": {"mentees": "Correo", "mentors": "Mail"}}
    plan.to_ics(tmp_path / "both", stamp=STAMP, **both)
    event = events_of(tmp_path / "both" / "mentor-linus.ics")[0]
    assert str(event["summary"]).endswith(": Ada L.")
    assert len(event["attendee"]) == 2
    (first, *_) = plan.agendas(names=("Nombre", "Name")).values()
    assert first.startswith("# Kick-off: Ada L. and Linus\n")
    said = "names: the table of mentors has no column 'Nombre'. Where the tables call it different"
    with pytest.raises(mm.ProblemError, match=said):
        plan.agendas(names="Nombre")
    with pytest.raises(mm.CohortError, match=r"names is one text for both tables, a pair"):
        plan.agendas(names=["Nombre"])


def test_texts_with_line_breaks_and_control_characters_come_back_as_text():
    event = CalendarEvent(
        "u", STAMP, STAMP + timedelta(hours=1), "a\r\nEND:VEVENT\x07", "x\n\\n;,y"
    )
    (back,) = icalendar.Calendar.from_ical(calendar_bytes([event], STAMP)).walk("VEVENT")
    assert str(back["summary"]) == "a\nEND:VEVENT"
    assert str(back["description"]) == "x\n\\n;,y"


def test_file_names_are_safe_and_different_for_different_people():
    names = ["../../etc/passwd", "a/b", "a b", "a_b", "CON", "ü", "", "x" * 200, "x" * 201]
    stems = [file_stem(one) for one in names]
    assert len(set(stems)) == len(names)
    for stem in stems:
        assert set(stem) & set("/\\: ") == set()
        assert not stem.startswith(".")
    assert file_stem("ada-1") == "ada-1"


def test_milestones_have_dates_and_their_surveys_too():
    plan = plan_between("2027-03-08", "2027-03-28")
    table = plan.milestone_dates
    closure = table[table["milestone"] == "closure"]
    assert len(closure) == 2
    assert (closure["survey"].dt.date > date(2027, 3, 22)).all()
    assert table[table["milestone"] == "kick-off"]["survey"].isna().all()


def test_a_programme_without_a_closure_is_warned_about():
    matching = plan_between("2027-03-08", "2027-03-28").matching
    point = mm.planning.Milestone("start", 1)
    plan = mm.plan_meetings(matching, 3, "1 week", milestones=[point])
    assert any("plan a closure" in note for note in plan.notes)
    with pytest.raises(mm.ProblemError, match="falls on meeting 9, but there are 3"):
        mm.plan_meetings(matching, 3, "1 week", milestones=[mm.planning.Milestone("late", 9)])
    with pytest.raises(mm.ProblemError, match="Two milestones are called 'start'"):
        mm.plan_meetings(matching, 3, "1 week", milestones=[point, point])


# ---------------------------------------------------------------- reading


BUSY = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//EN
BEGIN:VEVENT
UID:1
SUMMARY:secret
DTSTART;TZID=Europe/Berlin:20270302T100000
DTEND;TZID=Europe/Berlin:20270302T120000
RRULE:FREQ=WEEKLY;COUNT=6
EXDATE;TZID=Europe/Berlin:20270309T100000
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;VALUE=DATE:20270318
DTEND;VALUE=DATE:20270319
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20270304T090000
DTEND:20270304T100000
TRANSP:TRANSPARENT
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART:20270305T090000Z
DTEND:20270305T100000Z
STATUS:CANCELLED
END:VEVENT
BEGIN:VFREEBUSY
UID:5
DTSTAMP:20270101T000000Z
FREEBUSY;FBTYPE=BUSY:20270308T080000Z/20270308T090000Z
FREEBUSY;FBTYPE=FREE:20270308T120000Z/20270308T130000Z
END:VFREEBUSY
END:VCALENDAR
""".replace("\n", "\r\n")


def test_busy_times_follow_repetitions_exceptions_and_the_clock_and_keep_no_titles(tmp_path):
    (tmp_path / "ada.ics").write_text(BUSY)
    dates = ("2027-03-01", "2027-04-11")
    busy = mm.read_availability(tmp_path / "*.ics", dates, timezone={"ada": "Europe/Berlin"})
    found = [(start.isoformat(), end.isoformat()) for start, end in busy.by_person()["ada"]]
    assert found == [
        ("2027-03-02T09:00:00+00:00", "2027-03-02T11:00:00+00:00"),
        ("2027-03-08T08:00:00+00:00", "2027-03-08T09:00:00+00:00"),
        ("2027-03-16T09:00:00+00:00", "2027-03-16T11:00:00+00:00"),
        ("2027-03-17T23:00:00+00:00", "2027-03-18T23:00:00+00:00"),
        ("2027-03-23T09:00:00+00:00", "2027-03-23T11:00:00+00:00"),
        # Summer time: an hour earlier by UTC.
        ("2027-03-30T08:00:00+00:00", "2027-03-30T10:00:00+00:00"),
        ("2027-04-06T08:00:00+00:00", "2027-04-06T10:00:00+00:00"),
    ]
    assert "secret" not in busy.table.to_csv()


def test_a_plan_keeps_out_of_busy_times(tmp_path):
    (tmp_path / "ada.ics").write_text(BUSY)
    busy = mm.read_availability(tmp_path, ("2027-03-01", "2027-03-21"), timezone="Europe/Berlin")
    matching = matching_of(
        {"ada": ("Tue 10:00-12:00", "Europe/Berlin")},
        {"linus": ("Tue 08:00-18:00", "Europe/Berlin")},
        ("2027-03-01", "2027-03-21"),
        [("ada", "linus")],
    )
    plan = mm.plan_meetings(matching, 3, "1 week", busy=busy)
    assert plan.meetings["number"].tolist() == [2]
    assert "while somebody is busy" in plan.unplanned["reason"][0]
    wrong = mm.planning.BusyTimes(busy.table.assign(person="adda"))
    with pytest.raises(mm.ProblemError, match=r"nobody with the id 'adda'.* Did you mean 'ada'"):
        mm.plan_meetings(matching, 3, "1 week", busy=wrong)


def test_stretches_that_overlap_are_one_and_files_may_be_a_list(tmp_path):
    event = (
        "BEGIN:VEVENT\r\nUID:{0}-{1}\r\nDTSTART:20270302T{0}0000Z\r\nDTEND:20270302T{1}0000Z\r\n"
    )
    spans = [("08", "10"), ("09", "09"), ("09", "11"), ("13", "14")]
    events = "".join(event.format(*span) + "END:VEVENT\r\n" for span in spans)
    text = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{events}END:VCALENDAR\r\n"
    for name in ("ada.ics", "bob.ics"):
        (tmp_path / name).write_text(text)
    files = [tmp_path / "ada.ics", tmp_path / "bob.ics"]
    busy = mm.read_availability(files, ("2027-03-01", "2027-03-07"))
    assert busy.people == ["ada", "bob"]
    assert [(start.hour, end.hour) for start, end in busy.by_person()["bob"]] == [(8, 11), (13, 14)]
    assert repr(busy) == "Busy times: 4 stretches of 2 people"
    assert "13:00" in busy._repr_html_()


def test_a_table_of_busy_times_needs_its_columns():
    table = pd.DataFrame({"person": ["ada"], "start_utc": ["2027-03-02T09:00Z"]})
    with pytest.raises(mm.ProblemError, match="'end_utc' is missing"):
        mm.planning.BusyTimes(table)


@pytest.mark.parametrize(
    ("name", "most", "said"),
    [
        ("LARGEST_BYTES", 100, "the file has 0 MiB; at most 0 are read"),
        ("MOST_OCCURRENCES", 3, "there are 8 events in these dates; at most 3 are read"),
    ],
)
def test_a_calendar_that_holds_too_much_is_refused_by_its_size(
    monkeypatch, name, most, said, tmp_path
):
    (tmp_path / "ada.ics").write_text(BUSY)
    dates = ("2027-03-01", "2027-04-11")
    mm.read_availability(tmp_path, dates, timezone="Europe/Berlin")
    monkeypatch.setattr(reading, name, most)
    with pytest.raises(mm.CohortError, match=said):
        mm.read_availability(tmp_path, dates, timezone="Europe/Berlin")


def test_an_event_that_cannot_be_read_is_said_with_its_file(tmp_path):
    broken = BUSY.replace("DTSTART:20270305T090000Z", "DTSTART:20270305T990000Z")
    (tmp_path / "ada.ics").write_text(broken)
    with pytest.raises(mm.CohortError, match=r"ada\.ics: an event cannot be read: .*990000Z"):
        mm.read_availability(tmp_path, ("2027-03-01", "2027-04-11"), timezone="Europe/Berlin")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("hello", "expected an iCalendar file"),
        (BUSY.replace("FREQ=WEEKLY", "FREQ=SECONDLY"), "repeats every hour or more often"),
    ],
)
def test_a_file_that_is_no_calendar_or_never_ends_is_refused_by_name(content, said, tmp_path):
    (tmp_path / "ada.ics").write_text(content)
    with pytest.raises(mm.CohortError, match=said) as error:
        mm.read_availability(tmp_path / "ada.ics", ("2027-03-01", "2027-04-11"))
    assert "ada.ics" in str(error.value)


def test_a_folder_without_calendars_and_an_unknown_zone_are_said(tmp_path):
    with pytest.raises(mm.CohortError, match="there is no calendar file"):
        mm.read_availability(tmp_path, ("2027-03-01", "2027-04-11"))
    with pytest.raises(mm.CohortError, match="there is no such file"):
        mm.read_availability(tmp_path / "no.ics", ("2027-03-01", "2027-04-11"))
    (tmp_path / "ada.ics").write_text(BUSY)
    with pytest.raises(mm.ProblemError, match="timezone: found 'Berlxn'; expected"):
        mm.read_availability(tmp_path, ("2027-03-01", "2027-04-11"), timezone="Berlxn")


def test_zones_of_calendars_are_read_as_those_of_people(tmp_path):
    (tmp_path / "ada.ics").write_text(BUSY)
    dates = ("2027-03-01", "2027-04-11")
    tables = [
        mm.read_availability(tmp_path, dates, timezone=zone).table
        for zone in ("Europe/Berlin", "W. Europe Standard Time", "(UTC+01:00) Amsterdam, Berlin")
    ]
    assert len(tables[0])
    assert tables[0].equals(tables[1])
    assert tables[0].equals(tables[2])
    east = mm.read_availability(tmp_path, dates, timezone="UTC+2").table
    assert not east.equals(tables[0])


@pytest.mark.parametrize(
    ("package", "ask"),
    [
        ("icalendar", lambda plan, folder: plan.to_ics(folder / "out")),
        (
            "holidays",
            lambda plan, folder: mm.plan_meetings(plan.matching, 3, "1 week", holidays="tz"),
        ),
        (
            "recurring_ical_events",
            lambda plan, folder: mm.read_availability(folder, ("2027-03-01", "2027-04-11")),
        ),
    ],
)
def test_a_missing_extra_is_one_sentence_with_the_cure(package, ask, monkeypatch, tmp_path):
    plan = plan_between("2027-03-08", "2027-03-28")
    (tmp_path / "ada.ics").write_text(BUSY)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(mm.MissingPackageError, match=r'"mentormatch-engine\[calendar\]"'):
        ask(plan, tmp_path)


def test_calendars_that_do_not_fit_on_the_disk_leave_no_empty_folders(tmp_path, monkeypatch):
    def full(self, _data):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(pathlib.Path, "write_bytes", full)
    plan = plan_between("2027-03-08", "2027-03-28")
    with pytest.raises(OSError, match="No space left"):
        plan.to_ics(
            tmp_path / "plan" / "calendars",
            stamp=STAMP,
            beside={tmp_path / "plan" / "agendas" / "first.md": b"x"},
        )
    assert list(tmp_path.iterdir()) == []


def test_calendars_in_a_folder_that_may_not_be_looked_into_are_a_problem_of_the_input(
    monkeypatch,
):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.is_dir", refuse)
    with pytest.raises(mm.CohortError, match=r"calendars cannot be read: Permission denied"):
        mm.read_availability("locked/busy", ("2027-01-01", "2027-02-01"))
