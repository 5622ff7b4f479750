"""Numbers and days that may stand for no value: 9999 among ages, 1900-01-01 among dates; asked about, never made null.

Only what has the shape, is frequent, and lies far from all others is one; never of identifiers and codes. What is told
is counted in the sample.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from meshlake.discovery.landed_view import SAMPLE
from meshlake.discovery.names import is_identifier, is_spoken
from meshlake.names import quote_identifier, quote_literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

_NUMBER = re.compile(r"-?9{2,9}([.]0+)?|-1([.]0+)?")
_DAYS = frozenset({"0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "9999-12-31", "2999-12-31"})
_FEWEST, _SHARE, _FEWEST_OTHERS = 3, 0.01, 3


def with_sentinels(
    connection: duckdb.DuckDBPyConnection, columns: Iterable[ColumnProfile]
) -> tuple[ColumnProfile, ...]:
    """`columns`, with the question whether an end of their range stands for no value."""
    return tuple(_asked(connection, column) for column in columns)


def _asked(connection: duckdb.DuckDBPyConnection, column: ColumnProfile) -> ColumnProfile:
    ends = (column.minimum, column.maximum)
    suspected = [end for end in ends if end and _is_shaped(column, end)]
    for end in suspected:
        if count := _count(connection, column, end):
            shown = end[:10] if column.found_type == "timestamp" else end.removesuffix(".0")
            asked = (
                f"does {shown}, in {count:,} of the sampled rows and far from all others, stand for no value?"
            )
            return column.asking(asked)
    return column


def _is_shaped(column: ColumnProfile, end: str) -> bool:
    if column.personal or is_identifier(column.name) or is_spoken(column.name):
        return False
    if column.found_type in {"date", "timestamp"}:
        return end[:10] in _DAYS
    return column.found_type in {"integer", "number"} and bool(_NUMBER.fullmatch(end))


def _count(connection: duckdb.DuckDBPyConnection, column: ColumnProfile, end: str) -> int:
    """In how many sampled rows `end` stands, if it is frequent and further from the others than they are apart."""
    cell = quote_identifier(column.name)
    value = column.reading.value(cell) if column.reading else cell
    is_day = column.found_type in {"date", "timestamp"}
    number = f"epoch(CAST({value} AS TIMESTAMP))" if is_day else f"CAST({value} AS DOUBLE)"
    other = f"epoch(TIMESTAMP {quote_literal(end[:10])})" if is_day else f"CAST({end} AS DOUBLE)"
    row = connection.execute(
        f"SELECT count(*) FILTER (n = {other}), count(*) FILTER (n <> {other}), min(n) FILTER (n <> {other}), "
        f"max(n) FILTER (n <> {other}), count(DISTINCT n), {other} FROM (SELECT {number} AS n FROM {SAMPLE})"
    ).fetchone()
    count, others, low, high, distinct, wanted = row or (0, 0, None, None, 0, 0)
    if count < max(_FEWEST, _SHARE * others) or distinct <= _FEWEST_OTHERS or low is None:
        return 0
    gap = low - wanted if wanted < low else wanted - high
    return count if gap > high - low else 0
