"""Choose what each kind of object shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES, Side
from mentormatch.compatibility.ids import format_count
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.reports.displays.glance import Glance
from mentormatch.reports.words import people_names, plain_label, plain_reason, say_shares

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.audits import Audit, Fairness, Feasibility, Optimality, Stability
    from mentormatch.comparison import Frontier, InstanceMap
    from mentormatch.compatibility import Compatibility
    from mentormatch.criteria import Criteria
    from mentormatch.explanations import Explanation
    from mentormatch.feedback import Learned
    from mentormatch.matching import Certificate, Matching
    from mentormatch.planning import MeetingPlan
    from mentormatch.problem import Problem

__all__ = ["display_html"]

Told = TypeVar("Told")
# Where objects keep what their reader should know.
NOTES = ("notes", "findings", "warnings")
SHOWN = 10
SAMPLED = 200


def display_html(shown: object) -> str:
    """Return what a notebook shows of an object of this package.

    Raises
    ------
    TypeError
        There is no display for this kind of object.
    """
    for kind in type(shown).__mro__:
        if kind.__name__ in GLANCES:
            return GLANCES[kind.__name__](shown).html()
    raise TypeError(f"there is no display of a {type(shown).__name__}")


def _show_criteria(criteria: Criteria) -> Glance:
    weights = [one.weight or 0.0 for one in criteria.criteria]
    total, shares = sum(weights), say_shares(weights)
    rows = [
        {
            "criterion": plain_label(one.label),
            "counts": "a rule" if one.weight is None else share,
            "speaks for": one.side if one.side != "both" else "both sides",
            "reads": list(dict.fromkeys(name for names in one.columns.values() for name in names)),
        }
        for one, share in zip(criteria.criteria, shares, strict=True)
    ]
    facts = [("Missing values", criteria.missing), ("Sides joined by", criteria.reciprocity)]
    warning = None if total else "No criterion has a weight, so every eligible pair scores 1."
    return Glance("Criteria: what makes a pair good", facts, pd.DataFrame(rows), warning)


def _show_compatibility(compatibility: Compatibility) -> Glance:
    n, m = compatibility.shape
    rows = np.unique(np.linspace(0, max(n - 1, 0), min(n, SAMPLED)).astype(np.intp))
    block = compatibility.block(rows)
    eligible = float(block.eligible.mean()) if block.eligible.size else 0.0
    scores = np.asarray(block.scores, dtype=float)[block.eligible]
    facts = [
        ("People", f"{format_count(n, 'mentee')} × {format_count(m, 'mentor')}"),
        ("Rules", ", ".join(map(plain_label, compatibility.scorer.rules)) or "none"),
        ("Eligible", f"{eligible:.1%} of the pairs" + (" (a sample)" if len(rows) < n else "")),
    ]
    if len(scores):
        middle = f"{np.median(scores):.3g} in the middle, {scores.max():.3g} at most"
        facts.append(("Scores", middle))
    corner = compatibility.block(slice(0, min(n, 6)))
    names = _names(compatibility, "mentees"), _names(compatibility, "mentors")
    table = pd.DataFrame(
        np.where(corner.eligible, np.asarray(corner.scores, float), np.nan)[:, :6],
        columns=names[1][:6],
    )
    table.insert(0, "score of", names[0][: len(table)])
    nobody = int(np.count_nonzero(~block.eligible.any(axis=1))) if m else len(rows)
    warning = (
        f"{nobody:,} of {format_count(len(rows), 'mentee')} {'has' if nobody == 1 else 'have'} no "
        "eligible mentor."
        if nobody
        else None
    )
    return Glance("Compatibility: the score of every pair", facts, table, warning)


def _show_problem(problem: Problem) -> Glance:
    seats, wanted = int(problem.capacities.sum()), int(problem.demands.sum())
    facts = [
        ("Mentees", f"{problem.shape[0]:,}, who want {format_count(wanted, 'place')}"),
        ("Mentors", f"{problem.shape[1]:,}, who offer {format_count(seats, 'seat')}"),
        (
            "By hand",
            f"{format_count(len(problem.pin_rules), 'pin')}, "
            f"{format_count(len(problem.ban_rules), 'ban')}",
        ),
        ("First", "as many mentees as possible" if problem.coverage_first else "the total"),
    ]
    names = _names(problem.compatibility, "mentors")
    table = pd.DataFrame(
        {"mentor": names, "seats": problem.capacities, "at least": problem.minimums}
    )
    short = wanted - seats
    warning = (
        f"There {'is' if short == 1 else 'are'} {format_count(short, 'seat')} too few for "
        "everybody."
        if short > 0
        else None
    )
    return Glance("Problem: who may be matched, and how many", facts, table, warning)


def _show_matching(matching: Matching) -> Glance:
    facts = [tuple(line.split(":", 1)) for line in repr(matching).splitlines() if ":" in line[:11]]
    shown = [(label.strip(), text.strip()) for label, text in facts if label.strip() != "Note"]
    compatibility = matching.problem.compatibility
    names = _names(compatibility, "mentees"), _names(compatibility, "mentors")
    first = np.arange(min(len(matching.mentees), SHOWN))
    said = strongest_reasons(matching, 1, pairs=first)
    rows = [
        {
            "mentee": names[0][matching.mentees[k]],
            "mentor": names[1][matching.mentors[k]],
            "score": float(matching.scores[k]),
            **({"strongest reason": said[k][0] if said[k] else None} if any(said) else {}),
        }
        for k in first.tolist()
    ]
    left = len(matching.mentees) - len(rows)
    if left:
        shown.append(
            ("Shown", f"the first {format_count(len(rows), 'pair')}; {left:,} more in .pairs")
        )
    without = matching.unmatched
    warning = matching.notes[0] if matching.notes else None
    if len(without):
        who = names[0][matching.problem.mentee_ids.get_loc(without["mentee"].iloc[0])]
        why = plain_reason(without["reason"].iloc[0], compatibility.scorer.rules)
        warning = f"{who} has no mentor: {why}."
        if len(without) > 1:
            warning += (
                f" So {'has' if len(without) == 2 else 'have'} {len(without) - 1:,} more; see "
                ".unmatched."
            )
    return Glance("Matching", shown, pd.DataFrame(rows), warning)


def _show_certificate(proof: Certificate) -> Glance:
    facts = [
        ("Total", f"{proof.objective:,.6g}"),
        (
            "No matching as good in what comes first exceeds"
            if proof.stages
            else "No matching exceeds",
            f"{proof.bound:,.6g}",
        ),
        ("Gap", f"{proof.gap:.2g} (counts as none up to {proof.tolerance:.2g})"),
        ("Rests on", "prices that anybody can check" if proof.method == "prices" else proof.method),
    ]
    if proof.coverage_bound is not None:
        facts.append(("Matched", f"{proof.coverage:,} of at most {proof.coverage_bound:,}"))
    worth = proof.prices[proof.prices != 0].sort_values(ascending=False, kind="stable")
    table = pd.DataFrame({"mentor": worth.index, "a seat is worth at most": worth.to_numpy()})
    title = "Certificate: proven" if proof.proven else "Certificate: not proven"
    warning = None if proof.proven else "It may not be the best; the bound says by how much."
    return Glance(title, facts, table, warning)


def _show_audit(audit: Audit) -> Glance:
    parts = {
        "feasibility": "every rule is kept",
        "optimality": "nothing is better",
        "stability": "nobody would swap",
        "fairness": "how even it is",
    }
    rows = []
    for name, question in parts.items():
        part: object = getattr(audit, name)
        said = "not examined" if part is None else repr(part).splitlines()[0].split(": ", 1)[-1]
        rows.append({"part": name, "asks whether": question, "answer": said})
    warning = None
    if not audit.feasibility.ok:
        warning = repr(audit.feasibility).splitlines()[1].strip()
    elif audit.optimality is not None and audit.optimality.findings:
        warning = audit.optimality.findings[0]
    elif audit.stability is not None and audit.stability.weak:
        warning = f"{format_count(audit.stability.weak, 'pair')} would both rather have each other."
    return Glance("Audit of a matching", (), pd.DataFrame(rows), warning)


def _show_part(part: Feasibility | Optimality | Stability) -> Glance:
    title, *rest = repr(part).splitlines()
    return Glance(
        title, (), part.to_frame(), rest[0].strip() if part.ok is False and rest else None
    )


def _show_fairness(fairness: Fairness) -> Glance:
    title, *rest = repr(fairness).splitlines()
    facts = [tuple(line.strip().split(": ", 1)) for line in rest[:2] if ": " in line]
    columns = ["side", "grouping", "measure", "worst", "best", "difference", "low", "high"]
    gaps = fairness.gaps[fairness.gaps["source"] == "matching"][columns]
    warning = fairness.warnings[0] if fairness.warnings else None
    return Glance(title, [(a, b) for a, b in facts], gaps, warning)


def _show_explanation(explanation: Explanation) -> Glance:
    table = explanation.capabilities()
    title = f"Explanation of a matching by “{explanation.matching.strategy}”"
    refused = table[table["answered"] == "not for this strategy"]
    warning = str(refused["why"].iloc[0]) if len(refused) else None
    return Glance(title, (), table, warning)


def _show_learned(learned: Learned) -> Glance:
    title = "Learned weights" if learned.adopted else "Weights stay as they were"
    facts = [("Answers", f"{learned.ratings:,}"), ("Foretells", str(learned.target))]
    columns = ["criterion", "old", "new", "low", "high", "identified", "why"]
    # The last one says why the weights stay as a whole; the others are about one criterion each.
    warning = learned.refusals[-1] if learned.refusals else None
    return Glance(title, facts, learned.report[columns], warning)


def _show_plan(plan: MeetingPlan) -> Glance:
    compatibility, table = plan.matching.problem.compatibility, plan.meetings.head(SHOWN)
    people = {}
    for side in SIDES:
        places = compatibility.ids(side).get_indexer(pd.Index(table[side[:-1]]))
        people[side[:-1]] = np.array(_names(compatibility, side), dtype=object)[places]
    shown = pd.DataFrame(
        {
            **people,
            "number": table["number"],
            "kind": table["kind"],
            "mentee's clock": table["mentee_local"].dt.strftime("%a %d %b %Y %H:%M"),
            "mentor's clock": table["mentor_local"].dt.strftime("%a %d %b %Y %H:%M"),
        }
    )
    facts = [
        (label, text.strip())
        for label, text in (line.split(":", 1) for line in repr(plan).splitlines())
        if label != "Note"
    ]
    missed = plan.not_asked
    if len(missed):
        pairs = zip(missed["mentee"], missed["mentor"], missed["milestones"], strict=True)
        told = [f"{mentee} with {mentor} ({names})" for mentee, mentor, names in pairs]
        more = f"; and {len(told) - SHOWN} more in .not_asked" if len(told) > SHOWN else ""
        facts.append(("No survey and no agenda", "; ".join(told[:SHOWN]) + more))
    warning = plan.notes[0] if plan.notes else None
    if not plan.complete:
        row = plan.unplanned.iloc[0]
        warning = f"{row['reason']}: {row['fix']}"
    return Glance("A plan of meetings", facts, shown, warning)


def _show_frontier(frontier: Frontier) -> Glance:
    table = frontier.table.rename(columns={"x": frontier.x, "y": frontier.y})
    warning = None
    if not frontier.complete:
        warning = "There may be more points than these."
    elif not table["proven"].all():
        warning = "Not every point is proven."
    return Glance(repr(frontier).splitlines()[0], (), table, warning)


def _show_map(found: InstanceMap) -> Glance:
    columns = ["strategy", "coverage", "total", "minimum", "first_choices", "blocking_pairs"]
    table = found.runs[columns] if len(found.runs) else found.table
    return Glance(f"Map of {len(found.table):,} problems", [("In short", found.sentence)], table)


def _show_told(
    table_of: Callable[[Told], pd.DataFrame], *, facts: bool = True
) -> Callable[[Told], Glance]:
    """Show the lines that an object says of itself, a table, and its first note.

    Without ``facts`` the first line alone: the others stand in the table.
    """

    def show(shown: Told) -> Glance:
        title, *rest = repr(shown).splitlines()
        notes = next((said for name in NOTES if (said := getattr(shown, name, ()))), ())
        lines = [line for line in rest if ": " in line and line not in notes] if facts else []
        told = [
            (label, text.strip())
            for label, text in (line.split(": ", 1) for line in lines)
            if label.strip() != "Note"
        ]
        return Glance(title, told, table_of(shown), str(notes[0]) if notes else None)

    return show


def _names(compatibility: Compatibility, side: Side) -> list[str]:
    """Give what people are called, by position."""
    ids = compatibility.ids(side)
    return people_names(compatibility.cohort, side, ids) or [str(one) for one in ids]


GLANCES: dict[str, Callable[[Any], Glance]] = {
    "Audit": _show_audit,
    "BusyTimes": _show_told(lambda busy: busy.table),
    "Certificate": _show_certificate,
    "Compatibility": _show_compatibility,
    "Criteria": _show_criteria,
    "Decisions": _show_told(lambda decisions: decisions.to_frame(), facts=False),
    "Explanation": _show_explanation,
    "Fairness": _show_fairness,
    "Feasibility": _show_part,
    "Frontier": _show_frontier,
    "InstanceMap": _show_map,
    "Learned": _show_learned,
    "Letters": lambda letters: Glance("Letters to mentees", (), letters.mentees),
    "Matching": _show_matching,
    "MeetingPlan": _show_plan,
    "ObjectivesCheck": _show_told(lambda check: check.table),
    "Optimality": _show_part,
    "PolicyValue": _show_told(lambda value: value.to_frame()),
    "Problem": _show_problem,
    "ProgrammeStatus": _show_told(lambda status: status.figures, facts=False),
    "Ratings": _show_told(lambda ratings: ratings.table),
    "Stability": _show_part,
    "TrainingNeeds": _show_told(lambda needs: needs.skills),
}
