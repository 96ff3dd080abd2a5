"""The audit of fairness: what it measures, what it leaves out, and how often it cries wolf."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mentormatch as mm
from mentormatch.audits.fairness.comparing import correct_for_many
from mentormatch.audits.fairness.fairness import fairness_of
from mentormatch.audits.fairness.outcomes import outcomes_of
from mentormatch.audits.fairness.small_groups import (
    groups_to_show,
    groups_to_show_together,
    labels_to_show,
    merge_small_groups,
    merge_small_labels,
)
from mentormatch.problem.groups import Grouping
from problems import problems


def cohort_problem(n=120, m=40, *, effect=0.0, seed=0, capacity=2):
    """Labelled people with a gender that shifts scores by ``effect``."""
    rng = np.random.default_rng(seed)
    gender = rng.choice(["f", "m"], n, p=[0.4, 0.6])
    scores = rng.random((n, m)) - effect * (gender == "f")[:, None]
    scores[rng.random((n, m)) < 0.3] = np.nan
    frame = pd.DataFrame(
        scores, index=[f"a{i}" for i in range(n)], columns=[f"b{j}" for j in range(m)]
    )
    return mm.Problem.from_scores(frame, capacity=capacity), pd.Series(gender, index=frame.index)


def test_values_by_group_are_plain_means_with_wilson_intervals():
    problem, gender = cohort_problem()
    matching = mm.match(problem)
    found = fairness_of(matching, {"gender": gender}, resamples=200)
    row = found.by_group.loc[("mentees", "gender", "f")]
    members = (gender == "f").to_numpy()
    assert row["count"] == members.sum()
    assert row["match_rate"] == pytest.approx((matching.places[members] > 0).mean())
    sums = matching.pairs.groupby("mentee")["score"].sum().reindex(gender.index, fill_value=0.0)
    assert row["mean_score"] == pytest.approx(sums[members].mean())
    assert row["match_rate_low"] < row["match_rate"] < row["match_rate_high"]
    assert row["mean_score_low"] < row["mean_score"] < row["mean_score_high"]
    gap = found.gaps.set_index("measure").loc["match_rate"]
    rates = found.by_group["match_rate"]
    assert gap["difference"] == pytest.approx(rates.max() - rates.min())
    assert gap["ratio"] == pytest.approx(rates.min() / rates.max())


@pytest.mark.parametrize(("value", "range_known"), [(0.5, True), (7.0, False)])
def test_thirty_equal_values_have_no_interval_of_width_0(value, range_known):
    problem = mm.Problem.from_scores(np.full((60, 60), value))
    found = fairness_of(mm.match(problem), {"half": ["a", "b"] * 30}, resamples=200, side="mentees")
    gap = found.gaps.set_index("measure").loc["mean_score"]
    rows = found.by_group
    if range_known:
        assert (rows["mean_score_high"] - rows["mean_score_low"] > 0.1).all()
        assert gap["low"] < 0 < gap["high"]
        assert gap["ratio_low"] < 1 < gap["ratio_high"]
    else:
        assert np.isnan([gap["low"], gap["high"], gap["ratio_low"]]).all()
        assert "no interval, for everybody has the same value" in repr(found)


def test_what_the_scores_do_is_told_from_what_the_matching_does():
    problem, gender = cohort_problem(effect=0.4)
    found = fairness_of(mm.match(problem), {"gender": gender}, resamples=300)
    gaps = found.gaps.set_index("measure")
    assert gaps.loc[["eligible_share", "best_score"], "source"].eq("scores").all()
    assert gaps.loc[["match_rate", "mean_score"], "source"].eq("matching").all()
    assert gaps.loc["best_score", "p_holm"] < 0.05
    assert gaps.loc["best_score", "worst"] == "f"
    assert "before matching: gender (mentees), best_score: f is" in repr(found)


def test_groups_below_five_are_left_out_and_below_thirty_warned_of():
    problem, gender = cohort_problem()
    gender.iloc[:3] = "x"
    gender.iloc[13:17] = "y"
    gender.iloc[3:13] = "d"
    found = fairness_of(mm.match(problem), {"gender": gender}, resamples=200)
    suppressed = found.by_group.loc[("mentees", "gender", "x")]
    assert suppressed.isna().all()
    text = " ".join(found.warnings)
    assert "gender (mentees): 2 groups of fewer than 5 people left out, so that" in text
    assert "gender (mentees): fewer than 30 people, so uncertain: d (10)" in text
    assert "x" not in set(found.gaps["worst"]) | set(found.gaps["best"])
    assert (
        not found.to_frame()["group"].eq("x").any()
        or found.to_frame().query("group == 'x'")["value"].isna().all()
    )


def test_spellings_that_differ_in_case_or_blanks_only_are_one_group_and_it_is_said():
    # Each spelling fell under five people, so that nothing was compared and no reason named.
    problem, _ = cohort_problem(n=30, m=10)
    answers = ["Ja"] * 4 + ["ja"] * 3 + [" JA "] + ["Nej"] * 8 + ["F"] * 4 + ["femme"] * 3
    answers += ["Vet  ej", "vet ej"] + ["x", "y"] + [None] * 3
    found = fairness_of(mm.match(problem), {"wish": answers}, resamples=200, side="mentees")
    counts = found.by_group["count"].loc["mentees", "wish"]
    assert counts["Ja"] == 8
    assert counts["Nej"] == 8
    # Another word is another group, whatever it means; which are left out is not told.
    assert {"F", "femme", "Vet  ej", "x", "y", "(not given)"} == set(counts.index[counts.isna()])
    assert set(found.gaps["worst"]) | set(found.gaps["best"]) == {"Ja", "Nej"}
    said = " ".join(found.warnings)
    assert any(one.endswith("and counted as one group each: 'Ja'") for one in found.warnings)
    assert "that differ in upper and lower case or blanks only" in said
    assert "Vet" not in said
    assert (
        "6 groups of fewer than 5 people left out, so that nobody is recognised; if some are one "
        "group spelled in several ways, write them alike"
    ) in said


def test_groups_that_are_crossed_know_which_parts_have_several_spellings():
    one = Grouping.of("a", "mentees", pd.Series(["Ja", "ja", "nej", "nej"]))
    both = one.crossed(Grouping.of("b", "mentees", pd.Series(["n", "n", "n", "s"])))
    assert [both.names[k] for k in both.joined] == ["Ja × n"]
    assert merge_small_labels(pd.Series(["ja"] * 6 + ["Ja"] * 5 + ["b"] * 9)).nunique() == 2


def test_no_number_about_a_group_comes_without_an_interval():
    problem, gender = cohort_problem()
    found = fairness_of(mm.match(problem), {"gender": gender}, resamples=200)
    tidy = found.to_frame().dropna(subset=["group"])
    numbers = tidy[(tidy["measure"] != "count") & tidy["value"].notna()]
    assert numbers[["low", "high"]].notna().all(axis=None)
    assert (numbers["low"] <= numbers["value"] + 1e-12).all()
    assert (numbers["value"] <= numbers["high"] + 1e-12).all()


def test_four_fifths_is_never_settled_while_the_interval_holds_it():
    problem, gender = cohort_problem(n=40, m=10)
    found = fairness_of(mm.match(problem), {"gender": gender}, resamples=200)
    rates = found.gaps[found.gaps["four_fifths"] != ""]
    holds = (rates["ratio_low"] < 0.8) & (rates["ratio_high"] >= 0.8)
    assert rates.loc[holds, "four_fifths"].str.contains("but the interval holds 0.8").all()
    assert holds.any()


def test_columns_of_either_table_and_intersections_are_groups():
    rng = np.random.default_rng(1)
    mentees = pd.DataFrame(
        {
            "id": [f"a{i}" for i in range(60)],
            "gender": rng.choice(["f", "m"], 60),
            "site": rng.choice(["north", "south"], 60),
        }
    )
    mentors = pd.DataFrame({"id": [f"b{j}" for j in range(40)], "gender": ["f", "m"] * 20})
    problem = mm.Problem(
        mm.Criteria().score(mm.Cohort(mentees, mentors)), capacity=2, coverage_first=True
    )
    matching = mm.match(problem)
    found = fairness_of(matching, ["gender", ("gender", "site")], resamples=100)
    kinds = set(
        found.by_group.reset_index()[["side", "grouping"]].itertuples(index=False, name=None)
    )
    assert kinds == {("mentees", "gender"), ("mentors", "gender"), ("mentees", "gender × site")}
    crossed = fairness_of(matching, ["gender", "site"], intersections=True, resamples=100)
    assert "gender × site" in set(crossed.gaps["grouping"])
    assert found.by_group.loc[("mentors", "gender", "f"), "capacity_used"] <= 1
    with pytest.raises(
        mm.ProblemError, match=r"a column .gendr. to group by\. Did you mean .gender."
    ):
        fairness_of(matching, ["gendr"])


@pytest.mark.parametrize(
    ("groups", "said"),
    [
        (["gender"], "this problem has no tables. Pass the labels themselves"),
        ({"gender": ["f"]}, "There are 1 labels for 'gender', but 120 mentees or 40 mentors"),
        ({"gender": {"a1": "f"}}, "do not name everybody of one side once"),
        (7, "groups must be a column, a list of columns, or a mapping"),
    ],
)
def test_labels_that_fit_nobody_are_said(groups, said):
    problem, _ = cohort_problem()
    with pytest.raises(mm.ProblemError, match=said):
        fairness_of(mm.match(problem), groups)


def test_numbers_out_of_range_are_said_all_at_once():
    problem, _ = cohort_problem(n=6, m=4)
    with pytest.raises(mm.MentorMatchError, match=r"top must be .*; resamples must .*; level must"):
        fairness_of(mm.match(problem), top=0, resamples=1, level=95)


@settings(max_examples=30)
@given(problem=problems(4))
def test_envy_is_what_looking_at_every_pair_of_mentees_finds(problem):
    try:
        matching = mm.match(problem)
    except mm.InfeasibleError:
        return
    found = outcomes_of(matching, top=2, unmatched_value=0.0)
    n, m = problem.shape
    block = problem.block(slice(0, n))
    pairs = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
    for i in range(n):
        own = [block.mentee_scores[i, j] for k, j in pairs if k == i]
        full = len(own) >= problem.demands[i]
        envied = justified = 0
        for j in range(m):
            holders = [k for k, other in pairs if other == j]
            if (
                problem.demands[i] == 0
                or (i, j) in pairs
                or not holders
                or not block.eligible[i, j]
            ):
                continue
            if not full or block.mentee_scores[i, j] > min(own):
                envied += 1
                justified += any(
                    block.mentor_scores[i, j] > block.mentor_scores[k, j] for k in holders
                )
        assert (found.envied[i], found.justified[i]) == (envied, justified)


def test_the_price_of_fairness_is_one_number_only_at_equal_coverage():
    problem = mm.Problem.from_scores([[0.9, 0.5], [0.8, 0.1]])
    best, other = mm.match(problem), mm.Matching.from_pairs(problem, [(0, 0), (1, 1)])
    found = fairness_of(other, reference=best)
    assert found.overall["price_of_fairness"] == pytest.approx((1.3 - 1.0) / 1.3)
    assert "price of fairness: 23.08%" in repr(found)
    half = fairness_of(mm.Matching.from_pairs(problem, [(0, 0)]), reference=best)
    assert np.isnan(half.overall["price_of_fairness"])
    assert "coverage differs, so there is no one price" in repr(half)


def test_inequality_splits_into_between_and_within():
    problem, gender = cohort_problem(effect=0.3)
    problem = mm.Problem.from_scores(problem.compatibility.dense() + 1, capacity=2)
    found = fairness_of(mm.match(problem), {"gender": gender.to_numpy()}, resamples=100)
    row = found.inequality.iloc[0]
    assert row["between"] + row["within"] == pytest.approx(row["theil"])
    assert 0 < row["share_between"] < 1


def test_labels_of_the_audit_are_in_no_export(tmp_path):
    problem, gender = cohort_problem(n=20, m=20)
    matching = mm.match(problem)
    mm.audit(matching, groups={"secret": gender.map({"f": "purple", "m": "green"})})
    matching.to_csv(tmp_path / "matches.csv")
    written = (tmp_path / "matches.csv").read_text("utf-8-sig") + repr(matching)
    assert "purple" not in written
    assert "secret" not in written


def p_values(effect, runs, seed, more=0):
    """p-values of the gap of each measure, over seeded cohorts.

    ``more`` groupings that have nothing to do with the scores are drawn for each cohort: given its
    outcomes, their p-values are as independent as those of other cohorts.
    """
    found = []
    for run in range(runs):
        problem, gender = cohort_problem(60, 25, effect=effect, seed=seed + run)
        rng = np.random.default_rng([seed, run])
        # Permutations are seeded by the length of a name.
        names = ["x" * (k + 1) for k in range(more)]
        groups = {name: rng.choice(["f", "m"], 60, p=[0.4, 0.6]) for name in names}
        gaps = fairness_of(mm.match(problem), {"gender": gender, **groups}, resamples=199).gaps
        found.append(gaps.pivot_table("p_permutation", "grouping", "measure"))
    return pd.concat(found)


def test_without_an_effect_the_permutation_test_cries_wolf_no_more_often_than_it_says(
    record_property,
):
    values = p_values(0.0, 15, seed=1000, more=4)
    runs = len(values)
    assert runs == 75
    share = (values < 0.05).mean()
    # 5 % and three standard errors of a share of 75 groupings.
    assert (share <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)).all(), share
    power = (p_values(0.25, 20, seed=5000) < 0.05).mean()
    record_property(
        "power of the test of best scores at an effect of 0.25", float(power["best_score"])
    )
    assert power["best_score"] > 0.8


def test_a_corrected_p_stands_beside_a_corrected_interval_and_both_say_so():
    """Once a corrected p stood beside an interval for one gap alone."""
    cohort = mm.datasets.it_program(40, 20, seed=1)
    criteria = mm.Criteria(mm.criteria.TagOverlap("interests"))
    matching = mm.match(mm.Problem(criteria.score(cohort), capacity="capacity"))
    fairness = mm.audit(matching, groups=["gender", "age_group"]).fairness
    gaps = fairness.gaps
    tested = int(gaps["p_holm"].notna().sum())
    assert tested > 1
    said = repr(fairness)
    assert f"corrected for {tested} gaps (Holm)" in said
    row = gaps[gaps["difference"] > 0].iloc[0]
    alone = f"95% interval {row['low']:.3g} to {row['high']:.3g} for this gap alone"
    assert f"{alone}, {row['low_all']:.3g} to {row['high_all']:.3g} for all {tested} gaps" in said
    assert (gaps["low_all"] <= gaps["low"]).all()
    assert (gaps["high_all"] >= gaps["high"]).all()


def test_the_interval_for_all_gaps_is_that_of_one_at_bonferronis_level():
    proportion = pytest.importorskip("statsmodels.stats.proportion")
    labels = ["a"] * 30 + ["b"] * 40 + ["c"] * 30
    scores = np.random.default_rng(3).random((100, 60))
    matching = mm.match(mm.Problem.from_scores(scores))
    gaps = mm.audits.fairness_of(matching, groups={"group": labels}, level=0.9).gaps
    tested = int(gaps["p_permutation"].notna().sum())
    row = gaps.set_index("measure").loc["match_rate"]
    matched = pd.Series(matching.places > 0).groupby(labels).agg(["sum", "count"])
    best, worst = matched.loc[row["best"]], matched.loc[row["worst"]]
    # Of three groups there are three pairs, of which the gap is the largest.
    levels = {("low", "high"): 1 - 0.1 / 3, ("low_all", "high_all"): 1 - 0.1 / 3 / tested}
    for ends, level in levels.items():
        found = proportion.confint_proportions_2indep(
            best["sum"], best["count"], worst["sum"], worst["count"],
            method="newcomb", compare="diff", alpha=1 - level,
        )  # fmt: skip
        assert row[list(ends)].to_numpy(dtype=float) == pytest.approx(found, abs=1e-9)


def test_of_one_gap_alone_both_intervals_are_one():
    matching = mm.match(mm.Problem.from_scores(np.random.default_rng(1).random((20, 12))))
    found = mm.audits.fairness_of(matching, groups={"group": ["a"] * 10 + ["b"] * 10})
    gaps = correct_for_many(
        [{"p_permutation": 0.2, "within": lambda level: (level, 1.0)}], found.level
    )
    assert gaps["low_all"].tolist() == pytest.approx([found.level])


def test_the_largest_of_many_gaps_is_no_finding_where_there_is_no_effect():
    """The interval was that of two groups named before: of ten, it left out 0 in 6 of 10 runs."""
    scores = np.random.default_rng(1).random((120, 60))
    matching = mm.match(mm.Problem.from_scores(scores, capacity=2))
    found = []
    for seed in range(25):
        labels = np.random.default_rng(seed).permutation(np.repeat(list("abcdefgh"), 15)).tolist()
        gaps = mm.audits.fairness_of(
            matching, groups={"site": labels}, resamples=800, seed=seed
        ).gaps.set_index("measure")
        found.append(gaps.loc["mean_score", "low"] > 0)
    assert sum(found) <= 5


def test_who_has_no_mentor_is_not_counted_as_wanting_another_than_their_own() -> None:
    # "2 would rather have another mentor" counted c, who has none.
    scores = pd.DataFrame(
        [[0.9, 0.1], [0.8, 0.2], [0.7, np.nan]], index=["a", "b", "c"], columns=["m", "k"]
    )
    problem = mm.Problem.from_scores(scores)
    found = fairness_of(mm.Matching.from_pairs(problem, [("a", "m"), ("b", "k")]))
    assert found.overall["envious"] == 2
    assert found.overall["envious_lacking"] == 1
    assert "2 would rather have a mentor that somebody else has (1 than one of" in repr(found)
    assert "1 than none)" in repr(found)


def test_a_small_group_cannot_be_told_by_subtracting_the_others_from_the_whole() -> None:
    # x had no row, but count and mean of everybody, of f and of m gave its own.
    problem, gender = cohort_problem()
    gender.iloc[:3] = "x"
    found = fairness_of(mm.match(problem), {"gender": gender}, resamples=200)
    rows = found.by_group.loc[("mentees", "gender")]
    shown = rows[rows["count"].notna()]
    assert int(shown["count"].sum()) == problem.shape[0]
    assert [name for name in shown.index if "and 1 small group" in name]
    assert "also not by subtraction" in " ".join(found.warnings)
    # The two large groups are compared as before.
    assert len(shown) == 2
    assert len(found.gaps)


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_what_is_hidden_is_nobody_or_several_groups_of_enough_people(sizes: list[int]) -> None:
    shown = groups_to_show(sizes)
    hidden = [size for size, seen in zip(sizes, shown, strict=True) if size and not seen]
    assert all(size >= 5 for size, seen in zip(sizes, shown, strict=True) if seen)
    if shown.any() and hidden:
        assert len(hidden) > 1
        assert sum(hidden) >= 5


@pytest.mark.parametrize("crossed", [False, True])
def test_few_people_do_not_follow_from_groups_of_two_columns(crossed: bool) -> None:
    # All 8 of "de" are of the 10 of "sales": the rates of both told that of the other two.
    problem, _ = cohort_problem()
    n = problem.shape[0]
    dept = ["sales"] * 10 + ["it"] * (n - 10)
    country = ["de"] * 8 + ["fr", "uk"] + ["fr", "uk"] * ((n - 10) // 2) + ["fr"] * (n % 2)
    groups = {"dept": dept, "country": country}
    found = fairness_of(mm.match(problem), groups, intersections=crossed, resamples=200)
    shown = found.by_group["count"].dropna().reset_index()
    labels = {"dept": dept, "country": country}
    labels["dept × country"] = [f"{a} × {b}" for a, b in zip(dept, country, strict=True)]
    sets = [np.array(labels[one["grouping"]]) == one["group"] for one in shown.to_dict("records")]
    assert shown["grouping"].tolist()[:2] == ["dept", "dept"]
    assert len(sets) > 2
    for whole in (np.ones(n, dtype=bool), *sets):
        for part in sets:
            if not (part & ~whole).any():
                assert np.count_nonzero(whole & ~part) not in range(1, 5)
    assert "more groups are not shown, because together with the other columns" in repr(found)
    # Alone, the column is shown as ever.
    alone = fairness_of(mm.match(problem), {"country": country}, resamples=200)
    assert alone.by_group["count"].notna().all()


def test_columns_of_many_groups_and_people_are_looked_at_together_in_seconds() -> None:
    # Cells of crossed columns are nearly as many as people; a matrix of them took a minute.
    rng = np.random.default_rng(1)
    n = 60_000
    groupings = [
        Grouping.of(str(count), "mentees", pd.Series(rng.integers(0, count, n).astype(str)))
        for count in (10, 50, 300)
    ]
    started = time.process_time()
    shown = groups_to_show_together(groupings, np.ones(n, dtype=bool))
    assert time.process_time() - started < 15
    assert all(one.all() for one in shown)


def test_one_who_stands_in_several_groups_is_one_person() -> None:
    # Three answer about mentees of six groups each: their sum is whole less z.
    labels = pd.Series([*"abcdef"] * 3 + ["z"] * 20)
    whose = pd.Series([k for k in range(3) for _ in range(6)] + [*range(10, 30)])
    assert labels_to_show({"group": labels}, whose) == {"group": set()}
    # Six answer about two groups: each of them and the whole is of six.
    labels, whose = pd.Series(["a", "b"] * 6), pd.Series(np.repeat(range(6), 2))
    assert labels_to_show({"group": labels}, whose) == {"group": {"a", "b"}}


@given(
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=12, max_size=30),
    st.booleans(),
)
def test_no_sum_of_groups_that_are_shown_is_that_of_fewer_than_five(
    people: list[tuple[int, int]], crossed: bool
) -> None:
    # Every whole-numbered sum with small factors is tried against what is shown.
    included = np.ones(len(people), dtype=bool)
    first, second = (
        Grouping.of(name, "mentees", pd.Series([str(one[k]) for one in people]))
        for k, name in enumerate(("a", "b"))
    )
    groupings = [first, second, *([first.crossed(second)] if crossed else [])]
    groupings = [merge_small_groups(one, included) for one in groupings]
    groups = [included.astype(int)]
    for one, shown in zip(groupings, groups_to_show_together(groupings, included), strict=True):
        groups += [(one.codes == k).astype(int) for k in np.flatnonzero(shown)]
    rows = np.unique(np.array(groups), axis=0)[:7]
    for factors in itertools.product((-1, 0, 1), repeat=len(rows)):
        summed = np.array(factors) @ rows
        if set(summed.tolist()) == {0, 1}:
            assert summed.sum() >= 5
