"""Headings in the common languages of forms: seats, level, team, wants, offers, times, zones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

import mentormatch as mm
from mentormatch.criteria.suggest.suggest import propose_criteria
from mentormatch.criteria.words.heading_words import topics_of
from mentormatch.programme import write_draft

if TYPE_CHECKING:
    from pathlib import Path

SKILLS = ("Python; SQL", "Excel; Git", "Docker; Python", "SQL; Excel", "Git; Docker", "Excel; Git")
WINDOWS = ("Mon 18:00-20:00", "Tue 18:00-20:00", "Wed 18:00-20:00")


def people(side: str, columns: dict[str, tuple[object, ...]]) -> str:
    """Six people of a side, who answer in turn what is given for each heading."""
    rows = [",".join(["Email", *columns])]
    for k in range(6):
        cells = [str(answers[k % len(answers)]) for answers in columns.values()]
        rows.append(",".join([f"{side}{k}@x.example", *cells]))
    return "\n".join(rows)


@pytest.mark.parametrize(
    ("seats", "level", "team", "wants", "offers", "times", "zone"),
    [
        ("Anzahl Plätze", "Karrierestufe", "Abteilung", "Lernziele", "Was kannst du anbieten?",
         "Verfügbarkeit", "Zeitzone"),
        ("Nombre de places", "Niveau", "Équipe", "Mes besoins", "Compétences proposées",
         "Disponibilités", "Fuseau horaire"),
        ("Número de plazas", "Nivel", "Departamento", "¿Qué quieres aprender?",
         "Áreas de experiencia", "Disponibilidad", "Zona horaria"),
        ("Número de vagas", "Nível", "Departamento", "O que quer aprender?",
         "Em que pode ajudar?", "Disponibilidade", "Fuso horário"),
        ("Numero di posti", "Livello", "Reparto", "Cosa vuoi imparare?", "Aree di competenza",
         "Disponibilità", "Fuso orario"),
        ("Aantal plaatsen", "Niveau", "Afdeling", "Wat wil je leren?", "Wat kun je aanbieden?",
         "Beschikbaarheid", "Tijdzone"),
        ("Liczba miejsc", "Poziom", "Dział", "Czego chcesz się nauczyć?", "Co możesz zaoferować?",
         "Dostępność", "Strefa czasowa"),
        ("Hur många adepter kan du ta?", "Nivå", "Avdelning", "Vill lära mig", "Kan lära ut",
         "Tillgänglighet", "Tidszon"),
        ("Hvor mange mentees kan du tage?", "Niveau", "Afdeling", "Vil lære", "Kan lære fra mig",
         "Tilgængelighed", "Tidszone"),
        ("Antall plasser", "Nivå", "Avdeling", "Hva vil du lære?", "Hva kan du lære bort?",
         "Tilgjengelighet", "Tidssone"),
    ],
    ids=["de", "fr", "es", "pt", "it", "nl", "pl", "sv", "da", "nb"],
)  # fmt: skip
def test_headings_are_known_in_the_common_languages_of_forms(
    tmp_path: Path,
    seats: str,
    level: str,
    team: str,
    wants: str,
    offers: str,
    times: str,
    zone: str,
) -> None:
    """Dutch and Polish offers were unknown, and wishes were compared with them as likeness."""
    both = {level: (1, 2, 3), team: ("A", "B"), times: WINDOWS, zone: ("Europe/Berlin",)}
    (tmp_path / "a.csv").write_text(people("a", {**both, wants: SKILLS}), "utf-8")
    (tmp_path / "b.csv").write_text(
        people("b", {**both, offers: SKILLS, seats: (1, 2, 3)}), "utf-8"
    )
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    kinds = {one.name: one.kind for one in draft.columns}
    expected = {
        seats: "seats", level: "level", team: "group", times: "times", zone: "time zone",
        wants: "skills", offers: "skills",
    }  # fmt: skip
    assert {name: kinds[name] for name in expected} == expected
    assert "SkillCoverage" in {one.entry["kind"] for one in draft.proposals if one.is_used}


@pytest.mark.parametrize(
    ("wants", "offers"),
    [
        ("Which topics do you want to learn?", "Which topics can you mentor on?"),
        ("Where do you need help?", "What could you coach people in?"),
        ("What would you like to be mentored in?", "Topics you support people with"),
        ("Was möchtest du lernen?", "Zu welchen Themen kannst du begleiten?"),
        ("Was möchtest du lernen?", "Worin willst du Mentorin sein?"),
        ("Que souhaitez-vous apprendre ?", "Sur quels sujets pouvez-vous être mentor ?"),
        ("Que souhaitez-vous apprendre ?", "Que pouvez-vous partager ?"),
        ("¿Qué quieres aprender?", "¿En qué temas puedes mentorizar?"),
        ("O que quer aprender?", "Em que temas pode ser mentora?"),
        ("Cosa vuoi imparare?", "Cosa puoi condividere?"),
        ("Wat wil je leren?", "Waarin kun je mentor zijn?"),
        ("Czego chcesz się nauczyć?", "W czym możesz być mentorem?"),
        ("Vad vill du lära dig?", "Vad kan du handleda i?"),
        ("Hvad vil du lære?", "Hvad kan du coache i?"),
        ("Hva vil du lære?", "Hva kan du veilede i?"),
    ],
)
def test_what_somebody_can_mentor_on_is_offered(wants: str, offers: str) -> None:
    """It was compared as likeness, so that a mentor who offers more scored lower."""
    tables = pd.DataFrame({wants: SKILLS}), pd.DataFrame({offers: SKILLS})
    (found,) = propose_criteria(mm.Cohort(*tables), None)
    assert found.entry == {"kind": "SkillCoverage", "wants": wants, "offers": offers, "weight": 4}


@pytest.mark.parametrize(
    ("wants", "offers"),
    [
        ("Compétences recherchées", "Compétences proposées"),
        ("Leerdoelen", "Expertise"),
        ("Cele nauki", "Obszary wiedzy"),
        ("Wat wil je leren?", "Wat kan je anderen leren?"),
        ("Gewünschte Themen", "Fachgebiete"),
        ("Argomenti di interesse", "Aree di competenza"),
        ("Temas de interés", "Áreas de especialidad"),
        ("Temas de interesse", "Áreas de atuação"),
        ("Compétences souhaitées", "Domaines d'expertise"),
        ("Gewenste onderwerpen", "Vakgebieden"),
    ],
)
def test_wishes_are_never_likeness_where_the_other_side_offers(
    tmp_path: Path, wants: str, offers: str
) -> None:
    (tmp_path / "a.csv").write_text(people("a", {wants: SKILLS}), "utf-8")
    (tmp_path / "b.csv").write_text(people("b", {offers: SKILLS}), "utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert [one.entry["kind"] for one in draft.proposals if one.is_used] == ["SkillCoverage"]


SWEDISH = (
    "2",
    "1",
    "två",
    "1–2",
    "en",
    "3",
    "0",
    "vet ej",
    "1 st",
    "max 3",
    "inga i år",
    "2 platser",
)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Hur många adepter kan du ta?", "seats"),
        ("Hvor mange år har du erfaring?", "number"),
        ("Hur många timmar i veckan?", "number"),
        ("Hur många adepter har du haft tidigare?", "number"),
        ("Antal barn", "number"),
        ("How many children do you have?", "number"),
        ("Wie viele Sprachen sprichst du?", "number"),
    ],
)
def test_nordic_words_say_how_many_places_and_nothing_else(
    tmp_path: Path, heading: str, kind: str
) -> None:
    """The seats were not recognised, and mentors who had none were given a mentee."""
    answers = SWEDISH if kind == "seats" else ("2", "1", "3", "0")
    (tmp_path / "a.csv").write_text(people("a", {"Ort": ("Malmö", "Lund")}), "utf-8")
    mentors = [
        f"b{k}@x.example,{'Malmö' if k % 2 else 'Lund'},{answer}"
        for k, answer in enumerate(answers * 2)
    ]
    (tmp_path / "b.csv").write_text("\n".join([f"Email,Ort,{heading}", *mentors]), "utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert {one.name: one.kind for one in draft.columns}[heading] == kind
    if kind == "seats":
        for read in ('"två" as 2', '"en" as 1', '"1 st" as 1', '"max 3" as 3', '"2 platser" as 2'):
            assert read in draft.notes["capacity"]
    else:
        assert "capacity = 1" in draft.text


def test_a_language_code_is_no_number(tmp_path: Path) -> None:
    both = {"Language": ("en", "en", "fr")}
    (tmp_path / "a.csv").write_text(people("a", both), "utf-8")
    (tmp_path / "b.csv").write_text(people("b", both), "utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert {one.kind for one in draft.columns if one.name == "Language"} == {"same"}


def test_numbers_with_many_words_among_them_may_be_seats(tmp_path: Path) -> None:
    """In a language that is not read; the question came for eight different answers at most."""
    answers = ("2", "1", "kaksi", "0", "ei vielä", "3", "en tiedä", "4", "ehkä 2", "kysy vain")
    (tmp_path / "a.csv").write_text(people("a", {"Office": ("Oulu", "Turku")}), "utf-8")
    mentors = [f"b{k}@x.example,{('Oulu', 'Turku')[k % 2]},{one}" for k, one in enumerate(answers)]
    heading = "Montako voit ottaa?"
    (tmp_path / "b.csv").write_text("\n".join([f"Email,Office,{heading}", *mentors]), "utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert f'write its name: capacity = "{heading}".' in draft.notes["capacity"]


def test_hours_with_a_decimal_comma_are_neither_seats_nor_a_criterion(tmp_path: Path) -> None:
    answers = ("1,5", "2", "0,5", "2 tim", "vet ej", "1")
    for name in ("a", "b"):
        places = ("Lund", "Malmö") * 3
        rows = [
            f'{name}{k}@x.example,{place},"{one}"'
            for k, (place, one) in enumerate(zip(places, answers, strict=True))
        ]
        table = "\n".join(["Email,Ort,Timmar per vecka", *rows])
        (tmp_path / f"{name}.csv").write_text(table, "utf-8")
    draft = write_draft(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "programme.toml")
    assert draft.notes["capacity"] == (
        "No column says how many mentees a mentor takes, so everybody takes one."
    )
    assert "Timmar per vecka" not in [one.entry.get("column") for one in draft.proposals]


def test_a_short_form_in_a_heading_is_no_nordic_word() -> None:
    assert "years" in topics_of("Antal år i yrket")
    assert "years" not in topics_of("Skills [AR]")


@pytest.mark.parametrize(
    "heading",
    [
        "Mentee last year", "Mentee im letzten Jahr", "Letzte Mentorin", "Mentor im Vorjahr",
        "Votre mentor de l'an dernier", "Mentorizado del año anterior", "Mentor do ano anterior",
        "Mentor dell'anno precedente", "Vorige mentee", "Mentor w zeszłym roku",
    ],
)  # fmt: skip
def test_a_heading_says_that_people_are_those_of_the_last_time(heading: str) -> None:
    """In German only "letztes Jahr" was known, so that no rule was offered."""
    assert "last time" in topics_of(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Mentor on site?", "Mentor in person?", "Coach on Zoom", "Mentor in Präsenz",
        "Mentor in presenza?", "Mentor/in", "Who can mentor you?", "Wer kann dir helfen?",
        "Qui peut vous aider ?", "Quem pode te ajudar?", "Kto może ci pomóc?",
        "Vem kan hjälpa dig?",
    ],
)  # fmt: skip
def test_a_heading_of_a_place_or_of_who_is_wanted_offers_nothing(heading: str) -> None:
    """Each has words of offering, such as "mentor on"."""
    assert "offers" not in topics_of(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "What can you mentor on?", "Topics I can mentor on in person", "Who can you help?",
        "Qui pouvez-vous aider ?", "Vem kan du hjälpa?", "Topics for people who can mentor others",
    ],
)  # fmt: skip
def test_words_beside_a_place_or_a_who_may_offer_all_the_same(heading: str) -> None:
    assert "offers" in topics_of(heading)
