"""Whether `init` takes every column of a form's export for what it is.

Run: python benchmarks/bench_reading.py [--seed N] [--pairs N] [--blind] [--smoke]

Draws pairs of tables in the forms of Google Forms, Microsoft Forms, Typeform, SurveyMonkey,
Airtable, LimeSurvey and hand-kept sheets, in eight languages, with a key of what each column is,
and compares. Without --seed another set is drawn each time, so that nothing can be made to fit one.
A column is right, or asked (the draft says that a person must decide), or wrong in silence. At
least 90 % must be right and none wrong in silence. A second set asks as people ask, with words
of its own and grids, ranks, zones, seats in words and two-line headings. A third set is twelve
programmes in fixed forms, as coordinators keep them, with other people and answers each time.
With --blind every heading but that of the identity is "Q1", "Q2", …: then the cells alone must
tell, and what they cannot tell must be asked.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from made_up_exports import TOOLS, Export, draw_exports, write_export
from made_up_exports.as_kept import KEPT, write_kept
from made_up_exports.asked import KEY, question_of, write_asked
from mentormatch.errors import CohortError
from mentormatch.programme import draft_programme

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

PAIRS, SMOKE_PAIRS = 84, 2
ASKED_PAIRS, SMOKE_ASKED_PAIRS = 70, 2
KEPT_ROUNDS = 3
LEAST_RIGHT = 0.9
# Without headings nobody can tell these apart: both readings compare the same answers, or none.
SAME_WITHOUT_HEADINGS = (
    {"skills", "topics"},
    {"group", "same"},
    {"comment", "one-sided"},
    {"protected", "one-sided"},
    {"superior", "one-sided"},
    {"superior", "constant"},
)


def hide_headings(export: Export) -> Export:
    """Call every question Q1, Q2, …, the same in both forms, but for the identity."""
    numbers: dict[str, str] = {}
    sides = [
        [
            question
            if question.what in ("email", "identity by name")
            else replace(
                question, heading=numbers.setdefault(question.what, f"Q{len(numbers) + 1}")
            )
            for question in questions
        ]
        for questions in (export.mentees, export.mentors)
    ]
    return replace(export, mentees=sides[0], mentors=sides[1])


def judge(kind: str, wanted: str, question: bool, blind: bool) -> str:
    """Say whether a column is right, asked or wrong."""
    alike = blind and any({kind, wanted} <= same for same in SAME_WITHOUT_HEADINGS)
    if kind == wanted or alike:
        return "right"
    return "asked" if question else "wrong"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=None, help="of the exports; else drawn")
    parser.add_argument("--pairs", type=int, default=None, help="how many pairs of exports")
    parser.add_argument("--blind", action="store_true", help="hide the headings")
    parser.add_argument("--smoke", action="store_true", help="a short run")
    asked = parser.parse_args()
    drawn = 0 if asked.smoke else secrets.randbelow(10**9)
    seed = drawn if asked.seed is None else asked.seed
    count = asked.pairs or (SMOKE_PAIRS if asked.smoke else PAIRS)
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    for export in draw_exports(seed, count, tuple(TOOLS)):
        shown = hide_headings(export) if asked.blind else export
        with tempfile.TemporaryDirectory() as folder:
            mentees, mentors, key = write_export(shown, Path(folder))
            try:
                columns = draft_programme(mentees, mentors, folder).columns
            except CohortError as error:
                for kinds in key.values():
                    for kind in kinds.values():
                        by_kind[kind]["asked"] += 1
                missed.append(f"{export.name}: {str(error)[:300]}")
                continue
        found = {(one.side, one.name): one for one in columns}
        for side, kinds in key.items():
            for name, wanted in kinds.items():
                one = found.get((side, name))
                kind, question = ("lost", False) if one is None else (one.kind, one.question)
                verdict = judge(kind, wanted, question, asked.blind)
                by_kind[wanted][verdict] += 1
                if verdict != "right":
                    why = "" if one is None else f" ({one.why})"
                    missed.append(
                        f"{export.name}, {side}, {name}: {wanted}, {verdict}: {kind}{why}"
                    )
    good = print_table(f"seed {seed}: {count} pairs", by_kind, missed, asked.blind)
    if not asked.blind:
        as_asked = SMOKE_ASKED_PAIRS if asked.smoke else min(count, ASKED_PAIRS)
        print()
        good &= judge_asked(seed, as_asked)
        print()
        good &= judge_kept(seed, 1 if asked.smoke else KEPT_ROUNDS)
    if not good:
        print("Not as it must be.", file=sys.stderr)
        return 1
    return 0


def print_table(
    title: str, by_kind: dict[str, Counter[str]], missed: list[str], blind: bool = False
) -> bool:
    """Print how many columns of each kind are right, asked and wrong; tell whether that will do."""
    total = sum(by_kind.values(), Counter())
    n_columns = sum(total.values())
    print(f"{title}, {n_columns} columns")
    print(f"{'what it is':<20}{'right':>8}{'asked':>8}{'wrong':>8}")
    for kind in sorted(by_kind):
        print(
            f"{kind:<20}" + "".join(f"{by_kind[kind][v]:>8}" for v in ("right", "asked", "wrong"))
        )
    share = total["right"] / n_columns
    print(f"{'in all':<20}" + "".join(f"{total[v]:>8}" for v in ("right", "asked", "wrong")))
    print(
        f"right: {share:.1%} of the columns (at least {LEAST_RIGHT:.0%}); wrong in silence: "
        f"{total['wrong']} (none)"
    )
    for line in missed[:40]:
        print(f"  {line}")
    return not total["wrong"] and (blind or share >= LEAST_RIGHT)


def judge_asked(seed: int, count: int) -> bool:
    """Judge tables of people who ask in words of their own; a grid is judged as one question."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, mentees, mentors, key in write_asked(seed, count, Path(folder)):
            by_side = {
                side: {question_of(heading): (what, KEY[what]) for heading, what in own.items()}
                for side, own in key.items()
            }
            judge_questions(name, mentees, mentors, by_side, by_kind, missed)
    return print_table(f"as people ask: {count} pairs", by_kind, missed)


def judge_kept(seed: int, rounds: int) -> bool:
    """Judge the twelve programmes as their coordinators kept them, with other people each round."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    missed: list[str] = []
    for k in range(rounds):
        with tempfile.TemporaryDirectory() as folder:
            for name, mentees, mentors, tables in write_kept(seed + k, Path(folder)):
                by_side = {
                    side: {one.question or one.heading: (one.kinds[0], one.kinds) for one in own}
                    for side, own in tables.items()
                }
                judge_questions(name, mentees, mentors, by_side, by_kind, missed)
    return print_table(f"as they are kept: {rounds * len(KEPT)} pairs", by_kind, missed)


def judge_questions(
    name: str,
    mentees: Path,
    mentors: Path | None,
    by_side: Mapping[str, Mapping[str, tuple[str, Collection[str]]]],
    by_kind: dict[str, Counter[str]],
    missed: list[str],
) -> None:
    """Count by kind which questions are taken for one of the kinds that they may be."""
    try:
        draft = draft_programme(mentees, mentors, mentees.parent)
    except CohortError as error:
        for questions in by_side.values():
            for what, _ in questions.values():
                by_kind[what]["asked"] += 1
        missed.append(f"{name}: {str(error)[:300]}")
        return
    told = " ".join(draft.notes.values())
    for side, questions in by_side.items():
        for question, (what, kinds) in questions.items():
            found = [
                one
                for one in draft.columns
                if one.side == side and question_of(one.name).rstrip(" :") == question
            ] or [  # "1st choice of mentor" and "2nd choice of mentor" become one column
                one
                for one in draft.columns
                if one.side == side and one.name not in questions and one.name in question
            ]
            wrong = [one for one in found if one.kind not in kinds]
            verdict = "right"
            if not found or wrong:
                told_or_asked = found and all(one.question for one in wrong)
                verdict = "asked" if told_or_asked or f'"{question}"' in told else "wrong"
                seen = ", ".join(f"{one.kind} ({one.why})" for one in wrong) or "lost"
                missed.append(f"{name}, {side}, {question}: {what}, {verdict}: {seen}")
            by_kind[what][verdict] += 1


if __name__ == "__main__":
    raise SystemExit(main())
