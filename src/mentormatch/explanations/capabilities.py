"""What may be said about a matching: which questions have a true answer for which strategy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mentormatch.errors import NotExplainableError
from mentormatch.explanations.answered.answer import frame_of
from mentormatch.explanations.answered.own_changes import criteria_scorer
from mentormatch.explanations.answered.own_proofs import OWN_PROOFS

if TYPE_CHECKING:
    import pandas as pd

    from mentormatch.matching import Matching

__all__ = [
    "GIVEN_SCORES",
    "QUESTIONS",
    "SOLVED_AGAIN",
    "check",
    "has_total",
    "refusal",
    "table_of_capabilities",
]

# Strategies after whose name the total is what was maximised; pairs that were given are looked at
# before they are believed.
BY_TOTAL = {"optimal", "given"}
ANY = "it follows from the problem and the pairs, whatever made them"
EXACT = "it follows from chains of moves in an optimal matching"
WEIGHTS = (
    "that no weights give the pair is proven; weights found are the nearest for the matching that "
    "goes with the pair, and with another they may be nearer"
)

GIVEN_SCORES = (
    "the scores were given, so there are no criteria to weigh otherwise; score people with "
    "mm.Criteria(...).score(cohort)"
)

# What each question needs: "pairs" any matching, "total" a best total, "why" that or a proof.
QUESTIONS = {
    "pair": "pairs",
    "why_not": "why",
    "unmatched": "pairs",
    "what_would_help": "total",
    "weights_for": "total",
    "seat_values": "total",
    "recruit": "total",
    "shortages": "total",
    "near_ties": "total",
    "is_unique": "total",
    "alternatives": "total",
}
# What is answered by matching again, outside of this room: how, and what its answer is.
SOLVED_AGAIN = {
    "what_if": (
        "exact",
        "one seat, person or pin follows from chains of moves in a best matching; all else is "
        "matched again and compared; a strategy with parameters is given again as strategy=; with "
        "quotas, mentees apart or together, or hours, nobody leaves: make the problem again from "
        "cohort.without(...)",
    ),
    "sensitivity": (
        "bound",
        "each pair's share of the draws of the weights has a Wilson interval; break points of one "
        "weight are exact for the largest total",
    ),
    "rematch": (
        "exact",
        "fewest changes and a price of a change are proven, whatever made the pairs; max_changes "
        'and count="people" take an integer program, with a bound and a gap; where people want '
        'several mentors, changes are counted by count="pairs" or count="people"',
    ),
    "robustness": ("exact", "what is lost without each mentor is a difference of best totals"),
}
# What says nothing true at several mentors each.
ONE_PLACE = {"what_would_help"}
# What then needs more than one move of somebody now and again, which is refused when it is met.
MAY_MOVE_TWICE = {"recruit", "alternatives"}
TWICE = (
    "it follows from chains of moves in an optimal matching; an answer for which somebody with "
    "several mentors would move twice is refused"
)


def has_total(matching: Matching) -> bool:
    """Whether the best total is what this matching was chosen for."""
    return matching.strategy in BY_TOTAL and matching.probabilities is None


def refusal(matching: Matching, question: str) -> str | None:
    """Why a question has no true answer for this matching; None when it has one."""
    if question in SOLVED_AGAIN:
        return _refusal_to_solve_again(matching, question)
    needs = QUESTIONS[question]
    if needs == "pairs":
        return None
    if needs == "why" and matching.strategy in OWN_PROOFS:
        return None
    name = matching.strategy
    if matching.probabilities is not None:
        return (
            f'"{name}" draws the pairs by lot: that a pair was not made has no reason but chance. '
            "matching.probabilities holds what its chance was"
        )
    if name == "random":
        return '"random" draws the pairs: no reason but chance decided'
    solved_again = "mm.what_if(matching, [mm.change.pin(mentee, mentor)]) solves again and compares"
    if name not in BY_TOTAL:
        return (
            f'"{name}" does not look for the largest total, so no cost in total says why it chose; '
            f"{solved_again}"
        )
    if matching.problem.sides:
        return (
            "with quotas, mentees apart or together, or hours, what one move costs does not follow "
            f"from chains of moves; {solved_again}"
        )
    if question in ("what_would_help", "weights_for") and criteria_scorer(matching.problem) is None:
        return (
            "the scores were given, so what would change them is not known; score people with "
            "mm.Criteria(...).score(cohort)"
        )
    if question in ONE_PLACE and int(matching.problem.demands.max(initial=0)) > 1:
        return (
            "some people want several mentors, and which of them another answer would give is more "
            f"than one chain of moves; {solved_again}"
        )
    return None


def _refusal_to_solve_again(matching: Matching, question: str) -> str | None:
    name = matching.strategy
    if question == "robustness" and not has_total(matching):
        return (
            f'it compares best totals, and "{name}" looks for something else; '
            "mm.what_if(matching, [mm.change.leave(mentor)]) solves again and compares"
        )
    proof = matching.certificate
    if question == "robustness" and matching.problem.sides and not (proof and proof.proven):
        return (
            "with quotas, mentees apart or together, or hours, only a proof tells that these pairs "
            'have the best total, and there is none; ask about mm.match(problem, "optimal")'
        )
    if question == "what_if" and name == "rematch":
        return (
            "a rematch is not made again by its name; mm.what_if(matching, changes, "
            'strategy="optimal") compares with the best total'
        )
    if question == "sensitivity" and criteria_scorer(matching.problem) is None:
        return GIVEN_SCORES
    return None


def check(matching: Matching, question: str) -> None:
    """Refuse a question that has no true answer.

    Raises NotExplainableError with the sentence of `table_of_capabilities`.
    """
    why = refusal(matching, question)
    if why is not None:
        raise NotExplainableError(f"{question} has no answer for this matching: {why}.")


def table_of_capabilities(matching: Matching) -> pd.DataFrame:
    """Each question with how it is answered for this matching, and why."""
    rows = []
    for question, needs in QUESTIONS.items():
        why = refusal(matching, question)
        if why is not None:
            rows.append((question, "not for this strategy", why))
        elif needs == "pairs":
            rows.append((question, "exact", ANY))
        elif matching.strategy in OWN_PROOFS:
            rows.append((question, "exact", "the matching has a proof of its own, pair by pair"))
        elif question == "weights_for":
            rows.append((question, "bound", WEIGHTS))
        elif question in MAY_MOVE_TWICE and matching.problem.wants_several:
            rows.append((question, "exact", TWICE))
        else:
            rows.append((question, "exact", EXACT))
    for question, (answered, how) in SOLVED_AGAIN.items():
        why = refusal(matching, question)
        rows.append(
            (question, *((answered, how) if why is None else ("not for this strategy", why)))
        )
    return frame_of(rows, ["question", "answered", "why"])
