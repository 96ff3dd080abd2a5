"""The text of a first programme file: what was recognised as comments, and what can be run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.identity.choose import join_columns
from mentormatch.compatibility.ids import format_count
from mentormatch.programme.draft.boxes import say_guess
from mentormatch.programme.draft.columns import shows_values, tell_column
from mentormatch.programme.draft.toml import write_comment, write_entry, write_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mentormatch.cohort import Cohort
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised
    from mentormatch.criteria.suggest.proposal import Proposal
    from mentormatch.programme.draft.grid_tables import GridTable, Unread

__all__ = ["Parts", "write_programme"]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a first programme file is made of."""

    cohort: Cohort
    tables: Mapping[str, object]  # the keys of [tables]
    open_keys: Mapping[str, object]  # keys of [tables] that stay comments until a person decides
    notes: Mapping[str, str]  # by key of [tables] or [problem]: the evidence for its value
    grids: Sequence[GridTable]  # the tables [[columns]]
    unread: Sequence[Unread]  # questions in several columns that a person must say more about
    columns: Sequence[Recognised]  # what the columns are taken for
    proposals: Sequence[Proposal]  # the criteria, tried
    problem: Mapping[str, object]  # the keys of [problem]


def write_programme(parts: Parts) -> str:
    """Write the file."""
    return "\n".join(
        [
            *_introduction(parts),
            "",
            *_tables(parts),
            *_grids(parts),
            "",
            *_criteria(parts),
            "",
            *_problem(parts),
            "",
            *_rest(),
            "",
            *_columns(parts),
            "",
        ]
    )


def _introduction(parts: Parts) -> list[str]:
    n, m = len(parts.cohort.mentees), len(parts.cohort.mentors)
    return [
        # Editors read the first line; the command writes the file that it names.
        "#:schema programme.schema.json",
        "# (mentormatch schema > programme.schema.json, for editors that complete and check keys)",
        "#",
        *write_comment(
            f"A mentoring programme of {format_count(n, 'mentee')} and "
            f"{format_count(m, 'mentor')}. "
            "This is a first draft, made from what the columns of the tables seem to hold: look "
            "through it, change "
            "what does not fit, then run"
        ),
        "#",
        "#   mentormatch validate <this file>",
        "#   mentormatch match <this file>",
        "#",
        "# Paths start from the folder of this file. Lines with # are comments. What every",
        "# column was taken for, and why, stands at the end.",
    ]


def _tables(parts: Parts) -> list[str]:
    lines = ["[tables]"]
    for key, value in parts.tables.items():
        if key in parts.notes:
            lines += write_comment(parts.notes[key])
        lines.append(f"{key} = {write_value(value)}")
    for key, note in parts.notes.items():
        if key not in parts.tables and key not in parts.problem and key != "columns":
            lines += write_comment(note)
        if key in parts.open_keys:
            lines.append(f"# {key} = {write_value(parts.open_keys[key])}")
    return lines


def _grids(parts: Parts) -> list[str]:
    lines = []
    for entry in parts.grids:
        told = f"One question of the form, read from several columns. {say_guess(entry)}"
        lines += ["", *write_comment(told)]
        lines += write_entry("[[columns]]", entry)
    for one in parts.unread:
        lines += ["", *write_comment(one.why)]
        if one.entry:
            lines += write_entry("[[columns]]", one.entry, commented=True)
    return lines


def _criteria(parts: Parts) -> list[str]:
    lines = write_comment(
        "What makes a good pair. Only the ratios of the weights matter. A criterion without a "
        "weight is a rule that no pair may break; rules are comments until you decide for them: "
        "take the # away."
    )
    for proposal in parts.proposals:
        lines += ["", *write_comment(f"{proposal.why} {proposal.guess}".rstrip())]
        removes = proposal.effect
        if removes and proposal.rule:
            lines += write_comment(removes)
        if proposal.is_open:
            lines += write_comment(f"Left out for now. {proposal.open_points}")
        commented = not proposal.is_used
        lines += write_entry("[[criteria]]", proposal.entry, commented=commented)
        for key, value in proposal.limit.items():
            # A second # stays when the criterion is taken in: the limit is a decision of its own.
            rule = (
                f"{key} = {write_value(value)}   # as a rule: no pair below it. {removes}".rstrip()
            )
            lines.append(f"# # {rule}" if commented else f"# {rule}")
    return lines


def _problem(parts: Parts) -> list[str]:
    lines = ["[problem]"]
    for key in ("capacity", "demand"):
        if key in parts.notes:
            lines += write_comment(parts.notes[key])
        if key in parts.problem:
            lines.append(f"{key} = {write_value(parts.problem[key])}")
    return [
        *lines,
        "# min_score = 0.2          # pairs that score lower are not made",
        '# pins = [["mentee id", "mentor id", "why they belong together"]]',
        '# bans = "bans.csv"        # a table with the columns mentee, mentor, reason',
    ]


def _rest() -> list[str]:
    return [
        "[match]",
        'strategy = "optimal"',
        "",
        "[output]",
        'matches = "matches.csv"',
        'unmatched = "unmatched.csv"',
        *write_comment(
            "Nothing else about people is written to these files than their ids and what reasons "
            "quote, unless you ask:"
        ),
        "# contact = true           # names and e-mail addresses beside the ids",
        '# columns = ["…"]          # other columns of the tables',
    ]


def _whole_names(cohort: Cohort) -> frozenset[str]:
    """What people of both tables are called, names of one word left out."""
    found = set[str]()
    for side in SIDES:
        table = cohort.table(side)
        columns = cohort.person_columns(side).names
        names = join_columns(table, columns).dropna().tolist() if columns else []
        found |= {str(name).strip().casefold() for name in names if " " in str(name).strip()}
    return frozenset(found)


def _name_people(column: Recognised, people: frozenset[str]) -> bool:
    """Whether some of the values name people, be it among other words."""
    texts = [text.casefold() for text in column.values]
    return any(name in text for text in texts for name in people)


def _columns(parts: Parts) -> list[str]:
    """Every column with what it was taken for; values of people are not shown in the file."""
    lines = write_comment("What the columns were taken for, and why:")
    people = _whole_names(parts.cohort)
    for side, source in zip(SIDES, parts.cohort.sources, strict=True):
        own = [column for column in parts.columns if column.side == side]
        lines += ["#", *write_comment(f"{side} ({source})")]
        for column in own:
            shown = shows_values(column) and not _name_people(column, people)
            lines += write_comment(
                f"- {tell_column(column, with_values=shown, quoted=shown)}", indent="  "
            )
    return lines
