"""`mentormatch workbook` and `letters`, and a programme whose committee has decided."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.programme import Programme, examine_file, load
from mentormatch.programme.sending import find_addresses
from programmes import MENTEES, MENTORS, PROGRAMME, TABLES, programme_in

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
    assert "1 of 3 rows has no decision; nothing is fixed for them." in said
    assert pairs_of(path) == {"bob": "linus", "cleo": "grace"}
    matched = run("match", path)
    assert "- committee.xlsx: 1 pair is fixed, 1 is forbidden." in matched.output
    # What that costs was told in Python alone.
    cost = (
        "- Without them 2 mentees would have a mentor (as with them), and the total would be 1 "
        "(with them 0); 1 mentee has another mentor than without them."
    )
    assert cost in " ".join(matched.output.split())
    # A second matching would take as long again as somebody allowed for, and so would meetings.
    matching, undecided = load(path).match(), examine_file(path, overwrite=True).undecided
    for dear in ("[match]\ntime_limit = 30\n", "[plan]\nrematch = true\n"):
        path.write_text(DECIDED + dear, encoding="utf-8")
        assert load(path).say_cost_of_decisions(matching, undecided) == ""
    path.write_text(DECIDED, encoding="utf-8")
    assert run("report", path, "-o", tmp_path / "report.html").exit_code == 0
    # What is decided in a second workbook is about what the first one left.
    assert run("workbook", path, "-o", tmp_path / "second.xlsx").exit_code == 0
    decide(tmp_path / "second.xlsx", ("bob", "unpair", None))
    both = 'decisions = ["committee.xlsx", "second.xlsx"]'
    path.write_text(DECIDED.replace('decisions = "committee.xlsx"', both), encoding="utf-8")
    assert pairs_of(path) == {"cleo": "grace"}


def test_pairs_are_written_also_where_it_is_not_found_what_decisions_cost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The matching without the decisions may be the harder one: it ended `match` without files."""
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    decide(tmp_path / "committee.xlsx", ("ada", "keep", None))
    path.write_text(DECIDED, encoding="utf-8")
    first = Programme.match

    def fail(self: Programme, problem: mm.Problem, **given: Any) -> mm.Matching:
        if problem.pins:
            return first(self, problem, **given)
        assert (tmp_path / "matches.csv").exists()
        raise mm.SolverError("the engine stopped.")

    monkeypatch.setattr(Programme, "match", fail)
    said = run("match", path)
    assert said.exit_code == 0, said.output
    assert "- What they cost is not known: the engine stopped." in said.output


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


def test_the_lists_of_a_programme_are_all_divided_as_its_tables_are(tmp_path: Path) -> None:
    # Excel in French opened matches.csv, and showed the lists of letters in one column.
    text = TABLES + (
        '[[criteria]]\nkind = "Availability"\ncolumn = "free"\ntimezone = "UTC"\nweight = 1\n'
        "dates = [2027-03-01, 2027-03-28]\n"
        "[plan]\nmeetings = 1\nbetween = [2027-03-01, 2027-03-28]\n"
    )
    people = "id;free\nada;Mon 17:00-18:00\nbob;Tue 17:00-18:00\n"
    mentors = people.replace("ada", "linus").replace("bob", "grace")
    path = programme_in(tmp_path, text, mentees=people, mentors=mentors)
    for command in (("match",), ("letters", "-o", tmp_path / "letters"), ("plan",)):
        said = run(command[0], path, *command[1:])
        assert said.exit_code == 0, said.output
    lists = [one for one in tmp_path.rglob("*.csv") if one.parent != tmp_path]
    assert {"mentees.csv", "mentors.csv", "pairs.csv", "meetings.csv", "surveys.csv"} <= {
        one.name for one in lists
    }
    for one in (*lists, tmp_path / "matches.csv"):
        heading = one.read_text("utf-8-sig").splitlines()[0]
        assert ";" in heading, one
        assert "," not in heading, one
    # What is answered in them is read again.
    assert run("plan", path, "--overwrite").exit_code == 0


def test_who_has_both_roles_gets_two_letters_and_it_is_said(tmp_path: Path) -> None:
    # Ada mentors, too: known by her address.
    text = PROGRAMME.replace("[tables]", '[tables]\nid = "email"')
    both = f"{MENTORS}ada,Ada A,ada@example.org,Perl,senior,Web,1\n"
    path = programme_in(tmp_path, text, mentors=both)
    said = run("letters", path, "-o", tmp_path / "letters")
    assert said.exit_code == 0, said.output
    assert "6 letters to 5 people: 1 has both roles" in " ".join(said.output.split())


def test_letters_hold_addresses_only_where_the_file_asks(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    plain = run("letters", path, "-o", tmp_path / "plain")
    assert plain.exit_code == 0, plain.output
    assert "5 letters, one a person" in " ".join(plain.output.split())
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


@pytest.mark.parametrize(
    ("command", "target"),
    [
        ("letters", "."),
        ("workbook", "committee.xlsx"),
        ("report", "mentees.csv"),
        ("compare", "mentors.csv"),
        ("explain", "programme.toml"),
    ],
)
def test_nothing_that_the_programme_reads_is_replaced_whatever_is_allowed(
    tmp_path: Path, command: str, target: str
) -> None:
    """`letters -o . --overwrite` put lists for mail in the place of the tables of people."""
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    path.write_text(DECIDED, encoding="utf-8")
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    option = "--record" if command == "explain" else "-o"
    said = run(command, path, option, tmp_path / target, "--overwrite")
    assert said.exit_code == 1, said.output
    assert "the programme reads this file, so it is not replaced" in " ".join(said.output.split())
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == before


def test_a_workbook_that_is_not_replaced_is_named_as_in_the_programme_file(
    tmp_path: Path,
) -> None:
    """The cure was given for Python besides; broken into lines first, it was not translated."""
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    decide(tmp_path / "committee.xlsx", ("ada", "unpair", None))
    said = run("workbook", path, "-o", tmp_path / "committee.xlsx", "--overwrite")
    assert said.exit_code == 1, said.output
    told = " ".join(said.output.split())
    assert told.endswith('To use the decisions, write decisions = "…" under [problem].')


def test_a_second_workbook_names_the_first_beside_it(tmp_path: Path) -> None:
    """Followed to the letter, its advice threw away what was decided in the first."""
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    path.write_text(DECIDED, encoding="utf-8")
    said = run("workbook", path, "-o", tmp_path / "second.xlsx").output
    assert 'decisions = ["committee.xlsx", "second.xlsx"]' in said


def test_a_proof_says_that_it_keeps_what_was_decided(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    decide(tmp_path / "committee.xlsx", ("ada", "unpair", None), ("cleo", "keep", None))
    path.write_text(DECIDED, encoding="utf-8")
    said = " ".join(run("match", path).output.split())
    assert "of the matchings that keep 1 pair fixed and 1 pair forbidden." in said


@pytest.mark.parametrize(
    "template",
    [
        "{{ 1/0 }}", "{{ name + 1 }}", "{% include 'x' %}", "{{ '%d'|format(name) }}",
        "{{ name() }}", "{{ -name }}", "{% for x in range(999999999) %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ nobody }}", "{% if %}",
    ],
)  # fmt: skip
def test_a_template_that_cannot_be_filled_is_an_error_of_the_template(
    tmp_path: Path, template: str
) -> None:
    path, mine = programme_in(tmp_path), tmp_path / "mine.md"
    mine.write_text(template, encoding="utf-8")
    said = run("letters", path, "-o", tmp_path / "x" / "y", "--mentee-template", mine)
    assert said.exit_code == 1, said.output
    assert "mine.md" in said.output
    assert "A template may use name, contact, places, why" in " ".join(said.output.split())
    assert not (tmp_path / "x").exists()


def test_a_template_that_is_no_text_is_named(tmp_path: Path) -> None:
    path, mine = programme_in(tmp_path), tmp_path / "mine.txt"
    mine.write_bytes("Grüße, {{ name }}".encode("latin-1"))
    said = run("letters", path, "-o", tmp_path / "out", "--mentee-template", mine)
    assert said.exit_code == 1
    assert "mine.txt is no text in UTF-8" in " ".join(said.output.split())


def test_plain_letters_are_made_from_a_plain_template_and_old_ones_are_named(
    tmp_path: Path,
) -> None:
    mentees = "id,name,wants,team\na,Ana (she/her) #1,Lua,X\n"
    path, mine = programme_in(tmp_path, mentees=mentees), tmp_path / "mine.txt"
    mine.write_text("Dear {{ name }}", encoding="utf-8")
    run("letters", path, "-o", tmp_path / "out", "--mentee-template", mine)
    assert (tmp_path / "out" / "mentee-a.txt").read_text("utf-8") == "Dear Ana (she/her) #1"
    assert run("letters", path, "-o", tmp_path / "md").exit_code == 0
    assert "Dear Ana (she/her) #1," in (tmp_path / "md" / "mentee-a.md").read_text("utf-8")
    (tmp_path / "mentees.csv").write_text(mentees.replace("\na,", "\nb,"), encoding="utf-8")
    said = run("letters", path, "-o", tmp_path / "md", "--overwrite").output
    assert "1 letter of an earlier run is still there: mentee-a.md. Take out" in " ".join(
        said.split()
    )


def test_ids_that_are_addresses_are_said_to_be_in_the_letters(tmp_path: Path) -> None:
    mentees = "email,wants,team\nada@example.org,Lua,X\n"
    path = programme_in(tmp_path, mentees=mentees)
    said = " ".join(run("letters", path, "-o", tmp_path / "out").output.split())
    assert "People are known by their addresses here" in said
    assert "No addresses are in them" not in said
    assert 'No names of mentees were found, so letters begin "Dear ann@…": head the column' in said


def test_a_folder_that_is_a_file_and_a_workbook_that_is_damaged_are_said_to_be(
    tmp_path: Path,
) -> None:
    path = programme_in(tmp_path)
    (tmp_path / "afile").write_text("x", encoding="utf-8")
    assert "this is a file. Name a folder." in run("letters", path, "-o", tmp_path / "afile").output
    below = run("letters", path, "-o", tmp_path / "afile" / "below")
    assert "a part of it is a file" in below.output
    nowhere = run("workbook", path, "-o", tmp_path / "nowhere" / "c.xlsx")
    assert nowhere.exit_code == 1
    assert "there is no folder" in nowhere.output
    run("workbook", path, "-o", tmp_path / "committee.xlsx")
    raw = bytearray((tmp_path / "committee.xlsx").read_bytes())
    raw[4] = raw[raw.rindex(b"PK\x01\x02") + 6] = 0x41
    (tmp_path / "committee.xlsx").write_bytes(bytes(raw))
    path.write_text(DECIDED, encoding="utf-8")
    said = run("match", path)
    assert said.exit_code == 1, said.output
    assert "this is no workbook that can be read" in " ".join(said.output.split())


def test_letters_are_of_the_pairs_that_were_decided_on(tmp_path: Path) -> None:
    """After a rematch, letters of the best matching went to other people, and nothing said so."""
    path = programme_in(tmp_path)
    assert run("match", path).exit_code == 0
    assert "other pairs" not in run("letters", path, "-o", tmp_path / "first").output
    changed = "mentee,mentor\nbob,linus\nada,grace\n"
    (tmp_path / "matches.csv").write_text(changed, encoding="utf-8")
    said = " ".join(run("letters", path, "-o", tmp_path / "second").output.split())
    assert "matches.csv holds other pairs than these, of a rematch or changed by hand" in said
    assert "2 pairs of it not among these: ada with grace, bob with linus." in said
    assert "2 pairs of these not in it: ada with linus, cleo with grace." in said
    assert "For the pairs of that list add --pairs" in said
    third = tmp_path / "third"
    made = run("letters", path, "--pairs", tmp_path / "matches.csv", "-o", third)
    assert made.exit_code == 0, made.output
    assert "other pairs" not in made.output
    rows = pd.read_csv(third / "mentees.csv").set_index("mentee")["mentor"].dropna()
    assert rows.to_dict() == {"bob": "linus", "ada": "grace"}
    for command in ("report", "workbook"):
        said = run(command, path, "-o", tmp_path / f"{command}.xlsx").output
        assert "other pairs than these" in " ".join(said.split())
    # The record of a rematch holds pairs as well.
    mm.Matching.from_pairs(load(path).problem(), [("bob", "linus")]).save(tmp_path / "r.json")
    made = run("letters", path, "--pairs", tmp_path / "r.json", "-o", tmp_path / "fourth")
    assert made.exit_code == 0, made.output
    assert len(pd.read_csv(tmp_path / "fourth" / "pairs.csv")) == 1


def test_pairs_that_are_no_matching_are_refused_before_anything_is_sent(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    (tmp_path / "mine.csv").write_text("mentee,mentor\nada,linus\nbob,linus\n", encoding="utf-8")
    made = run("letters", path, "--pairs", tmp_path / "mine.csv", "-o", tmp_path / "out")
    assert made.exit_code != 0
    assert "'linus' has 2 mentees but capacity 1" in " ".join(made.output.split())
    assert not (tmp_path / "out").exists()


def test_a_pair_that_was_taken_out_of_the_list_is_said(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    run("match", path)
    lines = (tmp_path / "matches.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "matches.csv").write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    said = " ".join(run("letters", path, "-o", tmp_path / "out").output.split())
    assert "1 pair of these not in it: cleo with grace." in said


@pytest.mark.parametrize(
    "own",
    [
        "=ada",
        "+49 151",
        "-ada",
        "@ada",
        "a;=b",
        "a;+b;-c",
        "'=ada",
        "''=ada",
        "'ada",
        "'",
        "\t=ada",
    ],
)
def test_every_id_is_found_again_in_the_list_that_match_writes(tmp_path: Path, own: str) -> None:
    """ "a;'=b" was nobody's id, and "'=ada", an id of somebody's own, lost its apostrophe."""
    path = programme_in(tmp_path, mentees=MENTEES.replace("ada,", f'"{own}",'))
    assert run("match", path).exit_code == 0
    for given in (["letters", path, "-o", tmp_path / "out", "--pairs"], ["audit", path]):
        made = run(*given, tmp_path / "matches.csv")
        assert made.exit_code == 0, made.output
        assert "Did you mean" not in made.output


def test_an_id_that_may_be_two_is_asked_about_and_not_guessed(tmp_path: Path) -> None:
    mentees = MENTEES.replace("ada,", "=ada,").replace("bob,", "'=ada,")
    path = programme_in(tmp_path, mentees=mentees)
    assert run("match", path).exit_code == 0
    made = run("letters", path, "--pairs", tmp_path / "matches.csv", "-o", tmp_path / "out")
    said = " ".join(made.output.split())
    assert made.exit_code == 1
    assert "this is an id, and also how the files of matches write the id '=ada'" in said


def test_a_list_with_ids_that_a_spreadsheet_would_run_is_read_as_it_was_written(
    tmp_path: Path,
) -> None:
    """Ids such as +491511 stand there with an apostrophe, and named "nobody of today"."""
    mentees = MENTEES.replace("ada,", "+491511,").replace("bob,", "@bob,")
    path = programme_in(tmp_path, mentees=mentees)
    assert run("match", path).exit_code == 0
    assert "other pairs" not in run("letters", path, "-o", tmp_path / "first").output
    made = run("letters", path, "--pairs", tmp_path / "matches.csv", "-o", tmp_path / "second")
    assert made.exit_code == 0, made.output


def test_a_pair_that_a_remark_speaks_against_is_said_wherever_pairs_are_looked_at(
    tmp_path: Path,
) -> None:
    """`match` alone said it, and "Dear Ada, your mentor is Linus L" was written without a word.

    What goes to participants does not tell, and no other pair is marked.
    """
    said = ("Anything else?", "Not with Linus; we used to date", "", "Nothing", "")
    mentees = "\n".join(
        f"{row},{one}" for row, one in zip(MENTEES.split("\n"), said, strict=True) if row
    )
    path = programme_in(tmp_path, mentees=mentees)
    assert pairs_of(path) == {"ada": "linus", "cleo": "grace"}
    place = 'mentees.csv, row 2, "Anything else?" may name somebody beside a word such as not'
    report, page = tmp_path / "report.html", tmp_path / "page.html"
    for command, *more in (
        ("match", "--report", tmp_path / "own.html"),
        ("audit",),
        ("letters", "-o", tmp_path / "letters"),
        ("workbook", "-o", tmp_path / "committee.xlsx"),
        ("report", "-o", report),
    ):
        made = run(command, path, *more)
        assert made.exit_code == 0, made.output
        shown = " ".join(made.output.split())
        assert place in shown, command
        assert shown.count("Read that row before you send anything") == 1, command
        assert "used to" not in shown, command
    sheet = openpyxl.load_workbook(tmp_path / "committee.xlsx")["matches"]
    heads, *rows = list(sheet.iter_rows(values_only=True))
    marked = {row[heads.index("mentee")]: row[heads.index("look at this")] for row in rows}
    assert marked == {"ada": f"{place} or manager", "cleo": None}
    for written in (report, tmp_path / "own.html"):
        text = html.unescape(written.read_text(encoding="utf-8"))
        assert "pair to look at before anything is sent" in text
        assert f"Ada A with Linus L: {place}" in text
    path.write_text(f'{PROGRAMME}\n[report]\naudience = "participants"\n', encoding="utf-8")
    assert run("report", path, "-o", page).exit_code == 0
    letters = [one for one in (tmp_path / "letters").iterdir() if one.is_file()]
    assert len(letters) > 3
    for written in (page, *letters):
        text = html.unescape(written.read_text(encoding="utf-8"))
        assert "Anything else?" not in text
        assert "to look at" not in text


def test_a_workbook_without_such_a_pair_has_no_column_for_it(tmp_path: Path) -> None:
    made = run("workbook", programme_in(tmp_path), "-o", tmp_path / "committee.xlsx")
    assert "read by no rule" not in made.output
    sheet = openpyxl.load_workbook(tmp_path / "committee.xlsx")["matches"]
    assert "look at this" not in [cell.value for cell in sheet[1]]
