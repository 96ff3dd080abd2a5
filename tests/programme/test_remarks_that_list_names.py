"""Remarks that name several people, or little more than one."""

from __future__ import annotations

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.programme.questions.remarks import find_remarks

MENTORS = ["Rita Okoye", "Tom Baker", "Will Carr", "Sofia Lind", "Jo Ek", "Al Do"]
MENTORS += ["May Love", "Else Berg"]
MAYBE, WISH = "perhaps not", "perhaps named"


@pytest.mark.parametrize(
    ("remark", "told"),
    {
        "Please do not match me with Rita or Tom": {"Rita": MAYBE, "Tom": MAYBE},
        "My mentor should not be Rita or Tom": {"Rita": MAYBE, "Tom": MAYBE},
        "Nicht mit Rita oder Tom": {"Rita": MAYBE, "Tom": MAYBE},
        "Not Rita, Tom or Will": {"Rita": MAYBE, "Tom": MAYBE, "Will": MAYBE},
        "not Rita Okoye or Tom Baker, but Sofia Lind would be great": {
            "Rita": "not",
            "Tom": "not",
            "Sofia": "named",
        },
        "Tom Baker please": {"Tom": "named"},
        "with Tom Baker": {"Tom": "named"},
        # A name, with or without a title, is an answer and no remark.
        "Tom Baker!": {},
        "Dr. Tom Baker": {},
        "I will not be here in May": {},
        # Names of two letters were not seen.
        "anyone but Jo": {"Jo": MAYBE},
        "anyone but jo": {"Jo": MAYBE},
        "Not with Al": {"Al": MAYBE},
        "Not Jo, Rita or Al Do.": {"Jo": MAYBE, "Rita": MAYBE, "Al": "not"},
        "I do not do that al dente": {},
        # Nobody was told of a wish for one name alone.
        "would love Rita again": {"Rita": WISH},
        "Wieder mit Jo, bitte": {"Jo": WISH},
        "J'aimerais encore Sofia": {"Sofia": WISH},
        "I will start again in May": {},
        "No problem with Rita or Tom": {},
        # These were told as wishes.
        "Please keep me away from Baker and Tom": {"Tom": MAYBE},
        "I had Rita, please someone else": {"Rita": MAYBE},
        "I had Rita Okoye, please someone else": {"Rita": MAYBE},
        "Would hate Rita again": {"Rita": MAYBE},
        "Rita was great but once is enough": {"Rita": MAYBE},
        "Einmal Rita reicht, bitte": {"Rita": MAYBE},
        "Rita again? never": {"Rita": MAYBE},
        "Rita again? Rather not.": {"Rita": MAYBE},
        "Would love Rita? Not Tom": {"Rita": WISH, "Tom": MAYBE},
        "Rita please, I can start right away": {"Rita": WISH},
        # Words of a wish, and months, were names.
        "Love Tom's talks": {"Tom": WISH},
        "I would like to start in May": {},
        "Not with May": {"May": MAYBE},
        "Would love May Love": {"May": "named"},
        "Else would be great": {"Else": WISH},
    }.items(),
)
def test_everybody_whom_a_remark_lists_is_told(remark: str, told: dict[str, str]) -> None:
    cohort = mm.Cohort(
        pd.DataFrame({"id": ["e"], "Name": ["Ada Person"], "Remarks": [remark]}),
        pd.DataFrame({"id": list("abcdefgh"), "Name": MENTORS}),
    )
    found = {one.name.split()[0]: one.says for one in find_remarks(cohort, {}, {})}
    assert found == told


def test_names_alone_are_told_where_others_say_more_than_a_name() -> None:
    """Who wrote "Tom Baker", and nothing else, was missing from the list of remarks."""
    said = ["happy with Rita Okoye or Will Carr", "Tom Baker", None, "Dr. Sofia Lind"]
    mentees = pd.DataFrame({"id": range(4), "With whom?": said, "Buddy": [None, "Jo Ek"] * 2})
    cohort = mm.Cohort(mentees, pd.DataFrame({"id": range(8), "name": MENTORS}))
    found = {(one.position, one.name): one.says for one in find_remarks(cohort, {}, {})}
    assert found == dict.fromkeys(
        [(0, "Rita Okoye"), (0, "Will Carr"), (1, "Tom Baker"), (3, "Sofia Lind")], "named"
    )
