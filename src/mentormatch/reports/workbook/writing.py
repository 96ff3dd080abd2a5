"""Write the workbook: what is proposed, whom else, and cells for a committee's decisions."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits import fairness_of, stability_of
from mentormatch.cohort import SIDES
from mentormatch.errors import MentorMatchError, readable
from mentormatch.explanations.cautions import public_notes
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.matching.plain import say_plainly
from mentormatch.reports.answers import rank_next_best
from mentormatch.reports.audited import fairness_rows, stability_rows
from mentormatch.reports.next_best import next_best
from mentormatch.reports.words import pairs_to_look_at, people_names, plain_reason
from mentormatch.reports.workbook.decided import refuse_decided
from mentormatch.reports.workbook.decisions import CHANGE, KEEP, OPEN, WORDS
from mentormatch.reports.workbook.manifest import (
    SHEET,
    Manifest,
    fingerprint,
    hash_row,
    identify_record,
)
from mentormatch.reports.workbook.styling import add_choices, add_sheet
from mentormatch.safe_files import escape_cell, replace_file

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence

    from openpyxl import Workbook

    from mentormatch.cohort import Side
    from mentormatch.matching import Matching
    from mentormatch.problem import PairRule

__all__ = ["DECIDE", "id_text", "plain_text", "write_workbook"]

ALTERNATIVES = 3
# How many eligible mentors a cell offers to choose from; of more, the best are offered.
MOST_OFFERED = 50
MOST_PAIRS_EXAMINED = 50_000_000
MOST_CHARACTERS = 32_000
DECIDE = ("decision", "change to", "reason")
# Larger whole numbers are rounded in a cell.
MOST_EXACT = 10**15


def cell_text(value: object) -> object:
    """Make a value fit for a cell: numbers stay, text is harmless, nothing is a formula."""
    if value is None or (isinstance(value, float) and np.isnan(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int) and abs(value) > MOST_EXACT:
        return str(value)
    if isinstance(value, bool | int | float):
        return value
    return escape_cell(readable(value)[:MOST_CHARACTERS])


def plain_text(value: object) -> str:
    """Text of a cell: 1.0 is 1, for programs write both, and the space around it does not count."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value).strip()


def id_text(value: object) -> str:
    """Text of an id as its cell gives it back."""
    return plain_text(cell_text(value))


def write_workbook(
    matching: Matching,
    path: str | Path,
    *,
    overwrite: bool = False,
    groups: object = None,
    reasons: int = 3,
    look_at: Mapping[tuple[Hashable, Hashable], str] | None = None,
) -> None:
    """Write a workbook for a committee to look through, override and sign.

    Parameters
    ----------
    matching
        The proposal.
    path
        Where it goes; ends in .xlsx.
    overwrite
        Whether a file that exists may be replaced.
    groups
        Columns by which fairness is looked at, as in `mentormatch.audit`.
    reasons
        The most sentences of a pair. They quote cells of people's tables; 0: none.
    look_at
        Why the committee should look at some pairs, by the ids of mentee and mentor; it stands in
        a column of its own. A pair that a name in the column of a rule may forbid is always there.

    Raises
    ------
    MentorMatchError
        The name does not end in .xlsx, two people cannot be told apart in a cell, or the file holds
        decisions that would be lost.
    FileExistsError
        The file exists and ``overwrite`` is False.
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        raise MentorMatchError(f"The workbook's name must end in .xlsx, got {str(target)!r}.")
    _check_texts(matching)
    if overwrite:
        refuse_decided(target, DECIDE)
    # A file that must not be replaced is refused before the work.
    with replace_file(target, overwrite=overwrite) as part:
        marked = pairs_to_look_at(matching, look_at)
        part.write_bytes(_workbook_of(matching, reasons, groups, marked))


def _workbook_of(
    matching: Matching,
    reasons: int,
    groups: object,
    look_at: Mapping[tuple[Hashable, Hashable], str],
) -> bytes:
    """Make all sheets of a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    rows = _add_matches(book, matching, reasons, look_at)
    _add_mentors(book, matching)
    rows |= _add_unmatched(book, matching)
    _add_audits(book, matching, groups)
    asked = fingerprint(matching.problem)
    manifest = Manifest(asked, identify_record(asked, rows), rows)
    _add_record(book, matching, manifest)
    hidden = book.create_sheet(SHEET)
    for row in manifest.cells():
        hidden.append(row)
    hidden.sheet_state = "veryHidden"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _check_texts(matching: Matching) -> None:
    """Refuse ids that look the same once they stand in cells."""
    for side in SIDES:
        texts = pd.Index([id_text(one) for one in matching.problem.ids(side)])
        twice = texts[texts.duplicated()]
        if len(twice):
            raise MentorMatchError(
                f"Two {side} have ids that look like {twice[0]!r} in a cell, so a decision could "
                "not say which is meant. Give them other ids."
            )


def _names(matching: Matching, side: Side) -> list[str] | None:
    problem = matching.problem
    return people_names(problem.compatibility.cohort, side, problem.ids(side))


def _add_matches(
    book: Workbook,
    matching: Matching,
    reasons: int,
    look_at: Mapping[tuple[Hashable, Hashable], str],
) -> dict[str, str]:
    problem = matching.problem
    mentee_names, mentor_names = _names(matching, "mentees"), _names(matching, "mentors")
    heads = ["row", "mentee", *(["mentee name"] if mentee_names else [])]
    heads += ["mentor", *(["mentor name"] if mentor_names else []), "score"]
    heads += ["look at this"] if look_at else []
    heads += [f"why {k + 1}" for k in range(reasons)]
    for k in range(ALTERNATIVES):
        heads += [f"next best {k + 1}", f"next best {k + 1} costs the total at least"]
    said = strongest_reasons(matching, reasons) if reasons else [[] for _ in matching.mentees]
    follow, exact = rank_next_best(matching, matching.mentees, ALTERNATIVES)
    # Prices alone bound what a change costs, often by 0, which a reader takes for "nothing".
    costs = follow.costs if exact is None else np.fmax(follow.costs, exact)
    rows: list[list[object]] = []
    hashes: dict[str, str] = {}
    for k, (i, j) in enumerate(zip(matching.mentees, matching.mentors, strict=True)):
        key, score = f"P{k + 1}", round(float(matching.scores[k]), 6)
        mentee, mentor = problem.mentee_ids[i], problem.mentor_ids[j]
        row = [key, mentee, *([mentee_names[i]] if mentee_names else [])]
        row += [mentor, *([mentor_names[j]] if mentor_names else []), score]
        row += [look_at.get((mentee, mentor))] if look_at else []
        row += [said[k][r] if r < len(said[k]) else None for r in range(reasons)]
        for a in range(ALTERNATIVES):
            other = follow.mentors[k, a]
            cost = costs[k, a]
            row += [problem.mentor_ids[other] if other >= 0 else None]
            row += [None if np.isnan(cost) else float(np.floor(cost * 1e4) / 1e4)]
        rows.append([cell_text(value) for value in row])
        hashes[key] = hash_row(key, id_text(mentee), id_text(mentor), repr(score))
    people = 3 + bool(mentee_names) + bool(mentor_names)
    columns = [*heads, *DECIDE]
    sheet = add_sheet(book, "matches", columns, rows, decide=len(DECIDE), repeat=people)
    add_choices(sheet, len(heads), len(rows), WORDS, _offered(matching, matching.mentees))
    return hashes


def _offered(matching: Matching, mentees: object) -> list[list[object]]:
    """For each row the mentors that may be chosen instead, best first."""
    follow = next_best(matching, np.asarray(mentees, dtype=np.intp), MOST_OFFERED)
    ids = matching.problem.mentor_ids
    return [[cell_text(ids[j]) for j in row if j >= 0] for row in follow.mentors]


def _add_unmatched(book: Workbook, matching: Matching) -> dict[str, str]:
    problem, table = matching.problem, matching.unmatched
    names = _names(matching, "mentees")
    places = problem.mentee_ids.get_indexer(pd.Index(table["mentee"]))
    rules = problem.compatibility.scorer.rules
    heads = ["row", "mentee", *(["mentee name"] if names else []), "missing", "why"]
    rows, hashes = [], {}
    for k, i in enumerate(places.tolist()):
        key, mentee, missing = f"U{k + 1}", problem.mentee_ids[i], int(table["missing"].iloc[k])
        row = [key, mentee, *([names[i]] if names else []), missing]
        rows.append(
            [cell_text(one) for one in (*row, plain_reason(table["reason"].iloc[k], rules))]
        )
        hashes[key] = hash_row(key, id_text(mentee), "", repr(missing))
    sheet = add_sheet(book, "unmatched", [*heads, *DECIDE], rows, decide=len(DECIDE))
    choices = (KEEP, CHANGE, OPEN)
    add_choices(sheet, len(heads), len(rows), choices, _offered(matching, places))
    return hashes


def _add_mentors(book: Workbook, matching: Matching) -> None:
    names = _names(matching, "mentors")
    table = matching.by_mentor()
    called = _names(matching, "mentees")
    mentees = {} if called is None else dict(zip(matching.problem.mentee_ids, called, strict=True))
    heads = ["mentor", *(["mentor name"] if names else []), "seats", "taken", "free", "score"]
    rows = []
    for k, (mentor, row) in enumerate(zip(table.index, table.to_dict("records"), strict=True)):
        cells = [mentor, *([names[k]] if names else []), row["capacity"], row["load"], row["free"]]
        cells += [round(float(row["score"]), 6), ", ".join(map(str, row["mentees"]))]
        cells += [", ".join(mentees[one] for one in row["mentees"])] if mentees else []
        rows.append([cell_text(value) for value in cells])
    heads += ["mentees", *(["mentee names"] if mentees else [])]
    add_sheet(book, "by mentor", heads, rows)


def _add_audits(book: Workbook, matching: Matching, groups: object) -> None:
    n, m = matching.problem.shape
    too_large = pd.DataFrame(
        {"measure": ["not examined"], "meaning": ["too many possible pairs to read again here"]}
    )
    small = n * m <= MOST_PAIRS_EXAMINED
    frames = {
        "fairness": fairness_rows(fairness_of(matching, groups)) if small else too_large,
        "stability": stability_rows(stability_of(matching)) if small else too_large,
    }
    for name, frame in frames.items():
        kept = frame.dropna(axis="columns", how="all").astype(object)
        rows = [[_measured(one) for one in row] for row in kept.itertuples(index=False)]
        add_sheet(book, name, [str(one).replace("_", " ") for one in kept.columns], rows)


def _measured(value: object) -> object:
    """Show a measure as people read it: words, yes and no, four digits."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, float | np.floating):
        return round(float(value), 4)
    return cell_text(value.replace("_", " ") if isinstance(value, str) else value)


def _add_record(book: Workbook, matching: Matching, manifest: Manifest) -> None:
    problem = matching.problem
    n, m = problem.shape
    rules, proof = problem.compatibility.scorer.rules, matching.certificate
    lines: Sequence[tuple[str, object]] = [
        ("record", manifest.record),
        ("problem", manifest.problem),
        ("mentees", n),
        ("mentors", m),
        ("seats", int(problem.capacities.sum())),
        ("strategy", matching.strategy),
        ("engine", matching.engine),
        ("seed", matching.seed),
        ("total", round(matching.total, 6)),
        ("proof", None if proof is None else say_plainly(str(proof))),
        *(("note", plain_reason(one, rules)) for one in public_notes(matching)),
        *(("pinned", _rule_text(rule)) for rule in problem.pin_rules),
        *(("banned", _rule_text(rule)) for rule in problem.ban_rules),
    ]
    rows = [[cell_text(name), cell_text(value)] for name, value in lines if value is not None]
    add_sheet(book, "record", ["what", "value"], rows)


def _rule_text(rule: PairRule) -> str:
    return f"{rule.mentee} with {rule.mentor}" + (f": {rule.reason}" if rule.reason else "")
