"""What is said before the proof counts out nobody where people may not be named."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.explanations.cautions import find_cautions, find_pairs_without_common


@pytest.fixture
def matching() -> mm.Matching:
    free = {"tz": "UTC"}
    hours = ["Mon 9:00-10:00"] * 6
    mentees = pd.DataFrame({"id": list("abcdefg"), "wants": ["Lua"] * 6 + ["Go"], **free})
    mentors = pd.DataFrame({"id": list("rstuvw"), "offers": ["Lua"] * 6, "free": hours, **free})
    mentees["free"] = ["Tue 9:00-10:00"] * 3 + hours[:4]
    criteria = mm.Criteria(
        mm.criteria.SkillCoverage(wants="wants", offers="offers"),
        mm.criteria.Availability("free", timezone="tz", dates=("2027-03-01", "2027-03-14")),
    )
    return mm.match(mm.Problem(criteria.score(mm.Cohort(mentees, mentors))))


def test_of_one_person_and_of_all_pairs_participants_are_told_nothing(
    matching: mm.Matching,
) -> None:
    # "2 of 6 pairs" beside 7 mentees says that one has nobody, and "1 mentee" is somebody.
    [named], [plain] = (find_pairs_without_common(matching, ids=ids) for ids in (True, False))
    assert "of 6 pairs have no common hour" in named
    assert "of 6" not in plain
    assert plain.startswith("Fewer than 3 pairs have no common hour")
    # What is to be written into the programme file is for whoever writes it.
    assert "minimum_hours" in named
    assert "minimum_hours" not in plain
    for ids, said in ((True, "1 mentee ('g') shares"), (False, "Fewer than 3 mentees share")):
        [one] = [one for one in find_cautions(matching.problem, ids=ids)[0] if "no value" in one]
        assert one.startswith(f"{said} no value with any mentor")
