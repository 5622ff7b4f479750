"""What values mean beyond their type: patterns of whole cells, by kind.

What is told of a column is decided by the share of its values that look so; its name is a support, never a proof.
Expressions are those of RE2, asked by REGEXP_FULL_MATCH of the trimmed cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.discovery.meaning_words import NAMED
from meshlake.discovery.names import is_identifier
from meshlake.names import name_words, quote_literal

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import ColumnProfile

_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_GROUP = "[0-9A-Fa-f]{1,4}"
PATTERNS = {
    "e-mail": r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}",
    "phone": r"(\+[0-9][0-9 ()./-]{6,18}|\(?0?[0-9]{2,4}\)?[ ./-][0-9]{3,4}[ ./-][0-9]{3,5})",
    "URL": r"(?i)(https?|ftp|s3|gs|abfss?|file)://\S+|www\.[^\s@]+\.[a-z]{2,}\S*",
    "IP address": rf"{_OCTET}([.]{_OCTET}){{3}}(/[0-9]{{1,2}})?"
    rf"|({_GROUP}:){{7}}{_GROUP}|({_GROUP}:){{1,7}}:|::({_GROUP}:){{0,6}}{_GROUP}"
    rf"|({_GROUP}:){{1,6}}(:{_GROUP}){{1,6}}",
    "MAC address": "[0-9A-Fa-f]{2}((:[0-9A-Fa-f]{2}){5}|(-[0-9A-Fa-f]{2}){5})|([0-9A-Fa-f]{4}[.]){2}[0-9A-Fa-f]{4}",
    "UUID": r"[{]?[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}[}]?",
    "IBAN": "[A-Z]{2}[0-9]{2} ?([A-Z0-9]{4} ?){2,7}[A-Z0-9]{0,4}",
}


def looks_like(kind: str, cell: str) -> str:
    """SQL for whether the text `cell` looks like one of `kind`, a name in `PATTERNS`; null for null."""
    return f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(PATTERNS[kind])})"


CODES = frozenset({"code", "codes", "kode", "codigo", "codice", "kod"})
_REFERENCES = frozenset({"mrn", "ref", "reference", "referencia"})


@dataclass(frozen=True)
class Meaning:
    """A `word` of the trade for what values mean, the unit that they have, and why, in words."""

    word: str
    evidence: str
    unit: str = ""


def says_identifier(word: str) -> bool:
    """Whether the last word of a name says so: `id`, `no`, `bestellnr`."""
    return is_identifier(word) or word in _REFERENCES


def is_named(column: ColumnProfile, word: str) -> bool:
    """Whether the name of `column` has a word for `word`."""
    return bool(NAMED[word] & set(name_words(column.name)))
