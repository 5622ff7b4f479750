"""SQL that turns one landed cell into a value of a contract's type, alike on DuckDB and Trino.

Only single expressions; which columns they are for is `meshlake.products.source_aligned`. What the engines'
own casts get wrong is put right here: DuckDB rounds '1.5' to an integer and reads '2024-01-05 oops' as a
date.
"""

from __future__ import annotations

from dataclasses import dataclass

_INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_FRACTIONS = ("FLOAT", "DOUBLE", "DECIMAL")
_NESTED = ("STRUCT", "MAP")
_TRUE_WORDS = "'^(t|yes|y|1)$'"
_FALSE_WORDS = "'^(f|no|n|0)$'"


@dataclass(frozen=True)
class Cast:
    """How a cell becomes a value. Null, and blank text where text is not wanted, become null.

    `strict` fails on a cell that does not fit; `lenient` gives null for it. `has_value` is never null.
    `can_fail` is false where every cell fits.
    """

    strict: str
    lenient: str
    has_value: str
    text: str
    can_fail: bool


def cast_cell(cell: str, given: str, wanted: str) -> Cast:
    """Cast the SQL expression `cell` of DuckDB type `given` to `wanted`."""
    text = f"CAST({cell} AS VARCHAR)"
    present = f"{cell} IS NOT NULL"
    if given == wanted != "VARCHAR":
        return Cast(cell, cell, present, text, can_fail=False)
    if given == "VARCHAR":
        return _cast_text(cell, wanted)
    if wanted in _INTEGERS and given.startswith(_FRACTIONS):
        strict, lenient = _whole_number(cell, wanted, "CAST"), _whole_number(cell, wanted, "TRY_CAST")
        return Cast(strict, lenient, present, text, can_fail=True)
    return Cast(
        f"CAST({cell} AS {wanted})",
        f"TRY_CAST({cell} AS {wanted})",
        present,
        text,
        can_fail=not _always_fits(given, wanted),
    )


def cast_expression(expression: str, wanted: str) -> Cast:
    """Cast SQL of unknown type to `wanted`; text in it is taken as it is."""
    cell = f"({expression})"
    return Cast(
        f"CAST({cell} AS {wanted})",
        f"TRY_CAST({cell} AS {wanted})",
        f"{cell} IS NOT NULL",
        f"CAST({cell} AS VARCHAR)",
        can_fail=wanted != "VARCHAR",
    )


def _cast_text(cell: str, wanted: str) -> Cast:
    # LTRIM, since DuckDB evaluates what two branches share (TRIM, below) for every row, and trimming is slow.
    has_value = f"({cell} IS NOT NULL AND LTRIM({cell}) <> '')"
    if wanted == "VARCHAR":
        # CSV cannot tell a missing text from an empty one on every engine, so neither does a product.
        value = f"NULLIF({cell}, '')"
        return Cast(value, value, has_value, cell, can_fail=False)
    strict, lenient = (_text_value(cell, wanted, cast) for cast in ("CAST", "TRY_CAST"))
    return Cast(strict, lenient, has_value, cell, can_fail=True)


def _text_value(cell: str, wanted: str, cast: str) -> str:
    """Try the plain cast first: it is several times faster than trimming, which most cells do not need."""
    trimmed = f"NULLIF(TRIM({cell}), '')"
    plain = f"TRY_CAST({cell} AS {wanted})"
    is_unsure = f"{plain} IS NULL"
    if wanted in _INTEGERS:
        # 12.0 is whole, 12.5 becomes 12?5, which no engine takes for a number.
        whole = f"REPLACE(REGEXP_REPLACE({trimmed}, '[.]0*$', ''), '.', '?')"
        return f"CASE WHEN {is_unsure} OR {cell} LIKE '%.%' THEN {cast}({whole} AS {wanted}) ELSE {plain} END"
    if wanted == "BOOLEAN":
        word = f"REGEXP_REPLACE(REGEXP_REPLACE(LOWER({trimmed}), {_TRUE_WORDS}, 'true'), {_FALSE_WORDS}, 'false')"
        return f"CASE WHEN {is_unsure} THEN {cast}({word} AS BOOLEAN) ELSE {plain} END"
    if wanted == "DATE":
        as_timestamp = f"CAST({cast}({trimmed} AS TIMESTAMP) AS DATE)"
        return f"CASE WHEN {is_unsure} OR LENGTH({cell}) <> 10 THEN {as_timestamp} ELSE {plain} END"
    if wanted == "TIME":
        return f"CAST({cast}('1970-01-01 ' || {trimmed} AS TIMESTAMP) AS TIME)"
    if wanted.endswith("[]") or wanted.startswith(_NESTED):
        # An object has just the contract's keys: a cast that forgives other keys also makes bad values null.
        nested = f"CAST(CAST({trimmed} AS JSON) AS {wanted})"
        return nested if cast == "CAST" else f"TRY({nested})"
    return f"CASE WHEN {is_unsure} THEN {cast}({trimmed} AS {wanted}) ELSE {plain} END"


def _whole_number(cell: str, wanted: str, cast: str) -> str:
    other = f"{cast}(REPLACE(CAST({cell} AS VARCHAR), '.', '?') AS {wanted})"
    return f"CASE WHEN {cell} = FLOOR({cell}) THEN {cast}({cell} AS {wanted}) ELSE {other} END"


def _always_fits(given: str, wanted: str) -> bool:
    if wanted in {given, "VARCHAR"} or (given, wanted) in {("DATE", "TIMESTAMP"), ("TIMESTAMP", "DATE")}:
        return True
    if given in _INTEGERS and wanted in _INTEGERS:
        return _INTEGERS.index(given) < _INTEGERS.index(wanted)
    return wanted == "DOUBLE" and (given in _INTEGERS or given.startswith(_FRACTIONS))
