"""Commands that answer questions about a matching, make it again, and check its record."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from mentormatch.cli.entrance import (
    INPUT_WRONG,
    AsJson,
    Overwrite,
    ProgrammeFile,
    app,
    handle_errors,
    match_file,
    say,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.programme.screen.paragraph import Paragraph

Record = Annotated[
    Path, typer.Argument(help="A record, such as record.json, or a report that holds one.")
]


@app.command()
@handle_errors
def explain(
    programme: ProgrammeFile,
    mentee: Annotated[
        str | None, typer.Option("--mentee", help="Id or name of a mentee; alone: all about them.")
    ] = None,
    mentor: Annotated[
        str | None, typer.Option("--mentor", help="Id or name of a mentor; alone: all about them.")
    ] = None,
    audience: Annotated[
        str,
        typer.Option(
            "--audience",
            help="committee, mentee or mentor: who reads it. The last two need --mentee or "
            "--mentor, and read nothing about others.",
        ),
    ] = "committee",
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Try each of the [[scenarios]] of the file instead.")
    ] = False,
    costs: Annotated[
        bool,
        typer.Option(
            "--costs",
            help="Say instead what each pin, ban, quota, apart and together costs, and what all "
            "minimums do; of another strategy than optimal, what that costs. All are matched again "
            "without each, which takes as long as so many matchings.",
        ),
    ] = False,
    record: Annotated[
        Path | None, typer.Option("--record", help="Also write the record of the matching here.")
    ] = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Say why this mentor and not that one. Also who got nobody, and what would help."""
    from mentormatch.programme import as_data
    from mentormatch.programme.screen.explaining import (
        describe_answers,
        describe_costs,
        describe_scenarios,
    )
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent

    about = mentee is not None or mentor is not None
    asked = {"--mentee or --mentor": about, "--scenarios": scenarios, "--costs": costs}
    several = [name for name, is_asked in asked.items() if is_asked]
    if audience == "committee" and len(several) > 1:
        raise typer.BadParameter(
            f"{' and '.join(several)} are different questions, and {several[-1]} is about "
            "everybody. Ask one at a time."
        )
    if audience not in ("committee", "mentee", "mentor"):
        raise typer.BadParameter(f"--audience is committee, mentee or mentor, not {audience}.")
    reader = mentee if audience == "mentee" else mentor
    other = "--costs" if costs else "--scenarios"
    if audience != "committee" and (scenarios or costs or reader is None):
        raise typer.BadParameter(
            f"--audience {audience} needs --{audience} and no {other}: a {audience} reads "
            "nothing about others."
        )
    targets = [] if record is None else [record]
    with show_progress("Reading the tables") as progress:
        made, matching = match_file(programme, progress, targets=targets, overwrite=overwrite)
        progress(ProgressEvent("explaining"))
        columns = made.columns(matching)
        said: Sequence[Paragraph]
        if costs:
            said = describe_costs(
                matching, made.match, columns, made.configuration.match.time_limit
            )
        elif scenarios:
            said = describe_scenarios(matching, made.configuration, columns)
        else:
            said = describe_answers(matching, mentee, mentor, audience, columns)
        if record is not None:
            matching.save(record, overwrite=overwrite)
    if as_json:
        data = as_data.explain_data(said, audience, targets)
        say(as_data.as_json("explain", data, said, ok=True))
    else:
        show(said)


@app.command()
@handle_errors
def rematch(
    programme: ProgrammeFile,
    previous: Annotated[
        Path, typer.Option("--previous", help="The record of the matching of before.")
    ],
    max_changes: Annotated[
        int | None, typer.Option("--max-changes", help="So many changes at most; see --count.")
    ] = None,
    change_value: Annotated[
        float | None, typer.Option("--change-value", help="What a change costs, in score.")
    ] = None,
    count: Annotated[
        str | None,
        typer.Option(
            "--count",
            help="What a change is: mentees who lose a mentor they could have kept, pairs that "
            "end, or people of either side who lose somebody; by default mentees, or pairs where "
            "some want several mentors.",
        ),
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="Write the record of the new matching here.")
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Write the outputs of the programme file anew.")
    ] = False,
    overwrite: Overwrite = False,
) -> None:
    """Match again after somebody left or came. Few change, each for a reason."""
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.outputs import check_targets
    from mentormatch.programme.screen.explaining import describe_rematch
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent
    from mentormatch.records import load_matching, record_bytes
    from mentormatch.rematching import Count
    from mentormatch.rematching import rematch as match_again
    from mentormatch.safe_files import replace_files

    if count is not None and count not in get_args(Count):
        raise typer.BadParameter(f"--count is mentees, pairs or people, not {count}.")
    with show_progress("Reading the tables") as progress:
        examined = examine_file(programme, overwrite=overwrite or not write)
        configuration, problem = examined.finished()
        check_targets(configuration, [] if record is None else [record], overwrite=overwrite)
        before = load_matching(previous)
        progress(ProgressEvent("matching"))
        counted = count or ("pairs" if problem.wants_several else "mentees")
        again = match_again(
            before,
            problem,
            max_changes=max_changes,
            change_value=change_value,
            count=cast("Count", counted),
        )
        beside = {} if record is None else {record: record_bytes(again)}
        written = list(beside)
        if write:
            made = Programme(configuration)
            written += made.write(again, overwrite=overwrite, progress=progress, beside=beside)
        else:
            replace_files(beside, overwrite=overwrite)
    show(describe_rematch(again, written))


@app.command()
@handle_errors
def verify(
    record: Record,
    programme: Annotated[
        Path | None,
        typer.Argument(help="The programme file; without it, programme.toml beside the record."),
    ] = None,
    key: Annotated[
        str | None, typer.Option("--key", help="What a pseudonymous record was saved with.")
    ] = None,
) -> None:
    """Recompute the proof of a record or a report. It says yes or no."""
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen.explaining import describe_verdict
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.records import load_matching

    with show_progress("Reading the tables"):
        found = load_matching(record)
        path = programme or record.with_name("programme.toml")
        configuration, problem = examine_file(path, overwrite=True).finished()
        if configuration.plan.rematch:
            # The proof is of the problem with the rules that meetings take; planning finds them.
            problem = Programme(configuration).match(problem).problem
        verdict = found.verify(problem, key=key)
    show(describe_verdict(found, verdict))
    if not verdict.ok:
        raise typer.Exit(INPUT_WRONG)
