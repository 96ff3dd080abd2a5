"""A small word, such as yes or none, of any language is understood wherever such words are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mentormatch.cohort.cells.nothing import fold_words
from mentormatch.cohort.cells.small_words import WordKind, words_by_language
from mentormatch.cohort.columns.answers import read_answer
from mentormatch.cohort.columns.roles import role_of
from mentormatch.cohort.seats import may_mean_zero
from mentormatch.criteria.availability.windows import packed_windows, reader_of_column
from mentormatch.criteria.cells.answers import (
    means_anything,
    means_nobody,
    names_no_place,
    read_yes,
)
from mentormatch.criteria.recognition.contents import NOTHING_TO_SAY
from mentormatch.criteria.words.heading_words import plain_text, says_not
from mentormatch.criteria.words.scales import are_yes_no
from mentormatch.feedback.answers.scales import has_answer, recognise_scale
from mentormatch.planning.training.needs import BEGINNERS
from mentormatch.programme.questions.remarks import NOT

if TYPE_CHECKING:
    from collections.abc import Callable

Place = tuple[str, "Callable[[str], object]"]


def decides_a_rule(said: bool) -> Place:
    return "a rule for who asks", lambda word: read_yes(word) is said


def is_worth(worth: float) -> Place:
    return "a cell of a grid", lambda word: read_answer(word.capitalize()) == worth


IN_A_COLUMN: Place = ("a column of yes and no", lambda word: are_yes_no(["yes", plain_text(word)]))
NO_RATING: Place = ("an answer of a survey", lambda word: not has_answer(word))
NO_REMARK: Place = ("a column of remarks", lambda word: plain_text(word) in NOTHING_TO_SAY)
EMPTY: Place = ("any cell of a table", lambda word: word in fold_words(None))
TURNS: list[Place] = [
    ("a heading", lambda word: says_not(f"With whom {word}")),
    ("a remark", lambda word: plain_text(word) in NOT),
]
OF_HOURS: Place = ("a week", lambda word: not reads_hours(f"{word} Mon 10:00-12:00"))
PLACES: dict[WordKind, list[Place]] = {
    "yes": [decides_a_rule(True), is_worth(1), IN_A_COLUMN],
    "true": [decides_a_rule(True), is_worth(1), IN_A_COLUMN],
    "tick": [decides_a_rule(True), is_worth(1), IN_A_COLUMN],
    "no": [
        decides_a_rule(False),
        is_worth(0),
        IN_A_COLUMN,
        NO_REMARK,
        ("experience of mentors", lambda word: word in BEGINNERS),
        ("a role", lambda word: role_of(f"{word} mentor") is None),
    ],
    "false": [decides_a_rule(False), is_worth(0), IN_A_COLUMN],
    "cross": [decides_a_rule(False), is_worth(0), IN_A_COLUMN],
    "letter_for_yes": [is_worth(1)],
    "letter_for_no": [is_worth(0), decides_a_rule(False)],
    "maybe": [is_worth(0.5), IN_A_COLUMN],
    "unknown": [IN_A_COLUMN, NO_RATING],
    "none": [("seats", may_mean_zero), EMPTY, NO_REMARK, NO_RATING],
    "no_answer": [EMPTY, NO_REMARK, NO_RATING],
    "nothing": [NO_REMARK],
    "nobody": [("whom not to meet", means_nobody)],
    "no_preference": [
        decides_a_rule(False),
        IN_A_COLUMN,
        ("topics and skills", means_anything),
    ],
    "anything": [("topics and skills", means_anything)],
    "anywhere": [("a place", lambda word: names_no_place(word, "Standort"))],
    "not": [*TURNS, OF_HOURS, ("a role", lambda word: role_of(f"{word} mentor") is None)],
    "never": TURNS,
    "without": [*TURNS, OF_HOURS],
    "except": [("a remark", lambda word: plain_text(word) in NOT), OF_HOURS],
    "free": [is_worth(1)],
    "busy": [is_worth(0)],
}


def reads_hours(cell: str) -> bool:
    try:
        packed_windows(cell, reader_of_column(["Mon 10:00-12:00", cell]))
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("kind", "language", "place"),
    [
        pytest.param(kind, language, place, id=f"{kind}-{language}-{place[0]}")
        for kind, places in PLACES.items()
        for language in words_by_language(kind)
        for place in places
    ],
)
def test_a_word_of_one_language_is_understood_wherever_such_words_are_read(
    kind: WordKind, language: str, place: Place
) -> None:
    where, understands = place
    for word in words_by_language(kind)[language]:
        assert understands(word), f"{word!r} is not understood in {where}"


def test_each_kind_of_small_words_is_read_somewhere() -> None:
    """A kind without a place would be a list that nobody reads."""
    assert set(PLACES) == set(WordKind.__args__)


@pytest.mark.parametrize("language", sorted(set(words_by_language("maybe"))))
def test_no_maybe_and_yes_are_a_scale_of_a_survey_in_each_language(language: str) -> None:
    """Only four languages had such a scale."""
    answers = [words_by_language(kind)[language][0] for kind in ("no", "maybe", "yes")]
    scale = recognise_scale(answers)
    assert scale is not None
    assert [scale.read(answer) for answer in answers] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize("cell", ["☑", "✓", "✗", "☐", "wahr", "falsch"])
def test_a_ticked_box_is_no_blank_and_a_word_for_true_is_read(cell: str) -> None:
    """A ☑ was read as no where somebody asks for a mentor of the own kind."""
    assert read_yes(cell) is (cell in "☑✓wahr")


def test_a_letter_or_a_word_of_two_languages_is_read_only_where_it_can_be_meant() -> None:
    assert not are_yes_no(["s", "m"])
    assert not are_yes_no(["s", "t"])
    with pytest.raises(ValueError, match="expected yes or no"):
        read_yes("O mentor decide")
    assert read_yes("da, of course")
    assert not read_yes("da igual")
    # Inga is a name.
    assert "inga" not in fold_words(None)
    assert reads_hours("Mon 10:00-12:00")
    assert role_of("mentor") == "mentor"
    assert has_answer("vielleicht")
