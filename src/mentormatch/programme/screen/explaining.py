"""Answers about a matching, a rematch, and the check of a record, in words for the terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from mentormatch.compatibility.ids import format_count
from mentormatch.errors import MentorMatchError, NotExplainableError
from mentormatch.explanations import explain
from mentormatch.explanations.called import call_by_id, find_person, in_names
from mentormatch.explanations.capabilities import has_total
from mentormatch.explanations.reasons import strongest_reasons
from mentormatch.matching.plain import plain_lines, say_plainly
from mentormatch.problem import PairRule
from mentormatch.programme.screen.paragraph import Paragraph
from mentormatch.programme.screen.summary import describe_files
from mentormatch.strategies import match
from mentormatch.whatif import Scenario, what_if
from mentormatch.whatif.scenario import say_moves

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from pathlib import Path

    from mentormatch.cohort import Side
    from mentormatch.explanations import Explanation
    from mentormatch.explanations.answered.answer import Answer, Audience
    from mentormatch.matching import Matching
    from mentormatch.problem import Problem, Quota
    from mentormatch.problem.conditions import MenteePair
    from mentormatch.programme.file.configuration import Configuration
    from mentormatch.records import Record, Verdict
    from mentormatch.rematching import Rematch

__all__ = [
    "Answered",
    "describe_answers",
    "describe_costs",
    "describe_rematch",
    "describe_scenarios",
    "describe_verdict",
]

SHOWN = 30
# Of those whom a mentor with free seats does not have, so many are explained.
NEAREST = 3
OPTIMAL = 'strategy = "optimal"'
COMPARE = f"Write {OPTIMAL} under [match] to compare."
SEND = (
    "`letters`, `report` and `workbook` take these pairs with --pairs and the list of matches or "
    "the record; without it they are of the best matching, whoever was kept."
)
NOT_WRITTEN = (
    "- Nothing was written. --write --overwrite writes the outputs of the programme file anew, "
    "--record the record of the new matching."
)


@dataclass(frozen=True, slots=True)
class Answered(Paragraph):
    """A paragraph, and each answer that it tells as plain values."""

    answers: tuple[dict[str, object], ...]


def _as_values(
    question: str,
    mentee: Hashable,
    mentor: Hashable,
    lines: Sequence[str],
    details: Mapping[str, object] | None,
) -> dict[str, object]:
    """One answer; ``details`` name others too, and are for a committee alone."""
    return {
        "question": question,
        "mentee": mentee,
        "mentor": mentor,
        "sentences": list(lines),
        "details": details,
    }


class Asked:
    """A matching that is asked: told in what people are called, with details in ids."""

    def __init__(
        self, matching: Matching, columns: Mapping[Side, Sequence[str]], reader: Audience
    ) -> None:
        self.matching, self.reader = matching, reader
        self.names = call_by_id(matching, columns)
        self.explained = explain(matching)
        told = in_names(matching, columns)
        self.told = self.explained if told is matching else self.explained.in_ids_of(told)

    def mentee(self, one: Hashable) -> str:
        """What a mentee is called."""
        return self.names["mentees"][one]

    def mentor(self, one: Hashable) -> str:
        """What a mentor is called."""
        return self.names["mentors"][one]

    def tell(
        self,
        title: str,
        question: str,
        mentee: Hashable = None,
        mentor: Hashable = None,
        reasons: Sequence[str] = (),
    ) -> Answered:
        """Tell one answer in a paragraph: a line for each sentence, and for each of the reasons.

        ``question`` is a method of `Explanation`, such as "why not".
        """
        ids = [one for one in (mentee, mentor) if one is not None]
        answer = self._answer(self.explained, question, ids)
        told = answer
        if self.told is not self.explained:
            people = ((self.mentee, mentee), (self.mentor, mentor))
            called = [call(one) for call, one in people if one is not None]
            told = self._answer(self.told, question, called)
        lines = (*told.sentences(self.reader), *reasons)
        details = answer.to_dict() if self.reader == "committee" else None
        return Answered(title, lines, (_as_values(question, mentee, mentor, lines, details),))

    @staticmethod
    def _answer(explained: Explanation, question: str, people: Sequence[Hashable]) -> Answer:
        answer: Answer = getattr(explained, question.replace(" ", "_"))(*people)
        return answer


def describe_scenarios(
    matching: Matching, configuration: Configuration, columns: Mapping[Side, Sequence[str]]
) -> list[Answered]:
    """Say what each scenario of a programme file would change, for a committee.

    ``columns`` of the tables say by which names people are called, as in `describe_matching`.

    Raises MentorMatchError if the file has no scenarios.
    """
    if not configuration.scenarios:
        raise MentorMatchError(
            f"{configuration.path} has no scenarios. Write one: a line [[scenarios]], then "
            'name = "one seat more" and changes = [{ kind = "seat", mentor = "…", by = 1 }].'
        )
    said: list[Answered] = []
    names = call_by_id(matching, columns)
    for entry in configuration.scenarios:
        try:
            found = what_if(
                matching, entry.made_for(matching.problem), strategy=configuration.strategy
            )
            lines = [*found.sentences("mentee"), *say_moves(found, names)]
            details = found.to_dict()
        except MentorMatchError as error:
            lines, details = [f"It cannot be tried: {error}"], {}
        told = _as_values("scenario", None, None, lines, {"name": entry.name, **details})
        said.append(Answered(entry.name, tuple(f"  {line}" for line in lines), (told,)))
    return said


def describe_costs(
    matching: Matching,
    match_again: Callable[[Problem], Matching],
    columns: Mapping[Side, Sequence[str]],
    time_limit: float | None = None,
) -> list[Paragraph]:
    """Say what each pin, ban, quota and the like costs, for a committee: the pairs without it.

    All minimums are left out together. Of a strategy that looks for more than the largest total it
    is said what the strategy costs, as no difference of its totals is the cost of a decision.
    ``columns`` as in `describe_scenarios`; ``time_limit`` is for the largest total, in seconds.

    Raises
    ------
    MentorMatchError
        There are none, pairs are drawn by lot, or are not proven to have the largest total.
    """
    problem, names = matching.problem, call_by_id(matching, columns)
    if not has_total(matching):
        chosen = f'strategy = "{matching.strategy}"'
        if matching.probabilities is not None or matching.strategy == "random":
            raise MentorMatchError(
                f"{chosen} draws pairs by lot, so no difference of two totals is the cost of a "
                f"decision. {COMPARE}"
            )
        best = match(problem, seed=matching.seed or 0, time_limit=time_limit)
        return [
            Paragraph("What the strategy costs", (f"Beside {OPTIMAL}, with the same decisions.",)),
            _without(chosen, matching, best, names),
            Paragraph(
                "What each decision costs",
                (
                    f"{chosen} does not look for the largest total alone, so no difference of two "
                    f"of its totals is the cost of a decision. {COMPARE}",
                ),
            ),
        ]
    if not _is_proven(matching):
        raise MentorMatchError(
            "These pairs are not proven to have the largest total, so no difference of two totals "
            "is the cost of a decision. Give more time: time_limit under [match]."
        )
    without: list[tuple[str, Problem]] = []
    for name in ("pins", "bans", "quotas", "apart", "together"):
        rules = list(getattr(problem, name))
        for k, rule in enumerate(rules):
            kept: dict[str, Any] = {name: rules[:k] + rules[k + 1 :]}
            decided = f"{name.removesuffix('s')} {_name_rule(rule, names)}"
            without.append((decided, replace(problem, **kept)))
    if np.any(problem.minimums) or np.any(np.asarray(problem.minimum_if_used)):
        without.append(("minimums", replace(problem, minimum=0, minimum_if_used=0)))
    if not without:
        raise MentorMatchError(
            "Nothing is decided by hand here: there are no pins, bans, quotas or minimums, and "
            "nobody must be apart or together."
        )
    count = format_count(len(without), "decision was", "decisions were")
    lines = (
        f"{count} left out, one at a time, and all matched again. Several together may cost more "
        "or less than their sum.",
    )
    said: list[Paragraph] = [Paragraph("What each decision costs", lines)]
    said += [_without(name, matching, match_again(rest), names) for name, rest in without]
    return said


def _without(
    name: str, before: Matching, after: Matching, names: Mapping[Side, Mapping[object, str]]
) -> Answered:
    """Say what a decision costs, from the matching with it and the one without it."""
    found = Scenario((), before, after)
    told = _say_cost(found, names)
    values = _as_values("cost", None, None, told, {"decision": name, **found.to_dict()})
    return Answered(f"Without {name}", tuple(f"  {line}" for line in told), (values,))


def _is_proven(matching: Matching) -> bool:
    return matching.certificate is not None and matching.certificate.proven


def _say_cost(found: Scenario, names: Mapping[Side, Mapping[object, str]]) -> list[str]:
    """Say what a decision costs, and who would move without it."""
    if not _is_proven(found.after):
        return ["What it costs is not known: without it no largest total was proven in time."]
    before, after = found.before, found.after
    # Where scores are 0, or some come first, matchings of one total can differ in who is served.
    priorities = before.problem.priorities
    was, now = (np.sort(priorities[each.mentees]) for each in (before, after))
    tolerance = sum(each.certificate.tolerance for each in (before, after) if each.certificate)
    if not found.coverage and np.array_equal(was, now) and abs(found.gain) <= tolerance:
        return ["It costs nothing: without it no matching is better."]
    some = "Some of them may move only because other matchings are as good."
    open_ = before.certificate is not None and not before.certificate.proven
    less = "The pairs are not proven the best of their strategy: it may cost less."
    return [
        *found.sentences("mentee"),
        *([less] if open_ else []),
        *say_moves(found, names),
        *([some] if len(found.diff) else []),
    ]


def _name_rule(
    rule: PairRule | MenteePair | Quota, names: Mapping[Side, Mapping[object, str]]
) -> str:
    """Name a quota, or the pair that a rule is about, with the reason that was given for it."""
    if not isinstance(rule, tuple):
        return rule.label
    one, other, reason = rule
    others = names["mentors" if isinstance(rule, PairRule) else "mentees"]
    called = f"{names['mentees'].get(one, one)!r} with {others.get(other, other)!r}"
    return called + (f" ({reason})" if reason else "")


def describe_answers(
    matching: Matching,
    mentee: str | None,
    mentor: str | None,
    audience: str,
    columns: Mapping[Side, Sequence[str]],
) -> list[Paragraph]:
    """Answer about a pair, about a mentee, about a mentor, or about all who got nobody.

    ``columns`` as in `describe_scenarios`.
    """
    problem = matching.problem
    asked = Asked(matching, columns, cast("Audience", audience))
    if mentee is None:
        return _about_all(asked) if mentor is None else _about_mentor(asked, mentor)
    i = find_person(problem, "mentees", mentee)
    has = matching.pairs.loc[matching.pairs["mentee"] == i, "mentor"].tolist()
    if mentor is not None:
        j = find_person(problem, "mentors", mentor)
        if j in has:
            return [_why_made(asked, i, j)]
        title = f"Why {asked.mentee(i)} does not have {asked.mentor(j)}"
        return [asked.tell(title, "why not", i, j)]
    said: list[Paragraph] = [_why_made(asked, i, j) for j in has]
    if len(has) < problem.demands[problem.mentee_ids.get_loc(i)]:
        lacks = "no mentor" if not has else "no further mentor"
        said.append(asked.tell(f"Why {asked.mentee(i)} has {lacks}", "unmatched", i))
    return said


def _why_made(asked: Asked, i: Hashable, j: Hashable) -> Answered:
    """Say why a pair is made; to one of the two with the reasons that letters give as well."""
    more: list[str] = []
    matching = asked.matching
    if asked.reader != "committee":
        scorer = matching.problem.compatibility
        made = (matching.mentees == scorer.mentee_position(i)) & (
            matching.mentors == scorer.mentor_position(j)
        )
        reasons = strongest_reasons(matching, pairs=np.flatnonzero(made), say_none=False)[0]
        more = [f"{reason[:1].upper()}{reason[1:]}." for reason in reasons]
    return asked.tell(f"Why {asked.mentee(i)} has {asked.mentor(j)}", "pair", i, j, more)


def _about_mentor(asked: Asked, mentor: str) -> list[Paragraph]:
    """Say why a mentor has each mentee; of free seats, why the best of the others are elsewhere."""
    matching = asked.matching
    problem = matching.problem
    j = find_person(problem, "mentors", mentor)
    called = asked.mentor(j)
    column = problem.compatibility.mentor_position(j)
    has = matching.pairs.loc[matching.pairs["mentor"] == j, "mentee"].tolist()
    seats = int(problem.capacities[column])
    taken = "nobody" if not has else format_count(len(has), "mentee")
    said = [Paragraph(f"{called} has {taken} and {format_count(seats, 'seat')}", ())]
    for i in has:
        said.append(replace(_why_made(asked, i, j), title=f"Why {called} has {asked.mentee(i)}"))
    # Who could have a free seat is for a committee to read.
    if len(has) >= seats or asked.reader != "committee":
        return said
    scores = problem.scores(slice(None), columns=slice(column, column + 1))[:, 0]
    order = np.argsort(-scores, kind="stable")
    others = [i for i in problem.mentee_ids[order].tolist() if i not in has]
    title = f"Why {called} has none of the best others"
    try:
        told = [asked.tell(asked.mentee(i), "why not", i, j) for i in others[:NEAREST]]
    except NotExplainableError as refusal:
        return [*said, Paragraph(title, (str(refusal),))]
    return [*said, _join(title, told)] if told else said


def _join(title: str, told: Sequence[Answered], more: Sequence[str] = ()) -> Answered:
    """Tell several answers in one paragraph, each in one line."""
    lines = (f"{one.title}: {' '.join(one.lines)}".removeprefix(": ") for one in told)
    return Answered(title, (*lines, *more), tuple(each for one in told for each in one.answers))


def _about_all(asked: Asked) -> list[Paragraph]:
    listed = asked.matching.unmatched["mentee"].tolist()
    said: list[Paragraph] = []
    if listed:
        told = [asked.tell("", "unmatched", one) for one in listed[:SHOWN]]
        rest = len(listed) - SHOWN
        more = [f"… and {rest:,} more; --mentee says why of each of them"] if rest > 0 else []
        said.append(_join("Who has fewer mentors than they want", told, more))
    else:
        said.append(Paragraph("Everybody has the mentors they want", ()))
    try:
        said.append(_join("Shortages", [asked.tell("", "shortages")]))
        seats = asked.explained.seat_values().sort_values(
            ["coverage_of_one_more", "gain_of_one_more"], ascending=False
        )
    except NotExplainableError as refusal:
        said.append(Paragraph("What seats are worth", (str(refusal),)))
        return said
    seats = seats.head(5)
    rows = [
        f"{asked.mentor(mentor)}: {row.coverage_of_one_more:+d} matched, "
        f"{row.gain_of_one_more:+.3g} in total"
        for mentor, row in zip(seats.index, seats.itertuples(), strict=True)
    ]
    worth = tuple(
        _as_values("seats", None, mentor, [line], {str(name): one for name, one in row.items()})
        for mentor, line, row in zip(seats.index, rows, seats.to_dict("records"), strict=True)
    )
    said.append(Answered("What one more seat would add", tuple(rows), worth))
    return said


def describe_rematch(again: Rematch, written: Sequence[Path] = ()) -> list[Paragraph]:
    """Say what changed, chain by chain, and which files hold it."""
    head = tuple(line for line in plain_lines(again) if line)
    chains = again.chains
    lines = [chain.text() for chain in chains[:SHOWN]]
    if len(chains) > SHOWN:
        lines.append(f"… and {format_count(len(chains) - SHOWN, 'more chain')} of moves")
    lacking = again.unmatched
    told = [
        f"{mentee}: {reason}"
        for mentee, reason in zip(lacking["mentee"], lacking["reason"], strict=True)
    ]
    if len(told) > SHOWN:
        told = [*told[:SHOWN], f"… and {len(told) - SHOWN} more"]
    return [
        Paragraph("The new matching", head),
        Paragraph("What changed, and why", tuple(lines) or ("Nothing.",)),
        *([Paragraph("Who has fewer mentors than they want", tuple(told))] if told else []),
        describe_files(written) if written else Paragraph("Files", (NOT_WRITTEN,)),
        *([Paragraph("Next", (SEND,))] if written else []),
    ]


def _describe_record(record: Record) -> str:
    """Say in one line what the record holds."""
    pairs = format_count(len(record.pairs), "pair")
    return (
        f"The record holds {pairs} made by {record.strategy}, with a total of {record.total:.6g}."
    )


def describe_verdict(record: Record, verdict: Verdict) -> list[Paragraph]:
    """Say yes or no, and what does not hold."""
    word = "Yes" if verdict.ok else "No"
    return [
        Paragraph(
            f"{word}: {say_plainly(verdict.said)}",
            (_describe_record(record), *verdict.findings, *verdict.believed),
        )
    ]
