"""The command line: its options, its errors, and what all commands share.

The exit codes are those of `CODES`, and 143 after a request to end (SIGTERM).
"""

import functools
import logging
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from mentormatch import __version__
from mentormatch.logger import LOGGER

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.programme import Programme
    from mentormatch.progress import Progress

__all__ = [
    "INPUT_WRONG",
    "AsJson",
    "GivenPairs",
    "Groups",
    "Overwrite",
    "ProgrammeFile",
    "app",
    "handle_errors",
    "match_file",
    "run",
    "say",
]

CODES = (
    "Exit codes: 0 done, 1 the input is wrong (or what verify or audit looked at does not hold), 2 "
    "the command was called wrongly, 3 no matching keeps all rules, 4 writing a file or the screen "
    "failed or memory was too small, 70 a fault of mentormatch, 130 stopped with Ctrl-C."
)
app = typer.Typer(
    epilog=CODES,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

INPUT_WRONG, NOT_WRITTEN = 1, 4
ProgrammeFile = Annotated[Path, typer.Argument(help="The programme file, such as programme.toml.")]
AsJson = Annotated[
    bool,
    typer.Option("--json", help="Print the result as JSON for programs, and no other text."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist already.")]

Groups = Annotated[
    list[str] | None,
    typer.Option("--group", "-g", help="A column to compare groups by; may be repeated."),
]
Parameters = ParamSpec("Parameters")


def handle_errors(command: Callable[Parameters, None]) -> Callable[Parameters, None]:
    """See `mentormatch.programme.screen.terminal.handle_errors`; loaded when the command runs."""

    @functools.wraps(command)
    def run_command(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        from mentormatch.programme.screen import terminal

        terminal.handle_errors(command)(*args, **kwargs)

    return run_command


GivenPairs = Annotated[
    Path | None,
    typer.Option(
        "--pairs",
        help="Pairs that were made before, such as those of rematch: a table, or a record. "
        "Without it, the best matching of today.",
    ),
]


def match_file(
    path: Path,
    progress: "Progress",
    pairs: Path | None = None,
    *,
    to_meet: bool = True,
    targets: Iterable[Path] = (),
    folder: Path | None = None,
    overwrite: bool = False,
) -> "tuple[Programme, Matching]":
    """Read a programme file and match its people, whatever outputs exist; or take given pairs.

    Where one of ``targets`` cannot be written, or ``folder`` cannot be, that is said before any
    work.
    """
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.outputs import check_folder, check_targets
    from mentormatch.progress import ProgressEvent

    configuration, problem = examine_file(path, overwrite=True).finished()
    check_targets(configuration, targets, overwrite=overwrite, read=[pairs])
    if folder is not None:
        check_folder(folder)
    made = Programme(configuration)
    if pairs is not None:
        from mentormatch.programme.sending import take_pairs

        return made, take_pairs(pairs, problem)
    progress(ProgressEvent("matching"))
    return made, made.match(problem, progress=progress, to_meet=to_meet)


def say(text: str) -> None:
    """Print a text that is not made of paragraphs; a reader who has gone away changes nothing."""
    try:
        typer.echo(text)
    except BrokenPipeError:
        return
    except OSError as error:
        from mentormatch.programme.screen.terminal import ScreenError

        raise ScreenError(error.errno, error.strerror or str(error)) from None


def _version(asked: bool) -> None:
    if asked:
        say(f"mentormatch {__version__}")
        raise typer.Exit


@app.callback()
def entrance(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Show what the library logs, on standard error."),
    ] = False,
) -> None:
    """Match mentees and mentors: proven optimal, every pair explained."""
    if verbose:
        _show_log(context)


def _show_log(context: typer.Context) -> None:
    """Show what the logger of the package says, until the command has ended."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    level = LOGGER.level
    LOGGER.addHandler(handler)
    LOGGER.setLevel(logging.DEBUG)
    context.call_on_close(lambda: LOGGER.removeHandler(handler))
    context.call_on_close(lambda: LOGGER.setLevel(level))


def run() -> None:
    """Run the command that the arguments of the process name."""
    # What the libraries below warn of is for their callers, not for people with two spreadsheets.
    warnings.simplefilter("ignore")
    try:
        app()
    except OSError as error:
        # Commands see to their own errors. What is left is the text of --version and --help.
        from mentormatch.programme.screen.terminal import say_unshown

        say_unshown(error)
        sys.exit(NOT_WRITTEN)
