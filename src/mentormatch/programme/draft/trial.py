"""Try proposed criteria on the people: whether they can be used, and how many pairs they remove."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.criteria import Criteria, CriteriaScorer, SkillCoverage
from mentormatch.criteria.availability.windows import packed_windows, reader_of_column
from mentormatch.criteria.registry import criterion_from_dict
from mentormatch.errors import CohortError, MentorMatchError

if TYPE_CHECKING:
    from mentormatch.cohort import Cohort
    from mentormatch.criteria.suggest.proposal import Proposal

__all__ = ["try_proposal"]

# More people of a side than this are tried by a sample, spread over the table.
MOST_PEOPLE = 3_000
EVERY_EVENING = "Mon-Sun 18:00-20:00"


def try_proposal(proposal: Proposal, cohort: Cohort) -> Proposal:
    """Make the criterion and score with it, so that what is proposed can be used at once.

    One with an obstacle is returned as it is; of many people a sample is tried. The answer has an
    obstacle when the criterion cannot be used, and for a rule or a limit the number of pairs that
    it would remove, of how many.
    """
    if proposal.obstacle:
        return proposal
    tried = _take_sample(cohort)
    read = proposal.entry.get("read")
    waits = isinstance(read, dict) and "" in read.values()
    try:
        entry = {**proposal.entry, **({} if waits else proposal.limit)}
        if waits:
            # Whether all else can be read; how many pairs a limit removes is not known yet.
            entry["read"] = {word: _try_hours(word) for word in read or {}}
        compatibility = Criteria(criterion_from_dict(entry)).score(tried)
    except CohortError as error:
        more = f" (and {len(error.findings) - 1:,} more)" if len(error.findings) > 1 else ""
        return replace(proposal, obstacle=f"{error.findings[0]}{more}")
    except MentorMatchError as error:
        return replace(proposal, obstacle=str(error))
    n, m = compatibility.shape
    eligible = selves = 0
    for rows in _split_rows(n, max(1, m)):
        allowed = compatibility.block(rows).eligible
        eligible += int(allowed.sum())
        # Nobody is matched with oneself, whatever the rules are.
        own = tried.oneself[rows]
        mine = np.flatnonzero(own >= 0)
        selves += int((~allowed[mine, own[mine]]).sum())
    scorer = compatibility.scorer
    fitted = scorer.fitted if isinstance(scorer, CriteriaScorer) else ()
    for one in fitted:
        if isinstance(one.criterion, SkillCoverage):
            proposal = replace(proposal, guess=" ".join(filter(None, (proposal.guess, *one.notes))))
    if waits or (not proposal.rule and not proposal.limit):
        return proposal
    misses = sum(len(one.near_misses) for one in fitted)
    n_all, m_all = len(cohort.mentees), len(cohort.mentors)
    scale = (n_all * m_all) / max(1, n * m)
    return replace(
        proposal,
        removes=(round((n * m - eligible - selves) * scale), n_all * m_all),
        misses=misses,
    )


def _try_hours(word: str) -> str:
    """Hours for a word: on a day that it names, for "lundi 17h-19h" must be read beside it."""
    text = f"{word} 18:00-20:00"
    try:
        packed_windows(text, reader_of_column([text]))
    except ValueError:
        return EVERY_EVENING
    return text


def _take_sample(cohort: Cohort) -> Cohort:
    sizes = (len(cohort.mentees), len(cohort.mentors))
    if max(sizes) <= MOST_PEOPLE:
        return cohort
    rows = [np.linspace(0, size - 1, min(size, MOST_PEOPLE)).astype(np.intp) for size in sizes]
    return cohort.take(*rows)


def _split_rows(n: int, m: int) -> list[slice]:
    step = max(1, 4_000_000 // m)
    return [slice(start, min(n, start + step)) for start in range(0, n, step)]
