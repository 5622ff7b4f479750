"""SQL for the value that is written in a text, alike on DuckDB and Trino: just that value, or none.

What the engines' own casts get wrong is put right here. DuckDB rounds '1.5' to an integer, '1.239' to DECIMAL(12,2) and
'9007199254740993' to a float, and takes '01067', '1E4', '0x1F' and '6_0311' for integers, which could not be written
back; what it does with dates and times, `moments` says. Nested values are written as JSON, in which DuckDB reads "7"
and 7.2 as 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.landing.moments import LOST, MOMENTS, is_moment, moment_doubts, zone_joined
from meshlake.names import quote_literal
from meshlake.types.casting import fail_unless
from meshlake.types.tree import FLOATS, INTEGERS, Decimal, ListOf, MapOf, Scalar, Struct, is_number

if TYPE_CHECKING:
    from meshlake.types.tree import Type

_TRUE_WORDS = "'^(t|yes|y|1)$'"
_FALSE_WORDS = "'^(f|no|n|0)$'"
# A text of so many characters has no more digits than a float of the type keeps.
_SURE_CHARACTERS: dict[Type, int] = {Scalar.DOUBLE: 15, Scalar.FLOAT: 6}
# Nothing that is rounded to zero is shorter than 1e-46.
_SURE_ZERO_CHARACTERS = 4
# What a whole number is written like, so that it can be written so again; 12.0 is how floats write one.
_WHOLE = "^(0|-?[1-9][0-9]*)([.]0+)?$"
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
        text = _wrong_unless(f"NOT REGEXP_MATCHES({trimmed}, '{LOST[wanted]}')", trimmed)
        return f"CAST({cast}('1970-01-01 ' || {text} AS TIMESTAMP) AS TIME)"
    plain = f"TRY_CAST({cell} AS {wanted})"
    doubts, reassurance = _doubts(cell, plain, wanted)
    careful = _careful(trimmed, wanted, cast)
    if reassurance:
        careful = f"CASE WHEN {plain} IS NOT NULL AND {reassurance} THEN {plain} ELSE {careful} END"
    return f"CASE WHEN {' OR '.join([f'{plain} IS NULL', *doubts])} THEN {careful} ELSE {plain} END"


def short_text_value(cell: str, wanted: Type) -> str:
    """As `text_value` of what is not nested, in a fraction of its SQL and several times slower: where it stands often.

    Trino compiles no expression beyond 64 kB of bytecode.
    """
    return _careful(f"NULLIF(TRIM({cell}), '')", wanted, "TRY_CAST")


def json_value(json: str, cell: str, wanted: Type) -> tuple[str, str]:
    """The value of type `wanted` in the SQL expression `json`: one that fails where there is none, one that is null.

    `cell` is where the JSON comes from.
    """
    value = f"CAST({json} AS {wanted})"
    kept = f"TRY({_numbers_are_doubles(json)} AND {_is_kept(json, wanted, 0)})"
    is_null = f"{cell} IS NULL"
    return fail_unless(f"{is_null} OR {kept}", value, cell), f"CASE WHEN {kept} THEN TRY({value}) END"


def _doubts(cell: str, plain: str, wanted: Type) -> tuple[list[str], str]:
    """What makes it unsure that the plain cast of `cell`, if it gives a value, gives the one written.

    It is asked of every cell, so it is what engines are fastest at, and may doubt too much; the second is asked of the
    cells in doubt, and is true where the plain cast is right after all.
    """
    comes_back = f"CAST({plain} AS VARCHAR) = {cell}"
    if _is_whole(wanted):
        return [f"NOT {comes_back}"], ""
    is_grouped = f"STRPOS({cell}, '_') > 0"
    # DuckDB takes a sign and a blank for 0, and +-5 for -5. Blanks and + come before -, and all of them before -0.
    has_sign = f"{cell} < '-0'"
    if isinstance(wanted, Decimal):
        places = f"LENGTH({cell}) - STRPOS({cell}, '.')"
        is_short = f"(STRPOS({cell}, '.') = 0 OR {places} BETWEEN 1 AND {wanted.scale})"
        # 1e3 has no fraction, 15e-1 does. DuckDB takes 1e3. for a number, and 2e and - if a blank follows.
        is_odd = " OR ".join(f"{cell} LIKE '{each}'" for each in ("_%-%", "% ", "%."))
        sure = ", ".join(str(n) for n in range(1, min(wanted.scale, len("e-")) + 1))
        doubts = [f"{places} NOT IN ({sure})", is_grouped, has_sign]
        return doubts, f"{is_short} AND NOT ({is_odd}) AND NOT {is_grouped} AND NOT {has_sign}"
    if wanted in FLOATS:
        # Of 0, of what is infinite, and of what has fewer digits since it is next to 0.
        is_extreme = f"{plain} * {plain} = {plain} * {plain} * 2"
        is_long = f"LENGTH({cell}) > {_SURE_CHARACTERS[wanted]}"
        # Of a FLOAT, 9E9 is short and more than its digits hold: it would be 8999999488.
        is_large = [f"LOWER({cell}) LIKE '%e%'"] if wanted is Scalar.FLOAT else []
        is_zero = f"{plain} = 0 AND LENGTH({cell}) <= {_SURE_ZERO_CHARACTERS} AND NOT {is_grouped}"
        reassurance = f"({comes_back} OR ({is_zero})) AND NOT {has_sign}"
        return [is_long, is_extreme, is_grouped, has_sign, *is_large], reassurance
    if wanted in MOMENTS:
        return moment_doubts(cell, plain, wanted)
    return [], ""


def _is_whole(wanted: Type) -> bool:
    return wanted in INTEGERS or (isinstance(wanted, Decimal) and wanted.scale == 0)


def _careful(trimmed: str, wanted: Type, cast: str) -> str:
    """The value of text of which the plain cast is not sure."""
    if _is_whole(wanted):
        whole = f"REGEXP_REPLACE({trimmed}, '[.]0+$', '')"
        is_whole = f"REGEXP_MATCHES({trimmed}, '{_WHOLE}')"
        return f"{cast}(CASE WHEN {is_whole} THEN {whole} ELSE {trimmed} || '?' END AS {wanted})"
    if is_number(wanted):
        found = f"CAST(TRY_CAST({trimmed} AS {wanted}) AS VARCHAR)"
        # The sign and the point cannot go wrong, a digit can.
        is_one = f"NOT REGEXP_MATCHES({trimmed}, '_|^[+]-|[eE].*[.]|[-+eE]$')"
        is_same = f"{_digits(trimmed)} = {_digits(found)} AND {is_one}"
        return f"{cast}({_wrong_unless(is_same, trimmed)} AS {wanted})"
    if wanted is Scalar.BOOLEAN:
        word = f"REGEXP_REPLACE(REGEXP_REPLACE(LOWER({trimmed}), {_TRUE_WORDS}, 'true'), {_FALSE_WORDS}, 'false')"
        return f"{cast}({word} AS BOOLEAN)"
    if wanted in MOMENTS:
        text = zone_joined(_wrong_unless(is_moment(trimmed, wanted), trimmed), wanted)
        return (
            f"CAST({cast}({text} AS TIMESTAMP) AS DATE)"
            if wanted is Scalar.DATE
            else f"{cast}({text} AS {wanted})"
        )
    return f"{cast}({trimmed} AS {wanted})"


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
