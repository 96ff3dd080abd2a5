"""What a person must know before any proof: whether the scores say anything, and about whom."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from mentormatch.cohort import SIDES
from mentormatch.cohort.names import list_rows
from mentormatch.compatibility import row_slices
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import Availability, Different, Same
from mentormatch.criteria.cells.languages import are_languages
from mentormatch.criteria.kinds.avoids import FittedAvoids
from mentormatch.criteria.kinds.named_people import is_somebody_else, named_people
from mentormatch.criteria.kinds.prefers import FittedPrefers
from mentormatch.criteria.kinds.same import FittedShared
from mentormatch.criteria.kinds.tags import FittedTags
from mentormatch.criteria.scoring.normalised import scorer_of_criteria
from mentormatch.criteria.scoring.profile import profile_of
from mentormatch.criteria.words.protected import protected_attribute
from mentormatch.matching import Status
from mentormatch.problem.pins import pair_array, pair_positions
from mentormatch.sums import share_out_percents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria import CriteriaScorer
    from mentormatch.criteria.interface.fitted import Fitted
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem

__all__ = [
    "FEW",
    "Names",
    "find_cautions",
    "find_cautions_of_pairs",
    "find_doubtful_pairs",
    "find_pairs_without_common",
    "find_refused_pairs",
    "ids_of",
    "public_notes",
]

# What people are called, by side and position.
Names: TypeAlias = "Mapping[Side, Sequence[object]]"
# On a page for participants fewer than this are not counted out: they would know who is meant.
FEW = 3
# What stands for a ban among the columns that refuse somebody.
BAN = ""

DECIDES = 0.9
NEARLY_ALWAYS = 0.9
# Pairs that are looked at for people who share nothing with anybody; of more, some mentees are.
PAIRS = 1_000_000
NAMED = 3
CURES = {
    "hour": "If all are to meet by what they say, make it a rule: minimum_hours = 1.",
    "language": "If all are to share one, make it a rule: minimum = 0.01.",
}
# Scores that differ by less are equal: blocks may be read as float32.
ROUNDING = 1e-5
# Kinds that compare what people have in common; 0 with everybody means nothing in common.
SHARED = ("SkillCoverage", "TagOverlap", "Same")


def public_notes(matching: Matching) -> tuple[str, ...]:
    """The notes of a matching for readers who may not know what people wrote of each other.

    Of those that quote whom somebody named, only how many there are.
    """
    scorer = scorer_of_criteria(matching.problem.compatibility.scorer)
    fitted = () if scorer is None else scorer.fitted
    private = {
        f"{one.criterion.label}: {note}": one.criterion.label
        for one in fitted
        if one.notes_quote_people
        for note in one.notes
    }
    labels = [private[note] for note in matching.notes if note in private]
    told = [
        f"{label}: {format_count(labels.count(label), 'note')} on names that people wrote "
        f"{'is' if labels.count(label) == 1 else 'are'} left out here; Matching.notes and "
        "`mentormatch match` have them."
        for label in dict.fromkeys(labels)
    ]
    return (*(note for note in matching.notes if note not in private), *told)


def find_cautions(
    problem: Problem, *, ids: bool = True, cells: bool = True, names: Names | None = None
) -> tuple[tuple[str, ...], str]:
    """Find what must be known before the proof.

    Scores that were given as numbers have nothing to tell. ``ids`` and ``cells`` say whether people
    may be named by their ids, and cells of their tables be quoted; ``names`` is what they are
    called instead. The cautions are one sentence each, the most important first, with criteria
    called by their labels; the second answer ends the sentence "Proven for these scores, which …",
    and is empty for scores given as numbers.
    """
    scorer = scorer_of_criteria(problem.compatibility.scorer)
    n, m = problem.shape
    if scorer is None or not n or not m:
        return (), ""
    misses = tuple(_missed_by_rules(scorer, problem.compatibility.cohort, cells=cells))
    # A row would tell participants who refuses somebody.
    misses += tuple(_wishes_that_are_refused(problem, scorer)) if ids else ()
    profile = profile_of(problem.compatibility, seed=0)
    spread, (looked_at, n_pairs) = profile.spread, profile.pairs
    told = spread[(spread["std"] > 0)].copy()
    if _is_draw(problem):
        return (_why_draw(scorer), *misses), "are the same for every allowed pair"
    if told.empty:
        # Where all filled cells agree, what stands in for an empty one makes the difference.
        all_pairs = "all pairs" if looked_at == n_pairs else f"of {looked_at:,} pairs all"
        said = (
            f"Only empty cells make a difference: {all_pairs} whose cells are filled score the "
            "same."
        )
        return (said, *misses), "differ only where a cell is empty"
    # What runs against the others takes nothing away from them here.
    positive = told["variance_share"].clip(lower=0)
    told["variance_share"] = positive / max(float(positive.sum()), 1e-12)
    cautions = [
        *_one_decides(told, len(spread)),
        *misses,
        *_share_nothing(problem, scorer, names, ids=ids),
        *_missing(spread),
    ]
    shares = told["variance_share"].sort_values(ascending=False)
    whole = share_out_percents(shares)
    parts = zip(shares.items(), whole, strict=True)
    named = [f"{label} ({percent}%)" for (label, share), percent in parts if share > 0.01]
    more = "" if len(named) <= NAMED else f" and {len(named) - NAMED} more"
    return tuple(cautions), f"differ most by {', '.join(named[:NAMED])}{more}"


def find_cautions_of_pairs(matching: Matching, names: Names | None = None) -> tuple[str, ...]:
    """Find what must be known of the pairs that were made, before what holds for any."""
    return (*_cut_short(matching), *find_doubtful_pairs(matching, names))


def _cut_short(matching: Matching) -> tuple[str, ...]:
    """Say that a strategy of stages was not followed to its end."""
    certificate = matching.certificate
    cut = matching.status is Status.TIME_LIMIT
    if not cut or certificate is None or certificate.promise == "total":
        return ()
    settled = any(stage.proven for stage in certificate.stages)
    how_far = "was not followed to its end" if settled else "was not followed"
    return (
        f"The strategy {matching.strategy!r} {how_far}: the time limit came first. Give it more "
        "time (time_limit), or take these pairs for what the Notes say of them.",
    )


def find_refused_pairs(matching: Matching) -> Iterator[tuple[int, str, str, str]]:
    """Find pairs of two of whom one may have named the other as not to be met.

    Each is the place among the pairs, the label of the rule, the name as it is written, and whose
    it may be.
    """
    scorer = scorer_of_criteria(matching.problem.compatibility.scorer)
    cohort = matching.problem.compatibility.cohort
    called = {
        side: named_people(cohort, side, list(names))
        for side in SIDES
        if cohort is not None and (names := cohort.person_columns(side).names)
    }
    for one in () if scorer is None else scorer.fitted:
        for k, written, name in one.doubtful(matching.mentees, matching.mentors, called):
            # The whole name of somebody, who may have been left out, means nobody else.
            if cohort is None or not is_somebody_else(cohort, written, name):
                yield k, one.criterion.label, written, name


def find_doubtful_pairs(matching: Matching, names: Names | None = None) -> tuple[str, ...]:
    """Say which pairs may be of two who are not to meet, or who cannot."""
    called = names or ids_of(matching.problem)
    told = []
    for k, label, written, name in find_refused_pairs(matching):
        mentee, mentor = matching.mentees[k], matching.mentors[k]
        pair = f"{called['mentees'][mentee]} and {called['mentors'][mentor]}"
        cure = f"If so, write {name!r}" if written.isdecimal() else "Write the full name"
        told.append(
            f"{pair} are matched, though {label} may mean just that: it says "
            f"{written!r}, which may be {name!r}. {cure}, and match again."
        )
    return (*told, *find_pairs_without_common(matching))


def find_pairs_without_common(matching: Matching, *, ids: bool = True) -> tuple[str, ...]:
    """Say how many pairs are of two without a common hour or language, where nothing forbids it.

    Where people may not be named by their ``ids``, one or two are not counted out either, nor all
    pairs, which would tell how many have nobody.
    """
    scorer = scorer_of_criteria(matching.problem.compatibility.scorer)
    told = []
    for one in () if scorer is None else scorer.fitted:
        found = _lack_in_common(one, matching)
        if found is None or not found[1].any():
            continue
        what, lacking = found
        without, pairs = int(lacking.sum()), len(lacking)
        of = "The only pair has" if pairs == 1 else f"{without:,} of {pairs:,} pairs have"
        of = of.replace("have", "has") if without == 1 < pairs else of
        if not ids:
            of = f"{without:,} pairs have" if without >= FEW else f"Fewer than {FEW} pairs have"
        # What is to be written into the file is for who writes it.
        cure = f" {CURES[what]}" if ids else ""
        told.append(f"{of} no common {what} ({one.criterion.label}).{cure}")
    return tuple(told)


def _lack_in_common(one: Fitted, matching: Matching) -> tuple[str, NDArray[np.bool_]] | None:
    """What the pairs must have in common to meet at all, and which of them have nothing of it."""
    mentees, mentors = matching.mentees, matching.mentors
    if isinstance(one.criterion, Availability):
        return "hour", one.measured(mentees, mentors) == 0
    # "German" below "Nationality" is no language, and nothing that a rule should ask for.
    if isinstance(one, FittedTags) and _compares_languages(one):
        said = ~(one.mentee_missing[mentees] | one.mentor_missing[mentors])
        return "language", said & (one.present(mentees, mentors) == 0)
    return None


def _compares_languages(one: FittedTags) -> bool:
    headings = (one.criterion.mentee_column, one.criterion.mentor_column)
    return not any(map(protected_attribute, headings)) and are_languages(
        (*one.mentees.names, *one.mentors.names)
    )


def _missed_by_rules(
    scorer: CriteriaScorer, cohort: Cohort | None, *, cells: bool
) -> Iterator[str]:
    """Rules and likenesses that may miss somebody whose name or value is written in two ways."""
    for one in scorer.fitted:
        is_rule = one.criterion.weight is None
        compares = isinstance(one.criterion, Same | Different)
        near = one.near_misses if is_rule or compares else ()
        if cohort is not None:
            # The whole name of somebody, who may have been left out, means nobody else.
            turn = -1 if isinstance(one, FittedShared) and one.people == "mentees" else 1
            near = tuple(two for two in near if not is_somebody_else(cohort, *two[::turn]))
        if near:
            pairs = [f"{first!r} and {second!r}" for first, second in near[:NAMED]]
            more = "" if len(near) <= NAMED else f" (and {len(near) - NAMED:,} more like them)"
            between = f"{', '.join(pairs)}{more}"
            if not cells:
                between = format_count(len(near), "value")
            said = f"The rule {one.criterion.label} does not hold {'between' if cells else 'for'}"
            two = "as they are written in two ways"
            if not is_rule:
                said = f"{one.criterion.label} takes"
                two = "written in two ways, for different ones"
            yield f"{said} {between}, {two}. If they mean the same, write both alike."
        if is_rule and one.names_found and one.names_found[0] == 0:
            count = one.names_found[1]
            names = "The only name" if count == 1 else f"None of the {count:,} names"
            is_known = "is unknown" if count == 1 else "is known"
            if count:
                yield (
                    f"The rule {one.criterion.label} forbids nothing. {names} in it {is_known}: "
                    "look whether people are named there as the other table names them, and by "
                    "which column (of)."
                )
        nobody = one.named_nobody if is_rule else ()
        if nobody:
            shown = ", ".join(map(repr, nobody[:NAMED])) + (", …" if len(nobody) > NAMED else "")
            answers = format_count(len(nobody), "answer")
            told = f": {shown}" if cells else ""
            yield (
                f"The rule {one.criterion.label} does nothing for {answers} in words, which name "
                f"nobody{told}. Write the full name into the cell, and nothing else."
            )


def _wishes_that_are_refused(problem: Problem, scorer: CriteriaScorer) -> Iterator[str]:
    """Say who wishes for somebody whom the same person refuses, or a ban forbids."""
    cohort = problem.compatibility.cohort
    wishes = [one for one in scorer.fitted if isinstance(one, FittedPrefers)]
    refusals = [one for one in scorer.fitted if isinstance(one, FittedAvoids)]
    where = pair_positions(problem.compatibility, problem.ban_rules, "bans")
    banned = pair_array(where, problem.shape)
    for wish in wishes if cohort is not None else ():
        by = wish.criterion.by
        # What forbids each pair that somebody wishes for: columns, and a ban last.
        against: dict[tuple[int, int], list[str]] = {}
        own = [one for one in refusals if one.criterion.by == by]
        forbidden = [(f'"{one.criterion.column}"', one.few_zeros()) for one in own]
        for what, pairs in (*forbidden, (BAN, banned)):
            both = wish.wished().multiply(pairs).tocoo()
            for pair in zip(both.row.tolist(), both.col.tolist(), strict=True):
                against.setdefault(pair, []).append(what)
        alike: dict[tuple[str, ...], set[int]] = {}
        for pair, forbidding in against.items():
            alike.setdefault(tuple(forbidding), set()).add(pair[0 if by == "mentee" else 1])
        for whats, people in alike.items():
            yield _tell_refused(problem, wish, whats, sorted(people))


def _tell_refused(
    problem: Problem, wish: FittedPrefers, whats: Sequence[str], people: Sequence[int]
) -> str:
    """Say that people wish for somebody whom columns of their rows, or a ban, forbid."""
    cohort = problem.compatibility.cohort
    assert cohort is not None
    side: Side = "mentees" if wish.criterion.by == "mentee" else "mentors"
    cells = [cohort.finding(side, who, wish.criterion.column, "") for who in people]
    columns = [what for what in whats if what != BAN]
    said, holds, cures = [], [], []
    if columns:
        many = len(columns) > 1
        said.append(f"{' and '.join(columns)} of the same row refuse{'' if many else 's'}")
        holds.append("refusal")
        cures.append(f"name out of the other cell{'s' if many else ''}")
    if BAN in whats:
        said.append("a ban forbids")
        holds.append("ban")
        cures.append("pair out of the bans")
    return (
        f"{PurePath(cells[0].file).name}, {list_rows((one.row for one in cells), whole=True)}: "
        f'"{wish.criterion.column}" wishes for somebody whom {" and ".join(said)}. The '
        f"{' and the '.join(holds)} hold{'s' if len(holds) == 1 else ''}, and the wish counts for "
        f"nothing: if the wish is meant, take the {' and the '.join(cures)}."
    )


def _is_draw(problem: Problem) -> bool:
    """Whether all allowed pairs have the same score; the first that differ end the pass."""
    low, high = np.inf, -np.inf
    for rows in row_slices(*problem.shape):
        scores = problem.scores(rows, np.nan)
        # NaN, a pair that is not allowed, is passed over.
        low = min(low, float(np.fmin.reduce(scores, axis=None, initial=np.inf)))
        high = max(high, float(np.fmax.reduce(scores, axis=None, initial=-np.inf)))
        if high - low > ROUNDING:
            return False
    return low < np.inf


def _why_draw(scorer: CriteriaScorer) -> str:
    if not scorer.mean_shares.any():
        return (
            "Nothing is scored: every allowed pair is worth the same, so who gets whom is a draw. "
            "Add criteria with a weight to the file."
        )
    return (
        "The criteria make no difference: every allowed pair has the same score, so who gets whom "
        "is a draw. Add criteria in which people differ."
    )


def _one_decides(told: pd.DataFrame, n_criteria: int) -> Iterator[str]:
    """One criterion alone makes all the difference."""
    label, share = told["variance_share"].idxmax(), told["variance_share"].max()
    if len(told) == 1 or share > DECIDES:
        rest = "; the others hardly matter" if n_criteria > 1 else ""
        yield f"One criterion decides everything: {label}{rest}."


def _missing(spread: pd.DataFrame) -> Iterator[str]:
    """A criterion for which nearly everybody's cells are empty."""
    for label, row in spread.iterrows():
        if row["missing"] > NEARLY_ALWAYS:
            yield (
                f"{label} is nearly always missing: for {row['missing']:.0%} of the pairs a cell "
                "that it needs is empty."
            )


def ids_of(problem: Problem) -> Names:
    """Call people by their ids."""
    return {side: list(problem.ids(side)) for side in SIDES}


def _share_nothing(
    problem: Problem, scorer: CriteriaScorer, names: Names | None, *, ids: bool
) -> Iterator[str]:
    """People who have not one value in common with anybody of the other table."""
    kinds = [
        one
        for one in scorer.fitted
        if type(one.criterion).__name__ in SHARED and one.criterion.weight is not None
    ]
    n, m = scorer.shape
    rows = np.linspace(0, n - 1, min(n, max(1, PAIRS // m))).astype(np.intp)
    i, j = np.repeat(rows, m), np.tile(np.arange(m, dtype=np.intp), len(rows))
    about = "" if len(rows) == n else "about "
    called = names or ids_of(problem)
    for one in kinds:
        values = one.pairs(i, j).reshape(len(rows), m)
        for axis, side in ((1, SIDES[0]), (0, SIDES[1])):
            if axis == 0 and len(rows) < n:
                continue
            known = ~np.isnan(values).all(axis=axis)
            alone = known & (np.nan_to_num(values).max(axis=axis) == 0)
            count = round(int(alone.sum()) * (n / len(rows) if axis else 1))
            people = np.flatnonzero(alone)[:NAMED]
            people = rows[people] if axis else people
            who = ", ".join(repr(str(called[side][k])) for k in people)
            named = f" ({who}{', …' if count > NAMED else ''})" if ids else ""
            if count:
                few = not ids and count < FEW
                word = str(side) if count != 1 or few else side.removesuffix("s")
                other = "mentor" if side == "mentees" else "mentee"
                verb = "share" if count != 1 or few else "shares"
                shown = f"Fewer than {FEW}" if few else f"{about}{count:,}"
                yield (
                    f"{shown} {word}{named} {verb} no value with any {other} in "
                    f"{one.criterion.label}."
                )
