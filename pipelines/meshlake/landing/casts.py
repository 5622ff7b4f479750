"""SQL that turns one landed cell into a value of a contract's type, alike on DuckDB and Trino.

Only single expressions; which columns they are for is `meshlake.products.source_aligned`. A value is the one that
landed, or it is bad.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from meshlake.landing.text_values import json_value, text_value
from meshlake.types.casting import lenient_cast, strict_cast
from meshlake.types.keeping import Keeps, keeps
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from meshlake.types.tree import Type


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


def cast_cell(cell: str, given: Type, wanted: Type) -> Cast:
    """Cast the SQL expression `cell` of type `given` to `wanted`."""
    if given is Scalar.VARCHAR:
        return _cast_text(cell, wanted)
    text, present = f"CAST({cell} AS VARCHAR)", f"{cell} IS NOT NULL"
    if given is Scalar.JSON and wanted is not Scalar.VARCHAR:
        strict, lenient = json_value(cell, cell, wanted)
        return Cast(strict, lenient, present, text, can_fail=True)
    strict, lenient = strict_cast(cell, given, wanted), lenient_cast(cell, given, wanted)
    return Cast(strict, lenient, present, text, can_fail=keeps(given, wanted) is not Keeps.EVERYTHING)


def cast_expression(expression: str, wanted: Type) -> Cast:
    """Cast SQL of unknown type to `wanted`; what that rounds, the contract asks for. Text is taken as it is."""
    cell = f"({expression})"
    return Cast(
        f"CAST({cell} AS {wanted})",
        f"TRY_CAST({cell} AS {wanted})",
        f"{cell} IS NOT NULL",
        f"CAST({cell} AS VARCHAR)",
        can_fail=wanted is not Scalar.VARCHAR,
    )


def _cast_text(cell: str, wanted: Type) -> Cast:
    # LTRIM, since DuckDB evaluates what two branches share (TRIM, below) for every row, and trimming is slow.
    has_value = f"({cell} IS NOT NULL AND LTRIM({cell}) <> '')"
    if wanted is Scalar.VARCHAR:
        # CSV cannot tell a missing text from an empty one on every engine, so neither does a product.
        value = f"NULLIF({cell}, '')"
        return Cast(value, value, has_value, cell, can_fail=False)
    strict, lenient = text_value(cell, wanted, is_strict=True), text_value(cell, wanted)
    return Cast(strict, lenient, has_value, cell, can_fail=True)
