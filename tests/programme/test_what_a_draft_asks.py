"""What `init` asks is asked for both tables, once, and what is pasted is a file that is read."""

from __future__ import annotations

import re
import shlex
import tomllib
from typing import TYPE_CHECKING, TypeAlias

import pandas as pd
import pytest
from typer.testing import CliRunner

import mentormatch as mm
from mentormatch.cli import app
from mentormatch.cohort.columns.roles import role_of
from mentormatch.cohort.person_columns.headings import heads_only_names
from mentormatch.criteria.words.ladders import order_levels
from mentormatch.criteria.words.scales import number_scale, order_scale
from mentormatch.programme import draft_programme, examine_file, write_draft
from mentormatch.programme.draft.grid_tables import are_days
from mentormatch.programme.draft.toml import write_value
from mentormatch.programme.screen.drafting import describe_draft
from mentormatch.programme.screen.summary import describe_programme
from mentormatch.programme.screen.unread import describe_unkept
from mentormatch.reports.words import people_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from click.testing import Result

    from mentormatch.criteria.interface.criterion import Criterion
    from mentormatch.criteria.recognition.kinds_of_columns import Recognised
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


SCALES = [
    ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"],
    ["Stimme gar nicht zu", "Stimme eher nicht zu", "Teils, teils", "Stimme zu", "Stimme voll zu"],
    ["Pas du tout d’accord", "Pas d’accord", "Neutre", "D’accord", "Tout à fait d’accord"],
    ["Totalmente en desacuerdo", "En desacuerdo", "Neutro", "De acuerdo", "Muy de acuerdo"],
    ["Discordo totalmente", "Discordo", "Neutro", "Concordo", "Concordo totalmente"],
    ["Per niente d'accordo", "In disaccordo", "Neutrale", "D'accordo", "Totalmente d'accordo"],
    ["Helemaal oneens", "Oneens", "Neutraal", "Eens", "Helemaal eens"],
    ["Zdecydowanie nie", "Nie zgadzam się", "Neutralny", "Zgadzam się", "Zdecydowanie tak"],
    ["Not at all interested", "A little", "Somewhat", "Very interested", "Extremely interested"],
    ["1 - not at all", "2", "3", "4", "5 - very much"],
    ["0 (none)", "1", "2", "3 (a lot)"],
    ["Never", "Very rarely", "Sometimes", "Always"],
    ["Gar nicht", "Sehr wenig", "Wenig", "Sehr"],
    ["Per niente", "Molto poco", "Poco", "Molto"],
    ["No interest", "Very little interest", "Somewhat interested", "Very interested"],
]


@pytest.mark.parametrize("steps", SCALES, ids=lambda steps: steps[0])
def test_steps_of_a_scale_stand_in_their_order_and_the_lowest_is_no_wish(steps: list[str]) -> None:
    for given in (steps, steps[::-1], sorted(steps)):
        assert order_scale(given) == steps
        numbers = number_scale(given)
        assert numbers is not None
        assert numbers[steps[0]] == 0
        assert numbers[steps[-1]] == max(numbers.values()) > 0
        # A step has its number whichever others are given, so that two tables agree.
        assert number_scale(given[:3]) == {one: numbers[one] for one in steps if one in given[:3]}


@pytest.mark.parametrize(
    "steps",
    [
        ["1 - very much", "2", "3 - not at all"], ["agree", "often"], ["1", "2", "3"], ["Lua"],
        ["1. Marketing", "2. Finance"], ["1 (London)", "2 (Paris)"], ["1 - Junior", "2 - Senior"],
        ["Never", "Very dissatisfied", "Always"], ["Nie", "Sehr ungern", "Oft"],
    ],
)  # fmt: skip
def test_steps_whose_order_is_not_known_are_no_scale(steps: list[str]) -> None:
    assert order_scale(steps) is number_scale(steps) is None


@pytest.mark.parametrize(
    "steps",
    [
        ["1 - sehr gut", "2 - gut", "3 - befriedigend", "4 - ausreichend"],
        ["1 - very good", "2 - good", "3 - fair"],
    ],
)
def test_where_one_is_the_best_mark_the_words_say_the_order(
    tmp_path: Path, steps: list[str]
) -> None:
    """The numbers were taken to rise, so that who is worst stood highest."""
    assert order_scale(steps) == steps[::-1]
    wants, offers = "How good are you? [{}]", "How well can you teach? [{}]"
    cells = (steps[0], steps[1], steps[2], steps[1])
    table = {wants.format(one): cells for one in ("Rust", "C")}
    draft = draft_of(tmp_path, table, {offers.format(one): cells for one in ("Rust", "C")})
    (read, *_) = re.findall(r"^# read = (.*)$", draft.text, re.MULTILINE)
    numbers = tomllib.loads(f"read = {read}")["read"]
    assert numbers[steps[0]] > numbers[steps[1]] > numbers[steps[2]]


@pytest.mark.parametrize(
    ("levels", "ladder", "asks"),
    [
        (["1 - Junior", "2 - Mid", "3 - Senior"], [0, 1, 2], ""),
        (["1 - none", "2 - basic", "3 - advanced"], [0, 1, 2], ""),
        (["1. Semester", "2. Semester", "10. Semester"], [0, 1, 2], ""),
        (["1 - Senior", "2 - Mid", "3 - Junior"], [2, 1, 0], ""),
        (["1 - Expert", "2 - Advanced", "3 - Beginner"], [2, 1, 0], ""),
        (["1 - Azubi", "2 - Geselle", "3 - Meister"], [0, 1, 2], "whether 1 is the lowest is not"),
        (["1 - Senior", "2 - Elf", "3 - Junior"], [0, 1, 2], "whether 1 is the lowest is not"),
    ],
)
def test_numbers_before_levels_rise_only_where_their_words_do(
    tmp_path: Path, levels: list[str], ladder: list[int], asks: str
) -> None:
    """ "1 - Senior" stood below "3 - Junior", and "1 - Junior" was a step of a scale."""
    cells = [*levels, levels[0]]
    draft = draft_of(tmp_path, {"Level": cells}, {"Level": cells[::-1]})
    (level,) = [one for one in draft.proposals if one.entry["kind"] == "LevelGap"]
    assert level.entry["ladder"] == [levels[k] for k in ladder]
    assert asks in level.obstacle
    assert bool(level.obstacle) == bool(asks)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Department", ("1. Marketing", "2. Finance", "3. IT", "2. Finance")),
        ("Track", ("1 (London)", "2 (Paris)", "1 (London)", "2 (Paris)")),
    ],
)
def test_numbers_before_names_make_no_scale(
    tmp_path: Path, heading: str, cells: tuple[str, ...]
) -> None:
    draft = draft_of(tmp_path, {heading: cells}, {heading: cells[::-1]})
    assert column(draft, "mentees", heading).kind in {"group", "same"}


@pytest.mark.parametrize("steps", [SCALES[0], SCALES[3], SCALES[8], SCALES[9]])
def test_a_grid_of_ratings_is_asked_about_and_who_disagrees_wants_nothing(
    tmp_path: Path, steps: list[str]
) -> None:
    """Numbered by the alphabet, "Agree" was the lowest level, and who disagreed had a wish."""
    low, high = steps[0], steps[-1]
    wants = "How much do you want to learn? [{}]"
    offers = "How well can you teach? [{}]"
    draft = draft_of(
        tmp_path,
        {
            wants.format("Rust"): (low, high, steps[2], high),
            wants.format("C"): (high, low, low, low),
        },
        {offers.format("Rust"): (high, low, high, low), offers.format("C"): (low, high, low, low)},
    )
    why = draft.notes["grids"]
    assert "The cells are steps of a scale" in why
    levels = re.search(r"levels = \d", why)
    assert levels is not None
    lines = iter(draft.text.splitlines())
    text = "\n".join(
        line.removeprefix("# ") if line.startswith(KEYS_OF_A_GRID) else line for line in lines
    )
    criterion = (
        '\n[[criteria]]\nkind = "SkillCoverage"\nwants = "How much do you want to learn?"\n'
        f'offers = "How well can you teach?"\n{levels[0]}\nweight = 9\nname = "rated"\n'
    )
    validated(tmp_path, text.replace("\n[problem]", criterion + "\n[problem]"))
    grids = tomllib.loads(text)["columns"]
    cohort = mm.read_cohort(tmp_path / "a.csv", tmp_path / "b.csv", columns=grids)
    assert [
        [skill.partition(":")[0] for skill in cell]
        for cell in cohort.mentees["How much do you want to learn?"]
    ] == [["C"], ["Rust"], ["Rust"], ["Rust"]]


def test_criteria_for_a_second_pair_of_grids_have_names(tmp_path: Path) -> None:
    """The second SkillCoverage was refused: "criteria[1] is called 'SkillCoverage' too"."""
    cells = ("Not at all", "Very", "A little", "Very")
    pairs = [
        ("How much do you want to learn?", "How well can you teach?"),
        ("How keen are you on tools?", "How good are you at tools?"),
    ]
    wants, offers = (
        {f"{pair[k]} [{option}]": cells for pair in pairs for option in ("Rust", "C")}
        for k in (0, 1)
    )
    draft = draft_of(tmp_path, wants, offers)
    names = re.findall(r'levels = \d \(.*?\), (name = ".*?"), and a weight', draft.notes["grids"])
    assert [f'name = "{pair[0]}"' for pair in pairs] == names[:2]
    text = "\n".join(
        line.removeprefix("# ") if line.startswith(KEYS_OF_A_GRID) else line
        for line in draft.text.splitlines()
    )
    for (want, offer), name in zip(pairs, names[:2], strict=True):
        text += (
            f'\n[[criteria]]\nkind = "SkillCoverage"\nwants = "{want}"\noffers = "{offer}"\n'
            f"levels = 4\n{name}\nweight = 1\n"
        )
    validated(tmp_path, text)


KEYS_OF_A_GRID = (
    "# [[columns]]", "# name =", "# pattern =", "# kind = \"levels\"", "# read =", "# side =",
)  # fmt: skip


@pytest.mark.parametrize("steps", [SCALES[0], SCALES[1], SCALES[9]])
@pytest.mark.parametrize("heading", ["I like to work alone", 'How "ready" are you?'])
def test_a_scale_on_which_both_sides_answer_is_asked_about(
    tmp_path: Path, steps: list[str], heading: str
) -> None:
    """It was left out as "answer on a scale", though both sides had been asked it."""
    answers = {heading.replace('"', '""'): (steps[0], steps[-1], steps[2], steps[0])}
    draft = draft_of(tmp_path, answers, answers)
    asked = column(draft, "mentees", heading)
    assert asked.question
    found = re.search(
        r"kind = (.*?), name = (.*?), column = (.*?), ladder = (.*?), curve = (.*?) and", asked.why
    )
    assert found is not None
    keys = zip(("kind", "name", "column", "ladder", "curve"), found.groups(), strict=True)
    entry = "\n".join(f"{key} = {value}" for key, value in keys)
    text = draft.text.replace("\n[problem]", f"\n[[criteria]]\n{entry}\nweight = 1\n\n[problem]")
    assert "Criteria" in validated(tmp_path, text)
    compatibility = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1]
    told = compatibility.compatibility.breakdown("Uma Ulm", "Ada Ahn")
    assert 1.0 in told["value"].tolist()


def test_a_level_of_unknown_place_is_in_no_ladder_until_a_person_places_it(tmp_path: Path) -> None:
    """A word that is not known stood on top of the ladder, as if it were the highest level."""
    levels = ("Junior", "Wegweiserin", "Senior", "Junior")
    draft = draft_of(tmp_path, {"Level": levels}, {"Level": levels[::-1]})
    (level,) = [one for one in draft.proposals if one.entry["kind"] == "LevelGap"]
    assert level.entry["ladder"] == ["Junior", "Senior"]
    assert 'Where these belong is not known: "Wegweiserin"' in level.obstacle
    start = draft.text.index('# [[criteria]]\n# kind = "LevelGap"')
    end = draft.text.index("[problem]")
    entry = "\n".join(line.removeprefix("# ") for line in draft.text[start:end].splitlines())
    text = draft.text[:start] + entry + "\n" + draft.text[end:]
    (tmp_path / "programme.toml").write_text(text, encoding="utf-8")
    findings = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    assert {one.value for one in findings} == {"Wegweiserin"}


@pytest.mark.parametrize(
    "levels",
    [
        ["Básico", "Intermedio", "Proficient", "Experto"],
        ["Podstawowy", "Średni", "Zaawansowany", "Ekspert"],
        ["Élémentaire", "Intermédiaire", "Avancé", "Expert"],
    ],
)
def test_basic_is_below_the_others_in_every_language(levels: list[str]) -> None:
    assert order_levels(reversed(levels)) == ([(one,) for one in levels], True)


def test_a_column_of_people_says_how_many_are_none(tmp_path: Path) -> None:
    """Rounded, or by cells with a name in them, it was "100% of the values are people"."""
    n = 300
    mentors = {"Name": [f"Ada Ahn{k}" for k in range(n)], "Can teach": ["Lua; Go", "Go"] * (n // 2)}
    named = [f"Ada Ahn{k}" for k in range(n - 1)]
    mentees = {
        "Name": [f"Uma Ulm{k}" for k in range(n)],
        "Wants to learn": ["Lua", "Go"] * (n // 2),
        "Preferred mentor": [*named, "Zoe Zimt"],
        "Who was it before?": [*named, "Ada Ahn3; Zoe Zimt"],
    }
    draft = draft_of(tmp_path, mentees, mentors)
    for heading in ("Preferred mentor", "Who was it before?"):
        why = column(draft, "mentees", heading).why
        assert any(f"{n - 1} of {n} answers are people" in why for n in (300, 301))
        assert "%" not in why


@pytest.mark.parametrize(
    "criterion",
    [
        mm.criteria.Prefers("named", of="Name", unknown="ignore", weight=1),
        mm.criteria.Avoids("named", of="Name", unknown="ignore"),
    ],
    ids=["Prefers", "Avoids"],
)
def test_a_name_that_nobody_has_is_told_with_the_nearest_one(criterion: Criterion) -> None:
    """With unknown = "ignore" a slip of the pen was left out like somebody who is not there."""
    named = pd.DataFrame({"named": ["Lina Odde; Mia Rho", "Mai Rho", "Zoe Zimt"]}, index=[*"abc"])
    mentors = pd.DataFrame({"Name": ["Lin Ode", "Mia Rho", "Karl Huber"]}, index=[*"xyz"])
    (fitted,) = mm.Criteria(criterion).score(mm.Cohort(named, mentors)).scorer.fitted
    (note,) = fitted.notes
    assert "'Lina Odde' (is it 'Lin Ode'?" in note
    assert "'Mai Rho' (is it 'Mia Rho'?" in note
    assert note.endswith("'Zoe Zimt'.")


ORDERS = [
    ("1. Wahl", "2. Wahl", "3. Wahl"),
    ("Erste Wahl", "Zweite Wahl", "Dritte Wahl"),
    ("First choice", "Second choice", "Third choice"),
    ("Choice no. 1", "Choice no. 2", "Choice no. 3"),
    ("Choice no 1", "Choice no 2", "Choice no 3"),
    ("Wunsch Nr. 1", "Wunsch Nr. 2", "Wunsch Nr. 3"),
    ("Mentor 1", "Mentor 2", "Mentor 3"),
    ("Premier mentor", "Deuxième mentor", "Troisième mentor"),
    ("1", "2", "3"),
    ("Erste", "Zweite", "Dritte"),
]


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order[2])
@pytest.mark.parametrize(
    "thirds",
    [("Cem Can", "Ada Ahn", "Dan Dorn", "Bob Bell"), ("Cemmo", "Ada Ahn", "Dan Dorn", "Bob Bell")],
    ids=["all", "some"],
)
def test_the_third_of_an_order_is_never_offered_as_somebody_to_be_kept_apart(
    tmp_path: Path, order: tuple[str, str, str], thirds: tuple[str, ...]
) -> None:
    """Where some wrote nicknames, the third choice alone was people, and a rule against them."""
    wishes = {
        order[0]: ("Adi", "Bob Bell", "Cemmo", "Danny"),
        order[1]: ("Bob Bell", "Cemmo", "Adi", "Cem Can"),
        order[2]: thirds,
    }
    draft = draft_of(tmp_path, wishes, None)
    kinds = {one.kind for one in draft.columns if one.side == "mentees"}
    assert kinds <= {"identity", "name", "skills", "wishes", "one-sided", "number"}
    assert not [one for one in draft.proposals if one.rule]
    assert "Avoids" not in draft.text
    assert '"Different"' not in draft.text


@pytest.mark.parametrize("heading", ["Con quién no {}", "Con chi no {}", "Com quem não {}"])
def test_whom_somebody_would_not_meet_is_no_wish_beside_a_number(
    tmp_path: Path, heading: str
) -> None:
    """ "Con quién no 1" was taken for "number 1", and whom it names for somebody wished for."""
    first, second = ("Ada Ahn", "Bob Bell", "", ""), ("Bob Bell", "", "Dan Dorn", "Ada Ahn")
    draft = draft_of(tmp_path, {heading.format(1): first, heading.format(2): second}, None)
    assert '"Prefers"' not in draft.text
    assert '# kind = "Avoids"' in draft.text
    alone = draft_of(tmp_path, {heading.format(2): second}, None)
    assert '"Prefers"' not in alone.text
    assert '# kind = "Avoids"' in alone.text


@pytest.mark.parametrize(
    "words",
    [
        ["Lua", "C"], ["C"], ["R", "C", "D"], ["Lua"], ["Go", "R"], ["Sol", "Ada"], ["SQL"],
        ["Mar"], ["Lua", "Tar"], [],
    ],
    ids=" ".join,
)  # fmt: skip
def test_skills_are_no_days(words: list[str]) -> None:
    """ "Lua" is Monday in Irish, "C" a letter of Wednesday: a skills grid asked for hours."""
    assert not are_days(words)


@pytest.mark.parametrize(
    "words",
    [
        ["Mo", "Di", "Mi"], ["Monday"], ["lundi", "mardi"], ["L", "M", "X", "J", "V"],
        ["Mon", "Tue"], ["Segunda-feira"], ["Pn", "Wt"], ["maandag"], ["poniedziałek", "Środa"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_days_are_days_in_every_language_of_forms(words: list[str]) -> None:
    assert are_days(words)


def test_a_skills_grid_in_words_is_asked_for_no_hours(tmp_path: Path) -> None:
    grid = {"Skills [Lua]": ("some", "lots", "", "lots"), "Skills [C]": ("", "tiny", "some", "")}
    draft = draft_of(tmp_path, grid, grid)
    assert "hours" not in draft.notes["grids"]
    assert "number them behind the = signs of read" in draft.notes["grids"]


def test_texts_that_count_nothing_are_not_offered_as_seats(tmp_path: Path) -> None:
    """Any column of a few short answers was: capacity = "Favourite colour"."""
    texts = {
        "Favourite colour": ("red", "blue", "red", "blue"),
        "Office": ("Bern", "Rome", "Bern", "Rome"),
        "Workload": ("light", "heavy", "one", "light"),
    }
    draft = draft_of(tmp_path, {}, texts)
    assert draft.notes["capacity"] == (
        "No column says how many mentees a mentor takes, so everybody takes one."
    )
    draft = draft_of(tmp_path, {}, {**texts, "Kaç kişi?": ("bir", "iki", "en fazla iki", "bir")})
    assert 'capacity = "Kaç kişi?"' in draft.notes["capacity"]


@pytest.mark.parametrize(
    "answers",
    [
        ("2", "ask me", "None", "1"),
        ("up to 2", "ask me", "None", "3"),
        (
            *("1", "2") * 20,
            "None", *(f"ask me{' later' * k}" for k in range(7)), "2-3", "1 (max 2)", "none now",
        ),
    ],
)  # fmt: skip
def test_all_that_seats_leave_open_is_offered_in_one_read(
    tmp_path: Path, answers: tuple[str, ...]
) -> None:
    """Two were offered, of which the second is a mistake in the file."""
    people = [f"P{k} Q{k}" for k in range(len(answers))]
    skills = [MENTORS["Can teach"][k % 4] for k in range(len(answers))]
    mentors = {"Name": people, "Can teach": skills, "How many mentees can you take?": answers}
    draft = draft_of(tmp_path, {}, mentors)
    note = draft.notes["capacity"]
    # What `validate` would say of the file as it is, is the same, and once.
    first, *others = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    said = re.findall(r'"([^"]+" = (?:\d|"\?"))', first.expected)
    assert said
    assert all(entry in note for entry in said)
    assert all(one.expected.endswith(f"see row {first.row}.") for one in others)
    assert note.count("read = {") == 1
    entries = re.search(r'("ask me" = .*?)(?: }\.|\.$|\. )', note)
    assert entries is not None
    assert '"None" = 0' in entries[1]
    capacity = tomllib.loads(draft.text)["problem"]["capacity"]
    read = {**capacity.get("read", {}), **tomllib.loads(f"read = {{ {entries[1]} }}")["read"]}
    line = re.search(r"^capacity = .*$", draft.text, re.MULTILINE)
    assert line is not None
    text = draft.text.replace(line[0], f"capacity = {write_value({**capacity, 'read': read})}")
    (tmp_path / "programme.toml").write_text(text, encoding="utf-8")
    (unsaid,) = examine_file(tmp_path / "programme.toml", overwrite=True).findings
    assert 'capacity: read says "ask me" = "?". Write the number' in str(unsaid)
    assert "No problems found" in validated(tmp_path, text.replace('= "?"', "= 1"))


@pytest.mark.parametrize(
    "cells", [("odd", "even"), ("Agree", "Strongly disagree"), ("early", "late")]
)
@pytest.mark.parametrize("options", [("Monday", "Tuesday")])
def test_where_no_file_is_written_nothing_is_said_of_what_to_do_in_it(
    tmp_path: Path, cells: tuple[str, str], options: tuple[str, str]
) -> None:
    """It said "take the # away" and named "the numbers in the file", of which there was none."""
    grid = {f"Q [{one}]": (*cells, "", *cells[::-1]) for one in options}
    for name in ("a.csv", "b.csv"):
        people = {"Name": [f"P{name[0]} Q{k}" for k in range(5)]}
        (tmp_path / name).write_text(csv_of({**people, **grid}), encoding="utf-8")
    with pytest.raises(mm.CohortError) as caught:
        write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    said = str(caught.value)
    assert "no file is written" in said
    assert '"Q" of the mentees stands in 2 columns' in said
    for word in ("#", "in the file", "of read", "[["):
        assert word not in said
    assert not (tmp_path / "programme.toml").exists()


def test_a_form_of_nothing_but_ratings_on_both_sides_gets_a_file_to_complete(
    tmp_path: Path,
) -> None:
    """No file was written, and the advice was to change the form."""
    cells = ("1 - not at all", "5 - a lot", "2", "1 - not at all", "5 - a lot")
    for name, asks in (("a.csv", "How much do you want to learn?"), ("b.csv", "You can teach?")):
        people = {"Name": [f"P{name[0]} Q{k}" for k in range(5)]}
        grid = {f"{asks} [{one}]": cells for one in ("Lua", "C API")}
        (tmp_path / name).write_text(csv_of({**people, **grid}), encoding="utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert "Nothing counts yet" in screen_of(tmp_path, draft)
    asked = re.sub(r"(?m)^# (?=\[\[columns|(?:name|pattern|kind|read|side) = )", "", draft.text)
    columns = tomllib.loads(asked)["columns"]
    assert [one["name"] for one in columns] == ["How much do you want to learn?", "You can teach?"]


@pytest.mark.parametrize(
    ("mentee", "mentor"),
    [
        ("Mentorando(a)", "Mentor(a)"),
        ("Mentorado", "Mentor"),
        ("Mentorandas", "Mentoras"),
        ("Mentee (m/w/d)", "Mentor (m/w/d)"),
        ("Mentorand/in", "Mentor/in"),
        ("Mentoré(e)", "Mentor"),
        ("Mentorizado/a", "Mentor/a"),
        ("Podopieczny/a", "Mentor/ka"),
        ("Mentorando", "Mentrice"),
    ],
)
def test_roles_are_read_in_the_languages_of_forms(mentee: str, mentor: str) -> None:
    assert (role_of(mentee), role_of(mentor)) == ("mentee", "mentor")


def run(arguments: list[str]) -> Result:
    return CliRunner().invoke(app, arguments)


ONE_TABLE = {
    "Name": ("Uma Ulm", "Vic Vogt", "Ada Ahn", "Bob Bell"),
    "Wants to learn": ("Lua", "Go", "", ""),
    "Can teach": ("", "", "Lua; Go", "Go"),
}


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        (("Padawan", "Padawan", "Mentor", "Mentor"), {"mentee": ["Padawan"], "mentor": ["Mentor"]}),
        (("Mentee", "Mentee", "Guru", "Guru"), {"mentee": ["Mentee"], "mentor": ["Guru"]}),
        (
            ("Mentee", "Staff", "Mentor", "Mentor"),
            {"mentee": ["Mentee"], "mentor": ["Mentor"], "…": ["Staff"]},
        ),
    ],
)
def test_a_role_that_is_not_known_is_asked_with_what_to_add(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, values: tuple[str, ...], offered: dict
) -> None:
    """What `init` offered to paste made a programme file without criteria."""
    path = tmp_path / "all.csv"
    path.write_text(csv_of({**ONE_TABLE, "Role": values}), encoding="utf-8")
    with pytest.raises(mm.CohortError) as by_init:
        write_draft(path, None, tmp_path / "programme.toml")
    with pytest.raises(mm.CohortError) as by_file:
        mm.read_cohort(people=path, role="Role")
    (said,) = {re.search(r"role = \{.*?\}", one.expected)[0] for one in by_file.value.findings}
    role = tomllib.loads(said)["role"]
    assert role == {"column": "Role", **offered}
    (unplaced,) = {one.expected for one in by_init.value.findings}
    if "…" in role:
        # Whether such a person takes part is nobody's to guess: it is refused as it is.
        with pytest.raises(mm.CohortError, match="it may have"):
            mm.read_cohort(people=path, role=role)
        assert "with mentee, mentor, both or ignore for" in by_file.value.findings[0].expected
        monkeypatch.chdir(tmp_path)
        options = re.search(r"the command: (--.*), with --mentee", unplaced)
        assert options is not None
        assert run(["init", "all.csv", *shlex.split(options[1])]).exit_code == 2
        told = shlex.split(options[1].replace("--…", "--ignore"))
        assert run(["init", "all.csv", *told]).exit_code == 0
        return
    assert len(mm.read_cohort(people=path, role=role).mentors) == 2
    (said,) = {
        re.search(r"the command: (--.*), in which what it", one.expected)[1]
        for one in by_init.value.findings
    }
    monkeypatch.chdir(tmp_path)
    screen = run(["init", "all.csv", *shlex.split(said)])
    assert screen.exit_code == 0, screen.output
    text = (tmp_path / "programme.toml").read_text("utf-8")
    assert tomllib.loads(text)["tables"]["role"] == role
    assert [one["kind"] for one in tomllib.loads(text)["criteria"]] == ["SkillCoverage"]
    matched = run(["match", "programme.toml"])
    assert matched.exit_code == 0, matched.output
    assert "have a mentor." in matched.output or "has a mentor." in matched.output


def test_a_column_that_nearly_says_who_is_what_is_named_with_the_answers_that_do_not(
    tmp_path: Path,
) -> None:
    """Of 13 ways to answer two were not known, and no column was said to be there."""
    known = ["Mentee", "mentee", "a mentee", "Mentee please", "Mentor", "mentor", "a mentor"]
    known += ["Mentor please", "Mentor (again!)", "Both", "both", "Both please"]
    answers = [*known, *known, "not sure yet", "I'd like a mentor"]
    table = {
        "Name": [f"Person {chr(65 + k)}" for k in range(len(answers))],
        "As": answers,
        "Remark": [f"my mentor is {k}" for k in range(len(answers))],
    }
    path = tmp_path / "all.csv"
    pd.DataFrame(table).to_csv(path, index=False)
    with pytest.raises(mm.CohortError) as caught:
        write_draft(path, None, tmp_path / "programme.toml")
    (one,) = caught.value.findings
    assert one.column == "As"
    assert one.expected.startswith(
        "'not sure yet', \"I'd like a mentor\" name no role that is known."
    )
    assert one.expected.count("--role") == 1
    assert '--ignore "' not in one.expected
    # Remarks in which half speak of a role are no such column.
    halves = pd.DataFrame({"Name": table["Name"], "As": [*known, *map(str, range(14))]})
    halves.to_csv(path, index=False)
    with pytest.raises(mm.CohortError, match="no column of this one table"):
        write_draft(path, None, tmp_path / "programme.toml")


APPRENTICES = {**ONE_TABLE, "Rolle": ("Lehrling",) * 2 + ("Meister",) * 2}


def test_values_of_a_column_of_roles_are_named_where_none_is_known(tmp_path: Path) -> None:
    path = tmp_path / "all.csv"
    path.write_text(csv_of(APPRENTICES))
    with pytest.raises(mm.CohortError) as caught:
        write_draft(path, None, tmp_path / "programme.toml")
    assert (
        '--role "Rolle" --mentee "…" --mentor "…". The values of '
        "'Rolle' are 'Lehrling', 'Meister'."
    ) in str(caught.value)


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ({"column": "Rolle"}, "no value of this column is known to mean a mentee or a mentor"),
        (
            {"column": "Rolle", "mentee": ["Lehrling", "Meister"]},
            'mean a mentor. Add to the command which do: --role "Rolle" --mentee "Lehrling" '
            '--mentee "Meister" --mentor "…"',
        ),
        (
            {"column": "Rolle", "mentee": "Lehrling"},
            'add to the command: --role "Rolle" --mentee "Lehrling" --mentor "Meister", in which',
        ),
        ({"column": "Role", "mentee": ["Lehrling"]}, "Did you mean 'Rolle'?"),
        ({"column": "Age"}, "13 different values of this column name no role, such as"),
    ],
)
def test_a_role_that_is_half_said_is_asked_for_the_rest(
    tmp_path: Path, role: dict, told: str
) -> None:
    path = tmp_path / "all.csv"
    more = {key: (*values, *[values[0]] * 9) for key, values in APPRENTICES.items()}
    more["Name"] = tuple(f"Person {chr(65 + k)}" for k in range(13))
    path.write_text(csv_of({**more, "Age": tuple(map(str, range(20, 33)))}))
    with pytest.raises(mm.CohortError) as caught:
        write_draft(path, None, tmp_path / "programme.toml", role=role)
    assert told in str(caught.value)
    assert not (tmp_path / "programme.toml").exists()


@pytest.mark.parametrize(
    ("role", "told"),
    [
        (
            {"column": "Rolle", "mentee": ["Lehrlnig"], "mentor": ["Meister"]},
            "column 'Rolle': found 'Lehrlnig'; no cell of this column holds what --mentee says. It "
            "holds 'Lehrling', 'Meister'. Write --mentee \"Lehrling\" if that is meant. Did you "
            "mean 'Lehrling'?",
        ),
        (
            {"column": "Rolle", "mentee": ["Lehrling"], "mentor": ["Meister"], "ignore": ["…"]},
            "found '…'; no cell of this column holds what --ignore says. It holds 'Lehrling', "
            "'Meister'. Give --ignore one of these, or leave it out.",
        ),
        (
            {"column": "Name", "mentee": ["Lehrling"], "mentor": ["Meister"]},
            "It stands in 'Rolle': --role \"Rolle\" reads it.",
        ),
        (
            {"column": "Rolle", "mentee": ["Lehrling"], "mentor": ["Meister", "lehrling "]},
            "found 'lehrling '; this value is given for mentee and for mentor. Leave it where it "
            'belongs; both is for values that mean "mentee and mentor". The column holds '
            "'Lehrling', 'Meister'.",
        ),
        (
            {"column": "Rolle", "mentee": ["Lehrling", "Lehrling"], "mentor": ["Meister"]},
            "found 'Lehrling'; --mentee says this twice. Leave one out, or write another value "
            "there; the column holds 'Lehrling', 'Meister'.",
        ),
    ],
)
def test_a_value_that_is_said_wrongly_of_a_column_of_roles_is_one_clear_error(
    tmp_path: Path, role: dict, told: str
) -> None:
    path = tmp_path / "all.csv"
    path.write_text(csv_of(APPRENTICES))
    with pytest.raises(mm.CohortError) as caught:
        write_draft(path, None, tmp_path / "programme.toml", role=role)
    assert told in str(caught.value)
    assert not (tmp_path / "programme.toml").exists()


def test_a_value_stands_for_one_role_in_a_programme_file(tmp_path: Path) -> None:
    """The last one counted: "Lehrling" of the mentees was a mentor."""
    path = tmp_path / "all.csv"
    path.write_text(csv_of(APPRENTICES))
    role = {"column": "Rolle", "mentee": ["Lehrling"], "mentor": ["Meister", "Lehrling"]}
    with pytest.raises(mm.CohortError, match="this value is given for mentee and for mentor"):
        mm.read_cohort(people=path, role=role)
    # A value of last year that nobody has now does no harm there.
    role = {"column": "Rolle", "mentee": ["Lehrling", "Novize"], "mentor": ["Meister"]}
    assert len(mm.read_cohort(people=path, role=role).mentees) == 2


def test_rows_without_a_role_are_left_out_when_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table = {key: (*values, "" if key == "Rolle" else "Zoe Zorn") for key, values in
              APPRENTICES.items()}  # fmt: skip
    (tmp_path / "all.csv").write_text(csv_of(table))
    said = ["init", "all.csv", "--role", "Rolle", "--mentee", "Lehrling", "--mentor", "Meister"]
    screen = run(said)
    assert screen.exit_code == 1
    assert '--ignore ""' in " ".join(screen.output.split())
    assert run([*said, "--ignore", ""]).exit_code == 0
    two = run(["init", "all.csv", "all.csv", "--role", "Rolle", "--overwrite"])
    assert "a role divides one table of everybody" in " ".join(two.output.split())


SHOWN = {
    "Start date": ("2027-02-01", "2027-03-01", "2027-02-01", "2027-04-01"),
    "Number of hours": ("3", "7", "11", "2"),
    "Score": ("12", "55", "31", "8"),
    "Duration": ("3 months", "6 months", "1 year", "1 year"),
    "Status": ("in", "out", "in", "in"),
    "Name of your department": ("Fin", "Ops", "Fin", "Ops"),
    "Preferred contact": ("phone", "chat", "chat", "phone"),
    "I agree to the terms": ("yes", "no", "yes", "yes"),
}
HIDDEN = {
    "Timestamp": ("2027-01-05 10:00", "2027-01-05 11:00", "2027-01-06 10:00", "2027-01-07 09:00"),
    "Completion time": ("2027-01-05", "2027-01-06", "2027-01-07", "2027-01-08"),
    "ID": ("1", "2", "3", "4"),
    "IP address": ("10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"),
    "Progress": ("100", "100", "100", "80"),
    "I accept the privacy terms": ("yes", "yes", "yes", "yes"),
}


def test_only_what_is_surely_of_the_form_is_no_column_that_nothing_reads(tmp_path: Path) -> None:
    """Columns were hidden by a word of their heading: "Start date", "Number of hours", "Status"."""
    for shown in SHOWN:
        draft = draft_of(tmp_path, {shown: SHOWN[shown], **HIDDEN}, None)
        text = re.sub(r"(?s)# What the columns were taken for.*", "", draft.text)
        told = validated(tmp_path, text).partition("Columns that nothing reads\n")[2]
        line = next(line for line in told.splitlines() if line.startswith("- mentees:"))
        assert line == f'- mentees: "{shown}"'


REMARKS = [
    "Please not with Bob Bell",
    "I'd rather avoid Dr. Bob Bell (my ex-boss).",
    "Bitte nicht Bell, Bob",
    "Pas avec Bob Bell svp",
    "No quiero trabajar con Bob Bell",
    "Não com Bob Bell, por favor",
    "Nie z Bob Bell",
]


@pytest.mark.parametrize("remark", REMARKS)
def test_a_remark_that_names_somebody_not_to_be_met_is_said_and_is_no_rule(
    tmp_path: Path, remark: str
) -> None:
    """It stood in a column that nothing reads, and nobody was told."""
    remarks = ("Looking forward to it", remark, "Bob Bell was great", "No time in May")
    draft = draft_of(tmp_path, {"Anything else?": remarks}, None)
    assert '"Anything else?" of the mentees, row 3. No rule reads them' in draft.notes["remarks"]
    assert "Remarks name somebody of the other table" in screen_of(tmp_path, draft)
    assert "Bob Bell" not in draft.text
    assert not [one for one in draft.proposals if one.rule]
    said = validated(tmp_path, draft.text)
    assert "a.csv, row 3, \"Anything else?\" names 'Bob Bell', and a word such as not" in said
    assert "row 4, \"Anything else?\" names 'Bob Bell', and" not in said
    assert "row 2" not in said
    bans = re.search(r"bans = (.*)", said)
    assert bans is not None
    text = draft.text.replace("\n[problem]\n", f"\n[problem]\n{bans[0]}\n")
    assert "a word such as not or manager" not in validated(tmp_path, text)
    problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1]
    assert problem.why_ineligible("Vic Vogt", "Bob Bell") is not None
    assert problem.why_ineligible("Uma Ulm", "Bob Bell") is None


@pytest.mark.parametrize(
    "remark",
    [
        "I have no problem with Bob Bell",
        "Please pair me with Bob Bell, not bothered about time zones",
        "Bob Bell, no preference beyond that",
        "Not sure about dates. Bob Bell was a great help last year.",
    ],
)
def test_a_remark_that_refuses_nobody_offers_no_ban(tmp_path: Path, remark: str) -> None:
    """ "I have no problem with Bob Bell" was offered as a ban, ready to be pasted."""
    draft = draft_of(tmp_path, {"Anything else?": ("", remark, "", "")}, None)
    assert "remarks" not in draft.notes
    assert "bans = " not in validated(tmp_path, draft.text)


@pytest.mark.parametrize(
    "remark", ["Anyone but Bob Bell please", "Bob Bell is my manager", "Bob Bell is my husband"]
)
def test_a_remark_may_refuse_somebody_without_a_not(tmp_path: Path, remark: str) -> None:
    draft = draft_of(tmp_path, {"Anything else?": ("", remark, "", "")}, None)
    assert "row 3" in draft.notes["remarks"]


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("Not Bob, please", "may say not to meet 'Bob Bell'"),
        ("not with bob", "may say not to meet 'Bob Bell'"),
        ("Bitte nicht mit Bob", "may say not to meet 'Bob Bell'"),
        ("Bob is my manager", "may say not to meet 'Bob Bell'"),
        ("Anyone but Bob", "may say not to meet 'Bob Bell'"),
        ("I'd love to work with Bob Bell", "names 'Bob Bell'"),
        ("Gerne mit Bell, Bob!", "names 'Bob Bell'"),
    ],
)
def test_a_first_name_or_a_wish_in_a_remark_is_said_not_to_be_used(
    tmp_path: Path, remark: str, told: str
) -> None:
    """Both were told nowhere, and nobody acted on them."""
    draft = draft_of(tmp_path, {"Anything else?": ("", remark, "", "")}, None)
    assert draft.notes["mentions"].startswith('Not used: "Anything else?" of the mentees, row 3.')
    assert "Bob" not in draft.notes["mentions"]
    assert "remarks" not in draft.notes
    assert not [one for one in draft.proposals if one.rule or one.entry["kind"] == "Prefers"]
    said = validated(tmp_path, draft.text)
    where = f'{tmp_path / "a.csv"}, row 3, "Anything else?"'
    assert f"- Remark that no rule uses: {where} {told}" in said
    assert "bans = " not in said
    configuration, problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()
    assert not problem.reasons(1, 1)
    pairs = [(name, "Bob Bell") for name in ("Vic Vogt",)]
    unkept = describe_unkept(configuration, mm.Matching.from_pairs(problem, pairs))
    assert ("may name somebody beside a word" in str(unkept)) is ("not to meet" in told)


@pytest.mark.parametrize(
    "remark",
    [
        "I will not be there in May",
        "Bob",
        "Bob Bell",
        "Bobby, please not",
        "Not before noon. Bob told me of the programme",
        "No bells in the morning",
        "Not somebody from Berlin",
    ],
)
def test_other_words_and_names_that_stand_alone_are_no_remark_on_anybody(
    tmp_path: Path, remark: str
) -> None:
    draft = draft_of(
        tmp_path,
        {"Anything else?": ("", remark, "x", "")},
        {"Full name": ("Ada Ahn", "Bob Bell", "Will Weg", "Dee Dorn")},
    )
    assert not draft.notes.keys() & {"remarks", "mentions"}
    assert "not used" not in validated(tmp_path, draft.text)


def test_a_first_name_of_two_people_is_told_of_neither(tmp_path: Path) -> None:
    people = {"Full name": ("Ada Ahn", "Bob Bell", "Bob Cole", "Dee Dorn")}
    draft = draft_of(tmp_path, {"Anything else?": ("", "Not Bob, please", "", "")}, people)
    assert "mentions" not in draft.notes


def test_match_says_which_pair_a_remark_speaks_against(tmp_path: Path) -> None:
    """Only `validate` did, and the two commands of the README are `init` and `match`."""
    draft = draft_of(tmp_path, {"Anything else?": ("not with Bob Bell",) * 4}, None)
    validated(tmp_path, draft.text)
    configuration, problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()
    (said,) = describe_unkept(configuration, mm.match(problem))
    assert any(
        "names somebody beside a word such as not or manager, and the two" in one
        for one in said.lines
    )
    assert "Bob Bell" not in str(said)


def test_remarks_of_both_tables_are_told_and_pasted_as_one(tmp_path: Path) -> None:
    draft = draft_of(
        tmp_path,
        {"Anything else?": ("not with Bob Bell", "", "never Cem Can", "")},
        {"Remarks": ("", "ohne Xia Xu", "", "")},
    )
    said = validated(tmp_path, draft.text)
    bans = tomllib.loads(re.findall(r"bans = .*", said)[0])["bans"]
    assert {tuple(pair[:2]) for pair in bans} == {
        ("Uma Ulm", "Bob Bell"), ("Wes Wolf", "Cem Can"), ("Xia Xu", "Bob Bell"),
    }  # fmt: skip


WHOLE_NAMES = [
    "Nom complet", "Quel est votre nom complet ?", "Voller Name", "Vollständiger Name",
    "Vorname, Nachname", "Nombre completo", "¿Cuál es tu nombre completo?", "Nome completo",
    "Nome inteiro", "Qual è il tuo nome completo?", "Volledige naam", "Voor- en achternaam",
    "Pełne imię i nazwisko", "Jak masz na imię i nazwisko?", "First and last name",
    "What is your full name?", "Name (Last, First)", "Name (as in Slack)", "Name [Last, First]:",
    "Name (Nachname, Vorname)", "Nachname, Vorname", "Last Name, First Name",
]  # fmt: skip
PARTS_OF_NAMES = [
    "What is your first name?", "Quel est votre prénom ?", "Nom de famille",
    "Wie lautet Ihr Vorname?", "Qual é o seu primeiro nome?", "Qual é o seu apelido?",
    "Qual è il tuo cognome?",
    "Name (first only)", "Nombre de la empresa", "Naam van je baas", "Preferred name",
]  # fmt: skip


@pytest.mark.parametrize("heading", WHOLE_NAMES)
def test_whole_names_are_shown_as_names_in_every_language(heading: str) -> None:
    """Below "Nom complet" the report and the lists showed ids."""
    people = pd.DataFrame({"id": ["a7", "b9"], heading: ["Ada Ahn", "Bob Bell"]})
    cohort = mm.Cohort(people, people.assign(id=["c1", "d5"]), id="id")
    assert people_names(cohort, "mentees", cohort.mentee_ids) == ["Ada Ahn", "Bob Bell"]


@pytest.mark.parametrize("heading", PARTS_OF_NAMES)
def test_a_part_of_a_name_and_names_of_others_are_nobodys_name(heading: str) -> None:
    assert not heads_only_names([heading])


@pytest.mark.parametrize(
    ("heading", "word"),
    [("Location", "Remote"), ("Standort", "überall"), ("Ville", "À distance"), ("City", "online")],
)
def test_a_word_for_no_place_is_asked_about_where_places_are_compared(
    tmp_path: Path, heading: str, word: str
) -> None:
    """Two who wrote "Remote" shared a place, and nobody was told."""
    cells = (word, "Berlin", word, "Paris")
    draft = draft_of(tmp_path, {heading: cells}, {heading: cells})
    assert f'name no place: "{word}" (2) in "{heading}"' in draft.notes["missing"]
    assert f"In '{heading}' such a word may be a real answer." in draft.notes["missing"]
    assert f"No place, but compared as if each were one: {word!r} (2)." in validated(
        tmp_path, draft.text
    )
    text = re.sub(r"(?m)^# missing = ", "missing = ", draft.text)
    (tmp_path / "programme.toml").write_text(text, encoding="utf-8")
    problem = examine_file(tmp_path / "programme.toml", overwrite=True).finished()[1]
    shares = [one.criterion.kind for one in problem.compatibility.scorer.fitted]
    same = problem.compatibility.scorer.fitted[shares.index("Same")]
    assert same.mentee_missing.tolist() == [True, False, True, False]


def test_a_doubt_about_a_place_does_not_make_an_answer_of_anything_elsewhere(
    tmp_path: Path,
) -> None:
    """ "Remote" in one cell made a topic of "anything", which was no answer without it."""
    goals = ("anything", "talks, hiring", "anything", "cloud, talks")
    places = ("Remote", "Berlin", "Paris", "Berlin")
    table = {"Goals": goals, "Location": places}
    draft = draft_of(tmp_path, table, {**table, "Goals": ("talks, cloud", *goals[1:2] * 3)})
    assert re.search(r'(?m)^missing = .*"anything"\]$', draft.text)
    assert "# missing = " not in draft.text
    assert '"remote"]' not in draft.text.casefold()
    assert "If it is none, add it to missing: then it counts as no answer" in draft.notes["missing"]


@pytest.mark.parametrize("hours", ["any", "not sure"])
def test_words_that_are_in_no_doubt_count_as_no_answer_whatever_stands_beside_them(
    tmp_path: Path, hours: str
) -> None:
    """ "any" below the working hours left "not sure" a topic, in a comment."""
    mentees = {
        "Topics": ("talks, not sure", "talks, hiring", "any", "cloud, talks"),
        "Working hours": (hours, "early", "any", "late"),
    }
    mentors = {**mentees, "Topics": ("talks, cloud", "cloud, hiring", "talks, hiring", "talks")}
    draft = draft_of(tmp_path, mentees, mentors)
    assert tomllib.loads(draft.text)["tables"]["missing"] == ["the usual", "not sure"]
    told = draft.notes["missing"]
    assert '"any" (1) in "Topics" of the mentees' in told.partition("name no place")[2]
    assert "add it to missing" in told


def test_one_table_of_everybody_knows_as_well_as_two_what_is_no_answer(tmp_path: Path) -> None:
    """What a mentee had written counted as emptied among the mentors, who did not write it."""
    (tmp_path / "p.csv").write_text(
        "Nombre;Participo como;Quiero aprender;Puedo enseñar\nAbril;Mentee;Python, SQL;\n"
        "Bruno;Mentee;no sé todavía;\nCarla;Mentee;SQL, no sé todavía;\nDario;Mentee;Go;\n"
        "Pablo;Mentor;;Python\nQueta;Mentor;;SQL, Go\nRosa;Mentor;;Go\n",
        "utf-8",
    )
    draft = draft_programme(tmp_path / "p.csv", None, tmp_path)
    assert tomllib.loads(draft.text)["tables"]["missing"] == ["the usual", "no sé todavía"]
    assert draft.cohort.emptied["mentors"] == {}


@pytest.mark.parametrize(
    ("heading", "word"),
    [("Format", "Remote"), ("Field", "Online"), ("Location", "Remoteville"), ("City", "Onlinau")],
)
def test_the_same_word_is_an_answer_where_no_place_is_asked_for(
    tmp_path: Path, heading: str, word: str
) -> None:
    cells = (word, "Berlin", word, "Paris")
    assert "missing" not in draft_of(tmp_path, {heading: cells}, {heading: cells}).notes


NAMES, FIRST_NAMES, LAST_NAMES = ["Ada Ahn", "Bob de Bell"], ["Ada", "Bob"], ["Ahn", "de Bell"]


@pytest.mark.parametrize(
    ("side", "columns"),
    [
        ("mentors", {"Nom du mentor": NAMES}),
        ("mentees", {"Mentee name": NAMES}),
        ("mentees", {"Participant": NAMES}),
        ("mentors", {"Mentor": NAMES}),
        ("mentees", {"Name des Teilnehmers": NAMES}),
        ("mentees", {"Nom": LAST_NAMES, "Prénom": FIRST_NAMES}),
        ("mentees", {"Nom": LAST_NAMES, "Prénom (usuel)": FIRST_NAMES}),
        ("mentors", {"Nombre del mentor": FIRST_NAMES, "Apellidos del mentor": LAST_NAMES}),
        (
            "mentees",
            {
                "Nombre": FIRST_NAMES,
                "Primer apellido": LAST_NAMES,
                "Segundo apellido": ["Xu", "Yi"],
            },
        ),
        ("mentees", {"Nombre": FIRST_NAMES, "Nombre y apellidos": NAMES}),
        ("mentees", {"Nom": NAMES, "Prénom de l'enfant": ["Cy", "Di"]}),
    ],
)
def test_names_are_shown_whole_whosever_the_heading_says_they_are(
    side: str, columns: dict[str, list[str]]
) -> None:
    """ "Nom" beside "Prénom (usuel)" was a whole name, and "Nom du mentor" was none."""
    people = pd.DataFrame({"id": ["a7", "b9"], **columns})
    cohort = mm.Cohort(people, people.assign(id=["c1", "d5"]), id="id")
    ids = cohort.mentee_ids if side == "mentees" else cohort.mentor_ids
    assert people_names(cohort, side, ids) == NAMES


@pytest.mark.parametrize(
    ("side", "heading", "cells"),
    [
        ("mentees", "Nom du mentor", NAMES),
        ("mentors", "Mentee name", NAMES),
        ("mentees", "Participant", ["yes", "no"]),
        ("mentees", "Participant", ["P-12", "P-14"]),
        ("mentees", "Participant", ["ada", "bob"]),
        ("mentees", "Name of the mentoring programme", NAMES),
        ("mentees", "Nom de l'enfant", NAMES),
        ("mentees", "Mentee first name", FIRST_NAMES),
    ],
)
def test_names_of_others_and_other_answers_are_not_shown_as_names(
    side: str, heading: str, cells: list[str]
) -> None:
    people = pd.DataFrame({"id": ["a7", "b9"], heading: cells})
    cohort = mm.Cohort(people, people.assign(id=["c1", "d5"]), id="id")
    ids = cohort.mentee_ids if side == "mentees" else cohort.mentor_ids
    assert people_names(cohort, side, ids) is None


WITHOUT_HOURS = [
    ("Disponibilidad", ("tardes", "mañanas", "noches", "tardes"), ["tardes", "mañanas", "noches"]),
    ("Disponibilidad", ("L,X,V", "M,J", "L,V", "X"), ["L", "X", "V", "M", "J"]),
    (
        "Verfügbarkeit",
        ("immer", "Montags", "Dienstagabend", "abends"),
        ["immer", "Montags", "abend", "abends"],
    ),
    ("Verfügbarkeit", ("Montags", "Dienstags", "Montags", "Mittwochs"), ["Montags", "Mittwochs"]),
    ("When are you free?", ("Mondays", "Tue, Thu", "any time", "weekends"), ["Tue", "any time"]),
    ("Disponibilité", ("lundi", "mardi et jeudi", "toujours", "le soir"), ["lundi", "toujours"]),
    ("Beschikbaarheid", ("altijd", "maandag", "'s avonds", "ochtend"), ["maandag", "'s avonds"]),
    ("Dostępność", ("zawsze", "poniedziałek", "wieczorem", "rano"), ["poniedziałek", "rano"]),
    ("Disponibilidade", ("sempre", "segunda", "à noite", "tarde"), ["segunda", "à noite"]),
    ("Disponibilità", ("sera", "lunedì", "sempre", "mattina"), ["lunedì", "sempre"]),
]


@pytest.mark.parametrize(
    ("heading", "cells", "words"), WITHOUT_HOURS, ids=lambda one: one[0] if len(one) == 4 else ""
)
def test_free_times_without_hours_are_asked_for_by_name_and_read_when_said(
    tmp_path: Path, heading: str, cells: tuple[str, ...], words: list[str]
) -> None:
    """Days alone were something to have in common, and "L,X,V" three tags."""
    draft = draft_of(tmp_path, {heading: cells}, {heading: cells[::-1]})
    assert column(draft, "mentees", heading).kind == "times"
    (times,) = [
        one
        for one in draft.proposals
        if heading in (one.entry.get("column"), one.entry.get("mentee"))
    ]
    assert times.entry["kind"] == "Availability"
    assert set(words) <= set(times.entry["read"])
    assert not times.is_used
    assert all(f'"{word}"' in times.asks for word in words)
    said = {**times.entry, "read": dict.fromkeys(times.entry["read"], "Mon-Sun 18:00-20:00")}
    cohort = mm.Cohort(pd.DataFrame({heading: cells}), pd.DataFrame({heading: cells[::-1]}))
    hours = mm.Criteria.from_dict({"criteria": [said]}).score(cohort)
    assert not pd.isna(hours.dense()).any()


def test_a_ranking_in_one_cell_is_nothing_that_two_have_in_common(tmp_path: Path) -> None:
    """All rank the same three goals, so each pair had "3 of 3 in common", unasked."""
    orders = ("Career;Skills;Network;", "Network;Career;Skills;", "Skills;Network;Career;")
    heading = "Rank what matters to you"
    ranked = {heading: (*orders, orders[0])}
    written = draft_of(tmp_path, ranked, {heading: (orders[1], *orders)}).text
    rest = written[written.index('kind = "TagOverlap"') - 400 :]
    assert "as of a question that asks for a ranking" in " ".join(rest.replace("# ", "").split())
    assert [one["kind"] for one in tomllib.loads(written)["criteria"]] == ["SkillCoverage"]
    chosen = {heading: ("Career;Skills", "Career;Skills;Network", "Network", "Career")}
    written = draft_of(tmp_path, chosen, {heading: (orders[1], *orders)}).text
    # What the mentors rank is a ranking still.
    assert [one["kind"] for one in tomllib.loads(written)["criteria"]] == ["SkillCoverage"]
    written = draft_of(tmp_path, chosen, chosen).text
    kinds = [one["kind"] for one in tomllib.loads(written)["criteria"]]
    assert kinds == ["SkillCoverage", "TagOverlap"]


def test_free_times_in_words_of_all_kinds_are_never_what_two_have_in_common(tmp_path: Path) -> None:
    """They were an active TagOverlap: "Mon 8-9am" shared nothing with "MWF 9-11am PT"."""
    heading = "When are you free?"
    draft = draft_of(
        tmp_path,
        {heading: ("Tue/Thu after 3pm PT", "Mon-Wed mornings", "MWF 9-11am PT", "M-F after 5pm")},
        {heading: ("lunch ET", "Fri 1pm ET", "Tue 12-2 PT", "Mon-Wed mornings")},
    )
    assert [one["kind"] for one in tomllib.loads(draft.text)["criteria"]] == ["SkillCoverage"]
    kinds = {one.kind for one in draft.columns if one.name == heading}
    assert kinds == {"times"}
    assert '# kind = "Availability"' in draft.text
    # How long, and from when, are no times of a week.
    for cells in (("2h a week", "3h a week", "1h", "2h"), ("in March", "in May", "now", "in May")):
        draft = draft_of(tmp_path, {heading: cells}, {heading: cells[::-1]})
        assert "times" not in {one.kind for one in draft.columns if one.name == heading}


def test_numbers_of_students_are_never_offered_as_seats(tmp_path: Path) -> None:
    """ "Matricola" was: 101 mentees for one."""
    heading = "Matricola"
    numbers = ("101", "745", "987", "1203")
    note = draft_of(tmp_path, {heading: numbers}, {heading: numbers[::-1]}).notes["capacity"]
    assert heading not in note
    few = ("1", "3", "2", "1")
    note = draft_of(tmp_path, {}, {"Kolik": few}).notes["capacity"]
    assert 'capacity = "Kolik"' in note


def test_a_row_that_tries_the_form_is_said_by_init(tmp_path: Path) -> None:
    names = {"Name": ("Uma Ulm", "Vic Vogt", "Test Test", "Xia Xu")}
    draft = draft_of(tmp_path, names, {})
    assert "row 4: 'Test Test'" in draft.notes["people"]
    assert "seems to be a trial of the form" in draft.notes["people"]


@pytest.mark.parametrize("marks", [("x", ""), ("TRUE", "FALSE"), ("1", ""), ("☑", "☐")])
def test_boxes_that_both_tables_have_are_read_as_one_question_which_is_a_guess(
    tmp_path: Path, marks: tuple[str, str]
) -> None:
    """With a column for each skill and x below it, nothing was recognised."""
    yes, no = marks
    skills = {"Lua": (yes, no, yes), "SQL": (no, yes, yes), "Go": (yes, yes, no)}
    tables = {"a.csv": ("Ada A", "Bo B", "Cy C"), "b.csv": ("Dee D", "Eli E", "Fay F")}
    for file, names in tables.items():
        (tmp_path / file).write_text(csv_of({"Name": names, **skills}), encoding="utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert draft.cohort.tags("mentors", "Lua / SQL …") == [
        ("Lua", "Go"), ("SQL", "Go"), ("Lua", "SQL"),
    ]  # fmt: skip
    said = draft.notes["columns"]
    assert 'A guess: the boxes of "Lua / SQL …" are one question' in said
    (cure,) = re.findall(r'kind = "SkillCoverage", wants = .*?, name = "[^"]*"', said)
    old = 'kind = "TagOverlap"\ncolumn = "Lua / SQL …"'
    assert old in draft.text
    assert "No problems found" in validated(tmp_path, draft.text)
    text = draft.text.replace(old, cure.replace(", ", "\n"))
    assert "No problems found" in validated(tmp_path, text)


@pytest.mark.parametrize(
    "headings", [("Woman", "Disabled", "Over 50"), ("Consent", "Active", "Photo"), ("Lua", "Go"),
                 ("Mo", "Di", "Mi")],
)  # fmt: skip
def test_boxes_of_other_things_than_options_are_no_question_of_the_form(
    tmp_path: Path, headings: tuple[str, ...]
) -> None:
    boxes = dict.fromkeys(headings, ("x", "", "x", "x"))
    notes = draft_of(tmp_path, boxes, boxes).notes
    assert notes.keys().isdisjoint({"columns", "grids"})


@pytest.mark.parametrize(
    ("heading", "ticked", "read"),
    [("Datenschutz", ("x", "", "", "x"), True), ("GDPR", ("x", "", "", "x"), True),
     ("Datenschutz", ("x", "x", "x", "x"), False), ("Consent", ("x", "", "", "x"), False),
     ("Einwilligung Datenschutz", ("x", "", "", "x"), False)],
)  # fmt: skip
def test_data_protection_between_ticked_skills_is_one_of_them_and_consent_is_not(
    tmp_path: Path, heading: str, ticked: tuple[str, ...], read: bool
) -> None:
    """It cut the boxes in two, and the skills beside it were lost."""
    some = ("x", "", "x", "")
    boxes = {"Python": some, "SQL": some[::-1], heading: ticked, "Docker": some}
    draft = draft_of(tmp_path, boxes, boxes)
    options = [one["options"] for one in tomllib.loads(draft.text).get("columns", ())]
    assert options == ([list(boxes)] if read else [])
    said = f'"{heading}" may be a consent too: then take it out of its options.'
    told = [line for one in describe_draft(tmp_path / "a.toml", draft) for line in one.lines]
    assert (said in " ".join(told)) == read


@pytest.mark.parametrize("ticked", [("x", "x", "x", ""), ("x", "", "x", "")])
def test_data_protection_ticked_by_more_than_skills_are_is_asked_about(
    tmp_path: Path, ticked: tuple[str, ...]
) -> None:
    """To consent, as 75 % did, counted as having something in common."""
    some = ("x", "", "", "")
    boxes = {"SQL": some, "Python": some[::-1], "Datenschutz": ticked, "Excel": some, "Java": some}
    draft = draft_of(tmp_path, boxes, boxes)
    assert "columns" not in tomllib.loads(draft.text)
    assert "and out of its options what is none" in " ".join(draft.text.split())


@pytest.mark.parametrize(
    "headings", [("Muslim", "Christian", "Hindu", "Jewish"), ("Black", "Asian", "White", "Mixed"),
                 ("Female", "Male", "Non-binary"), ("Gay", "Straight", "Bisexual"),
                 ("weiblich", "männlich", "divers")],
)  # fmt: skip
def test_boxes_of_a_protected_attribute_are_left_out_and_nothing_is_said_of_ticking_the_same(
    tmp_path: Path, headings: tuple[str, ...]
) -> None:
    """Letters said "you have 2 of 2 in common: Jewish, Muslim"."""
    boxes = dict.fromkeys(headings, ("x", "", "x", "x"))
    draft = draft_of(tmp_path, boxes, boxes)
    assert {one.kind for one in draft.columns if one.name in headings} == {"protected"}
    assert "ticked" not in screen_of(tmp_path, draft)
    assert draft.notes.keys().isdisjoint({"columns", "grids"})


def test_answers_that_are_religions_are_protected_as_genders_are(tmp_path: Path) -> None:
    cells = ("Muslim", "Christian", "Hindu", "Muslim")
    draft = draft_of(tmp_path, {"Community": cells}, {"Community": cells})
    assert column(draft, "mentors", "Community").why == "the answers speak of religion or belief"


@pytest.mark.parametrize("others", [True, False])
@pytest.mark.parametrize(
    ("headings", "marks"),
    [
        (("Newsletter", "Photos", "Vegetarian"), ("x", "")),
        (("SQL", "Go", "Photo ok", "Will attend kickoff", "Paid fee"), ("TRUE", "FALSE")),
    ],
)
def test_whether_boxes_that_are_not_all_skills_are_one_question_is_asked(
    tmp_path: Path, headings: tuple[str, ...], marks: tuple[str, str], others: bool
) -> None:
    """They became one criterion, with no question."""
    yes, no = marks
    boxes = {name: (yes, no, yes, (yes, no)[k % 2]) for k, name in enumerate(headings)}
    more = [MENTEES, MENTORS] if others else [{"Name": one["Name"]} for one in (MENTEES, MENTORS)]
    for file, columns in zip(("a.csv", "b.csv"), more, strict=True):
        (tmp_path / file).write_text(csv_of({**columns, **boxes}), encoding="utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert {"columns", "criteria"} & tomllib.loads(draft.text).keys() <= {"criteria"}
    assert "Both tables have boxes to tick side by side: " in draft.notes["grids"]
    told = {one.title: one.lines for one in describe_draft(tmp_path / "programme.toml", draft)}
    assert f"- {draft.notes['grids']}" in told["Questions for you"]
    named = f"{headings[0]} / {headings[1]} …"
    (plain, coverage) = re.findall(
        r'kind = "\w+", (?:column|wants) = .*?, weight = 1', draft.notes["grids"]
    )
    for cure in (plain, coverage):
        text = re.sub(r'(?m)^# (\[\[columns|(?:name|pattern|options) = |kind = "values")', r"\1",
                      draft.text)  # fmt: skip
        entry = "[[criteria]]\n" + cure.replace(", ", "\n")
        assert named in entry
        assert "No problems found" in validated(tmp_path, f"{text}\n{entry}\n")


def test_wishes_and_refusals_in_one_column_are_to_be_divided(tmp_path: Path) -> None:
    """A rule was proposed that keeps people from whom they wish for."""
    heading = "Anything else? (wishes, people you'd rather not be paired with)"
    cells = ("Uma Ulm", "Happy to mentor Vic Vogt", "", "Wes Wolf")
    draft = draft_of(tmp_path, {}, {heading: cells})
    (found,) = (one for one in draft.columns if one.name == heading)
    assert found.question
    assert "with whom and with whom not, in one column: divide it into two" in found.why
    assert "Avoids" not in {one["kind"] for one in tomllib.loads(draft.text)["criteria"]}


def test_hours_of_a_day_that_also_stands_alone_are_not_said_to_be_unclear(tmp_path: Path) -> None:
    """Of "lundi 17h-19h" it was said that it is not clear which times belong to "lundi"."""
    heading = "Disponibilités"
    mentees = {heading: ("lundi 17h-19h", "mardi soir", "lundi", "lundi 18h-20h")}
    mentors = {heading: ("lundi 17h-19h", "mardi 18h-20h", "jeudi matin", "jeudi 8h-10h")}
    text = " ".join(draft_of(tmp_path, mentees, mentors).text.replace("# ", "").split())
    assert "not clear" not in text
    assert 'They are "soir", "matin", "lundi"' in text


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Available from", ("September", "now", "01/10/2026", "")),
        ("Verfügbar ab", ("ab März", "sofort", "1.4.", "ab Mai")),
        ("Disponibilità", ("Disponibile dal 15/01", "dal 1/2", "da marzo", "dal 15/01/2027")),
        ("When can you start?", ("2099-01-15", "2099-02-01", "2020-01-01", "2099-01-15")),
        ("Available from", ("KW 14", "KW 15", "KW 14", "")),
        ("Start week", ("week 14", "wk 15") * 2),
        # Dates whose month stands first were hours, and numbers of weeks just numbers.
        ("When can you start?", ("asap", "March", "01.20", "12.20")),
        ("Startwoche", ("14", "15", "16", "")),
        ("Start week", ("14", "15", "16", "15")),
        ("Start week", ("14", "15", "ASAP.", "15")),
        ("Startwoche", ("14", "sofort", "16", "")),
        ("Which week can you start?", ("14", "15", "16", "15")),
        ("Start", ("CW 14", "2099-W15", "CW 9", "CW 14")),
        ("Startvecka", ("v. 14", "v 15") * 2),
        ("Verfügbar", ("ab KW 14", "ab KW 15/2099", "ab KW 20", "ab Mai")),
        ("Ab wann?", ("ab 6.4.", "ab 18.10.", "ab 1.5.", "ab Mai")),
        ("Od kiedy możesz zacząć?", ("od marca", "teraz", "2027-02-01", "luty")),
        ("Earliest start", ("asap", "immediately", "Q2", "in May")),
        ("Frühester Beginn", ("1. März", "ab sofort", "Mitte April", "März 2027")),
    ],
)
def test_from_when_somebody_can_begin_is_said_to_be_read_by_nothing_with_what_to_do(
    tmp_path: Path, heading: str, cells: tuple[str, ...]
) -> None:
    """It was "asked of one side only", where both sides had it, or a time stamp of the form."""
    draft = draft_of(tmp_path, {heading: cells}, {heading: cells[::-1]})
    found = [one for one in draft.columns if one.name == heading]
    assert {(one.kind, one.question) for one in found} == {("start", True)}
    assert "no rule reads from when somebody can begin" in found[0].why
    (cure,) = re.findall(r"columns = \[.*?\]", found[0].why)
    text = draft.text.replace("\n[output]\n", f"\n[output]\n{cure}\n")
    assert "No problems found" in validated(tmp_path, text)


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Available from", ("Mon 9-11", "Tue 17-19", "Wed 9-12", "Mon 10-12")),
        ("Available", ("from 5pm", "Mon from 17:00", "ab 18 Uhr", "evenings")),
        ("Verfügbar ab", ("ab 18.30", "ab 17.10", "ab 18.00", "ab 19.00")),
        ("Verfügbar ab", ("ab 10.15", "ab 10.10", "ab 9.30", "ab 10.15")),
        ("Available from", ("18.30", "asap", "now", "19.00")),
        ("Start week", ("14", "2027", "16", "15")),
        ("How many hours a week can you start with?", ("2", "3", "2", "4")),
        ("Available", ("from 6 pm", "from 18:30", "from 6pm", "from 5 pm")),
        ("Start date", ("2015-03-01", "2012-01-01", "2020-09-01", "2015-03-01")),
        ("Start date", ("3/4/2015", "1/1/2012", "9/4/2020", "15/3/2015")),
        ("Which week was best?", ("week 14", "week 3", "week 14", "week 2")),
        ("Timestamp", ("2027-01-15", "2027-02-01", "2027-01-01", "2027-01-15")),
        ("City", ("from Berlin", "from Bonn", "from Rome", "from Berlin")),
        ("Which topics can you start with?", ("SQL;Go", "Go", "SQL", "SQL;Go")),
        ("What level are you starting from?", ("Junior", "Mid", "Senior", "Junior")),
        ("Available from", ("Berlin", "Bonn", "Berlin", "Bonn")),
        ("Can you start in January?", ("yes", "no", "yes", "yes")),
        ("Od kiedy programujesz?", ("5 lat", "2 lata", "od 2015", "5 lat")),
        ("Da quando lavori qui?", ("5 anni", "2 anni", "1 anno", "5 anni")),
        ("Da quando lavori qui?", ("2015-03-01", "2012-01-01", "2020-09-01", "2015-03-01")),
        ("Desde cuándo programas?", ("2015", "2012", "2020", "2015")),
        ("Where did you start from?", ("Sales", "Marketing", "Sales", "IT")),
        ("Where are you from?", ("from Marseille", "from Augsburg", "from Marburg", "Juneau")),
    ],
)
def test_hours_and_other_columns_are_no_days_from_which_somebody_can_begin(
    tmp_path: Path, heading: str, cells: tuple[str, ...]
) -> None:
    draft = draft_of(tmp_path, {heading: cells}, {heading: cells})
    assert "start" not in {one.kind for one in draft.columns}


def test_dates_in_the_past_are_said_not_to_be_taken_for_when_somebody_can_begin(
    tmp_path: Path,
) -> None:
    """The dates on which people were hired counted as those from which they can begin."""
    hired = {"Start date": ("2015-03-01", "2012-01-01", "2020-09-01", "2015-03-01")}
    screen = " ".join(screen_of(tmp_path, draft_of(tmp_path, hired, hired)).split())
    assert '"Start date": date or time stamp. The heading may ask from when somebody can' in screen
    assert "nearly all dates are before today" in screen


def test_topics_and_levels_to_start_with_are_drafted(tmp_path: Path) -> None:
    """Both were taken for when somebody can begin, and nothing was recognised."""
    asked = {
        "Which topics can you start with?": ("SQL;Go", "Go", "SQL;Go", "SQL"),
        "What level are you starting from?": ("Junior", "Senior", "Senior", "Junior"),
    }
    for file, people in (("a.csv", MENTEES), ("b.csv", MENTORS)):
        columns = {"Name": people["Name"], **asked}
        (tmp_path / file).write_text(csv_of(columns), encoding="utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert {one.entry["kind"] for one in draft.proposals} == {"TagOverlap", "LevelGap"}


def test_days_of_a_workbook_are_days_from_which_somebody_can_begin(tmp_path: Path) -> None:
    """Midnight behind each date made a time stamp of them."""
    days = pd.to_datetime(["2099-01-15", "2099-02-01", "2099-01-01", "2099-01-15"])
    paths = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path, columns in zip(paths, (MENTEES, MENTORS), strict=True):
        pd.DataFrame({**columns, "Available from": days}).to_excel(path, index=False)
    draft = write_draft(*paths, tmp_path / "programme.toml")
    assert column(draft, "mentees", "Available from").kind == "start"


def list_proposed_toml(draft: Draft) -> list[str]:
    """What a draft proposes in comments: whole tables, and lists and tables within sentences."""
    proposed = [
        re.sub(r"(?m)^# (?:# )?", "", block)
        for block in re.findall(r'(?m)^# \[\[\w+\]\]\n(?:# (?:# )?["\w].* = .*\n)*', draft.text)
    ]
    said = [*draft.notes.values(), *(one.why for one in draft.columns)]
    said += [f"{one.guess} {one.open_points}" for one in draft.proposals]
    for text in said:
        for found in re.finditer(r"\b(\w+ = )([\[{])", text):
            # Up to the bracket that closes it, none of those in quotes.
            marks = re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text[found.start(2) :])
            depth = 0
            for mark in marks:
                depth += (mark[0] in "[{") - (mark[0] in "]}")
                if not depth:
                    proposed.append(text[found.start() : found.start(2) + mark.end()])
                    break
    return proposed


@pytest.mark.parametrize(
    ("heading", "mentees", "mentors"),
    [
        ("I like early mornings", ("Agree", "Disagree", "Neutral", "Agree"), None),
        (
            "I plan ahead",
            ("Strongly agree", "Sometimes", "Rather likely", "Neutral"),
            ("Likely", "Sometimes", "Neutral", "Never"),
        ),
        ('The "big" [one]', ("often", "so so [often]", "never", "sometimes"), None),
        ("I agree [terms]", ("Yes", "No", "Yes", "No"), None),
        ("Free?", ("evenings", "Mon 9-10", "after 6pm", "mornings"), None),
        ("Topics", ("a, b", "a, b, c", "c", "d, a, b"), ("a, b", "d", "c, d", "d")),
        ("Skill level in Lua", ("1 (best)", "2", "3", "1 (best)"), None),
        ("Grade", ("Wizard", "Knight", "Elf", "Elf"), ("Elf", "Wizard", "Orc", "Orc")),
        ("Office", ("Rome", "Remote", "Anywhere", "Bonn"), ("Rome", "Remote", "Bonn", "Bonn")),
    ],
)
def test_what_a_draft_proposes_in_comments_is_toml(
    tmp_path: Path, heading: str, mentees: tuple[str, ...], mentors: tuple[str, ...] | None
) -> None:
    """Of steps whose order is not known it proposed ladder = [the steps, lowest first]."""
    quoted = heading.replace('"', '""')
    draft = draft_of(tmp_path, {quoted: mentees}, {quoted: mentors or mentees})
    for text in list_proposed_toml(draft):
        tomllib.loads(text)


def test_a_day_with_a_word_beside_hours_is_asked_for_with_the_words_to_give_hours_to(
    tmp_path: Path,
) -> None:
    """It said "Fri has no time", and no way out that lets the table as it is."""
    heading = "Verfügbarkeit"
    mentees = {heading: ("Mo-Do 9-15 Uhr, Fr frei", "Mo 17-19 Uhr", "Di 9-12 Uhr", "Mi 9-15 Uhr")}
    mentors = {heading: ("Mo-Fr 9-15 Uhr", "Di 17-19 Uhr", "Do 10-12 Uhr", "Mi 8-9 Uhr")}
    draft = draft_of(tmp_path, mentees, mentors)
    (times,) = (one for one in draft.proposals if one.entry["kind"] == "Availability")
    assert times.entry["read"] == {"Fr frei": ""}
    assert not times.obstacle


def test_a_row_that_tries_the_form_is_said_first_where_it_takes_a_seat(tmp_path: Path) -> None:
    """It stood below the notes, and somebody had no mentor for it."""
    names = {"Name": ("Uma Ulm", "Vic Vogt", "Test Test", "Xia Xu")}
    text = draft_of(tmp_path, names, {}).text
    told = validated(tmp_path, text)
    first = told.index("First of all")
    assert first < told.index("seems to be a trial of the form") < told.index("No problems found")
    assert told.count("seems to be a trial of the form") == 1


def test_boxes_beside_protected_ones_are_of_their_kind(tmp_path: Path) -> None:
    """ "Hispanic or Latino" beside "Asian" and "White" was proposed as what two have in common."""
    heads = ("Black or African American", "Hispanic or Latino", "Native Hawaiian", "Asian", "White")
    boxes = {
        one: tuple("x" if k == place % 4 else "" for k in range(4))
        for place, one in enumerate(heads)
    }
    skills = ("Go", "SQL") * 2
    draft = draft_of(tmp_path, {**boxes, "Wants": skills}, {**boxes, "Offers": skills})
    assert "TagOverlap" not in draft.text
    assert "in common" not in str(draft.notes)
