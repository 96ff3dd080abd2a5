"""The HTML report as a file: what it says, what it never holds, and that it stays the same."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from reports_people import INJECTIONS, cohort_of, large_matching, matching_of

import mentormatch as mm
from mentormatch import shortlists
from mentormatch.errors import MentorMatchError, MissingPackageError
from mentormatch.records import saving
from mentormatch.reports.html import facts, html_report, report
from mentormatch.reports.html.catalogue import Catalogue
from mentormatch.reports.html.evidence import as_json, record_of
from mentormatch.reports.html.figures import clean_svg
from mentormatch.reports.html.page import _part
from mentormatch.reports.words import plain_label
from mentormatch.reports.workbook import writing
from mentormatch.solvers.assignment import opening, priced

EMPTY = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
PAGE = Path(mm.__file__).parent / "reports" / "html" / "page"


@pytest.fixture(scope="module")
def matching() -> mm.Matching:
    return matching_of()


@pytest.fixture(scope="module")
def text(matching: mm.Matching) -> str:
    return html_report(matching, groups=["gender"])


@pytest.fixture(autouse=True)
def drawings(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing: most of the time of a small report goes into its charts."""
    if "text" not in request.fixturenames:
        monkeypatch.setattr("mentormatch.reports.html.figures.as_svg", lambda _: EMPTY)


def data_of(text: str) -> dict:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


class Elements(HTMLParser):
    """Counts elements and remembers attributes that could load or run something."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.suspicious: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcset", "action", "formaction"):
                self.suspicious.append((tag, name))
            if name in ("src", "href") and not (value or "").startswith("#"):
                self.suspicious.append((tag, f"{name}={value}"))


def test_the_same_matching_gives_the_same_bytes(text: str) -> None:
    assert html_report(matching_of(), groups=["gender"]) == text


def test_the_first_screen_answers_the_five_questions(text: str) -> None:
    for question in ("All matched?", "Proven best?", "Worst off?", "Fair?", "Stable?"):
        assert question in text
    assert re.search(r"<p class=\"verdict\">\d+ of 12 mentees have a mentor\.</p>", text)


def test_the_page_speaks_of_people_who_would_swap_and_not_of_blocking_pairs(text: str) -> None:
    """It listed "Weakly blocking pairs" and "Justified envy", and a "gap 3.6e-12"."""
    shown = re.sub(r"<(script|style)\b.*?</\1>", "", text, flags=re.DOTALL).casefold()
    assert "would both rather have each other" in shown
    for jargon in ("blocking", "envy", "pareto", "rational", "(gap"):
        assert jargon not in shown, jargon


def test_nothing_in_the_page_can_load_or_run_anything_else(text: str) -> None:
    elements = Elements()
    elements.feed(text)
    assert elements.suspicious == []
    assert elements.tags.count("script") == 3
    assert not {"link", "iframe", "object", "embed", "form", "base", "img"} & set(elements.tags)


def test_the_policy_names_the_hashes_of_exactly_the_style_and_the_script(text: str) -> None:
    for tag, pattern in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        body = re.search(pattern, text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in text
    assert "default-src 'none'" in text
    assert "base-uri 'none'; form-action 'none'" in text


def test_the_script_is_short_uses_no_library_and_never_writes_markup() -> None:
    script = (PAGE / "page.js").read_text("utf-8")
    assert script.count("\n") <= 300
    for word in ("innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval(", "import "):
        assert word not in script


def test_without_include_no_other_cell_of_a_table_is_in_the_file(text: str) -> None:
    assert "canary-" not in text
    assert "Sample Ada-3" in text


def test_columns_that_are_included_are_quoted_and_no_others(matching: mm.Matching) -> None:
    text = html_report(matching, include=["wants", "offers"])
    assert "canary-skill" in text
    assert "canary-team" not in text
    assert "canary-email" not in text


@pytest.mark.parametrize(
    ("name", "module", "maker", "write"),
    [
        ("page.html", report, "html_report", mm.Matching.to_html),
        ("book.xlsx", writing, "_workbook_of", mm.Matching.to_excel),
        ("record.json", saving, "content_of", mm.Matching.save),
    ],
)
def test_a_file_that_may_not_be_replaced_is_refused_before_the_work(
    matching: mm.Matching,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name,
    module,
    maker,
    write,
) -> None:
    """The whole page was made first, which takes a minute where there are 100,000 pairs."""
    (tmp_path / name).write_text("mine")
    monkeypatch.setattr(module, maker, lambda *_, **__: pytest.fail("it was made"))
    with pytest.raises(FileExistsError, match="exists already"):
        write(matching, tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"


def test_a_pair_says_that_answers_are_left_out_and_how_they_are_shown(
    matching: mm.Matching,
) -> None:
    """The opened pair had numbers alone, where the list that is sent had the reasons in words."""
    named = [
        column
        for one in matching.problem.compatibility.scorer.fitted
        for columns in one.criterion.columns.values()
        for column in columns
    ]
    hidden = {
        len(include): data_of(html_report(matching, include=include))["pairs"]["hidden"]
        for include in ([], named[:2], named)
    }
    assert list(hidden.values()) == [True, True, False]
    assert "name the columns in “include”" in html_report(matching)
    # Scores that were given as numbers have no answers behind them.
    given = mm.match(mm.Problem.from_scores(np.eye(3)))
    assert data_of(html_report(given))["pairs"]["hidden"] is False


def test_a_page_for_participants_holds_no_person_at_all(matching: mm.Matching) -> None:
    text = html_report(matching, audience="participants", groups=["gender"])
    assert not re.search(r"mentee-\d{4}|mentor-\d{4}|Sample |canary", text)
    assert 'id="evidence"' not in text
    assert data_of(text)["pairs"] is None


def test_what_must_be_known_first_names_nobody_to_participants_and_quotes_no_cell() -> None:
    """Ids of those who share nothing, and answers such as "not with my boss", stood there."""
    mentees = pd.DataFrame(
        {
            "id": ["canary-ada", "canary-bo", "canary-cy"],
            "want": ["lua", "lua", "canary-skill"],
            "avoid": ["not with canary-boss", "Canary Rho", "Po, Xi"],
        }
    )
    mentors = pd.DataFrame(
        {"id": ["canary-lin", "canary-mia"], "name": ["Xi Po", "Rho"], "teach": ["lua", "go; lua"]}
    )
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="want", offers="teach"),
        mm.criteria.Avoids("avoid", of="name", unknown="ignore"),
    )
    matching = mm.match(mm.Problem(criteria.score(mm.Cohort(mentees, mentors)), capacity=2))
    public = html_report(matching, audience="participants")
    assert "does nothing for 1 answer in words" in public
    assert "Fewer than 3 mentees share no value with any mentor" in public
    assert not re.search("canary|Po, Xi", public, re.IGNORECASE)
    first = html_report(matching).partition('id="pairs"')[0]
    assert "canary-cy" in first
    assert "canary-boss" not in first


def test_small_groups_are_left_out() -> None:
    cohort = cohort_of(14, 7)
    labels = ["rare"] * 3 + ["usual"] * 11
    text = html_report(matching_of(cohort), groups={"kind": labels})
    # 11 of 14 would say how many the others are, and what they have.
    assert '<td>usual and 1 small group</td><td class="number">14</td>' in text
    assert "<td>rare</td>" not in text


@pytest.mark.parametrize("hostile", INJECTIONS)
def test_hostile_names_stay_text_in_the_file(hostile: str) -> None:
    cohort = cohort_of(6, 3, [hostile])
    text = html_report(matching_of(cohort, bans=[("mentee-0000", "mentor-0001", hostile)]))
    elements = Elements()
    elements.feed(text)
    assert elements.suspicious == []
    assert elements.tags.count("script") == 3
    assert not set("\x1b\x07\u202e\u2028") & set(text)
    assert "49" not in data_of(text)["people"]["mentees"]["names"][0]


def test_waterfalls_in_the_file_add_up_to_the_score(matching: mm.Matching, text: str) -> None:
    data = data_of(text)
    count = len(data["criteria"])
    parts = np.array(data["pairs"]["parts"]).reshape(-1, count) / 10_000
    assert np.allclose(parts.sum(axis=1), matching.scores, atol=1e-3)
    assert [one["label"] for one in data["criteria"]] == ["Skill coverage", "Level gap: level"]


def test_what_the_next_best_mentor_costs_is_what_forcing_it_costs(
    matching: mm.Matching, text: str
) -> None:
    problem, data = matching.problem, data_of(text)
    follow = np.array(data["pairs"]["next"]).reshape(len(matching.mentees), -1, 3)
    seen = 0
    for k, i in enumerate(matching.mentees):
        for j, score, cost in follow[k]:
            if j < 0:
                continue
            seen += 1
            pair = problem.mentee_ids[i], problem.mentor_ids[j]
            assert score == pytest.approx(1e4 * problem.pairs([i], [j]).scores[0], abs=1)
            forced = mm.match(mm.Problem(problem.compatibility, capacity="seats", pins=[pair]))
            if cost < 0:
                assert forced.n_matched < matching.n_matched
            else:
                assert forced.n_matched == matching.n_matched
                assert cost / 1e4 == pytest.approx(matching.total - forced.total, abs=1e-4)
    assert seen > 10


def test_where_exact_costs_are_too_many_the_prices_give_a_lower_bound(
    matching: mm.Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = np.array(data_of(html_report(matching))["pairs"]["next"]).reshape(-1, 3)
    monkeypatch.setattr("mentormatch.reports.answers.MOST_SEARCHED", 0)
    data = data_of(html_report(matching))["pairs"]
    bound = np.array(data["next"]).reshape(-1, 3)
    assert data["exact"] is False
    assert (bound[:, :2] == exact[:, :2]).all()
    known = exact[:, 2] >= 0
    assert known.any()
    assert (bound[known, 2] <= exact[known, 2]).all()


def test_what_would_help_somebody_without_a_mentor_is_said(text: str) -> None:
    data = data_of(text)
    said = [data["texts"][k] for k in data["unmatched"]["fix"]]
    assert said
    assert all(one == "–" or one.startswith(("one more seat with", "without the")) for one in said)


def test_a_seat_that_would_help_is_named_as_its_mentor_is_called_in_the_report() -> None:
    """It gave the id, beside names everywhere else; two of one name still need it."""
    mentees = pd.DataFrame({"id": ["a", "b"], "name": ["Ada", "Bo"], "site": ["x", "x"]})
    mentors = pd.DataFrame({"id": ["=M1", "M2"], "name": ["Kim Lee", "Kim Lee"]})
    mentors["site"] = ["x", "y"]
    for names, said in ((["Kim Lee"] * 2, "Kim Lee (=M1)"), (["Kim Lee", "Eva Ek"], "Kim Lee")):
        cohort = mm.Cohort(mentees, mentors.assign(name=names))
        scores = mm.Criteria(mm.criteria.Same("site")).score(cohort)
        data = data_of(html_report(mm.match(mm.Problem(scores))))
        fixes = [data["texts"][k] for k in data["unmatched"]["fix"]]
        assert [one.partition(",")[0] for one in fixes] == [f"one more seat with {said}"]


def test_a_column_with_an_apostrophe_keeps_it_in_labels() -> None:
    """The legend said "Level gap: "Niveau dexpérience""."""
    for column, said in (
        ("Niveau d'expérience", "Level gap: Niveau d'expérience"),
        ('the "d\'or" level', 'Level gap: the "d\'or" level'),
        ("level", "Level gap: level"),
    ):
        assert plain_label(mm.criteria.LevelGap(column, weight=1).label) == said
    assert plain_label("Same('a', \"b's\", when='c')") == "Same: a, b's, when=c"


@pytest.mark.parametrize("name", ["SQL", "JavaScript skills", "Level(s) apart", "Team('x') =1"])
def test_the_name_that_somebody_gave_to_a_criterion_is_never_written_otherwise(name: str) -> None:
    """The report said "Sql" and "Java script (skills)", the screens what the file says."""
    rule = mm.criteria.LevelGap("level", name=name, minimum=0.5)
    assert plain_label(rule.label) == name
    assert plain_label(f"{name} minimum=0.5") == f"{name} minimum=0.5"


def test_numbers_that_are_no_scores_from_0_to_1_are_shown_as_they_are() -> None:
    problem = mm.Problem.from_scores([[-5.0, 120.0], [40.0, float("nan")]])
    text = html_report(mm.match(problem))
    assert data_of(text)["pairs"]["score"] == [1_200_000, 400_000]


def test_a_matching_of_nobody_has_a_report_too() -> None:
    text = html_report(mm.match(mm.Problem.from_scores([[float("nan")]])))
    assert "0 of 1" in text
    assert "1 mentee has nobody" in text


@pytest.mark.parametrize("strategy", ["stable", "leximin", "serial_dictatorship", "fair_lottery"])
def test_every_strategy_has_a_report_that_claims_no_more_than_its_certificate(
    strategy: str,
) -> None:
    matching = mm.match(matching_of().problem, strategy)
    text = html_report(matching)
    proven = matching.certificate is not None and matching.certificate.proven
    assert ("That is proven." in text) is False
    assert ("Proven: nothing does better" in text) is proven


def facts_of(matching: mm.Matching, *, whole: bool = True, committee: bool = True) -> dict:
    """Answer and detail of each question, and the sentences at the head."""
    parts = (None, None, None)
    if whole:
        audit = mm.audit(matching)
        parts = audit.optimality, audit.stability, audit.fairness
    one = facts.Examined(matching, *parts, committee)
    words = Catalogue()
    told = {fact.question: (fact.answer, fact.detail) for fact in facts.facts(one, words)}
    return {key: told[words.facts[key]] for key in QUESTIONS} | facts.verdict(one, words)


QUESTIONS = ("everyone", "proven", "worst", "fair", "stable")
SCORES = [[0.9, 0.8], [0.7, 0.1], [0.6, 0.5]]


def test_what_is_not_proven_is_told_by_how_far_it_may_be_off(monkeypatch) -> None:
    for module, name in ((priced, "MOST_ROUNDS"), (shortlists, "LISTED"), (opening, "MOST_ROUNDS")):
        monkeypatch.setattr(module, name, 1)
    scores = np.random.default_rng(0).random((60, 5)) @ np.random.default_rng(1).random((5, 30))
    cut = mm.match(mm.Problem.from_scores(scores, capacity=2), engine="priced")
    assert not cut.certificate.proven
    told = facts_of(cut)
    share = cut.certificate.gap / cut.certificate.objective
    within = f"{100 * share:.{1 if share >= 0.01 else 2}f} %"
    assert told["second"] == f"It is within {within} of the highest total that could be possible."
    assert told["proven"][0] == f"Within {within}"


def test_a_proof_that_does_not_hold_is_said_first() -> None:
    matching = mm.match(mm.Problem.from_scores(SCORES))
    worse = mm.Matching.from_pairs(matching.problem, [(0, 0), (1, 1)])
    false = replace(worse, certificate=matching.certificate)
    told = facts_of(false)
    assert told["second"] == "The proof that came with it does not hold."
    assert told["proven"][0] == "No"


def test_pairs_made_elsewhere_and_other_aims_are_told_as_that() -> None:
    problem = mm.Problem.from_scores(SCORES)
    given = facts_of(mm.Matching.from_pairs(problem, [(0, 0), (1, 1)]))
    assert given["second"] == "These pairs were made elsewhere and are measured here."
    assert given["proven"][0] == "Not aimed at"
    greedy = mm.match(problem, "greedy")
    assert "which does not aim at the total" in facts_of(greedy)["second"]
    only_total = replace(problem, coverage_first=False)
    assert facts_of(mm.match(only_total))["second"] == (
        "No other matching has a higher total. That is proven."
    )
    stable = facts_of(mm.match(problem, "stable"))
    assert stable["stable"] == ("Yes", "No two people would both rather have each other.")


def test_who_has_fewer_than_wanted_and_how_many_more_could_be_matched_is_said() -> None:
    problem = mm.Problem.from_scores(SCORES, demand=[2, 1, 0], capacity=1)
    told = facts_of(mm.match(problem))
    assert told["first"].startswith("All 2 ")
    assert told["everyone"] == ("2 of 2", "1 mentee has fewer mentors than wanted.")
    nobody = facts_of(mm.match(replace(problem, demand=0)))
    assert nobody["first"] == "No mentee wants a mentor."
    one = mm.Matching.from_pairs(replace(problem, demand=1), [(1, 0)])
    proof = mm.match(one.problem).certificate
    told = facts_of(replace(one, certificate=proof), whole=False)
    assert told["everyone"][1] == "2 mentees have nobody. Up to 2 could be matched."


def fair_fact(scores_of_groups: list[list[float]], names: tuple[str, ...] = ("a", "b")) -> tuple:
    """Tone, answer and detail of the card, where each mentee has one mentor and such a score."""
    scores = np.concatenate(scores_of_groups)
    matching = mm.match(mm.Problem.from_scores(scores[:, None], capacity=len(scores)))
    labels = [name for name, some in zip(names, scores_of_groups, strict=True) for _ in some]
    fairness = mm.audit(matching, groups={"team": labels}).fairness
    one = facts.Examined(matching, None, None, fairness, True)
    [card] = [fact for fact in facts.facts(one, Catalogue()) if fact.question == "Fair?"]
    return card.tone, card.answer, card.detail, fairness.gaps


def test_no_tick_stands_over_an_interval_without_0_or_over_groups_that_are_too_few() -> None:
    # "No clear gap ✓" stood over "interval 0.20 to 0.75", which was not corrected as its p was.
    rng = np.random.default_rng(5)
    few = fair_fact([list(rng.uniform(0.3, 0.7, 6)), list(rng.uniform(0.3, 0.7, 7))])
    assert few[:2] == ("none", "Too few to tell")
    assert "Groups of fewer than 30 people say little" in few[2]
    many = fair_fact([list(rng.uniform(0.3, 0.7, 60)), list(rng.uniform(0.3, 0.7, 60))])
    assert many[:2] == ("good", "No clear gap")
    row = many[3].loc[many[3]["measure"] == "mean_score"].iloc[0]
    assert row["low_all"] <= 0 < row["high_all"]
    low = f"{row['low_all']:.2f}".replace("-", "−")
    tested = many[3]["p_holm"].notna().sum()
    said = f"It may be anything from {low} to {row['high_all']:.2f} (95 % sure, {tested} gaps"
    assert said in many[2]
    level = fair_fact([[0.5] * 40, [0.5] * 40])
    assert level[:2] == ("good", "No clear gap")
    # Groups that are hidden as too small had no count, and 7 people without anything no say.
    hidden = fair_fact([[1.0] * 40, [1.0] * 40, [0.0] * 4, [0.0] * 3], names=("a", "b", "c", "d"))
    assert hidden[0] != "good"


@pytest.mark.parametrize("seed", range(12))
def test_the_card_of_fairness_follows_from_the_numbers_in_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(5, 60, 2)
    shift = rng.choice([0.0, 0.15, 0.3])
    groups = [list(rng.uniform(0.1 + k * shift, 0.6 + k * shift, sizes[k])) for k in range(2)]
    tone, answer, _, gaps = fair_fact(groups)
    rows = gaps[(gaps["side"] == "mentees") & gaps["measure"].isin(facts.COMPARED)]
    tested, apart = rows["p_holm"] < 0.05, rows["low_all"] > 0
    if (tested & apart).any():
        assert (tone, answer) == ("care", "Gap: team")
    elif (tested | apart).any():
        assert (tone, answer) == ("care", "Perhaps a gap: team")
    elif sizes.min() < 30:
        assert (tone, answer) == ("none", "Too few to tell")
    else:
        assert (tone, answer) == ("good", "No clear gap")


def test_envy_of_who_has_no_mentor_is_told_apart() -> None:
    scores = [[0.9, 0.1], [0.8, 0.2], [0.7, np.nan]]
    matching = mm.Matching.from_pairs(mm.Problem.from_scores(scores), [(0, 0), (1, 1)])
    text = html_report(matching)
    assert "2 mentees would rather have a mentor whom somebody else has: 1 instead of" in text
    assert "1 because they have none or too few" in text
    alone = mm.match(mm.Problem.from_scores([[0.5]]))
    assert "Nobody would rather have a mentor whom somebody else has." in html_report(alone)


def test_participants_are_not_told_that_one_or_two_of_them_have_nobody() -> None:
    # "11 of 12", "1 mentee has nobody", and the proof counted them, too.
    matching = matching_of()
    assert matching.n_matched == 11
    for_all = re.sub(r"(?s)<(script|style).*?</\1>", "", html_report(matching))
    assert "1 mentee has nobody" in for_all
    page = html_report(matching, audience="participants", groups=["gender"])
    text = re.sub(r"(?s)<(script|style).*?</\1>", "", page)
    assert "All but fewer than 3 of 12 mentees have a mentor." in text
    assert ">Fewer than 3 mentees have nobody." in text
    assert "&lt;3</span>" in text
    for said in ("11 of 12", "11 mentees matched", "1 mentee has", 'width="91.67"'):
        assert said not in text, said
    # The curve over 12 people and their worst tenth are the scores of each of them.
    assert "Lorenz" not in text
    assert "lowest tenth" not in text
    assert "Name groups" not in html_report(matching, audience="participants")


def test_participants_are_not_told_the_rate_of_a_group_in_which_one_or_two_have_nobody() -> None:
    # "0.83" beside 6 people counted one of them out, on the page that says "fewer than 3".
    matching = matching_of()
    for_all = _without_code(html_report(matching, groups=["gender"]))
    assert "0.83 (" in for_all
    page = _without_code(html_report(matching, audience="participants", groups=["gender"]))
    assert "0.83" not in page
    assert "Not shown by gender (mentees): being matched" in page
    assert "in being matched" not in page.partition('id="fairness"')[0]
    # Of two columns it is said once.
    gender = matching.problem.compatibility.cohort.mentees["gender"]
    both = {"gender": gender, "sex": gender}
    page = _without_code(html_report(matching, audience="participants", groups=both))
    assert page.count("The rates would count out fewer than 3 people of a group.") == 1
    assert "Not shown by gender, sex (mentees): being matched" in page
    assert "a rate of 0 or 1 tells about everybody in its group" in page
    assert "a rate of 0 or 1" not in for_all
    # The score of the groups is the mean of at least five people, and stays.
    assert re.search(r"<td>woman</td><td[^>]*>6</td><td[^>]*>0\.\d\d \(", page)


def test_participants_see_rates_of_groups_that_count_nobody_out() -> None:
    scores = np.full((40, 20), np.nan)
    scores[:20, :] = 0.5
    scores[20:30, :] = 0.4
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2))
    groups = {"site": ["north", "south"] * 20}
    page = _without_code(html_report(matching, audience="participants", groups=groups))
    assert "0.75 (" in page
    assert "being matched. The rates" not in page


def test_participants_are_not_sent_to_notes_that_their_page_does_not_have() -> None:
    """ "3 things to know about the data" led to a section that lists none of them."""
    cohort = cohort_of()
    mentees = cohort.mentees.reset_index().assign(team=[None, *cohort.mentees["team"][1:]])
    people = mm.Cohort(mentees, cohort.mentors.reset_index())
    scores = mm.Criteria(mm.criteria.Different("team")).score(people)
    matching = mm.match(mm.Problem(scores, capacity=2))
    said = "things to know about the data"
    assert said in html_report(matching)
    assert said not in _without_code(html_report(matching, audience="participants"))


def test_where_all_of_few_are_matched_the_page_says_so_once_and_alike() -> None:
    """ "All 1 mentee has a mentor" stood above "Fewer than 3 of 1"."""
    for n, said in ((1, "1 of 1 mentee has a mentor."), (2, "All 2 mentees have a mentor.")):
        matching = mm.match(mm.Problem.from_scores(np.full((n, n), 0.5)))
        for audience in ("committee", "participants"):
            page = _without_code(html_report(matching, audience=audience))
            assert f">{said}<" in page
            assert f"{n} of {n}" in page
            assert f"Fewer than 3 of {n}" not in page


def test_a_mean_of_scores_that_are_alike_tells_participants_no_hidden_rate() -> None:
    """Of ten in north with 0.8 each, a mean of 0.72 is nine of ten; the total gave it away, too."""
    groups = {"site": ["north", "south"] * 30}
    for apart, hidden in ((0.0, True), (0.02, True), (0.6, False)):
        scores = np.linspace(0.8, 0.8 - apart, 60)[:, None] * np.ones(59)
        matching = mm.match(mm.Problem.from_scores(scores))
        assert matching.n_matched == 59
        page = _without_code(html_report(matching, audience="participants", groups=groups))
        assert "Not shown by site (mentees): being matched" in page
        assert (">mean score<" not in page) is hidden
        # The curve is flat for those who have nobody; the tenth and the mean are those of all.
        assert "Lorenz" not in page
        mean = f"{matching.total / 60:.2f}"
        assert f"the mean of all is {mean}" in page
        assert f"Over 60 mentees: mean {mean}." in page
    committee = _without_code(html_report(matching, groups=groups))
    assert "Lorenz" in committee


def test_a_mean_of_scores_that_are_alike_tells_no_rate_of_mentors() -> None:
    """Of mentors with one seat each the mean score is the rate, times the score that all have."""
    scores = np.full((19, 20), 0.8)
    matching = mm.match(mm.Problem.from_scores(scores))
    groups = {"team": ["x", "y"] * 10}
    page = _without_code(html_report(matching, audience="participants", groups=groups))
    assert "Not shown by team (mentors): being matched, score" in page


def test_participants_are_not_told_of_a_group_that_is_hidden_by_what_the_others_leave() -> None:
    # "51 of 57", and of 50 in a: 45. So of the 7 who are in no group shown one had nobody.
    places = ["a"] * 50 + ["b"] * 3 + ["c"] * 4
    scores = np.full((57, 51), np.nan)
    has = [*range(45), *range(50, 56)]
    scores[has, range(51)] = 0.5
    matching = mm.match(mm.Problem.from_scores(scores))
    assert matching.n_matched == 51
    groups = {"dept": places}
    assert ">match rate<" in _without_code(html_report(matching, groups=groups))
    page = _without_code(html_report(matching, audience="participants", groups=groups))
    assert ">match rate<" not in page
    assert "Not shown by dept (mentees): being matched" in page


def _without_code(page: str) -> str:
    return re.sub(r"(?s)<(script|style).*?</\1>", "", page)


def test_what_needs_attention_is_a_sentence_with_a_short_link(text: str) -> None:
    """Whole sentences were links, underlined over several lines."""
    (listed,) = re.findall(r'(?s)<ul class="attention">(.*?)</section>', text)
    links = re.findall(r"<a [^>]*>(.*?)</a>", listed)
    assert links
    assert all(re.fullmatch("See “[^”]+”", link) for link in links)


def test_a_page_without_pairs_claims_nothing_about_them() -> None:
    matching = mm.match(mm.Problem.from_scores(SCORES, demand=0))
    for audience in ("committee", "participants"):
        one = html_report(matching, audience=audience)
        assert "Nobody needs attention: all are matched" not in one
        assert "There are no pairs." in one
        assert "0 of 0" not in re.sub(r"(?s)<(script|style).*?</\1>", "", one)


def test_what_is_too_large_to_examine_is_said_and_small_groups_are_not_compared(
    monkeypatch,
) -> None:
    matching = mm.match(mm.Problem.from_scores(SCORES))
    told = facts_of(matching, whole=False)
    for question in ("fair", "stable"):
        assert told[question] == (
            "Not examined",
            "too large to examine here, unless an audit is made first and given to the report",
        )
    greedy = facts_of(mm.match(matching.problem, "greedy"), whole=False)
    assert greedy["proven"][0] == "Not examined"
    few = facts_of(matching, committee=False)
    assert few["worst"][1].startswith("Not shown for fewer than 50 people")
    many = mm.match(mm.Problem.from_scores(np.full((50, 1), 0.5), capacity=50))
    assert facts_of(many, committee=False)["worst"][0] == "0.50"
    monkeypatch.setattr(report, "MOST_PAIRS_EXAMINED", 5)
    assert "Stability was not examined: the programme is too large" in html_report(matching)


def test_an_audit_of_another_matching_is_refused() -> None:
    one, other = (mm.match(mm.Problem.from_scores(SCORES)) for _ in range(2))
    assert html_report(one, audit=mm.audit(one)) == html_report(one)
    with pytest.raises(MentorMatchError, match="audit= is the audit of another matching"):
        html_report(one, audit=mm.audit(other))


def test_ids_that_no_record_can_hold_make_a_report_without_one() -> None:
    scores = pd.DataFrame(SCORES, [b"a", b"b", b"c"], ["lin", "max"])
    assert record_of(mm.match(mm.Problem.from_scores(scores))) is None
    assert '"lin"' in record_of(mm.match(mm.Problem.from_scores(scores.set_axis(list("abc")))))


def test_pairs_that_break_the_rules_get_no_report() -> None:
    problem = mm.Problem.from_scores([[0.5, 0.4], [0.3, 0.2]])
    wrong = mm.Matching.from_pairs(problem, [(0, 0), (1, 0)], check=False)
    with pytest.raises(MentorMatchError, match="capacity: 0: found 2, expected at most 1"):
        html_report(wrong)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"audience": "press"}, 'audience must be "committee" or "participants", got \'press\''),
        ({"include": "name"}, "include must be a list of columns"),
    ],
)
def test_wrong_options_are_said(matching: mm.Matching, options: dict, message: str) -> None:
    with pytest.raises(MentorMatchError, match=message):
        html_report(matching, **options)


def test_the_words_can_be_those_of_another_language(matching: mm.Matching) -> None:
    words = Catalogue("de", page={"pairs": "Paare"}, facts={"fair": "Gerecht?"})
    text = html_report(matching, words=words)
    assert '<html lang="de">' in text
    assert "Gerecht?" in text
    assert ">Paare</h2>" in text
    with pytest.raises(ValueError, match="has no page word 'pears'"):
        Catalogue("de", page={"pears": "Birnen"})


def test_a_report_is_not_replaced_unless_asked(tmp_path: Path, matching: mm.Matching) -> None:
    path = tmp_path / "report.html"
    matching.to_html(path)
    with pytest.raises(FileExistsError, match="exists already"):
        matching.to_html(path)
    matching.to_html(path, overwrite=True, title="Again")
    assert "<title>Again</title>" in path.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["report.html"]


def test_without_charts_installed_the_numbers_stand_alone(
    monkeypatch: pytest.MonkeyPatch, matching: mm.Matching
) -> None:
    def absent(_: object) -> str:
        raise MissingPackageError("Charts need Altair and vl-convert")

    monkeypatch.setattr("mentormatch.reports.html.figures.as_svg", absent)
    text = html_report(matching)
    assert 'role="img"' not in text
    assert "<details open>" in text


def test_drawings_keep_shapes_and_text_only() -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()">'
        '<script>x()</script><style>a{}</style><a href="javascript:x()"><text>hi</text></a>'
        '<g style="cursor:pointer" clip-path="url(#clip0)" onclick="x()"><text fill="red">'
        '&lt;b&gt;</text></g><clipPath id="clip0"/><path d="M0,0" '
        'fill="url(https://example.org/x)"/></svg>'
    )
    clean = clean_svg(svg, "one", "A & B", "<i>")
    assert clean == (
        '<svg viewBox="0 0 9 9" role="img" aria-labelledby="one-title one-desc">'
        '<title id="one-title">A &amp; B</title><desc id="one-desc">&lt;i&gt;</desc>'
        '<g clip-path="url(#one-clip0)"><text fill="red">&lt;b&gt;</text></g>'
        '<clipPath id="one-clip0" /><path d="M0,0" /></svg>'
    )


def test_the_report_is_evidence_from_which_the_proof_is_computed_again(
    matching: mm.Matching, text: str, tmp_path: Path
) -> None:
    report, record = tmp_path / "report.html", tmp_path / "record.json"
    report.write_text(text, "utf-8")
    matching.save(record)
    found = mm.load_matching(report)
    assert found.content == mm.load_matching(record).content
    assert "canary-" not in json.dumps(found.content)
    assert found.verify(matching.problem).ok
    assert hashlib.sha256(record.read_bytes()).hexdigest() in text
    other = matching_of(cohort_of(14, 7)).problem
    assert not found.verify(other).ok
    # Mail changes how lines end, and some editors put a mark in front: neither is a change.
    report.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert mm.load_matching(report).content == found.content


def test_a_report_that_was_changed_anywhere_is_one_clear_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    start = text.index('id="evidence">') + len('id="evidence">')
    end = text.index("</script>", start)
    evidence = json.loads(text[start:end])
    packed = evidence["packed"]

    def with_evidence(**other: object) -> str:
        return text[:start] + json.dumps({**evidence, **other}) + text[end:]

    forged = base64.b64encode(gzip.compress(b'{"format": "mentormatch-record"}')).decode()
    tampered = {
        "was changed after it was written": [
            text.replace("<h1", "<h1 hidden", 1),
            text.replace('"pairs":', '"pairs" :', 1),
            text + "<p>approved</p>",
            with_evidence(page="0" * 64),
        ],
        "cannot be read, so the file was changed or cut off": [
            with_evidence(packed=packed[: len(packed) // 2 + 1]),
            with_evidence(packed=packed[:40] + ("A" * 40) + packed[80:]),
            with_evidence(packed=None),
            text[:start] + "[]" + text[end:],
            text[:start] + "[" * 100_000 + text[end:],
        ],
        "is cut off or too large": [
            with_evidence(format="other"),
            with_evidence(packed=packed[: len(packed) // 8 * 4]),
        ],
        "holds no record": ["<p>nothing</p>", text[: start + 5]],
        "is a record of version None": [with_evidence(packed=forged)],
    }
    for said, pages in tampered.items():
        for page in pages:
            assert page != text
            path.write_text(page, "utf-8")
            with pytest.raises(mm.RecordError, match=said) as caught:
                mm.load_matching(path)
            assert str(path) in str(caught.value)
            assert len(str(caught.value)) < 400


def test_a_report_for_participants_holds_no_record(matching: mm.Matching, tmp_path: Path) -> None:
    matching.to_html(tmp_path / "report.html", audience="participants")
    with pytest.raises(mm.RecordError, match="one for participants holds no pairs"):
        mm.load_matching(tmp_path / "report.html")


def test_json_cannot_end_its_element() -> None:
    value = ["</script><!--", "&amp;", "\u2028", "\ud800"]
    text = as_json(value)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text)[:3] == value[:3]


def test_size_and_details_stay_bounded() -> None:
    small = html_report(large_matching(5_000, 500))
    assert len(small.encode()) <= 1_000_000
    assert _part("page.js").count("\n") <= 300


def test_scores_that_make_no_difference_are_said_before_the_proof_is_believed() -> None:
    """The report said "proven best" of a draw, and left out what the command says first."""
    people = pd.DataFrame({"team": ["Web", "Web"]}, index=pd.Index(["ada", "bob"], name="id"))
    mentors = people.set_axis(pd.Index(["lin", "max"], name="id"))
    criteria = mm.Criteria(mm.criteria.Same("team", weight=1))
    text = html_report(mm.match(mm.Problem(criteria.score(mm.Cohort(people, mentors)))))
    assert "The criteria make no difference: every allowed pair has the same score" in text
    given = html_report(mm.match(mm.Problem.from_scores([[0.5, 0.5], [0.5, 0.5]])))
    assert "The criteria make no difference" not in given
