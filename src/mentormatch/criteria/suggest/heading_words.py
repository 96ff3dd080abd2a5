"""What the heading of a column speaks of, in the languages in which forms are common."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["Topic", "plain_text", "topics_of"]

Topic = str

# Words without accents, in English, German, French, Spanish, Portuguese, Italian, Dutch and Polish.
# A star stands for any ending, a low line for a blank inside a phrase.
WORDS: dict[Topic, str] = {
    "seats": (
        "capacity capacities seats slots places spots mentees mentee_capacity max_mentees how_many "
        "kapazitat* platze anzahl wie_viele wieviele betreu* "
        "capacite* combien nombre_de mentores plazas cupo* capacidad* cuantos cuantas numero_de "
        "vagas quantos quantas mentorados mentoreados quanti quante posti capienza "
        "hoeveel aantal plaatsen capaciteit ile miejsc* liczba"
    ),
    "seats only": (
        "capacity capacities seats slots mentees kapazitat* platze capacite* places plazas cupo* "
        "capacidad* vagas posti capienza plaatsen capaciteit miejsc*"
    ),
    "before": (
        "past previous previously before already ever had so_far history former "
        "bisher* fruher* vorher* schon bereits hatten gehabt precedent* deja anterieur* avant eus "
        "anterior* antes tenido ya_has previ* ja_teve ja_tiveram teve gia avuto precedenti "
        "eerder* gehad vorige wczesniej* dotad poprzedni* mial*"
    ),
    "years": (
        "year years yrs experience tenure jahr* erfahrung berufserfahrung dienstjahre "
        "annee* ans experience anciennete ano anos experiencia "
        "anni anno esperienza jaar jaren ervaring lat lata doswiadczen*"
    ),
    "hours": (
        "hour hours hrs week weekly month monthly minutes time_commitment "
        "stunde* woche monat* zeitaufwand heure* semaine mois hora horas semana mes ore mese "
        "settimana uur uren week maand godzin* tygod* miesia*"
    ),
    "level": (
        "level levels grade seniority rank band rung proficiency "
        "stufe karrierestufe ebene dienstgrad rang niveau nivel categoria senioridade livello "
        "functieniveau rang poziom* szczebel anciennete_(grade)"
    ),
    "group": (
        "team teams organi?ation* company employer department departement unit division squad "
        "institution school college university "
        "abteilung* unternehmen firma arbeitgeber bereich_im_haus "
        "equipe service entreprise employeur organisme departement equipo departamento empresa "
        "organizacion empleador institucion organizacao squadra reparto azienda ente "
        "afdeling bedrijf werkgever zespol dzial* pracodawc*"
    ),
    "wants": (
        "want wants wanted learn learning need needs seek seeking looking improve develop interested "
        "interest interests goal_skills desired wish_to lernen brauch* gesucht* suche* verbessern "
        "entwickeln wunsche apprendre besoin recherch* souhait* ameliorer developper cherch* "
        "aprender necesit* buscas buscad* busco mejorar desarrollar gustaria precis* procurad* "
        "procuro melhorar imparare cercat* cerco bisogno migliorare vorresti leren nodig gezocht* "
        "zoek* verbeteren chcesz poszukiwan* potrzeb* nauczyc_sie szukam"
    ),
    "offers": (
        "teach teaching offer offers offered share expert expertise skills can_help help_with help "
        "strength* mentor_in specialt* provide anbiet* angebot* weitergeben helfen konnen kenntnisse "
        "starken beibringen enseign* propos* offr* aider expertise competences transmettre "
        "ensenar ofrec* ayudar dominas experto ensinar oferec* ajudar domina especialista "
        "insegnare offert* offro aiutare esperto aangeboden bied* helpen aan_anderen expertise "
        "oferowan* oferuj* nauczyc_innych pomoc ekspert*"
    ),
    "times": (
        "free available availability availabilities when times hours_free schedule slots "
        "verfugbar* wann zeit zeiten freie libre* disponib* quand horaire* cuando horario* quando "
        "livre* horarios liber* orari beschikbaar* wanneer vrij dostepn* kiedy czas terminy"
    ),
    "zone": (
        "time_zone timezone tz utc gmt zeitzone* fuseau zona_horaria huso fuso fuso_horario tijdzone "
        "stref*"
    ),
    "wishes": (
        "prefer* preferred favourite favorite choice choices wish wishes wished would_you_like "
        "like_to_be_matched first_choice ranking wunsch* wunschen wunscht bevorzug* souhait* prefer* "
        "choix prefier* preferid* deseas eleccion prefere* escolha scelta desideri liefst voorkeur* "
        "keuze wolisz preferowan* wybor zyczen*"
    ),
    "superior": (
        "manager managers supervisor boss superior reports_to line_manager team_lead lead_by "
        "vorgesetz* fuhrungskraft chef* responsable superieur hierarchique n+1 jefe jefa supervisor* "
        "superior chefe gestor* responsabile capo leidinggevend* baas przelozon* kierownik*"
    ),
    "conflicts": (
        "conflict* avoid avoided blocked block not_with not_be_matched should_not do_not_match "
        "not_match exclude excluded exclusion* never_with nicht_mit nicht_zusammen* konflikt* "
        "interessenkonflikt* ausschl* vermeid* eviter conflit* exclu* evitar conflicto* no_quieres "
        "con_las_que_no com_quem_nao nao_quer conflito* evitare conflitt* esclu* niet_gekoppeld "
        "vermijden belangenconflict* uitsluit* niet_met konflikt* nie_chcesz unika* wyklucz*"
    ),
    "last time": (
        "last_year* last_time previous_mentor previous_mentee former_mentor past_mentor "
        "letztes_jahr letzter_mentor fruhere*_mentor annee_derniere ancien_mentor ano_pasado "
        "mentor_anterior ano_passado anno_scorso vorig_jaar vorige_mentor zeszly_rok"
    ),
    "name": (
        "name names first_name last_name surname full_name fullname vorname nachname vor- nom prenom "
        "nombre apellido* como_te_llamas nome cognome sobrenome chiami naam voornaam achternaam "
        "imie nazwisko heissen heisst heissen_sie participant participants teilnehmer*"
    ),
    "e-mail": (
        "email e-mail mail emails e-mails mailadresse e-mail-adresse courriel adresse_electronique "
        "correo correio posta_elettronica e-mailadres"
    ),
    "other person": (
        "parent parents guardian emergency spouse partner referee contact_person eltern* notfall* "
        "parent urgence padre madre tutor emergencia pais responsavel genitor* emergenza ouder* nood* "
        "rodzic* opiekun*"
    ),
    "time stamp": (
        "timestamp time_stamp start_time completion_time submitted submit_date start_date end_date "
        "created created_at updated modified last_modified date_submitted submitdate date "
        "zeitstempel startzeit fertigstellungszeit abgesendet eingereicht datum horodateur horodatage "
        "heure_de_debut heure_de_fin date_de marca_temporal hora_de_inicio hora_de_finalizacion "
        "fecha enviado carimbo hora_de_conclusao data_de_envio enviado informazioni_cronologiche "
        "data_di_invio data ora_di_inizio ora_di_completamento tijdstempel begintijd tijd_van "
        "sygnatura_czasowa data_przeslania"
    ),
    "contact": (
        "phone telephone mobile cell whatsapp linkedin github website url link address postal zip "
        "slack discord telegram handle telefon* handy* mobil* anschrift strasse plz webseite "
        "telephone portable adresse lien code_postal telefono movil celular direccion enlace "
        "telefone cellulare indirizzo sito telefoon* mobiel* adres postcode komork*"
    ),
    "comment": (
        "comment comments anything_else remarks notes note additional other_information feedback "
        "question_for_us questions special_requests anmerkung* bemerkung* kommentar* sonst_noch "
        "sonstiges hinweise commentaire* remarque* autre_chose comentario* observacion* algo_mas "
        "observacoes observac* algo_mais comment* osservazion* altro note opmerking* verder_nog "
        "overig* uwagi komentarz* cos_jeszcze"
    ),
    "consent": (
        "agree consent accept terms conditions gdpr privacy permission may_we taken_part "
        "stimme_zu stimme einverstanden zustimm* einwillig* datenschutz accepte consent* rgpd "
        "acepto consiento privacidad aceito concordo consinto accetto acconsento akkoord toestemming "
        "zgadzam_sie_z zgoda regulamin*"
    ),
    "rating": (
        "how_confident how_satisfied how_likely rate rating scale how_easy how_comfortable how_well "
        "was_easy wie_sicher wie_zufrieden wie_wahrscheinlich bewert* skala a_l'aise notez evaluez "
        "echelle que_tan califica valora escala quao_confiante avalie quanto_ti valuta schaal hoe_zeker "
        "jak_pewnie ocen*"
    ),
    "record": (
        "respondent_id collector_id network_id ip_address ip record_id response_id row_id lastpage "
        "last_page start_language startlanguage seed token user_agent browser referrer collector "
        "submission_id session status score points total_points quiz form_id hash custom_data_1"
    ),
    "number": (
        "no nr number row lfd laufende_nummer n° num lp index # numero"
    ),
    "role": (
        "role take_part taking_part as_a sign_up_as join_as mentor_or_mentee i_want_to_be rolle "
        "teilnehmen_als ich_mochte role participer_comme rol participar_como papel participar ruolo "
        "partecipare deelnemen rola udzial_jako"
    ),
    "only same": (
        "only_same same_gender only_with_same same nur_gleich* nur_mit gleiche* gleichen meme mismo "
        "misma solo_con mesmo mesma stesso stessa zelfde alleen_met ten_sam ta_sama tylko"
    ),
    "heard": (
        "hear_about heard_about find_out_about find_this where_did_you erfahren aufmerksam "
        "entendu_parler conociste enterado soube conosciut* gehoord dowiedzial*"
    ),
}
BREAKS = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])")
NO_WORD = re.compile(r"[\s_/]+")


def plain_text(text: str) -> str:
    """Return a text in lower case without accents, its words apart: "canTeach" is "can teach".

    Examples
    --------
    >>> plain_text("Disponibilité_Générale"), plain_text("canTeach"), plain_text("Łódź")
    ('disponibilite generale', 'can teach', 'lodz')
    """
    apart = NO_WORD.sub(" ", BREAKS.sub(" ", text)).strip().casefold()
    if apart.isascii():
        return apart
    letters = unicodedata.normalize("NFKD", apart.replace("ł", "l"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def _phrases() -> dict[Topic, re.Pattern[str]]:
    patterns = {}
    for topic, words in WORDS.items():
        stems = [
            re.escape(word.removesuffix("*").replace("_", " ")).replace(r"\?", "[sz]")
            + (r"\w*" if word.endswith("*") else "")
            for word in words.split()
        ]
        patterns[topic] = re.compile(rf"(?<![^\W_])(?:{'|'.join(stems)})(?![^\W_])")
    return patterns


@lru_cache(maxsize=8192)
def topics_of(heading: str) -> frozenset[Topic]:
    """Return what a heading speaks of; more than one topic when it has words of several.

    Examples
    --------
    >>> sorted(topics_of("How many mentees have you had before?"))
    ['before', 'seats', 'seats only']
    >>> sorted(topics_of("Berufserfahrung in Jahren"))
    ['years']
    """
    text = plain_text(heading)
    return frozenset(topic for topic, pattern in _phrases().items() if pattern.search(text))
