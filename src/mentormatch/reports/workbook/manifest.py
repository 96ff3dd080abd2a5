"""The hidden sheet that says which proposal a workbook holds, so that no other is decided on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.compatibility import row_slices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mentormatch.problem import Problem

__all__ = ["FORMAT", "SHEET", "Manifest", "fingerprint", "hash_row", "identify_record"]

FORMAT = "mentormatch-workbook-1"
SHEET = "manifest"


def _digest(parts: Iterable[str]) -> str:
    """Hash texts so that no two lists of texts run together."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", errors="surrogatepass")
        whole.update(str(len(data)).encode() + b":" + data)
    return whole.hexdigest()[:32]


def hash_row(key: str, *proposed: str) -> str:
    """Hash what was proposed in one row: its people and its number."""
    return _digest((key, *proposed))


def identify_record(problem: str, rows: Mapping[str, str]) -> str:
    """Identify a proposal by its problem and all its rows."""
    return _digest((problem, *(text for pair in sorted(rows.items()) for text in pair)))


def fingerprint(problem: Problem) -> str:
    """Hash everything that a problem asks: people, numbers, rules and every score.

    All scores are read once, in blocks.
    """
    n, m = problem.shape
    whole = hashlib.sha256()

    def add(*values: object) -> None:
        for value in values:
            data = value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()
            whole.update(str(len(data)).encode() + b":" + data)

    add([repr(one) for one in problem.mentee_ids], [repr(one) for one in problem.mentor_ids])
    add(problem.capacities, problem.minimums, problem.demands, problem.priorities)
    add(problem.pin_rules, problem.ban_rules, problem.min_score, problem.coverage_first)
    add(np.asarray(problem.minimum_if_used))
    add([repr(one) for one in problem.quotas], tuple(problem.apart), tuple(problem.together))
    for rows in row_slices(n, max(m, 1)):
        add(np.ascontiguousarray(problem.scores(rows, -np.inf)))
    return whole.hexdigest()[:32]


@dataclass(frozen=True)
class Manifest:
    """What the hidden sheet says."""

    problem: str  # hash of the problem
    record: str  # hash of the problem with the proposal
    rows: Mapping[str, str]  # hash of each row that was written, by its key

    def cells(self) -> list[tuple[str, str]]:
        """Return the rows of the sheet."""
        head = [("format", FORMAT), ("problem", self.problem), ("record", self.record)]
        return head + [(f"row {key}", value) for key, value in self.rows.items()]

    @classmethod
    def from_cells(cls, cells: Iterable[Sequence[object]]) -> Manifest | None:
        """Read the rows of the sheet; None when they are no manifest, or were changed."""
        values = {str(key): str(value) for key, value, *_ in cells if key is not None}
        if values.get("format") != FORMAT or not {"problem", "record"} <= set(values):
            return None
        rows = {
            key.removeprefix("row "): value
            for key, value in values.items()
            if key.startswith("row ")
        }
        made = cls(values["problem"], values["record"], rows)
        return made if identify_record(made.problem, made.rows) == made.record else None
