"""The rows a transform gives, held against the contract's columns before anything is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.contract.misfits import misfits
from meshlake.errors import BuildError
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.casting import lenient_cast, strict_cast
from meshlake.types.keeping import Keeps, keeps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from meshlake.column import Column
    from meshlake.contract.model import Contract
    from meshlake.types.tree import Type

_SHOWN_VALUES = 5


def conformed_select(select: str, given: Mapping[str, Type], contract: Contract, where: str) -> str:
    """`select` with the contract's columns, in its order and of its types; `given` are the columns it has now.

    Only casts to wider types are added, and they fail on a value that they would change; a transform that gives text
    where a number is promised is a mistake to be mended in the transform.

    Raises:
        BuildError: a column that is missing, unknown to the contract, or of a type that would lose values.
    """
    for message, hint in misfits(given, contract):
        raise BuildError(f"{where}: {message}", hint)
    casts = [_conformed(column, given[column.name]) for column in contract.columns]
    return f"SELECT {', '.join(casts)} FROM (\n{select}\n)"


def misfits_error(
    select: str,
    given: Mapping[str, Type],
    contract: Contract,
    where: str,
    rows: Callable[[str], Sequence[tuple[object, ...]]],
) -> BuildError | None:
    """What `conformed_select` failed on: values of `select`, asked for with `rows`, that the contract's types change.

    `None` where it failed on something else.
    """
    proven = [c for c in contract.columns if keeps(given[c.name], c.type) is not Keeps.EVERYTHING]
    if not proven:
        return None
    found = "\nUNION ALL ".join(_misfits(select, column, given[column.name]) for column in proven)
    misfits = rows(f"SELECT * FROM ({found})")
    if not misfits:
        return None
    shown = "\n".join(f"  column {name}: '{value}' is no {kind}" for name, value, kind in misfits)
    return BuildError(
        f"{where}: values do not fit the contract:\n{shown}",
        "Say in the transform how they become what the contract promises (ROUND, CAST), or change its type.",
    )


def _conformed(column: Column, given: Type) -> str:
    quoted = quote_identifier(column.name)
    cast = strict_cast(quoted, given, column.type)
    return quoted if cast == quoted else f"{cast} AS {quoted}"


def _misfits(select: str, column: Column, given: Type) -> str:
    quoted = quote_identifier(column.name)
    return (
        f"(SELECT {quote_literal(column.name)} AS column_name, CAST({quoted} AS VARCHAR) AS value, "
        f"{quote_literal(str(column.type))} AS wanted_type FROM (\n{select}\n) AS given_rows "
        f"WHERE {quoted} IS NOT NULL AND {lenient_cast(quoted, given, column.type)} IS NULL LIMIT {_SHOWN_VALUES})"
    )
