"""One way up: stages settled one after another by the cheapest chain that fits them all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mentormatch.certificates import NotReadInTimeError
from mentormatch.errors import MentorMatchError
from mentormatch.strategies.flows.places import check_places, start_places
from mentormatch.strategies.flows.settling import start_flows, why_no_flow
from mentormatch.strategies.programs.chain import check_stages, start_programs
from mentormatch.strategies.staged.stages import (
    EvenestLoads,
    KeptTotal,
    MostServed,
    PlacesInLists,
    Stage,
)
from mentormatch.strategies.total.optimal import Optimal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Choice, Options

__all__ = ["climb", "settle_nothing"]

NOTHING_SETTLED = (
    "the time limit ended the search before all scores could be compared; of what the strategy "
    "makes best nothing is settled, and these pairs were chosen for their total"
)


class Chain(Protocol):
    """What the stages so far left, and how the next one is settled."""

    finished: bool

    def settle(self, stage: Stage) -> None:
        """Make one thing best among the matchings that are left, and keep it."""

    def finish(self) -> Choice:
        """Find the best total that is left, with the proofs of all stages."""


def climb(
    stages: Iterable[Stage],
    problem: Problem,
    options: Options,
    *,
    promise: Promise,
    keep_total: float | None = None,
) -> Choice:
    """Make one stage after another best, then the total.

    At one mentor each and without side rules stages are flows, exact and proven by prices; so are
    places in lists under rules of nested or disjoint groups. Else they are integer programs, with
    that solver's bound. Whatever the time limit, each stage begins and keeps the best it found, and
    none follows one that was cut; where it does not do to read all scores, none begins and the best
    total is the answer.

    Parameters
    ----------
    stages
        What is made best, in this order; the best total always comes last.
    problem, options
        As a strategy is given them.
    promise
        What the stages are the proof of.
    keep_total
        Share of the best total that comes before all of them; None: none.

    Raises
    ------
    MentorMatchError
        Stages in an order in which they say nothing.
    """
    kept = () if keep_total is None else (KeptTotal(keep_total),)
    asked = (*kept, *stages)
    _check_order(asked, problem)
    try:
        chain, why = _start(problem, options, promise, asked)
    except NotReadInTimeError:
        return settle_nothing(problem, options, promise)
    for stage in asked:
        if not chain.finished:
            break
        chain.settle(stage)
    choice = chain.finish()
    return choice if why is None else replace(choice, engine=f"{choice.engine} ({why})")


def settle_nothing(problem: Problem, options: Options, promise: Promise) -> Choice:
    """The best total, which does not need all scores, as an answer that settles no stage."""
    choice = Optimal().choose(problem, options)
    prove = choice.certify
    assert prove is not None, choice

    def proof(matching: Matching) -> Certificate:
        return replace(prove(matching), promise=promise, proven=False)

    return replace(choice, certify=proof, notes=(NOTHING_SETTLED,))


def _check_order(stages: Sequence[Stage], problem: Problem) -> None:
    """Refuse stages that would be best where nobody has anybody, or that come too late."""
    others = [stage for stage in stages if not isinstance(stage, KeptTotal)]
    served = [k for k, stage in enumerate(others) if isinstance(stage, MostServed)]
    if served not in ([], [0]):
        raise MentorMatchError("MostServed() comes first, and once: what follows keeps it.")
    ranked = [stage for stage in stages if isinstance(stage, PlacesInLists)]
    if len(ranked) > 1:
        raise MentorMatchError("PlacesInLists leaves no other profile: give it once.")
    if ranked and ranked[0].what != "most" and not served:
        raise MentorMatchError(
            f"PlacesInLists({ranked[0].what!r}) comes after MostServed(): without it having nobody "
            "is best."
        )
    if isinstance(stages[0] if stages else None, EvenestLoads) and not problem.coverage_first:
        raise MentorMatchError(
            "Where only the total counts, EvenestLoads() comes after MostServed() or with "
            "keep_total: else having nobody is best."
        )


def _start(
    problem: Problem, options: Options, promise: Promise, stages: Sequence[Stage]
) -> tuple[Chain, str | None]:
    """The cheapest chain that fits all stages, and why it is not one of flows."""
    if any(isinstance(stage, PlacesInLists) for stage in stages):
        check_places(problem, promise)
        flow = start_places(problem, options, promise, stages)
        if not isinstance(flow, str):
            return flow, None
        why: str | None = flow
    else:
        why = why_no_flow(problem, stages)
        if why is None:
            return start_flows(problem, options, promise), None
    check_stages(stages)
    # A profile may serve fewer than it could.
    coverage = problem.coverage_first and not isinstance(stages[0], PlacesInLists)
    coverage = coverage or any(isinstance(stage, MostServed) for stage in stages)
    return start_programs(problem, options, promise, coverage=coverage), why
