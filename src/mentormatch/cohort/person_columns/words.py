"""Words of headings that speak of people: their names, addresses and numbers."""

from __future__ import annotations

from mentormatch.cohort.names import word_set

__all__ = [
    "AND",
    "ANSWERS",
    "CHILD",
    "EMAIL_WORDS",
    "FIRST",
    "FIRST_WORDS",
    "FULL",
    "KEYS",
    "LAST",
    "LAST_WORDS",
    "MENTEE",
    "MENTOR",
    "OF",
    "ONLY_FIRST",
    "OTHERS",
    "PARTS",
    "PERSON",
    "PHONES",
    "PLAIN",
    "STAFF",
    "THINGS",
]

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
