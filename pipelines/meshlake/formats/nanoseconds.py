"""Times of day and moments with a zone that are finer than the microseconds as which DuckDB reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from meshlake.errors import LandingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

# Of nanoseconds that 64 bits hold.
_MOST_MICROSECONDS = 2**63 // 1_000
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
        if may_be_cut(field.type) and any(map(_is_finer, _leaves(column))):
            raise _refused(
                name, field.name, "times of day" if _TIME in str(field.type) else "moments with a zone"
            )


def refuse_cut_int96(name: str, finer: pa.RecordBatch, coarser: pa.RecordBatch) -> None:
    """Refuse moments of Parquet's INT96 that would be cut; rows of the file `name` in nanoseconds, and in microseconds.

    Raises:
        LandingError: there is one.
    """
    for field, fine, coarse in zip(finer.schema, finer.columns, coarser.columns, strict=True):
        if any(map(_is_cut, _leaves(fine), _leaves(coarse))):
            raise _refused(name, field.name, "moments")


def _refused(name: str, column: str, what: str) -> LandingError:
    return LandingError(
        f"{name}: column {column} has {what} with nanoseconds, of which microseconds can be read",
        "Write it with microseconds, or as text.",
    )


def _leaves(values: pa.Array) -> Iterator[pa.Array]:
    """The values that are nested in `values`, or they themselves."""
    import pyarrow as pa

    if isinstance(values, pa.DictionaryArray):
        yield from _leaves(values.dictionary)
    elif isinstance(values, pa.StructArray):
        for each in values.flatten():
            yield from _leaves(each)
    elif isinstance(values, pa.MapArray):
        yield from (*_leaves(values.keys), *_leaves(values.items))
    elif isinstance(values, pa.ListArray | pa.LargeListArray | pa.FixedSizeListArray):
        yield from _leaves(values.flatten())
    else:
        yield values


def _is_finer(values: pa.Array) -> bool:
    import pyarrow as pa
    from pyarrow import compute

    if not may_be_cut(values.type):
        return False
    count = values.cast(pa.int64())
    whole = compute.multiply(compute.divide(count, 1_000), 1_000)
    return bool(compute.any(compute.not_equal(count, whole)).as_py())


def _is_cut(fine: pa.Array, coarse: pa.Array) -> bool:
    """Whether the moments `fine` are not those of `coarse`; far ones, of which nanoseconds overflow, are not asked."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_timestamp(fine.type):
        return False
    count, micros = fine.cast(pa.int64()), coarse.cast(pa.int64())
    is_near = compute.less(compute.abs(micros), _MOST_MICROSECONDS)
    is_other = compute.not_equal(count, compute.multiply(micros, 1_000))  # wraps where it is far
    return bool(compute.any(compute.and_(is_near, is_other)).as_py())
