"""What the function of a `transform.py` returned, as an Arrow table that DuckDB reads without changing a value.

Whatever speaks Arrow's C interface is taken: tables, batches and readers of pyarrow, frames of polars, relations of
DuckDB and more; pandas' frames have a module of their own. Where DuckDB would read a type of Arrow's by halves (finer
times than its own, dates with a time in them) the values are brought into one that it keeps, or the first that does not
fit is named.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from meshlake.errors import BuildError
from meshlake.transforms.refusals import first_failing, refuse_column, refuse_value
from meshlake.types.arrow import to_arrow
from meshlake.types.tree import ListOf, MapOf, Struct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa

    from meshlake.types.tree import Type

# What DuckDB hands to Arrow as something else: numbers of 39 digits as decimals of 38, times without their offset.
_LOST_BY_DUCKDB = frozenset({"hugeint", "uhugeint", "bit", "time with time zone"})


def taken(returned: Any, path: Path) -> Any:
    """What was returned with its rows made: what is lazy is run, by which the code of `path` may fail in its own ways.

    Raises:
        BuildError: it is nothing that has rows and columns, or has a column that Arrow has no word for.
    """
    import pyarrow as pa

    if _is_a(returned, "polars", "LazyFrame"):
        returned = returned.collect()
    if _is_a(returned, "pandas", "DataFrame"):
        return returned
    if _is_a(returned, "polars", "DataFrame"):
        return _of_polars(returned, path)
    if _is_a(returned, "duckdb", "DuckDBPyRelation"):
        _refuse_lost_by_duckdb(returned, path)
    is_column = isinstance(returned, pa.ChunkedArray | pa.Array)
    is_column |= any(_is_a(returned, library, "Series") for library in ("pandas", "polars"))
    if is_column or not hasattr(returned, "__arrow_c_stream__"):
        raise BuildError(
            f"{path}: transform returned {type(returned).__name__}",
            "Return a DataFrame of pandas or polars, or a pyarrow.Table.",
        )
    return pa.RecordBatchReader.from_stream(returned).read_all()


def arrow_table(given: Any, wanted: Mapping[str, Type], path: Path) -> pa.Table:
    """The rows of what `taken` gave; `wanted` are the contract's types, which columns of nothing but NULL get.

    Raises:
        BuildError: a column or a value cannot be kept as it is.
    """
    import pyarrow as pa

    if not isinstance(given, pa.Table):
        from meshlake.transforms.pandas_columns import pandas_table

        given = pandas_table(given, path)
    _refuse_same_names(given.column_names, path)
    columns = [
        _kept(path, name, column, _readable(path, name, column.type, wanted.get(name)))
        for name, column in zip(given.column_names, given.columns, strict=True)
    ]
    return pa.Table.from_arrays(columns, names=given.column_names)


def _is_a(value: Any, library: str, name: str) -> bool:
    """Whether `value` is of a class of a library; who returns one has imported it."""
    kind = getattr(sys.modules.get(library), name, None)
    return kind is not None and isinstance(value, kind)


def _of_polars(frame: Any, path: Path) -> pa.Table:
    """polars gives addresses of objects as their values, and integers of 128 bits under a name that Arrow has not."""
    import polars as pl
    import pyarrow as pa

    for name, dtype in frame.schema.items():
        is_exported = dtype != pl.Object
        try:
            pa.RecordBatchReader.from_stream(frame.select(name).head(0))
        except pa.ArrowException:
            is_exported = False
        if not is_exported:
            hint = f"Cast it: pl.col({name!r}).cast(pl.Int64), pl.Decimal(38, 0), pl.String ..."
            refuse_column(path, name, f"is of {dtype}, which Arrow has no type for", hint)
    return pa.RecordBatchReader.from_stream(frame).read_all()


def _refuse_lost_by_duckdb(relation: Any, path: Path) -> None:
    for name, kind in zip(relation.columns, relation.types, strict=True):
        if _LOST_BY_DUCKDB & set(_ids(kind)):
            refuse_column(
                path, name, f"is of {kind}, which Arrow has no type for", "CAST it in the relation."
            )


def _ids(kind: Any) -> list[str]:
    """The names of a type of DuckDB's and of its parts."""
    parts = kind.children if kind.id in ("list", "array", "struct", "map", "union") else ()
    of_parts = [name for _, part in parts if hasattr(part, "id") for name in _ids(part)]
    return [str(kind.id), *of_parts]


def _refuse_same_names(names: list[str], path: Path) -> None:
    """DuckDB takes names for the same whatever their case, and would give the second another."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.lower(), name) if name.lower() in seen else None
        if other is not None:
            told = "is there twice" if other == name else f"and column {other} have the same name in SQL"
            refuse_column(path, name, told, "Rename one, or leave it out.")
        seen[name.lower()] = name


def _kept(path: Path, name: str, column: pa.ChunkedArray, target: pa.DataType) -> pa.ChunkedArray:
    import pyarrow as pa

    def first(count: int) -> pa.ChunkedArray:
        # Of a slice of lists Arrow casts the values of all.
        return column.take(pa.array(range(count), pa.int64())).cast(target)

    if target == column.type:
        return column
    try:
        return first(len(column)) if column.type.num_fields else column.cast(target)
    except pa.ArrowNotImplementedError as error:
        refuse_column(path, name, f"is of {column.type}: {error}", "Make it one of another type.")
    except pa.ArrowException as error:
        row = first_failing(len(column), first)
        refuse_value(path, name, row, _python_value(column, row), str(error))


def _python_value(column: pa.ChunkedArray, row: int) -> Any:
    import pyarrow as pa

    if pa.types.is_date64(column.type):  # as Python's date it has no time, by which it is refused
        column = column.cast(pa.timestamp("ms"))
    try:
        return column[row].as_py()
    except (ValueError, OverflowError):  # a moment that Python has no word for
        return column[row].cast(pa.int64()).as_py()


def _readable(path: Path, name: str, given: pa.DataType, wanted: Type | None) -> pa.DataType:
    """The type that `given` is cast to so that DuckDB reads every value; itself where it does already."""
    import pyarrow as pa

    def of(part: pa.DataType, wanted_part: Type | None = None) -> pa.DataType:
        return _readable(path, name, part, wanted_part)

    kinds = pa.types
    if kinds.is_null(given):
        return given if wanted is None else to_arrow(wanted)
    if kinds.is_dictionary(given) or kinds.is_run_end_encoded(given):
        plain = of(given.value_type, wanted)
        return given if plain == given.value_type else plain
    if kinds.is_list(given) or kinds.is_large_list(given) or kinds.is_fixed_size_list(given):
        element = wanted.element if isinstance(wanted, ListOf) else None
        field = given.value_field.with_type(of(given.value_type, element))
        if kinds.is_fixed_size_list(given):
            return pa.list_(field, given.list_size)
        return pa.large_list(field) if kinds.is_large_list(given) else pa.list_(field)
    if kinds.is_struct(given):
        parts = {f.name.lower(): f.type for f in wanted.fields} if isinstance(wanted, Struct) else {}
        return pa.struct([f.with_type(of(f.type, parts.get(f.name.lower()))) for f in given.fields])
    if kinds.is_map(given):
        key, item = (wanted.key, wanted.value) if isinstance(wanted, MapOf) else (None, None)
        return pa.map_(
            given.key_field.with_type(of(given.key_type, key)),
            given.item_field.with_type(of(given.item_type, item)),
        )
    return _readable_scalar(path, name, given)


def _readable_scalar(path: Path, name: str, given: pa.DataType) -> pa.DataType:
    import pyarrow as pa

    kinds = pa.types
    if isinstance(given, pa.BaseExtensionType):
        if isinstance(given, pa.UuidType | pa.Bool8Type):
            return given
        if isinstance(given, pa.JsonType):
            return given.storage_type
        hint = "Make it one of another type, such as text."
        refuse_column(path, name, f"is of {given}, which is no type of SQL", hint)
    if kinds.is_timestamp(given) and (given.unit in ("s", "ms") or (given.tz and given.unit == "ns")):
        return pa.timestamp("us", given.tz)
    if kinds.is_duration(given):
        return pa.duration("us")
    if kinds.is_date64(given):
        return pa.date32()
    if kinds.is_float16(given):
        return pa.float32()
    if kinds.is_decimal(given) and given.scale < 0:
        return pa.decimal128(min(given.precision - given.scale, 38), 0)
    if kinds.is_decimal256(given):
        return pa.decimal128(min(given.precision, 38), given.scale)
    return given
