"""What the values of a column mean beyond their type: by what they look like, by what stands beside them, by its name.

Values come first. A name alone tells only what the values' type and range allow; where nothing tells, nothing is told.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from meshlake.discovery.code_lists import COUNTRY_CODES, COUNTRY_NAMES, CURRENCY_CODES, LANGUAGE_CODES
from meshlake.discovery.labels import NO_WORDS, YES_WORDS
from meshlake.discovery.meaning_words import ORDERED, ORDERED_WORDS
from meshlake.discovery.meanings import CODES, PATTERNS, Meaning, is_named, says_identifier
from meshlake.discovery.names import is_identifier
from meshlake.discovery.number_meanings import meaning_of_number
from meshlake.discovery.personal_values import share
from meshlake.discovery.spellings import with_spellings
from meshlake.names import name_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from meshlake.discovery.dataset_profile import ColumnProfile, DatasetProfile
    from meshlake.discovery.joins import Join

_LOOKED_AT, _LEAST, _FEWEST = 60, 0.95, 3
_SPOKEN_KINDS = {
    "bank account": "iban",
    "date of birth": "date",
    **{
        kind: kind
        for kind in ("name", "email", "phone", "address", "national id", "card number", "device id")
    },
}
_LOOKS = {
    "e-mail": "email",
    "URL": "url",
    "IP address": "ip",
    "MAC address": "mac",
    "UUID": "identifier",
}
_JSON = re.compile(r'\s*(\{\s*("|\})|\[\s*[\["{\d\]]).*[\]}]\s*', re.DOTALL)
_CODE = re.compile(r"[A-Za-z]{0,5}[-_./]?\d[\w.-]*|[A-Z]{2,4}")
_CAPITALS = re.compile(r"[A-Z0-9][A-Z0-9._/-]{2,}")
_AMOUNT = re.compile(r"[-+]?\d*[.,]?\d+(?:[eE][-+]?\d+)?")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./-]{5,18}")
_TRUE_OR_FALSE = frozenset({"true.", "false."})
_LOCALE = re.compile(r"[a-z]{2}([-_][A-Z]{2})?")


def with_meanings(
    columns: Sequence[ColumnProfile],
    texts: Mapping[str, Sequence[str]],
    keys: Iterable[tuple[str, ...]],
) -> tuple[ColumnProfile, ...]:
    """`columns`, each with what its values mean, where they tell it, or its name and they; and how they are spelled.

    `texts` are some of the sampled values of text.
    """
    alone = {name for name, *others in keys if not others}
    return tuple(
        _with(
            with_spellings(column, texts.get(column.name, ())),
            meaning_of(column, texts.get(column.name, ())[:_LOOKED_AT], is_key=column.name in alone),
        )
        for column in columns
    )


def with_references(profile: DatasetProfile, joins: Iterable[Join]) -> DatasetProfile:
    """`profile`, whose columns that refer to a key, and mean nothing else, are identifiers."""
    refers = {join.column: join for join in joins if join.dataset == profile.name}
    columns = tuple(
        replace(
            column,
            meaning="identifier",
            meaning_evidence=f"refers to {join.other_dataset}.{join.other_column}",
        )
        if not column.meaning and (join := refers.get(column.name))
        else column
        for column in profile.columns
    )
    return replace(profile, columns=columns)


def _with(column: ColumnProfile, meaning: Meaning | None) -> ColumnProfile:
    if meaning is None:
        return column
    return replace(column, meaning=meaning.word, meaning_evidence=meaning.evidence, unit=meaning.unit)


def meaning_of(column: ColumnProfile, values: Sequence[str], *, is_key: bool = False) -> Meaning | None:
    """What `column` means, some of whose values are `values`."""
    if not column.distinct_count or column.found_type == "boolean":
        return None
    if word := _SPOKEN_KINDS.get(column.personal or ""):
        is_year = word == "date" and column.found_type == "integer"
        return Meaning("year" if is_year else word, "as personal data")
    if column.found_type in {"date", "timestamp", "time"}:
        word = "time of day" if column.found_type == "time" else column.found_type
        return Meaning(word, "every value is one")
    if column.found_type in {"integer", "number"}:
        return meaning_of_number(column, is_key=is_key)
    return _of_text(column, values, is_key=is_key) if column.found_type == "string" else None


def _of_text(column: ColumnProfile, values: Sequence[str], *, is_key: bool) -> Meaning | None:
    if not values:
        return None
    for kind, word in _LOOKS.items():
        if share(values, _pattern(kind).fullmatch, _LEAST) >= _LEAST:
            return Meaning(word, f"values look like one ({kind})")
    if share(values, _JSON.fullmatch, _LEAST) >= _LEAST:
        return Meaning("json", "values look like it")
    rules = (_of_list(column, values), _of_named(column, values), _of_scale(column))
    return next(filter(None, rules), None) or _of_shape(column, values, is_key=is_key)


def _of_list(column: ColumnProfile, values: Sequence[str]) -> Meaning | None:
    """Codes of a list of the world's, where the name says so, or there are too many of them for chance."""
    many = len(set(values)) >= 12
    if _all(values, CURRENCY_CODES.__contains__) and (
        is_named(column, "currency") or {"USD", "EUR", "GBP", "CHF"} & set(values)
    ):
        return Meaning("currency", "values are codes of ISO 4217")
    if _all(values, COUNTRY_CODES.__contains__) and (is_named(column, "country") or many):
        return Meaning("country", "values are codes of ISO 3166")
    if _all(values, lambda value: value.casefold() in COUNTRY_NAMES) and len(set(values)) >= _FEWEST:
        return Meaning("country", "values are names of countries")
    is_locale = _all(values, lambda v: bool(_LOCALE.fullmatch(v)) and v[:2] in LANGUAGE_CODES)
    if is_locale and (is_named(column, "language") or (many and len(values[0]) > len("en"))):
        return Meaning("language", "values are codes of ISO 639")
    return None


def _of_named(column: ColumnProfile, values: Sequence[str]) -> Meaning | None:
    has_digits = share(values, lambda value: any(map(str.isdigit, value)), _LEAST) >= _LEAST
    if is_named(column, "postcode") and has_digits and max(map(len, values)) <= len("AB12 3CD--"):
        return Meaning("postcode", "so named, and short, with digits")
    if (
        is_named(column, "address")
        and has_digits
        and share(values, lambda value: " " in value, _LEAST) >= _LEAST
    ):
        return Meaning("address", "so named, and words with a number")
    if is_named(column, "phone") and share(values, _PHONE.fullmatch, _LEAST) >= _LEAST:
        return Meaning("phone", "so named, and values look like one")
    if is_named(column, "country") and not has_digits:
        return Meaning("country", "so named, and words")
    if is_named(column, "city") and not has_digits and not column.is_likely_label:
        return Meaning("city", "so named, and words")
    return None


def _of_scale(column: ColumnProfile) -> Meaning | None:
    if not column.values:
        return None
    told = {value.strip().casefold() for value, _ in column.values}
    if len(told) >= _FEWEST - 1 and any(told <= scale for scale in ORDERED):
        return Meaning("ordered category", "values are steps of a scale")
    if ORDERED_WORDS & set(name_words(column.name)):
        return Meaning("ordered category", f"so named, and {column.distinct_count} different values")
    return None


def _of_shape(column: ColumnProfile, values: Sequence[str], *, is_key: bool) -> Meaning | None:
    last = name_words(column.name)[-1]
    is_few = bool(column.values) and column.distinct_count > 1 and not is_key
    if is_few and {value.casefold() for value, _ in column.values} <= YES_WORDS | NO_WORDS | _TRUE_OR_FALSE:
        return None
    # Numbers that are kept as text, since not all would come back as they are written, are no codes for that.
    are_amounts = _all(values, lambda v: bool(_AMOUNT.fullmatch(v))) and not _all(values, str.isdigit)
    has_shape = not are_amounts and share(values, _CODE.fullmatch, _LEAST) >= _LEAST
    if last in CODES and not is_key:
        return Meaning("code", "so named")
    if says_identifier(last) or (has_shape and is_identifier(column.name)):
        return Meaning("identifier", "so named" + (", and each once" if is_key else ""))
    if is_few and share(values, lambda value: " " not in value, _LEAST) >= _LEAST:
        return Meaning("category", f"{column.distinct_count} different values")
    lengths = {len(value) for value in values}
    if has_shape and len(lengths) == 1 and not any(map(str.isdigit, "".join(values))):
        return Meaning("code", "values are capitals of one length")
    is_of_capitals = len(lengths) == 1 and _all(values, lambda value: bool(_CAPITALS.fullmatch(value)))
    if has_shape or (is_of_capitals and not are_amounts):
        return Meaning("identifier", "values look like codes" + (", each once" if is_key else ""))
    counts = [len(value.split()) for value in values]
    if sum(counts) >= 4 * len(counts) and max(counts) - min(counts) >= _FEWEST and len(set(values)) > _FEWEST:
        return Meaning("free text", "values are sentences of different length")
    if is_few:
        return Meaning("category", f"{column.distinct_count} different values")
    return None


def _all(values: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return all(map(holds, values))


@cache
def _pattern(kind: str) -> re.Pattern[str]:
    return re.compile(PATTERNS[kind])
