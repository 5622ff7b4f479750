"""The rows a transform gives, held against the contract's columns before anything is written."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from meshlake.errors import BuildError
from meshlake.names import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from meshlake.contract.model import Contract

_INTEGERS = {
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
}
_FLOATS = {"FLOAT", "DOUBLE"}
_TIMESTAMPS = {"TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS", "DATE"}


def conformed_select(select: str, given: Mapping[str, str], contract: Contract, where: str) -> str:
    """`select` with the contract's columns, in its order and of its types; `given` are the columns it has now.

    Only casts that keep every value or fail loudly are added; a transform that gives text where a number is promised
    is a mistake to be mended in the transform.

    Raises:
        BuildError: a column that is missing, unknown to the contract, or of a type that would lose values.
    """
    wanted = {column.name: column.type for column in contract.columns}
    _refuse_other_columns(set(given), set(wanted), where)
    casts = []
    for name, kind in wanted.items():
        if not _is_safe_cast(given[name], kind):
            raise BuildError(
                f"{where}: {name} is {given[name]}, the contract says {kind}",
                f"Write CAST(... AS {kind}) in the transform, or change the contract.",
            )
        quoted = quote_identifier(name)
        casts.append(quoted if given[name] == kind else f"CAST({quoted} AS {kind}) AS {quoted}")
    return f"SELECT {', '.join(casts)} FROM (\n{select}\n)"


def _refuse_other_columns(given: set[str], wanted: set[str], where: str) -> None:
    missing, extra = sorted(wanted - given), sorted(given - wanted)
    if missing:
        near = get_close_matches(missing[0], given, n=1)
        hint = (
            f"Did you mean {near[0]}?" if near else "Add it to the transform, or take it out of the contract."
        )
        raise BuildError(f"{where}: gives no column {', '.join(missing)}, which the contract promises", hint)
    if extra:
        raise BuildError(
            f"{where}: gives {', '.join(extra)}, which the contract does not know",
            "Describe it in the contract, or leave it out.",
        )


def _is_safe_cast(given: str, wanted: str) -> bool:
    if given in {wanted, '"NULL"', "NULL"}:
        return True
    if given in _INTEGERS:
        return wanted in _INTEGERS | _FLOATS or wanted.startswith("DECIMAL")
    if given.startswith("DECIMAL"):
        return wanted in _FLOATS or (wanted.startswith("DECIMAL") and _scale(wanted) >= _scale(given))
    if given in _FLOATS:
        return wanted == "DOUBLE"
    if given in _TIMESTAMPS:
        return wanted == "TIMESTAMP" or (given == "DATE" and wanted.startswith("TIMESTAMP"))
    if given.startswith("ENUM") or given == "UUID":
        return wanted == "VARCHAR"
    # Nested types: DuckDB refuses a cast between different shapes, and fails on a value that does not fit.
    return given.endswith(("[]", ")")) and wanted.endswith(("[]", ")"))


def _scale(kind: str) -> int:
    match = re.search(r",\s*(\d+)\)", kind)
    return int(match[1]) if match else 0
