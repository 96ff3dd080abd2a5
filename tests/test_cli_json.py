"""`--json`: results for programs, and nothing else on standard output; `-v`: the log."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.logger import LOGGER
from mentormatch.programme import load
from programmes import MENTEES, programme_in

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "command-line.md"
EVENTS = "mentee,mentor,date,event\n{},{},2027-01-12,accepted\n"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(one) for one in arguments])


@pytest.fixture
def results(tmp_path: Path) -> dict[str, dict]:
    path = programme_in(tmp_path)
    first = load(path).match().pairs.iloc[0]
    (tmp_path / "events.csv").write_text(EVENTS.format(first["mentee"], first["mentor"]))
    given = {
        "validate": [],
        "match": ["--record", tmp_path / "record.json"],
        "audit": ["--group", pd.read_csv(tmp_path / "mentees.csv").columns[1]],
        "compare": ["--strategy", "optimal", "--strategy", "stable"],
        "status": [tmp_path / "events.csv"],
        "explain": ["--record", tmp_path / "explained.json"],
    }
    made = {}
    for command, more in given.items():
        result = run(command, path, *more, "--json")
        assert result.exit_code == 0, result.output
        made[command] = json.loads(result.stdout)
        assert result.stdout.isascii()
    return made


def test_every_key_of_a_result_is_on_the_page(results: dict[str, dict]) -> None:
    page = PAGE.read_text("utf-8").partition("## Results for programs")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (.*?) \|", page, re.MULTILINE))))
    for name, one in results.items():
        assert one["command"] == name
        assert one["ok"] is True
        assert one["text"]
        assert set(one) <= listed


def test_a_result_of_match_is_the_matching(results: dict[str, dict], tmp_path: Path) -> None:
    matching = load(tmp_path / "programme.toml").match()
    found = results["match"]
    assert found["pairs"] == matching.pairs.to_dict("records")
    assert found["matched"] == matching.n_matched
    assert {one["mentor"]: one["mentees"] for one in found["loads"]} == matching.loads.to_dict()
    proof = mm.Certificate.from_dict(found["certificate"])
    assert proof.objective == matching.certificate.objective
    assert mm.certify(matching.problem, matching.pairs, proof.prices).proven
    assert [Path(one).name for one in found["files"]][-1] == "record.json"
    assert all(Path(one).is_file() for one in found["files"])
    titles = [one["title"] for one in found["text"]]
    assert "Result" in titles
    assert "Proof" in titles


def test_a_comparison_has_a_row_for_each_strategy(results: dict[str, dict], tmp_path: Path) -> None:
    found = results["compare"]
    assert [one["strategy"] for one in found["strategies"]] == ["optimal", "stable"]
    matching = load(tmp_path / "programme.toml").match()
    assert found["strategies"][0]["total"] == pytest.approx(matching.total)
    assert found["reference"] == "optimal"
    assert found["failures"] == {}


def test_what_few_people_would_be_told_by_is_in_no_result(results: dict[str, dict]) -> None:
    """The numbers of answers stood beside "not shown"."""
    hidden = [one for one in results["status"]["figures"] if "not shown" in one["note"]]
    assert hidden
    assert all(one["n"] is None and one["value"] is None for one in hidden)
    groups = results["audit"]["fairness"]["by_group"]
    assert groups
    assert all(one["count"] is None or one["count"] >= 5 for one in groups)


def test_pairs_are_named_in_the_states_that_the_screen_names(
    results: dict[str, dict], tmp_path: Path
) -> None:
    """The state of every pair stood there, and told the acceptance of any two people."""
    found = results["status"]
    assert found["states"]["accepted"] == 1
    named = {(one["mentee"], one["mentor"]) for one in found["pairs"]}
    assert {one["state"] for one in found["pairs"]} == {"proposed"}
    lines = " ".join(line for one in found["text"] for line in one["lines"])
    for pair in load(tmp_path / "programme.toml").match().pairs.to_dict("records"):
        told = f"{pair['mentee']} with {pair['mentor']}" in lines
        assert told == ((pair["mentee"], pair["mentor"]) in named)


def test_answers_have_values_for_a_committee_and_sentences_alone_for_one_of_the_two(
    results: dict[str, dict], tmp_path: Path
) -> None:
    """There was no JSON of them."""
    path = tmp_path / "programme.toml"
    matching = load(path).match()
    found = results["explain"]
    assert found["audience"] == "committee"
    assert Path(found["files"][0]).is_file()
    left = [one["mentee"] for one in found["answers"] if one["question"] == "unmatched"]
    assert left == matching.unmatched["mentee"].tolist()
    assert {one["question"] for one in found["answers"]} == {"unmatched", "shortages", "seats"}
    mentee, mentor, score = matching.pairs.iloc[0]
    other = next(one for one in matching.pairs["mentor"] if one != mentor)
    (pair,) = json.loads(run("explain", path, "--mentee", mentee, "--json").stdout)["answers"]
    assert (pair["question"], pair["mentee"], pair["mentor"]) == ("pair", mentee, mentor)
    assert pair["details"]["score"] == pytest.approx(score)
    pair_of_two = ["--mentee", mentee, "--mentor", other]
    for audience, alone in (("mentee", mentee), ("mentor", mentor)):
        for asked in ([f"--{audience}", alone], pair_of_two):
            given = [*asked, "--audience", audience]
            told = json.loads(run("explain", path, *given, "--json").stdout)
            assert told["answers"]
            screen = " ".join(run("explain", path, *given).output.split())
            for one in told["answers"]:
                assert one["details"] is None
                assert " ".join(" ".join(one["sentences"]).split()) in screen


def test_what_is_wrong_is_a_result_of_validate_and_an_error_of_match(tmp_path: Path) -> None:
    path = programme_in(tmp_path, mentees=MENTEES.replace("ada", "", 1))
    result = run("validate", path, "--json")
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert found["ok"] is False
    assert found["findings"]
    for one in found["findings"]:
        assert list(one) == ["file", "row", "column", "value", "expected", "nearest"]
    assert one["row"] == 2
    title, *files = found["text"]
    assert title["title"] == "1 problem found. Nobody was matched, and nothing was written."
    assert one["expected"] in " ".join(files[0]["lines"])
    failed = run("match", path, "--json")
    assert failed.exit_code == 1
    assert failed.stdout == ""
    assert "1 problem found" in failed.stderr


def test_the_log_is_shown_on_standard_error_and_only_where_asked(tmp_path: Path) -> None:
    path = programme_in(tmp_path)
    before = list(LOGGER.handlers)
    loud = run("-v", "match", path, "--json")
    assert re.search(r"INFO mentormatch: optimal: \d+ pairs in .* s; proven optimal", loud.stderr)
    json.loads(loud.stdout)
    assert LOGGER.handlers == before
    quiet = run("match", path, "--overwrite", "--json")
    assert quiet.stderr == ""
