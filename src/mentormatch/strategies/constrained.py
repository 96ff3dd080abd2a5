"""The optimum with quotas, mentees apart or together, and weighted seats."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import prove_with_rules, solver_bounded_with_rules
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers import Limits
from mentormatch.strategies.conflicts import explained
from mentormatch.strategies.open_pairs import OpenPairs
from mentormatch.strategies.side_flow import by_flow
from mentormatch.strategies.side_linear import by_prices

if TYPE_CHECKING:
    from collections.abc import Callable

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.solvers.side_program import SideAnswer
    from mentormatch.strategies.base import Choice, Options
    from mentormatch.strategies.side_linear import Linear

__all__ = ["SIDE_ENGINES", "side_constrained"]

SOLVER = "CP-SAT"
LAMINAR, LINEAR, INTEGER = SIDE_ENGINES = ("laminar", "linear", "cp-sat")


def side_constrained(problem: Problem, options: Options) -> Choice:
    """The best matching of a problem with side rules, and its proof.

    Where quotas are laminar the problem is a flow. Else the linear program, whose multipliers price
    every constraint: where its vertex is integral and meets the bound recomputed from the prices,
    that is the proof. Else an integer program by CP-SAT, with that solver's bound: over the pairs
    that can matter at these prices where the linear program's stages can be reached, over all pairs
    otherwise.

    Raises
    ------
    InfeasibleError
        The conditions cannot all hold; names a minimal set that conflicts.
    SolverError
        An engine that cannot keep such conditions, or time that was over before any matching was
        found.
    """
    if options.engine not in (None, *SIDE_ENGINES):
        raise SolverError(
            f"The engine {options.engine!r} cannot keep quotas, people apart or together, or "
            f"weighted seats. Use {INTEGER!r}, {LINEAR!r}, {LAMINAR!r}, or leave engine out."
        )
    started = time.perf_counter()

    def limits() -> Limits:
        left = options.time_limit
        if left is not None:
            left = max(left - (time.perf_counter() - started), 0.1)
        return Limits(options.gap, left, options.progress)

    linear: Linear | None = None
    found, why = None, "asked for"
    try:
        if options.engine != INTEGER:
            pairs = OpenPairs.to_start(problem, options.time_limit)
            if options.engine in (None, LAMINAR):
                flow = _by_flow(pairs, options.engine)
                if flow is not None:
                    return flow
            linear = by_prices(pairs, limits().time_limit)
            if linear is not None and linear.certificate is not None:
                asked = "asked for" if options.engine else "its vertex is integral, prices prove it"
                return linear.pairs.choice(linear.chosen, linear.certificate, f"{LINEAR} ({asked})")
            if options.engine == LINEAR:
                raise SolverError(
                    "The linear program of this problem has no integral vertex that its prices "
                    f"prove. Use engine={INTEGER!r}, or leave engine out."
                )
            if linear is not None:
                found = _among_those_that_matter(linear, limits)
            why = "the conditions are no flow"
        if found is None:
            pairs = OpenPairs.every(problem)
            answer = pairs.program().solve(
                coverage_first=problem.coverage_first,
                hint=np.empty(0, dtype=np.intp),
                limits=limits(),
            )
        else:
            pairs, answer = found
    except InfeasibleError as error:
        raise explained(problem, error) from None
    certificate = _certified(pairs, answer, linear)
    notes: tuple[str, ...] = ()
    if not answer.complete:
        notes = ("the search ended at its time limit or gap; the certificate says how far it got",)
    return pairs.choice(answer.chosen, certificate, f"{INTEGER} ({why})", notes)


def _by_flow(pairs: OpenPairs, engine: str | None) -> Choice | None:
    """The optimum as a flow, where the rules are laminar and its prices prove it."""
    answer = by_flow(pairs)
    if answer is None:
        if engine == LAMINAR:
            raise SolverError(
                "The conditions of this problem are not laminar: groups overlap without one being "
                "part of the other, or it is not pairs that are counted. Use "
                f"engine={LINEAR!r}, engine={INTEGER!r}, or leave engine out."
            )
        return None
    if engine is None and not answer.certificate.proven:
        return None
    why = "asked for" if engine else "groups are nested or disjoint: a flow"
    return answer.pairs.choice(answer.chosen, answer.certificate, f"{LAMINAR} ({why})")


def _certified(pairs: OpenPairs, answer: SideAnswer, linear: Linear | None) -> Certificate:
    """The proof of what CP-SAT found: by prices alone where they show it, else by its bound."""
    problem, matching = pairs.problem, pairs.matching(answer.chosen)
    shown = None
    if linear is not None:
        shown = prove_with_rules(matching, linear.stages, linear.total)
        if shown.proven:
            return shown
    coverage = filled = None
    if problem.coverage_first:
        coverage = int(np.count_nonzero(problem.after_pins.covered)) + sum(answer.coverage_bounds)
        filled = len(problem.pinned) + (answer.pairs_bound or 0)
    bound = max(answer.total_bound + pairs.pinned_total, matching.total)
    if shown is None or linear is None:
        return solver_bounded_with_rules(matching, SOLVER, bound, coverage, filled)
    # Two bounds hold, so the smaller one does; that of the prices needs no solver.
    bound = min(bound, max(shown.bound, matching.total))
    return solver_bounded_with_rules(
        matching, SOLVER, bound, coverage, filled, linear.stages, linear.total
    )


def _among_those_that_matter(
    linear: Linear, limits: Callable[[], Limits]
) -> tuple[OpenPairs, SideAnswer] | None:
    """The optimum over the pairs that can be in any, when the linear stages can be reached.

    A matching with a pair that loses more, at the prices of the linear program, than the best one
    found misses of its bound cannot be better (reduced-cost fixing [1]_).

    Returns
    -------
    The pairs and the answer, or None when no matching of these pairs reaches the stages

    References
    ----------
    .. [1] H. Crowder, E. L. Johnson and M. Padberg (1983), Solving large-scale zero-one linear
       programming problems.
    """
    pairs, chosen = linear.pairs, linear.chosen
    size = float(np.abs(pairs.scores).max(initial=0.0))
    while True:
        try:
            answer = pairs.program().solve(
                coverage_first=pairs.problem.coverage_first,
                hint=chosen,
                limits=limits(),
                reached=linear.reached,
            )
        except InfeasibleError:
            return None
        best = float(pairs.scores[answer.chosen].sum())
        if not answer.complete:
            return pairs, replace(answer, total_bound=max(linear.bound, best))
        # What the solver's tolerance may have moved a price by is given away.
        least = best - linear.bound - 1e-6 * size
        more = pairs.worth_at_least(linear.charges, least)
        if len(more) == len(pairs):
            return pairs, answer
        chosen = np.searchsorted(more.columns.keys, pairs.columns.keys[answer.chosen])
        pairs = more
