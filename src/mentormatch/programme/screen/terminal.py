"""How the command line speaks: sections, problems, progress, and the last word on every error."""

from __future__ import annotations

import functools
import os
import shutil
import sys
import traceback
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec

import typer

from mentormatch.errors import (
    CohortError,
    ConfigurationError,
    InfeasibleError,
    KeyFinding,
    MentorMatchError,
    NotExplainableError,
    SolverError,
    readable,
)
from mentormatch.programme.screen.paragraph import (
    FIRST,
    LONG_LIST,
    WHOLE,
    Paragraph,
    word_as_in_file,
    wrap_line,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import NoReturn, TextIO

    from mentormatch.errors import Finding
    from mentormatch.progress import Progress, ProgressEvent

__all__ = [
    "ScreenError",
    "describe_problems",
    "handle_errors",
    "say_unshown",
    "show",
    "show_progress",
]

# Commands of which somebody expects pairs; who audits or explains asked for none.
MATCHING = ("demo", "match", "rematch")
NO_MATCH = "Nobody was matched, and nothing was written."
INPUT_WRONG, NO_MATCHING, NOT_WRITTEN, FAULT, INTERRUPTED = 1, 3, 4, 70, 130
# A process that a signal ends has this exit code, and the number of the signal on top.
SIGNAL = 128
NARROWEST, WIDEST = 40, 100
SHOWN_PER_FILE = 50

Parameters = ParamSpec("Parameters")
# How long a command looks for a repair of what cannot be done.
REPAIR_SECONDS = 10.0


class ScreenError(OSError):
    """What a command says could not be written to where its output goes."""


def show(sections: Sequence[Paragraph], *, stream: TextIO | None = None) -> None:
    """Print sections, wrap_line to the terminal (80 columns where there is none)."""
    stream = sys.stdout if stream is None else stream
    width = _width()
    for place, section in enumerate(sections):
        lines = [wrap_line(word_as_in_file(readable(line)), width) for line in section.lines]
        title = wrap_line(word_as_in_file(readable(section.title)), width)
        if _has_colour(stream):
            title = typer.style(title, bold=True)
        _write(stream, "\n".join([*([""] if place else []), title, *lines]) + "\n")


def describe_problems(
    findings: Sequence[Finding], *, undone: str = NO_MATCH, whole: bool | None = None
) -> list[Paragraph]:
    """Tell problems by file, each with its place, what was found and what was expected.

    ``whole``: all of them; False says how all are seen, where `validate` shows them.
    """
    count = "1 problem" if len(findings) == 1 else f"{len(findings):,} problems"
    title = f"{count} found. {undone}"
    by_file: dict[str, dict[object, list[Finding]]] = {}
    for k, finding in enumerate(findings):
        # Cells of one column that lack the same are told together.
        of_cell = finding.row is not None and not isinstance(finding, KeyFinding)
        is_like_others = of_cell and finding.nearest is None and not whole
        kind: object = (finding.column, finding.expected) if is_like_others else k
        by_file.setdefault(finding.file, {}).setdefault(kind, []).append(finding)
    sections = [Paragraph(title, ())]
    for file, kinds in by_file.items():
        lines: list[str] = []
        so_far = 0
        cure = "" if whole is None else f": {WHOLE}"
        of_file = [one for alike in kinds.values() for one in _tell_alike(alike, cure)]
        for text, number in of_file if whole else of_file[:SHOWN_PER_FILE]:
            first, *rest = text.split("\n")
            lines += [f"  - {first}", *(f"    {line}" for line in rest)]
            so_far += number
        if left := sum(number for _, number in of_file) - so_far:
            lines.append(f"  … and {left:,} more{cure}.")
        sections.append(Paragraph(file, tuple(lines)))
    return sections


def _tell_alike(alike: Sequence[Finding], cure: str) -> Iterator[tuple[str, int]]:
    """Tell the first few findings of one kind and some rows of the others; and how many each is.

    ``cure`` says how all rows are seen, where they are not.
    """
    shown = len(alike) if len(alike) <= LONG_LIST else FIRST
    for one in alike[:shown]:
        # The file stands above; the rest begins with the row or the key.
        yield str(one).removeprefix(one.file).removeprefix(", ").removeprefix(": "), 1
    if rest := alike[shown:]:
        rows = [str(one.row) for one in rest[:LONG_LIST]]
        more = f", …{cure}" if len(rest) > LONG_LIST else ""
        yield f"and {len(rest):,} more rows like these: {', '.join(rows)}{more}", len(rest)


def handle_errors(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """Convert exceptions of a command into an exit code and a one-line message."""

    @functools.wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except (CohortError, ConfigurationError) as error:
            matches = command.__name__ in MATCHING
            undone = NO_MATCH if matches else "Nothing was written."
            show(describe_problems(error.findings, undone=undone), stream=sys.stderr)
            _stop(INPUT_WRONG)
        except InfeasibleError as error:
            _complain("\n".join([str(error), *_say_repairs(error)]))
            _stop(NO_MATCHING)
        except MentorMatchError as error:
            _complain(str(error))
            _stop(INPUT_WRONG)
        except KeyboardInterrupt:
            _complain("Stopped. Nothing is half-written.")
            _stop(INTERRUPTED)
        except MemoryError:
            _complain("There is not enough memory for this programme.")
            _stop(NOT_WRITTEN)
        except ScreenError as error:
            say_unshown(error)
            _stop(NOT_WRITTEN)
        except OSError as error:
            where = f" ({error.filename})" if error.filename else ""
            said = f"{error.strerror or error}{where}"
            _complain(f"{said.removesuffix('.')}. Nothing is half-written.")
            # What is there already is told before the work, or while files are written: one code.
            _stop(INPUT_WRONG if isinstance(error, FileExistsError) else NOT_WRITTEN)
        except SystemExit as end:
            # A signal that came while files were written, after what was unfinished was removed.
            if isinstance(end.code, int) and end.code > SIGNAL:
                _complain("Stopped. Nothing is half-written.")
            raise
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:  # a traceback helps nobody who runs a programme
            place = traceback.extract_tb(error.__traceback__)[-1]
            _complain(
                "This is a fault of mentormatch, not of your input. Please report it with this "
                f"line: {type(error).__name__}: {error} ({Path(place.filename).name}, line "
                f"{place.lineno})."
            )
            _stop(FAULT)

    return run


def _say_repairs(error: InfeasibleError) -> list[str]:
    """Say what the cheapest changes are, where they are found soon."""
    try:
        return str(error.repairs(REPAIR_SECONDS)).split("\n")
    except (NotExplainableError, SolverError):
        return []


def _stop(code: int) -> NoReturn:
    raise typer.Exit(code) from None


def _complain(text: str) -> None:
    first, *rest = text.split("\n")
    show([Paragraph(first, tuple(rest))], stream=sys.stderr)


@contextmanager
def show_progress(what: str) -> Iterator[Progress]:
    """Show on a terminal that something goes on; yields what takes its progress.

    Elsewhere, as in a log file, nothing is shown.
    """
    if not _is_terminal(sys.stderr):
        yield lambda _event: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as RichProgress

    with RichProgress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as bars:
        task = bars.add_task(what, total=None)

        def show_event(event: ProgressEvent) -> None:
            bars.update(
                task,
                description=readable(str(event)),
                completed=event.done or 0,
                total=event.of,
            )

        yield show_event


def _width() -> int:
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns))


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty() and os.environ.get("TERM") != "dumb"
    except ValueError:  # closed
        return False


def _has_colour(stream: TextIO | None) -> bool:
    return _is_terminal(stream) and "NO_COLOR" not in os.environ


def _write(stream: TextIO | None, text: str) -> None:
    """Write text; a reader who has gone away changes nothing about the result."""
    if stream is None:  # closed by who started us
        return
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, errors="replace").decode(encoding))
        stream.flush()
    except OSError as error:
        # What could not be written is still in the buffer, and would be an error again at exit.
        _discard(stream)
        if not isinstance(error, BrokenPipeError) and stream is not sys.stderr:
            raise ScreenError(error.errno, error.strerror or str(error)) from None


def say_unshown(error: OSError) -> None:
    """Say that the screen could not be written to, which is done after all files are written."""
    if sys.stdout is not None:
        _discard(sys.stdout)
    _complain(
        f"What this command says could not be shown: {error.strerror or error}. That is the "
        "screen, or where its text was sent, alone: the files that the command writes are all "
        "written, whole."
    )


def _discard(stream: TextIO) -> None:
    """Send to nowhere what is left in a stream."""
    with suppress(OSError, ValueError):  # not a file
        number = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
