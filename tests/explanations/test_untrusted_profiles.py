"""What a profile holds commands no terminal, wherever a sentence shows it."""

import unicodedata

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch import criteria

EVIL = ["\x1b[2Jgone", "\x1b]0;owned\x07", "x\u202egnp", "line\u2028two", "plain"]


def _problem():
    people = {"name": EVIL, "skills": EVIL, "tags": EVIL, "wish": EVIL, "team": EVIL}
    mentees = pd.DataFrame({"id": [f"e{k}" for k in range(5)], **people})
    mentors = pd.DataFrame({"id": [f"o{k}" for k in range(5)], **people})
    rules = mm.Criteria(
        criteria.SkillCoverage(wants="skills", offers="skills"),
        criteria.TagOverlap("tags"),
        criteria.TextSimilarity(mentee="wish", mentor="wish"),
        criteria.Same("team", weight=1),
        criteria.Different("name"),
    )
    return mm.Problem(rules.score(mm.Cohort(mentees, mentors)))


@pytest.mark.parametrize("strategy", ["optimal", "stable", "leximin"])
def test_no_sentence_holds_what_a_terminal_obeys(strategy):
    problem = _problem()
    matching = mm.match(problem, strategy)
    asked = mm.explain(matching)
    said = [repr(matching), *map(str, matching.reasons()["reasons"])]
    for mentee in problem.mentee_ids:
        for mentor in problem.mentor_ids:
            said += problem.compatibility.breakdown(mentee, mentor)["sentence"].tolist()
            said.append(str(problem.why_ineligible(mentee, mentor)))
            said.append(str(asked.pair(mentee, mentor)))
    text = "".join(said)
    assert "gone" in text
    obeyed = {one for one in text if unicodedata.category(one) == "Cc"} - {"\n", "\t"}
    assert not obeyed | (set(text) & {"\u202e", "\u2028"})
