"""The sections of a programme file and their keys, and what each means when it is absent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mentormatch.cohort import SIDES, nearest_name
from mentormatch.programme.file.fields import (
    EXPECTED,
    AmountOrColumn,
    ColumnNames,
    ColumnOfBoth,
    Columns,
    Count,
    Dates,
    DaysOff,
    Few,
    Filter,
    Flag,
    HeaderRow,
    NumberOrColumn,
    Options,
    PairList,
    PerTable,
    Positive,
    Quotas,
    Real,
    Roles,
    RowsOfAnswers,
    Seats,
    Separators,
    Share,
    StrategyChoice,
    TableName,
    Text,
    WholeSeats,
    Words,
    Workbooks,
    one_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mentormatch.errors import Finding
    from mentormatch.programme.file.document import Document

__all__ = [
    "MatchSection",
    "OutputSection",
    "PlanSection",
    "ProblemSection",
    "ReportSection",
    "ScoringSection",
    "TablesSection",
    "find_unknown_sections",
    "read_section",
]

# Lists of tables beside the sections.
LISTS = ("criteria", "columns", "objectives", "milestones", "scenarios")


class Section(BaseModel):
    """One table of a programme file; a key that does not exist is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: ClassVar[str]
    purpose: ClassVar[str]

    @classmethod
    def list_missing(cls, given: dict[str, object]) -> list[str]:
        """Return the keys that must be there and are not."""
        return []


class TablesSection(Section):
    """Where the people are; see `mentormatch.read_cohort`, whose parameters these are.

    Paths are relative to the folder of the programme file.
    """

    title = "tables"
    purpose = "the two files of people"

    mentees: TableName | None = None
    mentors: TableName | None = None
    people: TableName | None = None
    role: Roles | None = None
    where: Filter | None = None
    rows: RowsOfAnswers | None = None
    header_row: HeaderRow | None = None
    id: PerTable | None = None
    duplicates: Annotated[str, one_of("error", "last")] = "error"
    separators: dict[str, Separators] = Field(default_factory=dict)
    sheets: PerTable | None = None
    encoding: PerTable | None = None
    delimiter: PerTable | None = None
    decimal: Annotated[str, one_of(".", ",")] | None = None
    options: Options = Field(default_factory=dict)
    missing: Words | None = None
    accept: Words = Field(default_factory=list)

    @classmethod
    def list_missing(cls, given: dict[str, object]) -> list[str]:
        """Return the tables that are not named: two, or one of everybody."""
        if "people" in given:
            return []
        return [side for side in SIDES if side not in given]


class ScoringSection(Section):
    """How the values of the criteria become one score; see `mentormatch.Criteria`."""

    title = "scoring"
    purpose = "how criteria become one score"

    missing: Annotated[str, one_of("neutral", "skip", "zero", "error")] = "neutral"
    reciprocity: Annotated[str, one_of("mean", "harmonic", "geometric", "min")] = "mean"
    allow_self: Flag = False
    normalise: Flag = False
    actionable: Columns | None = None


class ProblemSection(Section):
    """How many of whom may, must and must not meet; see `mentormatch.Problem`."""

    title = "problem"
    purpose = "capacities, pins, bans, decisions, quotas"

    capacity: Seats = 1
    minimum: NumberOrColumn = 0
    demand: WholeSeats = 1
    priority: NumberOrColumn | None = None
    pins: PairList = Field(default_factory=list)
    bans: PairList = Field(default_factory=list)
    decisions: Workbooks | None = None
    min_score: Real | None = None
    coverage_first: Flag = True
    quotas: Quotas = Field(default_factory=list)
    apart: PairList = Field(default_factory=list)
    together: PairList = Field(default_factory=list)
    usage: AmountOrColumn | None = None
    minimum_if_used: NumberOrColumn = 0
    unknown: Annotated[str, one_of("error", "ignore")] = "error"


class MatchSection(Section):
    """How the matching is chosen; see `mentormatch.match`."""

    title = "match"
    purpose = "the strategy and its limits"

    strategy: StrategyChoice = "optimal"
    seed: Count = 0
    engine: Text | None = None
    gap: Share = 0.0
    time_limit: Positive | None = None


class OutputSection(Section):
    """What is written, and which columns of the people's tables go with it."""

    title = "output"
    purpose = "the files that are written"

    matches: TableName = "matches.csv"
    unmatched: TableName = "unmatched.csv"
    by_mentor: TableName | None = None
    contact: Flag = False
    columns: ColumnNames = Field(default_factory=list)
    reasons: Few = 3
    full_scores: Flag = False


class ReportSection(Section):
    """What the HTML report shows; see `Matching.to_html`."""

    title = "report"
    purpose = "the report"

    heading: Text | None = None
    groups: ColumnNames = Field(default_factory=list)
    include: ColumnNames = Field(default_factory=list)
    audience: Annotated[str, one_of("committee", "participants")] = "committee"


class PlanSection(Section):
    """When pairs meet, and when one is at risk; see `mentormatch.plan_meetings`."""

    title = "plan"
    purpose = "the meetings of every pair"

    meetings: Count = 8
    every: Text = "2 weeks"
    length: Text = "1 h"
    between: Dates | None = None
    holidays: DaysOff | None = None
    kickoff_within: Text | None = None
    per_mentor_week: Count | None = None
    together_hour: Flag = False
    rematch: Flag = False
    folder: TableName = "plan"
    calendars: Annotated[str, one_of("person", "pair", "mentor")] = "person"
    busy: TableName | None = None
    names: ColumnOfBoth | None = None
    attendees: ColumnOfBoth | None = None
    goals: Text | None = None
    experience: Text | None = None
    at_risk_days: Count = 35
    at_risk_missed: Count = 2


SECTIONS: tuple[type[Section], ...] = (
    TablesSection,
    ScoringSection,
    ProblemSection,
    MatchSection,
    OutputSection,
    ReportSection,
    PlanSection,
)
AnySection = TypeVar("AnySection", bound=Section)


def read_section(
    kind: type[AnySection], document: Document
) -> tuple[AnySection | None, list[Finding]]:
    """Read one section of a programme file.

    The answer is the section with the keys that can be used, None when one that must be there is
    not among them; and a finding for each key that cannot.
    """
    given = document.content.get(kind.title, {})
    if not isinstance(given, dict):
        expected = f"expected a section: a line [{kind.title}], and its keys on lines below it."
        return _read_good_keys(kind, {}), [document.finding((kind.title,), given, expected)]
    missing = kind.list_missing(given)
    if missing and kind.title not in document.content:
        expected = f"the section [{kind.title}] is missing. It names {kind.purpose}:\n" + "\n".join(
            f"    {line}" for line in (f"[{kind.title}]", *(f'{k} = "{k}.csv"' for k in missing))
        )
        return None, [document.finding((), None, expected)]
    section: AnySection | None
    findings: list[Finding] = [
        document.finding((kind.title, key), None, f'the key is missing. Write {key} = "{key}.csv".')
        for key in missing
    ]
    try:
        section = kind.model_validate(given)
    except ValidationError as error:
        findings += _translate(kind, error, document)
        wrong = {details["loc"][0] for details in error.errors()}
        given = {key: value for key, value in given.items() if key not in wrong}
        missing = kind.list_missing(given)
        section = None if missing else _read_good_keys(kind, given)
    return (None if missing else section), findings


def _read_good_keys(kind: type[AnySection], given: dict[str, object]) -> AnySection | None:
    try:
        return kind.model_validate(given)
    except ValidationError:
        return None


def _translate(
    kind: type[Section], error: ValidationError, document: Document
) -> Iterator[Finding]:
    """Translate what pydantic found into places, plain words and cures."""
    for details in error.errors(include_url=False):
        # Pydantic names the form it tried (<pairs>, <file>), which is no part of the key.
        path = (kind.title, *(p for p in details["loc"] if not str(p).startswith("<")))
        value: object = details["input"]
        nearest = None
        if details["type"] == EXPECTED:
            expected, nearest = details["msg"], details["ctx"]["nearest"]
        elif details["type"] == "extra_forbidden":
            expected, nearest = _describe_unknown_key(kind, str(path[-1]))
        else:
            expected = "expected a list of keys and values: { key = value, … }."
        yield document.finding(path, value, expected, nearest)


def _describe_unknown_key(kind: type[Section], key: str) -> tuple[str, str | None]:
    for other in SECTIONS:
        if key in other.model_fields:
            return f"this key belongs into the section [{other.title}]. Move it there.", None
    names = list(kind.model_fields)
    return (
        f"there is no such key in [{kind.title}]. It may have {', '.join(names)}.",
        nearest_name(key, names),
    )


def find_unknown_sections(document: Document) -> list[Finding]:
    """Find what stands outside all sections, or under a title that does not exist."""
    titles = [kind.title for kind in SECTIONS]
    findings: list[Finding] = []
    for key, value in document.content.items():
        if key in (*titles, *LISTS):
            continue
        nearest = None
        for kind in SECTIONS:
            if key in kind.model_fields and not isinstance(value, dict):
                expected = f"this key belongs into a section. Put it below a line [{kind.title}]."
                break
        else:
            expected = (
                "there is no such section. A programme file has "
                f"{', '.join(f'[{title}]' for title in titles)}, [[columns]], [[criteria]], "
                "[[objectives]], [[milestones]] and [[scenarios]]."
            )
            nearest = nearest_name(key, [*titles, *LISTS])
        shown = None if isinstance(value, dict | list) else value
        findings.append(document.finding((key,), shown, expected, nearest))
    return findings
