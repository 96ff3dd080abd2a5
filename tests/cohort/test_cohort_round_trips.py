"""A table that is written and read again is the same table, in every kind of file."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentormatch.cohort import Cohort, read_cohort

DELIMITERS = [",", ";", "\t", "|"]
HEADER = ["id", "What, if anything, do you want to learn?", "level; in years", "goals"]
# Every text that a spreadsheet can hold in every encoding below, delimiters, quotes and line breaks
# included. Only Latin letters beyond ASCII: such bytes in a row are never valid UTF-8.
# What an encoding can hold is said by code points (all up to 255, and all but surrogates): where it
# is said by name, every character there is gets encoded first, which takes seconds.
LATIN = st.characters(
    max_codepoint=255, exclude_categories=("Cc", "Zs"), exclude_characters="\xa0\xad"
).filter(lambda c: ord(c) < 128 or ord(c) >= 192)
ANY = st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cn"))


def texts(characters: st.SearchStrategy[str]) -> st.SearchStrategy[str | None]:
    """Words with spaces and line breaks between them, or nothing; no text that is a number."""
    words = st.lists(st.text(characters, min_size=1, max_size=5), min_size=1, max_size=3)
    joined = st.builds(lambda joint, parts: joint.join(parts), st.sampled_from([" ", "\n"]), words)
    return st.none() | joined.map(lambda text: "t" + text)


@st.composite
def tables(draw: st.DrawFn, characters: st.SearchStrategy[str] = LATIN) -> pd.DataFrame:
    """People with text, whole numbers and decimals; anything but the id may be missing."""
    n = draw(st.integers(0, 6))
    rows = st.lists(texts(characters), min_size=n, max_size=n)
    numbers = st.one_of(
        st.lists(st.integers(-(10**15), 10**15), min_size=n, max_size=n),
        st.lists(st.none() | st.integers(-64, 64).map(lambda k: k / 8), min_size=n, max_size=n),
    )
    columns = [[f"person-{k}" for k in range(n)], draw(rows), draw(numbers), draw(rows)]
    return pd.DataFrame(dict(zip(HEADER, columns, strict=True)))


def write_text(table: pd.DataFrame, path: Path, encoding: str, delimiter: str) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
        writer.writerow(table.columns)
        for record in table.astype(object).itertuples(index=False):
            writer.writerow(["" if pd.isna(cell) else cell for cell in record])


def assert_same_people(cohort: Cohort, table: pd.DataFrame) -> None:
    """Equal ids, names of columns, values and types (a column of nothing has no type)."""
    expected = table.set_index("id")
    assert list(cohort.mentee_ids) == list(expected.index)
    assert list(cohort.mentees.columns) == list(expected.columns)
    for name in expected.columns:
        read, wrote = cohort.mentees[name], expected[name]
        assert read.isna().tolist() == wrote.isna().tolist()
        assert read.dropna().tolist() == wrote.dropna().tolist()
        if wrote.notna().any():
            assert pd.api.types.is_numeric_dtype(read) == pd.api.types.is_numeric_dtype(wrote)


def read_back(write, suffix: str, **options) -> Cohort:
    with TemporaryDirectory() as folder:
        mentees, mentors = Path(folder, "mentees" + suffix), Path(folder, "mentors.csv")
        write(mentees)
        mentors.write_text("id,x\nm,1\n")
        options = {name: (value, None) for name, value in options.items()}
        return read_cohort(mentees, mentors, **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@given(table=tables(), delimiter=st.sampled_from(DELIMITERS))
def test_text_reads_back_equal_without_a_word_about_encoding_and_delimiter(
    encoding, table, delimiter
):
    cohort = read_back(lambda path: write_text(table, path, encoding, delimiter), ".csv")
    assert_same_people(cohort, table)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-16-le"])
@given(table=tables(ANY), delimiter=st.sampled_from(DELIMITERS))
def test_text_of_any_script_reads_back_equal_when_encoding_and_delimiter_are_given(
    encoding, table, delimiter
):
    cohort = read_back(
        lambda path: write_text(table, path, encoding, delimiter),
        ".txt",
        encoding=encoding,
        delimiter=delimiter,
    )
    assert_same_people(cohort, table)


@given(table=tables(ANY))
def test_a_workbook_reads_back_equal(table):
    cohort = read_back(lambda path: table.to_excel(path, index=False), ".xlsx")
    assert_same_people(cohort, table)


@given(table=tables(ANY))
def test_parquet_reads_back_equal(table):
    pytest.importorskip("pyarrow")
    cohort = read_back(lambda path: table.to_parquet(path, index=False), ".parquet")
    assert_same_people(cohort, table)


@given(table=tables(), kept=st.data())
def test_row_numbers_point_at_the_line_that_was_written(table, kept):
    """Blank lines anywhere between the people move the numbers and nothing else."""
    gaps = kept.draw(st.lists(st.integers(0, 2), min_size=len(table), max_size=len(table)))
    expected = []

    def write(path: Path) -> None:
        number = 1
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(table.columns)
            for gap, record in zip(gaps, table.astype(object).itertuples(index=False), strict=True):
                stream.write("\r\n" * gap)
                writer.writerow(["" if pd.isna(cell) else cell for cell in record])
                number += gap + 1
                expected.append(number)

    cohort = read_back(write, ".csv")
    assert_same_people(cohort, table)
    rows = [cohort.finding("mentees", k, None, "x").row for k in range(len(table))]
    assert rows == expected
