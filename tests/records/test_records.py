"""Records go round, are verified by prices alone, and a changed one is one clear error."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings

import mentormatch as mm
from mentormatch.records.record import checksum_of
from problems import problems

LADDER = ["intern", "junior", "mid", "senior", "staff", "principal"]
CRITERIA = mm.Criteria(
    mm.criteria.SkillCoverage(wants="wants_to_learn", offers="can_teach", weight=4),
    mm.criteria.LevelGap(mentee="level", mentor="level", weight=2, ladder=LADDER),
    mm.criteria.Different("team"),
)
PLAIN = mm.Problem.from_scores(np.array([[0.9, 0.8], [0.7, 0.1], [0.6, 0.2]]), capacity=2)
STRATEGIES = [one for one in mm.strategies.strategy_names() if one != "group_parity"]


@pytest.fixture
def cohort():
    return mm.datasets.it_program(10, 5, seed=3)


def problem_of(cohort, **numbers):
    return mm.Problem(CRITERIA.score(cohort), capacity=2, **numbers)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_any_strategy_made_is_verified_from_its_record(strategy, cohort, tmp_path):
    problem = problem_of(cohort)
    matching = mm.match(problem, strategy)
    matching.save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    pd.testing.assert_frame_equal(record.pairs, matching.pairs, check_dtype=False)
    # The tables are read again by whoever verifies.
    verdict = record.verify(problem_of(mm.datasets.it_program(10, 5, seed=3)))
    assert verdict.ok, verdict
    assert str(verdict).startswith("yes: ")
    assert record.strategy == matching.strategy
    assert record.status == str(matching.status)
    assert record.criteria().to_dict() == CRITERIA.to_dict()


@settings(max_examples=max(10, settings().max_examples // 2))
@given(problems(4))
def test_a_record_of_any_problem_says_yes_to_it_and_no_to_a_worse_matching(problem):
    import tempfile
    from pathlib import Path

    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        assume(False)
    with tempfile.TemporaryDirectory() as folder:
        matching.save(Path(folder) / "record.json")
        record = mm.load_matching(Path(folder) / "record.json")
        assert record.verify(problem).ok
        assert record.changes_since(problem).empty
        again = record.matching(problem)
        assert again.total == pytest.approx(matching.total)
        worse = dict(record.content)
        worse["total"] = record.total + 1.0
        told = type(record)(worse).verify(problem)
        assert not told.ok
        assert "the record says total" in told.findings[0]


def test_a_record_names_what_changed_since(cohort, tmp_path):
    problem = problem_of(cohort, pins=[])
    mm.match(problem).save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    mentees = cohort.mentees.copy()
    gone, changed = mentees.index[0], mentees.index[1]
    mentees = mentees.drop(index=gone)
    mentees.loc[changed, "goals"] = "something else"
    other = mm.Cohort(mentees, cohort.mentors.drop(columns="bio"))
    now = problem_of(other)
    told = record.changes_since(replace(now, capacity=3, min_score=0.1))
    found = set(told.itertuples(index=False, name=None))
    assert ("mentee", str(gone), "left") in found
    assert ("mentee", str(changed), "answers changed") in found
    untold = "may have changed; people came or left as well"
    assert ("column of mentees", "goals", untold) in found
    assert ("column of mentors", "bio", "removed") in found
    assert ("number", "min_score", "was None, is 0.1") in found
    assert ("mentor", str(other.mentors.index[0]), "capacities was 2, is 3") in found
    lighter = mm.Problem(CRITERIA.with_weights({"LevelGap": 1}).score(cohort), capacity=2)
    (row,) = record.changes_since(lighter).itertuples(index=False, name=None)
    assert row == ("criteria", "all", "are others, or weigh otherwise")
    assert not record.verify(lighter).ok


def test_somebody_who_left_is_no_change_of_the_columns(cohort, tmp_path):
    """Every column was listed as changed, though nobody who stayed answered otherwise."""
    mm.match(problem_of(cohort)).save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    gone = cohort.mentees.index[0]
    told = record.changes_since(problem_of(cohort.without(mentees=[gone])))
    assert told.to_numpy().tolist() == [["mentee", str(gone), "left"]]
    changed = cohort.mentees.assign(goals="others")
    told = record.changes_since(problem_of(mm.Cohort(changed, cohort.mentors)))
    assert told.to_numpy().tolist()[0] == ["column of mentees", "goals", "changed"]
    assert set(told["what"]) == {"column of mentees", "mentee"}


def test_a_verdict_says_another_total_once(tmp_path):
    mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])).save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    found = record.verify(mm.Problem.from_scores([[0.9, 0.6], [0.7, 0.1]])).findings
    assert "the record says total 1.5, recomputed it is 1.3" in found
    assert not any("says objective" in one for one in found)
    assert len(set(found)) == len(found)


def test_numbers_of_numpy_are_written_into_a_record(cohort, tmp_path):
    problem = problem_of(cohort, min_score=np.float32(0), coverage_first=np.True_)
    matching = mm.match(problem, seed=np.int64(5), gap=np.float64(0), time_limit=np.int32(60))
    matching.save(tmp_path / "record.json")
    assert mm.load_matching(tmp_path / "record.json").seed == 5
    assert matching.seed == 5
    assert type(matching.seed) is int


def test_a_record_that_was_cut_off_edited_or_is_something_else_is_one_clear_error(tmp_path):
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    path = tmp_path / "record.json"
    mm.match(problem).save(path)
    with pytest.raises(FileExistsError, match="exists already"):
        mm.match(problem).save(path)
    text = path.read_text("utf-8")
    content = json.loads(text)

    def refuse(changed, said):
        path.write_text(changed, encoding="utf-8")
        with pytest.raises(mm.RecordError, match=said):
            mm.load_matching(path)

    refuse(text[: len(text) // 2], "was cut off or changed")
    refuse("", "was cut off or changed")
    refuse("[" * 100_000, "was cut off or changed")
    refuse("[1, 2]", "no record of a matching")
    refuse('{"format": "geojson"}', "no record of a matching")
    refuse(json.dumps({**content, "version": 2}), "a record of version 2")
    refuse(json.dumps({**content, "total": 9.0}), "was changed after it was saved")
    refuse(json.dumps({**content, "pairs": "none"}), "the key 'pairs' is missing or of another")
    from mentormatch.records.record import checksum_of

    forged = {**content, "pairs": [[0, 7, 0.5]]}
    refuse(json.dumps({**forged, "checksum": checksum_of(forged)}), "is no pair of the people")
    for name in ("pins", "bans"):
        forged = {**content, name: [[0, 1]]}
        said = rf"\[0, 1\] under '{name}' is no mentee, mentor and reason"
        refuse(json.dumps({**forged, "checksum": checksum_of(forged)}), said)

    # Somebody who writes the checksum anew still cannot make a worse matching a proven one.
    forged = {**content, "pairs": [[0, 0, 0.9], [1, 1, 0.1]], "total": 1.0}
    path.write_text(json.dumps({**forged, "checksum": checksum_of(forged)}), encoding="utf-8")
    verdict = mm.load_matching(path).verify(problem)
    assert not verdict.ok
    assert "the certificate is of other pairs" in verdict.findings
    # Nor can a file have anything made that is no proof.
    forged = {**content, "certificate": {"kind": "Popen", "args": "true"}}
    path.write_text(json.dumps({**forged, "checksum": checksum_of(forged)}), encoding="utf-8")
    with pytest.raises(mm.RecordError, match="certificate in the record cannot be read"):
        mm.load_matching(path).verify(problem)
    held = content["certificate"]
    forged = {**content, "certificate": {**held, "stages": {"tuple": [{"kind": "Popen"}]}}}
    path.write_text(json.dumps({**forged, "checksum": checksum_of(forged)}), encoding="utf-8")
    with pytest.raises(mm.RecordError, match="there is no kind of proof 'Popen'"):
        mm.load_matching(path).verify(problem)


def test_a_pseudonymous_record_names_nobody_and_is_verified_with_its_key(cohort, tmp_path):
    problem = problem_of(cohort)
    pinned = mm.match(problem).pairs.iloc[0]
    problem = replace(problem, pins=[(pinned["mentee"], pinned["mentor"], "they know each other")])
    matching = mm.match(problem, "leximin")
    path = tmp_path / "record.json"
    matching.save(path, pseudonymous="a long secret")
    text = path.read_text("utf-8")
    assert not any(f'"{one}"' in text for one in (*problem.mentee_ids, *problem.mentor_ids))
    assert "know each other" not in text
    record = mm.load_matching(path)
    with pytest.raises(mm.RecordError, match="Give the key that it was saved with"):
        record.verify(problem)
    with pytest.raises(mm.RecordError, match="another key, or another programme"):
        record.verify(problem, key="another secret")
    assert record.verify(problem, key="a long secret").ok
    with pytest.raises(mm.RecordError, match="a secret text of 8 characters"):
        matching.save(tmp_path / "other.json", pseudonymous="short")


def test_ids_that_json_cannot_hold_are_refused_before_anything_is_written(tmp_path):
    scores = pd.DataFrame([[0.5]], index=[frozenset({1})], columns=[1])
    with pytest.raises(mm.RecordError, match=r"cannot be written\. Use texts or numbers as ids"):
        mm.match(mm.Problem.from_scores(scores)).save(tmp_path / "record.json")
    assert not (tmp_path / "record.json").exists()


def test_a_record_is_of_the_published_schema_and_what_was_bent_is_not(tmp_path):
    jsonschema = pytest.importorskip("jsonschema")
    from mentormatch.records import record_schema
    from mentormatch.records.record import SCHEMA

    schema = record_schema()
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    assert set(schema["properties"]) == set(SCHEMA)
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]], pins=[(0, 0, "asked")])
    for number, strategy in enumerate(("optimal", "leximin", "stable", "lottery")):
        path = tmp_path / f"{number}.json"
        mm.match(problem, strategy).save(path)
        content = json.loads(path.read_text("utf-8"))
        assert not list(check.iter_errors(content))
        for key in content:
            assert list(check.iter_errors({**content, key: object}))
            if key == "bans":
                # Records had none at first, and are read still.
                continue
            assert list(check.iter_errors({k: v for k, v in content.items() if k != key}))
    for bent in (
        {"pairs": [[0, 0]]},
        {"version": 2},
        {"checksum": "x"},
        {"pins": [[1]]},
        {"bans": [[1, 2]]},
    ):
        assert list(check.iter_errors({**content, **bent}))


def test_ids_of_every_kind_that_json_can_hold_come_back(tmp_path):
    mentees = [pd.Timestamp("2027-01-01"), ("ada", 3), 7, 2.5]
    index = pd.Index(mentees, dtype=object, tupleize_cols=False)
    scores = pd.DataFrame([[0.5], [0.4], [0.3], [0.9]], index=index, columns=["lin"])
    problem = mm.Problem.from_scores(scores, capacity=3, pins=[(("ada", 3), "lin")])
    matching = mm.match(problem)
    matching.save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    assert record.pairs["mentee"].tolist() == matching.pairs["mentee"].tolist()
    assert record.pins["mentee"].tolist() == [("ada", 3)]
    assert record.verify(problem).ok


def test_a_rematch_starts_from_a_record(cohort, tmp_path):
    problem = problem_of(cohort)
    matching = mm.match(problem)
    matching.save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    assert mm.rematch(record, problem).n_changes == 0


QUOTA = mm.Quota({"team": "payments"}, at_most=1, per_mentor=True, name="teams")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ({"quotas": [QUOTA]}, {"quotas": [replace(QUOTA, at_most=2)]}, ("condition", "teams")),
        (
            {"quotas": [QUOTA]},
            {"quotas": [replace(QUOTA, mentees={"team": "security"})]},
            ("condition", "teams"),
        ),
        (
            {"quotas": [QUOTA]},
            {"quotas": [replace(QUOTA, per_mentor=False)]},
            ("condition", "teams"),
        ),
        ({"usage": 0.5}, {"usage": 0.25}, ("condition", "hours")),
        ({"minimum_if_used": 2}, {"minimum_if_used": 3}, ("mentor", None)),
    ],
)
def test_a_rule_of_the_same_name_that_asks_for_something_else_is_a_change(
    before, after, said, tmp_path
):
    """Only the names of side rules were compared: a quota of 1 could become one of 2 unseen."""
    cohort = mm.datasets.it_program(10, 5, seed=3)
    teams = ["payments", "security"] * 5
    cohort = mm.Cohort(cohort.mentees.assign(team=teams), cohort.mentors)
    problem = problem_of(cohort, **before)
    mm.match(problem).save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    assert record.changes_since(problem).empty
    assert record.verify(problem).ok
    changes = record.changes_since(problem_of(cohort, **after))
    assert len(changes)
    kind, name = said
    assert (changes["what"] == kind).any()
    if name is not None:
        (row,) = changes[changes["what"] == kind].itertuples(index=False, name=None)
        assert row == (kind, name, "asks for something else")
    else:
        assert changes["change"].str.contains("minimums_if_used was 2, is 3", regex=False).any()


def test_the_order_in_which_a_quota_lists_people_is_no_change(cohort, tmp_path):
    ids = cohort.mentees.index[:3].tolist()
    mask = pd.Series(cohort.mentees.index.isin(ids), index=cohort.mentees.index)
    problem = problem_of(cohort, quotas=[mm.Quota(ids, at_most=2, name="few")])
    mm.match(problem).save(tmp_path / "record.json")
    record = mm.load_matching(tmp_path / "record.json")
    for same in (ids[::-1], mask):
        again = problem_of(cohort, quotas=[mm.Quota(same, at_most=2, name="few")])
        assert record.changes_since(again).empty
    gone = record.changes_since(problem_of(cohort))
    assert gone.to_numpy().tolist() == [["condition", "few", "removed"]]


@pytest.mark.parametrize("before", [False, True])
def test_whether_people_may_be_matched_with_themselves_is_a_change(before, cohort, tmp_path):
    """It was not kept where nobody is in both tables, and another setting went unnoticed."""

    def problem(allow_self):
        criteria = mm.Criteria(mm.criteria.TagOverlap("interests"), allow_self=allow_self)
        return mm.Problem(criteria.score(cohort))

    mm.match(problem(before)).save(tmp_path / "round.json")
    record = mm.load_matching(tmp_path / "round.json")
    assert record.verify(problem(before)).ok
    said = record.verify(problem(not before))
    assert not said.ok
    assert "criteria" in str(said)


def test_a_record_keeps_what_the_committee_decided_and_names_what_it_decided_since(tmp_path):
    """Bans were not in the record, and a pin or ban that came later was no change."""
    ids = ["1", "Jones, Max", "Łucja"], [7, 8]
    scores = pd.DataFrame([[0.9, 0.8], [0.7, 0.1], [0.2, 0.3]], *ids)
    decided = mm.Problem.from_scores(
        scores,
        capacity=2,
        pins=[("Łucja", 7, "asked for; agreed on 3 May")],
        bans=[("Jones, Max", 8, "worked together"), ("1", 8)],
    )
    path = tmp_path / "record.json"
    mm.match(decided).save(path)
    record = mm.load_matching(path)
    assert record.decisions.to_numpy().tolist() == [
        ["pin", "Łucja", 7, "asked for; agreed on 3 May"],
        ["ban", "Jones, Max", 8, "worked together"],
        ["ban", "1", 8, None],
    ]
    assert record.verify(decided).ok
    assert record.changes_since(decided).empty
    since = replace(decided, bans=decided.ban_rules[1:], pins=[*decided.pin_rules, ("1", 7)])
    verdict = record.verify(since)
    assert not verdict.ok
    assert "pin '1 with 7': added" in verdict.findings
    assert "ban 'Jones, Max with 8': removed" in verdict.findings

    # A record of before bans were kept is read, and says nothing of them.
    from mentormatch.records.record import checksum_of

    old = json.loads(path.read_text("utf-8"))
    del old["bans"]
    path.write_text(json.dumps({**old, "checksum": checksum_of(old)}), encoding="utf-8")
    older = mm.load_matching(path)
    assert older.bans.empty
    assert older.decisions["decision"].tolist() == ["pin"]
    assert older.verify(decided).ok

    mm.match(decided).save(path, overwrite=True, pseudonymous="a long secret")
    text = path.read_text("utf-8")
    assert not any(word in text for word in ("worked together", "agreed", "Max", "ucja"))
    assert len(mm.load_matching(path).bans) == 2


def test_a_record_whose_pairs_score_otherwise_than_it_says_is_refused(cohort, tmp_path):
    """The total could be right while the scores beside the pairs were not."""
    matching = mm.match(problem_of(cohort))
    path = tmp_path / "r.json"
    matching.save(path)
    content = json.loads(path.read_text("utf-8"))
    content["pairs"][0][2] += 1
    content["checksum"] = checksum_of(content)
    path.write_text(json.dumps(content), "utf-8")
    verdict = mm.load_matching(path).verify(matching.problem)
    assert not verdict.ok
    i, j = matching.pairs[["mentee", "mentor"]].iloc[0]
    assert any(f"{i!r} with {j!r} scores" in one for one in verdict.findings)


@pytest.mark.parametrize("strategy", ["lottery", "fair_lottery"])
def test_the_record_of_a_lottery_under_rules_is_no_forgery(strategy, tmp_path):
    scores = np.array([[0.9, 0.8, 0.3], [0.7, 0.1, 0.6], [0.6, 0.2, 0.5], [0.4, 0.9, 0.2]])
    problem = mm.Problem.from_scores(scores, capacity=2, apart=[(0, 1)])
    matching = mm.match(problem, strategy, seed=1)
    matching.save(tmp_path / "r.json")
    verdict = mm.load_matching(tmp_path / "r.json").verify(problem)
    assert verdict.ok, verdict.findings
    assert "a lottery proves is about its probabilities" in str(verdict)


def write_changed(path, change):
    """Change a record, its checksum as well."""
    content = json.loads(path.read_text("utf-8")) | change
    content["checksum"] = checksum_of(content)
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": "optimal", "certificate": None}, "no whole proof is in it"),
        ({"status": "time limit"}, "the record says 'time limit', and a whole proof is in it"),
        ({"strategy": "maximin"}, "its proof is of 'optimal'"),
    ],
)
def test_a_record_that_claims_what_its_proof_does_not_is_no_proof(change, said, tmp_path):
    """Whoever writes another word writes another checksum with it, and verify said yes."""
    path = tmp_path / "record.json"
    mm.match(PLAIN).save(path)
    write_changed(path, change)
    verdict = mm.load_matching(path).verify(PLAIN)
    assert not verdict.ok
    assert said in str(verdict)


def test_a_record_in_which_somebody_stands_twice_is_refused(tmp_path):
    path = tmp_path / "record.json"
    mm.match(PLAIN).save(path)
    ids = json.loads(path.read_text("utf-8"))["mentees"]
    write_changed(path, {"mentees": [ids[0], ids[0], *ids[2:]]})
    with pytest.raises(mm.RecordError, match="stands twice under 'mentees'"):
        mm.load_matching(path)
