"""`mentormatch feedback`: what ratings can and cannot tell, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import mentormatch as mm
from mentormatch import programme
from mentormatch.cli import app
from mentormatch.programme.cycle import plan_cycle
from mentormatch.programme.screen.cycle import as_html, as_page, describe_cycle
from mentormatch.programme.screen.paragraph import Paragraph

if TYPE_CHECKING:
    from pathlib import Path

N, M = 90, 30
CRITERION = '[[criteria]]\nkind = "Near"\ncolumn = "{0}"\nscale = 1.0\nweight = 1\nname = "{1}"\n\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    tables = {"mentees": ("e", N), "mentors": ("o", M)}
    for name, (letter, count) in tables.items():
        frame = pd.DataFrame(rng.random((count, 2)).round(3), columns=["goals", "style"])
        frame.insert(0, "id", [f"{letter}{k}" for k in range(count)])
        if name == "mentees":
            frame["office"] = ["north"] * 40 + ["south"] * (count - 43) + ["moon"] * 3
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "programme.toml").write_text(
        '[tables]\nmentees = "mentees.csv"\nmentors = "mentors.csv"\n\n[problem]\ncapacity = 3\n\n'
        + CRITERION.format("goals", "goals")
        + CRITERION.format("style", "style"),
        "utf-8",
    )
    # Only goals matter for what is rated.
    mentees = pd.read_csv(tmp_path / "mentees.csv")
    mentors = pd.read_csv(tmp_path / "mentors.csv")
    paired = rng.integers(0, M, N)
    near = 1 - np.abs(mentees["goals"].to_numpy() - mentors["goals"].to_numpy()[paired])
    stars = np.clip(np.round(1 + 4 * near + rng.normal(0, 0.4, N)), 1, 5).astype(int)
    answers = {"mentee": mentees["id"], "mentor": mentors["id"].to_numpy()[paired], "rating": stars}
    pd.DataFrame(answers).to_csv(tmp_path / "ratings.csv", index=False)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    given = ["feedback", str(folder / "programme.toml"), str(folder / "ratings.csv"), *arguments]
    return CliRunner().invoke(app, given, env={"COLUMNS": "100"})


def test_ratings_are_told_in_words_and_nothing_is_written(folder: Path) -> None:
    before = sorted(path.name for path in folder.iterdir())
    result = run(folder, "--by", "mentee")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "Other weights foretell rating better, beyond doubt" in said
    assert "goals: 1 -> " in said
    assert "If you agree Nothing was changed. To use these weights" in said
    assert "1 (worst) to 5 (best)" in said
    assert sorted(path.name for path in folder.iterdir()) == before


def test_who_answered_is_not_told_of_few_by_two_columns(folder: Path) -> None:
    """Each column had large groups alone; "north" less "x" told who of two had answered."""
    mentees = pd.read_csv(folder / "mentees.csv").drop(columns="office")
    mentees["office"] = ["north"] * 40 + ["south"] * (N - 40)
    mentees["team"] = ["x"] * 38 + ["y"] * (N - 38)
    mentees.to_csv(folder / "mentees.csv", index=False)
    alone = " ".join(run(folder, "--by", "mentee", "--group", "team").output.split())
    assert "mentees of team x" in alone
    assert "team x: rated" in alone
    both = run(folder, "--by", "mentee", "--group", "office", "--group", "team")
    said = " ".join(both.output.split())
    assert "mentees of office north" in said
    assert "office north: rated" in said
    assert "of team" not in said
    assert "team x: rated" not in said
    assert "team y: rated" not in said


def test_who_was_asked_is_said_and_a_record_names_them(folder: Path) -> None:
    said = " ".join(run(folder, "--by", "mentee").output.split())
    assert "Who answered, of the pairs that the file makes today" in said
    rated = pd.read_csv(folder / "ratings.csv")
    problem = programme.load(folder / "programme.toml").problem()
    kept = rated.groupby("mentor").head(3)
    matching = mm.Matching.from_pairs(problem, kept[["mentee", "mentor"]])
    matching.save(folder / "asked.json")
    result = run(folder, "--by", "mentee", "--record", str(folder / "asked.json"))
    said = " ".join(result.output.split())
    assert f"of the record {len(kept)} of {len(kept)} mentees (100%" in said, said


def test_few_ratings_are_refused_in_words(folder: Path) -> None:
    table = pd.read_csv(folder / "ratings.csv").head(12)
    table.to_csv(folder / "ratings.csv", index=False)
    result = run(folder, "--by", "mentee")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "The weights stay as they are" in said
    assert "12 answers are too few to learn from; it takes at least 30, which is 18 more" in said


def test_answers_about_other_pairs_are_counted_and_a_target_without_answers_is_named(
    folder: Path,
) -> None:
    matching = programme.load(folder / "programme.toml").match()
    matching.save(folder / "asked.json")
    pairs = matching.pairs[["mentee", "mentor"]].head(40).assign(rating=4)
    pairs.loc[0, "mentor"] = pairs["mentor"].unique()[-1]
    pairs.to_csv(folder / "ratings.csv", index=False)
    given = ("--by", "mentee", "--record", str(folder / "asked.json"))
    said = " ".join(run(folder, *given).output.split())
    assert "1 answer is about other pairs: people changed since, or a wrong name" in said
    assert "rating (40 answers): 1 (worst) to 5 (best)" in said
    pairs.rename(columns={"rating": "continued"}).assign(continued="yes").to_csv(
        folder / "ratings.csv", index=False
    )
    result = run(folder, *given)
    assert result.exit_code == 1
    said = " ".join(result.output.split())
    assert "The answers hold no rating; they hold continued: choose it as the target" in said


def test_who_answered_is_asked_and_wrong_words_are_refused(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 1
    assert "no column says which side answered" in " ".join(result.output.split())
    result = run(folder, "--by", "boss")
    assert result.exit_code == 2
    assert "mentee or mentor, not boss" in " ".join(result.output.split())


def cycle(folder: Path, *arguments: str) -> Result:
    given = ["cycle", str(folder / "programme.toml"), *arguments]
    return CliRunner().invoke(app, given, env={"COLUMNS": "100"})


def test_a_cycle_says_what_was_learned_and_proposes_the_next_round(folder: Path) -> None:
    matching = programme.load(folder / "programme.toml").match()
    matching.save(folder / "record.json")
    # Since then one mentor has left.
    mentors = pd.read_csv(folder / "mentors.csv")
    gone = matching.pairs["mentor"].iloc[0]
    mentors[mentors["id"] != gone].to_csv(folder / "mentors.csv", index=False)
    page = folder / "cycle.md"
    given = ("--ratings", str(folder / "ratings.csv"), "--by", "mentee")
    result = cycle(folder, *given, "--record", str(folder / "record.json"), "-o", str(page))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "foretell rating better" in said or "The weights stay" in said
    assert "answers name people who are not in the cohort" in said
    assert "The next round, if nobody objects" in said
    assert "of them as before" in said
    assert "Nothing was changed" in said
    text = page.read_text("utf-8")
    assert text.startswith("# From this round to the next")
    assert "## The next round, if nobody objects" in text


def test_the_page_of_a_cycle_holds_the_evidence_and_a_chart_and_loads_nothing(folder: Path) -> None:
    page = folder / "cycle.html"
    given = ("--ratings", str(folder / "ratings.csv"), "--by", "mentee")
    result = cycle(folder, *given, "--group", "office", "-o", str(page))
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "On answers about mentors left out of the fit" in said
    assert "lost by choosing between two as foretold (regret: less is better): 0." in said
    assert "pairs would be made that the old weights do not" in said
    assert "office north and 1 small group: " in said
    assert "moon" not in said
    text = page.read_text("utf-8")
    assert "<h2>What the weights would change among the people of the next round</h2>" in text
    assert text.count("<svg") == 1
    assert "Old and new weight of each criterion" in text
    assert "default-src 'none'" in text
    assert not re.search(r"<script|<img|<link|\ssrc=|\sstyle=|https?:(?!//www.w3.org)", text)


def test_who_answered_is_told_by_group_and_small_groups_are_not_shown(folder: Path) -> None:
    result = run(folder, "--by", "mentee", "-g", "office")
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    # 43 and 47 are all 90: the three of the third office cannot be told from the whole.
    assert "of 43 mentees of office north and 1 small group (" in said
    assert "of 47 mentees of office south (" in said
    assert "moon" not in said
    assert "Whom it favours; nothing is corrected" in said
    assert "matched with the old weights" in said


def test_names_in_the_page_of_a_cycle_are_text(folder: Path) -> None:
    cohort = mm.Cohort(*(pd.DataFrame({"a": [0.5]}, index=["<b>x</b>"]) for _ in range(2)))
    criteria = mm.Criteria(mm.criteria.Near("a", scale=1.0, weight=1))
    problem = mm.Problem(criteria.score(cohort))
    found = plan_cycle(problem, criteria, record=mm.match(problem))
    moved = Paragraph("<i>T</i>", ("  <script>alert(1)</script>",))
    text = as_html([moved, *describe_cycle(found)], found)
    assert "<script>" not in text
    assert "<i>" not in text
    assert "<b>x" not in text


def test_a_cycle_of_nothing_says_what_to_give(folder: Path) -> None:
    result = cycle(folder)
    assert result.exit_code == 1
    assert "There is nothing to learn from: give ratings" in " ".join(result.output.split())


def test_a_page_makes_marks_in_names_harmless() -> None:
    page = as_page([Paragraph("A *title*", ("  <script>alert(1)</script> [x](y) `z`",))])
    assert "<script>" not in page
    assert r"\*title\*" in page
    assert r"\[x\](y)" in page
    # An arrow is an arrow: it was "4 -&gt; 4" where the page was read as text.
    assert "- goals: 4 → 4.5" in as_page([Paragraph("Weights", ("  goals: 4 -> 4.5",))])


def test_people_may_be_named_in_the_answers_and_headings_may_have_both_forms(folder: Path) -> None:
    """Names got "2 answers are about other pairs", where `explain` takes them."""
    for name in ("mentees", "mentors"):
        people = pd.read_csv(folder / f"{name}.csv")
        people["Name"] = [f"{name.title()} Zoë{k}" for k in range(len(people))]
        people.to_csv(folder / f"{name}.csv", index=False)
    path = folder / "ratings.csv"
    given = pd.read_csv(path, dtype=str)
    plain = run(folder, "--by", "mentee").output
    given.loc[0, "mentee"] = f"mentees zoe{given.loc[0, 'mentee'][1:]}"
    given.loc[:, "mentor"] = "Mentors Zoë" + given["mentor"].str[1:]
    given.rename(columns={"mentor": "Mentor/in"}).to_csv(path, index=False)
    said = run(folder, "--by", "mentee").output
    assert "1 name was read as an id: 'mentees zoe0' as 'e0'." in " ".join(said.split())
    assert "names were read as ids: 'Mentors Zoë" in " ".join(said.split())
    assert said.split("\n\n")[0] == plain.split("\n\n")[0]
    assert said.split("\n\n")[2:] == plain.split("\n\n")[2:]
