"""Columns of places: what asks for one, and a town with its state or country behind a comma."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from mentormatch.cohort.names import heading_words, word_set

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NAMED_IN", "asks_for_place", "country_codes", "find_towns"]

# In which countries and languages are named.
NAMED_IN = ("en", "de", "fr", "es", "pt", "it", "nl", "pl")
# In headings that ask for a place, without accents.
NOUNS = word_set(
    "place places location locations city town office offices site campus based ort standort stadt "
    "buro lieu ville bureau ubicacion lugar ciudad oficina localizacao cidade escritorio luogo "
    "citta sede ufficio plaats locatie stad kantoor miejsce miasto lokalizacja biuro plats sted"
)
WHERE = word_set("where wo donde dove onde waar gdzie hvor")
# Names of countries that no list of countries has, each with those of which it is a part.
BRITAIN = ("GB", "Britain")
COUNTRIES = {
    **dict.fromkeys(("uk", "gb"), ("GB",)),
    "great britain": BRITAIN,
    **{one: (*BRITAIN, one) for one in ("england", "scotland", "wales")},
    "northern ireland": ("GB", "northern ireland"),
    **dict.fromkeys(("usa", "us", "united states of america"), ("US",)),
}
# What stands behind a town and is nothing else: "Excel, IT" and "Paris, Luxembourg" are lists.
REGIONS = frozenset(
    [
        "AL",
        "AK",
        "AZ",
        "AR",
        "CA",
        "CO",
        "CT",
        "DE",
        "FL",
        "GA",
        "HI",
        "ID",
        "IL",
        "IN",
        "IA",
        "KS",
        "KY",
        "LA",
        "ME",
        "MD",
        "MA",
        "MI",
        "MN",
        "MS",
        "MO",
        "MT",
        "NE",
        "NV",
        "NH",
        "NJ",
        "NM",
        "NY",
        "NC",
        "ND",
        "OH",
        "OK",
        "OR",
        "PA",
        "RI",
        "SC",
        "SD",
        "TN",
        "TX",
        "UT",
        "VT",
        "VA",
        "WA",
        "WV",
        "WI",
        "WY",
        "DC",
        "UK",
        "USA",
        "US",
    ]
)


def asks_for_place(heading: str) -> bool:
    """Tell whether a heading asks for a place, such as a city or an office."""
    return not (NOUNS | WHERE).isdisjoint(heading_words(heading))


@cache
def country_codes() -> dict[tuple[str, ...], tuple[str, ...]]:
    """The code of each country, and what part of it is meant, by the words of its name."""
    from babel import Locale

    codes = {
        heading_words(name): (code,)
        for language in NAMED_IN
        for code, name in Locale(language).territories.items()
        if len(code) == len("GB")
    }
    return codes | {heading_words(name): code for name, code in COUNTRIES.items()}


def find_towns(heading: str, cells: Sequence[str]) -> set[str]:
    """Find values such as "Boston, MA" in the cells of a column of places.

    Where a state stands alone as well, or "where" may ask for anything ("Where can you help?"),
    there are none.

    Examples
    --------
    >>> sorted(find_towns("Office", ["Boston, MA", "Leeds, UK; Paris, Luxembourg", "Bonn"]))
    ['Boston, MA', 'Leeds, UK']
    >>> find_towns("Office", ["Boston, MA", "MA"]), find_towns("Office topics", ["Excel, IT"])
    (set(), set())
    """
    if NOUNS.isdisjoint(heading_words(heading)) or not any("," in cell for cell in cells):
        return set()
    values = [value.strip() for cell in cells for value in re.split(r"[;\n|]", cell)]
    parts = {value: [part.strip() for part in value.split(",")] for value in values}
    if any(first in REGIONS for first, *_ in parts.values()):
        return set()
    return {value for value, (_, *rest) in parts.items() if len(rest) == 1 and rest[0] in REGIONS}
