"""Learning weights, and valuing another policy, where everybody has rated everybody.

    python benchmarks/bench_speed_dating.py "Speed Dating Data.csv"

There is no open table of mentoring pairs with outcomes. The nearest public one is that of the
speed-dating experiment of R. Fisman, S. Iyengar and others (2006), 8,378 rows and 195 columns:
everybody in a wave met everybody of the other side, rated them on six criteria, said how much they
liked them, and decided. It is not shipped with this project: fetch it where you may, and give its
path. Read are the columns iid, pid, wave, gender, dec, like, attr, sinc, intel, fun, amb and shar,
and of these the rows with all six ratings.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd

import mentormatch as mm
from mentormatch.feedback import Ratings

SIX = ("attr", "sinc", "intel", "fun", "amb", "shar")
NEEDED = ("iid", "pid", "wave", "gender", "dec", "like", *SIX)
SIZES = (15, 60, 250, 1000)
CAP = 0.25


def read_dates(path: Path) -> pd.DataFrame:
    """Read the rows with six ratings and a decision; ratings and liking from 0 to 1."""
    table = pd.read_csv(path, encoding="latin-1", low_memory=False)
    lacking = [name for name in NEEDED if name not in table]
    if lacking:
        sys.exit(
            f"{path}: no column {', '.join(lacking)}. Expected the table of 195 columns, in which "
            "each row is one person (iid) who met another (pid)."
        )
    dates = table[list(NEEDED)].apply(pd.to_numeric, errors="coerce")
    dates = dates.dropna(subset=["iid", "pid", "wave", "gender", "dec", *SIX])
    dates = dates.astype({"iid": int, "pid": int, "wave": int, "gender": int})
    dates = dates.drop_duplicates(["iid", "pid"]).reset_index(drop=True)
    # The scale ends at 10; a few answers lie above it.
    dates[["like", *SIX]] = dates[["like", *SIX]].clip(0, 10) / 10
    print(f"{len(dates):,} of {len(table):,} rows have all six ratings and a decision")
    return dates


def criteria_of(dates: pd.DataFrame) -> mm.Criteria:
    """Six criteria of equal weight: what the one said of the other."""

    def said(name: str) -> mm.criteria.Custom:
        given = dates.pivot_table(index="iid", columns="pid", values=name)

        def look_up(left: pd.DataFrame, right: pd.DataFrame) -> np.ndarray:
            return given.reindex(index=left.index, columns=right.index).to_numpy()

        return mm.criteria.Custom(look_up, name=name, weight=1)

    return mm.Criteria(*map(said, SIX))


def cohort_of(dates: pd.DataFrame) -> mm.Cohort:
    """Everybody who rated, and everybody who was rated."""
    sides = [pd.DataFrame(index=pd.Index(np.unique(dates[name]))) for name in ("iid", "pid")]
    return mm.Cohort(*sides)


def ratings_of(dates: pd.DataFrame) -> Ratings:
    """Liking and decisions as ratings by the one who rated."""
    names = {"iid": "mentee", "pid": "mentor", "like": "rating", "dec": "continued"}
    table = dates.rename(columns=names).assign(by="mentee", cohort=dates["wave"])
    return Ratings(table[["mentee", "mentor", "by", "rating", "continued", "cohort"]])


def learn(criteria: mm.Criteria, dates: pd.DataFrame, target: str) -> mm.feedback.Learned:
    """Learn from all waves in the table, each with a level of its own."""
    cohorts = [cohort_of(own) for _, own in dates.groupby("wave")]
    return mm.learn_weights(criteria, cohorts, ratings_of(dates), target=target)


def auc(weights: dict[str, float], dates: pd.DataFrame) -> float:
    """Return the chance that who was chosen has a higher score than who was not."""
    score = dates[list(SIX)].to_numpy() @ np.array([weights[name] for name in SIX])
    ranks = pd.Series(score).rank().to_numpy()
    chosen = dates["dec"].to_numpy() == 1
    won = ranks[chosen].sum() - chosen.sum() * (chosen.sum() + 1) / 2
    return float(won / (chosen.sum() * (~chosen).sum()))


def folds_of_waves(dates: pd.DataFrame, folds: int) -> list[np.ndarray]:
    """Deal whole waves into folds; true where a row is held out."""
    waves = np.random.default_rng(0).permutation(np.unique(dates["wave"]))
    return [dates["wave"].isin(part).to_numpy() for part in np.array_split(waves, folds)]


def learned_auc(criteria: mm.Criteria, dates: pd.DataFrame, folds: int) -> None:
    """Print the AUC on held-out waves by equal weights and by those learned from the others."""
    held = folds_of_waves(dates, folds)
    equal = np.array([auc(criteria.weights, dates[own]) for own in held])
    print(f"AUC of decisions on waves left out, equal weights:      {spread(equal)}")
    for target, word in (("rating", "liking"), ("continued", "decisions")):
        found = [auc(learn(criteria, dates[~own], target).criteria.weights, dates[own])
                 for own in held]  # fmt: skip
        print(f"the same, weights learned from {word + ':':<24} {spread(np.array(found))}")


def spread(found: np.ndarray) -> str:
    """A mean with its standard error."""
    return f"{np.mean(found):.3f} ± {np.std(found, ddof=1) / np.sqrt(len(found)):.3f}"


def learning_curve(
    criteria: mm.Criteria, dates: pd.DataFrame, folds: int, sizes: tuple[int, ...], draws: int
) -> None:
    """Print the AUC on held-out waves by how many decisions were learned from."""
    print("decisions   AUC, adopted weights   AUC, ratings alone   adopted")
    for size in sizes:
        adopted, alone, changed = [], [], 0
        for k, own in enumerate(folds_of_waves(dates, folds)):
            rest = dates[~own]
            if size > len(rest):
                continue
            for draw in range(draws):
                some = rest.sample(size, random_state=100 * k + draw)
                learned = learn(criteria, some, "continued")
                adopted.append(auc(learned.criteria.weights, dates[own]))
                changed += learned.adopted
                estimate = learned.report.set_index("criterion")["estimate"].clip(lower=0)
                if estimate.notna().all():
                    alone.append(auc(estimate.to_dict(), dates[own]))
        if adopted:
            by_itself = spread(np.array(alone)) if len(alone) > 1 else "(fewer than 30)"
            share = changed / len(adopted)
            print(f"{size:>9,}   {spread(np.array(adopted)):>20}   {by_itself:>18}   {share:>6.0%}")


def liking_and_decisions(criteria: mm.Criteria, dates: pd.DataFrame) -> None:
    """Print the weights that foretell liking beside those that foretell decisions."""
    liking, decisions = (
        learn(criteria, dates, target).report.set_index("criterion")["estimate"].clip(lower=0)
        for target in ("rating", "continued")
    )
    print("share of the weight     liking   decisions   ratio")
    for name in SIX:
        one, two = liking[name] / liking.sum(), decisions[name] / decisions.sum()
        ratio = f"{two / one:6.2f}" if one > 0 else "     –"
        print(f"{name:<20} {one:>9.3f}   {two:>9.3f}  {ratio}")


def policy_bias(criteria: mm.Criteria, dates: pd.DataFrame, draws: int) -> None:
    """Compare estimates of another policy with its value, which is known: everybody decided.

    The lottery matches by the mean of the six ratings and gives no pair more than 0.25; the other
    policy matches by attractiveness alone, among the pairs that the lottery can draw.
    """
    own = dates[dates["gender"] == 1]
    mean = own.assign(score=own[list(SIX)].mean(axis=1)).pivot_table(
        index="iid", columns="pid", values="score"
    )
    by_looks, outcome = (
        own.pivot_table(index="iid", columns="pid", values=name).to_numpy()
        for name in ("attr", "dec")
    )
    # Means of whole numbers are often equal; which of equal lotteries is drawn must not change.
    mean += 1e-6 * np.random.default_rng(0).random(mean.shape)
    problem = mm.Problem.from_scores(mean)
    lottery = mm.strategies.Lottery(cap=CAP)
    chances = mm.match(problem, lottery).probabilities.toarray()
    other = pd.DataFrame(np.where(chances > 0.05, by_looks, np.nan), mean.index, mean.columns)
    pairs = mm.match(mm.Problem.from_scores(other)).pairs[["mentee", "mentor"]]
    target = mm.Matching.from_pairs(problem, pairs)
    truth = float(outcome[target.mentees, target.mentors].mean())
    found = []
    for draw in range(draws):
        logged = mm.match(problem, lottery, seed=draw)
        answers = pd.Series(outcome[logged.mentees, logged.mentors])
        value = mm.evaluate_policy(logged, target, answers, draws=2)
        assert value.unsupported_share < 1e-9
        found.append((value.ips, value.snips, value.doubly_robust))
    print(f"{len(pairs):,} pairs of another policy, of whom {truth:.3f} are chosen")
    errors = np.array(found) - truth
    for name, column in zip(("ips", "snips", "doubly robust"), errors.T, strict=True):
        error = np.std(column, ddof=1) / np.sqrt(draws)
        print(f"bias of {name:<14} at cap {CAP} {np.mean(column):>9.4f} ± {error:.4f}")


def main(arguments: list[str] | None = None) -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, help="the public table, a CSV file")
    parser.add_argument("--folds", type=int, default=7, help="parts that waves are dealt into")
    parser.add_argument("--draws", type=int, default=200, help="draws of the lottery")
    given = parser.parse_args(arguments)
    if not given.file.is_file():
        sys.exit(f"{given.file}: there is no such file. It is not shipped; see --help.")
    dates = read_dates(given.file)
    criteria = criteria_of(dates)
    folds = min(given.folds, dates["wave"].nunique())
    learned_auc(criteria, dates, folds)
    learning_curve(criteria, dates, folds, SIZES, max(given.draws // 100, 1))
    liking_and_decisions(criteria, dates)
    policy_bias(criteria, dates, given.draws)


if __name__ == "__main__":
    main()
