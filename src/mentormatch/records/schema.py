"""The published form of a record: a JSON Schema, made from what is checked when one is read."""

from __future__ import annotations

from mentormatch.records.content import ADDED, SCHEMA
from mentormatch.records.record import FORMAT, VERSION

__all__ = ["record_schema"]

JSON_TYPES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
    type(None): "null",
}
# What each part is, for a reader; and the form of the parts that have one of their own.
SAID: dict[str, str] = {
    "format": "What kind of file this is.",
    "version": "Of the form; another version is refused.",
    "checksum": "SHA-256 of everything else, as JSON with sorted keys and no blanks.",
    "versions": "Of Python and of the packages that made it.",
    "strategy": "Name of the strategy.",
    "engine": "Which solver found the pairs, and why it was taken.",
    "seed": "Of the order of people and of every draw.",
    "status": "How the search ended.",
    "notes": "What a reader should know: ties, rules that did not apply.",
    "total": "Sum of the scores of the pairs.",
    "pseudonymous": "Whether digests stand for the ids.",
    "labelled": "Whether people have ids; else they are positions.",
    "mentees": "Ids of all mentees, in the order of the problem.",
    "mentors": "Ids of all mentors, in the order of the problem.",
    "pairs": "Places of mentee and mentor in the two lists, and the score of the pair.",
    "pins": "Mentee, mentor, and why the pair was pinned.",
    "bans": "Mentee, mentor, and why the pair was banned; older records lack it.",
    "numbers": "Capacities, minimums, demands, priorities, limits and conditions.",
    "inputs": "Digests of every column and of every person's answers, to name what changed since.",
    "criteria": "The criteria, as Criteria.to_dict writes them.",
    "certificate": "The proof, as Certificate.to_dict writes it.",
    "rematch": "How it was made from an earlier matching.",
}
ID: dict[str, object] = {"type": ["string", "number", "object"]}
PLACE: dict[str, object] = {"type": "integer", "minimum": 0}


def _rows_of(*cells: dict[str, object]) -> dict[str, object]:
    """Say what a list of rows of so many cells is."""
    count = len(cells)
    row = {"type": "array", "prefixItems": [*cells], "minItems": count, "maxItems": count}
    return {"items": row}


RULES = _rows_of(ID, ID, {"type": ["string", "null"]})
OWN: dict[str, dict[str, object]] = {
    "format": {"const": FORMAT},
    "version": {"const": VERSION},
    "checksum": {"pattern": "^[0-9a-f]{64}$"},
    "notes": {"items": {"type": "string"}},
    "mentees": {"items": ID},
    "mentors": {"items": ID},
    "pairs": _rows_of(PLACE, PLACE, {"type": "number"}),
    "pins": RULES,
    "bans": RULES,
}


def record_schema() -> dict[str, object]:
    """Return the JSON Schema (draft 2020-12) of what `Matching.save` writes."""
    properties = {}
    for key, kinds in SCHEMA.items():
        names = [JSON_TYPES[one] for one in kinds]
        held: dict[str, object] = {"description": SAID[key]}
        held["type"] = names if len(names) > 1 else names[0]
        properties[key] = {**held, **OWN.get(key, {})}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The record of a matching by mentormatch",
        "type": "object",
        "properties": properties,
        "required": [key for key in SCHEMA if key not in ADDED],
        "additionalProperties": False,
    }
