"""Answers of yes and no, and of a scale, told from how the different answers go together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words, small_words, words_by_language
from mentormatch.cohort.names import heading_words
from mentormatch.criteria.cells.answers import NO_PREFERENCE, means_unknown
from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["are_scale", "are_yes_no", "begins_with_yes_or_no", "number_scale", "order_scale"]

# Of letters only those that are no other answer: "S" is a size.
YES_NO = frozenset(
    form
    for word in small_words(
        "yes", "no", "letter_for_yes", "letter_for_no", "true", "false", "tick", "cross", "maybe",
        "unknown",
    )
    for form in (plain_text(word), plain_text(word).replace("-", " "))
) - {"o", "s", "t"} | {"sometimes"}  # fmt: skip
DECIDED = "|".join(sorted(set(map(plain_text, small_words("yes", "no")))))
# "Yes, I agree" and "No (not this year)": yes or no, with words that explain it.
EXPLAINED = re.compile(rf"(?:{DECIDED})\s*[,.!:(–-]\s*\S.*")
# Words that turn an answer into its opposite, with those beside them: "gar nicht", "pas du tout".
TURNS = folded_words("not", "no") | {"gar", "du", "de", "und"}
# Yes and no of each language.
OPPOSITES = [
    {plain_text(yes[0]): plain_text(words_by_language("no")[language][0])}
    for language, yes in words_by_language("yes").items()
    if language in words_by_language("no")
]
# What people answer on a scale of agreement, frequency, confidence or satisfaction.
SCALE = re.compile(
    r"\b(?:(?:dis)?agree|neutral\w*|neutre|obojetne|satisfied|dissatisfied|confident|likely|unlikely|"
    r"never|rarely|sometimes|often|always|not at all|very well|excellent|poor|fair|"
    r"stimme|zufrieden|unzufrieden|sicher|nie|selten|manchmal|oft|immer|"
    r"d'accord|satisfait\w*|jamais|rarement|parfois|souvent|toujours|"
    r"acuerdo|desacuerdo|satisfech\w*|nunca|rara vez|a veces|a menudo|siempre|"
    r"concord\w+|discord\w+|raramente|as vezes|sempre|accordo|soddisfatt\w*|mai|a volte|spesso|"
    r"(?:on)?eens|tevreden|nooit|zelden|soms|vaak|altijd|zgadzam|zadowolon\w*|nigdy|rzadko|czasem|"
    r"czesto|zawsze)\b"
)
PIECES = re.compile(r"[;,|]")
MOST_STEPS, LONGEST_STEP = 11, 5
# Steps in their order, without accents; one list for each kind of scale.
AGREEMENT = (
    (
        "strongly disagree", "disagree strongly", "completely disagree", "totally disagree",
        "fully disagree", "stimme uberhaupt nicht zu", "stimme gar nicht zu",
        "trifft uberhaupt nicht zu", "trifft gar nicht zu", "pas du tout d'accord",
        "tout a fait en desaccord", "fortement en desaccord", "totalmente en desacuerdo",
        "muy en desacuerdo", "completamente en desacuerdo", "discordo totalmente",
        "discordo completamente", "discordo fortemente", "totalmente in disaccordo",
        "fortemente in disaccordo", "completamente in disaccordo", "per niente d'accordo",
        "helemaal oneens", "helemaal mee oneens", "zeer oneens", "zeer mee oneens",
        "zdecydowanie sie nie zgadzam", "calkowicie sie nie zgadzam", "zdecydowanie nie",
    ),
    (
        "disagree", "stimme nicht zu", "trifft nicht zu", "pas d'accord", "en desaccord",
        "en desacuerdo", "discordo", "in disaccordo", "non sono d'accordo", "disaccordo", "oneens",
        "mee oneens", "nie zgadzam sie",
    ),
    (
        "somewhat disagree", "slightly disagree", "rather disagree", "stimme eher nicht zu",
        "trifft eher nicht zu", "plutot pas d'accord", "plutot en desaccord", "algo en desacuerdo",
        "discordo parcialmente", "abbastanza in disaccordo", "enigszins oneens",
        "raczej sie nie zgadzam", "raczej nie",
    ),
    (
        "neutral", "neither agree nor disagree", "undecided", "weder noch", "teils teils",
        "teils/teils", "unentschieden", "neutre", "ni d'accord ni pas d'accord", "neutro",
        "ni de acuerdo ni en desacuerdo", "nem concordo nem discordo", "neutrale",
        "ne d'accordo ne in disaccordo", "neutraal", "niet eens niet oneens", "neutralny",
        "obojetne", "ani tak ani nie", "trudno powiedziec",
    ),
    (
        "somewhat agree", "slightly agree", "rather agree", "stimme eher zu", "trifft eher zu",
        "plutot d'accord", "algo de acuerdo", "concordo parcialmente", "abbastanza d'accordo",
        "enigszins eens", "raczej sie zgadzam", "raczej tak",
    ),
    (
        "agree", "stimme zu", "trifft zu", "d'accord", "de acuerdo", "concordo", "d'accordo",
        "sono d'accordo", "eens", "mee eens", "zgadzam sie",
    ),
    (
        "strongly agree", "agree strongly", "completely agree", "totally agree", "fully agree",
        "stimme voll zu", "stimme voll und ganz zu", "stimme vollig zu", "trifft voll zu",
        "trifft voll und ganz zu", "tout a fait d'accord", "totalement d'accord",
        "fortement d'accord", "totalmente de acuerdo", "muy de acuerdo", "completamente de acuerdo",
        "concordo totalmente", "concordo completamente", "concordo fortemente",
        "totalmente d'accordo", "fortemente d'accordo", "completamente d'accordo",
        "helemaal eens", "helemaal mee eens", "zeer eens", "zeer mee eens",
        "zdecydowanie sie zgadzam", "calkowicie sie zgadzam", "zdecydowanie tak",
    ),
)  # fmt: skip
AMOUNT = (
    (
        "not at all", "none", "nothing", "never", "no interest", "gar nicht", "uberhaupt nicht",
        "nie", "niemals", "pas du tout", "aucun", "aucune", "jamais", "en absoluto", "para nada",
        "nada", "ninguno", "ninguna", "nunca", "de modo nenhum", "nenhum", "nenhuma", "per niente",
        "niente", "mai", "helemaal niet", "geen", "nooit", "wcale", "w ogole", "nigdy",
    ),
    (
        "very little", "very few", "very rarely", "very seldom", "hardly ever", "almost never",
        "sehr wenig", "sehr selten", "fast nie", "tres peu", "tres rarement", "presque jamais",
        "muy poco", "muy rara vez", "casi nunca", "muito pouco", "muito raramente", "quase nunca",
        "molto poco", "molto raramente", "quasi mai", "heel weinig", "zeer weinig", "heel zelden",
        "zeer zelden", "bijna nooit", "bardzo malo", "bardzo rzadko", "prawie nigdy",
    ),
    (
        "a little", "slightly", "rarely", "seldom", "hardly", "wenig", "ein wenig", "kaum",
        "selten", "un peu", "peu", "rarement", "poco", "un poco", "rara vez", "raramente", "pouco",
        "um pouco", "un po'", "weinig", "een beetje", "zelden", "troche", "malo", "rzadko",
    ),
    (
        "somewhat", "moderately", "sometimes", "occasionally", "mittel", "mittelmassig",
        "teilweise", "manchmal", "moyennement", "parfois", "moderadamente", "a veces",
        "mais ou menos", "as vezes", "moderatamente", "a volte", "redelijk", "soms", "srednio",
        "umiarkowanie", "czasem", "czasami",
    ),
    (
        "very", "very much", "a lot", "often", "frequently", "sehr", "oft", "haufig", "beaucoup",
        "souvent", "mucho", "a menudo", "muito", "frequentemente", "molto", "spesso", "veel",
        "vaak", "bardzo", "duzo", "czesto",
    ),
    (
        "extremely", "always", "ausserst", "immer", "enormement", "extremement", "toujours",
        "muchisimo", "siempre", "extremamente", "sempre", "moltissimo", "estremamente",
        "heel veel", "extreem", "altijd", "ogromnie", "zawsze",
    ),
)  # fmt: skip
# Marks, of which a school may count the best one as 1.
QUALITY = (
    (
        "very poor", "very bad", "terrible", "ungenugend", "sehr schlecht", "tres mauvais",
        "muy malo", "muy mala", "muy mal", "pessimo", "muito mau", "molto scarso", "zeer slecht",
        "bardzo slaby", "niedostateczny",
    ),
    (
        "poor", "bad", "weak", "insufficient", "mangelhaft", "schlecht", "mauvais", "insuffisant",
        "malo", "mala", "mal", "insuficiente", "mau", "ruim", "scarso", "insufficiente", "slecht",
        "onvoldoende", "slaby", "mierny",
    ),
    (
        "fair", "sufficient", "acceptable", "adequate", "ausreichend", "passable", "suffisant",
        "aceptable", "suficiente", "aceitavel", "sufficiente", "voldoende", "dopuszczajacy",
    ),
    (
        "average", "satisfactory", "befriedigend", "moyen", "assez bien", "assez bon", "medio",
        "razoavel", "discreto", "gemiddeld", "dostateczny", "przecietny",
    ),
    (
        "good", "gut", "bon", "bonne", "bien", "bueno", "buena", "bom", "boa", "buono", "buona",
        "goed", "dobry", "dobra", "dobrze",
    ),
    (
        "very good", "sehr gut", "tres bon", "tres bonne", "tres bien", "muy bueno", "muy buena",
        "muy bien", "muito bom", "muito boa", "molto buono", "molto buona", "zeer goed",
        "heel goed", "bardzo dobry", "bardzo dobra", "bardzo dobrze",
    ),
    (
        "excellent", "outstanding", "ausgezeichnet", "hervorragend", "excelente", "sobresaliente",
        "otimo", "eccellente", "ottimo", "uitstekend", "doskonaly", "celujacy",
    ),
)  # fmt: skip
# Below it a step says no; "very interested" has words behind the step.
SAYS_NO = {AGREEMENT: 3, AMOUNT: 1, QUALITY: 0}
MOST_BEHIND = 2
# From this place on the words of a scale are those of its upper end.
TOP = 4
# "Very unlikely", "often not": words behind a step that make less of it, or its opposite.
LOWERS = re.compile(
    rf"\b(?:{'|'.join(sorted(folded_words('not', 'never')))}|"
    r"kein\w*|nie\w*|un(?!der)\w{3,}|dis\w+|"
    r"insa\w+|inso\w+|improb\w+|on(?:te|ze|wa)\w+|little|few|less|rare\w*|seldom|low|poor\w*|"
    r"bad\w*|weak\w*|slight\w*|hard\w*|wenig\w*|selten|schlecht\w*|gering\w*|niedrig\w*|"
    r"schwach\w*|peu|faible\w*|mauvais\w*|poc[oa]s?|rar[oa]\w*|baj[oa]s?|mal|mal[oa]s?|debil\w*|"
    r"pouc[oa]s?|baix[oa]s?|mau|ma|ruim|bass[oa]|scars[oa]|weinig|zelden|laag|slecht\w*|zwak\w*|"
    r"rzadko|nisk\w+|slab\w+)\b"
)
NUMBERED = re.compile(r"(\d+)(?:\s*[-–—:=.)(]+\s*(?P<words>[^\d\s].*?)\)?)?")


def are_yes_no(answers: Collection[str]) -> bool:
    """Tell whether different answers, in lower case without accents, are yes and no."""
    decided = [one for one in answers if " ".join(heading_words(one)) not in NO_PREFERENCE]
    return 0 < len(decided) <= len(answers) <= 4 and all(
        answer in YES_NO or EXPLAINED.fullmatch(answer) is not None for answer in decided
    )


def begins_with_yes_or_no(answer: str) -> bool:
    """Tell whether the first word of an answer is yes, no or one that leaves it open."""
    first = re.match(r"[\w-]+", plain_text(answer))
    known = first is not None and first[0] in YES_NO
    return known or " ".join(heading_words(answer)) in NO_PREFERENCE


def are_scale(answers: Collection[str]) -> bool:
    """Tell whether different answers are steps of a scale.

    They are when their order is known, or most of them have words of agreement, frequency,
    confidence or satisfaction; or when they are short, and one is the opposite of another:
    "applies" and "does not apply". Answers are in lower case without accents.
    """
    if not 2 <= len(answers) <= MOST_STEPS:
        return False
    if any(len(answer.split()) > LONGEST_STEP + 2 for answer in answers):
        return False
    if order_scale(answers) is not None:
        return True
    led = {one: found for one in answers if (found := NUMBERED.fullmatch(one)) is not None}
    if len(led) == len(answers) and len(_find_ends(led)) > 1:
        # "1 - very much" to "5 - not at all" is a scale of which a person says the order.
        return True
    # "Nie" is never in German, and "nie wiem" that somebody does not know in Polish.
    known = [
        answer
        for answer in answers
        if SCALE.search(answer) and not any(map(means_unknown, PIECES.split(answer)))
    ]
    if len(known) >= 0.6 * len(answers):
        return True
    short = [words for one in answers if len(words := re.findall(r"\w+", one)) <= LONGEST_STEP]
    return len(answers) >= 3 and len(short) == len(answers) and _has_opposites(short)


def order_scale(answers: Collection[str]) -> list[str] | None:
    """Put the steps of a scale in order, lowest first; None where the order is not known.

    Examples
    --------
    >>> order_scale(["Agree", "Strongly disagree", "Neutral"])
    ['Strongly disagree', 'Neutral', 'Agree']
    >>> order_scale(["5 - very much", "3", "1 - not at all"])
    ['1 - not at all', '3', '5 - very much']
    """
    places = {answer: place for answer, (place, _) in _place_steps(answers).items()}
    if not places or len(set(places.values())) < len(places):
        return None
    return sorted(places, key=lambda answer: places[answer])


def number_scale(answers: Collection[str]) -> dict[str, int] | None:
    """Number the steps of a scale from 0, which says no; None where their order is not known.

    A step has one number whichever other steps occur, so that two tables have the same.

    Examples
    --------
    >>> number_scale(["Agree", "Strongly disagree", "Neutral", "Disagree"])
    {'Strongly disagree': 0, 'Disagree': 0, 'Neutral': 1, 'Agree': 3}
    """
    if order_scale(answers) is None:
        return None
    steps = _place_steps(answers)
    return {answer: steps[answer][1] for answer in sorted(steps, key=lambda one: steps[one][0])}


def _place_steps(answers: Collection[str]) -> dict[str, tuple[int, int]]:
    """The place of each answer in its scale, and its number; empty where one is not known."""
    texts = {
        answer: " ".join(plain_text(answer).replace("’", "'").replace(",", " ").split())
        for answer in answers
    }
    led = {answer: NUMBERED.fullmatch(text) for answer, text in texts.items()}
    numbered = {answer: found for answer, found in led.items() if found is not None}
    if len(numbered) == len(texts) and any(found["words"] for found in numbered.values()):
        if _rise(numbered):
            # The number is what the form says; but its lowest step may say no.
            return {
                answer: (int(found[1]), 0 if _says_no(found["words"]) else int(found[1]))
                for answer, found in numbered.items()
            }
        # Where 1 is the best mark, the words say which the lowest is.
        texts = {answer: found["words"] or "" for answer, found in numbered.items()}
    for scale, first in SAYS_NO.items():
        places = {answer: _find_step(text, scale) for answer, text in texts.items()}
        if None not in places.values():
            return {
                answer: (place, max(0, place - first + 1))
                for answer, place in places.items()
                if place is not None
            }
    return {}


def _find_ends(numbered: Mapping[str, re.Match[str]]) -> list[tuple[int, int]]:
    """The numbers of steps whose words a scale knows, with their places in it, by the numbers.

    Empty unless the lowest or the highest number has such words: "1. Marketing" is no step.
    """
    steps = sorted((int(found[1]), found["words"]) for found in numbered.values() if found["words"])
    numbers = [int(found[1]) for found in numbered.values()]
    placed = [
        [(k, place) for k, words in steps if (place := _find_step(words, scale)) is not None]
        for scale in SAYS_NO
    ]
    best = max(placed, key=len)
    at_end = {k for k, _ in best} & {min(numbers), max(numbers)}
    return best if at_end else []


def _rise(numbered: Mapping[str, re.Match[str]]) -> bool:
    """Tell whether the words behind numbers rise with them: 1 may be the best mark of a school."""
    ends = _find_ends(numbered)
    places = [place for _, place in ends]
    if len(set(places)) > 1:
        return places == sorted(places)
    # One known step tells which end is the lower one where it is none of it, or the most of it.
    lowest = min(int(found[1]) for found in numbered.values())
    return bool(ends) and (places[0] >= TOP if ends[0][0] > lowest else places[0] == 0)


def _says_no(words: str | None) -> bool:
    if words is None:
        return False
    places = {scale: _find_step(words, scale) for scale in SAYS_NO}
    return any(place is not None and place < SAYS_NO[scale] for scale, place in places.items())


def _find_step(text: str, scale: tuple[tuple[str, ...], ...]) -> int | None:
    """Which step of a scale a text begins with; the longest one that does."""
    found: tuple[int, int] | None = None
    for place, phrases in enumerate(scale):
        for phrase in phrases:
            behind = text.removeprefix(phrase)
            fits = not behind or (
                behind[0] == " "
                and len(behind.split()) <= MOST_BEHIND
                and not LOWERS.search(behind)
            )
            if text.startswith(phrase) and fits and (found is None or len(phrase) > found[0]):
                found = len(phrase), place
    return None if found is None else found[1]


def _has_opposites(answers: Collection[list[str]]) -> bool:
    """Tell whether an answer of two words or more is another with a word that turns it."""
    said = {tuple(answer) for answer in answers}
    for answer in said:
        turned = {tuple(pair.get(word, word) for word in answer) for pair in OPPOSITES}
        turned.add(tuple(word for word in answer if word not in TURNS))
        if len(answer) > 1 and any(one != answer and one in said for one in turned):
            return True
    return False
