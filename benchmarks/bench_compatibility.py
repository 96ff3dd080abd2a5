"""From profiles to the best mentor of each mentee, over all pairs, against the bare floor.

Seven criteria (skills, tags, text by an embedding of width 64, level, availability, same,
different) are fitted on a synthetic programme, and every pair is scored once. In turns with it, an
eighth of the people at a time, runs the floor: a float32 matrix product of width 128 and one
maximum per row; small sizes begin each turn with work that is not timed, so that threads that slept
are awake. What the caller's embedding takes is not counted as fitting. The answers are
checked against single pairs in float64, and those against a loop that scores one pair at a time
from the definitions, which is also the second floor.

    python benchmarks/bench_compatibility.py             # three sizes, some minutes
    python benchmarks/bench_compatibility.py --smoke     # seconds, for CI
"""

from __future__ import annotations

import argparse
import itertools
import math
import multiprocessing
import time
import zlib
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

import mentormatch as mm
from mentormatch.criteria.availability.windows import read_windows
from mentormatch.criteria.cells.skill_names import reader, shipped_table
from mentormatch.criteria.cells.tokens import normalise
from peak_memory import peak_gib

SIZES = ((2_000, 1_000), (20_000, 8_000), (100_000, 34_000))
SMOKE = ((400, 200), (2_000, 1_000))
BLOCK = 512
WIDTH, FLOOR_WIDTH = 64, 128
# Small sizes are repeated until so many pairs are read, and begin each turn with work that is not
# timed; turns are so many, with a pause between them, as threads of the linear algebra library go
# on spinning for a while when they are done. Small sizes take all turns several times, as a machine
# that others use as well has phases.
PAIRS, TURNS, PAUSE, ROUNDS = 20_000_000, 8, 0.05, 8
MEMORY = 1.5e9 / 2**30
LADDER = ("intern", "junior", "mid", "senior", "staff", "principal")
DATES = ("2027-01-11", "2027-06-30")
WEIGHTS = {"skills": 4.0, "tags": 1.0, "text": 2.0, "level": 2.0, "free": 1.0, "field": 1.0}


embedding = 0.0


def embed(texts: list[str]) -> np.ndarray:
    """Embed a text as the sum of a random direction per word: stands in for a language model."""
    global embedding
    start = time.perf_counter()
    rng = np.random.default_rng(0)
    directions = rng.standard_normal((4096, WIDTH))
    vectors = np.zeros((len(texts), WIDTH))
    for k, text in enumerate(texts):
        words = [zlib.crc32(word.encode()) % 4096 for word in text.lower().split()]
        vectors[k] = directions[words].sum(axis=0)
    embedding += time.perf_counter() - start
    return vectors


def seven() -> mm.Criteria:
    """Make the seven criteria."""
    c = mm.criteria
    return mm.Criteria(
        c.SkillCoverage("wants_to_learn", "can_teach", weight=WEIGHTS["skills"]),
        c.TagOverlap("interests", weight=WEIGHTS["tags"]),
        c.TextSimilarity(mentee="goals", mentor="bio", embed=embed, weight=WEIGHTS["text"]),
        c.LevelGap("level", ladder=LADDER, weight=WEIGHTS["level"]),
        c.Availability(
            "availability",
            timezone="tz",
            dates=DATES,
            wanted_hours=2,
            minimum_hours=1,
            weight=WEIGHTS["free"],
        ),
        c.Same("field", weight=WEIGHTS["field"]),
        c.Different("team"),
    )


# ------------------------------------------------------------------ the floor, and our pass beside
# it


def run(size: tuple[int, int], rounds: int) -> dict[str, float]:
    """Time one size, in a process of its own, so that its peak memory is its own."""
    n, m = size
    cohort = mm.datasets.it_program(n, m)
    before = peak_gib()
    start = time.perf_counter()
    compatibility = seven().score(cohort, precision="float32")
    scorer = compatibility.scorer
    scorer.joined(slice(0, 1), -np.inf)
    fitting = time.perf_counter() - start - embedding

    rng = np.random.default_rng(1)
    left = rng.standard_normal((n, FLOOR_WIDTH), dtype=np.float32)
    right = rng.standard_normal((FLOOR_WIDTH, m), dtype=np.float32)
    best, largest = np.empty(n), np.empty(n, dtype=np.float32)

    def ours(rows: slice) -> None:
        best[rows] = scorer.joined(rows, -np.inf).max(axis=1)

    def floor(rows: slice) -> None:
        largest[rows] = (left[rows] @ right).max(axis=1)

    times = max(1, PAIRS // (n * m))
    stretch = -(-n // (TURNS * BLOCK)) * BLOCK
    seconds = {ours: 0.0, floor: 0.0}
    rounds = rounds if times > 1 else 1
    for turn in list(range(0, n, stretch)) * rounds:
        for work in seconds:
            time.sleep(PAUSE)
            # A thread that has slept is woken on the processor of whoever woke it, and the system
            # takes a while to give it one of its own.
            awake = time.perf_counter() + 2 * PAUSE
            while times > 1 and time.perf_counter() < awake:
                work(slice(turn, min(turn + BLOCK, n)))
            start = time.perf_counter()
            for _ in range(times):
                for first in range(turn, min(turn + stretch, n), BLOCK):
                    work(slice(first, min(first + BLOCK, n)))
            seconds[work] += (time.perf_counter() - start) / (times * rounds)
    check_best(scorer, best)
    assert np.isfinite(largest).all()
    return {
        "n": n,
        "m": m,
        "fitting": fitting,
        "embedding": embedding,
        "pass": seconds[ours],
        "floor": seconds[floor],
        "error": scorer.error,
        "memory": peak_gib(),
        "people": before,
    }


def check_best(scorer: Any, best: np.ndarray, some: int = 40) -> None:
    """Compare the best of some rows with the best of the float64 pairs."""
    n, m = scorer.shape
    everybody = np.arange(m)
    for i in np.random.default_rng(2).choice(n, min(some, n), replace=False):
        block = scorer.pairs(np.full(m, i), everybody)
        exact = np.max(block.scores, where=block.eligible, initial=-np.inf)
        assert exact == best[i] or abs(exact - best[i]) <= scorer.error, (i, exact, best[i])


# ------------------------------------------------------------------ one pair at a time


class Person:
    """What a loop over pairs needs to know of one person, read once."""

    def __init__(self, row: Any, skills: str, text: str) -> None:
        read = reader("naive", {}, None, 1.0, shipped_table())
        self.skills = {key for name in split(row[skills]) for key, _, _ in read(name)}
        self.tags = {normalise(name) for name in split(row["interests"])}
        self.text = None if blank(row[text]) else embed([row[text]])[0]
        self.level = None if blank(row["level"]) else LADDER.index(row["level"])
        self.field = None if blank(row["field"]) else normalise(row["field"])
        self.team = None if blank(row["team"]) else normalise(row["team"])
        self.free = None
        if not blank(row["availability"]) and not blank(row["tz"]):
            self.free = quarter_hours(row["availability"], row["tz"])


def blank(cell: Any) -> bool:
    """Tell whether a cell is empty."""
    return not isinstance(cell, str) or not cell.strip()


def split(cell: Any) -> list[str]:
    """List the values of a cell."""
    return (
        [] if blank(cell) else [part for part in cell.replace(",", ";").split(";") if part.strip()]
    )


def quarter_hours(cell: str, zone: str) -> int:
    """Set a bit for each quarter-hour of the programme in which the person is free."""
    week, first, last = read_windows(cell), *map(date.fromisoformat, DATES)
    weeks = -(-((last - first).days + 1) // 7)
    start, bits, clock = datetime(first.year, first.month, first.day, tzinfo=UTC), 0, ZoneInfo(zone)
    for k in range(weeks * 7 * 96):
        wall = (start + timedelta(minutes=15 * k)).astimezone(clock)
        if week[wall.weekday() * 96 + wall.hour * 4 + wall.minute // 15]:
            bits |= 1 << k
    return bits


def score_of(mentee: Person, mentor: Person, weeks: int) -> float:
    """Score one pair from the definitions; NaN where a rule forbids it."""
    values = dict.fromkeys(WEIGHTS, 0.5)
    if mentee.skills and mentor.skills:
        values["skills"] = len(mentee.skills & mentor.skills) / len(mentee.skills)
    if mentee.tags and mentor.tags:
        values["tags"] = len(mentee.tags & mentor.tags) / len(mentee.tags | mentor.tags)
    if mentee.text is not None and mentor.text is not None:
        lengths = math.sqrt(mentee.text @ mentee.text) * math.sqrt(mentor.text @ mentor.text)
        values["text"] = 0.5 + 0.5 * float(mentee.text @ mentor.text) / lengths
    if mentee.level is not None and mentor.level is not None:
        gap = mentor.level - mentee.level
        values["level"] = max(0.0, min(1.0, gap, (5 - gap) / 3))
    if mentee.free is not None and mentor.free is not None:
        hours = (mentee.free & mentor.free).bit_count() / 4 / weeks
        if hours < 1 - 1e-9:
            return math.nan
        values["free"] = min(1.0, hours / 2)
    if mentee.field is not None and mentor.field is not None:
        values["field"] = float(mentee.field == mentor.field)
    if mentee.team is not None and mentee.team == mentor.team:
        return math.nan
    total = sum(WEIGHTS.values())
    return sum(weight / total * values[name] for name, weight in WEIGHTS.items())


def naive(people: int) -> float:
    """Seconds a pair takes one at a time; every score is compared with ours."""
    cohort = mm.datasets.it_program(people, people, seed=5)
    mentees = [Person(row, "wants_to_learn", "goals") for _, row in cohort.mentees.iterrows()]
    mentors = [Person(row, "can_teach", "bio") for _, row in cohort.mentors.iterrows()]
    first, last = map(date.fromisoformat, DATES)
    weeks = -(-((last - first).days + 1) // 7)
    start = time.perf_counter()
    scores = [[score_of(mentee, mentor, weeks) for mentor in mentors] for mentee in mentees]
    seconds = time.perf_counter() - start
    ours = seven().score(cohort).dense()
    assert np.array_equal(np.isnan(ours), np.isnan(scores))
    np.testing.assert_allclose(ours, scores, atol=1e-12)
    return seconds / people**2


# ------------------------------------------------------------------ report


def main() -> None:
    """Run the sizes and print ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--smoke", action="store_true", help="small sizes, for CI")
    parser.add_argument("--sizes", type=int, default=3, help="how many of the three sizes")
    parser.add_argument("--goal", type=float, help="fail above this ratio to the floor")
    options = parser.parse_args()
    sizes = SMOKE if options.smoke else SIZES[: options.sizes]
    per_pair = naive(30 if options.smoke else 300)
    context = multiprocessing.get_context("spawn")
    results = []
    print(
        f"{'mentees':>9}{'mentors':>9}{'embed s':>8}{'fit s':>8}{'pass s':>9}{'floor s':>9}"
        f"{'ratio':>7}{'with fit':>9}{'ns/pair':>9}{'error':>9}{'GiB':>6}{'naive':>10}"
    )
    for size in sizes:
        with context.Pool(1) as pool:
            found = pool.apply(run, (size, 1 if options.smoke else ROUNDS))
        pairs = found["n"] * found["m"]
        ratio, whole = (
            found["pass"] / found["floor"],
            (found["fitting"] + found["pass"]) / found["floor"],
        )
        results.append((pairs, found["pass"], ratio))
        columns = (
            f"{found['n']:9,.0f}{found['m']:9,.0f}{found['embedding']:8.2f}",
            f"{found['fitting']:8.2f}{found['pass']:9.2f}",
            f"{found['floor']:9.2f}{ratio:7.2f}{whole:9.2f}{1e9 * found['pass'] / pairs:9.2f}",
            f"{found['error']:9.1e}{found['memory']:6.2f}",
            f"{per_pair * pairs / found['pass']:9,.0f}×",
        )
        print("".join(columns), flush=True)
        assert found["memory"] < MEMORY, f"peak memory {found['memory']:.2f} GiB"
        if options.goal is not None:
            assert ratio <= options.goal, f"ratio {ratio:.2f} to the floor"
    for (small, before, _), (large, after, _) in itertools.pairwise(results):
        print(
            "growth with the number of pairs: exponent "
            f"{math.log(after / before) / math.log(large / small):.2f}"
        )
    print(f"one pair at a time: {1e6 * per_pair:.1f} µs a pair; all its scores equal ours")


if __name__ == "__main__":
    main()
