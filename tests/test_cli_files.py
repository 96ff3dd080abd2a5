"""What the commands write: several files together or none, and nothing over what is another's."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch import cli
from mentormatch.planning.agendas import escape_markdown
from programmes import MENTEES, PROGRAMME, programme_in

if TYPE_CHECKING:
    from click.testing import Result


def mentormatch(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def contents_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Let the disk be full when the file of this name is written."""
    plainly = Path.write_bytes

    def write(self: Path, data: bytes) -> int:
        if f".{name}." in self.name:
            raise OSError(28, "No space left on device", str(self))
        return plainly(self, data)

    monkeypatch.setattr(Path, "write_bytes", write)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("report.html", "this file exists already. Move it away, name another, or let it be"),
        ("nowhere/report.html", "Make it, or name another."),
        (".", "this is a folder. Name a file in it."),
    ],
)
def test_a_report_that_cannot_be_written_is_told_before_any_list_is(
    tmp_path: Path, report: str, said: str
) -> None:
    """The lists were written, and then "nothing was written" was said because of the report."""
    path = programme_in(tmp_path)
    (tmp_path / "report.html").write_text("of before")
    before = contents_of(tmp_path)
    result = mentormatch("match", path, "--report", tmp_path / report)
    assert result.exit_code == 1
    assert "Nobody was matched, and nothing was written." in result.stderr
    assert said in " ".join(result.stderr.split())
    assert contents_of(tmp_path) == before


WRITERS = [
    ("report", "PROGRAMME", "-o", "locked/made.html"),
    ("workbook", "PROGRAMME", "-o", "locked/made.xlsx"),
    ("explain", "PROGRAMME", "--record", "locked/made.json"),
    ("compare", "PROGRAMME", "-o", "locked/made.csv"),
    ("cycle", "PROGRAMME", "-o", "locked/made.md"),
    ("match", "PROGRAMME", "--report", "locked/made.html"),
    ("match", "PROGRAMME", "--record", "locked/made.json"),
    ("letters", "PROGRAMME", "-o", "locked/made"),
    ("evidence", "PROGRAMME", "-o", "locked/made"),
    ("plan", "PROGRAMME"),
    ("init", "mentees.csv", "mentors.csv", "-o", "locked/made.toml"),
    ("demo",),
]


@pytest.mark.parametrize("searched", [True, False], ids=["searched", "not even searched"])
@pytest.mark.parametrize("arguments", WRITERS, ids=lambda given: f"{given[0]} {given[-1]}")
def test_a_folder_that_may_not_be_written_to_is_a_mistake_of_the_input_found_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], searched: bool
) -> None:
    """Letters, evidence, plan and init found it after the work and ended with 4."""
    plainly, look, look_at_link = tempfile.TemporaryFile, os.stat, os.lstat

    def refuse_look(path: object, **options: object) -> os.stat_result:
        if isinstance(path, str | Path) and "locked" in Path(path).absolute().parent.parts:
            raise PermissionError(13, "Permission denied")
        return look(path, **options)

    def refuse_link(path: object, **options: object) -> os.stat_result:
        return refuse_look(path) if "locked" in str(path) else look_at_link(path, **options)

    def refuse(dir: Path) -> object:
        if Path(dir).absolute().name == "locked":
            raise PermissionError(13, "Permission denied")
        return plainly(dir=dir)

    path = programme_in(tmp_path, PROGRAMME + '\n[plan]\nfolder = "locked/plan"\n')
    (tmp_path / "locked").mkdir()
    monkeypatch.chdir(tmp_path / "locked" if arguments == ("demo",) else tmp_path)
    before = contents_of(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "TemporaryFile", refuse)
        if not searched:
            patch.setattr(os, "stat", refuse_look)
            patch.setattr(os, "lstat", refuse_link)
        result = mentormatch(*(path if one == "PROGRAMME" else one for one in arguments))
    assert result.exit_code == 1, result.output
    assert "nothing can be written to this folder: Permission denied." in plain(result)
    assert contents_of(tmp_path) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may search any folder")
@pytest.mark.parametrize("arguments", [("letters", "-o", "locked/made"),
                                       ("match", "--report", "locked/made.html")])  # fmt: skip
def test_a_folder_that_may_not_be_searched_is_a_mistake_of_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    path = programme_in(tmp_path)
    (tmp_path / "locked").mkdir(mode=0o600)
    monkeypatch.chdir(tmp_path)
    result = mentormatch(arguments[0], path, *arguments[1:])
    (tmp_path / "locked").chmod(0o700)
    assert result.exit_code == 1, result.output
    assert "nothing can be written to this folder: Permission denied." in plain(result)


READERS = [
    ("verify", "no.json"),
    ("rematch", "PROGRAMME", "--previous", "no.json"),
    ("feedback", "PROGRAMME", "ratings.csv", "--record", "no.json"),
    ("cycle", "PROGRAMME", "--record", "no.json"),
    ("cycle", "PROGRAMME", "--ratings", "no.csv"),
    ("cycle", "PROGRAMME", "--last", "no.toml"),
    ("cycle", "PROGRAMME", "--decisions", "no.xlsx"),
    ("audit", "PROGRAMME", "no.csv"),
    ("report", "PROGRAMME", "--pairs", "no.csv"),
    ("status", "PROGRAMME", "no.csv"),
    ("letters", "PROGRAMME", "--mentee-template", "no.md"),
    ("validate", "no.toml"),
    ("init", "no.csv", "mentors.csv", "-o", "made.toml"),
]


@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("arguments", READERS, ids=lambda given: f"{given[0]} {given[-1]}")
def test_a_file_to_read_that_is_not_there_or_is_a_folder_is_a_mistake_of_the_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], folder: bool
) -> None:
    """Records ended with 4: "No such file or directory. Nothing is half-written."."""
    path = programme_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ratings.csv").write_text("mentee,mentor,by,rating\nada,lin,mentee,4\n")
    missing = next(one for one in arguments if one.startswith("no."))
    if folder:
        (tmp_path / missing).mkdir()
    result = mentormatch(*(path if one == "PROGRAMME" else one for one in arguments))
    assert result.exit_code == 1, result.output
    told = plain(result)
    assert missing in told
    assert ("folder" in told or "directory" in told) if folder else "o such file" in told


def plain(result: Result) -> str:
    return " ".join(result.output.split())


def test_a_disk_that_is_full_at_the_report_leaves_the_lists_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = programme_in(tmp_path)
    for name in ("matches.csv", "unmatched.csv", "report.html"):
        (tmp_path / name).write_text("of before")
    before = contents_of(tmp_path)
    fill_the_disk(monkeypatch, "report.html")
    result = mentormatch("match", path, "--overwrite", "--report", tmp_path / "report.html")
    assert result.exit_code == 4
    assert "Nothing is half-written." in result.stderr
    assert contents_of(tmp_path) == before


def test_match_writes_its_record_with_its_lists_and_verify_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, record = programme_in(tmp_path), tmp_path / "record.json"
    before = contents_of(tmp_path)
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "matches.csv")
        assert mentormatch("match", path, "--record", record).exit_code == 4
    assert contents_of(tmp_path) == before
    made = mentormatch("match", path, "--record", record)
    assert made.exit_code == 0
    assert "record.json" in made.stdout.replace("\n  ", "")
    assert mentormatch("verify", record, path).exit_code == 0
    # The record is of the pairs in the list.
    listed = pd.read_csv(tmp_path / "matches.csv")[["mentee", "mentor"]].to_numpy().tolist()
    assert mm.load_matching(record).pairs[["mentee", "mentor"]].to_numpy().tolist() == listed
    # What exists is not replaced unasked, and then neither are the lists.
    kept = contents_of(tmp_path)
    refused = mentormatch("match", path, "--record", record)
    assert refused.exit_code == 1
    assert "this file exists already" in refused.stderr
    assert contents_of(tmp_path) == kept


def test_a_record_and_the_lists_of_a_rematch_are_written_together_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a full disk the record was that of the new pairs, and the lists those of before."""
    path = programme_in(tmp_path)
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    assert mentormatch("explain", path, "--record", old).exit_code == 0
    assert mentormatch("match", path).exit_code == 0
    before = contents_of(tmp_path)
    again = ("rematch", path, "--previous", old, "--record", new, "--write", "--overwrite")
    with monkeypatch.context() as patch:
        fill_the_disk(patch, "matches.csv")
        assert mentormatch(*again).exit_code == 4
    assert contents_of(tmp_path) == before
    assert mentormatch(*again).exit_code == 0
    assert set(contents_of(tmp_path)) == {*before, "new.json"}


@pytest.mark.parametrize("record", [[], ["--record"]])
def test_evidence_that_does_not_fit_on_the_disk_leaves_neither_files_nor_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record: list[str]
) -> None:
    path = programme_in(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    failing = "record.json" if record else "6-administration-and-support.md"
    with monkeypatch.context() as patch:
        fill_the_disk(patch, failing)
        assert mentormatch("evidence", path, "-o", tmp_path / "a" / "b", *record).exit_code == 4
    assert sorted(tmp_path.rglob("*")) == before
    assert mentormatch("evidence", path, "-o", tmp_path / "a" / "b", *record).exit_code == 0


def test_evidence_names_what_an_earlier_run_has_left(tmp_path: Path) -> None:
    """A record with people's ids stayed in the folder, and nothing was said."""
    path, folder = programme_in(tmp_path), tmp_path / "evidence"
    assert mentormatch("evidence", path, "-o", folder, "--record").exit_code == 0
    again = mentormatch("evidence", path, "-o", folder, "--overwrite")
    assert (
        "1 file of an earlier run is still there: 3-selection-and-matching/record.json: take out "
        "what is not of this evidence" in " ".join(again.output.split())
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("match", "--report"),
        ("report", "-o"),
        ("workbook", "-o"),
        ("compare", "-o"),
        ("explain", "--record"),
        ("rematch", "--previous", "old.json", "--write", "--record"),
        ("cycle", "--record", "old.json", "-o"),
    ],
    ids=lambda arguments: arguments[0],
)
@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("matches.csv", "the programme writes its output 'matches' to this file, so it is not"),
        ("plan/surveys.csv", "the programme writes its table of the plan to this file, so it is"),
        ("mentees.csv", "the programme reads this file, so it is not replaced. Name another."),
    ],
)
def test_no_command_writes_another_kind_of_file_over_one_of_the_programme(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    taken: str,
    said: str,
) -> None:
    """`match --overwrite --report matches.csv` made a report of the list of pairs."""
    path = programme_in(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plan").mkdir()
    (tmp_path / "plan" / "surveys.csv").write_text("answers")
    assert mentormatch("match", path).exit_code == 0
    assert mentormatch("explain", path, "--record", "old.json").exit_code == 0
    before = contents_of(tmp_path)
    command, *options = arguments
    result = mentormatch(command, path, "--overwrite", *options, taken)
    assert result.exit_code == 1
    assert said in " ".join(result.stderr.split())
    assert contents_of(tmp_path) == before


def test_a_report_does_not_replace_the_list_of_pairs_that_it_is_made_from(tmp_path: Path) -> None:
    path, pairs = programme_in(tmp_path), tmp_path / "pairs.csv"
    pairs.write_text("mentee,mentor\nada,linus\n")
    result = mentormatch("report", path, "--pairs", pairs, "-o", pairs, "--overwrite")
    assert result.exit_code == 1
    assert "this command reads this file, so it is not replaced" in " ".join(result.stderr.split())
    assert pairs.read_text() == "mentee,mentor\nada,linus\n"


def test_a_folder_of_letters_or_evidence_does_not_take_an_output_of_the_programme(
    tmp_path: Path,
) -> None:
    text = PROGRAMME + '[output]\nmatches = "out/pairs.csv"\nunmatched = "out/README.csv"\n'
    path = programme_in(tmp_path, text)
    (tmp_path / "out").mkdir()
    assert mentormatch("match", path).exit_code == 0
    before = contents_of(tmp_path)
    result = mentormatch("letters", path, "-o", tmp_path / "out", "--overwrite")
    assert result.exit_code == 1
    assert "the programme writes its output 'matches' to this file" in " ".join(
        result.stderr.split()
    )
    assert contents_of(tmp_path) == before


COMMANDS = set("\x1b\x07\x9b\u202e")


def test_no_text_file_commands_the_terminal_that_shows_it(tmp_path: Path) -> None:
    """ESC and BEL of a table of people stood in the columns copied from it, and in agendas."""
    evil = "\x1b]0;owned\x07\x9b31m\u202e"
    mentees = MENTEES.replace("Ada A", f"Ada{evil}").replace("Platform", f"Web{evil}")
    text = (
        PROGRAMME
        + r"""
[[objectives]]
name = "more"
measure = "pairs"
target = 2
criteria = ["\u001b]0;owned\u0007\u009b31m\u202e"]

[output]
contact = true
columns = ["team"]
by_mentor = "by_mentor.csv"
"""
    )
    path = programme_in(tmp_path, text, mentees=mentees)
    record = tmp_path / "record.json"
    for arguments in (
        ("match", path, "--report", tmp_path / "report.html"),
        ("explain", path, "--record", record),
        ("letters", path, "-o", tmp_path / "letters"),
        ("evidence", path, "-o", tmp_path / "evidence"),
        ("compare", path, "-g", "team", "-o", tmp_path / "compared.csv"),
        ("cycle", path, "--record", record, "-o", tmp_path / "cycle.md"),
        ("cycle", path, "--record", record, "-o", tmp_path / "cycle.html"),
    ):
        result = mentormatch(*arguments)
        assert result.exit_code == 0, result.output
    given = {path, tmp_path / "mentees.csv"}
    written = [one for one in tmp_path.rglob("*") if one.is_file() and one not in given]
    assert len(written) > 20
    assert [one for one in written if COMMANDS & set(one.read_text("utf-8"))] == []


def test_an_agenda_and_a_survey_command_no_terminal() -> None:
    assert escape_markdown("a\x1bb\x07 \x9b\u202ec") == "a\ufffdb\ufffd \ufffd\ufffdc"


def test_a_list_of_pairs_whose_ids_hold_control_characters_is_read_again(tmp_path: Path) -> None:
    path = programme_in(tmp_path, mentees=MENTEES.replace("\nada", "\na\x1bda"))
    assert mentormatch("match", path).exit_code == 0
    said = mentormatch("audit", path, tmp_path / "matches.csv")
    assert said.exit_code == 0, said.output
    assert "\x1b" not in said.output


def test_letters_that_do_not_fit_on_the_disk_leave_no_empty_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = programme_in(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    fill_the_disk(monkeypatch, "mentor-grace.md")
    result = mentormatch("letters", path, "-o", tmp_path / "out" / "letters")
    assert result.exit_code == 4
    assert "No space left on device" in result.stderr
    assert sorted(tmp_path.rglob("*")) == before
