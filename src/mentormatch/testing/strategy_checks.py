"""What must hold of every strategy, on small problems of many kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits import audit
from mentormatch.certificates import verify
from mentormatch.errors import MentorMatchError
from mentormatch.problem import Problem
from mentormatch.strategies import match, strategy_named
from mentormatch.testing.criterion_checks import require

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mentormatch.matching import Matching
    from mentormatch.strategies.base import Strategy

__all__ = ["check_strategy"]


def check_strategy(
    strategy: str | Strategy, problems: Iterable[Problem] | None = None
) -> tuple[str, ...]:
    """Check that a strategy keeps what its results are relied on for.

    On each problem: pairs are eligible and keep every number and pin; the same input gives the same
    pairs; the order of rows does not change them; the problem is not changed; a certificate holds
    when it is verified without the strategy. A problem may be refused, in a sentence.

    Parameters
    ----------
    strategy
        A name, or an object with ``name`` and ``choose(problem, options)``.
    problems
        On which to try it; None: some twenty small ones, with ties, pins, minimums, several mentors
        each, nobody eligible, no seats, and one person.

    Returns
    -------
    tuple of str
        What was tried, and whether it was solved or refused.

    Raises
    ------
    AssertionError
        What does not hold, and on which problem.

    Examples
    --------
    >>> import mentormatch as mm
    >>> mm.testing.check_strategy("optimal")[0]
    'one person: solved'
    """
    chosen = strategy_named(strategy)
    name = getattr(chosen, "name", None)
    require(isinstance(name, str) and bool(name), "a strategy needs a name, a text.")
    named = (
        _problems() if problems is None else {f"problem {k}": one for k, one in enumerate(problems)}
    )
    told = []
    solved = 0
    for what, problem in named.items():
        numbers = _snapshot(problem)
        matching = _try(chosen, problem, what)
        if matching is None:
            told.append(f"{what}: refused")
            continue
        solved += 1
        _check(chosen, problem, matching, what)
        require(numbers == _snapshot(problem), f"{what}: the problem was changed.")
        told.append(f"{what}: solved")
    require(solved > 0, f"{name} refuses every problem.")
    return tuple(told)


def _try(strategy: Strategy, problem: Problem, what: str) -> Matching | None:
    """The matching of a problem, or None where it is refused in words."""
    try:
        return match(problem, strategy)
    except MentorMatchError as error:
        require(len(str(error).split()) >= 4, f"{what}: refused without a sentence: {error}")
        return None


def _check(strategy: Strategy, problem: Problem, matching: Matching, what: str) -> None:
    """Everything that holds of one result."""
    feasibility = audit(matching).feasibility
    require(feasibility.ok, f"{what}: the matching breaks the problem: {feasibility}")
    pairs = _pairs(matching)
    pinned = {(problem.mentee_ids[i], problem.mentor_ids[j]) for i, j in problem.pinned.tolist()}
    require(pinned <= pairs, f"{what}: pinned pairs are not made: {sorted(pinned - pairs)}")
    require(_pairs(match(problem, strategy)) == pairs, f"{what}: the same input gave other pairs.")
    n, m = problem.shape
    if problem.compatibility.labelled:
        turned = problem.take(np.arange(n)[::-1], np.arange(m)[::-1])
        require(
            _pairs(match(turned, strategy)) == pairs,
            f"{what}: the order of rows changed the pairs.",
        )
    certificate = matching.certificate
    if certificate is None:
        return
    require(
        certificate.bound >= certificate.objective - certificate.tolerance,
        f"{what}: the bound {certificate.bound:g} is below the objective "
        f"{certificate.objective:g}.",
    )
    verified = verify(matching)
    require(verified.ok, f"{what}: the certificate does not hold: {verified}")


def _pairs(matching: Matching) -> set[tuple[object, object]]:
    return set(matching.pairs[["mentee", "mentor"]].itertuples(index=False, name=None))


def _snapshot(problem: Problem) -> tuple[bytes, ...]:
    """What a strategy must not change, as bytes."""
    whole = problem.block(slice(0, problem.shape[0]))
    arrays = (problem.capacities, problem.minimums, problem.demands, problem.pinned, whole.scores)
    return tuple(np.ascontiguousarray(one).tobytes() for one in arrays)


def _problems() -> dict[str, Problem]:
    """Small problems by what is special about them; people have names."""
    rng = np.random.default_rng(7)

    def scores(n: int, m: int, steps: int = 0) -> pd.DataFrame:
        values = rng.random((n, m))
        if steps:
            values = np.round(values * steps) / steps
        return pd.DataFrame(values, [f"a{k}" for k in range(n)], [f"b{k}" for k in range(m)])

    return {
        "one person": Problem.from_scores(scores(1, 1)),
        "square": Problem.from_scores(scores(4, 4)),
        "ties": Problem.from_scores(scores(5, 4, 2), 2),
        "too few seats": Problem.from_scores(scores(6, 2), 2),
        "too many seats": Problem.from_scores(scores(3, 5), 2),
        "masks": Problem.from_scores(scores(6, 5).mask(rng.random((6, 5)) < 0.4), 2),
        "nobody is eligible": Problem.from_scores(scores(2, 2).mask(np.ones((2, 2), dtype=bool))),
        "no seats": Problem.from_scores(scores(3, 2), 0),
        "different seats": Problem.from_scores(scores(6, 3), [0, 1, 3]),
        "pins": Problem.from_scores(scores(4, 3), 2, pins=[("a0", "b2"), ("a3", "b0")]),
        "bans": Problem.from_scores(scores(3, 3), bans=[("a0", "b0"), ("a1", "b1")]),
        "minimums": Problem.from_scores(scores(5, 3), 3, minimum=1),
        "several mentors each": Problem.from_scores(scores(4, 4), 3, demand=2),
        "several mentors each, and pins": Problem.from_scores(
            scores(4, 4), 2, demand=[2, 1, 2, 1], pins=[("a0", "b1")]
        ),
        "priorities": Problem.from_scores(scores(5, 2), priority=[0, 1, 0, 2, 1]),
        "only the total": Problem.from_scores(scores(4, 4) - 0.5, coverage_first=False),
        "lowest score": Problem.from_scores(scores(5, 4), min_score=0.4),
        "two sides": Problem.from_scores(scores(4, 4), mentor_scores=scores(4, 4)),
        "all alike": Problem.from_scores(scores(4, 3) * 0 + 1, 2),
        "all zero": Problem.from_scores(scores(3, 3) * 0),
        "large scores": Problem.from_scores(scores(4, 4) * 1e6),
    }
