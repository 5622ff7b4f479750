"""The SELECT that reads a snapshot's Parquet files with the columns it has now, as Iceberg asks: found by field id.

Text, made after a look at the files' footers; which files and which columns those are, `lake` knows. Nothing heavy is
imported here, for `mesh sql` needs this too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from meshlake.names import quote_identifier, quote_literal
from meshlake.types.duckdb import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from meshlake.types.tree import Type


@dataclass(frozen=True)
class FileColumn:
    """A column of a snapshot: its name and type now, its Iceberg field id for good."""

    name: str
    type: Type
    field_id: int


# What a file was written with, column by column: field id, name, type (None for a nested one).
_Written: TypeAlias = "tuple[tuple[int | None, str, Type | None], ...]"


def files_select(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[FileColumn], files: Sequence[str]
) -> str:
    """A SELECT of all rows of `files`: `columns` in order, of their types.

    A file written before a column was added, renamed or widened reads right, and no files are no rows.

    Raises:
        duckdb.Error: a file cannot be read.
    """
    if not files:
        nulls = ", ".join(f"CAST(NULL AS {c.type}) AS {quote_identifier(c.name)}" for c in columns)
        return f"SELECT {nulls} WHERE false"
    written = _written(connection, files)
    groups: dict[_Written, list[str]] = {}
    for file in files:
        groups.setdefault(written[file], []).append(file)
    return " UNION ALL ".join(_select(columns, written, group) for written, group in groups.items())


def _select(columns: Sequence[FileColumn], written: _Written, files: Sequence[str]) -> str:
    """The SELECT that reads `files`, which were all `written` so.

    Two things of DuckDB 1.5.5 decide. Given `schema`, its reader opens even the first file only when the scan runs,
    and often leaves all of it to one thread while the other spins: files that are as they should be are read without.
    And when its reader itself has to cast a column, some joins fail ("Can't convert TableFilterType (BLOOM_FILTER)"):
    a widened column is read with the type it has, and cast afterwards.
    """
    listed = ", ".join(map(quote_literal, files))
    if written == tuple((c.field_id, c.name, c.type) for c in columns):
        return f"SELECT * FROM read_parquet([{listed}], hive_partitioning = false)"
    types = {field_id: kind for field_id, _, kind in written if kind is not None}
    fields = ", ".join(
        f"{c.field_id}: {{name: {quote_literal(c.name)}, "
        f"type: {quote_literal(str(types.get(c.field_id, c.type)))}, default_value: NULL}}"
        for c in columns
    )
    is_widened = any(types.get(c.field_id, c.type) != c.type for c in columns)
    casts = ", ".join(
        f"CAST({quote_identifier(c.name)} AS {c.type}) AS {quote_identifier(c.name)}" for c in columns
    )
    return f"SELECT {casts if is_widened else '*'} FROM read_parquet([{listed}], schema = MAP {{{fields}}})"


def _written(connection: duckdb.DuckDBPyConnection, files: Sequence[str]) -> dict[str, _Written]:
    """What each file was written with; of a nested column every level, so that it equals no column."""
    rows = connection.execute(
        f"""SELECT file_name, list((field_id, name, duckdb_type) ORDER BY column_id)
        FROM parquet_schema([{", ".join(map(quote_literal, files))}])
        WHERE column_id > 0 GROUP BY file_name"""
    ).fetchall()
    return {
        file: tuple((field_id, name, kind and parse(kind)) for field_id, name, kind in written)
        for file, written in rows
    }
