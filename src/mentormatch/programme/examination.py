"""All that is wrong with a programme, its tables included, found without matching anybody."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES, read_cohort
from mentormatch.cohort.names import quote_names
from mentormatch.compatibility.ids import format_count
from mentormatch.criteria import Criteria
from mentormatch.errors import (
    CohortError,
    ConfigurationError,
    Finding,
    KeyFinding,
    MentorMatchError,
    MissingPackageError,
)
from mentormatch.problem import Problem
from mentormatch.programme.file.conditions import (
    COLUMN_KEYS,
    findings_from,
    list_quota_columns,
    read_conditions,
)
from mentormatch.programme.file.configuration import read_configuration
from mentormatch.programme.outputs import check_outputs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from mentormatch.cohort import Cohort, Side
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.programme.file.document import KeyPath
    from mentormatch.reports import Decisions

__all__ = [
    "Examination",
    "examine",
    "examine_file",
    "find_output_columns",
    "make_criteria",
    "read_people",
]


@dataclass(frozen=True, eq=False)
class Examination:
    """What an examination found.

    Parameters
    ----------
    findings
        Everything that is wrong, in the programme file and in the tables.
    configuration
        What the programme file says, when it can be read.
    cohort
        The people, when both tables can be read.
    problem
        The problem, when nothing that it needs is wrong.
    decisions
        What a committee decided, by the name of its workbook.
    undecided
        The problem without these decisions; None where nothing was decided.
    """

    findings: tuple[Finding, ...]
    configuration: Configuration | None = None
    cohort: Cohort | None = None
    problem: Problem | None = None
    decisions: Mapping[str, Decisions] = field(default_factory=dict)
    undecided: Problem | None = None

    def finished(self) -> tuple[Configuration, Problem]:
        """The configuration and the problem.

        Raises
        ------
        CohortError
            Something is wrong with the tables only.
        ConfigurationError
            Something is wrong with the programme file, or with both.
        """
        if self.configuration is None or self.problem is None or self.findings:
            in_file = any(isinstance(finding, KeyFinding) for finding in self.findings)
            error = (ConfigurationError if in_file else CohortError)(self.findings)
            error.in_file = True
            raise error
        return self.configuration, self.problem


def examine_file(path: str | Path, *, overwrite: bool = False) -> Examination:
    """Examine a programme file, its tables, and whether its outputs can be written.

    Parameters
    ----------
    path
        The programme file.
    overwrite
        Whether outputs that exist already are to be replaced.
    """
    try:
        configuration = read_configuration(path)
    except ConfigurationError as error:
        return Examination(error.findings)
    examination = examine(configuration)
    outputs = check_outputs(configuration, overwrite=overwrite)
    return replace(examination, findings=(*examination.findings, *outputs))


def examine(configuration: Configuration) -> Examination:
    """Read the tables and put everything together that a matching needs, but match nobody.

    What depends on something that is wrong is left out; everything else is looked at, so that one
    examination says as much as can be said.
    """
    findings = list(configuration.findings)
    cohort = None
    if configuration.tables is not None:
        try:
            cohort = read_people(configuration)
        except (CohortError, MissingPackageError) as error:
            findings += findings_from(error, configuration, ("tables",))
    if cohort is None:
        return Examination(tuple(findings), configuration)
    unknown = _check_columns(configuration, cohort)
    findings += unknown.values()
    compatibility = None
    try:
        compatibility = make_criteria(configuration, without=unknown).score(cohort)
    except MentorMatchError as error:
        findings += findings_from(error, configuration, ("criteria",))
    # Numbers and ids can be looked at without the scores.
    looked_at = Criteria().score(cohort) if compatibility is None else compatibility
    read: dict[str, object] = {}
    conditions, wrong = read_conditions(configuration, looked_at, without=unknown, read=read)
    findings += wrong
    if read:
        # Who must not meet whom is for nobody else: notes also stand in reports.
        said = (
            f"{format_count(len(read), 'person', 'people')} in pins, bans, apart or together of "
            f"[problem] {'is' if len(read) == 1 else 'are'} written by a name or an address, and "
            "taken for the only one who has it."
        )
        looked_at = replace(looked_at, notes=(*looked_at.notes, said))
    problem = None
    if not findings:
        try:
            problem = Problem(looked_at, **conditions)
        except MentorMatchError as error:
            findings += findings_from(error, configuration, ("problem",))
    decisions: dict[str, Decisions] = {}
    undecided = problem
    if problem is not None:
        try:
            problem = _apply_decisions(configuration, problem, decisions)
        except MentorMatchError as error:
            findings += findings_from(error, configuration, ("problem", "decisions"))
    if not any(one.pins or one.bans for one in decisions.values()):
        undecided = None
    return Examination(tuple(findings), configuration, cohort, problem, decisions, undecided)


def _apply_decisions(
    configuration: Configuration, problem: Problem, decisions: dict[str, Decisions]
) -> Problem:
    """Pin and ban what the workbooks of the file decide, one after the other."""
    named = configuration.problem.decisions
    if named is None:
        return problem
    from mentormatch.reports import read_decisions

    for name in [named] if isinstance(named, str) else named:
        decisions[name] = read_decisions(configuration.beside(name), problem)
        problem = problem.with_decisions(decisions[name])
    return problem


def read_people(configuration: Configuration) -> Cohort:
    """Read the two tables.

    Raises CohortError with the problems of both tables, and ConfigurationError if the programme
    file does not name them.
    """
    tables = configuration.tables
    if tables is None:
        raise ConfigurationError(configuration.findings)
    given = tables.model_dump()
    for key in (*SIDES, "people"):
        if given[key] is not None:
            given[key] = configuration.beside(given[key])
    given["columns"] = configuration.document.content.get("columns", [])
    return read_cohort(**given)


def make_criteria(configuration: Configuration, without: Collection[KeyPath] = ()) -> Criteria:
    """Put the criteria of a programme together, but for those at the places in ``without``."""
    return Criteria(
        *(
            entry.criterion
            for entry in configuration.criteria
            if not any(path[:2] == ("criteria", entry.place) for path in without)
        ),
        **configuration.scoring.model_dump(),
    )


def find_output_columns(configuration: Configuration, cohort: Cohort) -> dict[Side, list[str]]:
    """The columns that go with people's ids: a list means those of each table that has them."""
    asked = configuration.output.columns
    if isinstance(asked, dict):
        return {side: list(asked.get(side, ())) for side in SIDES}
    return {side: [name for name in asked if not cohort.require({side: [name]})] for side in SIDES}


# ------------------------------------------------------------------ columns


def _check_columns(configuration: Configuration, cohort: Cohort) -> dict[KeyPath, Finding]:
    """Find every key that names a column which its table does not have."""
    wanted: list[tuple[KeyPath, Side, str]] = []
    criteria = configuration.document.tables("criteria") or []
    for entry in configuration.criteria:
        given = criteria[entry.place]
        for side, names in entry.criterion.columns.items():
            for name in names:
                key = next((key for key, value in given.items() if value == name), None)
                path: KeyPath = ("criteria", entry.place, *([] if key is None else [key]))
                wanted.append((path, side, name))
    for key, side in COLUMN_KEYS.items():
        value = getattr(configuration.problem, key)
        if isinstance(value, str):
            wanted.append((("problem", key), side, value))
        elif isinstance(value, dict):
            wanted.append((("problem", key, "column"), side, value["column"]))
    wanted += list_quota_columns(configuration)
    columns = configuration.output.columns
    if isinstance(columns, dict):
        for side in SIDES:
            path = ("output", "columns", side)
            wanted += [((*path, k), side, name) for k, name in enumerate(columns.get(side, ()))]
    else:
        for k, name in enumerate(columns):
            if all(cohort.require({side: [name]}) for side in SIDES):
                wanted.append((("output", "columns", k), "mentees", name))
    findings: dict[KeyPath, Finding] = {}
    for path, side, name in wanted:
        for missing in cohort.require({side: [name]}):
            expected = (
                f"there is no such column in {missing.file}. "
                f"It has {quote_names(_columns(cohort, side))}."
            )
            finding = configuration.document.finding(path, name, expected, missing.nearest)
            findings.setdefault(path, finding)
    return findings


def _columns(cohort: Cohort, side: Side) -> list[str]:
    table = cohort.table(side)
    return [*([] if table.index.name is None else [str(table.index.name)]), *table.columns]
