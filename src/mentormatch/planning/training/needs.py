"""What a programme could teach: skills that are short, and who could close the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mentormatch.cohort import say_lacks_column
from mentormatch.cohort.cells.small_words import small_words
from mentormatch.compatibility.ids import format_count
from mentormatch.displayed import Displayed
from mentormatch.errors import MentorMatchError, ProblemError
from mentormatch.explanations import explain
from mentormatch.handed_out import cached_table
from mentormatch.planning.training.gains import rank_gains
from mentormatch.planning.training.supply import read_supply
from mentormatch.planning.training.workshops import Workshops, choose_workshops
from mentormatch.strategies import match

if TYPE_CHECKING:
    from mentormatch.matching import Matching
    from mentormatch.planning.training.supply import Supply
    from mentormatch.problem import Problem

__all__ = ["TrainingNeeds", "training_needs"]

# "Mai" is a month, too, where somebody says since when they have mentored.
BEGINNERS = frozenset(
    ("", "0", "0.0", *small_words("no", "letter_for_no", "false", "none", "never"))
) - {"mai"}


@dataclass(frozen=True, eq=False)
class TrainingNeeds(Displayed):
    """Skills by supply and demand, workshops, and mentors one skill short.

    Made by `training_needs`.

    Parameters
    ----------
    matching
        Who was served by whom.
    supply
        What is wanted and offered.
    first_time
        Mentors with a mentee who have not mentored before; None where no column says so.
    """

    matching: Matching
    supply: Supply
    first_time: tuple[object, ...] | None = None

    @cached_table
    def skills(self) -> pd.DataFrame:
        """One row per skill wanted, those with the most unmet wishes first.

        Columns: skill, wanted_by, offered_by, seats (of mentors who offer it), served (who have a
        mentor that offers it), unmet, worth (total score that one more seat with it brings; NaN
        where nobody offers it or the matching cannot tell), coverage (mentees that seat adds).
        """
        supply, problem = self.supply, self.matching.problem
        unmet = supply.unmet(self.matching)
        wanted = supply.wanted.sum(axis=0)
        table = pd.DataFrame(
            {
                "skill": supply.names,
                "wanted_by": wanted,
                "offered_by": supply.covered.sum(axis=0),
                "seats": problem.capacities @ supply.covered,
                "served": wanted - unmet.sum(axis=0),
                "unmet": unmet.sum(axis=0),
            }
        )
        worth, coverage = self._seat_worth()
        table["worth"], table["coverage"] = worth, coverage
        return table.sort_values(["unmet", "skill"], ascending=[False, True], ignore_index=True)

    def _seat_worth(self) -> tuple[pd.Series, pd.Series]:
        """Return what the best seat with each skill would bring."""
        nothing = pd.Series(np.full(len(self.supply.names), np.nan))
        try:
            values = explain(self.matching).seat_values()
        except MentorMatchError:
            return nothing, nothing
        values = values.reindex(self.matching.problem.mentor_ids)
        gain = values["gain_of_one_more"].to_numpy(np.float64)
        more = values["coverage_of_one_more"].to_numpy(np.float64)
        # A mentee more comes before any score.
        order = np.lexsort((np.nan_to_num(gain, nan=-np.inf), np.nan_to_num(more, nan=-np.inf)))
        worth, coverage = nothing.copy(), nothing.copy()
        for s in range(len(self.supply.names)):
            offering = order[self.supply.covered[order, s]]
            if len(offering):
                worth[s], coverage[s] = gain[offering[-1]], more[offering[-1]]
        return worth, coverage

    @cached_table
    def lookalikes(self) -> pd.DataFrame:
        """Skills that nobody offers, and one that somebody offers and is written nearly so.

        Check these first: an alias in the criterion may be all that is missing.
        """
        return self.supply.lookalikes()

    def workshops(
        self,
        k: int,
        *,
        seats: int | None = None,
        per_person: int | None = None,
        time_limit: float | None = 60.0,
    ) -> Workshops:
        """Choose the k workshops that meet the most unmet wishes; exact, with its bound.

        Parameters
        ----------
        k
            How many workshops, each about one skill.
        seats
            Of each workshop; None: as many as want it.
        per_person
            How many a mentee takes part in at most; None: any number.
        time_limit
            Seconds of search, or None.
        """
        return choose_workshops(
            self.supply.unmet(self.matching),
            self.supply.names,
            self.matching.problem.mentee_ids,
            k,
            seats=seats,
            per_person=per_person,
            time_limit=time_limit,
        )

    def one_short(self, k: int = 10) -> pd.DataFrame:
        """Rank the mentors whom one more skill would make most useful.

        Each gain is that of the best matching with the skill over the best one without it, solved
        again.

        Returns
        -------
        DataFrame
            mentor, skill, gain, coverage_gain; ``attrs["proven"]`` says whether no other mentor and
            skill would gain more.
        """
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise ProblemError(f"k must be a whole number of 1 or more, got {k!r}.")
        best = self.matching
        certificate = best.certificate
        if best.strategy != "optimal" or certificate is None or not certificate.proven:
            best = match(best.problem)
        table, proven = rank_gains(best, self.supply, k)
        table.attrs["proven"] = proven
        return table

    def __repr__(self) -> str:
        table = self.skills
        short = table[table["unmet"] > 0].head(5)
        shown = ", ".join(
            f"{skill} ({unmet} of {wanted})"
            for skill, unmet, wanted in zip(
                short["skill"], short["unmet"], short["wanted_by"], strict=True
            )
        )
        lines = [
            f"{format_count(len(table), 'skill')} wanted; {int(table['unmet'].sum())} of "
            f"{format_count(int(table['wanted_by'].sum()), 'wish', 'wishes')} unmet: "
            f"{shown or 'none'}"
        ]
        if len(self.lookalikes):
            pairs = zip(self.lookalikes["wanted"], self.lookalikes["offered"], strict=True)
            shown = ", ".join(f"{wanted!r} and {offered!r}" for wanted, offered in pairs)
            lines.append(f"Check first whether these are one skill: {shown}")
        if self.first_time:
            briefed = format_count(len(self.first_time), "mentor")
            lines.append(f"{briefed} to brief: for them it is the first time")
        return "\n".join(lines)


def training_needs(
    problem: Problem,
    matching: Matching | None = None,
    *,
    criterion: str | None = None,
    experience: str | None = None,
) -> TrainingNeeds:
    """Say which skills are short, and what would help most.

    Parameters
    ----------
    problem
        Scored from tables with a `SkillCoverage` criterion.
    matching
        Who is served by whom; None: the best matching.
    criterion
        The label of the criterion, where there are several.
    experience
        A column of the mentors that says whether, or how often, they have mentored before: those
        with 0, no or nothing in it are to be briefed.

    Returns
    -------
    TrainingNeeds

    Raises
    ------
    ProblemError
        No such criterion or column, or a matching of other people.
    """
    supply = read_supply(problem, criterion)
    if matching is None:
        matching = match(problem)
    if matching.problem.shape != problem.shape or not (
        matching.problem.mentee_ids.equals(problem.mentee_ids)
        and matching.problem.mentor_ids.equals(problem.mentor_ids)
    ):
        raise ProblemError("The matching is of other people than the problem. Give both of one.")
    return TrainingNeeds(matching, supply, _first_time(matching, experience))


def _first_time(matching: Matching, column: str | None) -> tuple[object, ...] | None:
    if column is None:
        return None
    cohort = matching.problem.compatibility.cohort
    if cohort is None or column not in cohort.mentors.columns:
        columns = () if cohort is None else cohort.mentors.columns
        raise ProblemError(
            say_lacks_column("experience: the table of the mentors", column, columns)
        )
    cells = cohort.mentors[column]
    new = cells.isna() | cells.astype(str).str.strip().str.casefold().isin(BEGINNERS)
    loads = matching.loads
    return tuple(one for one in loads.index[loads > 0] if bool(new.loc[one]))
