"""Where landed data is: files of the landing zone, tables of a running database. One object each, found by name.

A contract's entry `server: landing` says which source a dataset is of; without one it lands as files. A new source is
one file here with a class like those beside it, and one line in `SOURCES`; nobody else asks which source it is
(docs/adr/0019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from meshlake.errors import MeshError
    from meshlake.landing.zone import Dataset
    from meshlake.names import DatasetName
    from meshlake.settings import Settings
    from meshlake.sources.catalog import CatalogTable
    from meshlake.types.tree import Type


@dataclass(frozen=True)
class Place:
    """Where a contract says that a dataset lives: what its entry `server: landing` says, `source` by its own name."""

    source: str
    database: str | None = None
    schema: str | None = None
    location: str | None = None


class Landed(Protocol):
    """A landed dataset as it stood when it was looked at."""

    @property
    def name(self) -> DatasetName:
        """Its name in SQL."""

    @property
    def label(self) -> str:
        """What its rows are told to be of: the dataset, or the table that it is."""

    @property
    def source(self) -> str:
        """The name of its source."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever a row does."""

    @property
    def files(self) -> Dataset | None:
        """The files it consists of, which stay as they are; `None` where rows change in place."""

    @property
    def columns(self) -> Mapping[str, Type] | None:
        """Names and types as the source declares them; `None` where only reading tells."""

    def duckdb_relation(self, connection: duckdb.DuckDBPyConnection) -> str:
        """A parenthesised SELECT for DuckDB of its rows where they live, `connection` made able to read them.

        Raises:
            LandingError: it cannot be read.
            StorageError: DuckDB lacks an extension.
        """

    def trino_relation(self) -> str:
        """The same for Trino, in its own SQL; asked only of what is no files.

        Raises:
            UsageError: no connector of Trino's reads it.
        """

    def explain(self, error: duckdb.Error) -> MeshError | None:
        """What DuckDB's `error` says of it, in plain words; `None` when it is about something else."""


@dataclass(frozen=True)
class Sample:
    """Rows of something that discovery looks into, as files, and what the source's own catalog knows of it.

    `share` is the share of the rows that was read: 1 for all, `None` when no more than `limit_rows` were asked for.
    """

    dataset: Dataset
    table: CatalogTable | None = None
    share: float | None = 1.0
    limit_rows: int | None = None


class Found(Protocol):
    """Something of a source that discovery can look into; `str()` is its name: `landing.crm.people`.

    `noun` is what such things are called: 'landed files', 'a table'.
    """

    noun: ClassVar[str]

    def sample(self, folder: Path) -> Sample:
        """Its rows, or some of many, read once; copies go to `folder`, made if need be, the caller's to remove.

        Raises:
            LandingError: it cannot be read.
        """


class Source(Protocol):
    """One place where landed data is, as the settings give it.

    `badge` is what Dagster shows of its datasets, `catalog` stands before the names of what discovery finds there;
    `trino_catalog` is the one by which Trino reads it, if any. Settings of another distribution's source are
    `MESH_SOURCE_<NAME>_<OPTION>`, for `Settings.of_source`.
    """

    name: ClassVar[str]
    badge: ClassVar[str]
    catalog: ClassVar[str]
    trino_catalog: ClassVar[str | None]

    def __init__(self, settings: Settings) -> None: ...

    @staticmethod
    def is_type(server_type: str) -> bool:
        """Whether a contract means this source by `type: server_type`."""

    @staticmethod
    def missing(place: Place) -> str | None:
        """What a contract must add to say where a dataset of this source is; `None` when nothing is missing."""

    @property
    def is_configured(self) -> bool:
        """Whether the settings lead to it."""

    @property
    def where(self) -> str:
        """Where discovery looked, for errors: 'a table in PostgreSQL at db:5432/shop'. Only asked when configured."""

    def about(self, name: DatasetName, place: Place) -> str:
        """What the dataset is, in a sentence."""

    def look_at(self, name: DatasetName, place: Place) -> Landed:
        """What the dataset is like now.

        Raises:
            NotLandedError: there is nothing under this name.
            LandingError: it cannot be read.
            UsageError: the settings do not lead to it.
        """

    def copy(
        self, landed: Sequence[Landed], connection: duckdb.DuckDBPyConnection, folder: Path
    ) -> list[Dataset]:
        """Write the rows of several datasets of this source, as of one moment if it can, to Parquet files in `folder`.

        Raises:
            LandingError: they cannot be read.
        """

    def found(self) -> Sequence[Found]:
        """All that discovery can look into, by name.

        Raises:
            LandingError: the source does not answer, or refuses.
        """

    def examinations(self) -> Mapping[str, Callable[[], None]]:
        """What `mesh doctor` tries, by what is tried; one raises `ServiceError` when it fails."""


FILES = "files"
SOURCES: Doorway[type[Source]] = Doorway(
    "meshlake.sources",
    "source",
    {
        FILES: "meshlake.sources.files:Files",
        "postgresql": "meshlake.sources.postgresql.source:PostgreSQL",
    },
)


def configured_sources(settings: Settings) -> list[Source]:
    """Every source that the settings lead to, ours first."""
    opened = [kind(settings) for kind in SOURCES.all().values()]
    return [source for source in opened if source.is_configured]


def copy_landed(
    landed: Sequence[Landed], settings: Settings, connection: duckdb.DuckDBPyConnection, folder: Path
) -> list[Dataset]:
    """Write the rows of `landed`, of each source as of one moment if it can, to Parquet files in `folder`.

    Raises:
        LandingError: they cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    by_source: dict[str, list[Landed]] = {}
    for each in landed:
        by_source.setdefault(each.source, []).append(each)
    return [
        dataset
        for name, group in by_source.items()
        for dataset in SOURCES.get(name)(settings).copy(group, connection, folder)
    ]
