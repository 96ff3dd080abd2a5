"""The certificate of a matching: what it claims, and the numbers that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError
from mentormatch.proofs.as_data import (
    VERSION,
    lengthen_stages,
    read_fields,
    shorten_stages,
    to_data,
)

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.proofs.program_stages import AnyStage
    from mentormatch.proofs.promises import Promise


@dataclass(frozen=True, eq=False)
class Certificate:
    """Why no other matching is better, in numbers that can be checked without a solver.

    Parameters
    ----------
    objective
        Total score of the matching.
    bound
        No matching of the same coverage has a larger total; recomputed over all eligible pairs from
        ``prices``.
    gap
        ``bound − objective``, in units of score, with what rounding can cost.
    proven
        gap ≤ tolerance, and coverage and seats meet their bounds.
    tolerance
        What gap counts as zero: 1e-6 of the sum of the pairs' absolute scores, or what float64 can
        lose on the way to the bound where that is more.
    prices
        Series by mentor: what a seat with this mentor is worth (≥ 0 towards capacity, ≤ 0 towards a
        minimum).
    coverage, coverage_bound
        Mentees with at least one mentor, and how many there can be. The bound is None where it was
        not asked for (``coverage_first=False``).
    seats, seats_bound
        Pairs made, and how many there can be; the same as coverage when everybody wants one mentor.
    coverage_multipliers, seats_multiplier
        What one more mentee with a mentor (by priority class, highest first), and one more pair,
        would be worth.
    method
        How the bound was found: "prices", or the name of a solver whose bound it is.
    stages
        Proofs of what came before the total, in order; ``bound`` is then over the matchings that
        are as good in all of them.
    rule_prices
        Series by (rule, mentor): what one more mentee within a quota, one shared mentor, or one
        unit of hours is worth; None in a problem without such rules.
    checked_bound
        Where ``bound`` is a solver's: what the prices alone show that no matching exceeds; None
        where there are none, and where ``bound`` itself comes from the prices.
    promise
        What was to be made as large as possible; ``stages`` and the total are its proof.
    strategy
        Name of the strategy it was made for.
    fingerprint
        (part, digest) of the problem's people, numbers, pins, bans and conditions, and of the
        pairs: it is a proof of these and of no others.
    """

    objective: float
    bound: float
    gap: float
    proven: bool
    tolerance: float
    prices: pd.Series[float]
    coverage: int
    coverage_bound: int | None
    seats: int
    seats_bound: int | None
    coverage_multipliers: tuple[float, ...] = (0.0,)
    seats_multiplier: float = 0.0
    method: str = "prices"
    stages: tuple[AnyStage, ...] = ()
    rule_prices: pd.Series[float] | None = None
    checked_bound: float | None = None
    promise: Promise = "total"
    strategy: str = "given"
    fingerprint: tuple[tuple[str, str], ...] = ()

    def to_dict(self) -> dict[str, object]:
        """Return the certificate as plain data that JSON can hold, with a version.

        The groups of a parity are left out: they say what group somebody belongs to.

        Raises
        ------
        MentorMatchError
            Ids of a type that JSON cannot hold.
        """
        held = {one.name: to_data(getattr(self, one.name)) for one in fields(self)}
        return {"version": VERSION, **shorten_stages(held)}

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Certificate:
        """Read what `to_dict` wrote; `verify` says whether it is true.

        Raises
        ------
        MentorMatchError
            Not a certificate, or one of another version; says where.
        """
        if not isinstance(data, Mapping):
            raise MentorMatchError(
                f"A certificate is read from the dict of to_dict, got {type(data).__name__}."
            )
        if data.get("version") != VERSION:
            raise MentorMatchError(
                f"This certificate has version {data.get('version')!r}, and this release reads "
                f"version {VERSION}. Make it again with mm.match."
            )
        held = {key: value for key, value in data.items() if key != "version"}
        return cls(**read_fields(cls, lengthen_stages(held), "certificate"))

    @property
    def open_stage(self) -> AnyStage | None:
        """The first stage that is not proven; None where all are."""
        return next((stage for stage in self.stages if not stage.proven), None)

    def __str__(self) -> str:
        total = self._total_and_bound()
        if self.proven:
            by_solver = self.method not in ("prices", "expectation")
            word = (
                f"proven by the solver's bound ({self.method})" if by_solver else "proven optimal"
            )
            text = f"{word}: {total}"
        else:
            text = f"not proven optimal: {self._what_is_open(total)}"
        if self.checked_bound is not None and self.checked_bound > self.bound:
            text += f"; its prices alone show at most {self.checked_bound:.6g}"
        if self.coverage_bound is not None:
            text += f"; {self.coverage} {'mentee' if self.coverage == 1 else 'mentees'}"
            text += f" matched of at most {self.coverage_bound}"
            if self.seats_bound is not None and self.seats != self.coverage:
                text += f"; {self.seats} {'pair' if self.seats == 1 else 'pairs'}"
                text += f" of at most {self.seats_bound}"
        return text

    def _total_and_bound(self, *, within: bool = False) -> str:
        """Say the total and its bound; ``within``: it was said that others are as good before."""
        what, others = "total", "no matching"
        if self.method == "expectation":
            what, others = "expected total", "no lottery"
        if self.stages and not within:
            others += " that is as good in what comes first"
        elif self.coverage_bound is not None and not within:
            # One that serves fewer may have a larger total.
            others += " that serves as many"
        return (
            f"{what} {self.objective:.6g}, {others} exceeds {self.bound:.6g} (gap {self.gap:.2g})"
        )

    def _what_is_open(self, total: str) -> str:
        """Say which stage keeps it from being proven: the first of them, not the last."""
        within = f"among the matchings as good up to there, {self._total_and_bound(within=True)}"
        covered = self.coverage_bound is None or self.coverage == self.coverage_bound
        if self.open_stage is not None:
            return f"{self.open_stage}; {within}"
        if covered and self.promise != "total" and abs(self.gap) <= self.tolerance:
            return f"the search ended before all stages were settled; {within}"
        return total

    def _repr_html_(self) -> str:
        from mentormatch.reports import display_html

        return display_html(self)

    def __repr__(self) -> str:
        return f"Certificate({self})"
