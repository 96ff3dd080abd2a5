"""Whether a heading or an answer asks for a mentor, or a mentee, of one gender."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from mentormatch.cohort.cells.small_words import folded_words
from mentormatch.cohort.names import heading_words
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
SAME = r"(?:of (?:the|my) )?(?:same|own) (?:gender|sex)|gleichen geschlechts?|meme sexe"
# "A mentor in women's health" has a field, and no gender.
GENDER = rf"(?<!\bin )(?:{WOMEN}|{MEN}|{SAME}|non-?binary)(?!['’]s)"
OF_MENTORS = r"(?:mentor(?!ing)\w*|mentrice\w*)"
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
BESIDE = rf"(?:[\s,(:]+(?!to\b(?! be\b)){FOR}[\w'-]+)"
# "Une mentore", "eine Mentorin": in these languages the form alone says it.
FEMININE = re.compile(
    r"\b(?:eine[rn]? mentorin(?:nen)?|(?:une|una|uma) ment(?:or|ore|ora|rice)|mentork[aei]|"
    r"(?:prefier\w+|prefir\w+)(?: un[oa])? mentora)\b"
)
MASCULINE = re.compile(r"\b(?:mentor(?:en|s|es)?|einen mentor|un mentor\w*)\b(?! \()")
JOINED = r"\s*(?:or|oder|ou|o|u|eller|lub|of|/|and|und|et|y|e|och|i)\s*(?:an?\s+)?"
EITHER = re.compile(rf"\b(?:(?:{WOMEN}){JOINED}(?:{MEN})|(?:{MEN}){JOINED}(?:{WOMEN}))\b")
# In the clause itself: "Ort ist egal" is of the place, and "either SQL or Go" of skills.
INDIFFERENT = re.compile(
    rf"\b(?:{'|'.join(map(re.escape, sorted(folded_words('no_preference') - {'either'})))})\b"
)
# Of oneself, and of what was; "identify as a woman" may be of a mentor.
OF_ONESELF = re.compile(
    r"\b(?:(?<!identify )(?<!identifies )as an?|i am an?|i'?m an?|are you an?|being an?|als|"
    r"ich bin(?: eine?)?|en tant que|je suis(?: une?)?|como|soy(?: una?)?|sou(?: uma?)?|"
    rf"sono(?: una?)?|come|ik ben een|jestem|jag ar(?: en)?|jeg er(?: en)?|som) {GENDER}\b"
)
PAST = re.compile(r"\b(?:had|hatte(?:st|n|t)?|deja eu|avuto|tenido|tido|haft|mial\w*)\b")
# "No men please", "women only".
ALONE = re.compile(
    rf"\W*(?:please |bitte )?(?:(?:no|not|only|keinen?|nur) (?:men|man|manner|mann|frau|{GENDER})|"
    rf"(?:men|{GENDER}) only)(?: mentors?)?\W*(?:please|bitte|thanks)?\W*"
)
SOMEBODY = re.compile(rf"\b(?:someone|somebody|jemand\w*|a person)\b.{{0,12}} (?:{SAME})\b")
# Headings: the name of the attribute beside whose it is, or a wish.
ATTRIBUTE = (
    r"\b(?:gender|sex|geschlecht\w*|genre|genero|sesso|sexe|sexo|geslacht\w*|plec|plci|kon|kjonn)\b"
)
# Everybody's own: "your gender", "Gender (for mentor matching)", "… if you prefer not to say".
OWN = re.compile(
    r"\b(?:pronouns?|pronom\w*|identi\w+|your (?:own )?gender|mentor\w* match\w*|"
    r"(?:prefer|wish|like|want)\w*(?: not)? to (?:say|share|answer|tell|disclose))\b"
)
SENTENCES = re.compile(r"[.;!?\n]+")
# French: the accent alone tells a mentee from a mentor.
MENTORED = re.compile(r"\bmentoré(?:e|\(e\)|[·.]e)?s?(?!\w)", re.IGNORECASE)
# What every wish has, looked for first.
QUICK = re.compile(
    "wom[ae]n|male|a man|weib|männ|frau|mann|f[eé]m|masc|homm|hombre|muj|mulh|homem|donna|uomo|"
    "vrouw|mannel|kobi|m[eę][zż]|[zż]e[nń]sk|m[eę]sk|kvin|manlig|mandlig|binary|gender|sex|geschl|"
    "mentorin|ment(?:or|rice)|mentork|\\bmen\\b",
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
            rf"\b{WISH}{WORD}{{0,5}}[\s,(:]+{GENDER}\b|"
            rf"\b{GENDER}{WORD}{{0,2}}[\s,(:]+(?:prefer\w*|bevorzug\w*|lieber)\b"
        ),
    )


@lru_cache(maxsize=8192)
def wishes_gender(text: str, of: Side) -> bool:
    """Tell whether an answer seems to ask for somebody of one gender.

    ``of`` is the table of those who are asked for.

    Examples
    --------
    >>> texts = ("Would prefer a female mentor", "Eine Mentorin wäre schön", "mentor for women")
    >>> [wishes_gender(text, "mentors") for text in texts]
    [True, True, False]
    """
    if not QUICK.search(text):
        return False
    return any(
        ALONE.fullmatch(plain) or _wishes(plain, of)
        for plain in map(plain_text, SENTENCES.split(MENTORED.sub("mentee", text)))
    )


def _wishes(plain: str, of: Side) -> bool:
    """Tell whether a sentence without accents asks for one gender, and is not of what was."""
    plain = OF_ONESELF.sub(" ", plain)
    if EITHER.search(plain) or (PAST.search(plain) and not re.search(rf"\b{WISH}\b", plain)):
        return False
    found = [one for which in (*_patterns(of), SOMEBODY) for one in which.finditer(plain)]
    feminine = FEMININE.search(plain)
    if of == "mentors" and feminine and not MASCULINE.search(plain.replace(feminine[0], " ")):
        found.append(feminine)
    return not all(INDIFFERENT.search(_clause_about(one, plain)) for one in found)


def _clause_about(found: re.Match[str], text: str) -> str:
    """The words about a match up to the commas around it, as `folded_words` are."""
    after = text.find(",", found.end())
    clause = text[text.rfind(",", 0, found.start()) + 1 : after if after >= 0 else len(text)]
    return " ".join(heading_words(clause))


def asks_for_gender(heading: str, of: Side) -> bool:
    """Tell whether a heading asks which gender somebody of the other table shall have.

    Examples
    --------
    >>> headings = ("Vill du ha en kvinnlig mentor?", "Preferred mentor gender", "Gender")
    >>> [asks_for_gender(heading, "mentors") for heading in headings]
    [True, True, False]
    """
    plain = plain_text(MENTORED.sub("mentee", heading))
    if re.search(ATTRIBUTE, plain) and not re.search(rf"\b(?:{SAME})\b", plain):
        if OWN.search(plain):
            return False
        role, own = (OF_MENTORS, OF_MENTEES) if of == "mentors" else (OF_MENTEES, OF_MENTORS)
        speaks_of = role if re.search(rf"\b{own}\b", plain) else rf"(?:{role}|{WISH})"
        return re.search(rf"\b{speaks_of}\b", plain) is not None
    # "Would you prefer a female or male mentor?" asks for one.
    return _wishes(EITHER.sub(" female ", plain), of)
