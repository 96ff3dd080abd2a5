"""Propose criteria for the columns of two tables, as a starting point that a person edits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.criteria.cells.languages import find_same_languages, find_unclear_languages
from mentormatch.criteria.cells.near_values import ask_which, find_near_values
from mentormatch.criteria.cells.skill_names import find_whole_names
from mentormatch.criteria.recognition.kinds_of_columns import JOINED
from mentormatch.criteria.recognition.recognise import recognise_columns
from mentormatch.criteria.recognition.times import ask_for_hours, ask_for_zones, find_only_zone
from mentormatch.criteria.suggest.proposal import Proposal, name_columns
from mentormatch.criteria.suggest.rules import propose_rules
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.criteria.words.ladders import propose_ladder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.recognition.kinds_of_columns import ColumnKind, Recognised

__all__ = ["propose_criteria"]

# So many answers are shown that are no known names of languages.
SHOWN = 5
WEIGHTS: dict[str, float] = {
    "SkillCoverage": 4, "Prefers": 2, "LevelGap": 2, "TextSimilarity": 2, "TagOverlap": 1,
    "Availability": 1, "Same": 1,
}  # fmt: skip
WHY = {
    "SkillCoverage": "Which share of what a mentee wants the mentor offers.",
    "LevelGap": "Best one or two levels above the mentee. Check the order of the levels, lowest "
    "first; require = true makes it a rule.",
    "TextSimilarity": "How alike the two texts are, by their words.",
    "Availability": "Common free hours a week.",
    "TagOverlap": "How much both have in common.",
    "Same": "Whether both have the same. Without the weight it is a rule.",
    "Prefers": "People somebody wishes for, the first most. It counts for who wishes alone.",
}


UNSAID = (
    "The heading does not say whether it is good to have the same. If it is, take the # away; if "
    'people should differ here, write kind = "Different"; else leave it as it is.'
)
RANKED = (
    "Everybody gives the same answers, each in an order of their own, as of a question that asks "
    "for a ranking. What both have in common is the same for every pair then. Leave this out, or "
    "keep only the first answers of each person in the tables, and take the # away."
)
BOTH_RATED = (
    "Both sides gave levels under one heading. As it stands, a mentee's number is the level that "
    "the mentor should have; if it is the level that a mentee has, leave this out."
)


def propose_criteria(
    cohort: Cohort,
    dates: Sequence[object] | None,
    recognised: Sequence[Recognised] | None = None,
    *,
    ask_dates: bool = False,
) -> list[Proposal]:
    """Propose criteria for what the columns are taken for.

    Those with a weight come first, then rules. Without ``dates`` (first and last of the programme),
    windows in several time zones are left out; with ``ask_dates`` they are an example, and a person
    is asked for the true ones. ``recognised`` is what `recognise_columns` gives, where it is known
    already.
    """
    columns = recognise_columns(cohort) if recognised is None else recognised
    found: list[Proposal] = []
    for one in columns:
        if one.side == "mentees":
            found += _of_both(one, columns, cohort, dates, ask_dates)
        if one.kind == "wishes":
            found.append(_wishes(one, cohort))
    found.sort(key=lambda proposal: -proposal.entry.get("weight", 0))
    return _drop_repeated([*found, *propose_rules(columns, cohort)], cohort)


def _of_both(
    one: Recognised,
    columns: Sequence[Recognised],
    cohort: Cohort,
    dates: Sequence[object] | None,
    ask_dates: bool,
) -> Iterator[Proposal]:
    """Criteria that compare a column of the mentees with one of the mentors."""
    if one.partner is None:
        return
    pair = name_columns(one.name, one.partner)
    levels = _levels_of(one, columns)
    if one.kind == "skills" or (one.kind == "topics" and levels):
        proposal = _weighted("SkillCoverage", {**_skills(one), **levels})
        proposal = _join_languages(proposal, [one.name, one.partner], cohort)
        if not levels:
            proposal = _keep_whole(proposal, [one.name, one.partner], cohort)
        yield replace(proposal, obstacle=BOTH_RATED) if one.name == one.partner else proposal
    elif one.kind in ("topics", "same", "text"):
        kinds = {"topics": "TagOverlap", "same": "Same", "text": "TextSimilarity"}
        proposal = _weighted(kinds[one.kind], pair)
        if one.kind != "text":
            proposal = _join_languages(proposal, [one.name, one.partner], cohort)
        if one.kind == "topics" and _are_rankings(cohort, one.name, one.partner):
            proposal = replace(proposal, asks=RANKED)
        yield replace(proposal, asks=UNSAID) if one.kind == "same" and one.question else proposal
    elif one.kind == "level":
        yield _level(one, one.partner, cohort)
    elif one.kind == "times" and one is _first(columns, "times"):
        zone = _first(columns, "time zone")
        entry: dict[str, object] = {**pair}
        asks, guess = ask_for_zones(columns), ""
        shared = None if zone is None else find_only_zone(cohort, zone)
        if zone is not None and shared is not None:
            named = f'"{zone.name}"'
            if zone.name != zone.partner:
                named = f'["{zone.name}", "{zone.partner}"]'
            guess = (
                f'All live in one time zone, "{shared}", so hours are compared as they are '
                "written. Where somebody joins who does not, or to plan meetings, add timezone = "
                f"{named} and dates = [the first, the last] of the programme."
            )
        elif zone is not None and zone.partner is not None:
            same = zone.name == zone.partner
            entry["timezone"] = zone.name if same else [zone.name, zone.partner]
            if dates is None:
                return
            entry["dates"] = list(dates)
            if ask_dates:
                asks = (
                    "Write the first and last date of your programme as dates (those below are an "
                    "example): clocks of several zones are changed on dates. Then take the # away."
                )
        read, when = ask_for_hours(cohort, one)
        entry, asks = {**entry, **read}, f"{asks} {when}".strip()
        proposal = _weighted("Availability", {**entry, "wanted_hours": 2.0})
        yield replace(proposal, asks=asks, guess=guess, limit={"minimum_hours": 1.0})


def _are_rankings(cohort: Cohort, *names: str) -> bool:
    """Tell whether all of one side give the same answers, each in an order of their own."""
    for side, name in zip(SIDES, names, strict=True):
        cells = [cell for cell in cohort.tags(side, name) if cell]
        if (
            len(cells) > 2
            and len(cells[0]) > 2
            and len(set(map(frozenset, cells))) == 1 < len(set(cells))
        ):
            return True
    return False


def _join_languages(proposal: Proposal, names: Sequence[str], cohort: Cohort) -> Proposal:
    """Count names of one language as one, and say so."""
    answers = _answers_in(names, cohort)
    aliases, unknown = find_same_languages(answers), find_unclear_languages(answers)
    asked = ""
    if not aliases and proposal.entry["kind"] != "SkillCoverage":
        near, unclear = find_near_values(answers, names[0])
        asked = _say_near(near)
        asked += "".join(f"{ask_which(name, full)} " for name, full in unclear.items())
    if unknown:
        shown = ", ".join(f'"{one}"' for one in unknown[:SHOWN])
        more = ", …" if len(unknown) > SHOWN else ""
        asked += (
            f"Short forms, or several languages in one, fit only who writes the same: "
            f"{shown}{more}. "
            "Correct them in the table, or add to aliases what each stands for."
        )
    if not aliases:
        return replace(proposal, guess=asked.strip())
    # Of one answer each, what two have in common is whether it is the same.
    kind = str(proposal.entry["kind"]).replace("Same", "TagOverlap")
    told = ", ".join(f'"{name}" is "{other}"' for name, other in aliases.items())
    return replace(
        proposal,
        why=WHY[kind],
        entry={**_with_aliases(proposal, aliases), "kind": kind},
        guess=f"Names of one language count as one: {told}. {asked}".strip(),
    )


def _keep_whole(proposal: Proposal, names: Sequence[str], cohort: Cohort) -> Proposal:
    """Keep options such as "OpenResty / nginx" whole where nothing tells their parts apart."""
    whole = find_whole_names(_answers_in(names, cohort))
    if not whole:
        return proposal
    told = ", ".join(f'"{name}"' for name in [*whole][:SHOWN])
    more = ", …" if len(whole) > SHOWN else ""
    said = (
        f"One answer each, as nobody gives a part of it alone: {told}{more}. Where it is several "
        "skills, take it out of aliases."
    )
    guess = f"{proposal.guess} {said}".strip()
    return replace(proposal, entry=_with_aliases(proposal, whole), guess=guess)


def _with_aliases(proposal: Proposal, more: Mapping[str, str]) -> dict[str, object]:
    """Add aliases to a criterion, in front of its weight."""
    entry = {**proposal.entry}
    weight = entry.pop("weight")
    return {**entry, "aliases": {**entry.get("aliases", {}), **more}, "weight": weight}


def _answers_in(names: Sequence[str], cohort: Cohort) -> list[str]:
    """All answers of both sides in columns that are compared."""
    both = zip(SIDES, names, strict=True)
    return [answer for side, name in both for cell in cohort.tags(side, name) for answer in cell]


def _say_near(near: Mapping[str, str]) -> str:
    """Ask about answers that may be one, such as a place in two writings."""
    if not near:
        return ""
    told = ", ".join(f'"{name}" is "{other}"' for name, other in [*near.items()][:SHOWN])
    more = ", …" if len(near) > SHOWN else ""
    return (
        f"These may be one answer, and count as two: {told}{more}. If so, write them alike in the "
        "tables; `validate` says how to write it in the criterion. "
    )


def _skills(one: Recognised) -> dict[str, object]:
    return {"wants": one.name, "offers": one.partner}


def _levels_of(one: Recognised, columns: Iterable[Recognised]) -> dict[str, object]:
    """The highest level behind a skill on either side, as in "Lua: 3"."""
    marks = [
        other.marks[1]
        for other in columns
        if other.marks is not None
        and (other.side, other.name) in (("mentees", one.name), ("mentors", one.partner))
    ]
    return {"levels": int(max(marks))} if marks else {}


def _first(columns: Iterable[Recognised], kind: ColumnKind) -> Recognised | None:
    """The first column of the mentees of one kind."""
    return next((one for one in columns if one.side == "mentees" and one.kind == kind), None)


def _weighted(kind: str, parameters: dict[str, object]) -> Proposal:
    return Proposal({"kind": kind, **parameters, "weight": WEIGHTS[kind]}, WHY[kind])


def _level(one: Recognised, partner: str, cohort: Cohort) -> Proposal:
    """A ladder of the levels that occur; where their order is not known, a person says it."""
    cells = [
        *(cell for values in cohort.tags("mentees", one.name) for cell in values),
        *(cell for values in cohort.tags("mentors", partner) for cell in values),
    ]
    parameters: dict[str, object] = name_columns(one.name, partner)
    obstacle = ""
    if not all(cell.replace(".", "", 1).isdigit() for cell in cells):
        parameters["ladder"], obstacle = propose_ladder(cells)
    return replace(_weighted("LevelGap", parameters), obstacle=obstacle)


def _wishes(one: Recognised, cohort: Cohort) -> Proposal:
    role = one.side.removesuffix("s")
    entry: dict[str, object] = {"column": one.name, "unknown": "ignore", "side": role}
    if role == "mentor":
        entry["by"] = role
    ids = cohort.mentor_ids if one.side == "mentees" else cohort.mentee_ids
    if one.partner is not None and one.partner != ids.name:
        entry["of"] = one.partner
    if one.marks is not None:
        # Answers of a poll run from 0 to 1, ratings of a form from 1 up.
        entry["ratings"] = [min(one.marks[0], 1.0), max(one.marks[1], 1.0)]
    obstacle = ""
    if one.question and "wishes" in topics_of(one.name):
        obstacle = (
            "Some answers are nobody's names, or say more than a name, such as whom not. Leave one "
            "name, or several names apart, in each cell, as the other table has them."
        )
    elif one.question:
        obstacle = "Is it a wish, or whom somebody must not meet? The heading does not say."
    return replace(_weighted("Prefers", entry), obstacle=obstacle)


def _with_both_names(proposal: Proposal, ids: Mapping[str, object]) -> Proposal:
    """Name both columns, or ask for one, where people are named by first and last name.

    ``ids``: the names of the ids of "mentee" and "mentor".
    """
    named = (proposal.entry.get(key) for key in ("of", "mentee", "mentor"))
    joined = [one for one in named if isinstance(one, str) and JOINED in one]
    if not joined:
        return proposal
    first, _, last = joined[0].partition(JOINED)
    if proposal.entry["kind"] == "Different":
        role, heard = "mentee", "mentor"
        if proposal.entry.get("mentee") == joined[0]:
            role, heard = heard, role
        entry = {"kind": "Avoids", "column": proposal.entry[role]}
        entry |= {"by": role} if role == "mentor" else {}
        # Names that are the ids are read in another order as well.
        entry |= {} if ids[heard] == joined[0] else {"of": [first, last]}
        return replace(proposal, entry={**entry, "unknown": "ignore"})
    if joined[0] in ids.values():
        return proposal
    if proposal.entry.get("of") == joined[0]:
        return replace(proposal, entry={**proposal.entry, "of": [first, last]})
    asks = (
        f'People are named here by first and last name, in the columns "{first}" and "{last}". '
        f'Join them in one, and write its heading for "{joined[0]}".'
    )
    return replace(proposal, obstacle=asks)


def _weigh_wish(proposal: Proposal, kept: Sequence[Proposal]) -> Proposal:
    """Count a later wish of one side for less than the earlier ones."""
    entry = proposal.entry
    earlier = [
        other
        for other in kept
        if all(other.entry.get(key) == entry.get(key) for key in ("kind", "side", "of"))
    ]
    if entry["kind"] != "Prefers" or not earlier:
        return proposal
    why = "A further wish: it counts half as much as the one before."
    weight = entry["weight"] / 2 ** len(earlier)
    return replace(proposal, why=why, entry={**entry, "weight": weight})


def _named_apart(proposal: Proposal) -> Proposal:
    """Name a criterion of which there are several by its column."""
    entry = dict(proposal.entry)
    if entry["kind"] in ("Prefers", "SkillCoverage") or "column" not in entry:
        column = next(entry[key] for key in ("column", "wants", "mentee") if key in entry)
        entry["name"] = f"{entry['kind']} {column}"
    return replace(proposal, entry=entry)


def _drop_repeated(proposals: Sequence[Proposal], cohort: Cohort) -> list[Proposal]:
    """Drop what is proposed twice; name what two tables say under one heading."""
    kept: list[Proposal] = []
    ids = {side.removesuffix("s"): cohort.table(side).index.name for side in SIDES}
    for proposal in proposals:
        if any(proposal.entry == other.entry for other in kept):
            continue
        proposal = _weigh_wish(proposal, kept)
        entry = proposal.entry
        alike = [
            other
            for other in kept
            if all(other.entry.get(key) == entry.get(key) for key in ("kind", "column"))
        ]
        if "column" in entry and alike:
            entry = {**entry, "name": f"{entry['column']} (of the {entry.get('by', 'mentee')})"}
            proposal = replace(proposal, entry=entry)
        elif any(other.entry["kind"] == entry["kind"] and not other.rule for other in kept):
            proposal = proposal if proposal.rule else _named_apart(proposal)
        kept.append(_with_both_names(proposal, ids))
    return kept
