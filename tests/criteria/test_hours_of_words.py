"""Words that people write instead of hours: asked for once a column, and read as was said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria.availability.week_reader import (
    WeekReader,
    read_given,
    words_without_hours,
)
from mentormatch.criteria.availability.windows import DAYS, read_windows, windows_as_text

if TYPE_CHECKING:
    from collections.abc import Mapping

Availability = mm.criteria.Availability
EVENINGS = {
    "evening": "18:00-21:00",
    "Any time": "Mon-Sun 08:00-22:00",
    "weekends": "Sat-Sun 10-16",
}


def week_of(cell: str, read: Mapping[str, str] | None = None) -> str:
    """The free hours of somebody whom a mentor who is always free can meet at all of them."""
    mentees = pd.DataFrame({"free": [cell]})
    mentors = pd.DataFrame({"free": ["Mon-Sun 00:00-24:00"]})
    free = Availability("free", wanted_hours=168, read=read)
    mm.Criteria(free).score(mm.Cohort(mentees, mentors))
    from mentormatch.criteria.availability.windows import packed_windows, unpacked

    reader = WeekReader.of_column([cell], given=read_given(read or {}))
    return windows_as_text(unpacked([packed_windows(cell, reader)])[0])


@pytest.mark.parametrize(
    ("meaning", "text"),
    [
        ("never", "Mon 09:00-15:00"),
        ("Fri 08:00-20:00", "Mon 09:00-15:00, Fri 08:00-20:00"),
        ("08:00-20:00", "Mon 09:00-15:00, Fri 08:00-20:00"),
    ],
)
@pytest.mark.parametrize("word", ["Fr frei", "Fri off"])
def test_a_day_with_a_word_is_of_that_day_and_not_of_the_day_beside_it(
    word: str, meaning: str, text: str
) -> None:
    """Nothing named a way out, and hours for "Fr frei" were read as those of Monday."""
    cell = f"Mon 9-15, {word}" if word == "Fri off" else f"Mo 9-15 Uhr, {word}"
    cure = 'with read, when "off" is' if word == "Fri off" else 'read={"Fri off": "never"}'
    with pytest.raises(mm.CohortError, match=re.escape(cure)):
        week_of(cell)
    assert week_of("Mon 9-15, Fri off", {"off": "never"}) == "Mon 09:00-15:00"
    if (word, meaning) == ("Fri off", "08:00-20:00"):
        with pytest.raises(mm.CriterionError, match='Write the day as well, "Fri 08:00-20:00", or'):
            week_of(cell, {word: meaning})
    else:
        assert week_of(cell, {word: meaning}) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mon evening", "Mon 18:00-21:00"),
        ("Mon, Tue evening", "Mon 18:00-21:00, Tue 18:00-21:00"),
        ("Mon evening; Sat 9-11", "Mon 18:00-21:00, Sat 09:00-11:00"),
        ("EVENING on Fri", "Fri 18:00-21:00"),
        ("anytime", ", ".join(f"{day} 08:00-22:00" for day in DAYS)),
        ("Mon anytime", "Mon 08:00-22:00"),
        ("Wed 9-10, weekends", "Wed 09:00-10:00, Sat 10:00-16:00, Sun 10:00-16:00"),
        # Hours that stand there themselves are those that count.
        ("Mon evening 7-8", "Mon 19:00-20:00"),
        ("Mon 09:00-10:00", "Mon 09:00-10:00"),
    ],
)
def test_a_word_is_read_as_was_said(cell: str, text: str) -> None:
    assert week_of(cell, EVENINGS) == text


@pytest.mark.parametrize(
    ("cell", "read", "text"),
    [
        ("weekdays after 6pm", {"after 6pm": "18:00-22:00"}, 5),
        ("Mo-Fr ab 18 Uhr", {"ab 18 Uhr": "18:00-22:00"}, 5),
        ("Dienstagabend", {"abend": "18:00-22:00"}, 1),
        ("dienstags und donnerstags abends", {"abends": "18-22 Uhr"}, 2),
        ("sábados por la mañana", {"mañana": "9:00-13:00"}, 1),
        ("lunes y miércoles por la tarde", {"por la tarde": "16:00-20:00"}, 2),
        ("måndagkväll", {"kväll": "18:00-22:00"}, 1),
        ("never this month", {"never this month": "never"}, 0),
        # Until after midnight.
        ("Sat night", {"night": "22:00-02:00"}, 2),
    ],
)
def test_words_of_several_languages_and_several_words_are_one(
    cell: str, read: dict[str, str], text: int
) -> None:
    assert len([one for one in week_of(cell, read).split(", ") if one]) == text


@given(
    st.lists(st.sampled_from(DAYS), min_size=1, max_size=3, unique=True),
    st.integers(0, 22),
    st.integers(1, 12),
)
def test_a_word_beside_days_is_its_hours_written_there(
    days: list[str], start: int, hours: int
) -> None:
    span = f"{start:02d}:00-{min(24, start + hours):02d}:00"
    said = week_of(f"{', '.join(days)} sometime", {"sometime": span})
    assert said == windows_as_text(read_windows(f"{', '.join(days)} {span}"))


def test_the_words_to_be_said_are_those_that_would_make_a_cell_readable() -> None:
    cells = ["Mon evening", "weekdays after 6pm; weekends", "Mon 9-12", "immer", "Tue evening"]
    assert words_without_hours(cells) == ["evening", "after 6pm", "weekends", "immer"]
    cells = ["mar e gio dopo le 18", "jueves después de las 19"]
    assert words_without_hours(cells) == ["dopo le 18", "después de las 19"]
    # Here a word would not help: the cell says something else as well.
    assert words_without_hours(["Mi 20-22 Uhr (nicht in den Ferien)", "Mon ?!", "Mon 9"]) == []


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"evening": ""}, "read does not say yet when 'evening' is. Write its hours"),
        ({"evening": "", "noon": " "}, "when 'evening', 'noon' is"),
        ({"evening": "soon"}, "read cannot say 'soon' of 'evening'. Write its hours, such as"),
        ({"sometime": "6-8"}, "may be in the morning or in the evening"),
        (["evening"], "read must say when words are, such as {'evening': '18:00-21:00'}"),
    ],
)
def test_a_word_without_a_meaning_is_an_error(read: Any, said: str) -> None:
    with pytest.raises(mm.CriterionError) as caught:
        Availability("free", read=read)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Mon evening", 'Or say once, with read, when "evening" is.'),
        ("Mon 9-10; weekends", 'Or say once, with read, when "weekends" is.'),
        ("Mi 20-22 Uhr (nicht in den Ferien)", "'nicht' is neither a day of the week nor a time."),
    ],
)
def test_a_cell_with_a_word_says_how_to_say_it_once(cell: str, said: str) -> None:
    cohort = mm.Cohort(pd.DataFrame({"free": [cell]}), pd.DataFrame({"free": ["Mon 9-10"]}))
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(Availability("free")).score(cohort)
    (finding,) = caught.value.findings
    assert said in finding.expected


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mon evening Tue 9-10", "Mon 18:00-21:00, Tue 09:00-10:00"),
        ("Mon evening or Tue 9-10", "Mon 18:00-21:00, Tue 09:00-10:00"),
        ("Mon 9-10 and evening", "Mon 09:00-10:00, Mon 18:00-21:00"),
        ("evenings Mon and Wed 6-8", "Mon 18:00-20:00, Wed 18:00-20:00"),
        ("Mon after 6", "Mon 18:00-22:00"),
    ],
)
def test_no_hours_that_were_said_are_dropped_or_moved(cell: str, text: str) -> None:
    """Of "Mon evening Tue 9-10" Monday was lost, and Tuesday became an evening."""
    read = {"evening": "18:00-21:00", "evenings": "18:00-21:00", "after 6": "18:00-22:00"}
    assert week_of(cell, read) == text


@pytest.mark.parametrize("cell", ["Mon after 6am", "Mon after 6:30"])
def test_a_time_that_goes_on_is_another(cell: str) -> None:
    with pytest.raises(mm.CohortError):
        week_of(cell, {"after 6": "18:00-22:00"})


@pytest.mark.parametrize(
    "cells", [["Mon not evening"], ["Mon evening; Tue"], ["no evening on Mon"], ["Mon, Tue"]]
)
def test_no_hours_are_asked_for_what_is_denied_or_is_a_day(cells: list[str]) -> None:
    assert words_without_hours(cells) == []


def test_a_word_whose_hours_hold_on_some_days_only_is_asked_beside_another_day() -> None:
    read = {"free": "Sat-Sun 10:00-16:00"}
    assert week_of("free", read) == "Sat 10:00-16:00, Sun 10:00-16:00"
    with pytest.raises(mm.CohortError, match="'Sat-Sun 10:00-16:00' has no hours for Mon: write"):
        week_of("Mon free", read)


@pytest.mark.parametrize("cell", ["Di abends", "abends Di", "Mo 9-10, Di abends"])
def test_windows_of_a_word_say_its_hours_beside_one_of_their_days(cell: str) -> None:
    """No one value could be written for "abends; Mo 9-10" and "Di abends" in one column."""
    read = {"abends": "Mon-Fri 18:00-21:00"}
    assert "Tue 18:00-21:00" in week_of(cell, read)
    assert "Wed" not in week_of(cell, read)
    assert week_of("abends; Sa 9-10", read).count("18:00-21:00") == 5
    assert week_of("Mo abends 19-20", read) == "Mon 19:00-20:00"


def test_windows_of_a_word_that_differ_by_the_day_say_nothing_beside_a_day() -> None:
    read = {"abends": "Mon 18-20; Tue 19-21"}
    assert week_of("abends", read) == "Mon 18:00-20:00, Tue 19:00-21:00"
    assert week_of("Mo abends 19-20", read) == "Mon 19:00-20:00"
    with pytest.raises(mm.CohortError, match="has not the same hours on all days, and is beside"):
        week_of("Di abends", read)


def test_days_that_a_word_names_are_still_those_of_its_hours() -> None:
    read = {"weekends": "Sat-Sun 10:00-16:00"}
    assert week_of("weekends 11-12", read) == "Sat 11:00-12:00, Sun 11:00-12:00"


def test_letters_of_days_with_commas_between_are_read_in_a_language_that_has_them_all() -> None:
    cells = ["L,X,V 19-21h", "lunes 19-21h"]
    reader = WeekReader.of_column(cells)
    assert [sorted(days) for days, _, _ in reader.windows(cells[0])] == [[0, 2, 4]]


@pytest.mark.parametrize("cell", ["never", "Niemals", "nunca", "jamais", "nigdy"])
def test_who_is_never_free_is_free_at_no_hour(cell: str) -> None:
    assert week_of(cell) == ""
    # Whoever says otherwise is believed.
    assert week_of(cell, {cell: "Sun 10:00-11:00"}) == "Sun 10:00-11:00"


@pytest.mark.parametrize("cell", ["nie", "Mai"])
def test_a_word_that_is_a_day_or_a_month_as_well_is_asked(cell: str) -> None:
    with pytest.raises(mm.CohortError, match="has no time"):
        week_of(cell)


@pytest.mark.parametrize(
    ("cell", "days"),
    [("fin de semana 10-12", 2), ("tous les jours 18h-20h", 7), ("entre semana 18-20", 5)],
)
def test_days_that_are_several_words_are_known_in_their_language(cell: str, days: int) -> None:
    assert len(week_of(cell).split(", ")) == days


@pytest.mark.parametrize(
    ("cell", "read", "said"),
    [
        ("Mon evening Tue off", {"off": "never"}, "'off' is neither a day of the week nor a time"),
        ("not busy Mon", {"busy": "never"}, "'not' is neither"),
        ("Mon evening no problem", {"no": "never"}, "'no' is neither"),
        ("Fri evening not weekends", {"weekends": "never"}, "'not' is neither"),
        ("Mon-Fri 9-12, Fri off", {"off": "never"}, "has hours on Fri and says that there are"),
        ("Mon-Fri 9-12, Fri off", {"Fri off": "never"}, "has hours on Fri and says that there are"),
    ],
)
def test_a_word_that_is_never_takes_no_hours_from_what_else_is_said(
    cell: str, read: dict[str, str], said: str
) -> None:
    """All hours of the piece were dropped, or the day kept its hours; nothing said so."""
    with pytest.raises(mm.CohortError, match=re.escape(said)):
        week_of(cell, {"evening": "18:00-21:00", **read})


@pytest.mark.parametrize(
    "off", ["Fri off", "off Fri", "Fri: off", "Thu-Fri off", "Fri and Sat off", "Fri not there"]
)
def test_days_and_a_word_that_is_never_are_no_hours(off: str) -> None:
    assert week_of(f"Mon 9-10; {off}", {"off": "never", "not there": "never"}) == "Mon 09:00-10:00"


@pytest.mark.parametrize(
    ("cell", "asked"),
    [
        ("mornings before 9", ["mornings before 9"]),
        ("vormittags vor 9; Mittwoch 18-20", ["vormittags vor 9"]),
        ("lunchtime", ["lunchtime"]),
        ("after the kids are in bed", ["after the kids are in bed"]),
        ("Mon 9-10, evening if the train comes", ["evening if the train comes"]),
        ("Mon evening Tue flexible", ["evening", "flexible"]),
        ("not before 9", []),
    ],
)
def test_free_times_in_several_words_are_asked_for_as_one_and_can_be_said_so(
    cell: str, asked: list[str]
) -> None:
    """The words were asked for one by one ("kids", "are"), and of a time among them nothing."""
    assert words_without_hours([cell]) == asked
    said = " and ".join(f'"{word}"' for word in asked)
    cohort = mm.Cohort(pd.DataFrame({"free": [cell]}), pd.DataFrame({"free": ["Mon 9-10"]}))
    with pytest.raises(mm.CohortError) as caught:
        mm.Criteria(Availability("free")).score(cohort)
    assert (f"Or say once, with read, when {said} is." in str(caught.value)) is bool(asked)
    if asked:
        assert week_of(cell, dict.fromkeys(asked, "Mon-Fri 07:00-09:00"))


def test_a_word_with_two_meanings_is_refused() -> None:
    """The last one won."""
    read = {"Evening": "18:00-20:00", "evening": "19:00-21:00"}
    with pytest.raises(mm.CriterionError, match="of 'evening', which are one word"):
        mm.criteria.Availability("free", read=read)
