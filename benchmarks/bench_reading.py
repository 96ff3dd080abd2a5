"""Whether `init` takes every column of a form's export for what it is.

Run: python benchmarks/bench_reading.py [--seed N] [--pairs N] [--blind] [--smoke]

Draws pairs of tables in the forms of Google Forms, Microsoft Forms, Typeform, SurveyMonkey,
Airtable, LimeSurvey and hand-kept sheets, in eight languages, with a key of what each column is,
and compares. Without --seed another set is drawn each time, so that nothing can be made to fit one.
A column is right, or asked (the draft says that a person must decide), or wrong in silence. At
least 90 % must be right and none wrong in silence. With --blind every heading but that of the
identity is "Q1", "Q2", …: then the cells alone must tell, and what they cannot tell must be asked.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from made_up_exports import TOOLS, Export, draw_exports, write_export
from mentormatch.errors import CohortError
from mentormatch.programme import draft_programme

PAIRS, SMOKE_PAIRS = 84, 14
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
    total = sum(by_kind.values(), Counter())
    n_columns = sum(total.values())
    print(f"seed {seed}: {count} pairs, {n_columns} columns")
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
    enough = asked.blind or share >= LEAST_RIGHT
    if not enough or total["wrong"]:
        print("Not as it must be.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
