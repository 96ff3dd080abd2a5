"""Read the decisions of a workbook: all of them, or none with everything that is wrong."""

from __future__ import annotations

import io
import struct
import warnings as python_warnings
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

from mentormatch.cohort import nearest_name, nearest_person
from mentormatch.cohort.files.limits import check_workbook
from mentormatch.cohort.files.table import read_bytes
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import CohortError, DecisionError, Finding
from mentormatch.problem.pairs import PairRule
from mentormatch.reports.workbook.decisions import CHANGE, KEEP, OPEN, UNPAIR, WORDS, Decisions
from mentormatch.reports.workbook.manifest import SHEET, Manifest, fingerprint, hash_row
from mentormatch.reports.workbook.writing import DECIDE, id_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from mentormatch.problem import Problem

__all__ = ["read_decisions"]

SHEETS = {
    "matches": ("row", "mentee", "mentor", "score", *DECIDE),
    "unmatched": ("row", "mentee", "missing", *DECIDE),
}
MOST_ROWS_NAMED = 50
# What zip, XML and workbooks raise where bytes are not what they should be.
DAMAGED = (
    BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError, RuntimeError,
    SyntaxError, TypeError, AttributeError, IndexError, zlib.error, struct.error,
)  # fmt: skip
NOT_OURS = (
    "this workbook has no record of a proposal, so it was not written by to_excel, or was copied "
    "sheet by sheet. Decide in the workbook itself, and save it as .xlsx."
)
CHANGED = (
    "the record in this workbook does not fit itself, so the hidden sheet was changed. Write the "
    "workbook again with to_excel, and copy the decisions over."
)


@dataclass(frozen=True)
class Row:
    """One row of a sheet, as it came back."""

    sheet: str
    number: int
    key: str
    cells: dict[str, object]

    def text(self, name: str) -> str:
        """Text of a cell, without the space around it."""
        return plain_text(self.cells.get(name))


@dataclass
class Reader:
    """Collects what is wrong while a workbook is read."""

    path: str
    problem: Problem
    findings: list[Finding] = field(default_factory=list)

    def add(
        self,
        row: Row | None,
        column: str | None,
        value: object,
        expected: str,
        near: str | None = None,
    ) -> None:
        """Note one problem with its place."""
        place = self.path if row is None else f"{self.path}, sheet {row.sheet!r}"
        number = None if row is None else row.number
        self.findings.append(Finding(place, number, column, value, expected, near))

    def stop(self) -> None:
        """Refuse everything when anything was wrong."""
        if self.findings:
            raise DecisionError(self.findings)


def read_decisions(path: str | Path, problem: Problem) -> Decisions:
    """Read what a committee decided in a workbook that `Matching.to_excel` wrote.

    Parameters
    ----------
    path
        The workbook. Rows may have been sorted or filtered, columns added; what was proposed must
        be as it was.
    problem
        The problem it is about, with the people as they are now.

    Returns
    -------
    Decisions
        "keep" and "change to" are pins, "unpair" is a ban, "cannot decide" stays open. Give it to
        `Problem.with_decisions`.

    Raises
    ------
    DecisionError
        With everything that is wrong, each with its sheet, row and cure; nothing is half-applied:
        ids that were edited, rows that are missing or doubled, a workbook of another problem, a
        proposal that was changed, decisions that are no longer possible.
    """
    reader = Reader(Path(path).name, problem)
    sheets = _load(Path(path), reader)
    cells = [(*row, None, None) for row in sheets.get(SHEET, [])]
    manifest = Manifest.from_cells(cells)
    if SHEET not in sheets:
        reader.add(None, None, None, NOT_OURS)
    elif manifest is None:
        reader.add(None, None, None, CHANGED)
    reader.stop()
    assert manifest is not None
    rows = [row for name in SHEETS for row in _rows_of(name, sheets, reader)]
    reader.stop()
    _check_proposal(rows, manifest, reader)
    reader.stop()
    notes = _check_problem(rows, manifest, reader)
    reader.stop()
    decisions = _decide(rows, reader, notes)
    reader.stop()
    return decisions


def _load(path: Path, reader: Reader) -> dict[str, list[tuple[object, ...]]]:
    """Read all sheets as rows of cells; formulas stay formulas."""
    import openpyxl

    try:
        raw = read_bytes(path, str(path))
        with python_warnings.catch_warnings():
            python_warnings.simplefilter("ignore")
            check_workbook(raw, str(path))
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
            return {
                sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)]
                for sheet in book.worksheets
            }
    except CohortError as error:
        raise DecisionError(error.findings) from None
    except DAMAGED as error:
        expected = f"this is no workbook that can be read ({error}). Save it as .xlsx again."
        raise DecisionError([Finding(reader.path, None, None, None, expected)]) from None


def _rows_of(name: str, sheets: dict[str, list[tuple[object, ...]]], reader: Reader) -> list[Row]:
    """Read one sheet by its head."""
    if name not in sheets:
        near = nearest_name(name, [one for one in sheets if one not in SHEETS])
        expected = f"the sheet {name!r} is missing or renamed. Give it back its name."
        reader.add(None, None, None, expected, near)
        return []
    table = sheets[name]
    head = [str(cell).strip() if cell is not None else "" for cell in (table[0] if table else ())]
    place = Row(name, 1, "", {})
    for column in SHEETS[name]:
        if head.count(column) != 1:
            how = "missing" if column not in head else "there more than once"
            expected = f"this column is {how}. Give the columns back their names."
            reader.add(place, column, None, expected, None)
    if any(finding.row == 1 for finding in reader.findings):
        return []
    where = {column: head.index(column) for column in SHEETS[name]}
    rows = []
    for number, line in enumerate(table[1:], start=2):
        if all(cell is None or str(cell).strip() == "" for cell in line):
            continue
        cells = {one: line[at] if at < len(line) else None for one, at in where.items()}
        rows.append(Row(name, number, plain_text(cells["row"]), cells))
    return rows


def _number(value: object) -> str:
    """Text of a number as it was hashed, also when a program wrote 1.0 as 1."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(round(float(value), 6))
    return str(value)


def _check_proposal(rows: Sequence[Row], manifest: Manifest, reader: Reader) -> None:
    """Find rows that are missing, doubled, added or edited."""
    seen = Counter(row.key for row in rows)
    first: dict[str, int] = {}
    for row in rows:
        if row.key not in manifest.rows:
            expected = (
                "this row is not one of the proposal. Take it out; to pair somebody else, write "
                "'change to' into the row of the mentee."
            )
            reader.add(row, "row", row.key or None, expected)
        elif seen[row.key] > 1 and row.key in first:
            expected = (
                f"this row is there more than once, first in row {first[row.key]}. Keep the one "
                "that holds the decision."
            )
            reader.add(row, "row", row.key, expected)
        else:
            first[row.key] = row.number
            last = row.cells["score"] if row.sheet == "matches" else row.cells["missing"]
            shown = _number(last) if row.sheet == "matches" else _whole(last)
            mentor = row.text("mentor") if row.sheet == "matches" else ""
            if hash_row(row.key, row.text("mentee"), mentor, shown) != manifest.rows[row.key]:
                found = f"{row.text('mentee')}, {mentor}" if mentor else row.text("mentee")
                expected = (
                    "the proposal in this row was edited (its mentee, mentor or number). Give it "
                    "back what was there, and write a decision beside it."
                )
                reader.add(row, "row", found, expected)
    missing = [key for key in manifest.rows if key not in seen]
    if missing:
        named = ", ".join(missing[:MOST_ROWS_NAMED])
        expected = (
            f"{format_count(len(missing), 'row of the proposal is', 'rows of the proposal are')} "
            f"missing: {named}. Give them back; to take a "
            "pair apart, write 'unpair'."
        )
        reader.add(None, None, None, expected)


def _whole(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return repr(value)


def _check_problem(rows: Sequence[Row], manifest: Manifest, reader: Reader) -> list[str]:
    """Refuse another problem's workbook; tell of a problem that has changed."""
    problem = reader.problem
    if fingerprint(problem) == manifest.problem:
        return []
    mentees = {id_text(one) for one in problem.mentee_ids}
    mentors = {id_text(one) for one in problem.mentor_ids}
    known = [row.text("mentee") in mentees for row in rows]
    known += [row.text("mentor") in mentors for row in rows if row.sheet == "matches"]
    if sum(known) * 2 < len(known):
        expected = (
            f"this workbook is of another problem: {len(known) - sum(known)} of the {len(known)} "
            "people in it are unknown here. Give the problem that the proposal was made for."
        )
        reader.add(None, None, None, expected)
        return []
    return [
        "the problem has changed since the workbook was written (people, scores, seats or rules), "
        "so look at the decisions again"
    ]


def _decide(rows: Sequence[Row], reader: Reader, notes: list[str]) -> Decisions:
    """Turn the words of the rows into pins, bans and open questions."""
    words = _Words(reader, notes)
    for row in rows:
        words.take(row)
    _check_seats(words.pins, reader)
    if words.blank:
        notes.append(
            f"{words.blank} of {format_count(len(rows), 'row')} "
            f"{'has' if words.blank == 1 else 'have'} no decision; nothing is fixed for them"
        )
    kept = tuple(pair for _, pair in words.pins)
    return Decisions(kept, tuple(words.bans), tuple(words.undecided), tuple(notes))


class _Words:
    """What the decisions so far say."""

    def __init__(self, reader: Reader, notes: list[str]) -> None:
        self.reader, self.notes = reader, notes
        self.mentees = {id_text(one): one for one in reader.problem.mentee_ids}
        self.mentors = {id_text(one): one for one in reader.problem.mentor_ids}
        self.pins: list[tuple[Row, PairRule]] = []
        self.bans: list[PairRule] = []
        self.undecided: list[PairRule] = []
        self.blank = 0

    def take(self, row: Row) -> None:
        """Take the decision of one row."""
        word = self._word_of(row)
        if word is None:
            return
        reason = row.text("reason") or None
        if not word:
            self.blank += 1
            if reason is not None:
                expected = "a reason without a decision. Write the decision, or take it out."
                self.reader.add(row, "reason", reason, expected)
        elif row.text("mentee") not in self.mentees:
            expected = "the mentee is no longer there. Empty the cell of the decision."
            self.reader.add(row, "mentee", row.text("mentee"), expected)
        else:
            self._decide(row, word, self.mentees[row.text("mentee")], reason)

    def _word_of(self, row: Row) -> str | None:
        """Return the decision as one of the words, or empty; None where it cannot be taken."""
        word = " ".join(row.text("decision").casefold().split())
        change = row.text("change to")
        for column in DECIDE:
            cell = row.cells[column]
            if isinstance(cell, str) and cell.startswith("="):
                expected = "a formula is no decision. Write the text itself."
                self.reader.add(row, column, cell, expected)
        if word not in ("", *WORDS):
            near = nearest_name(word, WORDS)
            expected = f"expected one of {', '.join(WORDS)}, or an empty cell."
            self.reader.add(row, "decision", row.text("decision"), expected, near)
            return None
        if change and word != CHANGE:
            expected = f"a mentor is named, but the decision is not '{CHANGE}'. Say which holds."
            self.reader.add(row, "change to", change, expected)
            return None
        return word

    def _decide(self, row: Row, word: str, mentee: Hashable, reason: str | None) -> None:
        """Make a pin, a ban or an open question of a decision about somebody who is there."""
        now = row.text("mentor") if row.sheet == "matches" else ""
        if word == OPEN:
            self.undecided.append(PairRule(mentee, self.mentors.get(now), reason))
        elif word == CHANGE:
            self._change(row, mentee, now, reason)
        elif row.sheet == "matches":
            self._decide_pair(row, word, mentee, now, reason)
        elif word == UNPAIR:
            expected = f"there is no pair to take apart here; expected {KEEP}, {CHANGE} or {OPEN}."
            self.reader.add(row, "decision", word, expected)

    def _decide_pair(
        self, row: Row, word: str, mentee: Hashable, now: str, reason: str | None
    ) -> None:
        """Keep a proposed pair, or take it apart."""
        if now not in self.mentors:
            if word == KEEP:
                expected = "the mentor is no longer there. Empty the cell of the decision."
                self.reader.add(row, "mentor", now, expected)
            else:
                self.notes.append(f"{now} is no longer there, so {mentee} is unpaired already")
            return
        pair = PairRule(mentee, self.mentors[now], reason)
        if word == UNPAIR:
            self.bans.append(pair)
        else:
            self._pin(row, pair, "mentor")

    def _change(self, row: Row, mentee: Hashable, now: str, reason: str | None) -> None:
        """Give a mentee the mentor that is named instead."""
        change, column = row.text("change to"), "change to"
        if not change:
            expected = "name the mentor whom this mentee is to have."
            self.reader.add(row, column, None, expected)
        elif change not in self.mentors:
            near = nearest_person(change, list(self.mentors))
            expected = "there is no such mentor (any more). Choose one from the list of the cell."
            self.reader.add(row, column, change, expected, near)
        elif change == now:
            expected = f"this is the mentor already. Write '{KEEP}', or name another."
            self.reader.add(row, column, change, expected)
        else:
            self._pin(row, PairRule(mentee, self.mentors[change], reason), column)
            if now in self.mentors:
                self.bans.append(PairRule(mentee, self.mentors[now], reason))

    def _pin(self, row: Row, pair: PairRule, column: str) -> None:
        """Pin a pair; note where the two are not eligible."""
        why = self.reader.problem.why_ineligible(pair.mentee, pair.mentor)
        if why is not None:
            expected = (
                f"the two are not eligible: {why}. Choose another mentor, or change the rule."
            )
            self.reader.add(row, column, str(pair.mentor), expected)
        self.pins.append((row, pair))


def _check_seats(pins: Sequence[tuple[Row, PairRule]], reader: Reader) -> None:
    """Find mentors and mentees who would have more than they can."""
    problem = reader.problem
    for side, ids, most, word in (
        ("mentor", problem.mentor_ids, problem.capacities, "seat"),
        ("mentee", problem.mentee_ids, problem.demands, "wanted mentor"),
    ):
        limits = dict(zip(ids, most.tolist(), strict=True))
        counts: Counter[object] = Counter()
        made: set[tuple[object, object]] = set()
        for row, pair in pins:
            person = getattr(pair, side)
            counts[person] += 1
            twice = (pair.mentee, pair.mentor) in made
            made.add((pair.mentee, pair.mentor))
            if side == "mentee" and twice:
                expected = "this pair is decided twice. Keep one of the decisions."
                reader.add(row, "decision", f"{pair.mentee}, {pair.mentor}", expected)
            elif counts[person] > limits[person]:
                expected = (
                    f"with this decision {person} has {counts[person]} fixed pairs, and "
                    f"{format_count(limits[person], word)}. Decide otherwise for one of them."
                )
                reader.add(row, "decision", row.text("decision"), expected)
