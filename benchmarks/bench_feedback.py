"""Learning weights from ratings, and what another policy would have given.

False alarms, coverage, recovery, the bias of estimates, and time.

Run ``python benchmarks/bench_feedback.py`` for all of it (some ten minutes), ``--smoke`` for a
short run, ``--only coverage`` for one part of it. Every figure is of simulated programmes whose
true weights are known, and is printed with its Monte Carlo error.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

import mentormatch as mm
from mentormatch.feedback import Ratings, decision_regret
from mentormatch.feedback.weights.intervals import share_intervals

TRUTH = np.array([0.5, 0.3, 0.2])
LABELS = ("c0", "c1", "c2")


def programme(
    mentees: int,
    mentors: int,
    rng: np.random.Generator,
    truth: np.ndarray,
    each: int = 1,
    strictness: float = 0.0,
) -> tuple[mm.Criteria, mm.Cohort, Ratings]:
    """Draw people, pairs at random, and ratings with an effect of the mentor and of chance.

    ``each`` mentee rates so many mentors, all of them more or less strictly.
    """

    def table(count: int, letter: str) -> pd.DataFrame:
        ids = pd.Index([f"{letter}{k}" for k in range(count)], name="id")
        return pd.DataFrame(rng.random((count, 3)), index=ids, columns=["a0", "a1", "a2"])

    cohort = mm.Cohort(table(mentees, "e"), table(mentors, "o"))
    criteria = mm.Criteria(
        *(mm.criteria.Near(f"a{k}", scale=1.0, weight=1, name=LABELS[k]) for k in range(3))
    )
    paired = rng.integers(0, mentors, mentees)
    rater = np.arange(mentees)
    if each > 1:
        rater = np.repeat(rater, each)
        paired = np.array([rng.permutation(mentors)[:each] for _ in range(mentees)]).ravel()
    mine = cohort.mentees.to_numpy(float)[rater]
    values = 1 - np.abs(mine - cohort.mentors.to_numpy(float)[paired])
    quality = rng.normal(0, 0.1, mentors)[paired]
    rating = values @ truth + quality + rng.normal(0, 0.15, len(rater))
    if strictness:
        rating += rng.normal(0, strictness, mentees)[rater]
    answers = pd.DataFrame(
        {
            "mentee": cohort.mentees.index[rater],
            "mentor": cohort.mentors.index[paired],
            "by": "mentee",
            "rating": np.clip((rating + 0.6) / 2.2, 0, 1),
        }
    )
    return criteria, cohort, Ratings(answers)


def share(hits: int, runs: int) -> str:
    """A share with its Monte Carlo error."""
    rate = hits / runs
    return f"{100 * rate:5.1f} % ± {100 * np.sqrt(max(rate * (1 - rate), 1e-9) / runs):.1f}"


def false_alarms(word: str, truth: np.ndarray, runs: int) -> None:
    """Count how often weights change although there is nothing to learn."""
    adopted = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        adopted += mm.learn_weights(*programme(120, 40, rng, truth), seed=seed).adopted
    print(f"weights change where {word:<20} {share(adopted, runs)}   (goal: at most 5 %)")
    # Three standard errors above the goal would be no accident.
    assert adopted <= runs * 0.05 + 3 * np.sqrt(runs * 0.05 * 0.95) + 1


def noise(runs: int) -> None:
    """Ratings that say nothing."""
    false_alarms("ratings are noise", np.zeros(3), runs)


def right_prior(runs: int) -> None:
    """Ratings that follow the weights as they are."""
    false_alarms("the prior is right", np.ones(3) / 3, runs)


def several_each(runs: int) -> None:
    """The same where each mentee rates three mentors, strictly or not."""
    adopted, held, truth = 0, np.zeros(3), 3 * TRUTH
    for seed in range(runs):
        rng = np.random.default_rng(40_000 + seed)
        given = programme(60, 40, rng, np.zeros(3), each=3, strictness=0.2)
        adopted += mm.learn_weights(*given, seed=seed).adopted
        given = programme(100, 60, rng, TRUTH, each=3, strictness=0.2)
        report = mm.learn_weights(*given, seed=seed).report
        held += ((report["low"] <= truth) & (report["high"] >= truth)).to_numpy()
    print(f"weights change where each rates 3 at random    {share(adopted, runs)}")
    print(f"90 % interval holds it where each rates 3      {share(int(held.sum()), 3 * runs)}")
    assert adopted <= runs * 0.05 + 3 * np.sqrt(runs * 0.05 * 0.95) + 1
    assert held.sum() / (3 * runs) >= 0.87 - 3 * np.sqrt(0.09 / (3 * runs))


def coverage(runs: int) -> None:
    """Count how often the 90 % intervals hold the true weights, and those of a plain bootstrap."""
    held, plain = np.zeros(3), 0
    truth = 3 * TRUTH
    for seed in range(runs):
        rng = np.random.default_rng(10_000 + seed)
        learned = mm.learn_weights(*programme(300, 60, rng, TRUTH), seed=seed)
        report, evidence = learned.report, learned.evidence
        held += ((report["low"] <= truth) & (truth <= report["high"])).to_numpy()
        # As if the ratings of one mentor told no more of each other than those of two.
        _, low, high = share_intervals(
            evidence.features,
            evidence.outcomes,
            evidence.raters,
            (np.arange(len(evidence)),),
            np.ones(len(evidence)),
            np.random.default_rng(seed),
        )
        plain += int(((low <= TRUTH) & (truth / 3 <= high)).sum())
    for label, count in zip(LABELS, held.astype(int), strict=True):
        held_by = f"90 % interval holds the true weight of {label}"
        print(f"{held_by}    {share(count, runs)}   (goal: 87 to 93)")
    print(f"the same by a plain bootstrap, all weights      {share(plain, 3 * runs)}")
    mean = held.sum() / (3 * runs)
    # On the same draws the plain bootstrap holds the truth less often, but for chance.
    assert plain <= held.sum() + 3 * np.sqrt(3 * runs * 0.1)
    assert abs(mean - 0.9) <= 0.03 + 3 * np.sqrt(0.09 / (3 * runs)), mean


def grades(runs: int) -> None:
    """The same where answers are grades from 1 to 5, and where most of them are the best grade."""
    for word, cuts in (
        ("spread out", (0.35, 0.5, 0.65, 0.8)),
        ("3 in 4 the best", (0.1, 0.25, 0.4, 0.55)),
    ):
        held, apart = 0, []
        for seed in range(runs):
            rng = np.random.default_rng(50_000 + seed)
            criteria, cohort, ratings = programme(300, 60, rng, TRUTH)
            grade = np.searchsorted(cuts, ratings.table["rating"] * 2.2 - 0.6) / len(cuts)
            given = Ratings(ratings.table.assign(rating=grade))
            report = mm.learn_weights(criteria, cohort, given, seed=seed).report
            held += int(((report["low"] <= 3 * TRUTH) & (report["high"] >= 3 * TRUTH)).sum())
            apart.append(report["estimate"].to_numpy() / 3 - TRUTH)
        said = f"90 % interval holds it, grades {word}:"
        most = np.abs(np.mean(apart, axis=0)).max()
        error = np.std(apart, axis=0).max() / np.sqrt(runs)
        print(f"{said:<47} {share(held, 3 * runs)}   (shares off by {most:.3f} ± {error:.3f})")
        assert held / (3 * runs) >= 0.84 - 3 * np.sqrt(0.09 / (3 * runs))
        assert most <= 0.04 + 3 * error


def recovery(runs: int, sizes: tuple[int, ...]) -> None:
    """Match new people by learned weights, and compare with matching by the true ones."""
    heads = ("regret, old weights", "regret, learned", "oracle / learned")
    print(f"{'ratings':>8} {heads[0]:>20} {heads[1]:>16} {heads[2]:>17}")
    for size in sizes:
        found = []
        for seed in range(runs):
            rng = np.random.default_rng(20_000 + seed)
            criteria, cohort, ratings = programme(size, max(size // 5, 8), rng, TRUTH)
            learned = mm.learn_weights(criteria, cohort, ratings, seed=seed).criteria
            _, fresh, _ = programme(120, 40, np.random.default_rng(seed), TRUTH)
            truth = criteria.with_weights(dict(zip(LABELS, TRUTH.tolist(), strict=True)))
            problem = mm.Problem(criteria.score(fresh), capacity=3)
            found.append([decision_regret(one, truth, problem) for one in (criteria, learned)])
        old, new = np.mean(found, axis=0)
        error = np.std(found, axis=0) / np.sqrt(runs)
        ratio = 1 / (1 - new)
        print(
            f"{size:>8,} {old:>12.5f} ± {error[0]:.5f} {new:>8.5f} ± {error[1]:.5f} {ratio:>17.4f}"
        )
        if size >= 300:
            assert ratio <= 1.1
            assert new <= old + 3 * error.sum()


def policy_bias(programmes: int, draws: int) -> None:
    """Compare estimates of another policy with its known value, over draws of a capped lottery.

    Every outcome of every pair is known, so the value of any policy is; the lottery gives no pair
    more than 0.25, and the other policy takes only pairs that it can draw.
    """
    mentees, mentors, capacity = 60, 30, 3
    errors: dict[str, list[float]] = {"ips": [], "snips": [], "doubly_robust": []}
    for seed in range(programmes):
        rng = np.random.default_rng(30_000 + seed)
        scores = rng.random((mentees, mentors))
        outcomes = np.clip(0.3 + 0.4 * scores + rng.normal(0, 0.15, scores.shape), 0, 1)
        problem = mm.Problem.from_scores(scores, capacity=capacity)
        lottery = mm.strategies.Lottery(cap=0.25)
        chances = mm.match(problem, lottery, seed=0).probabilities.toarray()
        other = np.where(chances > 0.05, rng.random(scores.shape), np.nan)
        pairs = mm.match(mm.Problem.from_scores(other, capacity=capacity)).pairs
        target = mm.Matching.from_pairs(problem, pairs[["mentee", "mentor"]])
        truth = float(outcomes[target.mentees, target.mentors].mean())
        found = {name: [] for name in errors}
        for draw in range(draws):
            logged = mm.match(problem, lottery, seed=draw)
            answers = pd.Series(outcomes[logged.mentees, logged.mentors])
            value = mm.evaluate_policy(logged, target, answers, draws=2)
            assert value.unsupported_share == 0
            for name, held in found.items():
                held.append(getattr(value, name))
        for name, held in found.items():
            errors[name].append(float(np.nanmean(held)) - truth)
    for name, held in errors.items():
        error = np.std(held, ddof=1) / np.sqrt(programmes)
        print(f"bias of {name:<14} at cap 0.25 {np.mean(held):>9.4f} ± {error:.4f}   (goal: 0.003)")
    for name in ("snips", "doubly_robust"):
        error = np.std(errors[name], ddof=1) / np.sqrt(programmes)
        assert abs(np.mean(errors[name])) <= 0.003 + 3 * error, name


def speed(size: int) -> None:
    """Time learning from many ratings."""
    given = programme(size, size // 10, np.random.default_rng(0), TRUTH)
    started = time.perf_counter()
    learned = mm.learn_weights(*given)
    seconds = time.perf_counter() - started
    assert np.abs(np.array(list(learned.criteria.weights.values())) - 3 * TRUTH).max() < 0.3
    print(f"learning from {size:,} ratings takes {seconds:.1f} s   (goal: under 60)")
    assert seconds < 60


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a short run")
    parts = {
        noise: ((2,), (1000,)),
        right_prior: ((2,), (1000,)),
        several_each: ((2,), (200,)),
        coverage: ((2,), (500,)),
        grades: ((2,), (200,)),
        recovery: ((2, (100,)), (30, (30, 100, 300, 1000))),
        policy_bias: ((2, 30), (10, 200)),
        speed: ((1_000,), (10_000,)),
    }
    parser.add_argument("--only", choices=[part.__name__ for part in parts], help="one part")
    given = parser.parse_args()
    for part, sizes in parts.items():
        if given.only in (None, part.__name__):
            part(*sizes[0 if given.smoke else 1])


if __name__ == "__main__":
    main()
