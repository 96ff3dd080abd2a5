"""The four audits of a matching in one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.audits.feasibility import feasibility_of
from mentormatch.audits.optimality.optimality import optimality_of
from mentormatch.audits.stability.stability import stability_of
from mentormatch.displayed import Displayed
from mentormatch.matching import check_matching

if TYPE_CHECKING:
    from mentormatch.audits.fairness.fairness import Fairness
    from mentormatch.audits.feasibility import Feasibility
    from mentormatch.audits.optimality.optimality import Optimality
    from mentormatch.audits.stability.stability import Stability
    from mentormatch.matching import Matching

__all__ = ["Audit", "audit"]


@dataclass(frozen=True, eq=False)
class Audit(Displayed):
    """Results of the audits of one matching.

    Parameters
    ----------
    matching
        What was audited.
    feasibility
        Whether it is a matching of its problem.
    optimality, stability
        How far from the best total, and who would rather have each other; None for a list of pairs
        that is no matching.
    fairness
        Over people and groups; None when no groups were named, or for a list that is no matching.
    """

    matching: Matching
    feasibility: Feasibility
    optimality: Optimality | None
    stability: Stability | None
    fairness: Fairness | None

    @property
    def ok(self) -> bool:
        """True if the matching is feasible and its certificate holds."""
        claims_hold = self.optimality is None or not self.optimality.findings
        return self.feasibility.ok and claims_hold

    def to_frame(self) -> pd.DataFrame:
        """Return all parts as one table: part, measure, value, meaning."""
        frames = []
        for part in ("feasibility", "optimality", "stability", "fairness"):
            examined: Feasibility | Optimality | Stability | Fairness | None = getattr(self, part)
            if examined is not None:
                frame = examined.to_frame()
                frame.insert(0, "part", part)
                frames.append(frame.astype(object))
        together: pd.DataFrame = pd.concat(frames, ignore_index=True)
        return together

    def __repr__(self) -> str:
        parts = [self.feasibility, self.optimality, self.stability, self.fairness]
        text = "\n".join(repr(part) for part in parts if part is not None)
        if not self.feasibility.ok:
            text += "\nOptimality, stability and fairness: not examined, for this is no matching"
        return text


def audit(
    matching: Matching,
    groups: object = None,
    reference: Matching | None = None,
    *,
    tie_tolerance: float = 0.0,
) -> Audit:
    """Check a matching from its problem and pairs alone; no solver is asked or believed.

    Parameters
    ----------
    matching
        The matching in question; also one made by ``Matching.from_pairs(..., check=False)``.
    groups
        Columns of either table, or labels, by which fairness is looked at; None: not at all.
    reference
        A matching of the same people, usually the optimal one: gives the prices of stability and of
        fairness.
    tie_tolerance
        For stability, scores rank in whole steps of this size; 0 = only equal scores are tied.

    Returns
    -------
    Audit
        ``.feasibility``, ``.optimality``, ``.stability``, ``.fairness``.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> found = mm.audit(mm.match(problem))
    >>> found.feasibility.ok, found.optimality.ok, found.stability.is_stable
    (True, True, False)
    >>> found.stability.blocking_pairs[["mentee", "mentor"]].to_numpy().tolist()
    [[0, 0]]
    """
    check_matching(matching, "audit")
    if reference is not None:
        check_matching(reference, "audit(reference=…)")
    feasibility = feasibility_of(matching)
    if not feasibility.ok:
        return Audit(matching, feasibility, None, None, None)
    fairness = None
    if groups is not None:
        # Statistics of groups are asked for by few, and heavy to import.
        from mentormatch.audits.fairness.fairness import fairness_of

        fairness = fairness_of(matching, groups, reference=reference)
    return Audit(
        matching,
        feasibility,
        optimality_of(matching),
        stability_of(matching, reference=reference, tie_tolerance=tie_tolerance),
        fairness,
    )
