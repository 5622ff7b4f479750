"""Times of day and moments with a zone that are finer than the microseconds as which DuckDB reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import LandingError

if TYPE_CHECKING:
    import pyarrow as pa

_TIME, _MOMENT = "time64[ns]", "timestamp[ns, tz="


def may_be_cut(type_: pa.DataType) -> bool:
    """Whether DuckDB cuts values of an Arrow type, or of one within it; moments of no zone it keeps."""
    return _TIME in str(type_) or _MOMENT in str(type_)


def refuse_cut(name: str, batch: pa.RecordBatch) -> None:
    """Refuse values that would be cut, in rows of the file `name`.

    Raises:
        LandingError: there is one.
    """
    for field, column in zip(batch.schema, batch.columns, strict=True):
        if may_be_cut(field.type) and _is_finer(column):
            what = "times of day" if _TIME in str(field.type) else "moments with a zone"
            raise LandingError(
                f"{name}: column {field.name} has {what} with nanoseconds, of which microseconds can be read",
                "Write it with microseconds, or as text.",
            )


def _is_finer(values: pa.Array) -> bool:
    import pyarrow as pa
    from pyarrow import compute

    if isinstance(values, pa.DictionaryArray):
        return _is_finer(values.dictionary)
    if isinstance(values, pa.StructArray):
        return any(map(_is_finer, values.flatten()))
    if isinstance(values, pa.MapArray):
        return _is_finer(values.keys) or _is_finer(values.items)
    if isinstance(values, pa.ListArray | pa.LargeListArray | pa.FixedSizeListArray):
        return _is_finer(values.flatten())
    if not may_be_cut(values.type):
        return False
    count = values.cast(pa.int64())
    whole = compute.multiply(compute.divide(count, 1_000), 1_000)
    return bool(compute.any(compute.not_equal(count, whole)).as_py())
