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


def test_times_that_one_side_writes_loosely_are_a_question(tmp_path: Path) -> None:
    """They were "asked of one side only", and the mentors' hours stood among what is compared."""
    loose = ("Tue & Thu after 4pm", "flexible", "Mon-Fri 9-11", "mornings please")
    clear = ("Tue 16:00-18:00", "Wed 09:00-10:00", "Mon-Fri 9:00-12:00", "Fri 14:00-15:00")
    more = {
        "mentees": {"When can you usually meet?": loose},
        "mentors": {"Availability": clear},
    }
    draft = draft_of(tmp_path, **more)
    asked = {one.name: one for one in draft.columns if one.question}
    assert set(asked) == {"When can you usually meet?", "Availability"}
    why = asked["When can you usually meet?"].why
    assert '3 of 4 answers cannot be read: "Tue & Thu after 4pm"; "flexible"; "mornings' in why
    (open_one,) = [one for one in draft.proposals if one.entry["kind"] == "Availability"]
    # Of each somebody can say when it is.
    assert open_one.entry["read"] == {"after 4pm": "", "flexible": "", "mornings please": ""}
    assert 'They are "after 4pm", "flexible", "mornings please".' in open_one.open_points
    assert "say between the quotes of read when each one is" in open_one.open_points
    assert '# kind = "Availability"' in draft.text


def test_times_that_only_one_side_says_are_compared_with_nothing_and_that_is_said(
    tmp_path: Path,
) -> None:
    clear = ("Tue 16:00-18:00", "Wed 09:00-10:00", "Mon-Fri 9:00-12:00", "Fri 14:00-15:00")
    draft = draft_of(tmp_path, mentors={"Availability": clear})
    (asked,) = [one for one in draft.columns if one.question]
    assert asked.name == "Availability"
    assert "no column of the mentees says them, so nothing is compared" in asked.why


def test_mentors_who_name_their_own_reports_are_asked_for_a_rule(tmp_path: Path) -> None:
    """They were taken for names, and a mentor could be matched with somebody they manage."""
    more = {"mentors": {"Direct reports": ("Ann Lee", "", "Ray Bob (team B)", "")}}
    draft = draft_of(tmp_path, **more)
    (asked,) = [one for one in draft.columns if one.question]
    assert (asked.name, asked.kind) == ("Direct reports", "conflicts")
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.entry["kind"] == "Avoids"
    # "Ray Bob (team B)" is Ray Bob too.
    assert rule.removes == (2, 16)


@pytest.mark.parametrize("answer", ["not Ema Poe please", "Ema Poe or anybody senior enough"])
def test_wishes_that_are_sentences_are_asked_about(tmp_path: Path, answer: str) -> None:
    """Once names among them were wishes and the rest was passed over, the "not" with it."""
    more = {"mentees": {"Preferred mentor": ("Fay Kay", answer, "", "")}}
    draft = draft_of(tmp_path, **more)
    (asked,) = [one for one in draft.columns if one.question]
    assert (asked.name, asked.kind) == ("Preferred mentor", "wishes")
    assert "say whom not" in asked.why
    assert '# kind = "Prefers"' in draft.text


def test_a_wish_for_ones_own_gender_is_read_in_peoples_own_words(tmp_path: Path) -> None:
    """It was left out as a protected attribute when somebody answered "Yes please"."""
    wish = "Do you need a mentor of the same gender?"
    more = {
        "mentees": {wish: ("No", "no preference", "Yes please", "N"), "Gender": tuple("FMFM")},
        "mentors": {"gender": tuple("MMFM")},
    }
    draft = draft_of(tmp_path, **more)
    asked = {one.name: one.kind for one in draft.columns if one.question}
    assert asked == {wish: "only same"}
    (rule,) = [one for one in draft.proposals if one.rule]
    assert rule.entry["when"] == wish
    assert rule.removes == (3, 16)


def test_conflicts_in_sentences_are_asked_about(tmp_path: Path) -> None:
    """Names among them were kept to, and the sentences by nobody."""
    more = {"mentees": {"Not with": ("Ema Poe", "not with my boss", "Fay Kay", "")}}
    draft = draft_of(tmp_path, **more)
    (asked,) = [one for one in draft.columns if one.question]
    assert (asked.name, asked.kind) == ("Not with", "conflicts")
    assert 'no names, and only names can be kept to: "not with my boss"' in asked.why
