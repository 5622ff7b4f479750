"""What the mesh has published: the Iceberg catalog, read as products and their snapshots.

Only `main` is ever read here: what waits on an audit branch belongs to `draft.py`.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import (
    NamespaceAlreadyExistsError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from sqlalchemy.exc import DBAPIError, IntegrityError

from meshlake.errors import UsageError, system_failure
from meshlake.lake.moved import actual, home_properties, moves
from meshlake.lake.schema import partition_spec, table_schema
from meshlake.lake.snapshot import data_files, local_path, publications, read_snapshot
from meshlake.names import CATALOG, ProductName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyiceberg.table import Table

    from meshlake.column import Column
    from meshlake.lake.snapshot import Snapshot
    from meshlake.partitions import Partitions
    from meshlake.settings import Settings

# Names with a double underscore are the platform's own tables: `<product>__quarantine`, `<product>__stage_<run>`.
PLATFORM_MARK = "__"
_PROPERTIES = {
    "format-version": "2",
    "write.parquet.compression-codec": "zstd",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "50",
}
_CATALOG_TABLES = 2


class Lake:
    """The Iceberg catalog `mesh` and its warehouse."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def catalog(self) -> SqlCatalog:
        """The catalog, made on first use."""
        if self.settings.is_embedded:
            self.settings.make_home()
        for _ in range(_CATALOG_TABLES):
            # Another process that opens a new mesh at the same moment may be the one to make a table of the catalog.
            with suppress(DBAPIError):
                return SqlCatalog(CATALOG, **catalog_properties(self.settings))
        try:
            return SqlCatalog(CATALOG, **catalog_properties(self.settings))
        except DBAPIError as error:
            reason = str(error.orig).strip().partition("\n")[0]
            told = UsageError(f"the catalog cannot be opened: {reason}", "See MESH_CATALOG and its server.")
            raise system_failure(error) or told from error

    @cached_property
    def moved(self) -> dict[str, str]:
        """What the home's records call places of it, and where those are now."""
        return moves(self.settings)

    def path(self, address: str) -> str:
        """Where the file or folder is that a table calls so: a plain path, or an address of a store."""
        return actual(local_path(address), self.moved)

    def recorded(self, table: Table, path: str) -> str:
        """What `table` has to call the file at `path`, below its own folder."""
        place = local_path(table.location())
        here = actual(place, self.moved)
        return place + path.removeprefix(here) if path.startswith(f"{here}/") else path

    def table(self, identifier: tuple[str, str]) -> Table | None:
        """The Iceberg table, loaded afresh; `None` when there is none."""
        try:
            return self.catalog.load_table(identifier)
        except (NoSuchTableError, NoSuchNamespaceError):
            return None

    def create_table(
        self, identifier: tuple[str, str], columns: Sequence[Column], *, commit_retries: int = 0
    ) -> Table:
        """The table of that name, made empty when there is none yet.

        `commit_retries` is how often pyiceberg itself repeats a commit that lost a race; right for plain appends alone,
        as it forgets branches made in the same commit.
        """
        # Asking first: the catalog writes a metadata file before it finds that a table is there already.
        if (table := self.table(identifier)) is not None:
            return table
        self.make_namespace(identifier[0])
        with suppress(TableAlreadyExistsError):
            properties = _PROPERTIES | {"commit.retry.num-retries": str(commit_retries)}
            return self.catalog.create_table(
                identifier,
                table_schema(columns),
                partition_spec=partition_spec(columns),
                properties=properties,
            )
        return self.catalog.load_table(identifier)

    def make_namespace(self, domain: str) -> None:
        """Make a domain known to the catalog, unless it is already."""
        # pyiceberg asks, then inserts: a process that inserted between the two shows as an IntegrityError.
        with suppress(NamespaceAlreadyExistsError, IntegrityError):
            self.catalog.create_namespace(domain)

    def products(self) -> list[ProductName]:
        """Every product that has a published snapshot, sorted."""
        return sorted(
            ProductName(domain, table)
            for domain, table in self.identifiers()
            if domain != CATALOG and PLATFORM_MARK not in table and self.head((domain, table)) is not None
        )

    def identifiers(self) -> list[tuple[str, str]]:
        """Every table of the catalog, the platform's own too, sorted."""
        return sorted(
            (identifier[0], identifier[1])
            for namespace in self.catalog.list_namespaces()
            for identifier in self.catalog.list_tables(namespace)
        )

    def head(self, identifier: tuple[str, str]) -> Snapshot | None:
        """The current published snapshot; `None` when nothing was published yet."""
        table = self.table(identifier)
        if table is None or (current := table.current_snapshot()) is None:
            return None
        return read_snapshot(table, current)

    def history(self, identifier: tuple[str, str]) -> list[Snapshot]:
        """Every snapshot that `main` has pointed to and that is still kept, newest publication first."""
        table = self.table(identifier)
        found: dict[int, Snapshot] = {}
        for snapshot in publications(table) if table else ():
            found.setdefault(snapshot.snapshot_id, snapshot)
        return list(found.values())

    def as_of(self, name: ProductName, when: str) -> Snapshot:
        """The snapshot that was current at `when`: a snapshot id, or an ISO time (UTC unless it says otherwise).

        Raises:
            UsageError: when `when` is neither, or nothing was published by then.
        """
        table = self.table((name.domain, name.product))
        history = list(publications(table)) if table else []
        if when.isdigit() and (match := [s for s in history if s.snapshot_id == int(when)]):
            return match[0]
        if not history:
            raise UsageError(f"{name} has no snapshot as of {when}", "It was never published.")
        moment = _moment(name, when)
        for snapshot in history:
            if snapshot.published_at <= moment:
                return snapshot
        first = f"It was first published at {history[-1].published_at:%Y-%m-%d %H:%M:%S} UTC."
        raise UsageError(f"{name} has no snapshot as of {when}", first)

    def files(self, snapshot: Snapshot, partitions: Partitions | None = None) -> tuple[str, ...]:
        """The data files of `snapshot`, or those of some of its days, as paths or addresses that an engine can read."""
        table = self.catalog.load_table(snapshot.identifier)
        found = data_files(table, snapshot.snapshot_id, partitions)
        return tuple(sorted(self.path(file.file_path) for file in found))


def catalog_properties(settings: Settings) -> dict[str, str]:
    """pyiceberg's properties for the catalog of `settings`."""
    return {
        "uri": settings.catalog_uri,
        # A daemon outlives restarts of the server.
        "pool_pre_ping": "true",
        **settings.store_of(settings.warehouse).iceberg_properties(settings.warehouse),
        **home_properties(settings),
    }


def _moment(name: ProductName, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"'{text}' is neither a snapshot nor a time",
            f"Give a snapshot id of `mesh history {name}`, or a time like 2026-11-24T12:00.",
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
