"""The audits in the words of whoever decides; those of the field are in ``to_frame``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.audits.fairness.comparing import CERTAIN

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.audits import Fairness, Stability

__all__ = ["fairness_rows", "stability_rows"]

# By what a measure is called in the field: its words, and its meaning where another is plainer.
STABILITY = {
    "stable": ("nobody would rather swap", "no mentee and mentor would both gain"),
    "weakly blocking pairs": (
        "would both rather have each other",
        "pairs of a mentee and a mentor who are not matched",
    ),
    "strongly blocking pairs": ("one would gain, the other not lose", "such pairs, those included"),
    "super-blocking pairs": ("neither would lose", "such pairs, those included"),
    "share blocking": ("share who would both rather have each other", None),
    "mentees in blocking pairs": ("mentees who would rather swap", None),
    "mentors in blocking pairs": ("mentors who would rather swap", None),
    "largest gain of both": ("most that both would gain", "in score"),
    "wasteful pairs": (
        "with a free seat",
        "pairs who would both rather have each other, and could",
    ),
    "justified envy": (
        "with no free seat",
        "pairs who would both rather have each other, and the mentor would give up a mentee",
    ),
    "individually rational": ("everybody accepts whom they have", None),
    "Pareto-optimal for mentees": ("no mentee can gain unless another loses", None),
    "one shared score": ("mentee and mentor share one score", None),
    "price of stability": ("beside the best matching", None),
}
SHARED = "so this tells only whether the pairs with the highest scores were made first"
OVERALL = {
    "people": ("mentees", "who want a mentor"),
    "minimum": ("lowest score", "0 for who has no mentor"),
    "worst_tenth_mean": (
        "mean score of the lowest tenth",
        "over the mentees who have least",
    ),
    "mean": ("mean score", "over all these mentees, 0 for who has no mentor"),
    "gini": ("how uneven scores are (Gini)", "0: all have the same"),
    "envious": ("would rather have another's mentor", "mentees"),
    "envious_lacking": ("because they have none or too few", "so many of them"),
    "justified_envious": ("and that mentor would rather have them", "so many of them"),
    "load_mean": ("mentees of a mentor", "mean over mentors with seats"),
    "load_min": ("fewest mentees of a mentor", "of the mentors with seats"),
    "load_max": ("most mentees of a mentor", "of the mentors with seats"),
}
PEOPLE = {
    "mentees": "mentees of the group who want a mentor",
    "mentors": "mentors of the group with seats",
}
BY_CHANCE = (
    "as large by chance: how often chance alone would make any of these differences as large, "
    f"from 0 to 1; look closer where it is below {CERTAIN:g}"
)
INTERVAL = (
    "low and high: the ends of an interval within which the value may as well lie, since that of "
    "few people is partly chance (at 95 % unless asked otherwise)"
)
RATIO = "what the first group has for each 1 of the second"


def stability_rows(stability: Stability) -> pd.DataFrame:
    """Return measure, value and meaning of stability, by what the field calls a measure."""
    frame = stability.to_frame().set_index("measure", drop=False)
    for name in frame.index.intersection(list(STABILITY)):
        words, meaning = STABILITY[name]
        frame.loc[name, "measure"] = words
        if meaning is not None:
            frame.loc[name, "meaning"] = meaning
    if stability.one_shared_score:
        frame.loc["one shared score", "meaning"] = SHARED
    frame.loc[frame["meaning"] == frame["measure"], "meaning"] = ""
    return frame


def fairness_rows(fairness: Fairness) -> pd.DataFrame:
    """Return a row for each measure of fairness as `Fairness.to_frame` does.

    Of the measures over all people, those that only a statistician reads are left out.
    """
    frame = fairness.to_frame().rename(columns={"p_value": "as_large_by_chance"}).astype(object)
    overall = frame["side"].isna()
    kept = frame[~overall | frame["measure"].isin(OVERALL)].reset_index(drop=True)
    for k, measure in enumerate(kept["measure"][kept["side"].isna()]):
        kept.loc[k, ["measure", "meaning"]] = OVERALL[measure]
    kept["meaning"] = kept["meaning"].where(kept["measure"] != "count", kept["side"].map(PEOPLE))
    ratio = kept["measure"].str.endswith(": ratio")
    kept.loc[ratio, "meaning"] = (RATIO + "; " + kept["meaning"]).str.removesuffix("; ")
    # What a column holds is said in its first row that has it.
    for column, what in (("low", INTERVAL), ("as_large_by_chance", BY_CHANCE)):
        first = kept.index[kept[column].notna()][:1]
        kept.loc[first, "meaning"] = (kept["meaning"] + "; " + what).str.removeprefix("; ")
    names = {"^count$": "people", ": ratio$": ": first by second"}
    kept["measure"] = kept["measure"].replace(names, regex=True)
    meaning = kept["meaning"].str.replace(" k best", f" {fairness.top} best", regex=False)
    measure = kept["measure"].str.replace("top_k_", f"top_{fairness.top}_", regex=False)
    return kept.assign(meaning=meaning, measure=measure)
