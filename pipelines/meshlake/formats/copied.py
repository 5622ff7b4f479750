"""Formats that DuckDB does not read: a copy of a file in Parquet is made once per process, and read instead.

A member says how the file's rows become Arrow batches; Trino reads its own copy (docs/adr/0036).
"""

from __future__ import annotations

from abc import abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats import refuse_pages
from meshlake.formats.format import Format
from meshlake.formats.merged_types import described, refuse_changed
from meshlake.formats.nanoseconds import refuse_cut
from meshlake.formats.reader import folder_columns_sql, told_of_files
from meshlake.formats.samples import sample_of
from meshlake.formats.scratch import scratch_file
from meshlake.names import quote_literal
from meshlake.stores import open_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, BinaryIO

    import duckdb
    import pyarrow as pa

    from meshlake.formats.format import Keyed
    from meshlake.stores import StoredFile

ROWS_OF_A_BATCH = 20_000
# Of the metadata of a schema: what is told of how the file is read.
NOTE = "note"


class Copied(Format):
    """A format whose files are read once into Arrow.

    `damages` are what its library raises when the bytes are none of the format.
    """

    is_columnar = True

    @property
    def damages(self) -> tuple[type[Exception], ...]:
        """What its library raises when a file is damaged."""
        import pyarrow as pa

        return (OSError, ValueError, EOFError, pa.ArrowException)

    @abstractmethod
    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        """The columns and the rows of an open file, called `name` in errors, in order."""

    def selects(self, files: Keyed, among: Sequence[StoredFile]) -> list[str]:
        _refuse_changed(self, tuple(file for file in among if self.has_columns(file)))
        return [
            _select(file, keys, _copy(self, file)) for file, keys in files.items() if self.has_columns(file)
        ]

    def has_columns(self, file: StoredFile) -> bool:
        return bool(file.size_bytes) and bool(_copy(self, file).names)

    def damaged(self, files: Sequence[StoredFile]) -> dict[StoredFile, DamagedFileError]:
        found = {file: _damage(self, file) for file in files if file.size_bytes}
        return {file: error for file, error in found.items() if error}

    def notes(self, files: Sequence[StoredFile]) -> list[str]:
        named: dict[str, list[StoredFile]] = {}
        for file in files:
            if self.has_columns(file) and (note := _copy(self, file).note):
                named.setdefault(note, []).append(file)
        return told_of_files(named)

    def explain(self, error: duckdb.Error, message: str, files: Sequence[StoredFile]) -> LandingError | None:
        return None  # DuckDB reads what was written here, and what is wrong with a file is told before


class _Copy(NamedTuple):
    """The Parquet file with the rows of a file, its columns, and what is told of how it was read."""

    path: str
    names: tuple[str, ...]
    note: str


def _select(file: StoredFile, keys: Sequence[str], copy: _Copy) -> str:
    selected = ", ".join(["*", *folder_columns_sql(file, keys, copy.names)])
    return f"SELECT {selected} FROM read_parquet({quote_literal(copy.path)})"


@lru_cache(maxsize=1_000)
def _refuse_changed(format_: Copied, files: tuple[StoredFile, ...]) -> None:
    """As `refuse_changed`, once per process."""
    import duckdb

    names = {_copy(format_, file).path: file.name for file in files}
    if len(names) < 2:
        return
    together = " UNION ALL BY NAME ".join(
        f"SELECT * FROM read_parquet({quote_literal(path)})" for path in names
    )
    with duckdb.connect(":memory:") as connection:
        refuse_changed(connection, names, lambda: described(connection, together))


@lru_cache(maxsize=10_000)
def _copy(format_: Copied, file: StoredFile) -> _Copy:
    """The copy of `file`.

    Raises:
        DamagedFileError: the file is broken, or holds what no column can.
        LandingError: its columns are not told apart.
    """
    from pyarrow import parquet

    path = scratch_file(".parquet")
    try:
        refuse_pages(file.name, sample_of(file))
        with open_file(file) as stream:
            schema, batches = format_.schema_and_batches(file.name, stream)
            _refuse_same_names(file, schema)
            with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
                for batch in batches:
                    batch.validate(full=True)  # of offsets that lead out of it the writer would crash
                    refuse_cut(file.name, batch)
                    writer.write_batch(batch)
    except format_.damages as error:
        path.unlink(missing_ok=True)
        raise DamagedFileError(
            f"{file.name}: it is cut off, damaged, or no {format_.title} file: {_first_line(error)}",
            "Land the file again, whole; or remove it.",
        ) from error
    note = (schema.metadata or {}).get(NOTE.encode(), b"").decode()
    return _Copy(str(path), tuple(schema.names), note)


@lru_cache(maxsize=10_000)
def _damage(format_: Copied, file: StoredFile) -> DamagedFileError | None:
    """How `file` is broken; what else is wrong with it is told when it is read."""
    try:
        _copy(format_, file)
    except DamagedFileError as error:
        return error
    except LandingError:
        return None
    return None


def _refuse_same_names(file: StoredFile, schema: Any) -> None:
    seen: dict[str, str] = {}
    for name in schema.names:
        other = seen.setdefault(name.lower(), name)
        if other != name or schema.names.count(name) > 1:
            raise LandingError(
                f"{file.name}: the columns '{other}' and '{name}' are the same in SQL",
                "Rename one of them before the file lands.",
            )


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
