"""Words for days and parts of the day that the tables of CLDR do not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AFTER_WORK",
    "ALSO_AND",
    "ALSO_PARTS",
    "ALSO_SHORT",
    "CHANGED",
    "EVERY_WEEK",
    "GROUPS",
    "ON",
    "PARTS",
    "SAY_AFTER_WORK",
    "UNTIL",
    "DayPart",
]

# Minutes after midnight: when a part of the day begins, and when it has ended.
DayPart: TypeAlias = tuple[int, int]
# As people write them, with blanks where a name has several words.
GROUPS: Mapping[str, tuple[str, str, str]] = {
    # Working days; the weekend; every day.
    "en": (
        "weekday, weekdays, any weekday, all weekdays, workday, workdays, any workday, "
        "all workdays, working days, all working days",
        "weekend, weekends, weekend days",
        "daily, every day, everyday, each day, any day, all days",
    ),
    "de": (
        "werktag, werktage, werktags, werktagen, alle werktage, wochentags, arbeitstag, "
        "arbeitstage, arbeitstagen, unter der woche",
        "wochenende, wochenenden",
        "täglich, jeden tag, jedem tag, alle tage",
    ),
    "fr": (
        "jours ouvrés, jours de semaine, en semaine, la semaine",
        "weekend, weekends",
        "tous les jours, chaque jour, quotidien",
    ),
    "es": (
        "entre semana, días laborables, días hábiles",
        "fin de semana, fines de semana",
        "a diario, todos los días, cada día, cualquier día",
    ),
    "pt": (
        "dias úteis, dias de semana",
        "fim de semana, fins de semana",
        "diariamente, todos os dias, cada dia, qualquer dia",
    ),
    "it": (
        "giorni feriali, giorni lavorativi",
        "fine settimana, weekend",
        "ogni giorno, tutti i giorni, qualsiasi giorno",
    ),
    "nl": (
        "doordeweeks, werkdag, werkdagen",
        "weekend, weekenden",
        "dagelijks, elke dag, iedere dag, alle dagen",
    ),
    "pl": (
        "dni robocze, w tygodniu",
        "weekend, weekendy",
        "codziennie, każdego dnia, każdy dzień",
    ),
    "sv": ("vardag, vardagar, veckodagar", "helg, helger", "dagligen, varje dag, alla dagar"),
    "da": ("hverdag, hverdage", "weekend, weekender", "dagligt, hver dag, alle dage"),
    "nb": ("hverdag, hverdager, ukedager", "helg, helger", "daglig, hver dag, alle dager"),
    "fi": ("arkisin, arkipäivisin", "viikonloppuisin", "päivittäin, joka päivä"),
    "cs": ("pracovní dny, všední dny", "víkend, víkendy", "denně, každý den"),
    "ru": (
        "будни, будням, рабочие дни",
        "выходные, выходным",
        "ежедневно, каждый день",
    ),
    "uk": ("будні, робочі дні", "вихідні", "щодня, кожен день"),
    "tr": ("hafta içi", "hafta sonu", "her gün"),
    "ja": ("平日", "週末", "毎日"),
    "zh": ("工作日", "周末", "每天"),
}
# CLDR has no words for "from … to"; "and" is in its patterns of lists.
UNTIL: Mapping[str, tuple[str, ...]] = {
    "en": ("to", "till", "til", "until", "through", "thru"),
    "de": ("bis",), "fr": ("a", "au", "jusqua"), "es": ("a", "al", "hasta"),
    "pt": ("a", "as", "ao", "ate"), "it": ("a", "al", "alle", "fino"), "nl": ("tot", "tm"),
    "pl": ("do",), "sv": ("till",), "da": ("til",), "nb": ("til",), "nn": ("til",),
    "cs": ("az", "do"), "sk": ("az", "do"), "ro": ("pana", "la"), "ru": ("до", "по"),
    "uk": ("до", "по"), "hr": ("do",), "sl": ("do",), "ca": ("a", "al", "fins"), "gl": ("a", "ata"),
    "hu": ("tol", "ig"), "id": ("sampai", "hingga"), "vi": ("đen", "den"), "ko": ("부터", "까지"),
    "ja": ("から", "まで"), "zh": ("至", "到"), "tr": ("ile",),
}  # fmt: skip
ALSO_AND: Mapping[str, tuple[str, ...]] = {
    "en": ("and", "or"), "de": ("und", "u", "oder"), "fr": ("et", "ou"), "es": ("y", "e", "o", "u"),
    "pt": ("e", "ou"), "it": ("e", "ed", "o"), "nl": ("en", "of"), "pl": ("i", "oraz", "lub"),
}  # fmt: skip
# Short names that people write and CLDR does not have, Monday first.
ALSO_SHORT: Mapping[str, str] = {
    "pl": "pn wt sr cz pt sb nd",
    "it": "lu ma me gi ve sa do",
    "ru": "пн вт ср чт пт сб вс",
}
# Endings of days on which something is every week: montags, sábados, måndagar.
EVERY_WEEK: Mapping[str, tuple[str, ...]] = {
    "de": ("s",), "nl": ("s",), "fr": ("s",), "es": ("s",), "pt": ("s",), "gl": ("s",),
    "sv": ("ar",), "da": ("e",), "nb": ("er",), "fi": ("sin",), "tr": ("leri", "lari"),
    "hu": ("n", "on", "en"), "et": ("al",), "ru": ("ам",),
}  # fmt: skip
# Endings that names change behind "on", alone and every week: środa, w środę, w środy.
CHANGED: Mapping[str, tuple[tuple[str, str], ...]] = {
    "pl": (("a", "e"), ("a", "y"), ("ek", "ki")), "cs": (("a", "u"), ("e", "i")),
    "sk": (("a", "u"),), "hr": (("a", "u"),), "bs": (("a", "u"),), "sl": (("a", "o"),),
    "sr": (("а", "у"),), "ru": (("а", "у"), ("а", "ам"), ("е", "ям")),
    "uk": (("а", "у"), ("я", "ю")),
}  # fmt: skip
# "On" before the name of a day, as it is written: without its ring "på" is a Czech Friday.
ON: Mapping[str, tuple[str, ...]] = {
    "pl": ("w", "we"), "cs": ("v", "ve"), "sk": ("v", "vo"), "hr": ("u",), "bs": ("u",),
    "sl": ("v",), "sr": ("у",), "bg": ("в", "във"), "mk": ("во",), "ru": ("в", "во", "по"),
    "uk": ("в", "у", "по"), "sv": ("på",), "da": ("på",), "nb": ("på",),
}  # fmt: skip
# Where CLDR says nothing of a language; it says of others when each part begins and ends.
PARTS: Mapping[str, DayPart] = {
    "morning": (0, 12 * 60), "afternoon": (12 * 60, 18 * 60), "evening": (18 * 60, 23 * 60),
    "night": (20 * 60, 24 * 60),
}  # fmt: skip
# Words for parts of the day that CLDR has not, or not in this form.
ALSO_PARTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "morning": "morning mornings", "afternoon": "afternoon afternoons lunch lunchtime",
        "evening": "evening evenings", "night": "night nights",
    },
    "de": {"morning": "fruh vormittage", "afternoon": "nachmittage", "evening": "abende"},
    "fr": {"morning": "matins matinee", "afternoon": "apresmidis", "evening": "soirs soiree"},
    "es": {"morning": "mananas", "evening": "tardes", "night": "noches"},
    "pt": {"morning": "manhas", "afternoon": "tardes", "evening": "noites"},
    "it": {"morning": "mattine mattino", "afternoon": "pomeriggi", "evening": "sere serata"},
    "nl": {
        "morning": "ochtenden voormiddag", "afternoon": "middagen namiddag", "evening": "avonden",
    },
    "pl": {"morning": "ranek", "evening": "wieczory"},
}  # fmt: skip
# After work is some time of these hours.
AFTER_WORK: DayPart = (15 * 60, 23 * 60)
SAY_AFTER_WORK: Mapping[str, tuple[str, ...]] = {
    "en": ("after work", "after hours"), "de": ("nach der arbeit", "nach feierabend", "feierabend"),
    "fr": ("apres le travail", "apres travail"), "es": ("despues del trabajo",),
    "pt": ("depois do trabalho", "apos o trabalho"), "it": ("dopo il lavoro", "dopo lavoro"),
    "nl": ("na het werk", "na werk"), "pl": ("po pracy",),
    "sv": ("efter jobbet", "efter arbetet"), "da": ("efter arbejde",), "nb": ("etter jobb",),
}  # fmt: skip
