"""Files are read as they are meant, and what is wrong with them is said with its place and cure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mentormatch.cohort import Cohort, read_cohort
from mentormatch.errors import CohortError, MissingPackageError

MENTORS = "id,level\nlinus,5\n"


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A folder to stand in, so that messages have short names of files."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def cohort_of(text: str | bytes, name: str = "mentees.csv", **options) -> Cohort:
    Path(name).write_bytes(text.encode() if isinstance(text, str) else text)
    Path("mentors.csv").write_bytes(MENTORS.encode())
    return read_cohort(mentees=name, mentors="mentors.csv", **options)


def refused(text: str | bytes, name: str = "mentees.csv", **options) -> CohortError:
    with pytest.raises(CohortError) as caught:
        cohort_of(text, name, **options)
    return caught.value


def row_of(cohort: Cohort, position: int) -> int | None:
    return cohort.finding("mentees", position, None, "x").row


# --- what a text file says ------------------------------------------------------------------


def test_words_for_no_answer_are_missing_unless_the_list_says_otherwise(folder):
    text = "id,team\na,NA\nb,None\nc,null\nd,\ne,nan\nf,  \n"
    assert cohort_of(text).mentees["team"].dropna().tolist() == ["NA"]
    teams = cohort_of(text, missing=[]).mentees["team"]
    assert teams.dropna().tolist() == ["NA", "None", "null", "nan"]
    assert teams.isna().tolist() == [False, False, False, True, False, True]


def test_types_are_found_only_where_nothing_is_lost(folder):
    cohort = cohort_of("id,zip,n,x,e,gap\n1,007,1,0.5,1e5,\n2,123,2,1.25,3,4\n")
    mentees = cohort.mentees
    assert cohort.mentee_ids.tolist() == ["1", "2"]  # as text, because the mentors' ids are
    assert mentees["zip"].tolist() == ["007", "123"]
    assert mentees["n"].dtype == np.int64
    assert mentees["x"].tolist() == [0.5, 1.25]
    assert mentees["e"].tolist() == ["1e5", "3"]
    np.testing.assert_array_equal(mentees["gap"], [np.nan, 4])


def test_a_row_is_what_a_spreadsheet_shows_as_a_row(folder):
    """A line break in quotes is inside row 2; the empty rows 3 and 5 are counted."""
    cohort = cohort_of('id,goals\na,"one\n\ntwo\r\nthree"\n\nb,x\n , \nc,y\n,\n\n\n')
    assert cohort.mentee_ids.tolist() == ["a", "b", "c"]
    assert [row_of(cohort, k) for k in range(3)] == [2, 4, 6]
    assert cohort.mentees["goals"].tolist()[0] == "one\n\ntwo\r\nthree"


def test_empty_lines_above_the_header_are_rows(folder):
    assert row_of(cohort_of("\n\nid,x\na,1\n"), 0) == 4


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end(folder, end):
    cohort = cohort_of(end.join(["id,x", "a,1", "", "b,2"]))
    assert cohort.mentee_ids.tolist() == ["a", "b"]
    assert row_of(cohort, 1) == 4


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("given", [True, False])
def test_the_delimiter_is_found_out_or_given(folder, mark, given):
    lines = [["id", "What, if anything?", "x"], ["a", "Lua; C, SQL", "1"], ["b", "p|q", "2"]]
    quoted = [[f'"{cell}"' for cell in line] for line in lines]
    cohort = cohort_of(
        "\n".join(mark.join(line) for line in quoted), delimiter=(mark if given else None, None)
    )
    assert cohort.mentees.columns.tolist() == ["What, if anything?", "x"]
    assert cohort.tags("mentees", "What, if anything?") == [("Lua", "C", "SQL"), ("p|q",)]


def test_the_delimiter_is_the_one_that_divides_the_rows_like_the_header(folder):
    """Both ; and , divide the header, but only ; divides every row in the same way."""
    cohort = cohort_of("id;skills, any;level, years\na;Lua, C;3\nb;SQL;4\nc;;5\n")
    assert cohort.mentees.columns.tolist() == ["skills, any", "level, years"]


def test_a_tsv_is_divided_by_tabs_and_a_first_line_may_name_the_delimiter(folder):
    assert cohort_of("id\tx,y,z\na\t1,2,3\n", "m.tsv").mentees.columns.tolist() == ["x,y,z"]
    cohort = cohort_of("sep=#\r\nid#x\r\na#1\r\n", "m.txt")
    assert cohort.mentees.columns.tolist() == ["x"]
    assert row_of(cohort, 0) == 2


def test_a_table_of_one_column(folder):
    assert cohort_of("id\na\nb\n").mentee_ids.tolist() == ["a", "b"]


def test_a_space_after_every_delimiter_of_the_header_belongs_to_no_cell(folder):
    cohort = cohort_of('id, name, level\na, "Ada, Lady", 3\n')
    assert cohort.mentees["name"].tolist() == ["Ada, Lady"]
    assert cohort.mentees["level"].tolist() == [3]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252", "latin-1"],
)
def test_the_encoding_is_found_out(folder, encoding):
    cohort = cohort_of("id,name\nø,Zoë Müller\n".encode(encoding))
    assert cohort.mentee_ids.tolist() == ["ø"]
    assert cohort.mentees["name"].tolist() == ["Zoë Müller"]
    guessed = encoding in ("cp1252", "latin-1")
    assert [str(note) for note in cohort.notes] == guessed * [
        "mentees.csv: the file is not UTF-8 and was read as Western European (cp1252). If names "
        'look wrong, name it with encoding = "…", or save the file as "CSV UTF-8".'
    ]


def test_the_encoding_can_be_given_for_one_file(folder):
    cohort = cohort_of("id,name\na,Łódź\n".encode("cp1250"), encoding={"mentees": "cp1250"})
    assert cohort.mentees["name"].tolist() == ["Łódź"]
    assert cohort.notes == ()
    marked = cohort_of("id\na\n".encode("utf-8-sig"), encoding="utf-8")
    assert marked.mentees.index.name == "id"


def test_decimal_commas_are_found_and_can_be_given(folder):
    text = "id;x;n\na;1,5;3\nb;2,50;4\n"
    assert cohort_of(text).mentees["x"].tolist() == [1.5, 2.5]
    assert cohort_of(text, decimal=".").mentees["x"].tolist() == ["1,5", "2,50"]
    assert cohort_of(text, decimal=",").mentees["x"].tolist() == [1.5, 2.5]
    assert cohort_of(text, decimal=",").mentees["n"].tolist() == [3, 4]


def test_a_column_without_a_name_is_called_after_its_letter_unless_it_is_empty(folder):
    cohort = cohort_of("id,,x,,\na,7,1,,\nb,,2\n")
    assert cohort.mentees.columns.tolist() == ["column B", "x"]


def test_the_last_row_of_a_person_counts_in_files_too(folder):
    cohort = cohort_of("id,x\nada,1\n\nbob,2\nada,3\n", duplicates="last")
    assert cohort.mentees["x"].to_dict() == {"bob": 2, "ada": 3}
    assert [row_of(cohort, k) for k in range(2)] == [4, 5]
    assert [note.row for note in cohort.notes] == [2]
    assert repr(cohort).endswith("1 note, see .notes")


def test_a_header_alone_is_a_table_of_nobody(folder):
    cohort = cohort_of("id,x\n")
    assert len(cohort.mentees) == 0
    assert cohort.mentees.columns.tolist() == ["x"]


def test_a_long_question_is_a_name(folder):
    question = "What do you hope to learn in the coming year,  and why?" * 4
    cohort = cohort_of(f'id,"{question}\n(please be honest)"\na,x\n')
    assert cohort.column("mentees", question + " (please be honest)").tolist() == ["x"]


def test_cells_are_never_evaluated(folder):
    cell = "=cmd|'/c calc'!A1"
    cohort = cohort_of(f"id,x\na,{cell}\n")
    assert cohort.mentees["x"].tolist() == [cell]


# --- what is wrong with a file --------------------------------------------------------------


def test_the_problems_of_both_files_are_said_at_once(folder):
    Path("mentees.csv").write_text("id,level\nada,1,2\nbob\nada,3\n")
    Path("mentors.csv").write_text("emial,level\nx,1\n")
    with pytest.raises(CohortError) as caught:
        read_cohort("mentees.csv", "mentors.csv", id=("id", "email"), separators={"lvl": ";"})
    assert str(caught.value).splitlines() == [
        "5 problems in the tables:",
        "  mentees.csv, row 2: found 'ada'; the row has 3 cells, the header 2. "
        'Put "…" round a cell that holds a comma.',
        "  mentees.csv, row 3: found 'bob'; the row has 1 cell, the header 2. A comma is missing, "
        'or a line break inside a cell needs "…" round the cell. Saving the table as .xlsx avoids '
        "both.",
        "  mentees.csv, row 4, column 'id': found 'ada'; this id stands in row 2 already. Give "
        "every person an id of their own, or keep the last row that a person sent with "
        'duplicates="last".',
        "  mentors.csv, row 1, column 'email': there is no such column. Name the one that "
        "identifies a person with id=…; the columns are 'emial', 'level'. Did you mean 'emial'?",
        "  mentees.csv and mentors.csv, column 'lvl': separators are given for a column that "
        "neither table has. Did you mean 'level'?",
    ]


def test_a_file_that_cannot_be_read_does_not_hide_the_problems_of_the_other(folder):
    Path("mentees.csv").write_text("id,x\na,1\na,2\n")
    for order in (("mentees.csv", "gone.csv"), ("gone.csv", "mentees.csv")):
        with pytest.raises(CohortError) as caught:
            read_cohort(*order)
        assert {f.file for f in caught.value.findings} == set(order)
        assert len(caught.value.findings) == 2


def test_a_missing_file_names_the_nearest_one(folder):
    Path("Mentees 2027.csv").write_text("id\na\n")
    Path("mentors.csv").write_text(MENTORS)
    with pytest.raises(CohortError) as caught:
        read_cohort("mentees2027.csv", "mentors.csv")
    assert str(caught.value) == (
        "1 problem in the tables:\n"
        f"  mentees2027.csv: there is no such file in the folder {str(Path.cwd())!r}. Did you mean "
        "'Mentees 2027.csv'?"
    )
    with pytest.raises(CohortError, match=r"no folder 'nowhere'\. Check the path"):
        read_cohort("nowhere/mentees.csv", "mentors.csv")


def test_what_the_operating_system_refuses_is_a_finding(folder, monkeypatch):
    Path("folder.csv").mkdir()
    Path("mentors.csv").write_text(MENTORS)
    with pytest.raises(CohortError, match=r"folder\.csv: this is a folder\. Name the file in it\."):
        read_cohort("folder.csv", "mentors.csv")
    with pytest.raises(CohortError, match=r"the file cannot be read: .*embedded null"):
        read_cohort("a\0b.csv", "mentors.csv")

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(CohortError, match=r"the file cannot be read: Permission denied\."):
        read_cohort("mentors.csv", "mentors.csv")


@pytest.mark.parametrize(
    ("start", "cure"),
    [
        (b"PK\x03\x04...", "this is a workbook, not text. Give the file the ending .xlsx."),
        (b"PAR1...", "this is a Parquet file, not text. Give the file the ending .parquet."),
        (b"\xd0\xcf\x11\xe0...", "old or password-protected Excel file. Save it as .xlsx"),
        ("id,x\na,1\n".encode("utf-16-le"), 'Try encoding="utf-16-le"'),
        (b"id,x\n\x81\x8d,1\n", "the encoding cannot be found out"),
        (b"", "the file is empty. It needs a header row and one row per person."),
        (b"\n , \n\n", "the file is empty"),
    ],
)
def test_a_file_that_is_no_table_of_text(folder, start, cure):
    assert cure in str(refused(start))


def test_a_wrong_encoding_says_where(folder):
    text = str(refused("id,x\na,é\n".encode("cp1252"), encoding="utf-8"))
    assert "the file is not in the encoding 'utf-8' (byte 7, line 2 of the file)" in text
    unknown = str(refused("id\na\n", encoding="utf8-bom"))
    assert "found 'utf8-bom'; there is no encoding of this name. Usual ones are utf-8" in unknown
    assert "Did you mean 'utf-8" in unknown
    assert "there is no encoding of this name" in str(refused("id\na\n", encoding="rot13"))
    # This one fails, before Python 3.13 without saying at which byte.
    assert "is not in the encoding 'idna'" in str(refused("xn--999999999", encoding="idna"))


def test_a_wrong_delimiter_names_the_right_one(folder):
    text = str(refused("id,x\na,1\n", delimiter=(";", ",")))
    assert "found ';'; the header is not divided by this delimiter, but by ',' (comma)" in text
    for wrong in (";;", "", '"'):
        assert "a delimiter is one character" in str(refused("id,x\na,1\n", delimiter=wrong))


def test_a_quote_that_never_ends_says_in_which_row_it_begins(folder):
    error = refused('id,x\na,1\n\nb,"2\nc,3\nd,4\n')
    (finding,) = error.findings
    assert finding.row == 4
    assert 'a " opens a cell and is not closed' in finding.expected
    unclosed = refused('id,"x\na,1\n', delimiter=",")
    assert unclosed.findings[0].row == 1
    text_after = refused('id,x\na,"1" and\n')
    assert text_after.findings[0].row == 2


def test_a_cell_of_a_book_is_a_quote_that_was_not_closed(folder):
    error = refused('id,x\na,"' + "long " * 30_000)
    assert "a cell has more than 131,072 characters" in str(error)
    assert error.findings[0].row == 2
    assert "a cell has more than" in str(refused('"' + "long " * 30_000))


def test_empty_cells_may_follow_a_row_and_may_lack_where_the_header_has_no_name(folder):
    assert cohort_of("id,x\na,1,,\nb,2\n").mentees["x"].tolist() == [1, 2]


def test_one_name_over_two_columns(folder):
    cohort = cohort_of("id,x, x\na,1,2\n")
    assert cohort.mentees.columns.tolist() == ["x (column B)", "x (column C)"]
    with pytest.raises(CohortError, match="this heading stands over several columns"):
        cohort.column("mentees", "x")
    assert "column 'id': the name stands over columns A and B." in str(refused("id,id\na,1\n"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"decimal": ";"}, 'decimal is "." or ","'),
        ({"duplicates": "first"}, 'duplicates is "error", or "last"'),
        ({"encoding": 3}, "encoding is one text for both tables"),
        ({"delimiter": (",",)}, "delimiter is one text for both tables"),
        ({"sheets": {"mentee": "x"}}, "sheets is one text for both tables"),
        ({"sheets": "People"}, "only a workbook (.xlsx) has sheets"),
    ],
)
def test_options_are_checked(folder, options, message):
    assert message in str(refused("id\na\n", **options))


def test_other_endings_and_other_things_are_refused(folder):
    assert "found '.ods'; files with this ending cannot be read. Save the table as one of .csv" in (
        str(refused("x", "mentees.ods"))
    )
    with pytest.raises(
        CohortError, match=r"mentees: found 'DataFrame'; must be the path of a file"
    ):
        read_cohort(pd.DataFrame({"id": [1]}), "mentors.csv")


# --- Parquet and what is not installed ------------------------------------------------------


def test_parquet_keeps_its_types_its_index_and_its_rows(folder):
    pytest.importorskip("pyarrow")
    table = pd.DataFrame(
        {"skills": [["Lua", "C, C++"], []], "since": pd.to_datetime(["2024-01-01", None])},
        index=pd.Index(["a", "b"], name="email"),
    )
    table.to_parquet("mentees.parquet")
    table.to_parquet("mentors.pq")
    cohort = read_cohort("mentees.parquet", "mentors.pq")
    assert cohort.shares_ids
    assert cohort.tags("mentees", "skills") == [("Lua", "C, C++"), ()]
    assert cohort.mentees["since"].dtype.kind == "M"
    assert row_of(cohort, 1) == 3
    Path("broken.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(CohortError, match=r"broken\.parquet: this is not a Parquet file"):
        read_cohort("broken.parquet", "mentors.pq")


@pytest.mark.parametrize(
    ("package", "name", "message"),
    [
        (
            "pyarrow",
            "mentees.parquet",
            'Reading .parquet needs pyarrow: pip install "mentormatch-engine[parquet]"',
        ),
    ],
)
def test_a_missing_package_names_the_command_that_installs_it(
    folder, monkeypatch, package, name, message
):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackageError) as caught:
        cohort_of("x", name)
    assert str(caught.value) == message


def test_importing_the_reader_loads_no_optional_package():
    code = (
        "import sys, pandas; before = set(sys.modules); import mentormatch.cohort; "
        "print(sorted({'openpyxl', 'pyarrow', 'scipy'} & (set(sys.modules) - before)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "openpyxl" not in ran.stdout
    assert "pyarrow" not in ran.stdout


# --- a real programme -----------------------------------------------------------------------


def test_a_real_programme_is_read(known_data):
    real = known_data / "civil_service"
    cohort = read_cohort(real / "mentees.csv", real / "mentors.csv", id="email address")
    assert (len(cohort.mentees), len(cohort.mentors)) == (50, 50)
    assert cohort.shares_ids
    assert cohort.mentee_ids[0] == "mentee.00@gov.uk"
    assert cohort.tags("mentees", "identity to match")[3] == ()
    assert set(cohort.mentees["grade"]) <= {
        *("AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4")
    }
    several = cohort.tags("mentors", "characteristics")
    assert max(map(len, several)) > 1


def test_a_second_row_of_headings_below_the_questions_is_nobody(tmp_path: Path) -> None:
    lines = [
        "Respondent,Name,Wants,Level,Field",
        ",Open-Ended Response,Open-Ended Response,Open-Ended Response,Open-Ended Response",
        *(f"{k},Person {k},Lua,junior,data" for k in range(1, 5)),
    ]
    path = tmp_path / "mentees.csv"
    path.write_text("\n".join(lines))
    cohort = read_cohort(path, path, id="Name")
    assert cohort.mentee_ids.tolist() == [f"Person {k}" for k in range(1, 5)]
    said = [str(one) for one in cohort.readings if one.subject == "header"]
    assert "row 2 is left out as a second row of headings" in said[0]
    assert "Seen: 'Open-Ended Response'" in said[0]


@pytest.mark.parametrize("heading", ["Vor- und Nachname", "Voor- en achternaam", "Wie heißen Sie?"])
def test_a_heading_that_asks_for_both_names_is_identity_and_a_phone_number_is_not(
    tmp_path: Path, heading: str
) -> None:
    lines = [f"#,{heading},Mobiel nummer", *(f"{k}a7,Ada B{k},+49 30 12345{k}" for k in range(5))]
    for name in ("mentees.csv", "mentors.csv"):
        (tmp_path / name).write_text("\n".join(lines), encoding="utf-8")
    cohort = read_cohort(tmp_path / "mentees.csv", tmp_path / "mentors.csv")
    assert cohort.mentees.index.name == heading
