"""The best matching in which groups of mentees fare about equally well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from mentormatch.certificates import NotReadInTimeError, measure_stage
from mentormatch.compatibility.ids import format_count
from mentormatch.errors import (
    InfeasibleError,
    MentorMatchError,
    ProblemError,
    SolverError,
    is_number,
)
from mentormatch.matching import Matching
from mentormatch.problem.groups import groupings_of
from mentormatch.proofs.measures import Covered, Filled, GroupExcess
from mentormatch.proofs.promises import declare_promises
from mentormatch.solvers import solve
from mentormatch.strategies.fair.climbing import settle_nothing
from mentormatch.strategies.programs.chain import keep_share, serve_first
from mentormatch.strategies.programs.models import Model
from mentormatch.strategies.staged.shares import check_budget
from mentormatch.strategies.staged.transports import transport_of, with_pins

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.problem import Problem
    from mentormatch.strategies.base import Choice, Options

__all__ = ["GroupParity"]

Measure = Literal["match_rate", "mean_score"]


@dataclass(frozen=True, eq=False)
class GroupParity:
    """The best total among matchings in which groups of mentees fare about equally well.

    Parameters
    ----------
    groups
        A column of the mentees' table, a Series or dict of labels by id, or, for a problem of bare
        positions, an array. The labels steer the matching and are kept out of everything it writes.
    measure
        "match_rate": share of a group's mentees with a mentor; "mean_score": mean score they get,
        0 for those without.
    max_gap
        No two groups differ by more than this, in the unit of the measure; None = no such bound.
    floor
        No group is below this; None = no such bound.
    soft
        False: the bounds hold, before coverage, like a quota. True: coverage comes first, then what
        the bounds are exceeded by is as small as possible.
    keep_total
        Share of the best total that must be kept, above 0 and at most 1; None = no such limit.

    Notes
    -----
    An integer program with that solver's bound; what parity costs against the best total is a note
    of the result. Soft bounds are to be preferred where a hard one would leave seats empty [1]_.

    Raises
    ------
    MentorMatchError
        Neither ``max_gap`` nor ``floor``, or one out of range; an unknown measure.
    ProblemError
        Labels that do not fit the mentees, or priorities together with hard bounds.
    InfeasibleError
        No matching holds the hard bounds.

    References
    ----------
    .. [1] I. E. Hafalir, M. B. Yenmez and M. A. Yildirim (2013), Effective affirmative action in
       school choice.
    """

    groups: object
    measure: Measure = "match_rate"
    max_gap: float | None = None
    floor: float | None = None
    soft: bool = False
    keep_total: float | None = None

    name = "group_parity"
    promises = ("group parity",)
    engines = ()
    keeps_side_rules = True

    def __post_init__(self) -> None:
        check_budget(self.name, self.keep_total)
        if self.measure not in get_args(Measure):
            raise MentorMatchError(
                f"GroupParity measures 'match_rate' or 'mean_score', got {self.measure!r}."
            )
        if self.max_gap is None and self.floor is None:
            raise MentorMatchError(
                "GroupParity needs max_gap= (the largest gap between two groups, such as 0.1) or "
                "floor= (the least that every group must reach)."
            )
        if self.max_gap is not None and not (is_number(self.max_gap) and self.max_gap >= 0):
            raise MentorMatchError(f"max_gap must be 0 or more, got {self.max_gap!r}.")
        if self.floor is not None and not is_number(self.floor):
            raise MentorMatchError(f"floor must be a finite number, got {self.floor!r}.")

    def choose(self, problem: Problem, options: Options) -> Choice:
        """Hold the bounds (or stray from them as little as possible), then the best total."""
        labels = self._labels(problem)
        excess = GroupExcess(labels, self.measure, self.max_gap, self.floor)
        classes = problem.n_classes
        if problem.coverage_first and not self.soft and classes > 1:
            raise ProblemError(
                "GroupParity with hard bounds cannot serve priorities at the same time: both say "
                "who comes first. Use soft=True, or leave the priorities out."
            )
        try:
            plain = Model.of(problem, options, until=options.deadline.at)
        except NotReadInTimeError:
            return self._without_search(problem, options, excess)
        first = serve_first(plain) if self.soft else plain
        model = keep_share(first, self.keep_total)
        if not self.soft and len(model.optimum):
            # Where the best total, or pairs that keep side rules, hold the bounds, a search can
            # begin from these.
            mentees, mentors = with_pins(problem, *model.pairs_of(model.optimum))
            holds = measure_stage(excess, Matching(problem, mentees, mentors)) >= 0
            if not problem.sides:
                model = replace(model, feasible=holds)
            elif holds and self.keep_total is None:
                model = replace(model, values=model.optimum)
        model, stray, beyond = self._bounded(model, labels)
        try:
            if self.soft:
                by_score = self.measure == "mean_score"
                model = model.settle(-stray, excess, constant=-beyond, most=0.0, in_scores=by_score)
            elif problem.coverage_first:
                model = _covered(model)
            if not self.soft:
                # The bounds are rows: nothing is beyond them.
                model = replace(model, stages=((excess, 0.0), *model.stages))
            choice = model.choice("group parity")
        except InfeasibleError as error:
            raise InfeasibleError(
                f"No matching holds the bounds of group_parity on {self.measure} "
                f"({self._bounds()}): {error}. Use soft=True to come as close as possible."
            ) from None
        return replace(choice, notes=(*choice.notes, self._price(first, choice)))

    def _without_search(self, problem: Problem, options: Options, excess: GroupExcess) -> Choice:
        """The best total, where there is no time to compare groups; never beyond hard bounds."""
        choice = settle_nothing(problem, options, "group parity")
        beyond = -measure_stage(excess, Matching(problem, choice.mentees, choice.mentors))
        if beyond > 0 and not self.soft:
            raise SolverError(
                f"The time was over before groups could be compared, and the best total does not "
                f"hold the bounds of group_parity on {self.measure} ({self._bounds()}). Give a "
                "larger time_limit, or use soft=True."
            )
        held = "hold" if beyond <= 0 else f"exceed by {beyond:.3g}"
        return replace(
            choice, notes=(*choice.notes, f"they {held} the bounds on groups ({self._bounds()})")
        )

    def _labels(self, problem: Problem) -> pd.Series[float]:
        """The number of each wanting mentee's group, by id; NaN for those who want nobody."""
        given = self.groups
        if not isinstance(given, str):
            by_id = isinstance(given, Mapping | pd.Series)
            if problem.compatibility.labelled and not by_id:
                raise ProblemError(
                    "GroupParity needs labels by id here, as a Series or dict: people are put "
                    "into an order of their own before they are matched."
                )
            given = {"groups": given}
        found = groupings_of(problem, given, side="mentees")[0]
        codes = np.where(problem.demands > 0, found.codes.astype(np.float64), np.nan)
        return pd.Series(codes, index=problem.mentee_ids, dtype=float)

    def _bounded(
        self, model: Model, labels: pd.Series[float]
    ) -> tuple[Model, NDArray[np.float64], float]:
        """Rows for the bounds; also the objective that picks what they are exceeded by.

        Last comes what a soft bound is beyond any reach, in units of the program: it is taken off
        before, as a solver sees no difference between numbers that are all far away.
        """
        codes = labels.to_numpy()
        names = np.unique(codes[~np.isnan(codes)])
        if self.measure == "match_rate" and model.problem.wants_several:
            _, model = model.coverage_objective()
        unit = model.unit if self.measure == "mean_score" else 1.0
        constant, matrix = model.per_mentee(received=self.measure == "mean_score")
        start, beyond = model.program.width, 0.0
        if self.soft and self.floor is not None:
            most = int(model.problem.demands.max(initial=0)) * float(matrix.data.max(initial=0.0))
            beyond = max(self.floor / unit - float(constant.max(initial=0.0) + most), 0.0)
        # Columns: the lowest and the highest group, and by how much the bounds are exceeded.
        program = model.program.with_columns(2, -np.inf, np.inf)
        program = program.with_columns(1, 0.0, np.inf if self.soft else 0.0)
        for name in names:
            members = np.flatnonzero(codes == name)
            mean = sparse.csr_array(matrix[members].sum(axis=0)[None, :] / len(members))
            own = float(constant[members].mean())
            row = np.zeros((1, program.width))
            row[0, : mean.shape[1]] = mean.toarray()[0]
            low, high, least = row.copy(), row.copy(), row.copy()
            low[0, start], high[0, start + 1], least[0, start + 2] = -1.0, -1.0, 1.0
            program = program.with_rows(low, -own, np.inf).with_rows(high, -np.inf, -own)
            if self.floor is not None:
                reach = self.floor / unit - beyond
                program = program.with_rows(least, reach - own - 1e-9, np.inf)
        if self.max_gap is not None:
            gap = np.zeros((1, program.width))
            gap[0, start : start + 3] = -1.0, 1.0, -1.0
            program = program.with_rows(gap, -np.inf, self.max_gap / unit + beyond + 1e-9)
        stray = np.zeros(program.width)
        stray[start + 2] = 1.0
        return replace(model, program=program, compares_groups=True), stray, beyond

    def _bounds(self) -> str:
        parts = [
            f"{name}={value:g}"
            for name, value in (("max_gap", self.max_gap), ("floor", self.floor))
            if value is not None
        ]
        return ", ".join(parts)

    def _price(self, model: Model, choice: Choice) -> str:
        """What parity costs, in words."""
        problem, text = model.problem, f"parity of {self.measure} ({self._bounds()}) costs "
        try:
            best = self._best(model)
        except SolverError:
            return text + "what there was no time to find out: the best total without it"
        best = with_pins(problem, *best)
        most, pairs = float(problem.pairs(*best).scores.sum()), len(best[0]) - len(choice.mentees)
        total = float(problem.pairs(choice.mentees, choice.mentors).scores.sum())
        text += f"{most - total:.6g} of the total {most:.6g}"
        return text + (f" and {format_count(pairs, 'pair')}" if pairs else "")

    def _best(self, model: Model) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The open pairs of the best total without bounds on groups."""
        if not model.problem.sides:
            answer, _ = solve(transport_of(model.problem))
            return answer.mentees, answer.mentors
        if model.over:
            raise SolverError("time is over")
        served = model if self.soft else serve_first(model)
        return model.pairs_of(served.best_total().values)


def _covered(model: Model) -> Model:
    """As many mentees with a mentor, then as many pairs, as the bounds allow."""
    pinned = model.problem.after_pins.covered
    objective, model = model.coverage_objective()
    wanting = float(np.count_nonzero(model.problem.demands > 0))
    model = model.settle(objective, Covered(), constant=float(pinned.sum()), most=wanting)
    if model.problem.wants_several:
        ones = model.on_pairs(np.ones(len(model.mentees)))
        held, most = float(len(model.problem.pinned)), float(model.problem.demands.sum())
        model = model.settle(ones, Filled(), constant=held, most=most)
    return model


declare_promises("group_parity", ("group parity",))
