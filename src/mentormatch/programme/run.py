"""A programme: from its file to a matching and the files that are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.errors import ConfigurationError, MentorMatchError
from mentormatch.programme.examination import (
    examine,
    find_output_columns,
    make_criteria,
    read_people,
)
from mentormatch.programme.file.configuration import Configuration, read_configuration
from mentormatch.programme.output_tables import (
    People,
    find_contact,
    make_by_mentor_table,
    make_matches_table,
    make_unmatched_table,
)
from mentormatch.programme.outputs import check_outputs, check_targets, find_text_form, write_tables
from mentormatch.programme.planning import match_to_meet
from mentormatch.programme.questions.unkept_pairs import find_unkept_pairs
from mentormatch.progress import report_progress
from mentormatch.safe_files import replace_files
from mentormatch.strategies import match

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria import Criteria
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem
    from mentormatch.progress import Progress

__all__ = ["Programme", "load"]


def load(path: str | Path) -> Programme:
    """Read a programme file.

    Parameters
    ----------
    path
        A TOML file; the paths in it start from its folder.

    Returns
    -------
    Programme

    Raises
    ------
    ConfigurationError
        With every key that cannot be used: its line, what was expected, the nearest name, the cure.
    """
    return Programme(read_configuration(path))


@dataclass(frozen=True, eq=False)
class Programme:
    """A mentoring programme as a file describes it; each step reads what it needs.

    Parameters
    ----------
    configuration
        What the file says; made by `load`.

    Raises
    ------
    ConfigurationError
        The configuration has findings.
    """

    configuration: Configuration

    def __post_init__(self) -> None:
        if self.configuration.findings:
            raise ConfigurationError(self.configuration.findings)

    def cohort(self) -> Cohort:
        """Read the two tables; see `mentormatch.read_cohort`."""
        return read_people(self.configuration)

    def criteria(self) -> Criteria:
        """The criteria, with how missing values and the two sides are treated."""
        return make_criteria(self.configuration)

    def problem(self) -> Problem:
        """Read the tables, score all pairs, apply capacities, pins and bans.

        Raises
        ------
        CohortError, ConfigurationError
            With everything that is wrong with the tables, or with the file and the tables.
        """
        return examine(self.configuration).finished()[1]

    def match(
        self,
        problem: Problem | None = None,
        *,
        progress: Progress | None = None,
        to_meet: bool = True,
    ) -> Matching:
        """Choose the matching with the strategy, seed and limits of the file.

        With ``rematch = true`` in [plan] it is the best one whose meetings can all take place, and
        its problem has the rules that this takes; see `mentormatch.plan_meetings`.

        Parameters
        ----------
        problem
            What `problem` gave, so that the tables are not read again.
        progress
            Called with a `ProgressEvent` now and then.
        to_meet
            False: without regard to meetings, whatever [plan] says.

        Raises
        ------
        InfeasibleError
            Pins and minimums cannot all hold, or no matching can be met.
        """
        section = self.configuration.match
        if problem is None:
            problem = self.problem()
        found = match(
            problem,
            self.configuration.strategy or "optimal",
            seed=section.seed,
            engine=section.engine,
            gap=section.gap,
            time_limit=section.time_limit,
            progress=progress,
        )
        if not (to_meet and self.configuration.plan.rematch):
            return found
        report_progress(progress, "matching so that all can meet")
        return match_to_meet(self.configuration, found)

    def say_cost_of_decisions(
        self, matching: Matching, undecided: Problem, progress: Progress | None = None
    ) -> str:
        """Say what decisions change, or that this was not found.

        With a time limit, or where all are to meet, nothing: a second matching would take as long
        again, and with a limit prove nothing.

        Parameters
        ----------
        matching
            Made by `match`.
        undecided
            Its problem without the decisions.
        progress
            Called with a `ProgressEvent` now and then.
        """
        from mentormatch.reports.workbook import say_cost_of_decisions

        if self.configuration.match.time_limit is not None or self.configuration.plan.rematch:
            return ""
        try:
            free = self.match(undecided, progress=progress)
        except MentorMatchError as error:
            return f"What they cost is not known: {error}"
        return say_cost_of_decisions(free, matching)

    def columns(self, matching: Matching) -> dict[Side, list[str]]:
        """The columns of the tables that may stand beside people's ids."""
        cohort = matching.problem.compatibility.cohort
        return {} if cohort is None else find_output_columns(self.configuration, cohort)

    def outputs(
        self, matching: Matching, *, progress: Progress | None = None
    ) -> dict[Path, pd.DataFrame]:
        """The tables that are written, by the file they go to.

        Parameters
        ----------
        matching
            Made by `match`.
        progress
            Called with a `ProgressEvent` for each pair.
        """
        paths = self.configuration.outputs()
        section = self.configuration.output
        people = self._people(matching)
        tables = {
            paths["matches"]: make_matches_table(
                matching, people, section.reasons, progress, full_scores=section.full_scores
            ),
            paths["unmatched"]: make_unmatched_table(matching, people),
        }
        if "by_mentor" in paths:
            tables[paths["by_mentor"]] = make_by_mentor_table(matching, people)
        return tables

    def _people(self, matching: Matching) -> People:
        """What stands beside ids: the columns asked for, names and addresses by their role."""
        asked = People.of_columns(self.columns(matching))
        cohort = matching.problem.compatibility.cohort
        if cohort is None or not self.configuration.output.contact:
            return asked
        contact = find_contact(cohort)
        return People({side: {**contact[side], **asked.columns.get(side, {})} for side in SIDES})

    def write_report(
        self,
        matching: Matching,
        path: str | Path,
        *,
        overwrite: bool = False,
        groups: Sequence[str] = (),
    ) -> Path:
        """Write the HTML report, with what [report] of the file says.

        Parameters
        ----------
        matching
            Made by `match`.
        path
            Where it goes.
        overwrite
            Whether a file that exists may be replaced.
        groups
            Columns by which fairness is looked at, beside those of the file.

        Returns
        -------
        Path
            The file that was written.
        """
        target = Path(path)
        check_targets(self.configuration, [target], overwrite=overwrite)
        replace_files({target: self.make_report(matching, groups)}, overwrite=overwrite)
        return target

    def make_report(self, matching: Matching, groups: Sequence[str] = ()) -> bytes:
        """Make the HTML report that `write_report` writes."""
        from mentormatch.reports import html_report

        section = self.configuration.report
        page = html_report(
            matching,
            title=section.heading,
            groups=list(dict.fromkeys((*section.groups, *groups))) or None,
            include=(*self.configuration.output.columns, *section.include),
            audience=section.audience,  # type: ignore[arg-type]
            look_at=find_unkept_pairs(self.configuration, matching),
        )
        return page.encode()

    def write(
        self,
        matching: Matching,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        beside: Mapping[Path, bytes] | None = None,
    ) -> list[Path]:
        """Write the outputs, all of them or none.

        Parameters
        ----------
        matching
            Made by `match`.
        overwrite
            Whether files that exist may be replaced.
        progress
            Called with a `ProgressEvent` for each pair.
        beside
            Other files that belong to the outputs, such as a report: all are written, or none.

        Returns
        -------
        list of Path
            The outputs that were written.

        Raises
        ------
        ConfigurationError
            An output exists and ``overwrite`` is False, its folder does not, …; nothing is written.
        OSError
            The disk is full, …; nothing is written.
        """
        findings = check_outputs(self.configuration, overwrite=overwrite)
        if findings:
            raise ConfigurationError(findings)
        if beside:
            check_targets(self.configuration, beside, overwrite=overwrite)
        tables = self.outputs(matching, progress=progress)
        form = find_text_form(self.configuration)
        write_tables(tables, overwrite=overwrite, form=form, beside=beside)
        return list(tables)
