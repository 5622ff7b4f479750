"""Numbers and days that stand for no value: 9999 among ages, 1900-01-01 among dates.

One is suspected that has the shape, is frequent, and lies far from all others; never of identifiers and codes. It is
taken for no value where nothing else could be meant: very far, and of no amount, limit or end, that people write so,
too. A day beyond all others is also suspected that is many times as frequent as each of them: of birth dates 1900-01-01
is near. Else it is asked about, as counted in the sample, and stays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from meshlake.discovery.landed_view import LANDED, SAMPLE
from meshlake.discovery.meaning_words import MONEY_WORDS
from meshlake.discovery.missing import without_signs, without_values
from meshlake.discovery.names import is_identifier, is_spoken
from meshlake.names import name_words, quote_identifier, quote_literal
from meshlake.types.tree import Scalar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    import duckdb

    from meshlake.discovery.dataset_profile import ColumnProfile

_NUMBER = re.compile(r"-?9{2,9}([.]0+)?|-1([.]0+)?")
# From the year 2999 on it may be said as well that something has no end.
_FAR_DAYS = frozenset({"9999-12-31", "2999-12-31"})
_DAYS = _FAR_DAYS | {"0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01"}
_FEWEST, _SHARE, _FEWEST_OTHERS = 3, 0.01, 3
_SURE_FEWEST, _SURE_OTHERS = 5, 5
# How many times as far from the others as they are apart: of days the shapes are fewer than of numbers.
_FAR_NUMBER, _FAR_DAY = 10, 2
# How many times as frequent as the most frequent of the others a day is that need not be far.
_SPIKE = 10
# Of people's data what is looked at.
_BORN = "date of birth"
# Prices end in nines, and what is 9999 at most has no limit.
_LIMITS = frozenset(
    {"limit", "max", "maximum", "min", "minimum", "cap", "capacity", "quota", "ceiling", "threshold"}
)


@dataclass(frozen=True)
class _Suspected:
    """How often each end of a column's range is there, and what the others are like: from `low` to `high`.

    `distance` says how many times as far the nearest of the ends is from them as they are apart; `is_spike` whether
    each end is a day that is far more frequent than they are.
    """

    counts: Mapping[str, int]
    other_count: int
    other_distinct: int
    low: str | None
    high: str | None
    distance: float
    is_spike: bool = False


def without_missing(
    connection: duckdb.DuckDBPyConnection,
    columns: Sequence[ColumnProfile],
    keys: Iterable[tuple[str, ...]],
    row_count: int,
) -> tuple[ColumnProfile, ...]:
    """`columns`, without the signs and the ends of their range that stand for no value, or with the question whether
    they do.

    No row may lack a value of a key: in one of `keys` nothing is taken for none.
    """
    in_keys = {name for key in keys for name in key}
    columns = without_signs(connection, columns, in_keys, row_count)
    return tuple(_judged(connection, column, in_keys, row_count) for column in columns)


def _judged(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, in_keys: Collection[str], row_count: int
) -> ColumnProfile:
    ends = [end for end in (column.minimum, column.maximum) if end and _is_shaped(column, end)]
    suspected = _suspected(connection, column, ends, SAMPLE)
    if not suspected.counts:
        return column
    if column.name not in in_keys and _is_sure(column, suspected):
        proven = _suspected(connection, column, ends, LANDED)
        if proven.counts and _is_sure(column, proven):
            return _without(connection, column, proven, row_count)
    for end, count in suspected.counts.items():
        column = column.asking(
            f"does {_shown(column, end)}, in {count:,} of the sampled rows and "
            f"{'unlike' if suspected.is_spike else 'far from'} all others, stand for no value?"
        )
    return column


def _is_shaped(column: ColumnProfile, end: str) -> bool:
    if column.personal not in {None, _BORN} or is_identifier(column.name) or is_spoken(column.name):
        return False
    if _is_day(column):
        return end[:10] in _DAYS
    return column.found_type in {"integer", "number"} and bool(_NUMBER.fullmatch(end))


def _is_day(column: ColumnProfile) -> bool:
    return column.found_type in {"date", "timestamp"}


def _is_sure(column: ColumnProfile, suspected: _Suspected) -> bool:
    words = set(name_words(column.name))
    is_meant = bool(words & (_LIMITS | MONEY_WORDS)) or any(end[:10] in _FAR_DAYS for end in suspected.counts)
    is_plain = column.reading is not None or len(column.sources) == 1
    is_zoned = Scalar.TIMESTAMPTZ in {column.type, column.reading and column.reading.type}
    return (
        not is_meant
        and is_plain
        and not is_zoned
        and min(suspected.counts.values()) >= _SURE_FEWEST
        and suspected.other_distinct >= _SURE_OTHERS
        and (suspected.is_spike or suspected.distance >= (_FAR_DAY if _is_day(column) else _FAR_NUMBER))
    )


def _suspected(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, ends: Sequence[str], table: str
) -> _Suspected:
    """Those of `ends` that are frequent, and further from the others than these are apart or, of days, a spike."""
    while ends:
        *told, others, distinct, most_frequent, least, most, low, high = _ends_and_others(
            connection, column, ends, table
        )
        if distinct < _FEWEST_OTHERS or least == most:
            break
        counts = dict(zip(ends, told, strict=False))
        gaps = [max(least - end, end - most) for end in told[len(ends) :]]
        spikes = {end for end in ends if _is_day(column) and counts[end] >= _SPIKE * most_frequent}
        far = {end for end, gap in zip(ends, gaps, strict=True) if gap > most - least} | spikes
        frequent = max(_FEWEST, _SHARE * others)
        kept = [end for end in ends if end in far and counts[end] >= frequent]
        if len(kept) == len(ends):
            distance = min(gaps) / (most - least)
            return _Suspected(counts, others, distinct, low, high, distance, is_spike=spikes == set(ends))
        ends = kept
    return _Suspected({}, 0, 0, None, None, 0)


def _ends_and_others(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, ends: Sequence[str], table: str
) -> tuple[Any, ...]:
    """How often each of `ends` is there, and as what number; of the others how many rows, different values, rows of
    the most frequent, and the least and greatest, as numbers and as text."""
    value = _value(column)
    number = f"epoch(CAST({value} AS TIMESTAMP))" if _is_day(column) else f"CAST({value} AS DOUBLE)"
    numbers = [_number(column, end) for end in ends]
    is_other = f"FILTER (n NOT IN ({', '.join(numbers)}))"
    counts = [f"COALESCE(sum(c) FILTER (n = {each}), 0)::BIGINT" for each in numbers]
    return (
        connection.execute(
            f"SELECT {', '.join([*counts, *(f'{each}::DOUBLE' for each in numbers)])}, "
            f"COALESCE(sum(c) {is_other}, 0)::BIGINT, count(n) {is_other}, max(c) {is_other}, "
            f"min(n) {is_other}, max(n) {is_other}, "
            f"CAST(min(v) {is_other} AS VARCHAR), CAST(max(v) {is_other} AS VARCHAR) "
            f"FROM (SELECT {number} AS n, any_value({value}) AS v, count(*) AS c FROM {table} GROUP BY 1)"
        ).fetchone()
        or ()
    )


def _without(
    connection: duckdb.DuckDBPyConnection, column: ColumnProfile, proven: _Suspected, row_count: int
) -> ColumnProfile:
    """`column` without what stands for no value, however it is written, and with what says so."""
    ends = ", ".join(_literal(column, end) for end in proven.counts)
    words = connection.execute(
        f"SELECT TRIM(CAST({quote_identifier(column.name)} AS VARCHAR)) AS word, count(*) AS n FROM {LANDED} "
        f"WHERE {_value(column)} IN ({ends}) GROUP BY ALL ORDER BY n DESC, word"
    ).fetchall()
    low, high = (_shown(column, end or "") for end in (proven.low, proven.high))
    listed = " and ".join(_shown(column, end) for end in sorted(proven.counts))
    is_one = len(proven.counts) == 1
    is_near = proven.is_spike and proven.distance < _FAR_DAY
    frequent = f"{'is' if is_one else 'are'} at least {_SPIKE} times as frequent as any other day"
    said = frequent if is_near else f"{'lies' if is_one else 'lie'} far from all others"
    # Whose birthday is the first, or the last, is nobody's business.
    told = f"{listed} {said}" + ("" if column.personal else f", {low} to {high}")
    return replace(
        without_values(column, dict(words), row_count),
        minimum=low,
        maximum=high,
        evidence="; ".join(filter(None, (column.evidence, told))),
    )


def _value(column: ColumnProfile) -> str:
    cell = quote_identifier(column.name)
    return column.reading.value(cell) if column.reading else cell


def _number(column: ColumnProfile, end: str) -> str:
    return f"epoch({_literal(column, end)})" if _is_day(column) else f"CAST({end} AS DOUBLE)"


def _literal(column: ColumnProfile, end: str) -> str:
    return f"TIMESTAMP {quote_literal(end[:10])}" if _is_day(column) else end


def _shown(column: ColumnProfile, end: str) -> str:
    return end[:10] if column.found_type == "timestamp" else end.removesuffix(".0")
