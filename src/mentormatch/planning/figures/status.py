"""Figures of a running programme: acceptance, first meetings, completion, early ends, goals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.audits.fairness.intervals import wilson
from mentormatch.audits.fairness.small_groups import labels_to_show, merge_small_labels
from mentormatch.cohort import say_lacks_column
from mentormatch.cohort.cells.dates import read_moments
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import ProblemError
from mentormatch.planning.figures.events import checked_events
from mentormatch.planning.figures.goal_values import goals_on_one_scale
from mentormatch.planning.figures.states import STATES, StatusRules, pair_states
from mentormatch.planning.figures.survival import kaplan_meier, median_time, share_after
from mentormatch.planning.objectives import FEWEST_SHOWN, mean_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mentormatch.matching import Matching

__all__ = ["FEW_NOTE", "FIGURES", "TELLS", "ProgrammeStatus", "note_at_risk", "programme_status"]

FIGURES = (
    "acceptance",
    "active share",
    "completion",
    "early closure",
    "days to first meeting",
    "goal score",
    "satisfaction of mentees",
    "satisfaction of mentors",
)
FEW = 30
FEW_NOTE = f"fewer than {FEWEST_SHOWN}: not shown"
TELLS = "not shown, or the numbers of fewer people could be computed from it"
# So many pairs at risk are named.
NAMED = 10


@dataclass(frozen=True, eq=False)
class ProgrammeStatus(Displayed):
    """Where a programme stands.

    Parameters
    ----------
    pairs
        The state of each pair.
    figures
        figure, group, value, low, high, n, note; the interval is at 95 %.
    survival
        Share of pairs that have not ended early, by days from the start (`kaplan_meier`).
    first_meeting
        Share of pairs that have not met yet, by days from the start.
    observed
        measure, value and person of each pair or answer, for `track_objectives`.
    as_of
        The date.
    notes
        What the reader should know.
    """

    pairs: pd.DataFrame
    figures: pd.DataFrame
    survival: pd.DataFrame
    first_meeting: pd.DataFrame
    observed: pd.DataFrame
    as_of: pd.Timestamp
    notes: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """True while a pair has begun and is not over."""
        over = ("completed", "ended early", "declined", "proposed")
        return bool((~self.pairs["state"].isin(over)).any())

    @property
    def states(self) -> pd.Series[int]:
        """How many pairs are in each state."""
        counts = self.pairs["state"].value_counts()
        return counts.reindex(list(STATES), fill_value=0).rename("pairs")

    def __repr__(self) -> str:
        counts = self.states
        shown = ", ".join(f"{count} {state}" for state, count in counts[counts > 0].items())
        lines = [
            f"{format_count(len(self.pairs), 'pair')} on {self.as_of.date()}: {shown or 'none'}"
        ]
        whole = self.figures[self.figures["group"] == "all"]
        for row in whole.to_dict("records"):
            if not np.isnan(row["value"]):
                ends = f" ({row['low']:.3g} to {row['high']:.3g})"
                interval = "" if np.isnan(row["low"]) else ends
                lines.append(f"{row['figure']}: {row['value']:.3g}{interval}, n = {row['n']}")
        return "\n".join([*lines, *self.notes])


def programme_status(
    matching: Matching,
    events: pd.DataFrame,
    *,
    start: object = None,
    as_of: object = None,
    rules: StatusRules | None = None,
    groups: Sequence[str] = (),
) -> ProgrammeStatus:
    """Tell the state of each pair and the figures of the programme.

    Pairs that still run are no failures and no successes yet: early closure and the time to the
    first meeting are estimated by Kaplan–Meier, where they are censored at the date, and pairs that
    were completed at their end.

    Parameters
    ----------
    matching
        Whose pairs.
    events
        One row per event: mentee, mentor, date, event (accepted, declined, met, missed, paused,
        resumed, survey, goals, completed, ended); side, measure and value of surveys, value of
        goals, and reason where there is one. Goals are levels from −2 to 2, a row for each goal
        (named in measure, lest two alike count as one), or a score of `goal_scores` for the pair;
        levels are turned into scores.
    start
        The date the pairs were told of each other; None: the first event.
    as_of
        The date of the figures; None: the last event.
    rules
        When a pair is at risk or completed.
    groups
        Columns of the mentees to compare. Figures of fewer than 5 people are not shown, nor those
        from which, with the columns before, such figures could be computed; where a small group
        could be, it is counted with the smallest other one. Groups below 30 carry a note.

    Returns
    -------
    ProgrammeStatus

    Raises
    ------
    CohortError
        Rows of ``events`` that cannot be read, all at once.
    ProblemError
        No events and no dates, an event before the start, a column that does not exist.
    """
    table = checked_events(matching, events)
    if not len(table) and (start is None or as_of is None):
        raise ProblemError("There are no events. Give start and as_of, such as '2027-01-11'.")
    begin = _moment(start, "start") if start is not None else table["date"].iloc[0].normalize()
    until = _moment(as_of, "as_of") if as_of is not None else table["date"].iloc[-1]
    if until < begin or (len(table) and table["date"].iloc[0] < begin):
        first = min(until, table["date"].iloc[0]) if len(table) else until
        raise ProblemError(
            f"{first.date()} lies before the start, {begin.date()}. Check start, or the dates of "
            "the events."
        )
    repeated = len(events) - len(table)
    pairs = pair_states(matching, table, rules or StatusRules(), begin, until)
    table, said = goals_on_one_scale(table[table["date"] <= until].reset_index(drop=True))
    observed = _observed(pairs, table)
    parts = [_figures(pairs, observed, "all")]
    labels = {column: _labels(matching, column) for column in groups}
    shown = {
        figure: labels_to_show(
            {name: own.loc[of["mentee"]] for name, own in labels.items()}, _counted(figure, of)
        )
        for figure in FIGURES
        for of in [_pairs_of(figure, pairs, observed)]
    }
    for column, own in labels.items():
        for group in sorted(own.unique(), key=str):
            here = pairs["mentee"].isin(own.index[own == group]).to_numpy()
            of_group = observed[observed["pair"].isin(np.flatnonzero(here))]
            part = _figures(pairs[here], of_group, f"{column}: {group}")
            seen = np.array([group in shown[figure][column] for figure in part["figure"]])
            tells = ~seen & (part["note"] != FEW_NOTE)
            part.loc[tells, ["value", "low", "high"]] = np.nan
            part.loc[tells, "note"] = TELLS
            parts.append(part)
    running = ~pairs["state"].isin(["declined", "proposed"])
    survival = kaplan_meier(pairs.loc[running, "days"], pairs.loc[running, "ended"])
    return ProgrammeStatus(
        pairs=pairs,
        figures=pd.concat(parts, ignore_index=True),
        survival=survival,
        first_meeting=_first_meetings(pairs),
        observed=observed[["measure", "value", "person"]],
        as_of=until,
        notes=(*_notes(pairs, repeated), *said),
    )


def _moment(given: object, name: str) -> pd.Timestamp:
    [moment] = read_moments([given])
    if isinstance(moment, str):
        raise ProblemError(f"{name} must be a date such as '2027-01-11', got {given!r}.")
    return moment


def _labels(matching: Matching, column: str) -> pd.Series:
    """Return the group of each mentee who has a mentor."""
    cohort = matching.problem.compatibility.cohort
    if cohort is None or column not in cohort.mentees.columns:
        columns = () if cohort is None else cohort.mentees.columns
        raise ProblemError(say_lacks_column("groups: the table of the mentees", column, columns))
    paired = cohort.mentees.index.isin(matching.pairs["mentee"])
    return merge_small_labels(cohort.mentees.loc[paired, column]).astype(object).fillna("(empty)")


def _pairs_of(figure: str, pairs: pd.DataFrame, observed: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs that a figure is about, as often as each is observed."""
    if figure == "days to first meeting":
        return pairs
    if figure in ("early closure", "completion"):
        return pairs[~pairs["state"].isin(["declined", "proposed"])]
    return pairs.loc[observed.loc[observed["measure"] == figure, "pair"]]


def _counted(figure: str, pairs: pd.DataFrame) -> pd.Series:
    """Return whose figure it is: one who answers five times is one."""
    return pairs["mentor" if figure.endswith("of mentors") else "mentee"]


def _first_meetings(pairs: pd.DataFrame) -> pd.DataFrame:
    met = pairs["first_met"].notna()
    return kaplan_meier(pairs["first_met"].where(met, pairs["days"]), met)


def _observed(pairs: pd.DataFrame, events: pd.DataFrame) -> pd.DataFrame:
    """List every single observation: pair, measure, value, person; a mentee's of the pair's."""
    place = {pair: k for k, pair in enumerate(zip(pairs["mentee"], pairs["mentor"], strict=True))}
    rows: list[tuple[int, str, float, str]] = []
    for k, state in enumerate(pairs["state"]):
        if state != "proposed":
            rows.append((k, "acceptance", float(state != "declined"), "mentee"))
        rows.append((k, "active share", float(state == "active"), "mentee"))
    for row in events[events["event"].isin(["survey", "goals"])].to_dict("records"):
        k, value = place[row["mentee"], row["mentor"]], float(row["value"])
        if row["event"] == "goals":
            rows.append((k, "goal score", value, "mentee"))
            continue
        rows.append((k, f"{row['measure']} of {row['side']}s", value, row["side"]))
        rows.append((k, str(row["measure"]), value, row["side"]))
    table = pd.DataFrame(rows, columns=["pair", "measure", "value", "side"])
    # An id may be of a mentee and of a mentor.
    people = [
        (side, pairs[side].iloc[k]) for k, side in zip(table["pair"], table["side"], strict=True)
    ]
    return table.assign(person=pd.Series(people, dtype=object))


def _figures(pairs: pd.DataFrame, observed: pd.DataFrame, group: str) -> pd.DataFrame:
    rows = []
    for figure in FIGURES:
        of = _pairs_of(figure, pairs, observed)
        n, note = len(of), ""
        value = low = high = float("nan")
        people = _counted(figure, of).nunique()
        if people < FEWEST_SHOWN:
            note = FEW_NOTE
        elif figure == "early closure":
            value, low, high = _early_closure(of)
            note = f"Kaplan–Meier, {_running(of)}; running and completed pairs are censored"
        elif figure == "completion":
            value, low, high, note = _completion(of)
        elif figure == "days to first meeting":
            value = median_time(_first_meetings(of))
            note = _say_first_meetings(of, known=not np.isnan(value))
        else:
            values = observed.loc[observed["measure"] == figure, "value"].to_numpy(np.float64)
            value, low, high = mean_interval(values)
        if people >= FEWEST_SHOWN and group != "all" and n < FEW:
            note = "; ".join(filter(None, [note, f"fewer than {FEW}: weak evidence"]))
        rows.append((figure, group, value, low, high, n, note))
    columns = ["figure", "group", "value", "low", "high", "n", "note"]
    return pd.DataFrame(rows, columns=columns)


def _say_first_meetings(pairs: pd.DataFrame, *, known: bool) -> str:
    """Say in words what the median of the days to the first meeting is."""
    count = int(pairs["first_met"].notna().sum())
    met = f"{count} of {format_count(len(pairs), 'pair')}"
    if known:
        so_far = f"so far {met} {'has' if count == 1 else 'have'}"
        return f"by then half of the pairs have met (Kaplan–Meier); {so_far}"
    return f"not known yet, as fewer than half of the pairs have met: {met}"


def _early_closure(begun: pd.DataFrame) -> tuple[float, float, float]:
    """Estimate the share of pairs that have ended early by the longest time seen."""
    table = kaplan_meier(begun["days"], begun["ended"])
    share, below, above = share_after(table, float(begun["days"].max()))
    if np.isnan(below):
        return (1 - share, *wilson(float(begun["ended"].sum()), len(begun)))
    return 1 - share, 1 - above, 1 - below


def _completion(begun: pd.DataFrame) -> tuple[float, float, float, str]:
    """Return the share of completed pairs; while some run, only its limits are known."""
    completed, n = int((begun["state"] == "completed").sum()), len(begun)
    open_ = n - completed - int(begun["ended"].sum())
    if open_:
        limits = f"at least {completed / n:.3g} and at most {(completed + open_) / n:.3g}"
        return float("nan"), float("nan"), float("nan"), f"{_running(begun)}: {limits}"
    return (completed / n, *wilson(float(completed), n), "")


def _running(begun: pd.DataFrame) -> str:
    """Say how many pairs still run."""
    running = int((~begun["state"].isin(["completed", "ended early"])).sum())
    verb = "runs" if running == 1 else "run"
    return (
        f"{running} of {format_count(len(begun), 'pair')} still {verb}"
        if running
        else "no pair runs any more"
    )


def note_at_risk(pairs: pd.DataFrame) -> str:
    """Name the pairs at risk; empty where there are none."""
    risky = pairs[pairs["state"] == "at risk"]
    if not len(risky):
        return ""
    word = "pair is" if len(risky) == 1 else "pairs are"
    named = [
        f"{row['mentee']!r} with {row['mentor']!r}" for row in risky.head(NAMED).to_dict("records")
    ]
    if len(risky) > NAMED:
        named.append(f"and {len(risky) - NAMED} more, which .pairs has")
    return f"{len(risky)} {word} at risk: {', '.join(named)}. Talk to both before the next meeting."


def _notes(pairs: pd.DataFrame, repeated: int) -> tuple[str, ...]:
    notes = [note for note in (note_at_risk(pairs),) if note]
    if repeated:
        words = "row repeats another and does", "rows repeat others and do"
        notes.append(f"{format_count(repeated, *words)} not count: the same pair, date and event.")
    return tuple(notes)
