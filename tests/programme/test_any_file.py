"""Whatever a programme file says: it is findings or a problem, and never a crash."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mentormatch.programme import examine_file
from programmes import programme_in

TEXTS = st.sampled_from(
    ["", " ", "wants", "offers", "team", "level", "seats", "id", "ada", "linus", "mean", "zero",
     "last", "none", "stable", "leximin", "scipy", "nowhere.csv", "mentees.csv", ".", "é\u202e\x00",
     "[red]", "2027-01-01", "Europe/Berlin"]
)  # fmt: skip
PLAIN = st.one_of(st.booleans(), st.integers(-3, 2**70), st.floats(allow_nan=True, width=32), TEXTS)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=6,
)
KEYS = {
    "tables": ["id", "duplicates", "separators", "sheets", "encoding", "delimiter", "decimal"],
    "scoring": ["missing", "reciprocity", "allow_self", "normalise", "actionable"],
    "problem": ["capacity", "minimum", "demand", "priority", "pins", "bans", "min_score",
                "coverage_first", "quotas", "apart", "together", "usage"],
    "match": ["strategy", "seed", "engine", "gap", "time_limit"],
    "output": ["matches", "unmatched", "columns", "reasons"],
}  # fmt: skip
KINDS = {
    "SkillCoverage": ["wants", "offers", "levels", "rarity", "aliases", "taxonomy", "credit"],
    "LevelGap": ["column", "ladder", "curve", "between", "g_max", "require"],
    "TagOverlap": ["column", "mentee", "mentor", "levels"],
    "Same": ["column", "mentee", "mentor"],
    "Availability": ["column", "timezone", "dates", "wanted_hours", "minimum_hours", "slot"],
    "Prefers": ["column", "by", "of", "ratings", "answers", "unlisted", "unknown"],
    "Near": ["column", "scale"],
}
SHARED = ["weight", "side", "minimum", "name"]


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    if isinstance(value, float):
        return {"nan": "nan", "inf": "inf", "-inf": "-inf"}.get(repr(value), repr(value))
    return json.dumps(value)


@st.composite
def programmes(draw: st.DrawFn) -> str:
    """A file of the right form in which up to five values are anything."""
    lines: dict[str, list[str]] = {
        "[tables]": ['mentees = "mentees.csv"', 'mentors = "mentors.csv"']
    }
    for section in draw(st.lists(st.sampled_from(sorted(KEYS)), max_size=3, unique=True)):
        keys = draw(st.lists(st.sampled_from(KEYS[section]), min_size=1, max_size=2, unique=True))
        lines.setdefault(f"[{section}]", []).extend(f"{k} = {toml(draw(VALUES))}" for k in keys)
    text = "\n".join("\n".join([title, *own]) for title, own in lines.items())
    for kind in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=2)):
        known = [*KINDS[kind], *SHARED]
        keys = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
        own = [f"{key} = {toml(draw(VALUES))}" for key in keys]
        text += "\n" + "\n".join(["[[criteria]]", f'kind = "{kind}"', *own])
    return text + "\n"


@given(programmes())
def test_any_programme_file_is_findings_or_a_problem(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = programme_in(Path(folder), text)
        examination = examine_file(path)
        if examination.findings:
            assert examination.problem is None or all(
                finding.column is not None for finding in examination.findings
            )
            assert all(str(finding).strip() for finding in examination.findings)
        else:
            assert examination.finished()[1].shape == (3, 2)


@given(st.text(max_size=200))
def test_any_text_is_a_programme_file_or_an_error_that_says_where(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "programme.toml")
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        findings = examine_file(path).findings
        assert findings
        assert all(str(finding).startswith(str(path)) for finding in findings)
