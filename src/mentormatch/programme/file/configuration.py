"""A programme file as a whole: everything in it that can be used, and all that cannot."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mentormatch.cohort import nearest_name
from mentormatch.errors import MentorMatchError
from mentormatch.planning import Milestone, Objective
from mentormatch.programme.file.criteria_tables import (
    CriterionEntry,
    list_criteria_files,
    read_criteria,
)
from mentormatch.programme.file.document import Document, read_document
from mentormatch.programme.file.entries import read_entries
from mentormatch.programme.file.pair_tables import PAIR_KEYS
from mentormatch.programme.file.parameters import check_parameters
from mentormatch.programme.file.scenarios import ScenarioEntry
from mentormatch.programme.file.sections import (
    MatchSection,
    OutputSection,
    PlanSection,
    ProblemSection,
    ReportSection,
    ScoringSection,
    TablesSection,
    find_unknown_sections,
    read_section,
)
from mentormatch.safe_files import expand_home
from mentormatch.strategies import engine_names, is_strategy_name, strategy_named, strategy_names

if TYPE_CHECKING:
    from mentormatch.errors import Finding
    from mentormatch.strategies import Strategy

__all__ = ["Configuration", "read_configuration"]

OUTPUTS = ("matches", "unmatched", "by_mentor")


@dataclass(frozen=True, eq=False)
class Configuration:
    """What a programme file says.

    Parameters
    ----------
    path
        The file.
    document
        Its text, for findings that come later.
    tables, scoring, problem, match, output, report, plan
        Its sections, with the keys that can be used; ``tables`` is None when it names no tables.
    criteria, objectives, milestones, scenarios
        Those that can be used.
    strategy
        The strategy asked for; None when there is no such strategy.
    findings
        Everything that cannot be used.
    """

    path: Path
    document: Document
    tables: TablesSection | None
    scoring: ScoringSection
    problem: ProblemSection
    match: MatchSection
    output: OutputSection
    report: ReportSection
    plan: PlanSection
    criteria: tuple[CriterionEntry, ...]
    strategy: Strategy | None
    objectives: tuple[Objective, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    scenarios: tuple[ScenarioEntry, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def folder(self) -> Path:
        """The folder that relative paths in the file start from."""
        return self.path.parent

    def beside(self, name: str) -> Path:
        """The path of a file that the programme file names."""
        return self.folder / expand_home(name)

    def outputs(self) -> dict[str, Path]:
        """The files that are written, by the key of [output] that names them."""
        named = {name: getattr(self.output, name) for name in OUTPUTS}
        return {key: self.beside(name) for key, name in named.items() if name is not None}

    def inputs(self) -> list[Path]:
        """The files that are read, the programme file included."""
        tables = self.tables
        given = () if tables is None else (tables.mentees, tables.mentors, tables.people)
        names = [name for name in given if name is not None]
        pairs = (getattr(self.problem, key) for key in PAIR_KEYS)
        names += [one for one in pairs if isinstance(one, str)]
        decided = self.problem.decisions or []
        names += [decided] if isinstance(decided, str) else decided
        return [self.path, *map(self.beside, (*names, *list_criteria_files(self.document)))]


def read_configuration(path: str | Path) -> Configuration:
    """Read a programme file as far as it can be used.

    Raises
    ------
    ConfigurationError
        The file cannot be read, or is not TOML. Everything else is among the findings.
    """
    path = Path(path)
    document = read_document(path)
    findings = find_unknown_sections(document)
    tables, wrong = read_section(TablesSection, document)
    findings += wrong
    criteria, wrong = read_criteria(document, path.parent)
    findings += wrong
    scoring, wrong = read_section(ScoringSection, document)
    findings += wrong
    problem, wrong = read_section(ProblemSection, document)
    findings += wrong
    match, wrong = read_section(MatchSection, document)
    findings += wrong
    output, wrong = read_section(OutputSection, document)
    findings += wrong
    report, wrong = read_section(ReportSection, document)
    findings += wrong
    plan, wrong = read_section(PlanSection, document)
    findings += wrong
    objectives, wrong = read_entries(Objective, document, "objectives")
    findings += wrong
    milestones, wrong = read_entries(Milestone, document, "milestones")
    findings += wrong
    scenarios, wrong = read_entries(ScenarioEntry, document, "scenarios")
    findings += wrong
    match = match or MatchSection()
    strategy, wrong = _make_strategy(document, match)
    findings += wrong
    return Configuration(
        path=path,
        document=document,
        tables=tables,
        scoring=scoring or ScoringSection(),
        problem=problem or ProblemSection(),
        match=match,
        output=output or OutputSection(),
        report=report or ReportSection(),
        plan=plan or PlanSection(),
        objectives=objectives,
        milestones=milestones,
        scenarios=scenarios,
        criteria=tuple(criteria),
        strategy=strategy,
        findings=tuple(sorted(findings, key=lambda finding: finding.row or 0)),
    )


def _make_strategy(
    document: Document, match: MatchSection
) -> tuple[Strategy | None, list[Finding]]:
    """Make the strategy, and look whether there is such an engine."""
    findings: list[Finding] = []
    if match.engine is not None and match.engine not in engine_names():
        expected = (
            f"there is no such engine. There are {', '.join(engine_names())}; without this key the "
            "one that fits is chosen."
        )
        near = nearest_name(match.engine, engine_names())
        findings.append(document.finding(("match", "engine"), match.engine, expected, near))
    asked = {} if isinstance(match.strategy, str) else dict(match.strategy)
    name = str(asked.pop("name", match.strategy))
    key = ("match", "strategy")
    if not is_strategy_name(name):
        expected = f"there is no such strategy. There are {', '.join(strategy_names())}."
        near = nearest_name(name, strategy_names())
        return None, [*findings, document.finding(key, name, expected, near)]
    strategy: Any = strategy_named(name)
    title = f"the strategy {name!r}"
    wrong = list(check_parameters(document, key, type(strategy), title, asked))
    if wrong:
        return None, [*findings, *wrong]
    engines: tuple[str, ...] = getattr(strategy, "engines", engine_names())
    if not findings and match.engine is not None and match.engine not in engines:
        known = f"It has {', '.join(engines)}; without" if engines else "Without"
        expected = (
            f"{title} does not have this engine. {known} this key the one that fits is chosen."
        )
        findings.append(document.finding(("match", "engine"), match.engine, expected, None))
    try:
        return (replace(strategy, **asked) if asked else strategy), findings
    except (MentorMatchError, TypeError, ValueError) as error:
        return None, [*findings, document.finding(key, None, str(error))]
