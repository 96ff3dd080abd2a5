"""The first screen: one sentence, five facts, and who needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.comparing import sort_gaps
from mentormatch.cohort import SIDES
from mentormatch.errors import readable
from mentormatch.explanations.cautions import (
    find_cautions,
    find_pairs_without_common,
    public_notes,
)
from mentormatch.reports.html.examined import FEW, Examined, few_told, tell, tell_part
from mentormatch.reports.words import people_names, plain_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.reports.html.catalogue import Catalogue

__all__ = [
    "TENTH_OF", "Fact", "Item", "attention", "facts", "percent", "verdict",
]  # fmt: skip

Tone = Literal["good", "care", "none"]
COMPARED = ("mean_score", "match_rate", "first_choice_rate")
# Of smaller groups a gap that is not seen may well be there (`Fairness.warnings` names them).
ENOUGH = 30
EXAMPLES = 3
# Of fewer people than this, the mean of the worst tenth is the score of somebody in particular.
TENTH_OF = 50


@dataclass(frozen=True)
class Fact:
    """One of the five facts: a question, its answer, and where more is said."""

    question: str
    answer: str
    detail: str
    tone: Tone  # "good", "care" (somebody should look at it), or "none"
    target: str  # the section with more
    sort: str | None = None  # how its list is to be sorted
    share: float | None = None  # from 0 to 100, for a meter; None: no meter


@dataclass(frozen=True)
class Item:
    """Something that needs attention: how many, what, and the first examples."""

    count: str
    sentence: str
    tone: Tone
    target: str | None = None
    sort: str | None = None
    search: str | None = None
    examples: tuple[str, ...] = ()


def percent(share: float, digits: int = 0) -> str:
    """Show a share as per cent, a small one not as nothing."""
    if 0 < share < 0.0005:
        return "0.05 %"
    return f"{share * 100:.{digits if share >= 0.01 or not share else 2}f} %"


def number(value: float) -> str:
    """Show a score or a total: four figures, thousands apart."""
    return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"


def verdict(one: Examined, words: Catalogue) -> dict[str, str]:
    """Say in two sentences what was reached and what is known about it."""
    matching = one.matching
    wanting = int(np.count_nonzero(matching.problem.demands))
    if not wanting:
        first = words.say("nobody_asked")
    elif matching.n_matched == wanting > 1:
        first = words.say("all_matched", n=wanting)
    else:
        part = tell_part(one, matching.n_matched, wanting, words)
        first = words.say("some_matched", part=part, n=wanting)
    return {"first": first, "second": _second(one, words)}


def _second(one: Examined, words: Catalogue) -> str:
    matching, optimality = one.matching, one.optimality
    proof = matching.certificate
    if optimality is not None and optimality.findings:
        return words.say("proof_fails")
    if proof is not None and proof.proven:
        if proof.stages or matching.strategy not in ("optimal", "balanced"):
            return words.say("best_as_asked", strategy=matching.strategy)
        return words.say("best_of_all" if proof.coverage_bound is not None else "best_total")
    if proof is not None:
        return words.say("not_proven", gap=_gap(proof.gap, proof.objective))
    if matching.strategy == "given":
        return words.say("given")
    return words.say("other_aim", strategy=matching.strategy)


def _gap(gap: float, objective: float) -> str:
    return number(gap) if objective <= 0 else percent(gap / objective, 1)


def facts(one: Examined, words: Catalogue) -> list[Fact]:
    """Answer the five questions that people ask first."""
    return [_everyone(one, words), _proven(one, words), _worst(one, words), _fair(one, words),
            _stable(one, words)]  # fmt: skip


def _everyone(one: Examined, words: Catalogue) -> Fact:
    matching = one.matching
    problem = matching.problem
    wanting = int(np.count_nonzero(problem.demands))
    nobody = wanting - matching.n_matched
    partly = int(np.count_nonzero((matching.places > 0) & (matching.places < problem.demands)))
    details = []
    if nobody:
        details.append(words.say("left_out", n=tell(one, nobody, words)))
    if partly:
        details.append(words.say("partly", n=tell(one, partly, words)))
    proof = matching.certificate
    if nobody and proof is not None and proof.coverage_bound is not None:
        most = proof.coverage_bound
        details.append(
            words.say("nobody_more")
            if most <= matching.n_matched
            else words.say("more_possible", bound=tell_part(one, most, wanting, words))
        )
    if not wanting:
        return Fact(words.facts["everyone"], "–", words.say("nobody_asked"), "none", "record")
    part = tell_part(one, matching.n_matched, wanting, words)
    counted = isinstance(part, int)
    return Fact(
        words.facts["everyone"],
        words.say("part_of", part=part, whole=wanting),
        " ".join(details) or words.say("nobody_left"),
        "care" if nobody or partly else "good",
        "unmatched" if one.for_committee else "record",
        share=round(100 * matching.n_matched / wanting, 2) if counted else None,
    )


def _proven(one: Examined, words: Catalogue) -> Fact:
    question, optimality = words.facts["proven"], one.optimality
    own = one.matching.certificate
    proof = own if optimality is None else optimality.certificate
    if proof is None:
        return Fact(question, words.say("not_examined"), words.say("too_large"), "none", "record")
    if optimality is not None and optimality.findings:
        detail = readable(optimality.findings[0])
        return Fact(question, words.say("no"), detail, "care", "record")
    numbers = {"total": number(proof.objective), "bound": number(proof.bound)}
    proven = proof.proven if own is None else own.proven
    if proven:
        rests = (
            words.say("proof_believed", method=proof.method)
            if proof.method not in ("prices", "expectation")
            else words.say("proof_recomputed") if optimality is not None else ""
        )  # fmt: skip
        detail = f"{words.say('total_and_bound', **numbers)} {rests}".strip()
        return Fact(question, words.say("yes"), detail, "good", "record")
    detail = words.say("total_possible", **numbers)
    if own is None:
        return Fact(question, words.say("not_aimed"), detail, "none", "record")
    answer = words.say("within", gap=_gap(proof.gap, proof.objective))
    return Fact(question, answer, detail, "care", "record")


def _worst(one: Examined, words: Catalogue) -> Fact:
    matching, question = one.matching, words.facts["worst"]
    places = matching.places
    got = np.bincount(matching.mentees, weights=matching.scores, minlength=len(places))[places > 0]
    if one.for_committee and len(got):
        detail = words.say("lowest", median=f"{float(np.median(got)):.2f}")
        return Fact(question, f"{got.min():.2f}", detail, "none", "pairs", sort="score up")
    if len(got) >= TENTH_OF:
        worst, mean = float(np.sort(got)[: len(got) // 10].mean()), float(got.mean())
        if one.fairness is not None:
            # As below on the page: the mean of the matched beside that of all would count the rest.
            worst, mean = (float(one.fairness.overall[key]) for key in ("worst_tenth_mean", "mean"))
        detail = words.say("worst_tenth", mean=f"{mean:.2f}")
        return Fact(question, f"{worst:.2f}", detail, "none", "fairness")
    detail = words.say("worst_hidden", n=TENTH_OF) if len(got) else words.say("no_pairs")
    return Fact(question, "–", detail, "none", "fairness")


def _fair(one: Examined, words: Catalogue) -> Fact:
    question, fairness = words.facts["fair"], one.fairness
    if fairness is None:
        detail = words.say("too_large")
        return Fact(question, words.say("not_examined"), detail, "none", "fairness")
    gaps = fairness.gaps
    if not len(fairness.by_group):
        key = "name_groups" if one.for_committee else "no_groups"
        detail = words.say(key, gini=f"{fairness.overall['gini']:.2f}")
        return Fact(question, words.say("not_compared"), detail, "none", "fairness")
    rows = gaps[(gaps["side"] == "mentees") & gaps["measure"].isin(COMPARED)]
    if not len(rows):
        return Fact(question, words.say("not_compared"), words.say("too_small"), "none", "fairness")
    clear, perhaps = (rows[chosen] for chosen in sort_gaps(rows))
    some = len(clear) + len(perhaps) > 0
    by_score = rows[rows["measure"] == "mean_score"]
    chosen = next(part for part in (clear, perhaps, by_score) if len(part))
    row = chosen.iloc[int(np.argmax(chosen["difference"].to_numpy()))]
    counts = fairness.by_group.loc[["mentees"], "count"]
    # A group that is hidden is a small one.
    small = not some and bool(counts.isna().any() or counts.min() < ENOUGH)
    if row["difference"] <= 0:
        detail = words.say("no_difference")
    elif row["measure"] in few_told(one, "mentees", row["grouping"]):
        detail = words.say("gap_untold", n=FEW, measure=words.say(f"measure_{row['measure']}"))
    else:
        detail = _gap_in_words(one, row, words, sure=not small)
    if some:
        key = "clear_gap" if len(clear) else "perhaps_gap"
        answer = words.say(key, grouping=readable(row["grouping"]))
        return Fact(question, answer, detail, "care", "fairness")
    if small:
        detail = f"{detail} {words.say('small_groups', n=ENOUGH)}"
        return Fact(question, words.say("too_few"), detail, "none", "fairness")
    return Fact(question, words.say("no_clear_gap"), detail, "good", "fairness")


def _gap_in_words(one: Examined, row: pd.Series, words: Catalogue, *, sure: bool) -> str:
    """Say how large a gap is and how ``sure``, with what allows for looking at all gaps."""
    fairness = one.fairness
    assert fairness is not None  # it has this gap
    tested = int(fairness.gaps["p_holm"].notna().sum())
    said = words.say(
        "largest_gap",
        grouping=readable(row["grouping"]),
        worst=readable(row["worst"]),
        best=readable(row["best"]),
        difference=f"{row['difference']:.2f}",
        measure=words.say(f"measure_{row['measure']}"),
    )
    if not sure or np.isnan(row["low_all"]):
        return said
    how_sure = words.say(
        "how_sure",
        level=percent(fairness.level),
        low=f"{row['low_all']:.2f}".replace("-", "−"),
        high=f"{row['high_all']:.2f}",
        n=tested,
    )
    return f"{said} {how_sure}"


def _stable(one: Examined, words: Catalogue) -> Fact:
    question, stability = words.facts["stable"], one.stability
    if stability is None:
        detail = words.say("too_large")
        return Fact(question, words.say("not_examined"), detail, "none", "stability")
    if not len(one.matching.mentees) and stability.is_stable:
        return Fact(question, "–", words.say("no_pairs"), "none", "stability")
    if stability.is_stable:
        detail = words.say("nobody_swaps")
        return Fact(question, words.say("yes"), detail, "good", "stability")
    gain = f"{stability.largest_epsilon:.2g}"
    detail = words.say("would_swap", gain=gain)
    swaps = tell(one, stability.weak, words)
    return Fact(question, words.say("swaps", n=swaps), detail, "care", "stability")


def attention(one: Examined, words: Catalogue) -> list[Item]:
    """List who needs attention, the most pressing first."""
    items = [
        *_to_look_at(one, words),
        *_cautions(one),
        *_people_without(one, words),
        *_weak_pairs(one, words),
    ]
    stability, matching = one.stability, one.matching
    if stability is not None and stability.weak:
        items.append(_counted(one, "attend_swaps", stability.weak, words, target="stability"))
    idle = int(
        np.count_nonzero((matching.loads.to_numpy() == 0) & (matching.problem.capacities > 0))
    )
    if idle:
        target = "mentors" if one.for_committee else None
        items.append(
            _counted(one, "attend_idle", idle, words, tone="none", target=target, sort="load up")
        )
    if not any(item.tone == "care" for item in items):
        key = "attend_nobody" if len(matching.mentees) else "no_pairs"
        items.insert(0, Item("✓", words.say(key), "good"))
    notes = public_notes(matching)
    # Participants have no list of them: they may quote cells.
    if notes and one.for_committee:
        sentence = words.say("attend_notes", n=len(notes))
        items.append(Item(f"{len(notes):,}", sentence, "none", "record"))
    return items


def _counted(
    one: Examined,
    key: str,
    count: int,
    words: Catalogue,
    *,
    tone: Tone = "care",
    target: str | None = None,
    sort: str | None = None,
    examples: tuple[str, ...] = (),
    **values: object,
) -> Item:
    """Make an item that counts people or pairs."""
    said = tell(one, count, words)
    shown = f"{said:,}" if isinstance(said, int) else f"<{FEW}"
    sentence = words.say(key, n=said, **values)
    return Item(shown, sentence, tone, target, sort=sort, examples=examples)


def _to_look_at(one: Examined, words: Catalogue) -> list[Item]:
    """List all pairs that the committee is asked to look at: each may be two who must not meet."""
    if not one.look_at:
        return []
    problem, matching = one.matching.problem, one.matching
    mentees, mentors = _names(one, "mentees"), _names(one, "mentors")
    examples = tuple(
        words.say("pair_to_look_at", mentee=mentees[i], mentor=mentors[j], why=why)
        for i, j in zip(matching.mentees, matching.mentors, strict=True)
        if (why := one.look_at.get((problem.mentee_ids[i], problem.mentor_ids[j])))
    )
    if not examples:
        return []
    return [_counted(one, "attend_look", len(examples), words, target="pairs", examples=examples)]


def _cautions(one: Examined) -> list[Item]:
    """Say what must be known before any proof, such as that the scores make no difference."""
    problem = one.matching.problem
    names = {side: _names(one, side) for side in SIDES} if one.for_committee else None
    cautions, _ = find_cautions(problem, ids=one.for_committee, cells=False, names=names)
    cautions = (*find_pairs_without_common(one.matching, ids=one.for_committee), *cautions)
    scorer = problem.compatibility.scorer
    scored = getattr(getattr(scorer, "scorer", scorer), "fitted", ())
    labels = [fitted.criterion.label for fitted in scored]
    return [Item("!", plain_reason(said, labels), "care", "criteria") for said in cautions]


def _people_without(one: Examined, words: Catalogue) -> list[Item]:
    matching = one.matching
    problem = matching.problem
    table = matching.unmatched
    names = _names(one, "mentees")
    places = problem.mentee_ids.get_indexer(pd.Index(table["mentee"]))
    rules = problem.compatibility.scorer.rules
    items = []
    for key, chosen in (
        ("attend_unmatched", matching.places[places] == 0),
        ("attend_partly", matching.places[places] > 0),
    ):
        which = np.flatnonzero(chosen)
        if not len(which):
            continue
        examples: tuple[str, ...] = ()
        if one.for_committee:
            some = which[:EXAMPLES]
            examples = tuple(
                f"{names[places[k]]}: {plain_reason(table['reason'].iloc[k], rules)}"
                for k in some.tolist()
            )
            if len(which) > EXAMPLES:
                examples += (words.say("and_more", n=len(which) - EXAMPLES),)
        target = "unmatched" if one.for_committee else None
        items.append(_counted(one, key, len(which), words, target=target, examples=examples))
    return items


def _weak_pairs(one: Examined, words: Catalogue) -> list[Item]:
    scores = one.matching.scores
    if not len(scores):
        return []
    median = float(np.median(scores))
    low = np.flatnonzero(scores < median / 2)
    if not len(low):
        return []
    examples: tuple[str, ...] = ()
    if one.for_committee:
        mentees, mentors = _names(one, "mentees"), _names(one, "mentors")
        lowest = low[np.argsort(scores[low], kind="stable")][:EXAMPLES]
        examples = tuple(
            words.say(
                "pair_with_score",
                mentee=mentees[one.matching.mentees[k]],
                mentor=mentors[one.matching.mentors[k]],
                score=f"{scores[k]:.2f}",
            )
            for k in lowest.tolist()
        )
    return [
        _counted(
            one,
            "attend_low",
            len(low),
            words,
            target="pairs" if one.for_committee else None,
            sort="score up",
            examples=examples,
            median=f"{median:.2f}",
        )
    ]


def _names(one: Examined, side: Literal["mentees", "mentors"]) -> Sequence[str]:
    problem = one.matching.problem
    ids = problem.ids(side)
    named = people_names(problem.compatibility.cohort, side, ids)
    return named if named is not None else [readable(own) for own in ids]
