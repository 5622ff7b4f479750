"""What a build asks of an engine, whichever it is.

All SQL handed to a session is in DuckDB's dialect; a session of another engine says it in its own. Which SQL is run is
decided elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    import pyarrow as pa
    from pyiceberg.schema import Schema

    from meshlake.engines.relation import AuditRelation
    from meshlake.errors import MeshError
    from meshlake.formats.unreadable import Unreadable
    from meshlake.lake.catalog import Lake
    from meshlake.lake.draft import Draft
    from meshlake.lake.snapshot import Snapshot
    from meshlake.landing.zone import Dataset
    from meshlake.names import DatasetName, InputName, ProductName
    from meshlake.partitions import Partitions
    from meshlake.sources import Landed
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class Staged:
    """Files written for a draft, not yet on any branch."""

    files: tuple[str, ...]
    row_count: int


class Session(Protocol):
    """One build's connection to an engine. Every method that runs SQL raises a `MeshError` when it fails."""

    @property
    def local(self) -> LocalSession:
        """DuckDB in this process: for rows made in Python, and for naming bad cells of landed files."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def bind(self, name: InputName, relation_sql: str) -> None:
        """Make `relation_sql` readable as `name`."""

    def bind_snapshot(
        self, name: ProductName, lake: Lake, snapshot: Snapshot, partitions: Partitions | None = None
    ) -> None:
        """Make the rows of a snapshot, or those of some of its days, readable as `name`."""

    def bind_landed(self, dataset: Dataset, partitions: Partitions | None = None) -> None:
        """Make a landed dataset, or some of its days, readable under its name.

        Raises:
            LandingError: a file is damaged.
        """

    def bind_live(self, landed: Sequence[Landed]) -> None:
        """Read datasets whose rows change in place, and make the rows read readable under their names.

        Each is read once and as of one moment; on DuckDB that is one for all of a source.

        Raises:
            LandingError: a source does not answer, or refuses.
            UsageError: the engine cannot read one.
        """

    def bind_staged(self, name: ProductName, staged: Staged, draft: Draft) -> None:
        """Make rows that wait for their audit readable as `name`."""

    def landed_columns(self, name: DatasetName) -> dict[str, Type]:
        """Names, as they landed, and types of the columns of a dataset that is bound."""

    def lineage(self, name: DatasetName) -> list[str]:
        """Parenthesised SELECTs for `local` of parts of a dataset that is bound, each row with its file and number."""

    def unreadable(self, name: DatasetName) -> Unreadable:
        """The lines of a landed dataset that is bound which the rows staged last were read without.

        To be asked, and gone through, right after `stage`.

        Raises:
            ReadAgainError: the rows are not all there are; bound anew the dataset has them.
        """

    def columns(self, select: str) -> dict[str, Type]:
        """Names and types of the columns `select` gives; its syntax and names are checked, no row is read."""

    def rows(self, select: str) -> list[tuple[object, ...]]:
        """All rows of a small answer."""

    def table(self, select: str) -> pa.Table:
        """The answer as one Arrow table, in the order the SELECT asks for."""

    def batches(self, select: str) -> pa.RecordBatchReader:
        """The answer as a stream of Arrow batches; the session may be used meanwhile."""

    def stream(self, select: str) -> pa.RecordBatchReader:
        """The answer in the order the SELECT asks for: the first rows come soon, but many may take long."""

    def stage(self, select: str, draft: Draft) -> Staged:
        """Write the rows of `select` as Parquet files with the draft's field ids; rows never pass through Python."""

    def collect_statistics(self, snapshot: Snapshot) -> None:
        """Let the engine's planner know the rows of a snapshot that was just published."""

    def relation(self, name: ProductName) -> AuditRelation:
        """The rows that `name` is bound to, for their audit."""

    def fault(self, query: str, file: Path) -> MeshError | None:
        """What is wrong with `query`, which stands in `file`, and where in it; `None` when the engine cannot tell."""


class LocalSession(Session, Protocol):
    """DuckDB in this process, which every mesh has: rows of Python get into a product by it."""

    def close(self) -> None:
        """End it."""

    def gather(self, name: str, selects: Sequence[str]) -> None:
        """Make the rows of `selects`, read one after the other, readable as the table `name`."""

    def register(self, name: str, rows: pa.Table | pa.RecordBatchReader) -> None:
        """Make Arrow rows readable as the table `name`; those of a reader once."""

    def register_parquet(self, name: str, path: str) -> None:
        """Make the rows of a Parquet file readable as the table `name`."""

    def unreadable_of(self, dataset: Dataset) -> Unreadable:
        """The lines of a landed dataset that no row can be made of, whether or not it is bound.

        Raises:
            ReadAgainError: what read it before had too little.
        """

    def copy_rows(self, name: ProductName) -> None:
        """Work out the rows that are bound as `name` now, and from now on read a copy of them."""

    def forget_rows(self, name: ProductName) -> None:
        """Let go of the copy that `name` is read from, and read it again as it was bound."""

    def keep_order(self) -> None:
        """From now on read landed rows in the order they stand in, as their numbering needs; it costs memory."""

    def files_select(self, files: Sequence[str], schema: Schema) -> str:
        """A SELECT of the rows of data files, of whichever snapshots, with the columns of `schema`."""
