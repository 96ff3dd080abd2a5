"""The command line: `mentormatch demo`, `init`, `validate`, `match`, `report` and `audit`.

Exit codes: 0 done, 1 the input is wrong, 2 the command was called wrongly. A fault of the package
itself ends with 70, and Ctrl-C with 130.
"""

import functools
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, ParamSpec

import typer

from mentormatch import __version__

__all__ = ["app", "run"]

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


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"mentormatch {__version__}")
        raise typer.Exit


@app.callback()
def entrance(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Match mentees and mentors: proven optimal, every pair explained."""


@app.command()
@handle_errors
def demo() -> None:
    """Match a synthetic programme, in ./mentormatch-demo."""
    from mentormatch import datasets
    from mentormatch.programme import write_demo

    path = write_demo(datasets.sample())
    _match(path, overwrite=True, introduce=True, report=path.parent / "report.html")


@app.command()
@handle_errors
def init(
    mentees: Annotated[Path, typer.Argument(help="The table of the mentees, or of everybody.")],
    mentors: Annotated[
        Path | None,
        typer.Argument(help="The table of the mentors; none where one table has everybody."),
    ] = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where the programme file goes.")
    ] = Path("programme.toml"),
    id_column: Annotated[
        str | None, typer.Option("--id", help="The column that identifies people.")
    ] = None,
    sheets: Annotated[
        tuple[str, str] | None,
        typer.Option("--sheets", help="The sheets of mentees and of mentors in a workbook."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a first programme file from two tables."""
    from mentormatch.programme import write_draft
    from mentormatch.programme.screen.drafting import describe_draft
    from mentormatch.programme.screen.terminal import show, show_progress

    with show_progress("Reading the tables"):
        draft = write_draft(
            mentees,
            mentors,
            output,
            overwrite=overwrite,
            id=id_column,
            sheets=sheets,
        )
    show(describe_draft(output, draft))


@app.command()
@handle_errors
def schema() -> None:
    """Print a JSON Schema of the programme file, for editors that complete and check keys."""
    import json

    from mentormatch.programme.file.schema import make_schema

    typer.echo(json.dumps(make_schema(), indent=1, ensure_ascii=False))


@app.command()
@handle_errors
def validate(programme: ProgrammeFile) -> None:
    """List all that is wrong with a programme and its tables."""
    from mentormatch.programme import examine_file
    from mentormatch.programme.screen.summary import describe_programme
    from mentormatch.programme.screen.terminal import show, show_problems, show_progress

    with show_progress("Reading the tables"):
        examination = examine_file(programme, overwrite=True)
    if examination.findings:
        show_problems(examination.findings)
        raise typer.Exit(INPUT_WRONG)
    show(describe_programme(*examination.finished()))


@app.command()
@handle_errors
def match(
    programme: ProgrammeFile,
    overwrite: Overwrite = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write a report to this HTML file.")
    ] = None,
) -> None:
    """Match a programme and write its outputs."""
    _match(programme, overwrite=overwrite, report=report)


@app.command()
@handle_errors
def report(
    programme: ProgrammeFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path(
        "report.html"
    ),
    group: Annotated[
        list[str] | None,
        typer.Option("--group", "-g", help="A column to compare groups by; may be repeated."),
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a report to look at and to send: one HTML file, no internet needed."""
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen.summary import describe_report
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        made = Programme(configuration)
        progress(ProgressEvent("matching"))
        matching = made.match(problem, progress=progress)
        progress(ProgressEvent("writing the report"))
        made.write_report(matching, output, overwrite=overwrite, groups=group or ())
    show([describe_report(output)])


@app.command()
@handle_errors
def audit(
    programme: ProgrammeFile,
    pairs: Annotated[
        Path | None,
        typer.Argument(help="A list of pairs made elsewhere; without it, the best matching."),
    ] = None,
    group: Annotated[
        list[str] | None,
        typer.Option("--group", "-g", help="A column to compare groups by; may be repeated."),
    ] = None,
) -> None:
    """Audit a matching: does it hold, is it the best, is it stable, is it fair."""
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen.auditing import audit_pairs, describe_audit, read_pairs
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        progress(ProgressEvent("matching"))
        best = Programme(configuration).match(problem, progress=progress)
        found = best if pairs is None else read_pairs(pairs, problem)
        progress(ProgressEvent("auditing"))
        result = audit_pairs(found, group or (), None if pairs is None else best)
    show(describe_audit(result))
    if not result.feasibility.ok:
        raise typer.Exit(INPUT_WRONG)


@app.command()
@handle_errors
def feedback(
    programme: ProgrammeFile,
    ratings: Annotated[Path, typer.Argument(help="The answers, a row for each rated pair.")],
    by: Annotated[
        str | None, typer.Option("--by", help="mentee or mentor, where one side answered.")
    ] = None,
    target: Annotated[
        str, typer.Option("--target", help="What to foretell: rating, continued or goal.")
    ] = "rating",
) -> None:
    """Say what ratings can and cannot tell about the weights; nothing is changed."""
    from mentormatch.feedback import learn_weights, read_ratings
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen.feedback import describe_feedback
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent

    if by not in (None, "mentee", "mentor"):
        raise typer.BadParameter(f"--by is mentee or mentor, not {by}.")
    if target not in ("rating", "continued", "goal"):
        raise typer.BadParameter(f"--target is rating, continued or goal, not {target}.")
    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        made = Programme(configuration)
        answers = read_ratings(ratings, by=by)  # type: ignore[arg-type]
        progress(ProgressEvent("matching"))
        matching = made.match(problem, progress=progress)
        progress(ProgressEvent("learning from the answers"))
        cohort = problem.compatibility.cohort
        assert cohort is not None  # a programme has people
        learned = learn_weights(made.criteria(), cohort, answers, target=target)  # type: ignore[arg-type]
    show(describe_feedback(answers, answers.response(matching), learned))


def _match(
    path: Path, *, overwrite: bool, introduce: bool = False, report: Path | None = None
) -> None:
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen import summary
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(path, overwrite=overwrite).finished()
        programme = Programme(configuration)
        progress(ProgressEvent("matching"))
        matching = programme.match(problem, progress=progress)
        files = programme.write(matching, overwrite=overwrite, progress=progress)
        if report is not None:
            progress(ProgressEvent("writing the report"))
            programme.write_report(matching, report, overwrite=overwrite)
    introduction = summary.describe_demo(path) if introduce else []
    described = summary.describe_matching(matching, programme.columns(matching))
    ending = [] if report is None else [summary.describe_report(report)]
    show([*introduction, *described, summary.describe_files(files), *ending])


def run() -> None:
    """Run the command that the arguments of the process name."""
    # What the libraries below warn of is for their callers, not for people with two spreadsheets.
    warnings.simplefilter("ignore")
    app()
