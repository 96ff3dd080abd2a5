"""What ratings can and cannot tell, in words for whoever runs the programme."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.audits.fairness.small_groups import labels_to_show, merge_small_labels
from mentormatch.compatibility.ids import format_count
from mentormatch.feedback import group_residuals, group_shares, proxies
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.feedback import Learned, Ratings
    from mentormatch.problem import Problem

__all__ = ["describe_favour", "describe_feedback", "describe_learned"]

# A column that explains less of what a criterion has of its own is no proxy worth a line.
PROXY = 0.1
# From here on it reads as 100%.
WHOLE = 0.995

IDENTIFIED = {"yes": "can be told", "weak": "can hardly be told", "no": "cannot be told"}


def describe_feedback(
    ratings: Ratings,
    response: pd.DataFrame,
    learned: Learned,
    pairs: pd.DataFrame,
    *,
    of_record: bool,
) -> list[Paragraph]:
    """Tell who answered, what was learned, and what was refused.

    ``response`` is what `Ratings.response` gave. ``pairs`` says who was asked about whom: columns
    mentee, mentor; ``of_record`` that they are those of a record, and not of today's file.
    """
    if ratings.asked is not None:
        of_whom = "of those whom the table of answers lists"
    else:
        of_whom = f"of the pairs {'of the record' if of_record else 'that the file makes today'}"
    return [
        Paragraph(
            f"Who answered, {of_whom}",
            (*_response_lines(response), *_as_lines(_of_other_pairs(ratings, pairs))),
        ),
        Paragraph("How the answers were read", _reading_lines(ratings)),
        *describe_learned(learned),
    ]


def describe_learned(learned: Learned) -> list[Paragraph]:
    """Tell which weights changed, which did not, and why."""
    return [
        Paragraph(_headline(learned), tuple(_weight_lines(learned))),
        *_evidence(learned),
        Paragraph("What was not done, and why", _as_lines(learned.refusals or ("Nothing.",))),
        *_next_step(learned),
    ]


def describe_favour(learned: Learned, problem: Problem, groups: Sequence[str]) -> list[Paragraph]:
    """Tell whom the weights favour, by columns of the mentees' table; nothing is corrected."""
    cohort = problem.compatibility.cohort
    lines = []
    if cohort is None:
        return []
    # A column may stand in the programme file and behind --group.
    labels = {
        column: merge_small_labels(cohort.mentees[column]).astype(object)
        for column in dict.fromkeys(groups)
        if column in cohort.mentees
    }
    raters = pd.unique(learned.evidence.mentee_positions)
    rated = labels_to_show({column: own.iloc[raters] for column, own in labels.items()})
    for column, shown in labels_to_show(labels).items():
        if learned.validation is not None:
            rest = group_residuals(learned, cohort, column).set_index("group")
            rest = rest[rest.index.isin(shown & rated[column])].dropna(subset=["low"])
            lines += [
                f"  {column} {group}: rated {row['residual']:+.3f} beside what was foretold "
                f"({row['low']:+.3f} to {row['high']:+.3f})"
                for group, row in rest.iterrows()
            ]
        if learned.adopted:
            shares = group_shares(learned, problem, column).set_index("group")
            lines += [
                f"  {column} {group}: {row['matched_old']:.0%} matched with the old weights, "
                f"{row['matched_new']:.0%} with the new"
                for group, row in shares[shares.index.isin(shown)].iterrows()
            ]
        found = proxies(learned, cohort, [column])
        lines += [
            f"  {row['criterion']} stands for {column}"
            f"{'' if row['partial_r2'] >= WHOLE else ' in part'}: it explains "
            f"{row['partial_r2']:.0%} of what no other criterion does"
            for row in found[found["partial_r2"] >= PROXY].to_dict("records")
        ]
    return [Paragraph("Whom it favours; nothing is corrected", tuple(lines))] if lines else []


def _evidence(learned: Learned) -> list[Paragraph]:
    """Figures on answers that had no part in the fit, with the old and with other weights."""
    rows = learned.cv.dropna(subset=["new"]).to_dict("records")
    lines = tuple(f"  {row['figure']}: {row['old']:.3g} -> {row['new']:.3g}" for row in rows)
    return [Paragraph("On answers about mentors left out of the fit", lines)] if lines else []


def _as_lines(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"  {one}" for one in sentences)


def _response_lines(response: pd.DataFrame) -> tuple[str, ...]:
    lines = []
    # Where some rows have a group, what the others lack is None or NaN.
    table = response.astype(object).where(response.notna(), None)
    for row in table.to_dict("records"):
        if not row["asked"] or not row["shown"]:
            continue
        who = format_count(row["asked"], row["side"])
        if row["group"] is not None:
            who += f" of {row['grouping']} {row['group']}"
        when = "" if row["milestone"] is None else f" at {row['milestone']}"
        lines.append(
            f"{row['answered']:,} of {who}{when} ({row['rate']:.0%}; "
            f"{row['low']:.0%} to {row['high']:.0%})"
        )
    lines.append("Who says nothing may think otherwise: a low rate makes every average doubtful.")
    return _as_lines(tuple(lines))


def _of_other_pairs(ratings: Ratings, pairs: pd.DataFrame) -> tuple[str, ...]:
    """Say how many answers are about pairs that nobody was asked about."""
    rated = pd.MultiIndex.from_frame(ratings.table[["mentee", "mentor"]])
    count = int((~rated.isin(pd.MultiIndex.from_frame(pairs[["mentee", "mentor"]]))).sum())
    if not count:
        return ()
    answers = "1 answer is" if count == 1 else f"{count:,} answers are"
    return (f"{answers} about other pairs: people changed since, or a wrong name was written.",)


def _reading_lines(ratings: Ratings) -> tuple[str, ...]:
    scales = [
        f"{name} ({format_count(int(ratings.table[name].notna().sum()), 'answer')}): {scale}"
        for name, scale in ratings.scales.items()
    ]
    return _as_lines((*scales, *ratings.notes))


def _headline(learned: Learned) -> str:
    if learned.adopted:
        return f"Other weights foretell {learned.target} better, beyond doubt"
    return f"The weights stay as they are: no others foretell {learned.target} better beyond doubt"


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
