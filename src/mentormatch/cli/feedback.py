"""Commands about what a round teaches: feedback and cycle."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.entrance import Overwrite, ProgrammeFile, app, handle_errors

Groups = Annotated[
    list[str] | None,
    typer.Option("--group", "-g", help="A column of the mentees to compare by, beside the file's."),
]


By = Annotated[str | None, typer.Option("--by", help="mentee or mentor, where one side answered.")]


@app.command()
@handle_errors
def feedback(
    programme: ProgrammeFile,
    ratings: Annotated[Path, typer.Argument(help="The answers, a row for each rated pair.")],
    by: By = None,
    target: Annotated[
        str, typer.Option("--target", help="What to foretell: rating, continued or goal.")
    ] = "rating",
    record: Annotated[
        Path | None, typer.Option("--record", help="The record of the pairs that were asked.")
    ] = None,
    group: Groups = None,
) -> None:
    """Say what ratings can and cannot tell about the weights. Nothing is changed."""
    from mentormatch.audits.fairness.small_groups import merge_small_labels
    from mentormatch.feedback import learn_weights, names_as_ids, read_ratings
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.screen.feedback import describe_favour, describe_feedback
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.progress import ProgressEvent
    from mentormatch.records import load_matching

    if by not in (None, "mentee", "mentor"):
        raise typer.BadParameter(f"--by is mentee or mentor, not {by}.")
    if target not in ("rating", "continued", "goal"):
        raise typer.BadParameter(f"--target is rating, continued or goal, not {target}.")
    with show_progress("Reading the tables") as progress:
        configuration, problem = examine_file(programme, overwrite=True).finished()
        made = Programme(configuration)
        answers = read_ratings(ratings, by=by)  # type: ignore[arg-type]
        progress(ProgressEvent("matching"))
        asked = load_matching(record) if record else made.match(problem, progress=progress)
        progress(ProgressEvent("learning from the answers"))
        cohort = problem.compatibility.cohort
        assert cohort is not None  # a programme has people
        answers = names_as_ids(answers, cohort)
        learned = learn_weights(made.criteria(), cohort, answers, target=target)  # type: ignore[arg-type]
        groups = [*configuration.report.groups, *(group or [])]
        known = [name for name in dict.fromkeys(groups) if name in cohort.mentees]
        sections = describe_favour(learned, problem, known)
    of_people = {name: merge_small_labels(cohort.mentees[name]).to_dict() for name in known}
    response = answers.response(asked, of_people)
    # The columns are those of mentees, whose ids may be mentors' as well.
    response = response[response["group"].isna() | (response["side"] == "mentee")]
    of_record = record is not None
    told = describe_feedback(answers, response, learned, asked.pairs, of_record=of_record)
    show([*told, *sections])


@app.command()
@handle_errors
def cycle(
    programme: ProgrammeFile,
    last: Annotated[
        Path | None,
        typer.Option("--last", help="The last round's programme file, if its people differ."),
    ] = None,
    ratings: Annotated[
        Path | None, typer.Option("--ratings", help="The answers, a row for each rated pair.")
    ] = None,
    by: By = None,
    record: Annotated[
        Path | None, typer.Option("--record", help="The last round's record, a JSON file.")
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option("--decisions", help="The workbook with the committee's decisions."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Also write the page: .md, or .html with a chart."),
    ] = None,
    group: Groups = None,
    overwrite: Overwrite = False,
) -> None:
    """Propose the next round from what the last one taught. Nothing is changed."""
    from mentormatch.feedback import names_as_ids, read_ratings
    from mentormatch.programme import Programme, examine_file
    from mentormatch.programme.cycle import plan_cycle
    from mentormatch.programme.outputs import check_targets
    from mentormatch.programme.screen.cycle import as_html, as_page, describe_cycle
    from mentormatch.programme.screen.terminal import show, show_progress
    from mentormatch.records import load_matching
    from mentormatch.reports import read_decisions
    from mentormatch.safe_files import replace_files

    if by not in (None, "mentee", "mentor"):
        raise typer.BadParameter(f"--by is mentee or mentor, not {by}.")
    with show_progress("Reading the tables"):
        configuration, problem = examine_file(programme, overwrite=True).finished()
        check_targets(
            configuration,
            [] if output is None else [output],
            overwrite=overwrite,
            read=[last, ratings, record, decisions],
        )
        before = None if last is None else examine_file(last, overwrite=True).finished()[1]
        cohort = (before or problem).compatibility.cohort
        assert cohort is not None  # a programme has people
        found = plan_cycle(
            problem,
            Programme(configuration).criteria(),
            last=before,
            ratings=None if ratings is None else names_as_ids(read_ratings(ratings, by=by), cohort),  # type: ignore[arg-type]
            record=None if record is None else load_matching(record),
            decisions=None if decisions is None else read_decisions(decisions, before or problem),
        )
        sections = describe_cycle(found, [*configuration.report.groups, *(group or [])])
        if output is not None:
            html = output.suffix.lower() in (".html", ".htm")
            page = as_html(sections, found) if html else as_page(sections)
            replace_files({output: page.encode()}, overwrite=overwrite)
    show(sections)
