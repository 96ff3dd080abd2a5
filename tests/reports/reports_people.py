"""Small programmes for the tests of reports: synthetic people, hostile names, canaries."""

from __future__ import annotations

import numpy as np
import pandas as pd

import mentormatch as mm

# What each would do if anything in the page took it for markup, script, a formula or a command of a
# terminal.
INJECTIONS = [
    "</script><script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "\"'><svg onload=window.hit=1>",
    "{{ 7 * 7 }}",
    "${7*7}",
    "<!--<script>",
    "]]><b>bold</b>",
    "javascript:window.hit=1",
    "&lt;b&gt;&#x27;",
    "=HYPERLINK('http://example.org')",
    "\x1b]0;owned\x07\x1b[31mred",
    "\u202edrawkcab\u2028next",
]
LEVELS = ["junior", "mid", "senior"]
CANARY = "canary-{}-{}"


def cohort_of(n_mentees: int = 12, n_mentors: int = 6, names: list[str] | None = None) -> mm.Cohort:
    """People whose every cell beside id and name is a word that is nowhere else."""
    rng = np.random.default_rng(5)
    given = names or [f"Sample Ada-{k}" for k in range(n_mentees)]
    mentees = pd.DataFrame(
        {
            "id": [f"mentee-{k:04d}" for k in range(n_mentees)],
            "name": [given[k % len(given)] for k in range(n_mentees)],
            "email": [CANARY.format("email", k) + "@example.org" for k in range(n_mentees)],
            "wants": [CANARY.format("skill", rng.integers(0, 6)) for _ in range(n_mentees)],
            "level": [LEVELS[k % 2] for k in range(n_mentees)],
            "team": [CANARY.format("team", k % 3) for k in range(n_mentees)],
            "gender": [("woman", "man")[k % 2] for k in range(n_mentees)],
        }
    )
    mentors = pd.DataFrame(
        {
            "id": [f"mentor-{k:04d}" for k in range(n_mentors)],
            "name": [f"Sample Linus-{k}" for k in range(n_mentors)],
            "offers": [
                "; ".join(CANARY.format("skill", s) for s in rng.integers(0, 6, 3))
                for _ in range(n_mentors)
            ],
            "level": ["senior"] * n_mentors,
            "team": [CANARY.format("team", k % 3) for k in range(n_mentors)],
            "seats": [2] * (n_mentors - 1) + [1],
        }
    )
    return mm.Cohort(mentees, mentors)


def matching_of(cohort: mm.Cohort | None = None, **problem: object) -> mm.Matching:
    """The best matching of a small programme with two criteria and a rule."""
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants", offers="offers", weight=2),
        mm.criteria.LevelGap("level", ladder=LEVELS, weight=1),
        mm.criteria.Different("team"),
    )
    compatibility = criteria.score(cohort or cohort_of())
    return mm.match(mm.Problem(compatibility, capacity="seats", **problem))


def large_matching(n: int, m: int) -> mm.Matching:
    """n pairs with m mentors, made directly: what is tested is the page."""
    rng = np.random.default_rng(3)
    ids = [f"mentee-{k:06d}" for k in range(n)], [f"mentor-{k:06d}" for k in range(m)]
    scores = pd.DataFrame(rng.random((n, m)), *ids) if n * m < 3_000_000 else None
    if scores is None:
        few = 20
        scores = pd.DataFrame(rng.random((n, few)), ids[0], [f"mentor-{k:06d}" for k in range(few)])
        m = few
    problem = mm.Problem.from_scores(scores, capacity=-(-n // m))
    return mm.Matching(problem, np.arange(n), np.arange(n) % m, strategy="given")
