"""What a cast keeps, told from the types alone: every value, those that come back, or none.

A cast keeps a value when casting it back gives the value again. `is_silent` is a question of its own: whether a cast of
rows may be made without anybody having asked for it.
"""

from __future__ import annotations

from enum import IntEnum

from meshlake.types.tree import (
    FLOATS,
    INTEGERS,
    SIGNED,
    TIMESTAMPS,
    UNSIGNED,
    Decimal,
    ListOf,
    MapOf,
    Scalar,
    Struct,
    Type,
    Unknown,
    is_number,
)

# Whole numbers up to 2 to this power, and decimals of so many digits, all have a float of their own.
_FLOAT_BITS = {Scalar.FLOAT: 24, Scalar.DOUBLE: 53}
_FLOAT_DIGITS = {Scalar.FLOAT: 6, Scalar.DOUBLE: 15}
_DAYS = frozenset({Scalar.DATE, Scalar.TIMESTAMPTZ, *TIMESTAMPS})
_TIMES = frozenset({Scalar.TIME, Scalar.TIME_NS, Scalar.TIMETZ})
# Of no type that JSON has: there they can only be written as text.
_WRITTEN_AS_TEXT = _DAYS | _TIMES | {Scalar.UUID}


class Keeps(IntEnum):
    """How much a cast keeps; of several casts, the least is that of all."""

    NOTHING = 0  # there is no such cast, or what it gives is another value
    PROVEN = 1  # the values that come back when cast back; others are named
    EVERYTHING = 2


def keeps(given: Type, wanted: Type) -> Keeps:
    """What a cast from `given` to `wanted` keeps; in UTC, as all sessions are.

    >>> keeps(Scalar.INTEGER, Scalar.DOUBLE), keeps(Scalar.BIGINT, Scalar.DOUBLE)
    (<Keeps.EVERYTHING: 2>, <Keeps.PROVEN: 1>)
    """
    if given == wanted or given is Scalar.NULL:
        return Keeps.EVERYTHING
    if wanted is Scalar.VARCHAR:
        # Bytes have a text only in some encoding, which nobody named.
        return Keeps.NOTHING if given is Scalar.BLOB else Keeps.EVERYTHING
    if isinstance(given, ListOf) and isinstance(wanted, ListOf):
        return Keeps.NOTHING if wanted.length is not None else keeps(given.element, wanted.element)
    if isinstance(given, MapOf) and isinstance(wanted, MapOf):
        # Keys that become equal fail whichever way they are cast.
        is_kept = keeps(given.key, wanted.key) is Keeps.EVERYTHING
        return keeps(given.value, wanted.value) if is_kept else Keeps.NOTHING
    if isinstance(given, Struct) and isinstance(wanted, Struct):
        return _struct_keeps(given, wanted)
    if is_number(given) and is_number(wanted):
        return _number_keeps(given, wanted)
    return Keeps.PROVEN if _has_cast(given, wanted) else Keeps.NOTHING


def is_silent(given: Type, wanted: Type) -> bool:
    """Whether rows may be cast without being asked to, as far as every value is kept: to a wider type of the same kind.

    What narrows (a number to a whole one, a time to its day) or changes the kind (a number to text) is to be asked for.
    """
    if given == wanted or given is Scalar.NULL:
        return True
    if isinstance(given, ListOf) and isinstance(wanted, ListOf):
        return is_silent(given.element, wanted.element)
    if isinstance(given, MapOf) and isinstance(wanted, MapOf):
        return is_silent(given.key, wanted.key) and is_silent(given.value, wanted.value)
    if isinstance(given, Struct) and isinstance(wanted, Struct):
        types, others = _types_by_name(given), _types_by_name(wanted)
        return types.keys() == others.keys() and all(is_silent(types[n], others[n]) for n in types)
    if given in INTEGERS:
        return is_number(wanted)
    if isinstance(given, Decimal):
        return wanted in FLOATS or (isinstance(wanted, Decimal) and wanted.scale >= given.scale)
    if wanted is Scalar.VARCHAR:
        return given is Scalar.UUID or (isinstance(given, Unknown) and given.name == "ENUM")
    return _is_wider_moment(given, wanted) or (given, wanted) == (Scalar.FLOAT, Scalar.DOUBLE)


def is_guess(given: Type, wanted: Type) -> bool:
    """Whether a cast needs what nobody said: of local times their zone, of bytes their encoding, of yes/no its numbers.

    >>> is_guess(Scalar.TIMESTAMP, Scalar.TIMESTAMPTZ), is_guess(Scalar.DATE, Scalar.TIMESTAMP)
    (True, False)
    """
    if isinstance(given, ListOf) and isinstance(wanted, ListOf):
        return is_guess(given.element, wanted.element)
    if isinstance(given, MapOf) and isinstance(wanted, MapOf):
        return is_guess(given.key, wanted.key) or is_guess(given.value, wanted.value)
    if isinstance(given, Struct) and isinstance(wanted, Struct):
        types, others = _types_by_name(given), _types_by_name(wanted)
        return any(is_guess(types[n], others[n]) for n in types.keys() & others.keys())
    if given is Scalar.BOOLEAN or wanted is Scalar.BOOLEAN:
        return is_number(given) or is_number(wanted)
    if wanted is Scalar.TIMESTAMPTZ:
        return given in TIMESTAMPS
    return {given, wanted} == {Scalar.BLOB, Scalar.VARCHAR}


def _is_wider_moment(given: Type, wanted: Type) -> bool:
    if given is Scalar.DATE:
        return wanted in _DAYS
    return given in TIMESTAMPS and wanted is Scalar.TIMESTAMP


def _struct_keeps(given: Struct, wanted: Struct) -> Keeps:
    """Fields are cast by name; what `wanted` has no name for must be null, and what `given` lacks becomes so."""
    types, others = _types_by_name(given), _types_by_name(wanted)
    least = min((keeps(types[n], others[n]) for n in types.keys() & others.keys()), default=Keeps.NOTHING)
    return least if types.keys() == others.keys() else min(least, Keeps.PROVEN)


def _types_by_name(struct: Struct) -> dict[str, Type]:
    return {field.name.lower(): field.type for field in struct.fields}


def _number_keeps(given: Type, wanted: Type) -> Keeps:
    is_kept = False
    if wanted in FLOATS:
        is_kept = _fits_float(given, wanted)
    elif given not in FLOATS:
        # Whole numbers are decimals of scale 0, whose bounds are not a number of digits.
        (low, high, scale), (other_low, other_high, other_scale) = _bounds(given), _bounds(wanted)
        is_kept = scale <= other_scale and other_low <= low and high <= other_high
    return Keeps.EVERYTHING if is_kept else Keeps.PROVEN


def _fits_float(given: Type, wanted: Type) -> bool:
    if isinstance(given, Decimal):
        return given.precision <= _FLOAT_DIGITS[_scalar(wanted)]
    if given in FLOATS:
        return given is Scalar.FLOAT
    low, high, _ = _bounds(given)
    limit: int = 2 ** _FLOAT_BITS[_scalar(wanted)]
    return -limit <= low and high <= limit


def _scalar(type_: Type) -> Scalar:
    if not isinstance(type_, Scalar):
        raise TypeError(f"{type_} is no scalar")
    return type_


def _bounds(type_: Type) -> tuple[int, int, int]:
    """The least and the greatest whole number of a type that is no float, and how many digits follow the point."""
    if isinstance(type_, Decimal):
        most = 10 ** (type_.precision - type_.scale) - 1
        return -most, most, type_.scale
    scalar = _scalar(type_)
    if scalar in SIGNED:
        bits = 8 << SIGNED.index(scalar)
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1, 0
    return 0, 2 ** (8 << UNSIGNED.index(scalar)) - 1, 0


def _has_cast(given: Type, wanted: Type) -> bool:
    """Whether both engines can cast so and back, for two types that are not both numbers."""
    if given is Scalar.BOOLEAN or wanted is Scalar.BOOLEAN:
        return is_number(given) or is_number(wanted)
    if given is Scalar.VARCHAR:
        return wanted in _WRITTEN_AS_TEXT
    return {given, wanted} <= _DAYS or {given, wanted} <= _TIMES
