"""The workbook: what goes out comes back as decisions; whatever was tampered with is refused."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from reports_people import INJECTIONS, cohort_of, matching_of

import mentormatch as mm
from mentormatch.audits import fairness_of
from mentormatch.programme.screen.paragraph import word_as_in_file
from mentormatch.reports.answers import rank_next_best
from mentormatch.reports.audited import fairness_rows

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def matching() -> mm.Matching:
    return matching_of(cohort_of(16, 6))


@pytest.fixture(scope="module")
def written(matching: mm.Matching, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("workbook") / "committee.xlsx"
    matching.to_excel(path, groups=["gender"])
    return path


def columns_of(sheet: Any) -> dict[str, int]:
    return {cell.value: cell.column for cell in sheet[1]}


def put(sheet: Any, row: int, column: str, value: Any) -> None:
    sheet.cell(row, columns_of(sheet)[column]).value = value


def get(sheet: Any, row: int, column: str) -> Any:
    return sheet.cell(row, columns_of(sheet)[column]).value


def edited(source: Path, target: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(source)
    change(book)
    book.save(target)
    return target


def decide(book: Any) -> None:
    """One decision of each kind."""
    sheet = book["matches"]
    put(sheet, 2, "decision", "keep")
    put(sheet, 2, "reason", "they know each other")
    put(sheet, 3, "decision", "Change  to ")
    put(sheet, 3, "change to", get(sheet, 3, "next best 1"))
    put(sheet, 4, "decision", "unpair")
    put(sheet, 4, "reason", "same project")
    put(sheet, 5, "decision", "cannot decide")


def test_decisions_become_pins_and_bans_with_reasons(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    path = edited(written, tmp_path / "back.xlsx", decide)
    sheet = openpyxl.load_workbook(path)["matches"]
    pair = [(get(sheet, row, "mentee"), get(sheet, row, "mentor")) for row in range(2, 6)]
    other = get(sheet, 3, "change to")
    found = mm.read_decisions(path, matching.problem)
    assert [tuple(one) for one in found.pins] == [
        (*pair[0], "they know each other"),
        (pair[1][0], other, None),
    ]
    assert [tuple(one) for one in found.bans] == [
        (*pair[1], None),
        (*pair[2], "same project"),
    ]
    assert [tuple(one) for one in found.open] == [(*pair[3], None)]
    assert len(found.warnings) == 1
    assert "rows have no decision" in found.warnings[0]

    again = mm.match(matching.problem.with_decisions(found))
    pairs = set(again.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))
    assert {pair[0], (pair[1][0], other)} <= pairs
    assert not {pair[1], pair[2]} & pairs


def test_what_decisions_cost_is_never_a_gain_and_together_at_least_as_much_as_the_dearest(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    found = mm.read_decisions(edited(written, tmp_path / "back.xlsx", decide), matching.problem)
    costs = mm.reports.cost_of_decisions(matching, found)
    assert list(costs["decision"]) == ["pin", "pin", "ban", "ban", "together"]
    same = costs[costs["left_out"] == 0]
    assert (same["cost"] >= -1e-9).all()
    assert costs["left_out"].iloc[-1] >= costs["left_out"].iloc[:-1].max()
    # Keeping what is proposed anyway costs nothing.
    assert costs["cost"].iloc[0] == pytest.approx(0)


def test_a_workbook_that_nobody_touched_decides_nothing(
    matching: mm.Matching, written: Path
) -> None:
    found = mm.read_decisions(written, matching.problem)
    assert (found.pins, found.bans, found.open) == ((), (), ())
    assert repr(found).startswith("Decisions(0 pins, 0 bans, 0 open)")


def test_rows_may_be_sorted_and_columns_added(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        decide(book)
        sheet = book["matches"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(2)]
        sheet.delete_rows(2, len(rows))
        for row in sorted(rows, key=lambda one: str(one[3]), reverse=True):
            sheet.append(row)
        sheet.insert_cols(4)
        sheet.cell(1, 4).value = "seen by"

    first = mm.read_decisions(edited(written, tmp_path / "a.xlsx", decide), matching.problem)
    second = mm.read_decisions(edited(written, tmp_path / "b.xlsx", change), matching.problem)
    assert set(first.pins) == set(second.pins)
    assert set(first.bans) == set(second.bans)


def test_the_cells_offer_the_words_and_only_mentors_whom_the_mentee_may_have(
    matching: mm.Matching, written: Path
) -> None:
    book = openpyxl.load_workbook(written)
    sheet = book["matches"]
    rules = sheet.data_validations.dataValidation
    assert rules[0].formula1 == '"keep,change to,unpair,cannot decide"'
    assert book["choices"].sheet_state == "hidden"
    assert book["manifest"].sheet_state == "veryHidden"
    for rule in rules[1:]:
        row = int(re.search(r"(\d+)$", str(rule.sqref))[1])
        span = rule.formula1.replace("choices!", "").replace("$", "")
        offered = [cell.value for cell in book["choices"][span][0]]
        mentee = get(sheet, row, "mentee")
        assert get(sheet, row, "mentor") not in offered
        assert all(matching.problem.why_ineligible(mentee, mentor) is None for mentor in offered)


def test_no_cell_of_any_sheet_is_a_formula_whatever_people_are_called(tmp_path: Path) -> None:
    hostile = ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", "\uff1d1", *INJECTIONS]
    cohort = cohort_of(len(hostile), 9, hostile)
    matching = matching_of(cohort, bans=[("mentee-0000", "mentor-0001", "=cmd|' /C calc'!A0")])
    path = tmp_path / "hostile.xlsx"
    matching.to_excel(path)
    book = openpyxl.load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    starts = [str(cell.value) for cell in cells if isinstance(cell.value, str)]
    assert [text for text in starts if re.match(r"[\s\u200b]*[=+@\uff1d]|\x1b", text)] == []
    assert mm.read_decisions(path, matching.problem).pins == ()


def test_ids_that_are_numbers_come_back_as_numbers(tmp_path: Path) -> None:
    problem = mm.Problem.from_scores(pd.DataFrame([[0.9, 0.4], [0.8, 0.1]], [7, 8], [10, 11]))
    path = tmp_path / "numbers.xlsx"
    mm.match(problem).to_excel(path)
    back = edited(
        path, tmp_path / "b.xlsx", lambda book: put(book["matches"], 2, "decision", "keep")
    )
    assert mm.read_decisions(back, problem).pins == ((7, 11, None),)


def test_the_workbook_survives_libreoffice(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed (Debian: libreoffice-calc-nogui)")
    path = edited(written, tmp_path / "committee.xlsx", decide)
    before = mm.read_decisions(path, matching.problem)
    command = [office, "--headless", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out")]
    subprocess.run([*command, str(path)], check=True, capture_output=True, timeout=120)
    after = mm.read_decisions(tmp_path / "out" / "committee.xlsx", matching.problem)
    assert (after.pins, after.bans, after.open) == (before.pins, before.bans, before.open)


# ---------------------------------------------------------------- what was tampered with


def set_cell(column: str, value: Any, row: int = 2, sheet: str = "matches") -> Any:
    return lambda book: put(book[sheet], row, column, value)


def several(*changes: Any) -> Any:
    def change(book: Any) -> None:
        for one in changes:
            one(book)

    return change


def copy_row(source: int, sheet: str = "matches") -> Any:
    return lambda book: book[sheet].append([cell.value for cell in book[sheet][source]])


def swap(column: str, first: int = 2, second: int = 3) -> Any:
    def change(book: Any) -> None:
        sheet = book["matches"]
        one, other = get(sheet, first, column), get(sheet, second, column)
        assert one != other
        put(sheet, first, column, other)
        put(sheet, second, column, one)

    return change


def in_manifest(key: str, value: str) -> Any:
    def change(book: Any) -> None:
        for row in book["manifest"].iter_rows():
            if row[0].value == key:
                row[1].value = value

    return change


def rename(column: str, name: str | None, sheet: str = "matches") -> Any:
    def change(book: Any) -> None:
        own = book[sheet]
        own.cell(1, columns_of(own)[column]).value = name

    return change


def to_all(mentor: str, rows: range) -> Any:
    return several(
        *(set_cell("decision", "change to", row) for row in rows),
        *(set_cell("change to", mentor, row) for row in rows),
    )


def retitle(old: str, new: str) -> Any:
    def change(book: Any) -> None:
        book[old].title = new

    return change


TAMPERINGS: dict[str, tuple[Any, str]] = {
    "another mentee": (set_cell("mentee", "mentee-0009"), "the proposal in this row was edited"),
    "another mentor": (set_cell("mentor", "mentor-0005"), "the proposal in this row was edited"),
    "mentors swapped": (swap("mentor"), "the proposal in this row was edited"),
    "mentees swapped": (swap("mentee"), "the proposal in this row was edited"),
    "another score": (set_cell("score", 0.999), "the proposal in this row was edited"),
    "score as text": (set_cell("score", "high"), "the proposal in this row was edited"),
    "id emptied": (set_cell("mentee", None), "the proposal in this row was edited"),
    "id with a blank inside": (set_cell("mentee", "mentee 0000"), "was edited"),
    "key emptied": (set_cell("row", None), "this row is not one of the proposal"),
    "key of another row": (set_cell("row", "P2"), "there more than once, first in row 2"),
    "keys swapped": (swap("row"), "the proposal in this row was edited"),
    "row doubled": (copy_row(2), "this row is there more than once, first in row 2"),
    "row taken out": (lambda book: book["matches"].delete_rows(3), "1 row of the proposal is"),
    "all rows taken out": (lambda book: book["matches"].delete_rows(2, 99), "are missing: P1, P2"),
    "row added": (lambda book: book["matches"].append(["P99", "a"]), "is not one of the proposal"),
    "sheet taken out": (lambda book: book.remove(book["matches"]), "the sheet 'matches' is miss"),
    "sheet renamed": (retitle("matches", "match"), "Did you mean 'match'"),
    "unmatched taken out": (lambda b: b.remove(b["unmatched"]), "the sheet 'unmatched' is missing"),
    "column renamed": (rename("decision", "Entscheidung"), "'decision': this column is missing"),
    "column doubled": (rename("why 1", "mentor"), "this column is there more than once"),
    "no manifest": (lambda book: book.remove(book["manifest"]), "no record of a proposal"),
    "manifest of another problem": (in_manifest("problem", "0" * 32), "does not fit itself"),
    "manifest with another record": (in_manifest("record", "0" * 32), "does not fit itself"),
    "manifest with another row": (in_manifest("row P1", "0" * 32), "does not fit itself"),
    "manifest of another format": (in_manifest("format", "x"), "does not fit itself"),
    "no such word": (set_cell("decision", "kepe"), "Did you mean 'keep'?"),
    "a formula as a word": (set_cell("decision", '="keep"'), "a formula is no decision"),
    "change to nobody": (set_cell("decision", "change to"), "name the mentor whom this mentee"),
    "change to a stranger": (
        several(set_cell("decision", "change to"), set_cell("change to", "mentor-0099")),
        "there is no such mentor",
    ),
    "change to the same": (
        lambda book: several(
            set_cell("decision", "change to"),
            set_cell("change to", get(book["matches"], 2, "mentor")),
        )(book),
        "this is the mentor already",
    ),
    "change without the word": (set_cell("change to", "mentor-0001"), "a mentor is named, but"),
    "change beside keep": (
        several(set_cell("decision", "keep"), set_cell("change to", "mentor-0001")),
        "the decision is not 'change to'",
    ),
    "reason without a decision": (set_cell("reason", "why not"), "a reason without a decision"),
    "more than the seats": (to_all("mentor-0005", range(2, 12)), "2 fixed pairs, and 1 seat"),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_tampered_workbook_is_refused_with_its_place_and_cure(
    matching: mm.Matching, written: Path, tmp_path: Path, what: str
) -> None:
    change, message = TAMPERINGS[what]
    path = edited(written, tmp_path / "tampered.xlsx", change)
    with pytest.raises(mm.DecisionError) as error:
        mm.read_decisions(path, matching.problem)
    assert message in str(error.value), str(error.value)
    assert str(error.value).count("tampered.xlsx") >= 1


def test_a_decision_for_a_pair_that_may_not_be_made_names_the_rule(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    sheet = openpyxl.load_workbook(written)["matches"]
    mentee = get(sheet, 2, "mentee")
    mentor = next(
        one
        for one in matching.problem.mentor_ids
        if matching.problem.why_ineligible(mentee, one) is not None
    )
    both = several(set_cell("decision", "change to"), set_cell("change to", mentor))
    path = edited(written, tmp_path / "back.xlsx", both)
    with pytest.raises(mm.DecisionError, match=r"the two are not eligible: .*canary-team"):
        mm.read_decisions(path, matching.problem)


def test_a_workbook_of_another_problem_is_refused(matching: mm.Matching, written: Path) -> None:
    other = mm.Problem.from_scores(pd.DataFrame([[0.9]], ["x"], ["y"]))
    with pytest.raises(mm.DecisionError, match="this workbook is of another problem"):
        mm.read_decisions(written, other)


def test_stale_decisions_are_named_and_nothing_is_half_applied(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    path = edited(written, tmp_path / "back.xlsx", decide)
    sheet = openpyxl.load_workbook(path)["matches"]
    gone_mentee, gone_mentor = get(sheet, 2, "mentee"), get(sheet, 3, "change to")
    problem = matching.problem
    mentees = problem.mentee_ids.get_indexer(problem.mentee_ids.drop(gone_mentee))
    mentors = problem.mentor_ids.get_indexer(problem.mentor_ids.drop(gone_mentor))
    now = problem.take(mentees, mentors)
    with pytest.raises(mm.DecisionError) as error:
        mm.read_decisions(path, now)
    assert len(error.value.findings) == 2
    gone = f"found {gone_mentee!r}; the mentee is no longer there. Empty the cell of"
    assert gone in str(error.value)
    assert f"found {gone_mentor!r}; there is no such mentor (any more)" in str(error.value)
    # Without those two, the rest is read, and says that the problem has changed.
    calm = edited(
        path,
        tmp_path / "calm.xlsx",
        several(
            *(set_cell(c, None, row) for c in ("decision", "change to", "reason") for row in (2, 3))
        ),
    )
    found = mm.read_decisions(calm, now)
    apart = get(sheet, 4, "mentor") == gone_mentor
    assert len(found.bans) == (0 if apart else 1)
    assert any("unpaired already" in one for one in found.warnings) == apart
    assert found.warnings[0].startswith("the problem has changed")


def test_what_is_no_workbook_is_said(matching: mm.Matching, tmp_path: Path) -> None:
    path = tmp_path / "notes.xlsx"
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(mm.DecisionError, match="no workbook that can be read"):
        mm.read_decisions(path, matching.problem)
    with pytest.raises(mm.DecisionError, match="absent"):
        mm.read_decisions(tmp_path / "absent.xlsx", matching.problem)


def test_decisions_replace_earlier_pins_and_bans_of_the_same_people() -> None:
    problem = mm.Problem.from_scores(
        [[0.9, 0.4], [0.8, 0.1]], pins=[(0, 0, "first")], bans=[(1, 1, "old")]
    )
    decisions = mm.Decisions(pins=((0, 1, "new"), (1, 0, None)), bans=(), open=(), warnings=())
    now = problem.with_decisions(decisions)
    assert [tuple(pin) for pin in now.pin_rules] == [(0, 1, "new"), (1, 0, None)]
    assert [tuple(ban) for ban in now.ban_rules] == [(1, 1, "old")]


def test_on_paper_the_matches_are_two_pages_wide_and_both_name_the_people(
    written: Path,
) -> None:
    sheet = openpyxl.load_workbook(written)["matches"]
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (2, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    heads = [cell.value for cell in sheet[1]]
    last = sheet.print_title_cols.replace("$", "").split(":")[1]
    people = 1 + ord(last) - ord("A")
    assert sheet.print_title_rows.replace("$", "") == "1:1"
    assert {"mentee", "mentor"} <= set(heads[:people])
    assert "score" not in heads[:people]
    widths = {
        head: sheet.column_dimensions[cell.column_letter].width
        for head, cell in zip(heads, sheet[1], strict=True)
    }
    # A page and a half of twelve-point text at most: it was three, and nobody could read it.
    assert sum(widths.values()) <= 330
    # Sentences are broken, and their rows are high enough for programs that do not fit them.
    for row in range(2, sheet.max_row + 1):
        for cell in sheet[row]:
            if isinstance(cell.value, str) and len(cell.value) > widths[heads[cell.column - 1]]:
                assert cell.alignment.wrap_text
                assert sheet.row_dimensions[row].height >= 30


@pytest.mark.parametrize("ids", [[1.0, 2.0], [10**30, 1], [" a", "b "], [2.5, -3.0]])
def test_ids_that_a_cell_writes_in_another_way_come_back(tmp_path, ids):
    scores = pd.DataFrame([[0.9, 0.1], [0.2, 0.8]], pd.Index(ids, dtype=object), ["m", "n"])
    problem = mm.Problem.from_scores(scores)
    path = tmp_path / "committee.xlsx"
    mm.match(problem).to_excel(path)
    book = openpyxl.load_workbook(path)
    sheet = book["matches"]
    column = [cell.value for cell in sheet[1]].index("decision") + 1
    for row in (2, 3):
        sheet.cell(row, column, "keep")
    book.save(path)
    decided = mm.read_decisions(path, problem)
    assert {pin.mentee for pin in decided.pins} == set(ids)


def test_ids_that_differ_by_space_alone_are_refused_before_anybody_decides(tmp_path):
    scores = pd.DataFrame([[0.9], [0.2]], ["a", "a "], ["m"])
    with pytest.raises(mm.MentorMatchError, match="look like 'a' in a cell"):
        mm.match(mm.Problem.from_scores(scores)).to_excel(tmp_path / "committee.xlsx")


def test_a_workbook_that_holds_decisions_is_not_replaced(
    matching: mm.Matching, written: Path, tmp_path: Path
) -> None:
    """`workbook --overwrite` put an empty workbook in the place of one that was decided in."""
    path = edited(written, tmp_path / "decided.xlsx", decide)
    before = path.read_bytes()
    with pytest.raises(
        mm.MentorMatchError, match=r"decided.xlsx is not replaced: \d rows hold dec"
    ) as refused:
        matching.to_excel(path, overwrite=True)
    # It gave both cures to everybody.
    assert str(refused.value).endswith("use the decisions, read them with mm.read_decisions(…).")
    told = word_as_in_file(str(refused.value))
    assert told.endswith('To use the decisions, write decisions = "…" under [problem].')
    assert path.read_bytes() == before
    # What nobody has written into, and what is no workbook, may be.
    matching.to_excel(edited(written, path, lambda book: None), overwrite=True)
    path.write_text("no workbook", "utf-8")
    matching.to_excel(path, overwrite=True)
    one = edited(path, tmp_path / "one.xlsx", set_cell("reason", "see the minutes"))
    with pytest.raises(mm.MentorMatchError, match="1 row of it holds a decision that would be"):
        matching.to_excel(one, overwrite=True)


def test_the_next_best_mentors_are_those_that_cost_least_and_not_those_with_the_highest_scores():
    # a prefers m2, which would cost b its mentor's whole worth; m3 is free and costs next to
    # nothing, and was not named at all.
    scores = pd.DataFrame(
        [[0.9, 0.85, 0.8, 0.7], [0.1, 0.84, 0.2, 0.1], [0.1, 0.2, 0.79, 0.1]],
        ["a", "b", "c"],
        ["m1", "m2", "m3", "free"],
    )
    matching = mm.match(mm.Problem.from_scores(scores))
    ranked, costs = rank_next_best(matching, np.array([0]), 2)
    assert ranked.mentors[0].tolist()[0] == 3
    assert costs[0, 0] == pytest.approx(0.2)
    whole, every = rank_next_best(matching, np.arange(3), 4)
    problem = matching.problem
    for row, (mentors, own) in enumerate(zip(whole.mentors, every, strict=True)):
        known = own[~np.isnan(own)]
        assert (np.diff(known) >= -1e-9).all()
        for mentor, cost in zip(mentors.tolist(), own.tolist(), strict=True):
            if mentor >= 0 and not np.isnan(cost):
                pin = [(scores.index[row], scores.columns[mentor])]
                best = mm.match(replace(problem, pins=pin)).total
                assert matching.total - best == pytest.approx(cost)


def test_the_committee_reads_no_words_of_the_field(written: Path) -> None:
    """It read of "weakly blocking pairs", a "justified envy" and a "gap 3.6e-12"."""
    book = openpyxl.load_workbook(written)
    cells = {
        str(cell).casefold()
        for name in ("fairness", "stability", "record")
        for row in book[name].iter_rows(values_only=True)
        for cell in row
    }
    told = " | ".join(cells)
    for jargon in ("blocking", "pareto", "(gap", "e-1", "theil", "p value", "top k", "rational"):
        assert jargon not in told, jargon
    assert "would both rather have each other" in cells
    assert any(one.startswith("proven optimal: total ") for one in cells)


def test_each_measure_of_fairness_says_what_it_means() -> None:
    """Nearly every ratio, the counts of groups and four of the measures over all said nothing."""
    matching = matching_of(cohort_of(12, 12))
    labels = pd.Series(["a", "b"] * 6, matching.problem.mentor_ids)
    for groups, side, people in (
        (["gender"], None, "mentees of the group who want a mentor"),
        ({"team": labels}, "mentors", "mentors of the group with seats"),
    ):
        rows = fairness_rows(fairness_of(matching, groups, side=side))
        assert not rows.loc[rows["meaning"].isna() | (rows["meaning"] == ""), "measure"].tolist()
        assert not rows["measure"].str.contains("ratio|count").any()
        told = dict(zip(rows["measure"], rows["meaning"], strict=True))
        assert told["people"] == people
        each = "what the first group has for each 1 of the second"
        assert told["mean_score: first by second"] == each
        assert told["match_rate: first by second"].startswith(f"{each}; ")
        # The column "as large by chance" was explained nowhere.
        explained = rows["meaning"].str.contains("look closer where it is below 0.05")
        assert explained.sum() == 1
        assert rows["as_large_by_chance"].first_valid_index() == explained.idxmax()
        # So were the columns "low" and "high".
        explained = rows["meaning"].str.contains("low and high: the ends of an interval")
        assert explained.sum() == 1
        assert rows["low"].first_valid_index() == explained.idxmax()


def test_the_mentees_of_a_mentor_are_called_by_their_names_too(
    matching: mm.Matching, written: Path
) -> None:
    """Only their ids stood there, and a committee knows people by their names."""
    heads, *rows = openpyxl.load_workbook(written)["by mentor"].iter_rows(values_only=True)
    names = matching.problem.compatibility.cohort.mentees["name"].to_dict()
    for row in rows:
        told = dict(zip(heads, row, strict=True))
        ids = (told["mentees"] or "").split(", ") if told["taken"] else []
        assert (told["mentee names"] or "") == ", ".join(names[one] for one in ids)
