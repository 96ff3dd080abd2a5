"""Which columns say who somebody is: own e-mail, name, keys, numbers of answers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mentormatch.cohort.cells.nothing import NOTHING
from mentormatch.cohort.cells.numbers import is_missing
from mentormatch.cohort.names import fold_heading, heading_words, word_set

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from mentormatch.cohort.names import Side

__all__ = [
    "EMAIL",
    "PersonColumns",
    "are_running_numbers",
    "compatible_names",
    "find_person_columns",
    "fold_person",
    "heads_names",
    "heads_only_names",
    "heads_part_of_names",
    "hold_whole_names",
    "is_email_column",
]

EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")
# Two words or more, all but the small ones with a capital.
WHOLE = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_]*[\w.'’-]*(?: [^\W\d_][^\d\s@]*){1,4}")
LOOKED_AT = 500
MOSTLY = 0.8
LONGEST_NAME = 80


# Somebody else's name or address; and things that have names.
OTHERS = word_set(
    "manager managers supervisor supervisors boss lead leader parent parents guardian mother "
    "father emergency sponsor referee reference referrer teacher tutor colleague partner "
    "assistant hr recommended recommender coordinator previous preferred wished wish want "
    "would conflict conflicts avoid not vorgesetzte vorgesetzter vorgesetzten chef chefin "
    "fuhrungskraft eltern notfall superieur responsable jefe padre madre gestor responsavel "
    "capo superiore leidinggevende przelozony przelozonego rodzic parents'"
)
THINGS = word_set(
    "company organisation organization organisations employer team department unit project "
    "projects school university college faculty institution course programme program event "
    "group file form job title role city country site bank domain user account firma "
    "firmenname unternehmen abteilung schule universitat projekt projet entreprise societe "
    "ecole universite empresa escuela universidad proyecto azienda scuola universita progetto "
    "bedrijf school afdeling firma uczelnia projekt"
)
MENTEE = word_set("mentee mentees mentoree protege menti mentorado mentorada")
MENTOR = word_set("mentor mentors mentorin mentora mentore mentoren")
EMAIL_WORDS = word_set("email emails mail mails courriel correo posta username upn")
FULL = word_set(
    "name names fullname nombre nom nome naam nazwa imie namen heissen heisst llamas appelez "
    "chiami heet"
)
AND = word_set("and und et y e en i oraz")
PHONES = word_set(
    "phone mobile cell tel telefon telefonnummer handy handynummer telephone portable movil "
    "celular telefono telefone cellulare mobiel telefoonnummer komorkowy telefonu whatsapp"
)
FIRST = (
    "first name", "firstname", "given name", "given names", "given name s", "nombre de pila",
    "forename", "vorname", "prenom", "voornaam", "imie",
    "nombre", "nome", "nombres", "primeiro nome",
)  # fmt: skip
LAST = (
    "last name", "lastname", "surname", "family name", "nachname", "familienname", "nom",
    "nom de famille", "apellido", "apellidos", "cognome", "sobrenome", "apelido", "achternaam",
    "nazwisko",
)  # fmt: skip
# Of one word that says it wherever it stands: "Prénom usuel", "Primer apellido".
FIRST_WORDS = word_set("firstname forename vorname rufname prenom prenoms voornaam imie")
LAST_WORDS = word_set(
    "lastname surname nachname familienname apellido apellidos cognome sobrenome apelido "
    "achternaam nazwisko"
)
# Who may be the person, and may have a parent whose name stands beside it.
CHILD = word_set("child kind kindes enfant hijo hija filho filha figlio figlia")
ONLY_FIRST = word_set("first given fore last family")
# What stands in headings of people's own names.
PLAIN = (
    FULL
    | AND
    | frozenset(word for phrase in (*FIRST, *LAST) for word in phrase.split())
    | word_set(
        "full whole complete complet completo completa vollstandiger vollstandige ganzer voller "
        "usuel usual legal primer primeiro dein deine ihr ihre your tu su vor voor volledige "
        "volledig pelne pelny intero inteiro entier"
    )
    # Of questions for it: "Quel est votre nom complet ?", "Wie heißen Sie?".
    | word_set(
        "what is are please enter wie ist lautet sie du bitte quel est votre ton vous cual es "
        "qual o seu teu il suo tuo wat je uw jouw jak masz na twoje podaj s"
    )
)
# With these a heading asks for a part of the name.
PARTS = word_set("famille pila primeiro")
PERSON = word_set(
    "participant participants person student students mentee mentor applicant member employee "
    "teilnehmer teilnehmers teilnehmerin teilnehmende participante partecipante deelnemer "
    "uczestnik mitarbeiter mitarbeiterin etudiant estudiante studente"
)
# "Nom du participant": what stands before whose name it is.
OF = word_set("of the de du des del do da della dell van der den")
STAFF = word_set("user staff personnel payroll personal member personalnummer matrikelnummer")
KEYS = word_set(
    "id number no nr num code key ref uid guid uuid nummer numero kennung personalnummer "
    "matrikelnummer matricule kennziffer login handle"
)
ANSWERS = word_set(
    "response respondent submission entry record answer row line index antwort antworten "
    "reponse respuesta resposta risposta antwoord odpowiedz token collector"
)


@dataclass(frozen=True, slots=True)
class PersonColumns:
    """The columns of one table that say who somebody is.

    Parameters
    ----------
    email
        The column with people's own e-mail addresses.
    other_emails
        Columns with somebody else's addresses.
    names
        The columns that make up the name: one, or first and last name.
    keys
        Columns with numbers or codes of people, such as ``employee number``.
    answers
        Columns that number the answers of a form.
    """

    email: str | None
    other_emails: tuple[str, ...]
    names: tuple[str, ...]
    keys: tuple[str, ...]
    answers: tuple[str, ...]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the keys that are people's by their heading, such as ``employee number``."""
        return tuple(name for name in self.keys if set(heading_words(name)) & (PERSON | STAFF))

    @property
    def all(self) -> frozenset[str]:
        """Return the names of all these columns."""
        email = () if self.email is None else (self.email,)
        columns = (*email, *self.other_emails, *self.names, *self.keys, *self.answers)
        return frozenset(columns)


def find_person_columns(table: pd.DataFrame, side: Side) -> PersonColumns:
    """Find the columns that say who somebody is, by heading and contents."""
    words = {name: heading_words(name) for name in table.columns}
    other_side = MENTOR if side == "mentees" else MENTEE
    others = {name for name, said in words.items() if set(said) & (OTHERS | other_side)}
    emails = [str(name) for name, column in table.items() if is_email_column(column)]
    own = [name for name in emails if name not in others]
    best = own[0] if own else None
    if len(own) > 1:
        best = min(own, key=lambda name: _email_rank(words[name], table.loc[:, name]))
    texts = {
        name
        for name, said in words.items()
        if name not in others
        and name not in emails
        and _may_head_names(said)
        and _are_names(_first_texts(table[name]))
    }
    keys = [
        name
        for name, said in words.items()
        if name not in others
        and name not in emails
        and (set(said) & KEYS or said == ("#",))
        and not set(said) & ((THINGS - {"user"}) | PHONES)
    ]
    answers = tuple(
        name
        for name in keys
        if set(words[name]) & ANSWERS
        or words[name] == ("#",)
        or (len(words[name]) == 1 and are_running_numbers(table[name]))
    )
    return PersonColumns(
        email=best,
        other_emails=tuple(name for name in emails if name != best),
        names=_find_names(words, texts, table),
        keys=tuple(name for name in keys if name not in answers),
        answers=answers,
    )


def _email_rank(said: tuple[str, ...], column: pd.Series) -> tuple[int, float]:
    """Rank a column of addresses: plain headings first, then the fewest repetitions."""
    rest = set(said) - EMAIL_WORDS - {"e", "address", "adresse", "your", "my", "the"}
    plain = (
        0 if set(said) & (EMAIL_WORDS | {"e"}) and not rest else 1 if rest <= MENTEE | MENTOR else 2
    )
    given = column.dropna()
    return plain, -given.nunique() / max(1, len(column))


def _find_names(
    words: dict[str, tuple[str, ...]], texts: set[str], table: pd.DataFrame
) -> tuple[str, ...]:
    """Find one column of full names, or those of first and last names."""
    folded = {name: " ".join(_without_owner(said)) for name, said in words.items() if name in texts}
    firsts = [name for name, text in folded.items() if _ends(text, FIRST)]
    firsts = firsts or [
        name
        for name in folded
        if FIRST_WORDS.intersection(words[name]) and CHILD.isdisjoint(words[name])
    ]
    # "Vor- und Nachname" asks for both, and so does "Vorname, Nachname".
    joins = AND | set(FIRST)
    both = [name for name, text in folded.items() if _ends(text, LAST) and set(words[name]) & joins]
    firsts = [name for name in firsts if name not in both]
    lasts = [
        name for name, text in folded.items() if _ends(text, LAST) and name not in (*firsts, *both)
    ]
    lasts = lasts or [
        name
        for name in folded
        if LAST_WORDS.intersection(words[name]) and name not in (*firsts, *both)
    ]
    # "Primer apellido" stands before "Segundo apellido".
    if all("apellido" in words[name] for name in lasts):
        lasts = lasts[:1]
    full = [
        name
        for name in folded
        if (set(words[name]) & FULL or name in both) and not set(words[name]) & THINGS
    ]
    # "nom" and "nombre" are whole names where nothing else says the other part.
    if len(firsts) == 1 and len(lasts) == 1:
        apart = [name for name in full if name not in (*firsts, *lasts)]
        return (apart[0],) if apart else (firsts[0], lasts[0])
    # "Nombre" beside "Nombre y apellidos" is the first name.
    full = [name for name in full if name in both] or full
    if full:
        # "Nombre" is a name in Spanish and a number in French, whose few answers many people share.
        if len(full) == 1:
            return (full[0],)
        different = {name: table[name].nunique() for name in full}
        most = max(different.values())
        return (min(full, key=lambda name: (2 * different[name] < most, len(words[name]))),)
    return next(((name,) for name in folded if _names_a_person(words[name])), ())


def heads_names(column: object) -> bool:
    """Return whether a heading speaks of people's names, and not of what else has names."""
    words = heading_words(column)
    return _may_head_names(words) and not set(words) & (THINGS | OTHERS)


def heads_only_names(columns: Sequence[object]) -> bool:
    """Return whether headings ask for people's own whole names, and say nothing else.

    Examples
    --------
    >>> heads_only_names(["Nombre y apellidos"]), heads_only_names(["Vorname", "Nachname"])
    (True, True)
    >>> heads_only_names(["Nom complet"]), heads_only_names(["Wat is je volledige naam?"])
    (True, True)
    >>> heads_only_names(["Nom du mentor"]), heads_only_names(["Mentee name"])
    (True, True)
    >>> heads_only_names(["Birth name"]), heads_only_names(["First name"])
    (False, False)
    """
    words = [_without_owner(heading_words(one)) for one in columns]
    if not columns or not all(set(said) <= PLAIN for said in words):
        return False
    if len(columns) > 1:
        return True
    said = set(words[0])
    # "Qual é o seu apelido?" has no "and".
    joined = bool(said & AND) and "qual" not in said
    joined |= bool(said & set(FIRST)) and bool(said & set(LAST))
    return joined or bool(said & FULL and not said & (ONLY_FIRST | PARTS))


def hold_whole_names(table: pd.DataFrame, columns: Sequence[str]) -> bool:
    """Return whether columns hold people's own whole names, by their headings.

    A heading such as "Participant" asks for no name: there the cells tell.
    """
    if len(columns) != 1 or not _names_a_person(heading_words(columns[0])):
        return heads_only_names(columns)
    texts = _first_texts(table[columns[0]])
    whole = sum(WHOLE.fullmatch(text.strip()) is not None for text in texts)
    return bool(texts) and whole >= MOSTLY * len(texts)


def heads_part_of_names(column: object) -> bool:
    """Return whether a heading asks for first names alone, or for last names alone."""
    return fold_heading(column) in (*FIRST, *LAST)


def _may_head_names(words: tuple[str, ...]) -> bool:
    text = " ".join(words)
    return (
        _ends(text, FIRST)
        or _ends(text, LAST)
        or not (FULL | FIRST_WORDS | LAST_WORDS).isdisjoint(words)
        or _names_a_person(words)
    )


def _without_owner(words: tuple[str, ...]) -> tuple[str, ...]:
    """Leave out whose name a heading asks for: "nom du mentor" is "nom"."""
    kept: list[str] = []
    for word in words:
        if word not in PERSON | MENTEE | MENTOR:
            kept.append(word)
            continue
        while kept and kept[-1] in OF:
            kept.pop()
    return tuple(kept)


def _names_a_person(words: tuple[str, ...]) -> bool:
    return bool(words) and set(words) <= PERSON | {"your", "the"}


def _ends(text: str, endings: Iterable[str]) -> bool:
    return any(text == ending or text.endswith(f" {ending}") for ending in endings)


def is_email_column(column: pd.Series) -> bool:
    """Return whether the cells of a column are e-mail addresses, but for a few."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbmM":
        return False
    # Of many columns nearly all have more other texts in their first cells than would be let pass.
    let_pass = int((1 - MOSTLY) * min(len(column), LOOKED_AT)) + 1
    first = column.array[: let_pass + 1].tolist()
    others = (isinstance(cell, str) and "@" not in cell and cell.strip() for cell in first)
    if len(first) > let_pass and all(others):
        return False
    return _are_emails(_first_texts(column))


def _are_emails(texts: list[str]) -> bool:
    maybe = [text for text in texts if "@" in text]
    if not texts or len(maybe) < MOSTLY * len(texts):
        return False
    found = sum(EMAIL.fullmatch(text.strip()) is not None for text in maybe)
    return found >= MOSTLY * len(texts)


def _first_texts(column: pd.Series) -> list[str]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufbmM":
        return []
    cells: list[object] = []
    for start in range(0, len(column), LOOKED_AT):
        some = column.array[start : start + LOOKED_AT]
        cells += [
            cell
            for cell in some.tolist()
            if (cell.strip() if isinstance(cell, str) else not is_missing(cell))
        ]
        if len(cells) >= LOOKED_AT:
            break
    cells = cells[:LOOKED_AT]
    texts = [cell for cell in cells if isinstance(cell, str)]
    return texts if len(texts) >= MOSTLY * len(cells) else []


def _are_names(texts: list[str]) -> bool:
    # "1 ou 2" below "Nombre de places" is a number, and nobody's name begins with one.
    named = sum(len(text) <= LONGEST_NAME and not text.strip()[:1].isdigit() for text in texts)
    # "anonymous" in every row, as Microsoft Forms writes, is nobody's.
    different = len(texts) < 3 or len(set(texts)) > 1
    return bool(texts) and different and named >= MOSTLY * len(texts)


def are_running_numbers(column: pd.Series) -> bool:
    """Return whether a column numbers its rows: whole, none twice, and with few gaps.

    The order of the rows says nothing: who somebody is must not change when a table is sorted.
    """
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iu":
        numbers = column.to_numpy(dtype=np.float64, copy=True)
    else:
        cells = [cell for cell in column.tolist() if not is_missing(cell)]
        if len(cells) != len(column) or not all(_is_whole(cell) for cell in cells):
            return False
        numbers = np.array([float(cell) for cell in cells])
    if len(numbers) < 2:
        return bool((numbers == 1).all())
    numbers.sort()
    steps = np.diff(numbers)
    return bool((steps > 0).all() and numbers[-1] - numbers[0] < 2 * len(numbers) + 10)


def _is_whole(cell: object) -> bool:
    if isinstance(cell, str):
        return cell.strip().isdecimal()
    return not isinstance(cell, bool) and isinstance(cell, int | float) and float(cell).is_integer()


def fold_person(value: object) -> str:
    """Return a name or an address without case, accents, punctuation and doubled space."""
    if is_missing(value):
        return ""
    text = str(value).strip().casefold()
    if text in NOTHING:
        return ""
    if text.isascii():
        if "@" not in text and text.replace(" ", "").isalnum():
            return " ".join(text.split())
        return text if EMAIL.fullmatch(text) else " ".join(re.findall(r"\w+", text))
    if EMAIL.fullmatch(text):
        return text
    letters = unicodedata.normalize("NFKD", text)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"\w+", plain))


def compatible_names(one: str, other: str) -> bool:
    """Return whether two folded names can be one person's.

    They can when one is missing, or when all words of one stand in the other.
    """
    if not one or not other or one == other:
        return True
    if "@" in one or "@" in other:
        return False
    first, second = set(one.split()), set(other.split())
    return first <= second or second <= first
