"""`mentormatch audit`: the programme's own matching, and lists of pairs made elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.audits import feasibility
from mentormatch.cli import app
from mentormatch.programme.screen import auditing


@pytest.fixture
def programme(tmp_path):
    people = [f"a{i}" for i in range(12)]
    pd.DataFrame({"id": people, "level": [1, 2] * 6, "gender": ["f", "m"] * 6}).to_csv(
        tmp_path / "mentees.csv", index=False
    )
    pd.DataFrame({"id": ["b0", "b1", "b2"], "level": [3, 4, 4], "seats": [4, 4, 4]}).to_csv(
        tmp_path / "mentors.csv", index=False
    )
    path = tmp_path / "programme.toml"
    path.write_text(
        '[tables]\nmentees = "mentees.csv"\nmentors = "mentors.csv"\n\n'
        '[problem]\ncapacity = "seats"\n\n'
        '[[criteria]]\nkind = "LevelGap"\nmentee = "level"\nmentor = "level"\n',
        encoding="utf-8",
    )
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["audit", *map(str, arguments)], env={"COLUMNS": "100"})


def test_a_programme_is_audited_in_words_by_group(programme):
    result = run(programme, "--group", "gender")
    assert result.exit_code == 0, result.output
    for said in (
        "Are the rules kept?\n  Yes, all of them.",
        "none has a higher total than this one",
        "Would people rather swap?",
        "12 mentees want a mentor.",
    ):
        assert said in result.output
    assert "gender (mentees)" in result.output
    assert not list(programme.parent.glob("matches*"))


@pytest.mark.parametrize("command", ["validate", "match", "audit"])
def test_at_40_columns_every_line_still_fits_and_no_word_is_lost(programme, command):
    def said(columns: int) -> str:
        given = [command, str(programme), *(["--group", "gender"] if command == "audit" else [])]
        given += ["--overwrite"] if command == "match" else []
        result = CliRunner().invoke(app, given, env={"COLUMNS": str(columns)})
        assert result.exit_code == 0, result.output
        return result.output

    narrow, wide = said(40), said(200)
    assert max(map(len, narrow.splitlines())) <= 40
    assert "".join(narrow.split()) == "".join(wide.split())


def test_pairs_made_elsewhere_are_measured_against_the_best(programme):
    pairs = programme.parent / "pairs.csv"
    pairs.write_text(
        "Mentee,Mentor\n" + "".join(f"a{i},b{i // 4}\n" for i in range(12)), encoding="utf-8"
    )
    result = run(programme, pairs, "-g", "gender")
    assert result.exit_code == 0, result.output
    assert "Beside the best matching: " in result.output


def test_pairs_that_are_no_matching_end_with_what_is_wrong(programme):
    pairs = programme.parent / "pairs.csv"
    pairs.write_text("mentee,mentor\n" + "a0,b0\n" * 2, encoding="utf-8")
    result = run(programme, pairs)
    assert result.exit_code == 1
    assert "2 violations" in result.output
    assert "'a0' with 'b0' stands twice in the list" in result.output
    assert "mentee 'a0' has 2 mentors, and wants at most 1" in result.output
    assert "Not examined" in result.output


def test_every_unknown_id_of_a_list_is_named_with_the_nearest(programme):
    pairs = programme.parent / "pairs.csv"
    pairs.write_text("mentee,mentor\na00,b0\na1,nobody\n", encoding="utf-8")
    result = run(programme, pairs)
    assert result.exit_code == 1
    output = " ".join(result.output.split())
    assert "row 2, column 'mentee': found 'a00'; there is no mentee with this id, name" in output
    assert "row 3, column 'mentor': found 'nobody'; there is no mentor with this id, name" in output


def test_a_list_without_its_columns_and_a_group_that_is_no_column_are_said(programme):
    pairs = programme.parent / "pairs.csv"
    pairs.write_text("who,whom\na0,b0\n", encoding="utf-8")
    output = " ".join(run(programme, pairs).output.split())
    assert "column 'mentee': a table of pairs has the columns mentee and mentor" in output
    assert "It has 'who', 'whom'." in output
    # The nearest heading is none that is taken for the other role.
    pairs.write_text("Mentoré;Mentor\na0;b0\n", encoding="utf-8")
    output = " ".join(run(programme, pairs).output.split())
    assert "It has 'Mentoré', 'Mentor'. Did you mean 'Mentoré'?" in output
    result = run(programme, "--group", "gendr")
    assert result.exit_code == 1
    assert "Did you mean 'gender'?" in result.output


def test_an_audit_reads_without_statistics_and_without_names_of_the_library(programme):
    """It printed reprs: "p = 0.34, corrected for 22 gaps (Holm)", "eligible_share", "Pareto"."""
    pairs = programme.parent / "pairs.csv"
    pairs.write_text(
        "mentee,mentor\n" + "".join(f"a{i},b{i % 3}\n" for i in range(12)), encoding="utf-8"
    )
    for given in ((programme,), (programme, pairs)):
        output = " ".join(run(*given, "--group", "gender").output.split())
        for jargon in ("Holm", "p =", "_rate", "_share", "mean_score", "Gini", "Pareto", "envy",
                       "blocking", "greedy", "residual", "certificate", "(gap"):  # fmt: skip
            assert jargon not in output, jargon
        said = "gender (mentees), all may be chance or follow from whom each may have; the largest"
        assert said in output
        assert "for m, " in output or "for f, " in output
    assert "A better one exists: " in output
    assert "a better matching exists; " in output


def test_a_difference_beyond_chance_is_told_with_its_numbers_and_what_makes_it(programme):
    mentees = programme.parent / "mentees.csv"
    table = pd.DataFrame({"id": [f"a{i}" for i in range(60)], "gender": ["f", "m"] * 30})
    # A level above every mentor's leaves nobody for the women.
    table["level"] = [9, 2] * 30
    table.to_csv(mentees, index=False)
    text = programme.read_text(encoding="utf-8")
    programme.write_text(f"{text}require = true\nweight = 1\n", encoding="utf-8")
    output = " ".join(run(programme, "--group", "gender").output.split())
    assert (
        "gender (mentees), beyond chance: share of mentors one may have: 0.00 for f, 1.00 for m. "
        "Allowing for chance and for all comparisons, the difference lies between"
    ) in output
    assert "It is there before anybody is matched: criteria and rules make it." in output
    # Chance is asked about people who may have about as many: whom they may have is told above.
    assert "perhaps beyond chance: share with a mentor: 0.00 for f, 0.40 for m. " in output
    assert "as many of the other side, chance would make one as large in 100% of cases." in output
    assert auditing._four_fifths(pd.Series({"four_fifths": "below 0.8", "ratio": 0.5})) == (
        " That is 50% of the other rate; a common rule of thumb asks for 80%."
    )


@pytest.mark.parametrize(
    ("p_value", "low", "first", "said"),
    [
        (0.01, 0.05, "1 difference between groups is beyond chance.", "interval). Who"),
        (
            0.01, -0.28, "no difference between groups is beyond chance, 1 perhaps is.",
            "perhaps beyond chance: share with a mentor: 0.25 for f, 0.75 for m. Chance would "
            "rarely make one as large. Allowing for chance and for all comparisons, the difference "
            "lies between -0.28 and 0.6 (95% interval), so that there may be none.",
        ),
        (
            0.2, 0.05, "no difference between groups is beyond chance, 1 perhaps is.",
            "lies between 0.05 and 0.6 (95% interval), but among people who may have about as many "
            "of the other side, chance would make one as large in 20% of cases.",
        ),
        (0.2, -0.28, "no difference between groups is beyond chance.", "all may be chance"),
    ],
)  # fmt: skip
def test_a_difference_is_beyond_chance_only_where_test_and_interval_say_so(
    programme, p_value, low, first, said
):
    """It said "1 difference is beyond chance" and stood above an interval from -0.28 to 0.3."""
    problem = mm.programme.load(programme).problem()
    matching = mm.match(problem)
    found = mm.audit(matching, groups=["gender"])
    fair = found.fairness
    gaps = fair.gaps[fair.gaps["measure"] == "match_rate"].iloc[:1].copy()
    gaps[["worst", "best", "difference", "p_holm", "low_all", "high_all", "four_fifths"]] = [
        ["f", "m", 0.5, p_value, low, 0.6, ""]
    ]
    by_group = fair.by_group.copy()
    by_group.loc[[("mentees", "gender", "f"), ("mentees", "gender", "m")], "match_rate"] = [
        0.25, 0.75,
    ]  # fmt: skip
    fair = replace(fair, gaps=gaps, by_group=by_group)
    told = auditing.describe_audit(replace(found, fairness=fair))
    assert told[0].lines[0].endswith(f"; {first}")
    assert said in " ".join(line for part in told for line in part.lines)


def test_every_rule_that_an_audit_may_find_broken_is_said_in_words():
    source = Path(feasibility.__file__).read_text(encoding="utf-8")
    rules = re.findall(r'(?:wrong.append\(|^ +)\("([a-z][a-z, ]+)", ', source, re.MULTILINE)
    assert set(rules) == set(auditing.BROKEN)


def test_the_first_line_of_an_audit_answers(programme):
    lines = run(programme, "--group", "gender").stdout.splitlines()
    assert lines[0] == "In short"
    assert lines[1].startswith("Every rule holds; no matching is better by its own aim;")
    assert "difference" in lines[1] + lines[2]


def test_warnings_of_one_kind_are_said_once_with_all_their_groupings():
    said = "fewer than two groups have 5 people; nothing to compare"
    lines = [f"  warning: a (mentees): {said}", "  loads: 1", f"  warning: b (mentees): {said}"]
    assert auditing._fold_warnings(lines) == [
        f"  warning: a (mentees), b (mentees): {said}",
        "  loads: 1",
    ]


def test_people_may_be_named_and_headings_may_have_both_forms(programme):
    """A list with "Karl Müller" was refused, and "Mentor/in" was asked whether it was meant."""
    for name, people in (("mentees", 12), ("mentors", 3)):
        table = pd.read_csv(programme.parent / f"{name}.csv")
        table["Name"] = [f"{name.title()} Zoë{k}" for k in range(people - 1)] + ["Mentors Zoë0"]
        table.to_csv(programme.parent / f"{name}.csv", index=False)
    pairs = programme.parent / "pairs.csv"
    pairs.write_text("Mentee:in;Mentor/in\na0;mentors zoe1\nMENTEES Zoe3;b2\n", encoding="utf-8")
    result = run(programme, pairs)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "How the list was read 2 names were read as ids: " in said
    assert "'MENTEES Zoe3' as 'a3'" in said
    # A name of two people says whose it is; they are asked for.
    pairs.write_text("mentee,mentor\na0,Mentors Zoë0\na1,Somebody\n", encoding="utf-8")
    said = " ".join(run(programme, pairs).output.split())
    assert "2 mentors have this name or address. Write the id: 'b0', 'b2'." in said
    assert "found 'Somebody'; there is no mentor with this id, name" in said
