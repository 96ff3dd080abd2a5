"""Twelve programmes as their coordinators kept them, each in a form of its own, with a key.

Matrices under two lines of headings, ranks in numbers, "Other (please specify)", linked records,
ticked boxes and attachments, codes of questions, zones as cities, years as ranges, shifts, handles
and staff numbers as identity. The forms are fixed; people and answers are drawn from a seed.
"""

# A column is one line, however long its heading and answers are.
# ruff: noqa: E501
# fmt: off

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from made_up_exports.exports import FAMILY, GIVEN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# What `init` may call the answers to a question; whatever else must be a question to a person.
PERSON, NAME, MAIL = ("identity",), ("name", "identity"), ("e-mail", "identity")
COMMON, SAME = ("skills", "topics"), ("same", "group")
FORM = ("record", "running number", "constant", "empty", "time stamp")
ASIDE = ("comment", "one-sided", "contact", "record", "constant", "yes or no")
SHIFTS = ("times", "topics", "same")
SENTENCES = [
    "I changed teams in May and would like to find out how things are decided here.",
    "Somebody to think aloud with, every other week, about where this is going.",
    "After twelve years in operations I have seen most things go wrong at least once.",
    "To speak up in meetings, to plan my week, and to say no more often.",
    "I lead four people since spring, and nobody has told me what that means.",
    "Happy to pass on what I learned when we moved everything to the new system.",
    "An outside view on my next two years, with concrete steps and honest words.",
    "We were all beginners once; I was lucky with the people I could ask.",
]


@dataclass(frozen=True)
class Kept:
    """A column as it stands in a file.

    Parameters
    ----------
    kinds
        What `init` may take it for.
    heading, cells
        As written.
    option
        The second line of the heading.
    question
        What columns of one question have in common, where the heading alone does not say.
    """

    kinds: tuple[str, ...]
    heading: str
    cells: list[Any]
    option: str = ""
    question: str = ""


Table = list[Kept]


class _Draw:
    """People and answers of one programme."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        n, m = int(rng.integers(20, 34)), int(rng.integers(13, 20))
        pairs = rng.permutation(len(GIVEN) * len(FAMILY))[: n + m].tolist()
        people = [f"{GIVEN[k % len(GIVEN)]} {FAMILY[k // len(GIVEN)]}" for k in pairs]
        self.people = {"mentees": people[:n], "mentors": people[n:]}
        self.numbers = {"mentees": range(n), "mentors": range(n, n + m)}

    def names(self, side: str) -> list[str]:
        return self.people[side]

    def mails(self, side: str, host: str = "corp.example") -> list[str]:
        return [f"{name.lower().replace(' ', '.')}@{host}" for name in self.people[side]]

    def one(self, side: str, given: list[Any], blank: float = 0.0) -> list[Any]:
        """One of the answers a person, or nothing."""
        drawn = self.rng.integers(len(given), size=len(self.people[side])).tolist()
        empty = self.rng.random(len(drawn)) < blank
        return ["" if skip else given[k] for k, skip in zip(drawn, empty, strict=True)]

    def several(self, side: str, given: list[str], most: int, between: str) -> list[str]:
        return [between.join(values) for values in self.sets(side, given, most)]

    def sets(self, side: str, given: list[str], most: int) -> list[list[str]]:
        return [
            [given[k] for k in sorted(self.rng.permutation(len(given))[:size].tolist())]
            for size in self.rng.integers(1, most + 1, len(self.people[side])).tolist()
        ]

    def others(self, side: str, most: int, between: str) -> list[str]:
        """Names of people of the other table."""
        other = self.people["mentors" if side == "mentees" else "mentees"]
        return [
            between.join(other[k] for k in self.rng.permutation(len(other))[:size].tolist())
            for size in self.rng.integers(0, most + 1, len(self.people[side])).tolist()
        ]

    def texts(self, side: str) -> list[str]:
        """Two sentences a person."""
        return [
            " ".join(SENTENCES[k] for k in self.rng.permutation(len(SENTENCES))[:2].tolist())
            for _ in self.people[side]
        ]

    def ticked(self, side: str, options: list[str], most: int, mark: str) -> dict[str, list[str]]:
        """By option: a mark where somebody chose it; an empty mark is the option itself."""
        sets = self.sets(side, options, most)
        return {
            option: [(mark or option) if option in values else "" for values in sets]
            for option in options
        }

    def ranks(self, side: str, options: list[str]) -> dict[str, list[int]]:
        """By option: its place in each person's order, from 1."""
        orders = [self.rng.permutation(len(options)).tolist() for _ in self.people[side]]
        return {option: [order[k] + 1 for order in orders] for k, option in enumerate(options)}


def surveymonkey_matrix(draw: _Draw) -> dict[str, Table]:
    """Marks in words for each row of a matrix; the rows stand in a second line of headings."""
    skills = ["Budgeting", "Facilitation", "Data analysis", "Line management", "Public speaking"]
    found: dict[str, Table] = {}
    for side, asked, marks in (
        ("mentees", "How much would you like to develop in each area?", ["Not at all", "Somewhat", "A lot"]),
        ("mentors", "How much experience do you have in each area?", ["None", "Some", "Extensive"]),
    ):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "Respondent ID", [114_300_000_000 + 104729 * k for k in numbers]),
            Kept(FORM, "Collector ID", [431_000_112 for _ in numbers]),
            Kept(FORM, "Start Date", [f"2026-10-{1 + k % 28:02d} 09:{k % 60:02d}:00" for k in numbers]),
            Kept(FORM, "IP Address", [f"198.51.100.{k + 1}" for k in numbers]),
            Kept(PERSON, "What is your work email?", draw.mails(side), "Open-Ended Response"),
            Kept(NAME, "What is your name?", draw.names(side), "Open-Ended Response"),
        ]
        table += [Kept(COMMON, asked, draw.one(side, marks, 0.05), skill) for skill in skills]
        topics = draw.ticked(
            side, ["Returning to work", "Changing careers", "First 100 days"], 2, ""
        )
        table += [Kept(COMMON, "Which of these describe you?", cells, option) for option, cells in topics.items()]
        table.append(
            Kept(
                COMMON,
                "Which of these describe you?",
                draw.one(side, ["Sabbatical planning", "Job share", "Moving abroad"], 0.85),
                "Other (please specify)",
            )
        )
        if side == "mentors":
            table.append(Kept(("seats",), "How many colleagues could you mentor?", draw.one(side, [1, 2, 3]), "Open-Ended Response"))
        found[side] = table
    return found


def surveymonkey_ranking(draw: _Draw) -> dict[str, Table]:
    """A question of ranks: numbers from 1, one column an option."""
    options = ["Strategy", "Writing", "Hiring", "Negotiation"]
    found: dict[str, Table] = {}
    for side, asked in (
        ("mentees", "Please rank these topics from 1 (most wanted) to 4"),
        ("mentors", "Please rank these topics from 1 (know best) to 4"),
    ):
        numbers = list(draw.numbers[side])
        found[side] = [
            Kept(FORM, "Respondent ID", [114_900_000_000 + 7919 * k for k in numbers]),
            Kept(PERSON, "Email Address", draw.mails(side), "Open-Ended Response"),
            Kept(NAME, "Full name", draw.names(side), "Open-Ended Response"),
            *(
                Kept(COMMON, asked, cells, option)
                for option, cells in draw.ranks(side, options).items()
            ),
            Kept(SAME, "Which site do you work at?", draw.one(side, ["Hull", "Derby", "Perth"]), "Response"),
            Kept(ASIDE, "Anything else?", draw.one(side, ["no", "Thanks!", "Back in March"], 0.7), "Open-Ended Response"),
        ]
    return found


def airtable_linked(draw: _Draw) -> dict[str, Table]:
    """Linked records, a collaborator, a ticked box, attachments, several answers with commas."""
    skills = ["UX research", "Figma", "Copywriting", "Accessibility", "Design systems", "SQL"]
    staff = ["Nell Quirke", "Tom Abara"]
    found: dict[str, Table] = {}
    for side, wants in (("mentees", "Wants to learn"), ("mentors", "Can teach")):
        numbers = list(draw.numbers[side])
        files = [f"cv_{k}.pdf (https://v5.airtableusercontent.example/v3/u/{k * 48271}/cv.pdf)" for k in numbers]
        table = [
            Kept(NAME, "Name", draw.names(side)),
            Kept(MAIL, "Email", draw.mails(side, "studio.example")),
            Kept(COMMON, wants, draw.several(side, skills, 3, ",")),
            Kept(("one-sided", "record", "name", "reference", "comment"), "Owner", draw.one(side, staff)),
            Kept(("yes or no", "constant", *FORM), "Guidelines read", draw.one(side, ["checked"], 0.2)),
            Kept(("file", "contact", "record"), "CV", files),
            Kept(FORM, "Created", [f"10/{1 + k % 28}/2026 {1 + k % 12}:{k % 60:02d}pm" for k in numbers]),
            Kept(FORM, "Autonumber", [k + 1 for k in numbers]),
        ]
        if side == "mentees":
            table.append(Kept(("wishes",), "Preferred mentors", draw.others(side, 2, ",")))
        else:
            table.append(Kept(("seats",), "Capacity (mentees)", draw.one(side, [1, 1, 2, 3])))
        found[side] = table
    return found


def limesurvey_codes(draw: _Draw) -> dict[str, Table]:
    """Subquestions with their code, answered Yes or No, and a box for another answer."""
    topics = ["Agile methods", "Cloud", "Security", "Architecture"]
    found: dict[str, Table] = {}
    for side, code, asked in (
        ("mentees", "wants", "Which of these do you want help with?"),
        ("mentors", "offers", "Which of these can you help with?"),
    ):
        numbers = list(draw.numbers[side])
        ticked = draw.ticked(side, topics, 3, "Yes")
        table = [
            Kept(FORM, "id. Response ID", [k + 1 for k in numbers]),
            Kept(FORM, "submitdate. Date submitted", [f"2026-10-{1 + k % 28:02d} 11:00:00" for k in numbers]),
            Kept(PERSON, "mail. Your e-mail address", draw.mails(side, "uni.example")),
            Kept(NAME, "who. Your name", draw.names(side)),
        ]
        for k, (option, cells) in enumerate(ticked.items(), start=1):
            table.append(
                Kept(
                    COMMON,
                    f"{code}[SQ{k:03d}]. {asked} [{option}]",
                    [cell or "No" for cell in cells],
                    question=f"{code}. {asked}",
                )
            )
        table.append(
            Kept(
                COMMON,
                f"{code}[other]. {asked} [Other]",
                draw.one(side, ["Testing", "Kubernetes"], 0.85),
                question=f"{code}. {asked}",
            )
        )
        table.append(Kept(("level", "number"), "exp. How long have you been in the profession?", draw.one(side, ["less than 1 year", "1-3 years", "4-7 years", "8 years or more"])))
        found[side] = table
    return found


def microsoft_polish(draw: _Draw) -> dict[str, Table]:
    """Microsoft Forms in Polish, as a workbook."""
    areas = [
        "Zarządzanie zespołem",
        "Wystąpienia publiczne",
        "Excel",
        "Analiza danych",
        "Rozwój kariery",
    ]
    found: dict[str, Table] = {}
    for side, asked in (
        ("mentees", "W jakich obszarach chcesz się rozwijać?"),
        ("mentors", "W jakich obszarach możesz wspierać innych?"),
    ):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "Identyfikator", [k + 1 for k in numbers]),
            Kept(FORM, "Godzina rozpoczęcia", [f"2026-10-{1 + k % 28:02d} 08:15:00" for k in numbers]),
            Kept(FORM, "Godzina ukończenia", [f"2026-10-{1 + k % 28:02d} 08:21:00" for k in numbers]),
            Kept(PERSON, "Adres e-mail", draw.mails(side, "firma.example")),
            Kept(NAME, "Imię i nazwisko2", draw.names(side)),
            Kept(COMMON, asked, [f"{text};" for text in draw.several(side, areas, 3, ";")]),
            Kept(SAME, "W jakim dziale pracujesz?", draw.one(side, ["Sprzedaż", "Produkcja", "Finanse", "HR"])),
            Kept(("superior",), "Kto jest Twoim bezpośrednim przełożonym?", draw.one(side, draw.names("mentors")[:4])),
            Kept(("yes or no", "constant"), "Wyrażam zgodę na przetwarzanie danych", draw.one(side, ["Tak", "Tak", "Tak", "Nie"])),
            Kept(("text",), "Czego oczekujesz od programu?" if side == "mentees" else "Co możesz zaoferować?", draw.texts(side)),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "Ilu podopiecznych możesz przyjąć?", draw.one(side, ["1", "2", "najwyżej 2", "3"])))
        found[side] = table
    return found


def microsoft_dutch(draw: _Draw) -> dict[str, Table]:
    """Microsoft Forms in Dutch: parts of the day, a scale, people not to be paired with."""
    themes = ["Loopbaan", "Leidinggeven", "Presenteren", "Omgaan met stress", "Netwerken"]
    parts = ["Ochtend", "Middag", "Avond"]
    found: dict[str, Table] = {}
    for side, asked in (
        ("mentees", "Over welke thema's wil je iets leren?"),
        ("mentors", "Over welke thema's kun je iets vertellen?"),
    ):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "Id", [k + 1 for k in numbers]),
            Kept(FORM, "Begintijd", [f"2026-10-{1 + k % 28:02d} 08:15:00" for k in numbers]),
            Kept(FORM, "Tijd van voltooien", [f"2026-10-{1 + k % 28:02d} 08:25:00" for k in numbers]),
            Kept(PERSON, "E-mail", draw.mails(side, "bedrijf.example")),
            Kept(NAME, "Naam", draw.names(side)),
            Kept(COMMON, asked, [f"{text};" for text in draw.several(side, themes, 3, ";")]),
            Kept(SHIFTS, "Welk dagdeel komt je het beste uit?", [f"{text};" for text in draw.several(side, parts, 2, ";")]),
            Kept(("rating", "one-sided"), "Ik heb genoeg tijd voor dit programma", draw.one(side, ["Helemaal mee oneens", "Mee oneens", "Neutraal", "Mee eens", "Helemaal mee eens"])),
            Kept(("conflicts",), "Met wie wil je liever niet gekoppeld worden?", [name if k % 5 == 0 else "" for k, name in enumerate(draw.others(side, 1, ";"))]),
            Kept(("protected",), "Geboortejaar", draw.one(side, list(range(1965, 2003)))),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "Hoeveel mentees kun je begeleiden?", draw.one(side, ["1", "2", "max 2", "3"])))
        found[side] = table
    return found


def kept_by_hand_zones(draw: _Draw) -> dict[str, Table]:
    """A sheet kept by hand: zones as cities and in words, times in days and hours."""
    zones = ["Berlin", "CET/CEST", "London time", "New York", "UK", "Warsaw"]
    found: dict[str, Table] = {}
    for side, topic in (("mentees", "Needs help with"), ("mentors", "Helps with")):
        table = [
            Kept(NAME, "Who", draw.names(side)),
            Kept(MAIL, "Contact", draw.mails(side, "charity.example")),
            Kept(COMMON, topic, draw.several(side, ["fundraising", "grant writing", "volunteers", "press", "bookkeeping"], 2, ", ")),
            Kept(("time zone",), "Time zone", draw.one(side, zones)),
            Kept(("times",), "Free", draw.several(side, ["Mon 9-11", "Tue 17-19", "Wed 12-14", "Thu 9-10:30"], 2, "; ")),
            Kept(ASIDE, "Notes", draw.one(side, ["called 3/10", "ok", "left voicemail", "see mail"], 0.5)),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "takes", draw.one(side, ["1", "2", "2-3", "one"])))
        found[side] = table
    return found


def kept_by_hand_shifts(draw: _Draw) -> dict[str, Table]:
    """Shifts, years as ranges, a Slack handle as the identity; some names twice."""
    found: dict[str, Table] = {}
    for side, topic in (("mentees", "Wants mentoring in"), ("mentors", "Offers mentoring in")):
        names = draw.names(side)
        names = [names[0], names[0], *names[2:]]
        handles = [f"@{mail.partition('@')[0]}" for mail in draw.mails(side)]
        table = [
            Kept(NAME, "Name", names),
            Kept(PERSON, "Slack handle", handles),
            Kept(COMMON, topic, draw.several(side, ["Go", "React", "on-call", "code review", "system design"], 3, ", ")),
            Kept(("level", "number"), "Years of experience", draw.one(side, ["0-2 years", "3-5 years", "6-10 years", "10+ years"])),
            Kept(SHIFTS, "Preferred shift", draw.one(side, ["mornings", "afternoons", "evenings"])),
            Kept(SAME, "Squad", draw.one(side, ["Payments", "Search", "Growth", "Platform"])),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "Max mentees", draw.one(side, [1, 2])))
        found[side] = table
    return found


def staff_numbers(draw: _Draw) -> dict[str, Table]:
    """Staff numbers with leading zeros as the identity; grades; a manager by number."""
    found: dict[str, Table] = {}
    bosses = [f"{412 + 7 * k:06d}" for k in list(draw.numbers["mentors"])[:4]]
    for side, topic in (("mentees", "Development areas"), ("mentors", "Expertise")):
        names = draw.names(side)
        table = [
            Kept(PERSON, "Employee number", [f"{412 + 7 * k:06d}" for k in draw.numbers[side]]),
            Kept(NAME, "Employee name", [names[1], *names[1:]]),
            Kept(("level", "same"), "Grade", draw.one(side, ["G4", "G5", "G6", "G7"])),
            Kept(SAME, "Directorate", draw.one(side, ["Estates", "Finance", "Digital", "Legal"])),
            Kept(("superior",), "Line manager employee number", draw.one(side, bosses)),
            Kept(COMMON, topic, draw.several(side, ["Policy", "Commercial", "Project delivery", "Analysis"], 2, "; ")),
            Kept(("number", "one-sided"), "Length of service (yrs)", draw.one(side, list(range(1, 25)))),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "No. of mentees", draw.one(side, [1, 2, 3])))
        found[side] = table
    return found


def google_italian(draw: _Draw) -> dict[str, Table]:
    """Google Forms in Italian: options that hold commas, "Altro", seats in words."""
    topics = [
        "Parlare in pubblico (voce, ritmo, gesti)",
        "Gestire il tempo",
        "Colloqui, CV e LinkedIn",
        "Lavoro di gruppo",
    ]
    found: dict[str, Table] = {}
    for side, asked in (
        ("mentees", "Su quali temi vorresti essere seguito/a?"),
        ("mentors", "Su quali temi puoi seguire un'altra persona?"),
    ):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "Informazioni cronologiche", [f"{1 + k % 28:02d}/10/2026 18.{k % 60:02d}.07" for k in numbers]),
            Kept(PERSON, "Indirizzo email", draw.mails(side, "ateneo.example")),
            Kept(NAME, "Nome e cognome", draw.names(side)),
            Kept(COMMON, asked, draw.several(side, topics, 2, ", ")),
            Kept(SAME, "Corso di laurea", draw.one(side, ["Fisica", "Economia", "Lettere", "Informatica"])),
            Kept(("times",), "Quando sei disponibile?", draw.several(side, ["lunedì 9-11", "martedì 14-16", "giovedì 17-19"], 2, ", ")),
            Kept(("protected",), "Genere", draw.one(side, ["donna", "uomo", "preferisco non rispondere"])),
            Kept(ASIDE, "Come hai saputo del programma?", draw.one(side, ["Instagram", "Un'amica", "Newsletter"])),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "Quante persone potresti seguire?", draw.one(side, ["una", "due", "fino a 2", "3"])))
        found[side] = table
    return found


def typeform_german(draw: _Draw) -> dict[str, Table]:
    """Typeform in German: one column an option, a score from 0 to 10, languages."""
    themes = ["Gehalt verhandeln", "Teilzeit führen", "Promotion", "Gründung"]
    found: dict[str, Table] = {}
    for side, level in (
        ("mentees", ["Berufseinstieg", "Fachkraft", "Teamleitung"]),
        ("mentors", ["Teamleitung", "Bereichsleitung", "Vorstand"]),
    ):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "#", [f"{k * 2654435761 % 2**64:016x}" for k in numbers]),
            Kept(NAME, "Wie heißt du?", draw.names(side)),
            Kept(PERSON, "Und deine Mailadresse?", draw.mails(side, "verein.example")),
        ]
        table += [Kept(COMMON, option, cells, question=f"{themes[0]} / {themes[1]} …") for option, cells in draw.ticked(side, themes, 2, "").items()]
        table += [
            Kept(("level",), "Wo stehst du beruflich?", draw.one(side, level)),
            Kept(COMMON, "Welche Sprachen sprichst du?", draw.several(side, ["Deutsch", "Englisch", "Türkisch", "Arabisch"], 2, ", ")),
            Kept(("rating", "number", "one-sided"), "Wie sicher bist du, dass du mitmachst? (0-10)", draw.one(side, list(range(11)))),
            Kept(FORM, "Submitted At", [f"2026-10-{1 + k % 28:02d} 19:05:11" for k in numbers]),
            Kept(FORM, "Token", [f"{k * 7919 + 11:012x}" for k in numbers]),
        ]
        if side == "mentors":
            table.append(Kept(("seats",), "Wie viele Mentees nimmst du?", draw.one(side, [1, 2])))
        found[side] = table
    return found


def slots_and_pronouns(draw: _Draw) -> dict[str, Table]:
    """Google Forms in English: pronouns, a preference about gender, years as ranges, a last mentor."""
    found: dict[str, Table] = {}
    for side, topic in (("mentees", "I want to grow in"), ("mentors", "I can coach on")):
        numbers = list(draw.numbers[side])
        table = [
            Kept(FORM, "Timestamp", [f"10/{1 + k % 28}/2026 14:{k % 60:02d}:10" for k in numbers]),
            Kept(PERSON, "Username", draw.mails(side, "college.example")),
            Kept(NAME, "Preferred name", draw.names(side)),
            Kept(("protected", "one-sided"), "Pronouns", draw.one(side, ["she/her", "he/him", "they/them"])),
            Kept(COMMON, topic, draw.several(side, ["Research methods", "Teaching", "Grant applications", "Work-life balance"], 2, ", ")),
            Kept(SAME, "School", draw.one(side, ["Law", "Medicine", "Engineering", "Arts"])),
            Kept(("level", "number"), "How many years since your PhD?", draw.one(side, ["0-3", "4-8", "9-15", "more than 15"])),
            Kept(("contact", "one-sided", "comment"), "Phone (optional)", [f"+44 7700 900{k:03d}" if k % 2 else "" for k in numbers]),
        ]
        if side == "mentees":
            table.append(Kept(("last time", "reference"), "Who was your mentor last year (if any)?", draw.others(side, 1, ", ")))
        else:
            table.append(Kept(("seats",), "How many mentees are you able to support?", draw.one(side, ["1", "2", "3+"])))
        found[side] = table
    return found


# By name: the form, and how it is written: two lines of headings, a workbook, semicolons.
KEPT: dict[str, tuple[Callable[[_Draw], dict[str, Table]], str]] = {
    "surveymonkey-matrix": (surveymonkey_matrix, "two lines"),
    "surveymonkey-ranking": (surveymonkey_ranking, "two lines"),
    "airtable-linked": (airtable_linked, "csv"),
    "limesurvey-codes": (limesurvey_codes, "csv"),
    "microsoft-polish": (microsoft_polish, "xlsx"),
    "microsoft-dutch": (microsoft_dutch, "xlsx"),
    "by-hand-zones": (kept_by_hand_zones, "xlsx"),
    "by-hand-shifts": (kept_by_hand_shifts, "csv"),
    "staff-numbers": (staff_numbers, "csv"),
    "google-italian": (google_italian, "csv"),
    "typeform-german": (typeform_german, "csv"),
    "google-english": (slots_and_pronouns, "csv"),
}


def write_kept(seed: int, folder: Path) -> Iterator[tuple[str, Path, Path, dict[str, list[Kept]]]]:
    """Write the twelve pairs of tables.

    Parameters
    ----------
    seed
        Of people and answers.
    folder
        Where they go; a folder for each pair.

    Yields
    ------
    name, mentees, mentors, columns
        The files, and by side what was written.
    """
    rng = np.random.default_rng([seed, 3])
    for name, (form, how) in KEPT.items():
        here = folder / name
        here.mkdir()
        tables = form(_Draw(rng))
        paths = [_write(here / side, columns, how) for side, columns in tables.items()]
        yield name, paths[0], paths[1], tables


def _write(path: Path, columns: Table, how: str) -> Path:
    headings = [one.heading for one in columns]
    rows = [list(row) for row in zip(*(one.cells for one in columns), strict=True)]
    if how == "xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        for row in [headings, *rows]:
            book.active.append([None if cell == "" else cell for cell in row])
        path = path.with_suffix(".xlsx")
        book.save(path)
        return path
    lines = [headings, *rows]
    if how == "two lines":
        shown = [
            name if k == 0 or name != headings[k - 1] else "" for k, name in enumerate(headings)
        ]
        lines = [shown, [one.option for one in columns], *rows]
    path = path.with_suffix(".csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)
    return path
