"""Words for levels in the order in which organisations usually have them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.criteria.words.heading_words import plain_text
from mentormatch.criteria.words.scales import order_scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "are_ranges",
    "number_levels",
    "order_levels",
    "propose_ladder",
    "share_of_levels",
]

# Words with equal numbers are in no order. Without accents; in the languages of `heading_words`.
RUNGS_BY_WORD = {
    0: "student schuler studierende etudiant estudiante estudante studente studentin schulerin "
       "etudiante studentka",
    1: "intern praktikant stagiaire becario estagiario tirocinante stazysta praktikantin becaria "
       "estagiaria stazystka",
    2: "trainee apprentice auszubildende apprenti aprendiz apprentie auszubildender",
    3: "graduate entry beginner novice einsteiger anfanger debutant principiante iniciante "
       "beginnend poczatkujacy basic basico basica elementary elementaire elementar elementare "
       "podstawowy podstawowa grundkenntnisse einsteigerin anfangerin debutante "
       "poczatkujaca",
    4: "junior juniorin",
    5: "associate",
    6: "mid middle medior intermediate regular fortgeschritten intermediaire intermedio "
       "intermediario gevorderd sredni mid-level fortgeschrittene fortgeschrittener intermedia "
       "intermediaria srednia competent kompetent",
    7: "experienced advanced erfahren confirme avance avanzado avancado avanzato ervaren "
       "zaawansowany erfahrene erfahrener confirmee avancee avanzada avancada avanzata "
       "zaawansowana proficient",
    8: "senior seniorin",
    9: "lead leitung teamleitung chef-d-equipe lider responsabile teamleider starszy teamleiter "
       "teamleiterin starsza",
    10: "staff expert experte experto especialista esperto ekspert expertin experta esperta "
        "ekspertka",
    11: "principal architect architekt architektin architecte arquitecto arquitecta arquiteto "
        "arquiteta architetto architetta",
    12: "distinguished fellow",
    13: "manager managerin",
    14: "head",
    15: "director direktor directeur direttore dyrektor direktorin directrice directora diretor "
        "diretora direttrice dyrektorka",
    16: "vp",
    17: "executive cto ceo chief",
}  # fmt: skip
RUNGS = {word: rung for rung, words in RUNGS_BY_WORD.items() for word in words.split()}
# Short for words above, also with a dot behind it.
SHORT = {
    "jr": "junior", "jnr": "junior", "sr": "senior", "snr": "senior", "mgr": "manager",
    "assoc": "associate", "dir": "director", "exec": "executive", "midlevel": "mid-level",
}  # fmt: skip
GRADES = ("aa", "ao", "eo", "heo", "seo", "grade 7", "grade 6", "scs1", "scs2", "scs3", "scs4")
NUMBERED = re.compile(r"([a-z ]*?)\s*(\d+)")
# "1 - not at all", "5 (a lot)": a number leads, and words may say what it stands for.
LED = re.compile(r"(?P<number>\d+)(?:\s*[-–—:=.)(]+\s*(?P<words>[^\d\s].*?)\)?)?")
UNKNOWN = float("inf")
MOST_RUNGS = 15
SHARE_A_PLACE = 'Words for one level share a place: ["Junior", "Jr."].'
# Ranges of numbers, such as "less than 1 year", "3-5 years", "10+" and "mehr als 15 Jahre".
LESS = (
    r"<|less than|under|below|up to|unter|weniger als|bis(?: zu)?|moins d[e']|jusqu'a|menos de|"
    r"hasta|"
    r"ate|meno di|fino a|minder dan|tot|mniej niz|ponizej|do"
)
MORE = (
    r">|more than|over|above|at least|uber|mehr als|ab|plus d[e']|mas de|mais de|piu di|oltre|"
    r"meer dan|wiecej niz|powyzej|ponad"
)
# "Less than a year": one in a word, where the words before it make it a range.
ONE = re.compile(
    rf"(?P<before>{LESS}|{MORE})\s*"
    r"(?:an?|one|ein(?:em|es|en|e)?|une?|un[ao]|uma?|een)\b(?=\s*\w)"
)
FROM_TO = re.compile(
    rf"(?:(?P<less>{LESS})|(?P<more>{MORE}))?\s*(?P<low>\d+)"
    r"(?P<range>\s*(?:-|–|—|to|bis|a|à|e|do|tot|al)\s*\d+|\s*\+)?[^\d]*"
)
AND_MORE = re.compile(
    r"(?:and|or|und|oder|et|ou|o|y|e|of|en|i|lub) "
    r"(?:more|over|above|mehr|plus|mas|mais|piu|meer|wiecej)"
)


def order_levels(levels: Iterable[str]) -> tuple[list[tuple[str, ...]], bool]:
    """Put levels in order, lowest first; words of equal rank, such as "Jr." and "Junior", together.

    The answer is the words of each level, and whether the place of every level is known and words
    that share one mean the same.

    Examples
    --------
    >>> order_levels(["Principal", "Jr.", "Senior", "Junior"])
    ([('Jr.', 'Junior'), ('Senior',), ('Principal',)], True)
    >>> order_levels(["1 - Expert", "2 - Advanced", "3 - Beginner"])
    ([('3 - Beginner',), ('2 - Advanced',), ('1 - Expert',)], True)
    """
    names = dict.fromkeys(levels)
    plain = {name: _spell_out(plain_text(name)) for name in names}
    numbers = {name: NUMBERED.fullmatch(text) for name, text in plain.items()}
    matches = [match for match in numbers.values() if match is not None]
    known = True
    if set(plain.values()) <= set(GRADES):
        rungs = {name: float(GRADES.index(text)) for name, text in plain.items()}
    elif len(matches) == len(names) and len({match[1] for match in matches}) == 1:
        rungs = {name: float(match[2]) for name, match in numbers.items() if match is not None}
    elif all(LED.fullmatch(text) for text in plain.values()):
        places, known = _place_led(set(plain.values()))
        rungs = {name: places[text] for name, text in plain.items()}
    elif are_ranges(plain.values()):
        rungs = {name: _find_start(text) for name, text in plain.items()}
    else:
        rungs = {name: _find_rung(text) for name, text in plain.items()}
    known &= UNKNOWN not in rungs.values()
    ladder: dict[tuple[float, str], list[str]] = {}
    for name in sorted(names, key=lambda name: (rungs[name], _by_number(plain[name]), name)):
        # Words without a place share one only where they are written alike.
        alike = plain[name] if rungs[name] == UNKNOWN else ""
        ladder.setdefault((rungs[name], alike), []).append(name)
    known &= all(len({plain[name] for name in words}) == 1 for words in ladder.values())
    return [tuple(words) for words in ladder.values()], known


def _place_led(texts: Iterable[str]) -> tuple[dict[str, float], bool]:
    """Place levels that numbers lead, and tell whether their words say which end is the lower.

    By the numbers, as long as words do not fall with them: somebody's 1 is the best.
    """
    given = sorted(texts)
    led = {text: found for text in given if (found := LED.fullmatch(text)) is not None}
    numbers = {text: float(found["number"]) for text, found in led.items()}
    words = {text: found["words"] for text, found in led.items() if found["words"]}
    steps = order_scale(given)
    if steps is not None:
        return {text: float(k) for k, text in enumerate(steps)}, True
    if len(set(words.values())) < 2:
        # "1. Semester", "2. Semester": the words tell nothing apart.
        return numbers, len(words) in (0, len(numbers))
    place = _find_start if are_ranges(words.values()) else _find_rung
    rungs = {text: place(one) for text, one in words.items()}
    placed = sorted((numbers[text], rung) for text, rung in rungs.items() if rung < UNKNOWN)
    ranks = [rung for _, rung in placed]
    if len(set(ranks)) > 1 and ranks == sorted(ranks):
        return numbers, True
    falls = len(set(ranks)) == len(numbers) and ranks == sorted(ranks, reverse=True)
    return (rungs, True) if falls else (numbers, False)


def propose_ladder(cells: Sequence[str]) -> tuple[list[str | list[str]], str]:
    """Propose the ladder of `LevelGap` for the levels that occur.

    The ladder has the levels whose place is known: of others a guess would count as soon as it is
    taken in. The second answer is what a person must do first, empty where the order is known.
    """
    # Of spellings that differ in case only the commonest is named.
    spelled: dict[str, str] = {}
    for cell in sorted(set(cells), key=cells.count):
        spelled[cell.casefold()] = cell
    ladder, known = order_levels(spelled.values())
    placed, unplaced = (ladder, []) if known else _split_unplaced(ladder)
    obstacle = ""
    if not known and all(LED.fullmatch(plain_text(word)) for words in ladder for word in words):
        placed, unplaced = ladder, []
    if len(ladder) > MOST_RUNGS:
        obstacle = "These are many levels. Write those that matter, lowest first."
    elif len(ladder) < 2:
        obstacle = "All answers are one level. Add the others, lowest first."
    elif unplaced:
        obstacle = _say_unplaced(unplaced)
    elif not known and placed is ladder:
        obstacle = (
            "The levels stand by their numbers; whether 1 is the lowest is not known. If it is the "
            "highest, turn the ladder round."
        )
    elif not known:
        obstacle = f"Put the levels in order, lowest first. {SHARE_A_PLACE}"
    return [one[0] if len(one) == 1 else list(one) for one in placed], obstacle


def _by_number(text: str) -> tuple[str, float]:
    """Where a word stands among those of no known place: IC2 before IC10."""
    found = NUMBERED.fullmatch(text)
    return (text, 0.0) if found is None else (found[1], float(found[2]))


def number_levels(levels: Iterable[str]) -> tuple[dict[str, int], bool]:
    """Number levels from 1, the lowest; see `order_levels`, which also says what ``known`` is.

    Examples
    --------
    >>> number_levels(["advanced", "Basic", "basic"])
    ({'Basic': 1, 'basic': 1, 'advanced': 2}, True)
    """
    ladder, known = order_levels(levels)
    return {word: k for k, words in enumerate(ladder, start=1) for word in words}, known


def are_ranges(answers: Iterable[str]) -> bool:
    """Tell whether answers, in lower case without accents, are ranges of numbers.

    Examples
    --------
    >>> are_ranges(["less than 1 year", "1-3 years", "4+"]), are_ranges(["1", "2", "3-4"])
    (True, False)
    """
    given = list(answers)
    known = [_find_start(text) for text in given]
    ranges = [text for text in given if not text.strip().isdecimal()]
    return len(given) > 1 and UNKNOWN not in known and 2 * len(ranges) > len(given)


def _find_start(text: str) -> float:
    """Where a range begins, half below or above the number that is its only end."""
    found = FROM_TO.fullmatch(ONE.sub(r"\g<before> 1", text.strip()))
    if found is None:
        return UNKNOWN
    more = found["more"] or AND_MORE.search(text) or (found["range"] or "").strip() == "+"
    return float(found["low"]) + (-0.5 if found["less"] else 0.5 if more else 0.0)


def share_of_levels(levels: Iterable[str]) -> float:
    """Return which share of some texts, in lower case without accents, are usual levels."""
    names = [_spell_out(name) for name in levels]
    known = [name for name in names if name in GRADES or _find_rung(name) < UNKNOWN]
    return len(known) / max(1, len(names))


def _split_unplaced(
    ladder: Iterable[tuple[str, ...]],
) -> tuple[list[tuple[str, ...]], list[tuple[str, ...]]]:
    """Divide a ladder into levels whose place is known, and those that a person must place.

    Examples
    --------
    >>> _split_unplaced([("junior",), ("senior",), ("elf",)])
    ([('junior',), ('senior',)], [('elf',)])
    """
    placed, unplaced = list[tuple[str, ...]](), list[tuple[str, ...]]()
    for words in ladder:
        known = all(share_of_levels([plain_text(word)]) for word in words)
        (placed if known else unplaced).append(words)
    return placed, unplaced


def _say_unplaced(unplaced: Iterable[Sequence[str]]) -> str:
    """Say of which levels it is not known where they belong, and how words share a place."""
    words = ", ".join(f'"{word}"' for words in unplaced for word in words)
    return (
        f"Put the levels in order, lowest first. Where these belong is not known: {words}. Write "
        f"each into its place in ladder. {SHARE_A_PLACE}"
    )


def _spell_out(text: str) -> str:
    """Write words out that are short for usual levels: "jr. developer" is "junior developer"."""
    return " ".join(SHORT.get(word.removesuffix("."), word) for word in text.split())


def _find_rung(text: str) -> float:
    """Where a level stands among the usual ones, by its lowest word."""
    led = LED.fullmatch(text)
    text = (led and led["words"]) or text
    if len(text.split()) > 3:
        return UNKNOWN
    words = [text, *text.replace("-", " ").split()]
    return min((RUNGS[word] for word in words if word in RUNGS), default=UNKNOWN)
