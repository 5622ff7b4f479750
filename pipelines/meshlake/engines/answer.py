"""A user's question to the mesh and its answer, whichever engine gives it.

Which questions may be asked, and how an answer is written, is `meshlake.query`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    import polars as pl
    import pyarrow as pa

    from meshlake.lake.catalog import Lake
    from meshlake.lake.mesh_file import PublishedProduct
    from meshlake.lake.snapshot import Snapshot
    from meshlake.names import DatasetName, ProductName
    from meshlake.settings import Settings
    from meshlake.sources import Landed
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class ParsedQuery:
    """A query that may run, and what it reads.

    `sql` has no closing semicolon; EXPLAIN [ANALYZE] stands before it where `is_explain`. `system_tables` are
    bare names, such as `products`. Landed datasets are spelled as the user did.
    """

    sql: str
    products: frozenset[ProductName] = frozenset()
    datasets: frozenset[DatasetName] = frozenset()
    system_tables: frozenset[str] = frozenset()
    is_explain: bool = False


class Question(Protocol):
    """A query, and what of the mesh it reads: each is looked up only when an engine asks for it, as some cost much.

    `as_of` is a time, a snapshot or an audit branch; `output_path` the one file that may be written.
    """

    @property
    def settings(self) -> Settings:
        """Those of the mesh."""

    @property
    def query(self) -> ParsedQuery:
        """What is asked."""

    @property
    def as_of(self) -> str | None:
        """The state of the mesh that is asked; the current one when `None`."""

    @property
    def output_path(self) -> str | None:
        """The path that the answer is written to, unless this process itself reads it."""

    @property
    def landed(self) -> Sequence[Landed]:
        """The landed datasets that the query reads."""

    @property
    def lake(self) -> Lake:
        """What is published, once the servers that the settings name are known to answer."""

    @property
    def snapshots(self) -> Mapping[ProductName, Snapshot]:
        """The snapshot of each product that the query reads.

        Raises:
            UsageError: one was never published, or not yet as of then.
        """

    @property
    def published(self) -> Iterable[PublishedProduct]:
        """The same snapshots as readers of `mesh.duckdb` see them."""

    def refresh_views(self, file: Path | None = None) -> None:
        """Bring `mesh.duckdb`, or another `file` of its kind, up to what is published now."""


class Rows(Protocol):
    """The rows of an answer, each given once."""

    def fetchone(self) -> tuple[Any, ...] | None:
        """The next row."""

    def fetchmany(self, size: int, /) -> list[tuple[Any, ...]]:
        """Up to `size` next rows; none when there are no more."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows that are left."""

    def to_arrow_reader(self, batch_size: int, /) -> pa.RecordBatchReader:
        """The rows that are left, as Arrow batches."""

    def to_arrow_table(self) -> pa.Table:
        """The rows that are left, as one Arrow table."""

    def df(self) -> pd.DataFrame:
        """The rows that are left, as a pandas data frame."""

    def pl(self) -> pl.DataFrame:
        """The rows that are left, as a polars data frame."""


class Answer(Protocol):
    """A question that is being answered, by rows or by a plan, which is text."""

    @property
    def asked_at(self) -> float:
        """When the engine was last asked (`time.perf_counter`)."""

    @property
    def is_plan(self) -> bool:
        """Whether the answer is a plan."""

    def columns(self) -> list[tuple[str, Type]]:
        """Name and type of each column, in order.

        Raises:
            MeshError: as `run` does.
        """

    def run(self, *, before: str = "", after: str = "") -> Rows:
        """The rows, or those of the statement that the texts `before` and `after` make of the question.

        It is one of DuckDB's, whichever engine answers: `before="SELECT count(*) FROM (", after="\\n)"`. Each run asks
        the question anew.

        Raises:
            UsageError: a table is not there (the nearest is named), or it cannot run (the place is named).
            MeshError: memory, the disk, a file or a server fails.
        """

    def keep(self) -> Answer:
        """The same rows, or the plan as rows, kept in this process: they outlast the block of the answer, of which
        nothing stays open, and running what is given here reads them again.

        Raises:
            MeshError: as `run` does.
        """
