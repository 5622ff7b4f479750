"""Rows that Trino's client gives, as Arrow batches: for answers small enough to come row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from meshlake.types.arrow import to_arrow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from trino.dbapi import Cursor

    from meshlake.types.tree import Type

BATCH_ROWS = 10_000


def arrow_stream(cursor: Cursor, columns: Mapping[str, Type]) -> pa.RecordBatchReader:
    """The rows of `cursor`, whose columns have these names and types, batch by batch.

    A type that Arrow has no word for here, such as an interval, comes as text.
    """
    fields = [pa.field(name, to_arrow(kind)) for name, kind in columns.items()]
    schema = pa.schema(fields)

    def batches() -> Iterator[pa.RecordBatch]:
        while rows := cursor.fetchmany(BATCH_ROWS):
            arrays = [
                pa.array(map(_as_text, values) if field.type == pa.string() else values, field.type)
                for values, field in zip(zip(*rows, strict=True), fields, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    return pa.RecordBatchReader.from_batches(schema, batches())


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)
