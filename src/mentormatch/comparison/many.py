"""Many problems, one after the other or by the workers of an executor."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError
from mentormatch.strategies import match

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.strategies import Strategy

__all__ = ["match_many"]


def match_many(
    problems: Iterable[Problem],
    strategy: str | Strategy = "optimal",
    *,
    seed: int = 0,
    engine: str | None = None,
    gap: float = 0.0,
    time_limit: float | None = None,
    executor: Executor | None = None,
) -> list[Matching]:
    """Match many problems, such as bootstrap draws or scenarios.

    Parameters
    ----------
    problems
        They need not be alike.
    strategy, seed, engine, gap, time_limit
        As in `mentormatch.match`, for each of them.
    executor
        Any `concurrent.futures.Executor`; None: here, one after the other.

    Returns
    -------
    list of Matching, in the order of the problems.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problems = [mm.Problem.from_scores([[0.9, 0.8], [0.7, x]]) for x in (0.1, 0.9)]
    >>> [round(one.total, 1) for one in mm.match_many(problems)]
    [1.5, 1.8]
    """
    if not isinstance(problems, Iterable):
        raise MentorMatchError(
            f"match_many needs a list of problems, got {type(problems).__name__}. For one problem "
            "use mm.match(problem)."
        )
    run = partial(
        match, strategy=strategy, seed=seed, engine=engine, gap=gap, time_limit=time_limit
    )
    return list(map(run, problems) if executor is None else executor.map(run, problems))
