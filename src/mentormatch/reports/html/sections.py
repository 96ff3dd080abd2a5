"""The sections below the first screen: figures, fairness, stability, criteria, the record."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.audits.fairness.small_groups import SUPPRESSED
from mentormatch.criteria import CriteriaScorer
from mentormatch.errors import readable
from mentormatch.explanations.cautions import public_notes
from mentormatch.matching.plain import say_plainly
from mentormatch.reports.audited import stability_rows
from mentormatch.reports.charts import load_chart, lorenz_chart, score_chart
from mentormatch.reports.charts.fairness import BRIEF, groups_in_brief
from mentormatch.reports.charts.matching import load_counts, score_counts
from mentormatch.reports.html.examined import FEW, few_told, tell
from mentormatch.reports.html.facts import TENTH_OF, percent
from mentormatch.reports.html.figures import draw_figure
from mentormatch.reports.words import package_version, plain_label, plain_reason, say_shares

if TYPE_CHECKING:
    from mentormatch.audits import Fairness, Stability
    from mentormatch.matching import Matching
    from mentormatch.reports.html.catalogue import Catalogue
    from mentormatch.reports.html.examined import Examined
    from mentormatch.reports.html.figures import Figure

__all__ = ["criteria_rows", "figures_of", "record_terms", "section_of"]


def figures_of(one: Examined, words: Catalogue) -> dict[str, Figure]:
    """Draw the figures that stand beside the lists: scores and loads."""
    if not one.for_committee:
        return {}
    matching = one.matching
    counts, loads = score_counts(matching), load_counts(matching)
    median = f"{np.median(matching.scores):.2f}" if len(matching.scores) else "–"
    scores = draw_figure(
        "scores-figure",
        words.say("scores_title"),
        words.say("scores_text", n=len(matching.scores), median=median),
        lambda: score_chart(matching, width=290, height=170),
        [words.say("from"), words.say("to"), words.say("pairs")],
        [[f"{low:.2f}", f"{high:.2f}", f"{n:,.0f}"] for low, high, n in counts.to_numpy().tolist()],
    )
    sums = loads[["full", "some seats free", "no mentee"]].sum()
    full = draw_figure(
        "loads-figure",
        words.say("loads_title"),
        words.say(
            "loads_text", full=int(sums.iloc[0]), some=int(sums.iloc[1]), none=int(sums.iloc[2])
        ),
        lambda: load_chart(matching, width=290),
        [words.say(key) for key in ("seats", "mentors", "full", "some_free", "idle")],
        [[f"{cell:,.0f}" for cell in row] for row in loads.to_numpy().tolist()],
    )
    return {"scores": scores, "loads": full}


def section_of(name: str, one: Examined, words: Catalogue) -> dict[str, object]:
    """Say what one audit found, for its section."""
    if name == "fairness":
        if one.fairness is None:
            return {"lead": words.say("fair_too_large"), "charts": [], "warnings": []}
        return _fairness(one, one.fairness, words)
    if one.stability is None:
        return {"lead": words.say("stable_too_large"), "terms": [], "listed": False}
    return _stability(one, one.stability, words)


def _fairness(one: Examined, fairness: Fairness, words: Catalogue) -> dict[str, object]:
    overall = fairness.overall
    # Of few people, the worst and the curve over all people are the scores of each of them; the
    # curve counts those who have nobody.
    missed = int(np.count_nonzero(one.matching.problem.demands)) - one.matching.n_matched
    named = overall["people"] >= TENTH_OF and tell(one, missed, words) == missed
    named = one.for_committee or named
    lead = words.say(
        "fair_lead" if named else "fair_lead_brief",
        worst=f"{overall['minimum']:.2f}",
        tenth=f"{overall['worst_tenth_mean']:.2f}",
        mean=f"{overall['mean']:.2f}",
        gini=f"{overall['gini']:.2f}",
        n=int(overall["people"]),
    )
    envious, lacking = int(overall["envious"]), int(overall["envious_lacking"])
    envy = words.say("envy_nobody")
    if envious:
        envy = words.say(
            "envy",
            n=tell(one, envious, words),
            having=tell(one, envious - lacking, words),
            lacking=tell(one, lacking, words),
            justified=tell(one, int(overall["justified_envious"]), words),
        )
    charts: list[Figure] = []
    untold: dict[str, list[str]] = {}
    by_group = fairness.by_group.reset_index()
    for place, (side, grouping) in enumerate(
        by_group[["side", "grouping"]].drop_duplicates().itertuples(index=False)
    ):
        those = (by_group["side"] == side) & (by_group["grouping"] == grouping)
        table = by_group[those & by_group["count"].notna()].set_index("group")
        if not len(table):
            continue
        few = few_told(one, side, grouping)
        shown = [m for m in BRIEF if m in table.columns and table[m].notna().any()]
        left = [words.say(f"measure_{m}") for m in shown if m in few]
        shown = [m for m in shown if m not in few]
        if left:
            untold.setdefault(f"({side}): {', '.join(left)}", []).append(readable(grouping))
        if not shown:
            continue
        rows = [
            [
                readable(group),
                f"{int(row['count']):,}",
                *(f"{row[m]:.2f} ({row[f'{m}_low']:.2f} to {row[f'{m}_high']:.2f})" for m in shown),
            ]
            for group, row in table.iterrows()
        ]
        charts.append(
            draw_figure(
                f"groups-{place}",
                words.say("groups_title", grouping=readable(grouping), side=side),
                words.say("groups_text", level=percent(fairness.level)),
                partial(groups_in_brief, fairness, grouping, side, shown),
                [words.say("group"), words.say("people"), *(m.replace("_", " ") for m in shown)],
                rows,
            )
        )
    warnings = [*map(readable, fairness.warnings)]
    if untold:
        listed = "; ".join(f"{', '.join(names)} {what}" for what, names in untold.items())
        warnings.append(words.say("rates_untold", listed=listed, n=FEW))
    if charts and not one.for_committee:
        warnings.append(words.say("participants_keep", few=SUPPRESSED))
    if named and len(fairness.lorenz) > 1 and not np.isnan(overall["gini"]):
        at = np.unique(np.linspace(0, len(fairness.lorenz) - 1, 11).astype(int))
        charts.append(
            draw_figure(
                "lorenz-figure",
                words.say("lorenz_title", gini=f"{overall['gini']:.2f}"),
                words.say("lorenz_text"),
                lambda: lorenz_chart(fairness).properties(title="", width=360, height=260),
                [words.say("share_people"), words.say("share_score")],
                [[percent(x), percent(y)] for x, y in fairness.lorenz.iloc[at].to_numpy().tolist()],
            )
        )
    return {
        "lead": f"{lead} {envy}",
        "charts": charts,
        "warnings": warnings,
    }


def _stability(one: Examined, stability: Stability, words: Catalogue) -> dict[str, object]:
    weak = tell(one, stability.weak, words)
    if not len(one.matching.mentees) and stability.is_stable:
        lead = words.say("no_pairs")
    elif stability.is_stable:
        lead = words.say("stable_lead_yes")
    else:
        lead = words.say("stable_lead_no", n=weak)
    terms = [
        (f"{measure[0].upper()}{measure[1:]}", _cell(one, value, meaning, words))
        for name, measure, value, meaning in stability_rows(stability).itertuples()
        if name not in ("stable", "one shared score", "share blocking")
    ]
    if weak == stability.weak:
        share = words.say("share_blocking", share=f"{stability.share:.2%}", n=stability.eligible)
        terms.insert(3, (words.say("share_blocking_title"), share))
    return {
        "lead": lead,
        "terms": terms,
        "listed": bool(len(stability.blocking_pairs)),
    }


def _cell(one: Examined, value: object, meaning: str, words: Catalogue) -> str:
    if isinstance(value, bool | np.bool_):
        shown = words.say("yes") if value else words.say("no")
    elif value is None:
        shown = words.say("not_examined")
    else:
        if isinstance(value, int | np.integer):
            said = tell(one, int(value), words)
            shown = f"{said:,}" if isinstance(said, int) else said
        else:
            shown = f"{value:.4g}"
    return f"{shown} ({readable(meaning)})" if meaning else shown


def criteria_rows(matching: Matching, words: Catalogue) -> list[dict[str, str]]:
    """List what makes a pair good and what it must have."""
    scorer = matching.problem.compatibility.scorer
    if not isinstance(scorer, CriteriaScorer):
        return [{"label": words.say("given_scores"), "counts": percent(1.0), "reads": "–"}]
    rows = []
    for one, share in zip(scorer.fitted, say_shares(scorer.mean_shares), strict=True):
        columns = dict.fromkeys(name for names in one.criterion.columns.values() for name in names)
        if one.criterion.weight is None:
            counts = words.say("rule")
        else:
            key = "weight_and_rule" if one.rules else "weight"
            counts = words.say(key, share=share)
        rows.append(
            {
                "label": plain_label(one.criterion.label),
                "counts": counts,
                "reads": ", ".join(map(readable, columns)) or "–",
            }
        )
    return rows


def record_terms(one: Examined, record: str | None, words: Catalogue) -> dict[str, object]:
    """Say what was asked, how it was answered and what shows it."""
    matching = one.matching
    problem = matching.problem
    n, m = problem.shape
    how = matching.strategy
    if matching.engine:
        how = words.say("solved_by", strategy=how, engine=matching.engine)
    terms = [
        (
            words.say("people_count"),
            words.say("people_text", n=n, m=m, seats=int(problem.capacities.sum())),
        ),
        (words.say("strategy"), how),
    ]
    if matching.seed is not None:
        terms.append((words.say("seed"), str(matching.seed)))
    if matching.certificate is not None:
        proof = say_plainly(str(matching.certificate))
        missed = int(np.count_nonzero(problem.demands)) - matching.n_matched
        if tell(one, missed, words) != missed:
            # How many of all are matched stands behind the first semicolon.
            proof = proof.partition(";")[0]
        terms.append((words.say("proof"), proof))
    by_hand = words.say("by_hand_text", pins=len(problem.pin_rules), bans=len(problem.ban_rules))
    terms.append((words.say("decided_by_hand"), by_hand))
    if record is not None:
        digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
        terms.append((words.say("fingerprint"), digest))
    terms.append((words.say("version"), f"mentormatch {package_version()}"))
    # Notes about how cells were read may quote them: a page without a record names nobody.
    notes = () if record is None else public_notes(matching)
    rules = problem.compatibility.scorer.rules
    return {"terms": terms, "notes": [plain_reason(note, rules) for note in notes]}
