"""Meeting plans by size: how long a plan takes, and that everybody can really keep it.

    python benchmarks/bench_planning.py                # 5,000 pairs in under two minutes
    python benchmarks/bench_planning.py 800            # another number of mentees
    python benchmarks/bench_planning.py --smoke        # seconds

The people are synthetic, matched by common hours and skills. Before a time is printed, every
meeting is checked against both people's windows by their wall clocks, and nobody is in two at once.
"""

from __future__ import annotations

import argparse
import time
from datetime import timedelta

import numpy as np

import mentormatch as mm
from mentormatch.criteria.availability.windows import read_windows

DATES = ("2027-02-01", "2027-05-23")
LIMIT_SECONDS = 120.0


def matched(mentees: int) -> mm.Matching:
    """A programme of three mentees to a mentor, all of whom share an hour with theirs."""
    cohort = mm.datasets.it_program(mentees, mentees // 2, seed=1)
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage("wants_to_learn", "can_teach", weight=4),
        mm.criteria.Availability(
            "availability", timezone="tz", dates=DATES, minimum_hours=1, weight=1
        ),
    )
    return mm.match(mm.Problem(criteria.score(cohort), capacity=3))


def check(plan: mm.MeetingPlan) -> None:
    """Every meeting lies in both people's windows, and nobody has two at once."""
    cohort = plan.matching.problem.compatibility.cohort
    meetings = plan.meetings
    for side, table in (("mentee", cohort.mentees), ("mentor", cohort.mentors)):
        weeks = {
            person: read_windows(str(text))
            for person, text in table["availability"].items()
            if isinstance(text, str)
        }
        local = meetings[f"{side}_local"]
        for quarter in range(4):
            shown = (meetings["start_utc"] + timedelta(minutes=15 * quarter)).to_list()
            slots = [
                moment.tz_convert(zone)
                for moment, zone in zip(shown, meetings[f"{side}_zone"], strict=True)
            ]
            assert all(
                weeks[person][one.weekday() * 96 + one.hour * 4 + one.minute // 15]
                for person, one in zip(meetings[side], slots, strict=True)
            ), "a meeting outside somebody's windows"
        assert len(local) == len(meetings)
        for _, times in meetings.groupby(side)["start_utc"]:
            apart = np.diff(np.sort(times.dt.tz_localize(None).to_numpy()))
            assert (apart >= np.timedelta64(1, "h")).all(), "somebody in two meetings at once"


def main() -> None:
    """Plan, check, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("mentees", nargs="?", type=int, default=5300)
    parser.add_argument("--smoke", action="store_true", help="a small programme only")
    given = parser.parse_args()
    matching = matched(120 if given.smoke else given.mentees)
    pairs = len(matching.mentees)
    for every in ("1 week", "2 weeks"):
        started = time.perf_counter()
        plan = mm.plan_meetings(matching, meetings=8, every=every, length="1 h", between=DATES)
        planning = time.perf_counter() - started
        started = time.perf_counter()
        reasons = len(plan.unplanned)
        explaining = time.perf_counter() - started
        check(plan)
        assert plan.status is mm.Status.OPTIMAL
        assert reasons == plan.asked - plan.planned
        limit = LIMIT_SECONDS * max(pairs, 100) / 5000
        assert planning <= limit, f"{planning:.1f} s for {pairs:,} pairs, more than {limit:.1f} s"
        hopeless = plan.unplanned.groupby("mentor").size()
        print(
            f"{pairs:,} pairs, every {every}: planned in {planning:.1f} s (limit {limit:.1f}), "
            f"{plan.planned:,} of {plan.asked:,} meetings, proven; reasons for {reasons:,} in "
            f"{explaining:.1f} s; {len(hopeless):,} mentors cannot meet everybody"
        )


if __name__ == "__main__":
    main()
