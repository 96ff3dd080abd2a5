"""What is said of the pairs before anything else, and what is kept from readers of a report."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.explanations.cautions import find_cautions, find_pairs_without_common, public_notes
from mentormatch.planning import evidence_files
from mentormatch.programme.screen.summary import describe_matching

Availability = mm.criteria.Availability


def matched(
    free: list[str | None], of_mentors: list[str], *rules: mm.criteria.Criterion, **columns: object
) -> mm.Matching:
    """A matching of people with free times, in which skills decide."""
    n, m = len(free), len(of_mentors)
    mentees = pd.DataFrame({"id": [f"a{k}" for k in range(n)], "free": free, **columns})
    mentors = pd.DataFrame(
        {"id": [f"m{k}" for k in range(m)], "free": of_mentors, "name": ["Jürgen Koch", "Lin Ode"]}
    )
    criteria = mm.Criteria(Availability("free"), *rules)
    cohort = mm.Cohort(mentees, mentors, id="id")
    return mm.match(mm.Problem(criteria.score(cohort)))


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (["Mon 9-10", "Tue 9-10"], ""),
        (["Mon 9-10", "Wed 9-10"], "1 of 2 pairs has no common hour"),
        (["Thu 9-10", "Wed 9-10"], "2 of 2 pairs have no common hour"),
        (["Thu 9-10"], "The only pair has no common hour"),
        # Of an empty cell nobody knows.
        ([None, "Mon 9-10"], ""),
    ],
)
def test_pairs_without_a_common_hour_are_said_first(free: list[str | None], said: str) -> None:
    matching = matched(free, ["Mon 9-10", "Tue 9-10"])
    found = " ".join(find_pairs_without_common(matching))
    assert found.startswith(said)
    assert bool(found) == bool(said)
    first = describe_matching(matching, {})[0]
    assert (first.title == "First of all" and said in first.lines[0]) or not said
    assert (said[:20] in mm.reports.html_report(matching)) or not said


def test_a_rule_leaves_no_pair_without_hours_to_speak_of() -> None:
    free = ["Mon 9-10", "Wed 9-10"]
    mentors = pd.DataFrame({"id": ["m"], "free": ["Mon 9-10"]})
    mentees = pd.DataFrame({"id": ["a", "b"], "free": free})
    rule = Availability("free", minimum_hours=1)
    matching = mm.match(mm.Problem(mm.Criteria(rule).score(mm.Cohort(mentees, mentors))))
    assert find_pairs_without_common(matching) == ()


def test_pairs_without_a_common_language_are_said_first_and_the_cure_forbids_them() -> None:
    """Kim, who speaks German, was with Wim, who speaks Dutch, and only `explain` said so."""
    spoken = ["English", "German", "English", None]
    mentees = pd.DataFrame({"id": list("abcd"), "speaks": spoken, "likes": ["Go", "C", "Go", "C"]})
    mentors = pd.DataFrame(
        {"id": list("wxyz"), "speaks": ["English", "Dutch, French", "Dutch", "French"]}
    ).assign(likes=["C", "C", "Go", "Go"])
    cohort = mm.Cohort(mentees, mentors, id="id")
    likes = mm.criteria.TagOverlap("likes", weight=9)

    def match_with(**options: float) -> mm.Matching:
        speaks = mm.criteria.TagOverlap("speaks", weight=1, **options)
        return mm.match(mm.Problem(mm.Criteria(likes, speaks).score(cohort), pins=[("b", "x")]))

    (found,) = find_pairs_without_common(match_with())
    assert found.startswith("3 of 4 pairs have no common language (TagOverlap('speaks')).")
    assert found.endswith("make it a rule: minimum = 0.01.")
    with pytest.raises(mm.MentorMatchError, match="b"):
        match_with(minimum=0.01)
    # "German" below "Nationality" is no language, and no rule may ask for it.
    people = [table.rename(columns={"speaks": "Nationality"}) for table in (mentees, mentors)]
    nation = mm.criteria.TagOverlap("Nationality", weight=1)
    scored = mm.Criteria(likes, nation).score(mm.Cohort(*people, id="id"))
    assert find_pairs_without_common(mm.match(mm.Problem(scored))) == ()


def test_whom_somebody_would_avoid_stands_on_no_page_that_is_sent() -> None:
    """ "taken for a person's: 'Jürgen Koch (mein Mann)'" stood in the report and the evidence."""
    avoid = mm.criteria.Avoids("avoid", of="name", unknown="ignore")
    matching = matched(
        ["Mon 9-10", "Tue 9-10"], ["Mon 9-10", "Tue 9-10"], avoid,
        avoid=["Jurgen  KOCH", "Somebody Else"],
    )  # fmt: skip
    private = [note for note in matching.notes if "Else" in note or "KOCH" in note]
    assert private
    told = public_notes(matching)
    assert not [note for note in told if "Else" in note or "KOCH" in note]
    assert any(f"{len(private)} note" in note and "left out here" in note for note in told)
    record = mm.reports.html_report(matching, include=("name",))
    pages = evidence_files(
        matching=matching,
        criteria=mm.Criteria(avoid),
        objectives=(),
        check=mm.planning.check_objectives((), mm.Criteria(avoid), ()),
        plan=None,
        programme_file=None,
    )
    for page in (record, *map(bytes.decode, pages.values())):
        assert "KOCH" not in page
        assert "Somebody Else" not in page


@pytest.mark.parametrize("by", ["mentee", "mentor"])
@pytest.mark.parametrize(
    ("wish", "parameters", "contradicts"),
    [("Ada Alt", {}, True), ("Bob Bell; Alt, Ada", {"unknown": "ignore"}, True),
     ("Bob Bell", {}, False), ("Ada Alt: 5", {"ratings": (1, 5)}, True),
     ("Ada Alt: 1", {"ratings": (1, 5)}, False)],
)  # fmt: skip
def test_a_wish_for_somebody_whom_the_same_row_refuses_is_told_with_both_cells(
    by: str, wish: str, parameters: dict, contradicts: bool
) -> None:
    """The refusal held, and nothing was said."""
    asks = pd.DataFrame({"Name": ["Uma Ulm", "Vic Vogt"], "Wants": [None, wish],
                         "Not with": [None, "Ada Alt"], "Team": ["a", "b"]})  # fmt: skip
    heard = pd.DataFrame({"Name": ["Ada Alt", "Bob Bell"], "Team": ["a", "b"],
                          "Not with": [None, None]})  # fmt: skip
    criteria = mm.Criteria(
        mm.criteria.Prefers("Wants", by=by, of="Name", weight=1, **parameters),
        mm.criteria.Avoids("Not with", by=by, of="Name"),
        mm.criteria.Same("Team", weight=1),
    )
    tables = (asks, heard) if by == "mentee" else (heard, asks)
    problem = mm.Problem(criteria.score(mm.Cohort(*(one.set_index("Name") for one in tables))))
    (said,) = [one for one in find_cautions(problem)[0] if "refuses" in one] or [""]
    assert (
        said.startswith(
            f'{by}s, row 3: "Wants" wishes for somebody whom "Not with" of the same row refuses. '
            "The refusal holds"
        )
        is contradicts
    )
    assert not any("refuses" in one for one in find_cautions(problem, ids=False)[0])


@pytest.mark.parametrize(
    ("by", "banned"), [("mentee", "Ada"), ("mentor", "Ada"), ("mentee", "Bob")]
)
def test_a_wish_for_somebody_whom_a_ban_forbids_is_told_with_its_cell(by: str, banned: str) -> None:
    """A refusal in the same row was told, and a ban of the same two was not."""
    asks = pd.DataFrame({"Name": ["Uma", "Vic"], "Wants": [None, "Ada"]}).set_index("Name")
    heard = pd.DataFrame({"Name": ["Ada", "Bob"], "Team": ["a", "b"]}).set_index("Name")
    tables = (asks, heard) if by == "mentee" else (heard, asks)
    criteria = mm.Criteria(mm.criteria.Prefers("Wants", by=by, weight=1))
    pair = ("Vic", banned) if by == "mentee" else (banned, "Vic")
    problem = mm.Problem(criteria.score(mm.Cohort(*tables)), bans=[pair])
    told = [one for one in find_cautions(problem)[0] if "a ban forbids" in one]
    assert told == [
        f'{by}s, row 3: "Wants" wishes for somebody whom a ban forbids. The ban holds, and the '
        "wish counts for nothing: if the wish is meant, take the pair out of the bans."
    ] * (banned == "Ada")


def test_a_wish_that_is_refused_and_banned_is_told_once() -> None:
    """There was a sentence for the refusal, and one for the ban of the same two."""
    asks = pd.DataFrame({"Name": ["Uma", "Vic"], "Wants": ["Bob", "Ada"], "Not with": ["", "Ada"]})
    heard = pd.DataFrame({"Name": ["Ada", "Bob"], "Team": ["a", "b"]})
    rules = mm.criteria.Prefers("Wants", weight=1), mm.criteria.Avoids("Not with")
    cohort = mm.Cohort(*(one.set_index("Name") for one in (asks, heard)))
    problem = mm.Problem(mm.Criteria(*rules).score(cohort), bans=[("Vic", "Ada"), ("Uma", "Bob")])
    told = [one for one in find_cautions(problem)[0] if "wishes for" in one]
    assert told == [
        'mentees, row 3: "Wants" wishes for somebody whom "Not with" of the same row refuses and a '
        "ban forbids. The refusal and the ban hold, and the wish counts for nothing: if the wish "
        "is meant, take the name out of the other cell and the pair out of the bans.",
        'mentees, row 2: "Wants" wishes for somebody whom a ban forbids. The ban holds, and the '
        "wish counts for nothing: if the wish is meant, take the pair out of the bans.",
    ]


@pytest.mark.parametrize("kind", ["Avoids", "Different"])
def test_whoever_is_left_out_is_not_said_to_be_somebody_who_takes_part(kind: str) -> None:
    """ "The rule does not hold between 'Ned Pohl' and 'Nea Pohl'", of whom one was left out."""
    mentees = pd.DataFrame({"id": ["a", "b"], "Manager": ["Ned Pohl", "Mo Roh"], "w": ["x", "y"]})
    mentors = pd.DataFrame({"id": ["m", "n"], "Name": ["Nea Pohl", "Mo Rho"], "w": ["x", "y"]})
    named = frozenset({("ned", "pohl"), ("nea", "pohl"), ("mo", "rho")})
    rule = {
        "Avoids": mm.criteria.Avoids("Manager", of="Name", unknown="ignore"),
        "Different": mm.criteria.Different(mentee="Manager", mentor="Name"),
    }[kind]
    criteria = mm.Criteria(rule, mm.criteria.Same("w", weight=1))
    scored = criteria.score(mm.Cohort(mentees, mentors, id="id", named=named))
    problem = mm.Problem(scored)
    (said,) = [one for one in find_cautions(problem)[0] if "does not hold between" in one]
    assert "'Mo Roh' and 'Mo Rho'" in said
    assert "Pohl" not in said
    assert not any("is it 'Nea Pohl'" in note for note in scored.notes)
