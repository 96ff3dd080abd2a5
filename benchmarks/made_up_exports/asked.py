"""Draw exports as people ask and answer: grids, ranks, zones, seats in words, two-line headings.

The words of this generator (asked.toml) are its own: what a reader of tables knows by heart says
nothing about what it reads in a table that it has never seen.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from made_up_exports.exports import FAMILY, GIVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORDS: dict[str, dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "asked.toml").read_text("utf-8")
)
STYLES = ("google-forms", "microsoft-forms", "typeform", "surveymonkey", "airtable", "by-hand",
          "one-table")  # fmt: skip
ZONES = ["(UTC+01:00) Amsterdam, Berlin, Bern, Rome", "Europe/Warsaw", "GMT-3", "UTC+2", "CET",
         "(UTC-05:00) Eastern Time (US & Canada)", "America/Bogota"]  # fmt: skip
# What `init` may call the answers to a question. None of the kinds of one question counts for or
# against a pair in another way than the others do.
KEY: dict[str, tuple[str, ...]] = {
    "email": ("identity", "e-mail"), "name": ("identity", "name"), "first": ("name", "identity"),
    "last": ("name", "identity"), "skills": ("skills", "topics"), "rated": ("skills", "topics"),
    "slots": ("times",), "hours": ("times",), "zone": ("time zone",), "seats": ("seats",),
    "level": ("level", "same"), "years": ("number",), "share": ("number",),
    "boss_first": ("superior",), "boss_last": ("superior",), "boss": ("superior",),
    "wish": ("wishes",), "wish2": ("wishes",), "block": ("conflicts",),
    "goals": ("text",), "remark": ("comment", "one-sided"), "consent": ("yes or no", "constant"),
    "scale": ("rating", "one-sided"), "hobby": ("topics",), "office": ("same",),
    "unit": ("group",), "born": ("protected",), "role": ("role",),
    "stamp": ("time stamp",), "record": ("record", "running number", "constant", "empty"),
    "empty": ("empty",),
}  # fmt: skip
SHARES = {
    "rated": 0.3, "slots": 0.4, "hours": 0.4, "zone": 0.4, "seats": 0.9, "level": 0.5,
    "years": 0.5, "share": 0.4, "boss": 0.5, "wish": 0.4, "block": 0.3, "goals": 0.6,
    "remark": 0.7, "consent": 0.6, "scale": 0.4, "hobby": 0.4, "office": 0.5, "unit": 0.5,
    "born": 0.3,
}  # fmt: skip
MENTORS_ONLY, MENTEES_ONLY = ("seats",), ("wish", "wish2")


@dataclass(frozen=True)
class Asked:
    """A column of a form: what it is, its heading, the option below it, and the cells."""

    what: str
    heading: str
    cells: list[Any]
    option: str = ""


def write_asked(
    seed: int, count: int, folder: Path
) -> Iterator[tuple[str, Path, Path | None, dict[str, dict[str, str]]]]:
    """Write pairs of tables, or one for everybody, with a key of what each question is.

    Parameters
    ----------
    seed, count
        The same seed gives the same tables.
    folder
        Where they go; a folder for each pair.

    Yields
    ------
    name
        Says style, language and number.
    mentees, mentors
        The files; no second one where the first has everybody.
    key
        By side: what each question is, a key of `KEY`.
    """
    rng = np.random.default_rng([seed, 2])
    for number in range(count):
        style = STYLES[number % len(STYLES)]
        language = list(WORDS)[(number + number // len(STYLES)) % len(WORDS)]
        name = f"{number:03d}-{style}-{language}"
        here = folder / name
        here.mkdir()
        form = _Form(rng, style, language)
        sides = {side: form.ask(side) for side in ("mentees", "mentors")}
        key = {side: {one.heading: one.what for one in columns} for side, columns in sides.items()}
        if style == "one-table":
            # What nobody of a side answered is no question to that side.
            key = {
                side: {one.heading: one.what for one in columns if any(map(str, one.cells))}
                for side, columns in sides.items()
            }
            sides = {"everybody": form.join(sides)}
            for own in key.values():
                own[sides["everybody"][0].heading] = "role"
        paths = [form.write(here / side, columns) for side, columns in sides.items()]
        yield name, paths[0], paths[1] if len(paths) > 1 else None, key


class _Form:
    """One programme: its people, its questions, and the tool that it uses."""

    def __init__(self, rng: np.random.Generator, style: str, language: str) -> None:
        self.rng, self.style = rng, style
        self.ask_words, self.say = WORDS[language]["ask"], WORDS[language]["say"]
        n, m = int(rng.integers(18, 40)), int(rng.integers(12, 24))
        pairs = rng.permutation(len(GIVEN) * len(FAMILY))[: n + m].tolist()
        people = [(GIVEN[k % len(GIVEN)], FAMILY[k // len(GIVEN)]) for k in pairs]
        # Two people of one name, in the table of the mentees.
        self.addresses = [f"{a}.{b}@org.example".lower() for a, b in people]
        if rng.random() < 0.3:
            people[1] = people[0]
            self.addresses[1] = self.addresses[0].replace("@", "2@")
        self.n, self.people = n, people
        self.asked = [what for what, share in SHARES.items() if rng.random() < share]
        self.asked = ["skills", *self.asked]
        if "wish" in self.asked:
            self.asked.insert(self.asked.index("wish") + 1, "wish2")
        self.two_names = style in ("surveymonkey", "airtable") or rng.random() < 0.3
        self.boss_in_two = rng.random() < 0.4
        self.chosen = {
            what: words[int(rng.integers(len(words)))]
            for what, words in self.ask_words.items()
            if isinstance(words, list)
        }
        self.separator = {"microsoft-forms": ";", "by-hand": "; "}.get(style, ", ")

    def heading(self, what: str, side: str) -> str:
        """The question as this side is asked it."""
        both = self.chosen[what].split("|")
        return both[-1] if side == "mentors" and both[-1] else both[0]

    def ask(self, side: str) -> list[Asked]:
        """Everything that one side was asked."""
        people = self.people[: self.n] if side == "mentees" else self.people[self.n :]
        addresses = self.addresses[: self.n] if side == "mentees" else self.addresses[self.n :]
        one = self._column
        columns = self._own_columns(len(people))
        columns.append(one("email", side, addresses))
        if self.two_names:
            columns.append(one("first", side, [first for first, _ in people]))
            columns.append(one("last", side, [last for _, last in people]))
        else:
            columns.append(one("name", side, [" ".join(person) for person in people]))
        for what in self.asked:
            if what not in (MENTORS_ONLY if side == "mentees" else MENTEES_ONLY):
                columns += self._answers(what, side, people)
        if self.style == "typeform":
            columns += self._stamps(len(people), "Start Date (UTC)", "Submit Date (UTC)")
        return columns

    def _column(self, what: str, side: str, cells: list[Any], option: str = "") -> Asked:
        return Asked(what, self.heading(what, side), cells, option)

    def _pick(self, given: list[str], low: int, high: int) -> list[str]:
        size = int(self.rng.integers(low, high + 1))
        return [given[k] for k in sorted(self.rng.permutation(len(given))[:size].tolist())]

    def _one(self, given: list[str]) -> str:
        return given[int(self.rng.integers(len(given)))]

    def _sentence(self, known: list[str], low: int, high: int) -> str:
        """Clauses in an order of their own: hardly two people write the same sentence."""
        clauses = [clause.strip(" .!").split() for text in known for clause in text.split(",")]
        chosen = self.rng.permutation(len(clauses))[: int(self.rng.integers(low, high + 1))]
        said = []
        for k in chosen.tolist():
            spare = max(0, len(clauses[k]) - 3)
            start, end = sorted(self.rng.integers(0, spare + 1, 2).tolist())
            clause = " ".join(clauses[k][start : len(clauses[k]) - spare + end])
            said.append(clause[0].lower() + clause[1:])
        text = ", ".join(said) + self._one([".", "", "!"])
        return text[0].upper() + text[1:]

    def _answers(self, what: str, side: str, people: list[tuple[str, str]]) -> list[Asked]:
        rng, say = self.rng, self.say
        size = range(len(people))
        if what == "rated":
            return self._grid(what, side, say["tools"], lambda _: self._one(say["marks"]), size)
        if what == "slots":
            days = say["days"]
            return self._grid(
                what,
                side,
                say["slots"],
                lambda _: self.separator.join(self._pick(days, 0, 3)),
                size,
            )
        if what in ("skills", "hobby"):
            high = 3 if side == "mentees" else 5
            picked = [self._pick(say[{"skills": "skills", "hobby": "hobby"}[what]], 1, high)
                      for _ in size]  # fmt: skip
            if self.style == "surveymonkey":
                options = sorted({value for values in picked for value in values})
                return [
                    self._column(what, side, [o if o in values else "" for values in picked], o)
                    for o in options
                ]
            end = ";" if self.style == "microsoft-forms" else ""
            return [self._column(what, side, [self.separator.join(v) + end for v in picked])]
        if what == "boss":
            bosses = [self.people[int(k)] for k in rng.integers(self.n, len(self.people), 6)]
            given = [bosses[int(rng.integers(6))] for _ in size]
            if self.boss_in_two:
                return [
                    self._column("boss_first", side, [first for first, _ in given]),
                    self._column("boss_last", side, [last for _, last in given]),
                ]
            return [self._column(what, side, [" ".join(person) for person in given])]
        cells: Callable[[int], Any] = self._cell(what, side)
        return [self._column(what, side, [cells(k) for k in size])]

    def _cell(self, what: str, side: str) -> Callable[[int], Any]:
        """How one person answers a question with one cell."""
        rng, say = self.rng, self.say
        others = self.people[self.n :] if side == "mentees" else self.people[: self.n]
        some_zones = self._pick(ZONES, 3, 5)
        comma = rng.random() < 0.5
        born_year = self.chosen["born"] in [words[0] for words in [self.ask_words["born"]]]
        open_seats = say["seats_open"]
        by_what: dict[str, Callable[[int], Any]] = {
            "hours": lambda _: "; ".join(self._pick(say["hours"], 1, 2)),
            "zone": lambda _: self._one(some_zones),
            "seats": lambda _: self._one(open_seats if rng.random() < 0.05 else say["seats"]),
            "years": lambda _: f"{rng.integers(2, 60) / 2:g}".replace(".", "," if comma else "."),
            "share": lambda _: f"{rng.integers(4, 21) * 5} %",
            "wish": lambda _: " ".join(others[int(rng.integers(len(others)))]),
            "wish2": lambda _: (
                " ".join(others[int(rng.integers(len(others)))]) if rng.random() < 0.6 else ""
            ),
            "block": lambda _: (
                " ".join(others[int(rng.integers(len(others)))]) if rng.random() < 0.25 else ""
            ),
            "goals": lambda _: self._sentence(say["goals"], 2, 4),
            "remark": lambda _: (
                self._one(say["nothing"])
                if rng.random() < 0.75
                else self._sentence([*say["remark"], *say["goals"]], 1, 3)
            ),
            "consent": lambda _: say["yes"][int(rng.random() < 0.1)],
            "born": lambda _: (
                int(rng.integers(1960, 2004)) if born_year else self._one(say["born"])
            ),
        }
        return by_what.get(what, lambda _: self._one(say[what]))

    def _grid(
        self, what: str, side: str, options: list[str], cell: Callable[[str], str], size: range
    ) -> list[Asked]:
        """A column per option, as each tool writes its matrix."""
        question = self.heading(what, side)
        found = []
        for option in options:
            cells = [cell(option) if self.rng.random() < 0.9 else "" for _ in size]
            if self.style == "surveymonkey":
                found.append(Asked(what, question, cells, option))
            else:
                found.append(Asked(what, f"{question} [{option}]", cells))
        return found

    def _own_columns(self, n: int) -> list[Asked]:
        """What the tool adds by itself before the questions."""
        numbers = list(range(1, n + 1))
        if self.style == "google-forms":
            return self._stamps(n, "Timestamp")
        if self.style == "microsoft-forms":
            return [
                Asked("record", "Id", numbers),
                *self._stamps(n, "Start time", "Completion time"),
            ]
        if self.style == "typeform":
            return [Asked("record", "#", [f"{k * 2654435761 % 2**64:016x}" for k in numbers])]
        if self.style == "surveymonkey":
            return [
                Asked("record", "Respondent ID", [118_120_000_000 + 7919 * k for k in numbers]),
                Asked("record", "Collector ID", [430_021_871] * n),
                *self._stamps(n, "Date Created", "Date Modified"),
                Asked("record", "IP Address", [f"192.0.2.{k}" for k in numbers]),
                Asked("empty", "Custom Data 1", [""] * n),
            ]
        if self.style == "airtable":
            return self._stamps(n, "Created")
        return []

    def _stamps(self, n: int, *headings: str) -> list[Asked]:
        written: dict[str, Callable[[int], str]] = {
            "google-forms": lambda k: (
                f"2026/11/{1 + k // 3:02d} {k % 12 + 1}:{k % 60:02d}:07 PM GMT+1"
            ),
            "airtable": lambda k: f"11/{1 + k // 3}/2026 {k % 12 + 1}:{k % 60:02d}pm",
            "surveymonkey": lambda k: (
                f"11/{1 + k // 3:02d}/2026 {k % 12 + 1:02d}:{k % 60:02d}:41 PM"
            ),
        }
        cell = written.get(self.style, lambda k: f"{1 + k // 3}.11.2026 {k % 24:02d}:{k % 60:02d}")
        return [Asked("stamp", heading, [cell(k) for k in range(n)]) for heading in headings]

    def join(self, sides: dict[str, list[Asked]]) -> list[Asked]:
        """One table for everybody, with a column that says who is what."""
        sizes = {side: len(columns[0].cells) for side, columns in sides.items()}
        words = dict(zip(sides, self.say["role"], strict=True))
        roles = [words[side] for side, size in sizes.items() for _ in range(size)]
        joined = [Asked("role", self.chosen["role"], roles)]
        by_side = {
            side: {(one.heading, one.option): one for one in columns}
            for side, columns in sides.items()
        }
        for place in dict.fromkeys(place for own in by_side.values() for place in own):
            cells: list[Any] = []
            for side, size in sizes.items():
                one = by_side[side].get(place)
                cells += one.cells if one is not None else [""] * size
            one = next(own[place] for own in by_side.values() if place in own)
            joined.append(Asked(one.what, one.heading, cells, one.option))
        return joined

    def write(self, path: Path, columns: list[Asked]) -> Path:
        """Write a table as its tool does, with rows that are no answers where people add them."""
        rows = [list(row) for row in zip(*(one.cells for one in columns), strict=True)]
        if self.style in ("google-forms", "typeform") and self.rng.random() < 0.3:
            rows.append(list(rows[0]))  # somebody sent the form a second time
        lines: list[list[Any]] = [[one.heading for one in columns]]
        if self.style == "surveymonkey":
            shown = [
                one.heading if k == 0 or one.heading != columns[k - 1].heading else ""
                for k, one in enumerate(columns)
            ]
            own = ("record", "stamp", "empty")
            below = [
                one.option or ("" if one.what in own else "Open-Ended Response") for one in columns
            ]
            lines = [shown, below]
        lines += rows
        if self.style == "by-hand":
            words = self.ask_words
            lines = [[words["title"]], [], *lines, [], [words["total"], len(rows)]]
            lines = [line + [""] * (len(columns) - len(line)) for line in lines]
        if self.style in ("microsoft-forms", "by-hand"):
            return _write_workbook(path.with_suffix(".xlsx"), lines)
        path = path.with_suffix(".csv")
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
        return path


def _write_workbook(path: Path, lines: list[list[Any]]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([None if cell == "" else cell for cell in line])
    book.save(path)
    return path


def question_of(heading: str) -> str:
    """The question of a column "Question [option]"."""
    return heading.partition(" [")[0]
