"""Where files lie: a disk, an object store. One object each, found by the scheme of a place; nobody else knows which.

A place is a folder of this machine (`/data/landing`) or an address (`s3://bucket/landing`). What its files mean is for
`landing`, `lake` and `models`. A new store is one file here with a class like those beside it, and one line in
`STORES`; what Iceberg and DuckDB need to reach it is asked of it too (docs/adr/0018).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, ClassVar, Protocol

from meshlake.memory import limit_bytes
from meshlake.plugins import Doorway

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import duckdb

_NO_SCHEME = "file"


class Store(Protocol):
    """Files by their full address, whichever store it is.

    A class that is one is a frozen dataclass whose fields, all texts with a default, are its settings: the field
    `region` of the store `s3` is set by `MESH_S3_REGION`, or `s3_region` in `mesh.toml`.

    Raises:
        StorageError: every method but `examine`, when the store cannot be reached or refuses.
        OSError: likewise, when it is a folder of this machine.
    """

    # Its name, and what its addresses begin with.
    scheme: ClassVar[str]
    # Whether its places are plain paths of this machine: no server is asked, and no other machine reaches them.
    is_local: ClassVar[bool]

    def files(
        self, place: str, root: str | None = None, is_visible: Callable[[str], bool] | None = None
    ) -> list[StoredFile]:
        """Every file anywhere below `place`, sorted by address, named relative to `root` (`place` unless given).

        Files and folders whose own name is not `is_visible` are left out, with all below.
        """

    def open(self, address: str) -> AbstractContextManager[BinaryIO]:
        """A file opened for reading bytes; the result can seek."""

    def read(self, address: str) -> bytes | None:
        """The bytes of a file; `None` when it is not there."""

    def write(self, address: str, content: bytes) -> None:
        """Write a file, whole or not at all."""

    def add(self, source: Path, address: str) -> None:
        """Copy the file `source` to a new one, whole or not at all.

        Raises:
            FileExistsError: there is one of this address already, or another process was faster.
        """

    def move(self, source: str, target: str) -> None:
        """Put the file `source` in the place of `target`, at once for every reader, whether that is there or not.

        Raises:
            FileNotFoundError: there is no `source`.
        """

    def remove(self, addresses: Sequence[str]) -> None:
        """Remove files."""

    def make_folder(self, place: str) -> None:
        """See that others can write files to `place`, as far as the store has folders."""

    def remove_folder(self, place: str) -> None:
        """Remove all that is below `place`, as far as that can be done."""

    def remove_empty_folders(self, place: str, limit_seconds: float) -> None:
        """Remove folders directly in `place` that are empty and unchanged since `limit_seconds`, if there are such."""

    def examine(self, place: str, *, is_written: bool) -> None:
        """See that `place` can be read, and written to if `is_written`; takes some seconds at most.

        Raises:
            ServiceError: it cannot.
        """

    def open_to_duckdb(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make its addresses readable and writable in `connection`, until it is closed."""

    def iceberg_properties(self, place: str) -> dict[str, str]:
        """pyiceberg's properties of a catalog whose warehouse is `place`."""

    def __hash__(self) -> int:
        """Equal for stores of equal settings: what reads one reads the other."""


@dataclass(frozen=True, order=True)
class StoredFile:
    """One file. `path` is its full address; `name` is its path below a root, for showing and comparing.

    `version` tells this content from others that the file had; `modified_seconds` is since the epoch; `store` holds it.
    """

    path: str
    name: str
    size_bytes: int
    version: str
    modified_seconds: float = field(compare=False)
    store: Store = field(repr=False, compare=False)

    def __hash__(self) -> int:
        return hash(self.path)  # which Python keeps: files are looked up a hundred times each


def open_file(file: StoredFile) -> AbstractContextManager[BinaryIO]:
    """Open `file` for reading bytes; the result can seek."""
    return file.store.open(file.path)


def duckdb_reader(file: StoredFile) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection of its own that can read `file` and those beside it.

    Its settings are others' too, and not to be changed: rows come in the order that they stand in.
    """
    store, limit = file.store, limit_bytes()
    # What is read of a server DuckDB keeps as long as the database is open.
    return _shared_database(store, limit).cursor() if store.is_local else _database(store, limit)


def _database(store: Store, memory_limit: int) -> duckdb.DuckDBPyConnection:
    import duckdb

    connection = duckdb.connect(":memory:", config={"memory_limit": f"{memory_limit}B"})
    open_stores(connection, [store])
    return connection


# To open a database takes eighty times as long as to connect to one.
_shared_database = cache(_database)


def open_stores(connection: duckdb.DuckDBPyConnection, stores: Sequence[Store]) -> None:
    """Make the addresses of `stores` readable and writable in `connection`, until it is closed.

    Raises:
        StorageError: DuckDB has no extension for one, or there are no keys.
    """
    if all(store.is_local for store in stores):
        # The system keeps what is read of a disk. DuckDB keeps it once more, 60 KB of each small file.
        connection.execute("SET enable_external_file_cache = false")
    for store in stores:
        store.open_to_duckdb(connection)


STORES: Doorway[type[Store]] = Doorway(
    "meshlake.stores",
    "store",
    {
        "file": "meshlake.stores.disk:Disk",
        "s3": "meshlake.stores.s3:S3",
    },
)


def scheme_of(place: str) -> str:
    """The scheme of a place, which is the name of its store.

    Example:
        >>> scheme_of("s3://bucket/landing"), scheme_of("/data/landing")
        ('s3', 'file')
    """
    scheme, mark, _ = place.partition("://")
    return scheme if mark else _NO_SCHEME
