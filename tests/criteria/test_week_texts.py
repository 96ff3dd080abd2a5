"""Weekly windows in the ways and languages in which people write them."""

from __future__ import annotations

import re
import time

import pandas as pd
import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.criteria import Availability
from mentormatch.criteria.availability import day_names
from mentormatch.criteria.availability.week_reader import WeekReader, read_days, read_given
from mentormatch.criteria.availability.windows import (
    DAYS,
    is_window_like,
    read_windows,
    reader_of_column,
    windows_as_text,
)
from mentormatch.criteria.recognition.contents import Column

LANGUAGES = (
    "de",
    "fr",
    "es",
    "pt",
    "it",
    "nl",
    "pl",
    "sv",
    "fi",
    "cs",
    "hu",
    "ro",
    "tr",
    "ru",
    "el",
    "ja",
    "ko",
    "zh",
)
EVERY_WEEKDAY = ", ".join(f"{day} 18:00-20:00" for day in DAYS[:5])


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("Mon evening (18-20)", "Mon 18:00-20:00"),
        ("Mon evening 6-8", "Mon 18:00-20:00"),
        ("Tue mornings 6-8; Wed 6-8 in the evening", "Tue 06:00-08:00, Wed 18:00-20:00"),
        ("Mon morning 9-12, evening 6-8", "Mon 09:00-12:00, Mon 18:00-20:00"),
        ("Mon 6-8 evening, 9-11 morning", "Mon 09:00-11:00, Mon 18:00-20:00"),
        ("Mon, Tue evening 9-11", "Mon 21:00-23:00, Tue 21:00-23:00"),
        ("Weekday evenings 6-8", EVERY_WEEKDAY),
        ("Sat lunch 12-1", "Sat 12:00-13:00"),
        ("Fri night 11-1", "Fri 23:00-24:00, Sat 00:00-01:00"),
        ("Sat noon-2 (afternoon)", "Sat 12:00-14:00"),
        ("Mon evening 18:00-20:00, Tue 9-11", "Mon 18:00-20:00, Tue 09:00-11:00"),
        ("Lunedì Sera (18-20)", "Mon 18:00-20:00"),
        ("Martedì mattina (9-12), Mercoledì di sera 6-8", "Tue 09:00-12:00, Wed 18:00-20:00"),
        ("Di Vormittag 9-12; Do abends 6-8", "Tue 09:00-12:00, Thu 18:00-20:00"),
        ("mardi après-midi 2-4", "Tue 14:00-16:00"),
        ("lunes por la tarde 6-8", "Mon 18:00-20:00"),
        ("segunda à noite 7-9", "Mon 19:00-21:00"),
        ("wtorek po południu 2-4", "Tue 14:00-16:00"),
        ("domingo madrugada 5-7", "Sun 05:00-07:00"),
        ("Mon: After work: 5pm-7pm; Tue after work 5-7", "Mon 17:00-19:00, Tue 17:00-19:00"),
        ("Monday evenings (5pm-7pm)", "Mon 17:00-19:00"),
        ("lundi après le travail 17h-19h", "Mon 17:00-19:00"),
        ("pon po pracy 17-19", "Mon 17:00-19:00"),
        ("Mon from 5 to 7 pm; Tue between 5 and 7 pm", "Mon 17:00-19:00, Tue 17:00-19:00"),
        ("maandag 17u-19u; dinsdag 9u30-12u", "Mon 17:00-19:00, Tue 09:30-12:00"),
        ("do na het werk 17-19", "Thu 17:00-19:00"),
        ("Mo zwischen 17 und 19 Uhr", "Mon 17:00-19:00"),
        ("Mon and Tue 17-19", "Mon 17:00-19:00, Tue 17:00-19:00"),
        ("Mon 10pm-12am; Tue 10-midnight", "Mon 22:00-24:00, Tue 22:00-24:00"),
        # These leave no doubt about the start.
        ("Mon 20:00-12am; Tue 10am-12am", "Mon 20:00-24:00, Tue 10:00-24:00"),
        ("Mon midnight-12am", "Mon 00:00-24:00"),
        ("Montag 6-8 am Abend; Di 9-12 am Vormittag", "Mon 18:00-20:00, Tue 09:00-12:00"),
        ("Sat night 10-2", "Sat 22:00-24:00, Sun 00:00-02:00"),
        ("Mon evening (16-20)", "Mon 16:00-20:00"),
        ("Fr nachts 22-24", "Fri 22:00-24:00"),
        ("never", ""),
        ("Never ", ""),
    ],
)
def test_a_word_for_a_part_of_the_day_tells_which_half_is_meant(cell: str, text: str) -> None:
    assert windows_as_text(read_windows(cell)) == text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Thu evening", "'evening' has no times. Write from when to when"),
        ("Mon morning, Tue evening 18-20", "'morning' has no times"),
        ("Fri morning (14:00-16:00)", "'14:00-16:00' are not those of the part of the day"),
        ("Mon morning 6pm-8pm", "'6pm-8pm' are not those of the part of the day"),
        ("Mon 9-12 evening 6-8", "which times belong to 'evening' is not clear"),
        # Of a night nobody knows on which day its small hours are.
        ("Fri night 12-2", "'12-2' are not those of the part of the day"),
        ("Sat night midnight-2", "'midnight-2' are not those of the part of the day"),
        ("Sa nachts 1-3", "'1-3' are not those of the part of the day"),
        ("sob noc 1-3", "'1-3' are not those of the part of the day"),
        ("segunda madrugada 5-7", "'5-7' are not those of the part of the day"),
        ("周一 凌晨 5-7", "'5-7' are not those of the part of the day"),
        # Neither half of the day goes with the word.
        ("Fri evening 12-2", "'12-2' are not those of the part of the day"),
        ("Mo Abend 2-4", "'2-4' are not those of the part of the day"),
        ("Mon afternoon 10-12", "'10-12' are not those of the part of the day"),
        ("월 오후 10-12", "'10-12' are not those of the part of the day"),
        ("Mo Vormittag 1-3", "'1-3' are not those of the part of the day"),
        ("Mon evening 6-6", "'6-6' are not those of the part of the day"),
        ("Mon night 00:00-00:00", "may mean no time at all, or a whole day"),
        ("Monday: Tue 18-20", "has a day where the times of another one are to stand"),
        ("Mon after work 9-11am", "'9-11am' are not those of the part of the day"),
        ("Mon after work", "'after work' has no times. Write from when to when"),
        # Many who write 12am mean noon.
        ("Mon 10-12am", "'10-12am' may mean 10:00-12:00, or 22:00-24:00"),
        ("Mon between 5 and 7", "'5 and 7' may mean 05:00-07:00, or 17:00-19:00"),
        # Times of which nobody says that they are in the evening too.
        ("Mon evening 6-7, 8-9", "'8-9' may mean 08:00-09:00, or 20:00-21:00"),
        ("Mon 9-12, evening 6-8", "'9-12' may mean 09:00-12:00, or 21:00-24:00"),
        ("Mon evening 6-8; Tue 9-11", "'9-11' may mean 09:00-11:00, or 21:00-23:00"),
    ],
)
def test_a_part_of_the_day_that_does_not_settle_the_times_is_asked(cell: str, said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        WeekReader.of_column([cell]).windows(cell)


def test_a_column_by_a_clock_of_24_hours_is_doubted_where_a_word_says_otherwise() -> None:
    cells = ["Mon 18-20", "Tue evening 18-19, Wed 9-10", "Tue evening 6-7, Wed 9-10"]
    reader = WeekReader.of_column(cells)
    assert len(reader.windows(cells[1])) == 2
    with pytest.raises(ValueError, match="'9-10' may mean 09:00-10:00, or 21:00-22:00"):
        reader.windows(cells[2])


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["Di 18-20", "Do 18-20"], [1, 3]),
        (["Di. 17-19 Uhr", "Do. 17-19 Uhr"], [1, 3]),
        (["Di 18-20", "Do 18-20", "Sa 10-12"], [1, 3, 5]),
        (["ma 18-20", "di 18-20", "do 18-20"], [0, 1, 3]),
        (["pá 18:00-20:00", "so 18:00-20:00"], [4, 5]),
    ],
)
def test_words_of_phrases_do_not_vote_for_a_language(cells: list[str], days: list[int]) -> None:
    """ "di" of "di mattina" made Italian know German Tuesdays, and Thursday was two days."""
    reader = WeekReader.of_column(cells)
    assert [set(reader.windows(cell)[0][0]) for cell in cells] == [{day} for day in days]


def test_a_word_for_the_evening_in_one_cell_makes_the_others_doubtful() -> None:
    """ "Tue 6-8" was at dawn, where others write "evening 6-8" and 18:00."""
    reader = WeekReader.of_column(["Mon evening 6-8", "Tue 6-8", "Wed 18:00-20:00"])
    with pytest.raises(ValueError, match="'6-8' may mean 06:00-08:00, or 18:00-20:00"):
        reader.windows("Tue 6-8")


def test_days_with_a_part_of_the_day_are_no_list_of_days() -> None:
    assert read_days("Monday morning, Tuesday") == frozenset()


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        # The half of the day carries over to the start, by the shortest reading.
        ("Mon 6:00-7:00pm", "Mon 18:00-19:00"),
        ("Mon 12-1am", "Mon 00:00-01:00"),
        ("Mon 12-1pm", "Mon 12:00-13:00"),
        ("Mon 11-1pm", "Mon 11:00-13:00"),
        ("Mon 10-2am", "Mon 22:00-24:00, Tue 00:00-02:00"),
        ("Mon 9am-5", "Mon 09:00-17:00"),
        ("Mon 6 p.m. - 7 p.m.", "Mon 18:00-19:00"),
        ("Tue 9am-noon", "Tue 09:00-12:00"),
        ("Tue noon-midnight", "Tue 12:00-24:00"),
        # Letters and lists of days.
        ("MWF 9-10", "Mon 09:00-10:00, Wed 09:00-10:00, Fri 09:00-10:00"),
        ("TTh 9-10:30", "Tue 09:00-10:30, Thu 09:00-10:30"),
        ("MTWTF 18-20", EVERY_WEEKDAY),
        ("Mon, Wed 18:00-20:00", "Mon 18:00-20:00, Wed 18:00-20:00"),
        ("Mon/Wed 18:00-20:00", "Mon 18:00-20:00, Wed 18:00-20:00"),
        ("Mon & Wed 18:00-20:00", "Mon 18:00-20:00, Wed 18:00-20:00"),
        ("Mondays and Fridays 18:00-20:00", "Mon 18:00-20:00, Fri 18:00-20:00"),
        ("Weekdays 18:00-20:00", EVERY_WEEKDAY),
        ("weekends 10:00-12:00", "Sat 10:00-12:00, Sun 10:00-12:00"),
        # Days behind their times.
        ("6-7pm F", "Fri 18:00-19:00"),
        ("6-7pm F, 8-9pm M", "Mon 20:00-21:00, Fri 18:00-19:00"),
        # A day on a line of its own.
        ("Mon\n18:00-20:00\nTue 9:00-10:00", "Mon 18:00-20:00, Tue 09:00-10:00"),
        # Ways of writing a time.
        ("Mon 1800-2000", "Mon 18:00-20:00"),
        ("Mon 900-1030", "Mon 09:00-10:30"),
        ("Mon 18h-20h", "Mon 18:00-20:00"),
        ("Mon 18h30-20h", "Mon 18:30-20:00"),
        ("Mon 18.30 - 20.00", "Mon 18:30-20:00"),
        ("Mon 18:00:00-20:00:00", "Mon 18:00-20:00"),
        ("Mon noon-14:00", "Mon 12:00-14:00"),
        ("Mon 22:00-midnight", "Mon 22:00-24:00"),
        ("Mon 6 p.m. - 8 p.m.", "Mon 18:00-20:00"),
        ("Mon 6 pm. - 8 pm.", "Mon 18:00-20:00"),
        ("Mon 6p-8p", "Mon 18:00-20:00"),
        ("Mon 18:00 pm - 20:00 pm", "Mon 18:00-20:00"),
        ("lunes de 18 a las 20", "Mon 18:00-20:00"),
        ("Monday, Tuesday 09:00 - 12:00 local time", "Mon 09:00-12:00, Tue 09:00-12:00"),
        # Other languages, whose words for "and" and "until" count too.
        ("Mo 18–20 Uhr", "Mon 18:00-20:00"),
        ("Mo. und Mi. 18–20 Uhr", "Mon 18:00-20:00, Wed 18:00-20:00"),
        ("am Montag von 18 bis 20 Uhr", "Mon 18:00-20:00"),
        ("Mo, Do 18-20", "Mon 18:00-20:00, Thu 18:00-20:00"),
        ("de lunes a viernes de 18 a 20", EVERY_WEEKDAY),
        ("segunda a sexta, 18h às 20h", EVERY_WEEKDAY),
        ("Pn do Pt 18-20", EVERY_WEEKDAY),
        ("lun. et mer. 18h30–20h", "Mon 18:30-20:00, Wed 18:30-20:00"),
        ("LMXJV 18-20", EVERY_WEEKDAY),
        ("ke 17-19 ja to 18-20", "Wed 17:00-19:00, Thu 18:00-20:00"),
        ("月曜日 18:00-20:00", "Mon 18:00-20:00"),
        ("thứ hai 18:00-20:00", "Mon 18:00-20:00"),
    ],
)
def test_windows_are_read_as_people_write_them(cell: str, text: str) -> None:
    assert windows_as_text(read_windows(cell)) == text


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("Mon 12:00-12:00", "may mean no time at all, or a whole day"),
        (
            "Mon 6-7",
            "may mean 06:00-07:00, or 18:00-19:00. Write both times by a clock of 24 hours",
        ),
        ("Mon 9-5", "may mean 09:00-17:00, or 21:00-05:00"),
        ("T 18-20", "'T' may mean Tue, or Thu. Write the names of the days"),
        ("S 10-12", "'S' may mean Sat, or Sun"),
        ("Do 18-20", "may mean Thu 18:00-20:00 (German); or Sun 18:00-20:00 (Spanish)"),
        ("Mon-Wed-Fri 18-20", "may be a range or a list"),
        ("Mon 18:00", "'18:00' has no end"),
        ("Mon 18-20, Tue", "Tue has no time in 'Mon 18-20, Tue'"),
        ("18-20", "'18-20' names no day"),
        # What restricts a window must never be overlooked.
        ("Mon not 9-10", "'not' is neither a day of the week nor a time"),
        ("every other Monday 18-20", "'other' is neither a day of the week nor a time"),
        ("Mon 18:00-20:00 CET", "'CET' is neither a day of the week nor a time"),
        ("Mon 18000-20", "'18000' is no time of day"),
        ("Mon 13 am - 14 pm", "13 am is no time of day"),
        ("Mon 25 - 26", "is no time of day"),
        ("Mon 18 - then", "has no end"),
        ("Mon 18 to Tue", "has no end"),
    ],
)
def test_a_cell_that_may_mean_several_things_or_none_is_an_error_with_the_readings(
    cell: str, said: str
) -> None:
    with pytest.raises(ValueError, match="expected weekly windows such as") as caught:
        read_windows(cell)
    assert said in str(caught.value)


@given(
    language=st.sampled_from(
        [
            "de",
            "fr",
            "es",
            "pt",
            "it",
            "nl",
            "pl",
            "sv",
            "da",
            "fi",
            "cs",
            "hu",
            "ro",
            "tr",
            "ru",
            "uk",
            "el",
            "ja",
            "ko",
            "zh",
        ]
    ),
    day=st.integers(0, 6),
    width=st.sampled_from(["wide", "abbreviated"]),
    context=st.sampled_from(["format", "stand-alone"]),
)
def test_every_name_that_cldr_has_for_a_day_is_read_as_that_day(
    language: str, day: int, width: str, context: str
) -> None:
    names = Locale.parse(language).days[context][width]
    # The other days of the column say which language it is.
    cells = [f"{names[k]} 18:00-20:00" for k in range(7)]
    reader = WeekReader.of_column(cells)
    assert reader.windows(cells[day]) == [(frozenset({day}), 18 * 60, 20 * 60)]


@given(
    first=st.integers(0, 23 * 4),
    length=st.integers(1, 8),
    day=st.integers(0, 6),
)
def test_a_window_is_the_same_by_a_clock_of_12_and_of_24_hours(
    first: int, length: int, day: int
) -> None:
    def by_12(slot: int) -> str:
        hour, minutes = divmod(slot % 96 * 15, 60)
        return f"{hour % 12 or 12}:{minutes:02d}{'pm' if hour >= 12 else 'am'}"

    def by_24(slot: int) -> str:
        return f"{slot % 96 // 4:02d}:{slot % 4 * 15:02d}"

    last = first + length
    one = read_windows(f"{DAYS[day]} {by_12(first)} - {by_12(last)}")
    other = read_windows(f"{DAYS[day]} {by_24(first)}-{by_24(last)}")
    assert (one == other).all()
    assert one.sum() == length


def test_other_cells_of_a_column_decide_language_and_clock() -> None:
    spanish = reader_of_column(["lun 18-20", "M 18-20", "mié 17-19", "do 10-12"])
    assert spanish.windows("M 18-20") == [(frozenset({1}), 1080, 1200)]
    assert spanish.windows("do 10-12") == [(frozenset({6}), 600, 720)]
    # 18:00 elsewhere says that a 6 is in the morning; 6pm elsewhere says nothing of the sort.
    assert reader_of_column(["Mon 6-7", "Tue 18:00-19:00"]).windows("Mon 6-7")[0][1:] == (360, 420)
    with pytest.raises(ValueError, match="may mean 06:00-07:00, or 18:00-19:00"):
        reader_of_column(["Mon 6-7", "Tue 6-7pm"]).windows("Mon 6-7")
    # Where Thursday is Th, a T is Tuesday.
    assert reader_of_column(["T 18-20", "Th 18-20"]).windows("T 18-20")[0][0] == {1}


def test_a_column_in_two_languages_is_read_cell_by_cell() -> None:
    mentees = pd.DataFrame({"free": ["Montag 18:00-20:00", "Monday 18-20", "lundi 18h-20h"]})
    mentors = pd.DataFrame({"free": ["Mon 19:00-21:00"]})
    scores = mm.Criteria(Availability("free")).score(mm.Cohort(mentees, mentors)).dense()
    assert scores.ravel().tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("Monday, Wed and Fr", {0, 2, 4}),
        ("lun-vie", set(range(5))),
        ("18-20", set()),
        ("Do", set()),
    ],
)
def test_a_list_of_days_is_read_where_it_has_one_meaning(text: str, days: set[int]) -> None:
    assert read_days(text) == days


def test_names_with_numbers_are_no_times_for_which_rare_languages_are_loaded(monkeypatch) -> None:
    """Their words take a second to load, which every draft with "Person1 Family2" in it took."""
    monkeypatch.setattr(day_names, "_other_languages", lambda: pytest.fail("they are loaded"))
    cells = [f"Person{k} Family{k + 1}" for k in range(9)]
    table = pd.DataFrame({"Name": cells})
    column = Column("mentees", "Name", table["Name"], mm.Cohort(table, table[:2]))
    assert not column.is_times
    assert is_window_like("Llun 9-11")
    assert is_window_like("Llun 9h - 11h")


def test_a_rare_language_that_shares_a_word_with_another_is_read() -> None:
    # "субота" is Ukrainian too, "divendres" Catalan.
    for cell in ("серада 18:00-20:00; субота 10:00-12:00", "dimars 18:00-20:00; divendres 10-12"):
        assert read_windows(cell).sum() == 16, cell


@pytest.mark.parametrize(
    "cell", ["Mon" + " " * 40_000, "Mon" * 30_000, "1-" * 30_000, "Mon, " * 30_000, "(" * 60_000]
)
def test_a_long_cell_is_refused_in_no_time(cell: str) -> None:
    """A pattern with blanks on either side of an optional part took seconds for 8,000 of them."""
    started = time.process_time()
    with pytest.raises(ValueError, match="expected weekly windows"):
        read_windows(cell)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("w poniedziałek 9-10", {0}),
        ("we wtorek 9-10, w środę 11-12", {1, 2}),
        ("W poniedziałki i piątki 9-10", {0, 4}),
        ("u petak 9-10", {4}),
        ("u srijedu 9-10", {2}),
        ("v pondělí 9-10", {0}),
        ("ve středu 9-10", {2}),
        ("v sredo 9-10", {2}),
        ("в среду 9-10", {2}),
        ("по понедельникам 9-10", {0}),
        ("у понеділок 9-10", {0}),
        ("på torsdagar 9-10", {3}),
        ("szerdán 9-10", {2}),
        ("kedden 9-10", {1}),
        ("w pon. 18-20", {0}),
        ("w śr. 18-20, w sob. 9-10", {2, 5}),
        ("we wt. 18-20, w pt. 9-10", {1, 4}),
        ("w tygodniu 18-20", {0, 1, 2, 3, 4}),
        ("u pet 9-10", {4}),
        ("v út 9-10", {1}),
        ("в чт 9-10", {3}),
        ("по воскресеньям 9-10", {6}),
        ("по будням 9-10", {0, 1, 2, 3, 4}),
        ("понедельник по пятница 18-20", {0, 1, 2, 3, 4}),
        ("вторник по пятницу 18-20", {1, 2, 3, 4}),
        ("пн по пт 18-20", {0, 1, 2, 3, 4}),
    ],
)
def test_on_before_a_day_is_no_letter_of_another(cell: str, days: set[int]) -> None:
    """The "w" of "w poniedziałek" was a Tuesday too, and the "u" of "u petak"."""
    assert set().union(*(days for days, _, _ in WeekReader.of_column([cell]).windows(cell))) == days


@pytest.mark.parametrize("letters", ["M Wed 9-10am", "M, Tue 9-10am", "Pn, w 9-10"])
def test_letters_beside_names_of_days_stay_days(letters: str) -> None:
    (window,) = WeekReader.of_column([letters]).windows(letters)
    assert len(window[0]) == 2


EVERY_DAY = [
    "every day", "each day", "any day", "all days", "jeden Tag", "alle Tage", "chaque jour",
    "tous les jours", "cualquier día", "todos los días", "qualquer dia", "ogni giorno",
    "tutti i giorni", "elke dag", "codziennie", "każdego dnia", "varje dag", "hver dag",
    "každý den", "каждый день", "her gün", "毎日", "每天",
]  # fmt: skip
WORKING_DAYS = [
    "weekdays", "any weekday", "all weekdays", "working days", "Werktage", "jeden Werktag",
    "unter der Woche", "en semaine", "días laborables", "dias úteis", "giorni lavorativi",
    "werkdagen", "dni robocze", "vardagar", "hverdage", "arkisin", "pracovní dny", "будни",
    "hafta içi", "平日", "工作日",
]  # fmt: skip


@pytest.mark.parametrize("name", [*EVERY_DAY, *WORKING_DAYS])
def test_words_for_every_day_and_for_working_days(name: str) -> None:
    cell = f"{name} 12:00-13:00"
    (window,) = WeekReader.of_column([cell]).windows(cell)
    assert window == (frozenset(range(7 if name in EVERY_DAY else 5)), 12 * 60, 13 * 60)


def test_all_day_is_no_day_of_the_week() -> None:
    with pytest.raises(ValueError, match="'all'"):
        WeekReader.of_column(["Mon all day"]).windows("Mon all day")


@pytest.mark.parametrize(
    "cell",
    [
        "any day Mon-Thu 18-20",
        "each day Tue, Thu 9:00-12:00",
        "weekdays Mon-Wed 9:00-12:00",
        "every day (Mon-Fri) 9:00-12:00",
        "Sat weekend 10:00-12:00",
        "jeden Tag Mo-Fr 9:00-12:00",
        "dni robocze pn-czw 9:00-12:00",
    ],
)
def test_a_group_of_days_beside_some_of_them_is_asked_about(cell: str) -> None:
    """ "Any day Mon-Thu" was the whole week."""
    with pytest.raises(ValueError, match=r"may mean .*, or .*Write the names of the days"):
        WeekReader.of_column([cell]).windows(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "Mon-Fri, but not Wed 12-14",
        "Weekends, except Sunday 9:00-12:00",
        "weekdays, but Fri 15-17",
        "Mo-Fr (außer Mi 12-14)",
    ],
)
def test_hours_behind_days_that_are_left_out_are_asked_about(cell: str) -> None:
    """ "Mon-Fri, but not Wed 12-14" was free on the other days at that hour."""
    with pytest.raises(ValueError, match="leaves days out, and which hours are left is not clear"):
        WeekReader.of_column([cell]).windows(cell)


def test_words_with_but_that_are_given_stand_beside_others() -> None:
    given = read_given({"mornings but early": "Mon-Fri 06:00-08:00"})
    cell = "Tue 9-12; mornings but early"
    reader = WeekReader.of_column([cell], given=given)
    assert {days for days, _, _ in reader.windows(cell)} == {frozenset({1}), frozenset(range(5))}


def test_a_group_of_days_and_another_day_are_both() -> None:
    cell = "weekdays and Sat 9:00-12:00"
    (window,) = WeekReader.of_column([cell]).windows(cell)
    assert window[0] == frozenset(range(6))


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["P 17.30-19.00", "V 9:00-11:30", "Sze 10-12"], [4, 6, 2]),
        (["в вт 9:00-10:00", "в пт 9:00-10:00"], [1, 4]),
        (["у середу 9-12", "в чт 17-19", "пн 9-12"], [2, 3, 0]),
    ],
)
def test_prepositions_of_one_letter_do_not_vote(cells: list[str], days: list[int]) -> None:
    reader = WeekReader.of_column(cells)
    assert [set(reader.windows(cell)[0][0]) for cell in cells] == [{day} for day in days]


@pytest.mark.parametrize(
    ("others", "days"),
    [(["śr 10-12", "pn 10-12"], {1}), (["sb 9-11"], {1}), (["MWF 10-12", "TTh 9-11"], {2, 3})],
)
def test_two_letters_are_a_name_or_english_letters_as_the_other_cells_say(others, days):
    """In Polish "wt" is Tuesday; it was Wednesday and Thursday wherever it stood alone."""
    reader = WeekReader.of_column(["wt 17-19", *others])
    assert reader.windows("wt 17-19") == [(frozenset(days), 17 * 60, 19 * 60)]


def test_two_letters_of_which_nothing_tells_are_asked_about():
    with pytest.raises(ValueError, match=r"Tue .* \(Polish\); or Wed, Thu .* \(English\)"):
        WeekReader.of_column(["wt 17-19", "wt 10-12"]).windows("wt 17-19")
