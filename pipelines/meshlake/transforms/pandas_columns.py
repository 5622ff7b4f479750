"""A pandas DataFrame as an Arrow table, every value kept as it is or named.

pandas has words for missing (NaN, NaT, None, NA): what its own `isna` tells is NULL here. Columns of Python objects
hold anything, and Arrow would turn text into bytes, moments into dates and nanoseconds into nothing without a word:
what it makes of them is compared with what they were.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from meshlake.transforms.refusals import first_failing, refuse_column, refuse_value

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd
    import pyarrow as pa

# What several kinds of values become together, if Arrow can tell each exactly.
_TOGETHER = ({"int", "float"}, {"int", "Decimal"})
# Of one of these kinds, and no other beside it, Arrow keeps every value or refuses it.
_PLAIN = frozenset({"bool", "int", "float", "str", "bytes", "date"})


def pandas_table(frame: pd.DataFrame, path: Path) -> pa.Table:
    """The columns of `frame`, which `path` returned.

    Raises:
        BuildError: the index or the name of a column would be lost, or a value cannot be kept.
    """
    import pyarrow as pa

    _refuse_index(frame, path)
    names: list[Any] = list(frame.columns)
    for label in names:
        if not isinstance(label, str):
            hint = "Give every column a name: frame.columns = [...]."
            refuse_column(path, label, f"has a name of {type(label).__name__}, not text", hint)
    columns = [_column(path, name, frame.iloc[:, position]) for position, name in enumerate(names)]
    return pa.Table.from_arrays(columns, names=names)


def _refuse_index(frame: pd.DataFrame, path: Path) -> None:
    """Numbers of rows, without a name, say nothing; all else would be lost."""
    from pandas.api.types import is_integer_dtype

    index = frame.index
    named = [str(name) for name in index.names if name is not None]
    if not named and index.nlevels == 1 and (is_integer_dtype(index.dtype) or not len(index)):
        return
    what = f"'{', '.join(named)}'" if named else f"of {index.dtype}"
    refuse_column(
        path,
        None,
        f"the index {what} is no column, and would be lost",
        "Return frame.reset_index() to keep it, or frame.reset_index(drop=True).",
    )


def _column(path: Path, name: str, series: pd.Series[Any]) -> pa.Array | pa.ChunkedArray:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype) and dtype.categories.dtype == object:
        series = series.astype(object)
    if isinstance(dtype, pd.SparseDtype):
        series = pd.Series(np.asarray(series.array))
    if series.dtype == object:
        return _objects(path, name, series)
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, ValueError, TypeError) as error:
        hint = "Make it one of another type: frame.astype(...)."
        refuse_column(path, name, f"is of {dtype}, which Arrow has no type for: {error}", hint)


def _objects(path: Path, name: str, series: pd.Series[Any]) -> pa.Array:
    import pyarrow as pa

    values, missing = series.to_list(), series.isna().to_list()
    kinds = _only_kinds(path, name, values, missing)

    def convert(begin: int, end: int) -> pa.Array:
        return pa.array(values[begin:end], from_pandas=True)

    try:
        array = convert(0, len(values))
    except (pa.ArrowException, ValueError, TypeError, OverflowError) as error:
        row = first_failing(len(values), lambda end: convert(0, end))
        refuse_value(path, name, row, values[row], str(error))
    for row, kept in enumerate(() if kinds <= _PLAIN and len(kinds) < 2 else array.to_pylist()):
        if not missing[row] and not _is_same(values[row], kept):
            refuse_value(path, name, row, values[row], f"it would become {kept!r}")
    return array


def _only_kinds(path: Path, name: str, values: list[Any], missing: list[bool]) -> set[str]:
    """The kinds of the values: values of one kind alone make a column of one type."""
    of_classes: dict[type, str | None] = {}
    seen: set[str] = set()
    for row, value in enumerate(values):
        if missing[row]:
            continue
        if isinstance(value, dt.datetime):
            kind: str | None = "datetime" if value.tzinfo is None else "datetime with offset"
        elif type(value) in of_classes:
            kind = of_classes[type(value)]
        else:
            kind = of_classes[type(value)] = _kind(value)
        if kind is None:
            refuse_value(path, name, row, value, f"a column cannot hold a {type(value).__name__}")
        if kind not in seen:
            if seen and not any(seen | {kind} <= group for group in _TOGETHER):
                refuse_value(
                    path, name, row, value, f"it is of type {kind}, and those before it are {min(seen)}"
                )
            seen.add(kind)
    return seen


def _kind(value: Any) -> str | None:
    """The kind of a Python value that a column may hold, and of all of its class."""
    import numpy as np

    if isinstance(value, np.generic) and not isinstance(value, np.datetime64 | np.timedelta64):
        value = value.item()
    kinds = (
        (bool, "bool"),
        (int, "int"),
        (float, "float"),
        (str, "str"),
        (bytes, "bytes"),
        (Decimal, "Decimal"),
        (dt.date, "date"),
        (np.datetime64, "datetime"),
        (dt.time, "time"),
        (dt.timedelta | np.timedelta64, "timedelta"),
        (uuid.UUID, "UUID"),
        (list | tuple | np.ndarray, "list"),
        (dict, "dict"),
    )
    return next((kind for of, kind in kinds if isinstance(value, of)), None)


def _is_same(given: Any, kept: Any) -> bool:
    """Whether Arrow kept `given`; missing values within lists and dictionaries are NULL there as elsewhere."""
    import numpy as np
    import pandas as pd

    if isinstance(given, list | tuple | np.ndarray):
        return isinstance(kept, list) and len(given) == len(kept) and all(map(_is_same, list(given), kept))
    if isinstance(given, dict):
        return isinstance(kept, dict) and all(_is_same(given.get(key), kept[key]) for key in kept)
    if pd.isna(given):
        return kept is None
    if isinstance(given, np.datetime64 | np.timedelta64):
        given = pd.Timestamp(given) if isinstance(given, np.datetime64) else pd.Timedelta(given)
    return bool(given == kept)
