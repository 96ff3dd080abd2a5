"""What is no flow: mixed integer programs, solved by HiGHS with its messages kept off."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from mentormatch.errors import InfeasibleError, SolverError
from mentormatch.solvers.arrays import incidence, sparse_cells
from mentormatch.solvers.flows.integers import power_of_two_above

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.optimize import OptimizeResult

__all__ = ["Entry", "MixedProgram", "ProgramAnswer", "without_messages"]

Entry: TypeAlias = "tuple[NDArray[np.intp], NDArray[np.float64] | float]"

# HiGHS's presolve looks at no clock. Where as many rows have more columns than that it took 3 s of
# processor for a limit of 0.1 s, on a program that is solved in 0.3 s without; with three it found
# nothing in 5 s where the optimum takes 0.6 s without.
LONG, SEVERAL = 1_000, 3
STDOUT = 1
PREFIX = b"Highs"
_LOCK = threading.Lock()
_state: dict[str, int] = {"inside": 0}
_filters: list[tuple[int, threading.Thread]] = []


@dataclass(frozen=True, eq=False)
class ProgramAnswer:
    """The answer of HiGHS: values, objective and bound."""

    values: NDArray[np.float64]  # (columns,)
    objective: float  # of these values
    bound: float  # no values of the columns have a larger objective, as HiGHS says


@dataclass(frozen=True, eq=False)
class MixedProgram:
    """Columns with bounds, and rows low ≤ A·x ≤ high."""

    lower: NDArray[np.float64]  # (columns,)
    upper: NDArray[np.float64]  # (columns,)
    integral: NDArray[np.bool_]  # (columns,)
    rows: sparse.csr_array  # (rows, columns)
    low: NDArray[np.float64]  # (rows,)
    high: NDArray[np.float64]  # (rows,)

    @classmethod
    def of_pairs(
        cls,
        mentees: NDArray[np.intp],
        mentors: NDArray[np.intp],
        demand: NDArray[np.int64],
        capacity: NDArray[np.int64],
        minimum: NDArray[np.int64],
    ) -> MixedProgram:
        """One binary column for each pair; demands, capacities and minimums as rows."""
        n, m = len(demand), len(capacity)
        rows = sparse.vstack([incidence(mentees, n), incidence(mentors, m)], format="csr")
        return cls.of_columns(len(mentees)).with_rows(
            rows, np.concatenate([np.zeros(n), minimum]), np.concatenate([demand, capacity])
        )

    @classmethod
    def of_columns(cls, count: int) -> MixedProgram:
        """So many binary columns, and no row."""
        nothing = np.zeros(0)
        rows = sparse.csr_array((0, count))
        binary = np.ones(count, dtype=bool)
        return cls(np.zeros(count), np.ones(count), binary, rows, nothing, nothing)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.lower)

    @property
    def has_long_rows(self) -> bool:
        """Whether HiGHS may forget the time over this program; see `LONG`."""
        row = np.repeat(np.arange(len(self.low)), np.diff(self.rows.indptr))
        undecided = (self.lower < self.upper)[self.rows.indices]
        counts = np.bincount(row[undecided], minlength=len(self.low))
        return int(np.count_nonzero(counts > LONG)) >= SEVERAL

    def with_columns(
        self, count: int, lower: float, upper: float, *, integral: bool = False
    ) -> MixedProgram:
        """More columns, in no row yet; they follow those that are there."""
        return replace(
            self,
            lower=np.concatenate([self.lower, np.full(count, lower)]),
            upper=np.concatenate([self.upper, np.full(count, upper)]),
            integral=np.concatenate([self.integral, np.full(count, integral)]),
            rows=sparse.hstack(
                [self.rows, sparse.csr_array((self.rows.shape[0], count))], format="csr"
            ),
        )

    def with_rows(
        self,
        rows: sparse.csr_array | NDArray[np.float64],
        low: object,
        high: object,
        *,
        last: sparse.csr_array | sparse.dia_array | None = None,
    ) -> MixedProgram:
        """More rows; ``low`` and ``high`` are one number for all, or one each.

        ``rows`` hold the first columns and ``last`` the last ones; those between are 0.
        """
        added = sparse.csr_array(np.atleast_2d(rows)) if isinstance(rows, np.ndarray) else rows
        count, width = added.shape
        last = sparse.csr_array((count, 0)) if last is None else last
        between = sparse.csr_array((count, self.width - width - last.shape[1]))
        added = sparse.hstack([added, between, last], format="csr")
        return replace(
            self,
            rows=sparse.vstack([self.rows, added], format="csr"),
            low=np.concatenate([self.low, np.broadcast_to(np.asarray(low, float), count)]),
            high=np.concatenate([self.high, np.broadcast_to(np.asarray(high, float), count)]),
        )

    def maximise(
        self,
        objective: NDArray[np.float64],
        *,
        gap: float = 0.0,
        time_limit: float | None = None,
        start: NDArray[np.float64] | None = None,
        presolve: bool = True,
    ) -> ProgramAnswer:
        """The values with the largest objective.

        The search may stop at a relative ``gap``. ``start`` are values of the first columns that
        can be completed to an answer: what comes back when the time is over before anything better
        was found. ``presolve`` lets HiGHS simplify the program first, for which it looks at no
        clock. Raises InfeasibleError where no values satisfy all rows; SolverError where the time
        was over before any values were found, or HiGHS stopped.
        """
        if not self.width:
            if ((self.low > 0) | (self.high < 0)).any():
                raise InfeasibleError("no pair is eligible, and something must be fulfilled")
            return ProgramAnswer(np.empty(0), 0.0, 0.0)
        # Within −1 … 1 the solver's tolerances mean the same whatever the unit.
        size = power_of_two_above(objective)
        found = self._solve(-objective / size, gap, time_limit, presolve=presolve)
        if found.status == 2:
            raise InfeasibleError("no matching satisfies all conditions, as HiGHS says")
        limit = -np.inf if found.mip_dual_bound is None else -float(found.mip_dual_bound) * size
        if found.status == 1 and start is not None:
            given = self.completed(start, objective)
            reached = -np.inf if found.x is None else float(objective @ found.x)
            if given is not None and given.objective > reached:
                bound = np.inf if found.mip_dual_bound is None else max(limit, given.objective)
                return replace(given, bound=bound)
        if found.x is None:
            raise SolverError(
                f"HiGHS found no matching ({found.message.strip()}). Give it more time with "
                "time_limit=, or ask for less; where scores differ by many orders of magnitude, "
                "round them."
            )
        values = np.asarray(found.x, dtype=np.float64)
        values[self.integral] = np.rint(values[self.integral])
        reached = float(objective @ values)
        return ProgramAnswer(
            values, reached, max(limit if np.isfinite(limit) else reached, reached)
        )

    def _solve(
        self, costs: NDArray[np.float64], gap: float, time_limit: float | None, *, presolve: bool
    ) -> OptimizeResult:
        """Minimise by HiGHS; once more without its presolve where that ends in nothing.

        Scores far apart in size have made the presolve call what can be done impossible.
        """
        seconds = np.inf
        if time_limit is not None:
            presolve, seconds = presolve and not self.has_long_rows, max(time_limit, 0.01)
        while True:
            with without_messages():
                found = milp(
                    costs,
                    integrality=self.integral.astype(int),
                    bounds=Bounds(self.lower, self.upper),
                    constraints=LinearConstraint(self.rows, self.low, self.high),
                    options={"mip_rel_gap": gap, "presolve": presolve, "time_limit": seconds},
                )
            if found.status in (0, 1) or not presolve:
                return found
            presolve = False

    def with_entries(
        self, entries: Sequence[Entry], *, low: NDArray[np.float64] | float = 0.0
    ) -> MixedProgram:
        """Add rows that are at least ``low``; each entry is a column and a number of every row."""
        count = len(entries[0][0])
        rows = np.tile(np.arange(count), len(entries))
        columns = np.concatenate([where for where, _ in entries])
        numbers = np.concatenate([np.broadcast_to(number, count) for _, number in entries])
        return self.with_rows(
            sparse_cells(rows, columns, (count, self.width), numbers), low, np.inf
        )

    def completed(
        self, start: NDArray[np.float64], objective: NDArray[np.float64]
    ) -> ProgramAnswer | None:
        """The best answer whose first columns have these values; None where there is none."""
        lower, upper = self.lower.copy(), self.upper.copy()
        lower[: len(start)] = upper[: len(start)] = start
        try:
            return replace(self, lower=lower, upper=upper).maximise(objective)
        except InfeasibleError:
            return None


@contextlib.contextmanager
def without_messages() -> Iterator[None]:
    """Drop lines that begin with the solver's name while it runs; all else is passed on at once.

    HiGHS writes some lines to the process's standard output whatever its options say. Other threads
    may print meanwhile, so that the stream is filtered and not closed.
    """
    with _LOCK:
        _state["inside"] += 1
        if _state["inside"] == 1:
            _start()
    try:
        yield
    finally:
        with _LOCK:
            _state["inside"] -= 1
            if _state["inside"] == 0:
                _stop()


def _start() -> None:
    try:
        _flush()
        saved = os.dup(STDOUT)
        source, target = os.pipe()
        os.dup2(target, STDOUT)
        os.close(target)
    except OSError:
        # Without a standard output there is nothing to keep clean.
        return
    thread = threading.Thread(target=_pass_on, args=(source, saved), daemon=True)
    thread.start()
    _filters.append((saved, thread))


def _stop() -> None:
    while _filters:
        saved, thread = _filters.pop()
        _flush()
        # The last writer of the pipe goes, so that its reader comes to the end.
        os.dup2(saved, STDOUT)
        thread.join()
        os.close(saved)


def _flush() -> None:
    """Empty the buffers of Python and of C."""
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).fflush(None)


def _pass_on(source: int, target: int) -> None:
    """Copy what comes, line by line where it may be one of the solver's."""
    held = b""
    while True:
        data = os.read(source, 65536)
        held += data
        while held:
            line, end, rest = held.partition(b"\n")
            may_be = PREFIX.startswith(line[: len(PREFIX)]) or line.startswith(PREFIX)
            if may_be and not end and data:
                break
            if not line.startswith(PREFIX):
                os.write(target, line + end)
            held = rest
        if not data:
            os.close(source)
            return
