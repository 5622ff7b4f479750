"""What the metadata of an Iceberg table says, read by pyiceberg from files where they landed: data files and deletes.

The metadata calls its files by where the table was written: what was below the table's location is looked for below
the folder. It is imported only for such tables, as pyiceberg takes a while.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

from pyiceberg.exceptions import ValidationError
from pyiceberg.io import FileIO, InputFile
from pyiceberg.serializers import FromInputFile

from meshlake.errors import LandingError
from meshlake.formats.iceberg_columns import column_types, selected
from meshlake.formats.reader import paths_sql
from meshlake.formats.table_folder import Reading, Table, data_file
from meshlake.names import quote_identifier, quote_literal
from meshlake.stores import duckdb_reader, open_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pyiceberg.io import InputStream, OutputFile
    from pyiceberg.manifest import DataFile
    from pyiceberg.table.metadata import TableMetadata

    from meshlake.stores import StoredFile

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]*:")
_PLACES = ("write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path")
_REWRITE = (
    "Rewrite it plain, in Spark: CALL system.rewrite_data_files(table => 't', options => "
    "map('delete-file-threshold', '1')); or land a copy of its rows as Parquet."
)
# What pyiceberg raises when a file is none of its own.
_DAMAGED = (
    ValidationError,
    ValueError,
    LookupError,
    TypeError,
    AssertionError,
    OSError,
    EOFError,
    zlib.error,
)


class _LandedFile(InputFile):
    """A landed file as pyiceberg reads one."""

    def __init__(self, location: str, file: StoredFile) -> None:
        super().__init__(location)
        self._file = file

    def __len__(self) -> int:
        return self._file.size_bytes

    def exists(self) -> bool:
        """It was listed."""
        return True

    def open(self, seekable: bool = True) -> InputStream:
        """Its bytes."""
        return open_file(self._file)  # type: ignore[return-value]


class _LandedFolder(FileIO):
    """The files of a table that landed in `folder`, by the names that its metadata calls them."""

    def __init__(self, folder: str, files: Sequence[StoredFile]) -> None:
        super().__init__()
        self._folder = folder
        self._files = {file.name.removeprefix(f"{folder}/"): file for file in files}
        self.places: tuple[str, ...] = ()

    def file(self, location: str) -> StoredFile:
        """The landed file that the metadata calls `location`.

        Raises:
            LandingError: there is none; so it is for any that leads elsewhere.
        """
        path = _plain(location)
        for place in self.places:
            if path.startswith(f"{place}/") and (found := self._files.get(path[len(place) + 1 :])):
                return found
        return data_file(self._folder, location, ())

    def new_input(self, location: str) -> InputFile:
        """The file, to be read."""
        return _LandedFile(location, self.file(location))

    def new_output(self, location: str) -> OutputFile:
        """Nothing is written."""
        raise NotImplementedError(location)

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Nothing is deleted."""
        raise NotImplementedError(location)


def read_table(folder: str, newest: StoredFile, files: Sequence[StoredFile]) -> Table:
    """The table in `folder`, of whose files `files` have landed, as its metadata file `newest` has it.

    Raises:
        LandingError: it cannot be read, or not by its files alone.
    """
    io = _LandedFolder(folder, files)
    try:
        metadata = FromInputFile.table_metadata(_LandedFile(_gzip_told(newest.name), newest))
        told = (metadata.location, *(metadata.properties[p] for p in _PLACES if p in metadata.properties))
        io.places = tuple(_plain(place).rstrip("/") for place in told)
        found = list(_live_files(folder, metadata, io))
    except _DAMAGED as error:
        raise LandingError(
            f"{folder}: its Iceberg metadata cannot be read: {(str(error) or repr(error)).splitlines()[0]}",
            "Land the folder whole, metadata and data; or a copy of its rows as Parquet.",
        ) from error
    deletes = [io.file(each.file_path) for each in found if _content(each) == "POSITION_DELETES"]
    deleted = _deleted(deletes)
    landed = {each.file_path: (io.file(each.file_path), each) for each in found if _content(each) == "DATA"}
    columns = selected(folder, metadata, list(landed.values()))
    readings = {
        file: Reading(
            columns[file], "hive_partitioning = false", _kept(folder, path, deletes, metadata, deleted)
        )
        for path, (file, _) in landed.items()
    }
    types = column_types(folder, metadata.schema())
    nulls = ", ".join(f"NULL::{kind} AS {quote_identifier(name)}" for name, kind in types.items())
    return Table(f"SELECT {nulls} WHERE false", readings)


def _gzip_told(name: str) -> str:
    """pyiceberg knows one of the two ways to name a packed file."""
    return name.replace(".metadata.json.gz", ".gz.metadata.json")


def _live_files(folder: str, metadata: TableMetadata, io: _LandedFolder) -> Iterator[DataFile]:
    """The files of the current snapshot.

    Raises:
        LandingError: one of them is of a kind that is not read.
    """
    snapshot = metadata.current_snapshot()
    for manifest in snapshot.manifests(io) if snapshot is not None else ():
        for entry in manifest.fetch_manifest_entry(io):
            file = entry.data_file
            if _content(file) == "EQUALITY_DELETES":
                raise LandingError(
                    f"{folder}: it is an Iceberg table with rows deleted by equal values", _REWRITE
                )
            if file.file_format.name != "PARQUET":
                kind = (
                    "deletion vectors"
                    if file.file_format.name == "PUFFIN"
                    else f"{file.file_format.name} files"
                )
                raise LandingError(f"{folder}: it is an Iceberg table with {kind}", _REWRITE)
            yield file


def _content(file: DataFile) -> str:
    return file.content.name


def _deleted(deletes: Sequence[StoredFile]) -> frozenset[str]:
    """The data files, as the metadata calls them, of which rows are deleted by position."""
    if not deletes:
        return frozenset()
    with duckdb_reader(deletes[0]) as connection:
        rows = connection.execute(
            f"SELECT DISTINCT file_path FROM read_parquet({paths_sql(deletes)})"
        ).fetchall()
    return frozenset(str(row[0]) for row in rows)


def _kept(
    folder: str, path: str, deletes: Sequence[StoredFile], metadata: TableMetadata, deleted: frozenset[str]
) -> str:
    """The condition of rows of the data file `path` that are not deleted; empty where none are."""
    if path not in deleted:
        return ""
    if any(name.lower() == "file_row_number" for name in metadata.schema().column_names):
        raise LandingError(
            f"{folder}: it has a column file_row_number, and rows deleted by position", _REWRITE
        )
    gone = f"SELECT pos FROM read_parquet({paths_sql(deletes)}) WHERE file_path = {quote_literal(path)}"
    return f"file_row_number NOT IN ({gone})"


def _plain(location: str) -> str:
    """An address without its scheme: writers call one store s3, s3a and s3n, and the disk by one slash or three."""
    return _SCHEME.sub("", location).lstrip("/")
