"""Values a contract names (bounds, valid values), checked against the type of their column.

YAML turns `yes`, `1.10` and `2024-01-05` into something other than text; a value that would silently compare
as something else than its author wrote is refused here.
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time
from decimal import Decimal

from meshlake.names import quote_literal

Value = str | int | float | bool
_TEMPORAL = ("DATE", "TIME", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")
_NUMERIC = re.compile(r"INTEGER|BIGINT|FLOAT|DOUBLE|DECIMAL\(\d+,\d+\)")


def is_text(type_text: str) -> bool:
    """Whether a column of this DuckDB type holds text."""
    return type_text == "VARCHAR"


def is_list(type_text: str) -> bool:
    """Whether a column of this DuckDB type holds lists."""
    return type_text.endswith("[]")


def is_float(type_text: str) -> bool:
    """Whether a column of this DuckDB type may hold what is not a number."""
    return type_text in ("FLOAT", "DOUBLE")


def is_moment(type_text: str) -> bool:
    """Whether values of this DuckDB type lie in time: dates and timestamps."""
    return type_text in ("DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE")


def is_ordered(type_text: str) -> bool:
    """Whether values of this DuckDB type can lie in a range: numbers, dates and times."""
    return type_text in _TEMPORAL or _NUMERIC.fullmatch(type_text) is not None


def fit_value(value: object, type_text: str) -> Value:
    """`value` as JSON can hold it and SQL compare it with a column of `type_text`; times as ISO 8601 text.

    Raises:
        ValueError: when it is not a value of that type.
    """
    if type_text in ("VARCHAR", "UUID"):
        return _text_value(value)
    if _NUMERIC.fullmatch(type_text):
        return _number(value)
    if type_text == "BOOLEAN":
        if isinstance(value, bool):
            return value
        raise ValueError(f"{value!r} is not true or false")
    if type_text in _TEMPORAL:
        return _iso_text(value, type_text)
    raise ValueError(f"a column of type {type_text} cannot be compared with a value")


def literal(value: Value, type_text: str) -> str:
    """`value` as a SQL literal of a column's type.

    >>> literal("2024-01-01", "DATE")
    "CAST('2024-01-01' AS DATE)"
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return (
            quote_literal(value) if type_text == "VARCHAR" else f"CAST({quote_literal(value)} AS {type_text})"
        )
    return repr(value)


def _text_value(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError(f"YAML reads {value!r} here, not text: put it in quotes")


def _number(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise ValueError(f"{value!r} is not a number")
    return value if isinstance(value, int | float) else float(value)


def _iso_text(value: object, type_text: str) -> str:
    kind: type[date] | type[time] = {"DATE": date, "TIME": time}.get(type_text, datetime)
    try:
        parsed = kind.fromisoformat(value.isoformat() if isinstance(value, date) else str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an ISO 8601 {type_text.lower()}") from error
    return parsed.isoformat(" ") if isinstance(parsed, datetime) else parsed.isoformat()
