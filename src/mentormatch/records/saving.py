"""Write the record of a matching as JSON."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from mentormatch.errors import MentorMatchError, RecordError
from mentormatch.proofs.as_data import id_to_data, rename_people
from mentormatch.records.inputs import criteria_of, inputs_of, numbers_of
from mentormatch.records.pseudonyms import pseudonym
from mentormatch.records.record import FORMAT, VERSION, checksum_of
from mentormatch.safe_files import replace_file
from mentormatch.versions import versions

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mentormatch.matching.matching import Matching
    from mentormatch.problem import PairRule
    from mentormatch.records.content import Content

__all__ = ["record_bytes", "save_matching"]


def save_matching(
    matching: Matching,
    path: str | Path,
    *,
    overwrite: bool = False,
    pseudonymous: str | None = None,
) -> None:
    """Write a matching so that another person can check it; see `Matching.save`."""
    # A file that must not be replaced is refused before the work.
    with replace_file(path, overwrite=overwrite) as part:
        part.write_bytes(record_bytes(matching, pseudonymous))


def record_bytes(matching: Matching, pseudonymous: str | None = None) -> bytes:
    """Return what `save_matching` writes, for files that are written together with it."""
    content = content_of(matching, pseudonymous)
    return json.dumps(content, allow_nan=False, ensure_ascii=True, indent=0).encode()


def content_of(matching: Matching, key: str | None) -> Content:
    """Everything a record holds.

    Raises RecordError for a lottery or side rules that cannot be made pseudonymous, or ids of
    another kind.
    """
    problem = matching.problem
    if key is not None and problem.sides:
        raise RecordError(
            "The names of quotas and of mentees apart or together may name people, so a record "
            "with them cannot be made pseudonymous. Leave pseudonymous out."
        )

    def named(one: object) -> object:
        try:
            return id_to_data(one) if key is None else pseudonym(key, one)
        except RecordError:
            raise
        except MentorMatchError as error:
            raise RecordError(str(error)) from None

    def decided(rules: Iterable[PairRule]) -> list[list[object]]:
        # A reason may name somebody.
        return [
            [named(one.mentee), named(one.mentor), one.reason if key is None else None]
            for one in rules
        ]

    rows = zip(
        matching.mentees.tolist(), matching.mentors.tolist(), matching.scores.tolist(), strict=True
    )
    written: dict[str, object] = {
        "format": FORMAT,
        "version": VERSION,
        "versions": versions(),
        "strategy": matching.strategy,
        "engine": matching.engine,
        "seed": matching.seed,
        "status": str(matching.status),
        "notes": list(matching.notes) if key is None else [],
        "total": matching.total,
        "pseudonymous": key is not None,
        "labelled": problem.compatibility.labelled,
        "mentees": [named(one) for one in problem.mentee_ids.tolist()],
        "mentors": [named(one) for one in problem.mentor_ids.tolist()],
        "pairs": [[i, j, score] for i, j, score in rows],
        "pins": decided(problem.pin_rules),
        "bans": decided(problem.ban_rules),
        "numbers": numbers_of(problem),
        # Digests of answers could be told from guesses; a pseudonymous record has none.
        "inputs": inputs_of(problem) if key is None else {},
        "criteria": criteria_of(problem) if key is None else None,
        "certificate": _certificate(matching, key),
        "rematch": _rematch(matching),
    }
    # What JSON makes of it is what is read again.
    content: Content = json.loads(json.dumps(written, allow_nan=False))
    content["checksum"] = checksum_of(content)
    return content


def _certificate(matching: Matching, key: str | None) -> object:
    claimed = matching.certificate
    if claimed is None or claimed.method == "expectation" or matching.probabilities is not None:
        # A lottery's proof is about probabilities, which a record of pairs does not hold.
        return None
    data = claimed.to_dict()
    return data if key is None else rename_people(data, partial(pseudonym, key))


def _rematch(matching: Matching) -> dict[str, object] | None:
    """How a matching was made from an earlier one; None for any other."""
    if matching.strategy != "rematch":
        return None
    names = ("mode", "change_value", "max_changes", "count", "n_changes", "fewest", "bound")
    return {name: getattr(matching, name, None) for name in names}
