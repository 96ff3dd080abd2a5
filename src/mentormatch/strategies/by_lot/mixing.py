"""A lottery over matchings that all keep quotas and other side rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from mentormatch.certificates import prove_mixture
from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.matching import Matching
from mentormatch.solvers.programs.mixtures import Mixture
from mentormatch.strategies.base import Choice
from mentormatch.strategies.staged.coverage import serve_first
from mentormatch.strategies.staged.models import SOLVER, Model
from mentormatch.strategies.staged.side_rows import refuse_broken_rules
from mentormatch.strategies.staged.transports import with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Certificate
    from mentormatch.problem import Problem
    from mentormatch.solvers.programs.milp import ProgramAnswer
    from mentormatch.strategies.base import Options

__all__ = ["mix_matchings"]


def mix_matchings(
    problem: Problem, options: Options, cap: float, keep_total: float | None
) -> Choice:
    """Find the best lottery over matchings that keep all rules, and draw one of them.

    Probabilities of pairs are not enough where rules are no nested or disjoint sets: not all of
    them are those of a lottery over matchings [1]_. So the matchings themselves are mixed.

    Raises
    ------
    InfeasibleError
        The cap leaves no lottery, or less than ``keep_total``.
    SolverError
        None was found in time.

    References
    ----------
    .. [1] E. Budish, Y.-K. Che, F. Kojima and P. Milgrom (2013), Designing random allocation
       mechanisms: theory and applications, theorem 2.
    """
    model = Model.of(problem, options)
    counted, model = model.coverage_objective()
    pairs = len(model.mentees)

    def best(objective: NDArray[np.float64]) -> ProgramAnswer:
        left = options.deadline.left()
        limit = None if left is None else max(left, 0.1)
        return model.program.maximise(objective, time_limit=limit)

    mixture = Mixture(model.program, pairs, cap, best, lambda: options.deadline.has_passed)
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
    pinned = float(model.pinned_scores().sum())
    places = float(problem.demands.sum())
    # Each with what pins add, the most there is without a search, and the unit.
    wanted = {}
    if problem.coverage_first:
        wanted["coverage"] = (counted, covered, float(problem.shape[0]), 1.0)
        if problem.wants_several:
            every = model.on_pairs(np.ones(pairs))
            wanted["pairs"] = (every, float(len(problem.pinned)), places, 1.0)
    most = float(np.maximum(model.best, 0.0).sum())
    wanted["total"] = (model.on_pairs(model.scores), pinned, most, model.unit)
    bounds = {}
    for what, (objective, held, most, unit) in wanted.items():
        _, bound = mixture.maximise(objective)
        bounds[what] = (most if model.partial else min(bound + held, most)) * unit
        options.tell(f"lottery: {what}", matchings=len(mixture.answers))
    some = np.flatnonzero(mixture.shares > 0)
    chances = mixture.shares[some]
    made = [
        Matching(problem, *with_pins(problem, *model.pairs_of(mixture.answers[k])))
        for k in some.tolist()
    ]
    for one in made:
        refuse_broken_rules(problem, one.mentees, one.mentors)
    expected = float(chances @ [one.total for one in made])
    _check_share(keep_total, problem, options, expected)
    drawn = made[int(np.random.default_rng(options.seed).choice(len(made), p=chances))]

    def proof(matching: Matching) -> Certificate:
        return prove_mixture(matching, SOLVER, cap, chances, made, bounds)

    table = np.zeros(problem.shape)
    for chance, one in zip(chances.tolist(), made, strict=True):
        table[one.mentees, one.mentors] += chance
    note = (
        f"drawn by lot from {len(made)} matchings with a cap of {cap:g}, seed {options.seed}; the "
        "proof is of the expected total"
    )
    return Choice(
        drawn.mentees,
        drawn.mentors,
        engine=f"{SOLVER}, column generation",
        certify=proof,
        probabilities=sparse.csr_array(table),
        notes=(note,),
    )


def _check_share(share: float | None, problem: Problem, options: Options, expected: float) -> None:
    """Refuse an expectation below its share of the best total that keeps the rules."""
    if share is None:
        return
    model = serve_first(Model.of(problem, options))
    best = (model.best_total().objective + float(model.pinned_scores().sum())) * model.unit
    if best <= 0 or expected < share * best - 1e-7 * abs(best):
        raise InfeasibleError(
            f"lottery expects a total of {expected:.6g}, less than {share:g} of the best total "
            f"{best:.6g}. Lower keep_total, or raise the cap."
        )
