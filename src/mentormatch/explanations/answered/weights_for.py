"""Whether other weights of the criteria would give a pair, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.explanations.answered.answer import Answer, amount, frame_of

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.explanations.answered.answer import Audience

__all__ = ["WeightsFor"]


@dataclass(frozen=True, eq=False)
class WeightsFor(Answer):
    """Whether some weights of the criteria give a pair.

    Parameters
    ----------
    mentee, mentor
        Ids.
    exists
        True: under ``weights`` a best matching has the pair. False: under no weights, and
        ``certificate`` shows it. None: neither was found within 200 matches.
    weights
        By label, with the sum of the present ones; the nearest to these at which the matching that
        goes with the pair (``companion``) is best. Another companion may be nearer.
    distance
        Sum of the absolute differences from the present weights; NaN without weights.
    certificate
        Frame: cell, matching, sums (of that matching, by criterion), multiplier, margin. The
        weights are divided into cells. In each the multipliers, which add up to 1, mix matchings
        so that the mix exceeds, at each corner of the cell, the best total with the pair by at
        least the margin (Farkas). One row of cell −1: coverage comes first, and the pair costs
        some of it.
    companion
        Pairs (mentee, mentor) of the best matching with the pair under ``weights``.
    """

    mentee: object
    mentor: object
    exists: bool | None
    weights: dict[str, float]
    distance: float
    certificate: pd.DataFrame
    companion: tuple[tuple[object, object], ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """The weights, or the certificate that there are none."""
        if self.exists:
            return frame_of(self.weights.items(), ["criterion", "weight"])
        return self.certificate

    def sentences(self, audience: Audience) -> list[str]:
        """Say it to the mentee, to the mentor, or to the committee."""
        both = f"{self.mentee!r} and {self.mentor!r}"
        if audience != "committee":
            both = "you and the person you asked about"
        if self.exists is None:
            return [f"No weights were found that match {both}, and none are ruled out."]
        if not self.exists:
            return [f"No weights of the criteria match {both} in a best matching."]
        if self.distance == 0:
            return [f"A best matching under the present weights matches {both}."]
        if audience != "committee":
            return [f"Other weights of the criteria would match {both}."]
        shown = ", ".join(f"{name} {weight:.3g}" for name, weight in self.weights.items())
        return [
            f"A best matching has {both} under the weights {shown}; "
            f"together they differ by {amount(self.distance)} from the present ones."
        ]
