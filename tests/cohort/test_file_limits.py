"""Small files that stand for huge tables are refused by what is counted, before they are built."""

from __future__ import annotations

import io
import os
import time
import zipfile

import openpyxl
import pytest

import mentormatch as mm
from mentormatch import CohortError
from mentormatch.cohort.files import limits, table
from mentormatch.cohort.reading import read_table
from mentormatch.programme.draft.sheets import list_sheets

pa = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
CELL = '<c r="A{0}" t="inlineStr"><is><t>id{0}</t></is></c>'


def workbook(path, rows: str, extra: dict[str, bytes] | None = None):
    """A workbook of one sheet whose rows are given as XML."""
    plain = io.BytesIO()
    openpyxl.Workbook().save(plain)
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    with (
        zipfile.ZipFile(plain) as source,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, sheet if name == "xl/worksheets/sheet1.xml" else content)
        for name, content in (extra or {}).items():
            target.writestr(name, content)
    return path


def header_and(rows: str) -> str:
    return f'<row r="1">{CELL.format(1)}</row><row r="2">{CELL.format(2)}</row>{rows}'


def blanks(count: int) -> str:
    return "".join(f'<row r="{k}"><c r="A{k}" s="1"/></row>' for k in range(3, count))


SWELLING = {
    "rows without anything": ("<row/>" * 4_000_000, "unpacks to 23 MiB of repetitions"),
    "rows without anything, fewer": ("<row/>" * 1_200_000, "goes on and on in 1,"),
    "one row of cells": ("<row>" + "<c/>" * 3_000_000 + "</row>", "goes on and on in one row"),
    "a row far below": (
        header_and(f'<row r="999999999">{CELL.format(999999999)}</row>'),
        "goes on for 1,048,577 rows",
    ),
    "a blank far to the right": (
        "".join(f'<row r="{k}"><c r="A{k}"/><c r="XFD{k}" s="1"/></row>' for k in range(1, 5000)),
        "the sheet goes on for 1,2",
    ),
    "a value far to the right": (
        header_and('<row r="3"><c r="XFD3"><v>1</v></c></row>')
        + "".join(f'<row r="{k}">{CELL.format(k)}</row>' for k in range(4, 5000)),
        "in 16,384 columns",
    ),
}


@pytest.mark.parametrize("kind", SWELLING)
def test_a_workbook_that_swells_is_refused_by_its_counted_size(tmp_path, kind):
    rows, counted = SWELLING[kind]
    path = workbook(tmp_path / "people.xlsx", rows)
    started = time.process_time()
    with pytest.raises(CohortError, match=counted) as caught:
        read_table(path)
    assert "more than a table of people needs" in str(caught.value)
    assert time.process_time() - started < 20


def test_blanks_around_a_table_cost_nothing_but_a_look(tmp_path):
    path = workbook(tmp_path / "people.xlsx", header_and(blanks(20_000)))
    assert read_table(path).frame.shape == (1, 1)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("xl/media/picture.xml", b"x" * 70_000_000, "of repetitions"),
        ("xl/theme/more.xml", b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>", "declares entities"),
        ("xl/sharedStrings.xml", b"<si/>" * 3_500_000, "in 0 rows and 3,"),
    ],
)
def test_a_part_of_a_workbook_that_swells_is_refused(tmp_path, name, content, said):
    rows = header_and("")
    with pytest.raises(CohortError, match=said):
        read_table(workbook(tmp_path / "people.xlsx", rows, {name: content}))


def test_a_csv_is_refused_by_rows_times_columns(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_CELLS", 10_000)
    path = tmp_path / "people.csv"
    path.write_text(",".join(f"c{k}" for k in range(1000)) + "\n" + "a\n" * 20)
    with pytest.raises(CohortError, match="the table has 11 rows and more, in 1,000 columns"):
        read_table(path)


@pytest.mark.skipif(os.name != "posix", reason="devices and pipes are those of POSIX")
@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_a_device_and_a_pipe_behind_a_name_are_refused(tmp_path, ending):
    """/dev/zero behind a .csv filled the memory, a pipe waited for ever."""
    zeros, pipe = tmp_path / f"zeros.{ending}", tmp_path / f"pipe.{ending}"
    zeros.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    for path in (zeros, pipe):
        with pytest.raises(CohortError, match=r"it is a pipe or a device, not a file\."):
            read_table(path)


@pytest.mark.skipif(os.name != "posix", reason="anybody may make links on POSIX only")
def test_a_broken_link_is_said_and_is_not_its_own_nearest_name(tmp_path):
    """For a broken link people.csv it said: no such file, did you mean 'people.csv'?"""
    link, other = tmp_path / "people.csv", tmp_path / "peoples.csv"
    for one in (link, other):
        one.symlink_to("gone.csv")
    with pytest.raises(CohortError, match=r"this is a link to 'gone\.csv', which is not there\.$"):
        read_table(link)
    with pytest.raises(CohortError, match=r"there is no such file in the folder '.*'\.$"):
        read_table(tmp_path / "peopl.csv")
    programme = tmp_path / "programme.toml"
    programme.symlink_to("gone.toml")
    with pytest.raises(mm.ConfigurationError, match=r"this is a link to 'gone\.toml', which is"):
        mm.programme.load(programme)


def test_a_file_with_more_bytes_than_any_table_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(table, "MOST_BYTES", 2**20)
    path = tmp_path / "people.csv"
    with path.open("wb") as file:
        file.truncate(2**40)
    with pytest.raises(CohortError, match="it has more than 1 MiB"):
        read_table(path)


def test_a_lock_file_of_excel_is_named_as_what_it_is(tmp_path):
    path = tmp_path / "~$people.xlsx"
    path.write_bytes(b"x" * 165)
    with pytest.raises(CohortError, match=r"lock file that Excel makes.*Name 'people\.xlsx'\."):
        read_table(path)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (lambda: {"id": pa.repeat("x", 5_000_000)}, "stands for 5,000,000 rows"),
        (lambda: {"id": pa.repeat("x" * 1_000_000, 50)}, "unpacks to more than 32 MiB"),
        (lambda: {"id": pa.array([[0] * 11_000_000])}, "stands for 1 rows, 11,000,000 values"),
    ],
)
def test_a_parquet_file_that_swells_is_refused(tmp_path, monkeypatch, columns, said):
    monkeypatch.setattr(limits, "MOST_UNPACKED", 32 * 2**20)
    path = tmp_path / "people.parquet"
    parquet.write_table(pa.table(columns()), path, compression="zstd")
    assert path.stat().st_size < 10_000_000
    with pytest.raises(CohortError, match=said):
        read_table(path)


def test_lists_of_a_parquet_file_are_cells_of_several_values(tmp_path):
    path = tmp_path / "people.parquet"
    columns = {
        "id": ["ada", "bob"],
        "wants": [["Lua", "C++"], None],
        "note": [b"caf\xc3\xa9", b"x"],
    }
    parquet.write_table(pa.table(columns), path)
    frame = read_table(path).frame
    assert frame["wants"].tolist() == [("Lua", "C++"), None]
    assert frame["note"].tolist() == ["café", "x"]


@pytest.mark.parametrize("cells", [[{"a": 1}], [[{"a": 1}]], [[["x"]]]])
def test_records_inside_the_cells_of_a_parquet_file_are_refused(tmp_path, cells):
    path = tmp_path / "people.parquet"
    parquet.write_table(pa.table({"id": ["ada"], "level": cells}), path)
    with pytest.raises(CohortError, match=r"column 'level': its cells hold records"):
        read_table(path)


def test_text_of_a_parquet_file_that_is_no_utf_8_is_a_finding(tmp_path):
    path = tmp_path / "people.parquet"
    wrong = pa.Array.from_buffers(
        pa.utf8(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"\xff\xfe")]
    )
    parquet.write_table(pa.table({"id": wrong}), path)
    with pytest.raises(CohortError, match="not a Parquet file that can be read"):
        read_table(path)


def test_the_sheets_of_a_workbook_that_swells_are_not_listed_by_unpacking_it(tmp_path, monkeypatch):
    """Listing the sheets for `init` once opened the workbook before anything was counted."""
    path = workbook(tmp_path / "people.xlsx", SWELLING["rows without anything"][0])

    def opened(*_args, **_options):
        pytest.fail("the workbook was opened")

    monkeypatch.setattr(openpyxl, "load_workbook", opened)
    assert list_sheets(path) == []
