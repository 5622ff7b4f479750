"""Rows of a two-valued column with the values of the others, as each is found to be: of a sample of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from meshlake.discovery.labels import so_value
from meshlake.discovery.landed_view import LANDED, SAMPLE
from meshlake.discovery.names import is_identifier, is_row_number
from meshlake.names import quote_identifier, quote_literal
from meshlake.types.tree import is_nested

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import duckdb
    import pandas as pd

    from meshlake.discovery.dataset_profile import ColumnProfile

IS_SO = "_is so"
MOMENTS = frozenset({"date", "timestamp"})
_DRAWN_ROWS = 20_000


def telling(columns: Sequence[ColumnProfile], keys: Collection[tuple[str, ...]]) -> list[ColumnProfile]:
    """Those of `columns` that may tell something of a row: all but identifiers among `keys`."""
    numbered = {key[0] for key in keys if len(key) == 1 and (is_identifier(key[0]) or is_row_number(key[0]))}
    return [each for each in columns if not is_nested(each.type) and each.name not in numbered]


def labelled_rows(
    connection: duckdb.DuckDBPyConnection, two_valued: ColumnProfile, features: Sequence[ColumnProfile]
) -> pd.DataFrame:
    """Rows that say, in `IS_SO`, whether `two_valued` is so, with the features' values.

    They are those of the sample or, where one of the two values is hardly there, of one drawn from all rows.
    """
    from meshlake.ml_assets.leaks.values import FEWEST

    cell = _text(two_valued)
    is_so = f"LOWER({cell}) = {quote_literal(so_value(two_valued.values).strip().lower())}"
    told = [f"{is_so} AS {quote_identifier(IS_SO)}"]
    told += [f"{_value(each)} AS {quote_identifier(each.name)}" for each in features]
    counts = f"least(count_if({is_so}), count_if(NOT ({is_so})))"
    (fewest,) = connection.execute(f"SELECT {counts} FROM {SAMPLE} WHERE {cell} <> ''").fetchone() or (0,)
    has_more = fewest < FEWEST <= min(count for _, count in two_valued.values)
    drawn = f"(SELECT * FROM {LANDED} USING SAMPLE reservoir({_DRAWN_ROWS} ROWS) REPEATABLE (42))"
    relation = drawn if has_more else SAMPLE
    rows = connection.execute(f"SELECT {', '.join(told)} FROM {relation} WHERE {cell} <> ''").df()
    for feature in features:
        if feature.found_type in MOMENTS:
            rows[feature.name] = _moments(rows[feature.name])
    return rows


def _moments(seconds: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.to_datetime(seconds, unit="s", utc=True, errors="coerce")


def _text(column: ColumnProfile) -> str:
    return f"TRIM(CAST({quote_identifier(column.name)} AS VARCHAR))"


def _value(column: ColumnProfile) -> str:
    """SQL for a value as it is found to be: a number, seconds since 1970, or text; null if a word stands for none."""
    cell = quote_identifier(column.name)
    value = column.reading.value(cell) if column.reading else cell
    if column.found_type in MOMENTS:
        value = f"TRY(epoch({value}))"
    elif column.found_type in {"integer", "number", "boolean"}:
        value = f"TRY_CAST({value} AS DOUBLE)"
    else:
        value = f"NULLIF({_text(column)}, '')"
    words = ", ".join(quote_literal(word) for word, _ in column.missing)
    return f"CASE WHEN {_text(column)} IN ({words}) THEN NULL ELSE {value} END" if words else value
