"""What numbers mean: by what stands beside them, by a name that their range bears out, by the years they lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.discovery.code_lists import CURRENCY_CODES, is_currency
from meshlake.discovery.meaning_words import LAST_UNITS, MONEY_WORDS, ORDERED_WORDS, UNIT_WORDS, UNITS
from meshlake.discovery.meanings import CODES, Meaning, is_named, says_identifier
from meshlake.discovery.names import is_identifier, is_moment, is_row_number
from meshlake.names import name_words

if TYPE_CHECKING:
    from meshlake.discovery.dataset_profile import ColumnProfile

_EPOCHS = (
    ("epoch seconds", 946_684_800, 2_000_000_000),
    ("epoch milliseconds", 946_684_800_000, 2_000_000_000_000),
)
# What a name ends in that has a word for money in it, and is none: arr_delay, charge_count.
_NO_AMOUNTS = frozenset(
    {"delay", "count", "type", "status", "flag", "code", "number", "no", "id", "rank", "method"}
)


def meaning_of_number(column: ColumnProfile, *, is_key: bool) -> Meaning | None:
    """What the numbers of `column` mean; `is_key` says that each is there once."""
    low, high = _number(column.minimum), _number(column.maximum)
    unit = column.reading.unit if column.reading else None
    if unit:
        word = "money" if is_currency(unit) else UNITS.get(unit, "")
        return Meaning(word, f"{unit} stands beside every value", unit) if word else None
    rules = (
        _of_place(column, low, high),
        _of_time(column, low, high),
        _of_key(column, is_key=is_key),
        _of_unit(column),
        _of_amount(column, low, high),
        _of_grade(column),
    )
    return next(filter(None, rules), None)


def _of_place(column: ColumnProfile, low: float, high: float) -> Meaning | None:
    for word, bound in (("latitude", 90), ("longitude", 180)):
        if is_named(column, word) and -bound <= low <= high <= bound:
            return Meaning(word, f"so named, and within {bound} degrees", "°")
    return None


def _of_time(column: ColumnProfile, low: float, high: float) -> Meaning | None:
    if column.found_type != "integer":
        return None
    if is_named(column, "year") and 1800 <= low <= high <= 2200:
        return Meaning("year", f"so named, and within {low:.0f} to {high:.0f}")
    if is_named(column, "month") and (1 <= low <= high <= 12 or 190001 <= low <= high <= 220012):
        return Meaning("month", "so named, and of a month's digits")
    if is_named(column, "age") and 0 <= low <= high <= 130:
        return Meaning("age", "so named, and no more than people live")
    for word, first, last in _EPOCHS:
        if first <= low < high <= last and not is_identifier(column.name) and not column.personal:
            unit = word.removeprefix("epoch ")
            return Meaning(word, f"as {unit} since 1970 all lie in the years 2000 to 2033", unit)
    return None


def _of_key(column: ColumnProfile, *, is_key: bool) -> Meaning | None:
    if column.found_type != "integer" or is_row_number(column.name):
        return None
    last = name_words(column.name)[-1]
    if last in CODES and not is_key:
        return Meaning("code", "so named")
    is_named = says_identifier(last) or (is_identifier(column.name) and is_key)
    return (
        Meaning("identifier", "so named, and whole numbers" + (", each once" if is_key else ""))
        if is_named
        else None
    )


def _of_unit(column: ColumnProfile) -> Meaning | None:
    words, units = name_words(column.name), UNIT_WORDS | LAST_UNITS
    if len(words) > 1 and all(units.get(word, ("", ""))[1] for word in words[-2:]):
        return None  # of one unit by another: t_ha, km_h
    if MONEY_WORDS & set(words):
        return None  # the price of a unit: price_per_kwh
    found = [UNIT_WORDS[word] for word in words if word in UNIT_WORDS]
    if len(words) > 1 and words[-1] in LAST_UNITS:
        found.append(LAST_UNITS[words[-1]])
    if not found:
        return None
    word, unit = found[-1]
    return Meaning(word, f"named by its unit, {unit}" if unit else "so named, and numbers", unit)


def _of_amount(column: ColumnProfile, low: float, high: float) -> Meaning | None:
    if is_named(column, "share") and 0 <= low <= high <= 1 and column.found_type == "number":
        return Meaning("share", "so named, and within 0 to 1")
    if is_named(column, "percentage") and column.found_type in {"integer", "number"}:
        return Meaning("percentage", "so named", "%")
    words = name_words(column.name)
    currency = next((word.upper() for word in words if word.upper() in CURRENCY_CODES and len(words) > 1), "")
    is_of_when = (words[-1] in _NO_AMOUNTS or is_moment(words[-1])) and "per" not in words
    if currency or (MONEY_WORDS & set(words) and not is_of_when):
        return Meaning("money", "so named, and numbers" + (f"; in {currency}" if currency else ""), currency)
    return None


def _of_grade(column: ColumnProfile) -> Meaning | None:
    is_few = bool(column.values) and column.found_type == "integer"
    if is_few and ORDERED_WORDS & set(name_words(column.name)):
        return Meaning("ordered category", f"so named, and {column.distinct_count} different values")
    return None


def _number(text: str | None) -> float:
    try:
        return float(text or "nan")
    except ValueError:
        return float("nan")
