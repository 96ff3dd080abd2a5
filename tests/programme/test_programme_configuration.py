"""Every key that cannot be used is said: where, what was expected, the nearest name, the cure."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mentormatch.errors import ConfigurationError, KeyFinding
from mentormatch.programme import examine_file, load, read_configuration
from programmes import TABLES, programme_in

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "programme-file.md"


def said_about(folder: Path, text: str) -> list[str]:
    path = programme_in(folder, text)
    findings = read_configuration(path).findings
    assert all(isinstance(finding, KeyFinding) for finding in findings)
    return [
        str(finding).removeprefix(f"{path}, ").removeprefix(f"{path}: ") for finding in findings
    ]


def test_a_small_file_is_enough_and_the_rest_has_the_defaults_of_python(tmp_path: Path) -> None:
    configuration = read_configuration(programme_in(tmp_path, TABLES))
    assert configuration.findings == ()
    assert configuration.problem.capacity == 1
    assert configuration.scoring.missing == "neutral"
    assert configuration.outputs() == {
        "matches": tmp_path / "matches.csv",
        "unmatched": tmp_path / "unmatched.csv",
    }
    assert configuration.output.columns == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "[tables]\nmentees = 3\nmentors = 'mentors.csv'",
            "line 2, tables.mentees: found 3; expected the name of a file in quotes, such as "
            '"mentees.csv".',
        ),
        (
            "[tables]\nmentors = 'mentors.csv'",
            'line 1, tables.mentees: the key is missing. Write mentees = "mentees.csv".',
        ),
        (
            TABLES + "idd = 'email'",
            "line 4, tables.idd: found 'email'; there is no such key in [tables]. It may have "
            "mentees, mentors, people, role, where, rows, header_row, id, duplicates, separators, "
            "sheets, encoding, delimiter, decimal, options, missing, accept. Did you mean 'id'?",
        ),
        (
            TABLES + "capacity = 3",
            "line 4, tables.capacity: found 3; this key belongs into the section [problem]. Move "
            "it there.",
        ),
        (
            TABLES + "duplicates = 'lst'",
            'line 4, tables.duplicates: found \'lst\'; expected one of "error", "last". Did you '
            "mean 'last'?",
        ),
        (
            TABLES + "separators = { wants = 3 }",
            "line 4, tables.separators.wants: found 3; expected the text between two "
            'values, such as ";", a list of several, [";", ","], or "" to keep the cell whole.',
        ),
        (
            TABLES + "separators = ';'",
            "line 4, tables.separators: found ';'; expected a list of keys and values: "
            "{ key = value, … }.",
        ),
        (
            TABLES + "encoding = { mentee = 'utf-8' }",
            "line 4, tables.encoding: found {'mentee': 'utf-8'}; expected a text in quotes for "
            'both tables, or one for each: { mentees = "…", mentors = "…" }.',
        ),
        (
            "capacity = 3\n" + TABLES,
            "line 1, capacity: found 3; this key belongs into a section. Put it below a line "
            "[problem].",
        ),
        (
            TABLES + "[tabels]\nx = 1",
            "line 4, tabels: there is no such section. A programme file has [tables], [scoring], "
            "[problem], [match], [output], [report], [plan], [[columns]], [[criteria]], "
            "[[objectives]], [[milestones]] and [[scenarios]]. "
            "Did you mean 'tables'?",
        ),
        (
            TABLES + "[[milestones]]\nname = 'end'\nmeeting = -1\nsurvey = ['joy']",
            "line 7, milestones[1].survey: survey: each question is a table of its own, in braces.",
        ),
        (
            "match = 'optimal'\n" + TABLES,
            "line 1, match: found 'optimal'; expected a section: a line [match], and its keys on "
            "lines below it.",
        ),
        (
            TABLES + "[problem]\ndemand = 2.5",
            "line 5, problem.demand: found 2.5; expected a whole number for everybody, such as "
            "2, or the name of a column in quotes.",
        ),
        (
            TABLES + "[problem]\npins = [['ada', 'linus'], ['bob']]",
            "line 5, problem.pins[2]: found ['bob']; expected two ids, "
            '["ada", "linus"], or two ids and a reason, ["ada", "linus", "agreed"].',
        ),
        (
            TABLES + "[problem]\nbans = 3",
            "line 5, problem.bans: found 3; expected a list of pairs of ids, "
            '[["ada", "linus", "reason"]], or the name of a table of them in quotes.',
        ),
        (
            TABLES + "[problem]\nmin_score = 'high'",
            "line 5, problem.min_score: found 'high'; expected a number, such as 0.5.",
        ),
        (
            TABLES + "[problem]\ncoverage_first = 'yes'",
            "line 5, problem.coverage_first: found 'yes'; expected true or false, no quotes.",
        ),
        (
            TABLES + "[scoring]\nmissing = 'neutrl'",
            'line 5, scoring.missing: found \'neutrl\'; expected one of "neutral", "skip", '
            '"zero", "error". Did you mean \'neutral\'?',
        ),
        (
            TABLES + "[match]\ngap = -1",
            "line 5, match.gap: found -1; expected a number of 0 or more; 0 asks for the exact "
            "answer.",
        ),
        (
            TABLES + "[match]\ntime_limit = 0",
            "line 5, match.time_limit: found 0; expected a number above 0.",
        ),
        (
            TABLES + "[match]\nseed = true",
            "line 5, match.seed: found True; expected a whole number, 0 or more.",
        ),
        (
            TABLES + "[match]\nstrategy = { proposing = 'mentors' }",
            "line 5, match.strategy: found {'proposing': 'mentors'}; expected the name of a "
            'strategy in quotes, such as "optimal", or a name with parameters: '
            '{ name = "…", … }.',
        ),
        (
            TABLES + "[match]\nstrategy = { name = 'optimal', seed = 3 }",
            "line 5, match.strategy.seed: found 3; the strategy 'optimal' has no such parameter. "
            "It has none.",
        ),
        (
            TABLES + "[output]\ncolumns = 'name'",
            "line 5, output.columns: found 'name'; expected names of columns, "
            '["name", "email"], or some for each table: '
            '{ mentees = ["name"], mentors = ["email"] }.',
        ),
        (
            TABLES + "[output]\nreasons = -1",
            "line 5, output.reasons: found -1; expected a whole number from 0 to 20.",
        ),
    ],
)
def test_a_key_that_cannot_be_used_is_said_in_one_sentence(
    tmp_path: Path, lines: str, said: str
) -> None:
    assert said_about(tmp_path, lines) == [said]


def test_a_file_without_tables_is_told_how_to_name_them(tmp_path: Path) -> None:
    (said,) = said_about(tmp_path, "")
    assert said == (
        "the section [tables] is missing. It names the two files of people:\n"
        '    [tables]\n    mentees = "mentees.csv"\n    mentors = "mentors.csv"'
    )


def test_an_engine_and_a_strategy_that_do_not_exist_are_said_with_the_nearest(
    tmp_path: Path,
) -> None:
    engine, strategy = said_about(
        tmp_path, TABLES + "[match]\nengine = 'scypy'\nstrategy = 'optimum'"
    )
    assert engine.startswith("line 5, match.engine: found 'scypy'; there is no such engine.")
    assert engine.endswith("Did you mean 'scipy'?")
    assert strategy.startswith("line 6, match.strategy: found 'optimum'; there is no such strategy")
    assert strategy.endswith("Did you mean 'optimal'?")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("wants = 'a'", ["line 4, criteria[1].kind: the key kind is missing. It is one of Skill"]),
        (
            "kid = 'Same'\ncolumn = 'team'",
            ["line 5, criteria[1].kid: found 'Same'; a criterion needs the key kind, one of Skill"],
        ),
        (
            "kind = 'LevelGapp'",
            ["line 5, criteria[1].kind: found 'LevelGapp'; there is no such kind of criterion."],
        ),
        (
            "kind = 'Custom'",
            ["line 5, criteria[1].kind: found 'Custom'; a Custom criterion is a function, which"],
        ),
        (
            "kind = 'SkillCoverage'\nwants = 'a'\noffer = 'b'",
            [
                "line 4, criteria[1].offers: SkillCoverage needs this parameter, and it is missing",
                "line 7, criteria[1].offer: found 'b'; SkillCoverage has no such parameter. It has "
                "wants, offers,",
            ],
        ),
        (
            "kind = 'LevelGap'\ncolumn = 3\nladder = 'junior'",
            [
                "line 6, criteria[1].column: found 3; expected a text in quotes.",
                "line 7, criteria[1].ladder: found 'junior'; expected a list, such as",
            ],
        ),
        (
            "kind = 'LevelGap'\ncolumn = 'level'\nweight = -3",
            ["line 7, criteria[1].weight: found -3; LevelGap('level') needs a weight above 0, got"],
        ),
        (
            "kind = 'LevelGap'\ncolumn = 'level'\nweight = 'none'",
            ["line 7, criteria[1].weight: found 'none'; LevelGap('level') has neither a"],
        ),
        (
            "kind = 'LevelGap'\ncolumn = 'level'\ncurve = 3\nrequire = 1",
            [
                "line 7, criteria[1].curve: found 3; expected a table",
                "line 8, criteria[1].require: found 1; expected true or false, no quotes.",
            ],
        ),
        (
            "kind = 'Same'\ncolumn = 'team'\nside = 'mentees'",
            [
                "line 7, criteria[1].side: found 'mentees'; "
                "expected one of 'both', 'mentee', 'mentor'."
            ],
        ),
        (
            "kind = 'Same'\ncolumn = 'team'\n[[criteria]]\nkind = 'Same'\ncolumn = 'team'",
            ["line 7, criteria[2]: criteria[1] is called \"Same('team')\" too. Give one of them a"],
        ),
    ],
)
def test_a_criterion_that_cannot_be_used_is_said_key_by_key(
    tmp_path: Path, lines: str, said: list[str]
) -> None:
    found = said_about(tmp_path, TABLES + "[[criteria]]\n" + lines)
    assert len(found) == len(said)
    for one, start in zip(found, said, strict=True):
        assert one.startswith(start)


def test_criteria_that_are_no_list_of_sections_are_told_their_form(tmp_path: Path) -> None:
    (said,) = said_about(tmp_path, TABLES + "[criteria]\nkind = 'Same'")
    assert said == (
        "line 4, criteria: expected one section for each criterion, beginning with a line "
        "[[criteria]]."
    )


def test_all_problems_of_a_file_come_at_once_in_the_order_of_its_lines(tmp_path: Path) -> None:
    text = (
        TABLES + "idd = 'x'\n[problem]\ndemand = 2.5\n[[criteria]]\nkind = 'Sam'\n"
        "[match]\nstrategy = 'best'\n"
    )
    path = programme_in(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        load(path)
    table = caught.value.table
    assert list(table["column"]) == [
        "tables.idd", "problem.demand", "criteria[1].kind", "match.strategy",
    ]  # fmt: skip
    assert list(table["row"]) == [4, 6, 8, 10]
    assert set(table["file"]) == {str(path)}


def test_a_rule_alone_is_written_with_the_word_none(tmp_path: Path) -> None:
    lines = "[[criteria]]\nkind = 'LevelGap'\ncolumn = 'level'\nrequire = true\nweight = 'none'"
    configuration = read_configuration(programme_in(tmp_path, TABLES + lines))
    assert configuration.findings == ()
    assert configuration.criteria[0].criterion.weight is None


def test_parameters_of_a_strategy_reach_it(tmp_path: Path) -> None:
    lines = "[match]\nstrategy = { name = 'stable', proposing = 'mentors' }"
    configuration = read_configuration(programme_in(tmp_path, TABLES + lines))
    assert configuration.findings == ()
    assert getattr(configuration.strategy, "proposing", None) == "mentors"


def test_a_taxonomy_and_aliases_may_stand_in_tables_of_their_own(tmp_path: Path) -> None:
    lines = (
        "[[criteria]]\nkind = 'SkillCoverage'\nwants = 'wants'\noffers = 'offers'\n"
        "taxonomy = 'our taxonomy.csv'\naliases = 'aliases.csv'\n"
    )
    path = programme_in(tmp_path, TABLES + lines)
    (tmp_path / "our taxonomy.csv").write_text("child,parent\nSQL,Databases\nSQL,Languages\n")
    (tmp_path / "aliases.csv").write_text("alias,name\nstructured query language,SQL\n")
    configuration = read_configuration(path)
    assert configuration.findings == ()
    criterion = configuration.criteria[0].criterion.to_dict()
    assert criterion["taxonomy"] == {"SQL": ["Databases", "Languages"]}
    assert criterion["aliases"] == {"structured query language": "SQL"}
    assert tmp_path / "aliases.csv" in configuration.inputs()
    (tmp_path / "aliases.csv").write_text("alias,nam\nx,y\n")
    (finding,) = read_configuration(path).findings
    assert str(finding).endswith(
        "aliases.csv, row 1, column 'name': this table needs the columns alias and name. "
        "Did you mean 'nam'?"
    )


def test_the_files_of_the_documents_are_programme_files(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 4
    for text in blocks:
        assert said_about(tmp_path, text) == []
        # What stands behind # can be taken in as well, each line by itself.
        for line in re.findall(r"^# (\w+ = .*)$", text, re.MULTILINE):
            key = line.split(" = ")[0]
            changed = re.sub(rf"^{key} = .*$", "", text, flags=re.MULTILINE)
            if key not in ("mentees", "at_most", "per_mentor"):
                assert said_about(tmp_path, changed.replace(f"# {line}", line)) == []


def test_the_guide_shows_the_defaults(tmp_path: Path) -> None:
    text = re.findall(r"```toml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[0]
    shown = read_configuration(programme_in(tmp_path, text))
    plain = read_configuration(programme_in(tmp_path / "plain", TABLES))
    for section in ("tables", "scoring", "problem", "match", "output"):
        assert getattr(shown, section) == getattr(plain, section)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ('[tables]\nmentees = "a\\u0000b"\nmentors = "m.csv"', "tables.mentees: found 'a\\x00b'"),
        (TABLES + '[output]\nmatches = "a\\u0000.csv"', "output.matches: found 'a\\x00.csv'"),
        (TABLES + '[problem]\npins = "a\\u0000.csv"', "problem.pins: found 'a\\x00.csv'"),
        (TABLES + "[output]\nreasons = 100000000", "a whole number from 0 to 20"),
        (TABLES + "[match]\nseed = -1", "expected a whole number, 0 or more"),
        (
            TABLES
            + "[[criteria]]\nkind='Availability'\ncolumn='f'\ndates=[9999-12-01, 9999-12-31]",
            "the dates must lie between the years 1900 and 2200; got 9999-12-01 to 9999-12-31",
        ),
    ],
)
def test_values_at_the_ends_of_what_can_be_written_are_no_fault_of_ours(
    tmp_path: Path, given: str, said: str
) -> None:
    """Each of these ended with exit code 70, or filled the memory."""
    path = tmp_path / "programme.toml"
    path.write_text(given + "\n", encoding="utf-8")
    findings = examine_file(path).findings
    assert any(said in str(finding) for finding in findings), findings


def test_a_home_that_this_system_does_not_know_is_a_folder_that_is_not_there(
    tmp_path: Path,
) -> None:
    path = tmp_path / "programme.toml"
    path.write_text(TABLES.replace('"mentees.csv"', '"~nobody-here/m.csv"'), encoding="utf-8")
    assert any("no such file" in str(one) for one in examine_file(path).findings)
