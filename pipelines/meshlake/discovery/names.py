"""What a column's name tells: its words, whether they name an identifier, and which other names may mean the same."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING

from meshlake.names import name_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_KEYS = "id key sk pk number no nr num code uuid guid uid sku zip invoice nummer numero codigo codice"
KEY_WORDS = frozenset(_KEYS.split())
# Before things, in the plural, they count them.
_NUMBER_WORDS = frozenset({"number", "no", "nr", "num", "numero"})
_OF_WORDS = frozenset({"of", "de", "di"})
_MOMENTS = (
    "date day month year quarter week hour minute time timestamp datetime period datum ts "
    "jahr monat woche stunde zeit zeitpunkt zeitstempel fecha ano mes semana hora annee mois semaine jour heure"
)
_MOMENT_WORDS = frozenset(_MOMENTS.split())
# What counts the rows that belong to one thing, or parts them.
_ORDINALS = (
    "line seq sequence position pos item step part stint round half version revision level rank side leg installment "
    "type kind category zeile posten linea ligne posicion poste renglon"
)
_ORDINAL_WORDS = frozenset(_ORDINALS.split())
_COUNTING = (
    "row rownum rownumber rowid rowno index idx unnamed "
    "zeile zeilen zeilennr zeilennummer lfd lfdnr laufende fila renglon"
)
_COUNTING_WORDS = frozenset(_COUNTING.split())
# What a program, or somebody in haste, calls a column of which it says nothing: column_2, V6, x, col 1.
_PLACEHOLDER = re.compile(
    r"(?:column|col|field|var|variable|attr|attribute|feature|unnamed|spalte|colonne|columna|coluna)_?\d+|[a-z]?_?\d*"
)
_UNNAMED = re.compile(r"column_\d+")
# Digits under such a name are read out one by one, and no sum is made of them; whole words, of several languages.
_SPOKEN = (
    "code codes codigo codice kode kod phone phones telephone telefon telefono telefone tel mobile handy handynummer "
    "telefonnummer cellphone msisdn fax zip zipcode postcode postal postleitzahl plz cap cep postnummer postnr version "
    "versions versao release sku ean gtin upc isbn issn asin barcode iban bic swift blz iccid imei imsi imeisv vin ssn "
    "nif cpf cnpj siren siret steuernummer artikelnummer"
)
_SPOKEN_WORDS = frozenset(_SPOKEN.split())
# userid, accountid, orderkey and kundennummer do, but not paid, valid or grid.
_KEY_ENDINGS = ("erid", "tid", "uuid", "guid", "key", "nr", "nummer")
# What may stand between words. Between digits it is a part of the number, before one perhaps its sign.
_SEPARATORS = re.compile(r"(?<!\d)[\s_.:/]+|[\s_.:/]+(?!\d)|-+(?!\d)|[()\[\]{}'\",;\\]+")
_LIKE_LETTERS = 0.6
_FEWEST_LETTERS = 3  # of an abbreviation


def is_identifier(name: str) -> bool:
    """Whether a column is named like an identifier: `customer_number`, and not `number_of_customers`."""
    words = name_words(name)
    if words[0] in _NUMBER_WORDS and len(words) > 1 and (words[1] in _OF_WORDS or words[-1].endswith("s")):
        words = words[1:]
    return bool(KEY_WORDS & set(words)) or words[-1].endswith(_KEY_ENDINGS)


def is_row_number(name: str) -> bool:
    """Whether a column is named like one that only counts the rows: `RowNumber`, `Lfd. Nr.`, `Unnamed: 0`."""
    return name_words(name)[0] in _COUNTING_WORDS


def is_unnamed_counter(name: str, names: Sequence[str]) -> bool:
    """Whether a column is a table's first and has no name of its own, where others have: so pandas and R write the
    numbers, or the names, of the rows.

    Example:
        >>> is_unnamed_counter("column_1", ["column_1", "city"])
        True
        >>> is_unnamed_counter("column_1", ["column_1", "column_2"])
        False
    """
    is_first = name == names[0] and _UNNAMED.fullmatch(name) is not None
    return is_first and any(not _UNNAMED.fullmatch(each) for each in names)


def is_placeholder(words: Sequence[str]) -> bool:
    """Whether the words of a name say nothing of what its column holds.

    Example:
        >>> is_placeholder(("column", "2")), is_placeholder(("v6",)), is_placeholder(("field",))
        (True, True, False)
    """
    return _PLACEHOLDER.fullmatch("_".join(words)) is not None


def is_moment(name: str) -> bool:
    """Whether a column is named like a date, or a part of one."""
    return bool(_MOMENT_WORDS & set(name_words(name)))


def is_ordinal(name: str) -> bool:
    """Whether a column is named like one that tells apart what belongs to the same thing: `line_no`, `stint`."""
    return bool(_ORDINAL_WORDS & set(name_words(name)))


def is_spoken(name: str) -> bool:
    """Whether a column is named like something that is written in digits and is no number.

    Example:
        >>> is_spoken("postal_code"), is_spoken("PLZ"), is_spoken("customer_id"), is_spoken("telephony_minutes")
        (True, True, False, False)
    """
    return bool(_SPOKEN_WORDS & set(name_words(name)))


@lru_cache(maxsize=10_000)
def written_name(name: str) -> str:
    """What is the same for names that differ in case, spaces, underscores and punctuation alone.

    Signs that mean something (`%`, `$`, `#`, `+`), accents, and what stands between digits are kept.

    Example:
        >>> written_name("Customer ID") == written_name("customer_id") == written_name("CustomerID")
        True
        >>> written_name("Price ($)"), written_name("v1.2"), written_name("v12")
        ('price$', 'v1.2', 'v12')
    """
    return _SEPARATORS.sub("", unicodedata.normalize("NFC", name).strip()).casefold() or name


def may_mean_the_same(one: str, other: str) -> bool:
    """Whether a person may have meant one column by both names: nothing that could be told from names alone.

    Example:
        >>> may_mean_the_same("cust_id", "customer_id"), may_mean_the_same("Price", "Country")
        (True, False)
    """
    words, other_words = set(name_words(one)), set(name_words(other))
    if 2 * len(words & other_words) >= min(len(words), len(other_words)):
        return True
    short, long = sorted((written_name(one), written_name(other)), key=len)
    return is_short_for(short, long) or SequenceMatcher(None, short, long).ratio() >= _LIKE_LETTERS


def is_short_for(short: str, long: str) -> bool:
    """Whether `long` begins as `short` does, and has its letters in order.

    Example:
        >>> is_short_for("acct", "account"), is_short_for("count", "account")
        (True, False)
    """
    if len(short) < _FEWEST_LETTERS or len(short) >= len(long) or short[0] != long[0]:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)
