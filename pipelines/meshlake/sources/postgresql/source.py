"""The operational database that `MESH_OPERATIONAL` leads to, as a source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, cast

import duckdb

from meshlake.errors import ServiceError, UsageError
from meshlake.extras import needs_extra
from meshlake.formats.parquet import PARQUET
from meshlake.landing.zone import Dataset
from meshlake.names import DatasetName
from meshlake.settings import without_keys
from meshlake.sources import Sample
from meshlake.sources.catalog import TableName
from meshlake.sources.postgresql.catalog import list_tables
from meshlake.sources.postgresql.database import CATALOG, CONNECT_SECONDS, database_address
from meshlake.sources.postgresql.in_duckdb import copy_rows
from meshlake.sources.postgresql.rows import TableRows
from meshlake.sources.postgresql.table import OperationalTable, look_at
from meshlake.stores import StoredFile
from meshlake.stores.disk import Disk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from meshlake.settings import Settings
    from meshlake.sources import Landed, Place
    from meshlake.sources.catalog import CatalogTable
    from meshlake.sources.postgresql.columns import TableColumn
    from meshlake.sources.postgresql.database import DatabaseAddress

# What a table keeps in PostgreSQL, read in a second or two; of a larger one, about as much is read.
SAMPLED_BYTES = 100_000_000
# Views and foreign tables have no pages to sample.
SAMPLED_ROWS = 500_000
_UNSTORED = frozenset({"view", "foreign table"})


@dataclass(frozen=True)
class FoundTable:
    """See `Found`: a table or view that PostgreSQL's catalog has."""

    noun: ClassVar[str] = "a table"
    table: CatalogTable
    columns: tuple[TableColumn, ...]
    address: DatabaseAddress

    def __str__(self) -> str:
        return str(self.table)

    def sample(self, folder: Path) -> Sample:
        """All of a small table, a sample of the pages of a large one, the first rows of what has no pages."""
        clause, share, limit_rows = _part(self.table)
        name = DatasetName(self.table.table.schema, self.table.table.table)
        rows = TableRows(self.table.table, self.columns, clause)
        folder.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as connection:
            (dataset,) = _copied(
                [OperationalTable(name, rows, "", self.address)], self.address, connection, folder
            )
        return Sample(dataset, self.table, share, limit_rows)


class PostgreSQL:
    """See `Source`."""

    name: ClassVar[str] = "postgresql"
    badge: ClassVar[str] = "postgresql"
    catalog: ClassVar[str] = CATALOG
    trino_catalog: ClassVar[str] = CATALOG

    def __init__(self, settings: Settings) -> None:
        self._uri = settings.operational

    @staticmethod
    def is_type(server_type: str) -> bool:
        """Its name, or the short one."""
        return server_type in {"postgresql", "postgres"}

    @staticmethod
    def missing(place: Place) -> str | None:
        """The schema: the table is called as the dataset."""
        return None if place.schema else "schema"

    @property
    def is_configured(self) -> bool:
        """Whether there is an address."""
        return self._uri is not None

    @property
    def where(self) -> str:
        """The database, without its password."""
        return f"a table in PostgreSQL at {self._address('discovery')}"

    def about(self, name: DatasetName, place: Place) -> str:
        """Which table it is."""
        return f"The table {_table(name, place)} of the operational database."

    def look_at(self, name: DatasetName, place: Place) -> OperationalTable:
        """One scan of the table."""
        return look_at(name, _table(name, place), self._uri)

    def copy(
        self, landed: Sequence[Landed], connection: duckdb.DuckDBPyConnection, folder: Path
    ) -> list[Dataset]:
        """In one transaction, so as of one moment."""
        tables = cast("Sequence[OperationalTable]", landed)
        return _copied(tables, tables[0].address, connection, folder) if tables else []

    def found(self) -> Sequence[FoundTable]:
        """The tables and views that its user may read."""
        address = self._address("discovery")
        return [FoundTable(table, columns, address) for table, columns in list_tables(address)]

    def examinations(self) -> Mapping[str, Callable[[], None]]:
        """That it takes the user."""
        if self._uri is None:
            return {}
        return {f"Operational database {without_keys(self._uri)}": self._examine}

    def _address(self, what: str) -> DatabaseAddress:
        if self._uri is None:
            raise UsageError(f"{what}: MESH_OPERATIONAL is not set", "Set it to PostgreSQL's address.")
        return database_address(self._uri)

    def _examine(self) -> None:
        from sqlalchemy import create_engine
        from sqlalchemy.exc import SQLAlchemyError
        from sqlalchemy.pool import NullPool

        try:
            options = {"connect_timeout": CONNECT_SECONDS}
            with needs_extra("services", "PostgreSQL"):
                engine = create_engine(self._uri or "", poolclass=NullPool, connect_args=options)
            with engine.connect():
                pass
        except (SQLAlchemyError, ValueError) as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()[-1]
            hint = "Check MESH_OPERATIONAL: host, port, database, user and password."
            raise ServiceError(reason, hint) from error


def _table(name: DatasetName, place: Place) -> TableName:
    return TableName(place.schema or "", name.dataset, place.database)


def _part(table: CatalogTable) -> tuple[str, float | None, int | None]:
    """What is read of a table: PostgreSQL's clause, the share of the rows where it is known, else how many at most."""
    if table.size_bytes > SAMPLED_BYTES:
        share = SAMPLED_BYTES / table.size_bytes
        return f"TABLESAMPLE SYSTEM ({100 * share}) REPEATABLE (42)", share, None
    if table.kind in _UNSTORED:
        return f"LIMIT {SAMPLED_ROWS}", None, SAMPLED_ROWS
    return "", 1.0, None


def _copied(
    tables: Sequence[OperationalTable],
    address: DatabaseAddress,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
) -> list[Dataset]:
    files = copy_rows(connection, [table.rows for table in tables], address, folder)
    return [_dataset(table, file) for table, file in zip(tables, files, strict=True)]


def _dataset(table: OperationalTable, file: Path) -> Dataset:
    """What is wrong with a row is told of the table, not of the copy."""
    status = file.stat()
    stored = StoredFile(
        str(file), str(table.rows.table), status.st_size, table.fingerprint, status.st_mtime, Disk()
    )
    return Dataset(table.name, PARQUET, str(file.parent), (stored,))
