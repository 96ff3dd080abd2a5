"""What is to be matched: compatibility, and how many of whom may, must and must not meet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from mentormatch.compatibility import Block, Compatibility, Reciprocity, Rows
from mentormatch.compatibility.blocks import TiledScorer
from mentormatch.compatibility.ids import format_count
from mentormatch.compatibility.preferences import compatibility_from_preferences
from mentormatch.compatibility.views import view_of
from mentormatch.displayed import Displayed
from mentormatch.errors import ProblemError, check_flag, is_number
from mentormatch.handed_out import lock
from mentormatch.problem.numbers import explain_words, whole_numbers
from mentormatch.problem.pairs import AfterPins, PairRule, below_limit, pair_rules
from mentormatch.problem.pins import (
    Unknown,
    cells_of,
    check_pins,
    known_rules,
    merge_decisions,
    pair_array,
    pair_positions,
    rules_by_position,
)
from mentormatch.problem.quotas import resolved_quotas
from mentormatch.problem.seats import hours_of
from mentormatch.problem.side_rules import mentee_pairs, side_rules

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray
    from scipy import sparse

    from mentormatch.cohort import Side
    from mentormatch.problem.conditions import SideRules
    from mentormatch.problem.numbers import PerPerson
    from mentormatch.problem.pairs import PairsLike
    from mentormatch.problem.pins import Decided
    from mentormatch.problem.quotas import Quota
    from mentormatch.problem.seats import UsageLike

__all__ = ["AfterPins", "PairRule", "Problem"]
Floats: TypeAlias = "NDArray[np.floating]"


@dataclass(frozen=True, eq=False)
class Problem(Displayed):
    """A capacity-constrained matching problem.

    Parameters
    ----------
    compatibility
        Scores and eligibility of every pair.
    capacity
        The most mentees a mentor takes, 0 or more: a number, a column of the mentors' table, a dict
        or Series by id, or an array in the order of ``compatibility.mentor_ids``. Answers in words
        are read where they have one meaning, such as "up to 2"; ``{"column": …, "default": 1,
        "read": {"as many as needed": 5}, "range": "upper"}`` says how the others are read.
    minimum
        What each mentor must have at least, in the same forms.
    minimum_if_used
        What each mentor must have at least or else nobody, in the same forms.
    demand
        How many distinct mentors a mentee wants, in the same forms over mentees.
    priority
        Who is served first where coverage is scarce: higher first, lexicographic by class; None =
        all alike.
    pins, bans
        Pairs that must, or must never, be made: (mentee, mentor) or (mentee, mentor, reason), or a
        table with the columns mentee, mentor and perhaps reason.
    min_score
        Pairs whose joined score is lower are ineligible.
    coverage_first
        True: as many mentees as possible get a mentor, then as many seats as possible are filled,
        then the total score is largest. False: only the total counts.
    quotas
        `mm.Quota` objects: at least, or at most, so many mentees of a group with some mentors.
    apart, together
        (mentee, mentee) or (mentee, mentee, reason). Apart: no mentor has both. Together: every
        mentor has both or neither, so that the two have the same mentors, or both have nobody.
    usage
        What a pair uses of its mentor's hours (0, 0.5, …): a number, column, dict, Series or array
        by mentee, or an array or DataFrame (mentees, mentors) of pairs. ``capacity`` then counts
        hours, of which who uses 0 needs none; minimums and quotas count mentees. None: one seat.
    unknown
        Pins and bans of people who are not there: an "error", or "ignore" them with a note.

    Attributes
    ----------
    capacities, minimums : int64 arrays (mentors,)
    demands, priorities : int64 arrays (mentees,)
    pinned : intp array (pins, 2) of positions
    sides : SideRules, what quotas, apart, together and usage ask for; with ``usage``, capacities
        are the most mentees whose hours fit

    Raises
    ------
    ProblemError
        Numbers that do not fit the people; unknown people in pins, bans, quotas, apart or together.
    InfeasibleError
        A pin that a rule forbids, or pins beyond a capacity or a demand.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]], capacity=[1, 1])
    >>> problem.why_ineligible(0, 1) is None
    True
    """

    compatibility: Compatibility
    capacity: PerPerson = 1
    minimum: PerPerson = 0
    demand: PerPerson = 1
    priority: PerPerson | None = None
    pins: PairsLike = ()
    bans: PairsLike = ()
    min_score: float | None = None
    coverage_first: bool = True
    quotas: Iterable[Quota] = ()
    apart: Iterable[Sequence[object]] = ()
    together: Iterable[Sequence[object]] = ()
    usage: UsageLike = None
    minimum_if_used: PerPerson = 0
    unknown: Unknown = "error"

    capacities: NDArray[np.int64] = field(init=False, repr=False)
    minimums: NDArray[np.int64] = field(init=False, repr=False)
    demands: NDArray[np.int64] = field(init=False, repr=False)
    priorities: NDArray[np.int64] = field(init=False, repr=False)
    pinned: NDArray[np.intp] = field(init=False, repr=False)
    pin_rules: tuple[PairRule, ...] = field(init=False, repr=False)
    ban_rules: tuple[PairRule, ...] = field(init=False, repr=False)
    sides: SideRules = field(init=False, repr=False)
    notes: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        def set_field(name: str, value: object) -> None:
            object.__setattr__(self, name, value)

        if not isinstance(self.compatibility, Compatibility):
            raise ProblemError(
                f"Problem needs a Compatibility, got {type(self.compatibility).__name__}. "
                "Use criteria.score(cohort), or Problem.from_scores(scores) for an array."
            )
        if self.min_score is not None and not is_number(self.min_score):
            said = f"min_score must be a finite number or None, got {self.min_score!r}."
            raise ProblemError(said)
        check_flag("coverage_first", self.coverage_first, ProblemError)
        hours = hours_of(self.compatibility, self.capacity, self.usage)
        capacity = self.capacity if hours is None else hours.most
        set_field("capacities", whole_numbers(self.compatibility, capacity, "mentors", "capacity"))
        set_field("minimums", whole_numbers(self.compatibility, self.minimum, "mentors", "minimum"))
        set_field("demands", whole_numbers(self.compatibility, self.demand, "mentees", "demand"))
        priority = 0 if self.priority is None else self.priority
        ranks = whole_numbers(self.compatibility, priority, "mentees", "priority", lowest=None)
        set_field("priorities", ranks)
        notes = explain_words(self.compatibility, self.capacity, self.minimum, self.demand)
        for name, pairs in (("pin", self.pins), ("ban", self.bans)):
            rules = pair_rules(pairs, f"{name}s")
            known, note = known_rules(self.compatibility, rules, f"{name}s", self.unknown)
            notes += [] if note is None else [note]
            set_field(f"{name}_rules", known)
            set_field(f"{name}s", known)
        set_field("notes", tuple(notes))
        set_field("pinned", lock(pair_positions(self.compatibility, self.pin_rules, "pins"))[0])
        quotas = resolved_quotas(self.quotas, self.compatibility)
        apart, together = mentee_pairs(self.apart, "apart"), mentee_pairs(self.together, "together")
        used = whole_numbers(self.compatibility, self.minimum_if_used, "mentors", "minimum_if_used")
        set_field("minimum_if_used", used)
        set_field("sides", side_rules(self.compatibility, quotas, apart, together, hours, used))
        for name, given in (("quotas", quotas), ("apart", apart), ("together", together)):
            set_field(name, given)
        if self.ban_rules:
            _ = self._banned
        limits = (self.capacities, self.demands)
        check_pins(
            self.pinned, self.pin_rules, limits, self.reasons, lambda: replace(self, pins=())
        )

    @classmethod
    def from_scores(
        cls,
        scores: ArrayLike | pd.DataFrame,
        capacity: PerPerson = 1,
        *,
        mentor_scores: ArrayLike | pd.DataFrame | None = None,
        reciprocity: Reciprocity = "mean",
        **numbers: Any,
    ) -> Problem:
        """A problem from an array or DataFrame of scores; see `Compatibility.from_scores`.

        ``numbers`` are the other parameters of `Problem`.
        """
        compatibility = Compatibility.from_scores(scores, mentor_scores, reciprocity=reciprocity)
        return cls(compatibility, capacity, **numbers)

    @classmethod
    def from_preferences(
        cls,
        mentee_prefs: Mapping[object, Sequence[object]],
        mentor_prefs: Mapping[object, Sequence[object]] | None = None,
        capacity: PerPerson = 1,
        **numbers: Any,
    ) -> Problem:
        """A problem from ranked lists.

        Parameters
        ----------
        mentee_prefs
            For each mentee the mentors it would accept, best first; a nested list is a tie.
        mentor_prefs
            For each mentor the mentees it would accept, in the same form. None: one-sided, every
            mentor accepts whoever lists it and is indifferent.
        capacity, **numbers
            As in `Problem`.

        Notes
        -----
        A pair is eligible when each lists the other. Rank r (0 = best) among L classes has the
        utility (L − r)/L, so that utilities mean order, not size; the joined score is the mean of
        both.
        """
        compatibility = compatibility_from_preferences(mentee_prefs, mentor_prefs)
        return cls(compatibility, capacity, **numbers)

    @cached_property
    def shape(self) -> tuple[int, int]:
        """(number of mentees, number of mentors)."""
        return self.compatibility.shape

    @property
    def mentee_ids(self) -> pd.Index:
        """Ids of the mentees, in the order of the rows."""
        return self.compatibility.mentee_ids

    @property
    def mentor_ids(self) -> pd.Index:
        """Ids of the mentors, in the order of the columns."""
        return self.compatibility.mentor_ids

    def ids(self, side: Side) -> pd.Index:
        """Ids of one side, "mentees" or "mentors"; see `Compatibility.ids`."""
        return self.compatibility.ids(side)

    def block(self, rows: Rows) -> Block:
        """The block of `Compatibility.block` with bans and ``min_score`` applied."""
        block = self.compatibility.block(rows)
        if self.min_score is None and not self.ban_rules:
            return block
        return block.restricted(~np.isnan(self._mask(np.array(block.scores), rows, np.nan, None)))

    def scores(
        self, rows: Rows, ineligible: float = -np.inf, columns: slice | None = None
    ) -> Floats:
        """Only the joined scores of a block, in a new array, ``ineligible`` where masked.

        ``columns``: only mentors that follow one another, as a slice with a start and a stop.
        """
        # A scorer is asked for columns only where tiles are read.
        asked = (rows, ineligible) if columns is None else (rows, ineligible, columns)
        scores = self.compatibility.scorer.joined(*asked)
        return self._mask(scores, rows, ineligible, columns)

    def _mask(self, scores: Floats, rows: Rows, other: float, columns: slice | None) -> Floats:
        """Apply ``min_score`` and bans to a block, in place."""
        if self.min_score is not None:
            scorer, mentees = self.compatibility.scorer, np.arange(self.shape[0])[rows]
            first = columns.start if columns else 0

            def exact(i: NDArray[np.intp], j: NDArray[np.intp]) -> Floats:
                return scorer.pairs(mentees[i], j + first).scores

            scores[below_limit(scores, self.min_score, scorer.error, exact)] = other
        if self.ban_rules:
            scores[cells_of(self._banned[rows], columns)] = other
        return scores

    def pairs(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Block:
        """The pairs (mentees[k], mentors[k]) in float64, with bans and ``min_score`` applied."""
        block = self.compatibility.scorer.pairs(mentees, mentors)
        if self.min_score is None and not self.ban_rules:
            return block
        allowed = np.ones(len(mentees), dtype=bool)
        if self.min_score is not None:
            allowed &= ~(block.scores < self.min_score)
        if self.ban_rules and len(mentees):
            allowed &= ~np.asarray(self._banned[mentees, mentors]).ravel().astype(bool)
        return block.restricted(allowed)

    def why_ineligible(self, mentee: Hashable, mentor: Hashable) -> str | None:
        """The rules, bans or ``min_score`` that forbid a pair, in words; None when eligible."""
        where = self.compatibility
        reasons = self.reasons(where.mentee_position(mentee), where.mentor_position(mentor))
        return "; ".join(reasons) if reasons else None

    def reasons(self, i: int, j: int) -> tuple[str, ...]:
        """Why the pair at positions (i, j) is ineligible; empty when it is eligible."""
        scorer = self.compatibility.scorer
        reasons = list(scorer.reasons(i, j))
        if not reasons and self.min_score is not None:
            score = float(scorer.pairs(np.array([i]), np.array([j])).scores[0])
            if score < self.min_score:
                reasons.append(f"its score {score:.3g} is below min_score {self.min_score:g}")
        for ban in self._bans_at.get((i, j), ()):
            reasons.append("banned" + (f": {ban.reason}" if ban.reason else ""))
        return tuple(reasons)

    @cached_property
    def after_pins(self) -> AfterPins:
        """What is left to decide once the pinned pairs are made."""
        n, m = self.shape
        placed = np.bincount(self.pinned[:, 0], minlength=n).astype(np.int64)
        held = np.bincount(self.pinned[:, 1], minlength=m).astype(np.int64)
        return AfterPins(
            capacity=self.capacities - held,
            minimum=np.maximum(self.minimums - held, 0),
            demand=self.demands - placed,
            covered=placed > 0,
        )

    def open_scores(self, rows: Rows, columns: slice | None = None) -> Floats:
        """Scores of a block, −inf where a pair is ineligible, pinned already, or without a seat.

        ``columns``: as in `scores`.
        """
        return self._close(self.scores(rows, -np.inf, columns), rows, columns)

    def open_tiles(self, rows: Rows, tiles: Sequence[slice]) -> Iterator[Floats]:
        """As `open_scores`, with the mentors of one tile after the other, in new arrays.

        ``tiles``: some of `column_slices`. Each is read when it is asked for.
        """
        scorer, whole = self.compatibility.scorer, slice(0, self.shape[1])
        if self.shape[1] and isinstance(scorer, TiledScorer):
            read = scorer.joined_tiles(rows, -np.inf, tiles)
            for tile, scores in zip(tiles, read, strict=True):
                yield self._close(self._mask(scores, rows, -np.inf, tile), rows, tile)
        else:
            yield from (self.open_scores(rows, None if t == whole else t) for t in tiles)

    def _close(self, scores: Floats, rows: Rows, columns: slice | None) -> Floats:
        """Set what is pinned already or has no seat to −inf, in place."""
        if len(self._closed):
            first, last, _ = (columns or slice(None)).indices(self.shape[1])
            some = slice(*np.searchsorted(self._closed, (first, last)))
            scores[:, self._closed[some] - first] = -np.inf
        if len(self.pinned):
            scores[cells_of(self._pinned_array[rows], columns)] = -np.inf
        return scores

    @cached_property
    def _closed(self) -> NDArray[np.intp]:
        """Mentors without a seat once the pins are made."""
        return np.flatnonzero(self.after_pins.capacity == 0)

    @cached_property
    def _pinned_array(self) -> sparse.csr_array:
        """Pinned pairs as a sparse (mentees, mentors) array."""
        return pair_array(self.pinned, self.shape)

    def with_decisions(self, decisions: Decided) -> Problem:
        """The same problem with pins and bans as `mentormatch.read_decisions` gives them."""
        want_one = set(self.mentee_ids[self.demands <= 1])
        pins, bans = merge_decisions(decisions, self.pin_rules, self.ban_rules, want_one)
        return replace(self, pins=pins, bans=bans)

    def precise(self) -> Problem:
        """The same problem, with blocks in float64; made once."""
        return self._precise

    @cached_property
    def _precise(self) -> Problem:
        compatibility = self.compatibility.precise()
        same = compatibility is self.compatibility
        return self if same else view_of(self, compatibility=compatibility)

    def for_reading(self) -> Problem:
        """The same problem without its tables: what is sent to whoever reads blocks of it."""
        return view_of(self, compatibility=view_of(self.compatibility, cohort=None))

    def take(self, mentees: NDArray[np.intp], mentors: NDArray[np.intp]) -> Problem:
        """The same problem with people in another order; those left out have no pins or bans."""
        found: dict[str, Any] = {"minimum_if_used": np.asarray(self.minimum_if_used)[mentors]}
        read: dict[str, object] = {n: getattr(self, n)[mentors] for n in ("capacities", "minimums")}
        read |= {n: getattr(self, n)[mentees] for n in ("demands", "priorities")}
        found |= zip(("capacity", "minimum", "demand", "priority"), read.values(), strict=True)
        compatibility = self.compatibility.take(mentees, mentors)
        if not self.sides and self.usage is None:
            # What was checked in one order need not be checked in another.
            pinned = np.empty_like(self.pinned)
            for side, order in enumerate((mentees, mentors)):
                place = np.full(self.shape[side], -1, dtype=np.intp)
                place[order] = np.arange(len(order))
                pinned[:, side] = place[self.pinned[:, side]]
            return view_of(self, compatibility=compatibility, pinned=pinned, **read, **found)
        if self.usage is not None:
            found["usage"] = self.sides.usage_of(mentees, mentors)
            found["capacity"] = self.sides.hours_held[mentors]
        return replace(self, compatibility=compatibility, **found)

    @cached_property
    def priority_classes(self) -> NDArray[np.intp]:
        """Class of each mentee, 0 = served first."""
        return lock(np.unique(-self.priorities, return_inverse=True)[1].astype(np.intp))[0]

    @cached_property
    def n_classes(self) -> int:
        """Number of priority classes, at least 1."""
        return int(self.priority_classes.max(initial=0)) + 1

    @cached_property
    def wants_several(self) -> bool:
        """Whether some mentee wants more than one mentor."""
        return int(self.demands.max(initial=0)) > 1

    def __repr__(self) -> str:
        n, m = self.shape
        counts = {"mentee": n, "mentor": m, "seat": int(self.capacities.sum())}
        parts = [format_count(count, noun) for noun, count in counts.items()]
        if len(self.pinned):
            parts.append(format_count(len(self.pinned), "pin"))
        if self.ban_rules:
            parts.append(format_count(int(self._banned.nnz), "ban"))
        if self.min_score is not None:
            parts.append(f"min_score {self.min_score:g}")
        if self.sides:
            parts.append(str(self.sides))
        return f"Problem({', '.join(parts)})"

    @cached_property
    def _banned(self) -> sparse.csr_array:
        """Banned pairs as a sparse (mentees, mentors) array."""
        where = pair_positions(self.compatibility, self.ban_rules, "bans")
        return pair_array(where, self.shape)

    @cached_property
    def _bans_at(self) -> dict[tuple[int, int], list[PairRule]]:
        """The bans of a position, with their reasons."""
        where = pair_positions(self.compatibility, self.ban_rules, "bans")
        return rules_by_position(self.ban_rules, where)
