"""What a first draft cannot know is asked on screen and in the file; what it guesses is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mentormatch.cohort.cells.find_separation import find_separations
from mentormatch.programme import examine_file, write_draft
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import describe_programme

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme import Draft
    from mentormatch.programme.screen.paragraph import Paragraph


def draft_of(folder: Path, mentees: str, mentors: str | None = None) -> Draft:
    """Write tables, and the draft of a programme for them."""
    (folder / "a.csv").write_text(mentees, encoding="utf-8")
    second = None
    if mentors is not None:
        second = folder / "b.csv"
        second.write_text(mentors, encoding="utf-8")
    return write_draft(folder / "a.csv", second, folder / "programme.toml", overwrite=True)


def said_by(paragraphs: list[Paragraph], title: str) -> str:
    """All lines under one title."""
    return "\n".join(line for one in paragraphs if one.title == title for line in one.lines)


def validated(folder: Path) -> list[Paragraph]:
    """What `validate` says of the draft."""
    examination = examine_file(folder / "programme.toml", overwrite=True)
    assert examination.findings == ()
    return describe_programme(*examination.finished())


OPTIONS_WITH_COMMAS = (
    "Email,I want help with\n"
    'uma@y.example,"Finance, Accounting"\n'
    'vic@y.example,"Sales, Marketing, Finance, Accounting"\n'
    'wes@y.example,"Design, Sales, Marketing"\n'
    "xia@y.example,Design\n"
    'yan@y.example,"Finance, Accounting, Design"\n'
    'zoe@y.example,"Sales, Marketing"\n',
    "Email,I can help with\n"
    'ada@y.example,"Finance, Accounting, Design"\n'
    'bob@y.example,"Sales, Marketing"\n',
)


def test_fragments_that_never_stand_apart_are_asked_about_and_joined_when_told(
    tmp_path: Path,
) -> None:
    """Nothing but their always standing together tells that "Finance, Accounting" is one option:
    it was divided in two without a word."""
    draft = draft_of(tmp_path, *OPTIONS_WITH_COMMAS)
    told = said_by(describe_draft(tmp_path / "programme.toml", draft), "Read")
    assert '"Finance, Accounting", "Sales, Marketing" may be one answer each' in told
    assert '"Finance, Accounting", "Sales, Marketing" may be' in said_by(
        validated(tmp_path), "Commonest values"
    )
    path = tmp_path / "programme.toml"
    path.write_text(draft.text.replace("\n# options = ", "\noptions = "), encoding="utf-8")
    cohort = examine_file(path, overwrite=True).cohort
    assert cohort is not None
    assert cohort.tags("mentees", "I want help with")[1] == (
        "Sales, Marketing",
        "Finance, Accounting",
    )
    assert cohort.tags("mentors", "I can help with")[0] == ("Finance, Accounting", "Design")
    assert "may be" not in said_by(validated(tmp_path), "Commonest values")


def test_values_that_stand_together_now_and_then_are_no_question() -> None:
    cells = ["Lua, Go", "Lua, SQL", "Go, SQL", "Rust, Lua", "Git", "SQL, Rust, Git", "Go, Git"]
    assert find_separations({"c": cells})["c"].maybe == ()
    often = ["Go, Git, Lua", "Go, Git", "Lua, Go, Git", "Lua, SQL", "SQL, Go, Git", "SQL, Rust"]
    assert find_separations({"c": often})["c"].maybe == ("Go, Git",)
    # One of them alone, in any column, tells that they are two.
    assert find_separations({"c": often, "d": ["Git", "Lua"]})["c"].maybe == ()


@pytest.mark.parametrize("allowed", [False, True])
def test_who_stands_in_both_tables_is_named_on_the_screens(tmp_path: Path, allowed: bool) -> None:
    draft = draft_of(
        tmp_path,
        "Email,Wants\numa@y.example,Rust; Lua\nvic@y.example,Go\n",
        "Email,Offers\nwes@y.example,Rust; Lua\numa@y.example,Go\n",
    )
    said = "1 person stands in both tables and is never matched with itself: uma@y.example"
    path = tmp_path / "programme.toml"
    assert said in said_by(describe_draft(path, draft), "Who is who")
    if allowed:
        path.write_text(draft.text + "\n[scoring]\nallow_self = true\n", encoding="utf-8")
    assert (said in said_by(validated(tmp_path), "No problems found")) is not allowed
