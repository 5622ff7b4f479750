"""Words that columns are called by, in a few languages: what tells names from values where all is text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from meshlake.formats.csv_lines import Record

# The last word of a name.
_TEXT = """
    account address age amount author brand category city client code color colour comment comments company contact
    country county currency customer date day department description district domain email employee event file
    firstname gender group hour iban id key kind label language lastname level link location mail manager message
    mode model month name names note notes number order owner parent path payment person phone place position price
    product quantity reason region remark role salutation sector sex sku source state status street subject supplier
    surname tag tags team text time timestamp title town type unit url user username uuid value vendor version year
    zip zipcode anrede art artikel bemerkung beruf beschreibung bezeichnung datum einheit farbe firma gruppe
    kategorie kunde kundennummer land menge nachname nr nummer ort plz preis produkt stadt strasse straße
    titel typ vorname wert adresse nom prenom prénom ville pays prix produit quantite quantité nombre apellido ciudad
    pais país precio producto cantidad fecha
"""
_WORDS = frozenset(_TEXT.split())
_MOST_WORDS = 4
# What stands below names for what their numbers are measured in.
_UNIT_TEXT = """
    % ‰ ° °c °f degc degf deg c f k kelvin celsius mm cm dm m km in ft yd mi nm µm um m2 m3 m² m³ km2 km² ha l ml cl hl
    mg g kg t lb lbs oz s sec min h hr hrs d days ms µs us ns hz khz mhz ghz kb mb gb tb byte bytes bit w kw mw wh kwh
    mwh j kj mj cal kcal v mv kv a ma ah mah ohm pa hpa kpa mpa bar mbar psi n kn nm m/s km/h kmh mph kn knots l/h l/min
    m3/h kg/m3 g/l mg/l µg/m3 ug/m3 µg/m³ w/m2 w/m² ppm ppb rpm db dba lux lx mol mmol mmol/l mm/h st stk stück pcs pc
    pieces units eur usd gbp chf jpy sek nok dkk pln czk huf cny inr € $ £ ¥ ct cent teur keur meur keur tsd
"""
_UNITS = frozenset(_UNIT_TEXT.split())
YEAR = re.compile(r"(?:19|20)\d\d")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def are_column_words(row: Record) -> bool:
    """Whether at least half of what stands in a row, years left out, is such as columns are called.

    Example:
        >>> from meshlake.formats.csv_lines import Cell, Record
        >>> row = [Cell("orderId", False), Cell("Customer Name", False), Cell("x", False)]
        >>> are_column_words(Record(1, "orderId,Customer Name,x", row))
        True
    """
    stripped = (cell.value.strip() for cell in row.cells or ())
    values = [value for value in stripped if value and not YEAR.fullmatch(value)]
    return 2 * sum(map(_is_column_word, values)) >= len(values) > 0


def has_column_words(row: Record) -> bool:
    """Whether any cell of a row is such as a column is called: `id,1,2,3`."""
    return any(_is_column_word(cell.value) for cell in row.cells or ())


def is_unit(value: str) -> bool:
    """Whether a value is a unit, in brackets perhaps.

    Example:
        >>> is_unit("EUR"), is_unit("[m/s]"), is_unit("red")
        (True, True, False)
    """
    return value.strip("[]() ").lower() in _UNITS


def words_of(name: str) -> list[str]:
    """The words of a name, in small letters.

    Example:
        >>> words_of("customerId"), words_of("Kunden_Nr 2")
        (['customer', 'id'], ['kunden', 'nr'])
    """
    return re.findall(r"[^\W\d_]+", _HUMP.sub(" ", name).lower())


def _is_column_word(value: str) -> bool:
    words = words_of(value)
    return 0 < len(words) <= _MOST_WORDS and words[-1] in _WORDS
