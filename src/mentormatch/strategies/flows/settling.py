"""How flows settle each kind of stage, and which lists of stages they can."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.certificates import OptimalFace, prove_stage
from mentormatch.proofs.flow_stages import Within
from mentormatch.strategies.flows.bottleneck import bottleneck, refutation
from mentormatch.strategies.flows.chain import FlowChain
from mentormatch.strategies.flows.kept_share import raise_minimum_within
from mentormatch.strategies.flows.loads import even_out_loads
from mentormatch.strategies.flows.sorted_scores import raise_sorted_scores
from mentormatch.strategies.flows.welfare import raise_welfare
from mentormatch.strategies.flows.worst_sum import raise_worst_sum
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.problem import Problem
    from mentormatch.proofs.promises import Promise
    from mentormatch.strategies.base import Options

__all__ = ["start_flows", "why_no_flow"]


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
