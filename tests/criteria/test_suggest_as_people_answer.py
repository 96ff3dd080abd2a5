"""Columns are known by how their answers go together, in words that nobody listed before."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.cohort.columns.roles import role_of
from mentormatch.criteria.availability.zones import nearest_zone
from mentormatch.criteria.recognition import cells_of_columns, contents
from mentormatch.criteria.recognition.recognise import recognise_columns
from mentormatch.criteria.suggest.suggest import propose_criteria
from mentormatch.criteria.words.scales import are_scale, are_yes_no

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
NAMES = ["Ada Holm", "Bo Falk", "Cleo Lind", "Dan Novak", "Eve Pinto", "Fay Weber"]


def recognised(mentees, mentors):
    """What each column of two tables is taken for; people are known by their e-mail addresses."""
    tables = {}
    for side, columns in (("mentees", mentees), ("mentors", mentors)):
        n = len(next(iter(columns.values())))
        emails = [f"{side}{k}@org.example" for k in range(n)]
        tables[side] = pd.DataFrame({"E-mail": emails, **columns}).set_index("E-mail")
    cohort = mm.Cohort(**tables)
    return {(one.side, one.name): one for one in recognise_columns(cohort)}


def both(heading, mentees, mentors=None):
    found = recognised({heading: mentees}, {heading: mentors or mentees})
    return found["mentees", heading], found["mentors", heading]


@pytest.mark.parametrize(
    "answers",
    [["Yes, I agree", "No"], ["Ja, einverstanden", "Nein"], ["Oui, j'accepte", "Non (pas encore)"]],
)
def test_yes_with_a_reason_is_still_yes(answers):
    """Once a consent was three topics, "yes", "I agree" and "no", that people had in common."""
    for one in both("Details may be passed on", [*answers, *answers, answers[0]]):
        assert one.kind == "yes or no"


def test_letters_that_stand_for_values_are_no_yes_and_no():
    assert not are_yes_no(["x; y", "x", "z"])
    assert not are_yes_no(["x; y"])


@pytest.mark.parametrize(
    "steps",
    [
        ["trifft gar nicht zu", "trifft eher nicht zu", "teils, teils", "trifft eher zu"],
        ["Pas du tout", "Plutôt non", "Ni oui ni non", "Plutôt oui", "Tout à fait"],
        ["Raczej nie", "Trudno powiedzieć", "Raczej tak"],
    ],
)
def test_steps_of_which_one_is_the_opposite_of_another_are_a_scale(steps):
    """Once a statement was a likeness: two who both "rather agree" belonged together."""
    for one in both("Ich habe genug Zeit dafür", [*steps, *steps]):
        assert one.kind == "rating"


def test_answers_without_an_opposite_are_no_scale():
    assert not are_scale(["red wine", "white wine", "water"])
    assert not are_scale(["data science", "data", "design"])


def test_percentages_are_numbers():
    """Once people who work as many hours were alike: "80 %" was an answer that both gave."""
    for one in both("Stellenumfang in %", ["80 %", "50%", "100 %", "80 %", "62,5 %"]):
        assert one.kind == "number"


def test_groups_of_age_are_known_by_their_ranges_and_asked_about():
    for one in both("Wie viele Lenze?", ["25-34", "35-44", "unter 25", "25-34", "ab 45"]):
        assert one.kind == "protected"
        assert one.question


def test_years_long_ago_may_be_of_birth():
    for one in both("Jahrgang", [1980, 1971, 1994, 1966, 1980, 2001]):
        assert one.kind == "protected"
        assert one.question


def test_people_of_the_own_table_are_a_reference_that_is_asked_about():
    """Once the boss of a mentor, who is a mentor too, was "asked of one side only", in silence."""
    found = recognised(
        {"Name": NAMES, "Lua?": ["a", "b", "a", "b", "a", "b"]},
        {
            "Name": ["Gil Costa", "Hana Groot", "Ivo Quast", "Jana Rossi", "Kai Vidal"],
            "Berichtet an": ["Hana Groot", "Hana Groot", "Gil Costa", "Gil Costa", "Hana Groot"],
        },
    )
    one = found["mentors", "Berichtet an"]
    assert (one.kind, one.question) == ("reference", True)
    assert "own table" in one.why


def test_a_wish_with_a_negation_is_for_being_kept_apart():
    """Once "Z kim wolisz nie być w parze?" (whom not) was a wish for these very people."""
    heading = "Z kim wolisz nie być w parze?"
    others = ["Gil Costa", "Hana Groot", "Ivo Quast", "Jana Rossi", "Kai Vidal", "Lena Young"]
    found = recognised({"Name": NAMES, heading: others}, {"Name": others})
    one = found["mentees", heading]
    assert (one.kind, one.question) == ("conflicts", True)


def test_a_name_that_many_share_is_somebody_else_s():
    """Once first names of superiors were an answer that both sides share."""
    for one in both("Jefatura: nombre", ["Eve", "Dan", "Eve", "Dan", "Eve", "Dan"]):
        assert one.kind == "name"
        assert one.question


def test_one_answer_under_a_heading_that_says_nothing_is_asked_about():
    """Colleagues of one unit may be meant to be kept apart: once that counted for a pair."""
    for one in both("Pôle", ["Achats", "Travaux", "Achats", "Juridique", "Travaux", "Achats"]):
        assert (one.kind, one.question) == ("same", True)
        assert "whether it is good to have the same" in one.why


def test_clauses_of_sentences_are_no_topics():
    """Once fragments of free texts between commas were topics that people had in common."""
    starts = ["I moved teams", "My aim is to grow", "A plan would help", "After years in audit"]
    ends = ["and want to learn more", "to think about next steps", "then lead a team", "so I ask"]
    texts = [
        f"{one}, {other}"
        for k in (0, 1)
        for one, other in zip(starts, ends[k:] + ends[:k], strict=False)
    ]
    for one in both("In your own words", texts):
        assert one.kind == "text"


def test_remarks_are_remarks_though_many_say_that_there_is_nothing():
    """Once "No" was a topic, where commas made several answers of a sentence."""
    remarks = [*["nada", "No"] * 4, "En marzo no, vuelvo el 12", "Mejor por vídeo, gracias"]
    for one in both("¿Algo que añadir?", remarks):
        assert one.kind == "comment"


def test_an_accent_tells_who_is_mentored_in_french():
    """Once "Mentoré(e)" was read without its accent, as the Italian word for a mentor."""
    assert [role_of(text) for text in ("Mentoré(e)", "Mentorés", "Mentor(e)", "mentore")] == [
        "mentee",
        "mentee",
        "mentor",
        "mentor",
    ]


@pytest.mark.parametrize("headings", [("Seniority", "Years of experience"), ("Level", "Level")])
def test_a_level_in_words_and_one_in_numbers_are_asked_about(headings):
    """Once 7, 12 and 20 were rungs beside Junior and Senior, or each was left out in silence."""
    found = recognised(
        {headings[0]: ["Junior", "Senior", "Junior", "Senior"]}, {headings[1]: [12, 7, 20, 7]}
    )
    for one in (found["mentees", headings[0]], found["mentors", headings[1]]):
        assert one.question
        assert one.partner is None
        assert "they cannot be compared" in one.why


IDS = [f"mentors{k}@org.example" for k in (1, 2, 1, 2, 0, 1)]
DIFFERENT = [f"R_{k}aB2c3D4e5F6g7H" for k in range(6)]
LONG = "I would like to meet somebody who has done this before and can tell"


@pytest.mark.parametrize(
    ("heading", "answers", "kind", "question"),
    [
        ("Homepage", [f"https://{k}.example/x" for k in range(6)], "contact", False),
        ("Second address", [f"{k}@x.example" for k in "abcdef"], "e-mail", False),
        ("E-mail of your boss", [f"{k}@x.example" for k in "abcdef"], "superior", False),
        ("Phone", [f"+49 30 123456{k}" for k in range(6)], "contact", False),
        ("Response ID", DIFFERENT, "record", False),
        ("Number", [17, 4, 99, 23, 51, 8], "running number", False),
        ("Submission", [1, 2, 3, 4, 5, 6], "running number", False),
        ("Time zone", ["my zone", "Berlin-ish", "somewhere", "east"] * 2, "time zone", True),
        ("When are you free?", ["after nine 9:00-10:00", "so 10:00-11:00 maybe"], "times", True),
        ("Hours a month", ["1-2", "3-4", "5-6", "1-2", "3-4", "7+"], "number", False),
        ("Anything else?", ["", "", "thanks for this", "", "", ""], "comment", False),
        (
            "Wishes for the hall",
            ["no", "none", "-", "nothing", "a big room", "n/a"],
            "comment",
            False,
        ),
        ("A word", [LONG, "", "", "", f"{LONG} me", ""], "comment", True),
        ("Campus", ["North"] * 6, "constant", False),
        ("Role", ["mentee", "mentee", "mentor", "mentee"], "role", False),
        ("Rate your skill in Lua", [1, 5, 3, 4, 2, 2], "rating", False),
        (
            "Whom do you know",
            [f"{a}; {b}" for a, b in zip(IDS, IDS[1:] + IDS[:1], strict=True)],
            "wishes",
            True,
        ),
        ("Somebody", IDS, "reference", True),
        ("Whom would you like as a mentor?", [*IDS, f"nobody, {LONG}"], "wishes", True),
        ("Supervisor", ["Mrs X of the north", "Mr Y", "Mr Z", "Mr Y"], "superior", False),
        ("How many mentors would you like?", [1, 2, 1, 1, 2, 3], "demand", False),
        ("How many mentees can you take?", [1, 2, 1, 1, 2, 3], "number", False),
        ("Name", ["Ada", "Ada", "Bo", "Bo", "Bo", "Bo"], "name", True),
        ("Mentee", NAMES, "name", False),
        ("Someone", NAMES, "name", True),
    ],
)
def test_a_column_is_known_by_its_heading_and_its_answers(heading, answers, kind, question):
    count = len(answers)
    mentees = {heading: answers, "Lua?": (["a", "b"] * count)[:count]}
    found = recognised(mentees, {"Lua?": ["a", "b"] * 3, "City": ["x", "y"] * 3})
    one = found["mentees", heading]
    assert (one.kind, one.question) == (kind, question), one.why


def test_small_numbers_of_mentors_of_which_nothing_is_said_are_asked_about():
    found = recognised(
        {"Lua?": ["a", "b"] * 3}, {"Lua?": ["a", "b"] * 3, "Amount": [1, 2, 1, 3, 1, 2]}
    )
    one = found["mentors", "Amount"]
    assert (one.kind, one.question) == ("number", True)
    assert "the heading does not say of what" in one.why


def test_days_are_looked_for_in_all_languages_only_where_cells_may_be_windows(monkeypatch) -> None:
    """The words of "max 3" were looked up among the days of 250 languages: two seconds."""
    found = []
    reader = cells_of_columns.reader_of_column
    monkeypatch.setattr(
        cells_of_columns, "reader_of_column", lambda texts: found.append(texts[0]) or reader(texts)
    )
    people = pd.DataFrame(
        {
            "seats": ["1-2", "max 3", "two", "2", "1", "3"],
            "free": ["Hétfő 9-12", "Kedd 10-12", "Szerda 9-11", "Péntek 9-10", "sometimes", None],
            "noon": ["Mon 9-12", *(f"{day} noon-midnight" for day in DAYS[:3]), None, None],
        }
    )
    columns = contents.list_columns(mm.Cohort(people, people))["mentees"]
    assert {one.name: one.is_times for one in columns} == {
        "seats": False, "free": True, "noon": True,
    }  # fmt: skip
    assert found == ["Hétfő 9-12", "Mon 9-12"]


def test_a_number_that_stands_twice_is_not_said_to_be_different_in_each_row() -> None:
    """Somebody who stood there twice, by two addresses, was never asked about."""
    numbers = [str(101 + 7 * k) for k in range(9)]
    one, _ = both("Emp No", [*numbers, "101"], [*map(str, range(900, 908))])
    assert one.kind == "running number"
    assert one.question
    assert one.why == '"101" stands in several rows, perhaps of one person who is there twice'
    one, _ = both("Emp No", [*numbers, "777"], [*map(str, range(900, 908))])
    assert one.why == "a different number in each row, and the heading says no more"


@pytest.mark.parametrize(
    ("zone", "near"),
    [
        ("Milano", None), ("Torino", None), ("Napoli", None), ("Hamburg", None),
        ("Europe/Milan", None), ("Europe/Belin", "Europe/Berlin"), ("Parris", "Europe/Paris"),
        ("New Yrok", "America/New_York"), ("Lisbonn", "Europe/Lisbon"),
    ],
)  # fmt: skip
def test_another_city_is_no_slip_of_a_zone(zone: str, near: str | None) -> None:
    """Milano was taken for Iceland, and Torino for Tripoli."""
    assert nearest_zone(zone) == near


SKILLS = ("Testing", "Python", "Databases", "Leadership")
PAIRS = [f"{one}, {other}" for one in SKILLS for other in SKILLS if one != other]


@pytest.mark.parametrize("n", [12, 3])
def test_a_list_of_a_few_answers_is_no_name(n):
    """ "Testing, Leadership" is two words with capitals, and was a name beside the names."""
    family = ("Holm", "Falk", "Lind", "Pi")
    people = {"Name": [f"{one} {other}" for one in "ABC" for other in family]}
    mentees = {"Ämnen": [f"{one.split(', ')[0]}" for one in PAIRS]}
    mentors = {"Osaaminen": PAIRS[:n], "Name": people["Name"][:n]}
    assert recognised({**people, **mentees}, mentors)["mentors", "Osaaminen"].kind != "name"


def test_names_with_the_family_first_are_still_names():
    people = [f"{one.split()[1]}, {one.split()[0]}" for one in NAMES]
    found = recognised({"Field": ["Law", "Art"] * 3}, {"Deltagare": people, "Field": ["Law"] * 6})
    assert found["mentors", "Deltagare"].kind == "name"


@pytest.mark.parametrize(
    "hours",
    [
        ["1,5", "2", "0,5", "2,5", "1", "approx 1", "2 h", "don't know"],
        ["1,5 tim", "2", "0,5", "vet ej", "1 h", "max 2", "1–2", "2,5"],
    ],
)
def test_a_decimal_comma_divides_no_list(hours):
    """Two who said "1,5" and "5" had "5" in common, and the criterion was live."""
    for one in both("Tempo", hours * 3):
        assert (one.kind, one.question) == ("number", True)
        assert f'numbers such as "{hours[0]}"' in one.why


@pytest.mark.parametrize("heading", ["Tempo", "Level", "Years"])
def test_a_decimal_comma_divides_no_number_that_is_shown(heading):
    """What was seen of "1,5" were a 1 and a 5; below "Level" they were topics in common."""
    for one in both(heading, ["1,5", "2", "0,5", "2,5", "1,5", "1"] * 3):
        assert one.kind == "number"
        first, *others = list(one.values)
        assert first == "1,5"
        assert "5" not in others


@pytest.mark.parametrize("heading", ["Level", "Level of courses wanted", "Modules"])
@pytest.mark.parametrize(
    "cells", [["1,2", "2,3", "1"], ["1,5", "5", "1"], ["2,1", "1", "beginner 2"]]
)
def test_numbers_with_a_comma_that_may_be_lists_are_asked_about(heading, cells):
    """Levels "1,2" and "2,3" became decimals."""
    for one in both(heading, cells * 4):
        assert (one.kind, one.question) == ("number", True)
        assert one.why == f'"{cells[0]}" may be one number, or a list of two'


@pytest.mark.parametrize("cells", [["1,5", "2,5", "2"], ["0,5", "1,5", "5"], ["1,25", "2", "25"]])
def test_decimals_of_which_no_part_stands_elsewhere_are_numbers(cells):
    for one in both("Level", cells * 4):
        assert one.kind == "number"
        assert "list" not in one.why


def test_what_is_shown_of_lists_of_numbers_are_their_numbers():
    codes = ["1,4,6", "2,3", "1,2", "3,4,6", "C,4", "4,6,1"]
    assert all(set(one.values) <= set("1246C3") for one in both("Modules", codes * 3))


def test_lists_of_numbers_are_lists_still():
    codes = ["1,4,6", "2,3", "1,2", "3,4,6", "C,4", "4,6,1"]
    assert {one.kind for one in both("Modules", codes * 3)} == {"topics"}


@pytest.mark.parametrize("ticked", [True, False])
def test_skills_of_few_people_are_a_list_though_nobody_shares_them(ticked):
    """Once what four people wanted to learn was a comment, since one of them left it out."""
    wants = [
        ["Lua", "Neovim plugins", "Testing"],
        ["Code review", "CI"],
        ["Lua", "Unit tests"],
        None,
    ]
    offers = [["Lua", "Testing", "Code review"], ["Neovim plugins", "Unit tests", "CI"]]
    wants, offers = (
        [one if ticked or one is None else ", ".join(one) for one in cells]
        for cells in (wants, offers)
    )
    found = recognised({"I want to learn": wants}, {"I can teach": offers})
    assert found["mentees", "I want to learn"].kind == "skills"
    assert found["mentors", "I can teach"].partner == "I want to learn"


def test_a_date_with_a_comma_is_shown_whole():
    """Once half of each was shown: "November 2; 2026 9:12 AM"."""
    stamps = ["November 2, 2026 9:12 AM", "November 3, 2026 1:14 PM"]
    for one in both("Created time", stamps):
        assert one.kind == "time stamp"
        assert set(one.values) == set(stamps)


def test_handles_have_no_domain_by_which_organisations_could_be_kept_apart() -> None:
    people = [
        pd.DataFrame({"id": ids, "Topics": ["SQL"] * 2}) for ids in (["@a", "@b"], ["@a", "@c"])
    ]
    proposals = propose_criteria(mm.Cohort(*people, id="id"), None)
    assert "domain" not in str(proposals)
