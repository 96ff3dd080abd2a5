"""Draw the people of a programme, what they were asked, and what each column holds."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
HEADINGS: dict[str, dict[str, list[str]]] = tomllib.loads(
    (HERE / "headings.toml").read_text("utf-8")
)
ANSWERS: dict[str, dict[str, Any]] = tomllib.loads((HERE / "answers.toml").read_text("utf-8"))
TECHNOLOGIES = ["Python", "Lua", "Go", "Rust", "SQL", "Kubernetes", "C++", "Java", "Docker", "Git"]
GIVEN = [
    "Ada",
    "Bo",
    "Cleo",
    "Dan",
    "Eve",
    "Fay",
    "Gil",
    "Hana",
    "Ivo",
    "Jana",
    "Kai",
    "Lena",
    "Milo",
    "Nora",
    "Otto",
    "Pia",
    "Quin",
    "Rosa",
    "Sven",
    "Tara",
    "Uma",
    "Vito",
    "Wanda",
    "Yara",
    "Zeno",
    "Alba",
    "Bent",
    "Cora",
    "Dora",
    "Emil",
]
FAMILY = [
    "Ahlers",
    "Bruun",
    "Costa",
    "Dietz",
    "Ebner",
    "Falk",
    "Groot",
    "Holm",
    "Ilves",
    "Jansen",
    "Kovac",
    "Lind",
    "Moreau",
    "Novak",
    "Olsen",
    "Pinto",
    "Quast",
    "Rossi",
    "Santos",
    "Torres",
    "Urban",
    "Vidal",
    "Weber",
    "Young",
    "Zanetti",
    "Berger",
    "Castro",
    "Dubois",
]
ZONES = ["Europe/Berlin", "Europe/London", "America/New_York", "America/Sao_Paulo", "UTC"]
SEAT_WORDS = {"1": "1", "2": "up to 2", "3": "3"}
# How likely a programme asks for something beyond skills.
OPTIONAL = {
    "topics": 0.5, "goals": 0.6, "level": 0.6, "team": 0.5, "field": 0.5, "place": 0.4,
    "times": 0.4, "seats": 0.85, "years": 0.6, "past": 0.4, "hours": 0.4, "wished": 0.25,
    "manager": 0.25, "conflict": 0.2, "gender": 0.3, "age": 0.25, "consent": 0.6, "rating": 0.5,
    "comment": 0.7, "phone": 0.3, "link": 0.3, "heard": 0.3,
}  # fmt: skip
MENTORS_ONLY = ("seats", "past", "hours")
MENTEES_ONLY = ("wished", "heard")
# What a column of each question is, as `init` calls it.
KEY = {
    "name": "name", "email": "identity", "skills": "skills", "topics": "topics", "goals": "text",
    "level": "level", "team": "group", "field": "same", "place": "same", "times": "times",
    "zone": "time zone", "seats": "seats", "years": "number", "past": "number", "hours": "number",
    "wished": "wishes", "manager": "superior", "conflict": "conflicts", "gender": "protected",
    "age": "protected", "consent": "yes or no", "rating": "rating", "comment": "comment",
    "phone": "contact", "link": "contact", "heard": "one-sided",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """One question of a form: its heading, what it is, and each person's answers.

    Parameters
    ----------
    heading
        As the form asks it.
    what
        The name of the question in `KEY`.
    answers
        One list per person; several answers of a person are several texts.
    """

    heading: str
    what: str
    answers: list[list[str]]


@dataclass(frozen=True)
class Export:
    """A pair of tables as one tool exports them, before they are written.

    Parameters
    ----------
    name
        Says tool, language and number.
    tool, language
        Who exports it, and what language it asks in.
    mentees, mentors
        The questions of each form.
    """

    name: str
    tool: str
    language: str
    mentees: list[Question]
    mentors: list[Question]


def draw_exports(seed: int, count: int, tools: tuple[str, ...]) -> Iterator[Export]:
    """Draw pairs of exports; tools and languages take turns, everything else is by lot.

    Parameters
    ----------
    seed
        The same seed gives the same exports.
    count
        How many pairs.
    tools
        Names of tools.
    """
    rng = np.random.default_rng(seed)
    languages = list(HEADINGS)
    for number in range(count):
        tool = tools[number % len(tools)]
        language = languages[(number + 3 * (number // len(tools))) % len(languages)]
        mentees, mentors = _Programme(rng, language).questions()
        yield Export(f"{number:03d}-{tool}-{language}", tool, language, mentees, mentors)


class _Programme:
    """The people of one programme and the questions that they were asked."""

    def __init__(self, rng: np.random.Generator, language: str) -> None:
        self.rng = rng
        self.headings, self.answers = HEADINGS[language], ANSWERS[language]
        n, m = int(rng.integers(22, 45)), int(rng.integers(14, 26))
        pairs = rng.permutation(len(GIVEN) * len(FAMILY))[: n + m]
        people = [(GIVEN[k % len(GIVEN)], FAMILY[k // len(GIVEN)]) for k in pairs.tolist()]
        self.people = {"mentees": people[:n], "mentors": people[n:]}
        skills = [*TECHNOLOGIES, *self.answers["skills"]]
        self.skills = [skills[k] for k in rng.permutation(len(skills))[:12]]
        self.by_name = rng.random() < 0.3

    def questions(self) -> tuple[list[Question], list[Question]]:
        asked = [what for what, share in OPTIONAL.items() if self.rng.random() < share]
        if "times" in asked:
            asked.insert(asked.index("times") + 1, "zone")
        asked = ["skills", *asked]
        order = self.rng.permutation(len(asked)).tolist()
        headings = {what: self._heading(what) for what in ("name", *asked)}
        headings["email"] = self._heading("email")
        sides = []
        for side, number in (("mentees", 0), ("mentors", 1)):
            other = MENTORS_ONLY if side == "mentees" else MENTEES_ONLY
            first = ["name"] if self.by_name else ["email", "name"]
            chosen = [*first, *(asked[k] for k in order if asked[k] not in other)]
            sides.append(
                [
                    Question(
                        headings[what].split("|")[min(number, headings[what].count("|"))],
                        "identity by name" if what == "name" and self.by_name else what,
                        [self._answer(what, side, person) for person in self.people[side]],
                    )
                    for what in chosen
                ]
            )
        return sides[0], sides[1]

    def _heading(self, what: str) -> str:
        known = self.headings["wants_offers" if what == "skills" else what]
        return known[int(self.rng.integers(len(known)))]

    def _pick(self, given: list[str], low: int, high: int) -> list[str]:
        size = int(self.rng.integers(low, high + 1))
        return [given[k] for k in sorted(self.rng.permutation(len(given))[:size].tolist())]

    def _one(self, given: list[str]) -> list[str]:
        return [given[int(self.rng.integers(len(given)))]]

    def _text(self) -> list[str]:
        words = self.answers["words"].split()
        start = int(self.rng.integers(len(words)))
        turned = (words[start:] + words[:start])[: int(self.rng.integers(9, 22))]
        return [" ".join(turned).capitalize() + "."]

    def _answer(self, what: str, side: str, person: tuple[str, str]) -> list[str]:
        rng, answers = self.rng, self.answers
        number = int(rng.integers(1, 4))
        others = self.people["mentors" if side == "mentees" else "mentees"]
        if what == "name":
            return [" ".join(person)]
        if what == "email":
            return [_address(person)]
        if what == "skills":
            return self._pick(self.skills, 1, 3 if side == "mentees" else 5)
        if what == "topics":
            return self._pick(answers["topics"], 1, 3)
        if what == "goals":
            return self._text()
        if what in ("level", "team", "field", "place"):
            return self._one(answers[f"{what}s"])
        if what == "times":
            days = self._pick(answers["days"], 1, 3)
            return [f"{day} {9 + 3 * number}:00-{11 + 3 * number}:00" for day in days]
        if what == "zone":
            return self._one(ZONES)
        if what == "seats":
            return [str(number)] if rng.random() < 0.9 else [SEAT_WORDS[str(number)]]
        if what == "years":
            return [str(int(rng.integers(0, 30)))]
        if what == "past":
            return [str(int(rng.integers(0, 12)))]
        if what == "hours":
            return [str(int(rng.integers(1, 11)))]
        if what == "wished":
            wished = rng.permutation(len(others))[: int(rng.integers(0, 4))].tolist()
            return [self._called(others[k]) for k in wished]
        if what == "manager":
            if side == "mentors" or rng.random() < 0.4:
                return ["Head Office" if self.by_name else "head.office@company.example"]
            return [self._called(others[int(rng.integers(len(others)))])]
        if what == "conflict":
            few = rng.permutation(len(others))[: int(rng.integers(0, 3))].tolist()
            return [" ".join(others[k]) for k in few]
        if what == "age":
            return [f"{int(rng.integers(1, 29))}.{int(rng.integers(1, 13))}.19{number + 6}1"]
        if what == "phone":
            return [f"+49 30 {int(rng.integers(1_000_000, 9_999_999))}"]
        if what == "link":
            return [f"https://www.linkedin.com/in/{'-'.join(person).lower()}"]
        if what == "comment":
            return self._one(answers["none"]) if rng.random() < 0.7 else self._text()
        lists = {"gender": "genders", "consent": "yes_no", "rating": "agree", "heard": "heard"}
        return self._one(answers[lists[what]])

    def _called(self, person: tuple[str, str]) -> str:
        return " ".join(person) if self.by_name else _address(person)


def _address(person: tuple[str, str]) -> str:
    return f"{person[0]}.{person[1]}@company.example".lower()
