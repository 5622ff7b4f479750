"""DuckDB as the mesh's engine: inputs as views, staging as a streaming `COPY`, larger than memory."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

import duckdb

from meshlake.engines.duckdb.connection import connect, explain
from meshlake.engines.duckdb.interrupt import close
from meshlake.engines.duckdb.relation import DuckDBRelation
from meshlake.engines.session import Staged
from meshlake.errors import StorageError
from meshlake.formats.unreadable import Unreadable, forget_unreadable
from meshlake.lake.parquet import FileColumn, files_select
from meshlake.lake.schema import field_ids_sql
from meshlake.landing.failures import landing_error
from meshlake.landing.relation import lineage_sql, unreadable
from meshlake.landing.relation import relation_sql as landed_rows
from meshlake.names import CATALOG, LANDING_CATALOG, DatasetName, quote_identifier, quote_literal
from meshlake.sources import copy_landed
from meshlake.types.duckdb import parse
from meshlake.types.iceberg import from_iceberg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa
    from pyiceberg.schema import Schema

    from meshlake.engines.relation import AuditRelation
    from meshlake.errors import MeshError
    from meshlake.lake.catalog import Lake
    from meshlake.lake.draft import Draft
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Dataset
    from meshlake.names import InputName, ProductName
    from meshlake.partitions import Partitions
    from meshlake.settings import Settings
    from meshlake.sources import Landed
    from meshlake.types.tree import Type

FILE_SIZE = "512MB"
BATCH_ROWS = 100_000


class DuckDBSession:
    """One build's connection. For errors, `where` names what is being run and `file` is the one its SQL stands in."""

    def __init__(self, settings: Settings, where: str, file: Path | None = None) -> None:
        self.connection = connect(settings)
        self._settings = settings
        self._where = where
        self._file = file
        self._datasets: dict[DatasetName, Dataset] = {}
        self._unread: set[DatasetName] = set()
        self._copies: list[Path] = []
        self._bound: dict[InputName, str] = {}
        self._uncopied: dict[InputName, str] = {}
        for catalog in (CATALOG, LANDING_CATALOG):
            self.connection.execute(f"ATTACH ':memory:' AS {quote_identifier(catalog)}")
        self.connection.execute(f"USE {quote_identifier(CATALOG)}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and remove the copies it made of what changes in place."""
        close(self.connection)
        for folder in self._copies:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def local(self) -> Self:
        """Itself."""
        return self

    def bind(self, name: InputName, relation_sql: str) -> None:
        """Make `relation_sql` readable as `name`."""
        catalog = LANDING_CATALOG if isinstance(name, DatasetName) else CATALOG
        schema = f"{quote_identifier(catalog)}.{quote_identifier(name.domain)}"
        with self._explained():
            self.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
            self.connection.execute(f"CREATE OR REPLACE VIEW {name.sql} AS SELECT * FROM {relation_sql}")
        self._bound[name] = relation_sql

    def bind_landed(self, dataset: Dataset, partitions: Partitions | None = None) -> None:
        """Make a landed dataset, or some of its days, readable under its name; only files of these days are read then.

        What is wrong with its files is told in its own words.

        Raises:
            LandingError: a file is damaged.
        """
        read = dataset if partitions is None else dataset.of_days(partitions)
        if partitions is None or read.has_columns:
            self._unread.discard(dataset.name)
            self._datasets[dataset.name] = read
            self.bind(dataset.name, landed_rows(read))
        else:  # days that are gone, or whose files are empty: they have columns but no rows
            self._unread.add(dataset.name)
            self._datasets[dataset.name] = dataset
            self.bind(dataset.name, f"(SELECT * FROM {landed_rows(dataset)} WHERE false)")

    def bind_live(self, landed: Sequence[Landed]) -> None:
        """Read datasets whose rows change in place, those of a source as of one moment, and make the rows readable.

        Raises:
            LandingError: a source does not answer, or refuses.
        """
        folder = self._settings.scratch / f"copy-{uuid.uuid4().hex}"
        self._copies.append(folder)
        with self._explained():
            datasets = copy_landed(landed, self._settings, self.connection, folder)
        for dataset in datasets:
            self.bind_landed(dataset)

    def bind_snapshot(
        self, name: ProductName, lake: Lake, snapshot: Snapshot, partitions: Partitions | None = None
    ) -> None:
        """Make the rows of a snapshot, or those of some of its days, readable as `name`."""
        self.bind_files(name, lake.files(snapshot, partitions), snapshot.schema)

    def bind_staged(self, name: ProductName, staged: Staged, draft: Draft) -> None:
        """Make rows that wait for their audit readable as `name`."""
        self.bind_files(name, staged.files, draft.schema)

    def bind_files(self, name: ProductName, files: Sequence[str], schema: Schema) -> None:
        """Make the rows of data files, of whichever snapshots, readable as `name` with the columns of `schema`."""
        self.bind(name, f"({self.files_select(files, schema)})")

    def files_select(self, files: Sequence[str], schema: Schema) -> str:
        """A SELECT of the rows of data files, with the columns of `schema`."""
        columns = [FileColumn(f.name, from_iceberg(f.field_type), f.field_id) for f in schema.fields]
        with self._explained():
            return files_select(self.connection, columns, files)

    def landed_columns(self, name: DatasetName) -> dict[str, Type]:
        """Names and types of the columns of a landed dataset that is bound."""
        return self.columns(f"SELECT * FROM {name.sql}")

    def lineage(self, name: DatasetName) -> list[str]:
        """Parenthesised SELECTs of parts of a dataset that is bound, each row with its file and number."""
        return lineage_sql(self._datasets[name], lambda: self.landed_columns(name))

    def unreadable(self, name: DatasetName) -> Unreadable:
        """The lines of a dataset that is bound which the rows staged last were read without."""
        dataset = self._datasets[name]
        is_read = name not in self._unread
        return dataset.unreadable(self.connection) if is_read else Unreadable.NONE

    def unreadable_of(self, dataset: Dataset) -> Unreadable:
        """The lines of a dataset that no row can be made of."""
        return unreadable(self.connection, dataset)

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives; its syntax and names are checked, no row is read."""
        with self._explained():
            rows = self.connection.execute(f"DESCRIBE\n{select}").fetchall()
        return {row[0]: parse(row[1]) for row in rows}

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""
        with self._explained():
            return self.connection.execute(select).fetchall()

    def table(self, select: str) -> pa.Table:
        """The answer as one Arrow table."""
        with self._explained():
            return self.connection.execute(select).to_arrow_table()

    def batches(self, select: str) -> pa.RecordBatchReader:
        """The answer as a stream of Arrow batches, on a cursor of its own: the session may be used meanwhile."""
        cursor = self.connection.cursor()
        cursor.execute(f"USE {quote_identifier(CATALOG)}")
        with self._explained():
            return cursor.execute(select).to_arrow_reader(BATCH_ROWS)

    def stream(self, select: str) -> pa.RecordBatchReader:
        """The answer, whole."""
        return self.table(select).to_reader()

    def register(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow rows readable as the table `name` of this session."""
        self.connection.register(name, rows)

    def gather(self, name: str, selects: Sequence[str]) -> None:
        """Make the rows of `selects`, read one after the other, readable as the table `name` of this session."""
        begin = f"CREATE OR REPLACE TEMP TABLE {quote_identifier(name)} AS"
        with self._explained():
            for select in selects:
                self.connection.execute(f"{begin}\n{select}")
                begin = f"INSERT INTO temp.{quote_identifier(name)}"

    def register_parquet(self, name: str, path: str) -> None:
        """Make the rows of a Parquet file readable as the table `name` of this session."""
        with self._explained():
            self.connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {quote_identifier(name)} AS "
                f"SELECT * FROM read_parquet({quote_literal(path)})"
            )

    def copy_rows(self, name: ProductName) -> None:
        """Work out the rows that are bound as `name` now, and from now on read a copy of them."""
        copy, uncopied = _copy_of(name), self._uncopied.get(name, self._bound[name])
        with self._explained():
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {copy} AS SELECT * FROM {name.sql}")
        self.bind(name, copy)
        self._uncopied[name] = uncopied

    def forget_rows(self, name: ProductName) -> None:
        """Let go of the copy that `name` is read from, and read it again as it was bound."""
        self.bind(name, self._uncopied.pop(name))
        with self._explained():
            self.connection.execute(f"DROP TABLE IF EXISTS {_copy_of(name)}")

    def keep_order(self) -> None:
        """From now on read rows in the order they stand in."""
        self.connection.execute("SET preserve_insertion_order = true")

    def stage(self, select: str, draft: Draft) -> Staged:
        """Write the rows of `select` as Parquet files with the draft's field ids; rows never pass through Python."""
        store = self._settings.store_of(draft.location)
        store.make_folder(draft.location)
        # The first level of zstd takes less CPU than DuckDB's default, the third, for files of about the same size.
        options = (
            "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, "
            f"FIELD_IDS {field_ids_sql(draft.schema)}, RETURN_FILES true"
        )
        if draft.partition_column is None:
            options += f", FILE_SIZE_BYTES '{FILE_SIZE}'"
        else:
            by = quote_identifier(draft.partition_column)
            options += f", PARTITION_BY ({by}), WRITE_PARTITION_COLUMNS true"
            # Else every thread keeps a file of every partition open, and writes many small ones to keep within memory.
            select = f"SELECT * FROM ({select}\n) ORDER BY {by}"
        forget_unreadable(self.connection)
        try:
            with self._explained():
                row = self.connection.execute(
                    f"COPY ({select}\n) TO {quote_literal(draft.location)} ({options})"
                ).fetchone()
        except BaseException:
            # No branch refers to them, and on a full disk nothing more can be done before they are gone.
            with suppress(StorageError):  # what failed may be the store
                store.remove_folder(draft.location)
            raise
        row_count, files = row if row else (0, [])
        return Staged(tuple(files), row_count)

    def collect_statistics(self, snapshot: Snapshot) -> None:
        """Nothing: DuckDB reads the statistics of Parquet's own footers."""

    def relation(self, name: ProductName) -> AuditRelation:
        """The rows that `name` is bound to, for their audit."""
        return DuckDBRelation(self.connection, name.sql)

    def fault(self, query: str, file: Path) -> MeshError | None:
        """What is wrong with `query`, which stands in `file`: its line and column."""
        try:
            self.connection.execute(f"DESCRIBE\n{query}")
        except duckdb.Error as error:
            return explain(error, self._where, file)
        return None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except duckdb.Error as error:
            landing = landing_error(error, self._datasets.values())
            raise landing or explain(error, self._where, self._file) from error


def _copy_of(name: ProductName) -> str:
    return f"temp.{quote_identifier(f'rows of {name}')}"
