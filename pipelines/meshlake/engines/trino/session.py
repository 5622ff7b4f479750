"""Trino as the mesh's engine: products read at their snapshots, landed files through its Hive connector, rows staged by
`INSERT` into a table whose files the draft takes as they lie.

Rows come to this process only where it asks for them: `rows`, `table`, `batches`, `stream`.
"""

from __future__ import annotations

import logging
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from meshlake.column import Column
from meshlake.engines.engine import open_local
from meshlake.engines.session import Staged
from meshlake.engines.trino.client import TrinoClient, columns_of
from meshlake.engines.trino.dialect import Relation, is_ordered
from meshlake.engines.trino.relation import TrinoRelation
from meshlake.engines.trino.rows import arrow_stream
from meshlake.engines.trino.stages import Stages, relation_of
from meshlake.engines.trino.transpiling import transpile_select
from meshlake.formats.format import FILE_COLUMN, ROW_COLUMN
from meshlake.formats.unreadable import Unreadable
from meshlake.lake.snapshot import Snapshot
from meshlake.landing.relation import lineage_sql, relation_sql
from meshlake.names import CATALOG, DatasetName, quote_identifier, quote_literal
from meshlake.types.iceberg import from_iceberg, widened
from meshlake.types.tree import Scalar, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from pyiceberg.schema import Schema

    from meshlake.engines.relation import AuditRelation
    from meshlake.engines.session import LocalSession
    from meshlake.errors import MeshError
    from meshlake.lake.catalog import Lake
    from meshlake.lake.draft import Draft
    from meshlake.lake.stage import Stage
    from meshlake.landing.zone import Dataset
    from meshlake.names import InputName, ProductName
    from meshlake.partitions import Partitions
    from meshlake.settings import Settings
    from meshlake.sources import Landed
    from meshlake.types.tree import Type

_LOG = logging.getLogger(__name__)


class TrinoSession:
    """One build's connection. For errors, `where` names what is being run and `file` is the one its SQL stands in."""

    def __init__(self, settings: Settings, lake: Lake, where: str, file: Path | None = None) -> None:
        self._settings = settings
        self._lake = lake
        self._where = where
        self._file = file
        self._client = TrinoClient(settings.trino, where, file)
        self._stages = Stages(lake, self._client)
        self._relations: dict[InputName, Relation] = {}
        self._stored: dict[ProductName, Stage | Snapshot] = {}
        self._landed_columns: dict[DatasetName, dict[str, Type]] = {}
        self._lineages: dict[DatasetName, Callable[[], list[str]]] = {}
        self._copied: dict[DatasetName, Dataset] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "local" in self.__dict__:
            self.local.close()
        try:
            self._stages.forget()
        except Exception as left:
            # What the session was for is done, or failed for a reason of its own.
            _LOG.warning("A stage is left for `mesh clean`: %s", str(left).partition("\n")[0])
        finally:
            self._client.close()

    @cached_property
    def local(self) -> LocalSession:
        """DuckDB in this process, on the same object store."""
        return open_local(self._settings, self._where, self._file)

    def bind(self, name: InputName, relation_sql: str) -> None:
        """Make `relation_sql` readable as `name`."""
        relation = f"({self.transpiled(f'SELECT * FROM {relation_sql}')})"
        self._relations[name] = Relation(relation)
        columns = self.columns(f"SELECT * FROM {name.sql}")
        self._relations[name] = Relation(relation, columns)
        if isinstance(name, DatasetName):
            self._landed_columns[name] = columns

    def bind_snapshot(
        self,
        name: ProductName,
        lake: Lake,  # noqa: ARG002 - Trino has its own
        snapshot: Snapshot,
        partitions: Partitions | None = None,
    ) -> None:
        """Make the rows of a snapshot, or those of some of its days, readable as `name`."""
        self._stored[name] = snapshot
        table = ".".join(map(quote_identifier, (CATALOG, *snapshot.identifier)))
        rows = _of_days(f"{table} FOR VERSION AS OF {snapshot.snapshot_id}", partitions, "DATE ")
        self._relations[name] = Relation(rows, _columns_of(snapshot.schema))

    def bind_landed(self, dataset: Dataset, partitions: Partitions | None = None) -> None:
        """Make a landed dataset, or some of its days, readable under its name, as an external table."""
        from meshlake.engines.trino.landing import bind_external_table

        with self._client.explained():
            external = bind_external_table(self._client.connection, dataset, self._settings)
        # What Hive calls a partition is text.
        rows = _of_days(external.relation, partitions, "")
        self._relations[dataset.name] = Relation(rows, external.columns)
        self._landed_columns[dataset.name] = external.columns
        self._copied.pop(dataset.name, None)
        read = dataset if partitions is None else dataset.of_days(partitions)
        whole = read if partitions is None or read.has_columns else dataset
        self._lineages[dataset.name] = lambda: lineage_sql(
            whole, lambda: self.local.columns(f"SELECT * FROM {relation_sql(whole)}")
        )
        if external.is_copied and read.files:
            self._copied[dataset.name] = read

    def bind_live(self, landed: Sequence[Landed]) -> None:
        """Read datasets whose rows change in place, each as of one moment, and make the rows readable."""
        for each in landed:
            relation = each.trino_relation()
            stage = self._stages.answer(_kept(each.columns or {}))
            self._stages.insert(stage, f"SELECT * FROM {relation}")
            self._landed_columns[each.name] = _columns_of(stage.schema)
            self._relations[each.name] = Relation(relation_of(stage), self._landed_columns[each.name])
            self._lineages[each.name] = partial(self._staged_lineage, each.label, stage)

    def bind_where_it_lives(self, landed: Landed) -> None:
        """Make a dataset readable for a query: files as they lie, what changes in place as it is when it is read."""
        if landed.files is not None:
            self.bind_landed(landed.files)
        else:
            self._relations[landed.name] = Relation(landed.trino_relation(), dict(landed.columns or {}))

    def bind_staged(self, name: ProductName, staged: Staged, draft: Draft) -> None:
        """Make rows that wait for their audit readable as `name`."""
        stage = self._stages.of_draft(draft, staged.files)
        self._stored[name] = stage
        self._relations[name] = Relation(relation_of(stage), _columns_of(draft.schema))

    def stored_as(self, name: ProductName) -> tuple[str, str]:
        """Schema and name, in catalog `mesh`, of a table of all the rows that `name` is bound to.

        Of a snapshot it is one that stays so, whoever publishes meanwhile.
        """
        stored = self._stored[name]
        stage = self._stages.of_snapshot(stored) if isinstance(stored, Snapshot) else stored
        self._stored[name] = stage
        return stage.identifier

    def landed_columns(self, name: DatasetName) -> dict[str, Type]:
        """Names, as they landed, and types of the columns of a dataset that is bound."""
        return self._landed_columns[name]

    def lineage(self, name: DatasetName) -> list[str]:
        """Parenthesised SELECTs for `local` of parts of a dataset that is bound, each row with its file and number."""
        return self._lineages[name]()

    def unreadable(self, name: DatasetName) -> Unreadable:
        """The lines that the copy was made without; what Trino reads where it lies has none."""
        dataset = self._copied.get(name)
        return Unreadable.NONE if dataset is None else self.local.unreadable_of(dataset)

    def _staged_lineage(self, label: str, stage: Stage) -> list[str]:
        file = f"{quote_literal(label)} AS {FILE_COLUMN}"
        return [f"(SELECT *, {file}, row_number() OVER () AS {ROW_COLUMN} FROM ({self._answered(stage)}))"]

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives; its syntax and names are checked, no row is read."""
        # `DESCRIBE OUTPUT` would have the whole SELECT go in an HTTP header, which holds only 8 kB.
        cursor = self._client.run(f"SELECT * FROM (\n{self.transpiled(select)}\n) LIMIT 0")
        return columns_of(cursor)

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""
        return [tuple(row) for row in self._client.run(self.transpiled(select)).fetchall()]

    def table(self, select: str) -> pa.Table:
        """The answer as one Arrow table, in the order the SELECT asks for."""
        if not is_ordered(select):
            return self.batches(select).read_all()
        # Files keep no order; what asks for one is small enough to come as rows.
        return self.stream(select).read_all()

    def stream(self, select: str) -> pa.RecordBatchReader:
        """The answer row by row, in the order the SELECT asks for: the first rows come soon, many take long."""
        cursor = self._client.run(self.transpiled(select))
        return arrow_stream(cursor, columns_of(cursor))

    def plan(self, select: str) -> pa.Table:
        """How Trino would run it, a line a row."""
        rows = self._client.run(f"EXPLAIN {self.transpiled(select)}").fetchall()
        return pa.table({"plan": [line for (text,) in rows for line in text.splitlines()]})

    def batches(self, select: str) -> pa.RecordBatchReader:
        """The answer as a stream of Arrow batches, by way of Parquet files: rows one by one would take much longer."""
        stage = self._stages.answer(_kept(self.columns(select)))
        self._stages.insert(stage, self.transpiled(select))
        return self.local.batches(self._answered(stage))

    def stage(self, select: str, draft: Draft) -> Staged:
        """Write the rows of `select` with the draft's field ids; rows never pass through Python."""
        stage = self._stages.of_draft(draft)
        self._stages.insert(stage, self.transpiled(select))
        return Staged(*stage.files())

    def collect_statistics(self, snapshot: Snapshot) -> None:
        """Let Trino's planner know how many distinct values each column has."""
        self._client.run(f"ANALYZE {'.'.join(map(quote_identifier, snapshot.identifier))}")

    def _answered(self, stage: Stage) -> str:
        """A SELECT for `local` of the rows of `stage`."""
        files, _ = stage.files()
        return self.local.files_select(files, stage.schema)

    def relation(self, name: ProductName) -> AuditRelation:
        """The rows that `name` is bound to, for their audit."""
        return TrinoRelation(self, name.sql, partial(self.stored_as, name), self._settings.trino)

    def fault(self, _query: str, _file: Path) -> MeshError | None:
        """Nothing: the lines that Trino counts are those of the transpiled query."""
        return None

    def transpiled(self, select: str) -> str:
        """`select` in Trino's own SQL, over the tables that its names are bound to.

        Raises:
            BuildError: it says what Trino cannot, or reads what is not bound.
        """
        return transpile_select(select, self._relations, self._where, self._file)


def _kept(columns: Mapping[str, Type]) -> list[Column]:
    """Columns by name and type, of the types to which Trino itself widens them for a table to hold."""
    return [
        Column(name, kind if isinstance(kind, Unknown) or kind is Scalar.JSON else widened(kind))
        for name, kind in columns.items()
    ]


def _columns_of(schema: Schema) -> dict[str, Type]:
    return {field.name: from_iceberg(field.field_type) for field in schema.fields}


def _of_days(relation: str, partitions: Partitions | None, literal: str) -> str:
    """`relation`, or its rows of some days, which Trino opens alone; `literal` begins a value of the column."""
    if partitions is None:
        return relation
    days = ", ".join(f"{literal}'{day}'" for day in sorted(partitions.days))
    where = f"{quote_identifier(partitions.column)} IN ({days})" if days else "FALSE"
    return f"(SELECT * FROM {relation} WHERE {where})"
