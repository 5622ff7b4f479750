"""Types of columns as values, nested ones included; `str()` of a type is DuckDB's text for it.

>>> str(Struct((Field("net price", Decimal(12, 2)), Field("days", ListOf(Scalar.DATE)))))
'STRUCT("net price" DECIMAL(12,2), "days" DATE[])'
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, Union

from meshlake.names import quote_identifier

MAX_DECIMAL_DIGITS = 38


class Scalar(Enum):
    """The types without parts and without numbers to them. The value of each is DuckDB's text."""

    VARCHAR = "VARCHAR"
    BOOLEAN = "BOOLEAN"
    TINYINT = "TINYINT"
    SMALLINT = "SMALLINT"
    INTEGER = "INTEGER"
    BIGINT = "BIGINT"
    HUGEINT = "HUGEINT"
    UTINYINT = "UTINYINT"
    USMALLINT = "USMALLINT"
    UINTEGER = "UINTEGER"
    UBIGINT = "UBIGINT"
    UHUGEINT = "UHUGEINT"
    FLOAT = "FLOAT"
    DOUBLE = "DOUBLE"
    DATE = "DATE"
    TIME = "TIME"
    TIME_NS = "TIME_NS"
    TIMETZ = "TIME WITH TIME ZONE"
    TIMESTAMP = "TIMESTAMP"
    TIMESTAMP_S = "TIMESTAMP_S"
    TIMESTAMP_MS = "TIMESTAMP_MS"
    TIMESTAMP_NS = "TIMESTAMP_NS"
    TIMESTAMPTZ = "TIMESTAMP WITH TIME ZONE"
    UUID = "UUID"
    BLOB = "BLOB"
    JSON = "JSON"
    NULL = '"NULL"'  # of a column in which every value is null

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Decimal:
    """Numbers of `precision` digits, of which `scale` stand after the point.

    Raises:
        ValueError: when there are no such numbers.
    """

    precision: int
    scale: int

    def __post_init__(self) -> None:
        if not (1 <= self.precision <= MAX_DECIMAL_DIGITS and 0 <= self.scale <= self.precision):
            raise ValueError(f"type {self} is not 1 to {MAX_DECIMAL_DIGITS} digits")

    def __str__(self) -> str:
        return f"DECIMAL({self.precision},{self.scale})"


@dataclass(frozen=True)
class ListOf:
    """Lists of any length, or of just `length` where it is given."""

    element: Type
    length: int | None = None

    def __str__(self) -> str:
        return f"{self.element}[{'' if self.length is None else self.length}]"


@dataclass(frozen=True)
class MapOf:
    """Maps from keys to values."""

    key: Type
    value: Type

    def __str__(self) -> str:
        return f"MAP({self.key}, {self.value})"


@dataclass(frozen=True)
class Field:
    """A named part of a struct."""

    name: str
    type: Type


@dataclass(frozen=True)
class Struct:
    """Values with named parts. Names are always quoted in text, so that any name reads back."""

    fields: tuple[Field, ...]

    def __str__(self) -> str:
        return f"STRUCT({', '.join(f'{quote_identifier(f.name)} {f.type}' for f in self.fields)})"


@dataclass(frozen=True)
class Unknown:
    """A type that nothing here knows more of than its text: an interval, an enumeration, a union."""

    text: str

    @property
    def name(self) -> str:
        """What it is called, without its parts: `UNION` of `UNION(a INTEGER)`."""
        return self.text.partition("(")[0].strip().upper()

    def __str__(self) -> str:
        return self.text


Type: TypeAlias = Union[Scalar, Decimal, ListOf, MapOf, Struct, Unknown]  # noqa: UP007 - each names it in a field

FLOATS = frozenset({Scalar.FLOAT, Scalar.DOUBLE})
SIGNED = (Scalar.TINYINT, Scalar.SMALLINT, Scalar.INTEGER, Scalar.BIGINT, Scalar.HUGEINT)
UNSIGNED = (Scalar.UTINYINT, Scalar.USMALLINT, Scalar.UINTEGER, Scalar.UBIGINT, Scalar.UHUGEINT)
INTEGERS = frozenset({*SIGNED, *UNSIGNED})
# The first is the plain one; the others differ in how fine they are.
TIMESTAMPS = (Scalar.TIMESTAMP, Scalar.TIMESTAMP_S, Scalar.TIMESTAMP_MS, Scalar.TIMESTAMP_NS)
_TIMES = frozenset({Scalar.TIME, Scalar.TIME_NS, Scalar.TIMETZ})
_TEMPORAL = frozenset({Scalar.DATE, Scalar.TIMESTAMPTZ, *TIMESTAMPS, *_TIMES})


def is_number(type_: Type) -> bool:
    """Whether values are numbers, of any kind."""
    return isinstance(type_, Decimal) or type_ in INTEGERS or type_ in FLOATS


def is_moment(type_: Type) -> bool:
    """Whether values are dates, or dates with a time."""
    return is_temporal(type_) and type_ not in _TIMES


def is_temporal(type_: Type) -> bool:
    """Whether values are dates, times, or both."""
    return type_ in _TEMPORAL


def is_ordered(type_: Type) -> bool:
    """Whether values can lie in a range that a contract names: numbers, dates and times."""
    return is_number(type_) or is_temporal(type_)


def is_nested(type_: Type) -> bool:
    """Whether values have parts."""
    if isinstance(type_, Unknown):
        return type_.name in {"UNION", "VARIANT"}
    return isinstance(type_, ListOf | MapOf | Struct)
