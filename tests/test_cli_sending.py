"""`mentormatch workbook` and `letters`, and a programme whose committee has decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.programme import examine_file, load
from mentormatch.programme.sending import find_addresses
from programmes import PROGRAMME, programme_in

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

DECIDED = PROGRAMME + 'decisions = "committee.xlsx"\n'


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, list(map(str, arguments)), env={"COLUMNS": "100"})


def decide(path: Path, *decisions: tuple[str, str, str | None]) -> None:
    """Write decisions into the rows of mentees: (mentee, decision, change to)."""
    book = openpyxl.load_workbook(path)
    for name in ("matches", "unmatched"):
        sheet = book[name]
        columns = {str(cell.value): cell.column for cell in sheet[1]}
        for row in range(2, sheet.max_row + 1):
            for mentee, decision, other in decisions:
                if sheet.cell(row, columns["mentee"]).value == mentee:
                    sheet.cell(row, columns["decision"]).value = decision
                    sheet.cell(row, columns["change to"]).value = other
    book.save(path)


def pairs_of(path: Path) -> dict[str, str]:
    matching = load(path).match()
    return dict(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))


def test_what_a_committee_decides_counts_in_every_command(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    assert pairs_of(path) == {"ada": "linus", "cleo": "grace"}
    made = run("workbook", path, "-o", tmp_path / "committee.xlsx")
    assert made.exit_code == 0, made.output
    assert 'decisions = "committee.xlsx"' in made.output
    decide(tmp_path / "committee.xlsx", ("ada", "unpair", None), ("cleo", "keep", None))
    path.write_text(DECIDED, encoding="utf-8")
    said = run("validate", path).output
    assert "- committee.xlsx: 1 pair is fixed, 1 is forbidden." in said
    assert "1 of 3 rows have no decision; nothing is fixed for them." in said
    assert pairs_of(path) == {"bob": "linus", "cleo": "grace"}
    matched = run("match", path)
    assert "- committee.xlsx: 1 pair is fixed, 1 is forbidden." in matched.output
    assert run("report", path, "-o", tmp_path / "report.html").exit_code == 0
    # What is decided in a second workbook is about what the first one left.
    assert run("workbook", path, "-o", tmp_path / "second.xlsx").exit_code == 0
    decide(tmp_path / "second.xlsx", ("bob", "unpair", None))
    both = 'decisions = ["committee.xlsx", "second.xlsx"]'
    path.write_text(DECIDED.replace('decisions = "committee.xlsx"', both), encoding="utf-8")
    assert pairs_of(path) == {"cleo": "grace"}


def test_decisions_that_cannot_count_are_named_with_their_place(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    decide(tmp_path / "committee.xlsx", ("ada", "maybe", None))
    path.write_text(DECIDED, encoding="utf-8")
    said = run("match", path)
    assert said.exit_code == 1
    assert "row 2, column 'decision'" in said.output
    assert "'maybe'" in said.output
    assert not (tmp_path / "matches.csv").exists()
    path.write_text(DECIDED.replace("committee.xlsx", "nowhere.xlsx"), encoding="utf-8")
    missing = run("validate", path)
    assert missing.exit_code == 1
    assert "nowhere.xlsx" in missing.output
    path.write_text(DECIDED.replace('"committee.xlsx"', "[]"), encoding="utf-8")
    assert "expected the workbook with the decisions in quotes" in run("validate", path).output


def test_no_output_may_replace_the_workbook_with_the_decisions(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    path.write_text(DECIDED + '[output]\nmatches = "committee.xlsx"\n', encoding="utf-8")
    findings = examine_file(path, overwrite=True).findings
    assert any("committee.xlsx" in str(one) for one in findings)
    before = (tmp_path / "committee.xlsx").read_bytes()
    again = run("workbook", path, "-o", tmp_path / "committee.xlsx")
    assert again.exit_code == 1
    assert (tmp_path / "committee.xlsx").read_bytes() == before


def test_letters_hold_addresses_only_where_the_file_asks(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    plain = run("letters", path, "-o", tmp_path / "plain")
    assert plain.exit_code == 0, plain.output
    assert "5 letters, one a person" in plain.output
    assert "contact = true under [output] puts them in" in " ".join(plain.output.split())
    texts = [one.read_text("utf-8-sig") for one in (tmp_path / "plain").iterdir()]
    assert len(texts) == 8
    assert not any("@" in text for text in texts)
    path.write_text(PROGRAMME + "[output]\ncontact = true\n", encoding="utf-8")
    full = run("letters", path, "-o", tmp_path / "full")
    assert 'The addresses of the mentees are those of "email".' in full.output
    pairs = pd.read_csv(tmp_path / "full" / "pairs.csv")
    assert pairs["mentor_email"].tolist() == ["linus@example.org", "grace@example.org"]


def test_addresses_that_are_the_ids_go_into_letters(tmp_path: Path) -> None:
    """Who is known by an e-mail address had none in the letters: the ids are no column."""
    mentees = "email,wants\nada@example.org,Lua\nbob@example.org,SQL\n"
    mentors = "mail,offers,seats\nlinus@example.org,Lua; SQL,2\n"
    text = PROGRAMME.partition('[[criteria]]\nkind = "Different"')[0]
    path = programme_in(
        tmp_path,
        text + '[problem]\ncapacity = "seats"\n[output]\ncontact = true\n',
        mentees=mentees,
        mentors=mentors,
    )
    assert find_addresses(load(path).cohort()) == ("email", "mail")
    assert run("letters", path, "-o", tmp_path / "letters").exit_code == 0
    pairs = pd.read_csv(tmp_path / "letters" / "pairs.csv")
    assert pairs["mentee_email"].tolist() == ["ada@example.org", "bob@example.org"]
    assert pairs["mentor_mail"].tolist() == ["linus@example.org"] * 2


def test_a_side_without_addresses_is_said_and_the_other_has_its_own(tmp_path: Path) -> None:
    mentors = "id,offers,team,seats\nlinus,C++; Lua,Kernel,1\ngrace,SQL; COBOL,Data,1\n"
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncontact = true\n", mentors=mentors)
    said = run("letters", path, "-o", tmp_path / "letters").output
    assert "The addresses of the mentors were not found in their table." in said
    pairs = pd.read_csv(tmp_path / "letters" / "pairs.csv")
    assert list(pairs.columns) == ["mentee", "mentee_name", "mentee_email", "mentor", "mentor_name"]


def test_letters_that_exist_are_replaced_only_when_asked_and_no_empty_folder_is_left(
    tmp_path: Path,
) -> None:
    path, folder = programme_in(tmp_path), tmp_path / "out" / "letters"
    broken = tmp_path / "mine.md"
    broken.write_text("Dear {{ nobody }}", encoding="utf-8")
    wrong = run("letters", path, "-o", folder, "--mentee-template", broken)
    assert wrong.exit_code == 1
    assert "nobody" in wrong.output
    assert not folder.exists()
    broken.write_text("Dear {{ name }}!", encoding="utf-8")
    assert run("letters", path, "-o", folder, "--mentee-template", broken).exit_code == 0
    assert (folder / "mentee-ada.md").read_text("utf-8") == "Dear Ada A!"
    again = run("letters", path, "-o", folder)
    assert again.exit_code == 1
    assert "exists already" in again.output
    assert (folder / "mentee-ada.md").read_text("utf-8") == "Dear Ada A!"
    assert run("letters", path, "-o", folder, "--overwrite").exit_code == 0


def test_a_column_of_addresses_that_one_table_has_not_is_named() -> None:
    cohort = mm.Cohort(
        [{"id": "a", "email": "a@example.org"}], [{"id": "b", "mail": "b@example.org"}]
    )
    matching = mm.match(mm.Problem(mm.Criteria().score(cohort)))
    with pytest.raises(mm.MentorMatchError, match=r"table of the mentors has no column 'email'"):
        matching.letters(contact="email")
    letters = matching.letters(contact=("email", "mail"))
    assert letters.mentors["contact"].tolist() == ["b@example.org"]
