"""The audit of feasibility: every rule of the problem is checked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.compatibility import row_slices
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.matching import check_matching

if TYPE_CHECKING:
    from mentormatch.matching import Matching

__all__ = ["Feasibility", "feasibility_of"]


@dataclass(frozen=True, eq=False)
class Feasibility(Displayed):
    """Violations of a problem's rules by a list of pairs.

    Parameters
    ----------
    violations
        DataFrame: rule, who, found, expected; one row for everything that does not hold.
    checked
        How many people, pairs and pins were looked at, as a sentence.
    """

    violations: pd.DataFrame
    checked: str

    @property
    def ok(self) -> bool:
        """True if no rule is violated."""
        return not len(self.violations)

    def to_frame(self) -> pd.DataFrame:
        """Return one row per measure: measure, value, meaning."""
        rows: list[tuple[str, object, str]] = [("feasible", self.ok, self.checked)]
        rows.extend(
            (f"violated: {rule}", who, f"found {found}, expected {expected}")
            for rule, who, found, expected in self.violations.itertuples(index=False)
        )
        return pd.DataFrame(rows, columns=["measure", "value", "meaning"]).astype({"value": object})

    def __repr__(self) -> str:
        if self.ok:
            return f"Feasibility: holds ({self.checked})"
        lines = [f"Feasibility: {format_count(len(self.violations), 'violation')} ({self.checked})"]
        lines.extend(
            f"  {rule}: {who}: found {found}, expected {expected}"
            for rule, who, found, expected in self.violations.head(20).itertuples(index=False)
        )
        if len(self.violations) > 20:
            lines.append(f"  … and {len(self.violations) - 20} more in .violations")
        return "\n".join(lines)


def feasibility_of(matching: Matching) -> Feasibility:
    """Check every rule of the problem, using only the pairs of the matching.

    The loops run over the people, rules and pins of the problem, so that what is left out is seen:
    eligibility is read by block as the strategies read it, and the total is added up again.
    """
    check_matching(matching, "feasibility_of")
    problem = matching.problem
    n, m = problem.shape
    i = problem.mentee_ids.get_indexer(pd.Index(matching.pairs["mentee"], tupleize_cols=False))
    j = problem.mentor_ids.get_indexer(pd.Index(matching.pairs["mentor"], tupleize_cols=False))
    wrong: list[tuple[str, str, str, str]] = []
    made = np.unique(i.astype(np.int64) * max(m, 1) + j, return_counts=True)
    for key in made[0][made[1] > 1].tolist():
        a, b = divmod(key, max(m, 1))
        wrong.append(("distinct pairs", _pair(matching, a, b), "made twice", "made once"))
    total = 0.0
    order = np.argsort(i, kind="stable")
    starts = np.searchsorted(i[order], np.arange(n + 1))
    for rows in row_slices(n, m):
        block = problem.block(rows)
        here = order[starts[rows.start] : starts[rows.stop]]
        line, column = i[here] - rows.start, j[here]
        allowed = block.eligible[line, column]
        total += float(np.sum(block.scores[line, column][allowed], dtype=np.float64))
        for k in here[~allowed].tolist():
            reasons = "; ".join(problem.reasons(int(i[k]), int(j[k])))
            wrong.append(("eligible", _pair(matching, i[k], j[k]), reasons, "an eligible pair"))
    loads, places = np.bincount(j, minlength=m), np.bincount(i, minlength=n)
    for rule, counts, bound, ids, over in (
        ("demand", places, problem.demands, problem.mentee_ids, True),
        ("capacity", loads, problem.capacities, problem.mentor_ids, True),
        ("minimum", loads, problem.minimums, problem.mentor_ids, False),
    ):
        word = "at most" if over else "at least"
        for k in np.flatnonzero(counts > bound if over else counts < bound).tolist():
            wrong.append((rule, repr(ids[k]), str(counts[k]), f"{word} {bound[k]}"))
    together = set(zip(i.tolist(), j.tolist(), strict=True))
    for a, b in problem.pinned.tolist():
        if (a, b) not in together:
            wrong.append(("pin", _pair(matching, a, b), "not made", "made"))
    wrong.extend(
        ("quota, apart, together or hours", sentence, "broken", "kept")
        for sentence in problem.sides.broken(i, j, problem.mentee_ids, problem.mentor_ids)
    )
    allowed_error = problem.compatibility.scorer.error * len(i) + 1e-9 * max(1.0, abs(total))
    if not wrong and not abs(total - matching.total) <= allowed_error:
        wrong.append(("total", "the sum of the scores", f"{matching.total:.9g}", f"{total:.9g}"))
    columns = ["rule", "who", "found", "expected"]
    return Feasibility(
        pd.DataFrame(wrong, columns=columns),
        f"{format_count(len(i), 'pair')}, {format_count(n, 'demand')}, capacities and minimums of "
        f"{format_count(m, 'mentor')}, {format_count(len(problem.pinned), 'pin')}, the total",
    )


def _pair(matching: Matching, i: int, j: int) -> str:
    problem = matching.problem
    return f"{problem.mentee_ids[i]!r} with {problem.mentor_ids[j]!r}"
