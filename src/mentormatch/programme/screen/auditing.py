"""The audit of a programme, of its own matching or of a list of pairs made elsewhere, in words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.audits import audit
from mentormatch.audits.fairness.comparing import CERTAIN, sort_gaps
from mentormatch.audits.fairness.outcomes import MEASURES
from mentormatch.cohort.identity.called import list_read_names
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import CohortError
from mentormatch.matching import Matching
from mentormatch.programme.file.pair_tables import read_pair_table
from mentormatch.programme.screen.paragraph import Paragraph
from mentormatch.programme.screen.summary import describe_proof

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from mentormatch.audits import Audit, Fairness, Optimality, Stability
    from mentormatch.problem import Problem

MOST_SHOWN = 20
# How each broken rule is said.
BROKEN = {
    "distinct pairs": "{who} stands twice in the list",
    "eligible": "{who} may not be matched: {found}",
    "demand": "mentee {who} has {found}, and wants {expected}",
    "capacity": "mentor {who} has {found}, and has seats for {expected}",
    "minimum": "mentor {who} has {found}, and should have {expected}",
    "pin": "{who} was fixed by hand, and is not made",
    "quota, apart, together or hours": "{who}: this is not kept",
    "total": "the total is said to be {found}; the scores of the pairs sum to {expected}",
}
COUNTED = {"demand": "mentor", "capacity": "mentee", "minimum": "mentee"}
WHEN = {
    "scores": " It is there before anybody is matched: criteria and rules make it.",
    "matching": " Who was matched with whom makes it.",
}
WARNING = re.compile(r"  warning: ([^:]+): (.+)")

__all__ = ["audit_pairs", "describe_audit", "describe_list", "read_pairs"]


def read_pairs(path: Path, problem: Problem) -> Matching:
    """Read a list of pairs that was made elsewhere; it need not be a matching.

    The table has the columns mentee and mentor, which hold ids of the programme's tables, or names
    that one person only has; a note says which were read so. Raises CohortError if a column is
    missing, or ids are unknown: every cell of them.
    """
    read: dict[str, object] = {}
    pairs, findings = read_pair_table(path, problem.compatibility, read=read)
    if findings:
        raise CohortError(findings)
    made = Matching.from_pairs(problem, [pair[:2] for pair in pairs], check=False)
    return replace(made, notes=(*made.notes, list_read_names(read))) if read else made


def audit_pairs(matching: Matching, groups: Sequence[str], reference: Matching | None) -> Audit:
    """Audit a matching; groups are columns of either table."""
    return audit(matching, groups=list(groups) or None, reference=reference)


def describe_list(matching: Matching) -> list[Paragraph]:
    """Tell how a list of pairs was read, such as names that were read as ids."""
    told = matching.notes if matching.strategy == "given" else ()
    return [Paragraph("How the list was read", tuple(f"  {one}" for one in told))] if told else []


def describe_audit(found: Audit) -> list[Paragraph]:
    """Tell what an audit found: the answer first, then part by part."""
    sections = [Paragraph("In short", (_answer(found),)), _kept(found)]
    if found.optimality is None or found.stability is None:
        unknown = "  Whether it is the best, stable and fair: this is no matching."
        return [*sections, Paragraph("Not examined", (unknown,))]
    sections += [_best(found, found.optimality), _stable(found.stability)]
    if found.fairness is None:
        unknown = "  Not examined by group. Name the columns to compare, as in --group gender."
        return [*sections, Paragraph("Are people treated alike?", (unknown,))]
    return [*sections, *_fair(found.fairness)]


def _kept(found: Audit) -> Paragraph:
    """Tell which rules are broken."""
    problem = found.matching.problem
    n, m = problem.shape
    checked = (
        f"  Checked: {format_count(len(found.matching.mentees), 'pair')}, the places of "
        f"{format_count(n, 'mentee')}, the seats of {format_count(m, 'mentor')}, "
        f"{format_count(len(problem.pinned), 'pair')} fixed by hand, and the total."
    )
    if found.feasibility.ok:
        return Paragraph("Are the rules kept?", ("  Yes, all of them.", checked))
    broken = found.feasibility.violations
    lines = [
        f"  - {BROKEN[rule].format(who=who, found=_say_found(rule, is_), expected=should)}"
        for rule, who, is_, should in broken.head(MOST_SHOWN).itertuples(index=False)
    ]
    if len(broken) > MOST_SHOWN:
        lines.append(f"  - and {len(broken) - MOST_SHOWN:,} more")
    count = format_count(len(broken), "violation")
    return Paragraph("Are the rules kept?", (f"  No: {count}.", *lines, checked))


def _say_found(rule: str, found: str) -> str:
    """Say of what a broken rule counts so many."""
    return format_count(int(found), COUNTED[rule]) if rule in COUNTED else found


def _best(found: Audit, optimality: Optimality) -> Paragraph:
    """Tell whether a better matching exists, and what shows it."""
    lines = list(describe_proof(found.matching, optimality.certificate))
    note = optimality.note
    if optimality.source == "certificate":
        # That it was computed again without the solver is said already.
        if optimality.findings or optimality.certificate.method != "prices":
            lines.append(f"{note[0].upper()}{note[1:]}.")
    elif optimality.ok:
        lines.append("No exchange of mentors between people makes it better.")
    elif optimality.has_improving_exchange:
        _, _, how = note.partition(" exists: ")
        certain = how if how.startswith(("'", '"')) else "several people would have to change"
        lines.append(f"A better one exists: {certain}.")
    else:
        lines.append("Whether a better one exists is not known.")
    lines += optimality.findings
    return Paragraph("Could it be better?", tuple(f"  {line}" for line in lines))


def _stable(stability: Stability) -> Paragraph:
    """Tell who would rather have each other."""
    lines = []
    if stability.weak:
        mentees = int((stability.people["side"] == "mentee").sum())
        mentors = len(stability.people) - mentees
        lines = [
            f"{format_count(stability.weak, 'pair')} of a mentee and a mentor who are not matched "
            "would both rather have each other than somebody whom they have, or than nobody: "
            f"{format_count(mentees, 'mentee')} and {format_count(mentors, 'mentor')}, "
            f"{stability.share:.2%} of the pairs that could be made and are not.",
            f"In {stability.wasteful:,} of them the mentor has a free seat; in "
            f"{stability.envious:,} the mentor would have to give up a mentee.",
            f"In none of them do both gain more than {stability.largest_epsilon:.2g} in score.",
        ]
    else:
        lines = ["No: no mentee and mentor would both rather have each other."]
    lines += [f"{stability.quotas}."] if stability.quotas else []
    lines += stability.irrational[:MOST_SHOWN]
    note = stability.pareto.note
    if stability.is_pareto_optimal is False:
        moves = format_count(len(stability.pareto.improvement), "change")
        note = f"{moves} would help at least one mentee and leave none worse off"
    lines.append(f"{note[0].upper()}{note[1:]}.")
    if stability.one_shared_score:
        lines.append(
            "Mentee and mentor share one score here, so this tells only whether the pairs with "
            "the highest scores were made first."
        )
    if stability.price is not None:
        lines.append(f"Beside the best matching: {stability.price}.")
    return Paragraph("Would people rather swap?", tuple(f"  {line}" for line in lines))


def _fair(fairness: Fairness) -> list[Paragraph]:
    """Tell what people and groups get; the numbers with all intervals are in Python."""
    one = fairness.overall
    lines = [
        f"{format_count(int(one['people']), 'mentee wants', 'mentees want')} a mentor. Scores, 0 "
        "for who has none: "
        f"mean {one['mean']:.2f}, mean of the lowest tenth {one['worst_tenth_mean']:.2f}, lowest "
        f"{one['minimum']:.2f}.",
        f"{int(one['envious']):,} would rather have a mentor whom somebody else has: "
        f"{int(one['envious'] - one['envious_lacking']):,} instead of their own, "
        f"{int(one['envious_lacking']):,} because they have none or too few. That mentor would "
        f"rather have {int(one['justified_envious']):,} of them, too.",
        _say_loads(one),
    ]
    sections = [Paragraph("Are people treated alike?", tuple(f"  {line}" for line in lines))]
    if len(fairness.gaps):
        sections.append(Paragraph("Differences between groups", tuple(_gaps(fairness))))
    warnings = _fold_warnings([f"  warning: {one}" for one in fairness.warnings])
    if warnings:
        said = tuple(line.replace("  warning: ", "  - ", 1) for line in warnings)
        sections.append(Paragraph("To keep in mind", said))
    return sections


def _say_loads(one: pd.Series) -> str:
    """Say how many mentees the mentors with seats have."""
    if np.isnan(one["load_mean"]):
        return "No mentor has seats."
    least, most = int(one["load_min"]), int(one["load_max"])
    if least == most:
        return f"Each mentor with seats has {format_count(least, 'mentee')}."
    return (
        f"Mentors with seats have {least} to {format_count(most, 'mentee')}, "
        f"{one['load_mean']:.1f} on average."
    )


def _gaps(fairness: Fairness) -> Iterator[str]:
    """Tell each gap that is or may be beyond chance, and of each column the largest other."""
    gaps = fairness.gaps
    yield (
        f"  {format_count(len(gaps), 'comparison')} of the group that has least with the one that "
        "has most. With so many, some differences come by chance: a difference is called beyond "
        f"chance here where chance would make any as large in less than {CERTAIN:.0%} of cases, "
        "and where it is above 0 after allowing for chance and for all comparisons; perhaps, where "
        "one of the two holds."
    )
    for (grouping, side), rows in gaps.groupby(["grouping", "side"], sort=False):
        beyond, perhaps = sort_gaps(rows)
        for sure, chosen in (("beyond chance", beyond), ("perhaps beyond chance", perhaps)):
            for _, row in rows[chosen].iterrows():
                yield (
                    f"  - {grouping} ({side}), {sure}: {_in_words(row, fairness)}. "
                    f"{_how_sure(row, fairness)}{_four_fifths(row)}"
                )
        told = beyond | perhaps
        rest = rows[~told & (rows["difference"] > 0)]
        if not len(rest):
            yield f"  - {grouping} ({side}): {'no other' if told.any() else 'no'} difference."
            continue
        largest = rest.iloc[int(np.argmax(rest["difference"].to_numpy()))]
        yield (
            f"  - {grouping} ({side}), {'the others' if told.any() else 'all'} may be chance or "
            f"follow from whom each may have; the largest: {_in_words(largest, fairness)}."
        )


def _how_sure(row: pd.Series, fairness: Fairness) -> str:
    """Say between what a difference lies, and what speaks against it where something does."""
    said = (
        "Allowing for chance and for all comparisons, the difference lies between "
        f"{row['low_all']:.2g} and {row['high_all']:.2g} ({fairness.level:.0%} interval)"
    )
    if not row["low_all"] > 0:
        said = f"Chance would rarely make one as large. {said}, so that there may be none"
    # Whether who was matched with whom makes it is what such a test does not show.
    if not row["p_holm"] < CERTAIN:
        alike = "among people who may have about as many of the other side, "
        where = alike if row["source"] == "matching" else ""
        return f"{said}, but {where}chance would make one as large in {row['p_holm']:.0%} of cases."
    return f"{said}.{WHEN[row['source']]}"


def _in_words(row: pd.Series, fairness: Fairness) -> str:
    """Say what the group that has least has, and the one that has most."""
    where = row["side"], row["grouping"]
    least, most = (
        f"{fairness.by_group.loc[(*where, row[end]), row['measure']]:.2f} for {row[end]}"
        for end in ("worst", "best")
    )
    [meaning] = [
        one.meaning for one in MEASURES if (one.side, one.name) == (row["side"], row["measure"])
    ]
    return f"{meaning.replace(' k ', f' {fairness.top} ')}: {least}, {most}"


def _four_fifths(row: pd.Series) -> str:
    """Tell a rate that is below four fifths of the best."""
    if not str(row["four_fifths"]).startswith("below"):
        return ""
    return f" That is {row['ratio']:.0%} of the other rate; a common rule of thumb asks for 80%."


def _answer(found: Audit) -> str:
    """Answer in one line whether the matching holds, can be better, is stable and treats alike."""
    if found.optimality is None or not found.feasibility.ok:
        return "This is no matching of the programme: a rule is broken, as said below."
    said = ["Every rule holds"]
    best = {
        True: "no matching is better by its own aim",
        None: "whether a better one exists is open",
    }
    not_best = "it is not proven to be the best by its own aim"
    if found.optimality.findings:
        not_best = "its claim to be the best does not hold"
    if found.optimality.source != "certificate":
        not_best = "a better matching exists"
    said.append(best.get(found.optimality.ok, not_best))
    if found.stability is not None:
        said.append(
            "nobody would rather swap"
            if found.stability.ok
            else "some mentee and mentor would rather have each other"
        )
    if found.fairness is not None and len(found.fairness.gaps):
        beyond, perhaps = sort_gaps(found.fairness.gaps)
        certain, unsure = int(beyond.sum()), int(perhaps.sum())
        answer = (
            "1 difference between groups is beyond chance"
            if certain == 1
            else f"{certain} differences between groups are beyond chance"
            if certain
            else "no difference between groups is beyond chance"
        )
        if unsure:
            answer += f", {unsure} perhaps {'is' if unsure == 1 else 'are'}"
        said.append(answer)
    return f"{'; '.join(said)}."


def _fold_warnings(lines: Sequence[str]) -> list[str]:
    """Say once what several groupings have nothing to say for."""
    folded: dict[str, list[str]] = {}
    order: list[str] = []
    for line in lines:
        found = WARNING.fullmatch(line)
        if found is None:
            order.append(line)
            continue
        where, what = found.groups()
        if what not in folded:
            order.append(what)
        folded.setdefault(what, []).append(where)
    return [
        f"  warning: {', '.join(folded[line])}: {line}" if line in folded else line
        for line in order
    ]
