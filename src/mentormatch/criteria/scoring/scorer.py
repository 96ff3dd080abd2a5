"""CriteriaScorer: scores of a cohort by its criteria, as blocks and as explained pairs."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.compatibility.blocks import BREAKDOWN_COLUMNS, Block, Reciprocity, join_sides
from mentormatch.criteria.interface.criterion import Missing, fill_of
from mentormatch.criteria.interface.fitted import Fitted, HardRule
from mentormatch.criteria.interface.products import span_of
from mentormatch.criteria.scoring.blocks import read_block, read_tiles
from mentormatch.criteria.scoring.plan import Combination, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from mentormatch.compatibility.blocks import Rows
    from mentormatch.criteria.interface.arrays import Csr, Floats, Positions

__all__ = ["CriteriaScorer", "SelfRule"]

Float64s = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class SelfRule(HardRule):
    """The rule that nobody is matched with itself."""

    partner: Positions  # (mentees,): where the same person stands among the mentors, −1: nowhere
    n_mentors: int
    column: str  # the id column that both tables share

    label = "not oneself"

    @property
    def codes(self) -> Positions:
        """Everybody is a profile of its own."""
        return np.arange(len(self.partner))

    def forbids(self, mentees: Positions, mentors: Positions) -> NDArray[np.bool_]:
        """Whether the two are one person."""
        return np.asarray(self.partner[mentees] == mentors)

    def reason(self, mentee: int, mentor: int) -> str:
        """Say by which column they are one person."""
        return f"not oneself: both have the same {self.column!r}"

    def take(self, mentees: Positions, mentors: Positions) -> SelfRule:
        """The same rule for these people in this order."""
        place = np.full(self.n_mentors + 1, -1, dtype=np.intp)
        place[mentors] = np.arange(len(mentors))
        # −1 reads the last place, which stays −1.
        return replace(self, partner=place[self.partner[mentees]], n_mentors=len(mentors))

    def listed(self) -> Csr:
        """At most one pair per mentee."""
        who = np.flatnonzero(self.partner >= 0)
        where = (who, self.partner[who])
        shape = (len(self.partner), self.n_mentors)
        return sparse.coo_array((np.ones(len(who), dtype=np.int8), where), shape=shape).tocsr()


@dataclass(frozen=True, eq=False)
class CriteriaScorer:
    """What `Criteria.score` makes: reads blocks fast and pairs in full float64.

    Parameters
    ----------
    fitted
        The criteria, in their order.
    oneself
        That nobody is matched with itself, where it applies.
    shape
        (number of mentees, number of mentors).
    reciprocity, missing
        See `Criteria`.
    dtype
        Type of blocks, float32 or float64.
    actionable, allow_self
        See `Criteria`; kept so that the criteria can be told from the scores.
    """

    fitted: tuple[Fitted, ...]
    oneself: SelfRule | None
    shape: tuple[int, int]
    reciprocity: Reciprocity
    missing: Missing
    dtype: np.dtype
    actionable: tuple[str, ...] | None = None
    allow_self: bool = False

    def __getstate__(self) -> dict[str, object]:
        """What is computed from the parameters is computed again by whoever reads it."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    # ------------------------------------------------------------------ weights

    @cached_property
    def _shares(self) -> tuple[Float64s, Float64s]:
        """Weights of the criteria for the mentees' and the mentors' score, each adding up to 1.

        A side that nothing speaks for has the other's weights; all 0 without any weighted
        criterion.
        """
        sides = []
        for side in ("mentee", "mentor"):
            speaks = [
                float(one.criterion.weight or 0.0) if one.criterion.side in ("both", side) else 0.0
                for one in self.fitted
            ]
            weights = np.array(speaks, dtype=np.float64)
            if weights.any():
                # Weights near the largest number would add up to infinity.
                weights = weights / weights.max()
                weights /= weights.sum()
            sides.append(weights)
        mentee, mentor = sides
        if not mentee.any():
            return mentor, mentor
        return (mentee, mentee) if not mentor.any() else (mentee, mentor)

    @property
    def mean_shares(self) -> Float64s:
        """Weights of the criteria for the mean of both sides."""
        mentee, mentor = self._shares
        return np.asarray((mentee + mentor) / 2)

    @property
    def two_sided(self) -> bool:
        """True when the two sides weigh the criteria differently."""
        mentee, mentor = self._shares
        return not np.array_equal(mentee, mentor)

    @cached_property
    def standing(self) -> tuple[HardRule, ...]:
        """The hard rules of all criteria, and that nobody is matched with itself."""
        rules: list[HardRule] = [rule for one in self.fitted for rule in one.rules]
        return (*rules, self.oneself) if self.oneself is not None else tuple(rules)

    @property
    def rules(self) -> tuple[str, ...]:
        """Labels of the hard rules."""
        return tuple(rule.label for rule in self.standing)

    # ------------------------------------------------------------------ blocks

    @cached_property
    def _plan(self) -> Plan:
        return Plan(self.fitted, self.standing, self.shape, self.missing, self.dtype)

    @cached_property
    def _sides(self) -> tuple[Combination, Combination]:
        """What is read for the mentees' side, with the masks, and for the mentors' side."""
        mentee, mentor = self._shares
        return (
            self._plan.combination(mentee, masked=True),
            self._plan.combination(mentor, masked=False),
        )

    @cached_property
    def _joint(self) -> Combination | None:
        """One combination that gives the joined score, if there is one."""
        mentee, mentor = self._shares
        if not self.two_sided:
            return self._plan.combination(mentee, masked=True)
        if self.reciprocity != "mean":
            return None
        joint = self._plan.combination((mentee + mentor) / 2, masked=True)
        return joint if joint.known is None else None

    @cached_property
    def side_error(self) -> float:
        """The same bound for the scores of each side."""
        return max(one.error for one in self._sides)

    @cached_property
    def error(self) -> float:
        """Largest absolute difference between a block's score and the float64 score of the pair."""
        eps = float(np.finfo(self.dtype).eps)
        if not self.two_sided:
            return 0.0 if self._joint is None else self._joint.error
        side = self.side_error
        if self.reciprocity == "geometric":
            # |√a·√b − √c·√d| ≤ √|a·b − c·d| for numbers from 0 to 1.
            return float(np.sqrt(2 * side)) + side + 4 * eps
        joined = (2 * side if self.reciprocity == "harmonic" else side) + 4 * eps
        return joined if self._joint is None else max(joined, self._joint.error)

    def block(self, rows: Rows, columns: slice | None = None) -> Block:
        """Scores, eligibility and both sides of the mentees ``rows`` with the mentors."""
        where = self._positions(rows)
        if not self.two_sided:
            assert self._joint is not None
            scores = read_block(self._plan, self._joint, where, columns)
            eligible = scores > -np.inf
            scores[~eligible] = np.nan
            return Block(scores, eligible, scores, scores)
        mentee, mentor = self._read_sides(where, columns)
        scores = join_sides(mentee, mentor, self.reciprocity)
        return Block(scores, ~np.isnan(mentee), mentee, mentor)

    def joined(self, rows: Rows, ineligible: float, columns: slice | None = None) -> Floats:
        """Only the joined scores, ``ineligible`` where masked, in a new array."""
        where = self._positions(rows)
        if self._joint is None:
            scores = join_sides(*self._read_sides(where, columns), self.reciprocity)
            masked = np.isnan(scores)
        else:
            scores = read_block(self._plan, self._joint, where, columns)
            if not self.standing or ineligible == -np.inf:
                return scores
            masked = scores == -np.inf
        if not np.isnan(ineligible) or self._joint is not None:
            np.copyto(scores, ineligible, where=masked)
        return scores

    def joined_tiles(
        self, rows: Rows, ineligible: float, tiles: Sequence[slice]
    ) -> Iterator[Floats]:
        """As `joined`, with the mentors of one tile after the other; see `column_slices`."""
        place = {(tile.start, tile.stop): k for k, tile in enumerate(self._plan.tiles)}
        some = [place.get((tile.start, tile.stop), -1) for tile in tiles]
        if self._joint is None or -1 in some or (self.standing and ineligible != -np.inf):
            for columns in tiles:
                yield self.joined(rows, ineligible, columns)
            return
        yield from read_tiles(self._plan, self._joint, self._positions(rows), some)

    def _read_sides(
        self, where: slice | Positions, columns: slice | None = None
    ) -> tuple[Floats, Floats]:
        """Both sides, NaN where the pair is ineligible."""
        mentee, mentor = (read_block(self._plan, side, where, columns) for side in self._sides)
        if self.standing:
            masked = mentee == -np.inf
            mentee[masked] = np.nan
            mentor[masked] = np.nan
        if self.reciprocity != "mean":
            # Values are not negative; only rounding can make them so.
            np.maximum(mentee, 0, out=mentee)
            np.maximum(mentor, 0, out=mentor)
        return mentee, mentor

    def _positions(self, rows: Rows) -> slice | Positions:
        """The mentees, as a slice with a start and a stop where they follow each other."""
        if isinstance(rows, slice) and rows.step in (None, 1):
            start, stop, _ = rows.indices(self.shape[0])
            return slice(start, max(start, stop))
        return span_of(np.arange(self.shape[0])[rows])

    # ------------------------------------------------------------------ pairs

    def pairs(self, mentees: Positions, mentors: Positions) -> Block:
        """The pairs (mentees[k], mentors[k]) in float64, the same whatever surrounds them."""
        mentees, mentors = np.asarray(mentees, dtype=np.intp), np.asarray(mentors, dtype=np.intp)
        eligible = np.ones(len(mentees), dtype=bool)
        for rule in self.standing:
            eligible &= ~rule.forbids(mentees, mentors)
        values = [
            one.pairs(mentees, mentors) if one.criterion.weight is not None else None
            for one in self.fitted
        ]
        sides = []
        for shares in self._shares:
            score = np.zeros(len(mentees)) if shares.any() else np.ones(len(mentees))
            for _, weight, used in self._terms(shares, values, len(mentees)):
                score = score + weight * used
            sides.append(np.where(eligible, score, np.nan))
        if not self.two_sided:
            return Block(sides[0], eligible, sides[0], sides[0])
        return Block(join_sides(sides[0], sides[1], self.reciprocity), eligible, sides[0], sides[1])

    def values(
        self, mentees: Positions, mentors: Positions
    ) -> tuple[list[Float64s], list[Float64s]]:
        """For each criterion the values of pairs, and what is used where they are missing.

        A missing value that is skipped is given as 0.5 here, as it leaves the score to the others.
        """
        values = [one.pairs(mentees, mentors) for one in self.fitted]
        fill = 0.5 if self.missing == "skip" else fill_of(self.missing)
        return values, [np.where(np.isnan(value), fill, value) for value in values]

    def contributions(self, mentees: Positions, mentors: Positions) -> Float64s:
        """Compute what each criterion adds to the mean score of pairs: (criteria, pairs).

        Where the sides are joined by their mean, a column adds up to the pair's score.
        """
        values = [
            one.pairs(mentees, mentors) if one.criterion.weight is not None else None
            for one in self.fitted
        ]
        added = np.zeros((len(self.fitted), len(mentees)))
        for shares in self._shares:
            for k, weight, used in self._terms(shares, values, len(mentees)):
                added[k] += weight * used / 2
        return added

    def _terms(
        self, shares: Float64s, values: list[Float64s | None], count: int
    ) -> list[tuple[int, Float64s, Float64s]]:
        """For each criterion of a side: its position, its weight in each pair, the value used."""
        speaking = [(k, value) for k, value in enumerate(values) if shares[k] and value is not None]
        if self.missing != "skip":
            fill = fill_of(self.missing)
            return [
                (k, np.full(count, shares[k]), np.where(np.isnan(value), fill, value))
                for k, value in speaking
            ]
        known = np.zeros(count)
        for k, value in speaking:
            known = known + np.where(np.isnan(value), 0.0, shares[k])
        # A pair about which nothing is known is as good as neutral on everything.
        nothing = known == 0
        scale = np.where(nothing, 1.0, known)
        terms = []
        for k, value in speaking:
            counts = nothing | ~np.isnan(value)
            terms.append(
                (k, np.where(counts, shares[k] / scale, 0.0), np.where(np.isnan(value), 0.5, value))
            )
        return terms

    def precise(self) -> CriteriaScorer:
        """The same scores, with blocks in float64."""
        wide = np.dtype(np.float64)
        return self if self.dtype == wide else replace(self, dtype=wide)

    def breakdown(self, mentee: int, mentor: int) -> pd.DataFrame:
        """How the score of one pair comes about; see `Compatibility.breakdown`."""
        rows, totals = self.side_rows(mentee, mentor, two_sided=self.two_sided)
        joined = float(join_sides(totals[0], totals[-1], self.reciprocity)[0])
        rest = joined - sum(row[4] for row in rows)
        said = self.joined_sentence(
            [float(one[0]) for one in totals], joined, two_sided=self.two_sided
        )
        rows.append(("joined", "both", joined, np.nan, rest, said))
        return pd.DataFrame(rows, columns=BREAKDOWN_COLUMNS)

    def side_rows(
        self, mentee: int, mentor: int, *, two_sided: bool
    ) -> tuple[list[tuple[Any, ...]], list[Float64s]]:
        """Rows of a breakdown for both sides, or for the one that stands for both; their scores."""
        i, j = np.array([mentee]), np.array([mentor])
        values = [
            one.pairs(i, j) if one.criterion.weight is not None else None for one in self.fitted
        ]
        rows: list[tuple[object, ...]] = []
        totals = []
        for side, shares in zip(("mentee", "mentor"), self._shares, strict=True):
            total = np.zeros(1) if shares.any() else np.ones(1)
            for k, weight, used in self._terms(shares, values, 1):
                one = self.fitted[k]
                label, sentence = one.criterion.label, one.sentence(mentee, mentor)
                value = float(one.pairs(i, j)[0])
                added = float((weight * used)[0])
                total = total + added
                whose = side if two_sided else "both"
                rows.append((label, whose, value, float(weight[0]), added, sentence))
            totals.append(total)
            if not two_sided:
                break
        return rows, totals

    def joined_sentence(self, totals: list[float], joined: float, *, two_sided: bool) -> str:
        """Say how the sides were joined."""
        if not self._shares[0].any():
            return "no criterion has a weight, so every eligible pair scores 1"
        if not two_sided:
            return f"the score of the pair: {joined:.3g}"
        mentee, mentor = totals
        sides = f"the mentee's {mentee:.3g} and the mentor's {mentor:.3g}"
        return f"{self.reciprocity} of {sides}: {joined:.3g}"

    def reasons(self, mentee: int, mentor: int) -> tuple[str, ...]:
        """Why the pair is ineligible, in words; empty when it is eligible."""
        i, j = np.array([mentee]), np.array([mentor])
        return tuple(rule.reason(mentee, mentor) for rule in self.standing if rule.forbids(i, j)[0])

    def removed(self, mentees: Positions) -> NDArray[np.int64]:
        """How many mentors each rule forbids each mentee: (mentees, rules)."""
        rows = np.asarray(mentees, dtype=np.intp)
        counts = [mask.counts(rows) for mask in self._plan.masks]
        return np.column_stack(counts) if counts else np.zeros((len(rows), 0), dtype=np.int64)

    def take(self, mentees: Positions, mentors: Positions) -> CriteriaScorer:
        """The same scores for these people in this order; nothing is fitted again."""
        mentees = np.arange(self.shape[0])[mentees]
        mentors = np.arange(self.shape[1])[mentors]
        return replace(
            self,
            fitted=tuple(one.take(mentees, mentors) for one in self.fitted),
            oneself=None if self.oneself is None else self.oneself.take(mentees, mentors),
            shape=(len(mentees), len(mentors)),
        )
