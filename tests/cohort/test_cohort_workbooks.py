"""Workbooks: the right sheet, stored values, true row numbers, no silence about what is lost."""

from __future__ import annotations

import datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from mentormatch.cohort import read_cohort
from mentormatch.errors import CohortError

PEOPLE = [["id", "level"], ["a", 1], ["b", 2]]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, **sheets: list[list[object]]) -> str:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(name)
    return name


def test_two_sheets_of_one_workbook_are_found_by_their_names():
    book = write("book.xlsx", Notes=[["x"]], Mentors=PEOPLE[:2], MENTEES=PEOPLE)
    cohort = read_cohort(mentees=book, mentors=book)
    assert (len(cohort.mentees), len(cohort.mentors)) == (2, 1)
    assert cohort.sources == ("book.xlsx, sheet 'MENTEES'", "book.xlsx, sheet 'Mentors'")
    assert str(cohort.finding("mentees", 1, "level", "x.")) == (
        "book.xlsx, sheet 'MENTEES', row 3, column 'level': found 2; x."
    )


def test_two_sheets_of_one_workbook_can_be_named():
    book = write("book.xlsx", Learners=PEOPLE, Teachers=PEOPLE[:2])
    for sheets in (
        ("Learners", "teachers "),
        {"mentees": "Learners", "mentors": "Teachers"},
    ):
        cohort = read_cohort(book, str(Path(book).resolve()), sheets=sheets)
        assert (len(cohort.mentees), len(cohort.mentors)) == (2, 1)


def test_one_table_never_stands_for_both_sides_by_accident():
    book = write("book.xlsx", Learners=PEOPLE, Teachers=PEOPLE)
    with pytest.raises(CohortError) as caught:
        read_cohort(book, book)
    assert [str(f) for f in caught.value.findings] == [
        "book.xlsx: both tables are in this workbook, and no sheet of it is called "
        f'\'{side}\'. Name both with sheets = {{ mentees = "…", mentors = "…" }}; there are '
        "'Learners', 'Teachers'."
        for side in ("mentees", "mentors")
    ]


def test_the_first_sheet_of_a_workbook_with_one_table_is_read():
    left = write("left.xlsx", Answers=PEOPLE, Other=[["x"]])
    right = write("right.xlsx", Other=[["x"]], mentors=PEOPLE[:2])
    cohort = read_cohort(left, right)
    assert (len(cohort.mentees), len(cohort.mentors)) == (2, 1)


def test_a_wrong_sheet_names_the_nearest_one():
    book = write("book.xlsx", Mentees=PEOPLE, Mentors=PEOPLE)
    with pytest.raises(CohortError) as caught:
        read_cohort(book, book, sheets=("Mentes", None))
    assert str(caught.value).splitlines()[1] == (
        "  book.xlsx: found 'Mentes'; there is no sheet of this name. "
        "The workbook has 'Mentees', 'Mentors'. Did you mean 'Mentees'?"
    )


def test_cells_keep_their_types():
    day = datetime.datetime(2027, 1, 11)
    book = write(
        "book.xlsx",
        mentees=[
            ["id", "n", "x", "text", "day", "yes", "mixed", "none"],
            [1, 1, 0.5, "007", day, True, 1, None],
            [2, None, 2, "NA", None, False, "x", "  "],
        ],
        mentors=PEOPLE,
    )
    mentees = read_cohort(book, book).mentees
    assert mentees["n"].tolist()[0] == 1
    assert mentees["n"].isna().tolist() == [False, True]
    assert mentees["x"].tolist() == [0.5, 2.0]
    assert mentees["text"].tolist() == ["007", "NA"]
    assert mentees["day"].dtype.kind == "M"
    assert mentees["day"].tolist()[0] == pd.Timestamp(day)
    assert mentees["yes"].tolist() == [True, False]
    assert mentees["mixed"].tolist() == [1, "x"]
    assert mentees["none"].isna().all()


def test_rows_are_counted_as_shown_with_gaps_and_ragged_ends():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "mentees"
    for place, value in {
        "A3": "id",
        "B3": "goals",
        "A4": "a",
        "B4": "several\nlines",
        "A7": "b",
        "D7": "no name above",
        "A9": " ",
        "A12": "c",
    }.items():
        sheet[place] = value
    book.create_sheet("mentors").append(["id"])
    book.save("book.xlsx")
    cohort = read_cohort("book.xlsx", "book.xlsx")
    assert cohort.mentee_ids.tolist() == ["a", "b", "c"]
    assert [cohort.finding("mentees", k, None, "x").row for k in range(3)] == [4, 7, 12]
    assert cohort.mentees.columns.tolist() == ["goals", "column D"]


def test_a_formula_without_a_stored_value_is_said_and_not_read_as_empty():
    book = write("book.xlsx", mentees=[["id", "level"], ["a", "=1+1"], ["b", 2]], mentors=PEOPLE)
    with pytest.raises(CohortError) as caught:
        read_cohort(book, book)
    (finding,) = caught.value.findings
    assert str(finding) == (
        "book.xlsx, sheet 'mentees', row 2: found '=1+1'; the formula in cell B2 has no stored "
        "value. Save the workbook in a spreadsheet program, or write the value instead."
    )


def test_stored_values_of_formulas_are_read(monkeypatch):
    """What a spreadsheet program writes: the formula and its value, an empty text included."""
    import zipfile

    book = write("book.xlsx", mentees=[["id", "n", "t"], ["a", "=1+1", "=B9"]], mentors=PEOPLE)
    with zipfile.ZipFile(book) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    part = parts["xl/worksheets/sheet1.xml"].decode()
    part = part.replace("<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>").replace(
        "<f>1+1</f><v />", "<f>1+1</f><v>2</v>"
    )
    part = part.replace('<c r="C2">', '<c r="C2" t="str">')
    assert "<v>2</v>" in part
    assert 't="str"' in part
    parts["xl/worksheets/sheet1.xml"] = part.encode()
    with zipfile.ZipFile(book, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    cohort = read_cohort(book, book)
    assert cohort.mentees["n"].tolist() == [2]
    assert cohort.mentees["t"].isna().all()


def test_an_error_value_of_the_spreadsheet_is_empty_and_is_noted():
    book = write("book.xlsx", mentees=[["id", "n"], ["a", "#N/A"], ["b", "NA"]], mentors=PEOPLE)
    cohort = read_cohort(book, book)
    assert cohort.mentees["n"].isna().tolist() == [True, False]
    assert [str(note) for note in cohort.notes] == [
        "book.xlsx, sheet 'mentees', row 2, column 'n': found '#N/A'; an error value of the "
        "spreadsheet; it was read as empty."
    ]


@pytest.mark.parametrize("content", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_a_damaged_workbook_is_a_finding(content):
    Path("book.xlsx").write_bytes(content)
    with pytest.raises(CohortError) as caught:
        read_cohort("book.xlsx", "book.xlsx")
    assert len(caught.value.findings) == 2
    assert "book.xlsx: this is not a workbook that can be read" in str(caught.value)
    assert "save it as .xlsx, without password" in str(caught.value)


def test_an_empty_sheet_and_a_missing_workbook_are_findings():
    book = write("book.xlsx", mentees=[], mentors=PEOPLE)
    with pytest.raises(
        CohortError, match=r"sheet 'mentees': the sheet is empty\. It needs a header"
    ):
        read_cohort(book, book)
    with pytest.raises(CohortError, match=r"there is no such file.*Did you mean 'book\.xlsx'"):
        read_cohort("bok.xlsx", book)


def test_one_name_over_two_columns_of_a_sheet():
    book = write("book.xlsx", mentees=[["id", "x", "x"], ["a", 1, 2]], mentors=PEOPLE)
    cohort = read_cohort(book, book)
    assert cohort.mentees.columns.tolist() == ["x (column B)", "x (column C)"]


def test_of_several_sheets_the_first_one_is_read_and_that_is_a_question():
    many = write("many.xlsx", People=[["id", "x"], ["a", 1]], Old=[["id", "x"], ["b", 1]])
    one = write("one.xlsx", mentors=PEOPLE)
    cohort = read_cohort(many, one)
    (reading,) = [reading for reading in cohort.readings if reading.subject == "sheet"]
    assert reading.question
    assert "the sheet 'People' is read, since it is the first of 2" in str(reading)
    named = read_cohort(many, one, sheets=("People", None))
    assert not [reading for reading in named.readings if reading.subject == "sheet"]


@pytest.mark.parametrize("hidden", ["Cleaned", "mentees"])
def test_visible_sheets_come_first_and_how_to_read_the_hidden_one_is_said(hidden):
    """A hidden sheet "mentees" was read rather than the visible one."""
    path = write("f.xlsx", **{hidden: PEOPLE, "Raw": PEOPLE[:2]})
    book = openpyxl.load_workbook(path)
    book[hidden].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    one = write("one.xlsx", mentors=PEOPLE)
    cohort = read_cohort(path, one)
    assert cohort.sources[0] == "f.xlsx, sheet 'Raw'"
    (reading,) = [reading for reading in cohort.readings if reading.subject == "sheet"]
    assert f"since it is the first of 2; hidden, and passed over: '{hidden}'." in str(reading)
    assert reading.change == f'sheets = {{ mentees = "{hidden}" }}'
    assert len(read_cohort(path, one, sheets={"mentees": hidden}).mentees) == 2


def test_a_hidden_sheet_of_the_name_is_read_beside_the_other_table_and_that_is_a_question():
    path = write("f.xlsx", mentees=PEOPLE, Raw=PEOPLE[:2], mentors=PEOPLE)
    book = openpyxl.load_workbook(path)
    book["mentees"].sheet_state = "hidden"
    book.active = 1
    book.save(path)
    cohort = read_cohort(path, path)
    (reading,) = [one for one in cohort.readings if one.subject == "sheet" and one.question]
    assert "it has the name of the mentees, though it is hidden" in str(reading)
    assert reading.change == 'sheets = { mentees = "Raw" }'


def test_decimal_commas_that_a_sheet_holds_as_texts_are_numbers_and_said(tmp_path):
    """Once "2,5" years of a sheet were the two answers 2 and 5, without a word."""
    mentees = pd.DataFrame({"name": ["Ada", "Bo", "Cy"], "years": ["2,5", 3, "0,5"]})
    mentors = pd.DataFrame({"name": ["Lin", "Max"], "years": ["12,5", "7"], "tags": ["1,2", "a"]})
    with pd.ExcelWriter(tmp_path / "people.xlsx") as book:
        mentees.to_excel(book, sheet_name="mentees", index=False)
        mentors.to_excel(book, sheet_name="mentors", index=False)
    cohort = read_cohort(tmp_path / "people.xlsx", tmp_path / "people.xlsx")
    assert cohort.mentees["years"].tolist() == [2.5, 3.0, 0.5]
    assert cohort.mentors["years"].tolist() == [12.5, 7.0]
    assert cohort.mentors["tags"].tolist() == ["1,2", "a"]
    said = [one for one in cohort.readings if one.subject == "decimal"]
    assert [(one.column, one.taken_for) for one in said] == [
        ("years", "numbers with a decimal comma"),
        ("years", "numbers with a decimal comma"),
    ]
    assert said[0].change == "make numbers of the cells in the spreadsheet program"


def test_commas_in_texts_of_a_sheet_that_could_be_thousands_are_asked_about(tmp_path):
    pd.DataFrame({"name": ["Ada", "Bo"], "years": ["2,500", "1,250"]}).to_excel(
        tmp_path / "mentees.xlsx", index=False
    )
    pd.DataFrame({"name": ["Lin"]}).to_excel(tmp_path / "mentors.xlsx", index=False)
    cohort = read_cohort(tmp_path / "mentees.xlsx", tmp_path / "mentors.xlsx")
    assert cohort.mentees["years"].tolist() == ["2,500", "1,250"]
    assert [one.question for one in cohort.readings if one.subject == "decimal"] == [True]


def test_a_cell_merged_over_several_people_counts_for_each_of_them(tmp_path):
    """Only the first had it; the others had a blank, and no sentence said so."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [
        ["Programme 2027", None, None],
        ["Email", "Team", "Skills"],
        ["a@x.example", "Red", "Lua"],
        ["b@x.example", None, "Go"],
        ["c@x.example", None, "C"],
        ["d@x.example", "Blue", None],
    ]:
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("B3:B5")
    book.save(tmp_path / "people.xlsx")
    (tmp_path / "mentors.csv").write_text("Email\nm@x.example\n")
    cohort = read_cohort(tmp_path / "people.xlsx", tmp_path / "mentors.csv", id="Email")
    assert cohort.mentees["Team"].tolist() == ["Red", "Red", "Red", "Blue"]
    (said,) = [one for one in cohort.readings if "merged" in one.taken_for]
    assert said.taken_for == "merged cells (B3:B5) count for each of their rows"
