"""Reasons as they are said to one of the two people whom they are about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mentormatch.cohort import Side

__all__ = ["speak_to"]

# What people wrote stands in quotes or brackets, or behind a colon, and stays as it is.
WRITTEN = re.compile(r"""((?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|"(?:[^"\\]|\\.)*"|\([^()]*\)|: .*)""")
# The longest first: "the mentor is" is not "the mentor" and "is".
ABOUT_ONESELF = (
    (r"\bthe {own}'s\b", "your"),
    (r"\bthe {own} is\b", "you are"),
    (r"\bthe {own} has\b", "you have"),
    (r"\bthe {own} lists\b", "you list"),
    (r"\bthe {own} names\b", "you name"),
    (r"\bthe {own} rates\b", "you rate"),
    (r"\bthe {own} says\b", "you say"),
    (r"\bthe {own}\b", "you"),
    (r"\bthe {other}\b", "your {other}"),
)
# Whole sentences whose numbers or order mean something to the committee only. An arrow leads from
# the mentee to the mentor, which only who made the report knows.
WHOLE: dict[Side, tuple[tuple[str, str], ...]] = {
    "mentees": (
        (r"^(the mentor is .* the mentee) \((.*) → (.*)\)$", r"\1 (you: \2, your mentor: \3)"),
        (
            r"^offers (\d+|none) of the (\d+ skills) wanted",
            r"your mentor offers \1 of the \2 you want",
        ),
        (r"^(offers|lacks) the skill wanted:", r"your mentor \1 the skill you want:"),
        (r"^partly offers", "your mentor partly offers"),
    ),
    "mentors": (
        (r"^(the mentor is .* the mentee) \((.*) → (.*)\)$", r"\1 (your mentee: \2, you: \3)"),
    ),
}
OF_BOTH = (
    (r"^(share (?:the|no|only) .*) \(-?\d[\d.]*\)$", r"you \1"),
    (r"^have (\d+|none) of (\d+) in common", r"you have \1 of \2 in common"),
    (
        r"^(\d[\d.]*) common (hours?) a week of the \d[\d.]* wanted",
        r"you have \1 \2 a week in common",
    ),
)
# Sentences about skills begin with what the mentor does, and end with what is lacking.
OFFERS = re.compile(r"^(partly )?(offer|lack)s\b")
LACKS = re.compile(r"; lacks (?=[^;]*$)")


def speak_to(side: Side, reason: str) -> str:
    """Say a reason to somebody of one side: you, your mentor.

    Examples
    --------
    >>> speak_to("mentees", "the mentor is 2 levels above the mentee (Mid → IC5)")
    'your mentor is 2 levels above you (you: Mid, your mentor: IC5)'
    >>> speak_to("mentors", "offers 1 of the 2 skills wanted: Lua")
    'you offer 1 of the 2 skills wanted: Lua'
    """
    own = side.removesuffix("s")
    other = "mentor" if own == "mentee" else "mentee"
    for pattern, said in (*OF_BOTH, *WHOLE[side]):
        reason = re.sub(pattern, said, reason)
    parts = WRITTEN.split(reason)
    for k in range(0, len(parts), 2):
        for pattern, said in ABOUT_ONESELF:
            parts[k] = re.sub(
                pattern.format(own=own, other=other), said.format(other=other), parts[k]
            )
    said = "".join(parts)
    if own == "mentor" and OFFERS.match(said):
        said = LACKS.sub("; you lack ", OFFERS.sub(r"you \1\2", said))
    return said
