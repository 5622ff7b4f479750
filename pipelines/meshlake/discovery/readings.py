"""The ways text can be read as something else: which SQL reads a cell, and which columns it can be true of.

A reading is believed only of a column whose values come back as the text they were; counting them is `scan`'s work.
What the platform casts by itself (`meshlake.landing.text_values`) is asked of the very SQL that a build will run.
"""

from __future__ import annotations

from dataclasses import dataclass

from meshlake.landing.text_values import text_value
from meshlake.names import quote_literal
from meshlake.types.tree import Decimal, Scalar, Type

_TYPES: dict[str, Type] = {
    "integer": Scalar.BIGINT,
    "number": Scalar.DOUBLE,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
}
# Text is a number if it is written as numbers are, so that it comes back as it was: nothing before the first digit but
# a minus, no zeros that say nothing, an exponent only where printers of floats have one. Whole floats may end in .0.
_INTEGER = "(0|-?[1-9][0-9]*)([.]0)?"
_EXPONENT = "-?[1-9]([.][0-9]*[1-9])?e(-0[5-9]|-[1-9][0-9]{1,2}|[+]1[6-9]|[+][2-9][0-9]|[+][1-3][0-9]{2})"
_NUMBER = f"-?(0|[1-9][0-9]*)([.]([0-9]*[1-9]|0))?|{_EXPONENT}"
_SCALES = range(2, 7)
# What somebody may take for a number, however it is written: 007, +49, 1.10, 12E4, 0x1F, 6_0311.
NUMERIC = "[-+]?([0-9][0-9_]*([.][0-9_]*)?|[.][0-9]+)([eE][-+]?[0-9]+)?|0[xX][0-9a-fA-F]+"
_DECIMAL_DIGITS = 18
_DECIMALS, _POINT = "whether a sign between digits groups thousands or begins the decimals", "decimal point"
_ISO_DATE = r"[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}"
_ISO_TIME = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
_ZONE = " ?(Z|[-+][0-9]{2}(:?[0-9]{2})?)"
_THOUSANDS = "-?(0|[1-9][0-9]{0,2}(,[0-9]{3})*)([.][0-9]+)?"
_COMMA = "-?(0|[1-9][0-9]{0,2}([.][0-9]{3})+|[1-9][0-9]*)(,[0-9]+)?"
# Java's letters, of contracts.
_LETTERS = {"%d": "d", "%m": "M", "%Y": "yyyy", "%b": "MMM", "%H": "H", "%M": "mm", "%S": "ss"}
_DIGITS = {"%d": "[0-9]{1,2}", "%m": "[0-9]{1,2}", "%Y": "[0-9]{4}", "%b": "[A-Za-z]{3}", ".": "[.]"}


@dataclass(frozen=True)
class Reading:
    """Text read as `logical_type` (as contracts name it). `format` says how it is written, when not the plain way.

    `pattern` is what a whole cell looks like; `converted` is SQL over `{cell}` that brings it to a form the platform's
    own cast takes, None when it takes the cell as it is. `is_zoned` times say how far they are from UTC; numbers of a
    `scale` all have so many digits after the point. Of two readings with the same `rivalry` both can be true of a text
    that means one thing; `convention` names what decides.
    """

    logical_type: str
    pattern: str
    format: str | None = None
    converted: str | None = None
    is_zoned: bool = False
    scale: int | None = None
    rivalry: str | None = None
    convention: str | None = None

    @property
    def type(self) -> Type:
        """The type a value has."""
        if self.scale is not None:
            return Decimal(_DECIMAL_DIGITS, self.scale)
        return Scalar.TIMESTAMPTZ if self.is_zoned else _TYPES[self.logical_type]

    def expression(self, cell: str) -> str | None:
        """The `transformLogic` a contract needs for `cell`; None when it needs none.

        Of text that is written otherwise it makes none that a cast takes: 1.5 among decimal commas is not 15.
        """
        if self.converted is None:
            return None
        text = f"NULLIF(TRIM({cell}), '')"
        is_so = f"REGEXP_FULL_MATCH({text}, {quote_literal(self.pattern)})"
        return self.converted.format(cell=f"CASE WHEN {is_so} THEN {text} ELSE '? ' || {text} END")

    @property
    def written(self) -> str | None:
        """How dates and times are written, in a contract's letters; None of what needs no such word."""
        if self.is_number or self.format is None:
            return None
        written = self.format
        for directive, letters in _LETTERS.items():
            written = written.replace(directive, letters)
        return written

    def value(self, cell: str) -> str:
        """SQL for the value of `cell`, null where it cannot be read so."""
        if self.converted is not None:
            plain = self.converted.format(cell=f"TRIM({cell})").replace("STRPTIME", "TRY_STRPTIME")
            value = text_value(plain, self.type) if self.is_number else f"TRY_CAST({plain} AS {self.type})"
            return f"CASE WHEN {self.looks_right(cell)} THEN {value} END"
        value = text_value(cell, self.type)
        # A cast does what it is asked for: 1.10 is a DOUBLE, `t` a BOOLEAN, a time without a zone one of UTC.
        return f"CASE WHEN {self.looks_right(cell)} THEN {value} END"

    @property
    def is_number(self) -> bool:
        """Whether values are numbers."""
        return self.logical_type in {"integer", "number"}

    @property
    def is_plain_number(self) -> bool:
        """Whether values are numbers, written as an engine writes them."""
        return self.is_number and self.converted is None

    def looks_right(self, cell: str) -> str:
        """SQL for whether `cell` is written as this reading expects."""
        return f"REGEXP_FULL_MATCH(TRIM({cell}), {quote_literal(self.pattern)})"


def _date(format_: str) -> Reading:
    pattern = format_
    for part, digits in _DIGITS.items():
        pattern = pattern.replace(part, digits)
    return _written("date", pattern, format_)


def _timestamp(format_: str) -> Reading:
    date = _date(format_.partition(" %H")[0])
    pattern = date.pattern + " [0-9]{1,2}:[0-9]{2}" + (":[0-9]{2}" if format_.endswith("%S") else "")
    return _written("timestamp", pattern, format_)


def _written(logical_type: str, pattern: str, format_: str) -> Reading:
    converted = f"STRPTIME({{cell}}, {quote_literal(format_)})"
    is_order_open = format_.startswith(("%d/%m", "%m/%d", "%d-%m", "%m-%d"))
    rivalry = "which of day and month comes first" if is_order_open else None
    convention = ("day first" if format_.startswith("%d") else "month first") if is_order_open else None
    return Reading(logical_type, pattern, format_, converted, rivalry=rivalry, convention=convention)


def _grouped(pattern: str, format_: str, converted: str, convention: str) -> Reading:
    return Reading("number", pattern, format_, converted, rivalry=_DECIMALS, convention=convention)


def _decimals(scale: int) -> Reading:
    pattern = f"-?(0|[1-9][0-9]*)[.][0-9]{{{scale}}}"
    return Reading("number", pattern, scale=scale, rivalry=_DECIMALS, convention=_POINT)


INTEGER = Reading("integer", _INTEGER)
NUMBER = Reading("number", _NUMBER, rivalry=_DECIMALS, convention=_POINT)
LETTERS = Reading("boolean", "(?i)(y|n)")
THOUSANDS = _grouped(_THOUSANDS, "1,234.5", "REPLACE({cell}, ',', '')", _POINT)
COMMA = _grouped(_COMMA, "1.234,5", "REPLACE(REPLACE({cell}, '.', ''), ',', '.')", "decimal comma")
_DAYS = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d %b %Y", "%d-%b-%Y")
# In order of preference: where two readings are true of a column, the earlier one is told.
READINGS = (
    INTEGER,
    NUMBER,
    *map(_decimals, _SCALES),
    Reading("boolean", "(?i)(true|false)"),
    Reading("boolean", "(?i)(yes|no)"),
    LETTERS,
    Reading("date", _ISO_DATE + "([ T]00:00(:00([.]0+)?)?)?"),
    Reading("timestamp", f"{_ISO_DATE}({_ISO_TIME})?"),
    Reading("timestamp", f"{_ISO_DATE}{_ISO_TIME}{_ZONE}", is_zoned=True),
    THOUSANDS,
    COMMA,
    *map(_date, _DAYS),
    *(_timestamp(f"{day} {time}") for day in _DAYS for time in ("%H:%M", "%H:%M:%S")),
)
