"""What the two sides were asked in different forms is a question, and never dropped unsaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mentormatch.programme.draft.draft import write_draft

if TYPE_CHECKING:
    from pathlib import Path

    from mentormatch.programme.draft.draft import Draft

LEVELS = ("junior", "senior", "mid", "junior")
YEARS = (7, 12, 3, 9)
SKILLS = ("Python", "Go", "Python", "SQL")
NAMES = {
    "mentees": ("Ann Lee", "Bob Ray", "Cat Moe", "Dan Fox"),
    "mentors": ("Ema Poe", "Fay Kay", "Gus Low", "Hal Orr"),
}


def draft_of(folder: Path, **more: dict[str, tuple[object, ...]]) -> Draft:
    paths = []
    for side, skill in (("mentees", "Want to learn"), ("mentors", "Can teach")):
        columns = {"Name": NAMES[side], skill: SKILLS, **more.get(side, {})}
        columns["Email"] = tuple(f"{name[:3].lower()}@x.example" for name in NAMES[side])
        rows = [
            ",".join(columns),
            *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        paths.append(folder / f"{side}.csv")
        paths[-1].write_text("\n".join(rows) + "\n", encoding="utf-8")
    return write_draft(*paths, folder / "programme.toml")


@pytest.mark.parametrize("side", ["mentees", "mentors"])
def test_levels_on_one_side_and_years_on_the_other_are_a_question(
    tmp_path: Path, side: str
) -> None:
    """Levels were left out as "asked of one side only", though the others had said their years."""
    other = "mentors" if side == "mentees" else "mentees"
    more = {side: {"Level": LEVELS}, other: {"Years of experience": YEARS}}
    draft = draft_of(tmp_path, **more)
    asked = {(one.side, one.name): one.why for one in draft.columns if one.question}
    assert set(asked) == {(side, "Level"), (other, "Years of experience")}
    for why in asked.values():
        assert f'a level of the {side} in words ("Level")' in why
        assert f'of the {other} in numbers ("Years of experience"): they cannot be compared' in why
    assert "LevelGap" not in {one.entry["kind"] for one in draft.proposals}


def test_levels_of_both_sides_are_compared_whatever_years_there_are(tmp_path: Path) -> None:
    mentors = {"Level": LEVELS[::-1], "Years of experience": YEARS}
    draft = draft_of(tmp_path, mentees={"Level": LEVELS}, mentors=mentors)
    assert not [one for one in draft.columns if one.question]
    assert "LevelGap" in {one.entry["kind"] for one in draft.proposals}


@pytest.mark.parametrize("turned", [False, True])
def test_a_superior_in_two_columns_is_found_by_both(tmp_path: Path, turned: bool) -> None:
    """Each column alone held "0% people of the other table", and no rule was spoken of."""
    parts = {
        "Manager first name": ("Ann", "Bob", "Zed", "Zoe"),
        "Manager last name": ("Lee", "Ray", "Zoo", "Zan"),
    }
    mentors = dict(reversed(parts.items())) if turned else parts
    draft = draft_of(tmp_path, mentors=mentors)
    asked = [one for one in draft.columns if one.question]
    assert {one.name for one in asked} == set(parts)
    for one in asked:
        assert '"Manager first name" and "Manager last name" name 2 times somebody' in one.why
        assert 'kind = "Different", mentor = "Superior", mentee =' in one.why


def test_superiors_in_two_columns_who_are_nobody_of_the_other_table_are_no_question(
    tmp_path: Path,
) -> None:
    strangers = ("Zed", "Zoe", "Zia", "Zac")
    more = {"Manager first name": strangers, "Manager last name": strangers}
    draft = draft_of(tmp_path, mentors=more)
    assert not [one for one in draft.columns if one.question]
