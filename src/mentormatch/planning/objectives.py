"""What a programme is for, which criteria serve it, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.intervals import bca, resampled_means, wilson
from mentormatch.cohort import hint_nearest
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import ProblemError, is_number
from mentormatch.planning.meetings.settings import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from mentormatch.criteria import Criteria

__all__ = [
    "FEWEST_SHOWN",
    "Objective",
    "ObjectivesCheck",
    "check_objectives",
    "mean_interval",
    "track_objectives",
]

Direction: TypeAlias = Literal["at least", "at most"]
FEWEST_SHOWN = 5
UNCLEAR = "not clear yet"
RESAMPLES = 2000


@dataclass(frozen=True)
class Objective:
    """One aim of a programme, as something that can be measured.

    Parameters
    ----------
    name
        In the organisation's own words.
    measure
        What is measured: a figure of the programme (`mm.planning.FIGURES`) or a question of a
        planned survey.
    target
        The value to reach.
    direction
        "at least" or "at most".
    criteria
        Labels or kinds of the criteria of the match that serve it.
    baseline
        The value before the programme, if known.
    horizon
        The date by which it is to be reached.

    Raises
    ------
    ProblemError
        No name or measure, a target that is no number, another direction, a horizon that is no
        date.
    """

    name: str
    measure: str
    target: float
    direction: Direction = "at least"
    criteria: Sequence[str] = ()
    baseline: float | None = None
    horizon: date | str | None = None

    def __post_init__(self) -> None:
        for key in ("name", "measure"):
            if not isinstance(getattr(self, key), str) or not getattr(self, key).strip():
                raise ProblemError(
                    f"An objective needs a {key}, got {getattr(self, key)!r}. Write a text."
                )
        for key in ("target", "baseline"):
            value = getattr(self, key)
            if value is not None and not is_number(value):
                raise ProblemError(
                    f"The objective {self.name!r} needs a number as {key}, got {value!r}."
                )
        if self.target is None:
            raise ProblemError(
                f"The objective {self.name!r} needs a target, a number such as target=0.8."
            )
        if self.direction not in get_args(Direction):
            raise ProblemError(
                f"The objective {self.name!r}: direction must be 'at least' or 'at most', got "
                f"{self.direction!r}."
            )
        if isinstance(self.criteria, str):
            raise ProblemError(
                f"The objective {self.name!r}: criteria must be a list of labels, got "
                f"{self.criteria!r}. Write [{self.criteria!r}]."
            )
        object.__setattr__(self, "criteria", tuple(self.criteria))
        if self.horizon is not None:
            horizon = read_date(self.horizon, f"The objective {self.name!r}: horizon", "2027-06-30")
            object.__setattr__(self, "horizon", horizon)

    def reached(self, low: float, high: float) -> str:
        """Say whether an interval of the measure lies on the good side of the target."""
        if np.isnan(low) or np.isnan(high):
            return "not known"
        if self.direction == "at most":
            low, high, target = -high, -low, -self.target
        else:
            target = self.target
        if low >= target:
            return "reached"
        return "missed" if high < target else UNCLEAR


@dataclass(frozen=True, eq=False)
class ObjectivesCheck(Displayed):
    """Which objectives and criteria belong to each other, and what cannot be measured.

    Parameters
    ----------
    table
        One row per objective: objective, measure, target, direction, horizon, criteria, served,
        measured.
    idle_criteria
        Weighted criteria that serve no objective.
    findings
        Everything that is not in order, one sentence each with its cure.
    """

    table: pd.DataFrame
    idle_criteria: tuple[str, ...]
    findings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """True when every objective is served and measured, and every criterion serves one."""
        return not self.findings

    def __repr__(self) -> str:
        head = format_count(len(self.table), "objective")
        if self.ok:
            return f"{head}: each is served by a criterion and measured; no criterion is idle"
        points = format_count(len(self.findings), "open point")
        return "\n".join([f"{head}, {points}:", *self.findings])


def check_objectives(
    objectives: Iterable[Objective], criteria: Criteria, measures: Iterable[str]
) -> ObjectivesCheck:
    """Compare objectives with the criteria of the match and with what will be measured.

    Parameters
    ----------
    objectives
        What the programme is for.
    criteria
        What the match weighs.
    measures
        Figures of the programme and questions of planned surveys.

    Raises
    ------
    ProblemError
        Two objectives of one name.
    """
    objectives = tuple(objectives)
    names = [one.name for one in objectives]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ProblemError(f"Two objectives are called {twice[0]!r}. Give each a name of its own.")
    known = {one.label: one for one in criteria.criteria}
    kinds: dict[str, list[str]] = {}
    for one in criteria.criteria:
        kinds.setdefault(one.kind, []).append(one.label)
    measures = tuple(measures)
    findings, rows, serving = [], [], set()
    for objective in objectives:
        found = []
        for name in objective.criteria:
            labels = [name] if name in known else kinds.get(name, [])
            if not labels:
                hint = hint_nearest(name, [*known, *kinds])
                findings.append(
                    f"Objective {objective.name!r} names the criterion {name!r}, which the match "
                    f"does not have.{hint}"
                )
            found += labels
        serving |= set(found)
        if not found:
            findings.append(
                f"No criterion serves the objective {objective.name!r}. Add one to the match and "
                "name it in criteria = [...], or say why the match cannot help."
            )
        measured = objective.measure in measures
        if not measured:
            hint = hint_nearest(objective.measure, measures)
            findings.append(
                f"Nothing planned measures the objective {objective.name!r}: {objective.measure!r} "
                f"is no figure of the programme and no question of a planned survey.{hint}"
            )
        rows.append(
            {
                "objective": objective.name,
                "measure": objective.measure,
                "direction": objective.direction,
                "target": float(objective.target),
                "horizon": objective.horizon,
                "criteria": ", ".join(found),
                "served": bool(found),
                "measured": measured,
            }
        )
    idle = tuple(
        label for label, one in known.items() if one.weight is not None and label not in serving
    )
    findings += [
        f"The criterion {label!r} serves no objective. Name it in one, or take its weight away."
        for label in idle
    ]
    columns = ["objective", "measure", "direction", "target", "horizon", "criteria"]
    table = pd.DataFrame(rows, columns=[*columns, "served", "measured"])
    return ObjectivesCheck(table, idle, tuple(findings))


def track_objectives(
    objectives: Iterable[Objective],
    observed: pd.DataFrame,
    figures: pd.DataFrame | None = None,
    *,
    running: bool = False,
) -> pd.DataFrame:
    """Say where each objective stands.

    Parameters
    ----------
    objectives
        What the programme is for.
    observed
        A table with the columns measure and value, one row per person or pair that was measured;
        yes and no are 1 and 0. Where somebody may have several rows, the column person says whose
        each is.
    figures
        `ProgrammeStatus.figures`: measures in it are taken as they stand there, with what is
        censored.
    running
        Whether pairs still run; what figures say of them then holds so far.

    Returns
    -------
    DataFrame
        objective, measure, baseline, target, now, low, high, n, standing. The interval is Wilson's
        where all values are 0 or 1, else a bootstrap interval (BCa) of the mean. Of fewer than 5
        people only n is shown.

    Raises
    ------
    ProblemError
        A column is missing, or a value is no number.
    """
    lacking = [name for name in ("measure", "value") if name not in observed.columns]
    if lacking:
        raise ProblemError(
            f"The table of observations has no column {lacking[0]!r}; it needs measure and value. "
            f"It has: {', '.join(map(str, observed.columns))}."
        )
    numbers = pd.to_numeric(observed["value"], errors="coerce")
    wrong = observed.index[numbers.isna() & observed["value"].notna()]
    if len(wrong):
        value = observed["value"].loc[wrong[0]]
        raise ProblemError(
            f"observed, row {wrong[0]}, column 'value': found {value!r}; expected a number. Write "
            "yes and no as 1 and 0."
        )
    rows = []
    known = {}
    if figures is not None:
        whole = figures[figures["group"] == "all"].to_dict("records")
        known = {str(row["figure"]): row for row in whole}
    for objective in objectives:
        own = observed[(observed["measure"] == objective.measure) & numbers.notna()]
        values = pd.to_numeric(own["value"]).to_numpy(np.float64)
        people = own["person"].nunique() if "person" in own else len(own)
        now, low, high = mean_interval(values if people >= FEWEST_SHOWN else values[:0])
        n, so_far = len(values), ""
        if objective.measure in known:
            row = known[objective.measure]
            now, low, high, n = row["value"], row["low"], row["high"], row["n"]
            so_far = " so far" if running and not np.isnan(low) else ""
        standing = objective.reached(low, high)
        rows.append(
            {
                "objective": objective.name,
                "measure": objective.measure,
                "baseline": np.nan if objective.baseline is None else float(objective.baseline),
                "target": float(objective.target),
                "now": now,
                "low": low,
                "high": high,
                "n": n,
                "standing": standing if standing == UNCLEAR else standing + so_far,
            }
        )
    columns = ["objective", "measure", "baseline", "target", "now", "low", "high", "n", "standing"]
    return pd.DataFrame(rows, columns=columns)


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean of some values and its 95 % interval; NaN for fewer than five."""
    if len(values) < FEWEST_SHOWN:
        return float("nan"), float("nan"), float("nan")
    mean = float(values.mean())
    if np.isin(values, (0.0, 1.0)).all():
        return (mean, *wilson(float(values.sum()), len(values)))
    drawn = resampled_means(values[:, None], RESAMPLES, np.random.default_rng(0))[:, 0]
    return (mean, *bca(mean, drawn, values - mean))
