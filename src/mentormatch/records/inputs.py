"""Digests of what a matching was made from, by column and by person, to name what changed since."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort.names import SIDES, Side
from mentormatch.criteria import Criteria
from mentormatch.errors import CriterionError
from mentormatch.proofs.as_data import id_from_data

if TYPE_CHECKING:
    from mentormatch.problem import Problem, Quota
    from mentormatch.problem.conditions import SideConstraint
    from mentormatch.records.content import Content, Inputs, Numbers, NumbersName

__all__ = ["criteria_of", "inputs_of", "numbers_of", "what_changed"]

NUMBERS: dict[Side, tuple[NumbersName, ...]] = {
    "mentees": ("demands", "priorities"),
    "mentors": ("capacities", "minimums", "minimums_if_used"),
}
CHANGES = {"added": "came", "removed": "left", "changed": "answers changed"}
UNTOLD = "may have changed; people came or left as well"
COLUMNS = ["what", "name", "change"]


def criteria_of(problem: Problem) -> dict[str, object] | None:
    """The criteria as plain values; None where scores were given or cannot be written down."""
    made = Criteria.of_scorer(problem.compatibility.scorer)
    if made is None:
        return None
    try:
        return made.to_dict()
    except CriterionError:
        return None


def numbers_of(problem: Problem) -> Numbers:
    """Capacities and the other numbers of a problem, as lists in the order of people."""
    return {
        "capacities": problem.capacities.tolist(),
        "minimums": problem.minimums.tolist(),
        "demands": problem.demands.tolist(),
        "priorities": problem.priorities.tolist(),
        "min_score": None if problem.min_score is None else float(problem.min_score),
        "coverage_first": bool(problem.coverage_first),
        "minimums_if_used": np.asarray(problem.minimum_if_used).tolist(),
        "conditions": _digest_conditions(problem),
    }


def _digest_conditions(problem: Problem) -> dict[str, str]:
    """Digest what each quota, pair of mentees and use of hours asks for, by its name.

    Quotas are taken as they were written: who then falls under them stands in the tables.
    """
    quotas = {one.label: one for one in problem.quotas}
    held: dict[str, list[object]] = {}
    for one in problem.sides.constraints:
        parts: list[object] = [one.kind]
        if one.kind == "quota":
            parts += _quota_parts(quotas[one.name], problem)
        elif one.kind == "hours":
            parts += [problem.sides.unit, _usage_digest(one, problem)]
        held.setdefault(one.name, []).append(parts)
    return {name: _digest(repr(parts)) for name, parts in held.items()}


def _quota_parts(quota: Quota, problem: Problem) -> list[object]:
    return [
        _written(quota.mentees),
        _written(quota.mentors),
        _written(quota.at_least),
        _written(quota.at_most),
        bool(quota.per_mentor),
        bool(quota.per_mentee),
        sorted(quota.columns_of_groups(problem.compatibility).items()),
    ]


def _written(given: object) -> object:
    """People or numbers of a quota, the same in whatever order they are listed."""
    if isinstance(given, pd.Series):
        return _written(given.index[given.to_numpy(dtype=bool)])
    if isinstance(given, Mapping):
        return sorted((str(key), _written(value)) for key, value in given.items())
    if isinstance(given, Iterable) and not isinstance(given, str):
        return sorted(map(str, given))
    return str(given)


def _usage_digest(hours: SideConstraint, problem: Problem) -> str:
    """Digest what pairs use of the hours, in the order of ids."""
    mentees, mentors = (
        np.argsort(ids.astype(str)) for ids in (problem.mentee_ids, problem.mentor_ids)
    )
    used = hours.weights[mentees] if hours.weights.ndim == 1 else hours.weights[mentees][:, mentors]
    return _digest(repr((used.shape, used.tobytes(), hours.high[mentors].tobytes())))


def inputs_of(problem: Problem) -> Inputs:
    """Digest the tables of people: each column as a whole, and each person's answers."""
    cohort = problem.compatibility.cohort
    if cohort is None:
        return {}
    found: Inputs = {}
    for side in SIDES:
        table = cohort.table(side)
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


def _texts(column: pd.Series) -> list[str]:
    missing = column.isna().tolist()
    return ["" if gone else repr(one) for one, gone in zip(column.tolist(), missing, strict=True)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def what_changed(content: Content, now: Inputs, problem: Problem) -> pd.DataFrame:
    """Compare the inputs of a record with those of a problem; see `Record.changes_since`."""
    rows: list[tuple[str, str, str]] = []
    was = content["inputs"]
    for side in SIDES:
        before, after = was.get(side), now.get(side)
        if before is None or after is None:
            continue
        people = _differences(before["people"], after["people"])
        columns = _differences(before["columns"], after["columns"])
        if before["people"].keys() != after["people"].keys():
            # The digest of a column is of everybody in it: who left is no answer that changed.
            edited = any(change == "changed" for _, change in people)
            columns = [
                (name, UNTOLD if change == "changed" else change)
                for name, change in columns
                if edited or change != "changed"
            ]
        rows += [(f"column of {side}", name, change) for name, change in columns]
        rows += [(side[:-1], name, CHANGES[change]) for name, change in people]
    if content["criteria"] is not None and criteria_of(problem) != content["criteria"]:
        rows.append(("criteria", "all", "are others, or weigh otherwise"))
    rows += _decisions_changed(content, problem)
    rows += _numbers_changed(content, problem)
    return pd.DataFrame(rows, columns=COLUMNS)


def _differences(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    found = [(name, "removed") for name in before if name not in after]
    found += [(name, "added") for name in after if name not in before]
    return found + [
        (name, "changed") for name in before if name in after and before[name] != after[name]
    ]


def _decisions_changed(content: Content, problem: Problem) -> list[tuple[str, str, str]]:
    """Pins and bans that came or went; a record of before bans were kept says nothing of them."""
    rows = []
    for word, then, rules in (
        ("pin", content["pins"], problem.pin_rules),
        ("ban", content.get("bans"), problem.ban_rules),
    ):
        if then is None:
            continue
        was = _pairs_named((id_from_data(i, word), id_from_data(j, word)) for i, j, _ in then)
        now = _pairs_named((one.mentee, one.mentor) for one in rules)
        rows += [(word, name, change) for name, change in _differences(was, now)]
    return rows


def _pairs_named(pairs: Iterable[tuple[object, object]]) -> dict[str, str]:
    return {f"{mentee} with {mentor}": "" for mentee, mentor in pairs}


def _numbers_changed(content: Content, problem: Problem) -> list[tuple[str, str, str]]:
    rows = []
    was, now = content["numbers"], numbers_of(problem)
    for name in ("min_score", "coverage_first"):
        if was.get(name) != now[name]:
            rows.append(("number", name, f"was {was.get(name)!r}, is {now[name]!r}"))
    said = {"changed": "asks for something else"}
    rows += [
        ("condition", name, said.get(change, change))
        for name, change in _differences(was["conditions"], now["conditions"])
    ]
    for side, names in NUMBERS.items():
        known = {str(one): k for k, one in enumerate(content[side])}
        for name in names:
            for place, one in enumerate(problem.ids(side).tolist()):
                k = known.get(str(one))
                if k is not None and was[name][k] != now[name][place]:
                    told = f"{name} was {was[name][k]}, is {now[name][place]}"
                    rows.append((side.removesuffix("s"), str(one), told))
    return rows
