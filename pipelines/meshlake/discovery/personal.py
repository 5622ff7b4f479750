"""Personal data, by what a column is called and by what its values look like.

A suspicion to be looked at by the owner, never a proof of absence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.discovery.landed_view import CELLS
from meshlake.discovery.meanings import looks_like
from meshlake.discovery.names import name_words

if TYPE_CHECKING:
    from collections.abc import Container

    import duckdb

_MOST = 0.7
# The kinds of value that are personal, each with what it is called here.
_KINDS = {
    "e-mail": "email",
    "phone": "phone",
    "IBAN": "bank account",
    "IP address": "network address",
    "MAC address": "network address",
}
_PERSON = "(customer|client|member|user|person|patient|employee|contact|subscriber|guest|passenger|buyer)"
_NAMES = {
    "email": r"(^|_)(e_?mail|mail)(_address)?($|_)",
    "phone": r"(^|_)(phone|telephone|mobile|cell|msisdn|fax)(_?(no|nr|number))?$",
    "name": rf"(^|_)(first|last|full|given|family|middle|maiden)_?name($|_)|^(surname|forename)$|(^|_){_PERSON}_name$",
    "network address": r"(^|_)(ip|ip_address|mac_address)$",
    "address": r"(^|_)(street|address|addr)(_|$)",
    "date of birth": r"(^|_)(dob|birth_?(date|day|year)|date_of_birth|born_?(on)?|year_of_birth)($|_)",
    "national id": r"(^|_)(ssn|social_security|passport|national_id|tax_id|driving_licen[cs]e)",
    "bank account": r"(^|_)(iban|account_number|card_number|credit_card)($|_)",
}


def personal_by_name(name: str) -> str | None:
    """The kind of personal data a column called `name` holds most likely; None for none."""
    snake = "_".join(name_words(name))
    return next((kind for kind, pattern in _NAMES.items() if re.search(pattern, snake)), None)


def personal_by_values(connection: duckdb.DuckDBPyConnection, texts: Container[str]) -> dict[str, str]:
    """The kind of personal data that most sampled values of a text column look like, for columns where they do."""
    shares = ", ".join(f"avg({looks_like(kind, 'value')}::INTEGER)" for kind in _KINDS)
    found = {}
    for name, *of_kinds in connection.execute(f"SELECT name, {shares} FROM {CELLS} GROUP BY name").fetchall():
        kind, share = max(zip(_KINDS.values(), of_kinds, strict=True), key=lambda each: each[1])
        if share >= _MOST and name in texts:
            found[name] = kind
    return found
