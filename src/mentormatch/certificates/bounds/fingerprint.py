"""Digests of a problem and of pairs, by id, so that a certificate names what it proves."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mentormatch.problem.pins import pair_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.problem.conditions import SideConstraint

__all__ = ["fingerprint_of", "wrong_parts"]

Digests = tuple[tuple[str, str], ...]
# Of problems that were matched before.
_known: WeakKeyDictionary[Problem, Digests] = WeakKeyDictionary()


def fingerprint_of(matching: Matching) -> Digests:
    """Digest each part of a matching's problem, and its pairs, as (part, digest).

    The parts, in this order, are people, capacities, minimums, demands, priorities, pins, bans,
    conditions, rules of the objective, and pairs. People are taken in the order of their ids, so
    that the order of rows does not matter. Scores are not part of it: a proof is checked against
    them one by one.
    """
    problem = matching.problem
    parts = _known.get(problem)
    if parts is None:
        parts = _known[problem] = _problem_parts(problem)
    return *parts, _pairs_part(matching)


def _pairs_part(matching: Matching) -> tuple[str, str]:
    return "pairs", _digest([_pair_keys(matching.problem, matching.mentees, matching.mentors)])


def _pair_keys(problem: Problem, i: NDArray[np.intp], j: NDArray[np.intp]) -> NDArray[np.int64]:
    of_mentee, of_mentor = problem.compatibility.ranks
    keys = of_mentee[i].astype(np.int64) * max(1, problem.shape[1]) + of_mentor[j]
    # The pairs of a matching come in this order.
    return keys if bool((keys[1:] > keys[:-1]).all()) else np.unique(keys)


def _problem_parts(problem: Problem) -> Digests:
    of_mentee, of_mentor = problem.compatibility.ranks
    mentees, mentors = np.argsort(of_mentee), np.argsort(of_mentor)
    banned = pair_positions(problem.compatibility, problem.ban_rules, "bans")
    parts: dict[str, list[object]] = {
        "people": [
            problem.shape,
            _texts(problem.mentee_ids, mentees),
            _texts(problem.mentor_ids, mentors),
        ],
        "capacities": [problem.capacities[mentors]],
        "minimums": [problem.minimums[mentors]],
        "demands": [problem.demands[mentees]],
        "priorities": [problem.priority_classes[mentees]],
        "pins": [_pair_keys(problem, problem.pinned[:, 0], problem.pinned[:, 1])],
        "bans": [_pair_keys(problem, banned[:, 0], banned[:, 1])],
        "conditions": [
            part
            for family in problem.sides.constraints
            for part in _family_parts(family, of_mentee, of_mentor)
        ],
        "objective": [repr(problem.coverage_first), repr(problem.min_score)],
    }
    return tuple((part, _digest(values)) for part, values in parts.items())


def wrong_parts(claimed: Digests, matching: Matching) -> list[str]:
    """Name the parts of a matching that a fingerprint is not of."""
    known = dict(claimed)
    found = *_problem_parts(matching.problem), _pairs_part(matching)
    return [part for part, digest in found if known.get(part) != digest]


def _texts(ids: pd.Index, order: NDArray[np.intp]) -> str:
    # Positions in any order are the same people.
    if pd.api.types.is_integer_dtype(ids.dtype) and len(ids):
        first, last = int(ids.min()), int(ids.max())
        if last - first + 1 == len(ids):
            return repr((first, last + 1, 1))
    listed = ids.tolist()
    return repr([(type(listed[k]).__name__, str(listed[k])) for k in order.tolist()])


def _family_parts(
    family: SideConstraint, of_mentee: NDArray[np.intp], of_mentor: NDArray[np.intp]
) -> list[object]:
    """One condition in the order of ids: whose pairs count, by how much, within which limits."""
    members, mentors = np.argsort(of_mentee[family.mentees]), np.argsort(of_mentor)
    weights = family.weights[members]
    rows = family.row_of[mentors]
    if family.row_names is not None:
        return _named_parts(family, of_mentee[family.mentees][members], members, mentors)
    # Rows in the order in which mentors meet them, and then those without any.
    met = list(dict.fromkeys(rows[rows >= 0].tolist()))
    order = [*met, *sorted(set(range(len(family.low))) - set(met))]
    number = np.full(len(family.low) + 1, -1)
    number[order] = np.arange(len(order))
    return [
        family.kind,
        family.name,
        of_mentee[family.mentees][members],
        weights if weights.ndim == 1 else weights[:, mentors],
        np.where(rows >= 0, number[rows], -1),
        family.low[order],
        family.high[order],
    ]


def _named_parts(
    family: SideConstraint,
    people: NDArray[np.intp],
    members: NDArray[np.intp],
    mentors: NDArray[np.intp],
) -> list[object]:
    """A condition whose rows have names, in the order of the names."""
    names = [str(name) for name in family.row_names or ()]
    limits = sorted(zip(names, family.low.tolist(), family.high.tolist(), strict=True))
    grid = [names[k : k + family.groups] for k in range(0, len(names), family.groups)]
    groups = np.zeros(len(members), np.intp) if family.member_group is None else family.member_group
    of_members = [min((row[g] for row in grid), default="") for g in groups[members].tolist()]
    of_mentors = [min(grid[g]) if g >= 0 else "" for g in family.row_of[mentors].tolist()]
    return [family.kind, family.name, people, limits, of_members, of_mentors]


def _digest(values: list[object]) -> str:
    found = hashlib.sha256()
    for value in values:
        if isinstance(value, np.ndarray):
            found.update(repr(value.shape).encode())
            found.update(np.ascontiguousarray(value, dtype=np.int64).tobytes())
        else:
            found.update(repr(value).encode("utf-8", "surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()[:16]
