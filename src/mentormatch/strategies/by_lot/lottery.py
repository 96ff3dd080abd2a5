"""A matching drawn by lot, in which no pair is more likely than a cap."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from mentormatch.certificates import (
    NotReadInTimeError,
    exact_scores,
    prove_expectation,
    prove_lottery,
)
from mentormatch.errors import (
    InfeasibleError,
    MentorMatchError,
    ProblemError,
    SolverError,
    is_number,
)
from mentormatch.solvers import solve
from mentormatch.solvers.arrays import incidence, sparse_cells
from mentormatch.solvers.programs.lotteries import (
    joining_order,
    round_dependently,
    solve_by_columns,
)
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_lot.mixing import NOT_DRAWN, mix_matchings
from mentormatch.strategies.staged.shares import check_budget, check_expected
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from mentormatch.matching import Certificate, Matching
    from mentormatch.problem import Problem
    from mentormatch.solvers.deadline import Deadline
    from mentormatch.solvers.programs.lotteries import LinearAnswer
    from mentormatch.strategies.base import Options

__all__ = ["Lottery", "check_share", "draw_pairs", "open_pairs"]

# Chances nearer to 0 or the cap than this are what the linear program means by 0 and the cap.
DUST = 1e-9
# Pairs of each mentee that a linear program begins with, beside those that fill its places.
SPARE = 3
# With a limit on time an answer comes sooner among fewer, though it takes longer to the best.
SPARE_IN_TIME = 1


@dataclass(frozen=True, slots=True)
class Lottery:
    """The best expected total when no pair may be more likely than ``cap``; then a draw.

    Nobody can then be sure of a pair, which protects against manipulation, and every pair that was
    possible leaves a trace in ``matching.probabilities``, from which what-if questions can be
    answered later. Expected coverage comes first, then expected pairs, as in the problem.

    Parameters
    ----------
    cap
        Largest probability of a pair, above 0 and at most 1; pins are certain. 1 is the best total.
    keep_total
        Share of the best total that the expectation must reach, above 0 and at most 1.

    Notes
    -----
    A linear program for the probabilities [1]_, then dependent rounding, which keeps every pair's
    probability and rounds every sum down or up [2]_. ``matching.seed`` repeats the draw. The
    certificate proves the expectation, not the draw.

    Under quotas and other side rules matchings are drawn that all keep them: the best lottery over
    such matchings, by column generation. Its certificate holds them and how likely each is; the
    bound on the expectation is the solver's.

    Raises
    ------
    MentorMatchError
        ``cap`` or ``keep_total`` outside (0, 1].
    ProblemError
        Several priority classes.
    InfeasibleError
        The cap leaves less than ``keep_total``, or a minimum unmet.

    References
    ----------
    .. [1] S. Jecmen et al. (2020), Mitigating manipulation in peer review via randomized reviewer
       assignments.
    .. [2] E. Budish, Y.-K. Che, F. Kojima and P. Milgrom (2013), Designing random allocation
       mechanisms: theory and applications.
    """

    cap: float = 0.5
    keep_total: float | None = None

    name = "lottery"
    promises = ("expectation",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if not (is_number(self.cap) and 0 < self.cap <= 1):
            raise MentorMatchError(
                f"Lottery needs cap as a probability above 0 and at most 1, got {self.cap!r}."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Find the best probabilities, then draw."""
        if problem.coverage_first and problem.priority_classes.any():
            raise ProblemError(
                "lottery cannot serve priorities: chances are shared, not ranked. Leave the "
                'priorities out, or use strategy="optimal".'
            )
        if problem.sides:
            return mix_matchings(problem, options, self.cap, self.keep_total)
        mentees, mentors, scores, every = open_pairs(problem, options.deadline)
        polytope = _Polytope(problem, mentees, mentors, scores, self.cap, options)
        try:
            stages = polytope.stages(scores)
        except InfeasibleError as error:
            if self.cap == 1:
                # Certainty is allowed, so it is not the cap that forbids what the minimums ask for.
                raise
            raise InfeasibleError(
                f"At a cap of {self.cap:g} {error}; a minimum asks for more than that. Raise the "
                "cap, or lower the minimum."
            ) from None
        chances = clip_dust(stages[-1][1].values[: len(mentees)], self.cap)
        check_share(self.name, self.keep_total, problem, float(scores @ chances))

        def proof(matching: Matching) -> Certificate:
            matrix = matrix_of(problem, mentees, mentors, chances)
            found = tuple(
                prove_expectation(
                    problem, matrix, what, self.cap, *polytope.multipliers(answer), scores=every
                )
                for what, answer in stages
            )
            return prove_lottery(matching, found)

        return draw_pairs(
            problem, mentees, mentors, chances, options, proof, f"a cap of {self.cap:g}"
        )


@dataclass(eq=False)
class _Polytope:
    """The probabilities that capacities, demands, minimums and the cap allow."""

    problem: Problem
    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    scores: NDArray[np.float64]
    cap: float
    options: Options
    fixed: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        n, m = self.problem.shape
        left, pairs = self.problem.after_pins, len(self.mentees)
        places, seats = incidence(self.mentees, n), incidence(self.mentors, m)
        # How likely each mentee without a pin has a mentor: at most the sum, at most 1.
        open_to = (~left.covered).astype(float)
        blank = sparse.csr_array((m, n))
        # Sums are never negative: a least of 0 says nothing.
        some = np.flatnonzero(left.minimum[self.mentors] > 0)
        least = sparse_cells(self.mentors[some], some, (m, pairs))
        self.rows = sparse.vstack(
            [
                sparse.hstack([seats, blank]),
                sparse.hstack([-least, blank]),
                sparse.hstack([places, sparse.csr_array((n, n))]),
                sparse.hstack([-places, sparse.eye_array(n)]),
            ],
            format="csc",
        )
        self.order = joining_order(self.mentees, self.mentors, self.scores)
        # As many as fill a mentee's places at the cap, and some more.
        spare = SPARE if self.options.time_limit is None else SPARE_IN_TIME
        first = np.ceil(left.demand / self.cap)[self.mentees] + spare
        self.active = np.concatenate([self.order < first, np.ones(n, dtype=bool)])
        limits = [left.capacity, -left.minimum, left.demand, np.zeros(n)]
        self.limits = np.concatenate(limits).astype(np.float64)
        self.bounds = np.column_stack(
            [np.zeros(pairs + n), np.concatenate([np.full(pairs, self.cap), open_to])]
        )

    def objective(
        self, what: str, scores: NDArray[np.float64] | None = None
    ) -> NDArray[np.float64]:
        """The coefficients of an expectation."""
        pairs, n = len(self.mentees), self.problem.shape[0]
        if what == "coverage":
            return np.concatenate([np.zeros(pairs), np.ones(n)])
        values = np.ones(pairs) if scores is None else scores
        return np.concatenate([values, np.zeros(n)])

    def best(self, objective: NDArray[np.float64]) -> LinearAnswer:
        """The largest expectation that keeps the earlier ones."""
        return solve_by_columns(
            objective,
            self.rows,
            self.limits,
            self.bounds,
            people=self.mentees,
            active=self.active,
            order=self.order,
            deadline=self.options.deadline,
        )

    def stages(self, scores: NDArray[np.float64]) -> list[tuple[str, LinearAnswer]]:
        """Coverage, pairs and the total, each the largest that keeps the earlier ones."""
        found: list[tuple[str, LinearAnswer]] = []
        first = ["coverage"] if self.problem.coverage_first else []
        several = ["pairs"] if first and self.problem.wants_several else []
        for what in first + several:
            found.append((what, self.best(self.objective(what))))
            self.fix(what, found[-1][1].objective)
        return [*found, ("total", self.best(self.objective("total", scores)))]

    def fix(self, what: str, value: float) -> None:
        """Keep an expectation at its value."""
        row = sparse.csr_array(-self.objective(what)[None, :])
        self.rows = sparse.vstack([self.rows, row], format="csr")
        self.limits = np.append(self.limits, -value)
        self.fixed.append((what, value))

    def multipliers(self, answer: LinearAnswer) -> tuple[NDArray[np.float64], float, float]:
        """Prices of mentors, and multipliers of the expectations that were fixed before."""
        n, m = self.problem.shape
        prices = answer.upper[:m] - answer.upper[m : 2 * m]
        start = 2 * m + 2 * n
        stages = dict.fromkeys(("coverage", "pairs"), 0.0)
        for (name, _), value in zip(self.fixed, answer.upper[start:], strict=False):
            stages[name] = float(value)
        return prices, stages["coverage"], stages["pairs"]


class OpenScores(NamedTuple):
    """The pairs that are still open once the pins are made, their scores, and those of all."""

    mentees: NDArray[np.intp]
    mentors: NDArray[np.intp]
    scores: NDArray[np.float64]
    every: NDArray[np.float64]


def open_pairs(problem: Problem, deadline: Deadline) -> OpenScores:
    """Read the pairs that are still open once the pins are made.

    Raises SolverError when not all can be read in time. Without their scores nothing can be drawn
    by lot, and pairs that are certain are no lottery.
    """
    left = problem.after_pins
    try:
        every = exact_scores(problem, until=deadline.at)
    except NotReadInTimeError:
        raise SolverError(NOT_DRAWN) from None
    open_ = ~np.isnan(every)
    open_[problem.pinned[:, 0], problem.pinned[:, 1]] = False
    open_[left.demand == 0] = False
    open_[:, left.capacity == 0] = False
    mentees, mentors = np.nonzero(open_)
    return OpenScores(mentees, mentors, every[mentees, mentors], every)


def clip_dust(chances: NDArray[np.float64], cap: float) -> NDArray[np.float64]:
    """Set chances within `DUST` of 0 or the cap to exactly that."""
    kept = np.where(chances < DUST, 0.0, chances)
    return np.where(kept > cap - DUST, cap, kept)


def matrix_of(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    chances: NDArray[np.float64],
) -> sparse.csr_array:
    """The probabilities as a sparse (mentees, mentors) array; pins are certain."""
    some = chances > 0
    rows, columns = with_pins(problem, mentees[some], mentors[some])
    values = np.concatenate([np.ones(len(problem.pinned)), chances[some]])
    return sparse_cells(rows, columns, problem.shape, values)


def check_share(name: str, share: float | None, problem: Problem, expected: float) -> None:
    """Refuse pins and an expectation of the other pairs below their share of the best total."""
    if share is None:
        return
    answer, _ = solve(transport_of(problem))
    pinned = float(problem.pairs(*problem.pinned.T).scores.sum())
    best = pinned + float(problem.pairs(answer.mentees, answer.mentors).scores.sum())
    check_expected(name, share, best, pinned + expected, 1e-9)


def draw_pairs(
    problem: Problem,
    mentees: NDArray[np.intp],
    mentors: NDArray[np.intp],
    chances: NDArray[np.float64],
    options: Options,
    certify: Callable[[Matching], Certificate],
    limit: str,
) -> Choice:
    """Draw pairs with these chances by dependent rounding."""
    rng = np.random.default_rng(options.seed)
    some = np.flatnonzero(chances > 0)
    made = some[round_dependently(mentees[some], mentors[some], chances[some], rng)]
    chosen = with_pins(problem, mentees[made], mentors[made])
    note = f"drawn by lot with {limit}, seed {options.seed}; the proof is of the expected total"
    return Choice(
        *chosen,
        engine="HiGHS, dependent rounding",
        certify=certify,
        probabilities=matrix_of(problem, mentees, mentors, chances),
        notes=(note,),
    )


register("lottery", Lottery)
