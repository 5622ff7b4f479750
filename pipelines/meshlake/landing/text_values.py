"""SQL for the value that is written in a text, alike on DuckDB and Trino: just that value, or none.

What the engines' own casts get wrong is put right here. DuckDB rounds '1.5' to an integer, '1.239' to DECIMAL(12,2) and
'9007199254740993' to a float, reads '2024-01-05 oops' as a date, and leaves out an offset from UTC and what is less
than a microsecond. Nested values are written as JSON, in which DuckDB reads "7" and 7.2 as 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.names import quote_literal
from meshlake.types.casting import fail_unless
from meshlake.types.tree import FLOATS, INTEGERS, Decimal, ListOf, MapOf, Scalar, Struct, is_number

if TYPE_CHECKING:
    from meshlake.types.tree import Type

_TRUE_WORDS = "'^(t|yes|y|1)$'"
_FALSE_WORDS = "'^(f|no|n|0)$'"
# A text of so many characters has no more digits than a float keeps, and a number between these bounds is neither
# infinite nor rounded to 0.
_SURE_FLOATS: dict[Type, tuple[int, str]] = {
    Scalar.DOUBLE: (15, "1e-300 AND 1e300"),
    Scalar.FLOAT: (6, "1e-37 AND 1e37"),
}
# 1e39 is infinite to a FLOAT, and nothing shorter is.
_SURE_CHARACTERS = 3
# Characters of `2024-01-05 10:00:00`, without seconds, and with microseconds.
_SECONDS, _MINUTES, _MICROSECONDS = 19, 16, 26
_NANOSECONDS = "[.][0-9]{6}[0-9]*[1-9]"
_OFFSET = ":.*[-+][0-9:]*[1-9]"
_TIME_OF_DAY = "[T ].*[1-9]"
_STRINGS_OF_JSON = r'"([^"\\]|\\.)*"'
_FRACTIONS_OF_JSON = "[0-9]+[.][0-9]+"
_DOUBLE_DIGITS = 15


def text_value(cell: str, wanted: Type, *, is_strict: bool = False) -> str:
    """The value of type `wanted` that is written in the SQL expression `cell`.

    Where there is none it is null, or with `is_strict` a failure. The plain cast comes first: it is several times
    faster than what the few cells need of which it is not sure.
    """
    trimmed = f"NULLIF(TRIM({cell}), '')"
    cast = "CAST" if is_strict else "TRY_CAST"
    if isinstance(wanted, ListOf | MapOf | Struct):
        strict, lenient = json_value(f"CAST({trimmed} AS JSON)", trimmed, wanted)
        return strict if is_strict else lenient
    if wanted is Scalar.TIME:
        return f"CAST({cast}('1970-01-01 ' || {_moment_text(trimmed)} AS TIMESTAMP) AS TIME)"
    plain = f"TRY_CAST({cell} AS {wanted})"
    is_unsure = " OR ".join([f"{plain} IS NULL", *_doubts(cell, plain, wanted)])
    return f"CASE WHEN {is_unsure} THEN {_careful(trimmed, wanted, cast)} ELSE {plain} END"


def json_value(json: str, cell: str, wanted: Type) -> tuple[str, str]:
    """The value of type `wanted` in the SQL expression `json`: one that fails where there is none, one that is null.

    `cell` is where the JSON comes from.
    """
    value = f"CAST({json} AS {wanted})"
    kept = f"TRY({_numbers_are_doubles(json)} AND {_is_kept(json, wanted, 0)})"
    is_null = f"{cell} IS NULL"
    return fail_unless(f"{is_null} OR {kept}", value, cell), f"CASE WHEN {kept} THEN TRY({value}) END"


def _doubts(cell: str, plain: str, wanted: Type) -> list[str]:
    """What makes it unsure that the plain cast of `cell`, if it gives a value, gives the one written."""
    if wanted in INTEGERS:
        return [f"{cell} LIKE '%.%'", *_has_exponent(cell)]
    if isinstance(wanted, Decimal):
        return [f"{cell} LIKE '%.{'_' * (wanted.scale + 1)}%'", *_has_exponent(cell)]
    if wanted in FLOATS:
        characters, bounds = _SURE_FLOATS[wanted]
        is_extreme = f"LENGTH({cell}) > {_SURE_CHARACTERS} AND NOT ABS({plain}) BETWEEN {bounds}"
        return [f"LENGTH({cell}) > {characters}", f"({is_extreme})"]
    if wanted is Scalar.DATE:
        return [f"LENGTH({cell}) <> {len('2024-01-05')}"]
    if wanted is Scalar.TIMESTAMP:
        rest = f"SUBSTR({cell}, 18)"
        has_no_offset = (
            f"LENGTH({cell}) <= {_MICROSECONDS} AND {rest} NOT LIKE '%+%' AND {rest} NOT LIKE '%-%'"
        )
        is_plain = f"SUBSTR({cell}, 17, 1) = ':' AND (LENGTH({cell}) = {_SECONDS} OR ({has_no_offset}))"
        return [f"(LENGTH({cell}) > {_MINUTES} AND NOT ({is_plain}))"]
    return [f"LENGTH({cell}) > {_MICROSECONDS}"] if wanted is Scalar.TIMESTAMPTZ else []


def _has_exponent(cell: str) -> list[str]:
    return [f"{cell} LIKE '%e%'", f"{cell} LIKE '%E%'"]


def _careful(trimmed: str, wanted: Type, cast: str) -> str:
    """The value of text of which the plain cast is not sure."""
    if is_number(wanted):
        # The sign and the point cannot go wrong, a digit can.
        found = f"CAST(TRY_CAST({trimmed} AS {wanted}) AS VARCHAR)"
        text = _wrong_unless(f"{_digits(trimmed)} = {_digits(found)}", trimmed)
        return f"{cast}({text} AS {wanted})"
    if wanted is Scalar.BOOLEAN:
        word = f"REGEXP_REPLACE(REGEXP_REPLACE(LOWER({trimmed}), {_TRUE_WORDS}, 'true'), {_FALSE_WORDS}, 'false')"
        return f"{cast}({word} AS BOOLEAN)"
    if wanted is Scalar.DATE:
        text = _wrong_unless(f"NOT REGEXP_MATCHES({trimmed}, '{_TIME_OF_DAY}')", trimmed)
        return f"CAST({cast}({text} AS TIMESTAMP) AS DATE)"
    if wanted is Scalar.TIMESTAMP:
        return f"{cast}({_moment_text(trimmed)} AS TIMESTAMP)"
    if wanted is Scalar.TIMESTAMPTZ:
        text = _wrong_unless(f"NOT REGEXP_MATCHES({trimmed}, '{_NANOSECONDS}')", trimmed)
        return f"{cast}({text} AS {wanted})"
    return f"{cast}({trimmed} AS {wanted})"


def _moment_text(trimmed: str) -> str:
    return _wrong_unless(f"NOT REGEXP_MATCHES({trimmed}, '{_NANOSECONDS}|{_OFFSET}')", trimmed)


def _wrong_unless(condition: str, text: str) -> str:
    """`text`, with a sign after it that no engine takes for part of a value where `condition` does not hold."""
    return f"CASE WHEN {condition} THEN {text} ELSE {text} || '?' END"


def _digits(text: str) -> str:
    """The digits of a number, without zeros before and after them."""
    digits = f"REGEXP_REPLACE({text}, '[eE].*$|[^0-9]', '', 'g')"
    return f"REGEXP_REPLACE({digits}, '^0+|0+$', '', 'g')"


def _numbers_are_doubles(json: str) -> str:
    """Whether no number of the JSON has more digits than the double has as which both engines read a fraction."""
    outside_strings = f"REGEXP_REPLACE({_json_text(json)}, {quote_literal(_STRINGS_OF_JSON)}, '', 'g')"
    fractions = f"REGEXP_EXTRACT_ALL({outside_strings}, '{_FRACTIONS_OF_JSON}')"
    return _is_none(fractions, "t_", f"LENGTH(t_) > {_DOUBLE_DIGITS + 1}")


def _is_kept(json: str, wanted: Type, depth: int) -> str:
    """Whether a cast of `json` to `wanted` gives what is written in it."""
    text, part = _json_text(json), f"x{depth}_"
    if wanted is Scalar.VARCHAR:
        return "TRUE"
    if isinstance(wanted, ListOf):
        is_kept = _is_none(
            f"CAST({json} AS JSON[])", part, f"NOT {_is_kept(part, wanted.element, depth + 1)}"
        )
    elif isinstance(wanted, MapOf):
        values = f"MAP_VALUES(CAST({json} AS MAP(VARCHAR, JSON)))"
        is_kept = _is_none(values, part, f"NOT {_is_kept(part, wanted.value, depth + 1)}")
        if wanted.key is not Scalar.VARCHAR:
            keys = f"MAP_KEYS(CAST({json} AS MAP(VARCHAR, JSON)))"
            is_kept += f" AND {_is_none(keys, part, f'{text_value(part, wanted.key)} IS NULL')}"
    elif isinstance(wanted, Struct):
        parts = ((f'$."{f.name.replace(chr(34), chr(92) + chr(34))}"', f.type) for f in wanted.fields)
        is_kept = " AND ".join(
            _is_kept(f"JSON_EXTRACT({json}, {quote_literal(path)})", kind, depth) for path, kind in parts
        )
    elif is_number(wanted) or wanted is Scalar.BOOLEAN:
        is_kept = f"{text} NOT LIKE '\"%' AND {text_value(text, wanted)} IS NOT NULL"
    else:
        unquoted = f"""REPLACE({text}, '"', '')"""
        is_kept = f"{text} LIKE '\"%' AND {text_value(unquoted, wanted)} IS NOT NULL"
    return f"({json} IS NULL OR {text} = 'null' OR ({is_kept}))"


def _json_text(json: str) -> str:
    return f"CAST(TO_JSON({json}) AS VARCHAR)"


def _is_none(values: str, name: str, condition: str) -> str:
    return f"LIST_COUNT([TRUE FOR {name} IN {values} IF {condition}]) = 0"
