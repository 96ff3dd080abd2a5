"""What ratings can and cannot tell, in words for whoever runs the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.feedback import Learned, Ratings

__all__ = ["describe_feedback", "describe_learned"]

IDENTIFIED = {"yes": "can be told", "weak": "can hardly be told", "no": "cannot be told"}


def describe_feedback(
    ratings: Ratings, response: pd.DataFrame, learned: Learned, *, of_record: bool
) -> list[Paragraph]:
    """Tell who answered, what was learned, and what was refused.

    Parameters
    ----------
    ratings
        As `mentormatch.read_ratings` read them.
    response
        What `Ratings.response` gave.
    learned
        What `mentormatch.learn_weights` gave.
    of_record
        Whether those who were asked are the pairs of a record, and not those of today's file.
    """
    asked = "of the record" if of_record else "that the file makes today"
    return [
        Paragraph(f"Who answered, of the pairs {asked}", _response_lines(response)),
        Paragraph("How the answers were read", _reading_lines(ratings)),
        *describe_learned(learned),
    ]


def describe_learned(learned: Learned) -> list[Paragraph]:
    """Tell which weights changed, which did not, and why."""
    return [
        Paragraph(_headline(learned), tuple(_weight_lines(learned))),
        Paragraph("What was not done, and why", _as_lines(learned.refusals or ("Nothing.",))),
        *_next_step(learned),
    ]


def _as_lines(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"  {one}" for one in sentences)


def _response_lines(response: pd.DataFrame) -> tuple[str, ...]:
    lines = []
    for row in response.to_dict("records"):
        who = f"{row['side']}s"
        if row["group"] is not None:
            who += f" of {row['grouping']} {row['group']}"
        when = "" if row["milestone"] is None else f" at {row['milestone']}"
        lines.append(
            f"{row['answered']:,} of {row['asked']:,} {who}{when} ({row['rate']:.0%}; "
            f"{row['low']:.0%} to {row['high']:.0%})"
        )
    lines.append("Who says nothing may think otherwise: a low rate makes every average doubtful.")
    return _as_lines(tuple(lines))


def _reading_lines(ratings: Ratings) -> tuple[str, ...]:
    scales = [f"{name}: {scale}" for name, scale in ratings.scales.items()]
    return _as_lines((*scales, *ratings.notes))


def _headline(learned: Learned) -> str:
    if learned.adopted:
        return f"Other weights foretell {learned.target} better, beyond doubt"
    return "The weights stay as they are"


def _weight_lines(learned: Learned) -> list[str]:
    return [
        f"  {row['criterion']}: {row['old']:g} -> {row['new']:.3g}; the answers alone say "
        f"{row['low']:.2g} to {row['high']:.2g}; its weight {IDENTIFIED[row['identified']]}: "
        f"{row['why']}"
        for row in learned.report.to_dict("records")
    ]


def _next_step(learned: Learned) -> list[Paragraph]:
    if not learned.adopted:
        return []
    weights = [f"  {label}: weight = {one:.4g}" for label, one in learned.criteria.weights.items()]
    text = "  Nothing was changed. To use these weights, write them into the programme file:"
    return [Paragraph("If you agree", (text, *weights))]
