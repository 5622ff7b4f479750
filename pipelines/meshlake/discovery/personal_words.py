"""What a column's name says of personal data, in ten languages: a support for what values show, alone a weak one."""

# ruff: noqa: E501  # patterns of words, which are longer than lines
from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from meshlake.discovery.names import is_placeholder

_PERSON = (
    "(customer|cust|client|member|user|person|patient|employee|contact|subscriber|guest|passenger|buyer|holder|owner|"
    "cardholder|kunden?|patienten|mitarbeiter|inhaber|cliente|paziente|paciente|titular|klant|klienta?|musteri|hasta)"
)
_DIGITS = "(no|nr|num|number|nummer|numero|numer|numara|numarasi)"
_CLEAR = {
    "email": r"e_?mails?(_?(address|addr|adresse|adres|adresi|id))?|mail_?(address|addr|adresse|adres)|adresse_(e_?)?mail|mail|courriel|"
    r"correo(_electronico)?|indirizzo_e?mail|posta_elettronica|e_?posta(_adresi)?|(электронная_)?почта",
    "phone": rf"(tele?|mobile?|cell|home|work|office)?_?(phone|telephone)s?(_?{_DIGITS})?|"
    rf"((mobile|cell|handy|tel|telefon|telefono|telefone|telefoon|msisdn|fax|whatsapp|celular|movil|portable|"
    rf"cellulare|komorka|gsm|cep_telefonu|mobil|mobiel|mobiltelefon|rufnummer)s?_?({_DIGITS})?|"
    r"(numero|numer|nr|no)_(de_)?(tel|telefono?|telephone|telefone|telefonu)|telefonnummer|handynummer|телефон)",
    "name": rf"(first|last|full|given|family|middle|maiden|birth|christian)_?name|name_?(first|last|full|given|family)|"
    rf"surname|forename|fname|lname|{_PERSON}_?name|name_of_{_PERSON}|vorname|nachname|familienname|zuname|"
    r"geburtsname|prenoms?|nom_(de_)?famille|nom_complet|nom_(du_|de_la_)?(client|patient)|apellidos?|"
    r"nombres?_(completo|de_pila|y_apellidos?|(del_)?cliente)|cognome|nome_(completo|(del_)?cliente|e_cognome)|"
    r"sobrenome|apelido|primeiro_nome|voornaam|achternaam|volledige_naam|tussenvoegsel|imie|nazwisko|"
    r"imie_i_nazwisko|soyad|soyadi|soyisim|ad_soyad|adi_soyadi|имя|фамилия|отчество|фио",
    "network address": r"ip_?v?[46]?_?addr(ess)?|(client|remote|source|src|login|last|user|host)_ip|ipv[46]|"
    r"mac_?addr(ess)?|mac(?=$)|(ip|mac)_?adresse|adresse_(ip|mac)|direccion_ip|indirizzo_ip|endereco_ip|adres_ip|ip_adres|ip",
    "address": r"(street|home|mailing|postal|billing|shipping|delivery|residential)?_?(address|addr)(_?line)?(_?[1-3])?|"
    r"street(_?(name|line|no|nr|number|address))?(_?[1-3])?|house_(no|nr|number)|strasse|str|hausnummer|hausnr|anschrift|adresse|"
    r"wohnort_strasse|strasse_(und_)?(hausnummer|nr)|rue|domicile|calle|direccion|domicilio|via|indirizzo|endereco|"
    r"morada|logradouro|rua|straat|straatnaam|huisnummer|adres|ulica|adresi|sokak|адрес|улица",
    "date of birth": r"dob|d_o_b|birth_?(date|day|year|dt)|date_?of_?birth|born(_?(on|at|date|year))?|year_?of_?birth|yob|bday|"
    r"geburts_?(datum|tag|jahr)|geb_?(datum|dat)|date_(de_)?naissance|annee_(de_)?naissance|ne_le|"
    r"fecha_(de_)?nac(imiento)?|data_(di_)?nascita|nascita|data_(de_)?nascimento|nascimento|geboorte_?(datum|jaar)|"
    r"data_urodzenia|rok_urodzenia|dogum_(tarihi|yili)|дата_рождения|год_рождения",
    "national id": r"ssn|ssn_?(no|nr|number)|social_(security|insurance)(_(no|nr|number))?|passport(_?(no|nr|number|id))?|"
    r"national_?(id|identifier|insurance|identity)(_(no|nr|number))?|nino|tax_?(id|payer_id)(_number)?|"
    r"driv(ing|ers?)_?licen[cs]e(_?(no|nr|number|id))?|steuer_?(id|nr|nummer|identifikationsnummer)|"
    r"sozialversicherungs_?(nummer|nr)|sv_?(nummer|nr)|ausweis_?(nummer|nr)|personalausweis(_?(nummer|nr))?|"
    r"reisepass(_?(nummer|nr))?|ahv(_?(nummer|nr))?|nir|num(ero)?_secu(rite_sociale)?|dni|nie|dni_nie|"
    r"codice_fiscale|cod_fiscale|cpf|nif|bsn|burgerservicenummer|pesel|tc_?kimlik(_?(no|numarasi))?|tckn|aadhaa?r"
    r"(_?(no|number))?|pan_?(no|number|card)|curp|rut|cedula|снилс|инн|паспорт|personnummer|nhs_?(no|number)|medicare_number",
    "bank account": r"iban|(bank_)?account_?(no|nr|number)|acct_?(no|num|number)|konto_?(nummer|nr)|"
    r"(numero_de_)?compte_bancaire|cuenta_bancaria|conto_corrente|rekeningnummer|numer_konta|sort_code",
    "card number": r"(credit|debit|payment|bank)?_?card_?(no|nr|num|number)|credit_?card|debit_?card|cc_?(no|num|number)|"
    r"kreditkarte(n_?(nummer|nr))?|(numero_(de_)?)?(carte_bancaire|tarjeta(_de_credito)?|carta_di_credito|"
    r"cartao(_de_credito)?)|creditcard(nummer)?|numer_karty|kart_(no|numarasi)|номер_карты|pan",
    "user name": r"user_?name|login(_?name)?|screen_?name|nick_?name|user_?login|benutzername|nutzername|identifiant|"
    r"nom_utilisateur|nombre_(de_)?usuario|nome_utente|gebruikersnaam|nazwa_uzytkownika|kullanici_adi|twitter_handle",
    "device id": r"imei(_?(no|number))?|imsi|iccid|idfa|gaid|aaid|android_id|advertising_id|device_?(id|uuid|serial|token)|cookie_?(id|uuid)?|"
    r"visitor_?id|fingerprint_id|udid",
    "location": r"(home|user|customer|person|current|last|gps|device)_?(lat|lon|lng|latitude|longitude|location|coordinates)|"
    r"gps(_position)?|geo_?location",
    "health": r"(primary_|main_|admission_)?(diagnos[ei]s|diagnose|diagnostico|diagnosi|diagnostic|rozpoznanie|tani|диагноз)"
    r"(_?(code|text|description))?|icd(_?(9|10|11))?(_?(code|cm))?|dx(_?code)?|disease|illness|medical_condition|comorbidit(y|ies)|injur(y|ies)|"
    r"disabilit(y|ies)|blood_?(type|group)|medications?|allerg(y|ies)|pregnan(t|cy)|hiv(_?(status|positive))?|symptoms?|"
    r"krankheit|erkrankung|behinderung|blutgruppe|maladie|handicap|groupe_sanguin|enfermedad|discapacidad|malattia|"
    r"disabilita|doenca|ziekte|choroba|hastalik|kan_grubu|болезнь|инвалидность|health_(condition|status)",
    "religion": r"religions?|religious_(affiliation|belief)|faith|denomination|konfession|confession_religieuse|religione|"
    r"religiao|geloof|wyznanie|din_bilgisi|вероисповедание|религия",
    "ethnicity": r"ethnic(ity|_?(group|origin|background))?|rac(e_?ethnicity|ial_origin|ial_group)|ethnie|herkunft_ethnisch|"
    r"etnia|origine_ethnique|origen_etnico|etniciteit|pochodzenie_etniczne|etnik_koken|национальность",
    "sexual orientation": r"sexual_?(orientation|preference|identity)|sex_orientation|sexuelle_orientierung|"
    r"orientation_sexuelle|orientacion_sexual|orientamento_sessuale|orientacao_sexual|seksuele_geaardheid|"
    r"orientacja_seksualna|cinsel_yonelim",
    "union membership": r"(trade_?|labou?r_?)?union_?(member(ship)?|affiliation)|trade_?union|gewerkschaft(smitglied)?|"
    r"syndicat|sindicato|sindacato|vakbond|zwiazek_zawodowy|sendika|профсоюз",
    "political opinion": r"political_?(party|affiliation|opinion|view|views|leaning)|party_affiliation|partei(mitgliedschaft|zugehoerigkeit)|"
    r"affiliation_politique|afiliacion_politica|orientamento_politico|poglady_polityczne|siyasi_gorus",
    "biometrics": r"biometric(s|_(id|data|template|hash))?|finger_?print(_(template|hash|data))?|face_?(id|embedding|template)|"
    r"retina(_scan)?|iris_?(scan|template)|voice_?print|fingerabdruck|empreinte_digitale|huella_dactilar|impronta_digitale",
    "criminal record": r"criminal_?(record|history|conviction|offen[cs]e)s?|convict(ion|ions|ed)|felon(y|ies)|arrest(s|_record)?|"
    r"vorstrafen?|casier_judiciaire|antecedentes_penales|precedenti_penali|strafblad|karalnosc|sabika|судимость",
    "salary": r"salary|wages?|(annual|monthly|base|gross|net|yearly)_?(salary|pay|wage)|gehalt|lohn|(brutto|netto|jahres|monats)"
    r"gehalt|salaire|salario|sueldo|stipendio|retribuzione|salaris|wynagrodzenie|pensja|maas|зарплата|оклад",
}
# What may be a person's name, or something else's: only values can say.
_UNCLEAR = {
    "name": r"name|names|nom|nombre|nome|naam|nazwa|ad|adi|isim|first|last|fullname|person|contact|author|player|actor|"
    rf"driver|{_PERSON}|employee|doctor|teacher|student",
    "address": r"location|lieu|plz_ort|city_line",
    "phone": "tel|contact|kontakt|numer|number",
    "national id": r"personal_?(id|code|number)|id_?(no|number|card)|identity_?(no|number)|fiscal_code|insurance_?(no|number)",
    "date of birth": r"birth|born|geboren|naissance|nacimiento|nascita",
    "ethnicity": "race",
    "political opinion": "party|partei|parti|partido|partito",
    "health": "condition|treatment|conditions",
}
# What stands beside the word and says that the column tells something about it, or that it is no person's.
_ABOUT_TEXT = (
    "count counts cnt total sum avg mean rate ratio pct percent share score plan opt in out optin optout flag is "
    "has have had was can status type kind category class verified valid validated confirmed consent subscribed "
    "subscription service services session sessions provider domain length format template subject campaign sent "
    "opened clicked clicks usage minutes mins calls call charge charges price cost fee lines carrier brand model "
    "os system version app apps updated changed change update created since id ids key sk fk code preference "
    "preferred marketing newsletter notification notifications alert alerts enabled active allowed required "
    "reason source channel method level ind indicator support protection backup streaming message messages "
    "vmail quality accepted bounced validity"
)
_ABOUT = frozenset(_ABOUT_TEXT.split())
_THINGS_TEXT = (
    "product item company organisation organization org firm business vendor supplier store shop branch warehouse "
    "station school hospital hotel restaurant airport venue city country state region team club file column table "
    "event project brand campaign host server model task job plan category class course movie film song album "
    "artist book title game ship aircraft plane airline carrier bank department dept group type field status "
    "firma produkt produit producto prodotto ville stadt ort ciudad citta land pays pais paese metric rule plant "
    "site facility parcel parcelle"
)
_THINGS = frozenset(_THINGS_TEXT.split())
_OF_PERSONS_ALONE = frozenset({"name", "address", "user name"})
# What happened on a date that has one of these in its name is no birth, in the life of whoever it is of.
_EVENTS_TEXT = (
    "start started begin began from since end ended until till to valid hire hired hiring join joined joining entry "
    "entered leave left exit retired retirement died death deceased married marriage wedding elected appointed signed "
    "opened closed created updated founded issued expiry expires debut term service graduated graduation "
    "beginn anfang ende von bis seit eintritt austritt gestorben verstorben debut inicio fin desde hasta inizio fine"
)
_EVENTS = frozenset(_EVENTS_TEXT.split())
_FROM_TEXT = "number num no nr n nb count has is was"
_FROM = _FROM_TEXT.split()


@lru_cache(maxsize=10_000)
def spelled(name: str) -> str:
    """A column's name as words in small letters without accents, of any script, with `_` between.

    Example:
        >>> spelled("nameFirst"), spelled("Straße"), spelled("Дата рождения"), spelled("SOYADI"), spelled("2. E-Mail")
        ('name_first', 'strasse', 'дата_рождения', 'soyadi', 'e_mail')
    """
    plain = name.replace("ß", "ss").replace("ı", "i").replace("ł", "l").replace("İ", "I")
    letters = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    letters = letters.replace("\u0438\u0306", "\u0439")
    spaced = re.sub(r"(?<=[^\W\d_A-ZА-Я])(?=[A-ZА-Я])|(?<=[A-Z])(?=[A-Z][a-z])", "_", letters)
    return "_".join(re.findall(r"[^\W_]+", spaced.casefold())).lstrip("0123456789_")


_CLEAR_PATTERNS = {
    kind: re.compile(rf"(?:^|_)(?:{words})(?:_?\d+)?(?=$|_)") for kind, words in _CLEAR.items()
}
_UNCLEAR_PATTERNS = {kind: re.compile(rf"(?:{words})(?:_?\d+)?") for kind, words in _UNCLEAR.items()}


@lru_cache(maxsize=10_000)
def clear_kind(name: str) -> str | None:
    """The kind of personal data that a column's name says; None for none, or what says something about it alone.

    Example:
        >>> clear_kind("e-mail"), clear_kind("geburtsdatum"), clear_kind("voice_mail_plan"), clear_kind("address_id")
        ('email', 'date of birth', None, None)
    """
    written = spelled(name)
    if written.split("_")[0] in _FROM and "_of_" in f"_{written}_":
        return None
    found = [
        (len(match.group()), kind)
        for kind, pattern in _CLEAR_PATTERNS.items()
        if (match := pattern.search(written))
        and _is_it(kind, written[: match.start()], written[match.end() :])
    ]
    return max(found)[1] if found else None


def _is_it(kind: str, before: str, after: str) -> bool:
    beside = {*before.split("_"), *after.split("_")} - {""}
    if before.strip("_") in _FROM or (beside & _ABOUT and kind != "biometrics"):
        return False
    if kind != "date of birth" and beside & {"date", "time", "at", "day", "datum"}:
        return False
    if kind == "user name" and beside & {"last", "first", "next", "failed"}:
        return False
    if kind == "email" and before.endswith(("voice", "direct", "junk")):
        return False
    return kind not in _OF_PERSONS_ALONE or not beside & _THINGS


def may_be(name: str, kind: str) -> bool:
    """Whether a column's name leaves open that it holds personal data of `kind`, so that values decide."""
    pattern = _UNCLEAR_PATTERNS.get(kind)
    return pattern is not None and pattern.fullmatch(spelled(name)) is not None


def is_table_of_things(name: str) -> bool:
    """Whether a dataset's name says that its rows are things, of which an address or a phone is no person's.

    Example:
        >>> is_table_of_things("warehouses"), is_table_of_things("customers")
        (True, False)
    """
    words = spelled(name).split("_")
    last = words[-1]
    singular = {last, last.removesuffix("s"), last.removesuffix("es"), re.sub("ies$", "y", last)}
    return bool(singular & _THINGS)


def is_of_things(name: str) -> bool:
    """Whether a column's name says that it is about no person: a product, a company, a place, a count."""
    words = set() if is_placeholder(spelled(name).split("_")) else set(spelled(name).split("_"))
    return bool(words & _THINGS) or (bool(words & _ABOUT) and clear_kind(name) is None)


def is_of_event(name: str) -> bool:
    """Whether a date's name says that something began, ended or happened then.

    Example:
        >>> is_of_event("start"), is_of_event("hire_date"), is_of_event("day")
        (True, True, False)
    """
    return bool(_EVENTS & set(spelled(name).split("_")))
