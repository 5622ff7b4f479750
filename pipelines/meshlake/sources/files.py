"""Files of the landing zone, of any format, in any store."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from meshlake.errors import LandingError, UsageError
from meshlake.landing.failures import landing_error
from meshlake.landing.relation import relation_sql
from meshlake.landing.storage import linked_folders
from meshlake.landing.zone import Dataset, LandingZone, files_zone
from meshlake.names import LANDING_CATALOG
from meshlake.sources import FILES, Sample
from meshlake.stores import STORES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from meshlake.names import DatasetName
    from meshlake.settings import Settings
    from meshlake.sources import Landed, Place


@dataclass(frozen=True)
class LandedFiles:
    """See `Landed`."""

    files: Dataset
    source: ClassVar[str] = FILES
    columns: ClassVar[None] = None

    @property
    def name(self) -> DatasetName:
        """The dataset's."""
        return self.files.name

    @property
    def label(self) -> str:
        """The dataset's name."""
        return str(self.name)

    @property
    def fingerprint(self) -> str:
        """The files'."""
        return self.files.fingerprint

    def duckdb_relation(self, connection: duckdb.DuckDBPyConnection) -> str:  # noqa: ARG002 - it reads them already
        """As the format reads them."""
        return relation_sql(self.files)

    def trino_relation(self) -> str:
        """Never asked: Trino reads files by tables that it makes for them."""
        raise UsageError(f"{self.name} is files, which Trino reads by a table of its own")

    def explain(self, error: duckdb.Error) -> LandingError | None:
        """What the format says of it."""
        return landing_error(error, [self.files])


@dataclass(frozen=True)
class FoundFiles:
    """See `Found`."""

    noun: ClassVar[str] = "landed files"
    name: DatasetName
    zone: LandingZone = field(repr=False, compare=False)

    def __str__(self) -> str:
        return str(self.name)

    def sample(self, folder: Path) -> Sample:  # noqa: ARG002 - files are read where they are
        """All of them, as they lie."""
        return Sample(self.zone.dataset(self.name))


@dataclass(frozen=True)
class FoundLink:
    """See `Found`. A link to a folder leads to files of others, which nobody has landed."""

    noun: ClassVar[str] = "a link to a folder"
    place: str
    target: str

    def __str__(self) -> str:
        domain, _, name = self.place.partition("/")
        return f"{LANDING_CATALOG}.{domain}.{name or '*'}"

    def sample(self, folder: Path) -> Sample:  # noqa: ARG002 - there is none
        """Never anything."""
        raise LandingError(
            f"{self.place} is a link to {self.target}: links to folders are not followed, and nothing is read of it",
            f"Land what it leads to: mesh land {shlex.quote(self.target)} --domain {self.place.partition('/')[0]}",
        )


class Files:
    """See `Source`."""

    name: ClassVar[str] = FILES
    badge: ClassVar[str] = "file"
    catalog: ClassVar[str] = LANDING_CATALOG
    trino_catalog: ClassVar[None] = None
    is_configured: ClassVar[bool] = True

    def __init__(self, settings: Settings) -> None:
        self._zone = files_zone(settings)

    @staticmethod
    def is_type(server_type: str) -> bool:
        """A folder, or any store."""
        return server_type == "local" or server_type in STORES

    @staticmethod
    def missing(place: Place) -> str | None:  # noqa: ARG004 - the same for any
        """Nothing: the dataset's name is its folder."""
        return None

    @property
    def where(self) -> str:
        """The root."""
        return self._zone.root

    def about(self, name: DatasetName, place: Place) -> str:  # noqa: ARG002
        """Where they arrive."""
        return f"Files as they arrived in {name.domain}/{name.dataset}/ of the landing zone."

    def look_at(self, name: DatasetName, place: Place) -> LandedFiles:  # noqa: ARG002
        """List them."""
        return LandedFiles(self._zone.dataset(name))

    def copy(
        self,
        landed: Sequence[Landed],
        connection: duckdb.DuckDBPyConnection,  # noqa: ARG002
        folder: Path,  # noqa: ARG002
    ) -> list[Dataset]:
        """As they are: landed files never change."""
        return [each.files for each in landed if each.files is not None]

    def found(self) -> Sequence[FoundFiles | FoundLink]:
        """Every dataset, and the links to folders that are none."""
        links = sorted(linked_folders(self._zone.store, self._zone.root))
        datasets = [FoundFiles(name, self._zone) for name in self._zone.datasets()]
        return [*datasets, *(FoundLink(place, target) for place, target in links)]

    def examinations(self) -> Mapping[str, Callable[[], None]]:
        """None of its own: the store is examined as a part of the mesh."""
        return {}
