"""Arrow's own files (IPC, of which Feather is a name): columns with the types that the files give them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import DamagedFileError
from meshlake.formats.copied import Copied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    import pyarrow as pa

_MOST_DIGITS = 38
_FEATHER_1 = b"FEA1"


class _Arrow(Copied):
    name = "arrow"
    title = "Arrow"
    endings = (".arrow", ".arrows", ".feather", ".ipc")
    magic = b"ARROW1\x00\x00"

    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        from pyarrow import ipc

        start = stream.read(len(self.magic))
        stream.seek(0)
        if start.startswith(_FEATHER_1):
            raise DamagedFileError(
                f"{name}: it is Feather of version 1, as it was written before 2020",
                "Write it anew: pandas.read_feather('FILE').to_feather('FILE')",
            )
        if start != self.magic:  # a stream has no mark of its own
            reader = ipc.open_stream(stream)
            _refuse_unkept(name, reader.schema)
            return reader.schema, iter(reader)
        file = ipc.open_file(stream)
        _refuse_unkept(name, file.schema)
        return file.schema, (file.get_batch(number) for number in range(file.num_record_batches))


ARROW = _Arrow()


def _refuse_unkept(name: str, schema: pa.Schema) -> None:
    """Refuse types that Parquet keeps as others.

    Raises:
        DamagedFileError: there is one.
    """
    for field in schema:
        if unkept := next(filter(_is_unkept, _types(field.type)), None):
            raise DamagedFileError(
                f"{name}: its column {field.name} is of the type {unkept}, which no column here can hold",
                "Write the column as text or numbers, or the file as Parquet.",
            )


def _types(type_: pa.DataType) -> Iterable[pa.DataType]:
    """The type, and those within it."""
    import pyarrow as pa

    yield type_
    if isinstance(type_, pa.DictionaryType):
        yield from _types(type_.value_type)
    elif not isinstance(type_, pa.BaseExtensionType):
        for number in range(type_.num_fields):
            yield from _types(type_.field(number).type)


def _is_unkept(type_: pa.DataType) -> bool:
    from pyarrow import types

    if types.is_decimal(type_):
        return bool(type_.precision > _MOST_DIGITS)
    unkept = (
        types.is_duration,
        types.is_interval,
        types.is_union,
        types.is_run_end_encoded,
        types.is_list_view,
        types.is_large_list_view,
    )
    return any(is_one(type_) for is_one in unkept)
