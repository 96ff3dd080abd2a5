"""Sheets as people keep them: titles, totals, headings twice, blanks after quotes, decimals."""

from __future__ import annotations

import csv
import time
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pytest

from mentormatch import CohortError, read_cohort
from mentormatch.cohort.cells.sent import find_unfinished
from mentormatch.cohort.files.headers import divide_records
from mentormatch.programme import draft_programme

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch import Cohort

MENTORS = "id,x\nm,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(folder: Path, text: str, **options: object) -> Cohort:
    (folder / "a.csv").write_text(text)
    (folder / "b.csv").write_text(MENTORS)
    return read_cohort("a.csv", "b.csv", **options)


def subjects(cohort: Cohort) -> list[str]:
    return [f"{one.subject}: {one.taken_for}" for one in cohort.readings if one.side != "mentors"]


TITLED = (
    "Mentoring 2027,,,\nExported on Monday,,,\n\nid,team,level,n\nada,A,1,1\nbo,B,2,3\nTotal,,,4\n"
)


def test_titles_above_and_totals_below_are_left_out_and_it_is_said(folder: Path) -> None:
    cohort = read(folder, TITLED)
    assert list(cohort.mentee_ids) == ["ada", "bo"]
    assert cohort.rows[0].tolist() == [5, 6]
    assert "header: row 4 is taken as the header" in subjects(cohort)
    assert "header: row 7 is left out as a total" in subjects(cohort)
    header = next(one for one in cohort.readings if one.subject == "header")
    assert header.values == ("Mentoring 2027", "Exported on Monday")


@pytest.mark.parametrize(
    "last",
    [
        "Total: 2 mentees,,,", "Total,2 mentees,,", "Summe,2 Personen,,14", "All,2,,", "All,,,",
        "Total,2 mentees,14 places,", "Total number of mentees,2,,", "2 mentees in total,,,",
        "Total 2027,,,14", "Summa,30 st,,43", "Totalt,,,29", "I alt,2 personer,,", "Antal: 30,,,",
        "Antal: 30 st,,,",
    ],
)  # fmt: skip
def test_a_total_may_say_what_it_counts(folder: Path, last: str) -> None:
    """ "9 mentors" beside "Total" made a person of the row, who has no id.

    In a workbook the blank cells between are none at all, and counted as texts.
    """
    table = f"id,team,level,n\nada,A,1,1\nbo,B,2,3\n{last}\n"
    cohort = read(folder, table)
    book = openpyxl.Workbook()
    for row in table.splitlines():
        book.active.append([int(c) if c.isdigit() else c or None for c in row.split(",")])
    book.save("a.xlsx")
    for one in (cohort, read_cohort("a.xlsx", "b.csv")):
        assert list(one.mentee_ids) == ["ada", "bo"]
        assert "header: row 4 is left out as a total" in subjects(one)


@pytest.mark.parametrize("row", ["Name,Wants,Seats", "name, wants ,SEATS", "Name,Wants,"])
def test_headings_that_stand_again_below_are_no_person(folder: Path, row: str) -> None:
    """ "Name" was matched, took a seat, and got a letter that begins "Dear Name"."""
    text = f"Name,Wants,Seats\nAda,Lua,1\n{row}\nBob,C,2\n{row}\n"
    cohort = read(folder, text)
    assert list(cohort.mentees.index) == ["Ada", "Bob"]
    assert "header: rows 3, 5 are left out as the headings again" in subjects(cohort)


@pytest.mark.parametrize(
    "text",
    [
        "Name,Python,Go\nAda A,Python,\nName,Python,Go\nBob B,Python,Go\n",
        "Name,Team\nAda A,Team\nName,Team\nBob B,C\n",
    ],
)
def test_headings_again_are_no_person_where_answers_repeat_theirs(folder: Path, text: str) -> None:
    assert list(read(folder, text).mentees.index) == ["Ada A", "Bob B"]


@pytest.mark.parametrize(
    "text",
    [
        "Python,Lua\nPython,Lua\nPython,\n,Lua\n", "Python,Go,Lua\nPython,Go,\n,,Lua\n,,Lua\n",
        "Python,Lua\nPython,Lua\nPython,Lua\nPython,Lua\n", "Name,Wants\nName,Lua\nBob,C\nCy,C\n",
    ],
)  # fmt: skip
def test_an_answer_may_be_what_its_heading_says(folder: Path, text: str) -> None:
    assert len(read(folder, text).mentees) == 3


@pytest.mark.parametrize(
    "last",
    [
        "Suma,mentor,,3", "Mentor,2 mentees,,", "bi,mentees,4,", "2024-001,,,", "Mentor 3,,,",
        "mentor_9,,,", "2 mentees,,,", "Mentee 2,average,,", "All 3,,,",
        "Alt,,,3", "I,alt,,", "Summa Holm,,,3", "30 st,,,",
    ],
)  # fmt: skip
def test_a_person_is_no_total(folder: Path, last: str) -> None:
    cohort = read(folder, f"id,team,level,n\nada,A,1,1\nbo,B,2,3\n{last}\n")
    assert list(cohort.mentee_ids) == ["ada", "bo", last.split(",")[0]]


def test_a_row_without_an_id_that_speaks_of_a_total_is_asked_about(folder: Path) -> None:
    """It said "give this person an id" of a row that is nobody."""
    table = "id,team,level,n\nada,A,1,1\nbo,B,2,3\n,Totalt,se blad 2,av kim\n,C,2,3\n"
    with pytest.raises(CohortError) as caught:
        read(folder, table)
    said = [finding.expected for finding in caught.value.findings]
    assert said == [
        "the id is empty. Is this a total row ('Totalt')? Then delete it; else give this person "
        "an id.",
        "the id is empty. Give this person an id, or delete the row.",
    ]


PEOPLE = "id,wants,level,site\nada,Lua,junior,York\nbo,Git,senior,Bonn\ncy,SQL,mid,Oslo\n"


def test_a_legend_below_a_total_and_a_blank_row_is_nobody_and_it_is_said(folder: Path) -> None:
    """The total was no longer the last row, and each line of the legend a person without an id."""
    cohort = read(folder, PEOPLE + "Total,3,,\n,,,\nLegend,,,\n,to be called,,\n")
    assert list(cohort.mentee_ids) == ["ada", "bo", "cy"]
    assert "header: rows 7, 8 are left out as notes below the people" in subjects(cohort)
    assert "header: row 5 is left out as a total" in subjects(cohort)


@pytest.mark.parametrize(
    "below",
    [
        "di,Git,,\n",  # no blank row
        ",,,\ndi,Git,mid,\n",  # as many answers as others
        ",,,\n7,,,\n",  # a number may be an id
        ",,,\ndi@x.example,,,\n",
        ",,,\nfi,,,\ngo,,,\nhy,,,\n",  # as many as there are people above
    ],
)
def test_people_below_a_blank_row_are_people(folder: Path, below: str) -> None:
    cohort = read(folder, PEOPLE + below)
    assert len(cohort.mentees) > 3


def test_the_header_can_be_named_and_titles_without_commas_are_titles(folder: Path) -> None:
    plain = TITLED.replace(",,,\n", "\n").replace("Total", "Total,,,4")
    assert (
        next(iter(read(folder, "List of people\n" + plain.partition("\n\n")[2]).mentee_ids))
        == "ada"
    )
    assert list(read(folder, TITLED, header_row={"mentees": 4}).mentee_ids) == ["ada", "bo"]
    with pytest.raises(CohortError, match="found 3; this row is blank or not there"):
        read(folder, TITLED, header_row=(3, None))
    with pytest.raises(CohortError, match="header_row is the number of the row with the headings"):
        read(folder, TITLED, header_row="4")


@pytest.mark.parametrize("more", [[], [1992], [None, "late"]])
def test_a_person_behind_an_id_is_no_total_in_a_workbook_either(
    folder: Path, more: list[object]
) -> None:
    """Suma is a first name as well."""
    book = openpyxl.Workbook()
    for row in (
        ["id", "name", "seats", "note", "x"],
        [101, "Ada", 2, "x"],
        [103, "Suma", 1, *more],
    ):
        book.active.append(row)
    book.save("a.xlsx")
    (folder / "b.csv").write_text(MENTORS)
    assert list(read_cohort("a.xlsx", "b.csv").mentee_ids) == ["Ada", "Suma"]


@pytest.mark.parametrize(
    "row",
    [
        "Razem,3,,średnio 2",
        "Total,3,,avg 2",
        "Total,3,,avg. 2.5",
        "Summe,3,,Durchschnitt 2",
        "Total,3,,moyenne 2",
        "Suma,3,,media: 2",
        "Totaal,3,,gemiddeld 2",
        "Mean,,,2",
        "Średnia,,,2",
        "Łącznie,3,3 osób,średnio 2",
    ],
)
@pytest.mark.parametrize("gap", ["", ",,,,\n"])
def test_a_total_with_a_word_beside_a_number_is_nobody(folder: Path, row: str, gap: str) -> None:
    """ "Razem" and "średnio 2" were a mentee whose address is 3."""
    table = f"No.,Name,E-mail,Wants,Years\n1,Ada,a@x.org,Lua,1\n2,Bo,b@x.org,C,2\n{gap},{row}\n"
    cohort = read(folder, table)
    assert len(cohort.mentees) == 2
    assert any("is left out as a total" in one.taken_for for one in cohort.readings)


@pytest.mark.parametrize("row", ["3,Suma,s@x.org,C,mean 2", ",Suma,s@x.org,C,2", ",Mean,3,,mean 4"])
def test_somebody_called_like_a_total_is_a_person(folder: Path, row: str) -> None:
    table = f"No.,Name,E-mail,Wants,Years\n1,Ada,a@x.org,Lua,mean 1\n2,Bo,b@x.org,C,2\n{row}\n"
    assert len(read(folder, table).mentees) == 3


@pytest.mark.parametrize("total", ["Total,4,,", "TOTALE:,4,,", "Total,4 people,,"])
def test_a_total_above_a_remark_is_left_out_with_it(folder: Path, total: str) -> None:
    """The total and "* Bo is back in March" were two people, and e-mails told nobody apart."""
    cohort = read(folder, f"{PEOPLE}\n{total}\n* Bo is back in March,,,\n")
    assert list(cohort.mentee_ids) == ["ada", "bo", "cy"]
    assert "header: rows 6, 7 are left out as notes below the people" in subjects(cohort)


def test_a_person_called_total_is_a_person_and_two_columns_have_no_titles(folder: Path) -> None:
    cohort = read(folder, "id,name,team\na,Ada,x\nb,Total,y\n")
    assert list(cohort.mentee_ids) == ["a", "b"]
    assert list(read(folder, "id\nada\nbo\n").mentee_ids) == ["ada", "bo"]
    assert list(read(folder, "id,notes\nada,\nbo,x\n").mentee_ids) == ["ada", "bo"]


def test_a_table_without_headings_is_refused(folder: Path) -> None:
    with pytest.raises(CohortError, match="row 1 is read as the headings, but holds an e-mail"):
        read(folder, "ada@x.org,Lua\nbo@x.org,Go\n")


def test_a_heading_that_stands_twice_is_an_error_only_where_it_is_used(folder: Path) -> None:
    cohort = read(folder, "id,wants,Else?,Else?\nada,Lua,,no\nbo,Go,thanks,\n")
    assert cohort.tags("mentees", "wants") == [("Lua",), ("Go",)]
    assert "Else? (column D)" in cohort.mentees.columns
    with pytest.raises(CohortError, match="this heading stands over several columns"):
        cohort.tags("mentees", "Else?")
    titled = read(folder, "Mentoring 2027,,\nSent today,,\nid,wants,wants\nada,Lua,x\nbo,Go,y\n")
    assert list(titled.mentee_ids) == ["ada", "bo"], "the first person was taken for the header"
    same = read(folder, "id,a,a\nada,1,1\nbo,2,2\n")
    assert same.mentees["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    "text",
    [
        'id,topics,notes\nada,"Lua, Go" ,x\nbo,Go,y\n',
        'id,topics,notes\r\nada,"Lua, Go"\t,"x"\r\nbo,Go,y\r\n',
        'id;topics;notes\nada;"Lua, Go" ;x\nbo;Go;y\n',
    ],
)
def test_a_blank_after_a_closing_quote_is_read(folder: Path, text: str) -> None:
    assert read(folder, text).tags("mentees", "topics") == [("Lua", "Go"), ("Go",)]


def test_a_quote_inside_a_cell_is_still_an_error(folder: Path) -> None:
    with pytest.raises(CohortError, match="opens a cell and is not closed"):
        read(folder, 'id,t\nada,"x" y\n')


def test_decimal_commas_are_read_where_the_file_is_divided_otherwise(folder: Path) -> None:
    cohort = read(folder, "id;years;n\nada;1,5;3\nbo;-;4\ncy;2,25;5\n")
    np.testing.assert_array_equal(cohort.mentees["years"], [1.5, np.nan, 2.25])
    assert "decimal: numbers with a decimal comma" in subjects(cohort)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('id,n\nada,"1,5"\nbo,"2,5"\n', "the file is itself divided by commas"),
        ("id;n\nada;1,000\nbo;12,000\n", "they could be thousands"),
        ("id;n;x\nada;1,5;0.5\nbo;2,5;1.5\n", "other columns have a decimal point"),
    ],
)
def test_commas_that_may_mean_something_else_are_a_question(folder: Path, text, why) -> None:
    cohort = read(folder, text)
    reading = next(one for one in cohort.readings if one.subject == "decimal")
    assert reading.question
    assert why in reading.why
    assert all(isinstance(cell, str) for cell in cohort.mentees["n"])


def test_lists_of_numbers_are_no_decimals(folder: Path) -> None:
    cohort = read(folder, "id;n\nada;1,2,3\nbo;2\n")
    assert cohort.tags("mentees", "n") == [("1", "2", "3"), ("2",)]


def test_words_for_no_answer_do_not_keep_a_column_from_being_numbers(folder: Path) -> None:
    cohort = read(folder, "id,n\nada,1\nbo,n/a\ncy,3\n")
    np.testing.assert_array_equal(cohort.mentees["n"], [1, np.nan, 3])
    assert cohort.emptied == {"mentees": {"n": {3: "n/a"}}, "mentors": {}}


def test_reading_grows_with_the_table_and_not_with_its_square(folder: Path) -> None:
    """Four times the rows take about four times as long."""
    seconds = []
    for count in (1_000, 4_000):
        rows = [
            f'{k},p{k}@x.org,First{k} Last{k % 97},"Lua; S{k % 50}","a{k % 9}, b",n/a,{k % 5}'
            for k in range(count)
        ]
        start = time.process_time()
        cohort = read(folder, "\n".join(["ID,Email,Name,Skills,More,Team,Years", *rows]))
        assert len(cohort.readings) > 4
        seconds.append(time.process_time() - start)
        assert len(cohort.mentees) == count
    assert seconds[1] < 10 * seconds[0] + 0.2


TWO_LINES = [
    ["Respondent ID", "Name", "Which topics?", None, None, "Hours?"],
    [None, "Open-Ended Response", "Lua", "Go", "SQL", "Response"],
    [11301, "Ana Roux", "Lua", None, "SQL", "2"],
    [11302, "Elie Brun", None, "Go", None, "3"],
    [11303, "Zoe Noir", "Lua", "Go", None, "2"],
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_second_line_of_headings_of_a_survey_is_nobody(folder: Path, kind: str) -> None:
    """Once "Open-Ended Response" was a mentee, and the options were columns D and E."""
    path = folder / f"mentees.{kind}"
    if kind == "csv":
        lines = [",".join("" if one is None else str(one) for one in row) for row in TWO_LINES]
        path.write_text("\n".join(lines), encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in TWO_LINES:
            book.active.append(row)
        book.save(path)
    (folder / "mentors.csv").write_text("name,topics\nLin,Lua\nMax,Go\n", encoding="utf-8")
    cohort = read_cohort(path, "mentors.csv")
    assert len(cohort.mentees) == 3
    headings = [f"Which topics? [{option}]" for option in ("Lua", "Go", "SQL")]
    assert set(headings) | {"Hours?"} <= set(cohort.mentees.columns)
    assert cohort.mentees[headings[1]].tolist()[1:] == ["Go", "Go"]
    said = next(one for one in cohort.readings if "second line" in one.taken_for)
    assert said.taken_for == "row 2 is read as the second line of the headings"
    kept = read_cohort(path, "mentors.csv", header_row=1)
    assert len(kept.mentees) == 4


@pytest.mark.parametrize(
    "rows",
    [
        # A person without a number, below headings that are all there.
        ["id,name,topic", ",Ana,Lua", "2,Bo,Go", "3,Cy,SQL"],
        # A column without a heading, and everybody with a number.
        ["id,name,", "1,Ana,Lua", "2,Bo,Go", "3,Cy,SQL"],
        # Nobody has a number.
        ["id,name,", ",Ana,Lua", ",Bo,Go", ",Cy,SQL"],
    ],
)
def test_a_first_person_is_no_second_line_of_headings(rows: list[str]) -> None:
    records = [(number, row.split(",")) for number, row in enumerate(rows, start=1)]
    _, people, readings = divide_records(records, "people.csv", None)
    assert len(people) == 3
    assert not readings


def test_codes_of_options_do_not_hide_that_columns_are_one_question(tmp_path):
    """Once a question of several options was left out, column by column, as "yes or no"."""
    topics = [f"G2Q1[SQ00{k}]. Which topics? [{name}]" for k, name in enumerate(("Lua", "Go"), 1)]
    for side in ("mentees", "mentors"):
        rows = [["G1Q1. Name", *topics], [f"{side} Ada", "Y", ""], [f"{side} Bo", "Y", "Y"]]
        text = "\n".join(",".join(row) for row in rows)
        (tmp_path / f"{side}.csv").write_text(text + "\n", encoding="utf-8")
    draft = draft_programme(tmp_path / "mentees.csv", tmp_path / "mentors.csv", tmp_path)
    columns = {(one.side, one.name): one for one in draft.columns}
    assert columns["mentees", "G2Q1. Which topics?"].kind == "topics"
    assert columns["mentees", "G2Q1. Which topics?"].values == ("Lua", "Go")
    assert any("codes of options are left out" in note for note in draft.notes.values())


def test_rows_of_one_shape_are_people_however_few_answers_they_gave(folder: Path) -> None:
    """Ids such as "Mentor 3" with no answer were taken for counts, and their people left out."""
    cohort = read(folder, "id,skills\nMentor 1,Go\nMentor 2,\nMentor 3,\n")
    assert list(cohort.mentee_ids) == ["Mentor 1", "Mentor 2", "Mentor 3"]
    cohort = read(folder, "name,How many mentees?,x\nAda,1 mentee,Go\nSuma,2 mentees,\n")
    assert len(cohort.mentees) == 2


def test_a_row_in_which_only_the_form_wrote_is_nobody(folder: Path) -> None:
    """It was a person, and made the number of the form the id of all."""
    table = (
        "Respondent ID,Start Date,End Date,IP Address,Email,Topics\n"
        "71,01/12/2027 09:00,01/12/2027 09:05,10.0.0.1,ann@x.org,SQL\n"
        "72,01/12/2027 09:10,,10.0.0.2,,\n"
        "73,01/13/2027 09:00,01/13/2027 09:05,10.0.0.3,bo@x.org,Lua\n"
    )
    cohort = read(folder, table)
    assert list(cohort.mentee_ids) == ["ann@x.org", "bo@x.org"]
    assert "header: row 3 is left out as unanswered" in subjects(cohort)


@pytest.mark.parametrize(
    ("heading", "answers", "people"),
    [
        ("Duration", ("6 months", "12 months"), 2),
        ("Progress", ("Year 1", "Year 2"), 2),
        ("Collector", ("stamps", "coins"), 2),
        ("Duration", ("412", "9"), 1),
        ("Progress", ("100%", "20 %"), 1),
    ],
)
def test_answers_below_duration_or_progress_are_answers(
    folder: Path, heading: str, answers: tuple[str, str], people: int
) -> None:
    """A row with one of them and nothing else was no person."""
    table = (
        f"Respondent ID,Timestamp,Topics,{heading}\n"
        f"71,2027-03-16 09:30,SQL,{answers[0]}\n72,2027-03-16 09:31,,{answers[1]}\n"
    )
    assert len(read(folder, table).mentees) == people


@pytest.mark.parametrize("row", ["cy,,", "7,,", "cy,2027-03-16 09:30,"])
def test_somebody_who_answered_nothing_is_a_person(folder: Path, row: str) -> None:
    table = f"id,Timestamp,Topics\n5,2027-03-16 09:30,SQL\n6,2027-03-16 09:31,Lua\n{row}\n"
    assert len(read(folder, table).mentees) == 3


QUALTRICS = [
    ["Status", "Q1", "Q2", "Q3", "Q4"],
    ["Response Type", "Your name?", "What can you offer?", "Comment", "Comment"],
    ['{"ImportId":"status"}', *(f'{{"ImportId":"QID{k}_TEXT"}}' for k in range(1, 5))],
    ["IP Address", "Ada Test", "Lua", "", ""],
    ["IP Address", "Bo Test", "C", "", ""],
]


def write_table(path: Path, rows: list[list[str]]) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        return
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_three_lines_of_headings_of_qualtrics_are_no_people(tmp_path, kind):
    path = tmp_path / f"mentors.{kind}"
    write_table(path, QUALTRICS)
    cohort = read_cohort(path, path, id="Your name?")
    assert cohort.mentor_ids.tolist() == ["Ada Test", "Bo Test"]
    # Two questions that read alike keep the names by which the tool tells them apart.
    assert list(cohort.mentors)[:2] == ["Status", "What can you offer?"]
    assert {"Q3", "Q4"} <= set(cohort.mentors)
    said = next(str(one) for one in cohort.readings if one.subject == "header")
    assert "rows 2 and 3 hold the questions, which are the headings" in said
    by_name = read_cohort(path, path, id="Q1", header_row=1)
    assert by_name.mentor_ids.tolist() == ["Ada Test", "Bo Test"]


def test_two_exports_of_qualtrics_one_below_the_other_have_no_people_in_their_headings(tmp_path):
    path = tmp_path / "mentors.csv"
    write_table(path, [*QUALTRICS, *QUALTRICS[:3], ["IP Address", "Cy Test", "SQL", "", ""]])
    cohort = read_cohort(path, path, id="Your name?")
    assert cohort.mentor_ids.tolist() == ["Ada Test", "Bo Test", "Cy Test"]


def test_previews_are_told_whatever_language_the_export_has(tmp_path):
    """Below "Antworttyp" a preview was a person, and no word was said."""
    rows = [
        ["Status", "Finished", "ResponseId", "Q1"],
        ["Antworttyp", "Fertig", "Antwort-ID", "Wie heißen Sie?"],
        ['{"ImportId":"status"}', '{"ImportId":"finished"}', '{"ImportId":"_recordId"}',
         '{"ImportId":"QID1_TEXT"}'],
        ["0", "1", "R_1", "Ute Groß"],
        ["1", "1", "R_2", "Jörg Weiß"],
        ["0", "0", "R_3", "Max Klein"],
    ]  # fmt: skip
    path = tmp_path / "mentors.csv"
    write_table(path, rows)
    cohort = read_cohort(path, path, id="Wie heißen Sie?")
    found = [(one.column, one.positions) for one in find_unfinished(cohort.mentors)]
    assert found == [("Status", [1]), ("Finished", [2])]


def test_a_line_of_numbers_of_questions_alone_is_left_out(tmp_path):
    path = tmp_path / "mentors.csv"
    write_table(path, QUALTRICS[1:])
    cohort = read_cohort(path, path, id="Your name?")
    assert cohort.mentor_ids.tolist() == ["Ada Test", "Bo Test"]
    assert "row 2 is left out" in next(
        str(one) for one in cohort.readings if one.subject == "header"
    )


@pytest.mark.parametrize(
    "choice", ["Selected Choice", "Ausgewählte Option", "Choix sélectionné", "Wybrana opcja"]
)
def test_options_of_qualtrics_in_a_column_each_are_one_question(tmp_path, choice):
    rows = [
        ["Q1", "Q2_1", "Q2_2", "Q2_3_TEXT", "Q3", "DistributionChannel"],
        [
            "Your name?", f"Which topics? - {choice} - Lua",
            f"Which topics? - {choice} - C - and C++", "Which topics? - Other - Text",
            "Comment - anything", "Verteilungskanal",
        ],
        [*(f'{{"ImportId": "QID{k}"}}' for k in range(5)), '{"ImportId":"distributionChannel"}'],
        ["Ada Test", "Lua", "C - and C++", "", "", "anonymous"],
        ["Bo Test", "", "C - and C++", "", "x", "preview"],
        ["Cy Test", "Lua", "", "", "", "anonymous"],
    ]  # fmt: skip
    path = tmp_path / "mentors.csv"
    write_table(path, rows)
    cohort = read_cohort(path, path, id="Your name?")
    assert list(cohort.mentors) == [
        "Which topics? [Lua]", "Which topics? [C - and C++]", "Which topics? - Other - Text",
        "Comment - anything", "DistributionChannel",
    ]  # fmt: skip
    other = tmp_path / "mentees.csv"
    write_table(other, [*rows[:3], *([f"{row[0]} Two", *row[1:]] for row in rows[3:])])
    draft = draft_programme(other, path, tmp_path)
    kinds = {one.name: one.kind for one in draft.columns if one.side == "mentees"}
    assert kinds["Which topics?"] == "topics"
    assert kinds["DistributionChannel"] == "record"
