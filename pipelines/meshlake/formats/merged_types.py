"""Files that are written with their types, read as one: what the type that holds both would change is refused.

An identifier over 2^53 is another one as a DOUBLE; a local time beside one with an offset would get a zone that nobody
said. It is looked for only where types differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import LandingError
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.duckdb import parse
from meshlake.types.keeping import Keeps, is_guess, keeps
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb

    from meshlake.types.tree import Type

_REMEDY = "Write the column with one type in all files, or land them as two datasets."


def refuse_changed(
    connection: duckdb.DuckDBPyConnection,
    names: Mapping[str, str],
    common: Callable[[], Mapping[str, str]],
) -> None:
    """Refuse Parquet files that are not one without changing a value, or guessing what was meant.

    Args:
        connection: reads them.
        names: what errors call each, by its path.
        common: the columns of all together, and DuckDB's types of them.

    Raises:
        LandingError: a column of a file cannot be what it is with the others.
    """
    mixed = connection.execute(
        f"SELECT lower(name) FROM parquet_schema([{', '.join(map(quote_literal, names))}]) "
        "WHERE coalesce(num_children, 0) = 0 GROUP BY 1 HAVING count(DISTINCT duckdb_type) > 1 LIMIT 1"
    ).fetchall()
    if not mixed:
        return
    wanted = {name.lower(): parse(text) for name, text in common().items()}
    for path, file in names.items():
        _check_kept(connection, path, file, wanted)


def described(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    """The columns of `select`, and DuckDB's types of them."""
    return {row[0]: row[1] for row in connection.execute(f"DESCRIBE {select}").fetchall()}


def _check_kept(
    connection: duckdb.DuckDBPyConnection, path: str, file: str, wanted: Mapping[str, Type]
) -> None:
    rows = f"read_parquet([{quote_literal(path)}])"
    for name, text in described(connection, f"SELECT * FROM {rows}").items():
        own, other = parse(text), wanted[name.lower()]
        if is_guess(own, other):
            raise LandingError(f"{file}: column {name} is {own} in it and {other} with other files", _REMEDY)
        if keeps(own, other) is not Keeps.PROVEN or other is Scalar.VARCHAR:
            continue
        cell = quote_identifier(name)
        row = connection.execute(
            f"SELECT CAST({cell} AS VARCHAR) FROM {rows} "
            f"WHERE TRY_CAST(TRY_CAST({cell} AS {other}) AS {own}) IS DISTINCT FROM {cell} LIMIT 1"
        ).fetchone()
        if row is not None:
            raise LandingError(
                f"{file}: column {name} is {own} in it and {other} with other files, which does not hold {row[0]}",
                _REMEDY,
            )
