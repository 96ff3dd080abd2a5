"""How long `init` takes to read a large sign-up and to draft a programme for it.

Run: python benchmarks/bench_reading_speed.py [--rows N] [--smoke]

Two tables of 30 columns, 100,000 people in all, as a form exports them: answers of several values,
free texts, days and hours, dates, names of others. Each is written as CSV and as a workbook (with
the writing not timed), read and drafted. Asserted: below 30 s of processor time each; twice the
people take at most 2.6 times as long; both kinds of files give the same draft.
"""

from __future__ import annotations

import argparse
import datetime
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd

from mentormatch.programme import draft_programme

ROWS, SMOKE_ROWS = 100_000, 160
SECONDS = 30
GROWTH = 2.6  # at twice the rows
SKILLS = ["Python", "Lua", "Go", "Rust", "SQL", "Kubernetes", "C++", "Java", "Docker", "Git"]
TOPICS = ["Career change", "Leading a team", "Presenting", "Negotiating", "Writing", "Hiring"]
DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
WORDS = (  # noqa: SIM905
    "I moved teams last spring and want to learn how decisions get made here whom to ask how to "
    "prepare and what would help somebody who starts over with little time and many questions"
).split()
ONE_OF: dict[str, list[str]] = {
    "Career stage": ["Junior", "Mid", "Senior", "Lead"],
    "Department": ["Tax", "Audit", "People", "Advisory", "IT"],
    "Office": ["Leeds", "Bristol", "Cork", "Remote"],
    "Time zone": ["Europe/London", "Europe/Berlin", "America/New_York"],
    "Gender": ["female", "male", "non-binary", "prefer not to say"],
    "Age group": ["under 25", "25-34", "35-44", "45+"],
    "Do you agree to take part until June?": ["Yes", "No"],
    "I know what I want from a mentor": ["Disagree", "Neutral", "Agree", "Strongly agree"],
    "I have enough time": ["Disagree", "Neutral", "Agree", "Strongly agree"],
    "How did you hear of us?": ["Newsletter", "A colleague", "Intranet"],
    "Language": ["English", "German", "French"],
    "Employment": ["Full time", "Part time"],
    "Meeting": ["Online", "In person", "Both"],
}


def draw_table(n: int, side: str, first: int, rng: np.random.Generator) -> pd.DataFrame:
    """Draw the answers of ``n`` people; 30 columns."""
    others = "mentor" if side == "mentee" else "mentee"
    start = datetime.datetime(2027, 1, 4, 9, 1, 12)
    numbers = range(first, first + n)

    def several(values: list[str], most: int) -> list[str]:
        taken = rng.random((n, len(values))).argsort(axis=1)
        sizes = rng.integers(1, most + 1, n).tolist()
        return [
            "; ".join(values[k] for k in sorted(row[:size]))
            for row, size in zip(taken.tolist(), sizes, strict=True)
        ]

    def text() -> list[str]:
        at, size = rng.integers(0, len(WORDS), n).tolist(), rng.integers(8, 25, n).tolist()
        twice = [*WORDS, *WORDS]
        return [" ".join(twice[a : a + s]) for a, s in zip(at, size, strict=True)]

    skills = "Which skills do you want?" if side == "mentee" else "Which skills do you offer?"
    days, hours = rng.integers(0, 5, (2, n)).tolist(), rng.integers(8, 17, n).tolist()
    table: dict[str, Any] = {
        "Timestamp": [start + datetime.timedelta(minutes=3 * k) for k in range(n)],
        "Email": [f"{side}.{k}@company.example" for k in numbers],
        "Name": [f"Person{k % 997} Family{k}" for k in numbers],
        skills: several(SKILLS, 4),
        "Topics": several(TOPICS, 3),
        "Goals": text(),
        "Free times": [
            f"{DAYS[a]} {h}:00-{h + 2}:00; {DAYS[b]} {h}:00-{h + 1}:30"
            for a, b, h in zip(*days, hours, strict=True)
        ],
        "Years of experience": rng.integers(0, 30, n),
        "Hours per month": rng.integers(1, 10, n),
        "How many mentees could you take?": rng.integers(1, 4, n),
        "Manager": [f"Person{k % 97} Boss{k % 300}" for k in numbers],
        "Anyone you cannot work with?": [
            f"{others}.{first + k % 7000}@company.example" if k % 9 == 0 else None for k in range(n)
        ],
        "Phone": [f"+49 30 {1_000_000 + 7 * k}" for k in numbers],
        "LinkedIn": [f"https://www.linkedin.com/in/person-{k}" for k in numbers],
        "Anything else?": [None if k % 3 else said for k, said in enumerate(text())],
        "FTE": rng.integers(10, 21, n) / 20,
        "Budget": rng.integers(0, 4000, n) / 8,
    }
    for heading, answers in ONE_OF.items():
        table[heading] = [answers[k] for k in rng.integers(0, len(answers), n).tolist()]
    assert len(table) == 30
    return pd.DataFrame(table)


def write_workbook(table: pd.DataFrame, path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Form Responses 1")
    sheet.append(list(table.columns))
    columns = [
        [None if value is None else value for value in table[name].astype(object)] for name in table
    ]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    book.save(path)


def time_drafts(rows: int, folder: Path) -> dict[str, float]:
    """Processor seconds of a draft by kind of file; both drafts are asserted to be the same."""
    rng = np.random.default_rng(rows)
    tables = {
        "mentees": draw_table(rows * 3 // 4, "mentee", 0, rng),
        "mentors": draw_table(rows - rows * 3 // 4, "mentor", 0, rng),
    }
    seconds, drafts = {}, {}
    for ending in ("csv", "xlsx"):
        paths = []
        for side, table in tables.items():
            paths.append(folder / f"{side}.{ending}")
            if ending == "csv":
                table.to_csv(paths[-1], index=False, date_format="%Y-%m-%d %H:%M:%S")
            else:
                write_workbook(table, paths[-1])
        began = time.process_time()
        draft = draft_programme(paths[0], paths[1], folder)
        seconds[ending] = time.process_time() - began
        drafts[ending] = {(one.side, one.name): one.kind for one in draft.columns}
    assert drafts["csv"] == drafts["xlsx"], "the two kinds of files are read differently"
    return seconds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=ROWS, help="people in both tables")
    parser.add_argument("--smoke", action="store_true", help="a short run")
    given = parser.parse_args()
    rows = SMOKE_ROWS if given.smoke else given.rows
    with tempfile.TemporaryDirectory() as folder:
        # What is loaded on first use is no part of reading.
        time_drafts(40, Path(folder))
        half = time_drafts(rows // 2, Path(folder))
        whole = time_drafts(rows, Path(folder))
    good = True
    for ending, taken in whole.items():
        growth = taken / half[ending]
        print(
            f"{ending:<5} {rows:,} rows of 30 columns: {taken:.1f} s of processor time "
            f"(at most {SECONDS}), {growth:.2f} times those of half the rows (at most {GROWTH})"
        )
        good &= taken < SECONDS and growth < GROWTH
    if not good:
        print("Not as it must be.", file=sys.stderr)
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
