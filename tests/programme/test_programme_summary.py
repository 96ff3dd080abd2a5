"""What is told about a matching is true of it, whatever the strategy."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.errors import readable
from mentormatch.programme import load
from mentormatch.programme.screen.paragraph import wrap_line
from mentormatch.programme.screen.summary import describe_matching
from programmes import PROGRAMME, programme_in

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch import Matching

# Leximin and the optimum differ: the worst-off gets .24 at the price of .25 in total.
UNEVEN = [[1, 1, 1], [0, 0, 0.24], [0.25, 0.25, 0.5]]


def told(matching: Matching, title: str) -> str:
    (section,) = [one for one in describe_matching(matching, {}) if one.title == title]
    return "\n".join(section.lines)


def test_the_optimum_is_told_as_the_best_of_those_that_serve_as_many() -> None:
    proof = told(mm.match(mm.Problem.from_scores(UNEVEN)), "Proof")
    assert "No matching gives a mentor to more than 3 mentees." in proof
    assert "Among those that serve as many, none has a higher total than this one: 1.5." in proof
    assert "Checked without the solver, from a price for each mentor" in proof


def test_a_fair_matching_is_not_told_as_the_best_total() -> None:
    problem = mm.Problem.from_scores(UNEVEN)
    matching = mm.match(problem, "leximin")
    assert matching.total < mm.match(problem).total
    proof = told(matching, "Proof")
    assert 'as many and are as good in what the strategy "leximin" puts first, none has' in proof


def test_quotas_change_nothing_about_what_the_proof_of_an_optimum_says() -> None:
    quota = mm.Quota(at_most=2)
    proof = told(mm.match(mm.Problem.from_scores(UNEVEN, quotas=[quota])), "Proof")
    assert "No matching gives a mentor to more than 2 mentees." in proof
    assert "Among those that serve as many, none has a higher total" in proof


def test_a_lottery_is_told_as_a_lottery() -> None:
    proof = told(mm.match(mm.Problem.from_scores(UNEVEN), "lottery"), "Proof")
    assert proof.startswith("This matching was drawn by lot. No lottery within the same limits")


def test_a_strategy_that_proves_nothing_says_so() -> None:
    proof = told(mm.match(mm.Problem.from_scores(UNEVEN), "greedy"), "Proof")
    assert proof.startswith('None: the strategy "greedy" does not look for the best total.')


def test_what_is_not_proven_is_told_with_its_distance() -> None:
    matching = mm.match(mm.Problem.from_scores(UNEVEN))
    assert matching.certificate is not None
    certificate = replace(
        matching.certificate, proven=False, bound=2.0, gap=0.5, coverage_bound=4, method="HiGHS"
    )
    proof = told(replace(matching, certificate=certificate), "Proof")
    assert "3 mentees have a mentor; whether more than that, up to 4, could have one" in proof
    assert "at most 25.00% below the best. It is not proven to be the best." in proof
    assert "The bound is that of the solver HiGHS." in proof


def test_only_the_total_counts_without_coverage_first() -> None:
    problem = mm.Problem.from_scores([[0.5, -1.0]], coverage_first=False)
    assert told(mm.match(problem), "Proof").startswith("No matching has a higher total than this")


def test_several_mentors_for_a_mentee_are_told_as_such() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.8], [0.7, 0.6]], capacity=[2, 1], demand=2)
    matching = mm.match(problem)
    assert told(matching, "Result").startswith(
        "All 2 mentees have at least one mentor, 1 as many as they want."
    )
    assert "serve as many and fill as many seats" in told(matching, "Proof")
    assert told(matching, "With fewer mentors than wanted")


def test_loads_add_up_and_mentors_without_seats_are_told_apart() -> None:
    problem = mm.Problem.from_scores([[0.9, 0.1, 0.2, 0.3]] * 2, capacity=[1, 0, 3, 2])
    lines = told(mm.match(problem), "Mentors").split("\n")
    assert lines[0] == "2 of 6 seats are taken."
    counts = {line[:12].strip(): int(line[12:].split()[0]) for line in lines[1:]}
    assert counts == {"full": 1, "seats free": 1, "no mentee": 1, "no seats": 1}


def test_one_pair_is_one_example_and_names_that_are_not_unique_get_their_ids(
    tmp_path: Path,
) -> None:
    mentees = "id,name,wants,team\nada,Same Name,Lua,A\nbob,Same Name,SQL,Data\ncleo,,Lua,C\n"
    path = programme_in(tmp_path, PROGRAMME + "[output]\ncolumns = ['name']\n", mentees=mentees)
    programme = load(path)
    matching = programme.match()
    sections = {s.title: s for s in describe_matching(matching, programme.columns(matching))}
    text = "\n".join(line for section in sections.values() for line in section.lines)
    assert "Same Name (ada)" in text or "Same Name (bob)" in text
    problem = mm.Problem.from_scores(pd.DataFrame([[0.5]], index=["ada"], columns=["linus"]))
    assert told(mm.match(problem), "Examples") == "ada with linus (highest score, 0.50)"


def test_many_people_without_a_mentor_are_counted() -> None:
    problem = mm.Problem.from_scores([[0.5]] * 12)
    lines = told(mm.match(problem), "Without a mentor").split("\n")
    assert len(lines) == 6
    assert lines[-1] == "… and 6 more."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Zoë 李 🎉 نام\u200cها", "Zoë 李 🎉 نام\u200cها"),
        ("a\x1b[31mb\x07", "a\ufffd[31mb\ufffd"),
        ("x\u202ey\ud800", "x\ufffdy\ufffd"),
    ],
)
def test_only_what_commands_a_terminal_is_replaced(text: str, shown: str) -> None:
    assert readable(text) == shown


def test_wrapped_lines_stand_below_the_text_of_their_bullet() -> None:
    assert wrap_line("  - one two three four", 14) == "  - one two\n    three four"
    assert wrap_line("", 10) == ""
