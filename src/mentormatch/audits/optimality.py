"""The audit of optimality: a bound on every other matching, without any solver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mentormatch.audits.bounding import tightened
from mentormatch.certificates import certify, recover_multipliers, verify

if TYPE_CHECKING:
    from mentormatch.matching import Certificate, Matching

__all__ = ["Optimality", "optimality_of"]

# Prices are recovered on a graph of all pairs of mentors, which takes 8 bytes an arc.
MOST_MENTORS = 8_000


@dataclass(frozen=True, eq=False)
class Optimality:
    """How far a matching is from the best total at its coverage, and whether that is proven.

    Parameters
    ----------
    certificate
        As recomputed by this audit; None when there was nothing to examine.
    source
        "certificate": its prices were checked. "residual graph": there was none, and prices were
        recovered from the pairs.
    findings
        What the matching's own certificate claims and does not hold.
    note
        What the answer rests on, or why there is none.
    """

    certificate: Certificate | None
    source: str
    findings: tuple[str, ...]
    note: str

    @property
    def ok(self) -> bool | None:
        """Proven to be the best that its problem asks for; None: not examined."""
        if self.certificate is None:
            return None
        return self.certificate.proven and not self.findings

    @property
    def gap(self) -> float | None:
        """Bound less total, in units of score; None: not examined."""
        return None if self.certificate is None else self.certificate.gap

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
        """One row a measure: measure, value, meaning."""
        rows: list[tuple[str, object, str]] = [("optimal", self.ok, self.note)]
        proof = self.certificate
        if proof is not None:
            rows += [
                ("total", proof.objective, "sum of the pairs' scores"),
                ("bound", proof.bound, "no matching of this coverage has a larger total"),
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
        if self.certificate is None:
            return f"Optimality: {self.note}"
        lines = [f"Optimality: {self.certificate}", f"  {self.note}"]
        lines.extend(f"  {finding}" for finding in self.findings)
        return "\n".join(lines)


def optimality_of(matching: Matching) -> Optimality:
    """Check the certificate of a matching, or bound the best total from its pairs alone."""
    if matching.certificate is not None:
        checked = verify(matching)
        return Optimality(
            checked.certificate,
            "certificate",
            checked.findings,
            "its certificate was recomputed from its prices over all eligible pairs"
            if checked.ok
            else "its certificate does not hold",
        )
    mentors = matching.problem.shape[1]
    if mentors > MOST_MENTORS:
        return Optimality(
            None,
            "residual graph",
            (),
            f"not examined: there is no certificate, and recovering prices takes memory for "
            f"{mentors:,} × {mentors:,} arcs (the limit is {MOST_MENTORS:,} mentors)",
        )
    prices = recover_multipliers(matching)
    found = certify(matching, prices)
    if not found.proven:
        # Prices of a matching that is not optimal prove little: bid for better ones.
        found = tightened(matching, prices)
    return Optimality(
        found,
        "residual graph",
        (),
        "no improving exchange exists: prices recovered from the pairs prove it"
        if found.proven
        else "an improving exchange exists: the pairs' residual graph has no prices",
    )
