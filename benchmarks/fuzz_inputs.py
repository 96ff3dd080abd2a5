"""Mutated inputs through the command line: no traceback, no half-written file, no hang.

Run: python benchmarks/fuzz_inputs.py [--count N] [--seed S] [--smoke] [--only KIND]

Each case takes a small sound programme (TOML, CSV, XLSX or Parquet), breaks one or two of its files
in a way that files break (bytes flipped, cut, repeated, cells and keys replaced by odd ones, ZIP
parts changed, other endings), and runs `init`, `validate`, `match` or `audit` on it. Worker
processes with a limit on their memory run the cases one after the other, each with an alarm.

A finding is: an exit code other than 0, 1 or 2; a traceback; more than 20 seconds; more than 2 GiB;
a temporary file that stays; an output that is there without the other, or that cannot be read. Each
is printed with its seed and number, which run it alone: ``--seed S --case K``. The exit code is 1
when there is any finding.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import importlib
import io
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

SECONDS = 20
IMPORTED = (
    "mentormatch.programme",
    "mentormatch.reports",
    "openpyxl",
    "ortools.graph.python.min_cost_flow",
    "python_calamine",
    "sklearn.feature_extraction.text",
)
MEMORY = 2 * 2**30
KINDS = ("csv", "xlsx", "toml", "parquet")
OUTPUTS = ("matches.csv", "unmatched.csv")

MENTEES = pd.DataFrame(
    {
        "id": ["ada", "bob", "cleo", "dan", "eve"],
        "Email": [f"{name}@example.org" for name in ("ada", "bob", "cleo", "dan", "eve")],
        "wants": ["Lua; C++", "SQL", "Lua", None, "Go, Rust"],
        "level": ["junior", "mid", "junior", "senior", "mid"],
        "team": ["A", "B", "A", "C", "B"],
        "goals": ["learn Lua", "lead a team", None, "speak in public", "write Rust"],
        "free": ["Mon 9-12; Tue 14-16", "Mon 9-12", "Fri 8-18", "Mon 9-12", "Tue 14-16"],
        "tz": ["Europe/Berlin"] * 5,
    }
)
MENTORS = pd.DataFrame(
    {
        "id": ["uma", "vic", "wes"],
        "Email": ["uma@example.org", "vic@example.org", "wes@example.org"],
        "offers": ["Lua; C++", "SQL; Go", "Rust"],
        "level": ["senior", "lead", "senior"],
        "team": ["A", "B", "C"],
        "bio": ["Lua for ten years", "leads teams", None],
        "free": ["Mon 9-12", "Mon 9-12; Tue 14-16", "Fri 8-18"],
        "tz": ["Europe/Berlin", "Europe/London", "UTC"],
        "seats": [2, 1, 2],
    }
)
PROGRAMME = """
[tables]
mentees = "mentees.{ending}"
mentors = "mentors.{ending}"
id = "id"

[[criteria]]
kind = "SkillCoverage"
wants = "wants"
offers = "offers"
weight = 4

[[criteria]]
kind = "LevelGap"
column = "level"
ladder = ["junior", "mid", "senior", "lead"]
weight = 2

[[criteria]]
kind = "Availability"
column = "free"
timezone = "tz"
dates = [2027-01-11, 2027-06-30]
weight = 1

[[criteria]]
kind = "TextSimilarity"
mentee = "goals"
mentor = "bio"
weight = 1

[[criteria]]
kind = "Different"
column = "team"

[problem]
capacity = "seats"
pins = [["ada", "vic", "agreed"]]
bans = [["bob", "wes"]]

[match]
strategy = "optimal"
seed = 0

[output]
matches = "matches.csv"
unmatched = "unmatched.csv"
columns = ["level"]
reasons = 2
"""
ODD_CELLS = [
    "", " ", "=1+1", "-1", "1e309", "nan", "9" * 400, "\r\n", "a\rb", 'a"b', ";", "\x00", "\ud800",
    "\u202e", "ä" * 300, "Mon" + " " * 3000, "Mon 25:00-26:00", "Lua" * 2000, "0001-01-01",
    "9999-12-31", "[" * 500, "['a'", "{a,b}", "N/A", "Europe/Nowhere", "true", "☃", "1,5", "1-2",
]  # fmt: skip
ODD_VALUES = [
    "-1", "0", "1e400", "nan", "inf", "-inf", "99999999999999999999", "1_000_000_000", "true", '""',
    '" "', '"\\u0000"', '"=1"', "[]", "{}", "[[]]", "[1, 2]", '["a", 1]', "9999-12-31",
    "0001-01-01", "1979-05-27T07:32:00Z", "07:32:00", '"id"', '"nowhere"', '"../x.csv"', '"/"',
    '"mentees.csv"', '"optimal"', '"leximin"', '"lottery"', '"stable"', "0.5", "3", '{ a = 1 }',
    '"/dev/zero"', '"a\\nb"', "[[[[[1]]]]]", '"' + "x" * 5000 + '"', '{ name = "worst_k", k = 2 }',
    '{ name = "lottery", cap = "x" }', '"sentence-transformers:x"', '["ada", "uma"]',
]  # fmt: skip
ODD_KEYS = [
    "minimum_hours = 1", "minimum = 2", "demand = 2", "minimum = 1000000", "min_score = 0.3",
    "priority = \"level\"", "engine = \"flow\"", "time_limit = 0.01", "gap = 0.1", "weight = -1",
    "capacity = 1000000000000", "encoding = \"utf-16\"", "delimiter = \";\"", "decimal = \",\"",
    "duplicates = \"last\"", "separators = { wants = \";\" }", "wanted_hours = 0", "slot = 7",
    "unknown = \"ignore\"", "best = 9999999", "coverage_first = false", "name = \"x\"", "a.b.c = 1",
]  # fmt: skip


# ---------------------------------------------------------------- making cases


def write_table(table: pd.DataFrame, path: Path) -> None:
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    else:
        table.to_parquet(path, index=False)


def mutate_bytes(raw: bytes, draw: random.Random) -> bytes:
    """Flip, cut, repeat, insert or exchange some bytes."""
    content = bytearray(raw)
    for _ in range(draw.choice((1, 1, 2, 5, 30))):
        at = draw.randrange(len(content) + 1)
        to = min(len(content), at + draw.choice((1, 2, 8, 64, 1000)))
        kind = draw.randrange(7)
        if kind == 0 and at < len(content):
            content[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            del content[at:to]
        elif kind == 2:
            content[at:at] = content[at:to] * draw.choice((1, 2, 50))
        elif kind == 3:
            content[at:at] = draw.choice(
                (b"\x00", b"\xff\xfe", b'"', b"\r", b"\n\n", b"\xef\xbb\xbf", b",")
            )
        elif kind == 4:
            content[at:to] = draw.randbytes(to - at)
        elif kind == 5:
            del content[at:]
        else:
            there = draw.randrange(len(content) + 1)
            content[there:there] = content[at:to]
    return bytes(content)


def mutate_table(table: pd.DataFrame, draw: random.Random) -> pd.DataFrame:
    """Put odd values into cells, columns and headings."""
    table = table.astype(object).copy()
    for _ in range(draw.choice((1, 1, 2, 4))):
        kind = draw.randrange(8)
        row, column = draw.randrange(max(len(table), 1)), draw.randrange(len(table.columns))
        if kind <= 2 and len(table):
            table.iloc[row, column] = draw.choice(ODD_CELLS)
        elif kind == 3:
            table.iloc[:, column] = draw.choice(ODD_CELLS)
        elif kind == 4:
            names = [
                draw.choice(ODD_CELLS) if k == column else name
                for k, name in enumerate(table.columns)
            ]
            table.columns = pd.Index(names, dtype=object)
        elif kind == 5:
            table = table.drop(columns=table.columns[column])
            if not len(table.columns):
                table["x"] = "y"
        elif kind == 6:
            table = pd.concat(
                [table] * draw.choice((0, 2, 30)) or [table.head(0)], ignore_index=True
            )
        else:
            value: Any = draw.choice(
                [datetime.datetime(9999, 12, 31), datetime.date(1, 1, 1), 1e300, 10**20, True, -0.0]
            )
            if len(table):
                table.iloc[row, column] = value
    return table


def mutate_toml(text: str, draw: random.Random) -> str:
    """Replace values, add, repeat, drop and swap lines."""
    lines = text.split("\n")
    for _ in range(draw.choice((1, 1, 2, 3, 6))):
        at = draw.randrange(len(lines))
        kind = draw.randrange(6)
        if kind <= 2 and "=" in lines[at]:
            lines[at] = lines[at].partition("=")[0] + "= " + draw.choice(ODD_VALUES)
        elif kind == 3:
            lines.insert(at, draw.choice(ODD_KEYS))
        elif kind == 4:
            lines.insert(draw.randrange(len(lines)), lines.pop(at))
        else:
            lines[at : at + 1] = draw.choice(
                ([], [lines[at]] * 2, [lines[at][: len(lines[at]) // 2]])
            )
    return "\n".join(lines)


def mutate_zip(raw: bytes, draw: random.Random) -> bytes:
    """Change one part of a workbook and pack it again; sometimes leave it out or repeat it."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(raw)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        chosen = draw.choice([name for name in names if "sheet" in name] + names)
        for name in names:
            content = old.read(name)
            if name == chosen:
                kind = draw.randrange(6)
                if kind == 0:
                    continue
                if kind == 1:
                    content = content.replace(
                        b"<c ", b"<c r='XFD9' " if draw.random() < 0.5 else b"<d "
                    )
                elif kind == 2:
                    swollen = draw.choice((b"<row/>", b"<row><c/></row>", b"<si/>", b"<x>"))
                    content = content.replace(b"<sheetData>", b"<sheetData>" + swollen * 300_000)
                elif kind == 3:
                    content = b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + content
                elif kind == 4:
                    content = content.replace(b'r="2"', b'r="1048576"').replace(b"A2", b"A1048576")
                else:
                    content = mutate_bytes(content, draw)
            new.writestr(name, content)
    return target.getvalue()


@dataclass(frozen=True)
class Case:
    """What one case does: the kind of input that is broken, and the command that reads it."""

    kind: str
    command: list[str]


def make_case(folder: Path, kind: str, draw: random.Random) -> Case:
    """Write a programme and its tables into ``folder``, one of them broken."""
    ending = draw.choice(("csv", "xlsx", "parquet")) if kind == "toml" else kind
    with contextlib.suppress(ValueError, TypeError, UnicodeError, OverflowError):
        for name, table in (("mentees", MENTEES), ("mentors", MENTORS)):
            write_table(table, folder / f"{name}.{ending}")
    text = PROGRAMME.format(ending=ending)
    path = folder / f"{draw.choice(('mentees', 'mentors'))}.{ending}"
    if kind == "toml":
        text = mutate_toml(text, draw)
        raw = text.encode("utf-8", "surrogatepass")
        if draw.random() < 0.15:
            raw = mutate_bytes(raw, draw)
    else:
        raw = text.encode()
        how = draw.random()
        table = MENTEES if path.stem == "mentees" else MENTORS
        if how < 0.5:
            try:
                write_table(mutate_table(table, draw), path)
            except Exception:  # pandas or the writer refuses what no such file can hold
                write_table(table, path)
                path.write_bytes(mutate_bytes(path.read_bytes(), draw))
        elif how < 0.8 and kind == "xlsx":
            path.write_bytes(mutate_zip(path.read_bytes(), draw))
        else:
            path.write_bytes(mutate_bytes(path.read_bytes(), draw))
        if draw.random() < 0.03:
            path.rename(
                path.with_name("~$" + path.name) if draw.random() < 0.5 else folder / "x.csv"
            )
    programme = folder / "programme.toml"
    programme.write_bytes(raw)
    tables = [str(folder / f"{name}.{ending}") for name in ("mentees", "mentors")]
    commands = [
        ["validate", str(programme)],
        ["match", str(programme)],
        ["match", str(programme), "--overwrite"],
        ["audit", str(programme), "--group", "team"],
        ["init", *tables, "--output", str(folder / "draft.toml")],
    ]
    command = draw.choice(commands if kind != "toml" else commands[:4])
    if "--overwrite" in command:
        for name in OUTPUTS:
            (folder / name).write_text("old\n1\n")
    return Case(kind, command)


# ---------------------------------------------------------------- running them


class TooLong(BaseException):
    """The alarm of a case."""


def sound(_number: int, _frame: object) -> None:
    raise TooLong


def run_case(case: Case, folder: Path) -> tuple[int, str]:
    """Run the command in this process; returns the exit code and what went wrong, if anything."""
    from mentormatch.cli import app

    out, err = io.StringIO(), io.StringIO()
    code = 0
    signal.alarm(SECONDS)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            app(case.command, standalone_mode=True)
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    except TooLong:
        return -1, f"more than {SECONDS} s"
    except BaseException:
        return -1, "traceback: " + traceback.format_exc(limit=-3)
    finally:
        signal.alarm(0)
    said = out.getvalue() + err.getvalue()
    if code not in (0, 1, 2):
        return code, f"exit code {code}: {said[-400:]}"
    if "Traceback" in said:
        return code, "traceback in the output"
    if code == 1 and not said.strip():
        return code, "exit code 1 without a word"
    return code, look_at_files(case, folder, code)


def look_at_files(case: Case, folder: Path, code: int) -> str:
    """Say what is wrong with the files that are there now."""
    left = [entry.name for entry in folder.iterdir() if entry.name.endswith((".part", ".old"))]
    if left:
        return f"temporary files stay: {left}"
    if case.command[0] != "match" or case.kind == "toml":
        return ""
    there = [(folder / name) for name in OUTPUTS if (folder / name).exists()]
    if len(there) == 1:
        return f"{there[0].name} is there without the other"
    old = [path for path in there if path.read_text("utf-8-sig").startswith("old")]
    if len(old) == 1 or (there and old and code == 0) or (there and not old and code == 1):
        return f"outputs do not fit the exit code {code}"
    if code == 0:
        for path in there:
            pd.read_csv(path)
    return ""


def work(seed: int, cases: list[int], only: str | None, results: Any) -> None:
    """Run cases one after the other, within bounds of memory; tell each before and after."""
    # Address space is more than memory; what counts is measured in the parent.
    signal.signal(signal.SIGALRM, sound)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    os.environ["COLUMNS"] = "80"
    # Else the first case of each process would be timed with the imports of all that it uses.
    for name in IMPORTED:
        importlib.import_module(name)
    for number in cases:
        draw = random.Random(f"{seed}/{number}")
        kind = only or KINDS[number % len(KINDS)]
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        case = make_case(folder, kind, draw)
        results.put(("begun", number, kind, str(folder), case.command[0], 0.0))
        started = time.perf_counter()
        code, wrong = run_case(case, folder)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        took = time.perf_counter() - started
        if not wrong and peak > MEMORY:
            wrong = f"{peak / 2**30:.1f} GiB of memory"
        results.put(("done", number, kind, wrong, code, took))
        shutil.rmtree(folder, ignore_errors=True)
        if peak > MEMORY / 2:  # the next case is measured from a small process
            break
    results.put(("end", None, None, None, None, 0.0))


def run_all(seed: int, numbers: list[int], only: str | None) -> tuple[Counter[Any], list[str]]:
    """Run all cases in worker processes, one at a time; a worker that hangs or dies is replaced."""
    context = multiprocessing.get_context("spawn")
    counts: Counter[Any] = Counter()
    findings: list[str] = []
    slowest = 0.0
    while numbers:
        results = context.Queue()
        worker = context.Process(target=work, args=(seed, numbers[:400], only, results))
        worker.start()
        begun: tuple[Any, ...] | None = None
        while True:
            try:
                event = results.get(timeout=5 * SECONDS)
            except Exception:  # nothing came: it hangs outside of the interpreter, or has died
                event = ("lost", None, None, None, None, 0.0)
            what, number, kind, wrong, code, took = event
            if what == "begun":
                begun = event
                continue
            if what == "done":
                numbers.remove(number)
                begun = None
                counts[kind, code] += 1
                slowest = max(slowest, took)
                if wrong:
                    findings.append(f"case {number} ({kind}): {wrong}")
                    print(findings[-1], file=sys.stderr, flush=True)
                continue
            if what == "lost":
                number = begun[1] if begun else numbers[0]
                numbers.remove(number)
                findings.append(f"case {number}: the process hung or died (exit {worker.exitcode})")
                print(findings[-1], file=sys.stderr, flush=True)
            break
        worker.kill()
        worker.join()
    counts["slowest"] = round(slowest, 1)  # type: ignore[assignment]
    return counts, findings


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="how many cases")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--case", type=int, help="run this case alone")
    parser.add_argument("--only", choices=KINDS, help="break only files of this kind")
    parser.add_argument("--smoke", action="store_true", help="50 cases")
    given = parser.parse_args()
    count = 30 if given.smoke else given.count
    numbers = list(range(given.first, given.first + count)) if given.case is None else [given.case]
    started = time.perf_counter()
    counts, findings = run_all(given.seed, numbers, given.only)
    slowest = counts.pop("slowest")
    print(f"{'input':<10}{'cases':>8}{'done':>8}{'refused':>9}{'usage':>7}{'other':>7}")
    for kind in KINDS:
        codes = {code: number for (one, code), number in counts.items() if one == kind}
        rest = sum(number for code, number in codes.items() if code not in (0, 1, 2))
        row = (sum(codes.values()), codes.get(0, 0), codes.get(1, 0), codes.get(2, 0), rest)
        print(f"{kind:<10}{row[0]:>8,}{row[1]:>8,}{row[2]:>9,}{row[3]:>7,}{row[4]:>7,}")
    took = time.perf_counter() - started
    print(
        f"{sum(counts.values()):,} cases in {took:,.0f} s, the slowest {slowest} s; "
        f"seed {given.seed}"
    )
    print(f"{len(findings):,} findings")
    for finding in findings[:50]:
        print(f"  {finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
