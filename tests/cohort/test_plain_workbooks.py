"""Two readers of workbooks give the same table, or the slower and more careful one is taken."""

from __future__ import annotations

import datetime
import io
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort.files import plain_workbooks, workbooks
from mentormatch.cohort.files.opening import FileOptions, read_file
from mentormatch.cohort.files.plain_workbooks import open_plain
from mentormatch.errors import CohortError

TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), max_size=8)
NUMBERS = st.one_of(
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-400, 400).map(lambda k: k / 8),
)
DATES = st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0)
)
CELLS = st.one_of(
    st.none(), TEXTS, NUMBERS, st.booleans(), DATES, DATES.map(datetime.datetime.date),
    st.times().map(lambda time: time.replace(microsecond=0)),
    st.sampled_from(["#N/A", "#REF!", "=1+1", " a ", "a\nb", "_x000D_", "x_x0041_", "1,5", "007"]),
)  # fmt: skip


def write(rows: list[list[object]], merge: str | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merge is not None:
        book.active.merge_cells(merge)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(raw: bytes, path: Path) -> object:
    """Everything that reading tells: the table, its rows, notes, findings and readings."""
    path.write_bytes(raw)
    try:
        table = read_file(path, None, FileOptions(), alone=True)
    except CohortError as error:
        return str(error)
    return (
        table.frame.to_dict("list"), list(map(str, table.frame.dtypes)), table.rows.tolist(),
        table.notes, table.findings, table.readings,
    )  # fmt: skip


def both(raw: bytes, folder: Path) -> tuple[object, object]:
    """What is told with the quick reader, and without it."""
    quick = read(raw, folder / "book.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workbooks, "open_plain", lambda _raw: None)
        return quick, read(raw, folder / "book.xlsx")


@given(st.lists(st.lists(CELLS, max_size=4), max_size=6))
def test_both_readers_tell_the_same_of_any_sheet(tmp_path_factory, rows):
    raw = write([["id", "a", "b", "c"], *rows])
    quick, careful = both(raw, tmp_path_factory.mktemp("books"))
    assert repr(quick) == repr(careful)


def test_merged_cells_gaps_and_rows_far_below_are_read_alike_and_quickly(tmp_path):
    rows: list[list[object]] = [["id", "team", "n"], ["a", "Tax", 1], [], ["b", None, 2.5], ["c"]]
    raw = write(rows, "B2:B5")
    book = open_plain(raw)
    assert book is not None
    assert book.read_rows("Sheet")[1] == [(1, 2, 5)]
    quick, careful = both(raw, tmp_path)
    assert repr(quick) == repr(careful)
    assert quick[0]["team"] == ["Tax"] * 3
    assert quick[2] == [2, 4, 5]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("sheet1", '<c r="A2"', "<c"),
        ("sheet1", '<c r="A2"', "<c r='A2'"),
        ("sheet1", "<v>7</v>", "<f>3+4</f><v>7</v>"),
        ("sheet1", "<v>7</v>", "<v>inf</v>"),
        ("sheet1", "<v>7</v>", "<v>90071992547409931</v>"),
        ("sheet1", 't="n"><v>7', 't="e"><v>#N/A'),
        ("sheet1", "<sheetData>", "<!-- x --><sheetData>"),
        ("sharedStrings", "ada", "a_x000D_da"),
        ("sharedStrings", "ada</t>", "ada</t><rPh><t>AH</t></rPh>"),
        ("sharedStrings", "<sst", "<sst sheetData='1'"),
    ],
)
def test_what_the_readers_may_read_differently_is_left_to_the_careful_one(tmp_path, part, old, new):
    """A wrong value of a fast reader would go unseen; a slow one only takes longer."""
    raw = change(write([["id", "n"], ["ada", 7], ["bob", 8]]), part, old, new)
    quick, careful = both(raw, tmp_path)
    assert repr(quick) == repr(careful)


@pytest.mark.parametrize("place", ["XFD1048576", "XFD999", "Z1048576", "ZZ99999"])
def test_a_cell_far_away_does_not_make_the_quick_reader_hold_the_blanks_between(place):
    """calamine holds every cell between the corners: 17 thousand million of them, here."""
    raw = change(write([["id", "n"], ["ada", 7]]), "sheet1", 'r="B2"', f'r="{place}"')
    assert open_plain(raw) is None


def test_the_cells_to_hold_are_counted_over_all_pieces_of_a_sheet(monkeypatch):
    raw = write([["id", "n"], *([f"p{k}", k] for k in range(300))])
    monkeypatch.setattr(plain_workbooks, "PIECE", 256)
    monkeypatch.setattr(plain_workbooks, "MOST_HELD", 602)
    assert open_plain(raw) is not None
    monkeypatch.setattr(plain_workbooks, "MOST_HELD", 601)
    assert open_plain(raw) is None


def test_dates_of_workbooks_that_count_from_1904_are_read_alike(tmp_path):
    day = datetime.datetime(2027, 1, 11, 9, 30)
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["id", "day"], ["ada", day], ["bob", day]):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    quick, careful = both(target.getvalue(), tmp_path)
    assert repr(quick) == repr(careful)
    # Older versions of pandas write nanoseconds into such a list.
    assert pd.to_datetime(pd.Series(quick[0]["day"])).tolist() == [pd.Timestamp(day)] * 2


def test_a_number_too_large_for_its_date_format_is_an_error_value_in_both(tmp_path):
    book = openpyxl.Workbook()
    for row in (["id", "day"], ["ada", datetime.datetime(2027, 1, 11)], ["bob", 3_000_000]):
        book.active.append(row)
    book.active["B3"].number_format = "yyyy-mm-dd"
    target = io.BytesIO()
    book.save(target)
    quick, careful = both(target.getvalue(), tmp_path)
    assert repr(quick) == repr(careful)
    assert [note.value for note in quick[3]] == ["#VALUE!"]


def test_hidden_sheets_and_sheets_of_charts_are_listed_alike():
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.create_sheet("Mentors").sheet_state = "hidden"
    chart = openpyxl.chart.BarChart()
    book.create_chartsheet("Chart").add_chart(chart)
    target = io.BytesIO()
    book.save(target)
    plain = open_plain(target.getvalue())
    assert plain is not None
    assert plain.sheets == ["Sheet", "Mentors"]


def change(raw: bytes, part: str, old: str, new: str) -> bytes:
    """A workbook with other text in one part."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed,
    ):
        for name in source.namelist():
            text = source.read(name)
            if Path(name).stem == part:
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            changed.writestr(name, text)
    return target.getvalue()
