"""What it costs to make a pair, against a fresh match with the pair pinned: many kinds, by seed.

Guards what the few examples of hypothesis in the usual profile never reached: pairs for which
somebody is left out, and pairs for which nobody can make room.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mentormatch as mm


def problem_of(seed, several):
    """Scarce seats, ties, priorities, minimums and pins; one mentor each or several."""
    rng = np.random.default_rng(seed)
    n, m = 7, 4
    scores = np.where(rng.random((n, m)) < 0.4, np.nan, rng.integers(-1, 6, (n, m)) / 4)
    numbers = {
        "capacity": rng.integers(0, 3, m),
        "priority": rng.integers(0, 3, n) if seed % 3 else None,
        "coverage_first": bool(seed % 5),
        "demand": rng.integers(0, 3, n) if several else 1,
    }
    problem = mm.Problem.from_scores(scores, **numbers)
    loads = mm.match(problem).loads.to_numpy()
    least = np.minimum(loads, rng.integers(0, 3, m))
    pins = mm.match(problem).pairs[["mentee", "mentor"]].to_numpy()[: seed % 3].tolist()
    return replace(problem, minimum=least, pins=[(int(i), int(j)) for i, j in pins])


def served(matching):
    """Mentees with a mentor by class, then places filled; nothing where only the total counts."""
    problem = matching.problem
    if not problem.coverage_first:
        return ((), 0)
    classes = problem.priority_classes[matching.places > 0]
    covered = np.bincount(classes, minlength=problem.n_classes).tolist()
    return tuple(covered), len(matching.mentees)


@pytest.mark.parametrize("several", [False, True])
def test_a_pair_costs_what_a_match_with_it_pinned_loses(several):
    kinds = set()
    for seed in range(24 if several else 8):
        problem = problem_of(seed, several)
        matching = mm.match(problem)
        explained = mm.explain(matching)
        made = set(zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True))
        for i, j in np.argwhere(~np.isnan(problem.compatibility.dense())).tolist():
            if (i, j) in made:
                continue
            answer = explained.why_not(i, j)
            try:
                again = mm.match(replace(problem, pins=[*problem.pin_rules, (i, j)]))
            except mm.InfeasibleError:
                assert answer.kind == "impossible"
                kinds.add("impossible")
                assert f"{i} and {j} cannot be matched: " in answer.text()
                continue
            now, then = served(matching), served(again)
            kinds.add(answer.kind)
            assert answer.cost == pytest.approx(matching.total - again.total, abs=1e-7)
            assert (answer.kind == "loses_coverage") == (now != then)
            lost = sum(now[0]) - sum(then[0])
            said = answer.text()
            if answer.kind == "loses_coverage":
                if answer.swaps:
                    kinds.add("swaps")
                    assert "a mentee of higher priority made room for one of lower" in said
                elif answer.loses_coverage:
                    assert answer.loses_coverage == lost
                    assert f"{lost} mentee{'s' * (lost > 1)} fewer had a mentor" in said
                else:
                    kinds.add("places")
                    assert answer.loses_places == now[1] - then[1] == 1
                    assert "had one mentor fewer and nobody took the place" in said
            assert all(map(answer.text, ("mentee", "mentor")))
    assert kinds >= {"impossible", "equally_good", "costs", "loses_coverage", "swaps"}
    assert ("places" in kinds) == several
