"""SQL, in DuckDB's dialect, of a cast that keeps each value or fails: it is cast back in the same pass, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.types.keeping import Keeps, keeps
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from meshlake.types.tree import Type


# DuckDB and PostgreSQL have a time of day after it, 24:00, of which Python, Arrow and Trino make 00:00.
_LAST_TIME = "TIME '23:59:59.999999'"


def may_lose(given: Type, wanted: Type) -> bool:
    """Whether a cast can meet values that it does not keep.

    >>> may_lose(Scalar.INTEGER, Scalar.BIGINT), may_lose(Scalar.TIME, Scalar.TIME)
    (False, True)
    """
    return given is wanted is Scalar.TIME or keeps(given, wanted) is not Keeps.EVERYTHING


def lenient_cast(cell: str, given: Type, wanted: Type) -> str:
    """The value of the SQL expression `cell`, null where it is not kept."""
    kept = keeps(given, wanted)
    if kept is Keeps.NOTHING:
        return f"CAST(NULL AS {wanted})"
    if given is wanted is Scalar.TIME:
        return f"CASE WHEN {cell} <= {_LAST_TIME} THEN {cell} END"
    if kept is Keeps.EVERYTHING:
        return _cast(cell, given, wanted)
    return f"CASE WHEN {_comes_back(cell, given, wanted)} THEN TRY_CAST({cell} AS {wanted}) END"


def strict_cast(cell: str, given: Type, wanted: Type) -> str:
    """The value of `cell`; the statement fails where it is not kept."""
    kept = keeps(given, wanted)
    if kept is Keeps.NOTHING:
        return fail_unless(f"{cell} IS NULL", f"CAST(NULL AS {wanted})", cell)
    if given is wanted is Scalar.TIME:
        return fail_unless(f"{cell} <= {_LAST_TIME}", cell, cell)
    if kept is Keeps.EVERYTHING:
        return _cast(cell, given, wanted)
    return fail_unless(_comes_back(cell, given, wanted), f"TRY_CAST({cell} AS {wanted})", cell)


def fail_unless(condition: str, value: str, cell: str) -> str:
    """`value` where `condition` holds; elsewhere the statement fails. Of any type, on each engine.

    The failing cast is of no constant, or it could fail before any row is read; so it names a `cell`.
    """
    failure = f"CAST(CASE WHEN {cell} IS NULL THEN '0' ELSE 'not kept' END AS BIGINT) = 0"
    return f"CASE WHEN {condition} THEN {value} WHEN {failure} THEN NULL END"


def _comes_back(cell: str, given: Type, wanted: Type) -> str:
    return f"TRY_CAST(TRY_CAST({cell} AS {wanted}) AS {given}) IS NOT DISTINCT FROM {cell}"


def _cast(cell: str, given: Type, wanted: Type) -> str:
    return cell if given == wanted else f"CAST({cell} AS {wanted})"
