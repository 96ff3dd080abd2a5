"""Words of the rows of totals below the people: "Total", "Summe: 9 mentors"."""

from __future__ import annotations

from mentormatch.cohort.names import heading_words, word_set

__all__ = ["COUNTED", "says_total"]

TOTALS = word_set(
    "total totals sum sums summe summen gesamt insgesamt gesamtsumme somme suma soma totale "
    "totaal razem average averages mean durchschnitt mittelwert moyenne promedio media "
    "count anzahl summa totalt sammanlagt samlet sammenlagt ialt antal antall aantal medelvarde "
    "genomsnitt gennemsnit gjennomsnitt avg ø srednia srednio łacznie lacznie ogolem "
    "durchschnittlich gemiddelde gemiddeld medio snitt mediana median mediane"
)
# What a total may be of, as in "Total: 9 mentors".
COUNTED = word_set(
    "mentor mentors mentee mentees people persons participants members applicants rows entries "
    "mentoren mentorinnen personen teilnehmer teilnehmende mentores mentoras mentorados mentoradas "
    "mentorees personnes participantes pessoas personas mentori persone partecipanti deelnemers "
    "osob mentorow posti studenti docenti plazas estudiantes lugares vagas alunos miejsc plaatsen "
    "de di da dei degli delle del der des van places seats platze adepter mentorer personer "
    "deltagare deltagere deltakere "
    "platser pladser plasser st stk styck stycken number of in the"
)


def says_total(cell: object) -> bool:
    """Tell whether a text is no more than a word such as "total", with what it counts.

    Examples
    --------
    >>> texts = ("Total: 9 mentors", "Totale posti", "Summa 30 st", "Mentor 3", "Media de Silva")
    >>> [says_total(text) for text in texts]
    [True, True, True, False, False]
    """
    words = heading_words(cell)
    if words[:2] == ("i", "alt"):
        words = ("ialt", *words[2:])
    plain = {word for word in words if not word.isdigit()}
    if plain <= TOTALS | {"grand", "all"}:
        return bool(plain) and (len(plain) == len(set(words)) or not plain.isdisjoint(TOTALS))
    return not plain.isdisjoint(TOTALS) and plain <= TOTALS | COUNTED | {"grand", "all"}
