"""How the command line speaks to a terminal, to a file, and to nobody."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from mentormatch import cli
from mentormatch.errors import Finding, KeyFinding
from mentormatch.feedback.answers.columns import NAMED
from mentormatch.programme.screen.paragraph import Paragraph, word_as_in_file
from mentormatch.programme.screen.terminal import describe_problems, show, show_progress
from mentormatch.progress import ProgressEvent

if TYPE_CHECKING:
    from pathlib import Path

REPORT = [Paragraph("Result", ("one", "  - two")), Paragraph("Proof", ())]


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Full(io.StringIO):
    """A stream behind which nobody reads, or no space is left."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def write(self, _text: str) -> int:
        raise self.error


def test_titles_are_bold_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    plain, terminal = io.StringIO(), Terminal()
    show(REPORT, stream=plain)
    show(REPORT, stream=terminal)
    assert plain.getvalue() == "Result\none\n  - two\n\nProof\n"
    assert terminal.getvalue().startswith("\x1b[1mResult\x1b[0m\none\n")
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        monkeypatch.setenv(name, value)
        terminal = Terminal()
        show(REPORT, stream=terminal)
        assert terminal.getvalue() == plain.getvalue()
        monkeypatch.delenv(name)
        monkeypatch.setenv("TERM", "xterm")


def test_progress_is_shown_on_a_terminal_and_gone_in_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with show_progress("Reading the tables") as progress:
        progress(ProgressEvent("round", round=1, gap=0.003))
        progress(ProgressEvent("reasons", done=1, of=2))
    shown = terminal.getvalue()
    assert "Writing down the reasons" in shown
    # The line is taken away when the work is done.
    assert shown.rstrip().endswith("\x1b[2K")


def test_no_progress_is_written_into_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with show_progress("Reading the tables") as progress:
        progress(ProgressEvent("reasons", done=1, of=2))
    assert file.getvalue() == ""


def test_who_has_closed_the_output_is_not_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    show(REPORT)
    show(REPORT, stream=Full(BrokenPipeError()))
    closed = io.StringIO()
    monkeypatch.setattr(sys, "stderr", Full(OSError(28, "No space left on device")))
    show(REPORT, stream=sys.stderr)
    closed.close()


def test_what_the_encoding_of_a_terminal_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as stream:
        show([Paragraph("Zoë — 李", ())], stream=stream)
        assert raw.getvalue() == b"Zo? ? ?\n"


def test_criteria_and_parameters_are_worded_as_in_the_file() -> None:
    """Messages of the command line said unknown='ignore', ladder=[…] and between=(…)."""
    said = "Same('team') with unknown='ignore', ladder=[…], between=('2027-01-11', '2027-06-30')"
    assert word_as_in_file(said) == (
        'Same "team" with unknown = "ignore", ladder = […], between = ["2027-01-11", "2027-06-30"]'
    )
    assert word_as_in_file("with per={\"mentors\": 'shift'}.") == (
        'with per = { mentors = "shift" }.'
    )
    for cell in ("https://x.example/?a='b'", "found 'a='", "(f(x))", 'id = "Name"'):
        assert word_as_in_file(cell) == cell


@pytest.mark.parametrize(
    ("in_python", "on_screen"),
    [
        ("Name another, or overwrite=True.", "Name another, or --overwrite."),
        ('or say by="mentee" where', 'or say --by "mentee" where'),
        ('Count them: count="pairs".', 'Count them: --count "pairs".'),
        ("Give max_changes or change_value.", "Give --max-changes or --change-value."),
        ("Leave delimiter= out.", "Leave delimiter out."),
        ('only strategy="optimal" can', 'only strategy = "optimal" can'),
        (f"a column is needed{NAMED}.", "a column is needed."),
        ('Use Stable(ties="weak"), please.', 'Use Stable(ties="weak") (in Python), please.'),
    ],
)
def test_a_message_for_python_names_options_on_the_screen(in_python: str, on_screen: str) -> None:
    """Some messages named both, "--overwrite (in Python overwrite=True)", or only the wrong one."""
    assert word_as_in_file(in_python) == on_screen


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("match", "1 problem found. Nobody was matched, and nothing was written."),
        ("audit", "1 problem found. Nothing was written."),
        ("explain", "1 problem found. Nothing was written."),
        ("plan", "1 problem found. Nothing was written."),
    ],
)
def test_who_asked_for_no_match_is_not_told_that_nobody_was_matched(
    command: str, said: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(cli.app, [command, str(tmp_path / "nope.toml")])
    assert result.exit_code == 1
    assert " ".join(result.stderr.split("\n\n")[0].split()) == said


def test_cells_that_lack_the_same_are_told_together_and_others_one_by_one() -> None:
    """One column with 23 wrong cells filled the screen; what else was wrong stood far below."""
    findings = [Finding("a.csv", row, "level", row, "must be a level.") for row in range(2, 13)]
    findings.append(Finding("a.csv", 40, "level", "Senio", "must be a level.", "Senior"))
    findings += [Finding("a.csv", row, "free", "x", "must be hours.") for row in range(2, 70)]
    findings += [
        KeyFinding("p.toml", row, f"match.{row}", None, "there is no key.") for row in range(60)
    ]
    _, table, file = describe_problems(findings)
    assert [line for line in table.lines if "found" not in line] == [
        "  - and 6 more rows like these: 7, 8, 9, 10, 11, 12",
        "  - and 63 more rows like these: 7, 8, 9, 10, 11, 12, 13, 14, …",
    ]
    assert sum("found" in line for line in table.lines) == 11
    assert any("Did you mean 'Senior'?" in line for line in table.lines)
    assert file.lines[-1] == "  … and 10 more."
    cut = describe_problems(findings, whole=False)[1].lines
    assert any(line.endswith("13, 14, …: validate --all") for line in cut)
    assert len(describe_problems(findings, whole=True)[1].lines) == 80


def test_problems_stand_below_their_file_with_their_lines_kept_together() -> None:
    stream = io.StringIO()
    findings = [
        Finding("a.csv", 3, "level", "x", "must be a level."),
        Finding("b.csv", None, None, None, "the first line:\n    the second"),
        Finding("a.csv", 4, "level", "y", "must be a level."),
    ]
    show(describe_problems(findings), stream=stream)
    assert stream.getvalue() == (
        "3 problems found. Nobody was matched, and nothing was written.\n\n"
        "a.csv\n"
        "  - row 3, column 'level': found 'x'; must be a level.\n"
        "  - row 4, column 'level': found 'y'; must be a level.\n\n"
        "b.csv\n"
        "  - the first line:\n"
        "        the second\n"
    )
