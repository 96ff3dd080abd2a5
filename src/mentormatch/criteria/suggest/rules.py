"""Propose rules that columns make possible: whom somebody must not meet, one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.cohort import SIDES
from mentormatch.cohort.names import word_set
from mentormatch.criteria.suggest.proposal import Proposal, name_columns
from mentormatch.criteria.words.heading_words import plain_text
from mentormatch.criteria.words.protected import protected_attribute

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mentormatch.cohort import Cohort, Side
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised

__all__ = ["propose_rules"]

ROLES: dict[Side, tuple[str, str]] = {
    "mentees": ("mentee", "mentor"),
    "mentors": ("mentor", "mentee"),
}
AVOID: dict[str, str] = {
    "superior": "A rule: not with one's own superior.",
    "conflicts": "A rule: not with anybody who is named here.",
    "last time": "A rule: not with the partner of an earlier year again.",
    "reference": "A rule, if people must not meet whom they name here (a manager, an earlier "
    'partner). If they wish for them, write kind = "Prefers" instead.',
}
# Domains that people of many organisations have in common.
PROVIDERS = word_set(
    "gmail.com googlemail.com outlook.com hotmail.com live.com yahoo.com icloud.com "
    "me.com gmx.de gmx.net web.de proton.me protonmail.com aol.com "
    "mail.com free.fr orange.fr libero.it wp.pl uol.com.br"
)


def propose_rules(columns: Sequence[Recognised], cohort: Cohort) -> Iterator[Proposal]:
    """Propose rules for what the columns are taken for; each is for a person to decide."""
    for one in columns:
        yield from _rules(one, cohort)
    yield from _one_organisation(columns, cohort)


def _rules(one: Recognised, cohort: Cohort) -> Iterator[Proposal]:
    """Rules that a column makes possible."""
    if one.kind == "group" and one.side == "mentees" and one.partner is not None:
        entry = {"kind": "Different", **name_columns(one.name, one.partner)}
        yield Proposal(entry, "A rule: never two people who have the same here.", rule=True)
    if one.kind == "only same":
        names = {plain_text(str(name)): str(name) for name in cohort.mentors.columns}
        for name in map(str, cohort.mentees.columns):
            if protected_attribute(name) == "gender" and plain_text(name) in names:
                entry = {"kind": "Same", **name_columns(name, names[plain_text(name)])}
                yield Proposal(
                    {**entry, "when": one.name},
                    "A rule for those who ask for it only.",
                    rule=True,
                )
    if one.partner is None:
        return
    role, other = ROLES[one.side]
    ids = cohort.mentor_ids if role == "mentee" else cohort.mentee_ids
    if one.kind in ("conflicts", "last time"):
        entry = {"kind": "Avoids", "column": one.name, "by": role, "unknown": "ignore"}
        if one.partner != ids.name:
            entry["of"] = one.partner
        yield Proposal(entry, AVOID[one.kind], rule=True)
    elif one.kind in ("superior", "reference"):
        entry = {"kind": "Different", role: one.name, other: one.partner}
        yield Proposal(entry, AVOID[one.kind], rule=True)


def _one_organisation(columns: Sequence[Recognised], cohort: Cohort) -> Iterator[Proposal]:
    """E-mail addresses of one organisation on both sides, where not everybody has the same."""
    names, domains = [], []
    for side in SIDES:
        for one in columns:
            if one.side != side or one.kind not in ("identity", "e-mail"):
                continue
            cells = cohort.column(side, one.name).dropna().astype(str)
            # "@ada" is a handle, and has no domain.
            found = {cell.rpartition("@")[2].casefold() for cell in cells if "@" in cell[1:]}
            if found:
                names.append(one.name)
                domains.append(found - PROVIDERS)
                break
    if len(names) < len(SIDES) or not domains[0] & domains[1] or len(set().union(*domains)) < 2:
        return
    yield Proposal(
        {"kind": "Different", **name_columns(*names), "part": "domain"},
        "A rule: never two people of one organisation, by the domain of their e-mail addresses.",
        rule=True,
    )
