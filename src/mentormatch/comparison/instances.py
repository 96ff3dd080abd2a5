"""The map of instances: which known problems yours is like, and how strategies differ there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.comparison.compare import compare
from mentormatch.comparison.places import place_of
from mentormatch.datasets import market
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError
from mentormatch.problem import check_problem

if TYPE_CHECKING:
    from altair import LayerChart

    from mentormatch.comparison.compare import StrategiesLike
    from mentormatch.problem import Problem
    from mentormatch.progress import Progress

__all__ = ["OWN", "InstanceMap", "map_instances"]

OWN = "yours"
FAMILIES = ("mallows", "plackett_luce", "urn", "euclidean")
CORRELATIONS = (0.0, 0.15, 0.3, 0.5, 0.7, 0.9)
# Families are drawn with about so many mentees.
MENTEES = 60


@dataclass(frozen=True, eq=False)
class InstanceMap(Displayed):
    """Problems as points, and how strategies differ where yours is.

    Parameters
    ----------
    table
        One row a problem: instance, family, competition, agreement, mentees_agree, mentors_agree,
        mentees, mentors; of those that are known, also how far they are from yours.
    runs
        One row a known problem near yours and strategy, with the measures of `compare`.
    near
        Names of the known problems next to yours, the nearest first.
    sentence
        What these show, in words.
    """

    table: pd.DataFrame
    runs: pd.DataFrame
    near: tuple[str, ...]
    sentence: str

    def __repr__(self) -> str:
        return f"{len(self.table)} problems on a map\n{self.sentence}"

    def plot(self) -> LayerChart:
        """Draw the map, with yours as a star; see `mm.reports.instance_chart`."""
        from mentormatch.reports import instance_chart

        return instance_chart(self)


def map_instances(
    problem: Problem | None = None,
    strategies: StrategiesLike = ("optimal", "stable", "maximin"),
    *,
    known: Mapping[str, Problem | Sequence[Problem]] | None = None,
    reference: str = "optimal",
    neighbours: int = 5,
    seed: int = 0,
    progress: Progress | None = None,
) -> InstanceMap:
    """Put problems on a map by competition and agreement, and read off what strategies do nearby.

    Parameters
    ----------
    problem
        Yours, a star on the map; None for a map of what is known.
    strategies, reference
        As in `mentormatch.compare`; they are run on the neighbours.
    known
        Families of problems by name; None: Mallows, Plackett–Luce, urn and Euclidean markets of
        several agreements, with as many mentees for each mentor, and seats, as yours.
    neighbours
        How many known problems next to yours are compared.
    seed
        Of the draws and of every run.
    progress
        Called with a `ProgressEvent` for each run.

    Returns
    -------
    InstanceMap

    Raises
    ------
    MentorMatchError
        Nothing to put on the map, or a reference that cannot be run there.

    Notes
    -----
    Competition and agreement say what two problems have in common, and not that a strategy does the
    same on both: compare on your own people before you decide.
    """
    if problem is not None:
        check_problem(problem, "map_instances")
    given = _families(problem, seed) if known is None else known
    problems = {
        (family if len(several) == 1 else f"{family} {number}"): (family, one)
        for family, several in ((name, _listed(one)) for name, one in given.items())
        for number, one in enumerate(several, start=1)
    }
    if not problems and problem is None:
        raise MentorMatchError("There is nothing to put on the map: give a problem, or known=.")
    rows = [_row(name, family, one) for name, (family, one) in problems.items()]
    if problem is None:
        return InstanceMap(pd.DataFrame(rows), pd.DataFrame(), (), "No problem of yours is on it.")
    table = pd.DataFrame([*rows, _row(OWN, OWN, problem)])
    own = table.iloc[-1]
    away = np.hypot(
        table["competition"] - own["competition"], table["agreement"] - own["agreement"]
    )
    table["distance"] = away.where(table["instance"] != OWN)
    near = table.dropna(subset="distance").nsmallest(neighbours, "distance")["instance"].tolist()
    if not near:
        return InstanceMap(table, pd.DataFrame(), (), "Nothing that is known can be placed near.")
    found = compare(
        None,
        strategies,
        scenarios=[problems[name][1] for name in near],
        reference=reference,
        seed=seed,
        progress=progress,
    )
    runs = found.scenarios if len(near) > 1 else found.table.reset_index().assign(scenario=0)
    runs = runs.assign(instance=[near[number] for number in runs["scenario"]])
    sentence = _sentence(own, near, runs, reference)
    return InstanceMap(table, runs.drop(columns="scenario"), tuple(near), sentence)


def _listed(one: Problem | Sequence[Problem]) -> Sequence[Problem]:
    return one if isinstance(one, Sequence) else (one,)


def _row(name: str, family: str, problem: Problem) -> dict[str, object]:
    check_problem(problem, f"the map, as {name!r},")
    place = place_of(problem)
    n, m = problem.shape
    return {
        "instance": name,
        "family": family,
        "competition": place.competition,
        "agreement": place.agreement,
        "mentees_agree": place.mentees_agree,
        "mentors_agree": place.mentors_agree,
        "mentees": n,
        "mentors": m,
    }


def _families(problem: Problem | None, seed: int) -> dict[str, Problem]:
    """Draw markets that are as tight as the problem."""
    n, m, seats = MENTEES, 25, 3
    if problem is not None and min(problem.shape):
        share = problem.shape[1] / problem.shape[0]
        n = min(MENTEES, problem.shape[0])
        m = max(1, round(n * share))
        seats = max(1, round(float(problem.capacities.mean())))
        # A side of thousands for sixty mentees says no more than one of hundreds.
        m = min(m, 10 * MENTEES)
    return {
        f"{kind} {correlation:g}": market(
            kind, n, m, seats=seats, correlation=correlation, seed=seed
        )
        for kind in FAMILIES
        for correlation in CORRELATIONS
    }


def _sentence(own: pd.Series, near: Sequence[str], runs: pd.DataFrame, reference: str) -> str:
    """Say which problems are near, and what each strategy gives and gives up there."""
    names = ", ".join(near[:3])
    head = (
        f"Yours (competition {own['competition']:.2f}, agreement {own['agreement']:.2f}) is most "
        f"like {names}. There, beside {reference!r}: "
    )
    wide = runs.pivot_table(
        index="instance", columns="strategy", values=["total", "blocking_pairs", "minimum"]
    )
    parts = []
    for name in dict.fromkeys(runs["strategy"]):
        if name == reference:
            continue
        total, blocking, least = (
            wide[measure] for measure in ("total", "blocking_pairs", "minimum")
        )
        share = float((total[name] / total[reference].where(total[reference] > 0)).mean()) - 1
        pairs = float((blocking[name] - blocking[reference]).mean())
        worst = float((least[name] - least[reference]).mean())
        parts.append(
            f"{name} has {share:+.1%} of the total score, {pairs:+.0f} pairs that would rather "
            f"leave together, and {worst:+.2f} for the worst-off"
        )
    return head + ("; ".join(parts) or "no other strategy was run") + "."
