"""Words of names that say what is meant, in several languages: kinds, units, money, steps of scales."""

from __future__ import annotations

from meshlake.discovery.names import is_identifier
from meshlake.names import name_words

_NAMED = {
    "latitude": "lat latitude breitengrad breite latitud",
    "longitude": "lon lng long longitude längengrad laenge länge longitud",
    "year": "year years yr season jahr annee année ano año baujahr born built yob vintage",
    "month": "month monat mois mes mese period yearmonth",
    "age": "age alter edad âge leeftijd",
    "share": "share shares ratio fraction probability prob anteil quote proportion",
    "percentage": "percent pct percentage prozent pourcentage porcentaje",
    "currency": "currency waehrung währung devise moneda ccy curr valuta",
    "country": "country countries nation nationality nationalität land staat pays pais país paese",
    "language": "language languages lang locale sprache langue idioma lingua",
    "postcode": "zip zipcode postcode postal plz postleitzahl cap cep cp postnr postnummer",
    "address": "address adresse anschrift street strasse straße rue direccion dirección via indirizzo adres",
    "phone": "phone telephone telefon tel mobile handy fax telefono teléfono téléphone",
    "city": "city cities town ort stadt ville ciudad citta città wohnort",
}
_MONEY = (
    "amount price prices cost costs fee fees revenue salary income balance premium subtotal preis betrag "
    "summe kosten umsatz gehalt lohn miete rabattbetrag salaire prix montant solde chiffre importe precio salario "
    "monto budget mrr arr principal fare charge charges payment tax turnover spend spent wage rent deposit profit "
    "margin proceeds invoiced gross net netto brutto preisbrutto saldo"
)
_ORDERED = (
    "low medium high",
    "low mid high critical",
    "low moderate high severe",
    "xs s m l xl xxl xxxl",
    "small medium large xlarge",
    "free trial basic starter standard plus pro premium business enterprise",
    "bronze silver gold platinum diamond",
    "p0 p1 p2 p3 p4 p5",
    "none mild moderate severe",
    "poor fair good excellent",
    "never rarely sometimes often always",
    "niedrig mittel hoch",
    "gering mittel hoch",
    "klein mittel groß",
    "faible moyen élevé",
    "bajo medio alto",
    "minor major critical blocker trivial",
    "debug info warning error critical fatal",
)
_ORDERED_WORDS = (
    "stars star rating ratings grade level csat nps tier priority severity stage rank satisfaction likert stufe "
    "priorität riskclass"
)
# What a name's unit measures, and how it is written; for words that mean nothing else.
_UNITS = {
    "weight": "kg=kg kgs=kg lbs=lb grams=g kilos=kg kilograms=kg tonnes=t tons=t",
    "length": "km=km cm=cm mm=mm ft=ft feet=ft meters=m metres=m miles=mi inches=in kilometers=km",
    "area": "sqm=m² m2=m² qm=m² ha=ha hectares=ha acres=ac sqft=ft² km2=km²",
    "volume": "m3=m³ ml=ml liters=l litres=l liter=l gallons=gal cbm=m³",
    "energy": "kwh=kWh mwh=MWh wh=Wh joules=J kcal=kcal",
    "power": "kw=kW mw=MW watts=W watt=W",
    "data size": "mb=MB gb=GB kb=kB tb=TB bytes=B megabytes=MB gigabytes=GB",
    "duration": "sec=s secs=s seconds=s sekunden=s secondes=s segundos=s minutes=min minuten=min mins=min "
    "hours=h hrs=h stunden=h heures=h horas=h ms=ms millis=ms milliseconds=ms days=d tage=d jours=d días=d weeks=weeks "
    "wochen=weeks months=months monate=months nights=nights nächte=nights tenure= duration= dauer= duree= durée= "
    "latency=",
    "temperature": "celsius=°C fahrenheit=°F temperature= temperatur=",
    "speed": "kmh=km/h mph=mph kph=km/h",
    "percentage": "percent=% pct=% percentage=% prozent=%",
}
_LAST = {
    "weight": "g=g t=t lb=lb",
    "length": "m=m",
    "volume": "l=l",
    "duration": "s=s h=h d=d min=min",
    "power": "w=W",
}


def _of_words(units: dict[str, str]) -> dict[str, tuple[str, str]]:
    pairs = ((word, part.partition("=")) for word, parts in units.items() for part in parts.split())
    return {name: (word, unit) for word, (name, _, unit) in pairs}


NAMED = {word: frozenset(names.split()) for word, names in _NAMED.items()}
MONEY_WORDS = frozenset(_MONEY.split())
ORDERED = tuple(frozenset(scale.split()) for scale in _ORDERED)
ORDERED_WORDS = frozenset(_ORDERED_WORDS.split())
UNIT_WORDS = _of_words(_UNITS)
# Letters that are a unit where a name ends with them.
LAST_UNITS = _of_words(_LAST)
# What is measured by the unit that stands beside a number.
UNITS = {unit: word for word, unit in (*UNIT_WORDS.values(), *LAST_UNITS.values()) if unit} | {
    "‰": "share",
    "MWh": "energy",
    "GWh": "energy",
    "oz": "weight",
    "mg": "weight",
    "V": "voltage",
    "A": "current",
}


def is_measure(name: str) -> bool:
    """Whether a column is named by the unit that it is measured in, and not as an identifier.

    Example:
        >>> is_measure("distancia_km"), is_measure("minutes_id"), is_measure("city")
        (True, False, False)
    """
    words = name_words(name)
    is_in_unit = any(UNIT_WORDS.get(word, ("", ""))[1] for word in words) or words[-1] in LAST_UNITS
    return len(words) > 1 and is_in_unit and not is_identifier(name)
