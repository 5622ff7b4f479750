"""`mesh.duckdb`: the one file any DuckDB client opens to read the mesh.

It holds a schema per domain with a view per product over the files of its published snapshot, and the system
tables in schema `main`, so that with the file's stem as catalog both `crm.customers` and `mesh.products` are
names. No rows of products are in it. DuckDB locks a file it writes, so a new one is made and renamed over the
old; whoever reads the old one keeps it. What is published, and in which files, `pipelines.lake` knows.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.errors import UsageError
from pipelines.names import CATALOG, quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from pipelines.names import ProductName


@dataclass(frozen=True)
class PublishedColumn:
    """A column of a published snapshot: its name and DuckDB type now, its Iceberg field id for good."""

    name: str
    type: str
    field_id: int
    description: str = ""


@dataclass(frozen=True)
class PublishedProduct:
    """A snapshot of a product as readers see it: `files`, Parquet paths or URIs, are all of its rows."""

    name: ProductName
    columns: tuple[PublishedColumn, ...]
    files: tuple[str, ...]
    description: str = ""


def relation_sql(connection: duckdb.DuckDBPyConnection, product: PublishedProduct) -> str:
    """A SELECT of the product's rows: columns in order, of their types, found by field id as Iceberg asks.

    A file written before a column was added, renamed or widened reads right. On 20,000,000 rows it was
    measured to cost no more than a plain `read_parquet`. `connection` reads the files' footers.
    """
    if not product.files:
        nulls = ", ".join(f"CAST(NULL AS {c.type}) AS {quote_identifier(c.name)}" for c in product.columns)
        return f"SELECT {nulls} WHERE false"
    selects = []
    for widened, files in _by_widened_columns(connection, product).items():
        types = dict(widened)
        fields = ", ".join(
            f"{c.field_id}: {{name: {quote_literal(c.name)}, "
            f"type: {quote_literal(types.get(c.field_id, c.type))}, default_value: NULL}}"
            for c in product.columns
        )
        columns = ", ".join(
            f"CAST({quote_identifier(c.name)} AS {c.type}) AS {quote_identifier(c.name)}"
            for c in product.columns
        )
        file_list = ", ".join(quote_literal(file) for file in files)
        selects.append(
            f"SELECT {columns if types else '*'} FROM read_parquet([{file_list}], schema = MAP {{{fields}}})"
        )
    return " UNION ALL ".join(selects)


def _by_widened_columns(
    connection: duckdb.DuckDBPyConnection, product: PublishedProduct
) -> dict[tuple[tuple[int, str], ...], list[str]]:
    """The files, by the columns (field id, type in the file) that were written with another type than now.

    DuckDB 1.5.5 fails on some joins ("Can't convert TableFilterType (BLOOM_FILTER)") when its reader itself
    has to cast a column, so such files are read with the types they have and cast afterwards.
    """
    now = {column.field_id: column.type for column in product.columns}
    file_list = ", ".join(quote_literal(file) for file in product.files)
    rows = connection.execute(
        f"""SELECT file_name, list((field_id, duckdb_type) ORDER BY field_id) FROM
        parquet_schema([{file_list}])
        WHERE field_id IS NOT NULL AND duckdb_type IS NOT NULL AND num_children IS NULL GROUP BY file_name"""
    ).fetchall()
    written = {
        file: tuple((field, kind) for field, kind in fields if kind != now.get(field, kind))
        for file, fields in rows
    }
    groups: dict[tuple[tuple[int, str], ...], list[str]] = {}
    for file in product.files:
        groups.setdefault(written.get(file, ()), []).append(file)
    return groups


def create_view(connection: duckdb.DuckDBPyConnection, product: PublishedProduct) -> None:
    """Make the product's view in catalog `mesh` of `connection`, the contract's words as its comments."""
    name = f"{quote_identifier(CATALOG)}.{product.name.sql}"
    domain = f"{quote_identifier(CATALOG)}.{quote_identifier(product.name.domain)}"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {domain}")
    connection.execute(f"CREATE VIEW {name} AS {relation_sql(connection, product)}")
    if product.description:
        connection.execute(f"COMMENT ON VIEW {name} IS {quote_literal(product.description)}")
    for column in product.columns:
        if column.description:
            of_column = f"{name}.{quote_identifier(column.name)}"
            connection.execute(f"COMMENT ON COLUMN {of_column} IS {quote_literal(column.description)}")


def write_mesh_file(
    path: Path, products: Iterable[PublishedProduct], system_tables: Mapping[str, pa.Table], state: str
) -> None:
    """Replace the file at `path`, at once for every reader, by one of these products and system tables.

    `state` is any text that tells which state of the catalog this is; `read_state` gives it back.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".mesh-file-") as folder:
        new_file = Path(folder) / path.name
        with duckdb.connect() as connection:
            connection.execute(f"ATTACH {quote_literal(str(new_file))} AS {quote_identifier(CATALOG)}")
            connection.execute(f"USE {quote_identifier(CATALOG)}")
            for product in products:
                create_view(connection, product)
            for name, table in system_tables.items():
                connection.register("system_table", table)
                connection.execute(f"CREATE TABLE main.{quote_identifier(name)} AS FROM system_table")
                connection.unregister("system_table")
            # A macro, for no client lists it among the tables.
            connection.execute(f"CREATE MACRO main.mesh_state() AS {quote_literal(state)}")
        new_file.replace(path)


def read_state(path: Path) -> str | None:
    """The `state` the file at `path` was written with; `None` when it is absent or not one of ours."""
    if not path.exists():
        return None
    with duckdb.connect() as connection:
        try:
            attach_mesh_file(connection, path)
            row = connection.execute("SELECT mesh_state()").fetchone()
        except (UsageError, duckdb.CatalogException):
            return None
    return None if row is None else str(row[0])


def attach_mesh_file(connection: duckdb.DuckDBPyConnection, path: Path, catalog: str = CATALOG) -> None:
    """Make the file at `path` the default catalog of `connection`, read-only, under the name `catalog`.

    Raises:
        UsageError: when there is no such file, or DuckDB cannot read it.
    """
    if not path.exists():
        raise UsageError("nothing is published yet", "Build the products first: mesh build")
    try:
        connection.execute(f"ATTACH {quote_literal(str(path))} AS {quote_identifier(catalog)} (READ_ONLY)")
    except (duckdb.IOException, duckdb.SerializationException) as error:
        reason = str(error).partition("\n")[0]
        raise UsageError(
            f"{path} is not a DuckDB file that can be read: {reason}", "Delete it; it is made anew."
        ) from error
    connection.execute(f"USE {quote_identifier(catalog)}")
