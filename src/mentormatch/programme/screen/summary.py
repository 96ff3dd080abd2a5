"""A matching told in a few sections that a person can read on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.duplicates import TRIAL
from mentormatch.cohort.identity.rounded import ROUNDED_CURE
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria.scoring.normalised import scorer_of_criteria
from mentormatch.explanations.called import call_people
from mentormatch.explanations.cautions import find_cautions, find_cautions_of_pairs
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.problem.pairs import UNPLACED
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.questions.conditions import find_begun, join_conditions
from mentormatch.programme.screen import unread
from mentormatch.programme.screen.paragraph import Paragraph, cut_list, shorten_lists
from mentormatch.programme.screen.values import describe_skills, describe_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mentormatch.cohort import Cohort, Side
    from mentormatch.errors import Finding
    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.reports import Decisions

__all__ = [
    "describe_cautions",
    "describe_decisions",
    "describe_files",
    "describe_matching",
    "describe_programme",
    "describe_proof",
    "describe_report",
]

# So many notes on the tables are shown; the rest where lists are whole.
NOTES = 10


def describe_matching(
    matching: Matching,
    columns: Mapping[Side, Sequence[str]],
    *,
    n_unmatched: int = 5,
) -> list[Paragraph]:
    """Tell who got a mentor, why nobody can do better, how full the mentors are, and who is left.

    ``columns`` may be shown; the first one of a side is what its people are called, with the id
    where that does not tell them apart. Without one they are called by their ids. ``n_unmatched``
    is how many of those without a mentor are named.
    """
    names = call_people(matching, columns)
    cautions, scores = find_cautions(matching.problem, names=names)
    sections = [
        *_first_of_all(matching.problem, (*find_cautions_of_pairs(matching, names), *cautions)),
        Paragraph("Result", _result(matching)),
        Paragraph("Proof", describe_proof(matching, matching.certificate, scores)),
        Paragraph("Mentors", _mentors(matching)),
    ]
    if len(matching.mentees):
        sections.append(Paragraph("Examples", _examples(matching, names)))
    short = matching.unmatched
    if len(short):
        title = "Without a mentor"
        if (short["missing"] < _demand_of(matching, short["mentee"])).any():
            title = "With fewer mentors than wanted"
        sections.append(Paragraph(title, _unmatched(matching, names["mentees"], n_unmatched)))
    notes = _notes(matching.problem, matching.notes)
    return [*sections, Paragraph("Notes", notes)] if notes else sections


def _notes(problem: Problem, notes: Iterable[str], *, whole: bool = False) -> tuple[str, ...]:
    """What is to be known about the tables and the rules."""
    cohort = problem.compatibility.cohort
    own = () if cohort is None else [one for one in cohort.notes if not _is_pressing(one)]
    # Whoever is left out by where is found nowhere else.
    left_out = [
        f"{one.side}, {one.column!r}: {one.taken_for}; {one.why}."
        for one in (() if cohort is None else cohort.decisions)
        if one.subject == "rows" and not one.taken_for.startswith("0 ")
    ]
    left_out += [
        f"{one.file}, column {one.column!r}: {one.taken_for}; {one.why}."
        for one in (() if cohort is None else cohort.readings)
        if one.subject == "roles" and one.taken_for.endswith("left out")
    ]
    left_out += [
        f"{one.file}: {one.taken_for}, since {one.why}. To change it: [tables] {one.change}."
        for one in (() if cohort is None else cohort.readings)
        if one.subject == "sheet" and one.question
    ]
    # A row that is taken for a total, a remark or the headings again may be somebody.
    left_out += [
        f"{one.file}: {one.taken_for}, since {one.why}."
        for one in (() if cohort is None else cohort.decisions)
        if one.subject == "header" and "left out" in one.taken_for and one.taken_for[:3] == "row"
    ]
    # Where names are the ids because numbers only run, somebody may have meant the numbers.
    known_by = [
        f"The {one.side} are known by {one.column!r}: {one.why}. To change it: [tables] "
        f"{one.change}."
        for one in (() if cohort is None else cohort.readings)
        if one.subject == "identity" and "only numbers" in one.why
    ]
    first, own_lines, rest = (
        [f"- {note}" for note in some] for some in ((*left_out, *known_by), own, notes)
    )
    return (*first, *cut_list(own_lines, whole=whole, most=NOTES), *rest)


def _demand_of(matching: Matching, mentees: Iterable[object]) -> object:
    positions = matching.problem.mentee_ids.get_indexer(pd.Index(list(mentees)))
    return matching.problem.demands[positions]


def describe_cautions(matching: Matching, columns: Mapping[Side, Sequence[str]]) -> list[Paragraph]:
    """Say what must be known before the pairs are believed or sent out; see `describe_matching`."""
    names = call_people(matching, columns)
    cautions, _ = find_cautions(matching.problem, names=names)
    return _first_of_all(matching.problem, (*find_cautions_of_pairs(matching, names), *cautions))


def _first_of_all(problem: Problem, cautions: tuple[str, ...]) -> list[Paragraph]:
    """Return what must be known before any proof; nothing when there is nothing to say."""
    cohort = problem.compatibility.cohort
    scorer = scorer_of_criteria(problem.compatibility.scorer)
    told: list[object] = []
    if cohort is not None:
        # A row that only tries the form takes a seat from somebody; a rounded number is nobody's.
        told += [*filter(_is_pressing, cohort.notes), *_tell_begun(cohort)]
        if scorer is None or not scorer.allow_self:
            told += [
                f"{one.taken_for}, since {one.why}. Please look: {one.change}."
                for one in cohort.readings
                if one.subject == "same person" and one.question
            ]
    lines = tuple(f"- {one}" for one in (*told, *cautions))
    return [Paragraph("First of all", lines)] if lines else []


def _tell_begun(cohort: Cohort) -> list[str]:
    """Say which rows a survey tool marks as no answers, and what leaves them out."""
    where: dict[str, object] = {}
    told: list[str] = []
    for side in SIDES:
        conditions, sentences = find_begun(cohort, side)
        told += sentences
        if conditions:
            where[side] = join_conditions(conditions)
    if where:
        told[-1] += (
            f" To leave them out, write under [tables] where = {write_value(where)}, or add this "
            "to the where that stands there."
        )
    return told


def _is_pressing(note: Finding) -> bool:
    """Tell whether a note on the tables must be known before the pairs are believed."""
    return TRIAL in note.expected or ROUNDED_CURE in note.expected


def _result(matching: Matching) -> tuple[str, ...]:
    problem = matching.problem
    n, m = problem.shape
    if n == 0 or m == 0:
        side = "mentees" if n == 0 else "mentors"
        return (f"There are no {side}, so there is nobody to match.",)
    wishing = int(np.count_nonzero(problem.demands))
    everybody = matching.n_matched == wishing
    who = f"{matching.n_matched:,} of {wishing:,}"
    if everybody and wishing > 1:
        who = f"All {wishing:,}"
    verb = "has" if 1 in (wishing, matching.n_matched) else "have"
    have = f"{'mentee' if wishing == 1 else 'mentees'} {verb}"
    lines = [f"{who} {have} a mentor."]
    if problem.wants_several:
        full = int(np.count_nonzero((matching.places == problem.demands) & (problem.demands > 0)))
        lines = [f"{who} {have} at least one mentor, {full:,} as many as they want."]
    if len(matching.scores):
        low, mean, high = (float(f(matching.scores)) for f in (np.min, np.mean, np.max))
        lines.append(
            f"Scores of the pairs: mean {mean:.2f}, lowest {low:.2f}, highest {high:.2f}; "
            f"total {matching.total:,.6g}."
        )
    return tuple(lines)


def describe_proof(
    matching: Matching, certificate: Certificate | None, scores: str = ""
) -> tuple[str, ...]:
    """Tell what a certificate of a matching proves; ``scores``: what its scores rest on."""
    if certificate is None:
        return (
            f'None: the strategy "{matching.strategy}" does not look for the best total. '
            'The strategy "optimal" proves its answer.',
        )
    if certificate.method == "expectation":
        return (
            "This matching was drawn by lot. No lottery within the same limits has a higher "
            f"expected total than {certificate.objective:,.6g}; what was drawn has "
            f"{matching.total:,.6g}.",
        )
    lines = []
    if certificate.proven and scores:
        lines.append(f"Proven for these scores, which {scores}.")
    as_good = []
    if certificate.coverage_bound is not None:
        most = format_count(certificate.coverage, "mentee")
        if certificate.coverage >= certificate.coverage_bound:
            lines.append(f"No matching gives a mentor to more than {most}.")
        else:
            lines.append(
                f"{most} {'has' if certificate.coverage == 1 else 'have'} a mentor; whether more "
                "than that, up to "
                f"{certificate.coverage_bound:,}, could have one is not proven."
            )
        as_good.append("serve as many")
        if certificate.seats != certificate.coverage:
            as_good.append("fill as many seats")
    # The optimum puts nothing before the total but coverage and seats, which are told already.
    if certificate.stages and matching.strategy != "optimal":
        as_good.append(f'are as good in what the strategy "{matching.strategy}" puts first')
    among = f"Among those that {' and '.join(as_good)}, none" if as_good else "No matching"
    if certificate.proven:
        lines.append(f"{among} has a higher total than this one: {certificate.objective:,.6g}.")
    else:
        share = certificate.gap / max(abs(certificate.bound), 1e-12)
        lines.append(
            f"{among} has a total above {certificate.bound:,.6g}; this one has "
            f"{certificate.objective:,.6g}, so it is at most {share:.2%} below the best. "
            "It is not proven to be the best."
        )
    problem = matching.problem
    if certificate.proven and (problem.pin_rules or problem.ban_rules):
        unplaced = [ban for ban in problem.ban_rules if (ban.reason or "").startswith(UNPLACED)]
        kept = [
            f"{format_count(count, 'pair')} {what}"
            for count, what in (
                (len(problem.pin_rules), "fixed"),
                (len(problem.ban_rules) - len(unplaced), "forbidden"),
                (len(unplaced), "apart whose meetings find no hour"),
            )
            if count
        ]
        lines.append(f"All of this is said of the matchings that keep {' and '.join(kept)}.")
    if certificate.method == "prices":
        lines.append(
            "Checked without the solver, from a price for each mentor, over all eligible pairs."
        )
    else:
        lines.append(f"The bound is that of the solver {certificate.method}.")
    return tuple(lines)


def _mentors(matching: Matching) -> tuple[str, ...]:
    loads = matching.loads.to_numpy()
    capacities = matching.problem.capacities
    groups = {
        "full": (loads == capacities) & (capacities > 0),
        "seats free": (loads > 0) & (loads < capacities),
        "no mentee": (loads == 0) & (capacities > 0),
        "no seats": capacities == 0,
    }
    lines = [
        f"{int(loads.sum()):,} of "
        f"{format_count(int(capacities.sum()), 'seat is', 'seats are')} taken."
    ]
    counts = {name: int(np.count_nonzero(those)) for name, those in groups.items()}
    width = max(len(f"{count:,}") for count in counts.values())
    most = max(*counts.values(), 1)
    for name, count in counts.items():
        if count:
            bar = "#" * max(1, round(30 * count / most))
            lines.append(f"  {name:<11}{count:>{width},} {bar}")
    return tuple(lines)


def _examples(matching: Matching, names: Mapping[Side, Sequence[str]]) -> tuple[str, ...]:
    """The pair with the highest, the middle and the lowest score, with their reasons."""
    order = np.argsort(-matching.scores, kind="stable")
    chosen = {"highest": order[0], "middle": order[(len(order) - 1) // 2], "lowest": order[-1]}
    reasons = strongest_reasons(matching, pairs=np.array(list(chosen.values())))
    lines: list[str] = []
    seen: set[int] = set()
    for (what, k), why in zip(chosen.items(), reasons, strict=True):
        if int(k) in seen:
            continue
        seen.add(int(k))
        i, j = int(matching.mentees[k]), int(matching.mentors[k])
        lines.append(
            f"{names['mentees'][i]} with {names['mentors'][j]} "
            f"({what} score, {matching.scores[k]:.2f})"
        )
        lines.extend(f"  - {reason}" for reason in why)
    return tuple(lines)


def _unmatched(matching: Matching, names: Sequence[str], limit: int) -> tuple[str, ...]:
    table = matching.unmatched
    positions = matching.problem.mentee_ids.get_indexer(pd.Index(table["mentee"]))
    lines = [
        f"{names[i]}: {reason}."
        for i, reason in zip(positions[:limit], table["reason"][:limit], strict=True)
    ]
    if len(table) > limit:
        lines.append(f"… and {len(table) - limit:,} more.")
    return tuple(lines)


def describe_programme(
    configuration: Configuration,
    problem: Problem,
    *,
    decided: Sequence[Paragraph] = (),
    whole: bool = False,
) -> list[Paragraph]:
    """Tell what would be matched, and by what.

    ``decided`` is what committees decided, and stands below what must be known first. With
    ``whole`` long lists are shown whole, and not their start.
    """
    n, m = problem.shape
    seats = int(problem.capacities.sum())
    people = (
        f"{format_count(n, 'mentee who wants', 'mentees who want')} "
        f"{format_count(int(problem.demands.sum()), 'place')}, "
        f"{format_count(m, 'mentor')} with {format_count(seats, 'seat')}."
    )
    cohort = problem.compatibility.cohort
    both = [
        f"{one.taken_for}."
        for one in (() if cohort is None else cohort.readings)
        if one.subject == "same person"
        and one.column is None
        and not one.question
        and not configuration.scoring.allow_self
    ]
    lines = []
    for entry in configuration.criteria:
        one = entry.criterion
        what = "a rule" if one.weight is None else f"weight {one.weight:g}"
        lines.append(f"- {one.label}, {what}")
    by_hand = {
        "pinned": problem.pin_rules,
        "banned": problem.ban_rules,
        "of mentees kept apart": tuple(problem.apart),
        "of mentees kept together": tuple(problem.together),
    }
    conditions = [
        f"- {len(rules):,} {'pair' if len(rules) == 1 else 'pairs'} {how}"
        for how, rules in by_hand.items()
        if rules
    ]
    conditions += [f"- quota: {quota.label}" for quota in problem.quotas]
    there = [path.name for path in configuration.outputs().values() if path.exists()]
    written = ", ".join(path.name for path in configuration.outputs().values())
    outputs = [f"The outputs are {written}."]
    if there:
        outputs.append(f"Already there: {', '.join(there)}. `match` needs --overwrite.")
    notes = _notes(problem, problem.compatibility.notes, whole=whole)
    cautions, _ = find_cautions(problem)
    looked_at = [
        *describe_values(configuration, cohort),
        *describe_skills(configuration, cohort, whole=whole),
        *unread.describe_lost_refusals(configuration, problem, whole=whole),
        *unread.describe_remarks(configuration, problem, whole=whole),
        *unread.describe_unread(configuration, cohort, whole=whole),
    ]
    return [
        *unread.describe_gender_wishes(configuration, cohort, whole=whole),
        *_first_of_all(problem, cautions),
        *decided,
        Paragraph("No problems found", (people, *both)),
        Paragraph("Criteria", tuple(lines) or ("None: every eligible pair scores 1.",)),
        *(looked_at if whole else [shorten_lists(one) for one in looked_at]),
        *([Paragraph("Conditions", tuple(conditions))] if conditions else []),
        *([Paragraph("Notes", notes)] if notes else []),
        Paragraph("Outputs", tuple(outputs)),
    ]


def describe_files(files: Sequence[Path]) -> Paragraph:
    """Tell which files were written."""
    return Paragraph("Files", tuple(f"- {path}" for path in files))


def describe_report(path: Path) -> Paragraph:
    """Name the report, and say what it is for."""
    lines = (f"- {path}", "Open it in any browser. It needs no internet and sends nothing.")
    return Paragraph("Report", lines)


def describe_decisions(decisions: Mapping[str, Decisions], cost: str = "") -> list[Paragraph]:
    """Say what committees decided, what they should know about it, and what it cost."""
    lines: list[str] = []
    for name, one in decisions.items():
        undecided = f", {len(one.open):,} open" if one.open else ""
        fixed = format_count(len(one.pins), "pair")
        is_fixed = "is" if len(one.pins) == 1 else "are"
        forbidden = f"{len(one.bans):,} {'is' if len(one.bans) == 1 else 'are'} forbidden"
        lines.append(f"- {name}: {fixed} {is_fixed} fixed, {forbidden}{undecided}.")
        lines += [f"  {warning[:1].upper()}{warning[1:]}." for warning in one.warnings]
    lines += [f"- {cost}"] if cost else []
    return [Paragraph("Decisions", tuple(lines))] if lines else []
