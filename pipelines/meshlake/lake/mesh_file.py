"""`mesh.duckdb`: the one file any DuckDB client opens to read the mesh.

It holds a schema per domain with a view per product over the files of its published snapshot, and the system
tables in schema `main`, so that with the file's stem as catalog both `crm.customers` and `mesh.products` are
names. No rows of products are in it. DuckDB locks a file it writes, so a new one is made and renamed over the
old; whoever reads the old one keeps it. What is published, and in which files, `meshlake.lake` knows.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from meshlake.errors import UsageError
from meshlake.lake.parquet import FileColumn, files_select
from meshlake.names import CATALOG, quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pyarrow as pa

    from meshlake.names import ProductName
    from meshlake.stores import Store


@dataclass(frozen=True)
class PublishedColumn(FileColumn):
    """A column of a published snapshot, with the contract's words on it."""

    description: str = ""


@dataclass(frozen=True)
class PublishedProduct:
    """A snapshot of a product as readers see it: `files`, Parquet paths or URIs, are all of its rows."""

    name: ProductName
    columns: tuple[PublishedColumn, ...]
    files: tuple[str, ...]
    description: str = ""


def create_view(connection: duckdb.DuckDBPyConnection, product: PublishedProduct) -> None:
    """Make the product's view in catalog `mesh` of `connection`, the contract's words as its comments."""
    name = f"{quote_identifier(CATALOG)}.{product.name.sql}"
    domain = f"{quote_identifier(CATALOG)}.{quote_identifier(product.name.domain)}"
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {domain}")
    connection.execute(f"CREATE VIEW {name} AS {files_select(connection, product.columns, product.files)}")
    if product.description:
        connection.execute(f"COMMENT ON VIEW {name} IS {quote_literal(product.description)}")
    for column in product.columns:
        if column.description:
            of_column = f"{name}.{quote_identifier(column.name)}"
            connection.execute(f"COMMENT ON COLUMN {of_column} IS {quote_literal(column.description)}")


def write_mesh_file(
    path: Path,
    products: Iterable[PublishedProduct],
    system_tables: Mapping[str, pa.Table],
    state: str,
    stores: Iterable[Store] = (),
) -> None:
    """Replace the file at `path`, at once for every reader, by one of these products and system tables.

    `state` is any text that tells which state of the catalog this is; `read_state` gives it back. `stores` hold the
    products' files; no key gets into the file, so each client that opens it gives its own.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".mesh-file-") as folder:
        new_file = Path(folder) / path.name
        with duckdb.connect() as connection:
            for store in stores:
                store.open_to_duckdb(connection)
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
            # Closing would write it too, but in silence leave out what a full disk does not hold.
            connection.execute(f"CHECKPOINT {quote_identifier(CATALOG)}")
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
