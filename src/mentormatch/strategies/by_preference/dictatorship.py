"""Mechanisms that are Pareto-optimal for the mentees: serial dictatorship, top trading cycles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices
from mentormatch.errors import MentorMatchError, ProblemError
from mentormatch.solvers.markets.trading_cycles import top_trading_cycles
from mentormatch.strategies.base import Choice, register
from mentormatch.strategies.by_preference.markets import choice_of, market_of
from mentormatch.strategies.staged.listed_pairs import refuse_demand, without_pins

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.solvers.arrays import Floats
    from mentormatch.strategies.base import Options

__all__ = ["Random", "SerialDictatorship", "TopTrading"]

WHY_UNMET = "Whoever chooses in turn does not look at what others must have."


@dataclass(frozen=True, slots=True)
class Random:
    """In random order, each mentee gets an eligible mentor with a free seat, drawn at random.

    The baseline that any other strategy has to beat. No pair can be added to the result.
    """

    name = "random"
    promises = ()
    engines = ()

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Draw the order, then the mentors."""
        generator = np.random.default_rng(options.seed)
        order = generator.permutation(problem.shape[0])

        def liking(rows: NDArray[np.intp]) -> NDArray[np.float64]:
            drawn = generator.random((len(rows), problem.shape[1]))
            return np.where(problem.open_scores(rows) > -np.inf, drawn, -np.inf)

        mentees, mentors, _ = _take_turns(problem, order, liking)
        notes = (f"drawn with seed {options.seed}",)
        return choice_of(problem, mentees, mentors, self.name, WHY_UNMET, notes=notes)


@dataclass(frozen=True, slots=True)
class SerialDictatorship:
    """One after another, each mentee takes the best mentors that still have a free seat.

    Pareto-optimal for the mentees when their scores are strict, and it is a dominant strategy to
    tell the truth [1]_; not stable. Equal scores are decided by the order of people, which is
    stated in the result. A mentee who wants several mentors takes all of them in its turn.

    Parameters
    ----------
    order
        "seeded": a random order, the same for the same seed. "priority": by the problem's
        priority, seeded within a class. A sequence of ids: everybody, first served first.

    References
    ----------
    .. [1] A. Abdulkadiroğlu and T. Sönmez (1998), Random serial dictatorship and the core from
       random endowments in house allocation problems.
    """

    order: str | Sequence[Hashable] = "seeded"

    name = "serial_dictatorship"
    promises = ()
    engines = ()

    def __post_init__(self) -> None:
        if isinstance(self.order, str) and self.order not in ("seeded", "priority"):
            raise MentorMatchError(
                "SerialDictatorship: order must be 'seeded', 'priority' or a sequence of mentee "
                f"ids, got {self.order!r}."
            )
        if not isinstance(self.order, str):
            object.__setattr__(self, "order", tuple(self.order))

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Let the mentees choose in turn."""
        order = self._positions(problem, options.seed)

        def liking(rows: NDArray[np.intp]) -> Floats:
            block = problem.block(rows)
            open_ = without_pins(problem, rows, block.eligible)
            return np.where(open_, block.mentee_scores, -np.inf)

        error = problem.compatibility.scorer.error
        mentees, mentors, tied = _take_turns(problem, order, liking, error)
        how = self.order if isinstance(self.order, str) else "given"
        notes = [f"order: {how}" + ("" if how == "given" else f" (seed {options.seed})")]
        if tied:
            notes.append(
                "some mentees had a choice between equals; the first in the order of people was "
                "taken, so another choice may help somebody without hurting anybody"
            )
        return choice_of(problem, mentees, mentors, self.name, WHY_UNMET, notes=tuple(notes))

    def _positions(self, problem: Problem, seed: int) -> NDArray[np.intp]:
        """Positions of the mentees in the order in which they choose."""
        n = problem.shape[0]
        drawn = np.random.default_rng(seed).permutation(n)
        if self.order == "seeded":
            return drawn
        if self.order == "priority":
            classes = problem.priority_classes
            return drawn[np.argsort(classes[drawn], kind="stable")]
        wrong: list[str] = []
        places: list[int] = []
        for one in self.order:
            try:
                places.append(problem.compatibility.mentee_position(one))
            except ProblemError as error:
                wrong.append(str(error).removesuffix("."))
        counts = np.bincount(np.array(places, dtype=np.intp), minlength=n)
        ids = problem.mentee_ids
        wrong.extend(f"{ids[k]!r} is named twice" for k in np.flatnonzero(counts > 1).tolist())
        if not wrong:
            wrong.extend(f"{ids[k]!r} is not named" for k in np.flatnonzero(counts == 0).tolist())
        if wrong:
            more = f"; and {len(wrong) - 10} more" if len(wrong) > 10 else ""
            raise MentorMatchError(
                "SerialDictatorship: order must name every mentee once: "
                + "; ".join(wrong[:10])
                + more
                + ". Give the whole order, or use 'seeded' or 'priority'."
            )
        return np.array(places, dtype=np.intp)


def _take_turns(
    problem: Problem,
    order: NDArray[np.intp],
    liking: Callable[[NDArray[np.intp]], Floats],
    error: float = 0.0,
) -> tuple[NDArray[np.intp], NDArray[np.intp], bool]:
    """Each mentee in ``order`` takes what it likes best and is free, beside the pins.

    ``liking(rows)`` gives (rows, mentors) values, −inf where a pair must not be made. Where they
    are mentee scores with an ``error``, those that could be among the best are looked up again.
    Returns mentees and mentors, and whether anybody could have taken another of equal value.
    """
    left = problem.after_pins
    free = left.capacity.copy()
    order = order[left.demand[order] > 0]
    mentees: list[NDArray[np.intp]] = []
    mentors: list[NDArray[np.intp]] = []
    tied = False
    for part in row_slices(len(order), problem.shape[1]):
        rows = order[part]
        values = liking(rows)
        for line, i in enumerate(rows.tolist()):
            wanted = np.where(free > 0, values[line], -np.inf)
            count = int(left.demand[i])
            if error and 0 < count < len(wanted):
                wanted = wanted.astype(np.float64)
                least = np.partition(wanted, -count)[-count] - 2 * error
                near = np.flatnonzero((wanted >= least) & (wanted > -np.inf))
                wanted = np.full(len(wanted), -np.inf)
                wanted[near] = problem.pairs(np.full(len(near), i), near).mentee_scores
            if count == 1 and len(wanted):
                best = np.array([np.argmax(wanted)])
            else:
                best = np.argsort(-wanted, kind="stable")[:count]
            best = best[wanted[best] > -np.inf]
            if len(best) and not tied:
                last = wanted[best[-1]]
                tied = bool(
                    np.count_nonzero(wanted == last) > np.count_nonzero(wanted[best] == last)
                )
            free[best] -= 1
            mentors.append(best)
            mentees.append(np.full(len(best), i, dtype=np.intp))
    none = np.empty(0, np.intp)
    return np.concatenate([none, *mentees]), np.concatenate([none, *mentors]), tied


register("random", Random)
register("serial_dictatorship", SerialDictatorship)


@dataclass(frozen=True, slots=True)
class TopTrading:
    """Top trading cycles for places with seats [1]_.

    Mentees point to the best mentor with a free seat, mentors to the mentee they rank first; who is
    on a cycle gets what it points to. Pareto-optimal for the mentees, and telling the truth is a
    dominant strategy for them, when scores are strict; not stable.

    References
    ----------
    .. [1] A. Abdulkadiroğlu and T. Sönmez (2003), School choice: a mechanism design approach.
    """

    name = "top_trading"
    promises = ()
    engines = ()

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Trade in rounds until nobody can point to anybody."""
        refuse_demand(problem, self.name, "whoever has traded leaves")
        i, j, ties_met = top_trading_cycles(market_of(problem))
        said = (
            "equal scores were ordered by a keyed hash of the ids (seed "
            f"{options.seed}): with ties another order may help somebody without hurting anybody"
            if ties_met
            else "no equal scores were met: Pareto-optimal for the mentees"
        )
        why = "Trading does not look at what others must have."
        return choice_of(problem, i, j, self.name, why, notes=(said,))


register("top_trading", TopTrading)
