"""Digests of what a matching was made from, by column and by person, to name what changed since."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import pandas as pd

from mentormatch.criteria import Criteria
from mentormatch.criteria.scoring.normalised import NormalisedScorer
from mentormatch.criteria.scoring.scorer import CriteriaScorer
from mentormatch.errors import CriterionError

if TYPE_CHECKING:
    from mentormatch.criteria import Criterion
    from mentormatch.problem import Problem

__all__ = ["criteria_of", "inputs_of", "numbers_of", "what_changed"]

COLUMNS = ["what", "name", "change"]


def criteria_of(problem: Problem) -> dict[str, Any] | None:
    """The criteria as plain values; None where scores were given or cannot be written down."""
    scorer = problem.compatibility.scorer
    normalise = isinstance(scorer, NormalisedScorer)
    base = scorer.scorer if isinstance(scorer, NormalisedScorer) else scorer
    if not isinstance(base, CriteriaScorer):
        return None
    made = Criteria(
        *(cast("Criterion", one.criterion) for one in base.fitted),
        reciprocity=base.reciprocity,
        missing=base.missing,
        normalise=normalise,
    )
    try:
        return made.to_dict()
    except CriterionError:
        return None


def numbers_of(problem: Problem) -> dict[str, Any]:
    """Capacities and the other numbers of a problem, as lists in the order of people."""
    return {
        "capacities": problem.capacities.tolist(),
        "minimums": problem.minimums.tolist(),
        "demands": problem.demands.tolist(),
        "priorities": problem.priorities.tolist(),
        "min_score": problem.min_score,
        "coverage_first": problem.coverage_first,
        "conditions": [one.name for one in problem.sides.constraints],
    }


def inputs_of(problem: Problem) -> dict[str, Any]:
    """Digest the tables of people: each column as a whole, and each person's answers."""
    cohort = problem.compatibility.cohort
    if cohort is None:
        return {}
    found: dict[str, object] = {}
    for side, table in (("mentees", cohort.mentees), ("mentors", cohort.mentors)):
        ordered = table.iloc[table.index.astype(str).argsort()]
        texts = {str(name): _texts(ordered[name]) for name in ordered.columns}
        people = map(repr, zip(*texts.values(), strict=True)) if texts else [""] * len(ordered)
        found[side] = {
            "columns": {name: _digest("\0".join(values)) for name, values in texts.items()},
            "people": {
                str(one): _digest(row)[:12] for one, row in zip(ordered.index, people, strict=False)
            },
        }
    return found


def _texts(column: pd.Series[Any]) -> list[str]:
    missing = column.isna().tolist()
    return ["" if gone else repr(one) for one, gone in zip(column.tolist(), missing, strict=True)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def what_changed(content: dict[str, Any], now: dict[str, Any], problem: Problem) -> pd.DataFrame:
    """Compare the inputs of a record with those of a problem; see `Record.changes_since`."""
    rows: list[tuple[str, str, str]] = []
    was = content["inputs"]
    for side, word in (("mentees", "mentee"), ("mentors", "mentor")):
        before, after = was.get(side), now.get(side)
        if before is None or after is None:
            continue
        columns = _differences(before["columns"], after["columns"])
        rows += [(f"column of {side}", name, change) for name, change in columns]
        rows += [
            (word, name, {"added": "came", "removed": "left", "changed": "answers changed"}[change])
            for name, change in _differences(before["people"], after["people"])
        ]
    if content["criteria"] is not None and criteria_of(problem) != content["criteria"]:
        rows.append(("criteria", "all", "are others, or weigh otherwise"))
    rows += _numbers_changed(content, problem)
    return pd.DataFrame(rows, columns=COLUMNS)


def _differences(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    found = [(name, "removed") for name in before if name not in after]
    found += [(name, "added") for name in after if name not in before]
    return found + [
        (name, "changed") for name in before if name in after and before[name] != after[name]
    ]


def _numbers_changed(content: dict[str, Any], problem: Problem) -> list[tuple[str, str, str]]:
    rows = []
    was, now = content["numbers"], numbers_of(problem)
    for name in ("min_score", "coverage_first", "conditions"):
        if was.get(name) != now[name]:
            rows.append(("number", name, f"was {was.get(name)!r}, is {now[name]!r}"))
    for side, ids, names in (
        ("mentees", problem.mentee_ids, ("demands", "priorities")),
        ("mentors", problem.mentor_ids, ("capacities", "minimums")),
    ):
        known = {str(one): k for k, one in enumerate(content[side])}
        for name in names:
            for place, one in enumerate(ids.tolist()):
                k = known.get(str(one))
                if k is not None and was[name][k] != now[name][place]:
                    said = f"{name} was {was[name][k]}, is {now[name][place]}"
                    rows.append((side.removesuffix("s"), str(one), said))
    return rows
