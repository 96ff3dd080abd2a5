"""The registry of strategies by name, and `match`."""

from __future__ import annotations

import time
from dataclasses import replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort import hint_nearest
from mentormatch.compatibility.ids import format_count
from mentormatch.compatibility.views import view_of
from mentormatch.errors import (
    InfeasibleError,
    MentorMatchError,
    ProblemError,
    SolverError,
    check_seed,
    is_number,
)
from mentormatch.handed_out import lock
from mentormatch.logger import LOGGER
from mentormatch.matching import Certificate, Matching
from mentormatch.passes import check_executor, passes_on
from mentormatch.problem import Problem, check_problem
from mentormatch.proofs.program_stages import BoundedStage
from mentormatch.proofs.promises import declare_promises
from mentormatch.strategies.canonical import in_canonical_order
from mentormatch.strategies.protocol import Choice, Options, Strategy, StrategyName

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor

    from mentormatch.matching.status import Stopped
    from mentormatch.progress import Progress
    from mentormatch.proofs.promises import Promise
    from mentormatch.solvers import Deadline

__all__ = [
    "OVERRUN",
    "Choice",
    "Options",
    "Strategy",
    "StrategyName",
    "engine_names",
    "explain_infeasible_with",
    "is_strategy_name",
    "match",
    "register",
    "say_overrun",
    "strategy_named",
    "strategy_names",
]


OVERRUN = "more than the time limit of"
ENTRY_POINTS = "mentormatch.strategies"
_REGISTRY: dict[str, Callable[[], Strategy]] = {}


_EXPLAIN: list[Callable[[Problem, InfeasibleError, Deadline], Exception]] = []


def explain_infeasible_with(
    explain: Callable[[Problem, InfeasibleError, Deadline], Exception],
) -> None:
    """Set what turns an engine's "infeasible" into the names of those in conflict."""
    _EXPLAIN[:] = [explain]


def register(name: str, make: Callable[[], Strategy]) -> None:
    """Let `match` find a strategy by name, with its default parameters."""
    _REGISTRY[name] = make
    promises: tuple[Promise, ...] | None = getattr(make, "promises", None)
    if promises is not None:
        declare_promises(name, promises)


def strategy_names() -> tuple[str, ...]:
    """The names `match` knows, sorted."""
    return tuple(sorted({*_REGISTRY, *(one.name for one in entry_points(group=ENTRY_POINTS))}))


def is_strategy_name(name: str) -> bool:
    """Whether `match` knows a name; installed packages are asked only where it is none of ours."""
    return name in _REGISTRY or name in strategy_names()


def _names_that(keep: str) -> str:
    """The names of strategies that say so of themselves, for a sentence."""
    return ", ".join(sorted(one for one, make in _REGISTRY.items() if getattr(make, keep, False)))


def engine_names() -> tuple[str, ...]:
    """The names that ``engine=`` may take with some strategy, sorted."""
    found = {name for make in _REGISTRY.values() for name in getattr(make, "engines", ())}
    return tuple(sorted(found))


def strategy_named(strategy: str | Strategy) -> Strategy:
    """The strategy object for a name; an object is returned as it is.

    Raises
    ------
    MentorMatchError
        No such name; says the nearest one.
    """
    if not isinstance(strategy, str):
        if isinstance(strategy, type) or not hasattr(strategy, "choose"):
            raise MentorMatchError(
                "strategy must be a name or an object such as mm.strategies.Optimal(), got "
                f"{strategy!r}."
            )
        return strategy
    if strategy not in _REGISTRY:
        _load_entry_point(strategy)
    if strategy not in _REGISTRY:
        hint = hint_nearest(strategy, strategy_names())
        raise MentorMatchError(
            f"There is no strategy {strategy!r}.{hint} Known: {', '.join(strategy_names())}."
        )
    return _REGISTRY[strategy]()


def _load_entry_point(name: str) -> None:
    """Register a strategy that an installed package offers by this name, if one does."""
    for one in entry_points(group=ENTRY_POINTS):
        if one.name != name:
            continue
        package = "another package" if one.dist is None else one.dist.name
        try:
            make = one.load()
        except (ImportError, AttributeError) as error:
            raise MentorMatchError(
                f"The strategy {name!r} of {package} cannot be loaded: {error}. Update or remove "
                "that package."
            ) from error
        if not callable(make) or not hasattr(made := make(), "choose"):
            raise MentorMatchError(
                f"The strategy {name!r} of {package} is no strategy: calling it must give an "
                "object with the method choose(problem, options)."
            )
        register(name, make if isinstance(make, type) else lambda: made)
        return


def match(
    problem: Problem,
    strategy: StrategyName | str | Strategy = "optimal",
    *,
    seed: int = 0,
    engine: str | None = None,
    gap: float = 0.0,
    time_limit: float | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> Matching:
    """Choose a matching.

    People are put into the order of a keyed hash of their ids before anything is read, so the order
    of rows does not change the pairs.

    Parameters
    ----------
    problem
        Who may meet whom, and how many.
    strategy
        A name (see `mm.strategies.strategy_names`) or an object such as
        ``mm.strategies.Optimal()``.
    seed
        Of the canonical order and of every draw; recorded in the result.
    engine
        Name of a solver, or None for the one that fits the problem.
    gap
        Relative gap at which an exact search may stop; 0 = exact.
    time_limit
        Seconds after which the best matching so far is returned, with its true gap.
    progress
        Called with a `ProgressEvent` now and then while a long search goes on; None = silent.
        What it raises ends the search, and the blocks that wait in an executor are cancelled.
    executor
        Any `concurrent.futures.Executor` (threads, processes, ``client.get_executor()`` of Dask)
        for passes over all pairs; None = the threads of this process. The pairs and the certificate
        are the same to the last bit on machines of one kind. Where no pass is long enough, or an
        engine reads all pairs at once, it has nothing to do, which a note says.

    Returns
    -------
    Matching
        Checked against ``problem``, with a certificate where the strategy has one.

    Raises
    ------
    InfeasibleError
        Pins, minimums, quotas and the other conditions cannot all hold; names those in conflict.
    ProblemError
        A strategy that cannot keep the problem's quotas and other side rules.
    SolverError
        An engine that was named and cannot use the executor.
    MentorMatchError
        An unknown strategy or option; or a criterion that scores a pair in two ways, so that the
        pairs found and their bound contradict each other.

    See Also
    --------
    mentormatch.plan_meetings
        With ``rematch=True``, the best matching whose meetings can all take place; with
        ``together_hour=True`` as well, the best in which each mentor's whole group has an hour in
        common.

    Examples
    --------
    >>> import mentormatch as mm
    >>> matching = mm.match(mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]]))
    >>> round(matching.total, 3), matching.certificate.proven
    (1.5, True)
    """
    check_problem(problem, "match")
    chosen = strategy_named(strategy)
    check_seed(seed)
    if not (is_number(gap) and gap >= 0):
        raise MentorMatchError(f"gap must be 0 (exact) or a positive number, got {gap!r}.")
    if time_limit is not None and not (is_number(time_limit) and time_limit > 0):
        raise MentorMatchError(
            f"time_limit must be a positive number of seconds, got {time_limit!r}."
        )
    if progress is not None and not callable(progress):
        raise MentorMatchError(
            f"progress must be a function that takes a ProgressEvent, such as print; got "
            f"{progress!r}."
        )
    _check_engine(chosen, engine)
    check_executor(executor)
    able: tuple[str, ...] = getattr(chosen, "executor_engines", ())
    if executor is not None and engine is not None and engine not in able:
        cure = f"Use engine={' or '.join(map(repr, able))}, or leave" if able else "Leave"
        raise SolverError(
            f"engine={engine!r} reads all pairs at once in this process and cannot use an "
            f"executor. {cure} one of the two out."
        )
    started = time.perf_counter()
    # Numbers of NumPy cannot be written into a record.
    seed, gap = int(seed), float(gap)
    time_limit = None if time_limit is None else float(time_limit)
    options = Options(seed, engine, gap, time_limit, progress)
    keeps = ("keeps_side_rules", "keeps_nested_quotas")
    if problem.sides and not any(getattr(chosen, one, False) for one in keeps):
        raise ProblemError(
            f"The strategy {chosen.name!r} cannot keep quotas, mentees apart or together, or "
            f"weighted seats ({problem.sides}). Leave them out, or use a strategy that does: "
            f"{_names_that(keeps[0])}; or, with quotas of nested or disjoint groups only, "
            f"{_names_that(keeps[1])}."
        )
    order_i, order_j, ordered = in_canonical_order(problem, seed)
    certificate = None
    with passes_on(executor, progress) as crew:
        try:
            choice = chosen.choose(ordered, options)
        except InfeasibleError as error:
            raise _in_words(problem, ordered, error, options.explaining()) from None
        inner = Matching(ordered, choice.mentees, choice.mentors, strategy=chosen.name)
        if choice.certify is not None:
            certificate = choice.certify(inner)
    if certificate is not None:
        _check_agreement(certificate)
        if ordered is not problem:
            back = np.empty(len(order_j))
            back[order_j] = certificate.prices.to_numpy()
            certificate = replace(certificate, prices=problem.compatibility.price_series(back))
        if certificate.strategy != chosen.name:
            certificate = replace(certificate, strategy=chosen.name)
    probabilities = choice.probabilities
    if probabilities is not None:
        back_i, back_j = np.argsort(order_i), np.argsort(order_j)
        probabilities = probabilities[back_i][:, back_j]
        # What is locked cannot be brought into order later.
        probabilities.sum_duplicates()
        lock(probabilities.data, probabilities.indices, probabilities.indptr)
    runtime = time.perf_counter() - started
    LOGGER.info(
        "%s: %s in %.3g s; %s",
        chosen.name,
        format_count(len(choice.mentees), "pair"),
        runtime,
        certificate,
    )
    # The pairs were checked in one order, and stand by id in both.
    return view_of(
        inner,
        problem=problem,
        mentees=lock(order_i[inner.mentees])[0],
        mentors=lock(order_j[inner.mentors])[0],
        engine=choice.engine,
        seed=seed,
        runtime=runtime,
        certificate=certificate,
        probabilities=probabilities,
        notes=(
            *problem.compatibility.notes,
            *problem.notes,
            *choice.notes,
            *(() if crew is None else crew.notes()),
            *say_overrun(options.time_limit, runtime),
        ),
        stopped=_what_stopped(certificate, options),
    )


def _in_words(
    problem: Problem, ordered: Problem, error: InfeasibleError, deadline: Deadline
) -> Exception:
    """Explain what an engine found infeasible; a strategy's own sentence is left as it is."""
    by_engine = str(error)[:1].islower()
    said = next((explain(ordered, error, deadline) for explain in _EXPLAIN if by_engine), error)
    if isinstance(said, InfeasibleError):
        said.problem = problem
    return said


def _check_engine(strategy: Strategy, engine: str | None) -> None:
    """Refuse an engine that a strategy does not know, or could not use."""
    if engine is None:
        return
    known: tuple[str, ...] = getattr(strategy, "engines", engine_names())
    if engine in known:
        return
    if not known:
        raise SolverError(
            f"The strategy {strategy.name!r} has no choice of engines, so engine={engine!r} would "
            "change nothing. Leave engine out."
        )
    hint = hint_nearest(engine, known)
    raise SolverError(
        f"There is no engine {engine!r} of the strategy {strategy.name!r}.{hint} Known: "
        f"{', '.join(known)}."
    )


def say_overrun(limit: float | None, runtime: float) -> tuple[str, ...]:
    """Say when the time limit was not kept."""
    if limit is None or runtime <= 1.2 * limit + 0.5:
        return ()
    return (
        f"it took {runtime:.3g} s, {OVERRUN} {limit:g} s: a step that had begun could not be "
        "stopped",
    )


def _check_agreement(certificate: Certificate) -> None:
    """Refuse pairs whose total is above what no matching can exceed: one of the two is wrong."""
    if certificate.gap < -certificate.tolerance:
        raise MentorMatchError(
            f"The pairs that were found have a total of {certificate.objective:.6g}, and no "
            f"matching can have more than {certificate.bound:.6g}. So a pair has one score alone "
            "and another one among all pairs, and neither can be trusted. Check criteria of your "
            "own with mm.testing.check_criterion; without any it is a fault of mentormatch: "
            "please report it."
        )


def _what_stopped(certificate: Certificate | None, options: Options) -> Stopped | None:
    """Name what ended a search without a proof: the gap that was enough, or the clock."""
    if certificate is None or certificate.proven:
        return None
    stage = certificate.open_stage
    objective, gap = certificate.objective, certificate.gap
    if isinstance(stage, BoundedStage):
        objective, gap = stage.objective, stage.bound - stage.objective
    if 0 < gap <= options.gap * abs(objective):
        return "gap"
    # Searches that would not end in time are not begun, so that it may have taken less.
    return None if options.time_limit is None else "time limit"
