"""The command that says what ratings can and cannot tell."""

from pathlib import Path
from typing import Annotated

import typer

from mentormatch.cli.entrance import ProgrammeFile, app, handle_errors


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
