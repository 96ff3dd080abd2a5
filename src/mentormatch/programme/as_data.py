"""What commands find, as plain data that JSON can hold: the output of ``--json``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.planning.figures.status import FEW_NOTE, TELLS
from mentormatch.programme.screen.explaining import Answered
from mentormatch.programme.screen.paragraph import word_as_in_file
from mentormatch.programme.screen.planning import ASK_WHY
from mentormatch.reports.words import package_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mentormatch.audits import Audit
    from mentormatch.comparison import Comparison
    from mentormatch.matching import Matching
    from mentormatch.planning import ProgrammeStatus
    from mentormatch.programme.examination import Examination
    from mentormatch.programme.screen.paragraph import Paragraph

__all__ = [
    "as_json",
    "audit_data",
    "compare_data",
    "explain_data",
    "match_data",
    "status_data",
    "validate_data",
]

PARTS = ("feasibility", "optimality", "stability")


def as_json(
    command: str, data: Mapping[str, object], sections: Sequence[Paragraph], *, ok: bool
) -> str:
    """Write what a command found as one JSON object, with the text that the screen would show.

    ``data`` is what one of the functions below gave; ``sections`` is the text, which holds what has
    no key of its own. ``ok`` says that the command ends with the exit code 0.
    """
    text = [
        {"title": word_as_in_file(one.title), "lines": [*map(word_as_in_file, one.lines)]}
        for one in sections
    ]
    content = {"command": command, "version": package_version(), "ok": ok}
    # Only ASCII: no id can hold a sign that a terminal obeys.
    return json.dumps(_plain({**content, **data, "text": text}), indent=1, allow_nan=False)


def match_data(matching: Matching, files: Iterable[Path] = ()) -> dict[str, object]:
    """Give the pairs, who is left, how full mentors are and what is proven."""
    proof = matching.certificate
    seats = matching.problem.capacities.tolist()
    loads = zip(matching.loads.index, matching.loads.tolist(), seats, strict=True)
    return {
        "strategy": matching.strategy,
        "engine": matching.engine,
        "seed": matching.seed,
        "status": str(matching.status),
        "total": matching.total,
        "matched": matching.n_matched,
        "pairs": matching.pairs,
        "unmatched": matching.unmatched,
        "loads": [{"mentor": one, "mentees": load, "capacity": k} for one, load, k in loads],
        "certificate": None if proof is None else proof.to_dict(),
        "notes": matching.notes,
        "files": [str(one) for one in files],
    }


def validate_data(found: Examination) -> dict[str, object]:
    """Give everything that is wrong; of what is right, how much would be matched and by what."""
    keys = ("file", "row", "column", "value", "expected", "nearest")
    findings = [{key: getattr(one, key) for key in keys} for one in found.findings]
    if found.problem is None or found.configuration is None:
        return {"findings": findings}
    n, m = found.problem.shape
    return {
        "findings": findings,
        "mentees": n,
        "mentors": m,
        "demand": int(found.problem.demands.sum()),
        "capacity": int(found.problem.capacities.sum()),
        "criteria": [
            {"label": one.criterion.label, "weight": one.criterion.weight}
            for one in found.configuration.criteria
        ],
        "outputs": [str(one) for one in found.configuration.outputs().values()],
    }


def audit_data(found: Audit) -> dict[str, object]:
    """Give what each audit measured; None for an audit that was not made."""
    data: dict[str, object] = {"pairs": len(found.matching.mentees)}
    for name in PARTS:
        part = getattr(found, name)
        data[name] = None if part is None else part.to_frame()
    fair = found.fairness
    data["fairness"] = fair if fair is None else {
        "overall": fair.overall.to_dict(),
        "by_group": fair.by_group.reset_index(),
        "gaps": fair.gaps,
        "warnings": fair.warnings,
    }  # fmt: skip
    return data


def compare_data(found: Comparison) -> dict[str, object]:
    """Give the measures of each strategy, the one compared with, and what could not be run."""
    return {
        "strategies": found.table.rename_axis("strategy").reset_index(),
        "reference": found.reference,
        "failures": found.failures,
    }


def explain_data(
    sections: Iterable[Paragraph], audience: str, files: Iterable[Path] = ()
) -> dict[str, object]:
    """Give the answers that the screen tells; to all but a committee in sentences alone."""
    told = [one.answers for one in sections if isinstance(one, Answered)]
    return {
        "audience": audience,
        "answers": [each for answers in told for each in answers],
        "files": [str(one) for one in files],
    }


def status_data(found: ProgrammeStatus) -> dict[str, object]:
    """Give the figures without numbers that are not shown, and the pairs that the screen names."""
    pairs = found.pairs[["mentee", "mentor", "state"]]
    hidden = found.figures["note"].isin([FEW_NOTE, TELLS])
    return {
        "as_of": found.as_of,
        "states": found.states.to_dict(),
        "pairs": pairs[pairs["state"].isin([*ASK_WHY, "at risk"])],
        "figures": found.figures.assign(n=found.figures["n"].astype(object).mask(hidden, None)),
        "notes": found.notes,
    }


def _plain(value: object) -> object:
    """Turn tables and numbers of other packages into what JSON holds; what is not known is null."""
    if isinstance(value, pd.DataFrame):
        value = value.astype(object).to_dict("records")
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int) else str(value)
