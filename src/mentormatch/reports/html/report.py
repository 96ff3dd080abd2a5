"""Write the HTML report of a matching."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

from mentormatch.audits import Audit, fairness_of, feasibility_of, optimality_of, stability_of
from mentormatch.errors import MentorMatchError, readable
from mentormatch.records import pack_record
from mentormatch.reports.html.catalogue import ENGLISH, Catalogue
from mentormatch.reports.html.evidence import record_of
from mentormatch.reports.html.examined import Examined
from mentormatch.reports.html.facts import attention, facts, verdict
from mentormatch.reports.html.lists import lists_of
from mentormatch.reports.html.page import render
from mentormatch.reports.html.sections import criteria_rows, figures_of, record_terms, section_of
from mentormatch.reports.words import pairs_to_look_at
from mentormatch.safe_files import replace_file

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    from mentormatch.matching import Matching

__all__ = ["Audience", "html_report", "write_html"]

Audience: TypeAlias = Literal["committee", "participants"]
# Beyond this many possible pairs, reading all of them twice takes longer than people wait for.
MOST_PAIRS_EXAMINED = 400_000_000


def html_report(
    matching: Matching,
    *,
    title: str | None = None,
    groups: object = None,
    include: Iterable[str] = (),
    audience: Audience = "committee",
    audit: Audit | None = None,
    words: Catalogue = ENGLISH,
    look_at: Mapping[tuple[Hashable, Hashable], str] | None = None,
) -> str:
    """Make the report of a matching: one HTML page that needs nothing else.

    Parameters
    ----------
    matching
        The matching.
    title
        What stands above.
    groups
        Columns by which fairness is looked at, as in `mentormatch.audit`.
    include
        Columns of people's tables that may be quoted. Without them the page holds ids, names and
        scores only: the sentences of criteria quote cells, and are left out.
    audience
        "committee": everything. "participants": how people were matched, and how fairly; no
        person, no pair and no evidence that names them.
    audit
        An audit that was made already; ``groups`` is then not needed.
    words
        The fixed words, in another language.
    look_at
        Why the committee should look at some pairs, by the ids of mentee and mentor; participants
        are not told. A pair that a name in the column of a rule may forbid is always there.

    Returns
    -------
    str
        The page. The same matching gives the same text.

    Raises
    ------
    MentorMatchError
        ``matching`` is no matching of its problem, or a parameter is none of those above.
    """
    if audience not in get_args(Audience):
        raise MentorMatchError(f'audience must be "committee" or "participants", got {audience!r}.')
    if isinstance(include, str):
        raise MentorMatchError(
            f"include must be a list of columns, such as include=[{include!r}]; got a text."
        )
    examined = _examine(matching, groups, audit, for_committee=audience == "committee")
    committee = examined.for_committee
    examined = replace(examined, look_at=pairs_to_look_at(matching, look_at) if committee else {})
    lists = lists_of(matching, examined.stability, include) if committee else {"pairs": None}
    figures = figures_of(examined, words)
    record = record_of(matching) if committee else None
    page = render(
        words,
        data={**lists, "words": dict(words.lists)},
        evidence=record is not None,
        title=readable(title or words.page["title"]),
        verdict=verdict(examined, words),
        facts=facts(examined, words),
        attention=attention(examined, words),
        charts=figures,
        fairness=section_of("fairness", examined, words),
        stability=section_of("stability", examined, words),
        criteria=criteria_rows(matching, words),
        record=record_terms(examined, record, words),
        committee=committee,
    )
    return page if record is None else pack_record(page, record)


def write_html(
    matching: Matching, path: str | Path, *, overwrite: bool = False, **options: Any
) -> None:
    """Write the report of a matching to a file, whole or not at all; see `html_report`.

    Raises
    ------
    FileExistsError
        The file exists and ``overwrite`` is False.
    """
    # A file that must not be replaced is refused before the work.
    with replace_file(Path(path), overwrite=overwrite) as part:
        part.write_bytes(html_report(matching, **options).encode("utf-8"))


def _examine(
    matching: Matching, groups: object, audit: Audit | None, *, for_committee: bool
) -> Examined:
    if audit is not None:
        if audit.matching is not matching:
            raise MentorMatchError(
                "audit= is the audit of another matching; pass that of this one."
            )
        fairness = audit.fairness or fairness_of(matching, groups)
        return Examined(matching, audit.optimality, audit.stability, fairness, for_committee)
    found = feasibility_of(matching)
    if not found.ok:
        raise MentorMatchError(
            f"A report needs pairs that are a matching of their problem.\n{found!r}"
        )
    n, m = matching.problem.shape
    if n * m > MOST_PAIRS_EXAMINED:
        return Examined(matching, None, None, None, for_committee)
    return Examined(
        matching,
        optimality_of(matching),
        stability_of(matching),
        fairness_of(matching, groups),
        for_committee,
    )
