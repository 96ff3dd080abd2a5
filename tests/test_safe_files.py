"""Tables that leave: nothing in them runs, and a file is there whole or not at all."""

from __future__ import annotations

import io
import os
import stat
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.safe_files import as_csv, escape_formulas, replace_file, write_csv

FORMULAS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|'/c calc'!A0",
    " =1+1",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\xa0=1+1",
    "\u3000=1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠SUM(A1)",
    " ＝1+1",
    "\x00text",
    "\x01text",
    "\x7ftext",
    "\ttext",
    "\rtext",
    "\ntext",
]
HARMLESS = [
    "|",
    "%",
    "Ada",
    "C++",
    "a=b",
    "x-y",
    "me@example.org",
    "",
    " Ada",
    "ä",
    "1",
    "'=1",
    "’",
    "3 + 4",
]


def names_in(folder):
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_or_hide_begins_with_an_apostrophe(text):
    assert escape_formulas(pd.DataFrame({"a": [text]})).iloc[0, 0] == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_stays_as_it_is(text):
    assert escape_formulas(pd.DataFrame({"a": [text]})).iloc[0, 0] == text


def test_names_of_columns_are_cells_too_and_numbers_stay_numbers():
    table = pd.DataFrame({"=A1": [-1.5], "b": [-2], "when": pd.to_datetime(["2027-01-11"])})
    safe = escape_formulas(table)
    assert safe.columns.tolist() == ["'=A1", "b", "when"]
    assert safe.iloc[0].tolist() == [-1.5, -2, pd.Timestamp("2027-01-11")]
    assert table.columns[0] == "=A1"


@pytest.mark.parametrize("dtype", [object, "str", "string", "category"])
def test_text_of_every_dtype_is_made_harmless_and_the_table_is_not_changed(dtype):
    table = pd.DataFrame({"a": pd.Series(["=1", "Ada", None], dtype=dtype)})
    before = table.copy(deep=True)
    safe = escape_formulas(table)
    assert safe["a"].tolist()[:2] == ["'=1", "Ada"]
    assert safe["a"].isna().tolist() == [False, False, True]
    pd.testing.assert_frame_equal(table, before)


def test_columns_of_one_name_are_all_made_harmless():
    table = pd.DataFrame([["=1", "=2"]], columns=["a", "a"])
    assert escape_formulas(table).iloc[0].tolist() == ["'=1", "'=2"]


def test_a_file_of_pairs_can_be_read_back_and_carries_its_names():
    scores = pd.DataFrame([[0.5]], index=["=cmd()"], columns=["Zoë"])
    matching = mm.match(mm.Problem.from_scores(scores))
    content = as_csv(matching.pairs)
    assert content.startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(io.BytesIO(content))
    assert table.iloc[0].tolist() == ["'=cmd()", "Zoë", 0.5]


def test_half_of_a_character_does_not_cost_the_whole_table():
    assert b"a?b" in as_csv(pd.DataFrame({"a": pd.Series(["a\ud800b"], dtype=object)}))


def test_an_existing_file_is_left_alone_unless_told_otherwise(tmp_path):
    target = tmp_path / "matches.csv"
    target.write_text("precious", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"exists already. Give another name, or overwrite"):
        write_csv(pd.DataFrame({"a": [1]}), target)
    assert target.read_text("utf-8") == "precious"
    write_csv(pd.DataFrame({"a": [1]}), target, overwrite=True)
    assert target.read_text("utf-8-sig") == "a\n1\n"
    assert names_in(tmp_path) == ["matches.csv"]


def test_an_error_in_the_middle_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "matches.csv"
    target.write_text("precious", encoding="utf-8")

    def half_written():
        with replace_file(target, overwrite=True) as part:
            part.write_text("half", encoding="utf-8")
            raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError, match="power"):
        half_written()
    assert names_in(tmp_path) == ["matches.csv"]
    assert target.read_text("utf-8") == "precious"


def test_a_file_that_appears_meanwhile_is_left_alone(tmp_path):
    target = tmp_path / "matches.csv"

    def raced():
        with replace_file(target) as part:
            part.write_text("ours", encoding="utf-8")
            target.write_text("theirs", encoding="utf-8")

    with pytest.raises(FileExistsError, match="appeared while it was being written"):
        raced()
    assert target.read_text("utf-8") == "theirs"
    assert names_in(tmp_path) == ["matches.csv"]


KILLED = """
import sys, time
from mentormatch.safe_files import replace_file
with replace_file(sys.argv[1]) as part:
    part.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_killed_run_never_leaves_a_file_under_the_name_asked_for(tmp_path):
    target = tmp_path / "matches.csv"
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(target)], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    assert running.stdout.readline() == "writing\n"
    running.kill()
    running.wait()
    running.stdout.close()
    assert not target.exists()


@pytest.mark.skipif(os.name != "posix", reason="permissions are those of POSIX")
@pytest.mark.parametrize(("mask", "expected"), [(0o022, 0o644), (0o077, 0o600)])
def test_a_new_file_has_the_permissions_of_any_other_new_file(tmp_path, mask, expected):
    before = os.umask(mask)
    try:
        write_csv(pd.DataFrame({"a": [1]}), tmp_path / "matches.csv")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "matches.csv").stat().st_mode) == expected


def test_a_large_table_is_made_harmless_quickly():
    table = pd.DataFrame({"a": np.repeat(["=1", "Ada"], 100_000)})
    started = time.perf_counter()
    escape_formulas(table)
    assert time.perf_counter() - started < 5
