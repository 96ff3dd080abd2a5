"""What the columns of a table of answers are, by their headings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from mentormatch.cohort import nearest_name
from mentormatch.cohort.columns.roles import find_role_column
from mentormatch.cohort.identity.called import role_heading
from mentormatch.cohort.names import quote_names
from mentormatch.errors import CohortError, Finding
from mentormatch.feedback.answers.scales import Scale, has_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

__all__ = ["OUTCOMES", "SCALE_IN_HEADING", "Outcome", "name_columns"]

Outcome: TypeAlias = Literal["rating", "continued", "goal"]
OUTCOMES: tuple[Outcome, ...] = ("rating", "continued", "goal")

# What a column of answers is called, most telling first; compared without case and punctuation.
HEADINGS: dict[str, tuple[str, ...]] = {
    "mentee": ("mentee", "mentee id", "mentee email", "mentee e mail"),
    "mentor": ("mentor", "mentor id", "mentor email", "mentor e mail"),
    "by": ("by", "rated by", "role", "side", "i am", "respondent", "your role", "rolle", "ich bin"),
    "rating": (
        "rating", "satisfaction", "overall", "score", "how satisfied are you",
        "zufriedenheit", "bewertung", "wie zufrieden sind sie", "wie zufrieden bist du",
        "satisfacción", "valoración",
    ),
    "continued": (
        "continued", "still meeting", "continues", "do you still meet",
        "treffen sie sich noch", "trefft ihr euch noch",
    ),
    "goal": ("goal", "goal score", "goal attainment"),
    "milestone": ("milestone", "survey", "wave", "meilenstein"),
    "date": ("date", "timestamp", "completion time", "datum", "zeitstempel"),
    "cohort": ("cohort", "round", "year", "runde", "jahrgang"),
}  # fmt: skip
# How Python names a column that is called otherwise; the command line leaves this out.
NAMED = ", or name it with columns={…}"
# A scale that stands in a heading, as in "satisfaction (1-5)".
SCALE_IN_HEADING = re.compile(r"(.*?)\s*[(\[]\s*(\d+)\s*(?:-|–|to|\.\.)\s*(\d+)\s*[)\]]\s*")


def name_columns(
    frame: pd.DataFrame,
    file: str,
    columns: Mapping[str, str],
    by: Literal["mentee", "mentor"] | None,
    notes: list[str],
) -> dict[str, str]:
    """Find what each column is; all that is missing is one error."""
    names = _find_columns(frame, file, columns)
    wrong: list[Finding] = []
    if by is None and "by" not in names:
        roles = find_role_column(frame.drop(columns=list(names.values())))
        if roles is not None and not roles.both:
            names["by"] = roles.column
            notes.append(f"Who answered is read from the column {roles.column!r}.")
        else:
            expected = (
                "no column says which side answered. Add a column 'by' that holds mentee or "
                'mentor, or say by="mentee" where one side answered.'
            )
            wrong.append(Finding(file, None, None, None, expected))
    for need in ("mentee", "mentor"):
        if need not in names:
            expected = f"a column {need!r} with the id of the {need} is needed{NAMED}."
            wrong.append(Finding(file, None, need, None, expected))
    if not any(name in names for name in OUTCOMES):
        scaled = [name for name in frame.columns if _holds_its_scale(frame[name], name)]
        if len(scaled) == 1:
            names["rating"] = scaled[0]
            notes.append(f"The ratings are read from the column {scaled[0]!r}, as its scale says.")
    if not any(name in names for name in OUTCOMES):
        several = f", but several have a scale: {quote_names(scaled)}" if scaled else ""
        expected = f"no column of ratings was found{several}. Call it 'rating' in the file{NAMED}."
        wrong.append(Finding(file, None, None, None, expected))
    if wrong:
        raise CohortError(wrong)
    return names


def _holds_its_scale(cells: pd.Series, heading: object) -> bool:
    """Whether a heading ends in a scale, as in "How was it? (1-5)", and its cells lie on it."""
    found = SCALE_IN_HEADING.fullmatch(str(heading))
    if found is None or int(found[2]) >= int(found[3]):
        return False
    scale = Scale(float(found[2]), float(found[3]), {}, "")
    numbers = [scale.read(cell) for cell in cells]
    return None not in numbers and any(has_answer(cell) for cell in cells)


def _find_columns(frame: pd.DataFrame, file: str, named: Mapping[str, str]) -> dict[str, str]:
    """Return the column of each part, as named or by its heading."""
    wrong = []
    for part, column in named.items():
        if part not in HEADINGS:
            near = nearest_name(part, HEADINGS)
            expected = f"columns= names parts of a rating: {', '.join(HEADINGS)}."
            wrong.append(Finding(file, None, part, None, expected, near))
        elif column not in frame:
            near = nearest_name(column, list(map(str, frame.columns)))
            wrong.append(Finding(file, None, column, None, "there is no such column.", near))
    if wrong:
        raise CohortError(wrong)
    scaled_columns: dict[str, str] = {}
    folded = {_fold(column): column for column in reversed(list(frame.columns))}
    for column in reversed(list(frame.columns)):
        if scaled := SCALE_IN_HEADING.fullmatch(str(column)):
            scaled_columns[_fold(scaled[1])] = column
    found = dict(named)
    for part, headings in HEADINGS.items():
        for heading in headings:
            if part not in found and heading in folded:
                found[part] = folded[heading]
            elif part == "rating" and part not in found and heading in scaled_columns:
                found[part] = scaled_columns[heading]
    for part in ("mentee", "mentor"):
        alike = [column for column in frame.columns if role_heading(column) == part]
        if part not in found and len(alike) == 1:
            found[part] = alike[0]
    return found


def _fold(heading: object) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in str(heading)).split()).casefold()
