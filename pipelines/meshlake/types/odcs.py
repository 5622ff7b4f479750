"""Types as an ODCS contract writes them: logical types, and physical ones in DuckDB's words or the source system's."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from meshlake.suggest import close_names, mistyped
from meshlake.types.duckdb import names as duckdb_names
from meshlake.types.duckdb import parse
from meshlake.types.iceberg import can_hold
from meshlake.types.source import ANY, foreign_type, source_type
from meshlake.types.tree import (
    INTEGERS,
    Decimal,
    Field,
    ListOf,
    MapOf,
    Scalar,
    Struct,
    Type,
    Unknown,
    is_nested,
    is_number,
    is_temporal,
)

if TYPE_CHECKING:
    from open_data_contract_standard.model import SchemaProperty

_PLAIN: dict[str, Type] = {
    "string": Scalar.VARCHAR,
    "integer": Scalar.BIGINT,
    "number": Scalar.DOUBLE,
    "boolean": Scalar.BOOLEAN,
    "date": Scalar.DATE,
    "timestamp": Scalar.TIMESTAMP,
    "time": Scalar.TIME,
}
LOGICAL_TYPES = (*_PLAIN, "object", "array", "map", "vector")
_MAP_NEEDS = "a map needs 'map' with 'key' and 'value'"
# Physical types that say no more than the logical one.
_SAY_NO_MORE = frozenset(("array", "list", "struct", "record", "object", "map", "dict", "str"))
_SMALL, _TINY = (-(2**15), 2**15 - 1), (-(2**7), 2**8 - 1)
_NARROW = {
    **dict.fromkeys(("smallint", "int2", "int16", "short", "smallserial"), _SMALL),
    **dict.fromkeys(("usmallint", "uint16", "smallint unsigned", "unsignedshort"), (0, 2**16 - 1)),
    **dict.fromkeys(("utinyint", "uint8", "tinyint unsigned", "unsignedbyte"), (0, 2**8 - 1)),
    "tinyint": _TINY,
}
_WIDTH = re.compile(
    r"\s*(?:n?varchar2?|n?char|bpchar|character(?:\s+varying)?|text|string)\s*\(\s*(\d+)(?:\s+(?:char|byte))?\s*\)\s*",
    re.IGNORECASE,
)
# Widths of texts within others, sizes of lists, values of an ENUM, and times less exact than microseconds.
_SAYS_MORE = re.compile(
    r"\[\d+\]|(?:char|text|string)\w*\s*\(\s*\d|enum\w*\(|(?:time\w*|binary)\s*\(\s*[0-5]?\d?\s*\)", re.I
)
_EXACT = re.compile(r"time\w*\s*\(\s*[6-9]\s*\)", re.I)
# Integers that a BIGINT may not hold are numbers to a contract.
_NUMBERS = frozenset({Scalar.HUGEINT, Scalar.UBIGINT, Scalar.UHUGEINT})


def held_type(text: str) -> Type:
    """The type written as `text`, which a product's column can have.

    Raises:
        ValueError: it is no type, or one an Iceberg table cannot hold.
    """
    found = parse(text)
    if isinstance(found, Unknown):
        raise ValueError(f"'{text}' is not a DuckDB type that a product can have")
    if not can_hold(found):
        raise ValueError(f"type {found} cannot be held by an Iceberg table")
    return found


@dataclass
class TypeReader:
    """Reads the types of properties as the systems of `dialects` write them, else as DuckDB does.

    `notes` are what could not be understood, and so is not held to: the logical type is. One that `is_lenient` notes
    too that nothing says what a value or its parts are, and takes it as text; one of a contract that
    `is_of_another_house` notes words that may be right there, and only slips of the keyboard are errors.
    """

    dialects: tuple[str, ...] = ()
    is_lenient: bool = False
    is_of_another_house: bool = False
    notes: list[str] = field(default_factory=list)

    def type_of(self, prop: SchemaProperty) -> Type:
        """The type of a contract's property: its physical type where it is understood, else its logical one.

        Raises:
            ValueError: when it has neither, or one that is no type.
        """
        if prop.physicalType is None:
            return self._logical(prop)
        physical = prop.physicalType.strip()
        if physical.lower() in _SAY_NO_MORE and prop.logicalType is not None:
            return self._logical(prop)
        found, refusal = self._physical(physical, prop.logicalType)
        if found is not None:
            if _SAYS_MORE.search(physical) and not _EXACT.search(physical) and text_width(physical) is None:
                self.notes.append(f"no value is held to all that '{physical}' says: the column is {found}")
            return found
        if self._is_refused(physical, prop, refusal):
            raise ValueError(refusal or f"'{physical}' is not a DuckDB type that a product can have")
        logical = self._logical(prop)
        self.notes.append(f"physicalType '{physical}' is kept as a note: the column is {logical}")
        return logical

    def _is_refused(self, physical: str, prop: SchemaProperty, refusal: str) -> bool:
        """Whether a physical type that is not understood is more likely mistyped than another system's."""
        word = physical.partition("(")[0].strip().lower()
        if self.is_of_another_house:
            return prop.logicalType is None and refusal != "" and mistyped(word, duckdb_names()) is not None
        is_like_ours = bool(close_names(word, duckdb_names()))
        return prop.logicalType is None or (refusal != "" and is_like_ours and not self.dialects)

    def _physical(self, text: str, logical: str | None) -> tuple[Type | None, str]:
        """The type that is written, and why it is none."""
        found = [source_type(text, dialect) for dialect in self.dialects]
        refusal = ""
        if not any(found):
            try:
                found = [held_type(text)]
            except ValueError as error:
                refusal = str(error)
                found = [foreign_type(text)]
                if not self.dialects and (logical is not None or self.is_of_another_house):
                    found.append(_anyones_type(text))
        return next((kind for kind in found if kind and _may_be(kind, logical)), None), refusal

    def _logical(self, prop: SchemaProperty) -> Type:
        logical = prop.logicalType or _shape(prop)
        if logical is None and self.is_lenient:
            self.notes.append("nothing says its type: the column is text, as it is written")
            return Scalar.VARCHAR
        if logical is None:
            raise ValueError("it has no logicalType")
        if logical == "timestamp" and (prop.logicalTypeOptions or {}).get("timezone"):
            return Scalar.TIMESTAMPTZ
        if logical == "number" and (prop.logicalTypeOptions or {}).get("format") == "f32":
            return Scalar.FLOAT
        return _PLAIN.get(logical) or self._nested(prop, logical)

    def _nested(self, prop: SchemaProperty, logical: str) -> Type:
        if logical == "vector":
            is_whole = (prop.logicalTypeOptions or {}).get("elementType") in {"binary", "int8", "uint8"}
            return ListOf(Scalar.INTEGER if is_whole else Scalar.DOUBLE)
        if logical not in LOGICAL_TYPES:
            return self._unknown(logical)
        if logical == "array" and prop.items is not None:
            return ListOf(self.type_of(prop.items))
        if logical == "map" and prop.map is not None and prop.map.key and prop.map.value:
            return MapOf(self.type_of(prop.map.key), self.type_of(prop.map.value))
        if logical == "object" and prop.properties:
            if not all(part.name for part in prop.properties):
                raise ValueError("an object has a property without a name")
            return Struct(tuple(Field(str(part.name), self.type_of(part)) for part in prop.properties))
        lacking = {"array": "items", "map": "map", "object": "properties"}[logical]
        if not self.is_lenient:
            raise ValueError(f"an {logical} needs '{lacking}'" if logical != "map" else _MAP_NEEDS)
        self.notes.append(f"it is {logical} without {lacking}: the column is text, as it is written")
        return Scalar.VARCHAR

    def _unknown(self, logical: str) -> Type:
        """What a word that ODCS has no such logical type for is most likely: another house's physical type."""
        found, _ = self._physical(logical, None) if self.is_of_another_house else (None, "")
        if found is None and (not self.is_of_another_house or mistyped(logical.lower(), LOGICAL_TYPES)):
            raise ValueError(f"logicalType '{logical}' is unknown")
        read = found or Scalar.VARCHAR
        self.notes.append(f"logicalType '{logical}' is none of ODCS's: the column is {read}")
        return read


def _shape(prop: SchemaProperty) -> str | None:
    """The logical type that the parts of a property tell, where it says none."""
    parts = {"object": prop.properties, "array": prop.items, "map": prop.map}
    return next((logical for logical, part in parts.items() if part), None)


def text_width(physical: str) -> int | None:
    """How many characters a physical type allows: 3 of `VARCHAR(3)`, which no engine holds a text to."""
    found = _WIDTH.fullmatch(physical)
    return int(found[1]) if found else None


def whole_range(physical: str) -> tuple[int, int] | None:
    """The least and the greatest of a physical type of whole numbers that no product's column is as narrow as.

    Some systems give `TINYINT` a sign and some none: it holds what either has.

    >>> whole_range("SMALLINT"), whole_range("INTEGER")
    ((-32768, 32767), None)
    """
    return _NARROW.get(physical.strip().lower())


def column_type(prop: SchemaProperty) -> Type:
    """The type of a contract's property, as `TypeReader` reads it where no system is named."""
    return TypeReader().type_of(prop)


def _anyones_type(text: str) -> Type | None:
    """The type that the first of the systems understands; what a bare decimal holds each says differently."""
    read = (source_type(text, dialect) for dialect in ANY)
    found = next((kind for kind in read if kind is not None), None)
    return None if isinstance(found, Decimal) and "(" not in text else found


def _may_be(type_: Type, logical: str | None) -> bool:
    """Whether values of `type_` can be what the logical type says: no list is a text."""
    return not is_nested(type_) or logical in (None, "array", "map", "object")


def logical_name(type_: Type) -> str:
    """The logical type for values of `type_`; `string` for what ODCS has no word for."""
    if type_ in INTEGERS and type_ not in _NUMBERS:
        return "integer"
    if is_number(type_):
        return "number"
    if isinstance(type_, ListOf):
        return "array"
    if isinstance(type_, MapOf):
        return "map"
    if isinstance(type_, Struct):
        return "object"
    if type_ is Scalar.BOOLEAN:
        return "boolean"
    return _temporal_name(type_) if is_temporal(type_) else "string"


def _temporal_name(type_: Type) -> str:
    if type_ is Scalar.DATE:
        return "date"
    if type_ in (Scalar.TIME, Scalar.TIME_NS):
        return "time"
    return "string" if type_ is Scalar.TIMETZ else "timestamp"


def is_said_by_logical_type(type_: Type) -> bool:
    """Whether its logical type, with `timezone` where it has one, says all of `type_`."""
    return type_ is Scalar.TIMESTAMPTZ or type_ in _PLAIN.values()
