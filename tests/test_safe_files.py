"""Tables that leave: nothing in them runs, and a file is there whole or not at all."""

from __future__ import annotations

import csv
import io
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given

import mentormatch as mm
from mentormatch.safe_files import (
    as_csv,
    as_excel,
    escape_formulas,
    leftovers,
    locks,
    make_folders,
    read_bounded,
    replace_file,
    replace_files,
    write_csv,
)

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
    assert "a\ufffdb".encode() in as_csv(pd.DataFrame({"a": pd.Series(["a\ud800b"], dtype=object)}))


def test_no_cell_commands_a_terminal_and_ids_stay_what_they_are():
    """`cat matches.csv` obeyed what stood in a column of somebody's table."""
    told = "Ada\x1b]0;owned\x07\x9b31m\u202e\tx\r\ny"
    content = as_csv(pd.DataFrame({"mentee": ["a\x1bb"], "name": [told], told: ["x"]})).decode()
    shown = "Ada\ufffd]0;owned\ufffd\ufffd31m\ufffd\tx\ny"
    assert content.count(shown) == 2
    # Whoever reads the file again finds the id.
    assert content.count("\x1b") == content.count("a\x1bb") == 1


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
    started = time.process_time()
    escape_formulas(table)
    assert time.process_time() - started < 5


# ---------------------------------------------------------------- what a reader makes of CSV

BEGINS = "=+-@＝＋－＠"


def cells_as_readers_see_them(content: bytes):
    """Every cell, for readers that divide by a comma, a semicolon or a tab."""
    text = content.decode("utf-8-sig")
    for delimiter in ",;\t":
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        yield from (cell for row in reader for cell in row)
    # The crudest of readers takes every line for a row.
    yield from (cell for line in text.splitlines() for cell in line.split(";"))


@pytest.mark.parametrize(
    "text",
    [
        "Ada\r=cmd|' /C calc'!A0",
        "Ada\r\n=1",
        "Ada\n=1",
        "Ada;=1+1",
        'Ada; "=1+1"',
        "Lua;SQL; \u200b@SUM(A1)",
        "Ada\t+1",
        "Ada;\x01=1",
        ';;"";＝1',
    ],
)
def test_no_cell_of_a_csv_begins_a_formula_whatever_the_reader_divides_by(text):
    """A carriage return began a new row, and ``;=`` a new cell where the list separator is ;."""
    table = pd.DataFrame({text: [text, "x"], "b": ["y", text]})
    for cell in cells_as_readers_see_them(as_csv(table)):
        assert not cell.strip('"\x01\u200b \t').startswith(tuple(BEGINS)), cell


@given(st.text(alphabet="Aa \r\n\t;,\"'=+-@\u200b\x00\x1f", max_size=12))
def test_any_text_stays_one_cell_of_csv_and_begins_no_formula(text):
    content = as_csv(pd.DataFrame({"a": [text], "b": ["end"]}))
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [len(row) for row in rows] == [2, 2]
    assert rows[1][1] == "end"
    for cell in cells_as_readers_see_them(content):
        assert not cell.strip('"\x00\x1f\u200b \t\r').startswith(tuple(BEGINS))


def test_a_long_run_of_blanks_is_escaped_quickly():
    table = pd.DataFrame({"a": [";" + " " * 200_000 + "x", "\n" * 200_000, '; "' * 100_000]})
    started = time.process_time()
    as_csv(table)
    assert time.process_time() - started < 5


def test_a_workbook_keeps_line_breaks_and_semicolons_as_they_are():
    read = pd.read_excel(
        io.BytesIO(as_excel(pd.DataFrame({"a": ["Ada;=1\n=2", "=1"]}))), engine="openpyxl"
    )
    assert read["a"].tolist() == ["Ada;=1\n=2", "'=1"]


# ---------------------------------------------------------------- files that belong together


def pair_of_files(folder, old=b"old"):
    paths = [folder / "matches.csv", folder / "unmatched.csv"]
    for path in paths:
        path.write_bytes(old)
    return paths


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_when_one_file_cannot_be_replaced_all_stay_as_they_were(tmp_path, monkeypatch, failing):
    """The old matches.csv stood beside the new unmatched.csv when the second was open in Excel."""
    paths = pair_of_files(tmp_path)
    calls = []

    def refuse(plainly):
        def move(self, target):
            calls.append(self)
            if len(calls) == failing:
                raise PermissionError(13, "The process cannot access the file", str(self))
            return plainly(self, target)

        return move

    monkeypatch.setattr(Path, "rename", refuse(Path.rename))
    monkeypatch.setattr(Path, "replace", refuse(Path.replace))
    with pytest.raises(PermissionError, match="open in Excel or another program") as caught:
        replace_files(dict.fromkeys(paths, b"new"), overwrite=True)
    assert caught.value.filename in map(str, paths)
    assert ".part" not in str(caught.value)
    assert [path.read_bytes() for path in paths] == [b"old", b"old"]
    assert sorted(names_in(tmp_path)) == ["matches.csv", "unmatched.csv"]


KILLED_BETWEEN = """
import os, pathlib, sys
from mentormatch.safe_files import replace_files
moves = 0
def count(plainly):
    def move(self, target):
        global moves
        if moves == int(sys.argv[1]):
            os.kill(os.getpid(), int(sys.argv[2]))
        moves += 1
        return plainly(self, target)
    return move
pathlib.Path.rename, pathlib.Path.replace = count(pathlib.Path.rename), count(pathlib.Path.replace)
replace_files({pathlib.Path(name): b"new" for name in sys.argv[3:]}, overwrite=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("moment", range(4))
def test_a_kill_between_two_moves_leaves_no_old_file_beside_a_new_one(
    tmp_path, monkeypatch, moment
):
    paths = pair_of_files(tmp_path)
    run = [sys.executable, "-c", KILLED_BETWEEN, str(moment), str(int(signal.SIGKILL)), *paths]
    assert subprocess.run(run, check=False).returncode == -signal.SIGKILL
    found = {path.read_bytes() for path in paths if path.exists()}
    assert len(found) <= 1
    # What the killed run left is gone after the next one, once it is too old to be in use.
    monkeypatch.setattr(leftovers, "YOUNG", -1.0)
    replace_files(dict.fromkeys(paths, b"newer"), overwrite=True)
    assert sorted(names_in(tmp_path)) == ["matches.csv", "unmatched.csv"]


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_end_between_two_moves_waits_until_both_are_done(tmp_path, number):
    paths = pair_of_files(tmp_path)
    script = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    run = [sys.executable, "-c", script + KILLED_BETWEEN, "3", str(int(number)), *paths]
    done = subprocess.run(run, check=False, capture_output=True, text=True)
    assert done.returncode in (1, 128 + number, -number), done.stderr
    assert [path.read_bytes() for path in paths] == [b"new", b"new"]
    assert sorted(names_in(tmp_path)) == ["matches.csv", "unmatched.csv"]


def write_as(folder, ending, monkeypatch, *, machine=None, process=None):
    """Leave a temporary file beside matches.csv, as some machine and some process name it."""
    with monkeypatch.context() as patch:
        if machine is not None:
            patch.setattr(leftovers, "_machine", lambda: machine)
        if process is not None:
            patch.setattr(leftovers.os, "getpid", lambda: process)
        part = leftovers.name_beside(folder / "matches.csv", ending)
    part.write_bytes(b"half")
    return part


@pytest.fixture
def ended() -> int:
    """The number of a process that runs no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_temporary_files_of_a_process_that_still_runs_are_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(leftovers, "YOUNG", -1.0)
    part = write_as(tmp_path, "part", monkeypatch)
    write_csv(pd.DataFrame({"a": [1]}), tmp_path / "matches.csv")
    assert part.exists()


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can ask for a process")
def test_temporary_files_that_may_be_in_use_are_left_alone(tmp_path, monkeypatch, ended):
    """A run in a container took away what one in another was writing: its pid was not known."""
    young = write_as(tmp_path, "part", monkeypatch, process=ended)
    write_csv(pd.DataFrame({"a": [1]}), tmp_path / "matches.csv")
    assert young.exists()
    monkeypatch.setattr(leftovers, "YOUNG", -1.0)
    elsewhere = write_as(tmp_path, "part", monkeypatch, process=ended, machine="01234567")
    write_csv(pd.DataFrame({"a": [1]}), tmp_path / "matches.csv", overwrite=True)
    assert elsewhere.exists()
    assert not young.exists()


def test_a_folder_is_listed_once_however_many_files_are_written(tmp_path, monkeypatch):
    """2,000 letters took half a minute: the folder was listed twice for each of them."""
    listed = []
    for name in ("scandir", "listdir"):
        plainly = getattr(os, name)

        def count(*given, plainly=plainly):
            listed.append(given)
            return plainly(*given)

        monkeypatch.setattr(os, name, count)
    replace_files({tmp_path / f"letter-{k}.md": b"x" for k in range(50)})
    assert len(listed) == 1
    assert len(names_in(tmp_path)) == 50


TWO_AT_ONCE = """
import pathlib, sys
from mentormatch.safe_files import replace_files
folder, own = pathlib.Path(sys.argv[1]), sys.argv[2].encode()
for _ in range(150):
    replace_files({folder / f"{k}.csv": own for k in range(4)}, overwrite=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be locked elsewhere")
def test_two_that_write_the_same_files_at_once_both_succeed_one_after_the_other(tmp_path):
    """Some of these calls ended with "there is no folder" for a folder that is there."""
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", TWO_AT_ONCE, str(tmp_path), own],
            stderr=subprocess.PIPE,
            text=True,
        )
        for own in ("one", "two")
    ]
    said = [run.communicate(timeout=120)[1] for run in runs]
    assert said == ["", ""]
    assert len({path.read_bytes() for path in tmp_path.iterdir()}) == 1
    assert sorted(names_in(tmp_path)) == [f"{k}.csv" for k in range(4)]


HOLDS = """
import pathlib, sys, time
from mentormatch.safe_files.locks import lock_folders
with lock_folders([pathlib.Path(sys.argv[1])]):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="folders cannot be locked elsewhere")
def test_a_lock_that_is_held_for_long_is_told_and_goes_with_its_process(tmp_path, monkeypatch):
    paths = pair_of_files(tmp_path)
    monkeypatch.setattr(locks, "PATIENCE", 0.1)
    run = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BlockingIOError, match=r"another run is writing these files now\. Run"):
            replace_files(dict.fromkeys(paths, b"new"), overwrite=True)
        assert [path.read_bytes() for path in paths] == [b"old", b"old"]
        holder.kill()
    replace_files(dict.fromkeys(paths, b"new"), overwrite=True)
    assert sorted(names_in(tmp_path)) == ["matches.csv", "unmatched.csv"]


def test_a_file_that_another_run_has_moved_is_not_told_as_a_missing_folder(tmp_path, monkeypatch):
    """So it is where folders cannot be locked."""
    paths = pair_of_files(tmp_path)

    def gone(self, _target):
        raise FileNotFoundError(2, "No such file or directory", str(self))

    monkeypatch.setattr(Path, "rename", gone)
    with pytest.raises(FileNotFoundError, match="another run is writing these files now"):
        replace_files(dict.fromkeys(paths, b"new"), overwrite=True)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_two_files_for_one_place_are_refused(tmp_path):
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    with pytest.raises(FileExistsError, match="are one file, and both are to be written"):
        replace_files({tmp_path / "real.csv": b"1", link: b"2"}, overwrite=True)
    assert names_in(tmp_path) == ["link.csv"]


def test_folders_that_were_made_for_nothing_are_taken_away_and_others_stay(tmp_path):
    (tmp_path / "there").mkdir()
    folders = [tmp_path / "there", tmp_path / "a" / "b", tmp_path / "a" / "c"]

    def fill_the_disk():
        with make_folders(folders):
            assert all(one.is_dir() for one in folders)
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        fill_the_disk()
    assert names_in(tmp_path) == ["there"]
    with make_folders(folders):
        pass
    assert all(one.is_dir() for one in folders)


def test_a_missing_folder_is_named_and_not_a_temporary_file(tmp_path):
    target = tmp_path / "nowhere" / "matches.csv"
    with pytest.raises(FileNotFoundError, match="there is no folder") as caught:
        write_csv(pd.DataFrame({"a": [1]}), target)
    assert caught.value.filename == str(target)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_stays_a_link_and_what_it_leads_to_is_replaced(tmp_path):
    real, link = tmp_path / "real.csv", tmp_path / "matches.csv"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_csv(pd.DataFrame({"a": [1]}), link, overwrite=True)
    assert link.is_symlink()
    assert real.read_text("utf-8-sig") == "a\n1\n"


# ---------------------------------------------------------------- reading within bounds


def test_a_file_is_read_up_to_its_bound_and_not_beyond(tmp_path):
    path = tmp_path / "people.csv"
    path.write_bytes(b"x" * 2**20)
    assert len(read_bounded(path, 2**20)) == 2**20
    with pytest.raises(OSError, match="it has more than 0 MiB, which no table"):
        read_bounded(path, 2**10)


@pytest.mark.skipif(os.name != "posix", reason="devices and pipes are those of POSIX")
def test_a_device_and_a_pipe_are_refused_at_once(tmp_path):
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(OSError, match="it is a pipe or a device, not a file"):
            read_bounded(path, 10)
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path, 10)
