"""What is written: only what was asked for, safe to open, all of it or nothing."""

from __future__ import annotations

import errno
import tempfile
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from mentormatch.errors import ConfigurationError
from mentormatch.programme import Programme, load, outputs
from mentormatch.programme.output_tables import People, make_matches_table
from mentormatch.programme.screen.values import describe_values
from programmes import MENTEES, MENTORS, PROGRAMME, TABLES, programme_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mentormatch.matching import Matching
    from mentormatch.progress import ProgressEvent


def matched(path: Path) -> tuple[Programme, Matching]:
    programme = load(path)
    return programme, programme.match()


def written(path: Path, name: str = "matches.csv") -> pd.DataFrame:
    programme, matching = matched(path)
    programme.write(matching)
    return pd.read_csv(path.parent / name, keep_default_na=False)


def test_matches_have_one_row_a_pair_with_score_and_reasons(tmp_path: Path) -> None:
    table = written(programme_in(tmp_path))
    assert list(table.columns) == ["mentee", "mentor", "score", "reason_1", "reason_2", "reason_3"]
    by_mentee = table.set_index("mentee")
    assert by_mentee["mentor"].to_dict() == {"ada": "linus", "cleo": "grace"}
    assert by_mentee.loc["ada", "score"] == 1.0
    assert by_mentee.loc["ada", "reason_1"] == "offers 2 of the 2 skills wanted: C++, Lua"
    # A criterion that gives nothing is no reason, and a pair without one says so.
    assert by_mentee.loc["cleo", "reason_1"] == "no criterion speaks for this pair"
    assert by_mentee.loc["cleo", "reason_2"] == ""


def test_nothing_about_people_is_written_that_was_not_asked_for(tmp_path: Path) -> None:
    programme, matching = matched(programme_in(tmp_path))
    programme.write(matching)
    text = (tmp_path / "matches.csv").read_text() + (tmp_path / "unmatched.csv").read_text()
    for private in ("Ada A", "example.org", "woman", "Platform"):
        assert private not in text


def test_columns_asked_for_stand_beside_the_ids(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['name']\nreasons = 1\n")
    table = written(path)
    assert list(table.columns) == [
        "mentee", "mentee_name", "mentor", "mentor_name", "score", "reason_1",
    ]  # fmt: skip
    assert list(table["mentor_name"]) == ["Linus L", "Grace G"]
    left = pd.read_csv(tmp_path / "unmatched.csv")
    assert list(left.columns) == [
        "waiting", "mentee", "mentee_name", "missing", "reason",
        "next_best_1", "next_best_2", "next_best_3",
    ]  # fmt: skip
    assert list(left["next_best_1"]) == ["linus (0.00, full)"]
    assert list(left["mentee_name"]) == ["Bob B"]


def test_a_column_of_one_table_only_and_columns_by_table(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['gender']\nreasons = 0\n")
    assert list(written(path).columns) == ["mentee", "mentee_gender", "mentor", "score"]
    folder = tmp_path / "by table"
    columns = "columns = { mentees = ['email'], mentors = ['name', 'id'] }"
    path = programme_in(folder, f"{PROGRAMME}[output]\n{columns}\nreasons = 0\n")
    assert list(written(path).columns) == [
        "mentee", "mentee_email", "mentor", "mentor_name", "mentor_id", "score",
    ]  # fmt: skip


def test_reasons_are_the_strongest_first_and_a_missing_value_is_none(tmp_path: Path) -> None:
    text = (
        TABLES + "[[criteria]]\nkind = 'Same'\ncolumn = 'team'\nweight = 1\n"
        "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\nweight = 9\n"
        "[[criteria]]\nkind = 'Same'\ncolumn = 'level'\nweight = 2\n"
    )
    mentees = "id,wants,team,level\nbob,SQL,Data,\n"
    table = written(programme_in(tmp_path, text, mentees=mentees))
    assert table.loc[0, ["reason_1", "reason_2", "reason_3"]].tolist() == [
        "offers the skill wanted: SQL",
        "both have 'Data'",
        "",
    ]


def test_a_criterion_of_both_sides_is_one_reason(tmp_path: Path) -> None:
    text = (
        TABLES + "[[criteria]]\nkind = 'Same'\ncolumn = 'team'\nside = 'mentee'\n weight = 1\n"
        "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\nweight = 2\n"
    )
    table = written(programme_in(tmp_path, text, mentees="id,wants,team\nbob,SQL,Data\n"))
    assert table.loc[0, ["reason_1", "reason_2", "reason_3"]].tolist() == [
        "offers the skill wanted: SQL",
        "both have 'Data'",
        "",
    ]


def test_too_few_seats_and_nobody_eligible_are_told_person_by_person(tmp_path: Path) -> None:
    mentors = MENTORS.replace("Kernel,1", "Kernel,0")
    left = written(programme_in(tmp_path, mentors=mentors), "unmatched.csv").set_index("mentee")
    assert left.loc["bob", "reason"].startswith("1 mentor is eligible, who has no seats")
    assert left["missing"].tolist() == [1, 1]
    same = MENTEES.replace("Platform", "Kernel;Data")
    left = written(programme_in(tmp_path / "2", mentees=same), "unmatched.csv").set_index("mentee")
    assert left.loc["ada", "reason"] == (
        'no mentor is eligible (Different "team" rules out 2 of 2)'
    )


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_cells_that_a_spreadsheet_would_run_are_made_harmless(tmp_path: Path, ending: str) -> None:
    evil = MENTEES.replace("Ada A", '"=HYPERLINK(""x"")"').replace("Cleo C", "@SUM(A1)")
    evil = evil.replace("Bob B", "\x07+1")
    text = f"{PROGRAMME}[output]\nmatches = 'm{ending}'\nunmatched = 'u{ending}'\ncolumns=['name']"
    programme, matching = matched(programme_in(tmp_path, text, mentees=evil))
    programme.write(matching)
    read: Any = pd.read_csv if ending == ".csv" else partial(pd.read_excel, engine="openpyxl")
    tables = [read(tmp_path / f"{name}{ending}") for name in ("m", "u")]
    names = [name for table in tables for name in table["mentee_name"]]
    assert len(names) == 3
    assert all(name.startswith("'") for name in names)


def test_paths_start_from_the_folder_of_the_file_and_may_have_spaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "our programme 2027"
    text = PROGRAMME.replace("mentees.csv", "sub folder/mentees.csv")
    path = programme_in(folder, text + "[output]\nmatches = '../matches of all.csv'\n")
    (folder / "sub folder").mkdir()
    (folder / "mentees.csv").rename(folder / "sub folder" / "mentees.csv")
    monkeypatch.chdir(tmp_path)
    programme, matching = matched(path.relative_to(tmp_path))
    programme.write(matching)
    assert (tmp_path / "matches of all.csv").is_file()
    assert (folder / "unmatched.csv").is_file()


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    plain = written(programme_in(tmp_path / "plain"))
    path = programme_in(tmp_path / "windows")
    for name in ("programme.toml", "mentees.csv", "mentors.csv"):
        file = tmp_path / "windows" / name
        file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    pd.testing.assert_frame_equal(written(path), plain)


# ---------------------------------------------------------------- all or nothing


def test_nothing_is_written_when_one_output_exists(tmp_path: Path) -> None:
    programme, matching = matched(programme_in(tmp_path))
    (tmp_path / "unmatched.csv").write_text("mine")
    with pytest.raises(ConfigurationError, match=r"output\.unmatched.*exists already"):
        programme.write(matching)
    assert not (tmp_path / "matches.csv").exists()
    assert (tmp_path / "unmatched.csv").read_text() == "mine"
    assert programme.write(matching, overwrite=True) == [
        tmp_path / "matches.csv",
        tmp_path / "unmatched.csv",
    ]


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, OSError(errno.ENOSPC, "full")])
def test_stopping_in_the_middle_of_writing_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    programme, matching = matched(programme_in(tmp_path))
    before = sorted(tmp_path.iterdir())
    written_bytes: Iterator[int] = iter(range(2))
    plainly = type(tmp_path).write_bytes

    def dying(self: Path, data: bytes) -> int:
        if next(written_bytes) == 1:
            plainly(self, data[: len(data) // 2])
            raise stop
        return plainly(self, data)

    monkeypatch.setattr(type(tmp_path), "write_bytes", dying)
    with pytest.raises(stop if isinstance(stop, type) else type(stop)):
        programme.write(matching)
    assert sorted(tmp_path.iterdir()) == before


def test_progress_counts_the_pairs(tmp_path: Path) -> None:
    _, matching = matched(programme_in(tmp_path))
    told: list[ProgressEvent] = []
    make_matches_table(matching, People(), 1, told.append)
    assert [(event.step, event.done, event.of) for event in told] == [
        ("reasons", 1, 2),
        ("reasons", 2, 2),
    ]


def test_matching_leaves_the_names_of_the_id_columns_alone(tmp_path: Path) -> None:
    # The certificate's prices once renamed the index that they shared with the mentors' table.
    _, matching = matched(programme_in(tmp_path))
    cohort = matching.problem.compatibility.cohort
    assert cohort is not None
    assert (cohort.mentees.index.name, cohort.mentors.index.name) == ("id", "id")
    assert matching.certificate is not None
    assert matching.certificate.prices.index.name == "mentor"


def test_contact_puts_names_and_addresses_by_their_role_beside_the_ids(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncontact = true\nreasons = 0\n")
    table = written(path)
    assert list(table.columns) == [
        "mentee", "mentee_name", "mentee_email", "mentor", "mentor_name", "mentor_email", "score",
    ]  # fmt: skip
    assert table["mentor_email"].tolist() == ["linus@example.org", "grace@example.org"]


def test_scores_have_three_digits_and_all_of_them_on_request(tmp_path: Path) -> None:
    mentees = "id,wants\nada,Lua; Go; C\n"
    mentors = "id,offers,seats\nlin,Lua,1\n"
    criterion = (
        TABLES + "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\n"
    )
    short = programme_in(tmp_path / "a", criterion, mentees=mentees, mentors=mentors)
    assert written(short)["score"].tolist() == [0.333]
    full = criterion + "[output]\nfull_scores = true\n"
    whole = programme_in(tmp_path / "b", full, mentees=mentees, mentors=mentors)
    assert written(whole)["score"].tolist() == [pytest.approx(1 / 3, abs=1e-12)]


def test_outputs_have_the_delimiter_and_the_decimal_mark_of_the_input(tmp_path: Path) -> None:
    mentees = "id;wants\nada;Lua, Go, C\n"
    mentors = "id;offers\nlin;Lua\n"
    criterion = (
        TABLES + "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\n"
    )
    path = programme_in(tmp_path, criterion, mentees=mentees, mentors=mentors)
    programme, matching = matched(path)
    programme.write(matching)
    lines = (tmp_path / "matches.csv").read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("mentee;mentor;score;")
    assert lines[1].startswith("ada;lin;0,333;")


def test_the_list_by_mentor_has_everybody_with_seats_and_mentees(tmp_path: Path) -> None:
    path = programme_in(tmp_path, PROGRAMME + "[output]\nby_mentor = 'by_mentor.csv'\n")
    programme, matching = matched(path)
    assert (tmp_path / "by_mentor.csv") in programme.write(matching)
    table = pd.read_csv(tmp_path / "by_mentor.csv")
    assert list(table.columns) == ["mentor", "seats", "taken", "free", "mentees"]
    assert table.set_index("mentor")["mentees"].to_dict() == {"linus": "ada", "grace": "cleo"}


def test_who_waits_stands_in_the_order_of_the_best_score_with_anybody(tmp_path: Path) -> None:
    mentees = "id,wants\nada,Lua\nbob,Lua; Go\ncy,Lua; Go; C\n"
    mentors = "id,offers\nlin,Lua\n"
    criterion = (
        TABLES + "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\n"
    )
    path = programme_in(tmp_path, criterion, mentees=mentees, mentors=mentors)
    programme, matching = matched(path)
    programme.write(matching)
    left = pd.read_csv(tmp_path / "unmatched.csv")
    assert left["mentee"].tolist() == ["bob", "cy"]
    assert left["waiting"].tolist() == [1, 2]
    assert left["next_best_1"].tolist() == ["lin (0.50, full)", "lin (0.33, full)"]


def test_a_workbook_has_widths_a_filter_and_a_heading_that_stays(tmp_path: Path) -> None:
    import openpyxl

    path = programme_in(tmp_path, PROGRAMME + "[output]\nmatches = 'matches.xlsx'\n")
    programme, matching = matched(path)
    programme.write(matching)
    sheet = openpyxl.load_workbook(tmp_path / "matches.xlsx").active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == sheet.dimensions
    assert sheet.column_dimensions["D"].width > 30


def test_a_folder_in_which_nothing_can_be_written_is_said_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    configuration = load(programme_in(tmp_path)).configuration
    findings = outputs.check_outputs(configuration)
    assert findings
    for finding in findings:
        assert "nothing can be written to this folder: Permission denied." in str(finding)


def test_a_report_that_exists_is_replaced_only_when_asked(tmp_path: Path) -> None:
    programme, matching = matched(programme_in(tmp_path))
    page = programme.write_report(matching, tmp_path / "report.html")
    before = page.read_bytes()
    with pytest.raises(ConfigurationError, match=r"this file exists already.*overwrite=True"):
        programme.write_report(matching, page)
    assert programme.write_report(matching, page, overwrite=True).read_bytes() == before


def test_outputs_have_the_form_of_the_mentees_where_each_table_has_its_own(tmp_path: Path) -> None:
    given = '[tables]\ndelimiter = { mentees = ";", mentors = "," }\n'
    text = PROGRAMME.replace("[tables]\n", given, 1)
    path = programme_in(tmp_path, text, mentees=MENTEES.replace(",", ";"))
    configuration = load(path).configuration
    assert outputs.find_text_form(configuration) == outputs.TextForm(";", ",")
    # A file that names no tables has findings, and its outputs the plain form.
    nothing = replace(configuration, tables=None)
    assert outputs.find_text_form(nothing) == outputs.TextForm()
    assert describe_values(configuration, None) == []


def test_contact_joins_first_and_last_name(tmp_path: Path) -> None:
    """The first name alone stood beside the id, so that two Hannas were one."""
    criterion = TABLES + "[[criteria]]\nkind = 'TagOverlap'\ncolumn = 'x'\n"
    path = programme_in(
        tmp_path,
        criterion + "[problem]\ncapacity = 'seats'\n[output]\ncontact = true\nreasons = 0\n",
        mentees="id,Vorname,Nachname,x\n1,Hanna ,Schmidt,a\n2,Hanna,Kurz,b\n3,,,a\n",
        mentors="id,First name,Last name,x,seats\n7,Ida,Rho,a; b,3\n",
    )
    table = written(path)
    assert table["mentee_name"].tolist() == ["Hanna Schmidt", "Hanna Kurz", ""]
    assert table["mentor_name"].tolist() == ["Ida Rho"] * 3
