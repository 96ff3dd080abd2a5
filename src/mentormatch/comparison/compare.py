"""Strategies side by side on one problem, or over many scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd

from mentormatch.comparison.measures import DOMINANCE, MEASURES, better_of, measure_matching
from mentormatch.comparison.paired import paired_differences
from mentormatch.comparison.promises import check_promise
from mentormatch.errors import MentorMatchError
from mentormatch.problem import Problem
from mentormatch.progress import report_progress
from mentormatch.strategies import AlmostStable, Stable, match, strategy_named

if TYPE_CHECKING:
    from altair import LayerChart

    from mentormatch.matching import Matching
    from mentormatch.progress import Progress
    from mentormatch.strategies import Strategy

__all__ = ["Comparison", "StrategiesLike", "compare"]

# What a search for an almost stable matching gets: closing its last gap may take hours.
SEARCH_SECONDS = 5.0

StrategiesLike: TypeAlias = "Iterable[str | Strategy] | Mapping[str, str | Strategy]"
Scenarios: TypeAlias = "Sequence[Problem] | Callable[[int], Problem]"


@dataclass(frozen=True, eq=False)
class Comparison:
    """Strategies measured on the same problem, or in the mean over scenarios.

    Parameters
    ----------
    table
        One row a strategy: its measures, status, runtime (seconds), verified (what the strategy
        promises was checked again and holds), verified_by (how), same_as (the same
        pairs in every scenario), dominated_by, differs_from_reference (mentees with other mentors),
        what_it_gives_up. Over scenarios all numbers are means.
    reference
        Name of the strategy that the others are compared with.
    matchings
        The matchings by strategy; of the first scenario where there are several.
    scenarios
        One row a scenario and strategy with all measures; empty for a single problem.
    differences
        Paired differences to the reference over scenarios: strategy, measure, mean, low, high (BCa,
        95 %), scenarios; empty for a single problem.
    failures
        Strategies that could not be run in every scenario, and the sentence that says why; they
        have no row.
    """

    table: pd.DataFrame
    reference: str
    matchings: Mapping[str, Matching]
    scenarios: pd.DataFrame = field(default_factory=pd.DataFrame)
    differences: pd.DataFrame = field(default_factory=pd.DataFrame)
    failures: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        shown = ["coverage", "total", "minimum", "gini", "first_choices", "blocking_pairs"]
        text = self.table[[*shown, "status"]].to_string(float_format="{:.4g}".format)
        lines = [f"{len(self.table)} strategies, compared with {self.reference!r}", text]
        lines += [
            f"{name}: {sentence}" for name, sentence in self.table["what_it_gives_up"].items()
        ]
        lines += [f"{name}: not run. {why}" for name, why in self.failures.items()]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        columns = [one.name for one in MEASURES]
        columns += ["price_of_fairness", "price_of_stability", "status", "what_it_gives_up"]
        return str(self.table[columns].to_html(float_format="{:.4g}".format, escape=True))

    def plot(self, x: str = "total", y: str | None = None) -> LayerChart:
        """Draw each strategy by two of its measures; see `mm.reports.comparison_chart`."""
        from mentormatch.reports import comparison_chart

        return comparison_chart(self, x, y)


def compare(
    problem: Problem | None,
    strategies: StrategiesLike,
    groups: object = None,
    scenarios: Scenarios | None = None,
    reference: str = "optimal",
    *,
    draws: int = 20,
    seed: int = 0,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Run strategies on the same problem and measure what each gives and gives up.

    Parameters
    ----------
    problem
        What is matched; None where scenarios are given.
    strategies
        Names or objects; a mapping names them.
    groups
        As in `mentormatch.audit`: adds the gaps between groups, with intervals.
    scenarios
        Several problems, or a function from a seed to a problem: every strategy then meets the same
        ones, and differences are paired.
    reference
        The strategy that the others are compared with; it is run even where it is not listed.
    draws
        How many scenarios a function makes, with seeds from ``seed``.
    seed
        Of every run, as in `mentormatch.match`.
    time_limit
        Seconds for each run, as in `mentormatch.match`; None: each runs to its end, apart from
        searches for an almost stable matching, which may take hours and get 5 seconds each. What
        was not proven in its time says so in ``status``.
    progress
        Called with a `ProgressEvent` for each run.

    Returns
    -------
    Comparison

    Raises
    ------
    MentorMatchError
        No strategy, two of one name, a reference that could not be run.

    Examples
    --------
    >>> import mentormatch as mm
    >>> problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.1]])
    >>> table = mm.compare(problem, ["optimal", "greedy"]).table
    >>> table[["coverage", "total", "blocking_pairs"]].to_numpy().round(1).tolist()
    [[2.0, 1.5, 1.0], [2.0, 1.0, 0.0]]
    """
    named = _named(strategies, reference)
    problems = _problems(problem, scenarios, draws, seed)
    limits = {
        name: _limit(one) if time_limit is None else time_limit for name, one in named.items()
    }
    runs: list[dict[str, object]] = []
    kept: dict[str, Matching] = {}
    pairs: dict[str, list[set[tuple[int, int]]]] = {name: [] for name in named}
    failures: dict[str, str] = {}
    done, of = 0, len(problems) * len(named)
    for number, one in enumerate(problems):
        results: dict[str, Matching] = {}
        for name, strategy in named.items():
            report_progress(progress, "comparing", done=done, of=of)
            done += 1
            if name in failures:
                continue
            try:
                results[name] = match(one, strategy, seed=seed, time_limit=limits[name])
            except MentorMatchError as error:
                if name == reference:
                    raise
                where = "" if len(problems) == 1 else f"Scenario {number}: "
                failures[name] = where + str(error).split("\n")[0]
        kept = kept or results
        against = results[reference]
        for name, matching in results.items():
            own = zip(matching.mentees.tolist(), matching.mentors.tolist(), strict=True)
            pairs[name].append(set(own))
            checked = check_promise(matching, named[name])
            runs.append(
                {
                    "scenario": number,
                    "strategy": name,
                    **measure_matching(matching, against, groups),
                    "status": _status(matching, limits[name]),
                    "runtime": matching.runtime,
                    "verified": checked.ok,
                    "verified_by": checked.by,
                }
            )
    # What could not be run everywhere would be a mean over other scenarios than the others'.
    everywhere = [one for one in runs if one["strategy"] not in failures]
    for name in failures:
        kept.pop(name, None)
        pairs.pop(name)
    return _summarise(pd.DataFrame(everywhere), kept, pairs, reference, failures)


def _named(strategies: StrategiesLike, reference: str) -> dict[str, str | Strategy]:
    """Name the strategies, the reference first."""
    if isinstance(strategies, Mapping):
        named = dict(strategies)
    else:
        listed = [strategies] if isinstance(strategies, str) else list(strategies)
        names = [one if isinstance(one, str) else _label(one) for one in listed]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise MentorMatchError(
                f"Several strategies are called {', '.join(map(repr, twice))}. Name them: "
                "compare(problem, {'one': ..., 'two': ...})."
            )
        named = dict(zip(names, listed, strict=True))
    if not named:
        raise MentorMatchError(
            'compare needs at least one strategy, such as ["optimal", "stable"].'
        )
    for one in named.values():
        strategy_named(one)
    return {reference: named.pop(reference, reference), **named}


def _limit(strategy: str | Strategy) -> float | None:
    """Return the seconds of a search that has no natural end; None for all others."""
    chosen = strategy_named(strategy)
    endless = isinstance(chosen, AlmostStable)
    endless |= isinstance(chosen, Stable) and chosen.ties == "largest"
    return SEARCH_SECONDS if endless else None


def _status(matching: Matching, limit: float | None) -> str:
    """Say also of what has no certificate that its search was not ended."""
    open_ = any("not proven" in note for note in matching.notes)
    if matching.certificate is not None or not open_:
        return str(matching.status)
    return f"{matching.status}, not proven" + ("" if limit is None else f" within {limit:g} s")


def _label(strategy: object) -> str:
    """Return the name of a strategy with the settings that are not its defaults."""
    text = repr(strategy)
    plain = getattr(strategy, "name", text)
    try:
        return plain if strategy == type(strategy)() else text
    except TypeError:
        return text


def _problems(
    problem: Problem | None, scenarios: Scenarios | None, draws: int, seed: int
) -> list[Problem]:
    if scenarios is None:
        made = [problem]
    elif callable(scenarios):
        made = [scenarios(seed + k) for k in range(draws)]
    else:
        made = list(scenarios)
    for one in made:
        if not isinstance(one, Problem):
            raise MentorMatchError(f"compare needs a Problem, got {type(one).__name__}.")
    return [one for one in made if isinstance(one, Problem)]


def _summarise(
    runs: pd.DataFrame,
    matchings: Mapping[str, Matching],
    pairs: Mapping[str, list[set[tuple[int, int]]]],
    reference: str,
    failures: dict[str, str],
) -> Comparison:
    names = list(dict.fromkeys(runs["strategy"]))
    numbers = [
        column
        for column in runs.columns
        if column not in ("scenario", "strategy", "status", "verified", "verified_by")
    ]
    table = pd.DataFrame({one: _means(runs, one) for one in numbers}).reindex(names)
    table.index.name = "strategy"
    table["status"] = runs.groupby("strategy", sort=False)["status"].agg(_common)
    table["verified"] = runs.groupby("strategy", sort=False)["verified"].all()
    table["verified_by"] = runs.groupby("strategy", sort=False)["verified_by"].agg(_common)
    several = int(runs["scenario"].max()) > 0
    table["same_as"] = [_same_as(name, pairs) for name in names]
    table["dominated_by"] = [_dominated_by(name, table) for name in names]
    table["differs_from_reference"] = [_changed(pairs[name], pairs[reference]) for name in names]
    table["what_it_gives_up"] = [_gives_up(name, reference, table) for name in names]
    differences = paired_differences(runs, reference, [one.name for one in MEASURES])
    return Comparison(
        table=table,
        reference=reference,
        matchings=matchings,
        scenarios=runs if several else pd.DataFrame(),
        differences=differences if several else pd.DataFrame(),
        failures=failures,
    )


def _means(runs: pd.DataFrame, column: str) -> pd.Series[float]:
    """Mean by strategy, over the scenarios in which every strategy has this number.

    Means over different scenarios would say of a strategy what is true of its scenarios. One that
    has it nowhere is left out.
    """
    wide = runs.pivot_table(
        values=column, index="scenario", columns="strategy", aggfunc="first", dropna=False
    ).astype(float)
    known = wide.loc[:, wide.notna().any()]
    return known[known.notna().all(axis=1)].mean().reindex(wide.columns)


def _common(statuses: pd.Series[str]) -> str:
    distinct = statuses.unique().tolist()
    return distinct[0] if len(distinct) == 1 else " / ".join(distinct)


def _same_as(name: str, pairs: Mapping[str, list[set[tuple[int, int]]]]) -> str:
    """Name the strategies that made the same pairs in every scenario."""
    return ", ".join(
        other for other, made in pairs.items() if other != name and made == pairs[name]
    )


def _changed(own: list[set[tuple[int, int]]], reference: list[set[tuple[int, int]]]) -> float:
    """Count the mentees who do not have the same mentors, in the mean over scenarios."""
    counts = [len({i for i, _ in one ^ other}) for one, other in zip(own, reference, strict=True)]
    return sum(counts) / len(counts)


def _number(table: pd.DataFrame, name: str, column: str) -> float:
    return float(table[column].to_dict()[name])


def _dominated_by(name: str, table: pd.DataFrame) -> str:
    found = []
    for other in table.index:
        signs = [
            better_of(one, _number(table, other, one), _number(table, name, one))
            for one in DOMINANCE
        ]
        if other != name and min(signs) >= 0 and max(signs) > 0:
            found.append(str(other))
    return ", ".join(found)


def _gives_up(name: str, reference: str, table: pd.DataFrame) -> str:
    """Say in one sentence what a strategy loses and wins against the reference."""
    if name == reference:
        return "the reference"
    lost: list[str] = []
    won: list[str] = []
    for measure in MEASURES:
        mine, its = _number(table, name, measure.name), _number(table, reference, measure.name)
        sign = better_of(measure.name, mine, its)
        if sign:
            text = f"{measure.words} {mine:.4g} instead of {its:.4g}"
            (won if sign > 0 else lost).append(text)
    if not lost and not won:
        return f"nothing: its numbers are those of {reference!r}"
    given = "gives up " + "; ".join(lost[:3]) if lost else "gives up nothing"
    return given + (f", for {'; '.join(won[:3])}" if won else ", for nothing that is measured here")
