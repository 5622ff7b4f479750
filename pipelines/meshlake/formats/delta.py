"""Delta tables that landed as a folder: the rows that the table's log says, of the files that it says.

The log is read by `deltalake`, from a copy of it; the data files by DuckDB, where they lie. What a file does not say
by itself - deleted rows in a file of their own, columns mapped to other names - is refused by name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from meshlake.errors import LandingError
from meshlake.extras import needs_extra
from meshlake.formats.reader import paths_sql
from meshlake.formats.scratch import scratch_file
from meshlake.formats.table_folder import Reading, Table, TableFolder, copied_log, data_file
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import duckdb_reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from meshlake.stores import StoredFile

_LOG = re.compile(r"(?:(.*)/)?_delta_log/")
_REWRITE = "Rewrite it plain and land that: `REORG TABLE t APPLY (PURGE)` in Spark, or a copy of its rows as Parquet."
_OPTIONS = "union_by_name = true, hive_partitioning = false"
_MAPPED = "delta.columnMapping.mode"


class _Delta(TableFolder):
    name = "delta"
    title = "Delta tables"
    log = _LOG

    def table(self, folder: str, files: tuple[StoredFile, ...]) -> Table:
        return _table(folder, files)


DELTA = _Delta()


@lru_cache(maxsize=1_000)
def _table(folder: str, files: tuple[StoredFile, ...]) -> Table:
    """The table in `folder`, of whose files `files` have landed.

    Raises:
        LandingError: it cannot be read, or not by its files alone.
        MissingPackageError: `deltalake` is not installed.
    """
    import pyarrow as pa
    from pyarrow import parquet

    delta = _open(folder, [file for file in files if _LOG.match(file.name)])
    if delta.metadata().configuration.get(_MAPPED, "none") != "none":
        raise LandingError(f"{folder}: it is a Delta table that maps its columns to other names", _REWRITE)
    if _has_deletion_vectors(delta):
        raise LandingError(f"{folder}: it is a Delta table with deleted rows in files of their own", _REWRITE)
    schema = pa.schema(delta.schema().to_arrow())
    empty = scratch_file(".parquet")
    parquet.write_table(schema.empty_table(), empty)
    added = pa.table(delta.get_add_actions(flatten=True)).to_pylist()
    by_path = {file.name.removeprefix(f"{folder}/"): file for file in files}
    found = [
        (by_path.get(action["path"]) or data_file(folder, action["path"], files), action) for action in added
    ]
    legacy = _legacy_moments([file for file, _ in found])
    partitions, types = delta.metadata().partition_columns, _types(empty)
    readings = {
        file: Reading(
            _columns(file, {c: action[f"partition.{c}"] for c in partitions}, types, legacy), _OPTIONS
        )
        for file, action in found
    }
    return Table(f"SELECT * FROM read_parquet({quote_literal(str(empty))})", readings)


def _has_deletion_vectors(delta: Any) -> bool:
    """Whether rows are deleted in files beside the data, which are no part of the log: its reader looks for them."""
    import pyarrow as pa
    from deltalake.exceptions import DeltaError

    try:
        return bool(pa.table(delta.deletion_vectors()).num_rows)
    except DeltaError:
        return True


def _types(empty: Path) -> dict[str, str]:
    import duckdb

    with duckdb.connect() as connection:
        found = connection.execute(
            f"DESCRIBE SELECT * FROM read_parquet({quote_literal(str(empty))})"
        ).fetchall()
    return {row[0]: row[1] for row in found}


def _open(folder: str, log: Sequence[StoredFile]) -> Any:
    with needs_extra("delta", "a Delta table"):
        from deltalake import DeltaTable
        from deltalake.exceptions import DeltaError
    try:
        return DeltaTable(copied_log(folder, log))
    except (DeltaError, OSError, ValueError) as error:
        raise LandingError(
            f"{folder}: its Delta log cannot be read: {str(error).partition(chr(10))[0]}",
            "Land the folder whole, its _delta_log too; or a copy of its rows as Parquet.",
        ) from error


def _legacy_moments(files: Sequence[StoredFile]) -> frozenset[tuple[str, str]]:
    """The path and the name of each column that Spark wrote as INT96, which says nothing of a zone: it is UTC."""
    if not files:
        return frozenset()
    with duckdb_reader(files[0]) as connection:
        rows = connection.execute(
            f"SELECT file_name, name FROM parquet_schema({paths_sql(files)}) WHERE type = 'INT96'"
        ).fetchall()
    return frozenset((str(file), str(name)) for file, name in rows)


def _columns(
    file: StoredFile, partition: dict[str, Any], types: dict[str, str], legacy: frozenset[tuple[str, str]]
) -> str:
    """What is selected of a data file: its own columns, moments put right, and those that the log has a value of."""
    moments = [name for path, name in sorted(legacy) if path == file.path]
    if nested := next((name for name in moments if name not in types), None):
        raise LandingError(
            f"{file.name}: the moment {nested}, within a column, is written as INT96", _REWRITE
        )
    changed = [
        f"CAST({'NULL' if value is None else quote_literal(_text(value))} AS {types[name]}) AS {quote_identifier(name)}"
        for name, value in partition.items()
    ]
    changed += [f"timezone('UTC', {quote_identifier(n)}) AS {quote_identifier(n)}" for n in moments]
    kept = f"* EXCLUDE ({', '.join(map(quote_identifier, moments))})" if moments else "*"
    return ", ".join([kept, *changed])


def _text(value: Any) -> str:
    import pyarrow as pa
    import pyarrow.compute as pc

    return str(pc.cast(pa.scalar(value), "string").as_py())
