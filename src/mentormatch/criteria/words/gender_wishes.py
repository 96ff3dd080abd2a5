"""Whether a heading or an answer asks for a mentor, or a mentee, of one gender."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.criteria.words.heading_words import plain_text

if TYPE_CHECKING:
    from mentormatch.cohort import Side

__all__ = ["asks_for_gender", "wishes_gender"]

# All without accents and in lower case. What is common in headings, "Frau" before a name and the
# Swedish "man", is none alone.
WOMEN = (
    r"female|wom[ae]n|weiblich\w*|(?:eine[rn]? )frau|frau als|frauen|feminine?s?|femmes?|"
    r"mujer(?:es)?|femenin[ao]s?|mulher(?:es)?|femininas?|una donna|donna come|mentore? donna|"
    r"femminile|vrouw(?:en|elijke?)?|kobiet\w*|zensk\w*|kvinn(?:a|or|lig\w*|elig\w*|e)|"
    r"kvinde(?:r|lig\w*)?"
)
MEN = (
    r"male|a man|mannlich\w*|(?:einen? )mann|masculine?s?|hommes?|hombres?|masculin[ao]s?|homem|"
    r"homens|un uomo|mentore? uomo|maschile|mannelijke?|mezczyzn\w*|mesk(?:i|a|iego)|manlig\w*|"
    r"mandlig\w*|mannlig\w*"
)
OTHERS = (
    r"non-?binary|(?:of (?:the|my) )?(?:same|own) (?:gender|sex)|gleichen geschlechts?|meme sexe"
)
GENDER = rf"(?:{WOMEN}|{MEN}|{OTHERS})"
OF_MENTORS = r"(?:mentor\w*|mentrice\w*)"
OF_MENTEES = (
    r"(?:mentees?|menti|mentorand\w*|adept\w*|mentorad[ao]s?|mentorizad[ao]s?|podopieczn\w*)"
)
# "A mentor for women" and "of female founders": whom somebody is good for.
FOR = r"(?!(?:for|fur|pour|para|per|voor|dla|of|von|des|aux|and|und|et)\b)"
WISH = (
    r"(?:prefer\w*|prefier\w*|prefir\w*|lieber|bevorzug\w*|wunsch\w*|liever|hellre|helst|wol[ea]\w*|"
    r"would like|rather|souhait\w*|vorrei|wish\w*|i want|looking for)"
)
WORD = rf"(?:[\s,(:]+{FOR}[\w'-]+)"
BESIDE = rf"(?:[\s,(:]+(?!to\b){FOR}[\w'-]+)"
# "Une mentore", "eine Mentorin": in these languages the form alone says it.
FEMININE = re.compile(
    r"\b(?:eine[rn]? mentorin(?:nen)?|(?:une|una|uma) ment(?:or|ore|ora|rice)|mentork[aei]|"
    r"(?:prefier\w+|prefir\w+)(?: un[oa])? mentora)\b"
)
MASCULINE = re.compile(r"\b(?:mentor(?:en|s|es)?|einen mentor|un mentor\w*)\b(?! \()")
JOINED = r"\s*(?:or|oder|ou|o|u|eller|lub|of|/|and|und|et|y|e|och|i)\s*(?:an?\s+)?"
EITHER = re.compile(rf"\b(?:(?:{WOMEN}){JOINED}(?:{MEN})|(?:{MEN}){JOINED}(?:{WOMEN}))\b")
INDIFFERENT = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(folded_words('no_preference'))))}|no preference|"
    r"regardless|egal|whether)\b"
)
# Headings: the name of the attribute beside whose it is, or a wish.
ATTRIBUTE = (
    r"\b(?:gender|sex|geschlecht\w*|genre|genero|sesso|sexe|sexo|geslacht\w*|plec|plci|kon|kjonn)\b"
)
OWN = re.compile(r"\b(?:pronouns?|pronom\w*|identi\w+|your (?:own )?gender|same)\b")
SENTENCES = re.compile(r"[.;!?\n]+")
# French: the accent alone tells a mentee from a mentor.
MENTORED = re.compile(r"\bmentoré(?:e|\(e\)|[·.]e)?s?(?!\w)", re.IGNORECASE)
# What every wish has, looked for first.
QUICK = re.compile(
    "wom[ae]n|male|a man|weib|männ|frau|mann|f[eé]m|masc|homm|hombre|muj|mulh|homem|donna|uomo|"
    "vrouw|mannel|kobi|m[eę][zż]|[zż]e[nń]sk|m[eę]sk|kvin|manlig|mandlig|binary|gender|sex|geschl|"
    "mentorin|ment(?:or|rice)|mentork",
    re.IGNORECASE,
)


@lru_cache(maxsize=4)
def _patterns(of: Side) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What says which gender somebody of a table shall have: with the role, or as a wish alone."""
    role = OF_MENTORS if of == "mentors" else OF_MENTEES
    return (
        re.compile(
            rf"\b{GENDER}{BESIDE}{{0,3}}[\s,(:]+{role}\b|\b{role}{BESIDE}{{0,4}}[\s,(:]+{GENDER}\b"
        ),
        re.compile(
            rf"\b{WISH}{WORD}{{0,5}}[\s,(:]+{GENDER}\b|\b{GENDER}{WORD}{{0,2}}[\s,(:]+{WISH}\b"
        ),
    )


@lru_cache(maxsize=8192)
def wishes_gender(text: str, of: Side) -> bool:
    """Tell whether an answer seems to ask for somebody of one gender.

    Parameters
    ----------
    text
        A cell.
    of
        The table of those who are asked for.

    Examples
    --------
    >>> texts = ("Would prefer a female mentor", "Eine Mentorin wäre schön", "mentor for women")
    >>> [wishes_gender(text, "mentors") for text in texts]
    [True, True, False]
    """
    if not QUICK.search(text):
        return False
    with_role, as_wish = _patterns(of)
    for sentence in SENTENCES.split(MENTORED.sub("mentee", text)):
        plain = plain_text(sentence)
        if EITHER.search(plain) or INDIFFERENT.search(plain):
            continue
        if with_role.search(plain) or as_wish.search(plain):
            return True
        if of == "mentors" and _names_women_only(plain):
            return True
    return False


def _names_women_only(plain: str) -> bool:
    found = FEMININE.search(plain)
    return found is not None and not MASCULINE.search(plain.replace(found[0], " "))


def asks_for_gender(heading: str, of: Side) -> bool:
    """Tell whether a heading asks which gender somebody of the other table shall have.

    Examples
    --------
    >>> headings = ("Vill du ha en kvinnlig mentor?", "Preferred mentor gender", "Gender")
    >>> [asks_for_gender(heading, "mentors") for heading in headings]
    [True, True, False]
    """
    plain = plain_text(MENTORED.sub("mentee", heading))
    if OWN.search(plain):
        return False
    role, own = (OF_MENTORS, OF_MENTEES) if of == "mentors" else (OF_MENTEES, OF_MENTORS)
    if re.search(ATTRIBUTE, plain):
        speaks_of = role if re.search(rf"\b{own}\b", plain) else rf"(?:{role}|{WISH})"
        return re.search(rf"\b{speaks_of}\b", plain) is not None
    if any(pattern.search(plain) for pattern in _patterns(of)):
        return True
    return of == "mentors" and _names_women_only(plain)
