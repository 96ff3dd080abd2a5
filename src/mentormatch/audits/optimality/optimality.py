"""The audit of optimality: the total against an upper bound that needs no solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.optimality.bounding import tighten_bound
from mentormatch.audits.optimality.exchanges import find_exchange
from mentormatch.certificates import Multipliers, certify_multipliers, recover_multipliers, verify
from mentormatch.displayed import Displayed
from mentormatch.matching import check_matching

if TYPE_CHECKING:
    from mentormatch.certificates import Verification
    from mentormatch.matching import Certificate, Matching

__all__ = ["Optimality", "optimality_of"]

# The residual graph has an arc for each two mentors, and examining it takes as many sweeps.
MOST_MENTORS = 4_000


@dataclass(frozen=True, eq=False)
class Optimality(Displayed):
    """Gap between the total of a matching and the bound at its coverage.

    Parameters
    ----------
    certificate
        As recomputed by this audit.
    source
        "certificate": its prices were checked. "residual graph": there was none, and the exchanges
        between the pairs were examined. "prices": only a bound was found.
    findings
        What the matching's own certificate claims and does not hold.
    note
        What the answer rests on, or why there is none.
    """

    certificate: Certificate
    source: str
    findings: tuple[str, ...]
    note: str

    @property
    def ok(self) -> bool | None:
        """Proven to be the best that its problem asks for; None: not decided by a bound alone."""
        if self.certificate.proven or self.source != "prices":
            return self.certificate.proven and not self.findings
        return None

    @property
    def gap(self) -> float:
        """Bound minus total, in units of score."""
        return self.certificate.gap

    @property
    def has_improving_exchange(self) -> bool | None:
        """Some chain or cycle of moves improves coverage or total; None: not known.

        A matching is optimal exactly when its residual graph has no such cycle, and then prices
        exist; so where prices were recovered and prove nothing, there is one.
        """
        if self.ok is not False:
            return None if self.ok is None else False
        return True if self.source == "residual graph" else None

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure: measure, value, meaning."""
        rows: list[tuple[str, object, str]] = [("optimal", self.ok, self.note)]
        proof = self.certificate
        as_good = "as good in what comes first" if proof.stages else "of this coverage"
        rows += [
            ("total", proof.objective, "sum of the pairs' scores"),
            ("bound", proof.bound, f"no matching {as_good} has a larger total"),
            ("gap", proof.gap, f"zero means at most {proof.tolerance:.3g}"),
            ("coverage", proof.coverage, "mentees with at least one mentor"),
            ("coverage bound", proof.coverage_bound, "the most there can be"),
            ("improving exchange", self.has_improving_exchange, "a chain or cycle of moves"),
        ]
        rows.extend(
            ("finding", finding, "in the matching's own certificate") for finding in self.findings
        )
        return pd.DataFrame(rows, columns=["measure", "value", "meaning"]).astype({"value": object})

    def __repr__(self) -> str:
        lines = [f"Optimality: {self.certificate}", f"  {self.note}"]
        lines.extend(f"  {finding}" for finding in self.findings)
        return "\n".join(lines)


def optimality_of(matching: Matching) -> Optimality:
    """Check the certificate of a matching, or bound the best total from its pairs alone."""
    check_matching(matching, "optimality_of")
    if matching.certificate is not None:
        checked = verify(matching)
        return Optimality(checked.certificate, "certificate", checked.findings, _rests_on(checked))
    mentors = matching.problem.shape[1]
    nothing = Multipliers(np.zeros(mentors), np.zeros(matching.problem.n_classes))
    if mentors > MOST_MENTORS:
        note = (
            f"the bound was found by bidding; with more than {MOST_MENTORS:,} mentors the residual "
            "graph was not examined, so whether an improving exchange exists is not known"
        )
        return Optimality(tighten_bound(matching, nothing), "prices", (), note)
    if matching.problem.sides:
        note = (
            "the bound was found by bidding and leaves quotas and other rules out, so whether an "
            "exchange that keeps them improves the matching is not known"
        )
        return Optimality(tighten_bound(matching, nothing), "prices", (), note)
    tolerance = 1e-6 * float(np.nansum(np.abs(matching.scores)))
    exchange = find_exchange(matching, tolerance + matching.problem.compatibility.scorer.error * 4)
    if exchange is not None:
        gain, sentence = exchange
        note = f"an improving exchange exists: {sentence} (+{gain:.4g})"
        return Optimality(tighten_bound(matching, nothing), "residual graph", (), note)
    prices = recover_multipliers(matching)
    found = certify_multipliers(matching, prices)
    note = "no improving exchange exists: prices recovered from the pairs prove it"
    if not found.proven:
        # Prices of a matching that is not optimal prove little: bid for better ones.
        found = tighten_bound(matching, prices)
        note = (
            "an improving exchange of several moves exists: the pairs' residual graph has no prices"
        )
    return Optimality(found, "residual graph", (), note)


def _rests_on(checked: Verification) -> str:
    """What a certificate that was checked again rests on, in a sentence."""
    if not checked.ok:
        return "its certificate does not hold"
    if checked.believed:
        return "pairs and total were recomputed; not proven again, but believed: " + "; ".join(
            checked.believed
        )
    return "its certificate was recomputed from its prices over all eligible pairs"
