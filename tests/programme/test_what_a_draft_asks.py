"""What `init` asks is asked for both tables, once, and what is pasted is a file that is read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

import pytest

from mentormatch.programme import examine_file, write_draft
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import describe_programme

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from mentormatch.criteria.suggest.kinds_of_columns import Recognised
    from mentormatch.programme import Draft

Cells: TypeAlias = "Mapping[str, Sequence[str]]"
MENTEES = {
    "Name": ("Uma Ulm", "Vic Vogt", "Wes Wolf", "Xia Xu"),
    "Wants to learn": ("Lua; Go", "SQL; Git", "Lua; SQL", "Go"),
}
MENTORS = {
    "Name": ("Ada Ahn", "Bob Bell", "Cem Can", "Dan Dorn"),
    "Can teach": ("Lua; Go; Git", "SQL; Git", "Lua; SQL; Go", "Go; Git"),
}


def csv_of(columns: Cells) -> str:
    rows = [list(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n"


def draft_of(folder: Path, mentees: Cells, mentors: Cells | None) -> Draft:
    """The draft for columns beside the names and skills of four mentees and four mentors."""
    (folder / "a.csv").write_text(csv_of({**MENTEES, **mentees}), encoding="utf-8")
    (folder / "b.csv").write_text(csv_of({**MENTORS, **(mentors or {})}), encoding="utf-8")
    return write_draft(
        folder / "a.csv", folder / "b.csv", folder / "programme.toml", overwrite=True
    )


def screen_of(folder: Path, draft: Draft) -> str:
    """Everything that `init` says on the screen."""
    told = describe_draft(folder / "programme.toml", draft)
    return "\n".join(f"{one.title}\n" + "\n".join(one.lines) for one in told)


def column(draft: Draft, side: str, name: str) -> Recognised:
    (found,) = [one for one in draft.columns if (one.side, one.name) == (side, name)]
    return found


def validated(folder: Path, text: str) -> str:
    """What `validate` says of a programme file."""
    (folder / "programme.toml").write_text(text, encoding="utf-8")
    examination = examine_file(folder / "programme.toml", overwrite=True)
    assert examination.findings == ()
    told = describe_programme(*examination.finished())
    return "\n".join(f"{one.title}\n" + "\n".join(one.lines) for one in told)


@pytest.mark.parametrize(
    ("heading", "mentees", "mentors", "kept"),
    [
        ("Active", ("x", "", "x", "x"), ("x", "", "", "x"), (3, 2)),
        ("Status", ("in", "in", "out", "in"), ("in", "in", "in", "new"), (3, 3)),
        ("I agree to the terms", ("Yes", "No", "Yes", "No"), ("No", "Yes", "Yes", "Yes"), (2, 3)),
    ],
)
def test_who_may_be_left_out_is_asked_in_both_tables_and_pasted_in_one_filter(
    tmp_path: Path, heading: str, mentees: tuple, mentors: tuple, kept: tuple
) -> None:
    """The mentors' half was nowhere on the screen, and two filters are a mistake in the file."""
    draft = draft_of(tmp_path, {heading: mentees}, {heading: mentors})
    whys = {column(draft, side, heading).why for side in ("mentees", "mentors")}
    assert all(column(draft, side, heading).question for side in ("mentees", "mentors"))
    screen = screen_of(tmp_path, draft)
    assert all(why[1:] in screen for why in whys)
    assert len(re.findall(r"where =", draft.text)) == 1
    text = draft.text.replace("# where =", "where =")
    said = validated(tmp_path, text)
    assert f"{4 - kept[0]} row" in said
    cohort = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1].compatibility
    assert cohort.shape == kept


def test_filters_of_several_columns_are_one(tmp_path: Path) -> None:
    ticks = {"Active": ("x", "", "x", "x"), "Status": ("in", "in", "out", "in")}
    draft = draft_of(tmp_path, ticks, {"Confirmed": ("x", "x", "", "x")})
    text = draft.text.replace("# where =", "where =")
    validated(tmp_path, text)
    problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1]
    assert problem.compatibility.shape == (2, 3)
