"""Values a contract names (bounds, valid values), checked against the type of their column.

YAML turns `yes`, `1.10` and `2024-01-05` into something other than text; a value that would silently compare
as something else than its author wrote is refused here.
"""

from __future__ import annotations

import math
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from meshlake.names import quote_literal
from meshlake.types.tree import Scalar, is_number, is_temporal

if TYPE_CHECKING:
    from meshlake.types.tree import Type

Value = str | int | float | bool


def fit_value(value: object, kind: Type) -> Value:
    """`value` as JSON can hold it and SQL compare it with a column of type `kind`; times as ISO 8601 text.

    Raises:
        ValueError: when it is not a value of that type.
    """
    if kind in (Scalar.VARCHAR, Scalar.UUID):
        return _text_value(value)
    if is_number(kind):
        return _number(value)
    if kind is Scalar.BOOLEAN:
        if isinstance(value, bool):
            return value
        raise ValueError(f"{value!r} is not true or false")
    if is_temporal(kind):
        return _iso_text(value, kind)
    raise ValueError(f"a column of type {kind} cannot be compared with a value")


def literal(value: Value, kind: Type) -> str:
    """`value` as a SQL literal of a column's type.

    >>> literal("2024-01-01", Scalar.DATE)
    "CAST('2024-01-01' AS DATE)"
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        quoted = quote_literal(value)
        return quoted if kind is Scalar.VARCHAR else f"CAST({quoted} AS {kind})"
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


def _iso_text(value: object, kind: Type) -> str:
    reader = date if kind is Scalar.DATE else time if kind is Scalar.TIME else datetime
    try:
        parsed = reader.fromisoformat(value.isoformat() if isinstance(value, date) else str(value))
    except ValueError as error:
        raise ValueError(f"{value!r} is not an ISO 8601 {str(kind).lower()}") from error
    return parsed.isoformat(" ") if isinstance(parsed, datetime) else parsed.isoformat()
