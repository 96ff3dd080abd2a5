"""The numbers, pairs and quotas of ``[problem]``, each tried on the people of the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mentormatch.cohort import SIDES, clean_id
from mentormatch.errors import CohortError, ConfigurationError, DecisionError, MentorMatchError
from mentormatch.problem import Problem
from mentormatch.problem.quotas import Quota, is_share
from mentormatch.programme.file.pair_tables import PAIR_KEYS, find_pairs, read_pair_table
from mentormatch.programme.file.parameters import check_parameters, find_key_meant, make

if TYPE_CHECKING:
    from collections.abc import Collection

    from mentormatch.cohort import Side
    from mentormatch.compatibility import Compatibility
    from mentormatch.errors import Finding
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.programme.file.document import KeyPath

__all__ = ["COLUMN_KEYS", "findings_from", "list_quota_columns", "read_conditions"]

# Which table a column stands in, by the key that may name it.
COLUMN_KEYS: dict[str, Side] = {
    "capacity": "mentors",
    "minimum": "mentors",
    "minimum_if_used": "mentors",
    "demand": "mentees",
    "priority": "mentees",
    "usage": "mentees",
}
# Keys whose meaning depends on each other are tried together.
NUMBERS = (("capacity", "usage"), ("minimum",), ("minimum_if_used",), ("demand",), ("priority",))


def findings_from(
    error: MentorMatchError, configuration: Configuration, path: KeyPath
) -> tuple[Finding, ...]:
    """The findings of an error; one about a key when it has none of its own."""
    if isinstance(error, CohortError | ConfigurationError | DecisionError):
        return error.findings
    return (configuration.document.finding(path, None, str(error)),)


def read_conditions(
    configuration: Configuration,
    compatibility: Compatibility,
    without: Collection[KeyPath],
    read: dict[str, object],
) -> tuple[dict[str, Any], list[Finding]]:
    """What `Problem` is told beside the scores, and what of it cannot be used.

    ``without`` are keys that are known to name columns which do not exist. ``read`` takes the names
    and addresses in pairs that were read as ids.
    """
    section = configuration.problem
    conditions = section.model_dump(include={"min_score", "coverage_first", "unknown"})
    findings: list[Finding] = []
    for keys in NUMBERS:
        if any(("problem", key) in without for key in keys):
            continue
        numbers = {key: getattr(section, key) for key in keys}
        try:
            Problem(compatibility, **numbers)
        except MentorMatchError as error:
            key = find_key_meant(str(error), keys) or keys[0]
            findings += findings_from(error, configuration, ("problem", key))
        else:
            conditions |= numbers
    for key in PAIR_KEYS:
        try:
            conditions[key], wrong = _read_pairs(configuration, compatibility, key, read)
        except MentorMatchError as error:
            findings += findings_from(error, configuration, ("problem", key))
        else:
            findings += wrong
    conditions["quotas"] = []
    for place in range(len(section.quotas)):
        if not any(path[:3] == ("problem", "quotas", place) for path in without):
            quota, wrong = _make_quota(configuration, compatibility, place)
            findings += wrong
            conditions["quotas"] += [] if quota is None else [quota]
    return conditions, findings


def _read_pairs(
    configuration: Configuration, compatibility: Compatibility, key: str, read: dict[str, object]
) -> tuple[list[tuple[object, ...]], list[Finding]]:
    """Pairs in the ids of the tables; unknown people are findings; ``read`` is of `find_pairs`."""
    given: list[list[object]] | str = getattr(configuration.problem, key)
    unknown = configuration.problem.unknown if key in ("pins", "bans") else None
    if isinstance(given, str):
        path_of = configuration.beside(given)
        return read_pair_table(path_of, compatibility, PAIR_KEYS[key], unknown=unknown, read=read)

    def finding(k: int, place: int, value: object, expected: str, near: str | None) -> Finding:
        path = ("problem", key, k, place)
        return configuration.document.finding(path, value, expected, near)

    return find_pairs(given, compatibility, finding, PAIR_KEYS[key], unknown=unknown, read=read)


def list_quota_columns(configuration: Configuration) -> list[tuple[KeyPath, Side, str]]:
    """The columns that quotas name, with their places."""
    return [
        (("problem", "quotas", place, side, column), side, column)
        for place, quota in enumerate(configuration.problem.quotas)
        for side in SIDES
        if isinstance(columns := quota.get(side), dict)
        for column in columns
    ]


def _make_quota(
    configuration: Configuration, compatibility: Compatibility, place: int
) -> tuple[Quota | None, list[Finding]]:
    """Make one quota and try it on the people."""
    document = configuration.document
    path: KeyPath = ("problem", "quotas", place)
    given = dict(configuration.problem.quotas[place])
    # A quota says better than its types do what to write instead of a share.
    fitting = {key: value for key, value in given.items() if not is_share(value)}
    wrong: list[Finding] = [*check_parameters(document, path, Quota, "a quota", fitting)]
    if wrong:
        return None, wrong
    for side in SIDES:
        people = given.get(side)
        if isinstance(people, list):
            known = {str(person): person for person in compatibility.ids(side).tolist()}
            given[side] = [known.get(str(clean_id(one)), one) for one in people]
    try:
        quota = make(Quota, given)
    except MentorMatchError as error:
        key = find_key_meant(_without_title(error), list(given))
        at = path if key is None else (*path, key)
        return None, [document.finding(at, None, _without_title(error))]
    for side in SIDES:
        try:
            quota.members(compatibility, side)
        except MentorMatchError as error:
            wrong.append(document.finding((*path, side), None, _without_title(error)))
    return (None if wrong else quota), wrong


def _without_title(error: MentorMatchError) -> str:
    """What an error says below its title; the place in the file says the title."""
    title, *details = str(error).split("\n")
    return "; ".join(line.strip() for line in details) or title
