"""Avro container files, as fastavro reads them: columns with the types of the schema that each file carries."""

from __future__ import annotations

import zlib
from io import SEEK_END
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from meshlake.errors import DamagedFileError, LandingError
from meshlake.formats.copied import ROWS_OF_A_BATCH, Copied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    import pyarrow as pa

_PLAIN = {
    "boolean": "bool",
    "int": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "bytes": "binary",
    "string": "string",
    "enum": "string",
    "fixed": "binary",
    "null": "null",
}
_LOGICAL = {
    "date": ("date32", ()),
    "time-millis": ("time32", ("ms",)),
    "time-micros": ("time64", ("us",)),
    "timestamp-millis": ("timestamp", ("ms", "UTC")),
    "timestamp-micros": ("timestamp", ("us", "UTC")),
    "timestamp-nanos": ("timestamp", ("ns", "UTC")),
    "local-timestamp-millis": ("timestamp", ("ms",)),
    "local-timestamp-micros": ("timestamp", ("us",)),
    "uuid": ("string", ()),
}
# What fastavro would read as Python's moments of microseconds.
_UNKEPT = {"timestamp-nanos", "local-timestamp-nanos", "duration"}
_MOST_DIGITS = 38
_ALWAYS_ROWS = 1_000_000


class _Avro(Copied):
    name = "avro"
    title = "Avro"
    endings = (".avro",)
    magic = b"Obj\x01"

    @property
    def damages(self) -> tuple[type[Exception], ...]:
        from fastavro.schema import SchemaParseException, UnknownType

        # It raises whatever comes up on bytes that are none of Avro's.
        other = (SchemaParseException, UnknownType, LookupError, TypeError, OverflowError, MemoryError)
        return (*super().damages, *other, zlib.error)

    def schema_and_batches(self, name: str, stream: BinaryIO) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
        import fastavro
        import pyarrow as pa

        records = fastavro.reader(stream)
        written = records.writer_schema
        if not isinstance(written, dict) or written.get("type") != "record":
            raise DamagedFileError(f"{name}: its values are no records", "Write a record for each row.")
        known: dict[str, Any] = {}
        _learn(written, known)
        schema = pa.schema([_field(name, field, known, ()) for field in written["fields"]])
        size = stream.seek(0, SEEK_END)
        stream.seek(0)
        return schema, _batches(name, fastavro.reader(stream), schema, size)


AVRO = _Avro()


def _batches(name: str, records: Any, schema: pa.Schema, size: int) -> Iterator[pa.RecordBatch]:
    """A record of nothing takes no bytes, so a file may claim any number of them."""
    import pyarrow as pa

    rows, count = _located(records), 0
    while some := list(islice(rows, ROWS_OF_A_BATCH)):
        count += len(some)
        if count > _ALWAYS_ROWS and count > size:
            raise LandingError(
                f"{name}: it claims more records than it has bytes, {count:,} at least", "See what wrote it."
            )
        yield pa.RecordBatch.from_pylist([_plain(row) for row in some], schema)


def _located(records: Any) -> Iterator[Any]:
    """The records; what goes wrong names the one before."""
    count = 0
    try:
        for record in records:
            count += 1
            yield record
    except AVRO.damages as error:
        raise ValueError(f"behind record {count:,}: {error}") from error


def _plain(value: Any) -> Any:
    """Identifiers as text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, UUID) else value


def _learn(written: Any, known: dict[str, Any]) -> None:
    """The types that have a name, which a schema may use again by it."""
    if isinstance(written, list):
        for each in written:
            _learn(each, known)
    elif isinstance(written, dict):
        if "name" in written and written.get("type") in {"record", "error", "enum", "fixed"}:
            known[written["name"]] = written
        for part in ("items", "values", "type"):
            _learn(written.get(part), known)
        for field in written.get("fields", ()):
            _learn(field["type"], known)


def _field(name: str, field: dict[str, Any], known: dict[str, Any], within: tuple[str, ...]) -> pa.Field:
    import pyarrow as pa

    return pa.field(field["name"], _type(name, field["type"], known, (*within, field["name"])))


def _type(name: str, written: Any, known: dict[str, Any], within: tuple[str, ...]) -> pa.DataType:
    import pyarrow as pa

    if isinstance(written, list):
        kinds = [kind for kind in written if kind != "null"]
        if len(kinds) > 1:
            raise _refusal(name, within, f"is a union of {len(kinds)} types")
        return _type(name, kinds[0] if kinds else "null", known, within)
    if isinstance(written, str) and written not in _PLAIN:
        written = known[written]
    if isinstance(written, str):
        return pa.type_for_alias(_PLAIN[written])
    kind, logical = written["type"], written.get("logicalType")
    if len(within) > 100:
        raise _refusal(name, within[:3], "holds itself")
    if logical in _UNKEPT:
        raise _refusal(name, within, f"is of the type {logical}")
    if logical == "decimal" and written["precision"] <= _MOST_DIGITS:
        return pa.decimal128(written["precision"], written.get("scale", 0))
    if logical == "decimal":
        raise _refusal(name, within, f"has numbers of {written['precision']} digits")
    if logical in _LOGICAL:
        maker, given = _LOGICAL[logical]
        return getattr(pa, maker)(*given)
    if kind in {"record", "error"}:
        return pa.struct([_field(name, field, known, within) for field in written["fields"]])
    if kind in {"array", "map"} and written.get("items", written.get("values")) == "null":
        raise _refusal(name, within, "is a list or a map of nothing")
    if kind == "array":
        return pa.list_(_type(name, written["items"], known, within))
    if kind == "map":
        return pa.map_(pa.string(), _type(name, written["values"], known, within))
    return pa.type_for_alias(_PLAIN[kind]) if kind in _PLAIN else _type(name, kind, known, within)


def _refusal(name: str, within: tuple[str, ...], why: str) -> DamagedFileError:
    return DamagedFileError(
        f"{name}: its column {'.'.join(within)} {why}, which no column here can hold",
        "Write the column as text or as one type, or the file as Parquet.",
    )
