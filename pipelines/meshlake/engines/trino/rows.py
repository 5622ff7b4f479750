"""Rows that Trino's client gives, as Arrow batches: for answers small enough to come row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from meshlake.column import Column
from meshlake.errors import ContractError
from meshlake.lake.schema import table_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trino.dbapi import Cursor

BATCH_ROWS = 10_000


def arrow_stream(cursor: Cursor, columns: Mapping[str, str]) -> pa.RecordBatchReader:
    """The rows of `cursor`, whose columns have these names and DuckDB types, batch by batch.

    A type that Arrow has no word for here, such as an interval, comes as text.
    """
    fields = [pa.field(name, _arrow_type(kind)) for name, kind in columns.items()]
    schema = pa.schema(fields)

    def batches() -> Iterator[pa.RecordBatch]:
        while rows := cursor.fetchmany(BATCH_ROWS):
            arrays = [
                pa.array(map(_as_text, values) if field.type == pa.string() else values, field.type)
                for values, field in zip(zip(*rows, strict=True), fields, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _arrow_type(kind: str) -> pa.DataType:
    small = {"TINYINT": pa.int8(), "SMALLINT": pa.int16()}
    if kind in small:
        return small[kind]
    try:
        arrow: pa.DataType = table_schema([Column("c", kind)]).as_arrow().field(0).type
    except ContractError:
        return pa.string()
    return pa.string() if pa.types.is_large_string(arrow) else arrow


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
