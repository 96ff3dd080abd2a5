"""The matching that is best for the worst-off, then for the next worst-off, and so on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import OptimalFace
from mentormatch.errors import MentorMatchError, is_number
from mentormatch.proofs.flow_stages import Levels, Within, to_levels
from mentormatch.solvers import ENGINES
from mentormatch.strategies.base import register
from mentormatch.strategies.fair.bottleneck import bottleneck
from mentormatch.strategies.staged.chain import StageResult, finish, keep, largest_weight, no_prices
from mentormatch.strategies.staged.programs import Program
from mentormatch.strategies.staged.shares import check_budget

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["Leximin"]

# The lowest levels of a block are looked for among this many pairs.
NEXT_PAIRS = 4096


@dataclass(frozen=True, slots=True)
class Leximin:
    """The sorted scores of the mentees are lexicographically largest, the worst first.

    As few mentees as possible are at the lowest level of score, among those matchings as few as
    possible at the next, and so on; then the best total. Whom it compares is said in `Maximin`.

    Parameters
    ----------
    resolution
        Scores are rounded to multiples of this before they are compared; None = exact on all
        levels. Coarse levels are faster and leave more room for the total.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    Exact at one mentor per mentee. Each round jumps to the highest level that can be kept, then
    counts the next levels together in one minimum-cost flow whose costs are whole numbers, and
    keeps the face of its optimum [1]_. With several mentors per mentee the problem is NP-hard: the
    sums of the k worst are made as large as possible one after another by an integer program [2]_,
    with that solver's bound.

    Raises
    ------
    MentorMatchError
        ``resolution`` that is not a positive number, ``keep_total`` outside (0, 1].

    References
    ----------
    .. [1] R. E. Burkard and F. Rendl (1991), Lexicographic bottleneck problems.
    .. [2] W. Ogryczak and T. Śliwiński (2003), On solving linear programs with the ordered weighted
       averaging objective.
    """

    resolution: float | None = None
    keep_total: float | None = None

    name = "leximin"
    promises = ("sorted scores",)
    engines = tuple(ENGINES)
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if self.resolution is not None and not (is_number(self.resolution) and self.resolution > 0):
            raise MentorMatchError(
                f"Leximin needs a resolution above 0, such as 0.01, or None for exact levels; got "
                f"{self.resolution!r}."
            )

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Settle level after level, the lowest first; then the best total."""
        if self.keep_total is not None or problem.wants_several or problem.sides:
            return Program(self.name, self.keep_total).ordered(problem, options, self.resolution)
        face = OptimalFace.of(problem)
        links: list[StageResult] = []
        settled, finished = -np.inf, True
        while not _decided(face):
            if options.deadline.has_passed:
                finished = False
                break
            levels = to_levels(face.scores, self.resolution)
            found = bottleneck(face, levels, settled)
            if found is None:
                break
            if bool(((levels > settled) & (levels < found.level)).any()):
                below = float(np.nextafter(found.level, -np.inf))
                jump = Within(settled, below, self.resolution)
                stage = face.stage(jump)
                links.append(StageResult(face, jump, no_prices(face)))
                face = face.tighten(stage, links[-1].multipliers)
                levels = to_levels(face.scores, self.resolution)
            block = _block(levels, found.level, largest_weight(face), self.resolution)
            face, link, _ = keep(face, block, options.engine)
            # Of many stages only what is needed to prove them again.
            links.append(replace(link, stage=None))
            settled = float(block.levels[-1])
            options.tell("leximin", stages=len(links), settled_up_to=settled)
        return finish(face, links, options, promise="sorted scores", finished=finished)


def _decided(face: OptimalFace) -> bool:
    """Every mentee has a mentor for certain, and all its pairs have one score."""
    open_pairs = ~np.isnan(face.scores)
    some = np.asarray(open_pairs.any(axis=1))
    low = np.where(open_pairs, face.scores, np.inf).min(axis=1, initial=np.inf)
    high = np.where(open_pairs, face.scores, -np.inf).max(axis=1, initial=-np.inf)
    pinned = np.zeros(len(some), dtype=bool)
    pinned[face.problem.pinned[:, 0]] = True
    settled = face.must & (low == high)
    return bool((pinned | settled | ~some).all())


def _block(
    levels: NDArray[np.float64], first: float, largest: int, resolution: float | None
) -> Levels:
    """As many levels from ``first`` upwards as whole numbers have room for, and their costs."""
    # NaN compares False, so pairs outside the face stay out.
    values = levels[levels >= first]
    if len(values) > NEXT_PAIRS:
        last = np.partition(values, NEXT_PAIRS)[NEXT_PAIRS]
        nearby = values[values < last] if last > first else np.array([first])
        steps = np.unique(nearby)
    else:
        steps = np.unique(values)
    rows, columns = np.nonzero((levels >= first) & (levels <= steps[-1]))
    place = np.searchsorted(steps, levels[rows, columns])
    people = np.unique(place * len(levels) + rows) // len(levels)
    members = np.bincount(people, minlength=len(steps))
    # A level must cost more than everybody at all later levels together.
    kept, room = 1, 1
    while kept < len(steps) and room * (int(members[kept]) + 1) <= largest:
        room *= int(members[kept]) + 1
        kept += 1
    costs = np.ones(kept)
    for k in range(kept - 2, -1, -1):
        costs[k] = costs[k + 1] * (members[k + 1] + 1)
    return Levels(steps[:kept], costs, resolution)


register("leximin", Leximin)
