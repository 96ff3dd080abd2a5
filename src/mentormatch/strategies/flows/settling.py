"""How flows settle each kind of stage, and which lists of stages they can."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import (
    Multipliers,
    OptimalFace,
    keep_even_loads,
    prove_loads,
    prove_stage,
)
from mentormatch.proofs.flow_stages import (
    STEEP,
    Levels,
    Welfare,
    Within,
    smallest_positive,
    to_levels,
)
from mentormatch.solvers import solve
from mentormatch.solvers.assignment.balance import balance
from mentormatch.strategies.flows.chain import FlowChain, bottleneck, largest_weight, refutation
from mentormatch.strategies.flows.level_searches import raise_minimum_within, raise_worst_sum
from mentormatch.strategies.staged.stages import (
    EvenestLoads,
    KeptTotal,
    LargestMinimum,
    LargestWelfare,
    LargestWorstSum,
    MostServed,
    SortedScores,
    Stage,
)
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Options

__all__ = ["start_flows", "why_no_flow"]

# The lowest levels of a block are looked for among this many pairs.
NEXT_PAIRS = 4096


def why_no_flow(problem: Problem, stages: Sequence[Stage]) -> str | None:
    """Say what keeps the stages from being flows; None where nothing does."""
    if problem.sides:
        return "side rules"
    if problem.wants_several:
        return "several mentors each"
    kinds = tuple(type(stage) for stage in stages)
    if MostServed in kinds and not problem.coverage_first:
        return "the most served beside the total"
    if KeptTotal in kinds and kinds != (KeptTotal, LargestMinimum):
        return "a share of the total to keep"
    return None


def start_flows(problem: Problem, options: Options, promise: Promise) -> Flows:
    """Begin with all matchings that serve as many as possible."""
    return Flows(OptimalFace.of(problem, until=options.deadline.at), options, promise)


class Flows(FlowChain):
    """A chain of flows that knows each kind of stage."""

    def settle(self, stage: Stage) -> None:
        """Make one thing best among the matchings that are left, and keep it."""
        match stage:
            case KeptTotal():
                self.share = stage.share
            case LargestMinimum() if self.share is not None:
                raise_minimum_within(self, self.share)
            case LargestMinimum():
                _raise_minimum(self)
            case LargestWorstSum():
                raise_worst_sum(self, stage)
            case SortedScores():
                raise_sorted_scores(self, stage)
            case LargestWelfare():
                raise_welfare(self, stage)
            case EvenestLoads():
                even_out_loads(self)
            case _:
                # The most served are where a chain of flows begins; it has no places in lists.
                assert isinstance(stage, MostServed), stage


def _raise_minimum(chain: FlowChain) -> None:
    """Settle the highest level that everybody can have, and why it is not higher."""
    face = chain.face
    found = bottleneck(face, face.scores)
    if found is None:
        return
    reached = Within(-np.inf, found.level)
    pins = face.problem.pinned
    pinned = float(reached.of(face.scores[pins[:, 0], pins[:, 1]]).sum())
    above = refutation(face, found)
    chain.links.append(partial(prove_stage, face, reached, above, kept=False, target=pinned))
    chain.leave_out(Within(-np.inf, float(np.nextafter(found.level, -np.inf))))


def even_out_loads(chain: FlowChain) -> None:
    """Settle the smallest sum of squared loads: the k-th mentee of a mentor costs 2k − 1."""
    face = chain.face
    stage = face.stage(None)
    transport = transport_of(stage)
    first, _ = solve(transport, None if not transport.needs else "flow")
    held = stage.capacities - transport.capacity
    answer = balance(transport, held, first, chain.options.limits())
    assert answer.prices is not None
    assert answer.coverage is not None
    if not answer.complete:
        # These prices are of the pairs looked at, and describe no face of all pairs.
        chain.cut = with_pins(stage, answer.mentees, answer.mentors)
        chain.finished = False
        return
    multipliers = Multipliers(answer.prices, answer.coverage)
    chain.links.append(partial(prove_loads, face, multipliers))
    chain.face = keep_even_loads(face, multipliers)


def raise_welfare(chain: FlowChain, stage: LargestWelfare) -> None:
    """Settle who gets more than 0, where that counts first, then the welfare.

    At α ≥ 2 scores whose costs are less than a step beside those of the worst-off are told apart by
    stages of their own.
    """
    alpha, above = stage.alpha, 0.0
    if alpha >= 1 and bool((chain.face.scores <= 0).any()):
        chain.keep(Within(-np.inf, 0.0))
    if alpha > 1:
        _leave_out_useless(chain, alpha)
    while (weights := _whole_steps(chain.face, alpha, above)) is not None:
        if chain.options.deadline.has_passed:
            chain.finished = False
            return
        chain.keep(weights)
        rest = _not_told_apart(chain.face, weights)
        if rest is None:
            return
        above = rest


def _leave_out_useless(chain: FlowChain, alpha: float) -> None:
    """Take away pairs of a score so low that one of them costs more than all of a fair matching.

    Where everybody can have t, all n of them cost at most n·t^(1−α): no pair at or below
    t·n^(−1/(α−1)) is in a best matching, and none of these must take digits from the others.
    """
    face = chain.face
    found = bottleneck(face, face.scores, 0.0)
    if found is None or found.level <= 0:
        return
    scores = face.free_scores()
    reach = found.level * (len(face.scores) + 1.0) ** (-1 / (alpha - 1))
    low = scores[(scores > 0) & (scores < reach * (1 - 1e-9))]
    if len(low):
        chain.leave_out(Within(0.0, float(low.max())), at_hand=False)


def _whole_steps(face: OptimalFace, alpha: float, above: float) -> Welfare | None:
    """The welfare in the finest steps that whole numbers have room for; None when all are equal."""
    # Welfare rises with the score wherever it is not 0: its extremes are those of the scores.
    scores = face.free_scores()
    some = scores[(scores >= 0) if alpha < 1 else (scores > above)]
    if not len(some):
        return None
    unit = smallest_positive(some)
    ends = Welfare(alpha, 1.0, unit, above).exact(np.array([some.min(), some.max()]))
    size = float(np.abs(ends).max())
    if size == 0:
        return None
    # The most digits that whole numbers have room for.
    return Welfare(alpha, size / largest_weight(face), unit, above)


def _not_told_apart(face: OptimalFace, weights: Welfare) -> float | None:
    """The score above which all round to no step at all, where that leaves a choice; else None."""
    if weights.alpha < STEEP:
        return None
    scores = np.unique(face.free_scores())
    scores = scores[scores > weights.above]
    lost = scores[weights.of(scores) == 0]
    if len(lost) < 2:
        return None
    counted = scores[scores < lost[0]]
    return float(counted[-1]) if len(counted) else None


def raise_sorted_scores(chain: FlowChain, stage: SortedScores) -> None:
    """Settle level after level, the lowest first.

    Each round jumps to the highest level that can be kept, then counts the next levels together in
    one flow whose costs are whole numbers.
    """
    settled, resolution = -np.inf, stage.resolution
    while not _decided(chain.face):
        if chain.options.deadline.has_passed:
            chain.finished = False
            return
        levels = to_levels(chain.face.scores, resolution)
        found = bottleneck(chain.face, levels, settled)
        if found is None:
            return
        # Of many stages only what is needed to prove them again is held.
        if bool(((levels > settled) & (levels < found.level)).any()):
            below = float(np.nextafter(found.level, -np.inf))
            chain.leave_out(Within(settled, below, resolution), at_hand=False)
            levels = to_levels(chain.face.scores, resolution)
        block = _block(levels, found.level, largest_weight(chain.face), resolution)
        chain.keep(block, at_hand=False)
        settled = float(block.levels[-1])
        chain.options.tell("leximin", stages=len(chain.links), settled_up_to=settled)


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
        values = values[values < last] if last > first else np.array([first])
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
    costs = np.append(np.cumprod(members[kept - 1 : 0 : -1] + 1.0)[::-1], 1.0)
    return Levels(steps[:kept], costs, resolution)
