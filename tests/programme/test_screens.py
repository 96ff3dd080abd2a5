"""What the screens say where something is missing, too much, or not what was hoped for."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mentormatch as mm
from mentormatch import programme
from mentormatch.criteria.suggest.proposal import Proposal
from mentormatch.explanations.called import call_by_id
from mentormatch.planning.evidence import evidence_files
from mentormatch.problem import PairRule
from mentormatch.programme.cycle import plan_cycle
from mentormatch.programme.draft import trial
from mentormatch.programme.planning import make_plan
from mentormatch.programme.screen import cycle, explaining, planning, summary
from mentormatch.programme.screen.comparing import describe_comparison
from mentormatch.programme.screen.feedback import describe_favour
from mentormatch.reports.workbook.decisions import Decisions
from programmes import PROGRAMME, programme_in

SCORES = pd.DataFrame([[0.9, 0.8], [0.7, 0.1]], ["ada", "bob"], ["lin", "max"])


def said(paragraphs) -> dict[str, str]:
    return {one.title: "\n".join(one.lines) for one in paragraphs}


def people_problem(names=("ada", "bob", "cyd")) -> tuple[mm.Criteria, mm.Problem]:
    mentees = pd.DataFrame({"a": np.linspace(0, 1, len(names))}, index=list(names))
    mentors = pd.DataFrame({"a": [0.1, 0.6, 0.9]}, index=["lin", "max", "ned"])
    criteria = mm.Criteria(mm.criteria.Near("a", scale=1.0, weight=1))
    return criteria, mm.Problem(criteria.score(mm.Cohort(mentees, mentors)))


def test_everybody_is_told_of_and_what_a_strategy_cannot_answer_is_said() -> None:
    problem = mm.Problem.from_scores(SCORES)
    whole = said(explaining.describe_answers(mm.match(problem), None, None, "committee", {}))
    assert "Everybody has the mentors they want" in whole
    assert whole["What one more seat would add"].count("matched") == 2
    stable = said(
        explaining.describe_answers(mm.match(problem, "stable"), None, None, "committee", {})
    )
    assert "does not look for the largest total" in stable["What seats are worth"]
    assert "What one more seat would add" not in stable


def test_a_mentor_alone_is_told_why_each_mentee_and_with_free_seats_why_no_other() -> None:
    """Whoever asked about a mentor was asked for a mentee, whom they did not have in mind."""
    _, problem = people_problem(("ada", "bob", "cyd", "dee"))
    matching = mm.match(replace(problem, capacity=[1, 3, 0]))
    about = {
        one: said(explaining.describe_answers(matching, None, one, "committee", {}))
        for one in ("lin", "max", "ned")
    }
    has = matching.pairs.groupby("mentor")["mentee"].apply(list)
    assert list(about["lin"]) == ["lin has 1 mentee and 1 seat", f"Why lin has {has['lin'][0]}"]
    first, *others = about["max"]
    assert first == "max has 3 mentees and 3 seats"
    assert set(others) == {f"Why max has {one}" for one in has["max"]}
    # Each criterion stands on a line of its own, with its name before it.
    why = about["lin"][f"Why lin has {has['lin'][0]}"].splitlines()
    assert [line.split(":")[0] for line in why if line.startswith("Near")] == ["Near('a')"]
    assert about["ned"] == {"ned has nobody and 0 seats": ""}
    # Of free seats: the best of the others first, as far as they may have this mentor.
    problem = replace(problem, capacity=[4, 3, 2], bans=[("dee", "ned", "they are friends")])
    idle = mm.match(problem)
    ned = said(explaining.describe_answers(idle, None, "ned", "committee", {}))
    others = ned["Why ned has none of the best others"].splitlines()
    assert [line.split(":")[0] for line in others] == ["cyd", "bob", "ada"]
    # What a strategy cannot answer takes nothing away from what it can.
    fair = said(
        explaining.describe_answers(mm.match(problem, "maximin"), None, "ned", "committee", {})
    )
    assert "mm.what_if" in fair["Why ned has none of the best others"]
    # Where all have this mentor, there are no others.
    _, small = people_problem(("ada", "bob"))
    both = mm.match(replace(small, capacity=[3, 0, 0]))
    assert len(said(explaining.describe_answers(both, None, "lin", "committee", {}))) == 3
    with pytest.raises(mm.ProblemError, match="no mentor with the id or the name 'Ned'"):
        explaining.describe_answers(idle, None, "Ned", "committee", {})


def test_a_long_list_of_moves_is_cut_and_counted(monkeypatch) -> None:
    was = mm.match(mm.Problem.from_scores(SCORES))
    again = mm.rematch(was, mm.Problem.from_scores(SCORES.drop(columns="max")))
    monkeypatch.setattr(explaining, "SHOWN", 0)
    monkeypatch.setattr(cycle, "MOST_MOVES", 0)
    told = said(explaining.describe_rematch(again))
    assert len(again.chains) == 1
    assert "… and 1 more chain of moves" in told["What changed, and why"]
    assert told["Who has fewer mentors than they want"].endswith(
        f"… and {len(again.unmatched)} more"
    )
    assert "… and 1 more chain of moves" in cycle._describe_proposal(again).lines[-1]


def test_strategies_that_could_not_run_and_proofs_that_do_not_hold_are_named() -> None:
    problem = mm.Problem.from_scores(SCORES, minimum=[1, 0])
    found = mm.compare(problem, ["optimal", "stable_optimal", "popular", "fair_lottery"])
    told = said(describe_comparison(found, Path("table.csv")))
    assert set(found.failures)
    for name in found.failures:
        assert f"  {name}: " in told["Not run"]
    assert "Every proof was checked again and holds." in told["Checked"]
    assert "The table is in table.csv." in told["Checked"]
    wrong = replace(found, table=found.table.assign(verified=False))
    assert "The proofs of optimal" in said(describe_comparison(wrong))["Checked"]
    assert "do not hold: report this as a fault" in said(describe_comparison(wrong))["Checked"]


def test_a_round_of_scores_alone_teaches_nothing_about_people() -> None:
    criteria, _ = people_problem()
    scores = mm.Problem.from_scores(SCORES)
    with pytest.raises(mm.MentorMatchError, match="needs the people of both rounds, not only"):
        plan_cycle(scores, criteria, record=mm.match(scores))


def test_what_the_committee_changed_is_told_against_the_pairs_of_the_record() -> None:
    criteria, problem = people_problem()
    was = mm.match(problem)
    first = was.pairs.iloc[0]
    other = next(one for one in problem.mentor_ids if one != first["mentor"])
    decided = Decisions((PairRule(first["mentee"], other, "knows her"),), (), (), ())
    found = plan_cycle(problem, criteria, record=was, decisions=decided)
    told = said(cycle.describe_cycle(found))
    assert "What the committee's changes say" in told
    assert "1" in told["What the committee's changes say"]
    # The round that goes on is the one that the committee decided on, not its proposal.
    assert found.proposal is not None
    before = found.proposal.previous.pairs.set_index("mentee")["mentor"]
    assert before[first["mentee"]] == other
    # Whose mentor was given away has nobody now.
    assert len(before) == len(was.pairs) - 1
    ended = Decisions((), (PairRule(first["mentee"], first["mentor"], "no"),), (), ())
    without = plan_cycle(problem, criteria, record=was, decisions=ended).proposal
    assert without is not None
    assert len(without.previous.pairs) == len(was.pairs) - 1
    # Without a record nothing is known of what was changed.
    alone = plan_cycle(problem, criteria, decisions=decided)
    assert alone.proposal is None
    assert "The next round, if nobody objects" not in said(cycle.describe_cycle(alone))


def test_a_pair_whose_seat_the_committee_gave_away_is_no_pair_of_the_last_round() -> None:
    # Y sat with M; the committee moved X there, so Y's pair was over though no row said so, and
    # the next round was proposed as if Y had kept M and X had to go.
    mentees = pd.DataFrame({"t": ["lua", "lua"], "n": [1, 1]}, index=["x", "y"])
    mentors = pd.DataFrame({"t": ["lua", "lua"], "c": [1, 1]}, index=["m", "k"])
    criteria = mm.Criteria(mm.criteria.Same("t", weight=1))
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)), capacity="c")
    was = mm.Matching.from_pairs(problem, [("x", "k"), ("y", "m")])
    moved = Decisions(
        (PairRule("x", "m", "asked"),), (PairRule("x", "k", "asked"),), (), ()
    )  # fmt: skip
    found = plan_cycle(problem, criteria, record=was, decisions=moved)
    assert found.proposal is not None
    assert found.proposal.previous.pairs[["mentee", "mentor"]].to_numpy().tolist() == [["x", "m"]]
    assert found.proposal.pairs.set_index("mentee")["mentor"].to_dict() == {"x": "m", "y": "k"}
    told = said(cycle.describe_cycle(found))
    [displaced] = [text for title, text in told.items() if "over without a decision" in title]
    assert displaced == "  y with m: the committee gave the last place of mentor m to somebody else"


def test_a_pair_that_the_committee_took_apart_is_not_proposed_again() -> None:
    criteria, problem = people_problem()
    was = mm.match(problem)
    first = was.pairs.iloc[0]
    apart = Decisions((), (PairRule(first["mentee"], first["mentor"], "no"),), (), ())
    found = plan_cycle(problem, criteria, record=was, decisions=apart)
    assert found.proposal is not None
    pairs = found.proposal.pairs[["mentee", "mentor"]].to_numpy().tolist()
    assert [first["mentee"], first["mentor"]] not in pairs
    told = said(cycle.describe_cycle(found))
    [named] = [text for title, text in told.items() if "took apart" in title]
    assert named == f"  {first['mentee']} with {first['mentor']}"


def test_who_of_several_made_way_for_a_decision_is_said_to_be_a_guess() -> None:
    mentees = pd.DataFrame({"t": ["lua", "lua", "c"]}, index=["a", "b", "x"])
    mentors = pd.DataFrame({"t": ["lua", "lua"], "c": [2, 1]}, index=["m", "k"])
    criteria = mm.Criteria(mm.criteria.Same("t", weight=1))
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)), capacity="c")
    was = mm.Matching.from_pairs(problem, [("a", "m"), ("b", "m"), ("x", "k")])
    moved = Decisions((PairRule("x", "m", None),), (PairRule("x", "k", None),), (), ())
    found = plan_cycle(problem, criteria, record=was, decisions=moved)
    assert found.displaced is not None
    assert len(found.displaced) == 1
    assert "is not written, so the one with the lowest score" in found.displaced["why"].iloc[0]


def test_pairs_that_have_not_answered_and_skills_beyond_the_first_are_named(monkeypatch) -> None:
    people = [f"e{k}" for k in range(12)]
    scores = pd.DataFrame(np.ones((12, 1)), index=people, columns=["o"])
    matching = mm.match(mm.Problem.from_scores(scores, capacity=12))
    rows = [("e0", "o", "2027-01-12", "accepted"), ("e1", "o", "2027-01-12", "declined")]
    events = pd.DataFrame(rows, columns=["mentee", "mentor", "date", "event"])
    status = mm.programme_status(matching, events, start="2027-01-11")
    told = "\n".join(said(planning.describe_status(status, call_by_id(matching, {}))).values())
    # "10 proposed" named nobody.
    assert "  10 proposed (no answer so far): " in told
    assert all(f"{one} with o" in told for one in people[2:])
    assert "1 declined (they need another proposal): e1 with o" in told
    assert "e0 with o" not in told
    monkeypatch.setattr(planning, "NAMED", 3)
    cut = "\n".join(said(planning.describe_status(status, call_by_id(matching, {}))).values())
    assert " and 7 more" in cut

    wants = "; ".join(f"skill{k}" for k in range(13))
    mentees = pd.DataFrame({"wants": [wants]}, index=["ada"])
    mentors = pd.DataFrame({"offers": ["Lua"]}, index=["lin"])
    criteria = mm.Criteria(mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=1))
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)))
    needs = mm.training_needs(problem, mm.match(problem))
    short = said(planning.describe_needs(needs, 1, call_by_id(needs.matching, {})))[
        "Skills that are short"
    ].splitlines()
    assert len(short) == planning.SHOWN + 1
    assert short[-1].startswith("  and 5 more skills, with how many wishes are unmet: ")
    assert all(f"skill{k}" in "\n".join(short) for k in range(13))


def test_skills_that_look_alike_and_new_mentors_are_told_before_and_after() -> None:
    mentees = pd.DataFrame({"wants": ["Kubernets"]}, index=["ada"])
    mentors = pd.DataFrame({"offers": ["Kubernetes"]}, index=["lin"])
    criteria = mm.Criteria(mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=1))
    problem = mm.Problem(criteria.score(mm.Cohort(mentees, mentors)))
    needs = mm.training_needs(problem, mm.match(problem))
    names = call_by_id(needs.matching, {})
    told = said(planning.describe_needs(replace(needs, first_time=("lin",)), 1, names))
    assert next(iter(told)) == "Check first whether these are one skill"
    assert told["Check first whether these are one skill"] == "  Kubernets and Kubernetes"
    assert told["Mentors for the first time, to be briefed"] == "  lin"
    assert "Kubernets: 1 of 1 wish unmet; offered by nobody" in told["Skills that are short"]


@pytest.mark.parametrize(
    ("text", "said_"),
    [
        ('scenarios = "one"\n', "expected a list of tables: each begins with a line [[scenarios]]"),
        ('[[scenarios]]\nname = "x"\nchanges = []\n', "changes: expected a list of changes such"),
    ],
)
def test_scenarios_of_another_form_are_findings_of_the_file(tmp_path, text, said_) -> None:
    SCORES.to_csv(tmp_path / "scores.csv")
    path = tmp_path / "programme.toml"
    path.write_text(text + '[tables]\nscores = "scores.csv"\n', "utf-8")
    with pytest.raises(mm.ConfigurationError) as caught:
        programme.load(path)
    assert said_ in str(caught.value)


def people(count: int, level: list[object]) -> pd.DataFrame:
    index = [f"p{k}" for k in range(count)]
    return pd.DataFrame({"team": list("ab") * (count // 2), "level": level}, index=index)


def test_of_many_people_a_sample_tells_how_many_pairs_a_rule_would_remove(monkeypatch) -> None:
    cohort = mm.Cohort(people(8, [1] * 8), people(4, [2] * 4).set_axis(list("wxyz")))
    rule = Proposal({"kind": "Different", "column": "team"}, "", rule=True)
    assert trial.try_proposal(rule, cohort).removes == (16, 32)
    monkeypatch.setattr(trial, "MOST_PEOPLE", 4)
    # Of eight the first, the last and two between: three of one team, one of the other.
    assert trial.try_proposal(rule, cohort).removes == (16, 32)
    assert len(trial._take_sample(cohort).mentees) == 4


def test_what_stands_in_the_way_of_a_criterion_is_said_once_with_how_many_more() -> None:
    cohort = mm.Cohort(people(4, ["x", "y", "z", 1]), people(2, [2, 3]).set_axis(list("wx")))
    wrong = Proposal({"kind": "LevelGap", "column": "level"}, "")
    obstacle = trial.try_proposal(wrong, cohort).obstacle
    assert "level" in obstacle
    assert "more)" in obstacle
    unknown = Proposal({"kind": "LevelGab", "column": "level"}, "")
    assert "LevelGap" in trial.try_proposal(unknown, cohort).obstacle
    assert trial.try_proposal(replace(wrong, obstacle="no"), cohort).obstacle == "no"


def test_busy_calendars_without_dates_are_a_finding_of_the_file(tmp_path) -> None:
    path = programme_in(tmp_path, PROGRAMME + '\n[plan]\nmeetings = 2\nbusy = "calendars"\n')
    programme_ = programme.load(path)
    with pytest.raises(mm.ConfigurationError, match=r"busy calendars need the programme.s dates"):
        make_plan(programme_.configuration, programme_.match())


def test_rules_that_a_new_match_keeps_are_listed_and_the_rest_counted() -> None:
    table = pd.DataFrame({"free": ["Mon 10:00-11:00"], "tz": ["UTC"]})
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-09"))
    cohort = mm.Cohort(table.set_axis(["ada"]), table.set_axis(["lin"]))
    plan = mm.plan_meetings(mm.match(mm.Problem(mm.Criteria(free).score(cohort))), 1, "1 week")
    title = "Rules that the new match keeps"
    assert title not in said(planning.describe_plan(plan, plan.matching, {}))
    for count, lines in ((0, ["  nothing had to change"]), (10, ["  because 7", "  … and 2 more"])):
        rules = pd.DataFrame({"reason": [f"because {k}" for k in range(count)]})
        told = said(planning.describe_plan(replace(plan, rules=rules), plan.matching, {}))[title]
        assert told.splitlines()[-2:] == lines


def test_what_a_match_that_can_be_met_costs_is_told_with_who_loses_their_mentor() -> None:
    """`plan` with rematch = true made 15 of 18 pairs and said nothing of it."""
    hours = pd.DataFrame({"free": ["Mon 10:00-11:00"] * 3, "tz": ["UTC"] * 3})
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-16"))
    mentees, mentors = hours.set_axis(list("abc")), hours.head(1).set_axis(["x"])
    problem = mm.Problem(mm.Criteria(free).score(mm.Cohort(mentees, mentors)), capacity=3)
    before = mm.match(problem)
    plan = mm.plan_meetings(before, 2, "1 week", rematch=True)
    told = said(planning.describe_plan(plan, before, {}))
    lines = told["Matched again so that all meetings can take place"].splitlines()
    assert lines[0] == "  mentees with a mentor: 1 of 3 now, 3 before"
    assert lines[1].startswith("  2 lose their mentor: '")
    falls = before.total - plan.matching.total
    assert lines[2:] == [
        "  0 mentees have another mentor",
        f"  the total falls by {falls:.2g} to {plan.matching.total:.6g}",
        "  without rematch = true in [plan] the pairs stay, and some meetings find no hour",
    ]
    assert "'x' can meet at most 1 of the mentees" in told["Rules that the new match keeps"]


def test_meetings_that_cannot_be_are_told_once_a_pair_and_the_rest_counted(monkeypatch) -> None:
    hours = pd.DataFrame({"free": ["Mon 10:00-11:00"] * 3, "tz": ["UTC"] * 3})
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-16"))
    mentors = hours.assign(free="Tue 10:00-11:00").set_axis(list("xyz"))
    problem = mm.Problem(mm.Criteria(free).score(mm.Cohort(hours.set_axis(list("abc")), mentors)))
    plan = mm.plan_meetings(mm.match(problem), 2, "1 week")
    told = said(planning.describe_plan(plan, plan.matching, {}))[
        "Not planned, and why"
    ].splitlines()
    assert len(told) == 3
    assert all("share no 1 h" in line and ". Fix: " in line for line in told), told
    # Nobody was told that these pairs get neither a survey nor an agenda.
    missed = said(planning.describe_plan(plan, plan.matching, {}))[planning.NOT_ASKED].splitlines()
    pairs = plan.matching.pairs[["mentee", "mentor"]].to_numpy().tolist()
    assert [line.partition(":")[0] for line in missed] == [f"  {i} with {j}" for i, j in pairs]
    assert plan.milestones[0].name in missed[0]
    assert "No survey and no agenda" in plan._repr_html_()
    assert f"{pairs[0][0]} with {pairs[0][1]} (" in plan._repr_html_()
    monkeypatch.setattr(planning, "NAMED", 1)
    first = said(planning.describe_plan(plan, plan.matching, {}))[planning.NOT_ASKED].splitlines()
    assert first == [missed[0], "  … and 2 more pairs; their meetings stand in unplanned.csv"]
    monkeypatch.setattr(planning, "SHOWN", 2)
    cut = said(planning.describe_plan(plan, plan.matching, {}))["Not planned, and why"].splitlines()
    assert cut == [*told[:2], "  … and 1 more pair"]


def test_plans_and_states_call_people_by_name_where_names_are_asked_for() -> None:
    """They had ids, where the screen of `match` and the report had names."""
    hours = pd.DataFrame({"free": ["Mon 10:00-11:00"] * 2, "tz": ["UTC"] * 2})
    mentees = hours.assign(who=["Ann Bell", "Bo Dean"]).set_axis(["e0", "e1"])
    mentors = hours.assign(who=["Cy Ek", "Di Fox"]).set_axis(["r0", "r1"])
    mentors.loc["r1", "free"] = "Tue 10:00-11:00"
    free = mm.criteria.Availability("free", timezone="tz", dates=("2027-05-03", "2027-05-16"))
    problem = mm.Problem(mm.Criteria(free).score(mm.Cohort(mentees, mentors)))
    matching = mm.Matching.from_pairs(problem, [("e0", "r0"), ("e1", "r1")])
    asked = {"mentees": ["who"], "mentors": ["who"]}
    plan = mm.plan_meetings(matching, 2, "1 week")
    told = "\n".join(said(planning.describe_plan(plan, matching, asked)).values())
    assert "'Bo Dean' and 'Di Fox' share no 1 h" in told
    assert "  Bo Dean with Di Fox: " in told
    rows = [("e0", "r0", "2027-01-12", "declined"), ("e1", "r1", "2027-01-12", "accepted")]
    events = pd.DataFrame(rows, columns=["mentee", "mentor", "date", "event"])
    status = mm.programme_status(matching, events, start="2027-01-11", as_of="2027-06-01")
    names = call_by_id(matching, asked)
    told += "\n".join(line for one in planning.describe_status(status, names) for line in one.lines)
    assert "declined (they need another proposal): Ann Bell with Cy Ek" in told
    assert "1 pair is at risk: 'Bo Dean' with 'Di Fox'" in told
    assert not re.search(r"\b[er][01]\b", told)


def test_whoever_is_left_out_by_a_condition_is_counted_in_the_notes(tmp_path: Path) -> None:
    """Consent that was not given left somebody out, of whom nothing was said any more."""
    (tmp_path / "a.csv").write_text("id,x,ok\nada,lua,yes\nbo,lua,no\n", "utf-8")
    (tmp_path / "b.csv").write_text("id,x,ok\nlin,lua,yes\n", "utf-8")
    (tmp_path / "p.toml").write_text(
        '[tables]\nmentees = "a.csv"\nmentors = "b.csv"\n'
        'where = { column = "ok", is = ["yes"] }\n[[criteria]]\nkind = "TagOverlap"\n'
        'column = "x"\n[problem]\ncapacity = 1\n',
        "utf-8",
    )
    examination = programme.examine_file(tmp_path / "p.toml")
    _, problem = examination.finished()
    notes = said(summary.describe_matching(mm.match(problem), {}))["Notes"]
    assert notes == "- mentees, 'ok': 1 row is left out; only rows count in which it is 'yes'."


def test_evidence_and_screens_name_no_attribute_and_no_solver(tmp_path: Path) -> None:
    criteria, problem = people_problem()
    matching = mm.match(replace(problem, capacity=[1, 0, 0]))
    assert "(see .unmatched)" in repr(matching)
    files = evidence_files(
        matching=matching,
        criteria=criteria,
        objectives=(),
        check=mm.planning.check_objectives((), criteria, ()),
        plan=None,
        programme_file=None,
    )
    text = files["3-selection-and-matching.md"].decode()
    again = mm.rematch(matching, matching.problem)
    rematched = "\n".join(part for part in said(explaining.describe_rematch(again)).values())
    for said_ in (text, rematched):
        assert "see ." not in said_
        assert "scipy" not in said_
        assert "without a mentor" in said_


def test_a_group_that_the_file_and_the_command_name_is_told_once() -> None:
    rng = np.random.default_rng(0)
    people = [
        pd.DataFrame(rng.random((60, 2)), columns=["a", "b"]).assign(g=["x", "y"] * 30)
        for _ in range(2)
    ]
    criteria = mm.Criteria(
        mm.criteria.Near("a", scale=1.0, weight=1), mm.criteria.Near("b", scale=1.0, weight=1)
    )
    problem = mm.Problem(criteria.score(mm.Cohort(*people)))
    pairs = mm.match(problem).pairs
    rated = pairs.assign(by="mentee", rating=rng.integers(1, 6, len(pairs)))
    learned = mm.learn_weights(criteria, problem.compatibility.cohort, mm.read_ratings(rated))
    [once] = describe_favour(learned, problem, ["g"])
    # `cycle -g gender` printed all lines of a column that is in [report] groups a second time.
    [twice] = describe_favour(learned, problem, ["g", "g"])
    assert twice.lines == once.lines
