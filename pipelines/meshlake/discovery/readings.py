"""The ways text can be read as something else: which SQL reads a cell, and which columns it can be true of.

A reading is believed only of a column whose every value it reads; counting them is `scan`'s work. What the platform
casts by itself (`meshlake.landing.text_values`) is asked of the very SQL that a build will run.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.landing.text_values import text_value
from meshlake.names import quote_literal
from meshlake.types.tree import Scalar, Type

_TYPES: dict[str, Type] = {
    "integer": Scalar.BIGINT,
    "number": Scalar.DOUBLE,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
}
# Casts alone are too kind: DuckDB reads 0x1f and 1_000 as integers, and nan and inf as numbers.
_INTEGER = r"[-+]?[0-9]+([.]0*)?"
_NUMBER = r"[-+]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?"
_ISO_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_ISO_TIME = r"[ T][0-9]{1,2}:[0-9]{2}.*"
_ZONE = "(Z|[-+][0-9]{2}(:?[0-9]{2})?)"
_THOUSANDS = r"[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]+)([.][0-9]*)?"
_COMMA = r"[-+]?([0-9]{1,3}([.][0-9]{3})+|[0-9]+)(,[0-9]+)?"
_DIGITS = {"%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%Y": "[0-9]{4}", "%b": "[A-Za-z]{3}", ".": "[.]"}


@dataclass(frozen=True)
class Reading:
    """Text read as `logical_type` (as contracts name it). `format` says how it is written, when not the plain way.

    `pattern` is what a whole cell looks like; `converted` is SQL over `{cell}` that brings it to a form the platform's
    own cast takes, None when it takes the cell as it is. `is_zoned` times say how far they are from UTC.
    """

    logical_type: str
    pattern: str
    format: str | None = None
    converted: str | None = None
    is_zoned: bool = False

    @property
    def type(self) -> Type:
        """The type a value has."""
        return Scalar.TIMESTAMPTZ if self.is_zoned else _TYPES[self.logical_type]

    def expression(self, cell: str) -> str | None:
        """The `transformLogic` a contract needs for `cell`; None when it needs none."""
        return None if self.converted is None else self.converted.format(cell=f"NULLIF(TRIM({cell}), '')")

    def value(self, cell: str) -> str:
        """SQL for the value of `cell`, null where it cannot be read so."""
        if self.converted is not None:
            plain = self.converted.format(cell=f"TRIM({cell})").replace("STRPTIME", "TRY_STRPTIME")
            return f"CASE WHEN {self.looks_right(cell)} THEN TRY_CAST({plain} AS {self.type}) END"
        value = text_value(cell, self.type)
        # The cast takes a time without a zone for one of UTC, which nobody said.
        return f"CASE WHEN {self.looks_right(cell)} THEN {value} END" if self.is_zoned else value

    def looks_right(self, cell: str) -> str:
        """SQL for whether `cell` is written as this reading expects."""
        return f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(self.pattern)})"


def _date(format_: str) -> Reading:
    pattern = format_
    for part, digits in _DIGITS.items():
        pattern = pattern.replace(part, digits)
    return Reading("date", pattern, format_, f"STRPTIME({{cell}}, {quote_literal(format_)})")


def _timestamp(format_: str) -> Reading:
    date = _date(format_.partition(" %H")[0])
    pattern = date.pattern + " [0-9]{1,2}:[0-9]{2}" + (":[0-9]{2}" if format_.endswith("%S") else "")
    return Reading("timestamp", pattern, format_, f"STRPTIME({{cell}}, {quote_literal(format_)})")


INTEGER = Reading("integer", _INTEGER)
NUMBER = Reading("number", _NUMBER)
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y")
# In order of preference: where two readings are true of a column, the earlier one is told.
READINGS = (
    INTEGER,
    NUMBER,
    Reading("boolean", "(?i)(true|false|yes|no|t|f|y|n)"),
    Reading("date", _ISO_DATE + "([ T]00:00(:00([.]0+)?)?)?"),
    Reading("timestamp", f"{_ISO_DATE}{_ISO_TIME}"),
    Reading("timestamp", f"{_ISO_DATE}{_ISO_TIME}{_ZONE}", is_zoned=True),
    Reading("number", _THOUSANDS, "1,234.5", "REPLACE({cell}, ',', '')"),
    Reading("number", _COMMA, "1.234,5", "REPLACE(REPLACE({cell}, '.', ''), ',', '.')"),
    *map(_date, _DAYS),
    *(_timestamp(f"{day} {time}") for day in _DAYS for time in ("%H:%M", "%H:%M:%S")),
)
