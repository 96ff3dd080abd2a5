"""One table for everybody: what only one side is asked is no likeness of the few who are both."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.recognition.recognise import recognise_columns

# Headings of a language whose words are not known, so that only the answers tell.
WANTS, OFFERS, ROLE = "Mit szeretnél tanulni?", "Miben tudsz segíteni?", "Ki vagy?"


def sign_ups():
    rows = [
        ("a", "Mentee", "Lua; Go", None),
        ("b", "Mentee", "Python", None),
        ("c", "Mentee", "Rust; Lua", None),
        ("d", "Both", "Go", "Lua; Rust"),
        ("e", "Mentor", None, "Lua; Go"),
        ("f", "Mentor", None, "Python; Go"),
        ("g", "Mentor", None, "Rust"),
    ]
    return pd.DataFrame(rows, columns=["id", ROLE, WANTS, OFFERS])


def recognised(table, folder):
    table.to_csv(folder / "people.csv", index=False)
    cohort = mm.read_cohort(people=folder / "people.csv", role=ROLE)
    return {(one.side, one.name): one for one in recognise_columns(cohort)}


def test_wishes_are_compared_with_offers_and_not_with_themselves(tmp_path):
    """Once one person who was both made "what both have in common" of a wish with itself."""
    found = recognised(sign_ups(), tmp_path)
    assert found["mentees", WANTS].partner == OFFERS
    assert found["mentors", OFFERS].partner == WANTS
    assert found["mentors", WANTS].kind == found["mentees", OFFERS].kind == "one-sided"


def test_the_column_of_roles_is_no_criterion(tmp_path):
    """Once "Both", which stands on both sides, was an answer that a pair could share."""
    found = recognised(sign_ups(), tmp_path)
    assert found["mentees", ROLE].kind == found["mentors", ROLE].kind == "role"


@pytest.mark.parametrize("shared", ["both sides answer", "two tables"])
def test_what_both_sides_are_asked_is_still_shared(shared, tmp_path):
    table = sign_ups()
    table["Hobby"] = ["chess", "go", "chess", "tea", "chess", "tea", "go"]
    if shared == "both sides answer":
        found = recognised(table, tmp_path)
    else:
        sides = {}
        for side, role in (("mentees", "Mentee"), ("mentors", "Mentor")):
            own = table[table[ROLE].isin([role, "Both"])]
            sides[side] = own.drop(columns=ROLE).set_index("id")
        cohort = mm.Cohort(**sides)
        found = {(one.side, one.name): one for one in recognise_columns(cohort)}
    assert found["mentees", "Hobby"].partner == "Hobby"
