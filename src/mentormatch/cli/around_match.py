"""Commands around the match: demo, init, schema, validate, match, report, audit."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.entrance import (
    INPUT_WRONG,
    AsJson,
    GivenPairs,
    Groups,
    Overwrite,
    ProgrammeFile,
    app,
    handle_errors,
    match_file,
    say,
)


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
        typer.Option(
            "--sheets",
            metavar="MENTEES MENTORS",
            help='Two sheets, of mentees and of mentors, as in --sheets "Form 1" "Form 2".',
        ),
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept", help='A question answered with yes: "sides", "one file"; may be repeated.'
        ),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", help="The column of one table that says who is mentee or mentor."),
    ] = None,
    mentee: Annotated[
        list[str] | None,
        typer.Option("--mentee", help="A value in it that means a mentee; may be repeated."),
    ] = None,
    mentor: Annotated[
        list[str] | None, typer.Option("--mentor", help="One that means a mentor.")
    ] = None,
    both: Annotated[list[str] | None, typer.Option("--both", help="One that means both.")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option("--ignore", help="One whose rows are left out.")
    ] = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a first programme file from two tables, or from one of everybody."""
    from mentormatch.programme import write_draft
    from mentormatch.programme.screen.drafting import describe_draft
    from mentormatch.programme.screen.terminal import show, show_progress

    roles = {"column": role, "mentee": mentee, "mentor": mentor, "both": both, "ignore": ignore}
    with show_progress("Reading the tables"):
        draft = write_draft(
            mentees,
            mentors,
            output,
            overwrite=overwrite,
            id=id_column,
            sheets=sheets,
            accept=accept or (),
            role={key: said for key, said in roles.items() if said is not None},
        )
    show(describe_draft(output, draft))


@app.command()
@handle_errors
def schema(
    *,
    record: Annotated[
        bool, typer.Option("--record", help="Of the record of a matching instead.")
    ] = False,
) -> None:
    """Print a JSON Schema of the programme file. Editors complete and check keys by it."""
    import json

    from mentormatch.programme.file.schema import make_schema
    from mentormatch.records import record_schema

    made = record_schema() if record else make_schema()
    say(json.dumps(made, indent=1, ensure_ascii=False))


@app.command()
@handle_errors
def validate(
    programme: ProgrammeFile,
    whole: Annotated[
        bool, typer.Option("--all", help="Show all problems, and long lists whole.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List all that is wrong with a programme and its tables."""
    from mentormatch.programme import as_data, examine_file
    from mentormatch.programme.screen.summary import describe_decisions, describe_programme
    from mentormatch.programme.screen.terminal import describe_problems, show, show_progress

    with show_progress("Reading the tables"):
        examination = examine_file(programme, overwrite=True)
    wrong = bool(examination.findings)
    if wrong:
        sections = describe_problems(examination.findings, whole=whole or as_json)
    else:
        decided = describe_decisions(examination.decisions)
        configuration, problem = examination.finished()
        sections = describe_programme(
            configuration, problem, decided=decided, whole=whole or as_json
        )
    if as_json:
        say(as_data.as_json("validate", as_data.validate_data(examination), sections, ok=not wrong))
    else:
        show(sections)
    if wrong:
        raise typer.Exit(INPUT_WRONG)


@app.command()
@handle_errors
def match(
    programme: ProgrammeFile,
    overwrite: Overwrite = False,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also write a report to this HTML file.")
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", help="Also write the record (JSON) that verify, rematch and cycle take."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Match a programme and write its outputs."""
    _match(programme, overwrite=overwrite, report=report, record=record, as_json=as_json)


@app.command()
@handle_errors
def report(
    programme: ProgrammeFile,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the report goes.")] = Path(
        "report.html"
    ),
    group: Groups = None,
    pairs: GivenPairs = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a report to look at and to send. It is one HTML file and needs no internet."""
    from mentormatch.programme.screen.auditing import describe_list
    from mentormatch.programme.screen.summary import describe_report
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.programme.screen.unread import describe_unkept
    from mentormatch.programme.sending import say_other_pairs
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        made, matching = match_file(
            programme, progress, pairs, targets=[output], overwrite=overwrite
        )
        other = [] if pairs is not None else say_other_pairs(made, matching)
        progress(ProgressEvent("writing the report"))
        made.write_report(matching, output, overwrite=overwrite, groups=group or ())
    unkept = describe_unkept(made.configuration, matching)
    show([*other, *unkept, *describe_list(matching), describe_report(output)])


@app.command()
@handle_errors
def audit(
    programme: ProgrammeFile,
    pairs: Annotated[
        Path | None,
        typer.Argument(help="A list of pairs made elsewhere; without it, the best matching."),
    ] = None,
    group: Groups = None,
    as_json: AsJson = False,
) -> None:
    """Audit a matching. It says whether it holds, is the best, is stable and is fair."""
    from mentormatch.programme import Programme, as_data, examine_file
    from mentormatch.programme.screen.auditing import (
        audit_pairs,
        describe_audit,
        describe_list,
        read_pairs,
    )
    from mentormatch.programme.screen.summary import describe_cautions
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.programme.screen.unread import describe_unkept
    from mentormatch.progress import ProgressEvent

    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        progress(ProgressEvent("matching"))
        made = Programme(configuration)
        best = made.match(problem, progress=progress)
        found = best if pairs is None else read_pairs(pairs, problem)
        progress(ProgressEvent("auditing"))
        result = audit_pairs(found, group or (), None if pairs is None else best)
    answer, *parts = describe_audit(result)
    unkept = describe_unkept(configuration, found)
    cautions = describe_cautions(found, made.columns(found))
    sections = [*unkept, answer, *describe_list(found), *cautions, *parts]
    if as_json:
        kept = result.feasibility.ok
        say(as_data.as_json("audit", as_data.audit_data(result), sections, ok=kept))
    else:
        show(sections)
    if not result.feasibility.ok:
        raise typer.Exit(INPUT_WRONG)


def _match(
    path: Path,
    *,
    overwrite: bool,
    introduce: bool = False,
    report: Path | None = None,
    record: Path | None = None,
    as_json: bool = False,
) -> None:
    from mentormatch.programme import Programme, as_data, examine_file
    from mentormatch.programme.outputs import check_targets
    from mentormatch.programme.screen import summary, unread
    from mentormatch.programme.screen.drafting import describe_demo
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent
    from mentormatch.records import record_bytes

    with show_progress("Reading the tables") as progress:
        examination = examine_file(path, overwrite=overwrite)
        configuration, problem = examination.finished()
        targets = [one for one in (report, record) if one is not None]
        check_targets(configuration, targets, overwrite=overwrite)
        programme = Programme(configuration)
        progress(ProgressEvent("matching"))
        matching = programme.match(problem, progress=progress)
        beside = {}
        if report is not None:
            progress(ProgressEvent("making the report"))
            beside[report] = programme.make_report(matching)
        if record is not None:
            beside[record] = record_bytes(matching)
        files = programme.write(matching, overwrite=overwrite, progress=progress, beside=beside)
        cost = ""
        if examination.undecided is not None and matching.probabilities is None:
            progress(ProgressEvent("matching without the decisions"))
            cost = programme.say_cost_of_decisions(matching, examination.undecided, progress)
    introduction = describe_demo(path) if introduce else []
    described = summary.describe_matching(matching, programme.columns(matching))
    decided = summary.describe_decisions(examination.decisions, cost)
    unkept = [
        *unread.describe_gender_wishes(configuration, problem.compatibility.cohort),
        *unread.describe_lost_refusals(configuration, problem, matching),
        *unread.describe_unkept(configuration, matching, earlier=False),
    ]
    ending = [] if report is None else [summary.describe_report(report)]
    files += [] if record is None else [record]
    sections = [*introduction, *unkept, *decided, *described, summary.describe_files(files)]
    sections += ending
    if as_json:
        written = files if report is None else [*files, report]
        say(as_data.as_json("match", as_data.match_data(matching, written), sections, ok=True))
    else:
        show(sections)
