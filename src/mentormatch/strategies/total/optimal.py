"""The matching with the largest total among those that serve as many as possible."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    certify_multipliers,
    prove_with_rules,
    recover_multipliers,
    see_along,
    solver_bounded_with_rules,
)
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers import ENGINES, Answer, Limits, solve
from mentormatch.solvers.deadline import LEAST_SECONDS, Deadline
from mentormatch.solvers.programs.side_program import SideAnswer
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.infeasible.explain import explain_conflict
from mentormatch.strategies.staged.open_pairs import OpenPairs
from mentormatch.strategies.staged.repairing import repair, repair_optimum, worth_of
from mentormatch.strategies.staged.transports import transport_of, with_pins
from mentormatch.strategies.total.side_chain import Chain, solve_linear_chain
from mentormatch.strategies.total.side_flow import solve_laminar_flow

if TYPE_CHECKING:
    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Options
    from mentormatch.strategies.total.side_chain import Linear

__all__ = ["Optimal"]


CP_SAT, HIGHS = "CP-SAT", "HiGHS"
# Pairs up to which CP-SAT decides them, exactly; beyond it HiGHS is far quicker.
FEW = 2_000
# With a limit on time, a search among so many times more pairs is not begun.
TOO_MANY = 4
ENDED = "the search ended at its time limit or gap; the certificate says how far it got"
OVER = "The time was over before any matching was found. Give a larger time_limit."
LAMINAR, LINEAR, INTEGER = SIDE_ENGINES = ("laminar", "linear", "cp-sat")


def match_with_side_rules(problem: Problem, options: Options) -> Choice:
    """The best matching of a problem with side rules, and its proof.

    Of many pairs only those that can matter at some prices are held. Where quotas are laminar the
    problem is a flow. Else the linear program, whose multipliers price every constraint: where its
    vertex is integral and meets the bound recomputed from the prices, that is the proof. Else an
    integer program, with its solver's bound: over the pairs that can matter at these prices where
    the linear program's stages can be reached, by CP-SAT where they are few and by HiGHS where they
    are many; over all pairs by CP-SAT otherwise. Raises InfeasibleError, naming a minimal set of
    conditions that conflicts, where they cannot all hold; SolverError where an engine cannot keep
    such conditions, or time was over before any matching was found.
    """
    if options.engine not in (None, *SIDE_ENGINES):
        raise SolverError(
            f"The engine {options.engine!r} cannot keep quotas, people apart or together, or "
            f"weighted seats. Use {INTEGER!r}, {LINEAR!r}, {LAMINAR!r}, or leave engine out."
        )
    linear: Linear | None = None
    pairs: OpenPairs | None = None
    try:
        if options.engine == INTEGER:
            found, why = _decide_all(problem, options), "asked for"
        else:
            pairs = OpenPairs.to_start(problem, Limits(deadline=options.deadline))
            if options.engine in (None, LAMINAR):
                flow = _solve_by_flow(pairs, options.engine, options.deadline)
                if flow is not None:
                    return flow
            linear = solve_linear_chain(pairs, options.deadline)
            if linear is not None and linear.certificate is not None:
                asked = "asked for" if options.engine else "its vertex is integral, prices prove it"
                return linear.pairs.choice(linear.chosen, linear.certificate, f"{LINEAR} ({asked})")
            if options.engine == LINEAR:
                raise SolverError(
                    "The linear program of this problem has no integral vertex that its prices "
                    f"prove. Use engine={INTEGER!r}, or leave engine out."
                )
            if linear is None and not pairs.complete and options.deadline.has_passed:
                raise SolverError(OVER)
            found, why = _branch(problem, linear, options), "the conditions are no flow"
    except InfeasibleError as error:
        raise explain_conflict(problem, error, options.explaining()) from None
    except SolverError:
        left = options.deadline.left()
        late = left is not None and left < LEAST_SECONDS
        hasty = late and options.engine != LINEAR
        repaired = _repair(problem, linear, options.deadline, pairs) if hasty else None
        if repaired is None:
            raise
        return repaired
    return _better_of(problem, linear, found, why, options)


def _decide_all(problem: Problem, options: Options) -> tuple[OpenPairs, SideAnswer, str]:
    """Decide over all pairs by CP-SAT."""
    pairs = OpenPairs.every(problem)
    answer = pairs.program().solve(
        coverage_first=problem.coverage_first,
        hint=np.empty(0, dtype=np.intp),
        limits=options.limits(LEAST_SECONDS),
    )
    return pairs, answer, CP_SAT


def _branch(
    problem: Problem, linear: Linear | None, options: Options
) -> tuple[OpenPairs, SideAnswer, str]:
    """Decide over the pairs that can matter; over all where the linear program does not tell."""
    found = None if linear is None else _solve_relevant_pairs(linear, options)
    return _decide_all(problem, options) if found is None else found


def _better_of(
    problem: Problem,
    linear: Linear | None,
    found: tuple[OpenPairs, SideAnswer, str],
    why: str,
    options: Options,
) -> Choice:
    """What a search found, or a repaired vertex where that is better after a search cut short."""
    pairs, answer, solver = found
    if not answer.complete and options.time_limit is not None and linear is not None:
        repaired = _repair(problem, linear, options.deadline)
        made = pairs.matching(answer.chosen)
        if repaired is not None and worth_of(
            problem, repaired.mentees, repaired.mentors
        ) > worth_of(problem, made.mentees, made.mentors):
            return repaired
    certificate = _certify_answer(pairs, answer, linear, solver)
    notes = () if answer.complete else (ENDED,)
    engine = INTEGER if solver == CP_SAT else f"{LINEAR}, branching"
    return pairs.choice(answer.chosen, certificate, f"{engine} ({why})", notes)


def _repair(
    problem: Problem, linear: Linear | None, deadline: Deadline, pairs: OpenPairs | None = None
) -> Choice | None:
    """A matching that keeps all rules, in haste; None where none was found.

    Made from the vertex of the linear program where there is one, else from the optimum without
    side rules, which ``pairs`` may hold. Its bounds are those of the prices of either.
    """
    if linear is not None:
        stages, total = linear.stages, linear.total
        repaired = repair(linear.pairs, linear.chosen, deadline)
    else:
        repaired, plain = repair_optimum(problem, deadline, pairs)
        stages, total = _without_rules(problem, plain)
    if repaired is None:
        return None
    found, chosen = repaired
    certificate = prove_with_rules(found.matching(chosen), stages, total)
    start = "the linear program" if linear is not None else "the optimum without side rules"
    return found.choice(chosen, certificate, f"repaired ({start}; the time was over)", (ENDED,))


def _without_rules(problem: Problem, plain: Answer) -> tuple[tuple[Multipliers, ...], Multipliers]:
    """Multipliers that charge nothing for side rules: of each count, and of the total."""
    m, classes = problem.shape[1], problem.n_classes
    rules = problem.sides.split(np.zeros(len(problem.sides.limits(problem.pinned)[0])))
    free, nothing = np.zeros(m), np.zeros(classes)
    counts = []
    if problem.coverage_first:
        counts = [Multipliers(free, one, 0.0, rules) for one in np.eye(classes)]
        if problem.wants_several:
            counts.append(Multipliers(free, nothing, 1.0, rules))
    if plain.prices is None or plain.coverage is None:
        return tuple(counts), Multipliers(free, nothing, 0.0, rules)
    return tuple(counts), Multipliers(plain.prices, plain.coverage, plain.seats, rules)


def _solve_by_flow(pairs: OpenPairs, engine: str | None, deadline: Deadline) -> Choice | None:
    """The optimum as a flow, where the rules are laminar and its prices prove it."""
    answer = solve_laminar_flow(pairs, deadline)
    if answer is None:
        if engine == LAMINAR:
            raise SolverError(
                "The conditions of this problem are not laminar: groups overlap without one being "
                "part of the other, or it is not pairs that are counted. Use "
                f"engine={LINEAR!r}, engine={INTEGER!r}, or leave engine out."
            )
        return None
    if engine is None and not answer.certificate.proven and answer.complete:
        return None
    why = "asked for" if engine else "groups are nested or disjoint: a flow"
    notes = () if answer.complete else (ENDED,)
    return answer.pairs.choice(answer.chosen, answer.certificate, f"{LAMINAR} ({why})", notes)


def _certify_answer(
    pairs: OpenPairs, answer: SideAnswer, linear: Linear | None, solver: str
) -> Certificate:
    """The proof of what a solver found: by prices alone where they show it, else by its bound."""
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
        return solver_bounded_with_rules(matching, solver, bound, coverage, filled)
    # Two bounds hold, so the smaller one does; that of the prices needs no solver.
    bound = min(bound, max(shown.bound, matching.total))
    return solver_bounded_with_rules(
        matching, solver, bound, coverage, filled, linear.stages, linear.total
    )


def _solve_relevant_pairs(
    linear: Linear, options: Options
) -> tuple[OpenPairs, SideAnswer, str] | None:
    """The optimum over the pairs that can be in any, when the linear stages can be reached.

    A matching with a pair that loses more, at the prices of the linear program, than the best one
    found misses of its bound cannot be better (reduced-cost fixing, Crowder, Johnson and Padberg
    1983).
    """
    pairs, chosen = linear.pairs, linear.chosen
    known: tuple[OpenPairs, SideAnswer, str] | None = None
    # What the solver's tolerance may have moved a price by is given away.
    spare = 1e-6 * float(np.abs(pairs.scores).max(initial=0.0))
    while True:
        try:
            # Rows that are empty or reach a number are no linear rows: only CP-SAT keeps them.
            linear_rows = not pairs.problem.sides.may_be_empty
            solver = HIGHS if len(pairs) > FEW and linear_rows else CP_SAT
            if solver == HIGHS:
                answer = _solve_by_branching(pairs, linear.reached, options.limits(LEAST_SECONDS))
                solver = HIGHS if pairs.keeps_rules(answer.chosen) else CP_SAT
            if solver == CP_SAT:
                answer = pairs.program().solve(
                    coverage_first=pairs.problem.coverage_first,
                    hint=chosen,
                    limits=options.limits(LEAST_SECONDS),
                    reached=linear.reached,
                )
        except InfeasibleError:
            return None
        except SolverError:
            if known is None:
                raise
            return known
        best = float(pairs.scores[answer.chosen].sum())
        # As long as other pairs may matter, no more than the linear program's bound is known.
        open_ = replace(answer, total_bound=max(linear.bound, best), complete=False)
        known = pairs, open_, solver
        if not answer.complete:
            return known
        more = pairs.worth_at_least(linear.charges, best - linear.bound - spare)
        if len(more) == len(pairs):
            return pairs, answer, solver
        if options.time_limit is not None and len(more) > TOO_MANY * len(pairs):
            return known
        chosen = np.searchsorted(more.columns.keys, pairs.columns.keys[answer.chosen])
        pairs = more


def _solve_by_branching(pairs: OpenPairs, reached: tuple[int, ...], limits: Limits) -> SideAnswer:
    """The best total of some pairs that reaches the stages, by branch and bound on linear programs.

    HiGHS ends within 1e-6 of a score: little beside the total of many pairs.
    """
    chain = Chain(pairs, reached, Deadline())
    size = float(np.abs(pairs.scores).max(initial=0.0)) or 1.0
    found = chain.program.maximise(
        chain.objective(None) / size, gap=limits.gap, time_limit=limits.deadline.left()
    )
    limits.tell("total", value=found.objective * size, bound=found.bound * size)
    classes = pairs.problem.n_classes
    return SideAnswer(
        np.flatnonzero(found.values[: len(pairs)] > 0.5),
        reached[:classes],
        (reached[-1] if len(reached) > classes else sum(reached)) if reached else None,
        found.bound * size,
        found.bound - found.objective <= 2e-6 * max(1.0, abs(found.objective)),
    )


@dataclass(frozen=True, slots=True)
class Optimal:
    """Exact optimum: pins and minimums hold; then coverage, then seats, then the total score.

    With ``coverage_first=False`` in the problem only the total counts. Every result carries a
    certificate.

    Quotas, mentees apart or together, and weighted seats hold before coverage. The engine "laminar"
    takes quotas and mentees apart whose groups are nested or disjoint, which leaves a flow, and
    "linear" those where the best vertex of the linear program is a matching; both prove the answer
    by a price for each rule. "cp-sat" takes the others and gives its own bound, beside what prices
    show; where many pairs can matter, branch and bound on the linear program does, with that of
    HiGHS. CP-SAT runs one search with a fixed seed, so that the pairs are the same on any number of
    processors unless a time limit ends it.
    """

    name = "optimal"
    promises = ("total",)
    engines = (*ENGINES, *SIDE_ENGINES)
    executor_engines = ("priced",)
    keeps_side_rules = True

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Solve by the engine that fits and prove the answer from prices."""
        if problem.sides or options.engine in SIDE_ENGINES:
            return match_with_side_rules(problem, options)
        seen = see_along(problem)
        try:
            answer, engine = solve(transport_of(problem, seen), options.engine, options.limits())
        except InfeasibleError as error:
            raise explain_conflict(problem, error, options.explaining()) from None

        def proof(matching: Matching) -> Certificate:
            return certify_multipliers(matching, _multipliers(matching, answer), seen=seen)

        mentees, mentors = with_pins(problem, answer.mentees, answer.mentors)
        notes: tuple[str, ...] = ()
        if not answer.complete:
            notes = ("the time limit ended the search; the gap says how much may be missing",)
        return Choice(mentees, mentors, engine=engine, certify=proof, notes=notes)


def _multipliers(matching: Matching, answer: Answer) -> Multipliers:
    """The engine's own multipliers when it has them, else potentials of the residual graph."""
    if answer.prices is not None and answer.coverage is not None:
        return Multipliers(answer.prices, answer.coverage, answer.seats)
    return recover_multipliers(matching, resolution=2 * answer.resolution)


register("optimal", Optimal)
