"""Every fixed word of the report, in one catalogue."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ENGLISH", "Catalogue"]

SLOT = re.compile(r"\{(?P<name>\w+)(?:(?P<kind>[:#])(?P<one>[^|{}]*)\|(?P<many>[^{}]*))?\}")

PAGE = {
    "title": "Matching report",
    "skip": "Go to the report",
    "facts": "Five facts",
    "sections": "Sections",
    "attention": "Who needs attention",
    "see": "See “{section}”",
    "scores": "How well people are matched",
    "scores_lead": "A score says how well a pair fits the criteria, from 0 to 1.",
    "scores_lead_free": "A score says how well a pair fits; higher is better.",
    "numbers_of": "The numbers",
    "needs_script": "This list needs JavaScript. Everything else on this page does not.",
    "pairs": "Pairs",
    "pairs_lead": "Open a pair to see how its score comes about and who would have been next best.",
    "unmatched": "Without a mentor",
    "unmatched_lead": "Everybody who has fewer mentors than wanted, and why.",
    "mentors": "Mentors",
    "mentors_lead": "Who has how many mentees, and what one more seat would be worth.",
    "fairness": "Fairness",
    "stability": "Stability",
    "criteria": "Criteria and rules",
    "criteria_lead": "What makes a pair good, and what a pair must have.",
    "criterion": "Criterion",
    "counts_as": "Counts",
    "what_it_reads": "Columns it reads",
    "record": "Proof and record",
    "record_lead": (
        "What was asked, how it was answered, and what shows that the answer is right. This file "
        "holds the evidence: “mentormatch verify” with this file and the programme file computes "
        "the proof again."
    ),
    "record_lead_plain": "What was asked, how it was answered, and what shows it is right.",
    "warnings": "To keep in mind",
}

LISTS = {
    "mentee": "Mentee",
    "mentor": "Mentor",
    "score": "Score",
    "by_hand": "By hand",
    "pinned": "pinned",
    "missing": "Missing",
    "reason": "Why",
    "fix": "What would help",
    "seats": "Seats",
    "seats_taken": "Seats taken",
    "free": "Free",
    "seat_value": "Worth of a seat",
    "their_mentees": "Their mentees",
    "mentee_gains": "Mentee gains",
    "mentor_gains": "Mentor gains",
    "cost": "Costs the total",
    "cost_exact": (
        "The cheapest first: what the total loses when the pair is forced; – if somebody would be "
        "left out."
    ),
    "cost_bound": "What the total loses at least when this pair is forced.",
    "why": "Why this pair",
    "next_best": "Next best for {mentee}",
    "no_alternative": "No other mentor is eligible.",
    "no_detail": "Not kept for this pair, so that the file stays small.",
    "joining": "joining both sides",
    "score_of_pair": "Score of the pair",
    "not_known": "one of the two gave no answer; missing in [scoring] says what counts instead",
    "value_times_weight": "{value} of 1, counts {weight}",
    "hidden": (
        "What people answered is left out, so that the report can be passed on. To show it, name "
        "the columns in “include”, which [report] of a programme file has, and to_html."
    ),
    "of": "{part} of {whole}",
    "and_more": "and {n} more",
    "search": "Find a name or id",
    "key": "Colours of the criteria",
    "all_rows": "{all} in all",
    "some_rows": "{some} of {all}",
    "rows_from_to": "{from}–{to} of {all}",
    "back": "Back",
    "on": "Next",
    "nothing": "Nothing here.",
    "everyone_matched": "Nobody: everyone who wants a mentor has one.",
}

FACTS = {
    "everyone": "All matched?",
    "proven": "Proven best?",
    "worst": "Worst off?",
    "fair": "Fair?",
    "stable": "Stable?",
    "yes": "Yes",
    "no": "No",
    "part_of": "{part} of {whole}",
    "all_matched": "All {n:mentee|mentees} {n#has|have} a mentor.",
    "some_matched": "{part} of {n:mentee|mentees} {part#has|have} a mentor.",
    "nobody_asked": "No mentee wants a mentor.",
    "best_of_all": (
        "No other matching serves more people, and none that serves as many has a higher total. "
        "That is proven."
    ),
    "best_total": "No other matching has a higher total. That is proven.",
    "best_as_asked": "Proven: nothing does better by what the strategy “{strategy}” asks for.",
    "not_proven": "It is within {gap} of the highest total that could be possible.",
    "other_aim": "It was chosen by the strategy “{strategy}”, which does not aim at the total.",
    "given": "These pairs were made elsewhere and are measured here.",
    "proof_fails": "The proof that came with it does not hold.",
    "not_examined": "Not examined",
    "too_large": "too large to examine here, unless an audit is made first and given to the report",
    "nobody_more": "No other way of pairing serves more.",
    "more_possible": "Up to {bound} could be matched.",
    "left_out": "{n:mentee|mentees} {n#has|have} nobody.",
    "partly": "{n:mentee|mentees} {n#has|have} fewer mentors than wanted.",
    "nobody_left": "Nobody is left out.",
    "total_and_bound": "Total {total}. None that serves as many has more.",
    "total_possible": "Total {total}; at most {bound} is possible.",
    "proof_recomputed": "Checked again for this report.",
    "proof_believed": "Rests on the word of the solver ({method}).",
    "within": "Within {gap}",
    "not_aimed": "Not aimed at",
    "lowest": "is the lowest score of a pair; half of the matched have {median} or more.",
    "worst_tenth": "is the mean of the worst tenth; the mean of all is {mean}.",
    "not_compared": "Not compared",
    "name_groups": (
        "Name groups to compare them. Over people, Gini is {gini} (0: all have the same)."
    ),
    "no_clear_gap": "No clear gap",
    "clear_gap": "Gap: {grouping}",
    "perhaps_gap": "Perhaps a gap: {grouping}",
    "too_few": "Too few to tell",
    "small_groups": "Groups of fewer than {n} people say little.",
    "largest_gap": "{grouping}: “{worst}” is {difference} behind “{best}” in {measure}.",
    "gap_untold": (
        "The groups differ in {measure}; by how much is not shown, because it would count out "
        "fewer than {n} people."
    ),
    "rates_untold": (
        "Not shown by {listed}. The rates would count out fewer than {n} people of a group."
    ),
    "participants_keep": (
        "Groups of fewer than {few} people are not shown, nor counts of one or two people. Who "
        "knows more about people than this page says may still find out more: a rate of 0 or 1 "
        "tells about everybody in its group."
    ),
    "how_sure": ("It may be anything from {low} to {high} ({level} sure, {n:gap|gaps} looked at)."),
    "no_difference": "The groups that can be compared are level.",
    "too_small": "The groups are too small to compare.",
    "no_groups": "No groups were compared. Over people, Gini is {gini} (0: all have the same).",
    "worst_hidden": "Not shown for fewer than {n} people: it would be somebody's own score.",
    "no_pairs": "There are no pairs.",
    "few": "fewer than {n}",
    "all_but_few": "All but fewer than {n}",
    "nobody_swaps": "No two people would both rather have each other.",
    "swaps": "{n:pair|pairs}",
    "would_swap": "would both rather have each other; {gain} is the most that both would gain.",
    "measure_match_rate": "being matched",
    "measure_mean_score": "score",
    "measure_first_choice_rate": "first choices",
    "attend_look": "{n#pair|pairs} to look at before anything is sent",
    "attend_unmatched": "{n#mentee has|mentees have} no mentor",
    "attend_partly": "{n#mentee has|mentees have} fewer mentors than wanted",
    "attend_low": "{n#pair scores|pairs score} less than half of the median, {median}",
    "attend_idle": "{n#mentor|mentors} with seats {n#has|have} no mentee",
    "attend_swaps": "{n#pair|pairs} would both rather have each other",
    "attend_notes": "{n#thing|things} to know about the data",
    "attend_nobody": "Nobody needs attention: all are matched, and no score stands out as low",
    "pair_to_look_at": "{mentee} with {mentor}: {why}",
    "pair_with_score": "{mentee} with {mentor}: {score}",
    "and_more": "and {n} more",
    "footer": "Written by mentormatch {version}. It needs no internet and sends nothing.",
    "scores_title": "Pairs by score",
    "scores_text": "Histogram of the scores of {n:pair|pairs}; the median is {median}.",
    "loads_title": "How full the mentors are",
    "loads_text": "Mentors by seats: {full} full, {some} with some seats free, {none} idle.",
    "groups_title": "{grouping} ({side})",
    "groups_text": "What each group got, with {level} intervals.",
    "lorenz_title": "How even the scores are (Gini {gini}; 0: all the same)",
    "lorenz_text": "Lorenz curve of what mentees get, beside the line of equality.",
    "from": "from",
    "to": "to",
    "pairs": "pairs",
    "group": "group",
    "people": "people",
    "share_people": "share of mentees",
    "share_score": "share of score",
    "seats": "seats",
    "mentors": "mentors",
    "full": "full",
    "some_free": "some free",
    "idle": "no mentee",
    "fair_lead_brief": "Over {n:mentee|mentees}: mean {mean}.",
    "fair_lead": "Over {n:mentee|mentees}: worst {worst}, lowest tenth {tenth}, mean {mean}.",
    "envy": (
        "{n:mentee|mentees} would rather have a mentor whom somebody else has: {having} instead of "
        "their own, {lacking} because they have none or too few. That mentor would rather have "
        "{justified} of them, too, than one of the present mentees."
    ),
    "envy_nobody": "Nobody would rather have a mentor whom somebody else has.",
    "fair_too_large": "Fairness was not examined: the programme is too large to do so here.",
    "stable_lead_yes": "Nobody has reason to swap: no mentee and mentor would both gain.",
    "solved_by": "{strategy}, computed by {engine}",
    "share_blocking_title": "Share of such pairs",
    "share_blocking": "{share} of the {n:eligible pair that is|eligible pairs that are} not made",
    "stable_lead_no": (
        "{n:pair|pairs} of a mentee and a mentor would both rather have each other than whom they "
        "have."
    ),
    "stable_too_large": "Stability was not examined: the programme is too large to do so here.",
    "rule": "a rule",
    "weight": "{share} of the score",
    "weight_and_rule": "{share} of the score, and a rule",
    "given_scores": "Scores given as numbers",
    "people_count": "People",
    "people_text": "{n:mentee|mentees}, {m:mentor|mentors}, {seats:seat|seats}",
    "strategy": "Strategy",
    "seed": "Seed of chance and of ties",
    "proof": "Proof",
    "decided_by_hand": "Decided by hand",
    "by_hand_text": "{pins:pin|pins}, {bans:ban|bans}",
    "fingerprint": "Fingerprint of the record (SHA-256)",
    "version": "Version",
}


@dataclass(frozen=True)
class Catalogue:
    """The words of a report in one language.

    Words are those of the page, of the lists that the script fills, and of the sentences about this
    matching. The keys are those of ``ENGLISH``; a word that is left out is English.
    ``{n:mentee|mentees}`` gives a number and the word that goes with it, ``{n#has|have}`` the word
    alone.
    """

    lang: str = "en"  # language tag, such as "en" or "de"; becomes <html lang>
    page: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, known in (("page", PAGE), ("lists", LISTS), ("facts", FACTS)):
            given = dict(getattr(self, name))
            unknown = [key for key in given if key not in known]
            if unknown:
                raise ValueError(
                    f"A catalogue has no {name} word {unknown[0]!r}; it has {', '.join(known)}."
                )
            object.__setattr__(self, name, MappingProxyType({**known, **given}))

    def say(self, key: str, **values: object) -> str:
        """Fill in a sentence of ``facts``.

        Examples
        --------
        >>> ENGLISH.say("left_out", n=1), ENGLISH.say("left_out", n=1200)
        ('1 mentee has nobody.', '1,200 mentees have nobody.')
        """

        def fill(found: re.Match[str]) -> str:
            value = values[found["name"]]
            shown = f"{value:,}" if isinstance(value, int) else str(value)
            if found["kind"] is None:
                return shown
            word = found["one"] if value == 1 else found["many"]
            return word if found["kind"] == "#" else f"{shown} {word}"

        said = SLOT.sub(fill, self.facts[key])
        # A sentence may begin with a word that stands for a number, such as "fewer than 3".
        begins = said.endswith(".") and self.facts[key].startswith("{n:")
        return said[:1].upper() + said[1:] if begins else said


ENGLISH = Catalogue()
