"""The command line: its options, its errors, and what all commands share.

Exit codes: 0 done, 1 the input is wrong, 2 the command was called wrongly. A fault of the package
itself ends with 70, Ctrl-C with 130, and a request to end (SIGTERM) with 143.
"""

import functools
import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from mentormatch import __version__

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.programme import Programme
    from mentormatch.progress import Progress

__all__ = [
    "INPUT_WRONG",
    "Overwrite",
    "ProgrammeFile",
    "app",
    "handle_errors",
    "match_file",
    "run",
    "say",
]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

INPUT_WRONG = 1
ProgrammeFile = Annotated[Path, typer.Argument(help="The programme file, such as programme.toml.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace files that exist already.")]

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
    overwrite: bool = False,
) -> "tuple[Programme, Matching]":
    """Read a programme file and match its people, whatever outputs exist; or take given pairs.

    Where one of ``targets`` cannot be written, that is said before any work.
    """
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.outputs import check_targets
    from mentormatch.progress import ProgressEvent

    configuration, problem = examine_file(path, overwrite=True).finished()
    check_targets(configuration, targets, overwrite=overwrite, read=[pairs])
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
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Match mentees and mentors: proven optimal, every pair explained."""


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
        sys.exit(INPUT_WRONG)
