"""What another way of matching would have given, from the outcomes of a lottery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.cohort import SIDES
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError
from mentormatch.feedback.policies.assumptions import bounds_of_unsupported
from mentormatch.matching import Matching
from mentormatch.solvers.arrays import sparse_cells
from mentormatch.solvers.programs.lotteries import round_dependently

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Assumption", "NotIdentifiedError", "PolicyValue", "evaluate_policy"]

Assumption: TypeAlias = Literal["none", "monotone", "lipschitz"]
ASSUMPTIONS = get_args(Assumption)
# Joint chances of all drawn pairs take 8·n² bytes.
MOST_PAIRS = 5000
# Standard errors to either side of a 95 % interval.
QUANTILE = 1.959964
ASSUMED = (
    "What is assumed of pairs that could not be drawn starts from the outcomes as they were seen; "
    "the bounds do not allow for chance in these."
)


class NotIdentifiedError(MentorMatchError):
    """Outcomes of these pairs say nothing about other pairs; ``bounds`` is all that is known."""

    def __init__(self, message: str, bounds: tuple[float, float] = (-np.inf, np.inf)) -> None:
        super().__init__(message)
        self.bounds = bounds

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (str(self), self.bounds), self.__dict__


@dataclass(frozen=True, eq=False)
class PolicyValue(Displayed):
    """Mean outcome of a pair if the other policy had matched.

    Parameters
    ----------
    ips
        Inverse probability estimate for the whole of the target; unbiased where every pair of the
        target was possible, and then in the mean right whatever the outcomes are.
    snips
        The same, divided by the weights that were drawn: a little biased, much less spread. It is
        of the part of the target that was possible.
    doubly_robust
        A model of the outcome by the score, put right by inverse probabilities.
    low, high
        95 % interval of ``snips``, by the covariance of the recorded lottery and with outcomes that
        were not seen; the whole range of outcomes where fewer than two were.
    unsupported_share
        Share of the target's pairs that the lottery could not draw.
    bounds
        What the mean outcome lies between, whatever those pairs and those who did not answer would
        have said, under ``assume``; with the 95 % interval of what was drawn.
    assume
        What was assumed of pairs that could not be drawn.
    ratings
        How many pairs with an outcome were used.
    notes
        What the reader should know, a sentence each.
    """

    ips: float
    snips: float
    doubly_robust: float
    low: float
    high: float
    unsupported_share: float
    bounds: tuple[float, float]
    assume: Assumption
    ratings: int
    notes: tuple[str, ...] = ()

    @property
    def estimate(self) -> float:
        """The self-normalised estimate."""
        return self.snips

    def to_frame(self) -> pd.DataFrame:
        """Tabulate the estimates: figure, value."""
        rows = [
            ("estimate (SNIPS)", self.snips),
            ("interval, low", self.low),
            ("interval, high", self.high),
            ("doubly robust", self.doubly_robust),
            ("inverse probability", self.ips),
            ("share of pairs that could not be drawn", self.unsupported_share),
            ("bound, low", self.bounds[0]),
            ("bound, high", self.bounds[1]),
        ]
        return pd.DataFrame(rows, columns=["figure", "value"])

    def __repr__(self) -> str:
        known = (
            f"{self.snips:.3g} a pair in the mean ({self.low:.3g} to {self.high:.3g}), from "
            f"{format_count(self.ratings, 'outcome')}"
        )
        lines = [
            f"The other policy: {known if self.ratings else 'no outcome of its pairs is known'}",
            f"Bounds:           {self.bounds[0]:.3g} to {self.bounds[1]:.3g}, with the interval of "
            f"what was drawn; {self.unsupported_share:.0%} of its pairs could not have been drawn"
            + ("" if self.assume == "none" else f" (assuming {self.assume} outcomes)"),
        ]
        return "\n".join([*lines, *(f"Note:             {note}" for note in self.notes)])


def evaluate_policy(
    logged: Matching,
    target: Matching,
    outcome: pd.DataFrame | pd.Series[float],
    *,
    assume: Assumption = "none",
    outcome_range: tuple[float, float] = (0.0, 1.0),
    lipschitz: float | None = None,
    draws: int = 1000,
    seed: int = 0,
) -> PolicyValue:
    """Estimate the mean outcome if another policy had matched, from the outcomes of a lottery.

    Parameters
    ----------
    logged
        A matching drawn by lot; its ``probabilities`` are what makes the question answerable.
    target
        A matching of the same people by the other policy, or another lottery.
    outcome
        A table with the columns mentee, mentor, outcome, or a Series in the order of
        ``logged.pairs``. Missing where nobody answered. Pairs that the lottery did not make, such
        as those set by hand later, are left out of the estimate and widen the bounds.
    assume
        Of pairs that could not be drawn: "none"; "monotone", a higher score means an outcome that
        is at least as good; "lipschitz", outcomes differ by at most ``lipschitz`` times the
        difference of scores.
    outcome_range
        The worst and the best outcome there is.
    lipschitz
        The constant of ``assume="lipschitz"``; None: outcome range divided by score range.
    draws
        How often the recorded lottery is drawn again for the interval.
    seed
        Of these draws.

    Returns
    -------
    PolicyValue

    Raises
    ------
    NotIdentifiedError
        ``logged`` was not drawn by lot; ``error.bounds`` is what is known all the same.
    MentorMatchError
        Other people in the target, an outcome out of its range, an assumption that does not exist.

    Notes
    -----
    Weights are π_target/π_logged [1]_. The interval is Horvitz and Thompson's, with joint chances
    from drawing the recorded lottery again, and allows for outcomes that were not seen as [3]_
    does. Bounds are Manski's, or follow [2]_.

    References
    ----------
    .. [1] A. Swaminathan and T. Joachims (2015), The self-normalized estimator for counterfactual
       learning.
    .. [2] M. Saveski, S. Jecmen, N. B. Shah and J. Ugander (2023), Counterfactual evaluation of
       peer-review assignment policies.
    .. [3] A. Agresti and B. A. Coull (1998), Approximate is better than "exact" for interval
       estimation of binomial proportions.
    """
    if assume not in ASSUMPTIONS:
        raise MentorMatchError(
            f"assume must be one of {', '.join(map(repr, ASSUMPTIONS))}; got {assume!r}."
        )
    _check_people(logged, target)
    lowest, highest = map(float, outcome_range)
    values, foreign = _outcomes_of(logged, outcome, lowest, highest)
    wanted = _chances_of(target)
    if logged.probabilities is None:
        bounds = _bounds_without_lottery(logged, wanted, values, (lowest, highest))
        raise NotIdentifiedError(
            f"The pairs were made by {logged.strategy!r}, not drawn by lot: their outcomes say "
            "nothing certain about other pairs. All that is known of the other policy is "
            f"a mean outcome between {bounds[0]:.3g} and {bounds[1]:.3g}. Match with "
            'mm.match(problem, "lottery") to be able to ask next time.',
            bounds,
        )
    chances = sparse.csr_array(logged.probabilities)
    i, j = logged.mentees, logged.mentors
    drawn = np.asarray(chances[i, j], dtype=np.float64).ravel()
    total = float(wanted.sum())
    supported = float(wanted.multiply(chances > 0).sum())
    weights = np.asarray(wanted[i, j], dtype=np.float64).ravel() / drawn
    known = ~np.isnan(values)
    used = known & (weights > 0)
    notes = _notes(foreign, int((~known).sum()), int(used.sum()), len(logged.pairs))
    filled = np.where(known, values, 0.0)
    ips = float(weights @ filled) / total if total else float("nan")
    snips = float(weights[used] @ values[used] / weights[used].sum()) if used.any() else np.nan
    robust = _doubly_robust(logged, wanted, weights, values, used, total)
    factor = _covariances(logged, chances, drawn, draws, seed) if (weights > 0).any() else None

    def interval(mean: float, of: NDArray[np.bool_], said: NDArray[np.float64]) -> list[float]:
        """The interval of a mean of drawn outcomes; the whole range where there is one only."""
        if of.sum() < 2:
            return [lowest, highest]
        error = _standard_error(drawn, weights, said - mean, of, factor)
        parts = weights[of] / weights[of].sum()
        chance = float(((1 - drawn[of]) * parts**2).sum())
        return _with_unseen(mean, error, chance, lowest, highest)

    share = max(1 - supported / total, 0.0) if total else 0.0
    inner = [lowest, highest]
    if (weights > 0).any():
        for side, filler in enumerate((lowest, highest)):
            said = np.where(known, values, filler)
            mean = float(weights @ said / weights.sum())
            inner[side] = interval(mean, weights > 0, said)[side]
    outer = (lowest, highest)
    if assume != "none" and share > 0:
        outer = bounds_of_unsupported(
            logged, wanted, chances, values, assume, (lowest, highest), lipschitz
        )
        notes = (*notes, ASSUMED)
    bounds = ((1 - share) * inner[0] + share * outer[0], (1 - share) * inner[1] + share * outer[1])
    low, high = interval(snips, used, values)
    return PolicyValue(ips, snips, robust, low, high, share, bounds, assume, int(used.sum()), notes)


def _check_people(logged: Matching, target: Matching) -> None:
    for name, one in (("logged", logged), ("target", target)):
        if not isinstance(one, Matching):
            raise MentorMatchError(f"{name} must be a Matching, got {type(one).__name__}.")
    for side in SIDES:
        if not logged.problem.ids(side).equals(target.problem.ids(side)):
            raise MentorMatchError(
                "logged and target must be of the same people in the same order; match the other "
                "policy on the same cohort."
            )


def _outcomes_of(
    logged: Matching, outcome: pd.DataFrame | pd.Series[float], lowest: float, highest: float
) -> tuple[NDArray[np.float64], int]:
    """Return the outcome of each logged pair, NaN where unknown, and the count of other pairs."""
    pairs = logged.pairs
    if isinstance(outcome, pd.Series):
        if len(outcome) != len(pairs):
            raise MentorMatchError(
                f"outcome must have a value for each pair of logged.pairs: {len(pairs)}, not "
                f"{len(outcome)}."
            )
        values, foreign = np.asarray(outcome, dtype=np.float64), 0
    else:
        lacking = [name for name in ("mentee", "mentor", "outcome") if name not in outcome]
        if lacking:
            raise MentorMatchError(
                f"outcome needs the columns mentee, mentor and outcome; {', '.join(lacking)} is "
                "missing."
            )
        means = outcome.groupby(["mentee", "mentor"])["outcome"].mean()
        own = pd.MultiIndex.from_frame(pairs[["mentee", "mentor"]])
        values = np.asarray(means.reindex(own), dtype=np.float64)
        foreign = int((~means.index.isin(own)).sum())
    outside = (values < lowest - 1e-9) | (values > highest + 1e-9)
    if outside.any():
        raise MentorMatchError(
            f"outcome must lie between {lowest:g} and {highest:g}, got {values[outside][0]:g}. "
            "Give outcome_range=(worst, best)."
        )
    return values, foreign


def _chances_of(target: Matching) -> sparse.csr_array:
    """Return the chance of each pair under the target policy; 1 for a pair that is certain."""
    if target.probabilities is not None:
        return sparse.csr_array(target.probabilities)
    return sparse_cells(target.mentees, target.mentors, target.problem.shape)


def _notes(foreign: int, silent: int, used: int, made: int) -> tuple[str, ...]:
    notes = []
    if foreign:
        notes.append(
            f"{format_count(foreign, 'outcome is', 'outcomes are')} of pairs that the lottery did "
            "not make; left out."
        )
    if silent:
        notes.append(
            f"{silent:,} of {format_count(made, 'pair')} {'has' if silent == 1 else 'have'} no "
            "outcome; the bounds allow for any."
        )
    if used < 10:
        notes.append(
            f"Of the drawn pairs only {used} {'is' if used == 1 else 'are'} also of the other "
            "policy."
        )
    return tuple(notes)


def _bounds_without_lottery(
    logged: Matching,
    wanted: sparse.csr_array,
    values: NDArray[np.float64],
    limits: tuple[float, float],
) -> tuple[float, float]:
    """Bound the target where only the pairs that both policies make are known."""
    shared = np.asarray(wanted[logged.mentees, logged.mentors], dtype=np.float64).ravel()
    known = ~np.isnan(values)
    total = float(wanted.sum())
    if not total:
        return limits
    seen = float(shared[known] @ values[known])
    rest = total - float(shared[known].sum())
    return (seen + rest * limits[0]) / total, (seen + rest * limits[1]) / total


def _doubly_robust(
    logged: Matching,
    wanted: sparse.csr_array,
    weights: NDArray[np.float64],
    values: NDArray[np.float64],
    used: NDArray[np.bool_],
    total: float,
) -> float:
    """Foretell outcomes by the score, and correct what drawn pairs show to be wrong."""
    known = ~np.isnan(values)
    if known.sum() < 3 or not used.any():
        return float("nan")
    design = np.column_stack([np.ones(int(known.sum())), logged.scores[known]])
    level, slope = np.linalg.lstsq(design, values[known])[0]
    table = wanted.tocoo()
    scores = logged.problem.pairs(
        table.row.astype(np.intp), table.col.astype(np.intp)
    ).scores.astype(np.float64)
    foretold = float(table.data @ np.nan_to_num(level + slope * scores)) / total
    rest = values[used] - (level + slope * logged.scores[used])
    return foretold + float(weights[used] @ rest) / total


def _covariances(
    logged: Matching, chances: sparse.csr_array, drawn: NDArray[np.float64], draws: int, seed: int
) -> NDArray[np.float64] | None:
    """1 − π_a·π_b/π_ab of all drawn pairs, from drawing the lottery again; None: too many pairs."""
    if len(drawn) > MOST_PAIRS:
        return None
    table = chances.tocoo()
    order = np.lexsort((table.col, table.row))
    rows, columns = table.row[order].astype(np.intp), table.col[order].astype(np.intp)
    keys = rows * chances.shape[1] + columns
    places = np.searchsorted(keys, logged.mentees * chances.shape[1] + logged.mentors)
    rng = np.random.default_rng(seed)
    seen = np.zeros((draws + 1, len(drawn)), dtype=np.float32)
    seen[0] = 1
    for k in range(1, draws + 1):
        made = np.zeros(len(keys), dtype=bool)
        made[round_dependently(rows, columns, table.data[order], rng)] = True
        seen[k] = made[places]
    joint = (seen.T @ seen).astype(np.float64) / (draws + 1)
    factor = 1 - np.outer(drawn, drawn) / joint
    np.fill_diagonal(factor, 1 - drawn)
    return factor


def _standard_error(
    drawn: NDArray[np.float64],
    weights: NDArray[np.float64],
    rest: NDArray[np.float64],
    used: NDArray[np.bool_],
    factor: NDArray[np.float64] | None,
) -> float:
    """Horvitz and Thompson's standard error of the self-normalised mean.

    Where the covariances give a variance of 0 or less, as few draws can, or there are none, the
    pairs are taken as independent.
    """
    terms = np.where(used, weights * np.nan_to_num(rest), 0.0) / weights[used].sum()
    variance = 0.0 if factor is None else float(terms @ factor @ terms)
    return float(np.sqrt(variance if variance > 0 else ((1 - drawn) * terms**2).sum()))


def _with_unseen(
    mean: float, error: float, chance: float, lowest: float, highest: float
) -> list[float]:
    """Interval of a mean that allows for outcomes of which none was drawn.

    Outcomes that are all alike have no spread, although pairs that were not drawn may differ: as
    in Agresti and Coull's interval of a rate, z² outcomes are added, half of the worst there are
    and half of the best. ``chance`` is 1/n of as many outcomes as are worth the drawn ones; 0 where
    all pairs were certain.
    """
    if chance == 0:
        return [mean, mean]
    n, added = 1 / chance, QUANTILE**2
    middle, half = (lowest + highest) / 2, (highest - lowest) / 2
    centre = (n * mean + added * middle) / (n + added)
    squares = (n * error) ** 2 + n * (mean - centre) ** 2
    squares += added * (half**2 + (middle - centre) ** 2)
    reach = QUANTILE * float(np.sqrt(squares)) / (n + added)
    return [max(lowest, centre - reach), min(highest, centre + reach)]
