"""SQL that turns one landed cell into a value of a contract's type, alike on DuckDB and Trino.

Only single expressions; which columns they are for is `meshlake.products.source_aligned`. A value is the one that
landed, or it is bad.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp

from meshlake.landing.expressions import makes_text, without_attempts
from meshlake.landing.text_values import json_value, text_value
from meshlake.types.casting import lenient_cast, may_lose, strict_cast
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from meshlake.types.tree import Type

_VOLATILE = {"random", "rand", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "error"}


@dataclass(frozen=True)
class Cast:
    """How a cell becomes a value. Null, and blank text where text is not wanted, become null.

    `strict` fails on a cell that does not fit; `lenient` gives null for it. `has_value` is never null.
    `can_fail` is false where every cell fits. `is_bad`, where it is given, is true, never null, for a cell that does
    not fit; else that is one with a value of which `lenient` makes none. `text` is what landed; `made`, where it is
    given, what the contract makes of that before it is cast.
    """

    strict: str
    lenient: str
    has_value: str
    text: str
    can_fail: bool
    is_bad: str | None = None
    made: str | None = None


def cast_cell(cell: str, given: Type, wanted: Type) -> Cast:
    """Cast the SQL expression `cell` of type `given` to `wanted`."""
    if given is Scalar.VARCHAR:
        return _cast_text(cell, wanted)
    text, present = f"CAST({cell} AS VARCHAR)", f"{cell} IS NOT NULL"
    if given is Scalar.JSON and wanted is not Scalar.VARCHAR:
        strict, lenient = json_value(cell, cell, wanted)
        return Cast(strict, lenient, present, text, can_fail=True)
    strict, lenient = strict_cast(cell, given, wanted), lenient_cast(cell, given, wanted)
    return Cast(strict, lenient, present, text, can_fail=may_lose(given, wanted))


def cast_expression(
    expression: str, wanted: Type, inputs: Sequence[str] = (), texts: Collection[str] = ()
) -> Cast:
    """Cast SQL to `wanted`: what makes text of columns that are `texts` as strictly as text that landed.

    What a cast of another type rounds, the contract asks for. Where text is wanted, it is taken as it is.

    `inputs` are the SQL of the cells that it reads, which are told of where it gives no value. What it only tries is a
    misfit where it cannot be had: `meshlake.landing.expressions`.
    """
    cell = f"({expression})"
    strict, text = f"CAST(({without_attempts(expression)}) AS {wanted})", f"CAST({cell} AS VARCHAR)"
    if not inputs or not _can_be_tried(expression):
        is_sure = wanted is Scalar.VARCHAR
        lenient, present = f"TRY_CAST({cell} AS {wanted})", f"{cell} IS NOT NULL"
        return Cast(strict, lenient, present, text, can_fail=not is_sure)
    landed = [f"CAST({each} AS VARCHAR)" for each in inputs]
    several = " || ', ' || ".join(f"COALESCE({each}, 'NULL')" for each in landed)
    told = landed[0] if len(landed) == 1 else several
    if wanted is not Scalar.VARCHAR and makes_text(expression, texts):
        return replace(_cast_text(text, wanted), text=told, made=text)
    return Cast(
        strict,
        f"TRY({strict})",
        f"{cell} IS NOT NULL",
        told,
        can_fail=True,
        # The expression stands here once: DuckDB works out beforehand, and outside of TRY, what stands twice. And in a
        # list, so that it is worked out at all: `a * 2 IS NULL` of an `a` that is never null is false to it.
        is_bad=f"(TRY([{strict}]) IS NULL)",
        made=f"TRY({text})",
    )


def _can_be_tried(expression: str) -> bool:
    """DuckDB's TRY takes neither a query nor what is another value each time."""
    parsed = sqlglot.parse_one(expression, dialect="duckdb")
    functions = {function.sql_name().lower() for function in parsed.find_all(exp.Func)}
    functions |= {str(function.this).lower() for function in parsed.find_all(exp.Anonymous)}
    return not parsed.find(exp.Query) and not functions & _VOLATILE


def _cast_text(cell: str, wanted: Type) -> Cast:
    if wanted is Scalar.VARCHAR:
        return Cast(cell, cell, f"{cell} IS NOT NULL", cell, can_fail=False)
    # LTRIM, since DuckDB evaluates what two branches share (TRIM, below) for every row, and trimming is slow.
    has_value = f"({cell} IS NOT NULL AND LTRIM({cell}) <> '')"
    strict, lenient = text_value(cell, wanted, is_strict=True), text_value(cell, wanted)
    return Cast(strict, lenient, has_value, cell, can_fail=True)
