"""A lottery over matchings that all keep quotas and other side rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse

from mentormatch.certificates import NotReadInTimeError, prove_levels, prove_mixture
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.matching import Matching
from mentormatch.solvers.deadline import LEAST_SECONDS
from mentormatch.solvers.programs.equal_shares import share_equally
from mentormatch.solvers.programs.mixtures import Mixture
from mentormatch.strategies.base import Choice
from mentormatch.strategies.programs.chain import serve_first
from mentormatch.strategies.programs.models import SOLVER, Model
from mentormatch.strategies.programs.pair_sums import refuse_broken_rules
from mentormatch.strategies.staged.shares import check_expected
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.solvers.programs.milp import ProgramAnswer
    from mentormatch.strategies.base import Options

    Chances: TypeAlias = NDArray[np.float64]

__all__ = [
    "NOT_DRAWN",
    "mix_matchings",
    "share_under_rules",
]

NOT_DRAWN = (
    "The time was over before all scores could be read, without which nothing is drawn by lot. "
    "Give a larger time_limit, or none."
)


def mix_matchings(
    problem: Problem, options: Options, cap: float, keep_total: float | None
) -> Choice:
    """Find the best lottery over matchings that keep all rules, and draw one of them.

    Probabilities of pairs are not enough where rules are no nested or disjoint sets: not all of
    them are those of a lottery over matchings. So the matchings themselves are mixed. Raises
    InfeasibleError where the cap leaves no lottery, or less than ``keep_total``; SolverError where
    none was found in time. Source: E. Budish, Y.-K. Che, F. Kojima and P. Milgrom (2013), Designing
    random allocation mechanisms: theory and applications, theorem 2.
    """
    plain = lottery_model(problem, options)
    counted, model = plain.coverage_objective()
    pairs = len(model.mentees)
    mixture = mixture_of(model, pairs, cap)
    begun = mixture.begin()
    if begun is None or (not begun and model.partial):
        raise SolverError(
            f"No lottery with a cap of {cap:g} was found in time. Give a larger time_limit, or "
            "none."
        )
    if not begun:
        raise InfeasibleError(
            f"At a cap of {cap:g} no lottery over matchings keeps all rules: some ask for a pair "
            "more often than that. Raise the cap, or loosen minimums and quotas."
        )
    covered = float(np.count_nonzero(problem.after_pins.covered))
    places = float(problem.demands.sum())
    # Each with what pins add, and the most there is without a search.
    wanted = {}
    if problem.coverage_first:
        wanted["coverage"] = (counted, covered, float(problem.shape[0]))
        if problem.wants_several:
            every = model.on_pairs(np.ones(pairs))
            wanted["pairs"] = (every, float(len(problem.pinned)), places)
    most = float(np.maximum(model.best, 0.0).sum())
    bounds = {}
    for what, (objective, held, most) in wanted.items():
        _, bound = mixture.maximise(objective)
        bounds[what] = most if model.partial else min(bound + held, most)
        options.tell(f"lottery: {what}", matchings=len(mixture.answers))
    bounds["total"] = best_total_of(model, mixture)
    options.tell("lottery: total", matchings=len(mixture.answers))

    def proof(matching: Matching, chances: Chances, made: Sequence[Matching]) -> Certificate:
        return prove_mixture(matching, SOLVER, cap, chances, made, bounds)

    return draw_matching(plain, mixture, keep_total, "lottery", f"a cap of {cap:g}", proof)


def lottery_model(problem: Problem, options: Options) -> Model:
    """A problem whose matchings are to be mixed; SolverError if not all scores are read in time."""
    try:
        return Model.of(problem, options, until=options.deadline.at)
    except NotReadInTimeError:
        raise SolverError(NOT_DRAWN) from None


def mixture_of(model: Model, capped: int, cap: float) -> Mixture:
    """An empty mixture of the matchings of a model."""
    deadline = model.options.deadline
    # Where time is over before a search found anything: pairs that keep all rules.
    start = model.optimum if len(model.optimum) else None

    def best(objective: NDArray[np.float64]) -> ProgramAnswer:
        left = deadline.left()
        limit = None if left is None else max(left, LEAST_SECONDS)
        try:
            return model.program.maximise(objective, time_limit=limit, start=start)
        except InfeasibleError:
            if not model.partial:
                raise
            raise SolverError(
                "No matching was found in time among the pairs that were looked at. Give a larger "
                "time_limit, or none."
            ) from None

    return Mixture(model.program, capped, cap, best, lambda: deadline.has_passed)


def best_total_of(model: Model, mixture: Mixture) -> float:
    """Raise the expected total, and return what it cannot exceed."""
    _, bound = mixture.maximise(model.on_pairs(model.scores))
    # The most there is without a search.
    most = float(np.maximum(model.best, 0.0).sum())
    pinned = float(model.pinned_scores().sum())
    return (most if model.partial else min(bound + pinned, most)) * model.unit


def draw_matching(
    model: Model,
    mixture: Mixture,
    keep_total: float | None,
    name: str,
    limit: str,
    certify: Callable[[Matching, Chances, Sequence[Matching]], Certificate],
) -> Choice:
    """Draw one of the matchings of a mixture.

    The first columns of the model are the pairs (`lottery_model`). Notes and errors say the
    ``name`` of the strategy, and in ``limit`` what its chances keep. ``certify`` makes the
    certificate of what is drawn from the chances of all matchings. Raises InfeasibleError where
    less than ``keep_total`` is expected.
    """
    problem, options = model.problem, model.options
    some = np.flatnonzero(mixture.shares > 0)
    chances = mixture.shares[some]
    made = [
        Matching(problem, *with_pins(problem, *model.pairs_of(mixture.answers[k])))
        for k in some.tolist()
    ]
    for one in made:
        refuse_broken_rules(problem, one.mentees, one.mentors)
    expected = float(chances @ [one.total for one in made])
    _check_share(name, keep_total, model, expected)
    drawn = made[int(np.random.default_rng(options.seed).choice(len(made), p=chances))]

    table = np.zeros(problem.shape)
    for chance, one in zip(chances.tolist(), made, strict=True):
        table[one.mentees, one.mentors] += chance
    note = (
        f"drawn by lot from {len(made)} matchings with {limit}, seed {options.seed}; the "
        "proof is of the expected total"
    )
    return Choice(
        drawn.mentees,
        drawn.mentors,
        engine=f"{SOLVER}, column generation",
        certify=lambda matching: certify(matching, chances, made),
        probabilities=sparse.csr_array(table),
        notes=(note,),
    )


def _check_share(name: str, share: float | None, plain: Model, expected: float) -> None:
    """Refuse an expectation below its share of the best total that keeps the rules."""
    if share is None:
        return
    model = serve_first(plain)
    best = (model.best_total().objective + float(model.pinned_scores().sum())) * model.unit
    check_expected(name, share, best, expected, 1e-7)


def share_under_rules(problem: Problem, options: Options, keep_total: float | None) -> Choice:
    """Find the most equal lottery over matchings that keep all rules, and draw one of them.

    Raises InfeasibleError where no matching keeps all rules, or less than ``keep_total`` is
    expected; SolverError where none was found in time.
    """
    model = lottery_model(problem, options)
    left = problem.after_pins
    waiting = np.flatnonzero((left.demand > 0) & ~left.covered)
    between = sparse.csr_array((len(waiting), model.program.width - len(model.mentees)))
    counts = sparse.hstack([model.places()[waiting], between], format="csr")
    mixture = mixture_of(model, 0, 1.0)
    mixture.answers.append(mixture.best(counts.sum(axis=0)).values)
    levels, finished = share_equally(mixture, counts)
    options.tell("fair_lottery: chances", matchings=len(mixture.answers), levels=len(levels))
    weights = []
    for one in levels:
        weights.append(np.zeros(problem.shape[0]))
        weights[-1][waiting] = one.weights
    # Of pairs that were not looked at the solver says nothing.
    most = [np.inf if model.partial else one.most for one in levels]
    if finished and (left.covered.any() or not levels):
        weights.append(left.covered.astype(np.float64))
        most.append(np.inf)
    bounds = {"total": best_total_of(model, mixture)}
    options.tell("fair_lottery: total", matchings=len(mixture.answers))

    def proof(
        matching: Matching, chances: NDArray[np.float64], made: Sequence[Matching]
    ) -> Certificate:
        shown = prove_levels(problem, chances, made, weights, most)
        return prove_mixture(matching, SOLVER, 1.0, chances, made, bounds, shown)

    return draw_matching(model, mixture, keep_total, "fair_lottery", "equal chances", proof)
