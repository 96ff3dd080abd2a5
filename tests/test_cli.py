"""The command line from outside: what it prints, how it ends, and what it leaves behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from mentormatch import __main__ as entry
from mentormatch import __version__, cli
from mentormatch.programme import Programme, load
from programmes import MENTEES, MENTORS, PROGRAMME, programme_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result

runner = CliRunner()
# The package under test, also for a process that starts in another folder.
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[2])}
# A child that is to be interrupted must not inherit that SIGINT is ignored, as under nohup.
RESET = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
PROGRAM = "from mentormatch.__main__ import main; main()"

UNSHOWN = (
    "What this command says could not be shown: No space left on device. That is the screen, or "
    "where its text was sent, alone: the files that the command writes are all written, whole."
)

CIVIL_SERVICE = """
[tables]
mentees = "mentees.csv"
mentors = "mentors.csv"
id = "email address"

[[criteria]]
kind = "LevelGap"
column = "grade"
ladder = ["AA", "AO", "EO", "HEO", "SEO", "Grade 7", "Grade 6", "SCS1", "SCS2", "SCS3", "SCS4"]
curve = { 1 = 0.75, 2 = 1.0 }
require = true
weight = 12

[[criteria]]
kind = "Same"
column = "profession"
weight = 10

[[criteria]]
kind = "Same"
mentee = "identity to match"
mentor = "characteristics"
weight = 6

[[criteria]]
kind = "Different"
column = "organisation"

[scoring]
missing = "zero"

[output]
columns = ["organisation"]
full_scores = true
"""
POINTS = 12 + 10 + 6


@pytest.fixture(autouse=True)
def _eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def mentormatch(*arguments: str | Path) -> Result:
    return runner.invoke(cli.app, [str(argument) for argument in arguments])


@contextmanager
def started(
    *arguments: str | Path, script: str = PROGRAM, stdout: int = subprocess.PIPE
) -> Iterator[subprocess.Popen[str]]:
    """Start the command line in a process of its own, and end it in any case."""
    with subprocess.Popen(
        [sys.executable, "-c", RESET + script, *map(str, arguments)],
        stdout=stdout, stderr=subprocess.PIPE, text=True, encoding="utf-8", env=ENVIRONMENT,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def until(process: subprocess.Popen[str], line: str) -> None:
    """Wait until a process says that it has come to a place."""
    assert process.stdout is not None
    if process.stdout.readline() != line:
        pytest.fail(process.communicate(timeout=60)[1])


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The demonstration, run once: the folder in which it ran, and what it said."""
    folder = tmp_path_factory.mktemp("demonstration")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        patch.chdir(folder)
        return folder, mentormatch("demo")


@pytest.fixture
def demonstrated(
    demonstration: tuple[Path, Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Result:
    """Go to a copy of the folder in which the demonstration ran; give what it said."""
    shutil.copytree(demonstration[0], tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return demonstration[1]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# ---------------------------------------------------------------- match


def test_match_writes_the_outputs_and_tells_the_result(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['name']\n")
    result = mentormatch("match", path)
    assert result.exit_code == 0
    assert result.stderr == ""
    assert "2 of 3 mentees have a mentor." in result.stdout
    assert "No matching gives a mentor to more than 2 mentees." in result.stdout
    assert "Among those that serve as many, none has a higher total than this one: 1." in (
        result.stdout
    )
    assert "Ada A with Linus L (highest score, 1.00)" in result.stdout
    assert "  - offers 2 of the 2 skills wanted: C++, Lua" in result.stdout
    assert "Bob B: 1 mentor is eligible, whose only seat is taken." in result.stdout
    assert list(pd.read_csv(tmp_path / "matches.csv")["mentee_name"]) == ["Ada A", "Cleo C"]


def test_the_report_fits_80_columns_and_has_no_colour_codes_when_nobody_watches(
    demonstrated: Result,
) -> None:
    checked = mentormatch("validate", "mentormatch-demo/programme.toml")
    for result in (demonstrated, checked, mentormatch("--help")):
        assert result.exit_code == 0
        assert "\x1b" not in result.output
        assert max(map(len, result.output.splitlines())) <= 80


def test_a_file_that_exists_is_not_replaced_without_overwrite(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    assert mentormatch("match", path).exit_code == 0
    (tmp_path / "matches.csv").write_text("mine")
    refused = mentormatch("match", path)
    assert refused.exit_code == 1
    assert "this file exists already" in refused.stderr
    assert "--overwrite" in refused.stderr
    assert (tmp_path / "matches.csv").read_text() == "mine"
    assert mentormatch("match", path, "--overwrite").exit_code == 0
    assert (tmp_path / "matches.csv").read_text() != "mine"


def test_all_problems_are_listed_by_file_and_nothing_is_written(tmp_path: Path) -> None:
    text = PROGRAMME.replace("weight = 2", "wieght = 2") + "idd = 1\n"
    path = programme_in(tmp_path, text, mentors=MENTORS.replace("grace,", "linus,"))
    for command in ("match", "validate"):
        result = mentormatch(command, path)
        said = " ".join(result.output.split())
        assert result.exit_code == 1
        assert said.startswith("3 problems found. Nobody was matched, and nothing was written.")
        assert "- line 9, criteria[1].wieght: found 2; SkillCoverage has no such" in said
        assert "Did you mean 'weight'?" in said
        assert "- line 17, problem.idd: found 1; there is no such key in [problem]." in said
        assert "- row 3, column 'id': found 'linus'; row 2 has the same id, but 'name' is" in said
        assert "If these are two people, tell them apart with id = 'name'" in said
    assert names_in(tmp_path) == ["mentees.csv", "mentors.csv", "programme.toml"]


def test_problems_go_to_stderr_for_match_and_are_the_answer_of_validate(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "idd = 1\n")
    assert "1 problem found." in mentormatch("match", path).stderr
    assert mentormatch("match", path).stdout == ""
    assert "1 problem found." in mentormatch("validate", path).stdout


def test_many_problems_of_one_kind_do_not_fill_the_screen(tmp_path: Path) -> None:
    rows = "".join(f"m{k},Name,x@example.org,Lua,senior,Data,many\n" for k in range(200))
    path = programme_in(tmp_path, mentors=MENTORS + rows)
    result = mentormatch("validate", path)
    assert result.exit_code == 1
    assert "200 problems found." in result.stdout
    shown = " ".join(result.stdout.split())
    assert shown.count("found 'many'") == 6
    assert "- and 194 more rows like these: 10, 11, 12" in shown
    assert shown.endswith("16, 17, …: validate --all")
    assert mentormatch("validate", path, "--all").stdout.count("found 'many'") == 200


def test_pins_and_minimums_that_cannot_hold_have_an_exit_code_of_their_own(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "minimum = 1\nbans = [['ada', 'linus']]\n")
    path.write_text(path.read_text().replace('"seats"', "5"), encoding="utf-8")
    path.write_text(path.read_text().replace("minimum = 1", "minimum = 3"), encoding="utf-8")
    result = mentormatch("match", path)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "minimum" in result.stderr


def test_validate_tells_what_would_be_matched_and_writes_nothing(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "bans = [['ada', 'grace']]\n")
    result = mentormatch("validate", path)
    assert result.exit_code == 0
    assert "No problems found" in result.stdout
    assert "3 mentees who want 3 places, 2 mentors with 2 seats." in result.stdout
    assert "- SkillCoverage, weight 2" in result.stdout
    assert '- Different "team", a rule' in result.stdout
    assert "- 1 pair banned" in result.stdout
    assert "matches.csv" not in names_in(tmp_path)
    mentormatch("match", path)
    assert "`match` needs --overwrite" in mentormatch("validate", path).stdout


@pytest.mark.parametrize("empty", [{"mentees": MENTEES[:38]}, {"mentors": MENTORS[:39]}])
def test_nobody_to_match_is_a_normal_result(tmp_path: Path, empty: dict[str, str]) -> None:
    empty = {side: text.split("\n")[0] + "\n" for side, text in empty.items()}
    result = mentormatch("match", programme_in(tmp_path, **empty))
    assert result.exit_code == 0
    assert f"There are no {next(iter(empty))}, so there is nobody to match." in result.stdout


def test_names_from_a_table_cannot_command_the_terminal(tmp_path: Path) -> None:
    evil = MENTEES.replace("Ada A", "\x1b[2J[red]Ada\u202e")
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['name']\n", mentees=evil)
    result = mentormatch("match", path)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\u202e" not in result.stdout
    assert "[red]Ada" in result.stdout


# ---------------------------------------------------------------- demo


def test_the_demo_matches_the_sample_in_a_folder_of_its_own(
    tmp_path: Path, demonstrated: Result
) -> None:
    result = demonstrated
    assert result.exit_code == 0
    folder = tmp_path / "mentormatch-demo"
    assert names_in(tmp_path) == ["mentormatch-demo"]
    assert names_in(folder) == [
        ".made-by-mentormatch-demo",
        "matches.csv", "mentees.csv", "mentors.csv", "programme.toml", "report.html",
            "unmatched.csv",
    ]  # fmt: skip
    matches, left = pd.read_csv(folder / "matches.csv"), pd.read_csv(folder / "unmatched.csv")
    assert len(matches) + len(left) == 120
    assert f"{len(matches)} of 120 mentees have a mentor." in result.stdout
    for column in ("mentee_name", "mentor_name", "score", "reason_1"):
        assert matches[column].notna().all()
    assert matches["mentee_name"].str.startswith("Sample ").all()
    assert left["reason"].str.len().min() > 20
    # What is in the folder is a programme like any other, and gives the same again.
    again = mentormatch("match", "mentormatch-demo/programme.toml", "--overwrite")
    assert again.exit_code == 0
    pd.testing.assert_frame_equal(pd.read_csv(folder / "matches.csv"), matches)


def test_the_demo_may_be_run_again_and_leaves_other_files_in_its_folder_alone(
    tmp_path: Path, demonstrated: Result
) -> None:
    assert demonstrated.exit_code == 0
    (tmp_path / "mentormatch-demo" / "notes.txt").write_text("mine")
    (tmp_path / "mentormatch-demo" / "matches.csv").write_text("old")
    assert mentormatch("demo").exit_code == 0
    assert (tmp_path / "mentormatch-demo" / "notes.txt").read_text() == "mine"
    assert (tmp_path / "mentormatch-demo" / "matches.csv").read_text() != "old"


@pytest.mark.parametrize("what", ["folder with a file", "empty folder", "file", "link"])
def test_the_demo_does_not_touch_what_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(tmp_path)
    theirs = tmp_path / "mentormatch-demo"
    if what == "file":
        theirs.write_text("mine")
    elif what == "link":
        theirs.symlink_to(tmp_path / "elsewhere")
    else:
        theirs.mkdir()
        if what == "folder with a file":
            (theirs / "matches.csv").write_text("mine")
    result = mentormatch("demo")
    assert result.exit_code == 1
    assert "was not made by the demonstration" in " ".join(result.stderr.split())
    assert names_in(tmp_path) == ["mentormatch-demo"]
    if what == "folder with a file":
        assert (theirs / "matches.csv").read_text() == "mine"


# ---------------------------------------------------------------- how it ends


@pytest.mark.parametrize(
    "arguments",
    [["mach"], ["match"], ["match", "a", "b"], ["match", "--overwrit", "a"], ["validate"], []],
)
def test_a_wrong_call_ends_with_2_and_the_usage(arguments: list[str]) -> None:
    result = mentormatch(*arguments)
    assert result.exit_code == 2
    assert "Usage:" in result.output
    assert "Traceback" not in result.output


def test_the_version_is_told() -> None:
    result = mentormatch("--version")
    assert (result.exit_code, result.stdout) == (0, f"mentormatch {__version__}\n")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "Stopped. Nothing is half-written."),
        (MemoryError(), 4, "There is not enough memory for this programme."),
        (OSError(28, "No space left on device"), 4, "No space left on device. Nothing is half-"),
        (PermissionError(13, "Permission denied", "x.csv"), 4, "Permission denied (x.csv). Nothin"),
        (KeyError("weight"), 70, "This is a fault of mentormatch, not of your input. Please"),
    ],
)
def test_whatever_happens_ends_with_a_sentence_and_no_traceback(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    said: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(Programme, "match", fail)
    result = mentormatch("match", programme_in(tmp_path))
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize("wrong", ["programme.toml", "mentees.csv"])
@pytest.mark.parametrize("how", ["folder", "unreadable", "missing", "binary"])
def test_a_file_that_cannot_be_read_is_a_problem_of_the_input(
    tmp_path: Path, wrong: str, how: str
) -> None:
    path = programme_in(tmp_path)
    file = tmp_path / wrong
    if how == "unreadable":
        file.chmod(0)
        if os.access(file, os.R_OK):
            pytest.skip("this user may read everything")
    elif how == "binary":
        file.write_bytes(bytes(range(256)))
    else:
        file.unlink()
        if how == "folder":
            file.mkdir()
    result = mentormatch("match", path)
    assert result.exit_code == 1
    assert "1 problem found." in result.stderr
    assert "Traceback" not in result.output


def test_a_reader_who_goes_away_changes_nothing_about_the_result(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    with started("match", path) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert (tmp_path / "matches.csv").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_report_that_does_not_fit_on_the_disk_is_an_error_without_traceback(
    tmp_path: Path,
) -> None:
    path = programme_in(tmp_path)
    with (
        Path("/dev/full").open("w") as full,
        started("match", path, stdout=full.fileno()) as process,
    ):
        _, said = process.communicate(timeout=60)
    assert process.returncode == 4
    assert " ".join(said.split()) == UNSHOWN
    # The lists are there all the same, and are said to be.
    assert {"matches.csv", "unmatched.csv"} <= set(names_in(tmp_path))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("asked", ["--version", "--help", "schema"])
def test_a_text_that_cannot_be_shown_is_an_error_without_traceback(asked: str) -> None:
    with (
        Path("/dev/full").open("w") as full,
        started(asked, stdout=full.fileno()) as process,
    ):
        _, said = process.communicate(timeout=60)
    assert process.returncode == 4
    assert " ".join(said.split()) == UNSHOWN


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_killed_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    path = programme_in(tmp_path)
    before = names_in(tmp_path)
    # It tells when it has come to the matching, and stays there until it is killed.
    slow = (
        "import sys, time\n"
        "from mentormatch import programme\nfrom mentormatch.__main__ import main\n"
        "def match(self, *a, **k):\n"
        "    print('matching', flush=True)\n"
        # In short naps: a signal that comes just before a nap is handled after it.
        "    for _ in range(600):\n        time.sleep(0.1)\n"
        "programme.Programme.match = match\n"
        "main()\n"
    )
    with started("match", path, script=slow) as process:
        until(process, "matching\n")
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert process.returncode == -number
        assert said == ""
    else:
        assert process.returncode == 128 + number
        assert said.strip() == "Stopped. Nothing is half-written."
    assert names_in(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_run_that_is_asked_to_end_while_it_writes_removes_what_is_not_finished(
    tmp_path: Path,
) -> None:
    path = programme_in(tmp_path)
    before = names_in(tmp_path)
    slow = (
        "import pathlib, sys, time\n"
        "from mentormatch.__main__ import main\n"
        "plainly = pathlib.Path.write_bytes\n"
        "def write(self, data):\n"
        "    plainly(self, data[:9])\n"
        "    print('writing', flush=True)\n"
        # In short naps: a signal that comes just before a nap is handled after it.
        "    for _ in range(600):\n        time.sleep(0.1)\n"
        "pathlib.Path.write_bytes = write\n"
        "main()\n"
    )
    with started("match", path, script=slow) as process:
        until(process, "writing\n")
        assert names_in(tmp_path) != before
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert said.strip() == "Stopped. Nothing is half-written."
    assert names_in(tmp_path) == before


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("after", [0.04, 0.1, 0.2, 0.4, 0.8])
def test_ctrl_c_while_modules_load_ends_with_130_and_no_traceback(
    tmp_path: Path, after: float
) -> None:
    path = programme_in(tmp_path)
    before = names_in(tmp_path)
    # It tells when Ctrl-C is seen to, which is before anything heavy is loaded.
    script = (
        "import signal\nfrom mentormatch import __main__ as entry\n"
        "plainly = signal.signal\n"
        "def tell(*given):\n"
        "    before = plainly(*given)\n"
        "    print('begun', flush=True)\n"
        "    signal.signal = plainly\n"
        "    return before\n"
        "signal.signal = tell\n"
        "entry.main()\n"
    )
    with started("match", path, script=script) as process:
        until(process, "begun\n")
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    if process.returncode != 0:  # it was quicker than the signal
        assert process.returncode == 130
        assert said.strip() == "Stopped. Nothing is half-written."
        assert names_in(tmp_path) in (before, [*before, "matches.csv", "unmatched.csv"])


@pytest.mark.parametrize("terminal", [False, True])
def test_ctrl_c_ends_at_once_and_shows_the_cursor_of_a_terminal_again(
    terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, ended = [], []
    monkeypatch.setattr(entry.sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(entry.os, "write", lambda to, text: written.append((to, text)))
    monkeypatch.setattr(entry.os, "_exit", ended.append)
    entry._leave(signal.SIGINT, None)
    ((to, text),) = written
    assert to == 2
    assert text.endswith(b"\nStopped. Nothing is half-written.\n")
    assert text.startswith(b"\x1b[?25h") == terminal
    assert ended == [130]


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_the_command_line_leaves_sigint_ignored_where_it_was_started_so() -> None:
    script = (
        "import signal, sys\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "sys.argv = ['mentormatch', '--version']\n"
        "from mentormatch.__main__ import main\n"
        "try:\n    main()\nfinally:\n"
        "    print(signal.getsignal(signal.SIGINT) == signal.SIG_IGN)\n"
    )
    with started(script=script) as process:
        heard, _ = process.communicate(timeout=60)
    assert heard.splitlines() == [f"mentormatch {__version__}", "True"]


def test_help_loads_nothing_but_the_command_line_itself() -> None:
    script = (
        "import sys\nsys.argv = ['mentormatch', '--help']\n"
        "from mentormatch.__main__ import main\n"
        "try:\n    main()\nfinally:\n"
        "    print([name for name in ('numpy', 'pandas', 'pydantic') if name in sys.modules])\n"
    )
    with started(script=script) as process:
        heard, _ = process.communicate(timeout=60)
    assert "Match mentees and mentors" in heard
    assert heard.splitlines()[-1] == "[]"


# ---------------------------------------------------------------- a real programme


@pytest.fixture
def civil_service(known_data: Path, tmp_path: Path) -> Path:
    """Give the folder of a copy of that programme's tables, with a programme file."""
    folder = tmp_path / "civil service"
    folder.mkdir()
    for name in ("mentees.csv", "mentors.csv"):
        shutil.copyfile(known_data / "civil_service" / name, folder / name)
    (folder / "programme.toml").write_text(CIVIL_SERVICE, encoding="utf-8")
    return folder


def test_a_real_programme_is_matched_by_its_file_alone(civil_service: Path) -> None:
    """35 pairs whose points are 750, never two people of one organisation: the published answer."""
    result = mentormatch("match", civil_service / "programme.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "35 of 50 mentees have a mentor." in " ".join(result.stdout.split())
    matches = pd.read_csv(civil_service / "matches.csv")
    assert len(matches) == 35
    assert matches["score"].sum() * POINTS == pytest.approx(750, abs=1e-9)
    assert (matches["mentee_organisation"] != matches["mentor_organisation"]).all()
    assert len(pd.read_csv(civil_service / "unmatched.csv")) == 15


def test_a_real_programme_has_the_scores_of_its_own_package(
    civil_service: Path, known_data: Path
) -> None:
    reference = np.genfromtxt(
        known_data / "civil_service" / "reference_scores_small.csv", delimiter=","
    ).T
    scores = load(civil_service / "programme.toml").problem().compatibility.dense()
    np.testing.assert_allclose(scores * POINTS, reference, rtol=0, atol=1e-12)
    assert int(np.isfinite(scores).sum()) == 392


# ---------------------------------------------------------------- init


def test_init_writes_a_file_that_validates_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programme_in(tmp_path).unlink()
    monkeypatch.chdir(tmp_path)
    result = mentormatch("init", "mentees.csv", "mentors.csv")
    assert result.exit_code == 0
    assert "programme.toml is written" in result.stdout
    assert '- "wants": skills wanted and offered, with "offers".' in result.stdout
    assert '- "gender": protected attribute. The heading speaks of gender.' in result.stdout
    # Identity and seats come first.
    order = [result.stdout.index(title) for title in ("Who is who", "Seats", "What makes a good")]
    assert order == sorted(order)
    assert mentormatch("validate", "programme.toml").exit_code == 0
    assert mentormatch("match", "programme.toml").exit_code == 0
    again = mentormatch("init", "mentees.csv", "mentors.csv")
    assert again.exit_code == 1
    assert "this file exists already" in again.stderr
    assert mentormatch("init", "mentees.csv", "mentors.csv", "--overwrite").exit_code == 0


def test_init_asks_for_the_second_table_where_no_column_says_who_is_what(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    result = mentormatch("init", path.parent / "mentees.csv")
    assert result.exit_code == 1
    said = " ".join(result.stderr.split())
    assert "no column of this one table says who is a mentee and who a mentor" in said
    assert "If the mentors stand in another file, name it after this one." in said
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        for sheet in ("Mentees", "Mentors"):
            table = pd.read_csv(tmp_path / f"{sheet.lower()}.csv")
            table.to_excel(writer, sheet_name=sheet, index=False)
    output = tmp_path / "from book.toml"
    result = mentormatch("init", tmp_path / "book.xlsx", "--output", output)
    assert result.exit_code == 0
    assert mentormatch("validate", output).exit_code == 0


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
@pytest.mark.parametrize("plain", [True, False])
def test_a_hidden_sheet_is_passed_over_and_it_is_said(
    tmp_path: Path, state: str, plain: bool
) -> None:
    """The sheet "old 2025" was proposed as that of the mentors."""

    def draft(*names: str) -> str:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name in names:
            sheet = book.create_sheet(name)
            side = "Offers" if name.startswith("Ment") else "Wants to learn"
            for row in (["Name", side], [f"Lin {side}", "SQL; Lua"], [f"Mia {side}", "SQL; C"]):
                sheet.append(row)
            if name.startswith("old") and not plain:
                sheet["D1"] = "=1+1"
            sheet.sheet_state = state if name.startswith("old") else "visible"
        book.save(tmp_path / "a.xlsx")
        done = mentormatch("init", tmp_path / "a.xlsx", "-o", tmp_path / "a.toml", "--overwrite")
        return " ".join((done.stderr or (tmp_path / "a.toml").read_text()).split())

    told = draft("old 2025", "Uczestnicy", "Mentorzy")
    assert 'sheets = { mentees = "Uczestnicy", mentors = "Mentorzy" }' in told
    assert "hidden, and passed over: 'old 2025'" in told
    asked = draft("Liste", "old 2025", "Mentorer", "Notizen")
    assert '--sheets "Liste" "Mentorer"' in asked
    assert "hidden, and passed over: 'old 2025'" in asked


def test_the_screens_say_which_hidden_sheet_is_passed_over_and_how_to_read_it(
    tmp_path: Path,
) -> None:
    """Where each side has a workbook, no screen said it."""
    book = openpyxl.Workbook()
    book.active.title = "Raw"
    for row in (["Name", "Skills"], ["Ada", "SQL; Lua"], ["Ben", "Lua"]):
        book.active.append(row)
    book.create_sheet("Cleaned", 0).sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "f.xlsx")
    (tmp_path / "m.csv").write_text("Name,Skills\nCy,SQL\nDi,Lua\n")
    path = tmp_path / "a.toml"
    drafted = mentormatch("init", tmp_path / "f.xlsx", tmp_path / "m.csv", "-o", path)
    for done in (drafted, mentormatch("validate", path)):
        told = " ".join(done.stdout.split())
        assert "the sheet 'Raw' is read, since it is the first of 2" in told
        assert "hidden, and passed over: 'Cleaned'" in told
        assert 'sheets = { mentees = "Cleaned" }' in told


def test_sheets_are_told_by_their_names_and_asked_about_where_these_do_not_tell(
    tmp_path: Path,
) -> None:
    def book(*names: str) -> Path:
        path = tmp_path / f"{names[0]}.xlsx"
        with pd.ExcelWriter(path) as writer:
            for name, side in zip(names, ("mentees", "mentors"), strict=True):
                table = pd.read_csv(tmp_path / f"{side}.csv")
                table.to_excel(writer, sheet_name=name, index=False)
        return path

    programme_in(tmp_path)
    told = mentormatch("init", book("Sign-ups", "Mentors (sure)"), "-o", tmp_path / "a.toml")
    assert told.exit_code == 0
    text = (tmp_path / "a.toml").read_text()
    assert 'sheets = { mentees = "Sign-ups", mentors = "Mentors (sure)" }' in text
    asked = mentormatch("init", book("Sheet1", "Sheet2"), "-o", tmp_path / "b.toml")
    assert asked.exit_code == 1
    assert '--sheets "Sheet1" "Sheet2"' in " ".join(asked.stderr.split())
